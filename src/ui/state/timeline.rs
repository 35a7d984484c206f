//! Looking back: the moment of a run that is shown, playing it again, and films in the place of the race.

use std::rc::Rc;

use super::{Effect, Effects, Track};
use crate::experiment::Experiment;
use crate::record::{CurvePoint, Film, HeatRecord};
use crate::ui::model::{Frame, Pictures, Same};

/// Frames of a loss that are kept: as many as a film plays in a quarter of a minute without a jump.
const MOST_FRAMES: usize = 96;
/// Seconds that a whole run takes to be played again.
const REPLAY_SECONDS: f64 = 15.0;
/// Between two moments of a replay.
pub const TICK_MS: u32 = 100;
/// What a person may multiply that with.
pub const SPEEDS: [f64; 4] = [0.5, 1.0, 2.0, 4.0];

/// Where a film is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FilmSource {
    /// It was made with the page, and shows the race that the page opens with.
    Opening,
    /// The person has opened a file.
    File,
}

/// A film in the place of the race.
#[derive(Clone, Debug)]
pub struct Showing {
    pub film: Rc<Film>,
    pub source: FilmSource,
    pub experiment: Rc<Experiment>,
    pub tracks: Rc<Vec<Track>>,
    pub pictures: Pictures,
}

/// What a person sees of where they are in the run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moment {
    /// The step that is shown.
    pub step: u32,
    /// Of the whole run.
    pub steps: u32,
    /// Whether it is the latest.
    pub live: bool,
    pub replaying: bool,
    pub speed: f64,
    /// Whether anything can be looked back at.
    pub recorded: bool,
    /// Where a film is from that is shown in the place of the race.
    pub film: Option<FilmSource>,
}

#[derive(Debug)]
pub struct Timeline {
    film: Option<Showing>,
    /// The step that is shown; none is the latest.
    at: Option<u32>,
    /// Where a replay is, in steps.
    replay: Option<f64>,
    speed: f64,
    /// Counts up with every replay: the tick of an earlier one means nothing.
    token: u32,
    then: Option<Then>,
}

/// What losses were at a step.
#[derive(Debug)]
struct Then {
    at: u32,
    /// The whole run, as it was when this was looked up.
    of: Rc<Vec<Track>>,
    tracks: Rc<Vec<Track>>,
}

impl Timeline {
    pub(super) fn new() -> Self {
        Self {
            film: None,
            at: None,
            replay: None,
            speed: 1.0,
            token: 0,
            then: None,
        }
    }

    /// The film that is shown in the place of the race.
    pub fn film(&self) -> Option<&Showing> {
        self.film.as_ref()
    }

    /// The step that is looked back at; none where the latest is shown.
    pub fn at(&self) -> Option<u32> {
        self.at
    }

    pub(super) fn moment(&self, latest: u32, steps: u32, tracks: &[Track]) -> Moment {
        Moment {
            step: self.at.unwrap_or(latest),
            steps,
            live: self.at.is_none(),
            replaying: self.replay.is_some(),
            speed: self.speed,
            recorded: moments(tracks).len() > 1,
            film: self.film.as_ref().map(|film| film.source),
        }
    }

    /// The losses as they are to be seen, of those that run or are filmed.
    pub(super) fn seen(&self, tracks: &Rc<Vec<Track>>) -> Rc<Vec<Track>> {
        match &self.then {
            Some(then) if self.at.is_some() && Rc::ptr_eq(&then.of, tracks) => then.tracks.clone(),
            _ => tracks.clone(),
        }
    }

    /// Looks up what is to be seen, where that is another than before.
    pub(super) fn look_up(&mut self, tracks: &Rc<Vec<Track>>) {
        let Some(at) = self.at else {
            self.then = None;
            return;
        };
        let before = match &self.then {
            Some(then) if then.at == at && Rc::ptr_eq(&then.of, tracks) => return,
            Some(then) => then.tracks.clone(),
            None => Rc::default(),
        };
        let then = tracks.iter().enumerate();
        let then = then.map(|(heat, track)| track_at(track, at, before.get(heat)));
        self.then = Some(Then {
            at,
            of: tracks.clone(),
            tracks: Rc::new(then.collect()),
        });
    }

