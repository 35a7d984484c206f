//! An experiment as a link: the part of the address after `#`, readable and typed.
//!
//! `v=2&data=glyphs&classes=100&sampler=shuffled:180&net=conv5s2c16p2&hidden=none&dim=64&steps=150&…&loss=proxy-anchor,lr:0.0034,proxies:23,alpha:8.5`
//!
//! `preset=ID` and `protocol=ID` set what the other keys do not. A link is whatever somebody wrote: nothing in it is
//! trusted, and what cannot be used is skipped with a [`Notice`].

use std::fmt::Write as _;

use super::conditions::MLP;
use super::{Conditions, Entry, Experiment, NetSpec, Preset, Protocol, Setting, SettingError};
use crate::data::DataKind;
use crate::loss::LossKind;
use crate::setting::{Expected, Of};

/// Of this module's format.
pub const LINK_VERSION: &str = "2";
/// The version before. Its links mean what they meant: what one does not say is as it was then.
const VERSION_1: &str = "1";
/// The first preset under its name of version 1.
const DEFAULT_OF_VERSION_1: (&str, &str) = ("default", "batch-60");
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
        "The link is of version {found}; this page reads version {LINK_VERSION} and took what it understands"
    )]
    Version { found: String },
    #[error("The link is too long; its end was left out")]
    TooLong,
    #[error("{0}; it was left out")]
    LeftOut(SettingTextError),
    #[error("“{key}” is in the link twice; the last one counts")]
    Repeated { key: String },
    #[error("There is no loss “{id}”; it was left out")]
    UnknownLoss { id: String },
    #[error("{0}; the nearest possible value was taken")]
    Clamped(SettingError),
    #[error("There is more in the link that could not be used")]
    More,
}

/// A text from a link or a flag that sets nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingTextError {
    #[error("“{key}” is not a setting")]
    UnknownKey { key: String },
    #[error("“{value}” is not a value of “{key}” ({expected})")]
    Malformed {
        key: String,
        value: String,
        expected: Expected,
    },
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

/// Keys that say where to start from, and are read before all others.
const FIRST: [&str; 5] = ["v", "preset", "protocol", "data", "net"];

impl Experiment {
    /// The experiment as a fragment, without `#`. Every setting is in it, so that a link means the same tomorrow.
    pub fn to_fragment(&self) -> String {
        let mut out = format!("v={LINK_VERSION}");
        // Writing to a string does not fail.
        let linked = |setting: &Setting| setting.face().in_link;
        for setting in self.all_settings().into_iter().filter(linked) {
            let _ = write!(out, "&{}={}", setting.face().key, setting.write(self));
        }
        for (index, entry) in self.entries.iter().enumerate() {
            let _ = write!(out, "&loss={}", entry.loss.info().id);
            for setting in self.of_entry(index) {
                let _ = write!(out, ",{}:{}", setting.face().key, setting.write(self));
            }
        }
        out
    }

