//! Which device trains: what was asked for, what there is, and which of two is faster for this race.

use kyori_text::Message;

use super::comparison::Cost;
use super::fleet::Target;
use super::{Check, Comparison, Effect, Effects, Fleet, FleetId, Worker};
use crate::bridge::{
    CheckFailure, Command, DeviceKind, DeviceReport, Event, Failure, RequestId, RunId,
};

/// Which device the person wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DevicePreference {
    /// The CPU, which is ready first. Where there is a graphics adapter, WebGPU is timed beside it, and the page says which
    /// is faster for this race and offers to switch; it never switches by itself, since that would start the race again.
    #[default]
    Auto,
    WebGpu,
    Cpu,
}

/// What the browser says of WebGPU.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum GpuAvailability {
    /// Not asked yet.
    #[default]
    Unknown,
    /// There is none; why.
    None { why: Message },
    /// There is an adapter. Its name may be empty.
    Adapter { name: String, software: bool },
}

/// What is shown of the devices.
#[derive(Clone, Debug, PartialEq)]
pub struct DeviceSummary {
    pub preference: DevicePreference,
    pub gpu: GpuAvailability,
    pub comparison: Comparison,
    /// The kind that trains, or is being opened.
    pub kind: Option<DeviceKind>,
    /// The device that is open.
    pub report: Option<DeviceReport>,
    pub workers: usize,
    pub failed: bool,
}

/// The workers that train, those that are only timed, and what they are asked beside training.
#[derive(Debug)]
pub struct Devices {
    preference: DevicePreference,
    gpu: GpuAvailability,
    /// Of the processor.
    cores: usize,
    fleet: Option<Fleet>,
    /// A fleet on WebGPU that is only measured.
    scout: Option<Fleet>,
    comparison: Comparison,
    check: Check,
    last_fleet: FleetId,
    /// Number of the last check or timing that was asked for.
    last_request: RequestId,
}

impl Devices {
    pub(super) fn new() -> Self {
        Self {
            preference: DevicePreference::default(),
            gpu: GpuAvailability::default(),
            cores: 2,
            fleet: None,
            scout: None,
            comparison: Comparison::default(),
            check: Check::default(),
            last_fleet: 0,
            last_request: 0,
        }
    }

    pub fn preference(&self) -> DevicePreference {
        self.preference
    }

    /// The workers that train.
    pub fn fleet(&self) -> Option<&Fleet> {
        self.fleet.as_ref()
    }

    pub fn kind(&self) -> Option<DeviceKind> {
        self.fleet.as_ref().map(|fleet| fleet.kind)
    }

    /// The device that trains.
    pub fn report(&self) -> Option<&DeviceReport> {
        self.fleet
            .as_ref()?
            .workers
            .iter()
            .find_map(|worker| worker.device.as_ref())
    }

    pub fn check(&self) -> &Check {
        &self.check
    }

    pub fn summary(&self) -> DeviceSummary {
        DeviceSummary {
            preference: self.preference,
            gpu: self.gpu.clone(),
            comparison: self.comparison.clone(),
            kind: self.kind(),
            report: self.report().cloned(),
            workers: self.fleet.as_ref().map_or(0, |fleet| fleet.workers.len()),
            failed: self.have_failed(),
        }
    }

    /// Whether the workers that were to train can do no more.
    pub(super) fn have_failed(&self) -> bool {
        self.fleet.as_ref().is_some_and(|fleet| fleet.failed)
    }

    /// Why the wish for WebGPU cannot be fulfilled, where it is wished for.
    pub(super) fn missing_webgpu(&self) -> Option<&Message> {
        match (&self.gpu, self.preference) {
            (GpuAvailability::None { why }, DevicePreference::WebGpu) if self.scout.is_none() => {
                Some(why)
            }
            _ => None,
        }
    }

    pub(super) fn set_cores(&mut self, cores: usize) {
        self.cores = cores.max(1);
    }

    pub(super) fn prefer(&mut self, preference: DevicePreference) {
        self.preference = preference;
    }

    pub(super) fn gpu_looked(&mut self, gpu: GpuAvailability) {
        self.gpu = gpu;
    }
}

/// Opening and closing.
impl Devices {
    /// Opens the device that the person prefers, if it is not the one that runs; whether other workers are to train now.
    pub(super) fn open_preferred(&mut self, heats: usize, effects: &mut Effects) -> bool {
        match self.preference {
            DevicePreference::Cpu => {
                self.dismiss_scout(effects);
                self.open(DeviceKind::Cpu, heats, effects)
            }
            DevicePreference::Auto => {
                let runs = self.fleet.is_some() && !self.have_failed();
                !runs && self.open(DeviceKind::Cpu, heats, effects)
            }
            DevicePreference::WebGpu if self.scout.is_some() => {
                // It is open already: it takes over.
                self.dismiss_fleet(effects);
                self.fleet = self.scout.take();
                true
            }
            DevicePreference::WebGpu => match self.gpu {
                GpuAvailability::Unknown => false,
                GpuAvailability::None { .. } => {
                    self.fleet.is_none() && self.open(DeviceKind::Cpu, heats, effects)
                }
                GpuAvailability::Adapter { .. } => self.open(DeviceKind::WebGpu, heats, effects),
            },
        }
    }

