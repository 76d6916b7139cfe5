// The page's two screens, by the address: however quickly one comes and goes,
// the address's screen is the one shown.
import {afterAll, beforeAll, beforeEach, describe, expect, test} from '@jest/globals';
import {axeProblems} from './axe.mjs';
import * as chromium from './drivers/chromium.mjs';
import {controlled, openSite, visit} from './visit.mjs';

// Runs in the page. About waits for the service worker to name its version, a
// second at most: here until the test lets the question go, by window.letGo().
function holdVersion() {
  const ask = ServiceWorker.prototype.postMessage;
  const later = window.setTimeout;
  window.setTimeout = (run, ms, ...rest) => later(run, ms === 1000 ? 60_000 : ms, ...rest);
  const held = [];
  window.numAsked = 0;
  window.letGo = () => held.splice(0).forEach((send) => send());
  ServiceWorker.prototype.postMessage = function (...args) {
    window.numAsked += 1;
    held.push(() => ask.apply(this, args));
  };
}

(chromium.available ? describe : describe.skip)(chromium.available ? 'about' : `about: ${chromium.missing}`, () => {
  let site, browser, page;
  beforeAll(async () => {
    site = await openSite();
    browser = await chromium.launch();
    page = await browser.newPage();
    await visit(page, site.url('/'));
    await controlled(page);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await site?.stop();
  });
  beforeEach(async () => {
    await visit(page, site.url('/'));
    await page.evaluate(holdVersion);
  });

  const shown = () => page.evaluate(() => ({
    screens: ['check', 'about'].filter((id) => !document.getElementById(id).hidden),
    link: document.querySelector('#about-link').textContent,
    leadsTo: document.querySelector('#about-link').getAttribute('href'),
  }));
  // Goes to each address in turn, each once the one before is being shown.
  async function hurry(...hashes) {
    for (const [index, hash] of hashes.entries()) {
      await page.evaluate((to) => new Promise((resolve) => {
        addEventListener('hashchange', () => setTimeout(resolve, 0), {once: true});
        location.hash = to;
      }), hash);
      if (hash === '#about') await page.waitFor((count) => window.numAsked >= count, {args: [hashes.slice(0, index + 1).filter((one) => one === '#about').length]});
    }
    await page.evaluate(() => window.letGo());
    await page.waitFor(() => document.querySelector('#about-heading')); // About is drawn now, seen or not
    // It is seen once its style sheet has come, and then has the focus; what must not come up is given time to.
    if (hashes.at(-1) === '#about') await page.waitFor(() => document.activeElement.id === 'about-heading');
    else await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 500)));
  }
  const CHECK = {screens: ['check'], link: 'About', leadsTo: '#about'};
  const ABOUT = {screens: ['about'], link: 'Back', leadsTo: '#'};

  test('gone to, it is shown, and the link leads back', async () => {
    expect(await shown()).toEqual(CHECK);
    await hurry('#about');
    expect(await shown()).toEqual(ABOUT);
    expect(await page.evaluate(() => document.activeElement.id)).toBe('about-heading');
  });

  // Its words are drawn anew when the model has come, which may be after it is shown.
  test.each(['about-heading', 'language'])('drawn anew while a person is at #%s, the focus stays there', async (id) => {
    await page.evaluate(() => document.querySelector('#classifier').ready.then(() => undefined));
    await hurry('#about');
    await page.evaluate((wanted) => {
      const element = document.getElementById(wanted);
      element.focus();
      window.before = element;
      document.querySelector('#classifier').dispatchEvent(new CustomEvent('insitu-load', {detail: {build: 'drawn-anew', threads: 1}}));
    }, id);
    await page.waitFor(() => window.numAsked >= 2);
    await page.evaluate(() => window.letGo());
    await page.waitFor(() => document.querySelector('#about').textContent.includes('drawn-anew'));
    expect(await page.evaluate(() => [document.activeElement.id, document.activeElement === window.before])).toEqual([id, false]);
  });

  test('left before it is drawn, it does not come up', async () => {
    await hurry('#about', '');
    expect(await shown()).toEqual(CHECK);
  });

  test('left and gone to again before it is drawn, it is shown', async () => {
    await hurry('#about', '', '#about');
    expect(await shown()).toEqual(ABOUT);
  });

  test('the card is found, also where the pack\'s folder is named without its last slash', async () => {
    const {first} = await (await fetch(site.url('/models/index.json'))).json();
    await page.evaluate((folder) => document.querySelector('#classifier').setAttribute('pack', folder), `models/${first}`);
    await page.evaluate(() => document.querySelector('#classifier').ready.then(() => undefined));
    await hurry('#about');
    const address = await page.evaluate(() => document.querySelector('#about a[href$="card.html"]').href);
    expect(new URL(address).pathname).toBe(`/models/${first}/card.html`);
    expect((await fetch(address)).status).toBe(200);
  });

  test('on a narrow phone no interval is broken at its dash: here, in the card and in the report', async () => {
    const {first} = await (await fetch(site.url('/models/index.json'))).json();
    const paper = await browser.newPage();
    try {
      await paper.raw.setViewport({width: 360, height: 640});
      // The lines that each interval of a table's cell lies on, and whether the page is wider than its window.
      const measure = () => paper.evaluate(() => {
        const texts = [...document.querySelectorAll('td')].flatMap((cell) => {
          const found = [];
          for (let walk = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT), node = walk.nextNode(); node; node = walk.nextNode()) found.push(node);
          return found;
        });
        const lines = texts.flatMap((node) => [...node.data.matchAll(/\d[\d.,%\s]*–[\d.,\s]*\d/g)].map(({0: text, index}) => {
          const range = document.createRange();
          range.setStart(node, index);
          range.setEnd(node, index + text.length);
          return [text, new Set([...range.getClientRects()].map(({top}) => Math.round(top))).size];
        }));
        return {num: lines.length, broken: lines.filter(([, num]) => num > 1).map(([text]) => text), wide: document.documentElement.scrollWidth > innerWidth};
      });
      const found = [];
      const addresses = ['/?lang=en#about', '/?lang=de#about', `/models/${first}/card.html`, `/models/${first}/report/report.html`];
      for (const address of addresses) {
        await paper.goto(site.url(address));
        await paper.waitFor(() => document.querySelectorAll('td').length > 3);
        const {num, ...seen} = await measure();
        found.push([address, num > 3, seen]);
      }
      expect(found).toEqual(addresses.map((address) => [address, true, {broken: [], wide: false}]));
    } finally {
      await paper.close();
    }
  });

  test('the card is a document to read, with its plots and the way to the report', async () => {
    const {first} = await (await fetch(site.url('/models/index.json'))).json();
    const card = await browser.newPage();
    try {
      await card.goto(site.url(`/models/${first}/card.html`));
      const seen = await card.evaluate(() => ({
        headings: document.querySelectorAll('h2').length, cells: document.querySelectorAll('td').length,
        plots: [...document.images].map((one) => one.complete && one.naturalWidth > 0),
        wide: document.documentElement.scrollWidth - innerWidth, ground: getComputedStyle(document.body).backgroundColor,
        report: document.querySelector('a').href,
      }));
      expect(seen.headings).toBeGreaterThan(5);
      expect(seen.cells).toBeGreaterThan(50);
      expect(seen.plots).toEqual([true, true]);
      expect(seen.wide).toBeLessThanOrEqual(0);
      expect(seen.ground).not.toBe('rgba(0, 0, 0, 0)'); // its style sheet is let in
      expect((await fetch(seen.report)).status).toBe(200);
      expect(await axeProblems(card)).toEqual([]);
      await card.goto(seen.report);
      expect(await axeProblems(card)).toEqual([]);
    } finally {
      await card.close();
    }
  });
});
