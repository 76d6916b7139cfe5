// A browser that lacks what the page or its model needs: Chromium with it taken
// away before any script runs. A plain sentence names what is missing and which
// browsers have it, and no script fails.
import {describe, expect, test} from '@jest/globals';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {anew} from './anew.mjs';
import {axeProblems} from './axe.mjs';
import * as chromium from './drivers/chromium.mjs';
import {arrive, dist, told} from './visit.mjs';
import {LANGUAGES} from '../../web/lib/text.js';
import {STUCK} from '../../web/shared/stuck.js';

const VERSIONS = /110.*115.*16\.4/;

(chromium.available ? describe : describe.skip)(chromium.available ? 'an old browser' : `an old browser: ${chromium.missing}`, () => {
  let site, page;
  anew((...made) => { [site, page] = made; });

  async function openWithout(take, address = '') {
    await page.raw.evaluateOnNewDocument(take);
    await arrive(page, site.url(`/${address}`));
  }
  const models = () => site.requests.filter(({path}) => path.endsWith('.tflite')).length;

  const NO_PAGE = [
    ['JavaScript modules', () => { delete HTMLScriptElement.prototype.noModule; }],
    ['custom elements', () => { delete window.customElements; }],
    ['JavaScript of 2023', () => { delete Array.prototype.toSorted; }],
  ];
  test.each(NO_PAGE)('without %s: the document itself says so', async (lacks, take) => {
    await openWithout(take);
    await page.waitFor(() => document.querySelector('#old')?.checkVisibility());
    const shown = await page.evaluate(() => document.querySelector('#old').innerText);
    expect(shown).toContain(lacks);
    expect(shown).toMatch(VERSIONS);
    expect(shown).not.toMatch(/[À-ÿ\u0600-\u06ff\u4e00-\u9fff]/); // of the other languages nothing
    expect(await page.evaluate(() => document.querySelector('#classifier').checkVisibility())).toBe(false);
    expect(page.errors).toEqual([]);
  });

  test('it says so in the reader\'s language too', async () => {
    await openWithout(() => {
      Object.defineProperty(navigator, 'language', {value: 'ar-EG'});
      delete Array.prototype.toSorted;
    });
    await page.waitFor(() => document.querySelectorAll('#old p').length > 1);
    expect(await page.evaluate(() => [...document.querySelectorAll('#old p')].map((line) => [line.lang, getComputedStyle(line).direction, line.checkVisibility()])))
      .toEqual([['en', 'ltr', true], ['ar', 'rtl', true]]);
    expect(await page.evaluate(() => document.querySelector('#old').innerText)).not.toContain('{');
  });

  test('that is the page\'s, where its first script has got as far, and English stays English in it', async () => {
    await openWithout(() => { delete Array.prototype.toSorted; }, '?lang=ar');
    await page.waitFor(() => document.querySelectorAll('#old p').length > 1);
    expect(await page.evaluate(() => [...document.querySelectorAll('#old p')].map((line) => [line.lang, getComputedStyle(line).direction])))
      .toEqual([['en', 'ltr'], ['ar', 'rtl']]);
    expect(await axeProblems(page)).toEqual([]);
  });

  test('nothing leads on: no cards of models, no first steps, no word of offline use', async () => {
    await openWithout(() => { delete Array.prototype.toSorted; });
    await page.waitFor(() => document.querySelector('#old')?.checkVisibility());
    await page.waitFor(() => document.querySelector('.home-card')); // such a one may get that far
    expect(await page.evaluate(() => ['#home-packs', '#first-run', '#offline-state', '#classifier'].map((one) => document.querySelector(one).checkVisibility())))
      .toEqual([false, false, false, false]);
  });

  test.each(NO_PAGE)('the frame for other sites says so too, without %s', async (lacks, take) => {
    await openWithout(take, 'embed.html?host=https://example.org');
    await page.waitFor(() => document.querySelector('#old')?.checkVisibility());
    const shown = await page.evaluate(() => document.querySelector('#old').innerText);
    expect(shown).toContain(lacks);
    expect(shown).toMatch(VERSIONS);
    expect(await page.evaluate(() => document.querySelector('#main').checkVisibility())).toBe(false);
    expect(await axeProblems(page, {least: 8})).toEqual([]);
    expect(page.errors).toEqual([]);
  });

  const NO_MODEL = [
    ['WebAssembly', () => { delete window.WebAssembly; }],
    ['WebAssembly SIMD', () => { WebAssembly.validate = () => false; }],
    ['module workers', () => {
      const Native = Worker;
      window.Worker = class { // as one that asks for no type
        constructor(address) { this.native = new Native(address); }
        addEventListener(...all) { this.native.addEventListener(...all); }
        terminate() { this.native.terminate(); }
      };
    }],
  ];
  test.each(NO_MODEL)('without %s: the page says so in place of the model', async (lacks, take) => {
    await openWithout(take, '?lang=en');
    const words = await told(page, '#failure-text');
    expect(words).toContain(`lacks ${lacks},`);
    expect(words).toMatch(VERSIONS);
    // To try again would not help.
    expect(await page.evaluate(() => window.deepAll('#again').length)).toBe(0);
    // Nor would another model; and nothing works offline.
    await page.waitFor(() => document.querySelector('#offline-state').dataset.state === 'ready', {timeout: 60_000});
    expect(await page.evaluate(() => [document.querySelector('#offline-state').checkVisibility(), document.querySelector('#home-packs')])).toEqual([false, null]);
    expect(await axeProblems(page)).toEqual([]);
    expect(page.errors).toEqual([]);
  }, 60_000);

  test('without WebAssembly no model is fetched beyond what the document asks for, and About can be read', async () => {
    await openWithout(() => { delete window.WebAssembly; }, '?lang=de');
    await told(page, '#failure-text');
    expect(models()).toBeLessThanOrEqual(1);
    await page.evaluate(() => { document.querySelector('#about-link').click(); });
    await page.waitFor(() => document.querySelector('#about-heading')?.checkVisibility());
    expect(page.errors).toEqual([]);
  }, 60_000);

  test('a whole one sees none of it', async () => {
    await page.goto(site.url('/'));
    await page.waitFor(() => document.querySelector('#classifier').getAttribute('view') === 'start');
    expect(await page.evaluate(() => document.querySelector('#old').checkVisibility())).toBe(false);
  });
});

test('there are words in every language of the page, with the same versions as the page\'s own', async () => {
  const others = JSON.parse(readFileSync(join(dist, 'support.json'), 'utf8'));
  const [english, framed] = ['index.html', 'embed.html'].map((name) => /<\w+ id="old".*?<p[^>]*>([^<]*)/.exec(readFileSync(join(dist, name), 'utf8'))[1]);
  expect(framed).toBe(english);
  const lines = {en: english, ...others};
  expect(Object.keys(lines).sort()).toEqual(Object.keys(LANGUAGES).sort());
  expect(Object.keys(STUCK).sort()).toEqual(Object.keys(LANGUAGES).sort());
  for (const words of Object.values(STUCK)) expect(words).toMatch(/^[^[\]]+\[[^[\]]+\][^[\]]*$/);
  for (const words of Object.values(lines)) expect([words, /\{lacks\}/.test(words), VERSIONS.test(words)]).toEqual([words, true, true]);
  for (const language of Object.keys(LANGUAGES)) {
    const {default: words} = await import(`../../web/locales/${language}.js`);
    expect([language, words.fail_load_browser]).toEqual([language, expect.stringMatching(VERSIONS)]);
  }
});
