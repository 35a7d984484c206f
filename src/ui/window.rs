//! What the page needs of the browser window: fetching, storage, clipboard, colour scheme, address bar.

use js_sys::{Array, Function, Promise, Reflect, Uint8Array};
use kyori_text::{Message, messages as text};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, HtmlAnchorElement, ReadableStreamDefaultReader, Response, Window};

use super::state::{GpuAvailability, Theme};
use super::words;
use crate::bridge::FetchFailure;
use crate::device::is_software_adapter;
use crate::record::film;
use crate::record::{Film, FilmError};

pub fn window() -> Window {
    gloo::utils::window()
}

/// What the browser says of an error, in the browser's words; empty where it says nothing.
pub fn detail_of(error: &JsValue) -> String {
    let message = Reflect::get(error, &"message".into())
        .ok()
        .and_then(|message| message.as_string());
    message.or_else(|| error.as_string()).unwrap_or_default()
}

/// The same as a message.
pub fn message_of(error: &JsValue) -> Message {
    words::why(&detail_of(error))
}

/// Processor cores, as far as the browser tells.
pub fn cores() -> usize {
    (window().navigator().hardware_concurrency() as usize).max(1)
}

/// Fetches a file of the page's own folder, telling how much has arrived.
pub async fn fetch_bytes(
    url: &str,
    mut arrived: impl FnMut(u64),
) -> Result<Uint8Array, FetchFailure> {
    let response = JsFuture::from(window().fetch_with_str(url))
        .await
        .map_err(|error| FetchFailure::Failed {
            file: url.to_owned(),
            why: detail_of(&error),
        })?;
    let response: Response = response.unchecked_into();
    if !response.ok() {
        return Err(FetchFailure::Refused {
            file: url.to_owned(),
            status: response.status(),
        });
    }
    let broken = |error: JsValue| FetchFailure::Broken {
        file: url.to_owned(),
        why: detail_of(&error),
    };
    let Some(body) = response.body() else {
        let buffer = JsFuture::from(response.array_buffer().map_err(broken)?)
            .await
            .map_err(broken)?;
        return Ok(Uint8Array::new(&buffer));
    };
    let reader: ReadableStreamDefaultReader = body.get_reader().unchecked_into();
    let mut parts: Vec<Uint8Array> = Vec::new();
    let mut length = 0;
    loop {
        let part = JsFuture::from(reader.read()).await.map_err(broken)?;
        if Reflect::get(&part, &"done".into()).is_ok_and(|done| done.is_truthy()) {
            break;
        }
        let part: Uint8Array = Reflect::get(&part, &"value".into())
            .map_err(broken)?
            .unchecked_into();
        length += part.length();
        arrived(u64::from(length));
        parts.push(part);
    }
    let whole = Uint8Array::new_with_length(length);
    let mut offset = 0;
    for part in parts {
        whole.set(&part, offset);
        offset += part.length();
    }
    Ok(whole)
}

/// Fetches a text of the page's own folder.
pub async fn fetch_text(url: &str) -> Result<String, FetchFailure> {
    let bytes = fetch_bytes(url, |_| {}).await?;
    String::from_utf8(bytes.to_vec()).map_err(|_| FetchFailure::NoText {
        file: url.to_owned(),
    })
}

/// Packs or unpacks a zlib stream, of which no more than so many bytes may come. The browser can do it, so the page's code
/// need not; see index.html.
async fn zlib(bytes: &[u8], pack: bool, most: f64) -> Result<Vec<u8>, JsValue> {
    let zlib: Function = Reflect::get(&window(), &"kyoriZlib".into())?.dyn_into()?;
    let bytes = Uint8Array::from(bytes);
    let promise: Promise = zlib
        .call3(&JsValue::UNDEFINED, &bytes, &pack.into(), &most.into())?
        .dyn_into()?;
    let buffer = JsFuture::from(promise).await?;
    Ok(Uint8Array::new(&buffer).to_vec())
}

/// Reads a film's file.
async fn film_of(file: &[u8]) -> Result<Film, FilmError> {
    let (length, stream) = film::packed(file)?;
    let body = zlib(stream, false, length as f64)
        .await
        .map_err(|_| FilmError::Unpack)?;
    if body.len() != length {
        return Err(FilmError::Unpack);
    }
    Film::from_body(&body)
}

/// The film of the race that the page opens with, which index.html may be fetching already. None where it cannot be had.
pub async fn opening_film() -> Option<Film> {
    let fetched = Reflect::get(&window(), &"kyoriFilm".into()).ok();
    let fetched = match fetched.filter(JsValue::is_truthy) {
        Some(promise) => JsFuture::from(Promise::from(promise)).await.ok(),
        None => fetch_bytes("data/films/opening.kyori", |_| {})
            .await
            .ok()
            .map(JsValue::from),
    };
    let file = Uint8Array::new(&fetched.filter(JsValue::is_truthy)?).to_vec();
    let film = film_of(&file).await;
    film.inspect_err(|error| log::warn!("the opening film: {error}"))
        .ok()
}

