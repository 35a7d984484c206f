//! Under the curves of a race that is over: what repeated races found under these conditions, and where to go on.

use std::rc::Rc;

use kyori_text::{Language, messages as text};
use yew::prelude::*;

use super::language::use_language;
use super::protocol::protocol_name;
use super::state::Action;
use crate::experiment::{Experiment, Preset, Protocol};
use crate::record::claim::{Claim, claims};
use crate::record::wording;

#[derive(Properties, PartialEq)]
pub struct NextProps {
    pub experiment: Rc<Experiment>,
    pub dispatch: Callback<Action>,
}

/// One seed or three are an anecdote; the claims were raced with more, and over several tunings.
#[component]
pub fn Next(props: &NextProps) -> Html {
    let t = use_language();
    let Some(preset) = Preset::of(&props.experiment) else {
        return Html::default();
    };
    let protocol = props.experiment.protocol();
    let found = |of: Protocol| claims_of(preset, of).map(|claim| sentence(t, claim));
    let here: Vec<Html> = protocol.into_iter().flat_map(found).collect();
    html! {
        <section class="next" aria-label={t.say(text::next_title())}>
            if !here.is_empty() {
                <details>
                    <summary>{ t.say(text::next_found()) }</summary>
                    <ul>{ for here }</ul>
                </details>
            }
            <p class="row">
                <span class="dim">{ t.say(text::next_fair()) }</span>
                { for Protocol::ALL.into_iter().filter(|&other| Some(other) != protocol).map(|other| to_protocol(t, props, other)) }
                <span class="dim">{ t.say(text::next_elsewhere()) }</span>
                { for preset.next().map(|other| to_preset(t, props, other)) }
            </p>
        </section>
    }
}

/// What the project claims of a preset's races under a protocol.
fn claims_of(preset: &Preset, protocol: Protocol) -> impl Iterator<Item = &'static Claim> {
    let id = preset.id.clone();
    let is_here = move |claim: &&Claim| {
        let race = &claim.race;
        race.preset == id && race.protocol == protocol && race.set.is_empty()
    };
    claims().iter().filter(is_here)
}

/// A claim with its numbers.
fn sentence(t: Language, claim: &'static Claim) -> Html {
    let evidence = claim.evidence();
    let relations = claim.holds.iter();
    let numbers = evidence.into_iter().flat_map(|evidence| {
        let measured = relations.clone().zip(&evidence.measured);
        measured.map(|(relation, measured)| {
            html! { <small>{ t.say(wording::evidence(claim.measure, relation, measured)) }</small> }
        })
    });
    let seeds = claim.race.seeds;
    let first = evidence.and_then(|evidence| evidence.measured.first());
    let over = first.map(|first| match first.value.count {
        draws if claim.race.draws => text::next_over_draws(draws, seeds),
        _ => text::next_over_seeds(seeds),
    });
    html! {
        <li>
            { t.say(text::claim_sentence(&claim.id)) }{ " " }<span class="dim">{ t.say(over.unwrap_or_default()) }</span>
            { for numbers }
        </li>
    }
}

fn to_protocol(t: Language, props: &NextProps, protocol: Protocol) -> Html {
    let experiment = props.experiment.clone();
    let click = props.dispatch.reform(move |_: MouseEvent| {
        let mut changed = (*experiment).clone();
        changed.apply(protocol);
        Action::StartWith(Rc::new(changed))
    });
    html! { <button type="button" onclick={click}>{ t.say(protocol_name(protocol)) }</button> }
}

fn to_preset(t: Language, props: &NextProps, preset: &'static Preset) -> Html {
    let protocol = props.experiment.protocol().unwrap_or_default();
    let seeds = props.experiment.seeds;
    let click = props.dispatch.reform(move |_: MouseEvent| {
        let mut next = preset.experiment(protocol);
        next.seeds = seeds;
        Action::StartWith(Rc::new(next))
    });
    html! { <button type="button" onclick={click}>{ t.say(preset.title()) }</button> }
}
