//! From message files in Project Fluent's format to what the program uses: one checked catalogue a language, and the typed
//! functions. The build runs this, and so does whoever writes the files that the page fetches.
//!
//! A catalogue is a text with one message a line, in the order of the keys: `key=pattern`. Terms and references to
//! other messages are put in already. In a pattern
//!
//! - `\n`, `\\`, `\{`, `\}` and `\|` stand for themselves, a new line being the first;
//! - `{name}` is an argument;
//! - `{name#d0.2}` is a number with 0 to 2 decimals, `{name#p0.1}` a per cent, `{name#s3}` three significant digits;
//! - `{name?one|a|*other|b}` chooses by an argument; the starred form is the one for everything else.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write as _};
use std::path::Path;

use fluent_syntax::ast::{
    CallArguments, Entry, Expression, InlineExpression, NamedArgument, Pattern, PatternElement,
    Variant, VariantKey,
};
use fluent_syntax::parser;
use fluent_syntax::unicode::unescape_unicode_to_string;

use crate::languages::{Family, LANGUAGES, parts};

/// A message file.
pub struct Source {
    /// Its path, as a person would look for it.
    pub path: String,
    pub text: String,
}

/// What is wrong in which file, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub path: String,
    /// From 1; 0 where it concerns the whole file or folder.
    pub line: usize,
    /// Empty where it concerns no message.
    pub key: String,
    pub what: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path)?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
        }
        if !self.key.is_empty() {
            write!(f, ": {}", self.key)?;
        }
        write!(f, ": {}", self.what)
    }
}

/// What an argument must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Any,
    Number,
}

/// One message of one language.
#[derive(Clone, Debug)]
pub struct Compiled {
    pub path: String,
    pub line: usize,
    pub args: BTreeMap<String, Kind>,
    pub pattern: String,
    /// The comment above it, for the documentation of its function.
    pub comment: String,
}

/// One language's messages by their keys.
pub type Book = BTreeMap<String, Compiled>;

/// Reads the `.ftl` files of a folder, in order. Paths are told from `shown` on.
pub fn read(folder: &Path, shown: &str) -> Result<Vec<Source>, Failure> {
    let failed = |what: String| Failure {
        path: shown.into(),
        line: 0,
        key: String::new(),
        what,
    };
    let entries = std::fs::read_dir(folder).map_err(|error| {
        failed(format!(
            "the folder cannot be read ({error}); each language needs one with its .ftl files"
        ))
    })?;
    let mut sources = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| failed(error.to_string()))?.path();
        if path.extension().is_none_or(|extension| extension != "ftl") {
            continue;
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let text = std::fs::read_to_string(&path).map_err(|error| {
            failed(format!(
                "{name} cannot be read ({error}); it must be UTF-8 text"
            ))
        })?;
        sources.push(Source {
            path: format!("{shown}/{name}"),
            text,
        });
    }
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(sources)
}

/// All languages, the reference first, checked against each other. Paths are told from `shown` on.
pub fn all(folder: &Path, shown: &str) -> Result<Vec<Book>, Vec<Failure>> {
    let mut failures = stray_folders(folder, shown);
    let mut books = Vec::new();
    for info in LANGUAGES {
        let shown = format!("{shown}/{}", info.id);
        let compiled = read(&folder.join(info.id), &shown)
            .map_err(|failure| vec![failure])
            .and_then(|sources| language(&sources));
        match compiled {
            Ok(book) => books.push(book),
            Err(found) => failures.extend(found),
        }
    }
    if let Some((reference, others)) = books.split_first().filter(|_| failures.is_empty()) {
        for (info, other) in LANGUAGES[1..].iter().zip(others) {
            failures.extend(compare(reference, other, &format!("{shown}/{}", info.id)));
        }
    }
    if failures.is_empty() {
        Ok(books)
    } else {
        Err(failures)
    }
}

/// Folders that no row of the table of languages names.
fn stray_folders(folder: &Path, shown: &str) -> Vec<Failure> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let folders = entries.filter(|entry| entry.path().is_dir());
    let names = folders.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let stray = names.filter(|name| LANGUAGES.iter().all(|language| language.id != name));
    let what = "no language has this id; add a row to LANGUAGES in src/text/src/languages.rs, or remove the folder";
    stray
        .map(|name| Failure {
            path: format!("{shown}/{name}"),
            line: 0,
            key: String::new(),
            what: what.into(),
        })
        .collect()
}

