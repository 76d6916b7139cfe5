/* refusal.js: why what a person brings is not taken, in the page's words; below
 * it what the program says of it, which is English. */

import { h, icon } from '../../lib/dom.js';

/** By what the core calls it (INSITU_STATUS_LIST). @type {Record<string, import('../../lib/words.js').KeyOf<typeof import('../../locales/models/en.js').default>>} */
const KEYS = {
  'invalid-pack': 'import_bad_pack',
  'invalid-model': 'import_bad_model',
  'unsupported-model': 'import_operator',
  'digest-mismatch': 'import_damaged',
  damaged: 'import_damaged',
  truncated: 'import_damaged',
  'too-large': 'import_too_much',
};

/** @param {import('./words.js').ModelsWords} words @param {unknown} error @returns {HTMLElement[]} */
export function refusal(words, error) {
  const { reason = '', status = '', values = {}, message = String(error) } = /** @type {{reason?: string, status?: string, values?: Record<string, string | number>, message?: string}} */ (error);
  const shown = Object.fromEntries(Object.entries(values).map(([name, value]) =>
    [name, typeof value !== 'number' ? value : name === 'most' && !('bytes' in values) ? words.number(value) : words.text.bytes(value)]));
  const key = KEYS[status];
  const said = words.has(reason) ? words.parts(reason, shown)
    : status === 'out-of-memory' ? [words.text.get('fail_load_memory')]
      : status === 'invalid-argument' && / labels, /.test(message) ? [words.get('import_labels')]
        : key ? [words.get(key)] : words.parts('import_refused', { message });
  const is_told = said.some((part) => part instanceof Node) || !status; // in the sentence, or there is nothing more
  return [
    h('p', { class: 'problem' }, icon('failure'), h('span', {}, said)),
    ...is_told ? [] : [h('p', { class: 'small muted', lang: 'en', dir: 'ltr' }, message)],
  ];
}
