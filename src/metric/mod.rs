//! Quality of an embedding on unseen classes, from plain slices.
