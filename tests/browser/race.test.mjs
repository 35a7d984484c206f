// The fair race: protocols, tuning, seeds, axes, conditions, the map, the plane of tightness and contrast, links, exports.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { BASE, browser, button, choose, longest, number, open, pause, playTo, ready, recalls, set, sleep, step, tasks, until } from "./page.mjs";

let chromium;
before(async () => (chromium = await browser()));
after(() => chromium.close());

/** A race so small that it ends within seconds. */
const SMALL = "v=1&data=synthetic&sampler=balanced:10x3&steps=40&loss=proxy-anchor&loss=contrastive";

/** Plays and waits for the end. */
async function finish(page, steps, seconds = 120) {
  await playTo(page, steps, seconds);
  await button(page, "Race again").waitFor();
}

const setting = (page, name) => new URLSearchParams(new URL(page.url()).hash.slice(1)).get(name);

/** Waits until the address holds this. */
const settles = (page, name, value) =>
  until(async () => setting(page, name) === value, 20, `${name} did not become ${value}: ${page.url()}`);

/** The chart in words, which every chart has for those who cannot see it. */
const chart = (page) => page.locator(".chart-frame canvas[role=img]");

/** What the chart's hidden table says: a list of texts for each row. */
const rows = (page) =>
  page.locator(".chart-frame tbody tr").evaluateAll((rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent.trim())));

/** A fingerprint of what a canvas shows. */
const drawn = (canvas) => canvas.evaluate((canvas) => canvas.toDataURL());

/** Opens the menu, takes one item and returns the file as text or bytes. */
async function take(page, item, encoding = "utf8") {
  const menu = page.getByRole("button", { name: /^Export/ });
  if ((await menu.getAttribute("aria-expanded")) !== "true") await menu.click();
  // Chromium refuses a second download in the same breath as the first.
  await sleep(500);
  const [download] = await Promise.all([
    page.waitForEvent("download", { timeout: 20_000 }).catch((error) => assert.fail(`${item}: ${error.message}`)),
    page.locator(".menu-box").getByText(item, { exact: true }).click(),
  ]);
  return { name: download.suggestedFilename(), content: await readFile(await download.path(), encoding) };
}

/** Reads an SVG as a browser does: errors would show as a parsererror. */
const readSvg = (page, text) =>
  page.evaluate((text) => {
    const { documentElement: root } = new DOMParser().parseFromString(text, "image/svg+xml");
    const texts = [...root.querySelectorAll("text")].map((text) => text.textContent.trim());
    return { root: root.nodeName, shapes: root.querySelectorAll("path, polyline, polygon, circle, line").length, texts };
  }, text);

test("the protocols stand side by side: what changes in the settings and in the ranking", async (t) => {
  const page = await open(t, chromium, { fragment: "v=1&steps=20" });
  await ready(page);
  const protocol = page.locator(".panel").getByRole("radiogroup", { name: "Protocol" });
  assert.ok(await protocol.getByRole("radio", { name: "Equal tuning" }).isChecked());
  await finish(page, 20);
  await choose(page, "Protocol", "As Proxy Anchor’s script", page.locator(".panel"));
  await until(() => page.url().includes("proxy-anchor,lr:0.002,proxies:4.4"), 20, "the published settings did not come");
  await ready(page);
  await finish(page, 20);
  await button(page, "What changes?").click();
  const sheet = page.getByRole("dialog");
  const rankings = await sheet.locator(".rankings ol").evaluateAll((lists) => lists.map((list) => [...list.children].map((item) => item.textContent)));
  assert.deepEqual(rankings.map((ranking) => ranking.length), [5, 5], "both races were whole");
  for (const ranking of rankings) {
    const scores = ranking.map((text) => number(text.replace(/.*MAP@R/, "")));
    assert.deepEqual(scores, [...scores].sort((a, b) => b - a), "the best stands first");
  }
  const changed = await sheet.locator("tr.differs").allInnerTexts();
  const factor = changed.find((row) => row.includes("proxy learning-rate ×"));
  assert.match(factor, /4\.4[\s\S]*train\.py of Proxy Anchor.s published code[\s\S]*\d/);
  assert.match(changed[0], /best of \d+ random trials by kyori tune/);
});

