//! Triplet with semi-hard mining: negatives that are farther than the positive, but not by much.
//!
//! The loss of [`triplet`] over the triplets with 0 < d_an − d_ap ≤ w, w being the miner's margin.
//!
//! # Shapes
//! Embeddings `[lane, batch, dim]`; result `[lane, 1, 1]`.
//!
//! # Defaults
//! m 0.05, w 0.2: pytorch-metric-learning's loss and miner. FaceNet has one margin, 0.2, for both, on squared distances.
//!
//! # Edge cases
//! 0 where no triplet is semi-hard, or none breaks the margin. Without swap and smoothing a w above m changes nothing: what
//! it adds is beyond the margin.
//!
//! # Differs
//! FaceNet squares the distances and takes one negative for each positive pair; here all semi-hard ones count.
//!
//! Schroff, Kalenichenko, Philbin, CVPR 2015, [arXiv:1503.03832](https://arxiv.org/abs/1503.03832).

use super::triplet::{FORMULA, MARGIN, PAPER, SMOOTH, SWAP, SYMBOLS};
use super::*;

pub const INFO: LossInfo = LossInfo {
    id: "triplet-semi-hard",
    golden: Some(Golden {
        loss: "triplet",
        miner: Some("semihard"),
    }),
    name: "Triplet, semi-hard",
    family: Family::Triplet,
    formula: FORMULA,
    symbols: SYMBOLS,
    params: &[
        MARGIN.info(),
        SWAP.info(),
        SMOOTH.info(),
        MINER_MARGIN.info(),
    ],
    learned: Learned::None,
    mining: Mining::SemiHard,
    memory: false,
    mixup: false,
    paper: PAPER,
    library: Some(Library {
        miner: Some(
            "miners.TripletMarginMiner(margin={miner_margin}, type_of_triplets=\"semihard\")",
        ),
        ..Library::of("losses.TripletMarginLoss")
    }),
    colour: Some(3),
};

pub(super) const MINER_MARGIN: LaneParam = LaneParam::new(ParamInfo {
    key: "miner_margin",
    symbol: "w",
    default: 0.2,
    min: 0.0,
    max: 2.0,
    tune: (0.02, 0.6),
    scale: Scale::Linear,
    unit: "",
});

/// Triplet loss over the semi-hard triplets of each lane, `[lane, 1, 1]`.
#[cfg(feature = "engine")]
pub fn forward(input: &LossInput<'_>) -> Tensor<3> {
    super::triplet::over_ranked(input, Some(input.param(MINER_MARGIN)))
}
