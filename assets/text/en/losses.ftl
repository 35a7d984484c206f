### The losses: what each one does, its anchor, its cost, when it is 0, its symbols and its settings.

## Said of several losses

-zero-all-pairs-placed = All positive pairs are within their margin and all negative pairs beyond theirs, or the batch has no pair.
-distance-of-samples = distance of the normalised embeddings i and j, between 0 and 2
-mean-of-nonzero = mean over the terms that are not 0
-positive-part = x where it is positive, else 0
-anchor-with-both = Every sample that has a positive and a negative in the batch.
-triplet-members = anchor, positive (same class), negative (another class)
-distance-of-two = distance of two normalised embeddings, between 0 and 2
-triplet-margin = How much nearer than the negative the positive must be.
-triplet-swap = Take the negative’s distance to the positive instead, where that is smaller.
-triplet-smooth = Soft hinge log(1 + e^x): triplets beyond the margin still count a little.
-positives = positives of i: the other samples of its class in the batch
-negatives = negatives of i: the samples of other classes in the batch
-log-sum-exp = log of the sum of exponentials, a soft maximum; 0 over nothing
-negative-far-enough = Distance from which on a negative no longer matters much.
-cosine-of-samples = cosine of samples i and j
-mined-positives = positives of i: other samples of its class (those the miner keeps, if there is one)
-mined-negatives = negatives of i: samples of other classes (those the miner keeps, if there is one)
-pull-sharpness = How sharply the pull goes to the farthest positives.
-push-sharpness = How sharply the push goes to the closest negatives.
-cosine-base = The cosine that positives should exceed and negatives stay below.
-anchor-with-positive = Every sample that has a positive in the batch.
-zero-no-pairs = The batch lacks positive or negative pairs.
-anchor-and-proxies = Every sample of the batch, compared with all proxies.
-distance-to-proxy = distance of the normalised sample and the normalised proxy
-embedding-of-sample = embedding of sample i, of class y_i
-proxy-of-class = proxy of class c
-class-of-sample = class of sample i
-anchor-and-weights = Every sample of the batch, compared with all class weights.
-zero-margin-kept = Rounds to 0 when every sample beats all other classes by more than the margin, or there is one class.
-angle-to-weight = angle between sample i and the weight vector of class c
-softmax-sharpness = Sharpness of the softmax.
-cosine-of-query = cosine of samples q and i
-soft-step = soft step from 0 to 1: 1 / (1 + e^−x)
-rank-softness = Softness of the ranks: samples whose cosines differ by much more than this have no gradient.

## Contrastive

loss-contrastive-idea = Pulls pairs of one class together and pushes pairs of two classes apart until they are a margin away.
loss-contrastive-anchor = There is none: both samples of a pair count alike.
loss-contrastive-cost = O(B²)
loss-contrastive-zero = { -zero-all-pairs-placed }
loss-contrastive-symbol-1 = { -distance-of-samples }
loss-contrastive-symbol-2 = { -mean-of-nonzero }
loss-contrastive-symbol-3 = { -positive-part }
loss-contrastive-param-pos_margin = Positive pairs closer than this are close enough.
loss-contrastive-param-neg_margin = Negative pairs farther apart than this are far enough.

## SNR contrastive

loss-snr-contrastive-idea = Contrastive with the distance measured as noise against the anchor’s signal.
loss-snr-contrastive-anchor = The sample whose variance is the signal; each pair counts in both directions.
loss-snr-contrastive-cost = O(B²)
loss-snr-contrastive-zero = { -zero-all-pairs-placed }
loss-snr-contrastive-symbol-1 = normalised embedding of sample i
loss-snr-contrastive-symbol-2 = noise-to-signal ratio; var runs over the entries of a vector
loss-snr-contrastive-symbol-3 = { -mean-of-nonzero }
loss-snr-contrastive-symbol-4 = { -positive-part }
loss-snr-contrastive-param-pos_margin = Positive pairs with a smaller ratio are close enough.
loss-snr-contrastive-param-neg_margin = Negative pairs with a larger ratio are far enough.

## Triplet

loss-triplet-idea = Wants every anchor to be nearer to each of its positives than to each of its negatives, by a margin.
loss-triplet-anchor = { -anchor-with-both }
loss-triplet-cost = O(B³)
loss-triplet-zero = No triplet breaks the margin any more, or the batch has none: it needs two samples of one class and one of another.
loss-triplet-symbol-1 = { -triplet-members }
loss-triplet-symbol-2 = { -distance-of-two }
loss-triplet-symbol-3 = { -mean-of-nonzero }
loss-triplet-param-margin = { -triplet-margin }
loss-triplet-param-swap = { -triplet-swap }
loss-triplet-param-smooth_loss = { -triplet-smooth }