test("tuning gives every loss its trials, shows them, and races with the best", async (t) => {
  const page = await open(t, chromium, { fragment: SMALL });
  await ready(page);
  const before = setting(page, "loss");
  await button(page, "Tune…").click();
  const sheet = page.getByRole("dialog");
  await sheet.getByRole("spinbutton", { name: /trials/ }).fill("8");
  await sheet.getByRole("spinbutton", { name: /trials/ }).press("Enter");
  await sheet.getByRole("button", { name: "Start", exact: true }).click();
  const progress = sheet.getByText(/^Step \d+ of 40, 8 trials for each of 2 losses/);
  const done = sheet.getByRole("button", { name: "Race with the best" });
  // Where the page gets little time and the workers much, it is over before it could be shown.
  await progress.or(done).first().waitFor();
  await done.waitFor({ timeout: 120_000 });
  // One line a loss, with a score; the hidden table of the plot counts the trials.
  const best = await sheet.locator("table.grid tbody tr").evaluateAll((rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent)));
  assert.deepEqual(best.map(([loss]) => loss), ["Proxy Anchor", "Contrastive"]);
  assert.ok(best.every(([, score]) => number(score) > 0 && number(score) <= 1), String(best));
  const plot = await sheet.locator(".trials-plot tbody tr").evaluateAll((rows) => rows.map((row) => row.cells[1].textContent));
  assert.deepEqual(plot, ["8", "8"]);
  await sheet.getByRole("button", { name: "Race with the best" }).click();
  await until(async () => setting(page, "loss") !== before, 20, "the best settings were not taken");
  const rates = new URLSearchParams(new URL(page.url()).hash.slice(1)).getAll("loss").map((loss) => Number(loss.match(/lr:([\d.]+)/)[1]));
  best.forEach(([loss, , rate], index) => assert.equal(rates[index], number(rate), `${loss} races with its best learning rate`));
  await ready(page);
  await finish(page, 40);
});

test("several seeds give bands, lines on demand, and a verdict with its test", async (t) => {
  const page = await open(t, chromium, { fragment: `${SMALL}&seeds=6` });
  await ready(page);
  await finish(page, 40);
  const values = await rows(page);
  assert.equal(values.length, 2);
  assert.ok(values.every((row) => /\d ± 0\.\d/.test(row.join(" "))), `means without an interval: ${values}`);
  const curves = page.locator(".chart-frame canvas").first();
  const bands = await drawn(curves);
  await page.getByRole("checkbox", { name: "each seed" }).check();
  await until(async () => (await drawn(curves)) !== bands, 10, "the seeds' lines did not come");
  const verdict = await page.locator(".verdict").innerText();
  assert.match(verdict, /reached (Recall@1 0\.\d\d|90 % of the best Recall@1 of these losses) for good after \d+ ± \d+/);
  assert.match(verdict, /(faster|no difference shown|equal within ± \d+ steps), p [<=] [01]\.\d+ \((paired t|signed rank|two one-sided t)\)|not within 40 steps|ends below the line/);
  assert.match(verdict, /At the end .* has the highest Recall@1, 0\.\d{3} ± 0\.\d{3}, then .* with 0\.\d{3} ± 0\.\d{3}: (better|no difference shown|equal within ± 0\.02), p/);
  await choose(page, "Metric", "MAP@R");
  await until(async () => (await page.locator(".verdict").innerText()).includes("MAP@R"), 10, "the verdict is of another metric");
});

test("a link keeps what is seen, beside the language and the race", async (t) => {
  const page = await open(t, chromium, { query: "?lang=en", fragment: SMALL });
  await ready(page);
  await choose(page, "Metric", "MAP@R");
  await page.getByRole("combobox", { name: "Chart" }).selectOption("Time to a level");
  await choose(page, "Picture of the embedding", "Main directions");
  const search = () => new URL(page.url()).searchParams;
  await until(() => search().get("picture") === "directions", 10, "the address does not say how embeddings are pictured");
  assert.deepEqual([search().get("lang"), search().get("chart"), search().get("measure")], ["en", "reach", "map_at_r"]);
  await page.reload();
  await ready(page);
  assert.equal(await page.getByRole("combobox", { name: "Chart" }).inputValue(), "Time to a level");
  await page.getByRole("radio", { name: "Main directions", exact: true, checked: true }).waitFor({ state: "attached" });
  await page.getByRole("radio", { name: "MAP@R", exact: true, checked: true }).waitFor({ state: "attached" });
  // What is as it is at first is not said.
  await choose(page, "Picture of the embedding", "Neighbours");
  await until(() => search().get("picture") === null, 10, "the address says what is usual");
});