/// Compiles one language. Every mistake is told, not only the first.
pub fn language(sources: &[Source]) -> Result<Book, Vec<Failure>> {
    let mut failures = Vec::new();
    let mut patterns: BTreeMap<String, Found<'_>> = BTreeMap::new();
    for source in sources {
        collect(source, &mut patterns, &mut failures);
    }
    let mut book = Book::new();
    for (key, found) in patterns.iter().filter(|(key, _)| !key.starts_with('-')) {
        let mut writer = Writer {
            patterns: &patterns,
            args: BTreeMap::new(),
            within: vec![key.as_str()],
        };
        let mut pattern = String::new();
        match writer.pattern(found.pattern, &mut pattern) {
            Ok(()) => {
                book.insert(
                    key.clone(),
                    Compiled {
                        path: found.source.path.clone(),
                        line: found.line,
                        args: writer.args,
                        pattern,
                        comment: found.comment.clone(),
                    },
                );
            }
            Err(what) => failures.push(found.failure(key, what)),
        }
    }
    if failures.is_empty() {
        Ok(book)
    } else {
        Err(failures)
    }
}

/// A message, attribute or term as it stands in its file.
struct Found<'a> {
    source: &'a Source,
    line: usize,
    pattern: &'a Pattern<&'a str>,
    comment: String,
}

impl Found<'_> {
    fn failure(&self, key: &str, what: String) -> Failure {
        Failure {
            path: self.source.path.clone(),
            line: self.line,
            key: key.into(),
            what,
        }
    }
}

/// The line of a part of a text.
fn line_of(text: &str, part: &str) -> usize {
    let offset = (part.as_ptr() as usize)
        .saturating_sub(text.as_ptr() as usize)
        .min(text.len());
    line_at(text, offset)
}

fn line_at(text: &str, offset: usize) -> usize {
    text.as_bytes()[..offset]
        .iter()
        .filter(|&&byte| byte == b'\n')
        .count()
        + 1
}

/// Takes a file's messages, attributes and terms. Attributes are keyed `message.attribute`, terms `-term`.
fn collect<'a>(
    source: &'a Source,
    patterns: &mut BTreeMap<String, Found<'a>>,
    failures: &mut Vec<Failure>,
) {
    let parsed = match parser::parse(source.text.as_str()) {
        Ok(parsed) => parsed,
        Err((parsed, errors)) => {
            failures.extend(errors.iter().map(|error| Failure {
                path: source.path.clone(),
                line: line_at(&source.text, error.pos.start.min(source.text.len())),
                key: String::new(),
                what: format!("{}; see https://projectfluent.org/fluent/guide", error.kind),
            }));
            parsed
        }
    };
    // The tree lives as long as the build: it is small, and its parts are borrowed everywhere.
    let parsed: &'a _ = Box::leak(Box::new(parsed));
    for entry in &parsed.body {
        let (key, id, value, attributes, comment) = match entry {
            Entry::Message(m) => (
                m.id.name.to_owned(),
                m.id.name,
                m.value.as_ref(),
                &m.attributes,
                &m.comment,
            ),
            Entry::Term(t) => (
                format!("-{}", t.id.name),
                t.id.name,
                Some(&t.value),
                &t.attributes,
                &t.comment,
            ),
            Entry::Comment(_)
            | Entry::GroupComment(_)
            | Entry::ResourceComment(_)
            | Entry::Junk { .. } => continue,
        };
        let comment = comment
            .as_ref()
            .map(|comment| comment.content.join(" "))
            .unwrap_or_default();
        let parts = value.map(|value| (key.clone(), id, value)).into_iter();
        let parts = parts.chain(
            attributes
                .iter()
                .map(|a| (format!("{key}.{}", a.id.name), a.id.name, &a.value)),
        );
        for (key, id, pattern) in parts {
            let found = Found {
                source,
                line: line_of(&source.text, id),
                pattern,
                comment: comment.clone(),
            };
            if let Some(before) = patterns.get(&key) {
                let what = format!(
                    "this key stands in {}:{} already; rename or remove one",
                    before.source.path, before.line
                );
                failures.push(found.failure(&key, what));
            } else {
                patterns.insert(key, found);
            }
        }
    }
}

/// Writes one message's pattern, with what it refers to put in.
struct Writer<'a> {
    patterns: &'a BTreeMap<String, Found<'a>>,
    args: BTreeMap<String, Kind>,
    /// The message and what it refers to, down to here.
    within: Vec<&'a str>,
}

