//! One chart of lines and dots on two axes: what it shows ([`Plot`]), where that goes ([`Layout`]) and how it is drawn
//! through plotters, on a canvas or any other of its backends.

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingErrorKind,
};
use plotters_canvas::CanvasBackend;

use super::canvas::{Align, Surface};
use super::palette::{Rgb, Theme, loss_rgb, loss_text};
use super::scale::Scale;
use crate::order;

/// Units a CSS pixel: plotters draws at whole numbers, lines should not.
pub const UNITS: f64 = 16.0;

/// Ends of an axis before its ticks are chosen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    pub low: f64,
    pub high: f64,
    pub log: bool,
    /// Whether the ends may move outwards to whole ticks.
    pub rounded: bool,
}

/// One named curve.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Line {
    pub name: String,
    /// Written after the name where there is room.
    pub value: String,
    pub colour: usize,
    pub points: Vec<(f64, f64)>,
    /// What is said of each point when it is pointed at; may be empty.
    pub notes: Vec<String>,
    /// Half of the band's height at each point; empty for none.
    pub half: Vec<f64>,
    /// Thin curves behind the line.
    pub lanes: Vec<Vec<(f64, f64)>>,
    /// Where a lane ended early.
    pub stops: Vec<(f64, f64)>,
    /// Whether the curve has a direction: a ring at its start and an arrow at its head.
    pub directed: bool,
}

/// One dot.
#[derive(Clone, Debug, PartialEq)]
pub struct Dot {
    pub at: (f64, f64),
    pub colour: usize,
    pub alpha: f64,
    pub ringed: bool,
    /// A cross instead of a dot.
    pub failed: bool,
    /// What is said of it when it is pointed at.
    pub note: String,
}

/// A straight line to compare with.
#[derive(Clone, Debug, PartialEq)]
pub struct Guide {
    pub from: (f64, f64),
    pub to: (f64, f64),
    pub text: String,
}

/// What a chart shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Plot {
    pub x: Bounds,
    pub y: Bounds,
    pub x_title: String,
    pub y_title: String,
    pub lines: Vec<Line>,
    pub dots: Vec<Dot>,
    pub guides: Vec<Guide>,
}

impl Plot {
    /// Whether curves end anywhere, rather than all at the right.
    fn has_free_heads(&self) -> bool {
        self.lines.iter().any(|line| line.directed)
    }
}

/// A name at the end of a curve.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    pub text: String,
    pub value: String,
    pub colour: usize,
    /// Where the curve ends.
    pub head: (f64, f64),
    /// Left end and centre of the text.
    pub at: (f64, f64),
    /// Width of `text` with the space after it.
    pub width: f64,
}

/// Where everything goes, in CSS pixels.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    pub size: (f64, f64),
    pub left: f64,
    pub right: f64,
    pub top: f64,
    pub bottom: f64,
    pub x: Scale,
    pub y: Scale,
    pub labels: Vec<Label>,
    /// The names stand in rows under the plot, since there is no room for them beside the curves.
    pub legend: bool,
    pub font_size: f64,
}

impl Layout {
    /// `measure` gives the width of a text in a size, bold or not.
    pub fn of(plot: &Plot, size: (f64, f64), measure: impl Fn(&str, f64, bool) -> f64) -> Self {
        let narrow = size.0 < NARROW;
        let font_size = if narrow { 11.0 } else { 12.0 };
        let free = plot.has_free_heads();
        let legend = narrow && !free;
        let rows = if legend {
            plot.lines.len() as f64 * ROW
        } else {
            0.0
        };
        let (top, bottom) = (28.0, (size.1 - AXIS - rows).max(60.0));
        let y_scale = scale(
            plot.y,
            ((bottom - top) / 44.0).round().clamp(2.0, 8.0) as usize,
        );
        let widest = y_scale
            .ticks
            .iter()
            .map(|&tick| measure(&y_scale.text(tick), font_size, false))
            .fold(0.0, f64::max);
        let left = (widest + 14.0).ceil();

        // Beside the curves names may take a third of the width; longer ones are cut.
        let with_values = size.0 >= 560.0 || legend;
        let most = match (legend, narrow) {
            (true, _) => size.0 - 2.0 * SWATCH,
            (_, true) => size.0 * 0.36,
            _ => (size.0 * 0.34).min(230.0),
        };
        let value_width = plot
            .lines
            .iter()
            .map(|line| measure(&line.value, font_size, false))
            .fold(0.0, f64::max);
        let room = if with_values {
            most - value_width - 8.0
        } else {
            most
        };
        let names: Vec<(String, f64)> = plot
            .lines
            .iter()
            .map(|line| {
                let text = shorten(&line.name, room, |text| measure(text, font_size, true));
                let width = measure(&text, font_size, true);
                (text, width)
            })
            .collect();
        let name_width = names.iter().map(|&(_, width)| width).fold(0.0, f64::max);
        let column = if plot.lines.is_empty() || free || legend {
            14.0
        } else {
            LABEL_GAP + name_width + if with_values { value_width + 8.0 } else { 0.0 } + 4.0
        };
        let right = (size.0 - column).max(left + 60.0);
        let x_scale = scale(
            plot.x,
            ((right - left) / 74.0).round().clamp(2.0, 10.0) as usize,
        );

        let mut layout = Self {
            size,
            left,
            right,
            top,
            bottom,
            x: x_scale,
            y: y_scale,
            labels: Vec::new(),
            legend,
            font_size,
        };
        layout.labels = layout.labels_at_heads(plot, &names, with_values && !free, name_width);
        if free {
            layout.place_freely(plot);
        } else if legend {
            layout.place_in_rows();
        } else {
            layout.place_in_column();
        }
        layout
    }

