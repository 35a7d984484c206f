//! Carries out [`Effect`]s: loads the engine, starts workers, sends commands, and brings back what they say.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::{Rc, Weak};

use js_sys::{Float32Array, Object, Promise, Reflect, Uint8Array};
use kyori_text::{Message, messages as text};
use litemap::LiteMap;
use serde::Deserialize;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{MessageEvent, WorkerOptions, WorkerType};
use yew::Callback;

use super::state::{Action, Download, Effect, FleetId, GpuAvailability, TICK_MS, VIEW_KEYS};
use super::window;
use crate::bridge::{Bulk, CheckFailure, Command, DeviceKind, Event, Failure, json, port};
use crate::console;
use crate::data::DataSource;
use crate::experiment::Experiment;
use crate::lean;

/// How often frames are asked for while training.
const FRAME_INTERVAL_MS: f64 = 1000.0 / 12.0;
/// After this long without all frames they are asked for again.
const FRAME_PATIENCE_MS: f64 = 1000.0;
/// A worker that says nothing for this long after it was started is given up.
const START_PATIENCE_SECONDS: u32 = 20;
/// What workers say is drawn at most this often.
const DRAW_EVERY_MS: u32 = 33;
/// An edit is laid out after this pause.
const EDIT_PAUSE_MS: u32 = 150;

/// Which loss wins where, relative to the page.
const MAP_FILE: &str = "maps/glyphs.json";

/// The file of a data set, relative to the page.
fn data_file(data: &DataSource) -> Option<String> {
    data.file().map(|name| format!("data/{name}"))
}

fn engine_name(kind: DeviceKind) -> &'static str {
    match kind {
        DeviceKind::Cpu => "engine-cpu",
        DeviceKind::WebGpu => "engine-gpu",
    }
}

/// One worker, and what the browser has to keep alive for it.
struct Link {
    worker: web_sys::Worker,
    alive: Rc<Cell<bool>>,
    /// Heats whose frames have been asked for and have not come.
    frames_due: Cell<usize>,
    frames_asked_at: Cell<f64>,
    /// Heats that it trains.
    heats: Cell<usize>,
    playing: Cell<bool>,
    /// Number of its last Play or Step.
    play: Cell<u32>,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(web_sys::Event)>,
}

impl Drop for Link {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}

/// A file that has been fetched.
struct DataFile {
    path: String,
    bytes: Uint8Array,
}

/// The page's end of the line to the workers.
pub struct Client {
    dispatch: Callback<Action>,
    links: RefCell<LiteMap<(FleetId, usize), Link>>,
    /// Compiled engines, or engines on their way; every worker of a kind starts from the same one.
    engines: RefCell<LiteMap<Download, Promise>>,
    sizes: Promise,
    file: RefCell<Option<DataFile>>,
    /// Path of the data file that was asked for last.
    wanted: RefCell<Option<String>>,
    /// Fleets that have not been dismissed: one may be while its engine is still being fetched.
    live: RefCell<Vec<FleetId>>,
    /// What came since the page was last drawn.
    inbox: RefCell<Vec<Action>>,
    flush_due: Cell<bool>,
    itself: Weak<Self>,
}

impl Client {
    pub fn new(dispatch: Callback<Action>) -> Rc<Self> {
        console::start("page", window::query("log").as_deref());
        let client = Rc::new_cyclic(|itself| Self {
            dispatch,
            links: RefCell::default(),
            engines: RefCell::default(),
            sizes: fetch_sizes(),
            file: RefCell::default(),
            wanted: RefCell::default(),
            live: RefCell::default(),
            inbox: RefCell::default(),
            flush_due: Cell::new(false),
            itself: itself.clone(),
        });
        client.clone().keep_asking_for_frames();
        client
    }

