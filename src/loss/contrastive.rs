//! Contrastive: every positive pair is pulled together, every negative pair pushed apart up to a margin.
//!
//! `L = mean₊ over positive pairs of [d − m_p]₊ + mean₊ over negative pairs of [m_n − d]₊`, where d is the distance of the
//! normalised embeddings and mean₊ averages the terms above 0.
//!
//! # Shapes
//! Embeddings `[lane, batch, dim]`; result `[lane, 1, 1]`.
//!
//! # Defaults
//! m_p 0, m_n 1, as in pytorch-metric-learning.
//!
//! # Edge cases
//! A side without pairs, or with none beyond its margin, counts 0. Equal embeddings have distance exactly 0.
//!
//! # Differs
//! From the paper: distances are not squared, embeddings are normalised. From pytorch-metric-learning: a single pair of
//! each kind handed over by a miner is not turned into 0 (no miner here does so).
//!
//! Hadsell, Chopra, LeCun, CVPR 2006.

use super::*;

pub const INFO: LossInfo = LossInfo {
    id: "contrastive",
    golden: Some(Golden::of("contrastive")),
    name: "Contrastive",
    family: Family::Pair,
    formula: latex!(
        r"L = \underset{y_i = y_j}{\operatorname{mean}_+} \, \left[ d_{ij} - m_p \right]_+
            + \underset{y_i \ne y_j}{\operatorname{mean}_+} \, \left[ m_n - d_{ij} \right]_+"
    ),
    symbols: &["d_ij", "mean₊", "[x]₊"],
    params: &[POSITIVE_MARGIN.info(), NEGATIVE_MARGIN.info()],
    learned: Learned::None,
    mining: Mining::None,
    memory: true,
    mixup: true,
    paper: Paper {
        title: "Dimensionality Reduction by Learning an Invariant Mapping",
        authors: "Hadsell, Chopra, LeCun",
        year: 2006,
        arxiv: None,
        venue: "CVPR 2006",
    },
    library: Some(Library::of("losses.ContrastiveLoss")),
    colour: Some(5),
};

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

const NEGATIVE_MARGIN: LaneParam = LaneParam::new(ParamInfo {
    key: "neg_margin",
    symbol: "m_n",
    default: 1.0,
    min: 0.0,
    max: 2.0,
    tune: (0.5, 1.4),
    scale: Scale::Linear,
    unit: "",
});

/// Contrastive loss of each lane, `[lane, 1, 1]`.
#[cfg(feature = "engine")]
pub fn forward(input: &LossInput<'_>) -> Tensor<3> {
    let distance = input.sample_distances();
    pair_hinges(input, distance, POSITIVE_MARGIN, NEGATIVE_MARGIN)
}

/// The hinges of positive and negative pairs over any distance.
#[cfg(feature = "engine")]
pub(super) fn pair_hinges(
    input: &LossInput<'_>,
    distance: Tensor<3>,
    positive_margin: LaneParam,
    negative_margin: LaneParam,
) -> Tensor<3> {
    let pairs = input.pairs();
    // [d_ij − m_p]₊ of positives, [m_n − d_ij]₊ of negatives
    let hinges = |distance: Tensor<3>, positive, negative| {
        let pull = parts::hinge(distance.clone() - input.param(positive_margin), positive);
        let push = parts::hinge(input.param(negative_margin) - distance, negative);
        parts::non_zero_mean(pull) + parts::non_zero_mean(push)
    };
    let (distance, mixed) = input.apart(distance);
    let loss = hinges(distance, pairs.positive.float(), pairs.negative.float());
    let Some(mixed) = mixed else {
        return loss;
    };
    let share = input.mixed_with_sample();
    let rest = share.clone().neg().add_scalar(1.0);
    loss + hinges(mixed, share, rest).mul_scalar(input.mixed_weight())
}
