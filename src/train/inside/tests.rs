//! Looking inside: the parts add up to the gradient, it disturbs nobody, and it is what the next step trains with.

use burn::tensor::Device;
use pollster::block_on;

use super::*;
use crate::data::{DataSpec, Dataset, SamplerSpec, SyntheticSpec};
use crate::experiment::{
    Conditions, EvaluateOn, HeatSpec, LaneSpec, Memory, NetSpec, RaceSpec, Schedule,
};
use crate::loss::LossKind;
use crate::record::CurvePoint;
use crate::train::Race;

const BATCH: usize = 15;
const DIM: usize = 6;

fn spec(loss: LossKind) -> RaceSpec {
    let lane = |seed| LaneSpec {
        seed,
        lr: 1e-2,
        proxy_lr_factor: 10.0,
        params: loss.info().defaults(),
    };
    RaceSpec {
        conditions: Conditions {
            data: DataSpec::Synthetic(SyntheticSpec {
                classes: 20,
                dim: 8,
                samples_per_class: 9,
                spread: 0.3,
                noise: 0.3,
                seed: 1,
            }),
            sampler: SamplerSpec::Balanced {
                classes: BATCH / 3,
                samples: 3,
            },
            net: NetSpec::mlp(&[12], DIM),
            schedule: Schedule {
                steps: 12,
                ..Schedule::default()
            },
            ..Conditions::default()
        },
        heats: vec![HeatSpec {
            loss,
            lanes: (1..=2).map(lane).collect(),
        }],
        evaluate_on: EvaluateOn::Test,
        evaluate_at: vec![0, 6, 12],
    }
}

fn race(spec: &RaceSpec) -> (Race, Samples) {
    let device = Device::flex();
    let dataset = Dataset::open(&spec.data, None).unwrap();
    let samples = Samples::new(&dataset, &device);
    (
        Race::new(spec, &dataset, &samples, &device).unwrap(),
        samples,
    )
}

fn numbers(tensor: Tensor<3>) -> Vec<f32> {
    tensor.into_data().try_into_vec().unwrap()
}

type Row = Vec<f64>;

fn rows(tensor: Tensor<3>) -> Vec<Row> {
    let [_, _, dim] = tensor.dims();
    let numbers = numbers(tensor);
    let wide = |row: &[f32]| row.iter().map(|x| f64::from(*x)).collect();
    numbers.chunks(dim).map(wide).collect()
}

fn dot(a: &Row, b: &Row) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn unit(row: &Row) -> Row {
    let length = dot(row, row).sqrt();
    row.iter().map(|x| x / length).collect()
}

fn centred(row: &Row) -> Row {
    let mean = row.iter().sum::<f64>() / row.len() as f64;
    row.iter().map(|x| x - mean).collect()
}

fn add(to: &mut Row, factor: f64, row: &Row) {
    to.iter_mut().zip(row).for_each(|(to, x)| *to += factor * x);
}

/// The gradient by the rows that are compared, from the attractions, one pair after another in f64. `columns` are the rows'
/// partners; the first of them are the rows themselves, where samples are compared with each other.
fn gradient_by_pairs(inside: &Inside, own: &[Row], columns: &[Row]) -> Vec<Row> {
    let header = &inside.header;
    let among = header.among();
    let mut gradient = vec![vec![0.0; own[0].len()]; own.len()];
    for (at, attraction) in inside.attraction.iter().enumerate() {
        let (i, j) = (at / columns.len(), at % columns.len());
        let pull = f64::from(*attraction);
        if header.kind == RelationKind::NoiseRatios {
            if i == j {
                continue;
            }
            // r = ‖c_i − c_j‖² / ‖c_i‖², which an attraction makes smaller.
            let signal = dot(&own[i], &own[i]);
            let mut difference = own[i].clone();
            add(&mut difference, -1.0, &own[j]);
            let ratio = dot(&difference, &difference) / signal;
            add(&mut gradient[i], 2.0 * pull / signal, &difference);
            add(&mut gradient[j], -2.0 * pull / signal, &difference);
            add(&mut gradient[i], -2.0 * pull * ratio / signal, &own[i]);
        } else {
            // s = u_i · u_j, which an attraction makes larger.
            add(&mut gradient[i], -pull, &columns[j]);
            if j < among {
                add(&mut gradient[j], -pull, &own[i]);
            }
        }
    }
    gradient
}

