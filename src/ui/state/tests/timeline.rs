//! Looking back, playing again, and films in the place of the race.

use super::*;
use crate::record::film::View;
use crate::record::{Film, Frame, Recording};

/// A worker shows the only loss of its race at a step.
fn frame(page: &mut Page, step: u32) {
    let header = header(step);
    let run = page.state.race.run();
    page.act(Action::FromWorker {
        fleet: 1,
        worker: 0,
        event: Event::Frame { run, header },
        bulk: Some(Bulk::Floats(vec![step as f32, 1.0])),
    });
}

fn header(step: u32) -> FrameHeader {
    FrameHeader {
        heat: 0,
        lane: 0,
        step,
        components: 2,
        points: 1,
        neighbours: true,
        proxies: 0,
        explained: 0.0,
    }
}

/// A race of one loss that trains: evaluated at 0, 10, 20 and 30, with frames at 0, 4, 8 … 28.
fn training() -> Page {
    let mut page = Page::new(1);
    page.open(2);
    page.act(Action::TogglePlay);
    let run = page.state.race.run();
    for step in (0..=30).step_by(2) {
        page.event(
            0,
            Event::Progress {
                run,
                heat: 0,
                step,
                steps_per_second: 5.0,
            },
        );
        if step % 10 == 0 {
            page.evaluate(0, run, 0, step, step as f32 / 100.0);
        }
        if step % 4 == 0 {
            frame(&mut page, step);
        }
    }
    page
}

/// The step of the picture that is seen, and of the evaluation whose numbers are.
fn seen(page: &Page) -> (u32, u32) {
    let tracks = page.state.tracks_seen();
    let frame = tracks[0].frame.as_ref().unwrap();
    let point = tracks[0].record.0.points.last().unwrap();
    (frame.0.header.step, point.step)
}

#[test]
fn the_latest_is_seen_until_somebody_looks_back_and_then_again() {
    let mut page = training();
    assert_eq!(seen(&page), (28, 30));
    assert!(page.state.moment().live);
    page.act(Action::Seek(13));
    // The nearest moment is the frame of step 12, whose numbers are those of step 10.
    assert_eq!(seen(&page), (12, 10));
    let moment = page.state.moment();
    assert_eq!((moment.step, moment.live), (12, false));
    assert_eq!(page.ranking_so_far().unwrap().step, 10);
    // Training goes on, and what is seen stays.
    let before = page.state.tracks_seen()[0].record.clone();
    frame(&mut page, 32);
    let run = page.state.race.run();
    page.evaluate(0, run, 0, 40, 0.5);
    assert_eq!(seen(&page), (12, 10));
    assert_eq!(
        page.state.tracks_seen()[0].record,
        before,
        "nothing is drawn anew"
    );
    assert_eq!(page.state.tracks()[0].record.0.points.len(), 5);
    page.act(Action::GoLive);
    assert_eq!(seen(&page), (32, 40));
    // The right end is the latest, too.
    page.act(Action::Seek(20));
    assert_eq!(seen(&page), (20, 20));
    page.act(Action::Seek(150));
    assert!(page.state.moment().live);
    assert_eq!(seen(&page), (32, 40));
}

#[test]
fn keys_lead_from_moment_to_moment() {
    let mut page = training();
    let mut back = Vec::new();
    for _ in 0..12 {
        page.act(Action::SeekBy { forward: false });
        back.push(page.state.moment().step);
    }
    assert_eq!(back, [28, 24, 20, 16, 12, 10, 8, 4, 0, 0, 0, 0]);
    page.act(Action::SeekBy { forward: true });
    assert_eq!(page.state.moment().step, 4);
    for _ in 0..7 {
        page.act(Action::SeekBy { forward: true });
    }
    assert!(!page.state.moment().live);
    page.act(Action::SeekBy { forward: true });
    assert!(page.state.moment().live);
}

#[test]
fn nothing_can_be_looked_back_at_before_there_is_something() {
    let mut page = Page::new(1);
    page.open(2);
    assert!(!page.state.moment().recorded);
    for action in [
        Action::Seek(40),
        Action::SeekBy { forward: false },
        Action::ToggleReplay,
    ] {
        page.act(action);
        let moment = page.state.moment();
        assert!(moment.live && !moment.replaying);
    }
}

#[test]
fn a_new_race_is_seen_from_its_start() {
    let mut page = training();
    page.act(Action::Seek(12));
    page.act(Action::ToggleReplay);
    page.act(Action::Reset);
    page.answer_all();
    let moment = page.state.moment();
    assert!(moment.live && !moment.recorded && !moment.replaying);
    assert!(page.state.tracks_seen()[0].frames.is_empty());
}

