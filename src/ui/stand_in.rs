//! Replaced by the experiment's own methods.
use crate::experiment::*;
use crate::loss::LossKind;

pub fn default_preset() -> Experiment {
    Experiment {
        data: DataSpec::Glyphs { train_classes: 200 },
        sampler: SamplerSpec::Shuffled { batch: 60 },
        net: NetSpec { hidden: vec![128], dim: 64 },
        schedule: Schedule {
            steps: 400,
            warmup_steps: 0,
            decay_every: 0,
            decay: 1.0,
            weight_decay: 1e-4,
            clip_value: 0.0,
        },
        entries: LossKind::ALL
            .iter()
            .take(5)
            .map(|&loss| Entry { loss, lr: 0.0034, proxy_lr_factor: 23.0, params: loss.info().defaults() })
            .collect(),
        seeds: 1,
        first_seed: 0,
        label_noise: 0.0,
    }
}

pub fn race(experiment: &Experiment, evaluate_on: EvaluateOn) -> RaceSpec {
    RaceSpec {
        data: experiment.data.clone(),
        sampler: experiment.sampler,
        net: experiment.net.clone(),
        schedule: experiment.schedule.clone(),
        heats: experiment
            .entries
            .iter()
            .map(|entry| HeatSpec {
                loss: entry.loss,
                lanes: (0..experiment.seeds)
                    .map(|seed| LaneSpec {
                        seed: experiment.first_seed + seed as u64,
                        lr: entry.lr,
                        proxy_lr_factor: entry.proxy_lr_factor,
                        params: entry.params.clone(),
                    })
                    .collect(),
            })
            .collect(),
        label_noise: experiment.label_noise,
        evaluate_on,
        evaluate_at: (0..=experiment.schedule.steps).step_by(20).collect(),
    }
}
