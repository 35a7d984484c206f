//! An experiment as a link: the part of the address after `#`, readable and typed.
//!
//! `v=1&data=glyphs&classes=200&sampler=shuffled:60&hidden=128&dim=64&steps=400&…&loss=proxy-anchor,lr:0.0034,proxies:23,alpha:8.5`
//!
//! `preset=ID` and `protocol=ID` set what the other keys do not. A link is whatever somebody wrote: nothing in it is
//! trusted, and what cannot be used is skipped with a [`Notice`].

use std::fmt::{self, Write as _};
use std::str::FromStr;

use super::{
    DataSpec, DigitSplit, Entry, Experiment, Preset, Protocol, SamplerSpec, SettingError, Start,
    SyntheticSpec,
};
use crate::loss::LossKind;

/// Of this module's format.
const VERSION: &str = "1";
/// What is longer is no link of ours.
const LONGEST: usize = 16 * 1024;
/// More notices help nobody.
const MOST_NOTICES: usize = 20;
/// Keys that belong to the page (language, chart …) begin so and are left to it.
const PAGE_PREFIX: &str = "view-";

/// Something in a link that was not used as it stands.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Notice {
    #[error(
        "The link is of version {found}; this page reads version {VERSION} and took what it understands"
    )]
    Version { found: String },
    #[error("The link is too long; its end was left out")]
    TooLong,
    #[error("“{key}” is not a setting; it was left out")]
    UnknownKey { key: String },
    #[error("“{key}” is in the link twice; the last one counts")]
    Repeated { key: String },
    #[error("“{value}” is not a value of “{key}” ({expected}); it was left out")]
    Malformed {
        key: String,
        value: String,
        expected: &'static str,
    },
    #[error("There is no loss “{id}”; it was left out")]
    UnknownLoss { id: String },
    #[error("{0}; the nearest possible value was taken")]
    Clamped(SettingError),
    #[error("There is more in the link that could not be used")]
    More,
}

/// Text from a link, fit to be shown: short, and without anything that moves the cursor or the reading direction.
fn shown(text: &str) -> String {
    const LONGEST_SHOWN: usize = 40;
    let bidi = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let clean = text.chars().filter(|&c| !c.is_control() && !bidi(c));
    let mut out: String = clean.clone().take(LONGEST_SHOWN).collect();
    if clean.count() > LONGEST_SHOWN {
        out.push('…');
    }
    out
}

/// A text that is no sampler.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a sampler is written `shuffled:60` (batch) or `balanced:30x3` (classes × samples of each)"
)]
pub struct SamplerTextError;

impl fmt::Display for SamplerSpec {
    /// `shuffled:60` or `balanced:30x3`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shuffled { batch } => write!(f, "shuffled:{batch}"),
            Self::Balanced { classes, samples } => write!(f, "balanced:{classes}x{samples}"),
        }
    }
}

impl FromStr for SamplerSpec {
    type Err = SamplerTextError;

    fn from_str(text: &str) -> Result<Self, SamplerTextError> {
        let (kind, size) = text.split_once(':').ok_or(SamplerTextError)?;
        match kind {
            "shuffled" => whole(size).map(|batch| Self::Shuffled { batch }),
            "balanced" => size.split_once(['x', '×']).and_then(|(classes, samples)| {
                Some(Self::Balanced {
                    classes: whole(classes)?,
                    samples: whole(samples)?,
                })
            }),
            _ => None,
        }
        .ok_or(SamplerTextError)
    }
}

impl DigitSplit {
    pub const ALL: [Self; 3] = [Self::TrainLow, Self::TrainHigh, Self::SeenClasses];

    /// Name in URL and command line.
    pub fn id(self) -> &'static str {
        match self {
            Self::TrainLow => "train-low",
            Self::TrainHigh => "train-high",
            Self::SeenClasses => "seen-classes",
        }
    }

    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|split| split.id() == id)
    }
}

impl Start {
    pub const ALL: [Self; 2] = [Self::Scratch, Self::Pretrained];

