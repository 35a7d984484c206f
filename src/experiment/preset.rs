//! Experiments to start from, and the three protocols: each paper's own, as Proxy Anchor's script ran them, and matched.
//!
//! Both tables are data. `assets/presets/settings.csv` has one row a setting, with its source; a setting that has no row
//! is the loss's default. `assets/presets/experiments.json` has the conditions of each preset.
//!
//! # Steps of the class vectors
//! Adam's first step is about as long as the learning rate, whatever the gradient; what it means is its share of the
//! initial vectors' standard deviation, here 1/√64 = .125. The network's rate is .002 for all losses.
//!
//! | | factor | absolute step | share of the initial deviation |
//! |---|---|---|---|
//! | Proxy Anchor, its authors (100 classes, deviation √(2/100) = .141) | 100 of 1e-4 | .01 | .07 |
//! | Proxy Anchor, own | 4.4 | .0088 | .07 |
//! | Proxy Anchor, script | 100 | .2 | 1.6 |
//! | SoftTriple, its authors (980 centres, deviation 1/√(3·980) = .0184) | 100 of 1e-4 | .01 at most | .54 at most |
//! | SoftTriple, own | 34 | .068 | .54 |
//! | Proxy-NCA++, its authors (Adam's ε 1: the gradient's size counts) | 1e5 of 4e-3 | – | – |
//! | Proxy-NCA++, own (Proxy Anchor's share instead) | 4.4 | .0088 | .07 |
//! | all others | 1 | .002 | .016 |
//!
//! "Own" keeps the share; "script" keeps what the script says, ×100. Neither has the script's warm-up, decay or clipping;
//! margin loss has no miner of its own here, and N-pair compares cosines.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::{Conditions, Entry, Experiment, SamplerSpec};
use crate::loss::LossKind;
use crate::{lean, number};

const SETTINGS: &str = include_str!("../../assets/presets/settings.csv");
const EXPERIMENTS: &str = include_str!("../../assets/presets/experiments.json");

/// Learning rate of the network where no row says another.
const FALLBACK_LR: f32 = 2e-3;

/// How the settings of the losses were come by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Protocol {
    /// Each loss with the settings of its own authors.
    Own,
    /// Each loss with the settings that Proxy Anchor's published script gives it.
    AsPublished,
    /// The same tuning budget for every loss.
    #[default]
    Matched,
}

impl Protocol {
    pub const ALL: [Self; 3] = [Self::Own, Self::AsPublished, Self::Matched];

    /// Name in URL, data file and command line.
    pub fn id(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::AsPublished => "as-published",
            Self::Matched => "matched",
        }
    }

    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|protocol| protocol.id() == id)
    }

    /// The loss in the form that a protocol races: Proxy-NCA's authors leave the own proxy out of the denominator, the
    /// library that Proxy Anchor's script calls does not.
    pub fn form(self, loss: LossKind) -> LossKind {
        match (self, loss) {
            (Self::Own, LossKind::ProxyNca) => LossKind::ProxyNcaExcluded,
            (Self::AsPublished | Self::Matched, LossKind::ProxyNcaExcluded) => LossKind::ProxyNca,
            _ => loss,
        }
    }
}

/// What a row of the table sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    Lr,
    ProxyLrFactor,
    /// The parameter at this index of [`LossInfo::params`](crate::loss::LossInfo::params).
    Param(usize),
}

/// One setting of one loss, and where it is from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sourced {
    pub key: Key,
    pub value: f32,
    /// The id of a message in `presets.ftl`, or what `kyori tune` wrote.
    pub source: &'static str,
}

/// One line of `settings.csv`.
#[derive(Clone, Debug, PartialEq)]
struct Row {
    protocol: Protocol,
    /// `shuffled`, `balanced`, or empty for both.
    sampler: &'static str,
    /// [`LossInfo::id`](crate::loss::LossInfo::id).
    loss: &'static str,
    /// `lr`, `proxy_lr_factor`, or a parameter's key.
    setting: &'static str,
    value: f32,
    source: &'static str,
}

impl Row {
    /// Reads a line of the table. Only its last field may have commas, and is then in quotation marks; so a whole reader of
    /// CSV, which is large, need not be in the page.
    fn read(line: &'static str) -> Option<Self> {
        let mut fields = line.splitn(6, ',');
        let mut next = || fields.next();
        let (protocol, sampler, loss) = (Protocol::from_id(next()?)?, next()?, next()?);
        let (setting, value, source) = (next()?, number::parse(next()?)?, next()?);
        let quoted = source
            .strip_prefix('"')
            .and_then(|source| source.strip_suffix('"'));
        Some(Self {
            protocol,
            sampler,
            loss,
            setting,
            value,
            source: quoted.unwrap_or(source),
        })
    }
}

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let rows = SETTINGS.lines().skip(1).map(Row::read);
    rows.collect::<Option<_>>()
        .expect("the embedded table of settings is read by a test")
});

