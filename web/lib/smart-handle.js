/* smart-handle.js: whether the frame's address asks for SMART Web Messaging,
 * and with which handle. Pure. */

/** The handle is base64 by the standard's words; systems send other signs too. */
const HANDLE = /^[\x21-\x7e]{1,2048}$/;
const NAME = 'smart_web_messaging_handle';

/**
 * From the address's fragment, which no server is told, or else its query.
 * @param {string} search @param {string} hash
 * @returns {{handle: string} | {problem: 'embed_bad_handle'} | null} null: it is not asked for
 */
export function handleOf(search, hash) {
  const handle = new URLSearchParams(hash.slice(1)).get(NAME) ?? new URLSearchParams(search).get(NAME);
  if (handle === null) return null;
  return HANDLE.test(handle) ? { handle } : { problem: 'embed_bad_handle' };
}
