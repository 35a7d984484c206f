//! Do clusters of embeddings find the classes? Two scores of agreement.

use statrs::function::gamma::ln_gamma;

use super::{MetricError, dense_classes};

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
}
