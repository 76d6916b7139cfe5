/* engine-packs.js: the packs' store of a page: which packs the site has, and the
 * person has brought, their pack.json, and their words, each file fetched once for all elements and
 * screens. Knows what a pack says, not how it is run. */

import { fetchFile } from './client-assets.js';
import { importedFile, isImported } from './client-imported.js';
import { siteFile } from '../shared/site.js';
import { InsituError } from './protocol.js';

/** pack.json and texts/<language>.json, of types generated from their schemas. The core checks pack.json whole; here it
 * is trusted after that. In format 1 the words are in pack.json itself, in English.
 * @typedef {import('../pack').Pack} Pack */
/** @typedef {import('../pack').Variant} Variant */
/** @typedef {import('../pack').Figure} Figure */
/** What a person reads of a pack, in one language. @typedef {import('../pack').PackTexts} PackTexts */
/** @typedef {PackTexts['classes'][string]} ClassText */
/** models/index.json, made by the build.
 * @typedef {{first: string, packs: {id: string, version: string, languages: string[], bytes: number}[]}} Index */
/** folder ends in "/". imported: null for a pack of the site. bare: of a file without a pack, null else.
 * @typedef {{folder: URL, json: string, pack: Pack, imported: import('./engine-imports.js').ImportRecord | null,
 *   bare: import('./protocol.js').BareOptions | null}} OpenedPack */

/** models/cards.json, made by the build: what a card shows of a pack that need not be here. files: what an answer takes, in
 * every language. texts: by language, the first stands in for the others.
 * @typedef {{id: string, version: string, licence: string, kinds: number, card: string, files: string[],
 *   texts: {[language: string]: {name: string, intended_use: string, not_for: string}}}} PackCard */

const FORMATS = [1, 2];
/** Of format 1, whose words are in pack.json. */
const OLD_LANGUAGE = 'en';

/**
 * @param {string} address of a pack's folder, with or without its last slash
 * @param {string | URL} base @returns {URL} ends in "/"
 */
export const folderOf = (address, base) => new URL(`${address.replace(/\/*$/, '')}/`, base);

/** @param {Pack} pack @returns {string[]} at least one; the first stands in for the others */
export const languagesOf = (pack) => (pack.format === 2 && pack.languages?.length ? pack.languages : [OLD_LANGUAGE]);

/**
 * @param {Pack} pack @param {string | null} name null: the default
 * @returns {Variant}
 */
export function findVariant(pack, name) {
  const wanted = name ?? pack.default_variant;
  const variant = pack.variants.find((one) => one.name === wanted);
  if (!variant) {
    const names = pack.variants.map((one) => one.name).join(', ');
    throw new InsituError('invalid-argument', `the pack has no variant "${wanted}", it has: ${names}`);
  }
  return variant;
}

/** What a pack says of its classes beside their words; format 1 says nothing. @param {Pack} pack
 *  @returns {{groups: {id: string, classes: string[]}[], actions: Map<string, string>}} actions: by class */
export function decisionsOf(pack) {
  if (pack.format !== 2) return { groups: [], actions: new Map() };
  return { groups: pack.groups ?? [], actions: new Map(pack.classes.flatMap(({ id, action }) => (action ? [[id, action]] : []))) };
}

/** A pack may have a region's: "de-AT" does for "de". @param {string[]} all @param {string} wanted */
export const nearest = (all, wanted) => all.find((one) => one === wanted) ?? all.find((one) => one.split('-')[0] === wanted) ?? all[0];

/**
 * What such answers turned out to be on the pack's test side; null where nobody counted it: for another device's
 * limits, under another prior, of too few pictures.
 * @param {Pack} pack @param {import('./protocol.js').Result} result
 * @returns {import('../pack').Frequency & {split: string, of: number, is_of_all: boolean} | null} of: the pictures counted in all; is_of_all: whatever was named
 */
export function frequencyOf(pack, { decision, top, model, taken_with }) {
  if (pack.format !== 2 || pack.task === 'multilabel' || !top) return null;
  const variant = pack.variants.find(({ name }) => name === model.variant);
  const counted = variant?.frequencies;
  if (!counted || counted.prior !== model.prior) return null;
  if (taken_with !== undefined && Object.hasOwn(variant.decision?.taken_with ?? {}, taken_with)) return null;
  const answers = counted.answers ?? {};
  const own = Object.hasOwn(answers, top.id) ? answers[top.id] : undefined;
  const is_of_all = decision === 'answer' && !own; // the pack has that of all only where no class has its own
  const found = decision === 'unsure' ? counted.unsure : own ?? counted.answered;
  if (!found || !isCount(found.n) || !isCounted(found.right)) return null;
  const { groups, ...rest } = found;
  const known = Object.entries(groups ?? {}).filter(([id, part]) => isCounted(part) && pack.groups?.some((one) => one.id === id));
  return { ...rest, ...(known.length > 0 && { groups: Object.fromEntries(known) }), split: counted.split, of: counted.n, is_of_all };
}

// The core does not read these counts: a pack of a person's own may have anything there.
/** @param {unknown} value */
const isCount = (value) => Number.isInteger(value) && Number(value) > 0;
/** @param {any} part */
const isCounted = (part) => Number.isInteger(part?.k) && Number.isFinite(part.low) && Number.isFinite(part.high);

