//! Losses that compare a batch with a memory of earlier ones: values against an independent computation in f64, and what
//! holds whatever they compute. Their gradients are in `loss_gradients`.

mod loss_support;

use kyori::loss::{LossKind, RelationKind};
use loss_support::{Batch, difference, numbers, outcome, outcomes, values, with_input};

const LABELS: [u32; 9] = [0, 1, 0, 2, 2, 1, 0, 3, 2];
const REMEMBERED: [u32; 7] = [2, 4, 0, 0, 1, 3, 4];

fn with_memory() -> impl Iterator<Item = LossKind> {
    LossKind::ALL
        .iter()
        .copied()
        .filter(|kind| kind.info().memory)
}

/// The cosines of an anchor with others of its class and with samples of other classes.
struct Anchor {
    positive: Vec<f64>,
    negative: Vec<f64>,
}

/// Every sample of the batch with all the others, those of the memory too.
fn anchors(batch: &Batch) -> Vec<Anchor> {
    let unit = |row: &[f32]| -> Vec<f64> {
        let norm = row.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>();
        row.iter().map(|x| f64::from(*x) / norm.sqrt()).collect()
    };
    let rows = batch.embeddings.chunks(batch.dim);
    let rows: Vec<Vec<f64>> = rows
        .chain(batch.memory.chunks(batch.dim))
        .map(unit)
        .collect();
    let labels = [&batch.labels[..], &batch.memory_labels].concat();
    (0..batch.size())
        .map(|i| {
            let mut anchor = Anchor {
                positive: Vec::new(),
                negative: Vec::new(),
            };
            for j in (0..rows.len()).filter(|j| *j != i) {
                let cosine = rows[i].iter().zip(&rows[j]).map(|(a, b)| a * b).sum();
                if labels[i] == labels[j] {
                    anchor.positive.push(cosine);
                } else {
                    anchor.negative.push(cosine);
                }
            }
            anchor
        })
        .collect()
}

fn distance(cosine: &f64) -> f64 {
    (2.0 - 2.0 * cosine).sqrt()
}

fn mean(terms: &[f64]) -> f64 {
    terms.iter().sum::<f64>() / terms.len().max(1) as f64
}

fn mean_of_positive(terms: impl Iterator<Item = f64>) -> f64 {
    mean(&terms.filter(|term| *term > 0.0).collect::<Vec<_>>())
}

/// Σ e^x
fn sum_exp(terms: impl Iterator<Item = f64>) -> f64 {
    terms.map(f64::exp).sum()
}

/// log Σ e^x, 0 over nothing.
fn lse(terms: impl Iterator<Item = f64>) -> f64 {
    let sum = sum_exp(terms);
    if sum == 0.0 { 0.0 } else { sum.ln() }
}

