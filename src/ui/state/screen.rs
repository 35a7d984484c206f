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