## Triplet, semi-hard

loss-triplet-semi-hard-idea = Triplet on negatives that are already farther than the positive, but not yet by the margin.
loss-triplet-semi-hard-anchor = Every sample that has a positive and, a little farther away, a negative in the batch.
loss-triplet-semi-hard-cost = O(B³)
loss-triplet-semi-hard-zero = No negative is just beyond a positive: all are either nearer than it or farther by the margin. Small batches of many classes often have no positive at all.
loss-triplet-semi-hard-symbol-1 = { -triplet-members }
loss-triplet-semi-hard-symbol-2 = { -distance-of-two }
loss-triplet-semi-hard-symbol-3 = { -mean-of-nonzero }
loss-triplet-semi-hard-param-margin = { -triplet-margin }
loss-triplet-semi-hard-param-swap = { -triplet-swap }
loss-triplet-semi-hard-param-smooth_loss = { -triplet-smooth }
loss-triplet-semi-hard-param-miner_margin = How far beyond the positive a negative may be and still be used.

## Triplet, batch-hard

loss-triplet-batch-hard-idea = Triplet on each anchor’s farthest positive and closest negative only.
loss-triplet-batch-hard-anchor = Every sample that has a positive and a negative in the batch; one triplet each.
loss-triplet-batch-hard-cost = O(B²)
loss-triplet-batch-hard-zero = Every anchor’s farthest positive is nearer than its closest negative by the margin, or no anchor has both. If all embeddings fall on one point the value is m and the gradient 0.
loss-triplet-batch-hard-symbol-1 = { -triplet-members }
loss-triplet-batch-hard-symbol-2 = { -distance-of-two }
loss-triplet-batch-hard-symbol-3 = { -mean-of-nonzero }
loss-triplet-batch-hard-param-margin = { -triplet-margin }
loss-triplet-batch-hard-param-swap = { -triplet-swap }
loss-triplet-batch-hard-param-smooth_loss = { -triplet-smooth }

## Margin

loss-margin-idea = One distance β is the border: positives must be nearer than β − m, negatives farther than β + m.
loss-margin-anchor = { -anchor-with-both }
loss-margin-cost = O(B²)
loss-margin-zero = All positives are nearer than β − m and all negatives farther than β + m, or the batch has no triplet.
loss-margin-symbol-1 = { -triplet-members }
loss-margin-symbol-2 = { -distance-of-two }
loss-margin-symbol-3 = number of terms that are not 0, of both kinds
loss-margin-symbol-4 = { -positive-part }
loss-margin-param-margin = Half the width of the gap between positives and negatives.
loss-margin-param-beta = The border between near and far.

## N-pair

loss-n-pair-idea = Each class gives one anchor and one positive, and the anchor has to find its positive among all classes’ positives.
loss-n-pair-anchor = The first sample of each class that has at least two in the batch.
loss-n-pair-cost = O(B²)
loss-n-pair-zero = Fewer than two classes have two samples in the batch, so there is nothing to tell apart.
loss-n-pair-symbol-1 = first sample of class c in the batch
loss-n-pair-symbol-2 = second sample of class c in the batch
loss-n-pair-symbol-3 = cosine of two embeddings

## Lifted structure

loss-lifted-structure-idea = Each positive pair competes with all negatives of both of its samples at once.
loss-lifted-structure-anchor = There is none: both samples of a positive pair bring their negatives.
loss-lifted-structure-cost = O(B²)
loss-lifted-structure-zero = The batch lacks positive or negative pairs, or each positive pair is nearer than the soft minimum of its negatives asks.
loss-lifted-structure-symbol-1 = { -distance-of-samples }
loss-lifted-structure-symbol-2 = distance of negative k to whichever of i and j it is a negative of
loss-lifted-structure-symbol-3 = { -positives }
loss-lifted-structure-symbol-4 = negatives of i and negatives of j; a sample that is both counts twice
loss-lifted-structure-symbol-5 = { -log-sum-exp }
loss-lifted-structure-param-neg_margin = { -negative-far-enough }
loss-lifted-structure-param-pos_margin = Distance within which a positive pair is close enough.

## Generalised lifted structure

