//! One heat's embedding of unseen classes, as points that move while it trains.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use kyori_text::{Language, Message, NumberFormat, messages as text};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlCanvasElement, KeyboardEvent, PointerEvent};
use yew::prelude::*;

use super::canvas::{Align, Animation, Surface, use_size};
use super::crop::Crop;
use super::glyphs::{self, Glyphs};
use super::palette::{Shape, Theme, class_style};
use super::sphere::{Turn, great_circles};
use super::svg::Svg;
use crate::data::Dataset;
use crate::order;
use crate::ui::language::use_language;
use crate::ui::model::Frame;

/// How long points glide from one frame to the next at least, and at most where frames come seldom: until the next one then,
/// so that nothing stops and starts.
const GLIDE_MS: f64 = 120.0;
const LONGEST_GLIDE_MS: f64 = 600.0;

#[derive(Clone, Properties)]
pub struct EmbeddingProps {
    pub frame: Option<Rc<Frame>>,
    pub dataset: Option<Rc<Dataset>>,
    /// The picture behind each point, as index in the data set.
    pub view: Rc<Vec<u32>>,
    /// Name of the loss, for screen readers.
    pub title: AttrValue,
    #[prop_or_default]
    pub dark: bool,
    #[prop_or_default]
    pub reduced_motion: bool,
    /// The point that another view points at.
    #[prop_or_default]
    pub highlight: Option<usize>,
    #[prop_or_default]
    pub on_hover: Callback<Option<usize>>,
    /// A point was clicked, or chosen by Enter: the picture behind it.
    #[prop_or_default]
    pub on_choose: Callback<u32>,
}

impl EmbeddingProps {
    /// Whether the same is to be seen. What is shared is compared by identity: a data set has megabytes.
    fn shows_same(&self, other: &Self) -> bool {
        fn same<T>(a: &Option<Rc<T>>, b: &Option<Rc<T>>) -> bool {
            match (a, b) {
                (Some(a), Some(b)) => Rc::ptr_eq(a, b),
                (None, None) => true,
                _ => false,
            }
        }
        same(&self.frame, &other.frame)
            && same(&self.dataset, &other.dataset)
            && Rc::ptr_eq(&self.view, &other.view)
            && self.dark == other.dark
            && self.reduced_motion == other.reduced_motion
            && self.highlight == other.highlight
    }
}

impl PartialEq for EmbeddingProps {
    fn eq(&self, other: &Self) -> bool {
        self.shows_same(other)
            && self.title == other.title
            && self.on_hover == other.on_hover
            && self.on_choose == other.on_choose
    }
}

/// What is drawn, and where the points are on their way.
#[derive(Default)]
struct Scene {
    frame: Option<Rc<Frame>>,
    from: Vec<f32>,
    shown: Vec<f32>,
    /// When the glide began; `None` until its first animation frame.
    began: Option<f64>,
    gliding: bool,
    /// What of the plane is shown now, and at both ends of the glide.
    crop: Crop,
    crops: [Crop; 2],
    /// When the last glide began, and how long this one takes.
    last_began: f64,
    glide_ms: f64,
    look: Option<Look>,
    /// Where each point was drawn last, with its depth; not finite where it was not.
    placed: Vec<(f64, f64, f64)>,
    picture: Option<(u32, bool, HtmlCanvasElement)>,
    /// The points' pictures, where they are drawn instead of dots.
    glyphs: Option<Glyphs>,
    animation: Option<Animation>,
}

#[derive(Clone)]
struct Look {
    props: EmbeddingProps,
    /// The view's own, the same at each drawing.
    canvas: NodeRef,
    ranks: Rc<Vec<usize>>,
    /// The point under this view's own pointer.
    pointed: Option<usize>,
    turn: Turn,
    size: (i32, i32),
    /// Of what is written in the picture.
    t: Language,
}

impl PartialEq for Look {
    fn eq(&self, other: &Self) -> bool {
        self.props.shows_same(&other.props)
            && self.ranks == other.ranks
            && self.pointed == other.pointed
            && self.turn == other.turn
            && self.size == other.size
            && self.t == other.t
    }
}

