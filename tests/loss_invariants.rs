//! What holds of every registered loss, whatever it computes.

mod loss_support;

use kyori::loss::{Family, Learned, LossKind};
use loss_support::{Batch, Noise, difference, outcome, outcomes};

const LABELS: [u32; 9] = [0, 1, 0, 2, 2, 1, 0, 3, 2];
const TOLERANCE: f32 = 2e-4;

/// An orthogonal matrix, row after row.
fn rotation(dim: usize, seed: u64) -> Vec<Vec<f64>> {
    let mut noise = Noise(seed);
    let mut rows: Vec<Vec<f64>> = Vec::new();
    while rows.len() < dim {
        let mut row: Vec<f64> = noise.many(dim).into_iter().map(f64::from).collect();
        for other in &rows {
            let along: f64 = row.iter().zip(other).map(|(a, b)| a * b).sum();
            row.iter_mut().zip(other).for_each(|(a, b)| *a -= along * b);
        }
        let norm = row.iter().map(|x| x * x).sum::<f64>().sqrt();
        if norm > 0.1 {
            rows.push(row.into_iter().map(|x| x / norm).collect());
        }
    }
    rows
}

fn rotated(vectors: &[f32], by: &[Vec<f64>]) -> Vec<f32> {
    let rotate = |row: &[f32]| -> Vec<f32> {
        by.iter()
            .map(|axis| {
                axis.iter()
                    .zip(row)
                    .map(|(a, x)| a * f64::from(*x))
                    .sum::<f64>() as f32
            })
            .collect()
    };
    vectors.chunks(by.len()).flat_map(rotate).collect()
}

fn assert_same(kind: LossKind, what: &str, a: &[f32], b: &[f32]) {
    let error = difference(a, b, 1e-2);
    assert!(error <= TOLERANCE, "{kind:?}: {what} off by {error:.1e}");
}

#[test]
fn turning_the_space_turns_the_gradient() {
    for &kind in LossKind::ALL {
        // Variance over a vector's entries depends on the axes.
        if kind == LossKind::SnrContrastive {
            continue;
        }
        let batch = Batch::random(kind, 3, 4, 5, &LABELS);
        let turn = rotation(4, 11);
        let mut turned = batch.clone();
        turned.embeddings = rotated(&batch.embeddings, &turn);
        turned.vectors = rotated(&batch.vectors, &turn);
        let (a, b) = (outcome(kind, &batch), outcome(kind, &turned));
        assert_same(kind, "value", &[a.value], &[b.value]);
        assert_same(
            kind,
            "gradient by embeddings",
            &rotated(&a.embeddings, &turn),
            &b.embeddings,
        );
        assert_same(
            kind,
            "gradient by class vectors",
            &rotated(&a.vectors, &turn),
            &b.vectors,
        );
    }
}

#[test]
fn the_order_of_the_batch_does_not_matter() {
    for &kind in LossKind::ALL {
        let batch = Batch::random(kind, 5, 3, 5, &LABELS);
        // N-pair takes the first two of each class: there the order within a class stays.
        let order: [usize; 9] = if kind == LossKind::NPair {
            [1, 0, 3, 7, 2, 4, 5, 6, 8]
        } else {
            [6, 4, 8, 0, 7, 1, 5, 2, 3]
        };
        let mut shuffled = batch.clone();
        shuffled.labels = order.iter().map(|i| batch.labels[*i]).collect();
        let reorder = |rows: &[f32]| {
            order
                .iter()
                .flat_map(|i| rows[i * 3..i * 3 + 3].to_vec())
                .collect::<Vec<f32>>()
        };
        shuffled.embeddings = reorder(&batch.embeddings);
        let (a, b) = (outcome(kind, &batch), outcome(kind, &shuffled));
        assert_same(kind, "value", &[a.value], &[b.value]);
        assert_same(
            kind,
            "gradient by embeddings",
            &reorder(&a.embeddings),
            &b.embeddings,
        );
        assert_same(kind, "gradient by class vectors", &a.vectors, &b.vectors);
    }
}

