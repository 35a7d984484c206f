//! The page. What it knows and how that changes is in [`state`] and needs no browser; everything else draws it.

pub mod model;
#[cfg(feature = "page")]
pub mod paint;
pub mod state;

#[cfg(feature = "page")]
mod about;
#[cfg(feature = "page")]
mod app;
#[cfg(feature = "page")]
mod board;
#[cfg(feature = "page")]
mod check;
#[cfg(feature = "page")]
mod client;
#[cfg(feature = "page")]
mod controls;
#[cfg(feature = "page")]
mod curves;
#[cfg(feature = "page")]
mod header;
#[cfg(feature = "page")]
mod outcome;
#[cfg(feature = "page")]
mod panel;
#[cfg(feature = "page")]
mod protocol;
#[cfg(feature = "page")]
mod transport;
#[cfg(feature = "page")]
mod tune;
#[cfg(feature = "page")]
mod window;
#[cfg(feature = "page")]
mod winmap;

#[cfg(feature = "page")]
pub use app::App;
