/* engine-imports.js: packs and bare models that the person brought: checks them
 * with the core, keeps them on this device, lists and removes them. Owns the
 * order: files are put down, the core opens each model from them, and only then
 * the record is written that makes them seen; what has no record is swept away.
 * Reads no archive and shows nothing: screens/models does. */

import { Modules } from './client-assets.js';
import { importedCache, importedFile, importedRoot } from './client-imported.js';
import { ClassifierClient } from './client.js';

export { importedFile };

/** How a file without a pack is to be read; labels: one a line, null for the file's own; output: a number of insitu_output,
 * 0 as the network says; width, height: 0 where the file says it; low, high: what black and white are in its input, both 0 as the file says.
 * @typedef {import('./protocol.js').BareOptions} BareOptions */
/** What the core made of it. @typedef {{task: 'multiclass' | 'multilabel', width: number, height: number,
 *   classes: {id: string, label: string}[], read_as: import('../answer').ReadAs}} BareReading */
/** Of what is kept. file: its name as it came; sha256: of that file; bare: null for a pack.
 * @typedef {{key: string, file: string, sha256: string, bytes: number, kept: number,
 *   bare: {options: BareOptions, reading: BareReading} | null, has_report?: boolean}} ImportRecord */
/** @typedef {{path: string, blob: Blob}} ImportFile */
/** @typedef {{name: string, file: string, bytes: number, sha256: string}} Variant */

export const MODEL_FILE = 'model.tflite';
/** Read beside the card, where a pack's archive has it. */
export const REPORT = 'report/report.md';
/** INSITU_MAX_MODEL_BYTES */
export const MAX_MODEL_BYTES = 256 * 1024 * 1024;

class ImportClient extends ClassifierClient {
  /** The core reads pack.json and each language's texts; throws what it says of them.
   *  @param {string} pack @param {string[]} texts */
  async check(pack, texts) {
    await this.start();
    await this.ask({ message: () => ({ type: 'check', id: 0, pack, texts }) });
  }

  /** Of the bare model that is open. @returns {Promise<BareReading>} */
  async reading() {
    return (await this.ask({ message: () => ({ type: 'describe', id: 0 }) })).reading;
  }
}

/** @template T @param {(client: ImportClient) => Promise<T>} use @returns {Promise<T>} */
async function withClient(use) {
  const client = new ImportClient({ modules: new Modules() });
  try {
    return await use(client);
  } finally {
    client.destroy();
  }
}

/** @param {Blob} blob @returns {Promise<string>} */
export async function sha256Of(blob) {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await blob.arrayBuffer()));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** @param {string} key @returns {URL} ends in "/" */
export const importFolder = (key) => new URL(`${key}/`, importedRoot());
const recordUrl = (/** @type {string} */ key) => new URL(`${key}.json`, importedRoot());

/** @param {string} id @returns {string} of this import alone, so that nothing kept by another is mistaken for it */
export const newKey = (id) => `${id.slice(0, 40)}-${crypto.randomUUID().slice(0, 8)}`;

/** Imports at work, whose files have no record yet. @type {Set<string>} */
const staged = new Set();

/** @param {string} key @param {ImportFile[]} files */
export async function stage(key, files) {
  staged.add(key);
  const cache = await importedCache();
  for (const { path, blob } of files) await cache.put(new URL(path, importFolder(key)).href, new Response(blob));
}

/** @param {ImportRecord} record */
export async function keepImport(record) {
  await (await importedCache()).put(recordUrl(record.key).href, new Response(JSON.stringify(record)));
  staged.delete(record.key);
}

/** @param {string} key */
export async function dropImport(key) {
  staged.delete(key);
  const cache = await importedCache();
  const folder = importFolder(key).href;
  await cache.delete(recordUrl(key).href); // first, so that a half of it is never listed
  for (const { url } of await cache.keys()) if (url.startsWith(folder)) await cache.delete(url);
}

/** @param {string} key @returns {Promise<ImportRecord | null>} */
export async function importRecord(key) {
  const found = await (await importedCache()).match(recordUrl(key).href);
  return found ? found.json() : null;
}

/** Those that were kept whole, the newest first; the rest of one that was broken off goes. @returns {Promise<ImportRecord[]>} */
export async function listImports() {
  if (!globalThis.caches) return [];
  const cache = await importedCache();
  const root = importedRoot().href;
  const urls = (await cache.keys()).map(({ url }) => url);
  const keys = urls.filter((url) => /^[a-z0-9-]+\.json$/.test(url.slice(root.length))).map((url) => url.slice(root.length, -'.json'.length));
  for (const url of urls) {
    const key = url.slice(root.length).split('/')[0] ?? '';
    if (url.slice(root.length).includes('/') && !keys.includes(key) && !staged.has(key)) await cache.delete(url);
  }
  const records = await Promise.all(keys.map((key) => importRecord(key)));
  return records.filter((record) => record !== null).sort((a, b) => b.kept - a.kept);
}

/** @param {URL} url below imported/ @returns {Promise<string>} */
export const importedText = async (url) => (await importedFile(url)).text();

/** Throws where this browser keeps no files for the page, as at an address that is not secure. */
export async function requireKeeping() { await importedCache(); }

/** What pack.json and the texts say, before any file that they name is asked for. @param {string} pack @param {string[]} texts */
export const checkPack = (pack, texts) => withClient((client) => client.check(pack, texts));

/** Opens every variant of a staged pack, one after the other: sizes, digests, operators, its ends.
 *  @param {string} key @param {{json: string, texts: string | null, variants: Variant[], onVariant: (name: string) => void}} pack */
export async function openStaged(key, { json, texts, variants, onVariant }) {
  for (const { name } of variants) {
    onVariant(name);
    await withClient((client) => client.load({
      variant: name,
      openPack: async () => ({ folder: importFolder(key), json, texts: Promise.resolve(texts), pack: { variants }, bare: null }),
    }));
  }
}

/** Opens a staged model as it is to be read. @param {string} key @param {Variant} variant @param {BareOptions} options @returns {Promise<BareReading>} */
export const readStaged = (key, variant, options) => withClient(async (client) => {
  await client.load({
    variant: variant.name,
    openPack: async () => ({ folder: importFolder(key), json: '', texts: Promise.resolve(null), pack: { variants: [variant] }, bare: options }),
  });
  return client.reading();
});
