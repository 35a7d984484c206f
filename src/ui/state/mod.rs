//! What the page knows, and the one function that changes it.
//!
//! [`State::apply`] takes an [`Action`] (a person's, or a worker's event) and returns the [`Effect`]s that the browser is to
//! carry out. Nothing here touches the browser, so all of it is tested natively.
//!
//! The state has a part for each subject. Only a part changes what it holds; what several parts have to do at once is in
//! this file and, where a worker is the cause, in `workers.rs`.

mod action;
mod announcements;
mod atlas;
mod check;
mod colours;
mod comparison;
mod devices;
mod downloads;
mod fleet;
mod look;
mod race;
mod screen;
mod settings;
#[cfg(test)]
mod tests;
mod timeline;
mod track;
mod tuning;
mod workers;

use std::rc::Rc;

use kyori_text::{Message, messages as text};

pub use action::{Action, Effect, Effects};
pub use announcements::{Announcements, Remedy, Trouble};
pub use atlas::{Atlas, Map, MapFailure};
pub use check::Check;
pub use colours::own_colour;
pub use comparison::Comparison;
pub use devices::{DevicePreference, DeviceSummary, Devices, GpuAvailability};
pub use downloads::{Arrival, Download, Downloads};
pub use fleet::{Fleet, FleetId, Phase, Worker};
pub use look::Look;
pub use race::{Race, RaceStatus, Rankings};
pub use screen::{ChartView, Screen, Sheet, Theme, VIEW_KEYS};
pub use settings::Settings;
pub use timeline::{FilmSource, Moment, SPEEDS, TICK_MS, Timeline};
pub use track::Track;
pub use tuning::{TunedLoss, Tuner, Tuning};

use super::model::Pictures;
use super::words;
use crate::bridge::{Cause, Command, Failure};
use crate::data::{DataKind, DataSource};
use crate::experiment::Experiment;
use crate::loss::LossKind;
use crate::record::{Film, Measure, Ranking};

/// Everything the page knows.
#[derive(Debug)]
pub struct State {
    pub settings: Settings,
    pub race: Race,
    pub timeline: Timeline,
    pub tuner: Tuner,
    pub look: Look,
    pub devices: Devices,
    pub downloads: Downloads,
    pub announcements: Announcements,
    pub screen: Screen,
    pub atlas: Atlas,
}

/// Where the race is and how it goes on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Standing {
    pub status: RaceStatus,
    pub playing: bool,
    /// A single step is under way.
    pub stepping: bool,
    /// Trials are being trained, not the race.
    pub tuning: bool,
    pub step: u32,
    pub steps: u32,
    pub pace: Option<f32>,
    pub stop_at: Option<u32>,
}

impl State {
    pub fn new(experiment: Experiment, theme: Theme) -> Self {
        let experiment = Rc::new(experiment);
        Self {
            race: Race::new(&experiment),
            settings: Settings::new(experiment),
            timeline: Timeline::new(),
            tuner: Tuner::new(),
            look: Look::default(),
            devices: Devices::new(),
            downloads: Downloads::new(),
            announcements: Announcements::default(),
            screen: Screen::new(theme),
            atlas: Atlas::default(),
        }
    }

    /// With notices from the beginning.
    pub fn with_notices(mut self, notices: Vec<Message>) -> Self {
        self.announcements.set_notices(notices);
        self
    }

    /// Seen as an address says it, of which `get` knows the value of each key.
    pub fn with_view(mut self, get: impl Fn(&str) -> Option<String>) -> Self {
        let seen = self.screen.take_query(get);
        self.race.show_seen(seen);
        self
    }

    /// Keeps in the address what is seen.
    fn save_view(&self, effects: &mut Effects) {
        let view = self.screen.to_query(self.race.shows_seen());
        effects.push(Effect::SaveView { view });
    }

    pub fn race_status(&self) -> RaceStatus {
        let run = self.race.run();
        match self.devices.fleet() {
            Some(fleet) if fleet.failed => RaceStatus::Failed,
            _ if self.race.heats() == 0 => RaceStatus::Empty,
            None if self.announcements.trouble().is_some() => RaceStatus::Failed,
            None => RaceStatus::Preparing,
            Some(fleet) if !fleet.all_started(run) => RaceStatus::Preparing,
            Some(fleet) if fleet.all_finished(run) => RaceStatus::Finished,
            Some(_) if self.race.is_playing() => RaceStatus::Playing,
            Some(_) if self.race.was_played() => RaceStatus::Paused,
            Some(_) => RaceStatus::Ready,
        }
    }

