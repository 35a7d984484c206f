//! One flag for each setting of the table.

use std::collections::BTreeMap;

use clap::builder::ValueParser;
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};

use super::CliError;
use crate::data::DataKind;
use crate::experiment::{Experiment, SETTINGS};
use crate::setting::{Kind, Row};
use kyori_text::{Language, messages as text};

/// Settings that not every command takes, or that have another meaning there: these have flags of their own.
const APART: [&str; 2] = ["seeds", "seed"];

/// The settings that were given, as they were written, by key.
#[derive(Clone, Debug, Default)]
pub struct Flags(BTreeMap<&'static str, String>);

impl Flags {
    /// Whether a setting was given.
    pub fn has(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    /// Puts what was given in the place of an experiment's settings, the data set first: it decides which others there
    /// are.
    ///
    /// # Errors
    /// A setting that the experiment does not have, such as the split of the glyphs.
    pub fn apply(&self, experiment: &mut Experiment) -> Result<(), CliError> {
        if let Some(data) = self.0.get("data") {
            let (set, split) = parts(data);
            experiment.read_setting("data", set)?;
            if let Some(split) = split {
                experiment.read_setting("split", split)?;
            }
        }
        // Another kind of network has layers of its own, and only one kind needs no pictures.
        let without_pictures = experiment.data.info().side.is_none();
        let only = without_pictures.then_some("mlp");
        if let Some(net) = self.0.get("net").map(String::as_str).or(only) {
            experiment.read_setting("net", net)?;
        }
        let apart = |key: &str| ["data", "net"].contains(&key);
        for (key, text) in self.0.iter().filter(|(key, _)| !apart(key)) {
            experiment.read_setting(key, text)?;
        }
        Ok(())
    }
}

/// `digits:train-high` is the data set and its split.
fn parts(data: &str) -> (&str, Option<&str>) {
    data.split_once(':')
        .map_or((data, None), |(set, split)| (set, Some(split)))
}

/// What is known of one flag.
struct Known {
    help: Vec<String>,
    /// Experiments that have this setting.
    samples: Vec<Experiment>,
}

/// Every flag by its key, with what the sets that have it say of it.
fn known() -> BTreeMap<&'static str, Known> {
    let mut known: BTreeMap<&'static str, Known> = BTreeMap::new();
    for &kind in DataKind::ALL {
        let mut sample = Experiment::default_preset();
        sample.data = kind.spec();
        let of_race = SETTINGS.iter().map(|row| (row.face.key, help(row, None)));
        let of_set = kind.settings().iter();
        let of_set = of_set.map(|row| (row.face.key, help(row, Some(kind))));
        let in_link = |key: &str| sample.setting(key).is_some() && !APART.contains(&key);
        for (key, help) in of_race.chain(of_set).filter(|(key, _)| in_link(key)) {
            let known = known.entry(key).or_insert(Known {
                help: Vec::new(),
                samples: Vec::new(),
            });
            if !known.help.contains(&help) {
                known.help.push(help);
            }
            known.samples.push(sample.clone());
        }
    }
    known
}

/// A row in one line, such as `the weight decay, 0 to 1`.
fn help<T>(row: &Row<T>, of: Option<DataKind>) -> String {
    let values = match (&row.text, &row.kind) {
        (Some(_), _) | (None, Kind::Choice(_) | Kind::Text) => format!(": {}", row.expected()),
        (None, Kind::Number(number)) => {
            let (min, max) = number.span.range;
            format!(", {min} to {max}")
        }
    };
    let of = of.map_or(String::new(), |kind| format!(" ({})", kind.info().id));
    let name = Language::english().say(text::setting_name(row.face.id()));
    format!("{name}{of}{values}")
}

/// What is wrong with a text for a setting, if no experiment could take it.
fn check(key: &'static str, samples: &[Experiment], text: &str) -> Result<String, String> {
    let mut said = Err(format!("there is no setting `{key}`"));
    for sample in samples {
        let mut sample = sample.clone();
        let (value, split) = if key == "data" {
            parts(text)
        } else {
            (text, None)
        };
        let taken = sample.read_setting(key, value);
        let taken = taken.and_then(|()| match split {
            Some(split) => sample.read_setting("split", split),
            None => Ok(()),
        });
        match taken {
            Ok(()) => return Ok(text.to_owned()),
            Err(notice) => said = Err(notice.to_string()),
        }
    }
    said
}

impl Args for Flags {
    fn augment_args(command: Command) -> Command {
        let flags = known().into_iter().map(|(key, known)| {
            let mut help = known.help.join("; ");
            if key == "data" {
                help.push_str("; digits:train-high is the digits with that split");
            }
            let samples = known.samples;
            Arg::new(key)
                .long(key)
                .value_name("VALUE")
                .help(help)
                .help_heading("Settings")
                .value_parser(ValueParser::from(move |text: &str| {
                    check(key, &samples, text)
                }))
        });
        command.args(flags)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Flags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut flags = Self::default();
        flags.update_from_arg_matches(matches)?;
        Ok(flags)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        for key in known().into_keys() {
            if let Some(text) = matches.get_one::<String>(key) {
                self.0.insert(key, text.clone());
            }
        }
        Ok(())
    }
}
