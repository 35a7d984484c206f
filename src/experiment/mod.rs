//! What a race is, before anything is trained: conditions, settings, presets, protocols and the URL form.

use std::ops::{Deref, DerefMut};

use serde::{Deserialize, Serialize};

use crate::loss::LossKind;

#[cfg(feature = "page")]
mod budget;
mod conditions;
mod fragment;
mod limits;
mod preset;
mod python;
mod race;
mod setting;
pub mod tune;
#[cfg(any(feature = "cli", feature = "page"))]
mod wording;

pub use crate::data::{
    DataSpec, DigitSplit, EvaluateOn, SamplerSpec, SamplerTextError, SyntheticSpec,
};
#[cfg(feature = "page")]
pub use budget::{Budget, budgets};
pub use conditions::{
    Conditions, Convolution, ConvolutionLayout, ConvolutionShape, Memory, NetSpec, Schedule, Start,
};
pub use fragment::{LINK_VERSION, Notice, SettingTextError};
pub use limits::{SettingError, plain};
pub use preset::{Key, Preset, Protocol, Sourced, presets, settings};
pub use python::ExportError;
pub use race::evaluate_at;
pub use setting::{BACKBONE_WIDTH, MOST_IN_BATCH, MOST_LAYERS, SETTINGS, Setting, Shape};

/// One loss with the settings that all its seeds share.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    pub loss: LossKind,
    /// Learning rate of the network.
    pub lr: f32,
    /// The learned class vectors' learning rate is `lr * proxy_lr_factor`.
    pub proxy_lr_factor: f32,
    /// In the order of the loss's [`params`](crate::loss::LossInfo::params).
    pub params: Vec<f32>,
}

/// A race as a person sets it up: conditions, and the losses that are compared under them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Experiment {
    #[serde(flatten)]
    pub conditions: Conditions,
    pub entries: Vec<Entry>,
    /// The protocol where the settings do not say it: without losses that of the last one, which the next one comes with,
    /// and with losses that two protocols set alike, the chosen one. Else none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept_protocol: Option<Protocol>,
    /// Seeds per loss, 1 to 20.
    pub seeds: usize,
    pub first_seed: u64,
}

/// One training run: what differs between the lanes of a heat.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LaneSpec {
    pub seed: u64,
    pub lr: f32,
    pub proxy_lr_factor: f32,
    pub params: Vec<f32>,
}

/// One loss over many lanes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeatSpec {
    pub loss: LossKind,
    pub lanes: Vec<LaneSpec>,
}

/// What a worker trains: heats under one set of conditions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RaceSpec {
    #[serde(flatten)]
    pub conditions: Conditions,
    pub heats: Vec<HeatSpec>,
    pub evaluate_on: EvaluateOn,
    /// Steps after which the metrics are computed, ascending, starting with 0.
    pub evaluate_at: Vec<u32>,
}

/// An experiment's conditions read as its own: `experiment.schedule.steps`.
impl Deref for Experiment {
    type Target = Conditions;

    fn deref(&self) -> &Conditions {
        &self.conditions
    }
}

impl DerefMut for Experiment {
    fn deref_mut(&mut self) -> &mut Conditions {
        &mut self.conditions
    }
}

/// A race's conditions read as its own: `race.schedule.steps`.
impl Deref for RaceSpec {
    type Target = Conditions;

    fn deref(&self) -> &Conditions {
        &self.conditions
    }
}

impl DerefMut for RaceSpec {
    fn deref_mut(&mut self) -> &mut Conditions {
        &mut self.conditions
    }
}

#[cfg(test)]
impl Experiment {
    /// What raced by default before there were convolutions: an MLP, batches of 60 from 200 classes, one seed.
    pub(crate) fn before_convolutions() -> Self {
        Self::from_fragment("v=1").0
    }

