//! Proxy-NCA++: Proxy-NCA as a softmax with a low temperature.
//!
//! `L = mean over i of −log( e^{−d²(x_i, p_{y_i})/T} / Σ_c e^{−d²(x_i, p_c)/T} )`, samples and proxies normalised.
//!
//! # Shapes
//! Embeddings `[lane, batch, dim]`, proxies `[lane, class, dim]`; result `[lane, 1, 1]`.
//!
//! # Defaults
//! T 1/9, the paper's.
//!
//! # Edge cases
//! 0 where there is one class.
//!
//! # Differs
//! From the paper: only the loss; its pooling, layer norm and sampling belong to the network and the sampler.
//!
//! Teh, DeVries, Taylor, ECCV 2020, [arXiv:2004.01113](https://arxiv.org/abs/2004.01113).

use super::proxy_nca::SYMBOLS;
use super::*;

pub const INFO: LossInfo = LossInfo {
    id: "proxy-nca-plus-plus",
    golden: None,
    name: "Proxy-NCA++",
    family: Family::Proxy,
    formula: latex!(
        r"L = \operatorname*{mean}_i \; {-}\log \frac{e^{-d^2(x_i, p_{y_i}) / T}}{\sum_c e^{-d^2(x_i, p_c) / T}}"
    ),
    symbols: SYMBOLS,
    params: &[TEMPERATURE.info()],
    learned: Learned::ClassVectors,
    mining: Mining::None,
    memory: false,
    mixup: false,
    paper: Paper {
        title: "ProxyNCA++: Revisiting and Revitalizing Proxy Neighborhood Component Analysis",
        authors: "Teh, DeVries, Taylor",
        year: 2020,
        arxiv: Some("2004.01113"),
        venue: "ECCV 2020",
    },
    library: Some(Library {
        more: &["softmax_scale=1 / {temperature}"],
        ..Library::of("losses.ProxyNCALoss")
    }),
    colour: None,
};

const TEMPERATURE: LaneParam = LaneParam::new(ParamInfo {
    key: "temperature",
    symbol: "T",
    default: 1.0 / 9.0,
    min: 0.005,
    max: 20.0,
    tune: (0.03, 2.0),
    scale: Scale::Log,
    unit: "",
});

/// Proxy-NCA++ of each lane, `[lane, 1, 1]`.
#[cfg(feature = "engine")]
pub fn forward(input: &LossInput<'_>) -> Tensor<3> {
    let target = input.class_mask().float();
    let closeness = input.class_closeness();
    // −d²(x_i, p_c) / T
    parts::cross_entropy(closeness * input.param(TEMPERATURE).recip(), target)
}
