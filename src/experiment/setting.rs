//! All settings of a race, in one table.
//!
//! A condition is a row here and the place where it acts; a setting of one data set stands in that set's file, and a
//! loss's own parameters in the loss's. [`Experiment::all_settings`] lists those that an experiment has.

use std::fmt;

use super::conditions::MLP;
use super::{Convolution, DataSpec, Experiment, NetSpec, SamplerSpec, Start};
use crate::data::{DataKind, MOST_NOISE};
use crate::loss::{LossKind, ParamInfo, Scale};
use crate::setting::{
    Choice, Expected, Face, Kind, Number, Of, Row, Section, Span, Text, Unit, number,
};

/// Most hidden layers.
pub const MOST_LAYERS: usize = 4;
/// Most samples in a batch: pair losses compare all with all.
pub const MOST_IN_BATCH: usize = 512;
/// Most batches that a memory keeps.
pub const MOST_IN_MEMORY: usize = 64;
/// Units of the pre-trained first layer.
pub const BACKBONE_WIDTH: usize = 128;
/// Width of a hidden layer where there was none to go by.
const USUAL_WIDTH: usize = 128;
/// The kinds of network: one without a convolution, and one for each convolution.
const NETS: &[&str] = &[MLP, Convolution::ALL[0].id(), Convolution::ALL[1].id()];
const _: () = assert!(NETS.len() == Convolution::ALL.len() + 1);

/// Samples of each class in balanced batches that replace shuffled ones.
const USUAL_SAMPLES: usize = 3;

