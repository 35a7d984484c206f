//! Random shifts of the training pictures.

use burn::tensor::{Device, Int, Tensor, TensorData};
use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;

use crate::random::seeded;

/// Moves each picture of a batch by up to so many pixels up or down and left or right, each distance as likely as the
/// others; what comes in from outside is white. The draws are a lane's own, from its seed, the same for every loss.
pub struct Shift {
    reach: usize,
    draws: Draws,
    /// For each shift, which pixel each pixel becomes; the number of pixels is white: `[shift, pixel]`.
    tables: Tensor<2, Int>,
}

/// Of each lane.
#[derive(Clone)]
pub struct Draws(Vec<ChaCha8Rng>);

impl Shift {
    /// By up to `reach` pixels, of pictures of `side`×`side`.
    pub fn new(reach: usize, side: usize, seeds: &[u64], device: &Device) -> Self {
        let ways = 2 * reach + 1;
        let pixels = side * side;
        let mut tables = Vec::with_capacity(ways * ways * pixels);
        for (down, right) in (0..ways * ways).map(|way| (way / ways, way % ways)) {
            for (row, column) in (0..pixels).map(|at| (at / side, at % side)) {
                let from =
                    |at: usize, by: usize| (at + by).checked_sub(reach).filter(|&at| at < side);
                let pixel = match (from(row, down), from(column, right)) {
                    (Some(row), Some(column)) => row * side + column,
                    _ => pixels,
                };
                tables.push(i32::try_from(pixel).expect("pictures are small"));
            }
        }
        Self {
            reach,
            draws: Draws(seeds.iter().map(|&seed| seeded(seed, "shift")).collect()),
            tables: Tensor::from_data(TensorData::new(tables, [ways * ways, pixels]), device),
        }
    }

    /// The next batches of all lanes, `[lane * batch, pixel]`, moved.
    pub fn next(&mut self, pictures: Tensor<2>) -> Tensor<2> {
        let mut draws = self.draws.clone();
        let moved = self.with(&mut draws, pictures);
        self.draws = draws;
        moved
    }

    /// One lane's next batch, `[batch, pixel]`, as [`Shift::next`] will move it.
    pub fn preview(&self, lane: usize, pictures: Tensor<2>) -> Tensor<2> {
        let mut draws = Draws(vec![self.draws.0[lane].clone()]);
        self.with(&mut draws, pictures)
    }

    fn with(&self, Draws(lanes): &mut Draws, pictures: Tensor<2>) -> Tensor<2> {
        let device = pictures.device();
        let rows = pictures.dims()[0];
        let batch = rows / lanes.len();
        let ways = 2 * self.reach as u32 + 1;
        // In 32 bits: `usize` has another width in the browser and would draw other numbers.
        let drawn: Vec<i32> = lanes
            .iter_mut()
            .flat_map(|rng| {
                (0..batch)
                    .map(|_| rng.random_range(0..ways * ways) as i32)
                    .collect::<Vec<_>>()
            })
            .collect();
        let drawn = Tensor::<1, Int>::from_data(TensorData::new(drawn, [rows]), &device);
        let white = Tensor::zeros([rows, 1], &device);
        let pictures = Tensor::cat(vec![pictures, white], 1);
        pictures.gather(1, self.tables.clone().select(0, drawn))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(tensor: Tensor<2>, length: usize) -> Vec<Vec<f32>> {
        let values: Vec<f32> = tensor.into_data().try_into_vec().unwrap();
        values.chunks_exact(length).map(<[f32]>::to_vec).collect()
    }

    /// All nine shifts of a 3×3 picture by up to one pixel, written down.
    #[test]
    fn a_picture_is_moved_and_white_comes_in() {
        let device = Device::flex();
        let picture = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0];
        let count = 400;
        let pictures =
            Tensor::from_data(TensorData::new(picture.repeat(count), [count, 9]), &device);
        let mut shift = Shift::new(1, 3, &[4], &device);
        let found = rows(shift.next(pictures), 9);
        let expected = |down: i32, right: i32| -> Vec<f32> {
            let pixel = |row: i32, column: i32| {
                let (row, column) = (row - down, column - right);
                let within = (0..3).contains(&row) && (0..3).contains(&column);
                if within {
                    picture[(row * 3 + column) as usize]
                } else {
                    0.0
                }
            };
            (0..9).map(|at| pixel(at / 3, at % 3)).collect()
        };
        let all: Vec<Vec<f32>> = (-1..=1)
            .flat_map(|down| (-1..=1).map(move |right| (down, right)))
            .map(|(down, right)| expected(down, right))
            .collect();
        for shifted in &all {
            let share = found.iter().filter(|&row| row == shifted).count();
            assert!(
                (25..=65).contains(&share),
                "{shifted:?}: {share} of {count}"
            );
        }
        assert!(found.iter().all(|row| all.contains(row)));
    }

    #[test]
    fn a_lanes_shifts_are_its_own_and_a_preview_is_what_comes_next() {
        let device = Device::flex();
        let values: Vec<f32> = (0..2 * 6 * 16).map(|value| value as f32).collect();
        let pictures = Tensor::<2>::from_data(TensorData::new(values, [12, 16]), &device);
        let mut both = Shift::new(2, 4, &[1, 2], &device);
        let mut alone = Shift::new(2, 4, &[2], &device);
        for _ in 0..2 {
            let preview = |lane| {
                let own = pictures.clone().narrow(0, 6 * lane, 6);
                rows(both.preview(lane, own), 16)
            };
            let previews = [preview(0), preview(1)].concat();
            let moved = rows(both.next(pictures.clone()), 16);
            assert_eq!(previews, moved);
            assert_eq!(
                moved[6..],
                rows(alone.next(pictures.clone().narrow(0, 6, 6)), 16)
            );
        }
        let next = rows(both.next(pictures.clone()), 16);
        assert_ne!(next, rows(both.next(pictures), 16));
    }
}
