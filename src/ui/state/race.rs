//! The race that is laid out: its losses, how far they are, and what of it is shown.

use std::rc::Rc;

use kyori_text::{Message, messages as text};
use litemap::LiteMap;

use super::Track;
use super::colours::Colours;
use super::fleet::Target;
use crate::bridge::{Bulk, Event, FrameHeader, RunId};
use crate::experiment::{EvaluateOn, Experiment, HeatSpec, RaceSpec};
use crate::loss::LossKind;
use crate::record::{HeatRecord, Measure, Ranking, Rates, Summary, remarks, wording};
use crate::ui::model::Same;
use crate::ui::model::{Curve, Frame};

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

/// Where each loss ended in the last whole race under a protocol, by the protocol's identifier: MAP@R, best first.
pub type Rankings = LiteMap<&'static str, Vec<(LossKind, f32)>>;

/// What the workers train, how fast and how far, and the curves of it.
#[derive(Debug)]
pub struct Race {
    spec: Rc<RaceSpec>,
    /// The experiment that the race was made of.
    made_of: Rc<Experiment>,
    /// The experiment whose curves are shown: until a race is laid out, the one before.
    shown: Rc<Experiment>,
    run: RunId,
    playing: bool,
    played: bool,
    pace: Option<f32>,
    stop_at: Option<u32>,
    tracks: Rc<Vec<Track>>,
    colours: Colours,
    view: Rc<Vec<u32>>,
    show_seen: bool,
    classes: Option<(usize, usize)>,
    /// The picture that the person wants to see the nearest of.
    looked_up: Option<u32>,
    rankings: Rankings,
}

impl Race {
    pub(super) fn new(experiment: &Rc<Experiment>) -> Self {
        let mut race = Self {
            spec: Rc::new(experiment.race(EvaluateOn::Test)),
            made_of: experiment.clone(),
            shown: experiment.clone(),
            run: 0,
            playing: false,
            played: false,
            pace: None,
            stop_at: None,
            tracks: Rc::default(),
            colours: Colours::new(),
            view: Rc::default(),
            show_seen: false,
            classes: None,
            looked_up: None,
            rankings: LiteMap::new(),
        };
        race.lay_out();
        race
    }

    /// What is laid out or being laid out.
    pub fn spec(&self) -> &RaceSpec {
        &self.spec
    }

    /// How many heats are laid out or being laid out.
    pub(super) fn heats(&self) -> usize {
        self.spec.heats.len()
    }

    /// The experiment whose curves are shown.
    pub fn shown(&self) -> &Rc<Experiment> {
        &self.shown
    }

    pub fn run(&self) -> RunId {
        self.run
    }

    /// Whether the person wants it to run.
    pub fn is_playing(&self) -> bool {
        self.playing
    }

    /// Whether play was ever pressed in this run.
    pub fn was_played(&self) -> bool {
        self.played
    }

    /// Steps a second, where they are limited.
    pub fn pace(&self) -> Option<f32> {
        self.pace
    }

    /// The step where it is to pause.
    pub fn stop_at(&self) -> Option<u32> {
        self.stop_at
    }

    /// The losses in the race, in its order.
    pub fn tracks(&self) -> &Rc<Vec<Track>> {
        &self.tracks
    }

    /// The picture behind each point of a frame.
    pub fn view(&self) -> &Rc<Vec<u32>> {
        &self.view
    }

    /// Whether the views show classes that are trained on.
    pub fn shows_seen(&self) -> bool {
        self.show_seen
    }

    /// Training and evaluation classes.
    pub fn classes(&self) -> Option<(usize, usize)> {
        self.classes
    }

    /// Only of races that differ in nothing but the losses' settings.
    pub fn rankings(&self) -> &Rankings {
        &self.rankings
    }

    pub fn steps(&self) -> u32 {
        self.spec.schedule.steps
    }

    /// The step that every heat that still runs has reached.
    pub fn step(&self) -> u32 {
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

    /// Whether anything would be lost with the curves.
    pub(super) fn is_recorded(&self) -> bool {
        self.tracks.iter().any(|track| track.record.0.is_trained())
    }

    /// What the workers are to reach.
    pub(super) fn target(&self, data_here: bool) -> Target<'_> {
        Target {
            run: self.run,
            race: &self.spec,
            data_here,
            playing: self.playing,
            pace: self.pace,
            stop_at: self.stop_at,
        }
    }
}

/// Playing.
impl Race {
    pub(super) fn play(&mut self) {
        self.playing = true;
        self.played = true;
    }

    pub(super) fn pause(&mut self) {
        self.playing = false;
    }

    /// Pauses for a step that is taken by hand.
    pub(super) fn step_by_hand(&mut self) {
        self.playing = false;
        self.played = true;
    }

