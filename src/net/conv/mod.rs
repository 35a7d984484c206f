//! The convolution of a network over lanes: patches of the picture, one product, ReLU, and the mean over a window.
//!
//! Only the first layer is one, so that no gradient goes back into the picture, and what is left of a convolution is a
//! product of its patches with the weights. On a GPU they are picked from the batch by a table, in an order in which pooling
//! is a mean over one axis; each patch ends with a 1, which the bias is the weight of, so that nothing has to be added to
//! the maps or summed over them by itself. On the CPU it is one pass, in `cpu`.

mod cpu;

use burn::tensor::{Device, Int, Tensor, TensorData};

use self::cpu::Cpu;
use crate::device::is_cpu;
use crate::experiment::{ConvolutionLayout, ConvolutionShape};

/// A convolution of square pictures. Weights are `[lane, pixel of the patch, channel]`, biases `[lane, 1, channel]`.
#[derive(Clone, Debug)]
pub enum Conv {
    Cpu(Cpu),
    Tensors(Box<Tensors>),
}

/// What the backward pass needs.
pub enum Recorded {
    Cpu(cpu::Recorded),
    Tensors(Box<OfTensors>),
}

impl Conv {
    /// For pictures of `side`×`side`.
    pub fn new(shape: ConvolutionShape, side: usize, device: &Device) -> Self {
        if is_cpu(device) && !device.is_autodiff() {
            Self::Cpu(Cpu::new(shape, side))
        } else {
            Self::Tensors(Box::new(Tensors::new(shape, side, device)))
        }
    }

    /// What is made of pictures `[lane or 1, sample, pixel]` (row by row): `[lane, sample, window * channel]`, windows row
    /// by row. With `keep`, what [`Conv::backward`] needs comes with it.
    pub fn forward(
        &self,
        weights: &Tensor<3>,
        biases: &Tensor<3>,
        pictures: Tensor<3>,
        keep: bool,
    ) -> (Tensor<3>, Option<Recorded>) {
        match self {
            Self::Cpu(cpu) => {
                let (made, recorded) = cpu.forward(weights, biases, pictures, keep);
                (made, recorded.map(Recorded::Cpu))
            }
            Self::Tensors(tensors) => {
                let (made, recorded) = tensors.forward(weights, biases, pictures);
                (made, keep.then(|| Recorded::Tensors(Box::new(recorded))))
            }
        }
    }

    /// Gradients of weights and biases from that of what [`Conv::forward`] made, `[lane, sample, window * channel]`.
    pub fn backward(&self, recorded: Recorded, grad: Tensor<3>) -> (Tensor<3>, Tensor<3>) {
        match (self, recorded) {
            (Self::Cpu(cpu), Recorded::Cpu(recorded)) => cpu.backward(&recorded, grad),
            (Self::Tensors(tensors), Recorded::Tensors(recorded)) => {
                tensors.backward(*recorded, grad)
            }
            _ => unreachable!("what was recorded is of the same network"),
        }
    }
}

/// The convolution as a chain of tensor operations, for a GPU.
#[derive(Clone, Debug)]
pub struct Tensors {
    /// Places in a window of the pool.
    window: usize,
    /// Windows.
    windows: usize,
    /// Pixels of a patch.
    patch: usize,
    channels: usize,
    /// Which pixel of the picture each pixel of each patch is, with what `beyond` has put behind them.
    table: Tensor<1, Int>,
    /// White and 1, `[1, 2]`.
    beyond: Tensor<2>,
}

/// What the backward pass needs.
pub struct OfTensors {
    /// `[lane, sample * place, pixel of the patch and 1]`
    patches: Tensor<3>,
    /// After ReLU: `[lane * sample, place in the window, window * channel]`.
    maps: Tensor<3>,
}

impl Tensors {
    fn new(shape: ConvolutionShape, side: usize, device: &Device) -> Self {
        let ConvolutionLayout { across, pool, .. } = shape.on(side);
        let white = (side * side) as i32;
        let with_one = |mut patch: Vec<i32>| {
            patch.push(white + 1);
            patch
        };
        let places = places(shape, side).into_iter();
        let table: Vec<i32> = places.flat_map(with_one).collect();
        let length = [table.len()];
        Self {
            window: pool * pool,
            windows: across * across,
            patch: shape.kernel * shape.kernel,
            channels: shape.channels,
            table: Tensor::from_data(TensorData::new(table, length), device),
            beyond: Tensor::from_data(TensorData::new(vec![0.0_f32, 1.0], [1, 2]), device),
        }
    }

