// "Check this device": the engine's losses and gradients in WebAssembly against the reference cases.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { browser, button, open, ready } from "./page.mjs";

let chromium;
before(async () => (chromium = await browser()));
after(() => chromium?.close());

test("every loss agrees with its reference cases on the CPU in WebAssembly", { timeout: 300_000 }, async (t) => {
  const page = await open(t, chromium);
  await ready(page);
  await page.getByRole("button", { name: /^Device/ }).click();
  await button(page, "Check this device").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Start", exact: true }).click();
  const verdict = dialog.getByText(/cases (do not )?agree\./);
  await verdict.waitFor({ timeout: 240_000 });
  const rows = await dialog.getByRole("row").allInnerTexts();
  rows.forEach((row) => t.diagnostic(row.replace(/\s+/g, " ")));
  const [, cases] = (await verdict.innerText()).match(/^All (\d+) cases agree\.$/) ?? assert.fail(await verdict.innerText());
  assert.ok(Number(cases) >= 30, `only ${cases} cases were checked`);
});
