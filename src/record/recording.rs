//! What a race has shown so far, and how to take it along.

use serde::{Deserialize, Serialize};

use super::CurvePoint;
use crate::experiment::{Entry, Experiment};

/// The curves of a race with the settings that made them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recording {
    pub experiment: Experiment,
    /// What trained, such as `CPU, native`.
    pub device: String,
    /// In the order of the experiment's entries.
    pub heats: Vec<HeatRecord>,
}

/// The curves of one loss, one a seed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeatRecord {
    pub entry: Entry,
    /// Ascending in step.
    pub points: Vec<CurvePoint>,
    /// Lanes that ended because their loss was not finite: (lane, step).
    pub stopped: Vec<(usize, u32)>,
    /// The learning rates that were in effect in turn, ascending in step: more than one where somebody changed them while
    /// the loss trained. The entry holds the last.
    #[serde(default)]
    pub rates: Vec<Rates>,
}

/// Learning rates and when they came into effect.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rates {
    /// They hold for the steps after this one.
    pub after_step: u32,
    #[serde(with = "crate::number")]
    pub lr: f32,
    #[serde(with = "crate::number")]
    pub proxy_lr_factor: f32,
}

impl Rates {
    /// Those that a loss begins with.
    pub fn at_start(lr: f32, proxy_lr_factor: f32) -> Self {
        Self {
            after_step: 0,
            lr,
            proxy_lr_factor,
        }
    }
}