    fn forward(
        &self,
        weights: &Tensor<3>,
        biases: &Tensor<3>,
        pictures: Tensor<3>,
    ) -> (Tensor<3>, OfTensors) {
        let [from, samples, pixels] = pictures.dims();
        let lanes = weights.dims()[0];
        let rows = from * samples;
        let beyond = self.beyond.clone().expand([rows, 2]);
        let pictures = Tensor::cat(vec![pictures.reshape([rows, pixels]), beyond], 1);
        let patches = pictures.select(1, self.table.clone()).reshape([
            from,
            samples * self.window * self.windows,
            self.patch + 1,
        ]);
        let weights = Tensor::cat(vec![weights.clone(), biases.clone()], 1);
        let maps = patches.clone().matmul(weights).clamp_min(0.0);
        let features = self.windows * self.channels;
        let maps = maps.reshape([lanes * samples, self.window, features]);
        let pooled = maps.clone().sum_dim(1) / self.window as f32;
        let pooled = pooled.reshape([lanes, samples, features]);
        (pooled, OfTensors { patches, maps })
    }

    fn backward(&self, recorded: OfTensors, grad: Tensor<3>) -> (Tensor<3>, Tensor<3>) {
        let OfTensors { patches, maps } = recorded;
        let [lanes, samples, features] = grad.dims();
        let grad = grad.reshape([lanes * samples, 1, features]) / self.window as f32;
        // Where ReLU gave 0, nothing passes. Repeated rather than broadcast: the CPU multiplies two arrays of one shape faster.
        let grad = maps.sign() * grad.repeat_dim(1, self.window);
        let grad = grad.reshape([lanes, samples * self.window * self.windows, self.channels]);
        let of_both = patches.transpose().matmul(grad);
        let of_weights = of_both.clone().narrow(1, 0, self.patch);
        (of_weights, of_both.narrow(1, self.patch, 1))
    }
}

