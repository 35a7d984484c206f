//! Reference values and gradients, checked on any device.
//!
//! A golden case is a JSON object with one loss's inputs, hyperparameters, value and gradients as pytorch-metric-learning
//! 2.9.0 computes them in float64, or, for a loss that it lacks, a reference of our own; or one set of embeddings with its
//! retrieval metrics. The same code checks them in the tests and, in the browser, on the very device that trains. Nothing
//! here waits for a device synchronously.

use std::collections::BTreeMap;

use burn::tensor::{Device, Tensor, TensorData};
use serde::Deserialize;
use thiserror::Error;

use crate::bridge::CaseReport;
use crate::loss::{LaneParams, Learned, LossInput, LossKind};
use crate::metric;

/// Largest relative error that passes.
pub const TOLERANCE: f64 = 1e-4;
/// Largest difference of a retrieval metric that passes. Neighbours are in the same order or not: only sums round.
const METRIC_TOLERANCE: f64 = 1e-6;
/// Values and gradients smaller than this are compared as if they were this large.
const FLOOR: f64 = 1e-3;

/// Why a case could not be checked.
#[derive(Debug, Error)]
pub enum GoldenError {
    #[error(
        "not a golden case: {0}. Expected a JSON object with `kind`, `id` and the fields of that kind"
    )]
    Json(#[from] serde_json::Error),
    #[error("{id}: no loss `{loss}` with miner `{miner}` is registered")]
    UnknownLoss {
        id: String,
        loss: String,
        miner: String,
    },
    #[error("{id}: `{loss}` has no parameter `{key}`, or `{key}` is not a number or a switch")]
    Parameter {
        id: String,
        loss: String,
        key: String,
    },
    #[error("{id}: `{field}` should hold {expected} numbers, it holds {found}")]
    Shape {
        id: String,
        field: &'static str,
        expected: usize,
        found: usize,
    },
    #[error("{id}: `{field}` is missing")]
    Missing { id: String, field: &'static str },
    #[error("{id}: {message}")]
    Metric { id: String, message: String },
    #[error("{id}: reading back from the device failed: {message}")]
    Device { id: String, message: String },
}

/// One golden case.
#[derive(Clone, Debug)]
pub enum Case {
    Loss(Box<LossCase>),
    Metrics(Box<MetricsCase>),
}

/// A JSON number, or `"NaN"`, `"Infinity"`, `"-Infinity"`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "RawNumber")]
struct Number(f64);

#[derive(Deserialize)]
#[serde(untagged)]
enum RawNumber {
    Plain(f64),
    Switch(bool),
    Named(String),
}

impl TryFrom<RawNumber> for Number {
    type Error = String;

    fn try_from(raw: RawNumber) -> Result<Self, String> {
        match raw {
            RawNumber::Plain(value) => Ok(Self(value)),
            RawNumber::Switch(on) => Ok(Self(f64::from(u8::from(on)))),
            RawNumber::Named(name) => match name.as_str() {
                "NaN" => Ok(Self(f64::NAN)),
                "Infinity" => Ok(Self(f64::INFINITY)),
                "-Infinity" => Ok(Self(f64::NEG_INFINITY)),
                other => Err(format!("`{other}` is not a number")),
            },
        }
    }
}

#[derive(Deserialize)]
struct Kind {
    kind: String,
}

/// A miner as a case names it.
#[derive(Clone, Debug, Deserialize)]
struct RawMiner {
    name: String,
    #[serde(default)]
    params: BTreeMap<String, Number>,
}

#[derive(Deserialize)]
struct RawLoss {
    id: String,
    loss: String,
    #[serde(default)]
    params: BTreeMap<String, Number>,
    miner: Option<RawMiner>,
    #[serde(default)]
    tags: Vec<String>,
    batch: usize,
    dim: usize,
    classes: usize,
    labels: Vec<u32>,
    embeddings: Vec<Vec<Number>>,
    proxies: Option<Vec<Vec<Number>>>,
    weights: Option<Vec<Vec<Number>>>,
    bias: Option<Vec<Number>>,
    value: Number,
    grad_embeddings: Vec<Vec<Number>>,
    grad_proxies: Option<Vec<Vec<Number>>>,
    grad_weights: Option<Vec<Vec<Number>>>,
    grad_bias: Option<Vec<Number>>,
}

/// One loss with its inputs, value and gradients.
#[derive(Clone, Debug)]
pub struct LossCase {
    pub id: String,
    /// The loss's name as the case gives it, with the miner's after a `+`.
    pub name: String,
    pub kind: LossKind,
    /// In the order of the loss's parameters.
    pub params: Vec<f32>,
    pub tags: Vec<String>,
    pub batch: usize,
    pub dim: usize,
    pub classes: usize,
    pub labels: Vec<u32>,
    pub embeddings: Vec<f32>,
    /// Learned vectors, row after row; empty where the loss has none.
    pub class_vectors: Vec<f32>,
    pub bias: Vec<f32>,
    pub value: f64,
    pub grad_embeddings: Vec<f64>,
    pub grad_class_vectors: Vec<f64>,
    pub grad_bias: Vec<f64>,
}

/// One set of embeddings with its retrieval metrics.
#[derive(Clone, Debug)]
pub struct MetricsCase {
    pub id: String,
    /// Whether neighbours are by cosine; else by Euclidean distance of the embeddings as given.
    pub cosine: bool,
    pub dim: usize,
    pub labels: Vec<u32>,
    pub embeddings: Vec<f32>,
    pub cluster_labels: Vec<u32>,
    /// `precision_at_1`, `r_precision`, `mean_average_precision_at_r`, `nmi`, `ami`, `recall_at_k.1` and so on.
    pub results: BTreeMap<String, f64>,
}

#[derive(Deserialize)]
struct RawMetrics {
    id: String,
    distance: String,
    batch: usize,
    dim: usize,
    labels: Vec<u32>,
    embeddings: Vec<Vec<Number>>,
    cluster_labels: Vec<u32>,
    results: BTreeMap<String, RawResult>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum RawResult {
    One(Number),
    Many(BTreeMap<String, Number>),
}

fn flat(rows: &[Vec<Number>]) -> Vec<f64> {
    rows.iter().flatten().map(|number| number.0).collect()
}

fn single(values: Vec<f64>) -> Vec<f32> {
    values.into_iter().map(|value| value as f32).collect()
}

impl Case {
    /// Reads a JSON array of cases; those of losses. Metrics are computed on the host, which is no matter of the device.
    ///
    /// # Errors
    /// Where it is no array, and as [`Case::parse`].
    pub fn losses(json: &str) -> Result<Vec<LossCase>, GoldenError> {
        let cases: Vec<serde_json::Value> = serde_json::from_str(json)?;
        let cases = cases.iter().map(|case| Self::parse(&case.to_string()));
        cases
            .filter_map(|case| match case {
                Ok(Self::Loss(case)) => Some(Ok(*case)),
                Ok(Self::Metrics(_)) => None,
                Err(error) => Some(Err(error)),
            })
            .collect()
    }

    /// Reads one case.
    ///
    /// # Errors
    /// [`GoldenError::UnknownLoss`] for a loss that is not registered; others where the case contradicts itself.
    pub fn parse(json: &str) -> Result<Self, GoldenError> {
        let kind: Kind = serde_json::from_str(json)?;
        if kind.kind == "metrics" {
            MetricsCase::new(serde_json::from_str(json)?).map(|case| Self::Metrics(Box::new(case)))
        } else {
            LossCase::new(serde_json::from_str(json)?).map(|case| Self::Loss(Box::new(case)))
        }
    }
}

/// The registered loss with this name and miner in golden cases.
fn find_loss(loss: &str, miner: Option<&str>) -> Option<LossKind> {
    LossKind::ALL.iter().copied().find(|kind| {
        let golden = kind.info().golden;
        golden.is_some_and(|golden| golden.loss == loss && golden.miner == miner)
    })
}

impl LossCase {
    fn new(raw: RawLoss) -> Result<Self, GoldenError> {
        let RawLoss { id, loss, .. } = &raw;
        let miner = raw.miner.as_ref();
        let name = miner.map_or_else(|| loss.clone(), |miner| format!("{loss}+{}", miner.name));
        let Some(kind) = find_loss(loss, miner.map(|miner| miner.name.as_str())) else {
            let miner = miner.map_or("none", |miner| &miner.name).to_owned();
            return Err(GoldenError::UnknownLoss {
                id: id.clone(),
                loss: loss.clone(),
                miner,
            });
        };
        let info = kind.info();
        let mut params = info.defaults();
        let unknown = |key: &str| GoldenError::Parameter {
            id: id.clone(),
            loss: name.clone(),
            key: key.to_owned(),
        };
        for (key, value) in &raw.params {
            let index = info.param(key).ok_or_else(|| unknown(key))?;
            params[index] = value.0 as f32;
        }
        // Where loss and miner have a parameter of one name, the miner's has a prefix.
        for (key, value) in miner.iter().flat_map(|miner| &miner.params) {
            let index = info
                .param(&format!("miner_{key}"))
                .or_else(|| info.param(key))
                .ok_or_else(|| unknown(key))?;
            params[index] = value.0 as f32;
        }

        let size = |field: &'static str, found: usize, expected: usize| {
            let id = id.clone();
            if found == expected {
                Ok(())
            } else {
                Err(GoldenError::Shape {
                    id,
                    field,
                    expected,
                    found,
                })
            }
        };
        let missing = |field: &'static str| GoldenError::Missing {
            id: id.clone(),
            field,
        };
        size("labels", raw.labels.len(), raw.batch)?;
        if let Some(label) = raw
            .labels
            .iter()
            .find(|label| **label as usize >= raw.classes)
        {
            return Err(GoldenError::Shape {
                id: id.clone(),
                field: "labels",
                expected: raw.classes,
                found: *label as usize + 1,
            });
        }
        let embeddings = flat(&raw.embeddings);
        let grad_embeddings = flat(&raw.grad_embeddings);
        size("embeddings", embeddings.len(), raw.batch * raw.dim)?;
        size(
            "grad_embeddings",
            grad_embeddings.len(),
            raw.batch * raw.dim,
        )?;

        let (mut class_vectors, mut grad_class_vectors) = (Vec::new(), Vec::new());
        if info.learned != Learned::None {
            let expected = info.learned_rows(raw.classes, &params) * raw.dim;
            let vectors = raw.proxies.as_ref().or(raw.weights.as_ref());
            let gradients = raw.grad_proxies.as_ref().or(raw.grad_weights.as_ref());
            class_vectors = flat(vectors.ok_or_else(|| missing("proxies"))?);
            grad_class_vectors = flat(gradients.ok_or_else(|| missing("grad_proxies"))?);
            size("proxies", class_vectors.len(), expected)?;
            size("grad_proxies", grad_class_vectors.len(), expected)?;
        }
        let (mut bias, mut grad_bias) = (Vec::new(), Vec::new());
        if info.learned == Learned::ClassVectorsAndBias {
            let values =
                |numbers: &Vec<Number>| numbers.iter().map(|number| number.0).collect::<Vec<f64>>();
            bias = raw
                .bias
                .as_ref()
                .map(values)
                .ok_or_else(|| missing("bias"))?;
            grad_bias = raw
                .grad_bias
                .as_ref()
                .map(values)
                .ok_or_else(|| missing("grad_bias"))?;
            size("bias", bias.len(), raw.classes)?;
            size("grad_bias", grad_bias.len(), raw.classes)?;
        }
        Ok(Self {
            name,
            kind,
            params,
            batch: raw.batch,
            dim: raw.dim,
            classes: raw.classes,
            embeddings: single(embeddings),
            class_vectors: single(class_vectors),
            bias: single(bias),
            value: raw.value.0,
            grad_embeddings,
            grad_class_vectors,
            grad_bias,
            id: raw.id,
            tags: raw.tags,
            labels: raw.labels,
        })
    }

    /// Whether rows differ so much in norm that each is compared by its own scale.
    fn by_row(&self) -> bool {
        self.tags.iter().any(|tag| tag == "extreme_norms")
    }

    /// Relative error of the value.
    fn value_error(&self, value: f32) -> f64 {
        if self.value.is_nan() {
            // The mean of nothing: the reference has no number there, a loss here may have 0.
            return if value == 0.0 || value.is_nan() {
                0.0
            } else {
                f64::INFINITY
            };
        }
        relative_error(&[value], &[self.value], FLOOR)
    }

    /// Largest relative error of a gradient by rows of vectors.
    fn gradient_error(&self, found: &[f32], expected: &[f64], at: &[f32]) -> f64 {
        if !self.by_row() {
            return relative_error(found, expected, FLOOR);
        }
        let normalised = self.kind.info().learned != Learned::ClassVectorsAndBias;
        let rows = found
            .chunks(self.dim)
            .zip(expected.chunks(self.dim))
            .zip(at.chunks(self.dim));
        rows.map(|((found, expected), at)| {
            let norm = at.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>().sqrt();
            // The gradient through a normalisation is as large as the row is small, and so is the floor: a row that the
            // loss hardly sees has few digits in f32.
            let floor = if normalised && norm > 0.0 {
                FLOOR / norm
            } else {
                FLOOR
            };
            relative_error(found, expected, floor)
        })
        .fold(0.0, f64::max)
    }
}