thread_local! {
    /// The views on the page, for pictures to take along.
    static SCENES: RefCell<Vec<Weak<RefCell<Scene>>>> = const { RefCell::new(Vec::new()) };
}

/// What a view's canvas shows, as a drawing of the same size. `None` where no view has this canvas.
pub fn drawing_of(canvas: &HtmlCanvasElement) -> Option<Svg> {
    let scenes: Vec<_> =
        SCENES.with_borrow(|scenes| scenes.iter().filter_map(Weak::upgrade).collect());
    scenes.into_iter().find_map(|scene| {
        let mut scene = scene.borrow_mut();
        let look = scene.look.clone()?;
        if look.canvas.cast::<HtmlCanvasElement>().as_ref() != Some(canvas) {
            return None;
        }
        let surface = Surface::svg(
            f64::from(canvas.client_width()),
            f64::from(canvas.client_height()),
        );
        let mut props = look.props.clone();
        props.highlight = None;
        scene.paint_on(
            &surface,
            &Look {
                pointed: None,
                props,
                ..look
            },
        );
        surface.to_svg()
    })
}

/// Points of unseen classes, coloured and shaped by class, with the loss's class vectors as ringed stars. A 2-D embedding
/// shows its circle, a 3-D one its sphere, which turns by drag and by arrow keys. Pointing at a point shows its picture.
#[component]
pub fn EmbeddingView(props: &EmbeddingProps) -> Html {
    let t = use_language();
    let canvas = use_node_ref();
    let size = use_size(&canvas);
    let pointed = use_state_eq(|| None::<usize>);
    let turn = use_state_eq(Turn::default);
    let drag = use_mut_ref(|| None::<(i32, i32)>);
    let scene = use_mut_ref(Scene::default);
    use_effect_with((), {
        let scene = Rc::downgrade(&scene);
        move |()| {
            SCENES.with_borrow_mut(|scenes| {
                scenes.retain(|other| other.strong_count() > 0);
                scenes.push(scene);
            });
        }
    });
    let ranks = use_memo(
        (
            Rc::as_ptr(&props.view),
            props.dataset.as_ref().map(Rc::as_ptr),
        ),
        |_| class_ranks(&props.view, props.dataset.as_deref()),
    );

    let look = Look {
        props: props.clone(),
        canvas: canvas.clone(),
        ranks: ranks.clone(),
        pointed: *pointed,
        turn: *turn,
        size,
        t,
    };
    use_effect_with(look, {
        let scene = scene.clone();
        move |look| {
            let gliding = {
                let mut scene = scene.borrow_mut();
                scene.take(look.clone());
                scene.gliding
            };
            if !gliding {
                scene.borrow_mut().paint();
            } else if !scene
                .borrow()
                .animation
                .as_ref()
                .is_some_and(Animation::is_running)
            {
                let painted = Rc::downgrade(&scene);
                let animation = Animation::start(move |now| {
                    painted
                        .upgrade()
                        .is_some_and(|scene: Rc<RefCell<Scene>>| scene.borrow_mut().tick(now))
                });
                scene.borrow_mut().animation = Some(animation);
            }
        }
    });

    let sphere = props
        .frame
        .as_ref()
        .is_some_and(|frame| frame.header.components == 3);
    let choose = {
        let (pointed, on_hover) = (pointed.clone(), props.on_hover.clone());
        Callback::from(move |point: Option<usize>| {
            if *pointed != point {
                pointed.set(point);
                on_hover.emit(point);
            }
        })
    };
    let pick = {
        let (view, on_choose) = (props.view.clone(), props.on_choose.clone());
        Callback::from(move |point: Option<usize>| {
            if let Some(&sample) = point.and_then(|point| view.get(point)) {
                on_choose.emit(sample);
            }
        })
    };
    let onpointerdown = {
        let pick = pick.clone();
        let (drag, scene, choose) = (drag.clone(), scene.clone(), choose.clone());
        Callback::from(move |event: PointerEvent| {
            if sphere {
                *drag.borrow_mut() = Some((event.offset_x(), event.offset_y()));
                if let Some(element) = event
                    .target()
                    .and_then(|target| target.dyn_into::<Element>().ok())
                {
                    // Refused for a pointer that is already gone; then there is nothing to drag.
                    let _ = element.set_pointer_capture(event.pointer_id());
                }
            }
            let reach = if event.pointer_type() == "touch" {
                24.0
            } else {
                14.0
            };
            let hit = scene
                .borrow()
                .nearest(event.offset_x(), event.offset_y(), reach);
            choose.emit(hit);
            pick.emit(hit);
        })
    };
    let onpointermove = {
        let (drag, scene, choose, turn) =
            (drag.clone(), scene.clone(), choose.clone(), turn.clone());
        Callback::from(move |event: PointerEvent| {
            let at = (event.offset_x(), event.offset_y());
            let dragged = drag.borrow_mut().replace(at);
            if let Some((x, y)) = dragged {
                turn.set(turn.by(f64::from(at.0 - x) * 0.011, f64::from(at.1 - y) * 0.011));
            } else {
                *drag.borrow_mut() = None;
                let hit = scene.borrow().nearest(at.0, at.1, 14.0);
                choose.emit(hit);
            }
        })
    };
    let onpointerup = {
        let drag = drag.clone();
        Callback::from(move |_: PointerEvent| *drag.borrow_mut() = None)
    };
    let onpointerleave = {
        let (choose, drag) = (choose.clone(), drag.clone());
        Callback::from(move |event: PointerEvent| {
            if event.pointer_type() != "touch" && drag.borrow().is_none() {
                choose.emit(None);
            }
        })
    };
    let onblur = {
        let choose = choose.clone();
        Callback::from(move |_: FocusEvent| choose.emit(None))
    };
    let onkeydown = {
        let count = props.view.len();
        let pointed = *pointed;
        Callback::from(move |event: KeyboardEvent| {
            let key = event.key();
            let angle = 0.12;
            let rotate = match key.as_str() {
                "ArrowLeft" => Some((-angle, 0.0)),
                "ArrowRight" => Some((angle, 0.0)),
                "ArrowUp" => Some((0.0, -angle)),
                "ArrowDown" => Some((0.0, angle)),
                _ => None,
            };
            if let (true, Some((yaw, pitch))) = (sphere, rotate) {
                event.prevent_default();
                return turn.set(turn.by(yaw, pitch));
            }
            let forward = match key.as_str() {
                "ArrowRight" | "ArrowDown" | "." => true,
                "ArrowLeft" | "ArrowUp" | "," => false,
                "Escape" => return choose.emit(None),
                "Enter" => return pick.emit(pointed),
                _ => return,
            };
            if count > 0 {
                event.prevent_default();
                choose.emit(Some(match (pointed, forward) {
                    (None, _) => 0,
                    (Some(point), true) => (point + 1) % count,
                    (Some(point), false) => (point + count - 1) % count,
                }));
            }
        })
    };

    let touch = if sphere { "none" } else { "manipulation" };
    let cursor = if sphere { "grab" } else { "crosshair" };
    html! {
        <canvas
            ref={canvas}
            class="embedding"
            role="img"
            tabindex="0"
            aria-label={t.say(describe(props, &ranks))}
            style={format!("display:block;width:100%;height:100%;touch-action:{touch};cursor:{cursor}")}
            {onpointerdown}
            {onpointermove}
            onpointerup={onpointerup.clone()}
            onpointercancel={onpointerup}
            {onpointerleave}
            {onblur}
            {onkeydown}
        />
    }
}

