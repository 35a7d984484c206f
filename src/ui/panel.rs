//! The side panel: which losses race, on what, and how.

use std::borrow::Cow;
use std::rc::Rc;

use kyori_text::{Language, Message, messages as text};
use yew::prelude::*;

use super::controls::{Choice, NumberControl, Select, toggle};
use super::language::use_language;
use super::protocol::{protocol_idea, protocol_switch};
use super::state::{Action, Sheet};
use crate::data::ScoredOn;
use crate::experiment::{Experiment, Preset, Setting, Shape, presets};
use crate::loss::{Family, LossKind, Scale};
use crate::order;
use crate::setting::{Face, Of, Section, Span};

pub fn family_name(family: Family) -> Message {
    match family {
        Family::Pair => text::family_pair(),
        Family::Triplet => text::family_triplet(),
        Family::Proxy => text::family_proxy(),
        Family::Softmax => text::family_softmax(),
    }
}

/// What the losses of a family do.
pub fn family_idea(family: Family) -> Message {
    match family {
        Family::Pair => text::family_pair_idea(),
        Family::Triplet => text::family_triplet_idea(),
        Family::Proxy => text::family_proxy_idea(),
        Family::Softmax => text::family_softmax_idea(),
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
    /// The experiment is that of a cell of the map.
    pub from_map: bool,
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
        <aside class={classes!("panel", props.open.then_some("open"))} aria-label={t.say(text::settings())}>
            <header class="panel-head">
                <h2>{ t.say(text::settings()) }</h2>
                <span class="dim">{ if props.pending { t.say(text::panel_restarting()) } else { "".into() } }</span>
                <button type="button" class="quiet panel-close" onclick={close}>{ t.say(text::panel_done()) }</button>
            </header>
            <div class="panel-body">
                { start(t, props) }
                { losses(t, props, &editor) }
                { section(t, text::panel_data(), rows(t, Section::Data, &editor, &data_note(props))) }
                { section(t, text::panel_batches(), rows(t, Section::Batches, &editor, &Message::default())) }
                { section(t, text::panel_network(), rows(t, Section::Network, &editor, &Message::default())) }
                { section(t, text::panel_training(), rows(t, Section::Training, &editor, &Message::default())) }
            </div>
        </aside>
    }
}

fn section(t: Language, title: Message, content: Html) -> Html {
    html! {
        <section class="settings">
            <h3>{ t.say(title) }</h3>
            { content }
        </section>
    }
}

/// A preset in an experiment's place, under its protocol and with as many seeds. Seeds that only came with a cell of the
/// map go with it.
fn replaced_by(experiment: &Experiment, from_map: bool, preset: &Preset) -> Experiment {
    let mut chosen = preset.experiment(experiment.protocol().unwrap_or_default());
    if !from_map {
        (chosen.seeds, chosen.first_seed) = (experiment.seeds, experiment.first_seed);
    }
    chosen
}

/// Which of the presets an experiment is; one from the map is none of them.
fn preset_of(experiment: &Experiment, from_map: bool) -> Option<&'static Preset> {
    experiment.preset().filter(|_| !from_map)
}

/// Experiments to start from.
fn preset_select(
    t: Language,
    id: &'static str,
    experiment: &Rc<Experiment>,
    from_map: bool,
    dispatch: &Callback<Action>,
) -> Html {
    let preset = preset_of(experiment, from_map);
    let mut options: Vec<(Option<&'static str>, AttrValue)> = presets()
        .iter()
        .map(|preset| (Some(&*preset.id), t.say(preset.title()).into()))
        .collect();
    if preset.is_none() {
        let name = if from_map {
            text::experiment_from_map()
        } else {
            text::experiment_own()
        };
        options.push((None, t.say(name).into()));
    }
    let select = {
        let experiment = experiment.clone();
        dispatch.reform(move |id: Option<&'static str>| {
            let chosen = match id.and_then(Preset::from_id) {
                Some(preset) => Rc::new(replaced_by(&experiment, from_map, preset)),
                None => experiment.clone(),
            };
            Action::StartWith(chosen)
        })
    };
    html! {
        <Select<Option<&'static str>> {id} label={t.say(text::experiment())} selected={Some(preset.map(|preset| &*preset.id))} {options} on_select={select} />
    }
}

