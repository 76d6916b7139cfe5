/* share.js: an answer as files to hand on: a picture with its words, the
 * command's JSON line, a table, none with the name of the person's file. Comes
 * when it is first asked for. Hands files to the device's own sharing where it
 * takes them, else saves them; sends nothing itself. */

import { answerColumns, answerRow } from '../../lib/answer-table.js';
import { csvLine } from '../../lib/csv.js';
import { handedName, nameless } from '../../lib/nameless.js';
import { save } from '../../lib/save.js';
import { drawAnswer } from './picture.js';

/** @typedef {'picture' | 'json' | 'csv'} Kind */
/** summary: what the answer says, in words. @typedef {import('./picture.js').Shown & {summary: string}} Shared */

/** @param {Kind} kind @param {Shared} shared @returns {Promise<File>} */
export async function fileOf(kind, shared) {
  const result = nameless(shared.result);
  if (kind === 'json') return new File([`${JSON.stringify(result)}\n`], handedName('json'), { type: 'application/json' });
  if (kind === 'csv') {
    const ids = result.classes.map(({ id }) => id).sort();
    return new File([csvLine(['image', ...answerColumns(ids)]), csvLine([result.file, ...answerRow(result, ids)])], handedName('csv'), { type: 'text/csv' });
  }
  return new File([await drawAnswer(shared)], handedName('png'), { type: 'image/png' });
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
