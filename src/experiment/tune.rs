//! The same tuning budget for every loss: random trials, as lanes of one heat, scored on classes that neither training
//! nor the final curves see.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::{Entry, LaneSpec, Protocol};
use crate::loss::{LossKind, ParamInfo, Scale};
use crate::random::seeded;
use crate::record::stats::area_under_curve;
use crate::record::{CurvePoint, HeatRecord, Measure};
use crate::{number, order};

/// Trials that a person can ask for.
pub const TRIALS: std::ops::RangeInclusive<usize> = 8..=64;
/// Learning rates that are tried: what AdamW and a small network can use.
pub const LR: (f32, f32) = (1e-3, 1e-1);
/// Factors of the proxies' learning rate that are tried, for every loss that learns vectors.
pub const PROXY_LR_FACTOR: (f32, f32) = (0.3, 100.0);
/// Seed of the first draw of a tuning. Races take small seeds; a setting must not be chosen on the network and batches
/// that it is raced on.
pub const FIRST_SEED: u64 = 1_000_000;

/// The seed of draw `draw` (from 0) of a tuning: another one gives other trial points, networks and batches.
pub fn draw_seed(first: u64, draw: usize) -> u64 {
    first.wrapping_add(draw as u64)
}

/// `n` random settings of a loss: learning rate and proxies' factor log-uniform, its own parameters as their
/// [`tune`](ParamInfo::tune) range and scale say. All trials start from the same network and see the same batches.
///
/// # Edge cases
/// Parameters that all lanes of a heat share (counts, switches) keep the default. The first trials of a longer list are
/// those of a shorter one.
pub fn trials(kind: LossKind, n: usize, seed: u64) -> Vec<LaneSpec> {
    let info = kind.info();
    // Another loss draws other numbers, and they stay the same when the registry grows.
    let mut rng = seeded(seed, info.id);
    (0..n)
        .map(|_| LaneSpec {
            seed,
            lr: log_uniform(LR, &mut rng),
            proxy_lr_factor: if info.learns() {
                log_uniform(PROXY_LR_FACTOR, &mut rng)
            } else {
                1.0
            },
            params: info
                .params
                .iter()
                .map(|param| draw(param, &mut rng))
                .collect(),
        })
        .collect()
}

fn draw(param: &ParamInfo, rng: &mut ChaCha8Rng) -> f32 {
    if !param.per_lane() {
        return param.default;
    }
    let (low, high) = param.tune;
    let value = match param.scale {
        _ if low >= high => low,
        Scale::Log if low > 0.0 => log_uniform((low, high), rng),
        Scale::Log | Scale::Linear => rounded(rng.random_range(low..=high)).clamp(low, high),
        Scale::Integer | Scale::Switch => rng.random_range(low..=high).round(),
    };
    value.clamp(param.min, param.max)
}

fn log_uniform((low, high): (f32, f32), rng: &mut ChaCha8Rng) -> f32 {
    rounded(rng.random_range(low.ln()..=high.ln()).exp()).clamp(low, high)
}

/// To three significant digits: more than a random trial deserves, and a number that fits in a table.
fn rounded(value: f32) -> f32 {
    number::parse(&format!("{value:.2e}")).unwrap_or(value)
}

/// How good a trial was: the mean height of its MAP@R curve; none without a curve, or where the lane ended early.
pub fn score(points: &[CurvePoint], lane: usize) -> Option<f64> {
    let curve: Option<Vec<(f64, f64)>> = points
        .iter()
        .map(|point| Some((f64::from(point.step), point.get(lane, Measure::MapAtR)?)))
        .collect();
    let (steps, heights): (Vec<f64>, Vec<f64>) = curve?.into_iter().unzip();
    area_under_curve(&steps, &heights).filter(|area| area.is_finite())
}

/// What became of one trial.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    pub lane: LaneSpec,
    /// None where it failed: its loss or its embeddings were not finite.
    pub score: Option<f64>,
}

/// The trials of a heat with their scores, best first; failed ones last.
pub fn ranked(lanes: &[LaneSpec], record: &HeatRecord) -> Vec<Trial> {
    let failed = |lane: usize| record.stopped.iter().any(|&(stopped, _)| stopped == lane);
    let mut trials: Vec<Trial> = lanes
        .iter()
        .enumerate()
        .map(|(index, lane)| Trial {
            lane: lane.clone(),
            score: if failed(index) {
                None
            } else {
                score(&record.points, index)
            },
        })
        .collect();
    let height = |trial: &Trial| trial.score.unwrap_or(f64::NEG_INFINITY);
    order::sort_by(&mut trials, |a, b| height(b).total_cmp(&height(a)));
    trials
}

