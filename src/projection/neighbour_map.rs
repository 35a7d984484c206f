//! Neighbours as a picture: t-SNE that goes on from its last picture.
//!
//! A plane of principal components shows a third of the variance of 64 dimensions, and neighbours there are mostly
//! strangers. t-SNE places the points so that those near each other in the embedding are near each other in the picture.
//! It is honest about who is near whom, not about how far apart groups are, nor about how large they are.
//!
//! Started anew for each frame it would give another picture each time. Here it moves the last picture's points a little
//! towards what the new embeddings ask for, so that a person can follow a point while the network learns.

use super::Projection;
use crate::metric::{MetricError, normalised};

/// Each point has about this many neighbours that it wants to be near (the perplexity). Classes are shown with 8 to 16
/// pictures, and van der Maaten & Hinton give 5 to 50 as usual.
const NEIGHBOURS: f32 = 8.0;
/// Steps of a first picture in which all attractions are exaggerated, so that groups form before they are sorted.
const EARLY_STEPS: usize = 100;
/// By this factor, from van der Maaten's later implementations.
const EXAGGERATION: f32 = 12.0;
/// Spread of a first picture, small so that all points can still pass each other.
const FIRST_SPREAD: f32 = 1e-2;
/// Share of the last move that a point keeps, while attractions are exaggerated and after that.
const MOMENTUM: [f32; 2] = [0.5, 0.8];
/// Length of a step, in the gradient's units.
const RATE: f32 = 50.0;
/// A point's gain grows by this while its direction stays, and shrinks by the factor when it turns (Jacobs, 1988).
const GAIN: (f32, f32) = (0.2, 0.8);
const LEAST_GAIN: f32 = 0.01;
/// Halvings in the search for a point's bandwidth.
const SEARCH: usize = 40;

/// t-SNE (van der Maaten & Hinton, JMLR 2008) over a few hundred points, warm from frame to frame.
///
/// KL(P‖Q) with p_ij from Gaussians over squared distances of the normalised embeddings, each as wide as gives its point
/// eight neighbours, and q_ij ∝ 1 / (1 + ‖y_i − y_j‖²). All is computed exactly, at a cost of n² a step.
///
/// # Edge cases
/// Where all embeddings are the same point, the picture is a round cloud. The same embeddings in the same order give the
/// same picture.
#[derive(Clone, Debug, Default)]
pub struct NeighbourMap {
    /// p_ij, symmetric, summing to 1: `[point, point]`.
    affinities: Vec<f32>,
    positions: Vec<[f32; 2]>,
    moves: Vec<[f32; 2]>,
    gains: Vec<[f32; 2]>,
    /// 1 / (1 + ‖y_i − y_j‖²) of the current step, kept between its two passes.
    closeness: Vec<f32>,
    /// Steps since the first picture.
    steps: usize,
}

impl NeighbourMap {
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the `[point, dim]` embeddings of a new frame (normalised here). The points keep their places, unless there
    /// are others than before: then a first picture starts, from the principal plane.
    ///
    /// # Errors
    /// [`MetricError`] where the length does not fit or a value is not finite; everything then stays as it was.
    pub fn observe(&mut self, embeddings: &[f32], dim: usize) -> Result<(), MetricError> {
        let unit = normalised(embeddings, dim)?;
        let points = unit.len() / dim;
        self.affinities = affinities(&unit, dim);
        if self.positions.len() != points {
            self.positions = first_picture(embeddings, dim)?;
            self.moves = vec![[0.0; 2]; points];
            self.gains = vec![[1.0; 2]; points];
            self.steps = 0;
        }
        Ok(())
    }

    /// Where the points are. Their scale has no meaning of its own; see [`NeighbourMap::radius`].
    pub fn positions(&self) -> &[[f32; 2]] {
        &self.positions
    }

    /// Whether the first picture is still forming, and not yet worth showing.
    pub fn is_forming(&self) -> bool {
        self.steps < 2 * EARLY_STEPS
    }