    pub fn perform(&self, effect: Effect) {
        match effect {
            Effect::Launch {
                fleet,
                kind,
                workers,
            } => self.launch(fleet, kind, workers),
            Effect::Dismiss { fleet } => {
                self.live.borrow_mut().retain(|of| *of != fleet);
                self.links.borrow_mut().retain(|(of, _), _| *of != fleet);
            }
            Effect::Send {
                fleet,
                worker,
                command,
            } => self.send(fleet, worker, command),
            Effect::FetchData { data } => self.fetch_data(data),
            Effect::ForgetData => {
                self.file.borrow_mut().take();
            }
            Effect::FetchCases => {
                let dispatch = self.dispatch.clone();
                spawn_local(async move {
                    let cases = window::fetch_text("golden.json").await;
                    dispatch.emit(Action::CasesFetched(
                        cases.map_err(|error| CheckFailure::CasesFile { error }),
                    ));
                });
            }
            Effect::FetchMap => {
                let dispatch = self.dispatch.clone();
                spawn_local(async move {
                    dispatch.emit(Action::MapFetched(window::fetch_text(MAP_FILE).await));
                });
            }
            Effect::LookForGpu => {
                let (dispatch, sizes) = (self.dispatch.clone(), self.sizes.clone());
                spawn_local(async move {
                    // An adapter is of no use without the engine for it, which a copy of the page may lack.
                    let list = JsFuture::from(sizes).await.ok();
                    let list = list.and_then(|list| list.as_string());
                    let gpu = match list.and_then(|list| why_no_engine(&list, DeviceKind::WebGpu)) {
                        Some(why) => GpuAvailability::None { why },
                        None => window::look_for_gpu().await,
                    };
                    dispatch.emit(Action::GpuLooked(gpu));
                });
            }
            Effect::RestartLater { token } => {
                let dispatch = self.dispatch.clone();
                gloo::timers::callback::Timeout::new(EDIT_PAUSE_MS, move || {
                    dispatch.emit(Action::RestartDue { token });
                })
                .forget();
            }
            Effect::ReplayLater { token } => {
                let dispatch = self.dispatch.clone();
                gloo::timers::callback::Timeout::new(TICK_MS, move || {
                    dispatch.emit(Action::ReplayTick { token });
                })
                .forget();
            }
            Effect::FetchOpening => {
                let dispatch = self.dispatch.clone();
                spawn_local(async move {
                    // Without it the page is as it always was.
                    if let Some(film) = window::opening_film().await {
                        let plays = !window::prefers_reduced_motion();
                        let film = Rc::new(film);
                        dispatch.emit(Action::OpeningCame { film, plays });
                    }
                });
            }
            Effect::SaveSettings { experiment } => {
                let usual = *experiment == Experiment::default_preset();
                window::set_fragment(&if usual {
                    String::new()
                } else {
                    experiment.to_fragment()
                });
            }
            Effect::SaveView { view } => window::set_query(&VIEW_KEYS, &view),
            Effect::SetTheme { theme } => window::set_theme(theme),
        }
    }

    fn launch(&self, fleet: FleetId, kind: DeviceKind, workers: std::ops::Range<usize>) {
        self.live.borrow_mut().push(fleet);
        let Some(client) = self.itself.upgrade() else {
            return;
        };
        spawn_local(async move {
            let outcome = client.engine(kind).await;
            // It may have been dismissed meanwhile.
            if !client.live.borrow().contains(&fleet) {
                return;
            }
            let outcome = outcome.and_then(|module| {
                workers
                    .into_iter()
                    .try_for_each(|worker| client.start_worker(fleet, worker, kind, &module))
            });
            if let Err(failure) = outcome {
                client.dispatch.emit(Action::FleetFailed { fleet, failure });
            }
        });
    }

    /// The compiled engine, fetched once, however many ask at the same time.
    async fn engine(self: &Rc<Self>, kind: DeviceKind) -> Result<JsValue, Failure> {
        let what = Download::engine(kind);
        let known = self.engines.borrow().get(&what).cloned();
        let promise = known.unwrap_or_else(|| {
            let client = self.clone();
            let promise = wasm_bindgen_futures::future_to_promise(async move {
                let module = client.fetch_engine(kind).await;
                module.map_err(|failure| json::write(&failure).into())
            });
            self.engines.borrow_mut().insert(what, promise.clone());
            promise
        });
        JsFuture::from(promise).await.map_err(|error| {
            // The next try fetches it anew.
            self.engines.borrow_mut().remove(&what);
            let failure = error.as_string().and_then(|text| json::read(&text).ok());
            failure.expect("an engine's promise fails only with a failure that was written down")
        })
    }

