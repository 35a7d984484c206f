//! The reducer against a pretended browser that carries out effects and lets workers answer.

use super::*;
use crate::bridge::{
    Bulk, CaseReport, CheckFailure, DeviceKind, Failure, FetchFailure, FrameHeader,
};
use crate::data::{DataError, FormatError, Inputs};
use crate::experiment::{HeatSpec, SamplerSpec};
use crate::record::{CurvePoint, LanePoint, Rates};

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
        self.state.apply(action);
        let effects = self.state.take_effects();
        self.log.extend(effects.clone());
        effects
    }

    fn event(&mut self, worker: usize, event: Event) -> Vec<Effect> {
        let fleet = self.state.fleet.as_ref().unwrap().id;
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
        let data = self.state.race.data.source();
        self.act(Action::DataFetched {
            data,
            outcome: Ok(()),
        });
        for worker in 0..self.state.fleet.as_ref().unwrap().workers.len() {
            if self.state.fleet.as_ref().unwrap().workers[worker].phase == Phase::Launching {
                self.event(worker, Event::Alive);
                let device = DeviceReport {
                    kind: self.state.fleet.as_ref().unwrap().kind,
                    name: "test".into(),
                    software: false,
                };
                self.event(worker, Event::Ready { device });
            }
            if self.state.fleet.as_ref().unwrap().workers[worker].phase == Phase::Loading {
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
        let run = self.state.run;
        for worker in 0..self.state.fleet.as_ref().unwrap().workers.len() {
            if self.state.fleet.as_ref().unwrap().workers[worker].starting == Some(run) {
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

#[test]
fn a_worker_opens_loads_and_starts_in_this_order_and_nothing_twice() {
    let mut page = Page::new(3);
    let begun = page.act(Action::Begin { cores: 8 });
    assert!(
        begun.contains(&Effect::Launch {
            fleet: 1,
            kind: DeviceKind::Cpu,
            workers: 0..3
        }),
        "{begun:?}"
    );
    assert!(begun.contains(&Effect::FetchData {
        data: page.state.race.data.source()
    }));
    assert!(begun.contains(&Effect::LookForGpu));
    page.answer_all();
    for worker in 0..3 {
        let sent: Vec<_> = commands(&page.log)
            .into_iter()
            .filter(|(to, _)| *to == worker)
            .map(|(_, c)| c)
            .collect();
        assert!(matches!(
            sent[0],
            Command::Open {
                device: DeviceKind::Cpu
            }
        ));
        assert!(matches!(sent[1], Command::Load { .. }));
        // The first one also shows the page what it loaded.
        let shares = usize::from(worker == 0);
        assert_eq!(sent[2..2 + shares], vec![&Command::ShareDataset; shares]);
        assert!(matches!(sent[2 + shares], Command::Start { .. }));
        assert_eq!(
            sent.iter()
                .filter(|command| matches!(command, Command::Start { .. }))
                .count(),
            1
        );
    }
    assert_eq!(page.state.race_status(), RaceStatus::Ready);
    assert_eq!(*page.state.view, [4, 5]);
    assert_eq!(page.state.classes, Some((7, 3)));
}

#[test]
fn heats_are_dealt_in_turn_and_events_find_their_way_back() {
    let mut page = Page::new(5);
    page.open(3);
    let shares: Vec<Vec<LossKind>> = page
        .log
        .iter()
        .filter_map(|effect| match effect {
            Effect::Send {
                command: Command::Start { race, .. },
                ..
            } => Some(race.heats.iter().map(|heat: &HeatSpec| heat.loss).collect()),
            _ => None,
        })
        .collect();
    let all = LossKind::ALL;
    assert_eq!(shares, [vec![all[0], all[2], all[4]], vec![all[1], all[3]]]);
    let run = page.state.run;
    page.evaluate(1, run, 1, 0, 0.25);
    assert_eq!(page.state.tracks[3].record.0.points, [point(0, 0.25)]);
    page.event(
        0,
        Event::Progress {
            run,
            heat: 2,
            step: 17,
            steps_per_second: 9.0,
        },
    );
    assert_eq!(page.state.tracks[4].step, 17);
    // A heat that the worker does not have is nobody's.
    page.event(
        1,
        Event::Progress {
            run,
            heat: 7,
            step: 99,
            steps_per_second: 9.0,
        },
    );
    assert!(page.state.tracks.iter().all(|heat| heat.step < 99));
}

#[test]
fn a_frame_must_be_as_long_as_it_says() {
    let mut page = Page::new(1);
    page.open(2);
    let header = FrameHeader {
        heat: 0,
        lane: 0,
        step: 3,
        components: 2,
        points: 2,
        proxies: 1,
        explained: 0.5,
    };
    for (length, taken) in [(5, false), (6, true)] {
        let event = Event::Frame {
            run: page.state.run,
            header: header.clone(),
        };
        page.act(Action::FromWorker {
            fleet: 1,
            worker: 0,
            event,
            bulk: Some(Bulk::Floats(vec![0.0; length])),
        });
        assert_eq!(
            page.state.tracks[0].frame.is_some(),
            taken,
            "{length} values"
        );
    }
}

#[test]
fn play_and_pause_reach_every_worker_at_once() {
    let mut page = Page::new(4);
    page.open(3);
    let effects = page.act(Action::TogglePlay);
    assert_eq!(plays(&effects), [0, 1]);
    assert_eq!(page.state.race_status(), RaceStatus::Playing);
    let effects = page.act(Action::TogglePlay);
    assert_eq!(pauses(&effects), [0, 1]);
    assert_eq!(page.state.race_status(), RaceStatus::Paused);
    // The answer to a pause that was taken back does not stop the race; that the second play has ended does.
    page.act(Action::TogglePlay);
    let run = page.state.run;
    page.event(0, Event::Paused { run, play: 1 });
    page.event(1, Event::Paused { run, play: 1 });
    assert!(page.state.playing);
    page.event(0, Event::Paused { run, play: 2 });
    page.event(1, Event::Paused { run, play: 2 });
    assert!(!page.state.playing);
}

#[test]
fn play_before_the_engine_is_there_starts_when_it_is() {
    let mut page = Page::new(2);
    page.act(Action::Begin { cores: 4 });
    assert_eq!(plays(&page.act(Action::TogglePlay)), [] as [usize; 0]);
    page.answer_all();
    assert_eq!(plays(&page.log), [0, 1]);
}

#[test]
fn workers_that_stop_by_themselves_stop_the_race_when_all_have() {
    let mut page = Page::new(2);
    page.open(4);
    page.act(Action::SetStopAt(Some(30)));
    page.act(Action::TogglePlay);
    let run = page.state.run;
    page.event(0, Event::Paused { run, play: 1 });
    assert!(page.state.playing, "the other one still trains");
    // To a new mark both go on, also the one that has stopped.
    assert_eq!(plays(&page.act(Action::SetStopAt(Some(30)))), [0]);
    page.event(0, Event::Paused { run, play: 2 });
    let effects = page.event(1, Event::Paused { run, play: 1 });
    assert!(!page.state.playing);
    assert_eq!(plays(&effects), [] as [usize; 0]);
    // Play goes on beyond the mark that has been reached.
    for heat in 0..2 {
        page.event(
            heat,
            Event::Progress {
                run,
                heat: 0,
                step: 30,
                steps_per_second: 1.0,
            },
        );
    }
    let effects = page.act(Action::TogglePlay);
    assert_eq!(plays(&effects), [0, 1]);
    assert_eq!(page.state.stop_at, None);
}

#[test]
fn a_step_is_one_step_of_every_heat_and_not_two() {
    let mut page = Page::new(2);
    page.open(2);
    let effects = page.act(Action::Step);
    assert_eq!(
        commands(&effects),
        [(0, &Command::Step { steps: 1, play: 1 })]
    );
    assert_eq!(page.act(Action::Step), [], "the first is not done yet");
    let run = page.state.run;
    page.event(0, Event::Paused { run, play: 1 });
    assert_eq!(commands(&page.act(Action::Step)).len(), 1);
    // Play takes a step that is under way back, and its late answer does not count.
    page.act(Action::TogglePlay);
    assert!(!page.state.fleet.as_ref().unwrap().stepping());
    page.event(0, Event::Paused { run, play: 2 });
    assert!(page.state.playing);
    page.event(0, Event::Paused { run, play: 3 });
    assert!(!page.state.playing);
}

#[test]
fn a_step_passes_the_mark_that_has_been_reached() {
    let mut page = Page::new(1);
    page.open(2);
    page.act(Action::SetStopAt(Some(30)));
    let run = page.state.run;
    page.event(
        0,
        Event::Progress {
            run,
            heat: 0,
            step: 30,
            steps_per_second: 1.0,
        },
    );
    let effects = page.act(Action::Step);
    let steps = page.state.steps();
    assert_eq!(
        commands(&effects),
        [
            (0, &Command::StopAt { step: steps }),
            (0, &Command::Step { steps: 1, play: 1 })
        ]
    );
}

#[test]
fn a_finished_race_starts_anew_on_play() {
    let mut page = Page::new(2);
    page.open(2);
    page.act(Action::TogglePlay);
    let run = page.state.run;
    page.event(0, Event::Finished { run });
    assert_eq!(page.state.race_status(), RaceStatus::Finished);
    page.act(Action::TogglePlay);
    assert_eq!(page.state.run, run + 1);
    page.start_all();
    assert_eq!(page.state.race_status(), RaceStatus::Playing);
}

#[test]
fn events_of_an_older_run_are_dropped() {
    let mut page = Page::new(2);
    page.open(2);
    let old = page.state.run;
    page.evaluate(0, old, 0, 0, 0.1);
    page.act(Action::Reset);
    page.start_all();
    page.evaluate(0, old, 0, 25, 0.9);
    page.event(
        0,
        Event::Progress {
            run: old,
            heat: 0,
            step: 25,
            steps_per_second: 1.0,
        },
    );
    page.event(0, Event::Finished { run: old });
    assert!(page.state.tracks[0].record.0.points.is_empty());
    assert_eq!(page.state.step(), 0);
    assert_eq!(page.state.race_status(), RaceStatus::Ready);
}

#[test]
fn a_learning_rate_goes_to_its_heat_without_a_new_race() {
    let mut page = Page::new(3);
    page.open(3);
    page.act(Action::TogglePlay);
    let run = page.state.run;
    let mut changed = (*page.state.experiment).clone();
    changed.entries[2].lr = 0.5;
    let effects = page.act(Action::Edit(Rc::new(changed)));
    let factor = page.state.experiment.entries[2].proxy_lr_factor;
    // Worker 0 of two has the heats 0 and 2.
    assert_eq!(
        commands(&effects),
        [(
            0,
            &Command::SetRates {
                heat: 1,
                lr: 0.5,
                proxy_lr_factor: factor
            }
        )]
    );
    assert_eq!(page.state.run, run);
    assert_eq!(page.state.race.heats[2].lanes[0].lr, 0.5);
}

#[test]
fn other_settings_start_a_new_race_once_the_last_of_them_has_come() {
    let mut page = Page::new(2);
    page.open(2);
    page.act(Action::TogglePlay);
    let run = page.state.run;
    let mut tokens = Vec::new();
    for batch in [61, 62] {
        let mut changed = (*page.state.experiment).clone();
        changed.sampler = SamplerSpec::Shuffled { batch };
        let effects = page.act(Action::Edit(Rc::new(changed)));
        tokens.extend(effects.iter().filter_map(|effect| match effect {
            Effect::RestartLater { token } => Some(*token),
            _ => None,
        }));
    }
    page.act(Action::RestartDue { token: tokens[0] });
    assert_eq!(page.state.run, run, "the first edit was overtaken");
    let effects = page.act(Action::RestartDue { token: tokens[1] });
    assert_eq!(page.state.run, run + 1);
    assert!(
        commands(&effects)
            .iter()
            .any(|(_, command)| matches!(command, Command::Start { race, .. }
        if race.sampler == SamplerSpec::Shuffled { batch: 62 }))
    );
    page.start_all();
    assert_eq!(
        page.state.race_status(),
        RaceStatus::Playing,
        "it played and goes on playing"
    );
    page.act(Action::RestartDue { token: tokens[1] });
    assert_eq!(page.state.run, run + 1, "nothing is left to lay out");
}

#[test]
fn another_data_set_is_fetched_and_loaded_before_the_race_starts() {
    let mut page = Page::new(1);
    page.open(2);
    let mut changed = (*page.state.experiment).clone();
    changed.data = DataKind::Synthetic.spec();
    let effects = page.act(Action::StartWith(Rc::new(changed)));
    assert!(effects.contains(&Effect::FetchData {
        data: DataKind::Synthetic.spec().source()
    }));
    assert!(
        !commands(&effects)
            .iter()
            .any(|(_, command)| matches!(command, Command::Start { .. }))
    );
    page.answer_all();
    assert_eq!(page.state.race_status(), RaceStatus::Ready);
}

#[test]
fn a_worker_that_dies_leaves_the_curves_and_a_way_on() {
    let mut page = Page::new(2);
    page.open(2);
    page.act(Action::TogglePlay);
    let run = page.state.run;
    page.evaluate(0, run, 0, 0, 0.1);
    page.evaluate(0, run, 0, 25, 0.4);
    let effects = page.act(Action::FleetFailed {
        fleet: 1,
        failure: ended(),
    });
    assert_eq!(effects, [Effect::Dismiss { fleet: 1 }]);
    assert_eq!(page.state.race_status(), RaceStatus::Failed);
    let trouble = page.state.trouble.clone().unwrap();
    assert!(
        said(&trouble.detail).contains("it ended") && said(&trouble.detail).contains("curves"),
        "{trouble:?}"
    );
    assert_eq!(trouble.remedies, [Remedy::Retry, Remedy::Dismiss]);
    assert_eq!(page.state.tracks[0].record.0.points.len(), 2);

    page.act(Action::Retry);
    assert_eq!(page.state.trouble, None);
    assert_eq!(
        page.state.tracks[0].record.0.points.len(),
        2,
        "they stay until there are new ones"
    );
    assert_eq!(page.state.fleet.as_ref().unwrap().id, 2);
    // Word of the dead fleet is dropped.
    page.act(Action::FleetFailed {
        fleet: 1,
        failure: ended(),
    });
    assert_eq!(page.state.trouble, None);
    page.answer_all();
    assert_eq!(page.state.race_status(), RaceStatus::Ready);
    assert!(page.state.tracks[0].record.0.points.is_empty());
}

#[test]
fn a_data_file_that_does_not_come_offers_synthetic_data() {
    let mut page = Page::new(1);
    page.act(Action::Begin { cores: 2 });
    let data = page.state.race.data.source();
    page.act(Action::DataFetched {
        data,
        outcome: Err(Failure::DataFile {
            error: FetchFailure::Refused {
                file: "glyphs.bin".into(),
                status: 404,
            },
        }),
    });
    let trouble = page.state.trouble.clone().unwrap();
    assert!(
        trouble.remedies.contains(&Remedy::UseSyntheticData)
            && said(&trouble.detail).contains("404")
    );
    page.act(Action::UseSyntheticData);
    page.answer_all();
    assert_eq!(page.state.race_status(), RaceStatus::Ready);
    assert_eq!(page.state.trouble, None);
}

#[test]
fn a_data_file_that_a_worker_refuses_offers_synthetic_data_too() {
    let mut page = Page::new(1);
    page.act(Action::Begin { cores: 2 });
    let data = page.state.race.data.source();
    page.act(Action::DataFetched {
        data,
        outcome: Ok(()),
    });
    page.event(0, Event::Alive);
    page.event(
        0,
        Event::Failed {
            failure: DataError::File {
                file: "glyphs.bin".into(),
                cause: FormatError::Pictures,
            }
            .into(),
        },
    );
    assert_eq!(page.state.race_status(), RaceStatus::Failed);
    page.act(Action::UseSyntheticData);
    page.answer_all();
    assert_eq!(page.state.race_status(), RaceStatus::Ready);
}

#[test]
fn a_lost_gpu_offers_the_cpu() {
    let mut page = Page::new(2);
    page.act(Action::Begin { cores: 4 });
    page.act(Action::GpuLooked(GpuAvailability::Adapter {
        name: "soft".into(),
        software: true,
    }));
    let effects = page.act(Action::Prefer(DevicePreference::WebGpu));
    assert!(
        effects.contains(&Effect::Launch {
            fleet: 2,
            kind: DeviceKind::WebGpu,
            workers: 0..1
        }),
        "{effects:?}"
    );
    page.answer_all();
    page.event(0, Event::Failed { failure: lost() });
    assert_eq!(
        page.state.trouble.as_ref().unwrap().remedies[0],
        Remedy::GoOnOnCpu
    );
    page.act(Action::GoOnOnCpu);
    page.answer_all();
    assert_eq!(page.state.device().unwrap().kind, DeviceKind::Cpu);
    assert_eq!(page.state.race_status(), RaceStatus::Ready);
}

#[test]
fn a_hardware_adapter_is_measured_in_the_background_and_can_take_over() {
    let mut page = Page::new(4);
    page.open(3);
    let effects = page.act(Action::GpuLooked(GpuAvailability::Adapter {
        name: "fast".into(),
        software: false,
    }));
    assert_eq!(
        effects,
        [Effect::Launch {
            fleet: 2,
            kind: DeviceKind::WebGpu,
            workers: 0..1
        }]
    );
    open_scout(&mut page);
    let effects = scout_says(
        &mut page,
        Event::Loaded {
            samples: 1,
            classes: 1,
        },
    );
    let measured: Vec<usize> = commands(&effects)
        .iter()
        .filter_map(|(worker, command)| match command {
            Command::Measure { race, .. } => Some((*worker, race.heats.len())),
            _ => None,
        })
        .map(|(_, heats)| heats)
        .collect();
    assert_eq!(
        measured,
        [4, 2, 2],
        "the whole race on WebGPU, and each worker's part"
    );
    let id = page.state.comparison.id;
    scout_says(
        &mut page,
        Event::Measured {
            id,
            milliseconds_per_step: 3.0,
        },
    );
    page.event(
        0,
        Event::Measured {
            id,
            milliseconds_per_step: 10.0,
        },
    );
    assert_eq!(page.state.comparison.result(), None);
    page.event(
        1,
        Event::Measured {
            id,
            milliseconds_per_step: 12.0,
        },
    );
    assert_eq!(page.state.comparison.result(), Some((3.0, 12.0)));

    let effects = page.act(Action::Prefer(DevicePreference::WebGpu));
    assert!(effects.contains(&Effect::Dismiss { fleet: 1 }));
    assert!(
        !effects
            .iter()
            .any(|effect| matches!(effect, Effect::Launch { .. })),
        "it is open already"
    );
    page.start_all();
    assert_eq!(page.state.race_status(), RaceStatus::Ready);
    assert_eq!(page.state.fleet.as_ref().unwrap().kind, DeviceKind::WebGpu);
}

#[test]
fn a_software_adapter_is_not_tried_unasked() {
    let mut page = Page::new(1);
    page.open(2);
    assert_eq!(
        page.act(Action::GpuLooked(GpuAvailability::Adapter {
            name: "soft".into(),
            software: true
        })),
        []
    );
}

#[test]
fn without_webgpu_the_wish_for_it_says_why_and_the_cpu_stays() {
    let mut page = Page::new(1);
    page.open(2);
    page.act(Action::GpuLooked(GpuAvailability::None {
        why: text::webgpu_not_offered(),
    }));
    page.act(Action::Prefer(DevicePreference::WebGpu));
    let trouble = page.state.trouble.clone().unwrap();
    assert_eq!(
        said(&trouble.detail),
        "This browser offers no WebGPU.",
        "a whole sentence"
    );
    assert_eq!(page.state.race_status(), RaceStatus::Ready);
}

#[test]
fn a_lane_whose_loss_is_not_finite_ends_alone() {
    let mut page = Page::new(2);
    page.open(2);
    page.act(Action::TogglePlay);
    let run = page.state.run;
    page.event(
        0,
        Event::LaneStopped {
            run,
            heat: 1,
            lane: 0,
            step: 12,
        },
    );
    assert_eq!(page.state.tracks[1].record.0.stopped, [(0, 12)]);
    assert!(said(&page.state.status).contains("step 12"));
    assert!(page.state.playing);
    // The one that ended does not hold back the count of steps.
    page.event(
        0,
        Event::Progress {
            run,
            heat: 0,
            step: 40,
            steps_per_second: 1.0,
        },
    );
    assert_eq!(page.state.step(), 40);
}

#[test]
fn a_loss_keeps_its_colour_while_others_come_and_go() {
    let mut page = Page::new(3);
    page.open(2);
    let third = page.state.tracks[2].clone();
    let mut fewer = (*page.state.experiment).clone();
    let first = fewer.entries.remove(0);
    page.act(Action::StartWith(Rc::new(fewer.clone())));
    assert_eq!(page.state.tracks[1].colour, third.colour);
    fewer.entries.push(first);
    page.act(Action::StartWith(Rc::new(fewer)));
    let colours: std::collections::BTreeSet<_> =
        page.state.tracks.iter().map(|heat| heat.colour).collect();
    assert_eq!(colours.len(), 3);
}

#[test]
fn more_losses_bring_more_workers() {
    let mut page = Page::new(1);
    page.open(4);
    let mut more = (*page.state.experiment).clone();
    let conditions = more.conditions.clone();
    let added = LossKind::ALL[1..3].iter();
    more.entries.extend(
        added.map(|&loss| crate::experiment::Entry::preset(loss, Default::default(), &conditions)),
    );
    let effects = page.act(Action::StartWith(Rc::new(more)));
    assert!(
        effects.contains(&Effect::Launch {
            fleet: 1,
            kind: DeviceKind::Cpu,
            workers: 1..3
        }),
        "{effects:?}"
    );
    page.answer_all();
    assert_eq!(page.state.race_status(), RaceStatus::Ready);
}

#[test]
fn a_race_without_losses_waits_for_one() {
    let mut page = Page::new(1);
    page.open(2);
    let mut none = (*page.state.experiment).clone();
    let entry = none.entries.remove(0);
    page.act(Action::StartWith(Rc::new(none.clone())));
    assert_eq!(page.state.race_status(), RaceStatus::Empty);
    none.entries.push(entry);
    page.act(Action::StartWith(Rc::new(none)));
    page.start_all();
    assert_eq!(page.state.race_status(), RaceStatus::Ready);
}

#[test]
fn a_check_pauses_the_race_and_counts_what_agrees() {
    let mut page = Page::new(1);
    page.open(2);
    page.act(Action::TogglePlay);
    let effects = page.act(Action::StartCheck);
    assert!(effects.contains(&Effect::FetchCases) && pauses(&effects) == [0]);
    let effects = page.act(Action::CasesFetched(Ok("[]".into())));
    assert_eq!(
        commands(&effects),
        [(
            0,
            &Command::Verify {
                id: page.state.check.id,
                cases: "[]".into()
            }
        )]
    );
    for done in 1..=2 {
        let report = CaseReport {
            id: format!("case {done}"),
            loss: "proxy_anchor".into(),
            value_error: 1e-7,
            gradient_error: 1e-6,
            passed: done == 1,
        };
        page.event(
            0,
            Event::Checked {
                id: page.state.check.id,
                report,
                done,
                of: 2,
            },
        );
    }
    assert!(!page.state.check.running);
    assert!(
        said(&page.state.status).contains("1 of 2"),
        "{}",
        said(&page.state.status)
    );
}

#[test]
fn a_whole_race_under_a_protocol_is_ranked() {
    let mut page = Page::new(2);
    page.open(2);
    page.act(Action::TogglePlay);
    let run = page.state.run;
    page.evaluate(0, run, 0, 400, 0.3);
    page.evaluate(0, run, 1, 400, 0.5);
    page.event(0, Event::Finished { run });
    let ranking = page.state.rankings.get("matched").unwrap();
    assert_eq!(
        ranking.iter().map(|(loss, _)| *loss).collect::<Vec<_>>(),
        [LossKind::ALL[1], LossKind::ALL[0]]
    );
}

#[test]
fn tuning_leaves_the_curves_and_its_best_settings_race() {
    let mut page = Page::new(2);
    page.open(2);
    let run = page.state.run;
    page.evaluate(0, run, 0, 0, 0.1);
    page.evaluate(0, run, 0, 25, 0.4);
    let effects = page.act(Action::StartTuning { trials: 3 });
    let race = commands(&effects)
        .into_iter()
        .find_map(|(_, command)| match command {
            Command::Start { race, .. } => Some(race.clone()),
            _ => None,
        })
        .unwrap();
    assert_eq!(
        race.evaluate_on,
        EvaluateOn::Validation,
        "the test classes stay unseen"
    );
    assert!(
        race.heats.iter().all(|heat| heat.lanes.len() == 8),
        "eight trials are the fewest"
    );
    page.start_all();
    let run = page.state.run;
    for (step, value) in [(0, 0.1), (100, 0.2)] {
        let mut point = point(step, value);
        point.lanes = vec![point.lanes[0]; 8];
        // The sixth trial is the best of the first loss.
        point.lanes[5] = point.lanes[5].map(|lane| lane.with(Measure::MapAtR, 0.9));
        page.event(
            0,
            Event::Evaluated {
                run,
                heat: 0,
                point,
                evaluation_ms: 1.0,
            },
        );
    }
    page.event(
        0,
        Event::LaneStopped {
            run,
            heat: 0,
            lane: 2,
            step: 50,
        },
    );
    assert_eq!(
        page.state.tracks[0].record.0.points.len(),
        2,
        "the race's curves are as they were"
    );
    assert!(page.state.tracks[0].record.0.stopped.is_empty());
    page.event(0, Event::Finished { run });
    let tuning = page.state.tuning.clone().unwrap();
    assert!(tuning.done && !page.state.playing);
    assert_eq!(
        tuning.losses[0].ranked().last().unwrap().score,
        None,
        "the one that failed is last"
    );

    page.act(Action::ApplyTuning);
    page.start_all();
    let best = &tuning.losses[0].lanes[5];
    let racing = &page.state.race.heats[0].lanes[0];
    assert_eq!((racing.lr, &racing.params), (best.lr, &best.params));
    assert_eq!(page.state.race.evaluate_on, EvaluateOn::Test);
    assert_eq!(page.state.race_status(), RaceStatus::Ready);
}

/// Trials of one loss on one worker, laid out.
fn tuning_page() -> Page {
    let mut page = Page::new(1);
    page.open(2);
    page.act(Action::StartTuning { trials: 8 });
    page.start_all();
    page
}

#[test]
fn trials_that_are_cut_off_are_forgotten() {
    type Interrupt = fn(&mut Page);
    let ways: [(&str, Interrupt); 3] = [
        ("a reset", |page| drop(page.act(Action::Reset))),
        ("another link", |page| {
            let (experiment, _) = Experiment::from_fragment("v=1&sampler=shuffled:90");
            page.act(Action::FollowLink {
                experiment: Rc::new(experiment),
                notices: Vec::new(),
            });
        }),
        ("a worker's death", |page| {
            page.act(Action::FleetFailed {
                fleet: 1,
                failure: ended(),
            });
            page.act(Action::Retry);
        }),
    ];
    for (what, interrupt) in ways {
        let mut page = tuning_page();
        interrupt(&mut page);
        assert_eq!(
            page.state.tuning, None,
            "{what} leaves a tuning that never ends"
        );
    }
}

#[test]
fn trials_keep_the_rates_that_they_drew() {
    let mut page = tuning_page();
    let mut changed = (*page.state.experiment).clone();
    changed.entries[0].lr *= 2.0;
    let effects = page.act(Action::Edit(Rc::new(changed)));
    assert!(
        commands(&effects)
            .iter()
            .all(|(_, command)| !matches!(command, Command::SetRates { .. })),
        "{effects:?}"
    );
    assert!(page.state.edit_pending, "the new rate is for the next race");
}

#[test]
fn rankings_and_trials_are_of_one_set_of_conditions() {
    let mut page = Page::new(2);
    page.open(2);
    let finish = |page: &mut Page| {
        let run = page.state.run;
        page.act(Action::TogglePlay);
        page.start_all();
        let run = page.state.run.max(run);
        for heat in 0..2 {
            page.evaluate(0, run, heat, 0, 0.1);
            page.evaluate(0, run, heat, 400, 0.5);
        }
        page.event(0, Event::Finished { run });
    };
    let with = |page: &Page, change: fn(&mut Experiment)| {
        let mut experiment = (*page.state.experiment).clone();
        change(&mut experiment);
        Action::StartWith(Rc::new(experiment))
    };
    finish(&mut page);
    let other = with(&page, |experiment| {
        experiment.apply(crate::experiment::Protocol::AsPublished)
    });
    page.act(other);
    page.start_all();
    finish(&mut page);
    assert_eq!(page.state.rankings.len(), 2, "protocols can be compared");
    let other = with(&page, |experiment| experiment.label_noise = 0.2);
    page.act(other);
    assert!(
        page.state.rankings.is_empty(),
        "but not with another share of wrong labels"
    );

    let mut page = tuning_page();
    let run = page.state.run;
    page.event(0, Event::Finished { run });
    page.act(Action::Reset);
    assert!(page.state.tuning.is_some(), "its result stays");
    let other = with(&page, |experiment| experiment.net.dim = 8);
    page.act(other);
    assert_eq!(page.state.tuning, None, "and goes with what it is for");
}

#[test]
fn a_race_with_two_learning_rates_is_in_no_ranking() {
    let mut page = Page::new(1);
    page.open(2);
    page.act(Action::TogglePlay);
    let run = page.state.run;
    page.evaluate(0, run, 0, 0, 0.1);
    page.event(
        0,
        Event::Progress {
            run,
            heat: 0,
            step: 50,
            steps_per_second: 1.0,
        },
    );
    let protocol = page.state.experiment.protocol();
    for factor in [2.0, 0.5] {
        let mut changed = (*page.state.experiment).clone();
        changed.entries[0].lr *= factor;
        let effects = page.act(Action::Edit(Rc::new(changed)));
        let [
            (
                0,
                &Command::SetRates {
                    heat,
                    lr,
                    proxy_lr_factor,
                },
            ),
        ] = commands(&effects)[..]
        else {
            panic!("{effects:?}")
        };
        let rates = Rates {
            after_step: 52,
            lr,
            proxy_lr_factor,
        };
        page.event(0, Event::RatesSet { run, heat, rates });
    }
    assert_eq!(
        page.state.experiment.protocol(),
        protocol,
        "in the end it is the protocol's rate again"
    );
    page.evaluate(0, run, 0, 400, 0.5);
    page.event(0, Event::Finished { run });
    assert!(page.state.rankings.is_empty());
    let lr = page.state.experiment.entries[0].lr;
    let noted: Vec<_> = page.state.tracks[0]
        .record
        .0
        .rates
        .iter()
        .map(|rates| (rates.after_step, rates.lr))
        .collect();
    assert_eq!(
        noted,
        [(0, lr), (52, lr)],
        "what it began with, and the last of those set at one step"
    );
    page.act(Action::Reset);
    assert_eq!(
        page.state.tracks[0].record.0.rates_changed_after(),
        None,
        "the next race has its own"
    );
}

#[test]
fn a_check_that_is_cut_off_says_so() {
    let mut page = Page::new(1);
    page.open(2);
    page.act(Action::StartCheck);
    page.act(Action::CasesFetched(Ok("[]".into())));
    page.act(Action::GpuLooked(GpuAvailability::Adapter {
        name: "soft".into(),
        software: true,
    }));
    page.act(Action::Prefer(DevicePreference::WebGpu));
    assert!(!page.state.check.running && page.state.check.failed.is_some());
}

#[test]
fn pictures_come_back_after_a_detour_over_another_data_set() {
    let mut page = Page::new(1);
    page.open(2);
    let home = (*page.state.experiment).clone();
    let mut away = home.clone();
    away.data = DataKind::Synthetic.spec();
    // Back before the other set has come: the worker still has the first.
    page.act(Action::StartWith(Rc::new(away)));
    let effects = page.act(Action::StartWith(Rc::new(home)));
    assert!(
        commands(&effects).contains(&(0, &Command::ShareDataset)),
        "{effects:?}"
    );
}

/// The file is the same, whichever of its classes are for training.
#[test]
fn another_number_of_training_classes_loads_nothing_and_keeps_the_pictures() {
    let mut page = Page::new(2);
    page.open(4);
    let event = Event::Dataset {
        data: page.state.race.data.source(),
        dataset: Dataset {
            name: "dots".into(),
            inputs: Inputs::default(),
            features: 1,
            picture: Some((1, 1)),
            labels: vec![0],
            class_names: vec!["a".into()],
        },
    };
    page.act(Action::FromWorker {
        fleet: 1,
        worker: 0,
        event,
        bulk: Some(Bulk::Bytes(vec![7])),
    });
    let mut fewer = (*page.state.experiment).clone();
    let classes = fewer.setting("classes").unwrap();
    classes.set_number(&mut fewer, 30.0);
    let effects = page.act(Action::StartWith(Rc::new(fewer)));
    let fetched = |effect: &Effect| matches!(effect, Effect::FetchData { .. });
    assert!(!effects.iter().any(fetched), "{effects:?}");
    let sent = commands(&effects);
    let loads = |command: &Command| matches!(command, Command::Load { .. } | Command::ShareDataset);
    assert!(!sent.iter().any(|(_, command)| loads(command)), "{sent:?}");
    let started = sent.iter().filter(|(_, command)| {
        matches!(command, Command::Start { race, .. } if race.data.sizes().training_classes == 30)
    });
    assert_eq!(started.count(), 2, "both workers start at once: {sent:?}");
    assert!(page.state.dataset.is_some());
}

#[test]
fn the_number_of_trials_outlives_the_dialog() {
    let mut page = Page::new(1);
    page.open(2);
    page.act(Action::Show(Sheet::Tune));
    page.act(Action::ChooseTrials(24));
    page.act(Action::CloseSheet);
    page.act(Action::Show(Sheet::Tune));
    assert_eq!(page.state.trials, 24);
    page.act(Action::StartTuning { trials: 3 });
    let made = page.state.tuning.as_ref().unwrap().trials;
    assert_eq!(page.state.trials, made, "eight trials are the fewest");
}

#[test]
fn tuning_can_be_stopped() {
    let mut page = Page::new(1);
    page.open(2);
    page.act(Action::StartTuning { trials: 16 });
    page.start_all();
    page.act(Action::StopTuning);
    page.start_all();
    assert_eq!(page.state.tuning, None);
    assert_eq!(page.state.race.evaluate_on, EvaluateOn::Test);
    assert_eq!(page.state.race_status(), RaceStatus::Ready);
}

#[test]
fn another_link_is_followed_and_what_it_cannot_say_is_told() {
    let mut page = Page::new(2);
    page.open(2);
    let run = page.state.run;
    let (experiment, notices) = Experiment::from_fragment("v=1&sampler=shuffled:90&dim=banana");
    let notices = notices.iter().map(crate::ui::words::notice).collect();
    page.act(Action::FollowLink {
        experiment: Rc::new(experiment),
        notices,
    });
    assert_eq!(page.state.run, run + 1);
    assert_eq!(page.state.race.sampler, SamplerSpec::Shuffled { batch: 90 });
    assert!(
        page.state
            .notices
            .iter()
            .any(|notice| said(notice).contains("banana")),
        "{:?}",
        page.state.notices
    );
    page.act(Action::DismissNotices);
    assert!(page.state.notices.is_empty());
}

#[test]
fn settings_go_into_the_link() {
    let mut page = Page::new(1);
    page.open(2);
    let mut changed = (*page.state.experiment).clone();
    changed.entries[0].lr = 0.01;
    let effects = page.act(Action::Edit(Rc::new(changed.clone())));
    assert!(effects.contains(&Effect::SaveSettings {
        experiment: Rc::new(changed)
    }));
}

#[test]
fn measuring_waits_for_workers_that_have_the_data() {
    let mut page = Page::new(1);
    page.act(Action::Begin { cores: 2 });
    page.act(Action::GpuLooked(GpuAvailability::Adapter {
        name: "fast".into(),
        software: false,
    }));
    let data = page.state.race.data.source();
    page.act(Action::DataFetched {
        data,
        outcome: Ok(()),
    });
    let scout = page.state.scout.as_ref().unwrap().id;
    let say = |page: &mut Page, fleet, event| {
        page.act(Action::FromWorker {
            fleet,
            worker: 0,
            event,
            bulk: None,
        })
    };
    let asked = |effects: &[Effect]| {
        let measure = |effect: &&Effect| {
            matches!(
                effect,
                Effect::Send {
                    command: Command::Measure { .. },
                    ..
                }
            )
        };
        effects.iter().filter(measure).count()
    };
    for (fleet, kind, expected) in [(scout, DeviceKind::WebGpu, 0), (1, DeviceKind::Cpu, 2)] {
        say(&mut page, fleet, Event::Alive);
        let device = DeviceReport {
            kind,
            name: "test".into(),
            software: false,
        };
        say(&mut page, fleet, Event::Ready { device });
        let effects = say(
            &mut page,
            fleet,
            Event::Loaded {
                samples: 1,
                classes: 1,
            },
        );
        assert_eq!(
            asked(&effects),
            expected,
            "both are timed once both have the data"
        );
    }
    assert_eq!(
        asked(&page.act(Action::Notify(Message::verbatim("again")))),
        0,
        "once is enough"
    );
    page.start_all();
    let mut more = (*page.state.experiment).clone();
    more.seeds = 10;
    assert_eq!(
        asked(&page.act(Action::StartWith(Rc::new(more)))),
        2,
        "ten lanes cost something else"
    );
}

#[test]
fn the_data_set_comes_from_the_worker_that_opened_it() {
    let mut page = Page::new(2);
    page.open(4);
    let asked: Vec<_> = commands(&page.log)
        .into_iter()
        .filter(|(_, command)| **command == Command::ShareDataset)
        .collect();
    assert_eq!(asked.len(), 1, "one worker is enough");
    let dataset = Dataset {
        name: "dots".into(),
        inputs: Inputs::default(),
        features: 2,
        picture: Some((2, 1)),
        labels: vec![0, 1],
        class_names: vec!["a".into(), "b".into()],
    };
    let share = |page: &mut Page, data: &DataSource, bytes: Vec<u8>| {
        let event = Event::Dataset {
            data: data.clone(),
            dataset: dataset.clone(),
        };
        page.act(Action::FromWorker {
            fleet: 1,
            worker: 0,
            event,
            bulk: Some(Bulk::Bytes(bytes)),
        });
    };
    let data = page.state.race.data.source();
    share(&mut page, &data, vec![1, 2, 3]);
    assert!(page.state.dataset.is_none(), "a picture is cut off");
    let other = DataKind::Synthetic.spec().source();
    share(&mut page, &other, vec![1, 2, 3, 4]);
    assert!(
        page.state.dataset.is_none(),
        "the race has other data by now"
    );
    share(&mut page, &data, vec![1, 2, 3, 4]);
    assert_eq!(
        page.state.dataset.as_ref().unwrap().0.picture_bytes(1),
        Some(&[3, 4][..])
    );
}

#[test]
fn an_edit_that_comes_while_a_race_is_laid_out_is_not_taken_for_its_settings() {
    let mut page = Page::new(2);
    page.open(2);
    page.act(Action::Reset);
    let raced = page.state.experiment.clone();
    let mut changed = (*raced).clone();
    changed.entries.remove(0);
    page.act(Action::Edit(Rc::new(changed)));
    page.start_all();
    assert_eq!(page.state.shown, raced);
    let entries: Vec<_> = page
        .state
        .tracks
        .iter()
        .map(|t| t.record.0.entry.clone())
        .collect();
    assert_eq!(entries, raced.entries);
}

#[test]
fn the_leader_is_found_at_a_step_that_all_have_reached() {
    let mut page = Page::new(2);
    page.open(3);
    page.act(Action::TogglePlay);
    let run = page.state.run;
    page.evaluate(0, run, 0, 0, 0.1);
    page.evaluate(1, run, 0, 0, 0.1);
    assert_eq!(
        page.state.ranking_so_far(),
        None,
        "untrained they are alike"
    );
    page.evaluate(0, run, 0, 25, 0.2);
    page.evaluate(1, run, 0, 25, 0.3);
    // More is known of the first; at step 25 it was behind.
    page.evaluate(0, run, 0, 50, 0.4);
    let ranking = page.state.ranking_so_far().unwrap();
    assert_eq!((ranking.step, ranking.leaders()[0].heat), (25, 1));
}

#[test]
fn the_end_of_a_race_is_told_with_its_verdict() {
    let mut page = Page::new(2);
    page.open(2);
    page.act(Action::TogglePlay);
    let run = page.state.run;
    for (step, values) in [(0, [0.1, 0.1]), (200, [0.5, 0.2]), (400, [0.5, 0.5])] {
        page.evaluate(0, run, 0, step, values[0]);
        page.evaluate(0, run, 1, step, values[1]);
    }
    page.event(0, Event::Finished { run });
    let first = LossKind::ALL[0].info().name;
    let expected = format!("Finished after 400 steps. {first} reached 90 % of the best Recall@1");
    let status = said(&page.state.status);
    assert!(status.starts_with(&expected), "{status}");
}

#[test]
fn an_alert_goes_with_its_cause() {
    // A race that trains again has no use for a button that would end it.
    type Way = fn(&mut Page);
    let ways: [(&str, Way); 3] = [
        ("reset", |page| drop(page.act(Action::Reset))),
        ("play", |page| drop(page.act(Action::TogglePlay))),
        ("an edit", |page| {
            let mut changed = (*page.state.experiment).clone();
            changed.label_noise = 0.2;
            let effects = page.act(Action::Edit(Rc::new(changed)));
            for effect in effects {
                if let Effect::RestartLater { token } = effect {
                    page.act(Action::RestartDue { token });
                }
            }
        }),
    ];
    for (what, restart) in ways {
        for failure in [ended(), lost()] {
            let mut page = Page::new(2);
            page.open(2);
            page.act(Action::FleetFailed { fleet: 1, failure });
            restart(&mut page);
            assert!(
                page.state.trouble.is_some(),
                "{what}: nothing is laid out yet"
            );
            page.answer_all();
            assert_ne!(page.state.race_status(), RaceStatus::Failed);
            assert_eq!(page.state.trouble, None, "{what}");
        }
    }
}

#[test]
fn word_of_a_dead_worker_does_not_take_its_alert_away() {
    let mut page = Page::new(2);
    page.open(3);
    page.act(Action::Reset);
    page.act(Action::FleetFailed {
        fleet: 1,
        failure: ended(),
    });
    // It was on its way when the other one died.
    page.start_all();
    assert!(page.state.trouble.is_some());
}

#[test]
fn that_there_is_no_webgpu_stays_on_the_screen_but_ends_no_race() {
    let mut page = Page::new(1);
    page.act(Action::Begin { cores: 2 });
    page.act(Action::GpuLooked(GpuAvailability::None {
        why: Message::verbatim("this browser offers no WebGPU"),
    }));
    page.act(Action::Prefer(DevicePreference::WebGpu));
    page.act(Action::Retry);
    assert!(page.state.trouble.is_some());
    page.answer_all();
    assert_eq!(page.state.race_status(), RaceStatus::Ready);
    let trouble = page
        .state
        .trouble
        .clone()
        .expect("the wish is still not fulfilled");
    assert!(!trouble.remedies.contains(&Remedy::Retry), "{trouble:?}");
}

/// A race of two losses that has come to its end.
fn finished_page() -> Page {
    let mut page = Page::new(2);
    page.open(2);
    page.act(Action::TogglePlay);
    let run = page.state.run;
    for heat in 0..2 {
        page.evaluate(0, run, heat, 0, 0.1);
        page.evaluate(0, run, heat, 400, 0.5);
    }
    page.event(0, Event::Finished { run });
    assert_eq!(page.state.race_status(), RaceStatus::Finished);
    page
}

#[test]
fn a_rate_that_is_moved_after_the_end_is_for_the_next_race() {
    let mut page = finished_page();
    let (run, shown) = (page.state.run, page.state.shown.clone());
    for lr in [0.25, 0.5] {
        let mut changed = (*page.state.experiment).clone();
        changed.entries[1].lr = lr;
        let effects = page.act(Action::Edit(Rc::new(changed)));
        assert!(
            effects
                .iter()
                .all(|effect| matches!(effect, Effect::SaveSettings { .. })),
            "{effects:?}"
        );
    }
    assert_eq!(page.state.shown, shown, "nothing was trained with it");
    assert_eq!(page.state.tracks[1].record.0.rates_changed_after(), None);
    assert_eq!(
        page.state.tracks[1].record.0.points.len(),
        2,
        "the curves stay"
    );
    page.act(Action::TogglePlay);
    assert_eq!(page.state.run, run + 1);
    page.start_all();
    assert_eq!(page.state.race.heats[1].lanes[0].lr, 0.5);
    assert_eq!(page.state.shown.entries[1].lr, 0.5);
    assert_eq!(page.state.tracks[1].record.0.rates[0].lr, 0.5);
}

#[test]
fn a_rate_that_comes_too_late_for_a_heat_changes_nothing_of_its_record() {
    // On its way when the last step was done, or when the loss's last lane had died.
    for (after_step, died) in [(400, false), (12, true)] {
        let mut page = Page::new(2);
        page.open(2);
        page.act(Action::TogglePlay);
        let run = page.state.run;
        let before = page.state.experiment.entries[1].clone();
        let mut changed = (*page.state.experiment).clone();
        changed.entries[1].lr = 0.5;
        page.act(Action::Edit(Rc::new(changed)));
        if died {
            let (heat, lane, step) = (1, 0, 12);
            page.event(
                0,
                Event::LaneStopped {
                    run,
                    heat,
                    lane,
                    step,
                },
            );
        }
        let rates = Rates {
            after_step,
            lr: 0.5,
            proxy_lr_factor: before.proxy_lr_factor,
        };
        page.event(
            0,
            Event::RatesSet {
                run,
                heat: 1,
                rates,
            },
        );
        assert_eq!(page.state.tracks[1].record.0.rates_changed_after(), None);
        assert_eq!(page.state.shown.entries[1], before, "what is exported");
        assert_eq!(
            page.state.experiment.entries[1].lr, 0.5,
            "what the panel says"
        );
    }
}

#[test]
fn a_check_that_fails_says_so_in_its_own_box_and_the_race_goes_on() {
    let mut page = Page::new(1);
    page.open(2);
    page.act(Action::StartCheck);
    page.act(Action::CasesFetched(Ok("{".into())));
    let id = page.state.check.id;
    let failure = CheckFailure::Cases {
        detail: "EOF".into(),
    };
    let effects = page.event(
        0,
        Event::CheckFailed {
            id,
            failure: failure.clone(),
        },
    );
    assert_eq!(effects, []);
    assert!(!page.state.check.running);
    assert_eq!(page.state.check.failed, Some(failure));
    assert_eq!(page.state.trouble, None);
    assert_eq!(plays(&page.act(Action::TogglePlay)), [0]);
}

#[test]
fn late_answers_to_an_older_check_are_dropped() {
    let mut page = Page::new(1);
    page.open(2);
    page.act(Action::StartCheck);
    page.act(Action::CasesFetched(Ok("[]".into())));
    let old = page.state.check.id;
    page.act(Action::StartCheck);
    page.act(Action::CasesFetched(Ok("[]".into())));
    let report = CaseReport {
        id: "late".into(),
        loss: "circle".into(),
        value_error: f64::INFINITY,
        gradient_error: f64::NAN,
        passed: false,
    };
    page.event(
        0,
        Event::Checked {
            id: old,
            report,
            done: 1,
            of: 1,
        },
    );
    page.event(
        0,
        Event::CheckFailed {
            id: old,
            failure: CheckFailure::NoCases,
        },
    );
    assert!(page.state.check.running && page.state.check.reports.is_empty());
    assert_eq!(page.state.check.failed, None);
}

#[test]
fn late_timings_do_not_fill_the_next_comparison() {
    let mut page = Page::new(1);
    page.open(2);
    page.act(Action::GpuLooked(GpuAvailability::Adapter {
        name: "fast".into(),
        software: false,
    }));
    open_scout(&mut page);
    let (samples, classes) = (1, 1);
    scout_says(&mut page, Event::Loaded { samples, classes });
    let old = page.state.comparison.id;
    let mut more = (*page.state.experiment).clone();
    more.seeds = 10;
    page.act(Action::StartWith(Rc::new(more)));
    let id = page.state.comparison.id;
    assert_ne!(id, old, "ten lanes are timed anew");
    let measured = |id, milliseconds_per_step| Event::Measured {
        id,
        milliseconds_per_step,
    };
    scout_says(&mut page, measured(old, 1.0));
    page.event(0, measured(old, 2.0));
    assert_eq!(page.state.comparison.result(), None);
    scout_says(&mut page, measured(id, 3.0));
    page.event(0, measured(id, 4.0));
    assert_eq!(page.state.comparison.result(), Some((3.0, 4.0)));
    // One that fails leaves the race alone.
    let failure = lost();
    page.event(0, Event::MeasureFailed { id, failure });
    assert!(page.state.comparison.failed.is_some() && page.state.trouble.is_none());
}
