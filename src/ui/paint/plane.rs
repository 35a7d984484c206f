//! Tightness against contrast while training, and their ratio against quality.

use yew::prelude::*;

use super::canvas::FOR_READERS;
use super::charts::{ChartInfo, ChartProps, Choices};
use super::export;
use super::plot::{Bounds, Guide, Line, Plot};
use super::points::PointsView;
use super::scale::Scale;
use crate::record::{CurvePoint, Measure};
use crate::ui::model::Curve;

pub static PLANE: ChartInfo = ChartInfo {
    id: "plane",
    label: "Tightness and contrast",
    caption: "From the ring to the arrow: left is tighter classes, up is everything farther apart. Every loss works on \
              both, softmax cross-entropy too, each by its own path.",
    choices: Choices {
        measure_and_axis: false,
        log_and_seeds: false,
    },
    view: |props| html! { <PlaneView ..props.clone() /> },
    svg: |figure| export::plot_svg(&plane_plot(&figure.curves)?, figure.dark),
};

pub static RATIO: ChartInfo = ChartInfo {
    id: "ratio",
    label: "Tightness ÷ contrast and MAP@R",
    caption: "From the ring to the arrow: left is tighter classes for how far everything is apart, up is better \
              neighbours. Compare the arrows: the loss with the smallest ratio need not have the best neighbours.",
    choices: Choices {
        measure_and_axis: false,
        log_and_seeds: false,
    },
    view: |props| html! { <RatioView ..props.clone() /> },
    svg: |figure| export::plot_svg(&ratio_plot(&figure.curves, figure.scored_on)?, figure.dark),
};

const EMPTY: &str = "Press play: the paths appear here";

/// The path of each loss through the plane of tightness (how close a class lies together) and contrast (how far
/// everything is spread). Lines from the origin have the same ratio of the two.
#[component]
fn PlaneView(props: &ChartProps) -> Html {
    let figure = &props.figure;
    let plot = use_memo(figure.curves.clone(), |curves| plane_plot(curves));
    let label = "Paths of the losses through the plane of tightness and contrast. Arrow keys go from point to point; a \
                 table with the latest values follows.";
    html! {
        <PointsView {plot} {label} empty={EMPTY} dark={figure.dark} canvas={props.canvas.clone()}>
            { table(&figure.curves) }
        </PointsView>
    }
}

/// Tightness divided by contrast, against MAP@R, for each loss while it trains.
#[component]
fn RatioView(props: &ChartProps) -> Html {
    let figure = &props.figure;
    let plot = use_memo(
        (figure.curves.clone(), figure.scored_on),
        |(curves, scored_on)| ratio_plot(curves, scored_on),
    );
    let label = "Ratio of tightness to contrast against MAP@R for each loss. Arrow keys go from point to point; a table \
                 with the latest values follows.";
    html! {
        <PointsView {plot} {label} empty={EMPTY} dark={figure.dark} canvas={props.canvas.clone()}>
            { table(&figure.curves) }
        </PointsView>
    }
}

/// Tightness, contrast and MAP@R at a point, as means over its lanes.
fn values(point: &CurvePoint) -> Option<(f64, f64, f64)> {
    let mean = |measure| point.interval(measure).map(|interval| interval.mean);
    Some((
        mean(Measure::Tightness)?,
        mean(Measure::Contrast)?,
        mean(Measure::MapAtR)?,
    ))
}

fn paths(curves: &[Curve], place: impl Fn(f64, f64, f64) -> Option<(f64, f64)>) -> Vec<Line> {
    curves
        .iter()
        .map(|curve| {
            let mut line = Line {
                name: curve.name.clone(),
                colour: curve.colour,
                directed: true,
                ..Line::default()
            };
            for point in &curve.record.0.points {
                if let Some(at) =
                    values(point).and_then(|(tight, contrast, map)| place(tight, contrast, map))
                {
                    line.points.push(at);
                    line.notes.push(format!("step {}", point.step));
                }
            }
            line
        })
        .filter(|line| !line.points.is_empty())
        .collect()
}

fn around(values: impl Iterator<Item = f64> + Clone, least: f64) -> Bounds {
    let (low, high) = (
        values.clone().fold(f64::INFINITY, f64::min),
        values.fold(f64::NEG_INFINITY, f64::max),
    );
    let pad = ((high - low) * 0.06).max(least / 2.0);
    Bounds {
        low: (low - pad).max(0.0),
        high: high + pad,
        log: false,
        rounded: false,
    }
}

fn plane_plot(curves: &[Curve]) -> Option<Plot> {
    let lines = paths(curves, |tightness, contrast, _| Some((tightness, contrast)));
    if lines.is_empty() {
        return None;
    }
    let all = || lines.iter().flat_map(|line| &line.points);
    let (x, y) = (
        around(all().map(|p| p.0), 0.02),
        around(all().map(|p| p.1), 0.02),
    );
    Some(Plot {
        x,
        y,
        x_title: "tightness".into(),
        y_title: "contrast".into(),
        guides: ratio_guides(x, y),
        lines,
        dots: Vec::new(),
    })
}

