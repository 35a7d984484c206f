//! The side panel: which losses race, on what, and how.

use std::rc::Rc;

use kyori_text::Language;
use yew::prelude::*;

use super::controls::{Choice, NumberControl, Select, toggle};
use super::language::use_language;
use super::protocol::{protocol_idea, protocol_switch};
use super::state::{Action, SYNTHETIC, Sheet};
use crate::data::MOST_CLASSES_PRETRAINED;
use crate::experiment::{
    BACKBONE_WIDTH, DataSpec, DigitSplit, Entry, Experiment, MOST_LAYERS, Protocol, SamplerSpec,
    Setting, Start, SyntheticSpec, presets,
};
use crate::loss::{Family, LossKind, Scale};

/// Embedding dimensions that can be chosen.
const DIMS: [usize; 7] = [2, 3, 8, 16, 32, 64, 128];

pub fn family_name(family: Family) -> (&'static str, &'static str) {
    match family {
        Family::Pair => ("Pairs", "compare samples two by two"),
        Family::Triplet => (
            "Triplets",
            "compare an anchor with a positive and a negative",
        ),
        Family::Proxy => (
            "Proxies",
            "compare samples with a learned vector for each class",
        ),
        Family::Softmax => ("Softmax", "classify among learned class vectors"),
    }
}

const FAMILIES: [Family; 4] = [
    Family::Proxy,
    Family::Softmax,
    Family::Pair,
    Family::Triplet,
];

/// Changes one part of the settings.
#[derive(Clone, PartialEq)]
struct Editor {
    experiment: Rc<Experiment>,
    dispatch: Callback<Action>,
}

impl Editor {
    fn on<T: 'static>(&self, change: impl Fn(&mut Experiment, T) + 'static) -> Callback<T> {
        let Self {
            experiment,
            dispatch,
        } = self.clone();
        Callback::from(move |value| {
            let mut experiment = (*experiment).clone();
            change(&mut experiment, value);
            // An empty race is a state of its own, not a mistake to be put right.
            if !experiment.entries.is_empty() {
                experiment.clamp();
            }
            dispatch.emit(Action::Edit(Rc::new(experiment)));
        })
    }
}

#[derive(Properties, PartialEq)]
pub struct PanelProps {
    pub experiment: Rc<Experiment>,
    /// Training and evaluation classes of the race that is laid out.
    pub classes: Option<(usize, usize)>,
    /// A change waits to be laid out.
    pub pending: bool,
    /// On narrow screens the panel is a drawer.
    pub open: bool,
    pub dark: bool,
    pub dispatch: Callback<Action>,
}

#[component]
pub fn Panel(props: &PanelProps) -> Html {
    let t = use_language();
    let editor = Editor {
        experiment: props.experiment.clone(),
        dispatch: props.dispatch.clone(),
    };
    let close = props
        .dispatch
        .reform(|_: MouseEvent| Action::OpenSettings(false));
    html! {
        <aside class={classes!("panel", props.open.then_some("open"))} aria-label="Settings">
            <header class="panel-head">
                <h2>{ "Settings" }</h2>
                <span class="dim">{ if props.pending { "restarting…" } else { "" } }</span>
                <button type="button" class="quiet panel-close" onclick={close}>{ "Done" }</button>
            </header>
            <div class="panel-body">
                { start(t, props) }
                { losses(props, &editor) }
                { data(props, &editor) }
                { batches(&editor) }
                { network(&editor) }
                { training(&editor) }
            </div>
        </aside>
    }
}

fn section(title: &str, note: &str, content: Html) -> Html {
    html! {
        <section class="settings">
            <h3>{ title.to_owned() }</h3>
            if !note.is_empty() { <p class="meaning">{ note.to_owned() }</p> }
            { content }
        </section>
    }
}

