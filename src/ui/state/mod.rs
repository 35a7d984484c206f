//! What the page knows, and the one function that changes it.
//!
//! [`State::apply`] takes an [`Action`] (a person's, or a worker's event) and leaves [`Effect`]s for the browser to carry
//! out. Nothing here touches the browser, so all of it is tested natively.

mod action;
mod devices;
mod fleet;
#[cfg(test)]
mod tests;
mod tuning;
mod workers;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use kyori_text::{Message, messages as text};

pub use action::{
    Action, Arrival, Cargo, ChartKind, ChartView, Check, Comparison, Cost, Effect, GpuSight, Heat,
    Remedy, Sheet, Standing, Theme, Trouble,
};
pub use fleet::{Fleet, FleetId, Phase, Worker};
pub use tuning::{TunedLoss, Tuning};

use super::model::{Frame, LOSS_COLOURS, Same, Series};
use crate::bridge::{Cause, Command, DevicePreference, DeviceReport, Event, RunId};
use crate::data::Dataset;
use crate::experiment::{DataSpec, EvaluateOn, Experiment, RaceSpec, SyntheticSpec};
use crate::loss::LossKind;
use crate::record::Rates;

/// What the synthetic data set starts with.
pub const SYNTHETIC: SyntheticSpec = SyntheticSpec {
    classes: 60,
    dim: 32,
    samples_per_class: 40,
    spread: 0.25,
    noise: 0.1,
    seed: 1,
};

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
    /// Which fleet was asked to show which data set.
    asked_to_share: Option<(FleetId, DataSpec)>,
    /// Which losses have which colour; a loss keeps its own while it is in the race.
    colours: BTreeMap<LossKind, usize>,

    pub chart: ChartView,
    pub theme: Theme,
    pub dark: bool,
    pub sheet: Option<Sheet>,
    /// The settings are open, where they are a drawer.
    pub settings_open: bool,
    pub trouble: Option<Trouble>,
    /// What a screen reader is told.
    pub status: Message,
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
    pub notices: Vec<Message>,
    /// Where each loss ended in the last whole race under a protocol: MAP@R, best first. Only of races that differ in
    /// nothing but the losses' settings.
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
            asked_to_share: None,
            colours: BTreeMap::new(),
            chart: ChartView::default(),
            theme,
            dark: false,
            sheet: None,
            settings_open: false,
            trouble: None,
            status: Message::default(),
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

    fn say(&mut self, message: Message) {
        self.status = message;
    }

    /// The device that trains.
    pub fn device(&self) -> Option<&DeviceReport> {
        self.fleet
            .as_ref()?
            .workers
            .iter()
            .find_map(|worker| worker.device.as_ref())
    }

    /// Whether trials are being trained.
    pub fn is_tuning(&self) -> bool {
        self.tuning_now().is_some_and(|tuning| !tuning.done)
    }

    /// The tuning that the workers have laid out.
    fn tuning_now(&self) -> Option<&Tuning> {
        self.tuning
            .as_deref()
            .filter(|tuning| tuning.run == self.run)
    }

    /// The step that every heat that still runs has reached.
    pub fn step(&self) -> u32 {
        if let Some(tuning) = self.tuning_now() {
            return tuning.step();
        }
        let running = self
            .heats
            .iter()
            .filter(|heat| heat.stopped.len() < heat.lanes);
        running
            .map(|heat| heat.step)
            .min()
            .or_else(|| self.heats.iter().map(|heat| heat.step).max())
            .unwrap_or(0)
    }

    pub fn steps(&self) -> u32 {
        self.race.schedule.steps
    }

    pub fn standing(&self) -> Standing {
        if self.race.heats.is_empty() && self.fleet.as_ref().is_none_or(|fleet| !fleet.failed) {
            return Standing::Empty;
        }
        let Some(fleet) = &self.fleet else {
            return if self.trouble.is_some() {
                Standing::Failed
            } else {
                Standing::Preparing
            };
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
                self.pass_stop_mark();
                if let Some(fleet) = &mut self.fleet {
                    for (worker, command) in fleet.step(self.run) {
                        self.effects.borrow_mut().push(Effect::Send {
                            fleet: fleet.id,
                            worker,
                            command,
                        });
                    }
                }
            }
            Action::Reset => {
                self.restart();
                self.say(text::status_reset());
            }
            Action::NewSeed => {
                let mut experiment = (*self.experiment).clone();
                // Numbers that are easy to read and to share, and no seed twice within one race.
                experiment.first_seed =
                    (experiment.first_seed + experiment.seeds.max(1) as u64) % 1_000_000;
                self.experiment = Rc::new(experiment);
                self.restart();
                self.say(text::status_new_seed(
                    self.experiment.first_seed.to_string(),
                ));
            }
            Action::SetPace(pace) => {
                self.pace = pace;
                self.send_all(|| Command::SetPace {
                    steps_per_second: pace,
                });
            }
            Action::SetStopAt(step) => {
                self.stop_at = step;
                let step = step.unwrap_or_else(|| self.steps());
                self.send_all(|| Command::StopAt { step });
                // Workers that stopped at the old mark, while others have not reached it, go on to the new one.
                if let (true, Some(fleet)) = (self.playing, &mut self.fleet) {
                    fleet.release();
                }
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
                match self.tuning_now() {
                    None => self.send_all(|| Command::ShowClasses { seen }),
                    // The workers hold the trials, whose views nobody sees.
                    Some(tuning) if tuning.done => self.restart(),
                    Some(_) => {}
                }
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
            Action::Show(sheet) => self.sheet = Some(sheet),
            Action::CloseSheet => self.sheet = None,
            Action::OpenSettings(open) => self.settings_open = open,
            Action::DismissTrouble => self.trouble = None,
            Action::DismissNotices => self.notices.clear(),
            Action::FollowLink {
                experiment,
                notices,
            } => {
                self.notices = notices;
                if experiment != self.experiment {
                    self.trouble = None;
                    self.experiment = experiment;
                    self.restart();
                }
            }
            Action::Notify(message) => self.say(message),
            Action::Warn(message) => self.notices.push(message),

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
            Action::FleetFailed { fleet, message } => {
                self.fleet_failed(fleet, Cause::Engine, message)
            }
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
            Action::FromWorker {
                fleet,
                worker,
                event,
                bulk,
            } => self.on_worker(fleet, worker, event, bulk),

            Action::StartTuning { trials } => self.start_tuning(trials),
            Action::StopTuning => {
                if self.tuning_now().is_some() {
                    self.playing = false;
                    self.restart();
                    self.say(text::status_tuning_stopped());
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
                    self.say(text::status_tuning_applied());
                }
            }

            Action::StartCheck => {
                self.pause();
                self.check = Check {
                    running: true,
                    ..Check::default()
                };
                self.effect(Effect::FetchCases);
            }
            Action::CasesFetched(outcome) => match outcome {
                Ok(cases) => {
                    let ready = self.fleet.as_ref().filter(|_| self.check.running);
                    match ready.and_then(|fleet| Some((fleet.id, fleet.with_device()?))) {
                        Some((fleet, worker)) => self.effect(Effect::Send {
                            fleet,
                            worker,
                            command: Command::Verify { cases },
                        }),
                        None => {
                            self.check.running = false;
                            self.check.failed = Some(text::check_no_engine());
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
            self.say(text::status_paused(self.step()));
        } else {
            let tuned = self.tuning_now().is_some_and(|tuning| tuning.done);
            let over = matches!(self.standing(), Standing::Finished | Standing::Failed);
            if self.edit_pending || tuned || over {
                self.restart();
            }
            self.pass_stop_mark();
            self.playing = true;
            self.played = true;
            self.say(text::status_training());
        }
    }

    /// A mark that has been reached stops nobody any more.
    fn pass_stop_mark(&mut self) {
        if self.stop_at.is_some_and(|stop| self.step() >= stop) {
            self.stop_at = None;
            let step = self.steps();
            self.send_all(|| Command::StopAt { step });
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
        self.effect(Effect::SaveSettings {
            experiment: self.experiment.clone(),
        });
        // Rates go to workers that train this very race; trials keep the rates that they drew.
        let trains = self
            .fleet
            .as_ref()
            .is_some_and(|fleet| fleet.all_started(self.run));
        let at_once =
            trains && self.tuning_now().is_none() && only_rates_differ(&previous, &self.experiment);
        if self.edit_pending || !at_once {
            self.edit_pending = true;
            self.restart_token += 1;
            self.effect(Effect::RestartLater {
                token: self.restart_token,
            });
            return;
        }
        let race = self.experiment.race(EvaluateOn::Test);
        for (heat, (old, new)) in previous
            .entries
            .iter()
            .zip(&self.experiment.entries)
            .enumerate()
        {
            if old != new {
                let (lr, proxy_lr_factor) = (new.lr, new.proxy_lr_factor);
                self.send_heat(heat, |heat| Command::SetRates {
                    heat,
                    lr,
                    proxy_lr_factor,
                });
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
        self.race = Rc::new(
            self.experiment
                .race_of(tuning.heats(), EvaluateOn::Validation),
        );
        self.tuning = Some(Rc::new(tuning));
        self.playing = true;
        self.played = true;
        self.deal();
        self.say(text::status_tuning(trials));
    }

    /// Takes what a worker says of the tuning.
    fn on_tuning(&mut self, heat: usize, event: Event) {
        let Some(tuning) = &mut self.tuning else {
            return;
        };
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
        self.drop_tuning();
        self.run += 1;
        self.played = self.playing;
        self.race = Rc::new(self.experiment.race(EvaluateOn::Test));
        self.effect(Effect::SaveSettings {
            experiment: self.experiment.clone(),
        });
        self.lay_out();
        let fits = self.fleet.as_ref().is_some_and(|fleet| !fleet.failed);
        if fits {
            self.deal();
        } else if self.fleet.is_some() {
            self.dismiss_all();
            self.open_preferred();
        }
    }

    /// Forgets trials that are cut off, and those that were made under other conditions than the next race's.
    fn drop_tuning(&mut self) {
        let fits =
            |tuning: &Tuning| tuning.done && tuning.conditions == conditions(&self.experiment);
        if self.tuning.as_deref().is_some_and(|tuning| !fits(tuning)) {
            self.tuning = None;
        }
    }

    /// Empty curves for the race's heats.
    fn lay_out(&mut self) {
        let losses = |experiment: &Experiment| -> Vec<LossKind> {
            experiment.entries.iter().map(|entry| entry.loss).collect()
        };
        let same_race = conditions(&self.shown) == conditions(&self.experiment)
            && losses(&self.shown) == losses(&self.experiment)
            && self.shown.seeds == self.experiment.seeds;
        if !same_race {
            self.rankings.clear();
        }
        let losses: Vec<LossKind> = self.race.heats.iter().map(|heat| heat.loss).collect();
        self.colours.retain(|loss, _| losses.contains(loss));
        // The same colour for a loss in every race, as far as there are enough.
        for &loss in &losses {
            if let (None, Some(own)) = (self.colours.get(&loss), own_colour(loss))
                && !self.colours.values().any(|&used| used == own)
            {
                self.colours.insert(loss, own);
            }
        }
        let mut heats = Vec::new();
        let mut series = Vec::new();
        for spec in &self.race.heats {
            let colour = match self.colours.get(&spec.loss) {
                Some(&colour) => colour,
                None => {
                    let spare = OWN_COLOURS.len()..LOSS_COLOURS;
                    let free = spare
                        .chain(0..)
                        .find(|index| !self.colours.values().any(|used| used == index));
                    let free = free.unwrap_or(0);
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
            let first = spec
                .lanes
                .first()
                .map(|lane| Rates::at_start(lane.lr, lane.proxy_lr_factor));
            let rates = first.into_iter().collect();
            series.push(Series {
                rates,
                ..Series::new(spec.loss.info().name, colour)
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
}

/// Losses that have a colour of their own, by its index in the palette.
const OWN_COLOURS: [&str; 8] = [
    "proxy-anchor",
    "proxy-nca",
    "multi-similarity-mined",
    "triplet-semi-hard",
    "softmax",
    "contrastive",
    "supcon",
    "cosface",
];

/// The colour that a loss has wherever it is free.
pub fn own_colour(loss: LossKind) -> Option<usize> {
    OWN_COLOURS.iter().position(|id| *id == loss.info().id)
}

/// An experiment without its losses and seeds: what settings are tuned for.
fn conditions(experiment: &Experiment) -> Experiment {
    Experiment {
        entries: Vec::new(),
        seeds: 1,
        first_seed: 0,
        ..experiment.clone()
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
