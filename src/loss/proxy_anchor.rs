//! Proxy Anchor.
use super::*;

pub const INFO: LossInfo = LossInfo {
    id: "proxy-anchor",
    golden: "proxy_anchor",
    name: "Proxy Anchor",
    family: Family::Proxy,
    idea: "",
    mathml: "",
    symbols: &[],
    anchor: "",
    cost: "O(B·C)",
    zero: "",
    params: &[],
    learned: Learned::ClassVectors,
    mining: Mining::None,
    paper: Paper { title: "", authors: "", year: 2020, arxiv: "2003.13911", venue: "CVPR 2020" },
};

#[cfg(feature = "engine")]
pub fn forward(_input: &LossInput<'_>) -> Tensor<3> {
    todo!()
}
