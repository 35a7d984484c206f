//! The engine: takes commands, owns device, data set and race, and does what the driver orders.

use burn::tensor::Device;
use js_sys::{Float32Array, Uint8Array};
use kyori::bridge::{
    CaseFault, CheckFailure, Command, DeviceKind, DeviceReport, Event, Failure, Missing, RequestId,
    RunId,
};
use kyori::console::{self, now_ms};
use kyori::data::{DataSource, Dataset, Inputs};
use kyori::device;
use kyori::experiment::RaceSpec;
use kyori::golden::{Case, GoldenError, check_loss_case};
use kyori::record::Rates;
use kyori::train::{Driver, FrameShare, Order, Race, Samples, TrainError, milliseconds_per_step};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::adapter::adapter;
use super::scope::{Inbox, Turn, fail, log_level, post, sleep};

/// How long the CPU trains before it looks at the inbox.
const SLICE_MS: f64 = 8.0;
/// Steps of one heat that a GPU is given before its time is taken.
const GPU_BURST: u32 = 8;

unsafe extern "C" {
    fn __wasm_call_ctors();
}

pub fn start() {
    // The linker wraps every export in a call of all constructors unless they are called by hand: with the hundreds
    // that a GPU build registers, each call into wasm would cost a hundred times what it does.
    // SAFETY: called once, before anything else runs.
    unsafe { __wasm_call_ctors() };
    console_error_panic_hook::set_once();
    console::start("worker", log_level().as_deref());
    let inbox = Inbox::listen();
    post(&Event::Alive, None);
    spawn_local(async move { Engine::new(inbox).run().await });
}

/// A data set, on the host and on the device.
struct Loaded {
    source: DataSource,
    dataset: Dataset,
    samples: Samples,
}

/// The race that is laid out, and what drives it.
struct Running {
    run: RunId,
    race: Race,
    driver: Driver,
    /// Whether a GPU trains: it is given many steps before anyone waits for it.
    gpu: bool,
    share: FrameShare,
    /// Of looking inside.
    look_share: FrameShare,
    /// Whether a step has been done.
    stepped: bool,
}

struct Engine {
    inbox: Inbox,
    turn: Turn,
    device: Option<(Device, DeviceReport)>,
    loaded: Option<Loaded>,
    running: Option<Running>,
    /// For this race and those to come.
    steps_per_second: Option<f32>,
    frames_wanted: bool,
    /// The heat and lane that somebody waits to look into.
    look_wanted: Option<(usize, usize)>,
}

impl Engine {
    fn new(inbox: Inbox) -> Self {
        Self {
            inbox,
            turn: Turn::new(),
            device: None,
            loaded: None,
            running: None,
            steps_per_second: None,
            frames_wanted: false,
            look_wanted: None,
        }
    }

    async fn run(mut self) {
        loop {
            while let Some((command, bulk)) = self.inbox.take() {
                self.obey(command, bulk).await;
            }
            self.send_frames().await;
            self.send_inside().await;
            if self.work().await {
                self.turn.pass().await;
            } else {
                self.inbox.arrival().await;
            }
        }
    }

    async fn obey(&mut self, command: Command, bulk: Option<JsValue>) {
        match command {
            Command::Open { device } => self.open(device).await,
            Command::Load { data } => self.load(data, bulk),
            Command::ShareDataset => self.share_dataset(),
            Command::Start { run, race } => self.start(run, &race),
            Command::SetPace { steps_per_second } => {
                self.steps_per_second = steps_per_second;
                if let Some(running) = &mut self.running {
                    running.driver.set_pace(steps_per_second);
                }
            }
            Command::RequestFrames => self.frames_wanted = true,
            Command::LookInside { heat, lane } => self.look_wanted = Some((heat, lane)),
            Command::Verify { id, cases } => self.verify(id, &cases).await,
            Command::Measure { id, race } => self.measure(id, &race).await,
            Command::ShowClasses { seen } => self.show_classes(seen),
            Command::LookUp { queries } => {
                if let Some(running) = &mut self.running {
                    running.race.look_up(&queries);
                    (0..running.race.heats()).for_each(|heat| running.retrieve(heat));
                }
            }
            Command::ShowNeighbours { neighbours } => {
                if let Some(running) = &mut self.running {
                    running.race.show_neighbours(neighbours);
                    self.frames_wanted = true;
                }
            }
            Command::ShowLane { heat, lane } => {
                if let Some(running) = &mut self.running {
                    running.race.show_lane(heat, lane);
                    running.retrieve(heat);
                    self.frames_wanted = true;
                }
            }
            Command::Play { .. }
            | Command::Pause
            | Command::Step { .. }
            | Command::StopAt { .. }
            | Command::SetRates { .. } => {
                if let Some(running) = &mut self.running {
                    running.obey(command);
                }
            }
        }
    }

