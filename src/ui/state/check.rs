//! "Check this device": the reference cases, on the device that trains.

use kyori_text::{Message, messages as text};

use crate::bridge::{CaseReport, CheckFailure, RequestId};
use crate::ui::words;

/// A check, running or done.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Check {
    /// Number of the check that was asked for last.
    pub(super) id: RequestId,
    pub running: bool,
    pub done: usize,
    pub of: usize,
    pub reports: Vec<CaseReport>,
    pub failed: Option<CheckFailure>,
}

impl Check {
    pub(super) fn begin(id: RequestId) -> Self {
        Self {
            id,
            running: true,
            ..Self::default()
        }
    }

    /// Takes how one case came out; what is said, if it was the last.
    pub(super) fn checked(
        &mut self,
        id: RequestId,
        report: CaseReport,
        done: usize,
        of: usize,
    ) -> Option<Message> {
        if !self.awaits(id) {
            return None;
        }
        self.reports.push(report);
        self.done = done;
        self.of = of;
        if done < of {
            return None;
        }
        self.running = false;
        let failed = self.reports.iter().filter(|report| !report.passed).count();
        Some(text::status_checked(of - failed.min(of), of))
    }

    /// It ended before its last case; what is said.
    pub(super) fn broke_off(&mut self, id: RequestId, failure: CheckFailure) -> Option<Message> {
        self.awaits(id).then(|| {
            let told = words::check_failure(&failure);
            self.fail(failure);
            told
        })
    }

    pub(super) fn fail(&mut self, failure: CheckFailure) {
        self.running = false;
        self.failed = Some(failure);
    }

    fn awaits(&self, id: RequestId) -> bool {
        self.running && id == self.id
    }
}
