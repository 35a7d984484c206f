//! Several draws of a tuning: their winners, what a budget is worth, and a race of all of them.

use std::process::ExitCode;
use std::time::Instant;

use super::{
    CliError, RaceArgs, Tuned, bar, describe, print, record, run, table, trial_row, write,
};
use crate::data::Dataset;
use crate::experiment::{Entry, EvaluateOn, Experiment, Protocol, tune};
use crate::loss::LossKind;
use crate::record::nested::{Nested, nested};
use crate::record::{HeatSummary, Recording, Summary};

/// What won each draw of one loss, with its score on validation classes.
pub(super) struct Winners {
    loss: LossKind,
    entries: Vec<Entry>,
    scores: Vec<f64>,
}

pub(super) fn winners(draws: &[Vec<Tuned>]) -> Result<Vec<Winners>, CliError> {
    let losses = draws.first().map_or(0, Vec::len);
    let of_loss = |loss: usize| {
        let best = draws.iter().map(|draw| draw[loss].best());
        let best: Vec<&tune::Trial> = best.collect::<Result<_, _>>()?;
        let kind = draws[0][loss].loss;
        Ok(Winners {
            loss: kind,
            entries: best.iter().map(|trial| trial.lane.entry(kind)).collect(),
            scores: best.iter().filter_map(|trial| trial.score).collect(),
        })
    };
    (0..losses).map(of_loss).collect()
}

/// The races of an experiment with what won each draw, each with seeds of its own.
pub(super) fn races(
    experiment: &Experiment,
    draws: &[Vec<Tuned>],
) -> Result<Vec<Experiment>, CliError> {
    let winners = winners(draws)?;
    let of_draw = |draw: usize| {
        let mut race = experiment.clone();
        let won = winners.iter().map(|winners| winners.entries[draw].clone());
        race.entries = won.collect();
        race.first_seed += (draw * race.seeds) as u64;
        race
    };
    Ok((0..draws.len()).map(of_draw).collect())
}

/// What won the draw in the middle, for each loss.
pub(super) fn middle(draws: &[Vec<Tuned>]) -> Result<Vec<Entry>, CliError> {
    let of_loss = |winners: &Winners| {
        let first = tune::middle_first(&winners.scores)[0];
        winners.entries[first].clone()
    };
    Ok(winners(draws)?.iter().map(of_loss).collect())
}

/// The winners in the order of the table, the middle one first, with the number of each; none where there is one draw.
pub(super) fn for_table(winners: &[Winners]) -> Vec<(String, Entry)> {
    let of_loss = |winners: &Winners| {
        let order = tune::middle_first(&winners.scores).into_iter().enumerate();
        let numbered = order.map(|(place, draw)| {
            let number = if winners.entries.len() == 1 {
                String::new()
            } else {
                (place + 1).to_string()
            };
            (number, winners.entries[draw].clone())
        });
        numbered.collect::<Vec<_>>()
    };
    winners.iter().flat_map(of_loss).collect()
}

/// The best three trials of each draw and loss.
pub(super) fn best_rows(draws: &[Vec<Tuned>]) -> Vec<Vec<String>> {
    let heads = [
        "",
        "area under MAP@R",
        "learning rate",
        "proxies ×",
        "own settings",
    ];
    let mut rows = vec![heads.map(str::to_owned).to_vec()];
    for (draw, losses) in draws.iter().enumerate() {
        for tuned in losses {
            for (rank, trial) in tuned.trials.iter().take(3).enumerate() {
                let name = match (rank, draws.len()) {
                    (0, 1) => tuned.loss.info().name.to_owned(),
                    (0, _) => format!("{}, draw {}", tuned.loss.info().name, draw + 1),
                    _ => String::new(),
                };
                rows.push(trial_row(&name, tuned.loss, trial));
            }
        }
    }
    rows
}

/// The mean over draws of the expected best score after each budget, for each loss.
fn budgets(draws: &[Vec<Tuned>], trials: usize) -> Vec<(LossKind, Vec<(usize, f64)>)> {
    let losses = draws.first().map_or(0, Vec::len);
    let of_loss = |loss: usize| {
        let curve = tune::budgets(trials).into_iter().filter_map(|size| {
            let expected: Vec<f64> = draws
                .iter()
                .filter_map(|draw| {
                    let scores: Vec<_> = draw[loss].trials.iter().map(|t| t.score).collect();
                    tune::expected_best(&scores, size)
                })
                .collect();
            let mean = expected.iter().sum::<f64>() / expected.len() as f64;
            (!expected.is_empty()).then_some((size, mean))
        });
        (draws[0][loss].loss, curve.collect())
    };
    (0..losses).map(of_loss).collect()
}

