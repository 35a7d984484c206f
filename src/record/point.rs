//! What one evaluation has measured.

use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::measure::{Embedded, Measure};
use super::stats::{CONFIDENCE, Interval, mean_ci};

/// One lane's embedding of unseen classes at one step, in numbers.
///
/// In JSON it is a map from each [`Measure`]'s id to its value, with `loss` beside them.
///
/// # Edge cases
/// A value that is not finite, or that an older recording does not know, is none.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LanePoint {
    /// Mean training loss of the last steps before it, not comparable between losses; none before the first step.
    pub loss: Option<f32>,
    /// In the order of [`Measure::ALL`].
    values: [Option<f32>; Measure::COUNT],
}

impl LanePoint {
    /// Everything that is measured of a lane's embeddings.
    pub fn measured(embedded: &Embedded<'_>, loss: Option<f32>) -> Self {
        Measure::ALL.iter().fold(
            Self {
                loss,
                ..Self::default()
            },
            |point, &measure| point.with(measure, (measure.info().of)(embedded) as f32),
        )
    }

    pub fn with(mut self, measure: Measure, value: f32) -> Self {
        self.values[measure as usize] = Some(value).filter(|value| value.is_finite());
        self
    }

    pub fn get(&self, measure: Measure) -> Option<f32> {
        self.values[measure as usize]
    }
}

/// The key of the training loss among the values of a lane.
const LOSS: &str = "loss";

impl Serialize for LanePoint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1 + Measure::COUNT))?;
        map.serialize_entry(LOSS, &self.loss)?;
        for &measure in Measure::ALL {
            map.serialize_entry(measure.id(), &self.get(measure))?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for LanePoint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Values)
    }
}

/// Reads the values of a lane by their names.
struct Values;

impl<'de> Visitor<'de> for Values {
    type Value = LanePoint;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a lane's values by their names")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<LanePoint, A::Error> {
        let mut point = LanePoint::default();
        while let Some((id, value)) = map.next_entry::<String, Option<f32>>()? {
            if id == LOSS {
                point.loss = value;
            }
            // A measure that is not known here belongs to a version that measures more.
            if let Some(measure) = Measure::from_id(&id) {
                point.values[measure as usize] = value;
            }
        }
        Ok(point)
    }
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
    /// One entry a lane; none for a lane that had ended, because its loss or its embeddings were not finite.
    pub lanes: Vec<Option<LanePoint>>,
}

impl CurvePoint {
    /// A lane's value; none where the lane had ended or the value is not finite.
    pub fn get(&self, lane: usize, measure: Measure) -> Option<f64> {
        self.lanes.get(lane)?.as_ref()?.get(measure).map(f64::from)
    }

    /// Mean over the lanes that still train, with its 95 % confidence interval; none where there is none.
    pub fn interval(&self, measure: Measure) -> Option<Interval> {
        let values: Vec<f64> = (0..self.lanes.len())
            .filter_map(|lane| self.get(lane, measure))
            .collect();
        mean_ci(&values, CONFIDENCE)
    }

    /// Training time of one lane. Lanes share the device: an equal part of the heat's time is what one run alone would
    /// about take on a CPU.
    pub fn seconds_per_lane(&self) -> f64 {
        self.train_seconds / self.lanes.len().max(1) as f64
    }

    /// Whether all lanes had ended.
    pub fn is_over(&self) -> bool {
        self.lanes.iter().all(Option::is_none)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lane(value: f32) -> Option<LanePoint> {
        Some(LanePoint::default().with(Measure::MapAtR, value))
    }

    #[test]
    fn lanes_that_ended_and_broken_values_are_left_out() {
        let point = CurvePoint {
            step: 20,
            train_seconds: 1.0,
            samples: 1200,
            lanes: vec![lane(0.2), lane(0.4), None, lane(f32::NAN)],
        };
        let interval = point.interval(Measure::MapAtR).unwrap();
        assert!((interval.mean - 0.3).abs() < 1e-6);
        // s = 0.1414, n = 2: 12.706 * 0.1
        assert!((interval.half.unwrap() - 1.2706).abs() < 1e-3);
        assert_eq!(
            point.interval(Measure::RecallAt1),
            None,
            "it was not measured"
        );
        assert_eq!(point.seconds_per_lane(), 0.25);
        assert!(!point.is_over());
        let one = CurvePoint {
            lanes: vec![lane(0.5)],
            ..point
        };
        assert_eq!(one.interval(Measure::MapAtR).unwrap().half, None);
    }

    #[test]
    fn a_lane_is_a_map_of_its_measures() {
        let lane = LanePoint {
            loss: Some(1.5),
            ..LanePoint::default()
        }
        .with(Measure::Contrast, 0.25);
        let text = serde_json::to_string(&lane).unwrap();
        assert!(
            text.contains("\"loss\":1.5") && text.contains("\"contrast\":0.25"),
            "{text}"
        );
        assert_eq!(serde_json::from_str::<LanePoint>(&text).unwrap(), lane);
        // A version that measured less, and one that measures more.
        let other: LanePoint =
            serde_json::from_str("{\"loss\":null,\"hubness\":3.0,\"map_at_r\":0.5}").unwrap();
        assert_eq!(other, LanePoint::default().with(Measure::MapAtR, 0.5));
    }
}
