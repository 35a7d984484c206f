//! What the tests of losses share: batches on the host, and their values and gradients.
#![allow(
    dead_code,
    reason = "each test file is a crate of its own and uses its own part of this one"
)]
#![allow(clippy::unwrap_used, reason = "what is wrong in a test shows at once")]

use burn::tensor::{Device, Tensor, TensorData};
use kyori::loss::{LaneParams, Learned, LossGradients, LossInput, LossKind, Mixing, Remembered};

/// Numbers of −1 to 1.
#[derive(Clone)]
pub struct Noise(pub u64);

impl Noise {
    pub fn number(&mut self) -> f32 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f32 / (1_u64 << 23) as f32 - 1.0
    }

    pub fn many(&mut self, count: usize) -> Vec<f32> {
        (0..count).map(|_| self.number()).collect()
    }
}

/// One lane's batch.
#[derive(Clone, Debug)]
pub struct Batch {
    pub dim: usize,
    pub classes: usize,
    pub labels: Vec<u32>,
    pub embeddings: Vec<f32>,
    pub vectors: Vec<f32>,
    pub bias: Vec<f32>,
    pub params: Vec<f32>,
    /// Samples of earlier batches, of length 1, and their labels.
    pub memory: Vec<f32>,
    pub memory_labels: Vec<u32>,
    /// The partner that each sample is mixed with, and its own share; empty for no mixtures.
    pub partners: Vec<u32>,
    pub share: f32,
}

/// What mixtures count in every test.
pub const MIXED: f32 = 0.4;

impl Batch {
    /// Random embeddings and class vectors of about unit norm, hyperparameters at their defaults.
    pub fn random(kind: LossKind, seed: u64, dim: usize, classes: usize, labels: &[u32]) -> Self {
        let info = kind.info();
        let mut noise = Noise(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        noise.many(4);
        let params = info.defaults();
        let rows = info.learned_rows(classes, &params);
        Self {
            dim,
            classes,
            labels: labels.to_vec(),
            embeddings: noise.many(labels.len() * dim),
            vectors: noise.many(rows * dim),
            bias: if info.learned == Learned::ClassVectorsAndBias {
                noise.many(classes)
            } else {
                Vec::new()
            },
            params,
            memory: Vec::new(),
            memory_labels: Vec::new(),
            partners: Vec::new(),
            share: 0.0,
        }
    }

    /// The same batch with mixtures: each sample with the one so many places behind it.
    pub fn with_mixtures(mut self, places: usize, share: f32) -> Self {
        let size = self.size();
        self.partners = (0..size).map(|i| ((i + places) % size) as u32).collect();
        self.share = share;
        self
    }

    /// The same batch with a memory of random samples.
    pub fn with_memory(mut self, seed: u64, labels: &[u32]) -> Self {
        let mut noise = Noise(seed.wrapping_mul(0xD1B5_4A32_D192_ED03));
        noise.many(4);
        for _ in labels {
            let row = noise.many(self.dim);
            let norm = row.iter().map(|x| x * x).sum::<f32>().sqrt();
            self.memory.extend(row.iter().map(|x| x / norm));
        }
        self.memory_labels = labels.to_vec();
        self
    }

    pub fn size(&self) -> usize {
        self.labels.len()
    }
}

/// Values and gradients, lane after lane.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    pub value: f32,
    pub embeddings: Vec<f32>,
    pub vectors: Vec<f32>,
    pub bias: Vec<f32>,
}

impl Outcome {
    pub fn is_finite(&self) -> bool {
        let gradients = self
            .embeddings
            .iter()
            .chain(&self.vectors)
            .chain(&self.bias);
        self.value.is_finite() && gradients.into_iter().all(|x| x.is_finite())
    }
}

