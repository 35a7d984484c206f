//! Optimiser, heat and race.
