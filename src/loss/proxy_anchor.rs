//! Proxy Anchor: each class's proxy is an anchor; the hardest samples of the batch pull and push it most.
//!
//! `L = 1/C⁺ Σ_{c present} log(1 + Σ_{y_i = c} e^{−α(s_ic − δ)}) + 1/C Σ_c log(1 + Σ_{y_i ≠ c} e^{α(s_ic + δ)})`, where
//! s is the cosine of sample and proxy, C⁺ the number of classes in the batch, C that of all classes.
//!
//! # Shapes
//! Embeddings `[lane, batch, dim]`, proxies `[lane, class, dim]`; result `[lane, 1, 1]`.
//!
//! # Defaults
//! α 32, δ 0.1: the paper's, and pytorch-metric-learning's. Small networks want α between 4 and 8.
//!
//! # Edge cases
//! An absent class has only the second part; a class that is the whole batch has only the first.
//!
//! Kim et al., CVPR 2020, [arXiv:2003.13911](https://arxiv.org/abs/2003.13911).

use super::*;

pub const INFO: LossInfo = LossInfo {
    id: "proxy-anchor",
    golden: Some(Golden::of("proxy_anchor")),
    name: "Proxy Anchor",
    family: Family::Proxy,
    formula: latex!(
        r"L = \frac{1}{C^+} \sum_{c \in C^+} \log \left( 1 + \sum_{y_i = c} e^{-\alpha (s_{ic} - \delta)} \right)
            + \frac{1}{C} \sum_c \log \left( 1 + \sum_{y_i \ne c} e^{\alpha (s_{ic} + \delta)} \right)"
    ),
    symbols: &["s_ic", "C⁺", "C"],
    params: &[MARGIN.info(), ALPHA.info()],
    learned: Learned::ClassVectors,
    mining: Mining::None,
    memory: false,
    mixup: true,
    paper: PAPER,
    library: Some(Library::of("losses.ProxyAnchorLoss")),
    colour: Some(0),
};

pub(super) const MARGIN: LaneParam = LaneParam::new(ParamInfo {
    key: "margin",
    symbol: "δ",
    default: 0.1,
    min: -1.0,
    max: 1.0,
    tune: (0.0, 0.4),
    scale: Scale::Linear,
    unit: "",
});

pub(super) const ALPHA: LaneParam = LaneParam::new(ParamInfo {
    key: "alpha",
    symbol: "α",
    default: 32.0,
    min: 0.1,
    max: 256.0,
    tune: (2.0, 48.0),
    scale: Scale::Log,
    unit: "",
});

pub(super) const PAPER: Paper = Paper {
    title: "Proxy Anchor Loss for Deep Metric Learning",
    authors: "Kim, Kim, Cho, Kwak",
    year: 2020,
    arxiv: Some("2003.13911"),
    venue: "CVPR 2020",
};

/// Proxy Anchor of each lane, `[lane, 1, 1]`.
#[cfg(feature = "engine")]
pub fn forward(input: &LossInput<'_>) -> Tensor<3> {
    let alpha = input.param(ALPHA);
    let shift = alpha.clone() * input.param(MARGIN);
    // [lane, class, batch], so that the sums over samples run along the last axis.
    let (cosine, mixed) = input.apart(input.cosines_by_class());
    let own = input.member_mask().float();
    let sharp = cosine * alpha.clone();
    // −α(s − δ) and α(s + δ)
    let pull = parts::masked_lse_one(shift.clone() - sharp.clone(), own.clone());
    let push = parts::masked_lse_one(sharp + shift.clone(), own.neg().add_scalar(1.0));
    // (1/C⁺) Σ pull + (1/C) Σ push as one sum.
    let over_classes = |pull: Tensor<3>, push: Tensor<3>| {
        (pull * input.inverse_present_classes() + push.div_scalar(input.classes() as f32))
            .sum_dim(1)
    };
    let loss = over_classes(pull, push);
    let Some(mixed) = mixed else {
        return loss;
    };
    // Mixtures are of no other classes than the batch.
    let share = input.mixed_with_class();
    let rest = share.clone().neg().add_scalar(1.0);
    let sharp = mixed * alpha;
    let pull = parts::weighted_lse_one(shift.clone() - sharp.clone(), share);
    let push = parts::weighted_lse_one(sharp + shift, rest);
    loss + over_classes(pull, push).mul_scalar(input.mixed_weight())
}
