//! What each setting may be. One walk over all of them serves checking, clamping and the page's controls.

use std::fmt;
use std::ops::RangeInclusive;

use super::{DataSpec, DigitSplit, Experiment, SamplerSpec, Start};
use crate::data::MOST_CLASSES_PRETRAINED;
use crate::loss::{LossKind, ParamInfo, Scale};

/// Most entries of a race: each is a panel on the page.
pub const MOST_ENTRIES: usize = 26;
/// Most hidden layers.
pub const MOST_LAYERS: usize = 4;
/// Most samples in a batch: pair losses compare all with all.
pub const MOST_IN_BATCH: usize = 512;
/// Units of the pre-trained first layer.
pub const BACKBONE_WIDTH: usize = 128;
/// Most samples of a synthetic set, times their dimension.
const MOST_SYNTHETIC_VALUES: usize = 16_000_000;

/// One numeric setting of an experiment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Setting {
    TrainClasses,
    SyntheticClasses,
    SyntheticDim,
    SamplesPerClass,
    Spread,
    Noise,
    Batch,
    ClassesPerBatch,
    SamplesPerBatchClass,
    /// Width of the hidden layer at this place.
    Hidden(usize),
    Dim,
    Steps,
    WarmupSteps,
    DecayEvery,
    Decay,
    WeightDecay,
    ClipValue,
    Seeds,
    FirstSeed,
    LabelNoise,
    /// Of the entry at this place.
    Lr(usize),
    /// Of the entry at this place.
    ProxyLrFactor(usize),
    /// Of the entry at `entry`, the parameter at `param` of this loss.
    Param {
        entry: usize,
        loss: LossKind,
        param: usize,
    },
}

impl Setting {
    /// The parameter's description, where the setting is one of a loss.
    pub fn param(self) -> Option<&'static ParamInfo> {
        match self {
            Self::Param { loss, param, .. } => loss.info().params.get(param),
            _ => None,
        }
    }

    /// The smallest and the largest value that is accepted.
    pub fn range(self) -> RangeInclusive<f64> {
        match self {
            Self::TrainClasses => 2.0..=200.0,
            Self::SyntheticClasses => 6.0..=10_000.0,
            Self::SyntheticDim => 2.0..=1024.0,
            Self::SamplesPerClass => 2.0..=1000.0,
            Self::Spread => 0.0..=2.0,
            Self::Noise => 0.0..=10.0,
            Self::Batch => 2.0..=MOST_IN_BATCH as f64,
            Self::ClassesPerBatch => 1.0..=256.0,
            Self::SamplesPerBatchClass => 1.0..=64.0,
            Self::Hidden(_) => 1.0..=1024.0,
            Self::Dim => 2.0..=256.0,
            Self::Steps => 1.0..=20_000.0,
            Self::WarmupSteps | Self::DecayEvery => 0.0..=20_000.0,
            Self::Decay => 0.01..=1.0,
            Self::WeightDecay => 0.0..=1.0,
            Self::ClipValue => 0.0..=1000.0,
            Self::Seeds => 1.0..=20.0,
            Self::FirstSeed => 0.0..=f64::from(u32::MAX),
            Self::LabelNoise => 0.0..=0.4,
            Self::Lr(_) => 1e-6..=1.0,
            Self::ProxyLrFactor(_) => 0.01..=1000.0,
            Self::Param { .. } => self.param().map_or(0.0..=0.0, |param| {
                f64::from(param.min)..=f64::from(param.max)
            }),
        }
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::TrainClasses => "the number of training classes",
            Self::SyntheticClasses => "the number of synthetic classes",
            Self::SyntheticDim => "the input dimension",
            Self::SamplesPerClass => "the number of samples a class",
            Self::Spread => "the spread of the classes",
            Self::Noise => "the noise",
            Self::Batch => "the batch size",
            Self::ClassesPerBatch => "the number of classes in a batch",
            Self::SamplesPerBatchClass => "the number of samples of each class in a batch",
            Self::Hidden(layer) => return write!(f, "the width of hidden layer {}", layer + 1),
            Self::Dim => "the embedding dimension",
            Self::Steps => "the number of steps",
            Self::WarmupSteps => "the number of warm-up steps",
            Self::DecayEvery => "the number of steps between decays",
            Self::Decay => "the decay of the learning rates",
            Self::WeightDecay => "the weight decay",
            Self::ClipValue => "the largest gradient",
            Self::Seeds => "the number of seeds",
            Self::FirstSeed => "the first seed",
            Self::LabelNoise => "the share of wrong labels",
            Self::Lr(entry) => return write!(f, "the learning rate of loss {}", entry + 1),
            Self::ProxyLrFactor(entry) => {
                return write!(
                    f,
                    "the factor of the proxies' learning rate of loss {}",
                    entry + 1
                );
            }
            Self::Param { entry, loss, .. } => {
                let key = self.param().map_or("a parameter", |param| param.key);
                return write!(f, "{key} of loss {} ({})", entry + 1, loss.info().name);
            }
        };
        f.write_str(name)
    }
}

