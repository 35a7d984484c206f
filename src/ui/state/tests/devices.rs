//! Devices: opening, comparing and checking them.

use super::*;

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
        page.state.announcements.trouble().unwrap().remedies[0],
        Remedy::GoOnOnCpu
    );
    page.act(Action::GoOnOnCpu);
    page.answer_all();
    assert_eq!(page.state.devices.report().unwrap().kind, DeviceKind::Cpu);
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
    let id = page.state.devices.summary().comparison.id;
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
    assert_eq!(page.state.devices.summary().comparison.result(), None);
    page.event(
        1,
        Event::Measured {
            id,
            milliseconds_per_step: 12.0,
        },
    );
    assert_eq!(
        page.state.devices.summary().comparison.result(),
        Some((3.0, 12.0))
    );

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
    assert_eq!(page.state.devices.fleet().unwrap().kind, DeviceKind::WebGpu);
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
    let trouble = page.state.announcements.trouble().cloned().unwrap();
    assert_eq!(
        said(&trouble.detail),
        "This browser offers no WebGPU.",
        "a whole sentence"
    );
    assert_eq!(page.state.race_status(), RaceStatus::Ready);
}

#[test]
fn more_losses_bring_more_workers() {
    let mut page = Page::new(1);
    page.open(4);
    let mut more = (**page.state.settings.experiment()).clone();
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
                id: page.state.devices.check().id,
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
                id: page.state.devices.check().id,
                report,
                done,
                of: 2,
            },
        );
    }
    assert!(!page.state.devices.check().running);
    assert!(
        said(page.state.announcements.status()).contains("1 of 2"),
        "{}",
        said(page.state.announcements.status())
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
    assert!(!page.state.devices.check().running && page.state.devices.check().failed.is_some());
}

#[test]
fn measuring_waits_for_workers_that_have_the_data() {
    let mut page = Page::new(1);
    page.act(Action::Begin { cores: 2 });
    page.act(Action::GpuLooked(GpuAvailability::Adapter {
        name: "fast".into(),
        software: false,
    }));
    let data = page.state.race.spec().data.source();
    page.act(Action::DataFetched {
        data,
        outcome: Ok(()),
    });
    let scout = 2;
    assert!(page.state.devices.is_scout(scout));
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
    let mut more = (**page.state.settings.experiment()).clone();
    more.seeds = 10;
    assert_eq!(
        asked(&page.act(Action::StartWith(Rc::new(more)))),
        2,
        "ten lanes cost something else"
    );
}

#[test]
fn a_check_that_fails_says_so_in_its_own_box_and_the_race_goes_on() {
    let mut page = Page::new(1);
    page.open(2);
    page.act(Action::StartCheck);
    page.act(Action::CasesFetched(Ok("{".into())));
    let id = page.state.devices.check().id;
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
    assert!(!page.state.devices.check().running);
    assert_eq!(page.state.devices.check().failed, Some(failure));
    assert_eq!(page.state.announcements.trouble(), None);
    assert_eq!(plays(&page.act(Action::TogglePlay)), [0]);
}

#[test]
fn late_answers_to_an_older_check_are_dropped() {
    let mut page = Page::new(1);
    page.open(2);
    page.act(Action::StartCheck);
    page.act(Action::CasesFetched(Ok("[]".into())));
    let old = page.state.devices.check().id;
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
    assert!(page.state.devices.check().running && page.state.devices.check().reports.is_empty());
    assert_eq!(page.state.devices.check().failed, None);
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
    let old = page.state.devices.summary().comparison.id;
    let mut more = (**page.state.settings.experiment()).clone();
    more.seeds = 10;
    page.act(Action::StartWith(Rc::new(more)));
    let id = page.state.devices.summary().comparison.id;
    assert_ne!(id, old, "ten lanes are timed anew");
    let measured = |id, milliseconds_per_step| Event::Measured {
        id,
        milliseconds_per_step,
    };
    scout_says(&mut page, measured(old, 1.0));
    page.event(0, measured(old, 2.0));
    assert_eq!(page.state.devices.summary().comparison.result(), None);
    scout_says(&mut page, measured(id, 3.0));
    page.event(0, measured(id, 4.0));
    assert_eq!(
        page.state.devices.summary().comparison.result(),
        Some((3.0, 4.0))
    );
    // One that fails leaves the race alone.
    let failure = lost();
    page.event(0, Event::MeasureFailed { id, failure });
    assert!(
        page.state.devices.summary().comparison.failed().is_some()
            && page.state.announcements.trouble().is_none()
    );
}
