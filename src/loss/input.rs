//! What a loss is given: one batch of every lane.

use burn::tensor::{Device, Int, Tensor, TensorData};

use super::LossInfo;

/// The hyperparameters of every lane, on the device and on the host.
#[derive(Clone, Debug)]
pub struct LaneParams {
    /// One tensor a parameter, `[lane, 1, 1]`.
    tensors: Vec<Tensor<3>>,
    /// `host[lane][param]`.
    host: Vec<Vec<f32>>,
}

impl LaneParams {
    /// `lanes[lane][param]`, in the order of [`LossInfo::params`]. The tensors carry no autodiff.
    pub fn new(info: &LossInfo, lanes: &[Vec<f32>], device: &Device) -> Self {
        let device = device.clone().without_autodiff();
        let tensors = (0..info.params.len())
            .map(|param| {
                let values: Vec<f32> = lanes.iter().map(|lane| lane[param]).collect();
                Tensor::from_data(TensorData::new(values, [lanes.len(), 1, 1]), &device)
            })
            .collect();
        Self { tensors, host: lanes.to_vec() }
    }

    /// The parameter at `index` of [`LossInfo::params`] for each lane, `[lane, 1, 1]`.
    pub fn tensor(&self, index: usize) -> Tensor<3> {
        self.tensors[index].clone()
    }

    /// The parameter's value where all lanes share it (counts and switches): the first lane's.
    pub fn shared(&self, index: usize) -> f32 {
        self.host[0][index]
    }

    /// The parameter's value in one lane.
    pub fn host(&self, lane: usize, index: usize) -> f32 {
        self.host[lane][index]
    }
}

/// One batch of every lane of a heat.
pub struct LossInput<'a> {
    /// `[lane, batch, dim]`, raw (not normalised), on an autodiff device.
    pub embeddings: Tensor<3>,
    /// `[lane, batch]`, class indices `0..classes`, without autodiff.
    pub labels: Tensor<2, Int>,
    /// The same on the host, lane after lane: `lane * batch + i`.
    pub labels_host: &'a [u32],
    /// Learned vectors `[lane, row, dim]`, where the loss has any.
    pub class_vectors: Option<Tensor<3>>,
    /// Learned biases `[lane, 1, class]`, where the loss has any.
    pub bias: Option<Tensor<3>>,
    /// Number of training classes.
    pub classes: usize,
    pub params: &'a LaneParams,
}

impl LossInput<'_> {
    /// `[lane, batch, dim]`
    pub fn dims(&self) -> [usize; 3] {
        self.embeddings.dims()
    }

    /// Where tensors without gradient (masks, constants) belong.
    pub fn constant_device(&self) -> Device {
        self.embeddings.device().without_autodiff()
    }

    /// The hyperparameter at `index` of the loss's list, `[lane, 1, 1]`.
    pub fn param(&self, index: usize) -> Tensor<3> {
        self.params.tensor(index)
    }
}
