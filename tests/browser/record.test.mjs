// How the page shows an answer's record, with a pack of drawn stripes and a
// worker that answers with the record of the test: what to do before any name,
// no name where the picture is not judged, and the map.
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {join} from 'node:path';
import * as chromium from './drivers/chromium.mjs';
import {answerWith, buildSite} from './stand-in.mjs';
import {click, golden, pick, root, text, visit} from './visit.mjs';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const words = JSON.parse(readFileSync(join(root, 'tests/packs/stripes/texts/en.json'), 'utf8'));
const LABELS = Object.values(words.classes).map(({label}) => label);
const record = (change = {}) => ({
  ok: true, decision: 'answer', action: 'watch', reasons: [], top: {id: 'standing', label: 'standing', p: 0.6}, set: ['standing'],
  classes: [['standing', 0.6], ['checked', 0.3], ['lying', 0.1]].map(([id, p]) => ({id, label: id, p, score: p})),
  groups: [{id: 'crossing', label: 'crossing', p: 0.3, limit: 0.4, reached: false}],
  model: {id: 'stripes', version: '1.0.0', variant: 'float32', prior: 'training'}, ms: {infer: 1}, ...change,
});
const REJECT = (() => {
  const {action: _, top: __, set: ___, groups: ____, ...rest} = record();
  return {...rest, decision: 'reject', reasons: [{id: 'not-this-kind', value: 0, limit: 0.01}, {id: 'glare', value: 0.5, limit: 0.1}]};
})();

