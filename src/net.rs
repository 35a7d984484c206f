//! The embedding network over lanes.
