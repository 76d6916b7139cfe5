/* examples.js: drawn pictures of what a photo should be like and what spoils
 * one. They show shapes, no subject: what a pack's pictures show is in its own
 * words. */

import { h } from '../../lib/dom.js';

/** What lies in the square: an uneven shape about a middle, as wide as 1. */
const SHAPE = 'M0-.5C.3-.53.52-.27.48.02.55.3.24.52-.04.48-.33.55-.54.27-.47 0-.56-.28-.3-.46 0-.5z';

/** size, x, y: of the shape, in a square of 100. blur: of everything. glare: a reflection lies over it.
 * @typedef {{key: 'example_good' | 'example_far' | 'example_blurred' | 'example_glare',
 *   size: number, x: number, y: number, blur?: boolean, glare?: boolean}} Example */
/** @type {Example[]} */
const EXAMPLES = [
  { key: 'example_good', size: 52, x: 50, y: 50 },
  { key: 'example_far', size: 13, x: 62, y: 42 },
  { key: 'example_blurred', size: 52, x: 50, y: 50, blur: true },
  { key: 'example_glare', size: 52, x: 50, y: 50, glare: true },
];

/** @param {string} tag @param {Record<string, string | number>} attributes @param {...Node} children */
function svg(tag, attributes, ...children) {
  const node = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.append(...children);
  return node;
}

/** @param {Example} example */
function drawing({ size, x, y, blur = false, glare = false }) {
  const shape = (/** @type {number} */ scale, /** @type {string} */ name) =>
    svg('path', { d: SHAPE, class: name, transform: `translate(${x} ${y}) scale(${scale})` });
  return svg('svg', { viewBox: '0 0 100 100', 'aria-hidden': 'true' },
    svg('rect', { width: 100, height: 100, class: 'ground' }),
    svg('g', blur ? { class: 'blurred' } : {}, shape(size, 'shape'), shape(size * 0.5, 'core')),
    ...(glare ? [svg('ellipse', { cx: 58, cy: 40, rx: 27, ry: 15, class: 'glare', transform: 'rotate(-30 58 40)' })] : []));
}

/** @param {import('../../lib/text.js').Text} text */
export function examples(text) {
  return h('ul', { id: 'examples', class: 'examples' }, EXAMPLES.map((example) => {
    const is_good = example.key === 'example_good';
    return h('li', { class: is_good ? 'good' : 'bad' },
      drawing(example), h('span', { class: 'mark', 'aria-hidden': 'true' }, is_good ? '✓' : '✕'), h('span', {}, text.get(example.key)));
  }));
}
