//! What the page knows, and the one function that changes it.
//!
//! [`State::apply`] takes an [`Action`] (a person's, or a worker's event) and leaves [`Effect`]s for the browser to carry
//! out. Nothing here touches the browser, so all of it is tested natively.

mod fleet;
#[cfg(test)]
mod tests;
mod tuning;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

pub use fleet::{Fleet, FleetId, Phase, Worker};
pub use tuning::{TunedLoss, Tuning};

use super::model::{Axis, Frame, Metric, Same, Series};
use crate::bridge::{CaseReport, Cause, Command, DeviceKind, DevicePreference, DeviceReport, Event, RunId};
use crate::data::Dataset;
use crate::experiment::{DataSpec, EvaluateOn, Experiment, RaceSpec, SyntheticSpec};
use crate::loss::LossKind;

/// What the synthetic data set starts with.
pub const SYNTHETIC: SyntheticSpec =
    SyntheticSpec { classes: 60, dim: 32, samples_per_class: 40, spread: 0.25, noise: 0.1, seed: 1 };

/// What the browser is asked to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Fetch the engine, compile it, and start these workers of a fleet.
    Launch { fleet: FleetId, kind: DeviceKind, workers: std::ops::Range<usize> },
    /// End all workers of a fleet.
    Dismiss { fleet: FleetId },
    /// Send a command. The data file's bytes go with [`Command::Load`].
    Send { fleet: FleetId, worker: usize, command: Command },
    /// Fetch the data set's file, where it has one.
    FetchData { data: DataSpec },
    /// Fetch the data set's file anew next time: it may have been damaged.
    ForgetData,
    /// Read the data set on the page's side, for the pictures.
    OpenDataset { data: DataSpec },
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

    SetMetric(Metric),
    SetAxis(Axis),
    SetLogX(bool),
    SetShowSeeds(bool),
    SetChart(ChartKind),
    SetTheme(Theme),
    /// Whether dark colours are in effect.
    DarkIs(bool),
    Show(Option<Sheet>),
    DismissTrouble,
    DismissNotices,
    /// The address has changed: its settings, and what of it could not be used.
    FollowLink {
        experiment: Rc<Experiment>,
        notices: Vec<String>,
    },
    Notify(String),

    Prefer(DevicePreference),
    /// The answer to [`Effect::LookForGpu`].
    GpuLooked(GpuSight),
    Retry,
    GoOnOnCpu,
    UseSyntheticData,

    /// How much of the engine or the data has arrived.
    Arrived {
        what: Cargo,
        bytes: u64,
        of: Option<u64>,
    },
    /// The engine's code could not be loaded, or a worker died.
    FleetFailed {
        fleet: FleetId,
        message: String,
    },
    DataFetched {
        data: DataSpec,
        outcome: Result<(), String>,
    },
    DatasetOpened {
        data: DataSpec,
        dataset: Same<Dataset>,
    },
    FromWorker {
        fleet: FleetId,
        worker: usize,
        event: Event,
        bulk: Vec<f32>,
    },
    /// Many at once, so that the page is drawn once.
    Batch(Vec<Action>),

    /// Try so many random settings of each loss.
    StartTuning {
        trials: usize,
    },
    StopTuning,
    /// Race with the best setting of each loss.
    ApplyTuning,

    StartCheck,
    CasesFetched(Result<String, String>),
}

/// What is being loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cargo {
    CpuEngine,
    GpuEngine,
    Data,
}

impl Cargo {
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
    /// The losses' settings under both protocols, side by side.
    Protocols,
    Tune,
    /// Which loss is fastest under which conditions.
    WinMap,
    /// The panel, where it is a drawer.
    Settings,
}

/// What the browser says of WebGPU.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum GpuSight {
    /// Not asked yet.
    #[default]
    Unknown,
    /// There is none; why.
    None { why: String },
    /// There is an adapter.
    Adapter { name: String, software: bool },
}

/// The comparison of the two devices, made in the background.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Comparison {
    pub gpu_ms: Option<f64>,
    pub cpu_ms: Vec<Option<f64>>,
    /// Why there is no comparison.
    pub failed: Option<String>,
}

impl Comparison {
    /// Milliseconds a step of the whole race, on WebGPU and on the CPU.
    pub fn result(&self) -> Option<(f64, f64)> {
        let cpu = self.cpu_ms.iter().copied().collect::<Option<Vec<f64>>>()?;
        let slowest = cpu.into_iter().reduce(f64::max)?;
        Some((self.gpu_ms?, slowest))
    }
}

