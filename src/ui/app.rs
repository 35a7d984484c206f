//! The page as a whole: one state, one reducer, one client.

use std::rc::Rc;

use gloo::events::{EventListener, EventListenerOptions};
use kyori_text::{Language, messages as text};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, KeyboardEvent};
use yew::prelude::*;

use super::about::about_loss;
use super::board::Board;
use super::check::CheckDevice;
use super::client::Client;
use super::controls::Dialog;
use super::curves::Curves;
use super::header::Header;
use super::language::{self, rich};
use super::panel::Panel;
use super::protocol::protocols;
use super::state::{Action, Arrival, Download, RaceStatus, Remedy, Sheet, State, Theme, Trouble};
use super::transport::Transport;
use super::tune::Tune;
use super::window;
use super::winmap::win_map;
use super::words;
use crate::experiment::Experiment;

impl Reducible for State {
    type Action = Action;

    fn reduce(mut self: Rc<Self>, action: Action) -> Rc<Self> {
        Rc::make_mut(&mut self).apply(action);
        self
    }
}

/// Draws the page once its texts are here. They are on their way since index.html, which says what to do if they do not come.
pub fn start() {
    spawn_local(async {
        if let Some(language) = language::first().await {
            yew::Renderer::<App>::with_props(AppProps { language }).render();
        }
    });
}

#[derive(Properties, PartialEq)]
struct AppProps {
    /// The language to start with.
    language: Language,
}

#[component]
fn App(props: &AppProps) -> Html {
    let state = use_reducer(first_state);
    let dispatch = {
        let dispatcher = state.dispatcher();
        use_callback((), move |action, ()| dispatcher.dispatch(action))
    };
    let client = {
        let dispatch = dispatch.clone();
        use_memo((), move |()| Client::new(dispatch))
    };
    let (t, on_language) = use_language_switch(props.language, &dispatch);

    // What the reducer asks for is done after each drawing.
    {
        let effects = state.clone();
        use_effect(move || {
            for effect in effects.take_effects() {
                client.perform(effect);
            }
        });
    }
    {
        let dispatch = dispatch.clone();
        use_effect_with((), move |()| {
            dispatch.emit(Action::Begin {
                cores: window::cores(),
            });
            let space = dispatch.clone();
            let options = EventListenerOptions::enable_prevent_default();
            let keys = EventListener::new_with_options(
                &gloo::utils::document(),
                "keydown",
                options,
                move |event| {
                    on_key(event.unchecked_ref(), &space);
                },
            );
            let scheme = window::window()
                .match_media("(prefers-color-scheme: dark)")
                .ok()
                .flatten()
                .map(|query| {
                    let changed = dispatch.clone();
                    EventListener::new(&query, "change", move |_| {
                        changed.emit(Action::DarkIs(window::system_is_dark()));
                    })
                });
            let changed = dispatch.clone();
            let link = EventListener::new(&window::window(), "hashchange", move |_| {
                let fragment = window::fragment();
                let (experiment, notices) = match fragment.as_str() {
                    "" => (Experiment::default_preset(), Vec::new()),
                    _ => Experiment::from_fragment(&fragment),
                };
                let notices = notices.iter().map(words::notice).collect();
                changed.emit(Action::FollowLink {
                    experiment: Rc::new(experiment),
                    notices,
                });
            });
            move || drop((keys, scheme, link))
        });
    }
    {
        let dispatch = dispatch.clone();
        use_effect_with(state.theme, move |theme| {
            window::set_theme(*theme);
            dispatch.emit(Action::DarkIs(window::system_is_dark()));
        });
    }

    let reduced_motion = use_memo((), |()| window::prefers_reduced_motion());
    let dark = match state.theme {
        Theme::System => state.dark,
        Theme::Light => false,
        Theme::Dark => true,
    };
    let race_status = state.race_status();
    let close = dispatch.reform(|()| Action::CloseSheet);
    html! {
        <ContextProvider<Language> context={t}>
            <Header device={state.device().cloned()} kind={state.fleet.as_ref().map(|fleet| fleet.kind)}
                workers={state.fleet.as_ref().map_or(0, |fleet| fleet.workers.len())}
                failed={state.fleet.as_ref().is_some_and(|fleet| fleet.failed)}
                preference={state.preference} gpu={state.gpu.clone()} comparison={state.comparison.clone()}
                theme={state.theme} system_dark={state.dark} {on_language} dispatch={dispatch.clone()} />
            <main>
                <div class="stage">
                    if !state.notices.is_empty() {
                        <section class="notices" role="status">
                            <ul>{ for state.notices.iter().map(|notice| html! { <li>{ t.say(notice) }</li> }) }</ul>
                            <button type="button" class="quiet" onclick={dispatch.reform(|_: MouseEvent| Action::DismissNotices)}>{ t.say(text::close()) }</button>
                        </section>
                    }
                    if let Some(trouble) = &state.trouble {
                        { trouble_box(t, trouble, &dispatch) }
                    }
                    <Transport {race_status} playing={state.playing}
                        stepping={state.fleet.as_ref().is_some_and(|fleet| fleet.stepping())}
                        tuning={state.is_tuning()} step={state.step()} steps={state.steps()} seed={state.experiment.first_seed}
                        pace={state.pace} stop_at={state.stop_at} loading={loading(&state)} dispatch={dispatch.clone()} />
                    <Board tracks={state.tracks.clone()} ranking={state.ranking_so_far()} view={state.view.clone()} show_seen={state.show_seen} dataset={state.dataset.clone()} {race_status} {dark}
                        scored_on={state.shown.data.scored_on()} dim={state.shown.net.dim} train_classes={state.shown.data.sizes().training_classes}
                        reduced_motion={*reduced_motion} dispatch={dispatch.clone()} />
                    <Curves tracks={state.tracks.clone()} experiment={state.shown.clone()} dataset={state.dataset.clone()}
                        device={state.device().map(|device| device.name.clone()).unwrap_or_default()} chart={state.chart}
                        {race_status} {dark} dispatch={dispatch.clone()} />
                </div>
                <Panel experiment={state.experiment.clone()} classes={state.classes} pending={state.edit_pending}
                    open={state.settings_open} {dark} dispatch={dispatch.clone()} />
            </main>
            <p class="visually-hidden" role="status" aria-live="polite">{ t.say(&state.status) }</p>
            { sheet(t, &state, dark, &dispatch) }
            if state.sheet == Some(Sheet::Help) {
                <Dialog title={t.say(text::help_title())} on_close={close}>{ help(t) }</Dialog>
            }
        </ContextProvider<Language>>
    }
}

