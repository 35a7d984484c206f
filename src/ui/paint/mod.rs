//! Painters: canvases that show what the page's state holds. Each repaints only when what it shows has changed, or when
//! a person points at it. Every one fills its parent, which gives it its size.

mod budget;
mod canvas;
mod glyphs;
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
mod plane;
mod retrieval;
mod threshold;
mod trials;

pub use charts::{Chart, ChartInfo, ChartProps, Choices, Figure};
pub use embedding::{EmbeddingProps, EmbeddingView};
pub use map::{MapCell, MapProps, MapView};
pub use retrieval::{Cell, RetrievalProps, RetrievalView};
pub use trials::{Trial, TrialSet, TrialsPlot, TrialsProps};
