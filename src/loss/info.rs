//! What is known of a loss without running it.

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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Learned {
    /// Nothing.
    None,
    /// One vector a class: proxies or classifier weights, `[lane, class, dim]`.
    ClassVectors,
    /// One vector and one bias a class: `[lane, class, dim]` and `[lane, 1, class]`.
    ClassVectorsAndBias,
    /// Several vectors a class, as many as the parameter at this index of [`LossInfo::params`] says:
    /// `[lane, class * k, dim]`, row `c * k + j` being centre `j` of class `c`.
    Centres(usize),
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
    /// Negatives drawn inversely to the density of distances on the sphere.
    DistanceWeighted,
    /// The first two samples of each class.
    NPair,
}

/// How a parameter's slider and its random trials are spaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    Linear,
    Log,
    /// Whole numbers.
    Integer,
    /// 0 or 1.
    Switch,
}

/// One hyperparameter of a loss.
#[derive(Clone, Copy, Debug)]
pub struct ParamInfo {
    /// Name in code, URL and golden files, such as `alpha`.
    pub key: &'static str,
    /// Symbol as the formula writes it, such as `α`.
    pub symbol: &'static str,
    /// What it does, in one sentence for a learner.
    pub meaning: &'static str,
    pub default: f32,
    /// Smallest value that is accepted.
    pub min: f32,
    /// Largest value that is accepted.
    pub max: f32,
    /// Range that tuning draws from; inside `min..=max`.
    pub tune: (f32, f32),
    pub scale: Scale,
    /// Empty, or the unit, such as `°`.
    pub unit: &'static str,
    /// Whether each lane may have its own value. The others (counts, switches) are the same in all lanes of a heat.
    pub per_lane: bool,
}

/// A symbol of the formula that is not a hyperparameter.
#[derive(Clone, Copy, Debug)]
pub struct SymbolInfo {
    pub symbol: &'static str,
    pub meaning: &'static str,
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
    /// arXiv id such as `2003.13911`, or empty.
    pub arxiv: &'static str,
    /// Venue such as `CVPR 2020`.
    pub venue: &'static str,
}

/// What is known of a loss without running it.
#[derive(Clone, Copy, Debug)]
pub struct LossInfo {
    /// Name in URL and command line, such as `proxy-anchor`.
    pub id: &'static str,
    /// Name in golden files, such as `proxy_anchor`; with [`LossInfo::mining`] it tells which cases are this loss's. Empty
    /// where the reference library has no such loss.
    pub golden: &'static str,
    pub name: &'static str,
    pub family: Family,
    /// One sentence for a learner.
    pub idea: &'static str,
    /// What the loss computes of one lane.
    pub formula: Formula,
    pub symbols: &'static [SymbolInfo],
    /// What is an anchor in this loss.
    pub anchor: &'static str,
    /// Cost in batch size B and class count C, such as `O(B·C)`.
    pub cost: &'static str,
    /// Why the value may be 0.
    pub zero: &'static str,
    pub params: &'static [ParamInfo],
    pub learned: Learned,
    pub mining: Mining,
    pub paper: Paper,
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
            Learned::Centres(index) => classes * (params[index].round().max(1.0) as usize),
        }
    }
}
