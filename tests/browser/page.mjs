// What all tests of the page share: browsers, an opened page that is watched, and waiting.

import assert from "node:assert/strict";
import { chromium } from "playwright-core";

/** The folder under test, with a slash at its end. */
export const BASE = process.env.KYORI_URL ?? "http://localhost:8080/";
/** Whether dist/ holds the WebGPU engine. */
export const HAS_GPU_ENGINE = process.env.KYORI_GPU !== "0";
/** Where screenshots go. */
export const SCREENSHOTS = process.env.KYORI_SCREENSHOTS ?? "screenshots";

/** Milliseconds after which something does not come any more. */
const PATIENCE = 90_000;

const QUIET = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run"];
const SOFTWARE_WEBGPU = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader", "--enable-features=Vulkan"];

/** A headless Chromium: without WebGPU, or with a software adapter. */
export async function browser({ gpu = false } = {}) {
  const args = [...QUIET, ...(gpu ? SOFTWARE_WEBGPU : ["--disable-gpu"])];
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", headless: true, args });
}

/**
 * Opens the page in a context of its own and closes it with the test. `prepare` runs before the page is fetched;
 * `query` is what the address says before the fragment, such as `?test`, without which workers have no accidents. The recording
 * that the page opens with is left out, so that what is shown is the race that trains, unless `film` says otherwise.
 * Afterwards fails the test on any console error (unless `errors` allows them) and on any request outside the folder.
 */
export async function open(t, browser, { query = "", fragment = "", errors = false, film = false, prepare = null, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  // Long, because machines that test are busy; what takes so long fails a test only once.
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  const complaints = [];
  const strays = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  context.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(BASE) && !/^(blob|data):/.test(url)) strays.push(url);
  });
  t.after(async () => {
    await context.close();
    if (strays.length) throw new Error(`requests outside the page's folder:\n${strays.join("\n")}`);
    if (complaints.length && !errors) throw new Error(`console errors:\n${complaints.join("\n")}`);
  });
  if (!film) await page.route(/films\/opening\.kyori$/, (route) => route.fulfill({ body: "" }));
  await prepare?.(page);
  await page.goto(BASE + query + (fragment && `#${fragment}`));
  return page;
}

/** The button of this name. */
export const button = (page, name) => page.getByRole("button", { name, exact: true });

/** Shows the settings beside the race, where they are closed. */
export async function openSettings(page) {
  const settings = page.locator(".settings-button");
  if ((await settings.getAttribute("aria-expanded")) === "false") await settings.click();
}

/**
 * Waits until Play can be pressed: the engine has laid out the race. Opens the settings where they have room beside it,
 * unless told otherwise.
 */
export async function ready(page, seconds = 60, { settings = page.viewportSize().width >= 1100 } = {}) {
  try {
    await button(page, "Play").waitFor({ timeout: seconds * 1000 });
    await until(() => button(page, "Play").isEnabled(), seconds, "Play stayed disabled");
    // Until then the page shows what it is loading in its place.
    await page.getByTestId("step").waitFor({ timeout: seconds * 1000 });
    await until(async () => (await recalls(page)).every(Number.isFinite), seconds, "no curve started");
  } catch (error) {
    const shown = await page.evaluate(() => document.body.innerText.replace(/\s+/g, " ").slice(0, 400)).catch(String);
    throw new Error(`The page did not get ready, and shows: ${shown}`, { cause: error });
  }
  if (settings) await openSettings(page);
}

/** Presses Play and waits until this step is done. */
export async function playTo(page, wanted, seconds = 120) {
  await button(page, "Play").click();
  await until(async () => (await step(page)) >= wanted, seconds, `step ${wanted} was not reached`);
}

/** Presses Pause and waits until nothing moves any more. */
export async function pause(page) {
  await button(page, "Pause").click();
  await button(page, "Play").waitFor();
  let last = -1;
  await until(
    async () => {
      const now = await step(page);
      const same = now === last;
      last = now;
      if (!same) await sleep(300);
      return same;
    },
    30,
    "it does not pause",
  );
  return last;
}