/// For each point the rank of its class, in the order in which classes appear.
fn class_ranks(view: &[u32], dataset: Option<&Dataset>) -> Vec<usize> {
    let mut seen: Vec<u32> = Vec::new();
    let class =
        |&sample: &u32| dataset.and_then(|dataset| dataset.labels.get(sample as usize).copied());
    view.iter()
        .map(|sample| {
            let class = class(sample).unwrap_or_default();
            seen.iter()
                .position(|&other| other == class)
                .unwrap_or_else(|| {
                    seen.push(class);
                    seen.len() - 1
                })
        })
        .collect()
}

/// The picture in words.
fn describe(props: &EmbeddingProps, ranks: &[usize]) -> Message {
    let loss = props.title.to_string();
    let Some(frame) = &props.frame else {
        return text::picture_none(loss);
    };
    let header = &frame.header;
    let classes = ranks.iter().max().map_or(0, |most| most + 1);
    let space = match header.components {
        3 => text::picture_sphere(),
        _ if header.neighbours => text::picture_neighbours(),
        _ if header.explained >= 1.0 => text::picture_plane(),
        _ => text::picture_projected(header.explained),
    };
    text::picture_is(
        classes,
        loss,
        header.points,
        header.proxies,
        space,
        header.step,
    )
}

impl Scene {
    /// Takes what is to be shown from now on.
    fn take(&mut self, look: Look) {
        let changed = match (&self.frame, &look.props.frame) {
            (Some(a), Some(b)) => !Rc::ptr_eq(a, b),
            (None, None) => false,
            _ => true,
        };
        if changed {
            let before = std::mem::replace(&mut self.frame, look.props.frame.clone());
            // A race that starts anew is no movement of the last one.
            let anew = |before: &Frame, frame: &Frame| {
                frame.header.step < before.header.step
                    || frame.header.neighbours != before.header.neighbours
            };
            let alike = |frame: &Frame, shown: &[f32]| {
                frame.coordinates.len() == shown.len()
                    && !before.as_ref().is_some_and(|before| anew(before, frame))
            };
            match &self.frame {
                Some(frame) if alike(frame, &self.shown) && !look.props.reduced_motion => {
                    self.from.clone_from(&self.shown);
                    self.began = None;
                    self.gliding = true;
                }
                Some(frame) => {
                    self.shown.clone_from(&frame.coordinates);
                    self.gliding = false;
                    self.crop = Crop::of(frame);
                }
                None => {
                    self.shown.clear();
                    self.gliding = false;
                }
            }
            if let Some(frame) = &self.frame {
                self.crops = [self.crop, self.crop.towards(Crop::of(frame))];
            }
        }
        self.look = Some(look);
    }

