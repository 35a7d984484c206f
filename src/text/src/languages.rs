//! The languages. A new one is a folder `assets/text/<id>/` and a row here.

/// A language of the message files.
#[derive(Debug, PartialEq, Eq)]
pub struct LanguageInfo {
    /// BCP 47 tag, and the name of its folder.
    pub id: &'static str,
    /// What it calls itself.
    pub name: &'static str,
    pub plurals: Plurals,
}

/// The forms that a noun takes after a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plurals {
    /// `[one]` for 1, `[other]` for everything else.
    OneOther,
    /// `[other]` always.
    Other,
}

/// The first one is the reference: the others must have its keys and arguments.
pub const LANGUAGES: &[LanguageInfo] = &[
    LanguageInfo {
        id: "en",
        name: "English",
        plurals: Plurals::OneOther,
    },
    LanguageInfo {
        id: "ja",
        name: "日本語",
        plurals: Plurals::Other,
    },
];

/// Messages that exist once for each member of a registry. The keys of its messages hold what stands in braces; instead of a
/// function for each message there is one for the family, which takes these parts. Tests see to it that every
/// member has its messages and that no message is left without a member.
pub struct Family {
    /// Name of the generated function.
    pub function: &'static str,
    /// Key with its variable parts in braces.
    pub key: &'static str,
}

/// All families. The first that fits a key takes it.
pub const FAMILIES: &[Family] = &[
    Family {
        function: "loss_idea",
        key: "loss-{loss}-idea",
    },
    Family {
        function: "loss_anchor",
        key: "loss-{loss}-anchor",
    },
    Family {
        function: "loss_cost",
        key: "loss-{loss}-cost",
    },
    Family {
        function: "loss_zero",
        key: "loss-{loss}-zero",
    },
    Family {
        function: "loss_symbol",
        key: "loss-{loss}-symbol-{number}",
    },
    Family {
        function: "loss_param",
        key: "loss-{loss}-param-{key}",
    },
    Family {
        function: "setting_name",
        key: "setting-{key}-name",
    },
    Family {
        function: "setting_label",
        key: "setting-{key}-label",
    },
    Family {
        function: "setting_meaning",
        key: "setting-{key}-meaning",
    },
    Family {
        function: "option_label",
        key: "option-{setting}-{id}-label",
    },
    Family {
        function: "option_meaning",
        key: "option-{setting}-{id}-meaning",
    },
    Family {
        function: "preset_title",
        key: "preset-{id}-title",
    },
    Family {
        function: "preset_about",
        key: "preset-{id}-about",
    },
    Family {
        function: "claim_sentence",
        key: "claim-{id}-sentence",
    },
    Family {
        function: "source",
        key: "source-{id}",
    },
    Family {
        function: "data_title",
        key: "data-{id}-title",
    },
    Family {
        function: "data_about",
        key: "data-{id}-about",
    },
    Family {
        function: "measure_name",
        key: "measure-{id}-name",
    },
    Family {
        function: "measure_meaning",
        key: "measure-{id}-meaning",
    },
    Family {
        function: "chart_label",
        key: "chart-{id}-label",
    },
    Family {
        function: "chart_caption",
        key: "chart-{id}-caption",
    },
];

/// The parts of a key that stand where a family's key has braces.
pub fn parts<'k>(family: &str, key: &'k str) -> Option<Vec<&'k str>> {
    let mut parts = Vec::new();
    let mut rest = key;
    let mut pattern = family;
    while let Some((fixed, after)) = pattern.split_once('{') {
        rest = rest.strip_prefix(fixed)?;
        let (_, after) = after.split_once('}')?;
        let next = after.split('{').next().unwrap_or_default();
        // What ends the key may stand in the last part as well: `loss-proxy-anchor-anchor`.
        let end = if next.len() == after.len() {
            rest.strip_suffix(next)?.len()
        } else {
            rest.find(next)?
        };
        if end == 0 {
            return None;
        }
        parts.push(&rest[..end]);
        rest = &rest[end..];
        pattern = after;
    }
    (rest == pattern).then_some(parts)
}
