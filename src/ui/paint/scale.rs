//! Axes: where a value lies, and which values are written beside it.

/// One axis of a chart, linear or logarithmic, with its ticks.
#[derive(Clone, Debug, PartialEq)]
pub struct Scale {
    pub low: f64,
    pub high: f64,
    pub log: bool,
    pub ticks: Vec<f64>,
    /// Distance between two ticks of a linear scale; 0 on a logarithmic one.
    step: f64,
}

impl Scale {
    /// From `low` to `high` exactly, with about `count` ticks inside.
    pub fn linear(low: f64, high: f64, count: usize) -> Self {
        let (low, high) = sane(low, high);
        Self::linear_of(low, high, nice_step(high - low, count))
    }

    fn linear_of(low: f64, high: f64, step: f64) -> Self {
        let first = (low / step - 1e-9).ceil() as i64;
        let last = (high / step + 1e-9).floor() as i64;
        Self {
            low,
            high,
            log: false,
            ticks: (first..=last).map(|k| k as f64 * step).collect(),
            step,
        }
    }

    /// Widened to whole quarters of a tick, so that it changes in steps while data grow, and wastes little.
    pub fn rounded(low: f64, high: f64, count: usize) -> Self {
        let (low, high) = sane(low, high);
        let quarter = nice_step(high - low, count) / 4.0;
        let (first, last) = (
            (low / quarter + 1e-9).floor(),
            (high / quarter - 1e-9).ceil(),
        );
        Self::linear_of(first * quarter, last * quarter, 4.0 * quarter)
    }

    /// Widened to whole ticks, so that nothing lies beyond the last number.
    pub fn whole(low: f64, high: f64, count: usize) -> Self {
        let (low, high) = sane(low, high);
        let step = nice_step(high - low, count);
        let (first, last) = ((low / step + 1e-9).floor(), (high / step - 1e-9).ceil());
        Self::linear_of(first * step, last * step, step)
    }

    /// Logarithmic; both ends must be above 0, else a decade around 1 is shown.
    pub fn log(low: f64, high: f64, count: usize) -> Self {
        let (low, high) = if low > 0.0 && high > 0.0 && low.is_finite() && high.is_finite() {
            (low.min(high), high.max(low))
        } else {
            (1.0, 10.0)
        };
        let (low, high) = if high / low < 1.05 {
            (low / 2.0, high * 2.0)
        } else {
            (low, high)
        };
        let decades = (low.log10().floor() as i32)..=(high.log10().ceil() as i32);
        let within = |mantissas: &[f64]| -> Vec<f64> {
            decades
                .clone()
                .flat_map(|decade| mantissas.iter().map(move |m| m * 10f64.powi(decade)))
                .filter(|&tick| tick >= low * 0.999 && tick <= high * 1.001)
                .collect()
        };
        let mut ticks = within(&[1.0]);
        for mantissas in [
            &[1.0, 3.0][..],
            &[1.0, 2.0, 5.0],
            &[1.0, 2.0, 3.0, 5.0, 7.0],
        ] {
            if ticks.len() < 3 || within(mantissas).len() <= count {
                ticks = within(mantissas);
            }
        }
        if ticks.len() > count.max(2) {
            let every = ticks.len().div_ceil(count.max(2));
            ticks = ticks.into_iter().step_by(every).collect();
        }
        Self {
            low,
            high,
            log: true,
            ticks,
            step: 0.0,
        }
    }

    /// Position of a value: 0 at the low end, 1 at the high end.
    pub fn share(&self, value: f64) -> f64 {
        if self.log {
            (value.max(f64::MIN_POSITIVE) / self.low).ln() / (self.high / self.low).ln()
        } else {
            (value - self.low) / (self.high - self.low)
        }
    }

    /// The value at a position: the inverse of [`share`](Self::share).
    pub fn value(&self, share: f64) -> f64 {
        if self.log {
            self.low * (self.high / self.low).powf(share)
        } else {
            self.low + share * (self.high - self.low)
        }
    }

    /// A tick as text.
    pub fn text(&self, value: f64) -> String {
        if self.log || self.step >= 10_000.0 || value.abs() >= 100_000.0 {
            return short(value);
        }
        let decimals = (-self.step.log10() - 1e-9).ceil().clamp(0.0, 6.0) as usize;
        // 0.25 has more decimals than its order of magnitude says.
        let scaled = self.step * 10f64.powi(decimals as i32);
        let decimals = if (scaled - scaled.round()).abs() > 1e-6 {
            decimals + 1
        } else {
            decimals
        };
        format!("{value:.decimals$}")
    }
}

fn sane(low: f64, high: f64) -> (f64, f64) {
    if !low.is_finite() || !high.is_finite() {
        return (0.0, 1.0);
    }
    let (low, high) = (low.min(high), low.max(high));
    if high - low < 1e-9 * high.abs().max(1e-3) {
        (low - 0.5, high + 0.5)
    } else {
        (low, high)
    }
}

