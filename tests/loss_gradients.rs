//! The gradient of every registered loss against central differences of its own value.

mod loss_support;

use kyori::loss::LossKind;
use loss_support::{Batch, Outcome, outcome, values};

/// Step of the differences, for embeddings and class vectors of about unit norm.
const STEP: f32 = 4e-3;
/// Two steps that agree this well, relative to the largest entry, have no kink between them.
const SMOOTH: f32 = 4e-3;
const TOLERANCE: f32 = 1.2e-2;

/// Which input is moved.
#[derive(Clone, Copy, Debug)]
enum Part {
    Embeddings,
    Vectors,
    Bias,
}

impl Part {
    fn of(self, batch: &mut Batch) -> &mut Vec<f32> {
        match self {
            Self::Embeddings => &mut batch.embeddings,
            Self::Vectors => &mut batch.vectors,
            Self::Bias => &mut batch.bias,
        }
    }

    fn gradient(self, outcome: &Outcome) -> &[f32] {
        match self {
            Self::Embeddings => &outcome.embeddings,
            Self::Vectors => &outcome.vectors,
            Self::Bias => &outcome.bias,
        }
    }
}

/// The value at every moved batch. Circle holds its weights still, which no difference of its value can see.
fn moved_values(kind: LossKind, at: &Batch, moved: &[Batch]) -> Vec<f32> {
    if kind == LossKind::Circle {
        moved.iter().map(|batch| circle(batch, at) as f32).collect()
    } else {
        values(kind, moved)
    }
}

/// Fourth-order central differences by every entry of a part, at two steps. Every moved batch is a lane of its own.
fn differences(kind: LossKind, at: &Batch, part: Part) -> Vec<[f32; 2]> {
    const OFFSETS: [f32; 6] = [-2.0, -1.0, -0.5, 0.5, 1.0, 2.0];
    let entries = part.of(&mut at.clone()).len();
    (0..entries)
        .map(|entry| {
            let mut real = [0.0; 6];
            let moved: Vec<Batch> = OFFSETS
                .iter()
                .zip(&mut real)
                .map(|(offset, real)| {
                    let mut batch = at.clone();
                    let x = &mut part.of(&mut batch)[entry];
                    let start = *x;
                    *x += offset * STEP;
                    // What the rounding of the sum left of the step.
                    *real = *x - start;
                    batch
                })
                .collect();
            let f = moved_values(kind, at, &moved);
            let slope = |a: usize, b: usize| f64::from(f[b] - f[a]) / f64::from(real[b] - real[a]);
            let (half, one, two) = (slope(2, 3), slope(1, 4), slope(0, 5));
            [
                ((4.0 * one - two) / 3.0) as f32,
                ((4.0 * half - one) / 3.0) as f32,
            ]
        })
        .collect()
}

#[test]
fn every_gradient_is_that_of_the_value() {
    for &kind in LossKind::ALL {
        let (mut compared, mut skipped, mut largest) = (0, 0, 0.0_f32);
        for seed in 1..=4 {
            // Three classes in the batch, a fourth absent.
            let mut batch = Batch::random(kind, seed, 3, 4, &[0, 1, 0, 2, 2, 1, 0]);
            if kind.info().memory && seed > 2 {
                batch = batch.with_memory(seed, &[3, 0, 2, 2, 1]);
            }
            if kind.info().mixup && seed % 2 == 0 {
                // The second time beside a memory, where the loss can have one.
                batch = batch.with_mixtures(seed as usize, 0.3);
            }
            let analytic = outcome(kind, &batch);
            for part in [Part::Embeddings, Part::Vectors, Part::Bias] {
                let expected = part.gradient(&analytic);
                let scale = expected
                    .iter()
                    .fold(1e-2_f32, |scale, x| scale.max(x.abs()));
                largest = largest.max(expected.iter().fold(0.0, |largest, x| largest.max(x.abs())));
                for (entry, [wide, narrow]) in
                    differences(kind, &batch, part).into_iter().enumerate()
                {
                    if (wide - narrow).abs() > SMOOTH * scale {
                        skipped += 1;
                        continue;
                    }
                    compared += 1;
                    let error = (narrow - expected[entry]).abs();
                    assert!(
                        error <= TOLERANCE * scale,
                        "{kind:?}, seed {seed}, {part:?}[{entry}]: difference {narrow}, gradient {}",
                        expected[entry]
                    );
                }
            }
        }
        println!("{kind:?}: {compared} entries agree, {skipped} at a kink, largest {largest:.3}");
        assert!(
            compared > 2 * skipped,
            "{kind:?}: only {compared} entries away from kinks, {skipped} at one"
        );
        assert!(largest > 1e-3, "{kind:?}: the gradient was never above 0");
    }
}

