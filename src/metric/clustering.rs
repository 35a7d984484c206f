//! Do clusters of embeddings find the classes? Seeded k-means, and two scores of agreement.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use statrs::function::gamma::ln_gamma;

use super::{MetricError, count, dense_classes};

/// What k-means found.
#[derive(Clone, Debug, PartialEq)]
pub struct Clustering {
    /// The cluster of each sample, `0..k`.
    pub clusters: Vec<u32>,
    /// Sum of squared distances to the own cluster's centre: what k-means makes small.
    pub inertia: f64,
    /// Rounds until nothing moved, or the limit.
    pub rounds: usize,
}

/// Puts samples into `k` clusters around centres: k-means with k-means++ starts, the same for the same seed.
///
/// # Shapes
/// `embeddings` is `[sample, dim]`, as given (normalise first for clusters of directions).
///
/// # Defaults
/// At most 300 rounds, one start, as scikit-learn's `KMeans(init="k-means++", n_init="auto")`.
///
/// # Edge cases
/// A cluster that loses all its samples takes over the sample that is farthest from its centre. With fewer distinct
/// points than clusters some clusters stay empty.
///
/// # Errors
/// [`MetricError::Clusters`] unless 1 ≤ k ≤ samples; [`MetricError`] where lengths do not fit or a value is not finite.
///
/// Arthur, Vassilvitskii: k-means++: the advantages of careful seeding, SODA 2007.
pub fn k_means(
    embeddings: &[f32],
    dim: usize,
    k: usize,
    seed: u64,
) -> Result<Clustering, MetricError> {
    const MOST_ROUNDS: usize = 300;
    let samples = count(embeddings, dim)?;
    if k == 0 || k > samples {
        return Err(MetricError::Clusters {
            clusters: k,
            samples,
        });
    }
    if let Some(at) = embeddings.iter().position(|x| !x.is_finite()) {
        return Err(MetricError::NotFinite { sample: at / dim });
    }
    let rows: Vec<&[f32]> = embeddings.chunks_exact(dim).collect();
    let mut centres = plus_plus(&rows, dim, k, &mut ChaCha8Rng::seed_from_u64(seed));
    let mut clusters = vec![u32::MAX; samples];
    let mut distances = vec![0.0f64; samples];
    let mut rounds = 0;
    while rounds < MOST_ROUNDS {
        rounds += 1;
        let mut moved = false;
        for ((row, cluster), distance) in rows.iter().zip(&mut clusters).zip(&mut distances) {
            let mut best = (f64::INFINITY, 0u32);
            for (index, centre) in centres.chunks_exact(dim).enumerate() {
                let d = squared_distance(row, centre);
                if d < best.0 {
                    best = (d, index as u32);
                }
            }
            moved |= *cluster != best.1;
            (*distance, *cluster) = best;
        }
        if !moved {
            break;
        }
        let mut sizes = vec![0usize; k];
        centres.fill(0.0);
        for (row, &cluster) in rows.iter().zip(&clusters) {
            let cluster = cluster as usize;
            sizes[cluster] += 1;
            for (sum, &x) in centres[cluster * dim..][..dim].iter_mut().zip(*row) {
                *sum += f64::from(x);
            }
        }
        for (centre, &size) in centres.chunks_exact_mut(dim).zip(&sizes) {
            for x in centre.iter_mut() {
                *x /= size.max(1) as f64;
            }
        }
        let mut farthest: Vec<usize> = Vec::new();
        for empty in (0..k).filter(|&cluster| sizes[cluster] == 0) {
            if farthest.is_empty() {
                farthest = (0..samples).collect();
                farthest.sort_by(|&a, &b| distances[a].total_cmp(&distances[b]).then(b.cmp(&a)));
            }
            if let Some(sample) = farthest.pop() {
                for (x, &value) in centres[empty * dim..][..dim].iter_mut().zip(rows[sample]) {
                    *x = f64::from(value);
                }
            }
        }
    }
    Ok(Clustering {
        clusters,
        inertia: distances.iter().sum(),
        rounds,
    })
}

/// Start centres: samples drawn with a probability that grows with the squared distance to the centres drawn before.
fn plus_plus(rows: &[&[f32]], dim: usize, k: usize, rng: &mut ChaCha8Rng) -> Vec<f64> {
    let mut centres: Vec<f64> = Vec::with_capacity(k * dim);
    let mut distances = vec![f64::INFINITY; rows.len()];
    let mut next = rng.random_range(0..rows.len());
    loop {
        let start = centres.len();
        centres.extend(rows[next].iter().map(|&x| f64::from(x)));
        if centres.len() == k * dim {
            return centres;
        }
        for (row, distance) in rows.iter().zip(&mut distances) {
            *distance = distance.min(squared_distance(row, &centres[start..]));
        }
        let total: f64 = distances.iter().sum();
        let mut rest = rng.random::<f64>() * total;
        // Where rounding leaves a rest, or every sample is a centre already, the last one is drawn.
        next = distances
            .iter()
            .position(|&distance| {
                rest -= distance;
                rest < 0.0
            })
            .unwrap_or(rows.len() - 1);
    }
}

