//! Which samples are for training, which for tuning, and which to report.

use serde::{Deserialize, Serialize};

use super::{Dataset, Split};
use crate::order;

/// The split is part of the data set: no seed of an experiment moves it.
pub(super) const SEED: u64 = 0x8ddd_96e2;

/// Which of the samples that are not trained on the curves are of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EvaluateOn {
    #[default]
    Test,
    /// For tuning: the test classes stay unseen.
    Validation,
}

impl Split {
    /// The samples that metrics are computed on: at most `per_class` of each class, always the same ones, as indices in
    /// the data set, class after class.
    ///
    /// They are spread evenly over a class, which for glyphs is over the typefaces, and start one sample later in each
    /// class, so that every typeface counts.
    pub fn evaluation(&self, dataset: &Dataset, on: EvaluateOn, per_class: usize) -> Vec<u32> {
        let part = match on {
            EvaluateOn::Test => &self.test,
            EvaluateOn::Validation => &self.validation,
        };
        let mut chosen = Vec::new();
        for (number, mut members) in by_class(part, dataset).into_iter().enumerate() {
            order::sort_by(&mut members, u32::cmp);
            let (count, wanted) = (members.len(), per_class.min(members.len()));
            let mut picks: Vec<u32> = (0..wanted)
                .map(|pick| members[(pick * count / wanted + number) % count])
                .collect();
            order::sort_by(&mut picks, u32::cmp);
            chosen.extend(picks);
        }
        chosen
    }

    /// `train` lists each training class with its samples.
    pub(super) fn new(train: Vec<(u32, Vec<u32>)>, validation: Vec<u32>, test: Vec<u32>) -> Self {
        Self {
            train_labels: (0..)
                .zip(&train)
                .flat_map(|(label, (_, of))| of.iter().map(move |_| label))
                .collect(),
            train_classes: train.iter().map(|&(class, _)| class).collect(),
            train: train.into_iter().flat_map(|(_, of)| of).collect(),
            validation,
            test,
        }
    }
}

/// The samples of each class that has any, in the order of classes.
fn by_class(samples: &[u32], dataset: &Dataset) -> Vec<Vec<u32>> {
    let mut classes = vec![Vec::new(); dataset.class_names.len()];
    for &sample in samples {
        if let Some(&label) = dataset.labels.get(sample as usize) {
            classes[label as usize].push(sample);
        }
    }
    classes.retain(|members| !members.is_empty());
    classes
}

/// All samples of some classes.
pub(super) fn gather(classes: &[u32], members: &[Vec<u32>]) -> Vec<u32> {
    classes
        .iter()
        .flat_map(|&class| &members[class as usize])
        .copied()
        .collect()
}

