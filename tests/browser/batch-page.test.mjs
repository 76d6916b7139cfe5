// A batch and the page round it: a picture of it is opened with the model that
// it was judged by, and an update waits until nothing of it would be lost.
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, describe, expect, test} from '@jest/globals';
import {anew} from './anew.mjs';
import * as chromium from './drivers/chromium.mjs';
import {until} from './drivers/until.mjs';
import de from '../../web/locales/de.js';
import {elementsOf, withHead} from '../web/dicom-writer.mjs';
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
    await press('#batch-drop-go'); // as they are lost, it is asked
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

  test('of a DICOM file of several frames a row says what a single picture does, also once it is opened again, and its files name that', async () => {
    const frames = join(folder, 'frames.dcm');
    writeFileSync(frames, Buffer.from(withHead(elementsOf([[0x00280008, 'IS', '2']], [0, 1, 2, 3]))));
    await open('de');
    await catchSaved(page);
    await (await page.raw.$('#batch-files')).uploadFile(frames);
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
        if (this.name === 'answers') document.querySelector('#batch-stop')?.click();
        return put.call(this, value);
      };
    });
    await (await page.raw.$('#batch-files')).uploadFile(...PICTURES, golden('photo.jpg'), golden('grey.jpg'));
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
      if (this.name === 'answers' && left-- <= 0) throw new DOMException('no room is left', 'QuotaExceededError');
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

  const drop = (...names) => page.evaluate((wanted) => {
    const dropped = new DataTransfer();
    for (const name of wanted) {
      const [table, label = 'mel'] = name.split(':'); // "labels.csv:nv"
      dropped.items.add(table.endsWith('.csv') ? new File([`image,label\na.png,${label}\n`], table, {type: 'text/csv'}) : new File([`no picture: ${name}`], name, {type: 'image/png'}));
    }
    document.querySelector('#batch-table, #batch-pick').dispatchEvent(new DragEvent('drop', {dataTransfer: dropped, bubbles: true, cancelable: true}));
  }, names);
  const rows = () => page.evaluate(() => [...document.querySelectorAll('#batch-table tr[data-path]')].map(({dataset}) => dataset.path));

  test('several pictures that are pasted on the first screen, and an archive whose type the system does not know, come here', async () => {
    const hand = (event, ...files) => page.evaluate((kind, named) => {
      const transfer = new DataTransfer();
      for (const [name, type] of named) transfer.items.add(new File(['no picture'], name, {type}));
      const init = {bubbles: true, cancelable: true};
      document.body.dispatchEvent(kind === 'paste' ? new ClipboardEvent('paste', {...init, clipboardData: transfer}) : new DragEvent('drop', {...init, dataTransfer: transfer}));
    }, event, files);
    await visit(page, site.url('/'));
    await hand('paste', ['a.png', 'image/png'], ['b.png', 'image/png']);
    await page.waitFor(() => document.querySelectorAll('#batch-table tr[data-path]').length === 2, {timeout: 60_000});
    await visit(page, site.url('/'));
    await hand('drop', ['a.zip', '']);
    expect(await page.waitFor(() => document.querySelector('#batch-problem')?.textContent, {timeout: 60_000})).toMatch(/a\.zip/);
    await visit(page, site.url('/'));
    await hand('paste', ['a.png', 'image/png']); // one is the first screen's
    await page.waitFor(() => ['frame', 'failure'].includes(window.deepAll('insitu-classifier')[0].view), {timeout: 60_000});
    expect(await page.evaluate(() => location.hash)).toBe('');
  }, 120_000);

  test('pictures dropped where answers would be lost: it is asked first', async () => {
    await open();
    await press('#batch-keep'); // not wanted
    await choose();
    await isDone();
    await drop('a.png', 'b.png');
    await page.waitFor(() => document.querySelector('#batch-drop-cancel'));
    expect(await page.evaluate(() => document.activeElement.textContent)).toMatch(/^The answers below are not kept/);
    await press('#batch-drop-cancel');
    expect([await rows(), await page.evaluate(() => document.querySelector('#batch-drop-go'))]).toEqual([['baseline-420.jpg', 'baseline-444.jpg'], null]);
    await drop('a.png', 'b.png');
    await page.waitFor(() => document.querySelector('#batch-drop-go'));
    await press('#batch-drop-go');
    await page.waitFor(() => document.querySelectorAll('#batch-table tr[data-state="failed"]').length === 2, {timeout: 60_000});
    expect(await rows()).toEqual(['a.png', 'b.png']);
  }, 120_000);

  test('so it is where other pictures are wanted; kept ones are left at once', async () => {
    await open('de');
    await press('#batch-keep');
    await choose();
    await isDone();
    await press('#batch-new');
    await page.waitFor(() => document.querySelector('#batch-drop-cancel'));
    expect(await page.evaluate(() => [document.activeElement.textContent, document.querySelector('#batch-drop-go').textContent]))
      .toEqual([expect.stringMatching(/^Die Antworten unten sind nicht behalten/), 'Andere Bilder']);
    await press('#batch-drop-cancel');
    expect([await rows(), await page.evaluate(() => [document.activeElement.id, document.querySelector('#batch-drop-go')])]).toEqual([['baseline-420.jpg', 'baseline-444.jpg'], ['batch-new', null]]);
    await press('#batch-new');
    await press('#batch-drop-go');
    await page.waitFor(() => document.querySelector('#batch-pick'));
    expect(await rows()).toEqual([]);
    await press('#batch-keep');
    await choose();
    await isDone();
    await press('#batch-new');
    await page.waitFor(() => document.querySelector('#batch-kept'));
  }, 120_000);

  test('where they are kept a new batch begins at once; what is no picture is said, and takes nothing away', async () => {
    await open();
    await choose();
    await isDone();
    await page.evaluate(() => {
      const dropped = new DataTransfer();
      for (const name of ['a.txt', 'b.txt']) dropped.items.add(new File(['text'], name, {type: 'text/plain'}));
      document.querySelector('#batch-table').dispatchEvent(new DragEvent('drop', {dataTransfer: dropped, bubbles: true, cancelable: true}));
    });
    expect(await page.waitFor(() => document.querySelector('#batch-problem')?.textContent)).toMatch(/no picture among what you chose/);
    expect(await rows()).toHaveLength(2);
    await drop('a.png', 'b.png');
    await page.waitFor(() => document.querySelectorAll('#batch-table tr[data-state="failed"]').length === 2, {timeout: 60_000});
    await press('#batch-new');
    expect(await page.waitFor(() => document.querySelectorAll('#batch-kept li').length)).toBe(2);
  }, 120_000);

  test('the files of one that was broken off, dropped: it goes on where it was', async () => {
    const {expected} = await brokenOff();
    // One, or a second that was at work when it was stopped.
    const judged = await page.evaluate(() => document.querySelectorAll('#batch-table tr[data-path]:not([data-state="waiting"])').length);
    expect([1, 2]).toContain(judged);
    await drop(...expected);
    await page.waitFor(() => document.querySelector('#batch-attached'), {timeout: 60_000});
    expect(await page.evaluate(() => document.querySelector('#batch-attached').textContent)).toMatch(judged === 1 ? /^1 picture was judged before/ : /^2 pictures were judged before/);
    await isDone();
    expect((await rows()).sort()).toEqual(expected);
  }, 180_000);

  test('other pictures, dropped on one that was broken off or chosen for it, are not added in silence: it is asked', async () => {
    await brokenOff();
    const before = await rows();
    const asked = () => page.waitFor(() => document.querySelector('#batch-drop-add') && document.activeElement.textContent);
    for (const hand of [() => drop('x.png', 'y.png'), async () => (await page.raw.$('#batch-again')).uploadFile(...PICTURES)]) {
      await hand();
      expect(await asked()).toBe('Not all of these files are of the pictures below.');
      await press('#batch-drop-cancel');
      expect([await rows(), await page.evaluate(() => document.querySelector('#batch-drop-add'))]).toEqual([before, null]);
    }
    await drop('x.png', 'y.png');
    await asked();
    await press('#batch-drop-add');
    await page.waitFor((num) => document.querySelectorAll('#batch-table tr[data-state="failed"]').length === num, {args: [before.length + 2], timeout: 60_000});
    expect(await rows()).toEqual([...before, 'x.png', 'y.png']);
    expect(await page.evaluate(() => document.querySelector('#batch-state').textContent)).toBe(`${before.length + 2} of 5 pictures. Choose the same files again to go on.`);
    expect(await page.evaluate(() => document.querySelector('#batch-attached'))).toBe(null); // none of them was judged before
    await drop('z.png', 'a.png', 'b.png', 'c.png', 'x.png', 'y.png', 'w.png');
    await asked();
    await press('#batch-drop-go');
    await page.waitFor(() => document.querySelectorAll('#batch-table tr[data-state="failed"]').length === 7, {timeout: 60_000});
    await press('#batch-new');
    expect(await page.waitFor(() => document.querySelectorAll('#batch-kept li').length)).toBe(2);
  }, 180_000);

  test('so are those of one that is done and was opened again; under other labels it is another', async () => {
    await open();
    const pictures = ['a.png', 'b.png'];
    await drop(...pictures, 'labels.csv');
    await isDone();
    await open();
    await press('#batch-kept .resume');
    await page.waitFor(() => document.querySelectorAll('#batch-table tr[data-state="failed"]').length === 2);
    await page.evaluate(() => { window.table = document.querySelector('#batch-table'); });
    const isSameTable = () => page.evaluate(() => window.table.isConnected);
    for (const names of [pictures, [...pictures, 'labels.csv']]) {
      await drop(...names);
      expect(await page.waitFor(() => document.querySelector('#batch-attached')?.textContent)).toMatch(/^2 pictures were judged before and stay; 0 changed/);
      expect([await isSameTable(), await page.evaluate(() => document.querySelector('#batch-pick-again'))]).toEqual([true, null]);
      await page.evaluate(() => document.querySelector('#batch-attached').replaceChildren());
    }
    await drop(...pictures, 'labels.csv:nv');
    await page.waitFor(() => !window.table.isConnected);
    await isDone();
    await press('#batch-new');
    expect(await page.waitFor(() => document.querySelectorAll('#batch-kept li').length)).toBe(2);
  }, 120_000);

  test('and one that was broken off before its first answer can be given its files', async () => {
    await open();
    await page.evaluate(() => {
      const {put} = IDBObjectStore.prototype;
      IDBObjectStore.prototype.put = function stop(value) {
        if (this.name === 'batches') document.querySelector('#batch-stop').click();
        return put.call(this, value);
      };
    });
    await choose();
    await page.waitFor(() => document.querySelector('#batch-go'), {timeout: 60_000});
    await open();
    await page.waitFor(() => document.querySelector('#batch-kept .resume'));
    await press('#batch-kept .resume');
    await page.waitFor(() => /^0 of 2 pictures\. Choose the same files again/.test(document.querySelector('#batch-state')?.textContent));
    await (await page.raw.$('#batch-again')).uploadFile(...PICTURES);
    await isDone();
    expect(await rows()).toEqual(['baseline-420.jpg', 'baseline-444.jpg']);
  }, 120_000);

  // One of three answered, then the page is opened anew, and what is kept with it.
  async function brokenOff() {
    await open();
    await page.evaluate(() => {
      const {put} = IDBObjectStore.prototype;
      window.numKept = 0;
      IDBObjectStore.prototype.put = function count(value) {
        if (this.name === 'answers' && ++window.numKept === 1) queueMicrotask(() => document.querySelector('#batch-stop').click());
        return put.call(this, value);
      };
    });
    const expected = ['a.png', 'b.png', 'c.png'];
    await drop(...expected);
    await page.waitFor(() => document.querySelector('#batch-go'), {timeout: 60_000});
    await open();
    await page.waitFor(() => document.querySelector('#batch-kept .resume'));
    await press('#batch-kept .resume');
    await page.waitFor(() => document.querySelector('#batch-pick-again'));
    return {expected};
  }

  test('a file that could not be read is tried again when it is chosen again, and its figures follow', async () => {
    const lost = join(folder, 'lost.jpg');
    const labels = join(folder, 'labels.csv');
    writeFileSync(labels, 'image,label\nbaseline-420.jpg,nv\nlost.jpg,mel\n');
    writeFileSync(lost, readFileSync(PICTURES[1]));
    let held;
    site.overrides.set('/models/skin/skin-int8.tflite', (response) => { held = response; });
    await open();
    await (await page.raw.$('#batch-files')).uploadFile(PICTURES[0], lost, labels);
    await page.waitFor(() => document.querySelectorAll('#batch-table tr[data-path]').length === 2);
    rmSync(lost);
    await until(() => held, 60_000, 'the question for the model');
    held.writeHead(200, {'content-type': 'application/octet-stream'}).end(readFileSync(join(dist, 'models/skin/skin-int8.tflite')));
    await isDone();
    const found = () => page.evaluate(() => [...document.querySelectorAll('#batch-table tr[data-path]')].map(({dataset: {path, state}}) => [path, state]));
    const figures = () => page.evaluate(() => document.querySelector('#batch-evaluation').textContent);
    expect(await found()).toEqual([['baseline-420.jpg', 'done'], ['lost.jpg', 'failed']]);
    const before = await figures();
    writeFileSync(lost, readFileSync(PICTURES[1]));
    await (await page.raw.$('#batch-again')).uploadFile(PICTURES[0], lost);
    await page.waitFor(() => document.querySelectorAll('#batch-table tr[data-state="done"]').length === 2, {timeout: 60_000});
    expect(await page.evaluate(() => document.querySelector('#batch-attached').textContent)).toMatch(/^1 picture was judged before/);
    await page.waitFor((old) => document.querySelector('#batch-evaluation').checkVisibility() && document.querySelector('#batch-evaluation').textContent !== old, {args: [before]});
    expect(await page.evaluate(() => document.querySelector('#batch-pick-again'))).toBe(null);
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
