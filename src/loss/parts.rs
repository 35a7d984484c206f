//! Parts that losses share. Each exists here and nowhere else.
//!
//! Tensors are `[lane, row, column]` and reductions run along the last axis unless a function says otherwise. Every
//! function is finite for finite input, and so is its gradient. Largest values that only keep `exp` from overflowing carry
//! no autodiff: they cancel from the gradient.

use burn::tensor::{Bool, Tensor, activation::relu};

/// Stands for "not there" below every exponential; its `exp` is exactly 0 beside any real term.
const NOTHING: f32 = -1e30;
/// Anything below this is [`NOTHING`].
const ALMOST_NOTHING: f32 = -1e29;
/// Squared distances below this count as 0: the rounding error of [`squared_distances`] is a tenth of it.
const COINCIDENT: f32 = 1e-9;

/// Dot products of rows with rows; the cosines if both are normalised.
///
/// # Shapes
/// `[lane, a, dim]` and `[lane, b, dim]` to `[lane, a, b]`.
pub fn dot_products(a: Tensor<3>, b: Tensor<3>) -> Tensor<3> {
    a.matmul(b.swap_dims(1, 2))
}

/// Column vector `[lane, n, 1]` as row vector `[lane, 1, n]`.
pub fn as_row(column: Tensor<3>) -> Tensor<3> {
    let [lanes, n, _] = column.dims();
    column.reshape([lanes, 1, n])
}

/// Sum over everything but the lane, `[lane, 1, 1]`.
pub fn total(x: Tensor<3>) -> Tensor<3> {
    x.sum_dim(2).sum_dim(1)
}

/// Squared distances between rows of norm at most about 1, without autodiff, exactly 0 between equal rows.
///
/// 1 − cosine loses all digits where rows are close. Differences do not, but need `[lane, n, n, dim]`. Here each row is
/// split as x = h + l, h on a grid so coarse that products and sums of h are exact in f32; then
/// ‖x_i − x_j‖² = ‖h_i − h_j‖² + (q_i − q_j)·(l_i − l_j) with q = 2h + l, where the first part has no error and the
/// second is small: the error is about 1e-10.
///
/// # Shapes
/// `[lane, n, dim]` to `[lane, n, n]`.
pub fn squared_distances(x: Tensor<3>) -> Tensor<3> {
    let Split { h, l, q } = Split::of(x);
    let h_h = dot_products(h.clone(), h.clone());
    let q_l = dot_products(q.clone(), l.clone());
    let h_norm = h.square().sum_dim(2);
    let q_norm = (q * l).sum_dim(2);
    let coarse = h_norm.clone() + as_row(h_norm) - h_h.mul_scalar(2.0);
    let fine = q_norm.clone() + as_row(q_norm) - q_l.clone() - q_l.swap_dims(1, 2);
    zero_where_coincident(coarse + fine)
}

/// The same between rows and other rows.
///
/// # Shapes
/// `[lane, n, dim]` and `[lane, m, dim]` to `[lane, n, m]`.
pub fn squared_distances_to(x: Tensor<3>, y: Tensor<3>) -> Tensor<3> {
    let (x, y) = (Split::of(x), Split::of(y));
    let h_h = dot_products(x.h.clone(), y.h.clone());
    let q_l = dot_products(x.q.clone(), y.l.clone());
    let l_q = dot_products(x.l.clone(), y.q.clone());
    let h_norm = |of: &Split| of.h.clone().square().sum_dim(2);
    let q_norm = |of: &Split| (of.q.clone() * of.l.clone()).sum_dim(2);
    let coarse = h_norm(&x) + as_row(h_norm(&y)) - h_h.mul_scalar(2.0);
    let fine = q_norm(&x) + as_row(q_norm(&y)) - q_l - l_q;
    zero_where_coincident(coarse + fine)
}

/// Rows as h + l, h on a coarse grid, and q = 2h + l.
struct Split {
    h: Tensor<3>,
    l: Tensor<3>,
    q: Tensor<3>,
}

