/* screen.js: what the element asks of a screen, and what screens share. A
 * screen is made afresh each time it is shown, owns its DOM and its listeners,
 * and reports by callbacks: it knows neither the element nor the client. */

import { h, icon } from '../../lib/dom.js';

/** @typedef {{text: import('../../lib/text.js').Text,
 *             words: import('../../lib/pack-text.js').PackWords | null}} Context
 *   words: null until the pack has arrived */
/** @typedef {{loaded: number, total: number, isReady: boolean}} ModelState total 0: not known yet */
/** @typedef {{name: string, node: HTMLElement, heading: HTMLElement,
 *             onModel?: (state: ModelState) => void,
 *             onStage?: (stage: 'wait' | 'decode' | 'infer') => void,
 *             destroy?: () => void}} Screen */

/** Keeps `value` between two bounds as a percentage for CSS. @param {number} share 0..1 */
export const cssPercent = (share) => `${(share * 100).toFixed(3)}%`;

/**
 * A photo as wide as there is room, and never higher than about half the
 * window; what lies over it is placed in shares of it.
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
 * The pack's notices, folded away but named, for where room is needed.
 * @param {import('../../lib/text.js').Text} text
 * @param {import('../../lib/pack-text.js').PackWords} words
 * @param {boolean} isOpen
 */
export function notices(text, words, isOpen) {
  return h('details', { class: 'card notice', id: 'notices', open: isOpen },
    h('summary', {}, icon('notice'), text.get('result_notices')),
    h('ul', { lang: words.lang, dir: words.dir }, words.notices.map((notice) => h('li', {}, notice))));
}