/// The language that is active, and what asks for another one. The race goes on meanwhile: it knows nothing of languages.
#[hook]
fn use_language_switch(
    first: Language,
    dispatch: &Callback<Action>,
) -> (Language, Callback<&'static str>) {
    let language = use_state_eq(|| first);
    use_effect_with(*language, |language| language::apply(*language));
    let wanted = use_mut_ref(|| first.id());
    let choose = {
        let (setter, dispatch) = (language.setter(), dispatch.clone());
        use_callback((), move |id: &'static str, ()| {
            let (setter, dispatch, wanted) = (setter.clone(), dispatch.clone(), wanted.clone());
            *wanted.borrow_mut() = id;
            spawn_local(async move {
                let loaded = language::load(id).await;
                // Another one may have been chosen while this one was on its way.
                if *wanted.borrow() != id {
                    return;
                }
                match loaded {
                    Ok(language) => {
                        language::keep(language);
                        setter.set(language);
                    }
                    Err(why) => {
                        dispatch.emit(Action::Warn(text::language_failed(name_of(id), why)))
                    }
                }
            });
        })
    };
    (*language, choose)
}

/// What a language calls itself.
fn name_of(id: &str) -> &'static str {
    Language::info_of(id)
        .expect("only languages that there are can be chosen")
        .name
}

/// The page as the link says, or the default race.
fn first_state() -> State {
    let fragment = window::fragment();
    let theme = window::stored_theme();
    if fragment.is_empty() {
        return State::new(Experiment::default_preset(), theme);
    }
    let (experiment, notices) = Experiment::from_fragment(&fragment);
    let mut state = State::new(experiment, theme);
    state.notices = notices.iter().map(words::notice).collect();
    state
}

