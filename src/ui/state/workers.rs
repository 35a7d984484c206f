//! The workers of the race: their shares, their next commands, what they say, and how they fail.

use std::rc::Rc;

use kyori_text::{Message, messages as text};

use super::{DataState, Effect, FleetId, Remedy, State, Trouble, Worker, fleet};
use crate::bridge::{Bulk, Cause, Command, DeviceKind, Event, Failure};
use crate::data::Inputs;
use crate::record::{Measure, Rates};
use crate::ui::model::{Frame, Same};
use crate::ui::words;

impl State {
    /// Deals the heats to the workers.
    pub(super) fn deal(&mut self) {
        let heats = self.race.heats.len();
        let wanted = self.cpu_workers();
        let Some(fleet) = &mut self.fleet else { return };
        let have = fleet.workers.len();
        if fleet.kind == DeviceKind::Cpu && wanted > have {
            fleet.workers.resize_with(wanted, Worker::default);
            self.effects.borrow_mut().push(Effect::Launch {
                fleet: fleet.id,
                kind: fleet.kind,
                workers: have..wanted,
            });
        }
        fleet.deal(heats);
        let data = self.race.data.source();
        if !self.data.has(&data) && self.data != DataState::Fetching(data.clone()) {
            self.data = DataState::Fetching(data.clone());
            self.dataset = None;
            self.asked_to_share = None;
            self.effects.borrow_mut().push(Effect::FetchData { data });
        }
    }

    pub(super) fn send_all(&self, command: impl Fn() -> Command) {
        if let Some(fleet) = &self.fleet {
            for worker in fleet.started(self.run) {
                self.effect(Effect::Send {
                    fleet: fleet.id,
                    worker,
                    command: command(),
                });
            }
        }
    }

    pub(super) fn send_heat(&self, heat: usize, command: impl Fn(usize) -> Command) {
        if let Some(fleet) = &self.fleet
            && let Some((worker, local)) = fleet.place(heat)
            && fleet.workers[worker].started == Some(self.run)
        {
            self.effect(Effect::Send {
                fleet: fleet.id,
                worker,
                command: command(local),
            });
        }
    }