impl LaneSpec {
    /// The setting as one to race with.
    pub fn entry(&self, loss: LossKind) -> Entry {
        Entry {
            loss,
            lr: self.lr,
            proxy_lr_factor: self.proxy_lr_factor,
            params: self.params.clone(),
        }
    }
}

/// The order in which winners of several draws are written, by their scores: the middle one (the lower of two) first,
/// since it is the one that races alone, then the others as they were drawn.
pub fn middle_first(scores: &[f64]) -> Vec<usize> {
    let mut by_score: Vec<usize> = (0..scores.len()).collect();
    order::sort_by(&mut by_score, |&a, &b| scores[a].total_cmp(&scores[b]));
    let Some(&middle) = by_score.get(scores.len().saturating_sub(1) / 2) else {
        return Vec::new();
    };
    let others = (0..scores.len()).filter(|&draw| draw != middle);
    std::iter::once(middle).chain(others).collect()
}

/// What a budget is worth: the expected best score of `size` of these trials, drawn without replacement.
///
/// With n trials whose scores in ascending order are x₁ ≤ … ≤ xₙ, the best of m is xᵢ in C(i−1, m−1) of the C(n, m)
/// subsets: E = Σᵢ xᵢ · C(i−1, m−1) / C(n, m). Failed trials count as lowest of all; a subset of failed trials only has
/// the score 0, that of a network that finds nothing.
///
/// # Edge cases
/// None for no trial, and for more trials than there are.
pub fn expected_best(scores: &[Option<f64>], size: usize) -> Option<f64> {
    let pairs: Vec<(Option<f64>, f64)> = scores
        .iter()
        .map(|&score| (score, score.unwrap_or(0.0)))
        .collect();
    expected_of_picked(&pairs, size)
}

/// The expected value, such as a score on test classes, of the trial that validation picks among `size` of these, drawn
/// without replacement: each pair is the score on validation classes, none where the trial failed, and the value. The
/// formula is that of [`expected_best`] with the values in the order of the scores.
pub fn expected_of_picked(trials: &[(Option<f64>, f64)], size: usize) -> Option<f64> {
    let n = trials.len();
    if size == 0 || size > n {
        return None;
    }
    let mut ascending = trials.to_vec();
    let height = |(score, _): &(Option<f64>, f64)| score.unwrap_or(f64::NEG_INFINITY);
    order::sort_by(&mut ascending, |a, b| height(a).total_cmp(&height(b)));
    // The share of subsets whose best is the last trial is m/n; each step down multiplies it by C(i−2, m−1)/C(i−1, m−1).
    let mut share = size as f64 / n as f64;
    let mut expected = 0.0;
    for i in (size..=n).rev() {
        expected += share * ascending[i - 1].1;
        if i > 1 {
            share *= (i - size) as f64 / (i - 1) as f64;
        }
    }
    Some(expected)
}

/// Budgets that a curve shows: 1, 2, 4 … and all trials.
pub fn budgets(trials: usize) -> Vec<usize> {
    let doubled = std::iter::successors(Some(1), |size| Some(size * 2));
    let mut budgets: Vec<usize> = doubled.take_while(|&size| size < trials).collect();
    budgets.extend((trials > 0).then_some(trials));
    budgets
}

/// A setting that lies at an end of the range that it was drawn from: the best may lie beyond.
#[derive(Clone, Debug, PartialEq)]
pub struct AtEnd {
    /// `lr`, `proxy_lr_factor`, or a parameter's key.
    pub setting: &'static str,
    pub value: f32,
    pub range: (f32, f32),
}

/// This share of a range, on its own scale, is its end.
const END: f32 = 0.05;

