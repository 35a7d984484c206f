//! Proxy Anchor turned round: each sample is the anchor, and the proxies share its pull and its push.
//!
//! `L = mean over i of log(1 + e^{−α(s_{i y_i} − δ)}) + log(1 + Σ_{c ≠ y_i} e^{α(s_ic + δ)})`, s being the cosine of sample and
//! proxy.
//!
//! [`proxy_anchor`] sums over the samples of a proxy, here the sum is over the proxies of a sample; all else is the same.
//! With `g_c = e^{α(s_ic + δ)}` the push on a sample is `α/B · Σg / (1 + Σg)`, of which a proxy takes `g_c / Σg`. So the
//! hardest proxies count most, as in [`proxy_nca`], and no sample sees another.
//!
//! # Shapes
//! Embeddings `[lane, batch, dim]`, proxies `[lane, class, dim]`; result `[lane, 1, 1]`.
//!
//! # Defaults
//! α 32, δ 0.1, as for Proxy Anchor.
//!
//! # Edge cases
//! With one class there is only the first part.
//!
//! # Differs
//! No paper proposes it: it is one step of an ablation. [`cosface`] with s = α and m = 2δ is the next: its one logarithm
//! `log(1 + Σ_{c ≠ y_i} e^{α(s_ic − s_{i y_i} + 2δ)})` has pull and push in one.
//!
//! Proxy Anchor: Kim et al., CVPR 2020, [arXiv:2003.13911](https://arxiv.org/abs/2003.13911).

use super::proxy_anchor::{ALPHA, MARGIN, PAPER};
use super::*;

pub const INFO: LossInfo = LossInfo {
    id: "proxy-anchor-by-sample",
    golden: None,
    name: "Proxy Anchor by sample",
    family: Family::Proxy,
    formula: latex!(
        r"L = \operatorname*{mean}_i \left( \log \left( 1 + e^{-\alpha (s_{i y_i} - \delta)} \right)
            + \log \left( 1 + \sum_{c \ne y_i} e^{\alpha (s_{ic} + \delta)} \right) \right)"
    ),
    symbols: &["s_ic", "y_i"],
    params: &[MARGIN.info(), ALPHA.info()],
    learned: Learned::ClassVectors,
    mining: Mining::None,
    memory: false,
    mixup: false,
    paper: PAPER,
    library: None,
    colour: None,
};

/// Proxy Anchor with its sums over the proxies, of each lane, `[lane, 1, 1]`.
#[cfg(feature = "engine")]
pub fn forward(input: &LossInput<'_>) -> Tensor<3> {
    let alpha = input.param(ALPHA);
    let shift = alpha.clone() * input.param(MARGIN);
    let own = input.class_mask().float();
    let sharp = input.class_cosines() * alpha;
    // −α(s − δ) and α(s + δ)
    let pull = parts::masked_lse_one(shift.clone() - sharp.clone(), own.clone());
    let push = parts::masked_lse_one(sharp + shift, own.neg().add_scalar(1.0));
    parts::batch_mean(pull + push)
}
