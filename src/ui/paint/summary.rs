//! A curve's mean and confidence band over its lanes.

use crate::bridge::CurvePoint;
use crate::ui::model::Series;

/// Mean over the lanes that still run, and half the width of its 95 % confidence interval (none for one lane).
pub fn over_lanes(
    series: &Series,
    point: &CurvePoint,
    value: impl Fn(&crate::bridge::LaneMetrics) -> f32,
) -> Option<(f64, Option<f64>)> {
    let values: Vec<f64> = point
        .lanes
        .iter()
        .enumerate()
        .filter(|&(lane, _)| !has_stopped(series, lane, point.step))
        .map(|(_, lane)| f64::from(value(lane)))
        .filter(|value| value.is_finite())
        .collect();
    mean_ci(&values)
}

/// A lane that has stopped keeps its last values; they are no longer data.
pub fn has_stopped(series: &Series, lane: usize, step: u32) -> bool {
    series.stopped.iter().any(|&(stopped, at)| stopped == lane && step > at)
}

/// Mean and half the width of the 95 % confidence interval (Student's t).
fn mean_ci(values: &[f64]) -> Option<(f64, Option<f64>)> {
    let count = values.len() as f64;
    if values.is_empty() {
        return None;
    }
    let mean = values.iter().sum::<f64>() / count;
    if values.len() < 2 {
        return Some((mean, None));
    }
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1.0);
    Some((mean, Some(quantile(values.len() - 1) * (variance / count).sqrt())))
}

/// The 97.5 % quantile of Student's t.
fn quantile(freedom: usize) -> f64 {
    const TABLE: [f64; 19] = [
        12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
        2.120, 2.110, 2.101, 2.093,
    ];
    TABLE.get(freedom - 1).copied().unwrap_or_else(|| 1.96 + 2.5 / freedom as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bridge::LaneMetrics;

    fn lane(value: f32) -> LaneMetrics {
        LaneMetrics { map_at_r: value, ..Default::default() }
    }

    #[test]
    fn stopped_and_broken_lanes_are_left_out() {
        let lanes = vec![lane(0.2), lane(0.4), lane(0.9), lane(f32::NAN)];
        let point = CurvePoint { step: 20, train_seconds: 1.0, samples: 1200, lanes };
        let series = Series { name: "Triplet".into(), colour: 0, points: Vec::new(), stopped: vec![(2, 15)] };
        let (mean, half) = over_lanes(&series, &point, |lane| lane.map_at_r).unwrap();
        assert!((mean - 0.3).abs() < 1e-6);
        // s = 0.1414, n = 2: 12.706 * 0.1
        assert!((half.unwrap() - 1.2706).abs() < 1e-3);
        assert!(!has_stopped(&series, 2, 15), "the step at which it stopped was still measured");
    }

    #[test]
    fn one_lane_has_no_interval_and_none_has_no_mean() {
        assert_eq!(mean_ci(&[0.5]), Some((0.5, None)));
        assert_eq!(mean_ci(&[]), None);
    }
}
