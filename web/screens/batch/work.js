/* work.js: a batch that is worked on: how far it is, stop and go on, the table
 * with its filters, files to save, and the evaluation. Draws at most every
 * second frame, however fast the answers come. */

import { engine } from '../../classifier/engine.js';
import { h, icon } from '../../lib/dom.js';
import { evaluationView } from './evaluation.js';
import { csvTable, evaluationOf, jsonLines, nameOf } from './export.js';
import { chosenOf, foundFiles } from './files.js';
import { countKinds, isUnread, shownRows } from './rows.js';
import { BatchTable } from './table.js';
import { thumbOfFile } from './thumb.js';

/** @typedef {import('./rows.js').Row} Row */
/** @typedef {import('./words.js').BatchWords} BatchWords */
/** @typedef {{batch: import('./run.js').Batch, opened: import('../../classifier/engine-packs.js').OpenedPack, words: BatchWords,
 *   packWords: import('../../lib/pack-text.js').PackWords, num_others: number, onNew: () => void, onAgain: (choosing: Promise<import('./files.js').Chosen>) => void, onRest: () => void, onOpen: (row: Row) => void,
 *   onSave: (name: string, blob: Blob) => void, problemText: (error: unknown) => import('../../lib/dom.js').Child[]}} Told */

const FILTERS = ['all', 'answer', 'unsure', 'reject', 'failed', 'wrong'];
const SORTS = /** @type {const} */ (['order', 'name', 'answer', 'share', 'decision']);
/** Where rows change place or go as they are filled, the list is made anew so often. */
const LIST_MS = 500;

export class WorkView {
  /** @param {Told} told */
  constructor(told) {
    /** @private */ this.told = told;
    this.batch = told.batch;
    this.opened = told.opened;
    this.node = h('div', { class: 'batch-work' });
    /** @private @type {AbortController | null} while it is worked on */ this.running = null;
    /** @private */ this.began = { at: 0, done: 0 };
    /** @private */ this.filter = { kind: 'all', words: '', class: /** @type {number | null} */ (null) };
    /** @private @type {{key: import('./rows.js').SortKey, isFalling: boolean}} */ this.sort = { key: 'order', isFalling: false };
    /** @private @type {number | null} */ this.frame = null;
    /** @private */ this.listed_at = 0;
    /** The table has all rows in the order in which they were chosen. @private */ this.is_plain = false;
    /** @private @type {import('../../lib/dom.js').Child[] | null} */ this.problem = null;
    /** @private @type {Set<Row>} */ this.changed = new Set();
    /** Rows whose thumbnail was made, or cannot be. @private @type {WeakSet<Row>} */ this.tried = new WeakSet();
    /** @private */ this.is_showing = false;
    /** What a person is asked about. @private @type {Parameters<WorkView['ask']> | null} */ this.asked = null;
    this.batch.onChange = (row) => {
      if (row) this.changed.add(row);
      this.soon();
    };
  }

  /** Draws everything. */
  start() {
    const { words, packWords } = this.told;
    this.table?.destroy();
    this.table = new BatchTable({
      words, isFindings: this.opened.pack.task === 'multilabel', hasTruth: this.batch.meta.labels !== null, onOpen: this.told.onOpen, onDrawn: () => this.showThumbs(),
      labelOf: (index) => ({ label: packWords.classOf(String(this.batch.ids[index])).label, lang: packWords.lang, dir: packWords.dir }),
    });
    this.bar = h('progress', { id: 'batch-progress', 'aria-label': words.get('progress'), max: 1, value: 0 });
    this.state = h('p', { id: 'batch-state', role: 'status' });
    /** Above the table, and there before it has something to say. @private */ this.fault = h('div', { id: 'batch-fault', role: 'alert' });
    /** @private */ this.asks = h('div', {});
    this.buttons = h('div', { class: 'row batch-buttons' });
    this.kinds = h('div', { class: 'batch-kinds', role: 'group', 'aria-label': words.get('filter') });
    this.notes = h('div', { class: 'batch-notes' });
    this.evaluation = h('section', { id: 'batch-evaluation', hidden: true });
    this.node.replaceChildren(this.bar, h('div', { class: 'batch-notes' }, this.state, this.fault, this.asks), this.buttons, this.kinds, this.fields(), this.table.node, this.notes, this.evaluation);
    this.list();
    this.draw();
    if (this.asked) this.ask(...this.asked);
  }