fn key(loss: LossKind, setting: &str) -> Option<Key> {
    match setting {
        "lr" => Some(Key::Lr),
        "proxy_lr_factor" => Some(Key::ProxyLrFactor),
        param => loss.info().param(param).map(Key::Param),
    }
}

/// Every setting of a loss under a protocol, with its source: learning rate, factor of the proxies' learning rate, then
/// the parameters in their order. `sampler` matters for tuned values, which differ between shuffled and balanced
/// batches; where only the other kind was tuned, its values are taken.
pub fn settings(protocol: Protocol, sampler: SamplerSpec, loss: LossKind) -> Vec<Sourced> {
    let info = loss.info();
    let mut settings = vec![
        Sourced {
            key: Key::Lr,
            value: FALLBACK_LR,
            source: "not-tuned",
        },
        Sourced {
            key: Key::ProxyLrFactor,
            value: 1.0,
            source: "one-rate",
        },
    ];
    settings.extend(
        info.params
            .iter()
            .enumerate()
            .map(|(index, param)| Sourced {
                key: Key::Param(index),
                value: param.default,
                source: "default",
            }),
    );
    let own = sampler.id();
    let of_loss = || {
        ROWS.iter()
            .filter(move |row| row.protocol == protocol && row.loss == info.id)
    };
    // A tuned setting is one point: rows of the two samplers are never mixed.
    let chosen = if of_loss().any(|row| row.sampler == own) {
        Some(own)
    } else {
        of_loss()
            .map(|row| row.sampler)
            .find(|sampler| !sampler.is_empty())
    };
    for row in of_loss().filter(|row| row.sampler.is_empty() || Some(row.sampler) == chosen) {
        let Some(key) = key(loss, row.setting) else {
            continue;
        };
        if let Some(setting) = settings.iter_mut().find(|setting| setting.key == key) {
            (setting.value, setting.source) = (row.value, row.source);
        }
    }
    settings
}

impl Entry {
    /// A loss with its settings under a protocol.
    pub fn preset(loss: LossKind, protocol: Protocol, sampler: SamplerSpec) -> Self {
        let mut entry = Self {
            loss,
            lr: FALLBACK_LR,
            proxy_lr_factor: 1.0,
            params: loss.info().defaults(),
        };
        for setting in settings(protocol, sampler, loss) {
            match setting.key {
                Key::Lr => entry.lr = setting.value,
                Key::ProxyLrFactor => entry.proxy_lr_factor = setting.value,
                Key::Param(index) => entry.params[index] = setting.value,
            }
        }
        entry
    }
}

/// Conditions to start from. Title and what is to be seen there are messages, in `presets.ftl` under its id.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Preset {
    /// Name in URL and command line.
    pub id: String,
    pub conditions: Conditions,
    /// Ids of the losses that race.
    pub losses: Vec<String>,
}

static PRESETS: LazyLock<Vec<Preset>> =
    LazyLock::new(|| lean::read(EXPERIMENTS).expect("the embedded presets are read by a test"));

/// All presets, the default one first.
pub fn presets() -> &'static [Preset] {
    &PRESETS
}

impl Preset {
    pub fn from_id(id: &str) -> Option<&'static Self> {
        presets().iter().find(|preset| preset.id == id)
    }

    /// The preset as an experiment with one seed.
    pub fn experiment(&self, protocol: Protocol) -> Experiment {
        let losses = self.losses.iter().map(|id| {
            let loss = LossKind::from_id(id).expect("a test looks up the presets' losses");
            Entry::preset(protocol.form(loss), protocol, self.conditions.sampler)
        });
        Experiment {
            conditions: self.conditions.clone(),
            entries: losses.collect(),
            kept_protocol: None,
            seeds: 1,
            first_seed: 0,
        }
    }
}

impl Experiment {
    /// What the page opens with: glyphs, random batches of 60 from 200 classes, five losses, tuned alike.
    pub fn default_preset() -> Self {
        let first = presets().first().expect("a test reads the presets");
        first.experiment(Protocol::Matched)
    }

