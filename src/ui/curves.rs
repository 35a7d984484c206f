//! The charts of the race and what goes with them.

use std::rc::Rc;

use kyori_text::{Language, Message, messages as text};
use yew::prelude::*;

use super::controls::{Choice, Select, toggle};
use super::language::use_language;
use super::model::{Axis, Curve, Same, scored_on};
use super::next::Next;
use super::outcome::{TakeAlong, VerdictLine};
use super::paint::{Chart, ChartProps, Figure};
use super::state::{Action, ChartView, RaceStatus, Track};
use crate::data::Dataset;
use crate::experiment::Experiment;
use crate::record::{Film, Measure, Summary, wording};

#[derive(Properties, PartialEq)]
pub struct CurvesProps {
    pub tracks: Rc<Vec<Track>>,
    /// The experiment that the curves are of.
    pub experiment: Rc<Experiment>,
    pub dataset: Option<Same<Dataset>>,
    /// The picture behind each point of the race's frames, as index in the data set.
    pub view: Rc<Vec<u32>>,
    /// The film that is shown in the place of the race.
    pub film: Option<Same<Film>>,
    pub device: AttrValue,
    pub chart: ChartView,
    /// The step that is looked back at.
    pub moment: Option<u32>,
    pub race_status: RaceStatus,
    pub dark: bool,
    pub dispatch: Callback<Action>,
}

#[component]
pub fn Curves(props: &CurvesProps) -> Html {
    let t = use_language();
    let canvas = use_node_ref();
    let figure = use_figure(t, props);
    let drawn = figure
        .curves
        .iter()
        .any(|curve| curve.record.0.is_trained());
    let scored_on = scored_on(figure.scored_on);
    let chart = props.chart.chart;
    html! {
        <section class="curves" style={format!("--losses: {}", figure.curves.len())} aria-label={t.say(text::charts(&scored_on))}>
            if drawn { <VerdictLine figure={figure.clone()} /> }
            <header>
                <h2 class="visually-hidden">{ t.say(text::charts_heading(&scored_on)) }</h2>
                { controls(t, props) }
                <TakeAlong experiment={props.experiment.clone()} dataset={props.dataset.clone()} device={props.device.clone()}
                    tracks={props.tracks.clone()} view={props.view.clone()} film={props.film.clone()}
                    {chart} figure={figure.clone()} canvas={canvas.clone()} dispatch={props.dispatch.clone()} />
            </header>
            <div class="chart-frame">
                if drawn {
                    { (chart.info().view)(&ChartProps { figure: figure.clone(), canvas, moment: props.moment }) }
                } else {
                    <p class="hint lead">{ t.say(hint(props.race_status)) }</p>
                }
            </div>
            if let Some(caption) = chart.caption().filter(|_| drawn) {
                <p class="caption">
                    { t.say(caption) }
                    { for (chart.info().told)(&figure).into_iter().flatten().map(|told| html! { <>{ " " }{ t.say(told) }</> }) }
                </p>
            }
            if drawn && figure.axis == Axis::TrainSeconds && chart.info().choices.measure_and_axis {
                <p class="caption">{ t.say(text::seconds_are()) }</p>
            }
            if drawn && props.race_status == RaceStatus::Finished {
                <Next experiment={props.experiment.clone()} dispatch={props.dispatch.clone()} />
            }
        </section>
    }
}

/// What the charts draw. It stays the same while nothing is measured, however far the losses get.
#[hook]
fn use_figure(t: Language, props: &CurvesProps) -> Figure {
    let ChartView {
        measure,
        axis,
        log_x,
        show_seeds,
        ..
    } = props.chart;
    let curves: Vec<Curve> = props.tracks.iter().map(Track::curve).collect();
    let curves = use_memo(curves, Vec::clone);
    let data = props.experiment.data.kind();
    let summary = use_memo(
        (curves.clone(), measure, data),
        |(curves, measure, data)| {
            let (names, records) = Curve::split(curves);
            Summary::of(&names, &records, *measure, *data)
        },
    );
    Figure {
        curves,
        summary,
        measure,
        axis,
        log_x,
        show_seeds,
        total_steps: props.experiment.schedule.steps,
        scored_on: props.experiment.data.scored_on(),
        conditions: Rc::new(props.experiment.conditions.clone()),
        finished: props.race_status == RaceStatus::Finished,
        dark: props.dark,
        t,
    }
}

/// What stands in the place of the chart before anything has been measured.
fn hint(race_status: RaceStatus) -> Message {
    match race_status {
        RaceStatus::Preparing => text::hint_preparing(),
        RaceStatus::Empty => text::hint_empty(),
        RaceStatus::Playing => text::hint_playing(),
        _ => text::hint_play(),
    }
}

/// What can be chosen of the chart that is shown.
fn controls(t: Language, props: &CurvesProps) -> Html {
    let view = props.chart;
    let ChartView {
        chart,
        measure,
        axis,
        log_x,
        show_seeds,
    } = view;
    let choices = chart.info().choices;
    let charts: Vec<(Chart, AttrValue)> = Chart::all()
        .map(|chart| (chart, t.say(chart.label()).into()))
        .collect();
    let measures: Vec<(Measure, AttrValue)> = Measure::ranking()
        .map(|measure| (measure, t.say(wording::measure(measure)).into()))
        .collect();
    let dispatch = &props.dispatch;
    let axes = Axis::ALL.map(|axis| (axis, t.say(axis.name()).into()));
    let axes: Vec<(Axis, AttrValue)> = axes.to_vec();
    let set_chart = dispatch.reform(move |chart| Action::SetChart(ChartView { chart, ..view }));
    let set_measure =
        dispatch.reform(move |measure| Action::SetChart(ChartView { measure, ..view }));
    let set_axis = dispatch.reform(move |axis| Action::SetChart(ChartView { axis, ..view }));
    let set_log = dispatch.reform(move |log_x| Action::SetChart(ChartView { log_x, ..view }));
    let set_seeds =
        dispatch.reform(move |show_seeds| Action::SetChart(ChartView { show_seeds, ..view }));
    html! {
        <>
            <Select<Chart> id="chart" label={t.say(text::charts_choice())} hide_label=true options={charts}
                selected={Some(chart)} on_select={set_chart} />
            if choices.measure_and_axis {
                <Choice<Measure> id="metric" label={t.say(text::charts_measure())} hide_label=true options={measures}
                    selected={Some(measure)} on_select={set_measure} />
                <Choice<Axis> id="axis" label={t.say(text::charts_axis())} hide_label=true options={axes}
                    selected={Some(axis)} on_select={set_axis} />
            }
            if choices.log_and_seeds {
                { toggle(t.say(text::charts_log()), log_x, &set_log) }
                if props.experiment.seeds > 1 { { toggle(t.say(text::charts_each_seed()), show_seeds, &set_seeds) } }
            }
        </>
    }
}