/// What is wrong with an experiment, where, and what would be right.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SettingError {
    #[error("{setting} is {}; it must be from {min} to {max}", plain(*.value))]
    OutOfRange {
        setting: Setting,
        value: f64,
        min: f64,
        max: f64,
    },
    #[error("no loss is chosen: choose one at least")]
    NoLoss,
    #[error("{found} losses are too many for one race: at most {MOST_ENTRIES}")]
    TooManyLosses { found: usize },
    #[error("{found} hidden layers are too many: at most {MOST_LAYERS}")]
    TooManyLayers { found: usize },
    #[error("loss {} ({}) has {found} parameters instead of {expected}", .entry + 1, .loss.info().name)]
    ParameterCount {
        entry: usize,
        loss: LossKind,
        found: usize,
        expected: usize,
    },
    #[error(
        "a batch of {classes} classes × {samples} samples is too large: at most {MOST_IN_BATCH} samples"
    )]
    BatchTooLarge { classes: usize, samples: usize },
    #[error("a batch cannot hold {wanted} classes: only {available} are for training")]
    TooFewClasses { wanted: usize, available: usize },
    #[error(
        "a batch cannot hold {wanted} samples of a class: some training classes have only {available}"
    )]
    TooFewOfAClass { wanted: usize, available: usize },
    #[error("a batch cannot hold {wanted} samples: only {available} are for training")]
    TooFewSamples { wanted: usize, available: usize },
    #[error("there is a pre-trained network for glyphs only: choose glyphs, or start from scratch")]
    PretrainedData,
    #[error(
        "the number of training classes is {found}; from the pre-trained network it must be at most \
         {MOST_CLASSES_PRETRAINED}, because that has seen the others: use fewer, or start from scratch"
    )]
    PretrainedClasses { found: usize },
    #[error(
        "the pre-trained layer has {BACKBONE_WIDTH} units, but {}: make the first hidden layer that wide, or start from \
         scratch",
        .found.map_or("there is no hidden layer".to_owned(), |found| format!("the first hidden layer has {found}"))
    )]
    PretrainedWidth { found: Option<usize> },
    #[error(
        "{values} values of synthetic data are too many (classes × samples × dimension): at most 16 million"
    )]
    TooMuchData { values: usize },
}

/// A setting as a person wrote it: 0.9, not the 0.899999976… that an f32 makes of it.
fn plain(value: f64) -> String {
    if value.fract() == 0.0 {
        value.to_string()
    } else {
        (value as f32).to_string()
    }
}

/// What a walk over all numeric settings does with each: takes its value, gives the new one.
type Visit<'a> = &'a mut dyn FnMut(Setting, f64) -> f64;

fn whole(setting: Setting, value: &mut usize, visit: Visit<'_>) {
    *value = visit(setting, *value as f64) as usize;
}

fn count(setting: Setting, value: &mut u32, visit: Visit<'_>) {
    *value = visit(setting, f64::from(*value)) as u32;
}

fn real(setting: Setting, value: &mut f32, visit: Visit<'_>) {
    *value = visit(setting, f64::from(*value)) as f32;
}

