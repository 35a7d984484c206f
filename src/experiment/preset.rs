//! Experiments to start from, and the three protocols: each paper's own, as Proxy Anchor's script ran them, and matched.
//!
//! The tables are data. `assets/presets/settings.csv` has one row a setting, with its source; a setting that has no row
//! is the loss's default. `assets/presets/draws.csv` has what won the other draws of a tuning, which the command line
//! races. `assets/presets/experiments.json` has the conditions of each preset.
//!
//! # Steps of the class vectors
//! Adam's first step is about as long as the learning rate, whatever the gradient; what it means is its share of the
//! initial vectors' standard deviation, here 1/√64 = .125. A published factor means another step with another rate of the
//! network, so it is not the factor that is carried over but the share: the table has the step itself (`proxy_step`), and
//! the factor follows from the network's rate.
//!
//! | | absolute step | share of the initial deviation |
//! |---|---|---|
//! | Proxy Anchor, its authors (100 of 1e-4; 100 classes, deviation √(2/100) = .141) | .01 | .07 |
//! | Proxy Anchor, own and script | .0088 | .07 |
//! | SoftTriple, its authors (100 of 1e-4; 980 centres, deviation 1/√(3·980) = .0184) | .01 at most | .54 at most |
//! | SoftTriple, own | .068 | .54 |
//! | Proxy-NCA++, its authors (1e5 of 4e-3; Adam's ε 1: the gradient's size counts) | – | – |
//! | Proxy-NCA++, own (Proxy Anchor's share instead) | .0088 | .07 |
//! | all others: the network's rate, of the convolution and of the MLP | .01, .002 | .08, .016 |
//!
//! # The network's rate
//! Both published protocols have one rate for all losses, which suits the network: .01 with a convolution, .002 without.
//! The published 1e-4 is for a pre-trained network. Of .002, .005, .01 and .02 the convolution's is the one with the
//! highest mean over twelve losses of the mean MAP@R on validation classes, with each paper's own settings in the first
//! preset: .337, .409, .433, .426 (two seeds, `kyori race --validation`).
//!
//! Neither has the script's warm-up, decay or clipping; margin loss has no miner of its own here, and N-pair compares
//! cosines.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::{Conditions, Entry, Experiment};
use crate::loss::LossKind;
use crate::{lean, number};

const SETTINGS: &str = include_str!("../../assets/presets/settings.csv");
/// The winners of the other draws. The page needs none of them.
#[cfg(feature = "cli")]
const DRAWS: &str = include_str!("../../assets/presets/draws.csv");
#[cfg(not(feature = "cli"))]
const DRAWS: &str = "";
const EXPERIMENTS: &str = include_str!("../../assets/presets/experiments.json");

/// The learning rate of a network where no row says another.
fn usual_rate(conditions: &Conditions) -> f32 {
    if conditions.net.convolution.is_some() {
        1e-2
    } else {
        2e-3
    }
}

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

/// One line of `settings.csv` or of `draws.csv`.
#[derive(Clone, Debug, PartialEq)]
struct Row {
    protocol: Protocol,
    /// Id of the preset whose conditions it was tuned for; empty for all.
    preset: &'static str,
    /// Which draw of the tuning, from 1; empty where there was one. The first is the one that races alone.
    draw: &'static str,
    /// [`LossInfo::id`](crate::loss::LossInfo::id).
    loss: &'static str,
    /// `lr`, `proxy_lr_factor`, `proxy_step`, or a parameter's key.
    setting: &'static str,
    value: f32,
    source: &'static str,
}

impl Row {
    /// Reads a line of the table. Only its last field may have commas, and is then in quotation marks; so a whole reader of
    /// CSV, which is large, need not be in the page.
    fn read(line: &'static str) -> Option<Self> {
        let mut fields = line.splitn(7, ',');
        let mut next = || fields.next();
        let (protocol, preset) = (Protocol::from_id(next()?)?, next()?);
        let (draw, loss) = (next()?, next()?);
        let (setting, value, source) = (next()?, number::parse(next()?)?, next()?);
        let quoted = source
            .strip_prefix('"')
            .and_then(|source| source.strip_suffix('"'));
        Some(Self {
            protocol,
            preset,
            draw,
            loss,
            setting,
            value,
            source: quoted.unwrap_or(source),
        })
    }
}

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let tables = [SETTINGS, DRAWS].into_iter();
    let rows = tables.flat_map(|table| table.lines().skip(1).map(Row::read));
    rows.collect::<Option<_>>()
        .expect("the embedded tables of settings are read by a test")
});

