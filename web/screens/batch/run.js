/* run.js: a batch: its rows, in the order chosen, and the work through them,
 * one picture after the other by the engine's one model. What is done is in
 * the store before the next begins; what is stopped goes on where it was. */

import { failureOf, InsituError } from '../../classifier/engine.js';
import { readablePicture } from '../../classifier/intake.js';
import { isUnread, labelledOf, settle, waitingRow } from './rows.js';
import { matchLabels } from './labels.js';
import { MemoryStore } from './store.js';
import { thumbOf } from './thumb.js';

/** @typedef {import('./rows.js').Row} Row */
/** @typedef {import('./store.js').Meta} Meta */
/** @typedef {import('./store.js').MemoryStore | import('./store.js').DeviceStore} Store */
/** @typedef {Pick<import('../../classifier/engine.js').Model, 'classify'>} Classifier */

/** They keep the page waiting for some 50 ms (Chromium 156, two slow cores: 100,000 at once, 4 s). */
const LISTED_AT_ONCE = 1000;

export class Batch {
  /** @param {Meta} meta @param {string[]} ids of the classes @param {Store} store */
  constructor(meta, ids, store) {
    this.meta = meta;
    this.ids = ids;
    this.store = store;
    /** @type {Row[]} */ this.rows = [];
    /** Of the table of labels, not among the pictures. @type {string[]} */ this.missing = [];
    /** A row has changed, or all have (null). @type {(row: Row | null) => void} */ this.onChange = () => {};
    /** Why answers that should have been kept are not; null: they are. @type {unknown} */ this.fault = null;
    /** Takes what the store could not. @private @type {import('./store.js').MemoryStore | null} */ this.overflow = null;
    /** @private @type {Map<string, Row>} */ this.by_path = new Map();
    /** Rows that the store does not know as they are. @private @type {Row[]} */ this.unlisted = [];
  }

  /** Those answered before, and those that were still to be. */
  async restore() {
    this.meta.done = 0;
    for await (const { path, size, modified, line } of this.store.answers(this.meta.id)) {
      const row = this.add({ path, size, modified });
      if (!line) continue;
      settle(row, line, this.ids);
      this.meta.done++;
    }
    this.unlisted = [];
    this.label();
  }

  /**
   * The files of the batch, at first or once more: those that were answered are not judged again, those that could not be read are.
   * @param {import('./files.js').Source[]} sources @returns {{found: number, changed: number}} of those answered before
   */
  attach(sources) {
    let found = 0;
    let changed = 0;
    for (const source of sources) {
      const row = this.by_path.get(source.path) ?? this.add(source);
      const is_same = row.size === source.size; // else it is another picture under the same name
      const was_settled = row.state !== 'waiting';
      row.source = source;
      if (was_settled && is_same && !isUnread(row)) {
        found++;
        continue;
      }
      if (was_settled) this.meta.done--;
      if (was_settled && !is_same) changed++;
      Object.assign(row, { size: source.size, modified: source.modified, state: 'waiting', brief: null, failure: null, thumb: null });
      if (was_settled) this.unlisted.push(row);
    }
    this.meta.total = Math.max(this.meta.total, this.rows.length); // of an older batch those that are left have no row
    this.label();
    return { found, changed };
  }

  /** Are these its pictures, or some of them, by name and size? @param {import('./files.js').Source[]} sources */
  owns(sources) { return sources.every(({ path, size }) => this.by_path.get(path)?.size === size); }

  /** @param {Omit<import('./files.js').Source, 'open'>} source @returns {Row} @private */
  add(source) {
    const row = waitingRow(source, this.rows.length);
    this.rows.push(row);
    this.by_path.set(row.path, row);
    this.unlisted.push(row);
    return row;
  }

  /** @private */
  label() {
    const { labels } = this.meta;
    if (!labels) return;
    const { truths, missing } = matchLabels(this.rows.map(({ path }) => path), labels);
    for (const row of this.rows) row.truth = truths.get(row.path) ?? null;
    this.missing = missing;
  }

