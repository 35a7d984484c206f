### What is measured, and the charts of it: names, axes, legends, captions, and what a screen reader is told.

## Measures

measure-recall_at_1-name = Recall@1
measure-recall_at_1-meaning = How often the nearest neighbour is of the same class.
measure-r_precision-name = R-precision
measure-r_precision-meaning = Of the R nearest neighbours, R being how many others the class has, the share of the same class.
measure-map_at_r-name = MAP@R
measure-map_at_r-meaning = How well all others of the class are ranked before everything else.
measure-tightness-name = tightness
measure-tightness-meaning = Mean squared distance of normalised embeddings to the mean of their class.
measure-contrast-name = contrast
measure-contrast-meaning = Mean squared distance of two different normalised embeddings. It is near its most, 2, as soon as their mean is 0.
measure-log_distance-name = mean log distance
measure-log_distance-meaning = Mean logarithm of the squared distance of two different normalised embeddings: it falls where embeddings meet, and is high where all directions are used alike.

## What is measured on

measured-on-unseen = unseen classes
measured-on-held-out = held-out pictures

## What it is drawn against: short for the choice, and as the title of the axis

axis-steps = steps
axis-seconds = seconds
axis-samples = samples
axis-title-steps = steps
axis-title-seconds = training seconds per seed
axis-title-samples = samples seen
# What the seconds are, below a chart against them.
seconds-are = Seconds are one seed's part of the time that its loss trained here, without evaluation. Losses that train at the same time slow each other, so small differences in seconds say nothing; steps are compared exactly.
axis-title-measure = { $measure } on { $scored_on }

## The charts in the menu, and how to read them

chart-curves-label = Curves
chart-reach-label = Time to a level
chart-reach-caption = A mark stands where a loss gets to a level and stays there to the end: the mean of the seeds that do, where at least half of them do. The levels are fixed; 90 % of the best depends on who takes part.
chart-plane-label = Tightness and contrast
chart-plane-caption = From the ring to the arrow: left is tighter classes, up is everything farther apart.
chart-log-plane-label = Tightness and log distance
chart-log-plane-caption = From the ring to the arrow: left is tighter classes, up is directions used more evenly.
chart-ratio-label = Tightness ÷ contrast and MAP@R
chart-ratio-caption = From the ring to the arrow: left is tighter classes for how far everything is apart, up is better neighbours. Twice the ratio is the share of the scatter that lies within classes.
chart-budget-label = Who wins if nobody tunes?
chart-budget-caption = What so many random trials are worth: the expected best score on validation classes, the mean over all draws of the tuning. It is not of this race.

# What the paths that are drawn do, from the first evaluation to the last one so far.
plane-told = From the first evaluation to the last, tightness fell for { $fell } of { $losses ->
        [one] 1 loss
       *[other] { $losses } losses
    }, and contrast rose for { $rose }.
log-plane-told = From the first evaluation to the last, tightness fell for { $fell } of { $losses ->
        [one] 1 loss
       *[other] { $losses } losses
    }, and the mean log distance rose for { $rose }.
ratio-told = From the first evaluation to the last, the ratio fell for { $fell } of { $losses ->
        [one] 1 loss
       *[other] { $losses } losses
    }, and MAP@R rose for { $rose }.
ratio-ends = { $smallest } has the smallest ratio now, { $best } the highest MAP@R.
ratio-ends-same = { $loss } has both the smallest ratio now and the highest MAP@R.

## Around the chart

charts = Convergence on { $scored_on }
charts-heading = On { $scored_on }
charts-choice = Chart
charts-measure = Metric
charts-axis = Against
charts-log = log
charts-each-seed = each seed
hint-preparing = The curves start here once the engine is loaded.
hint-empty = Pick a loss under Settings, and its curve is drawn here.
hint-playing = Training. The curves start here with the next evaluation.
hint-play = Press Play, and every loss draws its curve here: its score on what it never saw.

## In the charts

