/* text.js: the page's words in a language: fills placeholders, and writes
 * numbers and plurals as that language does. English is built in and
 * stands in for what another file lacks; the others are loaded when they are
 * asked for. What a model is and knows is in its pack's words (pack-text.js). */

import en from '../locales/en.js';
import { directionOf } from './languages.js';
import { nextTask } from '../shared/next-task.js';

export * from './languages.js';

/** @typedef {import('./languages.js').Language} Language */
/** One form for each of the language's kinds of number; "other" is always there.
 * @typedef {{other: string} & Partial<Record<Intl.LDMLPluralRule, string>>} Plural */
/** @typedef {{[K in keyof typeof en]: typeof en[K] extends string ? string : Plural}} Strings */
/** @typedef {{[K in keyof typeof en]: typeof en[K] extends string ? K : never}[keyof typeof en]} Key */
/** @typedef {Exclude<keyof typeof en, Key>} CountKey */

/** Those whose words a native reader has checked; the page says it of the others. @type {readonly string[]} */
export const REVIEWED = ['en'];

/** One by one: a pattern would take the screens' own words along (locales/<screen>/).
 * @type {{[L in Exclude<Language, 'en'>]: () => Promise<{default: Partial<Strings>}>}} */
const FILES = {
  de: () => import('../locales/de.js'), es: () => import('../locales/es.js'), fr: () => import('../locales/fr.js'),
  ar: () => import('../locales/ar.js'), hi: () => import('../locales/hi.js'), 'zh-Hans': () => import('../locales/zh-Hans.js'),
};

/** Made when it is first used: each of Intl's objects takes its milliseconds, and a page that starts needs none.
 *  @template T @param {() => T} make @returns {() => T} */
function once(make) {
  /** @type {T | undefined} */
  let made;
  return () => (made ??= make());
}

export class Text {
  /** @param {Language} language @param {Partial<Strings>} strings */
  constructor(language, strings) {
    this.language = language;
    this.direction = directionOf(language);
    /** @private @type {Strings} */
    this.strings = { ...en, ...strings };
    /** @private */
    this.plural = once(() => new Intl.PluralRules(language));
    /** Latin digits everywhere: the figures are compared with the JSON's. @private */
    this.locale = `${language}-u-nu-latn`;
    /** @private */
    this.percentWhole = once(() => new Intl.NumberFormat(this.locale, { style: 'percent', maximumFractionDigits: 0 }));
    /** @private */
    this.percentTenth = once(() => new Intl.NumberFormat(this.locale, { style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 }));
    /** @private */
    this.decimal = once(() => new Intl.NumberFormat(this.locale, { maximumFractionDigits: 1 }));
    /** @private */
    this.thousandth = once(() => new Intl.NumberFormat(this.locale, { minimumFractionDigits: 3, maximumFractionDigits: 3 }));
  }

  /** English where the language's file cannot be had.
   *  @param {Language} language @returns {Promise<Text>} */
  static async load(language) {
    if (language === 'en') return new Text('en', en);
    try {
      const file = await FILES[language]();
      return new Text(language, file.default);
    } catch (error) {
      console.warn(`the words in ${language} could not be loaded:`, error);
      return new Text('en', en);
    }
  }

  /** The first number that a page writes costs a browser some ten milliseconds, half for the name of the language and half for
   *  its numbers: on a slow phone too long for one go, or for a moment when something else is done. */
  async readyNumbers() {
    await nextTask();
    Intl.getCanonicalLocales(this.locale);
    await nextTask();
    this.decimal();
  }

  /** @param {string} key @returns {boolean} whether the page has words for it */
  has(key) { return Object.hasOwn(this.strings, key); }

  /**
   * @param {Key} key
   * @param {Record<string, string | number>} [values] for {placeholders}
   * @returns {string}
   */
  get(key, values = {}) {
    return this.fill(this.strings[key], values);
  }

  /** Numbers as the language writes them. @param {string} text @param {Record<string, string | number>} values */
  fill(text, values) {
    return text.replace(/\{(\w+)\}/g, (whole, /** @type {string} */ name) => {
      const value = Object.hasOwn(values, name) ? values[name] ?? whole : whole;
      return typeof value === 'number' ? this.number(value) : value;
    });
  }

  /**
   * The form that goes with a count, which fills {n}.
   * @param {CountKey} key @param {number} n @param {Record<string, string | number>} [values]
   * @returns {string}
   */
  count(key, n, values = {}) {
    const forms = this.strings[key];
    return this.fill(forms[this.plural().select(n)] ?? forms.other, { n, ...values });
  }

  /** A probability as a person reads it: never "0 %" or "100 %" for what is
   *  neither. @param {number} p 0..1 */
  percent(p) {
    if (p > 0 && p < 0.005) return this.get('less_than', { value: this.percentWhole().format(0.01) });
    if (p < 1 && p >= 0.995) return this.get('more_than', { value: this.percentWhole().format(0.99) });
    return this.percentWhole().format(p);
  }

  /** @param {number} share 0..1, one decimal */
  share(share) { return this.percentTenth().format(share); }

  /** @param {number} value three decimals */
  figure(value) { return this.thousandth().format(value); }

  /** @param {number} value */
  number(value) { return this.decimal().format(value); }

  /** @param {number} bytes @returns {string} in MB of 10^6 bytes, or KB, or GB */
  bytes(bytes) {
    if (bytes < 1e6) return this.get('kilobytes', { value: this.decimal().format(bytes / 1e3) });
    return bytes < 1e9
      ? this.get('megabytes', { value: this.decimal().format(bytes / 1e6) })
      : this.get('gigabytes', { value: this.decimal().format(bytes / 1e9) });
  }
}
