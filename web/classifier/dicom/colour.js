/* colour.js: samples of three colours, or of a palette, to RGBA, by DICOM
 * PS3.3 C.7.6.3.1.2. Pure. */

/** @param {number} num_pixels @param {(index: number) => [number, number, number]} colourAt */
function pixelsOf(num_pixels, colourAt) {
  const pixels = new Uint8ClampedArray(num_pixels * 4).fill(255);
  for (let i = 0; i < num_pixels; i++) [pixels[4 * i], pixels[4 * i + 1], pixels[4 * i + 2]] = colourAt(i);
  return pixels;
}

/** @param {number} y @param {number} cb @param {number} cr @returns {[number, number, number]} */
const fromYbr = (y, cb, cr) => [y + 1.402 * (cr - 128), y - 0.344136 * (cb - 128) - 0.714136 * (cr - 128), y + 1.772 * (cb - 128)];

/**
 * @param {ArrayLike<number>} samples @param {number} num_pixels
 * @param {{photometric: string, isPlanar: boolean, highBit?: number}} options of samples of 16 bits the eight up to the
 *   highest that is stored are shown @returns {Uint8ClampedArray<ArrayBuffer>} RGBA
 */
export function colourPixels(samples, num_pixels, { photometric, isPlanar, highBit = 7 }) {
  const shift = Math.max(0, highBit - 7);
  const at = (/** @type {number} */ index) => (Number(samples[index]) >> shift) & 255;
  if (photometric === 'YBR_FULL_422') { // two pixels: Y Y Cb Cr
    return pixelsOf(num_pixels, (i) => {
      const pair = 4 * (i >> 1);
      return fromYbr(at(pair + (i & 1)), at(pair + 2), at(pair + 3));
    });
  }
  const sample = (/** @type {number} */ i, /** @type {number} */ channel) => at(isPlanar ? channel * num_pixels + i : 3 * i + channel);
  return pixelsOf(num_pixels, photometric.startsWith('YBR')
    ? (i) => fromYbr(sample(i, 0), sample(i, 1), sample(i, 2))
    : (i) => [sample(i, 0), sample(i, 1), sample(i, 2)]);
}

/**
 * A palette's channel that is written in segments (C.7.9.2): values, lines to a value, and earlier segments again.
 * @param {Uint8Array | Uint16Array} words @param {number} count of entries @returns {number[]} fewer: the segments end too early
 */
export function unpackSegments(words, count) {
  const size = words.BYTES_PER_ELEMENT;
  /** @type {number[]} */
  const entries = [];
  /** @param {number} at @param {number} num_segments @param {boolean} may_repeat one that repeats names no other that does */
  const read = (at, num_segments, may_repeat) => {
    while (num_segments-- > 0 && at + 2 < words.length && entries.length < count) {
      const [kind, length = 0, value = 0] = words.subarray(at, at + 3);
      if (length === 0) return; // else one file could name millions of empty ones, again and again
      at += 2;
      if (kind === 0) {
        for (const entry of words.subarray(at, at += length)) entries.push(entry);
      } else if (kind === 1) {
        const from = entries.at(-1) ?? 0;
        for (let i = 1; i <= length; i++) entries.push(Math.round(from + ((value - from) * i) / length));
        at += 1;
      } else if (kind === 2 && may_repeat) { // an offset in bytes has 32 bits, the lowest first; 16 are enough for bytes
        read((value + Number(words[at + 1]) * 256 ** size) / size, length, false);
        at += 4 / size;
      } else return;
    }
  };
  read(0, Infinity, true);
  return entries.slice(0, count);
}

/**
 * @param {ArrayLike<number>} stored indices
 * @param {{first: number, channels: [Uint8Array, Uint8Array, Uint8Array]}} palette first: the index of the first entry
 * @returns {Uint8ClampedArray<ArrayBuffer>} RGBA
 */
export function palettePixels(stored, { first, channels: [red, green, blue] }) {
  const last = red.length - 1;
  return pixelsOf(stored.length, (i) => {
    const index = Math.min(last, Math.max(0, Number(stored[i]) - first));
    return [Number(red[index]), Number(green[index]), Number(blue[index])];
  });
}
