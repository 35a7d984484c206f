//! Pictures to take along.

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, CanvasRenderingContext2d, HtmlCanvasElement};

use super::canvas::{Align, Surface};
use super::draw::draw;
use super::embedding::drawing_of;
use super::palette::{Theme, css};
use super::plot::{Layout, Plot};
use super::svg::{Svg, typical_width};

/// What a board's picture is made of.
pub struct Tile {
    pub title: String,
    pub canvas: HtmlCanvasElement,
}

/// A canvas as PNG on the theme's surface, at the screen's sharpness. `None` for an empty canvas.
pub async fn png(canvas: &HtmlCanvasElement, dark: bool) -> Option<Blob> {
    let (sheet, context) = sheet(f64::from(canvas.width()), f64::from(canvas.height()), dark)?;
    context
        .draw_image_with_html_canvas_element(canvas, 0.0, 0.0)
        .ok()?;
    encode(&sheet).await
}

/// Several canvases with their titles in one PNG, `columns` beside each other.
pub async fn board_png(tiles: &[Tile], columns: usize, dark: bool) -> Option<Blob> {
    let ratio = web_sys::window()?.device_pixel_ratio().max(1.0);
    let size = |canvas: &HtmlCanvasElement| (f64::from(canvas.width()), f64::from(canvas.height()));
    let sizes: Vec<(f64, f64)> = tiles.iter().map(|tile| size(&tile.canvas)).collect();
    let board = Board::of(&sizes, columns, ratio);
    let (sheet, context) = sheet(board.width, board.height, dark)?;
    context.set_fill_style_str(&css(Theme::of(dark).ink, 1.0));
    context.set_font(&format!("600 {}px system-ui, sans-serif", 14.0 * ratio));
    context.set_text_baseline("middle");
    for ((tile, (width, height)), (left, top)) in tiles.iter().zip(sizes).zip(board.corners) {
        context
            .fill_text(&tile.title, left, top - 0.6 * HEAD * ratio)
            .ok()?;
        // A canvas that was never laid out has no pixels to copy.
        if width > 0.0 && height > 0.0 {
            context
                .draw_image_with_html_canvas_element(&tile.canvas, left, top)
                .ok()?;
        }
    }
    encode(&sheet).await
}

/// Drawings of a board with their titles, `columns` beside each other, as SVG. `None` where there are none.
pub fn board_svg(tiles: &[Tile], columns: usize, dark: bool) -> Option<String> {
    let theme = Theme::of(dark);
    let size = |canvas: &HtmlCanvasElement| {
        (
            f64::from(canvas.client_width()),
            f64::from(canvas.client_height()),
        )
    };
    let sizes: Vec<(f64, f64)> = tiles.iter().map(|tile| size(&tile.canvas)).collect();
    let board = Board::of(&sizes, columns, 1.0);
    let mut sheet = Svg::default();
    sheet.set_font(14.0, true);
    sheet.set_fill(theme.ink, 1.0);
    for (tile, &(left, top)) in tiles.iter().zip(&board.corners) {
        sheet.text(&tile.title, left, top - 0.6 * HEAD, Align::Left);
        sheet.place(&drawing_of(&tile.canvas)?, left, top);
    }
    (!tiles.is_empty()).then(|| sheet.file(board.width, board.height, theme.surface))
}

/// Around the tiles of a board, in CSS pixels.
const GAP: f64 = 16.0;
/// Above each tile, for its title.
const HEAD: f64 = 26.0;

/// Where the tiles of a board lie.
struct Board {
    /// Upper left corner of each.
    corners: Vec<(f64, f64)>,
    width: f64,
    height: f64,
}

