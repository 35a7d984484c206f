//! What the curves say: who was faster and whether that is shown, and how to take it along.

use std::rc::Rc;

use kyori_text::{Message, messages as text};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, HtmlCanvasElement};
use yew::prelude::*;

use super::controls::Menu;
use super::language::use_language;
use super::model::{Axis, Metric, Same, Series};
use super::paint::export::{self, Tile};
use super::paint::{Curves, Reach, ThresholdProps, ThresholdRow};
use super::state::{Action, ChartKind};
use super::window;
use crate::data::Dataset;
use crate::experiment::Experiment;
use crate::record::stats::Interval;
use crate::record::{HeatRecord, Measure, Recording, SHARES, Summary};

pub fn measure_of(metric: Metric) -> Measure {
    match metric {
        Metric::RecallAt1 => Measure::RecallAt1,
        Metric::MapAtR => Measure::MapAtR,
        Metric::RPrecision => Measure::RPrecision,
    }
}

/// The curves with the settings that made them.
pub fn recording(experiment: &Experiment, series: &[Series], device: &str) -> Recording {
    let heats = experiment
        .entries
        .iter()
        .zip(series)
        .map(|(entry, series)| HeatRecord {
            entry: entry.clone(),
            points: series.points.clone(),
            stopped: series.stopped.clone(),
            rates: series.rates.clone(),
        });
    Recording {
        experiment: experiment.clone(),
        device: device.to_owned(),
        heats: heats.collect(),
    }
}

/// Rows of the chart of times to shares of the best.
pub fn reach_rows(summary: &Summary, series: &[Series], axis: Axis) -> Vec<ThresholdRow> {
    let reach = |interval: Interval| Reach {
        mean: interval.mean,
        half: interval.half.unwrap_or(0.0),
    };
    let rows = summary
        .heats
        .iter()
        .zip(series)
        .map(|(heat, series)| ThresholdRow {
            name: heat.name.clone(),
            colour: series.colour,
            reached: heat
                .reach
                .iter()
                .map(|at| match axis {
                    Axis::TrainSeconds => at.seconds,
                    Axis::Steps | Axis::Samples => at.steps,
                })
                .map(|interval| interval.map(reach))
                .collect(),
        });
    rows.collect()
}

/// Shares of the best that times are taken to.
pub fn shares() -> Vec<f64> {
    SHARES.to_vec()
}

#[derive(Properties, PartialEq)]
pub struct VerdictProps {
    pub summary: Rc<Option<Summary>>,
    /// The race has come to its end.
    pub finished: bool,
    /// Why the race is no fair comparison, if it is not.
    pub unfair: Option<String>,
}

/// Losses whose learning rate somebody changed while they trained.
pub fn unfair(series: &[Series]) -> Option<String> {
    let changed = series
        .iter()
        .filter_map(|series| Some((&series.name, series.rates_changed_after()?)));
    let changed: Vec<String> = changed
        .map(|(name, step)| format!("{name} after step {step}"))
        .collect();
    let whose = changed.join(", ");
    (!changed.is_empty())
        .then(|| format!("Learning rates were changed on the way ({whose}): no fair comparison."))
}

/// The sentence of the race; the other comparisons on demand. While it runs, the best is not known, and so nobody has been
/// faster yet.
#[component]
pub fn VerdictLine(props: &VerdictProps) -> Html {
    let sentences = use_memo(
        (props.summary.clone(), props.finished),
        |(summary, finished)| match summary.as_ref() {
            None => Vec::new(),
            Some(summary) if !finished => so_far(summary).into_iter().collect(),
            Some(summary) if !summary.improved() => vec![format!(
                "Training has improved no loss here: before the first step {} was {:.3}, at the end the best has {:.3}.",
                summary.measure.name(),
                summary.untrained,
                summary.best
            )],
            Some(summary) => summary
                .clone()
                .verdict()
                .map(|verdict| verdict.sentences())
                .unwrap_or_default(),
        },
    );
    let verdict = match sentences.split_first() {
        None => Html::default(),
        Some((first, [])) => html! { <p class="verdict">{ first }</p> },
        Some((first, rest)) => html! {
            <details class="verdict">
                <summary>{ first }</summary>
                <ul>{ for rest.iter().map(|sentence| html! { <li>{ sentence }</li> }) }</ul>
            </details>
        },
    };
    html! {
        <>
            if let Some(unfair) = &props.unfair { <p class="caption warning">{ unfair }</p> }
            { verdict }
        </>
    }
}

