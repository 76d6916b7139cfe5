/* models.js: the site's packs and those that the person brought, as cards, the
 * one in use first: what it is for and not for, licence, size, whether it is
 * kept for offline use; use, keep, remove, bring one. Ids: #models-heading,
 * #models-storage, #models-own, #import (intake.js); cards carry data-pack and data-kept,
 * their buttons data-do. */

import { engine } from '../../classifier/engine.js';
import { dropImport } from '../../classifier/engine-imports.js';
import { h, styles } from '../../lib/dom.js';
import { forgetChoices } from '../../lib/measured.js';
import { forgetPack, packName } from '../../lib/used.js';
import { cardOf } from './card.js';
import { packEntries } from './entries.js';
import { ImportPanel, importIcon } from './intake.js';
import { drop, keep } from './kept.js';
import { isOfRoom, isTooLittle, removable, storageLeft } from './room.js';
import { ModelsWords } from './words.js';

/** @typedef {import('./words.js').ModelsWords} Words */
/** @typedef {import('./entries.js').Entry} Entry */

export class ModelsScreen {
  /** @param {HTMLElement} place @param {import('../../app.js').App} app */
  constructor(place, app) {
    /** @private */ this.app = app;
    /** What a card has to tell, by its name. @private @type {Map<string, string>} */ this.said = new Map();
    /** The names of packs on their way. @private @type {Set<string>} */ this.keeping = new Set();
    this.heading = h('h1', { id: 'models-heading', tabindex: -1 });
    /** @private */ this.content = h('div', { class: 'models-content' });
    /** @private */ this.panel = new ImportPanel(async (key) => {
      await this.show();
      /** @type {HTMLElement | null} */ (this.content.querySelector(`[data-pack="${CSS.escape(key)}"] button`))?.focus();
    }, () => app.relax());
    app.protect(() => this.panel.is_busy);
    // Their place, until it is known what there is.
    this.content.append(h('ul', { class: 'models', 'aria-hidden': 'true' }, [0, 1, 2].map(() => h('li', { class: 'model skeleton' }))));
    // What is kept has changed behind it.
    addEventListener('insitu-kept', () => this.show());
    navigator.serviceWorker?.addEventListener('controllerchange', () => this.show());
    place.classList.add('tool');
    place.append(...styles('screens/tools.css', 'screens/models/models.css'), this.heading, this.content, this.panel.node);
  }

  /** @param {File} file */
  take(file) { return this.panel.take(file); }

  async show() {
    const { text } = this.app;
    const words = await ModelsWords.of(text);
    this.heading.textContent = words.get('heading');
    this.panel.speak(words);
    try {
      const [entries, storage] = await Promise.all([packEntries(this.app), storageLeft()]);
      const cards = entries.map((entry) => cardOf(entry, words, {
        said: this.said.get(entry.name) ?? '',
        room: storage && isTooLittle(entry.bytes, storage) ? roomText(words, entry, storage.free, removable(entries)) : null,
      }, {
        use: () => this.use(entry),
        keep: () => this.keep(entry, words),
        remove: () => this.remove(entry, words),
      }));
      const focused = /** @type {HTMLElement | null} */ (document.activeElement);
      const [pack, action] = [focused?.closest('[data-pack]')?.getAttribute('data-pack'), focused?.dataset.do];
      this.content.replaceChildren(
        h('p', { class: 'lead' }, words.get('lead')),
        h('div', { class: 'row' }, h('button', { type: 'button', id: 'models-own', class: 'with-icon', onclick: () => this.panel.show() }, importIcon(), words.get('import_heading'))),
        h('ul', { class: 'models' }, cards),
        h('p', { id: 'models-storage', class: 'small muted' }, storage === null ? ''
          : words.get('storage', { used: text.bytes(storage.used), free: text.bytes(storage.free) })));
      if (pack && action) {
        const card = this.content.querySelector(`[data-pack="${CSS.escape(pack)}"]`);
        /** @type {HTMLElement | null} */ (card?.querySelector(`[data-do="${action}"]`) ?? card?.querySelector('button') ?? null)?.focus();
      }
    } catch (error) {
      this.content.replaceChildren(h('p', { class: 'problem', role: 'alert' }, words.parts('failed', { message: /** @type {Error} */ (error).message })));
    }
  }

  /** Its card tells how far it is, also where the cards are drawn anew meanwhile. @param {Entry} entry @param {Words} words @private */
  async keep(entry, words) {
    const { text } = words;
    const { name } = entry;
    if (this.keeping.has(name)) return;
    this.keeping.add(name);
    let said = words.get('kept_now');
    try {
      await keep(entry, (loaded, total) => {
        this.said.set(name, text.get('model_loading', { loaded: text.bytes(loaded), total: text.bytes(total) }));
        const state = this.content.querySelector(`[data-pack="${CSS.escape(name)}"] [role="status"]`);
        if (state) state.textContent = this.said.get(name) ?? '';
      });
    } catch (error) {
      said = isOfRoom(error) ? words.get('room_ended') : words.get('failed', { message: /** @type {Error} */ (error).message });
    } finally {
      this.keeping.delete(name);
    }
    this.said.set(name, said);
    await this.show();
  }

  /** @param {Entry} entry @param {Words} words @private */
  async remove(entry, words) {
    const { name, folder, imported, is_used } = entry;
    if (!imported) {
      await drop(entry);
      this.said.set(name, words.get('removed'));
      return this.show();
    }
    if (is_used) this.app.usePack(null);
    await dropImport(name);
    forgetPack(packName(folder));
    forgetChoices(packName(folder));
    engine.packs.forget(folder);
    await this.show();
    this.panel.say(words.get('imported_removed'));
    this.heading.focus();
  }

  /** @param {Entry} entry @private */
  use({ folder, imported }) {
    this.app.usePack({ folder, imported });
    this.app.go('');
  }
}

/** @param {Words} words @param {Entry} entry @param {number} free @param {Entry[]} others that can go */
function roomText(words, entry, free, others) {
  const { text } = words;
  const names = others.map(({ own, bytes }) => `${own.name} (${text.bytes(bytes)})`).join(', ');
  return [words.get('no_room', { size: text.bytes(entry.bytes), free: text.bytes(free) }), names && words.get('room_by', { names })].filter(Boolean).join(' ');
}