/// The settings that every race has, in the order in which a link says them. Those of the data set follow its choice.
pub const SETTINGS: &[Row<Experiment>] = &[
    Row {
        face: Face {
            key: "data",
            place: Some((Section::Data, 0)),
            ..Face::BLANK
        },
        kind: Kind::Choice(Choice {
            options: DataKind::OPTIONS,
            get: |e| e.data.info().id,
            set: |e, id| {
                let kind = DataKind::from_id(id).expect("only options are set");
                if e.data.kind() != kind {
                    e.data = kind.spec();
                }
            },
            // Without pictures there is nothing that a convolution could look at, or that could be moved.
            follow: |e| {
                if e.data.info().side.is_none() {
                    e.shift = 0;
                    if e.net.convolution.is_some() {
                        e.net = NetSpec::mlp(&[USUAL_WIDTH], e.net.dim);
                    }
                }
            },
        }),
        ..Row::BLANK
    },
    Row {
        face: Face {
            key: "sampler",
            place: Some((Section::Batches, 0)),
            ..Face::BLANK
        },
        kind: Kind::Choice(Choice {
            options: &["shuffled", "balanced"],
            get: |e| e.sampler.id(),
            set: |e, id| {
                // As large as the batch was, as near as may be.
                let batch = e.sampler.batch();
                e.sampler = match id {
                    "shuffled" => SamplerSpec::Shuffled { batch },
                    _ => SamplerSpec::Balanced {
                        classes: (batch / USUAL_SAMPLES).max(2),
                        samples: USUAL_SAMPLES,
                    },
                };
            },
            follow: |_| (),
        }),
        text: Some(Text {
            expected: Expected::Sampler,
            write: |e| e.sampler.to_string(),
            read: |e, text| text.parse().map(|sampler| e.sampler = sampler).is_ok(),
        }),
        ..Row::BLANK
    },
    Row {
        face: Face {
            key: "batch",
            symbol: "B",
            place: Some((Section::Batches, 1)),
            in_link: false,
            ..Face::BLANK
        },
        kind: Kind::Number(Number {
            span: Span {
                range: (2.0, MOST_IN_BATCH as f64),
                slider: (8.0, 256.0),
                ..COUNT
            },
            count: |e| usize::from(matches!(e.sampler, SamplerSpec::Shuffled { .. })),
            get: |e, _| e.sampler.batch() as f64,
            set: |e, _, value| {
                e.sampler = SamplerSpec::Shuffled {
                    batch: value as usize,
                }
            },
        }),
        ..Row::BLANK
    },
    Row {
        face: Face {
            key: "batch-classes",
            symbol: "P",
            place: Some((Section::Batches, 2)),
            in_link: false,
            ..Face::BLANK
        },
        kind: Kind::Number(Number {
            span: Span {
                range: (1.0, 256.0),
                slider: (2.0, 100.0),
                ..COUNT
            },
            count: is_balanced,
            get: |e, _| balanced(e).0 as f64,
            set: |e, _, value| {
                e.sampler = SamplerSpec::Balanced {
                    classes: value as usize,
                    samples: balanced(e).1,
                }
            },
        }),
        ..Row::BLANK
    },
    Row {
        face: Face {
            key: "batch-samples",
            symbol: "K",
            place: Some((Section::Batches, 3)),
            in_link: false,
            ..Face::BLANK
        },
        kind: Kind::Number(Number {
            span: Span {
                range: (1.0, 64.0),
                slider: (2.0, 10.0),
                ..COUNT
            },
            count: is_balanced,
            get: |e, _| balanced(e).1 as f64,
            set: |e, _, value| {
                e.sampler = SamplerSpec::Balanced {
                    classes: balanced(e).0,
                    samples: value as usize,
                }
            },
        }),
        ..Row::BLANK
    },
    Row {
        face: Face {
            key: "memory",
            place: Some((Section::Batches, 4)),
            ..Face::BLANK
        },
        kind: number!(e => e.memory.batches; usize;
            range: (0.0, MOST_IN_MEMORY as f64),
            slider: (0.0, 32.0),
            scale: Scale::Integer,
        ),
        ..Row::BLANK
    },
    Row {
        face: Face {
            key: "memory-after",
            unit: Unit::Steps,
            place: Some((Section::Batches, 5)),
            ..Face::BLANK
        },
        kind: number!(e => e.memory.after; u32;
            range: (0.0, 20_000.0),
            slider: (0.0, 500.0),
            scale: Scale::Integer,
        ),
        offered: |e| e.memory.batches > 0,
        ..Row::BLANK
    },
    Row {
        face: Face {
            key: "mixup",
            symbol: "w",
            place: Some((Section::Batches, 6)),
            ..Face::BLANK
        },
        kind: number!(e => e.mixup; f32;
            range: (0.0, 10.0),
            slider: (0.0, 1.0),
        ),
        ..Row::BLANK
    },
    Row {
        face: Face {
            key: "net",
            place: Some((Section::Network, 0)),
            ..Face::BLANK
        },
        kind: Kind::Choice(Choice {
            options: NETS,
            get: |e| e.net.id(),
            set: |e, id| {
                let convolution = Convolution::from_id(id);
                if convolution.is_some() != e.net.convolution.is_some() {
                    // Each kind has layers of its own.
                    e.net.hidden = match convolution {
                        None => vec![USUAL_WIDTH],
                        Some(_) => Vec::new(),
                    };
                }
                e.net.convolution = convolution;
            },
            follow: |_| (),
        }),
        offered: |e| e.data.info().side.is_some(),
        ..Row::BLANK
    },
    Row {
        face: Face {
            key: "hidden",
            place: Some((Section::Network, 3)),
            ..Face::BLANK
        },
        kind: Kind::Number(Number {
            span: Span {
                range: (0.0, MOST_LAYERS as f64),
                options: &[0, 1, 2, 3, 4],
                ..COUNT
            },
            count: |_| 1,
            get: |e, _| e.net.hidden.len() as f64,
            set: |e, _, value| {
                let last = e.net.hidden.last().copied().unwrap_or(USUAL_WIDTH);
                // Every layer takes memory, so that this one does not wait for the limits.
                e.net.hidden.resize((value as usize).min(MOST_LAYERS), last);
            },
        }),
        text: Some(Text {
            expected: Expected::Widths,
            write: write_widths,
            read: read_widths,
        }),
        ..Row::BLANK
    },
    Row {
        face: Face {
            key: "width",
            place: Some((Section::Network, 4)),
            in_link: false,
            of: Of::Layer,
            ..Face::BLANK
        },
        kind: number!(e, layer => e.net.hidden[layer]; usize;
            count: |e| e.net.hidden.len();
            range: (1.0, 1024.0),
            slider: (4.0, 512.0),
            scale: Scale::Log,
        ),
        ..Row::BLANK
    },
    Row {
        face: Face {
            key: "dim",
            place: Some((Section::Network, 2)),
            ..Face::BLANK
        },
        kind: number!(e => e.net.dim; usize;
            range: (2.0, 256.0),
            options: &[2, 3, 8, 16, 32, 64, 128],
        ),
        ..Row::BLANK
    },
    Row {
        face: Face {
            key: "start",
            place: Some((Section::Network, 1)),
            ..Face::BLANK
        },
        kind: Kind::Choice(Choice {
            options: &["scratch", "pretrained"],
            get: |e| e.start.id(),
            set: |e, id| e.start = Start::from_id(id).expect("only options are set"),
            follow: |e| {
                if e.start == Start::Pretrained && e.net.convolution.is_none() {
                    // The layer is as wide as it is.
                    match e.net.hidden.first_mut() {
                        Some(first) => *first = BACKBONE_WIDTH,
                        None => e.net.hidden.push(BACKBONE_WIDTH),
                    }
                }
            },
        }),
        offered: |e| e.data.info().most_classes_pretrained.is_some(),
        ..Row::BLANK
    },
    Row {
        face: Face {
            key: "steps",
            place: Some((Section::Training, 1)),
            ..Face::BLANK
        },
        kind: number!(e => e.schedule.steps; u32;
            range: (1.0, 20_000.0),
            slider: (20.0, 5000.0),
            scale: Scale::Log,
        ),
        ..Row::BLANK
    },
    Row {
        face: Face {
            key: "warmup",
            unit: Unit::Steps,
            place: Some((Section::Training, 3)),
            ..Face::BLANK
        },
        kind: number!(e => e.schedule.warmup_steps; u32;
            range: (0.0, 20_000.0),
            slider: (0.0, 500.0),
            scale: Scale::Integer,
        ),
        ..Row::BLANK
    },
    Row {
        face: Face {
            key: "decay-every",
            unit: Unit::Steps,
            ..Face::BLANK
        },
        kind: number!(e => e.schedule.decay_every; u32;
            range: (0.0, 20_000.0),
            scale: Scale::Integer,
        ),
        ..Row::BLANK
    },
    Row {
        face: Face {
            key: "decay",
            ..Face::BLANK
        },
        kind: number!(e => e.schedule.decay; f32; range: (0.01, 1.0)),
        ..Row::BLANK
    },
    Row {
        face: Face {
            key: "weight-decay",
            symbol: "λ",
            place: Some((Section::Training, 2)),
            ..Face::BLANK
        },
        kind: number!(e => e.schedule.weight_decay; f32;
            range: (0.0, 1.0),
            slider: (0.0, 0.1),
        ),
        ..Row::BLANK
    },
    Row {
        face: Face {
            key: "clip",
            place: Some((Section::Training, 4)),
            ..Face::BLANK
        },
        kind: number!(e => e.schedule.clip_value; f32;
            range: (0.0, 1000.0),
            slider: (0.0, 10.0),
        ),
        ..Row::BLANK
    },
    Row {
        face: Face {
            key: "seeds",
            place: Some((Section::Training, 0)),
            ..Face::BLANK
        },
        kind: number!(e => e.seeds; usize;
            range: (1.0, 20.0),
            slider: (1.0, 20.0),
            scale: Scale::Integer,
        ),
        ..Row::BLANK
    },
    Row {
        face: Face {
            key: "seed",
            ..Face::BLANK
        },
        kind: number!(e => e.first_seed; u64;
            range: (0.0, u32::MAX as f64),
            scale: Scale::Integer,
        ),
        ..Row::BLANK
    },
    Row {
        face: Face {
            key: "label-noise",
            unit: Unit::Sign("%"),
            place: Some((Section::Data, 9)),
            ..Face::BLANK
        },
        kind: number!(e => e.label_noise; f32;
            range: (0.0, NOISE),
            slider: (0.0, NOISE),
            shown_times: 100.0,
        ),
        ..Row::BLANK
    },
    Row {
        face: Face {
            key: "shift",
            place: Some((Section::Data, 10)),
            ..Face::BLANK
        },
        kind: number!(e => e.shift; usize;
            range: (0.0, 3.0),
            options: &[0, 1, 2, 3],
        ),
        offered: |e| e.data.info().side.is_some(),
        ..Row::BLANK
    },
    Row {
        face: Face {
            key: "lr",
            symbol: "η",
            in_link: false,
            of: Of::Loss,
            ..Face::BLANK
        },
        kind: number!(e, entry => e.entries[entry].lr; f32;
            count: |e| e.entries.len();
            range: (1e-6, 1.0),
            slider: (1e-5, 0.1),
            scale: Scale::Log,
        ),
        ..Row::BLANK
    },
    Row {
        face: Face {
            key: "proxies",
            symbol: "×",
            in_link: false,
            of: Of::Loss,
            ..Face::BLANK
        },
        kind: number!(e, entry => e.entries[entry].proxy_lr_factor; f32;
            count: |e| e.entries.len();
            range: (0.01, 1000.0),
            slider: (0.1, 1000.0),
            scale: Scale::Log,
        ),
        ..Row::BLANK
    },
];