/// Something went wrong: what, and what the person can do.
#[derive(Clone, Debug, PartialEq)]
pub struct Trouble {
    pub title: String,
    pub detail: String,
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
pub enum Standing {
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

/// One loss in the race.
#[derive(Clone, Debug, PartialEq)]
pub struct Heat {
    pub loss: LossKind,
    pub lanes: usize,
    /// Index in the palette.
    pub colour: usize,
    /// The lane whose embedding is shown.
    pub lane_shown: usize,
    pub step: u32,
    pub steps_per_second: f32,
    /// Lanes that ended, at which step.
    pub stopped: Vec<(usize, u32)>,
}

/// "Check this device".
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Check {
    pub running: bool,
    pub done: usize,
    pub of: usize,
    pub reports: Vec<CaseReport>,
    pub failed: Option<String>,
}

/// What the chart shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ChartKind {
    /// Quality against time.
    #[default]
    Curves,
    /// Time to shares of the best.
    Reach,
    /// Paths through the plane of tightness and contrast.
    Plane,
    /// Their ratio against MAP@R.
    Ratio,
}

impl ChartKind {
    pub const ALL: [Self; 4] = [Self::Curves, Self::Reach, Self::Plane, Self::Ratio];

    pub fn label(self) -> &'static str {
        match self {
            Self::Curves => "Curves",
            Self::Reach => "Time to 80, 90, 95 %",
            Self::Plane => "Tightness and contrast",
            Self::Ratio => "Their ratio and MAP@R",
        }
    }
}

/// How the chart is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ChartView {
    pub kind: ChartKind,
    pub metric: Metric,
    pub axis: Axis,
    pub log_x: bool,
    pub show_seeds: bool,
}

/// Everything the page knows.
#[derive(Clone, Debug)]
pub struct State {
    pub experiment: Rc<Experiment>,
    /// The experiment whose curves are shown.
    pub shown: Rc<Experiment>,
    /// The race that is laid out or being laid out.
    pub race: Rc<RaceSpec>,
    pub run: RunId,
    /// Whether the person wants it to run.
    pub playing: bool,
    /// Whether play was ever pressed in this run.
    pub played: bool,
    pub pace: Option<f32>,
    pub stop_at: Option<u32>,
    pub heats: Rc<Vec<Heat>>,
    pub series: Rc<Vec<Series>>,
    pub frames: Vec<Option<Rc<Frame>>>,
    /// The picture behind each point of a frame.
    pub view: Rc<Vec<u32>>,
    pub classes: Option<(usize, usize)>,
    /// The views show classes that are trained on.
    pub show_seen: bool,
    pub dataset: Option<Same<Dataset>>,
    /// Which losses have which colour; a loss keeps its own while it is in the race.
    colours: BTreeMap<LossKind, usize>,

    pub chart: ChartView,
    pub theme: Theme,
    pub dark: bool,
    pub sheet: Option<Sheet>,
    pub trouble: Option<Trouble>,
    /// What a screen reader is told.
    pub status: Rc<str>,
    /// An edit waits to be laid out.
    pub edit_pending: bool,
    restart_token: u32,

    pub preference: DevicePreference,
    pub sight: GpuSight,
    pub comparison: Comparison,
    pub fleet: Option<Fleet>,
    /// A fleet on WebGPU that is only measured.
    pub scout: Option<Fleet>,
    next_fleet: FleetId,
    cores: usize,
    pub arrivals: BTreeMap<Cargo, Arrival>,
    data: DataState,
    pub check: Check,
    /// The last tuning, running or done.
    pub tuning: Option<Rc<Tuning>>,
    /// What the link held and could not be used.
    pub notices: Vec<String>,
    /// Where each loss ended in the last whole race under a protocol: MAP@R, best first.
    pub rankings: BTreeMap<&'static str, Vec<(LossKind, f32)>>,

    effects: Rc<RefCell<Vec<Effect>>>,
}

/// The data set's file.
#[derive(Clone, Debug, Default, PartialEq)]
enum DataState {
    #[default]
    None,
    Fetching(DataSpec),
    Here(DataSpec),
}

impl DataState {
    fn has(&self, data: &DataSpec) -> bool {
        matches!(self, Self::Here(here) if here == data)
    }
}

impl State {
    pub fn new(experiment: Experiment, theme: Theme) -> Self {
        let race = experiment.race(EvaluateOn::Test);
        let mut state = Self {
            shown: Rc::new(experiment.clone()),
            experiment: Rc::new(experiment),
            race: Rc::new(race),
            run: 0,
            playing: false,
            played: false,
            pace: None,
            stop_at: None,
            heats: Rc::default(),
            series: Rc::default(),
            frames: Vec::new(),
            view: Rc::default(),
            classes: None,
            show_seen: false,
            dataset: None,
            colours: BTreeMap::new(),
            chart: ChartView::default(),
            theme,
            dark: false,
            sheet: None,
            trouble: None,
            status: "".into(),
            edit_pending: false,
            restart_token: 0,
            preference: DevicePreference::Auto,
            sight: GpuSight::Unknown,
            comparison: Comparison::default(),
            fleet: None,
            scout: None,
            next_fleet: 0,
            cores: 2,
            arrivals: BTreeMap::new(),
            data: DataState::None,
            check: Check::default(),
            tuning: None,
            notices: Vec::new(),
            rankings: BTreeMap::new(),
            effects: Rc::default(),
        };
        state.lay_out();
        state
    }

