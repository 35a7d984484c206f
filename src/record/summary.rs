//! The curves of a race in numbers: how fast each loss was, how high it is at the end, and how high it was at its peak.

use super::compare::{FactorError, Sample};
use super::stats::{CONFIDENCE, Interval, area_until, held_from, mean_ci};
use super::{HeatRecord, Measure, StepCost, Unit};
use crate::data::DataKind;

/// The share of the best value that curves are timed to beside the fixed levels.
pub const SHARE: f64 = 0.90;
/// Most fixed levels that are told of.
const LEVELS: usize = 3;
/// Two numbers of steps are equal where they are closer than this share of their mean.
const EQUAL_STEPS: f64 = 0.10;
/// Two shares are equal where they are closer than this: the choice of the test classes alone moves a Recall@1 or MAP@R by
/// about 0.01.
const EQUAL_SHARES: f64 = 0.02;

/// What curves are timed to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Line {
    /// A level of the data set, the same for every race.
    Level(f64),
    /// This share of the best value of these losses, so that another line-up has another: `value`.
    OfBest { share: f64, value: f64 },
}

impl Line {
    pub fn value(self) -> f64 {
        match self {
            Self::Level(value) | Self::OfBest { value, .. } => value,
        }
    }
}

/// When the seeds of a loss got to a line for good: from when on the seed's curve was never below it again, up to the last
/// evaluation. A curve that gets there and ends below has not got there.
#[derive(Clone, Debug, PartialEq)]
pub struct Reach {
    /// Steps of the seeds that got there.
    pub steps: Option<Interval>,
    /// Training seconds of those, of one run: the steps times what one costs, with the errors of both, where that was
    /// measured; else one seed's equal part of the heat's time.
    pub seconds: Option<Interval>,
    /// Seeds that got there, of how many.
    pub reached: usize,
    pub seeds: usize,
    /// The mean curve was on the line or above, but is below it at the end.
    pub ends_below: bool,
    /// The steps of each seed; infinite where it did not get there.
    pub(super) each: Vec<f64>,
}

impl Reach {
    pub fn is_complete(&self) -> bool {
        self.reached == self.seeds
    }

    /// Whether at least half of the seeds got there. The mean of fewer is that of the lucky ones, and is not shown.
    pub fn is_of_most(&self) -> bool {
        self.reached > 0 && 2 * self.reached >= self.seeds
    }

    /// The steps of each seed, the race's last for those that did not get there: their mean is the restricted mean.
    pub(super) fn restricted(&self, end: f64) -> Sample {
        Sample {
            values: self.each.iter().map(|&at| at.min(end)).collect(),
            cut_off: !self.is_complete(),
            factor: None,
        }
    }
}

/// Where the mean curve is highest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Peak {
    pub step: u32,
    pub value: Interval,
}

/// One loss's curves in numbers. A seed that ended early counts with the worst value that it had, from there on.
#[derive(Clone, Debug, PartialEq)]
pub struct HeatSummary {
    pub name: String,
    /// Value at the last step.
    pub last: Option<Interval>,
    pub peak: Option<Peak>,
    /// Mean height of the curve up to the [stated step](Summary::area_to).
    pub area: Option<Interval>,
    /// For each of the [lines](Summary::lines).
    pub reach: Vec<Reach>,
    pub seeds: usize,
    /// Seeds that ended early because a number was not finite.
    pub stopped: usize,
    /// The mean height of each seed.
    pub areas: Vec<f64>,
    /// The last value of each seed.
    pub ends: Vec<f64>,
    /// What a step costs, where that was measured apart from the race.
    pub cost: Option<StepCost>,
}

