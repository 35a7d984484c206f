//! The pictures behind the points of a view, tinted by class: painted once on a sheet, then copied to where the points
//! are.

use std::rc::Rc;

use wasm_bindgen::{Clamped, JsCast};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

use super::palette::{Rgb, class_style};
use crate::data::{Dataset, Inputs};

/// CSS pixels below which a picture is a blot, and a dot says more.
const LEAST: f64 = 12.0;
/// CSS pixels from which on a picture gets no larger.
const MOST: f64 = 28.0;
/// Strokes get fainter when a picture is made smaller; this gives them back.
const STRENGTH: f32 = 1.5;

/// The side of a point's picture in a view of this side; none where there are more points than fit.
pub fn size(points: usize, side: f64) -> Option<f64> {
    let fair = side / (points.max(1) as f64).sqrt();
    (fair >= LEAST).then(|| (1.15 * fair).min(MOST))
}

/// A sheet of tinted pictures, one for each point of a view.
pub struct Glyphs {
    dataset: Rc<Dataset>,
    view: Rc<Vec<u32>>,
    dark: bool,
    cell: (usize, usize),
    across: usize,
    sheet: HtmlCanvasElement,
}

impl Glyphs {
    /// `None` where the data set has no pictures, or not those of the view.
    pub fn new(
        dataset: &Rc<Dataset>,
        view: &Rc<Vec<u32>>,
        ranks: &[usize],
        dark: bool,
    ) -> Option<Self> {
        let (columns, rows) = dataset.picture?;
        let across = (view.len() as f64).sqrt().ceil().max(1.0) as usize;
        let size = (columns * across, rows * view.len().div_ceil(across).max(1));
        let mut pixels = vec![0u8; 4 * size.0 * size.1];
        for (point, (&sample, &rank)) in view.iter().zip(ranks).enumerate() {
            let (colour, _) = class_style(rank, dark);
            let (left, top) = (point % across * columns, point / across * rows);
            for (row, line) in ink(dataset, sample)?.chunks_exact(columns).enumerate() {
                let start = 4 * ((top + row) * size.0 + left);
                for (into, &grey) in pixels[start..].chunks_exact_mut(4).zip(line) {
                    let strong = (f32::from(grey) * STRENGTH).min(255.0) as u8;
                    into.copy_from_slice(&[colour.0, colour.1, colour.2, strong]);
                }
            }
        }
        Some(Self {
            dataset: dataset.clone(),
            view: view.clone(),
            dark,
            cell: (columns, rows),
            across,
            sheet: canvas(&pixels, size)?,
        })
    }

    pub fn are_of(&self, dataset: &Rc<Dataset>, view: &Rc<Vec<u32>>, dark: bool) -> bool {
        Rc::ptr_eq(&self.dataset, dataset) && Rc::ptr_eq(&self.view, view) && self.dark == dark
    }

    /// Draws the picture of a point around a place, its longer side as given.
    pub fn draw(
        &self,
        context: &CanvasRenderingContext2d,
        point: usize,
        (x, y): (f64, f64),
        size: f64,
    ) {
        let (columns, rows) = (self.cell.0 as f64, self.cell.1 as f64);
        let scale = size / columns.max(rows);
        let (wide, high) = (columns * scale, rows * scale);
        let left = (point % self.across) as f64 * columns;
        let top = (point / self.across) as f64 * rows;
        // Fails only for a sheet without pixels, which none is.
        let _ = context
            .draw_image_with_html_canvas_element_and_sw_and_sh_and_dx_and_dy_and_dw_and_dh(
                &self.sheet,
                left,
                top,
                columns,
                rows,
                x - wide / 2.0,
                y - high / 2.0,
                wide,
                high,
            );
    }
}

/// A sample as a canvas of its own size, ink on nothing.
pub fn picture(dataset: &Dataset, sample: u32, colour: Rgb) -> Option<HtmlCanvasElement> {
    let pixels: Vec<u8> = ink(dataset, sample)?
        .into_iter()
        .flat_map(|grey| [colour.0, colour.1, colour.2, grey])
        .collect();
    canvas(&pixels, dataset.picture?)
}

/// How much ink each pixel of a sample has.
fn ink(dataset: &Dataset, sample: u32) -> Option<Vec<u8>> {
    let range = sample as usize * dataset.features..(sample as usize + 1) * dataset.features;
    Some(match &dataset.inputs {
        Inputs::Bytes(bytes) => bytes.get(range)?.to_vec(),
        Inputs::Floats(values) => {
            let values = values.get(range)?.iter();
            values
                .map(|value| (value.clamp(0.0, 1.0) * 255.0) as u8)
                .collect()
        }
    })
}

/// Pixels of four bytes each as a canvas of their own size.
pub fn canvas(pixels: &[u8], (columns, rows): (usize, usize)) -> Option<HtmlCanvasElement> {
    let (columns, rows) = (columns as u32, rows as u32);
    let image = ImageData::new_with_u8_clamped_array_and_sh(Clamped(pixels), columns, rows).ok()?;
    let canvas = web_sys::window()?
        .document()?
        .create_element("canvas")
        .ok()?
        .dyn_into::<HtmlCanvasElement>()
        .ok()?;
    canvas.set_width(columns);
    canvas.set_height(rows);
    let context = canvas
        .get_context("2d")
        .ok()??
        .dyn_into::<CanvasRenderingContext2d>()
        .ok()?;
    context.put_image_data(&image, 0.0, 0.0).ok()?;
    Some(canvas)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_drawn_only_where_they_fit() {
        assert_eq!(size(192, 150.0), None);
        let some = size(192, 220.0).unwrap();
        assert!(some > LEAST && some * some * 192.0 < 1.4 * 220.0 * 220.0);
        assert_eq!(size(4, 400.0), Some(MOST));
        assert!(size(0, 100.0).is_some());
    }

    #[test]
    fn ink_is_the_samples_own_and_none_is_taken_beyond_the_last() {
        let dataset = |inputs| Dataset {
            name: "two".into(),
            inputs,
            features: 2,
            picture: Some((2, 1)),
            labels: vec![0, 1],
            class_names: vec![String::new(); 2],
        };
        let bytes = dataset(Inputs::Bytes(vec![1, 2, 3, 4]));
        assert_eq!(ink(&bytes, 1), Some(vec![3, 4]));
        assert_eq!(ink(&bytes, 2), None);
        let floats = dataset(Inputs::Floats(vec![0.0, 1.0, -3.0, 7.0]));
        assert_eq!(ink(&floats, 1), Some(vec![0, 255]));
    }
}
