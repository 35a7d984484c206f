//! Carries out [`Effect`]s: loads the engine, starts workers, sends commands, and brings back what they say.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::{Rc, Weak};

use js_sys::{Float32Array, Object, Promise, Reflect, Uint8Array};
use kyori_text::{Message, messages as text};
use serde::Deserialize;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{MessageEvent, WorkerOptions, WorkerType};
use yew::Callback;

use super::state::{Action, Cargo, Effect, FleetId};
use super::window;
use crate::bridge::{Bulk, Cause, Command, DeviceKind, Event, port};
use crate::data::file_name;
use crate::experiment::{DataSpec, Experiment};

/// How often frames are asked for while training.
const FRAME_INTERVAL_MS: f64 = 1000.0 / 12.0;
/// After this long without all frames they are asked for again.
const FRAME_PATIENCE_MS: f64 = 1000.0;
/// A worker that says nothing for this long after it was started is given up.
const START_PATIENCE_MS: u32 = 20_000;
/// What workers say is drawn at most this often.
const DRAW_EVERY_MS: u32 = 33;
/// An edit is laid out after this pause.
const EDIT_PAUSE_MS: u32 = 150;

/// The file of a data set, relative to the page.
fn data_file(data: &DataSpec) -> Option<String> {
    file_name(data).map(|name| format!("data/{name}"))
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
    go: Cell<u32>,
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
    links: RefCell<BTreeMap<(FleetId, usize), Link>>,
    /// Compiled engines, or engines on their way; every worker of a kind starts from the same one.
    engines: RefCell<BTreeMap<Cargo, Promise>>,
    /// Why an engine did not arrive the last time.
    engine_errors: RefCell<BTreeMap<Cargo, Message>>,
    sizes: Promise,
    file: RefCell<Option<DataFile>>,
    /// Path of the data file that was asked for last.
    wanted: RefCell<Option<String>>,
    /// Fleets that were dismissed while their engine was still being fetched.
    live: RefCell<BTreeMap<FleetId, ()>>,
    /// What came since the page was last drawn.
    inbox: RefCell<Vec<Action>>,
    flush_due: Cell<bool>,
    itself: Weak<Self>,
}