impl Experiment {
    /// Shows every numeric setting to `visit`, and replaces it by what that returns.
    fn walk(&mut self, visit: Visit<'_>) {
        match &mut self.data {
            DataSpec::Glyphs { train_classes } => {
                whole(Setting::TrainClasses, train_classes, visit)
            }
            DataSpec::Digits { .. } => {}
            DataSpec::Synthetic(spec) => {
                whole(Setting::SyntheticClasses, &mut spec.classes, visit);
                whole(Setting::SyntheticDim, &mut spec.dim, visit);
                whole(Setting::SamplesPerClass, &mut spec.samples_per_class, visit);
                real(Setting::Spread, &mut spec.spread, visit);
                real(Setting::Noise, &mut spec.noise, visit);
            }
        }
        match &mut self.sampler {
            SamplerSpec::Shuffled { batch } => whole(Setting::Batch, batch, visit),
            SamplerSpec::Balanced { classes, samples } => {
                whole(Setting::ClassesPerBatch, classes, visit);
                whole(Setting::SamplesPerBatchClass, samples, visit);
            }
        }
        for (layer, width) in self.net.hidden.iter_mut().enumerate() {
            whole(Setting::Hidden(layer), width, visit);
        }
        whole(Setting::Dim, &mut self.net.dim, visit);
        let schedule = &mut self.schedule;
        count(Setting::Steps, &mut schedule.steps, visit);
        count(Setting::WarmupSteps, &mut schedule.warmup_steps, visit);
        count(Setting::DecayEvery, &mut schedule.decay_every, visit);
        real(Setting::Decay, &mut schedule.decay, visit);
        real(Setting::WeightDecay, &mut schedule.weight_decay, visit);
        real(Setting::ClipValue, &mut schedule.clip_value, visit);
        whole(Setting::Seeds, &mut self.seeds, visit);
        let mut first_seed = self.first_seed as f64;
        first_seed = visit(Setting::FirstSeed, first_seed);
        self.first_seed = first_seed as u64;
        real(Setting::LabelNoise, &mut self.label_noise, visit);
        for (index, entry) in self.entries.iter_mut().enumerate() {
            real(Setting::Lr(index), &mut entry.lr, visit);
            real(
                Setting::ProxyLrFactor(index),
                &mut entry.proxy_lr_factor,
                visit,
            );
            for (param, value) in entry
                .params
                .iter_mut()
                .enumerate()
                .take(entry.loss.info().params.len())
            {
                real(
                    Setting::Param {
                        entry: index,
                        loss: entry.loss,
                        param,
                    },
                    value,
                    visit,
                );
            }
        }
    }

    /// Checks every setting, each for itself and with those it must fit.
    ///
    /// # Errors
    /// All that is wrong, not only the first.
    pub fn validate(&self) -> Result<(), Vec<SettingError>> {
        let mut errors = Vec::new();
        self.clone().walk(&mut |setting, value| {
            let range = setting.range();
            // Settings are f32: 1e-6 as f32 is a little less than 1e-6 and still what was meant.
            let within = (*range.start() as f32..=*range.end() as f32).contains(&(value as f32));
            if !within {
                errors.push(SettingError::OutOfRange {
                    setting,
                    value,
                    min: *range.start(),
                    max: *range.end(),
                });
            }
            value
        });
        match self.entries.len() {
            0 => errors.push(SettingError::NoLoss),
            found if found > MOST_ENTRIES => errors.push(SettingError::TooManyLosses { found }),
            _ => {}
        }
        let found = self.net.hidden.len();
        if found > MOST_LAYERS {
            errors.push(SettingError::TooManyLayers { found });
        }
        for (index, entry) in self.entries.iter().enumerate() {
            let expected = entry.loss.info().params.len();
            let found = entry.params.len();
            if found != expected {
                errors.push(SettingError::ParameterCount {
                    entry: index,
                    loss: entry.loss,
                    found,
                    expected,
                });
            }
        }
        if let SamplerSpec::Balanced { classes, samples } = self.sampler {
            if classes.saturating_mul(samples) > MOST_IN_BATCH {
                errors.push(SettingError::BatchTooLarge { classes, samples });
            }
            let available = self.data.training_classes();
            if classes > available {
                errors.push(SettingError::TooFewClasses {
                    wanted: classes,
                    available,
                });
            }
        }
        let (available, of_a_class) = self.data.training_samples();
        match self.sampler {
            SamplerSpec::Shuffled { batch: wanted } if wanted > available => {
                errors.push(SettingError::TooFewSamples { wanted, available });
            }
            SamplerSpec::Balanced {
                samples: wanted, ..
            } if wanted > of_a_class => {
                errors.push(SettingError::TooFewOfAClass {
                    wanted,
                    available: of_a_class,
                });
            }
            _ => {}
        }
        if self.start == Start::Pretrained {
            match self.data {
                DataSpec::Glyphs {
                    train_classes: found,
                } if found > MOST_CLASSES_PRETRAINED => {
                    errors.push(SettingError::PretrainedClasses { found });
                }
                DataSpec::Glyphs { .. } => {}
                DataSpec::Digits { .. } | DataSpec::Synthetic(_) => {
                    errors.push(SettingError::PretrainedData)
                }
            }
            let found = self.net.hidden.first().copied();
            if found != Some(BACKBONE_WIDTH) {
                errors.push(SettingError::PretrainedWidth { found });
            }
        }
        if let DataSpec::Synthetic(spec) = &self.data {
            let values = spec
                .classes
                .saturating_mul(spec.samples_per_class)
                .saturating_mul(spec.dim);
            if values > MOST_SYNTHETIC_VALUES {
                errors.push(SettingError::TooMuchData { values });
            }
        }
        if errors.is_empty() {
            Ok(())
        } else {
            Err(errors)
        }
    }

