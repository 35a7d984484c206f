//! Metrics of retrieval: are the nearest neighbours of the same class?

use super::log_distance::LogSum;
use super::nearest::{Similarities, Tile};
use super::ranks::ranks;
use super::{Distance, MetricError, check_labels, dense_classes, normalised};
use crate::order;

/// How well nearest neighbours share a class, as means over all queries that have company.
#[derive(Clone, Debug, PartialEq)]
pub struct Quality {
    /// Share of queries with at least one of their class among the K nearest, for each K that was asked for.
    pub recall_at: Vec<f64>,
    /// Share of their class among the R nearest, R being the number of others in the query's class.
    pub r_precision: f64,
    /// As R-precision, but early hits count more: (1/R) Σ_{k ≤ R} \[k-th is of the class\] · precision at k.
    pub map_at_r: f64,
    /// Queries that the means are over.
    pub queries: usize,
    /// Queries that are alone in their class: left out of every mean, but neighbours of others.
    pub lone: usize,
}

/// Recall@K, R-precision and MAP@R, each sample being a query among all the others.
///
/// MAP@R = mean over queries q of (1/R_q) Σ_{k=1..R_q} \[k-th neighbour has q's label\] · (hits among the first k)/k.
///
/// # Shapes
/// `embeddings` is `[sample, dim]`, `labels` has one entry a sample (any numbers, gaps allowed). `ks` lists the Ks of
/// [`Quality::recall_at`].
///
/// # Edge cases
/// A query is never its own neighbour. Equal distances are ordered by index. A K beyond the number of others means all
/// of them. If every query is alone in its class there is nothing to average, and every mean is NaN.
///
/// # Errors
/// [`MetricError`] where the lengths do not fit or a value is not finite.
///
/// Musgrave, Belongie, Lim: A Metric Learning Reality Check, ECCV 2020, arXiv 2003.08505.
pub fn evaluate(
    embeddings: &[f32],
    dim: usize,
    labels: &[u32],
    ks: &[usize],
    distance: Distance,
) -> Result<Quality, MetricError> {
    let similarities = Similarities::new(embeddings, dim, distance)?;
    let queries = queries(&similarities, labels, deepest(ks), |_| ())?;
    Ok(Quality::of(&queries, ks))
}

/// [`evaluate`] by cosine and [`log_distance`](super::log_distance), for hardly more than the first.
///
/// # Errors
/// [`MetricError`] where the lengths do not fit or a value is not finite.
pub fn evaluate_with_log_distance(
    embeddings: &[f32],
    dim: usize,
    labels: &[u32],
    ks: &[usize],
) -> Result<(Quality, f64), MetricError> {
    let similarities = Similarities::new(embeddings, dim, Distance::Cosine)?;
    let mut sum = LogSum::default();
    let queries = queries(&similarities, labels, deepest(ks), |tile| sum.add(tile))?;
    Ok((Quality::of(&queries, ks), sum.mean(labels.len())))
}

/// The `count` samples nearest to each of some queries by cosine, nearest first, as places in the embeddings; fewer where
/// there are fewer. A query is never its own neighbour, and equal cosines are ordered by place.
///
/// # Shapes
/// `embeddings` is `[sample, dim]`; `queries` are places in it.
///
/// # Errors
/// [`MetricError`] where the length does not fit or a value is not finite.
pub fn nearest_of(
    embeddings: &[f32],
    dim: usize,
    queries: &[usize],
    count: usize,
) -> Result<Vec<Vec<usize>>, MetricError> {
    let unit = normalised(embeddings, dim)?;
    let rows: Vec<&[f32]> = unit.chunks_exact(dim.max(1)).collect();
    let of = |&query: &usize| {
        let own = rows[query];
        let cosine = |row: &[f32]| own.iter().zip(row).map(|(a, b)| a * b).sum::<f32>();
        let others = rows.iter().enumerate().filter(|(place, _)| *place != query);
        let mut others: Vec<(f32, usize)> =
            others.map(|(place, row)| (cosine(row), place)).collect();
        order::sort_by(&mut others, |a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        others
            .into_iter()
            .take(count)
            .map(|(_, place)| place)
            .collect()
    };
    Ok(queries.iter().map(of).collect())
}

/// One sample as a query among all the others.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// Ranks of the others of its class, ascending, 1 being the nearest of all; those that no metric asks for may be missing.
    ranks: Vec<u32>,
    /// Others of its class.
    pub relevant: usize,
}

