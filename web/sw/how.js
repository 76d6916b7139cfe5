/* how.js: keeps files, answers from them, and clears what is no longer named.
 * Owns the two caches; knows no events. */

import { cacheNameOf, keyOf } from './what.js';

/** @typedef {import('./what.js').Entry} Entry */

/**
 * Fetches each file that is not kept yet. Throws when one cannot be had: the
 * new version is then not installed, and the old one goes on.
 * @param {Entry[]} files @param {string} scope
 */
export async function keep(files, scope) {
  await Promise.all(files.map(async (file) => {
    const cache = await caches.open(cacheNameOf(file.url));
    const key = keyOf(file, scope);
    if (await cache.match(key)) return;
    // Past the HTTP cache, which may still hold the version before.
    const response = await fetch(new URL(file.url, scope), { cache: 'no-cache' });
    if (!response.ok) throw new Error(`${file.url}: the server answered ${response.status}`);
    await cache.put(key, await withoutRedirect(response));
  }));
}

/** A redirected response may not answer a navigation. @param {Response} response */
async function withoutRedirect(response) {
  if (!response.redirected) return response;
  return new Response(await response.blob(), { headers: response.headers });
}

/** @param {Entry} entry @param {string} scope @returns {Promise<Response | undefined>} */
export async function kept(entry, scope) {
  return (await caches.open(cacheNameOf(entry.url))).match(keyOf(entry, scope));
}

/** Fetches a kept file anew and keeps that one. @param {Entry} entry @param {string} scope @param {Request} request */
export async function replace(entry, scope, request) {
  const response = await fetch(request);
  if (response.ok) {
    const cache = await caches.open(cacheNameOf(entry.url));
    await cache.put(keyOf(entry, scope), await withoutRedirect(response.clone()));
  }
  return response;
}

/** Drops what no file of the list owns. @param {Entry[]} files @param {string} scope */
export async function clear(files, scope) {
  const owned = new Set(files.map((file) => keyOf(file, scope)));
  for (const name of ['insitu-page', 'insitu-packs']) {
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
 * @param {Request} request @returns {Promise<Response>}
 */
export async function fetchPackFile(request) {
  const cache = await caches.open('insitu-packs');
  try {
    const response = await fetch(request);
    if (response.ok) await cache.put(request, response.clone());
    return response;
  } catch (error) {
    const before = await cache.match(request);
    if (before) return before;
    throw error;
  }
}

/**
 * Lets the page use threads on hosts that cannot send these headers. Frames on
 * other sites are left as they are: embed.html must not be isolated.
 * @param {Response} response @param {boolean} is_embed
 */
export function isolated(response, is_embed) {
  if (is_embed || response.headers.has('cross-origin-embedder-policy')) return response;
  const headers = new Headers(response.headers);
  headers.set('Cross-Origin-Opener-Policy', 'same-origin');
  headers.set('Cross-Origin-Embedder-Policy', 'require-corp');
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}
