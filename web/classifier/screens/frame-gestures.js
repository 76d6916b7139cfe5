/* frame-gestures.js: the square by finger, mouse and wheel, anywhere on the
 * photo: a tap brings it there, a drag moves it, a corner, two fingers or the
 * wheel scale it. Owns the listeners; the square is the caller's. */

import { cropScale, moveCrop, scaleCrop } from '../../lib/crop.js';

/** @typedef {import('../../lib/crop.js').Crop} Crop */

/** A finger that lifts within this has tapped. */
const TAP_PX = 8;
/** A notch of a wheel, of about 100 px, scales by a tenth. */
const WHEEL_PX = 1000;

/**
 * @param {HTMLElement} stage the photo @param {() => Crop} current @param {{width: number, height: number}} largest
 * @param {(crop: Crop) => void} set
 */
export function followGestures(stage, current, largest, set) {
  /** @type {Map<number, {x: number, y: number}>} */
  const pointers = new Map();
  let is_corner = false;
  let travelled_px = 0; // of one finger since it came down; a second one makes it no tap

  /** @param {number} factor */
  const scaleBy = (factor) => set(scaleCrop(current(), largest, cropScale(current(), largest) * factor));
  /** @param {number} dx @param {number} dy in CSS pixels */
  const moveBy = (dx, dy) => {
    const { width, height } = stage.getBoundingClientRect();
    set(moveCrop(current(), dx / width, dy / height));
  };
  /** The square's middle on the page. @returns {{x: number, y: number}} */
  const middle = () => {
    const { left, top, width, height } = stage.getBoundingClientRect();
    const crop = current();
    return { x: left + (crop.x + crop.width / 2) * width, y: top + (crop.y + crop.height / 2) * height };
  };

  stage.addEventListener('pointerdown', (event) => {
    if (event.pointerType === 'mouse' && event.button !== 0) return;
    stage.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    travelled_px = pointers.size === 1 ? 0 : Infinity;
    is_corner = pointers.size === 1 && event.target instanceof HTMLElement && 'handle' in event.target.dataset;
  });
  stage.addEventListener('pointermove', (event) => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    const now = { x: event.clientX, y: event.clientY };
    const [other] = [...pointers].filter(([id]) => id !== event.pointerId).map(([, point]) => point);
    travelled_px += Math.hypot(now.x - before.x, now.y - before.y);
    pointers.set(event.pointerId, now);
    const anchor = is_corner ? middle() : other;
    if (!is_corner && travelled_px > TAP_PX) {
      // Of two fingers each carries half.
      const share = other ? 0.5 : 1;
      moveBy((now.x - before.x) * share, (now.y - before.y) * share);
    }
    if (!anchor) return;
    const distance = Math.hypot(before.x - anchor.x, before.y - anchor.y);
    if (distance >= 1) scaleBy(Math.hypot(now.x - anchor.x, now.y - anchor.y) / distance);
  });
  stage.addEventListener('pointerup', (event) => {
    const at = pointers.get(event.pointerId);
    pointers.delete(event.pointerId);
    if (!at || is_corner || pointers.size > 0 || travelled_px > TAP_PX) return;
    const { x, y } = middle();
    moveBy(at.x - x, at.y - y);
  });
  stage.addEventListener('pointercancel', (event) => pointers.delete(event.pointerId));
  stage.addEventListener('wheel', (event) => {
    event.preventDefault();
    // Lines and pages, which some browsers count in, are told apart by their smallness.
    const px = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? event.deltaY : event.deltaY * 33;
    scaleBy(Math.exp(-px / WHEEL_PX));
  }, { passive: false });
}