    /// One animation frame of a glide. Says whether another is needed.
    fn tick(&mut self, now: f64) -> bool {
        let began = self.began.unwrap_or(now);
        if self.began.replace(began).is_none() {
            self.glide_ms = glide_ms(now - self.last_began);
            self.last_began = now;
        }
        let time = ((now - began) / self.glide_ms).clamp(0.0, 1.0);
        if let Some(frame) = &self.frame
            && frame.coordinates.len() == self.from.len()
        {
            let share = time as f32;
            for ((shown, from), to) in self
                .shown
                .iter_mut()
                .zip(&self.from)
                .zip(&frame.coordinates)
            {
                *shown = from + share * (to - from);
            }
            self.crop = self.crops[0].mixed(self.crops[1], f64::from(share));
        }
        self.gliding = time < 1.0;
        self.paint();
        self.gliding
    }

    /// The point closest to a position, within `reach` CSS pixels; of two, the one in front.
    fn nearest(&self, x: i32, y: i32, reach: f64) -> Option<usize> {
        let distance = |&(px, py, depth): &(f64, f64, f64)| {
            let behind = if depth < 0.0 { 6.0 } else { 0.0 };
            (px - f64::from(x)).hypot(py - f64::from(y)) + behind
        };
        self.placed
            .iter()
            .enumerate()
            .map(|(index, at)| (index, distance(at)))
            .filter(|&(_, distance)| distance <= reach)
            .min_by(|a, b| a.1.total_cmp(&b.1))
            .map(|(index, _)| index)
    }

    fn paint(&mut self) {
        let Some(look) = self.look.clone() else {
            return;
        };
        if let Some(surface) = Surface::of(&look.canvas) {
            self.paint_on(&surface, &look);
        }
    }

