/* client-features.js: which build of the infer module this browser can run.
 * Asks the browser itself, never its name. */

/** A module whose one function is f32x4.relaxed_madd of its parameters. */
const RELAXED_SIMD = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, // magic, version
  1, 8, 1, 96, 3, 123, 123, 123, 1, 123, // type: (v128, v128, v128) -> v128
  3, 2, 1, 0, // one function of type 0
  10, 13, 1, 11, 0, 32, 0, 32, 1, 32, 2, 253, 133, 2, 11, // f32x4.relaxed_madd
]);

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

/** @returns {Features} */
export function detectFeatures() {
  return {
    simd: WebAssembly.validate(SIMD),
    relaxed: WebAssembly.validate(RELAXED_SIMD),
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
