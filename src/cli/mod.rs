//! The command line: the page's engine and arithmetic without the page.

pub mod claims;
mod clock;
mod draws;
pub mod film;
mod flags;
pub mod pretrain;
pub mod run;
pub mod table;
pub mod verify;

use std::collections::HashSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use kyori_text::{LANGUAGES, Language, messages as text};

use self::flags::Flags;
use crate::data::{DataError, DataKind, DataSpec, Dataset, GlyphSpec};
use crate::experiment::{
    Entry, EvaluateOn, Experiment, ExportError, HeatSpec, Notice, Preset, Protocol, SamplerSpec,
    SettingError, SettingTextError, Start, presets, tune,
};
use crate::loss::LossKind;
use crate::random;
use crate::record::{
    Cell, HeatRecord, LaneScores, Measure, Recording, RecordingError, WinMap, bootstrap, remarks,
    wording,
};
use crate::train::TrainError;

/// Where the data sets are unless a flag says otherwise.
const ASSETS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/assets");

/// A command could not be carried out.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    #[error("{path}: {cause}")]
    File {
        path: PathBuf,
        cause: std::io::Error,
    },
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Settings(Vec<SettingError>),
    #[error(transparent)]
    Flag(#[from] SettingTextError),
    #[error("there is no loss `{id}`; there are: {known}")]
    Loss { id: String, known: String },
    #[error("there is no preset `{id}`; there are: {known}")]
    Preset { id: String, known: String },
    #[error("there is no claim `{id}`; there are: {known}")]
    Claim { id: String, known: String },
    #[error("the race of the claim `{claim}` has no curves of its losses")]
    NothingMeasured { claim: String },
    #[error(transparent)]
    Data(#[from] DataError),
    #[error(transparent)]
    Train(#[from] TrainError),
    #[error(transparent)]
    Recording(#[from] RecordingError),
    #[error(transparent)]
    Export(#[from] ExportError),
    #[error("{path} is not a table of settings: {cause}")]
    Table { path: PathBuf, cause: csv::Error },
    #[error(
        "the table of settings is for the conditions of presets, and these are no preset's; leave out --write"
    )]
    NoPreset,
    #[error("--area-to is {step}, and the race has {steps} steps")]
    AreaTo { step: u32, steps: u32 },
    #[error("--draws races matched settings of the table: leave out --link and other protocols")]
    DrawsOfMatched,
    #[error(
        "the table has one draw of a tuning for these conditions; `kyori tune --repeats 5 --write` writes more"
    )]
    OneDraw,
    #[error("{path} is not a map: {cause}")]
    Map {
        path: PathBuf,
        cause: serde_json::Error,
    },
    #[error(
        "these are not shards of one map: losses, trials, draws, seeds or samples differ, or a cell is there twice"
    )]
    Shards,
    #[error("the result cannot be written: {0}")]
    Json(#[from] serde_json::Error),
    #[error(
        "every trial of {loss} failed: its numbers left the range; its tuning range may be too wide"
    )]
    AllTrialsFailed { loss: &'static str },
}

impl CliError {
    pub(crate) fn file(path: &Path, cause: std::io::Error) -> Self {
        Self::File {
            path: path.to_owned(),
            cause,
        }
    }
}

/// Metric-learning losses side by side, natively.
#[derive(Debug, Parser)]
#[command(name = "kyori", version, about)]
struct Cli {
    /// Language of what is said of a race
    #[arg(long, global = true, value_parser = languages(), default_value = LANGUAGES[0].id)]
    lang: Language,
    #[command(subcommand)]
    command: Command,
}

/// A language by its id.
fn languages() -> impl TypedValueParser<Value = Language> {
    PossibleValuesParser::new(LANGUAGES.iter().map(|language| language.id))
        .map(|id| Language::built_in(&id).expect("it is one of the possible values"))
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Train losses under equal conditions and print who was how fast
    Race(RaceArgs),
    /// Give each loss the same number of random trials, scored on validation classes
    Tune(TuneArgs),
    /// Find the fastest loss over batch size, number of classes and kind of batch
    Map(MapArgs),
    /// Train the network that `--start pretrained` starts from, on classes that no such race sees
    Pretrain(pretrain::PretrainArgs),
    /// Race, and write curves and pictures as a film that the page plays
    Film(film::FilmArgs),
    /// Race what the project says of losses, and see whether it holds
    Claims(claims::ClaimsArgs),
    /// Print all losses as a Markdown table
    Losses,
    /// Check a folder of golden cases
    Verify { folder: PathBuf },
}

