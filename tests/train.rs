//! Races as a whole, on the CPU: they learn, they repeat, and their lanes do not touch each other.

#![cfg(feature = "engine")]
#![allow(clippy::unwrap_used, reason = "what is wrong in a test shows at once")]

use burn::tensor::Device;
use kyori::data::{Dataset, GlyphSpec};
use kyori::experiment::{
    Conditions, DataSpec, EvaluateOn, Experiment, HeatSpec, LaneSpec, NetSpec, RaceSpec,
    SamplerSpec, Schedule, Start, SyntheticSpec,
};
use kyori::loss::LossKind;
use kyori::record::{CurvePoint, Measure};
use kyori::train::{Race, Samples};
use pollster::block_on;

fn lane(loss: LossKind, seed: u64, lr: f32) -> LaneSpec {
    LaneSpec {
        seed,
        lr,
        proxy_lr_factor: 10.0,
        params: loss.info().defaults(),
    }
}

fn race(loss: LossKind, lanes: Vec<LaneSpec>) -> RaceSpec {
    RaceSpec {
        conditions: Conditions {
            data: DataSpec::Synthetic(SyntheticSpec {
                classes: 40,
                dim: 24,
                samples_per_class: 12,
                spread: 0.16,
                noise: 0.3,
                seed: 3,
            }),
            sampler: SamplerSpec::Balanced {
                classes: 8,
                samples: 3,
            },
            net: NetSpec::mlp(&[32], 16),
            schedule: Schedule {
                steps: 120,
                clip_value: 10.0,
                ..Schedule::default()
            },
            ..Conditions::default()
        },
        heats: vec![HeatSpec { loss, lanes }],
        evaluate_on: EvaluateOn::Test,
        evaluate_at: vec![0, 40, 120],
    }
}

fn run(spec: &RaceSpec) -> Vec<CurvePoint> {
    let device = Device::flex();
    let dataset = Dataset::open(&spec.data, None).unwrap();
    let samples = Samples::new(&dataset, &device);
    let mut race = Race::new(spec, &dataset, &samples, &device).unwrap();
    let mut points = vec![block_on(race.evaluate(0)).unwrap()];
    while !race.is_finished(0) {
        race.step(0);
        if race.evaluation_due(0) {
            block_on(race.settle(0)).unwrap();
            points.push(block_on(race.evaluate(0)).unwrap());
        }
    }
    points
}

/// Every loss makes unseen classes easier to retrieve than the untrained network does.
#[test]
fn every_loss_learns() {
    for &loss in LossKind::ALL {
        let points = run(&race(loss, vec![lane(loss, 1, 3e-3), lane(loss, 2, 3e-3)]));
        let mean = |point: &CurvePoint| point.interval(Measure::MapAtR).unwrap().mean;
        let (before, after) = (mean(&points[0]), mean(&points[2]));
        assert!(
            after > before + 0.02,
            "{}: MAP@R was {before}, is {after}",
            loss.info().name
        );
    }
}

#[test]
fn the_same_experiment_gives_the_same_numbers_bit_for_bit() {
    for loss in [LossKind::ProxyAnchor, LossKind::TripletSemiHard] {
        let spec = race(loss, vec![lane(loss, 5, 3e-3), lane(loss, 6, 1e-3)]);
        assert_eq!(run(&spec), run(&spec));
    }
}

#[test]
fn a_lane_does_not_feel_the_others() {
    for &loss in LossKind::ALL {
        let alone = run(&race(loss, vec![lane(loss, 7, 2e-3)]));
        let among = run(&race(
            loss,
            vec![
                lane(loss, 1, 1e-2),
                lane(loss, 7, 2e-3),
                lane(loss, 3, 1e-4),
            ],
        ));
        for (alone, among) in alone.iter().zip(&among) {
            let (a, b) = (alone.lanes[0].unwrap(), among.lanes[1].unwrap());
            // Sums over rows may be taken in another order; a hundred steps later that is still far below a neighbour's
            // difference.
            // Before the first step there is no loss.
            let (loss_a, loss_b) = (a.loss.unwrap_or(0.0), b.loss.unwrap_or(0.0));
            assert_eq!(
                (a.loss.is_none(), b.loss.is_none()),
                (alone.step == 0, alone.step == 0)
            );
            assert!(
                (loss_a - loss_b).abs() <= 2e-3 * loss_a.abs().max(0.1),
                "{}: {a:?} is not {b:?}",
                loss.info().name
            );
            let map = |point: &CurvePoint, lane| point.get(lane, Measure::MapAtR).unwrap();
            assert!(
                (map(alone, 0) - map(among, 1)).abs() <= 0.02,
                "{}: {a:?} is not {b:?}",
                loss.info().name
            );
        }
    }
}

