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
 * The model, equal to its digest. A copy in a cache that is not the published
 * one (a host in the middle of an update, a damaged disk) is fetched anew once.
 * @param {URL} folder @param {Variant} variant
 * @param {(loaded: number, total: number) => void} onBytes
 * @param {AbortSignal} signal
 * @returns {Promise<{model: Uint8Array<ArrayBuffer>, digestVerified: boolean}>}
 *   digestVerified false: no crypto.subtle here (not a secure context), so the
 *   core must compare the SHA-256
 */
export async function fetchModel(folder, variant, onBytes, signal) {
  try {
    return await readModel(folder, variant, onBytes, signal, 'default');
  } catch (error) {
    const is_other = error instanceof InsituError && (error.status === 'digest-mismatch' || error.status === 'truncated');
    if (!is_other) throw error;
    return readModel(folder, variant, onBytes, signal, 'reload');
  }
}

/**
 * Into one buffer of the size that pack.json names.
 * @param {URL} folder @param {Variant} variant
 * @param {(loaded: number, total: number) => void} onBytes
 * @param {AbortSignal} signal @param {RequestCache} cache
 * @returns {Promise<{model: Uint8Array<ArrayBuffer>, digestVerified: boolean}>}
 */
async function readModel(folder, variant, onBytes, signal, cache) {
  const response = await fetchFile(new URL(variant.file, folder), signal, cache);
  const model = new Uint8Array(variant.bytes);
  let loaded = 0;
  if (!response.body) throw new InsituError('io', `${variant.file}: the answer is empty`);
  for (const reader = response.body.getReader(); ;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (loaded + value.length > model.length) {
      await reader.cancel();
      throw new InsituError('digest-mismatch', `${variant.file} is longer than ${variant.bytes} bytes`);
    }
    model.set(value, loaded);
    loaded += value.length;
    onBytes(loaded, variant.bytes);
  }
  if (loaded !== variant.bytes) {
    throw new InsituError('truncated', `${variant.file} has ${loaded} bytes, pack.json says ${variant.bytes}`);
  }
  return { model, digestVerified: await verify(model, variant) };
}

/** @param {Uint8Array<ArrayBuffer>} model @param {Variant} variant */
async function verify(model, variant) {
  if (!globalThis.crypto?.subtle) return false;
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', model));
  const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  if (hex !== variant.sha256) {
    throw new InsituError('digest-mismatch', `${variant.file} has SHA-256 ${hex}, pack.json says ${variant.sha256}`);
  }
  return true;
}

/**
 * @param {string} name of the build, "decode" or as chooseBuild gives it
 * @param {AbortSignal} signal
 * @returns {Promise<import('./protocol.js').ModuleSource>}
 */
export async function fetchModule(name, signal) {
  const url = new URL(`${name}.wasm`, WASM_FOLDER);
  const response = await fetchFile(url, signal);
  try {
    // Streaming needs the type application/wasm, which some hosts do not send.
    const module = response.headers.get('content-type')?.startsWith('application/wasm')
      ? await WebAssembly.compileStreaming(response)
      : await WebAssembly.compile(await response.arrayBuffer());
    return { glue: new URL(`${name}.mjs`, WASM_FOLDER).href, module };
  } catch (error) {
    if (signal.aborted) throw error;
    throw new InsituError('io', `${url.pathname} is not a WebAssembly module: ${/** @type {Error} */ (error).message}`);
  }
}
