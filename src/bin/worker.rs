//! The web worker: owns the device and the heats, and decides when they step.

fn main() {
    #[cfg(target_family = "wasm")]
    engine::start();
}

#[cfg(target_family = "wasm")]
mod engine {
    use std::cell::RefCell;
    use std::collections::VecDeque;
    use std::rc::Rc;

    use burn::tensor::Device;
    use js_sys::{Float32Array, Function, Promise, Reflect, Uint8Array};
    use kyori::bridge::{
        Cause, Command, DeviceKind, DevicePreference, DeviceReport, Event, RunId,
        port::{decode, encode},
    };
    use kyori::data::{DataError, DataSource, Dataset, Inputs};
    use kyori::device::{self, DeviceError};
    use kyori::experiment::RaceSpec;
    use kyori::golden::{Case, check_loss_case};
    use kyori::record::Rates;
    use kyori::train::{Race, Samples, TrainError};
    use wasm_bindgen::prelude::*;
    use wasm_bindgen_futures::{JsFuture, spawn_local};
    use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

    /// How long the CPU trains before it looks at the inbox.
    const SLICE_MS: f64 = 8.0;
    /// Steps of one heat that a GPU is given before its time is taken.
    const GPU_BURST: u32 = 8;
    /// Share of the time that embedding views may take.
    const FRAME_SHARE: f64 = 0.15;
    const PROGRESS_EVERY_MS: f64 = 250.0;

    unsafe extern "C" {
        fn __wasm_call_ctors();
    }

    #[wasm_bindgen]
    extern "C" {
        #[wasm_bindgen(js_name = setTimeout)]
        fn set_timeout(callback: &Function, milliseconds: f64);

        type MessageChannel;
        type Port;
        #[wasm_bindgen(constructor)]
        fn new() -> MessageChannel;
        #[wasm_bindgen(method, getter)]
        fn port1(this: &MessageChannel) -> Port;
        #[wasm_bindgen(method, getter)]
        fn port2(this: &MessageChannel) -> Port;
        #[wasm_bindgen(method, setter)]
        fn set_onmessage(this: &Port, callback: Option<&Function>);
        #[wasm_bindgen(method, js_name = postMessage)]
        fn post_message(this: &Port, message: &JsValue);
    }

    pub fn start() {
        // The linker wraps every export in a call of all constructors unless they are called by hand: with the hundreds
        // that a GPU build registers, each call into wasm would cost a hundred times what it does.
        // SAFETY: called once, before anything else runs.
        unsafe { __wasm_call_ctors() };
        console_error_panic_hook::set_once();
        let inbox = Inbox::listen();
        post(&Event::Alive, None);
        spawn_local(async move { Engine::new(inbox).run().await });
    }

    fn scope() -> DedicatedWorkerGlobalScope {
        js_sys::global().unchecked_into()
    }

    fn now() -> f64 {
        scope()
            .performance()
            .map_or(0.0, |performance| performance.now())
    }

    fn post(event: &Event, bulk: Option<&JsValue>) {
        if let Ok((message, transfer)) = encode(event, bulk) {
            // Fails only where the page is gone.
            let _ = scope().post_message_with_transfer(&message, &transfer);
        }
    }

    fn fail(cause: Cause, message: impl ToString) {
        post(
            &Event::Failed {
                cause,
                message: message.to_string(),
            },
            None,
        );
    }

    fn fail_training(error: &TrainError) {
        let cause = match error {
            // The data set is there, but not what these settings ask of it.
            TrainError::Data(DataError::Parameter { .. }) => Cause::Settings,
            TrainError::Data(_) => Cause::Data,
            TrainError::Setting { .. } => Cause::Settings,
            TrainError::Backbone(_) => Cause::Engine,
            TrainError::Device(_) => Cause::DeviceLost,
        };
        fail(cause, error);
    }

    async fn sleep(milliseconds: f64) {
        let promise = Promise::new(&mut |resolve, _| set_timeout(&resolve, milliseconds));
        let _ = JsFuture::from(promise).await;
    }

