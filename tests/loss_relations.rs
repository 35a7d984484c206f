//! Relations: the matrix that each loss compares its batch by, its gradient, and the way back to the rows.

mod loss_support;

use burn::tensor::{Device, Tensor, TensorData};
use kyori::loss::{LossGradients, LossKind, Relation, RelationKind};
use loss_support::{Batch, Outcome, difference, numbers, outcome, outcomes_of, with_input};

const LABELS: [u32; 9] = [0, 1, 0, 2, 2, 1, 0, 3, 2];

/// Relation, gradients and loss of some lanes.
fn relation(kind: LossKind, lanes: &[Batch]) -> (Relation, LossGradients, Tensor<3>) {
    with_input(kind, lanes, |input, loss| {
        let (gradients, relation) = input.backward_with_relation(&loss);
        (relation, gradients, loss)
    })
}

/// What a relation is, recorded by Burn's autodiff from the rows as they are.
struct Recorded {
    embeddings: Tensor<3>,
    vectors: Option<Tensor<3>>,
    bias: Option<Tensor<3>>,
    matrix: Tensor<3>,
}

impl Recorded {
    fn new(kind: RelationKind, batch: &Batch) -> Self {
        let leaf = |values: &[f32], columns: usize| {
            let shape = [1, values.len() / columns, columns];
            let values =
                Tensor::<3>::from_data(TensorData::new(values.to_vec(), shape), &Device::flex());
            values.autodiff().require_grad()
        };
        let embeddings = leaf(&batch.embeddings, batch.dim);
        let vectors = (!batch.vectors.is_empty()).then(|| leaf(&batch.vectors, batch.dim));
        let bias = (!batch.bias.is_empty()).then(|| leaf(&batch.bias, batch.classes));
        let unit = |x: &Tensor<3>| x.clone() / x.clone().square().sum_dim(2).sqrt();
        let products = |a: Tensor<3>, b: Tensor<3>| a.matmul(b.swap_dims(1, 2));
        let learned = || {
            vectors
                .as_ref()
                .expect("the relation is to learned vectors")
        };
        let matrix = match kind {
            RelationKind::SampleCosines => products(unit(&embeddings), unit(&embeddings)),
            RelationKind::ClassCosines => products(unit(&embeddings), unit(learned())),
            RelationKind::AllCosines => {
                let all = Tensor::cat(vec![unit(&embeddings), unit(learned())], 1);
                products(all.clone(), all)
            }
            RelationKind::ClassLogits => {
                let bias = bias.clone().expect("logits have a bias");
                products(embeddings.clone(), learned().clone()) + bias
            }
            RelationKind::NoiseRatios => {
                let rows = unit(&embeddings);
                let differences =
                    rows.clone().unsqueeze_dim::<4>(2) - rows.clone().unsqueeze_dim(1);
                let variance = |x: Tensor<4>| (x.clone() - x.mean_dim(3)).square().sum_dim(3);
                let [lanes, batch, _] = rows.dims();
                let noise = variance(differences).reshape([lanes, batch, batch]);
                let signal = variance(rows.unsqueeze_dim(1)).reshape([lanes, batch, 1]);
                noise / signal
            }
        };
        Self {
            embeddings,
            vectors,
            bias,
            matrix,
        }
    }

    /// The gradients by the rows of a loss whose gradient by the matrix is this.
    fn backward(self, gradient: Tensor<3>) -> LossGradients {
        let gradients = (self.matrix * gradient).sum().backward();
        let of = |leaf: &Tensor<3>| leaf.grad(&gradients).expect("the matrix is of this leaf");
        LossGradients {
            embeddings: of(&self.embeddings),
            class_vectors: self.vectors.as_ref().map(of),
            bias: self.bias.as_ref().map(of),
        }
    }
}

fn largest_difference(a: &Outcome, b: &Outcome) -> f32 {
    [
        (&a.embeddings, &b.embeddings),
        (&a.vectors, &b.vectors),
        (&a.bias, &b.bias),
    ]
    .into_iter()
    .map(|(a, b)| difference(a, b, 1e-6))
    .fold(0.0, f32::max)
}

