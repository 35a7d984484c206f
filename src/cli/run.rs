//! Runs a race natively: lanes are independent, so they spread over the cores in small heats.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use pollster::block_on;

use super::clock;
use crate::data::Dataset;
use crate::device;
use crate::experiment::{HeatSpec, RaceSpec};
use crate::record::{CurvePoint, LaneScores, Measure, StepCost};
use crate::train::{self, Driver, Order, Race, Samples, TrainError};

/// Lanes that train in one graph. More would be no faster on a core, and fewer units balance worse.
const LANES_PER_UNIT: usize = 5;

/// What a heat has given.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HeatRun {
    pub points: Vec<CurvePoint>,
    /// (lane, step)
    pub stopped: Vec<(usize, u32)>,
    /// What each lane scored in each class at the end, where that was asked for.
    pub scores: Vec<LaneScores>,
}

/// Cores to train on.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Lane-steps of a race: what `progress` counts up to.
pub fn lane_steps(spec: &RaceSpec) -> u64 {
    let lanes: usize = spec.heats.iter().map(|heat| heat.lanes.len()).sum();
    lanes as u64 * u64::from(spec.schedule.steps)
}

/// Trains all heats to the end on `threads` cores and returns their curves, in the order of the race's heats. The curves do
/// not depend on the number of threads; seconds are those of one core, summed over a heat's lanes.
///
/// # Errors
/// The first [`TrainError`] of any heat; the others then end after their unit.
pub fn run(
    spec: &RaceSpec,
    dataset: &Dataset,
    threads: usize,
    progress: &(impl Fn(u64) + Sync),
) -> Result<Vec<HeatRun>, TrainError> {
    run_scored(spec, dataset, threads, None, progress)
}

/// As [`run`]. A measure by which classes are to be scored at the end fills [`HeatRun::scores`].
///
/// # Errors
/// As those of [`run`].
pub fn run_scored(
    spec: &RaceSpec,
    dataset: &Dataset,
    threads: usize,
    by: Option<Measure>,
    progress: &(impl Fn(u64) + Sync),
) -> Result<Vec<HeatRun>, TrainError> {
    let mut units: Vec<(usize, usize, RaceSpec)> = Vec::new();
    for (heat, of) in spec.heats.iter().enumerate() {
        for (chunk, lanes) in of.lanes.chunks(LANES_PER_UNIT).enumerate() {
            let heats = vec![HeatSpec {
                loss: of.loss,
                lanes: lanes.to_vec(),
            }];
            units.push((
                heat,
                chunk * LANES_PER_UNIT,
                RaceSpec {
                    heats,
                    ..spec.clone()
                },
            ));
        }
    }
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<Option<Result<HeatRun, TrainError>>>> =
        Mutex::new(units.iter().map(|_| None).collect());
    std::thread::scope(|scope| {
        for _ in 0..threads.clamp(1, units.len().max(1)) {
            scope.spawn(|| {
                let (device, _) = device::cpu();
                let samples = Samples::new(dataset, &device);
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some((_, _, unit)) = units.get(index) else {
                        return;
                    };
                    let race = Race::new(unit, dataset, &samples, &device);
                    let run = race.and_then(|race| run_unit(unit, race, by, progress));
                    if run.is_err() {
                        next.store(units.len(), Ordering::Relaxed);
                    }
                    done.lock().unwrap_or_else(PoisonError::into_inner)[index] = Some(run);
                }
            });
        }
    });
    let mut heats: Vec<HeatRun> = spec.heats.iter().map(|_| HeatRun::default()).collect();
    let done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    let mut failure = None;
    for ((heat, first_lane, _), run) in units.iter().zip(done) {
        match run {
            Some(Ok(run)) => merge(&mut heats[*heat], *first_lane, run),
            Some(Err(error)) => failure = failure.or(Some(error)),
            None => {}
        }
    }
    failure.map_or(Ok(heats), Err)
}

/// What a step of each heat costs on one core, one run alone and among as many as trained in one graph. Nothing else is to
/// train meanwhile.
///
/// # Errors
/// As those of [`run`].
pub fn calibrate(spec: &RaceSpec, dataset: &Dataset) -> Result<Vec<StepCost>, TrainError> {
    let (device, _) = device::cpu();
    let samples = Samples::new(dataset, &device);
    let (clock, now_ms) = clock::best();
    let lanes = LANES_PER_UNIT;
    block_on(train::calibrate(
        spec, lanes, dataset, &samples, &device, clock, now_ms,
    ))
}

