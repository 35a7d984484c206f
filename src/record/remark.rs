//! What is to be said of a race, as facts. The words are in `wording`.

use super::stats::Interval;
use super::verdict::{Ending, Finding, InSteps};
use super::{HeatRecord, Measure, Peak, Ranking, Summary};

/// One thing that is to be said of a race.
#[derive(Clone, Debug, PartialEq)]
pub enum Remark {
    /// Learning rates were changed while these losses trained, after these steps: the race compares nothing.
    Unfair { changed: Vec<(String, u32)> },
    /// Who has the best value, compared at the last step that all have reached.
    Ahead {
        measure: Measure,
        step: u32,
        value: f64,
        /// More than one where they look the same.
        leaders: Vec<String>,
        /// The best of the others.
        next: Option<(String, f64)>,
        /// The race goes on, so that nobody has been faster yet.
        running: bool,
    },
    /// At the end no loss is better than the untrained network.
    NotImproved {
        measure: Measure,
        untrained: f64,
        best: f64,
    },
    /// The fastest loss against another.
    Finding(Finding),
    /// The same two by the seconds of one run.
    Seconds(Finding),
    /// Who is best at the end.
    Ending(Ending),
    /// This loss ends clearly below its best.
    Fell {
        loss: String,
        peak: Peak,
        last: Interval,
    },
    /// Seeds of this loss ended early, and count with the worst value that they had.
    Diverged {
        loss: String,
        stopped: usize,
        seeds: usize,
    },
}

impl Remark {
    /// Whether it is one of the two things that are always said of a race that is over: the speed, and the end.
    pub fn is_verdict(&self) -> bool {
        matches!(self, Self::Finding(_) | Self::Ending(_))
    }
}

/// What is to be said of a race, the most important first: of a race that is over the speed of the fastest against the next,
/// and the end; then the other comparisons. While it runs, the best is not known, and so nobody has been
/// faster yet; where rates were changed on the way, a test would test nothing.
pub fn remarks(
    names: &[String],
    records: &[&HeatRecord],
    summary: Option<&Summary>,
    finished: bool,
) -> Vec<Remark> {
    let unfair = unfair(names, records);
    let ahead = |running| {
        let measure = summary?.measure;
        ahead(names, &Ranking::of(records, measure)?, running)
    };
    let rest: Vec<Remark> = match summary {
        None => Vec::new(),
        Some(_) if !finished || unfair.is_some() => ahead(!finished).into_iter().collect(),
        Some(summary) if !summary.improved() => vec![Remark::NotImproved {
            measure: summary.measure,
            untrained: summary.untrained,
            best: summary.best,
        }],
        Some(summary) => verdicts(summary),
    };
    let diverged = summary.filter(|_| finished).map(diverged);
    let rest = rest.into_iter().chain(diverged.unwrap_or_default());
    unfair.into_iter().chain(rest).collect()
}

/// Speed and end, speed in seconds, then the other comparisons of speed, in seconds where these say something else, then who
/// fell.
fn verdicts(summary: &Summary) -> Vec<Remark> {
    let verdict = summary.clone().verdict();
    let findings = verdict
        .map(|verdict| verdict.findings())
        .unwrap_or_default();
    let mut findings = findings.into_iter();
    let first = findings.next();
    let in_seconds = first.clone().filter(|found| found.in_steps().is_some());
    let others = findings.flat_map(|found| {
        let unlike = found.in_steps().is_some_and(|it| it != InSteps::Alike);
        let seconds = unlike.then(|| Remark::Seconds(found.clone()));
        std::iter::once(Remark::Finding(found)).chain(seconds)
    });
    let ending = summary.ending().map(Remark::Ending);
    let fell = summary.heats.iter().filter_map(|heat| {
        let (peak, last) = (heat.peak?, heat.last?);
        let far = (peak.value.mean - last.mean).abs() > summary.equal_values();
        far.then(|| Remark::Fell {
            loss: heat.name.clone(),
            peak,
            last,
        })
    });
    let first = first.map(Remark::Finding).into_iter();
    first
        .chain(ending)
        .chain(in_seconds.map(Remark::Seconds))
        .chain(others)
        .chain(fell)
        .collect()
}

fn diverged(summary: &Summary) -> Vec<Remark> {
    let some = summary.heats.iter().filter(|heat| heat.stopped > 0);
    some.map(|heat| Remark::Diverged {
        loss: heat.name.clone(),
        stopped: heat.stopped,
        seeds: heat.seeds,
    })
    .collect()
}

fn unfair(names: &[String], records: &[&HeatRecord]) -> Option<Remark> {
    let changed: Vec<(String, u32)> = names
        .iter()
        .zip(records)
        .filter_map(|(name, record)| Some((name.clone(), record.rates_changed_after()?)))
        .collect();
    (!changed.is_empty()).then_some(Remark::Unfair { changed })
}

