// "Check this device": the engine's losses and gradients in WebAssembly against the reference cases.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { browser, button, checkDevice, open, playTo, ready, sleep, until } from "./page.mjs";

let chromium;
before(async () => (chromium = await browser()));
after(() => chromium?.close());

test("every loss agrees with its reference cases on the CPU in WebAssembly", { timeout: 300_000 }, async (t) => {
  const page = await open(t, chromium);
  await ready(page);
  const cases = await checkDevice(page, t, 240);
  assert.ok(cases >= 30, `only ${cases} cases were checked`);
});

test("reference cases that are damaged are told in the check's own box, and the race goes on", async (t) => {
  const page = await open(t, chromium, {
    prepare: (page) => page.route("**/golden.json", (route) => route.fulfill({ body: '[{"kind": "loss"' })),
  });
  await ready(page);
  await page.getByRole("button", { name: /^Device/ }).click();
  await button(page, "Check the maths on this device").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Start", exact: true }).click();
  const message = dialog.getByRole("alert");
  await message.waitFor({ timeout: 30_000 });
  assert.match(await message.innerText(), /golden\.json cannot be read/);
  assert.equal(await page.getByTestId("notice").count(), 0, "the race has nothing to do with it");
  await page.keyboard.press("Escape");
  await playTo(page, 3);
});

test("the log names messages and timings, and is off unless it is asked for", async (t) => {
  for (const [query, expected] of [["?log=debug", true], ["", false]]) {
    const lines = [];
    const page = await open(t, chromium, {
      query,
      prepare: (page) => page.on("console", (message) => lines.push(message.text())),
    });
    await ready(page);
    // What a worker logs arrives by another way than what the page shows, and perhaps later.
    if (!expected) await sleep(1000);
    for (const what of [/\[page .*engine-cpu_bg\.wasm fetched in/, /\[worker .*race \d+ laid out in/, /\[page .*← \{"evaluated"/]) {
      await until(() => what.test(lines.join("\n")) === expected, 30, `${what} with "${query}" is not ${expected}`);
    }
  }
});