/// 0.4, and not what an f32 makes of it.
const NOISE: f64 = 0.4;
const _: () = assert!(NOISE as f32 == MOST_NOISE);

/// Whole numbers, evenly spaced.
const COUNT: Span = Span {
    scale: Scale::Integer,
    whole: true,
    ..Span::BLANK
};

fn is_balanced(e: &Experiment) -> usize {
    usize::from(matches!(e.sampler, SamplerSpec::Balanced { .. }))
}

/// Classes and samples of each, where batches are balanced.
fn balanced(e: &Experiment) -> (usize, usize) {
    match e.sampler {
        SamplerSpec::Balanced { classes, samples } => (classes, samples),
        SamplerSpec::Shuffled { .. } => unreachable!("the row's count is 0 for shuffled batches"),
    }
}

fn write_widths(e: &Experiment) -> String {
    let widths: Vec<String> = e.net.hidden.iter().map(usize::to_string).collect();
    if widths.is_empty() {
        "none".to_owned()
    } else {
        widths.join(",")
    }
}

fn read_widths(e: &mut Experiment, text: &str) -> bool {
    let widths: Option<Vec<usize>> = if text == "none" {
        Some(Vec::new())
    } else {
        text.split(',')
            .map(|width| COUNT.read(width).map(|width| width as usize))
            .collect()
    };
    widths.map(|widths| e.net.hidden = widths).is_some()
}

