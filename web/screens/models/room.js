/* room.js: how much this browser still has for the page, whether a pack fits
 * into that, and what could go to make room. Browsers round these figures, some
 * give one that is always large, so what is too little here is said, not refused. */

/** @typedef {import('./entries.js').Entry} Entry */

/** Of what a file takes, for what its keeping takes beside it. */
const OVERHEAD = 1.05;

/** @returns {Promise<{used: number, free: number} | null>} in bytes; null: the browser does not say */
export async function storageLeft() {
  const { quota, usage } = await navigator.storage?.estimate?.().catch(() => null) ?? /** @type {StorageEstimate} */ ({});
  return quota === undefined || usage === undefined ? null : { used: usage, free: Math.max(0, quota - usage) };
}

/** @param {number} bytes @param {{free: number} | null} storage @returns {boolean} */
export const isTooLittle = (bytes, storage) => storage !== null && storage.free < bytes * OVERHEAD;

/** May be taken away again. @param {Entry} entry @returns {boolean} */
export const isRemovable = ({ imported, is_kept, is_first }) => imported !== null || (is_kept && !is_first);

/** Those that a person may do without, the largest first. @param {Entry[]} entries @returns {Entry[]} */
export const removable = (entries) => entries.filter((entry) => isRemovable(entry) && !entry.is_used).sort((a, b) => b.bytes - a.bytes);

/** @param {unknown} error @returns {boolean} */
export const isOfRoom = (error) => /** @type {{name?: unknown}} */ (error)?.name === 'QuotaExceededError';
