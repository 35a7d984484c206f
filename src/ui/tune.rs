//! The tuning budget: how many trials, how they come out, and racing with the best.

use std::rc::Rc;

use yew::prelude::*;

use super::controls::{Dialog, NumberControl, show_number};
use super::paint::{Trial, TrialSet, TrialsPlot};
use super::state::{Action, Track, Tuning};
use crate::experiment::LaneSpec;
use crate::experiment::tune::TRIALS;
use crate::loss::{LossKind, Scale};

#[derive(Properties, PartialEq)]
pub struct TuneProps {
    pub tuning: Option<Rc<Tuning>>,
    pub tracks: Rc<Vec<Track>>,
    pub playing: bool,
    pub steps: u32,
    pub ready: bool,
    pub dark: bool,
    pub dispatch: Callback<Action>,
}

/// Three significant digits: more than a random trial deserves.
fn short(value: f32) -> String {
    let value = f64::from(value);
    if value == 0.0 {
        return "0".into();
    }
    let unit = 10f64.powf(value.abs().log10().floor() - 2.0);
    show_number((value / unit).round() * unit)
}

/// A setting's own parameters, such as `α 8.2, δ 0.15`.
fn note(loss: LossKind, lane: &LaneSpec) -> String {
    let info = loss.info();
    let factor = info
        .learns()
        .then(|| format!("proxies ×{}", short(lane.proxy_lr_factor)));
    let own = info
        .params
        .iter()
        .zip(&lane.params)
        .filter(|(param, _)| param.per_lane());
    let own = own.map(|(param, value)| format!("{} {}", param.symbol, short(*value)));
    factor.into_iter().chain(own).collect::<Vec<_>>().join(", ")
}

fn sets(tuning: &Tuning, tracks: &[Track]) -> Vec<TrialSet> {
    let colour = |loss| {
        tracks
            .iter()
            .find(|track| track.loss == loss)
            .map_or(0, |track| track.colour)
    };
    let losses = tuning.losses.iter().map(|tuned| {
        let loss = tuned.record.entry.loss;
        let trials = tuned.ranked().into_iter().map(|trial| Trial {
            lr: f64::from(trial.lane.lr),
            score: trial.score,
            note: note(loss, &trial.lane),
        });
        TrialSet {
            name: loss.info().name.to_owned(),
            colour: colour(loss),
            trials: trials.collect(),
        }
    });
    losses.collect()
}

#[component]
pub fn Tune(props: &TuneProps) -> Html {
    let dispatch = &props.dispatch;
    let trials = use_state_eq(|| 16usize);
    let close = dispatch.reform(|()| Action::CloseSheet);
    let sets = use_memo(
        (props.tuning.clone(), props.tracks.clone()),
        |(tuning, tracks)| {
            tuning
                .as_deref()
                .map(|tuning| sets(tuning, tracks))
                .unwrap_or_default()
        },
    );
    let running = props.tuning.as_ref().is_some_and(|tuning| !tuning.done);
    let set_trials = {
        let setter = trials.setter();
        Callback::from(move |value: f64| setter.set(value as usize))
    };
    let start = {
        let trials = *trials;
        dispatch.reform(move |_: MouseEvent| Action::StartTuning { trials })
    };
    html! {
        <Dialog title="Tune every loss alike" class="wide" on_close={close}>
            <div class="prose">
                <p>{ "Each loss gets the same number of random trials over its learning rates and its own hyperparameters. They train side by side as lanes of one heat, and are scored on validation classes, which neither the training nor the race's curves see." }</p>
            </div>
            <div class="tune-controls">
                <NumberControl id="trials" label="trials of each loss" value={*trials as f64} min={*TRIALS.start() as f64} max={*TRIALS.end() as f64}
                    scale={Scale::Log} whole=true meaning="More trials find better settings and take longer." on_change={set_trials} />
                if running {
                    <button type="button" onclick={dispatch.reform(|_: MouseEvent| Action::StopTuning)}>{ "Stop" }</button>
                } else {
                    <button type="button" class="primary" disabled={!props.ready} onclick={start}>
                        { if props.tuning.is_some() { "Tune again" } else { "Start" } }
                    </button>
                }
            </div>
            if let Some(tuning) = &props.tuning {
                if running {
                    <progress max="1" value={(f64::from(tuning.step()) / f64::from(props.steps.max(1))).to_string()} aria-label="Progress of the trials" />
                    <p class="dim">{ format!("Step {} of {}, {} trials of {} losses.{}", tuning.step(), props.steps, tuning.trials, tuning.losses.len(),
                        if props.playing { "" } else { " Paused." }) }</p>
                }
                <div class="trials-plot">
                    <TrialsPlot sets={sets.clone()} score="area under MAP@R" dark={props.dark} />
                </div>
                <div class="scroll" tabindex="0" role="group" aria-label="Best settings">
                <table class="grid">
                    <thead><tr>
                        <th scope="col">{ "Loss" }</th><th scope="col">{ "Score" }</th><th scope="col">{ "Learning rate" }</th>
                        <th scope="col">{ "Settings" }</th><th scope="col">{ "Failed" }</th>
                    </tr></thead>
                    <tbody>
                        { for sets.iter().map(|set| {
                            let best = set.trials.iter().find(|trial| trial.score.is_some());
                            let failed = set.trials.iter().filter(|trial| trial.score.is_none()).count();
                            html! {
                                <tr>
                                    <th scope="row">{ &set.name }</th>
                                    <td>{ best.and_then(|trial| trial.score).map(|score| format!("{score:.3}")) }</td>
                                    <td>{ best.map(|trial| show_number(trial.lr)) }</td>
                                    <td>{ best.map(|trial| trial.note.clone()) }</td>
                                    <td>{ if tuning.done { failed.to_string() } else { String::new() } }</td>
                                </tr>
                            }
                        }) }
                    </tbody>
                </table>
                </div>
                if tuning.done {
                    <p class="row">
                        <button type="button" class="primary" onclick={dispatch.reform(|_: MouseEvent| Action::ApplyTuning)}>{ "Race with the best" }</button>
                    </p>
                }
            }
        </Dialog>
    }
}
