//! The sentences for what is said of a race, before they have a language: the only place that makes them.

use kyori_text::{Message, Value, messages as text};

use super::claim::{By, Measured, Relation};
use super::stats::Interval;
use super::verdict::{Arrival, Ending, Finding, InSteps};
use super::{Difference, Led, Line, Measure, Remark, Span, Test, Told};
use crate::loss::LossKind;

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
        Remark::Seconds(found) => in_seconds(found),
        Remark::Ending(found) => ending(found),
        Remark::Fell { loss, peak, last } => {
            let (best, end) = (value(&peak.value), value(last));
            text::verdict_fell(best, end, loss, peak.step)
        }
        Remark::Diverged {
            loss,
            stopped,
            seeds,
        } => text::verdict_diverged(*stopped, loss, *seeds),
    }
}

/// What was to be reached: a level, or a share of the best of these losses.
pub fn line(line: Line, by: Measure) -> Message {
    match line {
        Line::Level(level) => text::verdict_level(level, measure(by)),
        Line::OfBest { share, .. } => text::verdict_of_best(measure(by), 100.0 * share),
    }
}

/// A comparison of speed as a sentence.
pub fn finding(finding: &Finding) -> Message {
    let (fastest, other) = (&finding.fastest, &finding.other);
    let steps = fastest
        .reach
        .steps
        .map(|steps| interval(&steps))
        .expect("there is no verdict where no seed of the fastest got there");
    let (name, line, seeds) = (
        &fastest.name,
        line(finding.line, finding.measure),
        seeds(fastest),
    );
    if finding.is_never() {
        return if other.reach.ends_below {
            text::verdict_ends_below(name, line, &other.name, steps)
        } else {
            text::verdict_never(finding.steps, name, line, &other.name, steps)
        };
    }
    let other = arrival(other);
    let tested = |p, test| tested(p, test, finding.corrected);
    match finding.difference {
        Difference::Shown { p, test } => {
            text::verdict_faster(name, line, other, seeds, steps, tested(p, Some(test)))
        }
        Difference::Equal { p, margin } => {
            text::verdict_equal(name, line, margin, other, seeds, steps, tested(p, None))
        }
        Difference::NotShown { p, test } => {
            text::verdict_not_shown(name, line, other, seeds, steps, tested(p, Some(test)))
        }
        Difference::OneSeed => text::verdict_one_seed(name, line, other, seeds, steps),
    }
}

/// The two by the seconds of one run as a sentence, with what steps say where that is something else. Nothing where no
/// seconds are known.
fn in_seconds(finding: &Finding) -> Message {
    let (Some(seconds), Some(in_steps)) = (finding.seconds, finding.in_steps()) else {
        return Message::default();
    };
    let (fastest, other) = (&finding.fastest, &finding.other);
    let (first, second) = if seconds.reversed {
        (other, fastest)
    } else {
        (fastest, other)
    };
    let (quick, slow) = (arrival_in_seconds(first), arrival_in_seconds(second));
    let in_steps = match in_steps {
        InSteps::Alike => Message::default(),
        InSteps::Reversed => text::verdict_steps_reversed(),
        InSteps::OnlyShown => text::verdict_steps_only_shown(&fastest.name),
        InSteps::Equal => text::verdict_steps_equal(),
        InSteps::NotShown => text::verdict_steps_not_shown(),
    };
    let tested = |p, test| tested(p, test, finding.corrected);
    match seconds.difference {
        Difference::Shown { p, test } => {
            text::verdict_seconds_faster(quick, &first.name, slow, in_steps, tested(p, Some(test)))
        }
        Difference::Equal { p, margin } => {
            text::verdict_seconds_equal(quick, margin, slow, in_steps, tested(p, None))
        }
        Difference::NotShown { p, test } => {
            text::verdict_seconds_not_shown(quick, slow, in_steps, tested(p, Some(test)))
        }
        Difference::OneSeed => text::verdict_seconds_one_seed(quick, slow),
    }
}