    pub(super) fn set_pace(&mut self, pace: Option<f32>) {
        self.pace = pace;
    }

    pub(super) fn set_stop_at(&mut self, step: Option<u32>) {
        self.stop_at = step;
    }
}

/// Laying out.
impl Race {
    /// A new run at step 0, which plays if the last one did. The curves stay until [`Self::lay_out`].
    pub(super) fn begin(&mut self, experiment: &Rc<Experiment>) {
        self.next_run();
        self.played = self.playing;
        self.take(experiment);
    }

    pub(super) fn next_run(&mut self) -> RunId {
        self.run += 1;
        self.run
    }

    /// Trials in the place of the settings' heats, which train at once. The curves stay.
    pub(super) fn take_trials(&mut self, experiment: &Experiment, heats: Vec<HeatSpec>) {
        self.stop_at = None;
        self.spec = Rc::new(experiment.race_of(heats, EvaluateOn::Validation));
        self.play();
    }

    fn take(&mut self, experiment: &Rc<Experiment>) {
        self.spec = Rc::new(experiment.race(EvaluateOn::Test));
        self.made_of = experiment.clone();
    }

    /// Empty curves for the race's heats.
    pub(super) fn lay_out(&mut self) {
        if !is_same_race(&self.shown, &self.made_of) {
            self.rankings.clear();
        }
        let losses: Vec<LossKind> = self.spec.heats.iter().map(|heat| heat.loss).collect();
        self.colours.choose(&losses);
        let mut tracks: Vec<Track> = self
            .made_of
            .entries
            .iter()
            .zip(&self.spec.heats)
            .map(|(entry, heat)| Track::new(entry, heat, self.colours.of(heat.loss)))
            .collect();
        let same = |(old, new): (&Track, &Track)| old.loss == new.loss;
        if tracks.len() == self.tracks.len() && self.tracks.iter().zip(&tracks).all(same) {
            // The last pictures stay until there are new ones.
            for (old, new) in self.tracks.iter().zip(&mut tracks) {
                new.frame.clone_from(&old.frame);
            }
        }
        self.looked_up = None;
        self.shown = self.made_of.clone();
        self.tracks = Rc::new(tracks);
    }

    /// The first worker has laid it out.
    pub(super) fn laid_out(&mut self, view: Vec<u32>, classes: (usize, usize)) {
        self.lay_out();
        self.view = Rc::new(view);
        self.classes = Some(classes);
    }

    /// The heats whose settings in an experiment are others than those that the race was made of.
    pub(super) fn changed_heats(&self, experiment: &Experiment) -> Vec<usize> {
        let entries = experiment.entries.iter().enumerate();
        entries
            .filter(|&(heat, entry)| self.made_of.entries.get(heat) != Some(entry))
            .map(|(heat, _)| heat)
            .collect()
    }

    /// Goes on with other learning rates; nothing else has changed.
    pub(super) fn take_rates(&mut self, experiment: &Rc<Experiment>) {
        self.take(experiment);
        self.shown = experiment.clone();
        for (track, entry) in Rc::make_mut(&mut self.tracks)
            .iter_mut()
            .zip(&experiment.entries)
        {
            if track.record.0.entry != *entry {
                track.record_mut().entry = entry.clone();
            }
        }
    }
}

/// Where losses stand by a measure.
fn ranking(tracks: &[Track], measure: Measure) -> Option<Ranking> {
    let records: Vec<&HeatRecord> = tracks.iter().map(|track| &*track.record.0).collect();
    Ranking::of(&records, measure)
}

/// Where losses stand; none before the first step, since all begin alike.
pub(super) fn ranking_so_far(tracks: &[Track], measure: Measure) -> Option<Ranking> {
    ranking(tracks, measure).filter(|ranking| ranking.step > 0)
}

/// Whether races of two experiments differ in nothing but the losses' settings.
fn is_same_race(old: &Experiment, new: &Experiment) -> bool {
    let losses = |experiment: &Experiment| -> Vec<LossKind> {
        experiment.entries.iter().map(|entry| entry.loss).collect()
    };
    old.conditions == new.conditions && losses(old) == losses(new) && old.seeds == new.seeds
}

/// What is shown.
impl Race {
    pub(super) fn show_seen(&mut self, seen: bool) {
        self.show_seen = seen;
    }

    pub(super) fn set_view(&mut self, view: Vec<u32>) {
        self.view = Rc::new(view);
        let tracks = Rc::make_mut(&mut self.tracks).iter_mut();
        tracks.for_each(Track::forget_frames);
    }

