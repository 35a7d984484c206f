//! Soft ranks, for losses that are made of ranks: how many samples stand nearer to an anchor than one of its own.
//!
//! Of anchor q and sample i of its class, `r_qi = Σ_j σ((s_qj − s_qi)/τ)`, s being the cosine: each sample that is nearer to q
//! than i by more than τ counts 1, each that is farther counts 0. The step that a rank jumps by is made a slope, and only
//! that slope has a gradient.

use std::cell::OnceCell;

use burn::tensor::{Bool, Tensor, activation::sigmoid};

use super::LossInput;
use crate::miner;

/// Entries of one intermediate: 4 MB.
const LIMIT: usize = 1 << 20;

/// Who is counted in whose rank.
///
/// The samples whose rank is asked for are numbered for each anchor, and those of one number make one
/// `[lane, batch, batch]`: in a batch with few samples a class that is far fewer than `[lane, batch, batch, batch]`.
pub(super) struct SoftRanks {
    /// `[lane, 1, batch, batch]`, without autodiff.
    cosine: Tensor<4>,
    /// 1/τ, `[lane, 1, 1, 1]`.
    sharpness: Tensor<4>,
    own: Tensor<4>,
    negative: Tensor<4>,
    /// Chunks `[lane, number, batch, batch]` that mark at most one sample in a row.
    numbered: Vec<Tensor<4>>,
    /// What both ways need of the only chunk; of several it is computed twice, for their memory.
    kept: OnceCell<Tensor<4>>,
}

/// How many stand before each numbered sample, counted softly: `[lane, number, batch, 1]` each.
pub(super) struct Before {
    /// Of the anchor's own class.
    pub own: Tensor<4>,
    /// Of other classes.
    pub negative: Tensor<4>,
    /// 1 where the anchor has a sample of this number, else 0.
    pub exists: Tensor<4>,
}

impl SoftRanks {
    /// Ranks of the samples that `own` marks, among those that `own` and `negative` mark.
    ///
    /// # Shapes
    /// `cosine`, `own`, `negative`: `[lane, batch, batch]`, a row for each anchor; `temperature`: `[lane, 1, 1]`; `most`: how
    /// many samples `own` marks in a row at most.
    pub fn new(
        cosine: &Tensor<3>,
        temperature: Tensor<3>,
        own: Tensor<3, Bool>,
        negative: Tensor<3, Bool>,
        most: usize,
    ) -> Self {
        let [lanes, batch, _] = cosine.dims();
        let number = miner::rank_positives(own.clone());
        let numbers_a_chunk = (LIMIT / (lanes * batch * batch)).max(1);
        let numbered = (0..most.max(1))
            .step_by(numbers_a_chunk)
            .map(|first| {
                let last = (first + numbers_a_chunk).min(most.max(1));
                miner::positives_of_rank(&number, first..last).float()
            })
            .collect();
        Self {
            cosine: cosine.clone().without_autodiff().unsqueeze_dim(1),
            sharpness: temperature.recip().unsqueeze_dim(1),
            own: own.float().unsqueeze_dim(1),
            negative: negative.float().unsqueeze_dim(1),
            numbered,
            kept: OnceCell::new(),
        }
    }

    /// The largest number of positives that any anchor of any lane has.
    pub fn most(input: &LossInput<'_>) -> usize {
        let [_, batch, _] = input.dims();
        miner::most_positives(input.labels_host, batch)
    }

    /// σ((s_qj − s_qi)/τ) for the samples i of a chunk, `[lane, number, anchor q, other j]`.
    fn nearer(&self, numbered: &Tensor<4>) -> Tensor<4> {
        let compute = || {
            let of_numbered = (numbered.clone() * self.cosine.clone()).sum_dim(3);
            sigmoid((self.cosine.clone() - of_numbered) * self.sharpness.clone())
        };
        if self.numbered.len() > 1 {
            return compute();
        }
        self.kept.get_or_init(compute).clone()
    }

    /// What the ranks are made of.
    pub fn before(&self) -> Before {
        let (mut own, mut negative, mut exists) = (Vec::new(), Vec::new(), Vec::new());
        for numbered in &self.numbered {
            let nearer = self.nearer(numbered);
            let there = numbered.clone().sum_dim(3);
            // No sample stands before itself, where σ(0) counted a half.
            let others = (nearer.clone() * self.own.clone())
                .sum_dim(3)
                .sub_scalar(0.5);
            own.push(others * there.clone());
            negative.push((nearer * self.negative.clone()).sum_dim(3) * there.clone());
            exists.push(there);
        }
        Before {
            own: Tensor::cat(own, 1),
            negative: Tensor::cat(negative, 1),
            exists: Tensor::cat(exists, 1),
        }
    }

    /// The gradient by the cosines, from those by [`Before::own`] and [`Before::negative`], which are 0 where no sample
    /// exists. The cosine of a sample with itself never changes, and has none.
    ///
    /// # Shapes
    /// `[lane, number, batch, 1]` to `[lane, batch, batch]`.
    pub fn gradient(&self, by_own: &Tensor<4>, by_negative: &Tensor<4>) -> Tensor<3> {
        let [lanes, _, batch, _] = self.cosine.dims();
        let mut sum: Option<Tensor<4>> = None;
        let mut first = 0;
        for numbered in &self.numbered {
            let count = numbered.dims()[1];
            let of_chunk = |all: &Tensor<4>| all.clone().narrow(1, first, count);
            let nearer = self.nearer(numbered);
            // τ times what it grows by with s_qj.
            let slope = nearer.clone() - nearer.square();
            let each =
                self.own.clone() * of_chunk(by_own) + self.negative.clone() * of_chunk(by_negative);
            let weight = each * slope;
            let moved = weight.clone() - numbered.clone() * weight.sum_dim(3);
            let moved = moved.sum_dim(1) * self.sharpness.clone();
            sum = Some(match sum {
                Some(sum) => sum + moved,
                None => moved,
            });
            first += count;
        }
        let sum = sum.expect("there is at least one chunk");
        let others = Tensor::<2>::eye(batch, &sum.device()).neg().add_scalar(1.0);
        sum.reshape([lanes, batch, batch]) * others.unsqueeze_dim(0)
    }
}
