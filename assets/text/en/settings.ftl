### The panel: which losses race, on what, and how. For each setting its name within a sentence, its label in the panel, and what it does.

panel-done = Done
panel-restarting = restarting…
# Opens all settings; says what races
setup-more = { $losses ->
    [one] 1 loss
   *[other] { $losses } losses
}, { $seeds ->
    [one] 1 seed
   *[other] { $seeds } seeds
}: change…
panel-losses = Losses
panel-data = Data
panel-batches = Batches
panel-network = Network
panel-training = Training

# What the slider's box accepts.
accepted-range = Range { $least } to { $most }.
unit-steps = steps

## Where to start from

experiment = Experiment
experiment-own = Your own
experiment-from-map = From the map
compare-protocols = What changes?
tune-all = Tune…
show-map = Where does it win?

## The losses in the panel

settings-of = Settings of { $loss }
about-loss = About { $loss }

family-proxy = Proxies
family-proxy-idea = compare samples with a learned vector for each class
family-softmax = Softmax
family-softmax-idea = classify among learned class vectors
family-pair = Pairs
family-pair-idea = compare samples two by two
family-triplet = Triplets
family-triplet-idea = compare an anchor with a positive and a negative

## How a sentence names a setting of which there are several

name-of-layer = { $name } of hidden layer { $number }
name-of-loss = { $name } of loss { $number }
name-of-this-loss = { $name } of loss { $number } ({ $loss })
label-of-layer = { $label } of layer { $number }

## Data

setting-data-name = the data set
setting-data-label = Data set
setting-glyphs-classes-name = the number of training classes
setting-glyphs-classes-label = training classes
setting-glyphs-classes-meaning = Characters to train on. The score is taken on others.
setting-split-name = the split of the digits
setting-split-label = Train on
setting-synthetic-classes-name = the number of synthetic classes
setting-synthetic-classes-label = classes
setting-synthetic-classes-meaning = Clusters; some of them are held back to score on.
setting-input-name = the input dimension
setting-input-label = input dimension
setting-input-meaning = Numbers in each sample.
setting-per-class-name = the number of samples per class
setting-per-class-label = samples per class
setting-per-class-meaning = How many samples each cluster has.
setting-spread-name = the spread of the classes
setting-spread-label = spread
setting-spread-meaning = Standard deviation around the class centre.
setting-noise-name = the noise
setting-noise-label = noise
setting-noise-meaning = Standard deviation of the uninformative dimensions.
setting-data-seed-name = the seed of the synthetic data
setting-label-noise-name = the share of wrong labels
setting-label-noise-label = wrong labels
setting-label-noise-meaning = Share of training pictures with a wrong label.
setting-shift-name = the shift of the training pictures
setting-shift-label = Shift, in pixels
setting-shift-meaning = Each training picture is moved at random by up to this many pixels, anew in every step.

-digits-trap = The score is taken on the other five digits. A trap: an untrained network is already good at them, and training lowers it.
option-split-seen-classes-label = all ten
option-split-seen-classes-meaning = The score is taken on held-out pictures of the same ten digits.
option-split-train-low-label = 0–4
option-split-train-low-meaning = { -digits-trap }
option-split-train-high-label = 5–9
option-split-train-high-meaning = { -digits-trap }

## Batches

setting-sampler-name = the kind of batches
setting-sampler-label = Batches
option-sampler-shuffled-label = Shuffled
option-sampler-shuffled-meaning = All training pictures in random order.
option-sampler-balanced-label = Balanced
option-sampler-balanced-meaning = A few classes at random, and as many pictures of each.
setting-batch-name = the batch size
setting-batch-label = batch
setting-batch-meaning = Pictures in one training step. Many of them have no partner of their class in it.
setting-batch-classes-name = the number of classes in a batch
setting-batch-classes-label = classes in a batch
setting-batch-classes-meaning = Different classes in one training step.
setting-batch-samples-name = the number of samples of each class in a batch
setting-batch-samples-label = pictures of each
setting-batch-samples-meaning = So that every picture has partners of its own class.
setting-memory-name = the memory of earlier batches
setting-memory-label = memory, in batches
setting-memory-meaning = Pair losses also compare a batch with this many earlier ones, as they were embedded then; 0 is off. More pairs in each step, from a network that has moved on since.
setting-memory-after-name = the steps before a memory begins
setting-memory-after-label = memory begins after
setting-memory-after-meaning = Batches of the first steps are not kept, while the network still changes quickly.
setting-mixup-name = what mixtures count
setting-mixup-label = mixup
setting-mixup-meaning = Contrastive, Multi-Similarity and Proxy Anchor also compare with mixtures of two samples, which are of two classes in part; this is what they count beside the batch itself. 0 is off, and published are 0.4.

## Network

setting-net-name = the kind of network
setting-net-label = Network
option-net-mlp-label = MLP
option-net-mlp-meaning = Fully connected layers. To them the pixels of a picture are a list in no order.
option-net-conv5s2c16p2-label = convolution (5×5, 16 channels)
option-net-conv5s2c16p2-meaning = The same 16 small patterns are looked for everywhere in the picture, every 2 pixels; a linear layer embeds how much of each is where.
option-net-conv6s3c32p2-label = convolution (6×6, 32 channels)
option-net-conv6s3c32p2-meaning = The same 32 small patterns are looked for everywhere in the picture, every 3 pixels; a linear layer embeds how much of each is where.
setting-start-name = the start
setting-start-label = Start
option-start-scratch-label = from scratch
option-start-scratch-meaning = All weights start at random.
option-start-pretrained-label = pre-trained
option-start-pretrained-meaning = The first layer has learned 50 other characters, which leaves 150 to train on; the embedding layer starts at random.
setting-dim-name = the embedding dimension
setting-dim-label = Embedding dimension
setting-dim-meaning = Numbers that stand for each picture. The board shows a projection of them.
dim-too-small = So small a space cannot hold many classes apart: a proxy loss that asks every pair of classes for a negative cosine fails here.
setting-hidden-name = the number of hidden layers
setting-hidden-label = Hidden layers
setting-hidden-meaning = Layers between the picture and the embedding.
setting-width-name = the width
setting-width-label = width
setting-width-meaning = Units in this hidden layer.

## Training

setting-seeds-name = the number of seeds
setting-seeds-label = seeds per loss
setting-seeds-meaning = Independent runs of each loss. With two or more there is a confidence band.
setting-seed-name = the first seed
setting-steps-name = the number of steps
setting-steps-label = steps
setting-steps-meaning = Where the race ends.
setting-warmup-name = the number of warm-up steps
setting-warmup-label = warm-up
setting-warmup-meaning = The learning rates rise from 0 over this many steps.
setting-decay-every-name = the number of steps between decays
setting-decay-name = the decay of the learning rates
setting-weight-decay-name = the weight decay
setting-weight-decay-label = weight decay
setting-weight-decay-meaning = Pulls weights towards 0 in every step (AdamW).
setting-clip-name = the largest gradient
setting-clip-label = gradient clip
setting-clip-meaning = Each entry of a gradient is clipped to ± this; 0 is off.

## A loss's learning rates

setting-lr-name = the learning rate
setting-lr-label = learning rate
setting-lr-meaning = Size of the network’s steps. Changes at once.
setting-proxies-name = the factor of the proxies’ learning rate
setting-proxies-label = proxies’ factor
setting-proxies-meaning = The learned class vectors’ learning rate, as a multiple of the network’s. Changes at once.
