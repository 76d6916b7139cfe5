/* client-sending.js: a model on its way from the server to a worker, piece by
 * piece, beside the requests: one at a time, the newest. Owns its end: a
 * failure goes the way of the pieces, and comes back as the request's. */

import { streamModel } from './client-assets.js';
import { errorReply } from './protocol.js';

/** @typedef {{onPiece: () => void, onEnd: () => void}} Listeners onPiece: something has come; onEnd: nothing more does */
/** @typedef {{folder: URL, variant: {file: string, bytes: number}, cache: RequestCache,
 *   onBytes: (loaded: number, total: number) => void}} Wanted */

export class Sending {
  /** @param {import('./client-assets.js').Patience} patience @param {Listeners} listeners */
  constructor(patience, listeners) {
    /** @private */ this.patience = patience;
    /** @private */ this.listeners = listeners;
    /** @private */ this.last_stream = 0;
    /** @private @type {AbortController | null} */ this.work = null;
  }

  /** Whether a model is on its way. */
  get is_going() { return this.work !== null; }

  /** @param {Worker | null} worker @param {Wanted} wanted @returns {number} the stream that its pieces carry */
  begin(worker, wanted) {
    const stream = ++this.last_stream;
    this.send(worker, stream, wanted);
    return stream;
  }

  /** Nobody wants the rest. @param {number} stream @param {unknown} [reason] */
  abort(stream, reason) { if (stream === this.last_stream) this.work?.abort(reason); }

  /** @param {unknown} reason */
  stop(reason) {
    this.work?.abort(reason);
    this.work = null;
  }

  /** @param {Worker | null} worker @param {number} stream @param {Wanted} wanted @private */
  async send(worker, stream, { folder, variant, cache, onBytes }) {
    const work = new AbortController();
    this.work?.abort();
    this.work = work;
    try {
      const onPiece = (/** @type {Uint8Array<ArrayBuffer>} */ bytes) => {
        worker?.postMessage({ type: 'piece', stream, bytes }, [bytes.buffer]);
        this.listeners.onPiece();
      };
      await streamModel(folder, variant, { onPiece, onBytes }, work.signal, cache, this.patience);
    } catch (error) {
      const { status, message } = errorReply(0, error);
      worker?.postMessage({ type: 'piece', stream, failure: { status, message } });
    }
    if (this.work !== work) return;
    this.work = null;
    this.listeners.onEnd();
  }
}
