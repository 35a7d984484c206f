// For everyone: axe, keyboard, narrow screens, reduced motion, light and dark.

import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { SCREENSHOTS, browser, button, number, open, playTo, ready, recalls, sleep, step, until } from "./page.mjs";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let chromium;
before(async () => (chromium = await browser()));
after(() => chromium?.close());

/** Fails on anything serious that axe finds on the page as it is now. */
async function inspect(t, page, where) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => axe.run());
  const nodes = (nodes) => nodes.map((node) => `    ${node.target.join(" ")}: ${node.any.concat(node.all)[0]?.message ?? ""}`);
  const tell = ({ id, impact, help, nodes: list }) => `${where}: ${impact} ${id}: ${help}\n${nodes(list).join("\n")}`;
  violations.forEach((violation) => t.diagnostic(tell(violation)));
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  assert.equal(serious.length, 0, serious.map(tell).join("\n"));
}

for (const colorScheme of ["light", "dark"]) {
  for (const width of [1440, 390]) {
    test(`axe finds nothing serious (${colorScheme}, ${width} px)`, async (t) => {
      const page = await open(t, chromium, { colorScheme, viewport: { width, height: 900 } });
      await ready(page);
      await playTo(page, 10);
      await inspect(t, page, "training");
      await page.getByRole("button", { name: /^About/ }).first().click();
      await page.getByRole("dialog").waitFor();
      await inspect(t, page, "about a loss");
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: /^Device/ }).click();
      await inspect(t, page, "device");
      await page.keyboard.press("Escape");
      await button(page, "日本語").click();
      await page.getByRole("button", { name: "一時停止", exact: true }).waitFor();
      await inspect(t, page, "training, in Japanese");
      await page.getByRole("button", { name: / の説明$/ }).first().click();
      await page.getByRole("dialog").waitFor();
      await inspect(t, page, "about a loss, in Japanese");
    });
  }
}

test("the keyboard alone can play and pause, and shows where it is", async (t) => {
  const page = await open(t, chromium);
  await ready(page);
  const focused = () =>
    page.evaluate(() => {
      const at = document.activeElement;
      const style = getComputedStyle(at);
      return {
        name: at.getAttribute("aria-label") ?? at.textContent.trim(),
        marked: style.outlineStyle !== "none" || style.boxShadow !== "none",
      };
    });
  let at;
  for (let tabs = 0; tabs < 60 && at?.name !== "Play"; tabs++) {
    await page.keyboard.press("Tab");
    at = await focused();
  }
  assert.equal(at.name, "Play", "Tab does not reach Play");
  assert.ok(at.marked, "the focus cannot be seen");
  await page.keyboard.press("Enter");
  await until(async () => (await step(page)) >= 3, 60, "Enter on Play does not train");
  assert.match((await focused()).name, /Pause/, "the focus left the button");
  await page.keyboard.press("Space");
  await button(page, "Play").waitFor();
});

