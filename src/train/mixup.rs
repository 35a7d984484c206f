//! Embedding mixup: each sample of a batch is mixed with another one, anew in every step.
//!
//! Networks see few classes; a mixture of two samples stands between theirs, where no picture is. Losses that sum over
//! positives and negatives compare with mixtures, too, which are of both kinds in part.
//!
//! # Defaults
//! Off. The published code draws λ from Beta(2, 2) and weighs the mixed terms 0.4.
//!
//! # Differs
//! The paper mixes an anchor's positives, its negatives and itself, for each anchor anew; input, feature or embedding. Here it
//! is the embeddings, each sample is mixed with one partner of a shuffled batch, and all anchors see the same mixtures.
//!
//! Venkataramanan et al., ICLR 2022, [arXiv:2106.04990](https://arxiv.org/abs/2106.04990).

use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;

use crate::loss::Mixing;
use crate::random::seeded;

/// Draws who is mixed with whom. The draws are a lane's own, from its seed, the same for every loss.
#[derive(Clone)]
pub(super) struct Mixup {
    lanes: Vec<ChaCha8Rng>,
    batch: u32,
    weight: f32,
}

impl Mixup {
    /// `None` where mixtures count nothing.
    pub fn new(weight: f32, batch: usize, seeds: &[u64]) -> Option<Self> {
        let batch = u32::try_from(batch).expect("batches are small");
        (weight > 0.0).then(|| Self {
            lanes: seeds.iter().map(|&seed| seeded(seed, "mixup")).collect(),
            batch,
            weight,
        })
    }

    /// For one lane's next batch, as [`Mixup::next`] will draw it.
    pub fn preview(&self, lane: usize) -> Mixing {
        let lanes = vec![self.lanes[lane].clone()];
        Self { lanes, ..*self }.next()
    }

    /// For the next batches of all lanes.
    pub fn next(&mut self) -> Mixing {
        let (mut partners, mut shares) = (Vec::new(), Vec::new());
        for rng in &mut self.lanes {
            let mut order: Vec<u32> = (0..self.batch).collect();
            for place in 0..self.batch {
                // In 32 bits: `usize` has another width in the browser and would draw other numbers.
                order.swap(place as usize, rng.random_range(place..self.batch) as usize);
            }
            partners.extend(order);
            // The middle of three uniform numbers is Beta(2, 2).
            let mut three: [f32; 3] = std::array::from_fn(|_| rng.random());
            three.sort_unstable_by(f32::total_cmp);
            shares.push(three[1]);
        }
        Mixing {
            partners,
            shares,
            weight: self.weight,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_is_a_partner_once_and_shares_are_beta() {
        assert!(Mixup::new(0.0, 6, &[1]).is_none());
        let mut mixup = Mixup::new(0.4, 6, &[1, 2]).unwrap();
        let (mut sum, mut squares, draws) = (0.0, 0.0, 4000);
        for _ in 0..draws {
            let mixing = mixup.next();
            for lane in mixing.partners.chunks(6) {
                let mut sorted = lane.to_vec();
                sorted.sort_unstable();
                assert_eq!(sorted, [0, 1, 2, 3, 4, 5]);
            }
            for share in mixing.shares {
                assert!((0.0..1.0).contains(&share));
                sum += f64::from(share);
                squares += f64::from(share).powi(2);
            }
        }
        // Mean 1/2 and variance 1/20.
        let mean = sum / (2 * draws) as f64;
        let variance = squares / (2 * draws) as f64 - mean * mean;
        assert!((mean - 0.5).abs() < 0.01, "{mean}");
        assert!((variance - 0.05).abs() < 0.002, "{variance}");
        // A preview is what comes next.
        let (first, second) = (mixup.preview(0), mixup.preview(1));
        let both = mixup.next();
        assert_eq!(both.partners, [first.partners, second.partners].concat());
        assert_eq!(both.shares, [first.shares, second.shares].concat());
        // A lane's draws are its own.
        let alone = Mixup::new(0.4, 6, &[2]).unwrap().next();
        let first = Mixup::new(0.4, 6, &[1, 2]).unwrap().next();
        assert_eq!(alone.partners, first.partners[6..]);
        assert_eq!(alone.shares, first.shares[1..]);
    }
}
