//! Sigmoid: each pair on its own is told whether it is of one class or of two; nothing is normalised over the batch.
//!
//! `L = 1/B Σ_i Σ_{j ≠ i} log(1 + e^{−z_ij (t s_ij + b)})`, where z is 1 for two samples of one class and −1 for others, and s the
//! cosine.
//!
//! # Shapes
//! Embeddings `[lane, batch, dim]`; result `[lane, 1, 1]`.
//!
//! # Defaults
//! t 10, b −10: where the paper starts both from; it learns t' = log t, from log 10 on. b makes up for the many negatives of
//! a batch: at the start nearly every pair is taken for one of two classes, as most are. The small example in its authors'
//! [code](https://github.com/google-research/big_vision), `siglip_lit_coco`, starts t from 10, too, and b from −2.71.
//!
//! Tuning draws t from a tenth to ten times where the paper starts, and b from 0 to twice where it starts.
//!
//! # Edge cases
//! 0 where the batch is a single sample.
//!
//! # Differs
//! From the paper, which compares pictures with texts: pairs are of samples, those of one class match, and a sample is not
//! compared with itself. There t and b are learned with the network, t as the exponential of what is learned; here they are
//! hyperparameters like every other loss's sharpness and margin, so that tuning searches them alike.
//!
//! Zhai et al., ICCV 2023, [arXiv:2303.15343](https://arxiv.org/abs/2303.15343).

use super::*;

pub const INFO: LossInfo = LossInfo {
    id: "sigmoid",
    golden: Some(Golden::of("sigmoid")),
    name: "Sigmoid",
    family: Family::Pair,
    formula: latex!(
        r"L = \frac{1}{B} \sum_i \sum_{j \ne i} \log \left( 1 + e^{-z_{ij} (t s_{ij} + b)} \right)"
    ),
    symbols: &["s_ij", "z_ij", "B"],
    params: &[SCALE.info(), BIAS.info()],
    learned: Learned::None,
    mining: Mining::None,
    memory: true,
    mixup: false,
    paper: Paper {
        title: "Sigmoid Loss for Language Image Pre-Training",
        authors: "Zhai, Mustafa, Kolesnikov, Beyer",
        year: 2023,
        arxiv: Some("2303.15343"),
        venue: "ICCV 2023",
    },
    library: None,
    colour: None,
};

const SCALE: LaneParam = LaneParam::new(ParamInfo {
    key: "scale",
    symbol: "t",
    default: 10.0,
    min: 0.5,
    max: 256.0,
    tune: (1.0, 100.0),
    scale: Scale::Log,
    unit: "",
});

const BIAS: LaneParam = LaneParam::new(ParamInfo {
    key: "bias",
    symbol: "b",
    default: -10.0,
    min: -256.0,
    max: 256.0,
    tune: (-20.0, 0.0),
    scale: Scale::Linear,
    unit: "",
});

/// Sigmoid loss of each lane, `[lane, 1, 1]`.
#[cfg(feature = "engine")]
pub fn forward(input: &LossInput<'_>) -> Tensor<3> {
    let [_, batch, _] = input.dims();
    let pairs = input.pairs();
    let (positive, negative) = (pairs.positive.float(), pairs.negative.float());
    let others = positive.clone() + negative.clone();
    let logits = input.sample_cosines() * input.param(SCALE) + input.param(BIAS);
    // −z_ij, which is 0 for a sample and itself.
    let terms = parts::softplus(logits * (negative - positive)) * others;
    parts::total(terms).div_scalar(batch as f32)
}