/// The curves of a race in numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    pub measure: Measure,
    /// Up to three levels, ascending, and then the share of the best.
    pub lines: Vec<Line>,
    /// Index of the line that the verdict is about: the highest level that two losses got to in all their seeds; where
    /// there is none, one loss; else, that any seed got to. Without such a level, the share of the best.
    pub target: usize,
    /// The highest mean of any loss at any evaluation.
    pub best: f64,
    /// The highest mean of any loss at the last step.
    pub best_at_end: f64,
    /// The best mean value of any loss before the first step.
    pub untrained: f64,
    /// Last step of the curves.
    pub steps: u32,
    /// Up to where mean heights are taken: the last step, unless another one was asked for.
    pub area_to: u32,
    pub heats: Vec<HeatSummary>,
}

/// `xs`, and one curve a lane.
struct Curves {
    steps: Vec<f64>,
    seconds: Vec<f64>,
    lanes: Vec<Vec<f64>>,
}

impl Curves {
    /// A loss all of whose lanes have ended goes on to the `end` of the race as they count.
    fn of(heat: &HeatRecord, measure: Measure, end: u32) -> Self {
        let points = &heat.points;
        let mut curves = Self {
            steps: points.iter().map(|point| f64::from(point.step)).collect(),
            seconds: heat.seconds(),
            lanes: (0..heat.lanes())
                .map(|lane| heat.counted(lane, measure))
                .collect(),
        };
        let last = points.last().map_or(end, |point| point.step);
        if heat.is_over() && last < end {
            curves.steps.push(f64::from(end));
            for values in curves.lanes.iter_mut().chain([&mut curves.seconds]) {
                values.extend(values.last().copied());
            }
        }
        curves
    }

    /// The values of all lanes at one evaluation.
    fn at(&self, index: usize) -> Vec<f64> {
        let values = self.lanes.iter().filter_map(|curve| curve.get(index));
        values.copied().filter(|value| value.is_finite()).collect()
    }

    fn interval(&self, index: usize) -> Option<Interval> {
        mean_ci(&self.at(index), CONFIDENCE)
    }

    fn last(&self) -> Option<Interval> {
        self.interval(self.steps.len().checked_sub(1)?)
    }

    fn means(&self) -> Vec<f64> {
        let mean = |index| self.interval(index).map_or(f64::NAN, |found| found.mean);
        (0..self.steps.len()).map(mean).collect()
    }

    fn peak(&self, measure: Measure) -> Option<Peak> {
        let found = (0..self.steps.len()).filter_map(|index| Some((index, self.interval(index)?)));
        let (index, value) = found.reduce(|best, next| {
            if measure.order(next.1.mean, best.1.mean).is_lt() {
                next
            } else {
                best
            }
        })?;
        let step = self.steps[index] as u32;
        Some(Peak { step, value })
    }

    /// Mean heights of the curves.
    fn areas(&self, to: u32) -> Vec<f64> {
        self.lanes
            .iter()
            .filter_map(|curve| area_until(f64::from(to), &self.steps, curve))
            .filter(|area| area.is_finite())
            .collect()
    }

    /// How many lanes got to a level for good.
    fn count(&self, level: f64) -> usize {
        let there = |curve: &&Vec<f64>| held_from(level, &self.steps, curve).is_some();
        self.lanes.iter().filter(there).count()
    }

    fn reach(&self, level: f64, cost: Option<&StepCost>) -> Reach {
        let times = |xs: &[f64]| -> Vec<f64> {
            let at = |curve: &Vec<f64>| held_from(level, xs, curve).unwrap_or(f64::INFINITY);
            self.lanes.iter().map(at).collect()
        };
        let interval = |times: &[f64]| {
            let there = times.iter().copied().filter(|at| at.is_finite());
            mean_ci(&there.collect::<Vec<_>>(), CONFIDENCE)
        };
        let each = times(&self.steps);
        let means = self.means();
        let steps = interval(&each);
        Reach {
            seconds: match cost {
                Some(cost) => steps.map(|steps| cost.alone.seconds(&steps)),
                None => interval(&times(&self.seconds)),
            },
            steps,
            reached: each.iter().filter(|at| at.is_finite()).count(),
            seeds: self.lanes.len(),
            ends_below: means.iter().any(|&mean| mean >= level)
                && means.last().is_some_and(|&mean| mean < level),
            each,
        }
    }
}

