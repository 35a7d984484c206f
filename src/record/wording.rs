//! The words for what is said of a race: the only place that makes sentences of it.

use super::Remark;
use super::stats::Interval;
use super::verdict::{Arrival, Finding, Outcome, Test};

/// A remark as a sentence.
pub fn remark(remark: &Remark) -> String {
    match remark {
        Remark::Unfair { changed } => {
            let whose: Vec<String> = changed
                .iter()
                .map(|(name, step)| format!("{name} after step {step}"))
                .collect();
            format!(
                "Learning rates were changed during the race ({}): no fair comparison.",
                whose.join(", ")
            )
        }
        Remark::Ahead {
            measure,
            step,
            value,
            leaders,
            next,
            running,
        } => {
            let has = if leaders.len() > 1 { "share" } else { "has" };
            let next = match next {
                Some((name, value)) => format!(", then {name} with {value:.3}"),
                None => String::new(),
            };
            let end = if *running {
                " The verdict comes at the end."
            } else {
                ""
            };
            format!(
                "After {step} steps {} {has} the highest {}, {value:.3}{next}.{end}",
                and(leaders),
                measure.name()
            )
        }
        Remark::NotImproved {
            measure,
            untrained,
            best,
        } => format!(
            "Training has improved no loss here: before the first step {} was {untrained:.3}, at the end the best has {best:.3}.",
            measure.name()
        ),
        Remark::Finding(found) => finding(found),
    }
}

/// A comparison of the verdict as a sentence.
pub fn finding(finding: &Finding) -> String {
    let Finding {
        measure,
        share,
        fastest,
        other,
        ..
    } = finding;
    let name = &other.name;
    let there = match &other.steps {
        Some(steps) => format!("{name} after {}{}", plus_minus(steps, 0), seeds(other)),
        None => format!("{name} in no seed"),
    };
    let tested = |p: f64, test: Test| {
        let holm = if finding.corrected { ", Holm" } else { "" };
        format!("{} ({}{holm})", p_text(p), test_name(test))
    };
    let end = match finding.outcome {
        Outcome::Faster { p, test } => format!("{there}: faster, {}", tested(p, test)),
        Outcome::NotShown { p, test } => {
            format!("{there}: no difference shown, {}", tested(p, test))
        }
        Outcome::OneSeed => format!("{there}: no difference shown, one seed is not enough"),
        Outcome::Never { .. } => format!("{name} not within {} steps", finding.steps),
    };
    format!(
        "{} reached {:.0} % of the best {} after {} steps{}, {end}.",
        fastest.name,
        100.0 * share,
        measure.name(),
        fastest
            .steps
            .map(|steps| plus_minus(&steps, 0))
            .expect("there is no verdict where no seed of the fastest got there"),
        seeds(fastest)
    )
}

/// How many seeds got there, where not all did.
fn seeds(arrival: &Arrival) -> String {
    if arrival.reached == arrival.seeds {
        String::new()
    } else {
        format!(" ({} of {} seeds)", arrival.reached, arrival.seeds)
    }
}

/// `A`, `A and B`, `A, B and C`.
fn and(names: &[String]) -> String {
    match names {
        [rest @ .., last] if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        names => names.join(""),
    }
}

fn test_name(test: Test) -> &'static str {
    match test {
        Test::Welch => "Welch",
        Test::RankSum => "rank sum",
    }
}

/// `85 ± 9`, or `85` of one seed; as many digits as `decimals`.
pub fn plus_minus(interval: &Interval, decimals: usize) -> String {
    match interval.half {
        Some(half) => format!("{:.decimals$} ± {half:.decimals$}", interval.mean),
        None => format!("{:.decimals$}", interval.mean),
    }
}

/// `p < 0.01`, or the number where it is not small.
fn p_text(p: f64) -> String {
    match p {
        p if p < 0.001 => "p < 0.001".to_owned(),
        p if p < 0.01 => "p < 0.01".to_owned(),
        p if p < 0.05 => "p < 0.05".to_owned(),
        p => format!("p = {p:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Measure;
    use super::*;

    #[test]
    fn p_is_rounded_to_what_it_says() {
        assert_eq!(
            ["p < 0.001", "p < 0.01", "p < 0.05", "p = 0.05", "p = 0.23"],
            [0.0005, 0.009, 0.04, 0.05, 0.234].map(p_text)[..]
        );
    }

    #[test]
    fn who_is_ahead_is_a_sentence_also_where_several_are() {
        let ahead = |leaders: &[&str], next: Option<(&str, f64)>, running| Remark::Ahead {
            measure: Measure::RecallAt1,
            step: 20,
            value: 0.2704,
            leaders: leaders.iter().map(|&name| name.to_owned()).collect(),
            next: next.map(|(name, value)| (name.to_owned(), value)),
            running,
        };
        assert_eq!(
            remark(&ahead(&["NCA", "Circle"], None, false)),
            "After 20 steps NCA and Circle share the highest Recall@1, 0.270."
        );
        assert_eq!(
            remark(&ahead(&["NCA"], Some(("Circle", 0.25)), true)),
            "After 20 steps NCA has the highest Recall@1, 0.270, then Circle with 0.250. The verdict comes at the end."
        );
    }
}
