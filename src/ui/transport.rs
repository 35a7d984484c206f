//! Play, pause, step, reset, new seed, speed, stop.

use kyori_text::{Language, Message, messages as text};
use yew::prelude::*;

use super::controls::Select;
use super::language::use_language;
use super::state::{Action, Arrival, Download, RaceStatus, Sheet, Standing};
use web_sys::HtmlInputElement;

/// Steps a second and heat that the person can choose.
const PACES: [Option<f32>; 5] = [None, Some(30.0), Some(10.0), Some(3.0), Some(1.0)];

fn pace_name(pace: Option<f32>) -> Message {
    pace.map_or_else(text::speed_unlimited, text::speed_limited)
}

#[derive(Properties, PartialEq)]
pub struct TransportProps {
    pub standing: Standing,
    pub seed: u64,
    /// What is still being loaded.
    pub loading: Vec<(Download, Arrival)>,
    pub dispatch: Callback<Action>,
}

#[component]
pub fn Transport(props: &TransportProps) -> Html {
    let t = use_language();
    let TransportProps {
        standing, dispatch, ..
    } = props;
    let send = |action: Action| dispatch.reform(move |_: MouseEvent| action.clone());
    let failed = matches!(standing.status, RaceStatus::Failed | RaceStatus::Empty);
    let (icon, word) = match (standing.playing, standing.status) {
        (true, _) => (pause_icon(), text::pause()),
        (_, RaceStatus::Finished) => (play_icon(), text::race_again()),
        _ => (play_icon(), text::play()),
    };
    let steps = standing.steps;
    let set_stop = dispatch.reform(move |event: Event| {
        let input: HtmlInputElement = event.target_unchecked_into();
        let written = input.value_as_number();
        let stop = (written.is_finite() && written >= 1.0 && written < f64::from(steps))
            .then_some(written as u32);
        input.set_value(&stop.map(|stop| stop.to_string()).unwrap_or_default());
        Action::SetStopAt(stop)
    });
    html! {
        <section class="transport" aria-label={t.say(text::transport())}>
            <button type="button" class={classes!("play", standing.playing.then_some("on"))} disabled={failed}
                onclick={send(Action::TogglePlay)} title={t.say(text::play_hint())}>
                { icon }<span>{ t.say(word) }</span>
            </button>
            <div class="transport-buttons">
                <button type="button" disabled={failed || standing.stepping || standing.tuning || matches!(standing.status, RaceStatus::Preparing | RaceStatus::Finished)}
                    onclick={send(Action::Step)}
                    title={t.say(text::step_hint())}>{ t.say(text::step()) }</button>
                <button type="button" onclick={send(Action::Reset)} title={t.say(text::reset_hint())}>
                    { t.say(text::reset()) }</button>
                <button type="button" onclick={send(Action::NewSeed)}
                    title={t.say(text::new_seed_hint(props.seed.to_string()))}>{ t.say(text::new_seed()) }</button>
            </div>
            <div class="transport-more">
                <Select<Option<f32>> id="pace" label={t.say(text::speed())} options={PACES.map(|pace| (pace, AttrValue::from(t.say(pace_name(pace))))).to_vec()}
                    selected={Some(standing.pace)} on_select={dispatch.reform(Action::SetPace)} />
                <label class="stop-at">
                    <span>{ t.say(text::pause_at()) }</span>
                    <input type="number" min="1" max={steps.to_string()} step="1" placeholder={steps.to_string()}
                        value={standing.stop_at.map(|stop| stop.to_string()).unwrap_or_default()} onchange={set_stop} />
                </label>
            </div>
            <div class="transport-progress">{ progress(t, props) }</div>
        </section>
    }
}

fn progress(t: Language, props: &TransportProps) -> Html {
    let standing = props.standing;
    if standing.status == RaceStatus::Preparing {
        return preparing(t, &props.loading);
    }
    let share = f64::from(standing.step) / f64::from(standing.steps.max(1));
    html! {
        <>
            <progress max="1" value={share.to_string()} aria-label={t.say(text::race_progress())} />
            <span class="progress-text"><b data-testid="step">{ standing.step }</b>{ " " }{ t.say(text::of_steps(standing.steps)) }
                if standing.tuning {
                    { " " }{ t.say(text::of_tuning()) }{ " " }
                    <button type="button" class="link" onclick={props.dispatch.reform(|_: MouseEvent| Action::Show(Sheet::Tune))}>{ t.say(text::show_tuning()) }</button>
                }
            </span>
        </>
    }
}

/// What is still being loaded, and how much of it is here.
fn preparing(t: Language, loading: &[(Download, Arrival)]) -> Html {
    let mut parts = Vec::new();
    let (mut bytes, mut of) = (0, Some(0));
    for (what, arrival) in loading {
        bytes += arrival.bytes;
        of = of.zip(arrival.of).map(|(sum, size)| sum + size);
        if arrival.of != Some(arrival.bytes) {
            parts.push(match what {
                Download::CpuEngine => text::engine_cpu(),
                Download::GpuEngine => text::engine_webgpu(),
                Download::Data => text::data_set(),
            });
        }
    }
    let value = of
        .filter(|&of| of > 0 && !parts.is_empty())
        .map(|of| (bytes as f64 / of as f64).to_string());
    let megabytes = |bytes: u64| bytes as f64 / 1e6;
    let message = if parts.is_empty() {
        text::engine_starting()
    } else {
        let size = match of {
            Some(of) => text::megabytes_of(megabytes(bytes), megabytes(of)),
            None => text::megabytes(megabytes(bytes)),
        };
        text::loading_parts(parts, size)
    };
    let message = t.say(message);
    html! {
        <>
            <progress max="1" {value} aria-label={message.clone()} />
            <span class="progress-text">{ message }</span>
        </>
    }
}

fn play_icon() -> Html {
    html! { <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d="M4 2.5v11l9-5.5z" fill="currentColor" /></svg> }
}

fn pause_icon() -> Html {
    html! { <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d="M4 2.5h3v11H4zm5 0h3v11H9z" fill="currentColor" /></svg> }
}
