/* words.js: the words of the cards of packs, on their own screen and on the first. */

import { Words } from '../../lib/words.js';
import en from '../../locales/models/en.js';

/** @type {Record<string, () => Promise<{default: Partial<import('../../lib/words.js').Strings<typeof en>>}>>} */
const OTHERS = {
  ar: () => import('../../locales/models/ar.js'),
  de: () => import('../../locales/models/de.js'),
  es: () => import('../../locales/models/es.js'),
  fr: () => import('../../locales/models/fr.js'),
  hi: () => import('../../locales/models/hi.js'),
  'zh-Hans': () => import('../../locales/models/zh-Hans.js'),
};

/** @typedef {Words<typeof en>} ModelsWords */
export const ModelsWords = {
  /** @param {import('../../lib/text.js').Text} text @returns {Promise<ModelsWords>} */
  of: (text) => Words.load(text, en, OTHERS),
};