    /// Where the axis with its title ends.
    fn foot(&self) -> f64 {
        if self.legend {
            (self.bottom + AXIS).min(self.size.1)
        } else {
            self.size.1
        }
    }

    fn labels_at_heads(
        &self,
        plot: &Plot,
        names: &[(String, f64)],
        with_values: bool,
        width: f64,
    ) -> Vec<Label> {
        let label = |(line, (text, own)): (&Line, &(String, f64))| {
            let head = self.place(*line.points.last()?);
            Some(Label {
                text: text.clone(),
                value: if with_values {
                    line.value.clone()
                } else {
                    String::new()
                },
                colour: line.colour,
                head,
                at: (head.0 + LABEL_GAP, head.1),
                width: if plot.has_free_heads() { *own } else { width } + 8.0,
            })
        };
        plot.lines.iter().zip(names).filter_map(label).collect()
    }

    /// Names under each other below the plot, the highest curve's first.
    fn place_in_rows(&mut self) {
        let first = self.foot() + ROW * 0.5;
        order::sort_by(&mut self.labels, |a, b| a.head.1.total_cmp(&b.head.1));
        for (row, label) in self.labels.iter_mut().enumerate() {
            label.at = (2.0 + SWATCH, first + row as f64 * ROW);
        }
    }

    /// Names in one column to the right of the farthest head, pushed apart.
    fn place_in_column(&mut self) {
        let labels = &mut self.labels;
        let column = labels
            .iter()
            .map(|label| label.head.0)
            .fold(self.left, f64::max)
            + LABEL_GAP;
        order::sort_by(labels, |a, b| a.head.1.total_cmp(&b.head.1));
        let wanted: Vec<f64> = labels.iter().map(|label| label.head.1).collect();
        let apart = push_apart(
            &wanted,
            self.font_size + 3.5,
            self.top - 6.0,
            self.bottom + 6.0,
        );
        for (label, y) in labels.iter_mut().zip(apart) {
            label.at = (column, y);
        }
    }

    /// Names beside heads that lie anywhere: each where it covers the least.
    fn place_freely(&mut self, plot: &Plot) {
        let height = self.font_size + 3.0;
        let mut marks: Vec<(f64, f64)> = plot.dots.iter().map(|dot| self.place(dot.at)).collect();
        for line in &plot.lines {
            let path: Vec<_> = line.points.iter().map(|&point| self.place(point)).collect();
            for pair in path.windows(2) {
                let (from, to) = (pair[0], pair[1]);
                let pieces = ((to.0 - from.0).hypot(to.1 - from.1) / 9.0)
                    .ceil()
                    .clamp(1.0, 150.0);
                let piece = |index: i32| {
                    let share = f64::from(index) / pieces;
                    (
                        from.0 + share * (to.0 - from.0),
                        from.1 + share * (to.1 - from.1),
                    )
                };
                marks.extend((0..pieces as i32).map(piece));
            }
        }
        let heads: Vec<(f64, f64)> = self.labels.iter().map(|label| label.head).collect();
        let choices: Vec<Vec<Spot>> = (0..self.labels.len())
            .map(|index| self.spots(index, &heads, &marks, height))
            .collect();
        // First the cheapest spot of each, then a few rounds in which each gives way to the others.
        let mut chosen: Vec<Spot> = choices
            .iter()
            .zip(&heads)
            .map(|(spots, &at)| {
                cheapest(spots, |_| 0.0).unwrap_or(Spot {
                    at,
                    width: 0.0,
                    cost: 0.0,
                })
            })
            .collect();
        for _ in 0..5 {
            for (index, spots) in choices.iter().enumerate() {
                let others = |spot: &Spot| {
                    let clash = |&(other, taken): &(usize, &Spot)| {
                        other != index && spot.touches(taken, height)
                    };
                    chosen.iter().enumerate().filter(clash).count() as f64 * 500.0
                };
                if let Some(spot) = cheapest(spots, others) {
                    chosen[index] = spot;
                }
            }
        }
        for (label, spot) in self.labels.iter_mut().zip(&chosen) {
            label.at = spot.at;
        }
    }

