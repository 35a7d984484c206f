//! Rows of numbers, embeddings or learned vectors: as they are, and divided by their length.

use std::cell::OnceCell;

use burn::tensor::{Device, Tensor};

/// Rows whose squared norm is under this are divided by its root, 1e-12, instead of by their norm.
const FLOOR: f32 = 1e-24;

/// Rows `[lane, row, dim]`, without autodiff.
///
/// Normalising is not recorded: its derivative is written out in [`Rows::gradient`], with half of the operations.
#[derive(Clone, Debug)]
pub struct Rows {
    values: Tensor<3>,
    unit: OnceCell<Unit>,
}

/// Rows divided by their norm, and what the way back needs.
#[derive(Clone, Debug)]
struct Unit {
    values: Tensor<3>,
    /// One over what the rows were divided by, `[lane, row, 1]`.
    inverse: Tensor<3>,
    /// 1, but 0 for rows under the floor, whose length is not held.
    held: Tensor<3>,
}

impl Rows {
    /// `[lane, row, dim]`
    pub fn new(values: Tensor<3>) -> Self {
        Self {
            values,
            unit: OnceCell::new(),
        }
    }

    /// `[lane, row, dim]`
    pub fn dims(&self) -> [usize; 3] {
        self.values.dims()
    }

    pub fn device(&self) -> Device {
        self.values.device()
    }

    /// The rows as they are.
    pub fn raw(&self) -> Tensor<3> {
        self.values.clone()
    }

    /// The rows divided by their L2 norm, `u = x / max(‖x‖, 1e-12)`. A row of zeros stays zero.
    pub fn unit(&self) -> Tensor<3> {
        self.normalised().values.clone()
    }

    fn normalised(&self) -> &Unit {
        self.unit.get_or_init(|| {
            // The square of a norm over 2e19 is infinite, and the row then counts as zero.
            let square = self.values.clone().square().sum_dim(2);
            let held = square
                .clone()
                .div_scalar(FLOOR)
                .sub_scalar(1.0)
                .mul_scalar(1e6)
                .clamp(0.0, 1.0);
            let inverse = square.clamp_min(FLOOR).sqrt().recip();
            Unit {
                values: self.values.clone() * inverse.clone(),
                inverse,
                held,
            }
        })
    }

    /// The gradient by the rows as they are, from the gradient by [`Rows::unit`].
    ///
    /// Through `u = x/‖x‖` a gradient g becomes `(g − u (u·g)) / ‖x‖`: what would lengthen the row is taken out.
    ///
    /// # Shapes
    /// `[lane, row, dim]` to the same.
    pub fn gradient(&self, by_unit: Tensor<3>) -> Tensor<3> {
        let Unit {
            values,
            inverse,
            held,
        } = self.normalised();
        let along = (by_unit.clone() * values.clone()).sum_dim(2) * held.clone();
        (by_unit - values.clone() * along) * inverse.clone()
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::TensorData;

    use super::*;

    fn tensor(values: &[f32], rows: usize) -> Tensor<3> {
        let shape = [1, rows, values.len() / rows];
        Tensor::from_data(TensorData::new(values.to_vec(), shape), &Device::flex())
    }

    fn numbers(tensor: Tensor<3>) -> Vec<f32> {
        tensor.into_data().try_into_vec().unwrap()
    }

    #[test]
    fn rows_of_any_length_become_unit_rows() {
        let rows = [
            [1e19, 4e18],
            [3e-11, 4e-11],
            [0.0, 0.0],
            [6e-13, 0.0],
            [-5.0, 12.0],
        ];
        let long = (1e19_f64.powi(2) + 4e18_f64.powi(2)).sqrt();
        let expected = [
            [(1e19 / long) as f32, (4e18 / long) as f32],
            [0.6, 0.8],
            [0.0, 0.0],
            // Under the floor of 1e-12.
            [0.6, 0.0],
            [-5.0 / 13.0, 12.0 / 13.0],
        ];
        let found = numbers(Rows::new(tensor(rows.as_flattened(), 5)).unit());
        for (found, expected) in found.iter().zip(expected.as_flattened()) {
            assert!(
                (found - expected).abs() <= 1e-6,
                "{found} instead of {expected}"
            );
        }
    }

    /// What Burn's recorded graph gives for the same normalisation, on both sides of the floor.
    #[test]
    fn the_gradient_passes_the_normalisation() {
        let values = [
            3.0, -4.0, 1e-3, 2e-3, 0.5e-12, 0.2e-12, 0.0, 0.0, 1.5e-12, 0.1e-12,
        ];
        let weights = [1.0, 2.0, -0.5, 0.25, 3.0, 1.0, 0.7, -0.2, 2.0, 1.0];
        let (values, weights) = (tensor(&values, 5), tensor(&weights, 5));
        let ours = numbers(Rows::new(values.clone()).gradient(weights.clone()));

        let leaf = values.autodiff().require_grad();
        // Scaled by 1e12, where f32 can square it: x/max(‖x‖, ε) = (x/ε)/max(‖x/ε‖, 1).
        let scaled = leaf.clone() * 1e12;
        let unit = scaled.clone() / scaled.square().sum_dim(2).clamp_min(1.0).sqrt();
        let gradients = (unit * weights).sum().backward();
        let theirs = numbers(leaf.grad(&gradients).unwrap());
        for (row, (ours, theirs)) in ours.chunks(2).zip(theirs.chunks(2)).enumerate() {
            let largest = theirs
                .iter()
                .fold(0.0_f32, |largest, x| largest.max(x.abs()));
            for (ours, theirs) in ours.iter().zip(theirs) {
                assert!(
                    (ours - theirs).abs() <= 1e-5 * largest,
                    "row {row}: {ours} instead of {theirs}"
                );
            }
        }
    }
}
