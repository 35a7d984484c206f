//! Which samples a loss takes as anchors: what of a batch it can use, by the labels alone.

use super::LossKind;

/// Which rows of a relation among samples a loss makes anything of. A pair of samples is *valid* for a loss where one of the two
/// is such an anchor for the other; a sample and a learned vector always are.
///
/// # Edge cases
/// Two samples can be valid and yet not act: their margin is met, or the miner leaves them out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchors {
    /// Every sample: positives and negatives count by themselves.
    All,
    /// Samples with a positive.
    WithPositive,
    /// Samples with a positive and a negative, which are compared with each other.
    WithBoth,
    /// The first sample of each class that has two, compared with the second one of each such class, where there are two such
    /// classes.
    FirstOfClass,
}

impl LossKind {
    /// Which samples are anchors, where the loss compares samples with each other.
    pub fn anchors(self) -> Anchors {
        match self {
            Self::Contrastive
            | Self::SnrContrastive
            | Self::Sigmoid
            | Self::MultiSimilarity
            | Self::GeneralisedLiftedStructure
            | Self::PotentialField => Anchors::All,
            Self::RecallAtK => Anchors::WithPositive,
            Self::NPair => Anchors::FirstOfClass,
            _ => Anchors::WithBoth,
        }
    }
}