/// The loss as its file's formula says it, term by term.
fn reference(kind: LossKind, batch: &Batch) -> f64 {
    let p: Vec<f64> = batch.params.iter().map(|x| f64::from(*x)).collect();
    let anchors = anchors(batch);
    let each = |term: &dyn Fn(&Anchor) -> f64| mean(&anchors.iter().map(term).collect::<Vec<_>>());
    let positive = || anchors.iter().flat_map(|a| &a.positive);
    let negative = || anchors.iter().flat_map(|a| &a.negative);
    let with_positive: Vec<&Anchor> = anchors.iter().filter(|a| !a.positive.is_empty()).collect();
    let multi_similarity = |positive: &[f64], negative: &[f64]| {
        sum_exp(positive.iter().map(|s| -p[0] * (s - p[2]))).ln_1p() / p[0]
            + sum_exp(negative.iter().map(|s| p[1] * (s - p[2]))).ln_1p() / p[1]
    };
    match kind {
        LossKind::Contrastive => {
            mean_of_positive(positive().map(|s| distance(s) - p[0]))
                + mean_of_positive(negative().map(|s| p[1] - distance(s)))
        }
        LossKind::Margin => {
            let mut terms = Vec::new();
            for a in &anchors {
                for (ap, an) in a
                    .positive
                    .iter()
                    .flat_map(|ap| a.negative.iter().map(move |an| (ap, an)))
                {
                    terms.push(distance(ap) - p[1] + p[0]);
                    terms.push(p[1] - distance(an) + p[0]);
                }
            }
            mean_of_positive(terms.into_iter())
        }
        LossKind::GeneralisedLiftedStructure => each(&|a| {
            let pull = lse(a.positive.iter().map(|s| distance(s) - p[1]));
            let push = lse(a.negative.iter().map(|s| p[0] - distance(s)));
            (pull + push).max(0.0)
        }),
        LossKind::MultiSimilarity => each(&|a| multi_similarity(&a.positive, &a.negative)),
        LossKind::MultiSimilarityMined => each(&|a| {
            let hardest_negative = a.negative.iter().fold(-9.0, |most, s| s.max(most));
            let hardest_positive = a.positive.iter().fold(9.0, |least, s| s.min(least));
            let kept = |cosines: &[f64], keep: &dyn Fn(f64) -> bool| -> Vec<f64> {
                cosines.iter().copied().filter(|s| keep(*s)).collect()
            };
            multi_similarity(
                &kept(&a.positive, &|s| s - p[3] < hardest_negative),
                &kept(&a.negative, &|s| s + p[3] > hardest_positive),
            )
        }),
        LossKind::Nca => {
            let term = |a: &&Anchor| {
                let near = |of: &[f64]| sum_exp(of.iter().map(|s| -p[0] * (2.0 - 2.0 * s)));
                let own = near(&a.positive);
                -(own / (own + near(&a.negative))).ln()
            };
            mean(&with_positive.iter().map(term).collect::<Vec<_>>())
        }
        LossKind::Supcon => {
            let term = |a: &&Anchor| {
                let all = lse(a.positive.iter().chain(&a.negative).map(|s| s / p[0]));
                all - mean(&a.positive) / p[0]
            };
            mean(&with_positive.iter().map(term).collect::<Vec<_>>())
        }
        LossKind::NtXent => {
            let of_anchor = |a: &Anchor| -> Vec<f64> {
                let negatives = sum_exp(a.negative.iter().map(|s| s / p[0]));
                let term = |s: &f64| (negatives / (s / p[0]).exp()).ln_1p();
                a.positive.iter().map(term).collect()
            };
            mean(&anchors.iter().flat_map(of_anchor).collect::<Vec<_>>())
        }
        LossKind::Sigmoid => each(&|a| {
            let (t, b) = (p[0], p[1]);
            let term = |z: f64| move |s: &f64| (-z * (t * s + b)).exp().ln_1p();
            a.positive.iter().map(term(1.0)).sum::<f64>()
                + a.negative.iter().map(term(-1.0)).sum::<f64>()
        }),
        LossKind::Circle => {
            let term = |a: &&Anchor| {
                let (m, gamma) = (p[0], p[1]);
                let pull = a
                    .positive
                    .iter()
                    .map(|s| -gamma * (1.0 + m - s).max(0.0) * (s - 1.0 + m));
                let push = a
                    .negative
                    .iter()
                    .map(|s| gamma * (s + m).max(0.0) * (s - m));
                let x = lse(pull) + lse(push);
                x.max(0.0) + (-x.abs()).exp().ln_1p()
            };
            let both = with_positive.iter().filter(|a| !a.negative.is_empty());
            mean(&both.map(term).collect::<Vec<_>>())
        }
        other => panic!("{other:?} takes a memory and has no reference here"),
    }
}

#[test]
fn every_value_is_that_of_the_formula_with_and_without_a_memory() {
    let mut seen = 0;
    for kind in with_memory() {
        for seed in 1..=5 {
            let plain = Batch::random(kind, seed, 6, 5, &LABELS);
            let remembering = plain.clone().with_memory(seed, &REMEMBERED);
            let [without, with] = [&plain, &remembering].map(|batch| {
                let (found, expected) = (
                    f64::from(outcome(kind, batch).value),
                    reference(kind, batch),
                );
                let error = (found - expected).abs() / expected.abs().max(1e-3);
                assert!(error <= 2e-5, "{kind:?}: {found} instead of {expected}");
                found
            });
            assert_ne!(without, with, "{kind:?}: the memory is not looked at");
        }
        seen += 1;
    }
    assert_eq!(seen, 10);
}

