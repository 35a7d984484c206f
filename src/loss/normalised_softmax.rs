//! Normalised softmax: classification by the cosine to class weights, sharpened by a temperature.
//!
//! `L = mean over i of −log( e^{s_{i,y_i}/T} / Σ_c e^{s_ic/T} )`, s being the cosine of sample and class weight.
//!
//! # Shapes
//! Embeddings `[lane, batch, dim]`, weights `[lane, class, dim]`; result `[lane, 1, 1]`.
//!
//! # Defaults
//! T 0.05, as in the paper and pytorch-metric-learning. Small networks want 0.05 to 0.2.
//!
//! # Edge cases
//! 0 where there is one class.
//!
//! Zhai, Wu, BMVC 2019, [arXiv:1811.12649](https://arxiv.org/abs/1811.12649).

use super::*;

pub const INFO: LossInfo = LossInfo {
    id: "normalised-softmax",
    golden: Some(Golden::of("normalized_softmax")),
    name: "Normalised softmax",
    family: Family::Softmax,
    formula: latex!(
        r"L = \operatorname*{mean}_i \; {-}\log \frac{e^{s_{i y_i} / T}}{\sum_c e^{s_{ic} / T}}"
    ),
    symbols: SYMBOLS,
    params: &[TEMPERATURE.info()],
    learned: Learned::ClassVectors,
    mining: Mining::None,
    memory: false,
    mixup: false,
    paper: Paper {
        title: "Classification is a Strong Baseline for Deep Metric Learning",
        authors: "Zhai, Wu",
        year: 2019,
        arxiv: Some("1811.12649"),
        venue: "BMVC 2019",
    },
    library: Some(Library::of("losses.NormalizedSoftmaxLoss")),
    colour: None,
};

const TEMPERATURE: LaneParam = LaneParam::new(ParamInfo {
    key: "temperature",
    symbol: "T",
    default: 0.05,
    min: 0.005,
    max: 2.0,
    tune: (0.016, 1.0),
    scale: Scale::Log,
    unit: "",
});

pub(super) const SYMBOLS: &[&str] = &["s_ic", "y_i"];

/// Normalised softmax of each lane, `[lane, 1, 1]`.
#[cfg(feature = "engine")]
pub fn forward(input: &LossInput<'_>) -> Tensor<3> {
    let target = input.class_mask().float();
    let cosine = input.class_cosines();
    // s_ic / T
    parts::cross_entropy(cosine * input.param(TEMPERATURE).recip(), target)
}
