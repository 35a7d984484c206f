//! SNR contrastive: contrastive over the ratio of noise to signal.
//!
//! [`contrastive`] with `r_ij = var(u_i − u_j) / var(u_i)` instead of the distance, var over the entries of a
//! vector.
//!
//! # Shapes
//! Embeddings `[lane, batch, dim]`; result `[lane, 1, 1]`.
//!
//! # Defaults
//! m_p 0, m_n 1, as in pytorch-metric-learning.
//!
//! # Edge cases
//! An anchor whose entries are all equal has no signal; its variance is taken as 10⁻¹² / (D − 1), so that the value stays
//! finite.
//!
//! # Differs
//! From the paper: embeddings are normalised, and there is no penalty on their mean, as in pytorch-metric-learning, which gives
//! no finite value for an anchor without signal.
//!
//! Yuan et al., CVPR 2019, [arXiv:1904.02616](https://arxiv.org/abs/1904.02616).

use super::*;

pub const INFO: LossInfo = LossInfo {
    id: "snr-contrastive",
    golden: Some(Golden::of("snr_contrastive")),
    name: "SNR contrastive",
    family: Family::Pair,
    formula: latex!(
        r"L = \underset{y_i = y_j}{\operatorname{mean}_+} \, \left[ r_{ij} - m_p \right]_+
            + \underset{y_i \ne y_j}{\operatorname{mean}_+} \, \left[ m_n - r_{ij} \right]_+ ,
            \quad r_{ij} = \frac{\operatorname{var}(u_i - u_j)}{\operatorname{var}(u_i)}"
    ),
    symbols: &["u_i", "r_ij", "mean₊", "[x]₊"],
    params: &[POSITIVE_MARGIN.info(), NEGATIVE_MARGIN.info()],
    learned: Learned::None,
    mining: Mining::None,
    memory: false,
    mixup: false,
    paper: Paper {
        title: "Signal-to-Noise Ratio: A Robust Distance Metric for Deep Metric Learning",
        authors: "Yuan, Deng, Tang, Tang, Chen",
        year: 2019,
        arxiv: Some("1904.02616"),
        venue: "CVPR 2019",
    },
    library: Some(Library {
        more: &["distance=distances.SNRDistance()"],
        ..Library::of("losses.ContrastiveLoss")
    }),
    colour: None,
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
    max: 8.0,
    tune: (0.3, 2.0),
    scale: Scale::Linear,
    unit: "",
});

/// SNR contrastive loss of each lane, `[lane, 1, 1]`.
#[cfg(feature = "engine")]
pub fn forward(input: &LossInput<'_>) -> Tensor<3> {
    let ratio = input.noise_ratios();
    super::contrastive::pair_hinges(input, ratio, POSITIVE_MARGIN, NEGATIVE_MARGIN)
}

/// Smallest signal that is divided by, times D − 1.
#[cfg(feature = "engine")]
const FLOOR: f32 = 1e-12;

/// `r_ij = ‖c_i − c_j‖² / ‖c_i‖²` with `c = u − mean(u)`, since the divisors D − 1 of the two variances cancel.
///
/// # Shapes
/// Unit rows `[lane, batch, dim]` to `[lane, anchor, other]`, without autodiff.
#[cfg(feature = "engine")]
pub(super) fn ratios(unit: Tensor<3>) -> Tensor<3> {
    let centred = unit.clone() - unit.mean_dim(2);
    let signal = centred.clone().square().sum_dim(2).clamp_min(FLOOR);
    parts::squared_distances(centred) / signal
}

/// The gradient by the unit rows from the gradient G by the ratios.
///
/// With `H_ij = G_ij / ‖c_i‖²` and `K = H + Hᵀ`, the noise gives each row `2 (Σ_j K_ij c_i − Σ_j K_ij c_j)`, and its own signal
/// takes back `2 Σ_j H_ij r_ij c_i`. Taking out the mean is its own way back.
///
/// # Shapes
/// `unit`: `[lane, batch, dim]`; `ratios`, `gradient`: `[lane, anchor, other]`; result `[lane, batch, dim]`.
#[cfg(feature = "engine")]
pub(super) fn by_unit(unit: Tensor<3>, ratios: Tensor<3>, gradient: Tensor<3>) -> Tensor<3> {
    let centred = unit.clone() - unit.mean_dim(2);
    let signal = centred.clone().square().sum_dim(2);
    // An anchor under the floor is divided by a constant.
    let has_signal = signal.clone().greater_elem(FLOOR).float();
    let scaled = gradient / signal.clamp_min(FLOOR);
    let own = (scaled.clone() * ratios).sum_dim(2) * has_signal;
    let both = scaled.clone() + scaled.swap_dims(1, 2);
    let pulled = both.clone().matmul(centred.clone());
    let by_centred = (centred * (both.sum_dim(2) - own) - pulled).mul_scalar(2.0);
    by_centred.clone() - by_centred.mean_dim(2)
}