/// Experiments to start from, and the protocol.
fn start(t: Language, props: &PanelProps) -> Html {
    let experiment = &props.experiment;
    let same = |preset: &crate::experiment::Preset| {
        preset.data == experiment.data
            && preset.sampler == experiment.sampler
            && preset.net == experiment.net
            && preset.start == experiment.start
            && preset.label_noise == experiment.label_noise
    };
    let selected = presets().iter().position(same);
    let mut options: Vec<AttrValue> = presets()
        .iter()
        .map(|preset| AttrValue::from(preset.title.as_str()))
        .collect();
    if selected.is_none() {
        options.push("Your own".into());
    }
    let select = {
        let experiment = experiment.clone();
        props.dispatch.reform(move |index: usize| {
            let protocol = experiment.protocol().unwrap_or_default();
            let chosen = presets()
                .get(index)
                .map(|preset| preset.experiment(protocol));
            let mut chosen = chosen.unwrap_or_else(|| (*experiment).clone());
            (chosen.seeds, chosen.first_seed) = (experiment.seeds, experiment.first_seed);
            Action::StartWith(Rc::new(chosen))
        })
    };
    let about = selected
        .and_then(|index| presets().get(index))
        .map(|preset| preset.about.as_str())
        .unwrap_or_default();
    let protocol: Option<Protocol> = experiment.protocol();
    html! {
        <section class="settings first">
            <Select id="preset" label="Experiment" selected={Some(selected.unwrap_or(presets().len()))} {options} on_select={select} />
            <p class="meaning">{ about }</p>
            { protocol_switch(t, "protocol", experiment, &props.dispatch) }
            <p class="meaning">
                { t.say(protocol_idea(protocol)) }{ " " }
                <button type="button" class="link" onclick={props.dispatch.reform(|_: MouseEvent| Action::Show(Sheet::Protocols))}>
                    { "What changes?" }
                </button>
                { " " }
                <button type="button" class="link" onclick={props.dispatch.reform(|_: MouseEvent| Action::Show(Sheet::Tune))}>
                    { "Tune…" }
                </button>
                { " " }
                <button type="button" class="link" onclick={props.dispatch.reform(|_: MouseEvent| Action::Show(Sheet::WinMap))}>
                    { "Where does it win?" }
                </button>
            </p>
        </section>
    }
}

fn losses(props: &PanelProps, editor: &Editor) -> Html {
    let groups = FAMILIES.iter().map(|&family| {
        let kinds: Vec<LossKind> = LossKind::ALL
            .iter()
            .copied()
            .filter(|kind| kind.info().family == family)
            .collect();
        let (name, idea) = family_name(family);
        let rows = kinds.iter().map(|&kind| {
            let entry = props
                .experiment
                .entries
                .iter()
                .position(|entry| entry.loss == kind);
            html! { <LossRow key={kind.info().id} {kind} {entry} editor={editor.clone()} /> }
        });
        html! {
            if !kinds.is_empty() {
                <fieldset class="family">
                    <legend>{ name }<span class="dim">{ format!(" {idea}") }</span></legend>
                    { for rows }
                </fieldset>
            }
        }
    });
    section("Losses", "", html! { <>{ for groups }</> })
}

#[derive(Properties, PartialEq)]
struct LossRowProps {
    kind: LossKind,
    /// Its place in the race, where it takes part.
    entry: Option<usize>,
    editor: Editor,
}

#[component]
fn LossRow(props: &LossRowProps) -> Html {
    let expanded = use_state_eq(|| false);
    let LossRowProps {
        kind,
        entry,
        editor,
    } = props;
    let kind = *kind;
    let info = kind.info();
    let take_part = editor.on(move |experiment, on: bool| {
        if on {
            let protocol = experiment.protocol().unwrap_or_default();
            if !experiment.entries.iter().any(|entry| entry.loss == kind) {
                experiment
                    .entries
                    .push(Entry::preset(kind, protocol, experiment.sampler));
            }
        } else {
            experiment.entries.retain(|entry| entry.loss != kind);
        }
    });
    let unfold = {
        let expanded = expanded.clone();
        Callback::from(move |_: MouseEvent| expanded.set(!*expanded))
    };
    let about = editor
        .dispatch
        .reform(move |_: MouseEvent| Action::Show(Sheet::AboutLoss(kind)));
    let body_id = format!("loss-{}", info.id);
    html! {
        <div class={classes!("loss-row", entry.map(|_| "on"))}>
            <div class="loss-head">
                { toggle(info.name, entry.is_some(), &take_part) }
                if entry.is_some() {
                    <button type="button" class="quiet" onclick={unfold} aria-expanded={expanded.to_string()} aria-controls={body_id.clone()}
                        aria-label={format!("Settings of {}", info.name)}>{ if *expanded { "▴" } else { "▾" } }</button>
                }
                <button type="button" class="quiet" onclick={about} aria-label={format!("About {}", info.name)}>{ "?" }</button>
            </div>
            <p class="meaning">{ info.idea }</p>
            if let (true, Some(index)) = (*expanded, *entry) {
                <div id={body_id} class="loss-params">{ params(index, editor) }</div>
            }
        </div>
    }
}

