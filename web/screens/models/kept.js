/* kept.js: which packs lie on this device, in the service worker's cache
 * (sw/how.js keeps what has been asked for). Asks for files, so that they are
 * kept, and drops them; reads none. */

/** @param {import('../../classifier/engine-packs.js').Pack} pack @returns {string[]} what an answer takes, in every language */
export function filesOf(pack) {
  const variant = pack.variants.find(({ name }) => name === pack.default_variant);
  return ['pack.json', ...(pack.format === 2 ? pack.languages.map((language) => `texts/${language}.json`) : []), pack.card, ...(variant ? [variant.file] : [])];
}

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

/** @param {import('../../classifier/engine-packs.js').OpenedPack} opened @returns {Promise<boolean>} all that an answer takes is here */
export async function isKept({ folder, pack }) {
  const here = new Set((await keptFiles()).map(({ request }) => pathOf(request.url)));
  return filesOf(pack).every((name) => here.has(pathOf(new URL(name, folder))));
}

/** @param {import('../../classifier/engine-packs.js').OpenedPack} opened @param {(loaded: number, total: number) => void} onBytes */
export async function keep({ folder, pack }, onBytes) {
  const total = pack.variants.find(({ name }) => name === pack.default_variant)?.bytes ?? 0;
  await navigator.storage?.persist?.().catch(() => false); // asked for where a person has asked
  for (const name of filesOf(pack)) {
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

/** @param {import('../../classifier/engine-packs.js').OpenedPack} opened */
export async function drop({ folder }) {
  for (const { cache, request } of await keptFiles()) {
    if (pathOf(request.url).startsWith(folder.pathname)) await cache.delete(request);
  }
}
