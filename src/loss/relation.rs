//! Relations: the matrix that a loss compares its batch by, and the way from its gradient back to what is trained.
//!
//! Nearly every loss is a function of one matrix: how close each sample is to each other sample, or to each learned
//! vector. That matrix is the leaf of the recorded graph. Burn's autodiff ends there with G = ∂L/∂(matrix), which is *who
//! pulls whom*; the rest of the way, to embeddings, learned vectors and biases, is two products and written out below.
//!
//! # Shapes
//! B samples in a batch, R learned vectors, D dimensions. U `[lane, B, D]` are the embeddings and V `[lane, R, D]` the
//! learned vectors, both of length 1; X and W are the same as they are, b `[lane, 1, R]` the biases. M `[lane, K, D]` are K
//! samples of earlier batches, of length 1, which get no gradient.
//!
//! | kind | matrix | ∂L/∂(rows) |
//! |---|---|---|
//! | [`SampleCosines`](RelationKind::SampleCosines) | S = U Uᵀ, `[lane, B, B]` | U: (G + Gᵀ) U |
//! | the same with a [memory](super::Remembered) | S = U (U, M)ᵀ, `[lane, B, B + K]` | U: (G + Gᵀ) U + G' M, G = (G, G') by columns |
//! | the same with mixtures V of the batch ([`Mixing`](super::Mixing)) | S = U (U, V)ᵀ | U: (G + Gᵀ) U + G' V + by V; V: G'ᵀ U |
//! | [`ClassCosines`](RelationKind::ClassCosines) | S = U Vᵀ, `[lane, B, R]` | U: G V; V: Gᵀ U |
//! | [`AllCosines`](RelationKind::AllCosines) | S = A Aᵀ of the rows A = (U, V), `[lane, B + R, B + R]` | A: (G + Gᵀ) A |
//! | [`ClassLogits`](RelationKind::ClassLogits) | Z = X Wᵀ + b, `[lane, B, R]` | X: G W; W: Gᵀ X; b: Σ over samples of G |
//! | [`NoiseRatios`](RelationKind::NoiseRatios) | r_ij = var(u_i − u_j) / var(u_i), `[lane, B, B]` | [`snr_contrastive`] |

use burn::tensor::Tensor;

use super::{LossInput, RelationKind, parts, snr_contrastive};

/// What a loss saw of one batch, and how it pulls.
///
/// # Shapes
/// Both tensors as the kind says, without autodiff.
#[derive(Clone, Debug)]
pub struct Relation {
    pub kind: RelationKind,
    /// How close the two are: S, Z or r.
    pub value: Tensor<3>,
    /// ∂L/∂value of each lane's own loss.
    pub gradient: Tensor<3>,
}

impl Relation {
    /// How strongly each pair is pulled together, in units of the loss per unit of the relation: above 0 the two attract
    /// each other, below 0 they repel, 0 means that the loss no longer cares (or never did) about this pair.
    ///
    /// It is −∂L/∂s where larger values are closer, and ∂L/∂r for ratios of noise. Of one pair of samples add (i, j) and
    /// (j, i).
    pub fn attraction(&self) -> Tensor<3> {
        let gradient = self.gradient.clone();
        if self.kind.larger_is_closer() {
            gradient.neg()
        } else {
            gradient
        }
    }
}

/// The gradients of what is trained, without autodiff, each of the shape of what it is the gradient by.
#[derive(Clone, Debug)]
pub struct LossGradients {
    /// `[lane, batch, dim]`
    pub embeddings: Tensor<3>,
    /// `[lane, row, dim]`, where the loss learns vectors.
    pub class_vectors: Option<Tensor<3>>,
    /// `[lane, 1, class]`, where the loss learns biases.
    pub bias: Option<Tensor<3>>,
}

/// The form of the relation that a loss computes with, and that its recorded graph starts from.
#[derive(Clone, Copy, Debug)]
enum Form {
    /// The relation itself.
    Plain,
    /// Its transpose: sums over the samples then run along the last axis.
    Transposed,
    /// Distances d = √(2 − 2s) of unit rows instead of cosines s.
    Distance,
}

