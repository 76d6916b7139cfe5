/* how.js: keeps files, answers from them, and clears what is no longer named.
 * Owns the two caches; knows no events. */

import { cacheNameOf, keyOf, POLICY } from './what.js';

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
  }
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

/** Drops what no file of the list owns. @param {Entry[]} files @param {string} scope */
export async function clear(files, scope) {
  const owned = new Set(files.map((file) => keyOf(file, scope)));
  for (const name of [cacheNameOf('', scope), cacheNameOf('models/', scope)]) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      // Pack files without a revision were kept as they were used: they stay.
      const has_revision = new URL(request.url).searchParams.has('revision');
      if (has_revision && !owned.has(request.url)) await cache.delete(request);
    }
  }
}

/**
 * A pack's file that is not in the list: from the network, and kept for the
 * next time without one. Its digest is checked where it is used.
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
  if (response.ok) await keepIfRoom(name, request, response.clone());
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
