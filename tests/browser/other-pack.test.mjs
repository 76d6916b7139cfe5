// A site with a pack of an entirely different kind as its only one: it answers
// by it, in its words, and nowhere speaks of what the product's own packs are about.
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import {readdirSync, readFileSync} from 'node:fs';
import {extname, join} from 'node:path';
import * as chromium from './drivers/chromium.mjs';
import {buildSite} from './stand-in.mjs';
import {choose, classifyNative, click, difference, pick, root, text, TOLERANCE, visit} from './visit.mjs';

const FORBIDDEN = /\b(skin|lesions?|moles?|melanomas?|naevus|n(a)?evi|keratos[ei]s|carcinomas?|cancers?|dermat\w*|\w*fleck\w*|muttermal\w*)\b|الجلد|بقعة|شامة|ميلانوما/i;
const picture = (name) => join(root, 'tests/packs/stripes/selftest', name);

(chromium.available ? test : test.skip)('a pack of the first format, whose words are in pack.json, answers as the command', async () => {
  const old = buildSite('tests/cli', 'spots', 'old');
  const site = await old.open();
  const browser = await chromium.launch();
  try {
    const page = await browser.newPage();
    await visit(page, site.url('/?lang=de'));
    const file = join(root, 'tests/cli/spots/selftest/slopes.png');
    const [native] = classifyNative([file], ['--pack', 'tests/cli/spots']);
    const {detail} = await pick(page, file);
    expect(detail.classes.map(({label}) => label)).toEqual(native.classes.map(({label}) => label));
    expect(difference(detail, native)).toBeLessThan(TOLERANCE);
    expect(await page.evaluate(() => [window.deepAll('#top')[0].textContent, window.deepAll('#top')[0].lang])).toEqual([native.top.label, 'en']);
  } finally {
    await browser.close();
    await site.stop();
    old.remove();
  }
});

(chromium.available ? describe : describe.skip)(chromium.available ? 'another pack' : `another pack: ${chromium.missing}`, () => {
  let built, site, browser, page;
  beforeAll(async () => {
    built = buildSite('tests/packs', 'stripes', 'other');
    site = await built.open();
    browser = await chromium.launch();
    page = await browser.newPage();
    await page.raw.setViewport({width: 390, height: 844, isMobile: true, hasTouch: true});
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await site?.stop();
    built?.remove();
  });

  test('no file of the site speaks of another subject', () => {
    const files = readdirSync(built.folder, {recursive: true, withFileTypes: true}).filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(built.folder.length + 1));
    expect(files.filter((name) => name.startsWith('models/')).length).toBeGreaterThan(4);
    const texts = files.filter((name) => ['.html', '.js', '.mjs', '.css', '.json', '.webmanifest', '.svg', '.md', ''].includes(extname(name)));
    expect(texts.length).toBeGreaterThan(20);
    for (const name of texts) {
      const [found] = FORBIDDEN.exec(readFileSync(join(built.folder, name), 'utf8')) ?? [];
      expect([name, found, /\bHaut\b/.test(readFileSync(join(built.folder, name), 'utf8'))]).toEqual([name, undefined, false]); // as German writes it: French has haut
    }
  });

  test('control: the product\'s own packs do', () => {
    expect(readFileSync(join(root, 'models/skin/texts/en.json'), 'utf8')).toMatch(FORBIDDEN);
    expect(readFileSync(join(root, 'models/skin/texts/de.json'), 'utf8')).toMatch(FORBIDDEN);
    expect(readFileSync(join(root, 'models/skin/texts/ar.json'), 'utf8')).toMatch(FORBIDDEN);
  });

  const clean = async (name) => {
    const shown = await text(page);
    expect(shown.length).toBeGreaterThan(100);
    expect([name, FORBIDDEN.exec(shown)?.[0]]).toEqual([name, undefined]);
    return shown;
  };

  test.each(['en', 'de', 'ar'])('no screen does (%s)', async (lang) => {
    await visit(page, site.url(`/?lang=${lang}`));
    await page.waitFor(() => window.deepAll('#model-state')[0].hidden);
    expect(await clean('start')).toMatch(lang === 'ar' ? /إلى أين تتجه الخطوط؟/ : /Which way do the stripes run\?/);
    await choose(page, picture('checked.png'));
    await clean('frame');
    await click(page, '#compare');
    await page.waitFor(() => window.seen.length > 0);
    expect(await clean('result')).toMatch(lang === 'ar' ? /مربعات/ : /Checks/);
    await click(page, '#another');
    await pick(page, join(root, 'package.json'));
    await clean('failure');
    await page.evaluate(() => { location.hash = '#about'; });
    await page.waitFor(() => document.querySelector('#about-heading') && !document.querySelector('#about').hidden);
    expect(await clean('about')).toContain(lang === 'ar' ? 'خطوط' : 'Stripes');
  });

  test('answers as the command with the same pack', async () => {
    await visit(page, site.url('/'));
    for (const name of ['standing.png', 'lying.png', 'checked.png']) {
      const [native] = classifyNative([picture(name)], ['--pack', 'tests/packs/stripes']);
      const {detail} = await pick(page, picture(name));
      expect([name, detail.decision, detail.action, detail.top?.id, detail.set]).toEqual([name, native.decision, native.action, native.top?.id, native.set]);
      expect(difference(detail, native)).toBeLessThan(TOLERANCE);
      expect(detail.top?.label).toBe(native.top?.label);
    }
  });
});
