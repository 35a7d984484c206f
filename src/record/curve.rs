//! The curves of one loss while it trains.

use serde::{Deserialize, Serialize};

use super::{CurvePoint, Measure};
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
        }
    }

    /// How many lanes were evaluated.
    pub fn lanes(&self) -> usize {
        self.points.first().map_or(0, |point| point.lanes.len())
    }

    /// The point at this step.
    pub fn at(&self, step: u32) -> Option<&CurvePoint> {
        let index = self.points.binary_search_by_key(&step, |point| point.step);
        index.ok().map(|index| &self.points[index])
    }

    /// One lane's curve; not a number where the lane had ended or nothing was measured.
    pub fn curve(&self, lane: usize, measure: Measure) -> Vec<f64> {
        let value = |point: &CurvePoint| point.get(lane, measure).unwrap_or(f64::NAN);
        self.points.iter().map(value).collect()
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
