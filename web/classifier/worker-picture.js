/* worker-picture.js: a file to the pixels that the model takes, by whoever reads
 * it: the core's own decoder (JPEG, PNG), the one for WebP, fetched when the first
 * WebP comes, or the browser's (AVIF, GIF, BMP; HEIC on Apple's), whose pixels go
 * through the core's crop and resize. Keeps no picture. */

import { InsituError } from './protocol.js';
import { DecodeModule, ModuleError } from './module.js';

/** @typedef {import('./protocol.js').ModuleSource} ModuleSource */
/** @typedef {import('./module.js').Crop} Crop */
/** @typedef {import('./module.js').Input} Input */

/** INSITU_MAX_SIDE_PX, and INSITU_MAX_DECODE_BYTES at four bytes a pixel: the browser would decode anything, and holds it whole. */
const MAX_SIDE_PX = 32768;
const MAX_PIXELS = 67_108_864;
/** Larger canvases are blank on iPhones; what is larger is reduced into one. */
const MAX_CANVAS_PIXELS = 16_777_216;

/** @param {Uint8Array} bytes @param {number} offset @param {string} text in ASCII */
const hasText = (bytes, offset, text) =>
  [...text].every((letter, index) => bytes[offset + index] === letter.charCodeAt(0));

/** @type {Map<string, Promise<WebAssembly.Module>>} by URL, those that were needed */
const fetched = new Map();

/** A module beside the one that the page gave. @param {ModuleSource} source @param {string} name
 *  @returns {Promise<ModuleSource>} */
async function furtherModule({ glue }, name) {
  const url = new URL(`${name}.wasm`, glue).href;
  let module = fetched.get(url);
  if (!module) {
    module = fetchModule(url);
    fetched.set(url, module);
    module.catch(() => fetched.delete(url)); // the next picture tries again
  }
  return { glue: new URL(`${name}.mjs`, glue).href, module: await module };
}

/** @param {string} url */
async function fetchModule(url) {
  try {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    return await WebAssembly.compile(await response.arrayBuffer());
  } catch (error) {
    throw new InsituError('io', `the decoder for this kind of picture could not be fetched: ${/** @type {Error} */ (error).message}`);
  }
}

/** @param {ModuleSource} source @param {Uint8Array} bytes */
async function decoderFor(source, bytes) {
  const isWebp = hasText(bytes, 0, 'RIFF') && hasText(bytes, 8, 'WEBP');
  return DecodeModule.start(isWebp ? await furtherModule(source, 'decode-webp') : source);
}

/** @param {number} width @param {number} height */
function checkSize(width, height) {
  if (width > MAX_SIDE_PX || height > MAX_SIDE_PX || width * height > MAX_PIXELS) {
    throw new InsituError('too-large', `the picture has ${width} x ${height} pixels; at most ${MAX_SIDE_PX} a side `
      + `and ${MAX_PIXELS} in all are read`);
  }
}

/** What a header says, before the browser decodes: GIF, BMP, and the "ispe" boxes of AVIF and HEIC, of which there is
 * one for each tile and one for the whole. @param {Uint8Array} bytes @returns {[number, number][]} sizes; none: not known */
export function announcedSizes(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (hasText(bytes, 0, 'GIF8') && bytes.length >= 10) return [[view.getUint16(6, true), view.getUint16(8, true)]];
  if (hasText(bytes, 0, 'BM') && bytes.length >= 26 && view.getUint32(14, true) >= 40) {
    return [[Math.abs(view.getInt32(18, true)), Math.abs(view.getInt32(22, true))]];
  }
  /** @type {[number, number][]} */
  const sizes = [];
  if (!hasText(bytes, 4, 'ftyp')) return sizes;
  const end = Math.min(bytes.length - 16, 65536); // the boxes that describe come before the data
  for (let at = bytes.indexOf(0x69); at >= 0 && at < end; at = bytes.indexOf(0x69, at + 1)) {
    if (hasText(bytes, at, 'ispe')) sizes.push([view.getUint32(at + 8), view.getUint32(at + 12)]);
  }
  return sizes;
}

