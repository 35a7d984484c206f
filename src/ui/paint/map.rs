//! Which loss is fastest where: batch size × number of classes × sampler.

use std::rc::Rc;

use kyori_text::{Language, messages as text};
use yew::prelude::*;

use super::palette::{Rgb, Theme, css, loss_rgb, readable_on};
use crate::order;
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
    /// How strong the colour is, from 0 to 1: how far the curve of the winner is above the next.
    pub strength: f64,
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
        order::sort_by(&mut values, usize::cmp);
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

/// The colours of a cell.
struct Look {
    /// Of the whole cell, or of its stripes.
    ground: Rgb,
    /// Between the stripes, where it is hatched.
    between: Option<Rgb>,
    text: Rgb,
}

impl Look {
    /// A safe winner's colour from a third to all of it, by strength. Stripes are never so strong that the page's ink could
    /// not be read on them.
    fn of(colour: Rgb, shown: bool, strength: f64, dark: bool) -> Self {
        let theme = Theme::of(dark);
        let strength = strength.clamp(0.0, 1.0);
        if shown {
            let ground = mixed(theme.surface, colour, 0.35 + 0.65 * strength);
            return Self {
                ground,
                between: None,
                text: readable_on(ground),
            };
        }
        Self {
            ground: mixed(theme.surface, colour, 0.15 + 0.20 * strength),
            between: Some(theme.surface),
            text: theme.ink,
        }
    }
}

/// So much of the second colour on the first.
fn mixed(first: Rgb, second: Rgb, share: f64) -> Rgb {
    let mix = |a: u8, b: u8| (f64::from(a) + share * (f64::from(b) - f64::from(a))).round() as u8;
    (
        mix(first.0, second.0),
        mix(first.1, second.1),
        mix(first.2, second.2),
    )
}

fn button<T: Clone + PartialEq + 'static>(
    t: Language,
    props: &MapProps<T>,
    of: &T,
    cell: &MapCell,
) -> Html {
    let colour = loss_rgb(cell.colour, props.dark);
    let look = Look::of(colour, cell.shown, cell.strength, props.dark);
    let text = look.text;
    let background = match look.between {
        None => css(look.ground, 1.0),
        Some(between) => format!(
            "repeating-linear-gradient(135deg,{} 0 4px,{} 4px 10px)",
            css(look.ground, 1.0),
            css(between, 1.0)
        ),
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

#[cfg(test)]
mod tests {
    use super::super::palette::contrast;
    use super::*;
    use crate::ui::model::LOSS_COLOURS;

    #[test]
    fn the_winner_can_be_read_however_strong_the_colour_is() {
        for dark in [false, true] {
            for index in 0..LOSS_COLOURS {
                let colour = loss_rgb(index, dark);
                for strength in (0..=20).map(|step| f64::from(step) / 20.0) {
                    for shown in [false, true] {
                        let look = Look::of(colour, shown, strength, dark);
                        for ground in [Some(look.ground), look.between].into_iter().flatten() {
                            let ratio = contrast(look.text, ground);
                            assert!(
                                ratio >= 4.5,
                                "loss {index}, dark {dark}, safe {shown}, strength {strength}: {ratio:.2}"
                            );
                        }
                    }
                }
                let full = Look::of(colour, true, 1.0, dark);
                assert_eq!((full.ground, full.between), (colour, None));
                assert_ne!(Look::of(colour, true, 0.0, dark).ground, colour);
            }
        }
    }
}