    /// Looks at the moment that is nearest to a step. Beyond the last one everything follows the run again.
    pub(super) fn seek(&mut self, step: u32, tracks: &[Track]) {
        self.replay = None;
        let moments = moments(tracks);
        let nearest = moments.iter().min_by_key(|moment| moment.abs_diff(step));
        self.at = nearest.copied().filter(|at| moments.last() != Some(at));
    }

    /// Looks at the next moment, or at the one before.
    pub(super) fn seek_by(&mut self, forward: bool, tracks: &[Track]) {
        let moments = moments(tracks);
        let Some(&last) = moments.last() else {
            return;
        };
        let at = self.at.unwrap_or(last);
        let next = if forward {
            moments.iter().find(|moment| **moment > at)
        } else {
            moments.iter().rev().find(|moment| **moment < at)
        };
        self.seek(next.copied().unwrap_or(at), tracks);
    }

    pub(super) fn go_live(&mut self) {
        self.replay = None;
        self.at = None;
    }

    pub(super) fn set_speed(&mut self, speed: f64) {
        self.speed = speed;
    }

    /// Plays the run again from the moment that is shown, from its start where that is the latest; or stops.
    pub(super) fn toggle_replay(&mut self, tracks: &[Track], effects: &mut Effects) {
        if self.replay.take().is_some() {
            return;
        }
        let Some(&first) = moments(tracks).first() else {
            return;
        };
        let at = *self.at.get_or_insert(first);
        self.replay = Some(f64::from(at));
        self.token += 1;
        let token = self.token;
        effects.push(Effect::ReplayLater { token });
    }

    /// A little further in the replay, if it is this one. At the end everything follows the run again.
    pub(super) fn tick(&mut self, token: u32, steps: u32, tracks: &[Track], effects: &mut Effects) {
        let Some(position) = self.replay.as_mut().filter(|_| token == self.token) else {
            return;
        };
        let share = f64::from(TICK_MS) / (1000.0 * REPLAY_SECONDS);
        *position += f64::from(steps) * share * self.speed;
        let position = *position;
        match moments(tracks).last() {
            Some(&last) if position < f64::from(last) => {
                self.at = Some(position as u32);
                effects.push(Effect::ReplayLater { token });
            }
            _ => self.go_live(),
        }
    }

    /// Shows a film, from its start where it is to play by itself.
    pub(super) fn show(
        &mut self,
        film: Rc<Film>,
        source: FilmSource,
        plays: bool,
        effects: &mut Effects,
    ) {
        let colours = &mut super::colours::Colours::new();
        let experiment = Rc::new(film.recording.experiment.clone());
        let losses: Vec<_> = experiment.entries.iter().map(|entry| entry.loss).collect();
        colours.choose(&losses);
        let heats = film.recording.heats.iter().zip(&film.frames);
        let tracks: Vec<Track> = heats
            .map(|(record, frames)| {
                let colour = colours.of(record.entry.loss);
                Track::filmed(record, experiment.seeds, frames, colour)
            })
            .collect();
        let dataset = film.view.dataset();
        let points = film.view.samples.len() as u32;
        self.go_live();
        self.film = Some(Showing {
            pictures: Pictures {
                dataset: Some(Same::new(dataset)),
                view: Rc::new((0..points).collect()),
            },
            tracks: Rc::new(tracks),
            film,
            source,
            experiment,
        });
        if plays && let Some(film) = &self.film {
            let tracks = film.tracks.clone();
            self.toggle_replay(&tracks, effects);
        }
    }

    /// The race itself is to be seen, as it is now.
    pub(super) fn leave(&mut self) {
        self.film = None;
        self.go_live();
    }

    /// The race is at its start: there is nothing of it to look back at. A film stays.
    pub(super) fn began_anew(&mut self) {
        if self.film.is_none() {
            self.go_live();
        }
    }

    /// A film of other settings is not shown.
    pub(super) fn keep_only_for(&mut self, experiment: &Experiment) {
        let other = |film: &Showing| *film.experiment != *experiment;
        if self.film.as_ref().is_some_and(other) {
            self.leave();
        }
    }
}