impl Split {
    fn of(x: Tensor<3>) -> Self {
        const GRID: f32 = 2048.0;
        let x = x.without_autodiff();
        let h = x.clone().mul_scalar(GRID).round().div_scalar(GRID);
        let l = x - h.clone();
        let q = h.clone().mul_scalar(2.0) + l.clone();
        Self { h, l, q }
    }
}

fn zero_where_coincident(squared: Tensor<3>) -> Tensor<3> {
    let coincident = squared.clone().lower_elem(COINCIDENT);
    squared.mask_fill(coincident, 0.0)
}

/// Distances between rows of norm at most about 1, without autodiff, exactly 0 between equal rows: the root of
/// [`squared_distances`].
pub fn distances(x: Tensor<3>) -> Tensor<3> {
    squared_distances(x).sqrt()
}

/// 1 for lanes whose batch has both a positive and a negative pair, else 0; `[lane, 1, 1]`.
pub fn has_both(positive: Tensor<3>, negative: Tensor<3>) -> Tensor<3> {
    total(positive).clamp_max(1.0) * total(negative).clamp_max(1.0)
}

/// A loss whose value and gradient by its relation were found without autodiff.
///
/// # Shapes
/// `leaf`: the relation, `[lane, batch, batch]`; `value`: `[lane, 1, 1]`; `gradient`: `[lane, batch, batch]`, both without
/// autodiff.
pub fn from_gradient(leaf: Tensor<3>, value: Tensor<3>, gradient: Tensor<3>) -> Tensor<3> {
    // The difference is exactly 0, and its gradient is the given one.
    let along = total(leaf * gradient);
    let still = along.clone().without_autodiff();
    (along - still) + value
}

/// Entries that are not kept sink to [`NOTHING`]. Added rather than filled in: sums fuse, and have no backward pass.
fn without(x: Tensor<3>, keep: Tensor<3>) -> Tensor<3> {
    x + keep.sub_scalar(1.0).mul_scalar(-NOTHING)
}

/// log Σ exp over the entries that are kept, 0 where none is.
///
/// # Shapes
/// Twice `[lane, row, column]` to `[lane, row, 1]`.
pub fn masked_lse(x: Tensor<3>, keep: Tensor<3, Bool>) -> Tensor<3> {
    let x = without(x, keep.float());
    let largest = x
        .clone()
        .without_autodiff()
        .max_dim(2)
        .clamp_min(ALMOST_NOTHING);
    let empty = largest.clone().lower_equal_elem(ALMOST_NOTHING);
    let one_if_empty = empty.clone().float();
    ((x - largest.clone()).exp().sum_dim(2) + one_if_empty).log() + largest.mask_fill(empty, 0.0)
}

/// log(1 + Σ exp) over the entries that are kept (1, others 0), 0 where none is.
///
/// # Shapes
/// Twice `[lane, row, column]` to `[lane, row, 1]`.
pub fn masked_lse_one(x: Tensor<3>, keep: Tensor<3>) -> Tensor<3> {
    let x = without(x, keep);
    let largest = x.clone().without_autodiff().max_dim(2).clamp_min(0.0);
    let one = largest.clone().neg().exp();
    ((x - largest.clone()).exp().sum_dim(2) + one).log() + largest
}

/// log(1 + Σ w exp), 0 where all weights are 0.
///
/// # Shapes
/// Twice `[lane, row, column]` to `[lane, row, 1]`; the weights are from 0 to 1, without autodiff.
pub fn weighted_lse_one(x: Tensor<3>, weight: Tensor<3>) -> Tensor<3> {
    let counts = weight.clone().greater_elem(0.0).float();
    // Of a weight of 0 the logarithm is not asked for.
    masked_lse_one(x + weight.clamp_min(1e-30).log(), counts)
}

/// log Σ exp over the last axis.
pub fn lse(x: Tensor<3>) -> Tensor<3> {
    let largest = x.clone().without_autodiff().max_dim(2);
    (x - largest.clone()).exp().sum_dim(2).log() + largest
}

