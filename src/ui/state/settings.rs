//! What the person has set. It may be ahead of the race that is laid out.

use std::rc::Rc;

use super::{Effect, Effects};
use crate::experiment::Experiment;

/// The settings, and whether an edit of them still waits for a race.
#[derive(Debug)]
pub struct Settings {
    experiment: Rc<Experiment>,
    pending: bool,
    /// Counts edits that wait and races that were laid out: the end of an earlier pause means nothing.
    token: u32,
}

impl Settings {
    pub(super) fn new(experiment: Rc<Experiment>) -> Self {
        Self {
            experiment,
            pending: false,
            token: 0,
        }
    }

    pub fn experiment(&self) -> &Rc<Experiment> {
        &self.experiment
    }

    /// Whether an edit waits to be laid out.
    pub fn are_pending(&self) -> bool {
        self.pending
    }

    /// Takes other settings, whole; the earlier ones.
    pub(super) fn replace(&mut self, experiment: Rc<Experiment>) -> Rc<Experiment> {
        std::mem::replace(&mut self.experiment, experiment)
    }

    pub(super) fn change(&mut self, change: impl FnOnce(&mut Experiment)) {
        change(Rc::make_mut(&mut self.experiment));
    }

    /// Numbers that are easy to read and to share, and no seed twice within one race.
    pub(super) fn take_new_seed(&mut self) {
        self.change(|experiment| {
            let next = experiment.first_seed + experiment.seeds.max(1) as u64;
            experiment.first_seed = next % 1_000_000;
        });
    }

    pub(super) fn save(&self, effects: &mut Effects) {
        effects.push(Effect::SaveSettings {
            experiment: self.experiment.clone(),
        });
    }

    /// An edit waits for the next one, so that a slider that is drawn lays out one race.
    pub(super) fn wait(&mut self, effects: &mut Effects) {
        self.pending = true;
        self.token += 1;
        effects.push(Effect::RestartLater { token: self.token });
    }

    /// Whether the pause of this number was the last, and its edit has not been laid out.
    pub(super) fn are_due(&self, token: u32) -> bool {
        self.pending && token == self.token
    }

    /// A race has been made: nothing waits any more.
    pub(super) fn settle(&mut self) {
        self.pending = false;
        self.token += 1;
    }
}

/// Whether two experiments differ in nothing but learning rates.
pub(super) fn only_rates_differ(old: &Experiment, new: &Experiment) -> bool {
    if old.entries.len() != new.entries.len() {
        return false;
    }
    let mut levelled = new.clone();
    for (level, entry) in levelled.entries.iter_mut().zip(&old.entries) {
        level.lr = entry.lr;
        level.proxy_lr_factor = entry.proxy_lr_factor;
    }
    levelled == *old
}
