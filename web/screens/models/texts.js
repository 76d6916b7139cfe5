/* texts.js: whether the words of a pack from elsewhere are such that every
 * screen can show them: models/texts.schema.json. The core reads their labels;
 * the rest is for the page alone. Pure. */

import { ImportError } from './archive.js';

const MAX_CHARACTERS = 8192;

/** @typedef {(value: any) => boolean} Check */
/** @type {Check} */
const isText = (value) => typeof value === 'string' && value.length > 0 && value.length <= MAX_CHARACTERS;
/** @type {Check} */
const isRecord = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
/** @param {number} most @returns {Check} */
const isList = (most) => (value) => Array.isArray(value) && value.length <= most && value.every(isText);
/** @param {string[]} names @returns {Check} an object whose entries have these texts */
const isTable = (...names) => (value) => isRecord(value) && Object.values(value).every((entry) =>
  isRecord(entry) && names.every((name) => isText(entry[name])));
/** @param {Check} check @returns {Check} */
const isOptional = (check) => (value) => value === undefined || check(value);

/** @type {[string, Check][]} */
const FIELDS = [
  ['language', isText], ['reviewed', (value) => typeof value === 'boolean'], ['name', isText], ['intended_use', isText], ['not_for', isText],
  ['notices', isList(32)], ['evidence', isOptional(isText)], ['heading', isOptional(isText)], ['lead', isOptional(isText)],
  ['take', isOptional(isText)], ['tips', isOptional(isList(16))], ['classes', isTable('label', 'text', 'advice')],
  ['groups', isOptional(isTable('label', 'text'))], ['actions', isOptional(isTable('label', 'text'))],
  ['reasons', isOptional((value) => isTable('text')(value) && Object.values(value).every(({ advice }) => isOptional(isText)(advice)))],
];

/** @param {string} json @param {string} name of the file */
export function requireTexts(json, name) {
  let texts;
  try {
    texts = JSON.parse(json);
  } catch (error) {
    throw new ImportError('import_texts', { name, message: /** @type {Error} */ (error).message });
  }
  if (!isRecord(texts)) throw new ImportError('import_texts', { name, message: 'it is no object' });
  const wrong = FIELDS.find(([field, check]) => !check(texts[field]));
  if (wrong) throw new ImportError('import_texts', { name, message: `the field "${wrong[0]}" is not as the format says` });
}