/// Everything that all losses of a race share.
#[derive(Debug, Args)]
struct ConditionArgs {
    /// Conditions to start from: paper, batch-60, batch-360, balanced, few-classes, noisy, pretrained, flat, digits, ablation
    #[arg(long, default_value = "paper")]
    preset: String,
    /// A link's part after `#`, as the page writes it; replaces preset, protocol and losses
    #[arg(long)]
    link: Option<String>,
    /// Losses, separated by commas; `all` is every one
    #[arg(long, value_delimiter = ',')]
    loss: Vec<String>,
    /// Where the losses' settings are from; if it is not given, from the preset where that has some, or else `matched`
    #[arg(long, value_enum)]
    protocol: Option<ProtocolArg>,
    #[command(flatten)]
    settings: Flags,
    /// Folder of the data sets
    #[arg(long, default_value = ASSETS)]
    assets: PathBuf,
    /// Cores to use; all by default
    #[arg(long)]
    threads: Option<usize>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ProtocolArg {
    Own,
    Matched,
    AsPublished,
}

/// A measure that losses can be timed by, in the command line's spelling.
fn measures() -> impl TypedValueParser<Value = Measure> {
    // clap keeps what may be given for as long as the program runs.
    let spelled = Measure::ranking().map(|measure| &*measure.id().replace('_', "-").leak());
    PossibleValuesParser::new(spelled)
        .map(|id| Measure::from_id(&id).expect("it is one of the possible values"))
}

#[derive(Debug, Args)]
struct RaceArgs {
    #[command(flatten)]
    conditions: ConditionArgs,
    /// Seeds per loss, 1 to 20
    #[arg(long)]
    seeds: Option<String>,
    /// Of initial weights and batches; the other seeds follow it
    #[arg(long)]
    first_seed: Option<String>,
    /// Which curve speed and verdict are of
    #[arg(long, value_parser = measures(), default_value = "map-at-r")]
    measure: Measure,
    /// Write every curve, with the settings
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Write every curve, one line a loss, seed and evaluation
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Write the same race as a script for PyTorch and pytorch-metric-learning
    #[arg(long, value_name = "FILE")]
    python: Option<PathBuf>,
    /// Take mean heights of curves up to this step instead of the last
    #[arg(long, value_name = "STEP", value_parser = clap::value_parser!(u32).range(1..))]
    area_to: Option<u32>,
    /// Print differences at the end with intervals over test classes too, which are resampled so many times
    #[arg(long, value_name = "RESAMPLES", conflicts_with = "draws", value_parser = clap::value_parser!(u32).range(100..=100_000))]
    bootstrap: Option<u32>,
    /// Race the winners of all draws of the tuning, each with seeds of its own; intervals are over draws
    #[arg(long, conflicts_with_all = ["csv", "python", "dry_run"])]
    draws: bool,
    /// Score on validation classes: for what is chosen by hand, so that the test classes judge it unseen. Files of curves
    /// do not say what they were scored on, so none are written
    #[arg(long, conflicts_with_all = ["json", "csv", "draws"])]
    validation: bool,
    /// Only write the files that need no training, and print the race's link
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, Args)]
struct TuneArgs {
    #[command(flatten)]
    conditions: ConditionArgs,
    /// Trials a loss, 8 to 64
    #[arg(long, default_value_t = 24)]
    trials: usize,
    /// Of the trials, of the network and of the batches; the other draws follow it
    #[arg(long, default_value_t = tune::FIRST_SEED)]
    seed: u64,
    /// Independent draws: other trials, other networks and batches
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=50))]
    repeats: u64,
    /// Write every trial with its curve
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Put the best settings into this table, such as assets/presets/settings.csv; what won the other draws goes into
    /// draws.csv beside it, and what each budget is worth into budgets.csv
    #[arg(long, value_name = "FILE")]
    write: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct MapArgs {
    #[command(flatten)]
    conditions: ConditionArgs,
    /// Batch sizes, separated by commas
    #[arg(long, value_delimiter = ',', default_value = "30,60,120,180,360")]
    batches: Vec<usize>,
    /// Numbers of training classes, separated by commas
    #[arg(long, value_delimiter = ',', default_value = "25,50,100,200")]
    class_counts: Vec<usize>,
    /// Kinds of batches, separated by commas
    #[arg(
        long,
        value_delimiter = ',',
        default_value = "shuffled,balanced",
        value_enum
    )]
    kinds: Vec<BatchKind>,
    /// Trials a loss, cell and draw
    #[arg(long, default_value_t = 16)]
    trials: usize,
    /// Independent draws of the tuning a cell: intervals and tests are over them
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u64).range(3..=50))]
    repeats: u64,
    /// Seeds a loss, cell and draw
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=20))]
    seeds: u64,
    /// Only every n-th cell, as i/n with i from 1: several machines can share a map
    #[arg(long, value_name = "I/N", value_parser = shard)]
    shard: Option<(usize, usize)>,
    /// Train nothing: put these shards together
    #[arg(
        long,
        value_name = "FILES",
        value_delimiter = ',',
        conflicts_with = "shard"
    )]
    merge: Vec<PathBuf>,
    /// Where to write the map
    #[arg(long, value_name = "FILE")]
    json: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum BatchKind {
    Shuffled,
    Balanced,
}

/// `2/5` is the second of five shards.
fn shard(text: &str) -> Result<(usize, usize), String> {
    let parsed = text.split_once('/').and_then(|(i, n)| {
        let (i, n) = (i.parse::<usize>().ok()?, n.parse::<usize>().ok()?);
        (1..=n).contains(&i).then_some((i, n))
    });
    parsed.ok_or_else(|| "a shard is i/n with i from 1 to n, such as 2/5".to_owned())
}

/// Runs the command of this process's arguments. Errors go to the error stream and end with code 2; a failed check ends
/// with 1.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let result = match cli.command {
        Command::Race(args) => race(cli.lang, &args),
        Command::Tune(args) => tune_losses(&args),
        Command::Map(args) => map(cli.lang, &args),
        Command::Pretrain(args) => pretrain::command(&args),
        Command::Film(args) => film::command(&args),
        Command::Claims(args) => claims::command(cli.lang, &args),
        Command::Losses => {
            print(&table::losses());
            Ok(ExitCode::SUCCESS)
        }
        Command::Verify { folder } => verify::verify(&folder).map(|counts| {
            print(&counts.report);
            if counts.failed == 0 {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            }
        }),
    };
    result.unwrap_or_else(|error| {
        eprintln!("kyori: {error}");
        ExitCode::from(2)
    })
}

/// Prints, and does not mind if nobody reads to the end.
fn print(text: &str) {
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}

fn write(path: &Path, text: &str) -> Result<(), CliError> {
    std::fs::write(path, text).map_err(|cause| CliError::file(path, cause))
}

/// The command as it was typed, without the program's folder.
fn command_line() -> String {
    std::env::args()
        .skip(1)
        .fold("kyori".to_owned(), |line, argument| {
            format!("{line} {argument}")
        })
}

