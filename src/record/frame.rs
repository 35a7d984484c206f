//! A picture of an embedding, as points.

use serde::{Deserialize, Serialize};

/// What a picture of one heat's embedding is of: `points * components` coordinates follow it, then `proxies * components`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FrameHeader {
    pub heat: usize,
    pub lane: usize,
    pub step: u32,
    /// 2, or 3 for a 3-D embedding on the sphere.
    pub components: usize,
    pub points: usize,
    /// Whether the picture is a map of neighbours, which shows no class vectors.
    pub neighbours: bool,
    /// Class vectors of the classes in view (none of unseen classes: these are projected training classes).
    pub proxies: usize,
    /// Share of the variance that the picture shows, 0..=1; 1 where nothing was projected; 0 in a map of
    /// neighbours, which has no such share.
    #[serde(with = "crate::number")]
    pub explained: f32,
}

impl FrameHeader {
    /// How many coordinates follow it.
    pub fn coordinates(&self) -> usize {
        (self.points + self.proxies) * self.components
    }

    /// Whether another picture shows the same lane in the same way, so that one can go over into the other.
    pub fn is_like(&self, other: &Self) -> bool {
        (self.lane, self.components, self.neighbours)
            == (other.lane, other.components, other.neighbours)
            && (self.points, self.proxies) == (other.points, other.proxies)
    }
}

/// One picture of one heat's embedding.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    pub header: FrameHeader,
    /// `points * components`, then `proxies * components`.
    pub coordinates: Vec<f32>,
}
