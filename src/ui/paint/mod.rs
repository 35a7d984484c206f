//! Painters: canvases that show what the page's state holds. Each repaints only when what it shows has changed, or when
//! a person points at it. Every one fills its parent, which gives it its size.

mod budget;
mod canvas;
mod glyphs;
mod picture;
mod plot;
mod points;
mod scale;
mod sphere;
mod svg;

pub mod export;
pub mod palette;

mod charts;
mod convergence;
mod crop;
mod embedding;
mod map;
mod matrix;
mod plane;
mod retrieval;
mod threshold;
mod trials;

pub use charts::{Chart, ChartInfo, ChartProps, Choices, Figure};
pub use embedding::{EmbeddingProps, EmbeddingView};
pub use map::{MapCell, MapProps, MapView};
#[cfg(test)]
pub use matrix::tests;
pub use matrix::{Arrangement, Cell, MatrixProps, MatrixView, strongest};
pub use picture::{Picture, PictureProps};
pub use retrieval::{RetrievalProps, RetrievalView, Retrieved};
pub use trials::{Trial, TrialSet, TrialsPlot, TrialsProps};
