### What went wrong, in full. Where a sentence has a part in brackets, that is what the browser or a library says.

# A sentence that begins with the name of a setting.
failure-out-of-range = Out of range: { $quantity } is { $value }; it must be { $allowed }.

## The device

failure-no-gpu-in-engine = This engine was built for the CPU only. Load the WebGPU engine instead.
failure-no-gpu-device = The browser's WebGPU gave no device ({ $why }). Train on the CPU instead.
failure-device-lost = The device stopped answering ({ $why }). Train on the CPU, or with fewer lanes or a smaller network.

## The engine

failure-engine-start = The engine could not be started ({ $why }).
failure-engine-silent = The engine did not start within { $seconds } seconds.
failure-unreadable = A message between page and engine cannot be read ({ $why }). Reload the page to get matching versions.
failure-out-of-order = The command “{ $command }” came before its { $missing } was there. Reload the page.
failure-missing-device = device
failure-missing-data = data set

## The data set

failure-data-missing = The data set “{ $set }” is in the file { $file }, which was not loaded. Load it again, or choose another data set.
failure-data-file = The file { $file } cannot be read: { $why }. Load it again, and if that does not help, build it anew with “cargo xtask datasets”.
failure-data-contents = The file { $file } holds { $found } instead of { $expected }. Build it anew with “cargo xtask datasets”.
failure-data-shape = the set “{ $set }” with { $classes } classes of { $least } to { $most } pictures ({ $pictures } in all), { $width }×{ $height }

format-magic = it does not begin like a data set
format-version = it has format version { $found }, and this build reads version { $reads }
format-length = it should be { $expected } bytes long and has { $found }
format-checksum = its checksum is wrong, so some of its bytes have changed
format-header = its header says something impossible: { $what }
format-pictures = its pictures cannot be unpacked
header-no-ink = no value is ink
header-empty-class = a class has no pictures
header-pixels = the number of pixels
header-too-short = it ends too soon
header-inside-name = it ends inside a name
header-name-text = a name is not UTF-8

quantity-batch = the batch
quantity-batch-classes = the number of classes in a batch
quantity-batch-samples = the number of samples of a class in a batch
quantity-label-noise = the share of wrong labels
quantity-classes = the number of classes
quantity-training-classes = the number of training classes
quantity-values = classes × samples × dimensions

allowed-between = from { $min } to { $max }
allowed-one-to = from 1 to { $most } ({ $of })
allowed-classes-left = at most { $most } (classes left by the label noise)
allowed-at-most = at most { $most }
allowed-at-least = at least { $least } for this data set
allowed-exactly = { $number } for this data set
supply-samples = training samples
supply-classes = training classes
supply-samples-of-smallest = samples of the smallest training class

## The race

failure-no-seed = Seeds: a loss needs at least one.
failure-parameter-count = Hyperparameters: { $loss } has { $expected } hyperparameters, { $found } were given.
failure-one-value = Hyperparameters: { $loss } cannot train with several values of “{ $key }” at once. Race them one after another.
failure-no-pictures = A convolution and shifts need square pictures, and this data set has none. Choose a set with pictures, or the MLP and no shift.
failure-pretrained-data = The pre-trained network is for glyphs only. Choose them, or start from scratch.
failure-pretrained-classes = The pre-trained network has seen some of { $found } training classes. At most { $most } are left.
failure-pretrained-layer = The pre-trained network's layer has { $inputs } inputs and { $units } units, the race's first hidden layer { $layer_inputs } and { $layer_units }. Make that as wide, or start from scratch.
failure-pretrained = The pre-trained network cannot be used: { $why }. Start from scratch, or build it anew with “kyori pretrain --write assets/backbone.bin” and compile again.
backbone-magic = its file does not begin like a network
backbone-version = its file has format version { $found }, and this build reads version { $reads }
backbone-length = its file should be { $expected } bytes long and has { $found }
backbone-checksum = its file's checksum is wrong, so some of its bytes have changed
backbone-contents = its file says something impossible: { $what }
backbone-classes = it was trained on other classes than this data set keeps for that

## The check of the device

failure-cases-unreadable = The reference cases in golden.json cannot be read ({ $why }). Reload the page, and check again.
failure-no-cases = golden.json holds no case of a loss. Reload the page, and check again.
failure-case-unusable = A reference case in golden.json cannot be used ({ $case }: { $why }). Reload the page, and check again.
failure-check-device = The device stopped answering ({ $why }). Choose another one, or start it again, and check it then.
case-unknown-loss = no loss “{ $loss }” with miner “{ $miner }” is registered
case-parameter = “{ $loss }” has no parameter “{ $key }”, or “{ $key }” is not a number or a switch
case-shape = “{ $field }” should hold { $expected } numbers, it holds { $found }
case-missing = “{ $field }” is missing

## Exports

failure-export-synthetic = Synthetic data comes from this program's own generator. Choose glyphs or digits to export.
failure-export-loss = pytorch-metric-learning has no { $loss }. Remove it from the race to export the others.
failure-export-mixup = pytorch-metric-learning has no embedding mixup. Set mixup to 0 to export the race.
failure-export-settings = The settings cannot be written: { $why }
failure-film-other = This file is no recording of a race.
failure-film-newer = This recording was made by a newer version of Kyori. Reload the page to open it.
failure-film-damaged = This recording is damaged and cannot be shown.
failure-export-json = The race cannot be written as JSON: { $why }
