/* offer.js: asks, below an answer, whether what is not on this device may be
 * fetched to be measured; says how far it is and what came of it. Who declines
 * is never asked again on this device. Ids: #device-offer,
 * #device-offer-state, #device-offer-go, #device-offer-no. */

import { byId, h } from '../../lib/dom.js';
import { askedChoice, OFFER, rememberChoice, takenChoice } from '../../lib/measured.js';
import { DeviceWords } from './words.js';

/** The one that is shown; aborted, it leaves. @type {AbortController | null} */
let shown = null;
/** Where the browser keeps nothing, until the page is left. */
let is_declined = false;

/** onStep: a variant is taken up, the first being 0. @typedef {{signal: AbortSignal, onStep?: (variant: string, index: number) => void,
 *   onBytes?: (loaded: number, total: number) => void}} Options */

/** @param {import('../../app.js').App} app @param {string} key of the pack's choice @param {number} bytes to fetch
 *  @param {(options: Options) => Promise<import('../../lib/measured.js').MeasuredChoice | null>} measureAll */
export async function offerVariants(app, key, bytes, measureAll) {
  const { text, classifier, opened } = app;
  const words = await DeviceWords.of(text);
  const before = document.getElementById('device-offer');
  if (is_declined || askedChoice(OFFER) || before?.dataset.key === key || classifier.view !== 'result' || !opened) return;
  shown?.abort();
  const used = classifier.getAttribute('variant') ?? opened.pack.default_variant;
  const { signal } = shown = new AbortController();
  const own = shown;
  /** @type {AbortController | null} */
  let work = null;
  let is_done = false;
  let running = '';
  const state = h('p', { id: 'device-offer-state', role: 'status', tabindex: -1 }, words.get('offer', { size: text.bytes(bytes) }));
  const leave = () => own.abort();
  signal.addEventListener('abort', () => {
    work?.abort();
    const has_focus = node.contains(document.activeElement);
    node.remove();
    if (has_focus) byId('main').focus({ preventScroll: true });
  });
  const measureNow = async () => {
    work = new AbortController();
    buttons.hidden = true;
    state.focus({ preventScroll: true });
    try {
      const choice = await measureAll({
        signal: work.signal,
        onBytes: (loaded, total) => { state.textContent = loaded < total ? text.get('model_loading', { loaded: text.bytes(loaded), total: text.bytes(total) }) : running; },
        onStep: (name, index) => { state.textContent = running = words.get('state_running', { n: index + 1, all: opened.pack.variants.length, name }); },
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
      is_declined = true;
      rememberChoice({ key: OFFER, variant: '', is_default: true, reason: 'asked', rows: [] });
      leave();
      byId('main').focus({ preventScroll: true }); // a tap need not have focused the button
    } }, text.get('first_run_no')));
  const node = h('div', { id: 'device-offer', class: 'plain-notice row small', 'data-key': key, lang: text.language, dir: text.direction }, state, buttons);
  classifier.addEventListener('insitu-view', () => {
    const { view } = classifier;
    node.hidden = view !== 'result';
    if (view !== 'result' && view !== 'start') work?.abort(); // the next picture goes before it
    // Of another pack or language, or of a variant that was chosen meanwhile, it says nothing that holds.
    if ((is_done && node.hidden) || app.text !== text || (!is_done && takenChoice(key))) leave();
  }, { signal });
  classifier.addEventListener('insitu-pack', (event) => {
    const { id, version } = /** @type {CustomEvent} */ (event).detail;
    if (id !== opened.pack.id || version !== opened.pack.version) leave();
  }, { signal });
  document.addEventListener('visibilitychange', () => { if (document.hidden) work?.abort(); }, { signal });
  classifier.after(node);
}
