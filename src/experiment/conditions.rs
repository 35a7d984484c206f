//! What all losses of a race share.

use serde::{Deserialize, Serialize};

use crate::data::{DataSpec, GlyphSpec, SamplerSpec};

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
    /// Training pictures are moved by up to so many pixels, anew in every step. Older links and recordings do not.
    #[serde(default)]
    pub shift: usize,
    /// Earlier batches that pair losses compare with, too. Older links and recordings have none.
    #[serde(default)]
    pub memory: Memory,
    /// What mixtures of two samples count in losses that can compare with them ([`LossInfo::mixup`](crate::loss::LossInfo)),
    /// beside the batch itself ([arXiv:2106.04990](https://arxiv.org/abs/2106.04990)); 0 is off, as in older links and
    /// recordings.
    #[serde(default)]
    pub mixup: f32,
}

impl Default for Conditions {
    /// Those of the default preset.
    fn default() -> Self {
        Self {
            data: DataSpec::Glyphs(GlyphSpec { train_classes: 100 }),
            sampler: SamplerSpec::Shuffled { batch: 180 },
            net: NetSpec::convolutional(Convolution::K5S2C16P2, 64),
            start: Start::default(),
            schedule: Schedule::default(),
            label_noise: 0.0,
            shift: 0,
            memory: Memory::default(),
            mixup: 0.0,
        }
    }
}

/// How many of the last batches pair losses compare a batch with, beside itself: a cross-batch memory
/// ([arXiv:1912.06798](https://arxiv.org/abs/1912.06798)). Losses that cannot, compare within the batch
/// ([`LossInfo::memory`](crate::loss::LossInfo)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    /// 0 is off.
    pub batches: usize,
    /// Steps before the first batch is kept.
    pub after: u32,
}

impl Default for Memory {
    /// Off. The paper's code keeps batches after 1,000 of its 35,000 steps, which is 3 %; 10 steps are 3 to 7 % of races of 150
    /// to 400.
    fn default() -> Self {
        Self {
            batches: 0,
            after: 10,
        }
    }
}

/// The embedding network: fully connected layers with ReLU between them, on the sample itself or on what a convolution
/// makes of a picture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetSpec {
    /// What the picture goes through first. Links and recordings that do not say have none: an MLP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub convolution: Option<Convolution>,
    /// Widths of the hidden layers.
    pub hidden: Vec<usize>,
    /// Embedding dimension.
    pub dim: usize,
}

impl NetSpec {
    /// Fully connected layers only.
    pub fn mlp(hidden: &[usize], dim: usize) -> Self {
        Self {
            convolution: None,
            hidden: hidden.to_vec(),
            dim,
        }
    }

    /// A convolution, and one linear layer on what it makes of the picture.
    pub fn convolutional(convolution: Convolution, dim: usize) -> Self {
        Self {
            convolution: Some(convolution),
            hidden: Vec::new(),
            dim,
        }
    }

    /// Name of the kind of network in link and command line.
    pub fn id(&self) -> &'static str {
        self.convolution.map_or(MLP, Convolution::id)
    }
}

/// Name of the network without a convolution.
pub(super) const MLP: &str = "mlp";

/// The convolutions that a network can begin with. Their names say kernel, stride, channels and pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Convolution {
    /// 5×5 at every second pixel, 16 channels, 2×2 pooled: 576 numbers of a picture of 24×24.
    #[serde(rename = "conv5s2c16p2")]
    K5S2C16P2,
    /// 6×6 at every third pixel, 32 channels, 2×2 pooled: 512 numbers of a picture of 24×24.
    #[serde(rename = "conv6s3c32p2")]
    K6S3C32P2,
}

/// What a convolution does to a picture: `channels` weighted sums of each `kernel`×`kernel` patch, every `stride` pixels,
/// and the mean of each `pool`×`pool` of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConvolutionShape {
    pub kernel: usize,
    pub stride: usize,
    pub channels: usize,
    pub pool: usize,
}

