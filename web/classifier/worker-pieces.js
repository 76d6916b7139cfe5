/* worker-pieces.js: the worker's end of a model on its way: pieces wait here for the
 * request that wants them, which may come before, between or after them. */

import { InsituError } from './protocol.js';

/** @typedef {import('./protocol.js').Piece} Piece */

export class Pieces {
  constructor() {
    /** @private @type {Piece[]} */ this.waiting = [];
    /** @private */ this.last_ended = 0;
    /** @private */ this.wake = () => {};
  }

  /** @param {Piece} piece of a stream that has ended: dropped */
  push(piece) {
    if (piece.stream <= this.last_ended) return;
    this.waiting.push(piece);
    this.wake();
  }

  /** @param {number} stream @returns {Promise<Uint8Array>} rejects where no more come */
  async next(stream) {
    for (;;) {
      if (stream <= this.last_ended) throw new InsituError('internal', 'the model was given up');
      const piece = this.waiting.find((one) => one.stream === stream);
      if (!piece) {
        await new Promise((resolve) => { this.wake = () => resolve(undefined); });
        continue;
      }
      this.waiting.splice(this.waiting.indexOf(piece), 1);
      if ('failure' in piece) throw new InsituError(piece.failure.status, piece.failure.message);
      return piece.bytes;
    }
  }

  /** Drops what is left of it, and of those before. @param {number} stream */
  end(stream) {
    this.last_ended = stream;
    this.waiting = this.waiting.filter((piece) => piece.stream > stream);
  }
}
