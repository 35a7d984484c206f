//! Every member of a registry has its texts, every text of a registry has its member, and no text is left unused.

#![cfg(any(feature = "cli", feature = "page"))]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use kyori::loss::LossKind;
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

/// The build checks the other languages against this one.
fn check(prefix: &str, wanted: &[Message]) {
    let english = Language::english();
    let wanted: BTreeSet<&str> = wanted.iter().map(Message::key).collect();
    let there: BTreeSet<&str> = english
        .keys()
        .filter(|key| key.starts_with(prefix))
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
    check("loss-", &of_losses());
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
