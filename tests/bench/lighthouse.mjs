// Lighthouse on the built page as a phone sees it (its mobile settings: 4 times
// slower processor, simulated slow 4G), and the two figures that matter at a
// first visit. Its times mean something on an idle machine alone.
//
//   npm install --prefix tests/bench && node tests/bench/lighthouse.mjs [RUNS]
import {existsSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {chromiumPath} from '../browser/drivers/chromium.mjs';
import {openSite} from '../browser/visit.mjs';

const {default: lighthouse} = await import('lighthouse');
const {launch} = await import('chrome-launcher');
const runs = Number(process.argv[2] ?? 3);
if (!existsSync(fileURLToPath(new URL('../../dist/index.html', import.meta.url)))) throw new Error('run `make dist` first');

const site = await openSite();
const categories = ['performance', 'accessibility', 'best-practices'];
try {
  for (let run = 0; run < runs; run++) {
    const chrome = await launch({chromePath: chromiumPath, chromeFlags: ['--headless=new', '--no-sandbox', '--disable-dev-shm-usage']});
    const {lhr} = await lighthouse(site.url('/'), {port: chrome.port, onlyCategories: categories, logLevel: 'error'});
    await chrome.kill();
    const scores = categories.map((name) => `${name} ${Math.round(100 * lhr.categories[name].score)}`);
    const ms = (name) => Math.round(lhr.audits[name].numericValue);
    console.log(`${scores.join(', ')}; LCP ${ms('largest-contentful-paint')} ms, TBT ${ms('total-blocking-time')} ms`);
    if (run > 0) continue;
    for (const {auditRefs, title} of Object.values(lhr.categories)) {
      for (const {id, weight} of auditRefs) {
        const {score, title: audit, displayValue = ''} = lhr.audits[id];
        if (weight > 0 && score !== null && score < 1) console.log(`  ${title}: ${audit} ${displayValue}`);
      }
    }
  }
} finally {
  await site.stop();
}
