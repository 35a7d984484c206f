//! What a fair comparison needs of statistics: intervals, tests of pairs, areas under curves, and when a curve gets
//! somewhere for good.

use statrs::distribution::{ContinuousCDF, StudentsT};

use crate::order;

/// Confidence level of all intervals that are shown.
pub const CONFIDENCE: f64 = 0.95;

/// Student's t: P(T ≤ t) with `df` degrees of freedom. NaN where there is no such distribution.
pub fn t_cdf(t: f64, df: f64) -> f64 {
    StudentsT::new(0.0, 1.0, df).map_or(f64::NAN, |distribution| distribution.cdf(t))
}

/// Student's t: the t with P(T ≤ t) = `p`. NaN unless 0 ≤ p ≤ 1 and there is such a distribution.
pub fn t_quantile(p: f64, df: f64) -> f64 {
    if !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    StudentsT::new(0.0, 1.0, df).map_or(f64::NAN, |distribution| distribution.inverse_cdf(p))
}

/// A mean with its confidence interval, `mean ± half`.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Interval {
    pub mean: f64,
    /// Half the interval's width; none for a single value, of which no spread is known.
    pub half: Option<f64>,
    pub count: usize,
}

/// Mean and confidence interval (Student's t) at a level such as 0.95; none of no values.
pub fn mean_ci(values: &[f64], level: f64) -> Option<Interval> {
    let (mean, variance) = mean_variance(values)?;
    let n = values.len() as f64;
    let half = variance.map(|variance| {
        // Equal values have an interval of width 0 at every level.
        if variance == 0.0 {
            0.0
        } else {
            t_quantile(0.5 + 0.5 * level, n - 1.0) * (variance / n).sqrt()
        }
    });
    Some(Interval {
        mean,
        half,
        count: values.len(),
    })
}

/// Mean, and unbiased variance where there are two values or more.
pub(super) fn mean_variance(values: &[f64]) -> Option<(f64, Option<f64>)> {
    if values.is_empty() {
        return None;
    }
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values
        .iter()
        .map(|value| (value - mean).powi(2))
        .sum::<f64>()
        / (n - 1.0);
    Some((mean, (values.len() > 1).then_some(variance)))
}

/// What a paired t-test says of differences.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct PairedT {
    pub mean: f64,
    pub t: f64,
    pub df: f64,
    /// Two-sided: how often the mean would be this far from 0 if there were no difference.
    pub p: f64,
}

/// An error of a mean difference that is not between its seeds, such as that of a factor which all seeds of a loss share.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SharedError {
    /// Square of its standard error.
    pub variance: f64,
    /// Degrees of freedom that it was estimated with.
    pub freedom: f64,
}

/// A mean difference, its standard error and the degrees of freedom of that: without other errors s/√n and n − 1, else the
/// variances added up, and ν = (Σv)²/Σ(v²/ν) after Welch and Satterthwaite. None of fewer than two differences.
fn mean_error(differences: &[f64], shared: &[SharedError]) -> Option<(f64, f64, f64)> {
    let (mean, variance) = mean_variance(differences)?;
    let n = differences.len() as f64;
    let own = SharedError {
        variance: variance? / n,
        freedom: n - 1.0,
    };
    let all = || shared.iter().chain([&own]);
    let total: f64 = all().map(|error| error.variance).sum();
    let squares = all().map(|error| error.variance.powi(2) / error.freedom);
    let freedom = if total == 0.0 || shared.is_empty() {
        own.freedom
    } else {
        total.powi(2) / squares.sum::<f64>()
    };
    Some((mean, total.sqrt(), freedom))
}

/// Student's test of paired differences, such as of two losses with the same seeds: t = m/(s/√n) with n − 1 degrees of
/// freedom. What a seed does to both losses cancels out; what all seeds share is in `shared`. None of fewer than two
/// differences.
///
/// # Edge cases
/// Without any spread p is 1 where all are 0, and 0 where all are another number.
///
/// Welch: The generalization of Student's problem when several different population variances are involved, Biometrika 34,
/// 1947, for the degrees of freedom where there are several errors.
pub fn paired_t(differences: &[f64], shared: &[SharedError]) -> Option<PairedT> {
    let (mean, error, df) = mean_error(differences, shared)?;
    let t = match (mean == 0.0, error == 0.0) {
        (true, _) => 0.0,
        (false, true) => mean * f64::INFINITY,
        (false, false) => mean / error,
    };
    let p = if t.is_infinite() {
        0.0
    } else {
        (2.0 * t_cdf(-t.abs(), df)).min(1.0)
    };
    Some(PairedT { mean, t, df, p })
}

