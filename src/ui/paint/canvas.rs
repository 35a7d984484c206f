//! A canvas as sharp as the screen it is on, and the two clocks that repaint it: its size and animation frames.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ResizeObserver};
use yew::prelude::*;

use super::palette::{Rgb, css};

/// Where a text is anchored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    Left,
    Centre,
    Right,
}

impl Align {
    fn css(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Centre => "center",
            Self::Right => "right",
        }
    }
}

/// A cleared canvas whose unit is the CSS pixel.
#[derive(Clone)]
pub struct Surface {
    pub canvas: HtmlCanvasElement,
    pub context: CanvasRenderingContext2d,
    /// CSS pixels.
    pub width: f64,
    /// CSS pixels.
    pub height: f64,
    /// Device pixels a CSS pixel.
    pub ratio: f64,
    /// The page's own font families.
    pub font: String,
}

impl Surface {
    /// Sizes the backing store to the screen's pixels and clears it. `None` while the canvas is not laid out.
    pub fn of(node: &NodeRef) -> Option<Self> {
        let canvas: HtmlCanvasElement = node.cast()?;
        let window = web_sys::window()?;
        let ratio = window.device_pixel_ratio().max(1.0);
        let (width, height) = (f64::from(canvas.client_width()), f64::from(canvas.client_height()));
        if width < 1.0 || height < 1.0 {
            return None;
        }
        let store = ((width * ratio).round() as u32, (height * ratio).round() as u32);
        if (canvas.width(), canvas.height()) != store {
            canvas.set_width(store.0);
            canvas.set_height(store.1);
        }
        let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
        let font = window
            .get_computed_style(&canvas)
            .ok()
            .flatten()
            .and_then(|style| style.get_property_value("font-family").ok())
            .filter(|family| !family.is_empty())
            .unwrap_or_else(|| "system-ui, sans-serif".into());
        let surface = Self { canvas, context, width, height, ratio, font };
        surface.scale(1.0);
        surface.context.clear_rect(0.0, 0.0, width, height);
        surface.context.set_line_join("round");
        surface.context.set_line_cap("round");
        Some(surface)
    }

    /// Makes `1 / units` CSS pixels the unit of what is drawn next.
    pub fn scale(&self, units: f64) {
        let factor = self.ratio / units;
        // Fails only for arguments that are not numbers.
        let _ = self.context.set_transform(factor, 0.0, 0.0, factor, 0.0, 0.0);
    }

    pub fn fill(&self, colour: Rgb, alpha: f64) {
        self.context.set_fill_style_str(&css(colour, alpha));
    }

    pub fn stroke(&self, colour: Rgb, alpha: f64, width: f64) {
        self.context.set_stroke_style_str(&css(colour, alpha));
        self.context.set_line_width(width);
    }

    pub fn set_font(&self, size: f64, bold: bool) {
        let weight = if bold { "600" } else { "400" };
        self.context.set_font(&format!("{weight} {size}px {}", self.font));
    }

    /// Width of a text in the font last set.
    pub fn measure(&self, text: &str) -> f64 {
        self.context.measure_text(text).map_or(0.0, |metrics| metrics.width())
    }

    /// Writes in the font and fill last set, centred on `y`.
    pub fn text(&self, text: &str, x: f64, y: f64, align: Align) {
        self.context.set_text_align(align.css());
        self.context.set_text_baseline("middle");
        let _ = self.context.fill_text(text, x, y);
    }

    pub fn circle(&self, x: f64, y: f64, radius: f64) {
        let _ = self.context.arc(x, y, radius.max(0.0), 0.0, std::f64::consts::TAU);
    }

    /// A rectangle with rounded corners, as a path.
    pub fn rounded(&self, x: f64, y: f64, width: f64, height: f64, radius: f64) {
        let context = &self.context;
        context.begin_path();
        context.move_to(x + radius, y);
        let _ = context.arc_to(x + width, y, x + width, y + height, radius);
        let _ = context.arc_to(x + width, y + height, x, y + height, radius);
        let _ = context.arc_to(x, y + height, x, y, radius);
        let _ = context.arc_to(x, y, x + width, y, radius);
        context.close_path();
    }
}

/// Size of an element in CSS pixels; renders again whenever it changes. (0, 0) before it is laid out.
#[hook]
pub fn use_size(node: &NodeRef) -> (i32, i32) {
    let size = use_state_eq(|| (0, 0));
    {
        let size = size.setter();
        let node = node.clone();
        use_effect_with((), move |()| {
            let element = node.cast::<web_sys::Element>();
            let measured = element.clone();
            let callback = Closure::<dyn FnMut()>::new(move || {
                if let Some(element) = &measured {
                    size.set((element.client_width(), element.client_height()));
                }
            });
            // Observing reports the first size as well.
            let observer = ResizeObserver::new(callback.as_ref().unchecked_ref()).ok();
            if let (Some(observer), Some(element)) = (&observer, &element) {
                observer.observe(element);
            }
            move || {
                if let Some(observer) = observer {
                    observer.disconnect();
                }
                drop(callback);
            }
        });
    }
    *size
}

type Tick = Closure<dyn FnMut(f64)>;

/// Calls back once per animation frame until told to stop; dropping it stops it, too.
pub struct Animation {
    alive: Rc<Cell<bool>>,
    handle: Rc<Cell<i32>>,
    _tick: Rc<RefCell<Option<Tick>>>,
}

impl Animation {
    /// `paint` gets the time in milliseconds and says whether it wants another frame.
    pub fn start(mut paint: impl FnMut(f64) -> bool + 'static) -> Self {
        let alive = Rc::new(Cell::new(true));
        let handle = Rc::new(Cell::new(0));
        let tick: Rc<RefCell<Option<Tick>>> = Rc::default();
        *tick.borrow_mut() = Some(Closure::new({
            let (alive, handle) = (alive.clone(), handle.clone());
            // Weak, as the closure would otherwise own itself.
            let tick = Rc::downgrade(&tick);
            move |now: f64| {
                if !alive.get() {
                    return;
                }
                if !paint(now) {
                    alive.set(false);
                } else if let Some(tick) = tick.upgrade() {
                    handle.set(request_frame(&tick));
                }
            }
        }));
        handle.set(request_frame(&tick));
        Self { alive, handle, _tick: tick }
    }

    pub fn is_running(&self) -> bool {
        self.alive.get()
    }
}

impl Drop for Animation {
    fn drop(&mut self) {
        self.alive.set(false);
        if let Some(window) = web_sys::window() {
            let _ = window.cancel_animation_frame(self.handle.get());
        }
    }
}

fn request_frame(tick: &Rc<RefCell<Option<Tick>>>) -> i32 {
    let tick = tick.borrow();
    let Some((window, tick)) = web_sys::window().zip(tick.as_ref()) else { return 0 };
    window.request_animation_frame(tick.as_ref().unchecked_ref()).unwrap_or_default()
}

/// Hides what is for screen readers only.
pub const FOR_READERS: &str =
    "position:absolute;width:1px;height:1px;margin:-1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap";
