//! Losses that compare with mixtures of samples: values against an independent computation in f64, and what holds whatever
//! they compute. Their gradients are in `loss_gradients`.

mod loss_support;

use kyori::loss::LossKind;
use loss_support::{Batch, MIXED, difference, outcome, outcomes};

const LABELS: [u32; 9] = [0, 1, 0, 2, 2, 1, 0, 3, 2];

fn with_mixtures() -> impl Iterator<Item = LossKind> {
    LossKind::ALL
        .iter()
        .copied()
        .filter(|kind| kind.info().mixup)
}

type Row = Vec<f64>;

fn unit(row: &[f64]) -> Row {
    let norm = row.iter().map(|x| x * x).sum::<f64>().sqrt();
    row.iter().map(|x| x / norm).collect()
}

fn units(rows: &[f32], dim: usize) -> Vec<Row> {
    let wide = |row: &[f32]| row.iter().map(|x| f64::from(*x)).collect::<Row>();
    rows.chunks(dim).map(|row| unit(&wide(row))).collect()
}

/// What an anchor is compared with: the cosine, and to which share that is of the anchor's class.
struct Term {
    cosine: f64,
    share: f64,
}

/// The terms of an anchor of some class, among samples and among mixtures. `itself` is the sample that the anchor is.
fn terms(batch: &Batch, anchor: &Row, class: u32, itself: Option<usize>) -> [Vec<Term>; 2] {
    let rows = units(&batch.embeddings, batch.dim);
    let is_own = |i: usize| f64::from(u8::from(batch.labels[i] == class));
    let cosine = |row: &Row| row.iter().zip(anchor).map(|(a, b)| a * b).sum::<f64>();
    let samples = (0..rows.len())
        .filter(|i| Some(*i) != itself)
        .map(|i| Term {
            cosine: cosine(&rows[i]),
            share: is_own(i),
        });
    let share = f64::from(batch.share);
    let mixtures = batch.partners.iter().enumerate().map(|(i, partner)| {
        let partner = *partner as usize;
        let both = rows[i].iter().zip(&rows[partner]);
        let sum: Row = both.map(|(a, b)| share * a + (1.0 - share) * b).collect();
        Term {
            cosine: cosine(&unit(&sum)),
            share: share * is_own(i) + (1.0 - share) * is_own(partner),
        }
    });
    [samples.collect(), mixtures.collect()]
}

fn mean_of_positive(terms: impl Iterator<Item = f64>) -> f64 {
    let terms: Vec<f64> = terms.filter(|term| *term > 0.0).collect();
    terms.iter().sum::<f64>() / terms.len().max(1) as f64
}

/// The loss of each sample as an anchor, among its own and the others' terms.
fn of_samples(batch: &Batch) -> Vec<[Vec<Term>; 2]> {
    let rows = units(&batch.embeddings, batch.dim);
    (0..batch.size())
        .map(|i| terms(batch, &rows[i], batch.labels[i], Some(i)))
        .collect()
}

/// The two parts of a loss: of the samples, and of the mixtures.
fn parts(kind: LossKind, batch: &Batch) -> [f64; 2] {
    let p: Vec<f64> = batch.params.iter().map(|x| f64::from(*x)).collect();
    let log_sum = |terms: &[Term], weight: &dyn Fn(&Term) -> f64, x: &dyn Fn(f64) -> f64| {
        let terms = terms.iter().map(|term| weight(term) * x(term.cosine).exp());
        terms.sum::<f64>().ln_1p()
    };
    let (own, rest) = (|term: &Term| term.share, |term: &Term| 1.0 - term.share);
    [0, 1].map(|part| match kind {
        LossKind::Contrastive => {
            let anchors = of_samples(batch);
            let all = || anchors.iter().flat_map(|anchor| &anchor[part]);
            let distance = |term: &Term| (2.0 - 2.0 * term.cosine).max(0.0).sqrt();
            mean_of_positive(all().map(|term| term.share * (distance(term) - p[0])))
                + mean_of_positive(all().map(|term| (1.0 - term.share) * (p[1] - distance(term))))
        }
        LossKind::MultiSimilarity => {
            let of_anchor = |anchor: [Vec<Term>; 2]| {
                log_sum(&anchor[part], &own, &|s| -p[0] * (s - p[2])) / p[0]
                    + log_sum(&anchor[part], &rest, &|s| p[1] * (s - p[2])) / p[1]
            };
            of_samples(batch).into_iter().map(of_anchor).sum::<f64>() / batch.size() as f64
        }
        LossKind::ProxyAnchor => {
            let mut present = batch.labels.clone();
            present.sort_unstable();
            present.dedup();
            let proxies = units(&batch.vectors, batch.dim);
            let of_class = |(class, proxy): (usize, &Row)| {
                let terms = &terms(batch, proxy, class as u32, None)[part];
                log_sum(terms, &own, &|s| -p[1] * (s - p[0])) / present.len() as f64
                    + log_sum(terms, &rest, &|s| p[1] * (s + p[0])) / batch.classes as f64
            };
            proxies.iter().enumerate().map(of_class).sum()
        }
        other => panic!("{other:?} takes mixtures and has no reference here"),
    })
}

