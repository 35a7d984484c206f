//! Kinds of relations: what the entries of the matrix are that a loss compares its batch by.

use serde::{Deserialize, Serialize};

/// What the entries of a relation are. The first axis after the lane is the sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RelationKind {
    /// Cosine of sample i and sample j, `[lane, batch, batch]`. A loss sees each pair twice, as (i, j) and as (j, i): row i
    /// is the anchor where it has one. The diagonal is in no loss, so its gradient is 0. Behind the batch's columns are those
    /// of the memory, where there is one: such a pair is there once.
    SampleCosines,
    /// Cosine of sample i and learned vector r, `[lane, batch, row]`: one row for each class, or `k` of them
    /// ([`Learned::Centres`](super::Learned::Centres)).
    ClassCosines,
    /// Cosine of every row with every other, `[lane, batch + row, batch + row]`: first the samples, then the learned vectors.
    /// A loss sees each pair twice, and none of a row with itself, as among samples.
    AllCosines,
    /// Dot product of sample i and the vector of class c, plus the class's bias, `[lane, batch, class]`: nothing is
    /// normalised.
    ClassLogits,
    /// Noise-to-signal ratio of anchor i and sample j, `[lane, batch, batch]`: the smaller, the closer. It is not symmetric.
    /// No function of the cosines: it compares the spread of the entries about their mean.
    NoiseRatios,
}

impl RelationKind {
    /// Whether two are closer the larger their entry is. Ratios of noise grow with the distance.
    pub fn larger_is_closer(self) -> bool {
        self != Self::NoiseRatios
    }

    /// Whether the samples are compared with each other.
    pub fn among_samples(self) -> bool {
        matches!(
            self,
            Self::SampleCosines | Self::AllCosines | Self::NoiseRatios
        )
    }
}
