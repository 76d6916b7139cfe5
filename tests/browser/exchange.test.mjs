// Getting an answer out (picture, figures, table; shared where the device
// shares, else saved) and pictures in (shared to the page, opened with it), and
// that no request leaves meanwhile.
import {existsSync, mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import {createServer} from 'node:http';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from '@jest/globals';
import {axeProblems} from './axe.mjs';
import * as chromium from './drivers/chromium.mjs';
import {until} from './drivers/until.mjs';
import {click, controlled, golden, openSite, pick, settle, view, visit} from './visit.mjs';

const PICTURE = golden('baseline-420.jpg');

(chromium.available ? describe : describe.skip)(chromium.available ? 'exchange' : `exchange: ${chromium.missing}`, () => {
  let site, browser, page, folder;
  beforeAll(async () => { browser = await chromium.launch(); });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'insitu-exchange-'));
    site = await openSite();
    page = await browser.newPage();
  });
  afterEach(async () => {
    await page?.close();
    await site?.stop();
    rmSync(folder, {recursive: true});
  });
  // Everything but the site's own files, asked for by their names alone, is a leak.
  const leaks = (from) => site.requests.slice(from).filter(({method, bodyBytes, query}) => (method !== 'GET' && method !== 'HEAD') || bodyBytes > 0 || query !== '');

  test('an answer is saved as a picture with its words, as JSON and as a table where the device does not share, without the name of the file', async () => {
    const session = await page.raw.createCDPSession();
    await session.send('Browser.setDownloadBehavior', {behavior: 'allow', downloadPath: folder, browserContextId: page.raw.browserContext().id});
    await visit(page, site.url('/'));
    await page.evaluate(() => { navigator.canShare = undefined; });
    const {detail} = await pick(page, PICTURE);
    const before = site.requests.length;
    await click(page, '#share');
    for (const [kind, ending] of [['picture', 'png'], ['json', 'json'], ['csv', 'csv']]) {
      await click(page, `#share-${kind}`);
      await page.waitFor((name) => window.deepAll('#share-state')[0].textContent.includes(name), {args: [`photo.insitu.${ending}`]});
      await until(() => existsSync(join(folder, `photo.insitu.${ending}`)), 10_000, `${ending} is saved`);
    }
    await until(() => readdirSync(folder).every((name) => !name.endsWith('.crdownload')), 10_000, 'the downloads end');
    expect(JSON.parse(readFileSync(join(folder, 'photo.insitu.json'), 'utf8'))).toEqual({...detail, file: 'photo'});
    const [header, row] = readFileSync(join(folder, 'photo.insitu.csv'), 'utf8').trim().split('\n').map((line) => line.split(','));
    const cells = Object.fromEntries(header.map((name, index) => [name, row[index]]));
    expect([cells.image, cells.decision]).toEqual(['photo', detail.decision]);
    for (const {id, p} of detail.classes) expect(Number(cells[id])).toBe(p);
    for (const name of readdirSync(folder)) expect(readFileSync(join(folder, name)).includes('baseline')).toBe(false);
    const png = readFileSync(join(folder, 'photo.insitu.png'));
    const size = {width: png.readUInt32BE(16), height: png.readUInt32BE(20)};
    expect([size.width, size.height > 500]).toEqual([1080, true]);
    // It is no empty sheet: what the square shows is in it, and words are.
    const colours = await page.evaluate(async (bytes) => {
      const bitmap = await createImageBitmap(new Blob([new Uint8Array(bytes)], {type: 'image/png'}));
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
      context.drawImage(bitmap, 0, 0);
      const pixels = (x, width) => new Uint32Array(context.getImageData(x, 0, width, bitmap.height).data.buffer);
      const isDark = (pixel) => (pixel & 255) + (pixel >> 8 & 255) + (pixel >> 16 & 255) < 200;
      return [new Set(pixels(64, 320)).size, pixels(424, 592).filter(isDark).length];
    }, [...png]);
    expect(colours[0]).toBeGreaterThan(500);
    expect(colours[1]).toBeGreaterThan(500);
    expect(leaks(before)).toEqual([]);
    expect(page.errors).toEqual([]);
  }, 90_000);

  test('where the device shares it is handed the file and what it says; who thinks better of it is told nothing', async () => {
    await visit(page, site.url('/'));
    await page.evaluate(() => {
      window.shared = [];
      navigator.canShare = ({files}) => files.length === 1;
      navigator.share = async ({files: [file], text}) => {
        if (window.refuses) throw new DOMException('no', window.refuses);
        window.shared.push({name: file.name, type: file.type, size: file.size, text});
      };
    });
    await pick(page, PICTURE);
    await click(page, '#share');
    expect(await page.evaluate(() => window.deepAll('#share')[0].getAttribute('aria-expanded'))).toBe('true');
    await click(page, '#share-picture');
    await page.waitFor(() => window.shared.length === 1);
    const [shared] = await page.evaluate(() => window.shared);
    expect(shared).toMatchObject({name: 'photo.insitu.png', type: 'image/png'});
    expect(shared.text).toMatch(/not a diagnosis/);
    await page.waitFor(() => window.deepAll('#share-state')[0].textContent === 'Handed on.');
    await page.evaluate(() => { window.refuses = 'AbortError'; });
    await click(page, '#share-json');
    await page.waitFor(() => window.deepAll('#share-state')[0].textContent === '');
  });

  test.each(['en', 'ar'])('axe finds nothing where an answer is handed on, and nothing runs out (%s)', async (language) => {
    await page.raw.setViewport({width: 320, height: 740, isMobile: true, hasTouch: true});
    await visit(page, site.url(`/?lang=${language}`));
    await pick(page, PICTURE);
    await click(page, '#share');
    expect(await axeProblems(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)).toBe(false);
  }, 60_000);

  // A POST to the page's own address, as the browser passes another program's share on: from no origin. A site's form names its own,
  // unless it hides it.
  async function share(files, {names_origin = false} = {}) {
    const sharer = createServer((request, response) => {
      response.setHeader('content-type', 'text/html');
      if (!names_origin) response.setHeader('referrer-policy', 'no-referrer');
      response.end(`<form method="post" enctype="multipart/form-data" action="${site.url('/?share')}"><input type="file" name="file" multiple></form>`);
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => sharer.once('listening', resolve));
    try {
      await page.goto(`http://127.0.0.1:${sharer.address().port}/`);
      const input = await page.raw.$('input');
      await input.uploadFile(...files);
      await Promise.all([page.raw.waitForNavigation({waitUntil: 'load', timeout: 60_000}), page.evaluate(() => document.forms[0].submit())]);
    } finally {
      sharer.closeAllConnections();
      await new Promise((resolve) => sharer.close(resolve));
    }
  }

  // The system shares with the installed page, which is shown in a window of its own.
  const showAs = (mode) => page.raw.evaluateOnNewDocument((shown) => {
    const asked = window.matchMedia.bind(window);
    window.matchMedia = (query) => {
      const [, of] = /^\(display-mode: ([\w-]+)\)$/.exec(query) ?? [];
      return of ? {...asked('not all'), matches: of === shown} : asked(query);
    };
  }, mode);
  const install = () => showAs('standalone');

  test.each([['that names itself', true, 'standalone'], ['that names itself, in a tab', true, 'browser'], ['that hides its origin, in a tab', false, 'browser'],
    ['that hides its origin, in a tab that is fullscreen', false, 'fullscreen']])(
    'what a site %s sends to the address for shared pictures is not shown, and no server has it', async (_, names_origin, mode) => {
      await showAs(mode);
      await visit(page, site.url('/'));
      await controlled(page);
      const before = site.requests.length;
      await share([PICTURE], {names_origin});
      await settle(page);
      await page.waitFor(() => location.search === '' && window.deepAll('#model-state')[0]?.hidden, {timeout: 60_000});
      expect(await view(page)).toBe('start');
      expect(leaks(before)).toEqual([]);
      expect(page.errors).toEqual([]);
    }, 120_000);

  test('a picture shared to the page is shown with its square; it ends in the page, and a reload shares nothing again', async () => {
    await install();
    await visit(page, site.url('/'));
    await controlled(page);
    const before = site.requests.length;
    await share([PICTURE]);
    await settle(page).catch(() => {}); // it may be past its start already
    await page.waitFor(() => document.querySelector('#classifier').getAttribute('view') === 'frame', {timeout: 60_000});
    expect(new URL(await page.evaluate(() => location.href)).search).toBe('');
    expect(leaks(before)).toEqual([]);
    const kept = await page.evaluate(async () => {
      const urls = [];
      for (const name of await caches.keys()) for (const {url} of await (await caches.open(name)).keys()) urls.push(url);
      return [urls.filter((url) => /[?&]share|baseline/.test(url)), (await indexedDB.databases()).length];
    });
    expect(kept).toEqual([[], 0]);
    await page.reload();
    await settle(page);
    expect(await view(page)).toBe('start');
    expect(page.errors).toEqual([]);
  }, 120_000);

  test('several pictures shared to the page become a batch', async () => {
    await install();
    await visit(page, site.url('/'));
    await controlled(page);
    await share([PICTURE, golden('rgb8.png')]);
    await page.waitFor(() => location.hash === '#batch' && document.querySelectorAll('#batch [role="row"], #batch tr').length > 1, {timeout: 60_000});
  }, 120_000);

  test('a file that the page is opened with: a picture to its square, a model to the models', async () => {
    await page.raw.evaluateOnNewDocument(() => {
      Object.defineProperty(window, 'launchQueue', {value: {setConsumer: (take) => { window.launch = take; }}});
    });
    await visit(page, site.url('/'));
    await page.waitFor(() => typeof window.launch === 'function');
    const launch = (name, path) => page.evaluate(async (called, bytes) => {
      await window.launch({files: [{getFile: async () => new File([new Uint8Array(bytes)], called)}]});
    }, name, [...readFileSync(path)]);
    await launch('photo.jpg', PICTURE);
    await page.waitFor(() => document.querySelector('#classifier').getAttribute('view') === 'frame', {timeout: 60_000});
    await launch('some.tflite', golden('bare/softmax.tflite'));
    await page.waitFor(() => document.querySelector('#bare') !== null, {timeout: 60_000});
    expect(leaks(0)).toEqual([]);
  }, 90_000);

  test('the manifest takes what the page reads, and nothing of it is refused by the browser', async () => {
    await visit(page, site.url('/'));
    const session = await page.raw.createCDPSession();
    const {errors, data} = await session.send('Page.getAppManifest');
    expect(errors).toEqual([]);
    const manifest = JSON.parse(data);
    expect(manifest.share_target).toMatchObject({action: './?share', method: 'POST', enctype: 'multipart/form-data'});
    expect(Object.values(manifest.file_handlers[0].accept).flat()).toEqual(expect.arrayContaining(['.jpg', '.png', '.webp', '.dcm', '.tflite']));
  });
});
