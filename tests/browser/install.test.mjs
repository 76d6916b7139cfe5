// Installable by Chromium's own check, with icons of the sizes they claim.
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import {wrapPage} from './drivers/chromium.mjs';
import * as chromium from './drivers/chromium.mjs';
import {openSite, visit} from './visit.mjs';

(chromium.available ? describe : describe.skip)(chromium.available ? 'installation' : `installation: ${chromium.missing}`, () => {
  let site, browser, page, client;
  beforeAll(async () => {
    site = await openSite();
    browser = await chromium.launch();
    // the browser's own profile: a private one is never installable
    const raw = await browser.raw.newPage();
    page = wrapPage(raw, () => raw.close());
    await visit(page, site.url('/'));
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    client = await raw.createCDPSession();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await site?.stop();
  });

  test('Chromium finds no reason against installing', async () => {
    const {errors} = await client.send('Page.getAppManifest');
    expect(errors).toEqual([]);
    const {installabilityErrors} = await client.send('Page.getInstallabilityErrors');
    expect(installabilityErrors).toEqual([]);
  });

  test('the same check finds a manifest without icons wanting', async () => {
    const {data} = await client.send('Page.getAppManifest');
    const manifest = new URL(await page.evaluate(() => document.querySelector('link[rel=manifest]').href)).pathname;
    site.overrides.set(manifest, JSON.stringify({...JSON.parse(data), icons: []}));
    const raw = await browser.raw.newPage();
    try {
      const other = await raw.createCDPSession();
      await raw.setBypassServiceWorker(true);
      await raw.goto(site.url('/'), {waitUntil: 'load'});
      const {installabilityErrors} = await other.send('Page.getInstallabilityErrors');
      expect(installabilityErrors.map(({errorId}) => errorId)).toContain('manifest-missing-suitable-icon');
    } finally {
      site.overrides.delete(manifest);
      await raw.close();
    }
  });

  test('icons exist in their true sizes, maskable ones too', async () => {
    const icons = await page.evaluate(async () => {
      const link = document.querySelector('link[rel=manifest]');
      const manifest = await (await fetch(link.href)).json();
      return Promise.all(manifest.icons.map(async ({src, sizes, type, purpose}) => {
        const image = new Image();
        image.src = new URL(src, link.href).href;
        await image.decode();
        return {type, purpose: purpose ?? 'any', sizes, width: image.naturalWidth, height: image.naturalHeight};
      }));
    });
    for (const {type, sizes, width, height} of icons) {
      if (type !== 'image/svg+xml') expect(sizes).toBe(`${width}x${height}`);
    }
    for (const purpose of ['any', 'maskable']) {
      const found = icons.filter((icon) => icon.purpose.split(' ').includes(purpose)).map(({width}) => width);
      expect(Math.max(...found)).toBeGreaterThanOrEqual(512);
    }
    expect(icons.some(({width}) => width === 192)).toBe(true);
  });
});
