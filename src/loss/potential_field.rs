//! Potential field: samples and proxies are charges, which attract their own class and repel the others, less with distance.
//!
//! Of N charges, the batch's samples and M proxies of each class, with distances d of the normalised vectors:
//! `L = 1/N Σ_i ( Σ_{j of i's class} [1 − (δ/d_ij)^α]₊ + Σ_{j of others} [(δ/d_ij)^α − 1]₊ )`. A charge's own class holds it no more once it is
//! within δ, and other classes push it only within δ.
//!
//! # Shapes
//! Embeddings `[lane, batch, dim]`, proxies `[lane, class · M, dim]`, those of a class one after another; result `[lane, 1, 1]`.
//!
//! # Defaults
//! α 3 and δ 0.2: the middles of the ranges that the paper searches, 0 to 6 and 0.1 to 0.3; which values it took for which
//! data set it does not say, and its authors have published no code. M 2, which the paper takes for its data set of many
//! classes with few samples each (15 for the other two).
//!
//! Tuning draws α from 1 to 6 and δ from 0.1 to 0.3, which is what the paper searches, without the field of α 0, that has
//! no force; and M from 1 to 4, since a step costs the square of all proxies.
//!
//! # Edge cases
//! Two charges at the same place do not move each other: the force has no direction there.
//!
//! # Differs
//! From the paper: its energy is divided by N and multiplied by δ^α, and a constant is added for each pair, so that the loss is
//! 0 where no force is left; its gradient keeps its direction. Nearer than a tenth of δ the repulsion stops growing and keeps
//! its largest force, else two charges that meet would throw off the whole network.
//!
//! Bhatnagar, Ahuja, CVPR 2025, [arXiv:2405.18560](https://arxiv.org/abs/2405.18560).

use super::*;

pub const INFO: LossInfo = LossInfo {
    id: "potential-field",
    golden: Some(Golden::of("potential_field")),
    name: "Potential field",
    family: Family::Proxy,
    formula: latex!(
        r"L = \frac{1}{N} \sum_i \left( \sum_{y_j = y_i} \left[ 1 - \left( \frac{\delta}{d_{ij}} \right)^\alpha \right]_+
            + \sum_{y_j \ne y_i} \left[ \left( \frac{\delta}{d_{ij}} \right)^\alpha - 1 \right]_+ \right)"
    ),
    symbols: &["d_ij", "N", "[x]₊"],
    params: &[PROXIES.info(), DECAY.info(), REACH.info()],
    learned: Learned::Centres(PROXIES),
    mining: Mining::None,
    memory: false,
    mixup: false,
    paper: Paper {
        title: "Potential Field Based Deep Metric Learning",
        authors: "Bhatnagar, Ahuja",
        year: 2025,
        arxiv: Some("2405.18560"),
        venue: "CVPR 2025",
    },
    library: None,
    colour: None,
};

const PROXIES: CountParam = CountParam::new(ParamInfo {
    key: "proxies_per_class",
    symbol: "M",
    default: 2.0,
    min: 1.0,
    max: 15.0,
    tune: (1.0, 4.0),
    scale: Scale::Integer,
    unit: "",
});

const DECAY: LaneParam = LaneParam::new(ParamInfo {
    key: "alpha",
    symbol: "α",
    default: 3.0,
    min: 0.5,
    max: 6.0,
    tune: (1.0, 6.0),
    scale: Scale::Linear,
    unit: "",
});

const REACH: LaneParam = LaneParam::new(ParamInfo {
    key: "delta",
    symbol: "δ",
    default: 0.2,
    min: 0.02,
    max: 1.4,
    tune: (0.1, 0.3),
    scale: Scale::Log,
    unit: "",
});

/// The part of δ within which the repulsion no longer grows.
#[cfg(feature = "engine")]
const CORE: f32 = 0.1;

/// The energy of each lane's charges, `[lane, 1, 1]`.
#[cfg(feature = "engine")]
pub fn forward(input: &LossInput<'_>) -> Tensor<3> {
    let [_, batch, _] = input.dims();
    let rows = input.classes() * input.count(PROXIES);
    let (alpha, reach) = (input.param(DECAY), input.param(REACH));
    let distances = input.all_distances();
    let same = input.all_same_class(input.count(PROXIES));
    let other = same.clone().bool_not().float();

    let distance = distances.clone().without_autodiff();
    let held = distance
        .clone()
        .max_pair((reach.clone() * CORE).expand(distance.dims()));
    // (δ/d)^α, and how fast it falls with d.
    let potential = ((held.clone().log() - reach.clone().log()) * alpha.clone().neg()).exp();
    let force = potential.clone() * alpha / held.clone();
    let beyond = distance
        .clone()
        .greater(reach.expand(distance.dims()))
        .float();
    let pull = same.float() * beyond.clone();
    let push = other * beyond.neg().add_scalar(1.0);
    let excess = potential.sub_scalar(1.0);
    let terms =
        (excess.clone() + force.clone() * (held - distance)) * push.clone() - excess * pull.clone();
    let charges = (batch + rows) as f32;
    let value = parts::total(terms).div_scalar(charges);
    let gradient = (force * (pull - push)).div_scalar(charges);
    parts::from_gradient(distances, value, gradient)
}
