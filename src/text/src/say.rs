//! Sentences in the language that is active: reads a catalogue and fills in its patterns.

use std::borrow::{Borrow, Cow};
use std::fmt;

use super::languages::{LANGUAGES, LanguageInfo, Plurals};
use super::message::{Message, Value};
use super::number::{self, NumberFormat};

/// Id of English with accents, brackets and half as long again, for tests.
pub const PSEUDO: &str = "pseudo";

/// A language with all its messages. Copied freely: those that were read stay until the program ends, which are one or two.
#[derive(Clone, Copy)]
pub struct Language {
    catalogue: &'static Catalogue,
    /// Made strange and long, for tests.
    pseudo: bool,
}

struct Catalogue {
    info: &'static LanguageInfo,
    /// Keys and patterns, in the order of the keys.
    messages: Vec<(&'static str, &'static str)>,
}

impl PartialEq for Language {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.catalogue, other.catalogue) && self.pseudo == other.pseudo
    }
}

impl fmt::Debug for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// A file that is no catalogue, or a part of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Damaged {
    /// The first line that cannot be read, from 1 on.
    pub line: usize,
}

impl fmt::Display for Damaged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} of the texts cannot be read", self.line)
    }
}

impl std::error::Error for Damaged {}

impl Language {
    /// Reads a catalogue as `compile::catalogue` writes it.
    ///
    /// # Errors
    ///
    /// When the text is anything else, such as the page that a server sends for a file that it lacks.
    pub fn read(info: &'static LanguageInfo, text: impl Into<String>) -> Result<Self, Damaged> {
        let text: &'static str = Box::leak(text.into().into_boxed_str());
        let mut messages: Vec<(&'static str, &'static str)> = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let damaged = Damaged { line: index + 1 };
            let (key, pattern) = line.split_once('=').ok_or(damaged)?;
            let in_order = messages.last().is_none_or(|(last, _)| *last < key);
            let whole = skip(pattern).is_some_and(str::is_empty);
            if !in_order || !whole {
                return Err(damaged);
            }
            messages.push((key, pattern));
        }
        if messages.is_empty() || !text.ends_with('\n') {
            return Err(Damaged {
                line: messages.len() + 1,
            });
        }
        let catalogue = Box::leak(Box::new(Catalogue { info, messages }));
        Ok(Self {
            catalogue,
            pseudo: false,
        })
    }

    /// What is known of a language by its id; of the reference language for the pseudo-language, which is made of it.
    pub fn info_of(id: &str) -> Option<&'static LanguageInfo> {
        let id = if id == PSEUDO { LANGUAGES[0].id } else { id };
        LANGUAGES.iter().find(|language| language.id == id)
    }

    /// The same with accents, brackets and half as long again.
    pub fn pseudo(self) -> Self {
        Self {
            pseudo: true,
            ..self
        }
    }

    /// Its id: of its folder, or `pseudo`.
    pub fn id(self) -> &'static str {
        if self.pseudo { PSEUDO } else { self.tag() }
    }

    /// The tag for `lang` attributes and `Intl`.
    pub fn tag(self) -> &'static str {
        self.catalogue.info.id
    }

    /// Whether a message is there, for tests of completeness.
    pub fn has(self, message: &Message) -> bool {
        self.pattern(&message.key).is_some()
    }

    /// All keys.
    pub fn keys(self) -> impl Iterator<Item = &'static str> {
        self.catalogue.messages.iter().map(|(key, _)| *key)
    }

    /// The pattern of a message as the catalogue has it, for tests.
    pub fn raw(self, key: &str) -> &'static str {
        self.pattern(key).unwrap_or_default()
    }

    /// A message with something for each of its arguments, for tests.
    pub fn say_with_every_argument(self, key: &'static str) -> String {
        let mut out = String::new();
        let pattern = self.raw(key);
        let names = pattern.split('{').skip(1).filter_map(|part| {
            let end = part.find(['}', '#', '?'])?;
            Some((&part[..end], Value::Number(2.0)))
        });
        self.write(pattern, &names.collect::<Vec<_>>(), &mut out);
        out
    }

    /// A message as a sentence.
    ///
    /// # Panics
    ///
    /// Natively, when there is no such message: functions exist for those alone that are there, and tests see to it that each member of a
    /// registry has its own. In a browser, where texts of another version may lie in its cache, the key is shown
    /// and written to the console.
    pub fn say(self, message: impl Borrow<Message>) -> Cow<'static, str> {
        self.say_it(message.borrow())
    }

    fn say_it(self, message: &Message) -> Cow<'static, str> {
        if message.key.is_empty() {
            return match message.args.as_deref() {
                Some([(_, Value::Text(text))]) => text.clone(),
                _ => Cow::Borrowed(""),
            };
        }
        let Some(pattern) = self.pattern(&message.key) else {
            return Cow::Owned(missing(&message.key));
        };
        if !self.pseudo && !pattern.contains(['{', '\\']) {
            return Cow::Borrowed(pattern);
        }
        let mut out = String::with_capacity(pattern.len() + 16);
        self.write(
            pattern,
            message.args.as_deref().unwrap_or_default(),
            &mut out,
        );
        if self.pseudo {
            out = padded(&out);
        }
        Cow::Owned(out)
    }

    /// A number as this language writes it.
    pub fn number(self, number: impl Into<f64>, format: NumberFormat) -> String {
        number::format(self.tag(), number.into(), format)
    }

    fn pattern(self, key: &str) -> Option<&'static str> {
        let messages = &self.catalogue.messages;
        let index = messages
            .binary_search_by(|(known, _)| (*known).cmp(key))
            .ok()?;
        Some(messages[index].1)
    }

    /// Writes a pattern up to its end, or to where an enclosing choice goes on; gives what is left.
    fn write(
        self,
        mut rest: &'static str,
        args: &[(&'static str, Value)],
        out: &mut String,
    ) -> &'static str {
        loop {
            let end = rest.find(['\\', '{', '}', '|']).unwrap_or(rest.len());
            self.literal(&rest[..end], out);
            rest = &rest[end..];
            if let Some(after) = rest.strip_prefix('\\') {
                let c = after
                    .chars()
                    .next()
                    .expect("read() has checked the pattern");
                out.push(if c == 'n' { '\n' } else { c });
                rest = &after[c.len_utf8()..];
            } else if let Some(after) = rest.strip_prefix('{') {
                let (name, format, after) =
                    placeholder(after).expect("read() has checked the pattern");
                let value = args
                    .iter()
                    .find(|(known, _)| *known == name)
                    .map(|(_, value)| value);
                let value = value.unwrap_or_else(|| {
                    panic!("the functions pass every argument, but {name} is missing")
                });
                rest = match after {
                    Placeholder::Done(after) => {
                        self.value(value, format, out);
                        after
                    }
                    Placeholder::Choice(forms) => {
                        self.write(self.choose(value, forms), args, out);
                        skip_forms(forms).expect("read() has checked the pattern")
                    }
                };
            } else {
                return rest;
            }
        }
    }

    fn literal(self, text: &str, out: &mut String) {
        if self.pseudo {
            accented(text, out);
        } else {
            out.push_str(text);
        }
    }

    fn value(self, value: &Value, format: NumberFormat, out: &mut String) {
        match value {
            Value::Number(number) => out.push_str(&self.number(*number, format)),
            Value::Text(text) => out.push_str(text),
            Value::Message(message) => out.push_str(&self.say_it(message)),
            Value::List(list) => out.push_str(&self.join(list)),
        }
    }

    /// "a, b and c"
    fn join(self, list: &[Value]) -> String {
        let mut joined = String::new();
        for (index, value) in list.iter().enumerate() {
            if index > 0 {
                let last = index + 1 == list.len();
                let key = if last { "list-last" } else { "list-next" };
                joined.push_str(self.pattern(key).expect("the build has made sure of it"));
            }
            self.value(value, NumberFormat::USUAL, &mut joined);
        }
        joined
    }

    /// The form for a value: that of the very number or word, else that of the number's plural, else the starred one.
    fn choose(self, value: &Value, forms: &'static str) -> &'static str {
        let mut starred = None;
        let mut plural = None;
        for (label, pattern) in labelled(forms) {
            let (label, default) = match label.strip_prefix('*') {
                Some(label) => (label, true),
                None => (label, false),
            };
            let exact = match value {
                // As text, since reading it would bring a table of powers of five to the page.
                Value::Number(number) => number.to_string() == label,
                Value::Text(text) => *text == label,
                Value::Message(_) | Value::List(_) => false,
            };
            if exact {
                return pattern;
            }
            if matches!(value, Value::Number(number) if self.plural(*number) == label) {
                plural = Some(pattern);
            }
            if default {
                starred = Some(pattern);
            }
        }
        plural
            .or(starred)
            .expect("Fluent's grammar asks for a starred form")
    }

    fn plural(self, number: f64) -> &'static str {
        match self.catalogue.info.plurals {
            Plurals::OneOther if number == 1.0 => "one",
            Plurals::OneOther | Plurals::Other => "other",
        }
    }
}