    /// Finds out what WebGPU would be like, unless only the CPU is wanted: first whether there is any, then how fast it is.
    pub(super) fn explore(&mut self, effects: &mut Effects) {
        if self.preference == DevicePreference::Cpu {
            return;
        }
        if self.gpu == GpuAvailability::Unknown {
            effects.push(Effect::LookForGpu);
        } else if self.preference == DevicePreference::Auto {
            self.send_scout(effects);
        }
    }

    /// Whether another kind of worker trains now.
    fn open(&mut self, kind: DeviceKind, heats: usize, effects: &mut Effects) -> bool {
        if self.kind() == Some(kind) && !self.have_failed() {
            return false;
        }
        self.dismiss_fleet(effects);
        let workers = match kind {
            DeviceKind::Cpu => self.cpu_workers(heats),
            DeviceKind::WebGpu => 1,
        };
        self.fleet = Some(self.launch(kind, workers, effects));
        true
    }

    fn launch(&mut self, kind: DeviceKind, workers: usize, effects: &mut Effects) -> Fleet {
        self.last_fleet += 1;
        let fleet = Fleet::new(self.last_fleet, kind, workers);
        effects.push(fleet.launch(0..workers));
        fleet
    }

    /// One for each heat, as far as there are cores beside the page's own.
    fn cpu_workers(&self, heats: usize) -> usize {
        heats.min(self.cores.saturating_sub(1)).max(1)
    }

    /// Opens WebGPU in the background to find out whether it is faster.
    fn send_scout(&mut self, effects: &mut Effects) {
        let hardware = matches!(
            self.gpu,
            GpuAvailability::Adapter {
                software: false,
                ..
            }
        );
        let worth = hardware && self.kind() == Some(DeviceKind::Cpu);
        if worth && self.scout.is_none() && self.comparison == Comparison::default() {
            self.scout = Some(self.launch(DeviceKind::WebGpu, 1, effects));
        }
    }

    fn dismiss_fleet(&mut self, effects: &mut Effects) {
        if let Some(fleet) = self.fleet.take() {
            if self.check.running {
                self.check.fail(CheckFailure::DeviceChanged);
            }
            effects.push(Effect::Dismiss { fleet: fleet.id });
        }
    }

    fn dismiss_scout(&mut self, effects: &mut Effects) {
        if let Some(scout) = self.scout.take() {
            effects.push(Effect::Dismiss { fleet: scout.id });
        }
        self.comparison = Comparison::default();
    }

    pub(super) fn dismiss_all(&mut self, effects: &mut Effects) {
        self.dismiss_fleet(effects);
        self.dismiss_scout(effects);
    }

    /// The workers that train can do no more, if they are these and could until now.
    pub(super) fn fail(&mut self, id: FleetId, effects: &mut Effects) -> bool {
        let Some(fleet) = self.fleet.as_mut().filter(|fleet| fleet.id == id) else {
            return false;
        };
        if fleet.failed {
            return false;
        }
        fleet.failed = true;
        self.check.running = false;
        effects.push(Effect::Dismiss { fleet: id });
        true
    }
}

/// Training.
impl Devices {
    /// Deals so many heats to the workers, of whom there may have to be more; whether there are any.
    pub(super) fn deal(&mut self, heats: usize, effects: &mut Effects) -> bool {
        let wanted = self.cpu_workers(heats);
        let Some(fleet) = &mut self.fleet else {
            return false;
        };
        let have = fleet.workers.len();
        if fleet.kind == DeviceKind::Cpu && wanted > have {
            fleet.workers.resize_with(wanted, Worker::default);
            effects.push(fleet.launch(have..wanted));
        }
        fleet.deal(heats);
        true
    }

    /// Moves every worker one stage on, where what it waits for is there.
    pub(super) fn drive(&mut self, target: &Target<'_>, effects: &mut Effects) {
        if let Some(fleet) = &mut self.fleet {
            fleet.drive(target, effects);
        }
        if let Some(scout) = &mut self.scout {
            scout.drive_scout(target, effects);
        }
        self.measure_both(target, effects);
    }

    /// One step of every heat.
    pub(super) fn step(&mut self, run: RunId, effects: &mut Effects) {
        if let Some(fleet) = &mut self.fleet {
            fleet.step(run, effects);
        }
    }

