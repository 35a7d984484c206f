//! Who we are, which device trains, and how the page looks.

use kyori_text::{LANGUAGES, Language, Message, messages as text};
use yew::prelude::*;

use super::controls::{Choice, Menu};
use super::language::use_language;
use super::state::{Action, DevicePreference, DeviceSummary, GpuAvailability, Sheet, Theme};
use super::words;
use crate::bridge::{DeviceKind, DeviceReport};

#[derive(Properties, PartialEq)]
pub struct HeaderProps {
    pub devices: DeviceSummary,
    pub theme: Theme,
    /// The system asks for dark colours.
    pub system_dark: bool,
    pub settings_open: bool,
    /// Asks for the page in another language, by its id.
    pub on_language: Callback<&'static str>,
    pub dispatch: Callback<Action>,
}

#[component]
pub fn Header(props: &HeaderProps) -> Html {
    let t = use_language();
    let dispatch = &props.dispatch;
    let help = dispatch.reform(|_: MouseEvent| Action::Show(Sheet::Help));
    let open = props.settings_open;
    let settings = dispatch.reform(move |_: MouseEvent| Action::OpenSettings(!open));
    // First to what is not on the screen already.
    let next = match (props.theme, props.system_dark) {
        (Theme::System, true) | (Theme::Dark, false) => Theme::Light,
        (Theme::System, false) | (Theme::Light, true) => Theme::Dark,
        (Theme::Light, false) | (Theme::Dark, true) => Theme::System,
    };
    let (theme_icon, theme_name) = match props.theme {
        Theme::System => ("◐", text::colours_as_system()),
        Theme::Light => ("○", text::colours_light()),
        Theme::Dark => ("●", text::colours_dark()),
    };
    html! {
        <header class="masthead">
            <h1><span lang="ja">{ "距離" }</span>{ " Kyori" }</h1>
            <p class="tagline">{ t.say(text::tagline()) }</p>
            <div class="masthead-tools">
                { device_chip(t, &props.devices, dispatch) }
                { language_switch(t, &props.on_language) }
                <button type="button" class="quiet" title={t.say(&theme_name)}
                    aria-label={t.say(text::colours_change(theme_name))}
                    onclick={dispatch.reform(move |_: MouseEvent| Action::SetTheme(next))}>{ theme_icon }</button>
                <button type="button" class="quiet settings-button" onclick={settings} aria-expanded={open.to_string()}>{ t.say(text::settings()) }</button>
                <button type="button" class="quiet" onclick={help}>{ t.say(text::help()) }</button>
            </div>
        </header>
    }
}

/// The other languages, each named in its own words.
fn language_switch(t: Language, on_language: &Callback<&'static str>) -> Html {
    let others = LANGUAGES.iter().filter(|language| language.id != t.id());
    let buttons = others.map(|language| {
        let choose = on_language.reform(move |_: MouseEvent| language.id);
        html! {
            <button type="button" class="quiet" lang={language.id} onclick={choose}>{ language.name }</button>
        }
    });
    html! {
        <div class="languages" role="group" aria-label={t.say(text::language())}>{ for buttons }</div>
    }
}

const PREFERENCES: [DevicePreference; 3] = [
    DevicePreference::Auto,
    DevicePreference::WebGpu,
    DevicePreference::Cpu,
];

fn preference_name(preference: DevicePreference) -> Message {
    match preference {
        DevicePreference::Auto => text::device_auto(),
        DevicePreference::WebGpu => Message::verbatim("WebGPU"),
        DevicePreference::Cpu => Message::verbatim("CPU"),
    }
}