/// A loss and its seconds until it got there.
fn arrival_in_seconds(arrival: &Arrival) -> Message {
    let reach = &arrival.reach;
    match &reach.seconds {
        Some(seconds) if reach.is_of_most() => {
            let time = match seconds.half {
                Some(half) => text::verdict_seconds_interval(half, seconds.mean),
                None => text::verdict_seconds_single(seconds.mean),
            };
            text::verdict_seconds_of(&arrival.name, seeds(arrival), time)
        }
        Some(_) => text::verdict_other_few(&arrival.name, reach.reached, reach.seeds),
        None => text::verdict_other_none(&arrival.name),
    }
}

/// The comparison at the end as a sentence.
pub fn ending(ending: &Ending) -> Message {
    let (best, next) = (&ending.best, &ending.next);
    let (name, other) = (&best.name, &next.name);
    let (high, then) = (value(&best.value), value(&next.value));
    let by = measure(ending.measure);
    let tested = |p, test| tested(p, test, ending.corrected);
    match ending.difference {
        Difference::Shown { p, test } => {
            text::verdict_end_better(name, by, other, tested(p, Some(test)), then, high)
        }
        Difference::Equal { p, margin } => {
            text::verdict_end_equal(name, margin, by, other, tested(p, None), then, high)
        }
        Difference::NotShown { p, test } => {
            text::verdict_end_not_shown(name, by, other, tested(p, Some(test)), then, high)
        }
        Difference::OneSeed => text::verdict_end_one_seed(name, by, other, then, high),
    }
}

/// What was measured of one relation of a claim.
pub fn evidence(by: Measure, relation: &Relation, measured: &Measured) -> Message {
    let what = match relation.by {
        By::Area => text::claim_by_area(measure(by)),
        By::End => text::claim_by_end(measure(by)),
        By::StepsTo(level) => text::claim_by_steps(level, measure(by)),
    };
    let number = |found: &Interval| match relation.by {
        By::Area | By::End => value(found),
        By::StepsTo(_) => interval(found),
    };
    let tested = |p, test| tested(p, test, true);
    let difference = match measured.difference {
        Difference::Shown { p, test } => text::claim_shown(tested(p, Some(test))),
        Difference::Equal { p, margin } => text::claim_equal(margin, tested(p, None)),
        Difference::NotShown { p, test } => text::claim_not_shown(tested(p, Some(test))),
        Difference::OneSeed => text::claim_one_seed(),
    };
    let name = |loss: LossKind| loss.info().name;
    text::claim_evidence(
        difference,
        name(relation.loss),
        name(relation.than),
        number(&measured.than),
        number(&measured.value),
        what,
    )
}

/// What a map says as a whole.
pub fn map(told: &Told) -> Message {
    let sum = |led: &[Led]| led.iter().map(|led| led.cells).sum::<usize>();
    let losses = |led: &[Led]| led.iter().map(self::led).collect::<Vec<_>>();
    let safe = if told.safe.is_empty() {
        text::map_told_none(told.cells)
    } else {
        text::map_told_safe(told.cells, losses(&told.safe), sum(&told.safe))
    };
    let open = if told.open.is_empty() {
        Message::default()
    } else {
        text::map_told_open(losses(&told.open))
    };
    text::map_told(open, safe)
}

/// Where one loss was first.
fn led(led: &Led) -> Message {
    let batches = |span| match span {
        Span::Only(batch) => text::map_told_batches_of(batch),
        Span::UpTo(batch) => text::map_told_batches_to(batch),
        Span::From(batch) => text::map_told_batches_from(batch),
        Span::Between(low, high) => text::map_told_batches_between(high, low),
    };
    let classes = |span| match span {
        Span::Only(classes) => text::map_told_classes_of(classes),
        Span::UpTo(classes) => text::map_told_classes_to(classes),
        Span::From(classes) => text::map_told_classes_from(classes),
        Span::Between(low, high) => text::map_told_classes_between(high, low),
    };
    let kind = led.balanced.map(|balanced| {
        if balanced {
            text::map_balanced()
        } else {
            text::map_shuffled()
        }
    });
    let all = [led.all_batches.map(batches), led.all_classes.map(classes)];
    let all = all.map(|part| part.map(text::map_told_all));
    let parts = [kind, led.batches.map(batches), led.classes.map(classes)];
    let parts: Vec<Message> = parts.into_iter().chain(all).flatten().collect();
    let place = if parts.is_empty() {
        Message::default()
    } else {
        text::map_told_place(parts)
    };
    text::map_told_loss(led.cells, led.loss.info().name, place)
}