fn squared_distance(row: &[f32], centre: &[f64]) -> f64 {
    row.iter()
        .zip(centre)
        .map(|(&x, &c)| (f64::from(x) - c).powi(2))
        .sum()
}

/// How often each class meets each cluster.
struct Contingency {
    /// `class * clusters + cluster`
    cells: Vec<usize>,
    classes: Vec<usize>,
    clusters: Vec<usize>,
    samples: usize,
}

impl Contingency {
    fn new(labels: &[u32], clusters: &[u32]) -> Result<Self, MetricError> {
        if labels.len() != clusters.len() {
            return Err(MetricError::Labels {
                embeddings: clusters.len(),
                labels: labels.len(),
            });
        }
        let (rows, row_count) = dense_classes(labels);
        let (columns, column_count) = dense_classes(clusters);
        let mut table = Self {
            cells: vec![0; row_count * column_count],
            classes: vec![0; row_count],
            clusters: vec![0; column_count],
            samples: labels.len(),
        };
        for (&row, &column) in rows.iter().zip(&columns) {
            table.cells[row * column_count + column] += 1;
            table.classes[row] += 1;
            table.clusters[column] += 1;
        }
        Ok(table)
    }

    /// Both have one group at most: any agreement is perfect.
    fn is_trivial(&self) -> bool {
        self.classes.len() <= 1 && self.clusters.len() <= 1
    }

    /// Mean of the two entropies.
    fn entropy(&self) -> f64 {
        let n = self.samples as f64;
        let entropy = |sizes: &[usize]| -> f64 {
            sizes
                .iter()
                .map(|&size| {
                    let share = size as f64 / n;
                    -share * share.ln()
                })
                .sum()
        };
        0.5 * (entropy(&self.classes) + entropy(&self.clusters))
    }

    fn mutual_information(&self) -> f64 {
        let n = self.samples as f64;
        let mut sum = 0.0;
        for (row, &a) in self
            .cells
            .chunks_exact(self.clusters.len())
            .zip(&self.classes)
        {
            for (&both, &b) in row.iter().zip(&self.clusters) {
                if both > 0 {
                    let both = both as f64;
                    sum += both / n * (n * both / (a as f64 * b as f64)).ln();
                }
            }
        }
        sum.max(0.0)
    }

    /// The mutual information that is expected of random clusters of the same sizes (hypergeometric model).
    fn expected_mutual_information(&self) -> f64 {
        let n = self.samples as f64;
        let log_factorial: Vec<f64> = (0..=self.samples)
            .map(|x| ln_gamma(x as f64 + 1.0))
            .collect();
        // Classes are often equally large: each pair of sizes is computed once.
        let counted = |sizes: &[usize]| {
            let mut sizes = sizes.to_vec();
            sizes.sort_unstable();
            let mut counted: Vec<(usize, f64)> = Vec::new();
            for size in sizes {
                match counted.last_mut() {
                    Some((last, times)) if *last == size => *times += 1.0,
                    _ => counted.push((size, 1.0)),
                }
            }
            counted
        };
        let mut sum = 0.0;
        for &(a, a_times) in &counted(&self.classes) {
            for &(b, b_times) in &counted(&self.clusters) {
                let fixed = log_factorial[a]
                    + log_factorial[b]
                    + log_factorial[self.samples - a]
                    + log_factorial[self.samples - b]
                    - log_factorial[self.samples];
                for both in (a + b).saturating_sub(self.samples).max(1)..=a.min(b) {
                    let x = both as f64;
                    let information = x / n * (n * x / (a as f64 * b as f64)).ln();
                    let log_probability = fixed
                        - log_factorial[both]
                        - log_factorial[a - both]
                        - log_factorial[b - both]
                        - log_factorial[self.samples + both - a - b];
                    sum += a_times * b_times * information * log_probability.exp();
                }
            }
        }
        sum
    }
}

/// NMI: the information that clusters and labels share, 0 for none to 1 for the same grouping.
///
/// NMI = MI / ½(H(labels) + H(clusters)).
///
/// # Edge cases
/// 1 where both have one group (or nothing), 0 where only one of them has.
///
/// # Errors
/// [`MetricError::Labels`] where the lengths differ.
pub fn normalised_mutual_information(labels: &[u32], clusters: &[u32]) -> Result<f64, MetricError> {
    let table = Contingency::new(labels, clusters)?;
    if table.is_trivial() {
        return Ok(1.0);
    }
    Ok(table.mutual_information() / table.entropy())
}

