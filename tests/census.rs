//! The census: which relations a loss can use, how many act, who takes the pull, and why nothing acts.

mod loss_support;

use kyori::loss::{LossKind, RelationKind};
use kyori::record::{Census, Mined, Positives, Quiet, Seen};
use loss_support::{Batch, numbers, with_input};

/// The census of a batch, and the attraction of each relation, of two samples once.
fn look(kind: LossKind, batch: &Batch) -> (Census, Vec<f32>) {
    with_input(kind, std::slice::from_ref(batch), |input, loss| {
        let mined = kind.mined(input);
        let unit = numbers(input.to_remember().unit);
        let value_of_loss = numbers(loss.clone())[0];
        let (_, relation) = input.backward_with_relation(&loss);
        let [_, _, columns] = relation.value.dims();
        let rows = batch.size();
        let all = numbers(relation.attraction());
        let square = relation.kind.among_samples();
        let among = if square { rows } else { 0 };
        let mut attraction = all[..rows * columns].to_vec();
        if relation.kind == RelationKind::AllCosines {
            for (row, column) in (0..rows).flat_map(|i| (rows..columns).map(move |j| (i, j))) {
                attraction[row * columns + column] += all[column * columns + row];
            }
        }
        let learned = columns - among;
        let vectors = (0..learned).map(|row| (row * batch.classes / learned) as u32);
        let census = Census::of(&Seen {
            loss: kind,
            kind: relation.kind,
            samples: &batch.labels,
            vectors: &vectors.collect::<Vec<u32>>(),
            memory: &[],
            value: &numbers(relation.value)[..rows * columns],
            attraction: &attraction,
            unit: &unit,
            value_of_loss,
            mined: mined.map(|count| numbers(count)[0] as usize),
        });
        let mut pairs = Vec::new();
        for (row, column) in (0..rows).flat_map(|i| (0..columns).map(move |j| (i, j))) {
            let here = attraction[row * columns + column];
            if column >= among {
                pairs.push(here);
            } else if column > row {
                pairs.push(here + attraction[column * columns + row]);
            }
        }
        (census, pairs)
    })
}

fn census(kind: LossKind, batch: &Batch) -> Census {
    look(kind, batch).0
}

/// A batch in the plane, at these angles in degrees.
fn at_angles(kind: LossKind, labels: &[u32], degrees: &[f32]) -> Batch {
    let mut batch = Batch::random(kind, 1, 2, 4, labels);
    let point = |degrees: &f32| [degrees.to_radians().cos(), degrees.to_radians().sin()];
    batch.embeddings = degrees.iter().flat_map(point).collect();
    batch
}

/// What the labels say can act is what acts in one batch or another with these labels, for every loss.
#[test]
fn valid_is_what_can_act() {
    let layouts: [&[u32]; 4] = [
        &[0, 1, 0, 2, 2, 1, 0, 3],
        &[0, 1, 2, 2],
        &[0, 1, 2, 3],
        &[1, 1, 1],
    ];
    for &kind in LossKind::ALL {
        for labels in layouts {
            let (mut acted, mut valid) = (Vec::new(), Vec::new());
            for seed in 0..300 {
                let mut batch = Batch::random(kind, seed, 3, 4, labels);
                if let Some(delta) = kind.info().param("delta") {
                    // No two of these classes are as close as its repulsion reaches by default.
                    batch.params[delta] = 1.0;
                }
                let (census, pairs) = look(kind, &batch);
                assert_eq!(census.relations, pairs.len(), "{kind:?}");
                let strongest = pairs
                    .iter()
                    .fold(0.0_f32, |most, pull| most.max(pull.abs()));
                // A thousandth is far above what rounding makes of nothing.
                let acts = pairs.iter().map(|pull| pull.abs() > 1e-4 * strongest);
                acted.resize(pairs.len(), false);
                acted
                    .iter_mut()
                    .zip(acts)
                    .for_each(|(acted, acts)| *acted |= acts);
                assert!(census.acting <= census.valid, "{kind:?} {labels:?}");
                valid.push(census.valid);
            }
            valid.dedup();
            let acted = acted.into_iter().filter(|acted| *acted).count();
            assert_eq!(valid, [acted], "{kind:?} with {labels:?}");
        }
    }
}

