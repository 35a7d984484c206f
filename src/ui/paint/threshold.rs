//! How long each loss took to 80, 90 and 95 % of the best.

use std::rc::Rc;

use yew::prelude::*;

use super::canvas::{Align, FOR_READERS, Surface, use_size};
use super::palette::{Theme, loss_rgb, loss_text};
use super::scale::{Scale, short};

/// When a threshold was reached: mean over the seeds that reached it, and half of its 95 % confidence interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reach {
    pub mean: f64,
    pub half: f64,
}

/// One loss.
#[derive(Clone, Debug, PartialEq)]
pub struct ThresholdRow {
    pub name: String,
    /// Index into the palette of losses.
    pub colour: usize,
    /// For each threshold when it was reached; `None` is never.
    pub reached: Vec<Option<Reach>>,
}

#[derive(Clone, PartialEq, Properties)]
pub struct ThresholdProps {
    pub rows: Rc<Vec<ThresholdRow>>,
    /// Shares of the best, such as 0.8, 0.9, 0.95; at most four.
    pub thresholds: Rc<Vec<f64>>,
    /// Unit of the axis, such as `steps`.
    pub unit: AttrValue,
    /// What was not reached may still be.
    #[prop_or_default]
    pub running: bool,
    #[prop_or_default]
    pub dark: bool,
    /// The canvas, for pictures to take along.
    #[prop_or_default]
    pub canvas: NodeRef,
}

/// A row of dots a loss, from the first threshold to the last, with their confidence intervals. It needs
/// [`threshold_height`] pixels.
#[component]
pub fn ThresholdChart(props: &ThresholdProps) -> Html {
    let canvas = props.canvas.clone();
    let size = use_size(&canvas);
    use_effect_with((props.clone(), size), {
        let canvas = canvas.clone();
        move |(props, _)| {
            if let Some(surface) = Surface::of(&canvas) {
                paint(&surface, props);
            }
        }
    });
    let label = format!(
        "{} to a share of the best, for each loss; a table follows.",
        props.unit
    );
    let cell = |reach: &Option<Reach>| match reach {
        // One seed has no interval.
        Some(Reach { mean, half: 0.0 }) => short(*mean),
        Some(Reach { mean, half }) => format!("{} ± {}", short(*mean), short(*half)),
        None => missing(props.running).into(),
    };
    let rows = props.rows.iter().map(|row| {
        html! {
            <tr>
                <th scope="row">{ row.name.clone() }</th>
                { for row.reached.iter().map(|reach| html! { <td>{ cell(reach) }</td> }) }
            </tr>
        }
    });
    html! {
        <div class="chart" style="position:relative;width:100%;height:100%">
            <canvas
                ref={canvas}
                role="img"
                aria-label={label}
                style="position:absolute;inset:0;width:100%;height:100%"
            />
            <div style={FOR_READERS}>
                <table>
                    <caption>{ format!("{} to a share of the best, mean ± 95 % confidence", props.unit) }</caption>
                    <thead>
                        <tr>
                            <th scope="col">{ "Loss" }</th>
                            { for props.thresholds.iter().map(|share| html! { <th scope="col">{ percent(*share) }</th> }) }
                        </tr>
                    </thead>
                    <tbody>{ for rows }</tbody>
                </table>
            </div>
        </div>
    }
}

/// The height in CSS pixels that suits a number of losses.
pub fn threshold_height(rows: usize) -> usize {
    HEAD as usize + FOOT as usize + rows * 34
}

const HEAD: f64 = 30.0;
const FOOT: f64 = 38.0;

fn percent(share: f64) -> String {
    format!("{} %", short(share * 100.0))
}

/// The axis: from 0 to the last dot, with its whisker where that is not absurdly long.
fn axis(rows: &[ThresholdRow], ticks: usize) -> Scale {
    let reached = || {
        rows.iter()
            .flat_map(|row| row.reached.iter().flatten())
            .filter(|reach| reach.mean.is_finite())
    };
    let last = reached().map(|reach| reach.mean).fold(0.0, f64::max);
    let whisker = reached()
        .map(|reach| reach.mean + reach.half)
        .filter(|end| end.is_finite())
        .fold(last, f64::max);
    Scale::rounded(
        0.0,
        if last > 0.0 {
            whisker.min(last * 1.3)
        } else {
            1.0
        },
        ticks,
    )
}