test("nothing scrolls sideways at 390 px", async (t) => {
  const page = await open(t, chromium, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  await ready(page);
  await playTo(page, 5);
  const { content, window, wide } = await page.evaluate(() => ({
    content: document.documentElement.scrollWidth,
    window: document.documentElement.clientWidth,
    wide: [...document.querySelectorAll("body *")]
      .filter((element) => element.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
      .slice(0, 5)
      .map((element) => `${element.tagName.toLowerCase()}.${element.className}`),
  }));
  assert.ok(content <= window, `${content} px of content in ${window} px: ${wide.join(", ")}`);
  const small = await page.evaluate(() =>
    [...document.querySelectorAll("button")]
      .filter((element) => element.checkVisibility())
      .map((element) => ({ name: element.ariaLabel ?? element.textContent.trim(), box: element.getBoundingClientRect() }))
      .filter(({ box }) => box.height < 24 || box.width < 24)
      .map(({ name }) => name),
  );
  assert.deepEqual(small, [], "buttons too small to touch");
});

test("at 390 px curves and pictures share the first view, and names stand whole below the curves", async (t) => {
  const page = await open(t, chromium, { viewport: { width: 390, height: 844 } });
  await ready(page);
  await playTo(page, 20);
  await page.locator(".chart-frame canvas").first().waitFor();
  const [card, chart, controls] = await Promise.all([".card", ".chart-frame", ".transport"].map((part) => page.locator(part).first().boundingBox()));
  assert.ok(card.y + card.height < chart.y, "the pictures come first");
  assert.ok(controls.y - chart.y >= 100, `${Math.round(controls.y - chart.y)} px of the chart are in sight`);
  // Room for the curves, and a row for each of the five names.
  assert.ok(chart.height >= 230 + 5 * 16, `the chart is ${chart.height} px high`);
  const board = page.locator(".board");
  assert.ok(await board.evaluate((board) => board.scrollWidth > board.clientWidth), "the pictures lie in one row");
  await page.getByRole("button", { name: "About Softmax cross-entropy" }).first().scrollIntoViewIfNeeded();
  const last = await page.locator(".card").last().boundingBox();
  assert.ok(last.x >= 0 && last.x < 390, "the last picture can be reached");
});

test("at 390 px menus stay in sight, and Escape goes back one layer at a time", async (t) => {
  const page = await open(t, chromium, { viewport: { width: 390, height: 844 } });
  await ready(page);
  for (const name of [/^Device/, /^Export/]) {
    await page.getByRole("button", { name }).click();
    const box = await page.locator(".menu-box").boundingBox();
    assert.ok(box.x >= 0 && box.x + box.width <= 390, `${name}: from ${box.x} to ${box.x + box.width} px`);
    await page.keyboard.press("Escape");
    await page.locator(".menu-box").waitFor({ state: "detached" });
  }
  await button(page, "Settings").click();
  const panel = page.locator(".panel.open");
  await panel.waitFor();
  await button(page, "What changes?").click();
  const sheet = page.getByRole("dialog");
  const box = await sheet.boundingBox();
  assert.ok(box.width >= 380, `the sheet is ${box.width} px wide`);
  const table = await sheet.locator(".settings-table").boundingBox();
  assert.ok(table.x + table.width <= 390, "both columns of values are in sight");
  await page.keyboard.press("Escape");
  await sheet.waitFor({ state: "detached" });
  assert.equal(await panel.count(), 1, "the settings are still open");
  await page.keyboard.press("Escape");
  await panel.waitFor({ state: "detached" });
});

test("Escape closes the settings even before the page has heard that the sheet over them is closed", async (t) => {
  const page = await open(t, chromium, { viewport: { width: 390, height: 844 } });
  await ready(page);
  await button(page, "Settings").click();
  const panel = page.locator(".panel.open");
  await panel.waitFor();
  await button(page, "What changes?").click();
  await page.getByRole("dialog").waitFor();
  await page.evaluate(() => {
    // Its "close" event comes in a task of its own.
    document.querySelector("dialog").close();
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
  });
  await panel.waitFor({ state: "detached" });
  await page.locator("dialog").waitFor({ state: "detached" });
});

test("with reduced motion nothing moves without end", async (t) => {
  const page = await open(t, chromium, { reducedMotion: "reduce" });
  await ready(page);
  await playTo(page, 5);
  const endless = await page.evaluate(() =>
    document
      .getAnimations()
      .filter((animation) => animation.playState === "running" && animation.effect.getComputedTiming().endTime === Infinity)
      .map((animation) => animation.animationName ?? String(animation)),
  );
  assert.deepEqual(endless, []);
});

test("the first view at 1440 × 900 holds the controls and a picture of every loss", async (t) => {
  const page = await open(t, chromium);
  await ready(page);
  assert.ok((await recalls(page)).length >= 5, "five losses race by default");
  const parts = page.locator('[data-testid^="map-"], [data-testid^="recall-"], [data-testid="step"]');
  for (const part of [button(page, "Play"), ...(await parts.all())]) {
    const box = await part.boundingBox();
    assert.ok(box && box.width > 0, "a part of the first view is not drawn");
    assert.ok(box.y >= 0 && box.y + box.height <= 900, `a part of the first view ends at ${Math.round(box.y + box.height)} px`);
  }
});

for (const [width, height] of [
  [390, 844],
  [768, 1024],
  [1440, 900],
]) {
  for (const colorScheme of ["light", "dark"]) {
    test(`screenshot ${width} × ${height}, ${colorScheme}`, async (t) => {
      await mkdir(SCREENSHOTS, { recursive: true });
      const page = await open(t, chromium, { colorScheme, viewport: { width, height } });
      await ready(page);
      await playTo(page, 60);
      await sleep(500);
      const image = await page.screenshot({ path: join(SCREENSHOTS, `${width}-${colorScheme}.png`) });
      // An empty page packs into a few kilobytes.
      assert.ok(image.length > 15_000, `the picture has only ${image.length} bytes`);
      assert.ok(number(await page.getByTestId("step").innerText()) >= 60);
    });
  }
}
