//! What was measured: curves, their numbers, who was faster and who is better at the end, and whether that is shown.
//!
//! [`Measure`] is the table of what is measured; a [`LanePoint`] holds its values for one lane at one step, a
//! [`HeatRecord`] the curves of one loss, a [`Recording`] those of a race; a [`Film`] has the pictures, too. [`Ranking`], [`Summary`] and [`Verdict`] are
//! computed from them, [`remarks`] says what of that is worth saying, and `wording` puts it into words where there are
//! texts: on the page and on the command line, not in the engine.

mod bootstrap;
mod census;
pub mod claim;
mod compare;
mod cost;
mod csv;
mod curve;
pub mod film;
mod frame;
mod inside;
mod map;
mod measure;
pub mod nested;
mod point;
mod ranking;
mod recording;
mod remark;
pub mod stats;
mod summary;
mod verdict;
#[cfg(any(feature = "cli", feature = "page"))]
pub mod wording;

pub use bootstrap::{Behind, Bootstrap, ClassScore, LaneScores, Range, bootstrap};
pub use census::{ACTS, COLLAPSED, Census, FAINT, Mined, Positives, Quiet, Seen, Side};
pub use compare::{Difference, Test};
pub use cost::{Clock, StepCost, StepTime};
pub use curve::{HeatRecord, Rates};
pub use film::{Film, FilmError};
pub use frame::{Frame, FrameHeader};
pub use inside::{Inside, InsideHeader};
pub use map::{Cell, Led, Span, Told, WinMap};
pub use measure::{Better, Embedded, Measure, MeasureInfo, Unit};
pub use point::{CurvePoint, LanePoint};
pub use ranking::{Place, Ranking};
pub use recording::{HeatFault, Recording, RecordingError};
pub use remark::{Remark, remarks};
pub use summary::{HeatSummary, Line, Peak, Reach, SHARE, Summary};
pub use verdict::{Arrival, Comparison, Ending, Finding, InSeconds, InSteps, Standing, Verdict};
