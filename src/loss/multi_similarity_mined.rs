//! Multi-Similarity with its miner: only pairs that are hard beside the anchor's other pairs count.
//!
//! The loss of [`multi_similarity`] over the positives with `s_ij − ε < max_{N_i} s` and the
//! negatives with `s_ij + ε > min_{P_i} s`.
//!
//! # Shapes
//! Embeddings `[lane, batch, dim]`; result `[lane, 1, 1]`.
//!
//! # Defaults
//! α 2, β 50, λ 0.5, ε 0.1, as in pytorch-metric-learning and in the paper's code.
//!
//! # Edge cases
//! An anchor that lacks positives or negatives keeps no pair and counts 0 in the mean.
//!
//! # Differs
//! pytorch-metric-learning returns 0 where the miner keeps at most one positive and at most one negative pair in the whole
//! batch; here such pairs count.
//!
//! Wang et al., CVPR 2019, [arXiv:1904.06627](https://arxiv.org/abs/1904.06627).

use super::multi_similarity::{ALPHA, BASE, BETA, FORMULA, PAPER, SYMBOLS};
use super::*;

pub const INFO: LossInfo = LossInfo {
    id: "multi-similarity-mined",
    golden: Some(Golden {
        loss: "multi_similarity",
        miner: Some("multi_similarity"),
    }),
    name: "Multi-Similarity + miner",
    family: Family::Pair,
    formula: FORMULA,
    symbols: SYMBOLS,
    params: &[ALPHA.info(), BETA.info(), BASE.info(), EPSILON.info()],
    learned: Learned::None,
    mining: Mining::MultiSimilarity,
    memory: true,
    mixup: false,
    paper: PAPER,
    library: Some(Library {
        miner: Some("miners.MultiSimilarityMiner(epsilon={epsilon})"),
        ..Library::of("losses.MultiSimilarityLoss")
    }),
    colour: Some(2),
};

pub(super) const EPSILON: LaneParam = LaneParam::new(ParamInfo {
    key: "epsilon",
    symbol: "ε",
    default: 0.1,
    min: 0.0,
    max: 2.0,
    tune: (0.02, 0.4),
    scale: Scale::Linear,
    unit: "",
});

/// Multi-Similarity loss over the mined pairs of each lane, `[lane, 1, 1]`.
#[cfg(feature = "engine")]
pub fn forward(input: &LossInput<'_>) -> Tensor<3> {
    let cosine = input.sample_cosines();
    let pairs = input.pairs();
    let pairs = crate::miner::multi_similarity(cosine.clone(), pairs, input.param(EPSILON));
    super::multi_similarity::over_pairs(input, cosine, pairs)
}