test("one seed shows no difference", async (t) => {
  const page = await open(t, chromium, { fragment: SMALL });
  await ready(page);
  await finish(page, 40);
  await page.locator(".verdict").filter({ hasText: /one seed is not enough|not within 40 steps|ends below the line/ }).waitFor();
});

test("the axes: steps, seconds, samples, logarithmic; all curves are read at once", async (t) => {
  const page = await open(t, chromium, { fragment: SMALL });
  await ready(page);
  await finish(page, 40);
  const base = page.locator(".chart-frame canvas").first();
  let last = await drawn(base);
  const changes = async (what) => {
    await until(async () => (await drawn(base)) !== last, 10, `${what} changed nothing in the chart`);
    last = await drawn(base);
  };
  for (const axis of ["seconds", "samples", "steps"]) {
    await choose(page, "Against", axis);
    await changes(axis);
    assert.match(await chart(page).getAttribute("aria-label"), new RegExp(`against .*${axis}`));
  }
  await page.getByRole("checkbox", { name: "log" }).check();
  await changes("log");
  // Pointing, and the keyboard, draw the read-out.
  const overlay = chart(page);
  const empty = await drawn(overlay);
  const box = await overlay.boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await until(async () => (await drawn(overlay)) !== empty, 10, "pointing reads nothing");
  await page.mouse.move(0, 0);
  await until(async () => (await drawn(overlay)) === empty, 10, "the read-out stays");
  await overlay.press("ArrowLeft");
  await until(async () => (await drawn(overlay)) !== empty, 10, "the keyboard reads nothing");
  // Times to levels and to a share of the best, in steps and in seconds.
  await page.getByRole("combobox", { name: "Chart" }).selectOption("Time to a level");
  const steps = await rows(page);
  assert.equal(steps.length, 2);
  assert.ok(steps.flat().some((cell) => /^\d+(\.\d+)? \(1 of 1 seed\)$/.test(cell)), `nobody got anywhere: ${steps}`);
  await choose(page, "Against", "seconds");
  await until(async () => String(await rows(page)) !== String(steps), 10, "seconds are the same as steps");
});

test("every condition changes the race, and only in its own way", async (t) => {
  const page = await open(t, chromium, { fragment: "v=1&steps=2000&loss=proxy-anchor&loss=contrastive" });
  await ready(page);
  // An edit is laid out a moment later.
  const laidOut = async () => {
    await sleep(500);
    await until(async () => (await step(page)) === 0, 20, "it is not back at step 0");
    await ready(page);
  };
  const trains = async () => {
    await laidOut();
    await playTo(page, 2);
    // Else the next race would play, too, and might be over before it is looked at.
    await pause(page);
    assert.ok((await recalls(page)).every((recall) => recall >= 0 && recall <= 1));
  };
  await set(page, /batch$/i, 30);
  await settles(page, "sampler", "shuffled:30");
  await set(page, /training classes/i, 60);
  await settles(page, "classes", "60");
  await set(page, /wrong labels/i, 20);
  await settles(page, "label-noise", "0.2");
  await trains();
  await choose(page, "Batches", "Balanced");
  await until(async () => /^balanced:/.test(setting(page, "sampler")), 20, "the batches stayed shuffled");
  await trains();
  await choose(page, "Start", "pre-trained");
  await settles(page, "start", "pretrained");
  await laidOut();
  await button(page, "Step").click();
  await until(async () => (await step(page)) === 1, 20, "it did not train from there");
  await button(page, "Reset").click();
  await until(async () => (await step(page)) === 0, 20, "it did not go back to step 0");
  await ready(page);
  const pretrained = await recalls(page);
  await choose(page, "Start", "from scratch");
  await settles(page, "start", "scratch");
  const lower = async () => (await recalls(page)).every((recall, index) => recall < pretrained[index] - 0.1);
  await until(lower, 20, `the pre-trained network, ${pretrained}, is no better before the first step than random weights`);
});