    pub fn standing(&self) -> Standing {
        Standing {
            status: self.race_status(),
            playing: self.race.is_playing(),
            stepping: self.devices.fleet().is_some_and(Fleet::stepping),
            tuning: self.tuning_now().is_some_and(|tuning| !tuning.done),
            step: self.step(),
            steps: self.race.steps(),
            pace: self.race.pace(),
            stop_at: self.race.stop_at(),
        }
    }

    /// What the points of the frames are pictures of.
    pub fn pictures(&self) -> Pictures {
        match self.timeline.film() {
            Some(film) => film.pictures.clone(),
            None => Pictures {
                dataset: self.downloads.dataset().cloned(),
                view: self.race.view().clone(),
            },
        }
    }

    /// The whole race, or the film in its place.
    pub fn tracks(&self) -> &Rc<Vec<Track>> {
        let film = self.timeline.film();
        film.map_or_else(|| self.race.tracks(), |film| &film.tracks)
    }

    /// The losses at the moment that is looked at.
    pub fn tracks_seen(&self) -> Rc<Vec<Track>> {
        self.timeline.seen(self.tracks())
    }

    /// The experiment of what is shown.
    pub fn experiment_shown(&self) -> &Rc<Experiment> {
        let film = self.timeline.film();
        film.map_or_else(|| self.race.shown(), |film| &film.experiment)
    }

    /// What trained what is shown.
    pub fn device_shown(&self) -> String {
        match self.timeline.film() {
            Some(film) => film.film.recording.device.clone(),
            None => {
                let device = self.devices.report();
                device.map(|device| device.name.clone()).unwrap_or_default()
            }
        }
    }

    /// Where the losses stood at the moment that is looked at; none before the first step.
    pub fn ranking_so_far(&self, measure: Measure) -> Option<Ranking> {
        race::ranking_so_far(&self.tracks_seen(), measure)
    }

    /// Where in the run the person is.
    pub fn moment(&self) -> Moment {
        let steps = self.experiment_shown().schedule.steps;
        let latest = match self.timeline.film() {
            Some(film) => film.tracks.iter().map(|track| track.step).max(),
            None => Some(self.race.step()),
        };
        let tracks = self.tracks();
        self.timeline.moment(latest.unwrap_or(0), steps, tracks)
    }

    /// The step that has been reached, by the trials where they are laid out.
    fn step(&self) -> u32 {
        self.tuning_now()
            .map_or_else(|| self.race.step(), Tuning::step)
    }

    /// The tuning that the workers have laid out.
    fn tuning_now(&self) -> Option<&Tuning> {
        self.tuner.in_run(self.race.run())
    }

    /// Changes the state by one action; what the browser is to do then.
    pub fn apply(&mut self, action: Action) -> Effects {
        let mut effects = Effects::new();
        self.take(action, &mut effects);
        effects
    }

    fn take_all(&mut self, actions: Vec<Action>, effects: &mut Effects) {
        for action in actions {
            self.take(action, effects);
        }
    }

