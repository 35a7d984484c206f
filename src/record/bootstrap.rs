//! Differences at the end with the luck of the test classes: they are a sample, as seeds are.

use rand::RngExt as _;

use super::Better;
use super::stats::{CONFIDENCE, Interval, mean_ci};
use crate::order;
use crate::random::seeded;

/// How the queries of one class scored.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ClassScore {
    /// The class in the data set.
    pub class: u32,
    pub queries: usize,
    /// Sum over its queries.
    pub sum: f64,
}

/// The scores of each class, with one seed; none where that had ended.
pub type LaneScores = Option<Vec<ClassScore>>;

/// Where the middle 95 % of the resampled differences are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    pub low: f64,
    pub high: f64,
}

/// How far a loss is behind the best at the end.
#[derive(Clone, Debug, PartialEq)]
pub struct Behind {
    /// Index of the loss.
    pub heat: usize,
    /// Over seeds, by Student's t: these classes, and other weights and batches.
    pub seeds: Interval,
    /// Other classes, and these seeds.
    pub classes: Range,
    /// Other classes and other seeds.
    pub both: Range,
}

/// All losses against the best of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Bootstrap {
    pub best: usize,
    /// In the order of the losses.
    pub others: Vec<Behind>,
    /// Test classes.
    pub classes: usize,
}

/// Resamples the classes, and the seeds, of a race's last evaluation with replacement, and takes the mean over queries anew:
/// Δ* = Σ_{s,c} m_s m_c (a_sc − b_sc) / Σ_{s,c} m_s m_c q_c, where a_sc and b_sc are the sums of the best loss and of another
/// over the q_c queries of class c with seed s, and m how often a class or a seed was drawn. All losses have the same draws,
/// and the seeds of two losses go together, so that what is hard for both cancels out.
///
/// A query keeps the neighbours that it had among all test classes. Seeds and classes are drawn independently of each other,
/// which is rather too careful than too bold (Owen).
///
/// # Edge cases
/// A seed that ended with one of the two losses is left out of their difference. None where there are not two losses, or
/// two of them have no seed in common.
///
/// Efron: Bootstrap methods: another look at the jackknife, Annals of Statistics 7, 1979. Owen: The pigeonhole bootstrap,
/// Annals of Applied Statistics 1, 2007.
pub fn bootstrap(heats: &[Vec<LaneScores>], better: Better, resamples: usize) -> Option<Bootstrap> {
    let sign = match better {
        Better::Higher => 1.0,
        Better::Lower => -1.0,
    };
    let mean = |heat: &[LaneScores]| {
        let lanes: Vec<f64> = heat.iter().flatten().map(|lane| mean_of(lane)).collect();
        mean_ci(&lanes, CONFIDENCE).map_or(f64::NEG_INFINITY, |found| sign * found.mean)
    };
    let best = (0..heats.len()).reduce(|best, next| {
        if mean(&heats[next]) > mean(&heats[best]) {
            next
        } else {
            best
        }
    })?;
    let mut others = Vec::new();
    for heat in (0..heats.len()).filter(|&heat| heat != best) {
        let pairs = heats[best].iter().zip(&heats[heat]);
        let pairs = pairs.filter_map(|(a, b)| Some((a.as_ref()?, b.as_ref()?)));
        let differences: Vec<Vec<f64>> = pairs
            .map(|(a, b)| a.iter().zip(b).map(|(a, b)| a.sum - b.sum).collect())
            .collect();
        let queries = queries(heats[best].iter().flatten().next()?);
        others.push(behind(heat, &differences, &queries, resamples)?);
    }
    let classes = heats[best].iter().flatten().next()?.len();
    (!others.is_empty()).then_some(Bootstrap {
        best,
        others,
        classes,
    })
}

fn mean_of(lane: &[ClassScore]) -> f64 {
    let sum: f64 = lane.iter().map(|class| class.sum).sum();
    sum / queries(lane).iter().sum::<f64>()
}

fn queries(lane: &[ClassScore]) -> Vec<f64> {
    lane.iter().map(|class| class.queries as f64).collect()
}

/// `differences` is `[seed][class]`, of sums over queries.
fn behind(
    heat: usize,
    differences: &[Vec<f64>],
    queries: &[f64],
    resamples: usize,
) -> Option<Behind> {
    let (seeds, classes) = (differences.len(), queries.len());
    let all: f64 = queries.iter().sum();
    let of_seeds: Vec<f64> = differences
        .iter()
        .map(|classes| classes.iter().sum::<f64>() / all)
        .collect();
    let over_seeds = mean_ci(&of_seeds, CONFIDENCE)?;
    // The same draws for every pair of losses.
    let mut of_classes = seeded(0, "bootstrap of classes");
    let mut of_seeds = seeded(0, "bootstrap of seeds");
    let (mut by_classes, mut by_both) = (Vec::new(), Vec::new());
    for _ in 0..resamples {
        let drawn: Vec<usize> = (0..classes)
            .map(|_| of_classes.random_range(0..classes))
            .collect();
        let asked: f64 = drawn.iter().map(|&class| queries[class]).sum();
        let mean = |seed: usize| {
            let sum: f64 = drawn.iter().map(|&class| differences[seed][class]).sum();
            sum / asked
        };
        let means: Vec<f64> = (0..seeds).map(mean).collect();
        by_classes.push(means.iter().sum::<f64>() / seeds as f64);
        let drawn = (0..seeds).map(|_| means[of_seeds.random_range(0..seeds)]);
        by_both.push(drawn.sum::<f64>() / seeds as f64);
    }
    Some(Behind {
        heat,
        seeds: over_seeds,
        classes: middle(by_classes)?,
        both: middle(by_both)?,
    })
}

