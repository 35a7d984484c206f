//! Settings: what is taken at once, what waits, and what goes into the link.

use super::*;

#[test]
fn a_learning_rate_goes_to_its_heat_without_a_new_race() {
    let mut page = Page::new(3);
    page.open(3);
    page.act(Action::TogglePlay);
    let run = page.state.race.run();
    let mut changed = (**page.state.settings.experiment()).clone();
    changed.entries[2].lr = 0.5;
    let effects = page.act(Action::Edit(Rc::new(changed)));
    let factor = page.state.settings.experiment().entries[2].proxy_lr_factor;
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
    assert_eq!(page.state.race.run(), run);
    assert_eq!(page.state.race.spec().heats[2].lanes[0].lr, 0.5);
}

#[test]
fn other_settings_start_a_new_race_once_the_last_of_them_has_come() {
    let mut page = Page::new(2);
    page.open(2);
    page.act(Action::TogglePlay);
    let run = page.state.race.run();
    let mut tokens = Vec::new();
    for batch in [61, 62] {
        let mut changed = (**page.state.settings.experiment()).clone();
        changed.sampler = SamplerSpec::Shuffled { batch };
        let effects = page.act(Action::Edit(Rc::new(changed)));
        tokens.extend(effects.iter().filter_map(|effect| match effect {
            Effect::RestartLater { token } => Some(*token),
            _ => None,
        }));
    }
    page.act(Action::RestartDue { token: tokens[0] });
    assert_eq!(page.state.race.run(), run, "the first edit was overtaken");
    let effects = page.act(Action::RestartDue { token: tokens[1] });
    assert_eq!(page.state.race.run(), run + 1);
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
    assert_eq!(page.state.race.run(), run + 1, "nothing is left to lay out");
}

#[test]
fn another_link_is_followed_and_what_it_cannot_say_is_told() {
    let mut page = Page::new(2);
    page.open(2);
    let run = page.state.race.run();
    let (experiment, notices) = Experiment::from_fragment("v=1&sampler=shuffled:90&dim=banana");
    let notices = notices.iter().map(crate::ui::words::notice).collect();
    page.act(Action::FollowLink {
        experiment: Rc::new(experiment),
        notices,
    });
    assert_eq!(page.state.race.run(), run + 1);
    assert_eq!(
        page.state.race.spec().sampler,
        SamplerSpec::Shuffled { batch: 90 }
    );
    assert!(
        page.state
            .announcements
            .notices()
            .iter()
            .any(|notice| said(notice).contains("banana")),
        "{:?}",
        page.state.announcements.notices()
    );
    page.act(Action::DismissNotices);
    assert!(page.state.announcements.notices().is_empty());
}

#[test]
fn settings_go_into_the_link() {
    let mut page = Page::new(1);
    page.open(2);
    let mut changed = (**page.state.settings.experiment()).clone();
    changed.entries[0].lr = 0.01;
    let effects = page.act(Action::Edit(Rc::new(changed.clone())));
    assert!(effects.contains(&Effect::SaveSettings {
        experiment: Rc::new(changed)
    }));
}

/// A race of two losses that has come to its end.
fn finished_page() -> Page {
    let mut page = Page::new(2);
    page.open(2);
    page.act(Action::TogglePlay);
    let run = page.state.race.run();
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
    let (run, shown) = (page.state.race.run(), page.state.race.shown().clone());
    for lr in [0.25, 0.5] {
        let mut changed = (**page.state.settings.experiment()).clone();
        changed.entries[1].lr = lr;
        let effects = page.act(Action::Edit(Rc::new(changed)));
        assert!(
            effects
                .iter()
                .all(|effect| matches!(effect, Effect::SaveSettings { .. })),
            "{effects:?}"
        );
    }
    assert_eq!(
        *page.state.race.shown(),
        shown,
        "nothing was trained with it"
    );
    assert_eq!(
        page.state.race.tracks()[1].record.0.rates_changed_after(),
        None
    );
    assert_eq!(
        page.state.race.tracks()[1].record.0.points.len(),
        2,
        "the curves stay"
    );
    page.act(Action::TogglePlay);
    assert_eq!(page.state.race.run(), run + 1);
    page.start_all();
    assert_eq!(page.state.race.spec().heats[1].lanes[0].lr, 0.5);
    assert_eq!(page.state.race.shown().entries[1].lr, 0.5);
    assert_eq!(page.state.race.tracks()[1].record.0.rates[0].lr, 0.5);
}
