//! Opens a device: the CPU, or WebGPU.

use burn::tensor::Device;

use super::{DeviceError, DeviceKind, DeviceReport};

/// Burn's CPU backend: one thread, SIMD where the build has it.
pub fn cpu() -> (Device, DeviceReport) {
    let simd = cfg!(target_feature = "simd128") || !cfg!(target_family = "wasm");
    let name = match (cfg!(target_family = "wasm"), simd) {
        (true, true) => "CPU, WebAssembly with SIMD",
        (true, false) => "CPU, WebAssembly",
        (false, _) => "CPU, native",
    };
    let report = DeviceReport {
        kind: DeviceKind::Cpu,
        name: name.to_owned(),
        software: false,
    };
    (Device::flex(), report)
}

/// Whether tensors of this device live in ordinary memory, so that they can be read without waiting.
pub fn is_cpu(device: &Device) -> bool {
    device.clone().without_autodiff() == Device::flex()
}

/// The browser's WebGPU through Burn, with fusion and without autotune (which would take minutes at the start).
/// `name` and `software` are what the browser says of its adapter.
///
/// # Errors
/// [`DeviceError::NoGpuDevice`] where the browser refuses; [`DeviceError::NoGpuInThisBuild`] in the CPU engine.
#[cfg(feature = "gpu")]
pub async fn gpu(name: String, software: bool) -> Result<(Device, DeviceReport), DeviceError> {
    let device =
        Device::wgpu_options()
            .init_async()
            .await
            .map_err(|error| DeviceError::NoGpuDevice {
                detail: error.to_string(),
            })?;
    let report = DeviceReport {
        kind: DeviceKind::WebGpu,
        name,
        software,
    };
    Ok((device, report))
}

/// As above, in a build without WebGPU.
///
/// # Errors
/// Always [`DeviceError::NoGpuInThisBuild`].
#[cfg(not(feature = "gpu"))]
pub async fn gpu(_name: String, _software: bool) -> Result<(Device, DeviceReport), DeviceError> {
    Err(DeviceError::NoGpuInThisBuild)
}
