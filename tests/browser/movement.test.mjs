// From screen to screen: one movement where the browser can, none for whoever
// asked for less, and the same screen, focus and place at the end of both.
import {describe, expect, test} from '@jest/globals';
import {anew} from './anew.mjs';
import * as chromium from './drivers/chromium.mjs';
import {choose, golden, visit} from './visit.mjs';

(chromium.available ? describe : describe.skip)(chromium.available ? 'movement' : `movement: ${chromium.missing}`, () => {
  let site, page;
  anew((...made) => { [site, page] = made; });
  const counted = () => page.raw.evaluateOnNewDocument(() => {
    window.moved = 0;
    const native = Document.prototype.startViewTransition;
    Document.prototype.startViewTransition = function (...all) {
      window.moved++;
      return native.apply(this, all);
    };
  });
  const go = async (link, id) => {
    await page.evaluate((selector) => document.querySelector(selector).click(), link);
    await page.waitFor((wanted) => document.activeElement?.closest('main > div')?.id === wanted && !document.querySelector(`#${wanted}`).hidden, {args: [id]});
  };

  test.each([['no-preference', 2], ['reduce', 0]])('prefers-reduced-motion: %s: %i movements to About and to the models', async (value, num) => {
    await counted();
    await page.raw.emulateMediaFeatures([{name: 'prefers-reduced-motion', value}]);
    await visit(page, site.url('/'));
    expect(await page.evaluate(() => window.moved)).toBe(0); // the first screen comes as it is
    await go('#about-link', 'about');
    await page.evaluate(() => scrollTo(0, 400));
    await go('#models-link', 'models');
    expect(await page.evaluate(() => [window.moved, scrollY, [...document.querySelectorAll('main > div')].filter((one) => one.checkVisibility()).map(({id}) => id)]))
      .toEqual([num, 0, ['models']]);
    expect(page.errors).toEqual([]);
  }, 60_000);

  test.each([['no-preference', 'show'], ['reduce', undefined]])('prefers-reduced-motion: %s: the first screen is there at once, however often it is drawn while the page loads; of the next ones: %s', async (value, name) => {
    await page.raw.evaluateOnNewDocument(() => {
      window.animations = [];
      const native = Element.prototype.attachShadow;
      Element.prototype.attachShadow = function (...all) {
        const shadow = native.apply(this, all);
        shadow.addEventListener('animationstart', ({animationName, target}) => window.animations.push([animationName, target.className]));
        return shadow;
      };
    });
    await page.raw.emulateMediaFeatures([{name: 'prefers-reduced-motion', value}]);
    await visit(page, site.url('/'));
    await page.waitFor(() => document.querySelector('.home-card') && window.deepAll('#model-state')[0].hidden, {timeout: 60_000});
    await page.evaluate(() => new Promise((resolve) => { setTimeout(resolve, 500); }));
    expect(await page.evaluate(() => window.animations)).toEqual([]);
    await choose(page, golden('baseline-420.jpg'));
    await page.evaluate(() => new Promise((resolve) => { setTimeout(resolve, 300); }));
    expect(await page.evaluate(() => window.animations.find(([, screen]) => /frame/.test(screen))?.[0])).toBe(name);
  }, 60_000);

  test('several at once end at the last, without an error', async () => {
    await visit(page, site.url('/'));
    await page.evaluate(() => { for (const name of ['about', 'models', 'intro', 'device']) location.hash = name; });
    await page.waitFor(() => document.querySelector('#device')?.checkVisibility());
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await page.evaluate(() => [...document.querySelectorAll('main > div')].filter((one) => one.checkVisibility()).map(({id}) => id))).toEqual(['device']);
    expect(page.errors).toEqual([]);
  }, 60_000);

  test('a screen is not seen before its style sheet, so that nothing in it jumps; where none can be had it is seen without', async () => {
    const SHEET = '/screens/models/models.css';
    /** @type {import('node:http').ServerResponse | null} */
    let held = null;
    site.overrides.set('/sw.js', (response) => response.writeHead(404).end());
    site.overrides.set(SHEET, (response) => { held = response; });
    await visit(page, site.url('/'));
    await page.evaluate(() => { location.hash = 'models'; });
    await page.waitFor(() => document.querySelectorAll('#models .model[data-pack]').length > 1); // drawn
    expect(await page.evaluate(() => document.querySelector('#models').checkVisibility())).toBe(false);
    held.writeHead(200, {'content-type': 'text/css'}).end('#models { --dressed: yes; }');
    await page.waitFor(() => document.querySelector('#models').checkVisibility());
    expect(await page.evaluate(() => getComputedStyle(document.querySelector('#models')).getPropertyValue('--dressed'))).toBe('yes');
    site.overrides.set('/screens/device/device.css', (response) => response.writeHead(503).end());
    await page.evaluate(() => { location.hash = 'device'; });
    await page.waitFor(() => document.querySelector('#device').checkVisibility());
    expect(page.errors).toEqual([]);
  }, 60_000);

  test('the bar stays where it is from a screen that scrolls to one that does not', async () => {
    await page.raw.setViewport({width: 1280, height: 800});
    await visit(page, site.url('/'));
    await page.waitFor(() => document.querySelector('.home-card'), {timeout: 60_000});
    const at = () => page.evaluate(() => ['#home', '#about-link'].map((id) => document.querySelector(id).getBoundingClientRect().left));
    const scrolls = () => page.evaluate(() => document.documentElement.scrollHeight > innerHeight);
    const before = await at();
    expect(await scrolls()).toBe(true);
    await page.evaluate(() => { location.hash = 'intro'; });
    await page.waitFor(() => document.querySelector('#intro').checkVisibility());
    expect([await scrolls(), await at()]).toEqual([false, before]);
  });
});
