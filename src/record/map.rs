//! Where does which loss win? A map over batch size, number of classes and kind of batch, computed by `kyori map`.

use serde::{Deserialize, Serialize};

use super::{Measure, Recording, Summary};
use crate::experiment::SamplerSpec;
use crate::loss::LossKind;

/// The map as it ships with the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WinMap {
    /// The command that computed it.
    pub command: String,
    /// On what.
    pub machine: String,
    /// Seconds that took.
    pub seconds: f64,
    /// Random trials a loss and cell, on validation classes.
    pub trials: usize,
    /// Seeds a loss and cell, on test classes.
    pub seeds: usize,
    pub steps: u32,
    pub losses: Vec<LossKind>,
    pub cells: Vec<Cell>,
}

/// One set of conditions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    pub sampler: SamplerSpec,
    pub train_classes: usize,
    /// The loss that got to 90 % of the cell's best MAP@R, and stayed, in the fewest steps; none where none did.
    pub fastest: Option<LossKind>,
    /// Whether it was faster than every other by the test; a cell where it was not is hatched.
    pub shown: bool,
    /// Mean steps to 90 % of the best of each loss, in the order of [`WinMap::losses`]; none where not all seeds got
    /// there.
    pub steps_to_90: Vec<Option<f64>>,
    /// Mean final MAP@R of each loss.
    pub last: Vec<Option<f64>>,
    /// The cell's experiment with its tuned settings, as [`Experiment::to_fragment`](crate::experiment::Experiment::to_fragment).
    pub link: String,
}

/// With so many decimals: the map is part of the page, and further digits are noise that takes room.
fn rounded(value: f64, decimals: i32) -> f64 {
    let units = 10f64.powi(decimals);
    (value * units).round() / units
}

impl Cell {
    /// What a race under a cell's conditions showed.
    pub fn of(recording: &Recording, train_classes: usize) -> Self {
        let experiment = &recording.experiment;
        let summary = recording.summary(Measure::MapAtR);
        let heats = summary.as_ref().map_or(&[][..], |summary| &summary.heats);
        let line = summary.as_ref().map_or(0, Summary::of_best);
        let steps_to_90 = heats
            .iter()
            .map(|heat| &heat.reach[line])
            .map(|reach| reach.steps.filter(|_| reach.is_complete()))
            .map(|steps| steps.map(|steps| rounded(steps.mean, 1)))
            .collect();
        let last = heats
            .iter()
            .map(|heat| heat.last.map(|last| rounded(last.mean, 4)))
            .collect();
        // Cells are far apart in what can be reached, so that each has its own line.
        let verdict = summary.and_then(|summary| summary.verdict_at(line));
        Self {
            sampler: experiment.sampler,
            train_classes,
            fastest: verdict
                .as_ref()
                .map(|verdict| recording.heats[verdict.fastest].entry.loss),
            shown: verdict
                .is_some_and(|verdict| verdict.comparisons.iter().all(|c| c.difference.is_shown())),
            steps_to_90,
            last,
            link: experiment.to_fragment(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::recording::tests::linear;
    use super::*;
    use crate::experiment::Experiment;

    #[test]
    fn a_cell_names_the_fastest_and_whether_that_is_shown() {
        let recording = linear(&[&[200.0, 210.0, 205.0], &[100.0, 104.0, 102.0]], 0.5);
        let cell = Cell::of(&recording, 200);
        assert_eq!(cell.fastest, Some(recording.heats[1].entry.loss));
        assert!(cell.shown);
        assert!((cell.steps_to_90[1].unwrap() - 91.8).abs() < 0.01);
        assert_eq!(
            Experiment::from_fragment(&cell.link).0,
            recording.experiment
        );
        let close = linear(&[&[200.0, 210.0, 205.0], &[211.0, 201.0, 207.0]], 0.5);
        assert!(!Cell::of(&close, 200).shown);
        // JSON may lose the last bit of a mean; what was read comes back as it is.
        let mut cell = cell;
        cell.steps_to_90 = vec![Some(184.5), None];
        let text = serde_json::to_string(&cell).unwrap();
        assert_eq!(serde_json::from_str::<Cell>(&text).unwrap(), cell);
    }
}
