// Runs in the page, the same for every engine: from navigation to the first
// answer, then warm-up and steady runs. Leaves its figures in window.benchResult.
import {memoryBytes} from './memory.mjs';

const query = new URLSearchParams(location.search);
const numRuns = Number(query.get('runs'));
// Where the network lies, and what its files' names begin with.
const folder = query.get('folder') ?? '/models/';
const stem = query.get('stem') ?? 'mobilenet_v2_224';
const WARM_UP_MS = 1500; // measured: optimised code has replaced the first tier by then, also on a busy machine
const WARM_UP_RUNS = 10;

// The picture's pixels [224,224,3] u8, and as the engines that take floats want them, -1..1.
async function loadInput() {
  const rgb = new Uint8Array(await (await fetch(`${folder}input.rgb`)).arrayBuffer());
  const scale = (value) => (value / 255 - 0.5) / 0.5;
  return {
    rgb,
    nhwc: () => Float32Array.from(rgb, scale),
    nchw() {
      const plane = rgb.length / 3;
      return Float32Array.from({length: rgb.length}, (_, i) => scale(rgb[(i % plane) * 3 + Math.floor(i / plane)]));
    },
  };
}

// Clocks without isolation may tick in whole milliseconds (WebKit): then time blocks of runs.
function clockTick() {
  let tick = Infinity;
  for (let i = 0; i < 5; ++i) {
    const start = performance.now();
    let now = start;
    while (now === start) now = performance.now();
    tick = Math.min(tick, now - start);
  }
  return tick;
}

export async function measure(load) {
  try {
    performance.mark('script');
    const input = loadInput(); // comes while the engine does
    const run = await load({precision: query.get('precision'), build: query.get('build'), input, folder, stem});
    const loadMs = performance.now();
    const first = await run();
    const output = Array.from(run.output?.() ?? first);
    const firstMs = performance.now();
    const warm = performance.now() + WARM_UP_MS;
    if (numRuns > 0) for (let i = 0; i < WARM_UP_RUNS || performance.now() < warm; ++i) await run();
    const block = clockTick() < 0.5 ? 1 : 5;
    const times = [];
    for (let i = 0; i < numRuns; i += block) {
      const start = performance.now();
      for (let k = 0; k < block; ++k) await run();
      times.push((performance.now() - start) / block);
    }
    const marks = Object.fromEntries([
      ...performance.getEntriesByType('mark').map(({name, startTime}) => [name, startTime]),
      ...performance.getEntriesByType('resource').map(({name, responseEnd}) => [new URL(name).pathname.split('/').at(-1), responseEnd]),
      ['load', loadMs], ['first', firstMs]].sort(([, a], [, b]) => a - b));
    window.benchResult = {marks, load_ms: loadMs, first_ms: firstMs, times, output, peak_bytes: memoryBytes()};
  } catch (error) {
    window.benchResult = {error: String(error?.stack ?? error)};
  }
}
