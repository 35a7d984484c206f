//! SupCon: contrast each positive with everything else in the batch, other positives included.
//!
//! `L = mean₊ over i of −1/|P_i| Σ_{j ∈ P_i} (s_ij/T − log Σ_{k ≠ i} e^{s_ik/T})`, s being the cosine.
//!
//! # Shapes
//! Embeddings `[lane, batch, dim]`; result `[lane, 1, 1]`.
//!
//! # Defaults
//! T 0.1, as in pytorch-metric-learning. The paper has 0.1 in its text and 0.07 in its code.
//!
//! # Edge cases
//! An anchor without positives is left out; one whose positives have arrived counts in the mean, however small its term. 0 where the batch has no positive or no negative pair.
//!
//! Khosla et al., NeurIPS 2020, [arXiv:2004.11362](https://arxiv.org/abs/2004.11362).

use super::*;

pub const INFO: LossInfo = LossInfo {
    id: "supcon",
    golden: Some(Golden::of("supcon")),
    name: "SupCon",
    family: Family::Pair,
    formula: latex!(
        r"L = \underset{i}{\operatorname{mean}_+} \, \frac{-1}{|P_i|} \sum_{j \in P_i} \log \frac{e^{s_{ij} / T}}{\sum_{k \ne i} e^{s_{ik} / T}}"
    ),
    symbols: &["s_ij", "P_i", "mean₊"],
    params: &[TEMPERATURE.info()],
    learned: Learned::None,
    mining: Mining::None,
    memory: true,
    mixup: false,
    paper: Paper {
        title: "Supervised Contrastive Learning",
        authors: "Khosla, Teterwak, Wang, Sarna, Tian, Isola, Maschinot, Liu, Krishnan",
        year: 2020,
        arxiv: Some("2004.11362"),
        venue: "NeurIPS 2020",
    },
    library: Some(Library::of("losses.SupConLoss")),
    colour: Some(6),
};

const TEMPERATURE: LaneParam = LaneParam::new(ParamInfo {
    key: "temperature",
    symbol: "T",
    default: 0.1,
    min: 0.005,
    max: 2.0,
    tune: (0.03, 0.4),
    scale: Scale::Log,
    unit: "",
});

/// SupCon of each lane, `[lane, 1, 1]`.
#[cfg(feature = "engine")]
pub fn forward(input: &LossInput<'_>) -> Tensor<3> {
    let pairs = input.pairs();
    let others = pairs.positive.clone().bool_or(pairs.negative.clone());
    let positive = pairs.positive.float();
    let valid = parts::has_both(positive.clone(), pairs.negative.float());
    let logits = input.sample_cosines() * input.param(TEMPERATURE).recip();
    // |P_i|, and whether i has a positive: [lane, batch, 1].
    let count = positive.clone().sum_dim(2);
    let is_anchor = count.clone().clamp_max(1.0);
    // log Σ_{k ≠ i} e^{s_ik/T} − 1/|P_i| Σ_{j ∈ P_i} s_ij/T
    let mean = (logits.clone() * positive).sum_dim(2) / count.clamp_min(1.0);
    let terms = (parts::masked_lse(logits, others) - mean) * is_anchor.clone();
    // A term is never 0, though f32 may round one to it: all anchors count, as they do in the reference.
    parts::divided_mean(parts::total(terms * valid), parts::total(is_anchor))
}