/// A row with the class vectors' own learning rate, whatever the network's is.
const PROXY_STEP: &str = "proxy_step";

fn key(loss: LossKind, setting: &str) -> Option<Key> {
    match setting {
        "lr" => Some(Key::Lr),
        "proxy_lr_factor" | PROXY_STEP => Some(Key::ProxyLrFactor),
        param => loss.info().param(param).map(Key::Param),
    }
}

/// The draw that races where one does: the middle one by its validation score, which tuning writes first.
const FIRST_DRAW: usize = 1;

fn rows_of(protocol: Protocol, loss: LossKind) -> impl Iterator<Item = &'static Row> {
    ROWS.iter()
        .filter(move |row| row.protocol == protocol && row.loss == loss.info().id)
}

/// The preset whose tuned rows these conditions get: their own, or else that of the presets with some which has most in
/// common with them, the first of equals.
fn rows_for(protocol: Protocol, conditions: &Conditions, loss: LossKind) -> Option<&'static str> {
    let tuned = || {
        rows_of(protocol, loss)
            .map(|row| row.preset)
            .filter(|preset| !preset.is_empty())
    };
    let own = Preset::of(conditions).map(|preset| &*preset.id);
    tuned().find(|&id| Some(id) == own).or_else(|| {
        let alike = |id: &str| {
            let preset = Preset::from_id(id).expect("a test looks up the presets of the table");
            preset.conditions.alike(conditions)
        };
        // Of equals `max_by_key` takes the last.
        let tuned: Vec<&str> = tuned().collect();
        tuned.into_iter().rev().max_by_key(|id| alike(id))
    })
}

impl Conditions {
    /// How many of what matters most to a tuning are the same: picture or not, kind of network, start, kind of batch,
    /// about as large a batch.
    fn alike(&self, other: &Self) -> usize {
        let size = |conditions: &Self| conditions.sampler.batch() as f64;
        let ratio = size(self) / size(other);
        [
            self.data.kind() == other.data.kind(),
            self.net.id() == other.net.id(),
            self.start == other.start,
            self.sampler.id() == other.sampler.id(),
            (0.5..=2.0).contains(&ratio),
        ]
        .into_iter()
        .filter(|&same| same)
        .count()
    }
}

/// Every setting of a loss under a protocol, with its source: learning rate, factor of the proxies' learning rate, then
/// the parameters in their order. Tuned values are those for the conditions' preset; where those were not tuned, those of
/// another preset, and then [`Experiment::is_tuned_elsewhere`] says so.
pub fn settings(protocol: Protocol, conditions: &Conditions, loss: LossKind) -> Vec<Sourced> {
    settings_of_draw(protocol, conditions, loss, FIRST_DRAW)
}

fn settings_of_draw(
    protocol: Protocol,
    conditions: &Conditions,
    loss: LossKind,
    draw: usize,
) -> Vec<Sourced> {
    let info = loss.info();
    let defaults = info.params.iter().enumerate();
    let defaults = defaults.map(|(index, param)| (Key::Param(index), param.default, "default"));
    let untuned = match protocol {
        Protocol::Own | Protocol::AsPublished => "one-rate-for-all",
        Protocol::Matched => "not-tuned",
    };
    let mut settings: Vec<Sourced> = [
        (Key::Lr, usual_rate(conditions), untuned),
        (Key::ProxyLrFactor, 1.0, "one-rate"),
    ]
    .into_iter()
    .chain(defaults)
    .map(|(key, value, source)| Sourced { key, value, source })
    .collect();
    // A tuned setting is one point: rows of two tunings are never mixed.
    let chosen = rows_for(protocol, conditions, loss);
    let of_tuning = |row: &&Row| row.preset.is_empty() || Some(row.preset) == chosen;
    for row in rows_of(protocol, loss).filter(of_tuning) {
        if !row.draw.is_empty() && row.draw != draw.to_string() {
            continue;
        }
        let Some(key) = key(loss, row.setting) else {
            continue;
        };
        // The rate's own row comes before those that depend on it.
        let value = if row.setting == PROXY_STEP {
            // To four decimals: links and tables show it.
            (row.value / settings[0].value * 1e4).round() / 1e4
        } else {
            row.value
        };
        if let Some(setting) = settings.iter_mut().find(|setting| setting.key == key) {
            (setting.value, setting.source) = (value, row.source);
        }
    }
    settings
}

