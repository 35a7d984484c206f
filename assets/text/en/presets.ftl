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
