//! Makes a film of a race: its curves, and the pictures of its embeddings while it trains, as the page makes them.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use clap::Args;
use pollster::block_on;

use super::run::HeatRun;
use super::{CliError, ConditionArgs, check, machine, print};
use crate::data::Dataset;
use crate::device;
use crate::experiment::{EvaluateOn, Experiment, RaceSpec};
use crate::record::film::View;
use crate::record::{Film, Frame, Recording};
use crate::train::{Race, Samples, TrainError};

/// Frames of a whole race, about: with more it would be hardly smoother, since the page lets points glide between them.
const FRAMES: u32 = 75;

#[derive(Debug, Args)]
pub struct FilmArgs {
    #[command(flatten)]
    conditions: ConditionArgs,
    /// Seeds per loss, 1 to 20; the frames show the first
    #[arg(long)]
    seeds: Option<String>,
    /// Where to write the film, such as assets/films/opening.kyori
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Races, and writes the film.
///
/// # Errors
/// Where the settings make no race, training fails, or the file cannot be written.
pub fn command(args: &FilmArgs) -> Result<ExitCode, CliError> {
    let mut experiment = args.conditions.experiment()?;
    if let Some(seeds) = &args.seeds {
        experiment.read_setting("seeds", seeds)?;
    }
    check(&experiment)?;
    let dataset = args.conditions.open(&experiment.data)?;
    let started = Instant::now();
    let film = film(&experiment, &dataset, args.conditions.threads())?;
    let file = film.encode();
    let path = &args.out;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|cause| CliError::file(folder, cause))?;
    }
    std::fs::write(path, &file).map_err(|cause| CliError::file(path, cause))?;
    let frames: Vec<usize> = film.frames.iter().map(Vec::len).collect();
    print(&format!(
        "{}: {} bytes, frames of each loss {frames:?}, {:.1} s\n#{}\n",
        path.display(),
        file.len(),
        started.elapsed().as_secs_f64(),
        experiment.to_fragment()
    ));
    Ok(ExitCode::SUCCESS)
}

/// The race of an experiment as a film. But for the seconds that training took, it is the same each time.
///
/// # Errors
/// The first [`TrainError`] of any loss.
pub fn film(
    experiment: &Experiment,
    dataset: &Dataset,
    threads: usize,
) -> Result<Film, TrainError> {
    let spec = experiment.race(EvaluateOn::Test);
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<Option<Result<Filmed, TrainError>>>> =
        Mutex::new(spec.heats.iter().map(|_| None).collect());
    std::thread::scope(|scope| {
        for _ in 0..threads.clamp(1, spec.heats.len().max(1)) {
            scope.spawn(|| {
                let (device, _) = device::cpu();
                let samples = Samples::new(dataset, &device);
                loop {
                    let heat = next.fetch_add(1, Ordering::Relaxed);
                    let Some(of) = spec.heats.get(heat) else {
                        return;
                    };
                    let alone = RaceSpec {
                        heats: vec![of.clone()],
                        ..spec.clone()
                    };
                    let race = Race::new(&alone, dataset, &samples, &device);
                    let filmed = race.and_then(|race| filmed(&alone, race, heat));
                    done.lock().unwrap_or_else(PoisonError::into_inner)[heat] = Some(filmed);
                }
            });
        }
    });
    let mut recording = Recording::new(experiment, &format!("CPU, native ({})", machine()));
    let (mut view, mut frames) = (Vec::new(), Vec::new());
    let done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    for (heat, filmed) in recording.heats.iter_mut().zip(done) {
        let filmed = filmed.expect("each loss was raced by one of the threads")?;
        (heat.points, heat.stopped) = (filmed.run.points, filmed.run.stopped);
        frames.push(filmed.frames);
        view = filmed.view;
    }
    Ok(Film {
        recording,
        view: View::of(&view, Some(dataset)),
        frames,
    })
}

/// One loss of it.
struct Filmed {
    run: HeatRun,
    frames: Vec<Frame>,
    view: Vec<u32>,
}

