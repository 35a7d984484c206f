### What the project says of losses. Each sentence is checked by a race (assets/claims/claims.json) and has no number in it: those are measured.

## The sentences

claim-paper-faster-sentence = At the paper’s ratio, with equal tuning, Proxy Anchor is faster than the other proxies, than contrastive and than semi-hard triplets.
claim-paper-softmax-sentence = There it also beats softmax cross-entropy, in speed and at the end. What softmax lacks is mostly the normalisation.
claim-paper-pairs-sentence = It is not shown to be faster than Multi-Similarity or SupCon there.
claim-paper-end-sentence = Its lead is speed, not the end: Proxy-NCA in its authors’ form and CosFace get as far.
claim-paper-script-sentence = With the settings of Proxy Anchor’s own script it is far ahead of Proxy-NCA.
claim-paper-own-sentence = With each paper’s own settings Proxy-NCA gets as far as Proxy Anchor.
claim-batch-60-proxies-sentence = In small batches no lead over the other proxies is shown.
claim-batch-60-pairs-sentence = In small batches it is far ahead of pairs and triplets, which find few partners.
claim-batch-360-proxies-sentence = In large batches it is ahead of the other proxies: the more samples of a class it sees at once, the more its weights are worth.
claim-batch-360-pairs-sentence = In large batches semi-hard triplets pass it: there every picture has partners.
claim-balanced-pairs-sentence = In balanced batches SupCon and Multi-Similarity are ahead of it.
claim-flat-fails-sentence = In two dimensions it is far behind contrastive and softmax, tuned in place as they are.

## The numbers beside a sentence

# $what is one of the next three.
claim-evidence = { $what }: { $loss } { $value }, { $other } { $than }; { $difference }
claim-by-area = mean { $measure } over the race
claim-by-end = { $measure } at the end
claim-by-steps = steps to { $measure } { NUMBER($level, minimumFractionDigits: 2, maximumFractionDigits: 2) }
claim-shown = shown, { $tested }
claim-equal = equal within ± { NUMBER($margin, maximumFractionDigits: 2) }, { $tested }
claim-not-shown = no difference shown, { $tested }
claim-one-seed = one seed is not enough

claims-claim = Claim
claims-measured = Measured
claims-id = Identifier

## Under the curves of a race that is over

next-title = Where to go on
next-found = What repeated races found here
next-over-seeds = ({ $seeds } seeds)
next-over-draws = ({ $draws } tunings, { $seeds } seeds each)
next-fair = The same race with other settings:
next-elsewhere = Elsewhere:
