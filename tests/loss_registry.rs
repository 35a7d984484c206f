//! No registered loss lacks its description, its ranges, or a reference for its numbers.

mod loss_support;

use std::collections::HashSet;

use kyori::golden::Case;
use kyori::loss::{Family, Learned, LossKind, Scale};
use loss_support::{Batch, outcome};

/// Squared distances of normalised samples and proxies in f64, `[sample][class]`.
fn squared_distances(batch: &Batch) -> Vec<Vec<f64>> {
    let unit = |row: &[f32]| -> Vec<f64> {
        let norm = row
            .iter()
            .map(|x| f64::from(*x).powi(2))
            .sum::<f64>()
            .sqrt();
        row.iter().map(|x| f64::from(*x) / norm).collect()
    };
    let proxies: Vec<Vec<f64>> = batch.vectors.chunks(batch.dim).map(unit).collect();
    let to_proxies = |row: &[f32]| {
        let x = unit(row);
        proxies
            .iter()
            .map(|proxy| proxy.iter().zip(&x).map(|(a, b)| (a - b).powi(2)).sum())
            .collect()
    };
    batch.embeddings.chunks(batch.dim).map(to_proxies).collect()
}

/// −log(e^{−σ d²_own} / Σ e^{−σ d²}), with or without the own proxy in the sum.
fn proxy_nca(batch: &Batch, sharpness: f64, own_too: bool) -> f64 {
    let term = |(distances, label): (&Vec<f64>, &u32)| {
        let others = distances
            .iter()
            .enumerate()
            .filter(|(class, _)| own_too || *class != *label as usize);
        sharpness * distances[*label as usize]
            + others
                .map(|(_, d)| (-sharpness * d).exp())
                .sum::<f64>()
                .ln()
    };
    squared_distances(batch)
        .iter()
        .zip(&batch.labels)
        .map(term)
        .sum::<f64>()
        / batch.size() as f64
}

/// log(1 + n e^x), where x is the mean of the n terms; 0 of none.
fn log_of_one_and_all_alike(terms: &[f64]) -> f64 {
    let count = terms.len() as f64;
    let mean = terms.iter().sum::<f64>() / count.max(1.0);
    (count * mean.exp()).ln_1p()
}

/// Proxy Anchor with the mean of its exponents, [`log_of_one_and_all_alike`], instead of the sum of its exponentials.
fn proxy_anchor_uniform(batch: &Batch, margin: f64, alpha: f64) -> f64 {
    let distances = squared_distances(batch);
    let present: HashSet<u32> = batch.labels.iter().copied().collect();
    let mut loss = 0.0;
    for class in 0..batch.classes {
        let (mut pull, mut push) = (Vec::new(), Vec::new());
        for (row, label) in distances.iter().zip(&batch.labels) {
            let cosine = 1.0 - row[class] / 2.0;
            if *label as usize == class {
                pull.push(-alpha * (cosine - margin));
            } else {
                push.push(alpha * (cosine + margin));
            }
        }
        loss += log_of_one_and_all_alike(&pull) / present.len() as f64
            + log_of_one_and_all_alike(&push) / batch.classes as f64;
    }
    loss
}

/// Proxy Anchor's two logarithms for each sample, over the proxies.
fn proxy_anchor_by_sample(batch: &Batch, margin: f64, alpha: f64) -> f64 {
    let of_sample = |(row, label): (&Vec<f64>, &u32)| {
        let cosines = row.iter().map(|d| 1.0 - d / 2.0).enumerate();
        let (own, others): (Vec<_>, Vec<_>) =
            cosines.partition(|(class, _)| *class == *label as usize);
        let pull: f64 = own.iter().map(|(_, s)| (-alpha * (s - margin)).exp()).sum();
        let push: f64 = others
            .iter()
            .map(|(_, s)| (alpha * (s + margin)).exp())
            .sum();
        pull.ln_1p() + push.ln_1p()
    };
    let distances = squared_distances(batch);
    let terms = distances.iter().zip(&batch.labels).map(of_sample);
    terms.sum::<f64>() / batch.size() as f64
}

