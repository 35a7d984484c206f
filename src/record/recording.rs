//! What a race has shown so far, to be kept and read again.

use serde::{Deserialize, Serialize};

use super::{HeatRecord, Measure, Summary};
use crate::experiment::{Entry, Experiment};

/// The format that is written. Format 1 said nothing of its version; in it a lane that had ended kept its last values.
const FORMAT: u32 = 2;

/// The curves of a race with the settings that made them.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    pub experiment: Experiment,
    /// What trained, such as `CPU, native`.
    pub device: String,
    /// In the order of the experiment's entries.
    pub heats: Vec<HeatRecord>,
}

/// A recording as a file holds it.
#[derive(Deserialize)]
struct File {
    experiment: Experiment,
    device: String,
    heats: Vec<HeatRecord>,
}

/// What is read first of a file.
#[derive(Deserialize)]
struct Head {
    #[serde(default = "first_format")]
    format: u32,
}

fn first_format() -> u32 {
    1
}

/// What is written to a file.
#[derive(Serialize)]
struct Written<'a> {
    format: u32,
    experiment: &'a Experiment,
    device: &'a str,
    heats: &'a [HeatRecord],
}

/// Curves cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    #[error("this is no recording of a race that Kyori can read: {0}")]
    Json(#[from] serde_json::Error),
    #[error(
        "the recording has format {found}, and this version of Kyori reads up to format {FORMAT}: open it with a newer one"
    )]
    Newer { found: u32 },
    #[error(
        "the recording holds {heats} curves of {entries} losses: it is damaged or was put together by hand"
    )]
    Losses { heats: usize, entries: usize },
    #[error("the recording is damaged: of loss {} {what}", heat + 1)]
    Heat { heat: usize, what: HeatFault },
}

/// What of one loss's curves cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeatFault {
    #[error("the curves are of another loss than the settings")]
    OtherLoss,
    #[error("step {step} does not come after the one before it")]
    Order { step: u32 },
    #[error("step {step} has {lanes} seeds instead of {seeds}")]
    Seeds {
        step: u32,
        lanes: usize,
        seeds: usize,
    },
    #[error("the training time at step {step} is no time")]
    Time { step: u32 },
    #[error("seed {lane} ended, but there are only {seeds}")]
    Ended { lane: usize, seeds: usize },
    #[error("the cost of a step is no time")]
    Cost,
}

impl Recording {
    /// An empty recording of an experiment.
    pub fn new(experiment: &Experiment, device: &str) -> Self {
        let heats = experiment
            .entries
            .iter()
            .cloned()
            .map(HeatRecord::new)
            .collect();
        Self {
            experiment: experiment.clone(),
            device: device.to_owned(),
            heats,
        }
    }

    /// Display names of the heats; a loss that races against itself under other settings is numbered.
    pub fn names(&self) -> Vec<String> {
        let losses: Vec<_> = self.heats.iter().map(|heat| heat.entry.loss).collect();
        (0..losses.len())
            .map(|index| {
                let name = losses[index].info().name;
                if losses.iter().filter(|&&loss| loss == losses[index]).count() == 1 {
                    return name.to_owned();
                }
                let number = losses[..=index]
                    .iter()
                    .filter(|&&loss| loss == losses[index])
                    .count();
                format!("{name} ({number})")
            })
            .collect()
    }

    /// All curves of one measure in numbers; none before the first evaluation.
    pub fn summary(&self, measure: Measure) -> Option<Summary> {
        self.summary_to(measure, None)
    }

    /// As [`summary`](Self::summary), with mean heights up to a stated step.
    pub fn summary_to(&self, measure: Measure, area_to: Option<u32>) -> Option<Summary> {
        let heats: Vec<&HeatRecord> = self.heats.iter().collect();
        let data = self.experiment.data.kind();
        Summary::with_area_to(area_to, &self.names(), &heats, measure, data)
    }

    /// Everything, settings included.
    ///
    /// # Errors
    /// Where the text cannot be written.
    pub fn to_json(&self) -> Result<String, RecordingError> {
        Ok(serde_json::to_string_pretty(&Written {
            format: FORMAT,
            experiment: &self.experiment,
            device: &self.device,
            heats: &self.heats,
        })?)
    }

    /// Reads what [`to_json`](Self::to_json) of this or an earlier version has written.
    ///
    /// # Errors
    /// Where the text is no recording, is of a later format, or contradicts itself.
    pub fn from_json(text: &str) -> Result<Self, RecordingError> {
        let Head { format } = serde_json::from_str(text)?;
        if format > FORMAT {
            return Err(RecordingError::Newer { found: format });
        }
        let File {
            experiment,
            device,
            heats,
        } = serde_json::from_str(text)?;
        let mut recording = Self {
            experiment,
            device,
            heats,
        };
        if format == 1 {
            recording.heats.iter_mut().for_each(forget_stale);
        }
        recording.check()?;
        Ok(recording)
    }

