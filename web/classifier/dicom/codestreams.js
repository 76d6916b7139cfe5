/* codestreams.js: hands a frame of JPEG 2000, JPEG-LS or JPEG of twelve bits to
 * a worker of its own, and ends that. */

import { siteFile } from '../../shared/site.js';
import { InsituError } from '../protocol.js';

/** @typedef {import('./codestream.js').Coding} Coding */
/** @typedef {import('./codestream.js').Decoded} Decoded */

/** By whose module in wasm/; JPEG by the worker itself. @type {Partial<Record<Coding, string>>} */
const LIBRARIES = { 'JPEG 2000': 'openjpeg', 'JPEG-LS': 'charls' };
/** A good file takes up to three seconds a megapixel on a slow phone; a bad one may take for ever. @param {number} num_pixels */
const patienceFor = (num_pixels) => 10_000 + num_pixels * 0.003;

/**
 * @param {Coding} coding @param {Uint8Array} bytes @param {import('./codestream.js').Expected} expected
 * @param {{patience_ms?: number}} [options] @returns {Promise<Decoded>} @throws {InsituError}
 */
export function decodedCodestream(coding, bytes, expected, { patience_ms = patienceFor(expected.width * expected.height) } = {}) {
  const worker = new Worker(siteFile('classifier/dicom/codestream-worker.js'), { type: 'module', name: 'insitu-dicom' });
  const library = LIBRARIES[coding];
  const own = bytes.slice();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  return /** @type {Promise<Decoded>} */ (new Promise((resolve, reject) => {
    const fail = (/** @type {import('../protocol.js').Status} */ status, /** @type {string} */ message) => reject(new InsituError(status, message));
    worker.onmessage = ({ data: { decoded, failure, status, missing } }) => {
      if (decoded) resolve(decoded);
      else if (missing) fail('io', `the reader for ${coding} could not be fetched: ${missing}`);
      else fail(status, `the DICOM picture's ${coding} ${failure}`);
    };
    worker.onerror = ({ message = '' }) => fail('io', `the reader for ${coding} could not be started${message && `: ${message}`}`);
    timer = setTimeout(() => fail('too-large', `the DICOM picture's ${coding} was not read within ${Math.round(patience_ms / 10) / 100} s: save it uncompressed, or as JPEG or PNG`), patience_ms);
    const files = library ? { glue: siteFile(`wasm/${library}.mjs`).href, wasm: siteFile(`wasm/${library}.wasm`).href } : {};
    worker.postMessage({ coding, bytes: own, expected, ...files }, [own.buffer]);
  })).finally(() => {
    clearTimeout(timer);
    worker.terminate();
  });
}
