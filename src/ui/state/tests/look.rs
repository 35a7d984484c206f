//! Looking inside a loss: asked for once, answered, asked again at the next frame, and never while nobody looks.

use super::*;
use crate::loss::RelationKind;
use crate::record::{Census, InsideHeader, Positives, Side};

/// The requests among effects: worker, and heat and lane there.
fn asked(effects: &[Effect]) -> Vec<(usize, usize, usize)> {
    let asked = commands(effects).into_iter();
    asked
        .filter_map(|(worker, command)| match command {
            Command::LookInside { heat, lane } => Some((worker, *heat, *lane)),
            _ => None,
        })
        .collect()
}

fn header(heat: usize, step: u32) -> InsideHeader {
    InsideHeader {
        heat,
        lane: 0,
        step,
        kind: RelationKind::SampleCosines,
        samples: vec![3, 4],
        classes: vec![0, 0],
        vectors: vec![],
        memory: vec![],
        left_out: 0,
        mixtures: 0,
        dim: 1,
        census: Census {
            loss: 0.5,
            relations: 1,
            valid: 1,
            acting: 1,
            triplets: None,
            mined: None,
            positives: Positives {
                mean: 1.0,
                least: 1,
                without: 0,
            },
            pull: Side::default(),
            push: Side::default(),
            mean_cosine: 0.0,
            quiet: None,
        },
    }
}

/// A worker answers, for a heat by its own count.
fn answer(page: &mut Page, worker: usize, run: RunId, heat: usize, step: u32) -> Vec<Effect> {
    answer_with(page, worker, run, heat, step, 4 + 4 + 2)
}

fn answer_with(
    page: &mut Page,
    worker: usize,
    run: RunId,
    heat: usize,
    step: u32,
    floats: usize,
) -> Vec<Effect> {
    let fleet = page.state.devices.fleet().unwrap().id;
    page.act(Action::FromWorker {
        fleet,
        worker,
        event: Event::Inside {
            run,
            header: Box::new(header(heat, step)),
        },
        bulk: Some(Bulk::Floats(vec![0.25; floats])),
    })
}

fn frame_of(page: &mut Page, worker: usize, run: RunId, heat: usize) -> Vec<Effect> {
    let header = FrameHeader {
        heat,
        lane: 0,
        step: 1,
        components: 2,
        points: 0,
        neighbours: true,
        proxies: 0,
        explained: 0.0,
    };
    page.event(worker, Event::Frame { run, header })
}

/// The step of the batch that is seen.
fn seen(page: &Page) -> Option<u32> {
    page.state.look.seen().map(|seen| seen.0.header.step)
}

/// A page with four losses on as many workers as two cores allow, which looks into one of them, and the worker and heat there.
fn looking(heat: usize) -> (Page, RunId, (usize, usize)) {
    let mut page = Page::new(4);
    page.open(2);
    let run = page.state.race.run();
    let place = page.state.devices.fleet().unwrap().place(heat).unwrap();
    let loss = page.state.race.tracks()[heat].loss;
    let effects = page.act(Action::Show(Sheet::Inside(loss)));
    assert_eq!(asked(&effects), [(place.0, place.1, 0)]);
    (page, run, place)
}

#[test]
fn one_request_is_under_way_and_the_next_follows_a_frame() {
    let (mut page, run, (worker, heat)) = looking(3);
    assert_eq!(seen(&page), None);
    // Not before the answer.
    assert_eq!(asked(&frame_of(&mut page, worker, run, heat)), []);
    assert_eq!(asked(&answer(&mut page, worker, run, heat, 1)), []);
    assert_eq!(seen(&page), Some(1));
    // At the pace of its frames, and of no other heat's.
    let other = page.state.devices.fleet().unwrap().place(0).unwrap();
    assert_eq!(asked(&frame_of(&mut page, other.0, run, other.1)), []);
    let effects = frame_of(&mut page, worker, run, heat);
    assert_eq!(asked(&effects), [(worker, heat, 0)]);
    assert_eq!(asked(&frame_of(&mut page, worker, run, heat)), []);
    answer(&mut page, worker, run, heat, 2);
    assert_eq!(seen(&page), Some(2));
}

#[test]
fn nothing_is_asked_for_once_it_is_closed() {
    let (mut page, run, (worker, heat)) = looking(1);
    assert_eq!(asked(&page.act(Action::CloseSheet)), []);
    assert_eq!(asked(&answer(&mut page, worker, run, heat, 1)), []);
    assert_eq!(seen(&page), None);
    assert_eq!(asked(&frame_of(&mut page, worker, run, heat)), []);
    // Any other sheet asks for nothing, either.
    assert_eq!(asked(&page.act(Action::Show(Sheet::Help))), []);
    assert_eq!(asked(&frame_of(&mut page, worker, run, heat)), []);
}

#[test]
fn a_late_answer_of_another_loss_is_not_shown_in_its_place() {
    let (mut page, run, (worker, heat)) = looking(0);
    let other = page.state.race.tracks()[1].loss;
    let (next_worker, next_heat) = page.state.devices.fleet().unwrap().place(1).unwrap();
    // The first request is still under way.
    assert_eq!(asked(&page.act(Action::Show(Sheet::Inside(other)))), []);
    let effects = answer(&mut page, worker, run, heat, 1);
    assert_eq!(seen(&page), None);
    assert_eq!(asked(&effects), [(next_worker, next_heat, 0)]);
    answer(&mut page, next_worker, run, next_heat, 4);
    assert_eq!(seen(&page), Some(4));
}

#[test]
fn answers_of_an_older_run_are_dropped_and_the_new_run_is_asked() {
    let (mut page, old, (worker, heat)) = looking(2);
    answer(&mut page, worker, old, heat, 5);
    frame_of(&mut page, worker, old, heat);
    page.act(Action::Reset);
    let run = page.state.race.run();
    assert_ne!(run, old);
    answer(&mut page, worker, old, heat, 6);
    assert_eq!(
        seen(&page),
        Some(5),
        "of the old run, until the new one is there"
    );
    page.log.clear();
    page.start_all();
    assert_eq!(asked(&page.log), [(worker, heat, 0)]);
    assert_eq!(seen(&page), None);
    answer(&mut page, worker, run, heat, 0);
    assert_eq!(seen(&page), Some(0));
}

#[test]
fn a_batch_that_is_held_stays_and_costs_nothing() {
    let (mut page, run, (worker, heat)) = looking(0);
    answer(&mut page, worker, run, heat, 1);
    frame_of(&mut page, worker, run, heat);
    assert_eq!(asked(&page.act(Action::HoldLook(true))), []);
    // What was on its way is too late.
    answer(&mut page, worker, run, heat, 2);
    assert_eq!(seen(&page), Some(1));
    assert_eq!(asked(&frame_of(&mut page, worker, run, heat)), []);
    let effects = page.act(Action::HoldLook(false));
    assert_eq!(asked(&effects), [(worker, heat, 0)]);
    answer(&mut page, worker, run, heat, 3);
    assert_eq!(seen(&page), Some(3));
}

#[test]
fn an_answer_of_the_wrong_size_is_not_shown() {
    let (mut page, run, (worker, heat)) = looking(0);
    answer_with(&mut page, worker, run, heat, 1, 9);
    assert_eq!(seen(&page), None);
    // The next is asked for all the same.
    assert_eq!(asked(&frame_of(&mut page, worker, run, heat)).len(), 1);
}
