//! Generalised lifted structure: all positives and all negatives of an anchor, each side by a soft extreme.
//!
//! `L = mean over i of [log Σ_{P_i} e^{d_ij − m_p} + log Σ_{N_i} e^{m_n − d_ij}]₊`.
//!
//! # Shapes
//! Embeddings `[lane, batch, dim]`; result `[lane, 1, 1]`.
//!
//! # Defaults
//! m_n 1, m_p 0, as in pytorch-metric-learning.
//!
//! # Edge cases
//! An empty side counts 0 and the other stays; all samples count in the mean.
//!
//! Hermans, Beyer, Leibe, 2017, [arXiv:1703.07737](https://arxiv.org/abs/1703.07737).

#[cfg(feature = "engine")]
use burn::tensor::activation::relu;

use super::*;

pub const INFO: LossInfo = LossInfo {
    id: "generalised-lifted-structure",
    golden: Some(Golden::of("generalized_lifted_structure")),
    name: "Generalised lifted structure",
    family: Family::Pair,
    formula: latex!(
        r"L = \operatorname*{mean}_i \left[ \operatorname*{LSE}_{j \in P_i} (d_{ij} - m_p)
            + \operatorname*{LSE}_{j \in N_i} (m_n - d_{ij}) \right]_+"
    ),
    symbols: &["d_ij", "P_i", "N_i", "LSE", "[x]₊"],
    params: &[NEGATIVE_MARGIN.info(), POSITIVE_MARGIN.info()],
    learned: Learned::None,
    mining: Mining::None,
    memory: true,
    mixup: false,
    paper: Paper {
        title: "In Defense of the Triplet Loss for Person Re-Identification",
        authors: "Hermans, Beyer, Leibe",
        year: 2017,
        arxiv: Some("1703.07737"),
        venue: "arXiv 2017",
    },
    library: Some(Library::of("losses.GeneralizedLiftedStructureLoss")),
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
    tune: (0.0, 0.6),
    scale: Scale::Linear,
    unit: "",
});

/// Generalised lifted structure loss of each lane, `[lane, 1, 1]`.
#[cfg(feature = "engine")]
pub fn forward(input: &LossInput<'_>) -> Tensor<3> {
    let pairs = input.pairs();
    let distance = input.sample_distances();
    // log Σ_{P_i} e^{d_ij − m_p} and log Σ_{N_i} e^{m_n − d_ij}
    let pull = parts::masked_lse(
        distance.clone() - input.param(POSITIVE_MARGIN),
        pairs.positive,
    );
    let push = parts::masked_lse(input.param(NEGATIVE_MARGIN) - distance, pairs.negative);
    parts::batch_mean(relu(pull + push))
}
