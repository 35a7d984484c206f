//! The convergence chart and what goes with it.

use std::rc::Rc;

use yew::prelude::*;

use super::controls::{Choice, Toggle};
use super::model::{Axis, Metric, Series};
use super::paint::ConvergenceChart;
use super::state::{Action, ChartView, Standing};

#[derive(Properties, PartialEq)]
pub struct CurvesProps {
    pub series: Rc<Vec<Series>>,
    pub chart: ChartView,
    pub standing: Standing,
    pub seeds: usize,
    pub steps: u32,
    pub dark: bool,
    pub dispatch: Callback<Action>,
}

#[component]
pub fn Curves(props: &CurvesProps) -> Html {
    let ChartView { metric, axis, log_x, show_seeds } = props.chart;
    let dispatch = &props.dispatch;
    let set_metric =
        dispatch.reform(|index: usize| Action::SetMetric(Metric::ALL.get(index).copied().unwrap_or_default()));
    let set_axis = dispatch.reform(|index: usize| Action::SetAxis(Axis::ALL.get(index).copied().unwrap_or_default()));
    let drawn = props.series.iter().any(|series| series.points.len() > 1);
    html! {
        <section class="curves" aria-label="Convergence on unseen classes">
            <header>
                <h2>{ "On classes never trained on" }</h2>
                <Choice id="metric" label="Metric" hide_label=true options={Metric::ALL.map(|m| AttrValue::from(m.label())).to_vec()}
                    selected={Metric::ALL.iter().position(|m| *m == metric)} on_select={set_metric} />
                <Choice id="axis" label="Against" hide_label=true options={Axis::ALL.map(|a| AttrValue::from(a.label())).to_vec()}
                    selected={Axis::ALL.iter().position(|a| *a == axis)} on_select={set_axis} />
                <Toggle label="log" on={log_x} on_toggle={dispatch.reform(Action::SetLogX)} />
                if props.seeds > 1 {
                    <Toggle label="each seed" on={show_seeds} on_toggle={dispatch.reform(Action::SetShowSeeds)} />
                }
            </header>
            <div class="chart">
                if drawn {
                    <ConvergenceChart series={props.series.clone()} {metric} {axis} {log_x} {show_seeds} dark={props.dark}
                        total_steps={props.steps} />
                } else {
                    <p class="hint">
                        { if props.standing == Standing::Preparing { "The curves start here once the engine is loaded." }
                          else { "Press Play, and every loss draws its curve here." } }
                    </p>
                }
            </div>
        </section>
    }
}
