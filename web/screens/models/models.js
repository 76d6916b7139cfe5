/* models.js: the site's packs as cards, the one in use first: what it is for
 * and not for, licence, size, whether it is kept for offline use; use, keep,
 * remove. Ids: #models-heading, #models-storage; cards carry data-pack and
 * data-kept, their buttons data-do. */

import { engine } from '../../classifier/engine.js';
import { folderOf } from '../../classifier/engine-packs.js';
import { h, styles } from '../../lib/dom.js';
import { packWords } from '../../lib/pack-text.js';
import { Words } from '../../lib/words.js';
import en from '../../locales/models/en.js';
import { drop, isKept, keep } from './kept.js';

/** @typedef {Words<typeof en>} ModelsWords */
/** @typedef {import('../../classifier/engine-packs.js').OpenedPack} OpenedPack */

/** @type {Record<string, () => Promise<{default: Partial<import('../../lib/words.js').Strings<typeof en>>}>>} */
const OTHERS = { ar: () => import('../../locales/models/ar.js'), de: () => import('../../locales/models/de.js') };

export class ModelsScreen {
  /** @param {HTMLElement} place @param {import('../../app.js').App} app */
  constructor(place, app) {
    /** @private */ this.app = app;
    /** What a card has to tell, by the pack's id. @private @type {Map<string, string>} */ this.said = new Map();
    this.heading = h('h1', { id: 'models-heading', tabindex: -1 });
    /** @private */ this.content = h('div', { class: 'models-content' });
    place.classList.add('tool');
    place.append(...styles('screens/tools.css', 'screens/models/models.css'), this.heading, this.content);
  }

  async show() {
    const { text } = this.app;
    const words = await Words.load(text, en, OTHERS);
    this.heading.textContent = words.get('heading');
    try {
      const { first, packs } = await engine.packs.index();
      const used = this.app.opened?.folder.href;
      const cards = await Promise.all(packs.map(async ({ id, bytes }) => {
        const folder = folderOf(`models/${id}`, document.baseURI);
        const opened = await engine.packs.open(folder);
        const own = packWords(await engine.packs.texts(opened, text.language));
        const is_used = folder.href === used;
        return { is_used, node: this.card({ words, own, opened, bytes, is_used, is_first: id === first, is_kept: await isKept(opened) }) };
      }));
      cards.sort((a, b) => Number(b.is_used) - Number(a.is_used));
      const storage = await navigator.storage?.estimate?.().catch(() => null);
      const focused = /** @type {HTMLElement | null} */ (document.activeElement);
      const [pack, action] = [focused?.closest('[data-pack]')?.getAttribute('data-pack'), focused?.dataset.do];
      this.content.replaceChildren(
        h('p', { class: 'lead' }, words.get('lead')),
        h('ul', { class: 'models' }, cards.map(({ node }) => node)),
        h('p', { id: 'models-storage', class: 'small muted' }, storage?.usage === undefined ? ''
          : words.get('storage', { used: text.bytes(storage.usage), free: text.bytes(Math.max(0, Number(storage.quota) - storage.usage)) })));
      if (pack && action) {
        const card = this.content.querySelector(`[data-pack="${CSS.escape(pack)}"]`);
        /** @type {HTMLElement | null} */ (card?.querySelector(`[data-do="${action}"]`) ?? card?.querySelector('button') ?? null)?.focus();
      }
    } catch (error) {
      this.content.replaceChildren(h('p', { class: 'problem', role: 'alert' }, words.get('failed', { message: /** @type {Error} */ (error).message })));
    }
  }

  /**
   * @param {{words: ModelsWords, own: import('../../lib/pack-text.js').PackWords, opened: OpenedPack, bytes: number,
   *   is_used: boolean, is_first: boolean, is_kept: boolean}} told
   * @private
   */
  card({ words, own, opened, bytes, is_used, is_first, is_kept }) {
    const { pack, folder } = opened;
    const { text } = words;
    const spoken = { lang: own.lang, dir: own.dir };
    const state = h('p', { class: 'small', role: 'status' }, this.said.get(pack.id) ?? '');
    /** @param {string} name @param {string} label @param {() => void | Promise<void>} run @param {boolean} [is_primary] */
    const button = (name, label, run, is_primary = false) => h('button', { type: 'button', 'data-do': name, class: is_primary ? 'primary' : '', onclick: run }, label);
    return h('li', { class: 'model', 'data-pack': pack.id, 'data-kept': String(is_kept) },
      h('h2', spoken, own.name),
      h('p', { class: 'small' },
        is_used && h('strong', { class: 'chip' }, words.get('used')), ' ',
        h('span', { class: 'muted' }, words.get(is_kept ? 'kept' : 'not_kept'))),
      h('p', spoken, own.intended_use),
      h('p', { class: 'small muted' }, h('span', {}, words.get('not_for')), ' ', h('span', spoken, own.not_for)),
      h('p', { class: 'small muted' }, words.count('kinds', pack.classes.length, { size: text.bytes(bytes), version: pack.version, licence: pack.licence.weights })),
      h('div', { class: 'row' },
        !is_used && button('use', words.get('use'), () => this.use(opened), true),
        !is_kept && button('keep', words.get('keep'), async () => {
          try {
            await keep(opened, (loaded, total) => { state.textContent = text.get('model_loading', { loaded: text.bytes(loaded), total: text.bytes(total) }); });
            await until(() => isKept(opened));
            this.said.set(pack.id, words.get('kept_now'));
          } catch (error) {
            this.said.set(pack.id, words.get('failed', { message: /** @type {Error} */ (error).message }));
          }
          await this.show();
        }),
        is_kept && !is_first && button('remove', words.get('remove'), async () => {
          await drop(opened);
          this.said.set(pack.id, words.get('removed'));
          await this.show();
        }),
        h('a', { href: new URL(pack.card, folder).href, target: '_blank', rel: 'noopener' }, text.get('about_card'))),
      state);
  }

  /** @param {OpenedPack} opened @private */
  use({ pack, folder }) {
    const { classifier } = this.app;
    classifier.removeAttribute('variant'); // another pack has others
    classifier.setAttribute('pack', folder.href);
    const address = new URL(location.href);
    address.searchParams.delete('variant');
    address.searchParams.set('pack', pack.id); // kept in the address: nothing is stored
    history.replaceState(history.state, '', address);
    this.app.go('');
  }
}

/** The service worker keeps a file after it has handed it on. @param {() => Promise<boolean>} isDone */
async function until(isDone) {
  for (let tries = 0; tries < 40 && !await isDone(); tries++) await new Promise((resolve) => setTimeout(resolve, 100));
}