    /// The settings of the loss at this place, in the order in which a link says them.
    pub fn of_entry(&self, index: usize) -> impl Iterator<Item = Setting> + use<> {
        let all = self.all_settings().into_iter();
        all.filter(move |setting| match setting {
            Setting::Data(_) => false,
            Setting::Race { row, index: at } => row.face.of == Of::Loss && *at == index,
            Setting::Param { entry, .. } => *entry == index,
        })
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

        let version = last("v").unwrap_or(LINK_VERSION);
        let is_old = version == VERSION_1;
        if !is_old && version != LINK_VERSION {
            notices.add(Notice::Version {
                found: shown(version),
            });
        }
        let protocol = last("protocol").and_then(|id| {
            let protocol = Protocol::from_id(id);
            if protocol.is_none() {
                notices.malformed(
                    "protocol",
                    id,
                    Expected::OneOf(Protocol::ALL.map(Protocol::id).to_vec()),
                );
            }
            protocol
        });
        let preset = last("preset").and_then(|id| {
            let (before, now) = DEFAULT_OF_VERSION_1;
            let preset = Preset::from_id(if id == before { now } else { id });
            if preset.is_none() {
                notices.malformed("preset", id, Expected::Preset);
            }
            preset
        });
        let mut experiment = match preset {
            Some(preset) => preset.experiment(protocol.unwrap_or_default()),
            None => Self::default_preset(),
        };
        if is_old {
            experiment.conditions = Conditions::of_version_1(preset);
            experiment.seeds = 1;
            experiment.apply(protocol.unwrap_or_default());
        }
        if let Some(id) = last("data") {
            match DataKind::from_id(id) {
                Some(kind) if kind == experiment.data.kind() => {}
                // What an old link does not say must mean what it meant: another default may be better by now.
                Some(kind) => experiment.data = kind.spec_of_bare_link(),
                None => {
                    let known = DataKind::ALL.iter().map(|kind| kind.info().id);
                    notices.malformed("data", id, Expected::OneOf(known.collect()));
                }
            }
        }

        // A link of before there was a choice names hidden layers and no kind of network. Without pictures there is none.
        let is_mlp = last("hidden").is_some() || experiment.data.info().side.is_none();
        let net = last("net").or(is_mlp.then_some(MLP));
        if let Some(Err(notice)) = net.map(|id| experiment.read_setting("net", id)) {
            notices.add(Notice::LeftOut(notice));
        }

        for (index, (key, value)) in pairs.iter().enumerate() {
            let apart = key == "loss" || key.starts_with(PAGE_PREFIX);
            if apart {
                continue;
            }
            if pairs[index + 1..].iter().any(|(other, _)| other == key) {
                notices.add(Notice::Repeated { key: shown(key) });
            } else if !FIRST.contains(&key.as_str())
                && let Err(notice) = experiment.read_setting(key, value)
            {
                notices.add(Notice::LeftOut(notice));
            }
        }
        if last("loss").is_some() {
            // After the sampler, on which a protocol's values depend.
            experiment.read_losses(&pairs, protocol.unwrap_or_default(), &mut notices);
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

    /// Takes one setting that is not a loss's, as a link or a flag says it.
    ///
    /// # Errors
    /// The experiment has no such setting, or the text is no value of it; then nothing changes.
    pub fn read_setting(&mut self, key: &str, value: &str) -> Result<(), SettingTextError> {
        let setting = self
            .setting(key)
            .ok_or_else(|| SettingTextError::unknown(key))?;
        if setting.read(self, value) {
            Ok(())
        } else {
            Err(SettingTextError::malformed(key, value, setting.expected()))
        }
    }

    /// Takes all losses that a link names, each at most once: the last one of its name counts.
    fn read_losses(
        &mut self,
        pairs: &[(String, String)],
        protocol: Protocol,
        notices: &mut Notices,
    ) {
        let mut given: Vec<(LossKind, &str)> = Vec::new();
        for (_, value) in pairs.iter().filter(|(key, _)| key == "loss") {
            let (id, settings) = value.split_once(',').unwrap_or((value, ""));
            let Some(loss) = LossKind::from_id(id) else {
                notices.add(Notice::UnknownLoss { id: shown(id) });
                continue;
            };
            if given.iter().any(|(known, _)| *known == loss) {
                // The page tells losses apart by their name and colour.
                notices.add(Notice::Repeated {
                    key: shown(&format!("loss={id}")),
                });
                given.retain(|(known, _)| *known != loss);
            }
            given.push((loss, settings));
        }
        let entries = given
            .iter()
            .map(|(loss, _)| Entry::preset(*loss, protocol, &self.conditions));
        self.entries = entries.collect();
        self.kept_protocol = None;
        for (index, (_, settings)) in given.iter().enumerate() {
            for part in settings.split(',').filter(|part| !part.is_empty()) {
                let (key, value) = part.split_once(':').unwrap_or((part, ""));
                match self.of_entry(index).find(|known| known.face().key == key) {
                    None => notices.add(Notice::LeftOut(SettingTextError::unknown(key))),
                    Some(setting) if setting.read(self, value) => {}
                    Some(setting) => notices.malformed(key, value, setting.expected()),
                }
            }
        }
    }
}

impl Conditions {
    /// What a link of version 1 does not say: there were no convolutions yet, and the presets that have one now were races of
    /// 400 steps.
    fn of_version_1(preset: Option<&Preset>) -> Self {
        let (_, first) = DEFAULT_OF_VERSION_1;
        let preset = preset.or_else(|| Preset::from_id(first));
        let mut conditions = preset.expect("a test opens it").conditions.clone();
        if conditions.net.convolution.is_some() {
            conditions.net = NetSpec::mlp(&[128], 64);
            conditions.schedule.steps = 400;
        }
        conditions
    }
}

impl SettingTextError {
    fn unknown(key: &str) -> Self {
        Self::UnknownKey { key: shown(key) }
    }

    fn malformed(key: &str, value: &str, expected: Expected) -> Self {
        Self::Malformed {
            key: shown(key),
            value: shown(value),
            expected,
        }
    }
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

    fn malformed(&mut self, key: &str, value: &str, expected: Expected) {
        self.add(Notice::LeftOut(SettingTextError::malformed(
            key, value, expected,
        )));
    }
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;
    use crate::data::{DataSpec, GlyphSpec, SamplerSpec, SyntheticSpec};
    use crate::experiment::{Convolution, NetSpec, Start, presets};

    fn glyphs(train_classes: usize) -> DataSpec {
        DataSpec::Glyphs(GlyphSpec { train_classes })
    }

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
        odd.net = NetSpec::mlp(&[], 64);
        odd.sampler = SamplerSpec::Balanced {
            classes: 7,
            samples: 5,
        };
        odd.schedule.weight_decay = 1e-5;
        odd.entries = LossKind::ALL
            .iter()
            .map(|&loss| Entry::preset(loss, Protocol::AsPublished, &odd.conditions))
            .collect();
        (odd.seeds, odd.first_seed, odd.label_noise) = (20, u64::from(u32::MAX), 0.4);
        all.push(odd);
        let mut pretrained = Experiment::default_preset();
        pretrained.data = glyphs(150);
        pretrained.start = Start::Pretrained;
        all.push(pretrained);
        for convolution in Convolution::ALL {
            let mut convolutional = Experiment::default_preset();
            convolutional.net = NetSpec::convolutional(convolution, 32);
            all.push(convolutional.clone());
            (convolutional.net.hidden, convolutional.shift) = (vec![48, 24], 2);
            convolutional.data = DataKind::Digits.spec();
            all.push(convolutional);
        }
        all
    }

    #[test]
    fn a_link_says_all_of_an_experiment() {
        for experiment in samples() {
            let fragment = experiment.to_fragment();
            assert!(fragment.starts_with("v=2&"));
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

    /// A link without what an earlier one did not know yet.
    fn as_far_as(earlier: &str, link: &str) -> String {
        let key = |pair: &str| pair.split('=').next().unwrap_or_default().to_owned();
        let known: Vec<String> = earlier.split('&').map(key).collect();
        let pairs = link.split('&').filter(|pair| known.contains(&key(pair)));
        pairs.collect::<Vec<_>>().join("&")
    }

    /// Links that an earlier version wrote: each preset under both protocols, and some others. Read and written again
    /// they are the same to the last byte, but for the version and for settings that have come since.
    #[test]
    fn links_of_earlier_versions_stay_as_they_are() {
        let links: Vec<&str> = include_str!("../../tests/fixtures/links.txt")
            .lines()
            .collect();
        assert_eq!(links.len(), 16);
        for link in links {
            let (experiment, notices) = Experiment::from_fragment(link);
            assert_eq!(notices, [], "{link}");
            let written = experiment.to_fragment().replacen("v=2", "v=1", 1);
            assert_eq!(as_far_as(link, &written), link);
            // There was no other.
            assert_eq!(experiment.net.convolution, None, "{link}");
        }
    }

    #[test]
    fn a_link_names_the_network_before_its_layers() {
        let five = NetSpec::convolutional(Convolution::K5S2C16P2, 64);
        let with_layer = NetSpec {
            hidden: vec![32],
            ..five.clone()
        };
        for (link, net) in [
            ("net=conv5s2c16p2", five.clone()),
            ("hidden=32&net=conv5s2c16p2", with_layer),
            ("net=mlp", NetSpec::mlp(&[128], 64)),
            ("v=1", NetSpec::mlp(&[128], 64)),
            ("v=1&preset=balanced", NetSpec::mlp(&[128], 64)),
            ("preset=balanced", five.clone()),
            ("hidden=none", NetSpec::mlp(&[], 64)),
        ] {
            assert_eq!(Experiment::from_fragment(link).0.net, net, "{link}");
        }
        let mut convolutional = Experiment::default_preset();
        convolutional.net = five;
        let fragment = convolutional.to_fragment();
        assert!(
            fragment.contains("&net=conv5s2c16p2&hidden=none&dim=64&"),
            "{fragment}"
        );
    }

    /// What a link of version 1 leaves out is as it was when it was written, whatever races now.
    #[test]
    fn a_link_of_version_1_means_what_it_meant() {
        let (bare, notices) = Experiment::from_fragment("v=1");
        assert_eq!(notices, []);
        assert_eq!(bare.data, glyphs(200));
        assert_eq!(bare.sampler, SamplerSpec::Shuffled { batch: 60 });
        assert_eq!(bare.schedule.steps, 400);
        assert_eq!((bare.protocol(), bare.seeds), (Some(Protocol::Matched), 1));
        for (id, steps) in [("balanced", 400), ("few-classes", 400), ("digits", 200)] {
            let found = Experiment::from_fragment(&format!("v=1&preset={id}")).0;
            assert_eq!(found.schedule.steps, steps, "{id}");
        }
        let named = Experiment::from_fragment("v=1&preset=default&protocol=own").0;
        assert_eq!(named.conditions, bare.conditions);
        assert_eq!(named.protocol(), Some(Protocol::Own));
    }

    /// The defaults of the digits have changed since; what a link leaves out has not.
    #[test]
    fn a_link_that_names_only_the_data_set_means_what_it_always_meant() {
        for (link, data) in [
            ("data=digits", "data=digits&split=train-low&"),
            (
                "data=synthetic",
                "data=synthetic&classes=100&input=64&per-class=30&spread=0.15&noise=0.5&data-seed=0&",
            ),
            ("v=1&data=glyphs", "data=glyphs&classes=200&"),
            ("data=glyphs", "data=glyphs&classes=100&"),
            ("preset=flat&data=digits", "data=digits&split=seen-classes&"),
        ] {
            let written = Experiment::from_fragment(link).0.to_fragment();
            assert!(written.contains(data), "{link}: {written}");
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
                "v=3",
                "The link is of version 3; this page reads version 2 and took what it understands",
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
                "label-noise is 0.9; it must be from 0 to 0.4; the nearest possible value was taken",
            ),
            (
                "start=cold",
                "“cold” is not a value of “start” (scratch or pretrained); it was left out",
            ),
            (
                "net=conv9",
                "“conv9” is not a value of “net” (mlp, conv5s2c16p2 or conv6s3c32p2); it was left out",
            ),
            (
                "net=conv5s2c16p2&data=synthetic",
                "a convolution and shifts need pictures, and this data set has none: choose a set with pictures, or the MLP and no \
                 shift; the nearest possible value was taken",
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
        let (experiment, _) = Experiment::from_fragment("v=1&start=pretrained");
        assert_eq!(experiment.start, Start::Pretrained);
        assert_eq!(experiment.data, glyphs(150));
        let (experiment, _) = Experiment::from_fragment("start=pretrained&data=digits");
        assert_eq!(experiment.start, Start::Scratch);
        let (experiment, _) = Experiment::from_fragment("net=conv6s3c32p2&data=synthetic");
        assert_eq!(experiment.net, NetSpec::mlp(&[128], 64));
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