/// Who is ahead, without a test: that comes at the end.
fn so_far(summary: &Summary) -> Option<String> {
    let mut heats: Vec<(&str, f64)> = summary
        .heats
        .iter()
        .filter_map(|heat| Some((heat.name.as_str(), heat.last?.mean)))
        .collect();
    heats.sort_by(|a, b| b.1.total_cmp(&a.1));
    let (leader, score) = heats.first()?;
    let next = heats
        .get(1)
        .map(|(name, score)| format!(", then {name} with {score:.3}"))
        .unwrap_or_default();
    Some(format!(
        "After {} steps {leader} has the highest {}, {score:.3}{next}. The verdict comes at the end.",
        summary.steps,
        summary.measure.name()
    ))
}

#[derive(Properties, PartialEq)]
pub struct TakeAlongProps {
    pub experiment: Rc<Experiment>,
    pub series: Rc<Vec<Series>>,
    pub dataset: Option<Same<Dataset>>,
    pub device: AttrValue,
    /// Which chart is shown, and what of the curves.
    pub kind: ChartKind,
    pub curves: Curves,
    pub canvas: NodeRef,
    /// The chart of times to shares of the best.
    pub reach: ThresholdProps,
    pub dark: bool,
    pub dispatch: Callback<Action>,
}

#[derive(Clone, Copy, PartialEq)]
enum Take {
    Csv,
    Json,
    ChartPng,
    ChartSvg,
    BoardPng,
    BoardSvg,
    Python,
    Link,
}

