//! FastAP: average precision over soft histograms of distance.
//!
//! Squared distances go into `n + 1` triangular bins at 0, Δ, …, 4 with Δ = 4/n. With h⁺ and h⁻ the bins' positives and
//! negatives of an anchor and H⁺, H⁻ their running sums, H = H⁺ + H⁻:
//! `L = mean over i with positives of 1 − 1/|P_i| Σ_b h⁺_b H⁺_b / H_b`, here computed as `1/|P_i| Σ_b h⁺_b H⁻_b / H_b`, which is the
//! same since Σ_b h⁺_b = |P_i|.
//!
//! # Shapes
//! Embeddings `[lane, batch, dim]`; result `[lane, 1, 1]`.
//!
//! # Defaults
//! n 10, as in pytorch-metric-learning and the paper's code.
//!
//! # Edge cases
//! 0 where no sample has a positive, and where there is one class. Where all positives are in nearer bins than all negatives
//! the gradient is 0.
//!
//! Cakir et al., CVPR 2019.

#[cfg(feature = "engine")]
use burn::tensor::{Int, activation::relu};

use super::*;

pub const INFO: LossInfo = LossInfo {
    id: "fast-ap",
    golden: Some(Golden::of("fast_ap")),
    name: "FastAP",
    family: Family::Pair,
    formula: latex!(
        r"L = \operatorname*{mean}_i \left( 1 - \frac{1}{|P_i|} \sum_b \frac{h^+_b H^+_b}{H_b} \right)"
    ),
    symbols: &["h⁺_b", "H⁺_b", "H_b", "P_i"],
    params: &[BINS.info()],
    learned: Learned::None,
    mining: Mining::None,
    memory: false,
    mixup: false,
    paper: Paper {
        title: "Deep Metric Learning to Rank",
        authors: "Cakir, He, Xia, Kulis, Sclaroff",
        year: 2019,
        arxiv: None,
        venue: "CVPR 2019",
    },
    library: Some(Library::of("losses.FastAPLoss")),
    colour: None,
};

const BINS: CountParam = CountParam::new(ParamInfo {
    key: "num_bins",
    symbol: "n",
    default: 10.0,
    min: 2.0,
    max: 50.0,
    tune: (5.0, 25.0),
    scale: Scale::Integer,
    unit: "",
});

/// FastAP of each lane, `[lane, 1, 1]`.
#[cfg(feature = "engine")]
pub fn forward(input: &LossInput<'_>) -> Tensor<3> {
    let [lanes, batch, _] = input.dims();
    let bins = input.count(BINS) + 1;
    let device = input.constant_device();
    let index = Tensor::<1, Int>::arange(0..bins as i64, &device).float();
    let pairs = crate::miner::all_pairs(input.labels.clone());
    let (positive, negative) = (pairs.positive.float(), pairs.negative.float());

    let cosine = input.sample_cosines();
    let norm = input.embeddings.unit().square().sum_dim(2);
    let squared =
        cosine.clone().without_autodiff().mul_scalar(-2.0) + (norm.clone() + parts::as_row(norm));
    // From here on without autodiff. Squared distance in widths of a bin, [lane, bin, anchor, other].
    let position = squared
        .mul_scalar((bins - 1) as f32 / 4.0)
        .unsqueeze_dim::<4>(1);
    let off = position - index.clone().reshape([1, bins, 1, 1]);
    let share = relu(off.clone().abs().neg().add_scalar(1.0));
    let histogram = |mask: &Tensor<3>| {
        let counted = (share.clone() * mask.clone().unsqueeze_dim::<4>(1)).sum_dim(3);
        counted.reshape([lanes, bins, batch])
    };
    let (near, far) = (histogram(&positive), histogram(&negative));
    let (row, column) = (
        index.clone().reshape([1, bins, 1]),
        index.reshape([1, 1, bins]),
    );
    let up_to = row
        .greater_equal(column)
        .float()
        .expand([lanes, bins, bins]);
    let from = up_to.clone().swap_dims(1, 2);
    let near_sum = up_to.clone().matmul(near.clone());
    let far_sum = up_to.matmul(far);
    let inverse = (near_sum.clone() + far_sum.clone())
        .clamp_min(1e-12)
        .recip();
    // [lane, 1, anchor]
    let count = parts::as_row(positive.clone().sum_dim(2));
    let anchors = count.clone().clamp_max(1.0).sum_dim(2).clamp_min(1.0);
    let each = (count.clamp_min(1.0) * anchors).recip();
    let missed = far_sum * inverse.clone();
    let value = ((near.clone() * missed.clone()).sum_dim(1) * each.clone()).sum_dim(2);

    // A sample more in a bin counts there, if it is near, and in every later running sum.
    let density = near * inverse;
    let by_near =
        (missed.clone() - from.clone().matmul(density.clone() * missed.clone())) * each.clone();
    let by_far = from.matmul(density * missed.neg().add_scalar(1.0)) * each;
    let slope = off.sign() * share.greater_elem(0.0).float();
    let by_position = |by_bin: Tensor<3>, mask: Tensor<3>| {
        let summed = (slope.clone() * by_bin.unsqueeze_dim::<4>(3)).sum_dim(1);
        summed.reshape([lanes, batch, batch]) * mask
    };
    // ∂position/∂cosine = −(bins − 1)/2, ∂share/∂position = −slope.
    let gradient = (by_position(by_near, positive) + by_position(by_far, negative))
        .mul_scalar((bins - 1) as f32 / 2.0);
    parts::from_gradient(cosine, value, gradient)
}