/// The gradient by the embeddings as they leave the network.
fn rebuilt(race: &Race, samples: &Samples, inside: &Inside, memory: Vec<Row>) -> Vec<f64> {
    let (heat, lane) = (race.heat(0), inside.header.lane);
    let inputs = samples.gather(&inside.header.samples).unsqueeze::<3>();
    let raw = rows(heat.net().lane(lane).forward(inputs));
    let vectors = heat.class_vectors();
    let vectors = vectors.map(|all| rows(all.clone().narrow(0, lane, 1)));
    let vectors = vectors.unwrap_or_default();
    if inside.header.kind == RelationKind::ClassLogits {
        return gradient_by_pairs(inside, &raw, &vectors).concat();
    }
    let units: Vec<Row> = raw.iter().map(unit).collect();
    let of_ratios = inside.header.kind == RelationKind::NoiseRatios;
    let own: Vec<Row> = if of_ratios {
        units.iter().map(centred).collect()
    } else {
        units.clone()
    };
    let mut columns = own[..inside.header.among()].to_vec();
    columns.extend(vectors.iter().map(unit));
    columns.extend(memory);
    let by_unit = gradient_by_pairs(inside, &own, &columns);
    let by_raw = by_unit.iter().zip(&units).zip(&raw).map(|((g, u), x)| {
        let g = if of_ratios { centred(g) } else { g.clone() };
        let (along, length) = (dot(&g, u), dot(x, x).sqrt());
        g.iter()
            .zip(u)
            .map(|(g, u)| (g - u * along) / length)
            .collect::<Row>()
    });
    by_raw.collect::<Vec<_>>().concat()
}

/// Largest difference as a share of the largest number.
fn off(found: &[f32], expected: &[f64]) -> f64 {
    assert_eq!(found.len(), expected.len());
    let largest = expected.iter().fold(1e-9_f64, |most, x| most.max(x.abs()));
    let differences = found.iter().zip(expected);
    let differences = differences.map(|(a, b)| (f64::from(*a) - b).abs() / largest);
    differences.fold(0.0, f64::max)
}

#[test]
fn the_sum_of_the_parts_is_the_gradient_for_every_loss() {
    for &loss in LossKind::ALL {
        let (mut race, samples) = race(&spec(loss));
        let mut worst = 0.0_f64;
        for _ in 0..4 {
            for lane in 0..2 {
                let inside = block_on(race.look_inside(0, lane)).unwrap();
                let expected = rebuilt(&race, &samples, &inside, Vec::new());
                worst = worst.max(off(&inside.gradient, &expected));
                assert!(inside.header.census.acting > 0, "{loss:?}: nothing acts");
            }
            (0..2).for_each(|_| race.step(0));
        }
        println!("{loss:?}: {worst:.1e}");
        assert!(worst <= 1e-5, "{loss:?}: off by {worst:.1e}");
    }
}

#[test]
fn with_a_memory_its_parts_are_among_them() {
    let with_memory = LossKind::ALL.iter().filter(|loss| loss.info().memory);
    for &loss in with_memory {
        let mut spec = spec(loss);
        spec.memory = Memory {
            batches: 2,
            after: 0,
        };
        let (mut race, samples) = race(&spec);
        (0..3).for_each(|_| race.step(0));
        let inside = block_on(race.look_inside(0, 1)).unwrap();
        assert_eq!(inside.header.memory.len(), 2 * BATCH, "{loss:?}");
        let memory = race.heat(0).remembered().unwrap();
        let memory = rows(memory.unit.narrow(0, 1, 1));
        let off = off(&inside.gradient, &rebuilt(&race, &samples, &inside, memory));
        assert!(off <= 1e-5, "{loss:?}: off by {off:.1e}");
        let drawn = inside.clone().without_memory();
        assert_eq!(drawn.header.left_out, 2 * BATCH);
        assert_eq!(drawn.header.columns(), BATCH);
        let columns = inside.header.columns();
        for row in 0..BATCH {
            let (all, kept) = (row * columns, row * BATCH);
            assert_eq!(drawn.value[kept..][..BATCH], inside.value[all..][..BATCH]);
            assert_eq!(
                drawn.attraction[kept..][..BATCH],
                inside.attraction[all..][..BATCH]
            );
        }
        let again = Inside::from_floats(drawn.header.clone(), drawn.floats());
        assert_eq!(again.as_ref(), Some(&drawn));
        assert_eq!(Inside::from_floats(drawn.header, inside.floats()), None);
    }
}