    /// Two losses on made-up data, for tests that train: a step takes next to no time.
    #[cfg(feature = "engine")]
    pub(crate) fn small() -> Self {
        let mut small = Self::before_convolutions();
        small.data = DataSpec::Synthetic(SyntheticSpec {
            classes: 20,
            dim: 8,
            samples_per_class: 6,
            spread: 0.2,
            noise: 0.2,
            seed: 1,
        });
        small.sampler = SamplerSpec::Shuffled { batch: 12 };
        small.net = NetSpec::mlp(&[8], 4);
        small.entries.truncate(2);
        small
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Recording;

    /// Recordings that an earlier version wrote, whose conditions stood in the experiment itself.
    #[test]
    fn recordings_of_earlier_versions_can_be_read() {
        for (text, data, steps, noise, seeds) in [
            (
                include_str!("../../tests/fixtures/recording_digits.json"),
                DataSpec::Digits(crate::data::DigitSpec {
                    split: DigitSplit::TrainLow,
                }),
                1,
                0.0,
                1,
            ),
            (
                include_str!("../../tests/fixtures/recording_synthetic.json"),
                DataSpec::Synthetic(SyntheticSpec {
                    classes: 12,
                    ..SyntheticSpec::default()
                }),
                2,
                0.1,
                2,
            ),
        ] {
            let recording = Recording::from_json(text).unwrap();
            let experiment = &recording.experiment;
            assert_eq!(experiment.data, data);
            assert_eq!(experiment.schedule.steps, steps);
            assert_eq!(experiment.label_noise, noise);
            assert_eq!(experiment.seeds, seeds);
            assert_eq!(experiment.entries.len(), recording.heats.len());
            // What is written now says the same, in the same places.
            let old: serde_json::Value = serde_json::from_str(text).unwrap();
            let new: serde_json::Value =
                serde_json::from_str(&recording.to_json().unwrap()).unwrap();
            for (key, value) in old["experiment"].as_object().unwrap() {
                let new = as_far_as(value, &new["experiment"][key]);
                assert_eq!(widened(value), widened(&new), "{key} of the experiment");
            }
        }
    }

    #[test]
    fn a_recording_of_convolutional_networks_comes_back() {
        for convolution in Convolution::ALL {
            let mut experiment = Experiment::default_preset();
            experiment.net = NetSpec::convolutional(convolution, 32);
            experiment.shift = 1;
            let recording = Recording::new(&experiment, "a test");
            let text = recording.to_json().unwrap();
            assert!(text.contains(convolution.id()), "{text}");
            assert_eq!(Recording::from_json(&text).unwrap(), recording);
        }
    }

    /// A value without the fields that an earlier one does not have.
    fn as_far_as(earlier: &serde_json::Value, value: &serde_json::Value) -> serde_json::Value {
        use serde_json::Value;
        match (earlier, value) {
            (Value::Object(earlier), Value::Object(fields)) => earlier
                .iter()
                .filter_map(|(key, of)| Some((key.clone(), as_far_as(of, fields.get(key)?))))
                .collect(),
            (Value::Array(earlier), Value::Array(items)) if earlier.len() == items.len() => {
                let pairs = earlier.iter().zip(items);
                pairs.map(|(of, item)| as_far_as(of, item)).collect()
            }
            _ => value.clone(),
        }
    }

    /// With its numbers as f32, which is what they are.
    fn widened(value: &serde_json::Value) -> serde_json::Value {
        use serde_json::Value;
        match value {
            Value::Number(number) => Value::from(number.as_f64().unwrap() as f32),
            Value::Array(items) => items.iter().map(widened).collect(),
            Value::Object(fields) => fields
                .iter()
                .map(|(key, value)| (key.clone(), widened(value)))
                .collect(),
            other => other.clone(),
        }
    }

    #[test]
    fn a_race_says_in_a_message_what_it_says_here() {
        let race = Experiment::default_preset().race(EvaluateOn::Validation);
        let text = serde_json::to_string(&race).unwrap();
        assert_eq!(serde_json::from_str::<RaceSpec>(&text).unwrap(), race);
    }
}
