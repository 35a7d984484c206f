// Drives one engine as the page does, with workload W: MLP 784→256→64, Proxy Anchor, 100 classes, batch 100, AdamW,
// 3,000 samples in memory. `?dist=../some/where/&engine=cpu|gpu&lanes=10&seconds=10`; with `&net=` (JSON) that network on
// glyphs, batch 60; with `&race=` (JSON) a whole race on glyphs. Leaves globalThis.result.

const query = Object.fromEntries(new URLSearchParams(location.search));
const dist = new URL(query.dist ?? "../", location.href);
const lanes = Number(query.lanes ?? 1);
const seconds = Number(query.seconds ?? 10);
const BLOCK = 20;

// 165 classes of 30 samples: 100 are for training.
const net = query.net && JSON.parse(query.net);
const synthetic = { set: "synthetic", classes: 165, dim: 784, samples_per_class: 30, spread: 0.05, noise: 0.3, seed: 1 };
const data = net ? { set: "glyphs", train_classes: 200 } : synthetic;
const race = {
  data,
  sampler: { kind: "shuffled", batch: net ? 60 : 100 },
  net: net ?? { hidden: [256], dim: 64 },
  schedule: { steps: 1_000_000, warmup_steps: 0, decay_every: 0, decay: 1, weight_decay: 0.0001, clip_value: 0 },
  heats: [
    {
      loss: "proxy-anchor",
      lanes: Array.from({ length: lanes }, (_, lane) => ({
        seed: lane + 1,
        lr: 0.001,
        proxy_lr_factor: 100,
        params: JSON.parse(query.params ?? "[0.1, 32]"),
      })),
    },
  ],
  label_noise: 0,
  evaluate_on: "test",
  evaluate_at: [0],
};

const worker = new Worker(new URL("bench_worker.js", import.meta.url), { type: "module" });
let listeners = [];
const failed = new Promise((_, reject) => {
  worker.onerror = (event) => reject(new Error(event.message || "the worker could not be started"));
  worker.onmessage = ({ data: [text, extra] }) => {
    const event = JSON.parse(text);
    if (event.type === "failed") reject(new Error(JSON.stringify(event.failure)));
    listeners = listeners.filter((listener) => !listener(event, extra));
  };
});

/** The next event of this type. */
const next = (type) =>
  Promise.race([
    failed,
    new Promise((resolve) =>
      listeners.push((event, extra) => event.type === type && (resolve({ ...event, extra }), true)),
    ),
  ]);

function ask(command, answer) {
  const answered = next(answer);
  worker.postMessage([JSON.stringify(command)]);
  return answered;
}

/** Trains so many steps; what it cost by the worker's own clock and counters. */
async function steps(count) {
  const counted = next("counted");
  worker.postMessage([JSON.stringify({ type: "step", steps: count })]);
  const { before, after } = await counted;
  const cost = {};
  for (const key in after) cost[key] = after[key] - before[key];
  return cost;
}

/** Has the worker open a data set: glyphs from their file, or generated ones. */
async function load(data) {
  const loaded = next("loaded");
  const files = [];
  if (data.set === "glyphs") {
    const file = await fetch(new URL("data/glyphs.bin", dist));
    if (!file.ok) throw new Error(`data/glyphs.bin: ${file.status}`);
    files.push(await file.arrayBuffer());
  }
  worker.postMessage([JSON.stringify({ type: "load", data }), ...files], files);
  await loaded;
}

/** A whole race as the page runs it: what evaluating costs beside training, heat by heat. */
async function wholeRace(race) {
  await load(race.data);
  const heats = race.heats.map(({ loss }) => ({ loss, evaluations: 0, evaluation_ms: 0, train_ms: 0 }));
  listeners.push((event) => {
    if (event.type !== "evaluated") return false;
    const heat = heats[event.heat];
    heat.evaluations++;
    heat.evaluation_ms += event.evaluation_ms;
    heat.train_ms = event.point.train_seconds * 1000;
    return false;
  });
  await ask({ type: "start", run: 1, race }, "started");
  await ask({ type: "play" }, "finished");
  return heats;
}

async function measure() {
  const engine = `engine-${query.engine ?? "cpu"}`;
  const alive = next("alive");
  const wasm = await fetch(new URL(`${engine}_bg.wasm`, dist));
  if (!wasm.ok) throw new Error(`${engine}_bg.wasm: ${wasm.status}`);
  const module = await WebAssembly.compileStreaming(wasm);
  const compiled = performance.now();
  worker.postMessage({ glue: new URL(`${engine}.js`, dist).href, module });
  await alive;
  const opened = await ask({ type: "open", device: query.engine === "gpu" ? "web-gpu" : "cpu" }, "ready");
  const open = performance.now();
  if (query.race) return await wholeRace(JSON.parse(query.race));
  await load(data);
  const evaluated = next("evaluated");
  await ask({ type: "start", run: 1, race }, "started");
  await evaluated;
  const started = performance.now();
  await steps(1);
  const first = performance.now();

  // A step for the length of a block, one block to warm up, then as many as fit in the time.
  const probe = await steps(2);
  const block = probe.elapsed / 2 > (seconds * 1000) / 60 ? 4 : BLOCK;
  await steps(block);
  const blocks = [];
  const end = performance.now() + seconds * 1000;
  do blocks.push(await steps(block));
  while (performance.now() < end || blocks.length < 3);

  const perStep = (key) => blocks.map((cost) => cost[key] / block);
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const median = (values) => {
    const sorted = [...values].sort((a, b) => a - b);
    return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
  };
  const held = await ask({ type: "hold" }, "held");
  return {
    engine: query.engine ?? "cpu",
    net: net && (net.convolution ?? "mlp"),
    device: opened.device.name,
    software: opened.device.software,
    lanes,
    steps: blocks.length * block,
    step_ms: median(perStep("elapsed")),
    step_ms_min: Math.min(...perStep("elapsed")),
    step_ms_max: Math.max(...perStep("elapsed")),
    script_ms: median(perStep("script")),
    dispatches: mean(perStep("dispatches")),
    submits: mean(perStep("submits")),
    wasm_mb: held.wasm_mb,
    gpu_mb: held.gpu_mb,
    first_loss_ms: { compiled, open, started, first },
  };
}

globalThis.result = measure().catch((error) => ({ error: String(error?.message ?? error) }));