    /// Hands an action to whom it concerns, and moves the workers on.
    fn take(&mut self, action: Action, effects: &mut Effects) {
        match action {
            Action::Batch(actions) => return self.take_all(actions, effects),
            Action::Begin { cores } => self.begin(cores, effects),
            Action::TogglePlay => self.toggle_play(effects),
            Action::Step => self.step_by_hand(effects),
            Action::Reset => self.reset(effects),
            Action::NewSeed => self.take_new_seed(effects),
            Action::SetPace(pace) => self.set_pace(pace, effects),
            Action::SetStopAt(step) => self.set_stop_at(step, effects),
            Action::Edit(experiment) => self.edit(experiment, effects),
            Action::StartWith(experiment) => self.start_with(experiment, effects),
            Action::RestartDue { token } => self.restart_due(token, effects),
            Action::ShowSeen(seen) => self.show_seen(seen, effects),
            Action::ShowNeighbours(neighbours) => self.show_neighbours(neighbours, effects),
            Action::LookUp(sample) => self.look_up_picture(sample, effects),
            Action::ShowLane { loss, lane } => self.show_lane(loss, lane, effects),

            Action::Seek(step) => {
                let tracks = self.tracks().clone();
                self.timeline.seek(step, &tracks);
            }
            Action::SeekBy { forward } => {
                let tracks = self.tracks().clone();
                self.timeline.seek_by(forward, &tracks);
            }
            Action::GoLive => self.timeline.go_live(),
            Action::ToggleReplay => {
                let tracks = self.tracks().clone();
                self.timeline.toggle_replay(&tracks, effects);
            }
            Action::SetReplaySpeed(speed) => self.timeline.set_speed(speed),
            Action::ReplayTick { token } => {
                let (steps, tracks) = (self.moment().steps, self.tracks().clone());
                self.timeline.tick(token, steps, &tracks, effects);
            }
            Action::OpeningCame { film, plays } => self.opening_came(film, plays, effects),
            Action::OpenFilm(film) => self.open_film(film, effects),

            Action::SetChart(chart) => {
                self.screen.set_chart(chart);
                self.save_view(effects);
            }
            Action::SetTheme(theme) => self.screen.set_theme(theme, effects),
            Action::DarkIs(dark) => self.screen.set_system_dark(dark),
            Action::Show(sheet) => self.show(Some(sheet), effects),
            Action::FetchMap => self.atlas.want(effects),
            Action::MapFetched(outcome) => self.atlas.fetched(outcome),
            Action::CloseSheet => self.show(None, effects),
            Action::HoldLook(held) => self.hold_look(held, effects),
            Action::OpenSettings(open) => self.screen.open_settings(open),
            Action::DismissTrouble => self.announcements.dismiss_trouble(),
            Action::DismissNotices => self.announcements.set_notices(Vec::new()),
            Action::FollowLink {
                experiment,
                notices,
            } => self.follow_link(experiment, notices, effects),
            Action::Notify(message) => self.announcements.say(message),
            Action::Warn(message) => self.announcements.warn(message),

            Action::Prefer(preference) => self.prefer(preference, effects),
            Action::GpuLooked(gpu) => self.gpu_looked(gpu, effects),
            Action::Retry => self.retry(effects),
            Action::GoOnOnCpu => self.go_on_on_cpu(effects),
            Action::UseSyntheticData => self.use_synthetic_data(effects),

            Action::Arrived { what, bytes, of } => self.downloads.arrived(what, bytes, of),
            Action::FleetFailed { fleet, failure } => self.fleet_failed(fleet, failure, effects),
            Action::DataFetched { data, outcome } => self.data_fetched(data, outcome),
            Action::FromWorker {
                fleet,
                worker,
                event,
                bulk,
            } => self.on_worker(fleet, worker, event, bulk, effects),

            Action::ChooseTrials(trials) => self.tuner.choose(trials),
            Action::StartTuning => self.start_tuning(effects),
            Action::StopTuning => self.stop_tuning(effects),
            Action::ApplyTuning => self.apply_tuning(effects),
            Action::StartCheck => self.start_check(effects),
            Action::CasesFetched(outcome) => self.devices.cases_fetched(outcome, effects),
        }
        self.timeline.keep_only_for(self.settings.experiment());
        let tracks = self.tracks().clone();
        self.timeline.look_up(&tracks);
        self.drive(effects);
    }
}

/// Looking back.
impl State {
    /// The film of the race that the page opens with has come. It is not in anybody's way.
    fn opening_came(&mut self, film: Rc<Film>, plays: bool, effects: &mut Effects) {
        let settings = self.settings.experiment();
        // It may come after a file was opened, or after something else was asked for that it does not show.
        let free = self.timeline.film().is_none()
            && self.screen.shows_neighbours()
            && !self.race.shows_seen()
            && !self.race.was_played();
        if free && film.recording.experiment == **settings {
            self.timeline
                .show(film, FilmSource::Opening, plays, effects);
        }
    }

    /// Shows a film that the person has opened. Play then races with its settings.
    fn open_film(&mut self, film: Rc<Film>, effects: &mut Effects) {
        self.race.pause();
        let experiment = Rc::new(film.recording.experiment.clone());
        self.start_with(experiment, effects);
        self.timeline.show(film, FilmSource::File, false, effects);
    }
}

