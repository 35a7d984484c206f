//! What a loss is: its formula, what the symbols mean, where it is from, what it costs, and why it may be 0.

use kyori_text::{Language, Message, messages as text};
use yew::prelude::*;

use super::controls::Dialog;
use super::panel::{family_idea, family_name};
use super::state::Action;
use crate::loss::{Learned, LossKind, Mining};

/// `s_ic` as s with the index ic.
pub fn with_index(symbol: &'static str) -> Html {
    match symbol.split_once('_') {
        Some((base, index)) => html! { <>{ base }<sub>{ index }</sub></> },
        None => html! { { symbol } },
    }
}

/// All of it. `now` is the loss's mean value since the last evaluation but one, where it is in the race.
pub fn about_loss(
    t: Language,
    loss: LossKind,
    now: Option<f32>,
    dispatch: &Callback<Action>,
) -> Html {
    let info = loss.info();
    let close = dispatch.reform(|()| Action::CloseSheet);
    let (family, idea) = (family_name(info.family), family_idea(info.family));
    // The registry's own text, not anybody's input.
    let formula = Html::from_html_unchecked(info.formula.mathml.into());
    let paper = &info.paper;
    let year = paper.year.to_string();
    let source = if paper.venue.contains(&year) {
        format!("{}. {}", paper.authors, paper.venue)
    } else {
        format!("{}. {}, {year}", paper.authors, paper.venue)
    };
    html! {
        <Dialog title={info.name} on_close={close}>
            <p class="lead">{ t.say(text::loss_idea(info.id)) }</p>
            <div class="formula" tabindex="0" role="group" aria-label={t.say(text::about_formula())}>{ formula }</div>
            <dl class="facts">
                { for info.params.iter().map(|param| html! {
                    <><dt class="symbol">{ with_index(param.symbol) }</dt><dd>{ t.say(text::loss_param(info.id, param.key)) }</dd></>
                }) }
                { for info.symbols.iter().zip(1..).map(|(symbol, number)| html! {
                    <><dt class="symbol">{ with_index(symbol) }</dt><dd>{ t.say(text::loss_symbol(info.id, number)) }</dd></>
                }) }
            </dl>
            <dl class="facts wide">
                <dt>{ t.say(text::about_family()) }</dt><dd>{ t.say(text::about_family_is(family, idea)) }</dd>
                <dt>{ t.say(text::about_anchor()) }</dt><dd>{ t.say(text::loss_anchor(info.id)) }</dd>
                <dt>{ t.say(text::about_uses()) }</dt><dd>{ t.say(mining(info.mining)) }</dd>
                <dt>{ t.say(text::about_memory()) }</dt><dd>{ t.say(if info.memory { text::about_with_memory() } else { text::loss_within_batch() }) }</dd>
                <dt>{ t.say(text::about_mixtures()) }</dt><dd>{ t.say(if info.mixup { text::about_with_mixtures() } else { text::loss_without_mixtures() }) }</dd>
                <dt>{ t.say(text::about_learns()) }</dt><dd>{ t.say(learned(info.learned)) }</dd>
                <dt>{ t.say(text::about_cost()) }</dt><dd>{ t.say(text::about_cost_is(text::loss_cost(info.id))) }</dd>
                <dt>{ t.say(text::about_zero()) }</dt>
                <dd>
                    { t.say(text::loss_zero(info.id)) }
                    if let Some(now) = now {
                        { " " }{ t.say(if now == 0.0 { text::about_now_zero() } else { text::about_now(now) }) }
                    }
                </dd>
                <dt>{ t.say(text::about_paper()) }</dt>
                <dd>
                    if let Some(arxiv) = paper.arxiv {
                        <a href={format!("https://arxiv.org/abs/{arxiv}")} target="_blank" rel="noreferrer">{ paper.title }</a>
                    } else {
                        { paper.title }
                    }
                    { ". " }{ source }
                </dd>
            </dl>
        </Dialog>
    }
}

/// What a loss learns besides the network.
fn learned(learned: Learned) -> Message {
    match learned {
        Learned::None => text::learned_none(),
        Learned::ClassVectors => text::learned_class_vectors(),
        Learned::ClassVectorsAndBias => text::learned_class_vectors_and_bias(),
        Learned::Centres(_) => text::learned_centres(),
    }
}

/// What a loss uses of its batch.
fn mining(mining: Mining) -> Message {
    match mining {
        Mining::None => text::mining_none(),
        Mining::SemiHard => text::mining_semi_hard(),
        Mining::BatchHard => text::mining_batch_hard(),
        Mining::MultiSimilarity => text::mining_multi_similarity(),
        Mining::NPair => text::mining_n_pair(),
    }
}