    /// Lets messages in. A message channel, since `setTimeout` waits at least 4 ms.
    struct Breather {
        channel: MessageChannel,
    }

    impl Breather {
        async fn breathe(&self) {
            let promise = Promise::new(&mut |resolve, _| {
                self.channel.port1().set_onmessage(Some(&resolve));
                self.channel.port2().post_message(&JsValue::NULL);
            });
            let _ = JsFuture::from(promise).await;
        }
    }

    type Letter = (Command, Option<JsValue>);

    /// Commands that have arrived and are not yet done.
    #[derive(Clone, Default)]
    struct Inbox {
        letters: Rc<RefCell<VecDeque<Letter>>>,
        wake: Rc<RefCell<Option<Function>>>,
    }

    impl Inbox {
        fn listen() -> Self {
            let inbox = Self::default();
            let receiver = inbox.clone();
            let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
                match decode::<Command>(&event.data()) {
                    Ok(letter) => receiver.letters.borrow_mut().push_back(letter),
                    Err(error) => fail(Cause::Engine, error),
                }
                let wake = receiver.wake.borrow_mut().take();
                if let Some(wake) = wake {
                    let _ = wake.call0(&JsValue::NULL);
                }
            });
            scope().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
            on_message.forget();
            inbox
        }

        fn take(&self) -> Option<Letter> {
            self.letters.borrow_mut().pop_front()
        }

        fn is_empty(&self) -> bool {
            self.letters.borrow().is_empty()
        }

        async fn arrival(&self) {
            if self.is_empty() {
                let promise =
                    Promise::new(&mut |resolve, _| *self.wake.borrow_mut() = Some(resolve));
                let _ = JsFuture::from(promise).await;
            }
        }
    }

    /// A data set, on the host and on the device.
    struct Loaded {
        source: DataSource,
        dataset: Dataset,
        samples: Samples,
    }

    /// The race that is laid out, and how far it is to go.
    struct Running {
        run: RunId,
        race: Race,
        /// The number of the last Play or Step.
        go: u32,
        playing: bool,
        /// Pause at this step: asked for by a person, or by stepping.
        stop_at: Option<u32>,
        step_until: Option<u32>,
        /// When the next round of steps may start, where the pace is limited.
        next_round: f64,
        /// Per heat: when and at which step progress was last told.
        told: Vec<(f64, u32)>,
        train_ms: f64,
        frame_ms: f64,
    }

    struct Engine {
        inbox: Inbox,
        breather: Breather,
        device: Option<(Device, DeviceReport)>,
        loaded: Option<Loaded>,
        running: Option<Running>,
        steps_per_second: Option<f32>,
        frames_wanted: bool,
    }

    impl Engine {
        fn new(inbox: Inbox) -> Self {
            Self {
                inbox,
                breather: Breather {
                    channel: MessageChannel::new(),
                },
                device: None,
                loaded: None,
                running: None,
                steps_per_second: None,
                frames_wanted: false,
            }
        }

        async fn run(mut self) {
            loop {
                while let Some((command, bulk)) = self.inbox.take() {
                    self.obey(command, bulk).await;
                }
                self.send_frames().await;
                if self.running.as_ref().is_some_and(|running| running.playing) {
                    self.train().await;
                    self.breather.breathe().await;
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
                Command::Start { run, race } => self.start(run, &race).await,
                Command::Play { go } => {
                    if let Some(running) = &mut self.running {
                        running.go = go;
                        running.playing = true;
                        running.step_until = None;
                        running.next_round = now();
                        let start = now();
                        for (heat, told) in running.told.iter_mut().enumerate() {
                            *told = (start, running.race.step_count(heat));
                        }
                    }
                }
                Command::Pause => self.pause(),
                Command::Step { steps, go } => {
                    if let Some(running) = &mut self.running {
                        running.go = go;
                        running.step_until = Some(running.slowest() + steps);
                        running.playing = true;
                        running.next_round = now();
                    }
                }
                Command::SetPace { steps_per_second } => self.steps_per_second = steps_per_second,
                Command::StopAt { step } => {
                    if let Some(running) = &mut self.running {
                        running.stop_at = Some(step);
                    }
                }
                Command::SetRates {
                    heat,
                    lr,
                    proxy_lr_factor,
                } => {
                    if let Some(running) = &mut self.running
                        && let Some(after_step) = running.race.set_rates(heat, lr, proxy_lr_factor)
                    {
                        let rates = Rates {
                            after_step,
                            lr,
                            proxy_lr_factor,
                        };
                        post(
                            &Event::RatesSet {
                                run: running.run,
                                heat,
                                rates,
                            },
                            None,
                        );
                    }
                }
                Command::ShowLane { heat, lane } => {
                    if let Some(running) = &mut self.running {
                        running.race.show_lane(heat, lane);
                        self.frames_wanted = true;
                    }
                }
                Command::ShowClasses { seen } => {
                    if let (Some(running), Some(loaded)) = (&mut self.running, &self.loaded) {
                        match running
                            .race
                            .show_classes(&loaded.dataset, &loaded.samples, seen)
                        {
                            Ok(()) => {
                                let view = running.race.view().to_vec();
                                post(
                                    &Event::View {
                                        run: running.run,
                                        view,
                                    },
                                    None,
                                );
                                self.frames_wanted = true;
                            }
                            Err(error) => fail_training(&error),
                        }
                    }
                }
                Command::RequestFrames => self.frames_wanted = true,
                Command::Verify { cases } => self.verify(&cases).await,
                Command::Measure { race } => self.measure(&race).await,
                Command::Crash => wasm_bindgen::throw_str("the engine was asked to crash"),
                Command::LoseDevice => lose_device(),
            }
        }

        async fn open(&mut self, preference: DevicePreference) {
            let opened = match preference {
                DevicePreference::WebGpu => match adapter().await {
                    Ok((name, software)) => device::gpu(name, software).await,
                    Err(error) => Err(error),
                },
                DevicePreference::Cpu | DevicePreference::Auto => Ok(device::cpu()),
            };
            match opened {
                Ok(opened) => {
                    post(
                        &Event::Ready {
                            device: opened.1.clone(),
                        },
                        None,
                    );
                    self.device = Some(opened);
                }
                Err(error) => fail(Cause::NoWebGpu, error),
            }
        }

        fn load(&mut self, data: DataSource, bulk: Option<JsValue>) {
            let Some((device, _)) = &self.device else {
                return fail(
                    Cause::Engine,
                    "a data set came before the device was open; reload the page",
                );
            };
            let bytes = bulk.map(|bulk| Uint8Array::new(&bulk).to_vec());
            match data.open(bytes.as_deref()) {
                Ok(dataset) => {
                    let samples = Samples::new(&dataset, device);
                    let (count, classes) = (dataset.len(), dataset.class_names.len());
                    self.running = None;
                    self.loaded = Some(Loaded {
                        source: data,
                        dataset,
                        samples,
                    });
                    post(
                        &Event::Loaded {
                            samples: count,
                            classes,
                        },
                        None,
                    );
                }
                Err(error) => fail(Cause::Data, error),
            }
        }

        /// The page draws pictures of it, and is spared unpacking it once more.
        fn share_dataset(&self) {
            let Some(loaded) = &self.loaded else { return };
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

        async fn start(&mut self, run: RunId, spec: &RaceSpec) {
            self.running = None;
            let (Some((device, _)), Some(loaded)) = (&self.device, &self.loaded) else {
                return fail(
                    Cause::Engine,
                    "a race was started before its data set was there; reload the page",
                );
            };
            match Race::new(spec, &loaded.dataset, &loaded.samples, device) {
                Ok(race) => {
                    let started = Event::Started {
                        run,
                        view: race.view().to_vec(),
                        train_classes: race.train_classes(),
                        test_classes: race.test_classes(),
                    };
                    post(&started, None);
                    let heats = race.heats();
                    let mut running = Running {
                        run,
                        race,
                        go: 0,
                        playing: false,
                        stop_at: None,
                        step_until: None,
                        next_round: 0.0,
                        told: vec![(0.0, 0); heats],
                        train_ms: 0.0,
                        frame_ms: 0.0,
                    };
                    for heat in 0..heats {
                        if let Err(error) = running.evaluate_if_due(heat).await {
                            return fail_training(&error);
                        }
                        self.breather.breathe().await;
                    }
                    self.running = Some(running);
                    self.frames_wanted = true;
                }
                Err(error) => fail_training(&error),
            }
        }

        fn pause(&mut self) {
            if let Some(running) = &mut self.running {
                running.playing = false;
                running.step_until = None;
                // So that the page shows the step that was reached, not the last one that was told.
                for heat in 0..running.race.heats() {
                    let step = running.race.step_count(heat);
                    post(
                        &Event::Progress {
                            run: running.run,
                            heat,
                            step,
                            steps_per_second: 0.0,
                        },
                        None,
                    );
                }
                post(
                    &Event::Paused {
                        run: running.run,
                        go: running.go,
                    },
                    None,
                );
            }
        }

        /// One slice of training: the heat that is furthest behind steps first, so that all stay abreast.
        async fn train(&mut self) {
            let gpu = self
                .device
                .as_ref()
                .is_some_and(|(_, report)| report.kind == DeviceKind::WebGpu);
            let Some(running) = &mut self.running else {
                return;
            };
            let slice_end = now() + SLICE_MS;
            loop {
                let Some(heat) = running.next_heat() else {
                    let run = running.run;
                    if running.is_finished() {
                        running.playing = false;
                        post(&Event::Finished { run }, None);
                    } else {
                        self.pause();
                    }
                    self.frames_wanted = true;
                    return;
                };
                if let Some(pace) = self.steps_per_second
                    && running.starts_round(heat)
                {
                    let wait = running.next_round - now();
                    if wait > 0.0 {
                        // Short naps, so that a command never waits for a slow pace.
                        sleep(wait.min(50.0)).await;
                        return;
                    }
                    running.next_round =
                        (running.next_round + 1000.0 / f64::from(pace)).max(now() - 200.0);
                }
                let burst = match (gpu, self.steps_per_second) {
                    (true, None) => GPU_BURST,
                    _ => 1,
                };
                let result = running
                    .train_heat(heat, burst, gpu, &self.inbox, &self.breather)
                    .await;
                if let Err(error) = result {
                    running.playing = false;
                    return fail_training(&error);
                }
                if now() >= slice_end || !self.inbox.is_empty() {
                    return;
                }
            }
        }

        /// Frames are made only while they take no more than their share of the time; a request waits until then.
        async fn send_frames(&mut self) {
            let Some(running) = &mut self.running else {
                return;
            };
            let spent =
                running.frame_ms > FRAME_SHARE * (running.train_ms + running.frame_ms) + 30.0;
            if !self.frames_wanted || (running.playing && spent) {
                return;
            }
            self.frames_wanted = false;
            let start = now();
            for heat in 0..running.race.heats() {
                match running.race.frame(heat).await {
                    Ok(frame) => {
                        let bulk = Float32Array::from(&frame.coordinates[..]);
                        post(
                            &Event::Frame {
                                run: running.run,
                                header: frame.header,
                            },
                            Some(&bulk.into()),
                        );
                    }
                    Err(error) => {
                        running.playing = false;
                        return fail_training(&error);
                    }
                }
            }
            if running.playing {
                running.frame_ms += now() - start;
            }
        }

        async fn measure(&mut self, spec: &RaceSpec) {
            let (Some((device, _)), Some(loaded)) = (&self.device, &self.loaded) else {
                return fail(
                    Cause::Engine,
                    "a measurement was asked for before the data set was there",
                );
            };
            if loaded.source != spec.data.source() {
                return fail(
                    Cause::Engine,
                    "a measurement was asked for another data set than the one that is loaded",
                );
            }
            match time_steps(spec, loaded, device).await {
                Ok(milliseconds_per_step) => post(
                    &Event::Measured {
                        milliseconds_per_step,
                    },
                    None,
                ),
                Err(error) => fail_training(&error),
            }
        }

        /// Checks every loss against its reference cases on the device that trains.
        async fn verify(&mut self, cases: &str) {
            let Some((device, _)) = &self.device else {
                return fail(
                    Cause::Engine,
                    "a check was asked for before the device was open; reload the page",
                );
            };
            let cases: Vec<serde_json::Value> = match serde_json::from_str(cases) {
                Ok(cases) => cases,
                Err(error) => {
                    return fail(
                        Cause::Data,
                        format!("golden.json cannot be read ({error}); reload the page"),
                    );
                }
            };
            let of = cases.len();
            for (index, case) in cases.iter().enumerate() {
                let report = match Case::parse(&case.to_string()) {
                    Ok(Case::Loss(case)) => check_loss_case(&case, device, 1).await,
                    Ok(Case::Metrics(_)) => continue,
                    Err(error) => Err(error),
                };
                match report {
                    Ok(report) => post(
                        &Event::Checked {
                            report,
                            done: index + 1,
                            of,
                        },
                        None,
                    ),
                    Err(error) => return fail(Cause::Data, error),
                }
                self.breather.breathe().await;
            }
        }
    }

    /// Milliseconds for one step of every heat: the best of three rounds of a few steps, after one that compiles.
    async fn time_steps(
        spec: &RaceSpec,
        loaded: &Loaded,
        device: &Device,
    ) -> Result<f64, TrainError> {
        let mut race = Race::new(spec, &loaded.dataset, &loaded.samples, device)?;
        let mut best = f64::INFINITY;
        for round in 0..4 {
            let steps = if round == 0 { 1 } else { 4 };
            let start = now();
            for heat in 0..race.heats() {
                for _ in 0..steps {
                    race.step(heat);
                }
                race.settle(heat).await?;
            }
            if round > 0 {
                best = best.min((now() - start) / f64::from(steps));
            }
        }
        Ok(best)
    }

    impl Running {
        /// The fewest steps of any heat that still trains.
        fn slowest(&self) -> u32 {
            let training = (0..self.race.heats()).filter(|&heat| !self.race.is_finished(heat));
            training
                .map(|heat| self.race.step_count(heat))
                .min()
                .unwrap_or(0)
        }

        fn limit(&self) -> u32 {
            let stop = self.stop_at.filter(|&stop| stop > 0).unwrap_or(u32::MAX);
            stop.min(self.step_until.unwrap_or(u32::MAX))
        }

        /// The heat with the fewest steps of those that may still step.
        fn next_heat(&self) -> Option<usize> {
            (0..self.race.heats())
                .filter(|&heat| {
                    !self.race.is_finished(heat) && self.race.step_count(heat) < self.limit()
                })
                .min_by_key(|&heat| self.race.step_count(heat))
        }

        /// Whether a step of this heat is the first of its round over all heats.
        fn starts_round(&self, heat: usize) -> bool {
            let step = self.race.step_count(heat);
            (0..heat)
                .all(|other| self.race.step_count(other) <= step || self.race.is_finished(other))
                && self.next_heat() == Some(heat)
                && (0..self.race.heats()).all(|other| self.race.step_count(other) <= step)
        }

        fn is_finished(&self) -> bool {
            (0..self.race.heats()).all(|heat| self.race.is_finished(heat))
        }

        /// Up to `burst` steps of one heat, then whatever is due: metrics, word of progress.
        async fn train_heat(
            &mut self,
            heat: usize,
            burst: u32,
            gpu: bool,
            inbox: &Inbox,
            breather: &Breather,
        ) -> Result<(), TrainError> {
            let start = now();
            for _ in 0..burst {
                self.race.step(heat);
                if gpu {
                    breather.breathe().await;
                }
                let stop = self.race.evaluation_due(heat)
                    || self.race.is_finished(heat)
                    || self.race.step_count(heat) >= self.limit()
                    || !inbox.is_empty();
                if stop {
                    break;
                }
            }
            if gpu || self.race.evaluation_due(heat) {
                self.settle(heat).await?;
            }
            let end = now();
            self.race.add_train_seconds(heat, (end - start) / 1000.0);
            self.train_ms += end - start;
            self.evaluate_if_due(heat).await?;

            let (told_at, told_step) = self.told[heat];
            let step = self.race.step_count(heat);
            if end - told_at >= PROGRESS_EVERY_MS
                || self.race.is_finished(heat)
                || step == self.limit()
            {
                let seconds = (end - told_at) / 1000.0;
                let steps_per_second = if seconds > 0.0 {
                    f64::from(step - told_step) / seconds
                } else {
                    0.0
                };
                self.told[heat] = (end, step);
                let progress = Event::Progress {
                    run: self.run,
                    heat,
                    step,
                    steps_per_second: steps_per_second as f32,
                };
                post(&progress, None);
            }
            Ok(())
        }

        async fn settle(&mut self, heat: usize) -> Result<(), TrainError> {
            for lane in self.race.settle(heat).await? {
                let step = self.race.step_count(heat);
                post(
                    &Event::LaneStopped {
                        run: self.run,
                        heat,
                        lane,
                        step,
                    },
                    None,
                );
            }
            Ok(())
        }

        async fn evaluate_if_due(&mut self, heat: usize) -> Result<(), TrainError> {
            if self.race.evaluation_due(heat)
                || (self.race.is_finished(heat) && !self.race.is_evaluated(heat))
            {
                self.settle(heat).await?;
                let start = now();
                let point = self.race.evaluate(heat).await?;
                let evaluation_ms = now() - start;
                post(
                    &Event::Evaluated {
                        run: self.run,
                        heat,
                        point,
                        evaluation_ms,
                    },
                    None,
                );
                // Evaluating may have found that the last step drove a lane out of range.
                self.settle(heat).await?;
            }
            Ok(())
        }
    }

    /// What the browser says of its adapter: a name, and whether it is a software rasteriser.
    async fn adapter() -> Result<(String, bool), DeviceError> {
        let refused = |why: &str| DeviceError::NoGpuDevice(why.to_owned());
        let get = |object: &JsValue, key: &str| {
            Reflect::get(object, &JsValue::from_str(key)).unwrap_or_default()
        };
        let gpu = get(&get(&js_sys::global(), "navigator"), "gpu");
        let request: Function = get(&gpu, "requestAdapter")
            .dyn_into()
            .map_err(|_| refused("this browser has no WebGPU in workers"))?;
        let promise: Promise = request
            .call0(&gpu)
            .ok()
            .and_then(|promise| promise.dyn_into().ok())
            .ok_or_else(|| refused("the request for an adapter failed"))?;
        let adapter = JsFuture::from(promise)
            .await
            .map_err(|_| refused("the request for an adapter failed"))?;
        if adapter.is_null() || adapter.is_undefined() {
            return Err(refused("no adapter"));
        }
        let info = get(&adapter, "info");
        let text = |key: &str| get(&info, key).as_string().unwrap_or_default();
        let software = get(&info, "isFallbackAdapter").is_truthy()
            || get(&adapter, "isFallbackAdapter").is_truthy()
            || text("architecture").contains("swiftshader")
            || text("description").to_lowercase().contains("llvmpipe");
        let name = [text("description"), text("vendor"), text("architecture")];
        let name: Vec<&str> = match &name {
            [description, ..] if !description.is_empty() => vec![description],
            [_, vendor, architecture] => vec![vendor, architecture],
        };
        let name = name.join(" ").trim().to_owned();
        Ok((
            if name.is_empty() {
                "WebGPU adapter".to_owned()
            } else {
                name
            },
            software,
        ))
    }

    /// The worker's script keeps the device that it handed out.
    fn lose_device() {
        let device =
            Reflect::get(&js_sys::global(), &JsValue::from_str("kyoriDevice")).unwrap_or_default();
        if let Some(destroy) = Reflect::get(&device, &JsValue::from_str("destroy"))
            .ok()
            .and_then(|f| f.dyn_into::<Function>().ok())
        {
            let _ = destroy.call0(&device);
        }
    }
}
