// How the page loads, and a photo of twelve megapixels: the page stays usable
// while it is judged, and WebAssembly's memory stays within bounds.
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import {existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import * as chromium from './drivers/chromium.mjs';
import {memoriesHeld, memoriesLeft, watchMemory} from './memory-watch.mjs';
import {makePhoto} from './photo.mjs';
import {dist, openSite, pick, visit} from './visit.mjs';

const MB = 1_000_000;
// A main thread that is busy for longer than this feels stuck (RAIL's limit
// for an answer to input); long tasks are those above 50 ms.
const LONGEST_TASK_MS = 100;

describe.each(['index.html', 'embed.html'])('%s as built', (name) => {
  const html = readFileSync(join(dist, name), 'utf8');

  test('names only files that are there, its scripts and its model among them', () => {
    const named = [...html.matchAll(/<(?:link|script)[^>]* (?:href|src)="([^"]+)"/g)].map(([, path]) => path);
    expect(named.filter((path) => !existsSync(join(dist, path)))).toEqual([]);
    expect(named.filter((path) => path.endsWith('.tflite'))).toHaveLength(1);
  });

  // Without these links the browser finds the scripts level by level.
  test('preloads exactly the scripts that its script imports', () => {
    const imported = (path) => [...readFileSync(join(dist, path), 'utf8').matchAll(/\b(?:from|import)"(\.[^"]+)"/g)]
      .map(([, target]) => join(path, '..', target)).flatMap((target) => [target, ...imported(target)]);
    const preloaded = [...html.matchAll(/rel="modulepreload" href="([^"]+)"/g)].map(([, path]) => path);
    expect(preloaded.length).toBeGreaterThan(0);
    expect(preloaded.sort()).toEqual([...new Set(imported(name.replace('.html', '.js').replace('index', 'app')))].sort());
  });
});

(chromium.available ? describe : describe.skip)(chromium.available ? 'a 12-megapixel photo' : `a 12-megapixel photo: ${chromium.missing}`, () => {
  let site, browser, page, folder, photo;
  beforeAll(async () => {
    site = await openSite();
    watchMemory(site);
    browser = await chromium.launch();
    page = await browser.newPage();
    await page.raw.evaluateOnNewDocument(() => {
      window.longTasks = [];
      new PerformanceObserver((list) => window.longTasks.push(...list.getEntries().map(({duration, startTime}) => ({duration, startTime}))))
        .observe({type: 'longtask', buffered: true});
    });
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
    await page.evaluate(() => new Promise((resolve) => setTimeout(() => {
      const end = performance.now() + 150;
      while (performance.now() < end);
      setTimeout(resolve, 100);
    })));
    expect(Math.max(...await page.evaluate(() => window.longTasks.map(({duration}) => duration)))).toBeGreaterThan(LONGEST_TASK_MS);
  });

  test('is answered, and the page is never busy for long', async () => {
    const start = await page.evaluate(() => performance.now());
    const {name, detail} = await pick(page, photo);
    expect([name, detail.message]).toEqual(['insitu-result', undefined]);
    await new Promise((resolve) => setTimeout(resolve, 300)); // the observer reports later
    const tasks = await page.evaluate((from) => window.longTasks.filter(({startTime}) => startTime >= from).map(({duration}) => duration), start);
    console.log(`long tasks while judging: ${tasks.length ? tasks.map((ms) => ms.toFixed(0)).join(', ') : 'none'}; decode ${detail.ms.decode.toFixed(0)} ms`);
    expect(tasks.filter((ms) => ms > LONGEST_TASK_MS)).toEqual([]);
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
