// How many answers a second a live view gives while Chromium with all its
// processes is held to a share of one core, and what each answer costs in
// processor time: our page's, and in turn with it a page's with LiteRT.js
// (live-peer.mjs) on the same camera and the same network. Chromium's own
// throttle does not reach workers, so the kernel holds it: a cgroup of the cpu
// controller (v1 or v2; as root), which the browser joins before it starts its
// other processes. The film is Chromium's fake camera at 30 pictures a second.
//
//   node tests/bench/live.mjs [--core 0.5] [--seconds 20] [--passes 3] [--film FILE.mjpeg]
//        [--peer FILE.tflite] [--site FOLDER]...
//
// --peer: the first pack's network with float32 ends, as float_ends.py writes
// it; without it ours runs alone. --site: built pages, by default dist/; several
// are measured in turn. Without a cgroup to make they run unheld: then
// cpu_ms_per_answer alone counts, and answers a second at a share of a core are
// at most 1000 * share / that. Prints a JSON object a run, then one of each
// page's medians, with the threads that take most (THREADS=12: so many). Do
// nothing else on the machine meanwhile.
import {chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {parseArgs} from 'node:util';
import puppeteer from 'puppeteer-core';
import {serve} from '../../wasm-build/serve.mjs';
import {chromiumPath, wrapPage} from '../browser/drivers/chromium.mjs';
import {click, dist, visit} from '../browser/visit.mjs';
import {median} from './stats.mjs';

const {values} = parseArgs({options: {core: {type: 'string', default: '0.5'}, seconds: {type: 'string', default: '20'}, passes: {type: 'string', default: '3'},
  film: {type: 'string'}, peer: {type: 'string'}, site: {type: 'string', multiple: true, default: [dist]}}});
const [share, seconds, passes] = [values.core, values.seconds, values.passes].map(Number);
const num_threads = Number(process.env.THREADS ?? 6);
const PERIOD_US = 100_000;
const TICK_MS = 10; // of /proc: 1000 / sysconf(_SC_CLK_TCK), 100 on Linux

// -> the group's folder, or null where none can be made
function makeGroup() {
  const roots = {v1: '/sys/fs/cgroup/cpu', v2: '/sys/fs/cgroup'};
  const version = existsSync(join(roots.v1, 'cpu.cfs_quota_us')) ? 'v1' : existsSync(join(roots.v2, 'cgroup.controllers')) ? 'v2' : null;
  if (!version) return null;
  const folder = join(roots[version], `insitu-live-${process.pid}`);
  try {
    mkdirSync(folder);
    if (version === 'v1') {
      writeFileSync(join(folder, 'cpu.cfs_period_us'), String(PERIOD_US));
      writeFileSync(join(folder, 'cpu.cfs_quota_us'), String(PERIOD_US * share));
    } else writeFileSync(join(folder, 'cpu.max'), `${PERIOD_US * share} ${PERIOD_US}`);
    return folder;
  } catch (error) {
    console.error(`no cgroup could be made, so nothing is held: ${error.message}`);
    if (existsSync(folder)) rmdirSync(folder);
    return null;
  }
}

// Chromium through a script that joins the group first; its children inherit that.
function launcher(group) {
  const folder = mkdtempSync(join(tmpdir(), 'insitu-live-'));
  const path = join(folder, 'chromium');
  writeFileSync(path, `#!/bin/sh\n${group ? `echo $$ > ${group}/cgroup.procs\n` : ''}exec ${chromiumPath} "$@"\n`);
  chmodSync(path, 0o755);
  return {path, remove: () => rmSync(folder, {recursive: true})};
}

// Processor time of a process and all below it by thread, in ms: {'renderer CrRendererMain': 120, …}.
function cpuOf(root) {
  const stat = (path) => {
    const text = readFileSync(path, 'utf8');
    const fields = text.replace(/^.*\) /s, '').split(' ');
    return {name: /\((.*)\)/s.exec(text)[1], parent: Number(fields[1]), ms: (Number(fields[11]) + Number(fields[12])) * TICK_MS};
  };
  const quietly = (read) => { // a process or thread may have ended meanwhile
    try {
      return read();
    } catch {
      return [];
    }
  };
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((pid) => quietly(() => [{pid: Number(pid), parent: stat(`/proc/${pid}/stat`).parent}]));
  const below = (pid) => [pid, ...all.filter(({parent}) => parent === pid).flatMap((one) => below(one.pid))];
  const sums = {};
  for (const pid of below(root)) {
    const kind = quietly(() => /--type=([a-z-]+)/.exec(readFileSync(`/proc/${pid}/cmdline`, 'utf8')))?.[1] ?? 'browser';
    for (const tid of quietly(() => readdirSync(`/proc/${pid}/task`))) {
      const [{name, ms}] = quietly(() => [stat(`/proc/${pid}/task/${tid}/stat`)]).concat({name: '', ms: 0});
      const key = `${kind} ${name.replace(/\d+$/, '')}`;
      sums[key] = (sums[key] ?? 0) + ms;
    }
  }
  return sums;
}

