//! Pictures to take along.

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, CanvasRenderingContext2d, HtmlCanvasElement};

use super::palette::{Theme, css};

/// What a board's picture is made of.
pub struct Tile {
    pub title: String,
    pub canvas: HtmlCanvasElement,
}

/// A canvas as PNG on the theme's surface, at the screen's sharpness. `None` for an empty canvas.
pub async fn png(canvas: &HtmlCanvasElement, dark: bool) -> Option<Blob> {
    let (sheet, context) = sheet(f64::from(canvas.width()), f64::from(canvas.height()), dark)?;
    context.draw_image_with_html_canvas_element(canvas, 0.0, 0.0).ok()?;
    encode(&sheet).await
}

/// Several canvases with their titles in one PNG, `columns` beside each other.
pub async fn board_png(tiles: &[Tile], columns: usize, dark: bool) -> Option<Blob> {
    let ratio = web_sys::window()?.device_pixel_ratio().max(1.0);
    let (gap, head) = (16.0 * ratio, 26.0 * ratio);
    let size = |tile: &Tile| (f64::from(tile.canvas.width()), f64::from(tile.canvas.height()));
    let rows: Vec<&[Tile]> = tiles.chunks(columns.max(1)).collect();
    let row_width = |row: &&[Tile]| row.iter().map(|tile| size(tile).0 + gap).sum::<f64>() + gap;
    let row_height = |row: &&[Tile]| row.iter().map(|tile| size(tile).1).fold(0.0, f64::max) + head + gap;
    let width = rows.iter().map(row_width).fold(0.0, f64::max);
    let height = rows.iter().map(row_height).sum::<f64>() + gap;
    let (sheet, context) = sheet(width, height, dark)?;
    context.set_fill_style_str(&css(Theme::of(dark).ink, 1.0));
    context.set_font(&format!("600 {}px system-ui, sans-serif", 14.0 * ratio));
    context.set_text_baseline("middle");
    let mut top = gap;
    for row in rows {
        let mut left = gap;
        for tile in row {
            context.fill_text(&tile.title, left, top + head * 0.4).ok()?;
            // A canvas that was never laid out has no pixels to copy.
            if size(tile).0 > 0.0 && size(tile).1 > 0.0 {
                context.draw_image_with_html_canvas_element(&tile.canvas, left, top + head).ok()?;
            }
            left += size(tile).0 + gap;
        }
        top += row_height(&row);
    }
    encode(&sheet).await
}

/// An empty canvas in the surface's colour, in device pixels.
fn sheet(width: f64, height: f64, dark: bool) -> Option<(HtmlCanvasElement, CanvasRenderingContext2d)> {
    if width < 1.0 || height < 1.0 {
        return None;
    }
    let document = web_sys::window()?.document()?;
    let sheet = document.create_element("canvas").ok()?.dyn_into::<HtmlCanvasElement>().ok()?;
    sheet.set_width(width.ceil() as u32);
    sheet.set_height(height.ceil() as u32);
    let context = sheet.get_context("2d").ok()??.dyn_into::<CanvasRenderingContext2d>().ok()?;
    context.set_fill_style_str(&css(Theme::of(dark).surface, 1.0));
    context.fill_rect(0.0, 0.0, width.ceil(), height.ceil());
    Some((sheet, context))
}

async fn encode(canvas: &HtmlCanvasElement) -> Option<Blob> {
    let canvas = canvas.clone();
    let blob = js_sys::Promise::new(&mut |resolve, reject| {
        if let Err(error) = canvas.to_blob(&resolve) {
            // The promise is pending, so that rejecting it cannot fail.
            let _ = reject.call1(&wasm_bindgen::JsValue::NULL, &error);
        }
    });
    JsFuture::from(blob).await.ok()?.dyn_into::<Blob>().ok()
}