/// log(e^a + e^b), entry by entry.
pub fn log_add_exp(a: Tensor<3>, b: Tensor<3>) -> Tensor<3> {
    let largest = a
        .clone()
        .without_autodiff()
        .max_pair(b.clone().without_autodiff());
    ((a - largest.clone()).exp() + (b - largest.clone()).exp()).log() + largest
}

/// log(1 + e^x), entry by entry. Above 0 as far as e^x is, on a device that has log(1 + x); WebGPU has not, and gives 0
/// below −16.6.
pub fn softplus(x: Tensor<3>) -> Tensor<3> {
    // With m = max(x, 0): log(1 + [e^(x − m) + (e^(−m) − 1)]) + m. The bracket is e^x where x is below 0, without the 1 that
    // would swallow it.
    let largest = x.clone().without_autodiff().clamp_min(0.0);
    let rest = largest.clone().neg().exp().sub_scalar(1.0);
    ((x - largest.clone()).exp() + rest).log1p() + largest
}

/// Mean over the positive entries; 0 if there are none. No entry may be negative, and those that do not count must be 0.
///
/// # Shapes
/// `[lane, row, column]` to `[lane, 1, 1]`.
pub fn non_zero_mean(terms: Tensor<3>) -> Tensor<3> {
    let count = total(terms.clone().without_autodiff().greater_elem(0.0).float());
    divided_mean(total(terms), count)
}

/// A sum divided by a count, which is 0 or at least 1; 0 if it is 0, for which the sum must be 0.
pub fn divided_mean(sum: Tensor<3>, count: Tensor<3>) -> Tensor<3> {
    sum / count.clamp_min(1.0)
}

/// Mean of a column, `[lane, batch, 1]` to `[lane, 1, 1]`.
pub fn batch_mean(terms: Tensor<3>) -> Tensor<3> {
    terms.mean_dim(1)
}

/// `[x]₊` where a mask of zeros and ones says so, elsewhere 0.
pub fn hinge(x: Tensor<3>, keep: Tensor<3>) -> Tensor<3> {
    relu(x) * keep
}

/// Softmax cross-entropy, averaged over the batch.
///
/// # Shapes
/// `logits`: `[lane, batch, class]`; `target`: the same, 1 at the sample's class; result: `[lane, 1, 1]`.
pub fn cross_entropy(logits: Tensor<3>, target: Tensor<3>) -> Tensor<3> {
    let own = (logits.clone() * target).sum_dim(2);
    batch_mean(lse(logits) - own)
}

#[cfg(test)]
mod tests {
    use burn::tensor::{Device, TensorData};

    use super::*;

    fn tensor(values: &[f32], rows: usize) -> Tensor<3> {
        let shape = [1, rows, values.len() / rows];
        Tensor::from_data(TensorData::new(values.to_vec(), shape), &Device::flex())
    }

    fn mask(values: &[bool], rows: usize) -> Tensor<3, Bool> {
        let shape = [1, rows, values.len() / rows];
        Tensor::from_data(TensorData::new(values.to_vec(), shape), &Device::flex())
    }

    fn numbers(tensor: Tensor<3>) -> Vec<f32> {
        tensor.into_data().try_into_vec().unwrap()
    }

    fn assert_close(found: Tensor<3>, expected: &[f32]) {
        let found = numbers(found);
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(expected) {
            assert!(
                (found - expected).abs() <= 1e-6 * expected.abs().max(1.0),
                "{found} instead of {expected}"
            );
        }
    }

