// The static folder: complete, small enough, and the same wherever it lies.

import assert from "node:assert/strict";
import { test } from "node:test";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";
import { BASE, HAS_GPU_ENGINE } from "./page.mjs";

const get = (name) => fetch(new URL(name, BASE));

test("manifest.json lists every file with its size", async () => {
  const { version, files } = await (await get("manifest.json")).json();
  assert.match(version, /^[0-9a-f]{16}$/);
  const engines = HAS_GPU_ENGINE ? ["engine-cpu", "engine-gpu"] : ["engine-cpu"];
  const code = ["app", ...engines].flatMap((name) => [`${name}.js`, `${name}_bg.wasm`]);
  for (const name of ["index.html", "worker.js", "data/glyphs.bin", "data/digits.bin", "golden.json", "maps/glyphs.json", "data/films/opening.kyori", ...code]) {
    assert.ok(files[name], `${name} is not listed`);
  }
  for (const [name, { bytes }] of Object.entries(files)) {
    const answer = await get(name);
    assert.equal(answer.status, 200, name);
    assert.equal((await answer.arrayBuffer()).byteLength, bytes, name);
  }
});

test("nothing refers to the root of the host", async () => {
  const { files } = await (await get("manifest.json")).json();
  for (const name of Object.keys(files).filter((name) => /\.(html|css|js|webmanifest)$/.test(name))) {
    const text = await (await get(name)).text();
    const rooted = text.match(/(?:href|src)="\/[^/]|url\(["']?\/|(?:import|fetch)\(["'`]\/|from ["']\//);
    assert.equal(rooted, null, `${name}: ${rooted}`);
  }
});

test("the page's own code is at most 455 kB with brotli", async (t) => {
  const wasm = Buffer.from(await (await get("app_bg.wasm")).arrayBuffer());
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: wasm.length };
  const small = await promisify(brotliCompress)(wasm, { params });
  t.diagnostic(`${wasm.length} bytes, ${small.length} with brotli`);
  assert.ok(small.length <= 455_000);
});
