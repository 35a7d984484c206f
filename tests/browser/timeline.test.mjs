// Looking back: the recording that the page opens with, back and forth through a run, playing it again, taking it along.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { browser, button, number, open, playTo, ready, recalls, sleep, step, until } from "./page.mjs";

let chromium;
before(async () => (chromium = await browser()));
after(() => chromium?.close());

/** A race so small that it ends within seconds. */
const SMALL = "v=1&data=synthetic&sampler=balanced:10x3&steps=40&loss=proxy-anchor&loss=contrastive";

const slider = (page) => page.getByRole("slider", { name: "Moment of the run" });
const moment = async (page) => number(await page.getByTestId("moment").innerText());
const film = (page) => page.getByTestId("film");
const views = (page) => page.locator(".card canvas");

/** The step of each view, as its words say it. */
const shown = (page) => views(page).evaluateAll((all) => all.map((view) => Number(view.getAttribute("aria-label").match(/after (\d+) step/)?.[1])));

/** A fingerprint of what a canvas shows. */
const drawn = (canvas) => canvas.evaluate((canvas) => canvas.toDataURL());

/** Drags the slider to a step. */
const drag = (page, to) => slider(page).fill(String(to));

async function trained(page) {
  await ready(page);
  await playTo(page, 40);
  await button(page, "Race again").waitFor();
  // The pictures of the end are asked for when it has come.
  await until(async () => (await shown(page)).every((step) => step === 40), 30, "no pictures of the end came");
}

test("the page opens with a recording that moves before an engine is there, and Play begins one's own race", async (t) => {
  let release;
  const held = new Promise((resolve) => (release = resolve));
  const prepare = (page) => page.route(/engine-cpu_bg\.wasm/, (route) => held.then(() => route.continue()));
  const page = await open(t, chromium, { film: true, prepare });
  t.after(release);
  await film(page).waitFor();
  assert.match(await film(page).innerText(), /^Recording of this race, made beforehand\. Press Play/);
  const before = await moment(page);
  await until(async () => (await moment(page)) > before + 5, 10, "the recording stands still");
  const [view] = await views(page).all();
  const picture = await drawn(view);
  await until(async () => (await drawn(view)) !== picture, 10, "its pictures stand still");
  assert.ok((await recalls(page)).every((recall) => recall > 0 && recall < 1));
  // It is stopped where one wants, and goes on from there.
  await button(page, "Stop replay").click();
  const stopped = await moment(page);
  await sleep(700);
  assert.equal(await moment(page), stopped);
  await drag(page, 100);
  await until(async () => (await shown(page)).every((step) => Math.abs(step - 100) <= 2), 10, `not there: ${await shown(page)}`);
  release();
  await ready(page);
  assert.ok(await film(page).isVisible(), "a race that waits is in nobody's way");
  await button(page, "Play").click();
  await film(page).waitFor({ state: "detached" });
  await until(async () => (await step(page)) >= 1, 60, "it does not train");
  assert.ok((await moment(page)) < 100);
});

test("the recording stands still for who asked for less movement", async (t) => {
  const page = await open(t, chromium, { film: true, reducedMotion: "reduce" });
  await film(page).waitFor();
  const at = await moment(page);
  await sleep(1000);
  assert.equal(await moment(page), at);
});

test("nothing of the recording is shown where the link is of another race", async (t) => {
  const page = await open(t, chromium, { film: true, fragment: SMALL });
  await ready(page);
  assert.equal(await film(page).count(), 0);
  assert.equal(await moment(page), 0);
});

test("the recording speaks Japanese", async (t) => {
  const page = await open(t, chromium, { film: true, query: "?lang=ja" });
  await film(page).waitFor();
  assert.match(await film(page).innerText(), /前もって記録/);
  assert.match(await page.getByRole("slider", { name: "表示する時点" }).getAttribute("aria-valuetext"), /^ステップ \d+ \/ 150$/);
});