test("in two dimensions Proxy Anchor fails, and the page says why", async (t) => {
  const page = await open(t, chromium);
  await ready(page);
  const lesson = page.locator(".lesson");
  assert.equal(await lesson.count(), 0, "64 dimensions have room");
  await page.getByRole("combobox", { name: "Experiment" }).selectOption({ label: "Two dimensions" });
  await lesson.waitFor();
  assert.match(await lesson.innerText(), /Proxy Anchor has too little room .* at most 3 directions .* all 10 classes/);
  await ready(page);
  await set(page, /seeds per loss/, 5);
  await ready(page);
  await finish(page, 400, 200);
  const shown = async (loss) => number(await page.getByTestId(`map-${loss}`).innerText()) / 100;
  const [anchor, contrastive] = [await shown("proxy-anchor"), await shown("contrastive")];
  t.diagnostic(`MAP@R in 2-D: Proxy Anchor ${anchor}, contrastive ${contrastive}`);
  assert.ok(contrastive > 2 * anchor, "and fail it does");
  assert.match(await chart(page).getAttribute("aria-label"), /held-out pictures/, "they are no unseen classes");
  // A sphere turns by drag.
  await choose(page, "Embedding dimension", "3");
  await ready(page);
  const sphere = page.locator(".card canvas").first();
  await until(async () => /unit sphere/.test(await sphere.getAttribute("aria-label")), 20, "no sphere came");
  await sleep(500);
  const still = await drawn(sphere);
  const box = await sphere.boundingBox();
  await page.mouse.move(box.x + 60, box.y + 60);
  await page.mouse.down();
  await page.mouse.move(box.x + 120, box.y + 80, { steps: 4 });
  await page.mouse.up();
  await page.mouse.move(0, 0);
  await until(async () => (await drawn(sphere)) !== still, 10, "the sphere does not turn");
});

test("who is nearest is shown for each loss, a mark that is chosen is looked up, and any picture can be seen large", async (t) => {
  const page = await open(t, chromium);
  await ready(page, 60, { settings: false });
  const strip = page.locator(".retrieval");
  const losses = strip.locator('[data-testid^="retrieval-"]');
  await losses.first().waitFor();
  assert.equal(await losses.count(), 5);
  const said = () => losses.first().getByRole("img").getAttribute("aria-label");
  const before = await said();
  assert.match(before, /^Proxy Anchor, step 0: .* for \d of 6 queries; \d+ of all 30 pictures are\.$/);
  await playTo(page, 12);
  await until(async () => (await said()) !== before, 30, "the strip stays as it was");
  await pause(page);
  const queries = strip.locator(".queries").getByRole("img");
  const looked = await queries.getAttribute("aria-label");
  const embedding = page.locator("canvas.embedding").first();
  await embedding.focus();
  for (let i = 0; i < 12; i++) await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await until(async () => (await queries.getAttribute("aria-label")) !== looked, 20, "the mark was not looked up");

  await button(page, "Proxy Anchor, large").click();
  const large = page.getByRole("dialog").locator("canvas.embedding");
  await until(async () => (await large.boundingBox())?.height > 500, 20, "the picture is not large");
  const small = await embedding.boundingBox();
  assert.ok(small.width >= 260, `at 1440 px a picture is ${small.width} px wide`);
  await page.keyboard.press("Escape");
  await large.waitFor({ state: "detached" });
});

