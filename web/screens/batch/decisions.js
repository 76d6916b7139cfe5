/* decisions.js: figures of what was decided: how often pictures are answered
 * and how well, sets, what error is left when the least certain are put aside,
 * groups at their limits; by the definitions of the command
 * (src/cli/decisions.c, evaluate_decisions.c). Pure. */

import { areaUnderCurve, isWrong, topShare } from './metrics.js';

/** @typedef {import('./metrics.js').Labelled} Labelled */
/** limit: null where the pack names none. @typedef {{id: string, label: string, classes: number[], limit: number | null}} Group */

const KINDS = /** @type {const} */ (['answer', 'unsure', 'reject']);
/** Shares of the pictures that are kept, the most certain first. */
const COVERAGES = [1, 0.9, 0.8, 0.75, 0.7, 0.5];
/** INSITU_REASON_LIST's order (src/insitu.h). */
const REASONS = ['not-this-kind', 'taken-with', 'too-blurred', 'too-dark', 'too-bright', 'glare', 'low-contrast', 'too-small',
  'uniform', 'drawn', 'several-classes', 'not-sure'];

/** @param {number} part @param {number} whole @returns {number | null} */
const share = (part, whole) => (whole > 0 ? part / whole : null);

/** @param {readonly Labelled[]} some @param {number} all */
function countOf(some, all) {
  const wrong = some.filter(isWrong).length;
  return { n: some.length, share: share(some.length, all), wrong, error: share(wrong, some.length) };
}

/** @param {readonly Labelled[]} rows those that have a set */
function setFigures(rows) {
  const holding = rows.filter(({ set, truth }) => set?.includes(truth)).length;
  return {
    n: rows.length, coverage: share(holding, rows.length),
    mean_size: share(rows.reduce((sum, { set }) => sum + Number(set?.length), 0), rows.length),
  };
}

/**
 * Risk and coverage (El-Yaniv & Wiener 2010): expected errors among the k + 1 most certain, ties in any order.
 * @param {readonly Labelled[]} rows @returns {number[]}
 */
export function errorsAmongSurest(rows) {
  const ranked = rows.map((row) => ({ certainty: topShare(row), wrong: Number(isWrong(row)) })).sort((a, b) => b.certainty - a.certainty);
  /** @type {number[]} */
  const wrong = [];
  let before = 0;
  for (let i = 0, end = 0; i < ranked.length; i = end) {
    let in_tie = 0;
    for (end = i; end < ranked.length && ranked[end]?.certainty === ranked[i]?.certainty; end++) in_tie += Number(ranked[end]?.wrong);
    for (let k = i; k < end; k++) wrong.push(before + (in_tie * (k + 1 - i)) / (end - i));
    before += in_tie;
  }
  return wrong;
}

/** @param {readonly Labelled[]} rows */
function selectiveFigures(rows) {
  const wrong = errorsAmongSurest(rows);
  const n = rows.length;
  return {
    error_at: COVERAGES.map((coverage) => {
      const kept = Math.max(1, Math.ceil(coverage * n - 1e-9)); // 0.7 of 10 are 7
      return { coverage, error: Number(wrong[kept - 1]) / kept };
    }),
    area: wrong.reduce((sum, errors, k) => sum + errors / (k + 1), 0) / n,
  };
}

/** @param {readonly Labelled[]} rows @param {Group} group @param {number} index of the group in each answer */
function groupFigures(rows, { id, label, classes, limit }, index) {
  const is_member = (/** @type {Labelled} */ row) => classes.includes(row.truth);
  const judged = rows.filter(({ decision }) => decision !== 'reject');
  const rejected = rows.filter(({ decision }) => decision === 'reject');
  const members = judged.filter(is_member);
  const others = judged.filter((row) => !is_member(row));
  const reached = (/** @type {Labelled[]} */ some) => some.filter((row) => row.reached[index]).length;
  const num_rejected = rejected.filter(is_member).length;
  return {
    id, label, limit, n: members.length, others: others.length,
    sensitivity: limit === null ? null : share(reached(members), members.length),
    specificity: limit === null ? null : share(others.length - reached(others), others.length),
    rejected: num_rejected,
    others_rejected: rejected.length - num_rejected,
    auc: areaUnderCurve(rows.map((row) => ({
      score: classes.toSorted((a, b) => a - b).reduce((sum, c) => sum + Number(row.p[c]), 0), isPositive: is_member(row),
    }))),
  };
}

/** @param {readonly Labelled[]} rows at least one @param {string[]} ids of the classes @param {Group[]} groups */
export function decisionsOf(rows, ids, groups) {
  const of_kind = (/** @type {string} */ kind) => rows.filter(({ decision }) => decision === kind);
  const with_set = rows.filter(({ set }) => set !== null);
  const found = new Set(rows.flatMap(({ reasons }) => reasons));
  const reasons = [...REASONS, ...[...found].filter((id) => !REASONS.includes(id))].filter((id) => found.has(id));
  return {
    decisions: Object.fromEntries(KINDS.map((kind) => [kind, countOf(of_kind(kind), rows.length)])),
    reasons: KINDS.toReversed().flatMap((kind) => reasons.flatMap((id) => {
      const some = of_kind(kind).filter((row) => row.reasons.includes(id));
      return some.length ? [{ id, decision: kind, ...countOf(some, rows.length) }] : [];
    })),
    sets: with_set.length === 0 ? null : {
      ...setFigures(with_set),
      per_class: ids.map((id, c) => ({ id, ...setFigures(with_set.filter(({ truth }) => truth === c)) })),
    },
    selective: selectiveFigures(rows),
    groups: groups.map((group, index) => groupFigures(rows, group, index)),
  };
}