/// Two one-sided t-tests of paired differences: the larger p that the mean is not below `margin`, or not above −`margin`.
/// Where it is small, the two are equal within ± `margin`. None of fewer than two differences.
///
/// Schuirmann: A comparison of the two one-sided tests procedure and the power approach for assessing the equivalence of
/// average bioavailability, Journal of Pharmacokinetics and Biopharmaceutics 15, 1987.
pub fn equivalence(differences: &[f64], shared: &[SharedError], margin: f64) -> Option<f64> {
    let (mean, error, df) = mean_error(differences, shared)?;
    let room = margin - mean.abs();
    if error == 0.0 {
        return Some(if room > 0.0 { 0.0 } else { 1.0 });
    }
    Some(t_cdf(-room / error, df))
}

/// What a signed-rank test says of differences.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SignedRank {
    /// Sum of the ranks of the differences below 0, and of those above.
    pub below: f64,
    pub above: f64,
    /// Two-sided.
    pub p: f64,
}

/// Wilcoxon's signed-rank test of paired differences, exact also with ties: of all 2ⁿ ways to give the ranks signs, the
/// share with a rank sum as extreme as this one. Only signs and order count, so that a value that was cut off does no harm.
/// None of fewer than two differences.
///
/// # Edge cases
/// Differences of 0 are left out; where all are, p is 1. Of n others the smallest p there can be is 2/2ⁿ: with five seeds
/// 0.06.
///
/// Wilcoxon: Individual comparisons by ranking methods, Biometrics Bulletin 1, 1945.
pub fn signed_rank(differences: &[f64]) -> Option<SignedRank> {
    if differences.len() < 2 {
        return None;
    }
    let mut left: Vec<f64> = differences.iter().copied().filter(|&d| d != 0.0).collect();
    order::sort_by(&mut left, |a, b| a.abs().total_cmp(&b.abs()));
    // Twice the ranks, which are whole numbers even where equal differences share the mean of theirs.
    let (mut doubled, mut negative) = (Vec::new(), 0);
    for group in left.chunk_by(|a, b| a.abs() == b.abs()) {
        let rank = 2 * doubled.len() + group.len() + 1;
        negative += rank * group.iter().filter(|&&d| d < 0.0).count();
        doubled.extend(group.iter().map(|_| rank));
    }
    let total: usize = doubled.iter().sum();
    // ways[s]: in how many of the 2ⁿ ways, as a share, the ranks with a minus have the sum s.
    let mut ways = vec![0.0; total + 1];
    ways[0] = 1.0;
    for &rank in &doubled {
        for sum in (0..=total).rev() {
            let with = sum.checked_sub(rank).map_or(0.0, |without| ways[without]);
            ways[sum] = 0.5 * (ways[sum] + with);
        }
    }
    let least = negative.min(total - negative);
    let tail: f64 = ways[..=least].iter().sum();
    Some(SignedRank {
        below: 0.5 * negative as f64,
        above: 0.5 * (total - negative) as f64,
        p: (2.0 * tail).min(1.0),
    })
}

/// Holm's correction: with several comparisons, chance has several tries. The smallest of m values is multiplied by m,
/// the next by m − 1, and so on, and none becomes smaller than the one before.
///
/// Holm: A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6, 1979.
pub fn holm(values: &[Option<f64>]) -> Vec<Option<f64>> {
    let mut order: Vec<(usize, f64)> = values
        .iter()
        .enumerate()
        .filter_map(|(i, p)| Some((i, (*p)?)))
        .collect();
    order::sort_by(&mut order, |a, b| a.1.total_cmp(&b.1));
    let mut corrected = vec![None; values.len()];
    let mut least = 0.0f64;
    for (rank, &(index, p)) in order.iter().enumerate() {
        least = least.max((p * (order.len() - rank) as f64).min(1.0));
        corrected[index] = Some(least);
    }
    corrected
}

/// Mean height of a curve (trapezoids over `xs`, divided by their range), so that an area is in the curve's own unit.
/// A curve of one point has that point's height; none of no points.
pub fn area_under_curve(xs: &[f64], ys: &[f64]) -> Option<f64> {
    let first = *xs.first()?;
    let last = xs[..xs.len().min(ys.len())].last()?;
    let range = last - first;
    if range <= 0.0 {
        return ys.first().copied();
    }
    let area: f64 = xs
        .windows(2)
        .zip(ys.windows(2))
        .map(|(x, y)| (x[1] - x[0]) * 0.5 * (y[0] + y[1]))
        .sum();
    Some(area / range)
}

