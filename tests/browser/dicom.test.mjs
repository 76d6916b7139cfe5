// DICOM files of several makers, in: each is read, or refused by name; the same
// slice is the same picture in every encoding; nothing of a header comes out.
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import * as chromium from './drivers/chromium.mjs';
import * as firefox from './drivers/firefox.mjs';
import {buildSite} from './stand-in.mjs';
import {root, visit} from './visit.mjs';
import {elementsOf, withHead} from '../web/dicom-writer.mjs';

const FOLDER = join(process.env.INSITU_DATA ?? join(root, '../shared/data'), 'dicom/files');
const missing = !chromium.available ? chromium.missing : existsSync(FOLDER) ? null : `${FOLDER} is not there`;
const file = (name) => readFileSync(join(FOLDER, name)).toString('base64');

// A slope of 64 x 64 greys of twelve bits, turned round in its middle: what libjpeg-turbo 3.1.3 and OpenJPH 0.26.3 make of
// it, and libjpeg-turbo of its highest eight bits, called extended.
const SLOPE = Array.from({length: 64 * 64}, (_, index) => [index >> 6, index & 63]).map(([y, x]) => (Math.max(Math.abs(x - 31.5), Math.abs(y - 31.5)) < 16 ? 4095 - 64 * x : 64 * x));
const SLOPE_JPEG = '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsLEBYQERMUFRUVDA8XGBYUGBIUFRT/wQALDABAAEABAREA/8QAFgABAQEAAAAAAAAAAAAAAAAACw0O/8QAGBAAAgMAAAAAAAAAAAAAAAAAAApGg8H/2gAIAQEAAD8Amf63EWqwVVW4i1WCqy3EWqwVVW4i1WCqq3EWqwVWW4i1WCqq3EWqwVVW4i1WGaqluItVgqqtxFqsFVluItVgqqtxFqsFVVuItVgqstxFqsFVVuItVgqqtxFqsM1VLcRarBVVbiLVYVf5keU26FUsjym3QqpkeU26FVMjym3SpWrcRarBVVbiLVYZqqW4i1WCqq3EWqwq/wAyPKbdCqWR5TboVUyPKbdCqmR5TbpUrVuItVgqqtxFqsM1VLcRarBVVbiLVYVf5keU26FUsjym3QqpkeU26FVMjym3SpWrcRarBVVbiLVYZqqW4i1WCqq3EWqwq/zI8pt0KpZHlNuhVTI8pt0KqZHlNulStW4i1WCqq3EWqwzVUtxFqsFVVuItVgqstxFqsFVVuItVgqqtxFqsFVluItVgqqtxFqsFVVuItVhmqpbiLVYKqrcRarBVZbiLVYKqrcRarBVVbiLVYKrLcRarBVVbiLVYKqrcRarD/9k=';
const SLOPE_HT = '/0//UQApQAAAAABAAAAAQAAAAAAAAAAAAAAAQAAAAEAAAAAAAAAAAAABDwEB/1AACAACAAAACv9SAAwAAgABAAUEBEAB/1wAEyCIkJCQkJCQkJCQkJCQiIiI/2QAFwABT3BlbkpQSCBWZXIgMC4yNi4zLv+QAAoAAAAAA0IAAf+TwAArAFsAvf3T7fXsAsM0AMAAFVAABUQAAVTzoTz4YPEBhzQASJ4tLgBhlAB6sZdMYO8AwZQAwAAW7AABbcAAFtCsqSIY/FRTRZepYBCn0p5MDnEq0Rn7GupIMBGXAKr9UgV+dmagmpmaWFhcXgfMKRkAUOxEMCKYAFYDB3ZlNfAwoVWJAf55lRixJQK1hxCA0zgAwAAXoMAAF28AAF1wDglEEkaMPOsh9Eo5ayLwSjFiZA+a4iNE/eApPkKUkYxULSQQYwLVQgIxJmAkI/0CuLCe5PyGPpnHEEDl2GBv0gEOZ50BgEzWkiR4yZRWjAQPaKHxUjUkSF4zoREzwQGLXwi0ZCgW9yjA9lGLXwi0YhgE4jCAv9oBQJwIcXICnUA/oPyAgvKgPAAjALjCMAuMZQIyjKBGUIwC4wjALjCMBt0IwG/eAcAAF7dAABesQAAXWh4eQkNoeHj0OiS+Ar8eia+Ah0c/+uEPf/zjH/7wh4dHP/rhD3/84x/+8IeHRz+C5A+R/GNI/hCJh8ePROCDAfxIBD4YgIeHh8f4z8pwp3FcWndTup6d1O6np3U7qfT55H55HBCeMYKARjBRgnUCQr2G20ePAIAAkgA+RgxfhPHDh/8H4/iBAIZ8FdcPH3/8cQA/RIhfhvnjB+8HcfhgAPx6YCwBa/awBGQLTEAz9ylAt9jBSwBa/awBGQLTEAz5ylAt9jBXAg49IHo8/PBDjoccjjv+/EfAuELEI0LEIxCMoKIRlBULEI0LEIxCMoKIRlBfAcAAL3mAAF6vAAC1AL7v+77v9/t+v/3/e3/f77//f/9v9/vv/3//e/3++/9//z6//37/f3/f77//f/9v9/vv/3//e/3+9+P/f+H7/z/f933f9/3+vlb+p6enpwQjBCOnKOUenKcp6cpynpynKenKcp6cpynpynKenMTmJ6cIFCBaenCCcwP+fvvtr5/+/fr7AQAAAAQAIAADwP93r7/++ePfn7//f/9//v9nf/9//3d6nAAAAEIylA95yCAz9xkAt9lKB79iBQAABCMxQM/sgwPecZALfZSge/YgXwL+Afj/f/93N9I3gBAUQFAUFEBfAP/Z';
const SLOPE_JPEG_OF_8 = '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsLEBYQERMUFRUVDA8XGBYUGBIUFRT/wQALCABAAEABAREA/8QAFgABAQEAAAAAAAAAAAAAAAAABwkK/8QAFhAAAwAAAAAAAAAAAAAAAAAAAAZC/9oACAEBAAA/AJnrUCqtQKy1AqrUCqtQKy1AqrUCqtQZqlqBVWoFZagVVqBVWoFZagVVqBVWoM1S1AqrUFXmWwpZbCplsKmWypq1AqrUGapagVVqCrzLYUsthUy2FTLZU1agVVqDNUtQKq1BV5lsKWWwqZbCplsqatQKq1BmqWoFVagq8y2FLLYVMthUy2VNWoFVagzVLUCqtQKy1AqrUCqtQKy1AqrUCqtQZqlqBVWoFZagVVqBVWoFZagVVqBVWoP/2Q==';
// Twelve bits of red, green and blue, of which OpenJPEG 2.5.4 makes this and pydicom the same again.
const COLOURS = SLOPE.flatMap((grey, index) => [grey, 4095 - grey, 64 * (index >> 6)]);
const COLOURS_J2K = '/0//UQAvAAAAAABAAAAAQAAAAAAAAAAAAAAAQAAAAEAAAAAAAAAAAAADCwEBCwEBCwEB/1IADAAAAAEBAwQEAAH/XAANQGBoaHBoaHBoaHD/ZAAlAAFDcmVhdGVkIGJ5IE9wZW5KUEVHIHZlcnNpb24gMi41LjT/kAAKAAAAAAZAAAH/k8fspCbJfqVFHaOpE/BN5o9FZhPTb189rFK6fSbMsE2Lqgb5kdhuzhBsUybOOVc85YGLyepChbGLWbmFIsAoKvjQZnBkX7/oeAND0NeJUQ+W37X3TH/f4ZART/brk4PdokHHXiBxX85XWfIKSRPTcqyafXaTGrUbtU7uALyYXa3xTxhTZWHJNPyWf8468DmtCkuqy6vphsaK/qeAjhuzgrlQOkqaojqlqI2mOlm5U2JXcjKvKjCP7WzU26z33+GIEU+RNKI1PQ6pLXghu6336r64+Bb5wx9y+mue7nSkOXRXTohQIbif1ZMei34IjSk004KVxtanDjeoODu/yR/G/DoT8y0iW1pj8A39zyyXuLZpXu+fD9vxS5CpHZ49PBO8uNbB+ZfA/AmgPwFgGcsdFWDJQmh5Y8+LfynPQc+kMAanCQhfKWsooAH9aWGQOh4+SrRwo3pUGshbWfkbt9CMQc/+CMg8pKChcXJhU2OAhniQRVfLvj6NSbDjnkIaP3ixNRXzhCs+JD4WKgeQb63Bs1jtIC5y3n/H8msP2MYP2GQahH0dNoOR63/gdIXM1vsgNZbo8unB45rCrOByeYt5bWVwZP9ikf96eX8yqQ1FIsosCFmNfxsLzoxBz/4GGDSkoJ5gldw/lwIR8ARCq+W2NoNScaeaoQ0hjaHTVugXIGc4KGmlpdYWn4YrPiQ+FioHkG+twbNY7SAuct6F4aaZz/BzH8lcP5GgGoR9HTaDket/4HSFzNb7IDWW6PLpweOawqzgcnmLeW1lcGT/YpH/enl/MqGS+lWUTcoG5ddwOz/ZGwvOjEHP/pdOlJN3p3WXWsWM7ouf34TDg+EwMx6AyNYSdBINJVTaOcz7xxafhis+JD4WKgeQb63Bs1jtIC5y3ol6XvSXwfmZQfmbQH4DAHLTYnnvImW/Kv3t6LkKv1UwYdWUktdLiMMtOhZI4HwftH8LVbDo7Tx1RH1/1OMtZT53TeghOJQs13m5aepin5jKgvgLAbMt8jwlN3fp1qLbVXP5I3Zvb0O1SCTt6/6V4HdxTA396zBvJMvmA7dLnCgF016Jx9u+BI9Q0G+tHIe1x/KFH8oMH7DYcidgee8iZb8q/e3ouQq/YNjxsF0e7BW5bfZ1ySJ3xILjUxTzBrrul0+3fkUQcZOWPXCQXBYHmWPXUT7jydoU33WbTS6oF2apEDcYYDTX/bCBF0YTcOdszUT7jChFi/fajE7QR+72+FaBu5ZQHsotZAlKiCmxp3iCaw9dMh/Bb0wnnggkEmw/ZxcVVjGI431FC0/Gsh0VRgxQH3S7KD/P8JM/wfw/kcByJ2B57yJlvyr97ei5Cr9g2PGwXR7sFblt9nXJInfEguNTFPMGuu6XT7d+RRBxk5Y9cJBcFgeZY9dRPuPJ2hTfdZvfnom7FOQ3TS6oF2apEDcYYDTX/bCBHRz9tOGh5+tlMprOoJF7EQtCgHWVQZOnQ2bqcc8oAAbi1yABbWUdfKoVUTt1JUd/JBJsP2cXFVYxiON9RQtPxrIdFUYMUr8sjwdKD8H5jkH5k8B+AUC1nzuvAbjHup2iLVQiLH+PrxqQn28Ezstswn6PpQ9a15iYlpY7/QCxYmMgZuvXvjYjry54vInipdwkWWINoX5Zpf8JlAP+GBDssIRDD8fynx/KJB+wWMGjXzmMzcJMMG55gDnJFCks5ukVw+vLgHT/G+b5dJY5g3Uaxm17EuQgmOz529Q+MwMkyjFueMZgZP2R454xmBk9wteeMZgZPcynnjGYGT+lJNsXmJiWktwsG08d6mhcPlwCfvibyk8ltSbdr7lqqM78DSyoXtRHx8RP14IonN0DgA9IBQcAGlOEDgAXtokBgBk0f5QZflgQ7LCEQxFPz/CxP8IUP5DgwaNfOYzNwkwwbnmAOckUKSzm6RXD68uAdP8b5vl0ljmDdRrGbXsS5CCY7Pnb1D4zAyTKMW54xmBk/ZHjnjGYGT3C154xmBk9zKeeMZgZPSn0UA3Gaq40v6Uk2xeYmJaS3CwbUzvu42Ge6+dQdEc+Kyq0aldWPmMu5W7+ML8KQyu4nNIBldxNou2lL8aHoMruJfewyu4clqYyZpQZflinSAYQ9v9lcgq7/9k=';
const written = (values, {last, ...options} = {}) => {
  const syntax = last ? `1.2.840.10008.1.2.4.${last}` : undefined;
  return Buffer.from(withHead(elementsOf([], values, {syntax, width: 64, height: 64, ...options}), syntax)).toString('base64');
};
const coded = (base64, options) => written([...Buffer.from(base64, 'base64')], options);

