/* result-frequency.js: what such answers turned out to be, in natural
 * frequencies: of 100 test pictures so answered, so many were that. The counts
 * are the pack's. Id: #frequency. */

import { h } from '../../lib/dom.js';

/** @typedef {import('./result-heads.js').Told} Told */
/** @typedef {NonNullable<ReturnType<typeof import('../engine-packs.js').frequencyOf>>} Frequency */

/** Of 100; never none or all where some were. @param {import('../../lib/text.js').Text} text @param {{k: number, low: number, high: number}} part @param {number} n */
function values(text, { k, low, high }, n) {
  const of100 = Math.round((100 * k) / n);
  const share = k > 0 && of100 === 0 ? text.get('less_than', { value: 1 }) : k < n && of100 === 100 ? text.get('more_than', { value: 99 }) : of100;
  return { share, low: Math.floor(100 * low), high: Math.ceil(100 * high), k, n };
}

/** @param {Told} told @param {Frequency | null} frequency */
export function frequencyCard({ text, words, result: { decision, top } }, frequency) {
  if (!frequency || !top) return null;
  const { n, right, groups = {}, of, is_of_all } = frequency;
  return h('div', { id: 'frequency', class: 'group' },
    h('h3', {}, text.get('freq_heading')),
    h('p', {}, text.get(decision === 'unsure' ? 'freq_unsure' : is_of_all ? 'freq_all' : 'freq_answer', values(text, right, n))),
    Object.entries(groups).map(([id, part]) =>
      h('p', { 'data-group': id }, text.get('freq_group', { label: words.groupOf(id).label, ...values(text, part, n) }))),
    h('p', { class: 'small muted' }, text.get('freq_where', { n: of })));
}
