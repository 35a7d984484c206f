//! What a loss is: its formula, what the symbols mean, where it is from, what it costs, and why it may be 0.

use yew::prelude::*;

use super::controls::Dialog;
use super::panel::family_name;
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
pub fn about_loss(loss: LossKind, now: Option<f32>, dispatch: &Callback<Action>) -> Html {
    let info = loss.info();
    let close = dispatch.reform(|()| Action::CloseSheet);
    let (family, idea) = family_name(info.family);
    // The registry's own text, not anybody's input.
    let formula = Html::from_html_unchecked(info.formula.mathml.into());
    let learned = match info.learned {
        Learned::None => "Nothing but the network.",
        Learned::ClassVectors => "One vector for each class, besides the network.",
        Learned::ClassVectorsAndBias => {
            "One vector and one bias for each class, besides the network."
        }
        Learned::Centres(_) => "Several vectors for each class, besides the network.",
    };
    let mining = match info.mining {
        Mining::None => "All that the batch holds.",
        Mining::SemiHard => {
            "Triplets whose negative is farther than the positive, but by less than the margin."
        }
        Mining::BatchHard => "For each anchor its farthest positive and its nearest negative.",
        Mining::MultiSimilarity => "Pairs that are hard compared with the anchor's other pairs.",
        Mining::NPair => "The first two samples of each class.",
    };
    let paper = &info.paper;
    let year = paper.year.to_string();
    let source = if paper.venue.contains(&year) {
        format!("{}. {}", paper.authors, paper.venue)
    } else {
        format!("{}. {}, {year}", paper.authors, paper.venue)
    };
    html! {
        <Dialog title={info.name} on_close={close}>
            <p class="lead">{ info.idea }</p>
            <div class="formula" tabindex="0" role="group" aria-label="Formula">{ formula }</div>
            <dl class="facts">
                { for info.params.iter().map(|param| html! {
                    <><dt class="symbol">{ with_index(param.symbol) }</dt><dd>{ param.meaning }</dd></>
                }) }
                { for info.symbols.iter().map(|symbol| html! {
                    <><dt class="symbol">{ with_index(symbol.symbol) }</dt><dd>{ symbol.meaning }</dd></>
                }) }
            </dl>
            <dl class="facts wide">
                <dt>{ "Family" }</dt><dd>{ format!("{family}: {idea}.") }</dd>
                <dt>{ "Anchor" }</dt><dd>{ info.anchor }</dd>
                <dt>{ "Uses" }</dt><dd>{ mining }</dd>
                <dt>{ "Learns" }</dt><dd>{ learned }</dd>
                <dt>{ "Cost" }</dt><dd>{ info.cost }{ " for a batch of B and C classes" }</dd>
                <dt>{ "When it is 0" }</dt>
                <dd>
                    { info.zero }
                    if let Some(now) = now {
                        { format!(" In this race it is {} now.", if now == 0.0 { "exactly 0".to_owned() } else { format!("{now:.4}") }) }
                    }
                </dd>
                <dt>{ "Paper" }</dt>
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