(chromium.available ? describe : describe.skip)(chromium.available ? 'a record' : `a record: ${chromium.missing}`, () => {
  let built, site, browser, page;
  beforeAll(async () => {
    built = buildSite('tests/packs', 'stripes', 'record');
    site = await built.open();
    // one worker's answer a visit: none of the one before
    site.overrides.set('/sw.js', (response) => response.writeHead(404).end());
    browser = await chromium.launch();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await site?.stop();
    built?.remove();
  });

  async function show(change, {map = null, lang = 'en', width = 800, scheme = 'light'} = {}) {
    answerWith(site, change, map);
    await page?.close();
    page = await browser.newPage();
    await page.raw.setViewport({width, height: 740, isMobile: width < 600, hasTouch: width < 600});
    await page.raw.emulateMediaFeatures([{name: 'prefers-color-scheme', value: scheme}, {name: 'prefers-reduced-motion', value: 'reduce'}]);
    await visit(page, site.url(`/?lang=${lang}`));
    const event = await pick(page, golden('baseline-420.jpg'));
    expect(event.name).toBe('insitu-result');
    return event.detail;
  }
  const inner = (selector) => page.evaluate((wanted) => window.deepAll(wanted)[0]?.innerText ?? null, selector);
  const announced = () => page.evaluate(() => window.deepAll('#status')[0].textContent);
  // Which of two comes first for whoever reads the page from the top, and for who sees it.
  const isBefore = (first, second) => page.evaluate((a, b) => {
    const [one, other] = [window.deepAll(a)[0], window.deepAll(b)[0]];
    return Boolean(one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING)
      && one.getBoundingClientRect().bottom <= other.getBoundingClientRect().top;
  }, first, second);

  describe('what such answers turned out to be', () => {
    const path = '/models/stripes/pack.json';
    const part = (k, low, high) => ({k, low, high});
    beforeAll(() => {
      const pack = JSON.parse(readFileSync(join(root, 'tests/packs/stripes/pack.json'), 'utf8'));
      pack.variants[0].frequencies = {split: 'side=test', n: 900, prior: 'training',
        answers: {standing: {n: 400, right: part(284, 0.6637, 0.7524), groups: {crossing: part(1, 0.0004, 0.014)}}},
        unsure: {n: 100, right: part(50, 0.4038, 0.5962)}};
      site.overrides.set(path, JSON.stringify(pack));
    });
    afterAll(() => site.overrides.delete(path));

    test('is told of a hundred, with what was counted', async () => {
      await show(record());
      const told = await inner('#frequency');
      expect(told).toMatch(/Of 100 test pictures with this answer, 71 were what it says \(66 to 76; counted: 284 of 400\)/);
      expect(told).toMatch(/Stripes that cross: under 1 of these 100 \(0 to 2; counted: 1 of 400\)/); // one is not none
      expect(told).toMatch(/900 test pictures from which/); // and no column of a table
      await show(record({decision: 'unsure', set: ['standing', 'checked'], reasons: [{id: 'not-sure', value: 0.6, limit: 0.8}]}), {lang: 'ar'});
      expect(await inner('#frequency')).toMatch(/100[^]*50[^]*40[^]*60/);
    });

    test('is not told of a class that was not counted, and of no picture that is not judged', async () => {
      await show(record({top: {id: 'checked', label: 'checked', p: 0.6}, set: ['checked']}));
      expect(await inner('#frequency')).toBe(null);
      await show(REJECT);
      expect(await inner('#frequency')).toBe(null);
    });
  });

  test('is handed on as it is', async () => {
    const {file: _, ...rest} = await show(record());
    expect(rest).toEqual(record());
  });

  test('with an answer: what to do comes before name and number, seen, read and said', async () => {
    await show(record({action: 'soon', groups: [{id: 'crossing', label: 'crossing', p: 0.3, limit: 0.1, reached: true}]}));
    expect(await inner('#action')).toMatch(/What to do\s+Soon\s+Count them now\s+Before they are gone\./);
    expect(await inner('#what')).toMatch(/Looks most like\s+Standing stripes/);
    expect(await inner('#top-p')).toBe('60%');
    expect([await isBefore('#action', '#top'), await isBefore('#action', '#top-p'), await isBefore('#action', '#ranking')]).toEqual([true, true, true]);
    expect(await announced()).toBe('Done. Count them now. Looks most like Standing stripes, 60%.');
    // The group has its own figure; its likeliest class its advice, though another leads, and before that of the leader: it is more urgent.
    expect(await inner('#groups')).toMatch(/Stripes that cross\s+30%[^]*threshold of 10\.0% is reached/);
    expect(await inner('#advice')).toMatch(/Checks \(30%\)\s+Count them\.[^]*Standing stripes/);
    expect(await page.evaluate(() => window.deepAll('#ranking li').map(({dataset}) => dataset.class))).toEqual(['standing', 'checked', 'lying']);
  });

  test('with doubt: the set, by falling share, and why', async () => {
    await show(record({decision: 'unsure', set: ['standing', 'checked'], reasons: [{id: 'several-classes', value: 2, limit: 1}]}));
    expect(await inner('#what')).toMatch(/Could be\s+Standing stripes[,\s]+60%[,\s]+Checks\s+30%/);
    expect(await inner('#what')).not.toContain('Looks most like');
    expect(await inner('#reasons')).toMatch(/several kinds that call for different steps/); // the page's own words
    expect(await inner('#top-p')).toBe(null);
    expect(await announced()).toBe('Done. Leave them. Could be Standing stripes, 60%; Checks, 30%.');
  });

  test('that is refused: no class is named or figured anywhere; why, and what helps', async () => {
    await show(REJECT);
    const shown = await text(page);
    expect(await inner('#heading')).toBe('This does not look like a picture that the model can judge');
    for (const label of LABELS) expect(shown).not.toContain(label);
    expect(await page.evaluate(() => window.deepAll('#top, #top-p, #action, #ranking, #groups, #advice, #map').length)).toBe(0);
    expect(await inner('#reasons')).toMatch(/This is no drawing of stripes\.\s+Draw some\.\s+Reflections cover part of it/);
    expect(await announced()).toMatch(/^Done\. This does not look like .* judge\. This is no drawing of stripes\.$/);
  });

  test('of a reason that the page has no words for: its id', async () => {
    await show({...REJECT, reasons: [{id: 'too-new', value: 1, limit: 2}]});
    expect(await inner('#reasons')).toMatch(/no words for: too-new/);
  });

  test('without actions, sets and groups, as of a pack of the first format', async () => {
    const {action: _, set: __, groups: ___, ...plain} = record();
    await show(plain);
    expect(await inner('#heading')).toMatch(/Looks most like\s+Standing stripes/);
    expect(await page.evaluate(() => window.deepAll('#action, #groups').length)).toBe(0);
  });

  test('in the pack\'s language: its words are marked, the page\'s are not', async () => {
    await show(record(), {lang: 'ar'});
    expect(await page.evaluate(() => {
      const near = (element) => { for (let node = element; node; node = node.parentElement) if (node.lang) return [node.lang, node.dir]; };
      return ['#top', '#action p', '#ranking .value'].map((one) => near(window.deepAll(one)[0]));
    })).toEqual([['ar', 'rtl'], ['ar', 'rtl'], ['ar', 'rtl']]);
    await show(record(), {lang: 'de'}); // the pack has no German
    expect(await page.evaluate(() => {
      const near = (element) => { for (let node = element; node; node = node.parentElement) if (node.lang) return [node.lang, node.dir]; };
      return ['#top', '#action p', '#ranking .value'].map((one) => near(window.deepAll(one)[0]));
    })).toEqual([['en', 'ltr'], ['en', 'ltr'], ['de', 'ltr']]);
  });

  const KINDS = {
    'an answer to act on': record({action: 'soon', groups: [{id: 'crossing', label: 'crossing', p: 0.3, limit: 0.1, reached: true}]}),
    'an answer to show': record({action: 'show'}),
    'a doubt': record({decision: 'unsure', set: ['standing', 'checked'], reasons: [{id: 'several-classes', value: 2, limit: 1}]}),
    'a refusal': REJECT,
  };
  describe.each(Object.entries(KINDS))('%s', (_, one) => {
    const open = async (options) => {
      await show(one, {map: {class: 'standing', width: 2, height: 2, values: [0, 1, 0, 0]}, width: 320, ...options});
      if (one.decision === 'reject') return;
      await click(page, '#map');
      await page.waitFor(() => !window.deepAll('.heat')[0].hidden);
    };
    test.each(['light', 'dark'])('axe finds nothing (%s)', async (scheme) => {
      await open({scheme});
      await page.raw.evaluate(axeSource);
      const {violations, passes} = await page.evaluate(() => axe.run(document, {resultTypes: ['violations', 'passes'],
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}));
      expect(passes.length).toBeGreaterThan(10);
      expect(violations.map(({id, nodes}) => `${id}: ${nodes.map(({target}) => target.flat().join(' ')).join(', ')}`)).toEqual([]);
    });
    test.each(['en', 'ar'])('320 px wide, %s: nothing runs out of the page', async (lang) => {
      await open({lang});
      expect(await page.evaluate(() => window.deepAll('*').filter((element) => {
        const {left, right, width, height} = element.getBoundingClientRect();
        return width > 1 && height > 1 && (left < -1 || right > innerWidth + 1);
      }).map((element) => `${element.tagName} ${element.id} ${element.className}`))).toEqual([]);
    });
  });

  describe('where the model looked', () => {
    const map = {class: 'standing', width: 2, height: 2, values: [0, 1, 0, 0]};
    const heat = () => page.evaluate(() => {
      const [canvas] = window.deepAll('.heat');
      if (canvas.hidden) return null;
      const at = (x, y) => [...canvas.getContext('2d').getImageData(x, y, 1, 1).data.slice(0, 3)];
      return {strength: canvas.style.opacity, topRight: at(canvas.width - 1, 0), bottomLeft: at(0, canvas.height - 1)};
    });

    test('is asked for when it is wanted, drawn over the square, and said', async () => {
      await show(record(), {map});
      expect(await heat()).toBe(null);
      await click(page, '#map');
      await page.waitFor(() => !window.deepAll('.heat')[0].hidden);
      const {strength, topRight, bottomLeft} = await heat();
      expect(strength).toBe('0.6');
      expect([topRight, bottomLeft]).toEqual([[253, 231, 60], [28, 20, 92]]);
      expect(await inner('#map-words')).toMatch(/Yellow spoke most for Standing stripes.*top right most/);
      await page.evaluate(() => {
        const [slider] = window.deepAll('#map-strength');
        slider.value = 25;
        slider.dispatchEvent(new Event('input'));
      });
      expect((await heat()).strength).toBe('0.25');
      await click(page, '#map');
      expect(await heat()).toBe(null);
      // no second answer was told
      expect(await page.evaluate(() => window.seen.length)).toBe(1);
    });

    test('may not be known: said, and nothing is drawn', async () => {
      await show(record());
      await click(page, '#map');
      await page.waitFor(() => /cannot be shown/.test(window.deepAll('#map-words')[0].textContent));
      expect(await heat()).toBe(null);
    });

    test('is in the answer where classify was asked for it', async () => {
      await show(record(), {map});
      expect(await page.evaluate(async () => {
        const [element] = window.deepAll('insitu-classifier');
        const blob = new Blob(['x']);
        return ['map' in await element.classify(blob), (await element.classify(blob, {map: true})).map];
      })).toEqual([false, map]);
    });
  });
});
