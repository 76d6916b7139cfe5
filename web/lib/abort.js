/* abort.js: a wait that a signal ends, for work that cannot be stopped itself. */

/**
 * @template T @param {Promise<T>} promise @param {AbortSignal} signal
 * @returns {Promise<T>} rejects with the signal's reason as soon as it aborts
 */
export function untilAborted(promise, signal) {
  return new Promise((resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    promise.then(resolve, reject);
  });
}
