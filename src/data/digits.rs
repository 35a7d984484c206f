//! Handwritten digits, 8×8: "Optical Recognition of Handwritten Digits", Alpaydin and Kaynak, UCI, 1998.

use serde::{Deserialize, Serialize};

use super::random::{Purpose, generator, shuffle_front};
use super::split::SEED;
use super::{
    Allowed, DataError, DataInfo, DataSet, DataSpec, Dataset, Quantity, ScoredOn, Sizes, Split,
    bundled, spec,
};
use crate::record::Measure;
use crate::setting::{Choice, Face, Kind, Row, Section};

const FILE: &str = "digits.bin";
/// Pixels of a picture's side.
const SIDE: u16 = 8;
/// Pictures of each digit in the published set.
const COUNTS: [usize; 10] = [178, 182, 177, 183, 181, 182, 181, 179, 174, 180];

/// Which of the digits are for training.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spec {
    pub split: DigitSplit,
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

impl DigitSplit {
    pub const ALL: [Self; 3] = [Self::TrainLow, Self::TrainHigh, Self::SeenClasses];

    /// Name in link and command line.
    pub fn id(self) -> &'static str {
        match self {
            Self::TrainLow => "train-low",
            Self::TrainHigh => "train-high",
            Self::SeenClasses => "seen-classes",
        }
    }

    /// The classes that are for training, and of each of them as many pictures as this share.
    fn training(self) -> (std::ops::Range<usize>, (usize, usize)) {
        match self {
            Self::TrainLow => (0..5, (4, 5)),
            Self::TrainHigh => (5..10, (4, 5)),
            Self::SeenClasses => (0..10, (1, 2)),
        }
    }
}

impl Default for Spec {
    /// All ten: an untrained network is already good at digits that it does not train on, and training lowers that.
    fn default() -> Self {
        Self {
            split: DigitSplit::SeenClasses,
        }
    }
}

/// The file holds all ten, whichever are for training.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {}

impl DataSet for Spec {
    const INFO: DataInfo = DataInfo {
        id: "digits",
        side: Some(SIDE as usize),
        most_classes_pretrained: None,
        // Of about 45 held-out pictures, or 180 of an unseen digit. Networks for pictures this small train 400 steps in 30 ms:
        // with all pictures evaluating would take as long as training, or many times as long.
        scored_per_class: Some(20),
        // An untrained network has a Recall@1 of .18 to .90, an R-precision of .17 to .58 and a MAP@R of .07 to .49, by the
        // split and by the number of dimensions.
        levels: &[
            (Measure::RecallAt1, &[20, 30, 40, 50, 60, 70, 80, 90, 95]),
            (Measure::RPrecision, &[20, 30, 40, 50, 60, 70, 80, 90, 95]),
            (Measure::MapAtR, &[10, 20, 30, 40, 50, 60, 70, 80, 90, 95]),
        ],
    };

    const SETTINGS: &'static [Row<DataSpec>] = &[Row {
        face: Face {
            key: "split",
            place: Some((Section::Data, 1)),
            ..Face::BLANK
        },
        kind: Kind::Choice(Choice {
            // As the panel shows them: the honest one first.
            options: &["seen-classes", "train-low", "train-high"],
            get: |data| spec!(Digits, data).split.id(),
            set: |data, id| {
                let known = DigitSplit::ALL.into_iter().find(|split| split.id() == id);
                spec!(Digits, data).split = known.expect("only options are set");
            },
            follow: |_| (),
        }),
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
        bundled::open(Self::INFO.id, FILE, SIDE, &COUNTS, file)
    }

    fn split(&self, dataset: &Dataset) -> Result<Split, DataError> {
        let classes = dataset.class_names.len();
        if classes != COUNTS.len() {
            let allowed = Allowed::Exactly {
                number: COUNTS.len(),
            };
            return Err(DataError::parameter(Quantity::Classes, classes, allowed));
        }
        Ok(split(self.split, &dataset.members()))
    }

    fn sizes(&self) -> Sizes {
        let (classes, (kept, of)) = self.split.training();
        let training_classes = classes.len();
        let counts = COUNTS[classes].iter().map(|count| count * kept / of);
        Sizes {
            training_classes,
            training_samples: counts.clone().sum(),
            rarest: counts.min().expect("some digits are for training"),
        }
    }

    fn summary(&self) -> String {
        format!("digits, {}", self.split.id())
    }

    fn scored_on(&self) -> ScoredOn {
        match self.split {
            DigitSplit::SeenClasses => ScoredOn::HeldOutPictures,
            DigitSplit::TrainLow | DigitSplit::TrainHigh => ScoredOn::UnseenClasses,
        }
    }

    /// What links meant before the default was the honest one, and still mean.
    fn of_bare_link() -> Self {
        Self {
            split: DigitSplit::TrainLow,
        }
    }
}

fn split(split: DigitSplit, members: &[Vec<u32>]) -> Split {
    let (training, (share, of)) = split.training();
    let mut train = Vec::new();
    let (mut validation, mut test) = (Vec::new(), Vec::new());
    for (class, pictures) in (0..).zip(members) {
        if !training.contains(&(class as usize)) {
            test.extend(pictures);
            continue;
        }
        let mut pictures = pictures.clone();
        let count = pictures.len();
        // One stream for all classes would do, but so a class's pictures do not depend on which others there are.
        shuffle_front(
            &mut pictures,
            count,
            &mut generator(SEED + 1 + u64::from(class), Purpose::Split),
        );
        let kept = count * share / of;
        let held_out = if split == DigitSplit::SeenClasses {
            count / 4
        } else {
            count
        };
        let held_out = (kept + held_out).min(count);
        validation.extend(&pictures[kept..held_out]);
        test.extend(&pictures[held_out..]);
        pictures.truncate(kept);
        pictures.sort_unstable();
        train.push((class, pictures));
    }
    validation.sort_unstable();
    test.sort_unstable();
    Split::new(train, validation, test)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGITS_FILE: &[u8] = include_bytes!("../../assets/digits.bin");

    #[test]
    fn the_digits_are_whole() {
        let digits = Spec::open(&Source {}, Some(DIGITS_FILE)).unwrap();
        assert_eq!((digits.len(), digits.features), (1797, 64));
        assert_eq!(
            digits.class_names,
            ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]
        );
        let counts: Vec<_> = digits.members().iter().map(Vec::len).collect();
        assert_eq!(counts, COUNTS);
        // The first picture of the set as it is published: 0 0 5 13 9 1 0 0 of 16.
        assert_eq!(
            digits.picture_bytes(0).unwrap()[..8],
            [0, 0, 79, 207, 143, 15, 0, 0]
        );
    }

    #[test]
    fn another_set_is_not_split() {
        let mut digits = Spec::open(&Source {}, Some(DIGITS_FILE)).unwrap();
        digits.class_names.pop();
        assert!(Spec::default().split(&digits).is_err());
    }
}
