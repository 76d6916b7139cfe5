/* result-share.js: hands an answer on: as a picture, as the figures, as a
 * table. Ids: #share, #share-choice, #share-picture, #share-json, #share-csv,
 * #share-state. */

import { h } from '../../lib/dom.js';
import { actionButton } from './screen.js';

/** @typedef {import('../share/share.js').Shared} Shared */
const KINDS = /** @type {const} */ (['picture', 'json', 'csv']);

/** @param {Shared} shared @returns {{button: HTMLElement, choice: HTMLElement}} */
export function sharing(shared) {
  const { text } = shared;
  const state = h('p', { id: 'share-state', class: 'small', role: 'status' });
  /** Made when the choice is opened: sharing must follow a tap at once. @type {Promise<[typeof import('../share/share.js'), Map<string, File>]> | null} */
  let made = null;
  const make = async () => {
    const module = await import('../share/share.js');
    const files = new Map(await Promise.all(KINDS.map(async (kind) => /** @type {[string, File]} */ ([kind, await module.fileOf(kind, shared)]))));
    return /** @type {[typeof import('../share/share.js'), Map<string, File>]} */ ([module, files]);
  };
  const choice = h('div', { id: 'share-choice', class: 'share-choice', hidden: true },
    h('p', { class: 'small muted' }, text.get('share_what')),
    h('div', { class: 'buttons' }, KINDS.map((kind) => h('button', { id: `share-${kind}`, type: 'button', onclick: async () => {
      try {
        const [module, files] = await (made ??= make());
        const file = files.get(kind);
        const done = file ? await module.hand(file, `${shared.summary} ${text.get('result_not_diagnosis')}`) : 'left';
        state.textContent = done === 'left' ? '' : text.get(`share_${done}`, { file: file?.name ?? '' });
      } catch (error) {
        made = null; // the next tap tries again
        state.textContent = text.get('share_failed', { message: error instanceof Error ? error.message : String(error) });
      }
    } }, text.get(`share_${kind}`)))),
    state);
  const button = actionButton('share', () => {
    choice.hidden = !choice.hidden;
    button.setAttribute('aria-expanded', String(!choice.hidden));
    if (choice.hidden) return;
    made ??= make();
    made.catch(() => {}); // told when one is tapped
    choice.scrollIntoView({ block: 'nearest' });
  }, 'share', text.get('share_open'), text.get('bar_share'), 'plain');
  // In the bar it lies over the answer: not over what has the focus.
  for (const one of /** @type {HTMLElement[]} */ ([button, choice])) {
    one.addEventListener('focusout', ({ relatedTarget }) => {
      const next = /** @type {Node | null} */ (relatedTarget);
      if (!choice.hidden && next && next !== button && !choice.contains(next)) button.click();
    });
    one.addEventListener('keydown', ({ key }) => {
      if (key !== 'Escape' || choice.hidden) return;
      button.focus();
      button.click();
    });
  }
  button.setAttribute('aria-expanded', 'false');
  button.setAttribute('aria-controls', choice.id);
  return { button, choice };
}
