//! As published or matched: what the two protocols set, where each value is from, and how the ranking changes.

use std::collections::BTreeMap;
use std::rc::Rc;

use yew::prelude::*;

use super::controls::{Choice, Dialog, show_number};
use super::state::Action;
use crate::experiment::{Experiment, Key, Protocol, Sourced, settings};
use crate::loss::LossKind;

pub fn protocol_name(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::AsPublished => "As published",
        Protocol::Matched => "Matched",
    }
}

/// What a protocol is, in one sentence.
pub fn protocol_idea(protocol: Option<Protocol>) -> &'static str {
    match protocol {
        Some(Protocol::AsPublished) => {
            "Each loss with the settings of its own paper or of Proxy Anchor's published script."
        }
        Some(Protocol::Matched) => {
            "The same tuning budget for every loss, learned class vectors included."
        }
        None => "Settings of your own: neither of the two.",
    }
}

/// The switch between the two. Its `id` is also the group's name.
pub fn protocol_switch(
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
        <Choice<Protocol> {id} label="Protocol" hide_label=true options={Protocol::ALL.map(|p| (p, protocol_name(p).into())).to_vec()}
            selected={now} on_select={select} />
    }
}

/// Where each loss ended under each protocol.
type Rankings = BTreeMap<&'static str, Vec<(LossKind, f32)>>;

/// A text whose parts between backticks are code.
fn with_code(text: &'static str) -> Html {
    let parts = text.split('`').enumerate();
    parts
        .map(|(index, part)| {
            if index % 2 == 1 {
                html! { <code>{ part }</code> }
            } else {
                html! { { part } }
            }
        })
        .collect()
}

fn key_name(loss: LossKind, key: Key) -> String {
    match key {
        Key::Lr => "learning rate".into(),
        Key::ProxyLrFactor => "proxies' factor".into(),
        Key::Param(index) => {
            let param = loss.info().params.get(index);
            param
                .map(|param| format!("{} {}", param.symbol, param.key.replace('_', " ")))
                .unwrap_or_default()
        }
    }
}

/// Both protocols side by side.
pub fn protocols(
    experiment: &Rc<Experiment>,
    rankings: &Rankings,
    dispatch: &Callback<Action>,
) -> Html {
    let close = dispatch.reform(|()| Action::CloseSheet);
    let sampler = experiment.sampler;
    let of = |protocol, loss| settings(protocol, sampler, loss);
    let rows = experiment.entries.iter().flat_map(|entry| {
        let loss = entry.loss;
        let pairs: Vec<(Sourced, Sourced)> =
            of(Protocol::AsPublished, loss).into_iter().zip(of(Protocol::Matched, loss)).collect();
        // A factor for vectors that a loss does not have says nothing.
        let pairs =
            pairs.into_iter().filter(move |(published, _)| published.key != Key::ProxyLrFactor || loss.info().learns());
        let mut before = ("", "");
        pairs.enumerate().map(move |(index, (published, matched))| {
            let differs = published.value != matched.value;
            // A source that is the same as in the row above is not said again.
            let fresh = |new: &'static str, old: &str| if new == old { "" } else { new };
            let said = (fresh(published.source, before.0), fresh(matched.source, before.1));
            before = (published.source, matched.source);
            html! {
                <tr class={classes!(differs.then_some("differs"), (index == 0).then_some("first"))}>
                    <th scope="row">{ if index == 0 { loss.info().name } else { "" } }</th>
                    <td>{ key_name(loss, published.key) }</td>
                    <td>{ show_number(f64::from(published.value)) }<small>{ with_code(said.0) }</small></td>
                    <td>{ show_number(f64::from(matched.value)) }<small>{ with_code(said.1) }</small></td>
                </tr>
            }
        })
    });
    html! {
        <Dialog title="As published or matched?" class="wide" on_close={close}>
            <div class="prose">
                <p>{ "A paper compares its loss with the settings that its authors found for it, and the others with theirs. Whether a loss is better or was only tuned better shows when all get the same budget. Switch, let the race run to its end, and compare." }</p>
            </div>
            <div class="row">
                { protocol_switch("protocol-sheet", experiment, dispatch) }
                <span class="dim">{ protocol_idea(experiment.protocol()) }</span>
            </div>
            <h3>{ "The ranking" }</h3>
            <div class="rankings">
                { for Protocol::ALL.map(|protocol| ranking(protocol, rankings)) }
            </div>
            <h3>{ "The settings" }</h3>
            <div class="scroll" tabindex="0" role="group" aria-label="Settings under both protocols">
                <table class="grid settings-table">
                    <thead><tr><th scope="col">{ "Loss" }</th><th scope="col">{ "Setting" }</th><th scope="col">{ "As published" }</th><th scope="col">{ "Matched" }</th></tr></thead>
                    <tbody>{ for rows }</tbody>
                </table>
            </div>
        </Dialog>
    }
}

/// How a race under this protocol ended, and how far each loss stands from its place under the other.
fn ranking(protocol: Protocol, rankings: &Rankings) -> Html {
    let other = Protocol::ALL.into_iter().find(|other| *other != protocol);
    let elsewhere = other.and_then(|other| rankings.get(other.id()));
    let list = match rankings.get(protocol.id()) {
        None => {
            html! { <p class="dim">{ "No whole race yet. Switch to it and let it finish." }</p> }
        }
        Some(ranking) => html! {
            <ol>
                { for ranking.iter().enumerate().map(|(place, (loss, score))| {
                    let there = elsewhere.and_then(|there| there.iter().position(|(other, _)| other == loss));
                    let moved = match there {
                        Some(there) if there > place => format!(" ▲{}", there - place),
                        Some(there) if there < place => format!(" ▼{}", place - there),
                        _ => String::new(),
                    };
                    html! { <li>{ loss.info().name }<span class="dim">{ format!(" MAP@R {:.1} %", score * 100.0) }{ moved }</span></li> }
                }) }
            </ol>
        },
    };
    html! { <div><h4>{ protocol_name(protocol) }</h4>{ list }</div> }
}