    /// Sets every loss's own settings to a protocol's, in the protocol's form where the race does not have both; the
    /// conditions stay.
    pub fn apply(&mut self, protocol: Protocol) {
        let sampler = self.sampler;
        let losses: Vec<LossKind> = self.entries.iter().map(|entry| entry.loss).collect();
        for entry in &mut self.entries {
            let form = protocol.form(entry.loss);
            let loss = if losses.contains(&form) {
                entry.loss
            } else {
                form
            };
            *entry = Entry::preset(loss, protocol, sampler);
        }
        self.kept_protocol = self.entries.is_empty().then_some(protocol);
    }

    /// Which protocol all settings of all losses are of, if any. Without losses it is the one that the last had.
    pub fn protocol(&self) -> Option<Protocol> {
        if self.entries.is_empty() {
            return self.kept_protocol;
        }
        Protocol::ALL.into_iter().find(|&protocol| {
            self.entries
                .iter()
                .all(|entry| *entry == Entry::preset(entry.loss, protocol, self.sampler))
        })
    }

    /// Lets a loss take part, with the settings of the others' protocol, or matched ones where they have none.
    pub fn add(&mut self, loss: LossKind) {
        if self.entries.iter().any(|entry| entry.loss == loss) {
            return;
        }
        let protocol = self.protocol().unwrap_or_default();
        let entry = Entry::preset(loss, protocol, self.sampler);
        self.entries.push(entry);
        self.kept_protocol = None;
    }