#[derive(Properties, PartialEq)]
pub struct SetupProps {
    pub experiment: Rc<Experiment>,
    /// The experiment is a cell of the map.
    pub from_map: bool,
    pub dispatch: Callback<Action>,
}

/// What is changed first, while the panel with everything is closed.
#[component]
pub fn Setup(props: &SetupProps) -> Html {
    let t = use_language();
    let SetupProps {
        experiment,
        from_map,
        dispatch,
    } = props;
    let open = dispatch.reform(|_: MouseEvent| Action::OpenSettings(true));
    let what = text::setup_more(experiment.entries.len(), experiment.seeds);
    html! {
        <div class="setup">
            { preset_select(t, "preset-first", experiment, *from_map, dispatch) }
            { protocol_switch(t, "protocol-first", experiment, dispatch) }
            <button type="button" class="quiet" onclick={open}>{ t.say(what) }</button>
        </div>
    }
}

/// Experiments to start from, and the protocol.
fn start(t: Language, props: &PanelProps) -> Html {
    let experiment = &props.experiment;
    let from_map = props.from_map;
    let about = preset_of(experiment, from_map)
        .map(Preset::about)
        .unwrap_or_default();
    html! {
        <section class="settings first">
            { preset_select(t, "preset", experiment, from_map, &props.dispatch) }
            <p class="meaning">{ t.say(about) }</p>
            { protocol_switch(t, "protocol", experiment, &props.dispatch) }
            <p class="meaning">
                { t.say(if from_map { text::map_cell_idea() } else { protocol_idea(experiment) }) }{ " " }
                if experiment.is_tuned_elsewhere() {
                    { t.say(text::protocol_tuned_elsewhere()) }{ " " }
                }
                <button type="button" class="link" onclick={props.dispatch.reform(|_: MouseEvent| Action::Show(Sheet::Protocols))}>
                    { t.say(text::compare_protocols()) }
                </button>
                { " " }
                <button type="button" class="link" onclick={props.dispatch.reform(|_: MouseEvent| Action::Show(Sheet::Tune))}>
                    { t.say(text::tune_all()) }
                </button>
                { " " }
                <button type="button" class="link" onclick={props.dispatch.reform(|_: MouseEvent| Action::Show(Sheet::WinMap))}>
                    { t.say(text::show_map()) }
                </button>
            </p>
        </section>
    }
}

fn losses(t: Language, props: &PanelProps, editor: &Editor) -> Html {
    let groups = FAMILIES.iter().map(|&family| {
        let kinds: Vec<LossKind> = LossKind::ALL
            .iter()
            .copied()
            .filter(|kind| kind.info().family == family)
            .collect();
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
                    <legend>{ t.say(family_name(family)) }<span class="dim">{ " " }{ t.say(family_idea(family)) }</span></legend>
                    { for rows }
                </fieldset>
            }
        }
    });
    section(t, text::panel_losses(), html! { <>{ for groups }</> })
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
    let t = use_language();
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
            experiment.add(kind);
        } else {
            experiment.remove(kind);
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
                        aria-label={t.say(text::settings_of(info.name))}>{ if *expanded { "▴" } else { "▾" } }</button>
                }
                <button type="button" class="quiet" onclick={about} aria-label={t.say(text::about_loss(info.name))}>{ "?" }</button>
            </div>
            <p class="meaning">
                { t.say(text::loss_idea(info.id)) }
                if entry.is_some() && editor.experiment.memory.batches > 0 && !info.memory {
                    { " " }{ t.say(text::loss_within_batch()) }
                }
                if entry.is_some() && editor.experiment.mixup > 0.0 && !info.mixup {
                    { " " }{ t.say(text::loss_without_mixtures()) }
                }
            </p>
            if let (true, Some(index)) = (*expanded, *entry) {
                <div id={body_id} class="loss-params">{ params(t, index, editor) }</div>
            }
        </div>
    }
}

