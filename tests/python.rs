//! Exported scripts, run by PyTorch and pytorch-metric-learning. `cargo xtask test` installs these and runs the tests;
//! by hand: `KYORI_PYTHON=python3 cargo test --release --test python -- --ignored --nocapture`.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, reason = "what is wrong in a test shows at once")]

use std::path::{Path, PathBuf};
use std::process::Command;

use kyori::cli::run;
use kyori::data::{Dataset, GlyphSpec, MOST_CLASSES_PRETRAINED};
use kyori::experiment::{
    Convolution, DataSpec, Entry, EvaluateOn, Experiment, Memory, NetSpec, Protocol, SamplerSpec,
    Start,
};
use kyori::loss::LossKind;
use kyori::record::Measure;
use kyori::record::stats::mean_ci;

/// MAP@R on unseen classes of one loss and seed at one step.
struct Found {
    loss: String,
    step: u32,
    map_at_r: f64,
}

fn assets() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets")
}

fn open(experiment: &Experiment) -> Dataset {
    let source = experiment.data.source();
    let file = source
        .file()
        .map(|name| std::fs::read(assets().join(name)).unwrap());
    Dataset::open(&experiment.data, file.as_deref()).unwrap()
}

/// Runs an experiment's script beside the files that it reads.
fn run_script(name: &str, experiment: &Experiment) -> Vec<Found> {
    let python = std::env::var("KYORI_PYTHON")
        .expect("KYORI_PYTHON names a Python with pytorch-metric-learning");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).unwrap();
    for file in experiment.python_files() {
        std::fs::copy(assets().join(&file), folder.join(&file)).unwrap();
    }
    std::fs::write(
        folder.join("kyori_race.py"),
        experiment.to_python(&open(experiment)).unwrap(),
    )
    .unwrap();
    let output = Command::new(python)
        .arg("kyori_race.py")
        .current_dir(&folder)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let mut reader = csv::Reader::from_reader(output.stdout.as_slice());
    assert_eq!(
        reader.headers().unwrap(),
        vec![
            "loss",
            "seed",
            "step",
            "train_seconds",
            "recall_at_1",
            "r_precision",
            "map_at_r"
        ]
    );
    let row = |row: csv::StringRecord| Found {
        loss: row[0].to_owned(),
        step: row[2].parse().unwrap(),
        map_at_r: row[6].parse().unwrap(),
    };
    reader
        .records()
        .map(|record| row(record.unwrap()))
        .collect()
}

/// That our curves of MAP@R and the script's have overlapping 95 % confidence bands at every evaluation.
fn agree(name: &str, experiment: &Experiment) {
    let theirs = run_script(name, experiment);
    let ours = run::run(
        &experiment.race(EvaluateOn::Test),
        &open(experiment),
        run::cores(),
        &|_| {},
    )
    .unwrap();
    for (entry, heat) in experiment.entries.iter().zip(ours) {
        let id = entry.loss.info().id;
        for point in &heat.points {
            let own: Vec<f64> = (0..point.lanes.len())
                .map(|lane| point.get(lane, Measure::MapAtR).unwrap())
                .collect();
            let same = |found: &&Found| found.loss == *id && found.step == point.step;
            let other: Vec<f64> = theirs
                .iter()
                .filter(same)
                .map(|found| found.map_at_r)
                .collect();
            assert_eq!(other.len(), experiment.seeds, "{id} at step {}", point.step);
            let (own, other) = (mean_ci(&own, 0.95).unwrap(), mean_ci(&other, 0.95).unwrap());
            let (ours, theirs) = (own.half.unwrap(), other.half.unwrap());
            println!(
                "{id} at step {}: {:.3} ± {ours:.3}, PyTorch {:.3} ± {theirs:.3}",
                point.step, own.mean, other.mean
            );
            let apart = (own.mean - other.mean).abs();
            assert!(
                apart <= ours + theirs,
                "{id} at step {}: the bands do not overlap",
                point.step
            );
            // And not because the bands are wide.
            assert!(
                ours < 0.05 && theirs < 0.05,
                "{id} at step {}: the bands are too wide to say",
                point.step
            );
        }
    }
}

