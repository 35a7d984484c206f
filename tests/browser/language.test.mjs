// The languages: which one is chosen, that it can be changed at any time, and that nothing is cut when texts grow.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { BASE, browser, button, open, playTo, ready, step, until } from "./page.mjs";

let chromium;
before(async () => (chromium = await browser()));
after(() => chromium?.close());

const language = (page) => page.evaluate(() => document.documentElement.lang);
const drawn = (page) => page.locator(".masthead").waitFor();

/** Names of the files with texts that were fetched, and in which order everything was asked for. */
function fetched(page) {
  const files = [];
  page.on("request", (request) => files.push(request.url().replace(BASE, "")));
  return files;
}

test("the browser's language decides, and only its texts are fetched, before the page's code", async (t) => {
  let files;
  const page = await open(t, chromium, { locale: "ja-JP", prepare: (page) => (files = fetched(page)) });
  await drawn(page);
  assert.equal(await language(page), "ja");
  await button(page, "使い方").waitFor();
  assert.match(await page.title(), /距離学習/);
  assert.match(await page.locator("meta[name=description]").getAttribute("content"), /距離学習/);
  assert.deepEqual(files.filter((file) => file.startsWith("text/")), ["text/ja.txt"]);
  assert.ok(files.indexOf("text/ja.txt") < files.indexOf("app_bg.wasm"));
});

test("the address goes before the browser, and a language that there is none of falls back to English", async (t) => {
  const asked = await open(t, chromium, { locale: "ja-JP", query: "?lang=en" });
  await drawn(asked);
  assert.equal(await language(asked), "en");
  const french = await open(t, chromium, { locale: "fr-FR" });
  await drawn(french);
  assert.equal(await language(french), "en");
});

test("the switch changes the language at once, keeps it, and leaves the race alone", async (t) => {
  const page = await open(t, chromium);
  await ready(page);
  await playTo(page, 5);
  await button(page, "日本語").click();
  await button(page, "一時停止").waitFor();
  assert.equal(await language(page), "ja");
  assert.match(page.url(), /\?lang=ja/);
  const before = await step(page);
  assert.ok(before >= 5, "the race did not start again");
  await until(async () => (await step(page)) > before, 30, "the race stands still");
  await button(page, "English").click();
  await button(page, "Pause").click();
  // The other languages are offered, not the one that is read.
  await button(page, "日本語").waitFor();
  assert.equal(await page.locator(".languages").getByText("English").count(), 0);

  // An earlier choice goes before the browser's language.
  await button(page, "日本語").click();
  await button(page, "開始").waitFor();
  await page.goto(BASE);
  await button(page, "開始").waitFor();
  assert.equal(await language(page), "ja");
});

test("texts that cannot be fetched are replaced by another language's, or by a plain sentence", async (t) => {
  const other = await open(t, chromium, {
    locale: "ja-JP",
    errors: true,
    prepare: (page) => page.route("**/text/ja.txt", (route) => route.fulfill({ status: 404 })),
  });
  await button(other, "Help").waitFor();
  assert.equal(await language(other), "en");

  const none = await open(t, chromium, {
    locale: "ja-JP",
    errors: true,
    prepare: (page) => page.route("**/text/*.txt", (route) => route.abort()),
  });
  await none.getByText("text/ja.txt を読み込めないか、壊れています。再読み込みしてください。").waitFor();

  const damaged = await open(t, chromium, {
    errors: true,
    prepare: (page) => page.route("**/text/*.txt", (route) => route.fulfill({ body: "<!doctype html>" })),
  });
  await damaged.getByText(/text\/en\.txt could not be loaded, or is damaged/).waitFor();
});

test("where the browser finds no phrases in Japanese, the texts say where lines may break", async (t) => {
  const marks = async (query, supports) => {
    const page = await open(t, chromium, {
      query,
      prepare: (page) => supports ?? page.addInitScript(() => (CSS.supports = () => false)),
    });
    await drawn(page);
    return page.evaluate(() => document.body.innerText.match(/.\u200b./g) ?? []);
  };
  const found = await marks("?lang=ja");
  assert.ok(found.length > 10, String(found));
  assert.ok(found.every((mark) => /[ぁ-ん]\u200b[一-鿿々ァ-ヺ「]/.test(mark)), String(found));
  assert.deepEqual(await marks("?lang=ja", true), []);
  assert.deepEqual(await marks("?lang=en"), []);
});

for (const width of [1440, 820, 390]) {
  for (const query of ["?lang=ja", "?lang=pseudo"]) {
    test(`nothing is wider than the page (${query}, ${width} px)`, async (t) => {
      const page = await open(t, chromium, { query, viewport: { width, height: 900 } });
      await drawn(page);
      await page.locator(".transport").waitFor();
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(wide <= 0, `${wide} px too wide`);
      const cut = await page.evaluate(() =>
        [...document.querySelectorAll(".masthead button, .transport button")]
          .filter((button) => button.offsetParent && button.scrollWidth > button.clientWidth + 1)
          .map((button) => button.textContent),
      );
      assert.deepEqual(cut, [], "these buttons cut their texts");
    });
  }
}
