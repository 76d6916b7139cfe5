// Where things lie: what a person needs next is on the screen without
// scrolling, nothing jumps when the pack's words come late, and the page holds
// letters of twice the size.
import {afterAll, afterEach, beforeAll, describe, expect, test} from '@jest/globals';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {axeProblems} from './axe.mjs';
import * as chromium from './drivers/chromium.mjs';
import {until} from './drivers/until.mjs';
import {LANGUAGES} from '../../web/lib/languages.js';
import {answerWith} from './stand-in.mjs';
import {choose, click, dist, golden, openSite, pick, visit} from './visit.mjs';

const PICTURE = golden('baseline-420.jpg');
const index = JSON.parse(readFileSync(join(dist, 'models/index.json'), 'utf8'));

// As long as an answer of the skin pack becomes: unsure, of four, for two reasons, with its group reached.
const SHARES = {df: 0.70, nv: 0.09, bkl: 0.07, akiec: 0.07, mel: 0.05, bcc: 0.012, vasc: 0.003};
const UNSURE = {
  ok: true, decision: 'unsure', action: 'soon', reasons: [{id: 'several-classes', value: 4, limit: 1}, {id: 'not-sure', value: 0.7, limit: 0.78}],
  top: {id: 'df', label: 'df', p: 0.7}, set: ['df', 'bkl', 'akiec', 'mel'], groups: [{id: 'malignant', label: '', p: 0.13, limit: 0.07, reached: true}],
  classes: Object.entries(SHARES).map(([id, p]) => ({id, label: id, p, score: p})),
  quality: {sharpness: 1}, model: {id: 'skin', version: '1.2.0', variant: 'int8', prior: 'training'}, ms: {decode: 1, prepare: 1, infer: 1},
};
const MAP = {class: 'df', width: 3, height: 3, values: [0, 0, 0, 0, 1, 0, 0, 0, 0]};

