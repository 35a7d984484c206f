//! The census of a batch: how much of it a loss can use, how much of that still acts, and who takes the pull.
//!
//! It is counted from the relation of one batch (see [`RelationKind`]) and from the attraction in it, −∂L/∂(relation): above 0 two
//! attract each other, below 0 they repel.

use serde::{Deserialize, Serialize};

use crate::loss::{Anchors, Family, LossKind, Mining, RelationKind};

/// A relation acts where its attraction is more than this share of the strongest in the batch.
pub const ACTS: f32 = 1e-3;
/// Where all attractions of a batch add up to less, the loss is nearly 0: to bring every relation nearer by 0.1 would change
/// it by less than 0.0001.
pub const FAINT: f64 = 1e-3;
/// Embeddings have collapsed where samples of different classes have a larger mean cosine.
pub const COLLAPSED: f64 = 0.99;

/// A batch, what a loss compares it with, and how it pulls.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    pub loss: LossKind,
    pub kind: RelationKind,
    /// Classes of the samples.
    pub samples: &'a [u32],
    /// Classes of the learned vectors.
    pub vectors: &'a [u32],
    /// Classes of the samples of earlier batches.
    pub memory: &'a [u32],
    /// `sample * columns + column`, columns being the samples, where they are compared with each other, then the learned
    /// vectors, then the memory.
    pub value: &'a [f32],
    /// Of the same shape. A learned vector has that of (sample, vector) and that of (vector, sample) together, where there are
    /// both.
    pub attraction: &'a [f32],
    /// The samples' embeddings, of length 1, one after another.
    pub unit: &'a [f32],
    /// The value of the loss.
    pub value_of_loss: f32,
    /// What the loss's miner keeps, where it has one.
    pub mined: Option<usize>,
}

/// What is counted. Two samples are one relation, whichever is the anchor: their attractions are added.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Census {
    /// The value of the loss.
    #[serde(with = "crate::number")]
    pub loss: f32,
    /// Pairs of two samples, of a sample and a learned vector, and of a sample and one of an earlier batch.
    pub relations: usize,
    /// Those that the loss can use, by the labels.
    pub valid: usize,
    /// Those that act, see [`ACTS`].
    pub acting: usize,
    /// Anchors with a positive and a negative, where the loss is of such triplets.
    pub triplets: Option<usize>,
    pub mined: Option<Mined>,
    pub positives: Positives,
    /// What draws together.
    pub pull: Side,
    /// What drives apart.
    pub push: Side,
    /// Mean cosine of samples of different classes; of all, where there is but one class.
    #[serde(with = "crate::number")]
    pub mean_cosine: f64,
    /// Why nothing, or nearly nothing, acts; none where something does.
    pub quiet: Option<Quiet>,
}

/// What a miner keeps, out of how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mined {
    pub kept: usize,
    pub of: usize,
    /// Triplets; else ordered pairs.
    pub triplets: bool,
}

/// How many positives a sample has: other samples of its class in the batch and its memory, and learned vectors of its class.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Positives {
    #[serde(with = "crate::number")]
    pub mean: f64,
    pub least: usize,
    /// Samples that have none.
    pub without: usize,
}

/// All relations that attract, or all that repel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Side {
    /// Those that act.
    pub acting: usize,
    /// Sum of the attractions, without their sign.
    #[serde(with = "crate::number")]
    pub total: f64,
    /// What the hardest tenth of the relations that can act to this side take of it: of positives the least similar tenth,
    /// of negatives the most similar.
    #[serde(with = "crate::number")]
    pub hardest: f64,
}

impl Side {
    /// The share of the hardest tenth, 0 to 1; none where nothing acts.
    pub fn hardest_share(&self) -> Option<f64> {
        (self.total > 0.0).then(|| self.hardest / self.total)
    }
}

/// Why a loss does nothing, or nearly nothing, with a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Quiet {
    /// The weights have left the range: loss or gradient is no number.
    NotFinite,
    /// No class has two samples in the batch.
    NoPositives,
    /// There is but one class to compare with.
    NoNegatives,
    /// All embeddings are alike, see [`COLLAPSED`].
    Collapsed,
    /// The miner finds nothing that is as hard as it wants.
    NothingMined,
    /// Everything is as near and as far as the loss wants it.
    MarginsMet,
}

