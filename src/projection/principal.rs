//! Embeddings as a picture: principal components whose orientation stays from frame to frame.
//!
//! Components computed anew for each frame jump: their signs are arbitrary, and when two variances cross, the axes
//! change places. Here a frame starts from the previous one's plane and turns it a few steps of orthogonal iteration
//! towards the principal one; within the plane, the axes are those closest to the previous ones (Procrustes).

use crate::metric::{MetricError, normalised};

/// Steps of orthogonal iteration a frame: the plane follows the data within some frames, but never jumps.
const STEPS: usize = 4;
/// Steps for the first frame, which has nothing to follow.
const FIRST_STEPS: usize = 200;

/// A picture's plane (or space) among the dimensions of an embedding.
///
/// Embeddings of two or three dimensions are shown as they are: on the circle and the sphere.
#[derive(Clone, Debug)]
pub struct Projection {
    wanted: usize,
    dim: usize,
    /// Mean of the last frame's normalised embeddings.
    centre: Vec<f64>,
    /// Orthonormal axes, `component * dim`. Empty before the first frame.
    axes: Vec<f64>,
}

impl Projection {
    /// A projection to `components` axes, 2 or 3 (other numbers are brought there).
    pub fn new(components: usize) -> Self {
        Self {
            wanted: components.clamp(2, 3),
            dim: 0,
            centre: Vec::new(),
            axes: Vec::new(),
        }
    }

    /// Coordinates a point has in the picture of embeddings of dimension `dim`.
    pub fn components(&self, dim: usize) -> usize {
        if dim <= 3 { dim } else { self.wanted }
    }

    /// Turns the axes towards the principal components of `[sample, dim]` embeddings (normalised here), and returns the
    /// share of their variance that the picture shows: 1 where nothing is left out, or where there is no variance.
    ///
    /// # Errors
    /// [`MetricError`] where the length does not fit or a value is not finite; the axes then stay as they were.
    pub fn update(&mut self, embeddings: &[f32], dim: usize) -> Result<f32, MetricError> {
        let unit = normalised(embeddings, dim)?;
        if dim <= 3 {
            (self.dim, self.centre, self.axes) = (dim, Vec::new(), Vec::new());
            return Ok(1.0);
        }
        let samples = unit.len() / dim;
        let mut centre = vec![0.0; dim];
        for row in unit.chunks_exact(dim) {
            for (sum, &x) in centre.iter_mut().zip(row) {
                *sum += f64::from(x) / samples as f64;
            }
        }
        let points: Vec<f64> = unit
            .chunks_exact(dim)
            .flat_map(|row| row.iter().zip(&centre).map(|(&x, c)| f64::from(x) - c))
            .collect();
        let first = self.dim != dim || self.axes.is_empty();
        self.dim = dim;
        self.centre = centre;
        if first {
            self.axes = start(self.wanted, dim);
            for _ in 0..FIRST_STEPS {
                self.turn(&points);
            }
            self.orient(&points);
        } else {
            let before = self.axes.clone();
            for _ in 0..STEPS {
                self.turn(&points);
            }
            self.align(&before);
        }
        let all: f64 = points.iter().map(|x| x * x).sum();
        let shown: f64 = self
            .axes
            .chunks_exact(dim)
            .map(|axis| scores(&points, axis).map(|s| s * s).sum::<f64>())
            .sum();
        // Rounding of normalised f32 leaves a variance of about 1e-15 a sample where all points are one.
        Ok(if all <= 1e-12 * samples.max(1) as f64 {
            1.0
        } else {
            (shown / all).clamp(0.0, 1.0) as f32
        })
    }

    /// Appends the coordinates of `[row, dim]` vectors (normalised here), embeddings or proxies, on the current axes.
    ///
    /// # Errors
    /// [`MetricError`] where the length does not fit or a value is not finite, or before the first
    /// [`update`](Self::update) with embeddings of this dimension.
    pub fn project(
        &self,
        vectors: &[f32],
        dim: usize,
        out: &mut Vec<f32>,
    ) -> Result<(), MetricError> {
        let unit = normalised(vectors, dim)?;
        if dim != self.dim {
            return Err(MetricError::Shape {
                values: vectors.len(),
                dim,
            });
        }
        if dim <= 3 {
            out.extend(unit);
            return Ok(());
        }
        for row in unit.chunks_exact(dim) {
            out.extend(self.axes.chunks_exact(dim).map(|axis| {
                let sum: f64 = row
                    .iter()
                    .zip(&self.centre)
                    .zip(axis)
                    .map(|((&x, c), a)| (f64::from(x) - c) * a)
                    .sum();
                sum as f32
            }));
        }
        Ok(())
    }