    async fn open(&mut self, kind: DeviceKind) {
        let start = now_ms();
        let opened = match kind {
            DeviceKind::WebGpu => match adapter().await {
                Ok((name, software)) => device::gpu(name, software).await,
                Err(error) => Err(error),
            },
            DeviceKind::Cpu => Ok(device::cpu()),
        };
        match opened {
            Ok(opened) => {
                log::debug!("device opened in {:.0} ms", now_ms() - start);
                let device = opened.1.clone();
                post(&Event::Ready { device }, None);
                self.device = Some(opened);
            }
            Err(error) => fail(error),
        }
    }

    fn load(&mut self, data: DataSource, bulk: Option<JsValue>) {
        let Some((device, _)) = &self.device else {
            return fail(out_of_order("load", Missing::Device));
        };
        let start = now_ms();
        let bytes = bulk.map(|bulk| Uint8Array::new(&bulk).to_vec());
        match data.open(bytes.as_deref()) {
            Ok(dataset) => {
                let samples = Samples::new(&dataset, device);
                log::debug!("data set loaded in {:.0} ms", now_ms() - start);
                let loaded = Event::Loaded {
                    samples: dataset.len(),
                    classes: dataset.class_names.len(),
                };
                self.running = None;
                self.loaded = Some(Loaded {
                    source: data,
                    dataset,
                    samples,
                });
                post(&loaded, None);
            }
            Err(error) => fail(error),
        }
    }

    /// The page draws pictures of it, and is spared unpacking it once more.
    fn share_dataset(&self) {
        let Some(loaded) = &self.loaded else {
            return fail(out_of_order("share-dataset", Missing::DataSet));
        };
        let bulk: JsValue = match &loaded.dataset.inputs {
            Inputs::Bytes(bytes) => Uint8Array::from(bytes.as_slice()).into(),
            Inputs::Floats(floats) => Float32Array::from(floats.as_slice()).into(),
        };
        let event = Event::Dataset {
            data: loaded.source.clone(),
            dataset: loaded.dataset.without_inputs(),
        };
        post(&event, Some(&bulk));
    }

    fn start(&mut self, run: RunId, spec: &RaceSpec) {
        self.running = None;
        // Of the race before.
        self.look_wanted = None;
        let (Some((device, report)), Some(loaded)) = (&self.device, &self.loaded) else {
            return fail(out_of_order("start", Missing::DataSet));
        };
        let start = now_ms();
        match Race::new(spec, &loaded.dataset, &loaded.samples, device) {
            Ok(race) => {
                log::debug!("race {run} laid out in {:.0} ms", now_ms() - start);
                let started = Event::Started {
                    run,
                    view: race.view().to_vec(),
                    train_classes: race.train_classes(),
                    test_classes: race.test_classes(),
                };
                post(&started, None);
                let gpu = report.kind == DeviceKind::WebGpu;
                let mut driver = Driver::new(race.heats(), if gpu { GPU_BURST } else { 1 });
                driver.set_pace(self.steps_per_second);
                self.running = Some(Running {
                    run,
                    race,
                    driver,
                    gpu,
                    share: FrameShare::default(),
                    look_share: FrameShare::default(),
                    stepped: false,
                });
                self.frames_wanted = true;
            }
            Err(error) => fail(error),
        }
    }

    fn show_classes(&mut self, seen: bool) {
        let (Some(running), Some(loaded)) = (&mut self.running, &self.loaded) else {
            return;
        };
        let (dataset, samples) = (&loaded.dataset, &loaded.samples);
        match running.race.show_classes(dataset, samples, seen) {
            Ok(()) => {
                let (run, view) = (running.run, running.race.view().to_vec());
                post(&Event::View { run, view }, None);
                self.frames_wanted = true;
            }
            Err(error) => fail(error),
        }
    }

    /// One slice of what the driver orders. Whether anything was done: else only a command brings more.
    async fn work(&mut self) -> bool {
        let slice_end = now_ms() + SLICE_MS;
        let mut worked = false;
        while let Some(running) = &mut self.running {
            let order = running.driver.next(&running.race, now_ms());
            if order == Order::Wait {
                return worked;
            }
            worked = true;
            if let Err(error) = running.carry_out(order, &self.inbox, &self.turn).await {
                self.running = None;
                fail(error);
                return worked;
            }
            if matches!(order, Order::Paused { .. } | Order::Finished) {
                self.frames_wanted = true;
            }
            let nap = matches!(order, Order::Nap { .. });
            if nap || now_ms() >= slice_end || !self.inbox.is_empty() {
                return worked;
            }
        }
        worked
    }