/// The other loss and when it got there. The mean of fewer than half of the seeds is not told: it is that of the lucky ones.
fn arrival(arrival: &Arrival) -> Message {
    let reach = &arrival.reach;
    match &reach.steps {
        Some(steps) if reach.is_of_most() => {
            text::verdict_other(&arrival.name, seeds(arrival), interval(steps))
        }
        Some(_) => text::verdict_other_few(&arrival.name, reach.reached, reach.seeds),
        None => text::verdict_other_none(&arrival.name),
    }
}

/// How many seeds got there, where not all did.
fn seeds(arrival: &Arrival) -> Message {
    let reach = &arrival.reach;
    if reach.is_complete() {
        Message::default()
    } else {
        text::verdict_seeds(reach.reached, reach.seeds)
    }
}

/// `85 ± 9`, or `85` of one seed.
fn interval(interval: &Interval) -> Message {
    match interval.half {
        Some(half) => text::verdict_interval(half, interval.mean),
        None => text::verdict_single(interval.mean),
    }
}

/// `0.407 ± 0.009`, or `0.407` of one seed.
fn value(interval: &Interval) -> Message {
    match interval.half {
        Some(half) => text::verdict_value_interval(half, interval.mean),
        None => text::verdict_value(interval.mean),
    }
}

/// The test and what it says; none is the test of equality.
fn tested(p: f64, test: Option<Test>, corrected: bool) -> Message {
    let corrected = if corrected { "yes" } else { "no" };
    let test = match test {
        Some(Test::PairedT) => "paired-t",
        Some(Test::SignedRank) => "signed-rank",
        None => "equivalence",
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
    use crate::record::{InSeconds, Peak, Reach, Standing};

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
    fn a_map_is_told_in_a_sentence_or_two() {
        let led = |loss, cells, batches, classes, balanced| Led {
            loss,
            cells,
            batches,
            classes,
            balanced,
            all_batches: None,
            all_classes: (cells == 4).then_some(Span::Only(25)),
        };
        let (anchor, nca) = (LossKind::ProxyAnchor, LossKind::ProxyNca);
        let mut told = Told {
            cells: 9,
            safe: vec![
                led(
                    anchor,
                    3,
                    Some(Span::From(180)),
                    Some(Span::Between(50, 100)),
                    Some(false),
                ),
                led(nca, 1, Some(Span::Only(60)), None, None),
            ],
            open: vec![led(nca, 4, None, None, None)],
        };
        assert_eq!(
            english(map(&told)),
            "Safely the fastest, in 4 of 9 cells: Proxy Anchor in 3 (shuffled batches, batches of 180 or more and 50 to 100 classes) and Proxy-NCA in 1 (batches of 60). Where no lead is safe, first is Proxy-NCA in 4 (among them all with 25 classes)."
        );
        assert_eq!(
            japanese(map(&told)),
            "9 マスのうち 4 マスで、いちばん速い損失関数が確かです: Proxy Anchor が 3 マス (シャッフルしたバッチ、バッチ 180 以上、50–100 クラス)、Proxy-NCA が 1 マス (バッチ 60)。差が確かでないマスで先に立つのは、Proxy-NCA が 4 マス (25 クラスはすべて)です。"
        );
        told.safe.clear();
        assert_eq!(
            english(map(&told)),
            "In none of the 9 cells is a loss safely the fastest. Where no lead is safe, first is Proxy-NCA in 4 (among them all with 25 classes)."
        );
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
            reach: Reach {
                steps,
                seconds: None,
                reached,
                seeds: 10,
                ends_below: false,
                each: Vec::new(),
            },
        }
    }

    fn found(fastest: Arrival, other: Arrival, difference: Difference) -> Finding {
        Finding {
            measure: Measure::MapAtR,
            line: Line::Level(0.3),
            fastest,
            other,
            difference,
            seconds: None,
            corrected: false,
            steps: 400,
        }
    }

    /// Every kind of comparison of speed in both languages.
    #[test]
    fn every_comparison_is_a_sentence_in_every_language() {
        let all = |name, mean, half| arrival(name, Some((mean, Some(half))), 10);
        let (t, ranks) = (Test::PairedT, Test::SignedRank);
        let nca = || all("NCA", 93.0, 2.0);
        let mut left = arrival("Circle", None, 0);
        left.reach.ends_below = true;
        let cases = [
            (
                Finding {
                    line: Line::OfBest {
                        share: 0.9,
                        value: 0.37,
                    },
                    corrected: true,
                    ..found(
                        all("Proxy Anchor", 264.4, 18.0),
                        all("Proxy-NCA", 267.0, 22.6),
                        Difference::NotShown { p: 0.85, test: t },
                    )
                },
                "Proxy Anchor reached 90 % of the best MAP@R of these losses for good after 264 ± 18 steps, Proxy-NCA after 267 ± 23: no difference shown, p = 0.85 (paired t, Holm).",
                "この顔ぶれで最高の MAP@R の 90% に届いて最後まで保てたのは、Proxy Anchor が 264 ± 18 ステップから、Proxy-NCA が 267 ± 23 ステップからです。差があるとは言えません (対応のある t 検定、Holm 補正、p = 0.85)。",
            ),
            (
                found(
                    nca(),
                    arrival("Circle", Some((186.0, Some(4.0))), 6),
                    Difference::Shown {
                        p: 0.0001,
                        test: ranks,
                    },
                ),
                "NCA reached MAP@R 0.30 for good after 93 ± 2 steps, Circle after 186 ± 4 (6 of 10 seeds): faster, p < 0.001 (signed rank).",
                "MAP@R 0.30 に届いて最後まで保てたのは、NCA が 93 ± 2 ステップから、Circle が 186 ± 4 ステップから (10 シード中 6)です。NCA のほうが速いと言えます (符号順位検定、p < 0.001)。",
            ),
            (
                found(
                    nca(),
                    arrival("Circle", Some((80.0, None)), 1),
                    Difference::Shown {
                        p: 0.004,
                        test: ranks,
                    },
                ),
                "NCA reached MAP@R 0.30 for good after 93 ± 2 steps, Circle in only 1 of 10 seeds: faster, p < 0.01 (signed rank).",
                "MAP@R 0.30 に届いて最後まで保てたのは、NCA が 93 ± 2 ステップから、Circle は 10 シード中 1 だけです。NCA のほうが速いと言えます (符号順位検定、p < 0.01)。",
            ),
            (
                found(
                    nca(),
                    all("Circle", 95.0, 2.0),
                    Difference::Equal {
                        p: 0.02,
                        margin: 20.0,
                    },
                ),
                "NCA reached MAP@R 0.30 for good after 93 ± 2 steps, Circle after 95 ± 2: equal within ± 20 steps, p < 0.05 (two one-sided t).",
                "MAP@R 0.30 に届いて最後まで保てたのは、NCA が 93 ± 2 ステップから、Circle が 95 ± 2 ステップからです。差は ± 20 ステップ以内で、同じ速さと言えます (同等性検定、p < 0.05)。",
            ),
            (
                found(
                    arrival("NCA", Some((93.0, None)), 9),
                    arrival("Circle", None, 0),
                    Difference::OneSeed,
                ),
                "NCA reached MAP@R 0.30 for good after 93 steps (9 of 10 seeds), Circle in no seed: no difference shown, one seed is not enough.",
                "MAP@R 0.30 に届いて最後まで保てたのは、NCA が 93 ステップから (10 シード中 9)、Circle はどのシードもなしです。シードが 1 つでは、差があるとは言えません。",
            ),
            (
                found(nca(), arrival("Circle", None, 0), Difference::OneSeed),
                "NCA reached MAP@R 0.30 for good after 93 ± 2 steps, Circle not within 400 steps.",
                "MAP@R 0.30 に届いて最後まで保てたのは、NCA が 93 ± 2 ステップからです。Circle は 400 ステップ以内に届きませんでした。",
            ),
            (
                found(nca(), left, Difference::OneSeed),
                "NCA reached MAP@R 0.30 for good after 93 ± 2 steps; Circle was there too, but ends below the line.",
                "MAP@R 0.30 に届いて最後まで保てたのは、NCA が 93 ± 2 ステップからです。Circle も一度は届きましたが、最後は線を下回りました。",
            ),
        ];
        for (finding, in_english, in_japanese) in cases {
            assert_eq!(english(super::finding(&finding)), in_english);
            assert_eq!(japanese(super::finding(&finding)), in_japanese);
        }
    }

    #[test]
    fn seconds_are_a_sentence_in_every_language() {
        let timed = |name: &str, mean: f64| {
            let mut arrival = arrival(name, Some((100.0, Some(2.0))), 10);
            arrival.reach.seconds = Some(Interval {
                mean,
                half: Some(0.01),
                count: 10,
            });
            arrival
        };
        let shown = |p| Difference::Shown {
            p,
            test: Test::PairedT,
        };
        let not_shown = Difference::NotShown {
            p: 0.5,
            test: Test::PairedT,
        };
        let equal = |margin| Difference::Equal { p: 0.02, margin };
        let of = |steps, difference, reversed| {
            let seconds = Some(InSeconds {
                reversed,
                difference,
            });
            remark(&Remark::Seconds(Finding {
                seconds,
                corrected: true,
                ..found(timed("NCA", 0.16), timed("Circle", 0.2), steps)
            }))
        };
        let cases = [
            (
                of(shown(0.0001), shown(0.004), false),
                "In seconds of one run: NCA after 0.160 ± 0.010 s, Circle after 0.200 ± 0.010 s: NCA is faster, p < 0.01 (paired t, Holm).",
                "1 回の学習の秒で比べると、NCA が 0.160 ± 0.010 秒から、Circle が 0.200 ± 0.010 秒からです。NCA のほうが速いと言えます (対応のある t 検定、Holm 補正、p < 0.01)。",
            ),
            (
                of(shown(0.0001), shown(0.004), true),
                "In seconds of one run: Circle after 0.200 ± 0.010 s, NCA after 0.160 ± 0.010 s: Circle is faster, p < 0.01 (paired t, Holm). In steps it is the other way round.",
                "1 回の学習の秒で比べると、Circle が 0.200 ± 0.010 秒から、NCA が 0.160 ± 0.010 秒からです。Circle のほうが速いと言えます (対応のある t 検定、Holm 補正、p < 0.01)。ステップで比べると逆です。",
            ),
            (
                of(shown(0.0001), not_shown, false),
                "In seconds of one run: NCA after 0.160 ± 0.010 s, Circle after 0.200 ± 0.010 s: no difference shown, p = 0.50 (paired t, Holm). In steps NCA is shown to be faster.",
                "1 回の学習の秒で比べると、NCA が 0.160 ± 0.010 秒から、Circle が 0.200 ± 0.010 秒からです。差があるとは言えません (対応のある t 検定、Holm 補正、p = 0.50)。ステップで比べると、NCA のほうが速いと言えます。",
            ),
            (
                of(equal(10.0), shown(0.03), false),
                "In seconds of one run: NCA after 0.160 ± 0.010 s, Circle after 0.200 ± 0.010 s: NCA is faster, p < 0.05 (paired t, Holm). In steps they are equal.",
                "1 回の学習の秒で比べると、NCA が 0.160 ± 0.010 秒から、Circle が 0.200 ± 0.010 秒からです。NCA のほうが速いと言えます (対応のある t 検定、Holm 補正、p < 0.05)。ステップで比べると、同じ速さと言えます。",
            ),
            (
                of(not_shown, shown(0.03), false),
                "In seconds of one run: NCA after 0.160 ± 0.010 s, Circle after 0.200 ± 0.010 s: NCA is faster, p < 0.05 (paired t, Holm). In steps no difference is shown.",
                "1 回の学習の秒で比べると、NCA が 0.160 ± 0.010 秒から、Circle が 0.200 ± 0.010 秒からです。NCA のほうが速いと言えます (対応のある t 検定、Holm 補正、p < 0.05)。ステップで比べると、差があるとは言えません。",
            ),
            (
                of(not_shown, equal(0.018), false),
                "In seconds of one run: NCA after 0.160 ± 0.010 s, Circle after 0.200 ± 0.010 s: equal within ± 0.018 s, p < 0.05 (two one-sided t, Holm).",
                "1 回の学習の秒で比べると、NCA が 0.160 ± 0.010 秒から、Circle が 0.200 ± 0.010 秒からです。差は ± 0.018 秒以内で、同じ速さと言えます (同等性検定、Holm 補正、p < 0.05)。",
            ),
            (
                of(Difference::OneSeed, Difference::OneSeed, false),
                "In seconds of one run: NCA after 0.160 ± 0.010 s, Circle after 0.200 ± 0.010 s: no difference shown, one seed is not enough.",
                "1 回の学習の秒で比べると、NCA が 0.160 ± 0.010 秒から、Circle が 0.200 ± 0.010 秒からです。シードが 1 つでは、差があるとは言えません。",
            ),
        ];
        for (said, in_english, in_japanese) in cases {
            assert_eq!(english(said.clone()), in_english);
            assert_eq!(japanese(said), in_japanese);
        }
    }

    #[test]
    fn the_end_is_a_sentence_in_every_language() {
        let standing = |name: &str, mean, half| Standing {
            name: name.into(),
            value: Interval {
                mean,
                half,
                count: 10,
            },
        };
        let ending = |difference| Ending {
            measure: Measure::MapAtR,
            best: standing("NCA", 0.4071, Some(0.0093)),
            next: standing("Circle", 0.4022, Some(0.01)),
            difference,
            corrected: true,
        };
        let test = Test::PairedT;
        let cases = [
            (
                Difference::Shown { p: 0.03, test },
                "better, p < 0.05 (paired t, Holm).",
                "NCA のほうが上と言えます (対応のある t 検定、Holm 補正、p < 0.05)。",
            ),
            (
                Difference::Equal {
                    p: 0.004,
                    margin: 0.02,
                },
                "equal within ± 0.02, p < 0.01 (two one-sided t, Holm).",
                "差は ± 0.02 以内で、同じと言えます (同等性検定、Holm 補正、p < 0.01)。",
            ),
            (
                Difference::NotShown { p: 0.5, test },
                "no difference shown, p = 0.50 (paired t, Holm).",
                "差があるとは言えません (対応のある t 検定、Holm 補正、p = 0.50)。",
            ),
            (
                Difference::OneSeed,
                "no difference shown, one seed is not enough.",
                "シードが 1 つでは、差があるとは言えません。",
            ),
        ];
        for (difference, in_english, in_japanese) in cases {
            let said = super::ending(&ending(difference));
            assert_eq!(
                english(said.clone()),
                format!(
                    "At the end NCA has the highest MAP@R, 0.407 ± 0.009, then Circle with 0.402 ± 0.010: {in_english}"
                )
            );
            assert_eq!(
                japanese(said),
                format!(
                    "最後に MAP@R がいちばん高いのは NCA で 0.407 ± 0.009、次は Circle で 0.402 ± 0.010 です。{in_japanese}"
                )
            );
        }
    }

    #[test]
    fn who_fell_and_who_diverged_are_sentences() {
        let value = |mean| Interval {
            mean,
            half: None,
            count: 1,
        };
        let fell = remark(&Remark::Fell {
            loss: "NCA".into(),
            peak: Peak {
                step: 50,
                value: value(0.171),
            },
            last: value(0.137),
        });
        assert_eq!(
            english(fell.clone()),
            "NCA was best after 50 steps, 0.171, and ends at 0.137."
        );
        assert_eq!(
            japanese(fell),
            "NCA の最高は 50 ステップの時点の 0.171 で、最後は 0.137 です。"
        );
        let diverged = |stopped| {
            remark(&Remark::Diverged {
                loss: "NCA".into(),
                stopped,
                seeds: 10,
            })
        };
        assert_eq!(
            [1, 2].map(|stopped| english(diverged(stopped))),
            [
                "1 of 10 seeds of NCA diverged: it counts with the worst value it had.",
                "2 of 10 seeds of NCA diverged: they count with the worst value they had.",
            ]
        );
        assert_eq!(
            japanese(diverged(2)),
            "NCA は 10 シード中 2 が発散しました。発散したシードは、それまでの最低値として数えます。"
        );
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
