//! The race board: a card for each loss, with its embedding.

use std::rc::Rc;

use kyori_text::{Language, Message, NumberFormat, messages as text};
use yew::prelude::*;

use super::controls::{Choice, Dialog, Select};
use super::language::{rich, use_language};
use super::model::{Pictures, scored_on};
use super::paint::{EmbeddingView, palette};
use super::state::{Action, RaceStatus, Sheet, Track};
use crate::experiment::Experiment;
use crate::loss::LossKind;
use crate::record::{Measure, Ranking, wording};

#[derive(Properties, PartialEq)]
pub struct BoardProps {
    pub tracks: Rc<Vec<Track>>,
    /// The experiment that the tracks are of.
    pub experiment: Rc<Experiment>,
    /// Where the losses stand; none before the first step.
    pub ranking: Option<Ranking>,
    pub pictures: Pictures,
    /// The views show classes that are trained on.
    pub shows_seen: bool,
    /// The views are maps of neighbours, where the embedding has more than three dimensions.
    pub neighbours: bool,
    pub race_status: RaceStatus,
    pub dark: bool,
    pub reduced_motion: bool,
    pub dispatch: Callback<Action>,
}

#[component]
pub fn Board(props: &BoardProps) -> Html {
    let t = use_language();
    let pointed = use_state_eq(|| None::<usize>);
    let on_point = {
        let setter = pointed.setter();
        use_callback((), move |point, ()| setter.set(point))
    };
    if props.tracks.is_empty() {
        return html! {
            <section class="board empty" aria-label={t.say(text::board())}>
                <p>{ t.say(text::board_empty()) }</p>
            </section>
        };
    }
    let cards = props.tracks.iter().enumerate().map(|(index, track)| {
        let lead = lead(props, index).map(|lead| AttrValue::from(t.say(lead)));
        html! {
            <Card key={track.loss.info().id} track={track.clone()} pictures={props.pictures.clone()} race_status={props.race_status} {lead} dark={props.dark}
                reduced_motion={props.reduced_motion} pointed={*pointed} on_point={on_point.clone()}
                dispatch={props.dispatch.clone()} />
        }
    });
    let experiment = &props.experiment;
    let scored_on = t.say(scored_on(experiment.data.scored_on()));
    let training_classes = experiment.data.sizes().training_classes;
    let projected = experiment.net.dim > 3;
    let meaning = if projected && props.neighbours {
        text::board_neighbours_meaning()
    } else {
        text::board_dots()
    };
    html! {
        <section class="board-frame" aria-label={t.say(text::board())}>
            <div class="board-head">
                <p class="meaning">{ t.say(meaning) }</p>
                <div class="board-choices">
                if projected {
                    <Choice<bool> id="shown-map" label={t.say(text::board_map())} hide_label=true
                        options={vec![(true, t.say(text::board_neighbours()).into()), (false, t.say(text::board_directions()).into())]}
                        selected={Some(props.neighbours)} on_select={props.dispatch.reform(Action::ShowNeighbours)} />
                }
                <Choice<bool> id="shown-classes" label={t.say(text::board_classes_shown())} hide_label=true options={vec![(false, scored_on.into()), (true, t.say(text::board_training_classes()).into())]}
                    selected={Some(props.shows_seen)} on_select={props.dispatch.reform(Action::ShowSeen)} />
                </div>
            </div>
            <div class="board">{ for cards }</div>
            { for props.tracks.iter().filter_map(|heat| {
                let lesson = too_flat(heat.loss, experiment.net.dim, training_classes)?;
                let swatch = format!("--loss: {}", palette::loss_css(heat.colour, props.dark));
                Some(html! { <p class="lesson" style={swatch}>{ rich(&t.say(lesson)) }</p> })
            }) }
        </section>
    }
}

