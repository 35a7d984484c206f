//! How batches are drawn.

use std::fmt;
use std::str::FromStr;

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use super::random::{Purpose, generator, shuffle_front};
use super::{Allowed, DataError, Quantity, Split, Supply};
use crate::setting::Expected;

/// The largest share of wrong labels that an experiment may ask for.
pub const MOST_NOISE: f32 = 0.4;

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
            Self::Balanced { classes, samples } => classes.saturating_mul(samples),
        }
    }

    /// Name of the kind of batches in link and table of settings.
    pub fn id(self) -> &'static str {
        match self {
            Self::Shuffled { .. } => "shuffled",
            Self::Balanced { .. } => "balanced",
        }
    }
}

impl fmt::Display for SamplerSpec {
    /// `shuffled:60` or `balanced:30x3`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shuffled { batch } => write!(f, "{}:{batch}", self.id()),
            Self::Balanced { classes, samples } => write!(f, "{}:{classes}x{samples}", self.id()),
        }
    }
}

/// A text that is no sampler.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a sampler is written {}", Expected::Sampler)]
pub struct SamplerTextError;

impl FromStr for SamplerSpec {
    type Err = SamplerTextError;

    fn from_str(text: &str) -> Result<Self, SamplerTextError> {
        // However large: one that does not fit becomes the largest, which the limits then bring down.
        let whole = |text: &str| {
            let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| text.parse().unwrap_or(usize::MAX))
        };
        let (kind, size) = text.split_once(':').ok_or(SamplerTextError)?;
        match kind {
            "shuffled" => whole(size).map(|batch| Self::Shuffled { batch }),
            "balanced" => size.split_once(['x', '×']).and_then(|(classes, samples)| {
                Some(Self::Balanced {
                    classes: whole(classes)?,
                    samples: whole(samples)?,
                })
            }),
            _ => None,
        }
        .ok_or(SamplerTextError)
    }
}

/// Draws batches. The same spec, split, seed and noise give the same batches, for every loss and on every platform.
///
/// *Shuffled* goes through all training samples in a new random order each epoch. *Balanced* draws `classes` different
/// classes for each batch and `samples` different samples of each, so that every sample finds positives and negatives.
///
/// # Shapes
///
/// Each batch has [`batch`](Self::batch) indices and as many labels, `0..train_classes`; balanced batches are in order,
/// `class * samples + sample`.
///
/// # Edge cases
///
/// Shuffled: what is left of an epoch after its last whole batch is dropped; another epoch drops others.
///
/// Label noise: `round(share · n)` training samples, the same in every batch, are labelled with another training class,
/// each with equal chance. Balanced batches go by the labels that are there, right or wrong, as they would in life. If
/// noise left a class fewer than `samples`, the class's samples come again.
///
/// # Errors
///
/// An empty batch, or one that is larger than the training set; more classes than there are, or more samples of a class
/// than the smallest has; a share of noise outside 0–0.4.
#[derive(Clone, Debug)]
pub struct Sampler {
    /// Training samples as indices in the data set, and their labels with noise.
    samples: Vec<u32>,
    labels: Vec<u32>,
    draw: Draw,
    rng: ChaCha8Rng,
}

#[derive(Clone, Debug)]
enum Draw {
    /// The order of this epoch, as positions in `samples`, and how many of it are used up.
    Shuffled {
        batch: usize,
        order: Vec<u32>,
        used: usize,
    },
    /// Positions in `samples`, class by class.
    Balanced {
        classes: usize,
        samples: usize,
        members: Vec<Vec<u32>>,
    },
}

impl Sampler {
    pub fn new(
        spec: SamplerSpec,
        split: &Split,
        label_noise: f32,
        seed: u64,
    ) -> Result<Self, DataError> {
        let count = split.train.len();
        let classes = split.train_classes.len();
        check(spec, split)?;
        let labels = noisy_labels(split, label_noise, seed)?;
        let draw = match spec {
            SamplerSpec::Shuffled { batch } => Draw::Shuffled {
                batch,
                order: (0..count as u32).collect(),
                used: count,
            },
            SamplerSpec::Balanced {
                classes: wanted,
                samples,
            } => {
                let mut members = members(&labels, classes);
                members.retain(|class| !class.is_empty());
                if wanted > members.len() {
                    let allowed = Allowed::ClassesLeft {
                        most: members.len(),
                    };
                    return Err(DataError::parameter(
                        Quantity::BatchClasses,
                        wanted,
                        allowed,
                    ));
                }
                Draw::Balanced {
                    classes: wanted,
                    samples,
                    members,
                }
            }
        };
        Ok(Self {
            samples: split.train.clone(),
            labels,
            draw,
            rng: generator(seed, Purpose::Batches),
        })
    }