/// What follows a placeholder's name.
enum Placeholder {
    /// The pattern goes on here.
    Done(&'static str),
    /// Its forms.
    Choice(&'static str),
}

/// Reads `name}`, `name#format}` or `name?` after the opening brace.
fn placeholder(text: &'static str) -> Option<(&'static str, NumberFormat, Placeholder)> {
    let end = text.find(['}', '#', '?'])?;
    let (name, after) = (&text[..end], &text[end + 1..]);
    match text.as_bytes()[end] {
        b'}' => Some((name, NumberFormat::USUAL, Placeholder::Done(after))),
        b'#' => {
            let (format, after) = after.split_once('}')?;
            Some((name, NumberFormat::read(format)?, Placeholder::Done(after)))
        }
        _ => Some((name, NumberFormat::USUAL, Placeholder::Choice(after))),
    }
}

/// Passes over a pattern, up to its end or to where an enclosing choice goes on.
fn skip(mut rest: &'static str) -> Option<&'static str> {
    loop {
        rest = &rest[rest.find(['\\', '{', '}', '|']).unwrap_or(rest.len())..];
        if let Some(after) = rest.strip_prefix('\\') {
            rest = &after[after.chars().next()?.len_utf8()..];
        } else if let Some(after) = rest.strip_prefix('{') {
            rest = match placeholder(after)?.2 {
                Placeholder::Done(after) => after,
                Placeholder::Choice(forms) => skip_forms(forms)?,
            };
        } else {
            return Some(rest);
        }
    }
}

/// Passes over the forms of a choice and its closing brace. There must be a starred one.
fn skip_forms(forms: &'static str) -> Option<&'static str> {
    let mut rest = forms;
    let mut starred = false;
    loop {
        let (label, after) = rest.split_once('|')?;
        starred |= label.starts_with('*');
        rest = skip(after)?;
        match rest.split_at_checked(1)? {
            ("|", after) => rest = after,
            ("}", after) if starred => return Some(after),
            _ => return None,
        }
    }
}

/// The labels of a choice's forms, each with what begins with its pattern.
fn labelled(forms: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let mut rest = Some(forms);
    std::iter::from_fn(move || {
        let (label, pattern) = rest?.split_once('|')?;
        rest = skip(pattern)?.strip_prefix('|');
        Some((label, pattern))
    })
}

#[cfg(not(target_arch = "wasm32"))]
fn missing(key: &str) -> String {
    panic!("no message has the key {key}; each member of a registry needs its texts in assets/text")
}

#[cfg(target_arch = "wasm32")]
fn missing(key: &str) -> String {
    use wasm_bindgen::prelude::*;

    #[wasm_bindgen]
    extern "C" {
        #[wasm_bindgen(js_namespace = console)]
        fn error(text: &str);
    }
    error(&format!(
        "No text has the key {key}: page and texts are of different versions."
    ));
    format!("⟦{key}⟧")
}

/// Letters with accents; what stands between < and > is markup and stays.
fn accented(text: &str, out: &mut String) {
    const PLAIN: &str = "AaCcDdEeGgIiJjKkNnOoRrSsTtUuYyZz";
    const STRANGE: &str = "ÅåÇçĐđÉéĜĝÎîĴĵĶķÑñÖöŔŕŠšŢţÛûÝýŽž";
    let mut markup = false;
    for c in text.chars() {
        markup = c == '<' || (markup && c != '>');
        let strange = PLAIN.chars().position(|plain| plain == c && !markup);
        out.push(
            strange
                .and_then(|index| STRANGE.chars().nth(index))
                .unwrap_or(c),
        );
    }
}

/// In brackets, and half as long again.
fn padded(text: &str) -> String {
    let more = text.chars().count().div_ceil(2);
    let filler: String = " one two three four five six seven eight nine ten"
        .chars()
        .cycle()
        .take(more)
        .collect();
    format!("[{text}{filler}]")
}

/// A part of a sentence with its markup: `<b>`, `<code>` and `<sub>`, not nested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span<'a> {
    Plain(&'a str),
    Bold(&'a str),
    Code(&'a str),
    Sub(&'a str),
}

/// Parts of a sentence by its markup. What is no markup stays as it is.
pub fn spans(text: &str) -> Vec<Span<'_>> {
    type Make = for<'a> fn(&'a str) -> Span<'a>;
    let tags: [(&str, &str, Make); 3] = [
        ("<b>", "</b>", |text| Span::Bold(text)),
        ("<code>", "</code>", |text| Span::Code(text)),
        ("<sub>", "</sub>", |text| Span::Sub(text)),
    ];
    let mut spans = Vec::new();
    let mut rest = text;
    loop {
        let next = tags.iter().filter_map(|(open, close, make)| {
            let start = rest.find(open)?;
            let inner = start + open.len();
            let length = rest[inner..].find(close)?;
            Some((
                start,
                inner,
                inner + length,
                inner + length + close.len(),
                make,
            ))
        });
        let Some((start, inner, close, after, make)) = next.min_by_key(|(start, ..)| *start) else {
            if !rest.is_empty() {
                spans.push(Span::Plain(rest));
            }
            return spans;
        };
        if start > 0 {
            spans.push(Span::Plain(&rest[..start]));
        }
        spans.push(make(&rest[inner..close]));
        rest = &rest[after..];
    }
}