    /// The nearest experiment that [`validate`](Self::validate) accepts. What is not a number becomes the smallest
    /// value, or the default of a loss's parameter. Where the pre-trained network does not fit data and first layer, the
    /// start is from scratch.
    pub fn clamp(&mut self) {
        self.entries.truncate(MOST_ENTRIES);
        self.net.hidden.truncate(MOST_LAYERS);
        for entry in &mut self.entries {
            let info = entry.loss.info();
            let known = entry.params.len().min(info.params.len());
            entry.params.truncate(known);
            entry
                .params
                .extend(info.params[known..].iter().map(|param| param.default));
        }
        if self.entries.is_empty() {
            self.entries = Self::default_preset().entries;
        }
        self.walk(&mut |setting, value| {
            let range = setting.range();
            let param = setting.param();
            if value.is_nan() {
                return param.map_or(*range.start(), |param| f64::from(param.default));
            }
            let value = value.clamp(*range.start(), *range.end());
            match param.map(|param| param.scale) {
                Some(Scale::Integer | Scale::Switch) => value.round(),
                _ => value,
            }
        });
        if let DataSpec::Synthetic(spec) = &mut self.data {
            // Fewer samples first, then fewer classes: the dimension is the network's input.
            let per_sample = spec.classes * spec.dim;
            spec.samples_per_class = spec
                .samples_per_class
                .min((MOST_SYNTHETIC_VALUES / per_sample).max(2));
            let per_class = spec.samples_per_class * spec.dim;
            spec.classes = spec.classes.min(MOST_SYNTHETIC_VALUES / per_class);
        }
        if self.start == Start::Pretrained {
            match &mut self.data {
                DataSpec::Glyphs { train_classes }
                    if self.net.hidden.first() == Some(&BACKBONE_WIDTH) =>
                {
                    *train_classes = (*train_classes).min(MOST_CLASSES_PRETRAINED);
                }
                _ => self.start = Start::Scratch,
            }
        }
        let (samples_in_all, of_a_class) = self.data.training_samples();
        let available = self.data.training_classes();
        match &mut self.sampler {
            SamplerSpec::Shuffled { batch } => *batch = (*batch).min(samples_in_all),
            SamplerSpec::Balanced { classes, samples } => {
                *classes = (*classes).min(available);
                *samples = (*samples)
                    .min((MOST_IN_BATCH / *classes).max(1))
                    .min(of_a_class);
            }
        }
    }
}

/// Pictures of each glyph: one a typeface.
const GLYPH_FACES: usize = 32;
/// Pictures of each digit in the published set.
const DIGIT_COUNTS: [usize; 10] = [178, 182, 177, 183, 181, 182, 181, 179, 174, 180];