    /// Name in URL and command line.
    pub fn id(self) -> &'static str {
        match self {
            Self::Scratch => "scratch",
            Self::Pretrained => "pretrained",
        }
    }

    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|start| start.id() == id)
    }
}

impl Default for SyntheticSpec {
    /// A set that a small network learns in some hundred steps, but not at once.
    fn default() -> Self {
        Self {
            classes: 100,
            dim: 64,
            samples_per_class: 30,
            spread: 0.15,
            noise: 0.5,
            seed: 0,
        }
    }
}

/// A whole number, however large: one that does not fit becomes the largest, which the limits then bring down.
fn whole(text: &str) -> Option<usize> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(usize::MAX))
}

fn real(text: &str) -> Option<f32> {
    text.parse().ok().filter(|value: &f32| !value.is_nan())
}

impl Experiment {
    /// The experiment as a fragment, without `#`. Every setting is in it, so that a link means the same tomorrow.
    pub fn to_fragment(&self) -> String {
        let mut out = format!("v={VERSION}");
        let mut put = |key: &str, value: &dyn fmt::Display| {
            // Writing to a string does not fail.
            let _ = write!(out, "&{key}={value}");
        };
        match &self.data {
            DataSpec::Glyphs { train_classes } => {
                put("data", &"glyphs");
                put("classes", train_classes);
            }
            DataSpec::Digits { split } => {
                put("data", &"digits");
                put("split", &split.id());
            }
            DataSpec::Synthetic(spec) => {
                put("data", &"synthetic");
                put("classes", &spec.classes);
                put("input", &spec.dim);
                put("per-class", &spec.samples_per_class);
                put("spread", &spec.spread);
                put("noise", &spec.noise);
                put("data-seed", &spec.seed);
            }
        }
        put("sampler", &self.sampler);
        let hidden: Vec<String> = self.net.hidden.iter().map(usize::to_string).collect();
        let hidden = if hidden.is_empty() {
            "none".to_owned()
        } else {
            hidden.join(",")
        };
        put("hidden", &hidden);
        put("dim", &self.net.dim);
        put("start", &self.start.id());
        let schedule = &self.schedule;
        put("steps", &schedule.steps);
        put("warmup", &schedule.warmup_steps);
        put("decay-every", &schedule.decay_every);
        put("decay", &schedule.decay);
        put("weight-decay", &schedule.weight_decay);
        put("clip", &schedule.clip_value);
        put("seeds", &self.seeds);
        put("seed", &self.first_seed);
        put("label-noise", &self.label_noise);
        for entry in &self.entries {
            let info = entry.loss.info();
            let mut text = format!(
                "{},lr:{},proxies:{}",
                info.id, entry.lr, entry.proxy_lr_factor
            );
            for (param, value) in info.params.iter().zip(&entry.params) {
                let _ = write!(text, ",{}:{value}", param.key);
            }
            put("loss", &text);
        }
        out
    }

