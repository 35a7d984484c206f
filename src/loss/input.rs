//! What a loss is given: one batch of every lane, and the hyperparameters of each.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use burn::tensor::{Bool, Device, Int, Tensor, TensorData};

use super::mixing::{Mixed, Mixing};
use super::relation::Leaf;
use super::{CountParam, LaneParam, LossInfo, ParamInfo, Rows, SwitchParam};
use crate::miner::{self, Pairs};

/// The hyperparameters of every lane, on the device and on the host.
#[derive(Clone, Debug)]
pub struct LaneParams {
    info: &'static LossInfo,
    /// One tensor for each parameter, `[lane, 1, 1]`.
    tensors: Vec<Tensor<3>>,
    /// `host[lane][param]`.
    host: Vec<Vec<f32>>,
    /// 0, 1, … up to the number of classes: `[1, 1, class]`.
    class_ids: Tensor<3, Int>,
}

impl LaneParams {
    /// `lanes[lane][param]`, in the order of [`LossInfo::params`]. The tensors carry no autodiff.
    ///
    /// # Panics
    /// Where there is no lane, or a lane has not one value for each hyperparameter: whoever lays out a heat checks that.
    pub fn new(
        info: &'static LossInfo,
        lanes: &[Vec<f32>],
        classes: usize,
        device: &Device,
    ) -> Self {
        assert!(!lanes.is_empty(), "{}: no lane", info.id);
        assert!(
            lanes.iter().all(|lane| lane.len() == info.params.len()),
            "{}: a lane has not one value for each hyperparameter",
            info.id
        );
        let device = device.clone().without_autodiff();
        let tensors = (0..info.params.len())
            .map(|param| {
                let values: Vec<f32> = lanes.iter().map(|lane| lane[param]).collect();
                Tensor::from_data(TensorData::new(values, [lanes.len(), 1, 1]), &device)
            })
            .collect();
        let class_ids =
            Tensor::<1, Int>::arange(0..classes as i64, &device).reshape([1, 1, classes]);
        Self {
            info,
            tensors,
            host: lanes.to_vec(),
            class_ids,
        }
    }

    /// Number of training classes.
    pub fn classes(&self) -> usize {
        self.class_ids.dims()[2]
    }

    /// Where a parameter is in [`LossInfo::params`].
    ///
    /// # Panics
    /// Where it is not there: a loss has read a constant that it does not list.
    fn index(&self, param: ParamInfo) -> usize {
        self.info.param(param.key).unwrap_or_else(|| {
            panic!(
                "{} reads the hyperparameter `{}`, which its `params` do not list",
                self.info.id, param.key
            )
        })
    }

    /// A number of each lane, `[lane, 1, 1]`.
    pub fn tensor(&self, param: LaneParam) -> Tensor<3> {
        self.tensors[self.index(param.info())].clone()
    }

    /// A number of one lane.
    pub fn in_lane(&self, lane: usize, param: LaneParam) -> f32 {
        self.host[lane][self.index(param.info())]
    }

    /// A count, the same in all lanes.
    pub fn count(&self, param: CountParam) -> usize {
        CountParam::of(self.shared(param.info()))
    }

    /// A switch, the same in all lanes.
    pub fn is_on(&self, param: SwitchParam) -> bool {
        SwitchParam::of(self.shared(param.info()))
    }

    fn shared(&self, param: ParamInfo) -> f32 {
        self.host[0][self.index(param)]
    }
}

/// Samples of earlier batches, as they were embedded then. Nothing pulls them any more.
#[derive(Clone, Debug)]
pub struct Remembered {
    /// `[lane, kept, dim]`, of length 1, without autodiff.
    pub unit: Tensor<3>,
    /// `[lane, kept]`, class indices `0..classes`.
    pub labels: Tensor<2, Int>,
}

/// One batch of every lane of a heat.
///
/// A loss asks it for labels, hyperparameters and one relation (`sample_cosines`, `class_cosines`, …); afterwards
/// [`LossInput::backward`] goes the way back.
pub struct LossInput<'a> {
    pub(super) embeddings: Rows,
    /// `[lane, batch]`, class indices `0..classes`, without autodiff.
    pub(super) labels: Tensor<2, Int>,
    /// The same on the host, lane after lane: `lane * batch + i`.
    pub(super) labels_host: &'a [u32],
    class_vectors: Option<Rows>,
    bias: Option<Tensor<3>>,
    /// What the batch is compared with beside itself.
    pub(super) memory: Option<Remembered>,
    /// Mixtures of its samples, which its anchors are compared with, too.
    pub(super) mixed: Option<Mixed>,
    params: &'a LaneParams,
    /// The relation that the loss asked for.
    pub(super) leaf: OnceCell<Leaf>,
}