impl Entry {
    /// A loss with its settings under a protocol.
    pub fn preset(loss: LossKind, protocol: Protocol, conditions: &Conditions) -> Self {
        Self::from_settings(loss, &settings(protocol, conditions, loss))
    }

    /// The winners of all draws of the tuning that these conditions get, the middle one first.
    pub fn draws(loss: LossKind, conditions: &Conditions) -> Vec<Self> {
        let chosen = rows_for(Protocol::Matched, conditions, loss);
        let of_tuning = rows_of(Protocol::Matched, loss).filter(|row| Some(row.preset) == chosen);
        let numbers = of_tuning.filter_map(|row| row.draw.parse::<usize>().ok());
        let draws = numbers.max().unwrap_or(FIRST_DRAW);
        (FIRST_DRAW..=draws)
            .map(|draw| {
                let settings = settings_of_draw(Protocol::Matched, conditions, loss, draw);
                Self::from_settings(loss, &settings)
            })
            .collect()
    }

    fn from_settings(loss: LossKind, settings: &[Sourced]) -> Self {
        let mut entry = Self {
            loss,
            lr: settings[0].value,
            proxy_lr_factor: 1.0,
            params: loss.info().defaults(),
        };
        for setting in settings {
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
    /// The losses that race, by their ids. An experiment about settings has its own behind them, as a link writes them:
    /// `proxy-anchor,lr:0.002,alpha:32`.
    pub losses: Vec<String>,
    /// Ids of the presets that a race under this one leads to.
    #[serde(default)]
    pub next: Vec<String>,
}

/// Seeds of each loss that a preset races: the fewest whose spread says something.
const SEEDS: usize = 3;

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

    /// The preset with these conditions, whose losses have no settings of its own; the race may be of another length.
    pub fn of(conditions: &Conditions) -> Option<&'static Self> {
        let mut plain = presets().iter().filter(|preset| !preset.has_settings());
        plain.find(|preset| preset.has(conditions))
    }

    /// Whether these are its conditions, whatever the length.
    fn has(&self, conditions: &Conditions) -> bool {
        let as_long = Conditions {
            schedule: self.conditions.schedule.clone(),
            ..conditions.clone()
        };
        self.conditions == as_long
    }

    /// Whether its losses have settings of its own, which are no protocol's.
    pub fn has_settings(&self) -> bool {
        self.losses.iter().any(|loss| loss.contains(','))
    }

    /// The preset that a loss's matched settings were tuned for, where it is that of these conditions.
    pub fn tuned_for(conditions: &Conditions, loss: LossKind) -> Option<&'static Self> {
        let own = Self::of(conditions)?;
        let tuned = rows_for(Protocol::Matched, conditions, loss)?;
        (own.id == tuned).then_some(own)
    }

    /// The presets that a race under this one leads to.
    pub fn next(&self) -> impl Iterator<Item = &'static Self> {
        let from_id = |id: &String| Self::from_id(id).expect("a test looks up where presets lead");
        self.next.iter().map(from_id)
    }

    /// The preset as an experiment with three seeds: with settings of its own, where it has some, or else a protocol's.
    pub fn experiment(&self, protocol: Protocol) -> Experiment {
        let losses = self.losses.iter().map(|text| {
            let (id, settings) = text.split_once(',').unwrap_or((text, ""));
            let loss = LossKind::from_id(id).expect("a test looks up the presets' losses");
            (loss, settings)
        });
        let losses: Vec<(LossKind, &str)> = losses.collect();
        let entry = |&(loss, settings): &(LossKind, &str)| {
            let form = if settings.is_empty() {
                protocol.form(loss)
            } else {
                loss
            };
            Entry::preset(form, protocol, &self.conditions)
        };
        let mut experiment = Experiment {
            conditions: self.conditions.clone(),
            entries: losses.iter().map(entry).collect(),
            kept_protocol: None,
            seeds: SEEDS,
            first_seed: 0,
        };
        for (index, (_, settings)) in losses.iter().enumerate() {
            for text in settings.split(',').filter(|text| !text.is_empty()) {
                let (key, value) = text.split_once(':').unwrap_or((text, ""));
                let mut known = experiment.of_entry(index);
                let setting = known.find(|known| known.face().key == key);
                let is_set = setting.is_some_and(|setting| setting.read(&mut experiment, value));
                assert!(is_set, "{}: {text}, which a test reads", self.id);
            }
        }
        experiment
    }
}

