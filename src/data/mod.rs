//! Data sets, class-disjoint splits and samplers.
//!
//! A metric is learned so that classes *nobody trained on* fall into clusters, so a set is split by class, not by
//! sample: some classes are for training, others for tuning (validation), and the rest are looked at only to report.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::record::Measure;
use crate::setting::Row;

mod bundled;
mod packed;
mod sampler;
mod split;

pub mod digits;
pub mod glyphs;
pub mod synthetic;

pub use digits::{DigitSplit, Spec as DigitSpec};
pub use glyphs::{MOST_CLASSES_PRETRAINED, Spec as GlyphSpec};
pub use packed::{FormatError, HeaderFault};
pub use sampler::{MOST_NOISE, Sampler, SamplerSpec, SamplerTextError};
pub use split::EvaluateOn;
pub use synthetic::Spec as SyntheticSpec;

/// Most values of a set, samples times their length: 64 MB as floats.
pub const MOST_VALUES: u64 = 16_000_000;

/// What is known of a data set without opening it. Its title and what it is are messages, in `data.ftl` under its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DataInfo {
    /// Name in link and command line, such as `glyphs`.
    pub id: &'static str,
    /// Pixels of a picture's side, where samples are square pictures.
    pub side: Option<usize>,
    /// Most training classes of a race that starts from the pre-trained network, which has seen the others; none where
    /// there is no such network for the set.
    pub most_classes_pretrained: Option<usize>,
    /// Samples of each class that are scored, the same ones at each evaluation; none is all. More are steadier, and evaluation
    /// is to cost a fifth of the training at most, on any device and with any of the set's networks.
    pub scored_per_class: Option<usize>,
    /// Levels that a curve's speed is measured to, in percent, ascending, for each measure that losses are ranked by. They
    /// are fixed before anybody races, so that a loss has the same number whoever else takes part.
    pub levels: &'static [(Measure, &'static [u8])],
}

impl DataInfo {
    /// The most samples of a class that are scored.
    pub fn most_scored(&self) -> usize {
        self.scored_per_class.unwrap_or(usize::MAX)
    }

    /// The levels of a measure as shares; none of one that losses are not ranked by.
    pub fn levels(&self, measure: Measure) -> Vec<f64> {
        let rows = self.levels.iter().filter(|(of, _)| *of == measure);
        rows.flat_map(|(_, percents)| *percents)
            .map(|&percent| f64::from(percent) / 100.0)
            .collect()
    }
}

/// How much there is to train on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    pub training_classes: usize,
    pub training_samples: usize,
    /// Training samples of the class that has the fewest.
    pub rarest: usize,
}

/// What the metrics are computed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScoredOn {
    /// Classes that nobody trained on.
    UnseenClasses,
    /// Other pictures of the classes that are trained on, where a set has too few classes.
    HeldOutPictures,
}

/// All that a data set is. Its file implements this for its `Spec`, a struct of the settings that a race of it has; a line
/// in [`registry!`](self) does the rest.
pub trait DataSet: Default {
    const INFO: DataInfo;
    /// In the order in which a link says them. Made with `spec!`, and asked only of specs of this set.
    const SETTINGS: &'static [Row<DataSpec>];

    /// The part of the settings that says which set has to be opened. What only moves its split is no part of it, so that
    /// another split opens nothing anew. A set whose file a person brings has the file's name in here.
    type Source;

    fn source(&self) -> Self::Source;

    /// The file that it is in, beside the page or in `assets/`; none for a generated one.
    fn file(source: &Self::Source) -> Option<&str>;

    fn open(source: &Self::Source, file: Option<&[u8]>) -> Result<Dataset, DataError>;

    /// The fixed split: the same for everyone and every seed.
    fn split(&self, dataset: &Dataset) -> Result<Split, DataError>;

    /// What the split will have to train on, before the set is opened.
    fn sizes(&self) -> Sizes;

    /// Set and split in a few words.
    fn summary(&self) -> String;

    fn scored_on(&self) -> ScoredOn {
        ScoredOn::UnseenClasses
    }

    /// What a link means that names the set and says nothing else of it: the default, but where links were there first.
    fn of_bare_link() -> Self {
        Self::default()
    }

