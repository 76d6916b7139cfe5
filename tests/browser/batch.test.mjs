// Several pictures: a table that fills, figures that are the command's, and
// nothing kept but what the person asked for.
import {createRequire} from 'node:module';
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from '@jest/globals';
import {execFileSync, spawnSync} from 'node:child_process';
import {copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {batchSteps} from './batch.mjs';
import * as chromium from './drivers/chromium.mjs';
import {putFindings} from '../cli/findings-pack.mjs';
import {buildSite} from './stand-in.mjs';
import {catchSaved, classifyNative, golden, root} from './visit.mjs';

const PACK = join(root, 'tests/packs/stripes');
const IDS = JSON.parse(readFileSync(join(PACK, 'pack.json'), 'utf8')).classes.map(({id}) => id);
const PICTURES = readdirSync(golden('')).filter((name) => /\.(png|jpg)$/.test(name)).sort();

(chromium.available ? describe : describe.skip)(chromium.available ? 'several pictures' : `several pictures: ${chromium.missing}`, () => {
  let built, site, browser, page, folder;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'insitu-batch-'));
    // Labels that have nothing to do with the answers: no figure is a round one.
    mkdirSync(join(folder, 'set'));
    for (const name of PICTURES) copyFileSync(golden(name), join(folder, 'set', name));
    writeFileSync(join(folder, 'set', 'cut.jpg'), readFileSync(golden('baseline-420.jpg')).subarray(0, 900));
    writeFileSync(join(folder, 'set', 'notes.txt'), 'no picture');
    const rows = [...PICTURES, 'cut.jpg'].map((name, index) => `set/${name},${IDS[(index * index) % IDS.length]}`);
    // As spreadsheets write them; one row twice, one picture that is not there.
    writeFileSync(join(folder, 'set', 'labels.csv'), `\uFEFFimage;label\r\n${[...rows, rows[3], `lost.png,${IDS[0]}`].join('\r\n').replaceAll(',', ';')}\r\n`);
    built = buildSite('tests/packs', 'stripes', 'batch');
    site = await built.open();
    browser = await chromium.launch();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await site?.stop();
    built?.remove();
    if (folder) rmSync(folder, {recursive: true, force: true});
  });
  beforeEach(async () => {
    page = await browser.newPage();
    await open();
  });
  afterEach(() => page.close());

  const {open: visitBatch, press, choose, isDone, state} = batchSteps(() => [site, page]);
  async function open(language) {
    await visitBatch(language);
    await catchSaved(page);
  }
  async function saved(selector, name) {
    await press(selector);
    await page.waitFor((wanted) => window.saved[wanted] !== undefined, {args: [name]});
    return page.evaluate((wanted) => window.saved[wanted], name);
  }
  const databases = () => page.evaluate(async () => (await indexedDB.databases()).map(({name}) => name));

  test('a folder with labels.csv: the answers and the figures are the command\'s', async () => {
    await choose(join(folder, 'set'), '#batch-folder');
    await isDone();
    expect(await page.evaluate(() => document.querySelector('#batch-others').textContent)).toContain('1 other file');
    expect(await page.evaluate(() => document.querySelector('#batch-missing').textContent)).toContain('lost.png');
    const figures = JSON.parse(await saved('#batch-evaluation-json', 'evaluation.json'));

    const {stdout} = spawnSync(join(root, 'build/insitu'), ['evaluate', '--pack', PACK, '--labels', join(folder, 'set/labels.csv'), '--images', folder, '--json'],
      {encoding: 'utf8'});
    const native = JSON.parse(stdout);
    expect(figures.failures.map(({file, status}) => [file, status]).sort()).toEqual(native.failures.map(({file, status}) => [file, status]).sort());
    for (const one of [figures, native]) delete one.failures;
    expect(native.limits).toHaveLength(1);
    expect(figures.n).toBeGreaterThan(50);
    expect(Object.keys(figures)).toEqual(Object.keys(native));
    expect(figures.confusion).toEqual(native.confusion);
    expect(figures.reasons).toEqual(native.reasons);
    close(figures, native, 'evaluation');
    expect(await page.evaluate(() => document.querySelector('[data-figure="macro_auc"] dd').textContent)).toBe(native.macro_auc.toFixed(3));

    const lines = (await saved('#batch-json', 'set.jsonl')).trim().split('\n').map((line) => JSON.parse(line));
    expect(lines.length).toBe(PICTURES.length + 1);
    const commands = classifyNative(PICTURES.map(golden), ['--pack', PACK]);
    for (const [index, name] of PICTURES.entries()) {
      const line = lines.find(({file}) => file === `set/${name}`);
      const command = commands[index];
      expect([name, line.decision, line.top?.id, line.set, line.reasons.map(({id}) => id)])
        .toEqual([name, command.decision, command.top?.id, command.set, command.reasons.map(({id}) => id)]);
    }
    const [header, ...rows] = (await saved('#batch-csv', 'set.csv')).trim().split('\n');
    expect(header).toBe(`image,label,decision,top,p,set,action,${IDS.join(',')},typicality,reasons,status,message`);
    expect(rows.length).toBe(lines.length);
    expect(rows.find((row) => row.startsWith('set/cut.jpg,'))).toContain('truncated');
    await page.waitFor(() => document.querySelectorAll('#plots canvas').length === 3);
    expect(page.errors).toEqual([]);
  }, 300_000);

  // Probabilities have nine digits in the answers; everything that is counted is equal.
  function close(a, b, path) {
    if (typeof b === 'number' && !Number.isInteger(b)) expect([path, Math.abs(a - b) < 1e-6]).toEqual([path, true]);
    else if (b !== null && typeof b === 'object') for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) close(a[key], b[key], `${path}.${key}`);
    else expect([path, a]).toEqual([path, b]);
  }

  test('folders named after classes are labels', async () => {
    const sorted = join(folder, 'sorted');
    for (const [index, name] of PICTURES.slice(0, 12).entries()) {
      mkdirSync(join(sorted, IDS[index % 2]), {recursive: true});
      copyFileSync(golden(name), join(sorted, IDS[index % 2], name));
    }
    await choose(sorted, '#batch-folder');
    await isDone();
    const {n, per_class} = JSON.parse(await saved('#batch-evaluation-json', 'evaluation.json'));
    expect([n, per_class[0].n, per_class[1].n]).toEqual([12, 6, 6]);
  }, 120_000);

  test('a zip archive is read picture by picture; one that is broken says so', async () => {
    const zip = join(folder, 'some.zip');
    execFileSync('python3', ['-c', 'import sys, zipfile\nwith zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as z:\n  for n in sys.argv[3:]: z.write(sys.argv[2] + "/" + n, "in/" + n)\n  z.writestr("__MACOSX/in/._a.png", "x")\n  z.writestr("in/readme.md", "x")',
      zip, join(folder, 'set'), ...PICTURES.slice(0, 8)]);
    await choose(zip);
    await isDone();
    expect(await state()).toBe('All 8 pictures done.');
    const lines = (await saved('#batch-json', 'some.jsonl')).trim().split('\n').map((line) => JSON.parse(line));
    expect(lines.map(({file, ok}) => [file, ok])).toEqual(PICTURES.slice(0, 8).map((name) => [`in/${name}`, true]));

    await press('#batch-new');
    await page.waitFor(() => document.querySelector('#batch-pick'));
    const broken = join(folder, 'broken.zip');
    writeFileSync(broken, readFileSync(zip).subarray(0, 3000));
    await choose(broken);
    await page.waitFor(() => document.querySelector('#batch-problem'));
    expect(await page.evaluate(() => document.querySelector('#batch-problem').textContent)).toContain('broken.zip cannot be read as a zip archive');
    expect(await page.evaluate(() => document.querySelectorAll('#batch-table').length)).toBe(0);
  }, 120_000);

  test.each([
    ['image,label\na.png,nothing\n', /line 2: the label “nothing” is no class/],
    [`picture,label\na.png,${IDS[0]}\n`, /must have the columns image and label; its header is: picture, label/],
    [`image,label\na.png,${IDS[0]}\na.png,${IDS[1]}\n`, /line 3: a.png has another label than in line 2/],
    ['image,label\n"a.png,x\n', /in line 2 a quote is not closed/],
  ])('a table of labels that is wrong is told before a picture is judged: %j', async (table, message) => {
    const path = join(folder, 'labels.csv');
    writeFileSync(path, table);
    await choose([golden('rgb8.png'), path]);
    await page.waitFor(() => document.querySelector('#batch-problem'));
    expect(await page.evaluate(() => document.querySelector('#batch-problem').textContent)).toMatch(message);
    expect(await databases()).toEqual([]);
  });

  test('a reload in the middle loses nothing that was done, and no picture is kept', async () => {
    const paths = PICTURES.map((name) => join(folder, 'set', name));
    await choose(paths);
    await page.waitFor(() => document.querySelector('#batch-progress')?.value >= 5);
    await page.reload();
    await open();
    const [title, of] = await page.evaluate(() => [document.querySelector('#batch-kept strong').textContent, document.querySelector('#batch-kept p').textContent]);
    expect(title).toBe(`${PICTURES[0]} + ${PICTURES.length - 1}`);
    const done = Number(/^(\d+) of/.exec(of)[1]);
    expect(done).toBeGreaterThanOrEqual(5);
    expect(done).toBeLessThan(PICTURES.length);
    await press('#batch-kept .resume');
    await page.waitFor(() => document.querySelector('#batch-pick-again'));
    const before = await page.evaluate(() => [...document.querySelectorAll('#batch-table tr[data-state="done"]')].map((row) => row.dataset.path));
    expect(before.length).toBeGreaterThanOrEqual(5);
    await choose(paths, '#batch-again');
    await isDone();
    expect(await page.evaluate(() => document.querySelector('#batch-attached').textContent)).toContain(`${done} pictures were judged before and stay`);
    const lines = (await saved('#batch-json', `${PICTURES[0]}-${PICTURES.length - 1}.jsonl`)).trim().split('\n').map((line) => JSON.parse(line));
    expect(new Set(lines.map(({file}) => file)).size).toBe(PICTURES.length);

    // What is kept: names, sizes and lines; nothing that is a picture or could hold one.
    const kinds = await page.evaluate(async () => {
      const database = await new Promise((resolve) => { indexedDB.open('insitu-batches').onsuccess = ({target}) => resolve(target.result); });
      const all = await new Promise((resolve) => { database.transaction('answers').objectStore('answers').getAll().onsuccess = ({target}) => resolve(target.result); });
      database.close();
      const found = new Set();
      const walk = (value) => {
        if (Array.isArray(value)) value.forEach(walk);
        else if (value && Object.getPrototypeOf(value) === Object.prototype) Object.values(value).forEach(walk);
        else found.add(value === null ? 'null' : typeof value === 'object' ? value.constructor.name : typeof value);
      };
      walk(all);
      return [all.length, [...found].sort(), Math.max(...all.map((one) => JSON.stringify(one).length))];
    });
    expect(kinds.slice(0, 2)).toEqual([PICTURES.length, ['boolean', 'null', 'number', 'string']]);
    expect(kinds[2]).toBeLessThan(4000);

    await press('#batch-new');
    await page.waitFor(() => document.querySelector('#batch-kept .remove'));
    await press('#batch-kept .remove');
    await page.waitFor(() => !document.querySelector('#batch-kept'));
    expect(await databases()).toEqual([]);
  }, 240_000);

  test('nothing is kept where it was not wanted, and a visit makes no database', async () => {
    expect(await databases()).toEqual([]);
    await press('#batch-keep');
    await choose(PICTURES.slice(0, 4).map(golden));
    await isDone();
    expect(await databases()).toEqual([]);
    expect((await saved('#batch-json', `${PICTURES[0]}-3.jsonl`)).trim().split('\n').length).toBe(4);
  });

  test('stop and go on, sort, filter, and a picture of it opened by itself', async () => {
    await choose(PICTURES.map(golden));
    await page.waitFor(() => document.querySelector('#batch-progress')?.value >= 3);
    await press('#batch-stop');
    await new Promise((resolve) => setTimeout(resolve, 500)); // an answer that was on its way is kept
    const stopped = await state();
    expect(stopped).toMatch(/^Stopped: \d+ of \d+ pictures\.$/);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await state()).toBe(stopped);
    await press('#batch-go');
    await isDone();
    const names = () => page.evaluate(() => [...document.querySelectorAll('#batch-table tr[data-path]')].map((row) => row.dataset.path));
    const select = (id, value) => page.evaluate((where, what) => {
      const field = document.getElementById(where);
      field.value = what;
      field.dispatchEvent(new Event(field.type === 'search' ? 'input' : 'change'));
    }, id, value);
    const as_chosen = await names();
    await select('batch-sort', 'name falling');
    expect((await names())[0]).toBe(PICTURES.toSorted(new Intl.Collator('en', {numeric: true}).compare).at(-1));
    await select('batch-sort', 'order rising');
    expect(await names()).toEqual(as_chosen);
    await select('batch-words', 'rgb16');
    expect((await names()).every((name) => name.includes('rgb16'))).toBe(true);
    expect((await names()).length).toBe(PICTURES.filter((name) => name.includes('rgb16')).length);
    await select('batch-words', '');
    await press('[data-filter="reject"]');
    const decisions = await page.evaluate(() => [...document.querySelectorAll('#batch-table tr[data-path]')].map((row) => row.dataset.decision));
    expect([...new Set(decisions)]).toEqual(['reject']);
    // A picture that is not judged has no class beside it.
    expect(await page.evaluate(() => document.querySelectorAll('#batch-table tr[data-decision="reject"] .label').length)).toBe(0);
    await press('#batch-table .open');
    await page.waitFor(() => window.deepAll('insitu-classifier')[0].getAttribute('view') === 'frame');
  }, 120_000);

  test('where it is unsure, its set is said to be possible, no class to be the answer', async () => {
    const pack = JSON.parse(readFileSync(join(built.folder, 'models/stripes/pack.json'), 'utf8'));
    pack.variants[0].decision.answer_p = 1;
    site.overrides.set('/models/stripes/pack.json', JSON.stringify(pack));
    try {
      await open();
      await choose(PICTURES.slice(0, 6).map(golden));
      await isDone();
      const unsure = await page.evaluate(() => [...document.querySelectorAll('#batch-table tr[data-decision="unsure"] .says')].map((cell) => cell.textContent));
      expect(unsure.length).toBeGreaterThan(3);
      for (const words of unsure) expect(words).toMatch(/^Could be [^%]+$/);
    } finally {
      site.overrides.delete('/models/stripes/pack.json');
    }
  });

  test('findings: a picture is of each that it has, not of its likeliest', async () => {
    const findings = join(folder, 'findings');
    putFindings(findings);
    site.overrides.set('/models/stripes/pack.json', readFileSync(join(findings, 'pack.json')));
    try {
      await open();
      await choose(PICTURES.map(golden));
      await isDone();
      const lines = (await saved('#batch-json', `${PICTURES[0]}-${PICTURES.length - 1}.jsonl`)).trim().split('\n').map((line) => JSON.parse(line)).filter(({set}) => set);
      expect(lines.some(({top, set}) => set.length > 0 && !set.includes(top.id))).toBe(true); // else nothing is told apart here
      for (const [index, id] of IDS.entries()) {
        await page.evaluate((value) => {
          const field = document.getElementById('batch-class');
          field.value = value;
          field.dispatchEvent(new Event('change'));
        }, String(index));
        expect([id, await page.evaluate(() => Number(document.getElementById('batch-table').getAttribute('aria-rowcount')) - 1)])
          .toEqual([id, lines.filter(({set}) => set.includes(id)).length]);
      }
      const [header, ...rows] = (await saved('#batch-csv', `${PICTURES[0]}-${PICTURES.length - 1}.csv`)).trim().split('\n').map((row) => row.split(','));
      const at = header.indexOf('set');
      for (const {file, set} of lines) expect(rows.find(([name]) => name === file)[at]).toBe(set.join(' '));
    } finally {
      site.overrides.delete('/models/stripes/pack.json');
    }
  }, 120_000);

  describe.each(['en', 'de', 'ar'])('in %s', (language) => {
    test.each(['light', 'dark'])('axe finds nothing, and nothing runs out of a narrow page (%s)', async (scheme) => {
      await page.raw.setViewport({width: 320, height: 740, isMobile: true, hasTouch: true});
      await page.raw.emulateMediaFeatures([{name: 'prefers-color-scheme', value: scheme}, {name: 'prefers-reduced-motion', value: 'reduce'}]);
      await open(language);
      await page.raw.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
      const look = async (what) => {
        const {violations, passes} = await page.evaluate(() => axe.run(document, {resultTypes: ['violations', 'passes'],
          runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}));
        expect(passes.length).toBeGreaterThan(10);
        expect([what, violations.map(({id, nodes}) => `${id}: ${nodes.map(({target}) => target.flat().join(' ')).join(', ')}`)]).toEqual([what, []]);
        const out = await page.evaluate(() => [...document.querySelectorAll('body *')].filter((element) => {
          const {left, right, width, height} = element.getBoundingClientRect();
          // What scrolls by itself, and what is hidden on purpose, may be wider.
          return width > 1 && height > 1 && (left < -1 || right > innerWidth + 1) && !element.closest('.wide, .batch-scroll, .visually-hidden, thead');
        }).map(({tagName, className, id}) => `${tagName} ${id} ${className}`));
        expect([what, await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), out]).toEqual([what, false, []]);
      };
      await look('choose');
      await choose([...PICTURES.slice(0, 12).map((name) => join(folder, 'set', name)), golden('make_golden.py'), join(folder, 'set', 'labels.csv')]);
      await isDone();
      await page.waitFor(() => document.querySelectorAll('#plots canvas').length === 3);
      await look('done');
      await page.raw.setViewport({width: 360, height: 740, isMobile: true, hasTouch: true});
      expect(await page.evaluate(() => { // how much room what the field is for leaves in it
        const field = document.querySelector('#batch-words');
        const {font, paddingInlineStart, paddingInlineEnd} = getComputedStyle(field);
        const pen = Object.assign(document.createElement('canvas').getContext('2d'), {font});
        return field.clientWidth - parseFloat(paddingInlineStart) - parseFloat(paddingInlineEnd) - pen.measureText(field.placeholder).width;
      })).toBeGreaterThan(24); // the sign that clears it
      await page.evaluate(() => { document.documentElement.style.fontSize = '200%'; });
      // No word of a button is broken: each has room for the longest that it says.
      expect(await page.evaluate(() => [...document.querySelectorAll('.batch-buttons button')].filter((button) => {
        const {font, paddingInlineStart, paddingInlineEnd} = getComputedStyle(button);
        const pen = Object.assign(document.createElement('canvas').getContext('2d'), {font});
        const room = button.clientWidth - parseFloat(paddingInlineStart) - parseFloat(paddingInlineEnd);
        return button.textContent.split(' ').some((word) => pen.measureText(word).width > room);
      }).map((button) => button.textContent))).toEqual([]);
      await page.evaluate(() => { document.documentElement.style.fontSize = ''; });
      const lines = await page.evaluate(() => [...document.querySelectorAll('.grid-table th[scope="row"]')].map((head) => {
        head.textContent = 'Actinic keratosis or Bowen\'s disease'; // as long as labels are
        return head.getBoundingClientRect().height / parseFloat(getComputedStyle(head).lineHeight);
      }));
      expect(lines.length).toBeGreaterThan(8);
      expect(Math.max(...lines)).toBeLessThan(6);
    }, 120_000);
  });

  test('2,000 pictures do not grow memory, and few rows are in the document', async () => {
    const base64 = readFileSync(golden('rgb8.png')).toString('base64');
    await page.evaluate((text) => {
      const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
      const transfer = new DataTransfer();
      for (let i = 0; i < 2000; ++i) transfer.items.add(new File([bytes], `picture-${i}.png`, {type: 'image/png'}));
      const input = document.querySelector('#batch-files');
      input.files = transfer.files;
      input.dispatchEvent(new Event('change'));
    }, base64);
    const heap = async () => {
      await page.evaluate(() => window.gc());
      return (await page.raw.metrics()).JSHeapUsedSize;
    };
    const at = (count) => page.waitFor((wanted) => document.querySelector('#batch-progress')?.value >= wanted, {timeout: 300_000, args: [count]});
    await at(200);
    const before = await heap();
    await at(1990);
    const after = await heap();
    await isDone();
    expect(await state()).toBe('All 2,000 pictures done.');
    console.log(`heap after 200 pictures ${(before / 1e6).toFixed(1)} MB, after 1,990 ${(after / 1e6).toFixed(1)} MB`);
    expect(after - before).toBeLessThan(6e6); // 3 KB a picture: a row, its numbers and its thumbnail's name
    expect(await page.evaluate(() => document.querySelectorAll('#batch-table tr').length)).toBeLessThan(60);
  }, 400_000);
});
