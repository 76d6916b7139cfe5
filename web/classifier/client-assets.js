/* client-assets.js: what a classifier needs from the server beside its pack's
 * texts: a variant's model, the modules. Fetches and compiles; runs nothing.
 * Only files of the page's own origin arrive, by the page's CSP (connect-src). */

import { InsituError } from './protocol.js';

const WASM_FOLDER = new URL('../wasm/', import.meta.url);

/** @param {URL} url @param {{signal?: AbortSignal, cache?: RequestCache}} [options] @returns {Promise<Response>} */
export async function fetchFile(url, { signal, cache = 'default' } = {}) {
  let response;
  try {
    // The same mode as <link rel="preload" as="fetch" crossorigin>, to share it.
    response = await fetch(url, signal ? { signal, cache } : { cache });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new InsituError('io', `${url.pathname} could not be fetched: ${/** @type {Error} */ (error).message}`);
  }
  if (!response.ok) throw new InsituError('io', `${url.pathname}: the server answered ${response.status}`);
  return response;
}

/**
 * A variant's file piece by piece, of the length that pack.json names. The
 * digest is compared where the pieces meet, in the worker.
 * @param {URL} folder @param {{file: string, bytes: number}} variant
 * @param {{onPiece: (bytes: Uint8Array<ArrayBuffer>) => void, onBytes: (loaded: number, total: number) => void}} listeners
 *   onPiece may take the bytes' buffer away
 * @param {AbortSignal} signal @param {RequestCache} cache
 */
export async function streamModel(folder, variant, { onPiece, onBytes }, signal, cache) {
  const response = await fetchFile(new URL(variant.file, folder), { signal, cache });
  if (!response.body) throw new InsituError('io', `${variant.file}: the answer is empty`);
  let loaded = 0;
  // The newest piece waits for the next read, so that a file that is too long never looks whole.
  /** @type {Uint8Array<ArrayBuffer> | null} */
  let newest = null;
  for (const reader = response.body.getReader(); ;) {
    const { done, value } = await reader.read().catch((error) => {
      if (signal.aborted) throw error;
      throw new InsituError('io', `${variant.file} stopped after ${loaded} of ${variant.bytes} bytes: ${error.message}`);
    });
    if (done) break;
    loaded += value.length;
    if (loaded > variant.bytes) {
      await reader.cancel();
      throw new InsituError('digest-mismatch', `${variant.file} is longer than ${variant.bytes} bytes`);
    }
    if (newest) onPiece(newest);
    newest = value;
    onBytes(loaded, variant.bytes);
  }
  if (loaded !== variant.bytes) {
    throw new InsituError('truncated', `${variant.file} has ${loaded} bytes, pack.json says ${variant.bytes}`);
  }
  if (newest) onPiece(newest);
}

/** @param {string} name of a module @returns {string} URL of its glue */
export const glueOf = (name) => new URL(`${name}.mjs`, WASM_FOLDER).href;

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
  const url = new URL(`${name}.wasm`, WASM_FOLDER);
  const response = await fetchFile(url);
  try {
    // Streaming needs the type application/wasm, which some hosts do not send.
    return response.headers.get('content-type')?.startsWith('application/wasm')
      ? await WebAssembly.compileStreaming(response)
      : await WebAssembly.compile(await response.arrayBuffer());
  } catch (error) {
    throw new InsituError('io', `${url.pathname} is not a WebAssembly module: ${/** @type {Error} */ (error).message}`);
  }
}