/// Who wins if nobody tunes, and who with how many trials.
pub(super) fn budget_rows(draws: &[Vec<Tuned>], trials: usize) -> Vec<Vec<String>> {
    let sizes = tune::budgets(trials);
    let heads = sizes.iter().map(|size| match size {
        1 => "1 trial".to_owned(),
        size => format!("{size} trials"),
    });
    let first = "expected best score of".to_owned();
    let mut rows = vec![std::iter::once(first).chain(heads).collect::<Vec<_>>()];
    rows.extend(budgets(draws, trials).into_iter().map(|(loss, curve)| {
        let values = curve.iter().map(|(_, value)| format!("{value:.4}"));
        std::iter::once(loss.info().name.to_owned())
            .chain(values)
            .collect()
    }));
    rows
}

pub(super) fn budgets_json(draws: &[Vec<Tuned>], trials: usize) -> serde_json::Value {
    let of_loss = |(loss, curve): (LossKind, Vec<(usize, f64)>)| {
        let points = curve
            .iter()
            .map(|(size, best)| serde_json::json!({ "trials": size, "expected_best": best }));
        serde_json::json!({ "loss": loss.info().id, "curve": points.collect::<Vec<_>>() })
    };
    budgets(draws, trials).into_iter().map(of_loss).collect()
}

