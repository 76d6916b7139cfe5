/* words.js: the words of a screen that comes when it is gone to: a folder of
 * locales/ for each, one file a language, English beside it for what another
 * lacks. Numbers and shares are written by the page's Text. */

import { h } from './dom.js';

/** @typedef {import('./text.js').Plural} Plural */
/** @typedef {import('./text.js').Text} Text */
/** @template S @typedef {{[K in keyof S]: S[K] extends string ? K : never}[keyof S] & string} KeyOf */
/** @template S @typedef {{[K in keyof S]: S[K] extends string ? never : K}[keyof S] & string} CountKeyOf */
/** @template S @typedef {{[K in keyof S]: S[K] extends string ? string : Plural}} Strings */

/** @template {Record<string, string | Plural>} S of the English file */
export class Words {
  /** @param {Text} text of the page @param {S} english @param {Partial<Strings<S>>} strings */
  constructor(text, english, strings) {
    this.text = text;
    /** @private @type {Record<string, string | Plural | undefined>} */ this.strings = { ...english, ...strings };
    /** @private */ this.plural = new Intl.PluralRules(text.language);
  }

  /**
   * @template {Record<string, string | Plural>} S
   * @param {Text} text @param {S} english @param {Record<string, () => Promise<{default: Partial<Strings<S>>}>>} others by language
   * @returns {Promise<Words<S>>}
   */
  static async load(text, english, others) {
    try {
      const file = await others[text.language]?.();
      return new Words(text, english, file?.default ?? {});
    } catch (error) {
      console.warn(`this screen's words in ${text.language} could not be loaded:`, error);
      return new Words(text, english, {});
    }
  }

  /** @param {string} key @returns {key is KeyOf<S>} */
  has(key) { return typeof this.strings[key] === 'string'; }

  /** @param {KeyOf<S>} key @param {Record<string, string | number>} [values] */
  get(key, values = {}) { return this.text.fill(/** @type {string} */ (this.strings[key]), values); }

  /** {message} in it is a program's own, English whatever the page's language: marked, so that it is read and laid out as such.
   *  @param {KeyOf<S>} key @param {Record<string, string | number>} values */
  parts(key, { message, ...values }) {
    const [before = '', after = ''] = /** @type {string} */ (this.strings[key]).split('{message}').map((part) => this.text.fill(part, values)); // a file's name may say {message}
    return [before, message !== undefined && h('span', { lang: 'en', dir: 'ltr' }, message), after];
  }

  /** @param {CountKeyOf<S>} key @param {number} n @param {Record<string, string | number>} [values] fills {n} too */
  count(key, n, values = {}) {
    const forms = /** @type {Plural} */ (this.strings[key]);
    return this.text.fill(forms[this.plural.select(n)] ?? forms.other, { n, ...values });
  }

  /** @param {number} n whole */
  number(n) { return this.text.number(n); }
}
