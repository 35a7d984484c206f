//! Plain data that the page's state holds and its painters draw.

use std::rc::Rc;

use crate::bridge::{CurvePoint, FrameHeader, LaneMetrics};

/// Something large that is compared by identity.
#[derive(Debug)]
pub struct Same<T>(pub Rc<T>);

impl<T> Clone for Same<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> PartialEq for Same<T> {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// One picture of one heat's embedding.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    pub header: FrameHeader,
    /// `points * components`, then `proxies * components`.
    pub coordinates: Vec<f32>,
}

/// The recorded curve of one loss.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    pub name: String,
    /// Index into the palette of losses.
    pub colour: usize,
    pub points: Vec<CurvePoint>,
    /// Lanes that ended because their loss was not finite: (lane, step).
    pub stopped: Vec<(usize, u32)>,
}

/// What the convergence chart draws.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Metric {
    #[default]
    RecallAt1,
    MapAtR,
    RPrecision,
}

impl Metric {
    pub const ALL: [Self; 3] = [Self::RecallAt1, Self::MapAtR, Self::RPrecision];

    pub fn label(self) -> &'static str {
        match self {
            Self::RecallAt1 => "Recall@1",
            Self::MapAtR => "MAP@R",
            Self::RPrecision => "R-precision",
        }
    }

    pub fn of(self, lane: &LaneMetrics) -> f32 {
        match self {
            Self::RecallAt1 => lane.recall_at_1,
            Self::MapAtR => lane.map_at_r,
            Self::RPrecision => lane.r_precision,
        }
    }
}

/// What the convergence chart draws it against.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Axis {
    #[default]
    Steps,
    TrainSeconds,
    Samples,
}

impl Axis {
    pub const ALL: [Self; 3] = [Self::Steps, Self::TrainSeconds, Self::Samples];

    pub fn label(self) -> &'static str {
        match self {
            Self::Steps => "steps",
            Self::TrainSeconds => "training seconds",
            Self::Samples => "samples seen",
        }
    }

    pub fn of(self, point: &CurvePoint) -> f64 {
        match self {
            Self::Steps => f64::from(point.step),
            Self::TrainSeconds => point.train_seconds,
            Self::Samples => point.samples as f64,
        }
    }
}
