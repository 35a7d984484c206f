//! Tables as text.

use kyori_text::{Language, Message, messages as text};
use unicode_width::UnicodeWidthStr;

use crate::loss::{Family, Learned, LossInfo, LossKind, Mining};
use crate::record::stats::Interval;
use crate::record::wording;
use crate::record::{
    Bootstrap, Cell, Clock, HeatSummary, Line, Measure, Peak, Reach, Recording, StepCost, Summary,
    WinMap,
};

/// Columns of text, the first one flush left, the others flush right. A terminal gives a letter of Japanese two places.
pub fn align(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        rows.iter()
            .filter_map(|row| row.get(column))
            .map(|cell| cell.width())
            .max()
    };
    let widths: Vec<usize> = (0..columns)
        .map(|column| width(column).unwrap_or(0))
        .collect();
    let mut out = String::new();
    for row in rows {
        let mut line = String::new();
        for (column, (cell, &width)) in row.iter().zip(&widths).enumerate() {
            let padding = " ".repeat(width - cell.width());
            match column {
                0 => line.extend([cell.as_str(), &padding]),
                _ => line.extend(["  ", &padding, cell]),
            }
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// `85 ± 9`, or `85` of one seed; as many digits as `decimals`.
fn plus_minus(interval: &Interval, decimals: usize) -> String {
    match interval.half {
        Some(half) => format!("{:.decimals$} ± {half:.decimals$}", interval.mean),
        None => format!("{:.decimals$}", interval.mean),
    }
}

fn interval(interval: Option<Interval>, decimals: usize) -> String {
    interval.map_or_else(
        || "–".to_owned(),
        |interval| plus_minus(&interval, decimals),
    )
}

/// A row for each cell of a map: who was fastest there and how safely, and who was next.
pub fn map(map: &WinMap) -> String {
    let heads = [
        "batches",
        "classes",
        "steps",
        "fastest",
        "steps to 90 %",
        "safely",
        "p",
        "next",
        "steps to 90 %",
    ];
    let mut rows = vec![heads.map(str::to_owned).to_vec()];
    rows.extend(map.cells.iter().map(|cell| cell_row(map, cell)));
    align(&rows)
}

fn cell_row(map: &WinMap, cell: &Cell) -> Vec<String> {
    let none = || "–".to_owned();
    let steps = |loss: Option<usize>| {
        let mean = loss.and_then(|loss| *cell.steps_to_90.get(loss)?);
        let half = loss.and_then(|loss| *cell.half.get(loss)?);
        let count = mean.map(|mean| crate::record::stats::Interval {
            mean,
            half,
            count: map.repeats,
        });
        interval(count, 0)
    };
    let fastest = map
        .losses
        .iter()
        .position(|loss| Some(*loss) == cell.fastest);
    let others = (0..map.losses.len()).filter(|loss| Some(*loss) != fastest);
    let there = others.filter_map(|loss| Some((loss, (*cell.steps_to_90.get(loss)?)?)));
    let next = there
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(loss, _)| loss);
    let name = |loss: Option<usize>| {
        loss.map_or_else(none, |loss| map.losses[loss].info().name.to_owned())
    };
    vec![
        cell.sampler.to_string(),
        cell.train_classes.to_string(),
        cell.steps.to_string(),
        name(fastest),
        steps(fastest),
        if cell.shown { "yes" } else { "no" }.to_owned(),
        cell.p.map_or_else(none, |p| format!("{p:.4}")),
        name(next),
        steps(next),
    ]
}

/// With how many of the seeds got there. The mean of fewer than half is that of the lucky ones, and left out.
fn reached(reach: &Reach, value: Option<Interval>, decimals: usize) -> String {
    let (reached, seeds) = (reach.reached, reach.seeds);
    match value.filter(|_| reach.is_of_most()) {
        Some(value) => format!("{} ({reached}/{seeds})", plus_minus(&value, decimals)),
        None => format!("– ({reached}/{seeds})"),
    }
}

/// `0.407 ± 0.009 (400)`
fn peak(peak: Option<Peak>) -> String {
    peak.map_or_else(
        || "–".to_owned(),
        |peak| format!("{} ({})", plus_minus(&peak.value, 3), peak.step),
    )
}

/// The curves in numbers: speed by `measure`, then value at the end, peak and area of Recall@1 and MAP@R; mean ± 95 %
/// confidence interval over the seeds. Empty before the first evaluation.
pub fn summary(
    t: Language,
    recording: &Recording,
    measure: Measure,
    area_to: Option<u32>,
) -> String {
    let of = |measure| recording.summary_to(measure, area_to);
    let (Some(speed), Some(recall), Some(map)) =
        (of(measure), of(Measure::RecallAt1), of(Measure::MapAtR))
    else {
        return String::new();
    };
    let head = |columns: Vec<Message>| -> Vec<String> {
        let columns = columns.iter().map(|column| t.say(column).into_owned());
        [String::new()].into_iter().chain(columns).collect()
    };
    let steps = speed.lines.iter().map(|line| match *line {
        Line::Level(level) => text::table_steps_to_level(level),
        Line::OfBest { share, .. } => text::table_steps_to_share(100.0 * share),
    });
    let seconds = match speed.lines[speed.target] {
        Line::Level(level) => text::table_seconds_to_level(level),
        Line::OfBest { share, .. } => text::table_seconds_to_share(100.0 * share),
    };
    let cost = speed.clock().map(|cost| text::table_step_cost(cost.lanes));
    let mut speed_rows = vec![head(steps.chain([seconds]).chain(cost).collect())];
    let values = |measure| {
        [
            text::table_at_the_end(wording::measure(measure)),
            text::table_at_the_peak(),
            text::table_area(speed.area_to),
        ]
    };
    let columns = [Measure::RecallAt1, Measure::MapAtR].map(values).concat();
    let mut value_rows = vec![head(columns)];
    let rows = speed.heats.iter().zip(&recall.heats).zip(&map.heats);
    for ((heat, recall), map) in rows {
        let steps = heat
            .reach
            .iter()
            .map(|reach| reached(reach, reach.steps, 0));
        let target = &heat.reach[speed.target];
        let seconds = reached(target, target.seconds, 3);
        speed_rows.push(
            [label(t, heat)]
                .into_iter()
                .chain(steps)
                .chain([seconds])
                .chain(heat.cost.as_ref().map(step_cost))
                .collect(),
        );
        let values = |heat: &HeatSummary| {
            [
                interval(heat.last, 3),
                peak(heat.peak),
                interval(heat.area, 3),
            ]
        };
        let row = [
            vec![label(t, heat)],
            values(recall).to_vec(),
            values(map).to_vec(),
        ];
        value_rows.push(row.concat());
    }
    format!(
        "{}\n{}\n{}",
        t.say(text::table_speed(speed.best, wording::measure(measure))),
        align(&speed_rows),
        align(&value_rows)
    )
}

/// `1.692 ± 0.021, 1.310 ± 0.012`: a step of one run alone, and of one among those that train together.
fn step_cost(cost: &StepCost) -> String {
    let [alone, among] = [cost.alone, cost.among].map(|time| plus_minus(&time.interval(), 3));
    format!("{alone}, {among}")
}

/// How far each loss is behind the best at the end, with what each interval covers. Nothing where there are not two losses
/// to compare.
pub fn bootstrap(
    t: Language,
    names: &[String],
    measure: Measure,
    found: &Bootstrap,
    resamples: usize,
) -> String {
    let best = &names[found.best];
    let columns = [
        text::table_behind(best, wording::measure(measure)),
        text::table_over_seeds(),
        text::table_over_classes(),
        text::table_over_both(),
        text::table_seeds(),
    ];
    let columns = columns.iter().map(|column| t.say(column).into_owned());
    let mut rows: Vec<Vec<String>> = vec![[String::new()].into_iter().chain(columns).collect()];
    let range = |low: f64, high: f64| format!("{low:+.3} … {high:+.3}");
    rows.extend(found.others.iter().map(|other| {
        let Interval { mean, half, count } = other.seeds;
        vec![
            names[other.heat].clone(),
            format!("{mean:+.3}"),
            half.map_or_else(|| "–".to_owned(), |half| range(mean - half, mean + half)),
            range(other.classes.low, other.classes.high),
            range(other.both.low, other.both.high),
            count.to_string(),
        ]
    }));
    let covers = text::table_intervals_cover(found.classes, resamples);
    format!("{}{}\n", align(&rows), t.say(covers))
}

/// What the seconds of [`summary`] are.
pub fn what_seconds_are(summary: Option<&Summary>) -> Message {
    match summary.and_then(Summary::clock) {
        Some(StepCost { clock, alone, .. }) => {
            let clock = match clock {
                Clock::Processor => "processor",
                Clock::Wall => "wall",
            };
            text::table_seconds_calibrated(clock, alone.rounds)
        }
        None => text::table_seconds_of_the_race(),
    }
}

fn label(t: Language, heat: &HeatSummary) -> String {
    match heat.stopped {
        0 => heat.name.clone(),
        stopped => t
            .say(text::table_stopped(stopped, &heat.name, heat.seeds))
            .into_owned(),
    }
}

/// All losses of the registry as a Markdown table.
pub fn losses() -> String {
    let mut out = String::from(
        "| id | loss | family | learns | mining | hyperparameters (default, range) | cost | paper |\n|---|---|---|---|---|---|---|---|\n",
    );
    let english = Language::english();
    for &kind in LossKind::ALL {
        let info = kind.info();
        let family = match info.family {
            Family::Pair => "pairs",
            Family::Triplet => "triplets",
            Family::Proxy => "proxies",
            Family::Softmax => "softmax",
        };
        let learns = match info.learned {
            Learned::None => "–",
            Learned::ClassVectors => "a vector a class",
            Learned::ClassVectorsAndBias => "a vector and a bias a class",
            Learned::Centres(_) => "several vectors a class",
        };
        let mining = match info.mining {
            Mining::None => "–",
            Mining::SemiHard => "semi-hard triplets",
            Mining::BatchHard => "hardest of the batch",
            Mining::MultiSimilarity => "hard pairs",
            Mining::NPair => "a pair a class",
        };
        out.push_str(&format!(
            "| `{}` | {} | {family} | {learns} | {mining} | {} | {} | {} |\n",
            info.id,
            info.name,
            parameters(info),
            english.say(text::loss_cost(info.id)),
            paper(info),
        ));
    }
    out
}

fn parameters(info: &LossInfo) -> String {
    let each = info
        .params
        .iter()
        .map(|p| format!("`{}` {}{} ({}–{})", p.key, p.default, p.unit, p.min, p.max));
    let all = each.collect::<Vec<_>>().join(", ");
    if all.is_empty() {
        "–".to_owned()
    } else {
        all
    }
}

fn paper(info: &LossInfo) -> String {
    let paper = &info.paper;
    let arxiv = paper
        .arxiv
        .map_or_else(String::new, |arxiv| format!(", arXiv {arxiv}"));
    format!("{}, {}{arxiv}", paper.authors, paper.year)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_whatever_the_letters() {
        let rows = [
            vec!["損失".to_owned(), "1 ± 2".to_owned()],
            vec!["a".to_owned(), "100".to_owned()],
        ];
        assert_eq!(align(&rows), "損失  1 ± 2\na       100\n");
        assert_eq!(align(&[]), "");
    }

    /// Every time says how many of the seeds it is of, and no time is of fewer than half of them.
    #[test]
    fn times_say_how_many_seeds_they_are_of() {
        use crate::record::Recording;
        const RACE: &str = include_str!("../../tests/fixtures/recording_synthetic.json");
        let recording = Recording::from_json(RACE).unwrap();
        let seeds = recording.experiment.seeds;
        let text = summary(Language::english(), &recording, Measure::MapAtR, None);
        let found = recording.summary(Measure::MapAtR).unwrap();
        let mut rows = text.lines().skip(2);
        for heat in &found.heats {
            let row = rows.next().unwrap();
            assert!(row.starts_with(&heat.name), "{text}");
            let told = row.matches(&format!("/{seeds})")).count();
            assert_eq!(told, found.lines.len() + 1, "{text}");
            let shown = row.matches('–').count();
            let few = |reach: &&Reach| !reach.is_of_most();
            let few_at_target = usize::from(!heat.reach[found.target].is_of_most());
            assert_eq!(shown, heat.reach.iter().filter(few).count() + few_at_target);
        }
        assert!(text.contains("at its peak (step)") && text.contains("mean to step"));
    }

    #[test]
    fn the_cost_of_a_step_is_a_column_where_it_was_measured() {
        use crate::record::{Recording, StepTime};
        const RACE: &str = include_str!("../../tests/fixtures/recording_synthetic.json");
        let t = Language::english();
        let mut recording = Recording::from_json(RACE).unwrap();
        let without = summary(t, &recording, Measure::MapAtR, None);
        assert!(!without.contains("ms a step"), "{without}");
        let found = |recording: &Recording| recording.summary(Measure::MapAtR);
        let seconds = |recording: &Recording| {
            t.say(what_seconds_are(found(recording).as_ref()))
                .into_owned()
        };
        assert!(seconds(&recording).contains("part of the time that its loss trained"));
        for heat in &mut recording.heats {
            let time = |milliseconds| StepTime {
                milliseconds,
                error: 0.01,
                rounds: 11,
            };
            heat.cost = Some(StepCost {
                clock: Clock::Processor,
                alone: time(1.5),
                lanes: 5,
                among: time(1.25),
            });
        }
        let with = summary(t, &recording, Measure::MapAtR, None);
        assert!(with.contains("ms a step (1, 5 lanes)"), "{with}");
        let rows = with.matches("1.500 ± 0.022, 1.250 ± 0.022").count();
        assert_eq!(rows, recording.heats.len(), "{with}");
        let said = seconds(&recording);
        assert!(said.contains("11 rounds by the processor time"), "{said}");
    }

    #[test]
    fn differences_say_what_their_intervals_cover() {
        use crate::record::{Behind, Range};
        let range = |low, high| Range { low, high };
        let found = Bootstrap {
            best: 1,
            others: vec![Behind {
                heat: 0,
                seeds: Interval {
                    mean: 0.021,
                    half: Some(0.005),
                    count: 9,
                },
                classes: range(0.01, 0.032),
                both: range(-0.002, 0.04),
            }],
            classes: 62,
        };
        let names = ["NCA".to_owned(), "Circle".to_owned()];
        let said = |t| bootstrap(t, &names, Measure::MapAtR, &found, 1000);
        let text = said(Language::english());
        let [head, row, covers] = text.lines().collect::<Vec<_>>()[..] else {
            panic!("{text}")
        };
        assert!(head.contains("MAP@R behind Circle"), "{head}");
        let cells: Vec<&str> = row.split("  ").filter(|cell| !cell.is_empty()).collect();
        let cells: Vec<&str> = cells.into_iter().map(str::trim).collect();
        let expected = [
            "NCA",
            "+0.021",
            "+0.016 … +0.026",
            "+0.010 … +0.032",
            "-0.002 … +0.040",
            "9",
        ];
        assert_eq!(cells, expected);
        assert!(covers.contains("these 62 test classes") && covers.contains("1000 resamples"));
        let japanese = said(Language::built_in("ja").unwrap());
        assert!(japanese.contains("この 62 のまま"), "{japanese}");
    }

    #[test]
    fn every_loss_has_a_row() {
        let table = losses();
        for &kind in LossKind::ALL {
            assert!(table.contains(&format!("| `{}` | {} |", kind.info().id, kind.info().name)));
        }
        assert_eq!(table.lines().count(), 2 + LossKind::ALL.len());
        assert!(
            table.lines().all(|line| line.matches('|').count() == 9),
            "{table}"
        );
    }

    #[test]
    fn the_readmes_print_the_map_that_ships() {
        const MAP: &str = include_str!("../../assets/maps/glyphs.json");
        let found: WinMap = serde_json::from_str(MAP).unwrap();
        for (readme, id) in [
            (include_str!("../../README.md"), "en"),
            (include_str!("../../README.ja.md"), "ja"),
        ] {
            let t = Language::built_in(id).unwrap();
            let told = t.say(wording::map(&found.told())).into_owned();
            assert!(readme.contains(&map(&found)), "{id}:\n{}", map(&found));
            assert!(readme.contains(&told), "{id}: {told}");
            assert!(readme.contains(&found.command), "{id}: {}", found.command);
        }
    }
}