impl ConditionArgs {
    fn experiment(&self) -> Result<Experiment, CliError> {
        let asked = self.protocol.map(|protocol| match protocol {
            ProtocolArg::Own => Protocol::Own,
            ProtocolArg::Matched => Protocol::Matched,
            ProtocolArg::AsPublished => Protocol::AsPublished,
        });
        let protocol = asked.unwrap_or_default();
        let mut experiment = match &self.link {
            Some(link) => {
                let (experiment, notices) = Experiment::from_fragment(link);
                notices
                    .iter()
                    .for_each(|notice: &Notice| eprintln!("kyori: {notice}"));
                experiment
            }
            None => Preset::from_id(&self.preset)
                .ok_or_else(|| CliError::Preset {
                    id: self.preset.clone(),
                    known: presets()
                        .iter()
                        .map(|preset| preset.id.as_str())
                        .collect::<Vec<_>>()
                        .join(", "),
                })?
                .experiment(protocol),
        };
        self.settings.apply(&mut experiment)?;
        // The default network looks at pictures. One that was asked for is left to be refused.
        if !self.settings.has("net") && experiment.data.info().side.is_none() {
            let hidden = experiment.net.hidden.clone();
            experiment.read_setting("net", "mlp")?;
            if self.settings.has("hidden") {
                experiment.net.hidden = hidden;
            }
        }
        if experiment.start == Start::Pretrained
            && !self.settings.has("classes")
            && let Some(most) = experiment.data.info().most_classes_pretrained
            && experiment.data.sizes().training_classes > most
        {
            eprintln!(
                "kyori: {most} training classes: the pre-trained network has seen the others"
            );
            experiment.read_setting("classes", &most.to_string())?;
        }
        if self.link.is_none() {
            // After the sampler, on which tuned settings depend.
            let brings_settings = Preset::from_id(&self.preset).is_some_and(Preset::has_settings);
            if self.loss.is_empty() {
                if asked.is_some() || !brings_settings {
                    experiment.apply(protocol);
                }
            } else {
                let losses = chosen(&self.loss)?;
                experiment.entries = losses
                    .into_iter()
                    .map(|loss| Entry::preset(loss, protocol, &experiment.conditions))
                    .collect();
                // Two protocols may have the same settings for these.
                experiment.keep(Some(protocol));
            }
        }
        Ok(experiment)
    }

    fn open(&self, spec: &DataSpec) -> Result<Dataset, CliError> {
        open(&self.assets, spec)
    }

    fn threads(&self) -> usize {
        self.threads.unwrap_or_else(run::cores)
    }
}

fn open(assets: &Path, spec: &DataSpec) -> Result<Dataset, CliError> {
    let source = spec.source();
    let file = match source.file() {
        Some(name) => {
            let path = assets.join(name);
            Some(std::fs::read(&path).map_err(|cause| CliError::file(&path, cause))?)
        }
        None => None,
    };
    Ok(source.open(file.as_deref())?)
}

fn chosen(ids: &[String]) -> Result<Vec<LossKind>, CliError> {
    if ids.iter().any(|id| id == "all") {
        return Ok(LossKind::ALL.to_vec());
    }
    let find = |id: &String| {
        LossKind::from_id(id).ok_or_else(|| CliError::Loss {
            id: id.clone(),
            known: LossKind::ALL
                .iter()
                .map(|loss| loss.info().id)
                .collect::<Vec<_>>()
                .join(", "),
        })
    };
    ids.iter().map(find).collect()
}

fn check(experiment: &Experiment) -> Result<(), CliError> {
    experiment.validate().map_err(CliError::Settings)
}

fn bar(total: u64, what: &str) -> ProgressBar {
    let bar = ProgressBar::new(total).with_message(what.to_owned());
    let style = "{msg} {wide_bar} {percent} % · {elapsed} of about {duration}";
    if let Ok(style) = ProgressStyle::with_template(style) {
        bar.set_style(style);
    }
    bar
}

/// The conditions in one line.
fn describe(experiment: &Experiment, dataset: &Dataset) -> String {
    let data = &experiment.data;
    let (net, features) = match experiment.net.convolution {
        None => ("MLP", dataset.features),
        Some(kind) => (kind.id(), kind.shape().features(dataset.features.isqrt())),
    };
    let widths: Vec<String> = [&features]
        .into_iter()
        .chain(&experiment.net.hidden)
        .chain([&experiment.net.dim])
        .map(usize::to_string)
        .collect();
    let start = match experiment.start {
        Start::Scratch => "",
        Start::Pretrained => ", first layer pre-trained",
    };
    let seeds = if experiment.seeds == 1 {
        "1 seed".to_owned()
    } else {
        format!("{} seeds", experiment.seeds)
    };
    let other = || match experiment.preset().filter(|preset| preset.has_settings()) {
        Some(_) => "the preset's settings",
        None => "other settings",
    };
    let protocol = experiment.protocol().map_or_else(other, Protocol::id);
    let elsewhere = if experiment.is_tuned_elsewhere() {
        " (tuned for other conditions)"
    } else {
        ""
    };
    let noise = match experiment.label_noise {
        0.0 => String::new(),
        share => format!(" · {:.0} % wrong labels", 100.0 * share),
    };
    let memory = match experiment.memory.batches {
        0 => String::new(),
        batches => format!(" · memory of {batches} batches"),
    };
    let mixup = match experiment.mixup {
        0.0 => String::new(),
        weight => format!(" · mixup {weight}"),
    };
    format!(
        "{data} · {}{memory}{mixup} · {net} {}{start} · {} steps · {seeds} · {protocol}{elsewhere}{noise}",
        experiment.sampler,
        widths.join("-"),
        experiment.schedule.steps
    )
}

/// Processor and cores, as far as the system tells.
fn machine() -> String {
    let name = std::fs::read_to_string("/proc/cpuinfo")
        .ok()
        .and_then(|text| {
            let line = text.lines().find(|line| line.starts_with("model name"))?;
            Some(line.split_once(':')?.1.trim().to_owned())
        });
    format!(
        "{}, {} cores",
        name.unwrap_or_else(|| std::env::consts::ARCH.to_owned()),
        run::cores()
    )
}

/// Trains heats under an experiment's conditions.
fn train(
    experiment: &Experiment,
    heats: Vec<HeatSpec>,
    on: EvaluateOn,
    dataset: &Dataset,
    threads: usize,
    progress: &ProgressBar,
) -> Result<Vec<run::HeatRun>, CliError> {
    let spec = experiment.race_of(heats, on);
    Ok(run::run(&spec, dataset, threads, &|steps| {
        progress.inc(steps)
    })?)
}

