//! The convergence chart: quality on unseen classes while training.

use std::rc::Rc;

use web_sys::{KeyboardEvent, PointerEvent};
use yew::prelude::*;

use super::canvas::{FOR_READERS, Surface, use_size};
use super::palette::{Theme, loss_rgb};
use super::plot::{self, Bounds, Layout, Line, Plot, Row};
use super::scale::short;
use crate::ui::model::{Axis, Metric, Series, has_stopped, over_lanes};

#[derive(Clone, PartialEq, Properties)]
pub struct ConvergenceProps {
    pub series: Rc<Vec<Series>>,
    pub curves: Curves,
    #[prop_or_default]
    pub dark: bool,
    /// The visible canvas, for pictures to take along.
    #[prop_or_default]
    pub canvas: NodeRef,
}

/// Mean of each loss over its seeds with a 95 % band, against steps, seconds or samples. Pointing at it reads all curves
/// at once; so do the arrow keys.
#[component]
pub fn ConvergenceChart(props: &ConvergenceProps) -> Html {
    let base = props.canvas.clone();
    let overlay = use_node_ref();
    let size = use_size(&base);
    let pointed = use_state_eq(|| None::<(i32, i32)>);
    let layout = use_mut_ref(|| None::<Layout>);
    let plot = use_memo((props.series.clone(), props.curves), |(series, curves)| {
        convergence_plot(series, *curves)
    });

    use_effect_with((plot.clone(), size, props.dark), {
        let (base, layout) = (base.clone(), layout.clone());
        move |(plot, _, dark)| {
            if let Some(surface) = Surface::of(&base) {
                *layout.borrow_mut() = match plot.as_ref() {
                    Some(plot) => plot::paint(&surface, plot, *dark),
                    None => {
                        plot::paint_empty(&surface, EMPTY, *dark);
                        None
                    }
                };
            }
        }
    });
    use_effect_with((plot.clone(), size, props.dark, *pointed), {
        let (overlay, layout, axis) = (overlay.clone(), layout.clone(), props.curves.axis);
        move |(plot, _, dark, pointed)| {
            let layout = layout.borrow();
            if let (Some(surface), Some(plot), Some(layout)) =
                (Surface::of(&overlay), plot.as_ref(), layout.as_ref())
                && let Some((x, y)) = *pointed
            {
                paint_read_out(
                    &surface,
                    plot,
                    layout,
                    axis,
                    (f64::from(x), f64::from(y)),
                    *dark,
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

    let label = format!(
        "{} on {} against {}: {} curves. Arrow keys read the values; a table with the latest values follows.",
        props.curves.metric.label(),
        props.curves.scored_on,
        props.curves.axis.label(),
        props.series.len()
    );
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
            { table(props) }
        </div>
    }
}

const EMPTY: &str = "Press play: the curves appear here";

/// The latest values, for screen readers.
fn table(props: &ConvergenceProps) -> Html {
    let rows = props.series.iter().filter_map(|series| {
        let point = series.points.last()?;
        let (mean, half) = over_lanes(series, point, |lane| props.curves.metric.of(lane))?;
        Some(html! {
            <tr>
                <th scope="row">{ series.name.clone() }</th>
                <td>{ point.step }</td>
                <td>{ value_text(mean, half.unwrap_or_default()) }</td>
                <td>{ series.stopped.len() }</td>
            </tr>
        })
    });
    html! {
        <div style={FOR_READERS}>
            <table>
                <caption>{ format!("Latest {} on {}", props.curves.metric.label(), props.curves.scored_on) }</caption>
                <thead>
                    <tr>
                        <th scope="col">{ "Loss" }</th>
                        <th scope="col">{ "Steps" }</th>
                        <th scope="col">{ "Mean ± 95 % confidence" }</th>
                        <th scope="col">{ "Seeds that stopped" }</th>
                    </tr>
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

/// What of the curves is shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Curves {
    pub metric: Metric,
    pub axis: Axis,
    pub log_x: bool,
    /// Draws every lane behind its mean.
    pub show_seeds: bool,
    /// Steps of the whole race, so that the axis does not grow while it trains; 0 is unknown.
    pub total_steps: u32,
    /// What the metric is computed on, such as `unseen classes`.
    pub scored_on: &'static str,
}

/// The chart's content, or `None` before anything has been recorded.
pub fn convergence_plot(series: &[Series], curves: Curves) -> Option<Plot> {
    let Curves {
        metric,
        axis,
        log_x,
        show_seeds,
        total_steps,
        scored_on,
    } = curves;
    let shown = |x: f64| x.is_finite() && (!log_x || x > 0.0);
    let mut lines = Vec::with_capacity(series.len());
    for one in series {
        let mut line = Line {
            name: one.name.clone(),
            colour: one.colour,
            ..Line::default()
        };
        for point in one.points.iter().filter(|point| shown(axis.of(point))) {
            if let Some((mean, half)) = over_lanes(one, point, |lane| metric.of(lane)) {
                line.points.push((axis.of(point), mean));
                line.half.push(half.unwrap_or_default());
            }
        }
        if line.half.iter().all(|&half| half == 0.0) {
            line.half.clear();
        }
        let lanes = one
            .points
            .iter()
            .map(|point| point.lanes.len())
            .max()
            .unwrap_or_default();
        if show_seeds && lanes > 1 {
            line.lanes = (0..lanes)
                .map(|lane| {
                    let alive = one
                        .points
                        .iter()
                        .filter(|point| !has_stopped(one, lane, point.step));
                    alive
                        .filter(|point| shown(axis.of(point)))
                        .filter_map(|point| {
                            Some((axis.of(point), f64::from(metric.of(point.lanes.get(lane)?))))
                        })
                        .filter(|(_, value)| value.is_finite())
                        .collect()
                })
                .collect();
        }
        for &(lane, step) in &one.stopped {
            let before = one
                .points
                .iter()
                .rev()
                .find(|point| point.step <= step && shown(axis.of(point)));
            if let Some((point, value)) =
                before.and_then(|point| Some((point, metric.of(point.lanes.get(lane)?))))
            {
                let x = if axis == Axis::Steps {
                    f64::from(step)
                } else {
                    axis.of(point)
                };
                line.stops.push((x, f64::from(value)));
            }
        }
        if let Some(&(_, value)) = line.points.last() {
            line.value = format!("{value:.3}");
            lines.push(line);
        }
    }
    if lines.is_empty() {
        return None;
    }
    Some(Plot {
        x: x_bounds(series, axis, log_x, total_steps),
        y: y_bounds(&lines),
        x_title: axis.label().into(),
        y_title: format!("{} on {scored_on}", metric.label()),
        lines,
        dots: Vec::new(),
        guides: Vec::new(),
    })
}

fn x_bounds(series: &[Series], axis: Axis, log: bool, total_steps: u32) -> Bounds {
    let points = || series.iter().flat_map(|series| &series.points);
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
    let low = if log {
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
        log,
        rounded: axis == Axis::TrainSeconds,
    }
}

fn y_bounds(lines: &[Line]) -> Bounds {
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
        .max(0.0);
    let high = reach(1.0)
        .fold(high, f64::max)
        .min(high + 0.25 * span)
        .min(1.0);
    Bounds {
        low: low.min(high - 0.02).max(0.0),
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
    stops.sort_by(f64::total_cmp);
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

fn paint_read_out(
    surface: &Surface,
    plot: &Plot,
    layout: &Layout,
    axis: Axis,
    (x, y): (f64, f64),
    dark: bool,
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
    values.sort_by(|a, b| b.1.total_cmp(&a.1));

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
    let title = match axis {
        Axis::Steps => format!("step {at:.0}"),
        Axis::TrainSeconds => format!("{at:.1} s of training"),
        Axis::Samples => format!("{} samples", short(at)),
    };
    let curves: Vec<_> = plot
        .lines
        .iter()
        .flat_map(|line| &line.points)
        .map(|&point| layout.place(point))
        .collect();
    plot::paint_rows(
        surface,
        &title,
        &rows,
        (x, y),
        (layout.left, layout.right),
        &curves,
        dark,
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{CurvePoint, LaneMetrics};

    fn series(values: &[(u32, [f32; 3])]) -> Series {
        let points = values
            .iter()
            .map(|&(step, values)| CurvePoint {
                step,
                train_seconds: f64::from(step) * 0.01,
                samples: u64::from(step) * 60,
                lanes: values
                    .map(|value| LaneMetrics {
                        recall_at_1: value,
                        ..Default::default()
                    })
                    .to_vec(),
            })
            .collect();
        Series {
            points,
            ..Series::new("N-pair", 3)
        }
    }

    fn plot(series: &Series, axis: Axis, log_x: bool) -> Plot {
        let curves = Curves {
            metric: Metric::RecallAt1,
            axis,
            log_x,
            show_seeds: true,
            total_steps: 400,
            scored_on: "unseen classes",
        };
        convergence_plot(std::slice::from_ref(series), curves).unwrap()
    }

    #[test]
    fn a_line_is_the_mean_and_the_axis_reaches_the_last_step() {
        let series = series(&[(0, [0.1, 0.2, 0.3]), (40, [0.5, 0.6, 0.7])]);
        let plot = plot(&series, Axis::Steps, false);
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
        let series = series(&[(0, [0.1; 3]), (40, [0.5; 3])]);
        assert_eq!(plot(&series, Axis::Samples, false).x.high, 24_000.0);
        let seconds = plot(&series, Axis::TrainSeconds, false).x;
        // Four tenths of a second for three seeds.
        assert!((seconds.high - 0.4 / 3.0).abs() < 1e-9 && seconds.rounded);
    }

    #[test]
    fn a_log_axis_has_no_zero() {
        let series = series(&[(0, [0.1; 3]), (5, [0.2; 3]), (40, [0.5; 3])]);
        let plot = plot(&series, Axis::Steps, true);
        assert_eq!(plot.lines[0].points[0].0, 5.0);
        assert_eq!(plot.x.low, 5.0);
    }

    #[test]
    fn a_stopped_lane_is_marked_and_no_longer_counted() {
        let mut series = series(&[(0, [0.1; 3]), (40, [0.5, 0.5, 0.2]), (80, [0.7, 0.7, 0.2])]);
        series.stopped.push((2, 57));
        let plot = plot(&series, Axis::Steps, false);
        let line = &plot.lines[0];
        assert!((line.points[2].1 - 0.7).abs() < 1e-6);
        assert_eq!(line.stops.len(), 1);
        assert!((line.stops[0].0, line.lanes[2].len()) == (57.0, 2));
    }

    #[test]
    fn nothing_recorded_is_no_plot() {
        let curves = Curves {
            metric: Metric::MapAtR,
            axis: Axis::Steps,
            log_x: false,
            show_seeds: false,
            total_steps: 400,
            scored_on: "unseen classes",
        };
        assert!(convergence_plot(&[], curves).is_none());
        assert!(convergence_plot(&[series(&[])], curves).is_none());
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
