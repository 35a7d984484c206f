//! The race: laying out, playing, what workers say of it, and how it ends.

use super::*;

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
        data: page.state.race.spec().data.source()
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
    assert_eq!(**page.state.race.view(), [4, 5]);
    assert_eq!(page.state.race.classes(), Some((7, 3)));
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
    let run = page.state.race.run();
    page.evaluate(1, run, 1, 0, 0.25);
    assert_eq!(
        page.state.race.tracks()[3].record.0.points,
        [point(0, 0.25)]
    );
    page.event(
        0,
        Event::Progress {
            run,
            heat: 2,
            step: 17,
            steps_per_second: 9.0,
        },
    );
    assert_eq!(page.state.race.tracks()[4].step, 17);
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
    assert!(page.state.race.tracks().iter().all(|heat| heat.step < 99));
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
        neighbours: false,
        proxies: 1,
        explained: 0.5,
    };
    for (length, taken) in [(5, false), (6, true)] {
        let event = Event::Frame {
            run: page.state.race.run(),
            header: header.clone(),
        };
        page.act(Action::FromWorker {
            fleet: 1,
            worker: 0,
            event,
            bulk: Some(Bulk::Floats(vec![0.0; length])),
        });
        assert_eq!(
            page.state.race.tracks()[0].frame.is_some(),
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
    let run = page.state.race.run();
    page.event(0, Event::Paused { run, play: 1 });
    page.event(1, Event::Paused { run, play: 1 });
    assert!(page.state.race.is_playing());
    page.event(0, Event::Paused { run, play: 2 });
    page.event(1, Event::Paused { run, play: 2 });
    assert!(!page.state.race.is_playing());
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
    let run = page.state.race.run();
    page.event(0, Event::Paused { run, play: 1 });
    assert!(page.state.race.is_playing(), "the other one still trains");
    // To a new mark both go on, also the one that has stopped.
    assert_eq!(plays(&page.act(Action::SetStopAt(Some(30)))), [0]);
    page.event(0, Event::Paused { run, play: 2 });
    let effects = page.event(1, Event::Paused { run, play: 1 });
    assert!(!page.state.race.is_playing());
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
    assert_eq!(page.state.race.stop_at(), None);
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
    let run = page.state.race.run();
    page.event(0, Event::Paused { run, play: 1 });
    assert_eq!(commands(&page.act(Action::Step)).len(), 1);
    // Play takes a step that is under way back, and its late answer does not count.
    page.act(Action::TogglePlay);
    assert!(!page.state.devices.fleet().unwrap().stepping());
    page.event(0, Event::Paused { run, play: 2 });
    assert!(page.state.race.is_playing());
    page.event(0, Event::Paused { run, play: 3 });
    assert!(!page.state.race.is_playing());
}

#[test]
fn a_step_passes_the_mark_that_has_been_reached() {
    let mut page = Page::new(1);
    page.open(2);
    page.act(Action::SetStopAt(Some(30)));
    let run = page.state.race.run();
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
    let steps = page.state.race.steps();
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
    let run = page.state.race.run();
    page.event(0, Event::Finished { run });
    assert_eq!(page.state.race_status(), RaceStatus::Finished);
    page.act(Action::TogglePlay);
    assert_eq!(page.state.race.run(), run + 1);
    page.start_all();
    assert_eq!(page.state.race_status(), RaceStatus::Playing);
}

#[test]
fn events_of_an_older_run_are_dropped() {
    let mut page = Page::new(2);
    page.open(2);
    let old = page.state.race.run();
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
    assert!(page.state.race.tracks()[0].record.0.points.is_empty());
    assert_eq!(page.state.step(), 0);
    assert_eq!(page.state.race_status(), RaceStatus::Ready);
}

#[test]
fn a_lane_whose_loss_is_not_finite_ends_alone() {
    let mut page = Page::new(2);
    page.open(2);
    page.act(Action::TogglePlay);
    let run = page.state.race.run();
    page.event(
        0,
        Event::LaneStopped {
            run,
            heat: 1,
            lane: 0,
            step: 12,
        },
    );
    assert_eq!(page.state.race.tracks()[1].record.0.stopped, [(0, 12)]);
    assert!(said(page.state.announcements.status()).contains("step 12"));
    assert!(page.state.race.is_playing());
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
    let third = page.state.race.tracks()[2].clone();
    let mut fewer = (**page.state.settings.experiment()).clone();
    let first = fewer.entries.remove(0);
    page.act(Action::StartWith(Rc::new(fewer.clone())));
    assert_eq!(page.state.race.tracks()[1].colour, third.colour);
    fewer.entries.push(first);
    page.act(Action::StartWith(Rc::new(fewer)));
    let colours: std::collections::BTreeSet<_> = page
        .state
        .race
        .tracks()
        .iter()
        .map(|heat| heat.colour)
        .collect();
    assert_eq!(colours.len(), 3);
}

#[test]
fn a_race_without_losses_waits_for_one() {
    let mut page = Page::new(1);
    page.open(2);
    let mut none = (**page.state.settings.experiment()).clone();
    let entry = none.entries.remove(0);
    page.act(Action::StartWith(Rc::new(none.clone())));
    assert_eq!(page.state.race_status(), RaceStatus::Empty);
    none.entries.push(entry);
    page.act(Action::StartWith(Rc::new(none)));
    page.start_all();
    assert_eq!(page.state.race_status(), RaceStatus::Ready);
}

#[test]
fn a_whole_race_under_a_protocol_is_ranked() {
    let mut page = Page::new(2);
    page.open(2);
    page.act(Action::TogglePlay);
    let run = page.state.race.run();
    page.evaluate(0, run, 0, 400, 0.3);
    page.evaluate(0, run, 1, 400, 0.5);
    page.event(0, Event::Finished { run });
    let ranking = page.state.race.rankings().get("matched").unwrap();
    assert_eq!(
        ranking.iter().map(|(loss, _)| *loss).collect::<Vec<_>>(),
        [LossKind::ALL[1], LossKind::ALL[0]]
    );
}

#[test]
fn a_race_with_two_learning_rates_is_in_no_ranking() {
    let mut page = Page::new(1);
    page.open(2);
    page.act(Action::TogglePlay);
    let run = page.state.race.run();
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
    let protocol = page.state.settings.experiment().protocol();
    for factor in [2.0, 0.5] {
        let mut changed = (**page.state.settings.experiment()).clone();
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
        page.state.settings.experiment().protocol(),
        protocol,
        "in the end it is the protocol's rate again"
    );
    page.evaluate(0, run, 0, 400, 0.5);
    page.event(0, Event::Finished { run });
    assert!(page.state.race.rankings().is_empty());
    let lr = page.state.settings.experiment().entries[0].lr;
    let noted: Vec<_> = page.state.race.tracks()[0]
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
        page.state.race.tracks()[0].record.0.rates_changed_after(),
        None,
        "the next race has its own"
    );
}

