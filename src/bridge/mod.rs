//! The messages between page and worker. Small ones travel as JSON; pixels and coordinates travel beside them as
//! transferred arrays (the `bulk` of a message).
//!
//! Enumerations are tagged from outside, `{"failed":{…}}`, which is read straight from the text. A tag inside would have
//! each message copied into a tree first, by code as large as all else that the page has of JSON.

mod failure;
pub mod json;
#[cfg(feature = "web")]
pub mod port;

use serde::{Deserialize, Serialize};

use crate::data::{DataSource, Dataset, Inputs};
pub use crate::device::{DeviceKind, DeviceReport};
use crate::experiment::RaceSpec;
pub use crate::record::FrameHeader;
use crate::record::{CurvePoint, InsideHeader, Rates};

pub use failure::{
    BackboneError, CaseFault, Cause, CheckFailure, Failure, FetchFailure, Missing, RaceError,
    unusable,
};

/// Counts up with every race that is started. Events of an older run are dropped.
pub type RunId = u32;

/// Counts up with every check and timing that is asked for. Answers to an older one are dropped.
pub type RequestId = u32;

/// What the page asks of a worker. Races are in boxes, since all else is small.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Command {
    /// Choose the device and warm it up. Answered by [`Event::Ready`] or [`Event::Failed`].
    Open {
        device: DeviceKind,
    },
    /// Take the data set. Bulk: the file's bytes (none for synthetic data).
    Load {
        data: DataSource,
    },
    /// Show the data set that was taken. Answered by [`Event::Dataset`].
    ShareDataset,
    /// Lay out a race at step 0, paused. Answered by [`Event::Started`] and the curves' first point.
    Start {
        run: RunId,
        race: Box<RaceSpec>,
    },
    /// Train until the last step, [`Command::Pause`], or [`Command::StopAt`]. `play` counts up with every Play and Step,
    /// so that a late [`Event::Paused`] is known for what it answers.
    Play {
        #[serde(default)]
        play: u32,
    },
    Pause,
    /// Train this many steps of every heat, then pause.
    Step {
        steps: u32,
        #[serde(default)]
        play: u32,
    },
    /// At most this many steps a second and heat; `None` is as fast as the device can.
    SetPace {
        steps_per_second: Option<f32>,
    },
    /// Pause when every heat has done this many steps.
    StopAt {
        step: u32,
    },
    /// Change learning rates without a reset. `heat` is the index in the race. Answered by [`Event::RatesSet`].
    SetRates {
        heat: usize,
        lr: f32,
        proxy_lr_factor: f32,
    },
    /// Which lane the frames of a heat show.
    ShowLane {
        heat: usize,
        lane: usize,
    },
    /// Which classes the frames show: unseen ones, or some of those that are trained on. Answered by [`Event::View`].
    ShowClasses {
        seen: bool,
    },
    /// Whether frames show the map of neighbours or the principal plane; embeddings of up to three dimensions are shown
    /// as they are.
    ShowNeighbours {
        neighbours: bool,
    },
    /// Look up these samples, as indices in the data set, from now on. Answered by [`Event::Retrieved`].
    LookUp {
        queries: Vec<u32>,
    },
    /// Ask for one frame of each heat. A frame not yet sent is replaced, never queued.
    RequestFrames,
    /// Look at the batch that a lane trains on next, and at who pulls whom there. Answered by [`Event::Inside`], as soon as
    /// looking has had no more than its share of the time. One not yet answered is replaced, never queued.
    LookInside {
        heat: usize,
        lane: usize,
    },
    /// Check the losses on this device. `cases` is a JSON array of golden cases. Answered by [`Event::Checked`] for each,
    /// or by [`Event::CheckFailed`].
    Verify {
        id: RequestId,
        cases: String,
    },
    /// Time a few steps of this race on this device, without touching the race that is laid out. Answered by
    /// [`Event::Measured`] or [`Event::MeasureFailed`].
    Measure {
        id: RequestId,
        race: Box<RaceSpec>,
    },
}