#[test]
fn a_lane_that_leaves_the_range_stops_alone() {
    let loss = LossKind::Softmax;
    let spec = race(loss, vec![lane(loss, 1, 1e30), lane(loss, 2, 2e-3)]);
    let device = Device::flex();
    let dataset = Dataset::open(&spec.data, None).unwrap();
    let samples = Samples::new(&dataset, &device);
    let mut race = Race::new(&spec, &dataset, &samples, &device).unwrap();
    let mut stopped = Vec::new();
    while !race.is_finished(0) {
        race.step(0);
        if race.evaluation_due(0) {
            stopped.extend(block_on(race.settle(0)).unwrap());
            block_on(race.evaluate(0)).unwrap();
        }
    }
    stopped.extend(block_on(race.settle(0)).unwrap());
    assert_eq!(stopped, [0]);
    let end = block_on(race.evaluate(0)).unwrap();
    assert_eq!(
        end.lanes[0], None,
        "nothing is measured of a lane that has ended"
    );
    assert!(end.lanes[1].unwrap().loss.is_some());
    assert!(end.get(1, Measure::MapAtR).unwrap() > 0.1);
}

#[test]
fn learning_rates_change_while_running() {
    let loss = LossKind::ProxyAnchor;
    let spec = race(loss, vec![lane(loss, 1, 3e-3)]);
    let device = Device::flex();
    let dataset = Dataset::open(&spec.data, None).unwrap();
    let samples = Samples::new(&dataset, &device);
    let mut race = Race::new(&spec, &dataset, &samples, &device).unwrap();
    // The plane shows where the points are; a map of neighbours would still be sorting itself.
    race.show_neighbours(false);
    race.step(0);
    race.set_rates(0, 0.0, 1.0);
    let before = block_on(race.frame(0)).unwrap();
    race.step(0);
    let after = block_on(race.frame(0)).unwrap();
    assert_eq!(before.header.points, race.view().len());
    assert_eq!(
        before.coordinates.len(),
        (before.header.points + before.header.proxies) * before.header.components
    );
    let furthest = before
        .coordinates
        .iter()
        .zip(&after.coordinates)
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, f32::max);
    assert!(
        furthest < 1e-3,
        "a point moved by {furthest} at learning rate 0"
    );
}

#[test]
fn settings_that_make_no_race_say_why() {
    let loss = LossKind::ProxyAnchor;
    let mut spec = race(loss, vec![]);
    let device = Device::flex();
    let dataset = Dataset::open(&spec.data, None).unwrap();
    let samples = Samples::new(&dataset, &device);
    let message = |spec: &RaceSpec| {
        Race::new(spec, &dataset, &samples, &device)
            .err()
            .unwrap()
            .to_string()
    };
    assert!(message(&spec).contains("at least one"));
    spec.heats[0].lanes = vec![LaneSpec {
        params: vec![],
        ..lane(loss, 1, 1e-3)
    }];
    assert!(
        message(&spec).contains("hyperparameters"),
        "{}",
        message(&spec)
    );
    spec.heats[0].lanes = vec![lane(loss, 1, 1e-3)];
    spec.sampler = SamplerSpec::Shuffled { batch: 1_000_000 };
    assert!(!message(&spec).is_empty());
}

/// The layer that was trained on other characters finds characters that it never saw, before and in the first steps of
/// training. Measured over ten seeds: see `assets/backbone.md`; here are two, and a margin far below what was measured.
#[test]
fn a_pretrained_layer_starts_ahead_on_unseen_classes() {
    let file = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/glyphs.bin")).unwrap();
    let mut experiment = Experiment::from_fragment("v=1").0;
    experiment.data = DataSpec::Glyphs(GlyphSpec { train_classes: 150 });
    experiment.entries.truncate(1);
    (experiment.seeds, experiment.schedule.steps) = (2, 20);
    let dataset = Dataset::open(&experiment.data, Some(&file)).unwrap();
    let device = Device::flex();
    let samples = Samples::new(&dataset, &device);
    let [scratch, pretrained] = [Start::Scratch, Start::Pretrained].map(|start| {
        experiment.start = start;
        let mut race = Race::new(
            &experiment.race(EvaluateOn::Test),
            &dataset,
            &samples,
            &device,
        )
        .unwrap();
        let before = block_on(race.evaluate(0)).unwrap();
        while !race.is_finished(0) {
            race.step(0);
        }
        block_on(race.settle(0)).unwrap();
        [before, block_on(race.evaluate(0)).unwrap()]
    });
    for (scratch, pretrained) in scratch.iter().zip(&pretrained) {
        for lane in 0..2 {
            let map = |point: &CurvePoint| point.get(lane, Measure::MapAtR).unwrap();
            assert!(
                map(pretrained) > map(scratch) + 0.05,
                "{pretrained:?} against {scratch:?}"
            );
        }
    }
    // The seed still counts: the embedding layer is its own.
    assert_ne!(
        pretrained[0].get(0, Measure::MapAtR),
        pretrained[0].get(1, Measure::MapAtR)
    );
}

