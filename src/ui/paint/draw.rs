//! Draws a chart of lines and dots where its [`Layout`] says, on a canvas or as SVG.

use super::canvas::{Align, Surface};
use super::palette::{Rgb, Theme, loss_rgb, loss_text};
use super::plot::{Dot, Guide, LABEL_GAP, Label, Layout, Line, Plot, SWATCH};

type Point = (f64, f64);

/// Length of the marks at the ticks, in CSS pixels.
const TICK: f64 = 4.0;

/// Draws a chart on an empty surface.
pub fn draw(surface: &Surface, plot: &Plot, layout: &Layout, dark: bool) {
    let pen = Pen {
        surface,
        layout,
        dark,
        theme: Theme::of(dark),
    };
    pen.grid();
    pen.titles(plot);
    plot.guides.iter().for_each(|guide| pen.guide(guide));
    plot.lines.iter().for_each(|line| pen.lanes(line));
    plot.lines.iter().for_each(|line| pen.curve(line));
    plot.dots.iter().for_each(|dot| pen.dot(dot));
    plot.lines.iter().for_each(|line| pen.head(line));
    for label in &layout.labels {
        if plot.has_free_heads() {
            pen.plate(label);
        } else {
            pen.leader(label);
        }
        pen.label(label);
    }
}

struct Pen<'a> {
    surface: &'a Surface,
    layout: &'a Layout,
    dark: bool,
    theme: &'static Theme,
}

