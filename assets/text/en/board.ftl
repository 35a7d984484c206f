### The board: a card with a picture for each loss.

board = Race board
board-empty = No loss is in the race. Pick one or more under Settings.
board-dots = Each mark is a picture, coloured by its class. Ringed stars are proxies: the learned vectors of the training classes.
board-neighbours-meaning = Each mark is a picture, coloured by its class. Neighbours lie near each other; distances between islands mean nothing.
# How the embedding is brought into the plane
board-map = Picture of the embedding
board-neighbours = Neighbours
board-directions = Main directions
board-classes-shown = Classes shown
board-training-classes = training classes
# On the card of the loss that is first, and what it is first by.
board-first = 1st
board-first-by = Highest { $measure } at step { $step }
board-first-shared = Shares the highest { $measure } at step { $step }
board-about = About { $loss }
board-enlarge = { $loss }, large
board-speed = steps/s
board-nothing = –
board-seed = seed
board-seed-shown = Seed shown of { $loss }
board-ended = Ended at step { $step }: the loss was not finite. A lower learning rate helps.
board-some-ended = { $ended } of { $seeds } seeds ended: not finite.
board-no-room-circle = <b>{ $loss }</b> has too little room here: on a circle at most { $most } directions are all turned away from each other, and it asks that of all { $classes } classes.
board-no-room-sphere = <b>{ $loss }</b> has too little room here: on a sphere at most { $most } directions are all turned away from each other, and it asks that of all { $classes } classes.
board-picture-soon = The untrained embedding appears here in a moment.
board-no-picture = No picture: the engine is not running.
board-picture-waits = Waiting for the first picture.

## In the picture

picture-none-yet = no picture yet
picture-variance = shows { NUMBER($share, style: "percent", maximumFractionDigits: 0) } of the variance
# Where there is less room.
picture-variance-short = { NUMBER($share, style: "percent", maximumFractionDigits: 0) } of variance

## The picture in words, for screen readers

picture-none = { $loss }: no picture yet
picture-is =
    { $loss }: { $points } pictures of { $classes } classes{ $proxies ->
        [0] {""}
       *[other] {" "}and { $proxies } class vectors
    } after { $step } steps, { $space }
picture-sphere = on the unit sphere; arrow keys turn it, comma and full stop go from point to point
picture-plane = in the plane; arrow keys go from point to point
picture-projected = projected to the plane, which shows { NUMBER($share, style: "percent", maximumFractionDigits: 0) } of the variance; arrow keys go from point to point
picture-neighbours = as a map of neighbours, where distances between islands mean nothing; arrow keys go from point to point

## Who lies nearest

retrieval = Who is nearest?
retrieval-meaning = Left, a picture that was not trained on. Beside it, the five pictures that each loss puts nearest to it: framed ones are of the same class. Where the first is framed, it counts for Recall@1. Choose a mark above to look it up here.
retrieval-query = Query
retrieval-found = first { $firsts }/{ $queries }, all { $right }/{ $of }
retrieval-label = { $loss }, step { $step }: the nearest picture is of the same class for { $firsts } of { $queries } queries; { $right } of all { $of } pictures are.
retrieval-queries = Pictures that are looked up: { $names }
