//! The convergence chart: quality on unseen classes while training.

use std::borrow::Cow;

use kyori_text::{Message, messages as text};
use web_sys::{KeyboardEvent, PointerEvent};
use yew::prelude::*;

use super::canvas::{Align, FOR_READERS, Surface, use_size};
use super::charts::{ChartInfo, ChartProps, Choices, Figure};
use super::export;
use super::palette::{Theme, loss_rgb};
use super::plot::{self, Bounds, Layout, Line, Plot, Row};
use super::scale::short;
use crate::order;
use crate::record::{CurvePoint, Measure, Unit, wording};
use crate::ui::model::{Axis, Curve, scored_on};

pub static CHART: ChartInfo = ChartInfo {
    id: "curves",
    captioned: false,
    choices: Choices {
        measure_and_axis: true,
        log_and_seeds: true,
    },
    view: |props| html! { <ConvergenceChart ..props.clone() /> },
    told: |_| None,
    svg: |figure| export::plot_svg(&convergence_plot(figure)?, figure.dark),
};

/// Mean of each loss over its seeds with a 95 % band, against steps, seconds or samples. Pointing at it reads all curves
/// at once; so do the arrow keys.
#[component]
fn ConvergenceChart(props: &ChartProps) -> Html {
    let figure = &props.figure;
    let base = props.canvas.clone();
    let overlay = use_node_ref();
    let size = use_size(&base);
    let pointed = use_state_eq(|| None::<(i32, i32)>);
    let layout = use_mut_ref(|| None::<Layout>);
    let plot = use_memo(figure.clone(), convergence_plot);

    let t = figure.t;
    use_effect_with((plot.clone(), size, figure.dark, t), {
        let (base, layout) = (base.clone(), layout.clone());
        move |(plot, _, dark, t)| {
            if let Some(surface) = Surface::of(&base) {
                *layout.borrow_mut() = match plot.as_ref() {
                    Some(plot) => plot::paint(&surface, plot, *dark),
                    None => {
                        plot::paint_empty(&surface, &t.say(text::curves_empty()), *dark);
                        None
                    }
                };
            }
        }
    });
    let moment = use_memo((figure.clone(), props.moment), |(figure, moment)| {
        moment.map(|step| marks(figure, step))
    });
    use_effect_with((plot.clone(), size, figure.dark, *pointed, moment, t), {
        let (overlay, layout, axis) = (overlay.clone(), layout.clone(), figure.axis);
        move |(plot, _, dark, pointed, moment, t)| {
            let layout = layout.borrow();
            let (Some(surface), Some(plot), Some(layout)) =
                (Surface::of(&overlay), plot.as_ref(), layout.as_ref())
            else {
                return;
            };
            if let Some(marks) = moment.as_ref() {
                let at = t.say(text::at_step(f64::from(marks.step)));
                paint_moment(&surface, plot, layout, marks, *dark, &at);
            }
            if let Some((x, y)) = *pointed {
                paint_read_out(
                    &surface,
                    plot,
                    layout,
                    (f64::from(x), f64::from(y)),
                    *dark,
                    |at| t.say(position(axis, at)),
                );
            }
        }
    });

    let point = {
        let pointed = pointed.setter();
        Callback::from(move |event: PointerEvent| {
            pointed.set(Some((event.offset_x(), event.offset_y())))
        })
    };
    let leave = {
        let pointed = pointed.setter();
        Callback::from(move |event: PointerEvent| {
            // A finger leaves when it lifts; what it pointed at stays readable.
            if event.pointer_type() != "touch" {
                pointed.set(None);
            }
        })
    };
    let blur = {
        let pointed = pointed.setter();
        Callback::from(move |_: FocusEvent| pointed.set(None))
    };
    let keys = {
        let (pointed, plot) = (pointed.clone(), plot.clone());
        Callback::from(move |event: KeyboardEvent| {
            let layout = layout.borrow();
            let (Some(plot), Some(layout)) = (plot.as_ref(), layout.as_ref()) else {
                return;
            };
            let step: i64 = match event.key().as_str() {
                "ArrowLeft" => -1,
                "ArrowRight" => 1,
                "Home" => i64::MIN / 2,
                "End" => i64::MAX / 2,
                "Escape" => return pointed.set(None),
                _ => return,
            };
            event.prevent_default();
            let stops = recorded(plot, layout);
            let Some(last) = stops.len().checked_sub(1) else {
                return;
            };
            let at = pointed.map_or(last, |(x, _)| nearest(&stops, f64::from(x)));
            let next = if pointed.is_none() {
                at
            } else {
                (at as i64 + step).clamp(0, last as i64) as usize
            };
            pointed.set(Some((
                stops[next].round() as i32,
                (layout.top + layout.bottom) as i32 / 2,
            )));
        })
    };

    let label = t.say(text::curves_aria(
        figure.axis.title(),
        figure.curves.len(),
        wording::measure(figure.measure),
        scored_on(figure.scored_on),
    ));
    html! {
        <div class="chart" style="position:relative;width:100%;height:100%">
            <canvas ref={base} aria-hidden="true" style="position:absolute;inset:0;width:100%;height:100%" />
            <canvas
                ref={overlay}
                role="img"
                aria-label={label}
                tabindex="0"
                style="position:absolute;inset:0;width:100%;height:100%;touch-action:pan-y;cursor:crosshair"
                onpointermove={point.clone()}
                onpointerdown={point}
                onpointerleave={leave}
                onblur={blur}
                onkeydown={keys}
            />
            { table(figure) }
        </div>
    }
}

