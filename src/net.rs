//! The embedding network over lanes: fully connected layers with ReLU between them.
//!
//! The backward pass is written out rather than recorded: the loss hands over the gradient of the embeddings, and three
//! products a layer do the rest. That leaves the recorded graph to the loss alone, which saves about half of the
//! dispatches of a step on a GPU.

use burn::tensor::{Device, Tensor, TensorData};
use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;

use crate::experiment::NetSpec;
use crate::train::{Backbone, seeded};

/// Weights and biases of every lane.
///
/// # Shapes
/// `weights[i]` is `[lane, in, out]`, `biases[i]` is `[lane, 1, out]`.
#[derive(Clone, Debug)]
pub struct Net {
    pub weights: Vec<Tensor<3>>,
    pub biases: Vec<Tensor<3>>,
}

/// The inputs of each layer, kept for the backward pass, and the embeddings.
pub struct Recorded {
    /// `inputs[i]` went into layer `i`: `[lane, batch, in]`.
    inputs: Vec<Tensor<3>>,
    /// `[lane, batch, dim]`, not normalised.
    pub embeddings: Tensor<3>,
}

impl Net {
    /// A network for inputs of `features` numbers; lane `i` starts from `seeds[i]`, whatever the other lanes are. With a
    /// backbone, which must have that many inputs and be as wide as the first hidden layer, the first layer of all lanes is
    /// its layer; those above are what they would be without it.
    ///
    /// # Defaults
    /// Weights and biases are uniform in ±1/√in, as in PyTorch's `nn.Linear`.
    pub fn new(
        spec: &NetSpec,
        features: usize,
        seeds: &[u64],
        backbone: Option<&Backbone>,
        device: &Device,
    ) -> Self {
        let mut widths = vec![features];
        widths.extend(&spec.hidden);
        widths.push(spec.dim);
        let mut rngs: Vec<ChaCha8Rng> = seeds.iter().map(|&seed| seeded(seed, "net")).collect();
        let mut weights = Vec::new();
        let mut biases = Vec::new();
        for (index, layer) in widths.windows(2).enumerate() {
            let (rows, columns) = (layer[0], layer[1]);
            let bound = 1.0 / (rows as f32).sqrt();
            let mut weight = Vec::with_capacity(seeds.len() * rows * columns);
            let mut bias = Vec::with_capacity(seeds.len() * columns);
            for rng in &mut rngs {
                weight.extend((0..rows * columns).map(|_| rng.random_range(-bound..bound)));
                bias.extend((0..columns).map(|_| rng.random_range(-bound..bound)));
            }
            // Drawn all the same, so that the layers above start from the same numbers either way.
            if let Some(backbone) = backbone.filter(|_| index == 0) {
                (weight, bias) = (
                    backbone.weights.repeat(seeds.len()),
                    backbone.biases.repeat(seeds.len()),
                );
            }
            weights.push(Tensor::from_data(
                TensorData::new(weight, [seeds.len(), rows, columns]),
                device,
            ));
            biases.push(Tensor::from_data(
                TensorData::new(bias, [seeds.len(), 1, columns]),
                device,
            ));
        }
        Self { weights, biases }
    }

    /// Embeddings `[lane, sample, dim]` of `inputs` `[lane or 1, sample, feature]`; with a leading 1 all lanes embed the
    /// same samples.
    pub fn forward(&self, inputs: Tensor<3>) -> Tensor<3> {
        let last = self.weights.len() - 1;
        let mut x = inputs;
        for (i, (weight, bias)) in self.weights.iter().zip(&self.biases).enumerate() {
            x = x.matmul(weight.clone()) + bias.clone();
            if i < last {
                x = x.clamp_min(0.0);
            }
        }
        x
    }

    /// As [`Net::forward`], keeping what [`Net::backward`] needs.
    pub fn forward_recorded(&self, inputs: Tensor<3>) -> Recorded {
        let last = self.weights.len() - 1;
        let mut kept = Vec::with_capacity(self.weights.len());
        let mut x = inputs;
        for (i, (weight, bias)) in self.weights.iter().zip(&self.biases).enumerate() {
            kept.push(x.clone());
            x = x.matmul(weight.clone()) + bias.clone();
            if i < last {
                x = x.clamp_min(0.0);
            }
        }
        Recorded {
            inputs: kept,
            embeddings: x,
        }
    }

