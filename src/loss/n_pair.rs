//! N-pair: one anchor and one positive a class; the positives of the other classes are the anchor's negatives.
//!
//! `L = mean over classes c of −log( e^{s(a_c, p_c)} / Σ_k e^{s(a_c, p_k)} )`, where a_c and p_c are the first and second
//! sample of class c in the batch and s is the cosine.
//!
//! # Shapes
//! Embeddings `[lane, batch, dim]`; result `[lane, 1, 1]`.
//!
//! # Defaults
//! None to set.
//!
//! # Edge cases
//! Classes with one sample are left out. 0 where no class has two, and where only one has.
//!
//! # Differs
//! From the paper: cosines instead of dot products with a penalty on the norm, as pytorch-metric-learning does. Cosines are
//! at most 1, so the loss stays large and its gradient weak.
//!
//! Sohn, NIPS 2016.

use super::*;

pub const INFO: LossInfo = LossInfo {
    id: "n-pair",
    golden: Some(Golden::of("n_pairs")),
    name: "N-pair",
    family: Family::Pair,
    formula: latex!(
        r"L = \operatorname*{mean}_c \; {-}\log \frac{e^{s(a_c, p_c)}}{\sum_k e^{s(a_c, p_k)}}"
    ),
    symbols: &["a_c", "p_c", "s"],
    params: &[],
    learned: Learned::None,
    mining: Mining::NPair,
    memory: false,
    mixup: false,
    paper: Paper {
        title: "Improved Deep Metric Learning with Multi-class N-pair Loss Objective",
        authors: "Sohn",
        year: 2016,
        arxiv: None,
        venue: "NIPS 2016",
    },
    library: Some(Library::of("losses.NPairsLoss")),
    colour: None,
};

/// N-pair loss of each lane, `[lane, 1, 1]`.
#[cfg(feature = "engine")]
pub fn forward(input: &LossInput<'_>) -> Tensor<3> {
    let pairs = crate::miner::class_pairs(input.labels.clone());
    let cosine = input.sample_cosines();
    let dims = cosine.dims();
    let own = pairs.same.bool_and(pairs.positive.clone()).float();
    let anchor = pairs.anchor.float();
    let target = (cosine.clone() * own).sum_dim(2);
    // log Σ_k e^{s(a_c, p_k)} − s(a_c, p_c). A row for every sample; those that are no anchor count 0.
    let terms = (parts::masked_lse(cosine, pairs.positive.expand(dims)) - target) * anchor.clone();
    parts::divided_mean(terms.sum_dim(1), anchor.sum_dim(1))
}
