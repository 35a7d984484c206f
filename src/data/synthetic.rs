//! Gaussian clusters from a seed.

use std::ops::RangeInclusive;

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;

use super::random::{Purpose, generator};
use super::{DataError, Dataset, Inputs};
use crate::experiment::SyntheticSpec;

/// Six, so that training, validation and test have two each.
const CLASSES: RangeInclusive<usize> = 6..=10_000;
const DIM: RangeInclusive<usize> = 2..=1024;
const SAMPLES: RangeInclusive<usize> = 2..=1000;
const SPREAD: RangeInclusive<f32> = 0.0..=2.0;
const NOISE: RangeInclusive<f32> = 0.0..=10.0;
/// 64 MB as floats.
const MAX_VALUES: u64 = 16_000_000;

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
/// A parameter out of its range (6–10,000 classes, 2–1024 dimensions, 2–1000 samples a class, spread 0–2, noise 0–10), or
/// more than 16 million values in all.
pub(super) fn generate(spec: &SyntheticSpec) -> Result<Dataset, DataError> {
    let &SyntheticSpec {
        classes,
        dim,
        samples_per_class,
        spread,
        noise,
        seed,
    } = spec;
    within("the number of classes", classes, &CLASSES)?;
    within("the input dimension", dim, &DIM)?;
    within("the number of samples a class", samples_per_class, &SAMPLES)?;
    within("the spread", spread, &SPREAD)?;
    within("the noise", noise, &NOISE)?;
    let samples = classes * samples_per_class;
    // In the browser `usize` has 32 bits, which this product may not fit.
    let total = samples as u64 * dim as u64;
    if total > MAX_VALUES {
        return Err(DataError::parameter(
            "classes × samples × dimensions",
            total,
            format!("at most {MAX_VALUES}"),
        ));
    }

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

fn within<T: PartialOrd + ToString>(
    name: &'static str,
    value: T,
    range: &RangeInclusive<T>,
) -> Result<(), DataError> {
    if range.contains(&value) {
        return Ok(());
    }
    let allowed = format!(
        "from {} to {}",
        range.start().to_string(),
        range.end().to_string()
    );
    Err(DataError::parameter(name, value, allowed))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPEC: SyntheticSpec = SyntheticSpec {
        classes: 10,
        dim: 7,
        samples_per_class: 50,
        spread: 0.1,
        noise: 0.5,
        seed: 3,
    };

    fn floats(spec: &SyntheticSpec) -> Vec<f32> {
        generate(spec).unwrap().to_floats()
    }

    #[test]
    fn a_seed_decides_everything() {
        assert_eq!(floats(&SPEC), floats(&SPEC));
        assert_ne!(floats(&SPEC), floats(&SyntheticSpec { seed: 4, ..SPEC }));
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
        let values = floats(&SyntheticSpec {
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
                SyntheticSpec { classes: 5, ..SPEC },
                "the number of classes",
                "from 6 to 10000",
            ),
            (
                SyntheticSpec { dim: 1, ..SPEC },
                "the input dimension",
                "from 2 to 1024",
            ),
            (
                SyntheticSpec {
                    samples_per_class: 1,
                    ..SPEC
                },
                "the number of samples a class",
                "from 2 to 1000",
            ),
            (
                SyntheticSpec {
                    spread: f32::NAN,
                    ..SPEC
                },
                "the spread",
                "from 0 to 2",
            ),
            (
                SyntheticSpec {
                    noise: -0.1,
                    ..SPEC
                },
                "the noise",
                "from 0 to 10",
            ),
            (
                SyntheticSpec {
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
                name: found,
                allowed: range,
                ..
            } = &error
            else {
                panic!("{error}")
            };
            assert_eq!((&**found, range.as_str()), (name, allowed), "{error}");
        }
    }
}
