//! Who was faster, and whether that is shown: computed from recorded curves.

use serde::Serialize;

use super::stats::{CONFIDENCE, Interval, area_under_curve, mean_ci, rank_sum, steps_to, welch};
use super::{CurvePoint, HeatRecord, Measure};
use crate::order;

/// Shares of the best value that curves are timed to.
pub const SHARES: [f64; 3] = [0.80, 0.90, 0.95];
/// The share that the verdict is about, as index in [`SHARES`].
const VERDICT_SHARE: usize = 1;
/// A difference with a larger p is not shown.
const SIGNIFICANT: f64 = 0.05;

/// When the seeds of a loss got to a share of the best value.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reach {
    pub share: f64,
    /// Steps of the seeds that got there.
    pub steps: Option<Interval>,
    /// Training seconds of those, of one seed's equal part of the heat's time.
    pub seconds: Option<Interval>,
    /// Seeds that got there, of how many.
    pub reached: usize,
    pub seeds: usize,
    /// The steps of each seed that got there: what is tested.
    #[serde(skip)]
    pub each: Vec<f64>,
}

impl Reach {
    /// The steps of all seeds, infinite for those that did not get there.
    fn all(&self) -> Vec<f64> {
        let mut all = self.each.clone();
        all.resize(self.seeds, f64::INFINITY);
        all
    }
}

/// One loss's curves in numbers.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HeatSummary {
    pub name: String,
    /// Value at the last step.
    pub last: Option<Interval>,
    /// Mean height of the curve over the steps.
    pub area: Option<Interval>,
    pub reach: [Reach; 3],
    /// Seeds that ended early because a number was not finite.
    pub stopped: usize,
}

/// The curves of a race in numbers.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    pub measure: Measure,
    /// The best mean final value of any loss: what the shares are of.
    pub best: f64,
    /// The best mean value of any loss before the first step.
    pub untrained: f64,
    /// Last step of the curves.
    pub steps: u32,
    pub heats: Vec<HeatSummary>,
}

/// `xs`, and one curve a lane.
struct Curves {
    steps: Vec<f64>,
    seconds: Vec<f64>,
    lanes: Vec<Vec<f64>>,
}

impl Curves {
    fn of(heat: &HeatRecord, measure: Measure) -> Self {
        Self {
            steps: heat
                .points
                .iter()
                .map(|point| f64::from(point.step))
                .collect(),
            seconds: heat
                .points
                .iter()
                .map(CurvePoint::seconds_per_lane)
                .collect(),
            lanes: (0..heat.lanes())
                .map(|lane| heat.curve(lane, measure))
                .collect(),
        }
    }

    fn first(&self) -> Vec<f64> {
        self.lanes
            .iter()
            .filter_map(|curve| curve.first().copied())
            .filter(|value| value.is_finite())
            .collect()
    }

    fn last(&self) -> Vec<f64> {
        self.lanes
            .iter()
            .filter_map(|curve| curve.last().copied())
            .filter(|value| value.is_finite())
            .collect()
    }

    /// Mean heights of the curves that were measured to their end.
    fn areas(&self) -> Vec<f64> {
        self.lanes
            .iter()
            .filter_map(|curve| area_under_curve(&self.steps, curve))
            .filter(|area| area.is_finite())
            .collect()
    }

    fn reach(&self, share: f64, best: f64) -> Reach {
        let times = |xs: &[f64]| -> Vec<f64> {
            // With nothing learned at all there is nothing to reach.
            if best <= 0.0 {
                return Vec::new();
            }
            self.lanes
                .iter()
                .filter_map(|curve| steps_to(share, xs, curve, best))
                .collect()
        };
        let each = times(&self.steps);
        Reach {
            share,
            steps: mean_ci(&each, CONFIDENCE),
            seconds: mean_ci(&times(&self.seconds), CONFIDENCE),
            reached: each.len(),
            seeds: self.lanes.len(),
            each,
        }
    }
}

