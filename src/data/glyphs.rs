//! Japanese characters in many typefaces, 24×24: hiragana, katakana and kanji.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::random::{Purpose, generator, shuffle_front};
use super::split::{SEED, gather, with_members};
use super::{
    Allowed, DataError, DataInfo, DataSet, DataSpec, Dataset, Quantity, Sizes, Split, bundled, spec,
};
use crate::loss::Scale;
use crate::record::Measure;
use crate::setting::{Face, Row, Section, number};

const FILE: &str = "glyphs.bin";
/// Pixels of a picture's side.
const SIDE: u16 = 24;
const CLASSES: usize = 312;
/// Pictures of each character: one a typeface.
const FACES: usize = 32;
/// Classes for training, at least two so that there are pairs of different classes, and for validation; the rest are
/// for test.
const TRAINING: Range<usize> = 2..201;
const MOST_TRAINING: usize = TRAINING.end - 1;
const VALIDATION: usize = 50;
/// Of the training classes, the last so many are for pre-training where a race starts from that.
const PRETRAINING: usize = 50;
/// Most training classes of a race that starts from the pre-trained network: those that it has not seen.
pub const MOST_CLASSES_PRETRAINED: usize = MOST_TRAINING - PRETRAINING;

/// Which of the characters are for training.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spec {
    /// Train on so many classes, 2 to 200.
    pub train_classes: usize,
}

impl Default for Spec {
    /// All that are for training.
    fn default() -> Self {
        Self {
            train_classes: MOST_TRAINING,
        }
    }
}

/// The file holds all classes, whichever are for training.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {}

impl DataSet for Spec {
    const INFO: DataInfo = DataInfo {
        id: "glyphs",
        side: Some(SIDE as usize),
        most_classes_pretrained: Some(MOST_CLASSES_PRETRAINED),
        // Of 32 typefaces.
        scored_per_class: Some(8),
        // An untrained network has a Recall@1 of .25, an R-precision of .11 and a MAP@R of .07. What twenty training classes
        // teach ends below a MAP@R of .2, so that there are closer levels below that; what 200 teach is a step each.
        levels: &[
            (Measure::RecallAt1, &[30, 40, 50, 60, 70, 80, 90]),
            (Measure::RPrecision, &[15, 20, 30, 40, 50, 60, 70, 80, 90]),
            (Measure::MapAtR, &[10, 15, 20, 30, 40, 50, 60, 70, 80, 90]),
        ],
    };

    const SETTINGS: &'static [Row<DataSpec>] = &[Row {
        face: Face {
            key: "classes",
            texts: "glyphs-classes",
            symbol: "C",
            place: Some((Section::Data, 1)),
            ..Face::BLANK
        },
        kind: number!(data => spec!(Glyphs, data).train_classes; usize;
            range: (TRAINING.start as f64, MOST_TRAINING as f64),
            slider: (10.0, MOST_TRAINING as f64),
            scale: Scale::Integer,
        ),
        ..Row::BLANK
    }];

    type Source = Source;

    fn source(&self) -> Source {
        Source {}
    }

    fn file(_: &Source) -> Option<&str> {
        Some(FILE)
    }

    fn open(_: &Source, file: Option<&[u8]>) -> Result<Dataset, DataError> {
        bundled::open(Self::INFO.id, FILE, SIDE, &[FACES; CLASSES], file)
    }

    fn split(&self, dataset: &Dataset) -> Result<Split, DataError> {
        check(dataset)?;
        if !TRAINING.contains(&self.train_classes) {
            return Err(DataError::parameter(
                Quantity::TrainingClasses,
                self.train_classes,
                Allowed::between(TRAINING.start, MOST_TRAINING),
            ));
        }
        Ok(split(0..self.train_classes, &dataset.members()))
    }

    fn sizes(&self) -> Sizes {
        Sizes {
            training_classes: self.train_classes,
            training_samples: self.train_classes.saturating_mul(FACES),
            rarest: FACES,
        }
    }

    fn summary(&self) -> String {
        format!("glyphs, {} training classes", self.train_classes)
    }
}

impl Split {
    /// The split of the glyphs for pre-training: it trains on the last 50 of the 200 training classes, which
    /// [`MOST_CLASSES_PRETRAINED`] leaves out, and has the same validation and test classes as every race.
    ///
    /// # Errors
    ///
    /// The data set is not the glyphs.
    pub fn pretraining(dataset: &Dataset) -> Result<Self, DataError> {
        check(dataset)?;
        Ok(split(
            MOST_CLASSES_PRETRAINED..MOST_TRAINING,
            &dataset.members(),
        ))
    }
}

fn check(dataset: &Dataset) -> Result<(), DataError> {
    let least = MOST_TRAINING + VALIDATION + TRAINING.start;
    let found = dataset.class_names.len();
    if found < least {
        return Err(DataError::parameter(
            Quantity::Classes,
            found,
            Allowed::AtLeast { least },
        ));
    }
    Ok(())
}

