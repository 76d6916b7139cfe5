/* kept.js: which packs lie on this device, in the service worker's cache
 * (sw/how.js keeps what has been asked for). Asks for files, so that they are
 * kept, and drops them; reads none. */

/** files: what an answer takes, in every language. @typedef {{folder: URL, files: string[]}} Pack */

/** @returns {Promise<{cache: Cache, request: Request}[]>} */
async function keptFiles() {
  if (!globalThis.caches) return [];
  const names = (await caches.keys()).filter((name) => name.startsWith('insitu-packs '));
  const all = await Promise.all(names.map(async (name) => {
    const cache = await caches.open(name);
    return (await cache.keys()).map((request) => ({ cache, request }));
  }));
  return all.flat();
}

const pathOf = (/** @type {string | URL} */ address) => new URL(address).pathname;

/** @returns {Promise<Set<string>>} */
export const keptPaths = async () => new Set((await keptFiles()).map(({ request }) => pathOf(request.url)));

/** @param {Pack} pack @param {Set<string>} kept @returns {string[]} */
export const missingOf = ({ folder, files }, kept) => files.filter((name) => !kept.has(pathOf(new URL(name, folder))));

/** @param {Pack} pack @returns {Promise<boolean>} all that an answer takes is here */
export const isKept = async (pack) => missingOf(pack, await keptPaths()).length === 0;

/** All of it, or nothing more than before: what came before it failed is let go of, what was here stays. Throws a QuotaExceededError where there was no more room.
 *  @param {Pack & {bytes: number}} pack bytes: of what it takes, about @param {(loaded: number, total: number) => void} onBytes */
export async function keep(pack, onBytes) {
  const before = await keptPaths();
  const room = { isFull: false };
  const listener = (/** @type {MessageEvent} */ { data }) => { room.isFull ||= data?.type === 'full'; };
  navigator.serviceWorker?.addEventListener('message', listener);
  try {
    await fetchAll(pack, onBytes);
    // The service worker keeps a file after it has handed it on.
    for (let tries = 0; tries < 40 && !room.isFull && !await isKept(pack); tries++) await new Promise((resolve) => setTimeout(resolve, 100));
    if (!await isKept(pack)) throw room.isFull ? new DOMException('no more room', 'QuotaExceededError') : new Error('the browser kept no copy');
  } catch (error) {
    await drop(pack, before);
    throw error;
  } finally {
    navigator.serviceWorker?.removeEventListener('message', listener);
  }
}

/** @param {Pack & {bytes: number}} pack @param {(loaded: number, total: number) => void} onBytes */
async function fetchAll({ folder, files, bytes: total }, onBytes) {
  navigator.storage?.persist?.().catch(() => false); // asked for where a person has asked; nothing waits for the answer
  for (const name of files) {
    const response = await fetch(new URL(name, folder));
    if (!response.ok || !response.body) throw new Error(`${name}: the server answered ${response.status}`);
    let loaded = 0;
    for (const reader = response.body.getReader(); ;) {
      const { done, value } = await reader.read();
      if (done) break;
      loaded += value.length;
      if (loaded <= total && loaded > 100_000) onBytes(loaded, total);
    }
  }
}

/** @param {Pack} pack @param {Set<string>} [spared] paths that stay */
export async function drop({ folder }, spared = new Set()) {
  for (const { cache, request } of await keptFiles()) {
    const path = pathOf(request.url);
    if (path.startsWith(folder.pathname) && !spared.has(path)) await cache.delete(request);
  }
}
