/* sw.js: the service worker's events. A new version waits until the page says
 * that the person wants it ({type: 'activate'}); other open pages are then told
 * that there is a new version (sw/page.js). What is kept: sw/what.js; how: sw/how.js. */

import { clear, fetchPackFile, isolated, keep, keepUsed, kept, replace, tellFull } from './sw/how.js';
import { hasRelaxedSimd } from './shared/relaxed-simd.js';
import { giveShared, isSharing, takeShared } from './sw/shared.js';
import { entryFor, filesToKeep, indexFiles, isPackFile } from './sw/what.js';

/** The build puts the list of files here. @type {import('./sw/what.js').Manifest} */
const MANIFEST = __PRECACHE__;

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const { scope } = worker.registration;
const files = filesToKeep(MANIFEST.files, hasRelaxedSimd());
const entries = indexFiles(files, scope);
const used_entries = indexFiles(MANIFEST.on_use, scope);

worker.addEventListener('install', (event) => {
  event.waitUntil(keep(files, scope).catch(async (error) => {
    await tellFull(error);
    throw error;
  }));
});

worker.addEventListener('activate', (event) => {
  event.waitUntil((async () => {
    await clear([...files, ...MANIFEST.on_use], scope);
    await worker.clients.claim();
  })());
});

worker.addEventListener('message', (event) => {
  if (event.data?.type === 'activate') event.waitUntil(worker.skipWaiting());
  if (event.data?.type === 'shared') event.ports[0]?.postMessage(giveShared());
  if (event.data?.type === 'version') event.ports[0]?.postMessage(MANIFEST.version);
});

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method === 'POST' && isSharing(request.url, scope)) {
    event.respondWith(takeShared(request, scope, (work) => event.waitUntil(work)));
    return;
  }
  if (request.method !== 'GET' || !request.url.startsWith(scope)) return;
  const entry = entryFor(request.url, scope, entries);
  const used = entryFor(request.url, scope, used_entries);
  // The page asks past its copies for a pack's file that has another digest.
  const is_refused = request.cache === 'reload' && isPackFile(request.url, scope);
  if (entry) {
    event.respondWith((async () => {
      if (is_refused) return replace(entry, scope, request);
      const response = (await kept(entry, scope)) ?? (await fetch(request));
      // An isolated document may only start workers that are isolated too.
      const is_context = request.mode === 'navigate' || request.destination === 'worker';
      return is_context ? isolated(response, /(^|\/)embed\.html$/.test(entry.url)) : response;
    })());
  } else if (used) {
    event.respondWith((async () => {
      if (is_refused) return replace(used, scope, request);
      return (await kept(used, scope)) ?? keepUsed(used, scope, request, (work) => event.waitUntil(work));
    })());
  } else if (isPackFile(request.url, scope)) {
    event.respondWith(fetchPackFile(request, scope));
  }
});