loss-generalised-lifted-structure-idea = For each anchor, the soft farthest positive must be nearer than the soft closest negative.
loss-generalised-lifted-structure-anchor = Every sample of the batch in turn, with all its positives and negatives.
loss-generalised-lifted-structure-cost = O(B²)
loss-generalised-lifted-structure-zero = The batch is a single sample, or every anchor’s soft farthest positive is nearer than its soft closest negative.
loss-generalised-lifted-structure-symbol-1 = { -distance-of-samples }
loss-generalised-lifted-structure-symbol-2 = { -positives }
loss-generalised-lifted-structure-symbol-3 = { -negatives }
loss-generalised-lifted-structure-symbol-4 = { -log-sum-exp }
loss-generalised-lifted-structure-symbol-5 = { -positive-part }
loss-generalised-lifted-structure-param-neg_margin = { -negative-far-enough }
loss-generalised-lifted-structure-param-pos_margin = Distance within which a positive is close enough.

## Multi-Similarity

loss-multi-similarity-idea = Weighs every pair by how hard it is in itself and beside the anchor’s other pairs.
loss-multi-similarity-anchor = Every sample of the batch in turn, compared with all others.
loss-multi-similarity-cost = O(B²)
loss-multi-similarity-zero = Only if the batch has no pair at all, that is, a single sample; otherwise it just gets small.
loss-multi-similarity-symbol-1 = { -cosine-of-samples }
loss-multi-similarity-symbol-2 = { -mined-positives }
loss-multi-similarity-symbol-3 = { -mined-negatives }
loss-multi-similarity-param-alpha = { -pull-sharpness }
loss-multi-similarity-param-beta = { -push-sharpness }
loss-multi-similarity-param-base = { -cosine-base }

## Multi-Similarity + miner

loss-multi-similarity-mined-idea = Multi-Similarity on just the pairs that are harder than the anchor’s hardest pair of the other kind.
loss-multi-similarity-mined-anchor = Every sample of the batch that has positives and negatives.
loss-multi-similarity-mined-cost = O(B²)
loss-multi-similarity-mined-zero = The miner kept no pair: every anchor’s positives are closer than its negatives by more than ε, or it lacks either.
loss-multi-similarity-mined-symbol-1 = { -cosine-of-samples }
loss-multi-similarity-mined-symbol-2 = { -mined-positives }
loss-multi-similarity-mined-symbol-3 = { -mined-negatives }
loss-multi-similarity-mined-param-alpha = { -pull-sharpness }
loss-multi-similarity-mined-param-beta = { -push-sharpness }
loss-multi-similarity-mined-param-base = { -cosine-base }
loss-multi-similarity-mined-param-epsilon = How much easier than the hardest pair of the other kind a pair may be and still count.

## NCA

loss-nca-idea = Each sample picks a neighbour at random, near ones more likely; the loss is how unlikely it picks its own class.
loss-nca-anchor = { -anchor-with-positive }
loss-nca-cost = O(B²)
loss-nca-zero = No sample has a positive in the batch, or all samples are of one class; otherwise it just gets small.
loss-nca-symbol-1 = { -distance-of-samples }
loss-nca-symbol-2 = { -positives }
loss-nca-param-softmax_scale = Sharpness: the larger, the more only the nearest neighbours count.

## SupCon

loss-supcon-idea = Each sample’s positives should stand out among all other samples of the batch, on average over the positives.
loss-supcon-anchor = { -anchor-with-positive }
loss-supcon-cost = O(B²)
loss-supcon-zero = { -zero-no-pairs }
loss-supcon-symbol-1 = { -cosine-of-samples }
loss-supcon-symbol-2 = { -positives }
loss-supcon-symbol-3 = { -mean-of-nonzero }
loss-supcon-param-temperature = Temperature: the smaller, the more the nearest samples count.

## NT-Xent

loss-nt-xent-idea = Each positive pair on its own must stand out against all the anchor’s negatives.
loss-nt-xent-anchor = The first sample of each ordered positive pair.
loss-nt-xent-cost = O(B²)
loss-nt-xent-zero = { -zero-no-pairs }
loss-nt-xent-symbol-1 = { -cosine-of-samples }
loss-nt-xent-symbol-2 = { -positives }
loss-nt-xent-symbol-3 = { -negatives }
loss-nt-xent-param-temperature = Temperature: the smaller, the more the nearest negatives count.

## Sigmoid