impl Summary {
    /// All curves of one measure in numbers, with the names of the losses; none before the first evaluation, or where all
    /// seeds of all losses have ended.
    pub fn of(names: &[String], records: &[&HeatRecord], measure: Measure) -> Option<Self> {
        let curves: Vec<Curves> = records
            .iter()
            .map(|record| Curves::of(record, measure))
            .collect();
        let mean = |values: &[f64]| mean_ci(values, CONFIDENCE).map(|interval| interval.mean);
        let best = curves
            .iter()
            .filter_map(|curves| mean(&curves.last()))
            .reduce(f64::max)?;
        let untrained = curves
            .iter()
            .filter_map(|curves| mean(&curves.first()))
            .reduce(f64::max)
            .unwrap_or(0.0);
        let heats = curves.iter().zip(names).zip(records);
        let heats = heats
            .map(|((curves, name), record)| HeatSummary {
                name: name.clone(),
                last: mean_ci(&curves.last(), CONFIDENCE),
                area: mean_ci(&curves.areas(), CONFIDENCE),
                reach: SHARES.map(|share| curves.reach(share, best)),
                stopped: record.stopped.len(),
            })
            .collect();
        let steps = records
            .iter()
            .filter_map(|record| record.points.last())
            .map(|point| point.step)
            .max()?;
        Some(Self {
            measure,
            best,
            untrained,
            steps,
            heats,
        })
    }
}

/// How a difference was tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Test {
    /// Welch's t-test of the mean steps.
    Welch,
    /// The rank-sum test, where some seeds never got there: they have no steps, but they come last.
    RankSum,
}

/// How the fastest loss compares with another.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "outcome")]
pub enum Outcome {
    /// The fastest is faster, by the test (corrected after Holm where there are several comparisons).
    Faster { p: f64, test: Test },
    /// By the same test, the difference may be chance.
    NotShown { p: f64, test: Test },
    /// One seed shows no spread, so nothing can be shown.
    OneSeed,
    /// No seed of the other got there, while all of the fastest did; p is the rank-sum test's, none of one seed.
    Never { p: Option<f64> },
}

/// The fastest loss against another.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// Index of the other heat.
    pub other: usize,
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// Who got to 90 % of the best value first, and whether that is shown.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Verdict {
    #[serde(skip)]
    pub summary: Summary,
    /// Index of the fastest heat.
    pub fastest: usize,
    /// Against every other heat, in the order of their steps.
    pub comparisons: Vec<Comparison>,
}

impl Summary {
    /// Whether any loss is better at the end than all were before the first step.
    pub fn improved(&self) -> bool {
        self.best > self.untrained
    }

    /// The verdict; none where fewer than two losses raced, no seed got there, or no loss has improved on the untrained
    /// network.
    pub fn verdict(self) -> Option<Verdict> {
        let reach = |heat: usize| &self.heats[heat].reach[VERDICT_SHARE];
        let mean = |heat: usize| reach(heat).steps.map_or(f64::INFINITY, |steps| steps.mean);
        // Heats of which all seeds got there come first: the mean of a few lucky seeds is not a speed.
        let missing = |heat: usize| reach(heat).seeds - reach(heat).reached;
        let order = order::indices(self.heats.len(), &|a, b| {
            missing(a)
                .cmp(&missing(b))
                .then(mean(a).total_cmp(&mean(b)))
                .then(a.cmp(&b))
        });
        let (&fastest, others) = order.split_first()?;
        if others.is_empty() || reach(fastest).reached == 0 || !self.improved() {
            return None;
        }
        let never = |other: usize| reach(other).reached == 0 && missing(fastest) == 0;
        let tested: Vec<(Option<f64>, Test)> = others
            .iter()
            .map(|&other| {
                if missing(other) == 0 && missing(fastest) == 0 {
                    (
                        welch(&reach(fastest).each, &reach(other).each).map(|test| test.p),
                        Test::Welch,
                    )
                } else {
                    (
                        rank_sum(&reach(fastest).all(), &reach(other).all()),
                        Test::RankSum,
                    )
                }
            })
            .collect();
        let corrected = holm(&tested.iter().map(|(p, _)| *p).collect::<Vec<_>>());
        let comparisons = others
            .iter()
            .zip(corrected)
            .zip(&tested)
            .map(|((&other, p), &(_, test))| {
                let outcome = match p {
                    p if never(other) => Outcome::Never { p },
                    Some(p) if p < SIGNIFICANT => Outcome::Faster { p, test },
                    Some(p) => Outcome::NotShown { p, test },
                    None => Outcome::OneSeed,
                };
                Comparison { other, outcome }
            })
            .collect();
        Some(Verdict {
            fastest,
            comparisons,
            summary: self,
        })
    }
}

