//! Gaussian clusters from a seed.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;
use serde::{Deserialize, Serialize};

use super::random::{Purpose, generator};
use super::split::{gather, with_members};
use super::{
    Allowed, DataError, DataInfo, DataSet, DataSpec, Dataset, Inputs, MOST_VALUES, Quantity, Sizes,
    Split, spec,
};
use crate::loss::Scale;
use crate::record::Measure;
use crate::setting::{Expected, Face, Kind, Row, Section, Text, number};

/// Classes of each part, at least: two, so that there are pairs of different classes.
const MIN_CLASSES: usize = 2;

/// Gaussian clusters around class centres on the unit sphere.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spec {
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

impl Default for Spec {
    /// A set that a small network learns in some hundred steps, but not at once.
    fn default() -> Self {
        Self {
            classes: 100,
            dim: 64,
            samples_per_class: 30,
            spread: 0.15,
            noise: 0.5,
            seed: 0,
        }
    }
}

impl DataSet for Spec {
    const INFO: DataInfo = DataInfo {
        id: "synthetic",
        side: None,
        most_classes_pretrained: None,
        scored_per_class: Some(8),
        // How hard the set is, its settings say: from chance to no error.
        levels: &[
            (Measure::RecallAt1, &[20, 30, 40, 50, 60, 70, 80, 90, 95]),
            (
                Measure::RPrecision,
                &[10, 20, 30, 40, 50, 60, 70, 80, 90, 95],
            ),
            (Measure::MapAtR, &[10, 20, 30, 40, 50, 60, 70, 80, 90, 95]),
        ],
    };

    const SETTINGS: &'static [Row<DataSpec>] = &[
        Row {
            face: Face {
                key: "classes",
                texts: "synthetic-classes",
                symbol: "C",
                place: Some((Section::Data, 1)),
                ..Face::BLANK
            },
            kind: number!(data => spec!(Synthetic, data).classes; usize;
                range: (3.0 * MIN_CLASSES as f64, 10_000.0),
                slider: (6.0, 2000.0),
                scale: Scale::Log,
            ),
            ..Row::BLANK
        },
        Row {
            face: Face {
                key: "input",
                place: Some((Section::Data, 2)),
                ..Face::BLANK
            },
            kind: number!(data => spec!(Synthetic, data).dim; usize;
                range: (2.0, 1024.0),
                slider: (2.0, 128.0),
                scale: Scale::Integer,
            ),
            ..Row::BLANK
        },
        Row {
            face: Face {
                key: "per-class",
                place: Some((Section::Data, 3)),
                ..Face::BLANK
            },
            kind: number!(data => spec!(Synthetic, data).samples_per_class; usize;
                range: (2.0, 1000.0),
                slider: (4.0, 100.0),
                scale: Scale::Integer,
            ),
            ..Row::BLANK
        },
        Row {
            face: Face {
                key: "spread",
                symbol: "σ",
                place: Some((Section::Data, 4)),
                ..Face::BLANK
            },
            kind: number!(data => spec!(Synthetic, data).spread; f32;
                range: (0.0, 2.0),
                slider: (0.01, 2.0),
                scale: Scale::Log,
            ),
            ..Row::BLANK
        },
        Row {
            face: Face {
                key: "noise",
                place: Some((Section::Data, 5)),
                ..Face::BLANK
            },
            kind: number!(data => spec!(Synthetic, data).noise; f32;
                range: (0.0, 10.0),
                slider: (0.0, 2.0),
            ),
            ..Row::BLANK
        },
        Row {
            face: Face {
                key: "data-seed",
                ..Face::BLANK
            },
            kind: Kind::Text,
            // Not a number of the table: an f64 does not hold every seed.
            text: Some(Text {
                expected: Expected::WholeNumber,
                write: |data| spec!(Synthetic, data).seed.to_string(),
                read: |data, text| {
                    let seed = text.parse().ok();
                    seed.map(|seed| spec!(Synthetic, data).seed = seed)
                        .is_some()
                },
            }),
            ..Row::BLANK
        },
    ];

    /// Every setting makes another set.
    type Source = Self;

    fn source(&self) -> Self {
        *self
    }

    fn file(_: &Self) -> Option<&str> {
        None
    }

    fn open(source: &Self, _: Option<&[u8]>) -> Result<Dataset, DataError> {
        generate(source)
    }

    fn split(&self, dataset: &Dataset) -> Result<Split, DataError> {
        let found = dataset.class_names.len();
        if found != self.classes || found < 3 * MIN_CLASSES {
            let allowed = Allowed::Exactly {
                number: self.classes.max(3 * MIN_CLASSES),
            };
            return Err(DataError::parameter(Quantity::Classes, found, allowed));
        }
        Ok(split(&dataset.members()))
    }

    fn sizes(&self) -> Sizes {
        let (training_classes, _, _) = parts(self.classes);
        Sizes {
            training_classes,
            training_samples: training_classes.saturating_mul(self.samples_per_class),
            rarest: self.samples_per_class,
        }
    }

    fn summary(&self) -> String {
        format!("synthetic, {} classes", self.classes)
    }

    fn values(&self) -> u64 {
        let wide = |count: usize| count as u64;
        wide(self.classes)
            .saturating_mul(wide(self.samples_per_class))
            .saturating_mul(wide(self.dim))
    }

    fn shrink(&mut self) {
        // Fewer samples first, then fewer classes: the dimension is the network's input.
        let most = |per: usize| MOST_VALUES as usize / per;
        self.samples_per_class = self
            .samples_per_class
            .min(most(self.classes * self.dim).max(2));
        self.classes = self.classes.min(most(self.samples_per_class * self.dim));
    }
}

