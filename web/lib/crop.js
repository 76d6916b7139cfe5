/* crop.js: the geometry of the rectangle that will be judged. Pure: numbers
 * in, numbers out. A crop is in fractions of the upright picture; its shape in
 * pixels always has the model's aspect ratio, and it never leaves the picture. */

/** @typedef {{x: number, y: number, width: number, height: number}} Crop */
/** @typedef {{width: number, height: number}} Size in pixels, above 0 */

/** @param {Crop} a @param {Crop} b */
export const isSameCrop = (a, b) => /** @type {const} */ (['x', 'y', 'width', 'height']).every((name) => Math.abs(a[name] - b[name]) < 1e-9);

/** The smallest crop, as a share of the largest that fits. */
export const MIN_SCALE = 0.08;

/**
 * The largest rectangle of the input's aspect ratio that fits the picture.
 * @param {Size} picture
 * @param {Size} input
 * @returns {Size} in fractions
 */
export function largestCrop(picture, input) {
  const aspect = (input.width / input.height) * (picture.height / picture.width);
  return aspect > 1 ? { width: 1, height: 1 / aspect } : { width: aspect, height: 1 };
}

/**
 * What the core takes when no crop is given: centred, times `fraction`.
 * @param {Size} picture @param {Size} input @param {number} fraction
 * @returns {Crop}
 */
export function centreCrop(picture, input, fraction) {
  const largest = largestCrop(picture, input);
  return around(0.5, 0.5, largest.width * fraction, largest.height * fraction);
}

/** @param {number} x @param {number} y @param {number} width @param {number} height @returns {Crop} */
function around(x, y, width, height) {
  return {
    x: clamp(x - width / 2, 0, 1 - width),
    y: clamp(y - height / 2, 0, 1 - height),
    width,
    height,
  };
}

/** @param {Crop} crop @param {number} dx @param {number} dy in fractions @returns {Crop} */
export function moveCrop(crop, dx, dy) {
  return {
    ...crop,
    x: clamp(crop.x + dx, 0, 1 - crop.width),
    y: clamp(crop.y + dy, 0, 1 - crop.height),
  };
}

/**
 * Scales about the crop's own centre; the centre gives way at the edges.
 * @param {Crop} crop @param {Size} largest from largestCrop
 * @param {number} scale share of the largest, clamped to [MIN_SCALE, 1]
 * @returns {Crop}
 */
export function scaleCrop(crop, largest, scale) {
  const share = clamp(scale, MIN_SCALE, 1);
  return around(
    crop.x + crop.width / 2,
    crop.y + crop.height / 2,
    largest.width * share,
    largest.height * share,
  );
}

/** @param {Crop} crop @param {Size} largest @returns {number} share of the largest */
export function cropScale(crop, largest) {
  return crop.width / largest.width;
}

/**
 * Keyboard: arrows move by a tenth of the crop (a fiftieth with `fine`),
 * + and - scale by a tenth.
 * @param {Crop} crop @param {Size} largest @param {string} key @param {boolean} fine
 * @returns {Crop | null} null where the key means nothing here
 */
export function cropForKey(crop, largest, key, fine) {
  const share = fine ? 0.02 : 0.1;
  switch (key) {
    case 'ArrowLeft': return moveCrop(crop, -share * crop.width, 0);
    case 'ArrowRight': return moveCrop(crop, share * crop.width, 0);
    case 'ArrowUp': return moveCrop(crop, 0, -share * crop.height);
    case 'ArrowDown': return moveCrop(crop, 0, share * crop.height);
    case '+': case '=': return scaleCrop(crop, largest, cropScale(crop, largest) * 1.1);
    case '-': case '_': return scaleCrop(crop, largest, cropScale(crop, largest) / 1.1);
    default: return null;
  }
}

/** @param {number} value @param {number} low @param {number} high */
function clamp(value, low, high) {
  return Math.min(Math.max(value, low), Math.max(low, high));
}
