//! The tuning budget: how many trials, how they come out, and racing with the best.

use std::rc::Rc;

use kyori_text::{Language, Message, NumberFormat, messages as text};
use yew::prelude::*;

use super::controls::{Dialog, NumberControl, show_number};
use super::language::use_language;
use super::paint::{Trial, TrialSet, TrialsPlot};
use super::state::{Action, RaceStatus, Standing, Track, Tuning};
use crate::experiment::LaneSpec;
use crate::experiment::tune::TRIALS;
use crate::loss::{LossKind, Scale};

#[derive(Properties, PartialEq)]
pub struct TuneProps {
    /// How many trials of each loss are chosen.
    pub trials: usize,
    pub tuning: Option<Rc<Tuning>>,
    pub tracks: Rc<Vec<Track>>,
    pub standing: Standing,
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
fn note(t: Language, loss: LossKind, lane: &LaneSpec) -> String {
    let info = loss.info();
    let factor = info.learns().then(|| {
        t.say(text::tune_proxies(short(lane.proxy_lr_factor)))
            .into_owned()
    });
    let own = info
        .params
        .iter()
        .zip(&lane.params)
        .filter(|(param, _)| param.per_lane());
    let own = own.map(|(param, value)| format!("{} {}", param.symbol, short(*value)));
    factor.into_iter().chain(own).collect::<Vec<_>>().join(", ")
}

fn sets(t: Language, tuning: &Tuning, tracks: &[Track]) -> Vec<TrialSet> {
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
            note: note(t, loss, &trial.lane),
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
    let t = use_language();
    let dispatch = &props.dispatch;
    let (trials, standing) = (props.trials, props.standing);
    let ready = !matches!(standing.status, RaceStatus::Empty | RaceStatus::Failed);
    let close = dispatch.reform(|()| Action::CloseSheet);
    let sets = use_memo(
        (t, props.tuning.clone(), props.tracks.clone()),
        |(t, tuning, tracks)| {
            tuning
                .as_deref()
                .map(|tuning| sets(*t, tuning, tracks))
                .unwrap_or_default()
        },
    );
    let running = props.tuning.as_ref().is_some_and(|tuning| !tuning.done);
    let set_trials = dispatch.reform(|value: f64| Action::ChooseTrials(value as usize));
    let start = dispatch.reform(|_: MouseEvent| Action::StartTuning);
    html! {
        <Dialog title={t.say(text::tune_title())} class="wide" on_close={close}>
            <div class="prose">
                <p>{ t.say(text::tune_idea()) }</p>
            </div>
            <div class="tune-controls">
                <NumberControl id="trials" label={t.say(text::tune_trials())} value={trials as f64} min={*TRIALS.start() as f64} max={*TRIALS.end() as f64}
                    scale={Scale::Log} whole=true meaning={t.say(text::tune_trials_meaning())} on_change={set_trials} />
                if running {
                    <button type="button" onclick={dispatch.reform(|_: MouseEvent| Action::StopTuning)}>{ t.say(text::tune_stop()) }</button>
                } else {
                    <button type="button" class="primary" disabled={!ready} onclick={start}>
                        { t.say(if props.tuning.is_some() { text::tune_again() } else { text::tune_start() }) }
                    </button>
                }
            </div>
            if let Some(tuning) = &props.tuning {
                if running {
                    <progress max="1" value={(f64::from(tuning.step()) / f64::from(standing.steps.max(1))).to_string()} aria-label={t.say(text::tune_progress())} />
                    <p class="dim">{ t.say(progress(tuning, standing.steps, standing.playing)) }</p>
                }
                <div class="trials-plot">
                    <TrialsPlot sets={sets.clone()} score={t.say(text::tune_score_is())} dark={props.dark} />
                </div>
                { table(t, &sets, tuning.done) }
                if tuning.done {
                    <p class="row">
                        <button type="button" class="primary" onclick={dispatch.reform(|_: MouseEvent| Action::ApplyTuning)}>{ t.say(text::tune_race()) }</button>
                    </p>
                }
            }
        </Dialog>
    }
}

/// How far the trials are.
fn progress(tuning: &Tuning, steps: u32, playing: bool) -> Message {
    let (losses, step, trials) = (tuning.losses.len(), tuning.step(), tuning.trials);
    if playing {
        text::tune_step(losses, step, steps, trials)
    } else {
        text::tune_step_paused(losses, step, steps, trials)
    }
}

/// The best trial of each loss so far.
fn table(t: Language, sets: &[TrialSet], done: bool) -> Html {
    let heads = [
        text::tune_loss(),
        text::tune_score(),
        text::tune_lr(),
        text::tune_settings(),
        text::tune_failed(),
    ];
    let rows = sets.iter().map(|set| {
        let best = set.trials.iter().find(|trial| trial.score.is_some());
        let failed = set
            .trials
            .iter()
            .filter(|trial| trial.score.is_none())
            .count();
        let score = best.and_then(|trial| trial.score);
        html! {
            <tr>
                <th scope="row">{ &set.name }</th>
                <td>{ score.map(|score| t.number(score, NumberFormat::decimals(3))) }</td>
                <td>{ best.map(|trial| show_number(trial.lr)) }</td>
                <td>{ best.map(|trial| trial.note.clone()) }</td>
                <td>{ if done { failed.to_string() } else { String::new() } }</td>
            </tr>
        }
    });
    html! {
        <div class="scroll" tabindex="0" role="group" aria-label={t.say(text::tune_best())}>
            <table class="grid">
                <thead>
                    <tr>{ for heads.map(|head| html! { <th scope="col">{ t.say(head) }</th> }) }</tr>
                </thead>
                <tbody>{ for rows }</tbody>
            </table>
        </div>
    }
}
