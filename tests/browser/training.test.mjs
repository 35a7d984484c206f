// Training on the CPU: play, pause, step, reset, seeds, settings, and a page that stays responsive.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { browser, button, longest, open, pause, playTo, ready, recalls, set, sleep, step, tasks, until } from "./page.mjs";

let chromium;
before(async () => (chromium = await browser()));
after(() => chromium?.close());

test("the page loads, says its device, and asks for nothing outside its folder", async (t) => {
  const page = await open(t, chromium);
  assert.match(await page.title(), /Kyori/);
  await ready(page);
  const device = await page.getByTestId("device-name").innerText();
  assert.match(device, /CPU|WebAssembly/i);
  assert.equal(await step(page), 0);
});

test("play on the CPU: Recall@1 on unseen glyphs rises", async (t) => {
  const page = await open(t, chromium);
  await ready(page);
  const untrained = await recalls(page);
  t.diagnostic(`untrained: ${untrained.join(", ")}`);
  await button(page, "Play").click();
  let best = untrained;
  await until(
    async () => {
      const now = await recalls(page);
      best = now.map((recall, loss) => Math.max(recall, best[loss]));
      return best.filter((recall, loss) => recall > untrained[loss] + 0.03).length * 2 > untrained.length;
    },
    180,
    "Recall@1 did not rise by 0.03 for most losses",
  );
  t.diagnostic(`at step ${await step(page)}: ${best.join(", ")}`);
});

test("pause stands still, step does one step", async (t) => {
  const page = await open(t, chromium);
  await ready(page);
  await playTo(page, 5);
  const paused = await pause(page);
  await sleep(1000);
  assert.equal(await step(page), paused);
  await button(page, "Step").click();
  await until(async () => (await step(page)) > paused, 20, "no step was done");
  await sleep(500);
  const after = await step(page);
  // Heats are at most one step apart when it pauses; then all do one more.
  assert.ok(after - paused <= 2, `${paused} → ${after}`);
});

test("it stops where it is told to, and reset gives the same numbers again", async (t) => {
  const page = await open(t, chromium);
  await ready(page);
  const untrained = await recalls(page);
  await set(page, "Pause at step", 20);
  const stopped = async () => {
    await playTo(page, 20);
    await button(page, "Play").waitFor();
    await until(async () => (await step(page)) === 20, 20, "it did not stop at step 20");
    // The last loss's metrics may come a moment after its step.
    await sleep(1000);
    return recalls(page);
  };
  const first = await stopped();
  assert.notDeepEqual(first, untrained, "20 steps changed nothing");
  await button(page, "Reset").click();
  await until(async () => (await step(page)) === 0, 20, "reset did not go back to step 0");
  await ready(page);
  assert.deepEqual(await recalls(page), untrained, "the initial weights differ");
  assert.deepEqual(await stopped(), first, "the same weights and batches gave other numbers");
});

test("a new seed is another network", async (t) => {
  const page = await open(t, chromium);
  await ready(page);
  const before = await recalls(page);
  await button(page, "New seed").click();
  await until(
    async () => {
      const now = await recalls(page);
      return now.every(Number.isFinite) && now.some((recall, loss) => recall !== before[loss]);
    },
    30,
    "another seed gave the same networks",
  );
  assert.equal(await step(page), 0);
});

test("the speed limits the steps", async (t) => {
  const page = await open(t, chromium);
  await ready(page);
  await page.getByRole("combobox", { name: "Speed", exact: true }).selectOption("3 steps/s");
  await playTo(page, 1);
  const from = await step(page);
  const begin = Date.now();
  await sleep(3000);
  const done = (await step(page)) - from;
  const allowed = (3 * (Date.now() - begin)) / 1000 + 3;
  assert.ok(done >= 1 && done <= allowed, `${done} steps, at most ${allowed.toFixed(0)} allowed`);
});

test("a changed setting starts a new race and stays in the link", async (t) => {
  const page = await open(t, chromium);
  await ready(page);
  const before = page.url();
  await set(page, /batch$/i, 90);
  await until(async () => page.url() !== before, 20, "the address does not hold the setting");
  await ready(page);
  await playTo(page, 3);
  const again = await open(t, chromium, { fragment: new URL(page.url()).hash.slice(1) });
  await ready(again);
  assert.equal(await again.getByRole("spinbutton", { name: /batch$/i }).inputValue(), "90");
});

test("a learning rate changes without a reset", async (t) => {
  const page = await open(t, chromium);
  await ready(page);
  await playTo(page, 10);
  await page.getByRole("button", { name: /^Settings of/ }).first().click();
  const before = await step(page);
  await set(page, /learning rate/i, 0.0005);
  await sleep(1000);
  assert.ok((await step(page)) >= before, "it started again");
  await page.getByText(/Learning rates were changed during the race \(.+ after step \d+\): no fair comparison/).waitFor();
  await pause(page);
});

test("another loss joins, and leaves again", async (t) => {
  const page = await open(t, chromium);
  await ready(page);
  const losses = (await recalls(page)).length;
  const [name] = await page
    .locator(".loss-row")
    .getByRole("checkbox", { checked: false })
    .evaluateAll((boxes) => boxes.map((box) => box.closest("label").textContent.trim()));
  await page.locator(".loss-row").getByText(name, { exact: true }).click();
  await until(async () => (await recalls(page)).length === losses + 1, 20, `${name} did not join`);
  await ready(page);
  await playTo(page, 3);
  await page.locator(".loss-row").getByText(name, { exact: true }).click();
  await until(async () => (await recalls(page)).length === losses, 20, `${name} did not leave`);
});

test("the page's thread stays free while it starts", async (t) => {
  const page = await open(t, chromium);
  await ready(page);
  // From a page that is already open, so that the browser's own start is not counted.
  const used = await tasks(chromium, page, async () => {
    await page.reload();
    await ready(page);
    await sleep(1500);
  });
  t.diagnostic(longest(used));
  assert.ok(used.length > 50, "the trace holds no tasks of the page");
  assert.ok(used.filter((task) => task > 50).length <= 1, "tasks over 50 ms");
});

test("the page's thread stays free while it trains", async (t) => {
  const page = await open(t, chromium);
  await ready(page);
  await playTo(page, 5);
  const used = await tasks(chromium, page, () => sleep(10_000));
  const sum = used.reduce((sum, task) => sum + task, 0);
  t.diagnostic(`${longest(used)}; busy ${(sum / 100).toFixed(0)} %`);
  assert.ok(used.length > 100, "the trace holds no tasks of the page");
  assert.ok(used.filter((task) => task > 50).length <= 1, "tasks over 50 ms");
});
