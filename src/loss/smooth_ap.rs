//! Smooth-AP: average precision itself, with each rank counted by sigmoids.
//!
//! `L = mean over q with positives of 1 − 1/|S_q| Σ_{i ∈ S_q} R⁺_qi / R_qi`, where `R_qi = 1 + Σ_{j ≠ i} σ((s_qj − s_qi)/τ)` is i's
//! rank in the batch as q sees it, R⁺ the same among the samples S_q of q's class only, and s the cosine. Computed as
//! `1/|S_q| Σ_i (R_qi − R⁺_qi) / R_qi`, which is the same.
//!
//! # Shapes
//! Embeddings `[lane, batch, dim]`; result `[lane, 1, 1]`.
//!
//! # Defaults
//! τ 0.01: the paper's, and pytorch-metric-learning's. Below a distance of some τ in the cosine two samples are as good as
//! level; beyond it they have hardly any gradient.
//!
//! # Edge cases
//! S_q has q itself, at the top of its own list, as in the published code. A sample without positives is left out; 0 where
//! none has one, and where there is one class.
//!
//! # Differs
//! From the paper and its code: classes may have different numbers of samples in the batch, in any order. From
//! pytorch-metric-learning: version 2.9.0 takes the number of samples a class for the number of classes, and ranks groups of
//! mixed classes unless the two are equal. A race with this loss is therefore not exported as a script.
//!
//! Brown et al., ECCV 2020, [arXiv:2007.12163](https://arxiv.org/abs/2007.12163).

#[cfg(feature = "engine")]
use super::soft_rank::SoftRanks;
use super::*;

pub const INFO: LossInfo = LossInfo {
    id: "smooth-ap",
    golden: Some(Golden::of("smooth_ap")),
    name: "Smooth-AP",
    family: Family::Pair,
    formula: latex!(
        r"L = \operatorname*{mean}_q \left( 1 - \frac{1}{|S_q|} \sum_{i \in S_q} \frac{R^+_{qi}}{R_{qi}} \right) ,
            \quad R_{qi} = 1 + \sum_{j \ne i} \sigma \left( \frac{s_{qj} - s_{qi}}{\tau} \right)"
    ),
    symbols: &["s_qi", "S_q", "R_qi", "R⁺_qi", "σ"],
    params: &[TEMPERATURE.info()],
    learned: Learned::None,
    mining: Mining::None,
    memory: false,
    mixup: false,
    paper: Paper {
        title: "Smooth-AP: Smoothing the Path Towards Large-Scale Image Retrieval",
        authors: "Brown, Xie, Kalogeiton, Zisserman",
        year: 2020,
        arxiv: Some("2007.12163"),
        venue: "ECCV 2020",
    },
    library: None,
    colour: None,
};

const TEMPERATURE: LaneParam = LaneParam::new(ParamInfo {
    key: "temperature",
    symbol: "τ",
    default: 0.01,
    min: 0.002,
    max: 1.0,
    tune: (0.005, 0.2),
    scale: Scale::Log,
    unit: "",
});

/// Smooth-AP of each lane, `[lane, 1, 1]`.
#[cfg(feature = "engine")]
pub fn forward(input: &LossInput<'_>) -> Tensor<3> {
    let negative = crate::miner::all_pairs(input.labels.clone()).negative;
    let same = negative.clone().bool_not();
    let members = same.clone().float().sum_dim(2);
    let is_anchor = members.clone().sub_scalar(1.0).clamp_max(1.0);
    let anchors = parts::total(is_anchor.clone()).clamp_min(1.0);
    // What one sample's precision counts in the loss, [lane, 1, batch, 1].
    let each = (is_anchor / members / anchors).unsqueeze_dim::<4>(1);

    let cosine = input.sample_cosines();
    let most = SoftRanks::most(input) + 1;
    let ranks = SoftRanks::new(&cosine, input.param(TEMPERATURE), same, negative, most);
    let before = ranks.before();
    let own_rank = before.own.add_scalar(1.0);
    let inverse = (own_rank.clone() + before.negative.clone()).recip();
    let each = each * before.exists;
    // (R − R⁺)/R, which grows by R⁺/R² with R − R⁺, and falls by (R − R⁺)/R² with R⁺.
    let missed = before.negative * inverse.clone();
    let value = (missed.clone() * each.clone()).sum_dim(1).sum_dim(2);
    let slope = inverse.clone() * each;
    let by_negative = own_rank * inverse * slope.clone();
    let by_own = (missed * slope).neg();
    let gradient = ranks.gradient(&by_own, &by_negative);
    let [lanes, ..] = gradient.dims();
    parts::from_gradient(cosine, value.reshape([lanes, 1, 1]), gradient)
}
