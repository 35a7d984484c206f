//! The language of the page: which one is active, how it is changed, and sentences with markup.

use std::cell::RefCell;

use kyori_text::{Language, Message, Span, messages as text, spans};
use litemap::LiteMap;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use yew::prelude::*;

use super::{window, words};

const STORED: &str = "kyori-language";

/// The language that the page is drawn in. A component that asks for it is drawn again when it changes.
#[hook]
pub fn use_language() -> Language {
    use_context::<Language>().expect("the page provides the language to all of its components")
}

/// A sentence with its markup.
pub fn rich(sentence: &str) -> Html {
    let parts = spans(sentence).into_iter().map(|span| match span {
        Span::Plain(text) => html! { { text } },
        Span::Bold(text) => html! { <b>{ text }</b> },
        Span::Code(text) => html! { <code>{ text }</code> },
        Span::Sub(text) => html! { <sub>{ text }</sub> },
    });
    parts.collect()
}

thread_local! {
    /// Languages that were read, by their tags.
    static READ: RefCell<LiteMap<String, Language>> = const { RefCell::new(LiteMap::new_vec()) };
}

/// The language that index.html has chosen and is fetching. None when no language could be fetched or read; index.html
/// then says so.
pub async fn first() -> Option<Language> {
    let boot = js_sys::Reflect::get(&window::window(), &"kyoriTexts".into()).ok()?;
    let boot = JsFuture::from(js_sys::Promise::from(boot)).await.ok()?;
    let field = |name: &str| js_sys::Reflect::get(&boot, &name.into()).ok()?.as_string();
    let (asked, tag, content) = (field("asked")?, field("tag")?, field("text")?);
    // Another one than was asked for where that could not be fetched.
    let id = if Language::info_of(&asked)?.id == tag {
        &asked
    } else {
        &tag
    };
    match read(id, content) {
        Ok(language) => Some(language),
        Err(_) => {
            window::boot_failed(&format!("text/{tag}.txt"));
            None
        }
    }
}

/// Another language, fetched where it is not here yet.
pub async fn load(id: &'static str) -> Result<Language, Message> {
    let info = Language::info_of(id).expect("only languages that there are can be chosen");
    let known = READ.with_borrow(|read| read.get(info.id).copied());
    if let Some(language) = known {
        return Ok(language);
    }
    let file = format!("text/{}.txt", info.id);
    let content = window::fetch_text(&file)
        .await
        .map_err(|failure| words::fetch_failure(&failure))?;
    read(id, content)
}

fn read(id: &str, content: String) -> Result<Language, Message> {
    let info = Language::info_of(id).expect("asked for by an id of the table");
    let language = Language::read(info, content)
        .map_err(|damaged| text::texts_damaged(format!("text/{}.txt", info.id), damaged.line))?;
    READ.with_borrow_mut(|read| read.insert(info.id.to_owned(), language));
    Ok(if id == kyori_text::PSEUDO {
        language.pseudo()
    } else {
        language
    })
}

/// Has the document speak the language: its tag, title and description.
pub fn apply(t: Language) {
    let document = gloo::utils::document();
    document.set_title(&t.say(text::site_title()));
    if let Some(root) = document.document_element() {
        let _ = root.set_attribute("lang", t.tag());
    }
    if let Ok(Some(description)) = document.query_selector("meta[name=description]") {
        let _ = description.set_attribute("content", &t.say(text::site_description()));
    }
}

/// Keeps the choice for the next visit, and in the address, so that a link has it and a reload does not undo it.
pub fn keep(t: Language) {
    window::store(STORED, Some(t.id()));
    let location = window::window().location();
    let address = location.pathname().unwrap_or_default()
        + &format!("?lang={}", t.id())
        + &location.hash().unwrap_or_default();
    if let Ok(history) = window::window().history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&address));
    }
}