(chromium.available ? describe : describe.skip)(chromium.available ? 'the layout' : `the layout: ${chromium.missing}`, () => {
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
  afterEach(() => page?.close());
  async function open(width, height, query = '') {
    page = await browser.newPage();
    const isMobile = Math.min(width, height) < 500;
    await page.raw.setViewport({width, height, isMobile, hasTouch: isMobile});
    await visit(page, site.url(`/${query}`));
  }
  const box = (selector) => page.evaluate((wanted) => {
    const {top, bottom, left, right} = window.deepAll(wanted)[0].getBoundingClientRect();
    return {top: top + scrollY, bottom: bottom + scrollY, left, right};
  }, selector);

  test.each([[390, 844], [360, 740]])('at %d x %d the bar is one row, in every language and whatever is said of offline use', async (width, height) => {
    for (const language of Object.keys(LANGUAGES)) {
      await open(width, height, `?lang=${language}`);
      const {default: words} = await import(`../../web/locales/${language}.js`);
      const {default: english} = await import('../../web/locales/en.js');
      for (const key of Object.keys(english).filter((name) => name.startsWith('offline_'))) {
        const seen = await page.evaluate((said, kind) => {
          const state = document.querySelector('#offline-state');
          Object.assign(state, {textContent: said, hidden: false});
          state.dataset.state = kind === 'now' ? 'offline' : kind; // one is left out on narrow pages
          return [document.querySelector('.bar').getBoundingClientRect().height <= 60, state.scrollWidth <= state.clientWidth, document.documentElement.scrollWidth <= innerWidth];
        }, words[key], key.slice('offline_'.length));
        expect([language, key, ...seen]).toEqual([language, key, true, true, true]);
      }
      await page.close();
    }
    page = undefined;
  }, 120_000);

  test.each([[1280, 800], [1024, 768], [844, 390], [390, 844], [360, 740]])('at %d x %d the button that compares is on the screen', async (width, height) => {
    await open(width, height);
    await choose(page, PICTURE);
    await page.waitFor(() => window.deepAll('.stage img')[0].complete);
    const {top, bottom} = await box('#compare');
    expect([top >= 0, bottom <= height, bottom]).toEqual([true, true, expect.any(Number)]);
  });

  test.each([[568, 320], [667, 320], [640, 360], [667, 375]].flatMap((size) => ['en', 'de', 'ar'].map((language) => [...size, language])))(
    'on a phone held sideways, %d x %d, the button that compares lies beside the photo, on the screen (%s)', async (width, height, language) => {
      await open(width, height, `?lang=${language}`);
      await choose(page, PICTURE);
      await page.waitFor(() => window.deepAll('.stage img')[0].complete);
      const [button, stage] = [await box('#compare'), await box('.stage')];
      expect([button.top >= 0, button.bottom <= height, button.bottom]).toEqual([true, true, expect.any(Number)]);
      expect(language === 'ar' ? button.right < stage.left : button.left > stage.right).toBe(true);
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    });

  test.each([[360, 740], [390, 844], [1280, 800]])('at %d x %d what to do, and what it looks like, are on the screen', async (width, height) => {
    await open(width, height);
    await pick(page, PICTURE);
    const end = width < 600 ? (await box('.reach')).top : height;
    for (const selector of ['#action', '#what']) expect([selector, (await box(selector)).bottom <= end]).toEqual([selector, true]);
  });

  // What an answer's bar is at this moment: where it lies, and of each button its size, words and name.
  const barNow = () => page.evaluate(() => {
    const [bar] = window.deepAll('.reach');
    const {top, bottom, height} = bar.getBoundingClientRect();
    return {
      position: getComputedStyle(bar).position, top, bottom, height, scrolled: scrollY, detailsEnd: window.deepAll('#details')[0].getBoundingClientRect().bottom,
      buttons: window.deepAll('.reach > .buttons > button').map((button) => {
        const {width: wide, height: high, left, right} = button.getBoundingClientRect();
        const brief = button.querySelector('.brief');
        const range = document.createRange();
        range.selectNodeContents(brief);
        const letters = [...range.getClientRects()].filter(({height: tall}) => tall > 0);
        return {
          id: button.id, isLarge: wide >= 44 && high >= 44, isBrief: brief.checkVisibility(), hasIcon: brief.querySelector('.icon')?.checkVisibility(),
          isInside: letters.every((letter) => letter.left >= left - 1 && letter.right <= right + 1), lines: new Set(letters.slice(1).map(({top: y}) => Math.round(y))).size,
          name: button.getAttribute('aria-label'), full: button.querySelector('.full').textContent,
        };
      }),
    };
  });

  test.each([[320, 640], [360, 740], [390, 844]])('at %d x %d what can be done with an answer is in a bar at the end of the window, an icon over one line each, in every language', async (width, height) => {
    answerWith(site, UNSURE);
    try {
      for (const language of Object.keys(LANGUAGES)) {
        await open(width, height, `?lang=${language}&pack=skin`);
        await pick(page, PICTURE);
        const {default: words} = await import(`../../web/locales/${language}.js`);
        const bar = await barNow();
        expect([language, bar]).toEqual([language, expect.objectContaining({position: 'sticky', bottom: height, scrolled: 0})]);
        expect([language, bar.height <= 64, bar.height]).toEqual([language, true, expect.any(Number)]);
        const names = {another: 'another_photo', adjust: 'adjust', share: 'share_open', print: 'print'};
        expect([language, bar.buttons]).toEqual([language, Object.entries(names).map(([id, key]) => ({
          id, isLarge: true, isBrief: true, hasIcon: true, isInside: true, lines: 1, name: words[key], full: words[key],
        }))]);
        // At its end it stands below all that it lay over.
        await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
        const end = await barNow();
        expect([language, end.bottom < height, end.detailsEnd <= end.top]).toEqual([language, true, true]);
        await page.close();
      }
      page = undefined;
    } finally {
      site.overrides.delete('/classifier/worker.js');
    }
  }, 120_000);

  test('where a photo is chosen the buttons are as everywhere, not a bar', async () => {
    await open(360, 740);
    const looks = await page.evaluate(() => window.deepAll('.still > .buttons > button').map((button) => {
      const {borderTopColor, display} = getComputedStyle(button);
      return [button.id, getComputedStyle(button.closest('.still')).position, display, /, 0\)/.test(borderTopColor), button.getBoundingClientRect().height < 60];
    }));
    expect(looks).toEqual(['take', 'pick', 'live'].map((id) => [id, 'static', 'flex', false, true]));
  });

  test.each([[667, 375], [640, 360], [1280, 800], [768, 1024]])('at %d x %d there is no such bar: it would eat the picture, or the buttons stand under it', async (width, height) => {
    await open(width, height);
    await pick(page, PICTURE);
    const {position, buttons} = await barNow();
    expect([position, buttons.filter(({isBrief}) => isBrief)]).toEqual(['static', []]);
  });

  test.each([[360, 200], [390, 150]])('at %d px in letters of %d %% what can be done stands at the end of the answer again', async (width, percent) => {
    await open(width, 740);
    await page.evaluate((size) => { document.documentElement.style.fontSize = `${size}%`; }, percent);
    await pick(page, PICTURE);
    const {position, buttons} = await barNow();
    expect([position, buttons.filter(({isBrief}) => isBrief)]).toEqual(['static', []]);
  });

  test.each(['en', 'fr', 'ar'])('what an answer is shared as opens over the bar, and nothing moves under it (%s)', async (language) => {
    await open(320, 640, `?lang=${language}&pack=skin`);
    await pick(page, PICTURE);
    const before = await barNow();
    await click(page, '#share');
    const choice = await box('#share-choice');
    expect([choice.top > 0, choice.bottom <= before.top, await page.evaluate(() => scrollY)]).toEqual([true, true, 0]);
    await page.evaluate(() => { for (const button of window.deepAll('#share-choice button, #share')) button.focus(); });
    expect(await page.evaluate(() => scrollY)).toBe(0);
    await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight)); // what it lies over by chance is a smaller target then
    expect(await axeProblems(page)).toEqual([]);
    await click(page, '#share');
    expect((await barNow()).height).toBe(before.height);
    // It lies over the answer, so not over what has the focus there.
    const isOpen = () => page.evaluate(() => [!window.deepAll('#share-choice')[0].hidden, window.deepAll('#share')[0].getAttribute('aria-expanded')]);
    await click(page, '#share');
    expect(await isOpen()).toEqual([true, 'true']);
    await page.evaluate(() => window.deepAll('#share-json')[0].focus());
    await page.raw.keyboard.press('Escape');
    expect([...await isOpen(), await page.evaluate(() => window.deepAll('#share')[0].matches(':focus'))]).toEqual([false, 'false', true]);
    await click(page, '#share');
    await page.evaluate(() => window.deepAll('#share')[0].focus());
    await page.evaluate(() => window.deepAll('#limits')[0].focus());
    expect(await isOpen()).toEqual([false, 'false']);
  });

  test.each([[360, 740], [320, 640]])('at %d x %d how strong the map is can be set where it was asked for: over the bar, on the screen', async (width, height) => {
    await open(width, height);
    await pick(page, PICTURE);
    await click(page, '#map');
    await page.waitFor(() => window.deepAll('#map-strength')[0]?.checkVisibility() && window.deepAll('#map-strength')[0].getBoundingClientRect().bottom <= window.deepAll('.reach')[0].getBoundingClientRect().top);
    const {top} = await page.evaluate(() => window.deepAll('#map-strength')[0].getBoundingClientRect().toJSON());
    expect(top).toBeGreaterThan(0);
  });

  test.each(['unsure', 'reject'])('at 360 x 740 what limits the answer is one tap away, in every language: seen without scrolling, it opens and comes to the top (%s)', async (decision) => {
    const record = decision === 'unsure' ? UNSURE : {...UNSURE, decision, action: undefined, top: undefined, set: undefined, groups: undefined, reasons: [{id: 'not-this-kind', value: 1, limit: 0}]};
    answerWith(site, record);
    try {
      for (const language of Object.keys(LANGUAGES)) {
        await open(360, 740, `?lang=${language}&pack=skin`);
        await pick(page, PICTURE);
        const words = await page.evaluate(() => [window.deepAll('#limits')[0].textContent, window.deepAll('#notices summary')[0].textContent]);
        expect([language, words[0]]).toEqual([language, words[1]]);
        const {top, bottom} = await box('#limits');
        const bar = await box('.reach');
        expect([language, bottom <= bar.top, bottom - top >= 44, bottom]).toEqual([language, true, true, expect.any(Number)]);
        await click(page, '#limits');
        const seen = await page.evaluate(() => {
          const [fold] = window.deepAll('#notices');
          return {top: fold.getBoundingClientRect().top, isOpen: fold.open, isFocused: fold.contains(fold.getRootNode().activeElement), isRead: fold.querySelector('li').checkVisibility()};
        });
        expect([language, seen]).toEqual([language, {top: expect.any(Number), isOpen: true, isFocused: true, isRead: true}]);
        expect([language, seen.top >= 0 && seen.top < 400, seen.top]).toEqual([language, true, expect.any(Number)]);
        await page.close();
      }
      page = undefined;
    } finally {
      site.overrides.delete('/classifier/worker.js');
    }
  }, 120_000);

  test.each([[390, 844], [360, 740]])('at %d x %d no word under an example is broken, in any language', async (width, height) => {
    for (const language of Object.keys(LANGUAGES)) {
      await open(width, height, `?lang=${language}`);
      await page.waitFor((wanted) => document.documentElement.lang === wanted && window.deepAll('.examples li').length === 4, {args: [language]});
      const broken = () => page.evaluate((spoken) => window.deepAll('.examples li span:last-child').flatMap((caption) => {
        const words = [...new Intl.Segmenter(spoken, {granularity: 'word'}).segment(caption.textContent)].filter(({isWordLike}) => isWordLike);
        return words.filter(({segment, index: start}) => {
          const range = document.createRange();
          range.setStart(caption.firstChild, start);
          range.setEnd(caption.firstChild, start + segment.length);
          return new Set([...range.getClientRects()].map(({top}) => top)).size > 1;
        }).map(({segment}) => segment);
      }), language);
      expect([language, await broken()]).toEqual([language, []]);
      await page.evaluate(() => { location.hash = 'intro'; });
      for (const step of [1, 2]) {
        await page.waitFor(() => document.querySelector('#intro-next'));
        await page.evaluate(() => document.querySelector('#intro-next').click());
        await page.waitFor((n) => document.querySelectorAll('.intro-dots span')[n].className === 'here', {args: [step]});
      }
      await page.waitFor(() => document.querySelector('.intro-content .examples li')?.checkVisibility());
      expect([language, 'first steps', await broken()]).toEqual([language, 'first steps', []]);
      await page.close();
    }
    page = undefined;
  }, 120_000);

  test('on a desktop picture and answer lie side by side', async () => {
    await open(1280, 800);
    await pick(page, PICTURE);
    const [judged, action] = [await box('#judged'), await box('#action')];
    expect(judged.right).toBeLessThanOrEqual(action.left);
    expect(Math.abs(judged.top - action.top)).toBeLessThan(40);
  });

  test.each([[1280, 800], [1600, 900]])('at %d x %d bar, content and footer begin and end at one line, on every screen', async (width, height) => {
    await open(width, height);
    await page.waitFor(() => document.querySelector('.home-card'), {timeout: 60_000});
    const edges = (selector) => page.evaluate((wanted) => {
      const {left, right} = document.querySelector(wanted).getBoundingClientRect();
      return [Math.round(left), Math.round(right)];
    }, selector);
    for (const [name, content] of [['', '#check'], ['models', '#models'], ['device', '#device']]) {
      await page.evaluate((hash) => { location.hash = hash; }, name);
      await page.waitFor((wanted) => document.querySelector(wanted)?.checkVisibility(), {args: [content]});
      const [start, end] = await edges(content);
      expect([name, await edges('.brand')]).toEqual([name, [start, expect.any(Number)]]);
      expect([name, (await edges('footer > p:not([hidden])'))[0]]).toEqual([name, start]);
      expect([name, (await edges('#about-link'))[1]]).toEqual([name, end]);
    }
  });

  test('on a desktop the judged picture is as wide as the buttons under it, and a failure no wider than a line is read', async () => {
    await open(1280, 800);
    await pick(page, PICTURE);
    const [picture, buttons] = [await box('.judged canvas'), await box('.seen .buttons')];
    expect([picture.left, picture.right].map(Math.round)).toEqual([buttons.left, buttons.right].map(Math.round));
    expect((await pick(page, golden('make_golden.py'))).name).toBe('insitu-error');
    const failure = await box('.failed');
    expect(failure.right - failure.left).toBeLessThanOrEqual(641);
  });

  test.each([[390, 844], [1280, 800]])('at %d x %d the buttons stay where they are when the notices come late', async (width, height) => {
    const words = `/models/${index.first}/texts/${index.packs.find(({id}) => id === index.first).languages[0]}.json`;
    let held;
    site.overrides.set(words, (response) => { held = response; });
    try {
      await open(width, height, '?lang=en');
      await until(() => held, 10_000, 'the question for the words');
      const before = await box('#pick');
      held.writeHead(200, {'content-type': 'application/json'}).end(readFileSync(join(dist, words)));
      await page.waitFor(() => window.deepAll('#notice p').length > 0 && window.deepAll('#model-state')[0].hidden);
      expect(await box('#pick')).toEqual(before);
    } finally {
      site.overrides.delete(words);
    }
  });

  test('two notices are read by everybody, the others are a tap away', async () => {
    await open(390, 844);
    await page.waitFor(() => window.deepAll('#notice p').length > 0);
    expect(await page.evaluate(() => [window.deepAll('#notice p').filter((one) => one.checkVisibility()).length, window.deepAll('#notice details')[0].open])).toEqual([2, false]);
    await click(page, '#notice summary');
    expect(await page.evaluate(() => window.deepAll('#notice li, #notice p').filter((one) => one.checkVisibility()).length)).toBeGreaterThan(4);
  });

  describe.each([[390, 200], [360, 110], [360, 150], [360, 200], [320, 200]])('%d px wide with letters of %d %%', (width, percent) => {
    test.each(['start', 'frame', 'result'])('%s: nothing runs out of the page', async (state) => {
      await open(width, 800);
      await page.evaluate((size) => { document.documentElement.style.fontSize = `${size}%`; }, percent);
      if (state === 'frame') await choose(page, PICTURE);
      if (state === 'result') await pick(page, PICTURE);
      await page.waitFor(() => window.deepAll('#notice p, #notices').length > 0);
      expect(await page.evaluate(() => [document.documentElement.scrollWidth, window.deepAll('*').filter((element) => {
        const {left, right, width: wide, height} = element.getBoundingClientRect();
        return wide > 1 && height > 1 && (left < -1 || right > innerWidth + 1) && !element.closest('svg');
      }).map((element) => `${element.tagName} ${element.id} ${element.className}`)])).toEqual([width, []]);
    });
  });

  test('in letters of twice the size nothing lies over why there is no answer', async () => {
    await open(360, 740);
    await page.evaluate(() => { document.documentElement.style.fontSize = '200%'; });
    expect((await pick(page, golden('make_golden.py'))).name).toBe('insitu-error');
    expect(await page.evaluate(() => {
      scrollTo(0, 0);
      const [why] = window.deepAll('#failure-text');
      const {left, top} = why.getBoundingClientRect();
      return [top < innerHeight, why === why.getRootNode().elementFromPoint(left + 8, top + 8)];
    })).toEqual([true, true]);
  });

  test('in letters of twice the size nothing lies over the photo, and no word of what to do is broken', async () => {
    await open(360, 740, '?lang=de');
    await page.evaluate(() => { document.documentElement.style.fontSize = '200%'; });
    await choose(page, PICTURE);
    expect(await page.evaluate(() => {
      const [stage] = window.deepAll('.stage');
      stage.scrollIntoView({block: 'end'});
      const {left, bottom} = stage.getBoundingClientRect();
      return stage.contains(stage.getRootNode().elementFromPoint(left + 40, Math.min(bottom, innerHeight) - 8));
    })).toBe(true);
    await pick(page, PICTURE);
    expect(await page.evaluate(() => {
      const [node] = [...window.deepAll('#action')[0].querySelectorAll('*')].flatMap((one) => [...one.childNodes]).filter((one) => one.nodeType === 3 && /hautärztlich/.test(one.data));
      const range = document.createRange();
      const at = node.data.indexOf('hautärztlich');
      range.setStart(node, at);
      range.setEnd(node, at + 'hautärztlich'.length);
      return new Set([...range.getClientRects()].map(({top}) => top)).size;
    })).toBe(1);
  });

  test('printed, an answer is one clean page: no buttons, nothing folded, its date and model, and no file name', async () => {
    await open(1280, 800);
    await pick(page, PICTURE);
    const pdf = Buffer.from(await page.raw.pdf({format: 'A4', printBackground: true})).toString('latin1');
    expect(pdf.match(/\/Type\s*\/Page\b/g)).toHaveLength(1);
    await page.raw.emulateMediaType('print');
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    const seen = await page.evaluate(() => ({
      buttons: window.deepAll('button, header, footer').filter((one) => one.checkVisibility()).length,
      folded: window.deepAll('#small-shares, #notices').filter((fold) => !fold.open).length,
      made: window.deepAll('.printed')[0].checkVisibility() && window.deepAll('.printed')[0].textContent,
    }));
    expect(seen).toEqual({buttons: 0, folded: 0, made: expect.stringMatching(/^(?!.*baseline-420).*20\d\d.*Model .*not a diagnosis/)});
    await page.evaluate(() => dispatchEvent(new Event('afterprint')));
    expect(await page.evaluate(() => window.deepAll('#notices')[0].open)).toBe(false);
  });

  test.each(['en', 'fr', 'ar'])('printed, an answer is one page whatever was opened on the screen: the map, every class (%s)', async (language) => {
    answerWith(site, UNSURE, MAP);
    try {
      await open(1280, 800, `?lang=${language}&pack=skin`);
      await pick(page, PICTURE);
      await click(page, '#map');
      await page.waitFor(() => !window.deepAll('.heat')[0].hidden);
      await page.evaluate(() => { for (const fold of window.deepAll('.result details')) fold.open = true; });
      await click(page, '#share');
      for (const format of ['A4', 'Letter']) {
        const margin = Object.fromEntries(['top', 'bottom', 'left', 'right'].map((side) => [side, '1cm'])); // as browsers leave free
        const pdf = Buffer.from(await page.raw.pdf({format, margin})).toString('latin1');
        expect([format, pdf.match(/\/Type\s*\/Page\b/g)]).toEqual([format, [expect.any(String)]]);
      }
      await page.raw.setViewport({width: 718, height: 1047});
      await page.raw.emulateMediaType('print');
      await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
      const widths = await page.evaluate(() => ['.judged canvas', '.title', '.about', '.map'].map((one) => window.deepAll(one)[0].getBoundingClientRect().width));
      expect(widths.map((width, at) => width > (at ? 500 : 80))).toEqual([true, true, true, true]);
      expect(await page.evaluate(() => window.deepAll('.ranking details > p').filter((one) => one.checkVisibility()).length)).toBe(0);
    } finally {
      site.overrides.delete('/classifier/worker.js');
    }
  }, 60_000);
});
