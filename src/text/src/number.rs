//! Numbers as the language writes them: by `Intl` in the browser, plainly elsewhere.

/// How a number is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NumberFormat {
    /// At least and at most so many decimals.
    Decimal { least: u8, most: u8 },
    /// A share of 1 as so many hundredths, with at least and at most so many decimals.
    Percent { least: u8, most: u8 },
    /// At most so many digits that count.
    Significant { digits: u8 },
}

impl NumberFormat {
    /// A number that nothing more is said of.
    pub const USUAL: Self = Self::Decimal { least: 0, most: 3 };

    /// Exactly so many decimals.
    pub const fn decimals(decimals: u8) -> Self {
        Self::Decimal {
            least: decimals,
            most: decimals,
        }
    }

    /// Per cent with exactly so many decimals.
    pub const fn percent(decimals: u8) -> Self {
        Self::Percent {
            least: decimals,
            most: decimals,
        }
    }

    /// As a catalogue writes it: `d0.2`, `p1.1` or `s3`.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let (style, digits) = text.split_at_checked(1)?;
        if style == "s" {
            return Some(Self::Significant {
                digits: digits.parse().ok()?,
            });
        }
        let (least, most) = digits.split_once('.')?;
        let (least, most) = (least.parse().ok()?, most.parse().ok()?);
        match style {
            "d" => Some(Self::Decimal { least, most }),
            "p" => Some(Self::Percent { least, most }),
            _ => None,
        }
    }
}

#[cfg(target_arch = "wasm32")]
pub(crate) use browser::format;
#[cfg(not(target_arch = "wasm32"))]
pub(crate) use plain::format;

#[cfg(target_arch = "wasm32")]
mod browser {
    use std::cell::RefCell;
    use std::collections::BTreeMap;

    use js_sys::{Array, Function, Intl, Object, Reflect};
    use wasm_bindgen::JsValue;

    use super::NumberFormat;

    thread_local! {
        /// Making one costs far more than using it.
        static FORMATS: RefCell<BTreeMap<(&'static str, NumberFormat), Function>> = const { RefCell::new(BTreeMap::new()) };
    }

    /// A number as the browser writes it for a language.
    pub(crate) fn format(language: &'static str, number: f64, format: NumberFormat) -> String {
        let function = FORMATS.with_borrow_mut(|formats| {
            formats
                .entry((language, format))
                .or_insert_with(|| make(language, format))
                .clone()
        });
        let written = function.call1(&JsValue::UNDEFINED, &number.into()).ok();
        written
            .and_then(|written| written.as_string())
            .expect("Intl formats every number")
    }

    fn make(language: &str, format: NumberFormat) -> Function {
        let options = Object::new();
        let set = |key: &str, value: JsValue| {
            Reflect::set(&options, &key.into(), &value).expect("a plain object takes any property");
        };
        // No separator in four digits, such as a step's.
        set("useGrouping", "min2".into());
        match format {
            NumberFormat::Decimal { least, most } | NumberFormat::Percent { least, most } => {
                set("minimumFractionDigits", least.into());
                set("maximumFractionDigits", most.into());
                if matches!(format, NumberFormat::Percent { .. }) {
                    set("style", "percent".into());
                }
            }
            NumberFormat::Significant { digits } => set("maximumSignificantDigits", digits.into()),
        }
        Intl::NumberFormat::new(&Array::of1(&language.into()), &options).format()
    }
}

#[cfg(any(not(target_arch = "wasm32"), test))]
mod plain {
    use super::NumberFormat;

    /// A number with a point for its decimals and commas from 10,000 on, as English and Japanese write it.
    pub(crate) fn format(_language: &'static str, number: f64, format: NumberFormat) -> String {
        if number.is_nan() {
            return "NaN".into();
        }
        let sign = if number < 0.0 { "-" } else { "" };
        if number.is_infinite() {
            return format!("{sign}∞");
        }
        let (number, least, most, unit) = match format {
            NumberFormat::Decimal { least, most } => (number.abs(), least, most, ""),
            NumberFormat::Percent { least, most } => (number.abs() * 100.0, least, most, "%"),
            NumberFormat::Significant { digits } => {
                (number.abs(), 0, decimals_for(number.abs(), digits), "")
            }
        };
        let number = match format {
            NumberFormat::Significant { digits } => rounded(number, digits),
            _ => number,
        };
        let written = format!("{number:.*}", usize::from(most));
        let (whole, decimals) = written.split_once('.').unwrap_or((&written, ""));
        let kept = decimals.trim_end_matches('0').len().max(usize::from(least));
        let decimals = &decimals[..kept.min(decimals.len())];
        let point = if decimals.is_empty() { "" } else { "." };
        format!("{sign}{}{point}{decimals}{unit}", grouped(whole))
    }

    /// Decimals that show so many digits that count.
    fn decimals_for(number: f64, digits: u8) -> u8 {
        if number == 0.0 {
            return 0;
        }
        let wanted = i32::from(digits) - 1 - number.log10().floor() as i32;
        wanted.clamp(0, 20) as u8
    }

    /// 12,345 is 12,300 with three digits that count.
    fn rounded(number: f64, digits: u8) -> f64 {
        let excess = number.max(1.0).log10().floor() as i32 + 1 - i32::from(digits);
        if excess <= 0 {
            return number;
        }
        let unit = 10f64.powi(excess);
        (number / unit).round() * unit
    }

    fn grouped(whole: &str) -> String {
        if whole.len() < 5 {
            return whole.to_owned();
        }
        let mut grouped = String::new();
        for (index, digit) in whole.char_indices() {
            if index > 0 && (whole.len() - index).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        grouped
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn numbers_are_written_as_intl_writes_them() {
            let cases = [
                (400.0, NumberFormat::USUAL, "400"),
                (1000.0, NumberFormat::USUAL, "1000"),
                (16848.0, NumberFormat::USUAL, "16,848"),
                (1234567.5, NumberFormat::USUAL, "1,234,567.5"),
                (0.12345, NumberFormat::USUAL, "0.123"),
                (2.0, NumberFormat::decimals(1), "2.0"),
                (0.7081, NumberFormat::percent(1), "70.8%"),
                (0.5, NumberFormat::Percent { least: 0, most: 1 }, "50%"),
                (
                    0.0034567,
                    NumberFormat::Significant { digits: 3 },
                    "0.00346",
                ),
                (12345.0, NumberFormat::Significant { digits: 3 }, "12,300"),
                (0.0, NumberFormat::Significant { digits: 3 }, "0"),
                (-1.5, NumberFormat::USUAL, "-1.5"),
                (f64::NAN, NumberFormat::USUAL, "NaN"),
                (f64::NEG_INFINITY, NumberFormat::USUAL, "-∞"),
            ];
            for (number, how, written) in cases {
                assert_eq!(format("en", number, how), written);
            }
        }
    }
}
