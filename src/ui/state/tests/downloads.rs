//! Data: fetching it, loading it, and the pictures of it.

use super::*;

#[test]
fn another_data_set_is_fetched_and_loaded_before_the_race_starts() {
    let mut page = Page::new(1);
    page.open(2);
    let mut changed = (**page.state.settings.experiment()).clone();
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
fn a_data_file_that_does_not_come_offers_synthetic_data() {
    let mut page = Page::new(1);
    page.act(Action::Begin { cores: 2 });
    let data = page.state.race.spec().data.source();
    page.act(Action::DataFetched {
        data,
        outcome: Err(Failure::DataFile {
            error: FetchFailure::Refused {
                file: "glyphs.bin".into(),
                status: 404,
            },
        }),
    });
    let trouble = page.state.announcements.trouble().cloned().unwrap();
    assert!(
        trouble.remedies.contains(&Remedy::UseSyntheticData)
            && said(&trouble.detail).contains("404")
    );
    page.act(Action::UseSyntheticData);
    assert_eq!(page.state.settings.experiment().validate(), Ok(()));
    page.answer_all();
    assert_eq!(page.state.race_status(), RaceStatus::Ready);
    assert_eq!(page.state.announcements.trouble(), None);
}

#[test]
fn a_data_file_that_a_worker_refuses_offers_synthetic_data_too() {
    let mut page = Page::new(1);
    page.act(Action::Begin { cores: 2 });
    let data = page.state.race.spec().data.source();
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
fn pictures_come_back_after_a_detour_over_another_data_set() {
    let mut page = Page::new(1);
    page.open(2);
    let home = (**page.state.settings.experiment()).clone();
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
        data: page.state.race.spec().data.source(),
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
    let mut fewer = (**page.state.settings.experiment()).clone();
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
    assert!(page.state.downloads.dataset().is_some());
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
    let data = page.state.race.spec().data.source();
    share(&mut page, &data, vec![1, 2, 3]);
    assert!(
        page.state.downloads.dataset().is_none(),
        "a picture is cut off"
    );
    let other = DataKind::Synthetic.spec().source();
    share(&mut page, &other, vec![1, 2, 3, 4]);
    assert!(
        page.state.downloads.dataset().is_none(),
        "the race has other data by now"
    );
    share(&mut page, &data, vec![1, 2, 3, 4]);
    assert_eq!(
        page.state.downloads.dataset().unwrap().0.picture_bytes(1),
        Some(&[3, 4][..])
    );
}
