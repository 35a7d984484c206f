//! Times workload W on this machine's CPU: MLP 784→256→64, Proxy Anchor, 100 classes, batch 100, AdamW, 3,000 samples.
//! Prints one JSON object for each number of lanes that it is given; given `losses`, one for each loss, with one lane and
//! batches of 90; given `nets`, one for each kind of network with one lane and with ten, on glyphs with batches of 60; given
//! `evaluation`, what evaluating costs beside training in every preset's race; given `inside`, what one look inside costs beside one step, for
//! every loss on glyphs; given `default-race`, the race that the page opens with, for the browser to run. `cargo xtask bench` runs
//! it.

use std::time::Instant;

use kyori::data::{DataKind, Dataset};
use kyori::device;
use kyori::experiment::{
    Conditions, Convolution, DataSpec, EvaluateOn, Experiment, HeatSpec, LaneSpec, NetSpec,
    Protocol, RaceSpec, SamplerSpec, Schedule, SyntheticSpec, presets,
};
use kyori::loss::LossKind;
use kyori::train::{Race, Samples, TrainError, time_steps};
use pollster::block_on;

const BLOCK: u32 = 20;
const SECONDS: f64 = 5.0;
/// Rounds over all losses, and steps of each in a round: what the machine does meanwhile hits all alike.
const ROUNDS: usize = 9;
const ROUND_STEPS: u32 = 5;

/// Workload W. Of 165 classes with 30 samples each, 100 are for training.
fn workload(loss: LossKind, batch: usize, lanes: usize) -> RaceSpec {
    let data = SyntheticSpec {
        classes: 165,
        dim: 784,
        samples_per_class: 30,
        spread: 0.05,
        noise: 0.3,
        seed: 1,
    };
    let lane = |seed| LaneSpec {
        seed,
        lr: 1e-3,
        proxy_lr_factor: 100.0,
        params: loss.info().defaults(),
    };
    RaceSpec {
        conditions: Conditions {
            data: DataSpec::Synthetic(data),
            sampler: SamplerSpec::Shuffled { batch },
            net: NetSpec::mlp(&[256], 64),
            schedule: Schedule {
                steps: 1_000_000,
                ..Schedule::default()
            },
            ..Conditions::default()
        },
        heats: vec![HeatSpec {
            loss,
            lanes: (1..=lanes as u64).map(lane).collect(),
        }],
        evaluate_on: EvaluateOn::Test,
        evaluate_at: vec![0],
    }
}

/// Milliseconds that so many steps of a race take.
fn timed(race: &mut Race, steps: u32) -> Result<f64, TrainError> {
    let clock = Instant::now();
    block_on(time_steps(race, steps, || {
        clock.elapsed().as_secs_f64() * 1e3
    }))
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "losses" => {
                losses()?;
                continue;
            }
            "nets" => {
                nets()?;
                continue;
            }
            "evaluation" => {
                evaluations()?;
                continue;
            }
            "inside" => {
                inside()?;
                continue;
            }
            "default-race" => {
                let race = Experiment::default_preset().race(EvaluateOn::Test);
                println!("{}", serde_json::to_string(&race)?);
                continue;
            }
            _ => {}
        }
        let lanes: usize = argument.parse()?;
        let spec = workload(LossKind::ProxyAnchor, 100, lanes);
        let (device, report) = device::cpu();
        let dataset = Dataset::open(&spec.data, None)?;
        let samples = Samples::new(&dataset, &device);
        let start = Instant::now();
        let mut race = Race::new(&spec, &dataset, &samples, &device)?;
        timed(&mut race, 1)?;
        let first_ms = start.elapsed().as_secs_f64() * 1e3;

        let mut blocks = Vec::new();
        let start = Instant::now();
        while start.elapsed().as_secs_f64() < SECONDS || blocks.len() < 4 {
            blocks.push(timed(&mut race, BLOCK)? / f64::from(BLOCK));
        }
        // The first block warms up.
        blocks.remove(0);
        blocks.sort_by(f64::total_cmp);
        let (min, median, max) = (
            blocks[0],
            blocks[blocks.len() / 2],
            blocks[blocks.len() - 1],
        );
        let result = serde_json::json!({
            "engine": "native",
            "device": report.name,
            "lanes": lanes,
            "steps": blocks.len() * BLOCK as usize,
            "step_ms": median,
            "step_ms_min": min,
            "step_ms_max": max,
            "first_loss_ms": { "first": first_ms },
        });
        println!("{result}");
    }
    Ok(())
}

/// The step of every loss, and how many times that of Proxy Anchor it is, round by round.
fn losses() -> Result<(), Box<dyn std::error::Error>> {
    let (device, _) = device::cpu();
    let dataset = Dataset::open(&workload(LossKind::ProxyAnchor, 90, 1).data, None)?;
    let samples = Samples::new(&dataset, &device);
    let mut races = LossKind::ALL
        .iter()
        .map(|&loss| Race::new(&workload(loss, 90, 1), &dataset, &samples, &device))
        .collect::<Result<Vec<_>, _>>()?;
    let times = rounds(&mut races)?;
    let anchor = LossKind::ALL
        .iter()
        .position(|&loss| loss == LossKind::ProxyAnchor)
        .unwrap_or_default();
    for (loss, own) in LossKind::ALL.iter().zip(&times) {
        let result = serde_json::json!({
            "loss": loss.info().name,
            "step_ms": median(own.clone()),
            "times_proxy_anchor": median(ratios(own, &times[anchor])),
        });
        println!("{result}");
    }
    Ok(())
}

