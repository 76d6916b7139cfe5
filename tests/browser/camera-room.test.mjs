// The live view where room is scarce, with all that a camera may have and the
// longest words: a phone held sideways, and upright with letters of twice the
// size. Nothing lies over anything else, and there is a square to aim with.
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import * as chromium from './drivers/chromium.mjs';
import {click, openSite, visit} from './visit.mjs';

(chromium.available ? describe : describe.skip)(chromium.available ? 'the camera with little room' : `the camera with little room: ${chromium.missing}`, () => {
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

  const sizes = [[740, 360, 100], [667, 375, 100], [568, 320, 100], [360, 640, 100], [360, 640, 200], [360, 740, 200]];
  test.each(sizes.flatMap((size) => ['de', 'ar'].map((language) => [...size, language])))('%d x %d, letters of %d %% (%s)', async (width, height, percent, language) => {
    const page = await browser.newPage();
    try {
      await page.raw.setViewport({width, height, isMobile: true, hasTouch: true});
      await page.raw.evaluateOnNewDocument(() => {
        MediaStreamTrack.prototype.getCapabilities = () => ({torch: true, zoom: {min: 1, max: 8, step: 0.1}});
        MediaStreamTrack.prototype.applyConstraints = async () => {};
      });
      await visit(page, site.url(`/?lang=${language}`));
      await page.waitFor(() => window.deepAll('#model-state')[0]?.hidden, {timeout: 60_000});
      await page.evaluate((size) => { document.documentElement.style.fontSize = `${size}%`; }, percent);
      await click(page, '#live');
      await page.waitFor(() => window.deepAll('#reading')[0]?.checkVisibility() && !window.deepAll('#camera-choice')[0].hidden, {timeout: 60_000});
      await click(page, '#figures');
      await page.waitFor(() => window.deepAll('#live-figures')[0].textContent !== '');
      await page.evaluate(() => new Promise((resolve) => { setTimeout(resolve, 300); })); // the guide follows
      const seen = await page.evaluate(() => {
        // What finds no room in its own part scrolls there.
        const cut = (a, b) => ({left: Math.max(a.left, b.left), right: Math.min(a.right, b.right), top: Math.max(a.top, b.top), bottom: Math.min(a.bottom, b.bottom)});
        const seenOf = (one) => ['.camera-top', '.live'].map((part) => one.closest(part)).filter(Boolean).reduce((box, part) => cut(box, part.getBoundingClientRect()), one.getBoundingClientRect());
        const parts = ['#close', '.camera-top h2', '.live-line', '#live-hint', '#live-figures', '#zoom', '#camera-choice', '#torch', '#switch', '#figures', '#shutter', '.guide'];
        const boxes = parts.map((name) => [name, seenOf(window.deepAll(name)[0])]);
        const live = window.deepAll('.live')[0];
        const line = window.deepAll('.live-line')[0].getBoundingClientRect();
        return {
          square: Math.round(window.deepAll('.guide')[0].getBoundingClientRect().width),
          isNameSeen: Math.min(line.bottom, line.top + 30) <= live.getBoundingClientRect().bottom,
          over: boxes.flatMap(([one, a], at) => boxes.slice(at + 1)
            .filter(([, b]) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom).map(([other]) => `${one} and ${other}`)),
          outside: boxes.filter(([, {left, top, right, bottom}]) => left < 0 || top < 0 || right > innerWidth || bottom > innerHeight).map(([name]) => name),
        };
      });
      expect(seen).toEqual({square: expect.any(Number), isNameSeen: true, over: [], outside: []});
      expect(seen.square).toBeGreaterThanOrEqual(120);
    } finally {
      await page.close();
    }
  }, 60_000);
});
