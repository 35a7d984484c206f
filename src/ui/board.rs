//! The race board: a card for each loss, with its embedding.

use std::rc::Rc;

use yew::prelude::*;

use super::controls::{Choice, Select};
use super::model::Same;
use super::paint::{EmbeddingView, palette};
use super::state::{Action, RaceStatus, Sheet, Track};
use crate::data::Dataset;
use crate::loss::LossKind;
use crate::record::{Measure, Ranking};

#[derive(Properties, PartialEq)]
pub struct BoardProps {
    pub tracks: Rc<Vec<Track>>,
    pub view: Rc<Vec<u32>>,
    /// The views show classes that are trained on.
    pub show_seen: bool,
    pub dataset: Option<Same<Dataset>>,
    /// Where the losses stand; none before the first step.
    pub ranking: Option<Ranking>,
    /// What the metrics are computed on.
    pub scored_on: &'static str,
    /// Of the embedding.
    pub dim: usize,
    pub train_classes: usize,
    pub race_status: RaceStatus,
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
    if props.tracks.is_empty() {
        return html! {
            <section class="board empty" aria-label="Race board">
                <p>{ "No loss is in the race. Pick one or more on the right." }</p>
            </section>
        };
    }
    let cards = props.tracks.iter().enumerate().map(|(index, track)| {
        html! {
            <Card key={track.loss.info().id} {index} track={track.clone()} view={props.view.clone()}
                dataset={props.dataset.clone()} race_status={props.race_status} lead={lead(props, index)} dark={props.dark}
                reduced_motion={props.reduced_motion} pointed={*pointed} on_point={on_point.clone()}
                dispatch={props.dispatch.clone()} />
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
            { for props.tracks.iter().filter_map(|heat| {
                let text = too_flat(heat.loss, props.dim, props.train_classes)?;
                let swatch = format!("--loss: {}", palette::loss_css(heat.colour, props.dark));
                Some(html! { <p class="lesson" style={swatch}><b>{ heat.loss.info().name }</b>{ text }</p> })
            }) }
        </section>
    }
}

/// Whether a loss is first among several, in words; none where it is not.
fn lead(props: &BoardProps, index: usize) -> Option<AttrValue> {
    let ranking = props.ranking.as_ref().filter(|_| props.tracks.len() > 1)?;
    let leaders = ranking.leaders();
    // Where all are alike, nobody is first.
    let some = leaders.len() < ranking.places.len() || leaders.len() == 1;
    let leads = some && leaders.iter().any(|place| place.heat == index);
    let shared = if leaders.len() > 1 {
        "Shares the highest"
    } else {
        "Highest"
    };
    leads.then(|| {
        format!(
            "{shared} {} at step {}",
            ranking.measure.name(),
            ranking.step
        )
        .into()
    })
}

/// A measure of the last evaluation: the mean over the seeds that still train.
fn percent(track: &Track, measure: Measure) -> String {
    let point = track.record.0.points.last();
    match point.and_then(|point| point.interval(measure)) {
        Some(interval) => format!("{:.1} %", interval.mean * 100.0),
        None => "–".into(),
    }
}

#[derive(Properties, PartialEq)]
struct CardProps {
    index: usize,
    track: Track,
    view: Rc<Vec<u32>>,
    dataset: Option<Same<Dataset>>,
    race_status: RaceStatus,
    /// It is first, by what.
    lead: Option<AttrValue>,
    dark: bool,
    reduced_motion: bool,
    /// The point that the person points at, on any card.
    pointed: Option<usize>,
    on_point: Callback<Option<usize>>,
    dispatch: Callback<Action>,
}

#[component]
fn Card(props: &CardProps) -> Html {
    let track = &props.track;
    let info = track.loss.info();
    let swatch = format!("--loss: {}", palette::loss_css(track.colour, props.dark));
    let loss = track.loss;
    let about = props
        .dispatch
        .reform(move |_: MouseEvent| Action::Show(Sheet::AboutLoss(loss)));
    let speed = if track.steps_per_second > 0.0 {
        format!("{:.0}", track.steps_per_second)
    } else {
        "–".into()
    };
    html! {
        <article class={classes!("card", props.lead.is_some().then_some("leads"))} style={swatch}>
            <header>
                <span class="swatch" aria-hidden="true"></span>
                <h2 title={info.name}>{ info.name }</h2>
                if let Some(lead) = &props.lead {
                    <span class="leader" role="img" aria-label={lead.clone()} title={lead.clone()}>{ "1st" }</span>
                }
                <button type="button" class="about" onclick={about} aria-label={format!("About {}", info.name)}>{ "?" }</button>
            </header>
            <div class="view">
                if let Some(frame) = &track.frame {
                    <EmbeddingView frame={Some(frame.0.clone())} dataset={props.dataset.as_ref().map(|shared| shared.0.clone())}
                        view={props.view.clone()} title={info.name} dark={props.dark} reduced_motion={props.reduced_motion}
                        highlight={props.pointed} on_hover={props.on_point.clone()} />
                } else {
                    <p class="hint">{ hint(props.race_status) }</p>
                }
                if track.lanes > 1 { { lane_choice(props) } }
                if let Some(note) = ended(track) { <p class="card-note">{ note }</p> }
            </div>
            <dl>
                <div><dt>{ "Recall@1" }</dt><dd data-testid={format!("recall-{}", info.id)}>{ percent(track, Measure::RecallAt1) }</dd></div>
                <div><dt>{ "MAP@R" }</dt><dd data-testid={format!("map-{}", info.id)}>{ percent(track, Measure::MapAtR) }</dd></div>
                <div><dt>{ "steps/s" }</dt><dd>{ speed }</dd></div>
            </dl>
        </article>
    }
}

/// What is said of seeds that have ended early.
fn ended(track: &Track) -> Option<String> {
    let last = track.record.0.stopped.iter().map(|(_, step)| *step).max()?;
    let ended = track.ended();
    Some(if ended >= track.lanes {
        format!("Ended at step {last}: the loss was not finite. A lower learning rate helps.")
    } else {
        format!("{ended} of {} seeds ended: not finite.", track.lanes)
    })
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
    let options: Vec<(usize, AttrValue)> = (0..props.track.lanes)
        .map(|lane| (lane, format!("seed {}", lane + 1).into()))
        .collect();
    html! {
        <div class="lane">
            <Select<usize> id={format!("lane-{heat}")} label={format!("Seed shown of {}", props.track.loss.info().name)} hide_label=true {options}
                selected={Some(props.track.lane_shown)} on_select={select} />
        </div>
    }
}

fn hint(race_status: RaceStatus) -> &'static str {
    match race_status {
        RaceStatus::Preparing => "The untrained embedding appears here in a moment.",
        RaceStatus::Empty => "",
        RaceStatus::Failed => "No picture: the engine is not running.",
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
