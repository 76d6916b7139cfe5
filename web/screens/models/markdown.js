/* markdown.js: a card or a report that came with a person's own pack, so far
 * as such documents are written: headings, paragraphs, lists, tables, code.
 * Makes elements and text, never markup: it is somebody's text. What a link
 * leads to is left out, as none of it is on this device; so is a picture, but
 * for one of the pack's own plots, whose place it has (img without src,
 * data-from) for whoever finds the file. */

import { h } from '../../lib/dom.js';

/** Bounded: of a million brackets that nothing closes, each would be looked for to the end. */
const MARKS = /!?\[([^\]]{0,500})\]\(([^)]{0,500})\)|\*\*(.+?)\*\*|`([^`]+)`/g;

/** Beside the document or in the pack's report. */
const PLOT = /^(report\/)?[\w.-]+\.(svg|png)$/;

/** @param {string} line @returns {(string | Node)[]} */
function inline(line) {
  /** @type {(string | Node)[]} */
  const parts = [];
  let from = 0;
  for (const { index, 0: whole, 1: name, 2: address = '', 3: strong, 4: code } of line.matchAll(MARKS)) {
    parts.push(line.slice(from, index), strong ? h('strong', {}, strong) : code ? h('code', {}, code) : whole[0] === '!' && PLOT.test(address) ? h('img', { alt: name, 'data-from': address }) : name ?? '');
    from = index + whole.length;
  }
  return [...parts, line.slice(from)];
}

/** @param {string} line */
const cells = (line) => line.trim().replace(/^\||\|$/g, '').split('|').map((cell) => inline(cell.trim()));

/** @param {string[]} lines of a table, the second of which tells it from other lines */
const table = ([head = '', , ...rows]) => h('div', { class: 'wide', tabindex: 0 }, h('table', { class: 'grid-table' },
  h('thead', {}, h('tr', {}, cells(head).map((cell) => (cell.join('') ? h('th', { scope: 'col' }, cell) : h('td', {}))))),
  h('tbody', {}, rows.map((row) => h('tr', {}, cells(row).map((cell, index) => (index ? h('td', {}, cell) : h('th', { scope: 'row' }, cell))))))));

/** @param {string} text @returns {Node[]} */
export function fromMarkdown(text) {
  return text.replace(/\r\n/g, '\n').replace(/^#.*$/gm, '\n$&\n').split(/\n\s*\n/).map((block) => block.trim()).filter(Boolean).map((block) => {
    const lines = block.split('\n');
    const heading = /^(#+) (.*)$/.exec(block);
    if (heading) return h(heading[1] === '#' ? 'h3' : 'h4', {}, inline(heading[2] ?? ''));
    if (/^[ |:-]+$/.test(lines[1] ?? '') && lines[0]?.includes('|')) return table(lines);
    if (/^[-*] /.test(block)) return h('ul', {}, block.split(/\n(?=[-*] )/).map((item) => h('li', {}, inline(item.slice(2)))));
    return h('p', {}, inline(block));
  });
}
