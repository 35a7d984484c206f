//! What a loss is worth over several tunings: draws outside, seeds inside.

use super::stats::{CONFIDENCE, Interval, mean_ci, mean_variance};

/// The mean of raced seeds over the draws of a tuning, and where its spread is from.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Nested {
    /// Student's interval of the draws' means; its count is the number of draws.
    pub interval: Interval,
    /// Standard deviation between draws, without what the seeds bring into their means.
    pub between: Option<f64>,
    /// Standard deviation between the seeds of one draw.
    pub within: Option<f64>,
}

/// One list of values for each draw, one value for each of the draw's own seeds.
///
/// With K draws of n seeds, x_ds, the draws' means m_d and their mean m: s² = Σ_d (m_d − m)²/(K − 1) and
/// v = Σ_ds (x_ds − m_d)²/(K(n − 1)). The interval is m ± t(K − 1)·√(s²/K): seeds are already in s². Between draws the
/// deviation is √max(0, s² − v/n), within a draw √v. Seeds must differ between the draws, else what a seed does to all
/// draws alike would be missing from s².
///
/// # Edge cases
/// None without a draw, or where a draw has no value. With lists of different lengths n is their harmonic mean. Without
/// two draws, or two seeds in one of them, what cannot be known is none.
pub fn nested(draws: &[Vec<f64>]) -> Option<Nested> {
    let each: Vec<(f64, Option<f64>)> = draws
        .iter()
        .map(|values| mean_variance(values))
        .collect::<Option<_>>()?;
    let means: Vec<f64> = each.iter().map(|(mean, _)| *mean).collect();
    let (_, of_means) = mean_variance(&means)?;
    let freedom: usize = draws.iter().map(|values| values.len() - 1).sum();
    let squares: f64 = draws
        .iter()
        .zip(&each)
        .filter_map(|(values, (_, variance))| Some((*variance)? * (values.len() - 1) as f64))
        .sum();
    let within = (freedom > 0).then(|| squares / freedom as f64);
    let inverse = draws
        .iter()
        .map(|values| 1.0 / values.len() as f64)
        .sum::<f64>()
        / means.len() as f64;
    let between = of_means
        .zip(within)
        .map(|(of_means, within)| (of_means - within * inverse).max(0.0).sqrt());
    Some(Nested {
        interval: mean_ci(&means, CONFIDENCE)?,
        between,
        within: within.map(f64::sqrt),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_of_draws_and_not_of_all_seeds() {
        // Means 2, 4 and 9: mean 5, s² = (9 + 1 + 16)/2 = 13; each draw's seeds have variance 2, so v = 2.
        let found = nested(&[vec![1.0, 3.0], vec![3.0, 5.0], vec![8.0, 10.0]]).unwrap();
        assert!((found.interval.mean - 5.0).abs() < 1e-12);
        assert_eq!(found.interval.count, 3);
        let half = 4.302_652_730 * (13.0f64 / 3.0).sqrt();
        assert!((found.interval.half.unwrap() - half).abs() < 1e-6);
        assert!((found.within.unwrap() - 2.0f64.sqrt()).abs() < 1e-12);
        assert!((found.between.unwrap() - 12.0f64.sqrt()).abs() < 1e-12);
    }

    #[test]
    fn what_cannot_be_known_is_none() {
        let one = nested(&[vec![1.0, 3.0]]).unwrap();
        assert_eq!((one.interval.half, one.between), (None, None));
        let alone = nested(&[vec![1.0], vec![3.0]]).unwrap();
        assert!(alone.interval.half.is_some());
        assert_eq!((alone.between, alone.within), (None, None));
        // Draws that differ less than their seeds would make them: no spread of their own.
        let same = nested(&[vec![1.0, 9.0], vec![2.0, 8.0]]).unwrap();
        assert_eq!(same.between, Some(0.0));
        assert_eq!(nested(&[]), None);
        assert_eq!(nested(&[vec![], vec![1.0]]), None);
    }
}
