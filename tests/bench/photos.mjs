// From a 12-megapixel JPEG to the answer, in Chromium: in the built page, and in
// a page with LiteRT.js, in turn. Photos: make_photos.py. Ours decodes in the
// worker, measures the picture's quality and judges four views of 192 pixels with
// the first pack; the peer's page (photo-peer.mjs) has the browser decode, and
// one view of 224 pixels with MobileNetV2, int8, already hot. total_ms is from
// the file's bytes to the answer: ours is the page's first, CHOOSING_MS after the
// model is ready, as a person has to choose a photo; hot_ms the median of the
// three after it.
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import * as chromium from '../browser/drivers/chromium.mjs';
import {memoriesHeld, watchMemory} from '../browser/memory-watch.mjs';
import {openSite, visit} from '../browser/visit.mjs';
import {median} from './stats.mjs';

const MEGAPIXELS = 12;
const CHOOSING_MS = 2000;
const PHOTOS = ['photo-12mp-baseline.jpg', 'photo-12mp-progressive.jpg'];

async function timeOurs(browser, site, name) {
  const page = await browser.newPage();
  await visit(page, site.url('/'));
  const once = await page.evaluate(async (path, choosing_ms) => {
    const [element] = window.deepAll('insitu-classifier');
    await element.ready;
    await new Promise((resolve) => { setTimeout(resolve, choosing_ms); });
    const blob = await (await fetch(path)).blob();
    const times = [];
    for (let i = 0; i < 4; ++i) {
      const start = performance.now();
      const {ms} = await element.classify(blob);
      times.push({decode_ms: ms.decode, total_ms: performance.now() - start});
    }
    return {...times[0], hot_ms: times.slice(1).map((one) => one.total_ms).sort((a, b) => a - b)[1]};
  }, `/${name}`, CHOOSING_MS);
  const memories = await memoriesHeld(page);
  await page.close();
  return {...once, peak_bytes: memories.reduce((sum, size) => sum + size, 0)};
}

async function timePeer(browser, server, name) {
  const page = await browser.newPage();
  await page.goto(`${server.origin}/bench/photo-peer?photo=/models/${name}`);
  await page.waitFor(() => Boolean(window.benchResult), {timeout: 180_000});
  const result = await page.evaluate(() => window.benchResult);
  await page.close();
  if (result.error) throw new Error(`LiteRT.js, ${name}: ${result.error}`);
  return result;
}

// server: the bench's, which serves the peer's page and the photos
export async function timePhotos({folder, passes, server}) {
  if (!chromium.available) return [];
  const site = await openSite();
  watchMemory(site);
  const browser = await chromium.launch();
  const runtime = `${browser.name} ${browser.version}`;
  const rows = [];
  try {
    for (const name of PHOTOS) {
      site.overrides.set(`/${name}`, readFileSync(join(folder, name)));
      const ours = [], theirs = [];
      for (let pass = 0; pass < passes; ++pass) {
        ours.push(await timeOurs(browser, site, name));
        theirs.push(await timePeer(browser, server, name));
        const [mine, peer] = [ours.at(-1), theirs.at(-1)];
        console.error(`${name} pass ${pass + 1}: decode ${mine.decode_ms.toFixed(0)}, total ${mine.total_ms.toFixed(0)}, hot ${mine.hot_ms.toFixed(0)} ms; ` +
          `LiteRT.js ${peer.decode_ms.toFixed(0)}, ${peer.total_ms.toFixed(0)} ms`);
      }
      const row = (engine, results) => ({file: name, engine, megapixels: MEGAPIXELS, runtime,
        decode_ms: median(results.map((x) => x.decode_ms)), total_ms: median(results.map((x) => x.total_ms)),
        hot_ms: results[0].hot_ms === undefined ? undefined : median(results.map((x) => x.hot_ms)),
        peak_bytes: results[0].peak_bytes === undefined ? undefined : Math.max(...results.map((x) => x.peak_bytes))});
      const times_faster = median(ours.map((one, i) => theirs[i].total_ms / one.total_ms));
      rows.push({...row('insitu', ours), times_faster: times_faster.toFixed(2)}, row('litert', theirs));
    }
  } finally {
    await browser.close();
    await site.stop();
  }
  return rows;
}
