/* next-task.js: lets go of the thread between two pieces of work, so that a slow
 * phone can draw and be tapped in between. */

/** @returns {Promise<void>} in a task of its own, before others that wait where the browser can do that */
export const nextTask = () => {
  const own = /** @type {{yield?: () => Promise<void>} | undefined} */ (Reflect.get(globalThis, 'scheduler'));
  return own?.yield ? own.yield() : new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel(); // a timer has to wait for a second where the page is not seen yet
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
};
