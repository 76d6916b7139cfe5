/* pace.js: how long what is on its way will take still, from how fast it has
 * come. Pure: numbers in, numbers out. */

/** In less time than this nothing is known of a network's speed. */
const MIN_SECONDS = 1;

export class Pace {
  constructor() {
    /** What has come before is not counted: it may have been at hand. @private @type {{loaded: number, now_ms: number} | null} */
    this.first = null;
  }

  /**
   * @param {number} loaded @param {number} total in bytes @param {number} [now_ms]
   * @returns {number | null} seconds; null: it cannot be told yet
   */
  left(loaded, total, now_ms = performance.now()) {
    this.first ??= { loaded, now_ms };
    const seconds = (now_ms - this.first.now_ms) / 1000;
    const came = loaded - this.first.loaded;
    return seconds < MIN_SECONDS || came <= 0 ? null : ((total - loaded) * seconds) / came;
  }
}
