//! What happens to the page, and what the browser is asked to do.

use std::rc::Rc;

use kyori_text::Message;

use super::{ChartView, DevicePreference, Download, FleetId, GpuAvailability, Sheet, Theme};
use crate::bridge::{Bulk, CheckFailure, Command, DeviceKind, Event, Failure, FetchFailure};
use crate::data::DataSource;
use crate::experiment::Experiment;
use crate::loss::LossKind;
use crate::record::Film;

/// What an action asks of the browser, in this order.
pub type Effects = Vec<Effect>;

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
    /// Fetch the map of which loss wins where.
    FetchMap,
    /// Ask the browser for a WebGPU adapter.
    LookForGpu,
    /// Dispatch [`Action::RestartDue`] a little later.
    RestartLater { token: u32 },
    /// Dispatch [`Action::ReplayTick`] after [`TICK_MS`](super::TICK_MS).
    ReplayLater { token: u32 },
    /// Fetch the film of the race that the page opens with.
    FetchOpening,
    /// Keep the settings in the address bar.
    SaveSettings { experiment: Rc<Experiment> },
    /// Keep in the address bar what is seen, by [`VIEW_KEYS`](super::VIEW_KEYS).
    SaveView {
        view: Vec<(&'static str, &'static str)>,
    },
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
    /// Show embeddings as maps of neighbours instead of by their main directions.
    ShowNeighbours(bool),
    /// Show which pictures lie nearest to this one, an index in the data set.
    LookUp(u32),
    /// Show the embedding of another seed of a loss.
    ShowLane {
        loss: LossKind,
        lane: usize,
    },

    /// Look at the moment of the run that is nearest to this step.
    Seek(u32),
    /// Look at the next moment, or at the one before.
    SeekBy {
        forward: bool,
    },
    /// Follow the run again.
    GoLive,
    /// Play the run again, or stop that.
    ToggleReplay,
    SetReplaySpeed(f64),
    /// The time between two moments of a replay is over.
    ReplayTick {
        token: u32,
    },
    /// The answer to [`Effect::FetchOpening`]. It `plays` by itself, unless the person asked
    /// for less movement.
    OpeningCame {
        film: Rc<Film>,
        plays: bool,
    },
    /// The person has opened a file.
    OpenFilm(Rc<Film>),

    SetChart(ChartView),
    SetTheme(Theme),
    /// Whether dark colours are in effect.
    DarkIs(bool),
    Show(Sheet),
    /// Another try, after it has failed.
    FetchMap,
    /// The answer to [`Effect::FetchMap`].
    MapFetched(Result<String, FetchFailure>),
    CloseSheet,
    /// Keep the batch that is looked into, or go on to the next ones.
    HoldLook(bool),
    /// Opens or closes the panel. Sheets lie over it and close by themselves.
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
    /// Try as many random settings of each loss as were chosen: the number is the state's, since a click may come before
    /// the page is drawn with the latest.
    StartTuning,
    StopTuning,
    /// Race with the best setting of each loss.
    ApplyTuning,

    StartCheck,
    CasesFetched(Result<String, CheckFailure>),
}