/** @param {string} json @param {string} name of the file @returns {any} */
function parse(json, name) {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new InsituError('invalid-pack', `${name} is not JSON: ${/** @type {Error} */ (error).message}`);
  }
}

/** @param {string} json @returns {Pack} */
function packOf(json) {
  const pack = parse(json, 'pack.json');
  if (!FORMATS.includes(pack?.format)) {
    throw new InsituError('invalid-pack', `pack.json: format is ${pack?.format}, this page reads ${FORMATS.join(' and ')}`);
  }
  if (!Array.isArray(pack.variants) || !Array.isArray(pack.classes)) {
    throw new InsituError('invalid-pack', 'pack.json: variants and classes must be lists');
  }
  return pack;
}

/** The words of a pack of format 1. @param {import('../pack').Pack1} pack @returns {PackTexts} */
function ownTexts({ name, intended_use, not_for, notices, classes }) {
  return {
    language: OLD_LANGUAGE, reviewed: true, name, intended_use, not_for, notices: notices ?? [],
    classes: Object.fromEntries(classes.map(({ id, ...words }) => [id, words])),
  };
}

export class PackStore {
  /** @param {URL | null} [site] where models/ lies; null: beside the scripts, or where setSite says */
  constructor(site = null) {
    /** @private */ this.file = (/** @type {string} */ name) => (site ? new URL(name, site) : siteFile(name));
    /** @private @type {Map<string, Promise<any>>} by what was asked for */ this.kept = new Map();
  }

  /** Once; again only after a failure. @template T @param {string} key @param {() => Promise<T>} make @returns {Promise<T>} @private */
  once(key, make) {
    const before = this.kept.get(key);
    if (before) return before;
    const made = make();
    this.kept.set(key, made);
    made.catch(() => { if (this.kept.get(key) === made) this.kept.delete(key); });
    return made;
  }

  /** @returns {Promise<Index>} */
  index() {
    return this.once('index', async () => {
      const index = parse(await (await fetchFile(this.file('models/index.json'))).text(), 'models/index.json');
      if (typeof index?.first !== 'string') throw new InsituError('invalid-pack', 'models/index.json names no first pack');
      return index;
    });
  }

  /** @returns {Promise<PackCard[]>} */
  cards() {
    return this.once('cards', async () => parse(await (await fetchFile(this.file('models/cards.json'))).text(), 'models/cards.json').packs);
  }

  /** The folder of the pack that the site shows by itself. @returns {Promise<URL>} */
  async first() {
    return folderOf(`models/${(await this.index()).first}`, this.file(''));
  }

  /** @param {URL} folder @param {{isAnew?: boolean}} [options] isAnew: not the one kept here @returns {Promise<OpenedPack>} */
  open(folder, { isAnew = false } = {}) {
    if (isAnew) this.kept.delete(folder.href);
    return this.once(folder.href, async () => {
      const response = await fetchFile(new URL('pack.json', folder), { cache: isAnew ? 'reload' : 'default' });
      const json = await response.text();
      // By the record alone, which a pack cannot bring along: what a pack.json says of itself does not change how it is read.
      const imported = isImported(folder) ? await (await importedFile(new URL(`${folder.href.slice(0, -1)}.json`))).json() : null;
      return { folder, json, pack: packOf(json), imported, bare: imported?.bare?.options ?? null };
    });
  }

  /** Of a pack that has gone. @param {URL} folder */
  forget(folder) {
    for (const key of this.kept.keys()) if (key.startsWith(folder.href)) this.kept.delete(key);
  }

  /**
   * One language's file as it is, for the core, which takes the labels from it.
   * @param {OpenedPack} opened @param {string} [language]
   * @returns {Promise<string | null>} null: the words are in pack.json
   */
  async textsJson({ folder, pack }, language = languagesOf(pack)[0]) {
    if (pack.format === 1) return null;
    const url = new URL(`texts/${language}.json`, folder);
    return this.once(url.href, async () => (await fetchFile(url)).text());
  }

  /**
   * The pack's words in the language where it has them, else in its first.
   * @param {OpenedPack} opened @param {string} wanted as the page writes languages: "de"
   * @returns {Promise<PackTexts>}
   */
  async texts(opened, wanted) {
    const all = languagesOf(opened.pack);
    const [first = OLD_LANGUAGE] = all;
    const language = nearest(all, wanted) ?? first;
    if (language === first) return this.parsedTexts(opened, first);
    return this.parsedTexts(opened, language).catch((error) => {
      console.warn(`the pack's words in ${language} could not be had:`, error);
      return this.parsedTexts(opened, first);
    });
  }

  /** @param {OpenedPack} opened @param {string} language @returns {Promise<PackTexts>} @private */
  async parsedTexts(opened, language) {
    if (opened.pack.format === 1) return ownTexts(opened.pack);
    const json = /** @type {string} */ (await this.textsJson(opened, language));
    const name = `texts/${language}.json`;
    const texts = parse(json, name);
    const lacking = opened.pack.classes.find(({ id }) => typeof texts?.classes?.[id]?.label !== 'string');
    if (lacking) throw new InsituError('invalid-pack', `${name} has no label of the class "${lacking.id}"`);
    return texts;
  }
}
