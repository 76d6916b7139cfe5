/* result.js: an answer's record as a person may read it: first what to do,
 * then what the picture looks like, might be, or why it is not judged; then
 * the figures, and what to keep in mind. It decides nothing: the record does.
 * It never says that something is harmless. Ids: #action, #top (items of a
 * set carry data-class), #top-p, #reasons, #groups, #ranking (items carry
 * data-class and data-p), #advice, #judged, #map, #map-strength, #map-words,
 * #another, #adjust, #save, #copy, #copied. */

import { h, icon } from '../../lib/dom.js';
import { details } from './result-details.js';
import { judgedSquare } from './result-square.js';
import { cssPercent, notices } from './screen.js';

/** @typedef {import('../protocol.js').Result} Result */
/** @typedef {import('../../lib/pack-text.js').PackWords} Words */
/** @typedef {import('../../lib/text.js').Text} Text */
/** @typedef {import('../../lib/text.js').Key} Key */
/** @typedef {{text: Text, words: Words, result: Result, task: 'multiclass' | 'multilabel'}} Told */

/** So many classes of a set are named; the ranking has them all. */
const MOST_NAMED = 4;

/**
 * @param {Told & {square: import('../protocol.js').Square, groups: {id: string, classes: string[]}[],
 *   onMap: ((signal: AbortSignal) => Promise<import('../protocol.js').HeatMap | null>) | null,
 *   onAnother: () => void, onAdjust: (() => void) | null}} context groups: the pack's
 * @returns {import('./screen.js').Screen & {summary: string}}
 */
export function resultScreen({ text, words, task, result, square, groups, onMap, onAnother, onAdjust }) {
  const told = { text, words, result, task };
  const is_judged = result.decision !== 'reject';
  const action = actionCard(told);
  const head = is_judged ? answerHead(told) : rejectHead(told);
  const { figure, controls, destroy } = judgedSquare({ text, words, result, square, onMap: is_judged ? onMap : null });
  return {
    name: 'result',
    heading: action?.heading ?? head.heading,
    summary: [action?.summary, head.summary].filter(Boolean).join(' '),
    destroy,
    node: h('section', { 'aria-labelledby': action ? 'heading what' : 'heading' },
      action?.node,
      h('div', { class: 'answer', 'data-decision': result.decision },
        figure,
        h('div', { class: 'title' }, head.heading, head.share),
        controls,
        h('div', { class: 'about' }, head.about, reasons(told),
          is_judged && h('p', { class: 'small muted' }, text.get('result_not_diagnosis')))),
      is_judged && groupFigures(told),
      is_judged && h('div', { class: 'group' },
        h('h3', {}, text.get('result_ranking')),
        ranking(told),
        h('p', { class: 'small muted' },
          text.get(task === 'multilabel' ? 'result_ranking_hint_multilabel' : 'result_ranking_hint'))),
      is_judged && advice(told, groups),
      notices(text, words, true),
      details(text, result),
      h('div', { class: 'actions still', part: 'actions' },
        h('div', { class: 'buttons' },
          h('button', { id: 'another', type: 'button', class: 'primary', onclick: onAnother }, text.get('another_photo')),
          onAdjust && h('button', { id: 'adjust', type: 'button', onclick: onAdjust }, text.get('adjust'))))),
  };
}

/** What to do, in the pack's words; it comes before any name and number. @param {Told} told */
function actionCard({ text, words, result: { action } }) {
  if (!action) return null;
  const own = words.actionOf(action);
  const label = own?.label ?? text.get(`action_${action}`);
  const spoken = own ? { lang: words.lang, dir: words.dir } : {};
  const heading = h('h2', { id: 'heading', tabindex: -1 },
    h('span', { class: 'eyebrow' }, text.get('result_action')), ' ', h('span', spoken, label));
  return {
    heading,
    summary: `${label}.`,
    node: h('div', { id: 'action', class: 'card action', part: 'action', 'data-action': action },
      icon(action),
      h('div', {}, heading, own && h('p', spoken, own.text))),
  };
}

/** @param {Told} told @returns {HTMLHeadingElement} the focus goes to it where no action stands above it */
function answerHeading({ result }) {
  return result.action ? h('h2', { id: 'what' }) : h('h2', { id: 'heading', tabindex: -1 });
}

/** @param {Told} told */
function rejectHead(told) {
  const title = told.text.get('result_reject');
  const heading = answerHeading(told);
  heading.append(title);
  const [first] = reasonTexts(told);
  return { heading, share: null, about: null, summary: [`${title}.`, first?.text].filter(Boolean).join(' ') };
}

