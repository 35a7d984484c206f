//! What a person gets to read, in each language.

use kyori_text::{
    Damaged, LANGUAGES, Language, Message, NumberFormat, PSEUDO, Span, Value, messages as text,
    spans,
};

fn languages() -> Vec<Language> {
    let built_in = |id| Language::built_in(id).expect("every row of the table is built in");
    LANGUAGES
        .iter()
        .map(|language| built_in(language.id))
        .collect()
}

/// The two that these tests know sentences of.
fn english_and_japanese() -> [Language; 2] {
    ["en", "ja"].map(|id| Language::built_in(id).expect("both are built in"))
}

#[test]
fn a_message_is_said_in_the_language_that_is_active() {
    let finished = text::status_finished(400);
    let said = english_and_japanese().map(|t| t.say(&finished));
    assert_eq!(
        said,
        [
            "Finished after 400 steps.",
            "400 ステップの学習が終わりました。"
        ]
    );
}

#[test]
fn a_language_is_found_by_any_tag_that_names_it() {
    for (tags, id) in [
        (&["ja_JP.UTF-8"][..], "ja"),
        (&["fr-FR", "JA"], "ja"),
        (&["C", ""], "en"),
        (&[], "en"),
        (&["en-GB", "ja"], "en"),
        (&["pseudo"], PSEUDO),
    ] {
        assert_eq!(
            Language::preferred(tags.iter().copied()).id(),
            id,
            "{tags:?}"
        );
    }
}

#[test]
fn a_number_chooses_its_form() {
    let t = Language::english();
    assert_eq!(t.say(text::speed_limited(1)), "1 step/s");
    assert_eq!(t.say(text::speed_limited(30.0)), "30 steps/s");
    let t = Language::built_in("ja").expect("there is Japanese");
    assert_eq!(t.say(text::speed_limited(1)), "毎秒 1 ステップ");
}

#[test]
fn numbers_have_the_digits_that_the_message_asks_for() {
    let t = Language::english();
    assert_eq!(t.say(text::protocols_score(0.7081_f64)), "MAP@R 70.8%");
    assert_eq!(
        t.say(text::device_time(2.0)),
        "2.0 ms per step of the whole race"
    );
    assert_eq!(t.number(0.5, NumberFormat::percent(1)), "50.0%");
    // Seeds are names, not amounts: no separators.
    assert!(t.say(text::status_new_seed("123456")).contains("123456"));
}

#[test]
fn lists_and_messages_are_put_into_messages() {
    let parts = || vec![text::engine_cpu(), text::data_set(), text::engine_webgpu()];
    let said = english_and_japanese().map(|t| t.say(text::loading_parts(parts(), "1 MB")));
    assert_eq!(
        said,
        [
            "Loading engine (CPU), data set and engine (WebGPU): 1 MB",
            "エンジン (CPU)、データセット、エンジン (WebGPU)を読み込んでいます: 1 MB"
        ]
    );
    let one = Value::List(vec![text::data_set().into()]);
    assert_eq!(
        Language::english().say(text::loading_parts(one, "")),
        "Loading data set: "
    );
}

#[test]
fn what_is_put_in_is_never_read_as_a_pattern() {
    let t = Language::english();
    let name = "{steps} \\n | <b>";
    assert_eq!(t.say(text::check_device(name)), format!("Device: {name}"));
    assert_eq!(t.say(Message::verbatim(name)), name);
    assert_eq!(t.say(Message::default()), "");
}

#[test]
fn the_pseudo_language_is_half_as_long_again_and_keeps_markup_and_arguments() {
    let t = Language::built_in(PSEUDO).expect("it is made of English");
    assert_eq!((t.id(), t.tag()), (PSEUDO, "en"));
    let plain = Language::english().say(text::help_play());
    let strange = t.say(text::help_play());
    assert!(strange.starts_with("[<b>Plåý</b>"), "{strange}");
    assert!(strange.ends_with(']'), "{strange}");
    let (plain, strange) = (plain.chars().count(), strange.chars().count());
    assert!(2 * strange >= 3 * plain, "{strange} letters for {plain}");
    assert!(t.say(text::check_device("Radeon")).contains("Radeon"));
}

#[test]
fn every_message_of_every_language_can_be_written_without_a_gap() {
    for t in languages() {
        for key in t.keys() {
            let said = t.say_with_every_argument(key);
            assert!(
                !said.is_empty() && !said.contains('⟦'),
                "{}: {key}: {said}",
                t.id()
            );
            assert_eq!(
                said.matches("<b>").count(),
                said.matches("</b>").count(),
                "{key}: {said}"
            );
        }
    }
}

#[test]
fn a_file_that_is_no_catalogue_is_refused() {
    let read = |text: &str| Language::read(&LANGUAGES[0], text).err();
    assert_eq!(read("a=b\nc=d {e} {f#d0.1} {g?one|h|*other|{g} i}\n"), None);
    for (damaged, line) in [
        ("<!doctype html>\n<title>404</title>\n", 1),
        ("", 1),
        ("a=b\nc={d", 2),
        ("a=b\nc={d}", 3),
        ("b=1\na=2\n", 2),
        ("a={n?one|x}\n", 1),
        ("a={n#q1}\n", 1),
        ("a=b}c\n", 1),
        ("a=\\", 1),
    ] {
        assert_eq!(read(damaged), Some(Damaged { line }), "{damaged:?}");
    }
}

#[test]
fn markup_is_told_from_text() {
    assert_eq!(
        spans("<b>Play</b> or <code>a<b</code>, x<sub>i</sub> < 3 <b>"),
        [
            Span::Bold("Play"),
            Span::Plain(" or "),
            Span::Code("a<b"),
            Span::Plain(", x"),
            Span::Sub("i"),
            Span::Plain(" < 3 <b>"),
        ]
    );
}

/// Runs of Japanese letters that field terms in Latin letters do not break.
#[test]
fn japanese_is_written_in_japanese() {
    let t = Language::built_in("ja").expect("there is Japanese");
    let english = Language::english();
    let same: Vec<_> = t
        .keys()
        .filter(|key| {
            let (here, there) = (t.raw(key), english.raw(key));
            // Names, numbers and units alone are the same everywhere.
            here == there
                && there
                    .split(['{', '}'])
                    .step_by(2)
                    .any(|part| part.contains(char::is_lowercase))
        })
        .collect();
    // Names of the field and the sign of a probability, which Japanese papers write so, too.
    const ALIKE: [&str; 5] = [
        "family-softmax",
        "measure-r_precision-name",
        "measure-recall_at_1-name",
        "verdict-p",
        "verdict-p-below",
    ];
    assert_eq!(same, ALIKE, "of these some are not in Japanese");
}
