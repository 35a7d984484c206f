//! Settings, presets and data sets in words: the messages of each by its id.

use kyori_text::{Message, messages as text};

use super::{Preset, Setting, Shape, Sourced};
use crate::setting::{Of, Unit};

impl Setting {
    /// As a sentence names it, such as `the weight decay` or `the learning rate of loss 2`.
    pub fn name(self) -> Message {
        let name = |id| text::setting_name(id);
        match self {
            Self::Data(row) => name(row.face.id()),
            Self::Race { row, index } => match row.face.of {
                Of::Race => name(row.face.id()),
                Of::Layer => text::name_of_layer(name(row.face.id()), index + 1),
                Of::Loss => text::name_of_loss(name(row.face.id()), index + 1),
            },
            Self::Param { entry, loss, .. } => {
                text::name_of_this_loss(loss.info().name, self.label(), entry + 1)
            }
        }
    }

    /// As the panel names it. A loss's parameter is called as in code, in every language.
    pub fn label(self) -> Message {
        match self {
            Self::Data(row) => text::setting_label(row.face.id()),
            Self::Race { row, index } => {
                let label = text::setting_label(row.face.id());
                match row.face.of {
                    // The panel has a place for each loss, so that its number need not be said.
                    Of::Race | Of::Loss => label,
                    Of::Layer => text::label_of_layer(label, index + 1),
                }
            }
            Self::Param { .. } => Message::verbatim(self.face().key.replace('_', " ")),
        }
    }

    /// What it does, of a number that the panel has; what a choice means, its options say.
    pub fn meaning(self) -> Option<Message> {
        match (self, self.shape()) {
            (Self::Param { loss, param, .. }, _) => {
                let info = loss.info();
                Some(text::loss_param(info.id, info.params[param].key))
            }
            (_, Shape::Number(_)) => {
                let face = self.face();
                face.in_panel().then(|| text::setting_meaning(face.id()))
            }
            (_, Shape::Choice(_) | Shape::Text) => None,
        }
    }

    /// An option of it, where it is a choice.
    pub fn option_label(self, option: &str) -> Message {
        match self.face().id() {
            "data" => text::data_title(option),
            setting => text::option_label(setting, option),
        }
    }

    /// What an option of it means.
    pub fn option_meaning(self, option: &str) -> Message {
        match self.face().id() {
            "data" => text::data_about(option),
            setting => text::option_meaning(setting, option),
        }
    }
}

impl Unit {
    /// Empty where there is none.
    pub fn name(self) -> Message {
        match self {
            Self::None => Message::default(),
            Self::Sign(sign) => Message::verbatim(sign),
            Self::Steps => text::unit_steps(),
        }
    }
}

impl Sourced {
    /// Where the value is from.
    pub fn origin(&self) -> Message {
        match tuned(self.source) {
            Some((trials, command)) => text::tuned_by(command, trials),
            None => text::source(self.source),
        }
    }
}

/// How many trials of which command, where `kyori tune` wrote it.
fn tuned(source: &'static str) -> Option<(&'static str, &'static str)> {
    let (trials, command) = source
        .strip_prefix("best of ")?
        .split_once(" random trials by `")?;
    Some((trials, command.strip_suffix('`')?))
}

impl Preset {
    pub fn title(&self) -> Message {
        text::preset_title(&self.id)
    }

    /// What is to be seen there, in one sentence.
    pub fn about(&self) -> Message {
        text::preset_about(&self.id)
    }
}