/// Pictures of unseen classes and those that one lane's embedding puts nearest to them. All are indices in the data set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Retrieval {
    pub lane: usize,
    /// The step of the evaluation.
    pub step: u32,
    pub queries: Vec<u32>,
    /// Of each query the nearest of all others that are measured, nearest first.
    pub nearest: Vec<Vec<u32>>,
}

/// What travels beside a message.
#[derive(Clone, Debug, PartialEq)]
pub enum Bulk {
    Bytes(Vec<u8>),
    Floats(Vec<f32>),
}

impl From<Bulk> for Inputs {
    fn from(bulk: Bulk) -> Self {
        match bulk {
            Bulk::Bytes(bytes) => Self::Bytes(bytes),
            Bulk::Floats(floats) => Self::Floats(floats),
        }
    }
}

/// How one golden case came out on this device.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CaseReport {
    pub id: String,
    /// [`LossInfo::golden`](crate::loss::LossInfo::golden) of the loss.
    pub loss: String,
    /// Relative error of the value; infinite or NaN where the device gave no finite number.
    #[serde(with = "crate::number")]
    pub value_error: f64,
    /// Largest relative error of any gradient, likewise.
    #[serde(with = "crate::number")]
    pub gradient_error: f64,
    pub passed: bool,
}

/// What a worker tells the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// The worker's code runs; nothing else has happened.
    Alive,
    Ready {
        device: DeviceReport,
    },
    Loaded {
        samples: usize,
        classes: usize,
    },
    /// The data set, for its pictures and names. Bulk: its inputs, which `dataset` then leaves empty.
    Dataset {
        data: DataSource,
        dataset: Dataset,
    },
    /// `view` lists the picture behind each point of a frame, as index in the data set.
    Started {
        run: RunId,
        view: Vec<u32>,
        train_classes: usize,
        test_classes: usize,
    },
    /// The picture behind each point of a frame has changed.
    View {
        run: RunId,
        view: Vec<u32>,
    },
    Evaluated {
        run: RunId,
        heat: usize,
        point: CurvePoint,
        /// What embedding and measuring the unseen classes took, for all lanes together.
        #[serde(with = "crate::number")]
        evaluation_ms: f64,
    },
    /// Sent some times a second while training.
    Progress {
        run: RunId,
        heat: usize,
        step: u32,
        #[serde(with = "crate::number")]
        steps_per_second: f32,
    },
    /// Bulk: coordinates, see [`FrameHeader`].
    Frame {
        run: RunId,
        header: FrameHeader,
    },
    /// Which pictures lay nearest to those that are looked up, at the last evaluation.
    Retrieved {
        run: RunId,
        heat: usize,
        retrieval: Retrieval,
    },
    /// Answers [`Command::LookInside`]. Bulk: the matrices and the gradient, see [`Inside`](crate::record::Inside).
    Inside {
        run: RunId,
        header: Box<InsideHeader>,
    },
    /// What [`Command::SetRates`] asked for is in effect.
    RatesSet {
        run: RunId,
        heat: usize,
        rates: Rates,
    },
    /// A lane's loss was not finite; the others go on.
    LaneStopped {
        run: RunId,
        heat: usize,
        lane: usize,
        step: u32,
    },
    /// The Play or Step of this number has come to its end, by [`Command::Pause`] or by itself.
    Paused {
        run: RunId,
        play: u32,
    },
    Finished {
        run: RunId,
    },
    Measured {
        id: RequestId,
        #[serde(with = "crate::number")]
        milliseconds_per_step: f64,
    },
    /// The timing came to nothing; the race that is laid out is untouched.
    MeasureFailed {
        id: RequestId,
        failure: Failure,
    },
    Checked {
        id: RequestId,
        report: CaseReport,
        done: usize,
        of: usize,
    },
    /// The check ended before its last case; the race that is laid out is untouched.
    CheckFailed {
        id: RequestId,
        failure: CheckFailure,
    },
    /// The worker can do no more.
    Failed {
        failure: Failure,
    },
}
