//! The page. What it knows and how that changes is in [`state`] and needs no browser; everything else draws it.

pub mod model;
pub mod paint;
pub mod state;

mod about;
mod app;
mod board;
mod check;
mod client;
mod controls;
mod curves;
mod header;
mod inside;
mod language;
mod next;
mod outcome;
mod panel;
mod protocol;
mod retrieval;
mod timeline;
mod transport;
mod tune;
mod window;
mod winmap;
mod words;

pub use app::start;