    /// Reads a fragment, with or without `#`. Whatever it says, the experiment can be trained; what could not be used, or
    /// not as it stands, is in the notices. Missing settings are those of `preset`, or else of the default preset.
    pub fn from_fragment(fragment: &str) -> (Self, Vec<Notice>) {
        let mut notices = Notices(Vec::new());
        let text = fragment.strip_prefix('#').unwrap_or(fragment);
        let text = if text.len() > LONGEST {
            notices.add(Notice::TooLong);
            // Back to the last whole pair, and to a character's boundary on the way.
            let end = text.as_bytes()[..LONGEST]
                .iter()
                .rposition(|&byte| byte == b'&')
                .unwrap_or(0);
            &text[..end]
        } else {
            text
        };
        let pairs: Vec<(String, String)> = form_urlencoded::parse(text.as_bytes())
            .into_owned()
            .filter(|(key, _)| !key.is_empty())
            .collect();
        let last = |key: &str| {
            pairs
                .iter()
                .rev()
                .find(|(other, _)| other == key)
                .map(|(_, value)| value.as_str())
        };

        if let Some(found) = last("v").filter(|&found| found != VERSION) {
            notices.add(Notice::Version {
                found: shown(found),
            });
        }
        let protocol = last("protocol").and_then(|id| {
            let protocol = Protocol::from_id(id);
            if protocol.is_none() {
                notices.malformed("protocol", id, "as-published or matched");
            }
            protocol
        });
        let preset = last("preset").and_then(|id| {
            let preset = Preset::from_id(id);
            if preset.is_none() {
                notices.malformed("preset", id, "the name of a preset");
            }
            preset
        });
        let mut experiment = match preset {
            Some(preset) => preset.experiment(protocol.unwrap_or_default()),
            None => Self::default_preset(),
        };
        if let Some(split) = last("data") {
            match split {
                "glyphs" => {
                    if !matches!(experiment.data, DataSpec::Glyphs { .. }) {
                        experiment.data = DataSpec::Glyphs { train_classes: 200 };
                    }
                }
                "digits" => {
                    if !matches!(experiment.data, DataSpec::Digits { .. }) {
                        experiment.data = DataSpec::Digits {
                            split: DigitSplit::TrainLow,
                        };
                    }
                }
                "synthetic" => experiment.data = DataSpec::Synthetic(SyntheticSpec::default()),
                other => notices.malformed("data", other, "glyphs, digits or synthetic"),
            }
        }

        let mut entries: Vec<(Entry, Vec<(&str, &str)>)> = Vec::new();
        let mut losses_given = false;
        for (index, (key, value)) in pairs.iter().enumerate() {
            if key == "loss" {
                losses_given = true;
                let mut parts = value.split(',');
                let id = parts.next().unwrap_or_default();
                match LossKind::from_id(id) {
                    Some(loss) => {
                        let parts = parts
                            .map(|part| part.split_once(':').unwrap_or((part, "")))
                            .collect();
                        if entries
                            .iter()
                            .any(|(entry, _): &(Entry, Vec<_>)| entry.loss == loss)
                        {
                            // The page tells losses apart by their name and colour.
                            notices.add(Notice::Repeated {
                                key: shown(&format!("loss={id}")),
                            });
                            entries.retain(|(entry, _)| entry.loss != loss);
                        }
                        // The protocol's values come below, when the sampler is known.
                        entries.push((
                            Entry {
                                loss,
                                lr: 0.0,
                                proxy_lr_factor: 0.0,
                                params: Vec::new(),
                            },
                            parts,
                        ));
                    }
                    None => notices.add(Notice::UnknownLoss { id: shown(id) }),
                }
            } else if !key.starts_with(PAGE_PREFIX) {
                if pairs[index + 1..].iter().any(|(other, _)| other == key) {
                    notices.add(Notice::Repeated { key: shown(key) });
                } else {
                    experiment.set(key, value, &mut notices);
                }
            }
        }
        if losses_given {
            let protocol = protocol.unwrap_or_default();
            let sampler = experiment.sampler;
            let read = entries.into_iter().map(|(entry, parts)| {
                let mut entry = Entry::preset(entry.loss, protocol, sampler);
                for (key, value) in parts {
                    entry.set(key, value, &mut notices);
                }
                entry
            });
            experiment.entries = read.collect();
        } else if let Some(protocol) = protocol {
            experiment.apply(protocol);
        }
        if let Err(errors) = experiment.validate() {
            errors
                .into_iter()
                .for_each(|error| notices.add(Notice::Clamped(error)));
            experiment.clamp();
        }
        (experiment, notices.0)
    }

