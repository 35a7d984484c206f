//! Who wins if nobody tunes, and who with how many trials: what each budget of the tuning is worth.

use kyori_text::messages as text;
use yew::prelude::*;

use super::canvas::FOR_READERS;
use super::charts::{ChartInfo, ChartProps, Choices, Figure};
use super::export;
use super::plot::{Bounds, Line, Plot};
use super::points::PointsView;
use crate::experiment::{Budget, budgets};
use crate::record::{Measure, wording};
use crate::ui::model::Curve;

pub static CHART: ChartInfo = ChartInfo {
    id: "budget",
    captioned: true,
    choices: Choices {
        measure_and_axis: false,
        log_and_seeds: false,
    },
    view: |props| html! { <BudgetView ..props.clone() /> },
    told: |_| None,
    svg: |figure| export::plot_svg(&plot(figure)?, figure.dark),
};

#[component]
fn BudgetView(props: &ChartProps) -> Html {
    let figure = &props.figure;
    let plot = use_memo(figure.clone(), plot);
    let t = figure.t;
    html! {
        <PointsView {plot} label={t.say(text::budget_aria())} empty={t.say(text::budget_empty())} dark={figure.dark} canvas={props.canvas.clone()}>
            { table(figure) }
        </PointsView>
    }
}

/// The losses of the race that were tuned for its conditions, with what their budgets are worth.
fn tuned(figure: &Figure) -> Vec<(&Curve, Vec<Budget>)> {
    let curves = figure.curves.iter();
    let budgets = |curve: &Curve| budgets(&figure.conditions, curve.record.0.entry.loss);
    curves
        .map(|curve| (curve, budgets(curve)))
        .filter(|(_, budgets)| !budgets.is_empty())
        .collect()
}

fn plot(figure: &Figure) -> Option<Plot> {
    let t = figure.t;
    let lines: Vec<Line> = tuned(figure)
        .into_iter()
        .map(|(curve, budgets)| Line {
            name: curve.name.clone(),
            colour: curve.colour,
            points: budgets
                .iter()
                .map(|budget| (f64::from(budget.trials), f64::from(budget.score)))
                .collect(),
            notes: budgets
                .iter()
                .map(|budget| {
                    let note = text::budget_point(&curve.name, budget.trials);
                    t.say(note).into_owned()
                })
                .collect(),
            ..Line::default()
        })
        .collect();
    let heights = || lines.iter().flat_map(|line| &line.points).map(|at| at.1);
    let most = lines.iter().flat_map(|line| &line.points).map(|at| at.0);
    let most = most.reduce(f64::max)?;
    let (low, high) = (
        heights().fold(f64::INFINITY, f64::min),
        heights().fold(f64::NEG_INFINITY, f64::max),
    );
    let pad = 0.06 * (high - low).max(0.02);
    Some(Plot {
        x: Bounds {
            low: 1.0,
            high: most,
            log: true,
            rounded: false,
        },
        y: Bounds {
            low: (low - pad).max(0.0),
            high: high + pad,
            log: false,
            rounded: false,
        },
        x_title: t.say(text::budget_x()).into_owned(),
        y_title: t
            .say(text::budget_y(wording::measure(Measure::MapAtR)))
            .into_owned(),
        lines,
        dots: Vec::new(),
        guides: Vec::new(),
    })
}

/// The same for screen readers.
fn table(figure: &Figure) -> Html {
    let t = figure.t;
    let rows = tuned(figure);
    let Some((_, first)) = rows.first() else {
        return Html::default();
    };
    html! {
        <div style={FOR_READERS}>
            <table>
                <caption>{ t.say(text::budget_aria()) }</caption>
                <thead>
                    <tr>
                        <th scope="col">{ t.say(text::column_loss()) }</th>
                        { for first.iter().map(|budget| html! { <th scope="col">{ t.say(text::budget_trials(budget.trials)) }</th> }) }
                    </tr>
                </thead>
                <tbody>
                    { for rows.iter().map(|(curve, budgets)| html! {
                        <tr>
                            <th scope="row">{ curve.name.clone() }</th>
                            { for budgets.iter().map(|budget| html! { <td>{ format!("{:.3}", budget.score) }</td> }) }
                        </tr>
                    }) }
                </tbody>
            </table>
        </div>
    }
}
