/* words.js: the words of the screen that measures this device. */

import { Words } from '../../lib/words.js';
import en from '../../locales/device/en.js';

/** @type {Record<string, () => Promise<{default: Partial<import('../../lib/words.js').Strings<typeof en>>}>>} */
const OTHERS = {
  ar: () => import('../../locales/device/ar.js'),
  de: () => import('../../locales/device/de.js'),
  es: () => import('../../locales/device/es.js'),
  fr: () => import('../../locales/device/fr.js'),
  hi: () => import('../../locales/device/hi.js'),
  'zh-Hans': () => import('../../locales/device/zh-Hans.js'),
};

/** @typedef {Words<typeof en>} DeviceWords */
export const DeviceWords = {
  /** @param {import('../../lib/text.js').Text} text @returns {Promise<DeviceWords>} */
  of: (text) => Words.load(text, en, OTHERS),
};