/// The smallest and the largest value that a setting may have; its slider spans the useful part.
fn ends(setting: Setting) -> (f64, f64) {
    let range = setting.range();
    (*range.start(), *range.end())
}

/// A loss's learning rates and own hyperparameters.
fn params(index: usize, editor: &Editor) -> Html {
    let Some(entry) = editor.experiment.entries.get(index) else {
        return Html::default();
    };
    let info = entry.loss.info();
    let set = |change: fn(&mut Entry, f32)| {
        editor.on(move |experiment, value: f64| {
            if let Some(entry) = experiment.entries.get_mut(index) {
                change(entry, value as f32);
            }
        })
    };
    let own = info.params.iter().enumerate().map(|(at, param)| {
        let value = entry.params.get(at).copied().unwrap_or(param.default);
        let change = editor.on(move |experiment, value: f64| {
            if let Some(slot) = experiment.entries.get_mut(index).and_then(|entry| entry.params.get_mut(at)) {
                *slot = value as f32;
            }
        });
        if param.scale == Scale::Switch {
            html! {
                <div class="number">
                    { toggle(param.key, value != 0.0, &change.reform(|on: bool| f64::from(u8::from(on)))) }
                    <p class="meaning">{ param.meaning }</p>
                </div>
            }
        } else {
            html! {
                <NumberControl id={format!("{}-{}", info.id, param.key)} label={param.key.replace('_', " ")} symbol={param.symbol}
                    meaning={param.meaning} unit={param.unit} value={f64::from(value)} min={f64::from(param.min)}
                    max={f64::from(param.max)} scale={param.scale} on_change={change} />
            }
        }
    });
    html! {
        <>
            <NumberControl id={format!("{}-lr", info.id)} accepts={ends(Setting::Lr(index))} label="learning rate" symbol="η" value={f64::from(entry.lr)}
                meaning="Size of the network's steps. Changes at once." min=0.00001 max=0.1 scale={Scale::Log}
                on_change={set(|entry, value| entry.lr = value)} />
            if info.learns() {
                <NumberControl id={format!("{}-proxy-lr", info.id)} accepts={ends(Setting::ProxyLrFactor(index))} label="proxies' factor" symbol="×" value={f64::from(entry.proxy_lr_factor)}
                    meaning="The learned class vectors' learning rate, as a multiple of the network's. Changes at once."
                    min=0.1 max=1000.0 scale={Scale::Log} on_change={set(|entry, value| entry.proxy_lr_factor = value)} />
            }
            { for own }
        </>
    }
}

