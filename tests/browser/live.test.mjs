// The live reading with a worker that answers every picture with the record of
// the test: what is shown of it, what helps, and that the newest picture goes.
import {afterAll, afterEach, beforeAll, describe, expect, test} from '@jest/globals';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import * as chromium from './drivers/chromium.mjs';
import {answerWith, buildSite} from './stand-in.mjs';
import {click, visit} from './visit.mjs';

const record = (change = {}) => ({
  ok: true, decision: 'answer', action: 'watch', reasons: [], top: {id: 'standing', label: 'standing', p: 0.6}, set: ['standing'],
  classes: [['standing', 0.6], ['checked', 0.3], ['lying', 0.1]].map(([id, p]) => ({id, label: id, p, score: p})),
  quality: {sharpness: 1}, model: {id: 'stripes', version: '1.0.0', variant: 'float32', prior: 'training'}, ms: {infer: 1}, ...change,
});

(chromium.available ? describe : describe.skip)(chromium.available ? 'a live reading' : `a live reading: ${chromium.missing}`, () => {
  let built, site, browser, page;
  beforeAll(async () => {
    built = buildSite('tests/packs', 'stripes', 'live');
    site = await built.open();
    site.overrides.set('/sw.js', (response) => response.writeHead(404).end());
    browser = await chromium.launch({args: ['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream']});
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await site?.stop();
    built?.remove();
  });
  afterEach(() => page?.close());

  async function open(one, {lang = 'en', before = null} = {}) {
    answerWith(site, one);
    page = await browser.newPage();
    if (before) await page.raw.evaluateOnNewDocument(before);
    await visit(page, site.url(`/?lang=${lang}`));
    await page.waitFor(() => window.deepAll('#model-state')[0]?.hidden);
    await click(page, '#live');
    await page.waitFor(() => window.deepAll('#reading')[0]?.checkVisibility());
  }
  const words = () => page.evaluate(() => ['.live-line', '#live-hint'].map((one) => window.deepAll(one)[0].innerText.replace(/\s+/g, ' ').trim()));

  test('names the likeliest in words, and its share as a bar', async () => {
    await open(record());
    expect(await words()).toEqual(['Looks most like Standing stripes', '']);
    expect(await page.evaluate(() => window.deepAll('.live .fill')[0].style.inlineSize)).toBe('60%');
  });

  test('in doubt names what it could be', async () => {
    await open(record({decision: 'unsure', set: ['standing', 'checked'], reasons: [{id: 'several-classes', value: 2, limit: 1}]}));
    expect(await words()).toEqual(['Could be Standing stripes / Checks', '']);
  });

  test('of a picture that is not judged names no class, and says what helps', async () => {
    const {action: _, top: __, set: ___, ...rest} = record({decision: 'reject', reasons: [{id: 'glare', value: 0.5, limit: 0.1}]});
    await open(rest);
    expect(await words()).toEqual(['Not a picture that the model can judge', 'Reflection: tilt it a little']);
    expect(await page.evaluate(() => window.deepAll('.live .bar')[0].checkVisibility())).toBe(false);
  });

  const few = [{id: 'too-small', value: 0.9, limit: 1.1}];
  test('too few of the camera\'s pixels: not to come closer, which gives no more of them', async () => {
    await open(record({decision: 'unsure', reasons: few}));
    expect((await words())[1]).toBe('Too few pixels: use another camera, or choose a photo');
  });

  // Runs before the page's scripts: the camera films a spot on even ground, of window.spot of the picture's height.
  function filmSpot() {
    window.spot = 0.06;
    navigator.mediaDevices.getUserMedia = async () => {
      const canvas = Object.assign(document.createElement('canvas'), {width: 1280, height: 720});
      const context = canvas.getContext('2d');
      setInterval(() => {
        context.fillStyle = '#d9a38c';
        context.fillRect(0, 0, 1280, 720);
        context.fillStyle = '#6e463c';
        context.beginPath();
        context.arc(640, 360, 360 * window.spot, 0, 7);
        context.fill();
      }, 60);
      return canvas.captureStream(15);
    };
  }
  const centred = (is_centred) => site.overrides.set('/models/stripes/pack.json',
    JSON.stringify({...JSON.parse(readFileSync(join(built.folder, 'models/stripes/pack.json'), 'utf8')), centred: is_centred}));

  test('of a pack of one thing in the middle: closer, where that is small and nothing else is wrong', async () => {
    centred(true);
    try {
      await open(record({decision: 'reject', reasons: [{id: 'not-this-kind', value: 0, limit: 0.1}]}), {before: filmSpot});
      await page.waitFor(() => window.deepAll('#live-hint')[0].textContent === 'Closer, so that it fills more of the square');
      await page.evaluate(() => { window.spot = 0.6; });
      await page.waitFor(() => window.deepAll('#live-hint')[0].textContent === '');
    } finally {
      site.overrides.delete('/models/stripes/pack.json');
    }
  });

  test('of other packs not', async () => {
    await open(record(), {before: filmSpot});
    await page.evaluate(() => new Promise((resolve) => { setTimeout(resolve, 3000); }));
    expect((await words())[1]).toBe('');
  });

  test('one picture is read at a time, the newest, in the size that the model has use for', async () => {
    // Runs before the page's scripts: the worker's answers come late, and what is sent is counted.
    await open(record(), {before: () => {
      const post = Worker.prototype.postMessage;
      window.sent = {frames: [], atOnce: 0, most: 0, shown: 0};
      Worker.prototype.postMessage = function (request, ...rest) {
        if (request.type !== 'frame') return post.call(this, request, ...rest);
        window.sent.most = Math.max(window.sent.most, ++window.sent.atOnce);
        const [video] = window.deepAll('#video');
        window.sent.frames.push({width: request.bitmap.width, height: request.bitmap.height, at: video.currentTime});
        setTimeout(() => {
          window.sent.atOnce--;
          post.call(this, request, ...rest);
        }, 250);
      };
    }});
    await page.waitFor(() => window.sent.frames.length >= 5);
    const {frames, most} = await page.evaluate(() => window.sent);
    expect(most).toBe(1);
    for (const {width, height} of frames) expect([width, height]).toEqual([48, 48]); // one and a half of the model's 32
    const gaps = frames.slice(1).map(({at}, index) => at - frames[index].at);
    expect(Math.min(...gaps)).toBeGreaterThan(0.15); // seconds of film that nobody waits for
  });
});
