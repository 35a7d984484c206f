//! The page as a whole: one state, one reducer, one client.

use std::rc::Rc;

use gloo::events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};
use yew::prelude::*;

use super::about::about_loss;
use super::board::Board;
use super::check::CheckDevice;
use super::client::Client;
use super::controls::Dialog;
use super::curves::Curves;
use super::header::Header;
use super::panel::Panel;
use super::protocol::protocols;
use super::state::{Action, Arrival, Cargo, Remedy, Sheet, Standing, State, Theme, Trouble};
use super::transport::Transport;
use super::tune::Tune;
use super::window;
use super::winmap::win_map;
use crate::experiment::Experiment;

impl Reducible for State {
    type Action = Action;

    fn reduce(mut self: Rc<Self>, action: Action) -> Rc<Self> {
        Rc::make_mut(&mut self).apply(action);
        self
    }
}

#[component]
pub fn App() -> Html {
    let state = use_reducer(first_state);
    let dispatch = {
        let dispatcher = state.dispatcher();
        use_callback((), move |action, ()| dispatcher.dispatch(action))
    };
    let client = {
        let dispatch = dispatch.clone();
        use_memo((), move |()| Client::new(dispatch))
    };

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
                let notices = notices.iter().map(ToString::to_string).collect();
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
    let standing = state.standing();
    let close = dispatch.reform(|()| Action::CloseSheet);
    html! {
        <>
            <Header device={state.device().cloned()} kind={state.fleet.as_ref().map(|fleet| fleet.kind)}
                workers={state.fleet.as_ref().map_or(0, |fleet| fleet.workers.len())}
                failed={state.fleet.as_ref().is_some_and(|fleet| fleet.failed)}
                preference={state.preference} sight={state.sight.clone()} comparison={state.comparison.clone()}
                theme={state.theme} system_dark={state.dark} dispatch={dispatch.clone()} />
            <main>
                <div class="stage">
                    if !state.notices.is_empty() {
                        <section class="notices" role="status">
                            <ul>{ for state.notices.iter().map(|notice| html! { <li>{ notice }</li> }) }</ul>
                            <button type="button" class="quiet" onclick={dispatch.reform(|_: MouseEvent| Action::DismissNotices)}>{ "Close" }</button>
                        </section>
                    }
                    if let Some(trouble) = &state.trouble {
                        { trouble_box(trouble, &dispatch) }
                    }
                    <Transport {standing} playing={state.playing}
                        stepping={state.fleet.as_ref().is_some_and(|fleet| fleet.stepping())}
                        tuning={state.is_tuning()} step={state.step()} steps={state.steps()} seed={state.experiment.first_seed}
                        pace={state.pace} stop_at={state.stop_at} loading={loading(&state)} dispatch={dispatch.clone()} />
                    <Board tracks={state.tracks.clone()} ranking={state.ranking_so_far()} view={state.view.clone()} show_seen={state.show_seen} dataset={state.dataset.clone()} {standing} {dark}
                        scored_on={state.shown.data.scored_on().name()} dim={state.shown.net.dim} train_classes={state.shown.data.sizes().training_classes}
                        reduced_motion={*reduced_motion} dispatch={dispatch.clone()} />
                    <Curves tracks={state.tracks.clone()} experiment={state.shown.clone()} dataset={state.dataset.clone()}
                        device={state.device().map(|device| device.name.clone()).unwrap_or_default()} chart={state.chart}
                        {standing} {dark} dispatch={dispatch.clone()} />
                </div>
                <Panel experiment={state.experiment.clone()} classes={state.classes} pending={state.edit_pending}
                    open={state.settings_open} {dark} dispatch={dispatch.clone()} />
            </main>
            <p class="visually-hidden" role="status" aria-live="polite">{ &*state.status }</p>
            { sheet(&state, dark, &dispatch) }
            if state.sheet == Some(Sheet::Help) {
                <Dialog title="What is this?" on_close={close}>{ help() }</Dialog>
            }
        </>
    }
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
    state.notices = notices.iter().map(ToString::to_string).collect();
    state
}

