/* rows.js: a batch's rows as the table shows them: each answer in few words
 * and numbers (the whole line is in the store), sorted and filtered. Pure. */

/** @typedef {import('../../answer').AnswerLine} AnswerLine */
/** @typedef {import('../../classifier/engine-packs.js').Pack} Pack */
/** What the table needs of an answer. top, set: indices in the pack's order; p: of all classes, in that order.
 * @typedef {{decision: 'answer' | 'unsure' | 'reject', top: number | null, set: number[] | null, p: number[],
 *   action: string | null, reasons: string[], reached: boolean[], limits: (number | null)[], taken_with: string | null, prior: string | null}} Brief */
/** source: null after a reload, until the files are chosen again. thumb: of the judged square, in memory alone.
 * @typedef {{index: number, path: string, size: number, modified: number, source: import('./files.js').Source | null,
 *   state: 'waiting' | 'done' | 'failed', brief: Brief | null, failure: {status: string, message: string} | null,
 *   truth: number | null, thumb: Blob | null}} Row */

/** @typedef {'order' | 'name' | 'answer' | 'share' | 'decision'} SortKey */
/** kind: a state, a decision, or "wrong". class: index of a class that is named; null: any.
 * @typedef {{kind: string, words: string, class: number | null}} Filter */

/** @param {Omit<import('./files.js').Source, 'open'>} source @param {number} index @returns {Row} */
export const waitingRow = ({ path, size, modified }, index) => ({
  index, path, size, modified, source: null, state: 'waiting', brief: null, failure: null, truth: null, thumb: null,
});

/** @param {Row} row @param {AnswerLine} line @param {string[]} ids of the classes, in the pack's order */
export function settle(row, line, ids) {
  if (!line.ok) {
    const { status, message } = /** @type {{status: string, message: string}} */ (line);
    Object.assign(row, { state: 'failed', failure: { status, message }, brief: null });
    return;
  }
  const answer = /** @type {import('../../answer').Answer} */ (line);
  const p = ids.map(() => 0);
  for (const { id, p: share } of answer.classes) p[ids.indexOf(id)] = share;
  const groups = answer.groups ?? [];
  Object.assign(row, {
    state: 'done', failure: null,
    brief: {
      decision: answer.decision,
      top: answer.top ? ids.indexOf(answer.top.id) : null,
      set: answer.set ? answer.set.map((id) => ids.indexOf(id)) : null,
      p,
      action: answer.action ?? null,
      reasons: answer.reasons.map(({ id }) => id),
      reached: groups.map(({ reached }) => reached),
      limits: groups.map(({ limit }) => limit),
      taken_with: answer.taken_with ?? null,
      prior: answer.model.prior,
    },
  });
}

/** Its file could not be read: it may be there when it is chosen again. @param {Row} row */
export const isUnread = ({ failure }) => failure?.status === 'io';

/** What evaluation takes. @param {Row} row @returns {import('./metrics.js').Labelled | null} null: no answer, or no truth */
export function labelledOf({ brief, truth }) {
  if (!brief || truth === null) return null;
  const { p, decision, reasons, set, reached, limits, taken_with, prior } = brief;
  return { truth, p, decision, reasons, set, reached, limits, taken_with, prior };
}

/** The classes that a row names: of what is not judged none; where it is unsure all that it could be; of findings, each by
 *  itself, those of the set, possibly none, which need not have the likeliest. @param {Pick<Brief, 'decision' | 'top' | 'set'> | null} brief
 *  @param {boolean} is_findings @returns {number[]} */
export function namedClasses(brief, is_findings) {
  if (!brief || brief.top === null) return [];
  if (brief.set && (is_findings || (brief.decision !== 'answer' && brief.set.length > 0))) return brief.set;
  return [brief.top];
}

/** None of the classes shown is the true one; of a rejected picture none is shown. Findings have no one truth. @param {Row} row */
export function isRowWrong({ brief, truth }) {
  return truth !== null && brief !== null && brief.top !== null && !namedClasses(brief, false).includes(truth);
}

/** @param {Row} row @returns {string} of KINDS */
export const kindOf = ({ state, brief }) => (state === 'done' && brief ? brief.decision : state);

/** In the order in which a person looks: what needs a look first. */
export const KINDS = ['failed', 'reject', 'unsure', 'answer', 'waiting'];

/** @param {Row[]} rows @returns {Record<string, number>} */
export function countKinds(rows) {
  /** @type {Record<string, number>} */
  const counts = { failed: 0, reject: 0, unsure: 0, answer: 0, waiting: 0, wrong: 0 };
  for (const row of rows) {
    counts[kindOf(row)] = Number(counts[kindOf(row)]) + 1;
    if (isRowWrong(row)) counts.wrong = Number(counts.wrong) + 1;
  }
  return counts;
}

/** named: as namedClasses has them. @type {Record<SortKey, (row: Row, named: number[]) => number | string>} */
const SORT_VALUES = {
  order: ({ index }) => index,
  name: ({ path }) => path,
  // What was judged and has no finding comes behind all that has one, what was not judged last.
  answer: ({ brief }, [first]) => first ?? (brief && brief.top !== null ? Number.MAX_SAFE_INTEGER - 1 : Number.MAX_SAFE_INTEGER),
  share: ({ brief }, [first]) => (brief && brief.top !== null ? Number(brief.p[first ?? brief.top]) : -1),
  decision: (row) => KINDS.indexOf(kindOf(row)),
};

/** @param {Row[]} rows @param {Filter} filter @param {{key: SortKey, isFalling: boolean}} sort
 *  @param {boolean} [is_findings] each class is found or not by itself @returns {Row[]} */
export function shownRows(rows, filter, { key, isFalling }, is_findings = false) {
  const words = filter.words.trim().toLowerCase();
  const shown = rows.filter((row) => (filter.kind === 'all' || (filter.kind === 'wrong' ? isRowWrong(row) : kindOf(row) === filter.kind))
    && (filter.class === null || namedClasses(row.brief, is_findings).includes(filter.class))
    && (words === '' || row.path.toLowerCase().includes(words)));
  const value = SORT_VALUES[key];
  const names = new Intl.Collator(undefined, { numeric: true });
  const sign = isFalling ? -1 : 1;
  return shown.sort((a, b) => {
    const [left, right] = [value(a, namedClasses(a.brief, is_findings)), value(b, namedClasses(b.brief, is_findings))];
    const order = typeof left === 'string' ? names.compare(left, String(right)) : left - Number(right);
    return sign * order || a.index - b.index;
  });
}