    /// What the browser is to do since the last call.
    pub fn take_effects(&self) -> Vec<Effect> {
        self.effects.take()
    }

    fn effect(&self, effect: Effect) {
        self.effects.borrow_mut().push(effect);
    }

    fn say(&mut self, text: impl Into<String>) {
        self.status = text.into().into();
    }

    /// The device that trains.
    pub fn device(&self) -> Option<&DeviceReport> {
        self.fleet.as_ref()?.workers.iter().find_map(|worker| worker.device.as_ref())
    }

    /// The tuning that the workers have laid out.
    fn tuning_now(&self) -> Option<&Tuning> {
        self.tuning.as_deref().filter(|tuning| tuning.run == self.run)
    }

    /// The step that every heat that still runs has reached.
    pub fn step(&self) -> u32 {
        if let Some(tuning) = self.tuning_now() {
            return tuning.step();
        }
        let running = self.heats.iter().filter(|heat| heat.stopped.len() < heat.lanes);
        running.map(|heat| heat.step).min().or_else(|| self.heats.iter().map(|heat| heat.step).max()).unwrap_or(0)
    }

    pub fn steps(&self) -> u32 {
        self.race.schedule.steps
    }

    pub fn standing(&self) -> Standing {
        if self.race.heats.is_empty() && self.fleet.as_ref().is_none_or(|fleet| !fleet.failed) {
            return Standing::Empty;
        }
        let Some(fleet) = &self.fleet else {
            return if self.trouble.is_some() { Standing::Failed } else { Standing::Preparing };
        };
        if fleet.failed {
            Standing::Failed
        } else if !fleet.all_started(self.run) {
            Standing::Preparing
        } else if fleet.all_finished(self.run) {
            Standing::Finished
        } else if self.playing {
            Standing::Playing
        } else if self.played {
            Standing::Paused
        } else {
            Standing::Ready
        }
    }

