//! Every sentence that a person reads.
//!
//! The sentences stand in `assets/text/<language>/*.ftl`, in Project Fluent's format, and can be edited without knowing Rust. The
//! build checks that all languages have the same messages with the same arguments, and makes a function for each
//! message: `race-finished = Finished after { $steps } steps.` is `race_finished(steps)`, so that a message or an argument that is
//! missing does not compile. What the function gives is a [`Message`]: plain data, which can be stored, compared and sent.
//! It becomes a sentence at the moment of drawing, by the [`Language`] that is active then.
//!
//! Messages of a registry (a loss, a data set, a setting) are looked up by the id of its member, see [`FAMILIES`].

#[cfg(any(test, feature = "compile"))]
pub mod compile;
mod languages;
mod message;
mod number;
mod say;

#[cfg(not(target_arch = "wasm32"))]
use std::sync::LazyLock;

pub use languages::{FAMILIES, Family, LANGUAGES, LanguageInfo, Plurals, parts};
pub use message::{Message, Number, Value};
pub use number::NumberFormat;
pub use say::{Damaged, Language, PSEUDO, Span, spans};

/// The messages, one function each.
pub mod messages {
    use super::message::{Message, Number, Value};

    include!(concat!(env!("OUT_DIR"), "/functions.rs"));
}

/// The catalogues of all languages, in the order of [`LANGUAGES`]. The page fetches the one that it needs instead.
#[cfg(not(target_arch = "wasm32"))]
const CATALOGUES: &[&str] = include!(concat!(env!("OUT_DIR"), "/catalogues.rs"));

#[cfg(not(target_arch = "wasm32"))]
impl Language {
    /// A language by its id, where all are built in.
    pub fn built_in(id: &str) -> Option<Self> {
        static READ: LazyLock<Vec<Language>> = LazyLock::new(|| {
            let read = |(info, text): (&'static LanguageInfo, &&str)| {
                Language::read(info, *text).expect("the build has checked its own catalogues")
            };
            LANGUAGES.iter().zip(CATALOGUES).map(read).collect()
        });
        let info = Self::info_of(id)?;
        let language = READ.iter().find(|language| language.tag() == info.id)?;
        Some(if id == PSEUDO {
            language.pseudo()
        } else {
            *language
        })
    }

    /// The first language that there is among tags such as `ja`, `ja-JP` or `ja_JP.UTF-8`; else the reference language. For the command
    /// line: what `--lang` says, then `LC_ALL`, `LC_MESSAGES` and `LANG`.
    pub fn preferred<'a>(tags: impl IntoIterator<Item = &'a str>) -> Self {
        let id = |tag: &'a str| tag.split(['-', '_', '.', '@']).next().unwrap_or(tag);
        let found = tags
            .into_iter()
            .find_map(|tag| Self::built_in(&id(tag).to_ascii_lowercase()));
        found.unwrap_or_else(Self::english)
    }

    /// The reference language, where all are built in.
    pub fn english() -> Self {
        Self::built_in(LANGUAGES[0].id).expect("the reference language is built in")
    }
}