/// Four samples on a circle, two classes. Distances: 0.52 within the first class, 0.35 within the second, 1.29 between the near
/// ones; only the near ones are within the margin of 1.4.
#[test]
fn pairs_are_counted_and_their_pull_is_shared_out() {
    let kind = LossKind::Contrastive;
    let mut batch = at_angles(kind, &[0, 0, 1, 1], &[0.0, 30.0, 110.0, 130.0]);
    batch.params[kind.info().param("neg_margin").unwrap()] = 1.4;
    let census = census(kind, &batch);
    assert_eq!((census.relations, census.valid), (6, 6));
    assert_eq!((census.pull.acting, census.push.acting), (2, 1));
    assert_eq!((census.acting, census.quiet), (3, None));
    assert_eq!((census.triplets, census.mined), (None, None));
    let positives = Positives {
        mean: 1.0,
        least: 1,
        without: 0,
    };
    assert_eq!(census.positives, positives);
    // Both pairs are pulled along the distance with a force of 1/2, that is 1/(2d) along the cosine. The hardest tenth of two
    // is the farther one.
    let distance = |degrees: f64| 2.0 * (degrees.to_radians() / 2.0).sin();
    let pulls = [30.0, 20.0].map(|degrees| 1.0 / (2.0 * distance(degrees)));
    let share = census.pull.hardest_share().unwrap();
    assert!((share - pulls[0] / (pulls[0] + pulls[1])).abs() < 1e-5);
    let total = census.pull.total;
    assert!((total - pulls[0] - pulls[1]).abs() < 1e-4, "{total}");
    assert_eq!(census.push.hardest_share(), Some(1.0));
    let cosines = [110.0, 130.0, 80.0, 100.0_f64].map(|degrees| degrees.to_radians().cos());
    let mean = cosines.iter().sum::<f64>() / 4.0;
    assert!((census.mean_cosine - mean).abs() < 1e-6);
}

#[test]
fn triplets_are_counted_and_so_is_what_the_miner_keeps() {
    // Sample 3 has no positive. Anchors 0 and 1 have one positive and two negatives each, 2 and 4 likewise but with three others.
    let labels = [0, 0, 1, 2, 1];
    let degrees = [0.0, 40.0, 45.0, 180.0, 100.0];
    let batch = |kind| at_angles(kind, &labels, &degrees);
    let all = census(LossKind::Triplet, &batch(LossKind::Triplet));
    assert_eq!(all.triplets, Some(4 * 3));
    assert_eq!((all.positives.least, all.positives.without), (0, 1));
    assert_eq!(all.positives.mean, 0.8);
    assert_eq!((all.relations, all.valid), (10, 10));

    let hard = census(
        LossKind::TripletBatchHard,
        &batch(LossKind::TripletBatchHard),
    );
    let mined = Mined {
        kept: 4,
        of: 12,
        triplets: true,
    };
    assert_eq!(hard.mined, Some(mined));

    // By hand: of the gaps d_an − d_ap only those of anchor 0 to sample 2, 0.081, and of anchor 4 to sample 1, 0.077, are
    // within 0 and 0.2.
    let semi = census(LossKind::TripletSemiHard, &batch(LossKind::TripletSemiHard));
    assert_eq!(
        semi.mined.map(|mined| (mined.kept, mined.of)),
        Some((2, 12))
    );

    // Of the Multi-Similarity miner see `loss_miners`; here it is asked for the same pairs.
    let kind = LossKind::MultiSimilarityMined;
    let (census, pairs) = look(kind, &batch(kind));
    let mined = census.mined.unwrap();
    assert_eq!((mined.of, mined.triplets), (20, false));
    let acting = pairs.iter().filter(|pull| **pull != 0.0).count();
    assert!(acting <= mined.kept && mined.kept <= 2 * acting);
}