/// The leaf of the recorded graph.
#[derive(Clone, Debug)]
pub(super) struct Leaf {
    kind: RelationKind,
    form: Form,
    tracked: Tensor<3>,
}

/// What a loss may ask for, each a leaf of the recorded graph. A loss asks for one of them, once.
impl LossInput<'_> {
    /// Cosines of the samples with each other, and with those of the memory, `[lane, batch, batch + kept]`.
    pub fn sample_cosines(&self) -> Tensor<3> {
        let cosines = self.plain_sample_cosines();
        self.leaf_of(RelationKind::SampleCosines, Form::Plain, cosines)
    }

    pub(super) fn plain_sample_cosines(&self) -> Tensor<3> {
        let unit = self.embeddings.unit();
        let within = parts::dot_products(unit.clone(), unit.clone());
        self.with_others(within, |rows| parts::dot_products(unit.clone(), rows))
    }

    /// Columns of the batch, and behind them those of the memory and of the mixtures, where there are any.
    fn with_others(&self, within: Tensor<3>, to: impl Fn(Tensor<3>) -> Tensor<3>) -> Tensor<3> {
        let memory = self.memory.as_ref().map(|memory| memory.unit.clone());
        let mixed = self.mixed.as_ref().map(|mixed| mixed.rows.unit());
        let others: Vec<Tensor<3>> = memory.into_iter().chain(mixed).map(to).collect();
        if others.is_empty() {
            return within;
        }
        Tensor::cat([vec![within], others].concat(), 2)
    }

    /// Distances of the normalised samples from each other, and from those of the memory, `[lane, batch, batch + kept]`, from 0 to
    /// 2, exactly 0 between equal rows.
    pub fn sample_distances(&self) -> Tensor<3> {
        let unit = self.embeddings.unit();
        let within = parts::distances(unit.clone());
        let distances = self.with_others(within, |rows| {
            parts::squared_distances_to(unit.clone(), rows).sqrt()
        });
        self.leaf_of(RelationKind::SampleCosines, Form::Distance, distances)
    }

    /// Distances of the normalised samples and learned vectors, `[lane, batch + row, batch + row]`, samples first.
    pub fn all_distances(&self) -> Tensor<3> {
        let distances = parts::distances(self.all_unit());
        self.leaf_of(RelationKind::AllCosines, Form::Distance, distances)
    }

    /// The normalised samples, and after them the learned vectors, `[lane, batch + row, dim]`.
    fn all_unit(&self) -> Tensor<3> {
        Tensor::cat(vec![self.embeddings.unit(), self.class_vectors().unit()], 1)
    }

    /// Noise-to-signal ratios of the samples, `[lane, anchor, other]`.
    pub fn noise_ratios(&self) -> Tensor<3> {
        let ratios = snr_contrastive::ratios(self.embeddings.unit());
        self.leaf_of(RelationKind::NoiseRatios, Form::Plain, ratios)
    }

    /// Cosines of samples and learned vectors, `[lane, batch, row]`.
    pub fn class_cosines(&self) -> Tensor<3> {
        let cosines = parts::dot_products(self.embeddings.unit(), self.class_vectors().unit());
        self.leaf_of(RelationKind::ClassCosines, Form::Plain, cosines)
    }

    /// The same the other way round, `[lane, row, batch]`: for sums over the samples, which are quickest along the last
    /// axis. Behind the batch's columns are those of the mixtures, where there are any.
    pub fn cosines_by_class(&self) -> Tensor<3> {
        let vectors = self.class_vectors().unit();
        let within = parts::dot_products(vectors.clone(), self.embeddings.unit());
        let cosines = self.with_others(within, |rows| parts::dot_products(vectors.clone(), rows));
        self.leaf_of(RelationKind::ClassCosines, Form::Transposed, cosines)
    }

    /// Dot products of samples and learned vectors as they are, plus the classes' biases, `[lane, batch, class]`.
    pub fn class_logits(&self) -> Tensor<3> {
        let products = parts::dot_products(self.embeddings.raw(), self.class_vectors().raw());
        self.leaf_of(
            RelationKind::ClassLogits,
            Form::Plain,
            products + self.bias(),
        )
    }

    /// −d² of normalised samples, up to ‖u_i‖² of the row i, `[lane, batch, batch + kept]`: 2 u·v − ‖v‖².
    pub fn sample_closeness(&self) -> Tensor<3> {
        let columns = match &self.memory {
            None => self.embeddings.unit(),
            Some(memory) => Tensor::cat(vec![self.embeddings.unit(), memory.unit.clone()], 1),
        };
        closeness(self.sample_cosines(), columns)
    }

    /// −d² of normalised samples and learned vectors, up to ‖u_i‖² of the row i, `[lane, batch, row]`: 2 u·v − ‖v‖².
    pub fn class_closeness(&self) -> Tensor<3> {
        closeness(self.class_cosines(), self.class_vectors().unit())
    }

    fn leaf_of(&self, kind: RelationKind, form: Form, value: Tensor<3>) -> Tensor<3> {
        let tracked = value.autodiff().require_grad();
        let leaf = Leaf {
            kind,
            form,
            tracked: tracked.clone(),
        };
        self.leaf
            .set(leaf)
            .expect("a loss asks for one relation, and once");
        tracked
    }
}