    /// Takes a loss out of the race.
    pub fn remove(&mut self, loss: LossKind) {
        let protocol = self.protocol();
        self.entries.retain(|entry| entry.loss != loss);
        self.kept_protocol = protocol.filter(|_| self.entries.is_empty());
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    /// The losses of the tables and presets that the registry lacks.
    fn unknown() -> HashSet<String> {
        let named = ROWS.iter().map(|row| row.loss.to_owned());
        named
            .chain(presets().iter().flat_map(|preset| preset.losses.clone()))
            .filter(|id| LossKind::from_id(id).is_none())
            .collect()
    }

    /// The table as a reader of CSV reads it.
    fn as_csv() -> Vec<Row> {
        let mut reader = csv::Reader::from_reader(SETTINGS.as_bytes());
        let named = ["protocol", "sampler", "loss", "setting", "value", "source"];
        assert_eq!(reader.headers().unwrap(), &named[..]);
        let lines = reader.into_records().map(Result::unwrap);
        let row = |line: csv::StringRecord| {
            let field = |at: usize| -> &'static str { line[at].to_owned().leak() };
            Row {
                protocol: Protocol::from_id(field(0)).unwrap(),
                sampler: field(1),
                loss: field(2),
                setting: field(3),
                value: field(4).parse().unwrap(),
                source: field(5),
            }
        };
        lines.map(row).collect()
    }

    #[test]
    fn both_files_can_be_read_and_name_only_known_losses_and_settings() {
        let rows = &*ROWS;
        assert!(rows.len() > 50);
        assert_eq!(rows, &as_csv());
        let presets: Vec<Preset> = serde_json::from_str(EXPERIMENTS).unwrap();
        assert_eq!(presets[0].id, "default");
        let ids: HashSet<_> = presets.iter().map(|preset| &preset.id).collect();
        assert_eq!(ids.len(), presets.len());
        assert_eq!(unknown(), HashSet::new());
        let mut seen = HashSet::new();
        for row in rows {
            let loss = LossKind::from_id(row.loss).unwrap();
            assert!(
                key(loss, row.setting).is_some(),
                "{} has no setting {}",
                row.loss,
                row.setting
            );
            assert!(
                ["", "shuffled", "balanced"].contains(&row.sampler),
                "{row:?}"
            );
            assert!(
                !row.source.is_empty(),
                "{row:?} does not say where it is from"
            );
            assert!(
                seen.insert((row.protocol, &row.sampler, &row.loss, &row.setting)),
                "{row:?} is there twice"
            );
            if row.setting == "proxy_lr_factor" {
                assert!(
                    loss.info().learns(),
                    "{row:?}, but the loss learns no vectors"
                );
            }
        }
    }

    #[test]
    fn every_loss_has_settings_in_all_protocols_that_can_be_trained() {
        for &loss in LossKind::ALL {
            for protocol in Protocol::ALL {
                for sampler in [
                    SamplerSpec::Shuffled { batch: 60 },
                    SamplerSpec::Balanced {
                        classes: 30,
                        samples: 3,
                    },
                ] {
                    let mut experiment = Experiment {
                        entries: vec![Entry::preset(loss, protocol, sampler)],
                        ..Experiment::default_preset()
                    };
                    experiment.sampler = sampler;
                    assert_eq!(experiment.validate(), Ok(()), "{loss:?} {protocol:?}");
                    assert_eq!(
                        settings(protocol, sampler, loss).len(),
                        2 + loss.info().params.len()
                    );
                }
            }
        }
    }

    #[test]
    fn every_preset_can_be_trained_in_all_protocols() {
        for preset in presets() {
            for protocol in Protocol::ALL {
                let experiment = preset.experiment(protocol);
                assert_eq!(experiment.validate(), Ok(()), "{}", preset.id);
                assert_eq!(experiment.protocol(), Some(protocol), "{}", preset.id);
            }
        }
    }

    #[test]
    fn protocols_differ_where_the_quarrel_is() {
        let mut experiment = Experiment::default_preset();
        let matched = experiment.clone();
        experiment.apply(Protocol::AsPublished);
        assert_ne!(experiment, matched);
        assert_eq!(experiment.entries[0].loss, LossKind::ProxyAnchor);
        // Only Proxy Anchor's proxies learn a hundred times faster in the published script.
        for entry in &experiment.entries {
            let factor = if entry.loss == LossKind::ProxyAnchor {
                100.0
            } else {
                1.0
            };
            assert_eq!(entry.proxy_lr_factor, factor, "{:?}", entry.loss);
        }
        experiment.apply(Protocol::Matched);
        assert_eq!(experiment, matched);
        experiment.entries[0].lr *= 1.5;
        assert_eq!(experiment.protocol(), None);
    }

    #[test]
    fn each_papers_own_settings_are_their_authors() {
        let sampler = SamplerSpec::Shuffled { batch: 60 };
        let own = |id: &str| Entry::preset(LossKind::from_id(id).unwrap(), Protocol::Own, sampler);
        // The published first step over the deviation of the published initial vectors, times ours, over our rate.
        let factor = |step: f64, deviation: f64| step / deviation * 0.125 / 0.002;
        let close = |id: &str, expected: f64| {
            let found = f64::from(own(id).proxy_lr_factor);
            assert!(
                (found / expected - 1.0).abs() < 0.02,
                "{id}: {found}, {expected}"
            );
        };
        close("proxy-anchor", factor(0.01, (2.0f64 / 100.0).sqrt()));
        close("soft-triple", factor(0.01, 1.0 / (3.0f64 * 980.0).sqrt()));
        assert_eq!(own("proxy-nca").params, [9.0]);
        assert_eq!(own("proxy-nca-excluded").params, [9.0]);
        assert_eq!(own("proxy-nca").proxy_lr_factor, 1.0);
        // A race has Proxy-NCA in its authors' form under their protocol, and in the library's under the others.
        let mut experiment = Experiment::default_preset();
        let default = experiment.clone();
        experiment.apply(Protocol::Own);
        assert_eq!(experiment.entries[1], own("proxy-nca-excluded"));
        assert_eq!(experiment, presets()[0].experiment(Protocol::Own));
        experiment.add(LossKind::ProxyNca);
        experiment.apply(Protocol::Matched);
        assert_eq!(
            experiment.entries.len(),
            6,
            "both forms stay where both race"
        );
        experiment.remove(LossKind::ProxyNca);
        experiment.apply(Protocol::Matched);
        assert_eq!(experiment, default);
    }

    #[test]
    fn an_empty_race_keeps_its_protocol() {
        for protocol in Protocol::ALL {
            let mut experiment = Experiment::default_preset();
            experiment.apply(protocol);
            let losses: Vec<LossKind> = experiment.entries.iter().map(|entry| entry.loss).collect();
            for &loss in &losses {
                experiment.remove(loss);
                assert_eq!(experiment.protocol(), Some(protocol));
            }
            experiment.add(losses[0]);
            let expected = Entry::preset(losses[0], protocol, experiment.sampler);
            assert_eq!(experiment.entries, [expected]);
            // A protocol that is chosen while there is none is kept, too.
            experiment.remove(losses[0]);
            let other = Protocol::ALL.into_iter().find(|other| *other != protocol);
            experiment.apply(other.unwrap());
            assert_eq!(experiment.protocol(), other);
        }
        // With losses, the settings alone say which protocol it is.
        let mut experiment = Experiment::default_preset();
        let first = experiment.entries[0].loss;
        experiment.remove(first);
        experiment.add(first);
        experiment.entries.rotate_right(1);
        assert_eq!(experiment, Experiment::default_preset());
    }
}
