//! AdamW over lanes.

use burn::tensor::{Device, Tensor, TensorData};

use crate::device::is_cpu;
use crate::experiment::Schedule;

const BETA1: f32 = 0.9;
const BETA2: f32 = 0.999;
const EPSILON: f32 = 1e-8;

/// AdamW with decoupled weight decay, a learning rate for each lane, value clipping, warm-up and step decay.
///
/// Clipping bounds large gradients. One that is not finite is none of them: it becomes NaN, on every device, and so do the
/// parameters, so that the race sees the lane diverge.
///
/// `p ← p·(1 − η·λ) − η/(1−β₁ᵗ) · m / (√v/√(1−β₂ᵗ) + ε)`, with η the lane's learning rate times the schedule's factor.
///
/// # Defaults
/// β₁ 0.9, β₂ 0.999, ε 1e-8, as PyTorch's `AdamW`.
///
/// # Paper
/// Decoupled Weight Decay Regularization, arXiv 1711.05101.
pub struct AdamW {
    schedule: Schedule,
    moments: Vec<Moments>,
    device: Device,
    step: u32,
}

/// First and second moments of one parameter array. On the CPU they stay ordinary arrays, updated in one pass with the
/// parameter: a chain of tensor operations would read and write the same memory a dozen times.
enum Moments {
    Host { first: Vec<f32>, second: Vec<f32> },
    Device(Box<[Tensor<3>; 2]>),
}

/// Learning rates of one group of parameters, one a lane.
#[derive(Clone, Debug)]
pub struct Rates {
    host: Vec<f32>,
    /// `[lane, 1, 1]`
    device: Tensor<3>,
}

impl Rates {
    pub fn new(lanes: Vec<f32>, device: &Device) -> Self {
        let tensor = Tensor::from_data(TensorData::new(lanes.clone(), [lanes.len(), 1, 1]), device);
        Self {
            host: lanes,
            device: tensor,
        }
    }
}

/// What of a step's arithmetic is the same for all parameters.
#[derive(Clone, Copy)]
struct Factors {
    /// The schedule's factor on the learning rate.
    rate: f32,
    /// 1 / (1 − β₁ᵗ)
    first_correction: f32,
    /// 1 / √(1 − β₂ᵗ)
    second_correction: f32,
    weight_decay: f32,
    clip: f32,
}

impl AdamW {
    /// For parameter arrays of these shapes (`[lane, …, …]`), all moments 0.
    pub fn new(schedule: &Schedule, shapes: &[[usize; 3]], device: &Device) -> Self {
        let moments = shapes
            .iter()
            .map(|&shape| {
                if is_cpu(device) {
                    let len = shape.iter().product();
                    Moments::Host {
                        first: vec![0.0; len],
                        second: vec![0.0; len],
                    }
                } else {
                    Moments::Device(Box::new([
                        Tensor::zeros(shape, device),
                        Tensor::zeros(shape, device),
                    ]))
                }
            })
            .collect();
        Self {
            schedule: schedule.clone(),
            moments,
            device: device.clone(),
            step: 0,
        }
    }

    /// Factor of the schedule on every learning rate at a step, which counts from 1.
    pub fn rate_factor(schedule: &Schedule, step: u32) -> f32 {
        let warmup = if step < schedule.warmup_steps {
            step as f32 / schedule.warmup_steps as f32
        } else {
            1.0
        };
        let decay = match schedule.decay_every {
            0 => 1.0,
            every => schedule
                .decay
                .powi(((step - 1) / every).min(i32::MAX as u32) as i32),
        };
        warmup * decay
    }

    /// One update of all parameters, in the order of the shapes given to [`AdamW::new`].
    pub fn update(
        &mut self,
        parameters: Vec<Tensor<3>>,
        gradients: Vec<Tensor<3>>,
        rates: &[&Rates],
    ) -> Vec<Tensor<3>> {
        assert!(
            [gradients.len(), self.moments.len(), rates.len()]
                .iter()
                .all(|&len| len == parameters.len()),
            "every parameter has a gradient, moments and a rate"
        );
        self.step += 1;
        let exponent = self.step.min(i32::MAX as u32) as i32;
        let factors = Factors {
            rate: Self::rate_factor(&self.schedule, self.step),
            first_correction: (1.0 / (1.0 - f64::from(BETA1).powi(exponent))) as f32,
            second_correction: (1.0 / (1.0 - f64::from(BETA2).powi(exponent)).sqrt()) as f32,
            weight_decay: self.schedule.weight_decay,
            clip: self.schedule.clip_value,
        };
        let device = &self.device;
        parameters
            .into_iter()
            .zip(gradients)
            .zip(&mut self.moments)
            .zip(rates)
            .map(|(((parameter, gradient), moments), rates)| match moments {
                Moments::Host { first, second } => update_host(
                    parameter,
                    gradient,
                    first,
                    second,
                    &rates.host,
                    factors,
                    device,
                ),
                Moments::Device(moments) => {
                    update_device(parameter, gradient, moments, &rates.device, factors)
                }
            })
            .collect()
    }
}

