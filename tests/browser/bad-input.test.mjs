// What people really pick: each gets a sentence within five seconds, and the
// next good picture is still answered. And a worker that dies, and a change of mind.
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {crc32} from 'node:zlib';
import * as chromium from './drivers/chromium.mjs';
import {golden, openSite, pick, root, text, visit} from './visit.mjs';

const LIMIT_MS = 5000;
const jpeg = readFileSync(golden('baseline-420.jpg'));
const png = readFileSync(golden('rgb8.png'));

// A PNG whose header claims this size, with a right checksum.
function hugePng(width, height) {
  const bytes = Buffer.from(png);
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  bytes.writeUInt32BE(crc32(bytes.subarray(12, 29)), 29);
  return bytes;
}
// The core's own limit, which the page's worker repeats.
const [, factor, shift] = /INSITU_MAX_FILE_BYTES \((\d+)u << (\d+)\)/.exec(readFileSync(join(root, 'src/insitu.h'), 'utf8'));
const LIMIT = factor * 2 ** shift;
const heic = Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypheic\0\0\0\0mif1heic'), Buffer.alloc(4096)]);

const FILES = [
  ['a text file', 'notes.txt', Buffer.from('not a picture\n'.repeat(50)), 'unknown-format', /JPEG, PNG or WebP/],
  ['a text file named as a picture', 'notes.jpg', Buffer.from('not a picture\n'.repeat(50)), 'unknown-format', /JPEG, PNG or WebP/],
  ['an empty file', 'empty.jpg', Buffer.alloc(0), /unknown-format|truncated/, /empty|JPEG or PNG|0 bytes/i],
  ['a truncated JPEG', 'half.jpg', jpeg.subarray(0, jpeg.length >> 1), 'truncated', /end|truncated|complete/i],
  ['a truncated PNG', 'half.png', png.subarray(0, png.length >> 1), 'truncated', /end|truncated|complete/i],
  ['a PNG that claims 60000 x 60000 pixels', 'huge.png', hugePng(60000, 60000), 'too-large', /60000|16384/],
  ['a PNG that claims 40000 x 40000 pixels', 'large.png', hugePng(40000, 40000), 'too-large', /256000000|64000000|megapixel|pixels/i],
  ['an iPhone\'s HEIC', 'photo.heic', heic, 'unknown-format', /HEIC|JPEG or PNG/],
];

(chromium.available ? describe : describe.skip)(chromium.available ? 'bad input' : `bad input: ${chromium.missing}`, () => {
  let site, browser, page, folder;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'insitu-bad-'));
    for (const [, name, bytes] of FILES) writeFileSync(join(folder, name), bytes);
    site = await openSite();
    browser = await chromium.launch();
    page = await browser.newPage();
    await visit(page, site.url('/'));
    expect((await pick(page, golden('baseline-420.jpg'))).name).toBe('insitu-result'); // loaded
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await site?.stop();
    rmSync(folder, {recursive: true});
  });

  test.each(FILES)('%s gets a clear message, then a good picture an answer', async (_, name, _bytes, status, message) => {
    const start = Date.now();
    const {name: event, detail} = await pick(page, join(folder, name), {timeout: LIMIT_MS});
    expect(Date.now() - start).toBeLessThan(LIMIT_MS);
    expect(event).toBe('insitu-error');
    expect(detail.ok).toBe(false);
    expect(detail.status).toMatch(status);
    expect(detail.message).toMatch(message);
    expect(detail.classes).toBeUndefined();
    const shown = await text(page);
    expect(shown).toMatch(message); // the person reads it too
    expect((await pick(page, golden('rgb8.png'))).name).toBe('insitu-result');
  });

  test('classify rejects with the status, and resolves for the next picture', async () => {
    const outcome = await page.evaluate(async (base64) => {
      const [element] = window.deepAll('insitu-classifier');
      const bad = await element.classify(new Blob(['x'.repeat(100)])).then(() => 'answered', (error) => error.status);
      const good = await element.classify(new Blob([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))]));
      return [bad, good.ok, good.classes.length];
    }, jpeg.toString('base64'));
    expect(outcome).toEqual(['unknown-format', true, 7]);
  });

  test('above 64 MiB is refused by its size, unread; 64 MiB are read', async () => {
    const worker = page.raw.workers().find((one) => one.url().endsWith('/classifier/worker.js'));
    await worker.evaluate(() => {
      const read = Blob.prototype.arrayBuffer;
      self.sizesRead = [];
      Blob.prototype.arrayBuffer = function () {
        self.sizesRead.push(this.size);
        return read.call(this);
      };
    });
    const refusals = await page.evaluate(async (limit) => {
      const [element] = window.deepAll('insitu-classifier');
      const mebibyte = new Uint8Array(1024 * 1024);
      const largest = new Blob(Array(limit / mebibyte.length).fill(mebibyte));
      const larger = new Blob([largest, 'x']);
      const refusal = (blob) => element.classify(blob).then(() => 'answered', ({status, message}) => ({status, message}));
      await element.open(larger); // as a picked file
      const shown = window.deepText();
      return {shown, larger: await refusal(larger), largest: await refusal(largest)};
    }, LIMIT);
    expect(refusals.larger).toEqual({status: 'too-large', message: `the file has ${LIMIT + 1} bytes, but at most ${LIMIT} are read`});
    expect(refusals.shown).toContain(refusals.larger.message); // the person reads it too
    expect(refusals.largest.status).toBe('unknown-format'); // read, and found to be no picture
    expect(await worker.evaluate(() => self.sizesRead)).toEqual([LIMIT]);
  });

  test('an aborted classify rejects with the abort, and the next is answered', async () => {
    const outcome = await page.evaluate(async (base64) => {
      const [element] = window.deepAll('insitu-classifier');
      const blob = new Blob([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))]);
      const controller = new AbortController();
      const aborted = element.classify(blob, {signal: controller.signal}).then(() => 'answered', (error) => error.name);
      controller.abort();
      return [await aborted, (await element.classify(blob)).ok];
    }, jpeg.toString('base64'));
    expect(outcome).toEqual(['AbortError', true]);
  });

  test('a worker that crashes is started again once, and the picture is answered', async () => {
    const fresh = await browser.newPage();
    // Counts workers, and breaks the first one's next message.
    await fresh.raw.evaluateOnNewDocument(() => {
      const Native = Worker;
      window.workers = [];
      window.Worker = class extends Native {
        constructor(...args) {
          super(...args);
          window.workers.push(this);
        }
      };
    });
    await visit(fresh, site.url('/'));
    expect((await pick(fresh, golden('baseline-420.jpg'))).name).toBe('insitu-result');
    const before = await fresh.evaluate(() => window.workers.length);
    await fresh.evaluate(() => {
      const worker = window.workers.at(-1);
      worker.postMessage = function () {
        delete this.postMessage;
        this.dispatchEvent(new ErrorEvent('error', {message: 'crashed by the test', cancelable: true}));
      };
    });
    expect((await pick(fresh, golden('rgb8.png'))).name).toBe('insitu-result');
    expect(await fresh.evaluate(() => window.workers.length)).toBe(before + 1);
    await fresh.close();
  });
});
