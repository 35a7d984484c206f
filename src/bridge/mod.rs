//! The messages between page and worker. Small ones travel as JSON; pixels and coordinates travel beside them as
//! transferred arrays (the `bulk` of a message).

#[cfg(feature = "web")]
pub mod port;

use serde::{Deserialize, Serialize};

use crate::data::{DataSource, Dataset, Inputs};
use crate::experiment::RaceSpec;
use crate::record::{CurvePoint, Rates};

/// Counts up with every race that is started. Events of an older run are dropped.
pub type RunId = u32;

/// What the page asks of a worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "type")]
pub enum Command {
    /// Choose the device and warm it up. Answered by [`Event::Ready`] or [`Event::Failed`].
    Open {
        device: DevicePreference,
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
        race: RaceSpec,
    },
    /// Train until the last step, [`Command::Pause`], or [`Command::StopAt`]. `go` counts up with every Play and Step, so
    /// that a late [`Event::Paused`] is known for what it answers.
    Play {
        #[serde(default)]
        go: u32,
    },
    Pause,
    /// Train this many steps of every heat, then pause.
    Step {
        steps: u32,
        #[serde(default)]
        go: u32,
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
    /// Ask for one frame of each heat. A frame not yet sent is replaced, never queued.
    RequestFrames,
    /// Check the losses on this device. Bulk: none; `cases` is a JSON array of golden cases.
    Verify {
        cases: String,
    },
    /// Time a few steps of this race on this device, without touching the race that is laid out.
    Measure {
        race: RaceSpec,
    },
    /// For tests: end the worker as a crash would.
    Crash,
    /// For tests: lose the GPU device as a driver reset would.
    LoseDevice,
}

/// Which device the person wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DevicePreference {
    /// Whichever is faster for this race.
    #[default]
    Auto,
    WebGpu,
    Cpu,
}

/// Which device a worker has opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeviceKind {
    WebGpu,
    Cpu,
}

/// The device that trains.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeviceReport {
    pub kind: DeviceKind,
    /// Adapter name, or `WebAssembly SIMD`.
    pub name: String,
    /// Whether the adapter is a software rasteriser.
    pub software: bool,
}

/// What a [`Event::Frame`]'s bulk holds: `points * components` coordinates, then `proxies * components`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FrameHeader {
    pub heat: usize,
    pub lane: usize,
    pub step: u32,
    /// 2, or 3 for a 3-D embedding on the sphere.
    pub components: usize,
    pub points: usize,
    /// Class vectors of the classes in view (none of unseen classes: these are projected training classes).
    pub proxies: usize,
    /// Share of the variance that the picture shows, 0..=1; 1 where nothing was projected.
    pub explained: f32,
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

/// Why something ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
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

/// How one golden case came out on this device.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CaseReport {
    pub id: String,
    /// [`LossInfo::golden`](crate::loss::LossInfo::golden) of the loss.
    pub loss: String,
    /// Relative error of the value.
    pub value_error: f64,
    /// Largest relative error of any gradient.
    pub gradient_error: f64,
    pub passed: bool,
}

/// What a worker tells the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "type")]
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
        evaluation_ms: f64,
    },
    /// Sent some times a second while training.
    Progress {
        run: RunId,
        heat: usize,
        step: u32,
        steps_per_second: f32,
    },
    /// Bulk: coordinates, see [`FrameHeader`].
    Frame {
        run: RunId,
        header: FrameHeader,
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
        go: u32,
    },
    Finished {
        run: RunId,
    },
    Measured {
        milliseconds_per_step: f64,
    },
    Checked {
        report: CaseReport,
        done: usize,
        of: usize,
    },
    Failed {
        cause: Cause,
        message: String,
    },
}
