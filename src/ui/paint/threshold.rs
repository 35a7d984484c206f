//! How long each loss took to a few levels, and to 90 % of the best.

use kyori_text::{Language, messages as text};
use yew::prelude::*;

use super::canvas::{Align, FOR_READERS, Surface, use_size};
use super::charts::{ChartInfo, ChartProps, Choices, Figure};
use super::palette::{Theme, loss_rgb, loss_text};
use super::scale::{Scale, short};
use crate::record::{HeatSummary, Line, Measure, Summary, stats::Interval, wording};
use crate::ui::model::{Axis, Curve};

pub static CHART: ChartInfo = ChartInfo {
    id: "reach",
    captioned: true,
    choices: Choices {
        measure_and_axis: true,
        log_and_seeds: false,
    },
    view: |props| html! { <ThresholdChart ..props.clone() /> },
    told: |_| None,
    svg: |figure| Some(svg(&Times::of(figure)?, figure.dark)),
};

/// When a line was reached for good: mean over the seeds that got there, and half of its 95 % confidence interval. None
/// where fewer than half did, since the mean is that of the lucky ones.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Reach {
    time: Option<(f64, f64)>,
    /// Seeds that got there, of how many.
    seeds: (usize, usize),
}

impl Reach {
    /// Whether some seeds did not get there, so that the mean is of the others.
    fn is_of_some(self) -> bool {
        self.seeds.0 < self.seeds.1
    }
}

/// One loss.
#[derive(Clone, Debug, PartialEq)]
struct Row {
    name: String,
    /// Index into the palette of losses.
    colour: usize,
    /// For each of the [`Times::lines`].
    reached: Vec<Reach>,
}

/// The chart's content.
#[derive(Clone, Debug, PartialEq)]
struct Times {
    rows: Vec<Row>,
    lines: Vec<Line>,
    measure: Measure,
    /// Of what the times are, such as `steps`.
    axis: Axis,
    t: Language,
    /// What was not reached may still be.
    running: bool,
}

impl Times {
    /// None before anything has been recorded.
    fn of(figure: &Figure) -> Option<Self> {
        let summary: &Summary = figure.summary.as_ref().as_ref()?;
        let rows = summary.heats.iter().zip(figure.curves.iter());
        Some(Self {
            rows: rows
                .map(|(heat, curve)| row(heat, curve, figure.axis))
                .collect(),
            lines: summary.lines.clone(),
            measure: summary.measure,
            axis: figure.axis,
            t: figure.t,
            running: !figure.finished,
        })
    }
}

impl Times {
    /// The shape that stands for a line: the share of the best has the last whatever the number of levels.
    fn shape(&self, line: usize) -> usize {
        match self.lines[line] {
            Line::Level(_) => line,
            Line::OfBest { .. } => 3,
        }
    }
}

impl Row {
    /// Whether a mark is of some of the seeds only.
    fn has_hollow(&self) -> bool {
        let hollow = |reach: &Reach| reach.time.is_some() && reach.is_of_some();
        self.reached.iter().copied().any(|reach| hollow(&reach))
    }
}

/// `0.30`, or `90 %`
fn short_line(t: Language, line: Line) -> String {
    let said = match line {
        Line::Level(level) => text::level_is(level),
        Line::OfBest { share, .. } => text::share_is(100.0 * share),
    };
    t.say(said).into_owned()
}

fn row(heat: &HeatSummary, curve: &Curve, axis: Axis) -> Row {
    // Every step of a loss draws as many samples.
    let last = curve.record.0.points.last().filter(|last| last.step > 0);
    let batch = last.map_or(0.0, |last| last.samples as f64 / f64::from(last.step));
    let scaled =
        |interval: Interval, by: f64| (interval.mean * by, interval.half.unwrap_or(0.0) * by);
    let reached = heat.reach.iter().map(|reach| {
        let time = match axis {
            Axis::Steps => reach.steps.map(|steps| scaled(steps, 1.0)),
            Axis::TrainSeconds => reach.seconds.map(|seconds| scaled(seconds, 1.0)),
            Axis::Samples => reach.steps.map(|steps| scaled(steps, batch)),
        };
        Reach {
            time: time.filter(|_| reach.is_of_most()),
            seeds: (reach.reached, reach.seeds),
        }
    });
    Row {
        name: heat.name.clone(),
        colour: curve.colour,
        reached: reached.collect(),
    }
}

