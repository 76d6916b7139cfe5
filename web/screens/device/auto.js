/* auto.js: what this device chose by itself, its figures and its reason, and
 * how to have it otherwise: another variant, remembered for this version of the
 * pack, until the device may choose again. Ids: #device-auto, #device-auto-use,
 * #device-auto-again, #device-use-<variant>. */

import { h } from '../../lib/dom.js';
import { askedChoice, forgetAsked, forgetChoice, measuredChoice, measuredKey, rememberChoice, takenChoice } from '../../lib/measured.js';
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
  const named = (is_shown ? address.searchParams.get('variant') : null) ?? askedChoice(key)?.variant ?? null;
  const used = (is_shown ? app.classifier.getAttribute('variant') : takenChoice(key)?.variant) ?? pack.default_variant;
  /** @param {string | null} variant null: as this device chooses */
  const use = (variant) => {
    forgetAsked(key);
    if (variant !== null) rememberChoice({ key, variant, is_default: variant === pack.default_variant, reason: 'asked', rows: [] });
    if (is_shown) {
      address.searchParams.delete('variant'); // it would go before
      history.replaceState(history.state, '', address);
      if (variant !== null) app.classifier.setAttribute('variant', variant);
      else app.classifier.removeAttribute('variant'); // device-choice.js takes it from there
    }
    onChange();
    /** @type {HTMLElement | null} */ (document.querySelector(variant === null ? '[id^="device-use-"]' : '#device-auto-use'))?.focus(); // the one pressed has gone
  };
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
      pack.variants.map(({ name }) => name !== used && h('button', { type: 'button', id: `device-use-${name}`, onclick: () => use(name) }, words.get('use', { variant: name }))),
      named !== null && h('button', { type: 'button', id: 'device-auto-use', onclick: () => use(null) }, words.get('auto_use')),
      choice && h('button', { type: 'button', id: 'device-auto-again', onclick: () => {
        forgetChoice(key);
        onChange();
      } }, words.get('auto_again'))));
}