/// Curves cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    #[error("the curves cannot be written as CSV: {0}")]
    Csv(#[from] csv::Error),
    #[error("the recording is not readable: {0}")]
    Json(#[from] serde_json::Error),
}

/// Whether a lane had ended before a step, by a list of (lane, step). From then on it keeps its last values, which are no
/// longer data.
pub fn has_ended(stopped: &[(usize, u32)], lane: usize, step: u32) -> bool {
    stopped
        .iter()
        .any(|&(other, at)| other == lane && step > at)
}

impl HeatRecord {
    pub fn new(entry: Entry) -> Self {
        let rates = vec![Rates::at_start(entry.lr, entry.proxy_lr_factor)];
        Self {
            entry,
            points: Vec::new(),
            stopped: Vec::new(),
            rates,
        }
    }

    /// The learning rate, and the proxies' factor on it, that the network had been trained with last when it reached a step.
    pub fn rates_at(&self, step: u32) -> (f32, f32) {
        let last = self
            .rates
            .iter()
            .rev()
            .find(|rates| rates.after_step < step)
            .or(self.rates.first());
        last.map_or((self.entry.lr, self.entry.proxy_lr_factor), |rates| {
            (rates.lr, rates.proxy_lr_factor)
        })
    }
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

    /// One line for each loss, seed and evaluation. `heat` counts the losses from 0; `train_seconds` is of the heat with
    /// all its seeds.
    ///
    /// # Errors
    /// Where the text cannot be written.
    pub fn to_csv(&self) -> Result<String, RecordingError> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record([
            "heat",
            "loss",
            "seed",
            "step",
            "samples",
            "train_seconds",
            "training_loss",
            "recall_at_1",
            "r_precision",
            "map_at_r",
            "tightness",
            "contrast",
            "stopped",
            "lr",
            "proxy_lr_factor",
        ])?;
        for (index, heat) in self.heats.iter().enumerate() {
            for point in &heat.points {
                let (lr, proxy_lr_factor) = heat.rates_at(point.step);
                for (lane, metrics) in point.lanes.iter().enumerate() {
                    let stopped = heat
                        .stopped
                        .iter()
                        .any(|&(other, step)| other == lane && step <= point.step);
                    writer.write_record([
                        index.to_string(),
                        heat.entry.loss.info().id.to_owned(),
                        (self.experiment.first_seed + lane as u64).to_string(),
                        point.step.to_string(),
                        point.samples.to_string(),
                        point.train_seconds.to_string(),
                        metrics.loss.to_string(),
                        metrics.recall_at_1.to_string(),
                        metrics.r_precision.to_string(),
                        metrics.map_at_r.to_string(),
                        metrics.tightness.to_string(),
                        metrics.contrast.to_string(),
                        stopped.to_string(),
                        lr.to_string(),
                        proxy_lr_factor.to_string(),
                    ])?;
                }
            }
        }
        let bytes = writer
            .into_inner()
            .map_err(|error| csv::Error::from(error.into_error()))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Everything, settings included.
    ///
    /// # Errors
    /// Where the text cannot be written.
    pub fn to_json(&self) -> Result<String, RecordingError> {
        Ok(serde_json::to_string_pretty(self)?)
    }

    /// Reads what [`to_json`](Self::to_json) wrote.
    ///
    /// # Errors
    /// Where the text is not a recording.
    pub fn from_json(text: &str) -> Result<Self, RecordingError> {
        Ok(serde_json::from_str(text)?)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::loss::LossKind;
    use crate::record::LaneMetrics;

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
                        LaneMetrics {
                            map_at_r: height,
                            recall_at_1: height,
                            r_precision: height,
                            ..LaneMetrics::default()
                        }
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

    #[test]
    fn json_comes_back_as_it_went() {
        let mut recording = linear(&[&[100.0, 120.0], &[200.0, 400.0]], 0.5);
        recording.heats[1].stopped.push((1, 40));
        recording.heats[0].rates.push(Rates {
            after_step: 60,
            lr: 0.5,
            proxy_lr_factor: 2.0,
        });
        assert_eq!(
            Recording::from_json(&recording.to_json().unwrap()).unwrap(),
            recording
        );
        assert!(Recording::from_json("{}").is_err());
    }

    #[test]
    fn csv_has_a_line_a_loss_seed_and_evaluation() {
        let mut recording = linear(&[&[100.0, 120.0], &[200.0, 400.0]], 0.5);
        recording.experiment.first_seed = 7;
        recording.heats[1].stopped.push((1, 40));
        let text = recording.to_csv().unwrap();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let columns: Vec<String> = reader
            .headers()
            .unwrap()
            .iter()
            .map(str::to_owned)
            .collect();
        let column = |name: &str| columns.iter().position(|column| column == name).unwrap();
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!(rows.len(), 2 * 2 * 21);
        // Heat 1, lane 1 (seed 8), step 40: a tenth of the way to 0.5.
        let row = rows
            .iter()
            .find(|row| &row[0] == "1" && &row[2] == "8" && &row[3] == "40")
            .unwrap();
        assert_eq!(row[column("map_at_r")].parse::<f32>().unwrap(), 0.05);
        assert_eq!(&row[column("samples")], "2400");
        assert_eq!(&row[column("stopped")], "true");
        assert_eq!(
            &row[column("loss")],
            recording.heats[1].entry.loss.info().id
        );
    }

    #[test]
    fn csv_has_the_rate_of_each_step() {
        let mut recording = linear(&[&[100.0]], 0.5);
        let rates = |after_step, lr| Rates {
            after_step,
            lr,
            proxy_lr_factor: 10.0,
        };
        recording.heats[0].rates = vec![rates(0, 0.25), rates(40, 0.5), rates(100, 0.125)];
        let text = recording.to_csv().unwrap();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let lr = reader
            .headers()
            .unwrap()
            .iter()
            .position(|column| column == "lr")
            .unwrap();
        let found = reader
            .records()
            .map(|row| row.unwrap()[lr].to_owned())
            .collect::<Vec<_>>();
        // Evaluated every 20 steps; what is seen at step 40 was still trained with the first.
        assert_eq!(
            found[..7],
            ["0.25", "0.25", "0.25", "0.5", "0.5", "0.5", "0.125"]
        );
        recording.heats[0].rates.clear();
        assert_eq!(
            recording.heats[0].rates_at(60).0,
            recording.heats[0].entry.lr
        );
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