/** @param {Told} told */
function answerHead(told) {
  const { text, words, result: { decision, top, set, classes }, task } = told;
  if (!top) throw new RangeError('an answer that may be shown has a top class');
  const heading = answerHeading(told);
  const spoken = { lang: words.lang, dir: words.dir };
  const { label, text: about } = words.classOf(top.id);
  if (task === 'multilabel' && set?.length === 0) {
    const title = text.get('result_none');
    const sentence = text.get('result_none_text', { first: label, first_p: text.percent(top.p) });
    heading.append(h('span', { id: 'top' }, title));
    return { heading, share: null, about: h('p', {}, sentence), summary: `${title}. ${sentence}` };
  }
  const is_set = set !== undefined && (task === 'multilabel' || decision === 'unsure');
  const eyebrow = text.get(decision === 'unsure' ? 'result_could_be' : is_set ? 'result_findings' : task === 'multilabel' ? 'result_found' : 'result_clear');
  if (!is_set || set.length === 1) {
    heading.append(h('span', { class: 'eyebrow' }, eyebrow), ' ',
      h('span', { id: 'top', ...spoken, 'data-class': top.id }, label));
    return {
      heading, share: h('p', { id: 'top-p', class: 'share' }, text.percent(top.p)), about: h('p', spoken, about),
      summary: `${eyebrow} ${label}, ${text.percent(top.p)}.`,
    };
  }
  const named = classes.filter(({ id }) => set.includes(id)).slice(0, MOST_NAMED);
  const more = set.length - named.length;
  heading.append(h('span', { class: 'eyebrow' }, eyebrow), ' ',
    h('span', { id: 'top', class: 'set', ...spoken }, named.map(({ id, p }, index) => h('span', { 'data-class': id },
      index > 0 && h('span', { class: 'visually-hidden' }, ', '),
      words.classOf(id).label, ' ', h('span', { class: 'value', lang: text.language }, text.percent(p))))));
  if (more > 0) heading.append(h('span', { class: 'eyebrow' }, text.count('result_more', more)));
  const labels = named.map(({ id, p }) => `${words.classOf(id).label}, ${text.percent(p)}`).join('; ');
  return { heading, share: null, about: null, summary: `${eyebrow} ${labels}.` };
}

/** @param {Told} told @returns {{id: string, text: string, advice: string, isOwn: boolean}[]} isOwn: the pack's */
function reasonTexts({ text, words, result }) {
  return result.reasons.map(({ id }) => {
    const own = words.reasonOf(id);
    if (own) return { id, text: own.text, advice: own.advice ?? '', isOwn: true };
    const key = `reason_${id.replaceAll('-', '_')}`;
    const sentence = text.has(key) ? text.get(/** @type {Key} */ (key)) : text.get('reason_other', { id });
    return { id, text: sentence, advice: '', isOwn: false };
  });
}

/** Why it is not sure, or not judged, and what helps. @param {Told} told */
function reasons(told) {
  const all = reasonTexts(told);
  if (all.length === 0) return null;
  const { words } = told;
  return h('ul', { id: 'reasons', class: 'reasons' }, all.map(({ id, text: sentence, advice: help, isOwn }) =>
    h('li', { 'data-reason': id, ...(isOwn ? { lang: words.lang, dir: words.dir } : {}) },
      h('p', {}, sentence), help && h('p', { class: 'help' }, help))));
}

/** Classes that count together have a figure of their own. @param {Told} told */
function groupFigures({ text, words, result }) {
  if (!result.groups?.length) return null;
  const spoken = { lang: words.lang, dir: words.dir };
  return h('dl', { id: 'groups', class: 'groups', part: 'groups' }, result.groups.flatMap(({ id, p, limit, reached }) => {
    const { label, text: about } = words.groupOf(id);
    return [
      h('dt', { 'data-group': id, 'data-reached': reached },
        h('span', spoken, label), ' ', h('strong', { class: 'value' }, text.percent(p))),
      h('dd', {}, h('span', spoken, about), ' ',
        limit !== null && h('span', { class: reached ? 'reached' : '' },
          text.get(reached ? 'group_reached' : 'group_limit', { limit: text.share(limit) }))),
    ];
  }));
}

/** Every class, each opening to what it is. @param {Told} told */
function ranking({ text, words, result }) {
  const spoken = { lang: words.lang, dir: words.dir };
  return h('ol', { id: 'ranking', class: 'ranking', part: 'ranking' }, result.classes.map(({ id, p }) => {
    const bar = h('span', { class: 'fill' });
    bar.style.inlineSize = cssPercent(p);
    const { label, text: about } = words.classOf(id);
    return h('li', { 'data-class': id, 'data-p': p },
      h('details', {},
        h('summary', {},
          h('span', { class: 'label', ...spoken }, label),
          h('span', { class: 'value' }, text.percent(p)),
          h('span', { class: 'bar', 'aria-hidden': 'true' }, bar)),
        h('p', spoken, about)));
  }));
}

/** The advice for what the answer names, and for the likeliest of each group that is reached.
 *  @param {Told} told @param {{id: string, classes: string[]}[]} groups */
function advice({ text, words, result }, groups) {
  const reached = (result.groups ?? []).filter((group) => group.reached).map(({ id }) => groups.find((group) => group.id === id)?.classes ?? []);
  const likeliest = reached.map((members) => result.classes.find(({ id }) => members.includes(id))?.id);
  const named = new Set([...(result.set ?? []), result.top?.id, ...likeliest]);
  const noteworthy = result.classes.filter(({ id }) => named.has(id) && words.classOf(id).advice);
  if (noteworthy.length === 0) return null;
  return h('div', { id: 'advice', class: 'card next', part: 'advice' },
    h('h3', {}, icon('next'), text.get('result_next')),
    h('dl', {}, noteworthy.flatMap(({ id, p }) => {
      const { label, advice: sentence } = words.classOf(id);
      const spoken = { lang: words.lang, dir: words.dir };
      return [h('dt', spoken, text.get('result_next_class', { label, p: text.percent(p) })), h('dd', spoken, sentence)];
    })));
}
