//! Times the training step natively: `cargo run --release --example step [-- lanes [loss …]]`.
//!
//! Workload W: MLP 784→256→64, 100 classes, batches of 100, AdamW, 3,000 samples in memory.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use burn::tensor::Device;
use kyori::data::Dataset;
use kyori::experiment::{
    DataSpec, EvaluateOn, HeatSpec, LaneSpec, NetSpec, RaceSpec, SamplerSpec, Schedule, SyntheticSpec,
};
use kyori::loss::LossKind;
use kyori::train::{Race, Samples};

/// The CPU backend's futures are ready at once.
fn ready<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => unreachable!("the CPU backend never waits"),
    }
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let lanes: usize = arguments.next().and_then(|lanes| lanes.parse().ok()).unwrap_or(1);
    let mut losses: Vec<LossKind> = arguments.filter_map(|id| LossKind::from_id(&id)).collect();
    if losses.is_empty() {
        losses = LossKind::ALL.to_vec();
    }
    let device = Device::flex();
    let data = DataSpec::Synthetic(SyntheticSpec {
        classes: 165,
        dim: 784,
        samples_per_class: 30,
        spread: 0.05,
        noise: 0.3,
        seed: 1,
    });
    let dataset = Dataset::open(&data, None).expect("workload W's data");
    let samples = Samples::new(&dataset, &device);
    println!("{:<28} {:>10} {:>10}", "loss", "ms a step", "a lane");
    for loss in losses {
        let lane = |seed| LaneSpec { seed, lr: 1e-3, proxy_lr_factor: 100.0, params: loss.info().defaults() };
        let spec = RaceSpec {
            data: data.clone(),
            sampler: SamplerSpec::Shuffled { batch: 100 },
            net: NetSpec { hidden: vec![256], dim: 64 },
            schedule: Schedule {
                steps: u32::MAX,
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
        };
        let mut race = Race::new(&spec, &dataset, &samples, &device).expect("workload W");
        let mut blocks: Vec<f64> = (0..12)
            .map(|_| {
                let start = Instant::now();
                for _ in 0..10 {
                    race.step(0);
                }
                ready(race.settle(0)).expect("the CPU answers");
                start.elapsed().as_secs_f64() * 100.0
            })
            .collect();
        blocks.sort_by(f64::total_cmp);
        let median = blocks[blocks.len() / 2];
        println!("{:<28} {median:>10.2} {:>10.2}   (least {:.2})", loss.info().id, median / lanes as f64, blocks[0]);
    }
}
