/* measured.js: what this device's own measuring chose for each pack: kept as
 * the language is, so that it is measured once. Written by the measuring alone. */

const REMEMBERED = 'insitu-measured';
const MOST = 20;

/** is_default: the pack would take it without measuring. rows: what was measured, by variant. left_out: variants that are not on this device and were not fetched for it. when: as Date.now.
 * @typedef {{key: string, variant: string, is_default: boolean, reason: 'advice_same' | 'advice_unmeasured', when: number, left_out: string[],
 *   rows: {variant: string, median_ms: number, num_runs: number}[]}} MeasuredChoice */

/** @param {string} name as lib/used.js has it @param {string} version of the pack */
export const measuredKey = (name, version) => `${name} ${version}`;

/** @returns {MeasuredChoice[]} */
function all() {
  try {
    const found = JSON.parse(localStorage.getItem(REMEMBERED) ?? '[]');
    return Array.isArray(found) ? found.filter((one) => typeof one?.key === 'string' && typeof one.variant === 'string' && Array.isArray(one.rows)) : [];
  } catch {
    return []; // the browser keeps nothing for this page, or somebody else's words are there
  }
}

/** @param {string} key @returns {MeasuredChoice | null} */
export const measuredChoice = (key) => all().find((one) => one.key === key) ?? null;

/** @param {MeasuredChoice} choice */
export function rememberChoice(choice) {
  try {
    localStorage.setItem(REMEMBERED, JSON.stringify([choice, ...all().filter(({ key }) => key !== choice.key)].slice(0, MOST)));
  } catch (error) {
    console.info('what was measured is not remembered:', error); // it holds until the page is left
  }
}

/** @param {(key: string) => boolean} is_kept */
function keep(is_kept) {
  try {
    localStorage.setItem(REMEMBERED, JSON.stringify(all().filter(({ key }) => is_kept(key))));
  } catch (error) {
    console.info('what was measured could not be forgotten:', error);
  }
}

/** So that it is measured anew. @param {string} key */
export const forgetChoice = (key) => keep((one) => one !== key);

/** Of all versions of a pack that is no longer here. @param {string} name */
export const forgetChoices = (name) => keep((one) => !one.startsWith(`${name} `));