/// Holm's correction: with several comparisons, chance has several tries. The smallest of m values is multiplied by m,
/// the next by m − 1, and so on, and none becomes smaller than the one before.
pub(super) fn holm(values: &[Option<f64>]) -> Vec<Option<f64>> {
    let mut order: Vec<(usize, f64)> = values
        .iter()
        .enumerate()
        .filter_map(|(i, p)| Some((i, (*p)?)))
        .collect();
    order::sort_by(&mut order, |a, b| a.1.total_cmp(&b.1));
    let mut corrected = vec![None; values.len()];
    let mut least = 0.0f64;
    for (rank, &(index, p)) in order.iter().enumerate() {
        least = least.max((p * (order.len() - rank) as f64).min(1.0));
        corrected[index] = Some(least);
    }
    corrected
}

/// When the seeds of one loss got to the share that the verdict is about.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrival {
    pub name: String,
    /// Of the seeds that got there; none where no seed did.
    pub steps: Option<Interval>,
    pub reached: usize,
    pub seeds: usize,
}

/// One comparison of the verdict with all that is to be said of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    pub measure: Measure,
    /// Of the best value of any loss: what was to be reached.
    pub share: f64,
    pub fastest: Arrival,
    pub other: Arrival,
    pub outcome: Outcome,
    /// Whether p is corrected after Holm, since there were several comparisons.
    pub corrected: bool,
    /// Steps of the race.
    pub steps: u32,
}

impl Verdict {
    /// One for the fastest against each of the others.
    pub fn findings(&self) -> Vec<Finding> {
        let arrival = |heat: usize| {
            let heat = &self.summary.heats[heat];
            let reach = &heat.reach[VERDICT_SHARE];
            Arrival {
                name: heat.name.clone(),
                steps: reach.steps,
                reached: reach.reached,
                seeds: reach.seeds,
            }
        };
        let tests = self
            .comparisons
            .iter()
            .filter(|comparison| comparison.outcome.p().is_some());
        let corrected = tests.count() > 1;
        self.comparisons
            .iter()
            .map(|comparison| Finding {
                measure: self.summary.measure,
                share: SHARES[VERDICT_SHARE],
                fastest: arrival(self.fastest),
                other: arrival(comparison.other),
                outcome: comparison.outcome,
                corrected,
                steps: self.summary.steps,
            })
            .collect()
    }
}

impl Outcome {
    /// The corrected p of the test, where there was one.
    pub fn p(self) -> Option<f64> {
        match self {
            Self::Faster { p, .. } | Self::NotShown { p, .. } => Some(p),
            Self::Never { p } => p,
            Self::OneSeed => None,
        }
    }

    /// Whether the test shows that the fastest is faster.
    pub fn is_shown(self) -> bool {
        !matches!(self, Self::NotShown { .. }) && self.p().is_some_and(|p| p < SIGNIFICANT)
    }
}

#[cfg(test)]
mod tests {
    use super::super::recording::tests::linear;
    use super::*;

    #[test]
    fn a_summary_by_hand() {
        // Straight lines to 0.5 at step 100 (all the way to 400 flat) and at 200: 90 % at 90 and 180.
        let recording = linear(&[&[100.0, 120.0], &[200.0, 200.0]], 0.5);
        let summary = recording.summary(Measure::MapAtR).unwrap();
        assert!((summary.best - 0.5).abs() < 1e-6);
        assert_eq!(summary.steps, 400);
        let [_, ninety, _] = &summary.heats[0].reach;
        assert!((ninety.each[0] - 90.0).abs() < 1e-3 && (ninety.each[1] - 108.0).abs() < 1e-3);
        assert!((ninety.steps.unwrap().mean - 99.0).abs() < 1e-3);
        // A sixty-fourth of a second a step and lane.
        assert!((ninety.seconds.unwrap().mean - 99.0 / 64.0).abs() < 1e-5);
        assert_eq!((ninety.reached, ninety.seeds), (2, 2));
        // Half height for a quarter of the way, then full: 0.5 · (1 − 0.125).
        let area = summary.heats[0].area.unwrap();
        assert!((area.mean - 0.5 * (1.0 - (0.125 + 0.15) / 2.0)).abs() < 1e-6);
        assert_eq!(summary.heats[1].last.unwrap().half, Some(0.0));
    }

