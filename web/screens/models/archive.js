/* archive.js: which files of an archive make a pack, by their names alone:
 * nothing has been unpacked yet. Refuses what could not be a pack, and what a
 * careless unpacker would put elsewhere. Pure. */

import { REPORT } from '../../classifier/engine-imports.js';

/** So many files an archive may hold; a pack's folder with its report has some forty. */
export const MAX_FILES = 1000;
/** All that is kept of it together. */
export const MAX_PACK_BYTES = 512 * 1024 * 1024;
/** INSITU_MAX_PACK_JSON_BYTES: pack.json, and each language's texts. */
export const MAX_JSON_BYTES = 4 * 1024 * 1024;
const MAX_CARD_BYTES = 1024 * 1024;
/** A report has some seven. */
const MAX_PLOTS = 40;
const PLOT = /^report\/[\w.-]+\.(svg|png)$/;
/** Left behind by other programs; nobody chose them. */
const HIDDEN = /(^|\/)(\.[^/]*|__MACOSX|Thumbs\.db|desktop\.ini)(\/|$)/i;

/** A key of the screen's words, and what fills it. */
export class ImportError extends Error {
  /** @param {string} reason @param {Record<string, string | number>} [values] */
  constructor(reason, values = {}) {
    super(`${reason} ${JSON.stringify(values)}`);
    this.name = 'ImportError';
    this.reason = reason;
    this.values = values;
  }
}

/** @param {string} path @returns {boolean} it stays in the folder that it is unpacked into */
export const staysInside = (path) => path !== '' && !/^[/\\]|^[A-Za-z]:|\\|\0/.test(path)
  && path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');

/**
 * @template {{path: string, size: number}} E
 * @param {E[]} entries @returns {Map<string, E>} by their names in the pack's folder, which is the archive's own or the only one in it
 */
export function filesOfPack(entries) {
  if (entries.length > MAX_FILES) throw new ImportError('import_too_many', { most: MAX_FILES });
  /** @type {Map<string, E>} */
  const all = new Map();
  for (const entry of entries) {
    if (!staysInside(entry.path)) throw new ImportError('import_outside', { name: entry.path });
    if (all.has(entry.path)) throw new ImportError('import_twice', { name: entry.path });
    all.set(entry.path, entry);
  }
  const packs = [...all.keys()].filter((path) => /^([^/]+\/)?pack\.json$/.test(path) && !HIDDEN.test(path));
  const [found] = packs;
  if (found === undefined) throw new ImportError('import_no_pack');
  if (packs.length > 1) throw new ImportError('import_packs', { names: packs.join(', ') });
  const root = found.slice(0, -'pack.json'.length);
  return new Map([...all].filter(([path]) => path.startsWith(root)).map(([path, entry]) => [path.slice(root.length), entry]));
}

/** @typedef {{path: string, most_bytes: number}} Wanted */
/** Of a pack's report what is shown of it: its text and its plots. @template {{path: string, size: number}} E @param {Map<string, E>} files @returns {string[]} */
export const papersOf = (files) => [REPORT, ...[...files.keys()].filter((path) => PLOT.test(path)).slice(0, MAX_PLOTS)]
  .filter((path) => path === REPORT ? files.has(path) : Number(files.get(path)?.size) <= MAX_CARD_BYTES);

/** What of a pack is kept, by a pack.json that the core has read: its names are plain.
 *  @param {import('../../classifier/engine-packs.js').Pack} pack @param {string[]} [papers] @returns {Wanted[]} */
export function wantedOf(pack, papers = []) {
  const languages = pack.format === 2 ? pack.languages : [];
  const wanted = [
    { path: 'pack.json', most_bytes: MAX_JSON_BYTES },
    ...languages.map((language) => ({ path: `texts/${language}.json`, most_bytes: MAX_JSON_BYTES })),
    { path: pack.card, most_bytes: MAX_CARD_BYTES },
    ...papers.map((path) => ({ path, most_bytes: MAX_CARD_BYTES })),
    ...pack.variants.map(({ file, bytes }) => ({ path: file, most_bytes: bytes })),
  ];
  const twice = wanted.find(({ path }, index) => wanted.findIndex((one) => one.path === path) !== index);
  if (twice) throw new ImportError('import_twice', { name: twice.path });
  return wanted;
}

/** Before anything is unpacked. @template {{path: string, size: number}} E @param {Map<string, E>} files @param {Wanted[]} wanted
 *  @returns {number} their bytes together */
export function requireFiles(files, wanted) {
  let bytes = 0;
  for (const { path, most_bytes } of wanted) {
    const file = files.get(path);
    if (!file) throw new ImportError('import_lacks', { name: path });
    if (file.size > most_bytes) throw new ImportError('import_large', { name: path, bytes: file.size, most: most_bytes });
    bytes += file.size;
  }
  if (bytes > MAX_PACK_BYTES) throw new ImportError('import_large', { name: 'pack.json', bytes, most: MAX_PACK_BYTES });
  return bytes;
}
