//! What happens to the page, what the browser is asked to do, and the small types that both speak of.

use std::rc::Rc;

use kyori_text::Message;

use super::{DevicePreference, FleetId};
use crate::bridge::{
    Bulk, CaseReport, Cause, CheckFailure, Command, DeviceKind, Event, Failure, RequestId,
};
use crate::data::{DataSource, DataSpec};
use crate::experiment::{Experiment, NetSpec, RaceSpec, SamplerSpec};
use crate::loss::LossKind;
use crate::record::Measure;
use crate::ui::model::Axis;
use crate::ui::paint::Chart;

/// What the browser is asked to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Fetch the engine, compile it, and start these workers of a fleet.
    Launch {
        fleet: FleetId,
        kind: DeviceKind,
        workers: std::ops::Range<usize>,
    },
    /// End all workers of a fleet.
    Dismiss { fleet: FleetId },
    /// Send a command. The data file's bytes go with [`Command::Load`].
    Send {
        fleet: FleetId,
        worker: usize,
        command: Command,
    },
    /// Fetch the data set's file, where it has one.
    FetchData { data: DataSource },
    /// Fetch the data set's file anew next time: it may have been damaged.
    ForgetData,
    /// Fetch the cases for [`Command::Verify`].
    FetchCases,
    /// Ask the browser for a WebGPU adapter.
    LookForGpu,
    /// Dispatch [`Action::RestartDue`] a little later.
    RestartLater { token: u32 },
    /// Keep the settings in the address bar.
    SaveSettings { experiment: Rc<Experiment> },
    /// Keep and apply the colour scheme.
    SetTheme { theme: Theme },
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// The page is there: load the engine and the data.
    Begin {
        cores: usize,
    },
    TogglePlay,
    Step,
    /// Back to step 0 with the same initial weights.
    Reset,
    NewSeed,
    SetPace(Option<f32>),
    SetStopAt(Option<u32>),
    /// New settings, whole. Learning rates take effect at once, others with a new race.
    Edit(Rc<Experiment>),
    /// New settings, whole, and a new race in any case.
    StartWith(Rc<Experiment>),
    /// The pause after an edit is over.
    RestartDue {
        token: u32,
    },
    /// Show classes that are trained on instead of unseen ones.
    ShowSeen(bool),
    ShowLane {
        heat: usize,
        lane: usize,
    },

    SetChart(ChartView),
    SetTheme(Theme),
    /// Whether dark colours are in effect.
    DarkIs(bool),
    Show(Sheet),
    CloseSheet,
    /// Opens or closes the panel, where it is a drawer. Sheets lie over it and close by themselves.
    OpenSettings(bool),
    DismissTrouble,
    DismissNotices,
    /// The address has changed: its settings, and what of it could not be used.
    FollowLink {
        experiment: Rc<Experiment>,
        notices: Vec<Message>,
    },
    /// Told to a screen reader.
    Notify(Message),
    /// Told to everybody, among the notices.
    Warn(Message),

    Prefer(DevicePreference),
    /// The answer to [`Effect::LookForGpu`].
    GpuLooked(GpuAvailability),
    Retry,
    GoOnOnCpu,
    UseSyntheticData,

    /// How much of the engine or the data has arrived.
    Arrived {
        what: Download,
        bytes: u64,
        of: Option<u64>,
    },
    /// The engine's code could not be loaded, or a worker died.
    FleetFailed {
        fleet: FleetId,
        failure: Failure,
    },
    DataFetched {
        data: DataSource,
        outcome: Result<(), Failure>,
    },
    FromWorker {
        fleet: FleetId,
        worker: usize,
        event: Event,
        bulk: Option<Bulk>,
    },
    /// Many at once, so that the page is drawn once.
    Batch(Vec<Action>),

    /// How many random settings of each loss the next tuning is to try.
    ChooseTrials(usize),
    /// Try so many random settings of each loss.
    StartTuning {
        trials: usize,
    },
    StopTuning,
    /// Race with the best setting of each loss.
    ApplyTuning,

    StartCheck,
    CasesFetched(Result<String, CheckFailure>),
}

