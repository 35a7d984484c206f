//! Data sets, class-disjoint splits and samplers.
//!
//! A metric is learned so that classes *nobody trained on* fall into clusters, so a set is split by class, not by
//! sample: some classes are for training, others for tuning (validation), and the rest are looked at only to report.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::experiment::DataSpec;

mod bundled;
mod packed;
mod sampler;
mod split;
mod synthetic;

pub use packed::FormatError;
pub use sampler::Sampler;
pub use split::MOST_CLASSES_PRETRAINED;

/// Samples as they came, before they are tensors.
#[derive(Clone, Debug, PartialEq)]
pub enum Inputs {
    /// Grey values, 255 is ink; `sample * features + feature`. As tensors they are divided by 255.
    Bytes(Vec<u8>),
    /// `sample * features + feature`
    Floats(Vec<f32>),
}

impl Default for Inputs {
    fn default() -> Self {
        Self::Bytes(Vec::new())
    }
}

impl Inputs {
    /// Number of values.
    pub fn len(&self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::Floats(floats) => floats.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A labelled data set, whole.
///
/// # Shapes
///
/// `inputs`: `len() * features` values. The bundled sets and the synthetic one hold their samples class after class; in
/// the glyphs, sample `class * faces + face` is a class in a typeface.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dataset {
    pub name: String,
    /// Not in the serialised form: values by the million travel beside it.
    #[serde(skip)]
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

/// Which samples are for training, and which for evaluation.
///
/// No sample is in two parts. No class is in two parts either, except where there are too few classes for that:
///
/// | set | training | validation | test |
/// |---|---|---|---|
/// | glyphs | the first `train_classes` of 200 classes in a fixed random order | 50 classes | the other classes (62) |
/// | digits, train low / high | 4/5 of the pictures of five digits | the other 1/5 of these digits' pictures | all pictures of the other five digits |
/// | digits, seen classes | 1/2 of each digit's pictures | 1/4 | 1/4 |
/// | synthetic | the other classes (60 %) | 15 % of the classes, at least 2 | 25 % of the classes, at least 2 |
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

/// What is wrong with a data set or with what was asked of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case", tag = "problem")]
pub enum DataError {
    #[error(
        "the data set `{set}` is in the file `{file}`, which was not loaded: load it again, or choose another data set"
    )]
    Missing {
        set: Cow<'static, str>,
        file: Cow<'static, str>,
    },
    #[error(
        "the file `{file}` cannot be read: {cause}; load it again, and if that does not help, build it anew with `cargo xtask datasets`"
    )]
    File {
        file: Cow<'static, str>,
        cause: FormatError,
    },
    #[error(
        "the file `{file}` holds {found} instead of {expected}: build it anew with `cargo xtask datasets`"
    )]
    Contents {
        file: Cow<'static, str>,
        expected: String,
        found: String,
    },
    #[error("{name} is {value}; it must be {allowed}")]
    Parameter {
        name: Cow<'static, str>,
        value: String,
        allowed: String,
    },
}

impl DataError {
    fn parameter(name: &'static str, value: impl ToString, allowed: impl Into<String>) -> Self {
        Self::Parameter {
            name: name.into(),
            value: value.to_string(),
            allowed: allowed.into(),
        }
    }
}

/// The file that a data set is in, beside the page or in `assets/`; none for a generated one.
pub fn file_name(spec: &DataSpec) -> Option<&'static str> {
    match spec {
        DataSpec::Glyphs { .. } => Some(bundled::GLYPHS.file),
        DataSpec::Digits { .. } => Some(bundled::DIGITS.file),
        DataSpec::Synthetic(_) => None,
    }
}