/// When the seeds of a loss got to any level for good, in a race that ends at step `end`.
pub(super) fn reach_of(heat: &HeatRecord, measure: Measure, level: f64, end: u32) -> Reach {
    Curves::of(heat, measure, end).reach(level, None)
}

/// The levels that are told of, ascending, and which of them the verdict is about.
fn levels(curves: &[Curves], all: &[f64], untrained: f64, best: f64) -> (Vec<f64>, Option<usize>) {
    let within = |level: &f64| *level > untrained && *level <= best;
    let levels: Vec<f64> = all.iter().copied().filter(within).collect();
    let complete = |level: f64| {
        let all = |curves: &&Curves| curves.count(level) == curves.lanes.len();
        curves.iter().filter(all).count()
    };
    let any = |level: f64| curves.iter().any(|curves| curves.count(level) > 0);
    let highest = |there: &dyn Fn(f64) -> bool| levels.iter().rposition(|&level| there(level));
    let target = highest(&|level| complete(level) >= 2)
        .or_else(|| highest(&|level| complete(level) >= 1))
        .or_else(|| highest(&any));
    // The one below it and the one above, where there are.
    let around = target.map_or(0, |target| target.saturating_sub(1));
    let first = around.min(levels.len().saturating_sub(LEVELS));
    let told = levels.into_iter().skip(first).take(LEVELS).collect();
    (told, target.map(|target| target - first))
}

impl Summary {
    /// All curves of one measure in numbers, with the names of the losses; none before the first evaluation, or where all
    /// seeds of all losses have ended.
    pub fn of(
        names: &[String],
        records: &[&HeatRecord],
        measure: Measure,
        data: DataKind,
    ) -> Option<Self> {
        Self::with_area_to(None, names, records, measure, data)
    }

    /// As [`of`](Self::of), with mean heights up to a stated step, so that races of different lengths can be compared by
    /// them.
    pub fn with_area_to(
        area_to: Option<u32>,
        names: &[String],
        records: &[&HeatRecord],
        measure: Measure,
        data: DataKind,
    ) -> Option<Self> {
        let last = |record: &&HeatRecord| record.points.last().map(|point| point.step);
        let steps = records.iter().filter_map(last).max()?;
        if records.iter().all(|record| record.is_over()) {
            return None;
        }
        let curves: Vec<Curves> = records
            .iter()
            .map(|record| Curves::of(record, measure, steps))
            .collect();
        let highest = |of: &dyn Fn(&Curves) -> Option<Interval>| {
            let means = curves.iter().filter_map(|curves| Some(of(curves)?.mean));
            means.reduce(f64::max)
        };
        let best = highest(&|curves| Some(curves.peak(measure)?.value))?;
        let untrained = highest(&|curves| curves.interval(0)).unwrap_or(0.0);
        let (levels, target) = levels(&curves, &data.info().levels(measure), untrained, best);
        let of_best = Line::OfBest {
            share: SHARE,
            value: SHARE * best,
        };
        let levels = levels.into_iter().map(Line::Level);
        let lines: Vec<Line> = levels.chain([of_best]).collect();
        let heats = curves.iter().zip(names).zip(records);
        let area_to = area_to.unwrap_or(steps).min(steps);
        Some(Self {
            measure,
            target: target.unwrap_or(lines.len() - 1),
            best,
            best_at_end: highest(&Curves::last)?,
            untrained,
            steps,
            area_to,
            heats: heats
                .map(|((curves, name), record)| (curves, name, record, curves.areas(area_to)))
                .map(|(curves, name, record, areas)| HeatSummary {
                    name: name.clone(),
                    last: curves.last(),
                    peak: curves.peak(measure),
                    area: mean_ci(&areas, CONFIDENCE),
                    areas,
                    reach: lines
                        .iter()
                        .map(|line| curves.reach(line.value(), record.cost.as_ref()))
                        .collect(),
                    seeds: curves.lanes.len(),
                    stopped: record.stopped.len(),
                    ends: curves.at(curves.steps.len().saturating_sub(1)),
                    cost: record.cost,
                })
                .collect(),
            lines,
        })
    }