test("dragging back shows another step in every view, the numbers and the chart, and there is a way to the latest", async (t) => {
  const page = await open(t, chromium, { fragment: SMALL });
  await trained(page);
  const end = { recalls: await recalls(page), views: await shown(page) };
  const overlay = page.locator(".chart-frame canvas[role=img]");
  const empty = await drawn(overlay);
  await drag(page, 2);
  await until(async () => (await shown(page)).every((step) => step < 10), 10, `the views stay at ${await shown(page)}`);
  assert.notDeepEqual(await recalls(page), end.recalls);
  assert.equal(await slider(page).getAttribute("aria-valuetext"), `step ${await moment(page)} of 40`);
  await until(async () => (await drawn(overlay)) !== empty, 10, "the chart does not mark the moment");
  // Keys lead from moment to moment.
  const from = await moment(page);
  await slider(page).press("ArrowRight");
  await until(async () => (await moment(page)) > from, 10, "the arrow key leads nowhere");
  await slider(page).press("ArrowLeft");
  await until(async () => (await moment(page)) === from, 10, "the arrow key does not lead back");
  await button(page, "Latest").click();
  await until(async () => String(await shown(page)) === String(end.views), 10, "the views do not come back");
  assert.deepEqual(await recalls(page), end.recalls);
  assert.ok(await button(page, "Latest").isDisabled());
  await until(async () => (await drawn(overlay)) === empty, 10, "the mark stays");
});

test("training goes on while one looks back", async (t) => {
  const page = await open(t, chromium, { fragment: "v=1&steps=2000&loss=proxy-anchor&loss=contrastive" });
  await ready(page);
  await playTo(page, 20);
  await drag(page, 3);
  await until(async () => (await moment(page)) <= 5, 10, "it does not look back");
  const [at, trained, seen] = [await moment(page), await step(page), await shown(page)];
  await until(async () => (await step(page)) > trained + 5, 60, "it does not train on");
  assert.equal(await moment(page), at);
  assert.deepEqual(await shown(page), seen);
  await button(page, "Latest").click();
  await until(async () => (await moment(page)) > trained, 10, "it does not follow");
});

test("a run is played again, at the speed that was chosen", async (t) => {
  const page = await open(t, chromium, { fragment: SMALL });
  await trained(page);
  await page.getByRole("combobox", { name: "Replay speed" }).selectOption({ label: "4×" });
  await button(page, "Replay").click();
  await until(async () => (await moment(page)) < 30, 10, "it does not begin at the start");
  const started = Date.now();
  await button(page, "Replay").waitFor({ timeout: 30_000 });
  t.diagnostic(`it took ${((Date.now() - started) / 1000).toFixed(1)} s`);
  assert.equal(await moment(page), 40);
});

test("a run can be taken along as a film, and opened again", async (t) => {
  const page = await open(t, chromium, { fragment: SMALL });
  await trained(page);
  const end = await recalls(page);
  await page.getByRole("button", { name: /^Export/ }).click();
  const [download] = await Promise.all([page.waitForEvent("download"), page.locator(".menu-box").getByText("Film of the run (.kyori)", { exact: true }).click()]);
  assert.match(download.suggestedFilename(), /\.kyori$/);
  const content = await readFile(await download.path());
  assert.equal(content.subarray(0, 8).toString(), "KYORIRUN");
  t.diagnostic(`${content.length} bytes`);

  const other = await open(t, chromium, { fragment: "v=1&steps=20&loss=softmax" });
  await ready(other);
  const choose = async (name, buffer) => {
    const menu = other.getByRole("button", { name: /^Export/ });
    if ((await menu.getAttribute("aria-expanded")) !== "true") await menu.click();
    await other.locator(".menu-box input[type=file]").setInputFiles({ name, mimeType: "application/octet-stream", buffer });
  };
  const damaged = Buffer.from(content);
  damaged[damaged.length >> 1] ^= 255;
  await choose("damaged.kyori", damaged);
  await other.getByText("This recording is damaged and cannot be shown.").first().waitFor();
  await choose("race.kyori", content);
  await film(other).waitFor();
  assert.match(await film(other).innerText(), /^Recording from a file/);
  assert.deepEqual(await recalls(other), end);
  assert.deepEqual(await shown(other), [40, 40]);
  assert.match(other.url(), /steps=40/);
  await button(other, "Play").click();
  await film(other).waitFor({ state: "detached" });
});

test("at 390 pixels the timeline is whole and nothing sticks out", async (t) => {
  const page = await open(t, chromium, { film: true, viewport: { width: 390, height: 844 } });
  await film(page).waitFor();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= 390, `${wide} pixels wide`);
  const box = await slider(page).boundingBox();
  assert.ok(box.width > 250 && box.height >= 24, `${box.width} × ${box.height}`);
});
