//! The charts of the race and what goes with them.

use std::rc::Rc;

use yew::prelude::*;

use super::controls::{Choice, Select, toggle};
use super::model::{Axis, Curve, Same};
use super::outcome::{TakeAlong, VerdictLine};
use super::paint::{Chart, ChartProps, Figure};
use super::state::{Action, ChartView, Standing, Track};
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
    pub standing: Standing,
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
                    <p class="hint lead">{ hint(props.standing) }</p>
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
        scored_on: props.experiment.data.scored_on(),
        finished: props.standing == Standing::Finished,
        dark: props.dark,
    }
}

/// What stands in the place of the chart before anything has been measured.
fn hint(standing: Standing) -> &'static str {
    match standing {
        Standing::Preparing => "The curves start here once the engine is loaded.",
        Standing::Empty => {
            "Pick a loss on the right (or under Settings), and its curve is drawn here."
        }
        Standing::Playing => "Training. The curves start here with the next evaluation.",
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
    let charts: Vec<Chart> = Chart::all().collect();
    let measures: Vec<Measure> = Measure::ranking().collect();
    let labels = charts
        .iter()
        .map(|chart| AttrValue::from(chart.info().label));
    let names = measures
        .iter()
        .map(|measure| AttrValue::from(measure.name()));
    let (labels, names): (Vec<_>, Vec<_>) = (labels.collect(), names.collect());
    let chosen = |selected: Option<usize>| selected.expect("what is shown is among what there is");
    let at_chart = chosen(charts.iter().position(|known| *known == chart));
    let at_measure = chosen(measures.iter().position(|known| *known == measure));
    let at_axis = chosen(Axis::ALL.iter().position(|known| *known == axis));
    let dispatch = &props.dispatch;
    let set_chart = dispatch.reform(move |index: usize| {
        Action::SetChart(ChartView {
            chart: charts[index],
            ..view
        })
    });
    let set_measure = dispatch.reform(move |index: usize| {
        Action::SetChart(ChartView {
            measure: measures[index],
            ..view
        })
    });
    let set_axis = dispatch.reform(move |index: usize| {
        Action::SetChart(ChartView {
            axis: Axis::ALL[index],
            ..view
        })
    });
    let set_log = dispatch.reform(move |log_x| Action::SetChart(ChartView { log_x, ..view }));
    let set_seeds =
        dispatch.reform(move |show_seeds| Action::SetChart(ChartView { show_seeds, ..view }));
    html! {
        <>
            <Select id="chart" label="Chart" hide_label=true options={labels} selected={Some(at_chart)} on_select={set_chart} />
            if choices.measure_and_axis {
                <Choice id="metric" label="Metric" hide_label=true options={names} selected={Some(at_measure)} on_select={set_measure} />
                <Choice id="axis" label="Against" hide_label=true options={["steps", "seconds", "samples"].map(AttrValue::from).to_vec()}
                    selected={Some(at_axis)} on_select={set_axis} />
            }
            if choices.log_and_seeds {
                { toggle("log", log_x, &set_log) }
                if props.experiment.seeds > 1 { { toggle("each seed", show_seeds, &set_seeds) } }
            }
        </>
    }
}
