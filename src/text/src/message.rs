//! A sentence before it has a language.

use std::borrow::Cow;
use std::sync::Arc;

/// A sentence before it has a language: its key and what is to be put in. Cheap to clone and to compare.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Message {
    /// Empty for a text that is the same in all languages.
    pub(crate) key: Cow<'static, str>,
    pub(crate) args: Option<Arc<[(&'static str, Value)]>>,
}

/// What is put into a sentence.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Number(f64),
    Text(Cow<'static, str>),
    Message(Message),
    /// Joined as the language joins what is listed: "a, b and c".
    List(Vec<Value>),
}

impl Message {
    /// A message without arguments.
    pub(crate) const fn plain(key: &'static str) -> Self {
        Self {
            key: Cow::Borrowed(key),
            args: None,
        }
    }

    pub(crate) fn with<const N: usize>(
        key: &'static str,
        args: [(&'static str, Value); N],
    ) -> Self {
        Self {
            key: Cow::Borrowed(key),
            args: Some(Arc::new(args)),
        }
    }

    pub(crate) fn of_family(key: String) -> Self {
        Self {
            key: Cow::Owned(key),
            args: None,
        }
    }

    /// A text that is the same in all languages: a name, a number, or what a browser says of an error.
    pub fn verbatim(text: impl Into<Cow<'static, str>>) -> Self {
        Self {
            key: Cow::Borrowed(""),
            args: Some(Arc::new([("", Value::Text(text.into()))])),
        }
    }

    /// Its key in the message files; empty for a text that is the same in all languages.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        self.key.is_empty() && self.args.is_none()
    }
}

macro_rules! text {
    ($($from:ty),*) => {
        $(impl From<$from> for Value {
            fn from(text: $from) -> Self {
                Self::Text(text.into())
            }
        })*
    };
}
text!(&'static str, String, Cow<'static, str>);

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::Text(text.clone().into())
    }
}

impl From<Message> for Value {
    fn from(message: Message) -> Self {
        Self::Message(message)
    }
}

impl From<&Message> for Value {
    fn from(message: &Message) -> Self {
        Self::Message(message.clone())
    }
}

impl<V: Into<Value>> From<Vec<V>> for Value {
    fn from(list: Vec<V>) -> Self {
        Self::List(list.into_iter().map(Into::into).collect())
    }
}

/// An argument that chooses a form or is written with so many digits.
pub struct Number(pub(crate) f64);

macro_rules! numbers {
    ($($from:ty),*) => {
        $(#[allow(trivial_numeric_casts, reason = "one of the types is f64 itself")]
        impl From<$from> for Number {
            fn from(number: $from) -> Self {
                Self(number as f64)
            }
        }
        #[allow(trivial_numeric_casts, reason = "one of the types is f64 itself")]
        impl From<$from> for Value {
            fn from(number: $from) -> Self {
                Self::Number(number as f64)
            }
        })*
    };
}
numbers!(f64, f32, i32, u8, u16, u32, u64, usize);
