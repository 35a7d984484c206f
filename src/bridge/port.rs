//! How a message travels: a JavaScript array of its JSON and, where there is any, its bulk, which is transferred.

use js_sys::Array;
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;

use super::json;

/// Messages that come many times a second are logged at the finest level only.
const CHATTY: [&str; 5] = [
    "frame",
    "request-frames",
    "progress",
    "inside",
    "look-inside",
];
/// As much of a message is logged.
const LOGGED: usize = 160;

/// A message could not be read.
#[derive(Debug, thiserror::Error)]
pub enum PortError {
    #[error("it is not in the expected form")]
    Form,
    #[error("{0}")]
    Json(#[from] serde_json::Error),
}

/// The message to post, and the list of what is transferred with it.
pub fn encode(message: &impl Serialize, bulk: Option<&JsValue>) -> (Array, Array) {
    let text = json::write(message);
    note("→", &text);
    let array = Array::of1(&JsValue::from_str(&text));
    let transfer = Array::new();
    if let Some(bulk) = bulk {
        array.push(bulk);
        // A typed array is transferred by its buffer.
        let buffer = js_sys::Reflect::get(bulk, &JsValue::from_str("buffer"))
            .ok()
            .filter(JsValue::is_object);
        transfer.push(buffer.as_ref().unwrap_or(bulk));
    }
    (array, transfer)
}

/// The message and its bulk, from a `MessageEvent`'s data.
///
/// # Errors
/// Where it is not a message of this kind.
pub fn decode<T: DeserializeOwned>(data: &JsValue) -> Result<(T, Option<JsValue>), PortError> {
    if !Array::is_array(data) {
        return Err(PortError::Form);
    }
    let array = Array::from(data);
    let text = array.get(0).as_string().ok_or(PortError::Form)?;
    note("←", &text);
    let bulk = array.get(1);
    Ok((json::read(&text)?, (!bulk.is_undefined()).then_some(bulk)))
}

/// Logs the beginning of a message, which names it.
fn note(direction: &str, text: &str) {
    if log::max_level() < log::Level::Debug {
        return;
    }
    let named = text.trim_start_matches(['{', '"']);
    let is = |name: &&str| {
        named
            .strip_prefix(*name)
            .is_some_and(|rest| rest.starts_with('"'))
    };
    let level = if CHATTY.iter().any(is) {
        log::Level::Trace
    } else {
        log::Level::Debug
    };
    let start: String = text.chars().take(LOGGED).collect();
    let rest = if start.len() < text.len() { "…" } else { "" };
    log::log!(level, "{direction} {start}{rest}");
}