/// One setting of an experiment: a row, and which of many it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Setting {
    /// Of the data set.
    Data(&'static Row<DataSpec>),
    /// `index` counts hidden layers or losses where the row is of those, and is 0 elsewhere.
    Race {
        row: &'static Row<Experiment>,
        index: usize,
    },
    /// Of the entry at `entry`, the parameter at `param` of this loss.
    Param {
        entry: usize,
        loss: LossKind,
        param: usize,
    },
}

/// What values a setting has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shape {
    Number(Span),
    Choice(&'static [&'static str]),
    /// Only a text.
    Text,
}

fn shape<T>(kind: &Kind<T>) -> Shape {
    match kind {
        Kind::Number(number) => Shape::Number(number.span),
        Kind::Choice(choice) => Shape::Choice(choice.options),
        Kind::Text => Shape::Text,
    }
}

fn number_of<T>(row: &Row<T>) -> &Number<T> {
    match &row.kind {
        Kind::Number(number) => number,
        Kind::Choice(_) | Kind::Text => unreachable!("{row:?} is asked for a number"),
    }
}

fn choice_of<T>(row: &Row<T>) -> &Choice<T> {
    match &row.kind {
        Kind::Choice(choice) => choice,
        Kind::Number(_) | Kind::Text => unreachable!("{row:?} is asked for a choice"),
    }
}

