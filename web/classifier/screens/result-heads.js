/* result-heads.js: what stands at the top of an answer: what to do, then in
 * words what the picture looks like, might be, or why it is not judged. Ids:
 * #action, #what, #top (items of a set carry data-class), #top-p, #reasons. */

import { h, icon } from '../../lib/dom.js';

/** @typedef {import('../protocol.js').Result} Result */
/** @typedef {import('../../lib/pack-text.js').PackWords} Words */
/** @typedef {import('../../lib/text.js').Text} Text */
/** @typedef {import('../../lib/text.js').Key} Key */
/** @typedef {{text: Text, words: Words, result: Result, task: 'multiclass' | 'multilabel'}} Told */

/** So many classes of a set are named; the ranking has them all. */
const MOST_NAMED = 4;

/** What to do, in the pack's words; it comes before any name and number. @param {Told} told */
export function actionCard({ text, words, result: { action } }) {
  if (!action) return null;
  const own = words.actionOf(action);
  const label = own?.label ?? text.get(`action_${action}`);
  const spoken = own ? { lang: words.lang, dir: words.dir } : {};
  const heading = h('h2', { id: 'heading', tabindex: -1 },
    h('span', { class: 'eyebrow' }, text.get('result_action'), ' ',
      h('span', { class: 'urgency' }, text.get(`urgency_${action}`))), ' ',
    h('span', spoken, label));
  return {
    heading,
    summary: `${label}.`,
    label,
    text: own?.text ?? '',
    node: h('div', { id: 'action', class: 'card action', part: 'action', 'data-action': action },
      icon(action),
      h('div', {}, heading, own && h('p', spoken, own.text))),
  };
}

/** @param {Told} told @returns {HTMLHeadingElement} the focus goes to it where no action stands above it */
export function answerHeading({ result }) {
  return result.action ? h('h2', { id: 'what' }) : h('h2', { id: 'heading', tabindex: -1 });
}

/** @param {Told} told */
export function rejectHead(told) {
  const title = told.text.get('result_reject');
  const heading = answerHeading(told);
  heading.append(title);
  const [first] = reasonTexts(told);
  return { heading, share: null, about: null, eyebrow: '', names: [title], summary: [`${title}.`, first?.text].filter(Boolean).join(' ') };
}

/** eyebrow, names: the heading's words, without shares. @param {Told} told */
export function answerHead(told) {
  const { text, words, result: { decision, top, set, classes }, task } = told;
  if (!top) throw new RangeError('an answer that may be shown has a top class');
  const heading = answerHeading(told);
  const spoken = { lang: words.lang, dir: words.dir };
  if (task === 'multilabel' && set?.length === 0) {
    const title = text.get('result_none');
    const { label } = words.classOf(top.id);
    const sentence = text.get('result_none_text', { first: label, first_p: text.percent(top.p) });
    heading.append(h('span', { id: 'top' }, title));
    return { heading, share: null, about: h('p', {}, sentence), eyebrow: '', names: [title], summary: `${title}. ${sentence}` };
  }
  const is_set = set !== undefined && (task === 'multilabel' || decision === 'unsure');
  const eyebrow = text.get(decision === 'unsure' ? 'result_could_be' : is_set ? 'result_findings' : task === 'multilabel' ? 'result_found' : 'result_clear');
  const is_several = is_set && set.length !== 1;
  // A set's one finding may be another than the likeliest: each finding has a limit of its own.
  const one = (is_set && classes.find(({ id }) => id === set[0])) || top;
  const named = is_several ? classes.filter(({ id }) => set.includes(id)).slice(0, MOST_NAMED) : [one];
  const names = named.map(({ id }) => words.classOf(id).label);
  const summary = `${eyebrow} ${named.map(({ p }, index) => `${names[index]}, ${text.percent(p)}`).join('; ')}.`;
  heading.append(h('span', { class: 'eyebrow' }, eyebrow), ' ');
  if (!is_several) {
    heading.append(h('span', { id: 'top', ...spoken, 'data-class': one.id }, ...names));
    return { heading, share: h('p', { id: 'top-p', class: 'share' }, text.percent(one.p)), about: h('p', spoken, words.classOf(one.id).text), eyebrow, names, summary };
  }
  heading.append(h('span', { id: 'top', class: 'set', ...spoken }, named.map(({ id, p }, index) => h('span', { 'data-class': id },
    index > 0 && h('span', { class: 'visually-hidden' }, ', '),
    names[index], ' ', h('span', { class: 'value', lang: text.language }, text.percent(p))))));
  const more = set.length - named.length;
  if (more > 0) {
    names.push(text.count('result_more', more));
    heading.append(h('span', { class: 'eyebrow' }, names.at(-1)));
  }
  return { heading, share: null, about: null, eyebrow, names, summary };
}

/** @param {Told} told @returns {{id: string, text: string, advice: string, isOwn: boolean}[]} isOwn: the pack's */
export function reasonTexts({ text, words, result }) {
  return result.reasons.map(({ id }) => {
    const own = words.reasonOf(id);
    if (own) return { id, text: own.text, advice: own.advice ?? '', isOwn: true };
    const key = `reason_${id.replaceAll('-', '_')}`;
    const sentence = text.has(key) ? text.get(/** @type {Key} */ (key)) : text.get('reason_other', { id });
    return { id, text: sentence, advice: '', isOwn: false };
  });
}

/** Why it is not sure, or not judged, and what helps. @param {Told} told */
export function reasons(told) {
  const all = reasonTexts(told);
  if (all.length === 0) return null;
  const { words } = told;
  return h('ul', { id: 'reasons', class: 'reasons' }, all.map(({ id, text: sentence, advice: help, isOwn }) =>
    h('li', { 'data-reason': id, ...(isOwn ? { lang: words.lang, dir: words.dir } : {}) },
      h('p', {}, sentence), help && h('p', { class: 'help' }, help))));
}
