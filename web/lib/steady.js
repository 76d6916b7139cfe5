/* steady.js: a live reading that holds still. Over the last second it is the
 * decision that came most often, and of the answers that were decided so the
 * mean of each class's probability. The name shown changes only once another
 * leads by a margin. It decides nothing: each picture's record does. Pure:
 * records and times in, a record of the same shape out. */

/** @typedef {import('../classifier/protocol.js').Result} Result */
/** decision: as of a record. classes: by falling p, of a reject none. set: what most of the records name. share: of the
 * records that were decided so.
 * @typedef {{decision: Result['decision'], classes: {id: string, p: number}[], set: string[], reasons: string[],
 *   action: NonNullable<Result['action']> | null, share: number, isShaken: boolean}} Reading
 * isShaken: the newest picture is much less sharp than another of the second */

/** What is older does not count: as long as a hand takes to come to rest. */
const WINDOW_MS = 1000;
/** So much more likely must another class be than the one that is shown. */
const MARGIN_P = 0.05;
/** A hand that moves takes more than this share of a picture's sharpness away; a scene that changes seldom does. */
const SHAKEN = 0.5;
const URGENCY = /** @type {const} */ (['watch', 'show', 'soon']);

/** The values that at least half of the lists have, most frequent first. @param {string[][]} lists */
function inMost(lists) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const value of lists.flat()) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].filter(([, count]) => count * 2 >= lists.length).sort(([, a], [, b]) => b - a).map(([value]) => value);
}

export class Steady {
  constructor() {
    /** @private @type {{result: Result, now_ms: number, hints: string[]}[]} oldest first */ this.kept = [];
    /** @private @type {string | null} */ this.shown_id = null;
  }

  /** Begins anew: another camera, or a pause. */
  clear() {
    this.kept = [];
    this.shown_id = null;
  }

  /** @param {Result} result of the newest picture @param {number} now_ms @param {string[]} [hints] what else was seen in it, among its reasons
   *  @returns {Reading} */
  add(result, now_ms, hints = []) {
    // Probabilities under two priors have no mean: where the device is taken for another one, it begins anew.
    const fits = this.kept.filter((one) => now_ms - one.now_ms < WINDOW_MS && one.result.model.prior === result.model.prior);
    this.kept = [...fits, { result, now_ms, hints }];
    const results = this.kept.map((one) => one.result);
    const decision = mostFrequent(results.map((one) => one.decision));
    const alike = this.kept.filter(({ result: one }) => one.decision === decision);
    const same = alike.map((one) => one.result);
    const classes = decision === 'reject' ? [] : this.means(same);
    const actions = same.flatMap(({ action }) => (action ? [action] : []));
    return {
      decision,
      classes,
      set: decision === 'unsure' ? inMost(same.map(({ set }) => set ?? [])) : [],
      // What the picture is not judged for goes before what was seen beside it.
      reasons: [...inMost(same.map((one) => one.reasons.map(({ id }) => id))), ...inMost(alike.map((one) => one.hints))],
      // Of two that come equally often the more urgent one.
      action: actions.length > 0 ? mostFrequent(actions.sort((a, b) => URGENCY.indexOf(a) - URGENCY.indexOf(b))) : null,
      share: same.length / results.length,
      isShaken: (result.quality?.sharpness ?? 0) < SHAKEN * Math.max(...results.map(({ quality }) => quality?.sharpness ?? 0)),
    };
  }

  /** @param {Result[]} results @returns {{id: string, p: number}[]} @private */
  means(results) {
    /** @type {Map<string, number>} */
    const sums = new Map();
    for (const { classes } of results) for (const { id, p } of classes) sums.set(id, (sums.get(id) ?? 0) + p / results.length);
    const classes = [...sums].map(([id, p]) => ({ id, p })).sort((a, b) => b.p - a.p);
    const shown = classes.find(({ id }) => id === this.shown_id);
    const [first] = classes;
    if (shown && first && first.p - shown.p < MARGIN_P) return [shown, ...classes.filter((one) => one !== shown)];
    this.shown_id = first?.id ?? null;
    return classes;
  }
}

/** @template T @param {T[]} values not empty @returns {T} of equals the one that came last */
function mostFrequent(values) {
  /** @type {Map<T, number>} */
  const counts = new Map();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const most = Math.max(...counts.values());
  return /** @type {T} */ (values.findLast((value) => counts.get(value) === most));
}