fn run_unit(
    spec: &RaceSpec,
    mut race: Race,
    by: Option<Measure>,
    progress: &(impl Fn(u64) + Sync),
) -> Result<HeatRun, TrainError> {
    let lanes = race.heat(0).lanes() as u64;
    let mut run = HeatRun::default();
    let clock = Instant::now();
    let now_ms = || clock.elapsed().as_secs_f64() * 1000.0;
    let mut driver = Driver::new(race.heats(), u32::MAX);
    driver.play(0, &race, now_ms());
    loop {
        match driver.next(&race, now_ms()) {
            Order::Step { heat, steps } => {
                let started = Instant::now();
                for _ in 0..steps {
                    race.step(heat);
                    progress(lanes);
                }
                if race.evaluation_due(heat) {
                    // Reading the losses waits for the steps, so it belongs to their time.
                    let stopped = block_on(race.settle(heat))?;
                    stop(&mut run, stopped, race.step_count(heat));
                }
                race.add_train_seconds(heat, started.elapsed().as_secs_f64());
            }
            Order::Evaluate { heat } => {
                run.points.push(block_on(race.evaluate(heat))?);
                // Evaluating may have found that the last step drove a lane out of range.
                let stopped = block_on(race.settle(heat))?;
                stop(&mut run, stopped, race.step_count(heat));
            }
            Order::Report { .. } => {}
            Order::Finished => {
                let left = spec.schedule.steps.saturating_sub(race.step_count(0));
                progress(lanes * u64::from(left));
                if let Some(measure) = by {
                    run.scores = block_on(race.class_scores(0, measure))?;
                }
                return Ok(run);
            }
            order @ (Order::Nap { .. } | Order::Paused { .. } | Order::Wait) => {
                unreachable!("{order:?}, but this race has no pace, no stop mark and plays")
            }
        }
    }
}

fn stop(run: &mut HeatRun, lanes: Vec<usize>, step: u32) {
    run.stopped
        .extend(lanes.into_iter().map(|lane| (lane, step)));
}

/// Puts the lanes of `run` behind those that `heat` has. Where curves ended early, because all their lanes stopped, nothing
/// was measured of them any more.
fn merge(heat: &mut HeatRun, first_lane: usize, run: HeatRun) {
    heat.scores.extend(run.scores);
    heat.stopped.extend(
        run.stopped
            .iter()
            .map(|&(lane, step)| (first_lane + lane, step)),
    );
    if first_lane == 0 {
        heat.points = run.points;
        return;
    }
    let (before, after) = (std::mem::take(&mut heat.points), run.points);
    let longer = before.len().max(after.len());
    heat.points = (0..longer)
        .map(|index| {
            let (mut point, other) = (at(&before, index), at(&after, index));
            (point.step, point.samples) =
                (point.step.max(other.step), point.samples.max(other.samples));
            point.train_seconds += other.train_seconds;
            point.lanes.extend(other.lanes);
            point
        })
        .collect();
}

