// The first view of a site with several packs: each as a card, the one in use
// first, then those used last; what is not kept says so before the network has
// gone; a site of one pack starts as it always did.
import {cpSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, expect, test} from '@jest/globals';
import {anew} from './anew.mjs';
import {axeProblems} from './axe.mjs';
import * as chromium from './drivers/chromium.mjs';
import {choose, click, controlled, dist, golden, pick, settle, visit} from './visit.mjs';
import {Site} from './site.mjs';

(chromium.available ? describe : describe.skip)(chromium.available ? 'home' : `home: ${chromium.missing}`, () => {
  let site, page;
  anew((...made) => { [site, page] = made; });
  const cards = () => page.evaluate(() => [...document.querySelectorAll('.home-card')].map((card) =>
    [card.dataset.use, card.getAttribute('aria-current') === 'true', card.dataset.kept === 'true']));
  const shown = () => page.waitFor(() => document.querySelectorAll('.home-card').length > 1, {timeout: 60_000});

  test('the packs are cards, a tap takes another, and the last used comes first from then on, also by itself', async () => {
    await visit(page, site.url('/'));
    await shown();
    expect((await cards())[0].slice(0, 2)).toEqual(['skin', true]);
    expect(await page.evaluate(() => localStorage.length)).toBe(0); // nothing was chosen yet
    await page.evaluate(() => document.querySelector('[data-use="skin-dai2019"]').click());
    await page.waitFor(() => document.querySelector('.home-card')?.dataset.use === 'skin-dai2019', {timeout: 60_000});
    await page.evaluate(() => document.querySelector('[data-use="apple-leaf"]').click());
    await page.waitFor(() => document.querySelector('.home-card')?.dataset.use === 'apple-leaf', {timeout: 60_000});
    expect((await cards()).slice(0, 2).map(([id, is_used]) => [id, is_used])).toEqual([['apple-leaf', true], ['skin-dai2019', false]]);
    await page.goto(site.url('/')); // without the address of it
    await settle(page);
    expect((await pick(page, golden('baseline-420.jpg'))).detail.model?.id).toBe('apple-leaf');
    await page.goto(site.url('/?pack=skin')); // a link says more than what was used last
    await settle(page);
    await shown();
    expect((await cards())[0].slice(0, 2)).toEqual(['skin', true]);
    expect(page.errors).toEqual([]);
  }, 120_000);

  test('the cards come after the model, and are there only while a picture is still to be chosen', async () => {
    await visit(page, site.url('/'));
    await shown();
    const asked = site.requests.map(({path}) => path);
    expect(asked.indexOf('/models/cards.json')).toBeGreaterThan(asked.indexOf('/models/skin/skin-int8.tflite'));
    await choose(page, golden('baseline-420.jpg'));
    expect(await page.evaluate(() => document.querySelector('#home-packs').checkVisibility())).toBe(false);
    await click(page, '#other');
    await page.waitFor(() => document.querySelector('#home-packs').checkVisibility());
  });

  test('what is not kept says so, with a network and without', async () => {
    await visit(page, site.url('/'));
    await controlled(page);
    await page.waitFor(() => document.querySelector('[data-use="skin"]')?.dataset.kept === 'true', {timeout: 60_000});
    const state = (id) => page.evaluate((one) => document.querySelector(`[data-use="${one}"]`).textContent, id);
    expect(await state('apple-leaf')).toContain('Needs a network the first time.');
    await site.stop();
    await page.raw.setOfflineMode(true);
    await page.reload();
    await settle(page);
    await shown(); // the cards need nothing of a pack that is not here
    expect(await state('apple-leaf')).toContain('Not on this device: needs a network.');
    expect(await state('skin')).toContain('Works offline.');
    await page.evaluate(() => { location.hash = 'models'; });
    await page.waitFor(() => document.querySelectorAll('.model[data-pack]').length > 1);
    expect(page.errors).toEqual([]);
  }, 120_000);

  test('a remembered pack that the site has let go gives way to its first', async () => {
    await visit(page, site.url('/'));
    await page.evaluate(() => localStorage.setItem('insitu-packs', '["models/gone","imported/also-gone"]'));
    await page.goto(site.url('/'));
    await page.waitFor(() => localStorage.getItem('insitu-packs') === '["imported/also-gone"]', {timeout: 60_000});
    await page.goto(site.url('/'));
    await page.waitFor(() => localStorage.getItem('insitu-packs') === null, {timeout: 60_000});
    await page.waitFor(() => document.querySelector('#classifier').getAttribute('view') === 'start', {timeout: 60_000});
    await page.goto(site.url('/'));
    await settle(page);
    expect((await pick(page, golden('baseline-420.jpg'))).detail.model?.id).toBe('skin');
  }, 120_000);

  test.each(['en', 'ar'])('axe finds nothing, also in letters of twice the size on a narrow page (%s)', async (language) => {
    await page.raw.setViewport({width: 360, height: 740, isMobile: true, hasTouch: true});
    await visit(page, site.url(`/?lang=${language}`));
    await shown();
    expect(await axeProblems(page)).toEqual([]);
    await page.evaluate(() => { document.documentElement.style.fontSize = '200%'; });
    expect(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)).toBe(false);
  }, 90_000);

  test('a site of one pack starts as ever: no cards', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'insitu-one-'));
    cpSync(dist, folder, {recursive: true});
    writeFileSync(join(folder, 'models/cards.json'), JSON.stringify({packs: []}));
    const one = await new Site(folder).start();
    try {
      one.overrides.set('/sw.js', (response) => response.writeHead(404).end());
      await visit(page, one.url('/'));
      await page.waitFor(() => window.deepAll('#model-state')[0].hidden, {timeout: 60_000});
      await page.waitFor(() => document.querySelector('#home-packs') !== null);
      expect(await page.evaluate(() => document.querySelector('#home-packs').checkVisibility())).toBe(false);
    } finally {
      await one.stop();
      rmSync(folder, {recursive: true});
    }
  });
});