    pub(super) fn check(&self) -> Result<(), RecordingError> {
        let (heats, entries) = (self.heats.len(), self.experiment.entries.len());
        if heats != entries {
            return Err(RecordingError::Losses { heats, entries });
        }
        for (index, (heat, entry)) in self.heats.iter().zip(&self.experiment.entries).enumerate() {
            check_heat(heat, entry, self.experiment.seeds)
                .map_err(|what| RecordingError::Heat { heat: index, what })?;
        }
        Ok(())
    }
}

/// Whether one loss's curves are in themselves possible.
fn check_heat(heat: &HeatRecord, entry: &Entry, seeds: usize) -> Result<(), HeatFault> {
    if heat.entry.loss != entry.loss {
        return Err(HeatFault::OtherLoss);
    }
    let mut before = None;
    for point in &heat.points {
        let (step, lanes) = (point.step, point.lanes.len());
        if before.is_some_and(|before| before >= step) {
            return Err(HeatFault::Order { step });
        }
        if lanes != seeds {
            return Err(HeatFault::Seeds { step, lanes, seeds });
        }
        if !(point.train_seconds.is_finite() && point.train_seconds >= 0.0) {
            return Err(HeatFault::Time { step });
        }
        before = Some(step);
    }
    if heat.cost.is_some_and(|cost| !cost.is_a_cost()) {
        return Err(HeatFault::Cost);
    }
    match heat.stopped.iter().find(|(lane, _)| *lane >= seeds) {
        Some(&(lane, _)) => Err(HeatFault::Ended {
            lane: lane + 1,
            seeds,
        }),
        None => Ok(()),
    }
}

