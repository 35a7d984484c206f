//! Mixed embeddings: sums of two samples of a batch, which are of two classes by halves.
//!
//! Of sample i and its partner j there is `v = λ u_i + (1 − λ) u_j`, u being of length 1. To an anchor of class c it is a positive
//! to the share `y = λ·[y_i = c] + (1 − λ)·[y_j = c]` and a negative to the rest. A loss whose formula has a sum over
//! positives and one over negatives has each term of the first times y, and of the second times 1 − y.

use burn::tensor::{Device, Int, Tensor, TensorData};

use super::Rows;

/// Who is mixed with whom, and by how much.
#[derive(Clone, Debug, PartialEq)]
pub struct Mixing {
    /// The partner of each sample in its own lane's batch, lane after lane: a permutation of each batch.
    pub partners: Vec<u32>,
    /// λ of each lane, 0 to 1.
    pub shares: Vec<f32>,
    /// What the loss of the mixed embeddings counts beside that of the batch.
    pub weight: f32,
}

/// The mixed embeddings of a batch.
#[derive(Clone, Debug)]
pub(super) struct Mixed {
    /// `[lane, batch, dim]`
    pub rows: Rows,
    /// Classes of the partners, `[lane, batch]`.
    partner_labels: Tensor<2, Int>,
    /// Whose partner each sample is, `[lane, batch]`.
    whose: Tensor<2, Int>,
    /// λ, `[lane, 1, 1]`.
    share: Tensor<3>,
    pub weight: f32,
}

impl Mixed {
    /// # Panics
    /// Where the partners are no permutation of each lane's batch: who draws them shuffles a batch.
    pub fn new(unit: Tensor<3>, labels: &Tensor<2, Int>, mixing: &Mixing) -> Self {
        let [lanes, batch, _] = unit.dims();
        let device = unit.device();
        let mut whose = vec![None; lanes * batch];
        for (at, partner) in mixing.partners.iter().enumerate() {
            let lane = at / batch;
            whose[lane * batch + *partner as usize] = Some((at % batch) as u32);
        }
        let whose: Option<Vec<u32>> = whose.into_iter().collect();
        let whose = whose.expect("the partners are a permutation of each lane's batch");
        let places = |of: &[u32]| places(of, [lanes, batch], &device);
        let partner = places(&mixing.partners);
        let share = TensorData::new(mixing.shares.clone(), [lanes, 1, 1]);
        let share = Tensor::from_data(share, &device);
        let other = rows_at(unit.clone(), partner.clone());
        let mixed = unit * share.clone() + other * rest(&share);
        Self {
            rows: Rows::new(mixed),
            partner_labels: labels.clone().gather(1, partner),
            whose: places(&whose),
            share,
            weight: mixing.weight,
        }
    }

    /// y: to which share each mixed embedding is of an anchor's class.
    ///
    /// # Shapes
    /// `labels`: `[lane, batch]`; `anchors`: the anchors' classes, `[lane or 1, anchor, 1]`; result `[lane, anchor, batch]`.
    pub fn shares(&self, labels: &Tensor<2, Int>, anchors: Tensor<3, Int>) -> Tensor<3> {
        let of = |labels: &Tensor<2, Int>| {
            let columns = labels.clone().unsqueeze_dim::<3>(1);
            columns.equal(anchors.clone()).float()
        };
        of(labels) * self.share.clone() + of(&self.partner_labels) * rest(&self.share)
    }

    /// The gradient by the unit embeddings, from that by the mixed ones of length 1.
    ///
    /// # Shapes
    /// `[lane, batch, dim]` to the same.
    pub fn gradient(&self, by_unit_mixed: Tensor<3>) -> Tensor<3> {
        let by_mixed = self.rows.gradient(by_unit_mixed);
        let as_partner = rows_at(by_mixed.clone(), self.whose.clone());
        by_mixed * self.share.clone() + as_partner * rest(&self.share)
    }
}

/// 1 − λ
fn rest(share: &Tensor<3>) -> Tensor<3> {
    share.clone().neg().add_scalar(1.0)
}

fn places(of: &[u32], shape: [usize; 2], device: &Device) -> Tensor<2, Int> {
    let places: Vec<i32> = of.iter().map(|&place| place as i32).collect();
    Tensor::from_data(TensorData::new(places, shape), device)
}

/// Row `at[lane, i]` of each lane as row i.
///
/// # Shapes
/// `[lane, row, dim]` and `[lane, n]` to `[lane, n, dim]`.
fn rows_at(rows: Tensor<3>, at: Tensor<2, Int>) -> Tensor<3> {
    let [lanes, _, dim] = rows.dims();
    let [_, count] = at.dims();
    let at = at.reshape([lanes, count, 1]).expand([lanes, count, dim]);
    rows.gather(1, at)
}