    /// Where the name of a head could be, and what each place costs.
    fn spots(
        &self,
        index: usize,
        heads: &[(f64, f64)],
        marks: &[(f64, f64)],
        height: f64,
    ) -> Vec<Spot> {
        let (x, y) = self.labels[index].head;
        let width = self.labels[index].width - 8.0;
        let mut spots = Vec::new();
        for half_rows in [0, -1, 1, -2, 2, -3, 3, -5, 5, -7, 7, -10, 10, -14, 14_i32] {
            let centre = y + f64::from(half_rows) * height / 2.0;
            for gap in [LABEL_GAP, 36.0, 84.0] {
                spots.extend([(x + gap, centre), (x - gap - width, centre)]);
            }
            if half_rows.abs() > 1 {
                spots.push((x - width / 2.0, centre));
            }
        }
        let inside = |&(left, centre): &(f64, f64)| {
            left > self.left + 2.0
                && left + width < self.size.0 - 2.0
                && centre > self.top - 2.0
                && centre < self.bottom - 6.0
        };
        spots
            .into_iter()
            .filter(inside)
            .map(|at| {
                let spot = Spot {
                    at,
                    width,
                    cost: 0.0,
                };
                let covered = marks
                    .iter()
                    .filter(|&&mark| spot.covers(mark, height))
                    .count();
                let hidden = heads
                    .iter()
                    .filter(|&&head| spot.distance(head, height) < 5.0)
                    .count();
                // Beside another head it would be taken for that one's name.
                let own = spot.distance((x, y), height);
                let closer = |(other, head): &(usize, &(f64, f64))| {
                    *other != index && spot.distance(**head, height) < (own + 4.0).min(24.0)
                };
                let mistaken = heads.iter().enumerate().filter(closer).count();
                let cost = covered as f64 * 4.0
                    + hidden as f64 * 150.0
                    + mistaken as f64 * 25.0
                    + own * 1.7;
                Spot { cost, ..spot }
            })
            .collect()
    }

    /// From data to CSS pixels.
    pub fn place(&self, (x, y): (f64, f64)) -> (f64, f64) {
        (
            self.left + self.x.share(x) * (self.right - self.left),
            self.bottom - self.y.share(y) * (self.bottom - self.top),
        )
    }

    /// From CSS pixels to the value on the x axis.
    pub fn x_at(&self, pixel: f64) -> f64 {
        self.x.value((pixel - self.left) / (self.right - self.left))
    }
}

const LABEL_GAP: f64 = 12.0;

/// Width under which the names go below the plot.
const NARROW: f64 = 480.0;

/// Height of the horizontal axis with its title.
const AXIS: f64 = 38.0;

/// Height of a row of the legend below the plot, as in style.css.
const ROW: f64 = 16.0;

/// Room for a curve's colour before its name in the legend.
const SWATCH: f64 = 14.0;

/// A place for a name.
#[derive(Clone, Copy, Debug)]
struct Spot {
    /// Left end and centre.
    at: (f64, f64),
    width: f64,
    cost: f64,
}

impl Spot {
    /// From the box around the name to a point; 0 inside.
    fn distance(&self, (x, y): (f64, f64), height: f64) -> f64 {
        let beside = (x.clamp(self.at.0, self.at.0 + self.width) - x).abs();
        beside.hypot(((self.at.1 - y).abs() - height / 2.0).max(0.0))
    }

    /// Whether a point lies in the box or at its edge.
    fn covers(&self, (x, y): (f64, f64), height: f64) -> bool {
        x > self.at.0 - 2.0
            && x < self.at.0 + self.width + 2.0
            && (self.at.1 - y).abs() < height / 2.0 + 2.0
    }

    fn touches(&self, other: &Self, height: f64) -> bool {
        self.at.0 < other.at.0 + other.width + 5.0
            && other.at.0 < self.at.0 + self.width + 5.0
            && (self.at.1 - other.at.1).abs() < height
    }
}

fn cheapest(spots: &[Spot], more: impl Fn(&Spot) -> f64) -> Option<Spot> {
    spots
        .iter()
        .copied()
        .min_by(|a, b| (a.cost + more(a)).total_cmp(&(b.cost + more(b))))
}

fn scale(bounds: Bounds, ticks: usize) -> Scale {
    match bounds {
        Bounds {
            low,
            high,
            log: true,
            ..
        } => Scale::log(low, high, ticks),
        Bounds {
            low,
            high,
            rounded: true,
            ..
        } => Scale::rounded(low, high, ticks),
        Bounds { low, high, .. } => Scale::linear(low, high, ticks),
    }
}

fn shorten(text: &str, room: f64, measure: impl Fn(&str) -> f64) -> String {
    if measure(text) <= room {
        return text.to_owned();
    }
    let characters: Vec<char> = text.chars().collect();
    (1..characters.len())
        .rev()
        .map(|count| {
            characters[..count]
                .iter()
                .collect::<String>()
                .trim_end()
                .to_owned()
                + "…"
        })
        .find(|cut| measure(cut) <= room)
        .unwrap_or_else(|| "…".into())
}

