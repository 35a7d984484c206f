// A look inside a loss while it trains: the matrix, its lists by keyboard, and the census, in both languages.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { browser, button, number, open, playTo, ready, until } from "./page.mjs";

let chromium;
before(async () => (chromium = await browser()));
after(() => chromium?.close());

/** How many pixels of the matrix are coloured. */
const coloured = (matrix) =>
  matrix.evaluate((canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return data.filter((value, at) => at % 4 === 3 && value > 0).length;
  });

/** A number of the census. */
const census = async (dialog, id) => number(await dialog.getByTestId(`census-${id}`).innerText());

/** Opens the dialog, reads it while it trains, selects a row with the keyboard, and closes it. */
async function look(page, name, next) {
  await page.getByRole("button", { name, exact: true }).click();
  const dialog = page.getByRole("dialog");
  const matrix = dialog.getByTestId("matrix");
  await matrix.waitFor();
  await until(async () => (await coloured(matrix)) > 1000, 30, "the matrix stayed empty");
  const [relations, acting] = [await census(dialog, "relations"), await census(dialog, "acting")];
  assert.ok(relations > 0 && acting > 0 && acting <= relations, `${acting} of ${relations}`);
  // The next batches come while it trains.
  const batch = dialog.getByTestId("inside-batch");
  const first = await batch.innerText();
  await until(async () => (await batch.innerText()) !== first, 60, "no further batch came");

  await matrix.focus();
  for (const key of ["ArrowDown", "ArrowDown", "ArrowRight", "Enter"]) await page.keyboard.press(key);
  const chosen = dialog.getByTestId("inside-chosen");
  await chosen.waitFor();
  assert.ok((await chosen.getByRole("listitem").count()) > 0, "no pull and no push is listed");
  assert.ok((await dialog.locator("canvas.picture").count()) > 0, "no picture is drawn");
  // What is selected is held.
  const held = await batch.innerText();
  await page.waitForTimeout(1000);
  assert.equal(await batch.innerText(), held);
  await button(dialog, next).click();
  await until(async () => (await batch.innerText()) !== held, 60, "it did not go on");

  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
}

test("a look inside Proxy Anchor while it trains", async (t) => {
  const page = await open(t, chromium);
  await ready(page);
  await playTo(page, 5);
  await look(page, "Look inside Proxy Anchor", "Show the next batches");
});

test("the same in Japanese, on a narrow screen", async (t) => {
  const page = await open(t, chromium, { query: "?lang=ja", viewport: { width: 390, height: 844 } });
  const play = button(page, "開始");
  await play.waitFor();
  await until(() => play.isEnabled(), 60, "it did not get ready");
  await play.click();
  await look(page, "Proxy Anchor の中を見る", "次のバッチを表示");
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= 390, `the page is ${wide} px wide`);
});