  /** @param {BatchWords} words @param {import('../../lib/pack-text.js').PackWords} packWords */
  speak(words, packWords) {
    if (words === this.told.words && packWords.lang === this.told.packWords.lang) return;
    Object.assign(this.told, { words, packWords });
    this.start();
  }

  destroy() {
    this.stop();
    this.table?.destroy();
    this.batch.onChange = () => {};
    this.batch.close();
  }

  // ---- working --------------------------------------------------------------

  async go() {
    if (this.running) return;
    const running = new AbortController();
    this.running = running;
    this.problem = null;
    this.began = { at: performance.now(), done: this.batch.meta.done };
    const model = engine.open({ folder: this.opened.folder, variant: this.batch.meta.variant });
    this.draw();
    try {
      await model.ready;
      await this.batch.run(model, running.signal);
    } catch (error) {
      if (!running.signal.aborted) this.problem = this.told.problemText(error);
    } finally {
      model.close();
      if (this.running === running) this.running = null;
      this.list();
      this.draw();
      this.told.onRest();
    }
  }

  /** A reload would take answers away, or the way to the pictures still to be judged. */
  get isToLose() {
    return this.batch.canGoOn || this.hasUnkept;
  }

  /** Answers that go with the batch. */
  get hasUnkept() { return this.batch.meta.done > 0 && !this.batch.isKept; }

  stop() {
    this.running?.abort(new DOMException('the batch was stopped', 'AbortError'));
    this.running = null;
  }

  /** The files of a batch that was kept, or more of them. @param {import('./files.js').Chosen} chosen */
  attach({ pictures, num_others }) {
    const { words } = this.told;
    const { found, changed } = this.batch.attach(pictures);
    this.unask();
    this.told.num_others = num_others;
    this.problem = null;
    this.attached = found + changed > 0 && words.count('attached', found, { changed: words.number(changed) });
    this.is_plain = false; // the rows have their files now
    this.list();
    if (this.batch.canGoOn) this.go();
    this.draw();
  }

  /** @param {unknown} error */
  tell(error) {
    this.problem = this.told.problemText(error);
    this.draw();
  }

  unask() {
    this.asked = null;
    this.asks?.replaceChildren();
  }

  /** Other pictures are to take the place of answers that are kept nowhere, or are not those of the batch.
   *  @param {() => void} onYes @param {'drop_go' | 'new_batch'} go its words @param {(() => void) | null} [onAdd] they can be added */
  ask(onYes, go, onAdd = null) {
    const { words } = this.told;
    const button = (/** @type {string} */ id, /** @type {string} */ label, /** @type {() => void} */ does) => h('button', { type: 'button', id, class: does === onYes ? 'primary' : '', onclick: () => {
      this.unask();
      /** @type {HTMLElement | null} */ (document.querySelector('#batch-new, #batch-stop'))?.focus();
      does();
    } }, label);
    this.asked = [onYes, go, onAdd];
    const heading = h('p', { tabindex: -1 }, onAdd && words.get('add_asks'), onAdd && this.hasUnkept && ' ', this.hasUnkept && words.get('drop_asks'));
    this.asks?.replaceChildren(h('div', { class: 'plain-notice batch-section', role: 'group' }, heading, h('div', { class: 'row' },
      button('batch-drop-go', words.get(go), onYes),
      onAdd && button('batch-drop-add', words.get('add_go'), onAdd),
      button('batch-drop-cancel', words.text.get('cancel'), () => {}))));
    heading.focus();
  }

  // ---- drawing --------------------------------------------------------------

  /** Of what was judged before a reload and is chosen again: one after the other, and only of what is in sight. @private */
  async showThumbs() {
    if (this.is_showing) return;
    this.is_showing = true;
    const wanted = () => this.table?.seen.find((row) => row.source && row.state === 'done' && !row.thumb && !this.tried.has(row));
    for (let row = wanted(); row; row = wanted()) {
      this.tried.add(row);
      try {
        row.thumb = await thumbOfFile(await /** @type {import('./files.js').Source} */ (row.source).open(), this.opened.pack.input);
        this.table?.update(row);
      } catch (error) {
        console.info('no thumbnail could be made:', error); // the core may read what this browser does not
      }
    }
    this.is_showing = false;
  }