impl Setting {
    /// The loss parameter's description, where the setting is one.
    pub fn param(self) -> Option<&'static ParamInfo> {
        match self {
            Self::Param { loss, param, .. } => Some(&loss.info().params[param]),
            Self::Data(_) | Self::Race { .. } => None,
        }
    }

    pub fn face(self) -> Face {
        match self {
            Self::Data(row) => row.face,
            Self::Race { row, .. } => row.face,
            Self::Param { loss, param, .. } => {
                let param = &loss.info().params[param];
                Face {
                    key: param.key,
                    symbol: param.symbol,
                    unit: match param.unit {
                        "" => Unit::None,
                        sign => Unit::Sign(sign),
                    },
                    in_link: false,
                    ..Face::BLANK
                }
            }
        }
    }

    pub fn shape(self) -> Shape {
        match self {
            Self::Data(row) => shape(&row.kind),
            Self::Race { row, .. } => shape(&row.kind),
            Self::Param { loss, param, .. } => {
                let param = &loss.info().params[param];
                let range = (f64::from(param.min), f64::from(param.max));
                Shape::Number(Span {
                    range,
                    slider: range,
                    scale: param.scale,
                    ..Span::BLANK
                })
            }
        }
    }

    /// Which numbers it may be, where it is one.
    pub fn span(self) -> Option<Span> {
        match self.shape() {
            Shape::Number(span) => Some(span),
            Shape::Choice(_) | Shape::Text => None,
        }
    }

    /// Its number; only of settings whose shape is one.
    pub fn number(self, e: &Experiment) -> f64 {
        match self {
            Self::Data(row) => (number_of(row).get)(&e.data, 0),
            Self::Race { row, index } => (number_of(row).get)(e, index),
            Self::Param { entry, param, .. } => f64::from(e.entries[entry].params[param]),
        }
    }

    /// Takes a number, within its limits or not; only of settings whose shape is one.
    pub fn set_number(self, e: &mut Experiment, value: f64) {
        match self {
            Self::Data(row) => (number_of(row).set)(&mut e.data, 0, value),
            Self::Race { row, index } => (number_of(row).set)(e, index, value),
            Self::Param { entry, param, .. } => e.entries[entry].params[param] = value as f32,
        }
    }

    /// The id of the option that is chosen; only of settings whose shape is a choice.
    pub fn chosen(self, e: &Experiment) -> &'static str {
        match self {
            Self::Data(row) => (choice_of(row).get)(&e.data),
            Self::Race { row, .. } => (choice_of(row).get)(e),
            Self::Param { .. } => unreachable!("a loss's parameters are numbers"),
        }
    }

    /// Takes an option, and what goes with it, as a person's choice.
    pub fn choose(self, e: &mut Experiment, id: &str) {
        match self {
            Self::Data(row) => {
                (choice_of(row).set)(&mut e.data, id);
                (choice_of(row).follow)(&mut e.data);
            }
            Self::Race { row, .. } => {
                (choice_of(row).set)(e, id);
                (choice_of(row).follow)(e);
            }
            Self::Param { .. } => unreachable!("a loss's parameters are numbers"),
        }
    }

    /// Whether the panel offers it now.
    pub fn is_offered(self, e: &Experiment) -> bool {
        match self {
            Self::Data(row) => (row.offered)(&e.data),
            Self::Race { row, .. } => (row.offered)(e),
            Self::Param { .. } => true,
        }
    }

    /// As a link writes it.
    pub fn write(self, e: &Experiment) -> String {
        match self {
            Self::Data(row) => row.write(&e.data),
            Self::Race { row, .. } if row.face.in_link => row.write(e),
            Self::Race { row, index } => {
                let number = number_of(row);
                number.span.write((number.get)(e, index))
            }
            Self::Param { entry, param, .. } => e.entries[entry].params[param].to_string(),
        }
    }

    /// Takes what a link says; false where that is no value of this setting, which then stays as it is.
    pub fn read(self, e: &mut Experiment, text: &str) -> bool {
        match self {
            Self::Data(row) => row.read(&mut e.data, text),
            Self::Race { row, .. } if row.face.in_link => row.read(e, text),
            Self::Race { .. } | Self::Param { .. } => self
                .span()
                .and_then(|span| span.read(text))
                .map(|value| self.set_number(e, value))
                .is_some(),
        }
    }

    /// What can be written for it, in words.
    pub fn expected(self) -> Expected {
        match self {
            Self::Data(row) => row.expected(),
            Self::Race { row, .. } => row.expected(),
            Self::Param { .. } => Expected::Number,
        }
    }
}

/// By its key, as a log names it: `weight-decay`, `width of hidden layer 1`. To people [`Setting::name`] names it.
impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.face().key)?;
        match self {
            Self::Data(_) => Ok(()),
            Self::Race { row, index } => match row.face.of {
                Of::Race => Ok(()),
                Of::Layer => write!(f, " of hidden layer {}", index + 1),
                Of::Loss => write!(f, " of loss {}", index + 1),
            },
            Self::Param { entry, loss, .. } => {
                write!(f, " of loss {} ({})", entry + 1, loss.info().name)
            }
        }
    }
}

impl Experiment {
    /// All settings that it has now, in the order of the table, and then the losses' own parameters.
    pub fn all_settings(&self) -> Vec<Setting> {
        let mut all = Vec::new();
        for row in SETTINGS {
            all.extend((0..row.count(self)).map(|index| Setting::Race { row, index }));
            if row.face.key == "data" {
                all.extend(self.data.kind().settings().iter().map(Setting::Data));
            }
        }
        for (entry, of) in self.entries.iter().enumerate() {
            let known = of.params.len().min(of.loss.info().params.len());
            all.extend((0..known).map(|param| Setting::Param {
                entry,
                loss: of.loss,
                param,
            }));
        }
        all
    }

    /// Those of its settings that are numbers.
    pub fn numbers(&self) -> impl Iterator<Item = (Setting, Span)> + use<> {
        let all = self.all_settings().into_iter();
        all.filter_map(|setting| Some((setting, setting.span()?)))
    }

