// The engine in a browser: elements share a worker and a model, an aborted
// picture's work ends, and a worker that is idle or has gone comes back.
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from '@jest/globals';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import * as chromium from './drivers/chromium.mjs';
import {until} from './drivers/until.mjs';
import {makePhoto} from './photo.mjs';
import {click, dist, golden, openSite, pick, view, visit} from './visit.mjs';

const JPEG = golden('baseline-420.jpg');
const index = JSON.parse(readFileSync(join(dist, 'models/index.json'), 'utf8'));
const pack = JSON.parse(readFileSync(join(dist, 'models', index.first, 'pack.json'), 'utf8'));
const MODEL = `/models/${index.first}/${pack.variants.find(({name}) => name === pack.default_variant).file}`;

(chromium.available ? describe : describe.skip)(chromium.available ? 'the engine' : `the engine: ${chromium.missing}`, () => {
  let site, browser, page;
  beforeAll(async () => {
    site = await openSite();
    browser = await chromium.launch();
  });
  afterAll(async () => {
    await browser?.close();
    await site?.stop();
  });
  beforeEach(async () => {
    // The service worker asks for the model too: not here, where requests are counted.
    site.overrides.set('/sw.js', (response) => response.writeHead(404).end());
    site.requests.length = 0;
    page = await browser.newPage();
    // Counts the page's workers, and which of them it has ended.
    await page.raw.evaluateOnNewDocument(() => {
      const Native = Worker;
      window.workers = [];
      window.Worker = class extends Native {
        constructor(...args) {
          super(...args);
          window.workers.push(this);
        }
        terminate() {
          this.isEnded = true;
          super.terminate();
        }
      };
    });
    await visit(page, site.url('/'));
  });
  afterEach(() => page.close());
  const workers = () => page.evaluate(() => window.workers.map(({isEnded}) => Boolean(isEnded)));
  const numRequests = (path) => site.requests.filter((request) => request.path === path).length;

  test('two elements on a page load one model into one worker, and both answer', async () => {
    const base64 = readFileSync(JPEG).toString('base64');
    const files = await page.evaluate(async (picture, folder) => {
      const blob = new Blob([Uint8Array.from(atob(picture), (c) => c.charCodeAt(0))]);
      const [first] = window.deepAll('insitu-classifier');
      const second = document.createElement('insitu-classifier');
      second.setAttribute('pack', folder); // by its name, without a slash at its end
      document.querySelector('#main').append(second);
      const results = await Promise.all([first.classify(blob, {name: 'one'}), second.classify(blob, {name: 'two'})]);
      return results.map(({file, classes}) => [file, classes.length]);
    }, base64, `models/${index.first}`);
    expect(files).toEqual([['one', pack.classes.length], ['two', pack.classes.length]]);
    expect(await workers()).toEqual([false]);
    expect([numRequests(MODEL), numRequests(`/models/${index.first}/pack.json`)]).toEqual([1, 1]);
  });

  test('the picture that is aborted in the middle is worked on no more, and the next is answered', async () => {
    const photo = (await makePhoto(page)).toString('base64');
    await page.evaluate(() => window.deepAll('insitu-classifier')[0].ready.then(() => undefined));
    const outcome = await page.evaluate(async (large, small) => {
      const blob = (base64) => new Blob([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))]);
      const [element] = window.deepAll('insitu-classifier');
      const abort = new AbortController();
      // Held where the work has begun: the worker's thread is busy for longer than the test.
      element.addEventListener('insitu-progress', ({detail}) => {
        if (detail.stage === 'decode') setTimeout(() => abort.abort(), 1);
      }, {once: true});
      const aborted = await element.classify(blob(large), {signal: abort.signal}).then(() => 'answered', ({name}) => name);
      const next = await element.classify(blob(small));
      return [aborted, next.ok];
    }, photo, readFileSync(JPEG).toString('base64'));
    expect(outcome).toEqual(['AbortError', true]);
    expect((await workers()).at(-1)).toBe(false);
  });

  test('a worker that ends without a word does not keep a person waiting', async () => {
    expect((await pick(page, JPEG)).name).toBe('insitu-result');
    const before = await workers();
    const worker = page.raw.workers().find((one) => one.url().endsWith('/classifier/worker.js'));
    await worker.evaluate(() => { self.close(); });
    expect((await pick(page, golden('rgb8.png'), {timeout: 15_000})).name).toBe('insitu-result');
    expect(await workers()).toEqual([...before.slice(0, -1), true, false]);
    expect(await view(page)).toBe('result');
  });

  test('while nobody asks, the decoder is run in, and the first photo is answered', async () => {
    const marks = () => page.raw.workers().find((one) => one.url().endsWith('/classifier/worker.js'))
      .evaluate(() => performance.getEntriesByName('insitu-warm').length);
    await page.evaluate(() => window.deepAll('insitu-classifier')[0].ready.then(() => undefined));
    await until(async () => await marks() === 1, 10_000, 'the code to be run in');
    expect((await pick(page, JPEG)).name).toBe('insitu-result');
  });

  test('the model that cannot be had again is told as such, and trying again helps', async () => {
    expect((await pick(page, JPEG)).name).toBe('insitu-result');
    await page.raw.setCacheEnabled(false); // else a copy of it would do
    site.overrides.set(MODEL, (response) => response.writeHead(503).end());
    await page.evaluate(() => window.workers.at(-1).dispatchEvent(new ErrorEvent('error', {message: 'taken away by the test', cancelable: true})));
    expect((await pick(page, JPEG)).name).toBe('insitu-error');
    expect(await page.evaluate(() => window.deepAll('#failure-text')[0].textContent)).toMatch(/could not be fetched/);
    site.overrides.delete(MODEL);
    await click(page, '#again');
    await page.waitFor(() => window.deepAll('#compare').length > 0 || window.deepAll('insitu-classifier')[0].getAttribute('view') === 'start');
    expect((await pick(page, JPEG)).name).toBe('insitu-result');
  });
});

// The page waits 20 s before an idle worker goes: here the script says 300 ms.
(chromium.available ? test : test.skip)('an idle worker goes, and comes back with the next picture', async () => {
  const site = await openSite();
  const browser = await chromium.launch();
  try {
    const page = await browser.newPage();
    await page.raw.evaluateOnNewDocument(() => {
      const later = window.setTimeout;
      window.setTimeout = (run, ms, ...rest) => later(run, ms === 20_000 ? 300 : ms, ...rest);
    });
    await visit(page, site.url('/'));
    expect((await pick(page, JPEG)).name).toBe('insitu-result');
    const ours = () => page.raw.workers().filter((one) => one.url().endsWith('/classifier/worker.js')).length;
    await until(() => ours() === 0, 10_000, 'the worker to go');
    expect((await pick(page, golden('rgb8.png'))).name).toBe('insitu-result');
  } finally {
    await browser.close();
    await site.stop();
  }
});