fn ahead(names: &[String], ranking: &Ranking, running: bool) -> Option<Remark> {
    let leaders = ranking.leaders();
    let name = |heat: usize| names[heat].clone();
    Some(Remark::Ahead {
        measure: ranking.measure,
        step: ranking.step,
        value: leaders.first()?.value,
        leaders: leaders.iter().map(|place| name(place.heat)).collect(),
        next: ranking
            .places
            .get(leaders.len())
            .map(|place| (name(place.heat), place.value)),
        running,
    })
}

#[cfg(test)]
mod tests {
    use super::super::recording::tests::{linear, set, with_costs};
    use super::super::{Rates, Recording};
    use super::*;

    fn of(recording: &Recording, finished: bool) -> Vec<Remark> {
        let records: Vec<&HeatRecord> = recording.heats.iter().collect();
        let summary = recording.summary(Measure::MapAtR);
        remarks(&recording.names(), &records, summary.as_ref(), finished)
    }

    #[test]
    fn a_running_race_has_leaders_and_a_finished_one_a_verdict() {
        let mut recording = linear(&[&[200.0], &[200.0], &[400.0]], 0.5);
        // One more evaluation of the first than of the others.
        for heat in 0..3 {
            recording.heats[heat]
                .points
                .truncate(if heat == 0 { 4 } else { 3 });
        }
        let names = recording.names();
        let [
            Remark::Ahead {
                step,
                leaders,
                next: Some((next, _)),
                running: true,
                ..
            },
        ] = &of(&recording, false)[..]
        else {
            panic!("{:?}", of(&recording, false))
        };
        assert_eq!((*step, &leaders[..], next), (40, &names[..2], &names[2]));
        let recording = linear(&[&[200.0, 210.0], &[400.0, 390.0]], 0.5);
        let said = of(&recording, true);
        assert!(matches!(said[..], [Remark::Finding(_), Remark::Ending(_)]));
        assert!(said.iter().all(Remark::is_verdict));
        let three = linear(&[&[200.0, 210.0], &[400.0, 390.0], &[300.0, 310.0]], 0.5);
        assert!(matches!(
            of(&three, true)[..],
            [Remark::Finding(_), Remark::Ending(_), Remark::Finding(_)]
        ));
    }

    /// Of the fastest and the next always, of the others where they differ from steps.
    #[test]
    fn seconds_are_told_of_where_their_cost_is_known() {
        let mut three = linear(
            &[
                &[100.0, 101.0, 102.0],
                &[140.0, 141.0, 142.0],
                &[200.0, 201.0, 202.0],
            ],
            0.5,
        );
        with_costs(&mut three, &[2.0, 2.0, 2.0], 0.001);
        assert!(matches!(
            of(&three, true)[..],
            [
                Remark::Finding(_),
                Remark::Ending(_),
                Remark::Seconds(_),
                Remark::Finding(_)
            ]
        ));
        with_costs(&mut three, &[2.0, 2.0, 0.5], 0.001);
        let said = of(&three, true);
        let [.., Remark::Finding(found), Remark::Seconds(seconds)] = &said[..] else {
            panic!("{said:?}")
        };
        assert_eq!(found, seconds);
        assert_eq!(found.in_steps(), Some(InSteps::Reversed));
    }

    #[test]
    fn a_loss_that_fell_and_seeds_that_diverged_are_told_of() {
        let mut recording = linear(&[&[100.0, 110.0], &[200.0, 210.0]], 0.5);
        for lane in 0..2 {
            set(&mut recording, 0, 20, lane, 0.45);
        }
        recording.heats[1].stopped = vec![(1, 100)];
        for point in &mut recording.heats[1].points[5..] {
            point.lanes[1] = None;
        }
        let names = recording.names();
        let said = of(&recording, true);
        let fell = said.iter().find_map(|remark| match remark {
            Remark::Fell { loss, peak, last } if *loss == names[0] => Some((peak.step, last.mean)),
            _ => None,
        });
        assert_eq!(fell.map(|(step, _)| step), Some(120));
        assert!((fell.unwrap().1 - 0.45).abs() < 1e-6);
        assert_eq!(
            said.last(),
            Some(&Remark::Diverged {
                loss: names[1].clone(),
                stopped: 1,
                seeds: 2
            })
        );
    }

    #[test]
    fn a_race_with_changed_rates_has_no_test() {
        let mut recording = linear(&[&[100.0, 104.0], &[300.0, 304.0]], 0.5);
        let rates = Rates {
            after_step: 60,
            lr: 0.5,
            proxy_lr_factor: 1.0,
        };
        recording.heats[1].rates.push(rates);
        let said = of(&recording, true);
        let [
            Remark::Unfair { changed },
            Remark::Ahead { running: false, .. },
        ] = &said[..]
        else {
            panic!("{said:?}")
        };
        assert_eq!(changed[..], [(recording.names()[1].clone(), 60)]);
    }

    #[test]
    fn a_race_that_taught_nothing_says_so() {
        let mut recording = linear(&[&[400.0], &[400.0]], 0.5);
        for heat in &mut recording.heats {
            let flat = heat.points[3].lanes.clone();
            heat.points
                .iter_mut()
                .for_each(|point| point.lanes.clone_from(&flat));
        }
        assert!(matches!(
            of(&recording, true)[..],
            [Remark::NotImproved { .. }]
        ));
    }
}