/// The value in f64 of a loss that the reference library does not have.
fn reference(kind: LossKind, batch: &Batch) -> Option<f64> {
    let first = f64::from(*batch.params.first()?);
    let second = || Some(f64::from(*batch.params.get(1)?));
    match kind {
        LossKind::ProxyNcaExcluded => Some(proxy_nca(batch, first, false)),
        LossKind::ProxyNcaPlusPlus => Some(proxy_nca(batch, 1.0 / first, true)),
        LossKind::ProxyAnchorUniform => Some(proxy_anchor_uniform(batch, first, second()?)),
        LossKind::ProxyAnchorBySample => Some(proxy_anchor_by_sample(batch, first, second()?)),
        _ => None,
    }
}

#[test]
fn every_loss_has_a_reference() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden");
    let mut covered = HashSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let json = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        if let Ok(Case::Loss(case)) = Case::parse(&json) {
            covered.insert(case.kind);
        }
    }
    for &kind in LossKind::ALL {
        if covered.contains(&kind) {
            continue;
        }
        for seed in 1..=3 {
            let batch = Batch::random(kind, seed, 5, 6, &[0, 1, 1, 4, 2, 2, 0]);
            let expected = reference(kind, &batch).unwrap_or_else(|| {
                panic!("{kind:?} has neither a case in tests/golden nor a reference here")
            });
            let error = (f64::from(outcome(kind, &batch).value) - expected).abs()
                / expected.abs().max(1e-3);
            assert!(error <= 1e-5, "{kind:?}: {expected}, off by {error:.1e}");
        }
    }
}

#[test]
fn every_loss_is_described() {
    for &kind in LossKind::ALL {
        let info = kind.info();
        for (field, text) in [
            ("id", info.id),
            ("name", info.name),
            ("formula.latex", info.formula.latex),
            ("formula.mathml", info.formula.mathml),
            ("paper.title", info.paper.title),
            ("paper.authors", info.paper.authors),
            ("paper.venue", info.paper.venue),
        ] {
            assert!(!text.trim().is_empty(), "{kind:?}: {field} is empty");
        }
        assert!(!info.symbols.is_empty(), "{kind:?}: no symbol is explained");
        assert!(info.symbols.iter().all(|symbol| !symbol.is_empty()));
        assert!((1900..2100).contains(&info.paper.year), "{kind:?}");
        if let Some(arxiv) = info.paper.arxiv {
            // Four digits after the point until 2014, five since.
            assert!(
                (9..=10).contains(&arxiv.len()) && arxiv.as_bytes()[4] == b'.',
                "{kind:?}: `{arxiv}` is no arXiv id"
            );
        }
        let learns = matches!(info.family, Family::Proxy | Family::Softmax);
        assert_eq!(
            learns,
            info.learned != Learned::None,
            "{kind:?}: family and learned vectors"
        );
        if let Learned::Centres(centres) = info.learned {
            let listed = info.param(centres.info().key);
            assert!(listed.is_some(), "{kind:?}: its centres are no parameter");
        }
    }
}

/// The symbols that a formula shows, such as `s` and `log`. Fails where its tags do not nest.
fn shown_symbols(kind: LossKind) -> HashSet<&'static str> {
    let mut rest = kind.info().formula.mathml;
    let (mut open, mut shown) = (Vec::new(), HashSet::new());
    while let Some(start) = rest.find('<') {
        let end = start
            + rest[start..]
                .find('>')
                .unwrap_or_else(|| panic!("{kind:?}: a tag does not end"));
        shown.insert(&rest[..start]);
        let tag = &rest[start + 1..end];
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "{kind:?}: closing tag");
        } else if !tag.ends_with('/') {
            open.push(tag.split(' ').next().expect("a split has a first part"));
        }
        rest = &rest[end + 1..];
    }
    assert!(open.is_empty(), "{kind:?}: {open:?} left open");
    assert_eq!(rest, "", "{kind:?}: text after the formula");
    shown
}

