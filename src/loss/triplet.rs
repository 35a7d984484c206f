//! Triplet: each anchor's positive must be nearer than its negative by a margin.
//!
//! `L = mean₊ over triplets (a, p, n) of [d_ap − d_an + m]₊`, d being the distance of the normalised embeddings and mean₊
//! the mean of the terms above 0. With `swap`, d_an becomes min(d_an, d_pn); with `smooth_loss`, `[x]₊` becomes
//! `log(1 + e^x)`.
//!
//! # Shapes
//! Embeddings `[lane, batch, dim]`; result `[lane, 1, 1]`.
//!
//! # Defaults
//! m 0.05, no swap, no smoothing, as in pytorch-metric-learning. FaceNet has 0.2 with squared distances.
//!
//! # Edge cases
//! 0 where there is no triplet, and where no triplet breaks the margin.
//!
//! # Differs
//! FaceNet squares the distances.
//!
//! Schroff, Kalenichenko, Philbin, CVPR 2015, [arXiv:1503.03832](https://arxiv.org/abs/1503.03832).

use super::*;
#[cfg(feature = "engine")]
use crate::miner::{self, Pairs};
#[cfg(feature = "engine")]
use burn::tensor::Bool;

pub const INFO: LossInfo = LossInfo {
    id: "triplet",
    golden: Some(Golden::of("triplet")),
    name: "Triplet",
    family: Family::Triplet,
    formula: FORMULA,
    symbols: SYMBOLS,
    params: &[MARGIN.info(), SWAP.info(), SMOOTH.info()],
    learned: Learned::None,
    mining: Mining::None,
    memory: false,
    mixup: false,
    paper: PAPER,
    library: Some(Library::of("losses.TripletMarginLoss")),
    colour: None,
};

pub(super) const FORMULA: Formula = latex!(
    r"L = \underset{(a, p, n)}{\operatorname{mean}_+} \, \left[ d_{ap} - d_{an} + m \right]_+"
);

pub(super) const SYMBOLS: &[&str] = &["a, p, n", "d", "mean₊"];

pub(super) const MARGIN: LaneParam = LaneParam::new(ParamInfo {
    key: "margin",
    symbol: "m",
    default: 0.05,
    min: 0.0,
    max: 2.0,
    tune: (0.0, 0.4),
    scale: Scale::Linear,
    unit: "",
});

pub(super) const SWAP: SwitchParam = SwitchParam::new(ParamInfo {
    key: "swap",
    symbol: "swap",
    default: 0.0,
    min: 0.0,
    max: 1.0,
    tune: (0.0, 1.0),
    scale: Scale::Switch,
    unit: "",
});

pub(super) const SMOOTH: SwitchParam = SwitchParam::new(ParamInfo {
    key: "smooth_loss",
    symbol: "smooth",
    default: 0.0,
    min: 0.0,
    max: 1.0,
    tune: (0.0, 1.0),
    scale: Scale::Switch,
    unit: "",
});

pub(super) const PAPER: Paper = Paper {
    title: "FaceNet: A Unified Embedding for Face Recognition and Clustering",
    authors: "Schroff, Kalenichenko, Philbin",
    year: 2015,
    arxiv: Some("1503.03832"),
    venue: "CVPR 2015",
};

/// Triplet loss over all triplets of each lane, `[lane, 1, 1]`.
#[cfg(feature = "engine")]
pub fn forward(input: &LossInput<'_>) -> Tensor<3> {
    over_ranked(input, None)
}

/// The loss over all triplets, or those with 0 < d_an − d_ap ≤ `window`.
///
/// The positives of an anchor are numbered, and the triplets of the k-th positives make one `[lane, batch, batch]`: in a
/// batch with few samples a class that is far fewer than `[lane, batch, batch, batch]`.
#[cfg(feature = "engine")]
pub(super) fn over_ranked(input: &LossInput<'_>, window: Option<Tensor<3>>) -> Tensor<3> {
    /// Entries of one intermediate: 4 MB.
    const LIMIT: usize = 1 << 20;
    let [lanes, batch, _] = input.dims();
    let Pairs { positive, negative } = miner::all_pairs(input.labels.clone());
    let most = miner::most_positives(input.labels_host, batch).max(1);
    let rank = miner::rank_positives(positive);
    let ranks_a_chunk = (LIMIT / (lanes * batch * batch)).max(1);
    let positives = (0..most).step_by(ranks_a_chunk).map(|first| {
        let last = (first + ranks_a_chunk).min(most);
        miner::positives_of_rank(&rank, first..last)
    });
    over_triplets(input, input.sample_distances(), positives, negative, window)
}

