//! The miners against the sets that the reference mined.

#![allow(clippy::unwrap_used, reason = "what is wrong in a test shows at once")]

use std::collections::HashSet;

use burn::tensor::{Bool, Device, Int, Tensor, TensorData};
use kyori::golden::{Case, LossCase};
use kyori::loss::{Mining, Rows, parts};
use kyori::miner;

fn tensors(case: &LossCase) -> (Rows, Tensor<2, Int>) {
    let device = Device::flex();
    let embeddings = TensorData::new(case.embeddings.clone(), [1, case.batch, case.dim]);
    let labels: Vec<i32> = case.labels.iter().map(|label| *label as i32).collect();
    let labels = Tensor::from_data(TensorData::new(labels, [1, case.batch]), &device);
    (Rows::new(Tensor::from_data(embeddings, &device)), labels)
}

fn marked(mask: Tensor<3, Bool>) -> HashSet<(usize, usize)> {
    let [_, _, columns] = mask.dims();
    let flags: Vec<f32> = mask.float().into_data().try_into_vec().unwrap();
    let marked = flags.iter().enumerate().filter(|(_, flag)| **flag == 1.0);
    marked.map(|(at, _)| (at / columns, at % columns)).collect()
}

#[test]
fn miners_choose_what_the_reference_chose() {
    let mut checked = 0;
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden")).unwrap() {
        let json = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let Ok(Case::Loss(case)) = Case::parse(&json) else {
            continue;
        };
        let raw: serde_json::Value = serde_json::from_str(&json).unwrap();
        let mined = |anchors: &str, others: &str| -> HashSet<(usize, usize)> {
            let list = |key: &str| -> Vec<usize> {
                serde_json::from_value(raw["mined"][key].clone()).unwrap()
            };
            list(anchors).into_iter().zip(list(others)).collect()
        };
        let (embeddings, labels) = tensors(&case);
        let pairs = miner::all_pairs(labels);
        let (found, expected) = match case.kind.info().mining {
            Mining::BatchHard => (
                miner::batch_hard(parts::distances(embeddings.unit()), pairs),
                [mined("anchors", "positives"), mined("anchors", "negatives")],
            ),
            Mining::MultiSimilarity => {
                let epsilon = case.kind.info().param("epsilon").unwrap();
                let epsilon = Tensor::from_data(
                    TensorData::new(vec![case.params[epsilon]], [1, 1, 1]),
                    &Device::flex(),
                );
                (
                    miner::multi_similarity(
                        parts::dot_products(embeddings.unit(), embeddings.unit()),
                        pairs,
                        epsilon,
                    ),
                    [
                        mined("anchors_pos", "positives"),
                        mined("anchors_neg", "negatives"),
                    ],
                )
            }
            _ => continue,
        };
        assert_eq!(
            marked(found.positive),
            expected[0],
            "{}: positives",
            case.id
        );
        assert_eq!(
            marked(found.negative),
            expected[1],
            "{}: negatives",
            case.id
        );
        checked += 1;
    }
    assert!(checked >= 8, "only {checked} cases with a miner");
}

#[test]
fn positives_are_numbered_in_batch_order() {
    let labels = [3_u32, 1, 3, 3, 0];
    assert_eq!(miner::most_positives(&labels, 5), 2);
    assert_eq!(miner::most_positives(&[0, 1, 2, 2, 2, 2], 3), 2);
    let indices: Vec<i32> = labels.iter().map(|label| *label as i32).collect();
    let labels = Tensor::<2, Int>::from_data(TensorData::new(indices, [1, 5]), &Device::flex());
    let rank = miner::rank_positives(miner::all_pairs(labels.clone()).positive);
    let second: Tensor<3> = miner::positives_of_rank(&rank, 1..2)
        .float()
        .reshape([1, 5, 5]);
    assert_eq!(
        marked(second.greater_elem(0.5)),
        HashSet::from([(0, 3), (2, 3), (3, 2)])
    );
    let pairs = miner::class_pairs(labels);
    assert_eq!(marked(pairs.anchor), HashSet::from([(0, 0)]));
    assert_eq!(marked(pairs.positive), HashSet::from([(0, 2)]));
}