/// Lines on which tightness / contrast is one round number, cut to the plane that is shown.
fn ratio_guides(x: Bounds, y: Bounds) -> Vec<Guide> {
    let (least, most) = (x.low / y.high.max(1e-9), x.high / y.low.max(1e-9));
    Scale::linear(least, most.min(2.0), 6)
        .ticks
        .into_iter()
        .filter(|&ratio| ratio > 0.0)
        .filter_map(|ratio| {
            let from = (x.low.max(y.low * ratio), (x.low / ratio).max(y.low));
            let to = (x.high.min(y.high * ratio), (x.high / ratio).min(y.high));
            let long = to.0 - from.0 > (x.high - x.low) * 0.12;
            long.then(|| Guide {
                from,
                to,
                text: format!("ratio {}", super::scale::short(ratio)),
            })
        })
        .collect()
}

fn ratio_plot(curves: &[Curve], scored_on: &str) -> Option<Plot> {
    let lines = paths(curves, |tightness, contrast, map| {
        (contrast > 1e-9).then(|| (tightness / contrast, map))
    });
    if lines.is_empty() {
        return None;
    }
    let all = || lines.iter().flat_map(|line| &line.points);
    Some(Plot {
        x: around(all().map(|p| p.0), 0.02),
        y: around(all().map(|p| p.1), 0.02),
        x_title: "tightness / contrast".into(),
        y_title: format!("MAP@R on {scored_on}"),
        lines,
        dots: Vec::new(),
        guides: Vec::new(),
    })
}

fn table(curves: &[Curve]) -> Html {
    let rows = curves.iter().filter_map(|curve| {
        let point = curve.record.0.points.last()?;
        let (tightness, contrast, map) = values(point)?;
        Some(html! {
            <tr>
                <th scope="row">{ curve.name.clone() }</th>
                <td>{ point.step }</td>
                <td>{ format!("{tightness:.3}") }</td>
                <td>{ format!("{contrast:.3}") }</td>
                <td>{ format!("{map:.3}") }</td>
            </tr>
        })
    });
    html! {
        <div style={FOR_READERS}>
            <table>
                <caption>{ "Latest tightness, contrast and MAP@R" }</caption>
                <thead>
                    <tr>
                        { for ["Loss", "Steps", "Tightness", "Contrast", "MAP@R"].map(|name| html! { <th scope="col">{ name }</th> }) }
                    </tr>
                </thead>
                <tbody>{ for rows }</tbody>
            </table>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::LanePoint;
    use crate::ui::model::tests::curve;

    fn nca() -> Curve {
        let points = [
            (0, 0.4, 1.0, 0.1),
            (100, 0.2, 1.0, 0.3),
            (200, 0.3, 0.0, 0.2),
        ]
        .map(|(step, tightness, contrast, map_at_r)| CurvePoint {
            step,
            train_seconds: 0.0,
            samples: 0,
            lanes: vec![Some(
                LanePoint::default()
                    .with(Measure::Tightness, tightness)
                    .with(Measure::Contrast, contrast)
                    .with(Measure::MapAtR, map_at_r),
            )],
        });
        curve("NCA", 1, points.to_vec())
    }

    #[test]
    fn a_path_goes_through_every_point_and_the_ratio_needs_contrast() {
        let plane = plane_plot(&[nca()]).unwrap();
        assert_eq!(plane.lines[0].points.len(), 3);
        assert_eq!(plane.lines[0].notes[1], "step 100");
        let ratio = ratio_plot(&[nca()], "unseen classes").unwrap();
        assert_eq!(ratio.lines[0].points.len(), 2);
        assert!((ratio.lines[0].points[1].0 - 0.2).abs() < 1e-6);
        assert!(plane_plot(&[]).is_none() && ratio_plot(&[], "unseen classes").is_none());
    }

    #[test]
    fn guides_have_their_ratio_and_stay_inside() {
        let bounds = |low, high| Bounds {
            low,
            high,
            log: false,
            rounded: false,
        };
        let guides = ratio_guides(bounds(0.1, 0.4), bounds(0.8, 1.6));
        assert!(guides.len() >= 2);
        for guide in guides {
            let ratio: f64 = guide.text.trim_start_matches("ratio ").parse().unwrap();
            for (x, y) in [guide.from, guide.to] {
                assert!(
                    (x / y - ratio).abs() < 1e-6,
                    "{guide:?}",
                    guide = (x, y, ratio)
                );
                assert!(
                    (0.1 - 1e-9..=0.4 + 1e-9).contains(&x)
                        && (0.8 - 1e-9..=1.6 + 1e-9).contains(&y)
                );
            }
        }
    }
}
