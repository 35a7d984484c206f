// What can go wrong: each case says so, keeps what was recorded, and offers a way on.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { browser, command, notice, open, playTo, ready, recalls, step, until } from "./page.mjs";

let chromium;
before(async () => (chromium = await browser()));
after(() => chromium?.close());

async function worker(page) {
  await until(async () => page.workers().length > 0, 30, "no worker runs");
  return page.workers()[0];
}

test("a worker that dies is reported, and the race can go on", async (t) => {
  const page = await open(t, chromium, { query: "?test", errors: true });
  await ready(page);
  await playTo(page, 20);
  await command(await worker(page), { type: "crash" });
  const message = await notice(page);
  assert.match(await message.innerText(), /ended unexpectedly \(.*asked to crash\)/);
  assert.ok((await recalls(page)).every(Number.isFinite), "the recorded values are gone");
  await message.getByRole("button").first().click();
  await message.waitFor({ state: "hidden" });
  await ready(page);
  await playTo(page, 5);
});

test("an engine that cannot be fetched is reported, and a second try helps", async (t) => {
  const page = await open(t, chromium, {
    errors: true,
    prepare: (page) => page.route("**/engine-cpu_bg.wasm", (route) => route.fulfill({ status: 503 })),
  });
  const message = await notice(page);
  assert.match(await message.innerText(), /engine/i);
  await page.unroute("**/engine-cpu_bg.wasm");
  await message.getByRole("button").first().click();
  await ready(page);
});

for (const [what, answer] of [
  ["missing", { status: 404, body: "not here" }],
  ["corrupt", { status: 200, body: "<!doctype html><title>a host's own page</title>" }],
  ["cut off", null],
]) {
  test(`a data file that is ${what} is named, and made-up data still train`, async (t) => {
    const page = await open(t, chromium, {
      errors: true,
      prepare: (page) =>
        page.route("**/*.bin", async (route) => {
          if (answer) return route.fulfill(answer);
          const body = await (await route.fetch()).body();
          return route.fulfill({ status: 200, body: body.subarray(0, body.length / 2) });
        }),
    });
    const message = await notice(page);
    const text = await message.innerText();
    assert.match(text, /data|file|\.bin/i);
    await message.getByRole("button", { name: /synthetic/i }).click();
    await ready(page);
    await playTo(page, 5);
    assert.ok((await step(page)) >= 5);
  });
}

test("without WebGPU the page says why it trains on the CPU", async (t) => {
  const page = await open(t, chromium);
  await ready(page);
  await page.getByRole("button", { name: /^Device/ }).click();
  assert.match(await page.locator(".menu-box").innerText(), /WebGPU.*(no|not|without)/is);
});

test("a map that does not come is reported, and a second try helps", async (t) => {
  const page = await open(t, chromium, {
    errors: true,
    prepare: (page) => page.route("**/maps/glyphs.json", (route) => route.fulfill({ status: 404, body: "not here" })),
  });
  await ready(page);
  await page.getByRole("button", { name: "Where does it win?" }).click();
  const message = page.getByRole("dialog").getByRole("alert");
  await message.waitFor();
  assert.match(await message.innerText(), /glyphs\.json.*404/);
  await page.unroute("**/maps/glyphs.json");
  await message.getByRole("button").click();
  await page.getByTestId("map-told").waitFor();
});
