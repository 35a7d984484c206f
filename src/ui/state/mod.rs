//! What the page knows, and the one function that changes it.
//!
//! [`State::apply`] takes an [`Action`] (a person's, or a worker's event) and leaves [`Effect`]s for the browser to carry
//! out. Nothing here touches the browser, so all of it is tested natively.

mod action;
mod devices;
mod fleet;
#[cfg(test)]
mod tests;
mod track;
mod tuning;
mod workers;

use std::cell::RefCell;
use std::rc::Rc;

use kyori_text::{Message, messages as text};
use litemap::LiteMap;

pub use action::{
    Action, Arrival, ChartView, Check, Comparison, Cost, Download, Effect, GpuAvailability,
    RaceStatus, Remedy, Sheet, Theme, Trouble,
};
pub use devices::DevicePreference;
pub use fleet::{Fleet, FleetId, Phase, Worker};
pub use track::Track;
pub use tuning::{TunedLoss, Tuning};

use super::model::{Curve, LOSS_COLOURS, Same};
use crate::bridge::{CheckFailure, Command, DeviceReport, Event, RequestId, RunId};
use crate::data::{DataKind, DataSource, Dataset};
use crate::experiment::{EvaluateOn, Experiment, RaceSpec};
use crate::loss::LossKind;
use crate::record::{HeatRecord, Measure, Ranking, Summary, remarks, wording};

/// Trials of each loss, until another number is chosen.
const USUAL_TRIALS: usize = 16;

/// Everything the page knows.
#[derive(Clone, Debug)]
pub struct State {
    pub experiment: Rc<Experiment>,
    /// The experiment whose curves are shown.
    pub shown: Rc<Experiment>,
    /// The race that is laid out or being laid out.
    pub race: Rc<RaceSpec>,
    /// The experiment that the race was made of. Settings may have been edited since.
    raced: Rc<Experiment>,
    pub run: RunId,
    /// Whether the person wants it to run.
    pub playing: bool,
    /// Whether play was ever pressed in this run.
    pub played: bool,
    pub pace: Option<f32>,
    pub stop_at: Option<u32>,
    /// The losses in the race, in its order.
    pub tracks: Rc<Vec<Track>>,
    /// The picture behind each point of a frame.
    pub view: Rc<Vec<u32>>,
    pub classes: Option<(usize, usize)>,
    /// The views show classes that are trained on.
    pub show_seen: bool,
    pub dataset: Option<Same<Dataset>>,
    /// Which fleet was asked to show which data set.
    asked_to_share: Option<(FleetId, DataSource)>,
    /// Which losses have which colour; a loss keeps its own while it is in the race.
    colours: LiteMap<LossKind, usize>,

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
    pub gpu: GpuAvailability,
    pub comparison: Comparison,
    pub fleet: Option<Fleet>,
    /// A fleet on WebGPU that is only measured.
    pub scout: Option<Fleet>,
    next_fleet: FleetId,
    /// Number of the last check or timing that was asked for.
    last_request: RequestId,
    cores: usize,
    pub arrivals: LiteMap<Download, Arrival>,
    data: DataState,
    pub check: Check,
    /// How many trials of each loss are chosen.
    pub trials: usize,
    /// The last tuning, running or done.
    pub tuning: Option<Rc<Tuning>>,
    /// What the link held and could not be used.
    pub notices: Vec<Message>,
    /// Where each loss ended in the last whole race under a protocol: MAP@R, best first. Only of races that differ in
    /// nothing but the losses' settings.
    pub rankings: LiteMap<&'static str, Vec<(LossKind, f32)>>,

    effects: Rc<RefCell<Vec<Effect>>>,
}

/// The data set's file.
#[derive(Clone, Debug, Default, PartialEq)]
enum DataState {
    #[default]
    None,
    Fetching(DataSource),
    Here(DataSource),
}

impl DataState {
    fn has(&self, data: &DataSource) -> bool {
        matches!(self, Self::Here(here) if here == data)
    }
}