/// A film as a file.
pub async fn write_film(film: &Film) -> Result<Blob, Message> {
    let body = film.to_body();
    let packed = zlib(&body, true, f64::INFINITY)
        .await
        .map_err(|error| message_of(&error))?;
    let file = [film::head(body.len()), packed].concat();
    Blob::new_with_u8_array_sequence(&Array::of1(&Uint8Array::from(&file[..]).into()))
        .map_err(|error| message_of(&error))
}

/// What is dragged over the page or dropped on it, where that is files.
pub fn dragged_files(event: &web_sys::Event) -> Option<JsValue> {
    let dragged = Reflect::get(event, &"dataTransfer".into()).ok()?;
    let kinds = Reflect::get(&dragged, &"types".into()).ok()?;
    Array::from(&kinds)
        .includes(&"Files".into(), 0)
        .then_some(dragged)
}

/// The film in the first of the files that an element or a drag holds. None where there is none.
pub async fn read_film(holder: &JsValue) -> Option<Result<Film, Message>> {
    let files = Reflect::get(holder, &"files".into()).ok()?;
    let file: Blob = Reflect::get_u32(&files, 0).ok()?.dyn_into().ok()?;
    let buffer = match JsFuture::from(file.array_buffer()).await {
        Ok(buffer) => buffer,
        Err(error) => return Some(Err(message_of(&error))),
    };
    let bytes = Uint8Array::new(&buffer).to_vec();
    let film = film_of(&bytes).await;
    Some(film.map_err(|error| words::film_error(&error)))
}

/// Asks the browser for a WebGPU adapter.
pub async fn look_for_gpu() -> GpuAvailability {
    let none = |why: Message| GpuAvailability::None { why };
    let gpu = Reflect::get(&window().navigator(), &"gpu".into()).unwrap_or(JsValue::UNDEFINED);
    if gpu.is_falsy() {
        let secure = Reflect::get(&window(), &"isSecureContext".into())
            .is_ok_and(|secure| secure.is_truthy());
        return none(if secure {
            text::webgpu_not_offered()
        } else {
            text::webgpu_insecure()
        });
    }
    let request = || -> Result<Promise, JsValue> {
        let request: Function = Reflect::get(&gpu, &"requestAdapter".into())?.dyn_into()?;
        request.call0(&gpu)?.dyn_into()
    };
    let adapter = match request() {
        Ok(promise) => JsFuture::from(promise).await,
        Err(error) => Err(error),
    };
    let adapter = match adapter {
        Ok(adapter) if adapter.is_truthy() => adapter,
        Ok(_) => return none(text::webgpu_no_gpu()),
        Err(error) => return none(text::webgpu_refused(message_of(&error))),
    };
    let info = Reflect::get(&adapter, &"info".into()).unwrap_or(JsValue::UNDEFINED);
    let said = |key: &str| {
        let value = if info.is_object() {
            Reflect::get(&info, &key.into()).ok()
        } else {
            None
        };
        value
            .and_then(|value| value.as_string())
            .unwrap_or_default()
    };
    let fallback = |object: &JsValue| {
        object.is_object()
            && Reflect::get(object, &"isFallbackAdapter".into())
                .is_ok_and(|fallback| fallback.is_truthy())
    };
    let parts = [
        said("vendor"),
        said("architecture"),
        said("device"),
        said("description"),
    ];
    let name = parts
        .iter()
        .filter(|part| !part.is_empty())
        .cloned()
        .collect::<Vec<_>>()
        .join(" ");
    let software = fallback(&info) || fallback(&adapter) || is_software_adapter(&name);
    GpuAvailability::Adapter { name, software }
}

const THEME: &str = "kyori-theme";

/// The colour scheme that was chosen last time.
pub fn stored_theme() -> Theme {
    match stored(THEME).as_deref() {
        Some("light") => Theme::Light,
        Some("dark") => Theme::Dark,
        _ => Theme::System,
    }
}

/// Applies a colour scheme, and keeps it for the next visit where the browser lets us.
pub fn set_theme(theme: Theme) {
    let name = match theme {
        Theme::System => None,
        Theme::Light => Some("light"),
        Theme::Dark => Some("dark"),
    };
    if let Some(root) = gloo::utils::document().document_element() {
        let _ = match name {
            Some(name) => root.set_attribute("data-theme", name),
            None => root.remove_attribute("data-theme"),
        };
    }
    store(THEME, name);
}

/// What was kept on an earlier visit.
fn stored(key: &str) -> Option<String> {
    let storage = window().local_storage().ok().flatten()?;
    storage.get_item(key).ok().flatten()
}