    async fn fetch_engine(&self, kind: DeviceKind) -> Result<JsValue, Failure> {
        let what = Download::engine(kind);
        let file = format!("{}_bg.wasm", engine_name(kind));
        let of = self.size(&file).await;
        self.post(Action::Arrived { what, bytes: 0, of });
        let start = console::now_ms();
        let bytes = window::fetch_bytes(&file, |bytes| {
            self.post(Action::Arrived { what, bytes, of })
        })
        .await
        .map_err(|error| Failure::EngineFile { error })?;
        let fetched = console::now_ms();
        log::debug!("{file} fetched in {:.0} ms", fetched - start);
        let compile = js_sys::WebAssembly::compile(&bytes);
        let module = JsFuture::from(compile)
            .await
            .map_err(|error| Failure::EngineDamaged {
                detail: window::detail_of(&error),
                file: file.clone(),
            })?;
        log::debug!("{file} compiled in {:.0} ms", console::now_ms() - fetched);
        let bytes = u64::from(bytes.length());
        self.post(Action::Arrived {
            what,
            bytes,
            of: Some(bytes),
        });
        Ok(module)
    }

    /// A file's size by the list that was written with it; compressed transfers hide it.
    async fn size(&self, file: &str) -> Option<u64> {
        let text = JsFuture::from(self.sizes.clone()).await.ok()?.as_string()?;
        read_size(&text, file)
    }