/// How many classes are for training, for validation (15 %) and for test (a quarter).
fn parts(classes: usize) -> (usize, usize, usize) {
    let validation = (classes.saturating_mul(15) / 100).max(MIN_CLASSES);
    let test = (classes / 4).max(MIN_CLASSES);
    (
        classes.saturating_sub(validation.saturating_add(test)),
        validation,
        test,
    )
}

fn split(members: &[Vec<u32>]) -> Split {
    // The classes are alike by construction, so their order is as random as any other.
    let (training, validation, _) = parts(members.len());
    let classes: Vec<u32> = (0..members.len() as u32).collect();
    let (training, rest) = classes.split_at(training);
    let (validation, test) = rest.split_at(validation);
    Split::new(
        with_members(training, members),
        gather(validation, members),
        gather(test, members),
    )
}

/// Clusters around random points of the unit sphere, with dimensions in which there is nothing to learn.
///
/// Sample `i` of class `c` is `(μ_c + spread·ε, noise·ε′)` with `μ_c` uniform on the unit sphere and `ε, ε′` standard
/// normal. The first `⌈dim / 2⌉` dimensions carry the class, the others only noise: the larger `noise`, the more a
/// network has to learn to ignore them.
///
/// # Shapes
///
/// `classes · samples_per_class` samples of `dim` values, class after class.
///
/// # Edge cases
///
/// `spread` 0 makes all samples of a class alike but for the noise; `noise` 0 leaves the other dimensions at 0.
///
/// # Errors
///
/// A parameter out of its range, or more than 16 million values in all.
fn generate(spec: &Spec) -> Result<Dataset, DataError> {
    check(spec)?;
    let &Spec {
        classes,
        dim,
        samples_per_class,
        spread,
        noise,
        seed,
    } = spec;
    let samples = classes * samples_per_class;
    let mut rng = generator(seed, Purpose::Synthetic);
    let signal = dim.div_ceil(2);
    let mut values = Vec::with_capacity(samples * dim);
    for _ in 0..classes {
        let centre = unit_vector(signal, &mut rng);
        for _ in 0..samples_per_class {
            values.extend(
                centre
                    .iter()
                    .map(|mu| mu + spread * rng.sample::<f32, _>(StandardNormal)),
            );
            values.extend((signal..dim).map(|_| noise * rng.sample::<f32, _>(StandardNormal)));
        }
    }
    Ok(Dataset {
        name: "synthetic".into(),
        inputs: Inputs::Floats(values),
        features: dim,
        picture: None,
        labels: (0..classes as u32)
            .flat_map(|label| (0..samples_per_class).map(move |_| label))
            .collect(),
        class_names: (1..=classes).map(|number| number.to_string()).collect(),
    })
}

fn unit_vector(dim: usize, rng: &mut ChaCha8Rng) -> Vec<f32> {
    loop {
        let vector: Vec<f32> = (0..dim).map(|_| rng.sample(StandardNormal)).collect();
        let norm = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
        // Normal vectors have every direction alike; one that is almost 0 has none.
        if norm > 1e-3 {
            return vector.into_iter().map(|x| x / norm).collect();
        }
    }
}