    /// Lets workers go on that stopped where they were told to.
    pub(super) fn release(&mut self) {
        if let Some(fleet) = &mut self.fleet {
            fleet.release();
        }
    }

    /// Sends a command to every worker that has laid out this run.
    pub(super) fn send_all(&self, run: RunId, command: &Command, effects: &mut Effects) {
        if let Some(fleet) = &self.fleet {
            let workers = fleet.started(run).into_iter();
            effects.extend(workers.map(|worker| fleet.send(worker, command.clone())));
        }
    }

    /// Sends a command to the worker that trains a heat of this run. It is told the heat's index there.
    pub(super) fn send_heat(
        &self,
        run: RunId,
        heat: usize,
        command: impl Fn(usize) -> Command,
        effects: &mut Effects,
    ) {
        if let Some(fleet) = &self.fleet
            && let Some((worker, local)) = fleet.place(heat)
            && fleet.workers[worker].started == Some(run)
        {
            effects.push(fleet.send(worker, command(local)));
        }
    }

    /// The workers that train, if they are these.
    pub(super) fn fleet_mut(&mut self, id: FleetId) -> Option<&mut Fleet> {
        self.fleet.as_mut().filter(|fleet| fleet.id == id)
    }
}

/// Timing and checking.
impl Devices {
    pub(super) fn is_scout(&self, id: FleetId) -> bool {
        self.scout.as_ref().is_some_and(|scout| scout.id == id)
    }

    /// Has both devices time this race, once both hold its data; anew where another race costs something else.
    fn measure_both(&mut self, target: &Target<'_>, effects: &mut Effects) {
        let (Some(scout), Some(fleet)) = (&self.scout, &self.fleet) else {
            return;
        };
        let race = target.race;
        let data = race.data.source();
        let ready = scout.holds(0, &data) && fleet.all_hold(&data) && fleet.kind == DeviceKind::Cpu;
        if !ready || target.playing {
            return;
        }
        let cost = Cost::of(race);
        if self.comparison.is_of(&cost) {
            return;
        }
        self.last_request += 1;
        let id = self.last_request;
        let measure = |race| Command::Measure {
            id,
            race: Box::new(race),
        };
        effects.push(scout.send(0, measure(race.clone())));
        let shares = fleet.shares(race);
        self.comparison = Comparison::begin(id, cost, shares.len());
        let on_cpu = shares.into_iter();
        effects.extend(on_cpu.map(|(worker, race)| fleet.send(worker, measure(race))));
    }

    /// Takes what the fleet says that is only measured.
    pub(super) fn on_scout(&mut self, event: Event, effects: &mut Effects) {
        let Some(scout) = &mut self.scout else { return };
        if scout.workers[0].advance(&event) {
            return;
        }
        match event {
            Event::Measured {
                id,
                milliseconds_per_step,
            } => self.comparison.gpu_took(id, milliseconds_per_step),
            Event::MeasureFailed { id, failure } => self.comparison.not_timed(id, failure),
            Event::Failed { failure } => self.lose_scout(failure, effects),
            _ => {}
        }
    }

    pub(super) fn lose_scout(&mut self, failure: Failure, effects: &mut Effects) {
        self.comparison.fail(failure);
        if let Some(scout) = self.scout.take() {
            effects.push(Effect::Dismiss { fleet: scout.id });
        }
    }

    pub(super) fn start_check(&mut self, effects: &mut Effects) {
        self.last_request += 1;
        self.check = Check::begin(self.last_request);
        effects.push(Effect::FetchCases);
    }

    /// Hands the cases to a worker with an open device.
    pub(super) fn cases_fetched(
        &mut self,
        outcome: Result<String, CheckFailure>,
        effects: &mut Effects,
    ) {
        let cases = match outcome {
            Ok(cases) => cases,
            Err(failure) => return self.check.fail(failure),
        };
        let ready = self.fleet.as_ref().filter(|_| self.check.running);
        let id = self.check.id;
        match ready.and_then(|fleet| Some((fleet, fleet.with_device()?))) {
            Some((fleet, worker)) => {
                effects.push(fleet.send(worker, Command::Verify { id, cases }));
            }
            None => self.check.fail(CheckFailure::NotRunning),
        }
    }

    /// Takes a worker's answer to a check or a timing; what is said of it.
    pub(super) fn on_request(&mut self, worker: usize, event: Event) -> Option<Message> {
        match event {
            Event::Measured {
                id,
                milliseconds_per_step,
            } => self.comparison.cpu_took(id, worker, milliseconds_per_step),
            Event::MeasureFailed { id, failure } => self.comparison.not_timed(id, failure),
            Event::CheckFailed { id, failure } => return self.check.broke_off(id, failure),
            Event::Checked {
                id,
                report,
                done,
                of,
            } => return self.check.checked(id, report, done, of),
            _ => {}
        }
        None
    }
}