#[test]
fn formulas_show_what_is_explained() {
    // Of the loss as it is defined: the miner's margins, and counts that a sum runs up to.
    let not_shown = [
        (LossKind::TripletSemiHard, "w"),
        (LossKind::MultiSimilarityMined, "ε"),
        (LossKind::SoftTriple, "K"),
        (LossKind::FastAp, "n"),
        (LossKind::PotentialField, "M"),
    ];
    for &kind in LossKind::ALL {
        let info = kind.info();
        let shown = shown_symbols(kind);
        let params = info
            .params
            .iter()
            .filter(|param| param.scale != Scale::Switch);
        let symbols = info.symbols.iter().copied();
        for symbol in params.map(|param| param.symbol).chain(symbols) {
            // Of `θ_ic` the θ, of `mean₊` the mean, of `[x]₊` the bracket.
            let letters = symbol.chars().take_while(|c| c.is_alphabetic()).count();
            let base: String = symbol.chars().take(letters.max(1)).collect();
            assert_eq!(
                shown.contains(base.as_str()),
                !not_shown.contains(&(kind, symbol)),
                "{kind:?}: is {symbol} in the formula, {}",
                info.formula.latex
            );
        }
    }
}

#[test]
fn every_parameter_has_a_sound_range() {
    for &kind in LossKind::ALL {
        let mut keys = HashSet::new();
        for param in kind.info().params {
            let at = format!("{kind:?}.{}", param.key);
            assert!(keys.insert(param.key), "{at} is there twice");
            assert!(!param.key.is_empty() && !param.symbol.is_empty(), "{at}");
            assert!(param.min < param.max, "{at}: min and max");
            assert!(
                (param.min..=param.max).contains(&param.default),
                "{at}: default"
            );
            let (low, high) = param.tune;
            assert!(
                low < high && param.min <= low && high <= param.max,
                "{at}: tuning range"
            );
            match param.scale {
                Scale::Log => assert!(
                    param.min > 0.0 && low > 0.0,
                    "{at}: a logarithmic range is above 0"
                ),
                Scale::Integer => assert!(
                    [param.default, param.min, param.max, low, high]
                        .iter()
                        .all(|x| x.fract() == 0.0),
                    "{at}: whole numbers"
                ),
                Scale::Switch => assert_eq!(
                    (param.min, param.max),
                    (0.0, 1.0),
                    "{at}: a switch is 0 or 1"
                ),
                Scale::Linear => {}
            }
        }
    }
}

#[test]
fn names_are_unique_and_stable() {
    let (mut ids, mut names, mut golden) = (HashSet::new(), HashSet::new(), HashSet::new());
    for &kind in LossKind::ALL {
        let info = kind.info();
        assert!(ids.insert(info.id), "{} is there twice", info.id);
        assert!(names.insert(info.name), "{} is there twice", info.name);
        assert!(
            info.golden.is_none_or(|of| golden.insert(of)),
            "{}: same cases",
            info.id
        );
        assert_eq!(LossKind::from_id(info.id), Some(kind));
        // The id is what a saved experiment holds.
        assert_eq!(serde_json::to_value(kind).unwrap(), info.id);
    }
    assert_eq!(LossKind::from_id("no-such-loss"), None);
}

#[test]
fn colours_of_their_own_are_the_first_of_the_palette_and_each_is_one_loss_s() {
    let mut colours: Vec<usize> = LossKind::ALL
        .iter()
        .filter_map(|kind| kind.info().colour)
        .collect();
    colours.sort_unstable();
    assert_eq!(colours, (0..colours.len()).collect::<Vec<_>>());
}