/// Some classes with their samples.
pub(super) fn with_members(classes: &[u32], members: &[Vec<u32>]) -> Vec<(u32, Vec<u32>)> {
    classes
        .iter()
        .map(|&class| (class, members[class as usize].clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::data::{
        DataSpec, DigitSpec, DigitSplit, GlyphSpec, Inputs, MOST_CLASSES_PRETRAINED, SyntheticSpec,
    };

    fn glyphs(train_classes: usize) -> DataSpec {
        DataSpec::Glyphs(GlyphSpec { train_classes })
    }

    fn digits(split: DigitSplit) -> DataSpec {
        DataSpec::Digits(DigitSpec { split })
    }

    /// A set with so many samples in each class.
    fn set(counts: &[usize]) -> Dataset {
        let labels: Vec<u32> = counts
            .iter()
            .enumerate()
            .flat_map(|(class, &count)| vec![class as u32; count])
            .collect();
        Dataset {
            name: "counts".into(),
            inputs: Inputs::Bytes(vec![0; labels.len()]),
            features: 1,
            picture: None,
            class_names: (0..counts.len()).map(|class| class.to_string()).collect(),
            labels,
        }
    }

    fn classes(samples: &[u32], dataset: &Dataset) -> BTreeSet<u32> {
        samples
            .iter()
            .map(|&sample| dataset.labels[sample as usize])
            .collect()
    }

    /// What holds for every split: labels that fit, and no sample twice.
    fn check_parts(split: &Split, dataset: &Dataset) {
        assert_eq!(split.train.len(), split.train_labels.len());
        for (&sample, &label) in split.train.iter().zip(&split.train_labels) {
            assert_eq!(
                split.train_classes[label as usize],
                dataset.labels[sample as usize]
            );
        }
        let all: Vec<u32> = [&split.train[..], &split.validation, &split.test].concat();
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
    }

    #[test]
    fn glyph_classes_are_disjoint_and_a_prefix_of_a_fixed_order() {
        let dataset = set(&[9; 312]);
        let split = |train_classes| Split::of(&glyphs(train_classes), &dataset).unwrap();
        let full = split(200);
        check_parts(&full, &dataset);
        let (train, validation, test) = (
            classes(&full.train, &dataset),
            classes(&full.validation, &dataset),
            classes(&full.test, &dataset),
        );
        assert_eq!((train.len(), validation.len(), test.len()), (200, 50, 62));
        assert_eq!(
            train
                .iter()
                .chain(&validation)
                .chain(&test)
                .collect::<BTreeSet<_>>()
                .len(),
            312
        );
        assert_eq!(
            full.train.len() + full.validation.len() + full.test.len(),
            dataset.len()
        );
        // Pinned: results of different versions are comparable only on one split.
        assert_eq!(full.train_classes[..6], PINNED);

        let few = split(20);
        check_parts(&few, &dataset);
        assert_eq!(few.train_classes, full.train_classes[..20]);
        assert_eq!(few.train, full.train[..20 * 9]);
        assert_eq!((&few.validation, &few.test), (&full.validation, &full.test));
        // Of the 20, some are kana and some are kanji.
        let kana = few
            .train_classes
            .iter()
            .filter(|&&class| class < 82)
            .count();
        assert!((2..=12).contains(&kana), "{kana}");
    }
    const PINNED: [u32; 6] = [136, 285, 40, 20, 146, 79];

    #[test]
    fn classes_for_pretraining_are_in_no_part_of_a_race_that_starts_from_it() {
        let dataset = set(&[9; 312]);
        let pretraining = Split::pretraining(&dataset).unwrap();
        check_parts(&pretraining, &dataset);
        assert_eq!(pretraining.train_classes.len(), 50);
        let race = Split::of(&glyphs(MOST_CLASSES_PRETRAINED), &dataset).unwrap();
        let seen = classes(&pretraining.train, &dataset);
        for part in [&race.train, &race.validation, &race.test] {
            assert!(classes(part, &dataset).is_disjoint(&seen));
        }
        // One class more would be one that was seen.
        let more = glyphs(MOST_CLASSES_PRETRAINED + 1);
        let more = Split::of(&more, &dataset).unwrap();
        assert!(!classes(&more.train, &dataset).is_disjoint(&seen));
        assert!(Split::pretraining(&set(&[9; 10])).is_err());
    }

    #[test]
    fn a_set_that_is_not_of_the_spec_is_not_split() {
        assert!(Split::of(&glyphs(10), &set(&[9; 10])).is_err());
        assert!(Split::of(&digits(DigitSplit::TrainLow), &set(&[9; 312])).is_err());
    }

    #[test]
    fn digits_of_the_test_are_unseen_or_held_out() {
        let dataset = set(&[178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
        let split = |split| Split::of(&digits(split), &dataset).unwrap();
        for (kind, train, test) in [
            (DigitSplit::TrainLow, 0..5, 5..10),
            (DigitSplit::TrainHigh, 5..10, 0..5),
        ] {
            let split = split(kind);
            check_parts(&split, &dataset);
            assert_eq!(split.train_classes, train.clone().collect::<Vec<u32>>());
            assert_eq!(classes(&split.validation, &dataset), train.collect());
            assert_eq!(classes(&split.test, &dataset), test.collect());
            assert_eq!(
                split.train.len() + split.validation.len() + split.test.len(),
                1797
            );
            assert!(
                split
                    .validation
                    .len()
                    .abs_diff((1797 - split.test.len()) / 5)
                    < 6
            );
        }
        let seen = split(DigitSplit::SeenClasses);
        check_parts(&seen, &dataset);
        for part in [&seen.train, &seen.validation, &seen.test] {
            assert_eq!(classes(part, &dataset).len(), 10);
        }
        assert_eq!(
            seen.train.len() + seen.validation.len() + seen.test.len(),
            1797
        );
        assert!(seen.train.len().abs_diff(898) < 11 && seen.validation.len().abs_diff(449) < 11);
    }

    /// As many pictures of each class as the set says, whichever its split.
    #[test]
    fn digits_are_scored_on_their_share_of_pictures() {
        let dataset = set(&[178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
        for (kind, classes) in [(DigitSplit::SeenClasses, 10), (DigitSplit::TrainLow, 5)] {
            let spec = digits(kind);
            let split = Split::of(&spec, &dataset).unwrap();
            let scored = spec.info().most_scored();
            for on in [EvaluateOn::Test, EvaluateOn::Validation] {
                let chosen = split.evaluation(&dataset, on, scored);
                assert_eq!(chosen.len(), classes * scored, "{kind:?}, {on:?}");
                let mut sorted = chosen.clone();
                sorted.dedup();
                assert_eq!(sorted, chosen, "no picture counts twice");
            }
        }
    }

    #[test]
    fn synthetic_parts_have_two_classes_at_least() {
        for (count, parts) in [
            (6, [2, 2, 2]),
            (10, [6, 2, 2]),
            (100, [60, 15, 25]),
            (1000, [600, 150, 250]),
        ] {
            let dataset = set(&vec![3; count]);
            let spec = SyntheticSpec {
                classes: count,
                dim: 2,
                samples_per_class: 3,
                spread: 0.1,
                noise: 0.0,
                seed: 0,
            };
            let split = Split::of(&DataSpec::Synthetic(spec), &dataset).unwrap();
            check_parts(&split, &dataset);
            let found = [&split.train, &split.validation, &split.test]
                .map(|part| classes(part, &dataset).len());
            assert_eq!(found, parts);
            assert_eq!(split.train_classes.len(), parts[0]);
        }
    }

    #[test]
    fn evaluation_is_stable_and_spread_over_the_faces() {
        let dataset = set(&[32; 312]);
        let split = Split::of(&glyphs(50), &dataset).unwrap();
        let chosen = split.evaluation(&dataset, EvaluateOn::Test, 8);
        assert_eq!(chosen, split.evaluation(&dataset, EvaluateOn::Test, 8));
        assert_eq!(chosen.len(), 62 * 8);
        assert!(chosen.is_sorted());
        assert!(chosen.iter().all(|sample| split.test.contains(sample)));
        let mut faces = [0; 32];
        for class in chosen.chunks(8) {
            assert!(class.iter().all(|sample| sample / 32 == class[0] / 32));
            assert!(class.windows(2).all(|pair| pair[1] - pair[0] == 4));
            class
                .iter()
                .for_each(|&sample| faces[sample as usize % 32] += 1);
        }
        assert!(
            faces.iter().all(|&count| (15..=16).contains(&count)),
            "{faces:?}"
        );

        assert_eq!(
            split.evaluation(&dataset, EvaluateOn::Test, 1000),
            split.test
        );
        assert_eq!(
            split
                .evaluation(&dataset, EvaluateOn::Validation, usize::MAX)
                .len(),
            50 * 32
        );
        assert!(split.evaluation(&dataset, EvaluateOn::Test, 0).is_empty());
        let five = split.evaluation(&dataset, EvaluateOn::Validation, 5);
        assert_eq!(five.iter().collect::<BTreeSet<_>>().len(), 250);
    }
}