/// Every number within the range that the table says.
fn check(spec: &Spec) -> Result<(), DataError> {
    let data = DataSpec::Synthetic(*spec);
    for row in Spec::SETTINGS {
        let Kind::Number(number) = &row.kind else {
            continue;
        };
        let value = (number.get)(&data, 0);
        if !number.span.accepts(value) {
            let (min, max) = number.span.range;
            return Err(DataError::parameter(
                Quantity::Setting(row.face.id().into()),
                value,
                Allowed::between(min, max),
            ));
        }
    }
    if spec.values() > MOST_VALUES {
        return Err(DataError::parameter(
            Quantity::Values,
            spec.values(),
            Allowed::AtMost { most: MOST_VALUES },
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPEC: Spec = Spec {
        classes: 10,
        dim: 7,
        samples_per_class: 50,
        spread: 0.1,
        noise: 0.5,
        seed: 3,
    };

    fn floats(spec: &Spec) -> Vec<f32> {
        generate(spec).unwrap().to_floats()
    }

    #[test]
    fn a_seed_decides_everything() {
        assert_eq!(floats(&SPEC), floats(&SPEC));
        assert_ne!(floats(&SPEC), floats(&Spec { seed: 4, ..SPEC }));
        assert_eq!(floats(&SPEC).len(), 10 * 50 * 7);
    }

    /// The page and the command line generate the same set.
    #[test]
    fn first_values_are_pinned() {
        let pinned = [
            0.69381434,
            0.44317615,
            -0.4984935,
            0.39150092,
            -0.37176856,
            -0.6060441,
            -0.23585393,
        ];
        for (found, expected) in floats(&SPEC).iter().zip(pinned) {
            assert!((found - expected).abs() < 1e-6, "{:?}", &floats(&SPEC)[..7]);
        }
    }

    #[test]
    fn clusters_lie_where_they_should() {
        let set = generate(&SPEC).unwrap();
        let values = set.to_floats();
        for class in values.chunks(50 * 7) {
            let mean: Vec<f32> = (0..7)
                .map(|d| class.iter().skip(d).step_by(7).sum::<f32>() / 50.0)
                .collect();
            let norm = mean[..4].iter().map(|x| x * x).sum::<f32>().sqrt();
            assert!((norm - 1.0).abs() < 0.06, "class centre at {norm}");
            for (d, expected) in [(0, 0.1), (3, 0.1), (4, 0.5), (6, 0.5)] {
                let variance = class
                    .iter()
                    .skip(d)
                    .step_by(7)
                    .map(|x| (x - mean[d]).powi(2))
                    .sum::<f32>()
                    / 49.0;
                let ratio = variance.sqrt() / expected;
                assert!((0.65..1.4).contains(&ratio), "dimension {d}: {ratio}");
            }
            assert!(mean[4..].iter().all(|x| x.abs() < 0.3));
        }
    }

    #[test]
    fn no_spread_and_no_noise_are_exact() {
        let values = floats(&Spec {
            spread: 0.0,
            noise: 0.0,
            ..SPEC
        });
        for class in values.chunks(50 * 7) {
            assert!(
                class
                    .chunks(7)
                    .all(|sample| sample == &class[..7] && sample[4..] == [0.0; 3])
            );
        }
    }

    #[test]
    fn a_parameter_out_of_range_is_named_with_its_range() {
        for (spec, name, allowed) in [
            (
                Spec { classes: 5, ..SPEC },
                "synthetic-classes",
                "from 6 to 10000",
            ),
            (Spec { dim: 1, ..SPEC }, "input", "from 2 to 1024"),
            (
                Spec {
                    samples_per_class: 1,
                    ..SPEC
                },
                "per-class",
                "from 2 to 1000",
            ),
            (
                Spec {
                    spread: f32::NAN,
                    ..SPEC
                },
                "spread",
                "from 0 to 2",
            ),
            (
                Spec {
                    noise: -0.1,
                    ..SPEC
                },
                "noise",
                "from 0 to 10",
            ),
            (
                Spec {
                    classes: 10_000,
                    samples_per_class: 1000,
                    dim: 1024,
                    ..SPEC
                },
                "classes × samples × dimensions",
                "at most 16000000",
            ),
        ] {
            let error = generate(&spec).unwrap_err();
            let DataError::Parameter {
                quantity,
                allowed: range,
                ..
            } = &error
            else {
                panic!("{error}")
            };
            let found = (quantity.to_string(), range.to_string());
            assert_eq!(found, (name.to_owned(), allowed.to_owned()), "{error}");
        }
    }
}