loss-sigmoid-idea = Asks of every pair on its own whether it is of one class or of two; no pair’s answer depends on another’s.
loss-sigmoid-anchor = There is none: both samples of a pair count alike.
loss-sigmoid-cost = O(B²)
loss-sigmoid-zero = Only if the batch is a single sample; otherwise it just gets small.
loss-sigmoid-symbol-1 = { -cosine-of-samples }
loss-sigmoid-symbol-2 = 1 if samples i and j are of one class, −1 if they are of two
loss-sigmoid-symbol-3 = number of samples in the batch
loss-sigmoid-param-scale = Sharpness: the larger, the more only pairs near the border count. SigLIP, which the loss is from, learns it.
loss-sigmoid-param-bias = Moves the border between one class and two, which is at the cosine −b / t. SigLIP learns it, too.

## Circle

loss-circle-idea = Weighs each pair by how far it still is from where it should be, so that pairs arrive together.
loss-circle-anchor = Every sample that has both positives and negatives in the batch.
loss-circle-cost = O(B²)
loss-circle-zero = No sample has both a positive and a negative in the batch.
loss-circle-symbol-1 = { -cosine-of-samples }
loss-circle-symbol-2 = { -positives }
loss-circle-symbol-3 = { -negatives }
loss-circle-symbol-4 = x where it is positive, else 0; these weights get no gradient
loss-circle-symbol-5 = { -mean-of-nonzero }
loss-circle-param-m = Relaxation: positives should reach cosine 1 − m, negatives m.
loss-circle-param-gamma = Sharpness: the larger, the more only the worst pairs count.

## FastAP

loss-fast-ap-idea = Optimises average precision itself, made differentiable by sorting distances into soft bins.
loss-fast-ap-anchor = { -anchor-with-positive }
loss-fast-ap-cost = O(B²·bins)
loss-fast-ap-zero = No sample has a positive in the batch, or every sample’s positives are all in nearer bins than its negatives.
loss-fast-ap-symbol-1 = positives of i in bin b of squared distance, counted softly
loss-fast-ap-symbol-2 = positives in bins up to b
loss-fast-ap-symbol-3 = all other samples in bins up to b
loss-fast-ap-symbol-4 = { -positives }
loss-fast-ap-param-num_bins = Number of bins that squared distances from 0 to 4 are sorted into.

## Smooth-AP

loss-smooth-ap-idea = Optimises average precision itself, made differentiable by counting ranks with soft steps.
loss-smooth-ap-anchor = { -anchor-with-positive }
loss-smooth-ap-cost = O(B²·positives)
loss-smooth-ap-zero = No sample has a positive in the batch, or there is one class. It rounds to 0 when every sample’s positives are nearer than all its negatives by several τ.
loss-smooth-ap-symbol-1 = { -cosine-of-query }
loss-smooth-ap-symbol-2 = samples of q’s class in the batch, q among them
loss-smooth-ap-symbol-3 = rank of i in the batch, sorted by closeness to q
loss-smooth-ap-symbol-4 = the same rank among q’s own class only
loss-smooth-ap-symbol-5 = { -soft-step }
loss-smooth-ap-param-temperature = { -rank-softness }

## Recall@k surrogate

loss-recall-at-k-idea = Optimises how many of a sample’s positives are among its k nearest, for several k at once.
loss-recall-at-k-anchor = { -anchor-with-positive }
loss-recall-at-k-cost = O(B²·positives)
loss-recall-at-k-zero = No sample has a positive in the batch. Otherwise it stays above 0: even the nearest positive counts as a half among the first one.
loss-recall-at-k-symbol-1 = { -cosine-of-query }
loss-recall-at-k-symbol-2 = positives of q: the other samples of its class in the batch
loss-recall-at-k-symbol-3 = rank of i in the batch without q, sorted by closeness to q
loss-recall-at-k-symbol-4 = { -soft-step }
loss-recall-at-k-param-k_max = Largest k; the others are 1, 2, 4 and so on up to it.
loss-recall-at-k-param-count_temperature = How softly it is counted what is among the first k: the smaller, the more only positives around place k get a gradient.
loss-recall-at-k-param-rank_temperature = { -rank-softness }

## Proxy-NCA

loss-proxy-nca-idea = Each sample is drawn to its class’s proxy and away from the other proxies, whatever the rest of the batch does.
loss-proxy-nca-anchor = { -anchor-and-proxies }
loss-proxy-nca-cost = O(B·C)
loss-proxy-nca-zero = Never quite 0 with two classes or more; with the default σ it cannot get small, since no two proxies are farther apart than 2.
loss-proxy-nca-symbol-1 = { -distance-to-proxy }
loss-proxy-nca-symbol-2 = { -embedding-of-sample }
loss-proxy-nca-symbol-3 = { -proxy-of-class }
loss-proxy-nca-param-softmax_scale = Sharpness: the larger, the more only the nearest proxies count.