impl Pen<'_> {
    /// Where a value goes, in CSS pixels. A little beyond the ends is drawn; far beyond, the picture would burst.
    fn place(&self, (x, y): Point) -> Point {
        let layout = self.layout;
        let (x, y) = (layout.x.share(x), layout.y.share(y));
        layout.at_share((x.clamp(-0.5, 1.5), y.clamp(-0.5, 1.5)))
    }

    /// Upright and level lines are on the middle of a pixel, or they would be a blur two pixels wide.
    fn snapped(&self, at: f64) -> f64 {
        let ratio = self.surface.ratio;
        ((at * ratio).floor() + 0.5) / ratio
    }

    fn path(&self, points: impl IntoIterator<Item = Point>) {
        self.surface.begin_path();
        for (index, (x, y)) in points.into_iter().enumerate() {
            if index == 0 {
                self.surface.move_to(x, y);
            } else {
                self.surface.line_to(x, y);
            }
        }
    }

    fn line(&self, points: &[Point], colour: Rgb, alpha: f64, width: f64) {
        self.path(points.iter().copied());
        self.surface.set_stroke(colour, alpha, width);
        self.surface.stroke();
    }

    fn area(&self, corners: impl IntoIterator<Item = Point>, colour: Rgb, alpha: f64) {
        self.path(corners);
        self.surface.close_path();
        self.surface.set_fill(colour, alpha);
        self.surface.fill();
    }

    fn disc(&self, (x, y): Point, radius: f64, colour: Rgb, alpha: f64) {
        self.surface.begin_path();
        self.surface.circle(x, y, radius);
        self.surface.set_fill(colour, alpha);
        self.surface.fill();
    }

    fn ring(&self, (x, y): Point, radius: f64, colour: Rgb, width: f64) {
        self.surface.begin_path();
        self.surface.circle(x, y, radius);
        self.surface.set_stroke(colour, 1.0, width);
        self.surface.stroke();
    }

    fn cross(&self, (x, y): Point, arm: f64, (colour, alpha): (Rgb, f64), width: f64) {
        for turn in [arm, -arm] {
            let stroke = [(x - arm, y - turn), (x + arm, y + turn)];
            self.line(&stroke, colour, alpha, width);
        }
    }

    /// Centred on `y`, smaller than usual by `less`.
    fn text(&self, text: &str, (x, y): Point, align: Align, colour: Rgb, less: f64) {
        self.surface.set_font(self.layout.font_size - less, false);
        self.surface.set_fill(colour, 1.0);
        self.surface.text(text, x, y, align);
    }

    fn bold(&self, text: &str, (x, y): Point, colour: Rgb) {
        self.surface.set_font(self.layout.font_size, true);
        self.surface.set_fill(colour, 1.0);
        self.surface.text(text, x, y, Align::Left);
    }

    /// The axes with their ticks, and a level line at each tick of the upright one.
    fn grid(&self) {
        let layout = self.layout;
        let Theme {
            grid, axis, muted, ..
        } = *self.theme;
        let (left, bottom) = (self.snapped(layout.left), self.snapped(layout.bottom));
        for &tick in &layout.y.ticks {
            let y = self.place((layout.x.low, tick)).1;
            let level = self.snapped(y);
            self.line(&[(left, level), (layout.right, level)], grid, 1.0, 1.0);
            self.line(&[(left - TICK, level), (left, level)], axis, 1.0, 1.0);
            let at = (layout.left - 2.0 * TICK, y);
            self.text(&layout.y.text(tick), at, Align::Right, muted, 0.0);
        }
        for &tick in &layout.x.ticks {
            let x = self.place((tick, layout.y.low)).0;
            let upright = self.snapped(x);
            let mark = [(upright, bottom), (upright, bottom + TICK)];
            self.line(&mark, axis, 1.0, 1.0);
            let at = (x, layout.bottom + 2.0 * TICK + layout.font_size * 0.5);
            self.text(&layout.x.text(tick), at, Align::Centre, muted, 0.0);
        }
        let corner = [(left, layout.top), (left, bottom), (layout.right, bottom)];
        self.line(&corner, axis, 1.0, 1.0);
    }

    fn titles(&self, plot: &Plot) {
        let layout = self.layout;
        self.bold(&plot.y_title, (2.0, 11.0), self.theme.ink);
        let at = (layout.right, layout.foot() - layout.font_size * 0.5 - 3.0);
        self.text(&plot.x_title, at, Align::Right, self.theme.muted, 0.0);
    }

    fn guide(&self, guide: &Guide) {
        let (from, to) = (self.place(guide.from), self.place(guide.to));
        self.line(&[from, to], self.theme.axis, 0.6, 1.0);
        let at = (to.0 - 3.0, to.1 + 8.0);
        self.text(&guide.text, at, Align::Right, self.theme.muted, 1.0);
    }

    /// What lies behind the curve: its band, and the thin curves of the lanes.
    fn lanes(&self, line: &Line) {
        let colour = loss_rgb(line.colour, self.dark);
        if line.half.len() == line.points.len() && line.points.len() > 1 {
            let (low, high) = (self.layout.y.low, self.layout.y.high);
            let edge = |side: f64| {
                let pairs = line.points.iter().zip(&line.half);
                pairs
                    .map(move |(&(x, y), half)| self.place((x, (y + side * half).clamp(low, high))))
            };
            let alpha = if self.dark { 0.24 } else { 0.16 };
            self.area(edge(1.0).chain(edge(-1.0).rev()), colour, alpha);
        }
        for lane in &line.lanes {
            let points: Vec<Point> = lane.iter().map(|&point| self.place(point)).collect();
            self.line(&points, colour, 0.38, 0.9);
        }
    }

    fn curve(&self, line: &Line) {
        let colour = loss_rgb(line.colour, self.dark);
        let points: Vec<Point> = line.points.iter().map(|&point| self.place(point)).collect();
        // A seam of the surface's colour keeps crossing curves apart.
        self.line(&points, self.theme.surface, 0.75, 4.2);
        self.line(&points, colour, 1.0, 2.2);
        for &stop in &line.stops {
            let at = self.place(stop);
            self.disc(at, 7.5, self.theme.surface, 0.9);
            self.ring(at, 7.5, colour, 1.4);
            self.cross(at, 4.0, (colour, 1.0), 2.0);
        }
    }

    fn dot(&self, dot: &Dot) {
        let colour = loss_rgb(dot.colour, self.dark);
        let at = self.place(dot.at);
        if dot.failed {
            return self.cross(at, 3.5, (colour, dot.alpha), 1.6);
        }
        let radius = if dot.ringed { 5.0 } else { 4.0 };
        self.disc(at, radius, colour, dot.alpha);
        if dot.ringed {
            self.ring(at, 9.0, self.theme.ink, 1.8);
        }
    }

    /// The end of a curve: a dot, or an arrow along its last stretch.
    fn head(&self, line: &Line) {
        let colour = loss_rgb(line.colour, self.dark);
        let surface = self.theme.surface;
        let Some((&head, before)) = line.points.split_last() else {
            return;
        };
        let (x, y) = self.place(head);
        if !line.directed {
            self.disc((x, y), 4.6, surface, 1.0);
            return self.disc((x, y), 3.4, colour, 1.0);
        }
        if let Some(&start) = line.points.first() {
            let start = self.place(start);
            self.disc(start, 4.0, surface, 1.0);
            self.ring(start, 4.0, colour, 1.8);
        }
        // The last stretch that is long enough to have a direction.
        let tail = before
            .iter()
            .rev()
            .map(|&point| self.place(point))
            .find(|tail| (x - tail.0).hypot(y - tail.1) > 6.0);
        let Some(tail) = tail else {
            return self.disc((x, y), 3.4, colour, 1.0);
        };
        let length = (x - tail.0).hypot(y - tail.1);
        let (dx, dy) = ((x - tail.0) / length, (y - tail.1) / length);
        let corner =
            |along: f64, across: f64| (x + dx * along - dy * across, y + dy * along + dx * across);
        let arrow = [(6.0, 0.0), (-5.0, 5.0), (-2.5, 0.0), (-5.0, -5.0)];
        self.area(
            arrow.map(|(along, across)| corner(along, across)),
            colour,
            1.0,
        );
        self.surface.set_stroke(surface, 0.9, 0.8);
        self.surface.stroke();
    }

    /// A ground for a name among the curves, with a line to its curve's head where that is far.
    fn plate(&self, label: &Label) {
        let (x, y) = label.at;
        let (half, width) = (self.layout.font_size * 0.5 + 2.0, label.width - 8.0);
        let (hx, hy) = label.head;
        let near = (hx.clamp(x, x + width), hy.clamp(y - half, y + half));
        if (hx - near.0).hypot(hy - near.1) > 16.0 {
            let colour = loss_rgb(label.colour, self.dark);
            self.line(&[label.head, near], colour, 0.7, 1.0);
        }
        let (left, right) = (x - 2.0, x + width + 2.0);
        let corners = [
            (left, y - half),
            (right, y - half),
            (right, y + half),
            (left, y + half),
        ];
        self.area(corners, self.theme.surface, 0.72);
    }

    /// What joins a name in a column to its curve's head, or a name in a legend to its colour.
    fn leader(&self, label: &Label) {
        let colour = loss_rgb(label.colour, self.dark);
        let ((x, y), (hx, hy)) = (label.at, label.head);
        if self.layout.legend {
            self.disc((x - SWATCH * 0.6, y), 4.0, colour, 1.0);
        } else if (y - hy).abs() > 2.0 || x - hx > LABEL_GAP + 2.0 {
            let alpha = if x - hx > 3.0 * LABEL_GAP { 0.35 } else { 0.6 };
            self.line(
                &[(hx + 5.0, hy), (x - 7.0, y), (x - 3.0, y)],
                colour,
                alpha,
                1.0,
            );
        }
    }

    fn label(&self, label: &Label) {
        let (x, y) = label.at;
        self.bold(&label.text, (x, y), loss_text(label.colour, self.dark));
        if !label.value.is_empty() {
            let at = (x + label.width, y);
            self.text(&label.value, at, Align::Left, self.theme.muted, 0.0);
        }
    }
}
