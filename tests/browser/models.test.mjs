// The packs as cards: which is used, which is kept, and that what is kept
// answers without a network.
import {describe, expect, test} from '@jest/globals';
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {join} from 'node:path';
import {anew} from './anew.mjs';
import * as chromium from './drivers/chromium.mjs';
import {controlled, dist, golden, pick, settle, visit} from './visit.mjs';

const INDEX = JSON.parse(readFileSync(join(dist, 'models/index.json'), 'utf8'));

(chromium.available ? describe : describe.skip)(chromium.available ? 'models' : `models: ${chromium.missing}`, () => {
  let site, page;
  anew((...made) => { [site, page] = made; });
  async function open(language = 'en') {
    await visit(page, site.url(`/?lang=${language}`));
    await controlled(page);
    await page.evaluate(() => { location.hash = 'models'; });
    await page.waitFor((count) => document.querySelectorAll('.model').length === count, {args: [INDEX.packs.length]});
  }
  const cards = () => page.evaluate(() => [...document.querySelectorAll('.model')].map((card) =>
    [card.dataset.pack, card.dataset.kept, [...card.querySelectorAll('button')].map((button) => button.dataset.do).join(' ')]));
  const press = (pack, action) => page.evaluate((one, what) => document.querySelector(`[data-pack="${one}"] [data-do="${what}"]`).click(), pack, action);

  test('the other pack is kept when asked for, answers without a network, and goes when asked to', async () => {
    await open();
    const before = await cards();
    expect(before[0]).toEqual(['skin', 'true', '']); // kept from the first visit on, and for good
    expect(before).toContainEqual(['skin-dai2019', 'false', 'use keep']);
    expect(before.length).toBe(INDEX.packs.length);
    await press('skin-dai2019', 'keep');
    await page.waitFor(() => document.querySelector('[data-pack="skin-dai2019"]')?.dataset.kept === 'true', {timeout: 60_000});
    await press('skin-dai2019', 'use');
    await page.waitFor(() => document.querySelector('#models').hidden);
    await page.waitFor(() => new URL(location.href).searchParams.get('pack') === 'skin-dai2019');
    await site.stop();
    await page.reload();
    await settle(page);
    const {name, detail} = await pick(page, golden('baseline-420.jpg'));
    expect([name, detail.model?.id]).toEqual(['insitu-result', 'skin-dai2019']);
    await site.start();
    await page.evaluate(() => { location.hash = 'models'; });
    await page.waitFor((count) => document.querySelectorAll('.model').length === count, {args: [INDEX.packs.length]});
    expect((await cards())[0]).toEqual(['skin-dai2019', 'true', 'remove']); // the one in use comes first
    await press('skin-dai2019', 'remove');
    await page.waitFor(() => document.querySelector('[data-pack="skin-dai2019"]')?.dataset.kept === 'false');
    // It is the one in use: the bar says so at once, and that it is here again.
    await page.waitFor(() => document.querySelector('#offline-state').dataset.state === 'partly');
    await press('skin-dai2019', 'keep');
    await page.waitFor(() => document.querySelector('#offline-state').dataset.state === 'ready', {timeout: 60_000});
    expect(page.errors).toEqual([]);
  }, 180_000);

  test('opened before anything was kept, the cards say so once it is', async () => {
    let release;
    const held = new Promise((resolve) => { release = resolve; });
    site.overrides.set('/sw.js', async (response) => {
      await held;
      response.writeHead(200, {'content-type': 'text/javascript'}).end(readFileSync(join(dist, 'sw.js')));
    });
    await visit(page, site.url('/?lang=en#models'));
    await page.waitFor(() => document.querySelector('[data-pack="skin"]')?.dataset.kept === 'false', {timeout: 60_000});
    release();
    await page.waitFor(() => document.querySelector('[data-pack="skin"]').dataset.kept === 'true', {timeout: 60_000});
  }, 90_000);

  test('how far a pack is on its way stays on its card where the cards are drawn anew, and it is fetched once', async () => {
    let release;
    const held = new Promise((resolve) => { release = resolve; });
    const model = '/models/skin-dai2019/skin-dai2019-float32.tflite';
    let num_asked = 0;
    site.overrides.set(model, async (response) => {
      num_asked++;
      const bytes = readFileSync(join(dist, model));
      response.writeHead(200, {'content-type': 'application/octet-stream'}).write(bytes.subarray(0, 500_000));
      await held;
      response.end(bytes.subarray(500_000));
    });
    await open();
    const told = () => page.evaluate(() => document.querySelector('[data-pack="skin-dai2019"] [role="status"]')?.textContent);
    await press('skin-dai2019', 'keep');
    await page.waitFor(() => document.querySelector('[data-pack="skin-dai2019"] [role="status"]').textContent !== '');
    await page.evaluate(() => {
      document.querySelector('[data-pack="skin-dai2019"]').id = 'before';
      dispatchEvent(new Event('insitu-kept'));
    });
    await page.waitFor(() => !document.querySelector('#before'));
    expect(await told()).toMatch(/MB|KB/);
    await press('skin-dai2019', 'keep');
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(num_asked).toBe(1);
    release();
    await page.waitFor(() => document.querySelector('[data-pack="skin-dai2019"]').dataset.kept === 'true', {timeout: 60_000});
  }, 120_000);

  test('another pack that is taken while an answer is shown begins anew: it did not say that', async () => {
    await visit(page, site.url('/'));
    await pick(page, golden('baseline-420.jpg'));
    const view = () => document.querySelector('insitu-classifier').view;
    await page.evaluate(() => { location.hash = 'models'; });
    await page.waitFor(() => document.querySelector('[data-pack="chest-xray"] [data-do="use"]'));
    expect(await page.evaluate(view)).toBe('result');
    await press('chest-xray', 'use');
    await page.waitFor(() => document.querySelector('#models').hidden);
    expect(await page.evaluate(view)).toBe('start');
  }, 60_000);

  test('what is dropped where the cards are is answered where it can be seen', async () => {
    await page.raw.setViewport({width: 390, height: 844, isMobile: true, hasTouch: true});
    await open();
    await page.waitFor(() => document.activeElement.id === 'models-heading'); // until then the screen still scrolls to its top
    await page.evaluate(() => {
      scrollTo(0, 0);
      const dropped = new DataTransfer();
      dropped.items.add(new File(['no model'], 'notes.txt'));
      document.querySelector('#models-heading').dispatchEvent(new DragEvent('drop', {bubbles: true, cancelable: true, dataTransfer: dropped}));
    });
    await page.waitFor(() => document.querySelector('#import-problem').textContent !== '');
    await page.waitFor(() => {
      const {top, bottom} = document.querySelector('#import-problem').getBoundingClientRect();
      return top >= 0 && bottom <= innerHeight;
    });
  }, 60_000);

  test.each(['en', 'de', 'ar'])('axe finds nothing, and nothing runs out of a narrow page (%s)', async (language) => {
    await page.raw.setViewport({width: 320, height: 740, isMobile: true, hasTouch: true});
    await open(language);
    // "Use it" of nine cards: each says which.
    expect(await page.evaluate(() => [...document.querySelectorAll('.model .row > *')].filter((one) =>
      document.getElementById(one.getAttribute('aria-describedby')) !== one.closest('.model').querySelector('h2')).length)).toBe(0);
    for (const scheme of ['light', 'dark']) {
      await page.raw.emulateMediaFeatures([{name: 'prefers-color-scheme', value: scheme}, {name: 'prefers-reduced-motion', value: 'reduce'}]);
      await page.raw.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
      const {violations, passes} = await page.evaluate(() => axe.run(document, {resultTypes: ['violations', 'passes'],
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}));
      expect(passes.length).toBeGreaterThan(10);
      expect(violations.map(({id, nodes}) => `${id}: ${nodes.map(({target}) => target.flat().join(' ')).join(', ')}`)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)).toBe(false);
    }
  }, 90_000);
});