pub(super) fn paint(surface: &Surface, props: &ThresholdProps) {
    let theme = Theme::of(props.dark);
    if props.rows.is_empty() {
        return super::plot::paint_empty(surface, "Press play: the times appear here", props.dark);
    }
    let narrow = surface.width < 480.0;
    let size = if narrow { 11.0 } else { 12.0 };
    surface.set_font(size, true);
    let names = props
        .rows
        .iter()
        .map(|row| surface.measure(&row.name))
        .fold(0.0, f64::max);
    // On a narrow screen names are above their row instead of beside it.
    let left = if narrow { 12.0 } else { names + 16.0 };
    surface.set_font(size, false);
    let never: Vec<String> = props
        .rows
        .iter()
        .map(|row| never_text(row, &props.thresholds, props.running))
        .collect();
    let never_width = never
        .iter()
        .map(|text| surface.measure(text))
        .fold(0.0, f64::max);
    let right = (surface.width - never_width - if never_width > 0.0 { 18.0 } else { 14.0 })
        .max(left + 40.0);
    let (top, bottom) = (HEAD, surface.height - FOOT);
    let scale = axis(
        &props.rows,
        ((right - left) / 74.0).round().clamp(2.0, 8.0) as usize,
    );
    let x_of = |value: f64| left + scale.share(value).clamp(0.0, 1.0) * (right - left);

    surface.set_fill(theme.muted, 1.0);
    for &tick in &scale.ticks {
        let x = (x_of(tick) * surface.ratio).floor() / surface.ratio + 0.5 / surface.ratio;
        surface.begin_path();
        surface.move_to(x, top);
        surface.line_to(x, bottom);
        surface.set_stroke(theme.grid, 1.0, 1.0);
        surface.stroke();
        surface.text(&scale.text(tick), x, bottom + 12.0, Align::Centre);
    }
    surface.text(&props.unit, right, bottom + 28.0, Align::Right);

    let mut x = if narrow { 12.0 } else { left };
    for (index, &share) in props.thresholds.iter().enumerate() {
        mark(surface, index, (x, 11.0), 4.5);
        surface.set_fill(theme.ink, 1.0);
        surface.fill();
        surface.set_stroke(theme.ink, 1.0, 1.4);
        surface.stroke();
        let last = index + 1 == props.thresholds.len();
        let text = if last {
            format!("{} of the best", percent(share))
        } else {
            percent(share)
        };
        surface.set_fill(theme.muted, 1.0);
        surface.text(&text, x + 10.0, 11.0, Align::Left);
        x += 10.0 + surface.measure(&text) + 20.0;
    }

    let pitch = (bottom - top) / props.rows.len() as f64;
    for (index, row) in props.rows.iter().enumerate() {
        let colour = loss_rgb(row.colour, props.dark);
        let centre = top + pitch * (index as f64 + 0.5);
        let y = if narrow { centre + 6.0 } else { centre };
        surface.set_font(size, true);
        surface.set_fill(loss_text(row.colour, props.dark), 1.0);
        if narrow {
            surface.text(&row.name, left, centre - 8.0, Align::Left);
        } else {
            surface.text(&row.name, left - 12.0, y, Align::Right);
        }
        let dots: Vec<(usize, Reach)> = row
            .reached
            .iter()
            .enumerate()
            .filter_map(|(at, reach)| reach.map(|reach| (at, reach)))
            .collect();
        if let (Some(first), Some(last)) = (dots.first(), dots.last()) {
            surface.begin_path();
            surface.move_to(x_of(first.1.mean), y);
            surface.line_to(x_of(last.1.mean), y);
            surface.set_stroke(colour, 0.4, 1.6);
            surface.stroke();
        }
        for &(at, reach) in &dots {
            // Whiskers that overlap are told apart by their height.
            let offset = (at as f64 - (row.reached.len() as f64 - 1.0) / 2.0) * 3.2;
            surface.begin_path();
            let (from, to) = (x_of(reach.mean - reach.half), x_of(reach.mean + reach.half));
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
        for &(at, reach) in &dots {
            mark(surface, at, (x_of(reach.mean), y), 5.0);
            surface.set_fill(if at == 0 { theme.surface } else { colour }, 1.0);
            surface.fill();
            surface.set_stroke(
                if at == 0 { colour } else { theme.surface },
                1.0,
                if at == 0 { 2.0 } else { 0.8 },
            );
            surface.stroke();
        }
        if !never[index].is_empty() {
            surface.set_font(size, false);
            surface.set_fill(theme.muted, 1.0);
            surface.text(&never[index], surface.width - 4.0, y, Align::Right);
        }
    }
}

fn missing(running: bool) -> &'static str {
    if running { "not yet" } else { "never" }
}

/// `never 95 %`, or nothing.
fn never_text(row: &ThresholdRow, thresholds: &[f64], running: bool) -> String {
    let shares: Vec<String> = row
        .reached
        .iter()
        .zip(thresholds)
        .filter(|(reach, _)| reach.is_none())
        .map(|(_, share)| short(share * 100.0))
        .collect();
    if shares.is_empty() {
        String::new()
    } else {
        format!("{} {} %", missing(running), shares.join(", "))
    }
}

/// A path of the shape that stands for a threshold: ring, diamond, square, triangle.
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
    use super::*;

    fn row(reached: Vec<Option<Reach>>) -> ThresholdRow {
        ThresholdRow {
            name: "NCA".into(),
            colour: 0,
            reached,
        }
    }

    #[test]
    fn what_was_never_reached_is_said() {
        let reach = Some(Reach {
            mean: 90.0,
            half: 5.0,
        });
        let shares = [0.8, 0.9, 0.95];
        assert_eq!(
            never_text(&row(vec![reach, None, None]), &shares, false),
            "never 90, 95 %"
        );
        assert_eq!(
            never_text(&row(vec![reach, reach, None]), &shares, true),
            "not yet 95 %"
        );
        assert_eq!(never_text(&row(vec![reach; 3]), &shares, false), "");
    }

    #[test]
    fn a_wild_interval_does_not_flatten_the_axis() {
        let rows = [row(vec![
            Some(Reach {
                mean: 100.0,
                half: 900.0,
            }),
            None,
        ])];
        let axis = axis(&rows, 5);
        assert!(axis.high >= 100.0 && axis.high <= 200.0, "{axis:?}");
        assert_eq!(super::axis(&[row(vec![None])], 5).low, 0.0);
    }
}
