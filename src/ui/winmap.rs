//! Where does it win? The fastest loss over batch size, number of classes and kind of batch, under matched tuning.

use std::rc::Rc;

use kyori_text::{Language, Message, messages as text};
use yew::prelude::*;

use super::controls::Dialog;
use super::language::rich;
use super::model::LOSS_COLOURS;
use super::paint::{MapCell, MapView};
use super::state::{Action, Atlas, Map, own_colour};
use super::words;
use crate::experiment::{Experiment, SamplerSpec};
use crate::order;
use crate::record::{Cell, WinMap, wording};

/// The widest margin of the map: there colours are full.
fn most(map: &WinMap) -> f64 {
    let margins = map.cells.iter().filter_map(|cell| cell.margin(&map.losses));
    margins.fold(0.0, f64::max)
}

/// A cell as the painter draws it.
fn drawn(t: Language, map: &WinMap, cell: &Cell, most: f64) -> MapCell {
    let sampler = match cell.sampler {
        SamplerSpec::Shuffled { .. } => text::map_shuffled(),
        SamplerSpec::Balanced { .. } => text::map_balanced(),
    };
    let mut times: Vec<(usize, f64)> = (0..)
        .zip(&cell.steps_to_90)
        .filter_map(|(loss, steps)| Some((loss, (*steps)?)))
        .collect();
    order::sort_by(&mut times, |(_, a), (_, b)| a.total_cmp(b));
    let detail = times.iter().take(3).map(|&(loss, steps)| {
        let half = cell.half.get(loss).copied().flatten();
        let half = half.map_or_else(Message::default, text::map_half);
        let name = map.losses[loss].info().name;
        t.say(text::map_steps(half, name, steps)).into_owned()
    });
    let detail: Vec<String> = detail.collect();
    MapCell {
        batch: cell.sampler.batch(),
        classes: cell.train_classes,
        sampler: t.say(sampler).into_owned(),
        winner: cell
            .fastest
            .map_or_else(|| t.say(text::map_none()), |loss| loss.info().name.into())
            .into_owned(),
        colour: cell
            .fastest
            .and_then(own_colour)
            .unwrap_or(LOSS_COLOURS - 1),
        shown: cell.shown,
        strength: cell
            .margin(&map.losses)
            .map_or(0.0, |margin| margin / most.max(f64::MIN_POSITIVE)),
        detail: detail.join("; "),
    }
}

/// The map as a sheet; a click on a cell loads its experiment.
pub fn win_map(t: Language, atlas: &Atlas, dark: bool, dispatch: &Callback<Action>) -> Html {
    let close = dispatch.reform(|()| Action::CloseSheet);
    let body = match atlas {
        Atlas::Here(map) => shown(t, map, dark, dispatch),
        Atlas::Unasked | Atlas::Coming => {
            html! { <p role="status">{ t.say(text::map_loading()) }</p> }
        }
        Atlas::Failed(failure) => {
            let again = dispatch.reform(|_: MouseEvent| Action::FetchMap);
            html! {
                <div role="alert">
                    <p>{ t.say(text::map_failed(words::map_failure(failure))) }</p>
                    <button type="button" class="primary" onclick={again}>{ t.say(text::remedy_retry()) }</button>
                </div>
            }
        }
    };
    html! {
        <Dialog title={t.say(text::map_title())} class="wide" on_close={close}>
            <div class="prose">
                <p>{ t.say(text::map_idea()) }</p>
            </div>
            { body }
        </Dialog>
    }
}

fn shown(t: Language, here: &Rc<Map>, dark: bool, dispatch: &Callback<Action>) -> Html {
    let map = &here.map;
    let most = most(map);
    let cells = here.cells.iter().zip(&map.cells);
    let cells = cells.map(|(experiment, cell)| (experiment.clone(), drawn(t, map, cell, most)));
    let cells = Rc::new(cells.collect::<Vec<_>>());
    let names: Vec<&str> = map.losses.iter().map(|loss| loss.info().name).collect();
    let samples = map.samples.unwrap_or_default();
    let raced = text::map_raced(names, map.repeats, samples, map.seeds, map.trials);
    let minutes = (map.seconds / 60.0).ceil();
    let computed = text::map_computed(map.command.clone(), map.machine.clone(), minutes);
    let on_select = {
        let dispatch = dispatch.clone();
        Callback::from(move |experiment: Rc<Experiment>| {
            dispatch.emit(Action::CloseSheet);
            dispatch.emit(Action::StartWith(experiment));
        })
    };
    html! {
        <>
            <p class="told" data-testid="map-told">{ t.say(wording::map(&map.told())) }</p>
            <MapView<Rc<Experiment>> {cells} {dark} {on_select} />
            <p class="dim told">{ t.say(text::map_legend(most)) }</p>
            <p class="dim told">{ t.say(raced) }{ " " }{ rich(&t.say(computed)) }</p>
        </>
    }
}