    fn paint_on(&mut self, surface: &Surface, look: &Look) {
        let theme = Theme::of(look.props.dark);
        let Some(frame) = self.frame.clone() else {
            self.placed.clear();
            surface.set_font(12.0, false);
            surface.set_fill(theme.muted, 1.0);
            surface.text(
                &look.t.say(text::picture_none_yet()),
                surface.width / 2.0,
                surface.height / 2.0,
                Align::Centre,
            );
            return;
        };
        let header = &frame.header;
        // The line of text below a projection has its own room.
        let is_shadow = header.explained < 1.0 && !header.neighbours;
        let height = surface.height - if is_shadow { 17.0 } else { 0.0 };
        let side = surface.width.min(height).max(1.0);
        let centre = (surface.width / 2.0, height / 2.0);
        let sphere = header.components == 3;
        let circle = header.components == 2 && header.explained >= 1.0;
        // On circle and sphere pictures would cover each other.
        let size = glyphs::size(header.points, side).filter(|_| !sphere && !circle);
        let size = size.filter(|_| self.has_glyphs(look));
        let rim = if header.neighbours {
            size.unwrap_or(10.0) + 2.0
        } else {
            0.06 * side
        };
        let unit = if sphere {
            0.44 * side
        } else {
            self.crop.scale(surface.width - rim, height - rim)
        };
        let middle = if sphere {
            (0.0, 0.0)
        } else {
            self.crop.middle()
        };
        let place = |coordinates: &[f32]| -> (f64, f64, f64) {
            let get = |index: usize| {
                coordinates
                    .get(index)
                    .map_or(0.0, |&value| f64::from(value))
            };
            let [x, y, z] = if sphere {
                look.turn.apply([get(0), get(1), get(2)])
            } else {
                [get(0), get(1), 0.0]
            };
            let (x, y) = (x - middle.0, y - middle.1);
            (centre.0 + x * unit, centre.1 - y * unit, z)
        };

        if sphere {
            paint_sphere(surface, centre, unit, look.turn, theme);
        } else if circle {
            surface.begin_path();
            surface.circle(centre.0, centre.1, unit);
            surface.set_stroke(theme.axis, 1.0, 1.0);
            surface.stroke();
            paint_cross(surface, centre, theme);
        }

        let stride = header.components.max(1);
        let mut placed = self.shown.chunks_exact(stride).map(place);
        self.placed = placed.by_ref().take(header.points).collect();
        let proxies: Vec<_> = placed.collect();
        let faded = look.pointed.or(look.props.highlight).is_some();
        paint_proxies(surface, &proxies, (sphere, faded), side, theme);
        self.paint_points(surface, look, (sphere, size), side);
        if is_shadow {
            surface.set_font(11.0, false);
            surface.set_fill(theme.muted, 1.0);
            let share = header.explained;
            let line = [
                text::picture_variance(share),
                text::picture_variance_short(share),
            ]
            .into_iter()
            .map(|line| look.t.say(line).into_owned())
            .find(|line| surface.measure(line) < surface.width - 12.0)
            .unwrap_or_else(|| look.t.number(share, NumberFormat::percent(0)));
            surface.text(&line, 6.0, surface.height - 9.0, Align::Left);
        }
        if let Some(point) = look.pointed
            && let Some(&(x, y, _)) = self.placed.get(point)
        {
            self.paint_picture(surface, look, point, (x, y));
        }
    }

    /// Whether the points' pictures can be drawn; prepares them.
    fn has_glyphs(&mut self, look: &Look) -> bool {
        let props = &look.props;
        let Some(dataset) = &props.dataset else {
            return false;
        };
        let current = |glyphs: &Glyphs| glyphs.are_of(dataset, &props.view, props.dark);
        if !self.glyphs.as_ref().is_some_and(current) {
            self.glyphs = Glyphs::new(dataset, &props.view, &look.ranks, props.dark);
        }
        self.glyphs.is_some()
    }