/// The latest values, for screen readers.
fn table(figure: &Figure) -> Html {
    let t = figure.t;
    let rows = figure.curves.iter().filter_map(|curve| {
        let record = &curve.record.0;
        let last = record.points.len().checked_sub(1)?;
        let point = &record.points[last];
        let value = match record.interval(last, figure.measure) {
            _ if point.is_over() => t.say(text::cell_ended()).into_owned(),
            Some(interval) => value_text(interval.mean, interval.half.unwrap_or_default()),
            None => t.say(text::cell_ended()).into_owned(),
        };
        Some(html! {
            <tr>
                <th scope="row">{ curve.name.clone() }</th>
                <td>{ point.step }</td>
                <td>{ value }</td>
                <td>{ record.stopped.len() }</td>
            </tr>
        })
    });
    let heads = [
        text::column_loss(),
        text::column_steps(),
        text::column_mean(),
        text::column_diverged(),
    ];
    html! {
        <div style={FOR_READERS}>
            <table>
                <caption>{ t.say(text::curves_table(wording::measure(figure.measure), scored_on(figure.scored_on))) }</caption>
                <thead>
                    <tr>{ for heads.map(|head| html! { <th scope="col">{ t.say(head) }</th> }) }</tr>
                </thead>
                <tbody>{ for rows }</tbody>
            </table>
        </div>
    }
}

fn value_text(mean: f64, half: f64) -> String {
    if half > 0.0 {
        format!("{mean:.3} ± {half:.3}")
    } else {
        format!("{mean:.3}")
    }
}

/// The chart's content, or `None` before anything has been recorded.
fn convergence_plot(figure: &Figure) -> Option<Plot> {
    let lines: Vec<Line> = figure
        .curves
        .iter()
        .map(|curve| line(curve, figure))
        .filter(|line| !line.points.is_empty())
        .collect();
    if lines.is_empty() {
        return None;
    }
    Some(Plot {
        x: x_bounds(figure),
        y: y_bounds(&lines, figure.measure),
        x_title: figure.t.say(figure.axis.title()).into_owned(),
        y_title: figure.measure_on(figure.measure),
        lines,
        dots: Vec::new(),
        guides: Vec::new(),
    })
}