    /// Values to be generated; none where a file has them.
    fn values(&self) -> u64 {
        0
    }

    /// Brings the number of [`values`](Self::values) down to [`MOST_VALUES`].
    fn shrink(&mut self) {}
}

/// The spec of this set in a [`DataSpec`], by reference as that is.
macro_rules! spec {
    ($variant:ident, $data:expr) => {
        match $data {
            DataSpec::$variant(spec) => spec,
            #[allow(unreachable_patterns, reason = "there may be one data set only")]
            _ => unreachable!("a data set's rows are asked only of its own specs"),
        }
    };
}
use spec;

/// Declares the closed enums of all data sets and the dispatch to each of them.
macro_rules! registry {
    ($($variant:ident => $module:ident),+ $(,)?) => {
        /// Which data set.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum DataKind {
            $($variant,)+
        }

        /// Which data, and which of it is for training.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case", tag = "set")]
        pub enum DataSpec {
            $($variant($module::Spec),)+
        }

        /// What has to be opened for a [`DataSpec`]: equal for two that differ only in their split.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum DataSource {
            $($variant(<$module::Spec as DataSet>::Source),)+
        }

        impl DataKind {
            /// All data sets, in the registry's order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// All data sets as options of a setting.
            pub const OPTIONS: &'static [&'static str] = &[$($module::Spec::INFO.id),+];

            pub fn info(self) -> &'static DataInfo {
                match self {
                    $(Self::$variant => const { &$module::Spec::INFO },)+
                }
            }

            /// The settings that a race on this data set has of its own.
            pub fn settings(self) -> &'static [Row<DataSpec>] {
                match self {
                    $(Self::$variant => $module::Spec::SETTINGS,)+
                }
            }

            /// What a race starts with where a person chooses this data set.
            pub fn spec(self) -> DataSpec {
                match self {
                    $(Self::$variant => DataSpec::$variant(Default::default()),)+
                }
            }

            /// What a link means that names the data set and says nothing else of it.
            pub fn spec_of_bare_link(self) -> DataSpec {
                match self {
                    $(Self::$variant => DataSpec::$variant(DataSet::of_bare_link()),)+
                }
            }
        }

        impl DataSpec {
            pub fn kind(&self) -> DataKind {
                match self {
                    $(Self::$variant(_) => DataKind::$variant,)+
                }
            }

            /// What has to be opened for it.
            pub fn source(&self) -> DataSource {
                match self {
                    $(Self::$variant(spec) => DataSource::$variant(spec.source()),)+
                }
            }

            /// How much there is to train on.
            pub fn sizes(&self) -> Sizes {
                match self {
                    $(Self::$variant(spec) => spec.sizes(),)+
                }
            }

            /// What the metrics are computed on: classes that nobody trained on, where the set has enough of them.
            pub fn scored_on(&self) -> ScoredOn {
                match self {
                    $(Self::$variant(spec) => spec.scored_on(),)+
                }
            }

            /// Values to be generated; none where a file has them.
            pub fn values(&self) -> u64 {
                match self {
                    $(Self::$variant(spec) => spec.values(),)+
                }
            }

            /// Brings the number of [`values`](Self::values) down to [`MOST_VALUES`].
            pub fn shrink(&mut self) {
                match self {
                    $(Self::$variant(spec) => spec.shrink(),)+
                }
            }
        }

        /// Set and split in a few words, such as `glyphs, 200 training classes`.
        impl fmt::Display for DataSpec {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&match self {
                    $(Self::$variant(spec) => spec.summary(),)+
                })
            }
        }

        impl DataSource {
            /// The file that the set is in, beside the page or in `assets/`; none for a generated one.
            pub fn file(&self) -> Option<&str> {
                match self {
                    $(Self::$variant(source) => <$module::Spec as DataSet>::file(source),)+
                }
            }

            /// Opens a set from its file's bytes, or generates it (`file` is then not needed).
            ///
            /// # Errors
            ///
            /// The file is missing, cut off, changed, of another version or another set's; a parameter is out of its range.
            pub fn open(&self, file: Option<&[u8]>) -> Result<Dataset, DataError> {
                match self {
                    $(Self::$variant(source) => <$module::Spec as DataSet>::open(source, file),)+
                }
            }
        }

        impl Split {
            /// The fixed split of a data set: the same for everyone and every seed.
            ///
            /// # Edge cases
            ///
            /// Fewer training classes of the glyphs are a prefix of more, and validation and test do not depend on them.
            ///
            /// # Errors
            ///
            /// A setting of the split is out of its range, or the data set is not the one that `spec` is of.
            pub fn of(spec: &DataSpec, dataset: &Dataset) -> Result<Self, DataError> {
                match spec {
                    $(DataSpec::$variant(spec) => spec.split(dataset),)+
                }
            }
        }
    };
}