#[test]
fn too_many_frames_are_thinned_out_evenly_and_those_of_evaluations_stay() {
    let mut page = Page::new(1);
    page.open(2);
    page.act(Action::TogglePlay);
    let run = page.state.race.run();
    for step in 0..2000 {
        if step % 125 == 0 {
            page.evaluate(0, run, 0, step, 0.5);
        }
        frame(&mut page, step);
    }
    let frames = &page.state.tracks()[0].frames;
    let steps: Vec<u32> = frames.iter().map(|frame| frame.0.header.step).collect();
    assert_eq!(steps.len(), 96);
    assert!(steps.is_sorted_by(|a, b| a < b));
    assert!((0..2000).step_by(125).all(|step| steps.contains(&step)));
    assert_eq!(steps.last(), Some(&1999));
    let widest = steps.windows(2).map(|pair| pair[1] - pair[0]).max();
    assert!(widest.unwrap() <= 64, "{steps:?}");
}

#[test]
fn other_points_are_not_looked_back_at() {
    let mut page = training();
    let run = page.state.race.run();
    page.event(
        0,
        Event::View {
            run,
            view: vec![8, 9],
        },
    );
    assert!(page.state.tracks()[0].frames.is_empty());
}

/// Lets the time of a replay pass until it ends; how often.
fn play_out(page: &mut Page, effects: Vec<Effect>) -> Vec<u32> {
    let mut effects = effects;
    let mut steps = Vec::new();
    while let Some(Effect::ReplayLater { token }) = effects.pop() {
        steps.push(page.state.moment().step);
        effects = page.act(Action::ReplayTick { token });
        assert!(steps.len() < 1000, "the replay does not end");
    }
    steps
}

#[test]
fn a_replay_begins_at_the_start_and_ends_at_the_latest() {
    let mut page = training();
    let effects = page.act(Action::ToggleReplay);
    assert_eq!(seen(&page), (0, 0));
    let once = play_out(&mut page, effects);
    assert!(once.is_sorted() && once.len() > 20, "{once:?}");
    assert!(page.state.moment().live && !page.state.moment().replaying);
    // Four times as fast.
    page.act(Action::SetReplaySpeed(4.0));
    let effects = page.act(Action::ToggleReplay);
    let fast = play_out(&mut page, effects);
    assert!(3 * fast.len() < once.len(), "{fast:?}");
    // From where one is, and stopped where one wants.
    page.act(Action::Seek(12));
    let effects = page.act(Action::ToggleReplay);
    let [Effect::ReplayLater { token }] = effects[..] else {
        panic!("{effects:?}");
    };
    page.act(Action::ReplayTick { token });
    assert!(page.state.moment().step > 12);
    page.act(Action::ToggleReplay);
    let stopped = page.state.moment();
    assert!(!stopped.replaying && !stopped.live);
    // The tick that was on its way means nothing.
    assert_eq!(page.act(Action::ReplayTick { token }), []);
    assert_eq!(page.state.moment(), stopped);
}

/// A film of a page's race.
fn film(page: &Page) -> Rc<Film> {
    let experiment = page.state.settings.experiment();
    let mut recording = Recording::new(experiment, "made beforehand");
    let mut frames = Vec::new();
    for heat in &mut recording.heats {
        heat.points = vec![point(0, 0.1), point(100, 0.4), point(150, 0.7)];
        let steps = (0..=150).step_by(10);
        let frame = |step| Frame {
            header: header(step),
            coordinates: vec![step as f32, 1.0],
        };
        frames.push(steps.map(frame).collect());
    }
    Rc::new(Film {
        recording,
        view: View::of(&[4], None),
        frames,
    })
}