    /// Whether any loss is better at the end than all were before the first step.
    pub fn improved(&self) -> bool {
        self.best_at_end > self.untrained
    }

    /// The index of the line that is a share of the best.
    pub fn of_best(&self) -> usize {
        self.lines.len() - 1
    }

    /// What the clock says of the seconds; none where there is no clock of its own for every loss, so that the seconds of two
    /// losses are of different circumstances.
    pub fn clock(&self) -> Option<StepCost> {
        let costs: Option<Vec<StepCost>> = self.heats.iter().map(|heat| heat.cost).collect();
        costs?.into_iter().next()
    }

    /// The seconds of one run until each seed got to a line, by loss. As soon as a seed did not get there, all times are cut
    /// off where the first of the losses with such a seed had trained to the end: up to there something is known of every
    /// loss. None where the cost of a step was not measured for all losses.
    pub(super) fn seconds(&self, line: usize) -> Option<Vec<Sample>> {
        let costs: Vec<StepCost> = self
            .heats
            .iter()
            .map(|heat| heat.cost)
            .collect::<Option<_>>()?;
        let rows = || self.heats.iter().map(|heat| &heat.reach[line]).zip(&costs);
        let seconds = |steps: f64, cost: &StepCost| steps * cost.alone.milliseconds / 1000.0;
        let known_until = rows()
            .filter(|(reach, _)| !reach.is_complete())
            .map(|(_, cost)| seconds(f64::from(self.steps), cost))
            .fold(f64::INFINITY, f64::min);
        let samples = rows().map(|(reach, cost)| {
            let each = reach.each.iter().map(|&steps| seconds(steps, cost));
            Sample {
                cut_off: each.clone().any(|at| at > known_until),
                values: each.map(|at| at.min(known_until)).collect(),
                factor: Some(FactorError {
                    relative: cost.alone.error / cost.alone.milliseconds,
                    freedom: cost.alone.freedom(),
                }),
            }
        });
        Some(samples.collect())
    }

    /// How many steps count as none between two losses that take so many.
    pub(super) fn equal_steps(a: f64, b: f64) -> f64 {
        EQUAL_STEPS * 0.5 * (a + b)
    }

