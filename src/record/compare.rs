//! Which of several losses is better in something that every seed has a number of, and whether that is shown: tests of
//! pairs, corrected over all pairs.

use serde::{Deserialize, Serialize};

use super::stats::{CONFIDENCE, Interval, SharedError};
use super::stats::{equivalence, holm, mean_ci, paired_t, signed_rank, t_quantile};
use crate::order;

/// A difference with a larger p is not shown, and equality neither.
pub(super) const SIGNIFICANT: f64 = 0.05;

/// How a difference was tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Test {
    /// Student's t-test of the differences of each seed.
    PairedT,
    /// The signed-rank test of these differences, where some seeds never got there: all that is known of their number is
    /// that it is large.
    SignedRank,
}

/// How a loss compares with one that is not better on average.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "difference")]
pub enum Difference {
    /// It is better, by the test. p is corrected after Holm where there are several pairs.
    Shown { p: f64, test: Test },
    /// They are equal within ± `margin`, by two one-sided tests; p is theirs.
    Equal { p: f64, margin: f64 },
    /// The difference may be chance, but need not be small.
    NotShown { p: f64, test: Test },
    /// One seed shows no spread, so nothing can be shown.
    OneSeed,
}

impl Difference {
    /// Whether the test shows that the better one is better.
    pub fn is_shown(self) -> bool {
        matches!(self, Self::Shown { .. })
    }

    /// The p of there being no difference: 1 where the two are equal. None where nothing was tested.
    pub fn chance(self) -> Option<f64> {
        match self {
            Self::Shown { p, .. } | Self::NotShown { p, .. } => Some(p),
            Self::Equal { .. } => Some(1.0),
            Self::OneSeed => None,
        }
    }
}

/// A number of each seed of one loss.
#[derive(Clone, Debug, Default)]
pub struct Sample {
    pub values: Vec<f64>,
    /// Some of the values are cut off: the true ones are worse.
    pub cut_off: bool,
    /// The error of a factor that is in all values, such as what a step costs; none where there is no such factor.
    pub factor: Option<FactorError>,
}

/// How well a factor is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FactorError {
    /// Its standard error, as a share of it.
    pub relative: f64,
    /// Degrees of freedom that this was estimated with.
    pub freedom: f64,
}

impl FactorError {
    /// Half of its 95 % confidence interval, as a share of it.
    fn half(self) -> f64 {
        self.relative * t_quantile(0.5 + 0.5 * CONFIDENCE, self.freedom)
    }
}

impl Sample {
    pub fn interval(&self) -> Option<Interval> {
        mean_ci(&self.values, CONFIDENCE)
    }

    fn mean(&self) -> f64 {
        self.interval().map_or(f64::INFINITY, |found| found.mean)
    }

    /// What the factor's error does to the mean.
    fn shared_error(&self) -> Option<SharedError> {
        self.factor.map(|factor| SharedError {
            variance: (factor.relative * self.mean()).powi(2),
            freedom: factor.freedom,
        })
    }
}

/// All losses against each other.
#[derive(Clone, Debug)]
pub struct Comparisons {
    /// Indices of the losses, the best mean first.
    pub order: Vec<usize>,
    /// By places in the order: `(better, other, difference)`, better < other.
    pairs: Vec<(usize, usize, Difference)>,
}

impl Comparisons {
    /// Compares samples of which the smaller values are better. Seeds are paired by their place: they share initial
    /// weights and batches. Means that are equal are ordered by index.
    ///
    /// Losses are equal where their mean difference is within ± `margin` of their two means; nothing that was cut off is.
    pub fn of(samples: &[Sample], margin: &dyn Fn(f64, f64) -> f64) -> Self {
        let order = order::indices(samples.len(), &|a, b| {
            samples[a].mean().total_cmp(&samples[b].mean())
        });
        let places: Vec<(usize, usize)> = (0..order.len())
            .flat_map(|better| (better + 1..order.len()).map(move |other| (better, other)))
            .collect();
        let raw: Vec<Raw> = places
            .iter()
            .map(|&(better, other)| {
                let (better, other) = (&samples[order[better]], &samples[order[other]]);
                Raw::of(better, other, margin(better.mean(), other.mean()))
            })
            .collect();
        let pairs = places.into_iter().zip(corrected(&raw));
        let pairs = pairs.map(|((better, other), difference)| (better, other, difference));
        Self {
            order,
            pairs: pairs.collect(),
        }
    }