    /// Changes the state by one action.
    pub fn apply(&mut self, action: Action) {
        match action {
            Action::Batch(actions) => {
                for action in actions {
                    self.apply(action);
                }
                return;
            }
            Action::Begin { cores } => {
                self.cores = cores.max(1);
                self.open_preferred();
            }
            Action::TogglePlay => self.toggle_play(),
            Action::Step => {
                self.playing = false;
                self.played = true;
                if let Some(fleet) = &mut self.fleet {
                    for (worker, command) in fleet.step(self.run) {
                        self.effects.borrow_mut().push(Effect::Send { fleet: fleet.id, worker, command });
                    }
                }
            }
            Action::Reset => {
                self.restart();
                self.say("Reset to step 0 with the same initial weights.");
            }
            Action::NewSeed => {
                let mut experiment = (*self.experiment).clone();
                // Numbers that are easy to read and to share, and no seed twice within one race.
                experiment.first_seed = (experiment.first_seed + experiment.seeds.max(1) as u64) % 1_000_000;
                self.experiment = Rc::new(experiment);
                self.restart();
                self.say(format!("New initial weights and batches: seed {}.", self.experiment.first_seed));
            }
            Action::SetPace(pace) => {
                self.pace = pace;
                self.send_all(|| Command::SetPace { steps_per_second: pace });
            }
            Action::SetStopAt(step) => {
                self.stop_at = step;
                let step = step.unwrap_or_else(|| self.steps());
                self.send_all(|| Command::StopAt { step });
            }
            Action::Edit(experiment) => self.edit(experiment),
            Action::StartWith(experiment) => {
                self.trouble = None;
                self.experiment = experiment;
                self.restart();
            }
            Action::RestartDue { token } => {
                if token == self.restart_token && self.edit_pending {
                    self.restart();
                }
            }
            Action::ShowSeen(seen) => {
                self.show_seen = seen;
                self.send_all(|| Command::ShowClasses { seen });
            }
            Action::ShowLane { heat, lane } => {
                if let Some(shown) = Rc::make_mut(&mut self.heats).get_mut(heat) {
                    shown.lane_shown = lane.min(shown.lanes.saturating_sub(1));
                    let lane = shown.lane_shown;
                    self.send_heat(heat, |heat| Command::ShowLane { heat, lane });
                    self.send_heat(heat, |_| Command::RequestFrames);
                }
            }
            Action::SetMetric(metric) => self.chart.metric = metric,
            Action::SetAxis(axis) => self.chart.axis = axis,
            Action::SetLogX(log_x) => self.chart.log_x = log_x,
            Action::SetChart(kind) => self.chart.kind = kind,
            Action::SetShowSeeds(show) => self.chart.show_seeds = show,
            Action::SetTheme(theme) => {
                self.theme = theme;
                self.effect(Effect::SetTheme { theme });
            }
            Action::DarkIs(dark) => self.dark = dark,
            Action::Show(sheet) => self.sheet = sheet,
            Action::DismissTrouble => self.trouble = None,
            Action::DismissNotices => self.notices.clear(),
            Action::FollowLink { experiment, notices } => {
                self.notices = notices;
                if experiment != self.experiment {
                    self.trouble = None;
                    self.experiment = experiment;
                    self.restart();
                }
            }
            Action::Notify(text) => self.say(text),

            Action::Prefer(preference) => {
                if preference != self.preference {
                    self.preference = preference;
                    self.open_preferred();
                }
            }
            Action::GpuLooked(sight) => self.gpu_looked(sight),
            Action::Retry => {
                self.trouble = None;
                self.dismiss_all();
                self.data = DataState::None;
                self.effect(Effect::ForgetData);
                self.open_preferred();
            }
            Action::GoOnOnCpu => {
                self.trouble = None;
                self.preference = DevicePreference::Cpu;
                self.open_preferred();
            }
            Action::UseSyntheticData => {
                self.trouble = None;
                let mut experiment = (*self.experiment).clone();
                experiment.data = DataSpec::Synthetic(SYNTHETIC);
                self.experiment = Rc::new(experiment);
                self.restart();
            }

            Action::Arrived { what, bytes, of } => {
                self.arrivals.insert(what, Arrival { bytes, of });
            }
            Action::FleetFailed { fleet, message } => self.fleet_failed(fleet, Cause::Engine, message),
            Action::DataFetched { data, outcome } => {
                if self.data == DataState::Fetching(data.clone()) {
                    match outcome {
                        Ok(()) => self.data = DataState::Here(data),
                        Err(message) => {
                            self.data = DataState::None;
                            self.trouble(Cause::Data, message);
                        }
                    }
                }
            }
            Action::DatasetOpened { data, dataset } => {
                if data == self.race.data {
                    self.dataset = Some(dataset);
                }
            }
            Action::FromWorker { fleet, worker, event, bulk } => self.on_worker(fleet, worker, event, bulk),

            Action::StartTuning { trials } => self.start_tuning(trials),
            Action::StopTuning => {
                if self.tuning_now().is_some() {
                    self.playing = false;
                    self.tuning = None;
                    self.restart();
                    self.say("Tuning stopped. The race is back at step 0.");
                }
            }
            Action::ApplyTuning => {
                if let Some(tuning) = self.tuning.clone() {
                    let mut experiment = (*self.experiment).clone();
                    tuning.apply(&mut experiment);
                    self.experiment = Rc::new(experiment);
                    self.sheet = None;
                    self.playing = false;
                    self.restart();
                    self.say("The best settings are applied. Press Play to race with them.");
                }
            }

            Action::StartCheck => {
                self.pause();
                self.check = Check { running: true, ..Check::default() };
                self.effect(Effect::FetchCases);
            }
            Action::CasesFetched(outcome) => match outcome {
                Ok(cases) => {
                    let ready = self.fleet.as_ref().filter(|fleet| fleet.workers.iter().any(|w| w.device.is_some()));
                    match ready {
                        Some(fleet) => {
                            self.effect(Effect::Send { fleet: fleet.id, worker: 0, command: Command::Verify { cases } })
                        }
                        None => {
                            self.check.running = false;
                            self.check.failed = Some("The engine is not running. Start it, then check again.".into());
                        }
                    }
                }
                Err(message) => {
                    self.check.running = false;
                    self.check.failed = Some(message);
                }
            },
        }
        self.drive();
    }

    fn toggle_play(&mut self) {
        if self.playing {
            self.pause();
            self.say(format!("Paused at step {}.", self.step()));
        } else {
            let tuned = self.tuning_now().is_some_and(|tuning| tuning.done);
            if self.edit_pending || tuned || self.standing() == Standing::Finished {
                self.restart();
            }
            if self.stop_at.is_some_and(|stop| self.step() >= stop) {
                self.stop_at = None;
                let step = self.steps();
                self.send_all(|| Command::StopAt { step });
            }
            self.playing = true;
            self.played = true;
            self.say("Training.");
        }
    }

    fn pause(&mut self) {
        self.playing = false;
    }

    /// Takes new settings: learning rates at once, everything else with a new race at step 0.
    fn edit(&mut self, experiment: Rc<Experiment>) {
        if *experiment == *self.experiment {
            return;
        }
        let previous = std::mem::replace(&mut self.experiment, experiment);
        self.effect(Effect::SaveSettings { experiment: self.experiment.clone() });
        if self.edit_pending || !only_rates_differ(&previous, &self.experiment) {
            self.edit_pending = true;
            self.restart_token += 1;
            self.effect(Effect::RestartLater { token: self.restart_token });
            return;
        }
        let race = self.experiment.race(EvaluateOn::Test);
        for (heat, (old, new)) in previous.entries.iter().zip(&self.experiment.entries).enumerate() {
            if old != new {
                let (lr, proxy_lr_factor) = (new.lr, new.proxy_lr_factor);
                self.send_heat(heat, |heat| Command::SetRates { heat, lr, proxy_lr_factor });
            }
        }
        self.race = Rc::new(race);
        self.shown = self.experiment.clone();
    }