/// What is being loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Download {
    CpuEngine,
    GpuEngine,
    Data,
}

impl Download {
    pub fn engine(kind: DeviceKind) -> Self {
        match kind {
            DeviceKind::Cpu => Self::CpuEngine,
            DeviceKind::WebGpu => Self::GpuEngine,
        }
    }
}

/// Bytes that have arrived, and how many there will be, where known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Arrival {
    pub bytes: u64,
    pub of: Option<u64>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

/// What lies over the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sheet {
    Help,
    AboutLoss(LossKind),
    CheckDevice,
    /// The losses' settings under all protocols, side by side.
    Protocols,
    Tune,
    /// Which loss is fastest under which conditions.
    WinMap,
}

/// What the browser says of WebGPU.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum GpuAvailability {
    /// Not asked yet.
    #[default]
    Unknown,
    /// There is none; why.
    None { why: Message },
    /// There is an adapter. Its name may be empty.
    Adapter { name: String, software: bool },
}

/// The comparison of the two devices, made in the background.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Comparison {
    /// Number of the timings that were asked for.
    pub id: RequestId,
    /// The kind of race that was timed.
    pub of: Option<Cost>,
    pub gpu_ms: Option<f64>,
    pub cpu_ms: Vec<Option<f64>>,
    /// Why there is no comparison.
    pub failed: Option<Failure>,
}

impl Comparison {
    /// Milliseconds a step of the whole race, on WebGPU and on the CPU.
    pub fn result(&self) -> Option<(f64, f64)> {
        let cpu = self.cpu_ms.iter().copied().collect::<Option<Vec<f64>>>()?;
        let slowest = cpu.into_iter().reduce(f64::max)?;
        Some((self.gpu_ms?, slowest))
    }
}

/// What a step's time depends on.
#[derive(Clone, Debug, PartialEq)]
pub struct Cost {
    /// Losses with their number of lanes.
    heats: Vec<(LossKind, usize)>,
    sampler: SamplerSpec,
    net: NetSpec,
    data: DataSpec,
}

impl Cost {
    pub fn of(race: &RaceSpec) -> Self {
        Self {
            heats: race
                .heats
                .iter()
                .map(|heat| (heat.loss, heat.lanes.len()))
                .collect(),
            sampler: race.sampler,
            net: race.net.clone(),
            data: race.data.clone(),
        }
    }
}

/// Something went wrong: what, and what the person can do.
#[derive(Clone, Debug, PartialEq)]
pub struct Trouble {
    pub cause: Cause,
    pub title: Message,
    pub detail: Message,
    pub remedies: Vec<Remedy>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    Retry,
    GoOnOnCpu,
    UseSyntheticData,
    DefaultSettings,
    Dismiss,
}

/// Where the race is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RaceStatus {
    /// No loss is in the race.
    Empty,
    /// The engine or the data is not there yet.
    Preparing,
    /// At step 0, never played.
    Ready,
    Playing,
    Paused,
    Finished,
    Failed,
}

/// "Check this device".
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Check {
    /// Number of the check that was asked for last.
    pub id: RequestId,
    pub running: bool,
    pub done: usize,
    pub of: usize,
    pub reports: Vec<CaseReport>,
    pub failed: Option<CheckFailure>,
}

/// Which chart is shown, and how.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChartView {
    pub chart: Chart,
    pub measure: Measure,
    pub axis: Axis,
    pub log_x: bool,
    /// Draws every seed behind the mean.
    pub show_seeds: bool,
}

impl Default for ChartView {
    fn default() -> Self {
        Self {
            chart: Chart::default(),
            measure: Measure::RecallAt1,
            axis: Axis::default(),
            log_x: false,
            show_seeds: false,
        }
    }
}