impl Experiment {
    /// What the page opens with: the regime of Proxy Anchor's paper, batches of 180 from 100 classes, five losses, tuned
    /// alike.
    pub fn default_preset() -> Self {
        let first = presets().first().expect("a test reads the presets");
        first.experiment(Protocol::Matched)
    }

    /// Sets every loss's own settings to a protocol's, in the protocol's form where the race does not have both; the
    /// conditions stay.
    pub fn apply(&mut self, protocol: Protocol) {
        let conditions = self.conditions.clone();
        let losses: Vec<LossKind> = self.entries.iter().map(|entry| entry.loss).collect();
        for entry in &mut self.entries {
            let form = protocol.form(entry.loss);
            let loss = if losses.contains(&form) {
                entry.loss
            } else {
                form
            };
            *entry = Entry::preset(loss, protocol, &conditions);
        }
        self.keep(Some(protocol));
    }

    /// The preset that it is, whatever its length and losses: one with settings of its own, where all losses have those,
    /// or else the one with its conditions.
    pub fn preset(&self) -> Option<&'static Preset> {
        let mut with_settings = presets().iter().filter(|preset| preset.has_settings());
        let own = with_settings.find(|preset| {
            let own = || preset.experiment(Protocol::default()).entries;
            preset.has(&self.conditions)
                && !self.entries.is_empty()
                && self.entries.iter().all(|entry| own().contains(entry))
        });
        own.or_else(|| Preset::of(&self.conditions))
    }

    /// Which protocol all settings of all losses are of, if any. Without losses it is the one that the last had.
    pub fn protocol(&self) -> Option<Protocol> {
        let kept = self.kept_protocol.filter(|&protocol| self.fits(protocol));
        if self.entries.is_empty() {
            return kept;
        }
        kept.or_else(|| Protocol::ALL.into_iter().find(|&p| self.fits(p)))
    }

    /// Whether all settings of all losses are a protocol's.
    fn fits(&self, protocol: Protocol) -> bool {
        let fits = |entry: &Entry| *entry == Entry::preset(entry.loss, protocol, &self.conditions);
        self.entries.iter().all(fits)
    }

    /// Remembers the protocol where the settings do not say which it is: without losses, and with those that two protocols
    /// set alike, such as plain cross-entropy.
    pub(crate) fn keep(&mut self, protocol: Option<Protocol>) {
        let fitting = Protocol::ALL.into_iter().filter(|&p| self.fits(p));
        let alike = fitting.count() > 1;
        self.kept_protocol = protocol.filter(|_| alike);
    }

    /// Whether it has matched settings that were tuned for other conditions than its own.
    pub fn is_tuned_elsewhere(&self) -> bool {
        let here = |entry: &Entry| Preset::tuned_for(&self.conditions, entry.loss).is_some();
        self.protocol() == Some(Protocol::Matched) && !self.entries.iter().all(here)
    }

    /// The same race with the winners of each draw of its losses' tuning, as many as all of them have, each with seeds that
    /// no other draw has.
    pub fn of_draws(&self) -> Vec<Self> {
        let draws = |entry: &Entry| Entry::draws(entry.loss, &self.conditions);
        let draws: Vec<Vec<Entry>> = self.entries.iter().map(draws).collect();
        let count = draws.iter().map(Vec::len).min().unwrap_or(0);
        let of_draw = |draw: usize| {
            let mut of_draw = self.clone();
            of_draw.entries = draws.iter().map(|draws| draws[draw].clone()).collect();
            of_draw.first_seed += (draw * self.seeds) as u64;
            of_draw
        };
        (0..count).map(of_draw).collect()
    }

    /// Lets a loss take part, with the settings of the others' protocol, or matched ones where they have none.
    pub fn add(&mut self, loss: LossKind) {
        if self.entries.iter().any(|entry| entry.loss == loss) {
            return;
        }
        let before = self.protocol();
        let protocol = before.unwrap_or_default();
        let entry = Entry::preset(loss, protocol, &self.conditions);
        self.entries.push(entry);
        self.keep(before);
    }

    /// Takes a loss out of the race.
    pub fn remove(&mut self, loss: LossKind) {
        let protocol = self.protocol();
        self.entries.retain(|entry| entry.loss != loss);
        self.keep(protocol);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::experiment::SamplerSpec;

    /// The losses of the tables and presets that the registry lacks.
    fn unknown() -> HashSet<String> {
        let named = ROWS.iter().map(|row| row.loss.to_owned());
        named
            .chain(presets().iter().flat_map(|preset| preset.losses.clone()))
            .map(|text| text.split(',').next().unwrap_or_default().to_owned())
            .filter(|id| LossKind::from_id(id).is_none())
            .collect()
    }

    /// A table as a reader of CSV reads it.
    fn as_csv(table: &str) -> Vec<Row> {
        let mut reader = csv::Reader::from_reader(table.as_bytes());
        let named = [
            "protocol", "preset", "draw", "loss", "setting", "value", "source",
        ];
        assert_eq!(reader.headers().unwrap(), &named[..]);
        let lines = reader.into_records().map(Result::unwrap);
        let row = |line: csv::StringRecord| {
            let field = |at: usize| -> &'static str { line[at].to_owned().leak() };
            Row {
                protocol: Protocol::from_id(field(0)).unwrap(),
                preset: field(1),
                draw: field(2),
                loss: field(3),
                setting: field(4),
                value: field(5).parse().unwrap(),
                source: field(6),
            }
        };
        lines.map(row).collect()
    }

    #[test]
    fn both_files_can_be_read_and_name_only_known_losses_and_settings() {
        let rows = &*ROWS;
        assert!(rows.len() > 50);
        let tables = [SETTINGS, DRAWS]
            .into_iter()
            .filter(|table| !table.is_empty());
        assert_eq!(rows, &tables.flat_map(as_csv).collect::<Vec<_>>());
        let presets: Vec<Preset> = serde_json::from_str(EXPERIMENTS).unwrap();
        assert_eq!(presets[0].id, "paper");
        for preset in &presets {
            assert!(preset.next().all(|next| next.id != preset.id));
        }
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
                row.preset.is_empty() || Preset::from_id(row.preset).is_some(),
                "{row:?}"
            );
            assert!(
                !row.source.is_empty(),
                "{row:?} does not say where it is from"
            );
            assert!(
                seen.insert((row.protocol, row.preset, row.draw, row.loss, row.setting)),
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
                    let mut experiment = Experiment::default_preset();
                    experiment.sampler = sampler;
                    experiment.entries =
                        vec![Entry::preset(loss, protocol, &experiment.conditions)];
                    assert_eq!(experiment.validate(), Ok(()), "{loss:?} {protocol:?}");
                    assert_eq!(
                        settings(protocol, &experiment.conditions, loss).len(),
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
                let mut experiment = preset.experiment(protocol);
                assert_eq!(experiment.validate(), Ok(()), "{}", preset.id);
                if preset.has_settings() {
                    assert_eq!(experiment.protocol(), None, "{}", preset.id);
                    experiment.apply(protocol);
                }
                assert_eq!(experiment.validate(), Ok(()), "{}", preset.id);
                assert_eq!(experiment.protocol(), Some(protocol), "{}", preset.id);
            }
        }
    }

    #[test]
    fn settings_that_a_preset_brings_are_the_same_under_every_protocol() {
        let mut presets = presets().iter().filter(|preset| preset.has_settings());
        let preset = presets.next().expect("the ablation has settings");
        let experiment = preset.experiment(Protocol::Own);
        for protocol in Protocol::ALL {
            assert_eq!(preset.experiment(protocol), experiment, "{protocol:?}");
        }
        assert_eq!(experiment.preset(), Some(preset));
        // A protocol, where one is asked for, takes their place.
        let mut changed = experiment.clone();
        changed.apply(Protocol::Own);
        assert_ne!(changed.preset(), Some(preset));
        assert_eq!(changed.preset(), Preset::of(&changed.conditions));
    }

    #[test]
    fn protocols_differ_where_the_quarrel_is() {
        let mut experiment = Experiment::default_preset();
        let matched = experiment.clone();
        experiment.apply(Protocol::AsPublished);
        assert_ne!(experiment, matched);
        assert_eq!(experiment.entries[0].loss, LossKind::ProxyAnchor);
        // The script gives Proxy-NCA the scale of Proxy Anchor, and no loss but that one a step of its own.
        assert_eq!(experiment.entries[1].params, [32.0]);
        for entry in &experiment.entries {
            assert_eq!(entry.lr, 0.01);
            let step = if entry.loss == LossKind::ProxyAnchor {
                0.0088
            } else {
                0.01
            };
            assert!(
                (entry.lr * entry.proxy_lr_factor - step).abs() < 1e-7,
                "{:?}",
                entry.loss
            );
        }
        experiment.apply(Protocol::Matched);
        assert_eq!(experiment, matched);
        experiment.entries[0].lr *= 1.5;
        assert_eq!(experiment.protocol(), None);
    }

    #[test]
    fn each_papers_own_settings_are_their_authors() {
        // Whatever the network's rate, the class vectors' is the same.
        let conditions = Experiment::before_convolutions().conditions;
        let own =
            |id: &str| Entry::preset(LossKind::from_id(id).unwrap(), Protocol::Own, &conditions);
        let convolution =
            Entry::preset(LossKind::ProxyAnchor, Protocol::Own, &Conditions::default());
        // A number that a link can show: not 0.87999994.
        assert_eq!((convolution.proxy_lr_factor, convolution.lr), (0.88, 0.01));
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
        assert_eq!(experiment.entries[1].loss, LossKind::ProxyNcaExcluded);
        assert_eq!(experiment.entries[1].params, [9.0]);
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
    fn matched_settings_say_for_which_conditions_they_were_tuned() {
        let matched = |id: &str| {
            let preset = Preset::from_id(id).expect("it is a preset");
            preset.experiment(Protocol::Matched)
        };
        // Every preset is tuned in place; one with settings of its own is about those.
        for preset in presets().iter().filter(|preset| !preset.has_settings()) {
            assert!(!matched(&preset.id).is_tuned_elsewhere(), "{}", preset.id);
        }
        let anchor = |id: &str| {
            let conditions = &matched(id).conditions;
            Entry::preset(LossKind::ProxyAnchor, Protocol::Matched, conditions)
        };
        assert_ne!(anchor("paper"), anchor("balanced"));
        // Under conditions without a tuning of their own it is that of the same kind of batch, and said.
        let mut other = matched("paper");
        other.net.dim = 8;
        assert_eq!(other.protocol(), Some(Protocol::Matched));
        assert!(other.is_tuned_elsewhere());
        assert_eq!(
            Preset::tuned_for(&other.conditions, LossKind::ProxyAnchor),
            None
        );
        // What was published was tuned for nothing here.
        other.apply(Protocol::Own);
        assert!(!other.is_tuned_elsewhere());
        // Every loss has as many draws as the table has, at least one; the first is the one that races alone.
        for &loss in LossKind::ALL {
            let draws = Entry::draws(loss, &other.conditions);
            assert_eq!(
                draws[0],
                Entry::preset(loss, Protocol::Matched, &other.conditions)
            );
        }
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
            let expected = Entry::preset(losses[0], protocol, &experiment.conditions);
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
