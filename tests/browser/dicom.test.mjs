// DICOM files of several makers, in: each is read, or refused by name; the same
// slice is the same picture in every encoding; nothing of a header comes out.
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import * as chromium from './drivers/chromium.mjs';
import {buildSite} from './stand-in.mjs';
import {root, visit} from './visit.mjs';

const FOLDER = join(process.env.INSITU_DATA ?? join(root, '../shared/data'), 'dicom/files');
const missing = !chromium.available ? chromium.missing : existsSync(FOLDER) ? null : `${FOLDER} is not there`;
const file = (name) => readFileSync(join(FOLDER, name)).toString('base64');

(missing ? describe.skip : describe)(missing ? `DICOM: ${missing}` : 'DICOM', () => {
  let built, site, browser, page;
  beforeAll(async () => {
    built = buildSite('tests/packs', 'stripes', 'dicom');
    site = await built.open();
    browser = await chromium.launch();
    page = await browser.newPage();
    await visit(page, site.url('/'));
    await page.evaluate(() => {
      window.judge = async (base64, name) => {
        const blob = new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name);
        const [element] = window.deepAll('insitu-classifier');
        try {
          return await element.classify(blob);
        } catch ({status, message}) {
          return {status, message};
        }
      };
    });
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await site?.stop();
    built?.remove();
  });
  const judge = (name) => page.evaluate((base64, shown) => window.judge(base64, shown), file(name), name);

  test.each([
    ['chest-baseline-jpeg.dcm', 1024, 1024], ['ct-implicit.dcm', 512, 512], ['ct-rle.dcm', 512, 512], ['ct-jpeg-lossless.dcm', 512, 512],
    ['ct-baseline-jpeg.dcm', 512, 512], ['ct-small.dcm', 128, 128], ['mr-small.dcm', 64, 64], ['mr-big-endian.dcm', 64, 64], ['mr-padded.dcm', 64, 64],
    ['ct-j2k-lossless.dcm', 512, 512], ['ct-jpegls.dcm', 512, 512], ['deflated.dcm', 512, 512], ['rgb-jpeg.dcm', 256, 256], ['rgb-rle.dcm', 100, 100], ['us-palette-rle.dcm', 800, 600], ['ybr422.dcm', 100, 100],
  ])('%s is judged', async (name, width, height) => {
    const answer = await judge(name);
    expect([answer.message, answer.file, answer.picture?.width, answer.picture?.height]).toEqual([undefined, name, width, height]);
  });

  test('the same slice is the same picture, however it is packed', async () => {
    const without = ({ms: _, file: __, ...rest}) => rest;
    const first = without(await judge('ct-implicit.dcm'));
    expect(first.quality.dark).toBeGreaterThan(0.5); // windowed, air is black; from end to end it would be dark grey
    for (const name of ['ct-rle.dcm', 'ct-jpeg-lossless.dcm', 'ct-j2k-lossless.dcm', 'ct-jpegls.dcm']) expect(without(await judge(name))).toEqual(first);
    const lossy = await judge('ct-baseline-jpeg.dcm'); // the same in eight bits: nearly
    for (const measure of ['contrast', 'mean']) expect([measure, Math.abs(lossy.quality[measure] / first.quality[measure] - 1) < 0.1]).toEqual([measure, true]);
    const small = without(await judge('mr-small.dcm'));
    for (const name of ['mr-big-endian.dcm', 'mr-padded.dcm']) expect(without(await judge(name))).toEqual(small);
  });

  test.each([
    ['truncated.dcm', 'truncated', /has \d+ of 8192 bytes|ends before its picture/],
    ['report.dcm', 'unsupported', /holds no picture/],
    ['multiframe.dcm', 'unsupported', /holds 10 frames/],
    ['no-meta.dcm', 'unknown-format', /./],
  ])('%s is refused by name', async (name, status, message) => {
    const answer = await judge(name);
    expect([answer.status, answer.message]).toEqual([status, expect.stringMatching(message)]);
  });

  test('at a desk one can be chosen where a photo can; a phone keeps to its photos', async () => {
    const phone = await browser.newPage();
    await phone.raw.setViewport({width: 360, height: 740, isMobile: true, hasTouch: true});
    await visit(phone, site.url('/'));
    const accepted = (where) => where.evaluate(() => /\.dcm/.test(window.deepAll('#file')[0]?.accept ?? ''));
    expect(await accepted(phone)).toBe(false);
    await phone.close();
    const desk = await browser.newPage();
    await visit(desk, site.url('/'));
    expect(await accepted(desk)).toBe(true);
    await desk.close();
  });

  test('nothing of the header is in the answer, and the reader comes with the first file alone', async () => {
    const text = JSON.stringify(await judge('ct-small.dcm'));
    const header = readFileSync(join(FOLDER, 'ct-small.dcm')).subarray(0, 6000).toString('latin1');
    const [patient] = /CompressedSamples\^?\w*/.exec(header) ?? [];
    expect(patient).toBeDefined();
    expect(text).not.toContain(patient);
    const other = await browser.newPage();
    try {
      site.requests.length = 0;
      site.overrides.set('/sw.js', (response) => response.writeHead(404).end());
      await visit(other, site.url('/'));
      expect(site.requests.filter(({path}) => /dicom/.test(path))).toEqual([]);
    } finally {
      site.overrides.clear();
      await other.close();
    }
  });
});
