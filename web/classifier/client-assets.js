/* client-assets.js: what a classifier needs from the server beside its pack's
 * texts: a variant's model, the modules. Fetches and compiles; runs nothing.
 * Only files of the page's own origin arrive, by the page's CSP (connect-src). */

import { siteFile } from '../shared/site.js';
import { importedFile, isImported } from './client-imported.js';
import { InsituError } from './protocol.js';

/** No small file of the page takes longer, on the slowest network that there is. */
const SMALL_FILE_MS = 90_000;

/** How long no byte may come, and how long to wait before each try to go on from where it stopped.
 * @typedef {{stall_ms: number, pauses_ms: readonly number[]}} Patience */
/** @type {Patience} */
export const PATIENCE = { stall_ms: 20_000, pauses_ms: [500, 2000, 6000] };

/** A try that brought less has brought nothing. */
const FURTHER_BYTES = 65_536;

/** @param {URL} url @param {{signal?: AbortSignal, cache?: RequestCache, from?: number}} [options] from: the first byte wanted
 *  @returns {Promise<Response>} */
export async function fetchFile(url, { signal, cache = 'default', from = 0 } = {}) {
  if (isImported(url)) return importedFile(url); // of this device: no server hears of it
  const limit = signal ?? AbortSignal.timeout(SMALL_FILE_MS);
  let response;
  try {
    // The same mode as <link rel="preload" as="fetch" crossorigin>, to share it.
    response = await fetch(url, { signal: limit, cache, ...(from > 0 && { headers: { range: `bytes=${from}-` } }) });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new InsituError('io', `${url.pathname} could not be fetched: ${/** @type {Error} */ (error).message}`);
  }
  if (!response.ok) throw new InsituError('io', `${url.pathname}: the server answered ${response.status}`);
  return response;
}

/**
 * A file's bytes from `from` on, as they come; a server that knows no ranges
 * sends all of them, and those before are dropped.
 * @param {URL} url @param {number} from @param {AbortSignal} signal @param {RequestCache} cache @param {number} stall_ms
 * @returns {AsyncGenerator<Uint8Array<ArrayBuffer>, void, void>}
 */
async function* bytesOf(url, from, signal, cache, stall_ms) {
  const stop = new AbortController();
  const leave = () => stop.abort(signal.reason);
  signal.addEventListener('abort', leave);
  const stalled = () => stop.abort(new InsituError('io', `nothing came for ${Math.round(stall_ms / 1000)} s`));
  let timer = setTimeout(stalled, stall_ms);
  try {
    signal.throwIfAborted();
    const response = await fetchFile(url, { signal: stop.signal, cache, from });
    if (!response.body) throw new InsituError('io', `${url.pathname}: the answer is empty`);
    const range = response.status === 206 ? /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '') : null;
    let missed = from - Number(range?.[1] ?? 0);
    if (missed < 0) throw new InsituError('io', `${url.pathname}: the server left bytes out`);
    // A reader, since not every browser has an iterator here.
    const reader = response.body.getReader();
    stop.signal.addEventListener('abort', () => reader.cancel().catch(() => {})); // it has ended already
    for (;;) {
      const { done, value } = await reader.read();
      stop.signal.throwIfAborted();
      if (done) return;
      clearTimeout(timer);
      timer = setTimeout(stalled, stall_ms);
      const skipped = Math.min(missed, value.length);
      missed -= skipped;
      if (skipped < value.length) yield skipped > 0 ? value.slice(skipped) : value;
    }
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', leave);
    stop.abort(); // of what is left of it, nothing more is wanted
  }
}

/** @param {number} ms @param {AbortSignal} signal */
const pause = (ms, signal) => new Promise((resolve, reject) => {
  const leave = () => {
    clearTimeout(timer);
    reject(signal.reason);
  };
  const timer = setTimeout(() => {
    signal.removeEventListener('abort', leave);
    resolve(undefined);
  }, ms);
  signal.addEventListener('abort', leave, { once: true });
});

