### Experiments to start from: title, and what is to be seen there.

preset-paper-title = The paper’s race
preset-paper-about = 100 classes and batches of 180, the ratio of Proxy Anchor’s paper: a batch has about two pictures of each class, and a proxy can weigh them against each other.
preset-batch-60-title = Small batches
preset-batch-60-about = Random batches of 60 from 200 classes: three pictures in four have no partner in the batch. Pairs have little to learn from; proxies stand for every class in every step.
preset-batch-360-title = Large batches
preset-batch-360-about = Random batches of 360 from 200 classes: nearly every picture has a partner, and pairs are back.
preset-balanced-title = Balanced batches
preset-balanced-about = Thirty classes with three pictures each: every picture has two partners in the batch.
preset-few-classes-title = Twenty classes
preset-few-classes-about = So few classes that the network learns them by heart: the best moment comes early.
preset-noisy-title = Wrong labels
preset-noisy-about = Three labels in ten are wrong: which loss still finds the classes?
preset-pretrained-title = A pre-trained start
preset-pretrained-about = The paper’s race, but the first layer has already learned other characters, as the paper’s network had learned photographs. Does the loss still matter?
preset-flat-title = Two dimensions
preset-flat-about = The whole embedding on a circle, where at most three directions are all turned away from each other. Proxy Anchor asks that of every class.
preset-digits-title = Five digits
preset-digits-about = Trained on 0 to 4 and asked about 5 to 9: so few classes that training makes the unseen ones worse.
preset-ablation-title = Why is Proxy Anchor fast?
preset-ablation-about = From Proxy Anchor to Proxy-NCA in steps, each loss with the settings of the one before. Samples alike: a proxy no longer weighs its samples by hardness. By sample: not the samples of a proxy compete, but the proxies of a sample. CosFace: pull and push in one logarithm, with the same margin. Normalised softmax: no margin. Proxy-NCA++: Proxy-NCA’s temperature. Proxy-NCA: its proxies take smaller steps.

## Where a loss's settings are from

source-default = default of pytorch-metric-learning 2.9.0, or of the paper where the library lacks the loss
source-not-tuned = not tuned for this loss: a learning rate that suits a small network trained from scratch
source-one-rate = one learning rate for everything
source-one-rate-for-all = one learning rate for all losses, .01 with a convolution and .002 without: the published 1e-4 is for a pre-trained network and hardly moves a small one that starts from scratch
source-own-proxy-anchor-step = the class vectors’ own rate is .0088, near the published .01: each first step is .07 of the initial vectors’ standard deviation, as in Proxy Anchor’s published code (.01 of .141 for 100 classes; .125 here)
source-own-proxy-nca-rate = no rate of its own for the proxies in the sources that were read; one learning rate for everything
source-own-proxy-nca-scale = ProxyNCA_classic in loss.py of Proxy-NCA++’s published code: vectors of length 3, so 9 times the squared distance; the text of the ICCV paper was not read again
source-own-fast-proxies = config/cub.json of the authors’ code has 4e2 for proxies and 4e-3 for the network with Adam’s epsilon 1, where a step follows the gradient’s size: no such factor carries over to AdamW, so the proxies get Proxy Anchor’s relative step
source-own-proxy-nca-plus-plus = loss.py and config/cub.json of the authors’ code: vectors of length 3, so T 1/9
source-own-soft-triple-step = train.py of the authors’ code: centerlr .01 against modellr .0001. The first step is at most .54 of the initial vectors’ standard deviation (.01 of .0184 for 980 centres), here .068 of .125; their epsilon .01 makes their steps smaller
source-own-soft-triple = train.py of the authors’ code
source-multi-similarity-paper = the paper, arXiv 1904.06627
source-multi-similarity-code = losses of the authors’ code: thresh
source-plain-cross-entropy = plain cross-entropy: one learning rate for everything
source-potential-field-paper = arXiv 2405.18560, implementation details: the proxies learn 100 times as fast as the network
source-published-code = losses.py of Proxy Anchor’s published code
source-published-code-and-paper = losses.py of Proxy Anchor’s published code; arXiv 1904.06627
source-proxy-anchor-paper = arXiv 2003.13911, section 4.2
source-published-factor = train.py of Proxy Anchor’s published code: --lr times 100 for the proxies of this loss alone. There that is .01, .07 of the initial vectors’ standard deviation; here .0088, the same share
source-kinder-than-published = train.py of Proxy Anchor’s published code gives only Proxy Anchor’s proxies to the optimiser, and Proxy-NCA’s stay as they were drawn; to train them like the network is kinder
tuned-by = best of { $trials } random trials by <code>{ $command }</code>
