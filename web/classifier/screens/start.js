/* start.js: where a photo comes from, and what the model is, before it answers.
 * Ids: #take (the phone's camera app), #pick (a file), #live (live view),
 * #file and #capture (the inputs behind them), #notice, #model-state. */

import { h, icon } from '../../lib/dom.js';

/**
 * @param {import('./screen.js').Context & {
 *   onFile: (file: File) => void, onCamera: () => void}} context
 * @returns {import('./screen.js').Screen}
 */
export function startScreen({ text, words, onFile, onCamera }) {
  const has_camera = typeof navigator.mediaDevices?.getUserMedia === 'function';
  const is_touch = matchMedia('(pointer: coarse)').matches;
  const file = fileInput('file', onFile);
  const capture = fileInput('capture', onFile);
  capture.setAttribute('capture', 'environment');
  const heading = h('h2', { id: 'heading', class: 'visually-hidden', tabindex: -1 }, text.get('start_heading'));
  const state = h('p', { id: 'model-state', class: 'small muted', hidden: true });
  const take = h('button', { id: 'take', type: 'button', class: 'primary', onclick: () => capture.click() },
    icon('camera'), text.get('take_photo'));
  const pick = h('button', { id: 'pick', type: 'button', class: is_touch ? '' : 'primary', onclick: () => file.click() },
    icon('picture'), text.get('choose_photo'));
  const live = h('button', { id: 'live', type: 'button', class: is_touch ? 'plain' : '', onclick: onCamera },
    icon('camera'), text.get('live_camera'));
  const node = h('section', { 'aria-labelledby': 'heading' },
    heading,
    words && noticeCard(text, words),
    h('div', { class: 'actions', part: 'actions' },
      state,
      h('div', { class: 'buttons' }, is_touch && take, pick, has_camera && !is_touch && live)),
    h('div', { class: 'row' },
      h('p', { class: 'small muted' }, text.get(is_touch ? 'intake_hint_touch' : 'intake_hint')),
      has_camera && is_touch && live),
    tips(text, words),
    file, capture);
  return {
    name: 'start',
    node,
    heading,
    onModel({ loaded, total, isReady }) {
      state.hidden = isReady;
      state.textContent = total > 0
        ? text.get('model_loading', { loaded: text.bytes(loaded), total: text.bytes(total) })
        : text.get('model_waiting');
    },
  };
}

/** How to take a photo that the model can read: the pack's own words where it has some.
 *  @param {import('../../lib/text.js').Text} text @param {import('../../lib/pack-text.js').PackWords | null} words */
function tips(text, words) {
  const own = words?.tips ?? null;
  const list = own ?? [text.get('tip_light'), text.get('tip_sharp'), text.get('tip_close')];
  const icons = /** @type {const} */ (['light', 'target', 'picture']);
  const spoken = (/** @type {boolean} */ isOwn) => (isOwn && words ? { lang: words.lang, dir: words.dir } : {});
  return h('div', { class: 'tips' },
    h('h3', {}, text.get('tip_heading')),
    words?.take && h('p', { id: 'take-hint', ...spoken(true) }, words.take),
    h('ul', { class: 'plain-list', ...spoken(own !== null) },
      list.map((tip, index) => h('li', {}, icon(icons[index % icons.length] ?? 'target'), tip))));
}

/** @param {string} id @param {(file: File) => void} onFile */
function fileInput(id, onFile) {
  const input = h('input', { id, type: 'file', accept: 'image/jpeg,image/png,image/webp,image/avif,image/gif,image/bmp', hidden: true });
  input.addEventListener('change', () => {
    const file = input.files?.[0];
    if (file) onFile(file);
  });
  return input;
}

/**
 * What the model was made with and for: the pack's own words.
 * @param {import('../../lib/text.js').Text} text
 * @param {import('../../lib/pack-text.js').PackWords} words
 */
function noticeCard(text, words) {
  return h('div', { id: 'notice', class: 'card notice', part: 'notice' },
    h('h3', {}, icon('notice'), text.get('notice_heading')),
    h('div', { lang: words.lang, dir: words.dir },
      h('ul', {}, words.notices.map((notice) => h('li', {}, notice)))),
    h('details', {},
      h('summary', {}, text.get('notice_more')),
      h('div', { lang: words.lang, dir: words.dir },
        h('p', {}, words.intended_use),
        h('p', {}, words.not_for),
        words.evidence && h('p', {}, words.evidence))),
    !words.isReviewed && h('p', { class: 'small' }, text.get('words_not_reviewed')));
}