/// −‖u − v‖² + ‖u‖² = 2 u·v − ‖v‖²: what is left out, a softmax over the columns ignores.
///
/// # Shapes
/// Cosines `[lane, row, column]` and the columns' own vectors `[lane, column, dim]`, of length 1, or 0 for a row of zeros.
fn closeness(cosines: Tensor<3>, columns: Tensor<3>) -> Tensor<3> {
    cosines.mul_scalar(2.0) - parts::as_row(columns.square().sum_dim(2))
}

/// The way back.
impl LossInput<'_> {
    /// The gradients of all lanes' losses. Lanes do not mix: each lane's gradients are those of its own loss.
    ///
    /// # Shapes
    /// `loss`: `[lane, 1, 1]`, what the loss made of this input.
    ///
    /// # Panics
    /// Where the loss is not a function of the relation that it asked for: a broken loss, no broken input.
    pub fn backward(&self, loss: &Tensor<3>) -> LossGradients {
        self.by_rows(self.by_relation(loss))
    }

    /// As [`LossInput::backward`], with the relation itself: who pulls whom.
    pub fn backward_with_relation(&self, loss: &Tensor<3>) -> (LossGradients, Relation) {
        let gradient = self.by_relation(loss);
        let Leaf {
            kind,
            form,
            tracked,
        } = self.used_leaf();
        let leaf = tracked.clone().without_autodiff();
        let value = match form {
            Form::Plain => leaf,
            Form::Transposed => leaf.swap_dims(1, 2),
            // Not 1 − d²/2, which is no cosine where a row is zero.
            Form::Distance => match kind {
                RelationKind::AllCosines => {
                    let unit = self.all_unit();
                    parts::dot_products(unit.clone(), unit)
                }
                _ => self.plain_sample_cosines(),
            },
        };
        let relation = Relation {
            kind: *kind,
            value,
            gradient: gradient.clone(),
        };
        (self.by_rows(gradient), relation)
    }

    fn used_leaf(&self) -> &Leaf {
        self.leaf
            .get()
            .expect("every loss asks for a relation before it computes anything")
    }

    /// G = ∂L/∂(relation).
    fn by_relation(&self, loss: &Tensor<3>) -> Tensor<3> {
        let Leaf { form, tracked, .. } = self.used_leaf();
        // Backward starts from ones: from the sum of the lanes' losses, which do not mix.
        let gradient = tracked
            .grad_remove(&mut loss.backward())
            .expect("a loss is a function of its relation");
        match form {
            Form::Plain => gradient,
            Form::Transposed => gradient.swap_dims(1, 2),
            Form::Distance => {
                // ∂d/∂s = −1/d, and nothing where two rows are equal: there d has no direction to grow in. A distance
                // above 0 is at least 3e-5, so that the floor is no distance's.
                let distance = tracked.clone().without_autodiff();
                let floored = distance.clone().square().clamp_min(1e-12);
                (gradient * distance / floored).neg()
            }
        }
    }

    /// The gradients of the rows from G, as the table above says.
    fn by_rows(&self, gradient: Tensor<3>) -> LossGradients {
        let samples = |embeddings| LossGradients {
            embeddings,
            class_vectors: None,
            bias: None,
        };
        match self.used_leaf().kind {
            RelationKind::SampleCosines => {
                let [_, batch, _] = self.dims();
                // Of the columns from one on, as many as there are rows.
                let from = |first: usize, rows: &Tensor<3>| {
                    gradient.clone().narrow(2, first, rows.dims()[1])
                };
                let unit = self.embeddings.unit();
                let is_plain = self.memory.is_none() && self.mixed.is_none();
                let within = if is_plain {
                    gradient.clone()
                } else {
                    from(0, &unit)
                };
                let both = within.clone() + within.swap_dims(1, 2);
                let mut by_unit = both.matmul(unit.clone());
                let mut first = batch;
                if let Some(memory) = &self.memory {
                    by_unit = by_unit + from(first, &memory.unit).matmul(memory.unit.clone());
                    first += memory.unit.dims()[1];
                }
                if let Some(mixed) = &self.mixed {
                    let mixtures = mixed.rows.unit();
                    let to_mixed = from(first, &mixtures);
                    let by_mixed = to_mixed.clone().swap_dims(1, 2).matmul(unit);
                    by_unit = by_unit + to_mixed.matmul(mixtures) + mixed.gradient(by_mixed);
                }
                samples(self.embeddings.gradient(by_unit))
            }
            RelationKind::AllCosines => {
                let both = gradient.clone() + gradient.swap_dims(1, 2);
                let by_unit = both.matmul(self.all_unit());
                let vectors = self.class_vectors();
                let ([_, batch, _], [_, rows, _]) = (self.dims(), vectors.dims());
                LossGradients {
                    embeddings: self
                        .embeddings
                        .gradient(by_unit.clone().narrow(1, 0, batch)),
                    class_vectors: Some(vectors.gradient(by_unit.narrow(1, batch, rows))),
                    bias: None,
                }
            }
            RelationKind::NoiseRatios => {
                let leaf = self.used_leaf().tracked.clone().without_autodiff();
                let by_unit = snr_contrastive::by_unit(self.embeddings.unit(), leaf, gradient);
                samples(self.embeddings.gradient(by_unit))
            }
            RelationKind::ClassCosines => {
                let vectors = self.class_vectors();
                let ([_, batch, _], unit) = (self.dims(), self.embeddings.unit());
                let by_row = gradient.clone().matmul(vectors.unit());
                let (by_unit_sample, rows) = match &self.mixed {
                    None => (by_row, unit),
                    Some(mixed) => {
                        let by_mixed = by_row.clone().narrow(1, batch, batch);
                        (
                            by_row.narrow(1, 0, batch) + mixed.gradient(by_mixed),
                            Tensor::cat(vec![unit, mixed.rows.unit()], 1),
                        )
                    }
                };
                let by_unit_vector = gradient.swap_dims(1, 2).matmul(rows);
                LossGradients {
                    embeddings: self.embeddings.gradient(by_unit_sample),
                    class_vectors: Some(vectors.gradient(by_unit_vector)),
                    bias: None,
                }
            }
            RelationKind::ClassLogits => LossGradients {
                embeddings: gradient.clone().matmul(self.class_vectors().raw()),
                class_vectors: Some(
                    gradient
                        .clone()
                        .swap_dims(1, 2)
                        .matmul(self.embeddings.raw()),
                ),
                bias: Some(gradient.sum_dim(1)),
            },
        }
    }
}