impl Query {
    /// Whether one of its class is among the `k` nearest.
    pub fn is_found(&self, k: usize) -> bool {
        self.ranks.first().is_some_and(|&first| first as usize <= k)
    }

    /// The ranks among the R nearest.
    fn hits(&self) -> impl Iterator<Item = usize> {
        let ranks = self.ranks.iter().map(|&rank| rank as usize);
        ranks.take_while(|&rank| rank <= self.relevant)
    }

    /// The share of its class among the R nearest; NaN where it is alone in its class.
    pub fn r_precision(&self) -> f64 {
        self.hits().count() as f64 / self.relevant as f64
    }

    /// (1/R) Σ over hits among the R nearest of the precision there; NaN where it is alone in its class.
    pub fn map_at_r(&self) -> f64 {
        let precisions = (1..).zip(self.hits());
        let precisions = precisions.map(|(hits, rank): (usize, usize)| hits as f64 / rank as f64);
        precisions.sum::<f64>() / self.relevant as f64
    }
}

/// Each sample as a query among all the others, by cosine.
///
/// # Errors
/// [`MetricError`] where the lengths do not fit or a value is not finite.
pub fn each_query(
    embeddings: &[f32],
    dim: usize,
    labels: &[u32],
) -> Result<Vec<Query>, MetricError> {
    let similarities = Similarities::new(embeddings, dim, Distance::Cosine)?;
    queries(&similarities, labels, 1, |_| ())
}

fn deepest(ks: &[usize]) -> usize {
    ks.iter().copied().max().unwrap_or(0)
}