/// AMI: as NMI, less what random clusters of the same sizes would share; 0 is chance, 1 the same grouping.
///
/// AMI = (MI − E\[MI\]) / (½(H(labels) + H(clusters)) − E\[MI\]).
///
/// # Edge cases
/// 1 where both have one group, or both have as many groups as samples.
///
/// # Errors
/// [`MetricError::Labels`] where the lengths differ.
///
/// Vinh, Epps, Bailey: Information theoretic measures for clusterings comparison, JMLR 2010.
pub fn adjusted_mutual_information(labels: &[u32], clusters: &[u32]) -> Result<f64, MetricError> {
    let table = Contingency::new(labels, clusters)?;
    let distinct = table.classes.len() == table.samples && table.clusters.len() == table.samples;
    if table.is_trivial() || distinct {
        return Ok(1.0);
    }
    let expected = table.expected_mutual_information();
    let range = table.entropy() - expected;
    // A range of 0 up to rounding must not become a division by 0; its sign is kept.
    let range = if range < 0.0 {
        range.min(-f64::EPSILON)
    } else {
        range.max(f64::EPSILON)
    };
    Ok((table.mutual_information() - expected) / range)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_grouping_under_other_names_is_perfect() {
        let (a, b) = ([0, 0, 1, 1, 7, 7], [5, 5, 3, 3, 0, 0]);
        assert!((normalised_mutual_information(&a, &b).unwrap() - 1.0).abs() < 1e-12);
        assert!((adjusted_mutual_information(&a, &b).unwrap() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn independent_groupings_by_hand() {
        // Two classes crossed with two clusters, one sample each: MI = 0, both entropies ln 2.
        // E[MI]: one class and one cluster of 2 in 4 meet in both = 1 with probability 4/6 (information 0) and in
        // both = 2 with 1/6 (information ½ ln 2): 4 pairs · 1/6 · ½ ln 2 = ⅓ ln 2, so AMI = −⅓ / (1 − ⅓) = −½.
        let (a, b) = ([0, 0, 1, 1], [0, 1, 0, 1]);
        assert!(normalised_mutual_information(&a, &b).unwrap().abs() < 1e-12);
        assert!((adjusted_mutual_information(&a, &b).unwrap() + 0.5).abs() < 1e-12);
    }

    #[test]
    fn trivial_groupings() {
        assert_eq!(normalised_mutual_information(&[2, 2], &[1, 1]), Ok(1.0));
        assert_eq!(adjusted_mutual_information(&[2, 2], &[1, 1]), Ok(1.0));
        assert_eq!(adjusted_mutual_information(&[0, 1, 2], &[2, 0, 1]), Ok(1.0));
        assert_eq!(normalised_mutual_information(&[0, 1], &[0, 0]), Ok(0.0));
        assert_eq!(normalised_mutual_information(&[], &[]), Ok(1.0));
        assert_eq!(
            normalised_mutual_information(&[0], &[0, 1]),
            Err(MetricError::Labels {
                embeddings: 2,
                labels: 1
            })
        );
    }

    #[test]
    fn k_means_finds_clouds_and_repeats_itself() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let corners = [[0.0f32, 0.0], [10.0, 0.0], [0.0, 10.0]];
        let mut embeddings = Vec::new();
        let mut labels = Vec::new();
        for i in 0..90usize {
            let corner = corners[i % 3];
            labels.push((i % 3) as u32);
            embeddings.extend([
                corner[0] + rng.random::<f32>(),
                corner[1] + rng.random::<f32>(),
            ]);
        }
        for seed in 0..20 {
            let found = k_means(&embeddings, 2, 3, seed).unwrap();
            assert_eq!(found, k_means(&embeddings, 2, 3, seed).unwrap());
            let ami = adjusted_mutual_information(&labels, &found.clusters).unwrap();
            assert!((ami - 1.0).abs() < 1e-9, "seed {seed}: {ami}");
            // Uniform noise of width 1 in two dimensions has variance 1/12 in each.
            assert!((found.inertia / 90.0 - 2.0 / 12.0).abs() < 0.05);
        }
    }

    #[test]
    fn k_means_with_fewer_points_than_clusters_ends() {
        let found = k_means(&[1.0; 10], 2, 5, 0).unwrap();
        assert_eq!(found.inertia, 0.0);
        assert!(k_means(&[1.0; 10], 2, 6, 0).is_err());
        assert!(k_means(&[1.0; 10], 2, 0, 0).is_err());
        assert!(k_means(&[1.0, f32::INFINITY], 2, 1, 0).is_err());
        // Every sample its own cluster.
        let found = k_means(&[0.0, 1.0, 5.0, 9.0], 1, 4, 0).unwrap();
        assert_eq!(found.inertia, 0.0);
    }
}
