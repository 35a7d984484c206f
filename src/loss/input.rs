//! What a loss is given: one batch of every lane.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use burn::tensor::{Bool, Device, Gradients, Int, Tensor, TensorData};

use super::{CountParam, LaneParam, LossInfo, ParamInfo, SwitchParam};

/// Rows whose squared norm is under this are divided by its root, 1e-12, instead of by their norm.
const FLOOR: f32 = 1e-24;

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

/// Rows whose gradient is wanted, `[lane, row, dim]`: a loss takes them as they are, or divided by their norm.
///
/// Both are leaves: the derivative of the normalisation is not recorded but written out in [`Rows::gradient`], with half
/// of the operations.
#[derive(Clone, Debug)]
pub struct Rows {
    values: Tensor<3>,
    raw: OnceCell<Tensor<3>>,
    unit: OnceCell<Unit>,
}

/// Rows divided by their norm, and what the way back needs.
#[derive(Clone, Debug)]
struct Unit {
    leaf: Tensor<3>,
    /// One over what the rows were divided by, `[lane, row, 1]`.
    inverse: Tensor<3>,
    /// 1, but 0 for rows under the floor, whose length is not held.
    held: Tensor<3>,
}

impl Rows {
    /// Rows without autodiff, `[lane, row, dim]`.
    pub fn new(values: Tensor<3>) -> Self {
        Self {
            values,
            raw: OnceCell::new(),
            unit: OnceCell::new(),
        }
    }

    pub fn dims(&self) -> [usize; 3] {
        self.values.dims()
    }

    /// The rows as they are.
    pub fn raw(&self) -> Tensor<3> {
        self.raw
            .get_or_init(|| self.values.clone().autodiff().require_grad())
            .clone()
    }

    /// The rows divided by their L2 norm, `x / max(‖x‖, 1e-12)`. A row of zeros stays zero.
    pub fn unit(&self) -> Tensor<3> {
        let unit = self.unit.get_or_init(|| {
            // The square of a norm over 2e19 is infinite, and the row then counts as zero.
            let square = self.values.clone().square().sum_dim(2);
            let held = square
                .clone()
                .div_scalar(FLOOR)
                .sub_scalar(1.0)
                .mul_scalar(1e6)
                .clamp(0.0, 1.0);
            let inverse = square.clamp_min(FLOOR).sqrt().recip();
            let leaf = (self.values.clone() * inverse.clone())
                .autodiff()
                .require_grad();
            Unit {
                leaf,
                inverse,
                held,
            }
        });
        unit.leaf.clone()
    }

    /// The gradient by the rows as they are, after the backward pass; `None` where it did not come by here.
    ///
    /// Through the normalisation u = x/‖x‖ a gradient g becomes (g − u (u·g)) / ‖x‖.
    pub fn gradient(&self, gradients: &mut Gradients) -> Option<Tensor<3>> {
        let raw = self.raw.get().and_then(|leaf| leaf.grad_remove(gradients));
        let unit = self.unit.get().and_then(|unit| {
            let gradient = unit.leaf.grad_remove(gradients)?;
            let direction = unit.leaf.clone().without_autodiff();
            let along = (gradient.clone() * direction.clone()).sum_dim(2) * unit.held.clone();
            Some((gradient - direction * along) * unit.inverse.clone())
        });
        match (raw, unit) {
            (Some(raw), Some(unit)) => Some(raw + unit),
            (raw, unit) => raw.or(unit),
        }
    }
}