/// The settings of an entry that lie within 5 % of an end of the range that they were drawn from. An end that is also
/// the end of what the loss accepts counts as well; whether there is anything beyond, a person sees.
pub fn at_ends(entry: &Entry) -> Vec<AtEnd> {
    let info = entry.loss.info();
    let mut found = Vec::new();
    let mut look = |setting, value: f32, (low, high): (f32, f32), log: bool| {
        let place = |x: f32| if log { x.ln() } else { x };
        let share = (place(value) - place(low)) / (place(high) - place(low));
        if low < high && !(END..=1.0 - END).contains(&share) {
            let range = (low, high);
            found.push(AtEnd {
                setting,
                value,
                range,
            });
        }
    };
    look("lr", entry.lr, LR, true);
    if info.learns() {
        look(
            "proxy_lr_factor",
            entry.proxy_lr_factor,
            PROXY_LR_FACTOR,
            true,
        );
    }
    for (param, &value) in info.params.iter().zip(&entry.params) {
        if param.per_lane() {
            let log = matches!(param.scale, Scale::Log) && param.tune.0 > 0.0;
            look(param.key, value, param.tune, log);
        }
    }
    found
}

/// Tuned settings as lines of `assets/presets/settings.csv`, without the header: for the conditions of `preset`, each
/// entry with the draw that it won, empty where there was one; `source` says how they were found.
///
/// # Errors
/// Where the text cannot be written.
pub fn settings_csv(
    entries: &[(String, Entry)],
    preset: &str,
    source: &str,
) -> Result<String, csv::Error> {
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    for (draw, entry) in entries {
        let info = entry.loss.info();
        let mut row = |setting: &str, value: f32| {
            writer.write_record([
                Protocol::Matched.id(),
                preset,
                draw,
                info.id,
                setting,
                &value.to_string(),
                source,
            ])
        };
        row("lr", entry.lr)?;
        if info.learns() {
            row("proxy_lr_factor", entry.proxy_lr_factor)?;
        }
        for (param, &value) in info.params.iter().zip(&entry.params) {
            row(param.key, value)?;
        }
    }
    let bytes = writer.into_inner().map_err(|error| error.into_error())?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::LanePoint;

    #[test]
    fn trials_repeat_themselves_and_stay_in_their_ranges() {
        for &kind in LossKind::ALL {
            let info = kind.info();
            let found = trials(kind, 64, 5);
            assert_eq!(found, trials(kind, 64, 5));
            assert_eq!(found[..8], trials(kind, 8, 5));
            assert_ne!(
                found,
                trials(kind, 64, 6)
                    .into_iter()
                    .map(|t| LaneSpec { seed: 5, ..t })
                    .collect::<Vec<_>>()
            );
            for trial in &found {
                assert!((LR.0..=LR.1).contains(&trial.lr));
                let factors = if info.learns() {
                    PROXY_LR_FACTOR.0..=PROXY_LR_FACTOR.1
                } else {
                    1.0..=1.0
                };
                assert!(factors.contains(&trial.proxy_lr_factor));
                assert_eq!(trial.params.len(), info.params.len());
                for (param, &value) in info.params.iter().zip(&trial.params) {
                    if param.per_lane() {
                        assert!(
                            (param.tune.0..=param.tune.1).contains(&value),
                            "{kind:?} {} {value}",
                            param.key
                        );
                    } else {
                        assert_eq!(value, param.default);
                    }
                }
            }
            assert!(
                found.iter().all(|trial| trial.lr.to_string().len() <= 8),
                "{kind:?}: more than three digits"
            );
            // Log-uniform: half of the learning rates lie below the geometric mean of the ends.
            let low = found
                .iter()
                .filter(|trial| trial.lr < (LR.0 * LR.1).sqrt())
                .count();
            assert!((20..=44).contains(&low), "{kind:?}: {low} of 64");
        }
    }

    #[test]
    fn a_budget_is_worth_what_all_its_subsets_are() {
        let trials = [
            (Some(0.3), 0.2),
            (None, 0.05),
            (Some(0.5), 0.1),
            (Some(0.1), 0.4),
            (Some(0.4), 0.3),
        ];
        let scores = trials.map(|(score, _)| score);
        for size in 1..=trials.len() {
            let (mut best, mut picked, mut count) = (0.0, 0.0, 0.0);
            for set in 0..1u32 << trials.len() {
                if set.count_ones() as usize != size {
                    continue;
                }
                let inside = (0..trials.len()).filter(|i| set >> i & 1 == 1);
                let winner = inside
                    .max_by(|&a, &b| trials[a].0.partial_cmp(&trials[b].0).unwrap())
                    .unwrap();
                best += trials[winner].0.unwrap_or(0.0);
                picked += trials[winner].1;
                count += 1.0;
            }
            assert!((expected_best(&scores, size).unwrap() - best / count).abs() < 1e-12);
            let found = expected_of_picked(&trials, size).unwrap();
            assert!((found - picked / count).abs() < 1e-12, "{size}");
        }
        assert_eq!(expected_best(&scores, 0), None);
        assert_eq!(expected_best(&scores, 6), None);
        assert_eq!(budgets(24), [1, 2, 4, 8, 16, 24]);
        assert_eq!(budgets(8), [1, 2, 4, 8]);
    }

    #[test]
    fn the_middle_winner_is_written_first() {
        assert_eq!(middle_first(&[0.5, 0.1, 0.3]), [2, 0, 1]);
        assert_eq!(middle_first(&[0.1, 0.4, 0.3, 0.2]), [3, 0, 1, 2]);
        assert_eq!(middle_first(&[0.2]), [0]);
        assert_eq!(middle_first(&[]), [0; 0]);
    }

    #[test]
    fn a_setting_at_an_end_of_its_range_is_found_on_its_own_scale() {
        let mut entry = trials(LossKind::ProxyAnchor, 1, 0)[0].entry(LossKind::ProxyAnchor);
        (entry.lr, entry.proxy_lr_factor) = (1e-2, 10.0);
        for (param, value) in LossKind::ProxyAnchor
            .info()
            .params
            .iter()
            .zip(&mut entry.params)
        {
            let (low, high) = param.tune;
            *value = 0.5 * (low + high);
        }
        assert_eq!(at_ends(&entry), []);
        // A twenty-fifth of the logarithms above the low end: 1e-3 · 100^.04 = 1.2e-3.
        (entry.lr, entry.proxy_lr_factor) = (1.2e-3, 98.0);
        let found: Vec<&str> = at_ends(&entry).iter().map(|end| end.setting).collect();
        assert_eq!(found, ["lr", "proxy_lr_factor"]);
    }

    fn record(heights: &[[f32; 3]]) -> HeatRecord {
        let points = heights
            .iter()
            .enumerate()
            .map(|(index, heights)| CurvePoint {
                step: 10 * index as u32,
                train_seconds: 0.0,
                samples: 0,
                lanes: heights
                    .iter()
                    .map(|&value| Some(LanePoint::default().with(Measure::MapAtR, value)))
                    .collect(),
            })
            .collect();
        let entry = trials(LossKind::ALL[0], 1, 0)[0].entry(LossKind::ALL[0]);
        HeatRecord {
            points,
            stopped: vec![(2, 5)],
            ..HeatRecord::new(entry)
        }
    }

    #[test]
    fn the_best_trial_is_the_one_with_the_highest_curve_that_did_not_fail() {
        // Lane 0: mean height 0.3, lane 1: 0.45, lane 2 failed, lane 3 has no curve.
        let record = record(&[[0.1, 0.2, 0.9], [0.3, 0.5, 0.9], [0.5, 0.6, 0.9]]);
        assert!((score(&record.points, 0).unwrap() - 0.3).abs() < 1e-6);
        assert!((score(&record.points, 1).unwrap() - 0.45).abs() < 1e-6);
        assert_eq!(score(&record.points, 3), None);
        let lanes = trials(LossKind::ALL[0], 3, 0);
        let ranked = ranked(&lanes, &record);
        assert_eq!(
            [&ranked[0].lane, &ranked[1].lane, &ranked[2].lane],
            [&lanes[1], &lanes[0], &lanes[2]]
        );
        assert_eq!(ranked[2].score, None);
    }

    #[test]
    fn tuned_settings_are_lines_of_the_table() {
        let entries: Vec<(String, Entry)> = LossKind::ALL
            .iter()
            .map(|&kind| ("2".to_owned(), trials(kind, 1, 3)[0].entry(kind)))
            .collect();
        let text =
            settings_csv(&entries, "few-classes", "found by: a, \"quoted\" command").unwrap();
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(text.as_bytes());
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert!(
            rows.iter().all(|row| row.len() == 7
                && (&row[0], &row[1], &row[2]) == ("matched", "few-classes", "2"))
        );
        let lr = rows.iter().find(|row| &row[4] == "lr").unwrap();
        assert_eq!(lr[5].parse::<f32>().unwrap(), entries[0].1.lr);
        assert_eq!(&lr[6], "found by: a, \"quoted\" command");
    }
}
