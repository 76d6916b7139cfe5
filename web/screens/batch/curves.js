/* curves.js: the points of an evaluation's plots: ROC, reliability, risk and
 * coverage. Pure: labelled answers in, columns of numbers out. */

import { errorsAmongSurest } from './decisions.js';
import { reliabilityBins } from './metrics.js';

/** @typedef {import('./metrics.js').Labelled} Labelled */

/** More points than a plot has pixels show nothing more. */
const MOST_POINTS = 400;

/** @param {[number[], number[]]} columns @returns {[number[], number[]]} every nth, the first and the last among them */
function thinned([x, y]) {
  const step = Math.ceil(x.length / MOST_POINTS);
  const keep = (/** @type {number[]} */ column) => column.filter((_, index) => index % step === 0 || index === column.length - 1);
  return [keep(x), keep(y)];
}

/**
 * One class against the rest.
 * @param {readonly Labelled[]} rows @param {number} index of the class
 * @returns {[falsePositives: number[], truePositives: number[]] | null} shares; null: one side is empty
 */
export function rocOf(rows, index) {
  const items = rows.map(({ p, truth }) => ({ score: Number(p[index]), isPositive: truth === index })).sort((a, b) => b.score - a.score);
  const num_positive = items.filter(({ isPositive }) => isPositive).length;
  const num_negative = items.length - num_positive;
  if (num_positive === 0 || num_negative === 0) return null;
  const x = [0];
  const y = [0];
  let [hits, alarms] = [0, 0];
  for (const [at, { score, isPositive }] of items.entries()) {
    if (isPositive) hits++;
    else alarms++;
    if (items[at + 1]?.score === score) continue; // equal scores are taken together: a slanted line
    x.push(alarms / num_negative);
    y.push(hits / num_positive);
  }
  return thinned([x, y]);
}

/** @param {readonly Labelled[]} rows @returns {{x: number[], y: number[], n: number[]}} mean top share of each bin, share right, pictures */
export function reliabilityOf(rows) {
  const bins = reliabilityBins(rows).filter(({ n }) => n > 0);
  return { x: bins.map(({ confidence, n }) => confidence / n), y: bins.map(({ right, n }) => right / n), n: bins.map(({ n }) => n) };
}

/** @param {readonly Labelled[]} rows @returns {[coverage: number[], risk: number[]]} shares */
export function riskCoverageOf(rows) {
  const wrong = errorsAmongSurest(rows);
  return thinned([wrong.map((_, k) => (k + 1) / rows.length), wrong.map((errors, k) => errors / (k + 1))]);
}
