//! A heat: one loss, many lanes, one graph.

use burn::tensor::{Device, Int, Tensor, TensorData};
use rand_distr::{Distribution as _, StandardNormal};

use super::memory::CrossBatchMemory;
use super::mixup::Mixup;
use super::shift::Shift;
use super::{AdamW, Backbone, Rates, Samples, TrainError};
use crate::bridge::RaceError;
use crate::data::{Dataset, Sampler, Split};
use crate::experiment::{HeatSpec, LaneSpec, RaceSpec};
use crate::loss::{LaneParams, Learned, LossGradients, LossInput, LossKind, Relation, Remembered};
use crate::net::Net;
use crate::random::seeded;

/// What a loss sees of one batch of one lane, and how it pulls. All of it is on the device, `[1, …]`.
pub(super) struct NextBatch {
    /// Which sample of the data set each row is.
    pub indices: Vec<u32>,
    /// Their training labels (with noise, where there is any).
    pub labels: Vec<u32>,
    /// Those of the memory, `[1, kept]`, where there is any.
    pub memory_labels: Option<Tensor<2, Int>>,
    /// Whether the batch is compared with mixtures of its samples, too.
    pub is_mixed: bool,
    /// The embeddings, of length 1.
    pub unit: Tensor<3>,
    pub loss: Tensor<3>,
    /// See [`LossKind::mined`].
    pub mined: Option<Tensor<3>>,
    pub relation: Relation,
    pub gradients: LossGradients,
}

/// One loss training over many lanes, in lockstep.
///
/// A lane's numbers do not depend on the other lanes: its weights, class vectors and batches come from its own seed, and
/// the gradients of the summed loss do not mix.
pub struct Heat {
    loss: LossKind,
    lanes: Vec<LaneSpec>,
    params: LaneParams,
    net: Net,
    /// Proxies or classifier weights, `[lane, row, dim]`.
    class_vectors: Option<Tensor<3>>,
    /// `[lane, 1, class]`
    bias: Option<Tensor<3>>,
    optimiser: AdamW,
    net_rates: Rates,
    class_rates: Rates,
    samplers: Vec<Sampler>,
    /// Where training pictures are moved.
    shift: Option<Shift>,
    /// Earlier batches that the loss compares with, where it can and is to.
    memory: Option<CrossBatchMemory>,
    /// Who is mixed with whom, where the loss can compare with mixtures and is to.
    mixup: Option<Mixup>,
    batch: usize,
    step: u32,
    /// Sum of the losses since they were last read, `[lane, 1, 1]`, and how many steps that is.
    loss_sum: Option<(Tensor<3>, u32)>,
    device: Device,
}

