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

## Who was faster

verdict-faster = { $fastest } reached { NUMBER($percent, maximumFractionDigits: 0) } % of the best { $measure } after { $steps } steps{ $seeds }, { $other }: faster, { $tested }.
verdict-not-shown = { $fastest } reached { NUMBER($percent, maximumFractionDigits: 0) } % of the best { $measure } after { $steps } steps{ $seeds }, { $other }: no difference shown, { $tested }.
verdict-one-seed = { $fastest } reached { NUMBER($percent, maximumFractionDigits: 0) } % of the best { $measure } after { $steps } steps{ $seeds }, { $other }: no difference shown, one seed is not enough.
verdict-never = { $fastest } reached { NUMBER($percent, maximumFractionDigits: 0) } % of the best { $measure } after { $steps } steps{ $seeds }, { $other } not within { $end } steps.

# The other loss.
verdict-other = { $loss } after { $steps }{ $seeds }
verdict-other-none = { $loss } in no seed

# A mean of several seeds with its 95 % confidence interval, or the number of one seed.
verdict-interval = { NUMBER($mean, maximumFractionDigits: 0) } ± { NUMBER($half, maximumFractionDigits: 0) }
verdict-single = { NUMBER($value, maximumFractionDigits: 0) }
# How many seeds got there, said where not all did.
verdict-seeds = {" "}({ $reached } of { $seeds } seeds)

# The test; $p is one of the two below.
verdict-tested =
    { $p } ({ $test ->
        [welch] Welch
       *[rank-sum] rank sum
    }{ $corrected ->
        [yes] , Holm
       *[no] {""}
    })
verdict-p-below = p < { $limit }
verdict-p = p = { NUMBER($p, minimumFractionDigits: 2, maximumFractionDigits: 2) }

## What the command line prints beside it

table-shares = Shares of the best final { $measure } ({ NUMBER($best, minimumFractionDigits: 3, maximumFractionDigits: 3) })
table-steps-to = steps to { NUMBER($percent, maximumFractionDigits: 0) } %
table-seconds-to = s to { NUMBER($percent, maximumFractionDigits: 0) } %
table-at-the-end = { $measure } at the end
table-area = area
table-stopped = { $loss } ({ $count } stopped)
table-no-verdict = No verdict: it takes two losses, and one of them must learn something.
table-took =
    { NUMBER($seconds, maximumFractionDigits: 0) } s on { $cores ->
        [one] 1 core
       *[other] { $cores } cores
    }; seconds in the table are of one run on one core.