/// Mean and band of one loss, with its seeds where they are asked for, and crosses where seeds ended.
fn line(curve: &Curve, figure: &Figure) -> Line {
    let Figure {
        measure,
        axis,
        log_x,
        ..
    } = *figure;
    let record = &curve.record.0;
    let shown = |point: &CurvePoint| {
        let x = axis.of(point);
        x.is_finite() && (!log_x || x > 0.0)
    };
    let points: Vec<&CurvePoint> = record.points.iter().filter(|point| shown(point)).collect();
    let mut line = Line {
        name: curve.name.clone(),
        colour: curve.colour,
        ..Line::default()
    };
    for (index, point) in record
        .points
        .iter()
        .enumerate()
        .filter(|(_, point)| shown(point))
    {
        if let Some(interval) = record.interval(index, measure).filter(|_| !point.is_over()) {
            line.points.push((axis.of(point), interval.mean));
            line.half.push(interval.half.unwrap_or_default());
        }
    }
    if line.half.iter().all(|&half| half == 0.0) {
        line.half.clear();
    }
    let lane_path = |lane: usize| {
        points
            .iter()
            .filter_map(|point| Some((axis.of(point), point.get(lane, measure)?)))
            .collect()
    };
    if figure.show_seeds && record.lanes() > 1 {
        line.lanes = (0..record.lanes()).map(lane_path).collect();
    }
    for &(lane, step) in &record.stopped {
        // The cross stands where the lane was measured last, on steps where it ended.
        let before = points
            .iter()
            .rev()
            .find_map(|point| Some((axis.of(point), point.get(lane, measure)?)));
        if let Some((x, value)) = before {
            let x = if axis == Axis::Steps {
                f64::from(step)
            } else {
                x
            };
            line.stops.push((x, value));
        }
    }
    if let Some(&(_, value)) = line.points.last() {
        line.value = format!("{value:.3}");
    }
    line
}

fn x_bounds(figure: &Figure) -> Bounds {
    let Figure {
        axis,
        log_x,
        total_steps,
        ..
    } = *figure;
    let curves = &figure.curves;
    let points = || curves.iter().flat_map(|curve| &curve.record.0.points);
    let recorded = points().map(|point| axis.of(point)).fold(0.0, f64::max);
    // Samples grow with steps exactly, so that their end is known; seconds do not.
    let high = match axis {
        Axis::Steps => recorded.max(f64::from(total_steps)),
        Axis::Samples => points()
            .filter(|point| point.step > 0)
            .map(|point| {
                point.samples as f64 * f64::from(total_steps.max(point.step))
                    / f64::from(point.step)
            })
            .fold(recorded, f64::max),
        Axis::TrainSeconds => recorded,
    };
    let low = if log_x {
        points()
            .map(|point| axis.of(point))
            .filter(|&x| x > 0.0)
            .fold(high, f64::min)
    } else {
        0.0
    };
    Bounds {
        low,
        high: if high > low { high } else { low + 1.0 },
        log: log_x,
        rounded: axis == Axis::TrainSeconds,
    }
}

fn y_bounds(lines: &[Line], measure: Measure) -> Bounds {
    let (least, most) = match measure.info().unit {
        Unit::Share => (0.0, 1.0),
        Unit::SquaredDistance => (0.0, 4.0),
        Unit::LogSquaredDistance => (f64::NEG_INFINITY, 4f64.ln()),
    };
    let means = || {
        lines
            .iter()
            .flat_map(|line| line.points.iter().map(|&(_, y)| y))
    };
    let (low, high) = (
        means().fold(f64::INFINITY, f64::min),
        means().fold(f64::NEG_INFINITY, f64::max),
    );
    let span = (high - low).max(0.04);
    // A band of two seeds can be wider than everything there is to see: it is cut rather than the curves flattened.
    let reach = |sign: f64| {
        let edges = lines
            .iter()
            .flat_map(|line| line.points.iter().zip(&line.half))
            .map(move |(p, h)| p.1 + sign * h);
        let lanes = lines
            .iter()
            .flat_map(|line| line.lanes.iter().flatten())
            .map(|p| p.1);
        edges.chain(lanes)
    };
    let low = reach(-1.0)
        .fold(low, f64::min)
        .max(low - 0.25 * span)
        .max(least);
    let high = reach(1.0)
        .fold(high, f64::max)
        .min(high + 0.25 * span)
        .min(most);
    Bounds {
        low: low.min(high - 0.02).max(least),
        high: high.max(low + 0.02),
        log: false,
        rounded: true,
    }
}

