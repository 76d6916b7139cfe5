/* what.js: which files are kept for offline use, and under which key. Pure.
 * The build writes the list: every file with the hash of its bytes, so that a
 * file is fetched again only when it has changed. */

/** @typedef {{url: string, revision: string}} Entry url: relative to the scope */
/** files: kept at once; on_use: of packs, kept when they have been asked for.
 * @typedef {{version: string, files: Entry[], on_use: Entry[]}} Manifest */

/**
 * Leaves out the builds of the infer module that this browser never asks for.
 * @param {Entry[]} files @param {boolean} is_relaxed
 * @returns {Entry[]}
 */
export function filesToKeep(files, is_relaxed) {
  const other = is_relaxed ? /(^|\/)infer-simd(-mt)?\.\w+$/ : /(^|\/)infer-relaxed(-mt)?\.\w+$/;
  return files.filter(({ url }) => !other.test(url));
}

/** @param {string} url relative to the scope, or in it @param {string} scope @returns {boolean} */
export function isPackFile(url, scope) {
  return (url.startsWith(scope) ? url.slice(scope.length) : url).startsWith('models/');
}

/** Packs change apart from the page, so they have a cache of their own; and so
 *  has each copy of the site, as caches are shared by a whole origin.
 *  @param {string} url @param {string} scope @returns {string} */
export function cacheNameOf(url, scope) {
  return `insitu-${isPackFile(url, scope) ? 'packs' : 'page'} ${scope}`;
}

/** @param {Entry} entry @param {string} scope @returns {string} the key in the cache */
export function keyOf({ url, revision }, scope) {
  const key = new URL(url, scope);
  key.searchParams.set('revision', revision);
  return key.href;
}

/**
 * The entry that answers a request; a folder is answered by its index.html.
 * @param {string} address of the request @param {string} scope @param {Map<string, Entry>} entries by absolute address
 * @returns {Entry | undefined}
 */
export function entryFor(address, scope, entries) {
  const url = new URL(address);
  url.search = '';
  url.hash = '';
  if (!url.href.startsWith(scope)) return undefined;
  return entries.get(url.href) ?? (url.pathname.endsWith('/') ? entries.get(new URL('index.html', url).href) : undefined);
}

/** @param {Entry[]} files @param {string} scope */
export function indexFiles(files, scope) {
  return new Map(files.map((file) => [new URL(file.url, scope).href, file]));
}
