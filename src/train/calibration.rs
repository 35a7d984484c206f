//! What a step of each loss costs, measured apart from the race.

use burn::tensor::Device;
use rand::seq::SliceRandom as _;

use super::{Race, Samples, TrainError, time_steps};
use crate::data::Dataset;
use crate::experiment::{HeatSpec, RaceSpec};
use crate::random::seeded;
use crate::record::{Clock, StepCost, StepTime};

/// Rounds over everything that is timed. Fewer where a step takes so long that this would.
const ROUNDS: usize = 11;
const FEWEST_ROUNDS: usize = 5;
/// Milliseconds that a loss and number of lanes trains in a round, about: far above what a clock can tell apart.
const ROUND_MS: f64 = 12.0;
const MOST_STEPS: u32 = 50;
/// Milliseconds for all rounds of a loss after which no more than the fewest are made.
const PATIENCE_MS: f64 = 1000.0;

/// One loss with so many lanes, and what its rounds took.
struct Timed {
    race: Race,
    lanes: usize,
    steps: u32,
    /// Milliseconds of a step and lane.
    rounds: Vec<f64>,
}

impl Timed {
    async fn round(&mut self, now_ms: &impl Fn() -> f64) -> Result<f64, TrainError> {
        let milliseconds = time_steps(&mut self.race, self.steps, now_ms).await?;
        self.rounds
            .push(milliseconds / f64::from(self.steps) / self.lanes as f64);
        Ok(milliseconds)
    }
}

/// What a step of each heat costs, one lane alone and one of its lanes among at most `lanes` in one graph. Every heat is
/// laid out anew; all of them train a few steps in turn, in another order in each round, and nothing is evaluated. `now_ms`
/// is of `clock`.
///
/// # Errors
/// As [`Race::new`], and where the device is lost.
pub async fn calibrate(
    spec: &RaceSpec,
    lanes: usize,
    dataset: &Dataset,
    samples: &Samples,
    device: &Device,
    clock: Clock,
    now_ms: impl Fn() -> f64,
) -> Result<Vec<StepCost>, TrainError> {
    let mut timed = Vec::new();
    for heat in &spec.heats {
        for lanes in [1, lanes.clamp(1, heat.lanes.len().max(1))] {
            let heats = vec![HeatSpec {
                loss: heat.loss,
                lanes: heat.lanes.iter().take(lanes).cloned().collect(),
            }];
            let spec = RaceSpec {
                heats,
                ..spec.clone()
            };
            let mut race = Race::new(&spec, dataset, samples, device)?;
            time_steps(&mut race, 2, &now_ms).await?;
            let one = time_steps(&mut race, 1, &now_ms).await?;
            let steps = (ROUND_MS / one.max(1e-3)).round() as u32;
            timed.push(Timed {
                race,
                lanes,
                steps: steps.clamp(1, MOST_STEPS),
                rounds: Vec::new(),
            });
        }
    }
    let patience = PATIENCE_MS * spec.heats.len() as f64;
    let mut rng = seeded(0, "calibration");
    let mut turns: Vec<usize> = (0..timed.len()).collect();
    let mut spent = 0.0;
    for round in 0..ROUNDS {
        if round >= FEWEST_ROUNDS && spent > patience {
            break;
        }
        turns.shuffle(&mut rng);
        for &turn in &turns {
            spent += timed[turn].round(&now_ms).await?;
        }
    }
    let costs = timed.chunks_exact(2).map(|of_heat| {
        let [alone, among] = [&of_heat[0], &of_heat[1]]
            .map(|timed| StepTime::of(&timed.rounds).expect("there are a few rounds at the least"));
        StepCost {
            clock,
            alone,
            lanes: of_heat[1].lanes,
            among,
        }
    });
    Ok(costs.collect())
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use pollster::block_on;

    use super::*;
    use crate::experiment::{EvaluateOn, Experiment};

    fn small() -> (RaceSpec, Dataset) {
        let mut experiment = Experiment::small();
        experiment.seeds = 3;
        let dataset = Dataset::open(&experiment.data, None).unwrap();
        (experiment.race(EvaluateOn::Test), dataset)
    }

    /// A clock that goes on by a second each time it is read. `time_steps` reads it where it begins and ends, and for each
    /// order of the driver: a number of readings that says nothing of the loss.
    #[test]
    fn every_loss_has_the_same_cost_by_a_clock_that_knows_none() {
        let (spec, dataset) = small();
        let (device, _) = crate::device::cpu();
        let samples = Samples::new(&dataset, &device);
        let read = Cell::new(0.0);
        let now_ms = || {
            read.set(read.get() + 1000.0);
            read.get()
        };
        let wall = Clock::Wall;
        let found = calibrate(&spec, 2, &dataset, &samples, &device, wall, now_ms);
        let found = block_on(found).unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!(found[0], found[1]);
        let cost = found[0];
        assert_eq!((cost.clock, cost.lanes), (wall, 2));
        // So slow that it is the fewest rounds, of one step each; two lanes share what one has alone.
        assert_eq!(cost.alone.rounds, FEWEST_ROUNDS);
        assert!(cost.alone.milliseconds >= 1000.0);
        assert_eq!(cost.among.milliseconds, 0.5 * cost.alone.milliseconds);
        assert_eq!(cost.alone.error, 0.0);
    }

    #[test]
    fn no_more_lanes_are_timed_than_there_are() {
        let (spec, dataset) = small();
        let (device, _) = crate::device::cpu();
        let samples = Samples::new(&dataset, &device);
        let clock = std::time::Instant::now();
        let now_ms = || clock.elapsed().as_secs_f64() * 1000.0;
        let found = calibrate(&spec, 9, &dataset, &samples, &device, Clock::Wall, now_ms);
        for cost in block_on(found).unwrap() {
            assert_eq!((cost.lanes, cost.alone.rounds), (3, ROUNDS));
            assert!(cost.alone.milliseconds > 0.0 && cost.among.milliseconds > 0.0);
        }
    }
}
