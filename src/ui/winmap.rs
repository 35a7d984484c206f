//! Where does it win? The fastest loss over batch size, number of classes and kind of batch, under matched tuning.

use std::rc::Rc;
use std::sync::LazyLock;

use kyori_text::{Language, messages as text};
use yew::prelude::*;

use super::controls::Dialog;
use super::language::rich;
use super::model::LOSS_COLOURS;
use super::paint::{MapCell, MapView};
use super::state::{Action, own_colour};
use crate::experiment::{Experiment, SamplerSpec};
use crate::record::{Cell, WinMap};
use crate::{lean, order};

/// What `kyori map` computed; see its `command`, `machine` and `seconds`.
const GLYPHS: &str = include_str!("../../assets/maps/glyphs.json");

static MAP: LazyLock<WinMap> =
    LazyLock::new(|| lean::read(GLYPHS).expect("the map that was compiled in is read by a test"));

static CELLS: LazyLock<Vec<Experiment>> = LazyLock::new(|| {
    let links = MAP.cells.iter().map(|cell| &cell.link);
    links
        .map(|link| Experiment::from_fragment(link).0)
        .collect()
});

/// The experiments of all cells, in their order.
pub fn cells() -> &'static [Experiment] {
    &CELLS
}

/// Whether an experiment is that of a cell, with its conditions and its tuned losses.
pub fn is_a_cell(experiment: &Experiment) -> bool {
    let same = |cell: &Experiment| {
        cell.conditions == experiment.conditions && cell.entries == experiment.entries
    };
    cells().iter().any(same)
}

/// A cell as the painter draws it.
fn drawn(t: Language, map: &WinMap, cell: &Cell) -> MapCell {
    let sampler = match cell.sampler {
        SamplerSpec::Shuffled { .. } => text::map_shuffled(),
        SamplerSpec::Balanced { .. } => text::map_balanced(),
    };
    let mut times: Vec<(&str, f64)> = map
        .losses
        .iter()
        .zip(&cell.steps_to_90)
        .filter_map(|(loss, steps)| Some((loss.info().name, (*steps)?)))
        .collect();
    order::sort_by(&mut times, |(_, a), (_, b)| a.total_cmp(b));
    let detail: Vec<String> = times
        .iter()
        .take(3)
        .map(|&(name, steps)| t.say(text::map_steps(name, steps)).into_owned())
        .collect();
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
        detail: detail.join("; "),
    }
}

/// The map as a sheet; a click on a cell loads its experiment.
pub fn win_map(t: Language, dark: bool, dispatch: &Callback<Action>) -> Html {
    let close = dispatch.reform(|()| Action::CloseSheet);
    let map = &*MAP;
    let body = {
        let drawn_cells = Rc::new(
            cells()
                .iter()
                .zip(&map.cells)
                .map(|(experiment, cell)| (experiment, drawn(t, map, cell)))
                .collect::<Vec<_>>(),
        );
        let names: Vec<&str> = map.losses.iter().map(|loss| loss.info().name).collect();
        let raced = text::map_raced(names, map.seeds, map.steps, map.trials);
        let minutes = (map.seconds / 60.0).ceil();
        let computed = text::map_computed(map.command.clone(), map.machine.clone(), minutes);
        let on_select = {
            let dispatch = dispatch.clone();
            Callback::from(move |experiment: &'static Experiment| {
                dispatch.emit(Action::CloseSheet);
                dispatch.emit(Action::StartWith(Rc::new(experiment.clone())));
            })
        };
        html! {
            <>
                <MapView<&'static Experiment> cells={drawn_cells} {dark} {on_select} />
                <p class="dim told">{ t.say(raced) }{ " " }{ rich(&t.say(computed)) }</p>
            </>
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_of_the_map_can_be_raced() {
        assert!(!cells().is_empty());
        for (cell, of) in cells().iter().zip(&MAP.cells) {
            assert_eq!(cell.sampler, of.sampler);
            assert_eq!(Experiment::from_fragment(&of.link).1, []);
            assert!(is_a_cell(cell));
        }
        assert!(!is_a_cell(&Experiment::default_preset()));
    }
}