    /// Takes one setting that is not a loss.
    fn set(&mut self, key: &str, value: &str, notices: &mut Notices) {
        const WHOLE: &str = "a whole number";
        const REAL: &str = "a number";
        let whole_value = whole(value);
        let narrow = whole_value.map(|value| u32::try_from(value).unwrap_or(u32::MAX));
        let real_value = real(value);
        let schedule = &mut self.schedule;
        let (taken, expected) = match (key, &mut self.data) {
            ("v" | "preset" | "protocol" | "data", _) => return,
            (
                "classes",
                DataSpec::Glyphs {
                    train_classes: target,
                },
            ) => (put(target, whole_value), WHOLE),
            ("split", DataSpec::Digits { split }) => (
                put(split, DigitSplit::from_id(value)),
                "train-low, train-high or seen-classes",
            ),
            ("classes", DataSpec::Synthetic(spec)) => (put(&mut spec.classes, whole_value), WHOLE),
            ("input", DataSpec::Synthetic(spec)) => (put(&mut spec.dim, whole_value), WHOLE),
            ("per-class", DataSpec::Synthetic(spec)) => {
                (put(&mut spec.samples_per_class, whole_value), WHOLE)
            }
            ("spread", DataSpec::Synthetic(spec)) => (put(&mut spec.spread, real_value), REAL),
            ("noise", DataSpec::Synthetic(spec)) => (put(&mut spec.noise, real_value), REAL),
            ("data-seed", DataSpec::Synthetic(spec)) => {
                (put(&mut spec.seed, value.parse().ok()), WHOLE)
            }
            ("sampler", _) => (
                put(&mut self.sampler, value.parse().ok()),
                "shuffled:60 or balanced:30x3",
            ),
            ("hidden", _) => {
                let widths = if value == "none" {
                    Some(Vec::new())
                } else {
                    value.split(',').map(whole).collect()
                };
                (
                    put(&mut self.net.hidden, widths),
                    "widths such as 256,128, or none",
                )
            }
            ("dim", _) => (put(&mut self.net.dim, whole_value), WHOLE),
            ("start", _) => (
                put(&mut self.start, Start::from_id(value)),
                "scratch or pretrained",
            ),
            ("steps", _) => (put(&mut schedule.steps, narrow), WHOLE),
            ("warmup", _) => (put(&mut schedule.warmup_steps, narrow), WHOLE),
            ("decay-every", _) => (put(&mut schedule.decay_every, narrow), WHOLE),
            ("decay", _) => (put(&mut schedule.decay, real_value), REAL),
            ("weight-decay", _) => (put(&mut schedule.weight_decay, real_value), REAL),
            ("clip", _) => (put(&mut schedule.clip_value, real_value), REAL),
            ("seeds", _) => (put(&mut self.seeds, whole_value), WHOLE),
            ("seed", _) => (put(&mut self.first_seed, narrow.map(u64::from)), WHOLE),
            ("label-noise", _) => (put(&mut self.label_noise, real_value), REAL),
            _ => return notices.add(Notice::UnknownKey { key: shown(key) }),
        };
        if !taken {
            notices.malformed(key, value, expected);
        }
    }
}

impl Entry {
    /// Takes one setting of a loss.
    fn set(&mut self, key: &str, value: &str, notices: &mut Notices) {
        let target = match key {
            "lr" => Some(&mut self.lr),
            "proxies" => Some(&mut self.proxy_lr_factor),
            _ => self
                .loss
                .info()
                .param(key)
                .and_then(|index| self.params.get_mut(index)),
        };
        match target {
            Some(target) => {
                if !put(target, real(value)) {
                    notices.malformed(key, value, "a number");
                }
            }
            None => notices.add(Notice::UnknownKey { key: shown(key) }),
        }
    }
}

fn put<T>(target: &mut T, value: Option<T>) -> bool {
    value.map(|value| *target = value).is_some()
}

/// Notices, of which only so many are kept.
struct Notices(Vec<Notice>);

impl Notices {
    fn add(&mut self, notice: Notice) {
        match self.0.len() {
            len if len < MOST_NOTICES => self.0.push(notice),
            MOST_NOTICES => self.0.push(Notice::More),
            _ => {}
        }
    }

    fn malformed(&mut self, key: &str, value: &str, expected: &'static str) {
        self.add(Notice::Malformed {
            key: shown(key),
            value: shown(value),
            expected,
        });
    }
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;
    use crate::experiment::presets;

