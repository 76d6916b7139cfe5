// Everyone can use every state: axe finds nothing, the keyboard alone gets
// from start to answer, a screen reader is told, and nothing runs out of a
// narrow page, in both themes and both directions.
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from '@jest/globals';
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import * as chromium from './drivers/chromium.mjs';
import {choose, classifyNative, click, golden, openSite, pick, text, view, visit} from './visit.mjs';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PICTURE = golden('baseline-420.jpg');

// How to get to each state. `working` is held open by a worker that is not asked.
const STATES = {
  start: async () => {},
  camera: async (page) => {
    await page.waitFor(() => window.deepAll('#model-state')[0]?.hidden);
    await click(page, '#live');
    await page.waitFor(() => window.deepAll('#reading')[0]?.checkVisibility());
  },
  frame: async (page) => { await choose(page, PICTURE); },
  working: async (page) => {
    await page.evaluate(() => { // before the square rests, when the answer is worked out ahead
      const {postMessage} = Worker.prototype;
      Worker.prototype.postMessage = function (message, ...rest) { if (message.type !== 'classify') postMessage.call(this, message, ...rest); };
    });
    await choose(page, PICTURE);
    await click(page, '#compare');
  },
  result: async (page) => { await pick(page, PICTURE); },
  failure: async (page) => { await pick(page, golden('make_golden.py')); },
};

