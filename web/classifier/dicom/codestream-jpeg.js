/* codestream-jpeg.js: greys of twelve bits, which no browser reads: JPEG's
 * process 4 (T.81, extended sequential, Huffman codes), of one component. Pure. */

import { InsituError } from '../protocol.js';

/** dc, ac: for the next sixteen bits the length of the code that they begin with, above its symbol; 0: there is none.
 * @typedef {{width: number, height: number, bitsPerSample: number, componentCount: number,
 *   quantisers: Uint16Array, dc: Uint16Array, ac: Uint16Array, interval: number, data: Uint8Array}} Jpeg */

const BITS = 12;
const WHITE = 2 ** BITS - 1;
/** Where a block's coefficients lie, in the order in which they are written (T.81, figure A.6). */
const ZIGZAG = Uint8Array.from(Array.from({ length: 64 }, (_, index) => [index >> 3, index & 7])
  .sort(([y1 = 0, x1 = 0], [y2 = 0, x2 = 0]) => x1 + y1 - x2 - y2 || ((x1 + y1) % 2 ? y1 - y2 : x1 - x2)), ([y = 0, x = 0]) => 8 * y + x);
/** The inverse cosine transform's factors of one dimension, sample after sample (A.3.3). */
const COSINES = Float64Array.from({ length: 64 }, (_, index) => (index & 7 ? 0.5 : Math.SQRT1_2 / 2) * Math.cos((2 * (index >> 3) + 1) * (index & 7) * Math.PI / 16));

/** @param {Uint8Array} bytes @returns {Jpeg | null} null: it is not whole, or no such JPEG */
export function jpegOf(bytes) {
  /** @type {Record<number, Uint16Array>} */
  const quantisers = {};
  /** By class and number. @type {Record<number, Uint8Array>} */
  const codes = {};
  /** @type {Uint8Array | null} */
  let frame = null;
  let interval = 0;
  for (let at = 2; bytes[at] === 0xff;) {
    const [, code = 0, high = 0, low = 0] = bytes.subarray(at, at + 4);
    const end = at + 2 + 256 * high + low;
    let body = bytes.subarray(at + 4, end);
    at = end;
    if (at > bytes.length) return null;
    if (code === 0xdb) { // quantisers
      for (let size; body.length > 0; body = body.subarray(size)) {
        const is_wide = Number(body[0]) > 15;
        size = is_wide ? 129 : 65;
        if (body.length < size) return null;
        const values = body.subarray(1);
        quantisers[Number(body[0]) & 15] = Uint16Array.from({ length: 64 }, (_, index) => (is_wide ? 256 * Number(values[2 * index]) + Number(values[2 * index + 1]) : Number(values[index])));
      }
    } else if (code === 0xc4) { // codes
      for (let size; body.length > 0; body = body.subarray(size)) {
        size = 17 + body.subarray(1, 17).reduce((sum, count) => sum + count, 0);
        if (body.length < size) return null;
        codes[Number(body[0])] = body.subarray(1, size);
      }
    } else if (code === 0xc0 || code === 0xc1) {
      frame = body;
    } else if (code === 0xdd) { // so many blocks, and it starts again
      interval = 256 * Number(body[0]) + Number(body[1]);
    } else if (code === 0xda) { // the scan
      const [bitsPerSample = 0, h1 = 0, h0 = 0, w1 = 0, w0 = 0, componentCount = 0, , , quantiser = 0] = frame ?? [];
      const tables = Number(body[2]);
      const [q, dc, ac] = [quantisers[quantiser], lookupOf(codes[tables >> 4]), lookupOf(codes[16 + (tables & 15)])];
      return q && dc && ac && bitsPerSample === BITS ? { width: 256 * w1 + w0, height: 256 * h1 + h0, bitsPerSample, componentCount, quantisers: q, dc, ac, interval, data: bytes.subarray(at) } : null;
    }
  }
  return null;
}

/** @param {Uint8Array | undefined} table how many codes there are of each length, then their symbols @returns {Uint16Array | null} */
function lookupOf(table) {
  if (!table) return null;
  const lookup = new Uint16Array(0x10000);
  let [next, symbol] = [0, 16];
  for (let length = 1; length <= 16; length++) {
    const end = next + (Number(table[length - 1]) << (16 - length));
    if (end > lookup.length) return null; // more than there can be
    for (const step = 1 << (16 - length); next < end; next += step) lookup.fill((length << 8) | Number(table[symbol++]), next, next + step);
  }
  return lookup;
}