    /// One step of orthogonal iteration: axes ← orthonormal(XᵀX · axes).
    fn turn(&mut self, points: &[f64]) {
        let dim = self.dim;
        let mut turned = vec![0.0; self.axes.len()];
        for (turned, axis) in turned
            .chunks_exact_mut(dim)
            .zip(self.axes.chunks_exact(dim))
        {
            for (row, score) in points.chunks_exact(dim).zip(scores(points, axis)) {
                for (t, x) in turned.iter_mut().zip(row) {
                    *t += score * x;
                }
            }
        }
        let axes = std::mem::take(&mut self.axes);
        self.axes = orthonormal(&turned, &axes, dim);
    }

    /// Puts the axes along the principal directions of their plane, largest variance first, each pointing to where its
    /// largest coordinate is positive: the same picture for the same data.
    fn orient(&mut self, points: &[f64]) {
        let dim = self.dim;
        let k = self.axes.len() / dim;
        let projected: Vec<Vec<f64>> = self
            .axes
            .chunks_exact(dim)
            .map(|axis| scores(points, axis).collect())
            .collect();
        let covariance: Small = std::array::from_fn(|i| {
            std::array::from_fn(|j| {
                if i < k && j < k {
                    dot(&projected[i], &projected[j])
                } else {
                    0.0
                }
            })
        });
        let (values, vectors) = eigen(covariance);
        let mut order: Vec<usize> = (0..k).collect();
        // The unused third direction of a plane comes last, as it has an eigenvalue of exactly 0 and the last index.
        order.sort_by(|&a, &b| values[b].total_cmp(&values[a]).then(a.cmp(&b)));
        let mut axes = Vec::with_capacity(self.axes.len());
        for &e in &order {
            let mut axis = vec![0.0; dim];
            for (i, old) in self.axes.chunks_exact(dim).enumerate() {
                for (a, x) in axis.iter_mut().zip(old) {
                    *a += vectors[i][e] * x;
                }
            }
            let largest =
                axis.iter().copied().fold(
                    0.0f64,
                    |best, x| if x.abs() > best.abs() { x } else { best },
                );
            if largest < 0.0 {
                axis.iter_mut().for_each(|x| *x = -*x);
            }
            axes.extend(axis);
        }
        self.axes = orthonormal(&axes, &axes, dim);
    }

    /// Turns the axes within their plane to be as close to the previous ones as they can (orthogonal Procrustes): with
    /// M = axes · beforeᵀ, the new axes are polar(M)ᵀ · axes, polar(M) being the orthogonal matrix nearest to M.
    fn align(&mut self, before: &[f64]) {
        let dim = self.dim;
        let k = self.axes.len() / dim;
        let mut overlap: Small = IDENTITY;
        for (i, new) in self.axes.chunks_exact(dim).enumerate() {
            for (j, old) in before.chunks_exact(dim).enumerate() {
                overlap[i][j] = dot(new, old);
            }
        }
        let rotation = polar(overlap);
        let mut axes = vec![0.0; self.axes.len()];
        for (j, axis) in axes.chunks_exact_mut(dim).enumerate() {
            for (i, row) in rotation.iter().enumerate().take(k) {
                for (a, x) in axis.iter_mut().zip(&self.axes[i * dim..]) {
                    *a += row[j] * x;
                }
            }
        }
        self.axes = orthonormal(&axes, before, dim);
    }
}