fn queries(
    similarities: &Similarities,
    labels: &[u32],
    deepest: usize,
    watch: impl FnMut(&Tile<'_>),
) -> Result<Vec<Query>, MetricError> {
    check_labels(similarities.samples, labels)?;
    let (classes, class_count) = dense_classes(labels);
    let mut sizes = vec![0usize; class_count];
    for &class in &classes {
        sizes[class] += 1;
    }
    let ranks = ranks(similarities, &classes, class_count, deepest, watch);
    let queries = ranks
        .into_iter()
        .zip(&classes)
        .map(|(ranks, &class)| Query {
            ranks,
            relevant: sizes[class] - 1,
        });
    Ok(queries.collect())
}

impl Quality {
    /// The means over all queries that have company.
    fn of(queries: &[Query], ks: &[usize]) -> Self {
        let asked = || queries.iter().filter(|query| query.relevant > 0);
        let count = asked().count();
        let mean = |of: &dyn Fn(&Query) -> f64| asked().map(of).sum::<f64>() / count as f64;
        let found = |k: usize| mean(&|query| f64::from(u8::from(query.is_found(k))));
        Self {
            recall_at: ks.iter().copied().map(found).collect(),
            r_precision: mean(&Query::r_precision),
            map_at_r: mean(&Query::map_at_r),
            queries: count,
            lone: queries.len() - count,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn with_the_log_distance_it_is_what_both_are_alone() {
        use rand::{RngExt, SeedableRng};
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(5);
        // Several tiles, and the last ones cut.
        let (samples, dim) = (141, 11);
        let embeddings: Vec<f32> = (0..samples * dim)
            .map(|_| rng.random_range(-1.0..1.0))
            .collect();
        let labels: Vec<u32> = (0..samples).map(|_| rng.random_range(0..9)).collect();
        let together = evaluate_with_log_distance(&embeddings, dim, &labels, &[1, 4]).unwrap();
        let quality = evaluate(&embeddings, dim, &labels, &[1, 4], Distance::Cosine).unwrap();
        let log_distance = crate::metric::log_distance(&embeddings, dim).unwrap();
        assert_eq!(together, (quality, log_distance));
    }

    #[test]
    fn the_nearest_of_some_queries_are_those_of_all_queries() {
        use rand::{RngExt, SeedableRng};
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(6);
        let (samples, dim) = (90, 7);
        let mut embeddings: Vec<f32> = (0..samples * dim)
            .map(|_| rng.random_range(-1.0..1.0))
            .collect();
        // Equal ones are ordered by place.
        embeddings.copy_within(0..dim, 5 * dim);
        embeddings.copy_within(0..dim, 3 * dim);
        let all =
            crate::metric::nearest(&embeddings, dim, &vec![4; samples], Distance::Cosine).unwrap();
        let some = nearest_of(&embeddings, dim, &[8, 0, 77], 4).unwrap();
        for (query, found) in [8, 0, 77].into_iter().zip(some) {
            let expected: Vec<usize> = all[query].iter().map(|&place| place as usize).collect();
            assert_eq!(found, expected);
        }
        let nearest = nearest_of(&embeddings, dim, &[0], 1000).unwrap();
        assert_eq!((nearest[0].len(), &nearest[0][..2]), (89, &[3, 5][..]));
        embeddings[9] = f32::NAN;
        let broken = nearest_of(&embeddings, dim, &[0], 1);
        assert_eq!(broken, Err(MetricError::NotFinite { sample: 1 }));
    }

    #[test]
    fn a_line_of_five_by_hand() {
        // Points 0, 1, 3, 7, 15 with labels a a b a b.
        // 0: neighbours 1 3 7 15 = a b a b, R 2: one hit at rank 1      → RP 1/2, AP 1/2.
        // 1: neighbours 0 3 7 15 = a b a b                               → RP 1/2, AP 1/2.
        // 3: neighbours 1 0 7 15 = a a a b, R 1: no hit                  → RP 0, AP 0.
        // 7: neighbours 3 1 0 15 = b a a b, R 2: one hit at rank 2       → RP 1/2, AP 1/4.
        // 15: neighbours 7 3 1 0 = a b a a, R 1: no hit                  → RP 0, AP 0.
        let quality = evaluate(
            &[0.0, 1.0, 3.0, 7.0, 15.0],
            1,
            &[4, 4, 9, 4, 9],
            &[1, 2, 4, 99],
            Distance::Euclidean,
        )
        .unwrap();
        assert_eq!(quality.recall_at, [0.4, 0.8, 1.0, 1.0]);
        assert!((quality.r_precision - 0.3).abs() < 1e-15);
        assert!((quality.map_at_r - 0.25).abs() < 1e-15);
        assert_eq!((quality.queries, quality.lone), (5, 0));
    }

    #[test]
    fn a_lone_query_is_left_out_but_stays_a_neighbour() {
        // 1 is alone between 0 and 1.5, and the nearest of 0.
        let quality = evaluate(
            &[0.0, 1.0, 2.5],
            1,
            &[0, 1, 0],
            &[1, 2],
            Distance::Euclidean,
        )
        .unwrap();
        assert_eq!(quality.recall_at, [0.0, 1.0]);
        assert_eq!((quality.queries, quality.lone), (2, 1));
    }

    #[test]
    fn without_any_pair_the_means_are_of_nothing() {
        let quality = evaluate(&[0.0, 1.0], 1, &[0, 1], &[1], Distance::Euclidean).unwrap();
        assert!(
            quality.recall_at[0].is_nan()
                && quality.r_precision.is_nan()
                && quality.map_at_r.is_nan()
        );
        assert_eq!(quality.lone, 2);
        let empty = evaluate(&[], 4, &[], &[], Distance::Cosine).unwrap();
        assert_eq!((empty.queries, empty.lone), (0, 0));
    }

    #[test]
    fn collapsed_embeddings_are_judged_by_index_order() {
        // All points are one, zero or not: the neighbours are 0, 1, 2 … without oneself.
        for value in [0.0, 1.0] {
            let quality = evaluate(&[value; 8], 2, &[0, 0, 1, 1], &[1], Distance::Cosine).unwrap();
            assert_eq!(quality.recall_at, [0.5]);
        }
    }

    #[test]
    fn labels_must_fit() {
        assert_eq!(
            evaluate(&[0.0; 6], 2, &[0, 1], &[1], Distance::Cosine),
            Err(MetricError::Labels {
                embeddings: 3,
                labels: 2
            })
        );
    }
}
