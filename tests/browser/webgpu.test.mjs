// Training through WebGPU on a software adapter. It is a hundred times slower than a GPU, so the network is tiny.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  HAS_GPU_ENGINE,
  browser,
  button,
  checkDevice,
  choose,
  command,
  keepOneLoss,
  notice,
  open,
  playTo,
  ready,
  recalls,
  set,
  step,
  until,
} from "./page.mjs";

const options = { skip: HAS_GPU_ENGINE ? false : "dist/ was built without the WebGPU engine", timeout: 600_000 };

let chromium;
before(async () => HAS_GPU_ENGINE && (chromium = await browser({ gpu: true })));
after(() => chromium?.close());

/** A race of one loss over a tiny network, laid out on the CPU. */
async function tiny(page) {
  await ready(page);
  await choose(page, "Data set", "Synthetic");
  await keepOneLoss(page, "Proxy Anchor");
  await set(page, /batch$/i, 8);
  await set(page, /width of layer 1/i, 4);
  await choose(page, "Embedding dimension", "3");
  await until(async () => (await recalls(page)).length === 1, 30, "the race still has other losses");
  await ready(page);
}

async function switchTo(page, device) {
  await page.getByRole("button", { name: /^Device/ }).click();
  await choose(page, "Train on", device, page.locator(".menu-box"));
  await page.keyboard.press("Escape");
}

async function onWebGpu(page) {
  await tiny(page);
  const untrained = await recalls(page);
  await switchTo(page, "WebGPU");
  const device = page.getByTestId("device-name");
  await until(async () => /WebGPU|SwiftShader/i.test(await device.innerText()), 120, "WebGPU was not opened");
  await ready(page, 240);
  return untrained;
}

test("WebGPU trains, from the same weights as the CPU", options, async (t) => {
  const page = await open(t, chromium);
  const [cpu] = await onWebGpu(page);
  const [gpu] = await recalls(page);
  t.diagnostic(`untrained Recall@1: CPU ${cpu}, WebGPU ${gpu}`);
  assert.ok(Math.abs(cpu - gpu) < 0.05, "the same weights give other neighbours");
  for (let steps = 1; steps <= 3; steps++) {
    await button(page, "Step").click();
    await until(async () => (await step(page)) >= steps, 240, `step ${steps} was not done`);
  }
  await playTo(page, 5, 240);
  await button(page, "Pause").click();
  await button(page, "Play").waitFor();
});

test("a convolution trains through WebGPU to where the CPU takes it", options, async (t) => {
  const page = await open(t, chromium, {
    fragment: "v=1&data=digits:train-low&sampler=shuffled:8&net=conv5s2c16p2&hidden=none&dim=8&steps=3&loss=proxy-anchor,lr:0.01",
  });
  const race = async () => {
    await ready(page, 240);
    const untrained = await recalls(page);
    await playTo(page, 3, 240);
    await button(page, "Race again").waitFor({ timeout: 240_000 });
    return [...untrained, ...(await recalls(page))];
  };
  const cpu = await race();
  await switchTo(page, "WebGPU");
  const device = page.getByTestId("device-name");
  await until(async () => /WebGPU|SwiftShader/i.test(await device.innerText()), 120, "WebGPU was not opened");
  const gpu = await race();
  t.diagnostic(`Recall@1 untrained and after 3 steps: CPU ${cpu}, WebGPU ${gpu}`);
  cpu.forEach((value, index) => assert.ok(Math.abs(value - gpu[index]) < 0.06, `${value} is not ${gpu[index]}`));
});

test("every loss agrees with its small reference cases through WebGPU", options, async (t) => {
  const page = await open(t, chromium, {
    // A software adapter compiles a kernel for every new shape: the small cases have few.
    prepare: (page) =>
      page.route("**/golden.json", async (route) => {
        const cases = await (await route.fetch()).json();
        await route.fulfill({ json: cases.filter(({ batch }) => batch <= 8) });
      }),
  });
  await onWebGpu(page);
  const cases = await checkDevice(page, t, 480);
  assert.ok(cases >= 20, `only ${cases} cases were checked`);
});

test("a lost device is reported, and the race goes on on the CPU", options, async (t) => {
  const page = await open(t, chromium, { query: "?test", errors: true });
  await onWebGpu(page);
  await playTo(page, 2, 240);
  const workers = page.workers();
  await command(workers[workers.length - 1], { type: "lose-device" });
  const message = await notice(page, 240);
  assert.match(await message.innerText(), /device|WebGPU|lost/i);
  assert.ok((await recalls(page)).every(Number.isFinite), "the recorded values are gone");
  await message.getByRole("button", { name: /CPU/ }).click();
  await ready(page);
  await playTo(page, 5);
  assert.match(await page.getByTestId("device-name").innerText(), /CPU/);
});

test("a copy without the WebGPU engine says so, and is no trouble", options, async (t) => {
  const page = await open(t, chromium, {
    prepare: (page) =>
      page.route("**/manifest.json", async (route) => {
        const manifest = await (await route.fetch()).json();
        const files = Object.entries(manifest.files).filter(([name]) => !name.startsWith("engine-gpu"));
        await route.fulfill({ json: { ...manifest, files: Object.fromEntries(files), coming: ["engine-gpu"] } });
      }),
  });
  await ready(page);
  await page.getByRole("button", { name: /^Device/ }).click();
  await until(async () => /being built/.test(await page.locator(".menu-box").innerText()), 20, "it does not say so");
  assert.equal(await page.getByTestId("notice").count(), 0);
  assert.match(await page.getByTestId("device-name").innerText(), /CPU/);
});