/// Where something was recorded, in CSS pixels, ascending.
fn recorded(plot: &Plot, layout: &Layout) -> Vec<f64> {
    let mut stops: Vec<f64> = plot
        .lines
        .iter()
        .flat_map(|line| line.points.iter().map(|&point| layout.place(point).0))
        .collect();
    order::sort_by(&mut stops, f64::total_cmp);
    stops.dedup_by(|a, b| (*a - *b).abs() < 0.5);
    stops
}

fn nearest(stops: &[f64], x: f64) -> usize {
    let after = stops.partition_point(|&stop| stop < x);
    match (after.checked_sub(1), stops.get(after)) {
        (Some(before), Some(&stop)) if x - stops[before] <= stop - x => before,
        (Some(before), None) => before,
        _ => after,
    }
}

/// Mean and half band of a line at `x`, between its recorded points; `None` outside of them.
fn read(line: &Line, x: f64) -> Option<(f64, f64)> {
    let after = line.points.partition_point(|&(at, _)| at < x);
    let half = |index: usize| line.half.get(index).copied().unwrap_or_default();
    let &(right, value) = line.points.get(after)?;
    if right - x <= 1e-9 * right.abs().max(1.0) {
        return Some((value, half(after)));
    }
    let before = after.checked_sub(1)?;
    let (left, from) = line.points[before];
    let share = (x - left) / (right - left);
    Some((
        from + share * (value - from),
        half(before) + share * (half(after) - half(before)),
    ))
}

/// Where a step is in the chart.
#[derive(Clone, Debug, PartialEq)]
struct Marks {
    step: u32,
    /// Where it is on the axis for all losses alike; none where each takes its own time.
    at: Option<f64>,
    /// Name of each loss, and where the step is on its curve.
    curves: Vec<(String, f64)>,
}

fn marks(figure: &Figure, step: u32) -> Marks {
    let curves = figure.curves.iter();
    let curves: Vec<(String, f64)> = curves
        .filter_map(|curve| {
            let at = on_axis(&curve.record.0.points, figure.axis, step)?;
            Some((curve.name.clone(), at))
        })
        .collect();
    let alike = figure.axis != Axis::TrainSeconds;
    Marks {
        step,
        at: curves.first().map(|(_, at)| *at).filter(|_| alike),
        curves,
    }
}

/// Where on the axis a loss was at a step: between the two evaluations around it, or at the last one before.
fn on_axis(points: &[CurvePoint], axis: Axis, step: u32) -> Option<f64> {
    let after = points.partition_point(|point| point.step < step);
    let last = points.get(after).or(points.last())?;
    let Some(before) = after.checked_sub(1).map(|before| &points[before]) else {
        return Some(axis.of(last));
    };
    let gap = f64::from(last.step.saturating_sub(before.step).max(1));
    let share = (f64::from(step.saturating_sub(before.step)) / gap).min(1.0);
    Some(axis.of(before) + share * (axis.of(last) - axis.of(before)))
}

/// A line where the step is that the pictures show, and a ring on each curve.
fn paint_moment(
    surface: &Surface,
    plot: &Plot,
    layout: &Layout,
    marks: &Marks,
    dark: bool,
    title: &str,
) {
    let theme = Theme::of(dark);
    let inside = |x: f64| x >= layout.left - 1.0 && x <= layout.right + 1.0;
    if let Some(at) = marks.at {
        let (x, _) = layout.place((at, plot.y.low));
        if inside(x) {
            surface.set_stroke(theme.ink, 0.75, 1.5);
            surface.begin_path();
            surface.move_to(x, layout.top);
            surface.line_to(x, layout.bottom);
            surface.stroke();
            surface.set_font(layout.font_size, true);
            surface.set_fill(theme.ink, 1.0);
            // Beside the line, low in the chart, where curves that rise leave room.
            let width = surface.measure(title) + 6.0;
            let left = if x + width < layout.right {
                x + 6.0
            } else {
                x - width
            };
            surface.text(title, left, layout.bottom - 10.0, Align::Left);
        }
    }
    for (name, at) in &marks.curves {
        let line = plot.lines.iter().find(|line| line.name == *name);
        let Some((line, (mean, _))) = line.and_then(|line| Some((line, read(line, *at)?))) else {
            continue;
        };
        let (x, y) = layout.place((*at, mean));
        if inside(x) {
            surface.begin_path();
            surface.circle(x, y, 4.0);
            surface.set_fill(theme.surface, 1.0);
            surface.fill();
            surface.set_stroke(loss_rgb(line.colour, dark), 1.0, 2.0);
            surface.stroke();
        }
    }
}