    /// Trains random settings of every loss, scored on classes that neither training nor the race sees.
    fn start_tuning(&mut self, trials: usize) {
        self.run += 1;
        self.edit_pending = false;
        self.restart_token += 1;
        self.stop_at = None;
        let tuning = Tuning::new(self.run, &self.experiment, trials);
        self.race = Rc::new(self.experiment.race_of(tuning.heats(), EvaluateOn::Validation));
        self.tuning = Some(Rc::new(tuning));
        self.playing = true;
        self.played = true;
        self.deal();
        self.say(format!("Tuning: {trials} trials of each loss."));
    }

    /// Takes what a worker says of the tuning.
    fn on_tuning(&mut self, heat: usize, event: Event) {
        let Some(tuning) = &mut self.tuning else { return };
        let tuning = Rc::make_mut(tuning);
        match event {
            Event::Evaluated { point, .. } => tuning.evaluated(heat, point),
            Event::Progress { step, .. } => tuning.progressed(heat, step),
            Event::LaneStopped { lane, step, .. } => tuning.stopped(heat, lane, step),
            _ => {}
        }
    }

    /// Lays out the race at step 0 and keeps playing if it played.
    fn restart(&mut self) {
        self.edit_pending = false;
        self.restart_token += 1;
        self.run += 1;
        self.played = self.playing;
        self.race = Rc::new(self.experiment.race(EvaluateOn::Test));
        self.effect(Effect::SaveSettings { experiment: self.experiment.clone() });
        self.lay_out();
        let fits = self.fleet.as_ref().is_some_and(|fleet| !fleet.failed);
        if fits {
            self.deal();
        } else if self.fleet.is_some() {
            self.dismiss_all();
            self.open_preferred();
        }
    }

    /// Empty curves for the race's heats.
    fn lay_out(&mut self) {
        let losses: Vec<LossKind> = self.race.heats.iter().map(|heat| heat.loss).collect();
        self.colours.retain(|loss, _| losses.contains(loss));
        let mut heats = Vec::new();
        let mut series = Vec::new();
        for spec in &self.race.heats {
            let colour = match self.colours.get(&spec.loss) {
                Some(&colour) => colour,
                None => {
                    let free = (0..).find(|index| !self.colours.values().any(|used| used == index)).unwrap_or(0);
                    self.colours.insert(spec.loss, free);
                    free
                }
            };
            heats.push(Heat {
                loss: spec.loss,
                lanes: spec.lanes.len(),
                colour,
                lane_shown: 0,
                step: 0,
                steps_per_second: 0.0,
                stopped: Vec::new(),
            });
            series.push(Series {
                name: spec.loss.info().name.to_owned(),
                colour,
                points: Vec::new(),
                stopped: Vec::new(),
            });
        }
        let same = |(old, new): (&Heat, &Heat)| old.loss == new.loss;
        if heats.len() != self.heats.len() || !self.heats.iter().zip(&heats).all(same) {
            self.frames = vec![None; heats.len()];
        }
        self.shown = self.experiment.clone();
        self.heats = Rc::new(heats);
        self.series = Rc::new(series);
    }

    // Devices

    /// Opens the device that the person prefers, if it is not the one that runs.
    fn open_preferred(&mut self) {
        match self.preference {
            DevicePreference::Cpu => {
                self.dismiss_scout();
                self.open(DeviceKind::Cpu);
            }
            DevicePreference::WebGpu => match (&self.sight, self.scout.take()) {
                (_, Some(scout)) if !scout.failed => {
                    // It is open already: it takes over.
                    self.dismiss_fleet();
                    self.fleet = Some(scout);
                    self.start_over();
                }
                (GpuSight::Unknown, _) => self.effect(Effect::LookForGpu),
                (GpuSight::None { why }, _) => {
                    let message = why.clone();
                    self.trouble(Cause::NoWebGpu, message);
                    if self.fleet.is_none() {
                        self.open(DeviceKind::Cpu);
                    }
                }
                (GpuSight::Adapter { .. }, _) => self.open(DeviceKind::WebGpu),
            },
            DevicePreference::Auto => {
                if self.fleet.as_ref().is_none_or(|fleet| fleet.failed) {
                    self.open(DeviceKind::Cpu);
                }
                if self.sight == GpuSight::Unknown {
                    self.effect(Effect::LookForGpu);
                } else {
                    self.send_scout();
                }
            }
        }
    }

    fn open(&mut self, kind: DeviceKind) {
        if self.fleet.as_ref().is_some_and(|fleet| fleet.kind == kind && !fleet.failed) {
            return;
        }
        self.dismiss_fleet();
        let workers = match kind {
            DeviceKind::Cpu => self.race.heats.len().min(self.cores.saturating_sub(1)).max(1),
            DeviceKind::WebGpu => 1,
        };
        let id = self.new_fleet_id();
        self.fleet = Some(Fleet::new(id, kind, workers));
        self.effect(Effect::Launch { fleet: id, kind, workers: 0..workers });
        self.start_over();
    }