/// The steps at which there is something to look at, ascending.
fn moments(tracks: &[Track]) -> Vec<u32> {
    let evaluated = |track: &Track| -> Vec<u32> {
        track
            .record
            .0
            .points
            .iter()
            .map(|point| point.step)
            .collect()
    };
    let framed = |track: &Track| -> Vec<u32> {
        track
            .frames
            .iter()
            .map(|frame| frame.0.header.step)
            .collect()
    };
    let all = tracks
        .iter()
        .flat_map(|track| [evaluated(track), framed(track)]);
    let mut moments = all.flatten().collect::<Vec<_>>();
    moments.sort_unstable();
    moments.dedup();
    moments
}

/// What a loss was at a step: the numbers of its last evaluation by then, and the picture of the nearest step. `before` is what
/// it was when it was last looked at: what has not changed is the same, and not drawn again.
fn track_at(track: &Track, at: u32, before: Option<&Track>) -> Track {
    let record = &track.record.0;
    let points = record.points.partition_point(|point| point.step <= at);
    let stopped = record.stopped.iter().filter(|(_, step)| *step <= at);
    let stopped = stopped.copied().collect::<Vec<_>>();
    let is_same = |old: &&Track| {
        let old_record = &old.record.0;
        old.loss == track.loss
            && old_record.entry == record.entry
            && old_record.points.last() == record.points[..points].last()
            && old_record.stopped == stopped
    };
    let record = match before.filter(is_same) {
        Some(old) => old.record.clone(),
        None if points == record.points.len() && stopped.len() == record.stopped.len() => {
            track.record.clone()
        }
        None => Same::new(HeatRecord {
            points: record.points[..points].to_vec(),
            stopped,
            ..(**record).clone()
        }),
    };
    Track {
        step: at.min(track.step),
        record,
        retrieval: track
            .retrieval
            .clone()
            .filter(|retrieval| retrieval.0.step <= at),
        frame: nearest(&track.frames, at, track).or_else(|| track.frame.clone()),
        frames: Rc::default(),
        ..track.clone()
    }
}

/// The frame nearest to a step: of the seed that is shown and, where there is one about then, of the kind that was chosen last.
fn nearest(frames: &[Same<Frame>], at: u32, track: &Track) -> Option<Same<Frame>> {
    let distance = |frame: &&Same<Frame>| frame.0.header.step.abs_diff(at);
    let of_lane = |frame: &&Same<Frame>| frame.0.header.lane == track.lane_shown;
    let chosen = |frame: &&Same<Frame>| {
        let latest = track.frame.as_ref();
        latest.is_some_and(|latest| latest.0.header.is_like(&frame.0.header))
    };
    let any = frames.iter().filter(of_lane).min_by_key(distance)?;
    let like = frames.iter().filter(chosen).min_by_key(distance);
    // A few frames apart, the kind matters more than the step.
    let near = |like: &&Same<Frame>| distance(like) <= distance(&any) + track.step / 16;
    Some(like.filter(near).unwrap_or(any).clone())
}

/// Keeps a frame among those of a loss. Where there are too many, the one goes that leaves the smallest gap, and those of
/// evaluations go last: all losses have them.
pub(super) fn keep(frames: &mut Vec<Same<Frame>>, frame: Same<Frame>, points: &[CurvePoint]) {
    let step = frame.0.header.step;
    let place = frames.partition_point(|other| other.0.header.step < step);
    match frames.get_mut(place) {
        Some(same) if same.0.header.step == step => *same = frame,
        _ => frames.insert(place, frame),
    }
    if frames.len() <= MOST_FRAMES {
        return;
    }
    let evaluated = |step: u32| {
        points
            .binary_search_by_key(&step, |point| point.step)
            .is_ok()
    };
    let steps: Vec<u32> = frames.iter().map(|frame| frame.0.header.step).collect();
    let least = (1..steps.len() - 1)
        .min_by_key(|&index| (evaluated(steps[index]), steps[index + 1] - steps[index - 1]));
    frames.remove(least.expect("there are more than two"));
}
