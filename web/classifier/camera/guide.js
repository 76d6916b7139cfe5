/* guide.js: where the guiding square lies on a view that the camera's picture
 * covers, and which part of the picture that is. Pure: numbers in, numbers out. */

/** @typedef {import('../../lib/crop.js').Crop} Crop */
/** @typedef {import('../../lib/crop.js').Size} Size */

/** How much of the room the square takes: what lies round it is seen too. */
const SHARE = 0.86;

/**
 * @param {Size} view in CSS pixels @param {{top: number, bottom: number, left?: number, right?: number}} taken of it by what lies over its edges
 * @param {Size} input of the model: the square has its shape
 * @returns {Crop} in shares of the view
 */
export function guideIn(view, { top, bottom, left = 0, right = 0 }, input) {
  const free = { width: Math.max(view.width - left - right, 1), height: Math.max(view.height - top - bottom, 1) };
  const scale = SHARE * Math.min(free.width / input.width, free.height / input.height);
  const width = input.width * scale;
  const height = input.height * scale;
  return {
    x: (left + (free.width - width) / 2) / view.width, y: (top + (free.height - height) / 2) / view.height,
    width: width / view.width, height: height / view.height,
  };
}

/**
 * The part of a picture that a part of the view shows, where the picture covers
 * the view and is cut off at two sides.
 * @param {Crop} guide in shares of the view @param {Size} view @param {Size} picture
 * @returns {Crop} in shares of the picture, within it
 */
export function partOf(guide, view, picture) {
  const scale = Math.max(view.width / picture.width, view.height / picture.height);
  const along = (/** @type {number} */ start, /** @type {number} */ length, /** @type {number} */ size, /** @type {number} */ whole) => {
    const shown = whole * scale;
    return { start: (start * size + (shown - size) / 2) / shown, length: (length * size) / shown };
  };
  const across = along(guide.x, guide.width, view.width, picture.width);
  const down = along(guide.y, guide.height, view.height, picture.height);
  return { x: across.start, y: down.start, width: across.length, height: down.length };
}
