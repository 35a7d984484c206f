//! What the tests of losses share: batches on the host, and their values and gradients.
#![allow(
    dead_code,
    reason = "each test file is a crate of its own and uses its own part of this one"
)]
#![allow(clippy::unwrap_used, reason = "what is wrong in a test shows at once")]

use burn::tensor::{Device, Int, Tensor, TensorData};
use kyori::loss::{LaneParams, Learned, LossInput, LossKind, Rows};

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
}

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
        }
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

struct Leaves {
    embeddings: Rows,
    vectors: Option<Rows>,
    bias: Option<Rows>,
    loss: Tensor<3>,
}

fn forward(kind: LossKind, lanes: &[Batch]) -> Leaves {
    let first = &lanes[0];
    let (count, batch, info) = (lanes.len(), first.size(), kind.info());
    let device = Device::flex();
    let leaf = |part: fn(&Batch) -> &Vec<f32>, rows: usize, columns: usize| {
        let values: Vec<f32> = lanes.iter().flat_map(part).copied().collect();
        Rows::new(Tensor::<3>::from_data(
            TensorData::new(values, [count, rows, columns]),
            &device,
        ))
    };
    let rows = info.learned_rows(first.classes, &first.params);
    let embeddings = leaf(|lane| &lane.embeddings, batch, first.dim);
    let vectors = (rows > 0).then(|| leaf(|lane| &lane.vectors, rows, first.dim));
    let bias = (!first.bias.is_empty()).then(|| leaf(|lane| &lane.bias, 1, first.classes));
    let labels: Vec<u32> = lanes
        .iter()
        .flat_map(|lane| &lane.labels)
        .copied()
        .collect();
    let indices: Vec<i32> = labels.iter().map(|label| *label as i32).collect();
    let params: Vec<Vec<f32>> = lanes.iter().map(|lane| lane.params.clone()).collect();
    let loss = kind.forward(&LossInput {
        embeddings: &embeddings,
        labels: Tensor::<2, Int>::from_data(TensorData::new(indices, [count, batch]), &device),
        labels_host: &labels,
        class_vectors: vectors.as_ref(),
        bias: bias.as_ref().map(Rows::raw),
        classes: first.classes,
        params: &LaneParams::new(info, &params, first.classes, &device),
    });
    assert_eq!(loss.dims(), [count, 1, 1], "{kind:?}: shape of the loss");
    Leaves {
        embeddings,
        vectors,
        bias,
        loss,
    }
}

/// The value of each lane.
pub fn values(kind: LossKind, lanes: &[Batch]) -> Vec<f32> {
    forward(kind, lanes)
        .loss
        .into_data()
        .try_into_vec()
        .unwrap()
}

/// Value and gradients of each lane.
pub fn outcomes(kind: LossKind, lanes: &[Batch]) -> Vec<Outcome> {
    let count = lanes.len();
    let leaves = forward(kind, lanes);
    let values: Vec<f32> = leaves.loss.clone().into_data().try_into_vec().unwrap();
    let mut gradients = leaves.loss.sum().backward();
    let mut read = |leaf: Option<&Rows>| -> Vec<Vec<f32>> {
        let Some(leaf) = leaf else {
            return vec![Vec::new(); count];
        };
        let gradient = leaf
            .gradient(&mut gradients)
            .unwrap_or_else(|| panic!("{kind:?}: the backward pass misses an input"));
        let all: Vec<f32> = gradient.into_data().try_into_vec().unwrap();
        all.chunks(all.len() / count).map(<[f32]>::to_vec).collect()
    };
    let (embeddings, vectors, bias) = (
        read(Some(&leaves.embeddings)),
        read(leaves.vectors.as_ref()),
        read(leaves.bias.as_ref()),
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