/// The gradients by the rows are those of the matrix, whose columns of the memory stand still.
#[test]
fn a_pair_with_the_memory_pulls_only_the_sample_of_the_batch() {
    let kind = LossKind::NtXent;
    let batch = Batch::random(kind, 3, 6, 5, &LABELS).with_memory(3, &REMEMBERED);
    let (relation, by_rows) = with_input(kind, std::slice::from_ref(&batch), |input, loss| {
        let (gradients, relation) = input.backward_with_relation(&loss);
        (relation, numbers(gradients.embeddings))
    });
    assert_eq!(relation.kind, RelationKind::SampleCosines);
    let columns = LABELS.len() + REMEMBERED.len();
    assert_eq!(relation.gradient.dims(), [1, LABELS.len(), columns]);
    let gradient = numbers(relation.gradient);
    let unit: Vec<Vec<f64>> = batch
        .embeddings
        .chunks(6)
        .map(|row| {
            let norm = row
                .iter()
                .map(|x| f64::from(*x).powi(2))
                .sum::<f64>()
                .sqrt();
            row.iter().map(|x| f64::from(*x) / norm).collect()
        })
        .collect();
    // (G + Gᵀ) U + G' M, through the normalisation, in f64.
    let mut expected = Vec::new();
    for i in 0..LABELS.len() {
        let mut by_unit = [0.0_f64; 6];
        for j in 0..columns {
            let (pull, row): (f64, Vec<f64>) = if j < LABELS.len() {
                let both = gradient[i * columns + j] + gradient[j * columns + i];
                (f64::from(both), unit[j].clone())
            } else {
                let at = (j - LABELS.len()) * 6;
                let row = batch.memory[at..at + 6].iter().map(|x| f64::from(*x));
                (f64::from(gradient[i * columns + j]), row.collect())
            };
            by_unit
                .iter_mut()
                .zip(&row)
                .for_each(|(sum, x)| *sum += pull * x);
        }
        let row = &batch.embeddings[i * 6..i * 6 + 6];
        let norm = row
            .iter()
            .map(|x| f64::from(*x).powi(2))
            .sum::<f64>()
            .sqrt();
        let along: f64 = by_unit.iter().zip(&unit[i]).map(|(a, b)| a * b).sum();
        let of_row = by_unit.iter().zip(&unit[i]);
        expected.extend(of_row.map(|(g, u)| ((g - u * along) / norm) as f32));
    }
    let off = difference(&by_rows, &expected, 1e-6);
    assert!(off <= 1e-5, "off by {off:.1e}");
}

#[test]
fn a_lane_does_not_see_the_memory_of_the_others() {
    for kind in with_memory() {
        let lanes: Vec<Batch> = (0..4)
            .map(|seed| {
                let mut remembered = REMEMBERED;
                remembered.rotate_left(seed as usize);
                Batch::random(kind, 20 + seed, 4, 5, &LABELS).with_memory(seed, &remembered)
            })
            .collect();
        for (lane, together) in lanes.iter().zip(outcomes(kind, &lanes)) {
            let alone = outcome(kind, lane);
            assert!(alone.is_finite(), "{kind:?}");
            for (a, b) in [
                (&[alone.value][..], &[together.value][..]),
                (&alone.embeddings, &together.embeddings),
            ] {
                let off = difference(a, b, 1e-3);
                assert!(off <= 1e-6, "{kind:?}: moved by {off:.1e} beside others");
            }
        }
    }
}

/// Equal rows, rows of zeros and classes that only the memory has.
#[test]
fn a_memory_of_anything_leaves_all_numbers_finite() {
    for kind in with_memory() {
        let plain = Batch::random(kind, 9, 4, 5, &LABELS);
        let mut of_itself = plain.clone().with_memory(1, &LABELS);
        for (to, from) in of_itself
            .memory
            .chunks_mut(4)
            .zip(plain.embeddings.chunks(4))
        {
            let norm = from.iter().map(|x| x * x).sum::<f32>().sqrt();
            to.iter_mut()
                .zip(from)
                .for_each(|(to, from)| *to = from / norm);
        }
        let mut zero = plain.clone().with_memory(2, &REMEMBERED);
        zero.embeddings.fill(0.0);
        zero.memory[..8].fill(0.0);
        let foreign = plain.clone().with_memory(3, &[4, 4, 4]);
        let alone = Batch::random(kind, 9, 4, 5, &[3]).with_memory(4, &[3, 1]);
        for batch in [of_itself, zero, foreign, alone] {
            assert!(outcome(kind, &batch).is_finite(), "{kind:?}: {batch:?}");
        }
    }
}

#[test]
fn a_single_sample_learns_from_what_it_remembers() {
    for kind in with_memory() {
        // Whichever the directions are: a margin may be kept already.
        let mut largest = 0.0_f32;
        for seed in 1..=5 {
            let alone = Batch::random(kind, seed, 4, 5, &[3]);
            let remembering = alone.clone().with_memory(seed, &[3, 1]);
            assert!(values(kind, &[alone])[0].abs() <= 1e-6, "{kind:?}");
            let pulled = outcome(kind, &remembering).embeddings;
            largest = pulled.iter().fold(largest, |most, x| most.max(x.abs()));
        }
        assert!(largest > 1e-4, "{kind:?}: {largest}");
    }
}

#[test]
#[should_panic(expected = "triplet: compares within its batch only")]
fn a_loss_that_cannot_use_a_memory_is_given_none() {
    let batch = Batch::random(LossKind::Triplet, 1, 4, 5, &LABELS).with_memory(1, &REMEMBERED);
    outcome(LossKind::Triplet, &batch);
}
