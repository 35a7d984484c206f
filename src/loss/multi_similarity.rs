//! Multi-Similarity: soft thresholds on each anchor's positives and negatives, weighed by how hard each pair is.
//!
//! `L = mean over i of 1/α log(1 + Σ_{P_i} e^{−α(s_ij − λ)}) + 1/β log(1 + Σ_{N_i} e^{β(s_ij − λ)})`, s being the cosine.
//!
//! # Shapes
//! Embeddings `[lane, batch, dim]`; result `[lane, 1, 1]`.
//!
//! # Defaults
//! α 2, β 50, λ 0.5: pytorch-metric-learning's. The paper has λ 1, its authors' code 0.5.
//!
//! # Edge cases
//! A side without pairs counts 0; anchors without pairs count in the mean.
//!
//! Wang et al., CVPR 2019, [arXiv:1904.06627](https://arxiv.org/abs/1904.06627).

use super::*;
#[cfg(feature = "engine")]
use crate::miner::Pairs;

pub const INFO: LossInfo = LossInfo {
    id: "multi-similarity",
    golden: Some(Golden::of("multi_similarity")),
    name: "Multi-Similarity",
    family: Family::Pair,
    formula: FORMULA,
    symbols: SYMBOLS,
    params: &[ALPHA.info(), BETA.info(), BASE.info()],
    learned: Learned::None,
    mining: Mining::None,
    memory: true,
    mixup: true,
    paper: PAPER,
    library: Some(Library::of("losses.MultiSimilarityLoss")),
    colour: None,
};

pub(super) const FORMULA: Formula = latex!(
    r"L = \operatorname*{mean}_i \left(
        \frac{1}{\alpha} \log \left( 1 + \sum_{j \in P_i} e^{-\alpha (s_{ij} - \lambda)} \right)
        + \frac{1}{\beta} \log \left( 1 + \sum_{j \in N_i} e^{\beta (s_{ij} - \lambda)} \right) \right)"
);

pub(super) const SYMBOLS: &[&str] = &["s_ij", "P_i", "N_i"];

pub(super) const ALPHA: LaneParam = LaneParam::new(ParamInfo {
    key: "alpha",
    symbol: "α",
    default: 2.0,
    min: 0.1,
    max: 100.0,
    tune: (1.0, 16.0),
    scale: Scale::Log,
    unit: "",
});

pub(super) const BETA: LaneParam = LaneParam::new(ParamInfo {
    key: "beta",
    symbol: "β",
    default: 50.0,
    min: 0.1,
    max: 200.0,
    tune: (4.0, 128.0),
    scale: Scale::Log,
    unit: "",
});

pub(super) const BASE: LaneParam = LaneParam::new(ParamInfo {
    key: "base",
    symbol: "λ",
    default: 0.5,
    min: -1.0,
    max: 1.0,
    tune: (0.2, 1.0),
    scale: Scale::Linear,
    unit: "",
});

pub(super) const PAPER: Paper = Paper {
    title: "Multi-Similarity Loss with General Pair Weighting for Deep Metric Learning",
    authors: "Wang, Han, Huang, Dong, Scott",
    year: 2019,
    arxiv: Some("1904.06627"),
    venue: "CVPR 2019",
};

/// Multi-Similarity loss over all pairs of each lane, `[lane, 1, 1]`.
#[cfg(feature = "engine")]
pub fn forward(input: &LossInput<'_>) -> Tensor<3> {
    let cosine = input.sample_cosines();
    over_pairs(input, cosine, input.pairs())
}

/// The loss over the pairs that are kept.
#[cfg(feature = "engine")]
pub(super) fn over_pairs(input: &LossInput<'_>, cosine: Tensor<3>, pairs: Pairs) -> Tensor<3> {
    let (alpha, beta) = (input.param(ALPHA), input.param(BETA));
    let (cosine, mixed) = input.apart(cosine);
    // 1/α log(1 + Σ_{P_i} e^{−α(s_ij − λ)}) + 1/β log(1 + Σ_{N_i} e^{β(s_ij − λ)})
    let above = cosine - input.param(BASE);
    let pull = parts::masked_lse_one(above.clone() * alpha.clone().neg(), pairs.positive.float())
        / alpha.clone();
    let push = parts::masked_lse_one(above * beta.clone(), pairs.negative.float()) / beta.clone();
    let loss = parts::batch_mean(pull + push);
    let Some(mixed) = mixed else {
        return loss;
    };
    let share = input.mixed_with_sample();
    let rest = share.clone().neg().add_scalar(1.0);
    let above = mixed - input.param(BASE);
    let pull = parts::weighted_lse_one(above.clone() * alpha.clone().neg(), share) / alpha;
    let push = parts::weighted_lse_one(above * beta.clone(), rest) / beta;
    loss + parts::batch_mean(pull + push).mul_scalar(input.mixed_weight())
}