/// Whether a loss is first among several, in words; none where it is not.
fn lead(props: &BoardProps, index: usize) -> Option<Message> {
    let ranking = props.ranking.as_ref().filter(|_| props.tracks.len() > 1)?;
    let leaders = ranking.leaders();
    // Where all are alike, nobody is first.
    let some = leaders.len() < ranking.places.len() || leaders.len() == 1;
    let leads = some && leaders.iter().any(|place| place.heat == index);
    leads.then(|| {
        let measure = wording::measure(ranking.measure);
        if leaders.len() > 1 {
            text::board_first_shared(measure, ranking.step)
        } else {
            text::board_first_by(measure, ranking.step)
        }
    })
}

/// A measure of the last evaluation: the mean over the seeds, one that has ended with its worst value.
fn percent(t: Language, track: &Track, measure: Measure) -> String {
    let record = &track.record.0;
    let last = record.points.len().checked_sub(1);
    let last = last.filter(|_| !record.is_over());
    match last.and_then(|last| record.interval(last, measure)) {
        Some(interval) => t.number(interval.mean, NumberFormat::percent(1)),
        None => t.say(text::board_nothing()).into_owned(),
    }
}

#[derive(Properties, PartialEq)]
struct CardProps {
    track: Track,
    pictures: Pictures,
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
    let t = use_language();
    let track = &props.track;
    let info = track.loss.info();
    let swatch = format!("--loss: {}", palette::loss_css(track.colour, props.dark));
    let loss = track.loss;
    let about = props
        .dispatch
        .reform(move |_: MouseEvent| Action::Show(Sheet::AboutLoss(loss)));
    let enlarge = props
        .dispatch
        .reform(move |_: MouseEvent| Action::Show(Sheet::Large(loss)));
    let inside = props
        .dispatch
        .reform(move |_: MouseEvent| Action::Show(Sheet::Inside(loss)));
    let inside_label = AttrValue::from(t.say(text::inside_open(info.name)));
    let speed = if track.steps_per_second > 0.0 {
        t.number(track.steps_per_second, NumberFormat::decimals(0))
    } else {
        t.say(text::board_nothing()).into_owned()
    };
    let values = [(Measure::RecallAt1, "recall"), (Measure::MapAtR, "map")];
    let value = |(measure, id): (Measure, &str)| {
        let meaning = t.say(text::measure_meaning(measure.id()));
        let id = format!("{id}-{}", info.id);
        html! {
            <div>
                <dt title={meaning}>{ t.say(wording::measure(measure)) }</dt>
                <dd data-testid={id}>{ percent(t, track, measure) }</dd>
            </div>
        }
    };
    html! {
        <article class={classes!("card", props.lead.is_some().then_some("leads"))} style={swatch}>
            <header>
                <span class="swatch" aria-hidden="true"></span>
                <h2 title={info.name}>{ info.name }</h2>
                if let Some(lead) = &props.lead {
                    <span class="leader" role="img" aria-label={lead.clone()} title={lead.clone()}>{ t.say(text::board_first()) }</span>
                }
                <button type="button" class="about enlarge" onclick={enlarge} aria-label={t.say(text::board_enlarge(info.name))}
                    title={t.say(text::board_enlarge(info.name))}>{ "⤢" }</button>
                <button type="button" class="about" onclick={inside} aria-label={inside_label.clone()} title={inside_label}>{ "▦" }</button>
                <button type="button" class="about" onclick={about} aria-label={t.say(text::board_about(info.name))}>{ "?" }</button>
            </header>
            <div class="view">
                if let Some(frame) = &track.frame {
                    <EmbeddingView frame={Some(frame.0.clone())} dataset={props.pictures.dataset.as_ref().map(|shared| shared.0.clone())}
                        view={props.pictures.view.clone()} title={info.name} dark={props.dark} reduced_motion={props.reduced_motion}
                        highlight={props.pointed} on_hover={props.on_point.clone()} on_choose={props.dispatch.reform(Action::LookUp)} />
                } else {
                    <p class="hint">{ t.say(hint(props.race_status)) }</p>
                }
                if let Some(note) = ended(track) { <p class="card-note">{ t.say(note) }</p> }
            </div>
            <dl>
                { for values.map(value) }
                <div class="speed"><dt>{ t.say(text::board_speed()) }</dt><dd>{ speed }</dd></div>
                if track.lanes > 1 { { lane_choice(t, props) } }
            </dl>
        </article>
    }
}