/// A point of a curve, or of what it comes to after its end: no time passes, and no lane has values.
fn at(points: &[CurvePoint], index: usize) -> CurvePoint {
    let last = points
        .last()
        .expect("every unit is evaluated before its first step");
    points.get(index).cloned().unwrap_or_else(|| CurvePoint {
        lanes: vec![None; last.lanes.len()],
        ..last.clone()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{EvaluateOn, Experiment, SamplerSpec};
    use crate::record::LanePoint;

    fn small() -> (RaceSpec, Dataset) {
        let mut experiment = Experiment::small();
        experiment.schedule.steps = 6;
        experiment.seeds = 7;
        let dataset = Dataset::open(&experiment.data, None).unwrap();
        (experiment.race(EvaluateOn::Test), dataset)
    }

    #[test]
    fn curves_do_not_depend_on_the_threads() {
        let (spec, dataset) = small();
        let counted = AtomicUsize::new(0);
        let count = |steps: u64| {
            counted.fetch_add(steps as usize, Ordering::Relaxed);
        };
        let mut runs: Vec<Vec<HeatRun>> = [1, 3]
            .map(|threads| run(&spec, &dataset, threads, &count).unwrap())
            .into();
        assert_eq!(
            counted.load(Ordering::Relaxed) as u64,
            2 * lane_steps(&spec)
        );
        for heat in runs.iter_mut().flatten() {
            assert_eq!(
                heat.points
                    .iter()
                    .map(|point| point.step)
                    .collect::<Vec<_>>(),
                spec.evaluate_at
            );
            assert!(heat.points.iter().all(|point| point.lanes.len() == 7));
            assert!(heat.points.last().unwrap().train_seconds > 0.0);
            heat.points
                .iter_mut()
                .for_each(|point| point.train_seconds = 0.0);
        }
        assert_eq!(runs[0], runs[1]);
    }

    /// Taken together, the classes are the curve's last point.
    #[test]
    fn the_classes_of_each_lane_are_its_last_point() {
        let (mut spec, dataset) = small();
        spec.heats[1].lanes[6].lr = 1e38;
        for measure in Measure::ranking() {
            let heats = run_scored(&spec, &dataset, 2, Some(measure), &|_| {}).unwrap();
            for heat in &heats {
                let last = heat.points.last().unwrap();
                assert_eq!(heat.scores.len(), 7);
                for (lane, scores) in heat.scores.iter().enumerate() {
                    let Some(scores) = scores else {
                        assert_eq!(last.lanes[lane], None);
                        continue;
                    };
                    let sum: f64 = scores.iter().map(|class| class.sum).sum();
                    let queries: usize = scores.iter().map(|class| class.queries).sum();
                    let value = last.get(lane, measure).unwrap();
                    assert!((sum / queries as f64 - value).abs() < 1e-6);
                    assert_eq!((scores.len(), queries), (5, 30));
                }
            }
            assert!(heats[1].scores[6].is_none() && heats[0].scores[6].is_some());
        }
    }

    #[test]
    fn a_lane_that_fails_is_told_and_keeps_its_place() {
        let (mut spec, dataset) = small();
        // Not a number an experiment may hold, but what a diverging run comes to.
        spec.heats[0].lanes[6].lr = 1e38;
        let heats = run(&spec, &dataset, 2, &|_| {}).unwrap();
        assert!(
            heats[0].stopped.iter().any(|&(lane, _)| lane == 6),
            "{:?}",
            heats[0].stopped
        );
        assert!(heats[0].points.iter().all(|point| point.lanes.len() == 7));
        let last = heats[0].points.last().unwrap();
        assert_eq!(last.lanes[6], None, "nothing is measured of it any more");
        assert!(last.lanes[..6].iter().all(Option::is_some));
        assert!(heats[1].stopped.is_empty());
    }

    #[test]
    fn curves_that_ended_are_not_continued_with_old_values() {
        let point = |step: u32, value: Option<f32>| CurvePoint {
            step,
            train_seconds: f64::from(step),
            samples: u64::from(step) * 12,
            lanes: vec![value.map(|value| LanePoint::default().with(Measure::MapAtR, value))],
        };
        let mut heat = HeatRun {
            points: vec![
                point(0, Some(0.1)),
                point(2, Some(0.2)),
                point(6, Some(0.3)),
            ],
            ..HeatRun::default()
        };
        let ended = HeatRun {
            points: vec![point(0, Some(0.1)), point(2, None)],
            stopped: vec![(0, 2)],
            scores: Vec::new(),
        };
        merge(&mut heat, 1, ended);
        assert_eq!(heat.stopped, [(1, 2)]);
        let last = heat.points.last().unwrap();
        assert_eq!((last.step, last.samples), (6, 72));
        assert_eq!(
            last.train_seconds, 8.0,
            "the time of the one that ended stands still"
        );
        assert_eq!(last.get(0, Measure::MapAtR), Some(f64::from(0.3f32)));
        assert_eq!(last.lanes[1], None);
    }

    #[test]
    fn settings_that_make_no_race_are_an_error() {
        let (mut spec, dataset) = small();
        spec.sampler = SamplerSpec::Shuffled { batch: 5000 };
        assert!(run(&spec, &dataset, 2, &|_| {}).is_err());
    }
}
