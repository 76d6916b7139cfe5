/* colour.js: samples of three colours, or of a palette, to RGBA, by DICOM
 * PS3.3 C.7.6.3.1.2. Pure. */

/** @param {number} num_pixels @param {(index: number) => [number, number, number]} colourAt */
function pixelsOf(num_pixels, colourAt) {
  const pixels = new Uint8ClampedArray(num_pixels * 4);
  for (let i = 0; i < num_pixels; i++) pixels.set([...colourAt(i), 255], 4 * i);
  return pixels;
}

/** @param {number} y @param {number} cb @param {number} cr @returns {[number, number, number]} */
const fromYbr = (y, cb, cr) => [y + 1.402 * (cr - 128), y - 0.344136 * (cb - 128) - 0.714136 * (cr - 128), y + 1.772 * (cb - 128)];

/**
 * @param {Uint8Array} samples @param {number} num_pixels
 * @param {{photometric: string, isPlanar: boolean}} options @returns {Uint8ClampedArray<ArrayBuffer>} RGBA
 */
export function colourPixels(samples, num_pixels, { photometric, isPlanar }) {
  const at = (/** @type {number} */ index) => Number(samples[index]);
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