#[test]
fn an_edit_that_comes_while_a_race_is_laid_out_is_not_taken_for_its_settings() {
    let mut page = Page::new(2);
    page.open(2);
    page.act(Action::Reset);
    let raced = page.state.settings.experiment().clone();
    let mut changed = (*raced).clone();
    changed.entries.remove(0);
    page.act(Action::Edit(Rc::new(changed)));
    page.start_all();
    assert_eq!(*page.state.race.shown(), raced);
    let entries: Vec<_> = page
        .state
        .race
        .tracks()
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
    let run = page.state.race.run();
    page.evaluate(0, run, 0, 0, 0.1);
    page.evaluate(1, run, 0, 0, 0.1);
    assert_eq!(page.ranking_so_far(), None, "untrained they are alike");
    page.evaluate(0, run, 0, 25, 0.2);
    page.evaluate(1, run, 0, 25, 0.3);
    // More is known of the first; at step 25 it was behind.
    page.evaluate(0, run, 0, 50, 0.4);
    let ranking = page.ranking_so_far().unwrap();
    assert_eq!((ranking.step, ranking.leaders()[0].heat), (25, 1));
}

#[test]
fn the_end_of_a_race_is_told_with_its_verdict() {
    let mut page = Page::new(2);
    page.open(2);
    page.act(Action::TogglePlay);
    let run = page.state.race.run();
    for (step, values) in [(0, [0.1, 0.1]), (75, [0.5, 0.2]), (150, [0.5, 0.5])] {
        page.evaluate(0, run, 0, step, values[0]);
        page.evaluate(0, run, 1, step, values[1]);
    }
    page.event(0, Event::Finished { run });
    let first = LossKind::ALL[0].info().name;
    let expected = format!("Finished after 150 steps. {first} reached Recall@1 0.50 for good");
    let status = said(page.state.announcements.status());
    assert!(status.starts_with(&expected), "{status}");
}