test("the map says where which loss wins, and a click on a cell loads that experiment", async (t) => {
  const page = await open(t, chromium);
  await ready(page);
  await button(page, "Where does it win?").click();
  const sheet = page.getByRole("dialog");
  const cells = sheet.getByRole("button", { name: /Load this experiment/ });
  await cells.first().waitFor();
  const labels = await cells.evaluateAll((cells) => cells.map((cell) => cell.getAttribute("aria-label")));
  assert.ok(labels.length >= 18, `${labels.length} cells`);
  assert.ok(labels.every((label) => label.includes("no difference shown") || / fastest\./.test(label)));
  assert.match(await sheet.getByTestId("map-told").innerText(), /of the 18 cells|of 18 cells/);
  await sheet.getByText(/The stronger the colour/).waitFor();
  await sheet.getByText(/Computed by\s*kyori map/).waitFor();
  const wanted = labels.findIndex((label) => /^shuffled batches, batch 60, 100 classes/.test(label));
  await cells.nth(wanted).click();
  await settles(page, "sampler", "shuffled:60");
  assert.equal(setting(page, "classes"), "100");
  await sheet.waitFor({ state: "detached" });
  await ready(page);
  await playTo(page, 3);
});

test("every loss draws its path through the plane of tightness and contrast", async (t) => {
  const page = await open(t, chromium, { fragment: "v=1&steps=20" });
  await ready(page);
  await finish(page, 20);
  for (const [kind, columns] of [["Tightness and contrast", 4], ["Tightness and log distance", 4], ["Tightness ÷ contrast and MAP@R", 4]]) {
    await page.getByRole("combobox", { name: "Chart" }).selectOption(kind);
    const values = await rows(page);
    assert.equal(values.length, 5, kind);
    assert.ok(values.some(([loss]) => loss === "Softmax cross-entropy"));
    for (const [loss, ...numbers] of values) {
      assert.ok(numbers.length >= columns - 1 && numbers.every((value) => Number.isFinite(number(value))), `${loss}: ${numbers}`);
    }
    const empty = await drawn(chart(page));
    await chart(page).press("ArrowRight");
    await until(async () => (await drawn(chart(page))) !== empty, 10, "the keyboard reads no point");
  }
});

test("a hostile link gives a notice and a page that works", async (t) => {
  const hostile = [
    "v=1&steps=99999999&seeds=1e9&dim=-3&loss=<script>alert(1)</script>&sampler=shuffled:999999&loss=proxy-anchor,lr:1e99&bogus=1",
    "v=7&x=%ZZ%00&&&===&loss=softmax,lr:,,,:::",
    `v=1&${"loss=softmax&".repeat(3000)}data=${"%F0%9F%92%A3".repeat(500)}`,
  ];
  for (const fragment of hostile) {
    const page = await open(t, chromium, { fragment });
    page.on("dialog", () => assert.fail("a script ran"));
    await ready(page);
    const notices = page.locator(".notices");
    await notices.waitFor();
    const box = await notices.boundingBox();
    assert.ok(box.height < 500, `the notice is ${Math.round(box.height)} px high`);
    await playTo(page, 2);
    await pause(page);
    await notices.getByRole("button", { name: "Close" }).click();
    await notices.waitFor({ state: "detached" });
  }
});

test("a link that is followed on the open page changes the race", async (t) => {
  const page = await open(t, chromium);
  await ready(page);
  await page.evaluate((fragment) => (location.hash = fragment), SMALL);
  await until(async () => (await recalls(page)).length === 2, 20, "the race stayed as it was");
  await ready(page);
  await finish(page, 40);
});

