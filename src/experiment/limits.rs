//! Which experiments can be trained: every setting within its range, and all of them fitting each other.

use super::conditions::MLP;
use super::setting::{BACKBONE_WIDTH, MOST_IN_BATCH, MOST_IN_MEMORY, MOST_LAYERS};
use super::{Experiment, SamplerSpec, Setting, Start};
use crate::data::MOST_VALUES;
use crate::loss::{LossKind, Scale};

/// Most entries of a race: every loss once, as the page and links have them.
const MOST_ENTRIES: usize = LossKind::ALL.len();

/// Most pairs of a sample and what it is compared with, in one batch of one seed: twice those of the largest batch, so that a
/// memory takes at most twice the room of that.
const MOST_PAIRS: usize = 2 * MOST_IN_BATCH * MOST_IN_BATCH;

/// The most batches that a memory can keep beside batches of this size.
fn most_in_memory(batch: usize) -> usize {
    let batches = MOST_PAIRS / batch.max(1).saturating_pow(2);
    batches.saturating_sub(1).min(MOST_IN_MEMORY)
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
    #[error("{found} losses are too many for one race: at most {most}")]
    TooManyLosses { found: usize, most: usize },
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
    #[error(
        "a memory of {batches} batches of {batch} samples is too large: at most {most} batches of that size"
    )]
    MemoryTooLarge {
        batches: usize,
        batch: usize,
        most: usize,
    },
    #[error("a batch cannot hold {wanted} classes: only {available} are for training")]
    TooFewClasses { wanted: usize, available: usize },
    #[error(
        "a batch cannot hold {wanted} samples of a class: some training classes have only {available}"
    )]
    TooFewOfAClass { wanted: usize, available: usize },
    #[error("a batch cannot hold {wanted} samples: only {available} are for training")]
    TooFewSamples { wanted: usize, available: usize },
    #[error(
        "a convolution and shifts need pictures, and this data set has none: choose a set with pictures, or the MLP and no \
         shift"
    )]
    NoPictures,
    #[error("there is a pre-trained network for glyphs only: choose glyphs, or start from scratch")]
    PretrainedData,
    #[error(
        "the number of training classes is {found}; from the pre-trained network it must be at most {most}, because \
         that has seen the others: use fewer, or start from scratch"
    )]
    PretrainedClasses { found: usize, most: usize },
    #[error(
        "the pre-trained layer has {BACKBONE_WIDTH} units, but {}: make the first hidden layer that wide, or start from \
         scratch",
        .found.map_or("there is no hidden layer".to_owned(), |found| format!("the first hidden layer has {found}"))
    )]
    PretrainedWidth { found: Option<usize> },
    #[error(
        "{values} values of synthetic data are too many (classes × samples × dimension): at most 16 million"
    )]
    TooMuchData { values: u64 },
}

/// A setting as a person wrote it: 0.9, not the 0.899999976… that an f32 makes of it.
pub fn plain(value: f64) -> String {
    if value.fract() == 0.0 {
        value.to_string()
    } else {
        (value as f32).to_string()
    }
}

impl Experiment {
    /// Checks every setting, each for itself and with those it must fit.
    ///
    /// # Errors
    /// All that is wrong, not only the first.
    pub fn validate(&self) -> Result<(), Vec<SettingError>> {
        let mut errors = Vec::new();
        for (setting, span) in self.numbers() {
            let value = setting.number(self);
            if !span.accepts(value) {
                let (min, max) = span.range;
                errors.push(SettingError::OutOfRange {
                    setting,
                    value,
                    min,
                    max,
                });
            }
        }
        self.check_entries(&mut errors);
        self.check_batch(&mut errors);
        let wants_pictures = self.net.convolution.is_some() || self.shift > 0;
        if wants_pictures && self.data.info().side.is_none() {
            errors.push(SettingError::NoPictures);
        }
        self.check_start(&mut errors);
        let values = self.data.values();
        if values > MOST_VALUES {
            errors.push(SettingError::TooMuchData { values });
        }
        if errors.is_empty() {
            Ok(())
        } else {
            Err(errors)
        }
    }

