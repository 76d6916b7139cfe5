/* measured.js: which variant is taken of each pack and version: what this
 * device's own measuring chose, so that it is measured once, and before it what
 * the person asked for. Kept as the language is. Written by the measuring, and
 * where somebody chooses one (screens/device/auto.js), alone. */

const REMEMBERED = 'insitu-measured';
const MOST = 20;
/** The name of no pack: that variants may be fetched to be measured was declined (screens/device/offer.js). */
export const OFFER = 'offer';

/** is_default: the pack would take it without measuring. rows: what was measured, by variant. left_out: variants that are not on this device and were not fetched for it. when: as Date.now.
 * @typedef {{key: string, variant: string, is_default: boolean, reason: 'advice_same' | 'advice_unmeasured', when: number, left_out: string[],
 *   rows: {variant: string, median_ms: number, num_runs: number}[]}} MeasuredChoice */
/** By the person. @typedef {{key: string, variant: string, is_default: boolean, reason: 'asked', rows: []}} AskedChoice */

/** @param {string} name as lib/used.js has it @param {string} version of the pack */
export const measuredKey = (name, version) => `${name} ${version}`;

/** @returns {(MeasuredChoice | AskedChoice)[]} */
function all() {
  try {
    const found = JSON.parse(localStorage.getItem(REMEMBERED) ?? '[]');
    return Array.isArray(found) ? found.filter((one) => typeof one?.key === 'string' && typeof one.variant === 'string' && Array.isArray(one.rows)) : [];
  } catch {
    return []; // the browser keeps nothing for this page, or somebody else's words are there
  }
}

/** @param {MeasuredChoice | AskedChoice} choice @returns {choice is AskedChoice} */
const isAsked = (choice) => choice.reason === 'asked';

/** @param {MeasuredChoice | AskedChoice} choice @returns {choice is MeasuredChoice} */
const isMeasured = (choice) => !isAsked(choice);

/** @param {string} key @returns {MeasuredChoice | null} */
export const measuredChoice = (key) => all().filter(isMeasured).find((one) => one.key === key) ?? null;

/** @param {string} key @returns {AskedChoice | null} */
export const askedChoice = (key) => all().filter(isAsked).find((one) => one.key === key) ?? null;

/** What the person asked for goes before what was measured. @param {string} key */
export const takenChoice = (key) => askedChoice(key) ?? measuredChoice(key);

/** @param {(choice: MeasuredChoice | AskedChoice) => boolean} is_kept @param {(MeasuredChoice | AskedChoice)[]} added */
function keep(is_kept, ...added) {
  try {
    const kept = [...added, ...all().filter(is_kept)];
    localStorage.setItem(REMEMBERED, JSON.stringify([...kept.filter(({ key }) => key === OFFER), ...kept.filter(({ key }) => key !== OFFER).slice(0, MOST)]));
  } catch (error) {
    console.info('which variant is taken is not remembered:', error); // it holds until the page is left
  }
}

/** @param {MeasuredChoice | AskedChoice} choice */
export const rememberChoice = (choice) => keep((one) => one.key !== choice.key || isAsked(one) !== isAsked(choice), choice);

/** So that it is measured anew. @param {string} key */
export const forgetChoice = (key) => keep((one) => one.key !== key || isAsked(one));

/** So that this device decides. @param {string} key */
export const forgetAsked = (key) => keep((one) => one.key !== key || !isAsked(one));

/** Of all versions of a pack that is no longer here. @param {string} name */
export const forgetChoices = (name) => keep(({ key }) => !key.startsWith(`${name} `));
