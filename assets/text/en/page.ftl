### The page itself: title, header, transport, help.

-name = Kyori

site-title = Kyori 距離 – watch metric-learning losses race
site-description = Metric-learning losses train side by side, live in your browser: Proxy Anchor, Proxy-NCA, triplet, Multi-Similarity and more, on WebGPU or the CPU.
tagline = Metric-learning losses train side by side, live in your browser. Which one sorts characters it has never seen best, and soonest?

# Joins a list: between two of its parts, and before the last one.
list-next = ,{" "}
list-last = {" "}and{" "}

close = Close
copied = Copied.
copy-refused = The browser did not let us copy.

## Header

settings = Settings
help = Help
language = Language
colours-as-system = Colours: as the system
colours-light = Colours: light
colours-dark = Colours: dark
colours-change = { $now }. Change

## Transport: play, pause, step, reset, speed

transport = Training
play = Play
play-hint = Space
pause = Pause
race-again = Race again
step = Step
step-hint = Train one step of every loss
reset = Reset
reset-hint = Back to step 0 with the same initial weights
new-seed = New seed
new-seed-hint = Other initial weights and batches (now seed { $seed })
speed = Speed
speed-unlimited = as fast as possible
speed-limited =
    { $speed ->
        [one] 1 step/s
       *[other] { $speed } steps/s
    }
pause-at = Pause at step
race-progress = Progress of the race
of-steps = / { $steps } steps
of-tuning = of tuning.{" "}
show-tuning = Show
engine-starting = Starting the engine
loading-parts = Loading { $parts }: { $size }
engine-cpu = engine (CPU)
engine-webgpu = engine (WebGPU)
data-set = data set
megabytes = { NUMBER($size, minimumFractionDigits: 1, maximumFractionDigits: 1) } MB
megabytes-of = { NUMBER($size, minimumFractionDigits: 1, maximumFractionDigits: 1) } MB of { NUMBER($whole, minimumFractionDigits: 1, maximumFractionDigits: 1) } MB

## Timeline: back and forth through the run

timeline = Timeline
# Label of the slider.
timeline-moment = Moment of the run
timeline-at = step { $step } of { $steps }
timeline-replay = Replay
timeline-stop = Stop replay
timeline-speed = Replay speed
timeline-speed-is = { $speed }×
timeline-live = Latest
timeline-live-hint = Show the latest step, and follow the training
film-opening = Recording of this race, made beforehand. Press Play to train your own.
film-file = Recording from a file. Press Play to train the same race yourself.
film-opened = Opened.

## What a screen reader is told

status-reset = Reset to step 0 with the same initial weights.
status-new-seed = New initial weights and batches: seed { $seed }.
status-paused = Paused at step { $step }.
status-training = Training.
status-finished = Finished after { $steps } steps.
status-verdict = { $finished } { $verdict }
status-stopped = Stopped at step { $step }.
status-tuning =
    { $trials ->
        [one] Tuning: 1 trial per loss.
       *[other] Tuning: { $trials } trials per loss.
    }
status-tuned = Tuning is done.
status-tuning-stopped = Tuning stopped. The race is back at step 0.
status-tuning-applied = The best settings are applied. Press Play to race with them.
status-lane-stopped = { $loss }: the loss was not a finite number at step { $step }. Its curve ends there; the others go on.
status-checked = Device checked: { $agree } of { $cases } cases agree.

## Help

help-title = What is this?
help-idea = A network learns to place pictures so that pictures of the same character lie together. What it is told about “together” is the loss. Here several losses train the same network, from the same initial weights, on the same batches, at the same time.
help-scores = The score is taken on characters that were never trained on. <b>Recall@1</b>: how often the nearest neighbour shows the same character. <b>MAP@R</b>: how well all pictures of that character are ranked before the others. <b>R-precision</b>: of the R nearest (R is how many others show that character), the share that shows it.
help-play = <b>Play</b> (or the space bar) starts training in this browser. Nothing leaves it.
help-losses = <b>Losses</b> and their settings are in the panel. A learning rate changes at once; everything else starts the race anew.
help-pictures = <b>The pictures</b> are maps of 64 dimensions: neighbours lie near each other, and distances between islands mean nothing. “Main directions” is a projection, which shows only a part of the variance. Point at a picture to see its character.
help-seeds = <b>Seeds</b>: each is one more run with other initial weights and batches. The line is their mean, the band its 95% confidence interval. With one seed there is no band and no claim.
help-protocols = <b>Equal tuning</b>: every loss was tuned with the same number of trials. <b>Each paper’s own</b>: each has the settings of its authors. <b>As Proxy Anchor’s script</b>: each has those of that script.
help-tightness = <b>Tightness</b>: how far the pictures of a class lie from their middle; less is tighter. <b>Contrast</b>: how far everything lies from everything else. Every loss, softmax cross-entropy too, works on both.
map-cell-idea = Every loss was tuned for these very conditions, with the same budget.
