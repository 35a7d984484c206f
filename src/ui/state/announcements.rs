//! What the page tells: to a screen reader, among the notices, and as an alert with ways on.

use kyori_text::{Message, messages as text};

use crate::bridge::{Cause, DeviceKind};

/// Something went wrong: what, and what the person can do.
#[derive(Clone, Debug, PartialEq)]
pub struct Trouble {
    pub cause: Cause,
    pub title: Message,
    pub detail: Message,
    pub remedies: Vec<Remedy>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    Retry,
    GoOnOnCpu,
    UseSyntheticData,
    DefaultSettings,
    Dismiss,
}

/// What was told last.
#[derive(Debug, Default)]
pub struct Announcements {
    status: Message,
    notices: Vec<Message>,
    trouble: Option<Trouble>,
}

impl Announcements {
    /// What a screen reader is told.
    pub fn status(&self) -> &Message {
        &self.status
    }

    /// What everybody is told, such as what a link held and could not be used.
    pub fn notices(&self) -> &[Message] {
        &self.notices
    }

    pub fn trouble(&self) -> Option<&Trouble> {
        self.trouble.as_ref()
    }

    pub(super) fn say(&mut self, message: Message) {
        self.status = message;
    }

    pub(super) fn warn(&mut self, message: Message) {
        self.notices.push(message);
    }

    pub(super) fn set_notices(&mut self, notices: Vec<Message>) {
        self.notices = notices;
    }

    pub(super) fn dismiss_trouble(&mut self) {
        self.trouble = None;
    }

    /// Something went wrong while this kind of device, if any, trained. `recorded`: there are curves, which stay.
    pub(super) fn raise(
        &mut self,
        cause: Cause,
        message: Message,
        device: Option<DeviceKind>,
        recorded: bool,
    ) {
        let title = title(cause);
        self.say(text::trouble_told(&message, &title));
        let detail = if recorded {
            text::trouble_kept(message)
        } else {
            message
        };
        self.trouble = Some(Trouble {
            cause,
            title,
            detail,
            remedies: remedies(cause, device),
        });
    }

    /// A race that has been laid out makes an alert moot, and a button of it would end that race.
    pub(super) fn forget_moot_trouble(&mut self, device: Option<DeviceKind>) {
        let Some(trouble) = &mut self.trouble else {
            return;
        };
        if device == Some(DeviceKind::Cpu) && trouble.cause == Cause::NoWebGpu {
            // Somebody wished for WebGPU, and trains on the CPU: why, is still to be said.
            trouble.remedies = vec![Remedy::GoOnOnCpu, Remedy::Dismiss];
        } else {
            self.trouble = None;
        }
    }
}

fn title(cause: Cause) -> Message {
    match cause {
        Cause::NoWebGpu => text::trouble_no_webgpu(),
        Cause::DeviceLost => text::trouble_device_lost(),
        Cause::Data => text::trouble_data(),
        Cause::Settings => text::trouble_settings(),
        Cause::Engine => text::trouble_engine(),
    }
}

/// The ways on, the best one first.
fn remedies(cause: Cause, device: Option<DeviceKind>) -> Vec<Remedy> {
    use Remedy::{DefaultSettings, Dismiss, GoOnOnCpu, Retry, UseSyntheticData};
    match (cause, device) {
        // Nothing is lost: the CPU goes on.
        (Cause::NoWebGpu, Some(DeviceKind::Cpu)) => vec![GoOnOnCpu],
        (Cause::NoWebGpu | Cause::DeviceLost, _) => vec![GoOnOnCpu, Retry, Dismiss],
        (Cause::Data, _) => vec![Retry, UseSyntheticData, Dismiss],
        (Cause::Settings, _) => vec![DefaultSettings, Dismiss],
        (Cause::Engine, Some(DeviceKind::WebGpu)) => vec![Retry, GoOnOnCpu, Dismiss],
        (Cause::Engine, _) => vec![Retry, Dismiss],
    }
}
