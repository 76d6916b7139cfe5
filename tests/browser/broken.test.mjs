// A page of which a part does not come: a person is told, in place of an empty
// page, and what has come goes on.
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from '@jest/globals';
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {axeProblems} from './axe.mjs';
import * as chromium from './drivers/chromium.mjs';
import {directionOf, LANGUAGES} from '../../web/lib/languages.js';
import arabic from '../../web/locales/ar.js';
import {arrive, click, dist, golden, openSite, pick, text, told, view, visit} from './visit.mjs';

const html = readFileSync(join(dist, 'index.html'), 'utf8');
const chunk = /classifier\/chunk-\w+\.js/.exec(html)[0];
const fileOf = (pattern) => `/classifier/${readdirSync(join(dist, 'classifier')).find((name) => pattern.test(name))}`;
const index = JSON.parse(readFileSync(join(dist, 'models/index.json'), 'utf8'));
const pack = JSON.parse(readFileSync(join(dist, 'models', index.first, 'pack.json'), 'utf8'));
const variant = pack.variants.find(({name}) => name === pack.default_variant);
const MODEL = `/models/${index.first}/${variant.file}`;
const gone = (response) => response.writeHead(503).end();

(chromium.available ? describe : describe.skip)(chromium.available ? 'a page in parts' : `a page in parts: ${chromium.missing}`, () => {
  let site, browser, page;
  beforeAll(async () => { browser = await chromium.launch(); });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    site = await openSite();
    site.overrides.set('/sw.js', (response) => response.writeHead(404).end());
    page = await browser.newPage();
  });
  afterEach(async () => {
    await page.close();
    await site.stop();
  });

  test.each([['what starts it', '/start.js'], ['its script', '/app.js'], ['what its script imports', `/${chunk}`]])('without %s it says so, and how to go on', async (_, path) => {
    site.overrides.set(path, gone);
    await page.goto(site.url('/'));
    await page.waitFor(() => getComputedStyle(document.querySelector('.stuck')).visibility === 'visible');
    expect(await page.evaluate(() => document.querySelector('.stuck').innerText)).toMatch(/has not come.*load it again/);
  });

  test.each(Object.keys(LANGUAGES))('in %s it says so in that language alone', async (language) => {
    site.overrides.set('/app.js', gone);
    await page.goto(site.url(`/?lang=${language}`));
    await page.waitFor(() => getComputedStyle(document.querySelector('.stuck')).visibility === 'visible');
    expect(await page.evaluate(() => [...document.querySelectorAll('.stuck p')].filter((line) => line.checkVisibility())
      .map((line) => [line.lang, getComputedStyle(line).direction, line.querySelector('a').textContent.length > 3]))).toEqual([[language, directionOf(language), true]]);
    expect(await page.evaluate(() => document.title)).toBe((await import(`../../web/locales/${language}.js`)).default.title);
    await page.waitFor(() => getComputedStyle(document.querySelector('footer')).visibility === 'visible');
    // The document's own words are English, and lead to nothing.
    const shown = await page.evaluate(() => [...document.querySelectorAll('[data-text]')].filter((node) => node.checkVisibility({visibilityProperty: true})).map((node) => node.dataset.text));
    expect(shown).toEqual(language === 'en' ? expect.arrayContaining(['about', 'footer']) : []);
    expect(await axeProblems(page)).toEqual([]);
  });

  test('where nobody knows the language, in all of them; and so in a frame', async () => {
    const said = () => page.evaluate(() => [...document.querySelectorAll('.stuck p')].filter((line) => line.checkVisibility()).map((line) => line.lang).sort());
    for (const [address, script] of [['/?lang=de', '/start.js'], ['/embed.html?lang=de&host=https://example.org', '/embed.js']]) {
      site.overrides.set(script, gone);
      await page.goto(site.url(address));
      await page.waitFor(() => getComputedStyle(document.querySelector('.stuck')).visibility === 'visible');
      expect([address, await said()]).toEqual([address, Object.keys(LANGUAGES).sort()]);
      expect(await axeProblems(page)).toEqual([]);
    }
  });

  test('whole, it never says so', async () => {
    await visit(page, site.url('/'));
    expect(await page.evaluate(() => document.querySelector('.stuck').checkVisibility())).toBe(false);
  });

  test('a model that fails before the words have come is told in the page\'s language', async () => {
    site.overrides.set(`/models/${index.first}/pack.json`, gone);
    await arrive(page, site.url('/?lang=ar'));
    await told(page, '#failure-text');
    await page.waitFor((words) => window.deepAll('.base h2')[0]?.textContent === words, {args: [arabic.failure_load_heading]});
    expect(await page.evaluate(() => window.deepAll('.base')[0].dir)).toBe('rtl');
  });

  test('a screen that does not come is told, and comes when it is asked for again', async () => {
    const about = fileOf(/^about-.*\.js$/);
    await visit(page, site.url('/'));
    site.overrides.set(about, gone);
    await click(page, '#about-link');
    await page.waitFor(() => /could not be fetched/.test(document.querySelector('#about')?.innerText));
    await click(page, '#about-link'); // it leads back, and all else works
    await page.waitFor(() => !document.querySelector('#check').hidden);
    expect((await pick(page, golden('baseline-420.jpg'))).name).toBe('insitu-result');
    await click(page, '#about-link');
    await page.waitFor(() => !document.querySelector('#about').hidden);
    site.overrides.delete(about);
    await click(page, '.screen-again');
    await page.waitFor(() => document.querySelector('#about-heading'));
  });

  test('the camera that does not come is told, with a way on', async () => {
    site.overrides.set(fileOf(/^camera-.*\.js$/), gone);
    await visit(page, site.url('/'));
    await click(page, '#live');
    await page.waitFor(() => window.deepAll('#failure-text').length > 0);
    expect(await text(page)).toMatch(/file of this page could not be fetched/);
  });

  test('the model that breaks off half way goes on from there, without a word', async () => {
    const bytes = readFileSync(join(dist, MODEL));
    const ranges = [];
    let num_asked = 0;
    const half = Math.floor(bytes.length / 2);
    site.overrides.set(MODEL, (response) => {
      ranges.push(response.req.headers.range ?? null);
      if (num_asked++ > 0) {
        const from = Number(/\d+/.exec(ranges.at(-1) ?? '0')[0]);
        return response.writeHead(206, {'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}`}).end(bytes.subarray(from));
      }
      response.writeHead(200, {'content-length': bytes.length});
      response.write(bytes.subarray(0, half));
      setTimeout(() => response.destroy(), 200);
    });
    await visit(page, site.url('/'));
    expect((await pick(page, golden('baseline-420.jpg'))).name).toBe('insitu-result');
    expect(ranges.length).toBeGreaterThan(1); // where nothing was read yet when it broke, all is asked for again
    expect(ranges.slice(1).every((range) => range === null || /^bytes=\d+-$/.test(range))).toBe(true);
  });

  test('a model that comes slowly: how long it will take is told, and a photo can be chosen meanwhile', async () => {
    const bytes = readFileSync(join(dist, MODEL));
    let response;
    site.overrides.set(MODEL, (held) => { response = held; });
    await visit(page, site.url('/'));
    response.writeHead(200, {'content-length': bytes.length});
    for (let at = 0; at < 8; at++) {
      response.write(bytes.subarray(at * 65536, (at + 1) * 65536));
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    await page.waitFor(() => /about \d+ seconds left\. You can choose the photo meanwhile/.test(window.deepAll('#model-state')[0].textContent));
    await page.pickFile(() => window.deepAll('#file')[0], golden('baseline-420.jpg'));
    await page.waitFor(() => window.deepAll('#stage-text').length > 0);
    response.end(bytes.subarray(8 * 65536));
    await page.waitFor(() => window.deepAll('#compare').length > 0);
  });

  test('of a model of which there is a smaller variant, that one is offered, and what is taken is remembered', async () => {
    const changed = {...pack, default_variant: pack.variants.reduce((a, b) => (a.bytes > b.bytes ? a : b)).name};
    const small = pack.variants.reduce((a, b) => (a.bytes < b.bytes ? a : b));
    const large = pack.variants.find(({name}) => name === changed.default_variant);
    expect(large.bytes).toBeGreaterThan(2 * small.bytes);
    site.overrides.set(`/models/${index.first}/pack.json`, JSON.stringify(changed));
    site.overrides.set(`/models/${index.first}/${large.file}`, (response) => {
      response.writeHead(200, {'content-length': large.bytes});
      response.write(Buffer.alloc(100_000)); // the rest never comes
    });
    await visit(page, site.url('/?lang=en'));
    await page.waitFor(() => window.deepAll('#smaller-model')[0]?.hidden === false);
    expect(await page.evaluate(() => window.deepAll('#smaller-model')[0].textContent)).toMatch(/^Use the smaller model \([\d.]+ MB\)$/);
    await click(page, '#smaller-model');
    const {detail} = await pick(page, golden('baseline-420.jpg'));
    expect(detail.model.variant).toBe(small.name);
    expect(await view(page)).toBe('result');
    // The next visit does not wait for the large one again.
    const before = site.requests.length;
    await visit(page, site.url('/?lang=en'));
    expect((await pick(page, golden('baseline-420.jpg'))).detail.model.variant).toBe(small.name);
    expect(site.requests.slice(before).filter(({path}) => path.endsWith(large.file))).toEqual([]);
  });

  test('what the program says of a failure is marked as English in every language', async () => {
    await visit(page, site.url('/?lang=ar'));
    await page.waitFor(() => window.deepAll('.base')[0].lang === 'ar');
    await pick(page, golden('make_golden.py'));
    expect(await page.evaluate(() => {
      const [message] = window.deepAll('#failure-detail span');
      return [message.lang, message.dir, /[a-z]{4}/.test(message.textContent), window.deepAll('#failure-text')[0].closest('[lang]').lang];
    })).toEqual(['en', 'ltr', true, 'ar']);
  });
});
