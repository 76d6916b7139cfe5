/* zip.js: the files in a zip archive, each read only when it is opened, so that
 * an archive of any size takes no memory. The format is zip.js's affair
 * (@zip.js/zip.js, BSD-3-Clause), its reading half, loaded with this file. */

import { ZipReader } from '@zip.js/zip.js/lib/zip-core-reader.js';
import { InsituError } from '../classifier/engine.js';

/** path: as it is written there, which is not checked. open: its bytes; refused as soon as it has more than so many, since a
 * small archive can announce, or hold, any length.
 * @typedef {{path: string, size: number, modified: number, open: (most_bytes: number) => Promise<Blob>}} ZipEntry */

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

/** @param {import('@zip.js/zip.js').FileEntry} entry @param {number} most_bytes @returns {Promise<Blob>} */
async function openEntry(entry, most_bytes) {
  if (entry.encrypted) throw new InsituError('unsupported', `${entry.filename} is encrypted in its archive`);
  /** @type {BlobPart[]} */
  const pieces = [];
  let bytes = 0;
  const tooLarge = () => new InsituError('too-large', `${entry.filename} has more than ${most_bytes} bytes, the most that are read`);
  if (entry.uncompressedSize > most_bytes) throw tooLarge();
  const sink = new WritableStream({
    write(piece) {
      bytes += piece.length;
      if (bytes > most_bytes) throw tooLarge();
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

/**
 * @param {Blob} blob @param {number} most so many files; more are not listed, and the caller sees one too many
 * @returns {Promise<ZipEntry[]>} rejects where it is no archive
 */
export async function zipEntries(blob, most) {
  /** @type {ZipEntry[]} */
  const found = [];
  const reader = new ZipReader(/** @type {any} */ (new BlobSource(blob)), { useWebWorkers: false, filenameValidation: 'tolerant' }); // names are the caller's to judge
  for await (const entry of reader.getEntriesGenerator()) {
    if (entry.directory) continue;
    found.push({
      path: entry.filename, size: entry.uncompressedSize, modified: entry.lastModDate?.getTime() ?? 0,
      open: (most_bytes) => openEntry(entry, most_bytes),
    });
    if (found.length > most) break;
  }
  return found;
}
