//! What went wrong, in words: failures are data until somebody reads them.

use kyori_text::{Message, messages as text};

use crate::bridge::{CheckFailure, Failure, FetchFailure};

/// Why training cannot begin or go on.
pub fn failure(failure: &Failure) -> Message {
    match failure {
        Failure::DataFile { error } | Failure::EngineFile { error } => fetch_failure(error),
        Failure::EngineDamaged { file, detail } => text::engine_damaged(file.clone(), why(detail)),
        Failure::EngineSilent { .. } => text::worker_silent(),
        Failure::WorkerStart { detail } => text::worker_not_started(why(detail)),
        Failure::WorkerEnded { detail: None } => text::worker_ended(),
        Failure::WorkerEnded {
            detail: Some(detail),
        } => text::worker_ended_why(why(detail)),
        Failure::NotSent { detail } => text::command_not_sent(why(detail)),
        other => Message::verbatim(other.to_string()),
    }
}

/// Why a device was not checked to the end.
pub fn check_failure(failure: &CheckFailure) -> Message {
    match failure {
        CheckFailure::CasesFile { error } => fetch_failure(error),
        CheckFailure::NotRunning => text::check_no_engine(),
        CheckFailure::DeviceChanged => text::check_device_changed(),
        other => Message::verbatim(other.to_string()),
    }
}

/// Why a file did not come.
pub fn fetch_failure(failure: &FetchFailure) -> Message {
    match failure {
        FetchFailure::Failed { file, why: detail } => text::fetch_failed(file.clone(), why(detail)),
        FetchFailure::Refused { file, status } => text::fetch_refused(file.clone(), *status),
        FetchFailure::Broken { file, why: detail } => text::fetch_broken(file.clone(), why(detail)),
        FetchFailure::NoText { file } => text::fetch_no_text(file.clone()),
    }
}

/// What the browser said, where it said anything.
pub fn why(detail: &str) -> Message {
    if detail.is_empty() {
        text::error_unknown()
    } else {
        Message::verbatim(detail.to_owned())
    }
}
