// Lighthouse on the built page as a phone sees it (its mobile settings: 4 times
// slower processor, simulated slow 4G), from the example server, which
// compresses as static hosts do; and what matters at a first visit. Its times
// mean something on an idle machine alone.
//
//   npm install --prefix tests/bench && node tests/bench/lighthouse.mjs [RUNS] [FOLDER...]
//
// Several folders, each a built site, are measured in turn. Prints each run, what
// falls short in the first, and the medians; DETAILS=1: also the longest tasks.
// THROTTLING=devtools: the slower processor and network are not reckoned from a fast load,
// by which whatever else the machine does in a task counts four times, but applied.
// CPU-TBT: what all tasks that end after the first contentful paint take beyond 50 ms,
// each by the processor time that it had, four times slower: what else the machine runs does
// not count there, and no end (Lighthouse's is when the page is interactive).
import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {serve} from '../../wasm-build/serve.mjs';
import {chromiumPath} from '../browser/drivers/chromium.mjs';
import {dist} from '../browser/visit.mjs';
import {median} from './stats.mjs';

const {default: lighthouse} = await import('lighthouse');
const {launch} = await import('chrome-launcher');
const [runs = '3', ...folders] = process.argv.slice(2);
const roots = folders.length > 0 ? folders : [dist];
for (const root of roots) if (!existsSync(join(root, 'index.html'))) throw new Error(`${root} has no index.html: run \`make dist\` first`);

// A browser that has just been started makes its own windows ready for seconds, and shares the processors with the page.
const SETTLE_MS = 6000;
const SLOWDOWN = 4; // Lighthouse's for a phone
const {THROTTLING = 'simulate'} = process.env;
if (!['simulate', 'devtools'].includes(THROTTLING)) throw new Error(`THROTTLING is ${THROTTLING}; it can be simulate or devtools`);
const SLOWDOWN_LEFT = THROTTLING === 'simulate' ? SLOWDOWN : 1; // what the trace's times lack of it
const LONG_TASK_MS = 50; // of https://www.w3.org/TR/longtasks/
const CATEGORIES = ['performance', 'accessibility', 'best-practices'];
const FIGURES = {
  FCP: 'first-contentful-paint', LCP: 'largest-contentful-paint', TBT: 'total-blocking-time', SI: 'speed-index', CLS: 'cumulative-layout-shift',
};

// What is less than it could be; observed: as the page really loaded, before the simulation.
function tell({categories, audits}) {
  for (const {auditRefs, title} of Object.values(categories)) {
    for (const {id, weight} of auditRefs) {
      const {score, title: audit, displayValue = ''} = audits[id];
      if (weight > 0 && score !== null && score < 1) console.log(`  ${title}: ${audit} ${displayValue}`);
    }
  }
  if (!process.env.DETAILS) return;
  const [observed] = audits.metrics.details.items;
  console.log(`  observed: FCP ${observed.observedFirstContentfulPaint}, LCP ${observed.observedLargestContentfulPaint}, load ${observed.observedLoad} ms`);
  for (const {url, duration, startTime} of audits['long-tasks'].details?.items ?? []) console.log(`  task of ${Math.round(duration)} ms at ${Math.round(startTime)}: ${url}`);
  for (const {url, transferSize, networkRequestTime, networkEndTime, priority} of audits['network-requests'].details.items) {
    console.log(`  ${Math.round(networkRequestTime)}–${Math.round(networkEndTime)} ms, ${transferSize} bytes, ${priority}: ${new URL(url).pathname}`);
  }
}

const said = (name, value) => (value === null ? '–' : value.toFixed(name === 'CLS' ? 3 : 0));

/** {traceEvents}: of the one page that was loaded. Milliseconds; null where the trace has no such times. */
function blockedByProcessorTime({traceEvents}) {
  const paint = traceEvents.filter(({name}) => name === 'firstContentfulPaint').at(-1);
  const tasks = traceEvents.filter(({name, ph, pid, tid, ts, dur}) => name === 'RunTask' && ph === 'X' && pid === paint?.pid && tid === paint.tid && ts + dur > paint.ts);
  if (!tasks.some(({tdur}) => tdur > 0)) return null;
  return tasks.reduce((sum, {tdur = 0}) => sum + Math.max(0, SLOWDOWN_LEFT * tdur / 1000 - LONG_TASK_MS), 0);
}

const servers = await Promise.all(roots.map((root) => serve({root})));
const results = roots.map(() => []);
try {
  for (let run = 0; run < Number(runs); run++) {
    for (const [index, server] of servers.entries()) {
      const url = `http://127.0.0.1:${server.address().port}/`;
      const chrome = await launch({chromePath: chromiumPath, chromeFlags: ['--headless=new', '--no-sandbox', '--disable-dev-shm-usage']});
      await sleep(SETTLE_MS);
      const {lhr, artifacts} = await lighthouse(url, {port: chrome.port, onlyCategories: CATEGORIES, throttlingMethod: THROTTLING, logLevel: 'error'});
      await chrome.kill();
      if (lhr.runtimeError) throw new Error(`${lhr.runtimeError.code}: ${lhr.runtimeError.message}`);
      const figures = Object.fromEntries(Object.entries(FIGURES).map(([name, audit]) => [name, lhr.audits[audit].numericValue]));
      figures['CPU-TBT'] = blockedByProcessorTime(artifacts.Trace ?? artifacts.traces.defaultPass);
      results[index].push(figures);
      const scores = CATEGORIES.map((name) => `${name} ${Math.round(100 * lhr.categories[name].score)}`);
      const words = Object.entries(figures).map(([name, value]) => `${name} ${said(name, value)}`);
      console.log(`${roots[index]}: ${scores.join(', ')}; ${words.join(', ')}`);
      if (run === 0) tell(lhr);
    }
  }
  for (const [index, root] of roots.entries()) {
    const medians = Object.keys(results[index][0]).map((name) => `${name} ${said(name, results[index].some((one) => one[name] === null) ? null : median(results[index].map((one) => one[name])))}`);
    console.log(`${root}, median of ${runs}: ${medians.join(', ')} (ms, CLS without a unit)`);
  }
} finally {
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
}
