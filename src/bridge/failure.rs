//! What can go wrong between page and worker: data, which the page puts into words. `Display` is English.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::data::DataError;
use crate::device::DeviceError;

/// Why training cannot begin or go on. `detail` is what the browser or a library says, in its own words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub enum Failure {
    /// The device could not be opened.
    #[error("{error}")]
    Device { error: DeviceError },
    /// The device did not give back what was computed: it was lost, or ran out of memory.
    #[error(
        "the device stopped answering ({detail}); train on the CPU, or with fewer lanes or a smaller network"
    )]
    DeviceLost { detail: String },
    /// The data set is not what it should be, or not what the settings ask of it.
    #[error("{error}")]
    Data { error: DataError },
    /// The data set's file could not be fetched.
    #[error("{error}")]
    DataFile { error: FetchFailure },
    /// The settings make no race.
    #[error("{error}")]
    Race { error: RaceError },
    /// The pre-trained network that was compiled in is damaged, or of another data set.
    #[error("{}", unusable(error))]
    Pretrained { error: BackboneError },
    /// The engine's file could not be fetched.
    #[error("{error}")]
    EngineFile { error: FetchFailure },
    /// The engine's file is no WebAssembly.
    #[error("{file} is damaged ({detail}).")]
    EngineDamaged { file: String, detail: String },
    /// The engine's code ran into an error when it was started.
    #[error("The engine could not be started ({detail}).")]
    EngineStart { detail: String },
    /// A worker said nothing for so long after it was started.
    #[error("The engine did not start within {seconds} seconds.")]
    EngineSilent { seconds: u32 },
    /// The browser starts no worker.
    #[error("A worker could not be started ({detail}).")]
    WorkerStart { detail: String },
    #[error("The worker that trains ended unexpectedly{}.", in_brackets(detail))]
    WorkerEnded { detail: Option<String> },
    /// A message could not be handed over.
    #[error("A command could not be sent ({detail}).")]
    NotSent { detail: String },
    /// A message is not what it should be: page and engine are of different builds.
    #[error(
        "a message between page and engine cannot be read ({detail}); reload the page to get matching versions"
    )]
    Unreadable { detail: String },
    /// A command came before what it needs.
    #[error("the command `{command}` came before its {missing} was there; reload the page")]
    OutOfOrder { command: String, missing: Missing },
}

/// What is said of a pre-trained network that cannot be used.
pub fn unusable(error: &BackboneError) -> String {
    format!(
        "the pre-trained network cannot be used: {error}; start from scratch, or build it anew with \
         `kyori pretrain --write assets/backbone.bin` and compile again"
    )
}

fn in_brackets(detail: &Option<String>) -> String {
    detail
        .as_ref()
        .map_or_else(String::new, |detail| format!(" ({detail})"))
}

/// Why settings make no race.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case", tag = "problem")]
pub enum RaceError {
    #[error("seeds: a loss needs at least one")]
    NoSeed,
    #[error("hyperparameters: {loss} has {expected} hyperparameters, {found} were given")]
    ParameterCount {
        loss: String,
        expected: usize,
        found: usize,
    },
    #[error(
        "hyperparameters: {loss} cannot train with several values of `{key}` at once; race them one after another"
    )]
    OneValue { loss: String, key: String },
    #[error(
        "a convolution and shifts need square pictures, and this data set has none; choose a set with pictures, or the MLP and \
         no shift"
    )]
    NoPictures,
    #[error("the pre-trained network is for glyphs only; choose them, or start from scratch")]
    PretrainedData,
    #[error(
        "the pre-trained network has seen some of {found} training classes; at most {most} are left"
    )]
    PretrainedClasses { found: usize, most: usize },
    /// `layer` is the race's first hidden layer.
    #[error(
        "the pre-trained network's layer has {inputs} inputs and {units} units, the race's first hidden layer \
         {layer_inputs} and {layer_units}; make that as wide, or start from scratch"
    )]
    PretrainedLayer {
        inputs: usize,
        units: usize,
        layer_inputs: usize,
        layer_units: usize,
    },
}