// Runs in our page before its scripts: what each answer took.
function countReadings() {
  window.answers = [];
  const Native = Worker;
  window.Worker = class extends Native {
    constructor(...args) {
      super(...args);
      this.addEventListener('message', ({data}) => { if (data.type === 'reading') window.answers.push(data.result.ms); });
    }
  };
}

async function openOurs(page, address) {
  await page.raw.evaluateOnNewDocument(countReadings);
  await visit(page, address);
  await page.waitFor(() => window.deepAll('#model-state')[0]?.hidden, {timeout: 120_000});
  await click(page, '#live');
}

async function openPeer(page, address) {
  await page.goto(address);
  await page.waitFor(() => window.answers || window.peerError, {timeout: 120_000});
  const error = await page.evaluate(() => window.peerError);
  if (error) throw new Error(`LiteRT.js: ${error}`);
}

// A folder with the peer's page, its script and network, and LiteRT.js's modules.
async function buildPeer(model) {
  const {build} = await import('esbuild');
  const here = new URL('.', import.meta.url).pathname;
  const folder = mkdtempSync(join(tmpdir(), 'insitu-peer-'));
  const {first} = JSON.parse(readFileSync(join(values.site[0], 'models/index.json'), 'utf8'));
  const pack = JSON.parse(readFileSync(join(values.site[0], 'models', first, 'pack.json'), 'utf8'));
  await build({entryPoints: [join(here, 'live-peer.mjs')], bundle: true, minify: true, format: 'esm', target: 'es2022', outdir: folder, outExtension: {'.js': '.mjs'},
    external: ['node:*', 'module', 'fs', 'path', 'crypto', 'util', 'os', 'worker_threads', 'perf_hooks'], logLevel: 'error'});
  cpSync(join(here, 'node_modules/@litertjs/core/wasm'), join(folder, 'litert'), {recursive: true});
  cpSync(model, join(folder, 'model.tflite'));
  const expected = JSON.parse(readFileSync(model.replace(/\.tflite$/, '.json'), 'utf8'));
  writeFileSync(join(folder, 'peer.json'), JSON.stringify({model: 'model.tflite', expected, mean: pack.input.mean, std: pack.input.std, classes: pack.classes.map(({id}) => id)}));
  // As large on the screen as ours.
  writeFileSync(join(folder, 'peer.css'), 'body{margin:0;background:#000;color:#fff}video{position:fixed;inset:0;width:100%;height:100%;object-fit:cover}p{position:fixed;inset:auto 0 0;margin:0;padding:16px}');
  writeFileSync(join(folder, 'index.html'), '<!doctype html><meta charset="utf-8"><title>LiteRT.js</title><link rel="stylesheet" href="peer.css"><video playsinline muted></video><p></p><script type="module" src="live-peer.mjs"></script>');
  return folder;
}

