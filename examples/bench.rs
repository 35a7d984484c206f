//! Times workload W on this machine's CPU: MLP 784→256→64, Proxy Anchor, 100 classes, batch 100, AdamW, 3,000 samples.
//! Prints one JSON object for each number of lanes that it is given. `cargo xtask bench` runs it.

use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use kyori::data::Dataset;
use kyori::device;
use kyori::experiment::{
    DataSpec, EvaluateOn, HeatSpec, LaneSpec, NetSpec, RaceSpec, SamplerSpec, Schedule, SyntheticSpec,
};
use kyori::loss::LossKind;
use kyori::train::{Race, Samples};

const BLOCK: usize = 20;
const SECONDS: f64 = 5.0;

/// Workload W. Of 165 classes with 30 samples each, 100 are for training.
fn workload(lanes: usize) -> RaceSpec {
    let data = SyntheticSpec { classes: 165, dim: 784, samples_per_class: 30, spread: 0.05, noise: 0.3, seed: 1 };
    let loss = LossKind::ProxyAnchor;
    let params: Vec<f32> = loss.info().params.iter().map(|param| param.default).collect();
    let lane = |seed| LaneSpec { seed, lr: 1e-3, proxy_lr_factor: 100.0, params: params.clone() };
    RaceSpec {
        data: DataSpec::Synthetic(data),
        sampler: SamplerSpec::Shuffled { batch: 100 },
        net: NetSpec { hidden: vec![256], dim: 64 },
        schedule: Schedule {
            steps: 1_000_000,
            warmup_steps: 0,
            decay_every: 0,
            decay: 1.0,
            weight_decay: 1e-4,
            clip_value: 0.0,
        },
        heats: vec![HeatSpec { loss, lanes: (1..=lanes as u64).map(lane).collect() }],
        label_noise: 0.0,
        evaluate_on: EvaluateOn::Test,
        evaluate_at: vec![0],
    }
}

/// The CPU's futures are ready when they are asked.
fn wait<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
        std::thread::yield_now();
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for argument in std::env::args().skip(1) {
        let lanes: usize = argument.parse()?;
        let spec = workload(lanes);
        let (device, report) = device::cpu();
        let dataset = Dataset::open(&spec.data, None)?;
        let samples = Samples::new(&dataset, &device);
        let start = Instant::now();
        let mut race = Race::new(&spec, &dataset, &samples, &device)?;
        race.step(0);
        wait(race.settle(0))?;
        let first_ms = start.elapsed().as_secs_f64() * 1e3;

        let mut blocks = Vec::new();
        let start = Instant::now();
        while start.elapsed().as_secs_f64() < SECONDS || blocks.len() < 4 {
            let start = Instant::now();
            for _ in 0..BLOCK {
                race.step(0);
            }
            wait(race.settle(0))?;
            blocks.push(start.elapsed().as_secs_f64() * 1e3 / BLOCK as f64);
        }
        // The first block warms up.
        blocks.remove(0);
        blocks.sort_by(f64::total_cmp);
        let (min, median, max) = (blocks[0], blocks[blocks.len() / 2], blocks[blocks.len() - 1]);
        let result = serde_json::json!({
            "engine": "native",
            "device": report.name,
            "lanes": lanes,
            "steps": blocks.len() * BLOCK,
            "step_ms": median,
            "step_ms_min": min,
            "step_ms_max": max,
            "first_loss_ms": { "first": first_ms },
        });
        println!("{result}");
    }
    Ok(())
}