/// Where on the axis something is read, in words.
fn position(axis: Axis, at: f64) -> Message {
    match axis {
        Axis::Steps => text::at_step(at),
        Axis::TrainSeconds => text::at_seconds(at),
        Axis::Samples => text::at_samples(short(at)),
    }
}

fn paint_read_out(
    surface: &Surface,
    plot: &Plot,
    layout: &Layout,
    (x, y): (f64, f64),
    dark: bool,
    title: impl Fn(f64) -> Cow<'static, str>,
) {
    let stops = recorded(plot, layout);
    let Some(&stop) = stops.get(nearest(&stops, x)) else {
        return;
    };
    if x < layout.left - 20.0 {
        return;
    }
    let x = if (stop - x).abs() < 12.0 || x > stop {
        stop
    } else {
        x
    };
    let at = layout.x_at(x);
    let mut values: Vec<(&Line, f64, f64)> = plot
        .lines
        .iter()
        .filter_map(|line| read(line, at).map(|(mean, half)| (line, mean, half)))
        .collect();
    order::sort_by(&mut values, |a, b| b.1.total_cmp(&a.1));

    let theme = Theme::of(dark);
    surface.set_stroke(theme.muted, 0.8, 1.0);
    surface.begin_path();
    surface.move_to(x, layout.top);
    surface.line_to(x, layout.bottom);
    surface.stroke();
    for &(line, mean, _) in &values {
        let (x, y) = layout.place((at, mean));
        surface.begin_path();
        surface.circle(x, y, 4.5);
        surface.set_fill(theme.surface, 1.0);
        surface.fill();
        surface.begin_path();
        surface.circle(x, y, 3.2);
        surface.set_fill(loss_rgb(line.colour, dark), 1.0);
        surface.fill();
    }
    let rows: Vec<Row> = values
        .iter()
        .map(|&(line, mean, half)| Row {
            colour: line.colour,
            name: line.name.clone(),
            value: value_text(mean, half),
        })
        .collect();
    let curves: Vec<_> = plot
        .lines
        .iter()
        .flat_map(|line| &line.points)
        .map(|&point| layout.place(point))
        .collect();
    plot::paint_rows(
        surface,
        &title(at),
        &rows,
        (x, y),
        (layout.left, layout.right),
        &curves,
        dark,
    );
}

#[cfg(test)]
mod tests {
    use super::super::charts::tests::figure;
    use super::*;
    use crate::ui::model::tests::{curve, point};

    type Values = [(u32, [Option<f32>; 3])];

    fn figure_of(values: &Values, axis: Axis, log_x: bool) -> Figure {
        let points = values
            .iter()
            .map(|(step, lanes)| point(*step, Measure::MapAtR, lanes))
            .collect();
        Figure {
            axis,
            log_x,
            show_seeds: true,
            ..figure(vec![curve("N-pair", 3, points)])
        }
    }

    fn plot(values: &Values, axis: Axis, log_x: bool) -> Plot {
        convergence_plot(&figure_of(values, axis, log_x)).unwrap()
    }

    fn all(value: f32) -> [Option<f32>; 3] {
        [Some(value); 3]
    }

    #[test]
    fn a_line_is_the_mean_and_the_axis_reaches_the_last_step() {
        let values = [
            (0, [0.1, 0.2, 0.3].map(Some)),
            (40, [0.5, 0.6, 0.7].map(Some)),
        ];
        let plot = plot(&values, Axis::Steps, false);
        let line = &plot.lines[0];
        assert_eq!(line.points.len(), 2);
        assert!((line.points[1].1 - 0.6).abs() < 1e-6);
        assert!((line.half[1] - 4.303 * 0.1 / 3f64.sqrt()).abs() < 1e-3);
        assert_eq!((plot.x.low, plot.x.high), (0.0, 400.0));
        assert!(plot.y.low >= 0.0 && plot.y.high <= 1.0);
        assert_eq!(line.lanes.len(), 3);
    }

