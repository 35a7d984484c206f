//! The embedding network over lanes: fully connected layers with ReLU between them, on the sample itself or on what a
//! convolution makes of a picture.
//!
//! The backward pass is written out rather than recorded: the loss hands over the gradient of the embeddings, and three
//! products a layer do the rest. That leaves the recorded graph to the loss alone, which saves about half of the
//! dispatches of a step on a GPU.

mod conv;
mod mlp;

use burn::tensor::{Device, Tensor, TensorData};
use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution as _, StandardNormal};

use self::conv::Conv;
use crate::experiment::NetSpec;
use crate::random::seeded;
use crate::train::Backbone;

/// Weights and biases of every lane, layer by layer. Where there is a convolution, it is the first layer.
///
/// # Shapes
/// `weights[i]` is `[lane, in, out]`, `biases[i]` is `[lane, 1, out]`. Into the convolution go the pixels of a patch, and
/// out of it come the channels.
#[derive(Clone, Debug)]
pub struct Net {
    convolution: Option<Conv>,
    pub weights: Vec<Tensor<3>>,
    pub biases: Vec<Tensor<3>>,
}

/// What went into each layer, kept for the backward pass, and the embeddings.
pub struct Recorded {
    convolution: Option<conv::Recorded>,
    /// `inputs[i]` went into fully connected layer `i`: `[lane, batch, in]`.
    inputs: Vec<Tensor<3>>,
    /// `[lane, batch, dim]`, not normalised.
    pub embeddings: Tensor<3>,
}

