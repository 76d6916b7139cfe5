/* result-figures.js: the figures of an answer: those of groups, and every
 * class by its share. Ids: #groups, #ranking and the fold #small-shares (their
 * items carry data-class and data-p). */

import { h } from '../../lib/dom.js';
import { cssPercent } from './screen.js';

/** @typedef {import('./result-heads.js').Told} Told */

/** Shares below this are told apart by nothing that a person could see. */
const SMALL_P = 0.01;

/** Classes that count together have a figure of their own. @param {Told} told */
export function groupFigures({ text, words, result }) {
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

/** Those of next to no share, unless the answer names them. @param {import('../protocol.js').Result} result */
export function smallOf({ classes, top, set }) {
  const small = classes.filter(({ id, p }) => p < SMALL_P && id !== top?.id && !set?.includes(id));
  return small.length > 1 ? small : []; // one more line says more than a fold
}

/** Every class, each opening to what it is; small ones are folded away together. @param {Told} told */
export function ranking(told) {
  const { text, result } = told;
  const folded = smallOf(result);
  return [
    h('ol', { id: 'ranking', class: 'ranking', part: 'ranking' }, result.classes.filter((one) => !folded.includes(one)).map((one) => row(told, one))),
    folded.length > 0 && h('details', { id: 'small-shares', class: 'more' },
      h('summary', {}, text.count('result_small', folded.length, { limit: text.percent(SMALL_P) })),
      h('ol', { class: 'ranking' }, folded.map((one) => row(told, one)))),
  ];
}

/** @param {Told} told @param {{id: string, p: number}} one */
function row({ text, words, task, result: { top, set } }, { id, p }) {
  const is_named = task === 'multilabel' ? set?.includes(id) : id === top?.id;
  const bar = h('span', { class: 'fill' });
  bar.style.inlineSize = cssPercent(p);
  const { label, text: about } = words.classOf(id);
  const spoken = { lang: words.lang, dir: words.dir };
  return h('li', { 'data-class': id, 'data-p': p, class: is_named ? 'named' : '' },
    h('details', {},
      h('summary', {},
        h('span', { class: 'label', ...spoken }, label),
        h('span', { class: 'value' }, text.percent(p)),
        h('span', { class: 'bar', 'aria-hidden': 'true' }, bar)),
      h('p', spoken, about)));
}
