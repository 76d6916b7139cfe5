/* frame.js: the upright photo and the rectangle of it that will be judged, to
 * move and scale by touch, mouse, wheel and keyboard. Owns the rectangle until
 * it hands it on; null where it is what the model takes by itself.
 * Ids: #square, #size, #smaller, #larger, #whole, #compare, #other, #low. */

import { centreCrop, cropForKey, cropScale, isSameCrop, largestCrop, MIN_SCALE, scaleCrop } from '../../lib/crop.js';
import { h, icon } from '../../lib/dom.js';
import { followGestures } from './frame-gestures.js';
import { notices, photoStage, place, shapeStage } from './screen.js';

/** @typedef {import('../../lib/crop.js').Crop} Crop */

/** How large the square is at first, of the largest: one can see that it is a part, and move it. */
const FIRST_SCALE = 0.5;
/** But only where it then has so many pixels a side for one of the model's: a picture that is small was cut already. */
const FIRST_PIXELS = 4;

/** So long the square rests before it is worked on ahead. */
const REST_MS = 400;

/**
 * @param {import('./screen.js').Context & {
 *   url: string, info: {width: number, height: number},
 *   input: {width: number, height: number, crop_fraction: number}, crop: Crop | null, isFromCamera: boolean,
 *   onCompare: (crop: Crop | null) => void, onRest: (crop: Crop | null) => void, onOther: () => void,
 *   announce: (text: string) => void}} context crop: null at first
 * @returns {import('./screen.js').Screen}
 */
export function frameScreen({ text, words, url, info, input, crop: given, isFromCamera, onCompare, onRest, onOther, announce }) {
  const largest = largestCrop(info, input);
  const by_itself = centreCrop(info, input, input.crop_fraction);
  const half = scaleCrop(by_itself, largest, FIRST_SCALE * input.crop_fraction);
  let crop = given ?? (half.width * info.width < FIRST_PIXELS * input.width ? by_itself : half);

  const square = h('div', {
    // application: in any other role screen readers keep the arrow keys for themselves
    id: 'square', class: 'square', role: 'application', tabindex: 0,
    'aria-label': text.get('frame_square'), 'aria-describedby': 'hint',
  }, ['nw', 'ne', 'sw', 'se'].map((corner) => h('span', { class: `handle ${corner}`, 'data-handle': corner })));
  const stage = photoStage(url, text.get('frame_alt'), square);
  stage.classList.add('touched');
  shapeStage(stage, info.width / info.height);
  const size = h('input', {
    id: 'size', type: 'range', min: Math.round(MIN_SCALE * 100), max: 100, step: 1,
    'aria-label': text.get('frame_size'),
  });
  const low = h('p', { id: 'low', class: 'small', hidden: true });

  const asked = () => (isSameCrop(crop, by_itself) ? null : crop);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let rest;
  function restAnew() {
    clearTimeout(rest);
    rest = setTimeout(() => onRest(asked()), REST_MS);
  }

  /** @param {Crop} next */
  function set(next) {
    crop = next;
    draw();
    restAnew();
  }

  function draw() {
    place(square, crop);
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

  /** @param {Crop} next */
  function setAndSay(next) {
    set(next);
    say();
  }
  const scaleBy = (/** @type {number} */ factor) => setAndSay(scaleCrop(crop, largest, cropScale(crop, largest) * factor));

  square.addEventListener('keydown', (event) => {
    const next = event.ctrlKey || event.metaKey || event.altKey
      ? null : cropForKey(crop, largest, event.key, event.shiftKey);
    if (!next) return;
    event.preventDefault();
    setAndSay(next);
  });
  size.addEventListener('input', () => set(scaleCrop(crop, largest, Number(size.value) / 100)));
  followGestures(stage, () => crop, largest, set);
  draw();

  const heading = h('h2', { id: 'heading', tabindex: -1 }, text.get('frame_heading'));
  const round = (/** @type {string} */ id, /** @type {'frame_smaller' | 'frame_larger'} */ key, /** @type {string} */ sign, /** @type {number} */ factor) =>
    h('button', { id, type: 'button', class: 'round', 'aria-label': text.get(key), onclick: () => scaleBy(factor) }, sign);
  return {
    name: 'frame',
    heading,
    onShown: restAnew,
    destroy: () => clearTimeout(rest),
    node: h('section', { class: 'frame', 'aria-labelledby': 'heading' },
      heading,
      stage,
      h('div', { class: 'actions', part: 'actions' },
        h('div', { class: 'buttons' },
          h('button', { id: 'compare', type: 'button', class: 'primary', onclick: () => onCompare(asked()) },
            text.get('compare'), icon('next')),
          h('button', { id: 'other', type: 'button', onclick: onOther }, text.get(isFromCamera ? 'take_another' : 'other_photo')))),
      h('div', { class: 'tools' },
        h('div', { class: 'size' },
          round('smaller', 'frame_smaller', '−', 1 / 1.1), size, round('larger', 'frame_larger', '+', 1.1),
          h('button', { id: 'whole', type: 'button', class: 'plain', onclick: () => setAndSay(by_itself) }, text.get('frame_whole'))),
        low,
        h('p', { id: 'hint', class: 'small muted' }, text.get('frame_hint')),
        words && notices(text, words))),
  };
}