/// One pass over memory. The tensors' buffers are taken, not copied, since nothing else holds them.
fn update_host(
    parameter: Tensor<3>,
    gradient: Tensor<3>,
    first: &mut [f32],
    second: &mut [f32],
    rates: &[f32],
    factors: Factors,
    device: &Device,
) -> Tensor<3> {
    let mut parameter = parameter.into_data();
    let gradient = gradient.into_data();
    let values = parameter
        .as_mut_slice::<f32>()
        .expect("parameters on the CPU are f32");
    let gradients = gradient
        .as_slice::<f32>()
        .expect("gradients on the CPU are f32");
    let stride = values.len() / rates.len().max(1);
    for (lane, &rate) in rates.iter().enumerate() {
        let range = lane * stride..(lane + 1) * stride;
        update_lane(
            &mut values[range.clone()],
            &gradients[range.clone()],
            &mut first[range.clone()],
            &mut second[range],
            rate * factors.rate,
            factors,
        );
    }
    Tensor::from_data(parameter, device)
}

fn update_lane(
    values: &mut [f32],
    gradients: &[f32],
    first: &mut [f32],
    second: &mut [f32],
    rate: f32,
    f: Factors,
) {
    let keep = 1.0 - rate * f.weight_decay;
    let scale = rate * f.first_correction;
    let clip = if f.clip > 0.0 { f.clip } else { f32::INFINITY };
    for (((value, &gradient), m), v) in values.iter_mut().zip(gradients).zip(first).zip(second) {
        let gradient = if gradient.is_finite() {
            gradient.clamp(-clip, clip)
        } else {
            f32::NAN
        };
        *m = BETA1 * *m + (1.0 - BETA1) * gradient;
        *v = BETA2 * *v + (1.0 - BETA2) * gradient * gradient;
        *value = *value * keep - scale * *m / (v.sqrt() * f.second_correction + EPSILON);
    }
}

