//! The race board: a card for each loss, with its embedding.

use std::rc::Rc;

use yew::prelude::*;

use super::controls::{Choice, Select};
use super::model::{Frame, Metric, Same, Series, over_lanes};
use super::paint::{EmbeddingView, palette};
use super::state::{Action, Heat, Sheet, Standing};
use crate::data::Dataset;
use crate::loss::LossKind;

#[derive(Properties, PartialEq)]
pub struct BoardProps {
    pub heats: Rc<Vec<Heat>>,
    pub series: Rc<Vec<Series>>,
    pub frames: Vec<Option<Rc<Frame>>>,
    pub view: Rc<Vec<u32>>,
    /// The views show classes that are trained on.
    pub show_seen: bool,
    pub dataset: Option<Same<Dataset>>,
    /// By which the leader is the leader.
    pub metric: Metric,
    /// What the metrics are computed on.
    pub scored_on: &'static str,
    /// Of the embedding.
    pub dim: usize,
    pub train_classes: usize,
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
    let means = props
        .series
        .iter()
        .map(|series| mean(series, |lane| props.metric.of(lane)));
    let best = means
        .enumerate()
        .filter_map(|(index, mean)| Some((index, mean?)))
        .reduce(|a, b| if b.1 > a.1 { b } else { a });
    let trained = props.series.iter().any(|series| series.points.len() > 1);
    let leader = best
        .filter(|_| trained && props.heats.len() > 1)
        .map(|(index, _)| index);
    let cards = props.heats.iter().enumerate().map(|(index, heat)| {
        let series = props.series.get(index);
        html! {
            <Card key={heat.loss.info().id} {index} heat={heat.clone()}
                recall={series.and_then(|series| mean(series, |lane| lane.recall_at_1))}
                map_at_r={series.and_then(|series| mean(series, |lane| lane.map_at_r))}
                frame={props.frames.get(index).cloned().flatten()}
                view={props.view.clone()} dataset={props.dataset.clone()} standing={props.standing}
                leads={(leader == Some(index)).then_some(props.metric)} dark={props.dark} reduced_motion={props.reduced_motion}
                pointed={*pointed} on_point={on_point.clone()} dispatch={props.dispatch.clone()} />
        }
    });
    html! {
        <section class="board-frame" aria-label="Race board">
            <div class="board-head">
                <p class="meaning">{ "Each dot is a picture, its colour and shape the class. Ringed stars are learned class vectors." }</p>
                <Choice<bool> id="shown-classes" label="Classes shown" hide_label=true options={vec![(false, props.scored_on.into()), (true, "trained classes".into())]}
                    selected={Some(props.show_seen)} on_select={props.dispatch.reform(Action::ShowSeen)} />
            </div>
            <div class="board">{ for cards }</div>
            { for props.heats.iter().filter_map(|heat| {
                let text = too_flat(heat.loss, props.dim, props.train_classes)?;
                let swatch = format!("--loss: {}", palette::loss_css(heat.colour, props.dark));
                Some(html! { <p class="lesson" style={swatch}><b>{ heat.loss.info().name }</b>{ text }</p> })
            }) }
        </section>
    }
}

/// Mean over the lanes that still train, at the last evaluation.
fn mean(series: &Series, of: impl Fn(&crate::record::LaneMetrics) -> f32) -> Option<f32> {
    over_lanes(series, series.points.last()?, of).map(|(mean, _)| mean as f32)
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
    /// It has the most of this so far.
    leads: Option<Metric>,
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
    let about = props
        .dispatch
        .reform(move |_: MouseEvent| Action::Show(Sheet::AboutLoss(loss)));
    let ended = heat.stopped.len();
    let note = match ended {
        0 => None,
        _ if ended >= heat.lanes => Some(format!(
            "Ended at step {}: the loss was not finite. A lower learning rate helps.",
            heat.stopped
                .iter()
                .map(|(_, step)| *step)
                .max()
                .unwrap_or(0)
        )),
        _ => Some(format!(
            "{ended} of {} seeds ended: not finite.",
            heat.lanes
        )),
    };
    let percent = |value: Option<f32>| {
        value
            .map(|value| format!("{:.1} %", value * 100.0))
            .unwrap_or_else(|| "–".into())
    };
    html! {
        <article class={classes!("card", props.leads.map(|_| "leads"))} style={swatch}>
            <header>
                <span class="swatch" aria-hidden="true"></span>
                <h2 title={info.name}>{ info.name }</h2>
                if let Some(metric) = props.leads {
                    <span class="leader" role="img" aria-label={format!("highest {} so far", metric.label())}
                        title={format!("Highest {} so far", metric.label())}>{ "1st" }</span>
                }
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

/// Proxy Anchor pushes samples until their cosine to the proxies of all other classes is negative, which no more than
/// `dim + 1` directions can be to each other. Where that is far from enough, its card says so.
fn too_flat(loss: LossKind, dim: usize, classes: usize) -> Option<String> {
    let most = dim + 1;
    (loss == LossKind::ProxyAnchor && dim <= 3 && classes > most).then(|| {
        let ground = if dim == 2 { "circle" } else { "sphere" };
        format!(
            " has too little room here: on a {ground} at most {most} directions are all turned away from each other, and it \
             asks that of all {classes} classes."
        )
    })
}

/// Which seed's embedding is shown.
fn lane_choice(props: &CardProps) -> Html {
    let heat = props.index;
    let select = props
        .dispatch
        .reform(move |lane: usize| Action::ShowLane { heat, lane });
    let options: Vec<(usize, AttrValue)> = (0..props.heat.lanes)
        .map(|lane| (lane, format!("seed {}", lane + 1).into()))
        .collect();
    html! {
        <div class="lane">
            <Select<usize> id={format!("lane-{heat}")} label={format!("Seed shown of {}", props.heat.loss.info().name)} hide_label=true {options}
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_proxy_anchor_and_only_where_it_has_no_room_is_explained() {
        let text = too_flat(LossKind::ProxyAnchor, 2, 10).unwrap();
        assert!(
            text.contains("at most 3 directions") && text.contains("all 10 classes"),
            "{text}"
        );
        assert!(too_flat(LossKind::ProxyAnchor, 3, 5).is_some());
        assert_eq!(too_flat(LossKind::ProxyAnchor, 3, 4), None);
        assert_eq!(too_flat(LossKind::ProxyAnchor, 64, 200), None);
        assert_eq!(too_flat(LossKind::Contrastive, 2, 10), None);
    }
}