fn record(
    experiment: &Experiment,
    on: EvaluateOn,
    dataset: &Dataset,
    threads: usize,
    progress: &ProgressBar,
) -> Result<Recording, CliError> {
    Ok(record_scored(experiment, on, dataset, threads, None, progress)?.0)
}

/// Also what each class scored at the end with each seed of each loss, by a measure, where one is given.
fn record_scored(
    experiment: &Experiment,
    on: EvaluateOn,
    dataset: &Dataset,
    threads: usize,
    by: Option<Measure>,
    progress: &ProgressBar,
) -> Result<(Recording, Vec<Vec<LaneScores>>), CliError> {
    let spec = experiment.race(on);
    let runs = run::run_scored(&spec, dataset, threads, by, &|steps| progress.inc(steps))?;
    let mut recording = Recording::new(experiment, &format!("CPU, native ({})", machine()));
    let mut scores = Vec::new();
    for (heat, run) in recording.heats.iter_mut().zip(runs) {
        (heat.points, heat.stopped) = (run.points, run.stopped);
        scores.push(run.scores);
    }
    Ok((recording, scores))
}

/// Measures what a step of each loss costs, with nothing else to do.
fn calibrate(recording: &mut Recording, dataset: &Dataset) -> Result<(), CliError> {
    let spec = recording.experiment.race(EvaluateOn::Test);
    let costs = run::calibrate(&spec, dataset)?;
    for (heat, cost) in recording.heats.iter_mut().zip(costs) {
        heat.cost = Some(cost);
    }
    Ok(())
}

fn race(t: Language, args: &RaceArgs) -> Result<ExitCode, CliError> {
    let mut experiment = args.conditions.experiment()?;
    for (key, text) in [("seeds", &args.seeds), ("seed", &args.first_seed)] {
        if let Some(text) = text {
            experiment.read_setting(key, text)?;
        }
    }
    check(&experiment)?;
    let steps = experiment.schedule.steps;
    if let Some(step) = args.area_to.filter(|&step| step > steps) {
        return Err(CliError::AreaTo { step, steps });
    }
    let dataset = args.conditions.open(&experiment.data)?;
    if args.draws {
        return draws::race(args, &experiment, &dataset);
    }
    if let Some(path) = &args.python {
        write(path, &experiment.to_python(&dataset)?)?;
    }
    if args.dry_run {
        print(&format!(
            "{}\n#{}\n",
            describe(&experiment, &dataset),
            experiment.to_fragment()
        ));
        return Ok(ExitCode::SUCCESS);
    }
    let threads = args.conditions.threads();
    let progress = bar(
        run::lane_steps(&experiment.race(EvaluateOn::Test)),
        "Racing",
    );
    let started = Instant::now();
    let on = if args.validation {
        EvaluateOn::Validation
    } else {
        EvaluateOn::Test
    };
    let by = args.bootstrap.map(|_| args.measure);
    let (mut recording, scores) = record_scored(&experiment, on, &dataset, threads, by, &progress)?;
    calibrate(&mut recording, &dataset)?;
    let seconds = started.elapsed().as_secs_f64();
    progress.finish_and_clear();
    if let Some(path) = &args.json {
        write(path, &recording.to_json()?)?;
    }
    if let Some(path) = &args.csv {
        write(path, &recording.to_csv())?;
    }
    let measure = args.measure;
    let scored = if args.validation {
        " · scored on validation classes"
    } else {
        ""
    };
    print(&format!(
        "{}{scored}\n\n{}\n",
        describe(&experiment, &dataset),
        table::summary(t, &recording, measure, args.area_to)
    ));
    let heats: Vec<&HeatRecord> = recording.heats.iter().collect();
    let summary = recording.summary(measure);
    let said = remarks(&recording.names(), &heats, summary.as_ref(), true);
    for remark in &said {
        print(&format!("{}\n", t.say(wording::remark(remark))));
    }
    if said.is_empty() {
        print(&format!("{}\n", t.say(text::table_no_verdict())));
    }
    if let Some(resamples) = args.bootstrap {
        let resamples = resamples as usize;
        let said = match bootstrap(&scores, measure.info().better, resamples) {
            Some(found) => table::bootstrap(t, &recording.names(), measure, &found, resamples),
            None => format!("{}\n", t.say(text::table_no_differences())),
        };
        print(&format!("\n{said}"));
    }
    print(&format!(
        "\n{} {}\n",
        t.say(text::table_took(threads, seconds)),
        t.say(table::what_seconds_are(summary.as_ref()))
    ));
    Ok(ExitCode::SUCCESS)
}

/// The trials of one loss, best first.
struct Tuned {
    loss: LossKind,
    trials: Vec<tune::Trial>,
    record: HeatRecord,
}

impl Tuned {
    fn json(&self, draw: usize) -> serde_json::Value {
        let trials: Vec<_> = self
            .trials
            .iter()
            .map(|trial| serde_json::json!({ "setting": trial.lane, "score": trial.score }))
            .collect();
        serde_json::json!({
            "draw": draw + 1,
            "loss": self.loss.info().id,
            "trials": trials,
            "curves": self.record.points,
            "stopped": self.record.stopped,
        })
    }

    fn best(&self) -> Result<&tune::Trial, CliError> {
        self.trials
            .first()
            .filter(|trial| trial.score.is_some())
            .ok_or(CliError::AllTrialsFailed {
                loss: self.loss.info().name,
            })
    }
}

fn tuned(
    experiment: &Experiment,
    trials: usize,
    seed: u64,
    dataset: &Dataset,
    threads: usize,
    progress: &ProgressBar,
) -> Result<Vec<Tuned>, CliError> {
    let heats: Vec<HeatSpec> = experiment
        .entries
        .iter()
        .map(|entry| HeatSpec {
            loss: entry.loss,
            lanes: tune::trials(entry.loss, trials, seed),
        })
        .collect();
    let runs = train(
        experiment,
        heats.clone(),
        EvaluateOn::Validation,
        dataset,
        threads,
        progress,
    )?;
    let losses =
        heats
            .into_iter()
            .zip(&experiment.entries)
            .zip(runs)
            .map(|((heat, entry), run)| {
                let record = HeatRecord {
                    points: run.points,
                    stopped: run.stopped,
                    ..HeatRecord::new(entry.clone())
                };
                Tuned {
                    loss: heat.loss,
                    trials: tune::ranked(&heat.lanes, &record),
                    record,
                }
            });
    Ok(losses.collect())
}