    #[test]
    fn close_rows_keep_their_distance_and_equal_rows_have_none() {
        // 1 − cosine would be off by 1e-7, that is by a tenth of the second distance.
        let turn = |angle: f64| [angle.cos() as f32, angle.sin() as f32];
        let rows: Vec<f32> = [0.7, 0.701, 0.75, 0.7, 3.5]
            .into_iter()
            .flat_map(turn)
            .collect();
        let found = numbers(squared_distances(tensor(&rows, 5)));
        for i in 0..5 {
            for j in 0..5 {
                let pair = rows[2 * i..2 * i + 2].iter().zip(&rows[2 * j..2 * j + 2]);
                let expected: f64 = pair
                    .map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2))
                    .sum();
                let error = (f64::from(found[5 * i + j]) - expected).abs();
                assert!(error <= 2e-10 + 3e-7 * expected, "{i}, {j}: {error:.1e}");
            }
        }
        assert_eq!([found[3], found[15], found[0]], [0.0; 3]);
    }

    #[test]
    fn distances_to_other_rows_are_those_within_all_of_them() {
        let rows: Vec<f32> = (0..24).map(|i| (0.37 * i as f32).sin() * 0.5).collect();
        let all = numbers(squared_distances(tensor(&rows, 8)));
        let (first, last) = (tensor(&rows[..9], 3), tensor(&rows[9..], 5));
        let found = numbers(squared_distances_to(first.clone(), last));
        for i in 0..3 {
            for j in 0..5 {
                let (found, expected) = (found[5 * i + j], all[8 * i + 3 + j]);
                assert!(
                    (found - expected).abs() <= 1e-7,
                    "{i}, {j}: {found}, {expected}"
                );
            }
        }
        let same = numbers(squared_distances_to(first.clone(), first));
        assert_eq!([same[0], same[4], same[8]], [0.0; 3]);
    }

    #[test]
    fn log_sums_over_nothing_are_zero() {
        let x = tensor(&[1.0, 2.0, 3.0, 500.0, -500.0, 499.0, 7.0, 8.0, 9.0], 3);
        let keep = mask(
            &[true, false, true, true, true, true, false, false, false],
            3,
        );
        let first = (1.0_f64.exp() + 3.0_f64.exp()).ln() as f32;
        let second = (500.0 + (1.0 + (-1.0_f64).exp()).ln()) as f32;
        assert_close(masked_lse(x.clone(), keep.clone()), &[first, second, 0.0]);
        let first = (1.0 + 1.0_f64.exp() + 3.0_f64.exp()).ln() as f32;
        assert_close(
            masked_lse_one(x.clone(), keep.clone().float()),
            &[first, second, 0.0],
        );
        let half = keep.float().mul_scalar(0.5);
        let first = (1.0 + 0.5 * (1.0_f64.exp() + 3.0_f64.exp())).ln() as f32;
        let second = (500.0 + (0.5 + 0.5 * (-1.0_f64).exp()).ln()) as f32;
        assert_close(weighted_lse_one(x, half), &[first, second, 0.0]);
    }

    #[test]
    fn soft_maxima_do_not_overflow() {
        let (a, b) = (
            tensor(&[0.0, 1000.0, -1000.0], 1),
            tensor(&[0.0, -1000.0, -1001.0], 1),
        );
        let third = (-1000.0 + (1.0 + (-1.0_f64).exp()).ln()) as f32;
        assert_close(log_add_exp(a.clone(), b), &[2.0_f32.ln(), 1000.0, third]);
        assert_close(softplus(a), &[2.0_f32.ln(), 1000.0, 0.0]);
    }

    /// e^x is lost beside 1 below −16.6.
    #[test]
    fn a_soft_hinge_is_never_zero() {
        for x in [-80.0_f64, -30.0, -17.0, -5.0, -1e-3, 0.0, 1e-3, 4.0, 90.0] {
            let found = f64::from(numbers(softplus(tensor(&[x as f32], 1)))[0]);
            let expected = x.max(0.0) + (-x.abs()).exp().ln_1p();
            let error = (found - expected).abs() / expected;
            assert!(error <= 1e-6, "{x}: {found:e} instead of {expected:e}");
        }
    }

    #[test]
    fn means_leave_out_what_is_zero() {
        assert_close(non_zero_mean(tensor(&[0.0, 3.0, 0.0, 5.0], 2)), &[4.0]);
        assert_close(non_zero_mean(tensor(&[0.0, 0.0], 1)), &[0.0]);
        assert_close(divided_mean(tensor(&[6.0], 1), tensor(&[4.0], 1)), &[1.5]);
    }
}