    /// The setting that a link calls so, where it has one now.
    pub fn setting(&self, key: &str) -> Option<Setting> {
        let mut all = self.all_settings().into_iter();
        all.find(|setting| setting.face().in_link && setting.face().key == key)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_row_is_complete() {
        let mut keys = HashSet::new();
        for row in SETTINGS {
            let face = &row.face;
            assert!(!face.key.is_empty(), "{row:?}");
            assert!(keys.insert(face.key), "{row:?} is there twice");
            check(row);
        }
        for kind in DataKind::ALL {
            let mut own = keys.clone();
            for row in kind.settings() {
                assert!(own.insert(row.face.key), "{row:?} is there twice");
                assert!(row.face.in_link, "{row:?}: no other row writes it");
                check(row);
            }
        }
        for row in SETTINGS.iter().filter(|row| row.face.of != Of::Race) {
            assert!(
                !row.face.in_link,
                "{row:?} would say only the first of many"
            );
        }
    }

    fn check<T>(row: &Row<T>) {
        match &row.kind {
            Kind::Text => assert!(row.text.is_some(), "{row:?}"),
            Kind::Choice(choice) => assert!(choice.options.len() > 1, "{row:?}"),
            Kind::Number(number) => {
                let Span {
                    range,
                    slider,
                    options,
                    ..
                } = number.span;
                assert!(range.0 < range.1, "{row:?}");
                if row.face.place.is_none() {
                    return;
                }
                if options.is_empty() {
                    assert!(
                        range.0 <= slider.0 && slider.0 < slider.1 && slider.1 <= range.1,
                        "{row:?}"
                    );
                } else {
                    let within = |&option| number.span.accepts(f64::from(option));
                    assert!(options.iter().all(within), "{row:?}");
                }
            }
        }
    }

    #[test]
    fn places_in_the_panel_are_taken_once() {
        for kind in DataKind::ALL {
            let mut places = HashSet::new();
            let of_set = kind.settings().iter().map(|row| row.face);
            for face in SETTINGS.iter().map(|row| row.face).chain(of_set) {
                if let Some((section, at)) = face.place {
                    assert!(places.insert((section as u8, at)), "{}", face.key);
                }
            }
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let e = Experiment::default_preset();
        for setting in e.all_settings() {
            let mut read = e.clone();
            assert!(setting.read(&mut read, &setting.write(&e)), "{setting}");
            assert_eq!(read, e, "{setting}");
            assert!(!setting.read(&mut read, "no value"), "{setting}");
            assert_eq!(read, e, "{setting}");
        }
    }

    #[test]
    fn a_choice_takes_along_what_it_needs_and_a_link_does_not() {
        let mut e = Experiment::before_convolutions();
        e.net.hidden = vec![64];
        let start = e.setting("start").unwrap();
        let mut read = e.clone();
        assert!(start.read(&mut read, "pretrained"));
        assert_eq!(read.net.hidden, [64]);
        start.choose(&mut e, "pretrained");
        assert_eq!(
            (e.start, &e.net.hidden[..]),
            (Start::Pretrained, &[128][..])
        );
        e.net.hidden = vec![64];
        let net = e.setting("net").unwrap();
        net.choose(&mut e, "conv5s2c16p2");
        assert_eq!(e.net, NetSpec::convolutional(Convolution::K5S2C16P2, 64));
        e.net.hidden = vec![32];
        net.choose(&mut e, "conv6s3c32p2");
        assert_eq!((e.net.id(), &e.net.hidden[..]), ("conv6s3c32p2", &[32][..]));
        start.choose(&mut e, "pretrained");
        assert_eq!(e.net.hidden, [32]);
        net.choose(&mut e, "mlp");
        assert_eq!(e.net, NetSpec::mlp(&[128], 64));
        let sampler = e.setting("sampler").unwrap();
        sampler.choose(&mut e, "balanced");
        assert_eq!(
            e.sampler,
            SamplerSpec::Balanced {
                classes: 20,
                samples: 3
            }
        );
        sampler.choose(&mut e, "shuffled");
        assert_eq!(e.sampler, SamplerSpec::Shuffled { batch: 60 });
        let mut e = Experiment::default_preset();
        e.shift = 1;
        e.setting("data").unwrap().choose(&mut e, "synthetic");
        assert_eq!((&e.net, e.shift), (&NetSpec::mlp(&[128], 64), 0));
        assert_eq!(e.validate(), Ok(()));
    }
}
