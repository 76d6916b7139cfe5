/* nameless.js: an answer as it leaves the page for others: the name of the
 * person's file stays here, as it may say whose picture it is. Pure. */

/** What stands for the name. */
export const NAME = 'photo';

/** @template {{file: string}} R @param {R} result @returns {R} */
export const nameless = (result) => ({ ...result, file: NAME });

/** @param {string} ending @returns {string} of a file to save or to hand on */
export const handedName = (ending) => `${NAME}.insitu.${ending}`;
