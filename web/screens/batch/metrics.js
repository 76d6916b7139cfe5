/* metrics.js: accuracy, recall, AUC and calibration error of answers on
 * labelled pictures, by the same definitions as the command (src/cli/metrics.c):
 * a test holds the two together. Pure. null where a figure is not defined. */

/** What evaluation takes of one answer. p: in the pack's order. set: null where none was given. reached: by group.
 * @typedef {{truth: number, p: readonly number[], decision: 'answer' | 'unsure' | 'reject', reasons: readonly string[],
 *   set: readonly number[] | null, reached: readonly boolean[], limits: readonly (number | null)[], taken_with: string | null,
 *   prior: string | null}} Labelled limits: by group, none where it was rejected */
/** n: pictures whose true class it is. @typedef {{n: number, recall: number | null, precision: number | null, auc: number | null}} ClassFigures */
/** confusion: [true][named].
 * @typedef {{accuracy: number, balanced_accuracy: number, macro_auc: number | null, ece: number,
 *   per_class: ClassFigures[], confusion: number[][]}} Figures */

export const ECE_BINS = 15;

/** @param {readonly number[]} p @returns {number} the first of the largest */
export function topOf(p) {
  let top = 0;
  for (let i = 1; i < p.length; i++) if (Number(p[i]) > Number(p[top])) top = i;
  return top;
}

/** @param {Labelled} row */
export const topShare = (row) => Number(row.p[topOf(row.p)]);
/** @param {Labelled} row @returns {boolean} the likeliest class is not the true one, whatever was decided */
export const isWrong = (row) => topOf(row.p) !== row.truth;

/** @param {readonly (number | null)[]} values @returns {number | null} of those that are defined */
function mean(values) {
  const defined = values.filter((value) => value !== null);
  return defined.length ? defined.reduce((sum, value) => sum + value, 0) / defined.length : null;
}

/**
 * Mann-Whitney: the positives' ranks, tied scores sharing their mean rank.
 * @param {readonly {score: number, isPositive: boolean}[]} items
 */
export function areaUnderCurve(items) {
  const sorted = items.toSorted((a, b) => a.score - b.score);
  let rank_sum = 0;
  let positives = 0;
  for (let i = 0, end = 0; i < sorted.length; i = end) {
    for (end = i + 1; end < sorted.length && sorted[end]?.score === sorted[i]?.score;) end++;
    const midrank = (i + 1 + end) / 2;
    for (let j = i; j < end; j++) {
      if (!sorted[j]?.isPositive) continue;
      rank_sum += midrank;
      positives++;
    }
  }
  const negatives = sorted.length - positives;
  return positives && negatives ? (rank_sum - (positives * (positives + 1)) / 2) / (positives * negatives) : null;
}

/** Pictures by their top probability, in bins of equal width: the reliability diagram.
 *  @param {readonly Labelled[]} rows @returns {{n: number, confidence: number, right: number}[]} sums of each bin */
export function reliabilityBins(rows) {
  const bins = Array.from({ length: ECE_BINS }, () => ({ n: 0, confidence: 0, right: 0 }));
  for (const row of rows) {
    const p = topShare(row);
    const bin = bins[Math.min(Math.floor(p * ECE_BINS), ECE_BINS - 1)];
    if (!bin) continue;
    bin.n++;
    bin.confidence += p;
    bin.right += Number(!isWrong(row));
  }
  return bins;
}

/** @param {readonly Labelled[]} rows at least one @param {number} num_classes @returns {Figures} */
export function figuresOf(rows, num_classes) {
  const classes = Array.from({ length: num_classes }, (_, index) => index);
  const confusion = classes.map(() => classes.map(() => 0));
  for (const row of rows) {
    const line = confusion[row.truth];
    if (line) line[topOf(row.p)] = Number(line[topOf(row.p)]) + 1;
  }
  const at = (/** @type {number} */ truth, /** @type {number} */ named) => Number(confusion[truth]?.[named]);
  const sum = (/** @type {(other: number) => number} */ count) => classes.reduce((total, other) => total + count(other), 0);
  const per_class = classes.map((c) => {
    const n = sum((other) => at(c, other));
    const named = sum((other) => at(other, c));
    const auc = areaUnderCurve(rows.map((row) => ({ score: Number(row.p[c]), isPositive: row.truth === c })));
    return { n, recall: n ? at(c, c) / n : null, precision: named ? at(c, c) / named : null, auc };
  });
  return {
    accuracy: sum((c) => at(c, c)) / rows.length,
    balanced_accuracy: Number(mean(per_class.map(({ recall }) => recall))),
    macro_auc: mean(per_class.map(({ auc }) => auc)),
    ece: reliabilityBins(rows).reduce((total, { right, confidence }) => total + Math.abs(right - confidence), 0) / rows.length,
    per_class,
    confusion,
  };
}