/// One batch of every lane of a heat.
pub struct LossInput<'a> {
    /// `[lane, batch, dim]`
    pub embeddings: &'a Rows,
    /// `[lane, batch]`, class indices `0..classes`, without autodiff.
    pub labels: Tensor<2, Int>,
    /// The same on the host, lane after lane: `lane * batch + i`.
    pub labels_host: &'a [u32],
    /// Learned vectors `[lane, row, dim]`, where the loss has any.
    pub class_vectors: Option<&'a Rows>,
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
        self.embeddings.values.device()
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

    /// Embeddings divided by their norm, `[lane, batch, dim]`.
    pub fn unit_embeddings(&self) -> Tensor<3> {
        self.embeddings.unit()
    }

    /// Learned vectors divided by their norm, `[lane, row, dim]`.
    pub fn unit_class_vectors(&self) -> Tensor<3> {
        self.class_vectors
            .map_or_else(|| self.no_class_vectors(), Rows::unit)
    }

    /// Learned vectors as they are, `[lane, row, dim]`.
    pub fn raw_class_vectors(&self) -> Tensor<3> {
        self.class_vectors
            .map_or_else(|| self.no_class_vectors(), Rows::raw)
    }

    /// Every loss that asks for class vectors says so in its `LossInfo::learned`, which the caller follows.
    fn no_class_vectors(&self) -> Tensor<3> {
        let [lanes, _, dim] = self.dims();
        Tensor::zeros([lanes, self.classes, dim], &self.constant_device())
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

    #[test]
    fn rows_of_any_length_become_unit_rows() {
        let rows = vec![1e19, 4e18, 3e-11, 4e-11, 0.0, 0.0, 6e-13, 0.0, -5.0, 12.0];
        let long = (1e19_f64.powi(2) + 4e18_f64.powi(2)).sqrt();
        let first = [(1e19 / long) as f32, (4e18 / long) as f32];
        // The fourth is under the floor of 1e-12.
        let expected = [
            first[0],
            first[1],
            0.6,
            0.8,
            0.0,
            0.0,
            0.6,
            0.0,
            -5.0 / 13.0,
            12.0 / 13.0,
        ];
        let rows = Rows::new(Tensor::from_data(
            TensorData::new(rows, [1, 5, 2]),
            &Device::flex(),
        ));
        let found: Vec<f32> = rows.unit().into_data().try_into_vec().unwrap();
        for (found, expected) in found.iter().zip(expected) {
            assert!(
                (found - expected).abs() <= 1e-6,
                "{found} instead of {expected}"
            );
        }
    }

    /// What Burn's recorded graph gives for the same normalisation, on both sides of the floor.
    #[test]
    fn the_gradient_passes_the_normalisation() {
        let device = Device::flex();
        let values = vec![
            3.0, -4.0, 1e-3, 2e-3, 0.5e-12, 0.2e-12, 0.0, 0.0, 1.5e-12, 0.1e-12,
        ];
        let weights: Tensor<3> = Tensor::from_data(
            TensorData::new(
                vec![1.0, 2.0, -0.5, 0.25, 3.0, 1.0, 0.7, -0.2, 2.0, 1.0],
                [1, 5, 2],
            ),
            &device,
        );
        let values: Tensor<3> = Tensor::from_data(TensorData::new(values, [1, 5, 2]), &device);

        let rows = Rows::new(values.clone());
        let mut gradients = (rows.unit() * weights.clone() + rows.raw() * weights.clone())
            .sum()
            .backward();
        let ours: Vec<f32> = rows
            .gradient(&mut gradients)
            .unwrap()
            .into_data()
            .try_into_vec()
            .unwrap();

        let leaf = values.autodiff().require_grad();
        // Scaled by 1e12, where f32 can square it: x/max(‖x‖, ε) = (x/ε)/max(‖x/ε‖, 1).
        let scaled = leaf.clone() * 1e12;
        let unit = scaled.clone() / scaled.square().sum_dim(2).clamp_min(1.0).sqrt();
        let gradients = (unit * weights.clone() + leaf.clone() * weights)
            .sum()
            .backward();
        let theirs: Vec<f32> = leaf
            .grad(&gradients)
            .unwrap()
            .into_data()
            .try_into_vec()
            .unwrap();
        for (row, (ours, theirs)) in ours.chunks(2).zip(theirs.chunks(2)).enumerate() {
            let largest = theirs
                .iter()
                .fold(0.0_f32, |largest, x| largest.max(x.abs()));
            for (ours, theirs) in ours.iter().zip(theirs) {
                assert!(
                    (ours - theirs).abs() <= 1e-5 * largest,
                    "row {row}: {ours} instead of {theirs}"
                );
            }
        }
    }
}
