/* table.js: the table of a batch, of which only the rows in sight are in the
 * document, however many there are. Ids: #batch-table, its rows carry
 * data-path, data-state and data-decision. */

import { failureKey } from '../../classifier/screens/failure.js';
import { h } from '../../lib/dom.js';
import { isRowWrong, kindOf, namedClasses } from './rows.js';

/** @typedef {import('./rows.js').Row} Row */
/** @typedef {import('./words.js').BatchWords} BatchWords */
/** What rows are written with. labelOf: a class by its index. isFindings: each class is found or not by itself.
 * @typedef {{words: BatchWords, labelOf: (index: number) => {label: string, lang: string, dir: string}, isFindings: boolean, hasTruth: boolean,
 *   onOpen: (row: Row) => void, onDrawn: () => void}} Told onDrawn: other rows are in sight */

/** As batch.css has it. */
const ROW_PX = 60;
/** Rows beyond the edges, so that a quick finger finds them drawn. */
const SPARE_ROWS = 6;

/** What may be said of a picture, as its record decided: where it is unsure, no class as the answer. Findings are those of the
 *  set, not always the likeliest. share: of what is named alone.
 *  @param {Pick<Row, 'brief'>} row @param {BatchWords} words @param {Told['labelOf']} labelOf @param {boolean} is_findings */
export function saidOf({ brief }, words, labelOf, is_findings) {
  const { text } = words;
  const is_sure = brief?.decision === 'answer';
  const before = is_sure ? null : text.get('result_could_be');
  const named = namedClasses(brief, is_findings);
  if (named.length === 0) return { label: text.get('result_none'), lang: text.language, dir: undefined, before: null, share: null };
  const labels = named.map(labelOf);
  return {
    lang: labels[0]?.lang, dir: labels[0]?.dir, label: labels.map(({ label }) => label).join(', '), before,
    share: is_sure && named.length === 1 ? text.percent(Number(brief?.p[Number(named[0])])) : null,
  };
}