/// Trains the only heat of a race to its end; frames say that they are of this one.
fn filmed(spec: &RaceSpec, mut race: Race, heat: usize) -> Result<Filmed, TrainError> {
    let mut run = HeatRun::default();
    let mut frames = Vec::new();
    let every = spec.schedule.steps.div_ceil(FRAMES).max(1);
    loop {
        let step = race.step_count(0);
        let due = race.evaluation_due(0);
        if due {
            stop(&mut run, &mut race)?;
            run.points.push(block_on(race.evaluate(0))?);
            // Evaluating may have found that the last step drove a lane out of range.
            stop(&mut run, &mut race)?;
        }
        if due || step.is_multiple_of(every) {
            let mut frame = block_on(race.frame(0))?;
            frame.header.heat = heat;
            frames.push(frame);
        }
        if race.is_finished(0) {
            let view = race.view().to_vec();
            return Ok(Filmed { run, frames, view });
        }
        let started = Instant::now();
        race.step(0);
        if race.evaluation_due(0) {
            stop(&mut run, &mut race)?;
        }
        race.add_train_seconds(0, started.elapsed().as_secs_f64());
    }
}

/// Waits for the steps, and notes the lanes that they ended.
fn stop(run: &mut HeatRun, race: &mut Race) -> Result<(), TrainError> {
    let lanes = block_on(race.settle(0))?;
    let step = race.step_count(0);
    run.stopped
        .extend(lanes.into_iter().map(|lane| (lane, step)));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn small() -> (Experiment, Dataset) {
        let mut experiment = Experiment::small();
        experiment.schedule.steps = 12;
        experiment.seeds = 2;
        let dataset = Dataset::open(&experiment.data, None).unwrap();
        (experiment, dataset)
    }

    fn without_seconds(mut film: Film) -> Film {
        let heats = film.recording.heats.iter_mut();
        heats
            .flat_map(|heat| &mut heat.points)
            .for_each(|point| point.train_seconds = 0.0);
        film
    }

    #[test]
    fn a_film_has_a_frame_at_each_evaluation_and_is_the_same_each_time() {
        let (experiment, dataset) = small();
        let made = film(&experiment, &dataset, 2).unwrap();
        assert_eq!(made.recording.experiment, experiment);
        for (index, heat) in made.recording.heats.iter().enumerate() {
            let frames = &made.frames[index];
            let shown = |step: u32| frames.iter().any(|frame| frame.header.step == step);
            assert!(heat.points.len() > 5 && heat.points.iter().all(|point| shown(point.step)));
            assert!(frames.iter().all(|frame| frame.header.heat == index));
            let moved = frames[0].coordinates != frames[frames.len() - 1].coordinates;
            assert!(moved, "nothing moves in the pictures of loss {index}");
        }
        assert!(made.view.samples.len() > 10);
        let again = film(&experiment, &dataset, 1).unwrap();
        assert_eq!(without_seconds(again), without_seconds(made.clone()));
        let read = Film::decode(&made.encode()).unwrap();
        assert_eq!(read.recording, made.recording);
    }

    #[test]
    fn the_curves_are_those_of_a_race() {
        let (experiment, dataset) = small();
        let made = without_seconds(film(&experiment, &dataset, 2).unwrap());
        let race = super::super::run::run(&experiment.race(EvaluateOn::Test), &dataset, 2, &|_| {});
        for (heat, mut run) in made.recording.heats.iter().zip(race.unwrap()) {
            run.points
                .iter_mut()
                .for_each(|point| point.train_seconds = 0.0);
            assert_eq!(heat.points, run.points);
        }
    }

    /// The page shows it before anything has been trained, in the place of the race that it opens with.
    #[test]
    fn the_opening_film_is_of_the_default_race() {
        const OPENING: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/films/opening.kyori");
        let file = std::fs::read(OPENING).expect("it is in the repository");
        let made = Film::decode(&file).unwrap();
        let experiment = Experiment::default_preset();
        assert_eq!(
            made.recording.experiment,
            experiment,
            "the default race is another now; `kyori film --preset {} --out {OPENING}` makes its film",
            crate::experiment::presets()[0].id,
        );
        assert!(file.len() < 400_000, "{} bytes", file.len());
        assert!(made.view.pictures.is_some());
        let steps = experiment.schedule.steps;
        for (heat, frames) in made.recording.heats.iter().zip(&made.frames) {
            let last = heat.points.last().expect("it was evaluated").step;
            assert_eq!(last, steps);
            assert!(frames.len() >= 50 && frames[frames.len() - 1].header.step == steps);
        }
    }
}
