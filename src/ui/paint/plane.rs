//! Tightness against contrast while training, and their ratio against quality.

use std::rc::Rc;

use yew::prelude::*;

use super::canvas::FOR_READERS;
use super::plot::{Bounds, Guide, Line, Plot};
use super::points::PointsView;
use super::scale::Scale;
use crate::ui::model::{Series, over_lanes};

#[derive(Clone, PartialEq, Properties)]
pub struct PlaneProps {
    pub series: Rc<Vec<Series>>,
    /// What MAP@R is computed on, such as `unseen classes`.
    pub scored_on: &'static str,
    #[prop_or_default]
    pub dark: bool,
    /// The visible canvas, for pictures to take along.
    #[prop_or_default]
    pub canvas: NodeRef,
}

const EMPTY: &str = "Press play: the paths appear here";

/// The path of each loss through the plane of tightness (how close a class lies together) and contrast (how far
/// everything is spread). Lines from the origin have the same ratio of the two.
#[component]
pub fn PlaneView(props: &PlaneProps) -> Html {
    let plot = use_memo(props.series.clone(), |series| plane_plot(series));
    let label = "Paths of the losses through the plane of tightness and contrast. Arrow keys go from point to point; a \
                 table with the latest values follows.";
    html! {
        <PointsView {plot} {label} empty={EMPTY} dark={props.dark} canvas={props.canvas.clone()}>
            { table(&props.series) }
        </PointsView>
    }
}

/// Tightness divided by contrast, against MAP@R, for each loss while it trains.
#[component]
pub fn RatioChart(props: &PlaneProps) -> Html {
    let plot = use_memo(
        (props.series.clone(), props.scored_on),
        |(series, scored_on)| ratio_plot(series, scored_on),
    );
    let label = "Ratio of tightness to contrast against MAP@R for each loss. Arrow keys go from point to point; a table \
                 with the latest values follows.";
    html! {
        <PointsView {plot} {label} empty={EMPTY} dark={props.dark} canvas={props.canvas.clone()}>
            { table(&props.series) }
        </PointsView>
    }
}

/// Tightness, contrast and MAP@R of a series at a point, as means over its lanes.
fn values(series: &Series, point: &crate::record::CurvePoint) -> Option<(f64, f64, f64)> {
    let mean = |value: fn(&crate::record::LaneMetrics) -> f32| {
        over_lanes(series, point, value).map(|(mean, _)| mean)
    };
    Some((
        mean(|lane| lane.tightness)?,
        mean(|lane| lane.contrast)?,
        mean(|lane| lane.map_at_r)?,
    ))
}

fn paths(series: &[Series], place: impl Fn(f64, f64, f64) -> Option<(f64, f64)>) -> Vec<Line> {
    series
        .iter()
        .map(|one| {
            let mut line = Line {
                name: one.name.clone(),
                colour: one.colour,
                directed: true,
                ..Line::default()
            };
            for point in &one.points {
                if let Some(at) = values(one, point)
                    .and_then(|(tight, contrast, map)| place(tight, contrast, map))
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

pub(super) fn plane_plot(series: &[Series]) -> Option<Plot> {
    let lines = paths(series, |tightness, contrast, _| Some((tightness, contrast)));
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

pub(super) fn ratio_plot(series: &[Series], scored_on: &str) -> Option<Plot> {
    let lines = paths(series, |tightness, contrast, map| {
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

fn table(series: &[Series]) -> Html {
    let rows = series.iter().filter_map(|series| {
        let point = series.points.last()?;
        let (tightness, contrast, map) = values(series, point)?;
        Some(html! {
            <tr>
                <th scope="row">{ series.name.clone() }</th>
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
    use crate::record::{CurvePoint, LaneMetrics};

    fn series() -> Series {
        let points = [
            (0, 0.4, 1.0, 0.1),
            (100, 0.2, 1.0, 0.3),
            (200, 0.3, 0.0, 0.2),
        ]
        .map(|(step, tightness, contrast, map_at_r)| CurvePoint {
            step,
            train_seconds: 0.0,
            samples: 0,
            lanes: vec![LaneMetrics {
                tightness,
                contrast,
                map_at_r,
                ..Default::default()
            }],
        })
        .to_vec();
        Series {
            points,
            ..Series::new("NCA", 1)
        }
    }

    #[test]
    fn a_path_goes_through_every_point_and_the_ratio_needs_contrast() {
        let plane = plane_plot(&[series()]).unwrap();
        assert_eq!(plane.lines[0].points.len(), 3);
        assert_eq!(plane.lines[0].notes[1], "step 100");
        let ratio = ratio_plot(&[series()], "unseen classes").unwrap();
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
