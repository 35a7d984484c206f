// Measures engines and page in headless Chromium. Prints one JSON object; what it is doing goes to stderr.

import { BASE, HAS_GPU_ENGINE, browser, button, ready, step, until } from "./page.mjs";

const DIST = new URL(BASE);
const BENCH = new URL(process.env.KYORI_BENCH_URL);
const SECONDS = Number(process.env.KYORI_BENCH_SECONDS ?? 10);
const TRIES = 5;

const say = (text) => process.stderr.write(`» ${text}\n`);

/** What bench_page.js measures when asked so, in a browser of its own. */
async function engine(name, asked) {
  const chromium = await browser({ gpu: name === "gpu" });
  try {
    const page = await chromium.newPage();
    const url = new URL("bench.html", BENCH);
    url.search = new URLSearchParams({ dist: DIST.pathname, engine: name, seconds: SECONDS, ...asked });
    await page.goto(url.href);
    return (await page.evaluate(() => globalThis.result)) ?? { error: `${url} is not there` };
  } finally {
    await chromium.close();
  }
}

/** The page itself, on the CPU: milliseconds from navigation until it can be played, and until its first step. */
async function start() {
  const chromium = await browser();
  try {
    const page = await chromium.newPage();
    const begin = Date.now();
    await page.goto(DIST.href);
    await ready(page);
    const playable = Date.now() - begin;
    await button(page, "Play").click();
    await until(async () => (await step(page)) >= 1, 60, "no step was done");
    return { playable, first_step: Date.now() - begin };
  } finally {
    await chromium.close();
  }
}

const middle = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

// Workload W, then the kinds of network on glyphs.
const convolutional = (convolution) => ({ convolution, hidden: [], dim: 64 });
const NETS = [{ hidden: [128], dim: 64 }, convolutional("conv5s2c16p2"), convolutional("conv6s3c32p2")];
const engines = [];
for (const name of HAS_GPU_ENGINE ? ["cpu", "gpu"] : ["cpu"]) {
  for (const net of [null, ...NETS]) {
    for (const lanes of [1, 10]) {
      say(`${name} engine, ${net ? (net.convolution ?? "mlp") : "W"}, ${lanes} ${lanes === 1 ? "lane" : "lanes"}`);
      engines.push(await engine(name, net ? { lanes, net: JSON.stringify(net) } : { lanes }));
    }
  }
}
say("evaluation in the default race");
const evaluation = await engine("cpu", { race: process.env.KYORI_BENCH_RACE });
say(`the page's start, ${TRIES} times`);
const starts = [];
let trouble = null;
for (let number = 0; number < TRIES && !trouble; number++) {
  await start().then(
    (times) => starts.push(times),
    (error) => (trouble = String(error.message)),
  );
}
const page = trouble
  ? { error: trouble }
  : {
      playable_ms: middle(starts.map(({ playable }) => playable)),
      first_step_ms: middle(starts.map(({ first_step }) => first_step)),
    };
process.stdout.write(`${JSON.stringify({ engines, evaluation, page })}\n`);