/// The pixels of each place's patch, row by row. Places are in the order of the pool: the first of every window, the second
/// of every window and so on; windows row by row.
fn places(shape: ConvolutionShape, side: usize) -> Vec<Vec<i32>> {
    let ConvolutionLayout {
        before,
        across,
        pool,
        ..
    } = shape.on(side);
    let grid = |rows: usize| (0..rows * rows).map(move |at| (at / rows, at % rows));
    let mut places = Vec::with_capacity(across * across * pool * pool);
    for (row_in_window, column_in_window) in grid(pool) {
        for (window_row, window_column) in grid(across) {
            let top = (window_row * pool + row_in_window) * shape.stride;
            let left = (window_column * pool + column_in_window) * shape.stride;
            let pixel = |(row, column): (usize, usize)| {
                let within = |at: usize| at.checked_sub(before).filter(|&at| at < side);
                match (within(top + row), within(left + column)) {
                    (Some(row), Some(column)) => row * side + column,
                    _ => side * side,
                }
            };
            places.push(
                grid(shape.kernel)
                    .map(|at| i32::try_from(pixel(at)).expect("pictures are small"))
                    .collect(),
            );
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use rand::RngExt as _;

    use super::*;
    use crate::experiment::Convolution;
    use crate::random::seeded;

    /// Layouts with and without white, with places that fill no window, and with a window over everything.
    fn layouts() -> Vec<(ConvolutionShape, usize)> {
        let odd = |kernel, stride, channels, pool| ConvolutionShape {
            kernel,
            stride,
            channels,
            pool,
        };
        let mut all = vec![
            (odd(3, 1, 2, 1), 5),
            (odd(2, 3, 3, 2), 11),
            (odd(4, 2, 2, 9), 7),
            (odd(3, 2, 19, 2), 9),
        ];
        for shape in Convolution::ALL.map(Convolution::shape) {
            all.extend([(shape, 24), (shape, 8)]);
        }
        all
    }

    /// The CPU's way and the GPU's, both on the CPU.
    fn ways(shape: ConvolutionShape, side: usize) -> [Conv; 2] {
        let device = Device::flex();
        let cpu = Conv::new(shape, side, &device);
        assert!(matches!(cpu, Conv::Cpu(_)));
        [
            cpu,
            Conv::Tensors(Box::new(Tensors::new(shape, side, &device))),
        ]
    }

    fn random(shape: [usize; 3], purpose: &str, device: &Device) -> Tensor<3> {
        let mut rng = seeded(5, purpose);
        let values: Vec<f32> = (0..shape.iter().product())
            .map(|_| rng.random_range(-1.0..1.0))
            .collect();
        Tensor::from_data(TensorData::new(values, shape), device)
    }

    fn floats(tensor: Tensor<3>) -> Vec<f32> {
        tensor.into_data().try_into_vec().unwrap()
    }

    /// A convolution as it is written down: sum over the patch, white outside of the picture, ReLU, mean over the window.
    fn by_hand(
        shape: ConvolutionShape,
        side: usize,
        weights: &[f32],
        biases: &[f32],
        picture: &[f32],
    ) -> Vec<f32> {
        let ConvolutionLayout {
            before,
            across,
            pool,
            ..
        } = shape.on(side);
        let pixel = |row: isize, column: isize| {
            let within = |at: isize| (0..side as isize).contains(&at);
            if within(row) && within(column) {
                picture[row as usize * side + column as usize]
            } else {
                0.0
            }
        };
        let map = |row: usize, column: usize, channel: usize| {
            let mut sum = biases[channel];
            for at in 0..shape.kernel * shape.kernel {
                let row = row * shape.stride + at / shape.kernel;
                let column = column * shape.stride + at % shape.kernel;
                let value = pixel(
                    row as isize - before as isize,
                    column as isize - before as isize,
                );
                sum += value * weights[at * shape.channels + channel];
            }
            sum.max(0.0)
        };
        let mut made = Vec::new();
        for window in 0..across * across {
            for channel in 0..shape.channels {
                let places = (0..pool * pool).map(|at| {
                    let row = window / across * pool + at / pool;
                    map(row, window % across * pool + at % pool, channel)
                });
                made.push(places.sum::<f32>() / (pool * pool) as f32);
            }
        }
        made
    }

    #[test]
    fn forward_is_the_convolution_as_it_is_written_down() {
        let device = Device::flex();
        for (shape, side) in layouts() {
            let patch = shape.kernel * shape.kernel;
            let weights = random([2, patch, shape.channels], "weights", &device);
            let biases = random([2, 1, shape.channels], "biases", &device);
            let own = random([2, 3, side * side], "pictures", &device);
            let features = shape.features(side);
            // Pictures of each lane's own, and some that all lanes share.
            let both = [own.clone(), own.narrow(0, 0, 1)].into_iter();
            let each =
                both.flat_map(|pictures| ways(shape, side).map(|conv| (conv, pictures.clone())));
            for (conv, pictures) in each {
                let shared = pictures.dims()[0] == 1;
                let (made, _) = conv.forward(&weights, &biases, pictures.clone(), false);
                assert_eq!(made.dims(), [2, 3, features]);
                let (made, pictures) = (floats(made), floats(pictures));
                for (at, made) in made.chunks_exact(features).enumerate() {
                    let lane = at / 3;
                    let picture = if shared { at % 3 } else { at };
                    let of = |tensor: &Tensor<3>| floats(tensor.clone().narrow(0, lane, 1));
                    let expected = by_hand(
                        shape,
                        side,
                        &of(&weights),
                        &of(&biases),
                        &pictures[picture * side * side..][..side * side],
                    );
                    for (a, b) in made.iter().zip(&expected) {
                        assert!((a - b).abs() < 1e-5, "{shape:?} on {side}: {a} is not {b}");
                    }
                }
            }
        }
    }

    #[test]
    fn both_ways_have_the_same_gradients() {
        let device = Device::flex();
        for (shape, side) in layouts() {
            let patch = shape.kernel * shape.kernel;
            let weights = random([2, patch, shape.channels], "weights", &device);
            let biases = random([2, 1, shape.channels], "biases", &device);
            let own = random([2, 3, side * side], "pictures", &device);
            let grad = random([2, 3, shape.features(side)], "gradient", &device);
            for pictures in [own.clone(), own.narrow(0, 0, 1)] {
                let [cpu, tensors] = ways(shape, side).map(|conv| {
                    let (_, recorded) = conv.forward(&weights, &biases, pictures.clone(), true);
                    let gradients = conv.backward(recorded.unwrap(), grad.clone());
                    assert_eq!(gradients.0.dims(), weights.dims());
                    assert_eq!(gradients.1.dims(), biases.dims());
                    [floats(gradients.0), floats(gradients.1)].concat()
                });
                for (a, b) in cpu.iter().zip(&tensors) {
                    assert!(
                        (a - b).abs() < 2e-5 * b.abs().max(1.0),
                        "{shape:?} on {side}: {a} is not {b}"
                    );
                }
            }
        }
    }

    #[test]
    fn patches_at_the_border_see_white() {
        let shape = Convolution::K5S2C16P2.shape();
        let places = places(shape, 24);
        assert_eq!(places.len(), 144);
        let white = 24 * 24;
        // One row and one column of white before the picture.
        assert_eq!(
            places[0][..11],
            [[white; 6].as_slice(), &[0, 1, 2, 3, white]].concat()
        );
        assert_eq!(places[0][21..], [72, 73, 74, 75]);
        // Beside it in the same window is the first of the next 36.
        assert_eq!(
            places[36][..8],
            [white, white, white, white, white, 1, 2, 3]
        );
        // Two rows and two columns behind it.
        let corner = 24 * 24 - 1;
        assert_eq!(
            places[143][10..15],
            [corner - 2, corner - 1, corner, white, white]
        );
        assert_eq!(places[143][15..], [white; 10]);
    }
}
