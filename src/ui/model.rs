//! Plain data that the page's state holds and its painters draw.

use std::rc::Rc;

use kyori_text::{Message, messages as text};

use crate::data::{Dataset, ScoredOn};
pub use crate::record::Frame;
use crate::record::{CurvePoint, HeatRecord};

/// Something large that is compared by identity.
#[derive(Debug, Default)]
pub struct Same<T>(pub Rc<T>);

impl<T> Same<T> {
    pub fn new(value: T) -> Self {
        Self(Rc::new(value))
    }
}

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

/// What the points of all frames are pictures of.
#[derive(Clone, Debug, PartialEq)]
pub struct Pictures {
    /// None until a worker has shown it.
    pub dataset: Option<Same<Dataset>>,
    /// The picture behind each point, as index in the data set.
    pub view: Rc<Vec<u32>>,
}

/// A record with what tells it apart in a chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    pub name: String,
    /// Index into the palette of losses.
    pub colour: usize,
    pub record: Same<HeatRecord>,
}

impl Curve {
    /// Names and records of curves, as what is computed of them takes them.
    pub fn split(curves: &[Self]) -> (Vec<String>, Vec<&HeatRecord>) {
        curves
            .iter()
            .map(|curve| (curve.name.clone(), &*curve.record.0))
            .unzip()
    }
}

/// What the convergence chart draws a measure against.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Axis {
    #[default]
    Steps,
    TrainSeconds,
    Samples,
}

impl Axis {
    pub const ALL: [Self; 3] = [Self::Steps, Self::TrainSeconds, Self::Samples];

    /// Its name in an address.
    pub fn id(self) -> &'static str {
        match self {
            Self::Steps => "steps",
            Self::TrainSeconds => "seconds",
            Self::Samples => "samples",
        }
    }

    /// Its name where it is chosen.
    pub fn name(self) -> Message {
        match self {
            Self::Steps => text::axis_steps(),
            Self::TrainSeconds => text::axis_seconds(),
            Self::Samples => text::axis_samples(),
        }
    }

    /// What stands at the axis.
    pub fn title(self) -> Message {
        match self {
            Self::Steps => text::axis_title_steps(),
            Self::TrainSeconds => text::axis_title_seconds(),
            Self::Samples => text::axis_title_samples(),
        }
    }

    pub fn of(self, point: &CurvePoint) -> f64 {
        match self {
            Self::Steps => f64::from(point.step),
            Self::TrainSeconds => point.seconds_per_lane(),
            Self::Samples => point.samples as f64,
        }
    }
}

/// What is measured on, such as `unseen classes`.
pub fn scored_on(scored_on: ScoredOn) -> Message {
    match scored_on {
        ScoredOn::UnseenClasses => text::measured_on_unseen(),
        ScoredOn::HeldOutPictures => text::measured_on_held_out(),
    }
}

/// Colours of losses before they repeat.
pub const LOSS_COLOURS: usize = 10;

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::experiment::{Entry, Experiment};
    use crate::record::{FrameHeader, LanePoint, Measure};

    /// A picture in so many dimensions, of nothing but points.
    pub fn frame(coordinates: Vec<f32>, components: usize, explained: f32) -> Frame {
        let points = coordinates.len() / components;
        let header = FrameHeader {
            heat: 0,
            lane: 0,
            step: 7,
            components,
            points,
            neighbours: false,
            proxies: 0,
            explained,
        };
        Frame {
            header,
            coordinates,
        }
    }

    /// A curve of made-up points, each with the values of its lanes.
    pub fn curve(name: &str, colour: usize, points: Vec<CurvePoint>) -> Curve {
        let entry: Entry = Experiment::default_preset().entries[0].clone();
        Curve {
            name: name.to_owned(),
            colour,
            record: Same::new(HeatRecord {
                points,
                ..HeatRecord::new(entry)
            }),
        }
    }

    /// A point whose lanes have these values of one measure; none for a lane that had ended.
    pub fn point(step: u32, measure: Measure, lanes: &[Option<f32>]) -> CurvePoint {
        CurvePoint {
            step,
            train_seconds: f64::from(step) * 0.01,
            samples: u64::from(step) * 60,
            lanes: lanes
                .iter()
                .map(|value| value.map(|value| LanePoint::default().with(measure, value)))
                .collect(),
        }
    }

    #[test]
    fn a_chart_in_seconds_is_of_one_seed() {
        let point = point(40, Measure::MapAtR, &[Some(0.5), None]);
        assert_eq!(Axis::ALL.map(|axis| axis.of(&point)), [40.0, 0.2, 2400.0]);
    }
}
