/* relaxed-simd.js: whether this engine runs the relaxed SIMD builds: asked by
 * the page and the command for Node, which run one, and by the service worker,
 * which keeps one. */

/** A module whose one function is f32x4.relaxed_madd of its parameters. */
const RELAXED_SIMD = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, // magic, version
  1, 8, 1, 96, 3, 123, 123, 123, 1, 123, // type: (v128, v128, v128) -> v128
  3, 2, 1, 0, // one function of type 0
  10, 13, 1, 11, 0, 32, 0, 32, 1, 32, 2, 253, 133, 2, 11, // f32x4.relaxed_madd
]);

/** @returns {boolean} */
export const hasRelaxedSimd = () => typeof WebAssembly === 'object' && WebAssembly.validate(RELAXED_SIMD);
