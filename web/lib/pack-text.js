/* pack-text.js: a pack's words as screens ask for them. They are in one
 * language, the page's where the pack has it, and marked with it, so that a
 * screen reader speaks them right. What a pack does not say is null: the page
 * has neutral words of its own for that. */

import { directionOf } from './text.js';

/** @typedef {{label: string, text: string}} Named */
/** @typedef {{id: string, label: string, text: string, advice: string}} PackClass */
/** @typedef {import('../classifier/engine-packs.js').PackTexts} PackTexts */
/** isImported: from a file of the person's own: nobody here has signed it off.
 * @typedef {{lang: string, dir: 'ltr' | 'rtl', isReviewed: boolean, isImported: boolean, name: string, intended_use: string, not_for: string,
 *   notices: string[], evidence: string | null, heading: string | null, lead: string | null, take: string | null,
 *   tips: string[] | null, classOf: (id: string) => PackClass, groupOf: (id: string) => Named,
 *   actionOf: (id: string) => Named | null, reasonOf: (id: string) => {text: string, advice?: string} | null}} PackWords */

/** @template T @param {{[id: string]: T} | undefined} table @param {string} id @returns {T | null} */
const own = (table, id) => (table && Object.hasOwn(table, id) ? table[id] ?? null : null);

/**
 * A file without a pack says nothing of itself but its classes' names: the page says that, in its own language.
 * @param {PackTexts} texts @param {import('../classifier/engine-packs.js').OpenedPack} opened @param {import('./text.js').Text} text
 * @returns {PackWords}
 */
export function packWords(texts, { imported, bare }, text) {
  const language = bare ? text.language : texts.language;
  return {
    lang: language,
    dir: directionOf(language),
    isReviewed: texts.reviewed !== false,
    isImported: imported !== null,
    name: texts.name,
    intended_use: bare ? text.get('bare_use') : texts.intended_use,
    not_for: bare ? text.get('bare_not_for') : texts.not_for,
    notices: texts.notices ?? [],
    evidence: texts.evidence ?? null,
    heading: texts.heading ?? null,
    lead: texts.lead ?? null,
    take: texts.take ?? null,
    tips: texts.tips ?? null,
    classOf: (id) => ({ id, label: id, text: '', advice: '', ...own(texts.classes, id) }),
    groupOf: (id) => ({ label: id, text: '', ...own(texts.groups, id) }),
    actionOf: (id) => own(texts.actions, id),
    reasonOf: (id) => own(texts.reasons, id),
  };
}

/** Why a picture is not judged, or not surely, in the pack's words or else the page's.
 *  @param {import('./text.js').Text} text @param {PackWords | null} words @param {string} id
 *  @returns {{text: string, advice: string}} */
export function reasonWords(text, words, id) {
  const said = words?.reasonOf(id);
  if (said) return { text: said.text, advice: said.advice ?? '' };
  const key = `reason_${id.replaceAll('-', '_')}`;
  return { text: text.has(key) ? text.get(/** @type {import('./text.js').Key} */ (key)) : text.get('reason_other', { id }), advice: '' };
}