    fn check_entries(&self, errors: &mut Vec<SettingError>) {
        match self.entries.len() {
            0 => errors.push(SettingError::NoLoss),
            found if found > MOST_ENTRIES => errors.push(SettingError::TooManyLosses {
                found,
                most: MOST_ENTRIES,
            }),
            _ => {}
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
    }

    /// Whether there is enough to draw batches from, and room to keep them.
    fn check_batch(&self, errors: &mut Vec<SettingError>) {
        let sizes = self.data.sizes();
        let (batch, batches) = (self.sampler.batch(), self.memory.batches);
        let most = most_in_memory(batch);
        // Where the batch itself, or the number, is out of range, that is said already.
        if batch <= MOST_IN_BATCH && batches <= MOST_IN_MEMORY && batches > most {
            errors.push(SettingError::MemoryTooLarge {
                batches,
                batch,
                most,
            });
        }
        match self.sampler {
            SamplerSpec::Shuffled { batch } => {
                let available = sizes.training_samples;
                if batch > available {
                    errors.push(SettingError::TooFewSamples {
                        wanted: batch,
                        available,
                    });
                }
            }
            SamplerSpec::Balanced { classes, samples } => {
                if self.sampler.batch() > MOST_IN_BATCH {
                    errors.push(SettingError::BatchTooLarge { classes, samples });
                }
                let available = sizes.training_classes;
                if classes > available {
                    errors.push(SettingError::TooFewClasses {
                        wanted: classes,
                        available,
                    });
                }
                if samples > sizes.rarest {
                    errors.push(SettingError::TooFewOfAClass {
                        wanted: samples,
                        available: sizes.rarest,
                    });
                }
            }
        }
    }

    /// Whether the pre-trained network fits data and first layer.
    fn check_start(&self, errors: &mut Vec<SettingError>) {
        if self.start == Start::Scratch {
            return;
        }
        let found = self.data.sizes().training_classes;
        match self.data.info().most_classes_pretrained {
            None => errors.push(SettingError::PretrainedData),
            Some(most) if found > most => {
                errors.push(SettingError::PretrainedClasses { found, most });
            }
            Some(_) => {}
        }
        let found = self.net.hidden.first().copied();
        if self.net.convolution.is_none() && found != Some(BACKBONE_WIDTH) {
            errors.push(SettingError::PretrainedWidth { found });
        }
    }

    /// The smallest and the largest value of a number that the other settings leave.
    pub fn accepted(&self, setting: Setting) -> (f64, f64) {
        let (min, max) = setting
            .span()
            .expect("only numbers have a smallest value")
            .range;
        let sizes = self.data.sizes();
        let most = match setting.face().key {
            "batch" => {
                let with_memory = MOST_PAIRS / (1 + self.memory.batches);
                Some(sizes.training_samples.min(with_memory.isqrt()))
            }
            "batch-classes" => Some(sizes.training_classes),
            "batch-samples" => Some(sizes.rarest),
            "memory" => Some(most_in_memory(self.sampler.batch())),
            "shift" if self.data.info().side.is_none() => Some(0),
            "classes" if self.start == Start::Pretrained => {
                self.data.info().most_classes_pretrained
            }
            _ => None,
        };
        (min, most.map_or(max, |most| max.min(most as f64)))
    }

    /// The nearest experiment that [`validate`](Self::validate) accepts. What is not a number becomes the smallest
    /// value, or the default of a loss's parameter. Where the pre-trained network does not fit data and first layer, the
    /// start is from scratch.
    pub fn clamp(&mut self) {
        self.clamp_entries();
        // First of all, since there is a row for each layer.
        self.net.hidden.truncate(MOST_LAYERS);
        if self.data.info().side.is_none() {
            self.shift = 0;
            let net = self.setting("net").expect("every race has a network");
            net.choose(self, MLP);
        }
        let numbers: Vec<_> = self.numbers().collect();
        for (setting, span) in numbers {
            let value = setting.number(self);
            let nearest = match setting.param() {
                Some(param) if value.is_nan() => f64::from(param.default),
                Some(param) if matches!(param.scale, Scale::Integer | Scale::Switch) => {
                    span.clamp(value).round()
                }
                _ => span.clamp(value),
            };
            // Only where it differs: an f32 that is accepted stays as it is to the last bit.
            if nearest != value {
                setting.set_number(self, nearest);
            }
        }
        if self.data.values() > MOST_VALUES {
            self.data.shrink();
        }
        self.clamp_start();
        let sizes = self.data.sizes();
        match &mut self.conditions.sampler {
            SamplerSpec::Shuffled { batch } => *batch = (*batch).min(sizes.training_samples),
            SamplerSpec::Balanced { classes, samples } => {
                *classes = (*classes).min(sizes.training_classes);
                *samples = (*samples)
                    .min((MOST_IN_BATCH / *classes).max(1))
                    .min(sizes.rarest);
            }
        }
        let most = most_in_memory(self.sampler.batch());
        self.memory.batches = self.memory.batches.min(most);
    }

    fn clamp_entries(&mut self) {
        self.entries.truncate(MOST_ENTRIES);
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
            self.kept_protocol = None;
        }
    }