#[test]
fn a_rate_that_comes_too_late_for_a_heat_changes_nothing_of_its_record() {
    // On its way when the last step was done, or when the loss's last lane had died.
    for (after_step, died) in [(150, false), (12, true)] {
        let mut page = Page::new(2);
        page.open(2);
        page.act(Action::TogglePlay);
        let run = page.state.race.run();
        let before = page.state.settings.experiment().entries[1].clone();
        let mut changed = (**page.state.settings.experiment()).clone();
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
        assert_eq!(
            page.state.race.tracks()[1].record.0.rates_changed_after(),
            None
        );
        assert_eq!(
            page.state.race.shown().entries[1],
            before,
            "what is exported"
        );
        assert_eq!(
            page.state.settings.experiment().entries[1].lr,
            0.5,
            "what the panel says"
        );
    }
}

#[test]
fn the_seed_that_is_shown_is_asked_of_the_worker_that_trains_the_loss() {
    let mut page = Page::new(3);
    page.open(3);
    let mut more = (**page.state.settings.experiment()).clone();
    more.seeds = 2;
    page.act(Action::StartWith(Rc::new(more)));
    page.start_all();
    let loss = LossKind::ALL[2];
    let effects = page.act(Action::ShowLane { loss, lane: 7 });
    // Worker 0 of two has the heats 0 and 2.
    assert_eq!(
        commands(&effects),
        [
            (0, &Command::ShowLane { heat: 1, lane: 1 }),
            (0, &Command::RequestFrames)
        ],
        "there are two seeds"
    );
    assert_eq!(page.state.race.tracks()[2].lane_shown, 1);
    let loss = LossKind::ALL[5];
    assert_eq!(page.act(Action::ShowLane { loss, lane: 0 }), []);
}

#[test]
fn how_embeddings_are_pictured_is_told_to_all_workers_and_to_those_of_the_next_race() {
    let mut page = Page::new(2);
    page.open(2);
    page.start_all();
    assert!(page.state.screen.shows_neighbours());
    let plane = Command::ShowNeighbours { neighbours: false };
    let effects = page.act(Action::ShowNeighbours(false));
    let told = commands(&effects);
    assert!(
        !told.is_empty() && told.iter().all(|(_, command)| **command == plane),
        "{told:?}"
    );
    page.act(Action::Reset);
    let run = page.state.race.run();
    let started = Event::Started {
        run,
        view: vec![0],
        train_classes: 2,
        test_classes: 2,
    };
    let effects = page.event(0, started);
    assert!(commands(&effects).contains(&(0, &plane)), "{effects:?}");
}

#[test]
fn a_picture_that_is_chosen_is_looked_up_first_in_the_place_of_the_one_before() {
    let mut page = Page::new(2);
    page.open(2);
    assert_eq!(page.act(Action::LookUp(5)), [], "nothing is measured yet");
    let run = page.state.race.run();
    let retrieval = |queries: Vec<u32>| Retrieval {
        lane: 0,
        step: 0,
        nearest: vec![Vec::new(); queries.len()],
        queries,
    };
    let retrieved = |queries| Event::Retrieved {
        run,
        heat: 0,
        retrieval: retrieval(queries),
    };
    page.event(0, retrieved(vec![3, 4]));
    let track = &page.state.race.tracks()[0];
    assert_eq!(*track.retrieval.as_ref().unwrap().0, retrieval(vec![3, 4]));
    let asked = |effects: &[Effect]| -> Vec<Vec<u32>> {
        let queries = commands(effects)
            .into_iter()
            .map(|(_, command)| match command {
                Command::LookUp { queries } => queries.clone(),
                other => panic!("{other:?}"),
            });
        queries.collect()
    };
    let effects = page.act(Action::LookUp(9));
    assert!(
        asked(&effects).iter().all(|queries| *queries == [9, 3, 4]),
        "{effects:?}"
    );
    page.event(0, retrieved(vec![9, 3, 4]));
    let effects = page.act(Action::LookUp(4));
    assert!(
        asked(&effects).iter().all(|queries| *queries == [4, 3]),
        "{effects:?}"
    );
    assert!(!effects.is_empty());
    // What another seed has found is not known yet.
    let loss = page.state.race.tracks()[0].loss;
    page.act(Action::ShowLane { loss, lane: 0 });
    assert_eq!(page.state.race.tracks()[0].retrieval, None);
    page.event(0, retrieved(vec![4, 3]));
    page.act(Action::ShowSeen(true));
    assert_eq!(
        page.act(Action::LookUp(9)),
        [],
        "classes that are trained on are not measured"
    );
}
