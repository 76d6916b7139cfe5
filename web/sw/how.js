/* how.js: keeps files, answers from them, and clears what is no longer named.
 * Owns the two caches; knows no events. */

import { POLICY } from '../shared/policy.js';
import { cacheNameOf, keyOf } from './what.js';

/** @typedef {import('./what.js').Entry} Entry */

/**
 * Fetches each file that is not kept yet. Throws when one cannot be had, or is
 * not the one that the list names (a host in the middle of an update): the new
 * version is then not installed, and the old one goes on.
 * @param {Entry[]} files @param {string} scope
 */
export async function keep(files, scope) {
  await Promise.all(files.map(async (file) => {
    const cache = await caches.open(cacheNameOf(file.url, scope));
    const key = keyOf(file, scope);
    if (await cache.match(key)) return;
    // Past the HTTP cache, which may still hold the version before.
    const response = await fetch(new URL(file.url, scope), { cache: 'no-cache' });
    if (!response.ok) throw new Error(`${file.url}: the server answered ${response.status}`);
    const whole = await withoutRedirect(response);
    const revision = await revisionOf(whole.clone());
    if (revision !== file.revision) throw new Error(`${file.url}: the server sent ${revision}, the list names ${file.revision}`);
    await cache.put(key, whole);
  }));
}

/** @param {Response} response @returns {Promise<string>} as the build names a file's bytes: half of their SHA-256 */
async function revisionOf(response) {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await response.arrayBuffer()));
  return Array.from(digest.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Keeps a copy where there is room for one. @param {string} name of the cache
 *  @param {string | Request} key @param {Response} response */
async function keepIfRoom(name, key, response) {
  try {
    await (await caches.open(name)).put(key, response);
  } catch (error) {
    console.warn('a copy could not be kept:', error); // a full disk: the answer itself stands
    await tellFull(error);
  }
}

/** Where there was no more room, the pages are told: browsers no longer say how much there is. @param {unknown} error of keeping */
export async function tellFull(error) {
  const { clients } = /** @type {Partial<ServiceWorkerGlobalScope>} */ (/** @type {unknown} */ (globalThis));
  if (/** @type {{name?: unknown}} */ (error)?.name !== 'QuotaExceededError' || !clients) return;
  for (const page of await clients.matchAll({ includeUncontrolled: true })) page.postMessage({ type: 'full' });
}

/** A redirected response may not answer a navigation. @param {Response} response */
async function withoutRedirect(response) {
  if (!response.redirected) return response;
  return new Response(await response.blob(), { headers: response.headers });
}

/** @param {Entry} entry @param {string} scope @returns {Promise<Response | undefined>} */
export async function kept(entry, scope) {
  return (await caches.open(cacheNameOf(entry.url, scope))).match(keyOf(entry, scope));
}

/** Fetches a kept file anew and keeps that one. @param {Entry} entry @param {string} scope @param {Request} request */
export async function replace(entry, scope, request) {
  const response = await fetch(request);
  if (response.ok) {
    await keepIfRoom(cacheNameOf(entry.url, scope), keyOf(entry, scope), await withoutRedirect(response.clone()));
  }
  return response;
}

/**
 * Fetches a file of the list that is kept only once it is used, and keeps it
 * if it is the one that the list names, after it has been handed on.
 * @param {Entry} entry @param {string} scope @param {Request} request
 * @param {(work: Promise<void>) => void} waitUntil @returns {Promise<Response>}
 */
export async function keepUsed(entry, scope, request, waitUntil) {
  const response = await fetch(request);
  if (response.ok) {
    const copy = response.clone();
    waitUntil((async () => {
      const whole = await withoutRedirect(copy);
      if (await revisionOf(whole.clone()) === entry.revision) await keepIfRoom(cacheNameOf(entry.url, scope), keyOf(entry, scope), whole);
    })());
  }
  return response;
}

/** So many files of packs that no list names are kept, those used last. */
const MOST_UNLISTED = 16;

/** Drops what no file of the lists owns. @param {Entry[]} files of both lists @param {string} scope */
export async function clear(files, scope) {
  const owned = new Set(files.map((file) => keyOf(file, scope)));
  const listed = new Set(files.map(({ url }) => new URL(url, scope).href));
  for (const name of [cacheNameOf('', scope), cacheNameOf('models/', scope)]) {
    const cache = await caches.open(name);
    for (const { url } of await cache.keys()) {
      // Pack files without a revision are of no list: the list's own have been kept with one since.
      const is_owned = new URL(url).searchParams.has('revision') ? owned.has(url) : !listed.has(url);
      if (!is_owned) await cache.delete(url);
    }
  }
  await trim(scope);
}

/** @param {string} scope */
async function trim(scope) {
  const cache = await caches.open(cacheNameOf('models/', scope));
  // A cache gives its keys in the order in which they were put, and what is used is put again.
  const unlisted = (await cache.keys()).filter(({ url }) => !new URL(url).searchParams.has('revision'));
  for (const { url } of unlisted.slice(0, -MOST_UNLISTED)) await cache.delete(url);
}

/**
 * A pack's file that is in no list: from the network, and kept for the next
 * time without one. Its digest is checked where it is used.
 * @param {Request} request @param {string} scope @returns {Promise<Response>}
 */
export async function fetchPackFile(request, scope) {
  const name = cacheNameOf(request.url, scope);
  let response;
  try {
    response = await fetch(request);
  } catch (error) {
    const before = await (await caches.open(name)).match(request);
    if (before) return before;
    throw error;
  }
  if (response.ok) {
    await keepIfRoom(name, request, response.clone());
    await trim(scope);
  }
  return response;
}

/**
 * Lets the page use threads, and binds its worker, on hosts that cannot send
 * headers. Frames on other sites are left as they are: embed.html must not be
 * isolated.
 * @param {Response} response @param {boolean} is_embed
 */
export function isolated(response, is_embed) {
  if (is_embed) return response;
  const headers = new Headers(response.headers);
  if (!headers.has('content-security-policy')) headers.set('Content-Security-Policy', POLICY);
  if (!headers.has('cross-origin-embedder-policy')) {
    headers.set('Cross-Origin-Opener-Policy', 'same-origin');
    headers.set('Cross-Origin-Embedder-Policy', 'require-corp');
  }
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}