fn data(props: &PanelProps, editor: &Editor) -> Html {
    let selected = match &props.experiment.data {
        DataSpec::Glyphs { .. } => 0,
        DataSpec::Digits { .. } => 1,
        DataSpec::Synthetic(_) => 2,
    };
    let select = editor.on(|experiment, index: usize| {
        experiment.data = match index {
            0 => DataSpec::Glyphs { train_classes: 200 },
            1 => DataSpec::Digits {
                split: DigitSplit::SeenClasses,
            },
            _ => DataSpec::Synthetic(SYNTHETIC),
        };
    });
    let (fewest, most) = match props.experiment.start {
        Start::Scratch => ends(Setting::TrainClasses),
        Start::Pretrained => (
            ends(Setting::TrainClasses).0,
            MOST_CLASSES_PRETRAINED as f64,
        ),
    };
    let own = match &props.experiment.data {
        DataSpec::Glyphs { train_classes } => html! {
            <NumberControl id="train-classes" accepts={(fewest, most)} label="training classes" symbol="C" value={*train_classes as f64} min=10.0 max={most}
                scale={Scale::Integer} meaning="Characters to train on. The score is taken on others."
                on_change={editor.on(|experiment, value: f64| experiment.data = DataSpec::Glyphs { train_classes: value as usize })} />
        },
        DataSpec::Digits { split } => {
            const SPLITS: [(DigitSplit, &str); 3] = [
                (DigitSplit::SeenClasses, "all ten"),
                (DigitSplit::TrainLow, "0–4"),
                (DigitSplit::TrainHigh, "5–9"),
            ];
            html! {
                <>
                    <Choice id="split" label="Train on" options={SPLITS.map(|(_, name)| AttrValue::from(name)).to_vec()}
                        selected={SPLITS.iter().position(|(known, _)| known == split)}
                        on_select={editor.on(|experiment, index: usize| {
                            let split = SPLITS.get(index).map_or(DigitSplit::SeenClasses, |(split, _)| *split);
                            experiment.data = DataSpec::Digits { split };
                        })} />
                    <p class="meaning">{ match split {
                        DigitSplit::SeenClasses => "The score is taken on held-out pictures of the same ten digits.",
                        _ => "The score is taken on the other five digits. A trap: an untrained network is already good at them, and training lowers it.",
                    } }</p>
                </>
            }
        }
        DataSpec::Synthetic(spec) => synthetic(*spec, editor),
    };
    let note = match props.classes {
        Some((train, _))
            if matches!(
                props.experiment.data,
                DataSpec::Digits {
                    split: DigitSplit::SeenClasses
                }
            ) =>
        {
            format!("{train} classes to train on.")
        }
        Some((train, test)) => {
            format!("{train} classes to train on, {test} unseen ones to score on.")
        }
        None => String::new(),
    };
    section(
        "Data",
        "",
        html! {
            <>
                <Choice id="data" label="Data set" hide_label=true options={vec!["Glyphs".into(), "Digits".into(), "Synthetic".into()]}
                    selected={Some(selected)} on_select={select} />
                <p class="meaning">{ match selected {
                    0 => "Japanese characters in many typefaces, 24×24 pixels.",
                    1 => "Handwritten digits, 8×8 pixels.",
                    _ => "Gaussian clusters with as much noise as you like.",
                } }{ " " }{ note }</p>
                { own }
                <NumberControl id="label-noise" label="wrong labels" value={f64::from(props.experiment.label_noise) * 100.0} min=0.0 max=40.0 unit="%"
                    meaning="Share of training pictures with a wrong label."
                    on_change={editor.on(|experiment, value: f64| experiment.label_noise = (value / 100.0) as f32)} />
            </>
        },
    )
}

fn synthetic(spec: SyntheticSpec, editor: &Editor) -> Html {
    let set = |change: fn(&mut SyntheticSpec, f64)| {
        editor.on(move |experiment, value: f64| {
            let mut changed = spec;
            change(&mut changed, value);
            experiment.data = DataSpec::Synthetic(changed);
        })
    };
    html! {
        <>
            <NumberControl id="syn-classes" accepts={ends(Setting::SyntheticClasses)} label="classes" symbol="C" value={spec.classes as f64} min=6.0 max=2000.0 scale={Scale::Log} whole=true
                meaning="Clusters; some of them are held back to score on." on_change={set(|spec, value| spec.classes = value as usize)} />
            <NumberControl id="syn-dim" accepts={ends(Setting::SyntheticDim)} label="input dimension" value={spec.dim as f64} min=2.0 max=128.0 scale={Scale::Integer}
                meaning="Numbers in each sample." on_change={set(|spec, value| spec.dim = value as usize)} />
            <NumberControl id="syn-samples" accepts={ends(Setting::SamplesPerClass)} label="samples a class" value={spec.samples_per_class as f64} min=4.0 max=100.0 scale={Scale::Integer}
                meaning="How many samples each cluster has." on_change={set(|spec, value| spec.samples_per_class = value as usize)} />
            <NumberControl id="syn-spread" accepts={ends(Setting::Spread)} label="spread" symbol="σ" value={f64::from(spec.spread)} min=0.01 max=2.0 scale={Scale::Log}
                meaning="Standard deviation around the class centre." on_change={set(|spec, value| spec.spread = value as f32)} />
            <NumberControl id="syn-noise" accepts={ends(Setting::Noise)} label="noise" value={f64::from(spec.noise)} min=0.0 max=2.0
                meaning="Standard deviation of the dimensions that say nothing of the class." on_change={set(|spec, value| spec.noise = value as f32)} />
        </>
    }
}