impl Client {
    pub fn new(dispatch: Callback<Action>) -> Rc<Self> {
        let client = Rc::new_cyclic(|itself| Self {
            dispatch,
            links: RefCell::default(),
            engines: RefCell::default(),
            engine_errors: RefCell::default(),
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
                self.live.borrow_mut().remove(&fleet);
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
                    dispatch.emit(Action::CasesFetched(
                        window::fetch_text("golden.json").await,
                    ));
                });
            }
            Effect::LookForGpu => {
                let dispatch = self.dispatch.clone();
                spawn_local(async move {
                    dispatch.emit(Action::GpuLooked(window::look_for_gpu().await))
                });
            }
            Effect::RestartLater { token } => {
                let dispatch = self.dispatch.clone();
                gloo::timers::callback::Timeout::new(EDIT_PAUSE_MS, move || {
                    dispatch.emit(Action::RestartDue { token });
                })
                .forget();
            }
            Effect::SaveSettings { experiment } => {
                let usual = *experiment == Experiment::default_preset();
                window::set_fragment(&if usual {
                    String::new()
                } else {
                    experiment.to_fragment()
                });
            }
            Effect::SetTheme { theme } => window::set_theme(theme),
        }
    }

    fn launch(&self, fleet: FleetId, kind: DeviceKind, workers: std::ops::Range<usize>) {
        self.live.borrow_mut().insert(fleet, ());
        let Some(client) = self.itself.upgrade() else {
            return;
        };
        spawn_local(async move {
            let outcome = client.engine(kind).await;
            // It may have been dismissed meanwhile.
            if !client.live.borrow().contains_key(&fleet) {
                return;
            }
            let outcome = outcome.and_then(|module| {
                workers
                    .into_iter()
                    .try_for_each(|worker| client.start_worker(fleet, worker, kind, &module))
            });
            if let Err(message) = outcome {
                client.dispatch.emit(Action::FleetFailed { fleet, message });
            }
        });
    }

    /// The compiled engine, fetched once, however many ask at the same time.
    async fn engine(self: &Rc<Self>, kind: DeviceKind) -> Result<JsValue, Message> {
        let what = Cargo::engine(kind);
        let known = self.engines.borrow().get(&what).cloned();
        let promise = known.unwrap_or_else(|| {
            let client = self.clone();
            let promise = wasm_bindgen_futures::future_to_promise(async move {
                client.fetch_engine(kind).await.map_err(|message| {
                    // A promise's error has to be of JavaScript, so that the message waits here.
                    client.engine_errors.borrow_mut().insert(what, message);
                    JsValue::NULL
                })
            });
            self.engines.borrow_mut().insert(what, promise.clone());
            promise
        });
        JsFuture::from(promise).await.map_err(|_| {
            // The next try fetches it anew.
            self.engines.borrow_mut().remove(&what);
            let error = self.engine_errors.borrow().get(&what).cloned();
            error.expect("an engine's promise fails only with a message")
        })
    }

    async fn fetch_engine(&self, kind: DeviceKind) -> Result<JsValue, Message> {
        let what = Cargo::engine(kind);
        let file = format!("{}_bg.wasm", engine_name(kind));
        let of = self.size(&file).await;
        self.post(Action::Arrived { what, bytes: 0, of });
        let bytes = window::fetch_bytes(&file, |bytes| {
            self.post(Action::Arrived { what, bytes, of })
        })
        .await?;
        let compile = js_sys::WebAssembly::compile(&bytes);
        let module = JsFuture::from(compile).await;
        let module =
            module.map_err(|error| text::engine_damaged(file, window::message_of(&error)))?;
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
    ) -> Result<(), Message> {
        let failed = |error: JsValue| text::worker_not_started(window::message_of(&error));
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
                let message = detail.map_or_else(text::worker_ended, text::worker_ended_why);
                client.post(Action::FleetFailed { fleet, message });
            }
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));

        let greeting = Object::new();
        let glue = format!("./{}.js", engine_name(kind));
        Reflect::set(&greeting, &"glue".into(), &glue.into()).map_err(failed)?;
        Reflect::set(&greeting, &"module".into(), module).map_err(failed)?;
        worker.post_message(&greeting).map_err(failed)?;

        let client = self.itself.clone();
        let answered = alive.clone();
        gloo::timers::callback::Timeout::new(START_PATIENCE_MS, move || {
            if let Some(client) = client.upgrade()
                && !answered.get()
                && client.links.borrow().contains_key(&(fleet, index))
            {
                let message = text::worker_silent();
                client.post(Action::FleetFailed { fleet, message });
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
            go: Cell::new(0),
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
            Command::Play { go } => {
                link.playing.set(true);
                link.go.set(*go);
            }
            Command::Step { go, .. } => link.go.set(*go),
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
        if let Err(message) = post_command(&link.worker, &command, bulk.as_ref()) {
            self.post(Action::FleetFailed { fleet, message });
        }
    }

    fn receive(&self, fleet: FleetId, worker: usize, data: &JsValue) {
        let (event, bulk) = match port::decode::<Event>(data) {
            Ok(message) => message,
            Err(error) => (
                Event::Failed {
                    cause: Cause::Engine,
                    message: error.to_string(),
                },
                None,
            ),
        };
        if let Some(link) = self.links.borrow().get(&(fleet, worker)) {
            match &event {
                Event::Frame { .. } => link.frames_due.set(link.frames_due.get().saturating_sub(1)),
                // A late answer to an earlier pause is no reason to stop asking for frames.
                Event::Paused { go, .. } if *go == link.go.get() => link.playing.set(false),
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

    fn fetch_data(&self, data: DataSpec) {
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
                let what = Cargo::Data;
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
) -> Result<(), Message> {
    let (message, transfer) =
        port::encode(command, bulk).map_err(|error| Message::verbatim(error.to_string()))?;
    let posted = worker.post_message_with_transfer(&message, &transfer);
    posted.map_err(|error| text::command_not_sent(window::message_of(&error)))
}

/// What `manifest.json` says of the page's files.
#[derive(Deserialize)]
struct Manifest {
    files: BTreeMap<String, FileSize>,
}

#[derive(Deserialize)]
struct FileSize {
    bytes: u64,
}

/// A size from `manifest.json`.
fn read_size(manifest: &str, file: &str) -> Option<u64> {
    serde_json::from_str::<Manifest>(manifest)
        .ok()?
        .files
        .get(file)
        .map(|size| size.bytes)
}
