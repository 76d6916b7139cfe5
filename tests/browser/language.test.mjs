// The language asked for last is the one shown, whichever file comes last.
import {afterAll, beforeAll, beforeEach, describe, expect, test} from '@jest/globals';
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import * as chromium from './drivers/chromium.mjs';
import {until} from './drivers/until.mjs';
import words from '../../web/locales/de.js';
import {LANGUAGES, REVIEWED} from '../../web/lib/text.js';
import {dist, openSite, visit} from './visit.mjs';

(chromium.available ? describe : describe.skip)(chromium.available ? 'the language' : `the language: ${chromium.missing}`, () => {
  let site, browser, page, held;
  beforeAll(async () => {
    site = await openSite();
    site.overrides.set('/sw.js', (response) => response.writeHead(404).end());
    // Of the German files (screens have their own) the page's.
    const german = readdirSync(join(dist, 'classifier'))
      .find((name) => /^de-.*\.js$/.test(name) && readFileSync(join(dist, 'classifier', name), 'utf8').includes(words.about_heading));
    // German comes when the test lets it.
    site.overrides.set(`/classifier/${german}`, (response) => {
      held = () => response.writeHead(200, {'content-type': 'text/javascript'}).end(readFileSync(join(dist, 'classifier', german)));
    });
    browser = await chromium.launch();
  });
  afterAll(async () => {
    await browser?.close();
    await site?.stop();
  });
  beforeEach(async () => {
    held = undefined;
    await page?.close();
    page = await browser.newPage();
    await visit(page, site.url('/?lang=en'));
    await page.waitFor(() => window.deepAll('#model-state')[0].hidden);
  });
  const slow = async () => {
    (await until(() => held, 10_000, 'the question for German'))();
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 300)));
  };

  test('of the element is the last one set', async () => {
    await page.evaluate(() => {
      const [element] = window.deepAll('insitu-classifier');
      element.lang = 'de';
      element.lang = 'ar';
    });
    await page.waitFor(() => window.deepAll('.base')[0].lang === 'ar');
    await slow();
    expect(await page.evaluate(() => [window.deepAll('.base')[0].lang, window.deepAll('#pick')[0].textContent])).toEqual(['ar', 'اختر صورة']);
  });

  test('of the page is the last one chosen', async () => {
    await page.evaluate(() => { location.hash = '#about'; });
    await page.waitFor(() => document.querySelector('#language'));
    for (const language of ['de', 'ar']) {
      await page.evaluate((code) => {
        const select = document.querySelector('#language');
        select.value = code;
        select.dispatchEvent(new Event('change'));
      }, language);
    }
    await page.waitFor(() => document.documentElement.lang === 'ar');
    await slow();
    expect(await page.evaluate(() => [document.documentElement.lang, document.documentElement.dir, document.querySelector('#about-heading').textContent]))
      .toEqual(['ar', 'rtl', 'حول هذه الصفحة']);
  });

  test.each(Object.keys(LANGUAGES))('%s: the page is in it, says whether it is reviewed, and the chooser fits 360 px', async (language) => {
    if (language === 'de') site.overrides.clear();
    await page.raw.setViewport({width: 360, height: 740});
    await page.goto(site.url(`/?lang=${language}#about`));
    await page.waitFor((code) => document.documentElement.lang === code && document.querySelector('#language'), {args: [language]});
    const strings = (await import(`../../web/locales/${language}.js`)).default;
    const [heading, chosen, names, rect, wide, note] = await page.evaluate(() => {
      const select = document.querySelector('#language');
      const {left, right, height} = select.getBoundingClientRect();
      const unreviewed = document.querySelector('#unreviewed');
      return [document.querySelector('#about-heading').textContent, select.value, [...select.options].map((option) => option.textContent),
        {left, right, height}, document.documentElement.scrollWidth, unreviewed.hidden ? '' : unreviewed.textContent];
    });
    expect([heading, chosen, names]).toEqual([strings.about_heading, language, Object.values(LANGUAGES)]);
    expect(rect.left).toBeGreaterThanOrEqual(0);
    expect(rect.right).toBeLessThanOrEqual(360);
    expect(rect.height).toBeGreaterThanOrEqual(44);
    expect(wide).toBeLessThanOrEqual(360);
    expect(note).toBe(REVIEWED.includes(language) ? '' : strings.language_not_reviewed);
  });
});