/// The same as lines of `assets/presets/budgets.csv`, without the header.
pub(super) fn budgets_csv(
    draws: &[Vec<Tuned>],
    trials: usize,
    preset: &str,
) -> Result<String, csv::Error> {
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    for (loss, curve) in budgets(draws, trials) {
        for (size, best) in curve {
            let best = format!("{best:.4}");
            writer.write_record([preset, loss.info().id, &size.to_string(), &best])?;
        }
    }
    let bytes = writer.into_inner().map_err(|error| error.into_error())?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// A line for each winner's setting at an end of its range.
pub(super) fn warnings(winners: &[Winners]) -> String {
    let mut said = String::new();
    for of_loss in winners {
        for (draw, entry) in of_loss.entries.iter().enumerate() {
            for end in tune::at_ends(entry) {
                said += &format!(
                    "warning: {} {} of draw {} is {}, at an end of {} to {}: a wider range may have a better one\n",
                    of_loss.loss.info().name,
                    end.setting,
                    draw + 1,
                    end.value,
                    end.range.0,
                    end.range.1
                );
            }
        }
    }
    said
}

/// What the draws of one loss are worth, from one number of each seed; seeds that diverged count as the summary says.
fn over_draws(
    summaries: &[Option<Summary>],
    heat: usize,
    of: impl Fn(&HeatSummary) -> &[f64],
) -> Option<Nested> {
    let draws = summaries.iter().map(|summary| {
        let summary = summary.as_ref()?;
        Some(of(&summary.heats[heat]).to_vec())
    });
    nested(&draws.collect::<Option<Vec<_>>>()?)
}

/// The experiments of all draws, see [`Experiment::of_draws`].
fn experiments(experiment: &Experiment) -> Result<Vec<Experiment>, CliError> {
    if experiment.protocol() != Some(Protocol::Matched) {
        return Err(CliError::DrawsOfMatched);
    }
    let draws = experiment.of_draws();
    if draws.len() < 2 {
        return Err(CliError::OneDraw);
    }
    Ok(draws)
}

/// Races all draws' winners and prints intervals over draws.
pub(super) fn race(
    args: &RaceArgs,
    experiment: &Experiment,
    dataset: &Dataset,
) -> Result<ExitCode, CliError> {
    if args.conditions.link.is_some() {
        return Err(CliError::DrawsOfMatched);
    }
    let experiments = experiments(experiment)?;
    experiments.iter().try_for_each(super::check)?;
    let steps = run::lane_steps(&experiment.race(EvaluateOn::Test)) * experiments.len() as u64;
    let progress = bar(steps, "Racing");
    let started = Instant::now();
    let threads = args.conditions.threads();
    let recordings: Vec<_> = experiments
        .iter()
        .map(|experiment| record(experiment, EvaluateOn::Test, dataset, threads, &progress))
        .collect::<Result<_, _>>()?;
    progress.finish_and_clear();
    if let Some(path) = &args.json {
        let texts: Vec<String> = recordings
            .iter()
            .map(Recording::to_json)
            .collect::<Result<_, _>>()?;
        write(path, &format!("[{}]", texts.join(",\n")))?;
    }
    let summaries: Vec<_> = recordings
        .iter()
        .map(|recording| recording.summary_to(args.measure, args.area_to))
        .collect();
    let area = args
        .area_to
        .map_or_else(|| "area".to_owned(), |step| format!("area to {step}"));
    let heads = ["", &area, "between draws", "between seeds", "end"];
    let mut rows = vec![heads.map(str::to_owned).to_vec()];
    for (heat, entry) in experiment.entries.iter().enumerate() {
        let shown = |value: Option<f64>| {
            value.map_or_else(|| "–".to_owned(), |value| format!("{value:.4}"))
        };
        let interval = |of: Option<Nested>| {
            of.map_or_else(
                || "–".to_owned(),
                |of| format!("{:.4} ± {}", of.interval.mean, shown(of.interval.half)),
            )
        };
        let area = over_draws(&summaries, heat, |heat| &heat.areas);
        rows.push(vec![
            entry.loss.info().name.to_owned(),
            interval(area),
            shown(area.and_then(|area| area.between)),
            shown(area.and_then(|area| area.within)),
            interval(over_draws(&summaries, heat, |heat| &heat.ends)),
        ]);
    }
    print(&format!(
        "{} · {} draws\n\n{}\n{:.0} s\n",
        describe(experiment, dataset),
        recordings.len(),
        table::align(&rows),
        started.elapsed().as_secs_f64()
    ));
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{CurvePoint, HeatRecord, LanePoint, Measure};

    #[test]
    fn winners_are_numbered_from_the_middle_one() {
        let loss = LossKind::ProxyAnchor;
        let entries: Vec<Entry> = tune::trials(loss, 3, 0)
            .iter()
            .map(|lane| lane.entry(loss))
            .collect();
        let winners = |count: usize| Winners {
            loss,
            entries: entries[..count].to_vec(),
            scores: [0.5, 0.1, 0.3][..count].to_vec(),
        };
        let table = for_table(&[winners(3)]);
        let numbers: Vec<&str> = table.iter().map(|(number, _)| &**number).collect();
        assert_eq!(numbers, ["1", "2", "3"]);
        assert_eq!(table[0].1, entries[2]);
        assert_eq!(
            for_table(&[winners(1)]),
            [(String::new(), entries[0].clone())]
        );
    }

    #[test]
    fn every_draw_races_its_own_winner_with_seeds_of_its_own() {
        let mut experiment = Experiment::default_preset();
        experiment.entries.truncate(2);
        (experiment.seeds, experiment.first_seed) = (3, 40);
        let losses: Vec<LossKind> = experiment.entries.iter().map(|entry| entry.loss).collect();
        let draws: Vec<Vec<Tuned>> = [0.2, 0.5, 0.4]
            .into_iter()
            .enumerate()
            .map(|(draw, score)| {
                let tuned = losses.iter().map(|&loss| Tuned {
                    loss,
                    trials: tune::trials(loss, 1, draw as u64)
                        .into_iter()
                        .map(|lane| tune::Trial {
                            lane,
                            score: Some(score),
                        })
                        .collect(),
                    record: HeatRecord::new(experiment.entries[0].clone()),
                });
                tuned.collect()
            })
            .collect();
        let found = races(&experiment, &draws).unwrap();
        let seeds: Vec<u64> = found.iter().map(|race| race.first_seed).collect();
        assert_eq!(seeds, [40, 43, 46]);
        for (race, draw) in found.iter().zip(&draws) {
            for (entry, tuned) in race.entries.iter().zip(draw) {
                assert_eq!(*entry, tuned.trials[0].lane.entry(tuned.loss));
            }
        }
        assert_eq!(middle(&draws).unwrap(), found[2].entries);
    }

    #[test]
    fn a_seed_that_diverged_makes_a_draw_no_better() {
        let mut experiment = Experiment::default_preset();
        experiment.entries.truncate(1);
        experiment.seeds = 2;
        // One seed rises to 0.4; the other falls from 0.2 to 0.1 and then diverges.
        let mut recording = Recording::new(&experiment, "test");
        let lane = |value| Some(LanePoint::default().with(Measure::MapAtR, value));
        let points = [(0, lane(0.2)), (10, lane(0.1)), (20, None)];
        recording.heats[0].points = points
            .into_iter()
            .map(|(step, second)| CurvePoint {
                step,
                train_seconds: 1.0,
                samples: 0,
                lanes: vec![lane(0.02 * step as f32), second],
            })
            .collect();
        recording.heats[0].stopped.push((1, 15));
        let summaries = [(); 2].map(|()| recording.summary(Measure::MapAtR));
        let ends = over_draws(&summaries, 0, |heat| &heat.ends).unwrap();
        assert!((ends.interval.mean - 0.25).abs() < 1e-6, "{ends:?}");
        let areas = over_draws(&summaries, 0, |heat| &heat.areas).unwrap();
        assert!((areas.interval.mean - 0.1625).abs() < 1e-6, "{areas:?}");
    }

    #[test]
    fn a_race_of_draws_needs_draws_and_matched_settings() {
        let mut experiment = Experiment::default_preset();
        experiment.apply(Protocol::Own);
        let error = experiments(&experiment).unwrap_err();
        assert!(matches!(error, CliError::DrawsOfMatched));
    }
}