/**
 * A variant's file piece by piece, of the length that pack.json names. What
 * breaks off or stalls goes on from where it stopped. The digest is compared
 * where the pieces meet, in the worker.
 * @param {URL} folder @param {{file: string, bytes: number}} variant
 * @param {{onPiece: (bytes: Uint8Array<ArrayBuffer>) => void, onBytes: (loaded: number, total: number) => void}} listeners
 *   onPiece may take the bytes' buffer away
 * @param {AbortSignal} signal @param {RequestCache} cache @param {Patience} [patience]
 */
export async function streamModel(folder, variant, { onPiece, onBytes }, signal, cache, { stall_ms, pauses_ms } = PATIENCE) {
  const url = new URL(variant.file, folder);
  let loaded = 0;
  let num_failed = 0; // without having come further
  // The newest piece waits for the next read, so that a file that is too long never looks whole.
  /** @type {Uint8Array<ArrayBuffer> | null} */
  let newest = null;
  for (let is_whole = false; !is_whole;) {
    const before = loaded;
    try {
      for await (const value of bytesOf(url, loaded, signal, cache, stall_ms)) {
        loaded += value.length;
        if (loaded > variant.bytes) throw new InsituError('digest-mismatch', `${variant.file} is longer than ${variant.bytes} bytes`);
        if (newest) onPiece(newest);
        newest = value;
        onBytes(loaded, variant.bytes);
      }
      is_whole = true;
    } catch (error) {
      // A file that could not be asked for at all is told at once; one that was on its way has broken off.
      const is_broken = !(error instanceof InsituError) || (error.status === 'io' && loaded > 0);
      if (signal.aborted || !is_broken) throw error;
      if (loaded - before >= FURTHER_BYTES) num_failed = 0;
      const wait_ms = pauses_ms[num_failed++];
      if (wait_ms === undefined) {
        throw new InsituError('io', `${variant.file} stopped after ${loaded} of ${variant.bytes} bytes: ${/** @type {Error} */ (error).message}`);
      }
      await pause(wait_ms, signal);
    }
  }
  if (loaded !== variant.bytes) {
    throw new InsituError('truncated', `${variant.file} has ${loaded} bytes, pack.json says ${variant.bytes}`);
  }
  if (newest) onPiece(newest);
}

/** @param {string} name of a module @returns {string} URL of its glue */
export const glueOf = (name) => siteFile(`wasm/${name}.mjs`).href;

/** The compiled modules of a page, each fetched once however many workers want it. */
export class Modules {
  constructor() {
    /** @private @type {Map<string, Promise<WebAssembly.Module>>} */ this.compiled = new Map();
  }

  /**
   * @param {string} name of the build, "decode" or as chooseBuild gives it
   * @returns {Promise<WebAssembly.Module>}
   */
  get(name) {
    const before = this.compiled.get(name);
    if (before) return before;
    const module = fetchModule(name);
    this.compiled.set(name, module);
    module.catch(() => this.compiled.delete(name)); // the next to ask tries again
    return module;
  }
}

/** @param {string} name @returns {Promise<WebAssembly.Module>} */
async function fetchModule(name) {
  const url = siteFile(`wasm/${name}.wasm`);
  const response = await fetchFile(url);
  try {
    // Streaming needs the type application/wasm, which some hosts do not send.
    return response.headers.get('content-type')?.startsWith('application/wasm')
      ? await WebAssembly.compileStreaming(response)
      : await WebAssembly.compile(await response.arrayBuffer());
  } catch (error) {
    if (/** @type {Error} */ (error).name === 'TimeoutError') throw new InsituError('io', `${url.pathname} did not come within ${SMALL_FILE_MS / 1000} s`);
    throw new InsituError('io', `${url.pathname} is not a WebAssembly module: ${/** @type {Error} */ (error).message}`);
  }
}