fn tune_losses(args: &TuneArgs) -> Result<ExitCode, CliError> {
    let mut experiment = args.conditions.experiment()?;
    experiment.seeds = 1;
    check(&experiment)?;
    let preset = Preset::of(&experiment);
    if args.write.is_some() && preset.is_none() {
        return Err(CliError::NoPreset);
    }
    let trials = args
        .trials
        .clamp(*tune::TRIALS.start(), *tune::TRIALS.end());
    if trials != args.trials {
        eprintln!("kyori: {trials} trials instead of {}", args.trials);
    }
    let dataset = args.conditions.open(&experiment.data)?;
    let repeats = args.repeats as usize;
    let lanes = (trials * experiment.entries.len() * repeats) as u64;
    let progress = bar(lanes * u64::from(experiment.schedule.steps), "Tuning");
    let started = Instant::now();
    let threads = args.conditions.threads();
    let draws: Vec<Vec<Tuned>> = (0..repeats)
        .map(|draw| {
            let seed = tune::draw_seed(args.seed, draw);
            tuned(&experiment, trials, seed, &dataset, threads, &progress)
        })
        .collect::<Result<_, _>>()?;
    progress.finish_and_clear();
    let seconds = started.elapsed().as_secs_f64();
    let winners = draws::winners(&draws)?;
    print(&format!(
        "{}\n{trials} random trials a loss and draw on validation classes, {repeats} draws; the best three of each\n\n{}\n{}\n{}{seconds:.0} s\n",
        describe(&experiment, &dataset),
        table::align(&draws::best_rows(&draws)),
        table::align(&draws::budget_rows(&draws, trials)),
        draws::warnings(&winners),
    ));
    if let Some(path) = &args.json {
        let heats: Vec<_> = draws
            .iter()
            .enumerate()
            .flat_map(|(draw, losses)| losses.iter().map(move |tuned| tuned.json(draw)))
            .collect();
        let all = serde_json::json!({
            "command": command_line(),
            "machine": machine(),
            "seconds": seconds,
            "heats": heats,
            "budgets": draws::budgets_json(&draws, trials),
        });
        write(path, &serde_json::to_string_pretty(&all)?)?;
    }
    if let (Some(path), Some(preset)) = (&args.write, preset) {
        // A loss has the same trials whoever else is tuned.
        let command = source_command(&["--write", "--json", "--threads", "--loss"]);
        let source = format!("best of {trials} random trials by `{command}`");
        write_tuning(path, &draws, &winners, trials, &preset.id, &source)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The command without these flags and their values, which say nothing of the result.
fn source_command(without: &[&str]) -> String {
    let mut line = "kyori".to_owned();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let flag = argument.split('=').next().unwrap_or_default();
        if !without.contains(&flag) {
            line = format!("{line} {argument}");
        } else if flag == argument {
            arguments.next();
        }
    }
    line
}

fn trial_row(name: &str, loss: LossKind, trial: &tune::Trial) -> Vec<String> {
    let info = loss.info();
    let lane = &trial.lane;
    let own: Vec<String> = info
        .params
        .iter()
        .zip(&lane.params)
        .map(|(param, value)| format!("{} {value:.3}", param.key))
        .collect();
    vec![
        name.to_owned(),
        trial
            .score
            .map_or_else(|| "failed".to_owned(), |score| format!("{score:.4}")),
        format!("{}", lane.lr),
        if info.learns() {
            format!("{}", lane.proxy_lr_factor)
        } else {
            "–".to_owned()
        },
        own.join(", "),
    ]
}

/// Puts a tuning into the three tables of a folder: what races alone, what won the other draws, and what budgets are worth.
fn write_tuning(
    settings: &Path,
    draws: &[Vec<Tuned>],
    winners: &[draws::Winners],
    trials: usize,
    preset: &str,
    source: &str,
) -> Result<(), CliError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |cause| CliError::Table { path, cause }
    };
    let all = draws::for_table(winners);
    let (first, others): (Vec<_>, Vec<_>) = all
        .into_iter()
        .partition(|(draw, _)| draw.is_empty() || draw == "1");
    let rows = |entries: &[(String, Entry)]| {
        tune::settings_csv(entries, preset, source).map_err(failed(settings))
    };
    let first = rows(&first)?;
    // Protocol, preset and loss.
    let same = [0, 1, 3];
    update_table(settings, &first, &first, &same)?;
    // Draws of an earlier tuning go, also where this one had but one.
    let path = settings.with_file_name("draws.csv");
    update_table(&path, &first, &rows(&others)?, &same)?;
    let path = settings.with_file_name("budgets.csv");
    let fresh = draws::budgets_csv(draws, trials, preset).map_err(failed(&path))?;
    update_table(&path, &fresh, &fresh, &[0, 1])
}

/// Puts fresh rows in the place of those of a table that agree with one of `replaced` in the fields `same`.
fn update_table(path: &Path, replaced: &str, fresh: &str, same: &[usize]) -> Result<(), CliError> {
    let text = std::fs::read_to_string(path).map_err(|cause| CliError::file(path, cause))?;
    let failed = |cause| CliError::Table {
        path: path.to_owned(),
        cause,
    };
    let updated = merged_table(&text, replaced, fresh, same).map_err(failed)?;
    write(path, &updated)
}