    fn start_worker(
        &self,
        fleet: FleetId,
        index: usize,
        kind: DeviceKind,
        module: &JsValue,
    ) -> Result<(), Failure> {
        let failed = |error: JsValue| Failure::WorkerStart {
            detail: window::detail_of(&error),
        };
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = web_sys::Worker::new_with_options("worker.js", &options).map_err(failed)?;
        let alive = Rc::new(Cell::new(false));

        let client = self.itself.clone();
        let on_message = {
            let alive = alive.clone();
            Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
                alive.set(true);
                if let Some(client) = client.upgrade() {
                    client.receive(fleet, index, &message.data());
                }
            })
        };
        let client = self.itself.clone();
        let on_error = Closure::<dyn FnMut(web_sys::Event)>::new(move |error: web_sys::Event| {
            error.prevent_default();
            if let Some(client) = client.upgrade() {
                let detail = Reflect::get(&error, &"message".into())
                    .ok()
                    .and_then(|text| text.as_string());
                let detail = detail.filter(|text| !text.is_empty());
                let failure = Failure::WorkerEnded { detail };
                client.post(Action::FleetFailed { fleet, failure });
            }
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));

        let greeting = Object::new();
        let glue = format!("./{}.js", engine_name(kind));
        Reflect::set(&greeting, &"glue".into(), &glue.into()).map_err(failed)?;
        Reflect::set(&greeting, &"module".into(), module).map_err(failed)?;
        // `?log=debug` and `?test` of the page's address are for its workers, too.
        for key in ["log", "test"] {
            if let Some(value) = window::query(key) {
                Reflect::set(&greeting, &key.into(), &value.into()).map_err(failed)?;
            }
        }
        worker.post_message(&greeting).map_err(failed)?;

        let client = self.itself.clone();
        let answered = alive.clone();
        gloo::timers::callback::Timeout::new(1000 * START_PATIENCE_SECONDS, move || {
            if let Some(client) = client.upgrade()
                && !answered.get()
                && client.links.borrow().contains_key(&(fleet, index))
            {
                let failure = Failure::EngineSilent {
                    seconds: START_PATIENCE_SECONDS,
                };
                client.post(Action::FleetFailed { fleet, failure });
            }
        })
        .forget();

        let link = Link {
            worker,
            alive,
            frames_due: Cell::new(0),
            frames_asked_at: Cell::new(0.0),
            heats: Cell::new(0),
            playing: Cell::new(false),
            play: Cell::new(0),
            _on_message: on_message,
            _on_error: on_error,
        };
        self.links.borrow_mut().insert((fleet, index), link);
        Ok(())
    }

    fn send(&self, fleet: FleetId, index: usize, command: Command) {
        let links = self.links.borrow();
        let Some(link) = links.get(&(fleet, index)) else {
            return;
        };
        match &command {
            Command::Start { race, .. } => {
                link.heats.set(race.heats.len());
                link.playing.set(false);
                link.frames_due.set(0);
            }
            Command::Play { play } => {
                link.playing.set(true);
                link.play.set(*play);
            }
            Command::Step { play, .. } => link.play.set(*play),
            Command::Pause => link.playing.set(false),
            Command::RequestFrames => {
                link.frames_due.set(link.heats.get());
                link.frames_asked_at.set(js_sys::Date::now());
            }
            _ => {}
        }
        let bulk = match &command {
            Command::Load { data } => data_file(data).and_then(|path| {
                let file = self.file.borrow();
                // A copy for each worker, which is then handed over and not copied again.
                file.as_ref()
                    .filter(|file| file.path == path)
                    .map(|file| file.bytes.slice(0, file.bytes.length()).buffer().into())
            }),
            _ => None,
        };
        if let Err(failure) = post_command(&link.worker, &command, bulk.as_ref()) {
            self.post(Action::FleetFailed { fleet, failure });
        }
    }

    fn receive(&self, fleet: FleetId, worker: usize, data: &JsValue) {
        let (event, bulk) = match port::decode::<Event>(data) {
            Ok(message) => message,
            Err(error) => {
                let detail = error.to_string();
                let failure = Failure::Unreadable { detail };
                (Event::Failed { failure }, None)
            }
        };
        if let Some(link) = self.links.borrow().get(&(fleet, worker)) {
            match &event {
                Event::Frame { .. } => link.frames_due.set(link.frames_due.get().saturating_sub(1)),
                // A late answer to an earlier pause is no reason to stop asking for frames.
                Event::Paused { play, .. } if *play == link.play.get() => link.playing.set(false),
                Event::Finished { .. } => link.playing.set(false),
                _ => {}
            }
        }
        let bulk = bulk.and_then(|bulk| match bulk.dyn_into::<Float32Array>() {
            Ok(floats) => Some(Bulk::Floats(floats.to_vec())),
            Err(other) => other
                .dyn_into::<Uint8Array>()
                .ok()
                .map(|bytes| Bulk::Bytes(bytes.to_vec())),
        });
        self.post(Action::FromWorker {
            fleet,
            worker,
            event,
            bulk,
        });
    }

    /// Keeps an action until the page is next drawn, so that many events cost one drawing.
    fn post(&self, action: Action) {
        self.inbox.borrow_mut().push(action);
        if self.flush_due.replace(true) {
            return;
        }
        let client = self.itself.clone();
        // A timer and not an animation frame: those stand still in a hidden tab.
        gloo::timers::callback::Timeout::new(DRAW_EVERY_MS, move || {
            if let Some(client) = client.upgrade() {
                client.flush_due.set(false);
                let actions = client.inbox.take();
                client.dispatch.emit(Action::Batch(actions));
            }
        })
        .forget();
    }

    fn fetch_data(&self, data: DataSource) {
        let Some(client) = self.itself.upgrade() else {
            return;
        };
        *self.wanted.borrow_mut() = data_file(&data);
        spawn_local(async move {
            let Some(path) = data_file(&data) else {
                client.dispatch.emit(Action::DataFetched {
                    data,
                    outcome: Ok(()),
                });
                return;
            };
            let here = client
                .file
                .borrow()
                .as_ref()
                .is_some_and(|file| file.path == path);
            let outcome = if here {
                Ok(())
            } else {
                let of = client.size(&path).await;
                let what = Download::Data;
                let bytes = window::fetch_bytes(&path, |bytes| {
                    client.post(Action::Arrived { what, bytes, of })
                })
                .await;
                bytes.map(|bytes| {
                    let length = u64::from(bytes.length());
                    client.post(Action::Arrived {
                        what,
                        bytes: length,
                        of: Some(length),
                    });
                    // Another one may have been asked for, and have come, meanwhile.
                    if client.wanted.borrow().as_ref() == Some(&path) {
                        *client.file.borrow_mut() = Some(DataFile { path, bytes });
                    }
                })
            };
            let outcome = outcome.map_err(|error| Failure::DataFile { error });
            client.dispatch.emit(Action::DataFetched { data, outcome });
        });
    }

    /// While a worker trains, asks it for frames: never before the last ones have come.
    fn keep_asking_for_frames(self: Rc<Self>) {
        let client = Rc::downgrade(&self);
        spawn_local(async move {
            loop {
                next_animation_frame().await;
                let Some(client) = client.upgrade() else {
                    return;
                };
                let now = js_sys::Date::now();
                let due: Vec<(FleetId, usize)> = client
                    .links
                    .borrow()
                    .iter()
                    .filter(|(_, link)| {
                        let waited = now - link.frames_asked_at.get();
                        let due = if link.frames_due.get() == 0 {
                            FRAME_INTERVAL_MS
                        } else {
                            FRAME_PATIENCE_MS
                        };
                        link.playing.get() && link.alive.get() && waited >= due
                    })
                    .map(|(&place, _)| place)
                    .collect();
                for (fleet, worker) in due {
                    client.send(fleet, worker, Command::RequestFrames);
                }
            }
        });
    }
}

