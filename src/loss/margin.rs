//! Margin: a fixed border between near and far, instead of comparing with one another.
//!
//! `L = Σ over triplets (a, p, n) of ([d_ap − β + m]₊ + [β − d_an + m]₊) / number of terms above 0`.
//!
//! # Shapes
//! Embeddings `[lane, batch, dim]`; result `[lane, 1, 1]`.
//!
//! # Defaults
//! m 0.2, β 1.2, as in pytorch-metric-learning and the paper.
//!
//! # Edge cases
//! 0 where there is no triplet, even where there are pairs.
//!
//! # Differs
//! From the paper: β is fixed instead of learned, and negatives are all instead of drawn by distance. A triplet's two terms
//! depend on one pair each, so pairs are weighted by the number of triplets they are in, and the cost is that of pairs.
//!
//! Wu et al., ICCV 2017, [arXiv:1706.07567](https://arxiv.org/abs/1706.07567).

use super::*;

pub const INFO: LossInfo = LossInfo {
    id: "margin",
    golden: Some(Golden::of("margin")),
    name: "Margin",
    family: Family::Triplet,
    formula: latex!(
        r"L = \frac{1}{n_+} \sum_{(a, p, n)} \left( \left[ d_{ap} - \beta + m \right]_+
            + \left[ \beta - d_{an} + m \right]_+ \right)"
    ),
    symbols: &["a, p, n", "d", "n₊", "[x]₊"],
    params: &[MARGIN.info(), BETA.info()],
    learned: Learned::None,
    mining: Mining::None,
    memory: true,
    mixup: false,
    paper: Paper {
        title: "Sampling Matters in Deep Embedding Learning",
        authors: "Wu, Manmatha, Smola, Krähenbühl",
        year: 2017,
        arxiv: Some("1706.07567"),
        venue: "ICCV 2017",
    },
    library: Some(Library::of("losses.MarginLoss")),
    colour: None,
};

const MARGIN: LaneParam = LaneParam::new(ParamInfo {
    key: "margin",
    symbol: "m",
    default: 0.2,
    min: 0.0,
    max: 1.0,
    tune: (0.0, 0.4),
    scale: Scale::Linear,
    unit: "",
});

const BETA: LaneParam = LaneParam::new(ParamInfo {
    key: "beta",
    symbol: "β",
    default: 1.2,
    min: 0.0,
    max: 2.0,
    tune: (0.6, 1.4),
    scale: Scale::Linear,
    unit: "",
});

/// Margin loss over all triplets of each lane, `[lane, 1, 1]`.
#[cfg(feature = "engine")]
pub fn forward(input: &LossInput<'_>) -> Tensor<3> {
    let (margin, beta) = (input.param(MARGIN), input.param(BETA));
    let pairs = input.pairs();
    let (positive, negative) = (pairs.positive.float(), pairs.negative.float());
    // How many triplets a pair is in: each positive pair once for every negative of the anchor, and the other way round.
    let pull_weight = positive.clone() * negative.clone().sum_dim(2);
    let push_weight = negative * positive.sum_dim(2);
    let distance = input.sample_distances();
    // d_ap − β + m and β − d_an + m
    let pull = distance.clone() - (beta.clone() - margin.clone());
    let push = (beta + margin) - distance;
    let active = |term: &Tensor<3>| term.clone().without_autodiff().greater_elem(0.0).float();
    let count = active(&pull) * pull_weight.clone() + active(&push) * push_weight.clone();
    let terms = parts::hinge(pull, pull_weight) + parts::hinge(push, push_weight);
    parts::divided_mean(parts::total(terms), parts::total(count))
}
