//! What a budget of trials was worth for each loss, under each preset's conditions.
//!
//! `assets/presets/budgets.csv` has one row a preset, loss and number of trials: the expected best score of so many random
//! trials ([`expected_best`](super::tune::expected_best)), the mean over the draws of the tuning. `kyori tune --write` writes it.

use super::{Conditions, Preset};
use crate::loss::LossKind;
use crate::number;

const BUDGETS: &str = include_str!("../../assets/presets/budgets.csv");

/// What so many trials are worth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Budget {
    pub trials: f32,
    /// Mean height of the MAP@R curve on validation classes.
    pub score: f32,
}

/// The budgets of a loss under these conditions, ascending. Empty where they are no preset's, or the loss was not tuned
/// for it.
pub fn budgets(conditions: &Conditions, loss: LossKind) -> Vec<Budget> {
    let Some(preset) = Preset::of(conditions) else {
        return Vec::new();
    };
    let rows = BUDGETS.lines().skip(1).filter_map(|line| {
        let rest = line.strip_prefix(&*preset.id)?.strip_prefix(',')?;
        let rest = rest.strip_prefix(loss.info().id)?.strip_prefix(',')?;
        let (trials, score) = rest.split_once(',')?;
        Some(Budget {
            trials: number::parse(trials)?,
            score: number::parse(score)?,
        })
    });
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{Entry, Protocol, presets};

    #[test]
    fn every_loss_that_was_tuned_for_a_preset_has_its_budgets() {
        let mut rows = 0;
        for preset in presets().iter().filter(|preset| !preset.has_settings()) {
            let experiment = preset.experiment(Protocol::Matched);
            for &loss in LossKind::ALL {
                let found = budgets(&experiment, loss);
                let tuned = Preset::tuned_for(&experiment, loss).is_some();
                assert_eq!(!found.is_empty(), tuned, "{} {loss:?}", preset.id);
                assert!(
                    found
                        .iter()
                        .all(|budget| (0.0..=1.0).contains(&budget.score))
                );
                let rises = |pair: &[Budget]| {
                    pair[0].trials < pair[1].trials && pair[0].score <= pair[1].score
                };
                assert!(found.windows(2).all(rises), "{found:?}");
                rows += found.len();
                let draws = Entry::draws(loss, &experiment).len();
                assert!(!tuned || draws >= 5, "{} {loss:?}: {draws}", preset.id);
            }
        }
        assert_eq!(rows, BUDGETS.lines().count() - 1);
    }
}
