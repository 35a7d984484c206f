//! The convolution on the CPU, in one pass over memory.
//!
//! As a chain of tensor operations it writes arrays many times as large as the pictures, and getting that memory takes
//! longer than the arithmetic. Here a patch is read where it lies in the picture, and what comes of it is pooled at once.

use burn::tensor::{Tensor, TensorData};

use crate::experiment::{ConvolutionLayout, ConvolutionShape};

/// Channels that are computed together: what fits the registers of any processor that this runs on.
const BLOCK: usize = 16;
type Block = [f32; BLOCK];

/// How patches lie in a picture with white around it.
#[derive(Clone, Debug)]
pub struct Cpu {
    side: usize,
    before: usize,
    kernel: usize,
    channels: usize,
    /// Pixels of a side with white.
    wide: usize,
    /// Where the patch of each place begins, window after window.
    places: Vec<usize>,
    /// Places in a window of the pool.
    window: usize,
}

/// What the backward pass needs.
pub struct Recorded {
    /// `[lane or 1, sample, pixel]`, with white around.
    pictures: Vec<f32>,
    /// Whether ReLU let something pass, as 1 or 0: `[lane, block, sample, place, channel of the block]`.
    passed: Vec<[u8; BLOCK]>,
}

/// Numbers of a batch.
#[derive(Clone, Copy)]
struct Batch {
    lanes: usize,
    /// Lanes that have pictures of their own: all or one.
    from: usize,
    samples: usize,
}

impl Batch {
    /// The picture of each sample of each lane.
    fn picture(self, lane: usize, sample: usize) -> usize {
        (lane % self.from) * self.samples + sample
    }
}

impl Cpu {
    pub fn new(shape: ConvolutionShape, side: usize) -> Self {
        let ConvolutionLayout {
            before,
            behind,
            across,
            pool,
        } = shape.on(side);
        let wide = before + side + behind;
        let grid = |rows: usize| (0..rows * rows).map(move |at| (at / rows, at % rows));
        let place = |(window_row, window_column): (usize, usize)| {
            grid(pool).map(move |(row, column)| {
                let top = (window_row * pool + row) * shape.stride;
                top * wide + (window_column * pool + column) * shape.stride
            })
        };
        Self {
            side,
            before,
            kernel: shape.kernel,
            channels: shape.channels,
            wide,
            places: grid(across).flat_map(place).collect(),
            window: pool * pool,
        }
    }

    fn blocks(&self) -> usize {
        self.channels.div_ceil(BLOCK)
    }

    fn taps(&self) -> usize {
        self.kernel * self.kernel
    }

    fn windows(&self) -> usize {
        self.places.len() / self.window
    }

    /// Pictures with white around them.
    fn widened(&self, pictures: &[f32]) -> Vec<f32> {
        let count = pictures.len() / (self.side * self.side);
        let mut wide = vec![0.0; count * self.wide * self.wide];
        for (picture, wide) in pictures
            .chunks_exact(self.side * self.side)
            .zip(wide.chunks_exact_mut(self.wide * self.wide))
        {
            let rows = wide.chunks_exact_mut(self.wide).skip(self.before);
            for (row, wide) in picture.chunks_exact(self.side).zip(rows) {
                wide[self.before..][..self.side].copy_from_slice(row);
            }
        }
        wide
    }

    /// As [`Conv::forward`](super::Conv::forward).
    pub fn forward(
        &self,
        weights: &Tensor<3>,
        biases: &Tensor<3>,
        pictures: Tensor<3>,
        keep: bool,
    ) -> (Tensor<3>, Option<Recorded>) {
        let device = pictures.device();
        let [from, samples, _] = pictures.dims();
        let lanes = weights.dims()[0];
        let batch = Batch {
            lanes,
            from,
            samples,
        };
        let pictures = self.widened(&values(pictures));
        let (weights, biases) = (values(weights.clone()), values(biases.clone()));
        let features = self.windows() * self.channels;
        let mut made = vec![0.0; lanes * samples * features];
        let mut passed = Vec::new();
        if keep {
            passed.reserve_exact(lanes * self.blocks() * samples * self.places.len());
        }
        let mut maps = vec![[0.0; BLOCK]; self.places.len()];
        let pixels = self.wide * self.wide;
        for (lane, made) in made.chunks_exact_mut(samples * features).enumerate() {
            for block in 0..self.blocks() {
                let of_lane = &weights[lane * self.taps() * self.channels..];
                let weights = self.block_of(of_lane, self.taps(), block);
                let bias = self.block_of(&biases[lane * self.channels..], 1, block)[0];
                for (sample, made) in made.chunks_exact_mut(features).enumerate() {
                    let picture = &pictures[batch.picture(lane, sample) * pixels..][..pixels];
                    self.products(picture, &weights, bias, &mut maps);
                    self.pool(&maps, block, made);
                    if keep {
                        let is_positive = |map: &Block| map.map(|value| u8::from(value > 0.0));
                        passed.extend(maps.iter().map(is_positive));
                    }
                }
            }
        }
        let made = Tensor::from_data(TensorData::new(made, [lanes, samples, features]), &device);
        (made, keep.then_some(Recorded { pictures, passed }))
    }

    /// Each place's patch times the weights.
    #[inline(never)]
    fn products(&self, picture: &[f32], weights: &[Block], bias: Block, maps: &mut [Block]) {
        for (&place, map) in self.places.iter().zip(maps) {
            let mut sum = bias;
            for (row, weights) in weights.chunks_exact(self.kernel).enumerate() {
                let row = &picture[place + row * self.wide..][..self.kernel];
                for (&value, weights) in row.iter().zip(weights) {
                    add(&mut sum, value, weights);
                }
            }
            *map = sum;
        }
    }

