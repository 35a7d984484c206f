//! Tightness against contrast while training, and their ratio against quality.

use kyori_text::{Language, messages as text};
use yew::prelude::*;

use super::canvas::FOR_READERS;
use super::charts::{ChartInfo, ChartProps, Choices, Figure};
use super::export;
use super::plot::{Bounds, Guide, Line, Plot};
use super::points::PointsView;
use super::scale::{Scale, short};
use crate::record::{CurvePoint, Measure, wording};

pub static PLANE: ChartInfo = ChartInfo {
    id: "plane",
    captioned: true,
    choices: Choices {
        measure_and_axis: false,
        log_and_seeds: false,
    },
    view: |props| html! { <PlaneView ..props.clone() /> },
    svg: |figure| export::plot_svg(&plane_plot(figure)?, figure.dark),
};

pub static RATIO: ChartInfo = ChartInfo {
    id: "ratio",
    captioned: true,
    choices: Choices {
        measure_and_axis: false,
        log_and_seeds: false,
    },
    view: |props| html! { <RatioView ..props.clone() /> },
    svg: |figure| export::plot_svg(&ratio_plot(figure)?, figure.dark),
};

/// The path of each loss through the plane of tightness (how close a class lies together) and contrast (how far
/// everything is spread). Lines from the origin have the same ratio of the two.
#[component]
fn PlaneView(props: &ChartProps) -> Html {
    let figure = &props.figure;
    let plot = use_memo(figure.clone(), plane_plot);
    let t = figure.t;
    html! {
        <PointsView {plot} label={t.say(text::plane_aria())} empty={t.say(text::paths_empty())} dark={figure.dark} canvas={props.canvas.clone()}>
            { table(figure) }
        </PointsView>
    }
}

/// Tightness divided by contrast, against MAP@R, for each loss while it trains.
#[component]
fn RatioView(props: &ChartProps) -> Html {
    let figure = &props.figure;
    let plot = use_memo(figure.clone(), ratio_plot);
    let t = figure.t;
    html! {
        <PointsView {plot} label={t.say(text::ratio_aria())} empty={t.say(text::paths_empty())} dark={figure.dark} canvas={props.canvas.clone()}>
            { table(figure) }
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

fn paths(figure: &Figure, place: impl Fn(f64, f64, f64) -> Option<(f64, f64)>) -> Vec<Line> {
    let t = figure.t;
    let curves = &figure.curves;
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
                    let note = text::at_point(&curve.name, text::at_step(point.step));
                    line.notes.push(t.say(note).into_owned());
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

fn plane_plot(figure: &Figure) -> Option<Plot> {
    let t = figure.t;
    let lines = paths(figure, |tightness, contrast, _| Some((tightness, contrast)));
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
        x_title: t.say(wording::measure(Measure::Tightness)).into_owned(),
        y_title: t.say(wording::measure(Measure::Contrast)).into_owned(),
        guides: ratio_guides(t, x, y),
        lines,
        dots: Vec::new(),
    })
}

/// Lines on which tightness / contrast is one round number, cut to the plane that is shown.
fn ratio_guides(t: Language, x: Bounds, y: Bounds) -> Vec<Guide> {
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
                text: t.say(text::ratio_is(short(ratio))).into_owned(),
            })
        })
        .collect()
}

fn ratio_plot(figure: &Figure) -> Option<Plot> {
    let lines = paths(figure, |tightness, contrast, map| {
        (contrast > 1e-9).then(|| (tightness / contrast, map))
    });
    if lines.is_empty() {
        return None;
    }
    let all = || lines.iter().flat_map(|line| &line.points);
    Some(Plot {
        x: around(all().map(|p| p.0), 0.02),
        y: around(all().map(|p| p.1), 0.02),
        x_title: figure.t.say(text::ratio_axis()).into_owned(),
        y_title: figure.measure_on(Measure::MapAtR),
        lines,
        dots: Vec::new(),
        guides: Vec::new(),
    })
}

fn table(figure: &Figure) -> Html {
    let t = figure.t;
    let heads = [
        text::column_loss(),
        text::column_steps(),
        text::column_tightness(),
        text::column_contrast(),
        wording::measure(Measure::MapAtR),
    ];
    let rows = figure.curves.iter().filter_map(|curve| {
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
                <caption>{ t.say(text::paths_table()) }</caption>
                <thead>
                    <tr>
                        { for heads.map(|head| html! { <th scope="col">{ t.say(head) }</th> }) }
                    </tr>
                </thead>
                <tbody>{ for rows }</tbody>
            </table>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::super::charts::tests::figure;
    use super::*;
    use crate::record::LanePoint;
    use crate::ui::model::tests::curve;

    fn nca() -> Figure {
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
        figure(vec![curve("NCA", 1, points.to_vec())])
    }

    #[test]
    fn a_path_goes_through_every_point_and_the_ratio_needs_contrast() {
        let plane = plane_plot(&nca()).unwrap();
        assert_eq!(plane.lines[0].points.len(), 3);
        assert_eq!(plane.lines[0].notes[1], "NCA, step 100");
        let ratio = ratio_plot(&nca()).unwrap();
        assert_eq!(ratio.lines[0].points.len(), 2);
        assert!((ratio.lines[0].points[1].0 - 0.2).abs() < 1e-6);
        let empty = figure(Vec::new());
        assert!(plane_plot(&empty).is_none() && ratio_plot(&empty).is_none());
    }

    #[test]
    fn guides_have_their_ratio_and_stay_inside() {
        let bounds = |low, high| Bounds {
            low,
            high,
            log: false,
            rounded: false,
        };
        let guides = ratio_guides(Language::english(), bounds(0.1, 0.4), bounds(0.8, 1.6));
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