#[test]
fn the_parts_of_every_relation_add_up_to_the_gradient_by_the_rows() {
    for &kind in LossKind::ALL {
        let mut worst = 0.0_f32;
        for seed in 1..=5 {
            let batch = Batch::random(kind, 40 + seed, 6, 5, &LABELS);
            let (relation, gradients, loss) = relation(kind, std::slice::from_ref(&batch));
            let recorded = Recorded::new(relation.kind, &batch);
            let values = numbers(relation.value.clone());
            let expected = numbers(recorded.matrix.clone().without_autodiff());
            let off = difference(&values, &expected, 1e-2);
            assert!(
                off <= 1e-5,
                "{kind:?}: the relation's value is off by {off:.1e}"
            );

            let theirs = recorded.backward(relation.gradient);
            let ours = outcomes_of(gradients, loss.clone()).remove(0);
            let theirs = outcomes_of(theirs, loss).remove(0);
            worst = worst.max(largest_difference(&ours, &theirs));
        }
        println!("{kind:?}: {worst:.1e}");
        assert!(
            worst <= 1e-5,
            "{kind:?}: the way back is off by {worst:.1e}"
        );
    }
}

#[test]
fn asking_for_the_relation_changes_no_gradient() {
    for &kind in LossKind::ALL {
        let batch = Batch::random(kind, 3, 4, 5, &LABELS);
        let (_, gradients, loss) = relation(kind, std::slice::from_ref(&batch));
        assert_eq!(
            outcomes_of(gradients, loss).remove(0),
            outcome(kind, &batch)
        );
    }
}

#[test]
fn a_relation_of_one_lane_does_not_see_the_others() {
    for &kind in LossKind::ALL {
        let lanes: Vec<Batch> = (0..3)
            .map(|seed| Batch::random(kind, 60 + seed, 4, 5, &LABELS))
            .collect();
        let together = relation(kind, &lanes).0;
        for (lane, batch) in lanes.iter().enumerate() {
            let alone = relation(kind, std::slice::from_ref(batch)).0;
            for (alone, together) in [
                (alone.value, together.value.clone()),
                (alone.gradient, together.gradient.clone()),
            ] {
                let own = numbers(together.narrow(0, lane, 1));
                let off = difference(&numbers(alone), &own, 1e-4);
                assert!(off <= 1e-6, "{kind:?}: moved by {off:.1e} beside others");
            }
        }
    }
}

/// The first axis is the sample, the second what it is compared with, and a positive attraction pulls.
#[test]
fn own_class_attracts_and_other_classes_repel() {
    for &kind in LossKind::ALL {
        // Classes overlap, so that every loss has something to do.
        let mut batch = Batch::random(kind, 5, 4, 5, &LABELS);
        if let Some(delta) = kind.info().param("delta") {
            // No two of these classes are as close as its repulsion reaches by default.
            batch.params[delta] = 1.0;
        }
        let relation = relation(kind, std::slice::from_ref(&batch)).0;
        let [_, rows, columns] = relation.gradient.dims();
        let samples = LABELS.len();
        let (is_square, first_vector) = match relation.kind {
            RelationKind::SampleCosines | RelationKind::NoiseRatios => (true, samples),
            RelationKind::AllCosines => (true, samples),
            RelationKind::ClassCosines | RelationKind::ClassLogits => (false, 0),
        };
        let expected = if is_square { columns } else { samples };
        assert_eq!(rows, expected, "{kind:?}: a row for each sample");
        let class_of = |at: usize| -> u32 {
            match at.checked_sub(first_vector) {
                None => LABELS[at],
                Some(vector) => (vector * batch.classes / (columns - first_vector)) as u32,
            }
        };
        let attraction = numbers(relation.attraction());
        let (mut own, mut others) = (0.0_f32, 0.0_f32);
        for (at, pull) in attraction.iter().enumerate() {
            let (row, column) = (at / columns, at % columns);
            let row_class = LABELS.get(row).copied().unwrap_or_else(|| class_of(row));
            if is_square && row == column {
                assert_eq!(*pull, 0.0, "{kind:?}: a row does not pull itself");
            } else if class_of(column) == row_class {
                own += pull;
            } else {
                others += pull;
            }
        }
        assert!(own > 0.0, "{kind:?}: the own class's pull is {own}");
        assert!(
            others < 0.0,
            "{kind:?}: the other classes' pull is {others}"
        );
    }
}