impl Heat {
    /// Lays out a heat at step 0. All lanes start from the backbone's layer, where there is one.
    ///
    /// # Defaults
    /// Class vectors are drawn from N(0, 1/dim), of length about 1, the same for every loss with the same seed; the bias
    /// of softmax cross-entropy starts at 0.
    ///
    /// # Errors
    /// Where there are no lanes, a parameter list has the wrong length, the sampler cannot draw such batches, or a
    /// convolution or a shift has no square pictures.
    pub fn new(
        race: &RaceSpec,
        spec: &HeatSpec,
        split: &Split,
        dataset: &Dataset,
        backbone: Option<&Backbone>,
        device: &Device,
    ) -> Result<Self, TrainError> {
        let info = spec.loss.info();
        if spec.lanes.is_empty() {
            return Err(RaceError::NoSeed.into());
        }
        if let Some(lane) = spec
            .lanes
            .iter()
            .find(|lane| lane.params.len() != info.params.len())
        {
            return Err(RaceError::ParameterCount {
                loss: info.name.to_owned(),
                expected: info.params.len(),
                found: lane.params.len(),
            }
            .into());
        }
        for (index, param) in info.params.iter().enumerate() {
            let first = spec.lanes[0].params[index];
            let is_shared = spec.lanes.iter().all(|lane| lane.params[index] == first);
            if !param.per_lane() && !is_shared {
                return Err(RaceError::OneValue {
                    loss: info.name.to_owned(),
                    key: param.key.to_owned(),
                }
                .into());
            }
        }
        let seeds: Vec<u64> = spec.lanes.iter().map(|lane| lane.seed).collect();
        let lanes = spec.lanes.len();
        let classes = split.train_classes.len();
        let is_square = dataset
            .picture
            .is_some_and(|(width, height)| width == height);
        if (race.net.convolution.is_some() || race.shift > 0) && !is_square {
            return Err(RaceError::NoPictures.into());
        }
        let side = dataset.features.isqrt();
        let shift = (race.shift > 0).then(|| Shift::new(race.shift, side, &seeds, device));
        let net = Net::new(&race.net, dataset.features, &seeds, backbone, device);
        let rows = info.learned_rows(classes, &spec.lanes[0].params);
        let class_vectors = info
            .learns()
            .then(|| class_vectors(&seeds, rows, race.net.dim, device));
        let bias = (info.learned == Learned::ClassVectorsAndBias)
            .then(|| Tensor::zeros([lanes, 1, classes], device));

        let shapes: Vec<[usize; 3]> = net
            .weights
            .iter()
            .chain(&net.biases)
            .chain(class_vectors.as_ref())
            .chain(bias.as_ref())
            .map(|tensor| tensor.dims())
            .collect();
        let samplers = seeds
            .iter()
            .map(|&seed| Sampler::new(race.sampler, split, race.label_noise, seed))
            .collect::<Result<Vec<_>, _>>()?;
        let values: Vec<Vec<f32>> = spec.lanes.iter().map(|lane| lane.params.clone()).collect();
        let mixup = info.mixup.then_some(race.mixup);
        let mixup = mixup.and_then(|weight| Mixup::new(weight, race.sampler.batch(), &seeds));
        let (net_rates, class_rates) = rates(&spec.lanes, device);
        let batch = race.sampler.batch();
        let memory = info.memory.then_some(race.memory);
        let memory = memory
            .and_then(|spec| CrossBatchMemory::new(spec, [lanes, batch, race.net.dim], device));
        Ok(Self {
            loss: spec.loss,
            lanes: spec.lanes.clone(),
            params: LaneParams::new(info, &values, classes, device),
            net,
            class_vectors,
            bias,
            optimiser: AdamW::new(&race.schedule, &shapes, device),
            net_rates,
            class_rates,
            samplers,
            shift,
            memory,
            mixup,
            batch,
            step: 0,
            loss_sum: None,
            device: device.clone(),
        })
    }

    /// Steps done.
    pub fn step_count(&self) -> u32 {
        self.step
    }

    pub fn loss(&self) -> LossKind {
        self.loss
    }

    pub fn lanes(&self) -> usize {
        self.lanes.len()
    }

    pub fn net(&self) -> &Net {
        &self.net
    }

    /// Proxies or classifier weights, `[lane, row, dim]`.
    pub fn class_vectors(&self) -> Option<&Tensor<3>> {
        self.class_vectors.as_ref()
    }

    /// What the next step compares its batch with, beside itself.
    #[cfg(test)]
    pub(super) fn remembered(&self) -> Option<Remembered> {
        self.memory.as_ref().and_then(CrossBatchMemory::contents)
    }

    /// Changes the learning rates of all lanes from the next step on.
    pub fn set_rates(&mut self, lr: f32, proxy_lr_factor: f32) {
        for lane in &mut self.lanes {
            lane.lr = lr;
            lane.proxy_lr_factor = proxy_lr_factor;
        }
        (self.net_rates, self.class_rates) = rates(&self.lanes, &self.device);
    }

    /// One training step of every lane: draw, embed, compare, update. Nothing is read back from the device.
    pub fn step(&mut self, samples: &Samples) {
        let lanes = self.lanes.len();
        let mut indices = Vec::with_capacity(lanes * self.batch);
        let mut labels = Vec::with_capacity(lanes * self.batch);
        for sampler in &mut self.samplers {
            sampler.next_batch(&mut indices, &mut labels);
        }
        let mut inputs = samples.gather(&indices);
        if let Some(shift) = &mut self.shift {
            inputs = shift.next(inputs);
        }
        let recorded = self.net.forward_recorded(self.by_lane(inputs));
        let mixing = self.mixup.as_mut().map(Mixup::next);
        let input = self
            .loss_input(recorded.embeddings.clone(), &labels)
            .with_mixing(mixing.as_ref());
        let loss = self.loss.forward(&input);
        let by_loss = input.backward(&loss);
        let to_remember = self.memory.is_some().then(|| input.to_remember());
        drop(input);
        if let (Some(memory), Some(batch)) = (&mut self.memory, to_remember) {
            memory.put(self.step, batch);
        }

        let (mut all_gradients, grad_biases) = self.net.backward(recorded, by_loss.embeddings);
        all_gradients.extend(grad_biases);
        all_gradients.extend(by_loss.class_vectors);
        all_gradients.extend(by_loss.bias);
        self.apply(all_gradients);

        let loss = loss.inner();
        self.loss_sum = Some(match self.loss_sum.take() {
            Some((sum, count)) => (sum + loss, count + 1),
            None => (loss, 1),
        });
        self.step += 1;
    }

