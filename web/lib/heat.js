/* heat.js: where a model looked, from the few cells of an answer's map to
 * pixels and to words. Pure: numbers in, numbers out. */

/** @typedef {{width: number, height: number, values: readonly number[]}} HeatMap values: [height, width], 0..1 */

/** From what spoke least to what spoke most: blue, teal, yellow, by rising lightness, so that no hue need be told apart. */
const COLOURS = /** @type {const} */ ([[28, 20, 92], [32, 140, 141], [253, 231, 60]]);

/**
 * @param {HeatMap} map @param {number} x @param {number} y 0..1 of the square
 * @returns {number} 0..1, bilinear between the cells' middles
 */
export function heatAt({ width, height, values }, x, y) {
  const along = (/** @type {number} */ share, /** @type {number} */ count) => {
    const at = Math.min(Math.max(share * count - 0.5, 0), count - 1);
    const low = Math.floor(at);
    return { low, high: Math.min(low + 1, count - 1), part: at - low };
  };
  const column = along(x, width);
  const row = along(y, height);
  const value = (/** @type {number} */ r, /** @type {number} */ c) => values[r * width + c] ?? 0;
  const mix = (/** @type {number} */ r) => value(r, column.low) * (1 - column.part) + value(r, column.high) * column.part;
  return mix(row.low) * (1 - row.part) + mix(row.high) * row.part;
}

/** @param {number} heat 0..1 @returns {[number, number, number]} red, green, blue */
export function colourOf(heat) {
  const at = Math.min(Math.max(heat, 0), 1) * (COLOURS.length - 1);
  const low = Math.min(Math.floor(at), COLOURS.length - 2);
  const [from, to] = [COLOURS[low] ?? COLOURS[0], COLOURS[low + 1] ?? COLOURS[0]];
  const mix = (/** @type {0 | 1 | 2} */ channel) => Math.round(from[channel] + (to[channel] - from[channel]) * (at - low));
  return [mix(0), mix(1), mix(2)];
}

/**
 * @param {HeatMap} map @param {number} width @param {number} height in pixels
 * @returns {Uint8ClampedArray<ArrayBuffer>} [height, width, 4], opaque
 */
export function heatPixels(map, width, height) {
  const pixels = new Uint8ClampedArray(width * height * 4);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 4) {
      pixels.set(colourOf(heatAt(map, (x + 0.5) / width, (y + 0.5) / height)), at);
      pixels[at + 3] = 255;
    }
  }
  return pixels;
}

/** @typedef {'spread' | `${'top' | 'middle' | 'bottom'}_${'left' | 'middle' | 'right'}`} Place */

/**
 * In which ninth of the square the middle of the heat lies.
 * @param {HeatMap} map
 * @returns {Place} spread: no cell stands out from the others by half
 */
export function placeOf({ width, height, values }) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (Math.max(...values) <= 1.5 * mean) return 'spread';
  let sum = 0, x = 0, y = 0;
  values.forEach((value, index) => {
    const weight = Math.max(value - mean, 0); // what is everywhere says nothing of where
    sum += weight;
    x += weight * ((index % width) + 0.5);
    y += weight * (Math.floor(index / width) + 0.5);
  });
  const third = (/** @type {number} */ share) => Math.min(Math.floor(share * 3), 2);
  const vertical = /** @type {const} */ (['top', 'middle', 'bottom'])[third(y / sum / height)] ?? 'middle';
  const horizontal = /** @type {const} */ (['left', 'middle', 'right'])[third(x / sum / width)] ?? 'middle';
  return `${vertical}_${horizontal}`;
}
