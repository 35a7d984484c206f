//! The charts of the race and what goes with them.

use std::rc::Rc;

use yew::prelude::*;

use super::controls::{Choice, Select, toggle};
use super::model::{Axis, Curve, Same};
use super::outcome::{TakeAlong, VerdictLine};
use super::paint::{Chart, ChartProps, Figure};
use super::state::{Action, ChartView, RaceStatus, Track};
use crate::data::Dataset;
use crate::experiment::Experiment;
use crate::record::{Measure, Summary};

#[derive(Properties, PartialEq)]
pub struct CurvesProps {
    pub tracks: Rc<Vec<Track>>,
    /// The experiment that the curves are of.
    pub experiment: Rc<Experiment>,
    pub dataset: Option<Same<Dataset>>,
    pub device: AttrValue,
    pub chart: ChartView,
    pub race_status: RaceStatus,
    pub dark: bool,
    pub dispatch: Callback<Action>,
}

#[component]
pub fn Curves(props: &CurvesProps) -> Html {
    let canvas = use_node_ref();
    let figure = use_figure(props);
    let drawn = figure
        .curves
        .iter()
        .any(|curve| curve.record.0.is_trained());
    let scored_on = figure.scored_on;
    let chart = props.chart.chart;
    let caption = chart.info().caption;
    html! {
        <section class="curves" style={format!("--losses: {}", figure.curves.len())} aria-label={format!("Convergence on {scored_on}")}>
            <header>
                <h2 class="visually-hidden">{ format!("On {scored_on}") }</h2>
                { controls(props) }
                <TakeAlong experiment={props.experiment.clone()} dataset={props.dataset.clone()} device={props.device.clone()}
                    {chart} figure={figure.clone()} canvas={canvas.clone()} dispatch={props.dispatch.clone()} />
            </header>
            <div class="chart-frame">
                if drawn {
                    { (chart.info().view)(&ChartProps { figure: figure.clone(), canvas }) }
                } else {
                    <p class="hint lead">{ hint(props.race_status) }</p>
                }
            </div>
            if drawn && !caption.is_empty() { <p class="caption">{ caption }</p> }
            if drawn { <VerdictLine {figure} /> }
        </section>
    }
}

/// What the charts draw. It stays the same while nothing is measured, however far the losses get.
#[hook]
fn use_figure(props: &CurvesProps) -> Figure {
    let ChartView {
        measure,
        axis,
        log_x,
        show_seeds,
        ..
    } = props.chart;
    let curves: Vec<Curve> = props.tracks.iter().map(Track::curve).collect();
    let curves = use_memo(curves, Vec::clone);
    let summary = use_memo((curves.clone(), measure), |(curves, measure)| {
        let (names, records) = Curve::split(curves);
        Summary::of(&names, &records, *measure)
    });
    Figure {
        curves,
        summary,
        measure,
        axis,
        log_x,
        show_seeds,
        total_steps: props.experiment.schedule.steps,
        scored_on: props.experiment.data.scored_on().name(),
        finished: props.race_status == RaceStatus::Finished,
        dark: props.dark,
    }
}

/// What stands in the place of the chart before anything has been measured.
fn hint(race_status: RaceStatus) -> &'static str {
    match race_status {
        RaceStatus::Preparing => "The curves start here once the engine is loaded.",
        RaceStatus::Empty => {
            "Pick a loss on the right (or under Settings), and its curve is drawn here."
        }
        RaceStatus::Playing => "Training. The curves start here with the next evaluation.",
        _ => {
            "Press Play (or the space bar), and every loss draws its curve here: how well it places what it never saw."
        }
    }
}

/// What can be chosen of the chart that is shown.
fn controls(props: &CurvesProps) -> Html {
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
        .map(|chart| (chart, chart.info().label.into()))
        .collect();
    let measures: Vec<(Measure, AttrValue)> = Measure::ranking()
        .map(|measure| (measure, measure.name().into()))
        .collect();
    let dispatch = &props.dispatch;
    // In the order of `Axis::ALL`.
    let axes = Axis::ALL.into_iter().zip(["steps", "seconds", "samples"]);
    let axes: Vec<(Axis, AttrValue)> = axes.map(|(axis, name)| (axis, name.into())).collect();
    let set_chart = dispatch.reform(move |chart| Action::SetChart(ChartView { chart, ..view }));
    let set_measure =
        dispatch.reform(move |measure| Action::SetChart(ChartView { measure, ..view }));
    let set_axis = dispatch.reform(move |axis| Action::SetChart(ChartView { axis, ..view }));
    let set_log = dispatch.reform(move |log_x| Action::SetChart(ChartView { log_x, ..view }));
    let set_seeds =
        dispatch.reform(move |show_seeds| Action::SetChart(ChartView { show_seeds, ..view }));
    html! {
        <>
            <Select<Chart> id="chart" label="Chart" hide_label=true options={charts}
                selected={Some(chart)} on_select={set_chart} />
            if choices.measure_and_axis {
                <Choice<Measure> id="metric" label="Metric" hide_label=true options={measures}
                    selected={Some(measure)} on_select={set_measure} />
                <Choice<Axis> id="axis" label="Against" hide_label=true options={axes}
                    selected={Some(axis)} on_select={set_axis} />
            }
            if choices.log_and_seeds {
                { toggle("log", log_x, &set_log) }
                if props.experiment.seeds > 1 { { toggle("each seed", show_seeds, &set_seeds) } }
            }
        </>
    }
}