/// The percentiles at the ends of the middle 95 %.
fn middle(mut values: Vec<f64>) -> Option<Range> {
    order::sort_by(&mut values, f64::total_cmp);
    let last = values.len().checked_sub(1)? as f64;
    let at = |share: f64| values[(share * last).round() as usize];
    let tail = 0.5 * (1.0 - CONFIDENCE);
    Some(Range {
        low: at(tail),
        high: at(1.0 - tail),
    })
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_distr::{Distribution, StandardNormal};

    use super::*;

    fn lane(sums: impl IntoIterator<Item = f64>) -> LaneScores {
        let score = |(class, sum)| ClassScore {
            class,
            queries: 8,
            sum,
        };
        Some((0..).zip(sums).map(score).collect())
    }

    #[test]
    fn what_is_hard_for_both_cancels_out() {
        // Classes are between 0 and 8 of 8; the best loss has 0.8 more in each of them, with each seed.
        let of = |more: f64| -> Vec<LaneScores> {
            (0..3)
                .map(|_| lane((0..20).map(|class| f64::from(class % 8) + more)))
                .collect()
        };
        let found = bootstrap(&[of(0.0), of(0.8), of(0.4)], Better::Higher, 200).unwrap();
        assert_eq!((found.best, found.classes), (1, 20));
        let heats: Vec<usize> = found.others.iter().map(|other| other.heat).collect();
        assert_eq!(heats, [0, 2]);
        for (other, by) in found.others.iter().zip([0.1, 0.05]) {
            let ends = [other.seeds.mean, other.classes.low, other.classes.high];
            let ends = [&ends[..], &[other.both.low, other.both.high]].concat();
            assert!(ends.iter().all(|x| (x - by).abs() < 1e-12), "{other:?}");
            assert!(other.seeds.half.unwrap() < 1e-12);
        }
        // Of a measure of which less is better, the other one is the best.
        let found = bootstrap(&[of(0.0), of(0.8)], Better::Lower, 200).unwrap();
        assert_eq!(found.best, 0);
    }

    /// Differences of classes with a standard deviation of 1 and of seeds with 0.5: the intervals are those of 1/√C, and of
    /// both.
    #[test]
    fn intervals_are_as_wide_as_the_samples_are_small() {
        const CLASSES: usize = 60;
        const SEEDS: usize = 10;
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(2);
        let mut draw = || -> f64 { StandardNormal.sample(&mut rng) };
        let scaled = |mut values: Vec<f64>, deviation: f64| {
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            let square = values.iter().map(|x| (x - mean).powi(2)).sum::<f64>();
            let by = deviation / (square / values.len() as f64).sqrt();
            values.iter_mut().for_each(|x| *x = (*x - mean) * by);
            values
        };
        let classes = scaled((0..CLASSES).map(|_| draw()).collect(), 1.0);
        let seeds = scaled((0..SEEDS).map(|_| draw()).collect(), 0.5);
        let best = seeds
            .iter()
            .map(|seed| lane(classes.iter().map(|class| 8.0 * (5.0 + seed + class))));
        let other = (0..SEEDS).map(|_| lane([0.0; CLASSES]));
        let heats = [best.collect::<Vec<_>>(), other.collect()];
        let found = bootstrap(&heats, Better::Higher, 4000)
            .unwrap()
            .others
            .remove(0);
        let half = |range: Range| 0.5 * (range.high - range.low);
        let close = |found: f64, expected: f64| {
            assert!((found / expected - 1.0).abs() < 0.06, "{found}, {expected}");
        };
        let of_classes = 1.96 / (CLASSES as f64).sqrt();
        close(half(found.classes), of_classes);
        let of_seeds = 1.96 * 0.5 / (SEEDS as f64).sqrt();
        close(half(found.both), of_classes.hypot(of_seeds));
        // Student's interval of ten seeds, s² with n − 1.
        close(found.seeds.half.unwrap(), 2.262 * 0.5 / 3.0);
        assert!((found.seeds.mean - 5.0).abs() < 1e-9);
    }

    #[test]
    fn seeds_that_ended_are_left_out_of_the_pair() {
        let heats = [
            vec![lane([8.0, 0.0]), None, lane([8.0, 8.0])],
            vec![lane([0.0, 0.0]), lane([0.0, 0.0]), lane([0.0, 0.0])],
        ];
        let found = bootstrap(&heats, Better::Higher, 100).unwrap();
        assert_eq!((found.best, found.others[0].seeds.count), (0, 2));
        assert!((found.others[0].seeds.mean - 0.75).abs() < 1e-12);
        assert_eq!(bootstrap(&heats[..1], Better::Higher, 100), None);
        assert_eq!(bootstrap(&[], Better::Higher, 100), None);
        let none = [vec![None], vec![None]];
        assert_eq!(bootstrap(&none, Better::Higher, 100), None);
    }
}
