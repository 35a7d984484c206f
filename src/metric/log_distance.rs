//! How far everything is apart, with the weight on what is close together.

use super::nearest::{TILE, Tile, nearest_watched};
use super::{Distance, MetricError, count};

/// A squared distance below this counts as this: it comes from an inner product, which has no digits there.
const LEAST: f32 = 1e-6;
/// Products that are made side by side before their logarithm is taken: of a quarter of a tile's row each, which is 1e-96
/// at the least.
const WIDTH: usize = 4;

/// Mean logarithm of the squared distance of two different normalised embeddings: a measure of how evenly the directions
/// are used, up to a factor and a constant the estimate of entropy that connects pairwise losses with cross-entropy.
///
/// L = (1/(N(N−1))) Σ_{i≠j} ln ‖x̂_i − x̂_j‖²
///
/// The mean squared distance (contrast) is 2N/(N−1) as soon as the mean embedding is 0: also of two points that face each
/// other. This one still tells such embeddings apart, since points that meet have a logarithm without a floor.
///
/// # Shapes
/// `embeddings` is `[sample, dim]`.
///
/// # Edge cases
/// Squared distances below 1e-6, which is rounding, count as 1e-6, so that a single point has ln 1e-6 = −13.8. Fewer than
/// two samples have no distance: NaN. Costs O(N²·D); beside the neighbours, whose products it shares in
/// [`evaluate_with_log_distance`](super::evaluate_with_log_distance), little.
///
/// # Errors
/// [`MetricError`] where the lengths do not fit or a value is not finite.
///
/// Boudiaf et al.: A unifying mutual information view of metric learning, ECCV 2020, arXiv 2003.08983.
pub fn log_distance(embeddings: &[f32], dim: usize) -> Result<f64, MetricError> {
    let samples = count(embeddings, dim)?;
    let mut sum = LogSum::default();
    let watch = |tile: Tile<'_>| sum.add(&tile);
    // Of no neighbours: what is wanted is the products that they are found by.
    nearest_watched(embeddings, dim, &vec![0; samples], Distance::Cosine, watch)?;
    Ok(sum.mean(samples))
}

/// The logarithms of all pairs' squared distances, tile by tile of their cosines.
#[derive(Default)]
pub(super) struct LogSum(f64);

impl LogSum {
    pub(super) fn add(&mut self, tile: &Tile<'_>) {
        for (row, cosines) in tile.products.chunks_exact(TILE).enumerate() {
            // Each pair once: on the diagonal, the columns after the row.
            let first = if tile.on_diagonal { row + 1 } else { 0 };
            self.0 += log_product(&cosines[first.min(tile.columns)..tile.columns]);
        }
    }

    pub(super) fn mean(&self, samples: usize) -> f64 {
        let pairs = samples as f64 * (samples as f64 - 1.0) / 2.0;
        self.0 / pairs
    }
}

/// Sum of the logarithms of the squared distances 2 − 2x̂·ŷ. A product needs one logarithm for all its factors.
fn log_product(similarities: &[f32]) -> f64 {
    let mut products = [1.0f64; WIDTH];
    for similarities in similarities.chunks(WIDTH) {
        for (product, &similarity) in products.iter_mut().zip(similarities) {
            *product *= f64::from((2.0 - 2.0 * similarity).max(LEAST));
        }
    }
    let [a, b, c, d] = products;
    (a * b).ln() + (c * d).ln()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::normalised;

    #[test]
    fn points_on_the_axes_by_hand() {
        // East, north and west: squared distances 2, 4 and 2.
        let found = log_distance(&[3.0, 0.0, 0.0, 0.5, -1.0, 0.0], 2).unwrap();
        assert!((found - 16f64.ln() / 3.0).abs() < 1e-6, "{found}");
        // A triangle of angles of 120°: all three 3.
        let (x, y) = (-0.5, 0.75f32.sqrt());
        let found = log_distance(&[1.0, 0.0, x, y, x, -y], 2).unwrap();
        assert!((found - 3f64.ln()).abs() < 1e-6, "{found}");
    }

    #[test]
    fn agrees_with_the_sum_over_pairs() {
        use rand::{RngExt, SeedableRng};
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(4);
        // Several tiles, and the last ones cut.
        let (samples, dim) = (141, 11);
        let embeddings: Vec<f32> = (0..samples * dim)
            .map(|_| rng.random_range(-1.0..1.0))
            .collect();
        let unit = normalised(&embeddings, dim).unwrap();
        let mut sum = 0.0;
        for i in 0..samples {
            for j in (0..samples).filter(|&j| j != i) {
                let square = |d: usize| f64::from(unit[i * dim + d] - unit[j * dim + d]).powi(2);
                sum += (0..dim).map(square).sum::<f64>().ln();
            }
        }
        let expected = sum / (samples * (samples - 1)) as f64;
        let found = log_distance(&embeddings, dim).unwrap();
        assert!((found - expected).abs() < 1e-5, "{found}, {expected}");
    }

    /// Two heaps that face each other have the contrast of points all around, and are told apart here.
    #[test]
    fn two_heaps_are_not_all_directions() {
        use super::super::spread;
        let heaps: Vec<f32> = (0..8)
            .flat_map(|i| [if i % 2 == 0 { 1.0 } else { -1.0 }, 0.0])
            .collect();
        let around: Vec<f32> = (0..8)
            .flat_map(|i| {
                let angle = i as f32 * std::f32::consts::FRAC_PI_4;
                [angle.cos(), angle.sin()]
            })
            .collect();
        let contrast = |embeddings: &[f32]| spread(embeddings, 2, &[0; 8]).unwrap().contrast;
        assert!((contrast(&heaps) - contrast(&around)).abs() < 1e-6);
        let [heaps, around] = [heaps, around].map(|points| log_distance(&points, 2).unwrap());
        assert!(heaps < -4.0 && around > 0.0, "{heaps}, {around}");
    }

    #[test]
    fn what_meets_has_the_least_and_one_sample_has_none() {
        let found = log_distance(&[0.3; 12], 3).unwrap();
        assert!((found - f64::from(LEAST).ln()).abs() < 1e-6, "{found}");
        // As many as a tile has, so that the product is the smallest there can be.
        let found = log_distance(&[1.0; 3 * 200], 3).unwrap();
        assert!((found - f64::from(LEAST).ln()).abs() < 1e-6, "{found}");
        assert!(log_distance(&[1.0, 0.0], 2).unwrap().is_nan());
        assert!(log_distance(&[], 2).unwrap().is_nan());
        assert!(log_distance(&[1.0; 3], 2).is_err());
        assert!(log_distance(&[f32::INFINITY; 2], 2).is_err());
    }
}
