//! What all losses of a race share.

use serde::{Deserialize, Serialize};

use crate::data::{DataKind, DataSpec, SamplerSpec};

/// Everything that the losses of a race share: they are compared under these, and tuned for them.
///
/// Experiments, races and presets hold them. In JSON they stand beside the other fields of those.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Conditions {
    pub data: DataSpec,
    pub sampler: SamplerSpec,
    pub net: NetSpec,
    /// Links and recordings that do not say start from scratch.
    #[serde(default)]
    pub start: Start,
    pub schedule: Schedule,
    /// Share of training labels that are wrong, 0 to 0.4.
    pub label_noise: f32,
}

impl Default for Conditions {
    /// Those of the default preset.
    fn default() -> Self {
        Self {
            data: DataKind::Glyphs.spec(),
            sampler: SamplerSpec::Shuffled { batch: 60 },
            net: NetSpec {
                hidden: vec![128],
                dim: 64,
            },
            start: Start::default(),
            schedule: Schedule::default(),
            label_noise: 0.0,
        }
    }
}

/// The embedding network: fully connected layers with ReLU between them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetSpec {
    /// Widths of the hidden layers.
    pub hidden: Vec<usize>,
    /// Embedding dimension.
    pub dim: usize,
}

/// What the weights of the network are before the first step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Start {
    /// Random, from the seed.
    #[default]
    Scratch,
    /// The first layer is that of a network trained on other classes, the same for every seed; the layers above it are
    /// random, from the seed.
    Pretrained,
}

impl Start {
    pub const ALL: [Self; 2] = [Self::Scratch, Self::Pretrained];

    /// Name in link and command line.
    pub fn id(self) -> &'static str {
        match self {
            Self::Scratch => "scratch",
            Self::Pretrained => "pretrained",
        }
    }

    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|start| start.id() == id)
    }
}

/// Everything about how training goes that all losses share.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Schedule {
    pub steps: u32,
    /// Steps over which the learning rates rise linearly from 0.
    pub warmup_steps: u32,
    /// The learning rates are multiplied by `decay` every `decay_every` steps; 0 is never.
    pub decay_every: u32,
    pub decay: f32,
    /// AdamW's decoupled weight decay.
    pub weight_decay: f32,
    /// Gradients are clipped to ± this; 0 is off.
    pub clip_value: f32,
}

impl Default for Schedule {
    /// 400 steps at constant learning rates, weight decay 1e-4, no clipping.
    fn default() -> Self {
        Self {
            steps: 400,
            warmup_steps: 0,
            decay_every: 0,
            decay: 1.0,
            weight_decay: 1e-4,
            clip_value: 0.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::presets;

    #[test]
    fn the_default_is_the_default_preset() {
        assert_eq!(Conditions::default(), presets()[0].conditions);
    }
}
