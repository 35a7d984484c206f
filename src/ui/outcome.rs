//! What the curves say: who was faster and whether that is shown, and how to take it along.

use std::rc::Rc;

use kyori_text::{Message, messages as text};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, HtmlCanvasElement, HtmlInputElement};
use yew::prelude::*;

use super::controls::Menu;
use super::language::use_language;
use super::model::{Curve, Same};
use super::paint::export::{self, Tile};
use super::paint::{Chart, Figure};
use super::state::{Action, Track};
use super::window;
use super::words;
use crate::data::Dataset;
use crate::experiment::Experiment;
use crate::record::film::View;
use crate::record::{Film, Recording, Remark, remarks, wording};

#[derive(Properties, PartialEq)]
pub struct VerdictProps {
    pub figure: Figure,
}

/// What the race has shown: of one that is over its speed and its end. The other comparisons on demand.
#[component]
pub fn VerdictLine(props: &VerdictProps) -> Html {
    let t = use_language();
    let Figure {
        curves,
        summary,
        finished,
        ..
    } = &props.figure;
    let said = use_memo(
        (curves.clone(), summary.clone(), *finished),
        |(curves, summary, finished)| {
            let (names, records) = Curve::split(curves);
            remarks(&names, &records, summary.as_ref().as_ref(), *finished)
        },
    );
    let (unfair, rest): (Vec<&Remark>, Vec<&Remark>) = said
        .iter()
        .partition(|remark| matches!(remark, Remark::Unfair { .. }));
    let say = |remark: &Remark| AttrValue::from(t.say(wording::remark(remark)));
    // Speed and end are told together: who is first there need not be the best.
    let together = rest
        .iter()
        .take(2)
        .take_while(|remark| remark.is_verdict())
        .count()
        .max(1);
    let sentences: Vec<AttrValue> = rest.into_iter().map(say).collect();
    let (first, rest) = sentences.split_at(together.min(sentences.len()));
    let first = first.join(" ");
    let verdict = match rest {
        _ if first.is_empty() => Html::default(),
        [] => html! { <p class="verdict">{ first }</p> },
        rest => html! {
            <details class="verdict">
                <summary>{ first }</summary>
                <ul>{ for rest.iter().map(|sentence| html! { <li>{ sentence }</li> }) }</ul>
            </details>
        },
    };
    html! {
        <>
            { for unfair.into_iter().map(|remark| html! { <p class="caption warning">{ say(remark) }</p> }) }
            { verdict }
        </>
    }
}

#[derive(Properties, PartialEq)]
pub struct TakeAlongProps {
    pub experiment: Rc<Experiment>,
    pub dataset: Option<Same<Dataset>>,
    pub device: AttrValue,
    /// The losses with the frames that were kept.
    pub tracks: Rc<Vec<Track>>,
    /// The picture behind each point of them, as index in the data set.
    pub view: Rc<Vec<u32>>,
    /// The film that is shown in the place of the race.
    pub film: Option<Same<Film>>,
    /// Which chart is shown, and of what.
    pub chart: Chart,
    pub figure: Figure,
    pub canvas: NodeRef,
    pub dispatch: Callback<Action>,
}

#[derive(Clone, Copy, PartialEq)]
enum Take {
    Csv,
    Json,
    Film,
    ChartPng,
    ChartSvg,
    BoardPng,
    BoardSvg,
    Python,
    Link,
}

impl Take {
    const ALL: [Self; 9] = [
        Self::Csv,
        Self::Json,
        Self::Film,
        Self::ChartPng,
        Self::ChartSvg,
        Self::BoardPng,
        Self::BoardSvg,
        Self::Python,
        Self::Link,
    ];

    fn label(self) -> Message {
        match self {
            Self::Csv => text::export_csv(),
            Self::Json => text::export_json(),
            Self::Film => text::export_film(),
            Self::ChartPng => text::export_chart_png(),
            Self::ChartSvg => text::export_chart_svg(),
            Self::BoardPng => text::export_board_png(),
            Self::BoardSvg => text::export_board_svg(),
            Self::Python => text::export_python(),
            Self::Link => text::export_link(),
        }
    }
}

