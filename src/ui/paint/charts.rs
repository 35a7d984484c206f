//! The charts of a race. A chart is a file with a [`ChartInfo`], and a line in the list below: the menu, the drawing and the
//! export follow from it.

use std::rc::Rc;

use kyori_text::{Language, Message, messages as text};
use yew::prelude::*;

use super::{budget, convergence, plane, threshold};
use crate::data::ScoredOn;
use crate::experiment::Conditions;
use crate::record::{Measure, Summary, wording};
use crate::ui::model::{Axis, Curve, scored_on};

/// Every chart, in the menu's order; the first is the one that is shown at first.
const CHARTS: [&ChartInfo; 6] = [
    &convergence::CHART,
    &threshold::CHART,
    &plane::PLANE,
    &plane::LOG_PLANE,
    &plane::RATIO,
    &budget::CHART,
];

/// A row of the registry.
pub struct ChartInfo {
    /// Its name where a program reads it, and in the keys of its texts.
    pub id: &'static str,
    /// Whether the texts have a caption that says how to read it. Its name in the menu is there for every chart.
    pub captioned: bool,
    pub choices: Choices,
    pub view: fn(&ChartProps) -> Html,
    /// What the curves that are drawn show, below the caption: sentences that are computed from them.
    pub told: fn(&Figure) -> Option<Vec<Message>>,
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
    pub scored_on: ScoredOn,
    /// The conditions of the race.
    pub conditions: Rc<Conditions>,
    /// The race has come to its end.
    pub finished: bool,
    pub dark: bool,
    /// Of everything that is written in it, as file, too.
    pub t: Language,
}

impl Figure {
    /// `MAP@R on unseen classes`
    pub fn measure_on(&self, measure: Measure) -> String {
        let on = text::axis_title_measure(wording::measure(measure), scored_on(self.scored_on));
        self.t.say(on).into_owned()
    }
}

#[derive(Clone, PartialEq, Properties)]
pub struct ChartProps {
    pub figure: Figure,
    /// The visible canvas, for pictures to take along. It must be the same at each drawing.
    pub canvas: NodeRef,
    /// The step that the pictures show; none where they show the latest.
    #[prop_or_default]
    pub moment: Option<u32>,
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

    /// Its name in the menu.
    pub fn label(self) -> Message {
        text::chart_label(self.0.id)
    }

    /// How to read it; none where that is plain.
    pub fn caption(self) -> Option<Message> {
        self.0.captioned.then(|| text::chart_caption(self.0.id))
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
    use kyori_text::LANGUAGES;

    use super::*;
    use crate::data::DataKind;
    use crate::record::{CurvePoint, LanePoint};
    use crate::ui::model::tests::curve;

    /// A figure of these curves, as the page draws it at first.
    pub fn figure(curves: Vec<Curve>) -> Figure {
        let measure = Measure::MapAtR;
        let (names, records) = Curve::split(&curves);
        let summary = Summary::of(&names, &records, measure, DataKind::Glyphs);
        Figure {
            summary: Rc::new(summary),
            curves: Rc::new(curves),
            measure,
            axis: Axis::Steps,
            log_x: false,
            show_seeds: false,
            total_steps: 400,
            scored_on: ScoredOn::UnseenClasses,
            conditions: Rc::default(),
            finished: true,
            dark: false,
            t: Language::english(),
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
            for language in LANGUAGES {
                let t = Language::built_in(language.id).unwrap();
                let same = |other: &Chart| t.say(other.label()) == t.say(chart.label());
                assert_eq!(Chart::all().filter(same).count(), 1, "{}", info.id);
                assert!(chart.caption().is_none_or(|caption| t.has(&caption)));
            }
            let svg = (info.svg)(&recorded()).unwrap();
            assert!(
                svg.starts_with("<svg ") && svg.trim_end().ends_with("</svg>"),
                "{svg}"
            );
            assert!(svg.contains("Proxy &lt;Anchor&gt;"), "names are escaped");
            assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
            assert_eq!((info.svg)(&figure(Vec::new())), None, "{}", info.id);
        }
        assert_eq!(Chart::from_id("pie"), None);
    }

    #[test]
    fn every_text_of_a_chart_has_its_chart() {
        let texts = |chart: Chart| [Some(chart.label()), chart.caption()];
        let asked: Vec<Message> = Chart::all().flat_map(texts).flatten().collect();
        for key in Language::english().keys() {
            if key.starts_with("chart-") {
                let known = asked.iter().any(|message| message.key() == key);
                assert!(known, "nothing asks for {key}");
            }
        }
    }

    #[test]
    fn a_file_speaks_the_language_of_the_page() {
        let japanese = Figure {
            t: Language::built_in("ja").unwrap(),
            ..recorded()
        };
        for (id, words) in [
            ("curves", "MAP@R (未知クラス)"),
            ("reach", "最高値の 90%"),
            ("plane", "ひろがり"),
            ("log-plane", "対数距離"),
            ("ratio", "まとまり / ひろがり"),
            ("budget", "試行の回数"),
        ] {
            let svg = Chart::from_id(id).unwrap().info().svg;
            assert!(svg(&japanese).unwrap().contains(words), "{id}: no {words}");
            assert!(!svg(&recorded()).unwrap().contains(words), "{id}");
        }
    }
}