/// A loss's learning rates and own hyperparameters.
fn params(t: Language, index: usize, editor: &Editor) -> Html {
    let Some(entry) = editor.experiment.entries.get(index) else {
        return Html::default();
    };
    let info = entry.loss.info();
    let controls = editor.experiment.of_entry(index).filter_map(|setting| {
        let face = setting.face();
        match setting.shape() {
            // A factor for vectors that a loss does not have sets nothing.
            Shape::Number(_) if face.key == "proxies" && !info.learns() => None,
            Shape::Number(span) if span.scale == Scale::Switch => {
                let change = editor.on(move |experiment, on: bool| {
                    setting.set_number(experiment, f64::from(u8::from(on)));
                });
                Some(html! {
                    <div class="number">
                        { toggle(t.say(setting.label()), setting.number(&editor.experiment) != 0.0, &change) }
                        <p class="meaning">{ meaning(t, setting) }</p>
                    </div>
                })
            }
            Shape::Number(span) => {
                let id = format!("{}-{}", info.id, face.key);
                Some(number(t, id, setting, span, editor))
            }
            Shape::Choice(_) | Shape::Text => None,
        }
    });
    html! { <>{ for controls }</> }
}

/// How many classes of the data set are for what.
fn data_note(props: &PanelProps) -> Message {
    match (props.classes, props.experiment.data.scored_on()) {
        (None, _) => Message::default(),
        (Some((train, _)), ScoredOn::HeldOutPictures) => text::classes_trained_on(train),
        (Some((train, unseen)), ScoredOn::UnseenClasses) => {
            text::classes_trained_and_scored_on(train, unseen)
        }
    }
}

/// The settings of a section, each with its control. `note` is said after what the first one means.
fn rows(t: Language, section: Section, editor: &Editor, note: &Message) -> Html {
    let experiment = &editor.experiment;
    let mut settings: Vec<(u8, Setting)> = experiment
        .all_settings()
        .into_iter()
        .filter(|setting| setting.is_offered(experiment))
        .filter_map(|setting| match setting.face().place {
            Some((of, at)) if of == section => Some((at, setting)),
            _ => None,
        })
        .collect();
    // Stable, so that the layers stay in their order.
    order::sort_by(&mut settings, |(a, _), (b, _)| a.cmp(b));
    let controls = settings.iter().map(|(at, setting)| {
        let note = if *at == 0 { t.say(note) } else { "".into() };
        control(t, *setting, editor, &note)
    });
    html! { <>{ for controls }</> }
}

fn control(t: Language, setting: Setting, editor: &Editor, note: &str) -> Html {
    let face = setting.face();
    match setting.shape() {
        Shape::Choice(options) => choice(t, setting, options, editor, note),
        Shape::Number(span) if !span.options.is_empty() => few(t, setting, span, editor),
        Shape::Number(span) => {
            let id = match setting {
                Setting::Race { row, index } if row.face.of != Of::Race => {
                    format!("{}-{index}", face.key)
                }
                _ => face.key.to_owned(),
            };
            number(t, id, setting, span, editor)
        }
        // The panel has no control for a text: links and the command line set it.
        Shape::Text => Html::default(),
    }
}