/// `table` without the rows that agree with one of `replaced` in the fields `same`, and then the fresh ones. Only the table
/// has a header.
fn merged_table(
    table: &str,
    replaced: &str,
    fresh: &str,
    same: &[usize],
) -> Result<String, csv::Error> {
    let rows = |text: &str| -> Result<Vec<csv::StringRecord>, csv::Error> {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(text.as_bytes());
        reader.records().collect()
    };
    let key = |row: &csv::StringRecord| -> Vec<String> {
        let fields = same.iter().map(|&field| row.get(field).unwrap_or_default());
        fields.map(str::to_owned).collect()
    };
    let replaced: HashSet<Vec<String>> = rows(replaced)?.iter().map(key).collect();
    let mut old = csv::Reader::from_reader(table.as_bytes());
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(old.headers()?)?;
    for row in old.records() {
        let row = row?;
        if !replaced.contains(&key(&row)) {
            writer.write_record(&row)?;
        }
    }
    for row in rows(fresh)? {
        writer.write_record(&row)?;
    }
    let bytes = writer
        .into_inner()
        .map_err(|error| csv::Error::from(error.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The balanced batch of about this size with three samples a class, or more where there are too few classes.
fn balanced(batch: usize, classes: usize) -> Option<SamplerSpec> {
    (3..=batch / 2)
        .find(|samples| batch.is_multiple_of(*samples) && batch / samples <= classes)
        .map(|samples| SamplerSpec::Balanced {
            classes: batch / samples,
            samples,
        })
}

fn merge(t: Language, files: &[PathBuf], to: &Path) -> Result<ExitCode, CliError> {
    let read = |path: &PathBuf| {
        let text = std::fs::read_to_string(path).map_err(|cause| CliError::file(path, cause))?;
        serde_json::from_str(&text).map_err(|cause| CliError::Map {
            path: path.clone(),
            cause,
        })
    };
    let shards: Vec<WinMap> = files.iter().map(read).collect::<Result<_, CliError>>()?;
    let map = WinMap::merged(shards).ok_or(CliError::Shards)?;
    write(to, &map.to_json()?)?;
    print_map(t, &map);
    Ok(ExitCode::SUCCESS)
}

/// The seed of a cell's tuning: its own, so that a lucky trial or network does not win in every cell, and the same
/// whatever other cells there are.
fn cell_seed(sampler: SamplerSpec, train_classes: usize) -> u64 {
    let name = format!("{sampler} {train_classes}");
    // 32 bits, since JSON has no whole numbers of 64.
    tune::FIRST_SEED + (random::hash(&name) & u64::from(u32::MAX))
}

/// The cells of a map: as many samples in each of them as in `base`, about, so that small batches are not cut off.
fn cells(args: &MapArgs, base: &Experiment) -> Result<Vec<Experiment>, CliError> {
    let samples = samples(base);
    let mut cells = Vec::new();
    for &train_classes in &args.class_counts {
        for &batch in &args.batches {
            for &kind in &args.kinds {
                let sampler = match kind {
                    BatchKind::Shuffled => SamplerSpec::Shuffled { batch },
                    BatchKind::Balanced => match balanced(batch, train_classes) {
                        Some(sampler) => sampler,
                        None => continue,
                    },
                };
                let mut cell = base.clone();
                cell.data = DataSpec::Glyphs(GlyphSpec { train_classes });
                cell.sampler = sampler;
                let steps = (samples as f64 / sampler.batch() as f64).round();
                cell.schedule.steps = (steps as u32).max(1);
                check(&cell)?;
                cells.push(cell);
            }
        }
    }
    Ok(cells)
}

/// Samples that a lane of a race is trained on.
fn samples(experiment: &Experiment) -> u64 {
    u64::from(experiment.schedule.steps) * experiment.sampler.batch() as u64
}

fn map(t: Language, args: &MapArgs) -> Result<ExitCode, CliError> {
    if !args.merge.is_empty() {
        return merge(t, &args.merge, &args.json);
    }
    let mut base = args.conditions.experiment()?;
    base.seeds = args.seeds as usize;
    let mut cells = cells(args, &base)?;
    if let Some((i, n)) = args.shard {
        cells = cells.into_iter().skip(i - 1).step_by(n).collect();
    }
    let dataset = args.conditions.open(&DataKind::Glyphs.spec())?;
    let repeats = args.repeats as usize;
    let lanes = ((args.trials + base.seeds) * base.entries.len() * repeats) as u64;
    let steps: u64 = cells
        .iter()
        .map(|cell| u64::from(cell.schedule.steps))
        .sum();
    let progress = bar(lanes * steps, "Mapping");
    let started = Instant::now();
    let mut map = WinMap {
        command: source_command(&["--json", "--threads", "--shard"]),
        machine: machine(),
        seconds: 0.0,
        trials: args.trials,
        repeats,
        seeds: base.seeds,
        samples: Some(samples(&base)),
        steps: None,
        losses: base.entries.iter().map(|entry| entry.loss).collect(),
        cells: Vec::new(),
    };
    for cell in cells {
        map.cells.push(raced_cell(args, cell, &dataset, &progress)?);
        map.seconds = started.elapsed().as_secs_f64().round();
        // After every cell: a map that was broken off is a smaller map.
        write(&args.json, &map.to_json()?)?;
    }
    progress.finish_and_clear();
    // A shard's cells are corrected when all are together.
    if args.shard.is_none() {
        map.correct();
        write(&args.json, &map.to_json()?)?;
    }
    print_map(t, &map);
    Ok(ExitCode::SUCCESS)
}

/// Tunes a cell's losses for this very cell, several times independently, and races what won each time. Tuning and racing share
/// no seed, and no two draws do.
fn raced_cell(
    args: &MapArgs,
    mut cell: Experiment,
    dataset: &Dataset,
    progress: &ProgressBar,
) -> Result<Cell, CliError> {
    let DataSpec::Glyphs(GlyphSpec { train_classes }) = cell.data else {
        unreachable!("the cells of a map are of glyphs")
    };
    let threads = args.conditions.threads();
    let first = cell_seed(cell.sampler, train_classes);
    let draws: Vec<Vec<Tuned>> = (0..args.repeats as usize)
        .map(|draw| {
            let seed = tune::draw_seed(first, draw);
            tuned(&cell, args.trials, seed, dataset, threads, progress)
        })
        .collect::<Result<_, _>>()?;
    let races: Vec<Experiment> = draws::races(&cell, &draws)?;
    let recordings: Vec<Recording> = races
        .iter()
        .map(|race| record(race, EvaluateOn::Test, dataset, threads, progress))
        .collect::<Result<_, _>>()?;
    cell.entries = draws::middle(&draws)?;
    Ok(Cell::of(&cell, &recordings, train_classes))
}

fn print_map(t: Language, map: &WinMap) {
    let told = wording::map(&map.told());
    print(&format!(
        "{}\n{}\n\n{:.0} s\n",
        table::map(map),
        t.say(told),
        map.seconds
    ));
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::data::{DigitSpec, DigitSplit, SyntheticSpec};

    fn conditions(arguments: &[&str]) -> Result<Experiment, CliError> {
        let all = ["kyori", "race"].iter().chain(arguments);
        match Cli::try_parse_from(all).unwrap().command {
            Command::Race(args) => args.conditions.experiment(),
            _ => unreachable!("asked for a race"),
        }
    }

    fn map_args(arguments: &str) -> MapArgs {
        let all = "kyori map --json map.json".split(' ');
        let all = all.chain(arguments.split_whitespace());
        match Cli::try_parse_from(all).unwrap().command {
            Command::Map(args) => args,
            _ => unreachable!("asked for a map"),
        }
    }

    #[test]
    fn every_cell_of_a_map_is_trained_on_as_many_samples() {
        let args = map_args("--batches 50,180,360 --class-counts 25,100 --loss proxy-anchor");
        let base = args.conditions.experiment().unwrap();
        assert_eq!(samples(&base), 150 * 180);
        let cells = cells(&args, &base).unwrap();
        let found: Vec<(String, u32)> = cells
            .iter()
            .map(|cell| (cell.sampler.to_string(), cell.schedule.steps))
            .collect();
        let expected = [
            ("shuffled:50", 540),
            ("balanced:10x5", 540),
            ("shuffled:180", 150),
            ("balanced:20x9", 150),
            ("shuffled:360", 75),
            ("balanced:24x15", 75),
        ];
        assert_eq!(
            found[..6],
            expected.map(|(of, steps)| (of.to_owned(), steps))
        );
        assert!(cells.iter().all(|cell| cell.net == base.net));
        // A longer race is one of more samples, and rounded where a batch does not divide it.
        let args = map_args("--batches 70 --kinds shuffled --steps 300 --class-counts 25");
        let base = args.conditions.experiment().unwrap();
        let steps = super::cells(&args, &base).unwrap()[0].schedule.steps;
        assert_eq!(steps, 771);
    }

    #[test]
    fn a_map_has_three_draws_at_least() {
        assert_eq!(map_args("").repeats, 3);
        assert_eq!(map_args("--repeats 5").repeats, 5);
        let two = ["kyori", "map", "--json", "map.json", "--repeats", "2"];
        assert!(Cli::try_parse_from(two).is_err());
    }

    #[test]
    fn the_language_is_english_unless_asked_for_before_or_after_the_command() {
        let of = |words: &[&str]| Cli::try_parse_from(words).map(|cli| cli.lang.id());
        assert_eq!(of(&["kyori", "race"]).unwrap(), "en");
        assert_eq!(of(&["kyori", "race", "--lang", "ja"]).unwrap(), "ja");
        assert_eq!(of(&["kyori", "--lang", "ja", "losses"]).unwrap(), "ja");
        let error = of(&["kyori", "race", "--lang", "xx"]).unwrap_err();
        assert!(error.to_string().contains("[possible values: en, ja]"));
    }

    #[test]
    fn an_area_to_a_step_that_there_is_not_is_an_error() {
        let race = |words: &[&str]| {
            let all = ["kyori", "race", "--steps", "50"].iter().chain(words);
            match Cli::try_parse_from(all).map(|cli| cli.command) {
                Ok(Command::Race(args)) => super::race(Language::english(), &args),
                Ok(_) => unreachable!("asked for a race"),
                Err(error) => panic!("{error}"),
            }
        };
        let error = race(&["--area-to", "51"]).unwrap_err().to_string();
        assert_eq!(error, "--area-to is 51, and the race has 50 steps");
        let parsed = |words: &[&str]| Cli::try_parse_from(["kyori", "race"].iter().chain(words));
        assert!(parsed(&["--area-to", "0"]).is_err());
        assert!(parsed(&["--bootstrap", "99"]).is_err());
        assert!(parsed(&["--bootstrap", "1000", "--draws"]).is_err());
        assert!(parsed(&["--bootstrap", "1000", "--area-to", "50"]).is_ok());
    }

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn flags_change_the_preset() {
        assert_eq!(conditions(&[]).unwrap(), Experiment::default_preset());
        let experiment = conditions(&[
            "--loss",
            "proxy-anchor,proxy-nca",
            "--steps",
            "50",
            "--data",
            "synthetic",
            "--classes",
            "40",
            "--dim",
            "8",
            "--hidden",
            "32,16",
            "--sampler",
            "balanced:6x4",
            "--label-noise",
            "0.1",
            "--protocol",
            "as-published",
        ])
        .unwrap();
        assert_eq!(experiment.entries.len(), 2);
        assert_eq!(experiment.schedule.steps, 50);
        assert_eq!(
            experiment.data,
            DataSpec::Synthetic(SyntheticSpec {
                classes: 40,
                ..SyntheticSpec::default()
            })
        );
        assert_eq!(experiment.net.hidden, [32, 16]);
        assert_eq!(experiment.net.dim, 8);
        assert_eq!(
            experiment.sampler,
            SamplerSpec::Balanced {
                classes: 6,
                samples: 4
            }
        );
        assert_eq!(experiment.protocol(), Some(Protocol::AsPublished));
        let linked = conditions(&["--link", &experiment.to_fragment()]).unwrap();
        assert_eq!(linked, experiment);
        let layered = ["--hidden", "48", "--net", "conv6s3c32p2"];
        let net = conditions(&layered).unwrap().conditions.net;
        assert_eq!((net.id(), &net.hidden[..]), ("conv6s3c32p2", &[48][..]));
        let short = conditions(&["--net", "conv5s2c16p2"]).unwrap();
        assert_eq!(short.net.hidden, [0; 0]);
        let pretrained = conditions(&["--preset", "batch-60", "--start", "pretrained"]).unwrap();
        assert_eq!(pretrained.start, Start::Pretrained);
        assert_eq!(
            pretrained.data,
            DataSpec::Glyphs(GlyphSpec { train_classes: 150 })
        );
        assert!(check(&pretrained).is_ok());
        // A number that was asked for is not quietly another.
        assert!(
            check(&conditions(&["--start", "pretrained", "--classes", "151"]).unwrap()).is_err()
        );
        assert_eq!(
            conditions(&["--loss", "all"]).unwrap().entries.len(),
            LossKind::ALL.len()
        );
    }

    #[test]
    fn every_setting_of_the_table_has_a_flag() {
        let mut command = Cli::command();
        command.build();
        let race = command.find_subcommand("race").unwrap();
        for &kind in DataKind::ALL {
            let mut experiment = Experiment::default_preset();
            experiment.data = kind.spec();
            for setting in experiment.all_settings() {
                let face = setting.face();
                let flag = match face.key {
                    "seed" => "first-seed",
                    key => key,
                };
                if face.in_link {
                    let found = race.get_arguments().any(|arg| arg.get_long() == Some(flag));
                    assert!(found, "--{flag}");
                    // What the experiment has, said as a flag, changes nothing.
                    let text = setting.write(&experiment);
                    let data = kind.info().id;
                    let said = ["--data", data, &format!("--{flag}"), &text];
                    if !["data", "seeds", "seed"].contains(&face.key) {
                        let found = conditions(&said).unwrap();
                        assert_eq!(setting.write(&found), text, "{said:?}");
                    }
                }
            }
        }
        let digits = |split| DataSpec::Digits(DigitSpec { split });
        let high = conditions(&["--data", "digits:train-high"]).unwrap();
        assert_eq!(high.data, digits(DigitSplit::TrainHigh));
        assert_eq!(
            conditions(&["--data", "digits"]).unwrap().data,
            digits(DigitSplit::SeenClasses)
        );
        // A setting of another data set is not quietly nothing.
        let error = conditions(&["--data", "digits", "--classes", "7"]).unwrap_err();
        assert_eq!(error.to_string(), "“classes” is not a setting");
    }

    #[test]
    fn wrong_names_are_errors_that_list_the_right_ones() {
        let error = conditions(&["--loss", "proxy-ancor"])
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("proxy-ancor") && error.contains("proxy-anchor"),
            "{error}"
        );
        let error = conditions(&["--preset", "fast"]).unwrap_err().to_string();
        assert!(error.contains("balanced"), "{error}");
        for bad in [
            ["--sampler", "random"],
            ["--data", "cars"],
            ["--data", "digits:odd"],
            ["--steps", "x"],
        ] {
            assert!(
                Cli::try_parse_from(["kyori", "race"].iter().chain(&bad)).is_err(),
                "{bad:?}"
            );
        }
        assert!(Cli::try_parse_from(["kyori", "race", "--start", "cold"]).is_err());
        let mlp = ["--net", "mlp", "--start", "pretrained", "--hidden", "64"];
        let experiment = conditions(&mlp).unwrap();
        assert!(
            check(&experiment)
                .unwrap_err()
                .to_string()
                .contains("the first hidden layer has 64")
        );
        let experiment = conditions(&["--dim", "1", "--steps", "0"]).unwrap();
        assert!(
            check(&experiment)
                .unwrap_err()
                .to_string()
                .contains("dim is 1")
        );
    }

    #[test]
    fn a_tuned_setting_replaces_its_rows_and_no_others() {
        let table = "protocol,preset,draw,loss,setting,value,source\nmatched,default,1,softmax,lr,1,old\n\
                     matched,default,2,softmax,proxy_lr_factor,1,old\nmatched,balanced,,softmax,lr,2,kept\n\
                     as-published,,,softmax,lr,3,kept\n";
        let loss = LossKind::from_id("softmax").unwrap();
        let entry = tune::trials(loss, 1, 0)[0].entry(loss);
        let fresh = tune::settings_csv(&[(String::new(), entry)], "default", "new").unwrap();
        let merged = merged_table(table, &fresh, &fresh, &[0, 1, 3]).unwrap();
        assert!(!merged.contains("old"));
        assert_eq!(merged.matches("kept").count(), 2);
        assert_eq!(merged.matches(",new").count(), 2);
        assert_eq!(
            merged_table(&merged, &fresh, &fresh, &[0, 1, 3]).unwrap(),
            merged
        );
        // Draws that were not repeated go.
        let emptied = merged_table(table, &fresh, "", &[0, 1, 3]).unwrap();
        assert!(!emptied.contains("old"));
        assert_eq!(emptied.lines().count(), 3);
    }

    #[test]
    fn shards_are_i_of_n_and_every_cell_has_a_seed_of_its_own() {
        assert_eq!(shard("2/5"), Ok((2, 5)));
        for bad in ["0/5", "6/5", "2", "a/b", "1/0"] {
            assert!(shard(bad).is_err(), "{bad}");
        }
        let mut seeds = HashSet::new();
        for classes in [25, 50, 100, 200] {
            for batch in [30, 60, 120, 180, 360] {
                let balanced = balanced(batch, classes).unwrap();
                for sampler in [SamplerSpec::Shuffled { batch }, balanced] {
                    assert!(
                        seeds.insert(cell_seed(sampler, classes)),
                        "{sampler} {classes}"
                    );
                }
            }
        }
    }

    #[test]
    fn balanced_batches_have_the_asked_size_and_three_samples_where_they_can() {
        assert_eq!(
            balanced(60, 200),
            Some(SamplerSpec::Balanced {
                classes: 20,
                samples: 3
            })
        );
        assert_eq!(
            balanced(120, 25),
            Some(SamplerSpec::Balanced {
                classes: 24,
                samples: 5
            })
        );
        assert_eq!(balanced(7, 3), None);
    }
}
