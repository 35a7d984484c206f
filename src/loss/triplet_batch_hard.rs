//! Triplet with batch-hard mining: of each anchor only the farthest positive and the closest negative.
//!
//! The loss of [`triplet`] over one triplet an anchor.
//!
//! # Shapes
//! Embeddings `[lane, batch, dim]`; result `[lane, 1, 1]`.
//!
//! # Defaults
//! m 0.05, no swap, no smoothing, as in pytorch-metric-learning. The paper prefers the smooth form.
//!
//! # Edge cases
//! An anchor without positive or without negative gives no triplet. Of equally far samples the first counts. Where all
//! embeddings have collapsed to one point the gradient is 0.
//!
//! Hermans, Beyer, Leibe, 2017, [arXiv:1703.07737](https://arxiv.org/abs/1703.07737).

use super::triplet::{FORMULA, MARGIN, SMOOTH, SWAP, SYMBOLS};
use super::*;

pub const INFO: LossInfo = LossInfo {
    id: "triplet-batch-hard",
    golden: Some(Golden {
        loss: "triplet",
        miner: Some("batch_hard"),
    }),
    name: "Triplet, batch-hard",
    family: Family::Triplet,
    formula: FORMULA,
    symbols: SYMBOLS,
    params: &[MARGIN.info(), SWAP.info(), SMOOTH.info()],
    learned: Learned::None,
    mining: Mining::BatchHard,
    memory: false,
    mixup: false,
    paper: Paper {
        title: "In Defense of the Triplet Loss for Person Re-Identification",
        authors: "Hermans, Beyer, Leibe",
        year: 2017,
        arxiv: Some("1703.07737"),
        venue: "arXiv 2017",
    },
    library: Some(Library {
        miner: Some("miners.BatchHardMiner()"),
        ..Library::of("losses.TripletMarginLoss")
    }),
    colour: None,
};

/// Triplet loss over the hardest triplet of each anchor of each lane, `[lane, 1, 1]`.
#[cfg(feature = "engine")]
pub fn forward(input: &LossInput<'_>) -> Tensor<3> {
    let distances = input.sample_distances();
    let pairs = crate::miner::all_pairs(input.labels.clone());
    let hardest = crate::miner::batch_hard(distances.clone(), pairs);
    let positives = std::iter::once(hardest.positive.unsqueeze_dim::<4>(1));
    super::triplet::over_triplets(input, distances, positives, hardest.negative, None)
}
