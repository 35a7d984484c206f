//! SoftTriple: a softmax over classes that have several centres each.
//!
//! `L = mean over i of CE(λ(S_ic − m·[c = y_i]))` with `S_ic = Σ_k softmax_k(s_ick / γ) s_ick`, s being the cosine of sample
//! and centre.
//!
//! # Shapes
//! Embeddings `[lane, batch, dim]`, centres `[lane, class * K, dim]`, row `c * K + k` being centre k of class c; result
//! `[lane, 1, 1]`.
//!
//! # Defaults
//! K 10, λ 20, γ 0.1, m 0.01, as in pytorch-metric-learning and the paper's code.
//!
//! # Edge cases
//! 0 where there is one class.
//!
//! # Differs
//! From the paper: no regulariser that merges centres (off by default in pytorch-metric-learning, too).
//!
//! Qian et al., ICCV 2019, [arXiv:1909.05235](https://arxiv.org/abs/1909.05235).

use super::*;

pub const INFO: LossInfo = LossInfo {
    id: "soft-triple",
    golden: Some(Golden::of("soft_triple")),
    name: "SoftTriple",
    family: Family::Softmax,
    formula: latex!(
        r"L = \operatorname*{mean}_i \; {-}\log \frac{e^{\lambda (S_{i y_i} - m)}}
            {e^{\lambda (S_{i y_i} - m)} + \sum_{c \ne y_i} e^{\lambda S_{ic}}} ,
            \quad S_{ic} = \sum_k \operatorname*{softmax}_k (s_{ick} / \gamma) \, s_{ick}"
    ),
    symbols: &["s_ick", "S_ic", "K", "y_i"],
    params: &[CENTRES.info(), LAMBDA.info(), GAMMA.info(), MARGIN.info()],
    learned: Learned::Centres(CENTRES),
    mining: Mining::None,
    memory: false,
    mixup: false,
    paper: Paper {
        title: "SoftTriple Loss: Deep Metric Learning Without Triplet Sampling",
        authors: "Qian, Shang, Sun, Hu, Li, Jin",
        year: 2019,
        arxiv: Some("1909.05235"),
        venue: "ICCV 2019",
    },
    library: Some(Library::of("losses.SoftTripleLoss")),
    colour: None,
};

pub(super) const CENTRES: CountParam = CountParam::new(ParamInfo {
    key: "centers_per_class",
    symbol: "K",
    default: 10.0,
    min: 1.0,
    max: 20.0,
    tune: (1.0, 10.0),
    scale: Scale::Integer,
    unit: "",
});

pub(super) const LAMBDA: LaneParam = LaneParam::new(ParamInfo {
    key: "la",
    symbol: "λ",
    default: 20.0,
    min: 0.5,
    max: 128.0,
    tune: (0.5, 32.0),
    scale: Scale::Log,
    unit: "",
});

pub(super) const GAMMA: LaneParam = LaneParam::new(ParamInfo {
    key: "gamma",
    symbol: "γ",
    default: 0.1,
    min: 0.03,
    max: 10.0,
    tune: (0.05, 0.5),
    scale: Scale::Log,
    unit: "",
});

pub(super) const MARGIN: LaneParam = LaneParam::new(ParamInfo {
    key: "margin",
    symbol: "m",
    default: 0.01,
    min: 0.0,
    max: 1.0,
    tune: (0.0, 0.4),
    scale: Scale::Linear,
    unit: "",
});

/// SoftTriple of each lane, `[lane, 1, 1]`.
#[cfg(feature = "engine")]
pub fn forward(input: &LossInput<'_>) -> Tensor<3> {
    let [lanes, batch, _] = input.dims();
    let (classes, per_class) = (input.classes(), input.count(CENTRES));
    // [lane, class, centre, batch]: sums over a few centres are quick where the batch lies beside them in memory.
    let cosine = input.cosines_by_class();
    let cosine = cosine.reshape([lanes, classes, per_class, batch]);
    // S = Σ w s with w = softmax(s/γ) has ∂S/∂s = w (1 + (s − S)/γ): found without autodiff, it is one product on the graph.
    let still = cosine.clone().without_autodiff();
    let sharpness = input.param(GAMMA).recip().unsqueeze_dim::<4>(1);
    let sharp = still.clone() * sharpness.clone();
    // A cosine is at most 1, so that 1/γ does for the largest: e^(−2/γ) is far from underflow for every γ allowed.
    let weight = (sharp.clone() - sharpness.clone()).exp();
    let inverse_sum = weight.clone().sum_dim(2).clamp_min(1e-37).recip();
    let value = (weight.clone() * still.clone()).sum_dim(2) * inverse_sum.clone();
    let slope = (sharp + (value.clone() * sharpness).neg().add_scalar(1.0)) * weight;
    let similarity = ((cosine - still) * slope).sum_dim(2) * inverse_sum + value;
    let similarity = similarity.reshape([lanes, classes, batch]).swap_dims(1, 2);
    let target = input.class_mask().float();
    let logits = (similarity - target.clone() * input.param(MARGIN)) * input.param(LAMBDA);
    parts::cross_entropy(logits, target)
}
