// From a 12-megapixel JPEG to the answer in the built page, in Chromium: what
// no peer does, so it stands alone. Photos: make_photos.py. total_ms is what
// the page waits for classify(): reading, decoding, resizing, inference.
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import * as chromium from '../browser/drivers/chromium.mjs';
import {memoriesHeld, watchMemory} from '../browser/memory-watch.mjs';
import {openSite, visit} from '../browser/visit.mjs';
import {median} from './stats.mjs';

const MEGAPIXELS = 12;

export async function timePhotos({folder, passes}) {
  if (!chromium.available) return [];
  const site = await openSite();
  watchMemory(site);
  const browser = await chromium.launch();
  const rows = [];
  try {
    for (const name of ['photo-12mp-baseline.jpg', 'photo-12mp-progressive.jpg']) {
      site.overrides.set(`/${name}`, readFileSync(join(folder, name)));
      const results = [];
      for (let pass = 0; pass < passes; ++pass) {
        const page = await browser.newPage();
        await visit(page, site.url('/'));
        const once = await page.evaluate(async (path) => {
          const [element] = window.deepAll('insitu-classifier');
          await element.ready;
          const blob = await (await fetch(path)).blob();
          const start = performance.now();
          const {ms} = await element.classify(blob);
          return {decode_ms: ms.decode, total_ms: performance.now() - start};
        }, `/${name}`);
        const memories = await memoriesHeld(page);
        results.push({...once, peak_bytes: memories.reduce((sum, size) => sum + size, 0)});
        console.error(`${name} pass ${pass + 1}: decode ${once.decode_ms.toFixed(0)}, total ${once.total_ms.toFixed(0)} ms`);
        await page.close();
      }
      rows.push({file: name, megapixels: MEGAPIXELS, runtime: `${browser.name} ${browser.version}`,
        decode_ms: median(results.map((x) => x.decode_ms)), total_ms: median(results.map((x) => x.total_ms)),
        peak_bytes: Math.max(...results.map((x) => x.peak_bytes))});
    }
  } finally {
    await browser.close();
    await site.stop();
  }
  return rows;
}
