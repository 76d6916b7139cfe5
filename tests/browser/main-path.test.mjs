// The main job in every engine at hand: a picked JPEG is answered as the
// command answers it, and again with the server gone.
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import * as chromium from './drivers/chromium.mjs';
import * as firefox from './drivers/firefox.mjs';
import * as webkit from './drivers/webkit.mjs';
import {CLASS_IDS, classifyNative, difference, golden, openSite, pick, settle, text, TOLERANCE, visit} from './visit.mjs';

const PICTURE = golden('baseline-420.jpg');

// Static hosts seldom let one choose headers: the page works without them too.
const CASES = [
  ['Chromium', chromium, undefined], ['Chromium, a host without headers', chromium, {}],
  ['Firefox ESR', firefox, undefined], ['Firefox ESR, a host without headers', firefox, {}],
  ['WebKitGTK', webkit, undefined], ['WebKitGTK, a host without headers', webkit, {}],
];

for (const [name, driver, headers] of CASES) {
  const suite = driver.available ? describe : describe.skip;
  suite(driver.available ? name : `${name}: ${driver.missing}`, () => {
    let site, browser, page, native;

    beforeAll(async () => {
      [native] = classifyNative([PICTURE]);
      site = await openSite({headers});
      browser = await driver.launch();
      page = await browser.newPage();
    }, 120_000);
    afterAll(async () => {
      await page?.close();
      await browser?.close();
      await site?.stop().catch(() => {}); // stopped by the last test
    });

    test('a picked JPEG gives seven classes, as the command', async () => {
      await visit(page, site.url('/'));
      const {name: event, detail} = await pick(page, PICTURE);
      expect([event, detail.message]).toEqual(['insitu-result', undefined]);
      expect(detail.ok).toBe(true);
      expect(detail.classes.map(({id}) => id).sort()).toEqual(CLASS_IDS);
      expect(detail.classes.reduce((sum, {p}) => sum + p, 0)).toBeCloseTo(1, 3);
      expect(detail.top.id).toBe(native.top.id);
      expect(difference(detail, native)).toBeLessThan(TOLERANCE);
      expect(detail.model).toEqual(native.model);
    });

    test('the page shows every class and that it is no diagnosis', async () => {
      await page.evaluate(() => window.deepAll('#small-shares').forEach((fold) => { fold.open = true; }));
      const shown = await text(page);
      for (const {label} of native.classes) expect(shown).toContain(label);
      expect(shown).toMatch(/not a diagnosis/i);
    });

    test('with the server stopped the page reloads and answers again', async () => {
      await page.evaluate(async () => { await navigator.serviceWorker.ready; });
      await page.waitFor(() => Boolean(navigator.serviceWorker.controller) || navigator.serviceWorker.ready.then((r) => r.active?.state === 'activated'));
      await site.stop();
      await page.reload();
      await settle(page);
      const {name: event, detail} = await pick(page, PICTURE);
      expect(event).toBe('insitu-result');
      expect(difference(detail, native)).toBeLessThan(TOLERANCE);
    });
  });
}
