/* abort.js: a wait that a signal ends, for work that cannot be stopped itself,
 * and a wait that a later one overtakes. */

/**
 * @template T @param {Promise<T>} promise @param {AbortSignal} signal
 * @returns {Promise<T>} rejects with the signal's reason as soon as it aborts
 */
export function untilAborted(promise, signal) {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop);
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

/** Of several waits the one begun last counts, in whatever order they end. */
export class Latest {
  constructor() {
    /** @private */ this.num_begun = 0;
  }

  /**
   * @template T @param {Promise<T>} promise
   * @returns {Promise<{value: T} | null>} null: another was begun meanwhile
   */
  async take(promise) {
    const mine = ++this.num_begun;
    const value = await promise;
    return mine === this.num_begun ? { value } : null;
  }
}