impl<'a> LossInput<'a> {
    /// A batch for a loss that learns nothing of its own.
    ///
    /// # Shapes
    /// `embeddings`: `[lane, batch, dim]` without autodiff, not normalised; `labels`: class indices `0..classes`, lane after
    /// lane, `lane * batch + i`.
    ///
    /// # Panics
    /// Where there is not one label for each embedding.
    pub fn new(embeddings: Tensor<3>, labels: &'a [u32], params: &'a LaneParams) -> Self {
        let [lanes, batch, _] = embeddings.dims();
        assert_eq!(
            labels.len(),
            lanes * batch,
            "every embedding of every lane has a label"
        );
        let values: Vec<i32> = labels.iter().map(|&label| label as i32).collect();
        let device = embeddings.device();
        Self {
            embeddings: Rows::new(embeddings),
            labels: Tensor::from_data(TensorData::new(values, [lanes, batch]), &device),
            labels_host: labels,
            class_vectors: None,
            bias: None,
            memory: None,
            mixed: None,
            params,
            leaf: OnceCell::new(),
        }
    }

    /// With what the loss has learned, as [`Learned`](super::Learned) says: vectors `[lane, row, dim]` and biases
    /// `[lane, 1, class]`, without autodiff.
    pub fn with_learned(
        self,
        class_vectors: Option<Tensor<3>>,
        bias: Option<Tensor<3>>,
    ) -> LossInput<'a> {
        Self {
            class_vectors: class_vectors.map(Rows::new),
            bias,
            ..self
        }
    }

    /// With samples of earlier batches, where there are any.
    ///
    /// # Panics
    /// For a loss that compares within its batch only ([`LossInfo::memory`]).
    pub fn with_memory(self, memory: Option<Remembered>) -> LossInput<'a> {
        let info = self.params.info;
        assert!(
            memory.is_none() || info.memory,
            "{}: compares within its batch only",
            info.id
        );
        Self { memory, ..self }
    }

    /// With mixtures of the batch's samples, where there are to be any.
    ///
    /// # Panics
    /// For a loss that cannot compare with mixtures ([`LossInfo::mixup`]).
    pub fn with_mixing(self, mixing: Option<&Mixing>) -> LossInput<'a> {
        let info = self.params.info;
        assert!(
            mixing.is_none() || info.mixup,
            "{}: compares with no mixtures",
            info.id
        );
        let mixed = mixing.map(|mixing| Mixed::new(self.embeddings.unit(), &self.labels, mixing));
        Self { mixed, ..self }
    }

    /// The batch as a memory keeps it.
    pub fn to_remember(&self) -> Remembered {
        Remembered {
            unit: self.embeddings.unit(),
            labels: self.labels.clone(),
        }
    }

    /// `[lane, batch, dim]`
    pub fn dims(&self) -> [usize; 3] {
        self.embeddings.dims()
    }

    /// Number of training classes.
    pub fn classes(&self) -> usize {
        self.params.classes()
    }

    /// Where tensors without gradient (masks, constants) belong.
    pub fn constant_device(&self) -> Device {
        self.embeddings.device()
    }

    /// A number of each lane, `[lane, 1, 1]`.
    pub fn param(&self, param: LaneParam) -> Tensor<3> {
        self.params.tensor(param)
    }

    /// A number of one lane, on the host.
    pub fn lane_param(&self, lane: usize, param: LaneParam) -> f32 {
        self.params.in_lane(lane, param)
    }

    /// A count, the same in all lanes.
    pub fn count(&self, param: CountParam) -> usize {
        self.params.count(param)
    }

    /// Whether a switch is on, the same in all lanes.
    pub fn is_on(&self, param: SwitchParam) -> bool {
        self.params.is_on(param)
    }

    /// The learned vectors.
    ///
    /// # Panics
    /// Where there are none: the loss reads vectors that its [`LossInfo::learned`] does not announce.
    pub(super) fn class_vectors(&self) -> &Rows {
        self.class_vectors
            .as_ref()
            .expect("a loss that compares with learned vectors says so in `learned`")
    }

    /// The learned biases, `[lane, 1, class]`.
    ///
    /// # Panics
    /// As [`LossInput::class_vectors`].
    pub(super) fn bias(&self) -> Tensor<3> {
        self.bias
            .clone()
            .expect("a loss that adds learned biases says so in `learned`")
    }

    /// All ordered pairs of a sample, and another one of the batch or of the memory: the columns of
    /// [`sample_cosines`](LossInput::sample_cosines), `[lane, batch, batch + kept]`.
    pub fn pairs(&self) -> Pairs {
        let within = miner::all_pairs(self.labels.clone());
        let Some(memory) = &self.memory else {
            return within;
        };
        let same = self
            .labels
            .clone()
            .unsqueeze_dim::<3>(2)
            .equal(memory.labels.clone().unsqueeze_dim::<3>(1));
        Pairs {
            positive: Tensor::cat(vec![within.positive, same.clone()], 2),
            negative: Tensor::cat(vec![within.negative, same.bool_not()], 2),
        }
    }

    /// Columns of a relation, apart from those of the mixtures, where there are any: `[lane, anchor, batch]` behind all others.
    pub fn apart(&self, columns: Tensor<3>) -> (Tensor<3>, Option<Tensor<3>>) {
        if self.mixed.is_none() {
            return (columns, None);
        }
        let ([_, batch, _], [_, _, all]) = (self.dims(), columns.dims());
        let mixed = columns.clone().narrow(2, all - batch, batch);
        (columns.narrow(2, 0, all - batch), Some(mixed))
    }

    /// To which share each mixture is of a sample's class, `[lane, batch, batch]`.
    ///
    /// # Panics
    /// Where there are no mixtures.
    pub fn mixed_with_sample(&self) -> Tensor<3> {
        let anchors = self.labels.clone().unsqueeze_dim::<3>(2);
        self.mixtures().shares(&self.labels, anchors)
    }

    /// To which share each mixture is of a class, `[lane, class, batch]`.
    ///
    /// # Panics
    /// As [`LossInput::mixed_with_sample`].
    pub fn mixed_with_class(&self) -> Tensor<3> {
        let anchors = self.params.class_ids.clone().swap_dims(1, 2);
        self.mixtures().shares(&self.labels, anchors)
    }

    /// What the loss of the mixtures counts beside that of the batch.
    ///
    /// # Panics
    /// As [`LossInput::mixed_with_sample`].
    pub fn mixed_weight(&self) -> f32 {
        self.mixtures().weight
    }

    fn mixtures(&self) -> &Mixed {
        self.mixed
            .as_ref()
            .expect("only a loss whose columns have mixtures asks for them")
    }

    /// Whether a sample is of a class, `[lane, batch, class]`.
    pub fn class_mask(&self) -> Tensor<3, Bool> {
        self.labels
            .clone()
            .unsqueeze_dim::<3>(2)
            .equal(self.params.class_ids.clone())
    }

    /// Whether a sample is of a class, `[lane, class, batch]`.
    pub fn member_mask(&self) -> Tensor<3, Bool> {
        self.labels
            .clone()
            .unsqueeze_dim::<3>(1)
            .equal(self.params.class_ids.clone().swap_dims(1, 2))
    }

    /// Whether two rows are of one class, of the samples and after them `per_class` learned vectors of each class,
    /// `[lane, batch + row, batch + row]`.
    pub fn all_same_class(&self, per_class: usize) -> Tensor<3, Bool> {
        let [lanes, batch, _] = self.dims();
        let classes = self.classes();
        let of_vectors = self.params.class_ids.clone().swap_dims(1, 2);
        let of_vectors = of_vectors
            .expand([lanes, classes, per_class])
            .reshape([lanes, classes * per_class]);
        let of_rows = Tensor::cat(vec![self.labels.clone(), of_vectors], 1);
        let rows = batch + classes * per_class;
        let column = of_rows.clone().reshape([lanes, rows, 1]);
        column.equal(of_rows.reshape([lanes, 1, rows]))
    }

    /// One over the number of classes in a lane's batch, `[lane, 1, 1]`. Counted on the host, which drew the batch.
    pub fn inverse_present_classes(&self) -> Tensor<3> {
        let [lanes, batch, _] = self.dims();
        let shares: Vec<f32> = self
            .labels_host
            .chunks(batch.max(1))
            .map(|labels| 1.0 / labels.iter().collect::<BTreeSet<_>>().len().max(1) as f32)
            .collect();
        Tensor::from_data(
            TensorData::new(shares, [lanes, 1, 1]),
            &self.constant_device(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loss::{LossKind, proxy_anchor, soft_triple, triplet};

    fn lane_params(kind: LossKind, lanes: &[Vec<f32>]) -> LaneParams {
        LaneParams::new(kind.info(), lanes, 3, &Device::flex())
    }

    #[test]
    fn hyperparameters_are_found_whatever_their_order() {
        let params = lane_params(LossKind::ProxyAnchor, &[vec![0.1, 32.0], vec![0.2, 16.0]]);
        let alpha: Vec<f32> = params
            .tensor(proxy_anchor::ALPHA)
            .into_data()
            .try_into_vec()
            .unwrap();
        assert_eq!(alpha, [32.0, 16.0]);
        assert_eq!(params.in_lane(1, proxy_anchor::MARGIN), 0.2);

        let params = lane_params(LossKind::SoftTriple, &[vec![7.0, 20.0, 0.1, 0.01]]);
        assert_eq!(params.count(soft_triple::CENTRES), 7);
        let params = lane_params(LossKind::Triplet, &[vec![0.05, 1.0, 0.0]]);
        assert!(params.is_on(triplet::SWAP) && !params.is_on(triplet::SMOOTH));
    }

    #[test]
    #[should_panic(expected = "triplet reads the hyperparameter `alpha`")]
    fn a_hyperparameter_of_another_loss_is_loud() {
        lane_params(LossKind::Triplet, &[vec![0.05, 1.0, 0.0]]).tensor(proxy_anchor::ALPHA);
    }
}
