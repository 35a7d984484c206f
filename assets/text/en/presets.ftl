### Experiments to start from: title, and what is to be seen there.

preset-default-title = The race
preset-default-about = Random batches of 60 from 200 classes: proxies see every class in every step, pairs only those in the batch.
preset-balanced-title = Balanced batches
preset-balanced-about = Thirty classes with three pictures each: with a pair for everyone, pair losses start fastest.
preset-few-classes-title = Twenty classes
preset-few-classes-about = With few classes to learn from, proxies lose their lead.
preset-flat-title = Two dimensions
preset-flat-about = The whole embedding on a circle. Proxy Anchor asks every class to turn away from all others, and on a circle only three can: it fails where the older losses learn.
preset-noisy-title = Wrong labels
preset-noisy-about = Three labels in ten are wrong: which loss still finds the classes?
preset-digits-title = Five digits
preset-digits-about = Trained on 0 to 4 and asked about 5 to 9: so few classes that training makes the unseen ones worse.

## Where a loss's settings are from

source-default = default of pytorch-metric-learning 2.9.0, or of the paper where the library lacks the loss
source-not-tuned = not tuned for this loss: a learning rate that suits a small network trained from scratch
source-one-rate = one learning rate for everything
source-one-rate-for-all = one learning rate for all losses: the published 1e-4 is for a pre-trained network and hardly moves a small one that starts from scratch
source-plain-cross-entropy = plain cross-entropy: one learning rate for everything
source-potential-field-paper = arXiv 2405.18560, implementation details: the proxies learn 100 times as fast as the network
source-published-code = losses.py of Proxy Anchor’s published code
source-published-code-and-paper = losses.py of Proxy Anchor’s published code; arXiv 1904.06627
source-proxy-anchor-paper = arXiv 2003.13911, section 4.2
source-published-factor = train.py of Proxy Anchor’s published code: --lr times 100 for the proxies of this loss alone
source-kinder-than-published = train.py of Proxy Anchor’s published code gives only Proxy Anchor’s proxies to the optimiser, and Proxy-NCA’s stay as they were drawn; to train them like the network is kinder
tuned-by = best of { $trials } random trials by <code>{ $command }</code>