    /// A new run for a new fleet: the curves of the old one stay until the first point of the new one.
    fn start_over(&mut self) {
        self.run += 1;
        self.played = self.playing;
        self.edit_pending = false;
        self.race = Rc::new(self.experiment.race(EvaluateOn::Test));
        if self.heats.len() != self.race.heats.len() {
            self.lay_out();
        }
        self.deal();
    }

    fn new_fleet_id(&mut self) -> FleetId {
        self.next_fleet += 1;
        self.next_fleet
    }

    fn dismiss_fleet(&mut self) {
        if let Some(fleet) = self.fleet.take() {
            self.effect(Effect::Dismiss { fleet: fleet.id });
        }
    }

    fn dismiss_scout(&mut self) {
        if let Some(scout) = self.scout.take() {
            self.effect(Effect::Dismiss { fleet: scout.id });
        }
        self.comparison = Comparison::default();
    }

    fn dismiss_all(&mut self) {
        self.dismiss_fleet();
        self.dismiss_scout();
    }

    fn gpu_looked(&mut self, sight: GpuSight) {
        self.sight = sight;
        match self.preference {
            DevicePreference::Auto => self.send_scout(),
            DevicePreference::WebGpu => self.open_preferred(),
            DevicePreference::Cpu => {}
        }
    }

    /// Opens WebGPU in the background to find out whether it is faster.
    fn send_scout(&mut self) {
        let worth = matches!(self.sight, GpuSight::Adapter { software: false, .. });
        if worth && self.scout.is_none() && self.comparison == Comparison::default() {
            let id = self.new_fleet_id();
            self.scout = Some(Fleet::new(id, DeviceKind::WebGpu, 1));
            self.effect(Effect::Launch { fleet: id, kind: DeviceKind::WebGpu, workers: 0..1 });
        }
    }

    // Workers

    /// Deals the heats to the workers.
    fn deal(&mut self) {
        let heats = self.race.heats.len();
        let wanted = heats.min(self.cores.saturating_sub(1)).max(1);
        let Some(fleet) = &mut self.fleet else { return };
        let have = fleet.workers.len();
        if fleet.kind == DeviceKind::Cpu && wanted > have {
            fleet.workers.resize_with(wanted, Worker::default);
            self.effects.borrow_mut().push(Effect::Launch { fleet: fleet.id, kind: fleet.kind, workers: have..wanted });
        }
        fleet.deal(heats);
        if !self.data.has(&self.race.data) && self.data != DataState::Fetching(self.race.data.clone()) {
            self.data = DataState::Fetching(self.race.data.clone());
            self.dataset = None;
            self.effects.borrow_mut().push(Effect::FetchData { data: self.race.data.clone() });
        }
    }

    fn send_all(&self, command: impl Fn() -> Command) {
        if let Some(fleet) = &self.fleet {
            for worker in fleet.started(self.run) {
                self.effect(Effect::Send { fleet: fleet.id, worker, command: command() });
            }
        }
    }

    fn send_heat(&self, heat: usize, command: impl Fn(usize) -> Command) {
        if let Some(fleet) = &self.fleet
            && let Some((worker, local)) = fleet.place(heat)
            && fleet.workers[worker].started == Some(self.run)
        {
            self.effect(Effect::Send { fleet: fleet.id, worker, command: command(local) });
        }
    }

    /// Moves every worker one stage on, where what it waits for is there.
    fn drive(&mut self) {
        let mut effects = Vec::new();
        let data_here = self.data.has(&self.race.data);
        if let Some(fleet) = &mut self.fleet {
            let target = fleet::Target {
                run: self.run,
                race: &self.race,
                data_here,
                playing: self.playing,
                pace: self.pace,
                stop_at: self.stop_at,
            };
            effects.extend(fleet.drive(&target));
        }
        if let Some(scout) = &mut self.scout {
            let target =
                fleet::Target { run: 0, race: &self.race, data_here, playing: false, pace: None, stop_at: None };
            effects.extend(scout.drive_scout(&target));
        }
        self.effects.borrow_mut().extend(effects);
    }