#[derive(Properties, PartialEq)]
pub struct LargeViewProps {
    pub track: Track,
    pub pictures: Pictures,
    pub dark: bool,
    pub reduced_motion: bool,
    pub dispatch: Callback<Action>,
}

/// The picture of one loss over the page, as large as the window lets it be.
#[component]
pub fn LargeView(props: &LargeViewProps) -> Html {
    let track = &props.track;
    let name = track.loss.info().name;
    let frame = track.frame.as_ref().map(|frame| frame.0.clone());
    html! {
        <Dialog title={name} class="wide" on_close={props.dispatch.reform(|()| Action::CloseSheet)}>
            <div class="large-view">
                <EmbeddingView {frame} dataset={props.pictures.dataset.as_ref().map(|shared| shared.0.clone())}
                    view={props.pictures.view.clone()} title={name} dark={props.dark} reduced_motion={props.reduced_motion}
                    on_choose={props.dispatch.reform(Action::LookUp)} />
            </div>
        </Dialog>
    }
}

/// What is said of seeds that have ended early.
fn ended(track: &Track) -> Option<Message> {
    let last = track.record.0.stopped.iter().map(|(_, step)| *step).max()?;
    let ended = track.ended();
    Some(if ended >= track.lanes {
        text::board_ended(last)
    } else {
        text::board_some_ended(ended, track.lanes)
    })
}

/// Proxy Anchor pushes samples until their cosine to the proxies of all other classes is negative, which no more than
/// `dim + 1` directions can be to each other. Where that is far from enough, its card says so.
fn too_flat(loss: LossKind, dim: usize, classes: usize) -> Option<Message> {
    let most = dim + 1;
    (loss == LossKind::ProxyAnchor && dim <= 3 && classes > most).then(|| {
        let name = loss.info().name;
        if dim == 2 {
            text::board_no_room_circle(classes, name, most)
        } else {
            text::board_no_room_sphere(classes, name, most)
        }
    })
}

/// Which seed's embedding is shown.
fn lane_choice(t: Language, props: &CardProps) -> Html {
    let loss = props.track.loss;
    let select = props
        .dispatch
        .reform(move |lane: usize| Action::ShowLane { loss, lane });
    let options: Vec<(usize, AttrValue)> = (0..props.track.lanes)
        .map(|lane| (lane, (lane + 1).to_string().into()))
        .collect();
    html! {
        <div class="lane">
            <dt>{ t.say(text::board_seed()) }</dt>
            <dd>
                <Select<usize> id={format!("lane-{}", loss.info().id)} label={t.say(text::board_seed_shown(loss.info().name))} hide_label=true {options}
                    selected={Some(props.track.lane_shown)} on_select={select} />
            </dd>
        </div>
    }
}

fn hint(race_status: RaceStatus) -> Message {
    match race_status {
        RaceStatus::Preparing => text::board_picture_soon(),
        RaceStatus::Empty => Message::default(),
        RaceStatus::Failed => text::board_no_picture(),
        _ => text::board_picture_waits(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_proxy_anchor_and_only_where_it_has_no_room_is_explained() {
        let lesson = too_flat(LossKind::ProxyAnchor, 2, 10).unwrap();
        let lesson = Language::english().say(lesson);
        assert!(
            lesson.contains("at most 3 directions") && lesson.contains("all 10 classes"),
            "{lesson}"
        );
        assert!(too_flat(LossKind::ProxyAnchor, 3, 5).is_some());
        assert_eq!(too_flat(LossKind::ProxyAnchor, 3, 4), None);
        assert_eq!(too_flat(LossKind::ProxyAnchor, 64, 200), None);
        assert_eq!(too_flat(LossKind::Contrastive, 2, 10), None);
    }
}