    fn samples() -> Vec<Experiment> {
        let mut all: Vec<Experiment> = presets()
            .iter()
            .flat_map(|preset| Protocol::ALL.map(|protocol| preset.experiment(protocol)))
            .collect();
        let mut odd = Experiment::default_preset();
        odd.data = DataSpec::Synthetic(SyntheticSpec {
            seed: u64::MAX,
            spread: 1e-3,
            ..SyntheticSpec::default()
        });
        odd.net.hidden = vec![];
        odd.sampler = SamplerSpec::Balanced {
            classes: 7,
            samples: 5,
        };
        odd.schedule.weight_decay = 1e-5;
        odd.entries = LossKind::ALL
            .iter()
            .map(|&loss| Entry::preset(loss, Protocol::AsPublished, odd.sampler))
            .collect();
        (odd.seeds, odd.first_seed, odd.label_noise) = (20, u64::from(u32::MAX), 0.4);
        all.push(odd);
        let mut pretrained = Experiment::default_preset();
        pretrained.data = DataSpec::Glyphs { train_classes: 150 };
        pretrained.start = Start::Pretrained;
        all.push(pretrained);
        all
    }

    #[test]
    fn a_link_says_all_of_an_experiment() {
        for experiment in samples() {
            let fragment = experiment.to_fragment();
            assert!(fragment.starts_with("v=1&"));
            // Nothing that a mail program or a chat would break a link at.
            let plain = |c: char| c.is_ascii_alphanumeric() || "=&,:.-_".contains(c);
            assert!(fragment.chars().all(plain), "{fragment}");
            assert_eq!(
                Experiment::from_fragment(&fragment),
                (experiment.clone(), vec![]),
                "{fragment}"
            );
            assert_eq!(
                Experiment::from_fragment(&format!("#{fragment}&view-lang=ja")),
                (experiment, vec![])
            );
        }
    }

    #[test]
    fn an_empty_link_is_the_default_and_a_short_one_a_preset() {
        assert_eq!(
            Experiment::from_fragment(""),
            (Experiment::default_preset(), vec![])
        );
        assert_eq!(
            Experiment::from_fragment("#"),
            (Experiment::default_preset(), vec![])
        );
        let (found, notices) =
            Experiment::from_fragment("#preset=balanced&protocol=as-published&seeds=5");
        let mut expected = Preset::from_id("balanced")
            .unwrap()
            .experiment(Protocol::AsPublished);
        expected.seeds = 5;
        assert_eq!((found, notices), (expected, vec![]));
        let (found, notices) =
            Experiment::from_fragment("loss=proxy-anchor&loss=proxy-anchor,lr:0.01");
        assert_eq!(
            notices,
            [Notice::Repeated {
                key: "loss=proxy-anchor".into()
            }]
        );
        assert_eq!(found.entries.len(), 1);
        assert_eq!(found.entries[0].lr, 0.01);
    }

