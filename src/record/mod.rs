//! What was measured: curves, their numbers, who was faster, and whether that is shown.

mod map;
mod point;
mod recording;
pub mod stats;
mod verdict;

pub use map::{Cell, WinMap};
pub use point::{CurvePoint, LaneMetrics};
pub use recording::{HeatRecord, Rates, Recording, RecordingError, has_ended};
#[cfg(feature = "cli")]
pub(crate) use verdict::plus_minus;
pub use verdict::{
    Comparison, HeatSummary, Measure, Outcome, Reach, SHARES, Summary, Test, Verdict,
};