#[test]
fn a_map_of_neighbours_starts_alike_for_all_losses_and_follows_the_training() {
    let losses = [LossKind::ProxyAnchor, LossKind::Contrastive];
    let mut first = Vec::new();
    for loss in losses {
        let spec = race(loss, vec![lane(loss, 1, 3e-3)]);
        let device = Device::flex();
        let dataset = Dataset::open(&spec.data, None).unwrap();
        let samples = Samples::new(&dataset, &device);
        let mut race = Race::new(&spec, &dataset, &samples, &device).unwrap();
        let before = block_on(race.frame(0)).unwrap();
        let header = &before.header;
        assert!(header.neighbours && header.components == 2 && header.proxies == 0);
        assert_eq!(header.points, race.view().len());
        assert_eq!(before, block_on(race.frame(0)).unwrap(), "the same step");
        for _ in 0..3 {
            race.step(0);
        }
        let after = block_on(race.frame(0)).unwrap();
        let pairs = before.coordinates.iter().zip(&after.coordinates);
        let moved =
            pairs.map(|(a, b)| (a - b).abs()).sum::<f32>() / before.coordinates.len() as f32;
        assert!(moved > 0.0 && moved < 0.5, "points move by {moved} radii");
        race.show_neighbours(false);
        let plane = block_on(race.frame(0)).unwrap().header;
        assert!(!plane.neighbours && plane.explained > 0.0);
        first.push(before.coordinates);
    }
    assert_eq!(first[0], first[1]);
}

/// What is read off the retrieval strip is what the curves show.
#[test]
fn what_lies_nearest_is_what_recall_counts() {
    let loss = LossKind::ProxyAnchor;
    let spec = race(loss, vec![lane(loss, 1, 3e-3), lane(loss, 2, 3e-3)]);
    let device = Device::flex();
    let dataset = Dataset::open(&spec.data, None).unwrap();
    let samples = Samples::new(&dataset, &device);
    let mut race = Race::new(&spec, &dataset, &samples, &device).unwrap();
    assert_eq!(race.retrieval(0), None, "nothing is measured yet");
    (0..10).for_each(|_| race.step(0));
    let point = block_on(race.evaluate(0)).unwrap();
    let few = race.retrieval(0).unwrap();
    assert_eq!((few.lane, few.step, few.queries.len()), (0, 10, 6));
    let mut classes: Vec<u32> = few
        .queries
        .iter()
        .map(|&q| dataset.labels[q as usize])
        .collect();
    classes.dedup();
    assert_eq!(classes.len(), 6, "each query is of another class");

    let measured = race.evaluation().to_vec();
    assert!(race.view().iter().all(|sample| measured.contains(sample)));
    race.look_up(&measured);
    for lane in 0..2 {
        race.show_lane(0, lane);
        let found = race.retrieval(0).unwrap();
        assert_eq!(found.queries, measured);
        let class = |sample: u32| dataset.labels[sample as usize];
        let pairs = found.queries.iter().zip(&found.nearest);
        let right = pairs.filter(|(query, nearest)| class(nearest[0]) == class(**query));
        let recall = right.count() as f64 / measured.len() as f64;
        let shown = point.get(lane, Measure::RecallAt1).unwrap();
        assert!((recall - shown).abs() < 1e-6, "{recall} is not {shown}");
        assert!(found.nearest.iter().all(|nearest| nearest.len() == 5));
    }
    // What is not measured cannot be looked up.
    let trained = (0..dataset.len() as u32).find(|sample| !measured.contains(sample));
    race.look_up(&[trained.unwrap(), measured[3]]);
    assert_eq!(race.retrieval(0).unwrap().queries, [measured[3]]);
}