    /// How the losses at two places of the order compare; `better` is the earlier one.
    pub fn at(&self, better: usize, other: usize) -> Difference {
        let same = |pair: &&(usize, usize, Difference)| (pair.0, pair.1) == (better, other);
        let found = self.pairs.iter().find(same);
        found.expect("every pair of places was compared").2
    }

    /// How two losses compare, and whether the first of them is the better one.
    pub fn of_two(&self, first: usize, second: usize) -> (bool, Difference) {
        let place = |loss: usize| {
            let found = self.order.iter().position(|&other| other == loss);
            found.expect("every loss has a place")
        };
        let (a, b) = (place(first), place(second));
        (a < b, self.at(a.min(b), a.max(b)))
    }

    /// Whether p of a pair is corrected, since there are several.
    pub fn corrected(&self) -> bool {
        self.pairs.len() > 1
    }
}

/// How the first of two losses compares with the second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Planned {
    /// Its mean is the better one.
    pub first_is_better: bool,
    pub difference: Difference,
}

/// What counts as no difference, from the two means.
pub type Margin = Box<dyn Fn(f64, f64) -> f64>;

/// Comparisons that were planned before the race, corrected over themselves alone and not over all pairs of losses.
/// Samples and margins are as for [`Comparisons::of`].
pub fn planned(pairs: &[(Sample, Sample, Margin)]) -> Vec<Planned> {
    let (firsts, raw): (Vec<bool>, Vec<Raw>) = pairs
        .iter()
        .map(|(first, second, margin)| {
            let first_is_better = first.mean() <= second.mean();
            let (better, other) = if first_is_better {
                (first, second)
            } else {
                (second, first)
            };
            let margin = margin(better.mean(), other.mean());
            (first_is_better, Raw::of(better, other, margin))
        })
        .unzip();
    let found = firsts.into_iter().zip(corrected(&raw));
    found
        .map(|(first_is_better, difference)| Planned {
            first_is_better,
            difference,
        })
        .collect()
}

/// What is said of each pair once both of its tests are corrected over all that are given.
fn corrected(raw: &[Raw]) -> Vec<Difference> {
    let holm_of = |p: fn(&Raw) -> Option<f64>| holm(&raw.iter().map(p).collect::<Vec<_>>());
    let (differ, equal) = (holm_of(|raw| raw.differ), holm_of(|raw| raw.equal));
    let tests = raw.iter().zip(differ).zip(equal);
    tests
        .map(|((raw, differ), equal)| raw.said(differ, equal))
        .collect()
}

/// The tests of one pair, not yet corrected.
struct Raw {
    test: Test,
    differ: Option<f64>,
    equal: Option<f64>,
    margin: f64,
}

impl Raw {
    fn of(better: &Sample, other: &Sample, margin: f64) -> Self {
        if better.cut_off || other.cut_off {
            let found = signed_rank(&differences(better, other, true));
            return Self {
                test: Test::SignedRank,
                // Ranks that point the other way than the means show nothing.
                differ: found.map(|found| {
                    if found.below > found.above {
                        found.p
                    } else {
                        1.0
                    }
                }),
                equal: None,
                margin,
            };
        }
        let differences = differences(better, other, false);
        let errors = [better, other].map(Sample::shared_error);
        let shared: Vec<SharedError> = errors.into_iter().flatten().collect();
        Self {
            test: Test::PairedT,
            differ: paired_t(&differences, &shared).map(|found| found.p),
            equal: equivalence(&differences, &shared, margin),
            margin,
        }
    }