/** The step that the page shows. */
export async function step(page) {
  return number(await page.getByTestId("step").innerText());
}

/** Recall@1 of every loss, as a share; NaN where none is shown. */
export async function recalls(page) {
  const texts = await page.locator('[data-testid^="recall-"]').allInnerTexts();
  return texts.length ? texts.map(share) : [NaN];
}

/** The first number in a text. */
export function number(text) {
  const found = text.replace(/[,\u2009\u202f\u00a0]/g, "").match(/-?\d+(\.\d+)?/);
  return found ? Number(found[0]) : NaN;
}

function share(text) {
  const value = number(text);
  return text.includes("%") || value > 1 ? value / 100 : value;
}

/** Types a number into the field of this name. */
export async function set(page, name, value) {
  const field = page.getByRole("spinbutton", { name });
  await field.fill(String(value));
  await field.press("Enter");
}

/** Picks one of a group of radio buttons. */
export async function choose(page, group, option, within = page) {
  await within.getByRole("radiogroup", { name: group, exact: true }).getByRole("radio", { name: option, exact: true }).check();
}

/** Takes all other losses out of the race. */
export async function keepOneLoss(page, name) {
  const others = page.locator(".loss-row").getByRole("checkbox", { checked: true });
  const names = await others.evaluateAll((boxes) => boxes.map((box) => box.closest("label").textContent.trim()));
  for (const other of names.filter((other) => other !== name)) {
    await page.locator(".loss-row").getByText(other, { exact: true }).click();
  }
}

/** Asks again and again until it is true, for so many seconds or half a minute if that is longer. */
export async function until(ask, seconds, otherwise) {
  const started = Date.now();
  for (;;) {
    if (await ask()) return;
    const waited = (Date.now() - started) / 1000;
    if (waited > Math.max(seconds, 30)) throw new Error(`${otherwise} (waited ${waited.toFixed(0)} s)`);
    await sleep(100);
  }
}

export const sleep = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/**
 * Processor time in milliseconds of each task of the page's own thread while `act` runs, longest first. Not the time by
 * the clock, since what else the machine does is not the page's fault.
 */
export async function tasks(browser, page, act) {
  await browser.startTracing(page, { categories: ["disabled-by-default-devtools.timeline", "__metadata"] });
  await act();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString());
  const ofThread = ({ pid, tid }) => `${pid}/${tid}`;
  const pages = traceEvents.filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain").map(ofThread);
  const all = traceEvents.filter((event) => event.name === "RunTask" && pages.includes(ofThread(event)));
  return all.map(({ tdur = 0 }) => tdur / 1000).sort((a, b) => b - a);
}

/** The longest few of them, to be read. */
export const longest = (tasks) => `longest of ${tasks.length} tasks: ${tasks.slice(0, 5).map((task) => `${task.toFixed(0)} ms`).join(", ")}`;

/** The message about something that went wrong. */
export async function notice(page, seconds = 30) {
  const notice = page.getByTestId("notice");
  await notice.waitFor({ timeout: seconds * 1000 });
  return notice;
}

/** Sends the worker that trains a command, as the page would, or an accident, where the page was opened with `?test`. */
export async function command(worker, command) {
  await worker.evaluate(
    (text) => void setTimeout(() => self.dispatchEvent(new MessageEvent("message", { data: [text] }))),
    JSON.stringify(command),
  );
}

/** Runs the page's "Check the maths on this device" to its end, prints its table, and returns how many cases agree: all of them. */
export async function checkDevice(page, t, seconds) {
  await page.getByRole("button", { name: /^Device/ }).click();
  await button(page, "Check the maths on this device").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Start", exact: true }).click();
  const verdict = dialog.getByText(/cases (do not )?agree\./);
  await verdict.waitFor({ timeout: seconds * 1000 });
  const rows = await dialog.getByRole("row").allInnerTexts();
  rows.forEach((row) => t.diagnostic(row.replace(/\s+/g, " ")));
  const text = await verdict.innerText();
  const [, cases] = text.match(/^All (\d+) cases agree\.$/) ?? assert.fail(text);
  return Number(cases);
}
