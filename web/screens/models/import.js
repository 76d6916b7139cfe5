/* import.js: takes a file that a person brings (a pack as a zip archive, or a
 * bare .tflite), has the core check it and keeps it on this device. Bounds come
 * before the work; what fails leaves nothing behind. Shows nothing: what goes
 * on is told, and a bare file is asked about. */

import {
  checkPack, dropImport, keepImport, listImports, MAX_MODEL_BYTES, MODEL_FILE, newKey, openStaged, REPORT, readStaged, requireKeeping, sha256Of, stage,
} from '../../classifier/engine-imports.js';
import { filesOfPack, ImportError, MAX_FILES, MAX_JSON_BYTES, MAX_PACK_BYTES, papersOf, requireFiles, wantedOf } from './archive.js';
import { idOf, packOfBare } from './bare.js';
import { isOfRoom, isTooLittle, storageLeft } from './room.js';
import { requireTexts } from './texts.js';

/** @typedef {import('../../classifier/engine-imports.js').BareOptions} BareOptions */
/** @typedef {import('../../classifier/engine-imports.js').BareReading} BareReading */
/** onState: what is done now, a key of the screen's words. onBare: asks how a bare file is to be read, again where the core
 * refuses an answer; null: the person has thought better of it.
 * @typedef {{onState: (key: 'import_reading' | 'import_checking' | 'import_opening', values?: Record<string, string | number>) => void,
 *   onBare: (told: {file: string, read: (options: BareOptions) => Promise<BareReading>}) => Promise<{name: string, options: BareOptions, reading: BareReading} | null>}} Talk */

/** @param {File} file @returns {Promise<'zip' | 'tflite' | null>} by what it begins with, not by its name */
async function kindOf(file) {
  const start = new Uint8Array(await file.slice(0, 8).arrayBuffer());
  if (start[0] === 0x50 && start[1] === 0x4b && (start[2] === 3 || start[2] === 5)) return 'zip';
  return String.fromCharCode(...start.subarray(4, 8)) === 'TFL3' ? 'tflite' : null;
}

/** @param {number} bytes */
async function requireRoom(bytes) {
  const storage = await storageLeft();
  if (storage && isTooLittle(bytes, storage)) throw new ImportError('import_no_room', { bytes, free: storage.free });
}

/** @param {File} file @param {Talk} talk @returns {Promise<string | null>} the key of what is kept now; null: nothing, as was wanted */
export async function importFile(file, talk) {
  const kind = await kindOf(file);
  if (kind === null) throw new ImportError('import_unknown', { name: file.name });
  const most = kind === 'zip' ? MAX_PACK_BYTES : MAX_MODEL_BYTES;
  if (file.size > most) throw new ImportError('import_large', { name: file.name, bytes: file.size, most });
  await requireKeeping();
  talk.onState('import_reading', { name: file.name });
  const sha256 = await sha256Of(file);
  const before = (await listImports()).find((record) => record.sha256 === sha256);
  if (before) throw new ImportError('import_again', { name: file.name });
  await requireRoom(file.size);
  const key = newKey(idOf(file.name));
  try {
    const is_kept = kind === 'zip' ? await importPack(key, file, sha256, talk) : await importBare(key, file, sha256, talk);
    if (is_kept) {
      navigator.storage?.persist?.().catch(() => false); // asked for where a person has asked; some browsers ask in turn, and nothing waits for that
      return key;
    }
  } catch (error) {
    await dropImport(key);
    throw isOfRoom(error) ? new ImportError('room_ended') : error;
  }
  await dropImport(key);
  return null;
}

/** @param {File} file @returns {Promise<Map<string, import('../zip.js').ZipEntry>>} */
async function packFiles(file) {
  const { zipEntries } = await import('../zip.js'); // the library comes with the first archive
  let entries;
  try {
    entries = await zipEntries(file, MAX_FILES);
  } catch (error) {
    throw new ImportError('import_zip', { name: file.name, message: /** @type {Error} */ (error).message });
  }
  return filesOfPack(entries);
}

/** @param {string} json of a pack that the core refuses @returns {boolean} of a format that came after this page */
function isNewer(json) {
  try {
    return JSON.parse(json).format > 2;
  } catch {
    return false; // no JSON, which the core has said
  }
}

/** @param {string} key @param {File} file @param {string} sha256 @param {Talk} talk @returns {Promise<boolean>} */
async function importPack(key, file, sha256, talk) {
  const files = await packFiles(file);
  /** @param {string} path @param {number} most_bytes @returns {Promise<Blob>} */
  const open = (path, most_bytes) => {
    const entry = files.get(path);
    if (!entry) throw new ImportError('import_lacks', { name: path });
    return entry.open(most_bytes);
  };
  talk.onState('import_checking');
  const json = await (await open('pack.json', MAX_JSON_BYTES)).text();
  await checkPack(json, []).catch((error) => { throw isNewer(json) ? Object.assign(error, { reason: 'import_newer' }) : error; });
  // From here on its names are plain, and its numbers within their limits.
  const pack = /** @type {import('../../pack').Pack} */ (JSON.parse(json));
  const wanted = wantedOf(pack, papersOf(files));
  const bytes = requireFiles(files, wanted);
  await requireRoom(bytes);
  const languages = pack.format === 2 ? pack.languages : [];
  const texts = await Promise.all(languages.map(async (language) => (await open(`texts/${language}.json`, MAX_JSON_BYTES)).text()));
  for (const [index, one] of texts.entries()) requireTexts(one, `texts/${languages[index]}.json`);
  await checkPack(json, texts);
  for (const { path, most_bytes } of wanted) await stage(key, [{ path, blob: await open(path, most_bytes) }]);
  await openStaged(key, {
    json, texts: texts[0] ?? null, variants: pack.variants,
    onVariant: (name) => talk.onState('import_opening', { name }),
  });
  await keepImport({ key, file: file.name, sha256, bytes, kept: Date.now(), bare: null, has_report: files.has(REPORT) });
  return true;
}

/** @param {string} key @param {File} file @param {string} sha256 @param {Talk} talk @returns {Promise<boolean>} */
async function importBare(key, file, sha256, talk) {
  await stage(key, [{ path: MODEL_FILE, blob: file }]);
  const variant = { name: 'file', file: MODEL_FILE, bytes: file.size, sha256 };
  talk.onState('import_opening', { name: file.name });
  const chosen = await talk.onBare({ file: file.name, read: (options) => readStaged(key, variant, options) });
  if (!chosen) return false;
  const { name, options, reading } = chosen;
  const pack = packOfBare({ id: idOf(file.name), name, file: file.name, bytes: file.size, sha256, reading });
  await stage(key, [{ path: 'pack.json', blob: new Blob([JSON.stringify(pack)], { type: 'application/json' }) }]);
  await keepImport({ key, file: file.name, sha256, bytes: file.size, kept: Date.now(), bare: { options, reading } });
  return true;
}