# In the middle of an empty chart.
curves-empty = Press Play: the curves appear here
reach-empty = Press Play: the times appear here
paths-empty = Press Play: the paths appear here
trials-empty = The trials appear here
at-step = step { NUMBER($step, maximumFractionDigits: 0) }
at-seconds = { NUMBER($seconds, minimumFractionDigits: 1, maximumFractionDigits: 1) } s of training
at-samples = { $samples } samples
at-point = { $loss }, { $step }
ratio-is = ratio { $ratio }
ratio-axis = tightness / contrast
level-is = { NUMBER($level, minimumFractionDigits: 2, maximumFractionDigits: 2) }
share-is = { NUMBER($percent, maximumFractionDigits: 0) } %
share-of-the-best = { NUMBER($percent, maximumFractionDigits: 0) } % of the best here
# What a loss has not reached; $lines is such as 0.40, 90 %.
reach-never = never { $lines }
reach-not-yet = not yet { $lines }
reach-hollow = hollow: so many of the seeds
trial-is = { $loss }: { $settings }
trial-failed = { $trial } (not finite)
learning-rate-axis = learning rate

## For screen readers

curves-aria = { $measure } on { $scored_on } against { $axis }: { $curves } curves. Arrow keys read the values; a table with the latest values follows.
curves-table = Latest { $measure } on { $scored_on }
reach-aria = { $axis } until a level is reached for good, for each loss; a table follows.
reach-table = { $axis } until a level is reached for good, mean ± 95 % confidence of the seeds that got there
plane-aria = Paths of the losses through the plane of tightness and contrast. Arrow keys go from point to point; a table with the latest values follows.
log-plane-aria = Paths of the losses through the plane of tightness and mean log distance. Arrow keys go from point to point; a table with the latest values follows.
ratio-aria = Ratio of tightness to contrast against MAP@R for each loss. Arrow keys go from point to point; a table with the latest values follows.
paths-table = Latest tightness, contrast and MAP@R
trials-aria = { $score } against learning rate of every trial. Arrow keys go from trial to trial; a table with the best ones follows.
trials-table = Best trial of each loss
column-loss = Loss
column-steps = Steps
column-mean = Mean ± 95 % confidence
column-diverged = Diverged runs
column-tightness = Tightness
column-contrast = Contrast
column-log-distance = Log distance
column-trials = Trials
column-best = Best score
column-rate = Learning rate
column-settings = Settings
cell-ended = ended
cell-never = never
cell-not-yet = not yet
cell-few = { $reached } of { $seeds } { $seeds ->
        [one] seed
       *[other] seeds
    }
cell-seeds = { $time } ({ $reached } of { $seeds } { $seeds ->
        [one] seed
       *[other] seeds
    })

## The map

map-corner = classes ↓ batch →
map-cell-fastest = { $sampler }, batch { $batch }, { $classes } classes: { $loss } fastest. { $detail } Load this experiment.
map-cell-ahead = { $sampler }, batch { $batch }, { $classes } classes: { $loss } ahead, but no difference shown. { $detail } Load this experiment.

## Taking along

export = Export
export-what = Export: curves, pictures, script, link
export-csv = Curves as CSV
export-json = Curves and settings as JSON
export-film = Film of the run (.kyori)
open-film = Open a recording…
export-chart-png = Chart as PNG
export-chart-svg = Chart as SVG
export-board-png = Board as PNG
export-board-svg = Board as SVG
export-python = Python script (pytorch-metric-learning)
export-link = Copy the link
export-data = Data for the script ({ $file })

## What a budget is worth

budget-aria = The expected best score of each loss after so many trials. Arrow keys go from point to point; a table follows.
budget-empty = These losses were not tuned for these conditions
budget-x = random trials
budget-y = mean { $measure } over the race, validation classes
budget-point = { $loss }, { $trials ->
    [one] 1 trial
   *[other] { $trials } trials
}
budget-trials = { $trials ->
    [one] 1 trial
   *[other] { $trials } trials
}