/// What lies over the page.
fn sheet(t: Language, state: &State, dark: bool, dispatch: &Callback<Action>) -> Html {
    match state.sheet {
        Some(Sheet::AboutLoss(loss)) => {
            let track = state.tracks.iter().find(|track| track.loss == loss);
            let point = track.and_then(|track| track.record.0.points.last());
            let now = point.and_then(|point| point.lanes.first()?.as_ref()?.loss);
            about_loss(t, loss, now, dispatch)
        }
        Some(Sheet::CheckDevice) => html! {
            <CheckDevice check={state.check.clone()} device={state.device().cloned()} dispatch={dispatch.clone()} />
        },
        Some(Sheet::Protocols) => protocols(t, &state.experiment, &state.rankings, dispatch),
        Some(Sheet::Tune) => html! {
            <Tune trials={state.trials} tuning={state.tuning.clone()} tracks={state.tracks.clone()} playing={state.playing} steps={state.steps()}
                ready={!matches!(state.race_status(), RaceStatus::Empty | RaceStatus::Failed)} {dark} dispatch={dispatch.clone()} />
        },
        Some(Sheet::WinMap) => win_map(t, dark, dispatch),
        Some(Sheet::Help) | None => Html::default(),
    }
}

/// What the device that trains still waits for.
fn loading(state: &State) -> Vec<(Download, Arrival)> {
    let engine = state
        .fleet
        .as_ref()
        .map_or(Download::CpuEngine, |fleet| Download::engine(fleet.kind));
    let wanted = [engine, Download::Data];
    wanted
        .iter()
        .filter_map(|what| Some((*what, *state.arrivals.get(what)?)))
        .collect()
}

/// Escape closes the settings, where they are a drawer. Space plays and pauses, unless the focus is where a space means
/// something else.
fn on_key(event: &KeyboardEvent, dispatch: &Callback<Action>) {
    if event.key() == "Escape" {
        // A dialog or a menu over the page closes first, by itself.
        let over = gloo::utils::document()
            .query_selector("dialog[open], .menu-box")
            .ok()
            .flatten();
        if over.is_none() {
            dispatch.emit(Action::OpenSettings(false));
        }
        return;
    }
    if event.key() != " "
        || event.repeat()
        || event.ctrl_key()
        || event.alt_key()
        || event.meta_key()
    {
        return;
    }
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    let taken = target.is_some_and(|target| {
        target
            .closest("button, input, select, textarea, a, summary, dialog, [tabindex]")
            .ok()
            .flatten()
            .is_some()
    });
    if !taken {
        event.prevent_default();
        dispatch.emit(Action::TogglePlay);
    }
}

/// What went wrong, and what to do.
fn trouble_box(t: Language, trouble: &Trouble, dispatch: &Callback<Action>) -> Html {
    let buttons = trouble.remedies.iter().enumerate().map(|(index, remedy)| {
        let (label, action) = match remedy {
            Remedy::Retry => (text::remedy_retry(), Action::Retry),
            Remedy::GoOnOnCpu => (text::remedy_cpu(), Action::GoOnOnCpu),
            Remedy::UseSyntheticData => (text::remedy_synthetic(), Action::UseSyntheticData),
            Remedy::DefaultSettings => (text::remedy_default(), Action::StartWith(Rc::new(Experiment::default_preset()))),
            Remedy::Dismiss => (text::close(), Action::DismissTrouble),
        };
        let class = (index == 0).then_some("primary");
        html! { <button type="button" {class} onclick={dispatch.reform(move |_: MouseEvent| action.clone())}>{ t.say(label) }</button> }
    });
    html! {
        <section class="trouble" role="alert" data-testid="notice">
            <div>
                <h2>{ t.say(&trouble.title) }</h2>
                <p>{ t.say(&trouble.detail) }</p>
            </div>
            <div class="trouble-buttons">{ for buttons }</div>
        </section>
    }
}

fn help(t: Language) -> Html {
    let say = |message| rich(&t.say(message));
    let points = [
        text::help_play(),
        text::help_losses(),
        text::help_pictures(),
        text::help_seeds(),
        text::help_protocols(),
        text::help_tightness(),
    ];
    html! {
        <div class="prose">
            <p>{ say(text::help_idea()) }</p>
            <p>{ say(text::help_scores()) }</p>
            <ul>{ for points.map(|point| html! { <li>{ say(point) }</li> }) }</ul>
        </div>
    }
}