/// Keeps a value for the next visit, or forgets it, where the browser lets us.
pub fn store(key: &str, value: Option<&str>) {
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = match value {
            Some(value) => storage.set_item(key, value),
            None => storage.remove_item(key),
        };
    }
}

/// Has index.html say that a file is damaged, before the page can say it.
pub fn boot_failed(file: &str) {
    let tell = Reflect::get(&window(), &"kyoriFailed".into()).ok();
    if let Some(tell) = tell.and_then(|tell| tell.dyn_into::<Function>().ok()) {
        let _ = tell.call1(&JsValue::UNDEFINED, &file.into());
    }
}

/// Whether the system asks for dark colours.
pub fn system_is_dark() -> bool {
    window()
        .match_media("(prefers-color-scheme: dark)")
        .ok()
        .flatten()
        .is_some_and(|query| query.matches())
}

/// Whether the person asked for less movement.
pub fn prefers_reduced_motion() -> bool {
    window()
        .match_media("(prefers-reduced-motion: reduce)")
        .ok()
        .flatten()
        .is_some_and(|query| query.matches())
}

/// The fragment of the address, without `#`.
pub fn fragment() -> String {
    let hash = window().location().hash().unwrap_or_default();
    hash.strip_prefix('#').unwrap_or_default().to_owned()
}

/// Replaces the fragment without a new entry in the history.
pub fn set_fragment(fragment: &str) {
    // An address like this one's without fragment, not an empty one: that would be the page's folder.
    let here = window().location().pathname().unwrap_or_default()
        + &window().location().search().unwrap_or_default();
    let fragment = if fragment.is_empty() {
        here
    } else {
        format!("#{fragment}")
    };
    replace_address(&fragment);
}

/// Another address of the same page, without a new entry in the history.
fn replace_address(url: &str) {
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(url));
    }
}

/// What the page's address says after `?` of this key; an empty text where it only names the key.
pub fn query(key: &str) -> Option<String> {
    let search = window().location().search().ok()?;
    form_urlencoded::parse(search.trim_start_matches('?').as_bytes())
        .find(|(name, _)| name == key)
        .map(|(_, value)| value.into_owned())
}

/// Replaces some keys of what the address says after `?`: `keys` go, unless `values` has them.
pub fn set_query(keys: &[&str], values: &[(&str, &str)]) {
    let location = window().location();
    let search = location.search().unwrap_or_default();
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (key, value) in form_urlencoded::parse(search.trim_start_matches('?').as_bytes()) {
        if !keys.contains(&&*key) {
            query.append_pair(&key, &value);
        }
    }
    let query = query.extend_pairs(values).finish();
    let mark = if query.is_empty() { "" } else { "?" };
    let path = location.pathname().unwrap_or_default();
    let hash = location.hash().unwrap_or_default();
    replace_address(&format!("{path}{mark}{query}{hash}"));
}

/// The page's address with another fragment. The language and what is seen stay in it, where they stand there.
pub fn link_to(fragment: &str) -> String {
    let location = window().location();
    let page = location.origin().unwrap_or_default()
        + &location.pathname().unwrap_or_default()
        + &location.search().unwrap_or_default();
    format!("{page}#{fragment}")
}

/// Copies a text.
pub async fn copy(content: &str) -> Result<(), Message> {
    let clipboard =
        Reflect::get(&window().navigator(), &"clipboard".into()).unwrap_or(JsValue::UNDEFINED);
    if clipboard.is_falsy() {
        return Err(text::copy_insecure());
    }
    let clipboard: web_sys::Clipboard = clipboard.unchecked_into();
    JsFuture::from(clipboard.write_text(content))
        .await
        .map(|_| ())
        .map_err(|error| message_of(&error))
}

/// Hands a text to the person as a file.
pub fn save(name: &str, kind: &str, content: &str) -> Result<(), Message> {
    let options = web_sys::BlobPropertyBag::new();
    options.set_type(kind);
    let blob =
        web_sys::Blob::new_with_str_sequence_and_options(&Array::of1(&content.into()), &options);
    save_blob(name, &blob.map_err(|error| message_of(&error))?)
}

/// Hands bytes to the person as a file.
pub fn save_blob(name: &str, blob: &web_sys::Blob) -> Result<(), Message> {
    let url =
        web_sys::Url::create_object_url_with_blob(blob).map_err(|error| message_of(&error))?;
    let anchor = gloo::utils::document()
        .create_element("a")
        .map_err(|error| message_of(&error))?;
    let anchor: HtmlAnchorElement = anchor.unchecked_into();
    anchor.set_href(&url);
    anchor.set_download(name);
    anchor.click();
    // Revoked later: some browsers read it only after the click.
    gloo::timers::callback::Timeout::new(10_000, move || {
        let _ = web_sys::Url::revoke_object_url(&url);
    })
    .forget();
    Ok(())
}
