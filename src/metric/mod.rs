//! Quality of an embedding, from plain slices: no tensors, so that it runs beside the training step and in a test alike.
//!
//! [`evaluate`] asks how well nearest neighbours share a class (Recall@K, R-precision, MAP@R), [`spread`] how tight the
//! classes are and how far everything is apart, [`log_distance`] how evenly it is, [`normalised_mutual_information`] and
//! [`adjusted_mutual_information`] how well clusters agree with the classes.

mod clustering;
mod log_distance;
mod nearest;
mod ranks;
mod retrieval;
mod spread;

pub use clustering::{adjusted_mutual_information, normalised_mutual_information};
pub use log_distance::log_distance;
pub use nearest::nearest;
pub use retrieval::{Quality, Query, each_query, evaluate, evaluate_with_log_distance, nearest_of};
pub use spread::{Spread, spread};

/// Which neighbour is nearest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Distance {
    /// The angle: embeddings are normalised first.
    #[default]
    Cosine,
    /// Of the embeddings as given.
    Euclidean,
}

/// Why no metric can be computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MetricError {
    #[error("{values} values are not a whole number of embeddings of dimension {dim}")]
    Shape { values: usize, dim: usize },
    #[error("{embeddings} embeddings but {labels} labels: every embedding needs one")]
    Labels { embeddings: usize, labels: usize },
    #[error("embedding {sample} has a value that is not finite: training has diverged")]
    NotFinite { sample: usize },
}

/// The number of embeddings, if the slices fit each other.
fn count(embeddings: &[f32], dim: usize) -> Result<usize, MetricError> {
    if dim == 0 || !embeddings.len().is_multiple_of(dim) {
        return Err(MetricError::Shape {
            values: embeddings.len(),
            dim,
        });
    }
    Ok(embeddings.len() / dim)
}

fn check_labels(samples: usize, labels: &[u32]) -> Result<(), MetricError> {
    if labels.len() == samples {
        Ok(())
    } else {
        Err(MetricError::Labels {
            embeddings: samples,
            labels: labels.len(),
        })
    }
}

/// Copies embeddings with length 1. A vector shorter than 1e-12 (zero) stays as short as it is.
pub fn normalised(embeddings: &[f32], dim: usize) -> Result<Vec<f32>, MetricError> {
    count(embeddings, dim)?;
    let mut out = Vec::with_capacity(embeddings.len());
    for (sample, row) in embeddings.chunks_exact(dim).enumerate() {
        // In f64: the square of a large f32 overflows.
        let norm = row
            .iter()
            .map(|&x| f64::from(x) * f64::from(x))
            .sum::<f64>()
            .sqrt();
        if !norm.is_finite() {
            return Err(MetricError::NotFinite { sample });
        }
        let scale = 1.0 / norm.max(1e-12);
        out.extend(row.iter().map(|&x| (f64::from(x) * scale) as f32));
    }
    Ok(out)
}

