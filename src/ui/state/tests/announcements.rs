//! Alerts: what is said, what can be done, and when they go.

use super::*;

#[test]
fn a_worker_that_dies_leaves_the_curves_and_a_way_on() {
    let mut page = Page::new(2);
    page.open(2);
    page.act(Action::TogglePlay);
    let run = page.state.race.run();
    page.evaluate(0, run, 0, 0, 0.1);
    page.evaluate(0, run, 0, 25, 0.4);
    let effects = page.act(Action::FleetFailed {
        fleet: 1,
        failure: ended(),
    });
    assert_eq!(effects, [Effect::Dismiss { fleet: 1 }]);
    assert_eq!(page.state.race_status(), RaceStatus::Failed);
    let trouble = page.state.announcements.trouble().cloned().unwrap();
    assert!(
        said(&trouble.detail).contains("it ended") && said(&trouble.detail).contains("curves"),
        "{trouble:?}"
    );
    assert_eq!(trouble.remedies, [Remedy::Retry, Remedy::Dismiss]);
    assert_eq!(page.state.race.tracks()[0].record.0.points.len(), 2);

    page.act(Action::Retry);
    assert_eq!(page.state.announcements.trouble(), None);
    assert_eq!(
        page.state.race.tracks()[0].record.0.points.len(),
        2,
        "they stay until there are new ones"
    );
    assert_eq!(page.state.devices.fleet().unwrap().id, 2);
    // Word of the dead fleet is dropped.
    page.act(Action::FleetFailed {
        fleet: 1,
        failure: ended(),
    });
    assert_eq!(page.state.announcements.trouble(), None);
    page.answer_all();
    assert_eq!(page.state.race_status(), RaceStatus::Ready);
    assert!(page.state.race.tracks()[0].record.0.points.is_empty());
}

#[test]
fn an_alert_goes_with_its_cause() {
    // A race that trains again has no use for a button that would end it.
    type Way = fn(&mut Page);
    let ways: [(&str, Way); 3] = [
        ("reset", |page| drop(page.act(Action::Reset))),
        ("play", |page| drop(page.act(Action::TogglePlay))),
        ("an edit", |page| {
            let mut changed = (**page.state.settings.experiment()).clone();
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
                page.state.announcements.trouble().is_some(),
                "{what}: nothing is laid out yet"
            );
            page.answer_all();
            assert_ne!(page.state.race_status(), RaceStatus::Failed);
            assert_eq!(page.state.announcements.trouble(), None, "{what}");
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
    assert!(page.state.announcements.trouble().is_some());
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
    assert!(page.state.announcements.trouble().is_some());
    page.answer_all();
    assert_eq!(page.state.race_status(), RaceStatus::Ready);
    let trouble = page
        .state
        .announcements
        .trouble()
        .cloned()
        .expect("the wish is still not fulfilled");
    assert!(!trouble.remedies.contains(&Remedy::Retry), "{trouble:?}");
}
