//! How tight classes are, and how far everything is apart.

use super::{MetricError, check_labels, count, dense_classes, normalised};

/// The two forces of every metric learning loss, as they stand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// Mean squared distance of the normalised embeddings to their class mean: 0 when every class is one point.
    pub tightness: f64,
    /// Mean squared distance of two different normalised embeddings: 0 when everything is one point, and 2N/(N − 1), the
    /// most there is, as soon as their mean is 0. That is so when all directions are used alike, but also of two points that
    /// face each other; [`log_distance`](super::log_distance) tells these apart.
    pub contrast: f64,
}

/// Tightness T = (1/N) Σ_i ‖x̂_i − μ_{y_i}‖² and contrast S = (1/(N(N−1))) Σ_{i≠j} ‖x̂_i − x̂_j‖², both in O(N·D):
/// Σ_{i∈c} ‖x̂_i − μ_c‖² = Σ_{i∈c} ‖x̂_i‖² − ‖Σ_{i∈c} x̂_i‖²/N_c and Σ_{i,j} ‖x̂_i − x̂_j‖² = 2N Σ‖x̂_i‖² − 2‖Σ x̂_i‖².
///
/// # Shapes
/// `embeddings` is `[sample, dim]`, `labels` has one entry a sample.
///
/// # Edge cases
/// Fewer than two samples have contrast 0, no sample has tightness 0.
///
/// # Errors
/// [`MetricError`] where the lengths do not fit or a value is not finite.
///
/// Boudiaf et al.: A unifying mutual information view of metric learning, ECCV 2020, arXiv 2003.08983.
pub fn spread(embeddings: &[f32], dim: usize, labels: &[u32]) -> Result<Spread, MetricError> {
    let samples = count(embeddings, dim)?;
    check_labels(samples, labels)?;
    let unit = normalised(embeddings, dim)?;
    let (classes, class_count) = dense_classes(labels);
    let mut sums = vec![0.0f64; class_count * dim];
    let mut sizes = vec![0usize; class_count];
    let mut squares = 0.0;
    for (row, &class) in unit.chunks_exact(dim).zip(&classes) {
        sizes[class] += 1;
        for (sum, &x) in sums[class * dim..][..dim].iter_mut().zip(row) {
            let x = f64::from(x);
            *sum += x;
            squares += x * x;
        }
    }
    let mut total = vec![0.0; dim];
    let mut within = squares;
    for (sum, &size) in sums.chunks_exact(dim).zip(&sizes) {
        within -= square(sum) / size as f64;
        for (total, &x) in total.iter_mut().zip(sum) {
            *total += x;
        }
    }
    let n = samples as f64;
    let pairs = n * (n - 1.0);
    Ok(Spread {
        // Differences of sums may come out a rounding error below 0.
        tightness: if samples == 0 {
            0.0
        } else {
            (within / n).max(0.0)
        },
        contrast: if samples < 2 {
            0.0
        } else {
            ((2.0 * n * squares - 2.0 * square(&total)) / pairs).max(0.0)
        },
    })
}

fn square(vector: &[f64]) -> f64 {
    vector.iter().map(|x| x * x).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_points_on_the_axes_by_hand() {
        // Class 0 is east and north (mean (½, ½), squared distance ½), class 1 is west twice (distance 0).
        // Pairs: east–north 2, east–west 4 and 4, north–west 2 and 2, west–west 0: 14 / 6.
        let found = spread(
            &[5.0, 0.0, 0.0, 2.0, -1.0, 0.0, -3.0, 0.0],
            2,
            &[0, 0, 1, 1],
        )
        .unwrap();
        assert!((found.tightness - 0.25).abs() < 1e-12, "{found:?}");
        assert!((found.contrast - 14.0 / 6.0).abs() < 1e-12, "{found:?}");
    }

    #[test]
    fn agrees_with_the_sums_over_pairs() {
        use rand::{RngExt, SeedableRng};
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(3);
        let (samples, dim) = (37, 5);
        let embeddings: Vec<f32> = (0..samples * dim)
            .map(|_| rng.random_range(-1.0..1.0))
            .collect();
        let labels: Vec<u32> = (0..samples).map(|_| rng.random_range(0..4)).collect();
        let unit = normalised(&embeddings, dim).unwrap();
        let squared = |i: usize, j: usize| -> f64 {
            (0..dim)
                .map(|d| f64::from(unit[i * dim + d] - unit[j * dim + d]).powi(2))
                .sum()
        };
        let (mut tight, mut wide) = (0.0, 0.0);
        for (i, &label) in labels.iter().enumerate() {
            let class: Vec<usize> = (0..samples).filter(|&j| labels[j] == label).collect();
            // The mean squared distance to the mean is half the mean squared distance of all pairs, oneself included.
            tight += class.iter().map(|&j| squared(i, j)).sum::<f64>() / (2 * class.len()) as f64;
            wide += (0..samples).map(|j| squared(i, j)).sum::<f64>();
        }
        let found = spread(&embeddings, dim, &labels).unwrap();
        assert!((found.tightness - tight / samples as f64).abs() < 1e-6);
        assert!((found.contrast - wide / (samples * (samples - 1)) as f64).abs() < 1e-6);
    }

    #[test]
    fn one_point_has_no_spread() {
        let found = spread(&[0.3; 12], 3, &[0, 0, 1, 1]).unwrap();
        assert!(found.tightness < 1e-7 && found.contrast < 1e-6, "{found:?}");
        assert_eq!(
            spread(&[], 3, &[]).unwrap(),
            Spread {
                tightness: 0.0,
                contrast: 0.0
            }
        );
    }
}
