### What a link says and could not be used as it stands, and what is wrong with settings.

notice-version = The link is of version { $found }. This page reads version { $reads } and took what it understands.
notice-too-long = The link is too long. Its end was left out.
notice-left-out = { $problem } It was left out.
notice-repeated = “{ $key }” is in the link twice. The last one counts.
notice-unknown-loss = There is no loss “{ $id }”. It was left out.
notice-clamped = { $problem } The nearest possible value was taken.
notice-more = There is more in the link that could not be used.

## Texts that set nothing

problem-unknown-key = “{ $key }” is not a setting.
problem-malformed = “{ $value }” is not a value of “{ $key }” ({ $expected }).
expected-number = a number
expected-whole-number = a whole number
expected-one-of = { $ids } or { $last }
expected-preset = the name of a preset
expected-widths = widths such as 256,128, or none
expected-sampler = shuffled:60 or balanced:30x3

## Settings that make no race

# The name of a setting of which there are several: the width of hidden layer 2.
problem-out-of-range = Out of range: { $setting } is { $value }; it must be from { $min } to { $max }.
problem-no-loss = No loss is chosen. Choose one at least.
problem-too-many-losses = { $found } losses are too many for one race: at most { $most }.
problem-parameter-count = Loss { $number } ({ $loss }) has { $found } parameters instead of { $expected }.
problem-batch-too-large = A batch of { $classes } classes × { $samples } samples is too large: at most { $most } samples.
problem-memory-too-large = A memory of { $batches } batches of { $batch } samples is too large: at most { $most } batches of that size.
problem-too-few-classes = A batch cannot hold { $wanted } classes: only { $available } are for training.
problem-too-few-of-a-class = A batch cannot hold { $wanted } samples of a class: some training classes have only { $available }.
problem-too-few-samples = A batch cannot hold { $wanted } samples: only { $available } are for training.
problem-no-pictures = A convolution and shifts need pictures, and this data set has none. Choose a set with pictures, or the MLP and no shift.
problem-pretrained-data = There is a pre-trained network for glyphs only. Choose glyphs, or start from scratch.
problem-pretrained-classes = The number of training classes is { $found }. From the pre-trained network it must be at most { $most }, because that has seen the others. Use fewer, or start from scratch.
problem-pretrained-width = The pre-trained layer has { $units } units, but the first hidden layer has { $found }. Make the first hidden layer that wide, or start from scratch.
problem-pretrained-no-layer = The pre-trained layer has { $units } units, but there is no hidden layer. Make the first hidden layer that wide, or start from scratch.
problem-too-much-data = { $values } values of synthetic data are too many (classes × samples × dimension): at most 16 million.
