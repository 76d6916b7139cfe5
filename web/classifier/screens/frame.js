/* frame.js: the upright photo and the rectangle of it that will be judged, to
 * move and scale by touch, mouse and keyboard. Owns the rectangle until it
 * hands it on; null where it was left as the model takes it by itself.
 * Ids: #square, #size, #smaller, #larger, #compare, #other, #low. */

import { centreCrop, cropForKey, cropScale, largestCrop, MIN_SCALE, moveCrop, scaleCrop } from '../../lib/crop.js';
import { h, icon } from '../../lib/dom.js';
import { cssPercent, notices, photoStage, shapeStage } from './screen.js';

/** @typedef {import('../../lib/crop.js').Crop} Crop */

/**
 * @param {import('./screen.js').Context & {
 *   url: string, info: {width: number, height: number},
 *   input: {width: number, height: number, crop_fraction: number}, crop: Crop | null,
 *   onCompare: (crop: Crop | null) => void, onOther: () => void,
 *   announce: (text: string) => void}} context
 * @returns {import('./screen.js').Screen}
 */
export function frameScreen({ text, words, url, info, input, crop: given, onCompare, onOther, announce }) {
  const largest = largestCrop(info, input);
  let crop = given ?? centreCrop(info, input, input.crop_fraction);
  let is_moved = given !== null;

  const square = h('div', {
    // application: in any other role screen readers keep the arrow keys for themselves
    id: 'square', class: 'square', role: 'application', tabindex: 0,
    'aria-label': text.get('frame_square'), 'aria-describedby': 'hint',
  }, ['nw', 'ne', 'sw', 'se'].map((corner) => h('span', { class: `handle ${corner}`, 'data-handle': corner })));
  const stage = photoStage(url, text.get('frame_alt'), square);
  shapeStage(stage, info.width / info.height);
  const size = h('input', {
    id: 'size', type: 'range', min: Math.round(MIN_SCALE * 100), max: 100, step: 1,
    'aria-label': text.get('frame_size'),
  });
  const low = h('p', { id: 'low', class: 'small', hidden: true });

  /** @param {Crop} next */
  function set(next) {
    crop = next;
    is_moved = true;
    draw();
  }

  function draw() {
    square.style.left = cssPercent(crop.x);
    square.style.top = cssPercent(crop.y);
    square.style.width = cssPercent(crop.width);
    square.style.height = cssPercent(crop.height);
    const percent = Math.round(cropScale(crop, largest) * 100);
    size.value = String(percent);
    size.setAttribute('aria-valuetext', text.percent(percent / 100));
    const width = Math.round(crop.width * info.width);
    const height = Math.round(crop.height * info.height);
    low.hidden = width >= input.width && height >= input.height;
    low.textContent = text.get('frame_low', { width, height, input_width: input.width, input_height: input.height });
  }

  function say() {
    announce(text.get('frame_place', {
      x: text.percent(crop.x), y: text.percent(crop.y), size: text.percent(cropScale(crop, largest)),
    }));
  }

  /** @param {number} factor */
  function scaleBy(factor) {
    set(scaleCrop(crop, largest, cropScale(crop, largest) * factor));
    say();
  }

  square.addEventListener('keydown', (event) => {
    const next = event.ctrlKey || event.metaKey || event.altKey
      ? null : cropForKey(crop, largest, event.key, event.shiftKey);
    if (!next) return;
    event.preventDefault();
    set(next);
    say();
  });
  size.addEventListener('input', () => set(scaleCrop(crop, largest, Number(size.value) / 100)));
  followPointers(stage, square, () => crop, largest, set);
  draw();

  const heading = h('h2', { id: 'heading', tabindex: -1 }, text.get('frame_heading'));
  return {
    name: 'frame',
    heading,
    node: h('section', { 'aria-labelledby': 'heading' },
      heading,
      stage,
      h('div', { class: 'size' },
        h('button', { id: 'smaller', type: 'button', class: 'round', 'aria-label': text.get('frame_smaller'), onclick: () => scaleBy(1 / 1.1) }, '−'),
        size,
        h('button', { id: 'larger', type: 'button', class: 'round', 'aria-label': text.get('frame_larger'), onclick: () => scaleBy(1.1) }, '+')),
      low,
      h('p', { id: 'hint', class: 'small muted' }, text.get('frame_hint')),
      words && notices(text, words, true),
      h('div', { class: 'actions', part: 'actions' },
        h('div', { class: 'buttons' },
          h('button', { id: 'compare', type: 'button', class: 'primary', onclick: () => onCompare(is_moved ? crop : null) },
            text.get('compare'), icon('next')),
          h('button', { id: 'other', type: 'button', onclick: onOther }, text.get('other_photo'))))),
  };
}

/**
 * One pointer moves the square, or scales it by a corner; two pinch it.
 * @param {HTMLElement} stage @param {HTMLElement} square
 * @param {() => Crop} current @param {{width: number, height: number}} largest
 * @param {(crop: Crop) => void} set
 */
function followPointers(stage, square, current, largest, set) {
  /** @type {Map<number, {x: number, y: number}>} */
  const pointers = new Map();
  let is_corner = false;

  square.addEventListener('pointerdown', (event) => {
    if (event.pointerType === 'mouse' && event.button !== 0) return;
    square.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    is_corner = pointers.size === 1 && event.target instanceof HTMLElement && 'handle' in event.target.dataset;
  });
  square.addEventListener('pointermove', (event) => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    const now = { x: event.clientX, y: event.clientY };
    const bounds = stage.getBoundingClientRect();
    const crop = current();
    const others = [...pointers].filter(([id]) => id !== event.pointerId).map(([, point]) => point);
    const anchor = is_corner
      ? { x: bounds.left + (crop.x + crop.width / 2) * bounds.width, y: bounds.top + (crop.y + crop.height / 2) * bounds.height }
      : others[0];
    pointers.set(event.pointerId, now);
    if (!anchor) {
      set(moveCrop(crop, (now.x - before.x) / bounds.width, (now.y - before.y) / bounds.height));
      return;
    }
    const distance = Math.hypot(before.x - anchor.x, before.y - anchor.y);
    if (distance < 1) return;
    const factor = Math.hypot(now.x - anchor.x, now.y - anchor.y) / distance;
    set(scaleCrop(crop, largest, cropScale(crop, largest) * factor));
  });
  const release = (/** @type {PointerEvent} */ event) => pointers.delete(event.pointerId);
  square.addEventListener('pointerup', release);
  square.addEventListener('pointercancel', release);
}