    /// Frames are made only while they take no more than their share of the time; a request waits until then. Metrics that
    /// are due come first: the page is waiting for the curves to begin.
    async fn send_frames(&mut self) {
        let Some(running) = &mut self.running else {
            return;
        };
        if !self.frames_wanted || !running.has_time(&running.share) {
            return;
        }
        self.frames_wanted = false;
        for heat in 0..running.race.heats() {
            if let Err(error) = running.send_frame(heat).await {
                self.running = None;
                return fail(error);
            }
        }
    }

    /// Answers who looks inside, under the same conditions as frames.
    async fn send_inside(&mut self) {
        let Some(running) = &mut self.running else {
            return;
        };
        let Some((heat, lane)) = self.look_wanted else {
            return;
        };
        if !running.has_time(&running.look_share) {
            return;
        }
        self.look_wanted = None;
        let start = now_ms();
        match running.race.look_inside(heat, lane).await {
            Ok(inside) => {
                // Of earlier batches no picture is known.
                let inside = inside.without_memory();
                let bulk = Float32Array::from(&inside.floats()[..]);
                let (run, header) = (running.run, Box::new(inside.header));
                post(&Event::Inside { run, header }, Some(&bulk.into()));
            }
            Err(error) => {
                self.running = None;
                return fail(error);
            }
        }
        if running.driver.is_training() {
            running.look_share.framed(now_ms() - start);
        }
    }

    async fn measure(&mut self, id: RequestId, spec: &RaceSpec) {
        let loaded = self
            .loaded
            .as_ref()
            .filter(|it| it.source == spec.data.source());
        let timed = match (&self.device, loaded) {
            (Some((device, _)), Some(loaded)) => {
                let (dataset, samples) = (&loaded.dataset, &loaded.samples);
                milliseconds_per_step(spec, dataset, samples, device, now_ms)
                    .await
                    .map_err(Failure::from)
            }
            _ => Err(out_of_order("measure", Missing::DataSet)),
        };
        let answer = match timed {
            Ok(milliseconds_per_step) => Event::Measured {
                id,
                milliseconds_per_step,
            },
            Err(failure) => Event::MeasureFailed { id, failure },
        };
        post(&answer, None);
    }

    /// Checks every loss against its reference cases on the device that trains.
    async fn verify(&self, id: RequestId, cases: &str) {
        if let Err(failure) = self.check_cases(id, cases).await {
            post(&Event::CheckFailed { id, failure }, None);
        }
    }

    async fn check_cases(&self, id: RequestId, cases: &str) -> Result<(), CheckFailure> {
        let (device, _) = self.device.as_ref().ok_or(CheckFailure::NotRunning)?;
        let cases = Case::losses(cases).map_err(failure_of)?;
        if cases.is_empty() {
            return Err(CheckFailure::NoCases);
        }
        for (index, case) in cases.iter().enumerate() {
            let report = check_loss_case(case, device, 1).await.map_err(failure_of)?;
            let checked = Event::Checked {
                id,
                report,
                done: index + 1,
                of: cases.len(),
            };
            post(&checked, None);
            self.turn.pass().await;
        }
        Ok(())
    }
}

fn out_of_order(command: &str, missing: Missing) -> Failure {
    Failure::OutOfOrder {
        command: command.to_owned(),
        missing,
    }
}

fn failure_of(error: GoldenError) -> CheckFailure {
    let (case, fault) = match error {
        GoldenError::Json(error) => {
            let detail = error.to_string();
            return CheckFailure::Cases { detail };
        }
        GoldenError::Device { message, .. } => {
            return CheckFailure::Device { detail: message };
        }
        GoldenError::UnknownLoss { id, loss, miner } => {
            (id, CaseFault::UnknownLoss { loss, miner })
        }
        GoldenError::Parameter { id, loss, key } => (id, CaseFault::Parameter { loss, key }),
        GoldenError::Shape {
            id,
            field,
            expected,
            found,
        } => {
            let field = field.to_owned();
            (
                id,
                CaseFault::Shape {
                    field,
                    expected,
                    found,
                },
            )
        }
        GoldenError::Missing { id, field } => {
            let field = field.to_owned();
            (id, CaseFault::Missing { field })
        }
        GoldenError::Metric { id, message } => (id, CaseFault::Other { detail: message }),
    };
    CheckFailure::Case { case, fault }
}

impl Running {
    /// Whether something can be made now that is only looked at: it waits for metrics that are due, and while it trains until it
    /// has had no more than its share of the time.
    fn has_time(&self, share: &FrameShare) -> bool {
        let measuring = self.driver.evaluation_due(&self.race).is_some();
        !measuring && (!self.driver.is_training() || share.allows_asked())
    }