/** Upright, in sRGB, on white. @param {ImageBitmap} bitmap @param {OffscreenCanvas | null} [kept] to use again for the next of the same size */
function pixelsOf(bitmap, kept = null) {
  const scale = Math.min(1, Math.sqrt(MAX_CANVAS_PIXELS / (bitmap.width * bitmap.height)));
  const width = Math.max(1, Math.floor(bitmap.width * scale));
  const height = Math.max(1, Math.floor(bitmap.height * scale));
  const canvas = kept ?? new OffscreenCanvas(width, height);
  if (kept && (kept.width !== width || kept.height !== height)) Object.assign(kept, { width, height });
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new InsituError('out-of-memory', `there is no memory for ${width} x ${height} pixels`);
  context.fillStyle = 'white';
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, 0, 0, width, height);
  return context.getImageData(0, 0, width, height);
}

/** @param {Blob} blob @param {Uint8Array} bytes the same
 *  @param {ModuleError} refusal what the core said: kept where the browser cannot read it either */
async function decodeByBrowser(blob, bytes, refusal) {
  if (typeof OffscreenCanvas === 'undefined') throw refusal;
  for (const [width, height] of announcedSizes(bytes)) checkSize(width, height);
  let bitmap;
  try {
    bitmap = await createImageBitmap(blob, { imageOrientation: 'from-image', colorSpaceConversion: 'default' });
  } catch {
    throw refusal;
  }
  try {
    checkSize(bitmap.width, bitmap.height);
    return pixelsOf(bitmap);
  } finally {
    bitmap.close();
  }
}

/**
 * @template T
 * @param {ModuleSource} source @param {Blob} blob @param {Uint8Array} bytes
 * @param {{file: (decoder: DecodeModule) => T, pixels: (decoder: DecodeModule, pixels: ImageData) => T}} ways
 */
async function decode(source, blob, bytes, { file, pixels }) {
  try {
    return file(await decoderFor(source, bytes));
  } catch (error) {
    if (!(error instanceof ModuleError) || !['unknown-format', 'unsupported'].includes(error.status)) throw error;
    const decoded = await decodeByBrowser(blob, bytes, error);
    return pixels(await DecodeModule.start(source), decoded);
  }
}

/** @param {ModuleSource} source the module for JPEG and PNG @param {Blob} blob @param {Uint8Array} bytes the same
 *  @returns {Promise<Uint8Array>} the facts of the picture, for InferModule alone to read */
export function probePicture(source, blob, bytes) {
  return decode(source, blob, bytes, {
    file: (decoder) => decoder.probe(bytes),
    pixels: (decoder, pixels) => decoder.preparePixels(pixels, null, { width: 16, height: 16, crop_fraction: 1 }).picture,
  });
}

/** @param {ModuleSource} source @param {Blob} blob @param {Uint8Array} bytes
 *  @param {Crop | null} crop null: the centre @param {Input} input */
export function preparePicture(source, blob, bytes, crop, input) {
  return decode(source, blob, bytes, {
    file: (decoder) => decoder.prepare(bytes, crop, input),
    pixels: (decoder, pixels) => decoder.preparePixels(pixels, crop, input),
  });
}

/** @type {OffscreenCanvas | null} for live views */
let live_canvas = null;

/** A live view's picture, which the browser has decoded. Its bitmap is closed.
 *  @param {DecodeModule} decoder used for one after the other @param {ImageBitmap} bitmap @param {Input} input */
export function prepareFrame(decoder, bitmap, input) {
  try {
    if (typeof OffscreenCanvas === 'undefined') throw new InsituError('unsupported', 'this browser has no OffscreenCanvas, which a live view is read by');
    live_canvas ??= new OffscreenCanvas(bitmap.width, bitmap.height);
    return decoder.preparePixels(pixelsOf(bitmap, live_canvas), null, { ...input, crop_fraction: 1 });
  } finally {
    bitmap.close();
  }
}