/// The step of every kind of network on glyphs, and how many times that of the MLP it is, round by round.
fn nets() -> Result<(), Box<dyn std::error::Error>> {
    let (device, _) = device::cpu();
    let glyphs = DataKind::Glyphs.spec();
    let file = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/glyphs.bin"))?;
    let dataset = Dataset::open(&glyphs, Some(&file))?;
    let samples = Samples::new(&dataset, &device);
    let convolutional = |kind| NetSpec::convolutional(kind, 64);
    let nets: Vec<NetSpec> = std::iter::once(NetSpec::mlp(&[128], 64))
        .chain(Convolution::ALL.map(convolutional))
        .collect();
    for lanes in [1, 10] {
        let mut races = Vec::new();
        for net in &nets {
            let mut spec = workload(LossKind::ProxyAnchor, 60, lanes);
            (spec.data, spec.net) = (glyphs.clone(), net.clone());
            races.push(Race::new(&spec, &dataset, &samples, &device)?);
        }
        let times = rounds(&mut races)?;
        for (net, own) in nets.iter().zip(&times) {
            let result = serde_json::json!({
                "net": net.id(),
                "lanes": lanes,
                "step_ms": median(own.clone()),
                "times_mlp": median(ratios(own, &times[0])),
            });
            println!("{result}");
        }
    }
    Ok(())
}

/// What one look inside costs beside one step: every loss in the default race's conditions, one lane, after a few steps.
fn inside() -> Result<(), Box<dyn std::error::Error>> {
    let (device, _) = device::cpu();
    let glyphs = DataKind::Glyphs.spec();
    let file = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/glyphs.bin"))?;
    let dataset = Dataset::open(&glyphs, Some(&file))?;
    let samples = Samples::new(&dataset, &device);
    for &loss in LossKind::ALL {
        let mut spec = workload(loss, 90, 1);
        spec.conditions = Experiment::default_preset().conditions.clone();
        let mut race = Race::new(&spec, &dataset, &samples, &device)?;
        let untrained = block_on(race.look_inside(0, 0))?.header.census;
        timed(&mut race, BLOCK)?;
        let (mut looks, mut steps) = (Vec::new(), Vec::new());
        for _ in 0..BLOCK {
            let start = Instant::now();
            block_on(race.look_inside(0, 0))?;
            looks.push(start.elapsed().as_secs_f64() * 1e3);
            steps.push(timed(&mut race, 1)?);
        }
        let seen = block_on(race.look_inside(0, 0))?;
        let census = &seen.header.census;
        let result = serde_json::json!({
            "loss": loss.info().name,
            "look_ms": median(looks),
            "step_ms": median(steps),
            "kilobytes": seen.floats().len() * 4 / 1000,
            "valid": census.valid,
            "acting": census.acting,
            "mean_cosine": [untrained.mean_cosine, census.mean_cosine],
            "hardest_share": [census.pull.hardest_share(), census.push.hardest_share()],
        });
        println!("{result}");
    }
    Ok(())
}

/// What evaluating costs beside training: the first loss of every preset, five lanes on one core.
fn evaluations() -> Result<(), Box<dyn std::error::Error>> {
    let (device, _) = device::cpu();
    for preset in presets() {
        let mut experiment = preset.experiment(Protocol::Matched);
        experiment.seeds = 5;
        experiment.entries.truncate(1);
        let spec = experiment.race(EvaluateOn::Test);
        let file = spec.data.source().file().map(|file| {
            std::fs::read(
                std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
                    .join("assets")
                    .join(file),
            )
        });
        let dataset = Dataset::open(&spec.data, file.transpose()?.as_deref())?;
        let samples = Samples::new(&dataset, &device);
        let mut race = Race::new(&spec, &dataset, &samples, &device)?;
        let (mut steps, mut each) = (Vec::new(), Vec::new());
        for round in 0..=ROUNDS {
            let step = timed(&mut race, ROUND_STEPS)? / f64::from(ROUND_STEPS);
            let clock = Instant::now();
            let point = block_on(race.evaluate(0))?;
            let evaluation = clock.elapsed().as_secs_f64() * 1e3;
            assert_eq!(point.lanes.len(), 5);
            // The first round warms up.
            if round > 0 {
                steps.push(step);
                each.push(evaluation);
            }
        }
        let evaluation_ms = median(each) * spec.evaluate_at.len() as f64;
        let train_ms = median(steps) * f64::from(spec.schedule.steps);
        let result = serde_json::json!({
            "preset": preset.id,
            "evaluations": spec.evaluate_at.len(),
            "pictures": race.evaluation().len(),
            "evaluation_ms": evaluation_ms,
            "train_ms": train_ms,
        });
        println!("{result}");
    }
    Ok(())
}

/// Milliseconds of a step of each race, round by round.
fn rounds(races: &mut [Race]) -> Result<Vec<Vec<f64>>, TrainError> {
    let mut times = vec![Vec::new(); races.len()];
    for round in 0..=ROUNDS {
        for (race, times) in races.iter_mut().zip(&mut times) {
            let milliseconds = timed(race, ROUND_STEPS)?;
            // The first round warms up.
            if round > 0 {
                times.push(milliseconds / f64::from(ROUND_STEPS));
            }
        }
    }
    Ok(times)
}

/// How many times as long, round by round.
fn ratios(own: &[f64], other: &[f64]) -> Vec<f64> {
    own.iter()
        .zip(other)
        .map(|(own, other)| own / other)
        .collect()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