/// Puts lanes side by side and hands the input, and the loss of it, on.
pub fn with_input<T>(
    kind: LossKind,
    lanes: &[Batch],
    then: impl FnOnce(&LossInput<'_>, Tensor<3>) -> T,
) -> T {
    let first = &lanes[0];
    let (count, batch, info) = (lanes.len(), first.size(), kind.info());
    let device = Device::flex();
    let side_by_side = |part: fn(&Batch) -> &Vec<f32>, rows: usize, columns: usize| {
        let values: Vec<f32> = lanes.iter().flat_map(part).copied().collect();
        Tensor::<3>::from_data(TensorData::new(values, [count, rows, columns]), &device)
    };
    let rows = info.learned_rows(first.classes, &first.params);
    let embeddings = side_by_side(|lane| &lane.embeddings, batch, first.dim);
    let vectors = (rows > 0).then(|| side_by_side(|lane| &lane.vectors, rows, first.dim));
    let bias = (!first.bias.is_empty()).then(|| side_by_side(|lane| &lane.bias, 1, first.classes));
    let labels: Vec<u32> = lanes
        .iter()
        .flat_map(|lane| &lane.labels)
        .copied()
        .collect();
    let params: Vec<Vec<f32>> = lanes.iter().map(|lane| lane.params.clone()).collect();
    let params = LaneParams::new(info, &params, first.classes, &device);
    let kept = first.memory_labels.len();
    let memory = (kept > 0).then(|| {
        let labels = lanes.iter().flat_map(|lane| &lane.memory_labels);
        let labels: Vec<i32> = labels.map(|&label| label as i32).collect();
        Remembered {
            unit: side_by_side(|lane| &lane.memory, kept, first.dim),
            labels: Tensor::from_data(TensorData::new(labels, [count, kept]), &device),
        }
    });
    let mixing = (!first.partners.is_empty()).then(|| Mixing {
        partners: lanes
            .iter()
            .flat_map(|lane| lane.partners.clone())
            .collect(),
        shares: lanes.iter().map(|lane| lane.share).collect(),
        weight: MIXED,
    });
    let input = LossInput::new(embeddings, &labels, &params)
        .with_learned(vectors, bias)
        .with_memory(memory)
        .with_mixing(mixing.as_ref());
    let loss = kind.forward(&input);
    assert_eq!(loss.dims(), [count, 1, 1], "{kind:?}: shape of the loss");
    then(&input, loss)
}

pub fn numbers<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().try_into_vec().unwrap()
}

/// The value of each lane.
pub fn values(kind: LossKind, lanes: &[Batch]) -> Vec<f32> {
    with_input(kind, lanes, |_, loss| numbers(loss))
}

/// Value and gradients of each lane.
pub fn outcomes(kind: LossKind, lanes: &[Batch]) -> Vec<Outcome> {
    with_input(kind, lanes, |input, loss| {
        outcomes_of(input.backward(&loss), loss)
    })
}

/// Gradients and loss of each lane, read back.
pub fn outcomes_of(gradients: LossGradients, loss: Tensor<3>) -> Vec<Outcome> {
    let values = numbers(loss);
    let count = values.len();
    let read = |gradient: Option<Tensor<3>>| -> Vec<Vec<f32>> {
        let Some(gradient) = gradient else {
            return vec![Vec::new(); count];
        };
        let all = numbers(gradient);
        all.chunks(all.len() / count).map(<[f32]>::to_vec).collect()
    };
    let (embeddings, vectors, bias) = (
        read(Some(gradients.embeddings)),
        read(gradients.class_vectors),
        read(gradients.bias),
    );
    let parts = embeddings.into_iter().zip(vectors).zip(bias);
    values
        .into_iter()
        .zip(parts)
        .map(|(value, ((embeddings, vectors), bias))| Outcome {
            value,
            embeddings,
            vectors,
            bias,
        })
        .collect()
}

/// Value and gradients of one lane alone.
pub fn outcome(kind: LossKind, batch: &Batch) -> Outcome {
    outcomes(kind, std::slice::from_ref(batch)).remove(0)
}

/// `max|a − b| / max(max|a|, floor)`.
pub fn difference(a: &[f32], b: &[f32], floor: f32) -> f32 {
    assert_eq!(a.len(), b.len());
    let largest = a.iter().fold(floor, |largest, x| largest.max(x.abs()));
    a.iter()
        .zip(b)
        .map(|(a, b)| (a - b).abs() / largest)
        .fold(0.0, f32::max)
}
