/* answer-table.js: an answer as a row of a table for spreadsheets: the columns
 * are the same for one answer and for a batch of them. What may be said of a
 * picture is decision and set (of findings all, of an unsure one what it could
 * be; empty where none was found or, with decision reject, none is told); top
 * and p are the likeliest alone. Pure. */

/** @typedef {import('../answer').Answer} Answer */

/** @param {string[]} ids of the classes, in the pack's order @returns {string[]} */
export const answerColumns = (ids) => ['decision', 'top', 'p', 'set', 'action', ...ids, 'typicality', 'reasons'];

/** @param {Answer} answer @param {string[]} ids @returns {(string | number | null | undefined)[]} */
export function answerRow({ decision, top, set, action, classes, typicality, reasons }, ids) {
  const shares = new Map(classes.map(({ id, p }) => [id, p]));
  return [decision, top?.id, top?.p, set?.join(' '), action, ...ids.map((id) => shares.get(id)), typicality, reasons.map(({ id }) => id).join(' ')];
}