    /// What a person may ask of a race that is laid out.
    fn obey(&mut self, command: Command) {
        let (race, driver) = (&mut self.race, &mut self.driver);
        match command {
            Command::Play { play } => driver.play(play, race, now_ms()),
            Command::Step { steps, play } => driver.step(steps, play, race, now_ms()),
            Command::StopAt { step } => driver.set_stop_at(step),
            Command::Pause => {
                if let Order::Paused { play } = driver.pause(race, now_ms()) {
                    self.paused(play);
                }
            }
            Command::SetRates {
                heat,
                lr,
                proxy_lr_factor,
            } => {
                let after_step = race
                    .set_rates(heat, lr, proxy_lr_factor)
                    .expect("the page asks for heats of the race that it has started");
                let rates = Rates {
                    after_step,
                    lr,
                    proxy_lr_factor,
                };
                let run = self.run;
                post(&Event::RatesSet { run, heat, rates }, None);
            }
            other => unreachable!("{other:?} is no matter of the race that is laid out"),
        }
    }

    async fn carry_out(
        &mut self,
        order: Order,
        inbox: &Inbox,
        turn: &Turn,
    ) -> Result<(), TrainError> {
        match order {
            Order::Step { heat, steps } => self.train(heat, steps, inbox, turn).await?,
            Order::Evaluate { heat } => self.evaluate(heat).await?,
            Order::Report {
                heat,
                step,
                steps_per_second,
            } => self.report(heat, step, steps_per_second),
            Order::Nap { milliseconds } => sleep(milliseconds).await,
            Order::Paused { play } => self.paused(play),
            Order::Finished => post(&Event::Finished { run: self.run }, None),
            Order::Wait => {}
        }
        Ok(())
    }

    /// Up to so many steps of one heat: fewer where a command arrives meanwhile.
    async fn train(
        &mut self,
        heat: usize,
        steps: u32,
        inbox: &Inbox,
        turn: &Turn,
    ) -> Result<(), TrainError> {
        let start = now_ms();
        for _ in 0..steps {
            self.race.step(heat);
            if self.gpu {
                turn.pass().await;
            }
            if !inbox.is_empty() {
                break;
            }
        }
        if self.gpu || self.race.evaluation_due(heat) {
            self.settle(heat).await?;
        }
        let end = now_ms();
        if !std::mem::replace(&mut self.stepped, true) {
            log::debug!("first steps done in {:.0} ms", end - start);
        }
        self.race.add_train_seconds(heat, (end - start) / 1000.0);
        self.share.trained(end - start);
        self.look_share.trained(end - start);
        Ok(())
    }

    async fn settle(&mut self, heat: usize) -> Result<(), TrainError> {
        for lane in self.race.settle(heat).await? {
            let stopped = Event::LaneStopped {
                run: self.run,
                heat,
                lane,
                step: self.race.step_count(heat),
            };
            post(&stopped, None);
        }
        Ok(())
    }

    async fn evaluate(&mut self, heat: usize) -> Result<(), TrainError> {
        self.settle(heat).await?;
        let start = now_ms();
        let point = self.race.evaluate(heat).await?;
        let evaluated = Event::Evaluated {
            run: self.run,
            heat,
            point,
            evaluation_ms: now_ms() - start,
        };
        post(&evaluated, None);
        self.retrieve(heat);
        // Evaluating may have found that the last step drove a lane out of range.
        self.settle(heat).await?;
        let step = self.race.step_count(heat);
        if self.driver.is_training() && self.share.allows_evaluation(step) {
            self.send_frame(heat).await?;
        }
        Ok(())
    }

    async fn send_frame(&mut self, heat: usize) -> Result<(), TrainError> {
        let start = now_ms();
        let frame = self.race.frame(heat).await?;
        let bulk = Float32Array::from(&frame.coordinates[..]);
        let (run, header) = (self.run, frame.header);
        post(&Event::Frame { run, header }, Some(&bulk.into()));
        if self.driver.is_training() {
            self.share.framed(now_ms() - start);
        }
        Ok(())
    }

    /// Who lies nearest, where a heat has been evaluated.
    fn retrieve(&self, heat: usize) {
        if let Some(retrieval) = self.race.retrieval(heat) {
            let run = self.run;
            post(
                &Event::Retrieved {
                    run,
                    heat,
                    retrieval,
                },
                None,
            );
        }
    }

    fn report(&self, heat: usize, step: u32, steps_per_second: f32) {
        let progress = Event::Progress {
            run: self.run,
            heat,
            step,
            steps_per_second,
        };
        post(&progress, None);
    }

    /// The page shows the steps that were reached, not those that were reported last.
    fn paused(&self, play: u32) {
        for heat in 0..self.race.heats() {
            self.report(heat, self.race.step_count(heat), 0.0);
        }
        let run = self.run;
        post(&Event::Paused { run, play }, None);
    }
}