/// The same as a chain of element-wise operations of one shape, which fuses into one kernel.
fn update_device(
    parameter: Tensor<3>,
    gradient: Tensor<3>,
    [first, second]: &mut [Tensor<3>; 2],
    rates: &Tensor<3>,
    f: Factors,
) -> Tensor<3> {
    let gradient = if f.clip > 0.0 {
        // g / max(|g| / clip, 1): by exactly 1 within the bounds. WGSL leaves open what its clamp, min and max make of NaN, and
        // may lose it; a quotient of the gradient itself keeps it.
        let excess = gradient.clone().abs().div_scalar(f.clip).clamp_min(1.0);
        gradient / excess
    } else {
        gradient
    };
    *first = first.clone() * BETA1 + gradient.clone() * (1.0 - BETA1);
    *second = second.clone() * BETA2 + gradient.clone() * gradient * (1.0 - BETA2);
    let change = first.clone() * f.first_correction
        / (second.clone().sqrt() * f.second_correction + EPSILON)
        + parameter.clone() * f.weight_decay;
    // Scaled within the same kernel: rates by themselves would be a kernel of their own.
    parameter - change * f.rate * rates.clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schedule() -> Schedule {
        Schedule {
            steps: 10,
            weight_decay: 1e-2,
            ..Schedule::default()
        }
    }

    fn tensor(values: &[f32], lanes: usize) -> Tensor<3> {
        Tensor::from_data(
            TensorData::new(values.to_vec(), [lanes, 1, values.len() / lanes]),
            &Device::flex(),
        )
    }

    /// Adam's first step is the learning rate times the gradient's sign; weight decay shrinks by 1 − η·λ.
    #[test]
    fn first_step_moves_by_the_learning_rate_of_its_lane() {
        let device = Device::flex();
        let mut adam = AdamW::new(&schedule(), &[[2, 1, 2]], &device);
        let rates = Rates::new(vec![0.1, 0.01], &device);
        let moved = adam.update(
            vec![tensor(&[1.0; 4], 2)],
            vec![tensor(&[3.0, -5.0, 0.5, -7.0], 2)],
            &[&rates],
        );
        let moved: Vec<f32> = moved[0].to_data().try_into_vec().unwrap();
        let expected = [
            1.0 - 1e-3 - 0.1,
            1.0 - 1e-3 + 0.1,
            1.0 - 1e-4 - 0.01,
            1.0 - 1e-4 + 0.01,
        ];
        for (a, b) in moved.iter().zip(expected) {
            assert!((a - b).abs() < 1e-6, "{a} is not {b}");
        }
    }

    /// The fused pass and the chain of tensor operations are the same arithmetic.
    #[test]
    fn host_and_device_updates_agree_over_many_steps() {
        let device = Device::flex();
        let mut schedule = schedule();
        schedule.clip_value = 0.8;
        schedule.warmup_steps = 3;
        let mut adam = AdamW::new(&schedule, &[[2, 1, 2]], &device);
        let mut other = AdamW::new(&schedule, &[[2, 1, 2]], &device);
        let zeros = || Tensor::zeros([2, 1, 2], &device);
        other.moments = vec![Moments::Device(Box::new([zeros(), zeros()]))];
        let rates = Rates::new(vec![0.1, 0.03], &device);
        let start = [0.5, -0.2, 0.1, 2.0];
        let (mut a, mut b) = (vec![tensor(&start, 2)], vec![tensor(&start, 2)]);
        for step in 0..20 {
            let gradient: Vec<f32> = (0..4).map(|i| ((step * 7 + i * 3) as f32).sin()).collect();
            a = adam.update(a, vec![tensor(&gradient, 2)], &[&rates]);
            b = other.update(b, vec![tensor(&gradient, 2)], &[&rates]);
        }
        let (a, b): (Vec<f32>, Vec<f32>) = (
            a[0].to_data().try_into_vec().unwrap(),
            b[0].to_data().try_into_vec().unwrap(),
        );
        for (a, b) in a.iter().zip(b) {
            assert!((a - b).abs() < 1e-5, "{a} is not {b}");
        }
    }

    /// Clipping is for large gradients. One that is no number, or endless, is a lane that diverged, and must be seen.
    #[test]
    fn clipping_does_not_hide_divergence() {
        let device = Device::flex();
        let mut schedule = schedule();
        schedule.clip_value = 0.5;
        let rates = Rates::new(vec![0.1], &device);
        let zeros = || Tensor::zeros([1, 1, 4], &device);
        let on_device = || vec![Moments::Device(Box::new([zeros(), zeros()]))];
        for moments in [None, Some(on_device())] {
            let mut adam = AdamW::new(&schedule, &[[1, 1, 4]], &device);
            let path = if moments.is_some() { "device" } else { "host" };
            adam.moments = moments.unwrap_or(adam.moments);
            let moved = adam.update(
                vec![tensor(&[1.0; 4], 1)],
                vec![tensor(&[f32::NAN, 0.1, -9.0, f32::INFINITY], 1)],
                &[&rates],
            );
            let moved: Vec<f32> = moved[0].to_data().try_into_vec().unwrap();
            assert!(moved[0].is_nan(), "{path}: {moved:?}");
            assert!(moved[3].is_nan(), "{path}: {moved:?}");
            // The first step is the learning rate times the sign, less the decay.
            assert!((moved[1] - 0.899).abs() < 1e-5, "{path}: {moved:?}");
            assert!((moved[2] - 1.099).abs() < 1e-5, "{path}: {moved:?}");
        }
    }

    #[test]
    #[should_panic(expected = "every parameter has a gradient")]
    fn a_missing_gradient_is_loud() {
        let device = Device::flex();
        let mut adam = AdamW::new(&schedule(), &[[1, 1, 2]], &device);
        let rates = Rates::new(vec![0.1], &device);
        adam.update(vec![tensor(&[1.0; 2], 1)], vec![], &[&rates]);
    }

    #[test]
    fn warm_up_rises_linearly_and_decay_is_stepwise() {
        let schedule = Schedule {
            warmup_steps: 4,
            decay_every: 10,
            decay: 0.5,
            ..schedule()
        };
        let factors: Vec<f32> = [1, 2, 4, 10, 11, 21]
            .map(|step| AdamW::rate_factor(&schedule, step))
            .to_vec();
        assert_eq!(factors, [0.25, 0.5, 1.0, 1.0, 0.5, 0.25]);
    }
}
