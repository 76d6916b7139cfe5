// The screens beside the check in the other engines: several pictures, this
// device, a model from a file, the live camera: each on its main path.
import {execFileSync} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import * as firefox from './drivers/firefox.mjs';
import * as webkit from './drivers/webkit.mjs';
import {buildSite} from './stand-in.mjs';
import {classifyNative, click, difference, golden, pick, root, settle, TOLERANCE, visit} from './visit.mjs';

const PICTURE = golden('baseline-420.jpg');
const PACK = join(root, 'tests/packs/stripes');
// A camera that every machine has: the browser's own drawing.
const CAMERA = {prefs: {'media.navigator.streams.fake': true, 'media.navigator.permission.disabled': true}, browserArgs: ['--enable-mock-capture-devices=true']};
const folder = mkdtempSync(join(tmpdir(), 'insitu-engines-'));
const archive = join(folder, 'pictures.zip');
execFileSync('python3', ['-c', 'import sys, zipfile\nwith zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as z:\n  for n in sys.argv[2:]: z.write(n, n.split("/")[-1])',
  archive, PICTURE, golden('rgb8.png'), golden('lossy.webp')]);
afterAll(() => rmSync(folder, {recursive: true}));

for (const [name, driver] of [['Firefox ESR', firefox], ['WebKitGTK', webkit]]) {
  (driver.available ? describe : describe.skip)(driver.available ? `screens in ${name}` : `screens in ${name}: ${driver.missing}`, () => {
    let built, site, browser, page;
    beforeAll(async () => {
      built = buildSite('tests/packs', 'stripes', `engines-${driver === firefox ? 'firefox' : 'webkit'}`);
      site = await built.open();
      browser = await driver.launch(CAMERA);
      page = await browser.newPage();
      await visit(page, site.url('/'));
      await page.waitFor(() => window.deepAll('#model-state')[0].hidden, {timeout: 60_000});
    }, 180_000);
    afterAll(async () => {
      await page?.close();
      await browser?.close();
      await site?.stop();
      built?.remove();
    }, 60_000);
    const go = (hash) => page.evaluate((wanted) => { location.hash = wanted; }, hash);

    test('what can be done with an answer stays at the end of a narrow window while the answer is read', async () => {
      await page.evaluate(() => { document.querySelector('#check').style.maxInlineSize = '22rem'; });
      await pick(page, PICTURE);
      const seen = () => page.evaluate(() => {
        const {top, bottom} = window.deepAll('.still')[0].getBoundingClientRect();
        return {isAtEnd: Math.abs(bottom - innerHeight) <= 1, isBelow: top >= window.deepAll('#details')[0].getBoundingClientRect().bottom, isBrief: window.deepAll('.still .brief')[0].getClientRects().length > 0};
      });
      expect(await seen()).toEqual({isAtEnd: true, isBelow: false, isBrief: true});
      await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
      expect(await seen()).toMatchObject({isBelow: true});
      await page.evaluate(() => {
        document.querySelector('#check').style.removeProperty('max-inline-size');
        window.deepAll('insitu-classifier')[0].reset();
      });
      await page.waitFor(() => history.state?.trail?.at(-1) === 'start'); // the way back is gone before another address is taken
    }, 60_000);

    test('several pictures from an archive are answered as the command answers them', async () => {
      await go('batch');
      await page.waitFor(() => document.querySelector('#batch-pick') !== null, {timeout: 60_000});
      await page.pickFile(() => document.querySelector('#batch-files'), archive);
      await page.waitFor(() => document.querySelector('#batch-progress')?.hidden, {timeout: 120_000});
      const shown = await page.evaluate(() => document.querySelector('#batch').innerText);
      for (const one of ['baseline-420.jpg', 'rgb8.png', 'lossy.webp']) expect(shown).toContain(one);
      const [native] = classifyNative([PICTURE], ['--pack', PACK]);
      expect(native.ok).toBe(true);
      expect(await page.evaluate(() => document.querySelector('#batch-state').textContent)).toMatch(/3/);
    }, 180_000);

    test('this device is measured', async () => {
      await go('device');
      await page.waitFor(() => document.querySelector('#device-go') !== null, {timeout: 60_000});
      await page.evaluate(() => document.querySelector('#device-go').click());
      await page.waitFor(() => document.querySelector('#device-csv') !== null && document.querySelector('#device-go') !== null, {timeout: 180_000});
      const rows = await page.evaluate(() => [...document.querySelectorAll('#device-table tbody tr')].map((row) => [row.dataset.key, ...[...row.querySelectorAll('td')].map((cell) => cell.textContent)]));
      expect(rows.length).toBeGreaterThan(0);
      expect(rows.filter((row) => row.length !== 12)).toEqual([]); // every combination has its figures; a failure in their place is shown here
    }, 240_000);

    test('a bare model from a file is checked, kept and used', async () => {
      await go('models');
      await page.waitFor(() => document.querySelector('#import-pick') !== null && document.querySelectorAll('.model[data-pack]').length > 0, {timeout: 60_000});
      await page.pickFile(() => document.querySelector('#import-file'), golden('bare/softmax.tflite'));
      await page.waitFor(() => document.querySelector('#bare') !== null || document.querySelector('#import-problem').textContent !== '', {timeout: 60_000});
      expect(await page.evaluate(() => document.querySelector('#import-problem').textContent)).toBe('');
      await page.evaluate(() => document.querySelector('#bare-keep').click());
      await page.waitFor(() => document.querySelector('.unsigned') !== null, {timeout: 60_000});
      await page.evaluate(() => document.querySelector('.model:has(.unsigned) [data-do="use"]').click());
      await page.waitFor(() => document.querySelector('#models').hidden && window.deepAll('#imported').length > 0, {timeout: 60_000});
      const {name: event, detail} = await pick(page, PICTURE);
      expect([event, detail.message]).toEqual(['insitu-result', undefined]);
      const [native] = classifyNative([PICTURE], ['--model', golden('bare/softmax.tflite')]);
      expect(difference(detail, native)).toBeLessThan(TOLERANCE);
      expect(site.requests.filter(({path}) => /imported|softmax/.test(path))).toEqual([]);
      await go('models');
      await page.waitFor(() => document.querySelector('.model:has(.unsigned) [data-do="remove"]') !== null, {timeout: 60_000});
      await page.evaluate(() => document.querySelector('.model:has(.unsigned) [data-do="remove"]').click());
      await page.waitFor(() => document.querySelector('.unsigned') === null, {timeout: 60_000});
    }, 240_000);

    test('the live camera is read, or says why not and leaves a way to a file', async () => {
      await page.goto(site.url('/'));
      await settle(page);
      await page.waitFor(() => window.deepAll('#model-state')[0].hidden, {timeout: 60_000});
      const has_camera = await page.evaluate(() => typeof navigator.mediaDevices?.getUserMedia === 'function');
      expect(await page.evaluate(() => window.deepAll('#live').length > 0)).toBe(has_camera);
      if (!has_camera) return; // then it is not offered
      await click(page, '#live');
      await page.waitFor(() => window.deepAll('.live-line').some((one) => one.textContent.trim() !== '' && one.checkVisibility())
        || window.deepAll('#camera-message').some((one) => one.textContent.trim() !== '' && /not|no /i.test(one.textContent)), {timeout: 60_000});
      const seen = await page.evaluate(() => [window.deepAll('.live-line')[0]?.textContent.trim(), window.deepAll('#camera-message')[0]?.textContent.trim()]);
      console.log(`${seen[0] ? `reads: ${seen[0]}` : `says: ${seen[1]}`}`);
      if (!seen[0]) expect(await page.evaluate(() => window.deepAll('input[type=file]').length > 0)).toBe(true);
    }, 120_000);
  });
}