    /// Samples in a batch.
    pub fn batch(&self) -> usize {
        match self.draw {
            Draw::Shuffled { batch, .. } => batch,
            Draw::Balanced {
                classes, samples, ..
            } => classes * samples,
        }
    }

    /// The label of each training sample, in the order of [`Split::train`], with noise where there is any.
    pub fn labels(&self) -> &[u32] {
        &self.labels
    }

    /// Appends one batch: sample indices in the data set, and their training labels (with noise, where there is any).
    pub fn next_batch(&mut self, indices: &mut Vec<u32>, labels: &mut Vec<u32>) {
        let mut push = |position: u32| {
            indices.push(self.samples[position as usize]);
            labels.push(self.labels[position as usize]);
        };
        match &mut self.draw {
            Draw::Shuffled { batch, order, used } => {
                if *used + *batch > order.len() {
                    let count = order.len();
                    shuffle_front(order, count, &mut self.rng);
                    *used = 0;
                }
                order[*used..*used + *batch]
                    .iter()
                    .copied()
                    .for_each(&mut push);
                *used += *batch;
            }
            Draw::Balanced {
                classes,
                samples,
                members,
            } => {
                shuffle_front(members, *classes, &mut self.rng);
                for class in &mut members[..*classes] {
                    shuffle_front(class, *samples, &mut self.rng);
                    class
                        .iter()
                        .copied()
                        .cycle()
                        .take(*samples)
                        .for_each(&mut push);
                }
            }
        }
    }
}

fn check(spec: SamplerSpec, split: &Split) -> Result<(), DataError> {
    let within = |quantity, value: usize, most: usize, of| {
        if (1..=most).contains(&value) {
            return Ok(());
        }
        Err(DataError::parameter(
            quantity,
            value,
            Allowed::OneTo { most, of },
        ))
    };
    match spec {
        SamplerSpec::Shuffled { batch } => {
            within(Quantity::Batch, batch, split.train.len(), Supply::Samples)
        }
        SamplerSpec::Balanced { classes, samples } => {
            let smallest = members(&split.train_labels, split.train_classes.len())
                .iter()
                .map(Vec::len)
                .min();
            within(
                Quantity::BatchClasses,
                classes,
                split.train_classes.len(),
                Supply::Classes,
            )?;
            within(
                Quantity::BatchSamples,
                samples,
                smallest.unwrap_or(0),
                Supply::SamplesOfSmallest,
            )
        }
    }
}

/// Positions of each class's samples.
fn members(labels: &[u32], classes: usize) -> Vec<Vec<u32>> {
    let mut members = vec![Vec::new(); classes];
    for (position, &label) in (0..).zip(labels) {
        members[label as usize].push(position);
    }
    members
}