    /// Pictures of the size `glyph` on a canvas where there is one, else dots.
    fn paint_points(
        &self,
        surface: &Surface,
        look: &Look,
        (sphere, glyph): (bool, Option<f64>),
        side: f64,
    ) {
        let glyphs = self.glyphs.as_ref().zip(glyph).zip(surface.canvas());
        let theme = Theme::of(look.props.dark);
        let crowd = (240.0 / self.placed.len().max(1) as f64)
            .sqrt()
            .clamp(0.6, 1.15);
        let radius = (side / 280.0 * 3.5).clamp(2.4, 4.6) * crowd;
        let chosen = look
            .pointed
            .or(look.props.highlight)
            .filter(|&point| point < self.placed.len());
        let rank = |point: usize| look.ranks.get(point).copied().unwrap_or_default();
        let mates = chosen.map(rank);

        // Runs of points that share a class are one path; on the sphere the farthest come first.
        let class = |point: usize| (Some(rank(point)) == mates, rank(point));
        let order = order::indices(self.placed.len(), &|a, b| {
            if sphere {
                self.placed[a].2.total_cmp(&self.placed[b].2)
            } else {
                class(a).cmp(&class(b))
            }
        });
        let mut start = 0;
        while start < order.len() {
            let class = rank(order[start]);
            let length = if sphere {
                1
            } else {
                order[start..]
                    .iter()
                    .take_while(|&&p| rank(p) == class)
                    .count()
            };
            let run = &order[start..start + length];
            let (colour, shape) = class_style(class, look.props.dark);
            let mate = mates == Some(class);
            let depth = if sphere {
                (self.placed[run[0]].2.clamp(-1.0, 1.0) + 1.0) / 2.0
            } else {
                1.0
            };
            let dim = if mates.is_some() && !mate { 0.2 } else { 1.0 };
            let radius = radius * if mate { 1.3 } else { 1.0 } * (0.72 + 0.28 * depth);
            surface.set_alpha(dim * (0.28 + 0.64 * depth).min(0.92));
            if let Some(((glyphs, size), (_, context))) = &glyphs {
                surface.set_alpha(dim);
                let size = size * if mate { 1.2 } else { 1.0 };
                for &point in run {
                    let (x, y, _) = self.placed[point];
                    if x.is_finite() && y.is_finite() {
                        glyphs.draw(context, point, (x, y), size);
                    }
                }
                start += length;
                continue;
            }
            surface.begin_path();
            for &point in run {
                let (x, y, _) = self.placed[point];
                if x.is_finite() && y.is_finite() {
                    shape_path(surface, shape, x, y, radius);
                }
            }
            surface.set_fill(colour, 1.0);
            surface.fill();
            surface.set_stroke(theme.surface, 0.75, 0.8);
            surface.stroke();
            start += length;
        }
        surface.set_alpha(1.0);
        if let Some(point) = chosen {
            let (x, y, _) = self.placed[point];
            surface.begin_path();
            surface.circle(x, y, glyph.map_or(radius * 2.1, |size| size * 0.75));
            surface.set_stroke(theme.surface, 0.9, 4.0);
            surface.stroke();
            surface.set_stroke(theme.ink, 1.0, 1.8);
            surface.stroke();
        }
    }

    /// The picture behind a point and the name of its class, in a box beside the point.
    fn paint_picture(&mut self, surface: &Surface, look: &Look, point: usize, (x, y): (f64, f64)) {
        let Some(dataset) = look.props.dataset.clone() else {
            return;
        };
        let Some(&sample) = look.props.view.get(point) else {
            return;
        };
        let theme = Theme::of(look.props.dark);
        let class = dataset
            .labels
            .get(sample as usize)
            .map(|&label| label as usize);
        let name = class
            .and_then(|class| dataset.class_names.get(class))
            .map_or("", String::as_str);
        let (columns, rows) = dataset.picture.unwrap_or((0, 0));
        let room = (surface.width.min(surface.height) * 0.42).clamp(48.0, 78.0);
        let scale = (room / columns.max(rows).max(1) as f64).clamp(1.0, 10.0);
        let (wide, high) = (columns as f64 * scale, rows as f64 * scale);
        surface.set_font(13.0, true);
        let width = wide.max(surface.measure(name)) + 16.0;
        let height = high + 30.0;
        let left = if x + 16.0 + width < surface.width {
            x + 16.0
        } else {
            x - 16.0 - width
        };
        let left = left.clamp(2.0, (surface.width - width - 2.0).max(2.0));
        let top = (y - height / 2.0).clamp(2.0, (surface.height - height - 2.0).max(2.0));
        surface.rounded(left, top, width, height, 6.0);
        surface.set_fill(theme.raised, 0.96);
        surface.fill();
        surface.set_stroke(theme.axis, 1.0, 1.0);
        surface.stroke();
        if self
            .picture
            .as_ref()
            .is_none_or(|(of, dark, _)| (*of, *dark) != (sample, look.props.dark))
        {
            self.picture = glyphs::picture(&dataset, sample, theme.ink)
                .map(|canvas| (sample, look.props.dark, canvas));
        }
        if let (Some((_, _, picture)), Some((_, context))) = (&self.picture, surface.canvas()) {
            let at = (left + (width - wide) / 2.0, top + 8.0);
            let _ = context
                .draw_image_with_html_canvas_element_and_dw_and_dh(picture, at.0, at.1, wide, high);
        }
        surface.set_fill(theme.ink, 1.0);
        surface.text(name, left + width / 2.0, top + height - 12.0, Align::Centre);
    }
}

