### What lies over the page: a loss, tuning, the three protocols, the map.

## About a loss

about-formula = Formula
about-family = Family
about-family-is = { $family }: { $idea }.
about-anchor = Anchor
about-uses = Uses
about-learns = Learns
about-cost = Cost
about-cost-is = { $cost } for a batch of B and C classes
about-memory = Memory
about-with-memory = Can compare its batch with earlier batches, too, where the race keeps some.
loss-within-batch = Compares within its batch only, and with what it has learned: a memory of earlier batches is none to it.
about-mixtures = Mixtures
about-with-mixtures = Can compare with mixtures of two samples, too, where the race has some.
loss-without-mixtures = Compares with whole samples only: mixtures are none to it.
about-zero = When it is 0
about-now = In this race it is { NUMBER($value, minimumFractionDigits: 4, maximumFractionDigits: 4) } now.
about-now-zero = In this race it is exactly 0 now.
about-paper = Paper

learned-none = Nothing but the network.
learned-class-vectors = One vector for each class, besides the network.
learned-class-vectors-and-bias = One vector and one bias for each class, besides the network.
learned-centres = Several vectors for each class, besides the network.

mining-none = All that the batch holds.
mining-semi-hard = Triplets whose negative is farther than the positive, but by less than the margin.
mining-batch-hard = For each anchor its farthest positive and its nearest negative.
mining-multi-similarity = Pairs that are hard compared with the anchor’s other pairs.
mining-n-pair = The first two samples of each class.

## Tuning

tune-title = Tune every loss with the same budget
tune-idea = Each loss gets the same number of random trials over its learning rates and its own hyperparameters. They are scored on validation classes, which neither the training nor the race’s curves see.
tune-trials = trials per loss
tune-trials-meaning = More trials find better settings and take longer.
tune-start = Start
tune-again = Tune again
tune-stop = Stop
tune-progress = Progress of the trials
tune-step = Step { $step } of { $steps }, { $trials } trials for each of { $losses } losses.
tune-step-paused = Step { $step } of { $steps }, { $trials } trials for each of { $losses } losses. Paused.
tune-score-is = area under MAP@R
tune-best = Best settings
tune-loss = Loss
tune-score = Score
tune-lr = Learning rate
tune-settings = Settings
tune-failed = Failed
tune-proxies = proxies ×{ $factor }
tune-race = Race with the best

## The three protocols

protocol = Protocol
protocol-own = Each paper’s own
protocol-as-published = As Proxy Anchor’s script
protocol-matched = Equal tuning
protocol-own-idea = Each loss with the settings of its own authors.
protocol-as-published-idea = Each loss with the settings that Proxy Anchor’s published script gives it.
protocol-matched-idea = The same tuning budget for every loss, learned class vectors included.
protocol-tuned-elsewhere = These were tuned for other conditions: “Tune…” tunes them for yours.
protocol-custom-idea = Custom settings.
protocol-preset-idea = Settings that this experiment brings: one thing differs from each loss to the next.
protocols-title = Whose settings?
protocols-idea = A paper’s script may give other losses settings that their own authors did not choose. Whether a loss is better or was only tuned better shows when all get the same budget. Switch, let the race run to its end, and compare.
protocols-ranking = The ranking
protocols-settings = The settings
protocols-steps = Class vectors learn at the network’s rate times a factor. Proxy Anchor’s authors give them a rate of .01, whose first step is .07 of the spread of their initial vectors; here that is .0088, whatever the network’s rate is (at dimension 64). The script’s warm-up, decay and clipping are in no protocol.
protocols-table = Settings under the three protocols
protocols-loss = Loss
protocols-setting = Setting
protocols-not-raced = Not raced yet. Switch to it and let it finish.
protocols-score = MAP@R { NUMBER($score, style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1) }
key-learning-rate = learning rate
key-proxy-factor = proxy learning-rate ×

## The map

map-title = Which loss wins where?
map-idea = Every cell is a race under other conditions, each loss tuned for it with the same budget. Its colour is the loss that was first at 90% of the best MAP@R on unseen classes; hatched where no difference was shown. Choose a cell to race it here.
map-legend = The stronger the colour, the higher its curve on average above the next: from 0 to { NUMBER($most, minimumFractionDigits: 3, maximumFractionDigits: 3) } of MAP@R.
map-shuffled = shuffled batches
map-balanced = balanced batches
# The map in a sentence or two: cells with a safe winner, then those without one (empty where there are none).
map-told = { $safe }{ $open }
map-told-safe = Safely the fastest, in { $shown } of { $cells } cells: { $losses }.
map-told-none = In none of the { $cells } cells is a loss safely the fastest.
map-told-open = { " " }Where no lead is safe, first is { $losses }.
map-told-loss = { $loss } in { $cells }{ $place }
map-told-all = among them all with { $what }
map-told-place = { " " }({ $parts })
map-told-batches-of = batches of { $batch }
map-told-batches-to = batches of { $batch } or fewer
map-told-batches-from = batches of { $batch } or more
map-told-batches-between = batches of { $low } to { $high }
map-told-classes-of = { $classes } classes
map-told-classes-to = { $classes } classes or fewer
map-told-classes-from = { $classes } classes or more
map-told-classes-between = { $low } to { $high } classes
map-steps = { $loss } { NUMBER($steps, maximumFractionDigits: 0) }{ $half } steps
map-half = { " " }± { NUMBER($half, maximumFractionDigits: 0) }
map-loading = The map is being fetched…
map-damaged = The file is no map ({ $why }).
map-failed = The map cannot be shown. { $why }
map-none = none
map-raced = In the race are { $losses }. Per loss and cell: { $repeats } independent draws of { $trials } trials, the winner of each raced with { $seeds } seeds of its own; { $samples } samples in every cell, so that small batches take more steps. A lead is safe if p < 0.05 over the draws, corrected for all cells.
map-computed = Computed by <code>{ $command }</code> in { NUMBER($minutes, maximumFractionDigits: 0) } minutes on { $machine }.
