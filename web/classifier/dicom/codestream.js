/* codestream.js: a frame that is JPEG 2000 or JPEG-LS to samples, by OpenJPEG or
 * CharLS as WebAssembly (Emscripten's, with classes), or JPEG of twelve bits by
 * our own (codestream-jpeg.js). Checks what the codestream says of itself before
 * it is decoded. Runs in a worker (codestream-worker.js). */

import { InsituError } from '../protocol.js';
import { jpegOf, jpegSamples } from './codestream-jpeg.js';

/** @typedef {'JPEG 2000' | 'JPEG-LS' | 'JPEG'} Coding JPEG: of twelve bits */
/** bits: of a sample, which has two bytes where they are more than eight, the low one first; isPlanar: colour after colour.
 * @typedef {{samples: Uint8Array, bits: number, isPlanar: boolean}} Decoded */
/** @typedef {{width: number, height: number, samplesPerPixel: number}} Expected */
/** signs: where the codestream says that each component has a sign.
 * @typedef {{width: number, height: number, bitsPerSample: number, componentCount: number, signs?: number[]}} Frame */
/** @typedef {{getEncodedBuffer: (length: number) => Uint8Array, getDecodedBuffer: () => Uint8Array, getFrameInfo: () => Frame,
 *   decode: () => void, getInterleaveMode?: () => number, delete: () => void}} Decoder */
/** @typedef {{J2KDecoder?: new () => Decoder, JpegLSDecoder?: new () => Decoder, getExceptionMessage?: (error: unknown) => unknown}} Library */

/** A JPEG-LS frame's header (T.87, C.2.2), and the end of it all. */
const LS_FRAME = 0xf7;
const END = 0xd9;
/** A JPEG 2000 codestream's first two markers (T.800, A.4.1 and A.5.1); before them stand a JP2 file's boxes, where there are any. */
const J2K_START = [0xff, 0x4f, 0xff, 0x51];

/**
 * @param {Library | null} library null: JPEG @param {Coding} coding @param {Uint8Array} bytes @param {Expected} expected by the DICOM header
 * @returns {Decoded} @throws {InsituError} whose message goes on after the coding's name
 */
export function decodeCodestream(library, coding, bytes, expected) {
  if (!library) {
    const jpeg = check(jpegOf(bytes), expected);
    return { samples: new Uint8Array(jpegSamples(jpeg).buffer), bits: jpeg.bitsPerSample, isPlanar: false };
  }
  const { signs = [] } = check(coding === 'JPEG-LS' ? lsFrame(bytes) : j2kFrame(bytes), expected);
  try {
    const decoder = /** @type {Decoder} */ (library.J2KDecoder ? new library.J2KDecoder() : new /** @type {any} */ (library).JpegLSDecoder());
    const encoded = decoder.getEncodedBuffer(bytes.length);
    encoded.set(bytes);
    for (const at of signs) encoded[at] = Number(encoded[at]) & 0x7f;
    decoder.decode();
    const { bitsPerSample: bits, ...frame } = check(decoder.getFrameInfo(), expected);
    const samples = decoder.getDecodedBuffer().slice(); // what is there is the library's memory
    const isPlanar = decoder.getInterleaveMode?.() === 0;
    decoder.delete(); // only here: what failed may have left nothing in order, and its worker is ended
    const wanted = frame.width * frame.height * frame.componentCount * (bits > 8 ? 2 : 1);
    if (samples.length < wanted) throw new InsituError('truncated', `has ${samples.length} of ${wanted} bytes`);
    return { samples: signs.length > 0 ? samples.map((sample) => sample ^ (1 << (bits - 1))) : samples, bits, isPlanar };
  } catch (error) {
    if (error instanceof InsituError) throw error;
    const told = typeof error === 'number' ? [library.getExceptionMessage?.(error) ?? error].flat().at(-1) : /** @type {Error} */ (error).message;
    throw new InsituError('damaged', `cannot be read: ${told}`);
  }
}

/** Nothing that could be read: no size. @template {Frame} F @param {F | null} frame @param {Expected} expected @returns {F} */
function check(frame, { width, height, samplesPerPixel }) {
  if (!frame || frame.width * frame.height === 0) throw new InsituError('damaged', 'is cut off or damaged');
  if (frame.width !== width || frame.height !== height || frame.componentCount !== samplesPerPixel) {
    throw new InsituError('damaged', `has ${frame.width} x ${frame.height} pixels of ${frame.componentCount} samples, where the file says `
      + `${width} x ${height} of ${samplesPerPixel}`);
  }
  if (!(frame.bitsPerSample >= 1 && frame.bitsPerSample <= 16)) throw new InsituError('unsupported', `has ${frame.bitsPerSample} bits a sample; up to 16 are read`);
  return frame;
}

/** @param {Uint8Array} bytes @returns {Frame | null} */
function lsFrame(bytes) {
  // Cut short, CharLS may look for more in all of its memory, for half a minute.
  const end = bytes.findLastIndex((byte) => byte !== 0); // of odd length, it is padded
  if (bytes[end - 1] !== 0xff || bytes[end] !== END) return null;
  for (let at = 2; at + 10 <= bytes.length;) {
    const [mark, code = 0, high = 0, low = 0, bitsPerSample = 0, h1 = 0, h0 = 0, w1 = 0, w0 = 0, componentCount = 0] = bytes.subarray(at, at + 10);
    if (mark !== 0xff) return null;
    if (code === LS_FRAME) return { width: 256 * w1 + w0, height: 256 * h1 + h0, bitsPerSample, componentCount };
    at += 2 + 256 * high + low;
  }
  return null;
}

/** What OpenJPEG, as it is built here, would read behind its samples for is refused. Signs up to eight bits, which it clamps,
 *  are taken away: as unsigned, each sample is half of their range more. @param {Uint8Array} bytes @returns {Frame | null} */
function j2kFrame(bytes) {
  const at = bytes.findIndex((_, index) => J2K_START.every((byte, i) => bytes[index + i] === byte)) + J2K_START.length;
  if (at < J2K_START.length || at + 38 > bytes.length) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, bytes.length - at);
  const [x1, y1, x0, y0] = [4, 8, 12, 16].map((offset) => view.getUint32(offset));
  const componentCount = view.getUint16(36);
  if (at + 38 + 3 * componentCount > bytes.length) return null;
  const depth = Number(bytes[at + 38]);
  const components = Array.from({ length: componentCount }, (_, index) => at + 38 + 3 * index);
  if (x0 || y0 || components.some((of) => bytes[of] !== depth || bytes[of + 1] !== 1 || bytes[of + 2] !== 1)) {
    throw new InsituError('unsupported', 'has components of different sizes or depths, or an offset, which are not read');
  }
  const bitsPerSample = (depth & 0x7f) + 1;
  return { width: Number(x1), height: Number(y1), componentCount, bitsPerSample, signs: depth & 0x80 && bitsPerSample <= 8 ? components : [] };
}
