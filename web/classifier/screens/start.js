/* start.js: where a photo comes from, and what must be known of the model
 * before it answers: two lines of it, the rest one tap away. What comes late
 * lies below the buttons, so that they stay under the finger.
 * Ids: #take (the phone's camera app), #pick (a file), #live (live view),
 * #file and #capture (the inputs behind them), #notice, #examples, #tips,
 * #model-state, #smaller-model. */

import { h, icon } from '../../lib/dom.js';
import { examples } from './examples.js';
import { loadingText } from './screen.js';

/** @typedef {import('../../lib/text.js').Text} Text */
/** @typedef {import('../../lib/pack-text.js').PackWords} Words */

/** So many notices are read by everybody; the others are a tap away. */
const NUM_FIRST = 2;

/**
 * @param {import('./screen.js').Context & {
 *   onFile: (file: File) => void, onCamera: () => void, onVariant: (name: string) => void}} context
 * @returns {import('./screen.js').Screen}
 */
export function startScreen({ text, words, onFile, onCamera, onVariant }) {
  const has_camera = typeof navigator.mediaDevices?.getUserMedia === 'function';
  const is_touch = matchMedia('(pointer: coarse)').matches;
  const file = fileInput('file', onFile);
  if (!is_touch) file.accept += ',.dcm,application/dicom'; // a phone then shows its files in place of its photos
  const capture = fileInput('capture', onFile);
  capture.setAttribute('capture', 'environment');
  const heading = h('h2', { id: 'heading', class: 'visually-hidden', tabindex: -1 }, text.get('start_heading'));
  const state = h('p', { id: 'model-state', class: 'small muted' });
  const smaller = h('button', { id: 'smaller-model', type: 'button', class: 'plain', hidden: true });
  let smaller_name = '';
  smaller.addEventListener('click', () => onVariant(smaller_name));
  const take = h('button', { id: 'take', type: 'button', class: 'primary', onclick: () => capture.click() },
    icon('camera'), text.get('take_photo'));
  const pick = h('button', { id: 'pick', type: 'button', class: is_touch ? '' : 'primary', onclick: () => file.click() },
    icon('picture'), text.get('choose_photo'));
  const live = h('button', { id: 'live', type: 'button', class: '', onclick: onCamera },
    icon('target'), text.get('live_camera'));
  const node = h('section', { class: 'start', 'aria-labelledby': 'heading' },
    h('div', { class: 'intake' },
      heading,
      h('div', { class: 'actions still', part: 'actions' },
        h('div', { class: 'buttons' }, is_touch && take, pick, has_camera && live)),
      h('p', { class: 'small muted' }, text.get(is_touch ? 'intake_hint_touch' : 'intake_hint')),
      h('div', { class: 'waiting' }, state, smaller)),
    h('div', { class: 'before' },
      h('div', { id: 'notice', class: 'card notice', part: 'notice' }, words ? firstNotices(text, words) : skeleton()),
      h('h3', {}, text.get('tip_heading')),
      examples(text),
      tips(text, words)),
    file, capture);
  return {
    name: 'start',
    node,
    heading,
    onModel(model) {
      // Its place is kept when it goes, so that nothing moves.
      state.hidden = model.isReady;
      const is_slow = model.left_s !== null && model.left_s >= 3;
      state.textContent = [loadingText(text, model), is_slow && text.get('model_meanwhile')].filter(Boolean).join('. ');
      smaller.hidden = model.isReady || !model.smaller;
      if (!model.smaller) return;
      smaller_name = model.smaller.name;
      smaller.textContent = text.get('model_smaller', { bytes: text.bytes(model.smaller.bytes) });
    },
  };
}

/** Its place, until the pack's words have come. */
const skeleton = () => [icon('notice'), h('div', { class: 'skeleton', 'aria-hidden': 'true' }, [0, 1, 2].map(() => h('span', {})))];

/** How to take a photo that the model can read: the pack's own words where it has some.
 *  @param {Text} text @param {Words | null} words */
function tips(text, words) {
  const own = words?.tips ?? null;
  const list = own ?? [text.get('tip_light'), text.get('tip_sharp'), text.get('tip_close')];
  const icons = /** @type {const} */ (['light', 'target', 'picture']);
  const spoken = (/** @type {boolean} */ isOwn) => (isOwn && words ? { lang: words.lang, dir: words.dir } : {});
  return h('details', { id: 'tips', class: 'tips' },
    h('summary', {}, text.get('tip_more')),
    words?.take && h('p', { id: 'take-hint', ...spoken(true) }, words.take),
    h('ul', { class: 'plain-list', ...spoken(own !== null) },
      list.map((tip, index) => h('li', {}, icon(icons[index % icons.length] ?? 'target'), tip))));
}

/** @param {string} id @param {(file: File) => void} onFile */
export function fileInput(id, onFile) {
  const input = h('input', { id, type: 'file', accept: 'image/jpeg,image/png,image/webp,image/avif,image/gif,image/bmp', hidden: true });
  input.addEventListener('change', () => {
    const file = input.files?.[0];
    if (file) onFile(file);
  });
  return input;
}

/** What the model was made with and for: the pack's own words. @param {Text} text @param {Words} words */
function firstNotices(text, words) {
  const spoken = { lang: words.lang, dir: words.dir };
  const rest = words.notices.slice(NUM_FIRST);
  return [
    icon('notice'),
    h('div', {},
      h('div', spoken, words.notices.slice(0, NUM_FIRST).map((notice) => h('p', {}, notice))),
      h('details', {},
        h('summary', {}, text.get('notice_more')),
        h('div', spoken,
          rest.length > 0 && h('ul', {}, rest.map((notice) => h('li', {}, notice))),
          h('p', {}, words.intended_use),
          h('p', {}, words.not_for),
          words.evidence && h('p', {}, words.evidence)),
        !words.isReviewed && h('p', { class: 'small' }, text.get('words_not_reviewed'))),
      words.isImported && h('p', { id: 'imported' }, text.get('imported_notice'))),
  ];
}