/// A row of dots a loss, from the first share to the last, with their confidence intervals.
#[component]
fn ThresholdChart(props: &ChartProps) -> Html {
    let canvas = props.canvas.clone();
    let size = use_size(&canvas);
    let dark = props.figure.dark;
    let times = use_memo(props.figure.clone(), Times::of);
    let t = props.figure.t;
    use_effect_with((times.clone(), size, dark, t), {
        let canvas = canvas.clone();
        move |(times, _, dark, t)| {
            if let Some(surface) = Surface::of(&canvas) {
                match times.as_ref() {
                    Some(times) => paint(&surface, times, *dark),
                    None => super::plot::paint_empty(&surface, &t.say(text::reach_empty()), *dark),
                }
            }
        }
    });
    let label = t.say(text::reach_aria(props.figure.axis.title()));
    html! {
        <div class="chart" style="position:relative;width:100%;height:100%">
            <canvas
                ref={canvas}
                role="img"
                aria-label={label}
                style="position:absolute;inset:0;width:100%;height:100%"
            />
            { for times.as_ref().as_ref().map(table) }
        </div>
    }
}

/// The times, for screen readers.
fn table(times: &Times) -> Html {
    let t = times.t;
    let cell = |reach: &Reach| {
        let (reached, seeds) = reach.seeds;
        match reach.time {
            Some((mean, half)) => {
                let half = match half {
                    // One seed has no interval.
                    0.0 => String::new(),
                    half => format!(" ± {}", short(half)),
                };
                let time = format!("{}{half}", short(mean));
                t.say(text::cell_seeds(reached, seeds, time))
            }
            None if reached > 0 => t.say(text::cell_few(reached, seeds)),
            None if times.running => t.say(text::cell_not_yet()),
            None => t.say(text::cell_never()),
        }
    };
    let rows = times.rows.iter().map(|row| {
        html! {
            <tr>
                <th scope="row">{ row.name.clone() }</th>
                { for row.reached.iter().map(|reach| html! { <td>{ cell(reach) }</td> }) }
            </tr>
        }
    });
    html! {
        <div style={FOR_READERS}>
            <table>
                <caption>{ t.say(text::reach_table(times.axis.title())) }</caption>
                <thead>
                    <tr>
                        <th scope="col">{ t.say(text::column_loss()) }</th>
                        { for times.lines.iter().map(|&line| html! { <th scope="col">{ t.say(wording::line(line, times.measure)) }</th> }) }
                    </tr>
                </thead>
                <tbody>{ for rows }</tbody>
            </table>
        </div>
    }
}

/// The height in CSS pixels that suits a number of losses.
fn height_of(rows: usize) -> f64 {
    HEAD + FOOT + rows as f64 * 34.0
}

const HEAD: f64 = 30.0;
const FOOT: f64 = 38.0;
/// Width of the picture as a file.
const FILE_WIDTH: f64 = 960.0;

fn svg(times: &Times, dark: bool) -> String {
    let height = height_of(times.rows.len());
    let surface = Surface::svg(FILE_WIDTH, height);
    paint(&surface, times, dark);
    surface
        .to_svg()
        .expect("the surface was made for a file")
        .file(FILE_WIDTH, height, Theme::of(dark).surface)
}

/// The axis: from 0 to the tick after the last dot, or after its whisker where that is not absurdly long.
fn axis(rows: &[Row], ticks: usize) -> Scale {
    let reached = || {
        rows.iter()
            .flat_map(|row| &row.reached)
            .filter_map(|reach| reach.time)
            .filter(|(mean, _)| mean.is_finite())
    };
    let last = reached().map(|(mean, _)| mean).fold(0.0, f64::max);
    let whisker = reached()
        .map(|(mean, half)| mean + half)
        .filter(|end| end.is_finite())
        .fold(last, f64::max);
    let end = if last > 0.0 {
        whisker.min(last * 1.3)
    } else {
        1.0
    };
    Scale::whole(0.0, end, ticks)
}

/// Where everything goes, in CSS pixels.
struct Layout {
    narrow: bool,
    font_size: f64,
    left: f64,
    right: f64,
    bottom: f64,
    scale: Scale,
}

