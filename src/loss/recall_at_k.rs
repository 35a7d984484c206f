//! Recall@k surrogate: how many of a sample's positives are among its k nearest, with both counts made soft.
//!
//! `L = 1 − mean over q with positives and over k = 1, 2, 4, …, K of min(k, Σ_{i ∈ P_q} σ((k − r_qi)/τ₁)) / min(k, |P_q|)`, where
//! `r_qi = 1 + Σ_{j ≠ q, i} σ((s_qj − s_qi)/τ₂)` is i's rank in the batch without q, and s the cosine.
//!
//! # Shapes
//! Embeddings `[lane, batch, dim]`; result `[lane, 1, 1]`.
//!
//! # Defaults
//! K 16, τ₁ 1, τ₂ 0.01, as in the paper. The [published code](https://github.com/yash0307/RecallatK_surrogate) has the same K
//! and τ₂ (`k_vals_train`, `sigmoid_temperature`), and for τ₁ the k that it counts to (`k_temperatures`).
//!
//! Tuning draws τ₁ from 1, the paper's, to 16, the code's largest; τ₂ from a tenth to ten times the published value; K from 1
//! to twice the published one.
//!
//! # Edge cases
//! A sample without positives is left out; 0 where none has one. It stays above 0 otherwise: with τ₁ 1 a positive in the
//! first place counts a half among the first k = 1.
//!
//! # Differs
//! From the published code: a sample is not in its own list, where it would push every positive one place back; and each
//! sample has as many positives as there are, not the same number for all. The paper's mixup of similarities and its
//! batches of thousands are no part of the loss.
//!
//! Patel, Tolias, Matas, CVPR 2022, [arXiv:2108.11179](https://arxiv.org/abs/2108.11179).

#[cfg(feature = "engine")]
use super::soft_rank::SoftRanks;
use super::*;
#[cfg(feature = "engine")]
use burn::tensor::activation::sigmoid;

pub const INFO: LossInfo = LossInfo {
    id: "recall-at-k",
    golden: Some(Golden::of("recall_at_k")),
    name: "Recall@k surrogate",
    family: Family::Pair,
    formula: latex!(
        r"L = 1 - \operatorname*{mean}_{q, \, k = 1, 2, 4, \dots, K}
            \frac{\min \left( k, \sum_{i \in P_q} \sigma \left( \frac{k - r_{qi}}{\tau_1} \right) \right)}{\min (k, |P_q|)} ,
            \quad r_{qi} = 1 + \sum_{j \ne q, i} \sigma \left( \frac{s_{qj} - s_{qi}}{\tau_2} \right)"
    ),
    symbols: &["s_qi", "P_q", "r_qi", "σ"],
    params: &[
        LARGEST.info(),
        COUNT_TEMPERATURE.info(),
        RANK_TEMPERATURE.info(),
    ],
    learned: Learned::None,
    mining: Mining::None,
    memory: false,
    mixup: false,
    paper: Paper {
        title: "Recall@k Surrogate Loss with Large Batches and Similarity Mixup",
        authors: "Patel, Tolias, Matas",
        year: 2022,
        arxiv: Some("2108.11179"),
        venue: "CVPR 2022",
    },
    library: None,
    colour: None,
};

const LARGEST: CountParam = CountParam::new(ParamInfo {
    key: "k_max",
    symbol: "K",
    default: 16.0,
    min: 1.0,
    max: 64.0,
    tune: (1.0, 32.0),
    scale: Scale::Integer,
    unit: "",
});

const COUNT_TEMPERATURE: LaneParam = LaneParam::new(ParamInfo {
    key: "count_temperature",
    symbol: "τ₁",
    default: 1.0,
    min: 0.1,
    max: 16.0,
    tune: (1.0, 16.0),
    scale: Scale::Log,
    unit: "",
});

const RANK_TEMPERATURE: LaneParam = LaneParam::new(ParamInfo {
    key: "rank_temperature",
    symbol: "τ₂",
    default: 0.01,
    min: 0.001,
    max: 1.0,
    tune: (0.001, 0.1),
    scale: Scale::Log,
    unit: "",
});

/// The Recall@k surrogate of each lane, `[lane, 1, 1]`.
#[cfg(feature = "engine")]
pub fn forward(input: &LossInput<'_>) -> Tensor<3> {
    let pairs = crate::miner::all_pairs(input.labels.clone());
    let positives = pairs.positive.clone().float().sum_dim(2);
    let is_anchor = positives.clone().clamp_max(1.0);
    let anchors = parts::total(is_anchor.clone()).clamp_min(1.0);
    let cosine = input.sample_cosines();
    let most = SoftRanks::most(input);
    let temperature = input.param(RANK_TEMPERATURE);
    let ranks = SoftRanks::new(&cosine, temperature, pairs.positive, pairs.negative, most);
    let before = ranks.before();
    let rank = (before.own + before.negative).add_scalar(1.0);

    let sharpness = input.param(COUNT_TEMPERATURE).recip().unsqueeze_dim::<4>(1);
    let (positives, is_anchor) = (positives.unsqueeze_dim::<4>(1), is_anchor.unsqueeze_dim(1));
    let mut recall = Tensor::zeros_like(&positives);
    let mut by_rank = Tensor::zeros_like(&rank);
    let shortlists = shortlists(input.count(LARGEST));
    for &k in &shortlists {
        let within = sigmoid((rank.clone().neg().add_scalar(k)) * sharpness.clone());
        let slope = (within.clone() - within.clone().square()) * sharpness.clone();
        let found = (within * before.exists.clone()).sum_dim(1);
        let enough = positives.clone().clamp(1.0, k).recip();
        // What is found beyond k counts no more.
        let counts = found.clone().lower_elem(k).float() * enough.clone();
        recall = recall + found.clamp_max(k) * enough;
        by_rank = by_rank + slope * counts;
    }
    // What one recall counts in the loss, [lane, 1, batch, 1].
    let each = is_anchor
        / anchors
            .mul_scalar(shortlists.len() as f32)
            .unsqueeze_dim::<4>(1);
    let missed = recall.neg().add_scalar(shortlists.len() as f32) * each.clone();
    let by_rank = by_rank * each * before.exists;
    let gradient = ranks.gradient(&by_rank, &by_rank);
    let [lanes, ..] = gradient.dims();
    parts::from_gradient(cosine, missed.sum_dim(2).reshape([lanes, 1, 1]), gradient)
}

/// 1, 2, 4, … up to the largest.
#[cfg(feature = "engine")]
fn shortlists(largest: usize) -> Vec<f32> {
    let doubled = std::iter::successors(Some(1_usize), |k| Some(2 * k));
    doubled
        .take_while(|k| *k <= largest)
        .map(|k| k as f32)
        .collect()
}