impl<'a> Writer<'a> {
    fn pattern(&mut self, pattern: &'a Pattern<&'a str>, out: &mut String) -> Result<(), String> {
        for element in &pattern.elements {
            match element {
                PatternElement::TextElement { value } => escape(value, out),
                PatternElement::Placeable { expression } => self.expression(expression, out)?,
            }
        }
        Ok(())
    }

    fn expression(
        &mut self,
        expression: &'a Expression<&'a str>,
        out: &mut String,
    ) -> Result<(), String> {
        match expression {
            Expression::Inline(inline) => self.inline(inline, out),
            Expression::Select { selector, variants } => self.select(selector, variants, out),
        }
    }

    fn inline(
        &mut self,
        inline: &'a InlineExpression<&'a str>,
        out: &mut String,
    ) -> Result<(), String> {
        match inline {
            InlineExpression::StringLiteral { value } => {
                escape(&unescape_unicode_to_string(value), out)
            }
            InlineExpression::NumberLiteral { value } => escape(value, out),
            InlineExpression::VariableReference { id } => {
                self.argument(id.name, Kind::Any);
                let _ = write!(out, "{{{}}}", id.name);
            }
            InlineExpression::FunctionReference { id, arguments } => {
                if id.name != "NUMBER" {
                    return Err(format!(
                        "there is no function {}; only NUMBER is known",
                        id.name
                    ));
                }
                let (name, format) = number(arguments)?;
                self.argument(name, Kind::Number);
                let _ = write!(out, "{{{name}#{format}}}");
            }
            InlineExpression::MessageReference { id, attribute } => {
                let key = match attribute {
                    Some(attribute) => format!("{}.{}", id.name, attribute.name),
                    None => id.name.to_owned(),
                };
                self.refer(&key, out)?;
            }
            InlineExpression::TermReference {
                id,
                attribute: None,
                arguments: None,
            } => {
                self.refer(&format!("-{}", id.name), out)?;
            }
            InlineExpression::TermReference { id, .. } => {
                return Err(format!(
                    "-{} is given arguments or asked for an attribute, which is not supported",
                    id.name
                ));
            }
            InlineExpression::Placeable { expression } => self.expression(expression, out)?,
        }
        Ok(())
    }

    fn argument(&mut self, name: &str, kind: Kind) {
        let known = self.args.entry(name.to_owned()).or_insert(kind);
        *known = (*known).max(kind);
    }

    fn refer(&mut self, key: &str, out: &mut String) -> Result<(), String> {
        let Some((key, found)) = self.patterns.get_key_value(key) else {
            return Err(format!(
                "it refers to {key}, which is in no file of this language; add it or mend the name"
            ));
        };
        if self.within.contains(&key.as_str()) {
            return Err(format!("it refers to itself by way of {key}"));
        }
        self.within.push(key);
        let written = self.pattern(found.pattern, out);
        self.within.pop();
        written
    }

    fn select(
        &mut self,
        selector: &'a InlineExpression<&'a str>,
        variants: &'a [Variant<&'a str>],
        out: &mut String,
    ) -> Result<(), String> {
        let mut numeric = false;
        let mut labels = BTreeSet::new();
        for variant in variants {
            let label = match &variant.key {
                VariantKey::NumberLiteral { value } => {
                    numeric = true;
                    *value
                }
                VariantKey::Identifier { name } => {
                    numeric |= ["zero", "one", "two", "few", "many"].contains(name);
                    *name
                }
            };
            if !labels.insert(label) {
                return Err(format!("the form [{label}] stands there twice"));
            }
        }
        let name = match selector {
            InlineExpression::VariableReference { id } => id.name,
            InlineExpression::FunctionReference { id, arguments } if id.name == "NUMBER" => {
                numeric = true;
                number(arguments)?.0
            }
            _ => return Err("only an argument can choose a form: { $name -> … }".into()),
        };
        self.argument(name, if numeric { Kind::Number } else { Kind::Any });
        let _ = write!(out, "{{{name}?");
        for (index, variant) in variants.iter().enumerate() {
            if index > 0 {
                out.push('|');
            }
            if variant.default {
                out.push('*');
            }
            let (VariantKey::NumberLiteral { value: label }
            | VariantKey::Identifier { name: label }) = &variant.key;
            out.push_str(label);
            out.push('|');
            self.pattern(&variant.value, out)?;
        }
        out.push('}');
        Ok(())
    }
}

