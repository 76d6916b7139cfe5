/* client-watch.js: notices that a worker has ended without a word: a phone
 * short of memory takes it away and fires no event. Knows neither worker nor
 * requests; what waits how long is here too. It counts ticks, not time, so that a page that was frozen for an
 * hour does not blame its worker, which was frozen too. */

import { PATIENCE } from './client-assets.js';

/** In milliseconds, but for the limits, which count ticks.
 * @typedef {{idle_ms: number, leave_ms: number, tick_ms: number, greeting_ticks: number, taking_ticks: number, starting_ticks: number, silence_ticks: number}
 *   & import('./client-assets.js').Patience} Timing */
/** @type {Timing} */
export const TIMING = {
  idle_ms: 20_000, // a worker holds some 20 MB; starting it again takes a fifth of a second
  leave_ms: 100, // for work that is no longer wanted to end by itself: sooner than to load the model again
  tick_ms: 1000,
  greeting_ticks: 3, // a worker without work says at once that a request has come
  taking_ticks: 10, // it takes a piece of a model whatever else it waits for
  starting_ticks: 15, // modules that are here, and their threads: 0.1 s on a core shared with four busy programs
  silence_ticks: 60, // the largest photo on a slow phone takes a third of it
  ...PATIENCE,
};

export class Watch {
  /** @param {number} tick_ms @param {(num_ticks: number) => void} onSilence once, after which it rests */
  constructor(tick_ms, onSilence) {
    /** @private */ this.tick_ms = tick_ms;
    /** @private */ this.onSilence = onSilence;
    /** @private @type {ReturnType<typeof setInterval> | undefined} */ this.timer = undefined;
    /** @private */ this.num_ticks = 0;
    /** @private */ this.limit = 0;
  }

  /** Begins to count anew. @param {number} limit in ticks */
  start(limit) {
    this.limit = limit;
    this.num_ticks = 0;
    this.timer ??= setInterval(() => {
      if (++this.num_ticks < this.limit) return;
      const { num_ticks } = this;
      this.stop();
      this.onSilence(num_ticks);
    }, this.tick_ms);
  }

  stop() {
    clearInterval(this.timer);
    this.timer = undefined;
  }
}