/// The menu of everything that can be taken along.
#[component]
pub fn TakeAlong(props: &TakeAlongProps) -> Html {
    let t = use_language();
    let said = use_state_eq(Message::default);
    let items = Take::ALL.map(|take| {
        let setter = said.setter();
        let dispatch = props.dispatch.clone();
        let wanted = Wanted {
            experiment: props.experiment.clone(),
            dataset: props.dataset.clone(),
            device: props.device.clone(),
            tracks: props.tracks.clone(),
            view: props.view.clone(),
            film: props.film.clone(),
            chart: props.chart,
            figure: props.figure.clone(),
            canvas: None,
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
        html! { <button type="button" class="item" onclick={click}>{ t.say(take.label()) }</button> }
    });
    let open = {
        let (setter, dispatch) = (said.setter(), props.dispatch.clone());
        Callback::from(move |event: Event| {
            let input: HtmlInputElement = event.target_unchecked_into();
            let (setter, dispatch) = (setter.clone(), dispatch.clone());
            spawn_local(async move {
                if let Some(Ok(told) | Err(told)) = open_film(&input, &dispatch).await {
                    setter.set(told);
                }
                // So that the same file can be chosen once more.
                input.set_value("");
            });
        })
    };
    html! {
        <Menu class="take" button={html! { t.say(text::export()) }} label={t.say(text::export_what())}>
            <div class="items">
                { for items }
                // What the script reads lies beside the page.
                { for props.experiment.python_files().into_iter().map(|file| html! {
                    <a class="item" href={format!("data/{file}")} download={file.clone()}>{ t.say(text::export_data(file)) }</a>
                }) }
                <label class="item">
                    <input type="file" class="visually-hidden" accept=".kyori" onchange={open} />
                    { t.say(text::open_film()) }
                </label>
            </div>
            if !said.is_empty() { <p class="dim">{ t.say(&*said) }</p> }
        </Menu>
    }
}

/// Shows the first of the files that an element or an event holds. What is told of that; nothing where it holds none.
pub async fn open_film(
    holder: &JsValue,
    dispatch: &Callback<Action>,
) -> Option<Result<Message, Message>> {
    let outcome = window::read_film(holder).await?.map(|film| {
        dispatch.emit(Action::OpenFilm(Rc::new(film)));
        text::film_opened()
    });
    let (Ok(told) | Err(told)) = outcome.clone();
    dispatch.emit(Action::Notify(told));
    Some(outcome)
}

#[derive(Clone)]
struct Wanted {
    experiment: Rc<Experiment>,
    dataset: Option<Same<Dataset>>,
    device: AttrValue,
    tracks: Rc<Vec<Track>>,
    view: Rc<Vec<u32>>,
    film: Option<Same<Film>>,
    chart: Chart,
    figure: Figure,
    canvas: Option<HtmlCanvasElement>,
}

impl Wanted {
    /// The curves with the settings that made them.
    fn recording(&self) -> Recording {
        let curves = self.figure.curves.iter();
        Recording {
            experiment: (*self.experiment).clone(),
            device: self.device.to_string(),
            heats: curves.map(|curve| (*curve.record.0).clone()).collect(),
        }
    }

    /// The film that is shown, or what there is to look back at as one.
    fn film(&self) -> Rc<Film> {
        if let Some(film) = &self.film {
            return film.0.clone();
        }
        let dataset = self.dataset.as_ref().map(|dataset| &*dataset.0);
        Rc::new(Film {
            recording: self.recording(),
            view: View::of(&self.view, dataset),
            frames: self.tracks.iter().map(Track::film).collect(),
        })
    }

    async fn fetch(&self, take: Take) -> Result<Message, Message> {
        let dark = self.figure.dark;
        let empty = || text::export_nothing_drawn();
        match take {
            Take::Csv => {
                window::save("kyori-curves.csv", "text/csv", &self.recording().to_csv())?;
            }
            Take::Json => {
                let text = self
                    .recording()
                    .to_json()
                    .map_err(|error| words::recording_error(&error))?;
                window::save("kyori-race.json", "application/json", &text)?;
            }
            Take::Film => {
                let file = window::write_film(&self.film()).await?;
                window::save_blob("kyori-race.kyori", &file)?;
            }
            Take::ChartPng => {
                let canvas = self.canvas.as_ref().ok_or_else(empty)?;
                let blob = export::png(canvas, dark).await.ok_or_else(empty)?;
                window::save_blob("kyori-chart.png", &blob)?;
            }
            Take::ChartSvg => {
                let text = (self.chart.info().svg)(&self.figure);
                window::save("kyori-chart.svg", "image/svg+xml", &text.ok_or_else(empty)?)?;
            }
            Take::BoardPng => {
                let tiles = board_tiles();
                let columns = tiles.len().clamp(1, 5);
                let blob = export::board_png(&tiles, columns, dark)
                    .await
                    .ok_or_else(empty)?;
                window::save_blob("kyori-board.png", &blob)?;
            }
            Take::BoardSvg => {
                let tiles = board_tiles();
                let text =
                    export::board_svg(&tiles, tiles.len().clamp(1, 5), dark).ok_or_else(empty)?;
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
                    .map_err(|error| words::export_error(&error))?;
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
