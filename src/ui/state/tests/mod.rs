//! The state against a pretended browser that carries out effects and lets workers answer.

mod announcements;
mod devices;
mod downloads;
mod look;
mod race;
mod settings;
mod timeline;
mod tuning;

use std::rc::Rc;

use super::*;
use crate::bridge::{
    Bulk, CaseReport, CheckFailure, Command, DeviceKind, DeviceReport, Event, Failure,
    FetchFailure, FrameHeader, Retrieval, RunId,
};
use crate::data::{DataError, DataKind, DataSource, Dataset, FormatError, Inputs};
use crate::experiment::{EvaluateOn, Experiment, HeatSpec, SamplerSpec};
use crate::loss::LossKind;
use crate::record::{CurvePoint, LanePoint, Measure, Ranking, Rates};

/// A message as an English reader sees it.
fn said(message: &Message) -> String {
    kyori_text::Language::english().say(message).into_owned()
}

/// The page without a browser: effects are taken and noted.
struct Page {
    state: State,
    log: Vec<Effect>,
}

impl Page {
    fn new(losses: usize) -> Self {
        let mut experiment = Experiment::default_preset();
        experiment.seeds = 1;
        let conditions = experiment.conditions.clone();
        let kinds = LossKind::ALL.iter().copied().take(losses);
        experiment.entries = kinds
            .map(|loss| crate::experiment::Entry::preset(loss, Default::default(), &conditions))
            .collect();
        Self {
            state: State::new(experiment, Theme::System),
            log: Vec::new(),
        }
    }

    fn act(&mut self, action: Action) -> Vec<Effect> {
        let effects = self.state.apply(action);
        self.log.extend(effects.clone());
        effects
    }

    fn event(&mut self, worker: usize, event: Event) -> Vec<Effect> {
        let fleet = self.state.devices.fleet().unwrap().id;
        self.act(Action::FromWorker {
            fleet,
            worker,
            event,
            bulk: None,
        })
    }

    /// Loads everything and lays out the race, as a browser would.
    fn open(&mut self, cores: usize) {
        self.act(Action::Begin { cores });
        self.answer_all();
    }

    /// Answers what every worker waits for, until nobody waits.
    fn answer_all(&mut self) {
        let data = self.state.race.spec().data.source();
        self.act(Action::DataFetched {
            data,
            outcome: Ok(()),
        });
        for worker in 0..self.state.devices.fleet().unwrap().workers.len() {
            if self.state.devices.fleet().unwrap().workers[worker].phase == Phase::Launching {
                self.event(worker, Event::Alive);
                let device = DeviceReport {
                    kind: self.state.devices.fleet().unwrap().kind,
                    name: "test".into(),
                    software: false,
                };
                self.event(worker, Event::Ready { device });
            }
            if self.state.devices.fleet().unwrap().workers[worker].phase == Phase::Loading {
                self.event(
                    worker,
                    Event::Loaded {
                        samples: 9,
                        classes: 3,
                    },
                );
            }
        }
        self.start_all();
    }

    fn start_all(&mut self) {
        let run = self.state.race.run();
        for worker in 0..self.state.devices.fleet().unwrap().workers.len() {
            if self.state.devices.fleet().unwrap().workers[worker].starting == Some(run) {
                self.event(
                    worker,
                    Event::Started {
                        run,
                        view: vec![4, 5],
                        train_classes: 7,
                        test_classes: 3,
                    },
                );
            }
        }
    }

    /// Where the losses stand by the measure that is shown.
    fn ranking_so_far(&self) -> Option<Ranking> {
        let measure = self.state.screen.chart().measure;
        self.state.ranking_so_far(measure)
    }

    fn evaluate(&mut self, worker: usize, run: RunId, heat: usize, step: u32, value: f32) {
        self.event(
            worker,
            Event::Evaluated {
                run,
                heat,
                point: point(step, value),
                evaluation_ms: 1.0,
            },
        );
    }
}

/// A worker has died.
fn ended() -> Failure {
    Failure::WorkerEnded {
        detail: Some("it ended".into()),
    }
}

fn lost() -> Failure {
    Failure::DeviceLost {
        detail: "lost".into(),
    }
}

fn point(step: u32, value: f32) -> CurvePoint {
    let lane = Measure::ranking().fold(LanePoint::default(), |lane, measure| {
        lane.with(measure, value)
    });
    let lanes = vec![Some(lane)];
    CurvePoint {
        step,
        train_seconds: f64::from(step),
        samples: u64::from(step) * 60,
        lanes,
    }
}

/// The commands among effects, with their workers.
fn commands(effects: &[Effect]) -> Vec<(usize, &Command)> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Send {
                worker, command, ..
            } => Some((*worker, command)),
            _ => None,
        })
        .collect()
}

fn plays(effects: &[Effect]) -> Vec<usize> {
    commands(effects)
        .iter()
        .filter(|(_, command)| matches!(command, Command::Play { .. }))
        .map(|(worker, _)| *worker)
        .collect()
}

fn pauses(effects: &[Effect]) -> Vec<usize> {
    commands(effects)
        .iter()
        .filter(|(_, command)| **command == Command::Pause)
        .map(|(worker, _)| *worker)
        .collect()
}

/// The worker that tries WebGPU in the background says something.
fn scout_says(page: &mut Page, event: Event) -> Vec<Effect> {
    page.act(Action::FromWorker {
        fleet: 2,
        worker: 0,
        event,
        bulk: None,
    })
}

/// It has started and opened its device.
fn open_scout(page: &mut Page) {
    scout_says(page, Event::Alive);
    let device = DeviceReport {
        kind: DeviceKind::WebGpu,
        name: "fast".into(),
        software: false,
    };
    scout_says(page, Event::Ready { device });
}
