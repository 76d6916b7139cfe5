/* files.js: from what a person chose or dropped (files, folders, zip archives)
 * to pictures that can be opened one by one, and the table of labels among
 * them. Reads no picture. */

import { lackingHead } from '../../classifier/intake.js';

/** One picture, not yet read. path: with its folders. open: its bytes, anew each time.
 * @typedef {{path: string, size: number, modified: number, open: () => Promise<Blob>}} Source */
/** tables: of labels. num_others: files that are no pictures.
 * @typedef {{title: string, pictures: Source[], tables: {path: string, open: () => Promise<Blob>}[], num_others: number}} Chosen */

/** What cannot be taken, as a key of the screen's words. */
export class ChosenError extends Error {
  /** @param {'chosen_too_many' | 'chosen_none' | 'zip_damaged'} reason @param {Record<string, string | number>} values */
  constructor(reason, values) {
    super(`${reason} ${JSON.stringify(values)}`);
    this.name = 'ChosenError';
    this.reason = reason;
    this.values = values;
  }
}

/** A row is 56 px high, and Firefox draws nothing above some 17 million. */
export const MAX_PICTURES = 100_000;

const PICTURE = /\.(jpe?g|jfif|png|webp|avif|gif|bmp|hei[cf]|dcm)$/i;
/** Left behind by other programs; nobody chose them. */
const HIDDEN = /(^|\/)(\.[^/]*|__MACOSX|Thumbs\.db|desktop\.ini)(\/|$)/i;

/** What the core reads of one file at most (INSITU_MAX_FILE_BYTES). */
const MAX_FILE_BYTES = 64 * 1024 * 1024;

/** As scanners name what they write: without an ending, or by a number that has dots in it. */
const ORDINARY_ENDING = /\.(?!dicom?$|ima$|\d+$)[^./]+$/i;

/** @param {Found} one @returns {Promise<boolean>} by how it begins */
const isDicom = async ({ path, size, open }) => !/(^|\/)DICOMDIR$/i.test(path) && !ORDINARY_ENDING.test(path) && size > 132 && size <= MAX_FILE_BYTES
  && await open().then(async (blob) => await lackingHead(blob) !== null, () => false);

/** @param {string} path @param {string} type MIME, where it is known */
const isZip = (path, type) => /\.zip$/i.test(path) || /^application\/(x-)?zip/.test(type);

/** @param {File} file @param {string} [path] */
function sourceOf(file, path = file.webkitRelativePath || file.name) {
  return { path, size: file.size, modified: file.lastModified, type: file.type, open: async () => file };
}

/** @typedef {ReturnType<typeof sourceOf> | (Source & {type: string})} Found */

/** @param {Iterable<File>} files of an input @returns {Found[]} */
export const foundFiles = (files) => Array.from(files, (file) => sourceOf(file));

/** @param {Blob} blob @param {string} name of the archive @returns {Promise<Found[]>} */
async function foundInZip(blob, name) {
  try {
    const { zipEntries } = await import('../zip.js'); // the library comes with the first archive
    // Names, not paths on a disk: nothing is written, so none can lead out of a folder.
    return (await zipEntries(blob, MAX_PICTURES * 2)).map((entry) => ({ ...entry, path: entry.path.replaceAll('\\', '/'), type: '', open: () => entry.open(MAX_FILE_BYTES) }));
  } catch (error) {
    throw new ChosenError('zip_damaged', { file: name, message: /** @type {Error} */ (error).message });
  }
}

/** What was dropped, folders opened. @param {import('./screen.js').Dropped} items @returns {Promise<Found[]>} */
export async function foundDropped(items) {
  /** @type {Found[]} */
  const found = [];
  for (const { entry, file } of items) {
    if (entry) found.push(...await foundEntry(entry));
    else if (file) found.push(sourceOf(file));
  }
  return found;
}

/** @param {FileSystemEntry} entry @returns {Promise<Found[]>} */
async function foundEntry(entry) {
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => /** @type {FileSystemFileEntry} */ (entry).file(resolve, reject));
    return [sourceOf(/** @type {File} */ (file), entry.fullPath.replace(/^\//, ''))];
  }
  const reader = /** @type {FileSystemDirectoryEntry} */ (entry).createReader();
  /** @type {Found[]} */
  const found = [];
  for (;;) { // a hundred at a time, until none come
    /** @type {FileSystemEntry[]} */
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return found;
    for (const one of some) found.push(...await foundEntry(one));
  }
}

/** @param {Found[]} found @returns {string} what they may be called together */
function titleOf(found) {
  const [first] = found;
  if (!first) return '';
  if (found.length === 1) return first.path;
  const folders = new Set(found.map(({ path }) => (path.includes('/') ? path.split('/')[0] : '')));
  const [only] = folders;
  return folders.size === 1 && only ? only : `${first.path} + ${found.length - 1}`;
}

/**
 * Archives opened, pictures and tables told apart from the rest.
 * @param {Found[]} found @returns {Promise<Chosen>}
 */
export async function chosenOf(found) {
  /** @type {Chosen} */
  const chosen = { title: titleOf(found), pictures: [], tables: [], num_others: 0 };
  /** @type {Set<string>} */
  const paths = new Set();
  /** @type {Set<string>} */
  const files = new Set();
  /** @param {Found[]} some */
  const take = async (some) => {
    for (const one of some) {
      if (HIDDEN.test(one.path)) continue;
      if (/\.csv$/i.test(one.path)) chosen.tables.push(one);
      else if (!/^(image\/|application\/dicom$)/.test(one.type) && !PICTURE.test(one.path) && !await isDicom(one)) chosen.num_others++;
      else {
        const { size, modified, open } = one;
        let path = one.path;
        if (files.has(`${path} ${size} ${modified}`)) continue; // one file, chosen twice
        files.add(`${path} ${size} ${modified}`);
        for (let n = 2; paths.has(path); n++) path = one.path.replace(/(\.[^./]*)?$/, ` (${n})$1`); // two folders' files, chosen without them
        paths.add(path);
        chosen.pictures.push({ path, size, modified, open });
      }
    }
    if (chosen.pictures.length > MAX_PICTURES) {
      throw new ChosenError('chosen_too_many', { n: chosen.pictures.length, most: MAX_PICTURES });
    }
  };
  for (const one of found) {
    if (!isZip(one.path, one.type)) {
      await take([one]);
      continue;
    }
    await take(await foundInZip(await one.open(), one.path));
  }
  if (chosen.pictures.length === 0) throw new ChosenError('chosen_none', { n: chosen.num_others });
  return chosen;
}

/** The table of labels among those chosen: labels.csv, else the only one. @param {Chosen} chosen */
export const labelTable = ({ tables }) =>
  tables.find(({ path }) => /(^|\/)labels\.csv$/i.test(path)) ?? (tables.length === 1 ? tables[0] ?? null : null);
