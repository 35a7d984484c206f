//! The curves of one loss while it trains.

use serde::{Deserialize, Serialize};

use super::stats::{CONFIDENCE, Interval, mean_ci};
use super::{CurvePoint, Measure, StepCost};
use crate::experiment::Entry;

/// The curves of one loss, one a seed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeatRecord {
    pub entry: Entry,
    /// Ascending in step.
    pub points: Vec<CurvePoint>,
    /// Lanes that ended because their loss or their embeddings were not finite: (lane, step). Points at that step and
    /// after it hold nothing of them.
    pub stopped: Vec<(usize, u32)>,
    /// The learning rates that were in effect in turn, ascending in step: more than one where somebody changed them while
    /// the loss trained. The entry holds the last.
    #[serde(default)]
    pub rates: Vec<Rates>,
    /// What a step costs, measured apart from the race; none where only the race's own clock was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<StepCost>,
}

/// Learning rates and when they came into effect.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rates {
    /// They hold for the steps after this one.
    pub after_step: u32,
    #[serde(with = "crate::number")]
    pub lr: f32,
    #[serde(with = "crate::number")]
    pub proxy_lr_factor: f32,
}

impl Rates {
    /// Those that a loss begins with.
    pub fn at_start(lr: f32, proxy_lr_factor: f32) -> Self {
        Self {
            after_step: 0,
            lr,
            proxy_lr_factor,
        }
    }
}

impl HeatRecord {
    /// Of a loss that has not begun.
    pub fn new(entry: Entry) -> Self {
        let rates = vec![Rates::at_start(entry.lr, entry.proxy_lr_factor)];
        Self {
            entry,
            points: Vec::new(),
            stopped: Vec::new(),
            rates,
            cost: None,
        }
    }

    /// How many lanes were evaluated.
    pub fn lanes(&self) -> usize {
        self.points.first().map_or(0, |point| point.lanes.len())
    }

    /// Seconds of one run at each point: its steps times what a step of one run costs, where that was measured; else one
    /// lane's equal part of the race's own clock.
    pub fn seconds(&self) -> Vec<f64> {
        let seconds = |point: &CurvePoint| match &self.cost {
            Some(cost) => f64::from(point.step) * cost.alone.milliseconds / 1000.0,
            None => point.seconds_per_lane(),
        };
        self.points.iter().map(seconds).collect()
    }

    /// The point at this step.
    pub fn at(&self, step: u32) -> Option<&CurvePoint> {
        self.index_of(step).map(|index| &self.points[index])
    }

    /// The index of the point at this step.
    pub fn index_of(&self, step: u32) -> Option<usize> {
        let found = self.points.binary_search_by_key(&step, |point| point.step);
        found.ok()
    }

    /// One lane's curve; not a number where the lane had ended or nothing was measured.
    pub fn curve(&self, lane: usize, measure: Measure) -> Vec<f64> {
        let value = |point: &CurvePoint| point.get(lane, measure).unwrap_or(f64::NAN);
        self.points.iter().map(value).collect()
    }

    /// One lane's curve as it counts: from where the lane ended on, it has the worst value that it ever had. Left out, a
    /// loss would look the better the more of its bad seeds diverge. Of a measure that ranks no losses as
    /// [`curve`](Self::curve).
    ///
    /// # Edge cases
    /// A lane of which nothing was measured at all counts as 0, the worst share there is.
    pub fn counted(&self, lane: usize, measure: Measure) -> Vec<f64> {
        let curve = self.curve(lane, measure);
        if !measure.info().ranks {
            return curve;
        }
        let measured = curve.iter().copied().filter(|value| value.is_finite());
        let worst = measured.max_by(|a, b| measure.order(*a, *b)).unwrap_or(0.0);
        let ended = |point: &CurvePoint| point.lanes.get(lane).is_some_and(Option::is_none);
        let points = self.points.iter().zip(curve);
        points
            .map(|(point, value)| if ended(point) { worst } else { value })
            .collect()
    }

    /// Mean over the lanes at the point with this index, with its 95 % confidence interval, each lane as it
    /// [counts](Self::counted).
    pub fn interval(&self, index: usize, measure: Measure) -> Option<Interval> {
        let point = self.points.get(index)?;
        if !measure.info().ranks || point.lanes.iter().all(Option::is_some) {
            return point.interval(measure);
        }
        let lanes = 0..point.lanes.len();
        let values: Vec<f64> = lanes
            .filter_map(|lane| self.counted(lane, measure).get(index).copied())
            .filter(|value| value.is_finite())
            .collect();
        mean_ci(&values, CONFIDENCE)
    }

    /// Whether something was measured after the first step.
    pub fn is_trained(&self) -> bool {
        self.points.len() > 1
    }

    /// Whether all its lanes have ended before the race did.
    pub fn is_over(&self) -> bool {
        self.points.last().is_some_and(CurvePoint::is_over)
    }

    /// Where somebody changed a learning rate while it trained: the last step before.
    pub fn rates_changed_after(&self) -> Option<u32> {
        self.rates.get(1).map(|rates| rates.after_step)
    }

    /// The learning rate, and the proxies' factor on it, that the network had been trained with last when it reached a step.
    pub fn rates_at(&self, step: u32) -> (f32, f32) {
        let last = self
            .rates
            .iter()
            .rev()
            .find(|rates| rates.after_step < step)
            .or(self.rates.first());
        last.map_or((self.entry.lr, self.entry.proxy_lr_factor), |rates| {
            (rates.lr, rates.proxy_lr_factor)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::recording::tests::{linear, with_costs};
    use super::*;

    #[test]
    fn seconds_are_steps_times_their_cost_where_it_is_known() {
        let mut recording = linear(&[&[100.0, 200.0]], 0.5);
        // The race's clock: a sixty-fourth of a second a step and lane.
        assert_eq!(recording.heats[0].seconds()[1], 20.0 / 64.0);
        with_costs(&mut recording, &[2.5], 0.0);
        assert_eq!(recording.heats[0].seconds()[..2], [0.0, 0.05]);
    }

    #[test]
    fn a_lane_that_ended_counts_with_its_worst_value() {
        let mut recording = linear(&[&[100.0, 200.0]], 0.5);
        let heat = &mut recording.heats[0];
        heat.points[1].lanes[1] = Some(
            heat.points[1].lanes[1]
                .expect("it has not ended")
                .with(Measure::MapAtR, 0.125),
        );
        heat.points[0].lanes[1] = Some(
            heat.points[0].lanes[1]
                .expect("it has not ended")
                .with(Measure::MapAtR, 0.25),
        );
        for point in &mut heat.points[2..] {
            point.lanes[1] = None;
        }
        let found = heat.counted(1, Measure::MapAtR);
        assert_eq!(found[..4], [0.25, 0.125, 0.125, 0.125]);
        assert_eq!(heat.counted(0, Measure::MapAtR)[20], 0.5);
        let last = heat.interval(20, Measure::MapAtR).unwrap();
        assert_eq!((last.mean, last.count), (0.5 * (0.5 + 0.125), 2));
        // What describes an embedding has no worst value.
        assert!(heat.counted(1, Measure::Contrast)[20].is_nan());
        for point in &mut heat.points {
            point.lanes[1] = None;
        }
        assert_eq!(heat.counted(1, Measure::MapAtR), [0.0; 21]);
    }
}
