//! The workers that train one race, and how far each of them is.

use super::{Effect, Effects};
use crate::bridge::{Command, DeviceKind, DeviceReport, Event, RunId};
use crate::data::DataSource;
use crate::experiment::RaceSpec;

/// Counts up with every fleet that is launched.
pub type FleetId = u32;

/// How far a worker is. `…ing` waits for its answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    #[default]
    Launching,
    Alive,
    Opening,
    Open,
    Loading,
    Loaded,
}

#[derive(Clone, Debug, Default)]
pub struct Worker {
    pub phase: Phase,
    pub device: Option<DeviceReport>,
    /// The race's heats that this worker trains.
    pub heats: Vec<usize>,
    pub loaded: Option<DataSource>,
    /// The run that it was told to lay out.
    pub starting: Option<RunId>,
    /// The run that it has laid out.
    pub started: Option<RunId>,
    pub playing: bool,
    /// It paused by itself, at the step where it was to stop.
    pub halted: bool,
    pub stepping: bool,
    pub finished: bool,
    /// Number of the last Play or Step that it was sent: its end is answered by this number.
    pub play: u32,
}

impl Worker {
    /// Takes what a worker says of how far it is; whether the event was that.
    pub fn advance(&mut self, event: &Event) -> bool {
        self.phase = match event {
            Event::Alive => Phase::Alive,
            Event::Ready { device } => {
                self.device = Some(device.clone());
                Phase::Open
            }
            Event::Loaded { .. } => Phase::Loaded,
            _ => return false,
        };
        true
    }

    fn holds(&self, data: &DataSource) -> bool {
        self.phase == Phase::Loaded && self.loaded.as_ref() == Some(data)
    }

    /// Opens the device and loads the data, as far as it is so far.
    fn open_and_load(
        &mut self,
        kind: DeviceKind,
        target: &Target<'_>,
        send: &mut impl FnMut(Command),
    ) {
        if self.phase == Phase::Alive {
            self.phase = Phase::Opening;
            send(Command::Open { device: kind });
        }
        let idle = matches!(self.phase, Phase::Open | Phase::Loaded);
        let data = target.race.data.source();
        if idle && target.data_here && self.loaded.as_ref() != Some(&data) {
            self.phase = Phase::Loading;
            self.loaded = Some(data.clone());
            send(Command::Load { data });
        }
    }

    /// Lays the race out, plays and pauses, as far as it is so far.
    fn train(&mut self, target: &Target<'_>, send: &mut impl FnMut(Command)) {
        if self.heats.is_empty() && self.playing {
            // A worker that has no part in this race must not go on with the last one.
            self.playing = false;
            send(Command::Pause);
        }
        if self.heats.is_empty() || !self.holds(&target.race.data.source()) {
            return;
        }
        if self.starting != Some(target.run) {
            self.starting = Some(target.run);
            send(Command::Start {
                run: target.run,
                race: Box::new(share(target.race, &self.heats)),
            });
        }
        if self.started != Some(target.run) {
            return;
        }
        if target.playing && !self.playing && !self.finished && !self.halted {
            self.play_on(target, send);
        } else if !target.playing {
            self.halted = false;
            if self.playing {
                send(Command::Pause);
                self.playing = false;
            }
        }
    }

    fn play_on(&mut self, target: &Target<'_>, send: &mut impl FnMut(Command)) {
        send(Command::SetPace {
            steps_per_second: target.pace,
        });
        send(Command::StopAt {
            step: target.stop_at.unwrap_or(target.race.schedule.steps),
        });
        self.play += 1;
        send(Command::Play { play: self.play });
        self.playing = true;
        self.stepping = false;
    }

    fn step(&mut self, send: &mut impl FnMut(Command)) {
        if self.playing {
            self.playing = false;
            send(Command::Pause);
        }
        self.stepping = true;
        self.halted = false;
        self.play += 1;
        send(Command::Step {
            steps: 1,
            play: self.play,
        });
    }

    /// Its Play or Step of this number has ended; whether that was the last one. An answer to an earlier one says nothing.
    pub fn paused(&mut self, play: u32) -> bool {
        if play != self.play {
            return false;
        }
        // Of a pause that the page asked for, `playing` knows already.
        self.halted = self.playing;
        self.playing = false;
        self.stepping = false;
        true
    }

    pub fn finish(&mut self) {
        self.playing = false;
        self.stepping = false;
        self.finished = true;
    }

    /// It has laid out a run.
    pub fn begin(&mut self, run: RunId) {
        self.started = Some(run);
        self.playing = false;
        self.halted = false;
        self.stepping = false;
        self.finished = false;
    }
}

/// What the fleet is to reach.
pub struct Target<'a> {
    pub run: RunId,
    pub race: &'a RaceSpec,
    pub data_here: bool,
    pub playing: bool,
    pub pace: Option<f32>,
    pub stop_at: Option<u32>,
}

/// Workers on one device.
#[derive(Clone, Debug)]
pub struct Fleet {
    pub id: FleetId,
    pub kind: DeviceKind,
    pub workers: Vec<Worker>,
    pub failed: bool,
}

impl Fleet {
    pub fn new(id: FleetId, kind: DeviceKind, workers: usize) -> Self {
        Self {
            id,
            kind,
            workers: vec![Worker::default(); workers],
            failed: false,
        }
    }