/// Why there is no pre-trained network to start from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case", tag = "problem")]
pub enum BackboneError {
    #[error("its file does not begin like a network")]
    Magic,
    #[error("its file has format version {found}, and this build reads version {reads}")]
    Version { found: u16, reads: u16 },
    #[error("its file should be {expected} bytes long and has {found}")]
    Length { expected: usize, found: usize },
    #[error("its file's checksum is wrong, so some of its bytes have changed")]
    Checksum,
    #[error("its file says something impossible: {what}")]
    Contents { what: Cow<'static, str> },
    #[error("it was trained on other classes than this data set keeps for that")]
    Classes,
}

impl BackboneError {
    /// What of a file cannot be.
    pub const fn contents(what: &'static str) -> Self {
        Self::Contents {
            what: Cow::Borrowed(what),
        }
    }
}

/// Why a file of the page did not come. `why` is what the browser says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub enum FetchFailure {
    /// There was no answer.
    #[error("{file} could not be loaded ({why}). Is the connection up?")]
    Failed { file: String, why: String },
    /// The answer was no.
    #[error("{file} could not be loaded: the server answered {status}.")]
    Refused { file: String, status: u16 },
    /// The answer broke off.
    #[error("{file} broke off while loading ({why}).")]
    Broken { file: String, why: String },
    #[error("{file} is not a text.")]
    NoText { file: String },
}

/// What a command needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Missing {
    Device,
    DataSet,
}

impl std::fmt::Display for Missing {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Device => "device",
            Self::DataSet => "data set",
        })
    }
}

/// What a failure is about: decides what a person is offered to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The browser offers no WebGPU, or no adapter.
    NoWebGpu,
    /// The device was lost while training.
    DeviceLost,
    /// The data file is missing or not what it should be.
    Data,
    /// The settings cannot be trained.
    Settings,
    /// Anything else in the worker.
    Engine,
}

impl Failure {
    pub fn cause(&self) -> Cause {
        match self {
            Self::Device { .. } => Cause::NoWebGpu,
            Self::DeviceLost { .. } => Cause::DeviceLost,
            // The data set is there, but not what these settings ask of it.
            Self::Data {
                error: DataError::Parameter { .. },
            }
            | Self::Race { .. } => Cause::Settings,
            Self::Data { .. } | Self::DataFile { .. } => Cause::Data,
            Self::Pretrained { .. }
            | Self::EngineFile { .. }
            | Self::EngineDamaged { .. }
            | Self::EngineStart { .. }
            | Self::EngineSilent { .. }
            | Self::WorkerStart { .. }
            | Self::WorkerEnded { .. }
            | Self::NotSent { .. }
            | Self::Unreadable { .. }
            | Self::OutOfOrder { .. } => Cause::Engine,
        }
    }
}

impl From<DataError> for Failure {
    fn from(error: DataError) -> Self {
        Self::Data { error }
    }
}

impl From<DeviceError> for Failure {
    fn from(error: DeviceError) -> Self {
        Self::Device { error }
    }
}

/// Why the device was not checked to the end. The race has nothing to do with it and goes on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub enum CheckFailure {
    /// The file of reference cases could not be fetched.
    #[error("{error}")]
    CasesFile { error: FetchFailure },
    /// It is no list of cases.
    #[error(
        "The reference cases in golden.json cannot be read ({detail}). Reload the page, and check again."
    )]
    Cases { detail: String },
    #[error("golden.json holds no case of a loss. Reload the page, and check again.")]
    NoCases,
    /// One case contradicts itself, or is of a loss that this build does not have.
    #[error(
        "A reference case in golden.json cannot be used ({case}: {fault}). Reload the page, and check again."
    )]
    Case { case: String, fault: CaseFault },
    #[error(
        "The device stopped answering ({detail}). Choose another one, or start it again, and check it then."
    )]
    Device { detail: String },
    #[error("The engine is not running. Start it, then check again.")]
    NotRunning,
    #[error("The device was changed while it was checked. Start again.")]
    DeviceChanged,
}

/// What of a reference case cannot be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case", tag = "problem")]
pub enum CaseFault {
    #[error("no loss `{loss}` with miner `{miner}` is registered")]
    UnknownLoss { loss: String, miner: String },
    #[error("`{loss}` has no parameter `{key}`, or `{key}` is not a number or a switch")]
    Parameter { loss: String, key: String },
    #[error("`{field}` should hold {expected} numbers, it holds {found}")]
    Shape {
        field: String,
        expected: usize,
        found: usize,
    },
    #[error("`{field}` is missing")]
    Missing { field: String },
    #[error("{detail}")]
    Other { detail: String },
}