#[test]
fn the_opening_film_moves_until_play_begins_the_persons_own_race() {
    let mut page = Page::new(1);
    let opening = film(&page);
    let effects = page.act(Action::OpeningCame {
        film: opening.clone(),
        plays: true,
    });
    assert_eq!(seen(&page), (0, 0));
    assert_eq!(page.state.moment().film, Some(FilmSource::Opening));
    assert_eq!(page.state.device_shown(), "made beforehand");
    // The engine comes meanwhile, and lays out the race.
    page.open(2);
    let run = page.state.race.run();
    page.evaluate(0, run, 0, 0, 0.05);
    let steps = play_out(&mut page, effects);
    assert!(steps.len() > 100 && steps.last() > Some(&140), "{steps:?}");
    // One pass; then its end is seen, and nothing of the race that waits.
    assert_eq!(seen(&page), (150, 150));
    assert!(page.state.moment().film.is_some());
    assert_eq!(page.state.race_status(), RaceStatus::Ready);
    page.act(Action::Seek(98));
    assert_eq!(seen(&page), (100, 100));
    page.act(Action::TogglePlay);
    let moment = page.state.moment();
    assert_eq!((moment.film, moment.live, moment.step), (None, true, 0));
    assert_eq!(page.state.tracks()[0].record.0.points, [point(0, 0.05)]);
    // Too late.
    page.act(Action::OpeningCame {
        film: opening,
        plays: true,
    });
    assert_eq!(page.state.moment().film, None);
}

#[test]
fn the_opening_film_stands_still_for_who_asked_for_less_movement() {
    let mut page = Page::new(1);
    let film = film(&page);
    let effects = page.act(Action::OpeningCame { film, plays: false });
    assert_eq!(effects, []);
    assert_eq!(seen(&page), (150, 150));
}

#[test]
fn no_film_is_shown_of_another_race() {
    let mut page = Page::new(1);
    let opening = film(&page);
    let mut experiment = (**page.state.settings.experiment()).clone();
    experiment.first_seed += 1;
    page.act(Action::StartWith(Rc::new(experiment)));
    let coming = Action::OpeningCame {
        film: opening.clone(),
        plays: true,
    };
    assert_eq!(page.act(coming.clone()), []);
    assert_eq!(page.state.moment().film, None);
    // Nor is it there any longer when the settings become others, or others' points are asked for.
    let others: [fn(&Experiment) -> Action; 4] = [
        |experiment| {
            let mut experiment = experiment.clone();
            experiment.entries[0].lr *= 2.0;
            Action::Edit(Rc::new(experiment))
        },
        |_| Action::NewSeed,
        |_| Action::ShowSeen(true),
        |_| Action::Step,
    ];
    for other in others {
        let mut page = Page::new(1);
        page.open(2);
        page.act(coming.clone());
        assert!(page.state.moment().film.is_some());
        let action = other(page.state.settings.experiment());
        page.act(action);
        assert_eq!(page.state.moment().film, None);
        assert!(page.state.moment().live);
    }
}

#[test]
fn the_page_asks_for_the_opening_film_only_where_it_opens_with_its_race() {
    let opens = |experiment: Experiment| {
        let mut state = State::new(experiment, Theme::System);
        let effects = state.apply(Action::Begin { cores: 2 });
        effects.contains(&Effect::FetchOpening)
    };
    let mut other = Experiment::default_preset();
    assert!(opens(other.clone()));
    other.first_seed += 1;
    assert!(!opens(other));
}

#[test]
fn an_opened_film_brings_its_settings_and_play_races_with_them() {
    let mut page = training();
    let other = film(&Page::new(2));
    page.act(Action::OpenFilm(other.clone()));
    assert!(!page.state.race.is_playing());
    assert_eq!(
        **page.state.settings.experiment(),
        other.recording.experiment
    );
    assert_eq!(page.state.moment().film, Some(FilmSource::File));
    assert_eq!((page.state.tracks().len(), seen(&page)), (2, (150, 150)));
    assert_eq!(
        page.state.tracks()[1].record.0,
        other.recording.heats[1].clone().into()
    );
    page.answer_all();
    assert!(page.state.moment().film.is_some());
    page.act(Action::TogglePlay);
    assert_eq!(page.state.moment().film, None);
    assert_eq!(page.state.race.spec().heats.len(), 2);
    assert!(page.state.race.is_playing());
}

#[test]
fn what_was_looked_back_at_is_a_film() {
    let page = training();
    let track = &page.state.tracks()[0];
    let frames = track.film();
    assert_eq!(frames.len(), 8);
    assert_eq!(frames[3].header, header(12));
    let mut recording = Recording::new(page.state.experiment_shown(), "test");
    recording.heats[0] = (*track.record.0).clone();
    let film = Film {
        recording,
        view: View::of(page.state.race.view(), None),
        frames: vec![frames],
    };
    let body = film.to_body();
    // These frames are of one point, the view is of two.
    assert!(Film::from_body(&body).is_err());
    let film = Film {
        view: View::of(&[4], None),
        ..film
    };
    assert_eq!(
        Film::from_body(&film.to_body()).unwrap().recording,
        film.recording
    );
}