/// Moves ascending positions apart to at least `gap`, as little as possible, inside `low..=high` where they fit.
///
/// Neighbours that collide form a block that lies around the mean of what its members want.
pub fn push_apart(wanted: &[f64], gap: f64, low: f64, high: f64) -> Vec<f64> {
    // With more positions than fit, they are as far apart as the room allows.
    let gap = if wanted.len() > 1 {
        gap.min((high - low) / (wanted.len() - 1) as f64)
    } else {
        gap
    };
    struct Block {
        /// Sum of where the members want the block's first position.
        sum: f64,
        count: usize,
    }
    let first = |block: &Block| {
        let length = gap * (block.count - 1) as f64;
        (block.sum / block.count as f64).clamp(low, (high - length).max(low))
    };
    let mut blocks: Vec<Block> = Vec::new();
    for &position in wanted {
        let mut block = Block {
            sum: position,
            count: 1,
        };
        while let Some(before) =
            blocks.pop_if(|before| first(before) + gap * before.count as f64 > first(&block) + 1e-9)
        {
            // Seen from the joint first position, the later members want theirs earlier.
            block.sum += before.sum - gap * (before.count * block.count) as f64;
            block.count += before.count;
        }
        blocks.push(block);
    }
    blocks
        .iter()
        .flat_map(|block| {
            let start = first(block);
            (0..block.count).map(move |index| start + gap * index as f64)
        })
        .collect()
}

