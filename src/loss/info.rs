//! What is known of a loss without running it.

use super::param::{CountParam, ParamInfo};

/// Which idea a loss is built on. Groups the picker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    /// Compares samples two by two.
    Pair,
    /// Compares an anchor with a positive and a negative.
    Triplet,
    /// Compares samples with learned class vectors.
    Proxy,
    /// Classifies among learned class vectors.
    Softmax,
}

/// What the loss learns beside the network.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Learned {
    /// Nothing.
    None,
    /// One vector a class: proxies or classifier weights, `[lane, class, dim]`.
    ClassVectors,
    /// One vector and one bias a class: `[lane, class, dim]` and `[lane, 1, class]`.
    ClassVectorsAndBias,
    /// Several vectors a class, as many as this hyperparameter says: `[lane, class * k, dim]`, row `c * k + j` being centre
    /// `j` of class `c`.
    Centres(CountParam),
}

/// Which pairs or triplets of the batch are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mining {
    /// All of them.
    None,
    /// Triplets with 0 < d_an − d_ap ≤ margin.
    SemiHard,
    /// Hardest positive and hardest negative of each anchor.
    BatchHard,
    /// Pairs that are hard relative to the anchor's other pairs.
    MultiSimilarity,
    /// The first two samples of each class.
    NPair,
}

/// A formula in both of its forms, made from one string by [`latex!`](kyori_formula::latex).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Formula {
    /// As it was written, on one line and without the dollar signs. Needs amsmath.
    pub latex: &'static str,
    /// The whole `<math display="block">` element.
    pub mathml: &'static str,
}

/// Where a loss was published.
#[derive(Clone, Copy, Debug)]
pub struct Paper {
    pub title: &'static str,
    pub authors: &'static str,
    pub year: u16,
    /// arXiv id such as `2003.13911`.
    pub arxiv: Option<&'static str>,
    /// Venue such as `CVPR 2020`.
    pub venue: &'static str,
}

/// Which golden cases are a loss's: those that name this loss and this miner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Golden {
    /// Such as `proxy_anchor`.
    pub loss: &'static str,
    /// Such as `semihard`; `None` where the cases name no miner.
    pub miner: Option<&'static str>,
}

impl Golden {
    /// Cases without a miner.
    pub const fn of(loss: &'static str) -> Self {
        Self { loss, miner: None }
    }
}

/// A loss in pytorch-metric-learning, as the exported script calls it.
///
/// The class takes the number of classes and of dimensions, where the loss learns vectors, and then the loss's
/// hyperparameters by their keys. A hyperparameter that a text here names in braces, such as `{epsilon}`, is put there
/// instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Library {
    /// Such as `losses.CircleLoss`.
    pub class: &'static str,
    /// Further arguments, such as `distance=distances.SNRDistance()`.
    pub more: &'static [&'static str],
    /// The miner, such as `miners.BatchHardMiner()`; `None` where the loss takes all pairs, or picks them itself.
    pub miner: Option<&'static str>,
}

impl Library {
    /// A class with the loss's hyperparameters as its arguments, and no miner.
    pub const fn of(class: &'static str) -> Self {
        Self {
            class,
            more: &[],
            miner: None,
        }
    }
}

/// What is known of a loss without running it. Its sentences (the idea, the anchor, the cost, why it may be 0, what symbols
/// and hyperparameters mean) are messages, in `losses.ftl` under its id.
#[derive(Clone, Copy, Debug)]
pub struct LossInfo {
    /// Name in URL and command line, such as `proxy-anchor`.
    pub id: &'static str,
    /// Which golden cases are this loss's; `None` where there are none, and `tests/loss_registry.rs` computes it instead.
    pub golden: Option<Golden>,
    pub name: &'static str,
    pub family: Family,
    /// What the loss computes of one lane.
    pub formula: Formula,
    /// The symbols of the formula that are no hyperparameters, each with a message by its number, from 1 on.
    pub symbols: &'static [&'static str],
    pub params: &'static [ParamInfo],
    pub learned: Learned,
    pub mining: Mining,
    /// Whether it can compare its batch with a memory of earlier batches: where each sample is an anchor by itself, and it does
    /// not matter what the others of a pair are compared with. It then takes its pairs from `LossInput::pairs`.
    pub memory: bool,
    /// Whether it can compare its anchors with mixtures of samples, too: where its formula has a sum over positives and one over
    /// negatives, in which a term can count in part.
    pub mixup: bool,
    pub paper: Paper,
    /// The loss in the reference library; `None` where the library lacks it, or computes something else.
    pub library: Option<Library>,
    /// Index in the palette of the colour that the loss has wherever it is free; `None` where it takes any that is left.
    pub colour: Option<usize>,
}

impl LossInfo {
    /// The defaults of [`LossInfo::params`], in their order.
    pub fn defaults(&self) -> Vec<f32> {
        self.params.iter().map(|param| param.default).collect()
    }

    /// Index of the parameter with this key.
    pub fn param(&self, key: &str) -> Option<usize> {
        self.params.iter().position(|param| param.key == key)
    }

    /// Whether the loss learns vectors of its own, to which the proxies' learning-rate factor applies.
    pub fn learns(&self) -> bool {
        self.learned != Learned::None
    }

    /// Rows of learned vectors for `classes` classes, given the loss's parameters.
    pub fn learned_rows(&self, classes: usize, params: &[f32]) -> usize {
        match self.learned {
            Learned::None => 0,
            Learned::ClassVectors | Learned::ClassVectorsAndBias => classes,
            Learned::Centres(centres) => {
                let index = self
                    .param(centres.info().key)
                    .expect("the number of centres is one of the loss's hyperparameters");
                classes * CountParam::of(params[index])
            }
        }
    }
}
