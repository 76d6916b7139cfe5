// The device decides: after an answer, while the page rests, a pack's variants
// are measured and the fastest within the pack's stated loss is taken for the
// next picture; never before the first answer, never over what was asked for.
import {describe, expect, test} from '@jest/globals';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {anew} from './anew.mjs';
import {axeProblems} from './axe.mjs';
import * as chromium from './drivers/chromium.mjs';
import {click, golden, pick, root, settle, visit} from './visit.mjs';

const PICTURE = golden('baseline-420.jpg');
const {version, variants} = JSON.parse(readFileSync(join(root, 'models/skin/pack.json'), 'utf8'));
const KEY = `models/skin ${version}`;
const choiceOf = (variant, is_default = false) => JSON.stringify([{key: KEY, variant, is_default, reason: 'advice_same', when: 1, left_out: [],
  rows: [{variant: 'int8', median_ms: 20, num_runs: 9}, {variant: 'float32', median_ms: 10, num_runs: 9}]}]);

(chromium.available ? describe : describe.skip)(chromium.available ? 'the device decides' : `the device decides: ${chromium.missing}`, () => {
  let site, page;
  anew((...made) => { [site, page] = made; });
  const measured = () => page.evaluate(() => JSON.parse(localStorage.getItem('insitu-measured') ?? '[]'));
  const remember = async (text) => {
    await visit(page, site.url('/'));
    await page.evaluate((choice) => localStorage.setItem('insitu-measured', choice), text);
  };

  test('after an answer each variant is measured, the fastest within the stated loss is written down, and its figures are shown', async () => {
    expect(variants.length).toBeGreaterThan(1);
    // Headless, Chromium knows neither a kind of network nor a mouse.
    await page.raw.evaluateOnNewDocument(() => Object.defineProperty(navigator.connection, 'type', {value: 'wifi'}));
    await visit(page, site.url('/'));
    const {detail} = await pick(page, PICTURE);
    expect(detail.model.variant).toBe('int8');
    const others = () => site.requests.filter(({path}) => variants.some(({name, file}) => name !== 'int8' && path.endsWith(file)));
    expect(others()).toEqual([]); // the first answer did not wait for it
    await page.waitFor(() => localStorage.getItem('insitu-measured') !== null, {timeout: 90_000});
    const [choice] = await measured();
    expect(choice.rows.map(({variant}) => variant).sort()).toEqual(variants.map(({name}) => name).sort());
    choice.rows.forEach(({median_ms, num_runs}) => expect([median_ms > 0, num_runs >= 4]).toEqual([true, true]));
    const best = Math.max(...variants.map(({metrics}) => metrics.balanced_accuracy.value));
    const low = variants.find(({metrics}) => metrics.balanced_accuracy.value === best).metrics.balanced_accuracy.low;
    const taken = variants.find(({name}) => name === choice.variant);
    expect(taken.metrics.balanced_accuracy.value).toBeGreaterThanOrEqual(low);
    expect(await page.evaluate(() => window.deepAll('insitu-classifier')[0].getAttribute('view'))).toBe('result'); // under the answer nothing changed
    await page.evaluate(() => { location.hash = 'device'; });
    await page.waitFor(() => document.querySelector('#device-auto') !== null);
    const shown = await page.evaluate(() => document.querySelector('#device-auto').textContent);
    expect(shown).toContain(`Taken: ${choice.variant}.`);
    expect(shown).toMatch(/float32 [\d.]+ ms/);
    expect(page.errors).toEqual([]);
  }, 150_000);

  test('what was chosen is taken for the next visit, and between two pictures, not under an answer', async () => {
    await visit(page, site.url('/'));
    expect((await pick(page, PICTURE)).detail.model.variant).toBe('int8');
    await page.evaluate((choice) => localStorage.setItem('insitu-measured', choice), choiceOf('float32'));
    expect(await page.evaluate(() => window.deepAll('insitu-classifier')[0].getAttribute('variant'))).toBe(null);
    await click(page, '#another');
    await page.waitFor(() => window.deepAll('insitu-classifier')[0].getAttribute('variant') === 'float32');
    expect((await pick(page, PICTURE)).detail.model.variant).toBe('float32');
    await page.goto(site.url('/'));
    await settle(page);
    expect((await pick(page, PICTURE)).detail.model.variant).toBe('float32');
    expect(page.errors).toEqual([]);
  }, 120_000);

  test.each([['another model', false, false], ['the default', true, true]])(
    'where %s was chosen, the page begins without fetching a model in vain', async (_, is_default, is_asked_for) => {
      await remember(choiceOf(is_default ? 'int8' : 'float32', is_default));
      await page.goto(site.url('/'));
      await settle(page);
      await page.waitFor(() => window.deepAll('#model-state')[0]?.hidden, {timeout: 60_000}); // a model is there: all that was asked for is listed
      const begun = await page.evaluate(() => [...document.querySelectorAll('link[rel="preload"][href$=".tflite"]')].length);
      expect(begun).toBe(is_default ? 1 : 0);
      const asked = await page.evaluate(() => performance.getEntriesByType('resource').map(({name}) => name).filter((name) => name.endsWith('.tflite')));
      const fileOf = (wanted) => variants.find(({name}) => name === wanted).file;
      expect([asked.some((name) => name.endsWith(fileOf('int8'))), asked.some((name) => name.endsWith(fileOf('float32')))]).toEqual([is_asked_for, !is_asked_for]);
      expect(page.errors).toEqual([]);
    }, 60_000);

  test('what the address names goes before it, and can be let go on the screen', async () => {
    await remember(choiceOf('float32'));
    await page.goto(site.url('/?variant=int8'));
    await settle(page);
    expect((await pick(page, PICTURE)).detail.model.variant).toBe('int8');
    await page.evaluate(() => { location.hash = 'device'; });
    await page.waitFor(() => document.querySelector('#device-auto-use') !== null);
    expect(await axeProblems(page)).toEqual([]);
    await click(page, '#device-auto-use');
    await page.waitFor(() => document.querySelector('#device-auto-use') === null);
    expect(new URL(await page.evaluate(() => location.href)).searchParams.get('variant')).toBe(null);
    await page.waitFor(() => window.deepAll('insitu-classifier')[0].getAttribute('variant') === 'float32');
    await click(page, '#device-auto-again');
    await page.waitFor(() => localStorage.getItem('insitu-measured') === '[]');
  }, 120_000);

  test('another variant that is chosen on the screen is taken at every start, without the default\'s bytes, until the device may choose again', async () => {
    await visit(page, site.url('/'));
    const used = () => page.evaluate(() => window.deepAll('insitu-classifier')[0].getAttribute('variant'));
    const openScreen = async () => {
      await page.evaluate(() => { location.hash = 'device'; });
      await page.waitFor(() => document.querySelector('#device-auto') !== null);
    };
    await openScreen();
    expect([await measured(), await page.evaluate(() => [...document.querySelectorAll('#device-auto [id^="device-use-"]')].map(({id}) => id.replace('device-use-', '')))])
      .toEqual([[], variants.map(({name}) => name).filter((name) => name !== 'int8')]); // nothing is stored unasked
    await click(page, '#device-use-float32');
    expect(await page.evaluate(() => [document.activeElement.id, document.querySelector('#device-auto').textContent])).toEqual(['device-auto-use', expect.stringContaining('Now float32 is used')]);
    expect((await measured()).map(({key, variant}) => [key, variant])).toEqual([[KEY, 'float32']]);
    await page.goto(site.url('/')); // as the installed page starts
    await settle(page);
    expect((await pick(page, PICTURE)).detail.model.variant).toBe('float32');
    expect(await page.evaluate(() => document.querySelectorAll('link[rel="preload"][href$=".tflite"]').length)).toBe(0);
    // What was measured goes behind it.
    await page.evaluate((choice) => localStorage.setItem('insitu-measured', JSON.stringify([...JSON.parse(choice), ...JSON.parse(localStorage.getItem('insitu-measured'))])), choiceOf('int8', true));
    await page.goto(site.url('/?lang=en'));
    await settle(page);
    await page.waitFor(() => window.deepAll('insitu-classifier')[0].getAttribute('variant') === 'float32');
    await openScreen();
    expect(await axeProblems(page)).toEqual([]);
    await click(page, '#device-auto-use');
    await page.waitFor(() => document.querySelector('#device-auto-use') === null);
    await page.waitFor(() => document.querySelector('#device-use-float32'));
    expect(await page.evaluate(() => document.activeElement.id)).toBe('device-use-float32');
    expect([await used(), (await measured()).map(({variant, reason}) => [variant, reason])]).toEqual([null, [['int8', 'advice_same']]]);
    expect(page.errors).toEqual([]);
  }, 120_000);

  test('where the network may cost something nothing is fetched for it', async () => {
    await page.raw.evaluateOnNewDocument(() => Object.defineProperty(navigator.connection, 'type', {value: 'cellular'}));
    await visit(page, site.url('/'));
    await pick(page, PICTURE);
    await new Promise((resolve) => setTimeout(resolve, 14_000));
    expect(await page.evaluate(() => performance.getEntriesByType('resource').some(({name}) => /choose-/.test(name)))).toBe(true); // it was looked at
    expect(site.requests.filter(({path}) => variants.some(({name, file}) => name !== 'int8' && path.endsWith(file)))).toEqual([]);
    expect([await measured(), await page.evaluate(() => document.querySelector('#device-offer'))]).toEqual([[], null]); // by Wi-Fi it will be done by itself
  }, 90_000);

  // As Safari and Firefox do: of the network they say nothing.
  const sayNothing = () => page.raw.evaluateOnNewDocument(() => { delete Navigator.prototype.connection; });
  const offered = () => page.evaluate(() => {
    const node = document.querySelector('#device-offer');
    return node && {words: node.textContent, isSeen: node.checkVisibility(), isBelow: node.getBoundingClientRect().top >= window.deepAll('.result')[0]?.getBoundingClientRect().bottom};
  });
  const askedFor = () => site.requests.filter(({path}) => variants.some(({name, file}) => name !== 'int8' && path.endsWith(file))).length;
  const LOOKED_MS = 6_000; // by then it would be there: it rests for three seconds first

  test('where the browser says nothing of its network the person is asked, once, below the answer: what is agreed to is fetched, measured and taken', async () => {
    await sayNothing();
    await visit(page, site.url('/?lang=en'));
    await pick(page, PICTURE);
    await page.waitFor(() => document.querySelector('#device-offer'), {timeout: 30_000});
    expect(await offered()).toEqual({words: expect.stringMatching(/13\.5.MB/), isSeen: true, isBelow: true});
    await page.raw.emulateMediaType('print');
    expect((await offered()).isSeen).toBe(false);
    await page.raw.emulateMediaType('screen');
    expect(await axeProblems(page)).toEqual([]);
    await click(page, '#another');
    expect((await offered()).isSeen).toBe(false);
    await pick(page, PICTURE);
    await new Promise((resolve) => setTimeout(resolve, LOOKED_MS));
    expect([await page.evaluate(() => document.querySelectorAll('#device-offer').length), (await offered()).isSeen, askedFor(), await measured()]).toEqual([1, true, 0, []]);
    await page.evaluate(() => document.querySelector('#device-offer-go').focus());
    await click(page, '#device-offer-go');
    expect(await page.evaluate(() => document.activeElement.id)).toBe('device-offer-state');
    await page.waitFor(() => localStorage.getItem('insitu-measured') !== null, {timeout: 90_000});
    const [choice] = await measured();
    expect([choice.key, choice.left_out, choice.rows.map(({variant}) => variant).sort()]).toEqual([KEY, [], variants.map(({name}) => name).sort()]);
    await page.waitFor(() => /^Measured/.test(document.querySelector('#device-offer-state').textContent.trim()));
    const said = await page.evaluate(() => [document.querySelector('#device-offer').innerText, document.querySelector('#device-offer-go').checkVisibility()]);
    expect(said).toEqual([expect.stringMatching(choice.variant === 'int8' ? /float32 [\d.]+ ms.*int8 stays/ : /float32 [\d.]+ ms.*float32 is used/), false]);
    expect(await axeProblems(page)).toEqual([]);
    await click(page, '#another');
    await page.waitFor(() => document.querySelector('#device-offer') === null);
    expect((await pick(page, PICTURE)).detail.model.variant).toBe(choice.variant);
    expect(page.errors).toEqual([]);
  }, 150_000);

  test('who declines is not asked again, after another answer and at another visit', async () => {
    await sayNothing();
    await visit(page, site.url('/'));
    await pick(page, PICTURE);
    await page.waitFor(() => document.querySelector('#device-offer-no'), {timeout: 30_000});
    await click(page, '#device-offer-no');
    expect(await page.evaluate(() => [document.querySelector('#device-offer'), document.activeElement.id])).toEqual([null, 'main']);
    for (const address of [null, '/', '/?pack=chest-xray']) {
      if (address) {
        await page.goto(site.url(address));
        await settle(page);
      }
      expect((await pick(page, PICTURE)).detail.model.variant).toBe('int8');
      await new Promise((resolve) => setTimeout(resolve, LOOKED_MS));
      expect([address, await page.evaluate(() => document.querySelector('#device-offer')), askedFor()]).toEqual([address, null, 0]);
      expect(await page.evaluate(() => performance.getEntriesByType('resource').some(({name}) => /choose-/.test(name)))).toBe(true); // it was looked at
    }
    expect(page.errors).toEqual([]);
  }, 120_000);

  test('it goes where another pack answers, and where the person has chosen a variant meanwhile', async () => {
    await sayNothing();
    await visit(page, site.url('/'));
    const offerAgain = async () => {
      await pick(page, PICTURE);
      await page.waitFor(() => document.querySelector('#device-offer-go'), {timeout: 30_000});
    };
    await offerAgain();
    await page.evaluate(() => document.querySelector('insitu-classifier').setAttribute('pack', 'models/skin-open/'));
    await page.waitFor(() => document.querySelector('#device-offer') === null);
    await page.evaluate(() => document.querySelector('insitu-classifier').setAttribute('pack', 'models/skin/'));
    await offerAgain();
    await remember(JSON.stringify([{key: KEY, variant: 'float32', is_default: false, reason: 'asked', rows: []}]));
    await page.evaluate(() => document.querySelector('insitu-classifier').reset());
    await page.waitFor(() => document.querySelector('#device-offer') === null);
    expect(page.errors).toEqual([]);
  }, 120_000);

  test('what cannot be fetched is told, and can be tried again', async () => {
    await sayNothing();
    const {file} = variants.find(({name}) => name === 'float32');
    site.overrides.set(`/models/skin/${file}`, (response) => response.writeHead(503).end());
    await visit(page, site.url('/?lang=en'));
    await pick(page, PICTURE);
    await page.waitFor(() => document.querySelector('#device-offer-go'), {timeout: 30_000});
    await click(page, '#device-offer-go');
    await page.waitFor(() => document.querySelector('#device-offer-state').textContent.includes('could not be measured') && document.querySelector('#device-offer-go').checkVisibility(), {timeout: 60_000});
    expect(await measured()).toEqual([]);
    site.overrides.delete(`/models/skin/${file}`);
    await click(page, '#device-offer-go');
    await page.waitFor(() => localStorage.getItem('insitu-measured') !== null, {timeout: 90_000});
  }, 150_000);

  test.each([['another version', '9.9.9'], ['nonsense', null]])('what was written down for %s is not taken', async (_, other) => {
    await remember(other === null ? '{"a": [' : choiceOf('float32').replace(KEY, `models/skin ${other}`));
    await page.goto(site.url('/'));
    await settle(page);
    expect((await pick(page, PICTURE)).detail.model.variant).toBe('int8');
    expect(page.errors).toEqual([]);
  }, 60_000);
});