#[test]
#[ignore = "needs Python with pytorch-metric-learning"]
fn the_script_of_the_default_race_agrees_within_the_confidence_bands() {
    // Some hundred pairs of bands are compared, and of those one in two hundred would part by chance: with many seeds,
    // what is left is less likely to be chance. Seeds of softmax differ most while it starts (standard deviation of its
    // MAP@R .08 at step 24): that many seeds make its bands narrow enough to tell.
    let mut experiment = Experiment::default_preset();
    (experiment.seeds, experiment.first_seed) = (24, 100);
    experiment.schedule.steps = 30;
    agree("default", &experiment);
}

#[test]
#[ignore = "needs Python with pytorch-metric-learning"]
fn so_does_a_balanced_race_with_wrong_labels_from_the_pretrained_network() {
    let mut experiment = Experiment::from_fragment("v=1").0;
    experiment.data = DataSpec::Glyphs(GlyphSpec {
        train_classes: MOST_CLASSES_PRETRAINED,
    });
    experiment.sampler = SamplerSpec::Balanced {
        classes: 20,
        samples: 3,
    };
    experiment.start = Start::Pretrained;
    experiment.label_noise = 0.2;
    experiment.seeds = 10;
    experiment.schedule.steps = 100;
    let losses = ["proxy-anchor", "contrastive"].map(|id| LossKind::from_id(id).unwrap());
    experiment.entries = losses
        .into_iter()
        .map(|loss| Entry::preset(loss, Protocol::Matched, &experiment.conditions))
        .collect();
    agree("pretrained", &experiment);
}

#[test]
#[ignore = "needs Python with pytorch-metric-learning"]
fn so_does_a_race_of_convolutional_networks() {
    let mut experiment = Experiment::from_fragment("v=1").0;
    experiment.seeds = 10;
    experiment.schedule.steps = 60;
    experiment.net = NetSpec::convolutional(Convolution::K5S2C16P2, 64);
    experiment.entries = ["proxy-anchor", "softmax"]
        .into_iter()
        .map(|id| {
            Entry::preset(
                LossKind::from_id(id).unwrap(),
                Protocol::Matched,
                &experiment.conditions,
            )
        })
        .collect();
    agree("convolutional", &experiment);
}

#[test]
#[ignore = "needs Python with pytorch-metric-learning"]
fn so_does_one_from_a_pretrained_convolution_with_moved_pictures() {
    let mut experiment = Experiment::from_fragment("v=1").0;
    experiment.data = DataSpec::Glyphs(GlyphSpec {
        train_classes: MOST_CLASSES_PRETRAINED,
    });
    experiment.start = Start::Pretrained;
    experiment.shift = 1;
    experiment.seeds = 10;
    experiment.schedule.steps = 30;
    experiment.net = NetSpec::convolutional(Convolution::K6S3C32P2, 64);
    experiment.entries.truncate(1);
    agree("pretrained-convolution", &experiment);
}

#[test]
#[ignore = "needs Python with pytorch-metric-learning"]
fn so_does_a_race_with_a_memory_of_earlier_batches() {
    let mut experiment = Experiment::from_fragment("v=1").0;
    experiment.sampler = SamplerSpec::Balanced {
        classes: 20,
        samples: 3,
    };
    experiment.memory = Memory {
        batches: 8,
        after: 5,
    };
    experiment.seeds = 6;
    experiment.schedule.steps = 30;
    let losses = ["contrastive", "multi-similarity-mined", "supcon"];
    experiment.entries = losses
        .into_iter()
        .map(|id| {
            Entry::preset(
                LossKind::from_id(id).unwrap(),
                Protocol::AsPublished,
                &experiment.conditions,
            )
        })
        .collect();
    agree("memory", &experiment);
}

#[test]
#[ignore = "needs Python with pytorch-metric-learning"]
fn every_loss_that_the_library_has_trains_in_a_script() {
    let mut experiment = Experiment::from_fragment("v=1").0;
    // So that those that can use a memory do, from the second step on.
    experiment.memory = Memory {
        batches: 2,
        after: 0,
    };
    experiment.sampler = SamplerSpec::Balanced {
        classes: 20,
        samples: 3,
    };
    experiment.seeds = 1;
    experiment.schedule.steps = 2;
    let all = LossKind::ALL
        .iter()
        .filter(|loss| loss.info().library.is_some());
    experiment.entries = all
        .map(|&loss| Entry::preset(loss, Protocol::AsPublished, &experiment.conditions))
        .collect();
    let found = run_script("every-loss", &experiment);
    // Before the first step and after each.
    assert_eq!(found.len(), 3 * experiment.entries.len());
    assert!(
        found
            .iter()
            .all(|found| (0.0..=1.0).contains(&found.map_at_r))
    );
}
