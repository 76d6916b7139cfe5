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

  // Another language than it was used in, and what there is to read, are asked for by nobody else.
  test.each([['taken on the page', async () => {
    await visit(page, site.url('/?lang=en'));
    await controlled(page);
    await shown();
    await page.evaluate(() => document.querySelector('[data-use="apple-leaf"]').click());
  }], ['that a link named, on the first visit', async () => {
    await visit(page, site.url('/?lang=en&pack=apple-leaf'));
    await controlled(page);
  }]])('a pack %s is kept once it is used: in every language, its card and its report too', async (_, open) => {
    await open();
    await page.waitFor(() => document.querySelector('.home-card')?.dataset.use === 'apple-leaf', {timeout: 60_000});
    await page.waitFor(() => document.querySelector('[data-use="apple-leaf"]').dataset.kept === 'true', {timeout: 60_000});
    await page.waitFor(() => document.querySelector('#offline-state').dataset.state === 'ready');
    expect(await page.evaluate(() => document.querySelector('[data-use="apple-leaf"]').textContent)).toContain('In use Works offline.');
    await site.stop();
    await page.goto(site.url('/?lang=ar&pack=apple-leaf'));
    await settle(page);
    expect((await pick(page, golden('baseline-420.jpg'))).detail.model?.id).toBe('apple-leaf');
    await page.goto(site.url('/models/apple-leaf/card.html'));
    expect(await page.evaluate(() => [document.querySelectorAll('h2').length > 5, [...document.images].every((one) => one.naturalWidth > 0)])).toEqual([true, true]);
    await page.goto(await page.evaluate(() => document.querySelector('a').href));
    expect(await page.evaluate(() => document.querySelectorAll('table').length)).toBeGreaterThan(3);
  }, 120_000);

  test('a pack that is not here cannot be had without a network: it is told, and one that is here can be taken', async () => {
    await visit(page, site.url('/?lang=en'));
    await controlled(page);
    await page.waitFor(() => document.querySelector('[data-use="skin"]')?.dataset.kept === 'true', {timeout: 60_000});
    await site.stop();
    await page.raw.setOfflineMode(true);
    const isStranded = async () => {
      await page.waitFor(() => window.deepAll('#failure-text').length > 0, {timeout: 60_000});
      await page.waitFor(() => document.querySelector('#home-packs')?.checkVisibility(), {timeout: 60_000});
      // Both are told once the pack's copies have been looked for.
      await page.waitFor(() => document.querySelector('#offline-state').textContent === 'Model not kept' && !document.querySelector('.home-card[aria-current]'), {timeout: 60_000});
    };
    await page.evaluate(() => document.querySelector('[data-use="apple-leaf"]').click());
    await isStranded();
    await page.reload(); // it was the last that was used
    await settle(page).catch(() => {}); // nothing to choose a picture for
    await isStranded();
    await page.evaluate(() => document.querySelector('[data-use="skin"]').click());
    await page.waitFor(() => document.querySelector('#offline-state').textContent === 'Offline, and working', {timeout: 60_000});
    await settle(page);
    expect((await pick(page, golden('baseline-420.jpg'))).detail.model?.id).toBe('skin');
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
