//! Fully connected layers over lanes, with ReLU between them.
//!
//! Weights are `[lane, in, out]`, biases `[lane, 1, out]`, one of each a layer.

use burn::tensor::Tensor;

/// What comes out of the last layer for `inputs` `[lane or 1, sample, in]`. With `keep`, what went into each layer is put
/// there, for [`backward`].
pub fn forward(
    weights: &[Tensor<3>],
    biases: &[Tensor<3>],
    inputs: Tensor<3>,
    mut keep: Option<&mut Vec<Tensor<3>>>,
) -> Tensor<3> {
    let last = weights.len() - 1;
    let mut x = inputs;
    for (i, (weight, bias)) in weights.iter().zip(biases).enumerate() {
        if let Some(keep) = &mut keep {
            keep.push(x.clone());
        }
        x = x.matmul(weight.clone()) + bias.clone();
        if i < last {
            x = x.clamp_min(0.0);
        }
    }
    x
}

/// Gradients of weights and biases from that of what came out, `[lane, sample, out]`.
pub fn backward(weights: &[Tensor<3>], inputs: Vec<Tensor<3>>, grad: Tensor<3>) -> Gradients {
    let mut of_weights = Vec::with_capacity(weights.len());
    let mut of_biases = Vec::with_capacity(weights.len());
    let mut grad = grad;
    for (i, input) in inputs.into_iter().enumerate().rev() {
        of_weights.push(input.clone().transpose().matmul(grad.clone()));
        of_biases.push(grad.clone().sum_dim(1));
        if i > 0 {
            // The input is the previous layer's output after ReLU: where it is 0, nothing passes. A sign fuses where a
            // mask would not.
            grad = grad.matmul(weights[i].clone().transpose()) * input.sign();
        }
    }
    of_weights.reverse();
    of_biases.reverse();
    Gradients {
        of_weights,
        of_biases,
        before_first: grad,
    }
}

/// What [`backward`] finds.
pub struct Gradients {
    /// In the order of the layers.
    pub of_weights: Vec<Tensor<3>>,
    pub of_biases: Vec<Tensor<3>>,
    /// Of what came out of the first layer, before ReLU: `[lane, sample, out]`. Times that layer's weights, turned, it is
    /// the gradient of what went in.
    pub before_first: Tensor<3>,
}
