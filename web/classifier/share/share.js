/* share.js: an answer as files to hand on: a picture with its words, the
 * command's JSON line, a table. Comes when it is first asked for. Hands files
 * to the device's own sharing where it takes them, else saves them; sends
 * nothing itself. */

import { answerColumns, answerRow } from '../../lib/answer-table.js';
import { csvLine } from '../../lib/csv.js';
import { save } from '../../lib/save.js';
import { drawAnswer } from './picture.js';

/** @typedef {'picture' | 'json' | 'csv'} Kind */
/** summary: what the answer says, in words. @typedef {import('./picture.js').Shown & {summary: string}} Shared */

/** @param {string} file the picture's name @param {string} ending */
const nameOf = (file, ending) => `${file.replace(/\.[^.]*$/, '') || 'photo'}.insitu.${ending}`;

/** @param {Kind} kind @param {Shared} shared @returns {Promise<File>} */
export async function fileOf(kind, shared) {
  const { result } = shared;
  if (kind === 'json') return new File([`${JSON.stringify(result)}\n`], nameOf(result.file, 'json'), { type: 'application/json' });
  if (kind === 'csv') {
    const ids = result.classes.map(({ id }) => id).sort();
    return new File([csvLine(['image', ...answerColumns(ids)]), csvLine([result.file, ...answerRow(result, ids)])], nameOf(result.file, 'csv'), { type: 'text/csv' });
  }
  return new File([await drawAnswer(shared)], nameOf(result.file, 'png'), { type: 'image/png' });
}

/** @param {File} file @param {string} text @returns {Promise<'shared' | 'saved' | 'left'>} left: the person thought better of it */
export async function hand(file, text) {
  if (navigator.canShare?.({ files: [file] })) {
    try {
      await navigator.share({ files: [file], text });
      return 'shared';
    } catch (error) {
      if (/** @type {Error} */ (error).name === 'AbortError') return 'left';
      console.info('the device did not take it, so it is saved:', error);
    }
  }
  save(file.name, file);
  return 'saved';
}
