// A pack as a zip archive and a bare .tflite from a file: checked by the core,
// kept on this device alone, usable at once and without a network, removable;
// what is wrong is refused in one sentence and leaves nothing behind.
import {execFileSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, describe, expect, test} from '@jest/globals';
import {anew} from './anew.mjs';
import {axeProblems} from './axe.mjs';
import * as chromium from './drivers/chromium.mjs';
import {controlled, difference, golden, pick, root, settle, TOLERANCE, visit} from './visit.mjs';

const STRIPES = join(root, 'tests/packs/stripes');
const OPEN_SIZE = golden('bare/open_size.tflite');
const folder = mkdtempSync(join(tmpdir(), 'insitu-import-'));
afterAll(() => rmSync(folder, {recursive: true}));

// An archive of the pack in tests/packs/stripes, with these files changed (null: left out) and these added.
function archive(name, {prefix = '', changes = {}, added = []} = {}) {
  const path = join(folder, name);
  const names = ['pack.json', 'texts/en.json', 'texts/ar.json', 'card.md', 'stripes-float32.tflite'];
  const files = names.filter((one) => changes[one] !== null)
    .map((one) => [prefix + one, (changes[one] === undefined ? readFileSync(join(STRIPES, one)) : Buffer.from(changes[one])).toString('base64')]);
  execFileSync('python3', ['-W', 'ignore', '-c', `import base64, json, sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as z:
  for n, b in json.load(sys.stdin): z.writestr(n, base64.b64decode(b))`, path],
  {input: JSON.stringify([...files, ...added.map(([one, text]) => [one, Buffer.from(text).toString('base64')])])});
  return path;
}
const packWith = (change) => JSON.stringify(change(JSON.parse(readFileSync(join(STRIPES, 'pack.json'), 'utf8'))));