/// The loss over triplets, by its gradient: nothing of their number is kept for the backward pass.
///
/// # Shapes
/// `positives`: chunks `[lane, rank, batch, batch]` that mark at most one positive in a row; `negative`: `[lane, batch,
/// batch]`.
#[cfg(feature = "engine")]
pub(super) fn over_triplets(
    input: &LossInput<'_>,
    distances: Tensor<3>,
    positives: impl Iterator<Item = Tensor<4, Bool>>,
    negative: Tensor<3, Bool>,
    window: Option<Tensor<3>>,
) -> Tensor<3> {
    let [lanes, batch, _] = input.dims();
    let margin = input.param(MARGIN).unsqueeze_dim::<4>(1);
    let swap = input.is_on(SWAP);
    let smooth = input.is_on(SMOOTH);
    let window = window.map(|window| window.unsqueeze_dim::<4>(1));
    let negative = negative.float().unsqueeze_dim::<4>(1);
    let device = input.constant_device();

    let distance = distances.clone().without_autodiff();
    // [lane, 1, anchor, negative]
    let d_an = distance.clone().unsqueeze_dim::<4>(1);
    let mut sum = Tensor::<3>::zeros([lanes, 1, 1], &device);
    let mut count = Tensor::<3>::zeros([lanes, 1, 1], &device);
    let mut gradient = Tensor::<3>::zeros([lanes, batch, batch], &device);
    for positive in positives {
        let [_, ranks, ..] = positive.dims();
        let positive = positive.float();
        // [lane, rank, anchor, 1]
        let d_ap = (positive.clone() * d_an.clone()).sum_dim(3);
        let exists = positive.clone().sum_dim(3);
        let mut valid = exists * negative.clone();
        if let Some(window) = &window {
            let gap = d_an.clone() - d_ap.clone();
            valid = valid * is_semi_hard(gap, window.clone()).float();
        }
        let (violation, to_positive) = if swap {
            let rows = [lanes, ranks * batch, batch];
            let d_pn = positive.clone().reshape(rows).matmul(distance.clone());
            let d_pn = d_pn.reshape([lanes, ranks, batch, batch]);
            let violation = d_ap - d_an.clone().min_pair(d_pn.clone()) + margin.clone();
            // Half the gradient each where both are equal.
            let nearer =
                d_pn.clone().lower(d_an.clone()).float() + d_pn.lower_equal(d_an.clone()).float();
            (violation, Some(nearer.mul_scalar(0.5)))
        } else {
            (d_ap - d_an.clone() + margin.clone(), None)
        };
        // [lane, rank, anchor, negative]: the terms, and by how much each counts in the gradient.
        let (terms, weight) = if smooth {
            let largest = violation.clone().clamp_min(0.0);
            let terms = ((violation.clone() - largest.clone()).exp() + largest.clone().neg().exp())
                .log()
                + largest;
            let weight = (violation - terms.clone()).exp() * valid.clone();
            (terms * valid.clone(), weight)
        } else {
            let weight = violation.clone().greater_elem(0.0).float() * valid.clone();
            (violation * weight.clone(), weight)
        };
        let of_pair = weight.clone().sum_dim(3);
        let counted = if smooth {
            valid.sum_dim(3)
        } else {
            of_pair.clone()
        };
        sum = sum + all_ranks(terms.sum_dim(3));
        count = count + all_ranks(counted);
        gradient = gradient + over_rank(positive.clone() * of_pair);
        gradient = match to_positive {
            None => gradient - over_rank(weight),
            Some(to_positive) => {
                let by_positive = weight.clone() * to_positive;
                let rows = [lanes, ranks * batch, batch];
                let pushed = positive
                    .reshape(rows)
                    .swap_dims(1, 2)
                    .matmul(by_positive.clone().reshape(rows));
                gradient - over_rank(weight - by_positive) - pushed
            }
        };
    }
    let count = count.clamp_min(1.0);
    parts::from_gradient(distances, sum / count.clone(), gradient / count)
}

/// Whether a negative is farther than the positive, but by no more than the window: 0 < d_an − d_ap ≤ w.
#[cfg(feature = "engine")]
pub(super) fn is_semi_hard<const D: usize>(gap: Tensor<D>, window: Tensor<D>) -> Tensor<D, Bool> {
    gap.clone()
        .greater_elem(0.0)
        .bool_and(gap.lower_equal(window))
}

/// Sum over ranks, `[lane, rank, batch, batch]` to `[lane, batch, batch]`.
#[cfg(feature = "engine")]
fn over_rank(x: Tensor<4>) -> Tensor<3> {
    let [lanes, _, rows, columns] = x.dims();
    x.sum_dim(1).reshape([lanes, rows, columns])
}

/// Sum over ranks and anchors, `[lane, rank, batch, 1]` to `[lane, 1, 1]`.
#[cfg(feature = "engine")]
fn all_ranks(x: Tensor<4>) -> Tensor<3> {
    let [lanes, ranks, batch, _] = x.dims();
    x.reshape([lanes, 1, ranks * batch]).sum_dim(2)
}
