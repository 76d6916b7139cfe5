/* pack-text.js: the words of a pack as they are shown: in the page's language
 * where its locale has them, else as the pack says them, marked as English so
 * that a screen reader speaks them right. Locales key their translations, and
 * the studies they cite as evidence, by the pack's id; a pack that they do not
 * know shows its own words and no evidence. */

/** @typedef {{id: string, label: string, text: string, advice: string}} PackClass */
/** @typedef {{id: string, name: string, intended_use: string, not_for: string, notices: string[],
 *             classes: PackClass[]}} PackLike */
/** @typedef {{lang: string, dir: string, name: string, intended_use: string, not_for: string, notices: string[],
 *             evidence: string | null, classOf: (id: string) => PackClass}} PackWords
 *   evidence: in the page's language, whatever lang says */

/**
 * @param {import('./text.js').Text} text
 * @param {PackLike} pack
 * @returns {PackWords}
 */
export function packWords(text, pack) {
  const own = new Map(pack.classes.map((one) => [one.id, one]));
  const translated = text.packText(pack);
  // All or nothing: half a translation would mix two languages in one answer.
  const isWhole = translated !== null && pack.classes.every(({ id }) => Object.hasOwn(translated.classes, id));
  const words = isWhole ? { ...pack, ...translated } : pack;
  return {
    lang: isWhole ? text.language : 'en',
    dir: isWhole ? text.direction : 'ltr',
    name: words.name,
    intended_use: words.intended_use,
    not_for: words.not_for,
    notices: words.notices,
    evidence: text.evidenceFor(pack),
    classOf(id) {
      const fallback = own.get(id) ?? { id, label: id, text: '', advice: '' };
      return isWhole ? { id, .../** @type {any} */ (translated).classes[id] } : fallback;
    },
  };
}
