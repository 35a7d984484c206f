//! One loss in the race: its curves, its picture, and how far it is.

use std::rc::Rc;

use super::timeline;
use crate::bridge::Retrieval;
use crate::experiment::{Entry, HeatSpec};
use crate::loss::LossKind;
use crate::record::{CurvePoint, HeatRecord, Rates};
use crate::ui::model::{Curve, Frame, Same};

/// One loss in the race. To copy it copies no curve.
#[derive(Clone, Debug, PartialEq)]
pub struct Track {
    pub loss: LossKind,
    pub lanes: usize,
    /// Index in the palette.
    pub colour: usize,
    /// The lane whose embedding is shown.
    pub lane_shown: usize,
    pub step: u32,
    pub steps_per_second: f32,
    pub record: Same<HeatRecord>,
    pub frame: Option<Same<Frame>>,
    /// Who lay nearest to some pictures at the last evaluation.
    pub retrieval: Option<Same<Retrieval>>,
    /// Frames to look back at, ascending in step.
    pub frames: Rc<Vec<Same<Frame>>>,
}

impl Track {
    /// Of a race that has not begun.
    pub fn new(entry: &Entry, heat: &HeatSpec, colour: usize) -> Self {
        Self {
            loss: heat.loss,
            lanes: heat.lanes.len(),
            colour,
            lane_shown: 0,
            step: 0,
            steps_per_second: 0.0,
            record: Same::new(HeatRecord::new(entry.clone())),
            frame: None,
            retrieval: None,
            frames: Rc::default(),
        }
    }

    /// Of a film.
    pub fn filmed(record: &HeatRecord, lanes: usize, frames: &[Frame], colour: usize) -> Self {
        let frames: Vec<_> = frames.iter().cloned().map(Same::new).collect();
        Self {
            loss: record.entry.loss,
            lanes,
            colour,
            lane_shown: frames.last().map_or(0, |frame| frame.0.header.lane),
            step: record.points.last().map_or(0, |point| point.step),
            steps_per_second: 0.0,
            record: Same::new(record.clone()),
            frame: frames.last().cloned(),
            retrieval: None,
            frames: Rc::new(frames),
        }
    }

    pub fn name(&self) -> &'static str {
        self.loss.info().name
    }

    /// Its curves for a chart.
    pub fn curve(&self) -> Curve {
        Curve {
            name: self.name().to_owned(),
            colour: self.colour,
            record: self.record.clone(),
        }
    }

    /// Its frames as a film has them: no two of one step.
    pub fn film(&self) -> Vec<Frame> {
        self.frames.iter().map(|frame| (*frame.0).clone()).collect()
    }

    /// How many of its seeds have ended early.
    pub fn ended(&self) -> usize {
        self.record.0.stopped.len()
    }

    pub fn record_mut(&mut self) -> &mut HeatRecord {
        Rc::make_mut(&mut self.record.0)
    }

    pub(super) fn evaluated(&mut self, point: CurvePoint) {
        let last = self.record.0.points.last();
        if last.is_none_or(|last| last.step < point.step) {
            self.record_mut().points.push(point);
        }
    }

    /// Shows a frame, and keeps it.
    pub(super) fn framed(&mut self, frame: Frame) {
        let frame = Same::new(frame);
        self.frame = Some(frame.clone());
        timeline::keep(Rc::make_mut(&mut self.frames), frame, &self.record.0.points);
    }

    /// Other points are shown from now on.
    pub(super) fn forget_frames(&mut self) {
        self.frames = Rc::default();
    }

    pub(super) fn progressed(&mut self, step: u32, steps_per_second: f32) {
        self.step = self.step.max(step);
        self.steps_per_second = steps_per_second;
    }

    pub(super) fn lane_stopped(&mut self, lane: usize, step: u32) {
        self.record_mut().stopped.push((lane, step));
    }

    pub(super) fn rates_set(&mut self, rates: Rates) {
        let record = self.record_mut();
        // A slider that is drawn passes many between two steps.
        record
            .rates
            .retain(|earlier| earlier.after_step < rates.after_step);
        record.rates.push(rates);
    }
}