/// 1, 2, 2.5 or 5 times a power of ten, so that a range has about `count` steps.
fn nice_step(range: f64, count: usize) -> f64 {
    let raw = range / count.max(1) as f64;
    let decade = 10f64.powf(raw.log10().floor());
    let mantissa = raw / decade;
    let nice = [1.0, 2.0, 2.5, 5.0, 10.0]
        .into_iter()
        .find(|&nice| mantissa <= nice * 1.001)
        .unwrap_or(10.0);
    nice * decade
}

/// A number in a few characters: 12k, 3.5M, 0.002.
pub fn short(value: f64) -> String {
    let magnitude = value.abs();
    let trim = |text: String| {
        if text.contains('.') {
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        } else {
            text
        }
    };
    match magnitude {
        0.0 => "0".into(),
        m if m >= 999_500.0 => format!("{}M", trim(format!("{:.2}", value / 1e6))),
        m if m >= 9_999.5 => format!("{}k", trim(format!("{:.1}", value / 1e3))),
        m if m >= 100.0 => format!("{value:.0}"),
        m if m >= 1.0 => trim(format!("{value:.1}")),
        m if m >= 1e-4 => {
            let decimals = (1.0 - m.log10().floor()) as usize;
            trim(format!("{value:.decimals$}"))
        }
        _ => format!("{value:.0e}"),
    }
}

/// A measured value to read off: three decimals where that says something.
pub fn reading(value: f64) -> String {
    if (0.01..10.0).contains(&value.abs()) {
        format!("{value:.3}")
    } else {
        short(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounded_scales_hold_their_data_and_waste_little() {
        for (low, high) in [(0.031, 0.718), (0.0, 400.0), (0.17, 0.19), (-0.4, 0.9)] {
            let scale = Scale::rounded(low, high, 5);
            let step = scale.ticks[1] - scale.ticks[0];
            assert!(
                scale.low <= low && low - scale.low < step / 2.0,
                "{scale:?}"
            );
            assert!(
                scale.high >= high && scale.high - high < step / 2.0,
                "{scale:?}"
            );
            assert!(
                ((scale.low / step * 4.0).round() - scale.low / step * 4.0).abs() < 1e-6,
                "{scale:?}"
            );
            assert!((2..=9).contains(&scale.ticks.len()), "{scale:?}");
        }
    }

    #[test]
    fn ticks_are_written_with_the_decimals_they_need() {
        let texts = |scale: &Scale| {
            scale
                .ticks
                .iter()
                .map(|&tick| scale.text(tick))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            texts(&Scale::rounded(0.0, 0.8, 4)),
            ["0.0", "0.2", "0.4", "0.6", "0.8"]
        );
        assert_eq!(
            texts(&Scale::linear(0.0, 1.0, 4)),
            ["0.00", "0.25", "0.50", "0.75", "1.00"]
        );
        assert_eq!(
            texts(&Scale::linear(0.0, 400.0, 4)),
            ["0", "100", "200", "300", "400"]
        );
        assert_eq!(
            texts(&Scale::linear(0.0, 60_000.0, 3)),
            ["0", "20k", "40k", "60k"]
        );
    }

    #[test]
    fn log_ticks_are_round_and_inside() {
        let scale = Scale::log(3.0, 900.0, 6);
        assert!(
            scale.ticks.contains(&10.0) && scale.ticks.contains(&100.0),
            "{scale:?}"
        );
        assert!(
            scale
                .ticks
                .iter()
                .all(|&tick| (3.0..=900.0).contains(&tick))
        );
        assert!(Scale::log(2e-4, 3e-2, 4).ticks.len() >= 2);
    }

    #[test]
    fn a_position_leads_back_to_its_value() {
        for scale in [Scale::linear(-2.0, 7.0, 5), Scale::log(0.001, 5.0, 5)] {
            for share in [0.0, 0.2, 0.77, 1.0] {
                assert!((scale.share(scale.value(share)) - share).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn nonsense_does_not_break_a_scale() {
        for (low, high) in [
            (f64::NAN, 1.0),
            (f64::NEG_INFINITY, f64::INFINITY),
            (0.0, 0.0),
        ] {
            for scale in [
                Scale::linear(low, high, 5),
                Scale::rounded(low, high, 5),
                Scale::log(low, high, 5),
            ] {
                assert!(
                    scale.low < scale.high && scale.ticks.len() < 20,
                    "{scale:?}"
                );
            }
        }
    }

    #[test]
    fn numbers_are_written_short() {
        let texts = [
            0.0,
            0.0021,
            0.5,
            1.5,
            12.0,
            480.0,
            2_400.0,
            24_000.0,
            1_250_000.0,
        ]
        .map(short);
        assert_eq!(
            [0.28, 0.0034, 120.0].map(reading),
            ["0.280", "0.0034", "120"]
        );
        assert_eq!(
            texts,
            [
                "0", "0.0021", "0.5", "1.5", "12", "480", "2400", "24k", "1.25M"
            ]
        );
    }
}
