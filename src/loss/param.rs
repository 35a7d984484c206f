//! Hyperparameters of losses: what is known of each, and a type for each way to read its value.
//!
//! A loss declares each of its hyperparameters once, as a constant, lists them in [`LossInfo::params`](super::LossInfo)
//! and reads them by that constant:
//!
//! ```text
//! const ALPHA: LaneParam = LaneParam::new(ParamInfo { key: "alpha", scale: Scale::Log, … });
//! const CENTRES: CountParam = CountParam::new(ParamInfo { key: "centres", scale: Scale::Integer, … });
//!
//! let alpha: Tensor<3> = input.param(ALPHA); // [lane, 1, 1]
//! let centres: usize = input.count(CENTRES);
//! ```
//!
//! A number cannot be read as a switch, and a declaration whose [`Scale`] does not fit its type does not compile:
//!
//! ```compile_fail,E0080
//! use kyori::loss::{LaneParam, ParamInfo, Scale};
//!
//! const SWAP: LaneParam = LaneParam::new(ParamInfo {
//!     key: "swap",
//!     symbol: "swap",
//!     default: 0.0,
//!     min: 0.0,
//!     max: 1.0,
//!     tune: (0.0, 1.0),
//!     scale: Scale::Switch,
//!     unit: "",
//! });
//! ```

/// How a parameter's slider and its random trials are spaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    Linear,
    Log,
    /// Whole numbers.
    Integer,
    /// 0 or 1.
    Switch,
}

/// One hyperparameter of a loss. What it does is a message, in `losses.ftl` under the loss's id and this key.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ParamInfo {
    /// Name in code, URL and golden files, such as `alpha`.
    pub key: &'static str,
    /// Symbol as the formula writes it, such as `α`.
    pub symbol: &'static str,
    pub default: f32,
    /// Smallest value that is accepted.
    pub min: f32,
    /// Largest value that is accepted.
    pub max: f32,
    /// Range that tuning draws from; inside `min..=max`.
    pub tune: (f32, f32),
    pub scale: Scale,
    /// Empty, or the unit, such as `°`.
    pub unit: &'static str,
}

impl ParamInfo {
    /// Whether each lane may have its own value. Counts and switches are the same in all lanes of a heat: they decide which
    /// operations there are, and a heat's lanes share them.
    pub const fn per_lane(&self) -> bool {
        matches!(self.scale, Scale::Linear | Scale::Log)
    }
}

/// A number of which each lane may have its own: read as `[lane, 1, 1]` by [`LossInput::param`](super::LossInput).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LaneParam(ParamInfo);

impl LaneParam {
    /// # Panics
    /// While compiling, for a count or a switch.
    pub const fn new(info: ParamInfo) -> Self {
        assert!(
            matches!(info.scale, Scale::Linear | Scale::Log),
            "a number of each lane has a linear or a logarithmic scale"
        );
        Self(info)
    }

    pub const fn info(self) -> ParamInfo {
        self.0
    }
}

/// A whole number, the same in all lanes of a heat: read by [`LossInput::count`](super::LossInput).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CountParam(ParamInfo);

impl CountParam {
    /// # Panics
    /// While compiling, for anything but whole numbers from 1 on.
    pub const fn new(info: ParamInfo) -> Self {
        assert!(
            matches!(info.scale, Scale::Integer) && info.min >= 1.0,
            "a count has whole numbers from 1 on"
        );
        Self(info)
    }

    pub const fn info(self) -> ParamInfo {
        self.0
    }

    /// The count that a parameter's value stands for, at least 1.
    pub fn of(value: f32) -> usize {
        value.round().max(1.0) as usize
    }
}

/// On or off, the same in all lanes of a heat: read by [`LossInput::is_on`](super::LossInput).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SwitchParam(ParamInfo);

impl SwitchParam {
    /// # Panics
    /// While compiling, for anything but a switch.
    pub const fn new(info: ParamInfo) -> Self {
        assert!(
            matches!(info.scale, Scale::Switch),
            "a switch has the scale of one"
        );
        Self(info)
    }

    pub const fn info(self) -> ParamInfo {
        self.0
    }

    /// Whether a parameter's value stands for on.
    pub fn of(value: f32) -> bool {
        value > 0.5
    }
}
