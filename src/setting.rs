//! What a setting is: one row of a table.
//!
//! A row says everything there is to say of a setting once: its key in links and on the command line, how the panel
//! shows it, which values it accepts, and how it is read from and written to what it belongs to. Its words are messages,
//! in `settings.ftl` under its id. The tables stand beside what they set: each data set has its own, and
//! [`experiment::setting`](crate::experiment::SETTINGS) has the race's. Checking, clamping, links, panel, command line
//! and script export are loops over them.

use std::fmt;

use crate::loss::Scale;

/// A setting of a `T`.
pub struct Row<T: 'static> {
    pub face: Face,
    pub kind: Kind<T>,
    /// How it is written in a link, where that is not simply its number or its choice.
    pub text: Option<Text<T>>,
    /// Whether the panel offers it in this state.
    pub offered: fn(&T) -> bool,
}

/// What a person sees of a setting.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Face {
    /// Name in link and command line, such as `weight-decay`.
    pub key: &'static str,
    /// Under which id its texts are, where several data sets have a setting of this key; empty where that is the key.
    pub texts: &'static str,
    /// As a formula writes it, or empty.
    pub symbol: &'static str,
    pub unit: Unit,
    /// Where the panel shows it: the section, and its place there. None: only links and the command line have it.
    pub place: Option<(Section, u8)>,
    /// Whether a link says it. The others are parts of what another row writes.
    pub in_link: bool,
    /// What it is of.
    pub of: Of,
}

/// What a setting is of. There are as many settings of a row as there are of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    Race,
    Layer,
    Loss,
}

impl Face {
    /// A face that says nothing yet.
    pub const BLANK: Self = Self {
        key: "",
        texts: "",
        symbol: "",
        unit: Unit::None,
        place: None,
        in_link: true,
        of: Of::Race,
    };

    /// Under which id its texts are.
    pub const fn id(&self) -> &'static str {
        if self.texts.is_empty() {
            self.key
        } else {
            self.texts
        }
    }

    /// Whether the panel has it: in a section, or with the loss that it is of.
    pub fn in_panel(&self) -> bool {
        self.place.is_some() || self.of == Of::Loss
    }
}

/// What a number is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    None,
    /// The same in all languages, such as `%` or `°`.
    Sign(&'static str),
    Steps,
}

/// The parts of the panel that are made of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    Data,
    Batches,
    Network,
    Training,
}

/// What values a setting has.
pub enum Kind<T: 'static> {
    Number(Number<T>),
    Choice(Choice<T>),
    /// Only its [`Row::text`].
    Text,
}

/// A number, or several of one kind, such as the widths of the hidden layers.
pub struct Number<T: 'static> {
    pub span: Span,
    /// How many there are of it.
    pub count: fn(&T) -> usize,
    pub get: fn(&T, usize) -> f64,
    pub set: fn(&mut T, usize, f64),
}

/// Which numbers a setting may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    /// The smallest and the largest value that is accepted.
    pub range: (f64, f64),
    /// The part of it that a slider spans; what lies outside can be typed.
    pub slider: (f64, f64),
    pub scale: Scale,
    /// Only whole numbers.
    pub whole: bool,
    /// Where these are few, the panel offers them instead of a slider.
    pub options: &'static [u16],
    /// The panel shows the value times this: 100 for a share in per cent.
    pub shown_times: f64,
}

impl Span {
    pub const BLANK: Self = Self {
        range: (0.0, 0.0),
        slider: (0.0, 0.0),
        scale: Scale::Linear,
        whole: false,
        options: &[],
        shown_times: 1.0,
    };

    /// Whether a value is accepted.
    pub fn accepts(&self, value: f64) -> bool {
        let (min, max) = self.range;
        if self.whole {
            (min..=max).contains(&value)
        } else {
            // These are f32: 1e-6 as f32 is a little less than 1e-6 and still what was meant.
            (min as f32..=max as f32).contains(&(value as f32))
        }
    }

    /// The nearest accepted value; the smallest one for what is not a number.
    pub fn clamp(&self, value: f64) -> f64 {
        let (min, max) = self.range;
        if value.is_nan() {
            return min;
        }
        let value = value.clamp(min, max);
        if self.whole { value.round() } else { value }
    }

    /// As links write a value: 0.9, not the 0.899999976… that an f32 makes of it.
    pub fn write(&self, value: f64) -> String {
        if self.whole {
            value.to_string()
        } else {
            (value as f32).to_string()
        }
    }

    /// Reads a value of any size; the limits bring it down.
    pub fn read(&self, text: &str) -> Option<f64> {
        if self.whole {
            let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| crate::number::parse(text).expect("digits are a number"))
        } else {
            let value: f32 = crate::number::parse(text).filter(|value: &f32| !value.is_nan())?;
            Some(f64::from(value))
        }
    }
}

/// One of a few.
pub struct Choice<T: 'static> {
    /// Their ids: the names in link and command line. What a person reads of them are messages.
    pub options: &'static [&'static str],
    /// The id of the option that is chosen.
    pub get: fn(&T) -> &'static str,
    /// Takes the option with this id. Nothing else changes, so that a link means what it says.
    pub set: fn(&mut T, &str),
    /// What changes with it when a person chooses.
    pub follow: fn(&mut T),
}

/// A value as text.
pub struct Text<T: 'static> {
    pub expected: Expected,
    pub write: fn(&T) -> String,
    /// Takes a text; false where it is none of this setting's.
    pub read: fn(&mut T, &str) -> bool,
}