    /// Root of the mean squared distance from the middle, which is the origin.
    pub fn radius(&self) -> f32 {
        let sum: f32 = self.positions.iter().map(|[x, y]| x * x + y * y).sum();
        (sum / self.positions.len().max(1) as f32).sqrt()
    }

    /// Moves every point once, towards its neighbours and away from all others.
    pub fn step(&mut self) {
        let early = self.steps < EARLY_STEPS;
        let gradient = self.gradient(if early { EXAGGERATION } else { 1.0 });
        let momentum = MOMENTUM[usize::from(!early)];
        let mut middle = [0.0f32; 2];
        for (point, slope) in gradient.iter().enumerate() {
            for axis in 0..2 {
                let gain = &mut self.gains[point][axis];
                let last = &mut self.moves[point][axis];
                *gain = if (slope[axis] > 0.0) == (*last > 0.0) {
                    (*gain * GAIN.1).max(LEAST_GAIN)
                } else {
                    *gain + GAIN.0
                };
                *last = momentum * *last - RATE * *gain * slope[axis];
                self.positions[point][axis] += *last;
                middle[axis] += self.positions[point][axis];
            }
        }
        let points = self.positions.len().max(1) as f32;
        for position in &mut self.positions {
            position[0] -= middle[0] / points;
            position[1] -= middle[1] / points;
        }
        self.steps += 1;
    }

    /// ∂KL/∂y_i = 4 Σ_j (p_ij − q_ij) (y_i − y_j) / (1 + ‖y_i − y_j‖²), with all p_ij times `exaggeration`.
    fn gradient(&mut self, exaggeration: f32) -> Vec<[f32; 2]> {
        let points = self.positions.len();
        self.closeness.resize(points * points, 0.0);
        let mut sum = 0.0f64;
        for (i, [x, y]) in self.positions.iter().enumerate() {
            let row = &mut self.closeness[i * points..][..points];
            for (closeness, [other_x, other_y]) in row.iter_mut().zip(&self.positions) {
                let (dx, dy) = (x - other_x, y - other_y);
                *closeness = 1.0 / (1.0 + dx * dx + dy * dy);
            }
            row[i] = 0.0;
            sum += f64::from(row.iter().sum::<f32>());
        }
        // One point alone has nothing to be near to or away from.
        let scale = if sum > 0.0 { (1.0 / sum) as f32 } else { 0.0 };
        let each = |(i, [x, y]): (usize, &[f32; 2])| {
            let of = i * points..(i + 1) * points;
            let pairs = self.affinities[of.clone()]
                .iter()
                .zip(&self.closeness[of])
                .zip(&self.positions);
            pairs.fold(
                [0.0f32; 2],
                |[a, b], ((p, closeness), [other_x, other_y])| {
                    let force = 4.0 * (exaggeration * p - closeness * scale) * closeness;
                    [a + force * (x - other_x), b + force * (y - other_y)]
                },
            )
        };
        self.positions.iter().enumerate().map(each).collect()
    }
}

/// The principal plane, scaled to be small.
fn first_picture(embeddings: &[f32], dim: usize) -> Result<Vec<[f32; 2]>, MetricError> {
    let mut plane = Projection::new(2);
    plane.update(embeddings, dim)?;
    let mut flat = Vec::new();
    plane.project(embeddings, dim, &mut flat)?;
    let components = plane.components(dim);
    let mut places: Vec<[f32; 2]> = flat
        .chunks_exact(components)
        .map(|point| [point[0], point.get(1).copied().unwrap_or(0.0)])
        .collect();
    let points = places.len();
    let squares: f32 = places.iter().map(|[x, y]| x * x + y * y).sum();
    let spread = (squares / points.max(1) as f32)
        .sqrt()
        .max(f32::MIN_POSITIVE);
    for (index, place) in places.iter_mut().enumerate() {
        // Points in the same place could never part. The golden angle sets them apart by a hundredth.
        let (turn, length) = (2.399_963 * index as f32, 0.01 * FIRST_SPREAD);
        place[0] = place[0] / spread * FIRST_SPREAD + length * turn.cos();
        place[1] = place[1] / spread * FIRST_SPREAD + length * turn.sin();
    }
    Ok(places)
}

