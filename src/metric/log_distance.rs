//! How far everything is apart, with the weight on what is close together.

use super::nearest::{Similarities, TILE, Tile};
use super::{Distance, MetricError};

/// A squared distance below this counts as this: it comes from an inner product, which has no digits there.
const LEAST: f32 = 1e-6;
/// Products that are made side by side: four registers of four, so that none waits for the one before.
const LANES: usize = 16;
/// Factors of a product before its exponent is taken out: (1e-6)⁴ and 4⁴ are far from what a float can hold.
const FACTORS: usize = 4;

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
    let similarities = Similarities::new(embeddings, dim, Distance::Cosine)?;
    let mut sum = LogSum::default();
    similarities.for_each_tile(|tile| sum.add(&tile));
    Ok(sum.mean(similarities.samples))
}

/// The logarithms of all pairs' squared distances 2 − 2x̂·ŷ, tile by tile of their cosines.
///
/// Σ ln d = ln Π d, and a product costs a multiplication where a logarithm costs twenty: [`LANES`] products are kept as
/// floats m·2^e, whose m ∈ \[1, 2\) are multiplied and whose e, whole numbers, are added up. Only at the end is there a
/// logarithm. A multiplication rounds by 6e-8 at the most, so that the mean logarithm is as far off at the most.
pub(super) struct LogSum {
    fractions: [f32; LANES],
    exponent: i64,
}

impl Default for LogSum {
    fn default() -> Self {
        Self {
            fractions: [1.0; LANES],
            exponent: 0,
        }
    }
}

impl LogSum {
    pub(super) fn add(&mut self, tile: &Tile<'_>) {
        // A tile's exponents are small: 64·64 pairs of 2⁻²⁰ or more.
        let mut exponents = [0i32; LANES];
        for row in 0..tile.rows {
            let cosines = &tile.similarities[row * TILE..][tile.first_of(row)..tile.columns];
            let (groups, rest) = cosines.as_chunks::<LANES>();
            for factors in groups.chunks(FACTORS) {
                self.multiply(factors, &mut exponents);
            }
            if !rest.is_empty() {
                // Filled up with distances of 1, whose logarithm is 0.
                let mut last = [0.5; LANES];
                last[..rest.len()].copy_from_slice(rest);
                self.multiply(&[last], &mut exponents);
            }
        }
        self.exponent += exponents.iter().copied().map(i64::from).sum::<i64>();
    }

    /// At most [`FACTORS`] to each product, and then only its fraction.
    #[inline]
    fn multiply(&mut self, cosines: &[[f32; LANES]], exponents: &mut [i32; LANES]) {
        let mut products = self.fractions;
        for cosines in cosines {
            for (product, &cosine) in products.iter_mut().zip(cosines) {
                let square = 2.0 - 2.0 * cosine;
                // One instruction, where `max` has to mind what is no number.
                *product *= if square > LEAST { square } else { LEAST };
            }
        }
        for (product, exponent) in products.iter_mut().zip(exponents) {
            let bits = product.to_bits();
            *exponent += (bits >> 23) as i32 - 127;
            *product = f32::from_bits((bits & 0x007f_ffff) | 0x3f80_0000);
        }
        self.fractions = products;
    }

    pub(super) fn mean(&self, samples: usize) -> f64 {
        let pairs = samples as f64 * (samples as f64 - 1.0) / 2.0;
        let fractions: f64 = self.fractions.iter().map(|&x| f64::from(x).ln()).sum();
        (fractions + self.exponent as f64 * std::f64::consts::LN_2) / pairs
    }
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

    /// What a product of floats may lose, against logarithms in f64 of the very same cosines.
    #[test]
    fn products_lose_less_than_a_millionth() {
        use rand::{RngExt, SeedableRng};
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(8);
        for (samples, lowest) in [
            (2, -1.0f32),
            (65, 0.9),
            (300, 0.999_9),
            (500, -1.0),
            (513, 0.99),
        ] {
            let mut found = LogSum::default();
            let (mut sum, mut pairs) = (0.0, 0);
            for first_row in (0..samples).step_by(TILE) {
                for first_column in (first_row..samples).step_by(TILE) {
                    let mut cosines = vec![0.0; TILE * TILE];
                    cosines.fill_with(|| rng.random_range(lowest..=1.0));
                    let tile = Tile {
                        similarities: &mut cosines,
                        first_row,
                        rows: TILE.min(samples - first_row),
                        first_column,
                        columns: TILE.min(samples - first_column),
                    };
                    found.add(&tile);
                    for row in 0..tile.rows {
                        for column in tile.first_of(row)..tile.columns {
                            let square =
                                2.0 - 2.0 * f64::from(tile.similarities[row * TILE + column]);
                            sum += square.max(f64::from(LEAST)).ln();
                            pairs += 1;
                        }
                    }
                }
            }
            assert_eq!(pairs, samples * (samples - 1) / 2);
            let (found, expected) = (found.mean(samples), sum / pairs as f64);
            assert!(
                (found - expected).abs() < 1e-6,
                "{samples}: {found}, {expected}"
            );
        }
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
        // As many as several tiles have, so that products are the smallest there can be.
        let found = log_distance(&[1.0; 3 * 200], 3).unwrap();
        assert!((found - f64::from(LEAST).ln()).abs() < 1e-6, "{found}");
        assert!(log_distance(&[1.0, 0.0], 2).unwrap().is_nan());
        assert!(log_distance(&[], 2).unwrap().is_nan());
        assert!(log_distance(&[1.0; 3], 2).is_err());
        assert!(log_distance(&[f32::INFINITY; 2], 2).is_err());
    }
}
