/* grey.js: stored values to what is shown, by DICOM PS3.3 C.7.6.3, C.11.1 and
 * C.11.2: sign, rescale or its table, window or its table, then eight bits, never
 * before. Pure. */

/** @typedef {{slope: number, intercept: number}} Rescale */
/** @typedef {{center: number, width: number, shape: 'LINEAR' | 'LINEAR_EXACT' | 'SIGMOID'}} Window */
/** @typedef {{first: number, entries: ArrayLike<number>, bits: number}} Table first: the value that the first entry is of */
/** @typedef {{bitsAllocated: number, bitsStored: number, highBit: number, isSigned: boolean}} Format */

/** What the bits beyond those stored hold is not the picture's. @param {Format} format @returns {(raw: number) => number} */
export function storedValue({ bitsStored, highBit, isSigned }) {
  const shift = highBit + 1 - bitsStored;
  const mask = 2 ** bitsStored - 1;
  const sign = 2 ** (bitsStored - 1);
  return (raw) => {
    const value = (raw >>> shift) & mask;
    return isSigned && value >= sign ? value - 2 * sign : value;
  };
}

/** @param {Window} window @returns {(value: number) => number} 0..1 */
export function windowed({ center, width, shape }) {
  if (shape === 'SIGMOID') return (value) => 1 / (1 + Math.exp((-4 * (value - center)) / width));
  const [middle, span] = shape === 'LINEAR_EXACT' ? [center, width] : [center - 0.5, width - 1];
  // A width of 1 is a threshold.
  return (value) => (span > 0 ? Math.min(1, Math.max(0, (value - middle) / span + 0.5)) : Number(value > middle));
}

/** @param {Table} table @returns {(value: number) => number} the entry; the ends stand for what is beyond them */
export function lookedUp({ first, entries }) {
  const last = entries.length - 1;
  return (value) => Number(entries[Math.min(last, Math.max(0, Math.round(value) - first))]);
}

/**
 * Where the file names no window, all that there is, padding aside.
 * @param {ArrayLike<number>} values @param {(index: number) => boolean} [isPadding] @returns {Window}
 */
export function wholeWindow(values, isPadding) {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    const value = Number(values[i]);
    if (isPadding?.(i)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (!(high > low)) return { center: low + 0.5, width: 1, shape: 'LINEAR' };
  return { center: (low + high) / 2, width: high - low, shape: 'LINEAR_EXACT' };
}

/**
 * @param {ArrayLike<number> & Iterable<number>} stored of at most sixteen bits
 * @param {{rescale: Rescale | Table, window: Window | Table | null, padding: [number, number] | null, isInverted: boolean}} options
 *   padding: from which to which stored value; isInverted: MONOCHROME1
 * @returns {Uint8ClampedArray<ArrayBuffer>} RGBA
 */
export function greyPixels(stored, { rescale, window, padding, isInverted }) {
  // Of sixteen bits a picture has few values and millions of pixels: worked out once for each that occurs.
  const occurring = Int32Array.from(new Set(stored));
  const values = Float64Array.from(occurring, 'entries' in rescale ? lookedUp(rescale) : (value) => value * rescale.slope + rescale.intercept);
  const shown = shareOf(window ?? wholeWindow(values, padding ? (index) => Number(occurring[index]) >= padding[0] && Number(occurring[index]) <= padding[1] : undefined));
  const levels = new Uint8ClampedArray(0x10000); // by the value's sixteen bits; a table may name more than its bits hold
  values.forEach((value, index) => {
    const share = shown(value);
    levels[Number(occurring[index]) & 0xffff] = Math.round(255 * (isInverted ? 1 - share : share));
  });
  const pixels = new Uint8ClampedArray(stored.length * 4).fill(255);
  for (let i = 0; i < stored.length; i++) {
    pixels[4 * i] = pixels[4 * i + 1] = pixels[4 * i + 2] = Number(levels[Number(stored[i]) & 0xffff]);
  }
  return pixels;
}

/** @param {Window | Table} window @returns {(value: number) => number} 0..1 */
function shareOf(window) {
  if (!('entries' in window)) return windowed(window);
  const entry = lookedUp(window);
  return (value) => entry(value) / (2 ** window.bits - 1);
}