fn batches(editor: &Editor) -> Html {
    let sampler = editor.experiment.sampler;
    let (all, of_a_class) = editor.experiment.data.training_samples();
    let up_to = |(least, most): (f64, f64), there_are: usize| (least, most.min(there_are as f64));
    let select = editor.on(|experiment, index: usize| {
        let batch = experiment.sampler.batch();
        experiment.sampler = match index {
            0 => SamplerSpec::Shuffled { batch },
            _ => SamplerSpec::Balanced {
                classes: (batch / 3).max(2),
                samples: 3,
            },
        };
    });
    let (selected, own) = match sampler {
        SamplerSpec::Shuffled { batch } => (
            0,
            html! {
                <NumberControl id="batch" accepts={up_to(ends(Setting::Batch), all)} label="batch" symbol="B" value={batch as f64} min=8.0 max=256.0 scale={Scale::Integer}
                    meaning="Pictures in one training step. Many of them have no partner of their class in it."
                    on_change={editor.on(|experiment, value: f64| experiment.sampler = SamplerSpec::Shuffled { batch: value as usize })} />
            },
        ),
        SamplerSpec::Balanced { classes, samples } => (
            1,
            html! {
                <>
                    <NumberControl id="batch-classes" accepts={up_to(ends(Setting::ClassesPerBatch), editor.experiment.data.training_classes())} label="classes in a batch" symbol="P" value={classes as f64} min=2.0 max=100.0
                        scale={Scale::Integer} meaning="Different classes in one training step."
                        on_change={editor.on(move |experiment, value: f64| experiment.sampler = SamplerSpec::Balanced { classes: value as usize, samples })} />
                    <NumberControl id="batch-samples" accepts={up_to(ends(Setting::SamplesPerBatchClass), of_a_class)} label="pictures of each" symbol="K" value={samples as f64} min=2.0 max=10.0
                        scale={Scale::Integer} meaning="So that every picture has partners of its own class."
                        on_change={editor.on(move |experiment, value: f64| experiment.sampler = SamplerSpec::Balanced { classes, samples: value as usize })} />
                </>
            },
        ),
    };
    section(
        "Batches",
        "",
        html! {
            <>
                <Choice id="sampler" label="Batches" hide_label=true options={vec!["Shuffled".into(), "Balanced".into()]}
                    selected={Some(selected)} on_select={select} />
                { own }
            </>
        },
    )
}

