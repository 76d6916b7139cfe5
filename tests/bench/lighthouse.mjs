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
import {setTimeout as sleep} from 'node:timers/promises';
import {chromiumPath} from '../browser/drivers/chromium.mjs';
import {inTurn, LONG_TASK_MS, SLOWDOWN, START_MS} from './sites.mjs';
import {median} from './stats.mjs';

const {default: lighthouse} = await import('lighthouse');
const {launch} = await import('chrome-launcher');
const [runs = '3', ...folders] = process.argv.slice(2);

const {THROTTLING = 'simulate'} = process.env;
if (!['simulate', 'devtools'].includes(THROTTLING)) throw new Error(`THROTTLING is ${THROTTLING}; it can be simulate or devtools`);
const SLOWDOWN_LEFT = THROTTLING === 'simulate' ? SLOWDOWN : 1; // what the trace's times lack of it
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

const results = await inTurn(folders, Number(runs), async (url, root, run) => {
  const chrome = await launch({chromePath: chromiumPath, chromeFlags: ['--headless=new', '--no-sandbox', '--disable-dev-shm-usage']});
  await sleep(START_MS);
  const {lhr, artifacts} = await lighthouse(url, {port: chrome.port, onlyCategories: CATEGORIES, throttlingMethod: THROTTLING, logLevel: 'error'});
  await chrome.kill();
  if (lhr.runtimeError) throw new Error(`${lhr.runtimeError.code}: ${lhr.runtimeError.message}`);
  const figures = Object.fromEntries(Object.entries(FIGURES).map(([name, audit]) => [name, lhr.audits[audit].numericValue]));
  figures['CPU-TBT'] = blockedByProcessorTime(artifacts.Trace ?? artifacts.traces.defaultPass);
  const scores = CATEGORIES.map((name) => `${name} ${Math.round(100 * lhr.categories[name].score)}`);
  const words = Object.entries(figures).map(([name, value]) => `${name} ${said(name, value)}`);
  console.log(`${root}: ${scores.join(', ')}; ${words.join(', ')}`);
  if (run === 0) tell(lhr);
  return figures;
});
for (const [root, all] of results) {
  const medians = Object.keys(all[0]).map((name) => `${name} ${said(name, all.some((one) => one[name] === null) ? null : median(all.map((one) => one[name])))}`);
  console.log(`${root}, median of ${runs}: ${medians.join(', ')} (ms, CLS without a unit)`);
}
