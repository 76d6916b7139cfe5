/* zip.js: the files in a zip archive, each read only when it is opened, so that
 * an archive of any size takes no memory. The format is zip.js's affair
 * (@zip.js/zip.js, BSD-3-Clause), its reading half, loaded with this file. */

import { ZipReader } from '@zip.js/zip.js/lib/zip-core-reader.js';
import { InsituError } from '../../classifier/engine.js';
import { ChosenError } from './files.js';

/** What the core reads of one file at most (INSITU_MAX_FILE_BYTES): a small archive can announce, or hold, any length. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;

/** An archive as the library wants to read it. */
class BlobSource {
  /** @param {Blob} blob */
  constructor(blob) {
    this.blob = blob;
    this.size = blob.size;
  }

  init() {}

  /** @param {number} offset @param {number} length */
  async readUint8Array(offset, length) {
    return new Uint8Array(await this.blob.slice(offset, offset + length).arrayBuffer());
  }

  /** @param {{offset?: number, size?: number}} [part] */
  createReadable({ offset = 0, size = this.size } = {}) { return this.blob.slice(offset, offset + size).stream(); }
}

/** @param {import('@zip.js/zip.js').FileEntry} entry @returns {Promise<Blob>} */
async function openEntry(entry) {
  if (entry.encrypted) throw new InsituError('unsupported', `${entry.filename} is encrypted in its archive`);
  /** @type {BlobPart[]} */
  const pieces = [];
  let bytes = 0;
  const tooLarge = () => new InsituError('too-large', `${entry.filename} has more than ${MAX_FILE_BYTES} bytes, the most that are read`);
  if (entry.uncompressedSize > MAX_FILE_BYTES) throw tooLarge();
  const sink = new WritableStream({
    write(piece) {
      bytes += piece.length;
      if (bytes > MAX_FILE_BYTES) throw tooLarge();
      pieces.push(piece);
    },
  });
  try {
    await entry.getData(sink, { useWebWorkers: false, checkSignature: true });
  } catch (error) {
    if (error instanceof InsituError) throw error;
    throw new InsituError('damaged', `${entry.filename} is damaged in its archive: ${/** @type {Error} */ (error).message}`);
  }
  return new Blob(pieces);
}

/** @param {Blob} blob @param {string} name of the archive @returns {Promise<import('./files.js').Found[]>} */
export async function foundInZip(blob, name) {
  /** @type {import('./files.js').Found[]} */
  const found = [];
  try {
    // Names, not paths on a disk: nothing is written, so none can lead out of a folder.
    const reader = new ZipReader(/** @type {any} */ (new BlobSource(blob)), { useWebWorkers: false });
    for await (const entry of reader.getEntriesGenerator()) {
      if (entry.directory) continue;
      found.push({
        path: entry.filename, size: entry.uncompressedSize, modified: entry.lastModDate?.getTime() ?? 0, type: '',
        open: () => openEntry(entry),
      });
    }
  } catch (error) {
    throw new ChosenError('zip_damaged', { file: name, message: /** @type {Error} */ (error).message });
  }
  return found;
}