    /// The mean of each window after ReLU.
    fn pool(&self, maps: &[Block], block: usize, made: &mut [f32]) {
        let channels = self.in_block(block);
        let windows = maps.chunks_exact(self.window);
        for (maps, made) in windows.zip(made.chunks_exact_mut(self.channels)) {
            let mut sum = [0.0; BLOCK];
            for map in maps {
                // Not `max`, which makes 0 of what is no number: a lane that diverged must be seen.
                let map = map.map(|value| if value < 0.0 { 0.0 } else { value });
                add(&mut sum, 1.0, &map);
            }
            let mean = sum.map(|sum| sum / self.window as f32);
            made[block * BLOCK..][..channels].copy_from_slice(&mean[..channels]);
        }
    }

    /// Channels of a block.
    fn in_block(&self, block: usize) -> usize {
        (self.channels - block * BLOCK).min(BLOCK)
    }

    /// The block's part of `rows` rows of channels; channels that there are not are 0.
    fn block_of(&self, values: &[f32], rows: usize, block: usize) -> Vec<Block> {
        let channels = self.in_block(block);
        values[..rows * self.channels]
            .chunks_exact(self.channels)
            .map(|row| {
                let mut of_block = [0.0; BLOCK];
                of_block[..channels].copy_from_slice(&row[block * BLOCK..][..channels]);
                of_block
            })
            .collect()
    }

    /// As [`Conv::backward`](super::Conv::backward).
    pub fn backward(&self, recorded: &Recorded, grad: Tensor<3>) -> (Tensor<3>, Tensor<3>) {
        let device = grad.device();
        let [lanes, samples, features] = grad.dims();
        let grad = values(grad);
        let pixels = self.wide * self.wide;
        let batch = Batch {
            lanes,
            from: recorded.pictures.len() / (samples * pixels),
            samples,
        };
        let mut of_weights = vec![0.0; batch.lanes * self.taps() * self.channels];
        let mut of_biases = vec![0.0; batch.lanes * self.channels];
        let mut passing = vec![[0.0; BLOCK]; self.places.len()];
        for block in 0..self.blocks() {
            let channels = self.in_block(block);
            for lane in 0..lanes {
                let mut sums = vec![[0.0; BLOCK]; self.taps()];
                let mut bias = [0.0; BLOCK];
                for sample in 0..samples {
                    let first = (lane * self.blocks() + block) * samples + sample;
                    let passed = &recorded.passed[first * self.places.len()..];
                    let passed = &passed[..self.places.len()];
                    let grad = &grad[(lane * samples + sample) * features..][..features];
                    self.pass_back(grad, block, passed, &mut passing);
                    let picture = &recorded.pictures[batch.picture(lane, sample) * pixels..];
                    self.add_products(&picture[..pixels], &passing, &mut sums);
                    for passing in &passing {
                        add(&mut bias, 1.0, passing);
                    }
                }
                let rows = of_weights.chunks_exact_mut(self.channels);
                for (row, sum) in rows.skip(lane * self.taps()).zip(&sums) {
                    row[block * BLOCK..][..channels].copy_from_slice(&sum[..channels]);
                }
                of_biases[lane * self.channels + block * BLOCK..][..channels]
                    .copy_from_slice(&bias[..channels]);
            }
        }
        let tensor = |values, rows| {
            Tensor::from_data(
                TensorData::new(values, [lanes, rows, self.channels]),
                &device,
            )
        };
        (tensor(of_weights, self.taps()), tensor(of_biases, 1))
    }

    /// The gradient at each place, from that of what was pooled: as much as its share of the window, where ReLU let it pass.
    fn pass_back(&self, grad: &[f32], block: usize, passed: &[[u8; BLOCK]], passing: &mut [Block]) {
        let channels = self.in_block(block);
        let windows = passed.chunks_exact(self.window);
        let passing = passing.chunks_exact_mut(self.window);
        for ((grad, passed), passing) in grad.chunks_exact(self.channels).zip(windows).zip(passing)
        {
            let mut share = [0.0; BLOCK];
            share[..channels].copy_from_slice(&grad[block * BLOCK..][..channels]);
            let share = share.map(|grad| grad / self.window as f32);
            for (passing, passed) in passing.iter_mut().zip(passed) {
                for ((passing, passed), share) in passing.iter_mut().zip(passed).zip(share) {
                    *passing = f32::from(*passed) * share;
                }
            }
        }
    }

    /// Adds patches, turned, times the gradient at their places. Each sum stays in registers over a whole picture.
    #[inline(never)]
    fn add_products(&self, picture: &[f32], passing: &[Block], sums: &mut [Block]) {
        for (tap, of_tap) in sums.iter_mut().enumerate() {
            let picture = &picture[tap / self.kernel * self.wide + tap % self.kernel..];
            let mut sum = *of_tap;
            for (&place, passing) in self.places.iter().zip(passing) {
                add(&mut sum, picture[place], passing);
            }
            *of_tap = sum;
        }
    }
}

#[inline(always)]
fn add(sum: &mut Block, times: f32, values: &Block) {
    for (sum, value) in sum.iter_mut().zip(values) {
        *sum += times * value;
    }
}

/// A tensor's values; its memory is taken where nothing else holds it.
fn values(tensor: Tensor<3>) -> Vec<f32> {
    tensor
        .into_data()
        .try_into_vec()
        .expect("tensors on the CPU are f32")
}