    /// After the correction of both.
    fn said(&self, differ: Option<f64>, equal: Option<f64>) -> Difference {
        let Self { test, margin, .. } = *self;
        match (differ, equal) {
            (None, _) => Difference::OneSeed,
            (Some(p), _) if p < SIGNIFICANT => Difference::Shown { p, test },
            (Some(_), Some(p)) if p < SIGNIFICANT => Difference::Equal { p, margin },
            (Some(p), _) => Difference::NotShown { p, test },
        }
    }
}

/// The better one less the other, seed by seed. A test by ranks cannot add the error of a factor to that of the seeds;
/// there the factors are taken `at_worst`: at the ends of their intervals that make the better one look bad. Two values that
/// are equal, since both were cut off there, stay so.
fn differences(better: &Sample, other: &Sample, at_worst: bool) -> Vec<f64> {
    let half = |sample: &Sample| match sample.factor {
        Some(factor) if at_worst => factor.half(),
        _ => 0.0,
    };
    let (up, down) = (1.0 + half(better), 1.0 - half(other));
    let pairs = better.values.iter().zip(&other.values);
    pairs
        .map(|(&better, &other)| {
            if better == other {
                0.0
            } else {
                better * up - other * down
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(values: &[f64]) -> Sample {
        Sample {
            values: values.to_vec(),
            ..Sample::default()
        }
    }

    #[test]
    fn what_a_seed_does_to_both_losses_cancels_out() {
        // Seeds are 100 apart, losses 10 within each.
        let seeds = [100.0, 200.0, 300.0, 400.0, 500.0];
        let plus =
            |by: [f64; 5]| -> Vec<f64> { seeds.iter().zip(by).map(|(s, b)| s + b).collect() };
        let (a, b) = (plus([0.0; 5]), plus([10.0, 11.0, 9.0, 10.0, 10.0]));
        let found = Comparisons::of(&[sample(&b), sample(&a)], &|_, _| 1.0);
        assert_eq!(found.order, [1, 0]);
        assert!(!found.corrected());
        assert!(
            matches!(found.at(0, 1), Difference::Shown { p, test: Test::PairedT } if p < 1e-4),
            "{found:?}"
        );
    }

    #[test]
    fn what_is_close_is_equal_and_what_scatters_is_not_shown() {
        let a = [10.0, 20.0, 30.0, 40.0];
        let close = sample(&[10.5, 19.5, 30.5, 39.9]);
        let wild = sample(&[30.0, 2.0, 55.0, 20.0]);
        let found = Comparisons::of(&[sample(&a), close], &|_, _| 5.0);
        assert!(
            matches!(found.at(0, 1), Difference::Equal { margin: 5.0, p } if p < 0.01),
            "{found:?}"
        );
        let found = Comparisons::of(&[sample(&a), wild], &|_, _| 5.0);
        assert!(matches!(found.at(0, 1), Difference::NotShown { .. }));
        let found = Comparisons::of(&[sample(&[1.0]), sample(&[9.0])], &|_, _| 5.0);
        assert_eq!(found.at(0, 1), Difference::OneSeed);
    }

    /// A difference of 3 % in time of which the seeds are sure, and the clock is not.
    #[test]
    fn what_the_clock_does_not_know_is_not_shown() {
        let a = [100.0, 201.0, 300.0, 399.0, 500.0];
        let b = a.map(|x| 1.03 * x);
        let known = |relative| {
            let factor = Some(FactorError {
                relative,
                freedom: 10.0,
            });
            let timed = |values: &[f64]| Sample {
                factor,
                ..sample(values)
            };
            Comparisons::of(&[timed(&b), timed(&a)], &|_, _| 1.0)
        };
        assert_eq!(known(0.001).order, [1, 0]);
        assert!(known(0.001).at(0, 1).is_shown());
        assert!(!known(0.03).at(0, 1).is_shown());
        assert_eq!(known(0.03).of_two(0, 1), (false, known(0.03).at(0, 1)));
        // By ranks the same, and what was cut off in both stays equal.
        let cut = |relative| {
            let sample = |values: Vec<f64>| Sample {
                values,
                cut_off: true,
                factor: Some(FactorError {
                    relative,
                    freedom: 10.0,
                }),
            };
            let one: Vec<f64> = (0..8).map(|i| if i < 7 { 100.0 } else { 400.0 }).collect();
            let other = one.iter().map(|&x| (1.03 * x).min(400.0)).collect();
            Comparisons::of(&[sample(one), sample(other)], &|_, _| 1.0)
        };
        assert!(cut(0.001).at(0, 1).is_shown());
        assert!(!cut(0.03).at(0, 1).is_shown());
    }

    #[test]
    fn all_pairs_are_corrected_for() {
        // Three losses make three pairs. The smallest p is that of the first and the last, times three.
        let (a, b, c) = (
            [1.0, 2.0, 3.0, 4.0],
            [1.4, 3.0, 3.2, 5.0],
            [4.0, 4.5, 6.2, 7.0],
        );
        let differences: Vec<f64> = a.iter().zip(c).map(|(a, c)| a - c).collect();
        let found = Comparisons::of(&[sample(&a), sample(&b), sample(&c)], &|_, _| 0.01);
        let Difference::Shown { p, .. } = found.at(0, 2) else {
            panic!("{found:?}")
        };
        assert!((p - 3.0 * paired_t(&differences, &[]).unwrap().p).abs() < 1e-12);
        assert!(found.corrected());
    }

    #[test]
    fn ranks_that_point_the_other_way_show_nothing() {
        // The mean of the first is smaller by one wide difference; all others are against it.
        let first: Vec<f64> = (0..10).map(|i| if i == 0 { 0.0 } else { 101.0 }).collect();
        let other = Sample {
            values: (0..10)
                .map(|i| if i == 0 { 400.0 } else { 100.0 })
                .collect(),
            cut_off: true,
            factor: None,
        };
        let found = Comparisons::of(&[sample(&first), other], &|_, _| 1.0);
        assert_eq!(found.order, [0, 1]);
        assert!(
            matches!(found.at(0, 1), Difference::NotShown { p, .. } if p == 1.0),
            "{found:?}"
        );
    }

    /// Five losses that are the same but for chance: that any of the ten pairs is called different is to happen in 5 % of all
    /// races at most. Without a correction it would in 31 %.
    #[test]
    fn chance_alone_is_called_a_difference_as_rarely_as_meant() {
        use rand::SeedableRng;
        use rand_distr::{Distribution, StandardNormal};
        const RACES: usize = 2000;
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(7);
        let (mut shown, mut alone) = (0, 0);
        for _ in 0..RACES {
            let mut draw = || -> f64 { StandardNormal.sample(&mut rng) };
            let seeds: Vec<f64> = (0..10).map(|_| draw()).collect();
            let mut loss = || sample(&seeds.iter().map(|seed| seed + draw()).collect::<Vec<_>>());
            let samples: Vec<Sample> = (0..5).map(|_| loss()).collect();
            let any = |found: &Comparisons| {
                let mut pairs = found.pairs.iter();
                usize::from(pairs.any(|(_, _, difference)| difference.is_shown()))
            };
            shown += any(&Comparisons::of(&samples, &|_, _| 0.0));
            alone += usize::from((0..5).any(|a| {
                (0..a).any(|b| {
                    any(&Comparisons::of(
                        &[samples[a].clone(), samples[b].clone()],
                        &|_, _| 0.0,
                    )) > 0
                })
            }));
        }
        let rate = |count: usize| count as f64 / RACES as f64;
        // Three standard errors of 5 % in 2,000 are 1.5 %. Pairs hang together, so that Holm is rather too careful.
        assert!((0.02..0.065).contains(&rate(shown)), "{}", rate(shown));
        assert!(rate(alone) > 0.2, "{}", rate(alone));
    }
}