#[test]
fn the_length_of_an_embedding_does_not_matter() {
    for &kind in LossKind::ALL {
        // The only one that does not normalise.
        if kind == LossKind::Softmax {
            continue;
        }
        let batch = Batch::random(kind, 7, 4, 5, &LABELS);
        let lengths: Vec<f32> = (0..9)
            .map(|i| 2.0_f32.powi([0, 3, -4, 60, -30, 1, 20, -1, 5][i]))
            .collect();
        let each = |rows: &[f32], by: &dyn Fn(f32) -> f32| -> Vec<f32> {
            rows.iter()
                .enumerate()
                .map(|(i, x)| x * by(lengths[i / 4]))
                .collect()
        };
        let mut longer = batch.clone();
        longer.embeddings = each(&batch.embeddings, &|length| length);
        let (a, b) = (outcome(kind, &batch), outcome(kind, &longer));
        assert_same(kind, "value", &[a.value], &[b.value]);
        assert_same(
            kind,
            "gradient",
            &a.embeddings,
            &each(&b.embeddings, &|length| length),
        );
    }
}

#[test]
fn a_lane_does_not_see_the_others() {
    for &kind in LossKind::ALL {
        let mut lanes: Vec<Batch> = (0..5)
            .map(|seed| Batch::random(kind, 20 + seed, 4, 5, &LABELS))
            .collect();
        let mut noise = Noise(77);
        for (i, lane) in lanes.iter_mut().enumerate() {
            lane.labels.rotate_left(i);
            for (value, param) in lane.params.iter_mut().zip(kind.info().params) {
                if param.per_lane() {
                    *value = (*value * (1.0 + 0.3 * noise.number())).clamp(param.min, param.max);
                }
            }
        }
        // One lane has neither positives nor sense.
        lanes[3].labels = (0..9).map(|i| i % 5).collect();
        lanes[3].embeddings = vec![0.0; lanes[3].embeddings.len()];
        let together = outcomes(kind, &lanes);
        for (lane, together) in lanes.iter().zip(&together) {
            let alone = outcome(kind, lane);
            for (a, b) in [
                (&[alone.value][..], &[together.value][..]),
                (&alone.embeddings, &together.embeddings),
                (&alone.vectors, &together.vectors),
                (&alone.bias, &together.bias),
            ] {
                let error = difference(a, b, 1e-3);
                assert!(
                    error <= 1e-6,
                    "{kind:?}: a lane's numbers moved by {error:.1e} beside others"
                );
            }
        }
    }
}

