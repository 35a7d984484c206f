//! Parts that losses share.