/// Draws a chart. `units` are the backend's units a CSS pixel, `text_units` the same for the size of texts.
pub fn draw<DB: DrawingBackend>(
    root: &DrawingArea<DB, Shift>,
    plot: &Plot,
    layout: &Layout,
    dark: bool,
    font: &str,
    (units, text_units): (f64, f64),
) -> Result<(), DrawingAreaErrorKind<DB::ErrorType>> {
    let theme = Theme::of(dark);
    let px = |length: f64| (length * units).round() as i32;
    let at = |(x, y): (f64, f64)| (px(x), px(y));
    let text = |colour: Rgb, size: f64, bold: bool, horizontal: HPos| {
        let style = if bold {
            FontStyle::Bold
        } else {
            FontStyle::Normal
        };
        TextStyle {
            font: (font, size * text_units, style).into_font(),
            color: BackendColor {
                alpha: 1.0,
                rgb: colour,
            },
            pos: Pos::new(horizontal, VPos::Center),
        }
    };
    let size = layout.font_size;

    let mut chart = ChartBuilder::on(root)
        .margin_top(px(layout.top))
        .margin_right(px(layout.size.0 - layout.right))
        .margin_bottom(px(layout.size.1 - layout.foot()))
        .x_label_area_size(px(layout.foot() - layout.bottom))
        .y_label_area_size(px(layout.left))
        .build_cartesian_2d(layout.x.clone(), layout.y.clone())?;
    let hairline = stroke(theme.grid, 1.0, px(1.0));
    chart
        .configure_mesh()
        .x_labels(layout.x.ticks.len())
        .y_labels(layout.y.ticks.len())
        .max_light_lines(0)
        .disable_x_mesh()
        .bold_line_style(hairline)
        .light_line_style(TRANSPARENT)
        .axis_style(stroke(theme.axis, 1.0, px(1.0)))
        .set_all_tick_mark_size(px(4.0))
        .x_label_style(text(theme.muted, size, false, HPos::Center))
        .y_label_style(text(theme.muted, size, false, HPos::Right))
        .draw()?;
    root.draw_text(
        &plot.y_title,
        &text(theme.ink, size, true, HPos::Left),
        at((2.0, 11.0)),
    )?;
    root.draw_text(
        &plot.x_title,
        &text(theme.muted, size, false, HPos::Right),
        at((layout.right, layout.foot() - size * 0.5 - 3.0)),
    )?;

    for guide in &plot.guides {
        chart.draw_series(LineSeries::new(
            [guide.from, guide.to],
            stroke(theme.axis, 0.6, px(1.0)),
        ))?;
        let (x, y) = layout.place(guide.to);
        root.draw_text(
            &guide.text,
            &text(theme.muted, size - 1.0, false, HPos::Right),
            at((x - 3.0, y + 8.0)),
        )?;
    }
    for line in &plot.lines {
        let colour = loss_rgb(line.colour, dark);
        if line.half.len() == line.points.len() && line.points.len() > 1 {
            let inside = |y: f64| y.clamp(layout.y.low, layout.y.high);
            let upper = line
                .points
                .iter()
                .zip(&line.half)
                .map(|(&(x, y), half)| (x, inside(y + half)));
            let lower = line
                .points
                .iter()
                .zip(&line.half)
                .map(|(&(x, y), half)| (x, inside(y - half)));
            let outline: Vec<_> = upper.chain(lower.rev()).collect();
            chart.draw_series([Polygon::new(
                outline,
                fill(colour, if dark { 0.24 } else { 0.16 }),
            )])?;
        }
        for lane in &line.lanes {
            chart.draw_series(LineSeries::new(
                lane.iter().copied(),
                stroke(colour, 0.38, px(0.9)),
            ))?;
        }
    }
    for line in &plot.lines {
        let colour = loss_rgb(line.colour, dark);
        // A seam of the surface's colour keeps crossing curves apart.
        chart.draw_series(LineSeries::new(
            line.points.iter().copied(),
            stroke(theme.surface, 0.75, px(4.2)),
        ))?;
        chart.draw_series(LineSeries::new(
            line.points.iter().copied(),
            stroke(colour, 1.0, px(2.2)),
        ))?;
        for &stop in &line.stops {
            let (x, y) = layout.place(stop);
            root.draw(&Circle::new(at((x, y)), px(7.5), fill(theme.surface, 0.9)))?;
            root.draw(&Circle::new(
                at((x, y)),
                px(7.5),
                stroke(colour, 1.0, px(1.4)),
            ))?;
            draw_cross(root, (x, y), 4.0, stroke(colour, 1.0, px(2.0)), units)?;
        }
    }
    for dot in &plot.dots {
        let colour = loss_rgb(dot.colour, dark);
        let (x, y) = layout.place(dot.at);
        if dot.failed {
            draw_cross(root, (x, y), 3.5, stroke(colour, dot.alpha, px(1.6)), units)?;
            continue;
        }
        let radius = if dot.ringed { 5.0 } else { 4.0 };
        root.draw(&Circle::new(
            at((x, y)),
            px(radius),
            fill(colour, dot.alpha),
        ))?;
        if dot.ringed {
            root.draw(&Circle::new(
                at((x, y)),
                px(9.0),
                stroke(theme.ink, 1.0, px(1.8)),
            ))?;
        }
    }
    for line in &plot.lines {
        draw_head(
            root,
            line,
            layout,
            theme,
            loss_rgb(line.colour, dark),
            units,
        )?;
    }
    for label in &layout.labels {
        let colour = loss_rgb(label.colour, dark);
        let (x, y) = label.at;
        if plot.has_free_heads() {
            let (half, width) = (size * 0.5 + 2.0, label.width - 8.0);
            let (hx, hy) = label.head;
            let near = (hx.clamp(x, x + width), hy.clamp(y - half, y + half));
            if (hx - near.0).hypot(hy - near.1) > 16.0 {
                root.draw(&PathElement::new(
                    [at(label.head), at(near)],
                    stroke(colour, 0.7, px(1.0)),
                ))?;
            }
            let plate = [at((x - 2.0, y - half)), at((x + width + 2.0, y + half))];
            root.draw(&Rectangle::new(plate, fill(theme.surface, 0.72)))?;
        } else if layout.legend {
            root.draw(&Circle::new(
                at((x - SWATCH * 0.6, y)),
                px(4.0),
                fill(colour, 1.0),
            ))?;
        } else if (y - label.head.1).abs() > 2.0 || x - label.head.0 > LABEL_GAP + 2.0 {
            let leader = [
                at((label.head.0 + 5.0, label.head.1)),
                at((x - 7.0, y)),
                at((x - 3.0, y)),
            ];
            let alpha = if x - label.head.0 > 3.0 * LABEL_GAP {
                0.35
            } else {
                0.6
            };
            root.draw(&PathElement::new(leader, stroke(colour, alpha, px(1.0))))?;
        }
        root.draw_text(
            &label.text,
            &text(loss_text(label.colour, dark), size, true, HPos::Left),
            at((x, y)),
        )?;
        if !label.value.is_empty() {
            root.draw_text(
                &label.value,
                &text(theme.muted, size, false, HPos::Left),
                at((x + label.width, y)),
            )?;
        }
    }
    Ok(())
}

fn draw_cross<DB: DrawingBackend>(
    root: &DrawingArea<DB, Shift>,
    (x, y): (f64, f64),
    arm: f64,
    style: ShapeStyle,
    units: f64,
) -> Result<(), DrawingAreaErrorKind<DB::ErrorType>> {
    let at = |x: f64, y: f64| ((x * units).round() as i32, (y * units).round() as i32);
    for turn in [arm, -arm] {
        root.draw(&PathElement::new(
            [at(x - arm, y - turn), at(x + arm, y + turn)],
            style,
        ))?;
    }
    Ok(())
}