/// Batches that trip careless arithmetic.
fn edge_cases(kind: LossKind) -> Vec<(&'static str, Batch)> {
    let plain = Batch::random(kind, 9, 4, 5, &LABELS);
    let with = |change: &dyn Fn(&mut Batch)| {
        let mut batch = plain.clone();
        change(&mut batch);
        batch
    };
    let mut cases = vec![
        ("all zero", with(&|batch| batch.embeddings.fill(0.0))),
        ("one zero", with(&|batch| batch.embeddings[8..12].fill(0.0))),
        ("zero class vectors", with(&|batch| batch.vectors.fill(0.0))),
        ("all equal", with(&|batch| batch.embeddings.fill(0.5))),
        (
            "equal up to sign",
            with(&|batch| {
                batch
                    .embeddings
                    .iter_mut()
                    .for_each(|x| *x = 0.25_f32.copysign(*x))
            }),
        ),
        (
            "duplicates",
            with(&|batch| {
                batch.embeddings.copy_within(0..4, 4);
                batch.embeddings.copy_within(0..4, 8);
            }),
        ),
        (
            "opposite",
            with(&|batch| (0..4).for_each(|i| batch.embeddings[4 + i] = -batch.embeddings[i])),
        ),
        (
            "on the axes",
            with(&|batch| {
                batch.embeddings.fill(0.0);
                (0..9).for_each(|i| batch.embeddings[i * 4 + i % 4] = 1.0);
            }),
        ),
        (
            "on its class vector",
            with(&|batch| {
                let count = batch.vectors.len().min(batch.embeddings.len());
                batch.vectors[..count].copy_from_slice(&batch.embeddings[..count]);
                batch.labels = (0..9).map(|i| i % 5).collect();
            }),
        ),
        ("one class", with(&|batch| batch.labels.fill(2))),
        (
            "all distinct",
            Batch::random(kind, 9, 4, 9, &[0, 1, 2, 3, 4, 5, 6, 7, 8]),
        ),
        ("one sample", Batch::random(kind, 9, 4, 5, &[3])),
        (
            "two samples of one class",
            Batch::random(kind, 9, 4, 5, &[3, 3]),
        ),
        (
            "two samples of two classes",
            Batch::random(kind, 9, 4, 5, &[3, 1]),
        ),
        ("one class in all", Batch::random(kind, 9, 4, 1, &[0, 0, 0])),
        (
            "one sample of one class in all",
            Batch::random(kind, 9, 4, 1, &[0]),
        ),
        ("one dimension", Batch::random(kind, 9, 1, 5, &LABELS)),
        (
            "tiny",
            with(&|batch| batch.embeddings.iter_mut().for_each(|x| *x *= 1e-13)),
        ),
        (
            "huge",
            with(&|batch| {
                batch
                    .embeddings
                    .iter_mut()
                    .for_each(|x| *x *= 2.0_f32.powi(60))
            }),
        ),
    ];
    if kind.info().learned != Learned::ClassVectorsAndBias {
        cases.push((
            "largest",
            with(&|batch| batch.embeddings.iter_mut().for_each(|x| *x *= 3e38)),
        ));
        cases.push((
            "smallest",
            with(&|batch| batch.embeddings.iter_mut().for_each(|x| *x *= 1e-38)),
        ));
    }
    for (i, param) in kind.info().params.iter().enumerate() {
        for bound in [param.min, param.max] {
            // Of another number of centres there would be other vectors.
            if matches!(kind.info().learned, Learned::Centres(centres) if centres.info() == *param)
            {
                continue;
            }
            let mut batch = plain.clone();
            batch.params[i] = bound;
            cases.push(("a parameter at its bound", batch));
        }
    }
    cases
}

#[test]
fn finite_for_any_finite_input() {
    for &kind in LossKind::ALL {
        for (name, batch) in edge_cases(kind) {
            let outcome = outcome(kind, &batch);
            assert!(
                outcome.is_finite(),
                "{kind:?}, {name}, {:?}: {outcome:?}",
                batch.params
            );
        }
    }
}

/// Losses that pull even where there is but one class.
const PULLS_ALONE: [LossKind; 4] = [
    LossKind::ProxyAnchor,
    LossKind::ProxyAnchorUniform,
    LossKind::ProxyAnchorBySample,
    LossKind::PotentialField,
];

#[test]
fn nothing_to_compare_is_zero_with_a_live_backward_pass() {
    for &kind in LossKind::ALL {
        let nothing = match kind.info().family {
            Family::Pair | Family::Triplet => Batch::random(kind, 13, 3, 4, &[2]),
            // They pull samples and proxies of one class together, though there be no other.
            Family::Proxy if PULLS_ALONE.contains(&kind) => continue,
            Family::Proxy | Family::Softmax => Batch::random(kind, 13, 3, 1, &[0, 0, 0]),
        };
        // `outcome` panics where an input is not on the graph.
        let outcome = outcome(kind, &nothing);
        assert!(outcome.value.abs() <= 1e-6, "{kind:?}: {}", outcome.value);
        let gradients = outcome
            .embeddings
            .iter()
            .chain(&outcome.vectors)
            .chain(&outcome.bias);
        assert!(
            gradients.into_iter().all(|x| x.abs() <= 1e-6),
            "{kind:?}: {outcome:?}"
        );
    }
}

#[test]
fn triplets_need_a_positive_and_a_negative() {
    for kind in LossKind::ALL
        .iter()
        .copied()
        .filter(|kind| kind.info().family == Family::Triplet)
    {
        for labels in [[0, 0, 0, 0], [0, 1, 2, 3]] {
            let outcome = outcome(kind, &Batch::random(kind, 17, 3, 4, &labels));
            assert_eq!(outcome.value, 0.0, "{kind:?}, {labels:?}");
            assert!(
                outcome.embeddings.iter().all(|x| *x == 0.0),
                "{kind:?}, {labels:?}"
            );
        }
    }
}
