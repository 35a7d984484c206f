//! Which loss is fastest where: batch size × number of classes × sampler.

use std::rc::Rc;

use kyori_text::{Language, messages as text};
use yew::prelude::*;

use super::palette::{Theme, css, loss_css, loss_rgb, readable_on};
use crate::ui::language::use_language;

/// One experiment of the map.
#[derive(Clone, Debug, PartialEq)]
pub struct MapCell {
    pub batch: usize,
    pub classes: usize,
    /// Name of the sampler; cells of one sampler form one table.
    pub sampler: String,
    /// The fastest loss.
    pub winner: String,
    /// Index into the palette of losses.
    pub colour: usize,
    /// Whether its lead over the next was shown, or the bands do not part.
    pub shown: bool,
    /// What was measured, such as `85 ± 9 steps; next: CosFace, 92 ± 11`.
    pub detail: String,
}

/// `T` is what a cell stands for, and what is chosen.
#[derive(Clone, PartialEq, Properties)]
pub struct MapProps<T: PartialEq> {
    pub cells: Rc<Vec<(T, MapCell)>>,
    #[prop_or_default]
    pub dark: bool,
    #[prop_or_default]
    pub on_select: Callback<T>,
}

/// One table a sampler, one button a cell: coloured by the winner, hatched where no difference was shown.
#[component]
pub fn MapView<T: Clone + PartialEq + 'static>(props: &MapProps<T>) -> Html {
    let t = use_language();
    let mut samplers: Vec<&str> = Vec::new();
    for (_, cell) in props.cells.iter() {
        if !samplers.contains(&cell.sampler.as_str()) {
            samplers.push(&cell.sampler);
        }
    }
    let tables = samplers.into_iter().map(|sampler| table(t, props, sampler));
    html! {
        <div class="map" style="display:flex;flex-wrap:wrap;gap:1.5rem">{ for tables }</div>
    }
}

fn table<T: Clone + PartialEq + 'static>(t: Language, props: &MapProps<T>, sampler: &str) -> Html {
    let cells = || {
        props
            .cells
            .iter()
            .filter(|(_, cell)| cell.sampler == sampler)
    };
    let sorted = |mut values: Vec<usize>| {
        values.sort_unstable();
        values.dedup();
        values
    };
    let batches = sorted(cells().map(|(_, cell)| cell.batch).collect());
    let classes = sorted(cells().map(|(_, cell)| cell.classes).collect());
    let theme = Theme::of(props.dark);
    let head = format!(
        "color:{};font-weight:400;font-size:.8rem;padding:.1rem .4rem;text-align:center",
        css(theme.muted, 1.0)
    );
    let rows = classes.iter().rev().map(|&count| {
        let row = batches.iter().map(|&batch| {
            match cells().find(|(_, cell)| (cell.batch, cell.classes) == (batch, count)) {
                Some((of, cell)) => {
                    html! { <td style="padding:0">{ button(t, props, of, cell) }</td> }
                }
                None => html! { <td style="padding:0"></td> },
            }
        });
        html! {
            <tr>
                <th scope="row" style={head.clone()}>{ count }</th>
                { for row }
            </tr>
        }
    });
    html! {
        <table style="border-collapse:separate;border-spacing:3px;flex:1 1 18rem;table-layout:fixed">
            <caption style="text-align:left;font-weight:600;padding:.2rem 0">{ sampler.to_owned() }</caption>
            <thead>
                <tr>
                    <th style={format!("{head};width:5.5rem")}>{ t.say(text::map_corner()) }</th>
                    { for batches.iter().map(|batch| html! { <th scope="col" style={head.clone()}>{ *batch }</th> }) }
                </tr>
            </thead>
            <tbody>{ for rows }</tbody>
        </table>
    }
}

fn button<T: Clone + PartialEq + 'static>(
    t: Language,
    props: &MapProps<T>,
    of: &T,
    cell: &MapCell,
) -> Html {
    let theme = Theme::of(props.dark);
    let colour = loss_rgb(cell.colour, props.dark);
    let (background, text) = if cell.shown {
        (
            loss_css(cell.colour, props.dark).to_owned(),
            readable_on(colour),
        )
    } else {
        // The text lies on the light stripes' average, which is close to the surface.
        let stripe = css(colour, 0.38);
        let hatch =
            format!("repeating-linear-gradient(135deg,{stripe} 0 4px,transparent 4px 10px)");
        (format!("{hatch},{}", css(theme.surface, 1.0)), theme.ink)
    };
    let style = format!(
        "width:100%;min-height:3.1rem;padding:.25rem .3rem;border-radius:5px;font:inherit;\
         font-size:.78rem;line-height:1.15;white-space:normal;cursor:pointer;background:{background};color:{};border:1px solid {}",
        css(text, 1.0),
        css(colour, 1.0)
    );
    let (batch, classes) = (cell.batch, cell.classes);
    let (detail, winner, sampler) = (&cell.detail, &cell.winner, &cell.sampler);
    let label = t.say(if cell.shown {
        text::map_cell_fastest(batch, classes, detail, winner, sampler)
    } else {
        text::map_cell_ahead(batch, classes, detail, winner, sampler)
    });
    let of = of.clone();
    let onclick = props.on_select.reform(move |_: MouseEvent| of.clone());
    html! {
        <button
            type="button"
            {style}
            {onclick}
            aria-label={label}
            title={cell.detail.clone()}
        >
            { if cell.shown { cell.winner.clone() } else { format!("≈ {}", cell.winner) } }
        </button>
    }
}
