/* kept.js: which packs lie on this device, in the service worker's cache
 * (sw/how.js keeps what has been asked for). Asks for files, so that they are
 * kept, and drops them; reads none. */

import { isTooLittle, storageLeft } from './room.js';

/** files: what an answer takes, in every language, and what there is to read. @typedef {{folder: URL, files: string[]}} Pack */

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
    navigator.storage?.persist?.().catch(() => false); // asked for where a person has asked; nothing waits for the answer
    await fetchAll(pack, onBytes);
    await settled(pack, () => room.isFull);
    tellChange();
    if (!await isKept(pack)) throw room.isFull ? new DOMException('no more room', 'QuotaExceededError') : new Error('the browser kept no copy');
  } catch (error) {
    await drop(pack, before);
    throw error;
  } finally {
    navigator.serviceWorker?.removeEventListener('message', listener);
  }
}

/** The service worker keeps a file after it has handed it on. @param {Pack} pack @param {() => boolean} isOver */
async function settled(pack, isOver) {
  for (let tries = 0; tries < 40 && !isOver() && !await isKept(pack); tries++) await new Promise((resolve) => setTimeout(resolve, 100));
}

/** To whatever shows what is kept. */
const tellChange = () => dispatchEvent(new Event('insitu-kept'));

/** Once in a page's life, and not what a person took away. @type {Set<string>} */
const completed = new Set();

/**
 * The rest of a pack that is in use: its other languages and what there is to read, and where the service worker came after
 * it, the model. Without a word and behind all else; where it fails, the pack is not kept, which is told.
 * @param {Pack & {bytes: number}} pack @returns {Promise<void>}
 */
export async function complete(pack) {
  if (!navigator.serviceWorker?.controller || completed.has(pack.folder.href)) return;
  completed.add(pack.folder.href);
  const files = missingOf(pack, await keptPaths());
  if (files.length === 0 || /** @type {{connection?: {saveData?: boolean}}} */ (navigator).connection?.saveData) return;
  if (isTooLittle(pack.bytes, await storageLeft())) return;
  await fetchAll({ ...pack, files }, () => {}, 'low');
  await settled(pack, () => false);
  tellChange();
}

/** @param {Pack & {bytes: number}} pack @param {(loaded: number, total: number) => void} onBytes @param {RequestPriority} [priority] */
async function fetchAll({ folder, files, bytes: total }, onBytes, priority = 'auto') {
  for (const name of files) {
    const response = await fetch(new URL(name, folder), { priority });
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
  completed.add(folder.href);
  for (const { cache, request } of await keptFiles()) {
    const path = pathOf(request.url);
    if (path.startsWith(folder.pathname) && !spared.has(path)) await cache.delete(request);
  }
  tellChange();
}
