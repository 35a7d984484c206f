//! Data sets, class-disjoint splits and samplers.

use serde::{Deserialize, Serialize};

use crate::experiment::{DataSpec, EvaluateOn, SamplerSpec};

/// Samples as they came, before they are tensors.
#[derive(Clone, Debug, PartialEq)]
pub enum Inputs {
    /// Grey values, 255 is ink; `sample * features + feature`. As tensors they are divided by 255.
    Bytes(Vec<u8>),
    /// `sample * features + feature`
    Floats(Vec<f32>),
}

/// A labelled data set, whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Dataset {
    pub name: String,
    pub inputs: Inputs,
    /// Length of one sample.
    pub features: usize,
    /// Width and height, where samples are pictures (row by row).
    pub picture: Option<(usize, usize)>,
    /// One class index a sample.
    pub labels: Vec<u32>,
    /// Display name of each class, such as `あ`.
    pub class_names: Vec<String>,
}

/// Which samples are for training, and which for evaluation. No class is in two parts, except where
/// [`DigitSplit::SeenClasses`](crate::experiment::DigitSplit::SeenClasses) asks for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Split {
    /// Indices of training samples in the data set.
    pub train: Vec<u32>,
    /// For each entry of `train`, its class as `0..train_classes`.
    pub train_labels: Vec<u32>,
    /// For each training class, its class in the data set.
    pub train_classes: Vec<u32>,
    pub validation: Vec<u32>,
    pub test: Vec<u32>,
}

#[derive(Debug, thiserror::Error)]
pub enum DataError {}

impl Dataset {
    /// Opens a bundled set from its file's bytes, or generates a synthetic one (`file` is then not needed).
    pub fn open(_spec: &DataSpec, _file: Option<&[u8]>) -> Result<Self, DataError> {
        todo!()
    }

    /// Number of samples.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// All samples as the network sees them, `sample * features + feature`.
    pub fn to_floats(&self) -> Vec<f32> {
        todo!()
    }
}

impl Split {
    /// The fixed split of a data set: the same for everyone and every seed.
    pub fn of(_spec: &DataSpec, _dataset: &Dataset) -> Result<Self, DataError> {
        todo!()
    }

    /// The samples that metrics are computed on: at most `per_class` of each class, always the same ones, as indices in
    /// the data set, class after class.
    pub fn evaluation(&self, _dataset: &Dataset, _on: EvaluateOn, _per_class: usize) -> Vec<u32> {
        todo!()
    }
}

/// Draws batches. The same spec, split, seed and noise give the same batches, for every loss.
#[derive(Clone, Debug)]
pub struct Sampler {}

impl Sampler {
    pub fn new(_spec: SamplerSpec, _split: &Split, _label_noise: f32, _seed: u64) -> Result<Self, DataError> {
        todo!()
    }

    /// Appends one batch: sample indices in the data set, and their training labels (with noise, where there is any).
    pub fn next_batch(&mut self, _indices: &mut Vec<u32>, _labels: &mut Vec<u32>) {
        todo!()
    }
}
