//! Optimiser, heat and race, and the driver that decides what a race does next.

mod backbone;
mod calibration;
mod driver;
mod frame_share;
mod heat;
mod inside;
mod memory;
mod mixup;
mod optimiser;
mod race;
mod shift;
mod timing;

pub use backbone::{Backbone, Pretraining, pretrain};
pub use calibration::calibrate;
pub use driver::{Driver, Heats, Order};
pub use frame_share::FrameShare;
pub use heat::Heat;
pub use optimiser::{AdamW, Rates};
pub use race::{Race, Samples};
pub use timing::{milliseconds_per_step, time_steps};

use crate::bridge::{Failure, RaceError, unusable};
use crate::data::DataError;

pub use crate::bridge::BackboneError;

/// A race could not be laid out, or its device failed.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    #[error(transparent)]
    Data(#[from] DataError),
    #[error("{}", unusable(.0))]
    Backbone(#[from] BackboneError),
    #[error(transparent)]
    Race(#[from] RaceError),
    /// The device did not give back what was computed: it was lost, or ran out of memory.
    #[error(
        "the device stopped answering ({0}); train on the CPU, or with fewer lanes or a smaller network"
    )]
    Device(String),
}

impl From<TrainError> for Failure {
    fn from(error: TrainError) -> Self {
        match error {
            TrainError::Data(error) => Self::Data { error },
            TrainError::Backbone(error) => Self::Pretrained { error },
            TrainError::Race(error) => Self::Race { error },
            TrainError::Device(detail) => Self::DeviceLost { detail },
        }
    }
}
