// Every build of the core gives the page the same answer: plain and relaxed
// SIMD, one thread and two, chosen by what the browser can do.
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import * as chromium from './drivers/chromium.mjs';
import {classifyNative, difference, golden, openSite, pick, TOLERANCE, visit} from './visit.mjs';

const PICTURE = golden('baseline-420.jpg');
const ISOLATED = undefined; // the product's own headers

// The browser says that it cannot run relaxed SIMD: 253, then 133 2 is f32x4.relaxed_madd.
function withoutRelaxedSimd() {
  const {validate} = WebAssembly;
  WebAssembly.validate = (bytes) => {
    const at = (i) => new Uint8Array(bytes.buffer ?? bytes)[i];
    const length = bytes.byteLength;
    for (let i = 0; i + 2 < length; ++i) if (at(i) === 253 && at(i + 1) === 133 && at(i + 2) === 2) return false;
    return validate.call(WebAssembly, bytes);
  };
}
const withCores = (count) => `Object.defineProperty(navigator, 'hardwareConcurrency', {get: () => ${count}})`;

(chromium.available ? describe : describe.skip)(chromium.available ? 'builds' : `builds: ${chromium.missing}`, () => {
  let browser, native;
  beforeAll(async () => {
    [native] = classifyNative([PICTURE]);
    browser = await chromium.launch();
  }, 120_000);
  afterAll(() => browser?.close());

  test.each([
    ['relaxed SIMD, one thread', {}, [], 'infer-relaxed.wasm', false],
    ['plain SIMD, one thread', {}, [withoutRelaxedSimd], 'infer-simd.wasm', false],
    ['relaxed SIMD, two threads', ISOLATED, [withCores(4)], 'infer-relaxed-mt.wasm', true],
    ['plain SIMD, two threads', ISOLATED, [withCores(4), withoutRelaxedSimd], 'infer-simd-mt.wasm', true],
    ['isolated without shared memory: one thread', ISOLATED, [withCores(4), 'delete globalThis.SharedArrayBuffer'], 'infer-relaxed.wasm', true],
    ['isolated with one core: one thread', ISOLATED, [withCores(1)], 'infer-relaxed.wasm', true],
  ])('%s', async (_, headers, before, module, isolated) => {
    const site = await openSite({headers});
    const page = await browser.newPage();
    try {
      for (const script of before) await page.raw.evaluateOnNewDocument(script);
      await visit(page, site.url('/'));
      const {name, detail} = await pick(page, PICTURE);
      expect([name, detail.message]).toEqual(['insitu-result', undefined]);
      expect(await page.evaluate(() => crossOriginIsolated)).toBe(isolated);
      // what the page ran, not what the service worker keeps for later
      const loaded = await page.evaluate(() => performance.getEntriesByType('resource').map(({name: url}) => url.split('/').pop()));
      expect(loaded.filter((file) => /^infer-.*wasm$/.test(file))).toEqual([module]);
      expect(detail.top.id).toBe(native.top.id);
      expect(difference(detail, native)).toBeLessThan(TOLERANCE);
    } finally {
      await page.close();
      await site.stop();
    }
  });

  // The second is what Firefox 153 does now and then on a busy machine: the worker waits for ever where it makes another.
  test.each([
    ['are refused', "Worker.prototype.postMessage = () => { throw new DOMException('threads refused by the test'); };"],
    ['never come', 'globalThis.Worker = function () { Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0); };'],
  ])('threads that %s: the page does without them', async (_, fault) => {
    const site = await openSite({headers: ISOLATED});
    const worker = '/classifier/worker.js';
    site.overrides.set('/sw.js', (response) => response.writeHead(404).end()); // it would keep the worker of the build
    site.overrides.set(worker, `${fault}\n${readFileSync(join(site.root, worker), 'utf8')}`);
    const page = await browser.newPage();
    try {
      await page.raw.evaluateOnNewDocument(withCores(4));
      await visit(page, site.url('/'));
      const {name, detail} = await pick(page, PICTURE);
      expect([name, detail.message]).toEqual(['insitu-result', undefined]);
      expect(difference(detail, native)).toBeLessThan(TOLERANCE);
      const loaded = await page.evaluate(() => performance.getEntriesByType('resource').map(({name: url}) => url.split('/').pop()));
      expect(loaded.filter((file) => /^infer-.*wasm$/.test(file))).toEqual(['infer-relaxed-mt.wasm', 'infer-relaxed.wasm']);
    } finally {
      await page.close();
      await site.stop();
    }
  }, 120_000);
});
