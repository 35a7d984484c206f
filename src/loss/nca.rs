//! NCA: the probability that a sample's randomly chosen neighbour is of its class.
//!
//! `L = mean over i with positives of −log( Σ_{P_i} e^{−σ d_ij²} / Σ_{j ≠ i} e^{−σ d_ij²} )`.
//!
//! # Shapes
//! Embeddings `[lane, batch, dim]`; result `[lane, 1, 1]`.
//!
//! # Defaults
//! σ 1, as in pytorch-metric-learning.
//!
//! # Edge cases
//! Samples without positives are left out. 0 where there is none with, and where there is one class.
//!
//! # Differs
//! pytorch-metric-learning gives NaN where no sample has a positive; here the loss is 0. It also leaves out samples whose
//! probability underflows to 0; here log-sum-exp keeps them. From the paper: embeddings are normalised, and the logarithm is
//! inside the sum.
//!
//! Goldberger et al., NIPS 2004.

use super::*;

pub const INFO: LossInfo = LossInfo {
    id: "nca",
    golden: Some(Golden::of("nca")),
    name: "NCA",
    family: Family::Pair,
    formula: latex!(
        r"L = \operatorname*{mean}_i \; {-}\log \frac{\sum_{j \in P_i} e^{-\sigma d_{ij}^2}}{\sum_{j \ne i} e^{-\sigma d_{ij}^2}}"
    ),
    symbols: &["d_ij", "P_i"],
    params: &[SOFTMAX_SCALE.info()],
    learned: Learned::None,
    mining: Mining::None,
    memory: true,
    mixup: false,
    paper: Paper {
        title: "Neighbourhood Components Analysis",
        authors: "Goldberger, Roweis, Hinton, Salakhutdinov",
        year: 2004,
        arxiv: None,
        venue: "NIPS 2004",
    },
    library: Some(Library::of("losses.NCALoss")),
    colour: None,
};

const SOFTMAX_SCALE: LaneParam = LaneParam::new(ParamInfo {
    key: "softmax_scale",
    symbol: "σ",
    default: 1.0,
    min: 0.05,
    max: 128.0,
    tune: (1.0, 32.0),
    scale: Scale::Log,
    unit: "",
});

/// NCA of each lane, `[lane, 1, 1]`.
#[cfg(feature = "engine")]
pub fn forward(input: &LossInput<'_>) -> Tensor<3> {
    let pairs = input.pairs();
    let counts = pairs.positive.clone().any_dim(2).float();
    let others = pairs.positive.clone().bool_or(pairs.negative);
    // −σ d_ij²
    let closeness = input.sample_closeness() * input.param(SOFTMAX_SCALE);
    // log Σ_{j ≠ i} e^{−σ d_ij²} − log Σ_{P_i} e^{−σ d_ij²}
    let terms =
        parts::masked_lse(closeness.clone(), others) - parts::masked_lse(closeness, pairs.positive);
    parts::divided_mean((terms * counts.clone()).sum_dim(1), counts.sum_dim(1))
}
