//! What is fetched for the race: the engine's and the data's bytes, and the data set that a worker shows the page.

use std::rc::Rc;

use litemap::LiteMap;

use super::{Effect, Effects, Fleet, FleetId};
use crate::bridge::{Bulk, Command, DeviceKind, Failure};
use crate::data::{DataSource, Dataset, Inputs};
use crate::ui::model::Same;

/// What is being loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Download {
    CpuEngine,
    GpuEngine,
    Data,
}

impl Download {
    pub fn engine(kind: DeviceKind) -> Self {
        match kind {
            DeviceKind::Cpu => Self::CpuEngine,
            DeviceKind::WebGpu => Self::GpuEngine,
        }
    }
}

/// Bytes that have arrived, and how many there will be, where known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Arrival {
    pub bytes: u64,
    pub of: Option<u64>,
}

/// The data set's file.
#[derive(Debug, PartialEq)]
enum DataFile {
    None,
    Fetching(DataSource),
    Here(DataSource),
}

#[derive(Debug)]
pub struct Downloads {
    arrivals: LiteMap<Download, Arrival>,
    file: DataFile,
    dataset: Option<Same<Dataset>>,
    /// Which fleet was asked to show which data set.
    asked: Option<(FleetId, DataSource)>,
}

impl Downloads {
    pub(super) fn new() -> Self {
        Self {
            arrivals: LiteMap::new(),
            file: DataFile::None,
            dataset: None,
            asked: None,
        }
    }

    /// How much there is of the data and of the engine that trains; of the CPU's before there is one.
    pub fn of_race(&self, kind: Option<DeviceKind>) -> Vec<(Download, Arrival)> {
        let engine = kind.map_or(Download::CpuEngine, Download::engine);
        let wanted = [engine, Download::Data];
        wanted
            .iter()
            .filter_map(|what| Some((*what, *self.arrivals.get(what)?)))
            .collect()
    }

    /// The data set as the page shows it.
    pub fn dataset(&self) -> Option<&Same<Dataset>> {
        self.dataset.as_ref()
    }

    pub(super) fn has(&self, data: &DataSource) -> bool {
        matches!(&self.file, DataFile::Here(here) if here == data)
    }

    pub(super) fn arrived(&mut self, what: Download, bytes: u64, of: Option<u64>) {
        self.arrivals.insert(what, Arrival { bytes, of });
    }

    /// Fetches the data, where it is neither here nor on its way.
    pub(super) fn want(&mut self, data: DataSource, effects: &mut Effects) {
        if self.has(&data) || self.file == DataFile::Fetching(data.clone()) {
            return;
        }
        self.file = DataFile::Fetching(data.clone());
        self.dataset = None;
        self.asked = None;
        effects.push(Effect::FetchData { data });
    }

    /// The data has come, or why not, if it is still wanted.
    pub(super) fn fetched(
        &mut self,
        data: DataSource,
        outcome: Result<(), Failure>,
    ) -> Result<(), Failure> {
        if self.file == DataFile::Fetching(data.clone()) {
            self.file = match outcome {
                Ok(()) => DataFile::Here(data),
                Err(_) => DataFile::None,
            };
            return outcome;
        }
        Ok(())
    }

    pub(super) fn forget(&mut self, effects: &mut Effects) {
        self.file = DataFile::None;
        effects.push(Effect::ForgetData);
    }

    /// Asks a worker that has the data to show it. Every worker has it; one is enough.
    pub(super) fn ask_to_share(&mut self, fleet: &Fleet, data: &DataSource, effects: &mut Effects) {
        if self.dataset.is_some() || !fleet.holds(0, data) {
            return;
        }
        let asked = Some((fleet.id, data.clone()));
        if self.asked != asked {
            effects.push(fleet.send(0, Command::ShareDataset));
            self.asked = asked;
        }
    }

    /// Takes the data set that a worker shows, if its inputs are whole.
    pub(super) fn shared(&mut self, mut dataset: Dataset, bulk: Option<Bulk>) {
        dataset.inputs = bulk.map(Inputs::from).unwrap_or_default();
        if dataset.inputs.len() == dataset.len() * dataset.features {
            self.dataset = Some(Same(Rc::new(dataset)));
        }
    }
}