/// Playing and laying out.
impl State {
    fn begin(&mut self, cores: usize, effects: &mut Effects) {
        self.devices.set_cores(cores);
        self.look_up(effects);
        // The film is of unseen classes and their neighbours.
        let shows = self.screen.shows_neighbours() && !self.race.shows_seen();
        if shows && **self.settings.experiment() == Experiment::default_preset() {
            effects.push(Effect::FetchOpening);
        }
        self.open_preferred(effects);
    }

    fn show(&mut self, sheet: Option<Sheet>, effects: &mut Effects) {
        if sheet == Some(Sheet::WinMap) {
            self.atlas.want(effects);
        }
        self.show_sheet(sheet, effects);
    }

    /// Settings that are no preset's may be those of a cell of the map, and are called so.
    fn look_up(&mut self, effects: &mut Effects) {
        if self.settings.experiment().preset().is_none() {
            self.atlas.want(effects);
        }
    }

    fn toggle_play(&mut self, effects: &mut Effects) {
        if self.race.is_playing() {
            self.race.pause();
            self.announcements.say(text::status_paused(self.step()));
            return;
        }
        let tuned = self.tuning_now().is_some_and(|tuning| tuning.done);
        let over = matches!(
            self.race_status(),
            RaceStatus::Finished | RaceStatus::Failed
        );
        if self.settings.are_pending() || tuned || over {
            self.restart(effects);
        }
        self.timeline.leave();
        self.pass_stop_mark(effects);
        self.race.play();
        self.announcements.say(text::status_training());
    }

    fn step_by_hand(&mut self, effects: &mut Effects) {
        self.timeline.leave();
        self.race.step_by_hand();
        self.pass_stop_mark(effects);
        self.devices.step(self.race.run(), effects);
    }

    /// A mark that has been reached stops nobody any more.
    fn pass_stop_mark(&mut self, effects: &mut Effects) {
        if self.race.stop_at().is_some_and(|stop| self.step() >= stop) {
            self.race.set_stop_at(None);
            self.send_stop_mark(effects);
        }
    }

    fn set_stop_at(&mut self, step: Option<u32>, effects: &mut Effects) {
        self.race.set_stop_at(step);
        self.send_stop_mark(effects);
        // Workers that stopped at the old mark, while others have not reached it, go on to the new one.
        if self.race.is_playing() {
            self.devices.release();
        }
    }

    fn send_stop_mark(&self, effects: &mut Effects) {
        let step = self.race.stop_at().unwrap_or_else(|| self.race.steps());
        self.send_all(&Command::StopAt { step }, effects);
    }

    fn set_pace(&mut self, pace: Option<f32>, effects: &mut Effects) {
        self.race.set_pace(pace);
        let steps_per_second = pace;
        self.send_all(&Command::SetPace { steps_per_second }, effects);
    }

    fn send_all(&self, command: &Command, effects: &mut Effects) {
        self.devices.send_all(self.race.run(), command, effects);
    }

    fn show_seen(&mut self, seen: bool, effects: &mut Effects) {
        self.take_seen(seen, effects);
        self.save_view(effects);
    }

    fn take_seen(&mut self, seen: bool, effects: &mut Effects) {
        self.timeline.leave();
        self.race.show_seen(seen);
        match self.tuning_now() {
            None => self.send_all(&Command::ShowClasses { seen }, effects),
            // The workers hold the trials, whose views nobody sees.
            Some(tuning) if tuning.done => self.restart(effects),
            Some(_) => {}
        }
    }

    fn show_neighbours(&mut self, neighbours: bool, effects: &mut Effects) {
        self.timeline.leave();
        self.screen.show_neighbours(neighbours);
        // While trials are in the race's place, nobody sees their views; the next race is told at its start.
        if self.tuning_now().is_none() {
            self.send_all(&Command::ShowNeighbours { neighbours }, effects);
        }
        self.save_view(effects);
    }

    fn look_up_picture(&mut self, sample: u32, effects: &mut Effects) {
        // Trials in the race's place are not looked into, classes that are trained on are not measured, and the marks of a
        // film are none of the race's.
        if self.tuning_now().is_none()
            && self.timeline.film().is_none()
            && !self.race.shows_seen()
            && let Some(queries) = self.race.look_up(sample)
        {
            self.send_all(&Command::LookUp { queries }, effects);
        }
    }

