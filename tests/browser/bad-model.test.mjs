// A model that is not the pack's, does not come whole, or comes slowly: no
// answer is ever given with it, the page says what is wrong, and goes on once
// the host is well again.
import {afterAll, afterEach, beforeAll, describe, expect, test} from '@jest/globals';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import * as chromium from './drivers/chromium.mjs';
import {arrive, click, dist, golden, openSite, pick, settle, told} from './visit.mjs';

const PATH = '/models/skin/skin-int8.tflite';
const model = readFileSync(join(dist, PATH));
const flipped = Buffer.from(model);
flipped[model.length >> 1] ^= 1; // one bit of one weight: the file is well formed

const HOSTS = [
  ['one bit is another', () => flipped, 'digest-mismatch', /SHA-256/, 2],
  ['half of it is there', () => model.subarray(0, model.length >> 1), 'truncated', new RegExp(`has ${model.length >> 1} bytes, pack.json says ${model.length}`), 2],
  ['there is a byte too many', () => Buffer.concat([model, Buffer.alloc(1)]), 'digest-mismatch', new RegExp(`longer than ${model.length} bytes`), 2],
  ['the connection breaks off', () => (response) => {
    response.writeHead(200, {'content-length': model.length});
    response.write(model.subarray(0, 1_000_000), () => response.destroy());
  }, 'io', new RegExp(`stopped after \\d+ of ${model.length} bytes`), null], // tried again and again: at least four times
];

(chromium.available ? describe : describe.skip)(chromium.available ? 'a bad model' : `a bad model: ${chromium.missing}`, () => {
  let browser, site, page;
  beforeAll(async () => { browser = await chromium.launch(); });
  afterAll(() => browser?.close());
  afterEach(async () => {
    await page?.close();
    await site?.stop();
  });
  // Each on a site of its own: the browser keeps nothing of the one before.
  async function open({worker = (script) => script, host}) {
    site = await openSite();
    site.overrides.set('/classifier/worker.js', worker(readFileSync(join(dist, 'classifier/worker.js'), 'utf8')));
    site.overrides.set(PATH, host);
    // The service worker asks for the model too: not here, where requests are counted.
    site.overrides.set('/sw.js', (response) => response.writeHead(404).end());
    page = await browser.newPage();
    await arrive(page, site.url('/'));
  }
  const failure = async () => ({detail: await told(page, '#failure-detail'),
    ready: await page.evaluate(() => window.deepAll('insitu-classifier')[0].ready.then(() => 'ready', (error) => error.status))});

  test.each(HOSTS)('%s: refused, and asked for anew where the host is well again', async (_, host, status, message, times) => {
    await open({host: host()});
    expect(await failure()).toEqual({ready: status, detail: expect.stringMatching(message)});
    const num_asked = site.requests.filter(({path}) => path === PATH).length;
    if (times === null) expect(num_asked).toBeGreaterThanOrEqual(4);
    else expect(num_asked).toBe(times);
    site.overrides.delete(PATH);
    await click(page, '#again');
    await page.waitFor(() => window.deepAll('insitu-classifier')[0].ready.then(() => true, () => false));
    await settle(page);
    expect((await pick(page, golden('baseline-420.jpg'))).name).toBe('insitu-result');
  });

  test('without crypto.subtle the core compares, and refuses', async () => {
    await open({host: flipped, worker: (script) => `Object.defineProperty(Crypto.prototype, 'subtle', {get() {}});\n${script}`});
    expect(await failure()).toEqual({ready: 'digest-mismatch', detail: expect.stringMatching(/SHA-256/)});
  });

  test('on its way slowly, a photo waits for it', async () => {
    let release;
    await open({host: (response) => {
      response.writeHead(200, {'content-length': model.length});
      response.write(model.subarray(0, 3_000_000));
      release = () => response.end(model.subarray(3_000_000));
    }});
    await settle(page);
    await page.waitFor(() => /\b3(\.0)? MB of \d/.test(window.deepAll('#model-state')[0]?.textContent ?? ''));
    await page.pickFile(() => window.deepAll('#file')[0], golden('baseline-420.jpg'));
    await page.waitFor(() => window.deepAll('insitu-classifier')[0].getAttribute('view') === 'working');
    release();
    await page.waitFor(() => window.deepAll('#compare').length > 0);
    await click(page, '#compare');
    await page.waitFor(() => window.seen.length > 0);
    expect(await page.evaluate(() => window.seen[0].name)).toBe('insitu-result');
  });
});