impl State {
    pub fn new(experiment: Experiment, theme: Theme) -> Self {
        let race = experiment.race(EvaluateOn::Test);
        let experiment = Rc::new(experiment);
        let mut state = Self {
            shown: experiment.clone(),
            raced: experiment.clone(),
            experiment,
            race: Rc::new(race),
            run: 0,
            playing: false,
            played: false,
            pace: None,
            stop_at: None,
            tracks: Rc::default(),
            view: Rc::default(),
            classes: None,
            show_seen: false,
            dataset: None,
            asked_to_share: None,
            colours: LiteMap::new(),
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
            gpu: GpuAvailability::Unknown,
            comparison: Comparison::default(),
            fleet: None,
            scout: None,
            next_fleet: 0,
            last_request: 0,
            cores: 2,
            arrivals: LiteMap::new(),
            data: DataState::None,
            check: Check::default(),
            trials: USUAL_TRIALS,
            tuning: None,
            notices: Vec::new(),
            rankings: LiteMap::new(),
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
            .tracks
            .iter()
            .filter(|track| track.ended() < track.lanes);
        running
            .map(|track| track.step)
            .min()
            .or_else(|| self.tracks.iter().map(|track| track.step).max())
            .unwrap_or(0)
    }

    pub fn steps(&self) -> u32 {
        self.race.schedule.steps
    }

    pub fn race_status(&self) -> RaceStatus {
        if self.race.heats.is_empty() && self.fleet.as_ref().is_none_or(|fleet| !fleet.failed) {
            return RaceStatus::Empty;
        }
        let Some(fleet) = &self.fleet else {
            return if self.trouble.is_some() {
                RaceStatus::Failed
            } else {
                RaceStatus::Preparing
            };
        };
        if fleet.failed {
            RaceStatus::Failed
        } else if !fleet.all_started(self.run) {
            RaceStatus::Preparing
        } else if fleet.all_finished(self.run) {
            RaceStatus::Finished
        } else if self.playing {
            RaceStatus::Playing
        } else if self.played {
            RaceStatus::Paused
        } else {
            RaceStatus::Ready
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
                if let Some(shown) = Rc::make_mut(&mut self.tracks).get_mut(heat) {
                    shown.lane_shown = lane.min(shown.lanes.saturating_sub(1));
                    let lane = shown.lane_shown;
                    self.send_heat(heat, |heat| Command::ShowLane { heat, lane });
                    self.send_heat(heat, |_| Command::RequestFrames);
                }
            }
            Action::SetChart(view) => self.chart = view,
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
            Action::GpuLooked(gpu) => self.gpu_looked(gpu),
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
                experiment.data = DataKind::Synthetic.spec();
                self.experiment = Rc::new(experiment);
                self.restart();
            }

            Action::Arrived { what, bytes, of } => {
                self.arrivals.insert(what, Arrival { bytes, of });
            }
            Action::FleetFailed { fleet, failure } => self.fleet_failed(fleet, failure),
            Action::DataFetched { data, outcome } => {
                if self.data == DataState::Fetching(data.clone()) {
                    match outcome {
                        Ok(()) => self.data = DataState::Here(data),
                        Err(failure) => {
                            self.data = DataState::None;
                            self.trouble(&failure);
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

            Action::ChooseTrials(trials) => self.trials = trials,
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
                    id: self.new_request_id(),
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
                            command: Command::Verify {
                                id: self.check.id,
                                cases,
                            },
                        }),
                        None => {
                            self.check.running = false;
                            self.check.failed = Some(CheckFailure::NotRunning);
                        }
                    }
                }
                Err(failure) => {
                    self.check.running = false;
                    self.check.failed = Some(failure);
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
            let over = matches!(
                self.race_status(),
                RaceStatus::Finished | RaceStatus::Failed
            );
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
        let fleet = self.fleet.as_ref();
        let trains = fleet.is_some_and(|fleet| fleet.all_started(self.run));
        let finished = fleet.is_some_and(|fleet| fleet.all_finished(self.run));
        let only_rates =
            self.tuning_now().is_none() && only_rates_differ(&previous, &self.experiment);
        if finished && only_rates && !self.edit_pending {
            // Nothing trains with them any more: they are for the next race, and the curves stay until it begins.
            return;
        }
        let at_once = trains && only_rates;
        if self.edit_pending || !at_once {
            self.edit_pending = true;
            self.restart_token += 1;
            self.effect(Effect::RestartLater {
                token: self.restart_token,
            });
            return;
        }
        self.set_rates();
    }

    /// Sends the learning rates of the settings to the workers, where they are others than the race's.
    fn set_rates(&mut self) {
        for (heat, entry) in self.experiment.entries.iter().enumerate() {
            if self.raced.entries.get(heat) == Some(entry) {
                continue;
            }
            let (lr, proxy_lr_factor) = (entry.lr, entry.proxy_lr_factor);
            self.send_heat(heat, |heat| Command::SetRates {
                heat,
                lr,
                proxy_lr_factor,
            });
        }
        self.take_settings();
        self.shown = self.raced.clone();
        for (track, entry) in Rc::make_mut(&mut self.tracks)
            .iter_mut()
            .zip(&self.raced.entries)
        {
            if track.record.0.entry != *entry {
                track.record_mut().entry = entry.clone();
            }
        }
    }

    /// Trains random settings of every loss, scored on classes that neither training nor the race sees.
    fn start_tuning(&mut self, trials: usize) {
        self.run += 1;
        self.edit_pending = false;
        self.restart_token += 1;
        self.stop_at = None;
        let tuning = Tuning::new(self.run, &self.experiment, trials);
        self.trials = tuning.trials;
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
        self.take_settings();
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
        let fits = |tuning: &Tuning| tuning.done && tuning.conditions == self.experiment.conditions;
        if self.tuning.as_deref().is_some_and(|tuning| !fits(tuning)) {
            self.tuning = None;
        }
    }

    /// The race of the settings as they are, at step 0.
    fn take_settings(&mut self) {
        self.race = Rc::new(self.experiment.race(EvaluateOn::Test));
        self.raced = self.experiment.clone();
    }

    /// Empty curves for the race's heats.
    fn lay_out(&mut self) {
        let losses = |experiment: &Experiment| -> Vec<LossKind> {
            experiment.entries.iter().map(|entry| entry.loss).collect()
        };
        let same_race = self.shown.conditions == self.raced.conditions
            && losses(&self.shown) == losses(&self.raced)
            && self.shown.seeds == self.raced.seeds;
        if !same_race {
            self.rankings.clear();
        }
        self.choose_colours();
        let mut tracks: Vec<Track> = self
            .raced
            .entries
            .iter()
            .zip(&self.race.heats)
            .map(|(entry, heat)| Track::new(entry, heat, self.colours[&heat.loss]))
            .collect();
        let same = |(old, new): (&Track, &Track)| old.loss == new.loss;
        if tracks.len() == self.tracks.len() && self.tracks.iter().zip(&tracks).all(same) {
            // The last pictures stay until there are new ones.
            for (old, new) in self.tracks.iter().zip(&mut tracks) {
                new.frame.clone_from(&old.frame);
            }
        }
        self.shown = self.raced.clone();
        self.tracks = Rc::new(tracks);
    }

    /// Gives every loss of the race a colour: the same in every race, as far as there are enough.
    fn choose_colours(&mut self) {
        let losses: Vec<LossKind> = self.race.heats.iter().map(|heat| heat.loss).collect();
        self.colours.retain(|loss, _| losses.contains(loss));
        for &loss in &losses {
            if let (None, Some(own)) = (self.colours.get(&loss), own_colour(loss))
                && !self.colours.values().any(|&used| used == own)
            {
                self.colours.insert(loss, own);
            }
        }
        for &loss in &losses {
            if !self.colours.contains_key(&loss) {
                let spare = (0..LOSS_COLOURS).filter(|&index| !is_owned(index));
                let free = spare
                    .chain(0..)
                    .find(|index| !self.colours.values().any(|used| used == index))
                    .expect("there are more numbers than losses");
                self.colours.insert(loss, free);
            }
        }
    }

    /// Where the losses of the race stand by a measure.
    pub fn ranking(&self, measure: Measure) -> Option<Ranking> {
        let records: Vec<&HeatRecord> = self.tracks.iter().map(|track| &*track.record.0).collect();
        Ranking::of(&records, measure)
    }

    /// Where the losses stand by the measure that is shown; none before the first step, since all begin alike.
    pub fn ranking_so_far(&self) -> Option<Ranking> {
        self.ranking(self.chart.measure)
            .filter(|ranking| ranking.step > 0)
    }

    /// What is said when the race has come to its end, the first sentence of its verdict included.
    fn finished_text(&self) -> Message {
        let curves: Vec<Curve> = self.tracks.iter().map(Track::curve).collect();
        let (names, records) = Curve::split(&curves);
        let summary = Summary::of(
            &names,
            &records,
            self.chart.measure,
            self.experiment.data.kind(),
        );
        let said = remarks(&names, &records, summary.as_ref(), true);
        let finished = text::status_finished(self.steps());
        match said.first().map(wording::remark) {
            Some(verdict) => text::status_verdict(finished, verdict),
            None => finished,
        }
    }
}

/// The colour that a loss has wherever it is free, by its index in the palette.
pub fn own_colour(loss: LossKind) -> Option<usize> {
    loss.info().colour
}

/// Whether some loss has this colour of its own.
fn is_owned(colour: usize) -> bool {
    LossKind::ALL
        .iter()
        .any(|&loss| own_colour(loss) == Some(colour))
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
