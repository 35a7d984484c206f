//! The sentences for what is said of a race, before they have a language: the only place that makes them.

use kyori_text::{Message, Value, messages as text};

use super::stats::Interval;
use super::verdict::{Arrival, Finding, Outcome, Test};
use super::{Measure, Remark};

/// A measure's name.
pub fn measure(measure: Measure) -> Message {
    text::measure_name(measure.id())
}

/// A remark as a sentence.
pub fn remark(remark: &Remark) -> Message {
    match remark {
        Remark::Unfair { changed } => {
            let changes = changed
                .iter()
                .map(|(loss, step)| text::verdict_unfair_change(loss, *step));
            text::verdict_unfair(changes.collect::<Vec<_>>())
        }
        Remark::Ahead {
            measure: by,
            step,
            value,
            leaders,
            next,
            running,
        } => {
            let count = leaders.len();
            let leaders: Vec<Value> = leaders.iter().map(Value::from).collect();
            let next = match next {
                Some((loss, value)) => text::verdict_next(loss, *value),
                None => Message::default(),
            };
            if *running {
                text::verdict_ahead_so_far(count, leaders, measure(*by), next, *step, *value)
            } else {
                text::verdict_ahead(count, leaders, measure(*by), next, *step, *value)
            }
        }
        Remark::NotImproved {
            measure: by,
            untrained,
            best,
        } => text::verdict_not_improved(*best, measure(*by), *untrained),
        Remark::Finding(found) => finding(found),
    }
}

/// A comparison of the verdict as a sentence.
pub fn finding(finding: &Finding) -> Message {
    let fastest = &finding.fastest;
    let steps = fastest
        .steps
        .map(|steps| interval(&steps))
        .expect("there is no verdict where no seed of the fastest got there");
    let other = match &finding.other.steps {
        Some(steps) => {
            text::verdict_other(&finding.other.name, seeds(&finding.other), interval(steps))
        }
        None => text::verdict_other_none(&finding.other.name),
    };
    let (name, by) = (&fastest.name, measure(finding.measure));
    let (percent, seeds) = (100.0 * finding.share, seeds(fastest));
    let tested = |p, test| tested(p, test, finding.corrected);
    match finding.outcome {
        Outcome::Faster { p, test } => {
            text::verdict_faster(name, by, other, percent, seeds, steps, tested(p, test))
        }
        Outcome::NotShown { p, test } => {
            text::verdict_not_shown(name, by, other, percent, seeds, steps, tested(p, test))
        }
        Outcome::OneSeed => text::verdict_one_seed(name, by, other, percent, seeds, steps),
        Outcome::Never { .. } => {
            let (end, other) = (finding.steps, &finding.other.name);
            text::verdict_never(end, name, by, other, percent, seeds, steps)
        }
    }
}

/// How many seeds got there, where not all did.
fn seeds(arrival: &Arrival) -> Message {
    if arrival.reached == arrival.seeds {
        Message::default()
    } else {
        text::verdict_seeds(arrival.reached, arrival.seeds)
    }
}

/// `85 ± 9`, or `85` of one seed.
fn interval(interval: &Interval) -> Message {
    match interval.half {
        Some(half) => text::verdict_interval(half, interval.mean),
        None => text::verdict_single(interval.mean),
    }
}

/// The test and what it says.
fn tested(p: f64, test: Test, corrected: bool) -> Message {
    let corrected = if corrected { "yes" } else { "no" };
    let test = match test {
        Test::Welch => "welch",
        Test::RankSum => "rank-sum",
    };
    text::verdict_tested(corrected, p_text(p), test)
}

/// `p < 0.01`, or the number where it is not small.
fn p_text(p: f64) -> Message {
    match [0.001, 0.01, 0.05].into_iter().find(|limit| p < *limit) {
        Some(limit) => text::verdict_p_below(limit),
        None => text::verdict_p(p),
    }
}

#[cfg(test)]
mod tests {
    use kyori_text::Language;

    use super::*;

    fn english(message: Message) -> String {
        Language::english().say(message).into_owned()
    }

    fn japanese(message: Message) -> String {
        let language = Language::built_in("ja").expect("there is Japanese");
        language.say(message).into_owned()
    }

    #[test]
    fn every_measure_has_its_texts_and_every_text_its_measure() {
        let of =
            |&measure: &Measure| [super::measure(measure), text::measure_meaning(measure.id())];
        let wanted: Vec<Message> = Measure::ALL.iter().flat_map(of).collect();
        let t = Language::english();
        for message in &wanted {
            assert!(t.has(message), "write {} into assets/text", message.key());
        }
        for key in t.keys().filter(|key| key.starts_with("measure-")) {
            let known = wanted.iter().any(|message| message.key() == key);
            assert!(known, "nothing asks for {key}");
        }
    }

    #[test]
    fn p_is_rounded_to_what_it_says() {
        assert_eq!(
            ["p < 0.001", "p < 0.01", "p < 0.05", "p = 0.05", "p = 0.23"],
            [0.0005, 0.009, 0.04, 0.05, 0.234].map(|p| english(p_text(p)))[..]
        );
    }

