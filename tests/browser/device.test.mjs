// This device: every build that runs here is measured, the figures can be
// saved, and what is copied for whoever mends the page holds nothing personal.
import {afterAll, beforeAll, beforeEach, afterEach, describe, expect, test} from '@jest/globals';
import {readFileSync, statSync} from 'node:fs';
import {createRequire} from 'node:module';
import {join} from 'node:path';
import * as chromium from './drivers/chromium.mjs';
import {buildSite} from './stand-in.mjs';
import {arrive, catchSaved, openSite, root, told, visit} from './visit.mjs';

(chromium.available ? describe : describe.skip)(chromium.available ? 'this device' : `this device: ${chromium.missing}`, () => {
  let built, site, browser, page;
  beforeAll(async () => {
    built = buildSite('tests/packs', 'stripes', 'device');
    site = await built.open();
    browser = await chromium.launch();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await site?.stop();
    built?.remove();
  });
  beforeEach(async () => { page = await browser.newPage(); });
  afterEach(() => page.close());

  async function open(language = 'en') {
    await visit(page, site.url(`/?lang=${language}`));
    await catchSaved(page);
    await page.evaluate(() => { location.hash = 'device'; });
    await page.waitFor(() => document.querySelector('#device-go'));
  }
  const press = (selector) => page.evaluate((wanted) => document.querySelector(wanted).click(), selector);
  const isMeasured = () => page.waitFor(() => document.querySelector('#device-csv') && document.querySelector('#device-go'), {timeout: 120_000});

  test('each variant by each build and number of threads, and the figures as files', async () => {
    const pack = JSON.parse(readFileSync(join(root, 'tests/packs/stripes/pack.json'), 'utf8'));
    const accuracy = 0.812; // the stripes state none
    const figure = {value: accuracy, low: 0.7, high: 0.9};
    pack.variants[0].metrics = {split: 'split=test', n: 8, accuracy: figure, balanced_accuracy: figure, macro_auc: figure, ece: figure};
    site.overrides.set('/models/stripes/pack.json', JSON.stringify(pack));
    site.overrides.set('/sw.js', (response) => response.writeHead(404).end());
    await open();
    site.overrides.clear();
    const builds = await page.evaluate(() => [...document.querySelectorAll('#device-table tr[data-key]')].map((row) => row.dataset.key));
    expect(builds).toEqual(expect.arrayContaining(['float32 infer-simd 1', 'float32 infer-relaxed 1', 'float32 infer-relaxed-mt 2']));
    await press('#device-go');
    await isMeasured();
    expect(await page.evaluate(() => [...document.querySelectorAll('#device-table tr[data-key]')].map((row) => row.cells[3].textContent)))
      .toEqual(builds.map(() => accuracy.toFixed(3)));
    await press('#device-json');
    await page.waitFor(() => window.saved['device.json']);
    const {measured, simd, isolated} = JSON.parse(await page.evaluate(() => window.saved['device.json']));
    expect([simd, isolated]).toEqual([true, true]);
    expect(measured.map(({variant, build, threads}) => `${variant} ${build} ${threads}`)).toEqual(builds);
    const bytes = statSync(join(root, 'tests/packs/stripes/stripes-float32.tflite')).size;
    for (const row of measured) {
      expect([row.build, row.bytes, row.num_runs >= 8, row.min_ms > 0, row.min_ms <= row.median_ms, row.load_ms > 0, row.memory_bytes > row.bytes])
        .toEqual([row.build, bytes, true, true, true, true, true]);
      expect(row.decode_ms).toBeGreaterThan(0);
      expect(row.frames_per_second).toBeGreaterThan(1);
      expect(row.accuracy).toBe(accuracy);
    }
    await press('#device-csv');
    await page.waitFor(() => window.saved['device.csv']);
    expect((await page.evaluate(() => window.saved['device.csv'])).trim().split('\n').length).toBe(1 + builds.length);
    expect(await page.evaluate(() => document.querySelector('#device-advice').textContent)).toContain('float32 is the only variant');
    expect(page.errors).toEqual([]);
  }, 180_000);

  test('one that cannot be had is told in its line, and the rest is measured', async () => {
    site.overrides.set('/wasm/infer-simd.wasm', (response) => response.writeHead(404).end());
    site.overrides.set('/sw.js', (response) => response.writeHead(404).end());
    try {
      await open();
      await press('#device-go');
      await isMeasured();
      const said = await page.evaluate(() => [...document.querySelectorAll('#device-table tr[data-key]')].map((row) => [row.dataset.key, row.cells.length, row.textContent]));
      expect(said.find(([key]) => key === 'float32 infer-simd 1')[2]).toContain('the server answered 404');
      expect(said.filter(([, cells]) => cells === 12).length).toBe(said.length - 1);
    } finally {
      site.overrides.clear();
    }
  }, 180_000);

  test('stopped, it stops, and can be begun again', async () => {
    await open();
    await press('#device-go');
    await page.waitFor(() => document.querySelector('#device-stop'));
    await press('#device-stop');
    await page.waitFor(() => document.querySelector('#device-go'));
    expect(await page.evaluate(() => document.querySelector('#device-state').textContent)).toBe('Stopped.');
    expect(await page.evaluate(() => {
      document.querySelector('#device-go').click();
      return document.querySelector('#device-stop') !== null; // a press is seen at once
    })).toBe(true);
    await press('#device-stop');
    await page.waitFor(() => document.querySelector('#device-go'));
  });

  test('diagnostics hold no name of a file and no address', async () => {
    await open();
    await page.waitFor(() => document.querySelector('#device-diagnostics').textContent);
    const text = await page.evaluate(() => document.querySelector('#device-diagnostics').textContent);
    expect(Object.keys(JSON.parse(text))).toEqual(['page', 'runs', 'pack', 'browser', 'simd', 'relaxed_simd', 'shared_memory', 'processors', 'memory_gb', 'isolated',
      'service_worker', 'storage_used_mb', 'storage_quota_mb', 'storage_persisted', 'installed', 'screen', 'language', 'measured']);
    expect(text).not.toContain('127.0.0.1');
  });

  test.each(['en', 'de', 'ar'])('axe finds nothing, and nothing runs out of a narrow page (%s)', async (language) => {
    for (const scheme of ['light', 'dark']) {
      await page.raw.setViewport({width: 320, height: 740, isMobile: true, hasTouch: true});
      await page.raw.emulateMediaFeatures([{name: 'prefers-color-scheme', value: scheme}, {name: 'prefers-reduced-motion', value: 'reduce'}]);
      await open(language);
      await page.evaluate(() => { document.querySelector('#device details').open = true; });
      await page.raw.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
      const {violations, passes} = await page.evaluate(() => axe.run(document, {resultTypes: ['violations', 'passes'],
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}));
      expect(passes.length).toBeGreaterThan(10);
      expect(violations.map(({id, nodes}) => `${id}: ${nodes.map(({target}) => target.flat().join(' ')).join(', ')}`)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)).toBe(false);
    }
  }, 60_000);

  test('the variant that the address names is the one that answers; one that is not there is told', async () => {
    const own = await openSite();
    try {
      own.overrides.set('/sw.js', (response) => response.writeHead(404).end());
      await page.goto(own.url('/?variant=float32'));
      await page.waitFor(() => document.querySelector('insitu-classifier').ready?.then(() => true));
      expect(own.requests.filter(({path}) => path.endsWith('.tflite')).map(({path}) => path)).toContain('/models/skin/skin-float32.tflite');
      await arrive(page, own.url('/?variant=float16'));
      await told(page, '#failure-detail', /the pack has no variant "float16", it has: int8, float32/);
    } finally {
      await own.stop();
    }
  }, 60_000);
});