    #[test]
    fn what_cannot_be_used_is_told() {
        let cases = [
            (
                "v=2",
                "The link is of version 2; this page reads version 1 and took what it understands",
            ),
            ("colour=red", "“colour” is not a setting; it was left out"),
            (
                "steps=many",
                "“many” is not a value of “steps” (a whole number); it was left out",
            ),
            (
                "steps=10&steps=20",
                "“steps” is in the link twice; the last one counts",
            ),
            ("loss=magic", "There is no loss “magic”; it was left out"),
            (
                "steps=-4",
                "“-4” is not a value of “steps” (a whole number); it was left out",
            ),
            (
                "label-noise=0.9",
                "the share of wrong labels is 0.9; it must be from 0 to 0.4; the nearest possible value was taken",
            ),
            (
                "start=cold",
                "“cold” is not a value of “start” (scratch or pretrained); it was left out",
            ),
            (
                "start=pretrained&classes=151",
                "the number of training classes is 151; from the pre-trained network it must be at most 150, because that \
                 has seen the others: use fewer, or start from scratch; the nearest possible value was taken",
            ),
            (
                "loss=proxy-anchor,alpha:x",
                "“x” is not a value of “alpha” (a number); it was left out",
            ),
            (
                "loss=proxy-anchor,size:3",
                "“size” is not a setting; it was left out",
            ),
            (
                "sampler=balanced:3",
                "“balanced:3” is not a value of “sampler” (shuffled:60 or balanced:30x3); it was left out",
            ),
        ];
        for (fragment, expected) in cases {
            let (experiment, notices) = Experiment::from_fragment(fragment);
            assert!(!notices.is_empty(), "{fragment}");
            assert_eq!(notices[0].to_string(), expected);
            assert_eq!(experiment.validate(), Ok(()));
        }
        let (experiment, _) = Experiment::from_fragment("start=pretrained");
        assert_eq!(experiment.start, Start::Pretrained);
        assert_eq!(experiment.data, DataSpec::Glyphs { train_classes: 150 });
        let (experiment, _) = Experiment::from_fragment("start=pretrained&data=digits");
        assert_eq!(experiment.start, Start::Scratch);
        let (experiment, _) = Experiment::from_fragment("steps=10&steps=20");
        assert_eq!(experiment.schedule.steps, 20);
        let (experiment, _) =
            Experiment::from_fragment("seeds=99999999999999999999999999&label-noise=inf");
        assert_eq!((experiment.seeds, experiment.label_noise), (20, 0.4));
    }

    #[test]
    fn a_notice_shows_nothing_dangerous() {
        let (_, notices) = Experiment::from_fragment("%00%1b[2J\u{202e}evil=1&\u{202e}=2");
        for notice in &notices {
            let text = notice.to_string();
            assert!(!text.contains(['\0', '\u{1b}', '\u{202e}']), "{text:?}");
        }
        let (_, notices) = Experiment::from_fragment(&format!("{}=1", "長".repeat(500)));
        assert!(notices[0].to_string().chars().count() < 100);
        let (_, notices) = Experiment::from_fragment(&"a=1&b=2&".repeat(1000));
        assert!(notices.len() <= MOST_NOTICES + 1);
        let (_, notices) = Experiment::from_fragment(&"あ".repeat(LONGEST));
        assert!(notices.contains(&Notice::TooLong));
    }

    #[test]
    fn no_mutation_of_a_link_breaks_anything() {
        let mut rng = ChaCha8Rng::seed_from_u64(11);
        let pieces = [
            "&", "=", "%", "%ff", "+", ",", ":", "loss=", "nan", "inf", "1e99", "-1", "\u{0}",
            "漢", "x", "#", "🏁",
        ];
        let links: Vec<String> = samples().iter().map(Experiment::to_fragment).collect();
        for round in 0..4000 {
            let mut link: Vec<char> = links[round % links.len()].chars().collect();
            for _ in 0..rng.random_range(1..12) {
                let at = rng.random_range(0..=link.len());
                match rng.random_range(0..5) {
                    0 => link.truncate(at),
                    1 => {
                        let end = rng.random_range(at..=link.len().min(at + 20));
                        link.drain(at..end);
                    }
                    2 => {
                        let end = rng.random_range(at..=link.len().min(at + 30));
                        let copied = link[at..end].to_vec();
                        link.splice(at..at, copied);
                    }
                    3 => {
                        let random = char::from_u32(rng.random_range(0..0x3000)).unwrap_or('?');
                        link.insert(at, random);
                    }
                    _ => {
                        let piece = pieces[rng.random_range(0..pieces.len())];
                        link.splice(at..at, piece.chars());
                    }
                }
            }
            let link: String = link.into_iter().collect();
            let (experiment, _) = Experiment::from_fragment(&link);
            assert_eq!(experiment.validate(), Ok(()), "{link}");
            // What was read can be linked to again.
            assert_eq!(
                Experiment::from_fragment(&experiment.to_fragment()),
                (experiment, vec![]),
                "{link}"
            );
        }
    }
}
