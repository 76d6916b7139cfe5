// Formats beside JPEG and PNG: WebP by a decoder that is fetched when the first
// one comes, what the browser reads by the browser, and what nobody reads with
// the core's own sentence.
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import * as chromium from './drivers/chromium.mjs';
import {golden, openSite, pick, root, visit} from './visit.mjs';

const base64 = (name) => readFileSync(golden(name)).toString('base64');
const limits = readFileSync(join(root, 'src/insitu.h'), 'utf8');

(chromium.available ? describe : describe.skip)(chromium.available ? 'formats' : `formats: ${chromium.missing}`, () => {
  let site, browser, page;
  const classify = (content) => page.evaluate(async (text) => {
    const [element] = window.deepAll('insitu-classifier');
    const blob = new Blob([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))]);
    return element.classify(blob).catch(({status, message}) => ({status, message}));
  }, content);
  const asked = (name) => site.requests.filter(({path}) => path.endsWith(name)).length;
  beforeAll(async () => {
    site = await openSite();
    browser = await chromium.launch();
    page = await browser.newPage();
    await visit(page, site.url('/'));
    expect((await pick(page, golden('baseline-420.jpg'))).name).toBe('insitu-result'); // loaded
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await site?.stop();
  });

  test('WebP: its decoder is fetched once, and a lossless one is answered as the PNG', async () => {
    const png = await classify(base64('rgb8.png'));
    expect(png.picture).toMatchObject({format: 'png', decoder: 'insitu'});
    const results = [await classify(base64('lossless.webp')), await classify(base64('lossy.webp'))];
    for (const {ok, picture} of results) {
      expect(ok).toBe(true);
      expect(picture).toMatchObject({format: 'webp', decoder: 'libwebp', width: 61, height: 45});
    }
    expect(results[0].classes).toEqual(png.classes);
    expect(results[0].quality).toEqual(png.quality);
    expect(asked('decode-webp.mjs')).toBeLessThanOrEqual(2); // the service worker's copy is one of them
  });

  test('a WebP that is cut off is refused with the core\'s sentence', async () => {
    const half = readFileSync(golden('lossy.webp')).subarray(0, 400).toString('base64');
    expect(await classify(half)).toEqual({status: 'truncated', message: expect.stringMatching(/^The WebP ends after 400 bytes/)});
  });

  test.each([['scene.bmp', 61, 45, 1e-6], ['scene.gif', 61, 45, 0.2], ['scene.avif', 61, 45, 0.2], ['turned.avif', 45, 61, 1],
    ['animation-apart.apng', 61, 45, 1e-6]])(
    '%s is read by the browser, upright', async (name, width, height, tolerance) => {
      const png = await classify(base64('rgb8.png'));
      const {ok, picture, classes} = await classify(base64(name));
      expect(ok).toBe(true);
      expect(picture).toMatchObject({format: 'pixels', decoder: 'caller', width, height, orientation: 1});
      const p = Object.fromEntries(classes.map(({id, p: value}) => [id, value]));
      for (const {id, p: value} of png.classes) expect(Math.abs(p[id] - value)).toBeLessThanOrEqual(tolerance);
    });

  test('a picked file of the browser\'s formats is shown and answered', async () => {
    const {name, detail} = await pick(page, golden('scene.avif'));
    expect(name).toBe('insitu-result');
    expect(detail.picture.decoder).toBe('caller');
  });

  test('what the browser cannot read either keeps the core\'s sentence', async () => {
    const heic = Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypheic\0\0\0\0mif1heic'), Buffer.alloc(4096)]);
    const refusal = await classify(heic.toString('base64'));
    expect(refusal.status).toBe('unknown-format');
    expect(refusal.message).toMatch(/looks like a HEIC picture.*heif-convert/);
  });

  test('the core\'s limits hold before the browser decodes', async () => {
    const [, side] = /INSITU_MAX_SIDE_PX (\d+)u/.exec(limits);
    const gif = readFileSync(golden('scene.gif'));
    gif.writeUInt16LE(Number(side) + 1, 6);
    const avif = readFileSync(golden('scene.avif'));
    const ispe = avif.indexOf('ispe');
    avif.writeUInt32BE(12000, ispe + 8);
    avif.writeUInt32BE(12000, ispe + 12);
    for (const [bytes, size] of [[gif, `${Number(side) + 1} x 45`], [avif, '12000 x 12000']]) {
      const refusal = await classify(bytes.toString('base64'));
      expect(refusal).toEqual({status: 'too-large', message: expect.stringContaining(size)});
    }
  });
});

test('the page\'s worker repeats the core\'s limits', () => {
  const worker = readFileSync(join(root, 'web/classifier/worker-picture.js'), 'utf8');
  const ours = (name) => Number(new RegExp(`const ${name} = ([\\d_]+)`).exec(worker)[1].replaceAll('_', ''));
  const [, side] = /INSITU_MAX_SIDE_PX (\d+)u/.exec(limits);
  const [, factor, shift] = /INSITU_MAX_DECODE_BYTES \((\d+)u << (\d+)\)/.exec(limits);
  expect([ours('MAX_SIDE_PX'), ours('MAX_PIXELS') * 4]).toEqual([Number(side), Number(factor) * 2 ** Number(shift)]);
});