impl DataSpec {
    /// What the metrics are computed on: classes that nobody trained on, where the set has enough of them.
    pub fn scored_on(&self) -> &'static str {
        match self {
            Self::Digits {
                split: DigitSplit::SeenClasses,
            } => "held-out pictures",
            _ => "unseen classes",
        }
    }

    /// How many samples there are to train on, and of the rarest class.
    pub fn training_samples(&self) -> (usize, usize) {
        match self {
            Self::Glyphs { train_classes } => (train_classes * GLYPH_FACES, GLYPH_FACES),
            Self::Digits { split } => {
                let (part, classes) = match split {
                    DigitSplit::TrainLow => ((4, 5), &DIGIT_COUNTS[..5]),
                    DigitSplit::TrainHigh => ((4, 5), &DIGIT_COUNTS[5..]),
                    DigitSplit::SeenClasses => ((1, 2), &DIGIT_COUNTS[..]),
                };
                let kept = classes.iter().map(|count| count * part.0 / part.1);
                (kept.clone().sum(), kept.min().unwrap_or(0))
            }
            Self::Synthetic(spec) => (
                self.training_classes() * spec.samples_per_class,
                spec.samples_per_class,
            ),
        }
    }

    /// How many classes there are to train on.
    pub fn training_classes(&self) -> usize {
        match self {
            Self::Glyphs { train_classes } => *train_classes,
            Self::Digits {
                split: DigitSplit::SeenClasses,
            } => 10,
            Self::Digits { .. } => 5,
            // As the split of synthetic data takes 15 % for validation and a quarter for test, two classes at least.
            Self::Synthetic(spec) => spec
                .classes
                .saturating_sub((spec.classes * 15 / 100).max(2) + (spec.classes / 4).max(2)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::SyntheticSpec;

    #[test]
    fn every_setting_is_checked_at_both_ends_and_clamped() {
        for base in bases() {
            assert_eq!(base.validate(), Ok(()), "{base:?}");
            let mut settings = Vec::new();
            base.clone().walk(&mut |setting, value| {
                settings.push(setting);
                value
            });
            assert!(settings.len() > 10);
            for target in settings {
                let range = target.range();
                let bad = [
                    *range.start() - 1.0,
                    *range.end() * 1.01 + 1.0,
                    f64::NAN,
                    f64::INFINITY,
                ];
                for value in bad {
                    let mut broken = base.clone();
                    let mut written = f64::NAN;
                    broken.walk(&mut |setting, old| if setting == target { value } else { old });
                    // Whole numbers cannot hold every bad value: look at what arrived.
                    broken.clone().walk(&mut |setting, value| {
                        if setting == target {
                            written = value;
                        }
                        value
                    });
                    if range.contains(&written) {
                        continue;
                    }
                    let errors = broken.validate().unwrap_err();
                    let named = errors
                        .iter()
                        .any(|error| matches!(error, SettingError::OutOfRange { setting, .. } if *setting == target));
                    assert!(named, "{target:?} = {value}: {errors:?}");
                    assert!(errors.iter().all(|error| !error.to_string().is_empty()));
                    broken.clamp();
                    assert_eq!(broken.validate(), Ok(()), "{target:?} = {value}");
                }
            }
        }
    }

    fn bases() -> Vec<Experiment> {
        let mut synthetic = Experiment::default_preset();
        synthetic.data = DataSpec::Synthetic(SyntheticSpec {
            classes: 100,
            dim: 32,
            samples_per_class: 20,
            spread: 0.3,
            noise: 1.0,
            seed: 7,
        });
        synthetic.sampler = SamplerSpec::Balanced {
            classes: 10,
            samples: 4,
        };
        let mut digits = Experiment::default_preset();
        digits.data = DataSpec::Digits {
            split: DigitSplit::TrainHigh,
        };
        let mut pretrained = Experiment::default_preset();
        pretrained.data = DataSpec::Glyphs {
            train_classes: MOST_CLASSES_PRETRAINED,
        };
        pretrained.start = Start::Pretrained;
        vec![Experiment::default_preset(), synthetic, digits, pretrained]
    }

    #[test]
    fn settings_that_do_not_fit_each_other_are_found_and_mended() {
        type Break = fn(&mut Experiment);
        type Complaint = fn(&SettingError) -> bool;
        let breaks: [(Break, Complaint); 12] = [
            (|e| e.entries.clear(), |e| *e == SettingError::NoLoss),
            (
                |e| e.entries = vec![e.entries[0].clone(); 40],
                |e| *e == SettingError::TooManyLosses { found: 40 },
            ),
            (
                |e| e.net.hidden = vec![8; 9],
                |e| *e == SettingError::TooManyLayers { found: 9 },
            ),
            (
                |e| e.entries[0].params.push(1.0),
                |e| matches!(e, SettingError::ParameterCount { .. }),
            ),
            (
                |e| {
                    e.sampler = SamplerSpec::Balanced {
                        classes: 200,
                        samples: 60,
                    }
                },
                |e| matches!(e, SettingError::BatchTooLarge { .. }),
            ),
            (
                |e| {
                    e.data = DataSpec::Digits {
                        split: DigitSplit::TrainLow,
                    };
                    e.sampler = SamplerSpec::Balanced {
                        classes: 6,
                        samples: 2,
                    };
                },
                |e| {
                    *e == SettingError::TooFewClasses {
                        wanted: 6,
                        available: 5,
                    }
                },
            ),
            (
                |e| {
                    e.data = DataSpec::Glyphs { train_classes: 2 };
                    e.sampler = SamplerSpec::Shuffled { batch: 65 };
                },
                |e| {
                    *e == SettingError::TooFewSamples {
                        wanted: 65,
                        available: 64,
                    }
                },
            ),
            (
                |e| {
                    e.sampler = SamplerSpec::Balanced {
                        classes: 5,
                        samples: 33,
                    }
                },
                |e| {
                    *e == SettingError::TooFewOfAClass {
                        wanted: 33,
                        available: 32,
                    }
                },
            ),
            (
                |e| e.start = Start::Pretrained,
                |e| *e == SettingError::PretrainedClasses { found: 200 },
            ),
            (
                |e| {
                    e.start = Start::Pretrained;
                    e.data = DataSpec::Digits {
                        split: DigitSplit::TrainLow,
                    };
                },
                |e| *e == SettingError::PretrainedData,
            ),
            (
                |e| {
                    e.start = Start::Pretrained;
                    e.net.hidden = vec![64, BACKBONE_WIDTH];
                },
                |e| *e == SettingError::PretrainedWidth { found: Some(64) },
            ),
            (
                |e| {
                    e.start = Start::Pretrained;
                    e.net.hidden.clear();
                },
                |e| *e == SettingError::PretrainedWidth { found: None },
            ),
        ];
        for (index, (damage, expected)) in breaks.iter().enumerate() {
            let mut experiment = Experiment::default_preset();
            damage(&mut experiment);
            let errors = experiment.validate().unwrap_err();
            assert!(errors.iter().any(expected), "{index}: {errors:?}");
            experiment.clamp();
            assert_eq!(experiment.validate(), Ok(()), "{index}");
        }
        let mut experiment = bases().remove(1);
        if let DataSpec::Synthetic(spec) = &mut experiment.data {
            (spec.classes, spec.samples_per_class, spec.dim) = (10_000, 1000, 1024);
        }
        assert!(matches!(
            experiment.validate().unwrap_err()[..],
            [SettingError::TooMuchData { .. }]
        ));
        experiment.clamp();
        assert_eq!(experiment.validate(), Ok(()));
    }

    #[test]
    fn an_error_says_what_where_and_what_to_do() {
        let mut experiment = Experiment::default_preset();
        experiment.entries[1].lr = 7.0;
        let errors = experiment.validate().unwrap_err();
        assert_eq!(errors.len(), 1);
        assert_eq!(
            errors[0].to_string(),
            "the learning rate of loss 2 is 7; it must be from 0.000001 to 1"
        );
    }

    #[test]
    fn the_numbers_of_training_samples_are_those_of_the_splits() {
        use crate::data::{Dataset, Split};
        use crate::experiment::SyntheticSpec;

        let mut specs = vec![
            DataSpec::Glyphs { train_classes: 200 },
            DataSpec::Glyphs { train_classes: 7 },
            DataSpec::Synthetic(SyntheticSpec {
                classes: 31,
                ..SyntheticSpec::default()
            }),
        ];
        specs.extend(
            [
                DigitSplit::TrainLow,
                DigitSplit::TrainHigh,
                DigitSplit::SeenClasses,
            ]
            .map(|split| DataSpec::Digits { split }),
        );
        for spec in specs {
            let assets = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("assets");
            let file =
                crate::data::file_name(&spec).map(|name| std::fs::read(assets.join(name)).unwrap());
            let split = Split::of(&spec, &Dataset::open(&spec, file.as_deref()).unwrap()).unwrap();
            let mut counts = vec![0; split.train_classes.len()];
            split
                .train_labels
                .iter()
                .for_each(|&label| counts[label as usize] += 1);
            assert_eq!(
                spec.training_samples(),
                (split.train.len(), *counts.iter().min().unwrap()),
                "{spec:?}"
            );
            assert_eq!(spec.training_classes(), counts.len(), "{spec:?}");
        }
    }
}
