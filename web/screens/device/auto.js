/* auto.js: what this device chose by itself, its figures and its reason, and
 * how to have it otherwise. Ids: #device-auto, #device-auto-use,
 * #device-auto-again. */

import { h } from '../../lib/dom.js';
import { forgetChoice, measuredChoice, measuredKey } from '../../lib/measured.js';
import { packName } from '../../lib/used.js';

/**
 * @param {{words: import('./words.js').DeviceWords, app: import('../../app.js').App,
 *   opened: import('../../classifier/engine-packs.js').OpenedPack, onChange: () => void}} told
 * @returns {HTMLElement | null} null: there is nothing to choose
 */
export function autoView({ words, app, opened, onChange }) {
  const { pack, folder } = opened;
  if (pack.variants.length < 2) return null;
  const { text } = words;
  const key = measuredKey(packName(folder), pack.version);
  const choice = measuredChoice(key);
  const is_shown = app.opened?.folder.href === folder.href;
  const address = new URL(location.href);
  const named = is_shown ? address.searchParams.get('variant') : null;
  const date = choice && new Intl.DateTimeFormat(`${text.language}-u-nu-latn`, { dateStyle: 'medium' }).format(choice.when);
  return h('section', { id: 'device-auto', class: 'plain-notice device-advice', 'aria-labelledby': 'device-auto-heading' },
    h('h2', { id: 'device-auto-heading' }, words.get('auto_heading')),
    !choice && h('p', {}, words.get('auto_not_yet')),
    choice && h('p', {}, words.get('auto_taken', {
      date: date ?? '', variant: choice.variant,
      rows: choice.rows.map(({ variant, median_ms }) => words.get('auto_row', { variant, ms: text.number(median_ms) })).join(', '),
    }), ' ', words.get(choice.reason, { variant: choice.variant })),
    choice && choice.left_out.length > 0 && h('p', { class: 'small muted' }, words.get('auto_left_out', { variants: choice.left_out.join(', ') })),
    named !== null && h('p', { class: 'small muted' }, words.get('auto_named', { variant: named })),
    h('div', { class: 'row' },
      named !== null && h('button', { type: 'button', id: 'device-auto-use', onclick: () => {
        address.searchParams.delete('variant');
        history.replaceState(history.state, '', address);
        app.classifier.removeAttribute('variant'); // device-choice.js takes it from there
        onChange();
      } }, words.get('auto_use')),
      choice && h('button', { type: 'button', id: 'device-auto-again', onclick: () => {
        forgetChoice(key);
        onChange();
      } }, words.get('auto_again'))));
}
