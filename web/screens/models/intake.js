/* intake.js: where a person brings a pack or a bare model from a file: by a
 * button or by dropping it. Shows what goes on, what is wrong, and asks where a
 * bare file leaves something open. Ids: #import, #import-pick, #import-file,
 * #import-state, #import-problem. */

import { h, outline } from '../../lib/dom.js';
import { refusal } from './refusal.js';

/** @typedef {import('./words.js').ModelsWords} ModelsWords */

export const importIcon = () => outline('import', 'M12 4v11M7.5 10.5 12 15l4.5-4.5M4.500 15.500V19a1 1 0 0 0 1 1h13a1 1 0 0 0 1-1v-3.500');

export class ImportPanel {
  /** @param {(key: string) => Promise<void>} onKept @param {() => void} onRest when there is nothing more that a reload would lose */
  constructor(onKept, onRest) {
    /** @private */ this.onKept = onKept;
    /** @private */ this.onRest = onRest;
    /** @private @type {ModelsWords | null} */ this.words = null;
    /** A file is read, or somebody says how it is to be. */ this.is_busy = false;
    /** Stays when the words around it change: somebody may be writing in it. @private */ this.form = h('div', {});
    /** @private */ this.state = h('p', { id: 'import-state', class: 'small', role: 'status' });
    /** @private */ this.problem = h('div', { id: 'import-problem', role: 'alert' });
    /** @private */ this.file = h('input', {
      type: 'file', id: 'import-file', class: 'visually-hidden', accept: '.zip,.tflite,application/zip', tabindex: -1, 'aria-hidden': 'true',
      onchange: (/** @type {Event} */ event) => {
        const input = /** @type {HTMLInputElement} */ (event.target);
        const [file] = input.files ?? [];
        if (file) this.take(file);
        input.value = ''; // the same once more is a choice too
      },
    });
    /** @private */ this.top = h('div', {});
    this.node = h('section', { id: 'import', class: 'bring', 'aria-labelledby': 'import-heading' }, this.file, this.top, this.state, this.problem, this.form);
  }

  /** @param {ModelsWords} words */
  speak(words) {
    this.words = words;
    const focused = document.activeElement?.id;
    this.top.replaceChildren(
      h('h2', { id: 'import-heading' }, words.get('import_heading')),
      h('p', { class: 'muted' }, words.get('import_lead')),
      h('div', { class: 'row' }, h('button', { type: 'button', id: 'import-pick', class: 'with-icon', onclick: () => this.file.click() }, importIcon(), words.get('import_pick'))));
    if (focused === 'import-pick') document.getElementById(focused)?.focus();
  }

  /** It lies below the cards. */
  show() {
    this.node.scrollIntoView({ block: 'center' });
    /** @type {HTMLElement | null} */ (this.form.querySelector('h2') ?? this.top.querySelector('button'))?.focus({ preventScroll: true }); // what is asked, or the way to ask
  }

  /** @param {string} said */
  say(said) { this.state.textContent = said; }

  /** @param {File} file */
  async take(file) {
    const { words } = this;
    if (this.is_busy || !words) return;
    this.is_busy = true;
    this.problem.replaceChildren();
    this.node.scrollIntoView({ block: 'nearest' }); // what was dropped further up
    /** @type {HTMLButtonElement | null} */ (this.top.querySelector('button'))?.setAttribute('disabled', '');
    try {
      const [{ importFile }, { askAboutBare }] = await Promise.all([import('./import.js'), import('./bare-form.js')]);
      const key = await importFile(file, {
        onState: (name, values) => { this.state.textContent = words.get(name, values); },
        onBare: ({ file: name, read }) => askAboutBare({
          words, file: name, read, place: this.form, refusal: (error) => refusal(words, error), onShown: () => { this.state.textContent = words.get('import_asks'); },
        }),
      });
      this.state.textContent = key === null ? '' : words.get('import_kept');
      if (key !== null) await this.onKept(key);
    } catch (error) {
      this.state.textContent = '';
      this.form.replaceChildren();
      this.problem.replaceChildren(...refusal(words, error));
      this.problem.scrollIntoView({ block: 'nearest' });
    } finally {
      this.is_busy = false;
      this.top.querySelector('button')?.removeAttribute('disabled');
      this.onRest();
    }
  }
}
