//! The race board: a card for each loss, with its embedding.

use std::rc::Rc;

use yew::prelude::*;

use super::controls::{Choice, Select};
use super::model::{Frame, Same, Series};
use super::paint::{EmbeddingView, palette};
use super::state::{Action, Heat, Sheet, Standing};
use crate::data::Dataset;

#[derive(Properties, PartialEq)]
pub struct BoardProps {
    pub heats: Rc<Vec<Heat>>,
    pub series: Rc<Vec<Series>>,
    pub frames: Vec<Option<Rc<Frame>>>,
    pub view: Rc<Vec<u32>>,
    /// The views show classes that are trained on.
    pub show_seen: bool,
    pub dataset: Option<Same<Dataset>>,
    pub standing: Standing,
    pub dark: bool,
    pub reduced_motion: bool,
    pub dispatch: Callback<Action>,
}

#[component]
pub fn Board(props: &BoardProps) -> Html {
    let pointed = use_state_eq(|| None::<usize>);
    let on_point = {
        let setter = pointed.setter();
        use_callback((), move |point, ()| setter.set(point))
    };
    if props.heats.is_empty() {
        return html! {
            <section class="board empty" aria-label="Race board">
                <p>{ "No loss is in the race. Pick one or more on the right." }</p>
            </section>
        };
    }
    // The best so far, to mark it.
    let best = |of: fn(&crate::bridge::LaneMetrics) -> f32| {
        let means = props.series.iter().map(|series| mean(series, of));
        means.enumerate().filter_map(|(index, mean)| Some((index, mean?))).reduce(|a, b| if b.1 > a.1 { b } else { a })
    };
    let trained = props.series.iter().any(|series| series.points.len() > 1);
    let leader = best(|lane| lane.map_at_r).filter(|_| trained && props.heats.len() > 1).map(|(index, _)| index);
    let cards = props.heats.iter().enumerate().map(|(index, heat)| {
        let series = props.series.get(index);
        html! {
            <Card key={heat.loss.info().id} {index} heat={heat.clone()}
                recall={series.and_then(|series| mean(series, |lane| lane.recall_at_1))}
                map_at_r={series.and_then(|series| mean(series, |lane| lane.map_at_r))}
                frame={props.frames.get(index).cloned().flatten()}
                view={props.view.clone()} dataset={props.dataset.clone()} standing={props.standing}
                leads={leader == Some(index)} dark={props.dark} reduced_motion={props.reduced_motion}
                pointed={*pointed} on_point={on_point.clone()} dispatch={props.dispatch.clone()} />
        }
    });
    html! {
        <section class="board-frame" aria-label="Race board">
            <div class="board-head">
                <p class="meaning">{ "Each dot is a picture, its colour and shape the class. Ringed stars are learned class vectors." }</p>
                <Choice id="shown-classes" label="Classes shown" hide_label=true options={vec!["unseen classes".into(), "trained classes".into()]}
                    selected={Some(usize::from(props.show_seen))} on_select={props.dispatch.reform(|index: usize| Action::ShowSeen(index == 1))} />
            </div>
            <div class="board">{ for cards }</div>
        </section>
    }
}

/// Mean over the lanes at the last evaluation.
fn mean(series: &Series, of: fn(&crate::bridge::LaneMetrics) -> f32) -> Option<f32> {
    let lanes = &series.points.last()?.lanes;
    (!lanes.is_empty()).then(|| lanes.iter().map(of).sum::<f32>() / lanes.len() as f32)
}

#[derive(Properties, PartialEq)]
struct CardProps {
    index: usize,
    heat: Heat,
    recall: Option<f32>,
    map_at_r: Option<f32>,
    frame: Option<Rc<Frame>>,
    view: Rc<Vec<u32>>,
    dataset: Option<Same<Dataset>>,
    standing: Standing,
    leads: bool,
    dark: bool,
    reduced_motion: bool,
    /// The point that the person points at, on any card.
    pointed: Option<usize>,
    on_point: Callback<Option<usize>>,
    dispatch: Callback<Action>,
}

#[component]
fn Card(props: &CardProps) -> Html {
    let heat = &props.heat;
    let info = heat.loss.info();
    let swatch = format!("--loss: {}", palette::loss_css(heat.colour, props.dark));
    let loss = heat.loss;
    let about = props.dispatch.reform(move |_: MouseEvent| Action::Show(Some(Sheet::AboutLoss(loss))));
    let ended = heat.stopped.len();
    let note = match ended {
        0 => None,
        _ if ended >= heat.lanes => Some(format!(
            "Ended at step {}: the loss was not finite. A lower learning rate helps.",
            heat.stopped.iter().map(|(_, step)| *step).max().unwrap_or(0)
        )),
        _ => Some(format!("{ended} of {} seeds ended: not finite.", heat.lanes)),
    };
    let percent =
        |value: Option<f32>| value.map(|value| format!("{:.1} %", value * 100.0)).unwrap_or_else(|| "–".into());
    html! {
        <article class={classes!("card", props.leads.then_some("leads"))} style={swatch}>
            <header>
                <span class="swatch" aria-hidden="true"></span>
                <h2 title={info.name}>{ info.name }</h2>
                <button type="button" class="about" onclick={about} aria-label={format!("About {}", info.name)}>{ "?" }</button>
            </header>
            <div class="view">
                if props.frame.is_some() {
                    <EmbeddingView frame={props.frame.clone()} dataset={props.dataset.as_ref().map(|shared| shared.0.clone())}
                        view={props.view.clone()} title={info.name} dark={props.dark} reduced_motion={props.reduced_motion}
                        highlight={props.pointed} on_hover={props.on_point.clone()} />
                } else {
                    <p class="hint">{ hint(props.standing) }</p>
                }
                if heat.lanes > 1 { { lane_choice(props) } }
                if let Some(note) = note { <p class="card-note">{ note }</p> }
            </div>
            <dl>
                <div><dt>{ "Recall@1" }</dt><dd data-testid={format!("recall-{}", info.id)}>{ percent(props.recall) }</dd></div>
                <div><dt>{ "MAP@R" }</dt><dd data-testid={format!("map-{}", info.id)}>{ percent(props.map_at_r) }</dd></div>
                <div><dt>{ "steps/s" }</dt><dd>{ if heat.steps_per_second > 0.0 { format!("{:.0}", heat.steps_per_second) } else { "–".into() } }</dd></div>
            </dl>
        </article>
    }
}

/// Which seed's embedding is shown.
fn lane_choice(props: &CardProps) -> Html {
    let heat = props.index;
    let select = props.dispatch.reform(move |lane: usize| Action::ShowLane { heat, lane });
    let options: Vec<AttrValue> = (1..=props.heat.lanes).map(|lane| format!("seed {lane}").into()).collect();
    html! {
        <div class="lane">
            <Select id={format!("lane-{heat}")} label={format!("Seed shown of {}", props.heat.loss.info().name)} hide_label=true {options}
                selected={Some(props.heat.lane_shown)} on_select={select} />
        </div>
    }
}

fn hint(standing: Standing) -> &'static str {
    match standing {
        Standing::Preparing => "The untrained embedding appears here in a moment.",
        Standing::Empty => "",
        Standing::Failed => "No picture: the engine is not running.",
        _ => "Waiting for the first picture.",
    }
}