    fn clamp_start(&mut self) {
        if self.start == Start::Scratch {
            return;
        }
        let fits =
            self.net.convolution.is_some() || self.net.hidden.first() == Some(&BACKBONE_WIDTH);
        match self.data.info().most_classes_pretrained.filter(|_| fits) {
            None => self.start = Start::Scratch,
            Some(most) if self.data.sizes().training_classes > most => {
                let classes = self.setting("classes");
                classes
                    .expect("a set with classes for pre-training has a number of training classes")
                    .set_number(self, most as f64);
            }
            Some(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{
        DataSpec, DigitSpec, DigitSplit, GlyphSpec, MOST_CLASSES_PRETRAINED, SyntheticSpec,
    };
    use crate::experiment::{Convolution, NetSpec};

    fn glyphs(train_classes: usize) -> DataSpec {
        DataSpec::Glyphs(GlyphSpec { train_classes })
    }

    fn digits(split: DigitSplit) -> DataSpec {
        DataSpec::Digits(DigitSpec { split })
    }

    #[test]
    fn every_setting_is_checked_at_both_ends_and_clamped() {
        for base in bases() {
            assert_eq!(base.validate(), Ok(()), "{base:?}");
            assert!(base.numbers().count() > 10);
            for (target, span) in base.numbers() {
                let (min, max) = span.range;
                for value in [min - 1.0, max * 1.01 + 1.0, f64::NAN, f64::INFINITY] {
                    let mut broken = base.clone();
                    target.set_number(&mut broken, value);
                    // Whole numbers cannot hold every bad value: look at what arrived.
                    if span.accepts(target.number(&broken)) {
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
        let mut synthetic = Experiment::before_convolutions();
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
        let mut digits = Experiment::before_convolutions();
        digits.data = self::digits(DigitSplit::TrainHigh);
        let mut pretrained = Experiment::before_convolutions();
        pretrained.data = glyphs(MOST_CLASSES_PRETRAINED);
        pretrained.start = Start::Pretrained;
        let mut convolutional = pretrained.clone();
        convolutional.net = NetSpec::convolutional(Convolution::K5S2C16P2, 64);
        convolutional.memory.batches = 5;
        convolutional.mixup = 0.4;
        vec![
            Experiment::before_convolutions(),
            synthetic,
            digits,
            pretrained,
            convolutional,
            Experiment::default_preset(),
        ]
    }

    #[test]
    fn settings_that_do_not_fit_each_other_are_found_and_mended() {
        type Break = fn(&mut Experiment);
        type Complaint = fn(&SettingError) -> bool;
        let breaks: [(Break, Complaint); 15] = [
            (|e| e.entries.clear(), |e| *e == SettingError::NoLoss),
            (
                |e| e.entries = vec![e.entries[0].clone(); 40],
                |e| matches!(e, SettingError::TooManyLosses { found: 40, .. }),
            ),
            (
                |e| {
                    e.sampler = SamplerSpec::Shuffled { batch: 180 };
                    e.memory.batches = 16;
                },
                |e| {
                    e.to_string()
                        == "a memory of 16 batches of 180 samples is too large: at most 15 batches of that size"
                },
            ),
            (
                |e| e.net.hidden = vec![8; 9],
                |e| e.to_string() == "hidden is 9; it must be from 0 to 4",
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
                    e.data = digits(DigitSplit::TrainLow);
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
                    e.data = glyphs(2);
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
                |e| {
                    e.net = NetSpec::convolutional(Convolution::K5S2C16P2, 64);
                    e.data = DataSpec::Synthetic(SyntheticSpec::default());
                },
                |e| *e == SettingError::NoPictures,
            ),
            (
                |e| {
                    e.shift = 1;
                    e.data = DataSpec::Synthetic(SyntheticSpec::default());
                },
                |e| *e == SettingError::NoPictures,
            ),
            (
                |e| e.start = Start::Pretrained,
                |e| {
                    *e == SettingError::PretrainedClasses {
                        found: 200,
                        most: 150,
                    }
                },
            ),
            (
                |e| {
                    e.start = Start::Pretrained;
                    e.data = digits(DigitSplit::TrainLow);
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
            let mut experiment = Experiment::before_convolutions();
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
        let mut experiment = Experiment::before_convolutions();
        experiment.entries[1].lr = 7.0;
        let errors = experiment.validate().unwrap_err();
        assert_eq!(errors.len(), 1);
        assert_eq!(
            errors[0].to_string(),
            "lr of loss 2 is 7; it must be from 0.000001 to 1"
        );
    }

    /// With unchecked products this wraps to a set of 32 samples, or panics where overflow is checked.
    #[test]
    fn a_number_of_any_size_is_only_too_large() {
        for classes in [usize::MAX, (1 << 59) + 1] {
            let mut experiment = Experiment {
                entries: Experiment::before_convolutions().entries,
                ..bases().remove(0)
            };
            experiment.data = glyphs(classes);
            let errors = experiment.validate().unwrap_err();
            assert_eq!(errors.len(), 1, "{errors:?}");
            let mut synthetic = bases().remove(1);
            synthetic.data = DataSpec::Synthetic(SyntheticSpec {
                classes,
                dim: classes,
                samples_per_class: classes,
                ..SyntheticSpec::default()
            });
            synthetic.sampler = SamplerSpec::Balanced {
                classes: 2,
                samples: classes,
            };
            assert!(synthetic.validate().is_err());
            synthetic.clamp();
            assert_eq!(synthetic.validate(), Ok(()));
        }
        let (found, notices) = Experiment::from_fragment("classes=99999999999999999999");
        assert_eq!(found.data, glyphs(200));
        assert_eq!(notices.len(), 1, "{notices:?}");
    }

    #[test]
    fn every_loss_can_race_at_once() {
        let mut experiment = Experiment::before_convolutions();
        let conditions = experiment.conditions.clone();
        experiment.entries = LossKind::ALL
            .iter()
            .map(|&loss| crate::experiment::Entry::preset(loss, Default::default(), &conditions))
            .collect();
        assert_eq!(experiment.validate(), Ok(()));
    }

    #[test]
    fn what_the_other_settings_leave_is_accepted_and_no_more() {
        for base in bases() {
            for (setting, _) in base.numbers() {
                let (min, max) = base.accepted(setting);
                assert!(min <= max, "{setting}");
                let mut changed = base.clone();
                setting.set_number(&mut changed, max);
                let misfits = |error: &SettingError| {
                    !matches!(
                        error,
                        SettingError::BatchTooLarge { .. } | SettingError::TooMuchData { .. }
                    )
                };
                // What these two are about is not of one setting alone; nor is that the first layer is pre-trained.
                if setting.face().key == "width" {
                    continue;
                }
                let errors = changed.validate().err().unwrap_or_default();
                assert!(!errors.iter().any(misfits), "{setting} = {max}: {errors:?}");
            }
        }
    }
}
