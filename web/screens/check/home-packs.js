/* home-packs.js: under the way in, where there are several packs: each as a
 * small card, the one in use first, then those used last; a tap takes another.
 * Also under the failure of a pack that cannot be had, so that one that is
 * here can be taken. Comes after the model, so that the first answer does not
 * wait for it, and then has the rest of the pack in use kept. Ids:
 * #home-packs, #home-all; its buttons carry data-use and data-kept. */

import { dressed, h, styles } from '../../lib/dom.js';
import { ModelsWords } from '../models/words.js';
import { packEntries } from '../models/entries.js';
import { complete } from '../models/kept.js';

export class HomePacks {
  /** @param {HTMLElement} place @param {import('../../app.js').App} app */
  constructor(place, app) {
    /** @private */ this.app = app;
    this.node = h('section', { id: 'home-packs', class: 'home-packs', hidden: true, 'aria-labelledby': 'home-packs-heading' });
    place.append(...styles('screens/check/home.css'), this.node);
    /** @private */ this.dressed = dressed(place);
    /** The pack that was asked for cannot be had. */ this.is_stranded = false;
    app.classifier.addEventListener('insitu-view', () => this.seen());
    for (const type of ['online', 'offline', 'insitu-kept']) addEventListener(type, () => this.show());
    navigator.serviceWorker?.addEventListener('controllerchange', () => this.show()); // what it keeps, it has kept by then
  }

  /** Only where a picture is still to be chosen, or no pack is there to judge it. @private */
  seen() {
    const { view } = this.app.classifier;
    this.node.hidden = this.node.childElementCount === 0 || (view !== 'start' && !(view === 'failure' && this.is_stranded));
  }

  async show() {
    const { app } = this;
    const [words, all] = await Promise.all([ModelsWords.of(app.text), packEntries(app), this.dressed]);
    const entries = all.map((entry) => ({ ...entry, is_used: entry.is_used && !this.is_stranded }));
    const used = entries.find(({ is_used }) => is_used);
    // Before there is a service worker nothing is kept, which is told already.
    if (navigator.serviceWorker?.controller) app.offline.tellPack(used?.is_kept ?? !this.is_stranded);
    if (used && !used.imported && !used.is_kept) {
      complete(used).catch((error) => console.info('not all of the model is kept:', error));
    }
    const focused = this.node.contains(document.activeElement) ? document.activeElement?.getAttribute('data-use') : null;
    if (entries.length > 1) this.node.replaceChildren(...this.content(words, entries));
    else this.node.replaceChildren();
    this.seen();
    if (focused) /** @type {HTMLElement | null} */ (this.node.querySelector(`[data-use="${CSS.escape(focused)}"]`))?.focus();
  }

  /** @param {import('../models/words.js').ModelsWords} words @param {import('../models/entries.js').Entry[]} entries @private */
  content(words, entries) {
    const { text } = words;
    const is_told = Boolean(navigator.serviceWorker?.controller); // while offline use is prepared, the bar says that
    return [
      h('div', { class: 'home-head' },
        h('h2', { id: 'home-packs-heading' }, words.get('home_heading')),
        h('a', { id: 'home-all', class: 'link', href: '#models' }, words.get('home_all'))),
      h('ul', { class: 'home-list' }, entries.map(({ name, folder, own, imported, licence, bytes, is_used, is_kept }) => {
        const spoken = imported ? { dir: 'auto' } : { lang: own.lang, dir: own.dir };
        const state = is_kept ? 'home_kept' : navigator.onLine ? 'home_not_kept' : 'home_not_here';
        return h('li', {}, h('button', {
          type: 'button', class: 'home-card', 'data-use': name, 'data-kept': String(is_kept), 'aria-current': is_used ? 'true' : null,
          onclick: () => {
            if (is_used) return;
            const { is_stranded } = this;
            this.is_stranded = false;
            this.app.usePack({ folder, imported });
            if (is_stranded) this.app.classifier.reset();
            document.getElementById('main')?.focus();
            scrollTo({ top: 0 });
          },
        },
        h('strong', { class: 'home-name', ...spoken }, own.name),
        h('span', { class: 'home-what small', lang: own.lang, dir: own.dir }, own.intended_use),
        h('span', { class: 'small muted' },
          h('span', { class: 'home-state' }, words.get(is_used ? 'used' : imported ? 'imported' : state)), ' ',
          is_used && !imported && (is_kept || is_told) && h('span', {}, words.get(state)), ' ',
          h('span', {}, words.get('home_facts', { size: text.bytes(bytes).replace(' ', '\u00a0'), licence: imported?.bare ? '–' : licence })))));
      })),
    ];
  }
}
