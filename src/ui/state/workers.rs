//! What workers say, taken to the part that it concerns, and what follows when all of them have stopped.

use kyori_text::messages as text;

use super::{Effects, FleetId, State};
use crate::bridge::{Bulk, Command, Event, Failure, RunId};

impl State {
    /// Takes what a worker says of itself, of a request, or of the race.
    pub(super) fn on_worker(
        &mut self,
        id: FleetId,
        index: usize,
        event: Event,
        bulk: Option<Bulk>,
        effects: &mut Effects,
    ) {
        if self.devices.is_scout(id) {
            self.devices.on_scout(event, effects);
            return;
        }
        let fleet = self.devices.fleet_mut(id);
        let Some(worker) = fleet.and_then(|fleet| fleet.workers.get_mut(index)) else {
            return;
        };
        if worker.advance(&event) {
            return;
        }
        match event {
            Event::Dataset { data, dataset } if data == self.race.spec().data.source() => {
                self.downloads.shared(dataset, bulk);
            }
            Event::Failed { failure } => self.fleet_failed(id, failure, effects),
            Event::Measured { .. }
            | Event::MeasureFailed { .. }
            | Event::Checked { .. }
            | Event::CheckFailed { .. } => {
                if let Some(told) = self.devices.on_request(index, event) {
                    self.announcements.say(told);
                }
            }
            _ if run_of(&event) == Some(self.race.run()) => {
                self.on_run(id, index, event, bulk, effects);
            }
            _ => {}
        }
    }

    /// Takes what a worker says of the run that is laid out.
    fn on_run(
        &mut self,
        id: FleetId,
        index: usize,
        event: Event,
        bulk: Option<Bulk>,
        effects: &mut Effects,
    ) {
        let Some(fleet) = self.devices.fleet_mut(id) else {
            return;
        };
        let heat = heat_in(&event).and_then(|local| fleet.heat_of(index, local));
        let worker = &mut fleet.workers[index];
        match event {
            Event::Started {
                view,
                train_classes,
                test_classes,
                ..
            } => self.started(id, index, view, (train_classes, test_classes), effects),
            Event::Paused { play, .. } => {
                if worker.paused(play) {
                    effects.push(fleet.send(index, Command::RequestFrames));
                    self.settle();
                }
            }
            Event::Finished { .. } => {
                worker.finish();
                effects.push(fleet.send(index, Command::RequestFrames));
                self.settle();
            }
            Event::View { view, .. } => {
                if self.tuning_now().is_none() {
                    self.race.set_view(view);
                }
            }
            _ => {
                if let Some(heat) = heat {
                    self.on_heat(heat, event, bulk, effects);
                }
            }
        }
    }

    /// A worker has laid out its part of the run.
    fn started(
        &mut self,
        id: FleetId,
        index: usize,
        view: Vec<u32>,
        classes: (usize, usize),
        effects: &mut Effects,
    ) {
        let run = self.race.run();
        // Tuning leaves the race's curves on the screen.
        let tuning = self.tuning_now().is_some();
        let Some(fleet) = self.devices.fleet_mut(id).filter(|fleet| !fleet.failed) else {
            // Of workers that have been dismissed, word may still be on its way.
            return;
        };
        let first = fleet.started(run).is_empty();
        fleet.workers[index].begin(run);
        if self.race.shows_seen() && !tuning {
            effects.push(fleet.send(index, Command::ShowClasses { seen: true }));
        }
        let neighbours = self.screen.shows_neighbours();
        if !neighbours && !tuning {
            effects.push(fleet.send(index, Command::ShowNeighbours { neighbours }));
        }
        effects.push(fleet.send(index, Command::RequestFrames));
        if first && !tuning {
            self.race.laid_out(view, classes);
            self.timeline.began_anew();
        }
        self.look_anew(effects);
        let device = self.devices.kind();
        self.announcements.forget_moot_trouble(device);
    }

    /// Takes what a worker says of a heat: of the race's, or of the trials that are in its place.
    fn on_heat(&mut self, heat: usize, event: Event, bulk: Option<Bulk>, effects: &mut Effects) {
        if let Event::Inside { header, .. } = event {
            return self.on_inside(heat, *header, bulk, effects);
        }
        let is_frame = matches!(event, Event::Frame { .. });
        let of_race = matches!(event, Event::RatesSet { .. });
        if self.tuning_now().is_some() && !of_race {
            self.tuner.on_heat(heat, event);
        } else if let Some(told) = self.race.on_heat(heat, event, bulk) {
            self.announcements.say(told);
        }
        if is_frame {
            self.look_again(heat, effects);
        }
    }

    /// Stops playing when every worker has stopped by itself.
    fn settle(&mut self) {
        let run = self.race.run();
        let Some(fleet) = self.devices.fleet() else {
            return;
        };
        if !self.race.is_playing() || !fleet.all_settled(run) {
            return;
        }
        self.race.pause();
        let told = if !fleet.all_finished(run) {
            text::status_stopped(self.step())
        } else if self.tuning_now().is_some() {
            self.tuner.finish();
            text::status_tuned()
        } else {
            self.race.rank();
            self.race.finished_text(self.screen.chart().measure)
        };
        self.announcements.say(told);
    }

    /// The engine's code could not be loaded, or a worker can do no more.
    pub(super) fn fleet_failed(&mut self, id: FleetId, failure: Failure, effects: &mut Effects) {
        if self.devices.is_scout(id) {
            self.devices.lose_scout(failure, effects);
        } else if self.devices.fail(id, effects) {
            self.race.pause();
            self.trouble(&failure);
        }
    }
}

/// The run that an event is of, if it is of one.
fn run_of(event: &Event) -> Option<RunId> {
    match *event {
        Event::Started { run, .. }
        | Event::View { run, .. }
        | Event::Evaluated { run, .. }
        | Event::Progress { run, .. }
        | Event::Frame { run, .. }
        | Event::Retrieved { run, .. }
        | Event::Inside { run, .. }
        | Event::RatesSet { run, .. }
        | Event::LaneStopped { run, .. }
        | Event::Paused { run, .. }
        | Event::Finished { run } => Some(run),
        _ => None,
    }
}

/// The heat that an event is of, if it is of one, by its place among its worker's heats.
fn heat_in(event: &Event) -> Option<usize> {
    match event {
        Event::Evaluated { heat, .. }
        | Event::Progress { heat, .. }
        | Event::Retrieved { heat, .. }
        | Event::RatesSet { heat, .. }
        | Event::LaneStopped { heat, .. } => Some(*heat),
        Event::Frame { header, .. } => Some(header.heat),
        Event::Inside { header, .. } => Some(header.heat),
        _ => None,
    }
}