    #[test]
    fn a_clear_difference_is_shown() {
        let (a, b): (Vec<f64>, Vec<f64>) = (0..8)
            .map(|i| (100.0 + f64::from(i), 200.0 + 2.0 * f64::from(i)))
            .unzip();
        let recording = linear(&[&b, &a], 0.5);
        let verdict = recording
            .summary(Measure::MapAtR)
            .unwrap()
            .verdict()
            .unwrap();
        assert_eq!(verdict.fastest, 1);
        assert!(
            matches!(verdict.comparisons[..], [Comparison { other: 0, outcome: Outcome::Faster { p, test: Test::Welch } }] if p < 1e-6)
        );
        let names = recording.names();
        let [finding] = &verdict.findings()[..] else {
            panic!("there is one comparison")
        };
        assert_eq!(
            (&finding.fastest.name, &finding.other.name),
            (&names[1], &names[0])
        );
        let steps = finding.fastest.steps.unwrap();
        // 90 % of 103.5, and 2.365 · 0.9 · 2.449 / √8.
        assert!((steps.mean - 93.15).abs() < 1e-3 && (steps.half.unwrap() - 1.843).abs() < 1e-2);
        assert_eq!((finding.share, finding.measure), (0.9, Measure::MapAtR));
        assert!(!finding.corrected && finding.outcome.is_shown());
    }

    #[test]
    fn what_is_not_shown_is_said() {
        let finding = |until: &[&[f64]]| {
            let summary = linear(until, 0.5).summary(Measure::RecallAt1).unwrap();
            summary.verdict().unwrap().findings().remove(0)
        };
        let found = finding(&[&[100.0, 300.0, 200.0], &[110.0, 310.0, 210.0]]);
        assert!(
            matches!(found.outcome, Outcome::NotShown { p, test: Test::Welch } if p > 0.5),
            "{found:?}"
        );
        assert_eq!(found.measure, Measure::RecallAt1);
        let found = finding(&[&[100.0], &[300.0]]);
        assert_eq!(found.outcome, Outcome::OneSeed);
        let found = finding(&[&[100.0, 110.0], &[200.0, 4000.0]]);
        assert!(
            matches!(
                found.outcome,
                Outcome::NotShown {
                    test: Test::RankSum,
                    ..
                }
            ),
            "{found:?}"
        );
        assert_eq!((found.other.reached, found.other.seeds), (1, 2));
        let found = finding(&[&[100.0, 110.0], &[4000.0, 4000.0]]);
        assert!(matches!(found.outcome, Outcome::Never { .. }), "{found:?}");
        assert_eq!((found.other.steps, found.steps), (None, 400));
    }

    #[test]
    fn seeds_that_never_got_there_count_as_last() {
        let fast: Vec<f64> = (0..10).map(|i| 100.0 + f64::from(i)).collect();
        let slow: Vec<f64> = (0..10)
            .map(|i| if i < 4 { 300.0 + f64::from(i) } else { 4000.0 })
            .collect();
        let verdict = linear(&[&slow, &fast], 0.5)
            .summary(Measure::MapAtR)
            .unwrap()
            .verdict()
            .unwrap();
        assert_eq!(verdict.fastest, 1);
        let found = verdict.findings().remove(0);
        assert_eq!((found.other.reached, found.other.seeds), (4, 10));
        assert!(
            matches!(found.outcome, Outcome::Faster { p, test: Test::RankSum } if p < 0.001),
            "{found:?}"
        );
        // Neither all of the one nor any of the other.
        let most: Vec<f64> = fast
            .iter()
            .enumerate()
            .map(|(i, &at)| if i < 9 { at } else { 4000.0 })
            .collect();
        let verdict = linear(&[&[4000.0; 10], &most], 0.5)
            .summary(Measure::MapAtR)
            .unwrap()
            .verdict()
            .unwrap();
        let found = verdict.findings().remove(0);
        assert_eq!((found.fastest.reached, found.other.steps), (9, None));
        assert!(matches!(found.outcome, Outcome::Faster { .. }), "{found:?}");
    }

