//! NT-Xent: contrast each positive pair with the anchor's negatives, other positives left out.
//!
//! `L = mean over ordered positive pairs (i, j) of −log( e^{s_ij/T} / (e^{s_ij/T} + Σ_{k ∈ N_i} e^{s_ik/T}) )`, s being the
//! cosine.
//!
//! # Shapes
//! Embeddings `[lane, batch, dim]`; result `[lane, 1, 1]`.
//!
//! # Defaults
//! T 0.07, as in pytorch-metric-learning. The paper tunes it, 0.1 to 0.5.
//!
//! # Edge cases
//! 0 where the batch has no positive or no negative pair.
//!
//! # Differs
//! From the paper: positives are samples of one class instead of two views of one picture.
//!
//! Chen et al., ICML 2020, [arXiv:2002.05709](https://arxiv.org/abs/2002.05709).

use super::*;

pub const INFO: LossInfo = LossInfo {
    id: "nt-xent",
    golden: Some(Golden::of("ntxent")),
    name: "NT-Xent",
    family: Family::Pair,
    formula: latex!(
        r"L = \operatorname*{mean}_{i, j \in P_i} \; {-}\log \frac{e^{s_{ij} / T}}{e^{s_{ij} / T} + \sum_{k \in N_i} e^{s_{ik} / T}}"
    ),
    symbols: &["s_ij", "P_i", "N_i"],
    params: &[TEMPERATURE.info()],
    learned: Learned::None,
    mining: Mining::None,
    memory: true,
    mixup: false,
    paper: Paper {
        title: "A Simple Framework for Contrastive Learning of Visual Representations",
        authors: "Chen, Kornblith, Norouzi, Hinton",
        year: 2020,
        arxiv: Some("2002.05709"),
        venue: "ICML 2020",
    },
    library: Some(Library::of("losses.NTXentLoss")),
    colour: None,
};

const TEMPERATURE: LaneParam = LaneParam::new(ParamInfo {
    key: "temperature",
    symbol: "T",
    default: 0.07,
    min: 0.005,
    max: 2.0,
    tune: (0.03, 0.4),
    scale: Scale::Log,
    unit: "",
});

/// NT-Xent of each lane, `[lane, 1, 1]`.
#[cfg(feature = "engine")]
pub fn forward(input: &LossInput<'_>) -> Tensor<3> {
    let pairs = input.pairs();
    let positive = pairs.positive.float();
    let valid = parts::has_both(positive.clone(), pairs.negative.clone().float());
    let logits = input.sample_cosines() * input.param(TEMPERATURE).recip();
    let negatives = parts::masked_lse(logits.clone(), pairs.negative);
    // −log(e^z / (e^z + Σ)) = log(1 + e^{log Σ − z})
    let terms = parts::softplus(negatives - logits) * positive.clone();
    parts::divided_mean(parts::total(terms), parts::total(positive)) * valid
}