/// SupCon's value in f64: the mean over all anchors that have a positive.
fn supcon(batch: &Batch) -> f64 {
    let temperature = f64::from(batch.params[0]);
    let unit = unit_rows(batch);
    let logit = |i: usize, j: usize| dot(&unit[i], &unit[j]) / temperature;
    let others = |i: usize| (0..batch.size()).filter(move |j| *j != i);
    let is_positive = |i: usize, j: &usize| batch.labels[i] == batch.labels[*j];
    let mut terms = Vec::new();
    for i in 0..batch.size() {
        let positives: Vec<usize> = others(i).filter(|j| is_positive(i, j)).collect();
        let pull = |j: &usize| {
            let off = |k| (logit(i, k) - logit(i, *j)).exp();
            // log(1 + Σ over the rest), which f64 does not lose.
            others(i).filter(|k| k != j).map(off).sum::<f64>().ln_1p()
        };
        if !positives.is_empty() {
            terms.push(positives.iter().map(pull).sum::<f64>() / positives.len() as f64);
        }
    }
    terms.iter().sum::<f64>() / terms.len().max(1) as f64
}

/// Anchors that are where they should be have terms of 10⁻¹¹ and less, which f32 loses beside 1. They count in the mean all
/// the same: else the gradient of the others would jump as soon as one of them arrives.
#[test]
fn anchors_that_have_arrived_count_in_the_mean() {
    // Two classes have arrived, the third is still apart.
    let embeddings = [
        [1.0, 0.0, 0.0, 0.0],
        [1.0, 0.03, 0.0, 0.0],
        [0.0, 1.0, 0.0, 0.0],
        [0.0, 1.0, 0.03, 0.0],
        [0.0, 0.0, 1.0, 0.0],
        [0.0, 0.0, 0.05, 1.0],
    ];
    for (kind, expected) in [
        (
            LossKind::Circle,
            (|batch| circle(batch, batch)) as fn(&Batch) -> f64,
        ),
        (LossKind::Supcon, supcon),
    ] {
        let mut batch = Batch::random(kind, 1, 4, 3, &[0, 0, 1, 1, 2, 2]);
        batch.embeddings = embeddings.as_flattened().to_vec();
        if kind == LossKind::Supcon {
            batch.params[0] = 0.03;
        }
        let (found, expected) = (f64::from(outcome(kind, &batch).value), expected(&batch));
        let error = (found - expected).abs() / expected;
        assert!(error <= 1e-4, "{kind:?}: {found} instead of {expected}");
    }
}

/// The rows of length 1, in f64.
fn unit_rows(batch: &Batch) -> Vec<Vec<f64>> {
    let rows = batch.embeddings.chunks(batch.dim);
    rows.map(|row| {
        let square = row.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>();
        row.iter().map(|x| f64::from(*x) / square.sqrt()).collect()
    })
    .collect()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Circle's value in f64 with its weights held at another batch.
fn circle(batch: &Batch, frozen: &Batch) -> f64 {
    // The batch, and what it remembers.
    let with_memory = |of: &Batch| {
        let mut rows = unit_rows(of);
        let memory = of.memory.chunks(of.dim);
        rows.extend(memory.map(|row| row.iter().map(|x| f64::from(*x)).collect()));
        rows
    };
    let (u, w) = (with_memory(batch), with_memory(frozen));
    let labels: Vec<u32> = [&batch.labels[..], &batch.memory_labels].concat();
    let (m, gamma) = (f64::from(batch.params[0]), f64::from(batch.params[1]));
    let mut terms = Vec::new();
    for i in 0..batch.size() {
        let (mut pull, mut push) = (Vec::new(), Vec::new());
        let others = (0..labels.len()).filter(|j| *j != i);
        for j in others {
            let (s, still) = (dot(&u[i], &u[j]), dot(&w[i], &w[j]));
            if labels[i] == labels[j] {
                pull.push(-gamma * (1.0 + m - still).max(0.0) * (s - 1.0 + m));
            } else {
                push.push(gamma * (still + m).max(0.0) * (s - m));
            }
        }
        if !pull.is_empty() && !push.is_empty() {
            let lse = |x: &[f64]| x.iter().map(|x| x.exp()).sum::<f64>().ln();
            let x = lse(&pull) + lse(&push);
            terms.push(if x > 30.0 { x } else { x.exp().ln_1p() });
        }
    }
    let above: Vec<f64> = terms.into_iter().filter(|term| *term > 0.0).collect();
    above.iter().sum::<f64>() / above.len().max(1) as f64
}
