/* client-watch.js: notices that a worker has ended without a word: a phone
 * short of memory takes it away and fires no event. Knows neither worker nor
 * requests; it counts ticks, not time, so that a page that was frozen for an
 * hour does not blame its worker, which was frozen too. */

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
