//! Floats in JSON, which has no word for infinity and none for NaN: serde_json would write both as `null` and then refuse
//! to read it. With `#[serde(with = "crate::number")]` they are `"NaN"`, `"Infinity"` and `"-Infinity"`; every other number
//! is written as ever.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::{Error, Visitor};
use serde::{Deserializer, Serialize, Serializer};

/// `f32` or `f64`.
pub trait Float: Serialize + Copy + Into<f64> + FromStr {
    fn narrow(value: f64) -> Self;
}

impl Float for f64 {
    fn narrow(value: f64) -> Self {
        value
    }
}

impl Float for f32 {
    fn narrow(value: f64) -> Self {
        value as f32
    }
}

/// A float from text, in the forms that [`f64::from_str`] takes. None for anything else.
pub fn parse<T: Float>(text: &str) -> Option<T> {
    #[cfg(all(target_family = "wasm", feature = "page"))]
    return browser(text).map(T::narrow);
    #[cfg(not(all(target_family = "wasm", feature = "page")))]
    text.parse().ok()
}

/// The browser's reading, since the standard library's brings 10 kB of powers of five to the page. What the browser takes
/// beyond decimal numbers (nothing at all, spaces, `0x10`) is left out, and the words for infinity and NaN are Rust's.
#[cfg(all(target_family = "wasm", feature = "page"))]
fn browser(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if ["inf", "infinity"]
        .iter()
        .any(|word| unsigned.eq_ignore_ascii_case(word))
    {
        let negative = text.starts_with('-');
        return Some(if negative {
            f64::NEG_INFINITY
        } else {
            f64::INFINITY
        });
    }
    if unsigned.eq_ignore_ascii_case("nan") {
        return Some(f64::NAN);
    }
    let decimal = |byte: u8| byte.is_ascii_digit() || b"+-.eE".contains(&byte);
    if text.is_empty() || !text.bytes().all(decimal) {
        return None;
    }
    let value = js_sys::Number::from(wasm_bindgen::JsValue::from_str(text)).value_of();
    (!value.is_nan()).then_some(value)
}

/// # Errors
/// Those of the serialiser.
pub fn serialize<T: Float, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    match (*value).into() {
        nan if nan.is_nan() => serializer.serialize_str("NaN"),
        f64::INFINITY => serializer.serialize_str("Infinity"),
        f64::NEG_INFINITY => serializer.serialize_str("-Infinity"),
        // The number itself, not its f64: an f32 has fewer digits.
        _ => value.serialize(serializer),
    }
}

/// Also reads the `null` that older recordings hold where a number was not finite, as NaN.
///
/// # Errors
/// Where it is no number.
pub fn deserialize<'de, T: Float, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_any(Number(PhantomData))
}

struct Number<T>(PhantomData<T>);

impl<T: Float> Visitor<'_> for Number<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a number, \"NaN\", \"Infinity\" or \"-Infinity\"")
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<T, E> {
        Ok(T::narrow(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<T, E> {
        Ok(T::narrow(value as f64))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<T, E> {
        Ok(T::narrow(value as f64))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<T, E> {
        match value {
            "NaN" => Ok(T::narrow(f64::NAN)),
            "Infinity" => Ok(T::narrow(f64::INFINITY)),
            "-Infinity" => Ok(T::narrow(f64::NEG_INFINITY)),
            other => Err(E::invalid_value(serde::de::Unexpected::Str(other), &self)),
        }
    }

    fn visit_unit<E: Error>(self) -> Result<T, E> {
        Ok(T::narrow(f64::NAN))
    }
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Pair {
        #[serde(with = "super")]
        single: f32,
        #[serde(with = "super")]
        double: f64,
    }

    #[test]
    fn finite_numbers_are_written_as_ever() {
        for (single, double) in [
            (0.1, 0.1),
            (-3.0, 1e-300),
            (f32::MAX, f64::MIN),
            (0.0, -0.0),
        ] {
            let text = serde_json::to_string(&Pair { single, double }).unwrap();
            assert_eq!(
                text,
                format!(
                    r#"{{"single":{},"double":{}}}"#,
                    serde_json::to_string(&single).unwrap(),
                    serde_json::to_string(&double).unwrap()
                )
            );
            let read: Pair = serde_json::from_str(&text).unwrap();
            assert_eq!(read.single.to_bits(), single.to_bits());
            assert_eq!(read.double.to_bits(), double.to_bits());
        }
        let whole: Pair = serde_json::from_str(r#"{"single":3,"double":-4}"#).unwrap();
        assert_eq!((whole.single, whole.double), (3.0, -4.0));
    }

    #[test]
    fn what_is_not_finite_comes_back_and_what_is_no_number_is_an_error() {
        let text = r#"{"single":"NaN","double":"-Infinity"}"#;
        let read: Pair = serde_json::from_str(text).unwrap();
        assert!(read.single.is_nan() && read.double == f64::NEG_INFINITY);
        assert_eq!(serde_json::to_string(&read).unwrap(), text);
        let old: Pair = serde_json::from_str(r#"{"single":null,"double":"Infinity"}"#).unwrap();
        assert!(old.single.is_nan() && old.double == f64::INFINITY);
        for text in [
            r#"{"single":"1","double":1}"#,
            r#"{"single":true,"double":1}"#,
        ] {
            let error = serde_json::from_str::<Pair>(text).unwrap_err();
            assert!(error.to_string().contains("expected a number"), "{error}");
        }
    }
}