/// The end of a curve: a dot, or an arrow along its last stretch.
fn draw_head<DB: DrawingBackend>(
    root: &DrawingArea<DB, Shift>,
    line: &Line,
    layout: &Layout,
    theme: &Theme,
    colour: Rgb,
    units: f64,
) -> Result<(), DrawingAreaErrorKind<DB::ErrorType>> {
    let px = |length: f64| (length * units).round() as i32;
    let at = |(x, y): (f64, f64)| (px(x), px(y));
    let Some((&head, before)) = line.points.split_last() else {
        return Ok(());
    };
    let (x, y) = layout.place(head);
    if !line.directed {
        root.draw(&Circle::new(at((x, y)), px(4.6), fill(theme.surface, 1.0)))?;
        return root.draw(&Circle::new(at((x, y)), px(3.4), fill(colour, 1.0)));
    }
    if let Some(&start) = line.points.first() {
        let start = at(layout.place(start));
        root.draw(&Circle::new(start, px(4.0), fill(theme.surface, 1.0)))?;
        root.draw(&Circle::new(start, px(4.0), stroke(colour, 1.0, px(1.8))))?;
    }
    // The last stretch that is long enough to have a direction.
    let tail = before
        .iter()
        .rev()
        .map(|&point| layout.place(point))
        .find(|tail| (x - tail.0).hypot(y - tail.1) > 6.0);
    let Some(tail) = tail else {
        return root.draw(&Circle::new(at((x, y)), px(3.4), fill(colour, 1.0)));
    };
    let length = (x - tail.0).hypot(y - tail.1);
    let (dx, dy) = ((x - tail.0) / length, (y - tail.1) / length);
    let corner =
        |along: f64, across: f64| at((x + dx * along - dy * across, y + dy * along + dx * across));
    let arrow = vec![
        corner(6.0, 0.0),
        corner(-5.0, 5.0),
        corner(-2.5, 0.0),
        corner(-5.0, -5.0),
    ];
    root.draw(&Polygon::new(arrow.clone(), fill(colour, 1.0)))?;
    let outline: Vec<_> = arrow.iter().chain(arrow.first()).copied().collect();
    root.draw(&PathElement::new(
        outline,
        stroke(theme.surface, 0.9, px(0.8)),
    ))
}

fn fill((red, green, blue): Rgb, alpha: f64) -> ShapeStyle {
    ShapeStyle {
        color: RGBAColor(red, green, blue, alpha),
        filled: true,
        stroke_width: 0,
    }
}

fn stroke((red, green, blue): Rgb, alpha: f64, width: i32) -> ShapeStyle {
    ShapeStyle {
        color: RGBAColor(red, green, blue, alpha),
        filled: false,
        stroke_width: width.max(0) as u32,
    }
}

/// plotters' canvas with a unit finer than a pixel, and with text measured by the canvas instead of the document.
pub struct FineCanvas {
    inner: CanvasBackend,
    surface: Surface,
}

impl FineCanvas {
    /// Leaves the surface in fine units: set its scale back afterwards.
    pub fn of(surface: &Surface) -> Option<Self> {
        let inner = CanvasBackend::with_canvas_object(surface.canvas()?.0.clone())?;
        surface.scale(UNITS);
        Some(Self {
            inner,
            surface: surface.clone(),
        })
    }
}

type CanvasError = <CanvasBackend as DrawingBackend>::ErrorType;
type Drawn = Result<(), DrawingErrorKind<CanvasError>>;

impl DrawingBackend for FineCanvas {
    type ErrorType = CanvasError;

    fn get_size(&self) -> (u32, u32) {
        (
            (self.surface.width * UNITS) as u32,
            (self.surface.height * UNITS) as u32,
        )
    }

    fn ensure_prepared(&mut self) -> Drawn {
        self.inner.ensure_prepared()
    }

    fn present(&mut self) -> Drawn {
        self.inner.present()
    }

    fn draw_pixel(&mut self, point: BackendCoord, colour: BackendColor) -> Drawn {
        self.inner.draw_pixel(point, colour)
    }

