### What is said of a race: who is ahead, who was faster, and whether that is shown. On the page and on the command line.

# Losses, each with the step after which its learning rate was changed.
verdict-unfair = Learning rates were changed during the race ({ $changes }): no fair comparison.
verdict-unfair-change = { $loss } after step { $step }

## Who is ahead, at a step that all have reached

verdict-ahead =
    After { $step } steps { $leaders } { $count ->
        [one] has
       *[other] share
    } the highest { $measure }, { NUMBER($value, minimumFractionDigits: 3, maximumFractionDigits: 3) }{ $next }.
verdict-ahead-so-far =
    After { $step } steps { $leaders } { $count ->
        [one] has
       *[other] share
    } the highest { $measure }, { NUMBER($value, minimumFractionDigits: 3, maximumFractionDigits: 3) }{ $next }. The verdict comes at the end.
# The best of the others; empty where there is none.
verdict-next = , then { $loss } with { NUMBER($value, minimumFractionDigits: 3, maximumFractionDigits: 3) }
verdict-not-improved = No loss beat the untrained network here: before the first step { $measure } was { NUMBER($untrained, minimumFractionDigits: 3, maximumFractionDigits: 3) }, at the end the best has { NUMBER($best, minimumFractionDigits: 3, maximumFractionDigits: 3) }.

## Who was faster: got to a line and stayed there to the end

# What was to be reached: a fixed level, or a share of the best value that a loss of this race ever had.
verdict-level = { $measure } { NUMBER($level, minimumFractionDigits: 2, maximumFractionDigits: 2) }
verdict-of-best = { NUMBER($percent, maximumFractionDigits: 0) } % of the best { $measure } of these losses

verdict-faster = { $fastest } reached { $line } for good after { $steps } steps{ $seeds }, { $other }: faster, { $tested }.
verdict-equal = { $fastest } reached { $line } for good after { $steps } steps{ $seeds }, { $other }: equal within ± { NUMBER($margin, maximumFractionDigits: 0) } steps, { $tested }.
verdict-not-shown = { $fastest } reached { $line } for good after { $steps } steps{ $seeds }, { $other }: no difference shown, { $tested }.
verdict-one-seed = { $fastest } reached { $line } for good after { $steps } steps{ $seeds }, { $other }: no difference shown, one seed is not enough.
verdict-never = { $fastest } reached { $line } for good after { $steps } steps, { $other } not within { $end } steps.
verdict-ends-below = { $fastest } reached { $line } for good after { $steps } steps; { $other } was there too, but ends below the line.

# The other loss.
verdict-other = { $loss } after { $steps }{ $seeds }
verdict-other-few = { $loss } in only { $reached } of { $seeds } seeds
verdict-other-none = { $loss } in no seed

# A mean of several seeds with its 95 % confidence interval, or the number of one seed.
verdict-interval = { NUMBER($mean, maximumFractionDigits: 0) } ± { NUMBER($half, maximumFractionDigits: 0) }
verdict-single = { NUMBER($value, maximumFractionDigits: 0) }
verdict-value-interval = { NUMBER($mean, minimumFractionDigits: 3, maximumFractionDigits: 3) } ± { NUMBER($half, minimumFractionDigits: 3, maximumFractionDigits: 3) }
verdict-value = { NUMBER($value, minimumFractionDigits: 3, maximumFractionDigits: 3) }
# How many seeds got there, said where not all did.
verdict-seeds = {" "}({ $reached } of { $seeds } seeds)

# The same in seconds of one run; each of the two is verdict-seconds-of, -other-few or -other-none. What steps say is empty where it
# is the same.
verdict-seconds-faster = In seconds of one run: { $first }, { $second }: { $name } is faster, { $tested }.{ $steps }
verdict-seconds-equal = In seconds of one run: { $first }, { $second }: equal within ± { NUMBER($margin, minimumFractionDigits: 3, maximumFractionDigits: 3) } s, { $tested }.{ $steps }
verdict-seconds-not-shown = In seconds of one run: { $first }, { $second }: no difference shown, { $tested }.{ $steps }
verdict-seconds-one-seed = In seconds of one run: { $first }, { $second }: no difference shown, one seed is not enough.
verdict-seconds-of = { $loss } after { $time } s{ $seeds }
verdict-seconds-interval = { NUMBER($mean, minimumFractionDigits: 3, maximumFractionDigits: 3) } ± { NUMBER($half, minimumFractionDigits: 3, maximumFractionDigits: 3) }
verdict-seconds-single = { NUMBER($value, minimumFractionDigits: 3, maximumFractionDigits: 3) }
verdict-steps-reversed = {" "}In steps it is the other way round.
verdict-steps-only-shown = {" "}In steps { $loss } is shown to be faster.
verdict-steps-equal = {" "}In steps they are equal.
verdict-steps-not-shown = {" "}In steps no difference is shown.

