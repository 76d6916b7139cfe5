/* client-imported.js: the files of packs and models that the person brought
 * from files of their own: in a cache of this device, under addresses below
 * imported/ that no server is ever asked for. Owns the cache's name and its
 * keys; what may lie there is engine-imports.js's affair. */

import { siteFile } from '../shared/site.js';
import { InsituError } from './protocol.js';

const FOLDER = 'imported/';

/** @returns {URL} of the folder that holds them all */
export const importedRoot = () => siteFile(FOLDER);

/** @param {URL} url @returns {boolean} */
export const isImported = (url) => url.href.startsWith(importedRoot().href);

/** One for each copy of the site, as caches are shared by a whole origin. @returns {Promise<Cache>} */
export async function importedCache() {
  if (!globalThis.caches) {
    // Every browser has it, but none gives it to a page that came unencrypted from another machine.
    if (!globalThis.isSecureContext) throw new InsituError('unsupported', 'a page keeps files on this device only where its address begins with https (or is of this machine)');
    throw new InsituError('unsupported', 'this browser keeps no files for this page', { lacks: 'Cache API' });
  }
  return caches.open(`insitu-imported ${siteFile('').href}`);
}

/** @param {URL} url below imported/ @returns {Promise<Response>} */
export async function importedFile(url) {
  const found = await (await importedCache()).match(url.href);
  if (!found) throw new InsituError('io', `${url.pathname} is not on this device: it was removed, or brought on another one`);
  return found;
}