(chromium.available ? describe : describe.skip)(chromium.available ? 'import' : `import: ${chromium.missing}`, () => {
  let site, page;
  anew((...made) => { [site, page] = made; });

  async function open(language = 'en') {
    await visit(page, site.url(`/?lang=${language}`));
    await controlled(page);
    await page.evaluate(() => { location.hash = 'models'; });
    await page.waitFor(() => document.querySelector('#import-pick') !== null);
  }
  const bring = (path) => page.pickFile(() => document.querySelector('#import-file'), path);
  const problem = async () => {
    await page.waitFor(() => document.querySelector('#import-problem').textContent !== '', {timeout: 60_000});
    return page.evaluate(() => document.querySelector('#import-problem').textContent);
  };
  const kept = () => page.evaluate(async () => {
    const name = (await caches.keys()).find((one) => one.startsWith('insitu-imported '));
    return name ? (await (await caches.open(name)).keys()).map(({url}) => new URL(url).pathname) : [];
  });
  const ownCards = () => page.evaluate(() => [...document.querySelectorAll('.model[data-pack]')].filter((card) => card.querySelector('.unsigned'))
    .map((card) => ({name: card.dataset.pack, title: card.querySelector('h2').textContent, text: card.textContent, kept: card.dataset.kept})));
  const press = (name, action) => page.evaluate((one, what) => document.querySelector(`[data-pack="${one}"] [data-do="${what}"]`).click(), name, action);
  const nativeAnswer = (args, path) => JSON.parse(execFileSync(join(root, 'build/insitu'), ['classify', ...args, path], {encoding: 'utf8'}));

  // A plot that would like to be more than one.
  const HOSTILE = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="80" height="40" onload="top.hasRun = true">
    <script>top.hasRun = true; fetch("/stolen")</script><image width="9" height="9" xlink:href="/stolen.png"/><rect width="80" height="40" fill="red"/></svg>`;

  test('a pack from a zip is checked, kept, answers as the command does, also offline, and goes when asked to; no request leaves', async () => {
    await open();
    const before = site.requests.length;
    const wide = (cell) => `|${`${cell}|`.repeat(20)}`;
    await bring(archive('stripes.zip', {prefix: 'stripes/', added: [['stripes/report/figures.json', '{}'], ['stripes/report/report.md', `# Report\n\n${wide('name')}\n${wide('---')}\n${wide('0.123 (0.120–0.126)')}\n\n| | int8 |\n|---|---|\n| **n** | 12 |\n\n![Risk](risk.svg) ![Elsewhere](https://elsewhere.example/a.svg) ![Gone](gone.svg) ![Broken](broken.png)\n`], ['stripes/report/risk.svg', HOSTILE], ['stripes/report/broken.png', 'no picture'], ['__MACOSX/stripes/._pack.json', 'x']]}));
    await page.waitFor(() => document.querySelector('.unsigned') !== null, {timeout: 60_000});
    const [card] = await ownCards();
    expect(card.kept).toBe('true');
    expect(card.text).toContain('stripes.zip');
    expect(card.text).toMatch(/Nobody here has checked/);
    expect((await kept()).map((path) => path.replace(/.*imported\/[^/.]+/, '')).sort())
      .toEqual(['.json', '/card.md', '/pack.json', '/report/broken.png', '/report/report.md', '/report/risk.svg', '/stripes-float32.tflite', '/texts/ar.json', '/texts/en.json']); // no figures, no leftovers
    // Its card and its report are read as documents, not as Markdown.
    await page.evaluate(() => {
      window.blobs = new Set();
      const {createObjectURL, revokeObjectURL} = URL;
      URL.createObjectURL = (blob) => {
        const url = createObjectURL(blob);
        window.blobs.add(url);
        return url;
      };
      URL.revokeObjectURL = (url) => window.blobs.delete(url) && revokeObjectURL(url);
    });
    await page.evaluate(() => { for (const fold of document.querySelectorAll('.model:has(.unsigned) details')) fold.open = true; });
    await page.waitFor(() => [...document.querySelectorAll('.own-card')].filter((one) => one.firstChild).length === 2);
    expect(await page.evaluate(() => [...document.querySelectorAll('.own-card')].map((one) => [one.querySelector('h3')?.textContent, /[#|*]/.test(one.textContent)])))
      .toEqual([[/^# (.+)$/m.exec(readFileSync(join(STRIPES, 'card.md'), 'utf8'))[1], false], ['Report', false]]);
    expect(await page.evaluate(() => [...document.querySelectorAll('.own-card tbody tr')].map((row) => [...row.children].map(({tagName, textContent}) => [tagName, textContent])).at(-1)))
      .toEqual([['TH', 'n'], ['TD', '12']]);
    expect(await page.evaluate(() => [document.documentElement.scrollWidth <= innerWidth, document.querySelector('.own-card .wide').scrollWidth > innerWidth])).toEqual([true, true]);
    // The report's plot is seen, as an image alone, and cannot be opened as a document; what is not here is its name.
    const report = await page.waitFor(() => {
      const shown = [...document.querySelectorAll('.own-card')].at(-1);
      const [plot, ...more] = shown.querySelectorAll('img');
      return more.length === 0 && plot?.naturalWidth === 80 && /Gone.*Broken/.test(shown.textContent) && {alt: plot.alt, src: plot.src, text: shown.lastElementChild.textContent};
    });
    expect(report).toEqual({alt: 'Risk', src: expect.stringMatching(/^blob:/), text: ' Elsewhere Gone Broken'});
    expect(await page.evaluate(() => [...window.blobs])).toEqual([]);
    expect(await page.evaluate((src) => new Promise((resolve) => { Object.assign(new Image(), {onload: () => resolve('there'), onerror: () => resolve('gone'), src}); }), report.src)).toBe('gone');
    expect(await page.evaluate(() => window.hasRun)).toBe(undefined);
    await press(card.name, 'use');
    await page.waitFor(() => document.querySelector('#models').hidden);
    await page.waitFor(() => window.deepAll('#imported').length > 0);
    const picture = join(STRIPES, 'selftest/lying.png');
    const {name, detail} = await pick(page, picture);
    expect([name, detail.model?.id]).toEqual(['insitu-result', 'stripes']);
    expect(difference(detail, nativeAnswer(['--pack', STRIPES], picture))).toBeLessThan(TOLERANCE);
    // Nothing of it was asked of the server, nor sent to it: what was fetched are files of the site.
    const asked = site.requests.slice(before);
    expect(asked.filter(({method, bodyBytes, query}) => method !== 'GET' || bodyBytes > 0 || query !== '')).toEqual([]);
    expect(asked.filter(({path}) => /imported|stripes|stolen/.test(path))).toEqual([]);
    await site.stop();
    await page.goto(site.url('/'));
    await settle(page);
    expect((await pick(page, picture)).detail.model?.id).toBe('stripes'); // the last used, without a network
    await page.evaluate(() => { location.hash = 'models'; });
    await page.waitFor(() => document.querySelector('.unsigned') !== null);
    await press(card.name, 'remove');
    await page.waitFor(() => document.querySelector('.unsigned') === null);
    expect(await kept()).toEqual([]);
    await site.start();
    await page.goto(site.url('/'));
    await settle(page);
    expect((await pick(page, golden('baseline-420.jpg'))).detail.model?.id).toBe('skin');
    expect(page.errors).toEqual([]);
  }, 180_000);

  test.each([
    ['a path that leads out', {added: [['../pack.txt', 'x']]}, /“\.\.\/pack\.txt”.*outside/],
    ['a path from the root', {added: [['/etc/x', 'x']]}, /“\/etc\/x”.*outside/],
    ['two files of one name', {added: [['pack.json', '{}']]}, /two files named “pack\.json”/],
    ['no pack.json', {changes: {'pack.json': null}}, /no pack\.json/],
    ['two packs', {prefix: 'a/', added: [['b/pack.json', '{}']]}, /several packs \(a\/pack\.json, b\/pack\.json\)/],
    ['a pack.json against its schema', {changes: {'pack.json': packWith((pack) => ({...pack, version: 'one'}))}}, /version.*one/],
    ['a language that leads out', {changes: {'pack.json': packWith((pack) => ({...pack, languages: ['../../x']}))}}, /languages\[0\] must be 1 to 64 letters, digits or -/],
    ['a model of another digest', {changes: {'stripes-float32.tflite': (() => { const bytes = readFileSync(join(STRIPES, 'stripes-float32.tflite')); bytes[bytes.length - 1] ^= 1; return bytes; })()}}, /SHA-256/],
    ['a model that is missing', {changes: {'stripes-float32.tflite': null}}, /lacks the file “stripes-float32\.tflite”/],
    ['a model larger than it says', {changes: {'stripes-float32.tflite': Buffer.alloc(3_000_000)}}, /“stripes-float32\.tflite” has 3 MB; at most/],
    ['words that no screen can show', {changes: {'texts/en.json': JSON.stringify({...JSON.parse(readFileSync(join(STRIPES, 'texts/en.json'), 'utf8')), notices: {}})}}, /texts\/en\.json.*notices/],
  ])('%s is refused in a sentence, and nothing stays', async (title, options, expected) => {
    await open();
    await bring(archive(`bad-${title.replace(/\W+/g, '-')}.zip`, options));
    expect(await problem()).toMatch(expected);
    expect(await kept()).toEqual([]);
    expect(await ownCards()).toEqual([]);
    expect(page.errors).toEqual([]);
  }, 90_000);

  const REFUSED = golden('models/others/odd_rank_5.tflite');
  const cut = (name) => {
    const path = join(folder, name);
    writeFileSync(path, readFileSync(golden('bare/softmax.tflite')).subarray(0, 400));
    return path;
  };
  test.each([
    ['de', 'a model of an operator that there is not', () => REFUSED, /^Das Modell braucht etwas, das diese Seite nicht rechnen kann\.$/, /CONV_3D.*not built in/],
    ['es', 'a model of numbers that there are not', () => golden('models/others/odd_int4_weights.tflite'), /^El modelo necesita algo que esta página no puede calcular\.$/, /int4/i],
    ['hi', 'a model that is damaged', () => cut('cut-hi.tflite'), /^मॉडल ख़राब है/, /^[ -~]{10,}$/],
    ['ar', 'a pack of a newer format', () => archive('newer.zip', {changes: {'pack.json': packWith((pack) => ({...pack, format: 3}))}}), /^كُتبت الحزمة لإصدار أحدث/, /format.*is 3/],
    ['zh-Hans', 'a pack against its schema', () => archive('schema.zip', {changes: {'pack.json': packWith((pack) => ({...pack, version: 'one'}))}}), /^模型包对自己的说明/, /version.*one/],
    ['fr', 'a model of another digest', () => archive('digest.zip', {changes: {'stripes-float32.tflite': (() => { const bytes = readFileSync(join(STRIPES, 'stripes-float32.tflite')); bytes[bytes.length - 1] ^= 1; return bytes; })()}}), /^Un de ses fichiers est endommagé/, /SHA-256/],
  ])('%s: %s is refused in the page\'s words, the program\'s own below them', async (language, _, made, said, own) => {
    await open(language);
    await bring(made());
    await problem();
    const [words, detail, ...more] = await page.evaluate(() => [...document.querySelectorAll('#import-problem p')].map((one) => ({text: one.textContent, lang: one.closest('[lang]').lang, dir: one.dir})));
    expect([words, detail, more]).toEqual([{text: expect.stringMatching(said), lang: language, dir: ''}, {text: expect.stringMatching(own), lang: 'en', dir: 'ltr'}, []]);
    expect(await kept()).toEqual([]);
    expect(await axeProblems(page)).toEqual([]);
  }, 120_000);

  test('what the program says within a sentence is marked as English', async () => {
    await open('es');
    await bring(archive('texts.zip', {changes: {'texts/en.json': '{}'}}));
    expect(await problem()).toMatch(/^Las palabras de texts\/en\.json no se pueden mostrar: the field/);
    expect(await page.evaluate(() => document.querySelector('#import-problem [lang="en"][dir="ltr"]').textContent)).toMatch(/^the field "language" is not as the format says$/);
  }, 60_000);

  test('too many files, no archive, no model: each is told before anything is unpacked', async () => {
    await open();
    const many = archive('many.zip', {added: Array.from({length: 1000}, (_, index) => [`report/${index}.txt`, 'x'])});
    await bring(many);
    expect(await problem()).toMatch(/more than 1000 files|more than 1,000 files/);
    const text = join(folder, 'letter.zip');
    writeFileSync(text, 'Dear reader');
    await bring(text);
    await page.waitFor(() => document.querySelector('#import-problem').textContent.includes('letter.zip'));
    const half = join(folder, 'half.zip');
    writeFileSync(half, readFileSync(many).subarray(0, 9000));
    await bring(half);
    await page.waitFor(() => document.querySelector('#import-problem').textContent.includes('half.zip'));
    expect(await problem()).toContain('cannot be read as a zip archive');
    const model = join(folder, 'cut.tflite');
    writeFileSync(model, readFileSync(golden('bare/softmax.tflite')).subarray(0, 400));
    await bring(model);
    await page.waitFor(() => document.querySelector('#import-problem').textContent.includes('is no classifier of pictures'), {timeout: 60_000});
    expect(await kept()).toEqual([]);
  }, 120_000);

  test('a bare model is read as the command reads it; what its file leaves open is asked for', async () => {
    await open();
    await bring(OPEN_SIZE);
    await page.waitFor(() => document.querySelector('#bare-width') !== null, {timeout: 60_000});
    await page.evaluate(() => {
      document.querySelector('#bare-width').value = '48';
      document.querySelector('#bare-height').value = '32';
      document.querySelector('#bare-labels').value = 'red\ngreen';
      document.querySelector('#bare-range').value = 'signed';
      document.querySelector('#bare').requestSubmit();
    });
    await page.waitFor(() => document.querySelector('#bare-problem').textContent !== '', {timeout: 60_000});
    expect(await page.evaluate(() => document.querySelector('#bare-problem').textContent)).toMatch(/^As many names are needed as the model has outputs\..*2 labels, but the model has 3 outputs/);
    await page.evaluate(() => {
      document.querySelector('#bare-labels').value = '0 red\n1 green\n2 blue\n\n';
      document.querySelector('#bare').requestSubmit();
    });
    await page.waitFor(() => document.querySelector('.unsigned') !== null, {timeout: 60_000});
    const [card] = await ownCards();
    expect(card.text).toContain('open_size');
    expect(card.text).toMatch(/asked for/); // of the pixels and the names
    await press(card.name, 'use');
    await page.waitFor(() => document.querySelector('#models').hidden);
    await page.waitFor(() => window.deepAll('#imported').length > 0);
    const picture = golden('rgb8.png');
    const {name, detail} = await pick(page, picture);
    expect([name, detail.message]).toEqual(['insitu-result', undefined]);
    const labels = join(folder, 'labels.txt');
    writeFileSync(labels, 'red\ngreen\nblue\n');
    const native = nativeAnswer(['--model', OPEN_SIZE, '--size', '48,32', '--range', '-1,1', '--labels', labels], picture);
    expect(difference(detail, native)).toBeLessThan(TOLERANCE);
    expect(detail.read_as).toEqual(native.read_as);
    expect(detail.classes.map(({label}) => label).sort()).toEqual(['blue', 'green', 'red']);
    // The other screens have it too, and what is copied for whoever mends the page does not name the file.
    await page.evaluate(() => { location.hash = 'device'; });
    await page.waitFor(() => document.querySelector('#device-pack option:checked')?.textContent === 'open_size');
    await page.waitFor(() => document.querySelector('#device-diagnostics').textContent.includes('"pack"'));
    expect(await page.evaluate(() => document.querySelector('#device-diagnostics').textContent)).not.toMatch(/open/);
    await page.evaluate(() => { location.hash = 'batch'; });
    await page.waitFor(() => document.querySelector('#batch-pack option:checked')?.textContent === 'open_size');
    expect(site.requests.filter(({path}) => /imported|open_size/.test(path))).toEqual([]);
    expect(page.errors).toEqual([]);
  }, 120_000);

  test('what a file says wrongly of its pixels can be said instead; nobody is told of a command\'s option', async () => {
    await open();
    await bring(golden('bare/softmax.tflite')); // says nothing of them
    await page.waitFor(() => document.querySelector('.bare-read') !== null, {timeout: 60_000});
    expect(await page.evaluate(() => document.querySelector('#bare').textContent)).not.toMatch(/--/);
    expect(await page.evaluate(() => document.querySelector('.bare-read').textContent)).toMatch(/\u20660\.\.1\u2069 for black and white/);
    await page.evaluate(() => document.querySelector('#bare-cancel').click());
    await page.waitFor(() => document.querySelector('#bare') === null);
    await bring(golden('bare/std_zero.tflite'));
    await page.waitFor(() => document.querySelector('#bare') !== null, {timeout: 60_000});
    expect(await page.evaluate(() => [document.querySelector('#bare-problem').textContent, document.querySelector('#bare-width')]))
      .toEqual([expect.stringMatching(/NormalizationOptions\.std: value 0 is 0 and must be above 0$/), null]);
    await page.evaluate(() => {
      document.querySelector('#bare-range').value = 'unit';
      document.querySelector('#bare').requestSubmit();
    });
    await page.waitFor(() => document.querySelector('.unsigned') !== null, {timeout: 60_000});
    expect(page.errors).toEqual([]);
  }, 120_000);

  test('a model that is dropped anywhere goes to the models; given up, nothing stays', async () => {
    await open();
    await page.evaluate(() => { location.hash = ''; });
    await page.waitFor(() => document.querySelector('#models').hidden);
    const bytes = [...readFileSync(golden('bare/softmax.tflite'))];
    await page.evaluate((data) => {
      document.startViewTransition = (change) => { // as where the machine is busy: the file is read by then
        const done = new Promise((resolve) => setTimeout(resolve, 2000)).then(change);
        return {ready: done, finished: done, updateCallbackDone: done};
      };
      const transfer = new DataTransfer();
      transfer.items.add(new File([new Uint8Array(data)], 'soft max.tflite'));
      document.body.dispatchEvent(new DragEvent('drop', {dataTransfer: transfer, bubbles: true, cancelable: true, composed: true}));
    }, bytes);
    await page.waitFor(() => !document.querySelector('#models')?.hidden && document.querySelector('#bare') !== null, {timeout: 60_000});
    const asked = () => page.evaluate(() => {
      const {top, bottom} = document.querySelector('#bare-heading').getBoundingClientRect();
      return [document.activeElement.id, top >= 0 && bottom <= innerHeight];
    });
    await page.waitFor(() => document.activeElement.id === 'bare-heading'); // the focus moves once the screen is there
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await asked()).toEqual(['bare-heading', true]); // and it stays so
    expect(await page.evaluate(() => document.querySelector('.bare-read').textContent)).toMatch(/SOFTMAX/);
    await page.evaluate(() => document.querySelector('#bare-cancel').click());
    await page.waitFor(() => document.querySelector('#bare') === null);
    await page.waitFor(async () => (await (await caches.open((await caches.keys()).find((one) => one.startsWith('insitu-imported ')))).keys()).length === 0);
    expect(await ownCards()).toEqual([]);
  }, 90_000);

  test.each(['en', 'de', 'ar'])('axe finds nothing in the form and the card, and nothing runs out of a narrow page (%s)', async (language) => {
    await page.raw.setViewport({width: 320, height: 740, isMobile: true, hasTouch: true});
    await open(language);
    await bring(golden('bare/softmax.tflite'));
    await page.waitFor(() => document.querySelector('#bare') !== null, {timeout: 60_000});
    expect(await axeProblems(page)).toEqual([]);
    await page.evaluate(() => document.querySelector('#models-own').click());
    expect(await page.evaluate(() => document.activeElement.id)).toBe('bare-heading');
    const isTooWide = async (size) => {
      await page.evaluate((wanted) => { document.documentElement.style.fontSize = wanted; }, size);
      return page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    };
    expect([await isTooWide(''), await isTooWide('200%'), await isTooWide('')]).toEqual([false, false, false]);
    await page.evaluate(() => document.querySelector('#bare').requestSubmit());
    await page.waitFor(() => document.querySelector('.unsigned') !== null, {timeout: 60_000});
    expect(await axeProblems(page)).toEqual([]);
    expect([await isTooWide(''), await isTooWide('200%')]).toEqual([false, false]);
  }, 120_000);

  test('an archive that is encrypted is refused as such', async () => {
    const bytes = readFileSync(archive('secret.zip'));
    for (const [mark, at] of [['PK\x03\x04', 6], ['PK\x01\x02', 8]]) { // the flag of each file, in both places
      for (let from = bytes.indexOf(mark, 0, 'latin1'); from >= 0; from = bytes.indexOf(mark, from + 4, 'latin1')) bytes[from + at] |= 1;
    }
    writeFileSync(join(folder, 'secret.zip'), bytes);
    await open();
    await bring(join(folder, 'secret.zip'));
    expect(await problem()).toMatch(/is encrypted in its archive/);
    expect(page.errors).toEqual([]);
  }, 60_000);

  test('where the browser keeps no files, a model cannot be brought, and that is said', async () => {
    await page.raw.evaluateOnNewDocument(() => {
      delete window.caches;
      Object.defineProperty(window, 'caches', {value: undefined});
    });
    await visit(page, site.url('/'));
    await page.evaluate(() => { location.hash = 'models'; });
    await page.waitFor(() => document.querySelector('#import-pick') !== null && document.querySelectorAll('.model[data-pack]').length > 0);
    await bring(golden('bare/softmax.tflite'));
    expect(await problem()).toMatch(/keeps no files for this page/);
  }, 120_000);
});
