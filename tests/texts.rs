//! Every member of a registry has its texts, every text of a registry has its member, and no text is left unused.

#![cfg(any(feature = "cli", feature = "page"))]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use kyori::data::DataKind;
use kyori::experiment::{
    Experiment, Preset, Protocol, SETTINGS, Shape, Sourced, presets, settings,
};
use kyori::loss::LossKind;
use kyori::record::claim::{Claim, claims};
use kyori::setting::{Kind, Row};
use kyori_text::{FAMILIES, Language, Message, messages as text, parts};

/// The messages that the losses need.
fn of_losses() -> Vec<Message> {
    let of_loss = |loss: &LossKind| {
        let info = loss.info();
        let id = info.id;
        let mut messages = vec![
            text::loss_idea(id),
            text::loss_anchor(id),
            text::loss_cost(id),
            text::loss_zero(id),
        ];
        messages.extend((1..=info.symbols.len()).map(|number| text::loss_symbol(id, number)));
        messages.extend(
            info.params
                .iter()
                .map(|param| text::loss_param(id, param.key)),
        );
        messages
    };
    LossKind::ALL.iter().flat_map(of_loss).collect()
}

/// The messages that settings need, those of the race and those of each data set.
fn of_settings() -> Vec<Message> {
    let mut messages = Vec::new();
    for row in SETTINGS {
        messages.extend(of_row(row));
    }
    for kind in DataKind::ALL {
        messages.extend(kind.settings().iter().flat_map(of_row));
    }
    messages
}

fn of_row<T>(row: &Row<T>) -> Vec<Message> {
    let id = row.face.id();
    let mut messages = vec![text::setting_name(id)];
    if row.face.in_panel() {
        messages.push(text::setting_label(id));
    }
    match &row.kind {
        Kind::Number(_) if row.face.in_panel() => messages.push(text::setting_meaning(id)),
        // The data sets are options that have their texts as data sets.
        Kind::Choice(choice) if id != "data" => {
            for option in choice.options {
                messages.push(text::option_label(id, option));
                messages.push(text::option_meaning(id, option));
            }
        }
        Kind::Number(_) | Kind::Choice(_) | Kind::Text => {}
    }
    messages
}

/// The messages of the families with these functions must be those that are wanted. The build checks the other languages
/// against this one.
fn check(functions: &str, wanted: &[Message]) {
    let english = Language::english();
    let wanted: BTreeSet<&str> = wanted.iter().map(Message::key).collect();
    let families: Vec<_> = FAMILIES
        .iter()
        .filter(|family| family.function.starts_with(functions))
        .collect();
    assert!(!families.is_empty(), "there is no family {functions}…");
    let there: BTreeSet<&str> = english
        .keys()
        .filter(|key| {
            let mut families = families.iter();
            families.any(|family| parts(family.key, key).is_some())
        })
        .collect();
    let missing: Vec<_> = wanted.difference(&there).collect();
    let stray: Vec<_> = there.difference(&wanted).collect();
    assert!(
        missing.is_empty(),
        "write these into assets/text: {missing:#?}"
    );
    assert!(
        stray.is_empty(),
        "nothing asks for these of assets/text: {stray:#?}"
    );
}

#[test]
fn every_loss_has_its_texts() {
    check("loss_", &of_losses());
}

#[test]
fn every_setting_has_its_texts() {
    let (options, settings): (Vec<_>, Vec<_>) = of_settings()
        .into_iter()
        .partition(|message| message.key().starts_with("option-"));
    check("setting_", &settings);
    check("option_", &options);
}

#[test]
fn every_preset_has_its_texts() {
    let of_preset = |preset: &Preset| [preset.title(), preset.about()];
    check(
        "preset_",
        &presets().iter().flat_map(of_preset).collect::<Vec<_>>(),
    );
}

#[test]
fn every_claim_has_its_sentence() {
    let sentence = |claim: &Claim| text::claim_sentence(&claim.id);
    check("claim_", &claims().iter().map(sentence).collect::<Vec<_>>());
}

#[test]
fn every_source_of_a_setting_has_its_text() {
    // A new loss has no row in the table yet; every one of today has one.
    let mut origins = vec![text::source("not-tuned")];
    for &loss in LossKind::ALL {
        for preset in presets() {
            for protocol in Protocol::ALL {
                let settings = settings(protocol, &preset.conditions, loss);
                origins.extend(settings.iter().map(Sourced::origin));
            }
        }
    }
    let (tuned, ids): (Vec<_>, Vec<_>) = origins
        .into_iter()
        .partition(|origin| origin.key() == "tuned-by");
    check("source", &ids);
    let said = tuned.iter().map(|origin| Language::english().say(origin));
    assert!(said.into_iter().any(|said| {
        said == "best of 32 random trials by <code>kyori tune --preset paper --trials 32 --repeats 5</code>"
    }));
}

#[test]
fn every_data_set_has_its_texts() {
    let of_set = |kind: &DataKind| {
        let id = kind.info().id;
        [text::data_title(id), text::data_about(id)]
    };
    check(
        "data_",
        &DataKind::ALL.iter().flat_map(of_set).collect::<Vec<_>>(),
    );
}

/// What the panel and messages ask for is there, for every setting of every kind of race.
#[test]
fn every_setting_can_be_named_and_explained() {
    let said = |message: Message| {
        let said = Language::english().say(&message).into_owned();
        assert!(!said.is_empty(), "{message:?}");
        said
    };
    for kind in DataKind::ALL {
        let mut experiment = Experiment::from_fragment("v=1").0;
        experiment.data = kind.spec();
        for setting in experiment.all_settings() {
            said(setting.name());
            if let Shape::Choice(options) = setting.shape() {
                for option in options {
                    said(setting.option_label(option));
                    said(setting.option_meaning(option));
                }
            }
            if setting.param().is_some() || setting.face().in_panel() {
                said(setting.label());
                let explained = setting.meaning().map(said).is_some();
                assert_eq!(explained, setting.span().is_some(), "{setting}");
            }
        }
        let named = |key: &str| {
            experiment
                .all_settings()
                .into_iter()
                .find(|s| s.face().key == key)
        };
        assert_eq!(
            said(named("width").unwrap().name()),
            "the width of hidden layer 1"
        );
        assert_eq!(
            said(named("lr").unwrap().name()),
            "the learning rate of loss 1"
        );
        assert_eq!(
            said(named("alpha").unwrap().name()),
            "alpha of loss 1 (Proxy Anchor)"
        );
    }
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the sources are there") {
        let path = entry.expect("a folder can be listed").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn no_text_is_left_unused() {
    let mut files = Vec::new();
    sources(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut files,
    );
    let code: String = files
        .iter()
        .map(|path| fs::read_to_string(path).expect("sources are text"))
        .collect();
    // Words after `text::`, which is what the messages are called wherever they are used.
    let used: BTreeSet<&str> = code
        .split("text::")
        .skip(1)
        .map(|rest| {
            rest.split(|c: char| !c.is_alphanumeric() && c != '_')
                .next()
                .unwrap_or("")
        })
        .collect();
    let in_family = |key: &str| {
        FAMILIES
            .iter()
            .any(|family| parts(family.key, key).is_some())
    };
    let unused: Vec<_> = Language::english()
        .keys()
        .filter(|key| !key.starts_with("list-") && !in_family(key))
        .filter(|key| !used.contains(key.replace(['-', '.'], "_").as_str()))
        .collect();
    assert!(
        unused.is_empty(),
        "nothing in src says these; use or remove them: {unused:#?}"
    );
}
