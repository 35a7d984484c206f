//! The charts of a race. A chart is a file with a [`ChartInfo`], and a line in the list below: the menu, the drawing and the
//! export follow from it.

use std::rc::Rc;

use yew::prelude::*;

use super::{convergence, plane, threshold};
use crate::record::{Measure, Summary};
use crate::ui::model::{Axis, Curve};

/// Every chart, in the menu's order; the first is the one that is shown at first.
const CHARTS: [&ChartInfo; 4] = [
    &convergence::CHART,
    &threshold::CHART,
    &plane::PLANE,
    &plane::RATIO,
];

/// A row of the registry.
pub struct ChartInfo {
    /// Its name where a program reads it.
    pub id: &'static str,
    /// Its name in the menu.
    pub label: &'static str,
    /// How to read it; empty where that is plain.
    pub caption: &'static str,
    pub choices: Choices,
    pub view: fn(&ChartProps) -> Html,
    /// The same as a file; none before anything has been recorded.
    pub svg: fn(&Figure) -> Option<String>,
}

/// What can be chosen of a chart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Choices {
    /// The measure, and the axis that it is drawn against.
    pub measure_and_axis: bool,
    /// A logarithmic axis, and a line for each seed.
    pub log_and_seeds: bool,
}

/// What a chart is drawn of.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    pub curves: Rc<Vec<Curve>>,
    /// Of the measure; none before the first evaluation.
    pub summary: Rc<Option<Summary>>,
    pub measure: Measure,
    pub axis: Axis,
    pub log_x: bool,
    /// Draws every seed behind the mean.
    pub show_seeds: bool,
    /// Steps of the whole race, so that the axis does not grow while it trains; 0 is unknown.
    pub total_steps: u32,
    /// What is measured on, such as `unseen classes`.
    pub scored_on: &'static str,
    /// The race has come to its end.
    pub finished: bool,
    pub dark: bool,
}

#[derive(Clone, PartialEq, Properties)]
pub struct ChartProps {
    pub figure: Figure,
    /// The visible canvas, for pictures to take along. It must be the same at each drawing.
    pub canvas: NodeRef,
}

/// One of the charts.
#[derive(Clone, Copy)]
pub struct Chart(&'static ChartInfo);

impl Chart {
    pub fn all() -> impl ExactSizeIterator<Item = Self> {
        CHARTS.into_iter().map(Self)
    }

    pub fn from_id(id: &str) -> Option<Self> {
        Self::all().find(|chart| chart.info().id == id)
    }

    pub fn info(self) -> &'static ChartInfo {
        self.0
    }
}

impl Default for Chart {
    fn default() -> Self {
        Self(CHARTS[0])
    }
}

impl PartialEq for Chart {
    fn eq(&self, other: &Self) -> bool {
        self.0.id == other.0.id
    }
}

impl std::fmt::Debug for Chart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Chart({})", self.0.id)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::record::{CurvePoint, LanePoint};
    use crate::ui::model::tests::curve;

    /// A figure of these curves, as the page draws it at first.
    pub fn figure(curves: Vec<Curve>) -> Figure {
        let measure = Measure::MapAtR;
        let (names, records) = Curve::split(&curves);
        let summary = Summary::of(&names, &records, measure);
        Figure {
            summary: Rc::new(summary),
            curves: Rc::new(curves),
            measure,
            axis: Axis::Steps,
            log_x: false,
            show_seeds: false,
            total_steps: 400,
            scored_on: "unseen classes",
            finished: true,
            dark: false,
        }
    }

    fn recorded() -> Figure {
        let point = |step: u32, value: f32| {
            let lane = Measure::ALL
                .iter()
                .fold(LanePoint::default(), |lane, &measure| {
                    lane.with(measure, value)
                });
            CurvePoint {
                step,
                train_seconds: f64::from(step) * 0.01,
                samples: u64::from(step) * 60,
                lanes: vec![Some(lane); 3],
            }
        };
        let mut points = vec![point(0, 0.1), point(200, 0.4), point(400, 0.5)];
        points[2].lanes[1] = None;
        figure(vec![curve("Proxy <Anchor>", 0, points)])
    }

    #[test]
    fn every_chart_has_a_name_of_its_own_and_a_file() {
        for chart in Chart::all() {
            let info = chart.info();
            assert_eq!(Chart::from_id(info.id), Some(chart));
            let same = |other: &Chart| other.info().label == info.label;
            assert_eq!(Chart::all().filter(same).count(), 1, "{}", info.label);
            let svg = (info.svg)(&recorded()).unwrap();
            assert!(
                svg.starts_with("<svg ") && svg.trim_end().ends_with("</svg>"),
                "{svg}"
            );
            assert!(svg.contains("Proxy &lt;Anchor&gt;"), "names are escaped");
            assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
            assert_eq!((info.svg)(&figure(Vec::new())), None, "{}", info.label);
        }
        assert_eq!(Chart::from_id("pie"), None);
    }
}
