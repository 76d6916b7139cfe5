// What is drawn first: before the page's scripts, in the person's language, the
// largest that the page will show, and nothing that moves afterwards.
import {afterAll, afterEach, beforeAll, describe, expect, test} from '@jest/globals';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import * as chromium from './drivers/chromium.mjs';
import {LANGUAGES, directionOf} from '../../web/lib/languages.js';
import {nearest} from '../../web/classifier/engine-packs.js';
import {dist, openSite, visit} from './visit.mjs';

const json = (name) => JSON.parse(readFileSync(join(dist, name), 'utf8'));
const index = json('models/index.json');
const {languages} = index.packs.find(({id}) => id === index.first);
const other = index.packs.find(({id}) => id !== index.first);

// Runs in the page before its scripts: what was drawn when, what moved, and when the page's own began.
function watch() {
  window.drawn = [];
  window.moved = 0;
  new PerformanceObserver((list) => window.drawn.push(...list.getEntries().map(({startTime, size}) => ({at: startTime, size})))).observe({type: 'largest-contentful-paint', buffered: true});
  new PerformanceObserver((list) => { for (const {value} of list.getEntries()) window.moved += value; }).observe({type: 'layout-shift', buffered: true});
  const define = customElements.define;
  customElements.define = function (...args) {
    window.defined ??= performance.now();
    return define.apply(this, args);
  };
}

(chromium.available ? describe : describe.skip)(chromium.available ? 'the first drawing' : `the first drawing: ${chromium.missing}`, () => {
  let site, browser, page;
  beforeAll(async () => {
    site = await openSite();
    site.overrides.set('/sw.js', (response) => response.writeHead(404).end());
    browser = await chromium.launch();
  });
  afterAll(async () => {
    await browser?.close();
    await site?.stop();
  });
  afterEach(async () => {
    site.overrides.delete('/app.js');
    await page?.close();
  });
  async function openPage(width = 412, height = 823) {
    page = await browser.newPage();
    await page.raw.setViewport({width, height, isMobile: width < 500, hasTouch: width < 500});
    await page.raw.evaluateOnNewDocument(watch);
  }
  // What is to be read while the page's scripts do not come.
  async function readFirst(query, remembered = []) {
    site.overrides.set('/app.js', () => {});
    await openPage();
    await page.raw.evaluateOnNewDocument((names) => { if (names.length > 0) localStorage.setItem('insitu-packs', JSON.stringify(names)); }, remembered);
    await page.raw.goto(site.url(`/${query}`), {waitUntil: 'domcontentloaded'});
    await page.waitFor(() => performance.getEntriesByName('first-paint').length > 0);
    return page.evaluate(() => {
      const said = (selector) => {
        const node = document.querySelector(selector);
        return getComputedStyle(node).visibility === 'visible' ? [node.textContent, node.lang] : null;
      };
      return {heading: said('h1'), lead: said('.lead'), about: said('#about-link')?.[0] ?? null, lang: document.documentElement.lang, dir: document.documentElement.dir};
    });
  }

  test.each(Object.keys(LANGUAGES))('%s: says what the pack says in it, and no word of another', async (language) => {
    const {heading, lead, language: lang} = json(`models/${index.first}/texts/${nearest(languages, language)}.json`);
    expect(await readFirst(`?lang=${language}`)).toEqual({
      heading: [heading, lang], lead: [lead, lang], about: language === 'en' ? 'About' : null, lang: language, dir: directionOf(language),
    });
  });

  (other ? test : test.skip)('says nothing of the first pack where another was chosen, by the address or before', async () => {
    expect(await readFirst(`?pack=${other?.id}`)).toMatchObject({heading: null, lead: null});
    await page.close();
    expect(await readFirst('', [`models/${other?.id}`])).toMatchObject({heading: null, lead: null});
    await page.close();
    expect((await readFirst('', [`models/${index.first}`])).heading).not.toBeNull();
  });

  // On a desktop the other packs' cards, which come after the model, move the footer: up to 0.1 counts as still.
  test.each([[412, 823, 0.01], [360, 740, 0.01], [1280, 800, 0.1]])('at %d x %d comes before the scripts run, is the largest, and moves by less than %p', async (width, height, most) => {
    await openPage(width, height);
    await visit(page, site.url('/?lang=en'));
    await page.waitFor(() => window.deepAll('#model-state')[0]?.hidden && document.querySelector('.home-card'));
    const {drawn, first, defined, moved} = await page.evaluate(() => ({
      drawn: window.drawn, first: performance.getEntriesByName('first-contentful-paint')[0].startTime, defined: window.defined, moved: window.moved,
    }));
    expect(first).toBeLessThan(defined);
    expect(drawn.at(-1).at).toBe(first);
    expect(moved).toBeLessThan(most);
  });

  test('a page that is not drawn, behind another tab, starts all the same', async () => {
    await openPage();
    await page.raw.evaluateOnNewDocument(() => {
      Object.defineProperty(Document.prototype, 'hidden', {get: () => true});
      window.PerformanceObserver = null;
    });
    await visit(page, site.url('/'));
    expect(await page.evaluate(() => window.deepAll('#file').length)).toBe(1);
  });
});