/// The argument of NUMBER, and how it is to be written.
fn number<'a>(arguments: &'a CallArguments<&'a str>) -> Result<(&'a str, String), String> {
    let [InlineExpression::VariableReference { id }] = arguments.positional.as_slice() else {
        return Err("NUMBER takes one argument of the message: NUMBER($name)".into());
    };
    let (mut style, mut least, mut most, mut significant) = ('d', None, None, None);
    for NamedArgument { name, value } in &arguments.named {
        let digits = match value {
            InlineExpression::NumberLiteral { value } => {
                value.parse::<u8>().ok().filter(|digits| *digits <= 20)
            }
            _ => None,
        };
        let needs = |what: &str| format!("NUMBER's {} must be {what}", name.name);
        match (name.name, value) {
            ("style", InlineExpression::StringLiteral { value: "percent" }) => style = 'p',
            ("style", _) => return Err(needs("\"percent\"")),
            ("minimumFractionDigits", _) => {
                least = Some(digits.ok_or_else(|| needs("a number from 0 to 20"))?)
            }
            ("maximumFractionDigits", _) => {
                most = Some(digits.ok_or_else(|| needs("a number from 0 to 20"))?)
            }
            ("maximumSignificantDigits", _) => {
                significant = Some(digits.ok_or_else(|| needs("a number from 1 to 20"))?)
            }
            (other, _) => {
                return Err(format!(
                    "NUMBER does not know {other}; it knows style, minimumFractionDigits, maximumFractionDigits and \
                     maximumSignificantDigits"
                ));
            }
        }
    }
    if let Some(digits) = significant {
        if style == 'p' || least.is_some() || most.is_some() || digits == 0 {
            return Err("maximumSignificantDigits stands alone, from 1 on".into());
        }
        return Ok((id.name, format!("s{digits}")));
    }
    let usual = if style == 'p' { 0 } else { 3 };
    let least = least.unwrap_or(0);
    Ok((
        id.name,
        format!("{style}{least}.{}", most.unwrap_or(usual).max(least)),
    ))
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => {}
            '\\' | '{' | '}' | '|' => out.extend(['\\', c]),
            _ => out.push(c),
        }
    }
}

/// What a language lacks of the reference, has too much, or takes other arguments for.
pub fn compare(reference: &Book, other: &Book, folder: &str) -> Vec<Failure> {
    let mut failures = Vec::new();
    let fail = |of: &Compiled, key: &str, what: String| Failure {
        path: of.path.clone(),
        line: of.line,
        key: key.into(),
        what,
    };
    for (key, wanted) in reference {
        match other.get(key) {
            None => failures.push(fail(
                wanted,
                key,
                format!("{folder} has no such message; write it there"),
            )),
            Some(found) => {
                let names = |compiled: &Compiled| -> String {
                    let names: Vec<String> = compiled
                        .args
                        .keys()
                        .map(|name| format!("${name}"))
                        .collect();
                    if names.is_empty() {
                        "none".into()
                    } else {
                        names.join(", ")
                    }
                };
                if !wanted.args.keys().eq(found.args.keys()) {
                    let (here, there) = (names(found), names(wanted));
                    let what = format!(
                        "its arguments are {here}, but {there} in {}:{}; use the same",
                        wanted.path, wanted.line
                    );
                    failures.push(fail(found, key, what));
                }
            }
        }
    }
    for (key, found) in other
        .iter()
        .filter(|(key, _)| !reference.contains_key(*key))
    {
        failures.push(fail(
            found,
            key,
            "the reference language has no such message; remove it or mend its key".into(),
        ));
    }
    failures
}

/// What is fetched by the page and built into the command line.
pub fn catalogue(book: &Book) -> String {
    let lines = book
        .iter()
        .map(|(key, message)| format!("{key}={}\n", message.pattern));
    lines.collect()
}

