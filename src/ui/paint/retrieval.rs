//! Who lies nearest: pictures in rows, those of the query's class framed.

use std::rc::Rc;

use litemap::LiteMap;
use web_sys::HtmlCanvasElement;
use yew::prelude::*;

use super::canvas::{Surface, use_size};
use super::glyphs;
use super::palette::{Rgb, Theme};
use crate::data::Dataset;

/// Frame of what was found, in light and dark.
const FOUND: [Rgb; 2] = [(0, 122, 73), (86, 205, 148)];
/// Share of a cell's side that its picture takes.
const PICTURE: f64 = 0.8;

/// A picture and whether it is of the class that is looked for; none where the row is a query itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retrieved {
    pub sample: u32,
    pub found: Option<bool>,
}

#[derive(Clone, Properties)]
pub struct RetrievalProps {
    pub dataset: Rc<Dataset>,
    /// Rows from above, each from the left.
    pub rows: Vec<Vec<Retrieved>>,
    /// What is to be seen, for screen readers.
    pub label: AttrValue,
    pub dark: bool,
}

impl PartialEq for RetrievalProps {
    /// A data set is compared by identity: it has megabytes.
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.dataset, &other.dataset)
            && (&self.rows, &self.label, self.dark) == (&other.rows, &other.label, other.dark)
    }
}

/// Pictures as they were drawn before, by sample and by how strong their ink is.
#[derive(Default)]
struct Drawn {
    of: Option<(Rc<Dataset>, bool)>,
    pictures: LiteMap<(u32, bool), HtmlCanvasElement>,
}

impl Drawn {
    fn picture(&mut self, props: &RetrievalProps, cell: Retrieved) -> Option<&HtmlCanvasElement> {
        let current = |(dataset, dark): &(Rc<Dataset>, bool)| {
            Rc::ptr_eq(dataset, &props.dataset) && *dark == props.dark
        };
        if !self.of.as_ref().is_some_and(current) {
            self.of = Some((props.dataset.clone(), props.dark));
            self.pictures = LiteMap::new();
        }
        let strong = cell.found != Some(false);
        let key = (cell.sample, strong);
        if self.pictures.get(&key).is_none() {
            let theme = Theme::of(props.dark);
            let ink = if strong { theme.ink } else { theme.muted };
            let picture = glyphs::picture(&props.dataset, cell.sample, ink)?;
            self.pictures.insert(key, picture);
        }
        self.pictures.get(&key)
    }
}

/// Pictures in rows. The parent gives it its size, `rows` times as high as one cell.
#[component]
pub fn RetrievalView(props: &RetrievalProps) -> Html {
    let canvas = use_node_ref();
    let size = use_size(&canvas);
    let drawn = use_mut_ref(Drawn::default);
    use_effect_with((props.clone(), size), {
        let canvas = canvas.clone();
        move |(props, _)| {
            if let Some(surface) = Surface::of(&canvas) {
                paint(&surface, props, &mut drawn.borrow_mut());
            }
        }
    });
    html! {
        <canvas ref={canvas} role="img" aria-label={props.label.clone()} style="display:block;width:100%;height:100%" />
    }
}

fn paint(surface: &Surface, props: &RetrievalProps, drawn: &mut Drawn) {
    let side = surface.height / props.rows.len().max(1) as f64;
    let found = FOUND[usize::from(props.dark)];
    for (row, cells) in props.rows.iter().enumerate() {
        for (column, &cell) in cells.iter().enumerate() {
            let (left, top) = (column as f64 * side, row as f64 * side);
            if cell.found == Some(true) {
                surface.rounded(left + 1.5, top + 1.5, side - 3.0, side - 3.0, 4.0);
                surface.set_fill(found, 0.16);
                surface.fill();
                surface.set_stroke(found, 1.0, 1.8);
                surface.stroke();
            }
            let Some((columns, rows)) = props.dataset.picture else {
                continue;
            };
            let scale = PICTURE * side / columns.max(rows).max(1) as f64;
            let (wide, high) = (columns as f64 * scale, rows as f64 * scale);
            let picture = drawn.picture(props, cell);
            if let (Some(picture), Some((_, context))) = (picture, surface.canvas()) {
                surface.set_alpha(if cell.found == Some(false) { 0.7 } else { 1.0 });
                // Fails only for a picture without pixels, which none is.
                let _ = context.draw_image_with_html_canvas_element_and_dw_and_dh(
                    picture,
                    left + (side - wide) / 2.0,
                    top + (side - high) / 2.0,
                    wide,
                    high,
                );
                surface.set_alpha(1.0);
            }
        }
    }
}
