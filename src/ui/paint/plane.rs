//! Tightness against contrast and against the mean log distance while training, and the ratio of the first two against
//! quality.

use kyori_text::{Language, Message, messages as text};
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
    told: |figure| {
        let (losses, fell, rose) =
            moves(figure, |values| Some((values.tightness, values.contrast)))?;
        Some(vec![text::plane_told(fell, losses, rose)])
    },
    svg: |figure| export::plot_svg(&plane_plot(figure)?, figure.dark),
};

pub static LOG_PLANE: ChartInfo = ChartInfo {
    id: "log-plane",
    captioned: true,
    choices: Choices {
        measure_and_axis: false,
        log_and_seeds: false,
    },
    view: |props| html! { <LogPlaneView ..props.clone() /> },
    told: |figure| {
        let place = |values: &Values| Some((values.tightness, values.log_distance?));
        let (losses, fell, rose) = moves(figure, place)?;
        Some(vec![text::log_plane_told(fell, losses, rose)])
    },
    svg: |figure| export::plot_svg(&log_plane_plot(figure)?, figure.dark),
};

pub static RATIO: ChartInfo = ChartInfo {
    id: "ratio",
    captioned: true,
    choices: Choices {
        measure_and_axis: false,
        log_and_seeds: false,
    },
    view: |props| html! { <RatioView ..props.clone() /> },
    told: ratio_told,
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

/// The path of each loss through the plane of tightness and the mean log distance, which falls where embeddings meet.
#[component]
fn LogPlaneView(props: &ChartProps) -> Html {
    let figure = &props.figure;
    let plot = use_memo(figure.clone(), log_plane_plot);
    let t = figure.t;
    html! {
        <PointsView {plot} label={t.say(text::log_plane_aria())} empty={t.say(text::paths_empty())} dark={figure.dark} canvas={props.canvas.clone()}>
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

/// What is measured at a point, as means over its lanes.
#[derive(Clone, Copy)]
struct Values {
    tightness: f64,
    contrast: f64,
    map: f64,
    /// None in recordings of versions that did not measure it.
    log_distance: Option<f64>,
}

impl Values {
    fn of(point: &CurvePoint) -> Option<Self> {
        let mean = |measure| point.interval(measure).map(|interval| interval.mean);
        Some(Self {
            tightness: mean(Measure::Tightness)?,
            contrast: mean(Measure::Contrast)?,
            map: mean(Measure::MapAtR)?,
            log_distance: mean(Measure::LogDistance),
        })
    }

    fn ratio(&self) -> Option<f64> {
        (self.contrast > 1e-9).then(|| self.tightness / self.contrast)
    }
}

/// A place in a plane.
type Place = (f64, f64);

/// The name of each loss that has trained, with the first and the last place of its path.
fn ends(figure: &Figure, place: impl Fn(&Values) -> Option<Place>) -> Vec<(&String, Place, Place)> {
    let trained = figure.curves.iter().filter_map(|curve| {
        let points = &curve.record.0.points;
        let at = |point: &CurvePoint| place(&Values::of(point)?);
        let first = at(points.first()?)?;
        let last = points.iter().skip(1).rev().find_map(at)?;
        Some((&curve.name, first, last))
    });
    trained.collect()
}

/// Of how many losses, the number that went left, and that went up. None before any has trained.
fn moves(
    figure: &Figure,
    place: impl Fn(&Values) -> Option<Place>,
) -> Option<(usize, usize, usize)> {
    let ends = ends(figure, place);
    let count = |moved: &dyn Fn(Place, Place) -> bool| {
        ends.iter()
            .filter(|(_, first, last)| moved(*first, *last))
            .count()
    };
    let (left, up) = (
        count(&|first, last| last.0 < first.0),
        count(&|first, last| last.1 > first.1),
    );
    (!ends.is_empty()).then_some((ends.len(), left, up))
}

/// How the ratio and MAP@R moved, and whether the loss with the smallest ratio is the one with the best neighbours.
fn ratio_told(figure: &Figure) -> Option<Vec<Message>> {
    let place = |values: &Values| Some((values.ratio()?, values.map));
    let (losses, fell, rose) = moves(figure, place)?;
    let mut told = vec![text::ratio_told(fell, losses, rose)];
    let ends = ends(figure, place);
    let smallest = ends.iter().min_by(|a, b| a.2.0.total_cmp(&b.2.0))?;
    let best = ends.iter().max_by(|a, b| a.2.1.total_cmp(&b.2.1))?;
    if losses > 1 && smallest.0 == best.0 {
        told.push(text::ratio_ends_same(smallest.0));
    } else if losses > 1 {
        told.push(text::ratio_ends(best.0, smallest.0));
    }
    Some(told)
}

fn paths(figure: &Figure, place: impl Fn(&Values) -> Option<Place>) -> Vec<Line> {
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
                if let Some(at) = Values::of(point).and_then(|values| place(&values)) {
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

/// Bounds around values, which are not below `floor`.
fn around(values: impl Iterator<Item = f64> + Clone, least: f64, floor: f64) -> Bounds {
    let (low, high) = (
        values.clone().fold(f64::INFINITY, f64::min),
        values.fold(f64::NEG_INFINITY, f64::max),
    );
    let pad = ((high - low) * 0.06).max(least / 2.0);
    Bounds {
        low: (low - pad).max(floor),
        high: high + pad,
        log: false,
        rounded: false,
    }
}

fn plane_plot(figure: &Figure) -> Option<Plot> {
    let t = figure.t;
    let lines = paths(figure, |values| Some((values.tightness, values.contrast)));
    if lines.is_empty() {
        return None;
    }
    let all = || lines.iter().flat_map(|line| &line.points);
    let (x, y) = (
        around(all().map(|p| p.0), 0.02, 0.0),
        around(all().map(|p| p.1), 0.02, 0.0),
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

fn log_plane_plot(figure: &Figure) -> Option<Plot> {
    let t = figure.t;
    let lines = paths(figure, |values| {
        Some((values.tightness, values.log_distance?))
    });
    if lines.is_empty() {
        return None;
    }
    let all = || lines.iter().flat_map(|line| &line.points);
    Some(Plot {
        x: around(all().map(|p| p.0), 0.02, 0.0),
        y: around(all().map(|p| p.1), 0.02, f64::NEG_INFINITY),
        x_title: t.say(wording::measure(Measure::Tightness)).into_owned(),
        y_title: t.say(wording::measure(Measure::LogDistance)).into_owned(),
        lines,
        dots: Vec::new(),
        guides: Vec::new(),
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
    let lines = paths(figure, |values| Some((values.ratio()?, values.map)));
    if lines.is_empty() {
        return None;
    }
    let all = || lines.iter().flat_map(|line| &line.points);
    Some(Plot {
        x: around(all().map(|p| p.0), 0.02, 0.0),
        y: around(all().map(|p| p.1), 0.02, 0.0),
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
        text::column_log_distance(),
        wording::measure(Measure::MapAtR),
    ];
    let rows = figure.curves.iter().filter_map(|curve| {
        let point = curve.record.0.points.last()?;
        let Values {
            tightness,
            contrast,
            map,
            log_distance,
        } = Values::of(point)?;
        Some(html! {
            <tr>
                <th scope="row">{ curve.name.clone() }</th>
                <td>{ point.step }</td>
                <td>{ format!("{tightness:.3}") }</td>
                <td>{ format!("{contrast:.3}") }</td>
                <td>{ log_distance.map(|value| format!("{value:.3}")) }</td>
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
    use crate::ui::model::Curve;
    use crate::ui::model::tests::curve;

    /// Points of one seed: step, tightness, contrast, mean log distance and MAP@R.
    fn path(name: &str, colour: usize, points: &[(u32, f32, f32, f32, f32)]) -> Curve {
        let points =
            points.iter().map(
                |&(step, tightness, contrast, log_distance, map_at_r)| CurvePoint {
                    step,
                    train_seconds: 0.0,
                    samples: 0,
                    lanes: vec![Some(
                        LanePoint::default()
                            .with(Measure::Tightness, tightness)
                            .with(Measure::Contrast, contrast)
                            .with(Measure::LogDistance, log_distance)
                            .with(Measure::MapAtR, map_at_r),
                    )],
                },
            );
        curve(name, colour, points.collect())
    }

    fn nca() -> Figure {
        figure(vec![path(
            "NCA",
            1,
            &[
                (0, 0.4, 1.0, -0.5, 0.1),
                (100, 0.2, 1.0, 0.2, 0.3),
                (200, 0.3, 0.0, -0.1, 0.2),
            ],
        )])
    }

    /// The sentences below the chart hold of the runs that are shown: they are computed from them.
    #[test]
    fn what_is_told_is_what_the_paths_do() {
        let said = |figure: &Figure, chart: &ChartInfo| -> Vec<String> {
            let told = (chart.told)(figure).unwrap_or_default();
            told.into_iter()
                .map(|message| figure.t.say(message).into_owned())
                .collect()
        };
        let nca = path(
            "NCA",
            1,
            &[(0, 0.4, 1.0, -0.5, 0.1), (9, 0.3, 1.5, -0.6, 0.3)],
        );
        // It ends with a larger ratio than it began with, and better all the same.
        let circle = path(
            "Circle",
            2,
            &[(0, 0.4, 1.0, -0.5, 0.1), (9, 0.9, 1.8, 0.1, 0.4)],
        );
        let both = figure(vec![nca.clone(), circle]);
        assert_eq!(
            said(&both, &PLANE),
            [
                "From the first evaluation to the last, tightness fell for 1 of 2 losses, and contrast rose for 2."
            ]
        );
        assert_eq!(
            said(&both, &LOG_PLANE),
            [
                "From the first evaluation to the last, tightness fell for 1 of 2 losses, and the mean log distance rose for 1."
            ]
        );
        assert_eq!(
            said(&both, &RATIO),
            [
                "From the first evaluation to the last, the ratio fell for 1 of 2 losses, and MAP@R rose for 2.",
                "NCA has the smallest ratio now, Circle the highest MAP@R."
            ]
        );
        assert_eq!(said(&figure(vec![nca]), &RATIO).len(), 1);
        assert!(said(&figure(Vec::new()), &PLANE).is_empty());
        let begun = figure(vec![path("NCA", 1, &[(0, 0.4, 1.0, -0.5, 0.1)])]);
        assert!(said(&begun, &RATIO).is_empty(), "nothing has moved");
    }

    #[test]
    fn a_recording_without_log_distances_has_no_plane_of_them() {
        let mut curves = (*nca().curves).clone();
        let record = std::rc::Rc::make_mut(&mut curves[0].record.0);
        for point in &mut record.points {
            let lane = point.lanes[0].unwrap();
            point.lanes[0] = Some(lane.with(Measure::LogDistance, f32::NAN));
        }
        let figure = figure(curves);
        assert!(log_plane_plot(&figure).is_none() && plane_plot(&figure).is_some());
        let low = log_plane_plot(&nca()).unwrap().y.low;
        assert!(low < -0.5, "logarithms are below 0");
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
