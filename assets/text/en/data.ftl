### The data sets: title, what each one is, and how many of its classes are for what.

data-glyphs-title = Glyphs
data-glyphs-about = Japanese characters in many typefaces, 24×24 pixels.
data-digits-title = Digits
data-digits-about = Handwritten digits, 8×8 pixels.
data-synthetic-title = Synthetic
data-synthetic-about = Gaussian clusters with as much noise as you like.

classes-trained-on = { $classes } classes to train on.
classes-trained-and-scored-on = { $classes } classes to train on, { $unseen } unseen ones to score on.
