//! What one evaluation has measured.

use serde::{Deserialize, Serialize};

/// Quality of one lane's embedding of unseen classes at one step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LaneMetrics {
    /// Mean training loss of the last steps before it; not comparable between losses.
    #[serde(with = "crate::number")]
    pub loss: f32,
    /// Recall@1, 0..=1.
    #[serde(with = "crate::number")]
    pub recall_at_1: f32,
    #[serde(with = "crate::number")]
    pub r_precision: f32,
    /// MAP@R, 0..=1.
    #[serde(with = "crate::number")]
    pub map_at_r: f32,
    /// Mean squared distance of normalised embeddings to their class mean.
    #[serde(with = "crate::number")]
    pub tightness: f32,
    /// Mean pairwise squared distance of normalised embeddings.
    #[serde(with = "crate::number")]
    pub contrast: f32,
}

/// One evaluation of a heat.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CurvePoint {
    pub step: u32,
    /// Training time so far, evaluation excluded, of one heat with all its lanes.
    #[serde(with = "crate::number")]
    pub train_seconds: f64,
    /// Samples that one lane has seen.
    pub samples: u64,
    /// One entry a lane. A lane that has stopped keeps its last values.
    pub lanes: Vec<LaneMetrics>,
}
