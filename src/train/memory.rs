//! Cross-batch memory: samples of earlier batches, for pair losses to compare with.
//!
//! A batch has few pairs of one class; a network that changes slowly embeds a sample today nearly as it did some steps ago.
//! So the embeddings of the last batches are kept and compared with, too, at the cost of a larger matrix and of nothing else.
//!
//! # Defaults
//! Off. When it begins is a setting of its own, [`Memory::after`].
//!
//! # Differs
//! The paper's [code](https://github.com/msight-tech/research-xbm) adds the loss within the batch and that between the batch and
//! its memory, which has a still copy of the batch, too. Here it is one loss over batch and memory, with no copy: a pair
//! within the batch counts for both of its samples as an anchor and moves both, one with the memory counts once and moves
//! the batch's sample.
//!
//! Wang et al., CVPR 2020, [arXiv:1912.06798](https://arxiv.org/abs/1912.06798).

use burn::tensor::{Device, Int, Tensor};

use crate::experiment::Memory;
use crate::loss::Remembered;

/// A ring of the last batches' embeddings and labels. Lanes do not mix: each has a memory of its own batches.
pub(super) struct CrossBatchMemory {
    spec: Memory,
    batch: usize,
    /// `[lane, batches · batch, dim]`, of length 1 where a batch has been put.
    unit: Tensor<3>,
    /// `[lane, batches · batch]`
    labels: Tensor<2, Int>,
    /// Batches that have been put so far, at most as many as there is room for.
    kept: usize,
    /// Where the next batch goes, over the oldest once all are full.
    next: usize,
}

impl CrossBatchMemory {
    /// An empty memory; `None` where it is to keep no batch.
    pub fn new(spec: Memory, [lanes, batch, dim]: [usize; 3], device: &Device) -> Option<Self> {
        let rows = spec.batches * batch;
        (rows > 0).then(|| Self {
            spec,
            batch,
            unit: Tensor::zeros([lanes, rows, dim], device),
            labels: Tensor::zeros([lanes, rows], device),
            kept: 0,
            next: 0,
        })
    }

    /// What it has; `None` as long as that is nothing.
    pub fn contents(&self) -> Option<Remembered> {
        let rows = self.kept * self.batch;
        (rows > 0).then(|| Remembered {
            unit: self.unit.clone().narrow(1, 0, rows),
            labels: self.labels.clone().narrow(1, 0, rows),
        })
    }

    /// Puts a batch, over the oldest where the ring is full. Those of the first steps are not put: the network still changes
    /// too quickly.
    ///
    /// # Shapes
    /// As [`CrossBatchMemory::new`] was told; `step` counts the steps done before.
    pub fn put(&mut self, step: u32, batch: Remembered) {
        if step < self.spec.after {
            return;
        }
        let first = self.next * self.batch;
        let rows = first..first + self.batch;
        let [lanes, _, dim] = self.unit.dims();
        // Moved, so that the memory can be written in place.
        let unit = std::mem::replace(&mut self.unit, batch.unit.clone());
        self.unit = unit.slice_assign([0..lanes, rows.clone(), 0..dim], batch.unit);
        let labels = std::mem::replace(&mut self.labels, batch.labels.clone());
        self.labels = labels.slice_assign([0..lanes, rows], batch.labels);
        self.kept = (self.kept + 1).min(self.spec.batches);
        self.next = (self.next + 1) % self.spec.batches;
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::TensorData;

    use super::*;

    /// Two samples of two lanes; every number says its batch.
    fn batch(number: f32) -> Remembered {
        let device = Device::flex();
        let unit = vec![number, number + 0.25, number + 0.5, number + 0.75];
        let labels = vec![number as i32, number as i32, 100, 100];
        Remembered {
            unit: Tensor::from_data(TensorData::new(unit, [2, 2, 1]), &device),
            labels: Tensor::from_data(TensorData::new(labels, [2, 2]), &device),
        }
    }

    /// The batches that a memory has, by their first sample in lane 0, in the ring's order; and its labels there.
    fn read(memory: &CrossBatchMemory) -> (Vec<f32>, Vec<i32>) {
        let Some(Remembered { unit, labels }) = memory.contents() else {
            return Default::default();
        };
        let first_lane = unit
            .narrow(0, 0, 1)
            .into_data()
            .try_into_vec::<f32>()
            .unwrap();
        let labels = labels.narrow(0, 0, 1).into_data().convert::<i32>();
        (
            first_lane.into_iter().step_by(2).collect(),
            labels
                .try_into_vec::<i32>()
                .unwrap()
                .into_iter()
                .step_by(2)
                .collect(),
        )
    }

    #[test]
    fn the_oldest_batch_goes_first_and_the_first_steps_are_left_out() {
        let spec = Memory {
            batches: 3,
            after: 2,
        };
        let device = Device::flex();
        let mut memory = CrossBatchMemory::new(spec, [2, 2, 1], &device).unwrap();
        assert_eq!(read(&memory), (vec![], vec![]));
        for (step, kept) in [
            vec![],
            vec![],
            vec![2.0],
            vec![2.0, 3.0],
            vec![2.0, 3.0, 4.0],
            vec![5.0, 3.0, 4.0],
            vec![5.0, 6.0, 4.0],
            vec![5.0, 6.0, 7.0],
            vec![8.0, 6.0, 7.0],
        ]
        .into_iter()
        .enumerate()
        {
            memory.put(step as u32, batch(step as f32));
            let labels = kept.iter().map(|number: &f32| *number as i32).collect();
            assert_eq!(read(&memory), (kept, labels), "step {step}");
        }
        let off = Memory {
            batches: 0,
            after: 2,
        };
        assert!(CrossBatchMemory::new(off, [2, 2, 1], &device).is_none());
    }
}
