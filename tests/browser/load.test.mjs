// How the page loads, and a photo of twelve megapixels: the page stays usable
// while it is judged, and WebAssembly's memory stays within bounds.
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import {existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {Script} from 'node:vm';
import * as chromium from './drivers/chromium.mjs';
import {memoriesHeld, memoriesLeft, watchMemory} from './memory-watch.mjs';
import {makePhoto} from './photo.mjs';
import {dist, openSite, pick, visit} from './visit.mjs';

const MB = 1_000_000;
// A main thread that is busy for longer than this feels stuck (RAIL's limit
// for an answer to input).
const LONGEST_TASK_MS = 100;

// What `work` resolves with, and the longest task of a page's main thread
// meanwhile, in ms of processor time: the wall clock would also count what
// other programs take from it.
async function longestTask(page, work) {
  await page.raw.tracing.start({categories: ['disabled-by-default-devtools.timeline']});
  const result = await work();
  const {traceEvents} = JSON.parse(new TextDecoder().decode(await page.raw.tracing.stop()));
  const thread = ({pid, tid}) => `${pid} ${tid}`;
  const main = new Set(traceEvents.filter(({name, args}) => name === 'thread_name' && args.name === 'CrRendererMain').map(thread));
  const tasks = traceEvents.filter((event) => event.name === 'RunTask' && main.has(thread(event)) && event.tdur !== undefined);
  if (tasks.length === 0) throw new Error('the trace has no tasks of the main thread');
  return {result, longest: Math.max(...tasks.map(({tdur}) => tdur)) / 1000};
}

// A frame that may refuse its host asks for no model before it knows; the page's start.js asks for what the document says.
describe.each([['index.html', 1], ['embed.html', 0]])('%s as built', (name, models) => {
  const html = readFileSync(join(dist, name), 'utf8');
  const first = JSON.parse((/<meta name="first-pack" content="([^"]+)"/.exec(html)?.[1] ?? '{"files":[],"scripts":[]}').replaceAll('&#34;', '"'));

  test('names only files that are there, its scripts among them, and the model where the page shows it', () => {
    const named = [...[...html.matchAll(/<(?:link|script)[^>]* (?:href|src)="([^"]+)"/g)].map(([, path]) => path), ...first.files, ...first.scripts];
    expect(named.filter((path) => !existsSync(join(dist, path)))).toEqual([]);
    expect(named.filter((path) => path.endsWith('.tflite'))).toHaveLength(models);
  });

  // Without these the browser finds the scripts level by level.
  test('preloads exactly the scripts that its script imports', () => {
    const imported = (path) => [...readFileSync(join(dist, path), 'utf8').matchAll(/\b(?:from|import)"(\.[^"]+)"/g)]
      .map(([, target]) => join(path, '..', target)).flatMap((target) => [target, ...imported(target)]);
    const preloaded = [...html.matchAll(/rel="modulepreload" href="([^"]+)"/g)].map(([, path]) => path).concat(first.scripts);
    expect(preloaded.length).toBeGreaterThan(0);
    expect(preloaded.length).toBeLessThan(8);
    expect(preloaded.sort()).toEqual([...new Set(imported(name.replace('.html', '.js').replace('index', 'app')))].sort());
  });
});

// Firefox ESR 140, among others, refuses service workers that are modules.
test('the service worker is one classic script', () => {
  expect(() => new Script(readFileSync(join(dist, 'sw.js'), 'utf8'))).not.toThrow();
  expect(() => new Script('import "./other.js";')).toThrow(/import statement/);
});

test('the model card is kept for offline use, as the screen that links to it is', () => {
  expect(readFileSync(join(dist, 'sw.js'), 'utf8')).toContain('"models/skin/card.html"');
});

(chromium.available ? describe : describe.skip)(chromium.available ? 'a 12-megapixel photo' : `a 12-megapixel photo: ${chromium.missing}`, () => {
  let site, browser, page, folder, photo;
  beforeAll(async () => {
    site = await openSite();
    watchMemory(site);
    browser = await chromium.launch();
    page = await browser.newPage();
    await visit(page, site.url('/'));
    folder = mkdtempSync(join(tmpdir(), 'insitu-photo-'));
    photo = join(folder, 'photo.jpg');
    writeFileSync(photo, await makePhoto(page));
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await site?.stop();
    if (folder) rmSync(folder, {recursive: true});
  });

  test('control: a task that blocks the page is seen', async () => {
    const {longest} = await longestTask(page, () => page.evaluate(() => new Promise((resolve) => setTimeout(() => {
      const end = performance.now() + 600;
      while (performance.now() < end);
      setTimeout(resolve);
    }))));
    expect(longest).toBeGreaterThan(LONGEST_TASK_MS);
  });

  test('is answered, and the page is never busy for long', async () => {
    const {result: {name, detail}, longest} = await longestTask(page, () => pick(page, photo));
    expect([name, detail.message]).toEqual(['insitu-result', undefined]);
    console.log(`longest task while judging: ${longest.toFixed(0)} ms; decode ${detail.ms.decode.toFixed(0)} ms`);
    expect(longest).toBeLessThan(LONGEST_TASK_MS);
  });

  test('takes at most 120 MB of WebAssembly memory, and under 40 MB after it', async () => {
    const peak = await memoriesHeld(page);
    const after = await memoriesLeft(page);
    const sum = (sizes) => sizes.reduce((total, size) => total + size, 0) / MB;
    console.log(`memories in MB: all of this photo ${peak.map((size) => (size / MB).toFixed(1)).join(' + ')}, after ${after.map((size) => (size / MB).toFixed(1)).join(' + ')}`);
    expect(peak.length).toBeGreaterThanOrEqual(2); // infer and decode
    expect(sum(peak)).toBeLessThanOrEqual(120);
    expect(after.length).toBeGreaterThanOrEqual(1);
    expect(sum(after)).toBeLessThan(40);
  });
});