    fn draw_line<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
    ) -> Drawn {
        // Upright and level lines are on the middle of a pixel, or they would be a blur two pixels wide.
        let snap = |unit: i32| {
            let device = f64::from(unit) / UNITS * self.surface.ratio;
            ((device.floor() + 0.5) / self.surface.ratio * UNITS).round() as i32
        };
        let (mut from, mut to) = (from, to);
        if from.0 == to.0 {
            from.0 = snap(from.0) + 1;
            to.0 = from.0;
        }
        if from.1 == to.1 {
            from.1 = snap(from.1) + 1;
            to.1 = from.1;
        }
        self.inner.draw_line(from, to, style)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        a: BackendCoord,
        b: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Drawn {
        self.inner.draw_rect(a, b, style, fill)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        let path: Vec<BackendCoord> = path.into_iter().collect();
        match path[..] {
            // plotters' grid and axes come this way.
            [from, to] if from.0 == to.0 || from.1 == to.1 => self.draw_line(from, to, style),
            _ => self.inner.draw_path(path, style),
        }
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        centre: BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Drawn {
        self.inner.draw_circle(centre, radius, style, fill)
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        self.inner.fill_polygon(path, style)
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, at: BackendCoord) -> Drawn {
        self.inner.draw_text(text, style, at)
    }

    fn estimate_text_size<S: BackendTextStyle>(
        &self,
        text: &str,
        style: &S,
    ) -> Result<(u32, u32), DrawingErrorKind<CanvasError>> {
        if let Some((_, context)) = self.surface.canvas() {
            context.set_font(&format!(
                "{} {}px {}",
                style.style().as_str(),
                style.size(),
                self.surface.font()
            ));
        }
        Ok((
            self.surface.measure(text) as u32,
            (style.size() * 1.2) as u32,
        ))
    }
}

/// Draws a chart on a canvas and says where everything went.
pub fn paint(surface: &Surface, plot: &Plot, dark: bool) -> Option<Layout> {
    let layout = Layout::of(plot, (surface.width, surface.height), |text, size, bold| {
        surface.set_font(size, bold);
        surface.measure(text)
    });
    let root = FineCanvas::of(surface)?.into_drawing_area();
    let drawn = draw(&root, plot, &layout, dark, surface.font(), (UNITS, UNITS));
    surface.scale(1.0);
    drawn.is_ok().then_some(layout)
}

/// Says in the middle of an empty chart what will be there.
pub fn paint_empty(surface: &Surface, text: &str, dark: bool) {
    let theme = Theme::of(dark);
    surface.set_font(14.0, false);
    surface.set_fill(theme.muted, 1.0);
    surface.text(
        text,
        surface.width / 2.0,
        surface.height / 2.0,
        Align::Centre,
    );
}

/// One line of a read-out.
pub struct Row {
    pub colour: usize,
    pub name: String,
    pub value: String,
}

/// A box of values beside a position, inside `bounds` (left, right), where it covers the fewest points of `avoid`.
pub fn paint_rows(
    surface: &Surface,
    title: &str,
    rows: &[Row],
    at: (f64, f64),
    bounds: (f64, f64),
    avoid: &[(f64, f64)],
    dark: bool,
) {
    const PITCH: f64 = 17.0;
    let theme = Theme::of(dark);
    surface.set_font(12.0, true);
    let title_width = surface.measure(title);
    surface.set_font(12.0, false);
    let names = rows
        .iter()
        .map(|row| surface.measure(&row.name))
        .fold(0.0, f64::max);
    let values = rows
        .iter()
        .map(|row| surface.measure(&row.value))
        .fold(0.0, f64::max);
    let width = (16.0 + names + 14.0 + values).max(title_width) + 20.0;
    let height = 16.0 + PITCH * (rows.len() + 1) as f64;
    // Where the plot is narrower than the box, the box may use the whole width.
    let bounds = if bounds.1 - bounds.0 < width {
        (2.0, surface.width - 2.0)
    } else {
        bounds
    };
    let inside = |x: f64| {
        x.clamp(
            bounds.0.min(bounds.1 - width),
            (bounds.1 - width).max(bounds.0),
        )
    };
    let floor = (surface.height - height - 46.0).max(4.0);
    let level = (at.1 - height / 2.0).clamp(4.0, (surface.height - height - 4.0).max(4.0));
    let covered = |&(x, y): &(f64, f64)| {
        let within =
            |&&(px, py): &&(f64, f64)| px > x && px < x + width && py > y && py < y + height;
        // Staying beside the position is worth a little.
        avoid.iter().filter(within).count() * 4 + usize::from(y != level)
    };
    let spots = [at.0 + 14.0, at.0 - 14.0 - width]
        .into_iter()
        .flat_map(|x| {
            let pushed = (inside(x) - x).abs() > 1.0;
            [level, floor, 30.0].map(move |y| (pushed, (inside(x), y.min(floor.max(level)))))
        });
    let (x, y) = spots
        .min_by_key(|(pushed, spot)| (*pushed, covered(spot)))
        .map_or((inside(at.0), level), |(_, spot)| spot);

    surface.rounded(x, y, width, height, 6.0);
    surface.set_fill(theme.raised, 0.95);
    surface.fill();
    surface.set_stroke(theme.axis, 1.0, 1.0);
    surface.stroke();
    surface.set_font(12.0, true);
    surface.set_fill(theme.ink, 1.0);
    surface.text(title, x + 10.0, y + 8.0 + PITCH / 2.0, Align::Left);
    surface.set_font(12.0, false);
    for (index, row) in rows.iter().enumerate() {
        let middle = y + 8.0 + PITCH * (index as f64 + 1.5);
        surface.begin_path();
        surface.circle(x + 14.0, middle, 4.0);
        surface.set_fill(loss_rgb(row.colour, dark), 1.0);
        surface.fill();
        surface.set_fill(theme.ink, 1.0);
        surface.text(&row.name, x + 26.0, middle, Align::Left);
        surface.text(&row.value, x + width - 10.0, middle, Align::Right);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_that_collide_move_apart_and_others_stay() {
        let placed = push_apart(&[10.0, 12.0, 14.0, 80.0], 15.0, 0.0, 100.0);
        assert_eq!(placed, [0.0, 15.0, 30.0, 80.0]);
        let placed = push_apart(&[40.0, 44.0, 90.0, 98.0], 10.0, 0.0, 100.0);
        assert_eq!(placed, [37.0, 47.0, 89.0, 99.0]);
    }

    #[test]
    fn labels_keep_their_order_and_distance_and_stay_inside() {
        let mut wanted: Vec<f64> = (0..12).map(|i| f64::from((i * 37) % 41) * 5.0).collect();
        wanted.sort_by(f64::total_cmp);
        let placed = push_apart(&wanted, 15.0, 0.0, 210.0);
        assert!(
            placed
                .windows(2)
                .all(|pair| pair[1] - pair[0] >= 15.0 - 1e-9),
            "{placed:?}"
        );
        assert!(placed[0] >= 0.0 && placed[11] <= 210.0 + 1e-9);
    }

    #[test]
    fn too_many_labels_share_the_room() {
        let placed = push_apart(&[50.0; 11], 15.0, 0.0, 100.0);
        assert!((placed[0], placed[10]) == (0.0, 100.0), "{placed:?}");
        assert!(push_apart(&[], 15.0, 0.0, 100.0).is_empty());
        assert_eq!(push_apart(&[120.0], 15.0, 0.0, 100.0), [100.0]);
    }

    #[test]
    fn names_beside_crowded_heads_do_not_touch() {
        let bounds = Bounds {
            low: 0.0,
            high: 1.0,
            log: false,
            rounded: false,
        };
        let line = |index: usize| Line {
            name: format!("Loss number {index}"),
            points: vec![
                (0.8, 0.1),
                (0.1 + 0.01 * index as f64, 0.9 - 0.02 * index as f64),
            ],
            directed: true,
            ..Line::default()
        };
        let plot = Plot {
            x: bounds,
            y: bounds,
            x_title: String::new(),
            y_title: String::new(),
            lines: (0..8).map(line).collect(),
            dots: Vec::new(),
            guides: Vec::new(),
        };
        let layout = Layout::of(&plot, (420.0, 340.0), |text, size, _| {
            text.chars().count() as f64 * size * 0.55
        });
        let spot = |label: &Label| Spot {
            at: label.at,
            width: label.width - 8.0,
            cost: 0.0,
        };
        for (index, label) in layout.labels.iter().enumerate() {
            for other in &layout.labels[..index] {
                assert!(
                    !spot(label).touches(&spot(other), layout.font_size),
                    "{label:?} {other:?}"
                );
            }
        }
    }

    #[test]
    fn names_are_cut_to_their_room() {
        let measure = |text: &str| text.chars().count() as f64;
        assert_eq!(shorten("Proxy Anchor", 12.0, measure), "Proxy Anchor");
        assert_eq!(shorten("Proxy Anchor", 7.0, measure), "Proxy…");
        assert_eq!(shorten("距離学習損失", 4.0, measure), "距離学…");
    }

    #[test]
    fn a_layout_leaves_room_for_the_plot_at_any_width() {
        let line = Line {
            name: "Multi-Similarity + miner".into(),
            value: "0.712".into(),
            points: vec![(0.0, 0.1), (120.0, 0.7)],
            ..Line::default()
        };
        let plot = Plot {
            x: Bounds {
                low: 0.0,
                high: 400.0,
                log: false,
                rounded: false,
            },
            y: Bounds {
                low: 0.1,
                high: 0.72,
                log: false,
                rounded: true,
            },
            x_title: "steps".into(),
            y_title: "Recall@1".into(),
            lines: vec![line.clone(), line],
            dots: Vec::new(),
            guides: Vec::new(),
        };
        let whole = Layout::of(&plot, (340.0, 260.0), |text, size, _| {
            text.chars().count() as f64 * size * 0.7
        });
        assert!(
            whole
                .labels
                .iter()
                .all(|label| label.text == plot.lines[0].name && label.value == "0.712"),
            "{whole:?}"
        );
        assert!(
            whole
                .labels
                .iter()
                .all(|label| label.at.1 > whole.foot() && label.at.1 < 260.0),
            "below the axis"
        );
        for width in [280.0, 340.0, 700.0, 1440.0] {
            let layout = Layout::of(&plot, (width, 260.0), |text, size, _| {
                text.chars().count() as f64 * size * 0.55
            });
            assert!(
                layout.right - layout.left > width * 0.45,
                "{width}: {layout:?}"
            );
            assert!((layout.x_at(layout.place((130.0, 0.0)).0) - 130.0).abs() < 1e-9);
            assert!((layout.labels[0].at.1 - layout.labels[1].at.1).abs() >= 14.0);
        }
    }
}
