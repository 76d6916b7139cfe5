/* result.js: an answer's record as a person may read it: first what to do,
 * then in words what the picture looks like, might be, or why it is not
 * judged, then what to do for each that is named; then the figures, and what to
 * keep in mind, a tap away wherever it lies. It decides nothing: the record does. It never says
 * that something is harmless. Ids: those of result-*.js, #advice, #another,
 * #adjust, #print, #limits. */

import { h, icon } from '../../lib/dom.js';
import { details } from './result-details.js';
import { groupFigures, ranking, smallOf } from './result-figures.js';
import { frequencyCard } from './result-frequency.js';
import { actionCard, answerHead, reasons, reasonTexts, rejectHead } from './result-heads.js';
import { sharing } from './result-share.js';
import { judgedSquare } from './result-square.js';
import { actionButton, notices } from './screen.js';

/** @typedef {import('./result-heads.js').Told} Told */

/**
 * @param {Told & {square: import('../protocol.js').Square, groups: {id: string, classes: string[]}[],
 *   actions: Map<string, string>, frequency: import('./result-frequency.js').Frequency | null, isFromCamera: boolean,
 *   onMap: ((signal: AbortSignal) => Promise<import('../protocol.js').HeatMap | null>) | null,
 *   onAnother: () => void, onAdjust: (() => void) | null}} context groups, actions: the pack's; actions by class
 * @returns {import('./screen.js').Screen & {summary: string}}
 */
export function resultScreen({ text, words, task, result, square, groups, actions, frequency, isFromCamera, onMap, onAnother, onAdjust }) {
  const told = { text, words, result, task };
  const is_judged = result.decision !== 'reject';
  const action = actionCard(told);
  const head = is_judged ? answerHead(told) : rejectHead(told);
  const { figure, choice: map, shown, destroy } = judgedSquare({ text, words, result, square, onMap: is_judged ? onMap : null });
  const summary = [action?.summary, head.summary].filter(Boolean).join(' ');
  const { eyebrow, names } = head;
  const limits = notices(text, words);
  const folded = smallOf(result);
  const { button: share, choice } = sharing({
    text, words, task, result, square, summary, action, eyebrow, names, notes: reasonTexts(told).map((reason) => reason.text),
    classes: is_judged ? result.classes.filter((one) => !folded.includes(one)) : [],
  });
  const node = h('section', { class: 'result', 'aria-labelledby': action ? 'heading what' : 'heading', 'data-decision': result.decision },
    h('div', { class: 'told' },
      action?.node,
      h('div', { class: 'title' }, head.heading, head.share),
      h('div', { class: 'about' }, head.about, reasons(told),
        is_judged && h('p', { class: 'small muted' }, text.get('result_not_diagnosis'))),
      h('div', { class: 'rest' },
        is_judged && advice(told, groups, actions),
        is_judged && frequencyCard(told, frequency),
        is_judged && groupFigures(told),
        is_judged && h('div', { class: 'group' },
          h('h3', {}, text.get('result_ranking')),
          ranking(told),
          h('p', { class: 'small muted' },
            text.get(task === 'multilabel' ? 'result_ranking_hint_multilabel' : 'result_ranking_hint'))),
        limits,
        details(text, result),
        printedLine(told))),
    h('div', { class: 'seen' },
      h('div', { class: 'judged' }, figure),
      h('div', { class: 'looked' }, map,
        h('button', { id: 'limits', type: 'button', class: 'plain', 'aria-controls': limits.id, onclick: () => {
          limits.open = true;
          limits.querySelector('summary')?.focus();
          limits.scrollIntoView();
        } }, text.get('result_notices')),
        shown),
      h('div', { class: 'actions still reach', part: 'actions' },
        h('div', { class: 'buttons' },
          actionButton('another', onAnother, isFromCamera ? 'camera' : 'picture', text.get(isFromCamera ? 'take_another' : 'another_photo'), text.get('bar_another'), 'primary'),
          onAdjust && actionButton('adjust', onAdjust, 'target', text.get('adjust'), text.get('bar_adjust')),
          share,
          actionButton('print', () => print(), 'print', text.get('print'), text.get('print'), 'plain')),
        choice)));
  const stopPrinting = openWhenPrinted(node);
  return {
    name: 'result',
    heading: action?.heading ?? head.heading,
    summary,
    destroy() {
      stopPrinting();
      destroy();
    },
    node,
  };
}

/** What paper must say and a screen need not. @param {Told} told */
function printedLine({ text, result: { model } }) {
  const date = new Intl.DateTimeFormat(`${text.language}-u-nu-latn`, { dateStyle: 'long', timeStyle: 'short' }).format(new Date());
  return h('p', { class: 'printed small' }, text.get('print_made', {
    date, id: model.id ?? '–', version: model.version ?? '–', variant: model.variant ?? '–',
  }));
}

/** A fold cannot be tapped open on paper: what limits the answer, and every share. @param {HTMLElement} node @returns {() => void} ends it */
function openWhenPrinted(node) {
  const listeners = new AbortController();
  const { signal } = listeners;
  /** @type {HTMLDetailsElement[]} */
  let folds = [];
  const set = (/** @type {boolean} */ isOpen) => { for (const fold of folds) fold.open = isOpen; };
  addEventListener('beforeprint', () => {
    folds = [.../** @type {NodeListOf<HTMLDetailsElement>} */ (node.querySelectorAll(':is(#notices, #small-shares):not([open])'))];
    set(true);
  }, { signal });
  addEventListener('afterprint', () => set(false), { signal });
  return () => listeners.abort();
}

const URGENCY = ['watch', 'show', 'soon'];

/** The advice for what the answer names, and for the likeliest of each group that is reached: the most urgent first,
 *  whichever is the likeliest. Of findings the likeliest need not be named. @param {Told} told @param {{id: string, classes: string[]}[]} groups
 *  @param {Map<string, string>} actions */
export function advice({ text, words, result, task }, groups, actions) {
  const reached = (result.groups ?? []).filter((group) => group.reached).map(({ id }) => groups.find((group) => group.id === id)?.classes ?? []);
  const likeliest = reached.map((members) => result.classes.find(({ id }) => members.includes(id))?.id);
  const named = new Set([...(result.set ?? []), task === 'multilabel' ? undefined : result.top?.id, ...likeliest]);
  const urgencyOf = (/** @type {{id: string}} */ { id }) => URGENCY.indexOf(actions.get(id) ?? '');
  const noteworthy = result.classes.filter(({ id }) => named.has(id) && words.classOf(id).advice)
    .sort((a, b) => urgencyOf(b) - urgencyOf(a)); // of equals the likelier stays first
  if (noteworthy.length === 0) return null;
  return h('div', { id: 'advice', class: 'card next', part: 'advice' },
    h('h3', {}, icon('next'), text.get('result_next')),
    h('dl', {}, noteworthy.flatMap(({ id, p }) => {
      const { label, advice: sentence } = words.classOf(id);
      const spoken = { lang: words.lang, dir: words.dir };
      return [h('dt', spoken, text.get('result_next_class', { label, p: text.percent(p) })), h('dd', spoken, sentence)];
    })));
}