/// Two that are compared.
struct Pair {
    same_class: bool,
    valid: bool,
    /// The larger, the closer.
    closeness: f32,
    attraction: f32,
}

impl Census {
    /// # Panics
    /// Where matrices and classes do not fit each other: whoever reads them from the engine takes them from one batch.
    pub fn of(seen: &Seen<'_>) -> Self {
        let others = seen.others();
        let pairs = seen.pairs(&others);
        let strongest = pairs.iter().map(|pair| pair.attraction.abs());
        let strongest = strongest.fold(0.0, f32::max);
        let acts = |pair: &&Pair| pair.attraction.abs() > strongest * ACTS;
        // An anchor with a positive and a negative, each way to choose them.
        let triplets: usize = others.iter().map(|(own, rest)| own * rest).sum();
        let pull = side(&pairs, true, strongest);
        let push = side(&pairs, false, strongest);
        let mined = seen.mined.map(|kept| {
            let of_triplets = seen.loss.info().mining != Mining::MultiSimilarity;
            let ordered = seen.samples.len() * (seen.columns() - 1);
            Mined {
                kept,
                of: if of_triplets { triplets } else { ordered },
                triplets: of_triplets,
            }
        });
        let mut census = Self {
            loss: seen.value_of_loss,
            relations: pairs.len(),
            valid: pairs.iter().filter(|pair| pair.valid).count(),
            acting: pairs.iter().filter(acts).count(),
            triplets: (seen.loss.info().family == Family::Triplet).then_some(triplets),
            mined,
            positives: positives(&others),
            pull,
            push,
            mean_cosine: seen.mean_cosine(),
            quiet: None,
        };
        census.quiet = census.why_quiet(seen);
        census
    }

    /// Whether samples of all classes are embedded alike, whatever the loss still does.
    pub fn is_collapsed(&self) -> bool {
        self.mean_cosine > COLLAPSED
    }

    fn why_quiet(&self, seen: &Seen<'_>) -> Option<Quiet> {
        let numbers = seen.attraction.iter().chain([&seen.value_of_loss]);
        if !numbers.into_iter().all(|number| number.is_finite()) {
            return Some(Quiet::NotFinite);
        }
        if self.acting > 0 && self.pull.total + self.push.total >= FAINT {
            return None;
        }
        Some(if self.valid == 0 && self.positives.mean == 0.0 {
            Quiet::NoPositives
        } else if self.valid == 0 {
            Quiet::NoNegatives
        } else if self.is_collapsed() {
            Quiet::Collapsed
        } else if self.mined.is_some_and(|mined| mined.kept == 0) {
            Quiet::NothingMined
        } else {
            Quiet::MarginsMet
        })
    }
}

/// All that attract, or all that repel.
fn side(pairs: &[Pair], pulls: bool, strongest: f32) -> Side {
    let strength = |pair: &Pair| {
        let signed = if pulls {
            pair.attraction
        } else {
            -pair.attraction
        };
        signed.max(0.0)
    };
    let own = pairs
        .iter()
        .filter(|pair| pair.valid && pair.same_class == pulls);
    let mut hardest: Vec<&Pair> = own.collect();
    let tenth = hardest.len().div_ceil(10);
    if tenth < hardest.len() {
        hardest.select_nth_unstable_by(tenth, |a, b| {
            let closer = a.closeness.total_cmp(&b.closeness);
            if pulls { closer } else { closer.reverse() }
        });
    }
    let sum = |of: &mut dyn Iterator<Item = &Pair>| of.map(|pair| f64::from(strength(pair))).sum();
    Side {
        acting: pairs
            .iter()
            .filter(|pair| strength(pair) > strongest * ACTS)
            .count(),
        total: sum(&mut pairs.iter()),
        hardest: sum(&mut hardest[..tenth].iter().copied()),
    }
}

fn positives(others: &[(usize, usize)]) -> Positives {
    let counts = || others.iter().map(|(positives, _)| *positives);
    Positives {
        mean: counts().sum::<usize>() as f64 / others.len().max(1) as f64,
        least: counts().min().unwrap_or(0),
        without: counts().filter(|count| *count == 0).count(),
    }
}

