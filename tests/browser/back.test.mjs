// What a person has before them is not lost by Back, by Forward, by About or by
// an update, and what they chose is remembered.
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from '@jest/globals';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import * as chromium from './drivers/chromium.mjs';
import {choose, click, dist, golden, openSite, pick, view, visit} from './visit.mjs';

const PICTURE = golden('baseline-420.jpg');

(chromium.available ? describe : describe.skip)(chromium.available ? 'Back' : `Back: ${chromium.missing}`, () => {
  let site, browser, page;
  beforeAll(async () => {
    site = await openSite();
    browser = await chromium.launch();
  });
  afterAll(async () => {
    await browser?.close();
    await site?.stop();
  });
  beforeEach(async () => {
    page = await browser.newPage();
    await page.raw.evaluateOnNewDocument(() => {
      window.askedToKeep = 0;
      if (window.StorageManager) StorageManager.prototype.persist = async () => { window.askedToKeep++; return true; };
    });
    await visit(page, site.url('/embed.html').replace('embed.html', '?before')); // so that there is a page to fall out into
    await visit(page, site.url('/'));
  });
  afterEach(() => page.close());
  const shown = (name) => page.waitFor((wanted) => window.deepAll('insitu-classifier')[0].getAttribute('view') === wanted, {args: [name]});
  const go = (steps) => page.evaluate((by) => new Promise((resolve) => {
    addEventListener('popstate', () => setTimeout(resolve, 50), {once: true});
    history.go(by);
  }), steps);
  const chooseGerman = async () => {
    await click(page, '#about-link');
    await page.waitFor(() => document.querySelector('#language'));
    await page.evaluate(() => {
      const select = document.querySelector('#language');
      select.value = 'de';
      select.dispatchEvent(new Event('change'));
    });
    await page.waitFor(() => document.documentElement.lang === 'de');
  };
  const address = () => page.evaluate(() => location.search + location.hash);

  test('from About an answer is read on where it was left, by Back and by the link', async () => {
    await page.raw.setViewport({width: 360, height: 740});
    await pick(page, PICTURE);
    for (const back of [() => history.back(), () => document.querySelector('#about-link').click()]) {
      await page.evaluate(() => scrollTo(0, 700));
      await page.evaluate(() => { location.hash = 'about'; });
      await page.waitFor(() => document.activeElement.id === 'about-heading' && scrollY === 0);
      await page.evaluate(back);
      await page.waitFor(() => location.hash === '' && Math.abs(scrollY - 700) <= 1);
      await new Promise((resolve) => setTimeout(resolve, 500));
      expect(await page.evaluate(() => Math.round(scrollY))).toBe(700);
    }
  });

  test('leads from an answer to the square, to the start, and Forward to the answer again', async () => {
    await pick(page, PICTURE);
    const top = await page.evaluate(() => window.deepAll('#top')[0].textContent);
    await go(-1);
    await shown('frame');
    await go(1);
    await shown('result');
    expect(await page.evaluate(() => [window.deepAll('#top')[0].textContent, window.seen.length])).toEqual([top, 1]); // worked out once
    await go(-1);
    await shown('frame');
    await go(-1);
    await shown('start');
    expect(await address()).toBe(''); // still this page
  });

  test('after another photo leads out of the page, not through the one before', async () => {
    await pick(page, PICTURE);
    await click(page, '#another');
    await shown('start');
    await page.waitFor(() => history.state?.trail?.length === 1);
    await choose(page, PICTURE);
    await go(-1);
    await shown('start');
    await Promise.all([page.raw.waitForNavigation(), page.evaluate(() => history.back())]);
    expect(await address()).toBe('?before');
  });

  test('from About leads to the answer, and then on from it', async () => {
    await pick(page, PICTURE);
    await click(page, '#about-link');
    await page.waitFor(() => !document.querySelector('#about').hidden);
    await click(page, '#about-link'); // "Back"
    await page.waitFor(() => document.querySelector('#about').hidden);
    expect(await view(page)).toBe('result');
    await go(-1);
    await shown('frame');
    expect(await address()).toBe('');
  });

  test('an answer that comes while About is read is there afterwards', async () => {
    await choose(page, PICTURE);
    await page.evaluate(() => {
      window.deepAll('#compare')[0].click();
      document.querySelector('#about-link').click();
    });
    await page.waitFor(() => window.seen.length > 0 && !document.querySelector('#about').hidden);
    await click(page, '#about-link');
    await page.waitFor(() => document.querySelector('#about').hidden);
    expect(await view(page)).toBe('result');
  });

  test('an update that is agreed to over an answer waits until it is left', async () => {
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    const worker = readFileSync(join(dist, 'sw.js'), 'utf8');
    site.overrides.set('/sw.js', worker.replace(/("?version"?:\s*"[^"]+)"/, '$1-next"'));
    try {
      await pick(page, PICTURE);
      await page.evaluate(() => navigator.serviceWorker.getRegistration().then((registration) => registration.update()).then(() => undefined));
      await page.waitFor(() => !document.querySelector('#update').hidden);
      await page.evaluate(() => { window.isSame = true; });
      await click(page, '#update-now');
      await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 700)));
      expect([await view(page), await page.evaluate(() => [window.isSame, document.querySelector('#update-words').textContent])])
        .toEqual(['result', [true, 'It is put in place when you have finished here.']]);
      // "Later" takes it back, and it is offered anew.
      await click(page, '#update-later');
      await click(page, '#another');
      await page.waitFor(() => history.state?.trail?.length === 1);
      await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 300)));
      expect(await page.evaluate(() => window.isSame)).toBe(true);
      await pick(page, PICTURE);
      await page.evaluate(() => { document.querySelector('#update').hidden = false; });
      await click(page, '#update-now');
      await click(page, '#another');
      await page.raw.waitForFunction(() => window.isSame === undefined); // it has been loaded anew
    } finally {
      site.overrides.delete('/sw.js');
    }
  });

  test('the browser is asked to keep the page once it has been of use, and not before', async () => {
    expect(await page.evaluate(() => window.askedToKeep)).toBe(0);
    await pick(page, PICTURE);
    await page.waitFor(() => window.askedToKeep === 1);
    await click(page, '#another');
    await pick(page, PICTURE);
    expect(await page.evaluate(() => window.askedToKeep)).toBe(1);
  });

  test('an answer is said in the language that was chosen since, worked out once, and Back leads on from it', async () => {
    await pick(page, PICTURE);
    const said = () => page.evaluate(() => ['.base', '.result h3', '#another'].map((selector) => {
      const [node] = window.deepAll(selector);
      return selector === '.base' ? node.lang : node.textContent;
    }));
    const before = await said();
    expect(before[0]).toBe('en');
    await chooseGerman();
    await go(-1);
    await page.waitFor(() => window.deepAll('.base')[0].lang === 'de' && window.deepAll('.result h3').length > 0);
    const after = await said();
    expect(after[1]).not.toBe(before[1]);
    expect(after[2]).not.toBe(before[2]);
    expect(await page.evaluate(() => [window.deepAll('insitu-classifier')[0].view, window.seen.length])).toEqual(['result', 1]);
    await go(-1);
    await shown('frame');
  });

  test('the language that was chosen is there at the next visit, whatever the address says of none', async () => {
    await chooseGerman();
    await visit(page, site.url('/'));
    await page.waitFor(() => document.documentElement.lang === 'de');
    await page.waitFor(() => window.deepAll('#pick')[0].textContent === 'Foto wählen');
    // A link in another language counts for this visit.
    await visit(page, site.url('/?lang=ar'));
    await page.waitFor(() => document.documentElement.lang === 'ar');
  });
});
