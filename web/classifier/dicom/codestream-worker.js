/* codestream-worker.js: one frame of JPEG 2000 or JPEG-LS, away from the page's
 * thread: a large one takes seconds, and a hostile one might take for ever
 * (codestreams.js ends it). Fetches the library beside it when it is started. */

import { decodeCodestream } from './codestream.js';

/** @typedef {{coding: import('./codestream.js').Coding, glue: string, wasm: string, bytes: Uint8Array,
 *   expected: import('./codestream.js').Expected}} Order */

const worker = /** @type {DedicatedWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const silent = () => {}; // what goes wrong is told by codestream.js

/** @param {string} glue @param {string} wasm @returns {Promise<import('./codestream.js').Library>} */
async function start(glue, wasm) {
  const { default: library } = await import(/* @vite-ignore */ glue);
  return library({ locateFile: () => wasm, print: silent, printErr: silent });
}

worker.addEventListener('message', async (/** @type {MessageEvent<Order>} */ { data: { coding, glue, wasm, bytes, expected } }) => {
  let library;
  try {
    library = await start(glue, wasm);
  } catch (error) {
    worker.postMessage({ missing: /** @type {Error} */ (error).message });
    return;
  }
  try {
    const decoded = decodeCodestream(library, coding, bytes, expected);
    worker.postMessage({ decoded }, [decoded.samples.buffer]);
  } catch (error) {
    const { status, message } = /** @type {import('../protocol.js').InsituError} */ (error);
    worker.postMessage({ failure: message, status });
  }
});