impl Seen<'_> {
    /// Columns that are samples of the batch.
    fn among(&self) -> usize {
        if self.kind.among_samples() {
            self.samples.len()
        } else {
            0
        }
    }

    fn columns(&self) -> usize {
        self.among() + self.vectors.len() + self.memory.len()
    }

    fn class_of_column(&self, column: usize) -> u32 {
        let (among, vectors) = (self.among(), self.vectors.len());
        if column < among {
            self.samples[column]
        } else if column < among + vectors {
            self.vectors[column - among]
        } else {
            self.memory[column - among - vectors]
        }
    }

    /// For each sample how many positives it has, and how many negatives.
    fn others(&self) -> Vec<(usize, usize)> {
        let of_row = |row: usize| {
            let own = |column: &usize| self.class_of_column(*column) == self.samples[row];
            let others =
                (0..self.columns()).filter(|&column| column >= self.among() || column != row);
            let (own, all) = (others.clone().filter(own).count(), others.count());
            (own, all - own)
        };
        (0..self.samples.len()).map(of_row).collect()
    }

    /// Everything that is compared, two samples once.
    fn pairs(&self, others: &[(usize, usize)]) -> Vec<Pair> {
        let (rows, columns, among) = (self.samples.len(), self.columns(), self.among());
        assert_eq!(self.value.len(), rows * columns, "the relation's shape");
        assert_eq!(
            self.attraction.len(),
            rows * columns,
            "the gradient's shape"
        );
        let numbers: Vec<usize> = (0..rows).map(|row| self.number_in_class(row)).collect();
        let has_rivals = numbers.iter().filter(|number| **number == 1).count() > 1;
        let is_anchor = |row: usize| match self.loss.anchors() {
            Anchors::All => true,
            Anchors::WithPositive => others[row].0 > 0,
            Anchors::WithBoth => others[row].0 > 0 && others[row].1 > 0,
            Anchors::FirstOfClass => has_rivals && numbers[row] == 0 && others[row].0 > 0,
        };
        let compares = |row: usize, column: usize| {
            let second = self.loss.anchors() != Anchors::FirstOfClass || numbers[column] == 1;
            is_anchor(row) && second
        };
        let closeness = |row: usize, column: usize| {
            let value = self.value[row * columns + column];
            if self.kind.larger_is_closer() {
                value
            } else {
                -value
            }
        };
        let mut pairs = Vec::with_capacity(rows * columns);
        for row in 0..rows {
            for column in 0..columns {
                let at = row * columns + column;
                let same_class = self.class_of_column(column) == self.samples[row];
                if column >= among {
                    pairs.push(Pair {
                        same_class,
                        valid: column < among + self.vectors.len() || is_anchor(row),
                        closeness: closeness(row, column),
                        attraction: self.attraction[at],
                    });
                } else if column > row {
                    pairs.push(Pair {
                        same_class,
                        valid: compares(row, column) || compares(column, row),
                        closeness: (closeness(row, column) + closeness(column, row)) / 2.0,
                        attraction: self.attraction[at] + self.attraction[column * columns + row],
                    });
                }
            }
        }
        pairs
    }

    /// How many samples of its class are before it in the batch.
    fn number_in_class(&self, sample: usize) -> usize {
        let class = self.samples[sample];
        self.samples[..sample]
            .iter()
            .filter(|other| **other == class)
            .count()
    }

    /// By the sums of classes: Σ over pairs of u_i · u_j is the square of Σ u, less that of each class.
    fn mean_cosine(&self) -> f64 {
        let rows = self.samples.len();
        let dim = self.unit.len() / rows.max(1);
        let sum_of = |wanted: &dyn Fn(usize) -> bool| {
            let mut sum = vec![0.0_f64; dim];
            for (row, unit) in self.unit.chunks_exact(dim.max(1)).enumerate() {
                if wanted(row) {
                    for (sum, x) in sum.iter_mut().zip(unit) {
                        *sum += f64::from(*x);
                    }
                }
            }
            sum.iter().map(|x| x * x).sum::<f64>()
        };
        let mut classes = self.samples.to_vec();
        classes.sort_unstable();
        classes.dedup();
        let all = sum_of(&|_| true);
        let (mut apart, mut pairs) = (all, rows * rows);
        for class in &classes {
            let own = self.samples.iter().filter(|of| *of == class).count();
            apart -= sum_of(&|row| self.samples[row] == *class);
            pairs -= own * own;
        }
        if pairs > 0 {
            apart / pairs as f64
        } else {
            // Each with itself left out.
            (all - rows as f64) / (rows * rows.saturating_sub(1)).max(1) as f64
        }
    }
}
