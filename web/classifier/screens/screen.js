/* screen.js: what the element asks of a screen, and what screens share. A
 * screen is made afresh each time it is shown, owns its DOM and its listeners,
 * and reports by callbacks: it knows neither the element nor the client. */

import { h, icon } from '../../lib/dom.js';

/** @typedef {import('../../lib/text.js').Text} Text */
/** @typedef {{text: Text, words: import('../../lib/pack-text.js').PackWords | null}} Context
 *   words: null until the pack has arrived */
/** total 0: not known yet. left_s: as far as it can be told. smaller: a variant that would come sooner.
 * @typedef {{loaded: number, total: number, isReady: boolean, left_s: number | null,
 *   smaller: {name: string, bytes: number} | null}} ModelState */
/** onShown: once it is in the document.
 * @typedef {{name: string, node: HTMLElement, heading: HTMLElement, onShown?: () => void,
 *             onModel?: (state: ModelState) => void,
 *             onStage?: (stage: 'wait' | 'decode' | 'infer') => void,
 *             destroy?: () => void}} Screen */

/** Keeps `value` between two bounds as a percentage for CSS. @param {number} share 0..1 */
export const cssPercent = (share) => `${(share * 100).toFixed(3)}%`;

/** @param {HTMLElement} node @param {{x: number, y: number, width: number, height: number}} crop in shares of what it lies over */
export function place(node, { x, y, width, height }) {
  Object.assign(node.style, { left: cssPercent(x), top: cssPercent(y), width: cssPercent(width), height: cssPercent(height) });
}

/**
 * A photo as wide as there is room, and no higher than the window lets it be;
 * what lies over it is placed in shares of it.
 * @param {string} url @param {string} alt @param {...Node} over
 */
export function photoStage(url, alt, ...over) {
  const image = h('img', { src: url, alt, draggable: 'false' });
  const stage = h('div', { class: 'stage', dir: 'ltr' }, image, ...over);
  image.addEventListener('load', () => shapeStage(stage, image.naturalWidth / image.naturalHeight));
  return stage;
}

/** @param {HTMLElement} stage @param {number} aspect width over height */
export function shapeStage(stage, aspect) {
  stage.style.setProperty('--aspect', String(aspect));
}

/**
 * What can be done with an answer. Its name is the same wherever it is shown: the brief word, which is part of it, stands
 * under an icon where the page has a bar of them (element.css).
 * @param {string} id @param {() => void} onclick @param {Parameters<typeof icon>[0]} name of the icon
 * @param {string} words @param {string} brief @param {string} [look]
 */
export const actionButton = (id, onclick, name, words, brief, look) => h('button', { id, type: 'button', class: look, 'aria-label': words, onclick },
  h('span', { class: 'full' }, words), h('span', { class: 'brief' }, icon(name), brief));

/** How far the model is on its way, and how long it will take. @param {Text} text @param {ModelState} state */
export function loadingText(text, { loaded, total, left_s }) {
  if (total === 0) return text.get('model_waiting');
  const far = text.get('model_loading', { loaded: text.bytes(loaded), total: text.bytes(total) });
  if (left_s === null) return far;
  const seconds = Math.max(1, left_s > 20 ? Math.round(left_s / 5) * 5 : Math.round(left_s));
  return `${far}, ${text.count('model_left', seconds)}`;
}

/**
 * The pack's notices, folded away but named, for where room is needed.
 * @param {Text} text
 * @param {import('../../lib/pack-text.js').PackWords} words
 */
export function notices(text, words) {
  return h('details', { class: 'card notice', id: 'notices' },
    h('summary', {}, icon('notice'), text.get('result_notices')),
    h('ul', { lang: words.lang, dir: words.dir }, words.notices.map((notice) => h('li', {}, notice))));
}