    /// What the loss sees of the batch that the next step will draw in a lane, and how it pulls. Nothing is trained, and the
    /// next step draws that very batch, moves and mixes it in that very way, and takes those very gradients.
    pub(super) fn next_batch(&self, samples: &Samples, lane: usize) -> NextBatch {
        let (mut indices, mut labels) = (Vec::new(), Vec::new());
        let mut sampler = self.samplers[lane].clone();
        sampler.next_batch(&mut indices, &mut labels);
        let mut inputs = samples.gather(&indices);
        if let Some(shift) = &self.shift {
            inputs = shift.preview(lane, inputs);
        }
        let of_lane = |all: Tensor<3>| all.narrow(0, lane, 1);
        let embeddings = self.net.lane(lane).forward(inputs.unsqueeze());
        let info = self.loss.info();
        let params = std::slice::from_ref(&self.lanes[lane].params);
        let params = LaneParams::new(info, params, self.params.classes(), &self.device);
        let memory = self.memory.as_ref().and_then(CrossBatchMemory::contents);
        let memory = memory.map(|memory| Remembered {
            unit: of_lane(memory.unit),
            labels: memory.labels.narrow(0, lane, 1),
        });
        let memory_labels = memory.as_ref().map(|memory| memory.labels.clone());
        let mixing = self.mixup.as_ref().map(|mixup| mixup.preview(lane));
        let class_vectors = self.class_vectors.clone().map(of_lane);
        let input = LossInput::new(embeddings, &labels, &params)
            .with_learned(class_vectors, self.bias.clone().map(of_lane))
            .with_memory(memory)
            .with_mixing(mixing.as_ref());
        let loss = self.loss.forward(&input);
        let (gradients, relation) = input.backward_with_relation(&loss);
        let mined = self.loss.mined(&input);
        let unit = input.to_remember().unit;
        drop(input);
        NextBatch {
            indices,
            labels,
            memory_labels,
            is_mixed: mixing.is_some(),
            unit,
            loss: loss.inner(),
            mined,
            relation,
            gradients,
        }
    }

    /// The samples of all lanes' batches as `[lane, batch, feature]`.
    fn by_lane(&self, inputs: Tensor<2>) -> Tensor<3> {
        let features = inputs.dims()[1];
        inputs.reshape([self.lanes.len(), self.batch, features])
    }

    /// What the loss is given of a batch.
    fn loss_input<'a>(&'a self, embeddings: Tensor<3>, labels: &'a [u32]) -> LossInput<'a> {
        LossInput::new(embeddings, labels, &self.params)
            .with_learned(self.class_vectors.clone(), self.bias.clone())
            .with_memory(self.memory.as_ref().and_then(CrossBatchMemory::contents))
    }

    /// Hands all parameters to the optimiser and takes them back. They are moved, so that the CPU's update can reuse
    /// their memory.
    fn apply(&mut self, gradients: Vec<Tensor<3>>) {
        let layers = self.net.weights.len();
        let mut parameters = std::mem::take(&mut self.net.weights);
        parameters.append(&mut self.net.biases);
        let mut rates = vec![&self.net_rates; parameters.len()];
        let has_bias = self.bias.is_some();
        for learned in [self.class_vectors.take(), self.bias.take()]
            .into_iter()
            .flatten()
        {
            parameters.push(learned);
            rates.push(&self.class_rates);
        }
        let mut updated = self.optimiser.update(parameters, gradients, &rates);
        if has_bias {
            self.bias = updated.pop();
        }
        if updated.len() > 2 * layers {
            self.class_vectors = updated.pop();
        }
        self.net.biases = updated.split_off(layers);
        self.net.weights = updated;
    }

    /// Mean loss of each lane since the last call; `None` where no step was done. Not finite where a lane has failed.
    ///
    /// # Errors
    /// [`TrainError::Device`] where the device is lost.
    pub async fn take_losses(&mut self) -> Result<Option<Vec<f32>>, TrainError> {
        let Some((sum, count)) = self.loss_sum.take() else {
            return Ok(None);
        };
        let sums = read(sum).await?;
        Ok(Some(
            sums.into_iter().map(|sum| sum / count as f32).collect(),
        ))
    }
}