fn noisy_labels(split: &Split, share: f32, seed: u64) -> Result<Vec<u32>, DataError> {
    // Written so that NaN fails.
    if !(0.0..=MOST_NOISE).contains(&share) {
        return Err(DataError::parameter(
            Quantity::LabelNoise,
            share,
            Allowed::between(0, MOST_NOISE),
        ));
    }
    let mut labels = split.train_labels.clone();
    let classes = split.train_classes.len() as u32;
    let wrong = (f64::from(share) * labels.len() as f64).round() as usize;
    if wrong == 0 || classes < 2 {
        return Ok(labels);
    }
    let mut rng = generator(seed, Purpose::LabelNoise);
    let mut positions: Vec<u32> = (0..labels.len() as u32).collect();
    shuffle_front(&mut positions, wrong, &mut rng);
    for &position in &positions[..wrong] {
        let label = &mut labels[position as usize];
        *label = (*label + rng.random_range(1..classes)) % classes;
    }
    Ok(labels)
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    /// 5 classes of 7 samples each; sample `s` of the data set is at `s - 100` and of class `(s - 100) / 7`.
    fn split() -> Split {
        Split {
            train: (100..135).collect(),
            train_labels: (0..35).map(|i| i / 7).collect(),
            train_classes: (50..55).collect(),
            validation: vec![],
            test: vec![],
        }
    }

    fn batches(sampler: &mut Sampler, count: usize) -> Vec<(Vec<u32>, Vec<u32>)> {
        let draw = |_| {
            let (mut indices, mut labels) = (vec![], vec![]);
            sampler.next_batch(&mut indices, &mut labels);
            assert_eq!(
                (indices.len(), labels.len()),
                (sampler.batch(), sampler.batch())
            );
            (indices, labels)
        };
        (0..count).map(draw).collect()
    }

    fn sampler(spec: SamplerSpec, noise: f32, seed: u64) -> Sampler {
        Sampler::new(spec, &split(), noise, seed).unwrap()
    }

    const SHUFFLED: SamplerSpec = SamplerSpec::Shuffled { batch: 5 };
    const BALANCED: SamplerSpec = SamplerSpec::Balanced {
        classes: 3,
        samples: 4,
    };

    #[test]
    fn an_epoch_has_every_sample_once_and_the_next_another_order() {
        let mut sampler = sampler(SHUFFLED, 0.0, 1);
        let mut epochs = Vec::new();
        for _ in 0..3 {
            let epoch: Vec<u32> = batches(&mut sampler, 7)
                .into_iter()
                .flat_map(|(indices, _)| indices)
                .collect();
            assert_eq!(
                epoch.iter().copied().collect::<BTreeSet<_>>(),
                (100..135).collect()
            );
            epochs.push(epoch);
        }
        assert_ne!(epochs[0], epochs[1]);
        assert_ne!(epochs[1], epochs[2]);
    }

    #[test]
    fn the_rest_of_an_epoch_is_dropped() {
        let mut sampler = sampler(SamplerSpec::Shuffled { batch: 16 }, 0.0, 1);
        let mut dropped = BTreeSet::new();
        for _ in 0..20 {
            let epoch: BTreeSet<u32> = batches(&mut sampler, 2)
                .into_iter()
                .flat_map(|(indices, _)| indices)
                .collect();
            assert_eq!(epoch.len(), 32);
            dropped.extend((100..135).filter(|sample| !epoch.contains(sample)));
        }
        assert!(
            dropped.len() > 20,
            "always the same ones are dropped: {dropped:?}"
        );
    }

    #[test]
    fn labels_are_those_of_the_samples() {
        for spec in [SHUFFLED, BALANCED] {
            for (indices, labels) in batches(&mut sampler(spec, 0.0, 9), 50) {
                assert!(
                    indices
                        .iter()
                        .zip(&labels)
                        .all(|(index, label)| (index - 100) / 7 == *label)
                );
            }
        }
    }

    #[test]
    fn balanced_batches_have_so_many_of_so_many_and_reach_all() {
        let mut counts = BTreeMap::<u32, u32>::new();
        for (indices, labels) in batches(&mut sampler(BALANCED, 0.0, 2), 700) {
            assert_eq!(
                indices.iter().collect::<BTreeSet<_>>().len(),
                12,
                "a sample came twice"
            );
            let classes: BTreeSet<u32> = labels.iter().copied().collect();
            assert_eq!(classes.len(), 3);
            assert!(
                labels
                    .chunks(4)
                    .all(|class| class.iter().all(|label| *label == class[0]))
            );
            indices
                .into_iter()
                .for_each(|index| *counts.entry(index).or_default() += 1);
        }
        // 700 · 12 / 35 = 240 times each; five standard deviations are about 64.
        assert_eq!(counts.len(), 35);
        assert!(
            counts.values().all(|count| (170..=310).contains(count)),
            "{counts:?}"
        );
    }

    #[test]
    fn a_seed_decides_everything() {
        for spec in [SHUFFLED, BALANCED] {
            let draw = |noise, seed| batches(&mut sampler(spec, noise, seed), 30);
            assert_eq!(draw(0.2, 7), draw(0.2, 7));
            assert_ne!(draw(0.0, 7), draw(0.0, 8));
            assert_ne!(draw(0.2, 7), draw(0.2, 8));
        }
        // Noise does not change which samples are drawn.
        let indices = |noise| {
            batches(&mut sampler(SHUFFLED, noise, 7), 30)
                .into_iter()
                .map(|(indices, _)| indices)
        };
        assert!(indices(0.0).eq(indices(0.4)));
    }

    /// The page and the command line draw the same batches. These numbers may only change with a good reason.
    #[test]
    fn first_batches_are_pinned() {
        let first = |spec| batches(&mut sampler(spec, 0.0, 42), 1).remove(0).0;
        assert_eq!(first(SHUFFLED), [102, 107, 112, 100, 122]);
        assert_eq!(
            first(BALANCED),
            [102, 104, 101, 103, 107, 108, 110, 109, 117, 116, 118, 114]
        );
        let wrong = sampler(SHUFFLED, 0.1, 42)
            .labels()
            .iter()
            .zip(&split().train_labels)
            .enumerate()
            .filter(|(_, (noisy, right))| noisy != right)
            .map(|(position, (noisy, _))| (position, *noisy))
            .collect::<Vec<_>>();
        assert_eq!(wrong, [(13, 4), (18, 0), (21, 0), (25, 1)]);
    }

    #[test]
    fn the_share_of_wrong_labels_is_exact_and_spread() {
        for share in [0.0, 0.1, 0.2, 0.4_f32] {
            let mut targets = BTreeSet::new();
            for seed in 0..40 {
                let sampler = sampler(SHUFFLED, share, seed);
                let clean = split().train_labels;
                let wrong = sampler
                    .labels()
                    .iter()
                    .zip(&clean)
                    .filter(|(noisy, right)| noisy != right);
                let wrong: Vec<_> = wrong.map(|(noisy, right)| (*right, *noisy)).collect();
                assert_eq!(wrong.len(), (share * 35.0).round() as usize);
                assert!(sampler.labels().iter().all(|&label| label < 5));
                targets.extend(wrong);
            }
            if share > 0.0 {
                assert_eq!(
                    targets.len(),
                    5 * 4,
                    "some class is never mistaken for some other"
                );
            }
        }
    }

    #[test]
    fn wrong_labels_stay_the_same_from_batch_to_batch() {
        let mut sampler = sampler(SHUFFLED, 0.4, 5);
        let mut seen = BTreeMap::new();
        for (indices, labels) in batches(&mut sampler, 70) {
            for (index, label) in indices.into_iter().zip(labels) {
                assert_eq!(*seen.entry(index).or_insert(label), label);
            }
        }
    }

    #[test]
    fn balanced_goes_by_the_noisy_labels_and_repeats_where_it_must() {
        let mut repeated = false;
        for seed in 0..40 {
            let spec = SamplerSpec::Balanced {
                classes: 5,
                samples: 7,
            };
            for (indices, labels) in batches(&mut sampler(spec, 0.4, seed), 3) {
                for (class, indices) in labels.chunks(7).zip(indices.chunks(7)) {
                    assert!(class.iter().all(|label| *label == class[0]));
                    repeated |= indices.iter().collect::<BTreeSet<_>>().len() < 7;
                }
            }
        }
        assert!(repeated);
    }

    #[test]
    fn what_cannot_be_drawn_is_an_error_that_says_what_can() {
        let balanced = |classes, samples| SamplerSpec::Balanced { classes, samples };
        for (spec, noise, allowed) in [
            (
                SamplerSpec::Shuffled { batch: 0 },
                0.0,
                "from 1 to 35 (training samples)",
            ),
            (
                SamplerSpec::Shuffled { batch: 36 },
                0.0,
                "from 1 to 35 (training samples)",
            ),
            (balanced(6, 1), 0.0, "from 1 to 5 (training classes)"),
            (balanced(0, 1), 0.0, "from 1 to 5 (training classes)"),
            (
                balanced(2, 8),
                0.0,
                "from 1 to 7 (samples of the smallest training class)",
            ),
            (
                balanced(2, 0),
                0.0,
                "from 1 to 7 (samples of the smallest training class)",
            ),
            (SHUFFLED, 0.5, "from 0 to 0.4"),
            (SHUFFLED, f32::NAN, "from 0 to 0.4"),
            (SHUFFLED, -0.1, "from 0 to 0.4"),
        ] {
            let DataError::Parameter { allowed: found, .. } =
                Sampler::new(spec, &split(), noise, 0).unwrap_err()
            else {
                panic!("{spec:?}")
            };
            assert_eq!(found.to_string(), allowed, "{spec:?}");
        }
        assert!(Sampler::new(SamplerSpec::Shuffled { batch: 35 }, &split(), 0.4, 0).is_ok());
        assert!(Sampler::new(balanced(5, 7), &split(), 0.0, 0).is_ok());
    }
}
