//! Trains one loss on this machine's CPU and prints how well it finds classes that it has never seen.
//!
//! `cargo run --release --example train_one_loss`

use std::path::Path;

use kyori::cli::run;
use kyori::data::Dataset;
use kyori::experiment::{EvaluateOn, Experiment};
use kyori::loss::LossKind;
use kyori::record::Measure;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // What the page opens with, but for one loss, four networks and fewer steps.
    let mut experiment = Experiment::default_preset();
    experiment
        .entries
        .retain(|entry| entry.loss == LossKind::ProxyAnchor);
    experiment.seeds = 4;
    experiment.schedule.steps = 200;

    // Glyphs: pictures of characters. Classes of the test part are never trained on.
    let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets");
    let source = experiment.data.source();
    let bytes = source.file().map(|name| std::fs::read(assets.join(name)));
    let dataset = Dataset::open(&experiment.data, bytes.transpose()?.as_deref())?;

    // One lane for each seed, trained together in one graph.
    let race = experiment.race(EvaluateOn::Test);
    let heats = run::run(&race, &dataset, run::cores(), &|_| {})?;
    for point in &heats[0].points {
        // The mean over the seeds.
        let recall = point
            .interval(Measure::RecallAt1)
            .map_or(f64::NAN, |seeds| seeds.mean);
        println!("step {:3}: Recall@1 {:.1} %", point.step, 100.0 * recall);
    }
    Ok(())
}