/// The typed functions, as Rust. `books` are all languages, the reference first.
pub fn functions(books: &[Book], families: &[Family]) -> Result<String, Vec<Failure>> {
    let mut code = String::new();
    let mut failures = Vec::new();
    let mut taken: BTreeMap<String, &str> = families
        .iter()
        .map(|family| (family.function.into(), family.key))
        .collect();
    for (key, message) in books.first().into_iter().flat_map(|book| book.iter()) {
        let mut fail = |what: String| {
            failures.push(Failure {
                path: message.path.clone(),
                line: message.line,
                key: key.clone(),
                what,
            });
        };
        if families
            .iter()
            .any(|family| parts(family.key, key).is_some())
        {
            if !message.args.is_empty() {
                fail("messages that are chosen by an id take no arguments; put them into a message of its own".into());
            }
            continue;
        }
        let name = function_name(key);
        if KEYWORDS.contains(&name.as_str()) {
            fail("this is a word of Rust; choose another key".into());
            continue;
        }
        if let Some(other) = taken.insert(name.clone(), key) {
            fail(format!(
                "its function {name} would be that of {other}, too; choose another key"
            ));
            continue;
        }
        let args = message.args.keys().map(|name| {
            let kinds = books
                .iter()
                .filter_map(|book| book.get(key)?.args.get(name));
            (name.as_str(), kinds.copied().max().unwrap_or(Kind::Any))
        });
        function(&mut code, &name, key, message, &args.collect::<Vec<_>>());
    }
    for family in families {
        family_function(&mut code, family);
    }
    if failures.is_empty() {
        Ok(code)
    } else {
        Err(failures)
    }
}

/// Words that cannot be a function's name.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "if", "impl", "in", "let", "loop",
    "match", "mod", "move", "mut", "priv", "pub", "ref", "return", "static", "struct", "super",
    "trait", "true", "type", "use", "while", "self", "crate", "where", "unsafe", "yield", "try",
    "typeof", "unsized", "virtual", "override", "macro", "gen",
];

/// `play-again.hint` is `play_again_hint`.
pub fn function_name(key: &str) -> String {
    key.replace(['-', '.'], "_")
}

fn function(code: &mut String, name: &str, key: &str, message: &Compiled, args: &[(&str, Kind)]) {
    let shown = message.pattern.replace("\\n", " ");
    let _ = writeln!(code, "/// > `{}`", shown.replace('`', "'"));
    if !message.comment.is_empty() {
        let _ = writeln!(code, "///\n/// {}", message.comment);
    }
    let parameters = args.iter().map(|(arg, kind)| {
        let kind = if *kind == Kind::Number {
            "Number"
        } else {
            "Value"
        };
        format!("{}: impl Into<{kind}>", function_name(arg))
    });
    let parameters = parameters.collect::<Vec<_>>().join(", ");
    let body = if args.is_empty() {
        format!("Message::plain({key:?})")
    } else {
        let pairs = args.iter().map(|(arg, kind)| {
            let arg_name = function_name(arg);
            match kind {
                Kind::Number => format!("({arg:?}, Value::Number({arg_name}.into().0))"),
                Kind::Any => format!("({arg:?}, {arg_name}.into())"),
            }
        });
        format!(
            "Message::with({key:?}, [{}])",
            pairs.collect::<Vec<_>>().join(", ")
        )
    };
    let _ = writeln!(
        code,
        "pub fn {name}({parameters}) -> Message {{\n    {body}\n}}\n"
    );
}

