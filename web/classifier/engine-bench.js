/* engine-bench.js: how fast one variant runs here by one build on so many
 * threads. Owns a worker of its own for each measurement, so that nothing that
 * ran before is in its memory, and no other model beside it. */

import { fetchFile, Modules } from './client-assets.js';
import { allBuilds, chooseBuild, detectFeatures } from './client-features.js';
import { ClassifierClient } from './client.js';
import { findVariant } from './engine-packs.js';

/** @typedef {import('./engine-packs.js').OpenedPack} OpenedPack */
/** @typedef {{variant: string, build: string, threads: number}} Combination */
/** In milliseconds; decode, prepare, infer as the core times them. @typedef {{decode: number, prepare: number, infer: number}} Run */
/** bytes: of the variant's file. load_ms: a new worker, its module compiled, the file read from this device, checked and
 * packed. first, runs: of one picture. memory_bytes: of the open model's WASM memory, at the end.
 * @typedef {Combination & {bytes: number, load_ms: number, first: Run, runs: Run[], memory_bytes: number}} Measured */

const MOST_TRIES = 3;
const MOST_RUNS = 60;
const FEWEST_RUNS = 8;
const RUNS_MS = 2000;

class BenchClient extends ClassifierClient {
  /** @returns {Promise<number>} */
  async memoryBytes() {
    return (await this.ask({ message: () => ({ type: 'memory', id: 0 }) })).bytes;
  }
}

/** @typedef {{features: import('./client-features.js').Features, builds: {build: string, threads: number}[],
 *   chosen: {build: string, threads: number} | null}} Here */
/** @returns {Here} */
export function buildsHere() {
  const features = detectFeatures();
  return { features, builds: allBuilds(features), chosen: chooseBuild(features) };
}

/** @typedef {{picture: Blob, signal: AbortSignal, onBytes?: (loaded: number, total: number) => void, runs_ms?: number, fewest_runs?: number}} Options */

/**
 * What befalls a worker, or a file on its way, is no fact of the variant: then it is measured anew.
 * @param {import('./engine-packs.js').PackStore} packs @param {OpenedPack} opened @param {Combination} combination
 * @param {Options} options @returns {Promise<Measured>}
 */
export async function measure(packs, opened, combination, options) {
  for (let num_tries = 1; ; num_tries++) {
    try {
      return await measureOnce(packs, opened, combination, options);
    } catch (error) {
      if (options.signal.aborted || num_tries === MOST_TRIES) throw error;
    }
  }
}

/** @param {import('./engine-packs.js').PackStore} packs @param {OpenedPack} opened @param {Combination} combination
 *  @param {Options} options @returns {Promise<Measured>} */
async function measureOnce(packs, opened, { variant: name, build, threads }, { picture, signal, onBytes = () => {}, runs_ms = RUNS_MS, fewest_runs = FEWEST_RUNS }) {
  const variant = findVariant(opened.pack, name);
  await haveCopy(new URL(variant.file, opened.folder), variant.bytes, onBytes, signal);
  const client = new BenchClient({ modules: new Modules(), choose: () => ({ build, threads }), is_tenacious: false });
  const stop = () => client.destroy();
  signal.addEventListener('abort', stop, { once: true });
  try {
    const start = performance.now();
    await client.load({ variant: name, openPack: async () => ({ ...opened, texts: packs.textsJson(opened) }) });
    const load_ms = performance.now() - start;
    const run = async () => {
      const { result: { ms } } = await client.classify(picture, { name: 'test picture', signal });
      return { decode: ms.decode ?? 0, prepare: ms.prepare ?? 0, infer: ms.infer };
    };
    const first = await run();
    const runs = [];
    for (const end = performance.now() + runs_ms; runs.length < MOST_RUNS && (runs.length < fewest_runs || performance.now() < end);) {
      runs.push(await run());
    }
    return { variant: name, build, threads, bytes: variant.bytes, load_ms, first, runs, memory_bytes: await client.memoryBytes() };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
    client.destroy();
  }
}

/** The download is not the device's: it comes before. @param {URL} url @param {number} total
 *  @param {(loaded: number, total: number) => void} onBytes @param {AbortSignal} signal */
async function haveCopy(url, total, onBytes, signal) {
  const response = await fetchFile(url, { signal });
  if (!response.body) return;
  let loaded = 0;
  for (const reader = response.body.getReader(); ;) {
    const { done, value } = await reader.read();
    if (done) return;
    loaded += value.length;
    onBytes(loaded, total);
  }
}