test("curves, settings, pictures, script and link can be taken along", async (t) => {
  const page = await open(t, chromium, { fragment: "v=2&steps=20&seeds=2&loss=proxy-anchor&loss=softmax" });
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await ready(page);
  await finish(page, 20);

  const csv = await take(page, "Curves as CSV");
  assert.match(csv.name, /\.csv$/);
  const lines = csv.content.trim().split(/\r?\n/).filter((line) => !line.startsWith("#"));
  const head = lines[0].split(",");
  assert.ok(["loss", "seed", "step", "recall_at_1", "map_at_r"].every((name) => head.includes(name)), lines[0]);
  // Two losses, two seeds, and as many evaluations as there are steps written down.
  const evaluations = new Set(lines.slice(1).map((line) => line.split(",")[head.indexOf("step")])).size;
  assert.equal(lines.length - 1, 4 * evaluations);

  const json = JSON.parse((await take(page, "Curves and settings as JSON")).content);
  assert.equal(json.experiment.seeds, 2);
  assert.deepEqual(json.heats.map((heat) => heat.entry.loss), ["proxy-anchor", "softmax"]);
  const last = json.heats[0].points.at(-1);
  assert.equal(last.step, 20);
  const shown = number(await page.getByTestId("recall-proxy-anchor").innerText()) / 100;
  const mean = last.lanes.reduce((sum, lane) => sum + lane.recall_at_1, 0) / last.lanes.length;
  assert.ok(Math.abs(mean - shown) < 0.001, "the file says what the page shows");

  for (const item of ["Chart as PNG", "Board as PNG"]) {
    const { content } = await take(page, item, null);
    assert.deepEqual([...content.subarray(0, 8)], [137, 80, 78, 71, 13, 10, 26, 10], item);
    assert.ok(content.length > 5000, `${item}: ${content.length} bytes`);
  }
  const board = await readSvg(page, (await take(page, "Board as SVG")).content);
  assert.equal(board.root, "svg");
  assert.ok(["Proxy Anchor", "Softmax cross-entropy"].every((loss) => board.texts.includes(loss)), String(board.texts));
  assert.ok(board.shapes > 20, `${board.shapes} shapes`);
  for (const kind of await page.locator("#chart option").allInnerTexts()) {
    await page.keyboard.press("Escape");
    await page.getByRole("combobox", { name: "Chart" }).selectOption(kind);
    const svg = await readSvg(page, (await take(page, "Chart as SVG")).content);
    assert.equal(svg.root, "svg", kind);
    assert.ok(svg.texts.includes("Proxy Anchor"), `${kind}: ${svg.texts}`);
    assert.ok(svg.shapes > 4, `${kind}: ${svg.shapes} shapes`);
  }

  const script = await take(page, "Python script (pytorch-metric-learning)");
  assert.equal(script.name, "kyori_race.py");
  assert.match(script.content, /losses\.ProxyAnchorLoss\(CLASSES, DIM, /);
  assert.match(script.content, /^SEEDS = 2$/m);
  const data = await take(page, "Data for the script (glyphs.bin)", null);
  const served = Buffer.from(await (await fetch(new URL("data/glyphs.bin", BASE))).arrayBuffer());
  assert.ok(data.content.equals(served));

  await page.locator(".menu-box").getByText("Copy the link").click();
  await until(async () => (await page.evaluate(() => navigator.clipboard.readText())).includes("#v=2"), 10, "no link was copied");
  const link = await page.evaluate(() => navigator.clipboard.readText());
  // With the chart that is shown, the last of them all.
  assert.ok(link.startsWith(`${BASE}?chart=budget#v=2&data=glyphs&`), link);
  assert.equal(new URLSearchParams(new URL(link).hash.slice(1)).get("seeds"), "2");
});

test("the board can still be taken along after another metric was chosen", async (t) => {
  const page = await open(t, chromium, { fragment: "v=1&steps=20&loss=proxy-anchor&loss=softmax" });
  await ready(page);
  await finish(page, 20);
  // The cards are drawn anew, since another loss may be ahead; their pictures stay.
  await choose(page, "Metric", "MAP@R");
  await until(async () => (await page.locator(".verdict").innerText()).includes("MAP@R"), 10, "the metric stayed as it was");
  const board = await readSvg(page, (await take(page, "Board as SVG")).content);
  assert.equal(board.root, "svg");
  assert.ok(board.shapes > 20, `${board.shapes} shapes`);
});

test("the page stays free while eight losses race with ten seeds", { timeout: 300_000 }, async (t) => {
  const losses = ["proxy-anchor", "proxy-nca", "normalised-softmax", "softmax", "multi-similarity-mined", "contrastive", "triplet-semi-hard", "cosface"];
  const page = await open(t, chromium, { fragment: `v=1&seeds=10&${losses.map((loss) => `loss=${loss}`).join("&")}` });
  await ready(page, 120);
  assert.equal((await recalls(page)).length, 8);
  const used = await tasks(chromium, page, async () => {
    await button(page, "Play").click();
    await sleep(15_000);
  });
  assert.ok((await step(page)) >= 1, "nothing trained");
  t.diagnostic(longest(used));
  assert.ok(used.length > 100, "the trace holds no tasks of the page");
  assert.ok(used.filter((task) => task > 50).length <= 1, "tasks over 50 ms");
});