fn family_function(code: &mut String, family: &Family) {
    let names = family
        .key
        .split('{')
        .skip(1)
        .filter_map(|part| Some(part.split_once('}')?.0));
    let parameters = names
        .map(|name| format!("{name}: impl std::fmt::Display"))
        .collect::<Vec<_>>()
        .join(", ");
    let _ = writeln!(
        code,
        "/// The message `{}`.\npub fn {}({parameters}) -> Message {{\n    Message::of_family(format!({:?}))\n}}\n",
        family.key, family.function, family.key
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> Source {
        Source {
            path: "en/page.ftl".into(),
            text: text.into(),
        }
    }

    fn compiled(text: &str) -> String {
        let book = language(&[source(text)]).unwrap_or_else(|failures| panic!("{failures:?}"));
        catalogue(&book)
    }

    /// The first thing that is wrong with a file.
    fn wrong(text: &str) -> String {
        language(&[source(text)]).expect_err("it should be refused")[0].to_string()
    }

    #[test]
    fn messages_attributes_terms_and_references_become_lines() {
        let text = "-name = Kyori\nhello = This is { -name }.\n    .hint = Say { hello }\ntwo =\n    a\n    b\n";
        assert_eq!(
            compiled(text),
            "hello=This is Kyori.\nhello.hint=Say This is Kyori.\ntwo=a\\nb\n"
        );
    }

    #[test]
    fn numbers_and_choices_are_written_for_the_program() {
        let text = "
a = { NUMBER($x, style: \"percent\", maximumFractionDigits: 1) } { NUMBER($y, maximumSignificantDigits: 3) }
b = { $n ->
    [0] none
    [one] one { $what }
   *[other] { $n }
}
c = { \"{\" }|{ \"}\" }
";
        assert_eq!(
            compiled(text),
            "a={x#p0.1} {y#s3}\nb={n?0|none|one|one {what}|*other|{n}}\nc=\\{\\|\\}\n"
        );
    }

    #[test]
    fn what_is_wrong_is_told_with_file_line_and_key() {
        assert!(
            wrong("a = 1\n\nb = { $x").starts_with("en/page.ftl:3: "),
            "{}",
            wrong("a = 1\n\nb = { $x")
        );
        for (text, told) in [
            (
                "a = 1\nb = 2\na = 3",
                "en/page.ftl:3: a: this key stands in en/page.ftl:1 already",
            ),
            (
                "a = 1\nb = { c }",
                "en/page.ftl:2: b: it refers to c, which is in no file",
            ),
            (
                "a = { b }\nb = { a }",
                "en/page.ftl:1: a: it refers to itself by way of a",
            ),
            ("a = { -b }", "en/page.ftl:1: a: it refers to -b"),
            (
                "a = { DATE($x) }",
                "en/page.ftl:1: a: there is no function DATE",
            ),
            (
                "a = { NUMBER(1) }",
                "en/page.ftl:1: a: NUMBER takes one argument",
            ),
            (
                "a = { NUMBER($x, digits: 1) }",
                "en/page.ftl:1: a: NUMBER does not know digits",
            ),
            (
                "a = { $x ->\n    [b] 1\n   *[b] 2\n}",
                "en/page.ftl:1: a: the form [b] stands there twice",
            ),
        ] {
            let found = wrong(text);
            assert!(found.starts_with(told), "{text:?}: {found}");
        }
    }

    #[test]
    fn languages_must_have_the_same_messages_and_arguments() {
        let book = |text: &str| {
            language(&[source(text)]).unwrap_or_else(|failures| panic!("{failures:?}"))
        };
        let reference = book("a = { $x }\nb = 1\nc = { $x } { $y }");
        let other = book("a = { $y }\nc = { $y } { $x }\nd = 1");
        let told: Vec<_> = compare(&reference, &other, "ja")
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(
            told,
            [
                "en/page.ftl:1: a: its arguments are $y, but $x in en/page.ftl:1; use the same",
                "en/page.ftl:2: b: ja has no such message; write it there",
                "en/page.ftl:3: d: the reference language has no such message; remove it or mend its key",
            ]
        );
        assert_eq!(compare(&reference, &reference, "ja"), []);
    }

    #[test]
    fn functions_are_typed_by_what_any_language_does_with_an_argument() {
        let book = |text: &str| {
            language(&[source(text)]).unwrap_or_else(|failures| panic!("{failures:?}"))
        };
        let english = book("run-of = { $of } { $n ->\n    [one] run\n   *[other] runs\n}");
        let japanese = book("run-of = { $of } { $n }");
        let code =
            functions(&[japanese, english], &[]).unwrap_or_else(|failures| panic!("{failures:?}"));
        assert!(
            code.contains("pub fn run_of(n: impl Into<Number>, of: impl Into<Value>)"),
            "{code}"
        );
    }

    #[test]
    fn functions_of_one_name_or_a_word_of_rust_are_refused() {
        let refused = |text: &str| {
            let book = language(&[source(text)]).unwrap_or_else(|failures| panic!("{failures:?}"));
            functions(&[book], &[]).expect_err("it should be refused")[0].to_string()
        };
        assert!(refused("a-b = 1\na = 2\n    .b = 3").contains("a_b"));
        assert!(refused("match = 1").contains("word of Rust"));
    }

    #[test]
    fn families_are_told_by_their_keys() {
        assert_eq!(
            parts("loss-{loss}-idea", "loss-proxy-anchor-idea"),
            Some(vec!["proxy-anchor"])
        );
        assert_eq!(
            parts(
                "loss-{loss}-symbol-{number}",
                "loss-snr-contrastive-symbol-2"
            ),
            Some(vec!["snr-contrastive", "2"])
        );
        assert_eq!(
            parts("loss-{loss}-anchor", "loss-proxy-anchor-anchor"),
            Some(vec!["proxy-anchor"])
        );
        assert_eq!(parts("loss-{loss}-idea", "loss--idea"), None);
        assert_eq!(parts("loss-{loss}-idea", "loss-idea"), None);
        assert_eq!(parts("loss-{loss}-idea", "loss-x-ideas"), None);
    }
}