#[test]
fn a_class_vector_is_everybodys_positive() {
    for (kind, per_sample) in [(LossKind::ProxyAnchor, 1), (LossKind::SoftTriple, 10)] {
        let batch = Batch::random(kind, 3, 4, 5, &[0, 1, 2, 2]);
        let census = census(kind, &batch);
        let vectors = kind.info().learned_rows(5, &batch.params);
        assert_eq!((census.relations, census.valid), (4 * vectors, 4 * vectors));
        assert_eq!(census.positives.least, vectors / 5, "{per_sample}");
        assert_eq!(census.positives.without, 0);
    }
}

/// The hardest share tells Proxy Anchor, which weighs its samples, from its uniform form, where each takes the same.
#[test]
fn the_hardest_tenth_takes_more_where_samples_are_weighed() {
    let labels: Vec<u32> = (0..40).map(|sample| sample / 20).collect();
    let share = |kind| {
        let batch = Batch::random(kind, 7, 3, 2, &labels);
        census(kind, &batch).pull.hardest_share().unwrap()
    };
    let (weighed, uniform) = (
        share(LossKind::ProxyAnchor),
        share(LossKind::ProxyAnchorUniform),
    );
    assert!(weighed > 0.5, "{weighed}");
    assert!((uniform - 0.1).abs() < 0.03, "{uniform}");
}

#[test]
fn where_nothing_acts_it_says_why() {
    let quiet = |kind: LossKind, labels: &[u32], degrees: &[f32]| {
        census(kind, &at_angles(kind, labels, degrees)).quiet
    };
    let triplet = LossKind::Triplet;
    let semi_hard = LossKind::TripletSemiHard;
    let batch_hard = LossKind::TripletBatchHard;
    let mined = LossKind::MultiSimilarityMined;
    let apart = [0.0, 10.0, 180.0, 190.0];
    let mixed = [0.0, 100.0, 50.0, 150.0];
    let two = [0, 0, 1, 1];

    assert_eq!(quiet(triplet, &two, &mixed), None);
    assert_eq!(
        quiet(triplet, &[0, 1, 2, 3], &mixed),
        Some(Quiet::NoPositives)
    );
    assert_eq!(
        quiet(triplet, &[1, 1, 1, 1], &mixed),
        Some(Quiet::NoNegatives)
    );
    assert_eq!(quiet(triplet, &two, &apart), Some(Quiet::MarginsMet));
    assert_eq!(quiet(semi_hard, &two, &apart), Some(Quiet::NothingMined));
    assert_eq!(quiet(mined, &two, &apart), Some(Quiet::NothingMined));
    // The miner wants the hardest, however easy.
    assert_eq!(quiet(batch_hard, &two, &apart), Some(Quiet::MarginsMet));
    assert_eq!(quiet(batch_hard, &two, &[70.0; 4]), Some(Quiet::Collapsed));
    // Nobody needs a positive to be pushed.
    assert_eq!(
        quiet(
            LossKind::Contrastive,
            &[0, 1, 2, 3],
            &[0.0, 10.0, 20.0, 30.0]
        ),
        None
    );
    assert_eq!(quiet(triplet, &two, &[f32::NAN; 4]), Some(Quiet::NotFinite));
}

/// A loss without margins is never exactly 0, but has nothing to do where all is as it wants.
#[test]
fn a_loss_that_is_nearly_zero_says_so_too() {
    let kind = LossKind::ProxyAnchor;
    let mut batch = at_angles(kind, &[0, 0, 1, 1], &[0.0, 5.0, 180.0, 185.0]);
    batch.classes = 2;
    batch.vectors = vec![1.0, 0.0, -1.0, 0.0];
    let census = census(kind, &batch);
    assert!(census.acting > 0);
    assert_eq!(census.quiet, Some(Quiet::MarginsMet));
    assert!(!census.is_collapsed());
}
