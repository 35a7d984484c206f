//! The page as a whole: one state, what changes it, and one client that carries out what it asks for.

use std::rc::Rc;

use gloo::events::{EventListener, EventListenerOptions};
use kyori_text::{Language, Message, messages as text};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, KeyboardEvent};
use yew::prelude::*;

use super::about::about_loss;
use super::board::{Board, LargeView};
use super::check::CheckDevice;
use super::client::Client;
use super::controls::Dialog;
use super::curves::Curves;
use super::header::Header;
use super::inside::InsideSheet;
use super::language::{self, rich};
use super::model::Same;
use super::panel::{Panel, Setup};
use super::protocol::protocols;
use super::retrieval::RetrievalStrip;
use super::state::{Action, Effects, RaceStatus, Remedy, Sheet, State, Trouble};
use super::timeline::TimelineBar;
use super::transport::Transport;
use super::tune::Tune;
use super::window;
use super::winmap::win_map;
use super::words;
use crate::experiment::Experiment;

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

/// What reaches the page. The race knows nothing of languages, so they are no [`Action`].
enum Told {
    Action(Action),
    /// Another language is wished for, by its id.
    Wished(&'static str),
    /// It has come, or why not.
    Loaded(&'static str, Result<Language, Message>),
}

struct App {
    state: State,
    /// What the state has asked for since the page was last drawn.
    effects: Effects,
    client: Rc<Client>,
    language: Language,
    /// The id of the language that was wished for last.
    wished: &'static str,
    reduced_motion: bool,
    dispatch: Callback<Action>,
    on_language: Callback<&'static str>,
    _listeners: Vec<EventListener>,
}

impl Component for App {
    type Message = Told;
    type Properties = AppProps;

    fn create(ctx: &Context<Self>) -> Self {
        let dispatch = ctx.link().callback(Told::Action);
        let language = ctx.props().language;
        language::apply(language);
        let mut state = first_state();
        window::set_theme(state.screen.theme());
        let begin = Action::Batch(vec![
            Action::DarkIs(window::system_is_dark()),
            Action::Begin {
                cores: window::cores(),
            },
        ]);
        Self {
            effects: state.apply(begin),
            state,
            client: Client::new(dispatch.clone()),
            language,
            wished: language.id(),
            reduced_motion: window::prefers_reduced_motion(),
            _listeners: listeners(&dispatch),
            dispatch,
            on_language: ctx.link().callback(Told::Wished),
        }
    }

    fn update(&mut self, ctx: &Context<Self>, told: Told) -> bool {
        match told {
            Told::Action(action) => self.effects.extend(self.state.apply(action)),
            Told::Wished(id) => {
                self.wished = id;
                ctx.link()
                    .send_future(async move { Told::Loaded(id, language::load(id).await) });
                return false;
            }
            // Another one may have been wished for while this one was on its way.
            Told::Loaded(id, _) if id != self.wished => return false,
            Told::Loaded(_, Ok(language)) => {
                language::keep(language);
                language::apply(language);
                self.language = language;
            }
            Told::Loaded(id, Err(why)) => {
                let failed = Action::Warn(text::language_failed(name_of(id), why));
                self.effects.extend(self.state.apply(failed));
            }
        }
        true
    }

    fn view(&self, _: &Context<Self>) -> Html {
        let Self {
            state,
            language: t,
            dispatch,
            ..
        } = self;
        let dark = state.screen.is_dark();
        html! {
            <ContextProvider<Language> context={*t}>
                <Header devices={state.devices.summary()} theme={state.screen.theme()} system_dark={state.screen.system_is_dark()}
                    settings_open={state.screen.settings_are_open()} on_language={self.on_language.clone()} {dispatch} />
                <main class={state.screen.settings_are_open().then_some("with-settings")}>
                    { self.stage() }
                    <Panel experiment={state.settings.experiment()} classes={state.race.classes()} pending={state.settings.are_pending()} from_map={state.atlas.has(state.settings.experiment())}
                        open={state.screen.settings_are_open()} {dark} {dispatch} />
                </main>
                <p class="visually-hidden" role="status" aria-live="polite">{ t.say(state.announcements.status()) }</p>
                { sheet(*t, state, self.reduced_motion, dispatch) }
            </ContextProvider<Language>>
        }
    }

    /// What the state asks for is done after each drawing.
    fn rendered(&mut self, _: &Context<Self>, _first: bool) {
        for effect in std::mem::take(&mut self.effects) {
            self.client.perform(effect);
        }
    }
}

impl App {
    /// Everything beside the settings.
    fn stage(&self) -> Html {
        let Self {
            state,
            language: t,
            dispatch,
            ..
        } = self;
        let (standing, moment) = (state.standing(), state.moment());
        let chart = state.screen.chart();
        let dataset = state.downloads.dataset().cloned();
        let dark = state.screen.is_dark();
        let film = state
            .timeline
            .film()
            .map(|showing| Same(showing.film.clone()));
        // What a film shows is not how the race stands.
        let status = match &film {
            Some(film) if film.0.is_whole() => RaceStatus::Finished,
            Some(_) => RaceStatus::Paused,
            None => standing.status,
        };
        html! {
            <div class="stage">
                { notices(*t, state.announcements.notices(), dispatch) }
                if let Some(trouble) = state.announcements.trouble() {
                    { trouble_box(*t, trouble, dispatch) }
                }
                <Transport {standing} seed={state.settings.experiment().first_seed}
                    loading={state.downloads.of_race(state.devices.kind())} {dispatch} />
                if !state.screen.settings_are_open() {
                    <Setup experiment={state.settings.experiment()} from_map={state.atlas.has(state.settings.experiment())} {dispatch} />
                }
                <div class="race">
                    <div class="pictures">
                        <Board tracks={state.tracks_seen()} experiment={state.experiment_shown()} ranking={state.ranking_so_far(chart.measure)} pictures={state.pictures()}
                            shows_seen={state.race.shows_seen()} neighbours={state.screen.shows_neighbours()} race_status={status}
                            {dark} reduced_motion={self.reduced_motion} {dispatch} />
                        <TimelineBar {moment} {dispatch} />
                    </div>
                    <Curves tracks={state.tracks()} experiment={state.experiment_shown()} dataset={dataset.clone()} view={state.race.view()} {film}
                        device={state.device_shown()} {chart} moment={state.timeline.at()} race_status={status} {dark} {dispatch} />
                </div>
                <RetrievalStrip tracks={state.tracks_seen()} {dataset} {dark} />
            </div>
        }
    }
}

/// Keys, the system's colours, another link in the address bar, and files that are dropped on the page.
fn listeners(dispatch: &Callback<Action>) -> Vec<EventListener> {
    let space = dispatch.clone();
    let options = EventListenerOptions::enable_prevent_default();
    let document = gloo::utils::document();
    let keys = EventListener::new_with_options(&document, "keydown", options, move |event| {
        on_key(event.unchecked_ref(), &space);
    });
    let changed = dispatch.clone();
    let link = EventListener::new(&window::window(), "hashchange", move |_| {
        let (experiment, notices) = experiment_of_address();
        changed.emit(Action::FollowLink {
            experiment: Rc::new(experiment),
            notices,
        });
    });
    let scheme = window::window().match_media("(prefers-color-scheme: dark)");
    let scheme = scheme.ok().flatten().map(|query| {
        let changed = dispatch.clone();
        EventListener::new(&query, "change", move |_| {
            changed.emit(Action::DarkIs(window::system_is_dark()));
        })
    });
    let dropped = dispatch.clone();
    let drop = EventListener::new_with_options(&document, "drop", options, move |event| {
        let (Some(files), dispatch) = (window::dragged_files(event), dropped.clone()) else {
            return;
        };
        event.prevent_default();
        spawn_local(async move {
            if let Some(Err(why)) = super::outcome::open_film(&files, &dispatch).await {
                dispatch.emit(Action::Warn(why));
            }
        });
    });
    // Else the browser would leave the page and show the file.
    let over = EventListener::new_with_options(&document, "dragover", options, |event| {
        if window::dragged_files(event).is_some() {
            event.prevent_default();
        }
    });
    [keys, link, drop, over].into_iter().chain(scheme).collect()
}

/// What a language calls itself.
fn name_of(id: &str) -> &'static str {
    Language::info_of(id)
        .expect("only languages that there are can be chosen")
        .name
}

/// The page as the link says.
fn first_state() -> State {
    let (experiment, notices) = experiment_of_address();
    State::new(experiment, window::stored_theme())
        .with_notices(notices)
        .with_view(window::query)
}

/// What the link says, and what of it cannot be used; without a link the default race.
fn experiment_of_address() -> (Experiment, Vec<Message>) {
    let fragment = window::fragment();
    if fragment.is_empty() {
        return (Experiment::default_preset(), Vec::new());
    }
    let (experiment, notices) = Experiment::from_fragment(&fragment);
    (experiment, notices.iter().map(words::notice).collect())
}

/// What lies over the page.
fn sheet(t: Language, state: &State, reduced_motion: bool, dispatch: &Callback<Action>) -> Html {
    let Some(sheet) = state.screen.sheet() else {
        return Html::default();
    };
    let dark = state.screen.is_dark();
    let tracks = state.race.tracks();
    match sheet {
        Sheet::AboutLoss(loss) => {
            let track = tracks.iter().find(|track| track.loss == loss);
            let point = track.and_then(|track| track.record.0.points.last());
            let now = point.and_then(|point| point.lanes.first()?.as_ref()?.loss);
            about_loss(t, loss, now, dispatch)
        }
        Sheet::Large(loss) => {
            let tracks = state.tracks_seen();
            let Some(track) = tracks.iter().find(|track| track.loss == loss) else {
                return Html::default();
            };
            html! {
                <LargeView track={track.clone()} pictures={state.pictures()} {dark} {reduced_motion} {dispatch} />
            }
        }
        Sheet::Inside(loss) => html! {
            <InsideSheet {loss} seen={state.look.seen().cloned()} held={state.look.is_held()} dataset={state.downloads.dataset().cloned()} {dark} {dispatch} />
        },
        Sheet::CheckDevice => html! {
            <CheckDevice check={state.devices.check().clone()} device={state.devices.report().cloned()} {dispatch} />
        },
        Sheet::Protocols => protocols(
            t,
            state.settings.experiment(),
            state.race.rankings(),
            dispatch,
        ),
        Sheet::Tune => html! {
            <Tune trials={state.tuner.trials()} tuning={state.tuner.tuning().cloned()} {tracks} standing={state.standing()} {dark} {dispatch} />
        },
        Sheet::WinMap => win_map(t, &state.atlas, dark, dispatch),
        Sheet::Help => html! {
            <Dialog title={t.say(text::help_title())} on_close={dispatch.reform(|()| Action::CloseSheet)}>{ help(t) }</Dialog>
        },
    }
}

/// Escape closes the settings. Space plays and pauses, unless the focus is where a space means
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

/// What everybody is told.
fn notices(t: Language, notices: &[Message], dispatch: &Callback<Action>) -> Html {
    if notices.is_empty() {
        return Html::default();
    }
    let dismiss = dispatch.reform(|_: MouseEvent| Action::DismissNotices);
    html! {
        <section class="notices" role="status">
            <ul>{ for notices.iter().map(|notice| html! { <li>{ t.say(notice) }</li> }) }</ul>
            <button type="button" class="quiet" onclick={dismiss}>{ t.say(text::close()) }</button>
        </section>
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