/// Reads a tensor without blocking.
pub(super) async fn read(tensor: Tensor<3>) -> Result<Vec<f32>, TrainError> {
    let data = tensor
        .into_data_async()
        .await
        .map_err(|error| TrainError::Device(error.to_string()))?;
    data.try_into_vec()
        .map_err(|error| TrainError::Device(error.to_string()))
}

/// `[lane, row, dim]` from N(0, 1/dim), each lane from its own seed.
fn class_vectors(seeds: &[u64], rows: usize, dim: usize, device: &Device) -> Tensor<3> {
    let scale = 1.0 / (dim as f32).sqrt();
    let mut values = Vec::with_capacity(seeds.len() * rows * dim);
    for &seed in seeds {
        let mut rng = seeded(seed, "class vectors");
        values.extend((0..rows * dim).map(|_| {
            let draw: f32 = StandardNormal.sample(&mut rng);
            draw * scale
        }));
    }
    Tensor::from_data(TensorData::new(values, [seeds.len(), rows, dim]), device)
}

fn rates(lanes: &[LaneSpec], device: &Device) -> (Rates, Rates) {
    let net = lanes.iter().map(|lane| lane.lr).collect();
    let class = lanes
        .iter()
        .map(|lane| lane.lr * lane.proxy_lr_factor)
        .collect();
    (Rates::new(net, device), Rates::new(class, device))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{DataSpec, SamplerSpec, SyntheticSpec};
    use crate::experiment::{Conditions, Convolution, EvaluateOn, Memory, NetSpec, Schedule};
    use crate::loss::RelationKind;

    const BATCH: usize = 12;

    fn race(loss: LossKind, params: &[Vec<f32>]) -> RaceSpec {
        let lane = |(index, params): (usize, &Vec<f32>)| LaneSpec {
            seed: index as u64,
            lr: 1e-2,
            proxy_lr_factor: 10.0,
            params: params.clone(),
        };
        RaceSpec {
            conditions: Conditions {
                data: DataSpec::Synthetic(SyntheticSpec {
                    classes: 12,
                    dim: 6,
                    samples_per_class: 8,
                    spread: 0.3,
                    noise: 0.3,
                    seed: 1,
                }),
                sampler: SamplerSpec::Balanced {
                    classes: BATCH / 3,
                    samples: 3,
                },
                net: NetSpec::mlp(&[8], 4),
                schedule: Schedule {
                    steps: 10,
                    weight_decay: 0.0,
                    ..Schedule::default()
                },
                ..Conditions::default()
            },
            heats: vec![HeatSpec {
                loss,
                lanes: params.iter().enumerate().map(lane).collect(),
            }],
            evaluate_on: EvaluateOn::Test,
            evaluate_at: vec![0],
        }
    }

    fn heat(race: &RaceSpec) -> (Result<Heat, TrainError>, Samples) {
        let device = Device::flex();
        let dataset = Dataset::open(&race.conditions.data, None).unwrap();
        let split = Split::of(&race.conditions.data, &dataset).unwrap();
        let samples = Samples::new(&dataset, &device);
        let spec = &race.heats[0];
        let heat = Heat::new(race, spec, &split, &dataset, None, &device);
        (heat, samples)
    }

    fn numbers(tensor: Tensor<3>) -> Vec<f32> {
        tensor.into_data().try_into_vec().unwrap()
    }

    #[test]
    fn looking_at_a_batch_moves_nothing() {
        for loss in [LossKind::ProxyAnchor, LossKind::Contrastive] {
            let race = race(loss, &[loss.info().defaults(), loss.info().defaults()]);
            let ((watched, samples), (plain, _)) = (heat(&race), heat(&race));
            let (mut watched, mut plain) = (watched.unwrap(), plain.unwrap());
            let first = watched.next_batch(&samples, 1);
            assert_eq!(first.labels.len(), BATCH);
            let columns = match first.relation.kind {
                RelationKind::SampleCosines => BATCH,
                _ => watched.class_vectors().unwrap().dims()[1],
            };
            assert_eq!(first.relation.gradient.dims(), [1, BATCH, columns]);
            let again = watched.next_batch(&samples, 1);
            assert_eq!(first.indices, again.indices);
            assert_eq!(
                numbers(first.relation.gradient),
                numbers(again.relation.gradient)
            );
            for _ in 0..3 {
                watched.next_batch(&samples, 0);
                watched.step(&samples);
                plain.step(&samples);
            }
            for (a, b) in watched.net().weights.iter().zip(&plain.net().weights) {
                assert_eq!(numbers(a.clone()), numbers(b.clone()), "{loss:?}");
            }
            let later = watched.next_batch(&samples, 1);
            assert_ne!(later.indices, first.indices, "{loss:?}: a batch twice");
        }
    }

    /// The weights after some steps with a memory, and who pulled whom in a batch then.
    fn trained_with(memory: Memory, loss: LossKind, steps: u32) -> (Vec<Vec<f32>>, NextBatch) {
        let mut race = race(loss, &[loss.info().defaults(), loss.info().defaults()]);
        race.memory = memory;
        let (heat, samples) = heat(&race);
        let mut heat = heat.unwrap();
        (0..steps).for_each(|_| heat.step(&samples));
        let weights = heat
            .net()
            .weights
            .iter()
            .map(|weight| numbers(weight.clone()));
        (weights.collect(), heat.next_batch(&samples, 1))
    }

    #[test]
    fn a_memory_changes_what_a_loss_learns_from_as_soon_as_it_has_something() {
        let off = Memory::default();
        let on = |after| Memory { batches: 2, after };
        for loss in [LossKind::Contrastive, LossKind::MultiSimilarityMined] {
            let (plain, seen) = trained_with(off, loss, 5);
            // A memory that has not begun is none, to the last bit.
            assert_eq!(trained_with(on(5), loss, 5).0, plain, "{loss:?}");
            // What the first steps leave in it is compared with from the next on.
            assert_eq!(trained_with(on(4), loss, 5).0, plain, "{loss:?}");
            let (with_memory, seen_with) = trained_with(on(3), loss, 5);
            assert_ne!(with_memory, plain, "{loss:?}");
            // Behind the batch's columns are those of its two earlier batches.
            assert_eq!(seen_with.indices, seen.indices);
            assert_eq!(seen.relation.value.dims(), [1, BATCH, BATCH]);
            assert_eq!(seen_with.relation.gradient.dims(), [1, BATCH, 3 * BATCH]);
            assert_eq!(seen_with.memory_labels.unwrap().dims(), [1, 2 * BATCH]);
        }
        for loss in [LossKind::ProxyAnchor, LossKind::Triplet] {
            let (plain, _) = trained_with(off, loss, 5);
            assert_eq!(trained_with(on(0), loss, 5).0, plain, "{loss:?}");
        }
    }

    #[test]
    fn mixtures_change_what_a_loss_learns_from_and_no_batch() {
        for (loss, changes) in [
            (LossKind::Contrastive, true),
            (LossKind::ProxyAnchor, true),
            (LossKind::Triplet, false),
        ] {
            let weights = |mixup| {
                let mut race = race(loss, &[loss.info().defaults(), loss.info().defaults()]);
                race.mixup = mixup;
                let (heat, samples) = heat(&race);
                let mut heat = heat.unwrap();
                (0..3).for_each(|_| heat.step(&samples));
                let next = heat.next_batch(&samples, 1);
                assert_eq!(next.is_mixed, changes && mixup > 0.0);
                let weights = heat.net().weights.iter().cloned().map(numbers);
                (weights.collect::<Vec<_>>(), next.indices)
            };
            let ((plain, drawn), (mixed, drawn_too)) = (weights(0.0), weights(0.4));
            assert_eq!(plain != mixed, changes, "{loss:?}");
            assert_eq!(drawn, drawn_too);
            assert_eq!(
                mixed,
                weights(0.4).0,
                "{loss:?}: the same seed, other numbers"
            );
        }
    }

    #[test]
    fn lanes_share_their_switches_and_counts() {
        let params = vec![vec![0.05, 0.0, 0.0], vec![0.05, 1.0, 0.0]];
        let Err(error) = heat(&race(LossKind::Triplet, &params)).0 else {
            panic!("two lanes with different switches were laid out");
        };
        assert!(error.to_string().contains("swap"), "{error}");
    }

    #[test]
    fn a_convolution_without_pictures_is_refused() {
        let mut race = race(
            LossKind::ProxyAnchor,
            &[LossKind::ProxyAnchor.info().defaults()],
        );
        let mut shifted = race.clone();
        shifted.shift = 1;
        race.net = NetSpec::convolutional(Convolution::K5S2C16P2, 4);
        for race in [race, shifted] {
            let Err(error) = heat(&race).0 else {
                panic!("numbers that are no picture were taken for one");
            };
            assert!(
                error.to_string().contains("need square pictures"),
                "{error}"
            );
        }
    }
}