impl Layout {
    fn of(surface: &Surface, times: &Times) -> Self {
        let narrow = surface.width < 480.0;
        let font_size = if narrow { 11.0 } else { 12.0 };
        let widest = |texts: &mut dyn Iterator<Item = String>| {
            texts.map(|text| surface.measure(&text)).fold(0.0, f64::max)
        };
        surface.set_font(font_size, true);
        let names = widest(&mut times.rows.iter().map(|row| row.name.clone()));
        // On a narrow screen names are above their row instead of beside it.
        let left = if narrow { 12.0 } else { names + 16.0 };
        surface.set_font(font_size, false);
        let never = widest(&mut times.rows.iter().map(|row| never_text(times, row)));
        let beside = if never > 0.0 { never + 18.0 } else { 14.0 };
        let right = (surface.width - beside).max(left + 40.0);
        let ticks = ((right - left) / 74.0).round().clamp(2.0, 8.0) as usize;
        Self {
            narrow,
            font_size,
            left,
            right,
            bottom: surface.height - FOOT,
            scale: axis(&times.rows, ticks),
        }
    }

    fn x_of(&self, value: f64) -> f64 {
        self.left + self.scale.share(value).clamp(0.0, 1.0) * (self.right - self.left)
    }
}

fn paint(surface: &Surface, times: &Times, dark: bool) {
    let theme = Theme::of(dark);
    let layout = Layout::of(surface, times);
    paint_axis(surface, &layout, &times.t.say(times.axis.title()), theme);
    paint_legend(surface, &layout, times, theme);
    let pitch = (layout.bottom - HEAD) / times.rows.len() as f64;
    for (index, row) in times.rows.iter().enumerate() {
        let centre = HEAD + pitch * (index as f64 + 0.5);
        let y = if layout.narrow { centre + 6.0 } else { centre };
        surface.set_font(layout.font_size, true);
        surface.set_fill(loss_text(row.colour, dark), 1.0);
        if layout.narrow {
            surface.text(&row.name, layout.left, centre - 8.0, Align::Left);
        } else {
            surface.text(&row.name, layout.left - 12.0, y, Align::Right);
        }
        paint_row(surface, &layout, (times, row), y, dark);
        let never = never_text(times, row);
        if !never.is_empty() {
            surface.set_font(layout.font_size, false);
            surface.set_fill(theme.muted, 1.0);
            surface.text(&never, surface.width - 4.0, y, Align::Right);
        }
    }
}

fn paint_axis(surface: &Surface, layout: &Layout, unit: &str, theme: &Theme) {
    surface.set_fill(theme.muted, 1.0);
    for &tick in &layout.scale.ticks {
        let x = (layout.x_of(tick) * surface.ratio).floor() / surface.ratio + 0.5 / surface.ratio;
        surface.begin_path();
        surface.move_to(x, HEAD);
        surface.line_to(x, layout.bottom);
        surface.set_stroke(theme.grid, 1.0, 1.0);
        surface.stroke();
        surface.text(
            &layout.scale.text(tick),
            x,
            layout.bottom + 12.0,
            Align::Centre,
        );
    }
    surface.text(unit, layout.right, layout.bottom + 28.0, Align::Right);
}

/// What the marks stand for, drawn as they are in the rows.
fn paint_legend(surface: &Surface, layout: &Layout, times: &Times, theme: &Theme) {
    let mut x = if layout.narrow { 12.0 } else { layout.left };
    for (index, &line) in times.lines.iter().enumerate() {
        mark(surface, times.shape(index), (x, 11.0), 4.5);
        surface.set_fill(theme.ink, 1.0);
        surface.fill();
        surface.set_stroke(theme.ink, 1.0, 1.4);
        surface.stroke();
        let label = match line {
            Line::OfBest { share, .. } if !layout.narrow => times
                .t
                .say(text::share_of_the_best(100.0 * share))
                .into_owned(),
            line => short_line(times.t, line),
        };
        surface.set_fill(theme.muted, 1.0);
        surface.text(&label, x + 10.0, 11.0, Align::Left);
        x += 10.0 + surface.measure(&label) + 20.0;
    }
    if times.rows.iter().any(Row::has_hollow) && !layout.narrow {
        let label = times.t.say(text::reach_hollow());
        surface.text(&label, x, 11.0, Align::Left);
    }
}