/// For each label, its class as `0..classes` in ascending order of labels, and the number of classes.
fn dense_classes(labels: &[u32]) -> (Vec<usize>, usize) {
    let mut distinct = labels.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    let dense = labels
        .iter()
        .map(|label| distinct.partition_point(|other| other < label))
        .collect();
    (dense, distinct.len())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::Value;

    use super::*;

    fn number(value: &Value) -> f64 {
        match value.as_str() {
            Some("NaN") => f64::NAN,
            _ => value.as_f64().unwrap(),
        }
    }

    fn close(found: f64, expected: &Value, what: &str) {
        let expected = number(expected);
        let same = (found.is_nan() && expected.is_nan()) || (found - expected).abs() < 1e-9;
        assert!(same, "{what}: {found} instead of {expected}");
    }

    #[test]
    fn all_reference_cases() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
        let mut checked = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            if !name.starts_with("metrics_") {
                continue;
            }
            let case: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
            let integers = |key: &str| -> Vec<u32> {
                case[key]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|x| x.as_u64().unwrap() as u32)
                    .collect()
            };
            let embeddings: Vec<f32> = case["embeddings"]
                .as_array()
                .unwrap()
                .iter()
                .flat_map(|row| row.as_array().unwrap())
                .map(|x| x.as_f64().unwrap() as f32)
                .collect();
            let dim = case["dim"].as_u64().unwrap() as usize;
            let labels = integers("labels");
            let distance = match case["distance"].as_str().unwrap() {
                "cosine" => Distance::Cosine,
                _ => Distance::Euclidean,
            };
            let quality = evaluate(&embeddings, dim, &labels, &[1, 2, 4, 8], distance).unwrap();
            let results = &case["results"];
            close(quality.recall_at[0], &results["precision_at_1"], &name);
            for (found, k) in quality.recall_at.iter().zip(["1", "2", "4", "8"]) {
                close(
                    *found,
                    &results["recall_at_k"][k],
                    &format!("{name} recall at {k}"),
                );
                if quality.queries > 0 {
                    let all =
                        found * quality.queries as f64 / (quality.queries + quality.lone) as f64;
                    close(
                        all,
                        &results["recall_at_k_all_queries"][k],
                        &format!("{name} recall at {k} of all"),
                    );
                }
            }
            close(quality.r_precision, &results["r_precision"], &name);
            close(
                quality.map_at_r,
                &results["mean_average_precision_at_r"],
                &name,
            );
            close(quality.lone as f64, &results["num_lone_queries"], &name);
            close(
                (quality.queries + quality.lone) as f64,
                &results["num_queries"],
                &name,
            );
            let clusters = integers("cluster_labels");
            close(
                normalised_mutual_information(&labels, &clusters).unwrap(),
                &results["nmi"],
                &name,
            );
            close(
                adjusted_mutual_information(&labels, &clusters).unwrap(),
                &results["ami"],
                &name,
            );
            let found = nearest(&embeddings, dim, &vec![8; labels.len()], distance).unwrap();
            for (found, expected) in found.iter().zip(case["neighbors"].as_array().unwrap()) {
                let expected: Vec<u32> = expected
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|x| x.as_u64().unwrap() as u32)
                    .collect();
                assert_eq!(*found, expected, "{name}");
            }
            checked += 1;
        }
        assert!(checked >= 6, "only {checked} reference cases found");
    }

    #[test]
    fn normalising_keeps_zero_and_survives_huge_values() {
        let unit = normalised(&[3.0, 4.0, 0.0, 0.0, 1e38, 1e38], 2).unwrap();
        assert_eq!(&unit[..4], &[0.6, 0.8, 0.0, 0.0]);
        assert!((unit[4] - 0.5f32.sqrt()).abs() < 1e-6);
        assert_eq!(
            normalised(&[f32::NAN], 1),
            Err(MetricError::NotFinite { sample: 0 })
        );
    }

    /// Prints how long one evaluation takes: `cargo test --release --lib metric::tests::time -- --ignored --nocapture`.
    #[test]
    #[ignore = "a measurement, not a check"]
    fn time_of_an_evaluation() {
        use rand::{RngExt, SeedableRng};
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(0);
        for (samples, per_class) in [(496u32, 8), (620, 10), (1240, 20), (900, 180)] {
            let embeddings: Vec<f32> = (0..samples * 64)
                .map(|_| rng.random_range(-1.0..1.0))
                .collect();
            let labels: Vec<u32> = (0..samples).map(|i| i / per_class).collect();
            let fastest = |run: &dyn Fn()| {
                let time = |_| {
                    let start = std::time::Instant::now();
                    run();
                    start.elapsed().as_secs_f64() * 1e6
                };
                (0..50).map(time).fold(f64::INFINITY, f64::min)
            };
            let neighbours = fastest(&|| {
                let found = evaluate(&embeddings, 64, &labels, &[1, 2, 4, 8], Distance::Cosine);
                std::hint::black_box(found.unwrap());
            });
            let distances = fastest(&|| {
                std::hint::black_box(log_distance(&embeddings, 64).unwrap());
            });
            println!(
                "{samples} samples, {per_class} a class: neighbours {neighbours:.0} µs, log distance {distances:.0} µs"
            );
        }
    }
}
