/* drawings.js: what the first steps show: a picture that stays in the device,
 * and an answer that is no last word. Shapes alone; the words are beside them. */

/** @param {string} tag @param {Record<string, string | number>} attributes @param {...Node} children */
function svg(tag, attributes, ...children) {
  const node = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.append(...children);
  return node;
}

/** A device, what it sees, and bars of how alike that is; the ways out are crossed. */
const does = () => [
  svg('rect', { x: 92, y: 8, width: 76, height: 144, rx: 12, class: 'device' }),
  svg('rect', { x: 102, y: 22, width: 56, height: 56, rx: 6, class: 'ground' }),
  svg('path', { d: 'M130 32c10 0 17 8 16 17-1 10-8 17-17 16-10 0-16-8-15-17 0-9 7-16 16-16z', class: 'shape' }),
  ...[[92, 40], [106, 24], [120, 12]].map(([y = 0, width = 0]) => svg('rect', { x: 102, y, width, height: 8, rx: 4, class: y === 92 ? 'accent' : 'bar' })),
  svg('path', { d: 'M186 60h34M212 52l8 8-8 8', class: 'line' }),
  svg('path', { d: 'M192 48l22 24', class: 'cross' }),
  svg('path', { d: 'M74 60H40M48 52l-8 8 8 8', class: 'line' }),
  svg('path', { d: 'M68 48 46 72', class: 'cross' }),
];

/** An answer, a person beside it who looks for themselves, and a question that stays. */
const not = () => [
  svg('rect', { x: 24, y: 30, width: 104, height: 84, rx: 12, class: 'device' }),
  svg('rect', { x: 38, y: 46, width: 60, height: 9, rx: 4, class: 'accent' }),
  svg('rect', { x: 38, y: 64, width: 76, height: 7, rx: 3, class: 'bar' }),
  svg('rect', { x: 38, y: 80, width: 48, height: 7, rx: 3, class: 'bar' }),
  svg('path', { d: 'M140 72h26M158 64l8 8-8 8', class: 'line' }),
  svg('circle', { cx: 202, cy: 52, r: 18, class: 'device' }),
  svg('path', { d: 'M172 122c0-20 12-34 30-34s30 14 30 34z', class: 'device' }),
  svg('path', { d: 'M188 122v-14M202 122v-10M216 122v-14', class: 'line' }),
];

/** @param {'does' | 'not'} name */
export const drawing = (name) => svg('svg', { viewBox: '0 0 260 160', class: 'intro-drawing', 'aria-hidden': 'true' }, ...(name === 'does' ? does() : not()));