    fn on_worker(&mut self, id: FleetId, index: usize, event: Event, bulk: Vec<f32>) {
        if self.scout.as_ref().is_some_and(|scout| scout.id == id) {
            self.on_scout(event);
            return;
        }
        let Some(fleet) = self.fleet.as_mut().filter(|fleet| fleet.id == id) else { return };
        let Some(worker) = fleet.workers.get_mut(index) else { return };
        let current = self.run;
        let heat_of = |local: usize| worker.heats.get(local).copied();
        match event {
            Event::Alive => worker.phase = Phase::Alive,
            Event::Ready { device } => {
                worker.phase = Phase::Open;
                worker.device = Some(device);
            }
            Event::Loaded { .. } => {
                worker.phase = Phase::Loaded;
                if self.dataset.is_none() && self.data.has(&self.race.data) {
                    self.effect(Effect::OpenDataset { data: self.race.data.clone() });
                }
            }
            Event::Started { run, view, train_classes, test_classes } => {
                if run == current {
                    let first = !fleet.workers.iter().any(|worker| worker.started == Some(run));
                    fleet.workers[index].begin(run);
                    // Tuning leaves the race's curves on the screen.
                    let tuning = self.tuning.as_ref().is_some_and(|tuning| tuning.run == run);
                    if first && !tuning {
                        self.lay_out();
                        self.view = Rc::new(view);
                        self.classes = Some((train_classes, test_classes));
                    }
                    if self.show_seen {
                        let command = Command::ShowClasses { seen: true };
                        self.effect(Effect::Send { fleet: id, worker: index, command });
                    }
                    self.effect(Effect::Send { fleet: id, worker: index, command: Command::RequestFrames });
                }
            }
            Event::Evaluated { run, heat, .. }
            | Event::Progress { run, heat, .. }
            | Event::LaneStopped { run, heat, .. }
                if run == current && self.tuning.as_ref().is_some_and(|tuning| tuning.run == run) =>
            {
                if let Some(heat) = heat_of(heat) {
                    self.on_tuning(heat, event);
                }
            }
            Event::Frame { run, .. } if self.tuning.as_ref().is_some_and(|tuning| tuning.run == run) => {}
            Event::View { run, view } => {
                if run == current {
                    self.view = Rc::new(view);
                }
            }
            Event::Evaluated { run, heat, point } => {
                if let Some(heat) = heat_of(heat).filter(|_| run == current) {
                    let series = Rc::make_mut(&mut self.series);
                    if let Some(series) = series.get_mut(heat)
                        && series.points.last().is_none_or(|last| last.step < point.step)
                    {
                        series.points.push(point);
                    }
                }
            }
            Event::Progress { run, heat, step, steps_per_second } => {
                if let Some(heat) = heat_of(heat).filter(|_| run == current)
                    && let Some(heat) = Rc::make_mut(&mut self.heats).get_mut(heat)
                {
                    heat.step = heat.step.max(step);
                    heat.steps_per_second = steps_per_second;
                }
            }
            Event::Frame { run, mut header } => {
                if let Some(heat) = heat_of(header.heat).filter(|_| run == current) {
                    header.heat = heat;
                    let expected = (header.points + header.proxies) * header.components;
                    if bulk.len() == expected && heat < self.frames.len() {
                        self.frames[heat] = Some(Rc::new(Frame { header, coordinates: bulk }));
                    }
                }
            }
            Event::LaneStopped { run, heat, lane, step } => {
                if let Some(heat) = heat_of(heat).filter(|_| run == current) {
                    if let Some(heat) = Rc::make_mut(&mut self.heats).get_mut(heat) {
                        heat.stopped.push((lane, step));
                    }
                    let series = Rc::make_mut(&mut self.series);
                    if let Some(series) = series.get_mut(heat) {
                        series.stopped.push((lane, step));
                        let text = format!(
                            "{}: the loss was not a finite number at step {step}. Its curve ends there; the others go on.",
                            series.name
                        );
                        self.say(text);
                    }
                }
            }
            Event::Paused { run } => {
                if run == current {
                    worker.stepping = false;
                    if worker.pauses_expected > 0 {
                        worker.pauses_expected -= 1;
                    } else {
                        worker.playing = false;
                        worker.halted = true;
                    }
                    self.effect(Effect::Send { fleet: id, worker: index, command: Command::RequestFrames });
                    self.settle();
                }
            }
            Event::Finished { run } => {
                if run == current {
                    worker.playing = false;
                    worker.stepping = false;
                    worker.finished = true;
                    self.effect(Effect::Send { fleet: id, worker: index, command: Command::RequestFrames });
                    self.settle();
                }
            }
            Event::Measured { milliseconds_per_step } => {
                if let Some(slot) = self.comparison.cpu_ms.get_mut(index) {
                    *slot = Some(milliseconds_per_step);
                }
            }
            Event::Checked { report, done, of } => {
                if self.check.running {
                    self.check.reports.push(report);
                    self.check.done = done;
                    self.check.of = of;
                    if done >= of {
                        self.check.running = false;
                        let failed = self.check.reports.iter().filter(|report| !report.passed).count();
                        self.say(format!("Device checked: {} of {of} cases agree.", of - failed.min(of)));
                    }
                }
            }
            Event::Failed { cause, message } => self.fleet_failed(id, cause, message),
        }
    }

