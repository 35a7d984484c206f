//! The three protocols: what they set, where each value is from, and how the ranking changes.

use std::rc::Rc;

use kyori_text::{Language, Message, messages as text};
use yew::prelude::*;

use super::controls::{Choice, Dialog, show_number};
use super::language::rich;
use super::state::{Action, Rankings};
use crate::experiment::{Experiment, Key, Preset, Protocol, Sourced, settings};
use crate::loss::LossKind;

pub fn protocol_name(protocol: Protocol) -> Message {
    match protocol {
        Protocol::Own => text::protocol_own(),
        Protocol::AsPublished => text::protocol_as_published(),
        Protocol::Matched => text::protocol_matched(),
    }
}

/// What an experiment's protocol is, in one sentence.
pub fn protocol_idea(experiment: &Experiment) -> Message {
    let brings_settings = || experiment.preset().is_some_and(Preset::has_settings);
    match experiment.protocol() {
        Some(Protocol::Own) => text::protocol_own_idea(),
        Some(Protocol::AsPublished) => text::protocol_as_published_idea(),
        Some(Protocol::Matched) => text::protocol_matched_idea(),
        None if brings_settings() => text::protocol_preset_idea(),
        None => text::protocol_custom_idea(),
    }
}

/// The switch between them. Its `id` is also the group's name.
pub fn protocol_switch(
    t: Language,
    id: &'static str,
    experiment: &Rc<Experiment>,
    dispatch: &Callback<Action>,
) -> Html {
    let now = experiment.protocol();
    let select = {
        let experiment = experiment.clone();
        dispatch.reform(move |protocol: Protocol| {
            let mut changed = (*experiment).clone();
            changed.apply(protocol);
            Action::StartWith(Rc::new(changed))
        })
    };
    html! {
        <Choice<Protocol> {id} label={t.say(text::protocol())} hide_label=true options={Protocol::ALL.map(|p| (p, AttrValue::from(t.say(protocol_name(p))))).to_vec()}
            selected={now} on_select={select} />
    }
}

fn key_name(loss: LossKind, key: Key) -> Message {
    match key {
        Key::Lr => text::key_learning_rate(),
        Key::ProxyLrFactor => text::key_proxy_factor(),
        Key::Param(index) => {
            let param = loss.info().params.get(index);
            let param = param.expect("settings name parameters that their loss has");
            Message::verbatim(format!("{} {}", param.symbol, param.key.replace('_', " ")))
        }
    }
}

/// All protocols side by side.
pub fn protocols(
    t: Language,
    experiment: &Rc<Experiment>,
    rankings: &Rankings,
    dispatch: &Callback<Action>,
) -> Html {
    let close = dispatch.reform(|()| Action::CloseSheet);
    let of = |protocol, loss| settings(protocol, &experiment.conditions, loss);
    let rows = experiment.entries.iter().flat_map(|entry| {
        let loss = entry.loss;
        let columns = Protocol::ALL.map(|protocol| of(protocol, loss));
        let rows: Vec<Vec<Sourced>> = (0..columns[0].len())
            .map(|row| columns.iter().map(|column| column[row]).collect())
            // A factor for vectors that a loss does not have says nothing.
            .filter(|row: &Vec<Sourced>| row[0].key != Key::ProxyLrFactor || loss.info().learns())
            .collect();
        let mut before = Protocol::ALL.map(|_| "");
        rows.into_iter().enumerate().map(move |(index, row)| {
            let differs = row.iter().any(|setting| setting.value != row[0].value);
            // A source that is the same as in the row above is not said again.
            let fresh = |new: Sourced, old: &str| {
                if new.source == old {
                    Html::default()
                } else {
                    rich(&t.say(new.origin()))
                }
            };
            let cells: Vec<Html> = row
                .iter()
                .zip(&mut before)
                .map(|(&setting, before)| {
                    let said = fresh(setting, before);
                    *before = setting.source;
                    html! { <td>{ show_number(f64::from(setting.value)) }<small>{ said }</small></td> }
                })
                .collect();
            html! {
                <tr class={classes!(differs.then_some("differs"), (index == 0).then_some("first"))}>
                    <th scope="row">{ if index == 0 { loss.info().name } else { "" } }</th>
                    <td>{ t.say(key_name(loss, row[0].key)) }</td>
                    { for cells }
                </tr>
            }
        })
    });
    let heads = [text::protocols_loss(), text::protocols_setting()]
        .into_iter()
        .chain(Protocol::ALL.map(protocol_name));
    html! {
        <Dialog title={t.say(text::protocols_title())} class="wide" on_close={close}>
            <div class="prose">
                <p>{ t.say(text::protocols_idea()) }</p>
            </div>
            <div class="row">
                { protocol_switch(t, "protocol-sheet", experiment, dispatch) }
                <span class="dim">{ t.say(protocol_idea(experiment)) }</span>
            </div>
            <h3>{ t.say(text::protocols_ranking()) }</h3>
            <div class="rankings">
                { for Protocol::ALL.map(|protocol| ranking(t, protocol, rankings)) }
            </div>
            <h3>{ t.say(text::protocols_settings()) }</h3>
            <p class="dim">{ t.say(text::protocols_steps()) }</p>
            <div class="scroll" tabindex="0" role="group" aria-label={t.say(text::protocols_table())}>
                <table class="grid settings-table">
                    <thead><tr>{ for heads.map(|head| html! { <th scope="col">{ t.say(head) }</th> }) }</tr></thead>
                    <tbody>{ for rows }</tbody>
                </table>
            </div>
        </Dialog>
    }
}

/// How a race under this protocol ended, and how far each loss stands from its place after equal tuning.
fn ranking(t: Language, protocol: Protocol, rankings: &Rankings) -> Html {
    let elsewhere = rankings
        .get(Protocol::Matched.id())
        .filter(|_| protocol != Protocol::Matched);
    // Proxy-NCA is one loss in the form of either protocol.
    let same = |a: LossKind, b: LossKind| Protocol::Matched.form(a) == Protocol::Matched.form(b);
    let list = match rankings.get(protocol.id()) {
        None => {
            html! { <p class="dim">{ t.say(text::protocols_not_raced()) }</p> }
        }
        Some(ranking) => html! {
            <ol>
                { for ranking.iter().enumerate().map(|(place, (loss, score))| {
                    let there = elsewhere.and_then(|there| there.iter().position(|(other, _)| same(*other, *loss)));
                    let moved = match there {
                        Some(there) if there > place => format!(" ▲{}", there - place),
                        Some(there) if there < place => format!(" ▼{}", place - there),
                        _ => String::new(),
                    };
                    html! { <li>{ loss.info().name }<span class="dim">{ " " }{ t.say(text::protocols_score(*score)) }{ moved }</span></li> }
                }) }
            </ol>
        },
    };
    html! { <div><h4>{ t.say(protocol_name(protocol)) }</h4>{ list }</div> }
}