fn paint_cross(surface: &Surface, (x, y): (f64, f64), theme: &Theme) {
    surface.begin_path();
    surface.move_to(x - 4.0, y);
    surface.line_to(x + 4.0, y);
    surface.move_to(x, y - 4.0);
    surface.line_to(x, y + 4.0);
    surface.set_stroke(theme.axis, 1.0, 1.0);
    surface.stroke();
}

fn paint_sphere(surface: &Surface, (x, y): (f64, f64), radius: f64, turn: Turn, theme: &Theme) {
    surface.begin_path();
    surface.circle(x, y, radius);
    surface.set_fill(theme.grid, 0.45);
    surface.fill();
    surface.set_stroke(theme.axis, 1.0, 1.2);
    surface.stroke();
    for circle in great_circles(72) {
        let turned: Vec<_> = circle.into_iter().map(|point| turn.apply(point)).collect();
        for (front, alpha) in [(false, 0.35), (true, 0.95)] {
            surface.begin_path();
            for pair in turned
                .windows(2)
                .filter(|pair| (pair[0][2] + pair[1][2] >= 0.0) == front)
            {
                surface.move_to(x + pair[0][0] * radius, y - pair[0][1] * radius);
                surface.line_to(x + pair[1][0] * radius, y - pair[1][1] * radius);
            }
            surface.set_stroke(theme.axis, alpha, 1.0);
            surface.stroke();
        }
    }
}

/// Class vectors are ringed stars, so that they are not taken for pictures.
/// They step back while a picture is pointed at.
fn paint_proxies(
    surface: &Surface,
    proxies: &[(f64, f64, f64)],
    (sphere, faded): (bool, bool),
    side: f64,
    theme: &Theme,
) {
    // Many are a backdrop of small stars without rings.
    let many = proxies.len() > 60;
    let crowd = (40.0 / proxies.len().max(1) as f64).sqrt().clamp(0.5, 1.0);
    let radius = (side / 280.0 * 5.4).clamp(4.2, 7.0) * crowd;
    for front in [false, true] {
        let wanted = |&&(x, y, z): &&(f64, f64, f64)| {
            x.is_finite() && y.is_finite() && (!sphere || (z >= 0.0) == front)
        };
        if !sphere && !front {
            continue;
        }
        let alpha = if many { 0.4 } else { 0.85 }
            * if front { 1.0 } else { 0.35 }
            * if faded { 0.25 } else { 1.0 };
        surface.begin_path();
        for &(x, y, _) in proxies.iter().filter(|at| !many && wanted(at)) {
            surface.circle(x, y, radius);
        }
        surface.set_fill(theme.surface, alpha * 0.7);
        surface.fill();
        surface.set_stroke(theme.muted, alpha, 1.1);
        surface.stroke();
        surface.begin_path();
        for &(x, y, _) in proxies.iter().filter(wanted) {
            for turn in 0..3 {
                let (sin, cos) = (f64::from(turn) * std::f64::consts::FRAC_PI_3
                    + std::f64::consts::FRAC_PI_2)
                    .sin_cos();
                let arm = radius * if many { 0.85 } else { 0.62 };
                surface.move_to(x - cos * arm, y - sin * arm);
                surface.line_to(x + cos * arm, y + sin * arm);
            }
        }
        surface.set_stroke(if many { theme.muted } else { theme.ink }, alpha, 1.1);
        surface.stroke();
    }
}