    /// Stops playing when every worker has stopped by itself.
    fn settle(&mut self) {
        let Some(fleet) = &self.fleet else { return };
        if self.playing && fleet.all_settled(self.run) {
            self.playing = false;
            let text = if fleet.all_finished(self.run) && self.tuning_now().is_some() {
                if let Some(tuning) = &mut self.tuning {
                    Rc::make_mut(tuning).done = true;
                }
                "Tuning is done.".to_owned()
            } else if fleet.all_finished(self.run) {
                self.rank();
                format!("Finished after {} steps.", self.steps())
            } else {
                format!("Stopped at step {}.", self.step())
            };
            self.say(text);
        }
    }

    /// Notes the order in which a whole race ended, if its settings are a protocol's.
    fn rank(&mut self) {
        let Some(protocol) = self.experiment.protocol() else { return };
        let last = |series: &Series| {
            let lanes = &series.points.last()?.lanes;
            (!lanes.is_empty()).then(|| lanes.iter().map(|lane| lane.map_at_r).sum::<f32>() / lanes.len() as f32)
        };
        let ended = self.heats.iter().zip(self.series.iter());
        let mut ranking: Vec<_> = ended.filter_map(|(heat, series)| Some((heat.loss, last(series)?))).collect();
        ranking.sort_by(|a, b| b.1.total_cmp(&a.1));
        self.rankings.insert(protocol.id(), ranking);
    }

    fn on_scout(&mut self, event: Event) {
        let Some(scout) = &mut self.scout else { return };
        let worker = &mut scout.workers[0];
        match event {
            Event::Alive => worker.phase = Phase::Alive,
            Event::Ready { device } => {
                worker.phase = Phase::Open;
                worker.device = Some(device);
            }
            Event::Loaded { .. } => {
                worker.phase = Phase::Loaded;
                let id = scout.id;
                let race = (*self.race).clone();
                self.effect(Effect::Send { fleet: id, worker: 0, command: Command::Measure { race } });
                if let Some(fleet) = &self.fleet {
                    self.comparison.cpu_ms = vec![None; fleet.workers.iter().filter(|w| !w.heats.is_empty()).count()];
                    for (worker, race) in fleet.shares(&self.race) {
                        self.effect(Effect::Send { fleet: fleet.id, worker, command: Command::Measure { race } });
                    }
                }
            }
            Event::Measured { milliseconds_per_step } => self.comparison.gpu_ms = Some(milliseconds_per_step),
            Event::Failed { message, .. } => {
                self.comparison.failed = Some(message);
                let id = scout.id;
                self.scout = None;
                self.effect(Effect::Dismiss { fleet: id });
            }
            _ => {}
        }
    }

    // Trouble

    fn fleet_failed(&mut self, id: FleetId, cause: Cause, message: String) {
        if self.scout.as_ref().is_some_and(|scout| scout.id == id) {
            self.on_scout(Event::Failed { cause, message });
            return;
        }
        let Some(fleet) = self.fleet.as_mut().filter(|fleet| fleet.id == id) else { return };
        if fleet.failed {
            return;
        }
        fleet.failed = true;
        self.playing = false;
        self.check.running = false;
        self.effect(Effect::Dismiss { fleet: id });
        self.trouble(cause, message);
    }

    fn trouble(&mut self, cause: Cause, message: String) {
        let on_gpu = self.fleet.as_ref().is_some_and(|fleet| fleet.kind == DeviceKind::WebGpu);
        let recorded = self.series.iter().any(|series| series.points.len() > 1);
        let kept = if recorded { " The curves recorded so far stay." } else { "" };
        let (title, mut remedies) = match cause {
            Cause::NoWebGpu => ("WebGPU is not available here", vec![Remedy::GoOnOnCpu, Remedy::Retry]),
            Cause::DeviceLost => ("The graphics device was lost", vec![Remedy::GoOnOnCpu, Remedy::Retry]),
            Cause::Data => ("The data set could not be read", vec![Remedy::Retry, Remedy::UseSyntheticData]),
            Cause::Settings => ("These settings cannot be trained", vec![Remedy::DefaultSettings, Remedy::Dismiss]),
            Cause::Engine if on_gpu => ("The engine stopped", vec![Remedy::Retry, Remedy::GoOnOnCpu]),
            Cause::Engine => ("The engine stopped", vec![Remedy::Retry]),
        };
        if cause == Cause::NoWebGpu && !on_gpu && self.fleet.is_some() {
            // Nothing is lost: the CPU goes on.
            remedies = vec![Remedy::GoOnOnCpu];
        }
        self.say(format!("{title}. {message}"));
        self.trouble = Some(Trouble { title: title.into(), detail: format!("{message}{kept}"), remedies });
    }
}

/// Whether two experiments differ in nothing but learning rates.
fn only_rates_differ(old: &Experiment, new: &Experiment) -> bool {
    if old.entries.len() != new.entries.len() {
        return false;
    }
    let mut levelled = new.clone();
    for (level, entry) in levelled.entries.iter_mut().zip(&old.entries) {
        level.lr = entry.lr;
        level.proxy_lr_factor = entry.proxy_lr_factor;
    }
    levelled == *old
}
