//! The same tuning budget for every loss: random trials, as lanes of one heat, scored on classes that neither training
//! nor the final curves see.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{Entry, LaneSpec, Protocol, SamplerSpec};
use crate::loss::{LossKind, ParamInfo, Scale};
use crate::record::stats::area_under_curve;
use crate::record::{CurvePoint, HeatRecord, Measure};
use crate::{number, order};

/// Trials that a person can ask for.
pub const TRIALS: std::ops::RangeInclusive<usize> = 8..=64;
/// Learning rates that are tried: what AdamW and a small network can use.
pub const LR: (f32, f32) = (3e-4, 1e-2);
/// Factors of the proxies' learning rate that are tried, for every loss that learns vectors.
pub const PROXY_LR_FACTOR: (f32, f32) = (1.0, 200.0);

/// `n` random settings of a loss: learning rate and proxies' factor log-uniform, its own parameters as their
/// [`tune`](ParamInfo::tune) range and scale say. All trials start from the same network and see the same batches.
///
/// # Edge cases
/// Parameters that all lanes of a heat share (counts, switches) keep the default. The first trials of a longer list are
/// those of a shorter one.
pub fn trials(kind: LossKind, n: usize, seed: u64) -> Vec<LaneSpec> {
    let info = kind.info();
    // Another loss draws other numbers; FNV-1a of its name stays the same when the registry grows.
    let stream = info
        .id
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(stream);
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

/// Tuned settings as lines of `assets/presets/settings.csv`, without the header; `source` says how they were found.
///
/// # Errors
/// Where the text cannot be written.
pub fn settings_csv(
    entries: &[Entry],
    sampler: SamplerSpec,
    source: &str,
) -> Result<String, csv::Error> {
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    let kind = match sampler {
        SamplerSpec::Shuffled { .. } => "shuffled",
        SamplerSpec::Balanced { .. } => "balanced",
    };
    for entry in entries {
        let info = entry.loss.info();
        let mut row = |setting: &str, value: f32| {
            writer.write_record([
                Protocol::Matched.id(),
                kind,
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
        let entries: Vec<Entry> = LossKind::ALL
            .iter()
            .map(|&kind| trials(kind, 1, 3)[0].entry(kind))
            .collect();
        let text = settings_csv(
            &entries,
            SamplerSpec::Shuffled { batch: 60 },
            "found by: a, \"quoted\" command",
        )
        .unwrap();
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(text.as_bytes());
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert!(
            rows.iter()
                .all(|row| &row[0] == "matched" && &row[1] == "shuffled" && row.len() == 6)
        );
        let lr = rows.iter().find(|row| &row[3] == "lr").unwrap();
        assert_eq!(lr[4].parse::<f32>().unwrap(), entries[0].lr);
        assert_eq!(&lr[5], "found by: a, \"quoted\" command");
    }
}