#[test]
fn every_value_is_that_of_the_formula_with_mixtures() {
    let mut seen = 0;
    for kind in with_mixtures() {
        for (seed, share) in [(1, 0.5), (2, 0.1), (3, 0.8), (4, 0.0), (5, 0.99)] {
            let batch = Batch::random(kind, seed, 6, 5, &LABELS).with_mixtures(2, share);
            let [plain, mixed] = parts(kind, &batch);
            let expected = plain + f64::from(MIXED) * mixed;
            let found = f64::from(outcome(kind, &batch).value);
            let error = (found - expected).abs() / expected;
            assert!(error <= 2e-5, "{kind:?}, λ {share}: {found}, {expected}");
            assert!(mixed > 1e-3, "{kind:?}: mixtures count nothing");
        }
        seen += 1;
    }
    assert_eq!(seen, 3);
}

/// A mixture with oneself is the sample: only Proxy Anchor does not leave a sample's pair with itself out.
#[test]
fn mixtures_of_a_sample_with_itself_are_the_batch_once_more() {
    let kind = LossKind::ProxyAnchor;
    let plain = Batch::random(kind, 6, 6, 5, &LABELS);
    let twice = plain.clone().with_mixtures(0, 0.3);
    let (plain, twice) = (outcome(kind, &plain), outcome(kind, &twice));
    let more = |x: &[f32]| x.iter().map(|x| x * (1.0 + MIXED)).collect::<Vec<_>>();
    for (a, b) in [
        (&more(&[plain.value])[..], &[twice.value][..]),
        (&more(&plain.embeddings), &twice.embeddings),
        (&more(&plain.vectors), &twice.vectors),
    ] {
        let off = difference(a, b, 1e-3);
        assert!(off <= 2e-5, "off by {off:.1e}");
    }
}

#[test]
fn a_lane_does_not_see_the_mixtures_of_the_others() {
    for kind in with_mixtures() {
        let lanes: Vec<Batch> = (0..4)
            .map(|seed| {
                let share = 0.2 * seed as f32 + 0.1;
                Batch::random(kind, 20 + seed, 4, 5, &LABELS).with_mixtures(seed as usize, share)
            })
            .collect();
        for (lane, together) in lanes.iter().zip(outcomes(kind, &lanes)) {
            let alone = outcome(kind, lane);
            for (a, b) in [
                (&[alone.value][..], &[together.value][..]),
                (&alone.embeddings, &together.embeddings),
                (&alone.vectors, &together.vectors),
            ] {
                let off = difference(a, b, 1e-3);
                assert!(off <= 1e-6, "{kind:?}: moved by {off:.1e} beside others");
            }
        }
    }
}

/// Opposite samples in equal shares have no direction, and equal ones have no distance.
#[test]
fn mixtures_of_anything_leave_all_numbers_finite() {
    for kind in with_mixtures() {
        let plain = Batch::random(kind, 9, 4, 5, &LABELS);
        let with = |change: &dyn Fn(&mut Batch)| {
            let mut batch = plain.clone().with_mixtures(1, 0.5);
            change(&mut batch);
            batch
        };
        for batch in [
            with(&|batch| (0..4).for_each(|i| batch.embeddings[4 + i] = -batch.embeddings[i])),
            with(&|batch| batch.embeddings.fill(0.5)),
            with(&|batch| batch.embeddings.fill(0.0)),
            with(&|batch| batch.labels.fill(2)),
            Batch::random(kind, 9, 4, 5, &[3]).with_mixtures(0, 0.5),
        ] {
            assert!(outcome(kind, &batch).is_finite(), "{kind:?}: {batch:?}");
        }
    }
}

#[test]
#[should_panic(expected = "circle: compares with no mixtures")]
fn a_loss_that_cannot_use_mixtures_is_given_none() {
    let batch = Batch::random(LossKind::Circle, 1, 4, 5, &LABELS).with_mixtures(1, 0.5);
    outcome(LossKind::Circle, &batch);
}
