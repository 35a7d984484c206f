//! A chart whose points are read one at a time.

use std::rc::Rc;

use web_sys::{KeyboardEvent, PointerEvent};
use yew::prelude::*;

use super::canvas::{Surface, use_size};
use super::palette::Theme;
use super::plot::{self, Layout, Plot, Row};
use super::scale::reading;

#[derive(Clone, PartialEq, Properties)]
pub struct PointsProps {
    pub plot: Rc<Option<Plot>>,
    /// What the chart is, in words.
    pub label: AttrValue,
    /// What an empty chart says.
    pub empty: AttrValue,
    pub dark: bool,
    pub canvas: NodeRef,
    /// The same in a form that can be read aloud.
    #[prop_or_default]
    pub children: Html,
}

/// One thing that can be pointed at.
struct Target {
    /// CSS pixels.
    at: (f64, f64),
    value: (f64, f64),
    colour: usize,
    note: String,
}

#[component]
pub fn PointsView(props: &PointsProps) -> Html {
    let base = props.canvas.clone();
    let overlay = use_node_ref();
    let size = use_size(&base);
    let pointed = use_state_eq(|| None::<usize>);
    let layout = use_mut_ref(|| None::<Layout>);

    use_effect_with((props.plot.clone(), size, props.dark), {
        let (base, layout, empty) = (base.clone(), layout.clone(), props.empty.clone());
        move |(plot, _, dark)| {
            if let Some(surface) = Surface::of(&base) {
                *layout.borrow_mut() = match plot.as_ref() {
                    Some(plot) => Some(plot::paint(&surface, plot, *dark)),
                    None => {
                        plot::paint_empty(&surface, &empty, *dark);
                        None
                    }
                };
            }
        }
    });
    use_effect_with((props.plot.clone(), size, props.dark, *pointed), {
        let (overlay, layout) = (overlay.clone(), layout.clone());
        move |(plot, _, dark, pointed)| {
            let Some(surface) = Surface::of(&overlay) else {
                return;
            };
            let layout = layout.borrow();
            if let (Some(plot), Some(layout), Some(index)) =
                (plot.as_ref(), layout.as_ref(), *pointed)
                && let Some(target) = targets(plot, layout).get(index)
            {
                paint_target(&surface, plot, layout, target, *dark);
            }
        }
    });

    let onpointermove = {
        let (pointed, layout, plot) = (pointed.setter(), layout.clone(), props.plot.clone());
        Callback::from(move |event: PointerEvent| {
            let layout = layout.borrow();
            let (Some(plot), Some(layout)) = (plot.as_ref(), layout.as_ref()) else {
                return;
            };
            let distance = |at: (f64, f64)| {
                (at.0 - f64::from(event.offset_x())).hypot(at.1 - f64::from(event.offset_y()))
            };
            let nearest = targets(plot, layout)
                .iter()
                .enumerate()
                .map(|(index, target)| (index, distance(target.at)))
                .filter(|&(_, distance)| distance < 28.0)
                .min_by(|a, b| a.1.total_cmp(&b.1));
            pointed.set(nearest.map(|(index, _)| index));
        })
    };
    let clear = pointed.setter();
    let onpointerleave = {
        let clear = clear.clone();
        Callback::from(move |event: PointerEvent| {
            if event.pointer_type() != "touch" {
                clear.set(None);
            }
        })
    };
    let onblur = Callback::from(move |_: FocusEvent| clear.set(None));
    let onkeydown = {
        let (pointed, plot) = (pointed.clone(), props.plot.clone());
        Callback::from(move |event: KeyboardEvent| {
            let layout = layout.borrow();
            let (Some(plot), Some(layout)) = (plot.as_ref(), layout.as_ref()) else {
                return;
            };
            let count = targets(plot, layout).len();
            let next = match (event.key().as_str(), *pointed) {
                ("Escape", _) => None,
                _ if count == 0 => return,
                ("ArrowRight" | "ArrowLeft", None) => Some(0),
                ("ArrowRight", Some(index)) => Some((index + 1) % count),
                ("ArrowLeft", Some(index)) => Some((index + count - 1) % count),
                _ => return,
            };
            event.prevent_default();
            pointed.set(next);
        })
    };

    html! {
        <div class="chart" style="position:relative;width:100%;height:100%">
            <canvas ref={base} aria-hidden="true" style="position:absolute;inset:0;width:100%;height:100%" />
            <canvas
                ref={overlay}
                role="img"
                aria-label={props.label.clone()}
                tabindex="0"
                style="position:absolute;inset:0;width:100%;height:100%;touch-action:pan-y;cursor:crosshair"
                onpointerdown={onpointermove.clone()}
                {onpointermove}
                {onpointerleave}
                {onblur}
                {onkeydown}
            />
            { props.children.clone() }
        </div>
    }
}

fn targets(plot: &Plot, layout: &Layout) -> Vec<Target> {
    let on_lines = plot.lines.iter().flat_map(|line| {
        line.points
            .iter()
            .enumerate()
            .map(|(index, &value)| Target {
                at: layout.place(value),
                value,
                colour: line.colour,
                note: match line.notes.get(index) {
                    Some(note) => format!("{}, {note}", line.name),
                    None => line.name.clone(),
                },
            })
    });
    let dots = plot.dots.iter().map(|dot| Target {
        at: layout.place(dot.at),
        value: dot.at,
        colour: dot.colour,
        note: dot.note.clone(),
    });
    // Dots first: where one lies under the end of a line it says more.
    dots.chain(on_lines).collect()
}

fn paint_target(surface: &Surface, plot: &Plot, layout: &Layout, target: &Target, dark: bool) {
    let theme = Theme::of(dark);
    surface.begin_path();
    surface.circle(target.at.0, target.at.1, 6.5);
    surface.set_stroke(theme.ink, 1.0, 1.6);
    surface.stroke();
    let row = |name: &str, value: f64| Row {
        colour: target.colour,
        name: name.to_owned(),
        value: reading(value),
    };
    let rows = [
        row(&plot.y_title, target.value.1),
        row(&plot.x_title, target.value.0),
    ];
    plot::paint_rows(
        surface,
        &target.note,
        &rows,
        target.at,
        (2.0, layout.size.0 - 2.0),
        &[],
        dark,
    );
}