impl Net {
    /// A network for inputs of `features` numbers, which with a convolution are the pixels of a square picture; lane `i`
    /// starts from `seeds[i]`, whatever the other lanes are. With a backbone, which must have the first layer's shape, the
    /// first layer of all lanes is its layer; those above are what they would be without it.
    ///
    /// # Defaults
    /// Weights and biases are uniform in ±1/√in, as in PyTorch's `nn.Linear`. With a convolution, weights are drawn from
    /// N(0, 2/in) and biases are 0: Delving Deep into Rectifiers, arXiv 1502.01852.
    pub fn new(
        spec: &NetSpec,
        features: usize,
        seeds: &[u64],
        backbone: Option<&Backbone>,
        device: &Device,
    ) -> Self {
        let mut rngs: Vec<ChaCha8Rng> = seeds.iter().map(|&seed| seeded(seed, "net")).collect();
        let mut weights = Vec::new();
        let mut biases = Vec::new();
        for (index, (rows, columns)) in shapes(spec, features).into_iter().enumerate() {
            let mut weight = Vec::with_capacity(seeds.len() * rows * columns);
            let mut bias = Vec::with_capacity(seeds.len() * columns);
            for rng in &mut rngs {
                if spec.convolution.is_some() {
                    weight.extend(normal((2.0 / rows as f32).sqrt(), rng).take(rows * columns));
                    bias.extend(std::iter::repeat_n(0.0, columns));
                } else {
                    let bound = 1.0 / (rows as f32).sqrt();
                    weight.extend((0..rows * columns).map(|_| rng.random_range(-bound..bound)));
                    bias.extend((0..columns).map(|_| rng.random_range(-bound..bound)));
                }
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
        let convolution = spec
            .convolution
            .map(|convolution| Conv::new(convolution.shape(), features.isqrt(), device));
        Self {
            convolution,
            weights,
            biases,
        }
    }

    /// Embeddings `[lane, sample, dim]` of `inputs` `[lane or 1, sample, feature]`; with a leading 1 all lanes embed the
    /// same samples.
    pub fn forward(&self, inputs: Tensor<3>) -> Tensor<3> {
        let samples = inputs.dims()[1];
        if self.convolution.is_none() || samples <= CHUNK {
            return self.pass(inputs, None).0;
        }
        // A convolution's patches and maps are several times as large as its pictures.
        let chunks = inputs.split(CHUNK, 1).into_iter();
        Tensor::cat(chunks.map(|chunk| self.pass(chunk, None).0).collect(), 1)
    }

    /// As [`Net::forward`], keeping what [`Net::backward`] needs.
    pub fn forward_recorded(&self, inputs: Tensor<3>) -> Recorded {
        let mut kept = Vec::with_capacity(self.weights.len());
        let (embeddings, convolution) = self.pass(inputs, Some(&mut kept));
        Recorded {
            convolution,
            inputs: kept,
            embeddings,
        }
    }

    fn pass(
        &self,
        inputs: Tensor<3>,
        keep: Option<&mut Vec<Tensor<3>>>,
    ) -> (Tensor<3>, Option<conv::Recorded>) {
        let Some(convolution) = &self.convolution else {
            let embeddings = mlp::forward(&self.weights, &self.biases, inputs, keep);
            return (embeddings, None);
        };
        let (weights, biases) = (&self.weights[0], &self.biases[0]);
        let (made, recorded) = convolution.forward(weights, biases, inputs, keep.is_some());
        let embeddings = mlp::forward(&self.weights[1..], &self.biases[1..], made, keep);
        (embeddings, recorded)
    }

    /// Gradients of weights and biases, in the order of [`Net::weights`] and [`Net::biases`], from the gradient of the
    /// embeddings `[lane, batch, dim]`.
    pub fn backward(
        &self,
        recorded: Recorded,
        grad_embeddings: Tensor<3>,
    ) -> (Vec<Tensor<3>>, Vec<Tensor<3>>) {
        let first = usize::from(self.convolution.is_some());
        let layers = &self.weights[first..];
        let mlp::Gradients {
            mut of_weights,
            mut of_biases,
            before_first,
        } = mlp::backward(layers, recorded.inputs, grad_embeddings);
        if let (Some(convolution), Some(recorded)) = (&self.convolution, recorded.convolution) {
            let grad = before_first.matmul(layers[0].clone().transpose());
            let (of_weight, of_bias) = convolution.backward(recorded, grad);
            of_weights.insert(0, of_weight);
            of_biases.insert(0, of_bias);
        }
        (of_weights, of_biases)
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
            convolution: self.convolution.clone(),
            weights: pick(&self.weights),
            biases: pick(&self.biases),
        }
    }
}

/// Pictures that a convolution embeds at once, where no gradient is asked for.
const CHUNK: usize = 256;

/// Numbers that go into and come out of each layer.
fn shapes(spec: &NetSpec, features: usize) -> Vec<(usize, usize)> {
    let mut shapes = Vec::new();
    let mut width = features;
    if let Some(shape) = spec.convolution.map(|convolution| convolution.shape()) {
        shapes.push((shape.kernel * shape.kernel, shape.channels));
        width = shape.features(features.isqrt());
    }
    for &next in spec.hidden.iter().chain([&spec.dim]) {
        shapes.push((width, next));
        width = next;
    }
    shapes
}

/// Endless draws from N(0, deviation²).
fn normal(deviation: f32, rng: &mut ChaCha8Rng) -> impl Iterator<Item = f32> {
    std::iter::repeat_with(move || {
        let draw: f32 = StandardNormal.sample(rng);
        draw * deviation
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Convolution;

    fn spec() -> NetSpec {
        NetSpec::mlp(&[7], 3)
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

    /// Networks, and the pixels of their pictures' side.
    fn nets() -> Vec<(NetSpec, usize)> {
        let five = NetSpec::convolutional(Convolution::K5S2C16P2, 3);
        let layered = NetSpec {
            hidden: vec![6],
            ..NetSpec::convolutional(Convolution::K6S3C32P2, 3)
        };
        vec![
            (NetSpec::mlp(&[7], 3), 3),
            (NetSpec::mlp(&[], 2), 3),
            (five.clone(), 8),
            (five, 24),
            (layered, 8),
        ]
    }

    /// Pictures for two lanes.
    fn pictures(samples: usize, side: usize) -> Tensor<3> {
        let mut rng = seeded(7, "test");
        let shape = [2, samples, side * side];
        let values: Vec<f32> = (0..shape.iter().product())
            .map(|_| rng.random_range(-1.0..1.0))
            .collect();
        Tensor::from_data(TensorData::new(values, shape), &Device::flex())
    }

    /// Gradients of the sum of all embeddings' cubes, weights first.
    fn gradients(net: &Net, inputs: Tensor<3>) -> Vec<Tensor<3>> {
        let recorded = net.forward_recorded(inputs);
        // d/de of Σ e³ is 3e².
        let grad = recorded.embeddings.clone().powi_scalar(2) * 3.0;
        let (mut weights, biases) = net.backward(recorded, grad);
        weights.extend(biases);
        weights
    }

    fn close(ours: Tensor<3>, theirs: Tensor<3>, what: &str) {
        let (ours, theirs) = (floats(ours), floats(theirs));
        assert_eq!(ours.len(), theirs.len(), "{what}");
        let scale = theirs
            .iter()
            .fold(1.0_f32, |most, value| most.max(value.abs()));
        for (a, b) in ours.into_iter().zip(theirs) {
            assert!((a - b).abs() <= 1e-5 * scale, "{what}: {a} is not {b}");
        }
    }

    /// The written-out backward pass against Burn's recorded one, two lanes.
    #[test]
    fn backward_is_what_autodiff_gives() {
        for (spec, side) in nets() {
            let net = Net::new(&spec, side * side, &[1, 2], None, &Device::flex());
            let inputs = pictures(4, side);
            let ours = gradients(&net, inputs.clone());
            let leaf = |tensor: &Tensor<3>| tensor.clone().autodiff().require_grad();
            let convolution = spec
                .convolution
                .map(|kind| Conv::new(kind.shape(), side, &inputs.clone().autodiff().device()));
            let tracked = Net {
                convolution,
                weights: net.weights.iter().map(leaf).collect(),
                biases: net.biases.iter().map(leaf).collect(),
            };
            let grads = tracked
                .forward(inputs.autodiff())
                .powi_scalar(3)
                .sum()
                .backward();
            let parameters = tracked.weights.iter().chain(&tracked.biases);
            for (parameter, ours) in parameters.zip(ours) {
                let theirs = parameter.grad(&grads).unwrap();
                close(ours, theirs, &format!("{spec:?}"));
            }
        }
    }

    /// And against the slope of the loss itself, along a few random directions through all parameters of both lanes.
    #[test]
    fn backward_is_the_slope() {
        const REACH: f32 = 1e-2;
        for (spec, side) in nets() {
            let net = Net::new(&spec, side * side, &[1, 2], None, &Device::flex());
            let inputs = pictures(4, side);
            let gradients = gradients(&net, inputs.clone());
            for round in 0..4 {
                let mut rng = seeded(round, "direction");
                let mut direction = |tensor: &Tensor<3>| {
                    let count = tensor.dims().iter().product();
                    let values: Vec<f32> = normal(0.03, &mut rng).take(count).collect();
                    Tensor::<3>::from_data(TensorData::new(values, tensor.dims()), &Device::flex())
                };
                let parameters = net.weights.iter().chain(&net.biases);
                let directions: Vec<Tensor<3>> = parameters.map(&mut direction).collect();
                let expected: f64 = directions
                    .iter()
                    .zip(&gradients)
                    .map(|(direction, grad)| {
                        f64::from(
                            (direction.clone() * grad.clone())
                                .sum()
                                .into_scalar::<f32>(),
                        )
                    })
                    .sum();
                let loss = |at: f32| -> f64 {
                    let moved = |tensors: &[Tensor<3>], directions: &[Tensor<3>]| {
                        let pairs = tensors.iter().zip(directions);
                        pairs
                            .map(|(tensor, by)| tensor.clone() + by.clone() * at)
                            .collect()
                    };
                    let layers = net.weights.len();
                    let moved = Net {
                        convolution: net.convolution.clone(),
                        weights: moved(&net.weights, &directions[..layers]),
                        biases: moved(&net.biases, &directions[layers..]),
                    };
                    let embeddings = floats(moved.forward(inputs.clone()));
                    embeddings
                        .iter()
                        .map(|&value| f64::from(value).powi(3))
                        .sum()
                };
                let slope = (loss(REACH) - loss(-REACH)) / f64::from(2.0 * REACH);
                assert!(
                    (slope - expected).abs() <= 0.02 * expected.abs().max(1.0),
                    "{spec:?}: {slope} is not {expected}"
                );
            }
        }
    }

    #[test]
    fn a_convolutional_lane_is_the_same_alone_and_among_others() {
        let device = Device::flex();
        let spec = NetSpec::convolutional(Convolution::K5S2C16P2, 8);
        let among = Net::new(&spec, 576, &[1, 2], None, &device);
        let alone = Net::new(&spec, 576, &[2], None, &device);
        let inputs = pictures(3, 24);
        let own = inputs.clone().narrow(0, 1, 1);
        assert_eq!(
            floats(among.forward(inputs.clone()).narrow(0, 1, 1)),
            floats(alone.forward(own.clone()))
        );
        let (ours, theirs) = (gradients(&alone, own), gradients(&among, inputs));
        for (alone, among) in ours.into_iter().zip(theirs) {
            assert_eq!(floats(alone), floats(among.narrow(0, 1, 1)));
        }
    }

    #[test]
    fn a_convolution_starts_as_he_et_al_say() {
        let spec = NetSpec::convolutional(Convolution::K6S3C32P2, 64);
        let net = Net::new(&spec, 576, &[3, 4], None, &Device::flex());
        let shapes: Vec<_> = net.weights.iter().map(Tensor::dims).collect();
        assert_eq!(shapes, [[2, 36, 32], [2, 512, 64]]);
        for (weights, inputs) in net.weights.iter().zip([36.0, 512.0]) {
            let values = floats(weights.clone());
            let square = |value: &f32| f64::from(*value).powi(2);
            let variance = values.iter().map(square).sum::<f64>() / values.len() as f64;
            assert!((variance * inputs / 2.0 - 1.0).abs() < 0.08, "{variance}");
        }
        assert!(
            net.biases
                .iter()
                .all(|bias| floats(bias.clone()).iter().all(|&value| value == 0.0))
        );
    }

    #[test]
    fn many_pictures_are_embedded_as_few_are() {
        let spec = NetSpec::convolutional(Convolution::K5S2C16P2, 4);
        let net = Net::new(&spec, 64, &[1, 2], None, &Device::flex());
        let inputs = pictures(CHUNK + 3, 8);
        let all = net.forward(inputs.clone());
        assert_eq!(all.dims(), [2, CHUNK + 3, 4]);
        let last = net.forward(inputs.narrow(1, CHUNK, 3));
        close(all.narrow(1, CHUNK, 3), last, "the last three");
    }
}