/// Axes to begin with: no two coordinates alike, so that no data is orthogonal to all of them by design.
fn start(components: usize, dim: usize) -> Vec<f64> {
    let raw: Vec<f64> = (0..components * dim)
        .map(|i| ((i as f64 + 1.0) * 0.754_877_666_246_692_8).fract() - 0.5)
        .collect();
    orthonormal(&raw, &raw, dim)
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

fn scores<'a>(points: &'a [f64], axis: &'a [f64]) -> impl Iterator<Item = f64> + 'a {
    points
        .chunks_exact(axis.len())
        .map(move |row| dot(row, axis))
}

/// Gram–Schmidt. Where a vector lies in the space of those before it (data on a line, or a single point), one of
/// `spare` takes its place, or else a coordinate axis.
fn orthonormal(vectors: &[f64], spare: &[f64], dim: usize) -> Vec<f64> {
    let scale = vectors.iter().map(|x| x.abs()).fold(0.0, f64::max);
    let mut axes: Vec<f64> = Vec::with_capacity(vectors.len());
    for vector in vectors.chunks_exact(dim) {
        let spares = spare.chunks_exact(dim).map(<[f64]>::to_vec);
        let units = (0..dim).map(|d| (0..dim).map(|i| f64::from(u8::from(i == d))).collect());
        let candidates = std::iter::once((vector.to_vec(), 1e-9 * scale))
            .chain(spares.chain(units).map(|v| (v, 0.1)));
        for (mut candidate, least) in candidates {
            // Twice: one pass leaves what rounding let through.
            for _ in 0..2 {
                for axis in axes.chunks_exact(dim) {
                    let along = dot(&candidate, axis);
                    candidate
                        .iter_mut()
                        .zip(axis)
                        .for_each(|(x, a)| *x -= along * a);
                }
            }
            let norm = dot(&candidate, &candidate).sqrt();
            if norm > least && norm.is_normal() {
                axes.extend(candidate.iter().map(|x| x / norm));
                break;
            }
        }
    }
    axes
}

/// A 3×3 matrix; two components leave the third row and column as in the identity.
type Small = [[f64; 3]; 3];
const IDENTITY: Small = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];

/// Eigenvalues and eigenvectors (as columns) of a symmetric matrix, by Jacobi's rotations.
fn eigen(mut matrix: Small) -> ([f64; 3], Small) {
    let mut vectors = IDENTITY;
    for _ in 0..30 {
        for (p, q) in [(0, 1), (0, 2), (1, 2)] {
            if matrix[p][q] == 0.0 {
                continue;
            }
            let theta = 0.5 * (2.0 * matrix[p][q]).atan2(matrix[p][p] - matrix[q][q]);
            let (sin, cos) = theta.sin_cos();
            for row in matrix.iter_mut().chain(&mut vectors) {
                (row[p], row[q]) = (cos * row[p] + sin * row[q], cos * row[q] - sin * row[p]);
            }
            let (x, y) = (matrix[p], matrix[q]);
            matrix[p] = std::array::from_fn(|column| cos * x[column] + sin * y[column]);
            matrix[q] = std::array::from_fn(|column| cos * y[column] - sin * x[column]);
        }
    }
    (std::array::from_fn(|i| matrix[i][i]), vectors)
}

