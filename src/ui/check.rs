//! "Check this device": the reference cases, on the device that trains.

use std::fmt::Write;

use kyori_text::{Language, Message, messages as text};
use litemap::LiteMap;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::controls::Dialog;
use super::header::device_name;
use super::language::use_language;
use super::state::{Action, Check};
use super::window;
use super::words;
use crate::bridge::{CaseReport, DeviceReport};
use crate::loss::LossKind;

#[derive(Properties, PartialEq)]
pub struct CheckDeviceProps {
    pub check: Check,
    pub device: Option<DeviceReport>,
    pub dispatch: Callback<Action>,
}

/// How one loss came out.
#[derive(Default)]
struct Row {
    cases: usize,
    passed: usize,
    value_error: f64,
    gradient_error: f64,
}

fn rows(reports: &[CaseReport]) -> LiteMap<&str, Row> {
    let mut rows: LiteMap<&str, Row> = LiteMap::new();
    for report in reports {
        let row = rows.entry(&report.loss).or_default();
        row.cases += 1;
        row.passed += usize::from(report.passed);
        // `max` would drop a NaN, which is the worst of all.
        let worst = |a: f64, b: f64| {
            if a.is_nan() || b.is_nan() {
                f64::NAN
            } else {
                a.max(b)
            }
        };
        row.value_error = worst(row.value_error, report.value_error);
        row.gradient_error = worst(row.gradient_error, report.gradient_error);
    }
    rows
}

fn name_of(golden: &str) -> &str {
    LossKind::ALL
        .iter()
        .map(|kind| kind.info())
        .find(|info| info.golden.is_some_and(|of| of.loss == golden))
        .map_or(golden, |info| info.name)
}

/// The result as a text to pass on.
fn report(check: &Check, device: Option<&DeviceReport>) -> String {
    let mut text = format!("Kyori {} device check\n", env!("CARGO_PKG_VERSION"));
    if let Some(device) = device {
        let _ = writeln!(
            text,
            "device: {:?}, {}{}",
            device.kind,
            device.name,
            if device.software { " (software)" } else { "" }
        );
    }
    let _ = writeln!(
        text,
        "browser: {}",
        window::window()
            .navigator()
            .user_agent()
            .unwrap_or_default()
    );
    let passed = check.reports.iter().filter(|report| report.passed).count();
    let _ = writeln!(text, "cases: {passed} of {} agree", check.reports.len());
    let _ = writeln!(text, "\nloss\tcases\tagree\tvalue error\tgradient error");
    for (loss, row) in rows(&check.reports) {
        let _ = writeln!(
            text,
            "{loss}\t{}\t{}\t{:.1e}\t{:.1e}",
            row.cases, row.passed, row.value_error, row.gradient_error
        );
    }
    for failed in check.reports.iter().filter(|report| !report.passed) {
        let _ = writeln!(
            text,
            "failed: {} (value {:.1e}, gradient {:.1e})",
            failed.id, failed.value_error, failed.gradient_error
        );
    }
    text
}

#[component]
pub fn CheckDevice(props: &CheckDeviceProps) -> Html {
    let CheckDeviceProps {
        check,
        device,
        dispatch,
    } = props;
    let close = dispatch.reform(|()| Action::CloseSheet);
    let t = use_language();
    let copied = use_state_eq(Message::default);
    let copy = {
        let (check, device, copied) = (check.clone(), device.clone(), copied.clone());
        Callback::from(move |_: MouseEvent| {
            let content = report(&check, device.as_ref());
            let copied = copied.clone();
            spawn_local(async move {
                copied.set(match window::copy(&content).await {
                    Ok(()) => text::copied(),
                    Err(_) => text::copy_refused(),
                });
            });
        })
    };
    let failed = check.reports.iter().filter(|report| !report.passed).count();
    let share = if check.of == 0 {
        None
    } else {
        Some((check.done as f64 / check.of as f64).to_string())
    };
    html! {
        <Dialog title={t.say(text::check_title())} on_close={close}>
            <p>{ t.say(text::check_idea()) }</p>
            if let Some(device) = device {
                <p class="dim">{ t.say(text::check_device(device_name(device))) }</p>
            }
            <p class="row">
                <button type="button" class="primary" disabled={check.running || device.is_none()}
                    onclick={dispatch.reform(|_: MouseEvent| Action::StartCheck)}>
                    { t.say(if check.running { text::check_running() } else if check.reports.is_empty() { text::check_start() } else { text::check_again() }) }
                </button>
                if !check.reports.is_empty() && !check.running {
                    <button type="button" onclick={copy}>{ t.say(text::check_copy()) }</button>
                    <span class="dim" role="status">{ t.say(&*copied) }</span>
                }
            </p>
            if let Some(failure) = &check.failed { <p class="warning" role="alert">{ t.say(words::check_failure(failure)) }</p> }
            if check.running {
                <progress max="1" value={share} aria-label={t.say(text::check_progress())} />
                <p class="dim">{ t.say(if check.of == 0 { text::check_loading() } else { text::check_done_of(check.of, check.done) }) }</p>
            }
            if !check.reports.is_empty() {
                if !check.running {
                    <p><b>{ t.say(if failed == 0 {
                        text::check_all_agree(check.reports.len())
                    } else {
                        text::check_some_differ(check.reports.len(), failed)
                    }) }</b></p>
                }
                { table(t, check) }
            }
        </Dialog>
    }
}

/// A row for each loss.
fn table(t: Language, check: &Check) -> Html {
    let heads = [
        text::check_loss(),
        text::check_cases(),
        text::check_value_error(),
        text::check_gradient_error(),
    ];
    let rows = rows(&check.reports).into_iter().map(|(loss, row)| {
        let verdict = if row.passed == row.cases {
            text::check_agrees()
        } else {
            text::check_differ(row.cases - row.passed)
        };
        html! {
            <tr>
                <th scope="row">{ name_of(loss) }</th>
                <td>{ row.cases }</td>
                <td>{ format!("{:.1e}", row.value_error) }</td>
                <td>{ format!("{:.1e}", row.gradient_error) }</td>
                <td>{ t.say(verdict) }</td>
            </tr>
        }
    });
    html! {
        <div class="scroll" tabindex="0" role="group" aria-label={t.say(text::check_results())}>
            <table class="grid">
                <thead>
                    <tr>
                        { for heads.map(|head| html! { <th scope="col">{ t.say(head) }</th> }) }
                        <th scope="col"></th>
                    </tr>
                </thead>
                <tbody>{ for rows }</tbody>
            </table>
        </div>
    }
}
