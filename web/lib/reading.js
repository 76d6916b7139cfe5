/* reading.js: what may honestly be said of an answer. Pure. It names no class
 * and knows no illness: it only tells one clear lead from a spread. */

/** @typedef {{id: string, label: string, p: number}} Scored */

/** A lead is called clear from here on. Derived: with p at least one half and
 *  no other above half of it, the top class outweighs all others together and
 *  is at least twice as likely as any of them. */
const CLEAR_P = 0.5;
const CLEAR_RATIO = 2;
/** Classes at or above this share get their advice shown: one in twenty. */
const NOTEWORTHY_P = 0.05;

/**
 * @param {Scored[]} classes by falling p, two or more
 * @param {'multiclass' | 'multilabel'} task
 * @returns {{kind: 'clear' | 'unclear' | 'found' | 'none', noteworthy: Scored[]}}
 *   multiclass: clear or unclear; multilabel: found, or none above one half.
 *   noteworthy: the top class, and each other at or above one in twenty.
 */
export function readScores(classes, task) {
  const [top, second] = classes;
  if (!top || !second) throw new RangeError(`an answer has two classes or more, not ${classes.length}`);
  const noteworthy = classes.filter((scored, rank) => rank === 0 || scored.p >= NOTEWORTHY_P);
  if (task === 'multilabel') return { kind: top.p >= CLEAR_P ? 'found' : 'none', noteworthy };
  const isClear = top.p >= CLEAR_P && top.p >= CLEAR_RATIO * second.p;
  return { kind: isClear ? 'clear' : 'unclear', noteworthy };
}