    /// Gradients of weights and biases, in the order of [`Net::weights`] and [`Net::biases`], from the gradient of the
    /// embeddings `[lane, batch, dim]`.
    pub fn backward(
        &self,
        recorded: Recorded,
        grad_embeddings: Tensor<3>,
    ) -> (Vec<Tensor<3>>, Vec<Tensor<3>>) {
        let mut grad_weights = Vec::with_capacity(self.weights.len());
        let mut grad_biases = Vec::with_capacity(self.weights.len());
        let mut grad = grad_embeddings;
        for (i, input) in recorded.inputs.into_iter().enumerate().rev() {
            grad_weights.push(input.clone().transpose().matmul(grad.clone()));
            grad_biases.push(grad.clone().sum_dim(1));
            if i > 0 {
                // The input is the previous layer's output after ReLU: where it is 0, nothing passes. A sign fuses where a
                // mask would not.
                grad = grad.matmul(self.weights[i].clone().transpose()) * input.sign();
            }
        }
        grad_weights.reverse();
        grad_biases.reverse();
        (grad_weights, grad_biases)
    }

    /// The network of one lane, `[1, …]` throughout.
    pub fn lane(&self, lane: usize) -> Self {
        let pick = |tensors: &[Tensor<3>]| {
            tensors
                .iter()
                .map(|tensor| tensor.clone().narrow(0, lane, 1))
                .collect()
        };
        Self {
            weights: pick(&self.weights),
            biases: pick(&self.biases),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec() -> NetSpec {
        NetSpec {
            hidden: vec![7],
            dim: 3,
        }
    }

    fn floats(tensor: Tensor<3>) -> Vec<f32> {
        tensor.into_data().try_into_vec().unwrap()
    }

    #[test]
    fn a_lane_starts_the_same_whatever_the_other_lanes_are() {
        let device = Device::flex();
        let alone = Net::new(&spec(), 5, &[2], None, &device);
        let among = Net::new(&spec(), 5, &[1, 2, 3], None, &device).lane(1);
        assert_eq!(
            floats(alone.weights[0].clone()),
            floats(among.weights[0].clone())
        );
        assert_eq!(
            floats(alone.biases[1].clone()),
            floats(among.biases[1].clone())
        );
    }

    #[test]
    fn a_backbone_is_the_first_layer_of_every_lane_and_changes_no_other() {
        let device = Device::flex();
        let backbone = Backbone {
            about: String::new(),
            classes: vec![],
            weights: (0..5 * 7).map(|i| i as f32).collect(),
            biases: (0..7).map(|i| -(i as f32)).collect(),
        };
        let from_seed = Net::new(&spec(), 5, &[1, 2], None, &device);
        let from_backbone = Net::new(&spec(), 5, &[1, 2], Some(&backbone), &device);
        for lane in 0..2 {
            let (plain, net) = (from_seed.lane(lane), from_backbone.lane(lane));
            assert_eq!(net.weights[0].dims(), [1, 5, 7]);
            assert_eq!(floats(net.weights[0].clone()), backbone.weights);
            assert_eq!(floats(net.biases[0].clone()), backbone.biases);
            assert_eq!(
                floats(net.weights[1].clone()),
                floats(plain.weights[1].clone())
            );
            assert_eq!(
                floats(net.biases[1].clone()),
                floats(plain.biases[1].clone())
            );
        }
    }

    /// The written-out backward pass against Burn's recorded one, two lanes and a hidden layer.
    #[test]
    fn backward_is_what_autodiff_gives() {
        let plain = Device::flex();
        let net = Net::new(&spec(), 5, &[1, 2], None, &plain);
        let mut rng = seeded(7, "test");
        let inputs: Vec<f32> = (0..2 * 4 * 5)
            .map(|_| rng.random_range(-1.0..1.0))
            .collect();
        let inputs = Tensor::<3>::from_data(TensorData::new(inputs, [2, 4, 5]), &plain);

        let recorded = net.forward_recorded(inputs.clone());
        // d/de of Σ e³ is 3e².
        let grad = recorded.embeddings.clone().powi_scalar(2) * 3.0;
        let (grad_weights, grad_biases) = net.backward(recorded, grad);

        let leaf = |tensor: &Tensor<3>| tensor.clone().autodiff().require_grad();
        let tracked = Net {
            weights: net.weights.iter().map(leaf).collect(),
            biases: net.biases.iter().map(leaf).collect(),
        };
        let grads = tracked
            .forward(inputs.autodiff())
            .powi_scalar(3)
            .sum()
            .backward();
        for (parameter, ours) in tracked
            .weights
            .iter()
            .chain(&tracked.biases)
            .zip(grad_weights.into_iter().chain(grad_biases))
        {
            let theirs = floats(parameter.grad(&grads).unwrap());
            for (a, b) in floats(ours).into_iter().zip(theirs) {
                assert!((a - b).abs() <= 1e-5 * b.abs().max(1.0), "{a} is not {b}");
            }
        }
    }
}
