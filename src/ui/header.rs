//! Who we are, which device trains, and how the page looks.

use yew::prelude::*;

use super::controls::{Choice, Menu};
use super::state::{Action, Comparison, DevicePreference, GpuSight, Sheet, Theme};
use crate::bridge::{DeviceKind, DeviceReport};

#[derive(Properties, PartialEq)]
pub struct HeaderProps {
    pub device: Option<DeviceReport>,
    pub kind: Option<DeviceKind>,
    pub workers: usize,
    pub failed: bool,
    pub preference: DevicePreference,
    pub sight: GpuSight,
    pub comparison: Comparison,
    pub theme: Theme,
    /// The system asks for dark colours.
    pub system_dark: bool,
    pub dispatch: Callback<Action>,
}

#[component]
pub fn Header(props: &HeaderProps) -> Html {
    let dispatch = &props.dispatch;
    let help = dispatch.reform(|_: MouseEvent| Action::Show(Sheet::Help));
    let settings = dispatch.reform(|_: MouseEvent| Action::OpenSettings(true));
    // First to what is not on the screen already.
    let next = match (props.theme, props.system_dark) {
        (Theme::System, true) | (Theme::Dark, false) => Theme::Light,
        (Theme::System, false) | (Theme::Light, true) => Theme::Dark,
        (Theme::Light, false) | (Theme::Dark, true) => Theme::System,
    };
    let (theme_icon, theme_name) = match props.theme {
        Theme::System => ("◐", "as the system"),
        Theme::Light => ("○", "light"),
        Theme::Dark => ("●", "dark"),
    };
    html! {
        <header class="masthead">
            <h1><span lang="ja">{ "距離" }</span>{ " Kyori" }</h1>
            <p class="tagline">{ "Metric-learning losses train side by side, live in your browser. Which one puts unseen characters in place first?" }</p>
            <div class="masthead-tools">
                { device_chip(props) }
                <button type="button" class="quiet" title={format!("Colours: {theme_name}")}
                    aria-label={format!("Colours: {theme_name}. Change")}
                    onclick={dispatch.reform(move |_: MouseEvent| Action::SetTheme(next))}>{ theme_icon }</button>
                <button type="button" class="quiet settings-button" onclick={settings}>{ "Settings" }</button>
                <button type="button" class="quiet" onclick={help}>{ "Help" }</button>
            </div>
        </header>
    }
}

const PREFERENCES: [(DevicePreference, &str); 3] = [
    (DevicePreference::Auto, "Auto"),
    (DevicePreference::WebGpu, "WebGPU"),
    (DevicePreference::Cpu, "CPU"),
];

/// Which device trains, why, and the choice.
fn device_chip(props: &HeaderProps) -> Html {
    let dispatch = &props.dispatch;
    let name = match props.kind {
        Some(DeviceKind::WebGpu) => "WebGPU",
        Some(DeviceKind::Cpu) => "CPU",
        None => "no device",
    };
    let state = match (&props.device, props.failed) {
        (_, true) => "failed",
        (None, _) => "starting",
        (Some(_), _) => "ready",
    };
    let result = props.comparison.result();
    let faster = result.map(|(gpu, cpu)| {
        if gpu < cpu {
            DeviceKind::WebGpu
        } else {
            DeviceKind::Cpu
        }
    });
    let hint = faster.is_some_and(|faster| Some(faster) != props.kind);
    let (faster_name, faster_preference) = match faster {
        Some(DeviceKind::Cpu) => ("CPU", DevicePreference::Cpu),
        _ => ("WebGPU", DevicePreference::WebGpu),
    };
    let button = html! {
        <>
            <span class={classes!("dot", state)} aria-hidden="true"></span>
            <span data-testid="device-name">{ name }</span>
            if props.workers > 1 { <span class="dim">{ format!("× {}", props.workers) }</span> }
            if hint { <span class="badge">{ format!("faster: {faster_name}") }</span> }
        </>
    };
    let select = dispatch.reform(Action::Prefer);
    html! {
        <Menu class="device" {button} label={format!("Device: {name}, {state}. Change")}>
            <Choice<DevicePreference> id="device" label="Train on" options={PREFERENCES.map(|(preference, name)| (preference, name.into())).to_vec()}
                selected={Some(props.preference)} on_select={select} />
            if let Some(device) = &props.device {
                <p><b>{ &device.name }</b>{ if device.software { " (software)" } else { "" } }</p>
            }
            <p>{ reason(props) }{ " " }{ sight_text(props) }</p>
            if let Some((gpu, cpu)) = result {
                <table>
                    <tr><th scope="row">{ "WebGPU" }</th><td>{ format!("{gpu:.1} ms a step of the whole race") }</td></tr>
                    <tr><th scope="row">{ "CPU" }</th><td>{ format!("{cpu:.1} ms a step of the whole race") }</td></tr>
                </table>
            }
            if hint {
                <button type="button" class="primary" onclick={dispatch.reform(move |_: MouseEvent| Action::Prefer(faster_preference))}>
                    { format!("Switch to {faster_name}") }
                </button>
                <p class="dim">{ "Starts again at step 0 with the same weights; the curves stay until then." }</p>
            }
            <button type="button" onclick={dispatch.reform(|_: MouseEvent| Action::Show(Sheet::CheckDevice))}>{ "Check this device" }</button>
        </Menu>
    }
}

/// Why this device.
fn reason(props: &HeaderProps) -> &'static str {
    match (props.kind, props.preference, &props.sight) {
        (None, ..) => "",
        (Some(DeviceKind::Cpu), DevicePreference::Cpu, _) => "You chose the CPU.",
        (Some(DeviceKind::WebGpu), DevicePreference::WebGpu, _) => "You chose WebGPU.",
        (Some(DeviceKind::Cpu), _, GpuSight::None { .. }) => {
            "On the CPU, since there is no WebGPU here."
        }
        (Some(DeviceKind::Cpu), _, GpuSight::Adapter { software: true, .. }) => {
            "On the CPU, since WebGPU is only a program on the same CPU here."
        }
        (Some(DeviceKind::Cpu), ..) => {
            "On the CPU, which is ready first; small networks are often faster on it."
        }
        (Some(DeviceKind::WebGpu), ..) => "On WebGPU, as it was before.",
    }
}

fn sight_text(props: &HeaderProps) -> String {
    match (&props.sight, &props.comparison) {
        (
            _,
            Comparison {
                failed: Some(why), ..
            },
        ) => format!("WebGPU was tried and failed: {why}"),
        (GpuSight::Unknown, _) => String::new(),
        (GpuSight::None { why }, _) => format!("WebGPU: {why}."),
        (
            GpuSight::Adapter {
                name,
                software: true,
            },
            _,
        ) => {
            format!(
                "WebGPU is there as a software adapter only ({name}), which is far slower than the CPU path."
            )
        }
        (GpuSight::Adapter { name, .. }, comparison) if comparison.result().is_none() => {
            if props.preference == DevicePreference::Auto {
                format!("WebGPU ({name}) is being measured in the background.")
            } else {
                format!("WebGPU: {name}.")
            }
        }
        (GpuSight::Adapter { name, .. }, _) => format!("WebGPU: {name}."),
    }
}
