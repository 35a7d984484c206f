//! Optimiser, heat and race, and the driver that decides what a race does next.

mod backbone;
mod driver;
mod heat;
mod optimiser;
mod race;
mod shift;
mod timing;

pub use backbone::{Backbone, Pretraining, pretrain};
pub use driver::{Driver, Heats, Order};
pub use heat::{BatchRelation, Heat};
pub use optimiser::{AdamW, Rates};
pub use race::{EmbeddingFrame, Race, Samples};
pub use timing::{milliseconds_per_step, time_steps};

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

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

/// A generator for one purpose of one seed. Streams of different purposes share nothing, so that what one of them draws
/// never shifts another: losses with and without class vectors start from the same network.
pub fn seeded(seed: u64, purpose: &str) -> ChaCha8Rng {
    // FNV-1a: small, fixed for all time, and the same on every platform.
    let stream = purpose
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(stream);
    rng
}
