//! Masks of pairs and triplets.
