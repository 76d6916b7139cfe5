/* client-features.js: which build of the infer module this browser can run.
 * Asks the browser itself, never its name. */

import { hasRelaxedSimd } from '../shared/relaxed-simd.js';

/** A module whose one function returns v128.const 0. */
const SIMD = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0,
  1, 5, 1, 96, 0, 1, 123,
  3, 2, 1, 0,
  10, 22, 1, 20, 0, 253, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 11,
]);

/** Threads beyond four wait for memory more than they compute on phones. */
const MAX_THREADS = 4;

/** shared: memory can be shared among workers.
 * @typedef {{simd: boolean, relaxed: boolean, shared: boolean, cores: number}} Features */

/** @returns {string | null} what every model needs and this browser has not, by its usual name; null: it has all */
export function lacking() {
  if (typeof WebAssembly !== 'object') return 'WebAssembly';
  return WebAssembly.validate(SIMD) ? null : 'WebAssembly SIMD';
}

/** @returns {Features} */
export function detectFeatures() {
  return {
    simd: lacking() === null,
    relaxed: hasRelaxedSimd(),
    // WebKitGTK calls a page isolated and yet has no SharedArrayBuffer (2.50).
    shared: globalThis.crossOriginIsolated === true && typeof SharedArrayBuffer === 'function',
    cores: globalThis.navigator?.hardwareConcurrency || 1,
  };
}

/**
 * @param {Features} features
 * @returns {{build: string, threads: number} | null} null: no SIMD, nothing runs
 */
export function chooseBuild({ simd, relaxed, shared, cores }) {
  if (!simd) return null;
  const name = relaxed ? 'infer-relaxed' : 'infer-simd';
  // Half the processors: the other half of a phone's are slow ones.
  const threads = shared ? Math.min(Math.floor(cores / 2), MAX_THREADS) : 1;
  return threads >= 2 ? { build: `${name}-mt`, threads } : { build: name, threads: 1 };
}

/**
 * All that run in this browser, the best one last.
 * @param {Features} features
 * @returns {{build: string, threads: number}[]}
 */
export function allBuilds({ simd, relaxed, shared, cores }) {
  const names = [...(simd ? ['infer-simd'] : []), ...(simd && relaxed ? ['infer-relaxed'] : [])];
  const counts = Array.from({ length: Math.min(cores, MAX_THREADS) - 1 }, (_, index) => index + 2);
  return names.flatMap((build) => [{ build, threads: 1 },
    ...(shared ? counts.map((threads) => ({ build: `${build}-mt`, threads })) : [])]);
}
