//! Confidence intervals, tests and areas: what a comparison rests on.