async function timeOnce({root, open, headers}) {
  const group = makeGroup();
  const {path, remove} = launcher(group);
  const server = await serve({root, ...(headers && {headers})});
  const browser = await puppeteer.launch({executablePath: path, protocolTimeout: 300_000, args: ['--no-sandbox', '--disable-dev-shm-usage',
    '--disable-background-networking', '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream=fps=30',
    ...(values.film ? [`--use-file-for-fake-video-capture=${values.film}`] : [])]});
  try {
    const raw = await browser.newPage();
    const page = wrapPage(raw, () => raw.close());
    await raw.setViewport({width: 390, height: 844});
    await open(page, `http://localhost:${server.address().port}/`);
    await page.waitFor(() => window.answers?.length > 10, {timeout: 120_000});
    const client = await raw.createCDPSession();
    await client.send('Performance.enable', {timeDomain: 'threadTicks'}); // processor time: what others take is not its own
    const busy = async () => (await client.send('Performance.getMetrics')).metrics.find(({name}) => name === 'TaskDuration').value * 1000;
    const look = async () => ({num: await page.evaluate(() => window.answers.length), busy_ms: await busy(), cpu: cpuOf(browser.process().pid), at: performance.now()});
    const before = await look();
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    const after = await look();
    const [num, ms] = [after.num - before.num, after.at - before.at];
    const threads = Object.entries(after.cpu).map(([name, sum]) => [name, sum - (before.cpu[name] ?? 0)]).sort(([, a], [, b]) => b - a);
    const cpu_ms = threads.reduce((sum, [, one]) => sum + one, 0);
    const infer = await page.evaluate((count) => window.answers.slice(-count).map((one) => one.infer), num);
    return {held_to_cores: group ? share : null, answers_per_s: (num * 1000) / ms, cpu_ms_per_answer: cpu_ms / num, cores_used: cpu_ms / ms,
      main_thread_busy: (after.busy_ms - before.busy_ms) / ms, infer_ms: median(infer),
      threads: Object.fromEntries(threads.slice(0, num_threads).map(([name, sum]) => [name, sum / num]))};
  } finally {
    await browser.close();
    server.close();
    server.closeAllConnections();
    remove();
    if (group) {
      await new Promise((resolve) => setTimeout(resolve, 500)); // its last process has left
      rmdirSync(group);
    }
  }
}

const rounded = (value) => JSON.parse(JSON.stringify(value, (_, one) => (typeof one === 'number' ? Number(one.toPrecision(4)) : one)));
const peer = values.peer ? await buildPeer(values.peer) : null;
const ISOLATED = {'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp'}; // as ours is
const pages = [...values.site.map((root) => ({engine: 'insitu', root, open: openOurs})), ...(peer ? [{engine: 'litert', root: peer, open: openPeer, headers: () => ISOLATED}] : [])];
const results = pages.map(() => []);
try {
  for (let pass = 0; pass < passes; ++pass) {
    for (const [index, one] of pages.entries()) {
      const result = await timeOnce(one);
      results[index].push(result);
      console.error(JSON.stringify(rounded({engine: one.engine, root: one.root, pass, ...result})));
    }
  }
} finally {
  if (peer) rmSync(peer, {recursive: true});
}
for (const [index, {engine, root}] of pages.entries()) {
  const of = (key) => median(results[index].map((one) => one[key]));
  const names = Object.keys(results[index][0].threads);
  console.log(JSON.stringify(rounded({engine, ...(values.site.length > 1 && engine === 'insitu' && {site: root}), held_to_cores: results[index][0].held_to_cores,
    ...Object.fromEntries(['answers_per_s', 'cpu_ms_per_answer', 'cores_used', 'main_thread_busy', 'infer_ms'].map((key) => [key, of(key)])),
    threads: Object.fromEntries(names.map((name) => [name, median(results[index].map(({threads}) => threads[name] ?? 0))]))})));
}
