//! The same number of random trials for every loss, as lanes of one heat each.

use std::rc::Rc;

use crate::bridge::{Event, RunId};
use crate::experiment::tune::{FIRST_SEED, TRIALS, Trial, ranked, trials};
use crate::experiment::{Conditions, Entry, Experiment, HeatSpec, LaneSpec};
use crate::record::{CurvePoint, HeatRecord};

/// Trials of each loss, until another number is chosen.
const USUAL_TRIALS: usize = 16;

/// The number of trials that is chosen, and the last tuning, running or done.
#[derive(Debug)]
pub struct Tuner {
    trials: usize,
    tuning: Option<Rc<Tuning>>,
}

impl Tuner {
    pub(super) fn new() -> Self {
        Self {
            trials: USUAL_TRIALS,
            tuning: None,
        }
    }

    /// How many trials of each loss are chosen.
    pub fn trials(&self) -> usize {
        self.trials
    }

    pub fn tuning(&self) -> Option<&Rc<Tuning>> {
        self.tuning.as_ref()
    }

    /// The tuning that the workers have laid out in this run.
    pub(super) fn in_run(&self, run: RunId) -> Option<&Tuning> {
        self.tuning.as_deref().filter(|tuning| tuning.run == run)
    }

    pub(super) fn choose(&mut self, trials: usize) {
        self.trials = trials;
    }

    /// A new budget for every loss of an experiment.
    pub(super) fn begin(&mut self, run: RunId, experiment: &Experiment, trials: usize) -> &Tuning {
        let tuning = Tuning::new(run, experiment, trials);
        self.trials = tuning.trials;
        self.tuning.insert(Rc::new(tuning))
    }

    /// Takes what a worker says of the trials of a loss.
    pub(super) fn on_heat(&mut self, heat: usize, event: Event) {
        let Some(tuning) = &mut self.tuning else {
            return;
        };
        let tuning = Rc::make_mut(tuning);
        match event {
            Event::Evaluated { point, .. } => tuning.evaluated(heat, point),
            Event::Progress { step, .. } => tuning.progressed(heat, step),
            Event::LaneStopped { lane, step, .. } => tuning.stopped(heat, lane, step),
            _ => {}
        }
    }

    /// The last trial has come to its end.
    pub(super) fn finish(&mut self) {
        if let Some(tuning) = &mut self.tuning {
            Rc::make_mut(tuning).done = true;
        }
    }

    /// Forgets trials that are cut off, and those that were made under other conditions than the next race's.
    pub(super) fn keep_only_for(&mut self, conditions: &Conditions) {
        let fits = |tuning: &Rc<Tuning>| tuning.done && tuning.conditions == *conditions;
        self.tuning = self.tuning.take().filter(fits);
    }
}

/// A tuning budget being spent.
#[derive(Clone, Debug, PartialEq)]
pub struct Tuning {
    pub run: RunId,
    /// Trials of each loss.
    pub trials: usize,
    pub done: bool,
    /// What the trials are for.
    pub conditions: Conditions,
    /// One for each loss of the race.
    pub losses: Vec<TunedLoss>,
}

/// The trials of one loss.
#[derive(Clone, Debug, PartialEq)]
pub struct TunedLoss {
    pub lanes: Vec<LaneSpec>,
    pub step: u32,
    pub record: HeatRecord,
}

impl TunedLoss {
    /// The trials with their scores so far, best first.
    pub fn ranked(&self) -> Vec<Trial> {
        ranked(&self.lanes, &self.record)
    }

    /// The best setting so far.
    pub fn best(&self) -> Option<Entry> {
        let best = self
            .ranked()
            .into_iter()
            .find(|trial| trial.score.is_some())?;
        Some(best.lane.entry(self.record.entry.loss))
    }
}

impl Tuning {
    pub fn new(run: RunId, experiment: &Experiment, count: usize) -> Self {
        let count = count.clamp(*TRIALS.start(), *TRIALS.end());
        let losses = experiment.entries.iter().map(|entry| TunedLoss {
            lanes: trials(entry.loss, count, FIRST_SEED),
            step: 0,
            record: HeatRecord::new(entry.clone()),
        });
        let conditions = experiment.conditions.clone();
        Self {
            run,
            trials: count,
            done: false,
            conditions,
            losses: losses.collect(),
        }
    }

    pub fn heats(&self) -> Vec<HeatSpec> {
        let heats = self.losses.iter();
        heats
            .map(|loss| HeatSpec {
                loss: loss.record.entry.loss,
                lanes: loss.lanes.clone(),
            })
            .collect()
    }

    /// The step that all losses have reached.
    pub fn step(&self) -> u32 {
        self.losses.iter().map(|loss| loss.step).min().unwrap_or(0)
    }

    fn evaluated(&mut self, heat: usize, point: CurvePoint) {
        if let Some(loss) = self.losses.get_mut(heat) {
            loss.step = loss.step.max(point.step);
            loss.record.points.push(point);
        }
    }

    fn progressed(&mut self, heat: usize, step: u32) {
        if let Some(loss) = self.losses.get_mut(heat) {
            loss.step = loss.step.max(step);
        }
    }

    fn stopped(&mut self, heat: usize, lane: usize, step: u32) {
        if let Some(loss) = self.losses.get_mut(heat) {
            loss.record.stopped.push((lane, step));
        }
    }

    /// Puts the best settings in the place of the old ones, for the losses that are still in the race.
    pub fn apply(&self, experiment: &mut Experiment) {
        for best in self.losses.iter().filter_map(TunedLoss::best) {
            if let Some(entry) = experiment
                .entries
                .iter_mut()
                .find(|entry| entry.loss == best.loss)
            {
                *entry = best;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::EvaluateOn;

    #[test]
    fn trials_share_no_seed_with_the_race() {
        let mut experiment = Experiment::default_preset();
        experiment.seeds = 20;
        let tuning = Tuning::new(RunId::default(), &experiment, 8);
        let raced = experiment.race(EvaluateOn::Test).heats;
        for lane in tuning.heats().iter().flat_map(|heat| &heat.lanes) {
            let mut others = raced.iter().flat_map(|heat| &heat.lanes);
            assert!(others.all(|other| other.seed != lane.seed));
        }
    }
}