/// The cosines of samples and proxies, the gradient by them, and how many samples each class has.
fn by_class(kind: LossKind, batch: &Batch) -> (Vec<f64>, Vec<f64>, Vec<usize>) {
    let relation = relation(kind, std::slice::from_ref(batch)).0;
    let read = |tensor| numbers(tensor).into_iter().map(f64::from).collect();
    let of_class = |class| batch.labels.iter().filter(move |label| **label == class);
    let counts = (0..batch.classes as u32).map(|class| of_class(class).count());
    (
        read(relation.value),
        read(relation.gradient),
        counts.collect(),
    )
}

/// With h = e^{∓α(s ∓ δ)} the sum of a proxy's gradients is α Σh / (1 + Σh), or α n e^x / (1 + n e^x) with the mean exponent x;
/// a sample takes h / Σh of it, or 1/n.
#[test]
fn proxy_anchor_weighs_its_samples_and_its_uniform_form_does_not() {
    for (kind, is_uniform) in [
        (LossKind::ProxyAnchor, false),
        (LossKind::ProxyAnchorUniform, true),
    ] {
        for seed in 1..=5 {
            let mut batch = Batch::random(kind, seed, 6, 5, &LABELS);
            // Where no logarithm is saturated: there the total is seen, too.
            (batch.params[0], batch.params[1]) = (0.1, 3.0);
            let (cosines, gradient, counts) = by_class(kind, &batch);
            let classes = batch.classes;
            let present = counts.iter().filter(|count| **count > 0).count() as f64;
            for class in 0..classes {
                for own in [true, false] {
                    let of_side =
                        (0..LABELS.len()).filter(|i| (LABELS[*i] as usize == class) == own);
                    let at: Vec<usize> = of_side.map(|i| i * classes + class).collect();
                    let (sign, over) = if own {
                        (-1.0, present)
                    } else {
                        (1.0, classes as f64)
                    };
                    let exponents: Vec<f64> = at
                        .iter()
                        .map(|at| 3.0 * (sign * cosines[*at] + 0.1))
                        .collect();
                    let count = at.len() as f64;
                    let mean = exponents.iter().sum::<f64>() / count.max(1.0);
                    let hardness: Vec<f64> = exponents
                        .iter()
                        .map(|x| if is_uniform { mean.exp() } else { x.exp() })
                        .collect();
                    let sum: f64 = hardness.iter().sum();
                    for (at, h) in at.iter().zip(&hardness) {
                        let expected = sign * 3.0 / over * h / (1.0 + sum);
                        let error = (gradient[*at] - expected).abs();
                        assert!(error <= 1e-6, "{kind:?}, {class}: {expected}, {error:.1e}");
                    }
                }
            }
        }
    }
}

/// Where all samples of a proxy are equally hard, weighing them is weighing them alike.
#[test]
fn equally_hard_samples_are_weighed_alike() {
    let mut batch = Batch::random(LossKind::ProxyAnchor, 8, 4, 5, &LABELS);
    let first: Vec<f32> = batch.embeddings[..4].to_vec();
    batch.embeddings = first.repeat(LABELS.len());
    let weighed = outcome(LossKind::ProxyAnchor, &batch);
    let alike = outcome(LossKind::ProxyAnchorUniform, &batch);
    assert!((weighed.value - alike.value).abs() <= 1e-5 * weighed.value);
    let off = largest_difference(&weighed, &alike);
    assert!(off <= 1e-5, "off by {off:.1e}");
}
