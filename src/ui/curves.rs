//! The convergence chart and what goes with it.

use std::rc::Rc;

use yew::prelude::*;

use super::controls::{Choice, Select, toggle};
use super::model::{Axis, Metric, Same, Series};
use super::outcome::{self, TakeAlong, VerdictLine};
use super::paint::{self, ConvergenceChart, PlaneView, RatioChart, ThresholdChart, ThresholdProps};
use super::state::{Action, ChartKind, ChartView, Standing};
use crate::data::Dataset;
use crate::experiment::Experiment;

#[derive(Properties, PartialEq)]
pub struct CurvesProps {
    pub series: Rc<Vec<Series>>,
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
    let ChartView {
        kind,
        metric,
        axis,
        log_x,
        show_seeds,
    } = props.chart;
    let dispatch = &props.dispatch;
    let canvas = use_node_ref();
    let summary = use_memo(
        (props.series.clone(), props.experiment.clone(), metric),
        |(series, experiment, metric)| {
            outcome::recording(experiment, series, "").summary(outcome::measure_of(*metric))
        },
    );
    let reach = use_memo(
        (summary.clone(), props.series.clone(), axis),
        |(summary, series, axis)| {
            summary
                .as_ref()
                .as_ref()
                .map(|summary| outcome::reach_rows(summary, series, *axis))
                .unwrap_or_default()
        },
    );
    let thresholds = use_memo((), |()| outcome::shares());
    let reach = ThresholdProps {
        rows: reach,
        thresholds,
        unit: if axis == Axis::TrainSeconds {
            axis
        } else {
            Axis::Steps
        }
        .label()
        .into(),
        running: props.standing != Standing::Finished,
        dark: props.dark,
        canvas: canvas.clone(),
    };
    let drawn = props.series.iter().any(|series| series.points.len() > 1);
    let scored_on = props.experiment.data.scored_on().name();
    let total_steps = props.experiment.schedule.steps;
    let curves = paint::Curves {
        metric,
        axis,
        log_x,
        show_seeds,
        total_steps,
        scored_on,
    };
    html! {
        <section class="curves" style={format!("--losses: {}", props.series.len())} aria-label={format!("Convergence on {scored_on}")}>
            <header>
                <h2 class="visually-hidden">{ format!("On {scored_on}") }</h2>
                { controls(props) }
                <TakeAlong experiment={props.experiment.clone()} series={props.series.clone()} dataset={props.dataset.clone()}
                    device={props.device.clone()} {kind} {curves} canvas={canvas.clone()} reach={reach.clone()} dark={props.dark}
                    dispatch={dispatch.clone()} />
            </header>
            <div class="chart-frame">
                if !drawn {
                    <p class="hint lead">
                        { if props.standing == Standing::Preparing { "The curves start here once the engine is loaded." }
                          else if props.standing == Standing::Empty { "Pick a loss on the right (or under Settings), and its curve is drawn here." }
                          else { "Press Play (or the space bar), and every loss draws its curve here: how well it places what it never saw." } }
                    </p>
                } else {
                    { match kind {
                        ChartKind::Curves => html! {
                            <ConvergenceChart series={props.series.clone()} {curves} dark={props.dark} {canvas} />
                        },
                        ChartKind::Reach => html! { <ThresholdChart ..reach /> },
                        ChartKind::Plane => html! { <PlaneView series={props.series.clone()} {scored_on} dark={props.dark} {canvas} /> },
                        ChartKind::Ratio => html! { <RatioChart series={props.series.clone()} {scored_on} dark={props.dark} {canvas} /> },
                    } }
                }
            </div>
            if drawn && !kind.caption().is_empty() { <p class="caption">{ kind.caption() }</p> }
            if drawn {
                <VerdictLine summary={summary.clone()} finished={props.standing == Standing::Finished}
                    unfair={outcome::unfair(&props.series)} />
            }
        </section>
    }
}

/// What can be chosen of the chart that is shown.
fn controls(props: &CurvesProps) -> Html {
    let ChartView {
        kind,
        metric,
        axis,
        log_x,
        show_seeds,
    } = props.chart;
    let dispatch = &props.dispatch;
    // In the order of `Axis::ALL`.
    let axes = Axis::ALL.into_iter().zip(["steps", "seconds", "samples"]);
    let axes: Vec<(Axis, AttrValue)> = axes.map(|(axis, name)| (axis, name.into())).collect();
    let timed = matches!(kind, ChartKind::Curves | ChartKind::Reach);
    html! {
        <>
            <Select<ChartKind> id="chart" label="Chart" hide_label=true options={ChartKind::ALL.map(|kind| (kind, kind.label().into())).to_vec()}
                selected={Some(kind)} on_select={dispatch.reform(Action::SetChart)} />
            if timed {
                <Choice<Metric> id="metric" label="Metric" hide_label=true options={Metric::ALL.map(|metric| (metric, metric.label().into())).to_vec()}
                    selected={Some(metric)} on_select={dispatch.reform(Action::SetMetric)} />
                <Choice<Axis> id="axis" label="Against" hide_label=true options={axes}
                    selected={Some(axis)} on_select={dispatch.reform(Action::SetAxis)} />
            }
            if kind == ChartKind::Curves {
                { toggle("log", log_x, &dispatch.reform(Action::SetLogX)) }
                if props.experiment.seeds > 1 {
                    { toggle("each seed", show_seeds, &dispatch.reform(Action::SetShowSeeds)) }
                }
            }
        </>
    }
}
