// How long the page's main thread is blocked at a first visit, as the page itself
// sees it: Chromium's processor slowdown of 4 really applied, and nothing of the
// developer tools on beside it. Lighthouse (lighthouse.mjs) draws a picture of every
// frame and keeps a copy of every file meanwhile, on the same processors. Means
// something on an idle machine alone.
//
//   node tests/bench/blocking.mjs [RUNS] [FOLDER...]
//
// Several folders, each a built site, are measured in turn. TBT: what all tasks of more
// than 50 ms (https://www.w3.org/TR/longtasks/) that end after the first contentful paint
// have beyond them, until no file has come and no such task has ended for REST_MS; the
// longest of them, how many; FCP, LCP.
import {setTimeout as sleep} from 'node:timers/promises';
import puppeteer from 'puppeteer-core';
import {chromiumPath} from '../browser/drivers/chromium.mjs';
import {inTurn, LONG_TASK_MS, SLOWDOWN, START_MS} from './sites.mjs';
import {median} from './stats.mjs';

const [runs = '5', ...folders] = process.argv.slice(2);
const REST_MS = 5000; // Lighthouse's for a page that is interactive
const MOST_MS = 60_000;

// Runs in the page, before its scripts.
function watch() {
  window.watched = {tasks: [], fcp: null, lcp: null};
  new PerformanceObserver((list) => {
    for (const {startTime, duration} of list.getEntries()) window.watched.tasks.push({startTime, duration});
  }).observe({type: 'longtask', buffered: true});
  new PerformanceObserver((list) => {
    for (const {name, startTime} of list.getEntries()) if (name === 'first-contentful-paint') window.watched.fcp = startTime;
  }).observe({type: 'paint', buffered: true});
  new PerformanceObserver((list) => { window.watched.lcp = list.getEntries().at(-1).startTime; })
    .observe({type: 'largest-contentful-paint', buffered: true});
}

async function evaluate(session, expression) {
  const {result, exceptionDetails} = await session.send('Runtime.evaluate', {expression, returnByValue: true, awaitPromise: true});
  if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  return result.value;
}

/** @returns {Promise<{TBT: number, longest: number, tasks: number, FCP: number, LCP: number}>} milliseconds, but for tasks */
async function measure(url) {
  const browser = await puppeteer.launch({executablePath: chromiumPath, args: ['--no-sandbox', '--disable-dev-shm-usage', '--window-size=412,823']});
  try {
    await sleep(START_MS);
    // A page of puppeteer's would have the network's events on; a session of its own has what it asks for.
    const [target] = browser.targets().filter((one) => one.type() === 'page');
    const session = await target.createCDPSession();
    await session.send('Page.enable');
    await session.send('Emulation.setDeviceMetricsOverride', {width: 412, height: 823, deviceScaleFactor: 1.75, mobile: true});
    await session.send('Emulation.setCPUThrottlingRate', {rate: SLOWDOWN});
    await session.send('Page.addScriptToEvaluateOnNewDocument', {source: `(${watch})()`});
    await session.send('Page.navigate', {url});
    const until = Date.now() + MOST_MS;
    for (;;) {
      await sleep(1000);
      const {at, last, is_drawn} = await evaluate(session, `({at: performance.now(), is_drawn: window.watched.fcp !== null,
        last: Math.max(window.performance.timing.loadEventEnd - window.performance.timing.navigationStart,
          ...performance.getEntriesByType('resource').map((one) => one.responseEnd), ...window.watched.tasks.map((one) => one.startTime + one.duration))})`);
      if (is_drawn && at - last > REST_MS) break;
      if (Date.now() > until) throw new Error(`the page was not at rest after ${MOST_MS / 1000} s`);
    }
    const {tasks, fcp, lcp} = await evaluate(session, 'window.watched');
    const after = tasks.filter(({startTime, duration}) => startTime + duration > fcp);
    return {
      TBT: after.reduce((sum, {duration}) => sum + Math.max(0, duration - LONG_TASK_MS), 0),
      longest: Math.max(0, ...after.map(({duration}) => duration)), tasks: after.length, FCP: fcp, LCP: lcp,
    };
  } finally {
    await browser.close();
  }
}

const say = (figures) => Object.entries(figures).map(([name, value]) => `${name} ${Math.round(value)}`).join(', ');
const results = await inTurn(folders, Number(runs), async (url, root) => {
  const figures = await measure(url);
  console.log(`${root}: ${say(figures)}`);
  return figures;
});
for (const [root, all] of results) {
  const middle = Object.fromEntries(Object.keys(all[0]).map((name) => [name, median(all.map((one) => one[name]))]));
  console.log(`${root}, median of ${all.length}: ${say(middle)} (ms, but for tasks)`);
}