    fn show_lane(&mut self, loss: LossKind, lane: usize, effects: &mut Effects) {
        self.timeline.leave();
        if let Some((heat, lane)) = self.race.show_lane(loss, lane) {
            let show = |heat| Command::ShowLane { heat, lane };
            let run = self.race.run();
            self.devices.send_heat(run, heat, show, effects);
            let request = |_| Command::RequestFrames;
            self.devices.send_heat(run, heat, request, effects);
        }
    }

    /// Lays out the race of the settings at step 0 and keeps playing if it played.
    fn restart(&mut self, effects: &mut Effects) {
        self.timeline.leave();
        self.next_race();
        self.settings.save(effects);
        self.race.lay_out();
        if self.devices.have_failed() {
            self.devices.dismiss_all(effects);
            self.open_preferred(effects);
        } else {
            self.deal(effects);
        }
    }

    /// A new run for new workers: the curves of the old one stay until the new one is laid out.
    fn start_over(&mut self, effects: &mut Effects) {
        self.next_race();
        if self.race.tracks().len() != self.race.heats() {
            self.race.lay_out();
        }
        self.deal(effects);
    }

    /// Makes a race of the settings.
    fn next_race(&mut self) {
        self.settings.settle();
        let experiment = self.settings.experiment();
        self.tuner.keep_only_for(&experiment.conditions);
        self.race.begin(experiment);
    }

    /// Deals the heats to the workers, and fetches the data for them.
    fn deal(&mut self, effects: &mut Effects) {
        if self.devices.deal(self.race.heats(), effects) {
            let data = self.race.spec().data.source();
            self.downloads.want(data, effects);
        }
    }

    /// Moves every worker one stage on, where what it waits for is there.
    fn drive(&mut self, effects: &mut Effects) {
        let data = self.race.spec().data.source();
        if let Some(fleet) = self.devices.fleet() {
            self.downloads.ask_to_share(fleet, &data, effects);
        }
        let target = self.race.target(self.downloads.has(&data));
        self.devices.drive(&target, effects);
    }
}

/// Settings.
impl State {
    /// Takes new settings: learning rates at once, everything else with a new race at step 0.
    fn edit(&mut self, experiment: Rc<Experiment>, effects: &mut Effects) {
        if experiment == *self.settings.experiment() {
            return;
        }
        let previous = self.settings.replace(experiment);
        self.settings.save(effects);
        // Rates go to workers that train this very race; trials keep the rates that they drew.
        let only_rates = self.tuning_now().is_none()
            && settings::only_rates_differ(&previous, self.settings.experiment());
        let at_once = only_rates && !self.settings.are_pending();
        let (run, fleet) = (self.race.run(), self.devices.fleet());
        if at_once && fleet.is_some_and(|fleet| fleet.all_finished(run)) {
            // Nothing trains with them any more: they are for the next race, and the curves stay until it begins.
            return;
        }
        if at_once && fleet.is_some_and(|fleet| fleet.all_started(run)) {
            self.set_rates(effects);
        } else {
            self.settings.wait(effects);
        }
    }

    /// Sends the learning rates of the settings to the workers, where they are others than the race's.
    fn set_rates(&mut self, effects: &mut Effects) {
        let experiment = self.settings.experiment();
        for heat in self.race.changed_heats(experiment) {
            let entry = &experiment.entries[heat];
            let rates = |heat| Command::SetRates {
                heat,
                lr: entry.lr,
                proxy_lr_factor: entry.proxy_lr_factor,
            };
            self.devices
                .send_heat(self.race.run(), heat, rates, effects);
        }
        self.race.take_rates(experiment);
    }

    fn restart_due(&mut self, token: u32, effects: &mut Effects) {
        if self.settings.are_due(token) {
            self.restart(effects);
        }
    }

    /// Other settings, whole, and a new race in any case.
    fn start_with(&mut self, experiment: Rc<Experiment>, effects: &mut Effects) {
        self.announcements.dismiss_trouble();
        self.settings.replace(experiment);
        self.restart(effects);
    }

    fn follow_link(
        &mut self,
        experiment: Rc<Experiment>,
        notices: Vec<Message>,
        effects: &mut Effects,
    ) {
        self.announcements.set_notices(notices);
        if experiment != *self.settings.experiment() {
            self.start_with(experiment, effects);
            self.look_up(effects);
        }
    }

