//! Tuning: trials in the place of the race, and what they lead to.

use super::*;

#[test]
fn tuning_leaves_the_curves_and_its_best_settings_race() {
    let mut page = Page::new(2);
    page.open(2);
    let run = page.state.race.run();
    page.evaluate(0, run, 0, 0, 0.1);
    page.evaluate(0, run, 0, 25, 0.4);
    page.act(Action::ChooseTrials(3));
    let effects = page.act(Action::StartTuning);
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
    let run = page.state.race.run();
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
        page.state.race.tracks()[0].record.0.points.len(),
        2,
        "the race's curves are as they were"
    );
    assert!(page.state.race.tracks()[0].record.0.stopped.is_empty());
    page.event(0, Event::Finished { run });
    let tuning = page.state.tuner.tuning().cloned().unwrap();
    assert!(tuning.done && !page.state.race.is_playing());
    assert_eq!(
        tuning.losses[0].ranked().last().unwrap().score,
        None,
        "the one that failed is last"
    );

    page.act(Action::ApplyTuning);
    page.start_all();
    let best = &tuning.losses[0].lanes[5];
    let racing = &page.state.race.spec().heats[0].lanes[0];
    assert_eq!((racing.lr, &racing.params), (best.lr, &best.params));
    assert_eq!(page.state.race.spec().evaluate_on, EvaluateOn::Test);
    assert_eq!(page.state.race_status(), RaceStatus::Ready);
}

/// Trials of one loss on one worker, laid out.
fn tuning_page() -> Page {
    let mut page = Page::new(1);
    page.open(2);
    page.act(Action::ChooseTrials(8));
    page.act(Action::StartTuning);
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
            page.state.tuner.tuning(),
            None,
            "{what} leaves a tuning that never ends"
        );
    }
}

#[test]
fn trials_keep_the_rates_that_they_drew() {
    let mut page = tuning_page();
    let mut changed = (**page.state.settings.experiment()).clone();
    changed.entries[0].lr *= 2.0;
    let effects = page.act(Action::Edit(Rc::new(changed)));
    assert!(
        commands(&effects)
            .iter()
            .all(|(_, command)| !matches!(command, Command::SetRates { .. })),
        "{effects:?}"
    );
    assert!(
        page.state.settings.are_pending(),
        "the new rate is for the next race"
    );
}

#[test]
fn rankings_and_trials_are_of_one_set_of_conditions() {
    let mut page = Page::new(2);
    page.open(2);
    let finish = |page: &mut Page| {
        let run = page.state.race.run();
        page.act(Action::TogglePlay);
        page.start_all();
        let run = page.state.race.run().max(run);
        for heat in 0..2 {
            page.evaluate(0, run, heat, 0, 0.1);
            page.evaluate(0, run, heat, 400, 0.5);
        }
        page.event(0, Event::Finished { run });
    };
    let with = |page: &Page, change: fn(&mut Experiment)| {
        let mut experiment = (**page.state.settings.experiment()).clone();
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
    assert_eq!(
        page.state.race.rankings().len(),
        2,
        "protocols can be compared"
    );
    let other = with(&page, |experiment| experiment.label_noise = 0.2);
    page.act(other);
    assert!(
        page.state.race.rankings().is_empty(),
        "but not with another share of wrong labels"
    );

    let mut page = tuning_page();
    let run = page.state.race.run();
    page.event(0, Event::Finished { run });
    page.act(Action::Reset);
    assert!(page.state.tuner.tuning().is_some(), "its result stays");
    let other = with(&page, |experiment| experiment.net.dim = 8);
    page.act(other);
    assert_eq!(
        page.state.tuner.tuning(),
        None,
        "and goes with what it is for"
    );
}

#[test]
fn the_number_of_trials_outlives_the_dialog() {
    let mut page = Page::new(1);
    page.open(2);
    page.act(Action::Show(Sheet::Tune));
    page.act(Action::ChooseTrials(24));
    page.act(Action::CloseSheet);
    page.act(Action::Show(Sheet::Tune));
    assert_eq!(page.state.tuner.trials(), 24);
    page.act(Action::ChooseTrials(3));
    page.act(Action::StartTuning);
    let made = page.state.tuner.tuning().unwrap().trials;
    assert_eq!(
        page.state.tuner.trials(),
        made,
        "eight trials are the fewest"
    );
}

#[test]
fn tuning_can_be_stopped() {
    let mut page = Page::new(1);
    page.open(2);
    page.act(Action::ChooseTrials(16));
    page.act(Action::StartTuning);
    page.start_all();
    page.act(Action::StopTuning);
    page.start_all();
    assert_eq!(page.state.tuner.tuning(), None);
    assert_eq!(page.state.race.spec().evaluate_on, EvaluateOn::Test);
    assert_eq!(page.state.race_status(), RaceStatus::Ready);
}
