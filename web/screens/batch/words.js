/* words.js: the screen's words, and those of the page that it shares. */

import { Words } from '../../lib/words.js';
import en from '../../locales/batch/en.js';

/** @type {Record<string, () => Promise<{default: Partial<import('../../lib/words.js').Strings<typeof en>>}>>} */
const OTHERS = {
  ar: () => import('../../locales/batch/ar.js'),
  de: () => import('../../locales/batch/de.js'),
  es: () => import('../../locales/batch/es.js'),
  fr: () => import('../../locales/batch/fr.js'),
  hi: () => import('../../locales/batch/hi.js'),
  'zh-Hans': () => import('../../locales/batch/zh-Hans.js'),
};

/** @extends {Words<typeof en>} */
export class BatchWords extends Words {
  /** @param {import('../../lib/text.js').Text} text @returns {Promise<BatchWords>} */
  static async of(text) {
    const words = await Words.load(text, en, OTHERS);
    return new BatchWords(text, en, /** @type {any} */ (words).strings);
  }

  /** @param {string} id of a reason, as the answer names it */
  reason(id) {
    const key = `reason_${id.replaceAll('-', '_')}`;
    return this.text.has(key) ? this.text.get(/** @type {any} */ (key)) : this.text.get('reason_other', { id });
  }

  /** @param {string} kind of rows.js */
  kind(kind) { return this.get(/** @type {'kind_answer'} */ (`kind_${kind}`)); }
}
