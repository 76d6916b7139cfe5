/* shared.js: a picture that another program hands to the installed page (the
 * manifest's share_target): the browser posts it to the page's own address, and
 * here it ends. It is held in memory for the page that opens next, a minute at
 * most; nothing is stored, and no server sees it. */

/** So long somebody may come for it. */
const HOLD_MS = 60_000;

/** @type {File[]} */
let held = [];
/** @type {(() => void) | null} lets the service worker rest */
let letGo = null;

/** @param {string} address @param {string} scope @returns {boolean} */
export const isSharing = (address, scope) => new URL(address).pathname === new URL(scope).pathname && new URL(address).searchParams.has('share');

/**
 * Whether a site has sent it: a form of any site can be sent to the page's address. The system's own sharing comes from none.
 * A site can hide its origin ("null", as the system's), so the page looks at where it runs as well (arrivals.js).
 * @param {Pick<Request, 'headers' | 'referrer'>} request @param {string} scope @returns {boolean}
 */
export function isOfSite({ headers, referrer }, scope) {
  const isOther = (/** @type {string | null} */ address) => /^https?:/.test(address ?? '') && new URL(String(address)).origin !== new URL(scope).origin;
  return /^(cross|same)-site$/.test(headers.get('sec-fetch-site') ?? '') || isOther(headers.get('origin')) || isOther(referrer);
}

/** What a site sends is not looked at. @param {Request} request @param {string} scope @param {(work: Promise<void>) => void} waitUntil @returns {Promise<Response>} */
export async function takeShared(request, scope, waitUntil) {
  if (isOfSite(request, scope)) return Response.redirect(scope, 303);
  const form = await request.formData();
  held = form.getAll('file').filter((value) => value instanceof File);
  letGo?.();
  waitUntil(new Promise((resolve) => {
    const timer = setTimeout(() => {
      held = [];
      resolve();
    }, HOLD_MS);
    letGo = () => {
      clearTimeout(timer);
      resolve();
    };
  }));
  return Response.redirect(new URL('./?shared', scope).href, 303);
}

/** Whoever asks first gets them. @returns {File[]} */
export function giveShared() {
  const files = held;
  held = [];
  letGo?.();
  letGo = null;
  return files;
}
