//! The web worker: owns the device and the heats, and carries out what a [`Driver`](kyori::train::Driver) orders.

#[cfg(target_family = "wasm")]
mod adapter;
#[cfg(target_family = "wasm")]
mod engine;
#[cfg(target_family = "wasm")]
mod scope;

fn main() {
    #[cfg(target_family = "wasm")]
    engine::start();
}
