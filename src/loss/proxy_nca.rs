//! Proxy-NCA: each sample has to be nearer to its own class's proxy than to the others'.
//!
//! `L = mean over i of −log( e^{−σ d²(x_i, p_{y_i})} / Σ_c e^{−σ d²(x_i, p_c)} )`, samples and proxies normalised.
//!
//! # Shapes
//! Embeddings `[lane, batch, dim]`, proxies `[lane, class, dim]`; result `[lane, 1, 1]`.
//!
//! # Defaults
//! σ 1, as in pytorch-metric-learning. The code of Proxy Anchor's authors has 32.
//!
//! # Edge cases
//! 0 where there is one class.
//!
//! # Differs
//! From the paper: the own proxy is in the denominator, as in pytorch-metric-learning;
//! [`proxy_nca_excluded`] leaves it out.
//!
//! Movshovitz-Attias et al., ICCV 2017, [arXiv:1703.07464](https://arxiv.org/abs/1703.07464).

use super::*;

pub const INFO: LossInfo = LossInfo {
    id: "proxy-nca",
    golden: Some(Golden::of("proxy_nca")),
    name: "Proxy-NCA",
    family: Family::Proxy,
    formula: latex!(
        r"L = \operatorname*{mean}_i \; {-}\log \frac{e^{-\sigma d^2(x_i, p_{y_i})}}{\sum_c e^{-\sigma d^2(x_i, p_c)}}"
    ),
    symbols: SYMBOLS,
    params: &[SOFTMAX_SCALE.info()],
    learned: Learned::ClassVectors,
    mining: Mining::None,
    memory: false,
    mixup: false,
    paper: PAPER,
    library: Some(Library::of("losses.ProxyNCALoss")),
    colour: Some(1),
};

const SOFTMAX_SCALE: LaneParam = LaneParam::new(ParamInfo {
    key: "softmax_scale",
    symbol: "σ",
    default: 1.0,
    min: 0.05,
    max: 128.0,
    tune: (0.5, 32.0),
    scale: Scale::Log,
    unit: "",
});

pub(super) const SYMBOLS: &[&str] = &["d", "x_i", "p_c"];

pub(super) const PAPER: Paper = Paper {
    title: "No Fuss Distance Metric Learning using Proxies",
    authors: "Movshovitz-Attias, Toshev, Leung, Ioffe, Singh",
    year: 2017,
    arxiv: Some("1703.07464"),
    venue: "ICCV 2017",
};

/// Proxy-NCA of each lane, `[lane, 1, 1]`.
#[cfg(feature = "engine")]
pub fn forward(input: &LossInput<'_>) -> Tensor<3> {
    let target = input.class_mask().float();
    let closeness = input.class_closeness();
    // −σ d²(x_i, p_c)
    parts::cross_entropy(closeness * input.param(SOFTMAX_SCALE), target)
}
