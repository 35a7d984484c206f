//! How much of its batch a loss's miner keeps. The miners are those that the losses call.

use burn::tensor::Tensor;

use super::triplet::is_semi_hard;
use super::triplet_semi_hard::MINER_MARGIN;
use super::{LossInput, LossKind, Mining, multi_similarity_mined, parts};
use crate::miner::{self, Pairs};

impl LossKind {
    /// How many triplets ([`Mining::SemiHard`], [`Mining::BatchHard`]) or ordered pairs ([`Mining::MultiSimilarity`]) the
    /// loss's miner keeps of a batch and its memory, `[lane, 1, 1]`; `None` where the loss has no miner.
    pub fn mined(self, input: &LossInput<'_>) -> Option<Tensor<3>> {
        match self.info().mining {
            Mining::None | Mining::NPair => None,
            Mining::SemiHard => Some(semi_hard_triplets(input)),
            Mining::BatchHard => {
                let distances = parts::distances(input.embeddings.unit());
                let kept = miner::batch_hard(distances, miner::all_pairs(input.labels.clone()));
                // One triplet an anchor.
                Some(parts::total(kept.positive.float()))
            }
            Mining::MultiSimilarity => {
                let epsilon = input.param(multi_similarity_mined::EPSILON);
                let cosines = input.plain_sample_cosines();
                let Pairs { positive, negative } =
                    miner::multi_similarity(cosines, input.pairs(), epsilon);
                Some(parts::total(positive.float()) + parts::total(negative.float()))
            }
        }
    }
}

/// Triplets with 0 < d_an − d_ap ≤ w.
fn semi_hard_triplets(input: &LossInput<'_>) -> Tensor<3> {
    let [lanes, batch, _] = input.dims();
    let distances = parts::distances(input.embeddings.unit());
    let Pairs { positive, negative } = miner::all_pairs(input.labels.clone());
    let (rank, negative) = (miner::rank_positives(positive), negative.float());
    let window = input.param(MINER_MARGIN);
    let most = miner::most_positives(input.labels_host, batch);
    let none = Tensor::zeros([lanes, 1, 1], &input.constant_device());
    (0..most).fold(none, |count, number| {
        let positive = miner::positives_of_rank(&rank, number..number + 1).float();
        let positive = positive.reshape([lanes, batch, batch]);
        let to_positive = (positive.clone() * distances.clone()).sum_dim(2);
        let gap = distances.clone() - to_positive;
        let window = window.clone().expand(gap.dims());
        let kept = is_semi_hard(gap, window).float() * negative.clone() * positive.sum_dim(2);
        count + parts::total(kept)
    })
}