/// `range` is of the training classes' fixed order.
fn split(range: Range<usize>, members: &[Vec<u32>]) -> Split {
    // Hiragana, katakana and kanji come one after the other: mixed, so that every prefix has some of each.
    let mut order: Vec<u32> = (0..members.len() as u32).collect();
    shuffle_front(
        &mut order,
        members.len(),
        &mut generator(SEED, Purpose::Split),
    );
    let (training, rest) = order.split_at(MOST_TRAINING);
    let (validation, test) = rest.split_at(VALIDATION);
    let mut validation = gather(validation, members);
    let mut test = gather(test, members);
    validation.sort_unstable();
    test.sort_unstable();
    Split::new(with_members(&training[range], members), validation, test)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{EvaluateOn, FormatError};

    const GLYPHS_FILE: &[u8] = include_bytes!("../../assets/glyphs.bin");
    const DIGITS_FILE: &[u8] = include_bytes!("../../assets/digits.bin");

    fn open(file: &[u8]) -> Result<Dataset, DataError> {
        Spec::open(&Source {}, Some(file))
    }

    #[test]
    fn the_glyphs_are_whole() {
        let glyphs = open(GLYPHS_FILE).unwrap();
        assert_eq!(glyphs.len(), CLASSES * FACES);
        assert_eq!(
            glyphs.labels,
            (0..glyphs.len())
                .map(|i| (i / FACES) as u32)
                .collect::<Vec<_>>()
        );
        let mut names = glyphs.class_names.clone();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), CLASSES);
        // Every picture has ink and paper, and no two are alike.
        let mut pictures = Vec::new();
        for sample in 0..glyphs.len() {
            let picture = glyphs.picture_bytes(sample).unwrap();
            assert!(
                picture.iter().any(|&p| p >= 85)
                    && picture.iter().filter(|&&p| p == 0).count() > 100,
                "{sample}"
            );
            pictures.push(picture);
        }
        pictures.sort();
        assert!(pictures.windows(2).all(|pair| pair[0] != pair[1]));
    }

    #[test]
    fn a_cut_or_swapped_file_is_an_error() {
        let cut = open(&GLYPHS_FILE[..1000]).unwrap_err();
        assert!(
            matches!(
                cut,
                DataError::File {
                    cause: FormatError::Length { found: 1000, .. },
                    ..
                }
            ),
            "{cut}"
        );
        let swapped = open(DIGITS_FILE).unwrap_err();
        assert!(swapped.to_string().contains("`digits`"), "{swapped}");
        assert!(matches!(swapped, DataError::Contents { .. }));
    }

    /// Nearest neighbour by raw pixels: how far one gets on the unseen classes without learning anything.
    #[test]
    fn raw_pixels_are_not_enough_for_the_glyphs() {
        let glyphs = open(GLYPHS_FILE).unwrap();
        let test = Spec::default().split(&glyphs).unwrap().evaluation(
            &glyphs,
            EvaluateOn::Test,
            usize::MAX,
        );
        let pictures: Vec<&[u8]> = test
            .iter()
            .map(|&sample| glyphs.picture_bytes(sample as usize).unwrap())
            .collect();
        let label = |at: usize| glyphs.labels[test[at] as usize];
        let distance = |a: &[u8], b: &[u8]| -> u32 {
            a.iter()
                .zip(b)
                .map(|(&a, &b)| u32::from(a.abs_diff(b)).pow(2))
                .sum()
        };
        let (mut recall, mut map, mut queries) = (0, 0.0, 0);
        for query in (0..test.len()).step_by(5) {
            let mut others: Vec<usize> = (0..test.len()).filter(|&other| other != query).collect();
            others.sort_by_key(|&other| distance(pictures[query], pictures[other]));
            let same = |&other: &usize| label(other) == label(query);
            let relevant = others.iter().filter(|other| same(other)).count();
            recall += u32::from(same(&others[0]));
            let mut hits = 0;
            for (rank, other) in others[..relevant].iter().enumerate() {
                if same(other) {
                    hits += 1;
                    map += f64::from(hits) / (rank + 1) as f64 / relevant as f64;
                }
            }
            queries += 1;
        }
        let (recall, map) = (
            f64::from(recall) / f64::from(queries),
            map / f64::from(queries),
        );
        println!("raw pixels: Recall@1 {recall:.3}, MAP@R {map:.3}");
        assert!((0.5..0.85).contains(&recall), "Recall@1 {recall}");
        assert!((0.1..0.3).contains(&map), "MAP@R {map}");
    }

    #[test]
    fn too_few_or_many_training_classes_are_an_error() {
        let glyphs = open(GLYPHS_FILE).unwrap();
        for train_classes in [0, 1, 201, usize::MAX] {
            let error = Spec { train_classes }.split(&glyphs).unwrap_err();
            assert_eq!(
                error,
                DataError::parameter(
                    Quantity::TrainingClasses,
                    train_classes,
                    Allowed::between(2, 200)
                )
            );
        }
    }
}