  /** A row that waits has a file to be read. */
  get canGoOn() { return this.rows.some(({ state, source }) => state === 'waiting' && source); }

  /** All that was answered lies on this device. */
  get isKept() { return this.store.isLasting && this.overflow === null; }

  /** Labelled answers, for evaluation. */
  get labelled() { return this.rows.map(labelledOf).filter((row) => row !== null); }

  /**
   * @param {Classifier} model @param {AbortSignal} signal
   * @throws what is no picture's fault: the model cannot be had
   */
  async run(model, signal) {
    while (this.canGoOn) { // again for what came to wait behind it
      for (const row of this.rows) {
        await this.list();
        if (signal.aborted) return;
        if (row.state !== 'waiting' || !row.source) continue;
        const line = await this.judge(row, row.source, model, signal);
        if (!line) return;
        this.meta.done++;
        await this.keeping((store) => store.keep(this.meta, this.keptOf(row, line)));
        this.onChange(row);
      }
    }
  }

  /** @param {Row} row @param {import('./files.js').Source} source @param {Classifier} model @param {AbortSignal} signal
   *  @returns {Promise<import('../../answer').AnswerLine | null>} null: stopped @private */
  async judge(row, source, model, signal) {
    /** @type {import('../../answer').AnswerLine} */
    let line;
    try {
      const blob = await readablePicture(await source.open());
      const { result, square } = await model.classify(blob, { name: row.path, prior: this.meta.prior, signal });
      row.thumb = await thumbOf(square);
      line = result;
    } catch (error) {
      if (signal.aborted) return null;
      if (error instanceof InsituError && error.isOfLoading) throw error;
      const failure = failureOf(row.path, error);
      // A file that is gone, or a folder's permission, is the picture's affair; a fault of the page is told as one.
      line = error instanceof DOMException ? { ...failure, status: 'io' } : failure;
    }
    settle(row, line, this.ids);
    return line;
  }

  /** What came to it, or is another picture now, before it is judged: after a reload it is known what is left. @private */
  async list() {
    while (this.unlisted.length > 0) {
      const some = this.unlisted.splice(0, LISTED_AT_ONCE);
      await this.keeping((store) => store.begin(this.meta, some.map((row) => this.keptOf(row, null))));
    }
  }

  /** @param {Row} row @param {import('../../answer').AnswerLine | null} line @returns {import('./store.js').Kept} @private */
  keptOf({ path, size, modified }, line) { return { batch: this.meta.id, path, size, modified, line }; }

  /** A full disk ends keeping, not judging. @param {(store: Store) => Promise<void>} write @private */
  async keeping(write) {
    if (this.overflow) return write(this.overflow);
    try {
      await write(this.store);
    } catch (error) {
      if (!this.store.isLasting) throw error;
      this.overflow = new MemoryStore();
      this.fault = error;
      this.onChange(null);
      await write(this.overflow);
    }
  }

  /** Every line that there is, in the rows' order, a hundred at a time.
   *  @returns {AsyncGenerator<{row: Row, line: import('../../answer').AnswerLine}>} */
  async* lines() {
    const settled = this.rows.filter(({ state }) => state !== 'waiting');
    for (let from = 0; from < settled.length; from += 100) {
      const some = settled.slice(from, from + 100);
      const paths = some.map(({ path }) => path);
      const [kept, later] = await Promise.all([this.find(paths), this.overflow?.find('', paths)]);
      for (const [index, row] of some.entries()) {
        yield { row, line: (later?.[index] ?? kept[index])?.line ?? failureOf(row.path, new InsituError('io', 'its answer was kept on this device, which has it no more')) };
      }
    }
  }

  /** What the browser has taken away is missing among them. @param {string[]} paths @private */
  async find(paths) {
    try {
      return await this.store.find(this.meta.id, paths);
    } catch (error) {
      this.fault ??= error;
      this.onChange(null);
      return [];
    }
  }

  close() { this.store.close(); }
}