(missing ? describe.skip : describe)(missing ? `DICOM: ${missing}` : 'DICOM', () => {
  let built, site, browser, page;
  beforeAll(async () => {
    built = buildSite('tests/packs', 'stripes', 'dicom');
    site = await built.open();
    browser = await chromium.launch();
    page = await judging(browser);
  }, 120_000);
  async function judging(where) {
    const one = await where.newPage();
    await visit(one, site.url('/'));
    await one.evaluate(() => {
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
    return one;
  }
  afterAll(async () => {
    await browser?.close();
    await site?.stop();
    built?.remove();
  });
  const judge = (name, base64 = file(name), where = page) => where.evaluate((bytes, shown) => window.judge(bytes, shown), base64, name);
  const without = ({ms: _, file: __, ...rest}) => rest;

  test.each([
    ['chest-baseline-jpeg.dcm', 1024, 1024], ['ct-implicit.dcm', 512, 512], ['ct-rle.dcm', 512, 512], ['ct-jpeg-lossless.dcm', 512, 512],
    ['ct-baseline-jpeg.dcm', 512, 512], ['ct-small.dcm', 128, 128], ['mr-small.dcm', 64, 64], ['mr-big-endian.dcm', 64, 64], ['mr-padded.dcm', 64, 64],
    ['ct-j2k-lossless.dcm', 512, 512], ['ct-jpegls.dcm', 512, 512], ['deflated.dcm', 512, 512], ['rgb-jpeg.dcm', 256, 256], ['rgb-rle.dcm', 100, 100], ['us-palette-rle.dcm', 800, 600], ['ybr422.dcm', 100, 100],
  ])('%s is judged', async (name, width, height) => {
    const answer = await judge(name);
    expect([answer.message, answer.file, answer.picture?.width, answer.picture?.height]).toEqual([undefined, name, width, height]);
  });

  test('the same slice is the same picture, however it is packed', async () => {
    const first = without(await judge('ct-implicit.dcm'));
    expect(first.quality.dark).toBeGreaterThan(0.5); // windowed, air is black; from end to end it would be dark grey
    for (const name of ['ct-rle.dcm', 'ct-jpeg-lossless.dcm', 'ct-j2k-lossless.dcm', 'ct-jpegls.dcm']) expect(without(await judge(name))).toEqual(first);
    const lossy = await judge('ct-baseline-jpeg.dcm'); // the same in eight bits: nearly
    for (const measure of ['contrast', 'mean']) expect([measure, Math.abs(lossy.quality[measure] / first.quality[measure] - 1) < 0.1]).toEqual([measure, true]);
    const small = without(await judge('mr-small.dcm'));
    for (const name of ['mr-big-endian.dcm', 'mr-padded.dcm']) expect(without(await judge(name))).toEqual(small);
  });

  test('greys of twelve bits, which no browser reads, in JPEG; JPEG 2000 of high throughput; and eight bits called extended', async () => {
    const raw = without(await judge('raw', written(SLOPE)));
    expect([raw.message, raw.picture?.width]).toEqual([undefined, 64]);
    for (const last of ['201', '202', '203']) expect(without(await judge('ht', coded(SLOPE_HT, {last})))).toEqual(raw);
    const lossy = [coded(SLOPE_JPEG, {last: '51'}), coded(SLOPE_JPEG, {last: '50'}), coded(SLOPE_JPEG_OF_8, {last: '51', bits: 8, stored: 8})];
    for (const [index, base64] of lossy.entries()) {
      const answer = await judge('lossy', base64);
      expect([index, answer.message]).toEqual([index, undefined]);
      for (const measure of ['contrast', 'mean']) expect([index, measure, Math.abs(answer.quality[measure] / raw.quality[measure] - 1) < 0.02]).toEqual([index, measure, true]);
    }
  });
  test('colours of twelve bits, in JPEG 2000 as uncompressed', async () => {
    const raw = without(await judge('raw', written(COLOURS, {photometric: 'RGB', samples: 3})));
    expect([raw.message, raw.picture?.width]).toEqual([undefined, 64]);
    expect(without(await judge('j2k', coded(COLOURS_J2K, {last: '90', photometric: 'YBR_RCT', samples: 3})))).toEqual(raw);
  });
  test.each([['51', SLOPE_JPEG, /JPEG ends before its picture/], ['201', SLOPE_HT, /JPEG 2000 (is cut off|cannot be read)/]])('those that are cut are refused by name (%s)', async (last, base64, message) => {
    const cut = Buffer.from(base64, 'base64').subarray(0, -60).toString('base64');
    const answer = await judge('cut', coded(cut, {last}));
    expect([answer.status, answer.message]).toEqual([expect.stringMatching(/truncated|damaged/), expect.stringMatching(message)]);
  });

  test.each([
    ['truncated.dcm', 'truncated', /has \d+ of 8192 bytes|ends before its picture/],
    ['report.dcm', 'unsupported', /holds no picture/],
    ['multiframe.dcm', 'several-frames', /holds 10 frames/],
    ['no-meta.dcm', 'unknown-format', /./],
  ])('%s is refused by name', async (name, status, message) => {
    const answer = await judge(name);
    expect([answer.status, answer.message]).toEqual([status, expect.stringMatching(message)]);
  });

  (firefox.available ? test : test.skip)(firefox.available ? 'in Firefox, too, JPEGs of every kind and JPEG 2000' : `in Firefox: ${firefox.missing}`, async () => {
    const other = await firefox.launch();
    try {
      const its = await judging(other);
      for (const name of ['ct-baseline-jpeg.dcm', 'rgb-jpeg.dcm', 'ct-jpeg-lossless.dcm', 'ct-j2k-lossless.dcm']) expect(await judge(name, file(name), its)).toMatchObject({ok: true, file: name});
      for (const frame of [coded(SLOPE_JPEG, {last: '51'}), coded(SLOPE_HT, {last: '201'})]) expect(await judge('slope', frame, its)).toMatchObject({ok: true, picture: {width: 64}});
    } finally {
      await other.close();
    }
  }, 120_000);

  test('of several frames it is said in the page\'s words what to do, and trying again is not offered', async () => {
    await judge('multiframe.dcm');
    const shown = await page.evaluate(() => ['#failure-text', '#again'].map((id) => window.deepAll(id)[0]?.textContent ?? 'none'));
    expect(shown).toEqual([expect.stringMatching(/^This file holds several pictures.*Save the one that you mean by itself/), 'none']);
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