/// One loss's marks with their whiskers. Where not all seeds got there, the mark is hollow and their number stands above.
fn paint_row(surface: &Surface, layout: &Layout, (times, row): (&Times, &Row), y: f64, dark: bool) {
    let theme = Theme::of(dark);
    let colour = loss_rgb(row.colour, dark);
    let marks: Vec<(usize, Reach, (f64, f64))> = row
        .reached
        .iter()
        .enumerate()
        .filter_map(|(at, &reach)| Some((at, reach, reach.time?)))
        .collect();
    let means = || marks.iter().map(|(_, _, (mean, _))| *mean);
    let (first, last) = (
        means().fold(f64::INFINITY, f64::min),
        means().fold(0.0, f64::max),
    );
    if first <= last {
        surface.begin_path();
        surface.move_to(layout.x_of(first), y);
        surface.line_to(layout.x_of(last), y);
        surface.set_stroke(colour, 0.4, 1.6);
        surface.stroke();
    }
    for &(at, _, (mean, half)) in &marks {
        // Whiskers that overlap are told apart by their height.
        let offset = (at as f64 - (row.reached.len() as f64 - 1.0) / 2.0) * 3.2;
        surface.begin_path();
        let (from, to) = (layout.x_of(mean - half), layout.x_of(mean + half));
        if to - from > 2.0 {
            surface.move_to(from, y + offset);
            surface.line_to(to, y + offset);
            for end in [from, to] {
                surface.move_to(end, y + offset - 3.0);
                surface.line_to(end, y + offset + 3.0);
            }
        }
        surface.set_stroke(colour, 0.7, 1.4);
        surface.stroke();
    }
    for &(at, reach, (mean, _)) in &marks {
        let x = layout.x_of(mean);
        let hollow = reach.is_of_some();
        mark(surface, times.shape(at), (x, y), 5.0);
        surface.set_fill(if hollow { theme.surface } else { colour }, 1.0);
        surface.fill();
        let (edge, width) = if hollow {
            (colour, 2.0)
        } else {
            (theme.surface, 0.8)
        };
        surface.set_stroke(edge, 1.0, width);
        surface.stroke();
        if hollow {
            let text = format!("{}/{}", reach.seeds.0, reach.seeds.1);
            surface.set_font(layout.font_size - 2.0, false);
            surface.set_fill(theme.muted, 1.0);
            surface.text(&text, x, y - 11.0, Align::Centre);
        }
    }
}

/// `never 0.40, 90 %`, each with how many seeds got there where some did; or nothing.
fn never_text(times: &Times, row: &Row) -> String {
    let t = times.t;
    let missing: Vec<String> = row
        .reached
        .iter()
        .zip(&times.lines)
        .filter(|(reach, _)| reach.time.is_none())
        .map(|(reach, &line)| match reach.seeds {
            (0, _) => short_line(t, line),
            (reached, seeds) => format!("{} ({reached}/{seeds})", short_line(t, line)),
        })
        .collect();
    if missing.is_empty() {
        return String::new();
    }
    let lines = missing.join(", ");
    let never = if times.running {
        text::reach_not_yet(lines)
    } else {
        text::reach_never(lines)
    };
    t.say(never).into_owned()
}

/// A path of a shape: circle, diamond, square, triangle.
fn mark(surface: &Surface, index: usize, (x, y): (f64, f64), radius: f64) {
    surface.begin_path();
    let corners: &[(f64, f64)] = match index {
        0 => {
            surface.circle(x, y, radius * 0.9);
            return;
        }
        1 => &[(0.0, -1.25), (1.25, 0.0), (0.0, 1.25), (-1.25, 0.0)],
        2 => &[(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)],
        _ => &[(0.0, -1.2), (1.1, 0.8), (-1.1, 0.8)],
    };
    for (index, (dx, dy)) in corners.iter().enumerate() {
        if index == 0 {
            surface.move_to(x + dx * radius, y + dy * radius);
        } else {
            surface.line_to(x + dx * radius, y + dy * radius);
        }
    }
    surface.close_path();
}

#[cfg(test)]
mod tests {
    use super::super::charts::tests::figure;
    use super::*;
    use crate::record::Measure;
    use crate::ui::model::tests::{curve, point};

    const REACH: Reach = Reach {
        time: Some((90.0, 5.0)),
        seeds: (5, 5),
    };
    const FEW: Reach = Reach {
        time: None,
        seeds: (2, 5),
    };
    const NONE: Reach = Reach {
        time: None,
        seeds: (0, 5),
    };

    fn row(reached: Vec<Reach>) -> Row {
        Row {
            name: "NCA".into(),
            colour: 0,
            reached,
        }
    }

