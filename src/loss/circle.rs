//! Circle: pairs far from their optimum get a larger weight in the gradient.
//!
//! `L = mean₊ over i of log(1 + Σ_{N_i} e^{γ [s + m]₊ (s − m)} · Σ_{P_i} e^{−γ [1 + m − s]₊ (s − 1 + m)})`, s being the cosine;
//! the weights `[·]₊` get no gradient.
//!
//! # Shapes
//! Embeddings `[lane, batch, dim]`; result `[lane, 1, 1]`.
//!
//! # Defaults
//! m 0.4, γ 80, as in pytorch-metric-learning and the paper's retrieval experiments.
//!
//! # Edge cases
//! An anchor lacking positives or negatives is left out. One that is where it should be counts in the mean, however small its
//! term.
//!
//! Sun et al., CVPR 2020, [arXiv:2002.10857](https://arxiv.org/abs/2002.10857).

use super::*;

pub const INFO: LossInfo = LossInfo {
    id: "circle",
    golden: Some(Golden::of("circle")),
    name: "Circle",
    family: Family::Pair,
    formula: latex!(
        r"L = \underset{i}{\operatorname{mean}_+} \, \log \left( 1
            + \sum_{j \in N_i} e^{\gamma \left[ s_{ij} + m \right]_+ (s_{ij} - m)}
            \cdot \sum_{j \in P_i} e^{-\gamma \left[ 1 + m - s_{ij} \right]_+ (s_{ij} - 1 + m)} \right)"
    ),
    symbols: &["s_ij", "P_i", "N_i", "[x]₊", "mean₊"],
    params: &[RELAXATION.info(), GAMMA.info()],
    learned: Learned::None,
    mining: Mining::None,
    memory: true,
    mixup: false,
    paper: Paper {
        title: "Circle Loss: A Unified Perspective of Pair Similarity Optimization",
        authors: "Sun, Cheng, Zhang, Zhang, Zheng, Wang, Wei",
        year: 2020,
        arxiv: Some("2002.10857"),
        venue: "CVPR 2020",
    },
    library: Some(Library::of("losses.CircleLoss")),
    colour: None,
};

const RELAXATION: LaneParam = LaneParam::new(ParamInfo {
    key: "m",
    symbol: "m",
    default: 0.4,
    min: 0.0,
    max: 1.0,
    tune: (0.1, 0.5),
    scale: Scale::Linear,
    unit: "",
});

const GAMMA: LaneParam = LaneParam::new(ParamInfo {
    key: "gamma",
    symbol: "γ",
    default: 80.0,
    min: 1.0,
    max: 512.0,
    tune: (4.0, 128.0),
    scale: Scale::Log,
    unit: "",
});

/// Circle loss of each lane, `[lane, 1, 1]`.
#[cfg(feature = "engine")]
pub fn forward(input: &LossInput<'_>) -> Tensor<3> {
    let (m, gamma) = (input.param(RELAXATION), input.param(GAMMA));
    let pairs = input.pairs();
    let is_anchor = pairs
        .positive
        .clone()
        .any_dim(2)
        .bool_and(pairs.negative.clone().any_dim(2))
        .float();
    let cosine = input.sample_cosines();
    let still = cosine.clone().without_autodiff();
    // −γ [1 + m − s]₊ and γ [s + m]₊
    let pull_weight = (still.clone() - m.clone()).sub_scalar(1.0).clamp_max(0.0) * gamma.clone();
    let push_weight = (still + m.clone()).clamp_min(0.0) * gamma;
    // log Σ_{P_i} e^{−γ [1 + m − s]₊ (s − 1 + m)}
    let pull = parts::masked_lse(
        (cosine.clone() + m.clone()).sub_scalar(1.0) * pull_weight,
        pairs.positive,
    );
    // log Σ_{N_i} e^{γ [s + m]₊ (s − m)}
    let push = parts::masked_lse((cosine - m) * push_weight, pairs.negative);
    let terms = parts::softplus(pull + push) * is_anchor.clone();
    // A term is never 0, though f32 may round one to it: all anchors count, as they do in the reference.
    parts::divided_mean(parts::total(terms), parts::total(is_anchor))
}