    /// A difference of values that counts as none.
    pub(super) fn equal_values(&self) -> f64 {
        match self.measure.info().unit {
            Unit::Share => EQUAL_SHARES,
            Unit::SquaredDistance | Unit::LogSquaredDistance => 2.0 * EQUAL_SHARES,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::recording::tests::{linear, set};
    use super::*;

    #[test]
    fn a_summary_by_hand() {
        // Straight lines to 0.5 at step 100 (all the way to 400 flat) and at 200.
        let recording = linear(&[&[100.0, 120.0], &[200.0, 200.0]], 0.5);
        let summary = recording.summary(Measure::MapAtR).unwrap();
        assert!((summary.best - 0.5).abs() < 1e-6);
        assert_eq!(summary.steps, 400);
        // The glyphs have levels at 0.3, 0.4 and 0.5, which everybody gets to.
        let of_best = Line::OfBest {
            share: 0.9,
            value: 0.9 * summary.best,
        };
        let levels = [0.3, 0.4, 0.5].map(Line::Level);
        assert_eq!(summary.lines, [&levels[..], &[of_best]].concat());
        assert_eq!((summary.target, summary.of_best()), (2, 3));
        let forty = &summary.heats[0].reach[1];
        assert!((forty.each[0] - 80.0).abs() < 1e-3 && (forty.each[1] - 96.0).abs() < 1e-3);
        assert!((forty.steps.unwrap().mean - 88.0).abs() < 1e-3);
        // A sixty-fourth of a second a step and lane.
        assert!((forty.seconds.unwrap().mean - 88.0 / 64.0).abs() < 1e-5);
        assert_eq!((forty.reached, forty.seeds), (2, 2));
        // Half height for a quarter of the way, then full: 0.5 · (1 − 0.125).
        let area = summary.heats[0].area.unwrap();
        assert!((area.mean - 0.5 * (1.0 - (0.125 + 0.15) / 2.0)).abs() < 1e-6);
        assert_eq!(summary.heats[1].last.unwrap().half, Some(0.0));
        assert_eq!(summary.area_to, 400);
        // Up to step 100, where the first seed has just got to its height.
        let early = recording.summary_to(Measure::MapAtR, Some(100)).unwrap();
        assert_eq!(early.area_to, 100);
        assert!((early.heats[0].areas[0] - 0.25).abs() < 1e-6);
        assert_eq!(early.heats[0].last, summary.heats[0].last);
    }

    /// Guests that are better than everybody move the share of the best, and nothing else of a loss's own.
    #[test]
    fn a_loss_has_the_same_numbers_whoever_else_takes_part() {
        let alone = linear(&[&[300.0, 320.0], &[350.0, 340.0]], 0.45);
        let mut among = linear(&[&[300.0, 320.0], &[350.0, 340.0], &[90.0, 80.0]], 0.45);
        for step in 0..21 {
            for lane in 0..2 {
                let value = among.heats[2].points[step].get(lane, Measure::MapAtR);
                set(&mut among, 2, step, lane, 2.0 * value.unwrap() as f32);
            }
        }
        let [alone, among] = [alone, among].map(|race| race.summary(Measure::MapAtR).unwrap());
        for heat in 0..2 {
            let (a, b) = (&alone.heats[heat], &among.heats[heat]);
            assert_eq!((a.last, a.peak, a.area), (b.last, b.peak, b.area));
            for (at, line) in alone.lines.iter().enumerate() {
                let Some(same) = among.lines.iter().position(|other| other == line) else {
                    assert!(at != alone.target, "the verdict's level is still told of");
                    continue;
                };
                assert_eq!(a.reach[at], b.reach[same]);
            }
        }
        assert_eq!(alone.lines[alone.target], among.lines[among.target]);
        assert_ne!(alone.lines.last(), among.lines.last());
    }

    #[test]
    fn the_verdict_is_about_the_highest_level_that_two_losses_got_to_in_all_seeds() {
        let target = |until: &[&[f64]]| {
            let summary = linear(until, 0.5).summary(Measure::MapAtR).unwrap();
            summary.lines[summary.target].value()
        };
        // At the end 0.5, 0.5 and 0.5, 0.5.
        assert_eq!(target(&[&[100.0, 110.0], &[300.0, 390.0]]), 0.5);
        // One seed of the second only gets to 0.33.
        assert_eq!(target(&[&[100.0, 110.0], &[300.0, 600.0]]), 0.3);
        // The third has no say.
        assert_eq!(
            target(&[&[100.0, 110.0], &[300.0, 600.0], &[900.0; 2]]),
            0.3
        );
        // Nobody but the first gets to a level.
        assert_eq!(target(&[&[100.0, 110.0], &[9e3, 9e3]]), 0.5);
        assert_eq!(target(&[&[100.0, 800.0], &[9e3, 9e3]]), 0.2);
    }

    #[test]
    fn without_a_level_there_is_the_share_of_the_best() {
        let summary = linear(&[&[100.0; 2], &[200.0; 2]], 0.08)
            .summary(Measure::MapAtR)
            .unwrap();
        assert_eq!((summary.lines.len(), summary.target), (1, 0));
        assert!(matches!(summary.lines[0], Line::OfBest { share: 0.9, .. }));
        // An untrained network that is there already has not been trained to get there.
        let mut good = linear(&[&[100.0; 2], &[200.0; 2]], 0.5);
        for heat in 0..2 {
            for lane in 0..2 {
                set(&mut good, heat, 0, lane, 0.45);
            }
        }
        let summary = good.summary(Measure::MapAtR).unwrap();
        assert_eq!(summary.lines[0], Line::Level(0.5));
    }

    #[test]
    fn a_line_that_is_left_again_is_not_reached() {
        let mut recording = linear(&[&[100.0, 120.0], &[390.0, 390.0]], 0.5);
        // One seed ends below 0.3, and the mean as well.
        set(&mut recording, 0, 20, 0, 0.3125);
        set(&mut recording, 0, 20, 1, 0.25);
        let summary = recording.summary(Measure::MapAtR).unwrap();
        assert_eq!(summary.lines[..3], [0.15, 0.2, 0.3].map(Line::Level));
        let reach = &summary.heats[0].reach[2];
        assert_eq!((reach.reached, reach.ends_below), (1, true));
        let restricted = reach.restricted(400.0);
        assert!((restricted.values[0] - 60.0).abs() < 1e-3 && restricted.values[1] == 400.0);
        assert!(restricted.cut_off && reach.is_of_most());
        let reach = &summary.heats[0].reach[1];
        assert_eq!((reach.reached, reach.ends_below), (2, false));
        assert!(!summary.heats[1].reach[2].ends_below);
        // The peak is where it was, and the best is the peak.
        let peak = summary.heats[0].peak.unwrap();
        assert_eq!((peak.step, peak.value.mean), (120, 0.5));
        assert_eq!(summary.heats[0].last.unwrap().mean, 0.28125);
        assert_eq!((summary.best, summary.best_at_end), (0.5, 0.5));
    }

    #[test]
    fn a_seed_that_ended_counts_with_its_worst() {
        let mut recording = linear(&[&[100.0, 100.0, 200.0], &[150.0, 160.0, 170.0]], 0.5);
        recording.heats[0].stopped = vec![(2, 60)];
        for point in &mut recording.heats[0].points[3..] {
            point.lanes[2] = None;
        }
        let summary = recording.summary(Measure::MapAtR).unwrap();
        let heat = &summary.heats[0];
        assert_eq!((heat.last.unwrap().count, heat.area.unwrap().count), (3, 3));
        assert!((heat.last.unwrap().mean - 1.0 / 3.0).abs() < 1e-6);
        assert_eq!((heat.stopped, heat.seeds), (1, 3));
        let reach = &heat.reach[summary.target];
        assert_eq!((reach.reached, reach.seeds), (2, 3), "it never got there");
    }

    #[test]
    fn a_loss_whose_only_seed_diverged_is_not_the_best() {
        let mut recording = linear(&[&[20.0], &[400.0]], 0.5);
        // It diverged at step 60, where the curve ends.
        recording.heats[0].points.truncate(4);
        recording.heats[0].points[3].lanes[0] = None;
        recording.heats[0].stopped = vec![(0, 60)];
        let summary = recording.summary(Measure::MapAtR).unwrap();
        let heat = &summary.heats[0];
        assert_eq!(heat.last.unwrap().mean, 0.0);
        // 0 at the start, 0.5 at 20 and 40, 0 from 60 to 400.
        assert!((heat.area.unwrap().mean - 0.5 * 40.0 / 400.0).abs() < 1e-6);
        assert_eq!(heat.peak.unwrap().step, 20);
        assert_eq!(heat.reach[summary.target].reached, 0);
        recording.heats[1].points.truncate(4);
        recording.heats[1].points[3].lanes[0] = None;
        assert_eq!(recording.summary(Measure::MapAtR), None, "all have ended");
    }
}