    #[test]
    fn who_is_ahead_is_a_sentence_also_where_several_are() {
        let ahead = |leaders: &[&str], next: Option<(&str, f64)>, running| {
            remark(&Remark::Ahead {
                measure: Measure::RecallAt1,
                step: 20,
                value: 0.2704,
                leaders: leaders.iter().map(|&name| name.to_owned()).collect(),
                next: next.map(|(name, value)| (name.to_owned(), value)),
                running,
            })
        };
        let shared = ahead(&["NCA", "Circle"], None, false);
        assert_eq!(
            english(shared.clone()),
            "After 20 steps NCA and Circle share the highest Recall@1, 0.270."
        );
        assert_eq!(
            japanese(shared),
            "20 ステップの時点で Recall@1 がいちばん高いのは、同点で NCA、Circle です。値は 0.270 です。"
        );
        let alone = ahead(&["NCA"], Some(("Circle", 0.25)), true);
        assert_eq!(
            english(alone.clone()),
            "After 20 steps NCA has the highest Recall@1, 0.270, then Circle with 0.250. The verdict comes at the end."
        );
        assert_eq!(
            japanese(alone),
            "20 ステップの時点で Recall@1 がいちばん高いのは NCA です。値は 0.270 です (次は Circle、0.250)。判定は最後に出ます。"
        );
    }

    fn arrival(name: &str, steps: Option<(f64, Option<f64>)>, reached: usize) -> Arrival {
        let steps = steps.map(|(mean, half)| Interval {
            mean,
            half,
            count: reached,
        });
        Arrival {
            name: name.into(),
            steps,
            reached,
            seeds: 10,
        }
    }

    fn found(fastest: Arrival, other: Arrival, outcome: Outcome, corrected: bool) -> Finding {
        Finding {
            measure: Measure::MapAtR,
            share: 0.9,
            fastest,
            other,
            outcome,
            corrected,
            steps: 400,
        }
    }

    /// Every kind of comparison in both languages. The first is the command line's output in README.md.
    #[test]
    fn every_comparison_is_a_sentence_in_every_language() {
        let all = |name, mean, half| arrival(name, Some((mean, Some(half))), 10);
        let (welch, ranks) = (Test::Welch, Test::RankSum);
        let cases = [
            (
                found(
                    all("Proxy Anchor", 264.4, 18.0),
                    all("Proxy-NCA", 267.0, 22.6),
                    Outcome::NotShown {
                        p: 0.85,
                        test: welch,
                    },
                    true,
                ),
                "Proxy Anchor reached 90 % of the best MAP@R after 264 ± 18 steps, Proxy-NCA after 267 ± 23: no difference shown, p = 0.85 (Welch, Holm).",
                "最高の MAP@R の 90% に届くまで、Proxy Anchor は 264 ± 18 ステップ、Proxy-NCA は 267 ± 23 ステップでした。差があるとは言えません (Welch の t 検定、Holm 補正、p = 0.85)。",
            ),
            (
                found(
                    all("NCA", 93.0, 2.0),
                    arrival("Circle", Some((186.0, Some(4.0))), 4),
                    Outcome::Faster {
                        p: 0.0001,
                        test: ranks,
                    },
                    false,
                ),
                "NCA reached 90 % of the best MAP@R after 93 ± 2 steps, Circle after 186 ± 4 (4 of 10 seeds): faster, p < 0.001 (rank sum).",
                "最高の MAP@R の 90% に届くまで、NCA は 93 ± 2 ステップ、Circle は 186 ± 4 ステップ (10 シード中 4)でした。NCA のほうが速いと言えます (順位和検定、p < 0.001)。",
            ),
            (
                found(
                    arrival("NCA", Some((93.0, None)), 9),
                    arrival("Circle", None, 0),
                    Outcome::OneSeed,
                    false,
                ),
                "NCA reached 90 % of the best MAP@R after 93 steps (9 of 10 seeds), Circle in no seed: no difference shown, one seed is not enough.",
                "最高の MAP@R の 90% に届くまで、NCA は 93 ステップ (10 シード中 9)、Circle はどのシードでも未到達でした。シードが 1 つでは、差があるとは言えません。",
            ),
            (
                found(
                    all("NCA", 93.0, 2.0),
                    arrival("Circle", None, 0),
                    Outcome::Never { p: None },
                    false,
                ),
                "NCA reached 90 % of the best MAP@R after 93 ± 2 steps, Circle not within 400 steps.",
                "最高の MAP@R の 90% に届くまで、NCA は 93 ± 2 ステップでした。Circle は 400 ステップ以内に届きませんでした。",
            ),
        ];
        for (finding, in_english, in_japanese) in cases {
            assert_eq!(english(super::finding(&finding)), in_english);
            assert_eq!(japanese(super::finding(&finding)), in_japanese);
        }
    }

    #[test]
    fn changed_rates_and_a_race_that_taught_nothing_are_sentences() {
        let changed = vec![("NCA".to_owned(), 60), ("Circle".to_owned(), 80)];
        let unfair = remark(&Remark::Unfair { changed });
        assert_eq!(
            english(unfair.clone()),
            "Learning rates were changed during the race (NCA after step 60 and Circle after step 80): no fair comparison."
        );
        assert_eq!(
            japanese(unfair),
            "途中で学習率が変わったので (NCA はステップ 60 の後、Circle はステップ 80 の後)、公平な比較ではありません。"
        );
        let flat = remark(&Remark::NotImproved {
            measure: Measure::MapAtR,
            untrained: 0.25,
            best: 0.2,
        });
        assert_eq!(
            english(flat),
            "No loss beat the untrained network here: before the first step MAP@R was 0.250, at the end the best has 0.200."
        );
    }
}
