/* decisions.js: figures of what was decided: how often pictures are answered
 * and how well, sets, what error is left when the least certain are put aside,
 * groups at their limits; by the definitions of the command
 * (src/cli/decisions.c, evaluate_decisions.c). Pure. */

import { areaUnderCurve, isWrong, topShare } from './metrics.js';

/** @typedef {import('./metrics.js').Labelled} Labelled */
/** @typedef {{id: string, label: string, classes: number[]}} Group */
/** Whose limits decide: the prior of the decision's own, and of each device that has its own. @typedef {{own: string, devices: {[word: string]: string}}} Deciders */

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

/** What a group's limits came to, whatever they are. @param {readonly Labelled[]} rows @param {Group} group
 *  @param {number} index of the group in each answer @param {readonly (number | null)[]} limits of all that decided */
function atLimit(rows, { classes }, index, limits) {
  const is_member = (/** @type {Labelled} */ row) => classes.includes(row.truth);
  const judged = rows.filter(({ decision }) => decision !== 'reject');
  const rejected = rows.filter(({ decision }) => decision === 'reject');
  const members = judged.filter(is_member);
  const others = judged.filter((row) => !is_member(row));
  const reached = (/** @type {Labelled[]} */ some) => some.filter((row) => row.reached[index]).length;
  const num_rejected = rejected.filter(is_member).length;
  const has_limit = limits.some((limit) => limit !== null);
  return {
    limit: limits.every((limit) => limit === limits[0]) ? limits[0] ?? null : null, // the one, where it is one
    n: members.length, others: others.length,
    sensitivity: has_limit ? share(reached(members), members.length) : null,
    specificity: has_limit ? share(others.length - reached(others), others.length) : null,
    rejected: num_rejected,
    others_rejected: rejected.length - num_rejected,
  };
}

/** @param {readonly Labelled[]} rows @param {Group} group @param {number} index @param {readonly (number | null)[]} limits */
function groupFigures(rows, group, index, limits) {
  const { id, label, classes } = group;
  return {
    id, label, ...atLimit(rows, group, index, limits),
    auc: areaUnderCurve(rows.map((row) => ({
      score: classes.toSorted((a, b) => a - b).reduce((sum, c) => sum + Number(row.p[c]), 0), isPositive: classes.includes(row.truth),
    }))),
  };
}

/** Pictures by whose limits decided them, in the order in which they came.
 *  @param {readonly Labelled[]} rows @param {Deciders} deciders */
function byDecider(rows, { own, devices }) {
  /** @type {Map<string | null, Labelled[]>} */
  const found = new Map();
  for (const row of rows) {
    const word = row.taken_with !== null && Object.hasOwn(devices, row.taken_with) ? row.taken_with : null;
    found.set(word, [...found.get(word) ?? [], row]);
  }
  return [...found].map(([taken_with, some]) => ({ taken_with, prior: taken_with === null ? own : devices[taken_with] ?? own, some }));
}

/** @param {readonly Labelled[]} rows at least one @param {string[]} ids of the classes @param {Group[]} groups @param {Deciders} deciders */
export function decisionsOf(rows, ids, groups, deciders) {
  const of_kind = (/** @type {string} */ kind) => rows.filter(({ decision }) => decision === kind);
  const with_set = rows.filter(({ set }) => set !== null);
  const decided = byDecider(rows, deciders).map((one) => ({ ...one, of_groups: one.some.find(({ limits }) => limits.length > 0)?.limits }));
  const told = decided.flatMap(({ of_groups }) => (of_groups ? [{ of_groups }] : [])); // of those that judged a picture
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
    groups: groups.map((group, index) => groupFigures(rows, group, index, told.map(({ of_groups }) => of_groups[index] ?? null))),
    limits: decided.map(({ taken_with, prior, some, of_groups }) => ({
      taken_with, prior, n: some.length,
      groups: groups.map((group, index) => ({ id: group.id, ...atLimit(some, group, index, [of_groups?.[index] ?? null]) })),
    })),
  };
}