    /// Moves every worker one stage on, where what it waits for is there.
    pub(super) fn drive(&mut self) {
        let mut effects = Vec::new();
        let data = self.race.data.source();
        let data_here = self.data.has(&data);
        if let Some(fleet) = &self.fleet
            && self.dataset.is_none()
            && fleet.holds(0, &data)
        {
            // Every worker has it; one is enough to ask.
            let asked = Some((fleet.id, data));
            if self.asked_to_share != asked {
                effects.push(Effect::Send {
                    fleet: fleet.id,
                    worker: 0,
                    command: Command::ShareDataset,
                });
                self.asked_to_share = asked;
            }
        }
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
            let target = fleet::Target {
                run: 0,
                race: &self.race,
                data_here,
                playing: false,
                pace: None,
                stop_at: None,
            };
            effects.extend(scout.drive_scout(&target));
        }
        effects.extend(self.measure_both());
        self.effects.borrow_mut().extend(effects);
    }

    pub(super) fn on_worker(
        &mut self,
        id: FleetId,
        index: usize,
        event: Event,
        bulk: Option<Bulk>,
    ) {
        if self.scout.as_ref().is_some_and(|scout| scout.id == id) {
            self.on_scout(event);
            return;
        }
        let Some(fleet) = self.fleet.as_mut().filter(|fleet| fleet.id == id) else {
            return;
        };
        let Some(worker) = fleet.workers.get_mut(index) else {
            return;
        };
        let current = self.run;
        if worker.advance(&event) {
            return;
        }
        let heat_of = |local: usize| worker.heats.get(local).copied();
        match event {
            Event::Alive | Event::Ready { .. } | Event::Loaded { .. } => {}
            Event::Dataset { data, mut dataset } => {
                dataset.inputs = bulk.map(Inputs::from).unwrap_or_default();
                if data == self.race.data.source()
                    && dataset.inputs.len() == dataset.len() * dataset.features
                {
                    self.dataset = Some(Same(Rc::new(dataset)));
                }
            }
            Event::Started {
                run,
                view,
                train_classes,
                test_classes,
            } => {
                // Of workers that have been dismissed, word may still be on its way.
                if run == current && !fleet.failed {
                    let first = !fleet
                        .workers
                        .iter()
                        .any(|worker| worker.started == Some(run));
                    fleet.workers[index].begin(run);
                    // Tuning leaves the race's curves on the screen.
                    let tuning = self.tuning.as_ref().is_some_and(|tuning| tuning.run == run);
                    if first && !tuning {
                        self.lay_out();
                        self.view = Rc::new(view);
                        self.classes = Some((train_classes, test_classes));
                    }
                    self.forget_moot_trouble();
                    if self.show_seen && !tuning {
                        let command = Command::ShowClasses { seen: true };
                        self.effect(Effect::Send {
                            fleet: id,
                            worker: index,
                            command,
                        });
                    }
                    self.effect(Effect::Send {
                        fleet: id,
                        worker: index,
                        command: Command::RequestFrames,
                    });
                }
            }
            Event::Evaluated { run, heat, .. }
            | Event::Progress { run, heat, .. }
            | Event::LaneStopped { run, heat, .. }
                if run == current
                    && self.tuning.as_ref().is_some_and(|tuning| tuning.run == run) =>
            {
                if let Some(heat) = heat_of(heat) {
                    self.on_tuning(heat, event);
                }
            }
            Event::Frame { run, .. }
                if self.tuning.as_ref().is_some_and(|tuning| tuning.run == run) => {}
            Event::View { run, view } => {
                if run == current && self.tuning_now().is_none() {
                    self.view = Rc::new(view);
                }
            }
            Event::Evaluated {
                run, heat, point, ..
            } => {
                if let Some(heat) = heat_of(heat).filter(|_| run == current)
                    && let Some(track) = Rc::make_mut(&mut self.tracks).get_mut(heat)
                {
                    track.evaluated(point);
                }
            }
            Event::Progress {
                run,
                heat,
                step,
                steps_per_second,
            } => {
                if let Some(heat) = heat_of(heat).filter(|_| run == current)
                    && let Some(track) = Rc::make_mut(&mut self.tracks).get_mut(heat)
                {
                    track.progressed(step, steps_per_second);
                }
            }
            Event::Frame { run, mut header } => {
                if let Some(heat) = heat_of(header.heat).filter(|_| run == current) {
                    header.heat = heat;
                    let expected = (header.points + header.proxies) * header.components;
                    if let Some(Bulk::Floats(coordinates)) = bulk
                        && coordinates.len() == expected
                        && let Some(track) = Rc::make_mut(&mut self.tracks).get_mut(heat)
                    {
                        track.frame = Some(Same::new(Frame {
                            header,
                            coordinates,
                        }));
                    }
                }
            }
            Event::LaneStopped {
                run,
                heat,
                lane,
                step,
            } => {
                if let Some(heat) = heat_of(heat).filter(|_| run == current)
                    && let Some(track) = Rc::make_mut(&mut self.tracks).get_mut(heat)
                {
                    track.lane_stopped(lane, step);
                    let told = text::status_lane_stopped(track.name(), step);
                    self.say(told);
                }
            }
            Event::RatesSet { run, heat, rates } => {
                if let Some(heat) = heat_of(heat).filter(|_| run == current) {
                    self.rates_set(heat, rates);
                }
            }
            Event::Paused { run, play } => {
                // An answer to an earlier Play or Step says nothing of the last one.
                if run == current && play == worker.play {
                    // Of a pause that the page asked for, `playing` knows already.
                    worker.halted = worker.playing;
                    worker.playing = false;
                    worker.stepping = false;
                    self.effect(Effect::Send {
                        fleet: id,
                        worker: index,
                        command: Command::RequestFrames,
                    });
                    self.settle();
                }
            }
            Event::Finished { run } => {
                if run == current {
                    worker.playing = false;
                    worker.stepping = false;
                    worker.finished = true;
                    self.effect(Effect::Send {
                        fleet: id,
                        worker: index,
                        command: Command::RequestFrames,
                    });
                    self.settle();
                }
            }
            Event::Measured {
                id,
                milliseconds_per_step,
            } => {
                if id == self.comparison.id
                    && let Some(slot) = self.comparison.cpu_ms.get_mut(index)
                {
                    *slot = Some(milliseconds_per_step);
                }
            }
            Event::MeasureFailed { id, failure } => {
                if id == self.comparison.id {
                    self.comparison.failed = Some(failure);
                }
            }
            Event::CheckFailed { id, failure } => {
                if self.check.running && id == self.check.id {
                    self.check.running = false;
                    self.say(words::check_failure(&failure));
                    self.check.failed = Some(failure);
                }
            }
            Event::Checked {
                id,
                report,
                done,
                of,
            } => {
                if self.check.running && id == self.check.id {
                    self.check.reports.push(report);
                    self.check.done = done;
                    self.check.of = of;
                    if done >= of {
                        self.check.running = false;
                        let failed = self
                            .check
                            .reports
                            .iter()
                            .filter(|report| !report.passed)
                            .count();
                        self.say(text::status_checked(of - failed.min(of), of));
                    }
                }
            }
            Event::Failed { failure } => self.fleet_failed(id, failure),
        }
    }

    /// Notes the learning rates that a loss trains with from now on.
    fn rates_set(&mut self, heat: usize, rates: Rates) {
        let steps = self.steps();
        let Some(track) = Rc::make_mut(&mut self.tracks).get_mut(heat) else {
            return;
        };
        if rates.after_step < steps && track.ended() < track.lanes {
            track.rates_set(rates);
            return;
        }
        // The loss had ended: nothing was trained with them, so the curves are still those of the rates before.
        if let (Some(last), Some(entry)) = (
            track.record.0.rates.last(),
            Rc::make_mut(&mut self.shown).entries.get_mut(heat),
        ) {
            entry.lr = last.lr;
            entry.proxy_lr_factor = last.proxy_lr_factor;
        }
    }

    /// A race that has been laid out makes an alert moot, and a button of it would end that race.
    fn forget_moot_trouble(&mut self) {
        let on_cpu = self
            .fleet
            .as_ref()
            .is_some_and(|fleet| fleet.kind == DeviceKind::Cpu);
        let Some(trouble) = &mut self.trouble else {
            return;
        };
        if on_cpu && trouble.cause == Cause::NoWebGpu {
            // Somebody wished for WebGPU, and trains on the CPU: why, is still to be said.
            trouble.remedies = vec![Remedy::GoOnOnCpu, Remedy::Dismiss];
        } else {
            self.trouble = None;
        }
    }

    /// Stops playing when every worker has stopped by itself.
    pub(super) fn settle(&mut self) {
        let Some(fleet) = &self.fleet else { return };
        if self.playing && fleet.all_settled(self.run) {
            self.playing = false;
            let told = if fleet.all_finished(self.run) && self.tuning_now().is_some() {
                if let Some(tuning) = &mut self.tuning {
                    Rc::make_mut(tuning).done = true;
                }
                text::status_tuned()
            } else if fleet.all_finished(self.run) {
                self.rank();
                self.finished_text()
            } else {
                text::status_stopped(self.step())
            };
            self.say(told);
        }
    }

    /// Notes the order in which a whole race ended, if its settings are a protocol's.
    pub(super) fn rank(&mut self) {
        // With rates set on the way it is nobody's protocol.
        let unchanged = self
            .tracks
            .iter()
            .all(|track| track.record.0.rates_changed_after().is_none());
        let Some(protocol) = self.shown.protocol().filter(|_| unchanged) else {
            return;
        };
        let places = self.ranking(Measure::MapAtR).map(|ranking| ranking.places);
        let ranking = places
            .unwrap_or_default()
            .iter()
            .map(|place| (self.tracks[place.heat].loss, place.value as f32))
            .collect();
        self.rankings.insert(protocol.id(), ranking);
    }

    pub(super) fn fleet_failed(&mut self, id: FleetId, failure: Failure) {
        if self.scout.as_ref().is_some_and(|scout| scout.id == id) {
            self.on_scout(Event::Failed { failure });
            return;
        }
        let Some(fleet) = self.fleet.as_mut().filter(|fleet| fleet.id == id) else {
            return;
        };
        if fleet.failed {
            return;
        }
        fleet.failed = true;
        self.playing = false;
        self.check.running = false;
        self.effect(Effect::Dismiss { fleet: id });
        self.trouble(&failure);
    }

    pub(super) fn trouble(&mut self, failure: &Failure) {
        self.trouble_about(failure.cause(), words::failure(failure));
    }

    /// Something went wrong, and what is said of it.
    pub(super) fn trouble_about(&mut self, cause: Cause, message: Message) {
        let on_gpu = self
            .fleet
            .as_ref()
            .is_some_and(|fleet| fleet.kind == DeviceKind::WebGpu);
        let recorded = self.tracks.iter().any(|track| track.record.0.is_trained());
        let (title, mut remedies) = match cause {
            Cause::NoWebGpu => (
                text::trouble_no_webgpu(),
                vec![Remedy::GoOnOnCpu, Remedy::Retry],
            ),
            Cause::DeviceLost => (
                text::trouble_device_lost(),
                vec![Remedy::GoOnOnCpu, Remedy::Retry],
            ),
            Cause::Data => (
                text::trouble_data(),
                vec![Remedy::Retry, Remedy::UseSyntheticData],
            ),
            Cause::Settings => (
                text::trouble_settings(),
                vec![Remedy::DefaultSettings, Remedy::Dismiss],
            ),
            Cause::Engine if on_gpu => (
                text::trouble_engine(),
                vec![Remedy::Retry, Remedy::GoOnOnCpu],
            ),
            Cause::Engine => (text::trouble_engine(), vec![Remedy::Retry]),
        };
        if cause == Cause::NoWebGpu && !on_gpu && self.fleet.is_some() {
            // Nothing is lost: the CPU goes on.
            remedies = vec![Remedy::GoOnOnCpu];
        } else if !remedies.contains(&Remedy::Dismiss) {
            remedies.push(Remedy::Dismiss);
        }
        self.say(text::trouble_told(&message, &title));
        let detail = if recorded {
            text::trouble_kept(message)
        } else {
            message
        };
        self.trouble = Some(Trouble {
            cause,
            title,
            detail,
            remedies,
        });
    }
}