    /// Starts some of its workers.
    pub fn launch(&self, workers: std::ops::Range<usize>) -> Effect {
        Effect::Launch {
            fleet: self.id,
            kind: self.kind,
            workers,
        }
    }

    /// Tells one of its workers something.
    pub fn send(&self, worker: usize, command: Command) -> Effect {
        Effect::Send {
            fleet: self.id,
            worker,
            command,
        }
    }

    /// Deals the heats in turn.
    pub fn deal(&mut self, heats: usize) {
        let count = self.workers.len();
        for (index, worker) in self.workers.iter_mut().enumerate() {
            worker.heats = (index..heats).step_by(count).collect();
        }
    }

    /// The worker that trains a heat, and the heat's index there.
    pub fn place(&self, heat: usize) -> Option<(usize, usize)> {
        self.workers.iter().enumerate().find_map(|(index, worker)| {
            worker
                .heats
                .iter()
                .position(|&dealt| dealt == heat)
                .map(|local| (index, local))
        })
    }

    /// Each worker's part of a race, for those that have its data.
    pub fn shares(&self, race: &RaceSpec) -> Vec<(usize, RaceSpec)> {
        let source = race.data.source();
        let loaded = |index| self.holds(index, &source);
        let workers = self
            .workers
            .iter()
            .enumerate()
            .filter(|(index, worker)| loaded(*index) && !worker.heats.is_empty());
        workers
            .map(|(index, worker)| (index, share(race, &worker.heats)))
            .collect()
    }

    /// Workers that have a part in the race.
    fn dealt(&self) -> impl Iterator<Item = &Worker> {
        self.workers
            .iter()
            .filter(|worker| !worker.heats.is_empty())
    }

    pub fn started(&self, run: RunId) -> Vec<usize> {
        let workers = self.workers.iter().enumerate();
        workers
            .filter(|(_, worker)| worker.started == Some(run))
            .map(|(index, _)| index)
            .collect()
    }

    pub fn all_started(&self, run: RunId) -> bool {
        self.dealt().all(|worker| worker.started == Some(run)) && self.dealt().next().is_some()
    }

    pub fn all_finished(&self, run: RunId) -> bool {
        self.all_started(run) && self.dealt().all(|worker| worker.finished)
    }

    /// Whether every worker has stopped by itself.
    pub fn all_settled(&self, run: RunId) -> bool {
        self.all_started(run) && self.dealt().all(|worker| worker.finished || worker.halted)
    }

    /// Whether a single step is under way.
    pub fn stepping(&self) -> bool {
        self.workers.iter().any(|worker| worker.stepping)
    }

    /// Lets workers go on that stopped where they were told to.
    pub fn release(&mut self) {
        for worker in &mut self.workers {
            worker.halted = false;
        }
    }

    /// The first worker with an open device.
    pub fn with_device(&self) -> Option<usize> {
        self.workers
            .iter()
            .position(|worker| worker.device.is_some())
    }

    /// Whether a worker holds this data set.
    pub fn holds(&self, worker: usize, data: &DataSource) -> bool {
        self.workers
            .get(worker)
            .is_some_and(|worker| worker.holds(data))
    }

    /// Whether every worker that has a part in the race holds this data set.
    pub fn all_hold(&self, data: &DataSource) -> bool {
        self.dealt().all(|worker| worker.holds(data)) && self.dealt().next().is_some()
    }

    /// The heat of the race that a worker means.
    pub fn heat_of(&self, worker: usize, local: usize) -> Option<usize> {
        self.workers.get(worker)?.heats.get(local).copied()
    }

    /// Has every heat make one step.
    pub fn step(&mut self, run: RunId, effects: &mut Effects) {
        for (index, worker) in self.workers.iter_mut().enumerate() {
            let free = worker.started == Some(run) && !worker.finished && !worker.stepping;
            if free && !worker.heats.is_empty() {
                worker.step(&mut outbox(self.id, index, effects));
            }
        }
    }

    /// Moves every worker on as far as it can go without an answer.
    pub fn drive(&mut self, target: &Target<'_>, effects: &mut Effects) {
        if self.failed {
            return;
        }
        for (index, worker) in self.workers.iter_mut().enumerate() {
            let send = &mut outbox(self.id, index, effects);
            worker.open_and_load(self.kind, target, send);
            worker.train(target, send);
        }
    }

    /// Moves every worker on until it has the data.
    pub fn drive_scout(&mut self, target: &Target<'_>, effects: &mut Effects) {
        for (index, worker) in self.workers.iter_mut().enumerate() {
            let send = &mut outbox(self.id, index, effects);
            worker.open_and_load(self.kind, target, send);
        }
    }
}

/// Takes the commands for one worker.
fn outbox(fleet: FleetId, worker: usize, effects: &mut Effects) -> impl FnMut(Command) {
    move |command| {
        effects.push(Effect::Send {
            fleet,
            worker,
            command,
        });
    }
}

/// A race with some of its heats.
fn share(race: &RaceSpec, heats: &[usize]) -> RaceSpec {
    RaceSpec {
        heats: heats
            .iter()
            .filter_map(|&heat| race.heats.get(heat).cloned())
            .collect(),
        ..race.clone()
    }
}
