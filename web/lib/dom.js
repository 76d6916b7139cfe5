/* dom.js: builds elements from plain data. Owns the one way this page makes
 * DOM: no HTML strings, so nothing from a pack or a file name can become
 * markup, and no style attributes, which the page's CSP forbids. */

/** @typedef {string | number | Node | null | undefined | false} Child */

/**
 * h('button', {class: 'primary', onclick: go}, 'Go'): functions become
 * listeners, `true` an empty attribute; null, undefined and false are left out.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, string | number | boolean | null | undefined | ((event: any) => void)>} [attributes]
 * @param {...(Child | Child[] | (Child | Child[])[])} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') {
      element.addEventListener(name.slice(2), value);
    } else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? '' : String(value));
    }
  }
  element.append(...children.flat(2).filter(isShown));
  return element;
}

/** @param {Child} child @returns {child is string | Node} */
function isShown(child) {
  return child !== null && child !== undefined && child !== false;
}

/** @param {string} id @returns {HTMLElement} that the document has, by what its comment says */
export function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the document has no #${id}`);
  return element;
}

/**
 * Draws a place anew. What has the focus in it hands it on to whatever has its id then:
 * a person who reads with the keyboard stays where they were.
 * @param {HTMLElement} place @param {...Node} nodes
 */
export function redraw(place, ...nodes) {
  const { activeElement } = document;
  const id = place.contains(activeElement) ? activeElement?.id : '';
  place.replaceChildren(...nodes);
  if (id) document.getElementById(id)?.focus({ preventScroll: true });
}

/** Style sheets of a screen that comes when it is gone to, those that the page does not have yet.
 *  @param {...string} names of files of the page @returns {HTMLLinkElement[]} */
export function styles(...names) {
  const wanted = names.map((name) => new URL(name, document.baseURI).href);
  const had = new Set([...document.styleSheets].map(({ href }) => href));
  return wanted.filter((href) => !had.has(href)).map((href) => h('link', {
    rel: 'stylesheet', href, onerror: (/** @type {Event} */ { target }) => /** @type {HTMLElement} */ (target).remove(), // asked for again the next time
  }));
}

/** So long a style sheet is waited for; undressed is better than not at all. */
const SHEET_MS = 3000;

/** The style sheets in a place have come, or do not: what is seen before them jumps when they do. @param {HTMLElement} place */
export async function dressed(place) {
  const waiting = [...place.querySelectorAll('link')].filter(({ sheet }) => !sheet)
    .map((link) => new Promise((resolve) => { for (const type of ['load', 'error']) link.addEventListener(type, resolve); }));
  if (waiting.length > 0) await Promise.race([Promise.all(waiting), new Promise((resolve) => { setTimeout(resolve, SHEET_MS); })]);
}

/** Icons: 24 px outlines, drawn with the current colour. Those of the camera and of models from a file are there. */
const ICONS = {
  camera: 'M4 8h3l1.6-2.5h6.8L17 8h3a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V9a1 1 0 0 1 1-1zM12 16.5a3.25 3.25 0 1 0 0-6.5 3.25 3.25 0 0 0 0 6.5z',
  picture: 'M4 5h16v14H4zM4 16l4.5-4.5 4 4 2.5-2.5 5 4.5M15.5 9.5h.01',
  notice: 'M12 3.5 21.5 20h-19zM12 10v4.5M12 17.2v.3',
  share: 'M12 14.500v-10.500M8 7.500 12 3.500l4 4M6 11H5v9h14v-9h-1',
  print: 'M7 8V3h10v5M7 17H3V8h18v9h-4M7 14h10v7H7z',
  next: 'M5 12h14M13 6l6 6-6 6',
  soon: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5.2l3.4 2',
  show: 'M9 11.5a3.75 3.75 0 1 0 0-7.5 3.75 3.75 0 0 0 0 7.5zM2.5 20a6.5 6.5 0 0 1 13 0M19 8.5v6M16 11.5h6',
  watch: 'M2.5 12S6 5.5 12 5.5s9.5 6.5 9.5 6.5-3.5 6.5-9.5 6.5S2.5 12 2.5 12zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z',
  failure: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7.5v5.5M12 16v.3',
  light: 'M12 7.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4',
  target: 'M4 8.5V4h4.5M15.5 4H20v4.5M20 15.5V20h-4.5M8.5 20H4v-4.5M12 14.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z',
};

/** @param {keyof typeof ICONS} name */
export const icon = (name) => outline(name, ICONS[name]);

/**
 * A decorative icon: hidden from assistive technology, so the text beside it
 * must say everything.
 * @param {string} name @param {string} d
 * @returns {SVGSVGElement}
 */
export function outline(name, d) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', `icon icon-${name}`);
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', d);
  svg.append(path);
  return svg;
}
