//! What a race is, before anything is trained: settings, presets, protocols and the URL form.

use serde::{Deserialize, Serialize};

use crate::loss::LossKind;

mod fragment;
mod limits;
mod preset;
mod python;
mod race;
pub mod tune;

pub use fragment::{Notice, SamplerTextError};
pub use limits::{BACKBONE_WIDTH, MOST_ENTRIES, MOST_IN_BATCH, MOST_LAYERS, Setting, SettingError};
pub use preset::{Key, Preset, Protocol, Sourced, presets, settings};
pub use python::{EVALUATION_PER_CLASS, ExportError};
pub use race::evaluate_at;

/// Which data, and which of its classes are for training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "set")]
pub enum DataSpec {
    /// Japanese characters in many typefaces, 24×24. Train on `train_classes` of them, at most 200.
    Glyphs { train_classes: usize },
    /// Handwritten digits, 8×8.
    Digits { split: DigitSplit },
    /// Gaussian clusters from a seeded generator.
    Synthetic(SyntheticSpec),
}

/// How the ten digits are split.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DigitSplit {
    /// Train on 0–4, test on 5–9.
    TrainLow,
    /// Train on 5–9, test on 0–4.
    TrainHigh,
    /// Train on all ten, test on held-out pictures.
    SeenClasses,
}

/// Gaussian clusters around class centres on the unit sphere.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SyntheticSpec {
    pub classes: usize,
    /// Input dimension.
    pub dim: usize,
    pub samples_per_class: usize,
    /// Standard deviation around the class centre.
    #[serde(with = "crate::number")]
    pub spread: f32,
    /// Standard deviation of noise dimensions, which say nothing of the class.
    #[serde(with = "crate::number")]
    pub noise: f32,
    pub seed: u64,
}

/// How batches are drawn from the training classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum SamplerSpec {
    /// Random batches, every picture once an epoch (Proxy Anchor's protocol).
    Shuffled { batch: usize },
    /// `classes` random classes with `samples` pictures each.
    Balanced { classes: usize, samples: usize },
}

impl SamplerSpec {
    /// Samples in a batch.
    pub fn batch(self) -> usize {
        match self {
            Self::Shuffled { batch } => batch,
            Self::Balanced { classes, samples } => classes * samples,
        }
    }
}

/// The embedding network: fully connected layers with ReLU between them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetSpec {
    /// Widths of the hidden layers.
    pub hidden: Vec<usize>,
    /// Embedding dimension.
    pub dim: usize,
}

/// What the weights of the network are before the first step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Start {
    /// Random, from the seed.
    #[default]
    Scratch,
    /// The first layer is that of a network trained on other classes, the same for every seed; the layers above it are
    /// random, from the seed.
    Pretrained,
}

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

/// Everything about how training goes that all losses share.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Schedule {
    pub steps: u32,
    /// Steps over which the learning rates rise linearly from 0.
    pub warmup_steps: u32,
    /// The learning rates are multiplied by `decay` every `decay_every` steps; 0 is never.
    pub decay_every: u32,
    pub decay: f32,
    /// AdamW's decoupled weight decay.
    pub weight_decay: f32,
    /// Gradients are clipped to ± this; 0 is off.
    pub clip_value: f32,
}

/// Which unseen classes the curves are of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EvaluateOn {
    #[default]
    Test,
    /// For tuning: the test classes stay unseen.
    Validation,
}

/// A race as a person sets it up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Experiment {
    pub data: DataSpec,
    pub sampler: SamplerSpec,
    pub net: NetSpec,
    /// Links and recordings that do not say start from scratch.
    #[serde(default)]
    pub start: Start,
    pub schedule: Schedule,
    pub entries: Vec<Entry>,
    /// Seeds a loss, 1 to 20.
    pub seeds: usize,
    pub first_seed: u64,
    /// Share of training labels that are wrong, 0 to 0.4.
    pub label_noise: f32,
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
    pub data: DataSpec,
    pub sampler: SamplerSpec,
    pub net: NetSpec,
    #[serde(default)]
    pub start: Start,
    pub schedule: Schedule,
    pub heats: Vec<HeatSpec>,
    pub label_noise: f32,
    pub evaluate_on: EvaluateOn,
    /// Steps after which the metrics are computed, ascending, starting with 0.
    pub evaluate_at: Vec<u32>,
}