impl Convolution {
    pub const ALL: [Self; 2] = [Self::K5S2C16P2, Self::K6S3C32P2];

    /// Name in link and command line.
    pub const fn id(self) -> &'static str {
        match self {
            Self::K5S2C16P2 => "conv5s2c16p2",
            Self::K6S3C32P2 => "conv6s3c32p2",
        }
    }

    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.id() == id)
    }

    pub const fn shape(self) -> ConvolutionShape {
        let (kernel, stride, channels, pool) = match self {
            Self::K5S2C16P2 => (5, 2, 16, 2),
            Self::K6S3C32P2 => (6, 3, 32, 2),
        };
        ConvolutionShape {
            kernel,
            stride,
            channels,
            pool,
        }
    }
}

/// How a convolution lies on a square picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConvolutionLayout {
    /// White before the picture and behind it, in pixels.
    pub before: usize,
    pub behind: usize,
    /// Windows of the pool along a side.
    pub across: usize,
    /// Places in a window along a side.
    pub pool: usize,
}

impl ConvolutionShape {
    /// On pictures of `side`×`side`.
    ///
    /// There is a place for every `stride` pixels of a side, the last of them counted where it is begun, and so much white
    /// around the picture as the patches reach over it: half of it before, and the odd pixel behind.
    ///
    /// # Edge cases
    /// Places that fill no window of the pool are left out. A window that is larger than all places takes them all.
    pub fn on(self, side: usize) -> ConvolutionLayout {
        let places = side.div_ceil(self.stride);
        let reach = places.saturating_sub(1) * self.stride + self.kernel;
        let white = reach.saturating_sub(side);
        let pool = self.pool.min(places).max(1);
        ConvolutionLayout {
            before: white / 2,
            behind: white - white / 2,
            across: places / pool,
            pool,
        }
    }

    /// Numbers that it makes of a picture of `side`×`side`.
    pub fn features(self, side: usize) -> usize {
        self.on(side).across.pow(2) * self.channels
    }
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
    /// 150 steps at constant learning rates, weight decay 1e-4, no clipping.
    fn default() -> Self {
        Self {
            steps: 150,
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

    #[test]
    fn a_convolution_is_called_what_it_is() {
        for kind in Convolution::ALL {
            let ConvolutionShape {
                kernel,
                stride,
                channels,
                pool,
            } = kind.shape();
            let name = format!("conv{kernel}s{stride}c{channels}p{pool}");
            assert_eq!(kind.id(), name);
            assert_eq!(Convolution::from_id(&name), Some(kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), name);
        }
    }

    #[test]
    fn convolutions_lie_on_pictures_as_they_should() {
        let layout = |before, behind, across, pool| ConvolutionLayout {
            before,
            behind,
            across,
            pool,
        };
        let [five, six] = Convolution::ALL.map(Convolution::shape);
        assert_eq!(five.on(24), layout(1, 2, 6, 2));
        assert_eq!(six.on(24), layout(1, 2, 4, 2));
        assert_eq!((five.features(24), six.features(24)), (576, 512));
        assert_eq!(five.on(8), layout(1, 2, 2, 2));
        // Three places a side: the third fills no window.
        assert_eq!(six.on(8), layout(2, 2, 1, 2));
        let wide = ConvolutionShape { pool: 9, ..six };
        assert_eq!(wide.on(8), layout(2, 2, 1, 3));
        let apart = ConvolutionShape { kernel: 2, ..six };
        assert_eq!(apart.on(24), layout(0, 0, 4, 2));
    }

    #[test]
    fn a_network_of_an_earlier_version_is_an_mlp_and_is_written_as_it_was() {
        let text = r#"{"hidden":[128,32],"dim":16}"#;
        let net: NetSpec = serde_json::from_str(text).unwrap();
        assert_eq!(net, NetSpec::mlp(&[128, 32], 16));
        assert_eq!(serde_json::to_string(&net).unwrap(), text);
    }
}
