//! Losses over lanes, one file each, and the registry that everything else reads.
//!
//! A file holds a [`LossInfo`] (name, family, formula, hyperparameters with their ranges, its name in the reference
//! library) that needs no tensors, so that the page can read it, and a `forward` behind the `engine` feature. What `forward`
//! is given is a [`LossInput`]: labels, hyperparameters, and one [relation](Relation), the matrix by which it compares the
//! batch. Adding a loss is a new file and one line in
//! [`registry!`](self): the picker, its controls, the URL form, the command line, the docs table and the completeness
//! test all follow from it.

mod anchors;
mod info;
#[cfg(feature = "engine")]
mod input;
#[cfg(feature = "engine")]
mod mined;
#[cfg(feature = "engine")]
mod mixing;
mod param;
#[cfg(feature = "engine")]
pub mod parts;
#[cfg(feature = "engine")]
mod relation;
mod relation_kind;
#[cfg(feature = "engine")]
mod rows;
#[cfg(feature = "engine")]
mod soft_rank;

pub mod arcface;
pub mod circle;
pub mod contrastive;
pub mod cosface;
pub mod fast_ap;
pub mod generalised_lifted_structure;
pub mod lifted_structure;
pub mod margin;
pub mod multi_similarity;
pub mod multi_similarity_mined;
pub mod n_pair;
pub mod nca;
pub mod normalised_softmax;
pub mod nt_xent;
pub mod potential_field;
pub mod proxy_anchor;
pub mod proxy_anchor_by_sample;
pub mod proxy_anchor_uniform;
pub mod proxy_nca;
pub mod proxy_nca_excluded;
pub mod proxy_nca_plus_plus;
pub mod recall_at_k;
pub mod sigmoid;
pub mod smooth_ap;
pub mod snr_contrastive;
pub mod soft_triple;
pub mod softmax;
pub mod supcon;
pub mod triplet;
pub mod triplet_batch_hard;
pub mod triplet_semi_hard;

pub use anchors::Anchors;
pub use info::{Family, Formula, Golden, Learned, Library, LossInfo, Mining, Paper};
#[cfg(feature = "engine")]
pub use input::{LaneParams, LossInput, Remembered};
#[cfg(feature = "engine")]
pub use mixing::Mixing;
pub use param::{CountParam, LaneParam, ParamInfo, Scale, SwitchParam};
#[cfg(feature = "engine")]
pub use relation::{LossGradients, Relation};
pub use relation_kind::RelationKind;
#[cfg(feature = "engine")]
pub use rows::Rows;

#[cfg(feature = "engine")]
use burn::tensor::Tensor;
use kyori_formula::latex;

/// Declares the closed enum [`LossKind`] and the dispatch to each loss. The modules are declared above it and not by it,
/// since rustfmt does not look into macros.
macro_rules! registry {
    ($($variant:ident => $module:ident),+ $(,)?) => {
        /// Every loss that Kyori knows.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum LossKind {
            $($variant,)+
        }

        impl LossKind {
            /// All losses, in the registry's order.
            pub const ALL: &'static [LossKind] = &[$(LossKind::$variant),+];

            /// What is known of the loss without running it.
            pub fn info(self) -> &'static LossInfo {
                match self {
                    $(LossKind::$variant => &$module::INFO,)+
                }
            }

            /// The loss of each lane, `[lane, 1, 1]`.
            #[cfg(feature = "engine")]
            pub fn forward(self, input: &LossInput<'_>) -> Tensor<3> {
                match self {
                    $(LossKind::$variant => $module::forward(input),)+
                }
            }
        }
    };
}

registry! {
    Contrastive => contrastive,
    SnrContrastive => snr_contrastive,
    Triplet => triplet,
    TripletSemiHard => triplet_semi_hard,
    TripletBatchHard => triplet_batch_hard,
    Margin => margin,
    NPair => n_pair,
    LiftedStructure => lifted_structure,
    GeneralisedLiftedStructure => generalised_lifted_structure,
    MultiSimilarity => multi_similarity,
    MultiSimilarityMined => multi_similarity_mined,
    Nca => nca,
    Supcon => supcon,
    NtXent => nt_xent,
    Sigmoid => sigmoid,
    Circle => circle,
    FastAp => fast_ap,
    SmoothAp => smooth_ap,
    RecallAtK => recall_at_k,
    ProxyNca => proxy_nca,
    ProxyNcaExcluded => proxy_nca_excluded,
    ProxyNcaPlusPlus => proxy_nca_plus_plus,
    ProxyAnchor => proxy_anchor,
    ProxyAnchorUniform => proxy_anchor_uniform,
    ProxyAnchorBySample => proxy_anchor_by_sample,
    PotentialField => potential_field,
    SoftTriple => soft_triple,
    NormalisedSoftmax => normalised_softmax,
    Cosface => cosface,
    Arcface => arcface,
    Softmax => softmax,
}

impl LossKind {
    /// The loss with this [`LossInfo::id`], such as `proxy-anchor`.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.info().id == id)
    }
}