impl MetricsCase {
    fn new(raw: RawMetrics) -> Result<Self, GoldenError> {
        let embeddings = flat(&raw.embeddings);
        for (field, found, expected) in [
            ("labels", raw.labels.len(), raw.batch),
            ("cluster_labels", raw.cluster_labels.len(), raw.batch),
            ("embeddings", embeddings.len(), raw.batch * raw.dim),
        ] {
            if found != expected {
                return Err(GoldenError::Shape {
                    id: raw.id,
                    field,
                    expected,
                    found,
                });
            }
        }
        let mut results = BTreeMap::new();
        for (key, result) in raw.results {
            match result {
                RawResult::One(value) => {
                    results.insert(key, value.0);
                }
                RawResult::Many(values) => {
                    results.extend(
                        values
                            .into_iter()
                            .map(|(at, value)| (format!("{key}.{at}"), value.0)),
                    );
                }
            }
        }
        Ok(Self {
            id: raw.id,
            cosine: raw.distance == "cosine",
            dim: raw.dim,
            labels: raw.labels,
            embeddings: single(embeddings),
            cluster_labels: raw.cluster_labels,
            results,
        })
    }
}

/// Compares one set of embeddings with its retrieval metrics; the largest difference of any metric.
///
/// The embeddings are not clustered anew: NMI and AMI are of the case's clusters.
///
/// # Errors
/// [`GoldenError::Metric`] if the embeddings cannot be evaluated or the case lists a metric that is not known here.
pub fn check_metrics_case(case: &MetricsCase) -> Result<CaseReport, GoldenError> {
    let failed = |message: String| GoldenError::Metric {
        id: case.id.clone(),
        message,
    };
    let of_metric = |error: metric::MetricError| failed(error.to_string());
    let distance = if case.cosine {
        metric::Distance::Cosine
    } else {
        metric::Distance::Euclidean
    };
    let ranks: Vec<usize> = case.results.keys().filter_map(|key| rank_of(key)).collect();
    let quality = metric::evaluate(&case.embeddings, case.dim, &case.labels, &ranks, distance)
        .map_err(of_metric)?;
    let recall = |rank: usize| {
        ranks
            .iter()
            .position(|known| *known == rank)
            .map(|at| quality.recall_at[at])
    };
    let (queries, all) = (
        quality.queries as f64,
        (quality.queries + quality.lone) as f64,
    );

    let mut largest = 0.0_f64;
    for (key, expected) in &case.results {
        let found = match key.as_str() {
            "num_queries" => Some(all),
            "num_lone_queries" => Some(quality.lone as f64),
            "precision_at_1" => recall(1),
            "r_precision" => Some(quality.r_precision),
            "mean_average_precision_at_r" => Some(quality.map_at_r),
            "nmi" => Some(
                metric::normalised_mutual_information(&case.labels, &case.cluster_labels)
                    .map_err(of_metric)?,
            ),
            "ami" => Some(
                metric::adjusted_mutual_information(&case.labels, &case.cluster_labels)
                    .map_err(of_metric)?,
            ),
            // Lone queries find nothing: over all queries they are misses.
            key if key.starts_with(ALL_QUERIES) => rank_of(key).and_then(recall).map(|share| {
                if queries > 0.0 {
                    share * queries / all
                } else {
                    0.0
                }
            }),
            key => rank_of(key).and_then(recall),
        };
        let found =
            found.ok_or_else(|| failed(format!("`{key}` is no metric that is known here")))?;
        let same_nothing = found.is_nan() && expected.is_nan();
        let error = if same_nothing {
            0.0
        } else {
            (found - expected).abs()
        };
        largest = if error.is_finite() {
            largest.max(error)
        } else {
            f64::INFINITY
        };
    }
    Ok(CaseReport {
        id: case.id.clone(),
        loss: "metrics".to_owned(),
        value_error: largest,
        gradient_error: 0.0,
        passed: largest <= METRIC_TOLERANCE,
    })
}

