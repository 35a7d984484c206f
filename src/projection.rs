//! PCA of an embedding with an orientation that stays from frame to frame.
