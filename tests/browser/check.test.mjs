// "Check this device": the engine's losses and gradients in WebAssembly against the reference cases.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { browser, checkDevice, open, ready } from "./page.mjs";

let chromium;
before(async () => (chromium = await browser()));
after(() => chromium?.close());

test("every loss agrees with its reference cases on the CPU in WebAssembly", { timeout: 300_000 }, async (t) => {
  const page = await open(t, chromium);
  await ready(page);
  const cases = await checkDevice(page, t, 240);
  assert.ok(cases >= 30, `only ${cases} cases were checked`);
});
