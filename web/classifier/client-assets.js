/* client-assets.js: what a classifier needs from the server: pack.json, the
 * variant's model, the two modules. Fetches and checks; runs nothing. Only
 * files of the page's own origin arrive, by the page's CSP (connect-src). */

import { InsituError } from './protocol.js';

/** The fields of pack.json (models/FORMAT.md) that the page shows or needs.
 * The core checks the whole file; this type trusts it after that.
 * @typedef {{value: number, low: number, high: number, prior?: string}} Figure */
/** @typedef {{name: string, precision: string, file: string, bytes: number, sha256: string,
 *   metrics?: {split: string, n: number} & Record<string, Figure | string | number>}} Variant */
/** @typedef {{
 *   format: number, id: string, version: string, name: string,
 *   task: 'multiclass' | 'multilabel', intended_use: string, not_for: string, notices: string[],
 *   licence: {weights: string, data: string, source: string}, card: string,
 *   input: {width: number, height: number, crop_fraction: number},
 *   classes: {id: string, label: string, text: string, advice: string}[],
 *   calibration?: {default_prior?: string},
 *   default_variant: string, variants: Variant[]
 * }} Pack */

const WASM_FOLDER = new URL('../wasm/', import.meta.url);

/** @param {URL} url @param {AbortSignal} signal @param {RequestCache} [cache] @returns {Promise<Response>} */
async function fetchFile(url, signal, cache = 'default') {
  let response;
  try {
    // The same mode as <link rel="preload" as="fetch" crossorigin>, to share it.
    response = await fetch(url, { signal, cache });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new InsituError('io', `${url.pathname} could not be fetched: ${/** @type {Error} */ (error).message}`);
  }
  if (!response.ok) throw new InsituError('io', `${url.pathname}: the server answered ${response.status}`);
  return response;
}

/**
 * @param {URL} folder of the pack, ends in "/"
 * @param {AbortSignal} signal
 * @returns {Promise<{json: string, pack: Pack}>}
 */
export async function fetchPack(folder, signal) {
  const json = await (await fetchFile(new URL('pack.json', folder), signal)).text();
  let pack;
  try {
    pack = JSON.parse(json);
  } catch (error) {
    throw new InsituError('invalid-pack', `pack.json is not JSON: ${/** @type {Error} */ (error).message}`);
  }
  if (pack?.format !== 1) {
    throw new InsituError('invalid-pack', `pack.json: format is ${pack?.format}, this page reads 1`);
  }
  if (!Array.isArray(pack.variants) || !Array.isArray(pack.classes)) {
    throw new InsituError('invalid-pack', 'pack.json: variants and classes must be lists');
  }
  return { json, pack };
}

/**
 * @param {Pack} pack @param {string | null} name null: the default
 * @returns {Variant}
 */
export function findVariant(pack, name) {
  const wanted = name ?? pack.default_variant;
  const variant = pack.variants.find((one) => one.name === wanted);
  if (!variant) {
    const names = pack.variants.map((one) => one.name).join(', ');
    throw new InsituError('invalid-argument', `the pack has no variant "${wanted}", it has: ${names}`);
  }
  return variant;
}

/**
 * A variant's file piece by piece, of the length that pack.json names. The
 * digest is compared where the pieces meet, in the worker.
 * @param {URL} folder @param {Variant} variant
 * @param {{onPiece: (bytes: Uint8Array<ArrayBuffer>) => void, onBytes: (loaded: number, total: number) => void}} listeners
 *   onPiece may take the bytes' buffer away
 * @param {AbortSignal} signal @param {RequestCache} cache
 */
export async function streamModel(folder, variant, { onPiece, onBytes }, signal, cache) {
  const response = await fetchFile(new URL(variant.file, folder), signal, cache);
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

/**
 * @param {string} name of the build, "decode" or as chooseBuild gives it
 * @param {AbortSignal} signal
 * @returns {Promise<WebAssembly.Module>}
 */
export async function fetchModule(name, signal) {
  const url = new URL(`${name}.wasm`, WASM_FOLDER);
  const response = await fetchFile(url, signal);
  try {
    // Streaming needs the type application/wasm, which some hosts do not send.
    return response.headers.get('content-type')?.startsWith('application/wasm')
      ? await WebAssembly.compileStreaming(response)
      : await WebAssembly.compile(await response.arrayBuffer());
  } catch (error) {
    if (signal.aborted) throw error;
    throw new InsituError('io', `${url.pathname} is not a WebAssembly module: ${/** @type {Error} */ (error).message}`);
  }
}
