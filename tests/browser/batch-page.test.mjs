// A batch and the page round it: a picture of it is opened with the model that
// it was judged by, and an update waits until nothing of it would be lost.
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, describe, expect, test} from '@jest/globals';
import {anew} from './anew.mjs';
import * as chromium from './drivers/chromium.mjs';
import {catchSaved, controlled, dist, golden, pick, visit} from './visit.mjs';

const PICTURES = ['baseline-420.jpg', 'baseline-444.jpg'].map(golden);
const folder = mkdtempSync(join(tmpdir(), 'insitu-batch-page-'));
afterAll(() => rmSync(folder, {recursive: true}));

(chromium.available ? describe : describe.skip)(chromium.available ? 'a batch in the page' : `a batch in the page: ${chromium.missing}`, () => {
  let site, page;
  anew((...made) => { [site, page] = made; });

  async function open(language = 'en') {
    await visit(page, site.url(`/?lang=${language}`));
    await page.evaluate(() => { location.hash = 'batch'; });
    await page.waitFor(() => document.querySelector('#batch-pick'));
  }
  const press = (selector) => page.evaluate((wanted) => document.querySelector(wanted).click(), selector);
  const choose = async () => (await page.raw.$('#batch-files')).uploadFile(...PICTURES);
  const isDone = () => page.waitFor(() => document.querySelector('#batch-progress')?.hidden, {timeout: 120_000});
  async function offerUpdate() {
    const worker = readFileSync(join(dist, 'sw.js'), 'utf8');
    site.overrides.set('/sw.js', worker.replace(/("?version"?:\s*"[^"]+)"/, '$1-next"'));
    await page.evaluate(() => navigator.serviceWorker.getRegistration().then((registration) => registration.update()).then(() => undefined));
    await page.waitFor(() => !document.querySelector('#update').hidden, {timeout: 60_000});
    await page.evaluate(() => { window.isSame = true; });
  }
  const isSame = () => page.evaluate(() => window.isSame === true);

  test('a picture of it is opened with the model that it was judged by', async () => {
    await open();
    await page.evaluate(() => {
      const field = document.querySelector('#batch-pack');
      field.value = [...field.options].find(({value}) => value.endsWith('/apple-leaf/')).value;
      field.dispatchEvent(new Event('change'));
    });
    await page.waitFor(() => document.querySelector('#batch-pack')?.value.endsWith('/apple-leaf/'));
    await choose();
    await isDone();
    await press('#batch-table .open');
    await page.waitFor(() => window.deepAll('insitu-classifier')[0].getAttribute('view') === 'frame', {timeout: 60_000});
    expect(await page.evaluate(() => window.deepAll('insitu-classifier')[0].ready.then(({id}) => id))).toBe('apple-leaf');
  }, 180_000);

  test('and under the prior that it was judged under, it alone', async () => {
    await open();
    const prior = await page.evaluate(() => {
      const field = document.querySelector('#batch-prior');
      field.value = [...field.options].find(({selected}) => !selected).value;
      field.dispatchEvent(new Event('change'));
      return field.value;
    });
    await choose();
    await isDone();
    await press('#batch-table .open');
    await page.waitFor(() => window.deepAll('#compare').length > 0, {timeout: 60_000});
    await page.evaluate(() => {
      window.priors = [];
      addEventListener('insitu-result', ({detail}) => window.priors.push(detail.model.prior));
      window.deepAll('#compare')[0].click();
    });
    await page.waitFor(() => window.priors.length === 1, {timeout: 60_000});
    const {detail} = await pick(page, PICTURES[1]); // the next is none of it
    expect([await page.evaluate(() => window.priors[0]), detail.model.prior]).toEqual([prior, JSON.parse(readFileSync(join(dist, 'models/skin/pack.json'), 'utf8')).calibration.default_prior]);
    expect(detail.model.prior).not.toBe(prior);
  }, 180_000);

  test('opened after a reload, it has its thumbnails once its files are chosen again', async () => {
    const paths = ['photo.jpg', 'exif-6.jpg', 'grey.jpg', 'icc-p3.png'].map(golden);
    const thumbs = () => page.evaluate((num) => {
      const images = [...document.querySelectorAll('#batch-table td.thumb img')];
      if (images.length < num || !images.every(({complete, naturalWidth}) => complete && naturalWidth)) return null;
      return Object.fromEntries(images.map((image) => {
        const context = new OffscreenCanvas(image.naturalWidth, image.naturalHeight).getContext('2d');
        context.drawImage(image, 0, 0);
        return [image.closest('tr').dataset.path, [...context.getImageData(0, 0, image.naturalWidth, image.naturalHeight).data]];
      }));
    }, paths.length);
    const allThumbs = async () => {
      for (;;) {
        const found = await thumbs();
        if (found) return found;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    };
    await open();
    await (await page.raw.$('#batch-files')).uploadFile(...paths);
    await isDone();
    const judged = await allThumbs();
    await open();
    await press('#batch-kept .resume');
    await page.waitFor(() => document.querySelectorAll('#batch-table tr[data-state="done"]').length === 4);
    expect(await page.evaluate(() => document.querySelectorAll('#batch-table img, #batch-table .open').length)).toBe(0);
    await page.waitFor(() => document.querySelector('#batch-pick-again')); // though nothing is left to judge
    await (await page.raw.$('#batch-again')).uploadFile(...paths.toReversed());
    const again = await allThumbs();
    // Of the part that was judged, upright, in its colours: by the browser's own decoder and scaling.
    expect(Object.keys(judged).length).toBe(4);
    Object.entries(judged).forEach(([path, pixels]) => {
      const difference = pixels.reduce((sum, value, index) => sum + Math.abs(value - again[path][index]), 0) / pixels.length;
      expect([path, difference < 6]).toEqual([path, true]);
    });
    expect(await page.evaluate(() => document.querySelectorAll('#batch-table .open').length)).toBe(4);
    expect(await page.evaluate(() => document.querySelector('#batch-pick-again'))).toBe(null);
    expect(page.errors).toEqual([]);
  }, 180_000);

  test('an update that is agreed to waits for answers that nobody keeps, until they are left', async () => {
    await open();
    await controlled(page);
    await press('#batch-keep');
    await choose();
    await isDone();
    await offerUpdate();
    await press('#update-now');
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect([await isSame(), await page.evaluate(() => document.querySelectorAll('#batch-table tr[data-path]').length)]).toEqual([true, 2]);
    expect(await page.evaluate(() => document.querySelector('#update-words').textContent)).toMatch(/when you have finished here/);
    await press('#batch-new');
    await page.raw.waitForFunction(() => window.isSame === undefined, {timeout: 60_000});
  }, 180_000);

  test('answers of another version of the pack cannot be gone on with, but can be saved', async () => {
    await open();
    await choose();
    await isDone();
    const path = join(dist, 'models/skin/pack.json');
    site.overrides.set('/models/skin/pack.json', readFileSync(path, 'utf8').replace(/"version": ?"[^"]+"/, '"version": "99.0.0"'));
    await page.evaluate(async () => {
      for (const one of await navigator.serviceWorker.getRegistrations()) await one.unregister();
      for (const name of await caches.keys()) await caches.delete(name);
    });
    await open();
    await catchSaved(page);
    await press('#batch-kept .resume');
    await page.waitFor(() => /has version 99\.0\.0/.test(document.querySelector('#batch-problem')?.textContent));
    await press('#batch-kept .save');
    await page.waitFor(() => Object.keys(window.saved).length === 1);
    const lines = (await page.evaluate(() => Object.values(window.saved)[0])).trim().split('\n').map((line) => JSON.parse(line));
    expect(lines.map(({file, ok}) => [file, ok])).toEqual([['baseline-420.jpg', true], ['baseline-444.jpg', true]]);
  }, 180_000);

  test('in another language why there is no answer is said in that language', async () => {
    const cut = join(folder, 'cut.jpg');
    writeFileSync(cut, readFileSync(PICTURES[0]).subarray(0, 900));
    await open('de');
    await (await page.raw.$('#batch-files')).uploadFile(...PICTURES, cut);
    await isDone();
    const [said, title] = await page.waitFor(() => {
      const why = document.querySelector('#batch-table tr[data-state="failed"] .why');
      return why && [why.textContent, why.title];
    });
    expect(said).toMatch(/^Diese Datei/);
    expect(title).not.toBe(said);
  }, 120_000);

  test('and does not wait for those that are kept', async () => {
    await open();
    await controlled(page);
    await choose();
    await isDone();
    await offerUpdate();
    await press('#update-now');
    await page.raw.waitForFunction(() => window.isSame === undefined, {timeout: 60_000});
  }, 180_000);
});