fn network(editor: &Editor) -> Html {
    let net = &editor.experiment.net;
    let select_dim = editor
        .on(|experiment, index: usize| experiment.net.dim = DIMS.get(index).copied().unwrap_or(64));
    let select_layers = editor.on(|experiment, layers: usize| {
        let last = experiment.net.hidden.last().copied().unwrap_or(128);
        experiment.net.hidden.resize(layers, last);
    });
    let start = editor.experiment.start;
    let select_start = editor.on(|experiment, index: usize| {
        experiment.start = Start::ALL.get(index).copied().unwrap_or_default();
        if experiment.start == Start::Pretrained {
            // The layer is as wide as it is.
            match experiment.net.hidden.first_mut() {
                Some(first) => *first = BACKBONE_WIDTH,
                None => experiment.net.hidden.push(BACKBONE_WIDTH),
            }
        }
    });
    let widths = net.hidden.iter().enumerate().map(|(layer, &width)| html! {
        <NumberControl id={format!("hidden-{layer}")} accepts={ends(Setting::Hidden(layer))} label={format!("width of layer {}", layer + 1)} value={width as f64} min=4.0 max=512.0
            scale={Scale::Log} whole=true meaning="Units in this hidden layer."
            on_change={editor.on(move |experiment, value: f64| if let Some(slot) = experiment.net.hidden.get_mut(layer) { *slot = value as usize })} />
    });
    section(
        "Network",
        "",
        html! {
            <>
                if matches!(editor.experiment.data, DataSpec::Glyphs { .. }) {
                    <Choice id="start" label="Start" options={vec!["from scratch".into(), "pre-trained".into()]}
                        selected={Start::ALL.iter().position(|&known| known == start)} on_select={select_start} />
                    <p class="meaning">{ match start {
                        Start::Scratch => "All weights start at random.",
                        Start::Pretrained => "The first layer has learned 50 other characters, which leaves 150 to train on; the embedding layer starts at random.",
                    } }</p>
                }
                <Choice id="dim" label="Embedding dimension" options={DIMS.map(|dim| AttrValue::from(dim.to_string())).to_vec()}
                    selected={DIMS.iter().position(|&dim| dim == net.dim)} on_select={select_dim} />
                <p class="meaning">{ if net.dim <= 3 {
                    "So small a space cannot hold many classes apart: a proxy loss that asks every pair of classes for a negative cosine fails here."
                } else { "Numbers that stand for each picture. The board shows a projection of them." } }</p>
                <Choice id="layers" label="Hidden layers" options={(0..=MOST_LAYERS).map(|layers| AttrValue::from(layers.to_string())).collect::<Vec<_>>()}
                    selected={Some(net.hidden.len())} on_select={select_layers} />
                { for widths }
            </>
        },
    )
}

fn training(editor: &Editor) -> Html {
    let experiment = &editor.experiment;
    let schedule = &experiment.schedule;
    html! {
        { section("Training", "", html! {
            <>
                <NumberControl id="seeds" accepts={ends(Setting::Seeds)} label="seeds a loss" value={experiment.seeds as f64} min=1.0 max=20.0 scale={Scale::Integer}
                    meaning="Independent runs of each loss. From two on there is a confidence band."
                    on_change={editor.on(|experiment, value: f64| experiment.seeds = value as usize)} />
                <NumberControl id="steps" accepts={ends(Setting::Steps)} label="steps" value={f64::from(schedule.steps)} min=20.0 max=5000.0 scale={Scale::Log} whole=true
                    meaning="Where the race ends." on_change={editor.on(|experiment, value: f64| experiment.schedule.steps = value as u32)} />
                <NumberControl id="weight-decay" accepts={ends(Setting::WeightDecay)} label="weight decay" symbol="λ" value={f64::from(schedule.weight_decay)} min=0.0 max=0.1
                    meaning="Pulls weights towards 0 in every step (AdamW)."
                    on_change={editor.on(|experiment, value: f64| experiment.schedule.weight_decay = value as f32)} />
                <NumberControl id="warm-up" accepts={ends(Setting::WarmupSteps)} label="warm-up" unit="steps" value={f64::from(schedule.warmup_steps)} min=0.0 max=500.0 scale={Scale::Integer}
                    meaning="The learning rates rise from 0 over so many steps."
                    on_change={editor.on(|experiment, value: f64| experiment.schedule.warmup_steps = value as u32)} />
                <NumberControl id="clip" accepts={ends(Setting::ClipValue)} label="gradient clip" value={f64::from(schedule.clip_value)} min=0.0 max=10.0
                    meaning="Each entry of a gradient is cut to ± this; 0 is off."
                    on_change={editor.on(|experiment, value: f64| experiment.schedule.clip_value = value as f32)} />
            </>
        }) }
    }
}