/// [`area_under_curve`] of what a curve has up to `end`, on the straight line between its points. All of a curve that ends
/// before.
pub fn area_until(end: f64, xs: &[f64], ys: &[f64]) -> Option<f64> {
    let within = xs.partition_point(|&x| x <= end);
    let (mut until, mut heights) = (xs[..within].to_vec(), ys[..within.min(ys.len())].to_vec());
    if let (Some(before), Some(&x), Some(&y)) =
        (within.checked_sub(1), xs.get(within), ys.get(within))
        && until[before] < end
    {
        until.push(end);
        heights.push(ys[before] + (y - ys[before]) * (end - xs[before]) / (x - xs[before]));
    }
    area_under_curve(&until, &heights)
}

/// Where on `xs` a curve gets to `level` for good: from there on it is never below it again, up to its last point. On the
/// straight line between the last point below and the next. None where it ends below.
pub fn held_from(level: f64, xs: &[f64], ys: &[f64]) -> Option<f64> {
    let holds = |y: f64| y >= level;
    let at = ys
        .iter()
        .rposition(|&y| !holds(y))
        .map_or(0, |last| last + 1);
    let (x, y) = (*xs.get(at)?, *ys.get(at)?);
    let Some(before) = at.checked_sub(1) else {
        return Some(x);
    };
    // What is no number leaves no line to walk on.
    if !ys[before].is_finite() {
        return Some(x);
    }
    Some(xs[before] + (x - xs[before]) * (level - ys[before]) / (y - ys[before]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn close(found: f64, expected: f64) {
        assert!(
            (found - expected).abs() < 1e-6 * expected.abs().max(1.0),
            "{found} instead of {expected}"
        );
    }

    #[test]
    fn quantiles_as_printed_in_tables() {
        // Two-sided 95 % and 99 % columns of any table of Student's t.
        for (p, df, expected) in [
            (0.975, 1.0, 12.706_204_736),
            (0.975, 2.0, 4.302_652_730),
            (0.975, 9.0, 2.262_157_163),
            (0.975, 19.0, 2.093_024_054),
            (0.995, 4.0, 4.604_094_871),
            (0.5, 3.0, 0.0),
        ] {
            close(t_quantile(p, df), expected);
            close(t_cdf(expected, df), p);
            close(t_quantile(1.0 - p, df), -expected);
        }
        assert!(t_quantile(1.5, 3.0).is_nan() && t_quantile(0.9, -1.0).is_nan());
    }

    /// Welch's test is that of two means whose errors are added up: 1, 2, 3, 4 against a mean that was estimated elsewhere
    /// with a standard error of 0.5 and 6 degrees of freedom.
    #[test]
    fn errors_that_seeds_share_are_added_as_welch_does() {
        let shared = SharedError {
            variance: 0.25,
            freedom: 6.0,
        };
        let found = paired_t(&[1.0, 2.0, 3.0, 4.0], &[shared]).unwrap();
        // s² = 5/3, so that the seeds bring 5/12: t = 2.5/√(2/3), ν = (2/3)²/((5/12)²/3 + (1/4)²/6).
        close(found.t, 2.5 / (2.0f64 / 3.0).sqrt());
        close(found.df, (4.0 / 9.0) / (25.0 / 432.0 + 1.0 / 96.0));
        let alone = paired_t(&[1.0, 2.0, 3.0, 4.0], &[]).unwrap();
        assert!(found.t < alone.t && found.df > alone.df);
        // With more to be unsure of, equality is shown less.
        let same = [-0.1, 0.1, 0.0, 0.05];
        let equal = |shared: &[SharedError]| equivalence(&same, shared, 0.5).unwrap();
        assert!(equal(&[]) < 0.01 && equal(&[shared]) > 0.1);
    }

    #[test]
    fn an_area_up_to_a_step_by_hand() {
        let (xs, ys) = ([0.0, 10.0, 20.0, 40.0], [0.0, 1.0, 1.0, 3.0]);
        // Up to 10 a triangle; up to 30 also a square and a trapezoid from 1 to 2.
        close(area_until(10.0, &xs, &ys).unwrap(), 0.5);
        close(
            area_until(30.0, &xs, &ys).unwrap(),
            (5.0 + 10.0 + 15.0) / 30.0,
        );
        let whole = area_under_curve(&xs, &ys);
        for end in [40.0, 99.0] {
            assert_eq!(area_until(end, &xs, &ys), whole);
        }
        assert_eq!(area_until(5.0, &[], &[]), None);
    }

    #[test]
    fn an_interval_by_hand() {
        // 1, 2, 3: variance 1, standard error 1/√3, t(0.975, 2) = 4.3027.
        let interval = mean_ci(&[1.0, 2.0, 3.0], 0.95).unwrap();
        close(interval.mean, 2.0);
        close(interval.half.unwrap(), 4.302_652_730 / 3f64.sqrt());
        assert_eq!(
            mean_ci(&[5.0], 0.95),
            Some(Interval {
                mean: 5.0,
                half: None,
                count: 1
            })
        );
        assert_eq!(mean_ci(&[5.0, 5.0], 0.95).unwrap().half, Some(0.0));
        assert_eq!(mean_ci(&[], 0.95), None);
    }

    /// Student's own data: hours of sleep that two drugs gave the same ten patients (The probable error of a mean,
    /// Biometrika 6, 1908). He gives a mean of 1.58; t = 4.0621 and p = 0.002833 are what R's `t.test(extra ~ group,
    /// paired = TRUE)` prints of its data set `sleep`.
    const SLEEP: [f64; 10] = [1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4];

    #[test]
    fn a_paired_t_test_as_published() {
        let found = paired_t(&SLEEP, &[]).unwrap();
        close(found.mean, 1.58);
        assert!((found.t - 4.0621).abs() < 5e-5, "{found:?}");
        assert!((found.p - 0.002_833).abs() < 5e-7, "{found:?}");
        assert_eq!(found.df, 9.0);
        assert_eq!(paired_t(&[1.0], &[]), None);
        assert_eq!(paired_t(&[0.0; 3], &[]).unwrap().p, 1.0);
        assert_eq!(paired_t(&[-2.0; 3], &[]).unwrap().p, 0.0);
    }

    #[test]
    fn equivalence_by_hand() {
        // −1, 0, 1 has mean 0 and standard error 1/√3: t(0.95, 2) = 2.9200 is where ± 2.92/√3 has p = 0.05.
        close(
            equivalence(&[-1.0, 0.0, 1.0], &[], 2.919_985_580 / 3f64.sqrt()).unwrap(),
            0.05,
        );
        // A mean on the margin is as likely inside as outside; one beyond it is rather outside.
        close(equivalence(&[1.0, 2.0, 3.0], &[], 2.0).unwrap(), 0.5);
        assert!(equivalence(&[3.0, 4.0, 5.0], &[], 2.0).unwrap() > 0.5);
        assert_eq!(equivalence(&[1.0; 3], &[], 2.0), Some(0.0));
        assert_eq!(equivalence(&[3.0; 3], &[], 2.0), Some(1.0));
        assert_eq!(equivalence(&[1.0], &[], 2.0), None);
    }

    #[test]
    fn signed_ranks_by_hand() {
        // Ten of one sign: 2 of the 2¹⁰ ways. With the smallest of the other sign the sum is 1: 4 ways.
        let up: Vec<f64> = (1..=10).map(f64::from).collect();
        close(signed_rank(&up).unwrap().p, 2.0 / 1024.0);
        let mut one: Vec<f64> = up.iter().map(|d| -d).collect();
        one[0] = 1.0;
        let found = signed_rank(&one).unwrap();
        close(found.p, 4.0 / 1024.0);
        assert_eq!((found.below, found.above), (54.0, 1.0));
        // Printed tables have 8 as the largest sum for 5 %, two-sided, of ten, and 0 of six; five cannot get there.
        let of = |negative: &[usize], n: usize| {
            let signed = |i: usize| {
                if negative.contains(&i) {
                    -(i as f64)
                } else {
                    i as f64
                }
            };
            signed_rank(&(1..=n).map(signed).collect::<Vec<_>>())
                .unwrap()
                .p
        };
        assert!(of(&[8], 10) < 0.05 && of(&[9], 10) > 0.05);
        assert!(of(&[], 6) < 0.05 && of(&[1], 6) > 0.05 && of(&[], 5) > 0.05);
        // Ties share their rank: 1.5 and 1.5 against 3 is as even as can be.
        close(signed_rank(&[2.0, 2.0, -5.0]).unwrap().p, 1.0);
        // Zeros say nothing.
        assert_eq!(signed_rank(&[0.0; 4]).unwrap().p, 1.0);
        close(
            signed_rank(&[0.0, 1.0, 2.0, 3.0]).unwrap().p,
            signed_rank(&[1.0, 2.0, 3.0]).unwrap().p,
        );
        assert_eq!(signed_rank(&[1.0]), None);
        // Wilcoxon's test of the hours of sleep: one 0, and 45 against 0 of nine.
        close(signed_rank(&SLEEP).unwrap().p, 2.0 / 512.0);
    }

    /// Where there is no difference, 5 % of all tests may find one, and a true difference of exactly the margin may look
    /// equal in 5 %.
    #[test]
    fn tests_err_as_rarely_as_they_say() {
        use rand::SeedableRng;
        use rand_distr::{Distribution, StandardNormal};
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(1);
        const TRIES: usize = 20_000;
        let (mut by_t, mut by_ranks, mut equal) = (0, 0, 0);
        for _ in 0..TRIES {
            let differences: Vec<f64> = (0..10).map(|_| StandardNormal.sample(&mut rng)).collect();
            by_t += usize::from(paired_t(&differences, &[]).unwrap().p < 0.05);
            by_ranks += usize::from(signed_rank(&differences).unwrap().p < 0.05);
            let off: Vec<f64> = differences.iter().map(|d| d + 5.0).collect();
            equal += usize::from(equivalence(&off, &[], 5.0).unwrap() < 0.05);
        }
        let share = |count: usize| count as f64 / TRIES as f64;
        // Three standard errors of 0.05 are 0.0046. Ranks are coarse: 0.0488 is the next below (50 of 1,024).
        assert!((share(by_t) - 0.05).abs() < 0.0046, "{}", share(by_t));
        assert!(
            (share(by_ranks) - 0.0488).abs() < 0.0046,
            "{}",
            share(by_ranks)
        );
        assert!((share(equal) - 0.05).abs() < 0.0046, "{}", share(equal));
    }

    #[test]
    fn several_comparisons_are_corrected() {
        // By Holm: 0.01·3, then 0.02·2 = 0.04, then max(0.03·1, 0.04).
        let found = holm(&[Some(0.03), None, Some(0.01), Some(0.02)]);
        let expected = [Some(0.04), None, Some(0.03), Some(0.04)];
        for (found, expected) in found.iter().zip(expected) {
            assert_eq!(found.is_some(), expected.is_some());
            assert!((found.unwrap_or(0.0) - expected.unwrap_or(0.0)).abs() < 1e-12);
        }
        assert_eq!(holm(&[Some(0.9), Some(0.8)]), [Some(1.0), Some(1.0)]);
    }

    #[test]
    fn areas_are_mean_heights() {
        close(area_under_curve(&[0.0, 10.0], &[0.0, 1.0]).unwrap(), 0.5);
        // Uneven steps: 0–1 at height ½ on average, 1–5 at height 1.
        close(
            area_under_curve(&[0.0, 1.0, 5.0], &[0.0, 1.0, 1.0]).unwrap(),
            0.9,
        );
        assert_eq!(area_under_curve(&[3.0], &[0.7]), Some(0.7));
        assert_eq!(area_under_curve(&[], &[]), None);
    }

    #[test]
    fn a_curve_gets_there_between_two_points_and_stays() {
        let (xs, ys) = ([0.0, 10.0, 20.0, 30.0], [0.1, 0.3, 0.7, 0.6]);
        close(held_from(0.5, &xs, &ys).unwrap(), 15.0);
        assert_eq!(held_from(0.1, &xs, &ys), Some(0.0));
        assert_eq!(held_from(0.65, &xs, &ys), None, "it falls below again");
        assert_eq!(held_from(0.8, &xs, &ys), None);
        // There at 5 already, but for good only after 20.
        let twice = [0.1, 0.3, 0.1, 0.6];
        close(held_from(0.2, &xs, &twice).unwrap(), 22.0);
        assert_eq!(held_from(0.5, &xs, &[f64::NAN; 4]), None);
        assert_eq!(
            held_from(0.5, &xs, &[f64::NAN, f64::NAN, 0.6, 0.6]),
            Some(20.0)
        );
        assert_eq!(held_from(0.5, &[], &[]), None);
    }
}
