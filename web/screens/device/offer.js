/* offer.js: asks, below an answer, whether what is not on this device may be
 * fetched to be measured; says how far it is and what came of it. Who declines
 * is never asked again on this device. Ids: #device-offer,
 * #device-offer-state, #device-offer-go, #device-offer-no. */

import { byId, h } from '../../lib/dom.js';
import { askedChoice, rememberChoice } from '../../lib/measured.js';
import { DeviceWords } from './words.js';

/** Kept among the choices, as the name of no pack. */
const DECLINED = 'offer';

/** onStep: a variant is taken up, the first being 0. @typedef {{signal: AbortSignal, onStep?: (variant: string, index: number) => void,
 *   onBytes?: (loaded: number, total: number) => void}} Options */

/** @param {import('../../app.js').App} app @param {string} key of the pack's choice @param {number} bytes to fetch
 *  @param {(options: Options) => Promise<import('../../lib/measured.js').MeasuredChoice | null>} measureAll */
export async function offerVariants(app, key, bytes, measureAll) {
  const { text, classifier, opened } = app;
  const words = await DeviceWords.of(text);
  const before = document.getElementById('device-offer');
  if (askedChoice(DECLINED) || before?.dataset.key === key || classifier.view !== 'result') return;
  before?.remove();
  const used = classifier.getAttribute('variant') ?? opened?.pack.default_variant;
  const listening = new AbortController();
  /** @type {AbortController | null} */
  let work = null;
  let is_done = false;
  const state = h('p', { id: 'device-offer-state', role: 'status', tabindex: -1 }, words.get('offer', { size: text.bytes(bytes) }));
  const leave = () => {
    listening.abort();
    node.remove();
  };
  const measureNow = async () => {
    work = new AbortController();
    buttons.hidden = true;
    state.focus({ preventScroll: true });
    try {
      const choice = await measureAll({
        signal: work.signal,
        onBytes: (loaded, total) => { if (loaded < total) state.textContent = text.get('model_loading', { loaded: text.bytes(loaded), total: text.bytes(total) }); },
        onStep: (name, index) => { state.textContent = words.get('state_running', { n: index + 1, all: opened?.pack.variants.length ?? 0, name }); },
      });
      if (!choice) return leave();
      is_done = true;
      const rows = choice.rows.map(({ variant, median_ms }) => words.get('auto_row', { variant, ms: text.number(median_ms) })).join(', ');
      state.textContent = words.get(choice.variant === used ? 'offer_stays' : 'offer_done', { rows, variant: choice.variant });
    } catch (error) {
      buttons.hidden = false;
      const message = error instanceof Error ? error.message : String(error);
      state.replaceChildren(h('span', {}, work.signal.aborted ? words.get('state_stopped') : words.parts('failed', { message })));
    }
  };
  const buttons = h('div', { class: 'row' },
    h('button', { id: 'device-offer-go', type: 'button', onclick: measureNow }, words.get('offer_go')),
    h('button', { id: 'device-offer-no', type: 'button', onclick: () => {
      rememberChoice({ key: DECLINED, variant: '', is_default: true, reason: 'asked', rows: [] });
      leave();
      byId('main').focus({ preventScroll: true });
    } }, text.get('first_run_no')));
  const node = h('div', { id: 'device-offer', class: 'plain-notice row small', 'data-key': key, lang: text.language, dir: text.direction }, state, buttons);
  classifier.addEventListener('insitu-view', () => {
    const { view } = classifier;
    node.hidden = view !== 'result';
    if (view !== 'result' && view !== 'start') work?.abort(); // the next picture goes before it
    if (is_done && node.hidden) leave();
  }, { signal: listening.signal });
  classifier.after(node);
}