/// The orthogonal matrix nearest to M: U·Vᵀ of its singular value decomposition, from the eigenvectors V of MᵀM.
fn polar(matrix: Small) -> Small {
    let gram = std::array::from_fn(|i| {
        std::array::from_fn(|j| (0..3).map(|r| matrix[r][i] * matrix[r][j]).sum())
    });
    let (values, right) = eigen(gram);
    let mut order = [0, 1, 2];
    order.sort_by(|&a, &b| values[b].total_cmp(&values[a]));
    // Columns of U in falling order of the singular values; where one is 0, Gram–Schmidt fills in a direction.
    let images: Vec<f64> = order
        .iter()
        .flat_map(|&e| (0..3).map(move |r| (r, e)))
        .map(|(r, e)| (0..3).map(|c| matrix[r][c] * right[c][e]).sum())
        .collect();
    let left = orthonormal(&images, &right.concat(), 3);
    std::array::from_fn(|r| {
        std::array::from_fn(|c| {
            order
                .iter()
                .enumerate()
                .map(|(i, &e)| left[i * 3 + r] * right[c][e])
                .sum()
        })
    })
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;
    use rand_distr::StandardNormal;

    use super::*;

    const DIM: usize = 16;

    /// Points near the sphere's pole, spread by `deviations` along the first dimensions. Normalising moves them little.
    fn cloud(samples: usize, deviations: &[f64], seed: u64) -> Vec<f32> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        (0..samples)
            .flat_map(|_| {
                let mut row = [0.0f32; DIM];
                row[DIM - 1] = 1.0;
                for (x, deviation) in row.iter_mut().zip(deviations) {
                    *x = (deviation * rng.sample::<f64, _>(StandardNormal)) as f32;
                }
                row
            })
            .collect()
    }

    fn picture(projection: &Projection, embeddings: &[f32]) -> Vec<f32> {
        let mut out = Vec::new();
        projection.project(embeddings, DIM, &mut out).unwrap();
        out
    }

    fn farthest(a: &[f32], b: &[f32]) -> f32 {
        a.iter()
            .zip(b)
            .map(|(x, y)| (x - y).abs())
            .fold(0.0, f32::max)
    }

    #[test]
    fn finds_the_plane_with_the_largest_variance_first() {
        let embeddings = cloud(300, &[0.02, 0.05, 0.1], 1);
        let mut projection = Projection::new(2);
        let explained = projection.update(&embeddings, DIM).unwrap();
        assert!((0.9..1.0).contains(&explained), "{explained}");
        // The axes are dimension 2, then dimension 1, up to sampling noise, both positive.
        assert!(
            projection.axes[2] > 0.99 && projection.axes[DIM + 1] > 0.99,
            "{:?}",
            projection.axes
        );
        let mut space = Projection::new(3);
        assert!(space.update(&embeddings, DIM).unwrap() > 0.99);
        assert!(space.axes[2 * DIM] > 0.99);
    }

    #[test]
    fn converged_axes_are_those_of_a_full_decomposition() {
        // Variances shown by two axes against the two largest by power iteration with deflation on the covariance.
        let mut rng = ChaCha8Rng::seed_from_u64(9);
        let embeddings: Vec<f32> = (0..100 * DIM)
            .map(|i| rng.random::<f32>() * (1.0 + (i % DIM) as f32))
            .collect();
        let mut projection = Projection::new(2);
        let explained = projection.update(&embeddings, DIM).unwrap();
        let unit = normalised(&embeddings, DIM).unwrap();
        let mean: Vec<f64> = (0..DIM)
            .map(|d| {
                unit.iter()
                    .skip(d)
                    .step_by(DIM)
                    .map(|&x| f64::from(x))
                    .sum::<f64>()
                    / 100.0
            })
            .collect();
        let mut covariance = vec![vec![0.0; DIM]; DIM];
        for row in unit.chunks_exact(DIM) {
            let centred: Vec<f64> = row
                .iter()
                .zip(&mean)
                .map(|(&x, mean)| f64::from(x) - mean)
                .collect();
            for (line, a) in covariance.iter_mut().zip(&centred) {
                for (cell, b) in line.iter_mut().zip(&centred) {
                    *cell += a * b;
                }
            }
        }
        let trace: f64 = (0..DIM).map(|i| covariance[i][i]).sum();
        let mut largest = 0.0;
        for _ in 0..2 {
            let mut v = vec![1.0; DIM];
            v[0] = 0.3;
            let mut value = 0.0;
            for _ in 0..5000 {
                let w: Vec<f64> = covariance.iter().map(|row| dot(row, &v)).collect();
                value = dot(&w, &w).sqrt();
                v = w.iter().map(|x| x / value).collect();
            }
            largest += value;
            for (line, a) in covariance.iter_mut().zip(&v) {
                for (cell, b) in line.iter_mut().zip(&v) {
                    *cell -= value * a * b;
                }
            }
        }
        assert!(
            (f64::from(explained) - largest / trace).abs() < 1e-4,
            "{explained} against {}",
            largest / trace
        );
    }

    #[test]
    fn nothing_jumps_while_variances_cross_and_signs_stay() {
        for components in [2, 3] {
            let mut projection = Projection::new(components);
            let mut previous: Option<Vec<f32>> = None;
            let mut largest_step = 0.0f32;
            for frame in 0..200 {
                // Four variances that take turns in being the largest.
                let time = f64::from(frame) / 200.0 * std::f64::consts::TAU;
                let deviations: Vec<f64> = (0..4)
                    .map(|i| {
                        0.2 * (1.3 + (time + f64::from(i) * std::f64::consts::FRAC_PI_2).sin())
                    })
                    .collect();
                let embeddings = cloud(250, &deviations, 5);
                let explained = projection.update(&embeddings, DIM).unwrap();
                assert!(explained > 0.3);
                let now = picture(&projection, &embeddings);
                if let Some(previous) = &previous {
                    largest_step = largest_step.max(farthest(previous, &now));
                }
                previous = Some(now);
            }
            // A flipped sign moves the outer points by 1 and more. The data itself moves by up to about 0.1 a frame.
            assert!(
                largest_step < 0.45,
                "{components} components: a point moved by {largest_step}"
            );
        }
    }

    #[test]
    fn a_still_cloud_stands_still_once_found() {
        let embeddings = cloud(250, &[0.3, 0.3, 0.1], 2);
        let mut projection = Projection::new(2);
        projection.update(&embeddings, DIM).unwrap();
        let first = picture(&projection, &embeddings);
        for _ in 0..50 {
            projection.update(&embeddings, DIM).unwrap();
        }
        assert!(farthest(&first, &picture(&projection, &embeddings)) < 1e-3);
    }

    #[test]
    fn follows_the_data_to_another_plane() {
        let mut projection = Projection::new(2);
        projection.update(&cloud(250, &[0.3, 0.2], 3), DIM).unwrap();
        let elsewhere = cloud(250, &[0.01, 0.01, 0.3, 0.2], 3);
        let mut explained = 0.0;
        for _ in 0..10 {
            explained = projection.update(&elsewhere, DIM).unwrap();
        }
        assert!(explained > 0.95, "{explained}");
    }

    #[test]
    fn degenerate_data_stays_finite() {
        for embeddings in [
            vec![0.0; 10 * DIM],
            vec![1.0; 10 * DIM],
            cloud(10, &[0.3], 1),
            cloud(1, &[0.3], 1),
            vec![],
        ] {
            for components in [2, 3] {
                let mut projection = Projection::new(components);
                for _ in 0..3 {
                    let explained = projection.update(&embeddings, DIM).unwrap();
                    assert!((0.0..=1.0).contains(&explained));
                    let out = picture(&projection, &embeddings);
                    assert_eq!(out.len(), embeddings.len() / DIM * components);
                    assert!(out.iter().all(|x| x.is_finite()));
                }
                // The axes are orthonormal whatever happened.
                for i in 0..components {
                    for j in 0..components {
                        let product = dot(
                            &projection.axes[i * DIM..][..DIM],
                            &projection.axes[j * DIM..][..DIM],
                        );
                        assert!((product - f64::from(u8::from(i == j))).abs() < 1e-9);
                    }
                }
            }
        }
    }

    #[test]
    fn two_and_three_dimensions_are_shown_as_they_are() {
        let mut projection = Projection::new(2);
        assert_eq!(projection.components(3), 3);
        assert_eq!(projection.components(64), 2);
        assert_eq!(projection.update(&[3.0, 4.0, 0.0, -2.0], 2).unwrap(), 1.0);
        let mut out = Vec::new();
        projection
            .project(&[3.0, 4.0, 0.0, -2.0], 2, &mut out)
            .unwrap();
        assert_eq!(out, [0.6, 0.8, 0.0, -1.0]);
    }

    #[test]
    fn what_cannot_be_projected_is_an_error_and_changes_nothing() {
        let mut projection = Projection::new(2);
        let embeddings = cloud(50, &[0.3, 0.2], 3);
        assert!(
            projection
                .project(&embeddings, DIM, &mut Vec::new())
                .is_err()
        );
        projection.update(&embeddings, DIM).unwrap();
        let before = picture(&projection, &embeddings);
        let mut broken = embeddings.clone();
        broken[7] = f32::NAN;
        assert_eq!(
            projection.update(&broken, DIM),
            Err(MetricError::NotFinite { sample: 0 })
        );
        assert_eq!(before, picture(&projection, &embeddings));
        assert!(projection.project(&[1.0; 8], 4, &mut Vec::new()).is_err());
    }

    /// `cargo test --release --lib projection::tests::time -- --ignored --nocapture`
    #[test]
    #[ignore = "a measurement, not a check"]
    fn time_of_a_frame() {
        let mut rng = ChaCha8Rng::seed_from_u64(0);
        let embeddings: Vec<f32> = (0..250 * 64).map(|_| rng.random_range(-1.0..1.0)).collect();
        let mut projection = Projection::new(2);
        for name in ["first", "next"] {
            let start = std::time::Instant::now();
            projection.update(&embeddings, 64).unwrap();
            println!(
                "{name} frame: {:.0} µs",
                start.elapsed().as_secs_f64() * 1e6
            );
        }
    }
}