## Proxy-NCA (own proxy left out)

loss-proxy-nca-excluded-idea = Proxy-NCA with its own proxy left out of the denominator: the pull towards it never fades.
loss-proxy-nca-excluded-anchor = { -anchor-and-proxies }
loss-proxy-nca-excluded-cost = O(B·C)
loss-proxy-nca-excluded-zero = There is one class only. Otherwise it passes through 0 without stopping: it is negative where samples are much nearer to their own proxy.
loss-proxy-nca-excluded-symbol-1 = { -distance-to-proxy }
loss-proxy-nca-excluded-symbol-2 = { -embedding-of-sample }
loss-proxy-nca-excluded-symbol-3 = { -proxy-of-class }
loss-proxy-nca-excluded-param-softmax_scale = Sharpness: the larger, the more only the nearest of the other proxies count.

## Proxy-NCA++

loss-proxy-nca-plus-plus-idea = Proxy-NCA made sharp by a low temperature, which lets it separate many classes.
loss-proxy-nca-plus-plus-anchor = { -anchor-and-proxies }
loss-proxy-nca-plus-plus-cost = O(B·C)
loss-proxy-nca-plus-plus-zero = Never quite 0 with two classes or more; rounds to 0 when every sample is far nearer to its own proxy.
loss-proxy-nca-plus-plus-symbol-1 = { -distance-to-proxy }
loss-proxy-nca-plus-plus-symbol-2 = { -embedding-of-sample }
loss-proxy-nca-plus-plus-symbol-3 = { -proxy-of-class }
loss-proxy-nca-plus-plus-param-temperature = Temperature: the smaller, the more only the nearest proxies count.

## Proxy Anchor

loss-proxy-anchor-idea = Every class has a learned proxy that pulls its own samples and pushes all others, the hardest ones most.
loss-proxy-anchor-anchor = The proxy of a class. Every sample of the batch is compared with every proxy.
loss-proxy-anchor-cost = O(B·C)
loss-proxy-anchor-zero = Never quite 0: both logarithms are positive. It is small when samples sit closer to their proxy than δ asks and far from all others.
loss-proxy-anchor-symbol-1 = cosine of sample i and the proxy of class c
loss-proxy-anchor-symbol-2 = classes that are in the batch (in the fraction: how many)
loss-proxy-anchor-symbol-3 = number of all training classes
loss-proxy-anchor-param-margin = Margin on the cosine: own samples should be above +δ, all others below −δ.
loss-proxy-anchor-param-alpha = Sharpness: the larger, the more the hardest samples take the whole gradient.

## Proxy Anchor, samples alike

loss-proxy-anchor-uniform-idea = Proxy Anchor without its weights: a proxy pulls all its own samples alike and pushes all others alike, hard or not.
loss-proxy-anchor-uniform-anchor = The proxy of a class. Every sample of the batch is compared with every proxy.
loss-proxy-anchor-uniform-cost = O(B·C)
loss-proxy-anchor-uniform-zero = Never quite 0: both logarithms are positive. It is small when samples are, on average, closer to their proxy than δ asks and far from all others.
loss-proxy-anchor-uniform-symbol-1 = cosine of sample i and the proxy of class c
loss-proxy-anchor-uniform-symbol-2 = classes that are in the batch (in the fraction: how many)
loss-proxy-anchor-uniform-symbol-3 = number of all training classes
loss-proxy-anchor-uniform-symbol-4 = number of the batch’s samples of class c
loss-proxy-anchor-uniform-symbol-5 = number of the batch’s other samples
loss-proxy-anchor-uniform-param-margin = Margin on the mean cosine: own samples should be above +δ, all others below −δ.
loss-proxy-anchor-uniform-param-alpha = Sharpness: the larger, the sooner a class whose samples are well placed on average is left alone.

## Proxy Anchor by sample

loss-proxy-anchor-by-sample-idea = Proxy Anchor turned round: each sample looks at all proxies, and the nearest wrong one pushes it most.
loss-proxy-anchor-by-sample-anchor = { -anchor-and-proxies }
loss-proxy-anchor-by-sample-cost = O(B·C)
loss-proxy-anchor-by-sample-zero = Never quite 0: both logarithms are positive. It is small when every sample is closer to its proxy than δ asks and far from all others.
loss-proxy-anchor-by-sample-symbol-1 = cosine of sample i and the proxy of class c
loss-proxy-anchor-by-sample-symbol-2 = { -class-of-sample }
loss-proxy-anchor-by-sample-param-margin = Margin on the cosine: the own proxy should be above +δ, all others below −δ.
loss-proxy-anchor-by-sample-param-alpha = Sharpness: the larger, the more the nearest wrong proxy takes the whole push.

