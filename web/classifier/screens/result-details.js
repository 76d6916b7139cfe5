/* result-details.js: the record behind an answer, folded away: what ran, how
 * the picture was read, and the JSON to save or to copy. */

import { h } from '../../lib/dom.js';
import { handedName, nameless } from '../../lib/nameless.js';
import { save } from '../../lib/save.js';

/** @typedef {import('../protocol.js').Result} Result */
/** @typedef {import('../../lib/text.js').Text} Text */

/** @param {Text} text @param {Result} result */
export function details(text, result) {
  const json = JSON.stringify(nameless(result));
  const copied = h('span', { id: 'copied', role: 'status', class: 'small' });
  const { model, ms, picture, typicality } = result;
  const time = (/** @type {number | undefined} */ value) => (value === undefined ? '–' : text.number(value));
  const line = (/** @type {string} */ words) => h('p', { class: 'small muted' }, words);
  return h('details', { class: 'details', id: 'details' },
    h('summary', {}, text.get('result_details')),
    line(text.get('result_model', {
      id: model.id ?? '–', version: model.version ?? '–', variant: model.variant ?? '–',
      decode: time(ms.decode), prepare: time(ms.prepare), infer: time(ms.infer),
    })),
    typicality !== undefined && line(text.get('result_typicality', { share: text.percent(typicality) })),
    picture?.decoder === 'caller' && line(text.get('result_browser_read')),
    picture?.profile_use === 'not-used' && line(text.get('result_profile_not_used', { profile: picture.profile ?? '' })),
    h('div', { class: 'buttons' },
      h('button', { id: 'save', type: 'button', onclick: () => save(handedName('json'), new Blob([`${json}\n`], { type: 'application/json' })) }, text.get('save_json')),
      h('button', { id: 'copy', type: 'button', onclick: async () => {
        copied.textContent = text.get(await copy(json) ? 'copied' : 'copy_failed');
      } }, text.get('copy_json'))),
    copied);
}

/** @param {string} json @returns {Promise<boolean>} */
async function copy(json) {
  try {
    await navigator.clipboard.writeText(json);
    return true;
  } catch {
    return false; // refused, or not a secure context: the page says so
  }
}
