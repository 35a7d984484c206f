//! What the browser says of its WebGPU adapter.

use js_sys::{Function, Promise, Reflect};
use kyori::device::{DeviceError, is_software_adapter};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// The adapter's name, and whether it is a software rasteriser.
pub async fn adapter() -> Result<(String, bool), DeviceError> {
    let refused = |why: &str| DeviceError::NoGpuDevice {
        detail: why.to_owned(),
    };
    let get = |object: &JsValue, key: &str| {
        Reflect::get(object, &JsValue::from_str(key)).unwrap_or_default()
    };
    let gpu = get(&get(&js_sys::global(), "navigator"), "gpu");
    let request: Function = get(&gpu, "requestAdapter")
        .dyn_into()
        .map_err(|_| refused("this browser has no WebGPU in workers"))?;
    let promise: Promise = request
        .call0(&gpu)
        .ok()
        .and_then(|promise| promise.dyn_into().ok())
        .ok_or_else(|| refused("the request for an adapter failed"))?;
    let adapter = JsFuture::from(promise)
        .await
        .map_err(|_| refused("the request for an adapter failed"))?;
    if adapter.is_null() || adapter.is_undefined() {
        return Err(refused("no adapter"));
    }
    let info = get(&adapter, "info");
    let text = |key: &str| get(&info, key).as_string().unwrap_or_default();
    let parts = ["vendor", "architecture", "device", "description"].map(text);
    let software = get(&info, "isFallbackAdapter").is_truthy()
        || get(&adapter, "isFallbackAdapter").is_truthy()
        || is_software_adapter(&parts.join(" "));
    let [vendor, architecture, _, description] = parts;
    let name = if description.is_empty() {
        format!("{vendor} {architecture}")
    } else {
        description
    };
    let name = match name.trim() {
        "" => "WebGPU adapter",
        name => name,
    };
    Ok((name.to_owned(), software))
}
