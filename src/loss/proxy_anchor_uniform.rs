//! Proxy Anchor without its weights: a proxy pulls all its samples alike, and pushes all others alike.
//!
//! `L = 1/C⁺ Σ_{c present} log(1 + n_c e^{−α(s̄_c − δ)}) + 1/C Σ_c log(1 + m_c e^{α(s̄'_c + δ)})`, where s̄_c is the mean cosine of
//! proxy c and the n_c samples of its class, s̄'_c that of the proxy and the m_c others.
//!
//! [`proxy_anchor`] has the sum of exponentials, here it is the number of terms times the exponential of their mean. The
//! two are equal where all samples are equally hard; else this one is smaller, by Jensen's inequality. With
//! `P_c = n_c e^{−α(s̄_c − δ)}` and `h_i = e^{−α(s_ic − δ)}` the gradients by the cosine of a class's own sample are
//!
//! | | total pull of the proxy | sample i's share of it |
//! |---|---|---|
//! | Proxy Anchor | α/C⁺ · Σh / (1 + Σh) | h_i / Σh |
//! | here | α/C⁺ · P_c / (1 + P_c) | 1/n_c |
//!
//! and those of the push likewise. What Proxy Anchor gains over this loss is what weighing the samples by their hardness
//! gains it.
//!
//! # Shapes
//! Embeddings `[lane, batch, dim]`, proxies `[lane, class, dim]`; result `[lane, 1, 1]`.
//!
//! # Defaults
//! α 32, δ 0.1, as for Proxy Anchor.
//!
//! # Edge cases
//! As for Proxy Anchor: an absent class has only the second part, a class that is the whole batch only the first.
//!
//! # Differs
//! No paper proposes it: it is one step of an ablation.
//!
//! Proxy Anchor: Kim et al., CVPR 2020, [arXiv:2003.13911](https://arxiv.org/abs/2003.13911).

use super::proxy_anchor::{ALPHA, MARGIN, PAPER};
use super::*;

pub const INFO: LossInfo = LossInfo {
    id: "proxy-anchor-uniform",
    golden: None,
    name: "Proxy Anchor, samples alike",
    family: Family::Proxy,
    formula: latex!(
        r"L = \frac{1}{C^+} \sum_{c \in C^+} \log \left( 1 + n_c \, e^{-\frac{\alpha}{n_c} \sum_{y_i = c} (s_{ic} - \delta)} \right)
            + \frac{1}{C} \sum_c \log \left( 1 + m_c \, e^{\frac{\alpha}{m_c} \sum_{y_i \ne c} (s_{ic} + \delta)} \right)"
    ),
    symbols: &["s_ic", "C⁺", "C", "n_c", "m_c"],
    params: &[MARGIN.info(), ALPHA.info()],
    learned: Learned::ClassVectors,
    mining: Mining::None,
    memory: false,
    mixup: false,
    paper: PAPER,
    library: None,
    colour: None,
};

/// Proxy Anchor with uniform weights over the samples, of each lane, `[lane, 1, 1]`.
#[cfg(feature = "engine")]
pub fn forward(input: &LossInput<'_>) -> Tensor<3> {
    let alpha = input.param(ALPHA);
    let shift = alpha.clone() * input.param(MARGIN);
    // [lane, class, batch], so that the sums over samples run along the last axis.
    let sharp = input.cosines_by_class() * alpha;
    let own = input.member_mask().float();
    let others = own.clone().neg().add_scalar(1.0);
    // −α(s̄ − δ) of the own samples, α(s̄ + δ) of the others
    let pull = of_all_alike(sharp.clone().neg(), own, shift.clone());
    let push = of_all_alike(sharp, others, shift);
    // (1/C⁺) Σ pull + (1/C) Σ push as one sum.
    (pull * input.inverse_present_classes() + push.div_scalar(input.classes() as f32)).sum_dim(1)
}

/// log(1 + n e^{x̄ + shift}), where x̄ is the mean of the n entries of a row that are kept (1, others 0); 0 where none is.
///
/// # Shapes
/// Twice `[lane, row, column]`, and `[lane, 1, 1]`, to `[lane, row, 1]`.
#[cfg(feature = "engine")]
fn of_all_alike(x: Tensor<3>, keep: Tensor<3>, shift: Tensor<3>) -> Tensor<3> {
    let count = keep.clone().sum_dim(2);
    let any = count.clone().clamp_max(1.0);
    let count = count.clamp_min(1.0);
    let mean = (x * keep).sum_dim(2) / count.clone();
    parts::softplus(mean + shift + count.log()) * any
}
