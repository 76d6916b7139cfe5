// The first steps: offered to whoever is new, three short screens by tap or
// keyboard, readable again, remembered once read or waved away.
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from '@jest/globals';
import {axeProblems} from './axe.mjs';
import * as chromium from './drivers/chromium.mjs';
import {choose, golden, openSite, visit} from './visit.mjs';

(chromium.available ? describe : describe.skip)(chromium.available ? 'first steps' : `first steps: ${chromium.missing}`, () => {
  let site, browser, page;
  beforeAll(async () => {
    site = await openSite();
    browser = await chromium.launch();
  });
  afterAll(async () => {
    await browser?.close();
    await site?.stop();
  });
  beforeEach(async () => { page = await browser.newPage(); });
  afterEach(() => page.close());
  const heading = () => page.evaluate(() => document.querySelector('#intro-heading')?.textContent);
  const isOffered = () => page.evaluate(() => document.querySelector('#first-run').checkVisibility());
  const isOpen = () => page.waitFor(() => document.querySelector('#intro-next') && !document.querySelector('#intro').hidden);

  test('offered at first, read by keyboard, then no more offered, and to be read again', async () => {
    await visit(page, site.url('/'));
    expect(await isOffered()).toBe(true);
    await page.evaluate(() => document.querySelector('#first-run a').click());
    await isOpen();
    const seen = [await heading()];
    expect(await page.evaluate(() => document.activeElement.id)).toBe('intro-heading');
    await page.raw.keyboard.press('ArrowRight');
    await page.waitFor((before) => document.querySelector('#intro-heading').textContent !== before, {args: [seen.at(-1)]});
    seen.push(await heading());
    await page.raw.keyboard.press('ArrowLeft');
    await page.waitFor((first) => document.querySelector('#intro-heading').textContent === first, {args: [seen[0]]});
    await page.evaluate(() => document.querySelector('#intro-next').click());
    await page.waitFor((before) => document.querySelector('#intro-heading').textContent === before, {args: [seen[1]]});
    await page.evaluate(() => document.querySelector('#intro-next').click());
    await page.waitFor(() => document.querySelectorAll('#intro .examples li').length === 4);
    seen.push(await heading());
    expect(new Set(seen).size).toBe(3);
    await page.evaluate(() => document.querySelector('#intro-next').click());
    await page.waitFor(() => document.querySelector('#intro').hidden);
    expect(await isOffered()).toBe(false);
    await page.reload();
    await page.waitFor(() => document.querySelector('#classifier').getAttribute('view') === 'start');
    expect(await isOffered()).toBe(false);
    await page.evaluate(() => document.querySelector('#intro-link').click());
    await isOpen();
    expect(await heading()).toBe(seen[0]); // from the beginning
    expect(page.errors).toEqual([]);
  }, 60_000);

  test('waved away it stays away; only beside the way in is it offered', async () => {
    await visit(page, site.url('/'));
    await choose(page, golden('baseline-420.jpg'));
    expect(await isOffered()).toBe(false);
    await page.evaluate(() => document.querySelector('#classifier').reset());
    expect(await isOffered()).toBe(true);
    expect(await page.evaluate(() => localStorage.length)).toBe(0);
    await page.evaluate(() => document.querySelector('#first-run button').click());
    expect(await isOffered()).toBe(false);
    await page.reload();
    await page.waitFor(() => document.querySelector('#classifier').getAttribute('view') === 'start');
    expect(await isOffered()).toBe(false);
  }, 60_000);

  test('the installed page begins with it, once', async () => {
    await page.raw.evaluateOnNewDocument(() => {
      const {matchMedia} = window;
      window.matchMedia = (query) => (query === '(display-mode: standalone)' ? {matches: true} : matchMedia.call(window, query));
    });
    await page.goto(site.url('/'));
    await isOpen();
    await page.evaluate(() => localStorage.setItem('insitu-met', '1'));
    await page.goto(site.url('/'));
    await page.waitFor(() => document.querySelector('#classifier').getAttribute('view') === 'start');
    expect(await page.evaluate(() => location.hash)).toBe('');
  }, 60_000);

  test.each(['en', 'de', 'ar'])('axe finds nothing in any of the three, and nothing runs out, also in letters of twice the size (%s)', async (language) => {
    await page.raw.setViewport({width: 360, height: 740, isMobile: true, hasTouch: true});
    await visit(page, site.url(`/?lang=${language}`));
    expect(await axeProblems(page)).toEqual([]);
    await page.evaluate(() => { location.hash = 'intro'; });
    await isOpen();
    for (let step = 0; step < 3; step++) {
      expect(await axeProblems(page)).toEqual([]);
      await page.evaluate(() => { document.documentElement.style.fontSize = '200%'; });
      expect(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)).toBe(false);
      await page.evaluate(() => {
        document.documentElement.style.fontSize = '';
        document.querySelector('#intro-next').click();
      });
      if (step < 2) await page.waitFor((n) => document.querySelectorAll('.intro-dots span')[n].className === 'here', {args: [step + 1]});
    }
  }, 90_000);
});
