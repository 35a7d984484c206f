//! ArcFace: softmax over cosines, the angle to the own class widened by a margin.
//!
//! `L = mean over i of CE(s z_ic)`, `z_ic = cos θ_ic`, but at y_i `cos(θ + m)` where θ ≤ π − m, else `cos θ − m sin m`, which
//! keeps falling.
//!
//! # Shapes
//! Embeddings `[lane, batch, dim]`, weights `[lane, class, dim]`; result `[lane, 1, 1]`.
//!
//! # Defaults
//! m 28.6° (0.5 rad), s 64, as in pytorch-metric-learning and the paper. Small networks want s between 4 and 16.
//!
//! # Edge cases
//! 0 where there is one class. Where a sample lies on its class's weight, sin θ has no derivative: that part is then left out
//! of the gradient, which stays finite.
//!
//! Deng et al., CVPR 2019, [arXiv:1801.07698](https://arxiv.org/abs/1801.07698).

use super::*;
#[cfg(feature = "engine")]
use burn::tensor::TensorData;

pub const INFO: LossInfo = LossInfo {
    id: "arcface",
    golden: Some(Golden::of("arcface")),
    name: "ArcFace",
    family: Family::Softmax,
    formula: latex!(
        r"L = \operatorname*{mean}_i \; {-}\log \frac{e^{s \cos(\theta_{i y_i} + m)}}
            {e^{s \cos(\theta_{i y_i} + m)} + \sum_{c \ne y_i} e^{s \cos \theta_{ic}}}"
    ),
    symbols: &["θ_ic", "y_i"],
    params: &[MARGIN.info(), SCALE.info()],
    learned: Learned::ClassVectors,
    mining: Mining::None,
    memory: false,
    mixup: false,
    paper: Paper {
        title: "ArcFace: Additive Angular Margin Loss for Deep Face Recognition",
        authors: "Deng, Guo, Xue, Zafeiriou",
        year: 2019,
        arxiv: Some("1801.07698"),
        venue: "CVPR 2019",
    },
    library: Some(Library::of("losses.ArcFaceLoss")),
    colour: None,
};

const MARGIN: LaneParam = LaneParam::new(ParamInfo {
    key: "margin",
    symbol: "m",
    default: 28.6,
    min: 0.0,
    max: 90.0,
    tune: (2.0, 30.0),
    scale: Scale::Linear,
    unit: "°",
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

/// ArcFace of each lane, `[lane, 1, 1]`.
#[cfg(feature = "engine")]
pub fn forward(input: &LossInput<'_>) -> Tensor<3> {
    // From the host: a GPU's sine may be off by 2⁻¹¹, which the scale of 64 would show.
    let of_margin = |f: fn(f64) -> f64| {
        let lanes = input.dims()[0];
        let values: Vec<f32> = (0..lanes)
            .map(|lane| f(f64::from(input.lane_param(lane, MARGIN)).to_radians()) as f32)
            .collect();
        Tensor::<3>::from_data(
            TensorData::new(values, [lanes, 1, 1]),
            &input.constant_device(),
        )
    };
    let (cos_m, sin_m, m_sin_m) = (
        of_margin(f64::cos),
        of_margin(f64::sin),
        of_margin(|m| m * m.sin()),
    );
    let target = input.class_mask().float();
    let cosine = input.class_cosines();
    // [lane, batch, 1]
    let own = (cosine.clone() * target.clone()).sum_dim(2);
    let sine = own
        .clone()
        .square()
        .neg()
        .add_scalar(1.0)
        .clamp_min(1e-12)
        .sqrt();
    // cos(θ + m), where that still falls with θ: θ ≤ π − m is cos θ ≥ −cos m.
    let widened = own.clone() * cos_m.clone() - sine * sin_m;
    let beyond = own.clone() - m_sin_m;
    let far = own.clone().without_autodiff().lower(cos_m.neg());
    let change = widened.mask_where(far, beyond) - own;
    parts::cross_entropy(
        (cosine + target.clone() * change) * input.param(SCALE),
        target,
    )
}