registry! {
    Glyphs => glyphs,
    Digits => digits,
    Synthetic => synthetic,
}

impl DataKind {
    /// The data set with this [`DataInfo::id`].
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.info().id == id)
    }
}

impl DataSpec {
    pub fn info(&self) -> &'static DataInfo {
        self.kind().info()
    }
}

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
#[serde(rename_all = "kebab-case")]
pub enum DataError {
    #[error(
        "the data set `{set}` is in the file `{file}`, which was not loaded: load it again, or choose another data set"
    )]
    Missing {
        set: Cow<'static, str>,
        file: String,
    },
    #[error(
        "the file `{file}` cannot be read: {cause}; load it again, and if that does not help, build it anew with `cargo xtask datasets`"
    )]
    File { file: String, cause: FormatError },
    #[error(
        "the file `{file}` holds {found} instead of {expected}: build it anew with `cargo xtask datasets`"
    )]
    Contents {
        file: String,
        expected: Box<SetShape>,
        found: Box<SetShape>,
    },
    #[error("{quantity} is {value}; it must be {allowed}")]
    Parameter {
        quantity: Quantity,
        value: String,
        allowed: Allowed,
    },
}

/// What a bundled data set holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error(
    "the set `{set}` with {classes} classes of {least} to {most} pictures ({pictures} in all), {width}×{height}"
)]
pub struct SetShape {
    pub set: String,
    pub classes: usize,
    /// Pictures of the smallest and the largest class; 0 where there is no class.
    pub least: usize,
    pub most: usize,
    pub pictures: usize,
    pub width: u16,
    pub height: u16,
}

/// A number that was asked of a data set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub enum Quantity {
    #[error("the batch")]
    Batch,
    #[error("the number of classes in a batch")]
    BatchClasses,
    #[error("the number of samples of a class in a batch")]
    BatchSamples,
    #[error("the share of wrong labels")]
    LabelNoise,
    #[error("the number of classes")]
    Classes,
    #[error("the number of training classes")]
    TrainingClasses,
    #[error("classes × samples × dimensions")]
    Values,
    /// A setting of the set, by the id of its texts.
    #[error("{0}")]
    Setting(Cow<'static, str>),
}

/// What a [`Quantity`] must be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub enum Allowed {
    #[error("from {min} to {max}")]
    Between { min: String, max: String },
    #[error("from 1 to {most} ({of})")]
    OneTo { most: usize, of: Supply },
    /// After some classes have lost all their labels.
    #[error("at most {most} (classes left by the label noise)")]
    ClassesLeft { most: usize },
    #[error("at most {most}")]
    AtMost { most: u64 },
    #[error("at least {least} for this data set")]
    AtLeast { least: usize },
    #[error("{number} for this data set")]
    Exactly { number: usize },
}

impl Allowed {
    fn between(min: impl ToString, max: impl ToString) -> Self {
        Self::Between {
            min: min.to_string(),
            max: max.to_string(),
        }
    }
}

/// What a batch is drawn from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub enum Supply {
    #[error("training samples")]
    Samples,
    #[error("training classes")]
    Classes,
    #[error("samples of the smallest training class")]
    SamplesOfSmallest,
}

impl DataError {
    fn parameter(quantity: Quantity, value: impl ToString, allowed: Allowed) -> Self {
        Self::Parameter {
            quantity,
            value: value.to_string(),
            allowed,
        }
    }
}

