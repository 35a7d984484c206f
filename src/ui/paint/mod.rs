//! Painters: canvases that show what the page's state holds. Each repaints only when what it shows has changed, or when
//! a person points at it. Every one fills its parent, which gives it its size.

mod canvas;
mod plot;
mod scale;
mod summary;

pub mod palette;

mod convergence;
mod embedding;
mod sphere;

pub use convergence::ConvergenceChart;
pub use embedding::EmbeddingView;