/// Takes out of a record of format 1 what was not measured: values of lanes that had ended, and the loss of no step.
fn forget_stale(heat: &mut HeatRecord) {
    for point in &mut heat.points {
        for &(lane, step) in &heat.stopped {
            if step <= point.step
                && let Some(lane) = point.lanes.get_mut(lane)
            {
                *lane = None;
            }
        }
        if point.step == 0 {
            point
                .lanes
                .iter_mut()
                .flatten()
                .for_each(|lane| lane.loss = None);
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::loss::LossKind;
    use crate::record::{Clock, CurvePoint, HeatRecord, LanePoint, Rates, StepCost, StepTime};

    /// A recording whose curves rise linearly from 0 to `finals[heat][lane]` in as many steps as `until` says.
    pub fn linear(until: &[&[f64]], finals: f32) -> Recording {
        let mut experiment = Experiment::default_preset();
        let kinds = LossKind::ALL.iter().cycle();
        let base = experiment.entries[0].clone();
        experiment.entries = until
            .iter()
            .zip(kinds)
            .map(|(_, &loss)| Entry {
                loss,
                params: loss.info().defaults(),
                ..base.clone()
            })
            .collect();
        experiment.seeds = until[0].len();
        let mut recording = Recording::new(&experiment, "test");
        for (heat, until) in recording.heats.iter_mut().zip(until) {
            heat.points = (0..=20)
                .map(|i| {
                    let step = 20 * i;
                    let lanes = until.iter().map(|&until| {
                        let height = finals * (f64::from(step) / until).min(1.0) as f32;
                        let lane = Measure::ranking()
                            .fold(LanePoint::default(), |lane, measure| {
                                lane.with(measure, height)
                            });
                        Some(lane)
                    });
                    CurvePoint {
                        step,
                        // Exact in binary, so that JSON brings it back bit for bit.
                        train_seconds: f64::from(step) / 64.0 * until.len() as f64,
                        samples: u64::from(step) * 60,
                        lanes: lanes.collect(),
                    }
                })
                .collect();
        }
        recording
    }

    /// Gives each heat a cost of so many milliseconds a step, with this standard error.
    pub fn with_costs(recording: &mut Recording, costs: &[f64], error: f64) {
        for (heat, &milliseconds) in recording.heats.iter_mut().zip(costs) {
            let time = StepTime {
                milliseconds,
                error,
                rounds: 11,
            };
            heat.cost = Some(StepCost {
                clock: Clock::Processor,
                alone: time,
                lanes: 5,
                among: time,
            });
        }
    }

    /// Gives a lane another MAP@R at the point with this index.
    pub fn set(recording: &mut Recording, heat: usize, index: usize, lane: usize, value: f32) {
        let lane = recording.heats[heat].points[index].lanes[lane].as_mut();
        let lane = lane.expect("the lane has not ended");
        *lane = lane.with(Measure::MapAtR, value);
    }

    #[test]
    fn json_comes_back_as_it_went() {
        let mut recording = linear(&[&[100.0, 120.0], &[200.0, 400.0]], 0.5);
        recording.heats[1].stopped.push((1, 40));
        for point in &mut recording.heats[1].points[2..] {
            point.lanes[1] = None;
        }
        recording.heats[0].rates.push(Rates {
            after_step: 60,
            lr: 0.5,
            proxy_lr_factor: 2.0,
        });
        assert!(!recording.to_json().unwrap().contains("cost"));
        with_costs(&mut recording, &[1.5, 2.5], 0.25);
        assert_eq!(
            Recording::from_json(&recording.to_json().unwrap()).unwrap(),
            recording
        );
    }

    /// Written by the first version that wrote recordings. Lane 1 of the second loss had ended at step 4, and says at the
    /// steps 4 and 5 what was measured at step 2.
    const FORMAT_1: &str = include_str!("../../tests/recordings/format_1.json");

    #[test]
    fn a_recording_of_format_1_still_opens_and_loses_its_stale_values() {
        let recording = Recording::from_json(FORMAT_1).unwrap();
        assert_eq!(recording.names(), ["Proxy Anchor", "Softmax cross-entropy"]);
        let [anchor, softmax] = &recording.heats[..] else {
            panic!("two losses")
        };
        let steps = |heat: &HeatRecord| heat.points.iter().map(|p| p.step).collect::<Vec<_>>();
        assert_eq!(
            (steps(anchor), steps(softmax)),
            (vec![0, 2, 4, 5], vec![0, 2, 4, 5])
        );
        // As the file says, digit by digit.
        assert_eq!(
            anchor.points[0].get(1, Measure::MapAtR),
            Some(f64::from(0.042_418_37_f32))
        );
        assert_eq!(anchor.points[1].lanes[0].unwrap().loss, Some(9.807_431));
        assert_eq!(
            anchor.points[0].lanes[0].unwrap().loss,
            None,
            "there was no step yet"
        );
        let alive: Vec<bool> = softmax
            .points
            .iter()
            .map(|p| p.lanes[1].is_some())
            .collect();
        assert_eq!(alive, [true, true, false, false]);
        let summary = recording.summary(Measure::MapAtR).unwrap();
        let softmax = &summary.heats[1];
        assert_eq!((softmax.last.unwrap().count, softmax.stopped), (2, 1));
        // What was read is written in today's format, and comes back as it is.
        let again = Recording::from_json(&recording.to_json().unwrap()).unwrap();
        assert_eq!(again, recording);
    }

    #[test]
    fn what_is_no_recording_says_why() {
        let message = |text: &str| Recording::from_json(text).unwrap_err().to_string();
        assert!(message("{}").contains("experiment"), "{}", message("{}"));
        assert!(message("no JSON").contains("no recording"));
        assert!(message("{\"format\": 99}").contains("format 99"));
        let changed = |change: fn(&mut Recording)| {
            let mut recording = linear(&[&[100.0, 120.0], &[200.0, 400.0]], 0.5);
            change(&mut recording);
            message(&recording.to_json().unwrap())
        };
        type Change = fn(&mut Recording);
        let cases: [(Change, &str); 7] = [
            (|r| drop(r.heats.pop()), "1 curves of 2 losses"),
            (
                |r| r.heats.swap(0, 1),
                "loss 1 the curves are of another loss",
            ),
            (
                |r| r.heats[1].points.swap(3, 4),
                "loss 2 step 60 does not come after",
            ),
            (
                |r| r.heats[1].points[2].lanes.truncate(1),
                "step 40 has 1 seeds instead of 2",
            ),
            (
                |r| r.heats[0].points[1].train_seconds = -1.0,
                "time at step 20",
            ),
            (
                |r| r.heats[0].stopped = vec![(2, 20)],
                "seed 3 ended, but there are only 2",
            ),
            (
                |r| with_costs(r, &[1.0, -1.0], 0.0),
                "loss 2 the cost of a step is no time",
            ),
        ];
        for (change, expected) in cases {
            let found = changed(change);
            assert!(found.contains(expected), "{found}");
        }
    }

    #[test]
    fn a_loss_that_races_itself_is_numbered() {
        let mut recording = linear(&[&[1.0], &[1.0]], 1.0);
        let names = recording.names();
        assert!(names.iter().all(|name| !name.ends_with(')')));
        recording.heats[1].entry.loss = recording.heats[0].entry.loss;
        assert!(recording.names()[0].ends_with(" (1)") && recording.names()[1].ends_with(" (2)"));
    }
}