/// p_ij = (p_{j|i} + p_{i|j}) / 2n of unit vectors `[point, dim]`.
fn affinities(unit: &[f32], dim: usize) -> Vec<f32> {
    let rows: Vec<&[f32]> = unit.chunks_exact(dim).collect();
    let points = rows.len();
    let mut conditional = vec![0.0f32; points * points];
    let mut squared = vec![0.0f32; points];
    for (i, row) in rows.iter().enumerate() {
        for (distance, other) in squared.iter_mut().zip(&rows) {
            let cosine: f32 = row.iter().zip(*other).map(|(a, b)| a * b).sum();
            *distance = (2.0 - 2.0 * cosine).max(0.0);
        }
        neighbours(&squared, i, &mut conditional[i * points..][..points]);
    }
    let mut joint = vec![0.0f32; points * points];
    let share = 1.0 / (2.0 * points.max(1) as f32);
    for i in 0..points {
        for j in 0..points {
            joint[i * points + j] =
                (conditional[i * points + j] + conditional[j * points + i]) * share;
        }
    }
    joint
}

/// p_{j|i} of one point, from its squared distances to all: a Gaussian whose entropy is that of [`NEIGHBOURS`] equal
/// neighbours, or of all others where there are fewer than three times as many.
fn neighbours(squared: &[f32], point: usize, into: &mut [f32]) {
    let others = squared.len().saturating_sub(1);
    let wanted = NEIGHBOURS.min(others as f32 / 3.0).max(1.0).ln();
    let nearest = (0..squared.len())
        .filter(|&j| j != point)
        .map(|j| squared[j])
        .fold(f32::INFINITY, f32::min);
    let (mut low, mut high) = (0.0f32, f32::INFINITY);
    let mut sharpness = 1.0f32;
    for _ in 0..SEARCH {
        // Distances are taken from the nearest, so that the largest weight is 1.
        let (mut sum, mut weighted) = (0.0f32, 0.0f32);
        for (j, (weight, &distance)) in into.iter_mut().zip(squared).enumerate() {
            let beyond = distance - nearest;
            *weight = if j == point {
                0.0
            } else {
                (-sharpness * beyond).exp()
            };
            sum += *weight;
            weighted += *weight * beyond;
        }
        let sum = sum.max(f32::MIN_POSITIVE);
        into.iter_mut().for_each(|weight| *weight /= sum);
        let entropy = sum.ln() + sharpness * weighted / sum;
        if (entropy - wanted).abs() < 1e-4 {
            break;
        }
        if entropy > wanted {
            low = sharpness;
            sharpness = if high.is_finite() {
                f32::midpoint(low, high)
            } else {
                2.0 * sharpness
            };
        } else {
            high = sharpness;
            sharpness = f32::midpoint(low, high);
        }
    }
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;
    use rand_distr::StandardNormal;

    use super::*;

    const DIM: usize = 16;

    fn normal(rng: &mut ChaCha8Rng) -> f32 {
        rng.sample(StandardNormal)
    }

    /// `classes` groups of `each` points, spread by `spread` around middles of length about 4.
    fn groups(classes: usize, each: usize, spread: f32, seed: u64) -> Vec<f32> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut all = Vec::new();
        for _ in 0..classes {
            let middle: Vec<f32> = (0..DIM).map(|_| normal(&mut rng)).collect();
            for _ in 0..each {
                all.extend(middle.iter().map(|x| x + spread * normal(&mut rng)));
            }
        }
        all
    }

    fn settled(embeddings: &[f32]) -> NeighbourMap {
        let mut map = NeighbourMap::new();
        map.observe(embeddings, DIM).unwrap();
        for _ in 0..500 {
            map.step();
        }
        map
    }

    fn distance(a: [f32; 2], b: [f32; 2]) -> f32 {
        (a[0] - b[0]).hypot(a[1] - b[1])
    }

    /// The nearest `count` of each point among the others, by `distance(i, j)`.
    fn nearest(
        points: usize,
        count: usize,
        distance: impl Fn(usize, usize) -> f32,
    ) -> Vec<Vec<usize>> {
        let of = |i: usize| {
            let mut others: Vec<usize> = (0..points).filter(|&j| j != i).collect();
            others.sort_by(|&a, &b| distance(i, a).total_cmp(&distance(i, b)));
            others.truncate(count);
            others
        };
        (0..points).map(of).collect()
    }

    /// Share of the ten nearest in the embedding that are among the ten nearest in the picture.
    fn kept(embeddings: &[f32], map: &NeighbourMap) -> f32 {
        let unit = normalised(embeddings, DIM).unwrap();
        let row = |i: usize| &unit[i * DIM..][..DIM];
        let points = map.positions().len();
        let there = nearest(points, 10, |i, j| {
            row(i)
                .iter()
                .zip(row(j))
                .map(|(a, b)| (a - b) * (a - b))
                .sum()
        });
        let here = nearest(points, 10, |i, j| {
            distance(map.positions()[i], map.positions()[j])
        });
        let common = there
            .iter()
            .zip(&here)
            .map(|(there, here)| there.iter().filter(|j| here.contains(j)).count());
        common.sum::<usize>() as f32 / (10 * points) as f32
    }

    /// Sizes of the islands: points that are joined by hops of at most five times the usual distance to the nearest.
    fn islands(map: &NeighbourMap) -> Vec<usize> {
        let at = map.positions();
        let first = nearest(at.len(), 1, |i, j| distance(at[i], at[j]));
        let mut hops: Vec<f32> = first
            .iter()
            .enumerate()
            .map(|(i, of)| distance(at[i], at[of[0]]))
            .collect();
        hops.sort_by(f32::total_cmp);
        let hop = 5.0 * hops[hops.len() / 2];
        let mut island: Vec<usize> = (0..at.len()).collect();
        for i in 0..at.len() {
            for j in 0..i {
                if distance(at[i], at[j]) <= hop && island[i] != island[j] {
                    let (from, to) = (island[i], island[j]);
                    island
                        .iter_mut()
                        .filter(|of| **of == from)
                        .for_each(|of| *of = to);
                }
            }
        }
        let mut sizes: Vec<usize> = (0..at.len())
            .map(|i| island.iter().filter(|of| **of == i).count())
            .filter(|&size| size > 2)
            .collect();
        sizes.sort_unstable();
        sizes
    }

    #[test]
    fn neighbours_stay_neighbours() {
        let embeddings = groups(12, 16, 0.6, 1);
        let share = kept(&embeddings, &settled(&embeddings));
        assert!(share >= 0.6, "{share} of ten neighbours are kept");
    }

    #[test]
    fn groups_become_islands_and_noise_does_not() {
        assert_eq!(islands(&settled(&groups(8, 12, 0.2, 2))), [12; 8]);
        let noise = islands(&settled(&groups(96, 1, 0.0, 3)));
        assert!(
            noise.last().is_some_and(|&size| size >= 90),
            "islands of {noise:?} out of noise"
        );
    }

    #[test]
    fn the_gradient_is_the_slope_of_the_divergence() {
        let embeddings = groups(3, 5, 0.5, 4);
        let mut map = NeighbourMap::new();
        map.observe(&embeddings, DIM).unwrap();
        for (index, position) in map.positions.iter_mut().enumerate() {
            *position = [(index as f32).sin(), (1.7 * index as f32).cos()];
        }
        let divergence = |positions: &[[f32; 2]]| -> f64 {
            let points = positions.len();
            let closeness = |i: usize, j: usize| {
                let d: f64 = (0..2)
                    .map(|a| f64::from(positions[i][a] - positions[j][a]).powi(2))
                    .sum();
                1.0 / (1.0 + d)
            };
            let pairs: Vec<(usize, usize)> = (0..points)
                .flat_map(|i| (0..points).map(move |j| (i, j)))
                .filter(|(i, j)| i != j)
                .collect();
            let sum: f64 = pairs.iter().map(|&(i, j)| closeness(i, j)).sum();
            pairs
                .iter()
                .map(|&(i, j)| {
                    (
                        f64::from(map.affinities[i * points + j]),
                        closeness(i, j) / sum,
                    )
                })
                .filter(|(p, _)| *p > 0.0)
                .map(|(p, q)| p * (p / q).ln())
                .sum()
        };
        let gradient = map.clone().gradient(1.0);
        for (point, slope) in gradient.iter().enumerate() {
            for axis in 0..2 {
                let moved = |by: f32| {
                    let mut positions = map.positions.clone();
                    positions[point][axis] += by;
                    divergence(&positions)
                };
                let numeric = (moved(1e-2) - moved(-1e-2)) / 2e-2;
                let ours = f64::from(slope[axis]);
                assert!(
                    (ours - numeric).abs() < 1e-3 * numeric.abs().max(0.1),
                    "{ours} is not {numeric}"
                );
            }
        }
    }

    #[test]
    fn a_small_change_moves_little_and_the_same_gives_the_same() {
        let before = groups(12, 16, 0.6, 5);
        let mut map = settled(&before);
        let there = map.positions().to_vec();
        let mut rng = ChaCha8Rng::seed_from_u64(6);
        let after: Vec<f32> = before.iter().map(|x| x + 0.05 * normal(&mut rng)).collect();
        map.observe(&after, DIM).unwrap();
        for _ in 0..30 {
            map.step();
        }
        let pairs = there.iter().zip(map.positions());
        let moved = pairs.map(|(&a, &b)| distance(a, b)).sum::<f32>() / there.len() as f32;
        assert!(moved < 0.15 * map.radius(), "{moved} of {}", map.radius());
        assert_eq!(settled(&before).positions(), there);
    }

    #[test]
    fn what_is_all_alike_or_alone_or_broken_has_a_picture_or_an_error() {
        let alike = settled(&[1.0; 20 * DIM]);
        assert!(alike.positions().iter().flatten().all(|x| x.is_finite()));
        let alone = settled(&[1.0; DIM]);
        assert_eq!(alone.positions().len(), 1);
        let mut map = settled(&groups(3, 4, 0.1, 7));
        let before = map.positions().to_vec();
        let mut broken = groups(3, 4, 0.1, 7);
        broken[5] = f32::NAN;
        assert_eq!(
            map.observe(&broken, DIM),
            Err(MetricError::NotFinite { sample: 0 })
        );
        assert_eq!(map.positions(), before);
        map.observe(&[], DIM).unwrap();
        map.step();
        assert!(map.positions().is_empty());
    }

    /// `cargo test --release --lib neighbour_map::tests::time -- --ignored --nocapture`
    #[test]
    #[ignore = "prints times"]
    fn time() {
        let embeddings = groups(24, 8, 0.6, 8);
        let mut map = settled(&embeddings);
        let started = std::time::Instant::now();
        for _ in 0..100 {
            map.observe(&embeddings, DIM).unwrap();
        }
        let observed = started.elapsed() / 100;
        let started = std::time::Instant::now();
        for _ in 0..1000 {
            map.step();
        }
        println!(
            "a frame {observed:?}, a step {:?}",
            started.elapsed() / 1000
        );
    }
}