/// Which device trains, why, and the choice.
fn device_chip(t: Language, devices: &DeviceSummary, dispatch: &Callback<Action>) -> Html {
    let name = match devices.kind {
        Some(DeviceKind::WebGpu) => Message::verbatim("WebGPU"),
        Some(DeviceKind::Cpu) => Message::verbatim("CPU"),
        None => text::device_none(),
    };
    let (class, state) = match (&devices.report, devices.failed) {
        (_, true) => ("failed", text::device_failed()),
        (None, _) => ("starting", text::device_starting()),
        (Some(_), _) => ("ready", text::device_ready()),
    };
    let result = devices.comparison.result();
    let faster = result.map(|(gpu, cpu)| {
        if gpu < cpu {
            DeviceKind::WebGpu
        } else {
            DeviceKind::Cpu
        }
    });
    let hint = faster.is_some_and(|faster| Some(faster) != devices.kind);
    let (faster_name, faster_preference) = match faster {
        Some(DeviceKind::Cpu) => ("CPU", DevicePreference::Cpu),
        _ => ("WebGPU", DevicePreference::WebGpu),
    };
    let button = html! {
        <>
            <span class={classes!("dot", class)} aria-hidden="true"></span>
            <span data-testid="device-name">{ t.say(&name) }</span>
            if devices.workers > 1 { <span class="dim">{ format!("× {}", devices.workers) }</span> }
            if hint { <span class="badge">{ t.say(text::device_faster(faster_name)) }</span> }
        </>
    };
    let select = dispatch.reform(Action::Prefer);
    html! {
        <Menu class="device" {button} label={t.say(text::device_label(name, state))}>
            <Choice<DevicePreference> id="device" label={t.say(text::device_train_on())} options={PREFERENCES.map(|preference| (preference, AttrValue::from(t.say(preference_name(preference))))).to_vec()}
                selected={Some(devices.preference)} on_select={select} />
            if let Some(device) = &devices.report {
                <p><b>{ t.say(device_name(device)) }</b></p>
            }
            <p>{ t.say(reason(devices)) }{ " " }{ t.say(gpu_text(devices)) }</p>
            if let Some((gpu, cpu)) = result {
                <table>
                    <tr><th scope="row">{ "WebGPU" }</th><td>{ t.say(text::device_time(gpu)) }</td></tr>
                    <tr><th scope="row">{ "CPU" }</th><td>{ t.say(text::device_time(cpu)) }</td></tr>
                </table>
            }
            if hint {
                <button type="button" class="primary" onclick={dispatch.reform(move |_: MouseEvent| Action::Prefer(faster_preference))}>
                    { t.say(text::device_switch(faster_name)) }
                </button>
                <p class="dim">{ t.say(text::device_switch_hint()) }</p>
            }
            <button type="button" onclick={dispatch.reform(|_: MouseEvent| Action::Show(Sheet::CheckDevice))}>{ t.say(text::check_title()) }</button>
        </Menu>
    }
}

/// A device's own name, and whether it is only emulated.
pub fn device_name(device: &DeviceReport) -> Message {
    let name = device.name.clone();
    if device.software {
        text::device_software(name)
    } else {
        Message::verbatim(name)
    }
}

/// Why this device.
fn reason(devices: &DeviceSummary) -> Message {
    match (devices.kind, devices.preference, &devices.gpu) {
        (None, ..) => Message::default(),
        (Some(DeviceKind::Cpu), DevicePreference::Cpu, _) => text::device_why_cpu_chosen(),
        (Some(DeviceKind::WebGpu), DevicePreference::WebGpu, _) => text::device_why_webgpu_chosen(),
        (Some(DeviceKind::Cpu), _, GpuAvailability::None { .. }) => text::device_why_no_webgpu(),
        (Some(DeviceKind::Cpu), _, GpuAvailability::Adapter { software: true, .. }) => {
            text::device_why_software()
        }
        (Some(DeviceKind::Cpu), ..) => text::device_why_cpu(),
        (Some(DeviceKind::WebGpu), ..) => text::device_why_webgpu(),
    }
}

fn gpu_text(devices: &DeviceSummary) -> Message {
    if let Some(why) = devices.comparison.failed() {
        return text::webgpu_failed(words::failure(why));
    }
    let (name, software) = match &devices.gpu {
        GpuAvailability::Unknown => return Message::default(),
        GpuAvailability::None { why } => return text::webgpu_missing(why),
        GpuAvailability::Adapter { name, software } => (name, *software),
    };
    let name = if name.is_empty() {
        text::webgpu_adapter()
    } else {
        Message::verbatim(name.clone())
    };
    if software {
        text::webgpu_software(name)
    } else if devices.comparison.result().is_none() && devices.preference == DevicePreference::Auto
    {
        text::webgpu_measuring(name)
    } else {
        text::webgpu_is(name)
    }
}
