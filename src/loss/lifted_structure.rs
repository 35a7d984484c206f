//! Lifted structure: each positive pair against all negatives of both its samples.
//!
//! `L = mean over ordered positive pairs (i, j) of ½ [d_ij − m_p + log( Σ_{N_i} e^{m_n − d_ik} + Σ_{N_j} e^{m_n − d_jk} )]₊²`.
//!
//! # Shapes
//! Embeddings `[lane, batch, dim]`; result `[lane, 1, 1]`.
//!
//! # Defaults
//! m_n 1, m_p 0, as in pytorch-metric-learning and the paper.
//!
//! # Edge cases
//! 0 where the batch has no positive or no negative pair.
//!
//! # Differs
//! From the paper: embeddings are normalised, as in pytorch-metric-learning.
//!
//! Oh Song et al., CVPR 2016, [arXiv:1511.06452](https://arxiv.org/abs/1511.06452).

use super::*;

pub const INFO: LossInfo = LossInfo {
    id: "lifted-structure",
    golden: Some(Golden::of("lifted_structure")),
    name: "Lifted structure",
    family: Family::Pair,
    formula: latex!(
        r"L = \operatorname*{mean}_{i, j \in P_i} \frac{1}{2} \left[ d_{ij} - m_p
            + \operatorname*{LSE}_{k \in N_i \cup N_j} (m_n - d_k) \right]_+^2"
    ),
    symbols: &["d_ij", "d_k", "P_i", "N_i ∪ N_j", "LSE"],
    params: &[NEGATIVE_MARGIN.info(), POSITIVE_MARGIN.info()],
    learned: Learned::None,
    mining: Mining::None,
    memory: false,
    mixup: false,
    paper: Paper {
        title: "Deep Metric Learning via Lifted Structured Feature Embedding",
        authors: "Oh Song, Xiang, Jegelka, Savarese",
        year: 2016,
        arxiv: Some("1511.06452"),
        venue: "CVPR 2016",
    },
    library: Some(Library::of("losses.LiftedStructureLoss")),
    colour: None,
};

const NEGATIVE_MARGIN: LaneParam = LaneParam::new(ParamInfo {
    key: "neg_margin",
    symbol: "m_n",
    default: 1.0,
    min: 0.0,
    max: 4.0,
    tune: (0.3, 2.0),
    scale: Scale::Linear,
    unit: "",
});

const POSITIVE_MARGIN: LaneParam = LaneParam::new(ParamInfo {
    key: "pos_margin",
    symbol: "m_p",
    default: 0.0,
    min: 0.0,
    max: 2.0,
    tune: (0.0, 0.3),
    scale: Scale::Linear,
    unit: "",
});

/// Lifted structure loss of each lane, `[lane, 1, 1]`.
#[cfg(feature = "engine")]
pub fn forward(input: &LossInput<'_>) -> Tensor<3> {
    let pairs = crate::miner::all_pairs(input.labels.clone());
    let (positive, negative) = (pairs.positive.float(), pairs.negative.clone().float());
    let distance = input.sample_distances();
    // log Σ_{N_i} e^{m_n − d_ik}, [lane, batch, 1]
    let pushed = parts::masked_lse(
        input.param(NEGATIVE_MARGIN) - distance.clone(),
        pairs.negative,
    );
    // log(Σ_{N_i} + Σ_{N_j}). Samples of one class have the same negatives: both sides of a positive pair have some, or neither.
    let [lanes, batch, _] = input.dims();
    let shape = [lanes, batch, batch];
    let both = parts::log_add_exp(
        pushed.clone().expand(shape),
        parts::as_row(pushed).expand(shape),
    );
    // [d_ij − m_p + log(Σ_{N_i} + Σ_{N_j})]₊²
    let terms = parts::hinge(
        distance - input.param(POSITIVE_MARGIN) + both,
        positive.clone(),
    )
    .square();
    let mean = parts::divided_mean(parts::total(terms), parts::total(positive.clone()));
    mean * parts::has_both(positive, negative).mul_scalar(0.5)
}
