//! Play, pause, step, reset, new seed, speed, stop.

use yew::prelude::*;

use super::controls::Select;
use super::state::{Action, Arrival, Cargo, Sheet, Standing};
use web_sys::HtmlInputElement;

/// Steps a second and heat that the person can choose.
const PACES: [(Option<f32>, &str); 5] = [
    (None, "as fast as possible"),
    (Some(30.0), "30 steps/s"),
    (Some(10.0), "10 steps/s"),
    (Some(3.0), "3 steps/s"),
    (Some(1.0), "1 step/s"),
];

#[derive(Properties, PartialEq)]
pub struct TransportProps {
    pub standing: Standing,
    pub playing: bool,
    pub stepping: bool,
    /// Trials are being trained, not the race.
    pub tuning: bool,
    pub step: u32,
    pub steps: u32,
    pub seed: u64,
    pub pace: Option<f32>,
    pub stop_at: Option<u32>,
    /// What is still being loaded.
    pub loading: Vec<(Cargo, Arrival)>,
    pub dispatch: Callback<Action>,
}

#[component]
pub fn Transport(props: &TransportProps) -> Html {
    let dispatch = &props.dispatch;
    let send = |action: Action| dispatch.reform(move |_: MouseEvent| action.clone());
    let failed = matches!(props.standing, Standing::Failed | Standing::Empty);
    let (icon, word) = match (props.playing, props.standing) {
        (true, _) => (pause_icon(), "Pause"),
        (_, Standing::Finished) => (play_icon(), "Play again"),
        _ => (play_icon(), "Play"),
    };
    let steps = props.steps;
    let set_stop = dispatch.reform(move |event: Event| {
        let input: HtmlInputElement = event.target_unchecked_into();
        let written = input.value_as_number();
        let stop = (written.is_finite() && written >= 1.0 && written < f64::from(steps))
            .then_some(written as u32);
        input.set_value(&stop.map(|stop| stop.to_string()).unwrap_or_default());
        Action::SetStopAt(stop)
    });
    html! {
        <section class="transport" aria-label="Training">
            <button type="button" class={classes!("play", props.playing.then_some("on"))} disabled={failed}
                onclick={send(Action::TogglePlay)} title="Space">
                { icon }<span>{ word }</span>
            </button>
            <div class="transport-buttons">
                <button type="button" disabled={failed || props.stepping || props.tuning || matches!(props.standing, Standing::Preparing | Standing::Finished)}
                    onclick={send(Action::Step)}
                    title="Train one step of every loss">{ "Step" }</button>
                <button type="button" onclick={send(Action::Reset)} title="Back to step 0 with the same initial weights">
                    { "Reset" }</button>
                <button type="button" onclick={send(Action::NewSeed)}
                    title={format!("Other initial weights and batches (now seed {})", props.seed)}>{ "New seed" }</button>
            </div>
            <div class="transport-more">
                <Select<Option<f32>> id="pace" label="Speed" options={PACES.map(|(pace, name)| (pace, name.into())).to_vec()}
                    selected={Some(props.pace)} on_select={dispatch.reform(Action::SetPace)} />
                <label class="stop-at">
                    <span>{ "Stop at" }</span>
                    <input type="number" min="1" max={steps.to_string()} step="1" placeholder={steps.to_string()}
                        value={props.stop_at.map(|stop| stop.to_string()).unwrap_or_default()} onchange={set_stop} />
                </label>
            </div>
            <div class="transport-progress">{ progress(props) }</div>
        </section>
    }
}

fn progress(props: &TransportProps) -> Html {
    if props.standing == Standing::Preparing {
        let mut parts = Vec::new();
        let (mut bytes, mut of) = (0, Some(0));
        for (what, arrival) in &props.loading {
            bytes += arrival.bytes;
            of = of.zip(arrival.of).map(|(sum, size)| sum + size);
            if arrival.of != Some(arrival.bytes) {
                parts.push(match what {
                    Cargo::CpuEngine => "engine (CPU)",
                    Cargo::GpuEngine => "engine (WebGPU)",
                    Cargo::Data => "data set",
                });
            }
        }
        let text = if parts.is_empty() {
            "Starting the engine".to_owned()
        } else {
            let size = match of {
                Some(of) => format!("{} of {}", megabytes(bytes), megabytes(of)),
                None => megabytes(bytes),
            };
            format!("Loading {}: {size}", parts.join(" and "))
        };
        let value = of
            .filter(|&of| of > 0 && !parts.is_empty())
            .map(|of| (bytes as f64 / of as f64).to_string());
        return html! {
            <>
                <progress max="1" {value} aria-label={text.clone()} />
                <span class="progress-text">{ text }</span>
            </>
        };
    }
    let share = f64::from(props.step) / f64::from(props.steps.max(1));
    html! {
        <>
            <progress max="1" value={share.to_string()} aria-label="Progress of the race" />
            <span class="progress-text"><b data-testid="step">{ props.step }</b>{ format!(" / {} steps", props.steps) }
                if props.tuning {
                    { " of tuning. " }
                    <button type="button" class="link" onclick={props.dispatch.reform(|_: MouseEvent| Action::Show(Sheet::Tune))}>{ "Show" }</button>
                }
            </span>
        </>
    }
}

pub fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

fn play_icon() -> Html {
    html! { <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d="M4 2.5v11l9-5.5z" fill="currentColor" /></svg> }
}

fn pause_icon() -> Html {
    html! { <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d="M4 2.5h3v11H4zm5 0h3v11H9z" fill="currentColor" /></svg> }
}