    #[test]
    fn samples_end_where_the_race_will() {
        let values = [(0, all(0.1)), (40, all(0.5))];
        assert_eq!(plot(&values, Axis::Samples, false).x.high, 24_000.0);
        let seconds = plot(&values, Axis::TrainSeconds, false).x;
        // Four tenths of a second for three seeds.
        assert!((seconds.high - 0.4 / 3.0).abs() < 1e-9 && seconds.rounded);
    }

    #[test]
    fn a_log_axis_has_no_zero() {
        let values = [(0, all(0.1)), (5, all(0.2)), (40, all(0.5))];
        let plot = plot(&values, Axis::Steps, true);
        assert_eq!(plot.lines[0].points[0].0, 5.0);
        assert_eq!(plot.x.low, 5.0);
    }

    #[test]
    fn a_stopped_lane_is_marked_and_counts_with_its_worst_value() {
        let values = [
            (0, all(0.1)),
            (40, [0.5, 0.5, 0.2].map(Some)),
            (80, [Some(0.7), Some(0.7), None]),
        ];
        let mut figure = figure_of(&values, Axis::Steps, false);
        let mut curves = (*figure.curves).clone();
        std::rc::Rc::make_mut(&mut curves[0].record.0).stopped = vec![(2, 57)];
        figure.curves = std::rc::Rc::new(curves);
        let plot = convergence_plot(&figure).unwrap();
        let line = &plot.lines[0];
        assert!((line.points[2].1 - 0.5).abs() < 1e-6, "0.7, 0.7 and 0.1");
        assert_eq!(line.stops.len(), 1);
        assert!((line.stops[0].0 - 57.0).abs() < 1e-12 && (line.stops[0].1 - 0.2).abs() < 1e-6);
        assert_eq!(line.lanes[2].len(), 2);
    }

    #[test]
    fn a_step_is_found_on_every_axis() {
        let values = [(0, all(0.1)), (40, all(0.5)), (80, all(0.6))];
        let marks = |axis: Axis, step: u32| marks(&figure_of(&values, axis, false), step);
        assert_eq!(marks(Axis::Steps, 50).at, Some(50.0));
        assert_eq!(marks(Axis::Samples, 50).at, Some(3000.0));
        // Each loss takes its own time.
        let seconds = marks(Axis::TrainSeconds, 50);
        assert_eq!((seconds.at, seconds.curves.len()), (None, 1));
        assert!((seconds.curves[0].1 - 0.5 / 3.0).abs() < 1e-9);
        // At the first evaluation, and beyond the last one.
        assert_eq!(marks(Axis::Steps, 0).at, Some(0.0));
        assert_eq!(marks(Axis::Steps, 99).at, Some(80.0));
    }

    #[test]
    fn nothing_recorded_is_no_plot() {
        assert!(convergence_plot(&figure(Vec::new())).is_none());
        assert!(convergence_plot(&figure_of(&[], Axis::Steps, false)).is_none());
    }

    #[test]
    fn values_are_read_between_points_and_not_beyond() {
        let line = Line {
            points: vec![(0.0, 0.1), (40.0, 0.5)],
            half: vec![0.0, 0.1],
            ..Line::default()
        };
        let (mean, half) = read(&line, 10.0).unwrap();
        assert!((mean - 0.2).abs() < 1e-12 && (half - 0.025).abs() < 1e-12);
        assert_eq!(read(&line, 40.0), Some((0.5, 0.1)));
        assert_eq!((read(&line, 41.0), read(&line, -1.0)), (None, None));
    }

    #[test]
    fn the_nearest_stop_is_found() {
        let stops = [10.0, 20.0, 40.0];
        assert_eq!(
            [0.0, 14.0, 16.0, 29.0, 31.0, 99.0].map(|x| nearest(&stops, x)),
            [0, 0, 1, 1, 2, 2]
        );
    }
}