    /// The pictures to look up once the person has chosen one: it comes first, in the place of the one chosen before.
    pub(super) fn look_up(&mut self, sample: u32) -> Option<Vec<u32>> {
        let retrievals = self
            .tracks
            .iter()
            .filter_map(|track| track.retrieval.as_ref());
        let retrieval = retrievals.max_by_key(|retrieval| retrieval.0.step)?;
        let before = self.looked_up.replace(sample);
        let others = retrieval.0.queries.iter().copied();
        let others = others.filter(|&query| query != sample && Some(query) != before);
        Some([sample].into_iter().chain(others).collect())
    }

    /// Shows the embedding of another seed: of which heat and lane then, where the loss is in the race.
    pub(super) fn show_lane(&mut self, loss: LossKind, lane: usize) -> Option<(usize, usize)> {
        let heat = self.tracks.iter().position(|track| track.loss == loss)?;
        let track = self.track_mut(heat)?;
        track.lane_shown = lane.min(track.lanes.saturating_sub(1));
        // The worker answers for the other seed, where that still trains.
        track.retrieval = None;
        Some((heat, track.lane_shown))
    }

    fn track_mut(&mut self, heat: usize) -> Option<&mut Track> {
        Rc::make_mut(&mut self.tracks).get_mut(heat)
    }

    /// Takes what a worker says of a heat; what is said of that.
    pub(super) fn on_heat(
        &mut self,
        heat: usize,
        event: Event,
        bulk: Option<Bulk>,
    ) -> Option<Message> {
        if let Event::RatesSet { rates, .. } = event {
            self.rates_set(heat, rates);
            return None;
        }
        let track = self.track_mut(heat)?;
        match event {
            Event::Evaluated { point, .. } => track.evaluated(point),
            Event::Progress {
                step,
                steps_per_second,
                ..
            } => track.progressed(step, steps_per_second),
            Event::Frame { header, .. } => {
                if let Some(frame) = frame(FrameHeader { heat, ..header }, bulk) {
                    track.framed(frame);
                }
            }
            Event::Retrieved { retrieval, .. } => track.retrieval = Some(Same::new(retrieval)),
            Event::LaneStopped { lane, step, .. } => {
                track.lane_stopped(lane, step);
                return Some(text::status_lane_stopped(track.name(), step));
            }
            _ => {}
        }
        None
    }

    /// Notes the learning rates that a loss trains with from now on.
    fn rates_set(&mut self, heat: usize, rates: Rates) {
        let steps = self.steps();
        let Some(track) = self.track_mut(heat) else {
            return;
        };
        if rates.after_step < steps && track.ended() < track.lanes {
            track.rates_set(rates);
            return;
        }
        // The loss had ended: nothing was trained with them, so the curves are still those of the rates before.
        let last = track.record.0.rates.last().copied();
        if let (Some(last), Some(entry)) =
            (last, Rc::make_mut(&mut self.shown).entries.get_mut(heat))
        {
            entry.lr = last.lr;
            entry.proxy_lr_factor = last.proxy_lr_factor;
        }
    }
}

/// A picture, if it is as large as its header says.
fn frame(header: FrameHeader, bulk: Option<Bulk>) -> Option<Frame> {
    match bulk {
        Some(Bulk::Floats(coordinates)) if coordinates.len() == header.coordinates() => {
            Some(Frame {
                header,
                coordinates,
            })
        }
        _ => None,
    }
}

/// The end.
impl Race {
    /// Notes the order in which the whole race ended, if its settings are a protocol's.
    pub(super) fn rank(&mut self) {
        // With rates set on the way it is nobody's protocol.
        let unchanged = self
            .tracks
            .iter()
            .all(|track| track.record.0.rates_changed_after().is_none());
        let Some(protocol) = self.shown.protocol().filter(|_| unchanged) else {
            return;
        };
        let places = ranking(&self.tracks, Measure::MapAtR).map(|ranking| ranking.places);
        let ranking = places
            .unwrap_or_default()
            .iter()
            .map(|place| (self.tracks[place.heat].loss, place.value as f32))
            .collect();
        self.rankings.insert(protocol.id(), ranking);
    }

    /// What is said when it has come to its end, the first sentence of its verdict included.
    pub(super) fn finished_text(&self, measure: Measure) -> Message {
        let curves: Vec<Curve> = self.tracks.iter().map(Track::curve).collect();
        let (names, records) = Curve::split(&curves);
        let data = self.shown.data.kind();
        let summary = Summary::of(&names, &records, measure, data);
        let said = remarks(&names, &records, summary.as_ref(), true);
        let finished = text::status_finished(self.steps());
        match said.first().map(wording::remark) {
            Some(verdict) => text::status_verdict(finished, verdict),
            None => finished,
        }
    }
}