impl Dataset {
    /// Opens a bundled set from its file's bytes, or generates a synthetic one (`file` is then not needed).
    ///
    /// # Errors
    ///
    /// The file is missing, cut off, changed, of another version or another set's; a parameter is out of its range.
    pub fn open(spec: &DataSpec, file: Option<&[u8]>) -> Result<Self, DataError> {
        match spec {
            DataSpec::Glyphs { .. } => bundled::GLYPHS.open(file),
            DataSpec::Digits { .. } => bundled::DIGITS.open(file),
            DataSpec::Synthetic(spec) => synthetic::generate(spec),
        }
    }

    /// What there is to say of the set without its samples.
    pub fn without_inputs(&self) -> Self {
        Self {
            name: self.name.clone(),
            inputs: Inputs::default(),
            features: self.features,
            picture: self.picture,
            labels: self.labels.clone(),
            class_names: self.class_names.clone(),
        }
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
        match &self.inputs {
            Inputs::Bytes(bytes) => bytes.iter().map(|&byte| f32::from(byte) / 255.0).collect(),
            Inputs::Floats(floats) => floats.clone(),
        }
    }

    /// One sample's grey values (255 is ink), row by row; none where the set has no pictures or no such sample.
    pub fn picture_bytes(&self, index: usize) -> Option<&[u8]> {
        self.picture?;
        match &self.inputs {
            Inputs::Bytes(bytes) => bytes
                .get(index.checked_mul(self.features)?..)?
                .get(..self.features),
            Inputs::Floats(_) => None,
        }
    }

    /// The samples of each class, ascending.
    fn members(&self) -> Vec<Vec<u32>> {
        let mut members = vec![Vec::new(); self.class_names.len()];
        for (sample, &label) in (0..).zip(&self.labels) {
            members[label as usize].push(sample);
        }
        members
    }
}

/// Random numbers that are the same on every platform. What draws for another purpose has another stream, so that one
/// more draw in one place changes nothing in another.
mod random {
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    #[derive(Clone, Copy)]
    #[repr(u64)]
    pub enum Purpose {
        Split = 1,
        Batches = 2,
        LabelNoise = 3,
        Synthetic = 4,
    }

    pub fn generator(seed: u64, purpose: Purpose) -> ChaCha8Rng {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(purpose as u64);
        rng
    }

    /// Moves a random choice of `count` items, in random order, to the front. All of them: a shuffle.
    ///
    /// The range is `u32`, because `usize` has another width in the browser and would draw other numbers.
    pub fn shuffle_front<T>(items: &mut [T], count: usize, rng: &mut ChaCha8Rng) {
        let length = items.len() as u32;
        for at in 0..length.min(count as u32) {
            items.swap(at as usize, rng.random_range(at..length) as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dots() -> Dataset {
        Dataset {
            name: "dots".into(),
            inputs: Inputs::Bytes(vec![0, 255, 51, 102, 153, 204]),
            features: 2,
            picture: Some((2, 1)),
            labels: vec![0, 1, 1],
            class_names: vec!["a".into(), "b".into()],
        }
    }

    #[test]
    fn bytes_become_floats_from_0_to_1() {
        assert_eq!(dots().to_floats(), [0.0, 1.0, 0.2, 0.4, 0.6, 0.8]);
        let floats = Dataset {
            inputs: Inputs::Floats(vec![-1.5; 6]),
            ..dots()
        };
        assert_eq!(floats.to_floats(), [-1.5; 6]);
    }

    #[test]
    fn a_picture_is_found_by_its_index() {
        assert_eq!(dots().picture_bytes(1), Some(&[51, 102][..]));
        assert_eq!(dots().picture_bytes(3), None);
        assert_eq!(dots().picture_bytes(usize::MAX), None);
        assert_eq!(
            Dataset {
                picture: None,
                ..dots()
            }
            .picture_bytes(1),
            None
        );
    }

    #[test]
    fn a_file_that_was_not_loaded_is_named() {
        let error = Dataset::open(&DataSpec::Glyphs { train_classes: 10 }, None).unwrap_err();
        assert!(matches!(&error, DataError::Missing { file, .. } if file == "glyphs.bin"));
        assert!(error.to_string().contains("glyphs.bin"));
    }
}