/// One of the options of a setting, with what it means.
fn choice(
    t: Language,
    setting: Setting,
    options: &'static [&'static str],
    editor: &Editor,
    note: &str,
) -> Html {
    let Face { key, .. } = setting.face();
    let label = t.say(setting.label());
    let chosen = setting.chosen(&editor.experiment);
    let meaning = t.say(setting.option_meaning(chosen));
    // The heading of the section says it already.
    let hide_label = setting.face().place.is_some_and(|(section, at)| {
        at == 0 && matches!(section, Section::Data | Section::Batches)
    });
    let names = options
        .iter()
        .map(|&option| {
            let label = t.say(setting.option_label(option));
            (option, AttrValue::from(label))
        })
        .collect::<Vec<_>>();
    let select = editor.on(move |experiment, id: &'static str| setting.choose(experiment, id));
    html! {
        <>
            <Choice<&'static str> id={key} {label} {hide_label} options={names} selected={Some(chosen)} on_select={select} />
            <p class="meaning">{ meaning }{ " " }{ note.to_owned() }</p>
        </>
    }
}

/// One of a few numbers.
fn few(t: Language, setting: Setting, span: Span, editor: &Editor) -> Html {
    let Face { key, .. } = setting.face();
    let label = t.say(setting.label());
    let names = span
        .options
        .iter()
        .map(|&option| (option, AttrValue::from(option.to_string())))
        .collect::<Vec<_>>();
    let value = setting.number(&editor.experiment);
    let selected = span
        .options
        .iter()
        .copied()
        .find(|&option| f64::from(option) == value);
    let select = editor.on(move |experiment, option: u16| {
        setting.set_number(experiment, f64::from(option));
    });
    let meaning = if key == "dim" && value <= 3.0 {
        t.say(text::dim_too_small())
    } else {
        meaning(t, setting)
    };
    html! {
        <>
            <Choice<u16> id={key} {label} options={names} {selected} on_select={select} />
            <p class="meaning">{ meaning }</p>
        </>
    }
}

/// What a number that the panel has does.
fn meaning(t: Language, setting: Setting) -> Cow<'static, str> {
    let meaning = setting.meaning();
    t.say(meaning.expect("the panel asks only for numbers that it has"))
}

/// A slider with a box, within what the other settings leave.
fn number(t: Language, id: String, setting: Setting, span: Span, editor: &Editor) -> Html {
    let Face { symbol, unit, .. } = setting.face();
    let (label, meaning, unit) = (
        t.say(setting.label()),
        meaning(t, setting),
        t.say(unit.name()),
    );
    let times = span.shown_times;
    let (least, most) = editor.experiment.accepted(setting);
    let (min, max) = match (span.slider.0, span.slider.1.min(most)) {
        (min, max) if min < max => (min, max),
        // So few that the slider's useful part lies beyond them.
        _ => span.slider,
    };
    let change = editor.on(move |experiment, value: f64| {
        setting.set_number(experiment, value / times);
    });
    html! {
        <NumberControl {id} {label} {symbol} {meaning} {unit} value={setting.number(&editor.experiment) * times}
            min={min * times} max={max * times} accepts={(least * times, most * times)} scale={span.scale}
            whole={span.whole} on_change={change} />
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Protocol;

    #[test]
    fn an_experiment_is_a_presets_whatever_its_length_and_losses() {
        for preset in presets() {
            let mut experiment = preset.experiment(Protocol::AsPublished);
            experiment.schedule.steps = 77;
            experiment.seeds = 5;
            experiment.remove(experiment.entries[0].loss);
            assert_eq!(experiment.preset(), Some(preset));
            experiment.net.dim = 8;
            assert_eq!(experiment.preset(), None);
        }
    }

    #[test]
    fn seeds_stay_with_another_preset_unless_a_cell_of_the_map_brought_them() {
        let [first, second, ..] = presets() else {
            panic!("there are presets");
        };
        let mut experiment = first.experiment(Protocol::AsPublished);
        (experiment.seeds, experiment.first_seed) = (7, 40);
        let chosen = replaced_by(&experiment, false, second);
        assert_eq!((chosen.seeds, chosen.first_seed), (7, 40));
        assert_eq!(chosen.protocol(), Some(Protocol::AsPublished));
        assert!(experiment.seeds > 1);
        assert_eq!(
            replaced_by(&experiment, true, second),
            second.experiment(Protocol::AsPublished)
        );
    }
}
