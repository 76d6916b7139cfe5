// The files that are brought to a batch: dropped, pasted or chosen once more,
// which are its own, which are others, and that these take no answer away unasked.
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, describe, expect, test} from '@jest/globals';
import {anew} from './anew.mjs';
import {PICTURES, batchSteps} from './batch.mjs';
import * as chromium from './drivers/chromium.mjs';
import {until} from './drivers/until.mjs';
import {dist, golden, visit} from './visit.mjs';

const folder = mkdtempSync(join(tmpdir(), 'insitu-batch-files-'));
afterAll(() => rmSync(folder, {recursive: true}));

(chromium.available ? describe : describe.skip)(chromium.available ? 'the files of a batch' : `the files of a batch: ${chromium.missing}`, () => {
  let site, page;
  anew((...made) => { [site, page] = made; });
  const {open, press, choose, chooseAgain, isDone, state, rows} = batchSteps(() => [site, page]);
  const drop = (...names) => page.evaluate((wanted) => {
    const dropped = new DataTransfer();
    for (const name of wanted) {
      const [table, label = 'mel'] = name.split(':'); // "labels.csv:nv"
      dropped.items.add(table.endsWith('.csv') ? new File([`image,label\na.png,${label}\n`], table, {type: 'text/csv'}) : new File([`no picture: ${name}`], name, {type: 'image/png'}));
    }
    document.querySelector('#batch-table, #batch-pick').dispatchEvent(new DragEvent('drop', {dataTransfer: dropped, bubbles: true, cancelable: true}));
  }, names);

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
    await choose(paths);
    await isDone();
    const judged = await allThumbs();
    await open();
    await press('#batch-kept .resume');
    await page.waitFor(() => document.querySelectorAll('#batch-table tr[data-state="done"]').length === 4);
    expect(await page.evaluate(() => document.querySelectorAll('#batch-table img, #batch-table .open').length)).toBe(0);
    await page.waitFor(() => document.querySelector('#batch-pick-again')); // though nothing is left to judge
    await chooseAgain(...paths.toReversed());
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

  const attached = () => page.waitFor(() => document.querySelector('#batch-attached')?.textContent);
  const settled = (num) => page.waitFor((wanted) => document.querySelectorAll('#batch-table tr[data-state="failed"]').length === wanted, {timeout: 60_000, args: [num]});
  const says = (words) => page.waitFor((wanted) => document.querySelector('#batch-state')?.textContent === wanted, {timeout: 60_000, args: [words]});
  test('the files of one that was broken off, dropped: it goes on where it was', async () => {
    const {expected} = await brokenOff();
    expect(await rows()).toEqual(expected);
    await drop(...expected);
    expect(await attached()).toMatch(/^1 picture was judged before/);
    await isDone();
    expect((await rows()).sort()).toEqual(expected);
  }, 180_000);

  test('so does a part of them, each counted once, and then the rest', async () => {
    const {expected} = await brokenOff();
    await drop('b.png');
    await settled(2);
    await says('2 of 3 pictures. Choose the same files again to go on.');
    expect(await page.evaluate(() => document.querySelector('#batch-drop-add, #batch-attached'))).toBe(null);
    await open(); // and after one more reload
    await press('#batch-kept .resume');
    await settled(2);
    await drop('b.png', 'c.png');
    expect(await attached()).toMatch(/^1 picture was judged before/);
    await isDone();
    expect([await rows(), await state()]).toEqual([expected, 'All 3 pictures done.']);
  }, 180_000);

  test('other pictures, dropped on one that was broken off or chosen for it, are not added in silence: it is asked', async () => {
    await brokenOff();
    const before = await rows();
    const asked = () => page.waitFor(() => document.querySelector('#batch-drop-add') && document.activeElement.textContent);
    for (const hand of [() => drop('x.png', 'y.png'), () => chooseAgain(...PICTURES)]) {
      await hand();
      expect(await asked()).toBe('Not all of these files are of the pictures below.');
      await press('#batch-drop-cancel');
      expect([await rows(), await page.evaluate(() => document.querySelector('#batch-drop-add'))]).toEqual([before, null]);
    }
    await drop('x.png', 'y.png');
    await asked();
    await press('#batch-drop-add');
    await settled(3);
    expect(await rows()).toEqual([...before, 'x.png', 'y.png']);
    await says('3 of 5 pictures. Choose the same files again to go on.');
    expect(await page.evaluate(() => document.querySelector('#batch-attached'))).toBe(null); // none of them was judged before
    await drop('z.png', 'a.png', 'b.png', 'c.png', 'x.png', 'y.png', 'w.png');
    await asked();
    await press('#batch-drop-go');
    await settled(7);
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
    await chooseAgain(...PICTURES);
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
        if (value.line && ++window.numKept === 1) queueMicrotask(() => document.querySelector('#batch-stop').click());
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
    await choose([PICTURES[0], lost, labels]);
    await page.waitFor(() => document.querySelectorAll('#batch-table tr[data-path]').length === 2);
    rmSync(lost);
    await until(() => held, 60_000, 'the question for the model');
    held.writeHead(200, {'content-type': 'application/octet-stream'}).end(readFileSync(join(dist, 'models/skin/skin-int8.tflite')));
    await isDone();
    const found = () => page.evaluate(() => [...document.querySelectorAll('#batch-table tr[data-path]')].map(({dataset}) => [dataset.path, dataset.state]));
    const figures = () => page.evaluate(() => document.querySelector('#batch-evaluation').textContent);
    expect(await found()).toEqual([['baseline-420.jpg', 'done'], ['lost.jpg', 'failed']]);
    const before = await figures();
    writeFileSync(lost, readFileSync(PICTURES[1]));
    await chooseAgain(PICTURES[0], lost);
    await page.waitFor(() => document.querySelectorAll('#batch-table tr[data-state="done"]').length === 2, {timeout: 60_000});
    expect(await page.evaluate(() => document.querySelector('#batch-attached').textContent)).toMatch(/^1 picture was judged before/);
    await page.waitFor((old) => document.querySelector('#batch-evaluation').checkVisibility() && document.querySelector('#batch-evaluation').textContent !== old, {args: [before]});
    expect(await page.evaluate(() => document.querySelector('#batch-pick-again'))).toBe(null);
  }, 120_000);
});