## Who is better at the end

verdict-end-better = At the end { $best } has the highest { $measure }, { $value }, then { $next } with { $then }: better, { $tested }.
verdict-end-equal = At the end { $best } has the highest { $measure }, { $value }, then { $next } with { $then }: equal within ± { $margin }, { $tested }.
verdict-end-not-shown = At the end { $best } has the highest { $measure }, { $value }, then { $next } with { $then }: no difference shown, { $tested }.
verdict-end-one-seed = At the end { $best } has the highest { $measure }, { $value }, then { $next } with { $then }: no difference shown, one seed is not enough.

## What else is to be known of a loss

verdict-fell = { $loss } was best after { $step } steps, { $best }, and ends at { $end }.
verdict-diverged =
    { $count } of { $seeds } seeds of { $loss } diverged: { $count ->
        [one] it counts with the worst value it had
       *[other] they count with the worst value they had
    }.

# The test; $p is one of the two below.
verdict-tested =
    { $p } ({ $test ->
        [paired-t] paired t
        [signed-rank] signed rank
       *[equivalence] two one-sided t
    }{ $corrected ->
        [yes] , Holm
       *[no] {""}
    })
verdict-p-below = p < { $limit }
verdict-p = p = { NUMBER($p, minimumFractionDigits: 2, maximumFractionDigits: 2) }

## What the command line prints beside it

table-speed = Steps until { $measure } stays at or above a level, mean ± 95 % confidence of the seeds that got there, and how many did. The levels are fixed; the best, { NUMBER($best, minimumFractionDigits: 3, maximumFractionDigits: 3) }, is that of these losses.
table-steps-to-level = to { NUMBER($level, minimumFractionDigits: 2, maximumFractionDigits: 2) }
table-steps-to-share = to { NUMBER($percent, maximumFractionDigits: 0) } % of the best
table-seconds-to-level = s to { NUMBER($level, minimumFractionDigits: 2, maximumFractionDigits: 2) }
table-seconds-to-share = s to { NUMBER($percent, maximumFractionDigits: 0) } % of the best
table-at-the-end = { $measure } at the end
table-at-the-peak = at its peak (step)
table-area = mean to step { $step }
table-stopped = { $loss } ({ $count } of { $seeds } diverged)
table-no-verdict = No verdict: it takes two losses, and one of them must learn something.
table-step-cost = ms a step (1, { $lanes } lanes)
# Differences at the end, with intervals also over test classes.
table-behind = { $measure } behind { $best }
table-over-seeds = over seeds
table-over-classes = over classes
table-over-both = over both
table-seeds = seeds
table-intervals-cover = Intervals of 95 %. Over seeds: other initial weights and batches, these { $classes } test classes (paired t). Over classes: other test classes, these seeds ({ $resamples } resamples of the classes, the same for all losses; each picture keeps its neighbours). Over both: other seeds and other test classes. None covers the training classes, or the luck of tuning.
table-no-differences = No differences over test classes: it takes two losses, and a seed that diverged with neither of them.
table-took =
    { NUMBER($seconds, maximumFractionDigits: 0) } s on { $cores ->
        [one] 1 core
       *[other] { $cores } cores
    }.
# What the seconds of the table are: steps times a cost, or a share of the race's own clock.
table-seconds-calibrated =
    Seconds are of one run on one core: its steps times what a step costs, measured apart, all losses in turn, the median of { $rounds } rounds by { $clock ->
        [processor] the processor time of the thread
       *[wall] the time that passed
    }. Their ± has the errors of both.
table-seconds-of-the-race = Seconds are one seed's part of the time that its loss trained in this race. Other programs and other losses may have slowed it; their ± is of the steps only.
