/* remembered.js: whether a pack that was chosen here before is still there: the
 * site may have let it go, the person may have removed it. */

import { engine } from './classifier/engine.js';

/** @param {string} name as lib/used.js has it @returns {Promise<boolean>} false also where it cannot be told */
export async function isGone(name) {
  const id = name.slice(name.indexOf('/') + 1);
  try {
    if (name.startsWith('imported/')) return await (await import('./classifier/engine-imports.js')).importRecord(id) === null;
    return !(await engine.packs.index()).packs.some((one) => one.id === id);
  } catch {
    return false; // no network: it may well be there
  }
}