## Potential field

loss-potential-field-idea = Samples and proxies are charges: those of one class attract each other, others repel, and the force gets weaker with distance.
loss-potential-field-anchor = Every charge in turn: each sample and each proxy feels all the others.
loss-potential-field-cost = O((B + C·M)²)
loss-potential-field-zero = Charges of one class are within δ of each other and those of different classes farther apart than δ.
loss-potential-field-symbol-1 = distance of charges i and j, normalised, between 0 and 2
loss-potential-field-symbol-2 = number of charges: the batch’s samples and all proxies
loss-potential-field-symbol-3 = { -positive-part }
loss-potential-field-param-proxies_per_class = How many proxies each class has.
loss-potential-field-param-alpha = How fast the force fades with distance: the larger, the less a far outlier pulls.
loss-potential-field-param-delta = Distance at which attraction ends and repulsion begins.

## SoftTriple

loss-soft-triple-idea = Classification where each class has several centres, so that it may have several looks.
loss-soft-triple-anchor = Every sample of the batch, compared with all centres of all classes.
loss-soft-triple-cost = O(B·C·K)
loss-soft-triple-zero = Rounds to 0 when every sample is far nearer to its class’s centres than to all others, or there is one class.
loss-soft-triple-symbol-1 = cosine of sample i and centre k of class c
loss-soft-triple-symbol-2 = similarity of sample i and class c: mostly that of its nearest centre
loss-soft-triple-symbol-3 = number of centres per class
loss-soft-triple-symbol-4 = { -class-of-sample }
loss-soft-triple-param-centers_per_class = How many centres each class has.
loss-soft-triple-param-la = Sharpness of the softmax over classes.
loss-soft-triple-param-gamma = Softness of the choice among a class’s centres: the smaller, the more only the nearest counts.
loss-soft-triple-param-margin = How much nearer to its own class than to others a sample must be.

## Normalised softmax

loss-normalised-softmax-idea = Plain classification, but only the angle between an embedding and the class weights counts.
loss-normalised-softmax-anchor = { -anchor-and-weights }
loss-normalised-softmax-cost = O(B·C)
loss-normalised-softmax-zero = Rounds to 0 when every sample is far closer to its class weight than to all others, or there is one class.
loss-normalised-softmax-symbol-1 = cosine of sample i and the weight vector of class c
loss-normalised-softmax-symbol-2 = { -class-of-sample }
loss-normalised-softmax-param-temperature = Temperature: the smaller, the sharper the softmax and the weaker the gradient of samples that are right.

## CosFace

loss-cosface-idea = Normalised softmax in which a sample must beat all other classes by a margin in the cosine.
loss-cosface-anchor = { -anchor-and-weights }
loss-cosface-cost = O(B·C)
loss-cosface-zero = { -zero-margin-kept }
loss-cosface-symbol-1 = { -angle-to-weight }
loss-cosface-symbol-2 = { -class-of-sample }
loss-cosface-param-margin = By how much the cosine of its own class must exceed all others.
loss-cosface-param-scale = { -softmax-sharpness }

## ArcFace

loss-arcface-idea = Normalised softmax in which a sample must beat all other classes even after its angle is widened by a margin.
loss-arcface-anchor = { -anchor-and-weights }
loss-arcface-cost = O(B·C)
loss-arcface-zero = { -zero-margin-kept }
loss-arcface-symbol-1 = { -angle-to-weight }
loss-arcface-symbol-2 = { -class-of-sample }
loss-arcface-param-margin = Angle that is added to the one between a sample and its class.
loss-arcface-param-scale = { -softmax-sharpness }

## Softmax cross-entropy

loss-softmax-idea = Plain classification of the training classes; the layer below the classifier becomes the embedding.
loss-softmax-anchor = { -anchor-and-weights }
loss-softmax-cost = O(B·C)
loss-softmax-zero = Rounds to 0 when every sample is classified with certainty, or there is one class.
loss-softmax-symbol-1 = embedding of sample i as the network gives it, of class y_i
loss-softmax-symbol-2 = learned weight vector and bias of class c