/// Adds a shape to the path; all shapes look equally large.
fn shape_path(surface: &Surface, shape: Shape, x: f64, y: f64, radius: f64) {
    let polygon = |corners: &[(f64, f64)]| {
        for (index, &(dx, dy)) in corners.iter().enumerate() {
            if index == 0 {
                surface.move_to(x + dx * radius, y + dy * radius);
            } else {
                surface.line_to(x + dx * radius, y + dy * radius);
            }
        }
        surface.close_path();
    };
    match shape {
        Shape::Circle => surface.circle(x, y, radius),
        Shape::Triangle => polygon(&[(0.0, -1.3), (1.2, 0.85), (-1.2, 0.85)]),
        Shape::Square => polygon(&[(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)]),
        Shape::Diamond => polygon(&[(0.0, -1.35), (1.15, 0.0), (0.0, 1.35), (-1.15, 0.0)]),
        Shape::Plus => {
            let (a, b) = (0.42, 1.3);
            polygon(&[
                (-a, -b),
                (a, -b),
                (a, -a),
                (b, -a),
                (b, a),
                (a, a),
                (a, b),
                (-a, b),
                (-a, a),
                (-b, a),
                (-b, -a),
                (-a, -a),
            ]);
        }
    }
}

/// How long points glide to a frame that has come so long after the last one.
fn glide_ms(since: f64) -> f64 {
    if since <= LONGEST_GLIDE_MS {
        since.max(GLIDE_MS)
    } else {
        GLIDE_MS
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Inputs;
    use crate::ui::model::tests::frame;

    #[test]
    fn classes_are_ranked_as_they_appear() {
        let dataset = Dataset {
            name: "three".into(),
            inputs: Inputs::Bytes(vec![0; 4]),
            features: 1,
            picture: None,
            labels: vec![9, 4, 9, 7],
            class_names: vec![String::new(); 10],
        };
        assert_eq!(
            class_ranks(&[1, 0, 2, 3, 1], Some(&dataset)),
            [0, 1, 1, 2, 0]
        );
        // A view of another data set than the one that is loaded must not end the page.
        assert_eq!(class_ranks(&[77], Some(&dataset)), [0]);
    }

    #[test]
    fn a_race_that_starts_anew_is_shown_at_its_own_scale() {
        let look = |frame: Frame| Look {
            props: EmbeddingProps {
                frame: Some(Rc::new(frame)),
                dataset: None,
                view: Rc::default(),
                title: "NCA".into(),
                dark: false,
                reduced_motion: false,
                highlight: None,
                on_hover: Callback::noop(),
                on_choose: Callback::noop(),
            },
            canvas: NodeRef::default(),
            ranks: Rc::default(),
            pointed: None,
            turn: Turn::default(),
            size: (100, 100),
            t: Language::english(),
        };
        let mut scene = Scene::default();
        scene.take(look(frame([0.9, -0.9].repeat(50), 2, 0.4)));
        let mut untrained = frame([0.1, -0.1].repeat(50), 2, 0.4);
        untrained.header.step = 0;
        scene.take(look(untrained));
        let right = scene.crop.x[1];
        assert!((right - 0.1 * 1.08).abs() < 1e-6, "{right}");
        assert!(!scene.gliding);
        // The next picture of the same race is glided to.
        scene.take(look(frame([0.2, -0.2].repeat(50), 2, 0.4)));
        assert!(scene.gliding && scene.crop.x[1] < 0.2);
        scene.tick(0.0);
        scene.tick(10.0 * GLIDE_MS);
        let right = scene.crop.x[1];
        assert!(
            !scene.gliding && (right - 0.2 * 1.08).abs() < 1e-6,
            "{right}"
        );
    }

    #[test]
    fn a_glide_lasts_until_the_next_frame_and_never_keeps_anybody_waiting() {
        assert_eq!([30.0, 120.0, 400.0].map(glide_ms), [120.0, 120.0, 400.0]);
        assert_eq!(glide_ms(60_000.0), GLIDE_MS, "a step by hand");
    }

    #[test]
    fn the_nearest_point_in_front_is_hit() {
        let scene = Scene {
            placed: vec![
                (10.0, 10.0, -0.5),
                (12.0, 10.0, 0.5),
                (f64::NAN, 0.0, 0.0),
                (90.0, 90.0, 0.0),
            ],
            ..Scene::default()
        };
        assert_eq!(scene.nearest(10, 10, 14.0), Some(1));
        assert_eq!(scene.nearest(50, 50, 14.0), None);
    }
}
