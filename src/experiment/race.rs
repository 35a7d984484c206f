//! From what a person sets up to what a worker trains.

use super::{EvaluateOn, Experiment, HeatSpec, LaneSpec, RaceSpec};

/// Evaluations of a race, about: the curve shows more where it is steep, which is at the start.
const EVALUATIONS: u32 = 24;

impl Experiment {
    /// The race of all seeds: one heat a loss, one lane a seed. Lane `i` of every heat has the same seed, so the same
    /// batches and the same initial network.
    pub fn race(&self, evaluate_on: EvaluateOn) -> RaceSpec {
        let heats = self.entries.iter().map(|entry| HeatSpec {
            loss: entry.loss,
            lanes: (0..self.seeds as u64)
                .map(|lane| LaneSpec {
                    seed: self.first_seed + lane,
                    lr: entry.lr,
                    proxy_lr_factor: entry.proxy_lr_factor,
                    params: entry.params.clone(),
                })
                .collect(),
        });
        self.race_of(heats.collect(), evaluate_on)
    }

    /// A race of other heats under this experiment's conditions.
    pub fn race_of(&self, heats: Vec<HeatSpec>, evaluate_on: EvaluateOn) -> RaceSpec {
        RaceSpec {
            conditions: self.conditions.clone(),
            heats,
            evaluate_on,
            evaluate_at: evaluate_at(self.schedule.steps),
        }
    }
}

/// Steps after which the metrics are computed: the first and the last one, and in between every few steps at first,
/// every sixteenth of the race later. For 400 steps: 0, 5, 10, 15, 20, 30, 40, 50, 75, 100, 125 … 400.
pub fn evaluate_at(steps: u32) -> Vec<u32> {
    let gap = steps.div_ceil(EVALUATIONS * 2 / 3).max(1);
    // The early gaps: four of a fifth of the late one, then three of two fifths.
    let (short, medium) = ((gap / 5).max(1), (2 * gap / 5).max(1));
    let mut at = vec![0];
    let mut step = 0;
    while step < steps {
        step += if step < 4 * short {
            short
        } else if step < 2 * gap {
            medium
        } else {
            gap
        };
        // From there on at multiples of the late gap.
        if step >= 2 * gap {
            step -= step % gap;
        }
        at.push(step.min(steps));
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evaluations_are_dense_early_and_end_with_the_race() {
        assert_eq!(
            evaluate_at(400),
            [
                0, 5, 10, 15, 20, 30, 40, 50, 75, 100, 125, 150, 175, 200, 225, 250, 275, 300, 325,
                350, 375, 400
            ]
        );
        assert_eq!(evaluate_at(1), [0, 1]);
        assert_eq!(evaluate_at(3), [0, 1, 2, 3]);
        for steps in 1..3000 {
            let at = evaluate_at(steps);
            assert!(at.is_sorted_by(|a, b| a < b), "{steps}: {at:?}");
            assert_eq!((at[0], at[at.len() - 1]), (0, steps));
            assert!(at.len() <= 26, "{steps}: {} evaluations", at.len());
        }
    }

    #[test]
    fn lanes_of_all_heats_share_their_seeds() {
        let mut experiment = Experiment::default_preset();
        (experiment.seeds, experiment.first_seed) = (3, 40);
        let race = experiment.race(EvaluateOn::Validation);
        assert_eq!(race.heats.len(), experiment.entries.len());
        for (heat, entry) in race.heats.iter().zip(&experiment.entries) {
            assert_eq!(heat.loss, entry.loss);
            assert_eq!(
                heat.lanes.iter().map(|lane| lane.seed).collect::<Vec<_>>(),
                [40, 41, 42]
            );
            assert!(
                heat.lanes
                    .iter()
                    .all(|lane| lane.lr == entry.lr && lane.params == entry.params)
            );
        }
        assert_eq!(race.evaluate_on, EvaluateOn::Validation);
    }
}
