//! Where does which loss win? A map over batch size, number of classes and kind of batch, computed by `kyori map`.

use serde::{Deserialize, Serialize};

use super::compare::SIGNIFICANT;
use super::stats::holm;
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
    /// The largest of the corrected p of its comparisons within the cell: how safely it was faster than all others. None
    /// where there is no comparison, and in maps of earlier versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p: Option<f64>,
    /// Mean height of the MAP@R curve of each loss, in the order of [`WinMap::losses`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub area: Vec<Option<f64>>,
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

impl WinMap {
    /// Shards of one map as one, with the correction over all their cells. Cells are in the order of the shards; the
    /// seconds add up.
    ///
    /// None without a map, or where they differ in losses, trials, seeds or steps, or have a cell twice.
    pub fn merged(shards: Vec<Self>) -> Option<Self> {
        let mut shards = shards.into_iter();
        let mut map = shards.next()?;
        for shard in shards {
            let alike = map.losses == shard.losses
                && (map.trials, map.seeds, map.steps) == (shard.trials, shard.seeds, shard.steps);
            let twice = |cell: &Cell| {
                let same = |other: &Cell| {
                    (other.sampler, other.train_classes) == (cell.sampler, cell.train_classes)
                };
                map.cells.iter().any(same)
            };
            if !alike || shard.cells.iter().any(twice) {
                return None;
            }
            map.seconds += shard.seconds;
            map.cells.extend(shard.cells);
        }
        map.correct();
        Some(map)
    }

    /// Says of each cell whether its winner was faster than every other with all cells' tries counted: within a cell by
    /// Holm over its comparisons, of which the largest p speaks for the cell, and then by Holm over the cells.
    pub fn correct(&mut self) {
        let values: Vec<Option<f64>> = self.cells.iter().map(|cell| cell.p).collect();
        for (cell, p) in self.cells.iter_mut().zip(holm(&values)) {
            if let Some(p) = p {
                cell.shown &= p < SIGNIFICANT;
            }
        }
    }
}

impl Cell {
    /// How far the highest mean curve is above the next: what a colour can be strong by. None where fewer than two are
    /// known.
    pub fn margin(&self) -> Option<f64> {
        let mut areas: Vec<f64> = self.area.iter().copied().flatten().collect();
        crate::order::sort_by(&mut areas, |a, b| b.total_cmp(a));
        Some(areas.first()? - areas.get(1)?)
    }

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
        let area = heats
            .iter()
            .map(|heat| heat.area.map(|area| rounded(area.mean, 4)))
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
                .as_ref()
                .is_some_and(|verdict| verdict.comparisons.iter().all(|c| c.difference.is_shown())),
            p: verdict.as_ref().and_then(|verdict| {
                let values = verdict.comparisons.iter().map(|c| c.difference.chance());
                let values: Option<Vec<f64>> = values.collect();
                values?.into_iter().reduce(f64::max)
            }),
            area,
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

    fn map(cells: Vec<Cell>) -> WinMap {
        WinMap {
            command: "kyori map".to_owned(),
            machine: "test".to_owned(),
            seconds: 2.0,
            trials: 8,
            seeds: 3,
            steps: 400,
            losses: Vec::new(),
            cells,
        }
    }

    #[test]
    fn what_is_shown_in_a_cell_counts_the_tries_of_all_cells() {
        let recording = linear(&[&[200.0, 210.0, 205.0], &[100.0, 104.0, 102.0]], 0.5);
        let cell = |classes: usize, p: f64| Cell {
            p: Some(p),
            shown: true,
            ..Cell::of(&recording, classes)
        };
        // By Holm over three: .01 · 3, then .02 · 2, then .04; over four .01 · 4, .012 · 3 …, .02 · 2, .04.
        let shards = vec![
            map(vec![cell(25, 0.02), cell(50, 0.01)]),
            map(vec![cell(100, 0.04)]),
        ];
        let merged = WinMap::merged(shards).unwrap();
        assert!(merged.cells.iter().all(|cell| cell.shown));
        assert_eq!(merged.seconds, 4.0);
        let shards = vec![
            map(vec![cell(25, 0.03), cell(50, 0.01)]),
            map(vec![cell(100, 0.04)]),
        ];
        let shown: Vec<bool> = WinMap::merged(shards)
            .unwrap()
            .cells
            .iter()
            .map(|cell| cell.shown)
            .collect();
        assert_eq!(shown, [false, true, false]);
        // No cell twice, no other budget, and not nothing.
        assert_eq!(
            WinMap::merged(vec![map(vec![cell(25, 0.1)]), map(vec![cell(25, 0.1)])]),
            None
        );
        assert_eq!(
            WinMap::merged(vec![
                map(Vec::new()),
                WinMap {
                    trials: 9,
                    ..map(Vec::new())
                }
            ]),
            None
        );
        assert_eq!(WinMap::merged(Vec::new()), None);
    }

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
        assert!(cell.p.unwrap() < 0.05);
        // Half height for half of 102 of 400 steps on average, against 205: .8725 and .74375 of .5.
        assert!((cell.margin().unwrap() - 0.5 * (205.0 - 102.0) / 800.0).abs() < 2e-3);
        // JSON may lose the last bit of a mean; what was read comes back as it is.
        let mut cell = cell;
        cell.steps_to_90 = vec![Some(184.5), None];
        let text = serde_json::to_string(&cell).unwrap();
        assert_eq!(serde_json::from_str::<Cell>(&text).unwrap(), cell);
    }
}
