//! Plain data that the page's state holds and its painters draw.

use std::rc::Rc;

use crate::bridge::FrameHeader;
use crate::record::stats::mean_ci;
use crate::record::{CurvePoint, LaneMetrics};
use crate::record::{Rates, has_ended};

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
    /// As in [`HeatRecord`](crate::record::HeatRecord::rates).
    pub rates: Vec<Rates>,
}

impl Series {
    /// Of a race that has not begun.
    pub fn new(name: &str, colour: usize) -> Self {
        Self {
            name: name.to_owned(),
            colour,
            points: Vec::new(),
            stopped: Vec::new(),
            rates: Vec::new(),
        }
    }

    /// Where somebody changed a learning rate while it trained: the last step before.
    pub fn rates_changed_after(&self) -> Option<u32> {
        self.rates.get(1).map(|rates| rates.after_step)
    }
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
            Self::TrainSeconds => "training seconds a seed",
            Self::Samples => "samples seen",
        }
    }

    pub fn of(self, point: &CurvePoint) -> f64 {
        match self {
            Self::Steps => f64::from(point.step),
            // As in the verdict: an equal part of what all seeds together took.
            Self::TrainSeconds => point.train_seconds / point.lanes.len().max(1) as f64,
            Self::Samples => point.samples as f64,
        }
    }
}

/// Colours of losses before they repeat.
pub const LOSS_COLOURS: usize = 10;

/// Mean over the lanes that still run, and half the width of its 95 % confidence interval (none for one lane).
pub fn over_lanes(
    series: &Series,
    point: &CurvePoint,
    value: impl Fn(&LaneMetrics) -> f32,
) -> Option<(f64, Option<f64>)> {
    let values: Vec<f64> = point
        .lanes
        .iter()
        .enumerate()
        .filter(|&(lane, _)| !has_stopped(series, lane, point.step))
        .map(|(_, lane)| f64::from(value(lane)))
        .filter(|value| value.is_finite())
        .collect();
    mean_ci(&values, 0.95).map(|interval| (interval.mean, interval.half))
}

/// See [`has_ended`].
pub fn has_stopped(series: &Series, lane: usize, step: u32) -> bool {
    has_ended(&series.stopped, lane, step)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lane(value: f32) -> LaneMetrics {
        LaneMetrics {
            map_at_r: value,
            ..Default::default()
        }
    }

    #[test]
    fn stopped_and_broken_lanes_are_left_out() {
        let lanes = vec![lane(0.2), lane(0.4), lane(0.9), lane(f32::NAN)];
        let point = CurvePoint {
            step: 20,
            train_seconds: 1.0,
            samples: 1200,
            lanes,
        };
        let series = Series {
            stopped: vec![(2, 15)],
            ..Series::new("Triplet", 0)
        };
        let (mean, half) = over_lanes(&series, &point, |lane| lane.map_at_r).unwrap();
        assert!((mean - 0.3).abs() < 1e-6);
        // s = 0.1414, n = 2: 12.706 * 0.1
        assert!((half.unwrap() - 1.2706).abs() < 1e-3);
        let one = CurvePoint {
            lanes: vec![lane(0.5)],
            ..point
        };
        assert_eq!(
            over_lanes(&series, &one, |lane| lane.map_at_r),
            Some((0.5, None))
        );
        assert!(
            !has_stopped(&series, 2, 15),
            "the step at which it stopped was still measured"
        );
    }
}
