//! Which of two devices is faster for the race.

use crate::bridge::{Failure, RequestId};
use crate::data::DataSpec;
use crate::experiment::{NetSpec, RaceSpec, SamplerSpec};
use crate::loss::LossKind;

/// The comparison of the two devices, made in the background.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Comparison {
    /// Number of the timings that were asked for.
    pub(super) id: RequestId,
    /// The kind of race that was timed.
    of: Option<Cost>,
    gpu_ms: Option<f64>,
    cpu_ms: Vec<Option<f64>>,
    failed: Option<Failure>,
}

impl Comparison {
    /// One whose timings have just been asked for, from so many workers on the CPU.
    pub(super) fn begin(id: RequestId, of: Cost, workers: usize) -> Self {
        Self {
            id,
            of: Some(of),
            cpu_ms: vec![None; workers],
            ..Self::default()
        }
    }

    /// Milliseconds a step of the whole race, on WebGPU and on the CPU.
    pub fn result(&self) -> Option<(f64, f64)> {
        let cpu = self.cpu_ms.iter().copied().collect::<Option<Vec<f64>>>()?;
        let slowest = cpu.into_iter().reduce(f64::max)?;
        Some((self.gpu_ms?, slowest))
    }

    /// Why there is no comparison.
    pub fn failed(&self) -> Option<&Failure> {
        self.failed.as_ref()
    }

    pub(super) fn is_of(&self, cost: &Cost) -> bool {
        self.of.as_ref() == Some(cost)
    }

    pub(super) fn gpu_took(&mut self, id: RequestId, milliseconds: f64) {
        if id == self.id {
            self.gpu_ms = Some(milliseconds);
        }
    }

    pub(super) fn cpu_took(&mut self, id: RequestId, worker: usize, milliseconds: f64) {
        if id == self.id
            && let Some(slot) = self.cpu_ms.get_mut(worker)
        {
            *slot = Some(milliseconds);
        }
    }

    pub(super) fn not_timed(&mut self, id: RequestId, failure: Failure) {
        if id == self.id {
            self.fail(failure);
        }
    }

    pub(super) fn fail(&mut self, failure: Failure) {
        self.failed = Some(failure);
    }
}

/// What a step's time depends on.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Cost {
    /// Losses with their number of lanes.
    heats: Vec<(LossKind, usize)>,
    sampler: SamplerSpec,
    net: NetSpec,
    data: DataSpec,
}

impl Cost {
    pub fn of(race: &RaceSpec) -> Self {
        Self {
            heats: race
                .heats
                .iter()
                .map(|heat| (heat.loss, heat.lanes.len()))
                .collect(),
            sampler: race.sampler,
            net: race.net.clone(),
            data: race.data.clone(),
        }
    }
}
