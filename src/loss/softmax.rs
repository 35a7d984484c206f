//! Softmax cross-entropy: plain classification, the baseline. Nothing is normalised.
//!
//! `L = mean over i of −log( e^{z_{i,y_i}} / Σ_c e^{z_ic} )`, `z_ic = w_c·x_i + b_c`.
//!
//! # Shapes
//! Embeddings `[lane, batch, dim]`, weights `[lane, class, dim]`, biases `[lane, 1, class]`; result `[lane, 1, 1]`.
//!
//! # Defaults
//! None to set.
//!
//! # Edge cases
//! 0 where there is one class. Embeddings so large that w·x leaves the range of f32 give no finite value; every other loss
//! normalises them.
//!
//! # Differs
//! The only loss here that sees the length of an embedding, which retrieval ignores.
//!
//! The tie to metric learning: Boudiaf et al., ECCV 2020, [arXiv:2003.08983](https://arxiv.org/abs/2003.08983).

use super::*;

pub const INFO: LossInfo = LossInfo {
    id: "softmax",
    golden: Some(Golden::of("softmax")),
    name: "Softmax cross-entropy",
    family: Family::Softmax,
    formula: latex!(
        r"L = \operatorname*{mean}_i \; {-}\log \frac{e^{w_{y_i} \cdot x_i + b_{y_i}}}{\sum_c e^{w_c \cdot x_i + b_c}}"
    ),
    symbols: &["x_i", "w_c, b_c"],
    params: &[],
    learned: Learned::ClassVectorsAndBias,
    mining: Mining::None,
    memory: false,
    mixup: false,
    paper: Paper {
        title: "A Unifying Mutual Information View of Metric Learning: Cross-Entropy vs. Pairwise Losses",
        authors: "Boudiaf, Rony, Ziko, Granger, Pedersoli, Piantanida, Ben Ayed",
        year: 2020,
        arxiv: Some("2003.08983"),
        venue: "ECCV 2020",
    },
    library: Some(Library::of("Softmax")),
    colour: Some(4),
};

/// Softmax cross-entropy of each lane, `[lane, 1, 1]`.
#[cfg(feature = "engine")]
pub fn forward(input: &LossInput<'_>) -> Tensor<3> {
    let target = input.class_mask().float();
    // z_ic = w_c·x_i + b_c
    parts::cross_entropy(input.class_logits(), target)
}