impl Take {
    const ALL: [(Self, &'static str); 8] = [
        (Self::Csv, "Curves as CSV"),
        (Self::Json, "Curves and settings as JSON"),
        (Self::ChartPng, "Chart as PNG"),
        (Self::ChartSvg, "Chart as SVG"),
        (Self::BoardPng, "Board as PNG"),
        (Self::BoardSvg, "Board as SVG"),
        (Self::Python, "Python script (pytorch-metric-learning)"),
        (Self::Link, "Copy the link"),
    ];
}

/// The menu of everything that can be taken along.
#[component]
pub fn TakeAlong(props: &TakeAlongProps) -> Html {
    let t = use_language();
    let said = use_state_eq(Message::default);
    let items = Take::ALL.iter().map(|&(take, label)| {
        let setter = said.setter();
        let dispatch = props.dispatch.clone();
        let wanted = Wanted {
            experiment: props.experiment.clone(),
            series: props.series.clone(),
            dataset: props.dataset.clone(),
            device: props.device.clone(),
            kind: props.kind,
            curves: props.curves,
            canvas: props.canvas.cast::<HtmlCanvasElement>(),
            reach: props.reach.clone(),
            dark: props.dark,
        };
        let canvas = props.canvas.clone();
        let click = Callback::from(move |_: MouseEvent| {
            let (setter, dispatch) = (setter.clone(), dispatch.clone());
            let mut wanted = wanted.clone();
            // The canvas of the moment of the click.
            wanted.canvas = canvas.cast::<HtmlCanvasElement>();
            spawn_local(async move {
                let told = wanted.fetch(take).await.unwrap_or_else(|why| why);
                setter.set(told.clone());
                dispatch.emit(Action::Notify(told));
            });
        });
        html! { <button type="button" class="item" onclick={click}>{ label }</button> }
    });
    html! {
        <Menu class="take" button={html! { "Take along" }} label="Take along: curves, pictures, script, link">
            <div class="items">
                { for items }
                // What the script reads lies beside the page.
                { for props.experiment.python_files().into_iter().map(|file| html! {
                    <a class="item" href={format!("data/{file}")} download={file}>{ format!("{file}, for the script") }</a>
                }) }
            </div>
            if !said.is_empty() { <p class="dim">{ t.say(&*said) }</p> }
        </Menu>
    }
}

#[derive(Clone)]
struct Wanted {
    experiment: Rc<Experiment>,
    series: Rc<Vec<Series>>,
    dataset: Option<Same<Dataset>>,
    device: AttrValue,
    kind: ChartKind,
    curves: Curves,
    canvas: Option<HtmlCanvasElement>,
    reach: ThresholdProps,
    dark: bool,
}

impl Wanted {
    async fn fetch(&self, take: Take) -> Result<Message, Message> {
        let recording = || recording(&self.experiment, &self.series, &self.device);
        let failed = |error: String| Message::verbatim(error);
        let empty = || text::export_nothing_drawn();
        match take {
            Take::Csv => {
                let text = recording()
                    .to_csv()
                    .map_err(|error| failed(error.to_string()))?;
                window::save("kyori-curves.csv", "text/csv", &text)?;
            }
            Take::Json => {
                let text = recording()
                    .to_json()
                    .map_err(|error| failed(error.to_string()))?;
                window::save("kyori-race.json", "application/json", &text)?;
            }
            Take::ChartPng => {
                let canvas = self.canvas.as_ref().ok_or_else(empty)?;
                let blob = export::png(canvas, self.dark).await.ok_or_else(empty)?;
                window::save_blob("kyori-chart.png", &blob)?;
            }
            Take::ChartSvg => {
                let (series, dark) = (&self.series, self.dark);
                let text = match self.kind {
                    ChartKind::Curves => export::convergence_svg(series, self.curves, dark),
                    ChartKind::Reach => export::threshold_svg(&self.reach),
                    ChartKind::Plane => export::plane_svg(series, dark),
                    ChartKind::Ratio => export::ratio_svg(series, self.curves.scored_on, dark),
                };
                window::save("kyori-chart.svg", "image/svg+xml", &text.ok_or_else(empty)?)?;
            }
            Take::BoardPng => {
                let tiles = board_tiles();
                let columns = tiles.len().clamp(1, 5);
                let blob = export::board_png(&tiles, columns, self.dark)
                    .await
                    .ok_or_else(empty)?;
                window::save_blob("kyori-board.png", &blob)?;
            }
            Take::BoardSvg => {
                let tiles = board_tiles();
                let text = export::board_svg(&tiles, tiles.len().clamp(1, 5), self.dark)
                    .ok_or_else(empty)?;
                window::save("kyori-board.svg", "image/svg+xml", &text)?;
            }
            Take::Python => {
                let dataset = self
                    .dataset
                    .as_ref()
                    .ok_or_else(text::export_data_not_read)?;
                let text = self
                    .experiment
                    .to_python(&dataset.0)
                    .map_err(|error| failed(error.to_string()))?;
                window::save("kyori_race.py", "text/x-python", &text)?;
            }
            Take::Link => {
                let link = window::link_to(&self.experiment.to_fragment());
                window::copy(&link).await?;
                return Ok(text::export_link_copied());
            }
        }
        Ok(text::export_saved())
    }
}

/// The canvases of the board, with their titles.
fn board_tiles() -> Vec<Tile> {
    let Ok(cards) = gloo::utils::document().query_selector_all(".card") else {
        return Vec::new();
    };
    let cards =
        (0..cards.length()).filter_map(|index| cards.item(index)?.dyn_into::<Element>().ok());
    let tile = |card: Element| {
        let title = card.query_selector("h2").ok()??.text_content()?;
        let canvas = card.query_selector("canvas").ok()??.dyn_into().ok()?;
        Some(Tile { title, canvas })
    };
    cards.filter_map(tile).collect()
}