#[test]
fn mixtures_are_in_the_gradient_and_named_but_not_drawn() {
    for loss in [LossKind::Contrastive, LossKind::ProxyAnchor] {
        let mut spec = spec(loss);
        spec.mixup = 0.4;
        let (race, samples) = race(&spec);
        let inside = block_on(race.look_inside(0, 1)).unwrap();
        assert_eq!(inside.header.mixtures, BATCH);
        let columns = inside.header.columns();
        assert_eq!(inside.value.len(), BATCH * columns);
        let without = rebuilt(&race, &samples, &inside, Vec::new());
        let off = off(&inside.gradient, &without);
        assert!(off > 1e-3, "{loss:?}: mixtures pull nobody");
    }
}

/// Curves of a race, looked into after each step or never.
fn curves(spec: &RaceSpec, looks: bool) -> Vec<CurvePoint> {
    let (mut race, _) = race(spec);
    let mut points = vec![block_on(race.evaluate(0)).unwrap()];
    while !race.is_finished(0) {
        if looks {
            block_on(race.look_inside(0, 1)).unwrap();
        }
        race.step(0);
        if looks {
            block_on(race.look_inside(0, 0)).unwrap();
        }
        if race.evaluation_due(0) {
            block_on(race.settle(0)).unwrap();
            points.push(block_on(race.evaluate(0)).unwrap());
        }
    }
    points
}

#[test]
fn a_race_that_was_looked_into_has_the_same_curves_bit_for_bit() {
    for loss in [
        LossKind::ProxyAnchor,
        LossKind::TripletSemiHard,
        LossKind::MultiSimilarityMined,
        LossKind::Softmax,
    ] {
        let mut spec = spec(loss);
        spec.memory = Memory {
            batches: 2,
            after: 1,
        };
        spec.mixup = 0.4;
        assert_eq!(curves(&spec, true), curves(&spec, false), "{loss:?}");
    }
}

/// It is the batch, and the loss, of the next step.
#[test]
fn what_is_seen_is_what_the_next_step_trains_on() {
    for &loss in LossKind::ALL {
        let (mut race, _) = race(&spec(loss));
        (0..3).for_each(|_| race.step(0));
        block_on(race.settle(0)).unwrap();
        let before: Vec<f32> = (0..2)
            .map(|lane| {
                block_on(race.look_inside(0, lane))
                    .unwrap()
                    .header
                    .census
                    .loss
            })
            .collect();
        race.step(0);
        block_on(race.settle(0)).unwrap();
        let point = block_on(race.evaluate(0)).unwrap();
        for (lane, before) in before.into_iter().enumerate() {
            let trained = point.lanes[lane].unwrap().loss.unwrap();
            assert!(
                (trained - before).abs() <= 1e-5 * before.abs().max(0.1),
                "{loss:?}: {trained} is not {before}"
            );
        }
    }
}

#[test]
fn classes_are_those_of_the_data_set() {
    let dataset = Dataset::open(&spec(LossKind::Triplet).data, None).unwrap();
    for loss in [
        LossKind::Triplet,
        LossKind::SoftTriple,
        LossKind::PotentialField,
    ] {
        let (race, _) = race(&spec(loss));
        let Inside { header, .. } = block_on(race.look_inside(0, 0)).unwrap();
        for (sample, class) in header.samples.iter().zip(&header.classes) {
            assert_eq!(dataset.labels[*sample as usize], *class);
        }
        let rows = loss
            .info()
            .learned_rows(race.train_classes(), &loss.info().defaults());
        assert_eq!(header.vectors.len(), rows, "{loss:?}");
        let mut own = header.vectors.clone();
        own.dedup();
        let learned = if rows > 0 { race.train_classes() } else { 0 };
        assert_eq!(own.len(), learned, "{loss:?}");
    }
}
