/* labels.js: which class each picture truly is, by a table with the columns
 * image and label, or by the name of the folder that it lies in. Follows
 * `insitu evaluate` (src/cli/evaluate_rows.c). Pure. */

import { readCsv } from '../../lib/csv.js';

/** What is wrong with a table of labels, as a key of the screen's words. */
export class LabelsError extends Error {
  /** @param {'labels_columns' | 'labels_class' | 'labels_two' | 'labels_none' | 'labels_findings'} reason @param {Record<string, string | number>} values */
  constructor(reason, values) {
    super(`${reason} ${JSON.stringify(values)}`);
    this.name = 'LabelsError';
    this.reason = reason;
    this.values = values;
  }
}

/** truth: index of the class in the pack. line: of the table's file; null: by its folder.
 * @typedef {{path: string, truth: number, line: number | null}} Label */
/** source: the table's name; null: folders. repeated: rows that repeat a picture under its label, counted once.
 * @typedef {{source: string | null, labels: Label[], repeated: number}} Labels */

/** What does not change which file a path names. Apple's archives write letters and their accents apart. @param {string} path */
export const plainPath = (path) => path.normalize().replaceAll('\\', '/').split('/').filter((part) => part !== '' && part !== '.').join('/');

/** @param {string} text of the table @param {string} source its name @param {string[]} classes ids, in the pack's order
 *  @returns {Labels} @throws {LabelsError | import('../../lib/csv.js').CsvError} */
export function labelsOf(text, source, classes) {
  const { header, rows, lines } = readCsv(text);
  const [image, label] = [header.indexOf('image'), header.indexOf('label')];
  if (image < 0 || label < 0) throw new LabelsError('labels_columns', { file: source, header: header.join(', ') });
  /** @type {Map<string, Label>} */
  const by_path = new Map();
  let repeated = 0;
  for (const [index, row] of rows.entries()) {
    const path = plainPath(row[image] ?? '');
    const line = lines[index] ?? 0;
    const truth = classes.indexOf(row[label] ?? '');
    if (truth < 0) {
      throw new LabelsError('labels_class', { file: source, line, label: row[label] ?? '', classes: classes.join(', ') });
    }
    const before = by_path.get(path);
    if (before && before.truth !== truth) throw new LabelsError('labels_two', { file: source, path, line, before: before.line ?? 0 });
    if (before) repeated++;
    else by_path.set(path, { path, truth, line });
  }
  if (by_path.size === 0) throw new LabelsError('labels_none', { file: source });
  return { source, labels: [...by_path.values()], repeated };
}

/**
 * By the folder that each picture lies in, where its name is a class of the pack.
 * @param {string[]} paths @param {string[]} classes
 * @returns {Labels | null} null: no folder is
 */
export function folderLabels(paths, classes) {
  const labels = paths.flatMap((path) => {
    const truth = classes.indexOf(path.split('/').at(-2) ?? '');
    return truth < 0 ? [] : [{ path, truth, line: null }];
  });
  return labels.length > 0 ? { source: null, labels, repeated: 0 } : null;
}

/**
 * What is known of the pictures chosen. A label names one class of several; of findings, which stand each by itself, it says nothing.
 * @param {{path: string, open: () => Promise<Blob>} | null} table @param {string[]} paths of the pictures
 * @param {Pick<import('../../classifier/engine-packs.js').Pack, 'task' | 'classes'>} pack
 * @returns {Promise<Labels | null>} @throws {LabelsError | import('../../lib/csv.js').CsvError}
 */
export async function knownLabels(table, paths, { task, classes }) {
  const ids = classes.map(({ id }) => id);
  if (task === 'multilabel') {
    if (table) throw new LabelsError('labels_findings', {});
    return null;
  }
  return table ? labelsOf(await (await table.open()).text(), table.path, ids) : folderLabels(paths, ids);
}

/** Every end of a path: "a/b.png", "b.png". @param {string} path */
const endsOf = (path) => path.split('/').map((_, from, parts) => parts.slice(from).join('/'));

/** By what each end names; null: several. @param {string[]} paths @returns {Map<string, string | null>} */
function byEnd(paths) {
  /** @type {Map<string, string | null>} */
  const ends = new Map();
  for (const path of paths) for (const end of endsOf(path.normalize())) ends.set(end, ends.has(end) ? null : path);
  for (const path of paths) ends.set(path.normalize(), path); // a whole path names one
  return ends;
}

/**
 * A table names files from a folder of its own, which may lie above or below the one chosen: a picture is meant where
 * one path ends in the other, and no third does.
 * @param {string[]} paths of the pictures chosen @param {Labels} labels
 * @returns {{truths: Map<string, number>, missing: string[]}} by the picture's path; the table's that were not chosen
 */
export function matchLabels(paths, { labels }) {
  const chosen = byEnd(paths);
  const named = byEnd(labels.map(({ path }) => path));
  /** @type {Map<string, number>} */
  const truths = new Map();
  /** @type {string[]} */
  const missing = [];
  for (const { path, truth } of labels) {
    const found = chosen.get(path) ?? chosen.get(endsOf(path).find((end) => named.get(end) === path && chosen.get(end)?.normalize() === end) ?? '');
    if (found && !truths.has(found)) truths.set(found, truth);
    else missing.push(path);
  }
  return { truths, missing };
}
