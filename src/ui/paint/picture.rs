//! One sample's picture, as a small canvas of its own.

use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};
use yew::prelude::*;

use super::glyphs;
use super::palette::Theme;
use crate::data::Dataset;
use crate::ui::model::Same;

#[derive(Clone, PartialEq, Properties)]
pub struct PictureProps {
    pub dataset: Same<Dataset>,
    /// Index in the data set.
    pub sample: u32,
    #[prop_or_default]
    pub dark: bool,
}

/// The picture of a sample; nothing where the data set has no pictures. Screen readers are told by the text beside it.
#[component]
pub fn Picture(props: &PictureProps) -> Html {
    let canvas = use_node_ref();
    use_effect_with(
        (props.clone(), canvas.clone()),
        |(props, canvas): &(PictureProps, NodeRef)| {
            paint(&props.dataset.0, props.sample, props.dark, canvas);
        },
    );
    if props.dataset.0.picture.is_none() {
        return Html::default();
    }
    html! { <canvas ref={canvas} class="picture" aria-hidden="true" /> }
}

fn paint(dataset: &Dataset, sample: u32, dark: bool, node: &NodeRef) -> Option<()> {
    let canvas: HtmlCanvasElement = node.cast()?;
    let picture = glyphs::picture(dataset, sample, Theme::of(dark).ink)?;
    // Setting a size clears what was there.
    canvas.set_width(picture.width());
    canvas.set_height(picture.height());
    let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
    context
        .draw_image_with_html_canvas_element(&picture, 0.0, 0.0)
        .ok()
}
