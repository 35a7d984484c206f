//! What painters paint on: a canvas as sharp as the screen it is on, or an SVG. And the two clocks that repaint a canvas:
//! its size and animation frames.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ResizeObserver};
use yew::prelude::*;

use super::palette::{Rgb, css};
use super::svg::Svg;

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

/// Where the strokes go.
#[derive(Clone)]
enum Ground {
    Canvas {
        canvas: HtmlCanvasElement,
        context: CanvasRenderingContext2d,
        /// The page's own font families.
        font: String,
    },
    Svg(Rc<RefCell<Svg>>),
}

/// An empty picture whose unit is the CSS pixel.
#[derive(Clone)]
pub struct Surface {
    ground: Ground,
    /// CSS pixels.
    pub width: f64,
    /// CSS pixels.
    pub height: f64,
    /// Device pixels a CSS pixel.
    pub ratio: f64,
}

impl Surface {
    /// Sizes the backing store to the screen's pixels and clears it. `None` while the canvas is not laid out.
    pub fn of(node: &NodeRef) -> Option<Self> {
        let canvas: HtmlCanvasElement = node.cast()?;
        let window = web_sys::window()?;
        let ratio = window.device_pixel_ratio().max(1.0);
        let (width, height) = (
            f64::from(canvas.client_width()),
            f64::from(canvas.client_height()),
        );
        if width < 1.0 || height < 1.0 {
            return None;
        }
        let store = (
            (width * ratio).round() as u32,
            (height * ratio).round() as u32,
        );
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
        context.clear_rect(0.0, 0.0, f64::from(store.0), f64::from(store.1));
        context.set_line_join("round");
        context.set_line_cap("round");
        let surface = Self {
            ground: Ground::Canvas {
                canvas,
                context,
                font,
            },
            width,
            height,
            ratio,
        };
        surface.scale(1.0);
        Some(surface)
    }

    /// A picture that is written down instead.
    pub fn svg(width: f64, height: f64) -> Self {
        Self {
            ground: Ground::Svg(Rc::default()),
            width,
            height,
            ratio: 1.0,
        }
    }

    /// What has been written down; none of a canvas.
    pub fn to_svg(&self) -> Option<Svg> {
        match &self.ground {
            Ground::Canvas { .. } => None,
            Ground::Svg(svg) => Some(svg.borrow().clone()),
        }
    }

    /// The canvas and its context, for what only these can do.
    pub fn canvas(&self) -> Option<(&HtmlCanvasElement, &CanvasRenderingContext2d)> {
        match &self.ground {
            Ground::Canvas {
                canvas, context, ..
            } => Some((canvas, context)),
            Ground::Svg(_) => None,
        }
    }

    /// The font families that texts are written in.
    pub fn font(&self) -> &str {
        match &self.ground {
            Ground::Canvas { font, .. } => font,
            Ground::Svg(_) => "system-ui, sans-serif",
        }
    }

    fn draw<T>(
        &self,
        canvas: impl FnOnce(&CanvasRenderingContext2d) -> T,
        svg: impl FnOnce(&mut Svg) -> T,
    ) -> T {
        match &self.ground {
            Ground::Canvas { context, .. } => canvas(context),
            Ground::Svg(written) => svg(&mut written.borrow_mut()),
        }
    }

    /// Makes `1 / units` CSS pixels the unit of what is drawn next on a canvas.
    pub fn scale(&self, units: f64) {
        let factor = self.ratio / units;
        if let Some((_, context)) = self.canvas() {
            // Fails only for arguments that are not numbers.
            let _ = context.set_transform(factor, 0.0, 0.0, factor, 0.0, 0.0);
        }
    }

    pub fn begin_path(&self) {
        self.draw(CanvasRenderingContext2d::begin_path, Svg::begin_path);
    }

    pub fn move_to(&self, x: f64, y: f64) {
        self.draw(|context| context.move_to(x, y), |svg| svg.move_to(x, y));
    }

    pub fn line_to(&self, x: f64, y: f64) {
        self.draw(|context| context.line_to(x, y), |svg| svg.line_to(x, y));
    }

    pub fn close_path(&self) {
        self.draw(CanvasRenderingContext2d::close_path, Svg::close_path);
    }

    /// Adds a circle to the path.
    pub fn circle(&self, x: f64, y: f64, radius: f64) {
        let radius = radius.max(0.0);
        self.draw(
            |context| {
                // A subpath of its own, not joined to what is before.
                context.move_to(x + radius, y);
                let _ = context.arc(x, y, radius, 0.0, std::f64::consts::TAU);
            },
            |svg| svg.circle(x, y, radius),
        );
    }

    /// The opacity of everything that is drawn next.
    pub fn set_alpha(&self, alpha: f64) {
        self.draw(
            |context| context.set_global_alpha(alpha),
            |svg| svg.set_alpha(alpha),
        );
    }

    pub fn set_fill(&self, colour: Rgb, alpha: f64) {
        self.draw(
            |context| context.set_fill_style_str(&css(colour, alpha)),
            |svg| svg.set_fill(colour, alpha),
        );
    }

    pub fn set_stroke(&self, colour: Rgb, alpha: f64, width: f64) {
        self.draw(
            |context| {
                context.set_stroke_style_str(&css(colour, alpha));
                context.set_line_width(width);
            },
            |svg| svg.set_stroke(colour, alpha, width),
        );
    }

    /// Fills the path.
    pub fn fill(&self) {
        self.draw(CanvasRenderingContext2d::fill, Svg::fill);
    }

    /// Strokes the path.
    pub fn stroke(&self) {
        self.draw(CanvasRenderingContext2d::stroke, Svg::stroke);
    }

    pub fn set_font(&self, size: f64, bold: bool) {
        let weight = if bold { "600" } else { "400" };
        self.draw(
            |context| context.set_font(&format!("{weight} {size}px {}", self.font())),
            |svg| svg.set_font(size, bold),
        );
    }

    /// Width of a text in the font last set.
    pub fn measure(&self, text: &str) -> f64 {
        self.draw(
            |context| {
                context
                    .measure_text(text)
                    .map_or(0.0, |metrics| metrics.width())
            },
            |svg| svg.measure(text),
        )
    }

    /// Writes in the font and fill last set, centred on `y`.
    pub fn text(&self, text: &str, x: f64, y: f64, align: Align) {
        self.draw(
            |context| {
                context.set_text_align(align.css());
                context.set_text_baseline("middle");
                let _ = context.fill_text(text, x, y);
            },
            |svg| svg.text(text, x, y, align),
        );
    }

    /// A rectangle with rounded corners, as a path; in an SVG its corners are sharp.
    pub fn rounded(&self, x: f64, y: f64, width: f64, height: f64, radius: f64) {
        let Some((_, context)) = self.canvas() else {
            let corners = [
                (x, y),
                (x + width, y),
                (x + width, y + height),
                (x, y + height),
            ];
            self.begin_path();
            self.move_to(x, y);
            corners[1..].iter().for_each(|&(x, y)| self.line_to(x, y));
            return self.close_path();
        };
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
        Self {
            alive,
            handle,
            _tick: tick,
        }
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
    let Some((window, tick)) = web_sys::window().zip(tick.as_ref()) else {
        return 0;
    };
    window
        .request_animation_frame(tick.as_ref().unchecked_ref())
        .unwrap_or_default()
}

/// Hides what is for screen readers only.
pub const FOR_READERS: &str = "position:absolute;width:1px;height:1px;margin:-1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap";
