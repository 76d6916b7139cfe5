// A person who does not wait: what was left while the model loads does not come
// back when loading fails, and the failure is still told, once, with a way on.
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from '@jest/globals';
import {readFileSync} from 'node:fs';
import * as chromium from './drivers/chromium.mjs';
import {click, dist, golden, openSite, pick, text, view, visit} from './visit.mjs';

const JPEG = golden('baseline-420.jpg');
const PNG = golden('rgb8.png');
const pack = JSON.parse(readFileSync(`${dist}/models/skin/pack.json`, 'utf8'));
const MODEL = `/models/skin/${pack.variants.find(({name}) => name === pack.default_variant).file}`;

(chromium.available ? describe : describe.skip)(chromium.available ? 'left while the model loads' : `left while the model loads: ${chromium.missing}`, () => {
  let site, browser, page, held;
  beforeAll(async () => { browser = await chromium.launch(); });
  afterAll(() => browser?.close());
  // The server holds the model back until the test says how it ends.
  beforeEach(async () => {
    site = await openSite();
    held = [];
    site.overrides.set(MODEL, (response) => held.push(response));
    page = await browser.newPage();
    await visit(page, site.url('/'));
  });
  afterEach(async () => {
    await page.close();
    await site.stop();
  });

  function failToLoad() {
    expect(held.length).toBeGreaterThan(0); // it was asked for
    site.overrides.set(MODEL, (response) => response.writeHead(503).end());
    for (const response of held) response.writeHead(503).end();
  }
  const comeBack = () => site.overrides.delete(MODEL);
  const put = (path) => page.pickFile(() => window.deepAll('#file')[0], path);
  const waitForView = (name) => page.waitFor((wanted) => window.deepAll('insitu-classifier')[0].getAttribute('view') === wanted, {args: [name]});
  const errors = () => page.evaluate(() => window.seen.filter(({name}) => name === 'insitu-error').map(({detail}) => detail.file ?? null));

  test.each(['#cancel', '#home'])('a photo left by %s: the failure is told, and trying again leads to the start', async (way_out) => {
    await put(JPEG);
    await waitForView('working');
    await click(page, way_out);
    expect(await view(page)).toBe('start');
    failToLoad();
    await waitForView('failure');
    expect(await text(page)).toContain('503');
    expect(await errors()).toEqual(['models/']); // of the pack, of no photo
    comeBack();
    await click(page, '#again');
    await waitForView('start');
    expect((await pick(page, JPEG)).name).toBe('insitu-result');
  });

  test('another photo meanwhile: one failure, and trying again goes on with that photo', async () => {
    await put(JPEG);
    await waitForView('working');
    const png = readFileSync(PNG).toString('base64');
    await page.evaluate((base64) => {
      const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
      window.deepAll('insitu-classifier')[0].open(new File([bytes], 'second.png', {type: 'image/png'}));
    }, png);
    failToLoad();
    await waitForView('failure');
    expect(await errors()).toEqual(['second.png']);
    comeBack();
    await click(page, '#again');
    await waitForView('frame');
    await click(page, '#compare');
    await waitForView('result');
    expect(await page.evaluate(() => window.seen.at(-1).detail.file)).toBe('second.png');
  });

  test('the classifier taken out of the page and put back: the next failure is told', async () => {
    await put(JPEG);
    await waitForView('working');
    await page.evaluate(() => {
      const [element] = window.deepAll('insitu-classifier');
      const parent = element.parentNode;
      element.remove();
      parent.append(element);
    });
    failToLoad();
    await waitForView('failure');
    expect(await errors()).toEqual(['models/']);
    comeBack();
    await click(page, '#again');
    await waitForView('start');
    expect((await pick(page, JPEG)).name).toBe('insitu-result');
  });
});
