//! Builds the network that a race can start from.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::Args;
use clap::builder::PossibleValuesParser;
use pollster::block_on;

use super::{CliError, machine, open, print};
use crate::data::{Dataset, GlyphSpec, MOST_CLASSES_PRETRAINED};
use crate::device;
use crate::experiment::{Convolution, DataSpec, EvaluateOn, Experiment, RaceSpec, Start};
use crate::record::Measure;
use crate::train::{Backbone, Pretraining, Race, Samples, TrainError, pretrain};

/// Seeds of the comparison with a start from scratch, and the step that it ends at.
const SEEDS: usize = 5;
const STEPS: u32 = 20;

#[derive(Debug, Args)]
pub struct PretrainArgs {
    /// Whose first layer: that of the MLP, or a convolution
    #[arg(long, value_parser = nets(), default_value = "mlp")]
    net: String,
    /// Training steps
    #[arg(long, default_value_t = Pretraining::of(None).steps)]
    steps: u32,
    /// Learning rate; the best of a few for that network where it is not given
    #[arg(long)]
    lr: Option<f32>,
    /// Of the network and of the batches
    #[arg(long, default_value_t = Pretraining::of(None).seed)]
    seed: u64,
    /// Where to write the layer, such as assets/backbone.bin or assets/backbone-conv5s2c16p2.bin; it is compiled in, so compile again
    #[arg(long, value_name = "FILE")]
    write: Option<PathBuf>,
    /// Folder of the data sets
    #[arg(long, default_value = super::ASSETS)]
    assets: PathBuf,
}

/// The kinds of network.
fn nets() -> PossibleValuesParser {
    let convolutions = Convolution::ALL.map(Convolution::id);
    PossibleValuesParser::new(std::iter::once("mlp").chain(convolutions))
}

/// MAP@R on the validation classes before the first and after the last step, mean over the seeds.
fn ends(
    backbone: Option<&Backbone>,
    spec: &RaceSpec,
    dataset: &Dataset,
    samples: &Samples,
) -> Result<[f32; 2], TrainError> {
    let (device, _) = device::cpu();
    let mut race = Race::starting_from(backbone, spec, dataset, samples, &device)?;
    let mean = |race: &mut Race| -> Result<f32, TrainError> {
        block_on(race.settle(0))?;
        let point = block_on(race.evaluate(0))?;
        Ok(point
            .interval(Measure::MapAtR)
            .map_or(f32::NAN, |interval| interval.mean as f32))
    };
    let before = mean(&mut race)?;
    while !race.is_finished(0) {
        race.step(0);
    }
    Ok([before, mean(&mut race)?])
}

/// Pre-trains, writes the layer, and says how far it gets on validation classes.
///
/// # Errors
/// Where the glyphs cannot be opened, training fails, or the file cannot be written.
pub fn command(args: &PretrainArgs) -> Result<ExitCode, CliError> {
    let data = DataSpec::Glyphs(GlyphSpec {
        train_classes: MOST_CLASSES_PRETRAINED,
    });
    let dataset = open(&args.assets, &data)?;
    let (device, _) = device::cpu();
    let started = Instant::now();
    let usual = Pretraining::of(Convolution::from_id(&args.net));
    let how = Pretraining {
        steps: args.steps,
        lr: args.lr.unwrap_or(usual.lr),
        seed: args.seed,
        ..usual
    };
    let file = block_on(pretrain(&dataset, how, &device))?
        .encode()
        .map_err(TrainError::from)?;
    let seconds = started.elapsed().as_secs_f64();
    if let Some(path) = &args.write {
        std::fs::write(path, &file).map_err(|cause| CliError::file(path, cause))?;
    }
    // What is measured is what the file says.
    let backbone = Backbone::decode(&file).map_err(TrainError::from)?;
    let names = backbone
        .classes
        .iter()
        .filter_map(|&class| dataset.class_names.get(class as usize));
    print(&format!(
        "{}\nClasses: {}\n{} bytes, {seconds:.1} s on {}\n",
        backbone.about,
        names.cloned().collect::<String>(),
        file.len(),
        machine()
    ));

    let mut experiment = Experiment::default_preset();
    (experiment.data, experiment.start) = (data, Start::Pretrained);
    experiment.read_setting("net", &args.net)?;
    experiment.entries.truncate(1);
    (experiment.seeds, experiment.schedule.steps) = (SEEDS, STEPS);
    let spec = experiment.race(EvaluateOn::Validation);
    let samples = Samples::new(&dataset, &device);
    let [scratch, pretrained] =
        [None, Some(&backbone)].map(|backbone| ends(backbone, &spec, &dataset, &samples));
    let ([scratch_before, scratch_after], [before, after]) = (scratch?, pretrained?);
    print(&format!(
        "MAP@R of validation classes, mean of {SEEDS} seeds: untrained {before:.3} (from scratch {scratch_before:.3}), \
         after {STEPS} steps of {} {after:.3} ({scratch_after:.3})\n",
        experiment.entries[0].loss.info().name
    ));
    Ok(ExitCode::SUCCESS)
}