impl Board {
    /// Rows of `columns` tiles, each row as high as its highest. `ratio` is how many units a CSS pixel has.
    fn of(sizes: &[(f64, f64)], columns: usize, ratio: f64) -> Self {
        let (gap, head) = (GAP * ratio, HEAD * ratio);
        let mut board = Self {
            corners: Vec::with_capacity(sizes.len()),
            width: 0.0,
            height: gap,
        };
        for row in sizes.chunks(columns.max(1)) {
            let mut left = gap;
            for (width, _) in row {
                board.corners.push((left, board.height + head));
                left += width + gap;
            }
            board.width = board.width.max(left);
            board.height += row.iter().map(|(_, height)| *height).fold(0.0, f64::max) + head + gap;
        }
        board
    }
}

/// Size of a chart's SVG, in CSS pixels.
const CHART_SIZE: (f64, f64) = (960.0, 480.0);

/// A chart of lines and dots as SVG.
pub(super) fn plot_svg(plot: &Plot, dark: bool) -> Option<String> {
    let (width, height) = CHART_SIZE;
    let layout = Layout::of(plot, CHART_SIZE, typical_width);
    let surface = Surface::svg(width, height);
    draw(&surface, plot, &layout, dark);
    let svg = surface.to_svg()?;
    Some(svg.file(width, height, Theme::of(dark).surface))
}

/// An empty canvas in the surface's colour, in device pixels.
fn sheet(
    width: f64,
    height: f64,
    dark: bool,
) -> Option<(HtmlCanvasElement, CanvasRenderingContext2d)> {
    if width < 1.0 || height < 1.0 {
        return None;
    }
    let document = web_sys::window()?.document()?;
    let sheet = document
        .create_element("canvas")
        .ok()?
        .dyn_into::<HtmlCanvasElement>()
        .ok()?;
    sheet.set_width(width.ceil() as u32);
    sheet.set_height(height.ceil() as u32);
    let context = sheet
        .get_context("2d")
        .ok()??
        .dyn_into::<CanvasRenderingContext2d>()
        .ok()?;
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

#[cfg(test)]
mod tests {
    use super::super::charts::{Chart, tests::figure};
    use super::*;
    use crate::record::{CurvePoint, LanePoint, Measure};
    use crate::ui::model::tests::curve;

    #[test]
    fn tiles_of_a_board_lie_in_rows_beside_each_other() {
        let board = Board::of(&[(100.0, 80.0), (50.0, 90.0), (100.0, 70.0)], 2, 1.0);
        assert_eq!(board.corners, [(16.0, 42.0), (132.0, 42.0), (16.0, 174.0)]);
        assert_eq!((board.width, board.height), (198.0, 260.0));
        let fine = Board::of(&[(200.0, 160.0)], 2, 2.0);
        assert_eq!(
            (fine.corners[0], fine.width, fine.height),
            ((32.0, 84.0), 264.0, 276.0)
        );
    }

    #[test]
    fn an_svg_has_its_size_its_names_and_its_lines() {
        let point = |step: u32, value: f32| CurvePoint {
            step,
            train_seconds: 0.1,
            samples: 60,
            lanes: vec![
                Some(
                    LanePoint::default()
                        .with(Measure::MapAtR, value)
                        .with(Measure::Tightness, 0.3)
                        .with(Measure::Contrast, 0.8 + value),
                );
                3
            ],
        };
        let points = vec![point(0, 0.1), point(50, 0.4), point(100, 0.5)];
        let figure = figure(vec![curve("Proxy Anchor", 0, points)]);
        let svg = |id: &str| (Chart::from_id(id).unwrap().info().svg)(&figure).unwrap();
        let curves = svg("curves");
        assert!(
            curves.contains(" width=\"960\" height=\"480\" viewBox=\"0 0 960 480\""),
            "{curves}"
        );
        let parts = [
            "MAP@R on unseen classes",
            "Proxy Anchor",
            "stroke-width=\"2.2\"",
        ];
        assert!(parts.iter().all(|part| curves.contains(part)), "{curves}");
        assert!(svg("plane").contains("contrast"));
        assert!(svg("ratio").contains("tightness / contrast"));
    }
}
