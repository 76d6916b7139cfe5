/* element-ahead.js: the answer about a photo whose square rests is worked out
 * while the person still looks at it, so that it is there when they ask. Shown
 * and told to nobody before; another square's is worked out anew, after what
 * the worker has at hand. */

import { isSameCrop } from '../lib/crop.js';

/** @typedef {import('./protocol.js').Crop} Crop */
/** @typedef {Awaited<ReturnType<import('./engine.js').Model['classify']>>} Answered */
/** @typedef {import('./client.js').ClassifyOptions} Options name, prior, crop */
/** @typedef {(options: Options) => Promise<Answered>} Classify */
/** @typedef {{options: Options, onStage: (stage: import('./protocol.js').Stage) => void, stage: import('./protocol.js').Stage | null,
 *   stop: AbortController, answered: Promise<Answered | null>, isOver: boolean}} Work answered null: it failed */

export class Ahead {
  constructor() {
    /** @private @type {Work | null} the newest, of the photo at hand */ this.work = null;
    /** What follows it: one at a time, and only the last that was wanted. @private @type {(() => void) | null} */ this.next = null;
  }

  /** @param {Classify} classify @param {Options} options */
  begin(classify, options) {
    if (this.work && isSame(this.work.options, options)) {
      this.next = null;
      return;
    }
    this.next = () => {
      this.next = null;
      const stop = new AbortController();
      /** @type {Work} */
      const work = {
        options, stop, stage: null, isOver: false, onStage: () => {},
        answered: classify({
          ...options, signal: stop.signal,
          onStage: (stage) => {
            work.stage = stage;
            work.onStage(stage);
          },
        }).catch(() => null).finally(() => { // what failed is tried again, and told, when it is asked for
          work.isOver = true;
          if (this.work === work) this.next?.();
        }),
      };
      this.work = work;
    };
    if (!this.work || this.work.isOver) this.next();
  }

  /**
   * @param {Options} options @returns {Promise<Answered | null>} null: nobody has worked on that, or it failed
   */
  async take(options) {
    this.next = null;
    const { work } = this;
    if (!work || !isSame(work.options, options)) return null;
    const { signal, onStage = () => {} } = options;
    const leave = () => work.stop.abort(signal?.reason);
    signal?.addEventListener('abort', leave);
    work.onStage = onStage;
    if (!work.isOver && work.stage) onStage(work.stage);
    const answered = await work.answered;
    signal?.removeEventListener('abort', leave);
    if (!answered && this.work === work) this.work = null;
    return answered;
  }

  /** The photo has gone. What runs ends by itself, sooner than a worker that was stopped would have its model again. */
  drop() {
    this.next = null;
    this.work = null;
  }
}

/** @param {Options} a @param {Options} b */
function isSame(a, b) {
  const [one, other] = [a.crop ?? null, b.crop ?? null];
  return a.name === b.name && a.prior === b.prior && (one && other ? isSameCrop(one, other) : one === other);
}
