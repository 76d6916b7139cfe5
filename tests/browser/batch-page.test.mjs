// A batch and the page round it: a picture of it is opened with the model that
// it was judged by, an update waits until nothing of it would be lost, and what
// failed, or cannot be kept, is said in the page's words. Which files are a
// batch's own: batch-files.test.mjs.
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, describe, expect, test} from '@jest/globals';
import {anew} from './anew.mjs';
import {PICTURES, batchSteps} from './batch.mjs';
import * as chromium from './drivers/chromium.mjs';
import de from '../../web/locales/de.js';
import {elementsOf, withHead} from '../web/dicom-writer.mjs';
import {catchSaved, controlled, dist, golden, pick} from './visit.mjs';

const folder = mkdtempSync(join(tmpdir(), 'insitu-batch-page-'));
afterAll(() => rmSync(folder, {recursive: true}));

(chromium.available ? describe : describe.skip)(chromium.available ? 'a batch in the page' : `a batch in the page: ${chromium.missing}`, () => {
  let site, page;
  anew((...made) => { [site, page] = made; });

  const {open, press, choose, isDone} = batchSteps(() => [site, page]);
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
    await press('#batch-drop-go'); // as they are lost, it is asked
    await page.raw.waitForFunction(() => window.isSame === undefined, {timeout: 60_000});
  }, 180_000);

  test('and does not wait for those that are kept', async () => {
    await open();
    await controlled(page);
    await choose();
    await isDone();
    await offerUpdate();
    await press('#update-now');
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
    await choose([...PICTURES, cut]);
    await isDone();
    const [said, title] = await page.waitFor(() => {
      const why = document.querySelector('#batch-table tr[data-state="failed"] .why');
      return why && [why.textContent, why.title];
    });
    expect(said).toMatch(/^Diese Datei/);
    expect(title).not.toBe(said);
  }, 120_000);

  test('of a DICOM file of several frames a row says what a single picture does, also once it is opened again, and its files name that', async () => {
    const frames = join(folder, 'frames.dcm');
    writeFileSync(frames, Buffer.from(withHead(elementsOf([[0x00280008, 'IS', '2']], [0, 1, 2, 3]))));
    await open('de');
    await catchSaved(page);
    await choose(frames);
    await isDone();
    const row = () => page.waitFor(() => {
      const why = document.querySelector('#batch-table tr[data-state="failed"] .why');
      return why && [why.textContent, why.title];
    });
    const own = expect.stringMatching(/holds 2 frames.*save the one that you mean/);
    expect(await row()).toEqual([de.fail_frames, own]);
    for (const id of ['#batch-csv', '#batch-json']) await press(id);
    const saved = (ending) => page.waitFor((end) => Object.entries(window.saved).find(([name]) => name.endsWith(end))?.[1], {args: [ending]});
    expect(JSON.parse(await saved('.jsonl'))).toEqual({file: 'frames.dcm', ok: false, status: 'several-frames', message: own});
    expect(await saved('.csv')).toMatch(/several-frames,[^\n]*holds 2 frames/);
    await open('de');
    await press('#batch-kept .resume');
    expect(await row()).toEqual([de.fail_frames, own]);
  }, 120_000);

  test('on a small phone no word of its buttons is broken', async () => {
    await page.raw.setViewport({width: 360, height: 740, isMobile: true, hasTouch: true});
    await open('de');
    await page.evaluate(() => {
      const {put} = IDBObjectStore.prototype;
      IDBObjectStore.prototype.put = function stop(value) {
        if (value.line) document.querySelector('#batch-stop')?.click();
        return put.call(this, value);
      };
    });
    await choose([...PICTURES, ...['photo.jpg', 'grey.jpg'].map(golden)]);
    const lines = await page.waitFor(() => {
      const node = document.querySelector('#batch-go')?.firstChild;
      if (!node) return null;
      const range = document.createRange();
      range.selectNodeContents(node);
      return [node.data, range.getClientRects().length];
    }, {timeout: 60_000});
    expect(lines).toEqual(['Weitermachen', 1]);
  }, 60_000);

  // As a disk that is full: from the next answer on nothing more is taken.
  const fillDisk = (kept) => page.evaluate((count) => {
    const { put } = IDBObjectStore.prototype;
    let left = count;
    IDBObjectStore.prototype.put = function refuse(value) {
      if (value.line && left-- <= 0) throw new DOMException('no room is left', 'QuotaExceededError');
      return put.call(this, value);
    };
  }, kept);
  const fault = () => page.evaluate(() => {
    const shown = document.querySelector('#batch-fault');
    const own = shown.querySelector('[lang="en"][dir="ltr"]');
    const {top, bottom} = shown.getBoundingClientRect();
    return {role: shown.getAttribute('role'), text: shown.textContent, own: own?.textContent, is_above: bottom > top && bottom <= document.querySelector('#batch-table').getBoundingClientRect().top};
  });

  test('answers that can be kept no more: it is said, in the page\'s words, above them; the work goes on, and all can be saved', async () => {
    await open('de');
    await catchSaved(page);
    await fillDisk(1);
    await choose();
    await isDone();
    expect(await fault()).toEqual({role: 'alert', text: expect.stringMatching(/^Die Antworten können auf diesem Gerät nicht mehr behalten werden \(no room is left\)/), own: 'no room is left', is_above: true});
    expect(await page.evaluate(() => document.querySelector('.batch-work').textContent)).not.toMatch(/werden auf diesem Gerät behalten|Nichts wird behalten/); // one is, one is not
    await press('#batch-csv');
    const csv = await page.waitFor(() => Object.entries(window.saved).find(([name]) => name.endsWith('.csv'))?.[1]);
    expect(csv.trim().split('\n')).toHaveLength(3);
    expect(page.errors).toEqual([]);
  }, 120_000);

  test('nothing can be kept at all: it is said too', async () => {
    await open();
    await page.evaluate(() => { IDBFactory.prototype.open = () => { throw new DOMException('storage is off', 'UnknownError'); }; });
    await choose();
    await isDone();
    expect(await fault()).toMatchObject({own: 'storage is off', is_above: true});
    expect(await page.evaluate(() => document.querySelectorAll('#batch-table tr[data-state="done"]').length)).toBe(2);
  }, 120_000);
});