impl Dataset {
    /// Opens the data set of a spec; see [`DataSource::open`].
    ///
    /// # Errors
    ///
    /// Those of [`DataSource::open`].
    pub fn open(spec: &DataSpec, file: Option<&[u8]>) -> Result<Self, DataError> {
        spec.source().open(file)
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
        let error = Dataset::open(&DataKind::Glyphs.spec(), None).unwrap_err();
        assert!(matches!(&error, DataError::Missing { file, .. } if file == "glyphs.bin"));
        assert!(error.to_string().contains("glyphs.bin"));
    }

    fn specs() -> Vec<DataSpec> {
        let mut specs: Vec<DataSpec> = DataKind::ALL
            .iter()
            .flat_map(|kind| [kind.spec(), kind.spec_of_bare_link()])
            .collect();
        specs.push(DataSpec::Glyphs(GlyphSpec { train_classes: 7 }));
        specs.extend(DigitSplit::ALL.map(|split| DataSpec::Digits(DigitSpec { split })));
        specs.push(DataSpec::Synthetic(SyntheticSpec {
            classes: 31,
            ..SyntheticSpec::default()
        }));
        specs
    }

    #[test]
    fn sizes_are_those_of_the_splits() {
        for spec in specs() {
            let assets = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("assets");
            let file = spec
                .source()
                .file()
                .map(|name| std::fs::read(assets.join(name)).unwrap());
            let split = Split::of(&spec, &Dataset::open(&spec, file.as_deref()).unwrap()).unwrap();
            let mut counts = vec![0; split.train_classes.len()];
            split
                .train_labels
                .iter()
                .for_each(|&label| counts[label as usize] += 1);
            let expected = Sizes {
                training_classes: counts.len(),
                training_samples: split.train.len(),
                rarest: *counts.iter().min().unwrap(),
            };
            assert_eq!(spec.sizes(), expected, "{spec}");
        }
    }

    #[test]
    fn every_set_has_levels_of_every_measure_that_ranks() {
        for kind in DataKind::ALL {
            let info = kind.info();
            for &measure in Measure::ALL {
                let levels = info.levels(measure);
                assert_eq!(levels.is_empty(), !measure.info().ranks, "{measure:?}");
                assert!(levels.is_sorted_by(|a, b| a < b), "{levels:?}");
                assert!(levels.iter().all(|level| (0.01..=0.99).contains(level)));
            }
        }
    }

    #[test]
    fn every_set_can_be_chosen_and_its_rows_are_its_own() {
        assert_eq!(DataKind::OPTIONS.len(), DataKind::ALL.len());
        for (&kind, option) in DataKind::ALL.iter().zip(DataKind::OPTIONS) {
            assert_eq!(DataKind::from_id(option), Some(kind));
            for mut spec in [kind.spec(), kind.spec_of_bare_link()] {
                assert_eq!(spec.kind(), kind);
                for row in kind.settings() {
                    let text = row.write(&spec);
                    let before = spec.clone();
                    assert!(row.read(&mut spec, &text), "{row:?}: {text}");
                    assert_eq!(spec, before, "{row:?}: {text}");
                    assert!(!row.read(&mut spec, "no value"), "{row:?}");
                    assert!(!row.expected().to_string().is_empty());
                }
            }
        }
    }

    #[test]
    fn another_split_is_no_other_source() {
        let few = DataSpec::Glyphs(GlyphSpec { train_classes: 7 });
        assert_eq!(few.source(), DataKind::Glyphs.spec().source());
        let [low, _, all] = DigitSplit::ALL.map(|split| DataSpec::Digits(DigitSpec { split }));
        assert_eq!(low.source(), all.source());
        assert_ne!(low.source(), few.source());
        let noisy = DataSpec::Synthetic(SyntheticSpec {
            noise: 1.0,
            ..SyntheticSpec::default()
        });
        assert_ne!(noisy.source(), DataKind::Synthetic.spec().source());
        // Sources travel to the worker.
        for spec in specs() {
            let text = serde_json::to_string(&spec.source()).unwrap();
            assert_eq!(
                serde_json::from_str::<DataSource>(&text).unwrap(),
                spec.source()
            );
        }
    }
}
