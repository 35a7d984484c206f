//! CosFace: softmax over cosines, the own class's lowered by a margin.
//!
//! `L = mean over i of CE(s(cos θ_ic − m·[c = y_i]))`.
//!
//! # Shapes
//! Embeddings `[lane, batch, dim]`, weights `[lane, class, dim]`; result `[lane, 1, 1]`.
//!
//! # Defaults
//! m 0.35, s 64, as in pytorch-metric-learning and the paper. Small networks want s between 4 and 16.
//!
//! # Edge cases
//! 0 where there is one class.
//!
//! Wang et al., CVPR 2018, [arXiv:1801.09414](https://arxiv.org/abs/1801.09414).

use super::*;

pub const INFO: LossInfo = LossInfo {
    id: "cosface",
    golden: Some(Golden::of("cosface")),
    name: "CosFace",
    family: Family::Softmax,
    formula: latex!(
        r"L = \operatorname*{mean}_i \; {-}\log \frac{e^{s (\cos \theta_{i y_i} - m)}}
            {e^{s (\cos \theta_{i y_i} - m)} + \sum_{c \ne y_i} e^{s \cos \theta_{ic}}}"
    ),
    symbols: &["θ_ic", "y_i"],
    params: &[MARGIN.info(), SCALE.info()],
    learned: Learned::ClassVectors,
    mining: Mining::None,
    memory: false,
    mixup: false,
    paper: Paper {
        title: "CosFace: Large Margin Cosine Loss for Deep Face Recognition",
        authors: "Wang, Wang, Zhou, Ji, Gong, Zhou, Li, Liu",
        year: 2018,
        arxiv: Some("1801.09414"),
        venue: "CVPR 2018",
    },
    library: Some(Library::of("losses.CosFaceLoss")),
    colour: Some(7),
};

const MARGIN: LaneParam = LaneParam::new(ParamInfo {
    key: "margin",
    symbol: "m",
    default: 0.35,
    min: 0.0,
    max: 1.0,
    tune: (0.0, 0.4),
    scale: Scale::Linear,
    unit: "",
});

const SCALE: LaneParam = LaneParam::new(ParamInfo {
    key: "scale",
    symbol: "s",
    default: 64.0,
    min: 1.0,
    max: 256.0,
    tune: (1.5, 64.0),
    scale: Scale::Log,
    unit: "",
});

/// CosFace of each lane, `[lane, 1, 1]`.
#[cfg(feature = "engine")]
pub fn forward(input: &LossInput<'_>) -> Tensor<3> {
    let target = input.class_mask().float();
    let cosine = input.class_cosines();
    // s (cos θ_ic − m·[c = y_i])
    let logits = (cosine - target.clone() * input.param(MARGIN)) * input.param(SCALE);
    parts::cross_entropy(logits, target)
}
