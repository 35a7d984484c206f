//! What a fair comparison needs of statistics: intervals, a test, areas under curves, and when a curve gets somewhere.

use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

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
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
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
fn mean_variance(values: &[f64]) -> Option<(f64, Option<f64>)> {
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

/// What Welch's test says of two means.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Welch {
    pub t: f64,
    pub df: f64,
    /// Two-sided: how often means would differ this much if there were no difference.
    pub p: f64,
}

/// Welch's t-test of two means whose variances need not be equal; none unless both have two values or more.
///
/// t = (m₁ − m₂)/√(v₁/n₁ + v₂/n₂), df = (v₁/n₁ + v₂/n₂)² / ((v₁/n₁)²/(n₁−1) + (v₂/n₂)²/(n₂−1)).
///
/// Without any spread p is 1 for equal means and 0 for different ones.
pub fn welch(a: &[f64], b: &[f64]) -> Option<Welch> {
    let (mean_a, variance_a) = mean_variance(a)?;
    let (mean_b, variance_b) = mean_variance(b)?;
    let (n_a, n_b) = (a.len() as f64, b.len() as f64);
    let (a, b) = (variance_a? / n_a, variance_b? / n_b);
    if a + b == 0.0 {
        let difference = mean_a - mean_b;
        let (t, p) = if difference == 0.0 {
            (0.0, 1.0)
        } else {
            (difference * f64::INFINITY, 0.0)
        };
        return Some(Welch {
            t,
            df: n_a + n_b - 2.0,
            p,
        });
    }
    let t = (mean_a - mean_b) / (a + b).sqrt();
    let df = (a + b).powi(2) / (a * a / (n_a - 1.0) + b * b / (n_b - 1.0));
    Some(Welch {
        t,
        df,
        p: (2.0 * t_cdf(-t.abs(), df)).min(1.0),
    })
}

/// The rank-sum test of Wilcoxon, Mann and Whitney: two-sided p that values of one list tend to be larger than those of
/// the other; none unless both have two values or more. Only the order counts, so infinity may stand for "never".
///
/// Normal approximation with correction for ties and continuity.
pub fn rank_sum(a: &[f64], b: &[f64]) -> Option<f64> {
    if a.len() < 2 || b.len() < 2 {
        return None;
    }
    let mut all: Vec<(f64, bool)> = a
        .iter()
        .map(|&x| (x, true))
        .chain(b.iter().map(|&x| (x, false)))
        .collect();
    order::sort_by(&mut all, |x, y| x.0.total_cmp(&y.0));
    let (n_a, n_b) = (a.len() as f64, b.len() as f64);
    let n = n_a + n_b;
    let (mut sum, mut ties, mut below) = (0.0, 0.0, 0.0);
    for group in all.chunk_by(|x, y| x.0 == y.0) {
        let size = group.len() as f64;
        // Equal values share the mean of their ranks.
        sum += (below + 0.5 * (size + 1.0)) * group.iter().filter(|(_, of_a)| *of_a).count() as f64;
        ties += size.powi(3) - size;
        below += size;
    }
    let variance = n_a * n_b / 12.0 * (n + 1.0 - ties / (n * (n - 1.0)));
    if variance <= 0.0 {
        return Some(1.0);
    }
    let distance = (sum - n_a * (n + 1.0) / 2.0).abs() - 0.5;
    let z = distance.max(0.0) / variance.sqrt();
    Some(Normal::standard().sf(z) * 2.0)
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

/// Where on `xs` a curve first reaches `share` of `best`, on the straight line between two points; none if it never
/// does.
pub fn steps_to(share: f64, xs: &[f64], ys: &[f64], best: f64) -> Option<f64> {
    let target = share * best;
    let at = ys.iter().position(|&y| y >= target)?;
    let x = *xs.get(at)?;
    if at == 0 {
        return Some(x);
    }
    let (before, y_before) = (xs[at - 1], ys[at - 1]);
    // A NaN before the crossing leaves no line to walk on.
    if !y_before.is_finite() || !ys[at].is_finite() {
        return Some(x);
    }
    Some(before + (x - before) * (target - y_before) / (ys[at] - y_before))
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

    #[test]
    fn welch_by_hand() {
        // a: mean 2, v/n = 1/3; b: mean 6, v/n = 4/3 (2, 4 apart). t = −4/√(5/3), df = (5/3)²/((1/9)/2 + (16/9)/2).
        let found = welch(&[1.0, 2.0, 3.0], &[4.0, 6.0, 8.0]).unwrap();
        close(found.t, -4.0 / (5.0f64 / 3.0).sqrt());
        close(found.df, (25.0 / 9.0) / (17.0 / 18.0));
        // With df = 50/17 the p lies between those of 2 and 3 degrees of freedom.
        let p = |df| 2.0 * t_cdf(found.t, df);
        assert!(p(3.0) < found.p && found.p < p(2.0));
        assert_eq!(welch(&[1.0], &[1.0, 2.0]), None);
        assert_eq!(welch(&[1.0, 1.0], &[1.0, 1.0]).unwrap().p, 1.0);
        assert_eq!(welch(&[1.0, 1.0], &[2.0, 2.0]).unwrap().p, 0.0);
    }

    #[test]
    fn rank_sums_by_hand() {
        // Ranks 1, 2, 3 against 4, 5, 6: rank sum 6, expected 10.5, variance 3·3·7/12, z = 4/√5.25 = 1.7457.
        close(
            rank_sum(&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0]).unwrap(),
            0.080_855_6,
        );
        let never = f64::INFINITY;
        // Ties: 1 and 2 against two that never came, which share rank 3.5: z = (5 − 3 − ½)/√(4/12·(5 − 6/12)).
        close(
            rank_sum(&[1.0, 2.0], &[never, never]).unwrap(),
            2.0 * Normal::standard().sf(1.5 / 1.5f64.sqrt()),
        );
        assert_eq!(rank_sum(&[never; 3], &[never; 3]), Some(1.0));
        assert_eq!(rank_sum(&[1.0], &[2.0, 3.0]), None);
        assert!(
            rank_sum(
                &[1.0; 10],
                &[5.0, 6.0, 7.0, 8.0, 9.0, never, never, never, never, never]
            )
            .unwrap()
                < 1e-3
        );
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
    fn a_curve_gets_there_between_two_points() {
        let (xs, ys) = ([0.0, 10.0, 20.0, 30.0], [0.1, 0.3, 0.7, 0.6]);
        close(steps_to(0.5, &xs, &ys, 1.0).unwrap(), 15.0);
        assert_eq!(steps_to(0.1, &xs, &ys, 1.0), Some(0.0));
        close(steps_to(1.0, &xs, &ys, 0.7).unwrap(), 20.0);
        assert_eq!(steps_to(0.8, &xs, &ys, 1.0), None);
        assert_eq!(steps_to(0.5, &xs, &[f64::NAN; 4], 1.0), None);
        assert_eq!(steps_to(0.5, &[], &[], 1.0), None);
    }
}
