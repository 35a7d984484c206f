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
    let scored_on = props.experiment.data.scored_on();
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
    let set_kind = dispatch.reform(|index: usize| {
        Action::SetChart(ChartKind::ALL.get(index).copied().unwrap_or_default())
    });
    let set_metric = dispatch.reform(|index: usize| {
        Action::SetMetric(Metric::ALL.get(index).copied().unwrap_or_default())
    });
    let set_axis = dispatch
        .reform(|index: usize| Action::SetAxis(Axis::ALL.get(index).copied().unwrap_or_default()));
    let timed = matches!(kind, ChartKind::Curves | ChartKind::Reach);
    html! {
        <>
            <Select id="chart" label="Chart" hide_label=true options={ChartKind::ALL.map(|kind| AttrValue::from(kind.label())).to_vec()}
                selected={ChartKind::ALL.iter().position(|known| *known == kind)} on_select={set_kind} />
            if timed {
                <Choice id="metric" label="Metric" hide_label=true options={Metric::ALL.map(|m| AttrValue::from(m.label())).to_vec()}
                    selected={Metric::ALL.iter().position(|m| *m == metric)} on_select={set_metric} />
                <Choice id="axis" label="Against" hide_label=true options={["steps", "seconds", "samples"].map(AttrValue::from).to_vec()}
                    selected={Axis::ALL.iter().position(|a| *a == axis)} on_select={set_axis} />
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