(chromium.available ? describe : describe.skip)(chromium.available ? 'accessibility' : `accessibility: ${chromium.missing}`, () => {
  let site, browser, page;
  beforeAll(async () => {
    site = await openSite();
    browser = await chromium.launch({args: ['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream=device-count=2']});
  });
  afterAll(async () => {
    await browser?.close();
    await site?.stop();
  });
  beforeEach(async () => { page = await browser.newPage(); });
  afterEach(() => page.close());

  const emulate = (features) => page.raw.emulateMediaFeatures(Object.entries(features).map(([name, value]) => ({name, value})));
  async function enter(state, {width = 360, scheme = 'light', features = {}} = {}) {
    await page.raw.setViewport({width, height: 740, isMobile: width < 600, hasTouch: width < 600});
    await emulate({'prefers-color-scheme': scheme, 'prefers-reduced-motion': 'reduce', ...features});
    await visit(page, site.url('/'));
    await STATES[state](page);
    await page.waitFor((wanted) => window.deepAll('insitu-classifier')[0].getAttribute('view') === wanted, {args: [state]});
  }
  const rules = async (name) => {
    await page.raw.evaluate(axeSource);
    const {violations, passes} = await page.evaluate(() => axe.run(document, {resultTypes: ['violations', 'passes'],
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}));
    expect([name, passes.length > 10]).toEqual([name, true]); // it looked
    return violations.map(({id, nodes}) => `${id}: ${nodes.map(({target}) => target.flat().join(' ')).join(', ')}`);
  };

  describe.each(Object.keys(STATES))('%s', (state) => {
    test.each(['light', 'dark'])('axe finds nothing (%s)', async (scheme) => {
      await enter(state, {scheme});
      expect(await rules(state)).toEqual([]);
    });

    test.each(['ltr', 'rtl'])('320 px wide, %s: nothing runs out of the page', async (direction) => {
      await enter(state, {width: 320});
      await page.evaluate((dir) => {
        document.documentElement.dir = dir;
        const base = window.deepAll('.base')[0];
        if (base) base.dir = dir;
      }, direction);
      const wide = await page.evaluate(() => {
        const scrolled = document.documentElement.scrollWidth > innerWidth;
        const out = window.deepAll('*').filter((element) => {
          const {left, right, width, height} = element.getBoundingClientRect();
          if (width <= 1 || height <= 1) return false; // visually hidden on purpose
          return left < -1 || right > innerWidth + 1;
        });
        return [scrolled, out.map((element) => `${element.tagName} ${element.id} ${element.className}`)];
      });
      expect(wide).toEqual([false, []]);
    });

    test('nothing moves where motion is not wanted', async () => {
      await enter(state);
      const moving = await page.evaluate(() => {
        const roots = [document, ...window.deepAll('*').map((element) => element.shadowRoot).filter(Boolean)];
        return roots.flatMap((root) => root.getAnimations()).filter((animation) => {
          const {duration, iterations} = animation.effect.getComputedTiming();
          return animation.playState === 'running' && (iterations === Infinity || duration > 100);
        }).map((animation) => animation.animationName ?? animation.transitionProperty);
      });
      expect(moving).toEqual([]);
    });

    test('forced colours keep every button\'s edge', async () => {
      await enter(state, {features: {}});
      const session = await page.raw.createCDPSession();
      await session.send('Emulation.setEmulatedMedia', {features: [{name: 'forced-colors', value: 'active'}]});
      const edgeless = await page.evaluate(() => window.deepAll('button')
        .filter((button) => button.getClientRects().length > 0)
        .filter((button) => {
          const {borderTopWidth, borderTopStyle, textDecorationLine} = getComputedStyle(button);
          return (borderTopStyle === 'none' || borderTopWidth === '0px') && textDecorationLine === 'none';
        }).map((button) => button.id || button.textContent));
      expect(edgeless).toEqual([]);
    });
  });

  test('control: axe finds a button without a name and grey text', async () => {
    await enter('start');
    await page.evaluate(() => {
      const bad = document.createElement('div');
      const button = document.createElement('button');
      const words = document.createElement('p');
      words.textContent = 'hard to read';
      words.style.color = '#bbb';
      words.style.background = '#fff';
      bad.append(button, words);
      document.querySelector('main, body').append(bad);
    });
    const found = (await rules('control')).map((line) => line.split(':')[0]);
    expect(found).toEqual(expect.arrayContaining(['button-name', 'color-contrast']));
  });

  test('the keyboard alone gets from start to answer and back', async () => {
    await enter('start', {width: 800});
    // the start screen is drawn anew when the pack and the language arrive
    await page.waitFor(() => document.querySelector('#offline-state').dataset.state === 'ready');
    const focused = () => page.evaluate(() => {
      let element = document.activeElement;
      while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
      const {outlineStyle, outlineWidth, boxShadow} = getComputedStyle(element);
      return {id: element.id, visible: (outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2) || boxShadow !== 'none'};
    });
    async function tabTo(id) {
      for (let i = 0; i < 40; ++i) {
        await page.raw.keyboard.press('Tab');
        const now = await focused();
        if (now.id === id) {
          expect([id, now.visible]).toEqual([id, true]);
          return;
        }
      }
      throw new Error(`Tab never reaches #${id}`);
    }
    await tabTo('pick');
    // The order to catch the dialog and the key go to the page by two ways: the key waits until the order is there.
    const dialog = page.raw.waitForFileChooser({timeout: 10_000});
    await page.evaluate(() => {});
    const [chooser] = await Promise.all([dialog, page.raw.keyboard.press('Enter')]);
    await chooser.accept([PICTURE]);
    await page.waitFor(() => window.deepAll('#compare').length > 0);
    await tabTo('square');
    const place = () => page.evaluate(() => window.deepAll('#square')[0].style.cssText);
    await page.raw.keyboard.press('-');
    const before = await place();
    await page.raw.keyboard.press('ArrowRight');
    expect(await place()).not.toBe(before);
    await tabTo('compare');
    await page.raw.keyboard.press('Enter');
    await page.waitFor(() => window.seen.length > 0);
    expect(await view(page)).toBe('result');
    await tabTo('another');
    await page.raw.keyboard.press('Space');
    await page.waitFor(() => window.deepAll('insitu-classifier')[0].getAttribute('view') === 'start');
  });

  test('the focus stays where it is when the words change under it', async () => {
    await enter('start', {width: 800});
    const focused = () => page.evaluate(() => window.deepAll('insitu-classifier')[0].shadowRoot.activeElement?.id ?? null);
    await page.evaluate(() => {
      window.button = window.deepAll('#pick')[0];
      window.button.focus();
    });
    expect(await focused()).toBe('pick');
    await page.evaluate(() => { window.deepAll('insitu-classifier')[0].lang = 'de'; });
    await page.waitFor(() => window.deepAll('#pick')[0] !== window.button);
    expect(await focused()).toBe('pick');
  });

  test('a screen reader is told the answer and the failure', async () => {
    const [native] = classifyNative([PICTURE]);
    await enter('result');
    const said = () => page.evaluate(() => {
      const [region] = window.deepAll('#status');
      return {role: region.getAttribute('role'), words: region.textContent, hidden: getComputedStyle(region).display === 'none'};
    });
    const answer = await said();
    expect([answer.role, answer.hidden]).toEqual(['status', false]);
    expect(answer.words).toContain(native.top.label);
    expect((await pick(page, golden('make_golden.py'))).name).toBe('insitu-error');
    expect((await said()).words).toMatch(/not a JPEG or PNG/);
    expect(await text(page)).toMatch(/not a diagnosis/i);
  });
});
