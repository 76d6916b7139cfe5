// The square on the photo: where it begins, and that finger, mouse and wheel
// move it from anywhere on the photo.
import {afterAll, beforeAll, beforeEach, describe, expect, test} from '@jest/globals';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import * as chromium from './drivers/chromium.mjs';
import {makePhoto} from './photo.mjs';
import {choose, click, golden, openSite, visit} from './visit.mjs';

(chromium.available ? describe : describe.skip)(chromium.available ? 'the square' : `the square: ${chromium.missing}`, () => {
  let site, browser, page, folder, photo;
  beforeAll(async () => {
    site = await openSite();
    browser = await chromium.launch();
    page = await browser.newPage();
    await page.raw.setViewport({width: 390, height: 844, isMobile: true, hasTouch: true});
    await visit(page, site.url('/'));
    folder = mkdtempSync(join(tmpdir(), 'insitu-frame-'));
    photo = join(folder, 'photo.jpg');
    writeFileSync(photo, await makePhoto(page));
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await site?.stop();
    if (folder) rmSync(folder, {recursive: true});
  });
  beforeEach(async () => {
    await choose(page, photo);
    await page.waitFor(() => window.deepAll('.stage img')[0].complete);
  });

  // In shares of the photo; and where that is on the screen.
  const square = () => page.evaluate(() => {
    const {left, top, width} = window.deepAll('#square')[0].style;
    return {x: parseFloat(left), y: parseFloat(top), size: Number(window.deepAll('#size')[0].value), width: parseFloat(width)};
  });
  const at = (x, y) => page.evaluate((right, down) => {
    const {left, top, width, height} = window.deepAll('.stage')[0].getBoundingClientRect();
    return {x: left + width * right, y: top + height * down};
  }, x, y);
  const middle = async () => {
    const {x, width} = await square();
    return x + width / 2;
  };

  test('begins at half of the largest where the photo has pixels to spare, and as the model takes it where it has not', async () => {
    expect(await square()).toMatchObject({size: 50});
    await choose(page, golden('baseline-420.jpg'));
    expect(await square()).toMatchObject({size: 100});
  });

  test('comes to where the photo is tapped', async () => {
    const {x, y} = await at(0.7, 0.5);
    await page.raw.touchscreen.tap(x, y);
    expect(await middle()).toBeCloseTo(70, 0);
  });

  test('is dragged from outside of it too', async () => {
    const before = await square();
    const [from, to] = [await at(0.05, 0.1), await at(0.15, 0.15)];
    await page.raw.mouse.move(from.x, from.y);
    await page.raw.mouse.down();
    await page.raw.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2);
    await page.raw.mouse.move(to.x, to.y);
    await page.raw.mouse.up();
    const after = await square();
    expect(after.x - before.x).toBeGreaterThan(5);
    expect(after.y - before.y).toBeGreaterThan(2);
    expect(after.size).toBe(before.size);
  });

  test('is scaled by the wheel, and the page stays', async () => {
    const {x, y} = await at(0.5, 0.5);
    await page.raw.mouse.move(x, y);
    await page.raw.mouse.wheel({deltaY: -300});
    await page.waitFor(() => Number(window.deepAll('#size')[0].value) > 60);
    expect(await page.evaluate(() => scrollY)).toBe(0);
  });

  test('is pinched with two fingers', async () => {
    const touch = await page.raw.createCDPSession();
    const send = async (type, ...shares) => touch.send('Input.dispatchTouchEvent', {type,
      touchPoints: await Promise.all(shares.map(async (share, id) => ({id, ...await at(share, 0.5)})))});
    const before = await square();
    await send('touchStart', 0.3, 0.7);
    await send('touchMove', 0.35, 0.65);
    await send('touchMove', 0.4, 0.6);
    await send('touchEnd');
    expect((await square()).size).toBeLessThan(before.size * 0.8);
    expect(await middle()).toBeCloseTo(50, 0);
  });

  test('is the largest at a tap', async () => {
    await click(page, '#whole');
    expect(await square()).toMatchObject({size: 100});
  });

  test('is worked on while it rests: asked for, the answer is there; another square’s is worked out anew', async () => {
    await page.evaluate(() => {
      window.squares = [];
      const [element] = window.deepAll('insitu-classifier');
      element.addEventListener('insitu-result', ({detail}) => { window.told = (window.told ?? 0) + 1; window.answer = detail; });
      const post = Worker.prototype.postMessage;
      Worker.prototype.postMessage = function (message, ...rest) {
        if (message.type === 'classify') window.squares.push(message.crop);
        this.addEventListener('message', ({data}) => { if (data.type === 'result' && data.id === message.id) window.worked = (window.worked ?? 0) + 1; });
        return post.call(this, message, ...rest);
      };
    });
    await choose(page, photo);
    await page.waitFor(() => window.worked === 1, {timeout: 60_000});
    expect(await page.evaluate(() => [window.told ?? 0, window.deepAll('insitu-classifier')[0].getAttribute('view')])).toEqual([0, 'frame']);
    await click(page, '#compare');
    await page.waitFor(() => window.told === 1);
    expect(await page.evaluate(() => window.squares.length)).toBe(1);
    const [first] = await page.evaluate(() => [window.answer.picture.judged]);

    await click(page, '#adjust');
    await click(page, '#larger');
    await click(page, '#compare'); // before it has rested
    await page.waitFor(() => window.told === 2, {timeout: 60_000});
    const [squares, second] = await page.evaluate(() => [window.squares, window.answer.picture.judged]);
    expect(squares[1].width).toBeGreaterThan(squares[0].width);
    expect(second).not.toEqual(first);
  }, 120_000);
});