/// Waits for the next animation frame; none come in a hidden tab.
async fn next_animation_frame() {
    let promise = Promise::new(&mut |resolve, _| {
        let _ = window::window().request_animation_frame(&resolve);
    });
    let _ = JsFuture::from(promise).await;
}

/// What was written down of the files' sizes: a promise, since both the engine and the data wait for it.
fn fetch_sizes() -> Promise {
    wasm_bindgen_futures::future_to_promise(async {
        Ok(window::fetch_text("manifest.json")
            .await
            .map_or(JsValue::NULL, |text| text.into()))
    })
}

fn post_command(
    worker: &web_sys::Worker,
    command: &Command,
    bulk: Option<&JsValue>,
) -> Result<(), Failure> {
    let (message, transfer) = port::encode(command, bulk);
    let posted = worker.post_message_with_transfer(&message, &transfer);
    posted.map_err(|error| Failure::NotSent {
        detail: window::detail_of(&error),
    })
}

/// What `manifest.json` says of the page's files.
#[derive(Deserialize)]
struct Manifest {
    files: HashMap<String, FileSize>,
    /// Engines that are still being built.
    #[serde(default)]
    coming: Vec<String>,
}

#[derive(Deserialize)]
struct FileSize {
    bytes: u64,
}

/// A size from `manifest.json`.
fn read_size(manifest: &str, file: &str) -> Option<u64> {
    lean::read::<Manifest>(manifest)
        .ok()?
        .files
        .get(file)
        .map(|size| size.bytes)
}

/// Why this copy of the page has no engine for a device. None if it has one, or if the list cannot be read: then only the
/// attempt can tell.
fn why_no_engine(manifest: &str, kind: DeviceKind) -> Option<Message> {
    let manifest = lean::read::<Manifest>(manifest).ok()?;
    let name = engine_name(kind);
    if manifest.files.contains_key(&format!("{name}_bg.wasm")) {
        None
    } else if manifest.coming.iter().any(|coming| coming == name) {
        Some(text::webgpu_engine_coming())
    } else {
        Some(text::webgpu_engine_missing())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_engine_that_is_not_there_is_told_from_one_that_is_coming() {
        let list =
            |files: &str, rest: &str| format!(r#"{{"version": "1", "files": {{{files}}}{rest}}}"#);
        let cpu = r#""engine-cpu_bg.wasm": {"bytes": 7}"#;
        let gpu = r#""engine-gpu_bg.wasm": {"bytes": 9}"#;
        let why = |list: &str| why_no_engine(list, DeviceKind::WebGpu);
        assert_eq!(why(&list(&format!("{cpu}, {gpu}"), "")), None);
        assert_eq!(why(&list(cpu, "")), Some(text::webgpu_engine_missing()));
        let coming = list(cpu, r#", "coming": ["engine-gpu"]"#);
        assert_eq!(why(&coming), Some(text::webgpu_engine_coming()));
        assert_eq!(why_no_engine(&coming, DeviceKind::Cpu), None);
        assert_eq!(why("<!doctype html>"), None);
        assert_eq!(read_size(&coming, "engine-cpu_bg.wasm"), Some(7));
    }
}
