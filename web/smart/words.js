/* words.js: the words of the frame that speaks with a record system. */

import { Words } from '../lib/words.js';
import en from '../locales/smart/en.js';

/** @type {Record<string, () => Promise<{default: Partial<import('../lib/words.js').Strings<typeof en>>}>>} */
const OTHERS = {
  ar: () => import('../locales/smart/ar.js'),
  de: () => import('../locales/smart/de.js'),
  es: () => import('../locales/smart/es.js'),
  fr: () => import('../locales/smart/fr.js'),
  hi: () => import('../locales/smart/hi.js'),
  'zh-Hans': () => import('../locales/smart/zh-Hans.js'),
};

/** @typedef {Words<typeof en>} SmartWords */
export const SmartWords = {
  /** @param {import('../lib/text.js').Text} text @returns {Promise<SmartWords>} */
  of: (text) => Words.load(text, en, OTHERS),
};
