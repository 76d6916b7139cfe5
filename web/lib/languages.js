/* languages.js: which languages the page has, which of them a person reads, and
 * what is remembered of that. Without their words: it also runs before the page
 * is first drawn (start.js). */

/** Languages there is a file for, by their own names. */
export const LANGUAGES = {
  en: 'English', de: 'Deutsch', es: 'Español', fr: 'Français', ar: 'العربية', hi: 'हिन्दी', 'zh-Hans': '简体中文',
};
/** @typedef {keyof typeof LANGUAGES} Language */

/** Chinese in the other script: its readers are asked for their next language. */
const OTHER_SCRIPT = /^zh-(?:hant|tw|hk|mo)\b/;

/** A pack may have more languages than the page. */
const RIGHT_TO_LEFT = ['ar', 'fa', 'he', 'ur'];

/** @param {string} language @returns {'ltr' | 'rtl'} */
export function directionOf(language) {
  return RIGHT_TO_LEFT.includes(language.split('-')[0] ?? '') ? 'rtl' : 'ltr';
}

/**
 * The first of the wanted languages that there is a file for; English else.
 * @param {readonly string[]} wanted BCP 47 tags, best first
 * @returns {Language}
 */
export function chooseLanguage(wanted) {
  const all = /** @type {Language[]} */ (Object.keys(LANGUAGES));
  for (const tag of wanted) {
    const lower = tag.toLowerCase();
    if (OTHER_SCRIPT.test(lower)) continue;
    const found = all.find((name) => name.toLowerCase().split('-')[0] === lower.split('-')[0]);
    if (found) return found;
  }
  return 'en';
}

const REMEMBERED = 'insitu-language';

/** @returns {readonly string[]} the language chosen here before, then those of the browser */
export function rememberedLanguages() {
  try {
    const before = localStorage.getItem(REMEMBERED);
    return before === null ? navigator.languages : [before, ...navigator.languages];
  } catch {
    return navigator.languages; // the browser keeps nothing for this page
  }
}

/** @param {string} language that the person chose */
export function rememberLanguage(language) {
  try {
    localStorage.setItem(REMEMBERED, language);
  } catch (error) {
    console.info('the language is not remembered:', error); // it holds until the page is left
  }
}