    #[test]
    fn a_seed_that_ended_has_no_values_after_that() {
        let mut recording = linear(&[&[100.0, 100.0, 200.0], &[150.0, 160.0, 170.0]], 0.5);
        recording.heats[0].stopped = vec![(2, 60)];
        for point in &mut recording.heats[0].points[3..] {
            point.lanes[2] = None;
        }
        let summary = recording.summary(Measure::MapAtR).unwrap();
        assert_eq!(
            (
                summary.heats[0].last.unwrap().count,
                summary.heats[0].area.unwrap().count
            ),
            (2, 2)
        );
        let ninety = &summary.heats[0].reach[1];
        assert_eq!((ninety.reached, ninety.seeds), (2, 3), "it never got there");
    }

    #[test]
    fn a_loss_whose_only_seed_diverged_has_no_last_value_and_is_not_the_best() {
        let mut recording = linear(&[&[20.0], &[400.0]], 0.5);
        // It diverged at step 60, where the curve ends.
        recording.heats[0].points.truncate(4);
        recording.heats[0].points[3].lanes[0] = None;
        recording.heats[0].stopped = vec![(0, 60)];
        recording.heats[1].points.truncate(4);
        let summary = recording.summary(Measure::MapAtR).unwrap();
        assert_eq!(summary.heats[0].last, None);
        assert!(summary.best < 0.1, "{}", summary.best);
    }

    #[test]
    fn one_seed_that_alone_got_there_shows_nothing() {
        let outcomes = |until: &[&[f64]]| {
            let verdict = linear(until, 0.5)
                .summary(Measure::MapAtR)
                .unwrap()
                .verdict()
                .unwrap();
            verdict
                .comparisons
                .iter()
                .map(|comparison| comparison.outcome)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            outcomes(&[&[100.0], &[4000.0]]),
            [Outcome::Never { p: None }]
        );
        assert!(!outcomes(&[&[100.0], &[4000.0]])[0].is_shown());
        assert!(
            !outcomes(&[&[100.0, 110.0], &[4000.0, 4000.0]])[0].is_shown(),
            "two are too few"
        );
        assert!(outcomes(&[&[100.0; 8], &[4000.0; 8]])[0].is_shown());
    }

    #[test]
    fn nothing_to_compare_gives_no_verdict() {
        assert_eq!(
            linear(&[&[100.0, 200.0]], 0.5)
                .summary(Measure::MapAtR)
                .unwrap()
                .verdict(),
            None
        );
        // Curves that begin where they end.
        let mut trap = linear(&[&[100.0, 110.0], &[200.0, 210.0]], 0.5);
        for heat in &mut trap.heats {
            heat.points.reverse();
            let steps: Vec<u32> = heat.points.iter().rev().map(|point| point.step).collect();
            heat.points
                .iter_mut()
                .zip(steps)
                .for_each(|(point, step)| point.step = step);
        }
        let summary = trap.summary(Measure::MapAtR).unwrap();
        assert!(!summary.improved() && summary.verdict().is_none());
        assert_eq!(
            linear(&[&[100.0], &[100.0]], 0.0)
                .summary(Measure::MapAtR)
                .unwrap()
                .verdict(),
            None
        );
        let mut empty = linear(&[&[100.0], &[100.0]], 0.5);
        empty.heats.iter_mut().for_each(|heat| heat.points.clear());
        assert_eq!(empty.summary(Measure::MapAtR), None);
    }

    #[test]
    fn several_comparisons_are_corrected() {
        // By Holm: 0.01·3, then 0.02·2 = 0.04, then max(0.03·1, 0.04).
        let found = holm(&[Some(0.03), None, Some(0.01), Some(0.02)]);
        let expected = [Some(0.04), None, Some(0.03), Some(0.04)];
        for (found, expected) in found.iter().zip(expected) {
            assert_eq!(found.is_some(), expected.is_some());
            assert!((found.unwrap_or(0.0) - expected.unwrap_or(0.0)).abs() < 1e-12);
        }
        assert_eq!(holm(&[Some(0.9), Some(0.8)]), [Some(1.0), Some(1.0)]);
    }
}