    fn use_synthetic_data(&mut self, effects: &mut Effects) {
        let mut experiment = (**self.settings.experiment()).clone();
        // With what follows from there being no pictures.
        let data = experiment.setting("data").expect("every race has one");
        data.choose(&mut experiment, DataKind::Synthetic.info().id);
        self.start_with(Rc::new(experiment), effects);
    }

    fn reset(&mut self, effects: &mut Effects) {
        self.restart(effects);
        self.announcements.say(text::status_reset());
    }

    fn take_new_seed(&mut self, effects: &mut Effects) {
        self.settings.take_new_seed();
        self.restart(effects);
        let seed = self.settings.experiment().first_seed.to_string();
        self.announcements.say(text::status_new_seed(seed));
    }
}

/// Tuning.
impl State {
    /// Trains random settings of every loss, scored on classes that neither training nor the race sees.
    fn start_tuning(&mut self, effects: &mut Effects) {
        let trials = self.tuner.trials();
        self.timeline.leave();
        self.settings.settle();
        let experiment = self.settings.experiment();
        let run = self.race.next_run();
        let tuning = self.tuner.begin(run, experiment, trials);
        self.race.take_trials(experiment, tuning.heats());
        self.deal(effects);
        self.announcements.say(text::status_tuning(trials));
    }

    fn stop_tuning(&mut self, effects: &mut Effects) {
        if self.tuning_now().is_some() {
            self.race.pause();
            self.restart(effects);
            self.announcements.say(text::status_tuning_stopped());
        }
    }

    /// Races with the best setting of each loss.
    fn apply_tuning(&mut self, effects: &mut Effects) {
        let Some(tuning) = self.tuner.tuning() else {
            return;
        };
        self.settings.change(|experiment| tuning.apply(experiment));
        self.screen.show(None);
        self.race.pause();
        self.restart(effects);
        self.announcements.say(text::status_tuning_applied());
    }
}

/// Devices and what can go wrong with them.
impl State {
    /// Opens the device that the person prefers, if it is not the one that runs.
    fn open_preferred(&mut self, effects: &mut Effects) {
        if let Some(why) = self.devices.missing_webgpu() {
            let why = text::webgpu_missing(why);
            self.trouble_about(Cause::NoWebGpu, why);
        }
        if self.devices.open_preferred(self.race.heats(), effects) {
            self.start_over(effects);
        }
        self.devices.explore(effects);
    }

    fn prefer(&mut self, preference: DevicePreference, effects: &mut Effects) {
        if preference != self.devices.preference() {
            self.devices.prefer(preference);
            self.open_preferred(effects);
        }
    }

    fn gpu_looked(&mut self, gpu: GpuAvailability, effects: &mut Effects) {
        self.devices.gpu_looked(gpu);
        if self.devices.preference() == DevicePreference::WebGpu {
            self.open_preferred(effects);
        } else {
            self.devices.explore(effects);
        }
    }

    /// Begins again with nothing of what has been opened or fetched.
    fn retry(&mut self, effects: &mut Effects) {
        self.announcements.dismiss_trouble();
        self.devices.dismiss_all(effects);
        self.downloads.forget(effects);
        self.open_preferred(effects);
    }

    fn go_on_on_cpu(&mut self, effects: &mut Effects) {
        self.announcements.dismiss_trouble();
        self.devices.prefer(DevicePreference::Cpu);
        self.open_preferred(effects);
    }

    fn data_fetched(&mut self, data: DataSource, outcome: Result<(), Failure>) {
        if let Err(failure) = self.downloads.fetched(data, outcome) {
            self.trouble(&failure);
        }
    }

    fn start_check(&mut self, effects: &mut Effects) {
        self.race.pause();
        self.devices.start_check(effects);
    }

    fn trouble(&mut self, failure: &Failure) {
        self.trouble_about(failure.cause(), words::failure(failure));
    }

    /// Something went wrong, and what is said of it.
    fn trouble_about(&mut self, cause: Cause, message: Message) {
        let (device, recorded) = (self.devices.kind(), self.race.is_recorded());
        self.announcements.raise(cause, message, device, recorded);
    }
}
