//! Proxy-NCA as its paper has it: the own proxy is left out of the denominator.
//!
//! `L = mean over i of −log( e^{−σ d²(x_i, p_{y_i})} / Σ_{c ≠ y_i} e^{−σ d²(x_i, p_c)} )`, samples and proxies normalised.
//!
//! # Shapes
//! Embeddings `[lane, batch, dim]`, proxies `[lane, class, dim]`; result `[lane, 1, 1]`.
//!
//! # Defaults
//! σ 1, which is the paper's formula.
//!
//! # Edge cases
//! 0 where there is one class. May be negative.
//!
//! # Differs
//! pytorch-metric-learning has the own proxy in the denominator: [`proxy_nca`].
//!
//! Movshovitz-Attias et al., ICCV 2017, [arXiv:1703.07464](https://arxiv.org/abs/1703.07464).

use super::proxy_nca::{PAPER, SYMBOLS};
use super::*;

pub const INFO: LossInfo = LossInfo {
    id: "proxy-nca-excluded",
    golden: None,
    name: "Proxy-NCA (own proxy left out)",
    family: Family::Proxy,
    formula: latex!(
        r"L = \operatorname*{mean}_i \; {-}\log \frac{e^{-\sigma d^2(x_i, p_{y_i})}}{\sum_{c \ne y_i} e^{-\sigma d^2(x_i, p_c)}}"
    ),
    symbols: SYMBOLS,
    params: &[SOFTMAX_SCALE.info()],
    learned: Learned::ClassVectors,
    mining: Mining::None,
    memory: false,
    mixup: false,
    paper: PAPER,
    library: None,
    colour: None,
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

/// Proxy-NCA without the own proxy in the denominator, of each lane, `[lane, 1, 1]`.
#[cfg(feature = "engine")]
pub fn forward(input: &LossInput<'_>) -> Tensor<3> {
    let own = input.class_mask();
    let closeness = input.class_closeness() * input.param(SOFTMAX_SCALE);
    // log Σ_{c ≠ y_i} e^{−σ d²(x_i, p_c)} + σ d²(x_i, p_{y_i})
    let pull = (closeness.clone() * own.clone().float()).sum_dim(2);
    let loss = parts::batch_mean(parts::masked_lse(closeness, own.bool_not()) - pull);
    if input.classes() > 1 {
        loss
    } else {
        loss.mul_scalar(0.0)
    }
}
