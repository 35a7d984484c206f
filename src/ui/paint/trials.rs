//! All trials of a tuning budget: score against learning rate.

use std::rc::Rc;

use kyori_text::{Language, messages as text};
use yew::prelude::*;

use super::canvas::FOR_READERS;
use super::plot::{Bounds, Dot, Line, Plot};
use super::points::PointsView;
use super::scale::short;
use crate::order;
use crate::ui::language::use_language;

/// One setting that was tried.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    pub lr: f64,
    /// Score on the validation classes; `None` where the loss was not finite.
    pub score: Option<f64>,
    /// The other settings, such as `α 8.2, δ 0.15`.
    pub note: String,
}

/// The trials of one loss.
#[derive(Clone, Debug, PartialEq)]
pub struct TrialSet {
    pub name: String,
    /// Index into the palette of losses.
    pub colour: usize,
    pub trials: Vec<Trial>,
}

#[derive(Clone, PartialEq, Properties)]
pub struct TrialsProps {
    pub sets: Rc<Vec<TrialSet>>,
    /// What the score is, such as `area under MAP@R`.
    pub score: AttrValue,
    #[prop_or_default]
    pub dark: bool,
}

/// Every trial as a dot, the stronger the better it ranks among its loss's; the best is ringed and named.
#[component]
pub fn TrialsPlot(props: &TrialsProps) -> Html {
    let t = use_language();
    let canvas = use_node_ref();
    let plot = use_memo(
        (props.sets.clone(), props.score.clone(), t),
        |(sets, score, t)| trials_plot(*t, sets, score),
    );
    let rows = props.sets.iter().filter_map(|set| {
        let trial = &set.trials[*ranked(&set.trials).first()?];
        Some(html! {
            <tr>
                <th scope="row">{ set.name.clone() }</th>
                <td>{ set.trials.len() }</td>
                <td>{ trial.score.map(|score| format!("{score:.3}")) }</td>
                <td>{ short(trial.lr) }</td>
                <td>{ trial.note.clone() }</td>
            </tr>
        })
    });
    let heads = [
        text::column_loss(),
        text::column_trials(),
        text::column_best(),
        text::column_rate(),
        text::column_settings(),
    ];
    html! {
        <PointsView
            {plot}
            label={t.say(text::trials_aria(props.score.to_string()))}
            empty={t.say(text::trials_empty())}
            dark={props.dark}
            {canvas}
        >
            <div style={FOR_READERS}>
                <table>
                    <caption>{ t.say(text::trials_table()) }</caption>
                    <thead><tr>{ for heads.map(|head| html! { <th scope="col">{ t.say(head) }</th> }) }</tr></thead>
                    <tbody>{ for rows }</tbody>
                </table>
            </div>
        </PointsView>
    }
}

/// Indices of the trials that have a score, the best first.
fn ranked(trials: &[Trial]) -> Vec<usize> {
    let score = |index: usize| trials[index].score.filter(|score| score.is_finite());
    let mut order: Vec<usize> = (0..trials.len())
        .filter(|&index| score(index).is_some())
        .collect();
    order::sort_by(&mut order, |&a, &b| {
        score(b)
            .unwrap_or_default()
            .total_cmp(&score(a).unwrap_or_default())
    });
    order
}

fn trials_plot(t: Language, sets: &[TrialSet], score: &str) -> Option<Plot> {
    let rates = || {
        sets.iter()
            .flat_map(|set| &set.trials)
            .map(|trial| trial.lr)
            .filter(|&lr| lr > 0.0)
    };
    let scores = || {
        sets.iter()
            .flat_map(|set| &set.trials)
            .filter_map(|trial| trial.score)
            .filter(|s| s.is_finite())
    };
    rates().next()?;
    let (low, high) = (
        scores().fold(f64::INFINITY, f64::min),
        scores().fold(f64::NEG_INFINITY, f64::max),
    );
    let (low, high) = if low.is_finite() {
        (low, high.max(low + 0.02))
    } else {
        (0.0, 1.0)
    };
    let floor = low - 0.05 * (high - low);
    let mut dots = Vec::new();
    let mut lines = Vec::new();
    for set in sets {
        let note = |trial: &Trial| text::trial_is(&set.name, &trial.note);
        let order = ranked(&set.trials);
        // The best is drawn last, on top.
        for (rank, trial) in order
            .iter()
            .map(|&index| &set.trials[index])
            .enumerate()
            .rev()
        {
            if let (Some(value), true) = (trial.score, trial.lr > 0.0) {
                let place = rank as f64 / (order.len() - 1).max(1) as f64;
                let alpha = 0.95 - 0.7 * place;
                let at = (trial.lr, value);
                dots.push(Dot {
                    at,
                    colour: set.colour,
                    alpha,
                    ringed: rank == 0,
                    failed: false,
                    note: t.say(note(trial)).into_owned(),
                });
                if rank == 0 {
                    lines.push(Line {
                        name: set.name.clone(),
                        value: format!("{value:.3}"),
                        colour: set.colour,
                        points: vec![at],
                        directed: true,
                        ..Line::default()
                    });
                }
            }
        }
        for trial in set
            .trials
            .iter()
            .filter(|trial| trial.score.is_none_or(|s| !s.is_finite()) && trial.lr > 0.0)
        {
            let note = t.say(text::trial_failed(note(trial))).into_owned();
            dots.push(Dot {
                at: (trial.lr, floor),
                colour: set.colour,
                alpha: 0.9,
                ringed: false,
                failed: true,
                note,
            });
        }
    }
    let bounds = Bounds {
        low: rates().fold(f64::INFINITY, f64::min) / 1.25,
        high: rates().fold(0.0, f64::max) * 1.25,
        log: true,
        rounded: false,
    };
    Some(Plot {
        x: bounds,
        y: Bounds {
            low: floor,
            high: high + 0.05 * (high - low),
            log: false,
            rounded: false,
        },
        x_title: t.say(text::learning_rate_axis()).into_owned(),
        y_title: score.into(),
        lines,
        dots,
        guides: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_is_ringed_and_strongest_and_failures_stay_visible() {
        let trial = |lr, score| Trial {
            lr,
            score,
            note: String::new(),
        };
        let trials = vec![
            trial(1e-3, Some(0.3)),
            trial(1e-2, Some(0.5)),
            trial(1e-1, None),
            trial(3e-3, Some(0.4)),
        ];
        let set = TrialSet {
            name: "NCA".into(),
            colour: 2,
            trials,
        };
        assert_eq!(ranked(&set.trials), [1, 3, 0]);
        let plot = trials_plot(Language::english(), &[set], "score").unwrap();
        let ringed: Vec<_> = plot.dots.iter().filter(|dot| dot.ringed).collect();
        assert_eq!(ringed.len(), 1);
        assert_eq!(ringed[0].at, (1e-2, 0.5));
        assert!(plot.dots.iter().all(|dot| dot.alpha <= ringed[0].alpha));
        assert_eq!(plot.dots.iter().filter(|dot| dot.failed).count(), 1);
        assert_eq!(plot.dots.len(), 4);
        assert!(trials_plot(Language::english(), &[], "score").is_none());
    }
}