/** @param {Jpeg} jpeg of one component @returns {Uint16Array} @throws {InsituError} whose message goes on after the coding's name */
export function jpegSamples({ width, height, quantisers, dc, ac, interval, data }) {
  const samples = new Uint16Array(width * height);
  const [columns, rows] = [(width + 7) >> 3, (height + 7) >> 3];
  const block = new Float64Array(64);
  let at = 0;
  let hold = 0; // the last bits that were read, of which so many are still to come, and so many of these are behind the end
  let num_bits = 0;
  let num_beyond = 0;
  /** @param {number} count up to 16 @returns {number} */
  const peek = (count) => {
    for (; num_bits < count; num_bits += 8) {
      const byte = at < data.length ? Number(data[at]) : 0xff;
      const is_end = byte === 0xff && data[at + 1] !== 0; // a marker
      if (is_end) num_beyond += 8;
      else at += byte === 0xff ? 2 : 1;
      hold = (hold << 8) | byte;
    }
    return (hold >>> (num_bits - count)) & ((1 << count) - 1);
  };
  /** @param {Uint16Array} lookup @param {number} largest that it may be */
  const symbol = (lookup, largest) => {
    const entry = Number(lookup[peek(16)]);
    num_bits -= entry >> 8 || 16;
    if (num_beyond > num_bits) throw new InsituError('truncated', 'ends before its picture'); // where ones are read, which are no code
    if (entry === 0 || (entry & 255) > largest) throw new InsituError('damaged', 'has a code that stands for nothing');
    return entry & 255;
  };
  /** A difference or coefficient of so many bits (F.2.2.1). @param {number} count */
  const signed = (count) => {
    const value = peek(count);
    num_bits -= count;
    return value < 2 ** (count - 1) ? value - 2 ** count + 1 : value;
  };
  let mean = 0;
  for (let index = 0; index < columns * rows; index++) {
    if (interval && index && index % interval === 0) {
      while (data[at] === 0xff && data[at + 1] === 0xff) at++;
      if (data[at] !== 0xff || data[at + 1] !== 0xd0 + ((index / interval - 1) & 7)) throw new InsituError('damaged', `has no mark to start again at block ${index}`);
      at += 2;
      num_bits = num_beyond = mean = 0;
    }
    block.fill(0);
    mean += signed(symbol(dc, 15));
    block[0] = mean * Number(quantisers[0]);
    let is_flat = true;
    for (let k = 1; k < 64; k++) {
      const run = symbol(ac, 255);
      const count = run & 15;
      k += run >> 4; // that are zero
      if (count > 0) {
        if (k > 63) throw new InsituError('damaged', 'has a block of more than 64 coefficients');
        block[Number(ZIGZAG[k])] = signed(count) * Number(quantisers[k]);
        is_flat = false;
      } else if (run !== 0xf0) break; // so are all others
    }
    if (num_beyond > num_bits) throw new InsituError('truncated', 'ends before its picture');
    if (is_flat) block.fill(Number(block[0]) / 8);
    else inverseTransform(block);
    const [left, top] = [8 * (index % columns), 8 * Math.floor(index / columns)];
    for (let y = top; y < Math.min(top + 8, height); y++) {
      for (let x = left; x < Math.min(left + 8, width); x++) {
        samples[y * width + x] = Math.min(WHITE, Math.max(0, Math.round(Number(block[8 * (y - top) + x - left])) + (WHITE + 1) / 2));
      }
    }
  }
  return samples;
}

const half = new Float64Array(64);

/** Rows, then columns; in place. @param {Float64Array} block */
function inverseTransform(block) {
  transformRows(block, half);
  transformRows(half, block);
}

/** @param {Float64Array} from @param {Float64Array} to its columns are the rows */
function transformRows(from, to) {
  for (let row = 0; row < 64; row += 8) {
    for (let x = 0; x < 8; x++) {
      let sum = 0;
      for (let u = 0; u < 8; u++) sum += Number(COSINES[8 * x + u]) * Number(from[row + u]);
      to[8 * x + (row >> 3)] = sum;
    }
  }
}
