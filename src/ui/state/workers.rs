//! The workers of the race: their shares, their next commands, what they say, and how they fail.

use std::rc::Rc;

use kyori_text::{Message, messages as text};

use super::{DataState, Effect, FleetId, Remedy, State, Trouble, Worker, fleet};
use crate::bridge::{Bulk, Cause, Command, DeviceKind, Event};
use crate::data::Inputs;
use crate::ui::model::{Frame, Same, Series, over_lanes};

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
        if !self.data.has(&self.race.data)
            && self.data != DataState::Fetching(self.race.data.clone())
        {
            self.data = DataState::Fetching(self.race.data.clone());
            self.dataset = None;
            self.asked_to_share = None;
            self.effects.borrow_mut().push(Effect::FetchData {
                data: self.race.data.clone(),
            });
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
        let data_here = self.data.has(&self.race.data);
        if let Some(fleet) = &self.fleet
            && self.dataset.is_none()
            && fleet.holds(0, &self.race.data)
        {
            // Every worker has it; one is enough to ask.
            let asked = Some((fleet.id, self.race.data.clone()));
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
                if data == self.race.data
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
                if run == current {
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
                    // What a setting made impossible is possible again.
                    if self.trouble.as_ref().is_some_and(|trouble| {
                        matches!(trouble.cause, Cause::Settings | Cause::Data)
                    }) {
                        self.trouble = None;
                    }
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
                if let Some(heat) = heat_of(heat).filter(|_| run == current) {
                    let series = Rc::make_mut(&mut self.series);
                    if let Some(series) = series.get_mut(heat)
                        && series
                            .points
                            .last()
                            .is_none_or(|last| last.step < point.step)
                    {
                        series.points.push(point);
                    }
                }
            }
            Event::Progress {
                run,
                heat,
                step,
                steps_per_second,
            } => {
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
                    if let Some(Bulk::Floats(coordinates)) = bulk
                        && coordinates.len() == expected
                        && heat < self.frames.len()
                    {
                        self.frames[heat] = Some(Rc::new(Frame {
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
                if let Some(heat) = heat_of(heat).filter(|_| run == current) {
                    if let Some(heat) = Rc::make_mut(&mut self.heats).get_mut(heat) {
                        heat.stopped.push((lane, step));
                    }
                    let series = Rc::make_mut(&mut self.series);
                    if let Some(series) = series.get_mut(heat) {
                        series.stopped.push((lane, step));
                        let told = text::status_lane_stopped(series.name.clone(), step);
                        self.say(told);
                    }
                }
            }
            Event::RatesSet { run, heat, rates } => {
                if let Some(heat) = heat_of(heat).filter(|_| run == current)
                    && let Some(series) = Rc::make_mut(&mut self.series).get_mut(heat)
                {
                    // A slider that is drawn passes many between two steps.
                    series
                        .rates
                        .retain(|earlier| earlier.after_step < rates.after_step);
                    series.rates.push(rates);
                }
            }
            Event::Paused { run, go } => {
                // An answer to an earlier Play or Step says nothing of the last one.
                if run == current && go == worker.go {
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
                milliseconds_per_step,
            } => {
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
            Event::Failed { cause, message } => {
                self.fleet_failed(id, cause, Message::verbatim(message))
            }
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
                text::status_finished(self.steps())
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
            .series
            .iter()
            .all(|series| series.rates_changed_after().is_none());
        let Some(protocol) = self.shown.protocol().filter(|_| unchanged) else {
            return;
        };
        let last = |series: &Series| {
            let (mean, _) = over_lanes(series, series.points.last()?, |lane| lane.map_at_r)?;
            Some(mean as f32)
        };
        let ended = self.heats.iter().zip(self.series.iter());
        let mut ranking: Vec<_> = ended
            .filter_map(|(heat, series)| Some((heat.loss, last(series)?)))
            .collect();
        ranking.sort_by(|a, b| b.1.total_cmp(&a.1));
        self.rankings.insert(protocol.id(), ranking);
    }

    pub(super) fn fleet_failed(&mut self, id: FleetId, cause: Cause, message: Message) {
        if self.scout.as_ref().is_some_and(|scout| scout.id == id) {
            self.scout_failed(message);
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
        self.trouble(cause, message);
    }

    pub(super) fn trouble(&mut self, cause: Cause, message: Message) {
        let on_gpu = self
            .fleet
            .as_ref()
            .is_some_and(|fleet| fleet.kind == DeviceKind::WebGpu);
        let recorded = self.series.iter().any(|series| series.points.len() > 1);
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
