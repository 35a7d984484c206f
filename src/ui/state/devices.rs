//! Which device trains: what was asked for, what there is, and which of two is faster for this race.

use kyori_text::messages as text;

use super::{Comparison, Cost, Effect, Fleet, FleetId, GpuAvailability, State};
use crate::bridge::{Cause, CheckFailure, Command, DeviceKind, Event, RequestId};

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

impl State {
    /// Opens the device that the person prefers, if it is not the one that runs.
    pub(super) fn open_preferred(&mut self) {
        match self.preference {
            DevicePreference::Cpu => {
                self.dismiss_scout();
                self.open(DeviceKind::Cpu);
            }
            DevicePreference::WebGpu => match (&self.gpu, self.scout.take()) {
                (_, Some(scout)) if !scout.failed => {
                    // It is open already: it takes over.
                    self.dismiss_fleet();
                    self.fleet = Some(scout);
                    self.start_over();
                }
                (GpuAvailability::Unknown, _) => self.effect(Effect::LookForGpu),
                (GpuAvailability::None { why }, _) => {
                    let why = text::webgpu_missing(why);
                    self.trouble_about(Cause::NoWebGpu, why);
                    if self.fleet.is_none() {
                        self.open(DeviceKind::Cpu);
                    }
                }
                (GpuAvailability::Adapter { .. }, _) => self.open(DeviceKind::WebGpu),
            },
            DevicePreference::Auto => {
                if self.fleet.as_ref().is_none_or(|fleet| fleet.failed) {
                    self.open(DeviceKind::Cpu);
                }
                if self.gpu == GpuAvailability::Unknown {
                    self.effect(Effect::LookForGpu);
                } else {
                    self.send_scout();
                }
            }
        }
    }

    pub(super) fn open(&mut self, kind: DeviceKind) {
        if self
            .fleet
            .as_ref()
            .is_some_and(|fleet| fleet.kind == kind && !fleet.failed)
        {
            return;
        }
        self.dismiss_fleet();
        let workers = match kind {
            DeviceKind::Cpu => self.cpu_workers(),
            DeviceKind::WebGpu => 1,
        };
        let id = self.new_fleet_id();
        self.fleet = Some(Fleet::new(id, kind, workers));
        self.effect(Effect::Launch {
            fleet: id,
            kind,
            workers: 0..workers,
        });
        self.start_over();
    }

    /// One for each heat, as far as there are cores beside the page's own.
    pub(super) fn cpu_workers(&self) -> usize {
        self.race
            .heats
            .len()
            .min(self.cores.saturating_sub(1))
            .max(1)
    }

    /// A new run for a new fleet: the curves of the old one stay until the new one is laid out.
    pub(super) fn start_over(&mut self) {
        self.drop_tuning();
        self.run += 1;
        self.played = self.playing;
        self.edit_pending = false;
        self.take_settings();
        if self.tracks.len() != self.race.heats.len() {
            self.lay_out();
        }
        self.deal();
    }

    pub(super) fn new_fleet_id(&mut self) -> FleetId {
        self.next_fleet += 1;
        self.next_fleet
    }

    pub(super) fn new_request_id(&mut self) -> RequestId {
        self.last_request += 1;
        self.last_request
    }

    pub(super) fn dismiss_fleet(&mut self) {
        if let Some(fleet) = self.fleet.take() {
            if self.check.running {
                self.check.running = false;
                self.check.failed = Some(CheckFailure::DeviceChanged);
            }
            self.effect(Effect::Dismiss { fleet: fleet.id });
        }
    }

    pub(super) fn dismiss_scout(&mut self) {
        if let Some(scout) = self.scout.take() {
            self.effect(Effect::Dismiss { fleet: scout.id });
        }
        self.comparison = Comparison::default();
    }

    pub(super) fn dismiss_all(&mut self) {
        self.dismiss_fleet();
        self.dismiss_scout();
    }

    pub(super) fn gpu_looked(&mut self, gpu: GpuAvailability) {
        self.gpu = gpu;
        match self.preference {
            DevicePreference::Auto => self.send_scout(),
            DevicePreference::WebGpu => self.open_preferred(),
            DevicePreference::Cpu => {}
        }
    }

    /// Opens WebGPU in the background to find out whether it is faster.
    pub(super) fn send_scout(&mut self) {
        let on_cpu = self
            .fleet
            .as_ref()
            .is_some_and(|fleet| fleet.kind == DeviceKind::Cpu);
        let worth = on_cpu
            && matches!(
                self.gpu,
                GpuAvailability::Adapter {
                    software: false,
                    ..
                }
            );
        if worth && self.scout.is_none() && self.comparison == Comparison::default() {
            let id = self.new_fleet_id();
            self.scout = Some(Fleet::new(id, DeviceKind::WebGpu, 1));
            self.effect(Effect::Launch {
                fleet: id,
                kind: DeviceKind::WebGpu,
                workers: 0..1,
            });
        }
    }

    /// Has both devices time this race, once both hold its data; anew where another race costs something else.
    pub(super) fn measure_both(&mut self) -> Vec<Effect> {
        let (Some(scout), Some(fleet)) = (&self.scout, &self.fleet) else {
            return Vec::new();
        };
        let data = self.race.data.source();
        let ready = scout.holds(0, &data) && fleet.all_hold(&data) && fleet.kind == DeviceKind::Cpu;
        if !ready || self.playing {
            return Vec::new();
        }
        let cost = Cost::of(&self.race);
        if self.comparison.of.as_ref() == Some(&cost) {
            return Vec::new();
        }
        let shares = fleet.shares(&self.race);
        let cpu_ms = vec![None; shares.len()];
        let on_webgpu = (scout.id, 0, (*self.race).clone());
        let on_cpu = shares
            .into_iter()
            .map(|(worker, race)| (fleet.id, worker, race));
        let timings: Vec<_> = [on_webgpu].into_iter().chain(on_cpu).collect();
        let id = self.new_request_id();
        self.comparison = Comparison {
            id,
            of: Some(cost),
            cpu_ms,
            ..Comparison::default()
        };
        timings
            .into_iter()
            .map(|(fleet, worker, race)| Effect::Send {
                fleet,
                worker,
                command: Command::Measure { id, race },
            })
            .collect()
    }

    pub(super) fn on_scout(&mut self, event: Event) {
        let Some(scout) = &mut self.scout else { return };
        let worker = &mut scout.workers[0];
        if worker.advance(&event) {
            return;
        }
        match event {
            Event::Measured {
                id,
                milliseconds_per_step,
            } if id == self.comparison.id => self.comparison.gpu_ms = Some(milliseconds_per_step),
            Event::MeasureFailed { id, failure } if id == self.comparison.id => {
                self.comparison.failed = Some(failure);
            }
            Event::Failed { failure } => {
                self.comparison.failed = Some(failure);
                let id = scout.id;
                self.scout = None;
                self.effect(Effect::Dismiss { fleet: id });
            }
            _ => {}
        }
    }
}
