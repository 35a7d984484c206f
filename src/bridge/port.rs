//! How a message travels: a JavaScript array of its JSON and, where there is any, its bulk, which is transferred.

use js_sys::Array;
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;

/// A message could not be read.
#[derive(Debug, thiserror::Error)]
pub enum PortError {
    #[error(
        "a message between page and engine is not in the expected form; reload the page to get matching versions"
    )]
    Form,
    #[error(
        "a message between page and engine cannot be read ({0}); reload the page to get matching versions"
    )]
    Json(#[from] serde_json::Error),
}

/// The message to post, and the list of what is transferred with it.
///
/// # Errors
/// Where the message has no JSON form.
pub fn encode(
    message: &impl Serialize,
    bulk: Option<&JsValue>,
) -> Result<(Array, Array), PortError> {
    let array = Array::of1(&JsValue::from_str(&serde_json::to_string(message)?));
    let transfer = Array::new();
    if let Some(bulk) = bulk {
        array.push(bulk);
        // A typed array is transferred by its buffer.
        let buffer = js_sys::Reflect::get(bulk, &JsValue::from_str("buffer"))
            .ok()
            .filter(JsValue::is_object);
        transfer.push(buffer.as_ref().unwrap_or(bulk));
    }
    Ok((array, transfer))
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
    let json = array.get(0).as_string().ok_or(PortError::Form)?;
    let bulk = array.get(1);
    Ok((
        serde_json::from_str(&json)?,
        (!bulk.is_undefined()).then_some(bulk),
    ))
}