/// Recall with lone queries counted as misses.
const ALL_QUERIES: &str = "recall_at_k_all_queries.";

/// The K of `recall_at_k.K` and of `recall_at_k_all_queries.K`.
fn rank_of(key: &str) -> Option<usize> {
    key.strip_prefix("recall_at_k.")
        .or_else(|| key.strip_prefix(ALL_QUERIES))?
        .parse()
        .ok()
}

/// `max|found − expected| / max(max|expected|, floor)`; infinite where a number is not finite.
pub fn relative_error(found: &[f32], expected: &[f64], floor: f64) -> f64 {
    let mut difference = 0.0_f64;
    let mut largest = floor;
    for (found, expected) in found.iter().zip(expected) {
        let error = (f64::from(*found) - expected).abs();
        if !error.is_finite() {
            return f64::INFINITY;
        }
        difference = difference.max(error);
        largest = largest.max(expected.abs());
    }
    difference / largest
}

/// Numbers of −1 to 1 for the lanes beside the case's own; the same on every device.
struct Filler(u64);

impl Filler {
    fn number(&mut self) -> f32 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f32 / (1_u64 << 23) as f32 - 1.0
    }

    fn extend(&mut self, values: &mut Vec<f32>, count: usize) {
        values.extend((0..count).map(|_| self.number()));
    }
}

