//! The page.

pub mod model;
pub mod paint;
