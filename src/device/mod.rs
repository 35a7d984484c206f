//! The devices that can train. `open` is the only place that chooses between WebGPU and the CPU.

#[cfg(feature = "engine")]
mod open;

use serde::{Deserialize, Serialize};

#[cfg(feature = "engine")]
pub use open::{cpu, gpu, is_cpu};

/// What kind of device trains.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeviceKind {
    WebGpu,
    Cpu,
}

/// The device that trains.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeviceReport {
    pub kind: DeviceKind,
    /// Adapter name, or `WebAssembly SIMD`.
    pub name: String,
    /// Whether the adapter is a software rasteriser.
    pub software: bool,
}

/// A device could not be opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub enum DeviceError {
    /// This build holds the CPU engine only.
    #[error("this engine was built for the CPU only; load the WebGPU engine instead")]
    NoGpuInThisBuild,
    /// WebGPU is there, but gave no device.
    #[error("the browser's WebGPU gave no device ({detail}); train on the CPU instead")]
    NoGpuDevice { detail: String },
}

/// Software rasterisers by what browsers call them, in lower case.
const SOFTWARE_ADAPTERS: [&str; 4] = ["swiftshader", "llvmpipe", "lavapipe", "basic render"];

/// Whether a WebGPU adapter of this name is a program on the CPU. Some browsers do not flag theirs, but name it; `name` is
/// whatever they say of vendor, architecture, device and description, in one text.
pub fn is_software_adapter(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SOFTWARE_ADAPTERS.iter().any(|known| name.contains(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn software_adapters_are_known_by_name() {
        for name in [
            "google swiftshader SwiftShader Device (Subzero)",
            "mesa llvmpipe (LLVM 15.0.7, 256 bits)",
            "Mesa lavapipe",
            "Microsoft Basic Render Driver",
        ] {
            assert!(is_software_adapter(name), "{name}");
        }
        for name in ["", "nvidia ada-lovelace", "apple metal-3", "intel xe"] {
            assert!(!is_software_adapter(name), "{name}");
        }
    }
}
