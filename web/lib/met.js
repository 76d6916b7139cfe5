/* met.js: whether the first steps have been read, or waved away, on this device. */

const REMEMBERED = 'insitu-met';

/** @returns {boolean} */
export function isMet() {
  try {
    return localStorage.getItem(REMEMBERED) !== null;
  } catch {
    return true; // the browser keeps nothing for this page: who would be asked each time is not asked at all
  }
}

export function meet() {
  try {
    localStorage.setItem(REMEMBERED, '1');
  } catch (error) {
    console.info('that the first steps were read is not remembered:', error);
  }
}
