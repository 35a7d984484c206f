//! How the page looks: which chart, which colours, and what lies over it.

use super::{Effect, Effects};
use crate::loss::LossKind;
use crate::record::Measure;
use crate::ui::model::Axis;
use crate::ui::paint::Chart;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

/// What lies over the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sheet {
    Help,
    AboutLoss(LossKind),
    /// The picture of one loss, large.
    Large(LossKind),
    /// Who pulls whom in a loss's next batch.
    Inside(LossKind),
    CheckDevice,
    /// The losses' settings under all protocols, side by side.
    Protocols,
    Tune,
    /// Which loss is fastest under which conditions.
    WinMap,
}

/// Which chart is shown, and how.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChartView {
    pub chart: Chart,
    pub measure: Measure,
    pub axis: Axis,
    pub log_x: bool,
    /// Draws every seed behind the mean.
    pub show_seeds: bool,
}

impl Default for ChartView {
    fn default() -> Self {
        Self {
            chart: Chart::default(),
            measure: Measure::RecallAt1,
            axis: Axis::default(),
            log_x: false,
            show_seeds: false,
        }
    }
}

/// Keys of the address that say what is seen, beside the race: those of a chart, and how embeddings are pictured.
pub const VIEW_KEYS: [&str; 7] = [
    "chart",
    "measure",
    "against",
    "log-axis",
    "each-seed",
    "picture",
    "classes",
];

/// Embeddings are shown by their main directions.
const DIRECTIONS: &str = "directions";
/// Classes that are trained on are shown.
const TRAINING: &str = "training";

/// What is seen, whatever race it is of.
#[derive(Debug)]
pub struct Screen {
    chart: ChartView,
    neighbours: bool,
    theme: Theme,
    system_dark: bool,
    sheet: Option<Sheet>,
    settings_open: bool,
}

impl Screen {
    pub(super) fn new(theme: Theme) -> Self {
        Self {
            chart: ChartView::default(),
            neighbours: true,
            theme,
            system_dark: false,
            sheet: None,
            settings_open: false,
        }
    }

    pub fn chart(&self) -> ChartView {
        self.chart
    }

    /// Whether embeddings are shown as maps of neighbours instead of by their main directions.
    pub fn shows_neighbours(&self) -> bool {
        self.neighbours
    }

    pub fn theme(&self) -> Theme {
        self.theme
    }

    /// Whether the system asks for dark colours.
    pub fn system_is_dark(&self) -> bool {
        self.system_dark
    }

    /// Whether dark colours are in effect.
    pub fn is_dark(&self) -> bool {
        match self.theme {
            Theme::System => self.system_dark,
            Theme::Light => false,
            Theme::Dark => true,
        }
    }

    pub fn sheet(&self) -> Option<Sheet> {
        self.sheet
    }

    /// Whether the settings are open: beside the race, or over it on a narrow screen.
    pub fn settings_are_open(&self) -> bool {
        self.settings_open
    }

    /// What is seen as the address says it, by [`VIEW_KEYS`]: only what is not as it is at first. `seen`: classes that are
    /// trained on are shown.
    pub(super) fn to_query(&self, seen: bool) -> Vec<(&'static str, &'static str)> {
        let (now, first) = (self.chart, ChartView::default());
        let values = [
            (now.chart != first.chart).then(|| now.chart.info().id),
            (now.measure != first.measure).then(|| now.measure.id()),
            (now.axis != first.axis).then(|| now.axis.id()),
            now.log_x.then_some("1"),
            now.show_seeds.then_some("1"),
            (!self.neighbours).then_some(DIRECTIONS),
            seen.then_some(TRAINING),
        ];
        let pairs = VIEW_KEYS.into_iter().zip(values);
        pairs
            .filter_map(|(key, value)| Some((key, value?)))
            .collect()
    }

    /// Takes what an address says; what it does not know stays as it is at first. Whether classes that are trained on are to
    /// be shown.
    pub(super) fn take_query(&mut self, get: impl Fn(&str) -> Option<String>) -> bool {
        let [chart, measure, axis, log_x, show_seeds, picture, classes] = VIEW_KEYS.map(get);
        let first = ChartView::default();
        let ranked = |id: String| Measure::ranking().find(|measure| measure.id() == id);
        let axis_of = |id: String| Axis::ALL.into_iter().find(|axis| axis.id() == id);
        self.chart = ChartView {
            chart: chart
                .and_then(|id| Chart::from_id(&id))
                .unwrap_or(first.chart),
            measure: measure.and_then(ranked).unwrap_or(first.measure),
            axis: axis.and_then(axis_of).unwrap_or(first.axis),
            log_x: log_x.is_some(),
            show_seeds: show_seeds.is_some(),
        };
        self.neighbours = picture.as_deref() != Some(DIRECTIONS);
        classes.as_deref() == Some(TRAINING)
    }

    pub(super) fn set_chart(&mut self, chart: ChartView) {
        self.chart = chart;
    }

    pub(super) fn show_neighbours(&mut self, neighbours: bool) {
        self.neighbours = neighbours;
    }

    pub(super) fn set_theme(&mut self, theme: Theme, effects: &mut Effects) {
        self.theme = theme;
        effects.push(Effect::SetTheme { theme });
    }

    pub(super) fn set_system_dark(&mut self, dark: bool) {
        self.system_dark = dark;
    }

    pub(super) fn show(&mut self, sheet: Option<Sheet>) {
        self.sheet = sheet;
    }

    pub(super) fn open_settings(&mut self, open: bool) {
        self.settings_open = open;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_seen_comes_back_from_the_address() {
        let mut screen = Screen::new(Theme::System);
        assert_eq!(
            screen.to_query(false),
            [],
            "nothing is said of what is as at first"
        );
        for chart in Chart::all() {
            for axis in Axis::ALL {
                for measure in Measure::ranking() {
                    let view = ChartView {
                        chart,
                        measure,
                        axis,
                        log_x: true,
                        show_seeds: axis == Axis::Steps,
                    };
                    screen.set_chart(view);
                    screen.show_neighbours(false);
                    let query = screen.to_query(true);
                    let mut other = Screen::new(Theme::System);
                    let find = |key: &str| query.iter().find(|(of, _)| *of == key);
                    let seen =
                        other.take_query(|key| find(key).map(|(_, value)| (*value).to_owned()));
                    assert!(seen && !other.shows_neighbours());
                    assert_eq!(other.chart(), view);
                }
            }
        }
        let mut odd = Screen::new(Theme::System);
        assert!(!odd.take_query(|key| {
            (key != "log-axis" && key != "each-seed").then(|| "../x".to_owned())
        }));
        assert_eq!(odd.to_query(false), [], "what is not known changes nothing");
    }
}
