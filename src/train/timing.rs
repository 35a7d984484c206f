//! How long a step takes.

use burn::tensor::Device;

use super::{Driver, Heats, Order, Race, Samples, TrainError};
use crate::data::Dataset;
use crate::experiment::RaceSpec;

/// Rounds of steps that are timed: the first compiles and is not counted.
const ROUNDS: [u32; 4] = [1, 4, 4, 4];

/// The heats of a race as a timing sees them: they neither evaluate nor end, even where every lane has diverged.
struct Endless<'a>(&'a Race);

impl Heats for Endless<'_> {
    fn count(&self) -> usize {
        self.0.heats()
    }

    fn step_count(&self, heat: usize) -> u32 {
        self.0.step_count(heat)
    }

    fn is_finished(&self, _: usize) -> bool {
        false
    }

    fn evaluation_due(&self, _: usize) -> bool {
        false
    }

    fn next_stop(&self, _: usize) -> u32 {
        u32::MAX
    }
}

/// Trains so many steps of every heat, waits for the device, and returns the milliseconds that this took. Nothing is
/// evaluated. `now_ms` is a clock.
///
/// # Errors
/// [`TrainError::Device`] where the device is lost.
pub async fn time_steps(
    race: &mut Race,
    steps: u32,
    now_ms: impl Fn() -> f64,
) -> Result<f64, TrainError> {
    let start = now_ms();
    let mut driver = Driver::new(race.heats(), steps);
    driver.step(steps, 0, &Endless(race), start);
    loop {
        match driver.next(&Endless(race), now_ms()) {
            Order::Step { heat, steps } => {
                for _ in 0..steps {
                    race.step(heat);
                }
                race.settle(heat).await?;
            }
            Order::Report { .. } => {}
            Order::Paused { .. } | Order::Finished => return Ok(now_ms() - start),
            order @ (Order::Evaluate { .. } | Order::Nap { .. } | Order::Wait) => {
                unreachable!("{order:?}, but nothing is evaluated, paced or idle here")
            }
        }
    }
}

/// Milliseconds for one step of every heat of a race: the best of a few rounds. `now_ms` is a clock.
///
/// # Errors
/// As [`Race::new`], and where the device is lost.
pub async fn milliseconds_per_step(
    spec: &RaceSpec,
    dataset: &Dataset,
    samples: &Samples,
    device: &Device,
    now_ms: impl Fn() -> f64,
) -> Result<f64, TrainError> {
    let mut race = Race::new(spec, dataset, samples, device)?;
    let mut best = f64::INFINITY;
    for (round, steps) in ROUNDS.into_iter().enumerate() {
        let milliseconds = time_steps(&mut race, steps, &now_ms).await?;
        if round > 0 {
            best = best.min(milliseconds / f64::from(steps));
        }
    }
    Ok(best)
}