impl<T> Row<T> {
    /// A row that sets nothing yet.
    pub const BLANK: Self = Self {
        face: Face::BLANK,
        kind: Kind::Text,
        text: None,
        offered: |_| true,
    };

    /// How many settings the row is of.
    pub fn count(&self, of: &T) -> usize {
        match &self.kind {
            Kind::Number(number) => (number.count)(of),
            Kind::Choice(_) | Kind::Text => 1,
        }
    }

    /// As a link writes it.
    pub fn write(&self, of: &T) -> String {
        match (&self.text, &self.kind) {
            (Some(text), _) => (text.write)(of),
            (None, Kind::Number(number)) => number.span.write((number.get)(of, 0)),
            (None, Kind::Choice(choice)) => (choice.get)(of).to_owned(),
            (None, Kind::Text) => unreachable!("a row of kind Text has a text: a test sees to it"),
        }
    }

    /// Takes what a link says; false where that is no value of this setting, which then stays as it is.
    pub fn read(&self, of: &mut T, text: &str) -> bool {
        match (&self.text, &self.kind) {
            (Some(form), _) => (form.read)(of, text),
            (None, Kind::Number(number)) => number
                .span
                .read(text)
                .map(|value| (number.set)(of, 0, value))
                .is_some(),
            (None, Kind::Choice(choice)) => {
                let known = choice.options.contains(&text);
                if known {
                    (choice.set)(of, text);
                }
                known
            }
            (None, Kind::Text) => unreachable!("a row of kind Text has a text: a test sees to it"),
        }
    }

    /// What can be written for it.
    pub fn expected(&self) -> Expected {
        match (&self.text, &self.kind) {
            (Some(text), _) => text.expected.clone(),
            (None, Kind::Number(number)) if number.span.whole => Expected::WholeNumber,
            (None, Kind::Choice(choice)) => Expected::OneOf(choice.options.to_vec()),
            (None, _) => Expected::Number,
        }
    }
}

/// What can be written for a setting.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Expected {
    #[error("a number")]
    Number,
    #[error("a whole number")]
    WholeNumber,
    #[error("{}", one_of(.0.iter().copied()))]
    OneOf(Vec<&'static str>),
    #[error("the name of a preset")]
    Preset,
    #[error("widths such as 256,128, or none")]
    Widths,
    #[error("shuffled:60 or balanced:30x3")]
    Sampler,
}

/// `a, b or c`
fn one_of<'a>(ids: impl Iterator<Item = &'a str>) -> String {
    let ids: Vec<&str> = ids.collect();
    match ids.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => ids.concat(),
    }
}

impl<T> fmt::Debug for Row<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Row({})", self.face.key)
    }
}

/// Rows are compared by what they are called: functions have no equality.
impl<T> PartialEq for Row<T> {
    fn eq(&self, other: &Self) -> bool {
        self.face == other.face
    }
}

/// The [`Kind::Number`] of a field: `number!(e, i => e.hidden[i]; usize; range: (1.0, 9.0), …)`. The names before the
/// arrow are what the row belongs to and which of many it is; what follows the type goes into [`Span`]. `count: …`
/// before the rest, as a function, says how many there are; without it there is one.
macro_rules! number {
    ($of:ident, $index:ident => $place:expr; $type:ident; count: $count:expr; $($field:ident: $value:expr),* $(,)?) => {
        $crate::setting::Kind::Number($crate::setting::Number {
            span: $crate::setting::Span {
                // A type of whole numbers cannot hold a half.
                whole: (0.5_f64 as $type) as f64 == 0.0,
                $($field: $value,)*
                ..$crate::setting::Span::BLANK
            },
            count: $count,
            get: |$of, $index| {
                let _ = $index;
                $place as f64
            },
            set: |$of, $index, value| {
                let _ = $index;
                $place = value as $type;
            },
        })
    };
    ($of:ident => $place:expr; $type:ident; $($rest:tt)*) => {
        $crate::setting::number!($of, _only => $place; $type; count: |_| 1; $($rest)*)
    };
}
pub(crate) use number;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_of_any_length_are_read_and_nothing_else_is() {
        let span = Span {
            whole: true,
            range: (1.0, 20.0),
            ..Span::BLANK
        };
        assert_eq!(span.read("12"), Some(12.0));
        assert_eq!(span.read(&"9".repeat(400)), Some(f64::INFINITY));
        for none in ["", "-4", "+4", "1.5", "1e3", "many", "１２"] {
            assert_eq!(span.read(none), None, "{none}");
        }
        assert_eq!(span.clamp(f64::INFINITY), 20.0);
        assert_eq!(span.clamp(3.6), 4.0);
        assert_eq!(span.clamp(f64::NAN), 1.0);
        assert!(span.accepts(20.0) && !span.accepts(21.0) && !span.accepts(f64::NAN));
    }

    #[test]
    fn a_real_number_is_written_as_it_was_meant() {
        let span = Span {
            range: (1e-6, 1.0),
            ..Span::BLANK
        };
        assert_eq!(span.write(f64::from(0.9_f32)), "0.9");
        assert_eq!(span.write(f64::from(1e-5_f32)), "0.00001");
        assert!(span.accepts(f64::from(1e-6_f32)));
        assert_eq!(span.read("nan"), None);
        assert_eq!(span.read("inf"), Some(f64::INFINITY));
    }

    #[test]
    fn options_are_listed_as_one_says_them() {
        assert_eq!(one_of(["a"].into_iter()), "a");
        assert_eq!(one_of(["a", "b"].into_iter()), "a or b");
        assert_eq!(one_of(["a", "b", "c"].into_iter()), "a, b or c");
    }
}
