### A look inside a loss: who pulls whom in the batch that it trains on next.

inside-open = Look inside { $loss }
inside-title = Inside { $loss }: who pulls whom
inside-waiting = The next batch appears here as soon as the race is laid out.
inside-batch = The batch that seed { $seed } trains on next, after { $steps } steps: { $pictures } pictures of { $classes } classes, sorted by class.
inside-held = This batch stays here so that it can be read; the training goes on.
inside-go-on = Show the next batches
inside-hold = Hold this batch

# What rows and columns are
inside-among = Each row and each column is a picture. What happens to two pictures is their cell, in both places.
inside-vectors = Each row is a picture, each column a class vector, which the loss has learned.
inside-both = Each row is a picture. Columns are the same pictures and, behind the thick line, class vectors, which the loss has learned. What class vectors do to each other is not shown.
inside-left-out = { $count } pictures of earlier batches are counted, but not drawn.
inside-mixtures = The loss is compared with { $count } mixtures of these pictures, too; they are not drawn, and not counted.

# The colours
inside-pull = pulled together
inside-push = pushed apart
inside-scale = The stronger, the fuller the colour (by the square root).
inside-matrix = { $loss }: { $pictures } pictures by { $columns } columns, { $pulls } pulls and { $pushes } pushes. Arrow keys hold the batch and move from cell to cell, Enter selects a row.
inside-hint = Point at a cell, or move there with the arrow keys. A click or Enter selects the picture in that row.

# One cell
inside-picture = picture of { $class }
inside-vector = class vector of { $class }
inside-cell = { $one } and { $other }: { $closeness }, { $force }.
inside-itself = { $one } with itself: in no loss.
inside-cosine = cosine { NUMBER($value, minimumFractionDigits: 2, maximumFractionDigits: 2) }
inside-logit = logit { NUMBER($value, minimumFractionDigits: 2, maximumFractionDigits: 2) }
inside-noise = noise ratio { NUMBER($value, minimumFractionDigits: 2, maximumFractionDigits: 2) }
inside-pulled = pulled together with { NUMBER($share, style: "percent", maximumFractionDigits: 1) } of the strongest force here
inside-pushed = pushed apart with { NUMBER($share, style: "percent", maximumFractionDigits: 1) } of the strongest force here
inside-rests = neither pulled nor pushed

# One row
inside-selected = What happens to the { $picture }
inside-moves = Its gradient is { NUMBER($share, style: "percent", maximumFractionDigits: 0) } as long as the longest in the batch.
inside-strongest-pulls = Pulled most by
inside-strongest-pushes = Pushed most by
inside-nobody = nobody
inside-part = { $other }: { $closeness }, { NUMBER($share, style: "percent", maximumFractionDigits: 0) } of it

## The census

census = Census of this batch
census-loss = Loss
census-relations = Pairs compared
census-relations-meaning = two pictures, or a picture and a class vector
census-valid = Can act
census-valid-meaning = by the labels alone
census-acting = Act now
census-acting-meaning = { $pulls } pull, { $pushes } push; more than a thousandth of the strongest
census-triplets = Triplets
census-triplets-meaning = an anchor, a positive and a negative
census-mined = Kept by the miner
census-mined-triplets = of { $of } triplets
census-mined-pairs = of { $of } pairs of anchor and other
census-positives = Positives of a picture
census-positives-meaning = at least { $least }; { $without ->
    [one] 1 picture has none
   *[other] { $without } pictures have none
}
census-pull = Hardest tenth’s share of the pull
census-pull-meaning = the positives that are least alike; 10% if all were pulled equally
census-push = Hardest tenth’s share of the push
census-push-meaning = the negatives that are most alike
census-cosine = Mean cosine of different classes
census-cosine-meaning = near 1 the embeddings have collapsed
census-none = –

quiet-not-finite = Nothing can be said: loss or gradient is no number any more. A lower learning rate helps.
quiet-no-positives = Nothing acts: no class has two pictures in this batch, so that no anchor has a positive. Batches with several pictures of each class help.
quiet-no-negatives = Nothing acts: there is no second class to compare with in this batch.
quiet-collapsed = Nothing acts: the network embeds all pictures alike, and between equal points a force has no direction. The run has collapsed.
quiet-nothing-mined = Nothing acts: the miner finds nothing in this batch that is as hard as it wants.
quiet-margins-met = Nothing is left to do in this batch: everything is as near and as far as the loss wants it.
quiet-collapse-warning = The network embeds pictures of different classes nearly alike: this run has collapsed, or is about to.