/// Compares one case with the loss on a device.
///
/// With more than one lane the case's own is in the middle of others with other embeddings, labels and hyperparameters,
/// and its numbers must come out the same.
///
/// # Errors
/// [`GoldenError::Device`] if reading failed.
pub async fn check_loss_case(
    case: &LossCase,
    device: &Device,
    lanes: usize,
) -> Result<CaseReport, GoldenError> {
    let lanes = lanes.max(1);
    let own = lanes / 2;
    let info = case.kind.info();
    let golden = info
        .golden
        .expect("a case's loss was found by its golden name");
    let mut filler = Filler(case.batch as u64 * 31 + case.dim as u64);
    let (mut embeddings, mut labels, mut vectors, mut bias, mut params) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for lane in 0..lanes {
        if lane == own {
            embeddings.extend_from_slice(&case.embeddings);
            labels.extend_from_slice(&case.labels);
            vectors.extend_from_slice(&case.class_vectors);
            bias.extend_from_slice(&case.bias);
            params.push(case.params.clone());
            continue;
        }
        filler.extend(&mut embeddings, case.embeddings.len());
        let class =
            |filler: &mut Filler| ((filler.number() + 1.0) * 0.5 * case.classes as f32) as u32;
        labels.extend((0..case.batch).map(|_| class(&mut filler).min(case.classes as u32 - 1)));
        filler.extend(&mut vectors, case.class_vectors.len());
        filler.extend(&mut bias, case.bias.len());
        let moved = info.params.iter().zip(&case.params).map(|(param, value)| {
            let other = value * (1.0 + 0.3 * filler.number());
            if param.per_lane() {
                other.clamp(param.min, param.max)
            } else {
                *value
            }
        });
        params.push(moved.collect());
    }

    let device = device.clone().without_autodiff();
    let tensor =
        |values: Vec<f32>, shape| Tensor::<3>::from_data(TensorData::new(values, shape), &device);
    let learned = info.learned_rows(case.classes, &case.params);
    let embeddings = tensor(embeddings, [lanes, case.batch, case.dim]);
    let vectors = (learned > 0).then(|| tensor(vectors, [lanes, learned, case.dim]));
    let bias = (!bias.is_empty()).then(|| tensor(bias, [lanes, 1, case.classes]));
    let params = LaneParams::new(info, &params, case.classes, &device);
    let input = LossInput::new(embeddings, &labels, &params).with_learned(vectors, bias);
    let loss = case.kind.forward(&input);
    let gradients = input.backward(&loss);
    let value = read(case, loss, own).await?[0];
    let found = read(case, gradients.embeddings, own).await?;
    let mut gradient_error = case.gradient_error(&found, &case.grad_embeddings, &case.embeddings);
    if let Some(by_vectors) = gradients.class_vectors {
        let found = read(case, by_vectors, own).await?;
        gradient_error = gradient_error.max(case.gradient_error(
            &found,
            &case.grad_class_vectors,
            &case.class_vectors,
        ));
    }
    if let Some(by_bias) = gradients.bias {
        let found = read(case, by_bias, own).await?;
        gradient_error = gradient_error.max(relative_error(&found, &case.grad_bias, FLOOR));
    }
    let value_error = case.value_error(value);
    Ok(CaseReport {
        id: case.id.clone(),
        loss: golden.loss.to_owned(),
        value_error,
        gradient_error,
        passed: value_error <= TOLERANCE && gradient_error <= TOLERANCE,
    })
}

/// One lane of a tensor, read without waiting.
async fn read(case: &LossCase, tensor: Tensor<3>, lane: usize) -> Result<Vec<f32>, GoldenError> {
    let device = |message: String| GoldenError::Device {
        id: case.id.clone(),
        message,
    };
    let data = tensor
        .slice_dim(0, lane..lane + 1)
        .into_data_async()
        .await
        .map_err(|error| device(error.to_string()))?;
    data.try_into_vec::<f32>()
        .map_err(|error| device(format!("{error:?}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_cases_gives_its_losses_or_says_what_is_wrong() {
        let metrics = include_str!("../tests/golden/metrics_01.json");
        let loss = include_str!("../tests/golden/circle_03.json");
        let cases = Case::losses(&format!("[{metrics},{loss}]")).unwrap();
        assert_eq!(cases.len(), 1);
        assert_eq!(cases[0].kind, LossKind::Circle);
        let half = &loss[..loss.len() / 2];
        assert!(matches!(Case::losses(half), Err(GoldenError::Json(_))));
        let unknown = r#"[{"kind": "loss"}]"#;
        assert!(Case::losses(unknown).is_err());
    }
}
