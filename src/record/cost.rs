//! What a training step costs, measured apart from the race: all losses in turn, so that what else the machine does hits
//! them alike.

use serde::{Deserialize, Serialize};

use super::stats::{CONFIDENCE, Interval, t_quantile};
use crate::order;

/// What a cost was measured with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Clock {
    /// The time that the processor gave to the thread that trained: what other programs took is not in it.
    Processor,
    /// The time that passed.
    Wall,
}

/// Milliseconds of a step, from rounds of a few steps each.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepTime {
    /// The median of the rounds: what goes on beside some of them does not move it.
    #[serde(with = "crate::number")]
    pub milliseconds: f64,
    /// The median's standard error.
    #[serde(with = "crate::number")]
    pub error: f64,
    pub rounds: usize,
}

impl StepTime {
    /// The median m of n rounds. Its standard error is √(π/2)·s/√n with s = 1.4826·median|x − m|, which is the standard
    /// deviation of rounds that scatter normally, and hardly moved by a few that do not.
    ///
    /// # Edge cases
    /// None of no rounds; one round has an error of 0.
    pub fn of(rounds: &[f64]) -> Option<Self> {
        let middle = median(rounds)?;
        let deviations: Vec<f64> = rounds.iter().map(|x| (x - middle).abs()).collect();
        let deviation = 1.4826 * median(&deviations)?;
        Some(Self {
            milliseconds: middle,
            error: std::f64::consts::FRAC_PI_2.sqrt() * deviation / (rounds.len() as f64).sqrt(),
            rounds: rounds.len(),
        })
    }

    /// With its 95 % confidence interval.
    pub fn interval(&self) -> Interval {
        let t = t_quantile(0.5 + 0.5 * CONFIDENCE, self.freedom());
        Interval {
            mean: self.milliseconds,
            half: (self.rounds > 1).then_some(t * self.error),
            count: self.rounds,
        }
    }

    /// Degrees of freedom of the error.
    pub(super) fn freedom(&self) -> f64 {
        self.rounds.saturating_sub(1).max(1) as f64
    }

    /// Steps of some seeds as seconds of one run: s = k·c, and, both errors being small and of different origin,
    /// half² = (c·half_k)² + (k·half_c)². One seed has no interval here either.
    pub fn seconds(&self, steps: &Interval) -> Interval {
        let cost = self.interval();
        let of_cost = steps.mean * cost.half.unwrap_or(0.0);
        Interval {
            mean: steps.mean * cost.mean / 1000.0,
            half: steps
                .half
                .map(|half| (half * cost.mean).hypot(of_cost) / 1000.0),
            count: steps.count,
        }
    }

    fn is_a_time(&self) -> bool {
        let finite = self.milliseconds.is_finite() && self.error.is_finite();
        finite && self.milliseconds > 0.0 && self.error >= 0.0 && self.rounds > 0
    }
}

/// What a step of one loss costs on one core.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepCost {
    pub clock: Clock,
    /// Of one run alone.
    pub alone: StepTime,
    /// How many runs trained in one graph in the race.
    pub lanes: usize,
    /// Of one run among so many.
    pub among: StepTime,
}

impl StepCost {
    /// Whether these can have been measured.
    pub(super) fn is_a_cost(&self) -> bool {
        self.lanes > 0 && self.alone.is_a_time() && self.among.is_a_time()
    }
}

/// The value in the middle, or the mean of the two there.
fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    order::sort_by(&mut sorted, f64::total_cmp);
    let upper = *sorted.get(sorted.len() / 2)?;
    let lower = sorted[(sorted.len() - 1) / 2];
    Some(0.5 * (lower + upper))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_and_its_error_by_hand() {
        // Deviations 2, 1, 0, 1, 95: the middle one is 1.
        let found = StepTime::of(&[3.0, 4.0, 5.0, 6.0, 100.0]).unwrap();
        assert_eq!((found.milliseconds, found.rounds), (5.0, 5));
        assert!((found.error - 1.253_314 * 1.4826 / 5f64.sqrt()).abs() < 1e-5);
        assert_eq!(StepTime::of(&[1.0, 4.0]).unwrap().milliseconds, 2.5);
        assert_eq!(StepTime::of(&[]), None);
        assert_eq!(StepTime::of(&[2.0]).unwrap().interval().half, None);
    }

    /// The interval holds the true median of rounds that scatter normally, whatever a tenth of them suffer, about as often as
    /// it says.
    #[test]
    fn the_interval_holds_the_median_as_often_as_it_says() {
        use rand::SeedableRng;
        use rand_distr::{Distribution, StandardNormal};
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(3);
        let mut held = 0;
        for _ in 0..2000 {
            let rounds: Vec<f64> = (0..21)
                .map(|round| {
                    let draw: f64 = StandardNormal.sample(&mut rng);
                    if round % 10 == 9 { 120.0 } else { 100.0 + draw }
                })
                .collect();
            let found = StepTime::of(&rounds).unwrap().interval();
            held += usize::from((found.mean - 100.0).abs() <= found.half.unwrap());
        }
        assert!((1820..1980).contains(&held), "{held} of 2000");
    }

    #[test]
    fn seconds_have_the_errors_of_both() {
        let cost = StepTime {
            milliseconds: 2.0,
            error: 0.0,
            rounds: 11,
        };
        let steps = Interval {
            mean: 100.0,
            half: Some(3.0),
            count: 10,
        };
        let exact = cost.seconds(&steps);
        assert!((exact.mean - 0.2).abs() < 1e-12 && (exact.half.unwrap() - 0.006).abs() < 1e-12);
        // t(0.975, 10) = 2.228: an error of 0.04 / 2.228 has a half of 0.04, which is 4 ms in 100 steps: beside the 6 ms of the steps.
        let error = 0.04 / t_quantile(0.975, 10.0);
        let found = StepTime { error, ..cost }.seconds(&steps);
        assert!((found.half.unwrap() - 0.006f64.hypot(0.004)).abs() < 1e-9);
        let one = Interval {
            half: None,
            ..steps
        };
        assert_eq!(cost.seconds(&one).half, None);
    }
}