    #[test]
    fn what_was_never_reached_is_said() {
        let best = Line::OfBest {
            share: 0.9,
            value: 0.36,
        };
        let mut times = Times {
            rows: Vec::new(),
            lines: vec![Line::Level(0.2), Line::Level(0.3), best],
            measure: Measure::MapAtR,
            axis: Axis::Steps,
            t: Language::english(),
            running: false,
        };
        assert_eq!(
            never_text(&times, &row(vec![REACH, FEW, NONE])),
            "never 0.30 (2/5), 90 %"
        );
        assert_eq!(never_text(&times, &row(vec![REACH; 3])), "");
        times.running = true;
        assert_eq!(
            never_text(&times, &row(vec![REACH, REACH, NONE])),
            "not yet 90 %"
        );
    }

    #[test]
    fn a_wild_interval_does_not_flatten_the_axis_and_no_dot_lies_beyond_its_last_tick() {
        let reach = |mean, half| Reach {
            time: Some((mean, half)),
            seeds: (5, 5),
        };
        let wild = axis(&[row(vec![reach(100.0, 900.0), NONE])], 5);
        assert!(wild.high >= 100.0 && wild.high <= 200.0, "{wild:?}");
        assert_eq!(axis(&[row(vec![NONE])], 5).low, 0.0);
        for mean in [7.0, 101.0, 355.0, 362.0, 399.0] {
            let scale = axis(&[row(vec![reach(mean, 0.0)])], 6);
            let last = *scale.ticks.last().unwrap();
            assert!(last >= mean && last == scale.high, "{mean}: {scale:?}");
        }
    }

    /// Two seeds, of which one learns; the other loss never gets far.
    fn raced(axis: Axis) -> Times {
        let points = |values: [(u32, [f32; 2]); 3]| {
            values
                .map(|(step, lanes)| point(step, Measure::MapAtR, &lanes.map(Some)))
                .to_vec()
        };
        let half = points([(0, [0.0, 0.0]), (100, [0.5, 0.1]), (400, [0.5, 0.1])]);
        let slow = points([(0, [0.0, 0.0]), (100, [0.1, 0.1]), (400, [0.1, 0.1])]);
        let curves = vec![curve("NCA", 1, half), curve("Circle", 2, slow)];
        Times::of(&Figure {
            axis,
            ..figure(curves)
        })
        .unwrap()
    }

    #[test]
    fn times_are_in_the_unit_of_the_axis() {
        // The best mean is 0.3; a level of 0.2 is reached by one seed after 40 steps.
        let lines = raced(Axis::Steps).lines;
        let at = lines.iter().position(|line| *line == Line::Level(0.2));
        let first = |axis| raced(axis).rows[0].reached[at.unwrap()];
        let mean = |axis| first(axis).time.unwrap().0;
        assert!((mean(Axis::Steps) - 40.0).abs() < 1e-3);
        assert!((mean(Axis::Samples) - 40.0 * 60.0).abs() < 0.1);
        assert_eq!(raced(Axis::Samples).axis, Axis::Samples);
        // A hundredth of a second a step, for two seeds.
        assert!((mean(Axis::TrainSeconds) - 0.2).abs() < 1e-4);
        assert_eq!(first(Axis::Steps).seeds, (1, 2));
        assert!(raced(Axis::Steps).rows[0].has_hollow());
    }

    /// One seed of three is not shown as if it were all.
    #[test]
    fn a_time_of_fewer_than_half_of_the_seeds_is_no_mark() {
        let points = [
            (0, [0.0; 3]),
            (100, [0.5, 0.1, 0.1]),
            (400, [0.5, 0.1, 0.1]),
        ]
        .map(|(step, lanes)| point(step, Measure::MapAtR, &lanes.map(Some)));
        let times = Times::of(&figure(vec![curve("NCA", 1, points.to_vec())])).unwrap();
        let at = times
            .lines
            .iter()
            .position(|line| *line == Line::Level(0.2));
        let reach = times.rows[0].reached[at.unwrap()];
        assert_eq!((reach.time, reach.seeds), (None, (1, 3)));
        assert!(svg(&times, false).contains("0.20 (1/3)"));
    }

    #[test]
    fn the_file_names_every_loss_and_how_many_seeds_got_there() {
        let svg = svg(&raced(Axis::Steps), false);
        for text in [
            ">NCA</text>",
            ">Circle</text>",
            ">1/2</text>",
            "never 0.15, 0.20, 90 %",
        ] {
            assert!(svg.contains(text), "no {text} in {svg}");
        }
        assert!(!svg.contains("NaN") && !svg.contains("inf"));
    }
}
