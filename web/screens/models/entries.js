/* entries.js: what a card shows of each pack that there is: the site's, by what
 * its build says of them, and the person's own, by what lies here. The one in
 * use comes first, then those used last. Needs none of a pack's files, so that
 * one that is not kept is told of without a network too. */

import { engine } from '../../classifier/engine.js';
import { importFolder, listImports, REPORT } from '../../classifier/engine-imports.js';
import { folderOf, nearest } from '../../classifier/engine-packs.js';
import { packWords } from '../../lib/pack-text.js';
import { directionOf } from '../../lib/text.js';
import { packName, usedPacks } from '../../lib/used.js';
import { keptPaths, missingOf } from './kept.js';

/** name: the pack's id, or the key of what the person brought. card: URL of its model card, null for a bare file. report: of an own pack; a site's is a tap behind its card.
 * files: what an answer takes, in every language, and what there is to read.
 * @typedef {{name: string, folder: URL, bytes: number, version: string, licence: string, kinds: number, card: URL | null, report: URL | null, files: string[],
 *   own: {lang: string, dir: 'ltr' | 'rtl', name: string, intended_use: string, not_for: string},
 *   imported: import('../../classifier/engine-imports.js').ImportRecord | null,
 *   is_used: boolean, is_first: boolean, is_kept: boolean}} Entry */

/** @param {import('../../lib/text.js').Text} text @returns {Promise<Omit<Entry, 'is_used'>[]>} */
async function siteEntries(text) {
  const [{ first, packs }, cards, kept] = await Promise.all([engine.packs.index(), engine.packs.cards(), keptPaths()]);
  return cards.map(({ id, version, licence, kinds, card, files, texts }) => {
    const folder = folderOf(`models/${id}`, document.baseURI);
    const lang = nearest(Object.keys(texts), text.language) ?? text.language;
    const words = texts[lang] ?? { name: id, intended_use: '', not_for: '' };
    return {
      name: id, folder, bytes: packs.find((one) => one.id === id)?.bytes ?? 0, version, licence, kinds, card: new URL(card, folder), report: null, files,
      own: { lang, dir: directionOf(lang), ...words }, imported: null, is_first: id === first, is_kept: missingOf({ folder, files }, kept).length === 0,
    };
  });
}

/** @param {import('../../lib/text.js').Text} text @returns {Promise<Omit<Entry, 'is_used'>[]>} */
async function ownEntries(text) {
  return Promise.all((await listImports()).map(async ({ key, bytes, has_report }) => {
    const folder = importFolder(key);
    const opened = await engine.packs.open(folder);
    const { pack, bare, imported } = opened;
    const own = packWords(await engine.packs.texts(opened, text.language), opened, text);
    return {
      name: key, folder, bytes, version: pack.version, licence: pack.licence.weights, kinds: pack.classes.length,
      card: bare ? null : new URL(pack.card, folder), report: has_report ? new URL(REPORT, folder) : null, files: [], own, imported, is_first: false, is_kept: true,
    };
  }));
}

/** @param {import('../../app.js').App} app @returns {Promise<Entry[]>} */
export async function packEntries({ text, opened }) {
  const all = [...await ownEntries(text), ...await siteEntries(text)];
  const used = usedPacks();
  const rank = (/** @type {Entry} */ { folder, is_used }) => {
    const place = used.indexOf(packName(folder));
    return is_used ? -1 : place < 0 ? used.length : place;
  };
  return all.map((entry) => ({ ...entry, is_used: entry.folder.href === opened?.folder.href })).sort((a, b) => rank(a) - rank(b));
}