  /** @private */
  soon() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      for (const row of this.changed) this.table?.update(row);
      this.changed.clear();
      if (performance.now() - this.listed_at > LIST_MS) this.list();
      this.draw();
    });
  }

  /** The rows that are shown, in order. @private */
  list() {
    this.listed_at = performance.now();
    const is_plain = this.filter.kind === 'all' && this.filter.words === '' && this.filter.class === null && this.sort.key === 'order';
    // As they were chosen they keep their places while they are filled.
    if (is_plain && this.is_plain && this.table?.rows.length === this.batch.rows.length) return;
    this.is_plain = is_plain;
    this.table?.show(shownRows(this.batch.rows, this.filter, this.sort, this.opened.pack.task === 'multilabel'));
  }

  /** @private */
  draw() {
    const { words } = this.told;
    const { meta } = this.batch;
    if (!this.bar || !this.state || !this.fault || !this.buttons || !this.notes) return;
    this.bar.max = Math.max(meta.total, 1);
    this.bar.value = meta.done;
    this.bar.hidden = meta.done >= meta.total;
    this.state.textContent = this.stateText();
    const { fault } = this.batch;
    if (fault && !this.fault.firstChild) this.fault.append(h('p', { class: 'problem' }, icon('failure'), h('span', {}, words.parts('store_full', { message: /** @type {Error} */ (fault).message }))));
    const { missing } = this.batch;
    const { num_others } = this.told;
    this.notes.replaceChildren(...[
      this.problem && h('p', { id: 'batch-problem', class: 'problem', role: 'alert' }, this.problem),
      this.attached && h('p', { class: 'small muted', id: 'batch-attached' }, this.attached),
      num_others > 0 && h('p', { class: 'small muted', id: 'batch-others' }, words.count('others', num_others)),
      missing.length > 0 && h('p', { class: 'small muted', id: 'batch-missing' }, words.count('missing', missing.length, { first: String(missing[0]) })),
      h('p', { class: 'small muted' }, !fault && words.get(this.batch.isKept ? 'kept_here' : 'kept_not'), ' ', words.get('named')),
    ].filter((node) => node instanceof Node));
    this.drawButtons();
    this.drawKinds();
    this.drawEvaluation();
  }

  /** @private */
  stateText() {
    const { words } = this.told;
    const { done, total } = this.batch.meta;
    if (done >= total) return words.count('state_done', total);
    const of = { done: words.number(done) };
    if (!this.running) return words.count(this.batch.canGoOn ? 'state_stopped' : 'state_files', total, of);
    const ms = performance.now() - this.began.at;
    const num = done - this.began.done;
    if (num < 3) return words.count('state_running', total, of);
    const left_s = Math.ceil((((total - done) * ms) / num) / 1000);
    return `${words.count('state_running', total, of)} ${left_s < 90 ? words.count('left_seconds', left_s) : words.count('left_minutes', Math.round(left_s / 60))}`;
  }

  /** Drawn anew only when they change, so that none goes under a finger. @private */
  drawButtons() {
    const { words } = this.told;
    const { batch } = this;
    const is_done = batch.meta.done >= batch.meta.total;
    const is_without = !this.running && !batch.canGoOn && (!is_done || batch.rows.some((row) => !row.source || isUnread(row))); // of an older batch those that are left have no row
    const state = [Boolean(this.running), batch.canGoOn, is_done, is_without, batch.meta.done > 0, words.text.language].join();
    if (!this.buttons || this.buttons.dataset.state === state) return;
    const focused = document.activeElement?.id;
    this.buttons.dataset.state = state;
    const button = (/** @type {string} */ id, /** @type {string} */ label, /** @type {() => void} */ onclick, is_primary = false) =>
      h('button', { type: 'button', id, class: is_primary ? 'primary' : '', onclick }, label);
    const again = /** @type {HTMLInputElement} */ (h('input', { type: 'file', id: 'batch-again', class: 'visually-hidden', multiple: true, tabindex: -1, 'aria-hidden': 'true',
      webkitdirectory: batch.rows.some(({ path }) => path.includes('/')) && !/\.zip( \+ \d+)?$/i.test(batch.meta.title),
      onchange: () => {
        const files = [...again.files ?? []];
        again.value = ''; // the same ones, chosen once more, are told too
        this.told.onAgain(chosenOf(foundFiles(files)));
      } }));
    const name = nameOf(batch.meta);
    this.buttons.replaceChildren(...[
      this.running && button('batch-stop', words.get('stop'), () => { this.stop(); this.draw(); }),
      !this.running && !is_done && batch.canGoOn && button('batch-go', words.get('go_on'), () => this.go(), true),
      is_without && again,
      is_without && button('batch-pick-again', words.get('choose_again'), () => again.click(), !is_done),
      batch.meta.done > 0 && button('batch-csv', words.get('save_csv'), async () => this.told.onSave(`${name}.csv`, await csvTable(batch))),
      batch.meta.done > 0 && button('batch-json', words.get('save_json'), async () => this.told.onSave(`${name}.jsonl`, await jsonLines(batch))),
      !this.running && button('batch-new', words.get('new_batch'), () => (this.hasUnkept ? this.ask(this.told.onNew, 'new_batch') : this.told.onNew())),
    ].filter((node) => node instanceof Node));
    if (focused) this.buttons.querySelector(`#${CSS.escape(focused)}`)?.closest('button')?.focus();
  }

  /** How many of each kind; each filters the table. @private */
  drawKinds() {
    const { words } = this.told;
    const counts = countKinds(this.batch.rows);
    const shown = FILTERS.filter((kind) => kind === 'all' || Number(counts[kind]) > 0 || kind === this.filter.kind);
    const key = JSON.stringify([shown.map((kind) => counts[kind] ?? this.batch.rows.length), this.filter.kind, words.text.language]);
    if (!this.kinds || this.kinds.dataset.key === key) return;
    const focused = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset.filter;
    this.kinds.dataset.key = key;
    this.kinds.replaceChildren(...shown.map((kind) => h('button', {
      type: 'button', class: 'chip', 'data-filter': kind, 'data-kind': kind, 'aria-pressed': String(this.filter.kind === kind),
      onclick: () => {
        this.filter.kind = kind;
        this.list();
        this.draw();
      },
    }, words.get(/** @type {'kind_all'} */ (`kind_${kind}`)), ' ', h('strong', {}, words.number(counts[kind] ?? this.batch.rows.length)))));
    if (focused) /** @type {HTMLElement | null} */ (this.kinds.querySelector(`[data-filter="${focused}"]`))?.focus();
  }

  /** @private */
  fields() {
    const { words, packWords } = this.told;
    const again = () => this.list();
    return h('div', { class: 'batch-fields' },
      h('label', {}, h('span', { class: 'visually-hidden' }, words.get('search')),
        h('input', { type: 'search', id: 'batch-words', placeholder: words.get('search'), value: this.filter.words, oninput: (/** @type {Event} */ event) => {
          this.filter.words = /** @type {HTMLInputElement} */ (event.target).value;
          again();
        } })),
      h('label', {}, h('span', { class: 'visually-hidden' }, words.get('class_filter')),
        h('select', { id: 'batch-class', onchange: (/** @type {Event} */ event) => {
          const { value } = /** @type {HTMLSelectElement} */ (event.target);
          this.filter.class = value === '' ? null : Number(value);
          again();
        } },
        h('option', { value: '' }, words.get('class_any')),
        this.batch.ids.map((id, index) => h('option', { value: index, selected: this.filter.class === index, lang: packWords.lang, dir: packWords.dir }, packWords.classOf(id).label)))),
      h('label', {}, h('span', { class: 'visually-hidden' }, words.get('sort')),
        h('select', { id: 'batch-sort', onchange: (/** @type {Event} */ event) => {
          const [key, direction] = /** @type {HTMLSelectElement} */ (event.target).value.split(' ');
          this.sort = { key: /** @type {import('./rows.js').SortKey} */ (key), isFalling: direction === 'falling' };
          again();
        } },
        SORTS.flatMap((key) => (key === 'order' ? ['rising'] : ['rising', 'falling']).map((direction) => h('option', {
          value: `${key} ${direction}`, selected: this.sort.key === key && this.sort.isFalling === (direction === 'falling'),
        }, words.get(/** @type {'sort_order_rising'} */ (`sort_${key}_${direction}`))))))));
  }

  /** Once all is done, or it was stopped. @private */
  async drawEvaluation() {
    const { words, packWords } = this.told;
    const { evaluation, batch } = this;
    if (!evaluation || batch.meta.labels === null) return;
    evaluation.hidden = this.running !== null || batch.labelled.length === 0;
    const key = evaluation.hidden ? '' : words.text.language; // anew after each run
    if (evaluation.dataset.key === key) return;
    evaluation.dataset.key = key;
    if (!key) return;
    const figures = evaluationOf(batch, this.opened.pack, (id, of) => (of === 'class' ? packWords.classOf(id) : packWords.groupOf(id)).label);
    evaluation.replaceChildren(...evaluationView({
      words, packWords, figures, rows: batch.labelled,
      onSave: () => this.told.onSave('evaluation.json', new Blob([`${JSON.stringify(figures)}\n`], { type: 'application/json' })),
    }));
  }
}