export class BatchTable {
  /** @param {Told} told */
  constructor(told) {
    /** @private */ this.told = told;
    /** @type {Row[]} */ this.rows = [];
    /** In the document, by their place among the rows shown. @private @type {Map<number, {row: Row, node: HTMLTableRowElement, url: string | null}>} */
    this.drawn = new Map();
    /** @private */ this.body = h('tbody', { role: 'rowgroup' });
    /** @private */ this.above = h('tr', { class: 'gap', 'aria-hidden': 'true' }, h('td'));
    /** @private */ this.below = h('tr', { class: 'gap', 'aria-hidden': 'true' }, h('td'));
    const { words, hasTruth } = told;
    this.table = h('table', { id: 'batch-table', role: 'table', class: hasTruth ? 'batch-table has-truth' : 'batch-table' },
      h('caption', { class: 'visually-hidden' }, words.get('table_caption')),
      // Roles by name: on narrow pages a row is laid out as a grid, which would take them away.
      h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' },
        h('th', { role: 'columnheader', class: 'thumb' }, h('span', { class: 'visually-hidden' }, words.get('column_picture'))),
        h('th', { role: 'columnheader', class: 'name' }, words.get('column_name')),
        h('th', { role: 'columnheader', class: 'says' }, words.get('column_answer')),
        h('th', { role: 'columnheader', class: 'kind' }, words.get('column_decision')),
        hasTruth && h('th', { role: 'columnheader', class: 'truth' }, words.get('column_truth')))),
      this.body);
    this.node = h('div', { class: 'batch-scroll', tabindex: 0, role: 'region', 'aria-label': words.get('table_caption') }, this.table);
    this.node.addEventListener('scroll', () => this.draw(), { passive: true });
    /** @private */ this.resizes = new ResizeObserver(() => this.draw());
    this.resizes.observe(this.node);
  }

  /** @param {Row[]} rows those that are shown, in order */
  show(rows) {
    this.rows = rows;
    this.table.setAttribute('aria-rowcount', String(rows.length + 1));
    this.clear();
    this.draw();
  }

  /** A row has changed: drawn anew where it is in sight. @param {Row} row */
  update(row) {
    for (const [at, { row: other }] of this.drawn) {
      if (other !== row) continue;
      this.drop(at);
      this.draw();
      return;
    }
  }

  /** @private */
  draw() {
    const { scrollTop, clientHeight } = this.node;
    const from = Math.max(0, Math.floor(scrollTop / ROW_PX) - SPARE_ROWS);
    const to = Math.min(this.rows.length, Math.ceil((scrollTop + clientHeight) / ROW_PX) + SPARE_ROWS);
    for (const at of [...this.drawn.keys()]) if (at < from || at >= to) this.drop(at);
    const nodes = [];
    for (let at = from; at < to; at++) {
      const row = this.rows[at];
      if (!row) continue;
      const before = this.drawn.get(at) ?? this.make(at, row);
      this.drawn.set(at, before);
      nodes.push(before.node);
    }
    this.above.style.blockSize = `${from * ROW_PX}px`;
    this.below.style.blockSize = `${(this.rows.length - to) * ROW_PX}px`;
    const wanted = [this.above, ...nodes, this.below];
    // Only where something differs: a node that stays keeps its focus.
    if (wanted.some((node, index) => this.body.children[index] !== node) || this.body.children.length !== wanted.length) {
      const focused = document.activeElement;
      this.body.replaceChildren(...wanted);
      if (focused instanceof HTMLElement && this.body.contains(focused)) focused.focus({ preventScroll: true });
    }
    this.told.onDrawn();
  }

  /** In sight. @returns {Row[]} */
  get seen() { return [...this.drawn.values()].map(({ row }) => row); }

  /** @param {number} at @param {Row} row @private */
  make(at, row) {
    const { words, labelOf, isFindings, hasTruth, onOpen } = this.told;
    const kind = kindOf(row);
    const url = row.thumb ? URL.createObjectURL(row.thumb) : null;
    const name = row.path.split('/').at(-1) ?? row.path;
    const top = row.brief?.top ?? null;
    const said = top === null ? null : saidOf(row, words, labelOf, isFindings);
    const truth = hasTruth && row.truth !== null ? labelOf(row.truth) : null;
    const { text } = words;
    // The program's own sentence is English, and says more.
    const own = row.failure?.message ?? '';
    const why = row.failure && text.language !== 'en' ? text.get(failureKey('photo', row.failure.status))
      : own || (row.brief?.reasons ?? []).map((id) => words.reason(id)).join(' ');
    const node = h('tr', { role: 'row', 'data-path': row.path, 'data-state': row.state, 'data-decision': row.brief?.decision, 'aria-rowindex': at + 2 },
      h('td', { role: 'cell', class: 'thumb' }, url ? h('img', { src: url, alt: '', width: 44, height: 44, decoding: 'async' }) : h('span', { class: 'no-thumb' })),
      h('td', { role: 'cell', class: 'name', title: row.path },
        row.source
          ? h('button', { type: 'button', class: 'open', onclick: () => onOpen(row) }, name)
          : h('span', {}, name)),
      h('td', { role: 'cell', class: 'says' },
        said?.before && [h('span', { class: 'p' }, said.before), ' '],
        said && h('span', { class: 'label', lang: said.lang, dir: said.dir, title: said.label }, said.label),
        said?.share && [' ', h('span', { class: 'p' }, said.share)],
        !said && h('span', { class: 'why', title: own || why }, why)),
      h('td', { role: 'cell', class: 'kind' }, h('span', { class: 'chip', 'data-kind': kind }, words.kind(kind))),
      hasTruth && h('td', { role: 'cell', class: 'truth' }, isRowWrong(row) && h('span', { class: 'other' }, words.get('truth_other')), ' ',
        truth && h('span', { lang: truth.lang, dir: truth.dir }, truth.label)));
    return { row, node, url };
  }

  /** @param {number} at @private */
  drop(at) {
    const drawn = this.drawn.get(at);
    if (drawn?.url) URL.revokeObjectURL(drawn.url);
    this.drawn.delete(at);
  }

  /** @private */
  clear() {
    for (const at of [...this.drawn.keys()]) this.drop(at);
  }

  destroy() {
    this.resizes.disconnect();
    this.clear();
  }
}
