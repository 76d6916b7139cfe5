/* codestream-worker.js: one frame of JPEG 2000, JPEG-LS or JPEG of twelve bits,
 * away from the page's thread: a large one takes seconds, and a hostile one might
 * take for ever (codestreams.js ends it). Fetches its library when it is started. */

import { decodeCodestream } from './codestream.js';

/** glue, wasm: of the library that reads that coding, if one does.
 * @typedef {{coding: import('./codestream.js').Coding, glue?: string, wasm?: string, bytes: Uint8Array,
 *   expected: import('./codestream.js').Expected}} Order */

const worker = /** @type {DedicatedWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const silent = () => {}; // what goes wrong is told by codestream.js

/** @param {string | undefined} glue @param {string | undefined} wasm @returns {Promise<import('./codestream.js').Library | null>} */
async function start(glue, wasm) {
  if (!glue) return null;
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