/// What lies over the page.
fn sheet(state: &State, dark: bool, dispatch: &Callback<Action>) -> Html {
    match state.sheet {
        Some(Sheet::AboutLoss(loss)) => {
            let track = state.tracks.iter().find(|track| track.loss == loss);
            let point = track.and_then(|track| track.record.0.points.last());
            let now = point.and_then(|point| point.lanes.first()?.as_ref()?.loss);
            about_loss(loss, now, dispatch)
        }
        Some(Sheet::CheckDevice) => html! {
            <CheckDevice check={state.check.clone()} device={state.device().cloned()} dispatch={dispatch.clone()} />
        },
        Some(Sheet::Protocols) => protocols(&state.experiment, &state.rankings, dispatch),
        Some(Sheet::Tune) => html! {
            <Tune tuning={state.tuning.clone()} tracks={state.tracks.clone()} playing={state.playing} steps={state.steps()}
                ready={!matches!(state.standing(), Standing::Empty | Standing::Failed)} {dark} dispatch={dispatch.clone()} />
        },
        Some(Sheet::WinMap) => win_map(dark, dispatch),
        Some(Sheet::Help) | None => Html::default(),
    }
}

/// What the standing device still waits for.
fn loading(state: &State) -> Vec<(Cargo, Arrival)> {
    let engine = state
        .fleet
        .as_ref()
        .map_or(Cargo::CpuEngine, |fleet| Cargo::engine(fleet.kind));
    let wanted = [engine, Cargo::Data];
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
fn trouble_box(trouble: &Trouble, dispatch: &Callback<Action>) -> Html {
    let buttons = trouble.remedies.iter().enumerate().map(|(index, remedy)| {
        let (label, action) = match remedy {
            Remedy::Retry => ("Try again", Action::Retry),
            Remedy::GoOnOnCpu => ("Go on on the CPU", Action::GoOnOnCpu),
            Remedy::UseSyntheticData => ("Use synthetic data", Action::UseSyntheticData),
            Remedy::DefaultSettings => ("Default settings", Action::StartWith(Rc::new(Experiment::default_preset()))),
            Remedy::Dismiss => ("Close", Action::DismissTrouble),
        };
        let class = (index == 0).then_some("primary");
        html! { <button type="button" {class} onclick={dispatch.reform(move |_: MouseEvent| action.clone())}>{ label }</button> }
    });
    html! {
        <section class="trouble" role="alert" data-testid="notice">
            <div>
                <h2>{ &trouble.title }</h2>
                <p>{ &trouble.detail }</p>
            </div>
            <div class="trouble-buttons">{ for buttons }</div>
        </section>
    }
}

fn help() -> Html {
    html! {
        <div class="prose">
            <p>{ "A network learns to place pictures so that pictures of the same character lie together. What it is told about \"together\" is the loss. Here several losses train the same network, from the same initial weights, on the same batches, at the same time." }</p>
            <p>{ "The score is taken on characters that were never trained on. " }<b>{ "Recall@1" }</b>{ ": how often the nearest neighbour shows the same character. " }<b>{ "MAP@R" }</b>{ ": how well all pictures of that character are ranked before the others. " }<b>{ "R-precision" }</b>{ ": how many of its nearest neighbours are of its kind, when as many are looked at as there are." }</p>
            <ul>
                <li><b>{ "Play" }</b>{ " (or the space bar) starts training in this browser. Nothing leaves it." }</li>
                <li><b>{ "Losses" }</b>{ " and their settings are in the panel. A learning rate changes at once; everything else starts the race anew." }</li>
                <li><b>{ "The pictures" }</b>{ " are projections: 64 dimensions on a plane, which shows only a part of the variance. Point at a dot to see its character." }</li>
                <li><b>{ "Seeds" }</b>{ ": each is one more run with other initial weights and batches. The line is their mean, the band its 95 % confidence interval. With one seed nothing is shown." }</li>
                <li><b>{ "Matched" }</b>{ ": every loss was tuned with the same number of trials. " }<b>{ "As published" }</b>{ ": each has the settings of its paper." }</li>
                <li><b>{ "Tightness" }</b>{ ": how far the pictures of a class lie from their middle; less is tighter. " }<b>{ "Contrast" }</b>{ ": how far everything lies from everything else. Every loss, softmax cross-entropy too, works on both." }</li>
            </ul>
        </div>
    }
}
