//! Masks of pairs and triplets. No gradient flows through a choice, so nothing here carries autodiff.

use burn::tensor::{Bool, Int, Tensor};

/// Which ordered pairs (anchor, other) count, `[lane, batch, batch]` each.
#[derive(Clone, Debug)]
pub struct Pairs {
    /// Two different samples of one class.
    pub positive: Tensor<3, Bool>,
    /// Two samples of two classes.
    pub negative: Tensor<3, Bool>,
}

/// All ordered pairs of a batch: positives share a label and are two samples, negatives differ in label.
///
/// # Shapes
/// `labels`: `[lane, batch]`.
pub fn all_pairs(labels: Tensor<2, Int>) -> Pairs {
    let [_, batch] = labels.dims();
    let same = labels
        .clone()
        .unsqueeze_dim::<3>(2)
        .equal(labels.clone().unsqueeze_dim::<3>(1));
    let index = Tensor::<1, Int>::arange(0..batch as i64, &labels.device());
    let other = index
        .clone()
        .reshape([1, batch, 1])
        .not_equal(index.reshape([1, 1, batch]));
    Pairs {
        positive: same.clone().bool_and(other),
        negative: same.bool_not(),
    }
}

/// The Multi-Similarity miner: pairs that are hard relative to the anchor's other pairs.
///
/// Keeps a positive if `s − ε < max` of the anchor's negatives, a negative if `s + ε > min` of its positives. An anchor
/// without negatives keeps no positive, one without positives no negative.
///
/// # Shapes
/// `cosines`: `[lane, batch, batch]`; `epsilon`: `[lane, 1, 1]`.
pub fn multi_similarity(cosines: Tensor<3>, pairs: Pairs, epsilon: Tensor<3>) -> Pairs {
    // Beyond every cosine, so that nothing is kept where the other side is empty.
    const FAR: f32 = 1e6;
    let cosines = cosines.without_autodiff();
    let Pairs { positive, negative } = pairs;
    let hardest_negative = cosines
        .clone()
        .mask_fill(negative.clone().bool_not(), -FAR)
        .max_dim(2);
    let hardest_positive = cosines
        .clone()
        .mask_fill(positive.clone().bool_not(), FAR)
        .min_dim(2);
    let close = (cosines.clone() - epsilon.clone()).lower(hardest_negative);
    let far = (cosines + epsilon).greater(hardest_positive);
    Pairs {
        positive: positive.bool_and(close),
        negative: negative.bool_and(far),
    }
}

/// For each anchor its farthest positive and its closest negative, one each; the first of equals.
///
/// An anchor that lacks either keeps nothing.
///
/// # Shapes
/// `distances`: `[lane, batch, batch]`.
pub fn batch_hard(distances: Tensor<3>, pairs: Pairs) -> Pairs {
    const FAR: f32 = 1e6;
    let distances = distances.without_autodiff();
    let Pairs { positive, negative } = pairs;
    let both = positive
        .clone()
        .any_dim(2)
        .bool_and(negative.clone().any_dim(2));
    let farthest = first_largest(distances.clone().mask_fill(positive.bool_not(), -FAR));
    let closest = first_largest(distances.neg().mask_fill(negative.bool_not(), -FAR));
    Pairs {
        positive: farthest.bool_and(both.clone()),
        negative: closest.bool_and(both),
    }
}

/// Marks the first of the largest entries of each row.
fn first_largest(x: Tensor<3>) -> Tensor<3, Bool> {
    let [_, _, columns] = x.dims();
    let index = Tensor::<1, Int>::arange(0..columns as i64, &x.device())
        .float()
        .reshape([1, 1, columns]);
    let smaller = x.clone().lower(x.clone().max_dim(2));
    let first = index
        .clone()
        .expand(x.dims())
        .mask_fill(smaller, columns as f32)
        .min_dim(2);
    first.equal(index)
}

/// The first and the second sample of each class that has two, in batch order.
pub struct ClassPairs {
    /// Whether a sample is the first of a class of two or more, `[lane, batch, 1]`.
    pub anchor: Tensor<3, Bool>,
    /// Whether a sample is the second of its class, `[lane, 1, batch]`.
    pub positive: Tensor<3, Bool>,
    /// Whether two samples share a label, `[lane, batch, batch]`.
    pub same: Tensor<3, Bool>,
}

/// One (anchor, positive) pair for each class with two samples or more: its first and second in batch order.
///
/// # Shapes
/// `labels`: `[lane, batch]`.
pub fn class_pairs(labels: Tensor<2, Int>) -> ClassPairs {
    let [lanes, batch] = labels.dims();
    let same = labels
        .clone()
        .unsqueeze_dim::<3>(2)
        .equal(labels.clone().unsqueeze_dim::<3>(1));
    let index = Tensor::<1, Int>::arange(0..batch as i64, &labels.device());
    let earlier = index
        .clone()
        .reshape([1, 1, batch])
        .lower(index.reshape([1, batch, 1]));
    // How many of the class came before, and how many there are.
    let rank = same.clone().bool_and(earlier).float().sum_dim(2);
    let members = same.clone().float().sum_dim(2);
    let anchor = rank
        .clone()
        .lower_elem(0.5)
        .bool_and(members.greater_elem(1.5));
    let positive = rank
        .sub_scalar(1.0)
        .abs()
        .lower_elem(0.5)
        .reshape([lanes, 1, batch]);
    ClassPairs {
        anchor,
        positive,
        same,
    }
}

/// The largest number of positives that any anchor of any lane has.
///
/// # Shapes
/// `labels`: lane after lane, `batch` each.
pub fn most_positives(labels: &[u32], batch: usize) -> usize {
    let mut sorted = Vec::with_capacity(batch);
    let mut most = 0;
    for lane in labels.chunks(batch.max(1)) {
        sorted.clear();
        sorted.extend_from_slice(lane);
        sorted.sort_unstable();
        let largest_class = sorted
            .chunk_by(|a, b| a == b)
            .map(<[u32]>::len)
            .max()
            .unwrap_or(0);
        most = most.max(largest_class.saturating_sub(1));
    }
    most
}

/// Numbers each anchor's positives 0, 1, … in batch order; −1 where there is no positive.
///
/// # Shapes
/// `[lane, batch, batch]` to the same.
pub fn rank_positives(positive: Tensor<3, Bool>) -> Tensor<3> {
    let [_, batch, _] = positive.dims();
    let index = Tensor::<1, Int>::arange(0..batch as i64, &positive.device());
    let earlier = index
        .clone()
        .reshape([1, batch, 1])
        .lower(index.reshape([1, 1, batch]))
        .float();
    let lanes = positive.dims()[0];
    let count = positive
        .clone()
        .float()
        .matmul(earlier.expand([lanes, batch, batch]));
    count.mask_fill(positive.bool_not(), -1.0)
}

/// Marks the positives whose number is in a range, one number a layer.
///
/// # Shapes
/// `rank`: `[lane, batch, batch]` of [`rank_positives`]; result `[lane, numbers.len(), batch, batch]`.
pub fn positives_of_rank(rank: &Tensor<3>, numbers: std::ops::Range<usize>) -> Tensor<4, Bool> {
    let layers = numbers.len();
    let numbers =
        Tensor::<1, Int>::arange(numbers.start as i64..numbers.end as i64, &rank.device());
    rank.clone()
        .unsqueeze_dim::<4>(1)
        .equal(numbers.float().reshape([1, layers, 1, 1]))
}
