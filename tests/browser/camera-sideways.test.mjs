// The live view on a phone held sideways, with all that a camera may have and
// the longest words: nothing lies over anything else.
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import * as chromium from './drivers/chromium.mjs';
import {click, openSite, visit} from './visit.mjs';

(chromium.available ? describe : describe.skip)(chromium.available ? 'the camera held sideways' : `the camera held sideways: ${chromium.missing}`, () => {
  let site, browser;
  beforeAll(async () => {
    site = await openSite();
    site.overrides.set('/sw.js', (response) => response.writeHead(404).end());
    browser = await chromium.launch({args: ['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream=device-count=3']});
  });
  afterAll(async () => {
    await browser?.close();
    await site?.stop();
  });

  test.each([[740, 360], [667, 375], [568, 320]].flatMap((size) => ['de', 'ar'].map((language) => [...size, language])))('%d x %d (%s)', async (width, height, language) => {
    const page = await browser.newPage();
    try {
      await page.raw.setViewport({width, height, isMobile: true, hasTouch: true});
      await page.raw.evaluateOnNewDocument(() => {
        MediaStreamTrack.prototype.getCapabilities = () => ({torch: true, zoom: {min: 1, max: 8, step: 0.1}});
        MediaStreamTrack.prototype.applyConstraints = async () => {};
      });
      await visit(page, site.url(`/?lang=${language}`));
      await page.waitFor(() => window.deepAll('#model-state')[0]?.hidden, {timeout: 60_000});
      await click(page, '#live');
      await page.waitFor(() => window.deepAll('#reading')[0]?.checkVisibility() && !window.deepAll('#camera-choice')[0].hidden, {timeout: 60_000});
      await click(page, '#figures');
      await page.waitFor(() => window.deepAll('#live-figures')[0].textContent !== '');
      const seen = await page.evaluate(() => {
        const parts = ['.camera-top h2', '.live-line', '#live-hint', '#live-figures', '#zoom', '#camera-choice', '#torch', '#switch', '#figures', '#shutter', '.guide'];
        const boxes = parts.map((name) => [name, window.deepAll(name)[0].getBoundingClientRect()]);
        return {
          over: boxes.flatMap(([one, a], at) => boxes.slice(at + 1)
            .filter(([, b]) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom).map(([other]) => `${one} and ${other}`)),
          outside: boxes.filter(([, {left, top, right, bottom}]) => left < 0 || top < 0 || right > innerWidth || bottom > innerHeight).map(([name]) => name),
        };
      });
      expect(seen).toEqual({over: [], outside: []});
    } finally {
      await page.close();
    }
  }, 60_000);
});
