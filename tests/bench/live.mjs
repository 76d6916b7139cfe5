// How many answers a second the live view gives while Chromium with all its
// processes is held to a share of one core, and what each answer costs in
// processor time. Chromium's own throttle does not reach workers, so the kernel
// holds it: a cgroup of the cpu controller (v1 or v2; as root), which the
// browser joins before it starts its other processes. The film is Chromium's
// fake camera at 30 pictures a second.
//
//   node tests/bench/live.mjs [--core 0.5] [--seconds 20] [--film FILE.mjpeg]
//
// Without a cgroup to make it runs unheld: then cpu_ms_per_answer alone counts,
// and answers a second at a share of a core are at most 1000 * share / that.
// Prints one JSON object. Do nothing else on the machine meanwhile.
import {chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {parseArgs} from 'node:util';
import puppeteer from 'puppeteer-core';
import {chromiumPath, wrapPage} from '../browser/drivers/chromium.mjs';
import {click, openSite, visit} from '../browser/visit.mjs';

const {values} = parseArgs({options: {core: {type: 'string', default: '0.5'}, seconds: {type: 'string', default: '20'}, film: {type: 'string'}}});
const [share, seconds] = [Number(values.core), Number(values.seconds)];
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

// Processor time of a process and all below it, in ms.
function cpuOf(root) {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((pid) => {
    try {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ');
      return [{pid: Number(pid), parent: Number(fields[1]), ms: (Number(fields[11]) + Number(fields[12])) * TICK_MS}];
    } catch {
      return []; // it has ended meanwhile
    }
  });
  const below = (pid) => all.filter(({parent}) => parent === pid).flatMap((one) => [one, ...below(one.pid)]);
  return [...all.filter(({pid}) => pid === root), ...below(root)].reduce((sum, {ms}) => sum + ms, 0);
}

const group = makeGroup();
const {path, remove} = launcher(group);
const site = await openSite();
const browser = await puppeteer.launch({executablePath: path, protocolTimeout: 300_000, args: ['--no-sandbox', '--disable-dev-shm-usage',
  '--disable-background-networking', '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream=fps=30',
  ...(values.film ? [`--use-file-for-fake-video-capture=${values.film}`] : [])]});
try {
  const raw = await browser.newPage();
  const page = wrapPage(raw, () => raw.close());
  await raw.setViewport({width: 390, height: 844});
  await raw.evaluateOnNewDocument(() => {
    window.answers = [];
    const Native = Worker;
    window.Worker = class extends Native {
      constructor(...args) {
        super(...args);
        this.addEventListener('message', ({data}) => { if (data.type === 'reading') window.answers.push(data.result.ms); });
      }
    };
  });
  await visit(page, site.url('/'));
  await page.waitFor(() => window.deepAll('#model-state')[0]?.hidden, {timeout: 120_000});
  await click(page, '#live');
  await page.waitFor(() => window.answers.length > 10, {timeout: 120_000});
  const client = await raw.createCDPSession();
  await client.send('Performance.enable', {timeDomain: 'threadTicks'}); // processor time: what others take is not its own
  const busy = async () => (await client.send('Performance.getMetrics')).metrics.find(({name}) => name === 'TaskDuration').value * 1000;
  const look = async () => ({num: await page.evaluate(() => window.answers.length), busy_ms: await busy(), cpu_ms: cpuOf(browser.process().pid), at: performance.now()});
  const before = await look();
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const after = await look();
  const [num, ms] = [after.num - before.num, after.at - before.at];
  const infer = await page.evaluate((count) => window.answers.slice(-count).map((one) => one.infer).sort((a, b) => a - b), num);
  console.log(JSON.stringify({
    held_to_cores: group ? share : null, answers_per_s: (num * 1000) / ms, cpu_ms_per_answer: (after.cpu_ms - before.cpu_ms) / num,
    cores_used: (after.cpu_ms - before.cpu_ms) / ms, main_thread_busy: (after.busy_ms - before.busy_ms) / ms,
    infer_ms: {median: infer[Math.floor(infer.length / 2)], min: infer[0]}, num,
  }));
} finally {
  await browser.close();
  await site.stop();
  remove();
  if (group) {
    await new Promise((resolve) => setTimeout(resolve, 500)); // its last process has left
    rmdirSync(group);
  }
}
