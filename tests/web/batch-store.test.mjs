// A batch whose answers the browser does not keep, or keeps no more: the work goes on, and it is known.
import { describe, expect, test } from '@jest/globals';
import { InsituError } from '../../web/classifier/engine.js';
import { csvTable, jsonLines } from '../../web/screens/batch/export.js';
import { MemoryStore } from '../../web/screens/batch/store.js';
import { standInDocument } from './dom.mjs';

globalThis.document = standInDocument(); // thumbnails are drawn on canvases
const { Batch } = await import('../../web/screens/batch/run.js');

// As IndexedDB: lasting, until what it is told to fail at.
class FailingStore extends MemoryStore {
  fails = () => {};

  get isLasting() { return true; }

  begin(meta) { return this.does('begin', () => super.begin(meta)); }

  keep(meta, kept) { return this.does('keep', () => super.keep(meta, kept)); }

  find(id, paths) { return this.does('find', () => super.find(id, paths)); }

  async does(what, run) {
    this.fails(what, this.kept.size);
    return run();
  }
}

const full = new DOMException('the quota is used up', 'QuotaExceededError');
// The picture's own fault is an answer too.
const model = { classify: async () => { throw new InsituError('damaged', 'the file is damaged'); } };
const meta = () => ({ id: 'b', title: 'b', started: 0, folder: 'http://a/', pack: { id: 'p', version: '1.0.0' }, variant: 'v', prior: 'default', total: 0, done: 0, labels: null });
const sources = (count) => Array.from({ length: count }, (_, index) => ({ path: `${index}.png`, size: 3, modified: 1, open: async () => new Blob(['abc']) }));

function batchOf(fails) {
  const store = new FailingStore();
  store.fails = fails;
  const batch = new Batch(meta(), ['a', 'b'], store);
  batch.attach(sources(6));
  return { batch, store };
}
const linesOf = async (batch) => (await (await jsonLines(batch)).text()).trim().split('\n').map((line) => JSON.parse(line));

describe('the answers of a batch', () => {
  test('all kept: no fault', async () => {
    const { batch } = batchOf(() => {});
    await batch.run(model, new AbortController().signal);
    expect([batch.fault, batch.isKept, batch.meta.done]).toEqual([null, true, 6]);
  });

  test.each([
    ['a storage that is full from the first', (what) => { if (what !== 'find') throw full; }, 0],
    ['a storage that is full in the middle', (what, count) => { if (what === 'keep' && count === 3) throw full; }, 3],
  ])('%s: every picture is judged, every answer can be saved, and why it is not kept is known from then on', async (_, fails, kept) => {
    const { batch, store } = batchOf(fails);
    const told = [];
    batch.onChange = () => told.push(batch.fault);
    await batch.run(model, new AbortController().signal);
    expect([batch.fault, batch.isKept, batch.meta.done, store.kept.size]).toEqual([full, false, 6, kept]);
    expect(told.filter((fault) => fault === null)).toHaveLength(kept);
    expect(told.at(-1)).toBe(full);
    expect((await linesOf(batch)).map(({ file, status }) => [file, status])).toEqual(sources(6).map(({ path }) => [path, 'damaged']));
  });

  test('a database that is closed under it: what it had is said to be lost, not left out', async () => {
    let is_closed = false;
    const { batch } = batchOf((what, count) => {
      is_closed ||= what === 'keep' && count === 4;
      if (is_closed) throw new DOMException('the database is closing', 'InvalidStateError');
    });
    await batch.run(model, new AbortController().signal);
    expect((await linesOf(batch)).map(({ file, status }) => [file, status])).toEqual(sources(6).map(({ path }, index) => [path, index < 4 ? 'io' : 'damaged']));
    expect((await (await csvTable(batch)).text()).trim().split('\n')).toHaveLength(7);
  });

  test('after a reload all of its files, or all that are left, are its own, and it ends; of others it is asked, and they count beside', async () => {
    const [first, ...rest] = sources(3);
    const others = sources(5).slice(3);
    const store = new FailingStore();
    store.fails = () => {};
    const kept = meta();
    const before = new Batch(kept, ['a', 'b'], store);
    before.attach([first, ...rest]);
    await store.keep(kept, { batch: 'b', ...first, line: { ok: false, status: 'damaged', message: 'the file is damaged' } });
    const reopened = async () => {
      const batch = new Batch({ ...kept }, ['a', 'b'], store);
      await batch.restore();
      return batch;
    };
    const total = (batch, ...files) => {
      batch.attach(files);
      return batch.meta.total;
    };
    const batch = await reopened();
    expect([rest, [first, ...rest], [first], others, [rest[0]], [...rest, ...others]].map((files) => batch.owns(files))).toEqual([true, true, true, false, false, false]);
    expect(total(await reopened(), ...rest)).toBe(3);
    expect(total(await reopened(), first, ...rest)).toBe(3);
    expect(total(batch, ...others)).toBe(5);
    expect(total(batch, first, ...rest)).toBe(5);
    expect(batch.rows).toHaveLength(5);
    const part = await reopened(); // of one that is left it cannot be told
    expect([total(part, rest[0]), total(part, first, ...rest)]).toEqual([4, 3]);
  });

  test('what could not be read is read anew once its file is chosen again, also while the batch is worked on; what was judged is not', async () => {
    const { batch, store } = batchOf(() => {});
    const judged = [];
    const { signal } = new AbortController();
    const reads = { classify: async (_, { name }) => {
      judged.push(name);
      if (judged.length === 6) expect(batch.attach(sources(6))).toEqual({ found: 4, changed: 0 }); // the last one waits
      throw name === '0.png' && judged.length < 3 ? new DOMException('the file is gone', 'NotFoundError') : new InsituError('damaged', 'the file is damaged');
    } };
    await batch.run(reads, signal);
    expect(judged).toEqual([...sources(6).map(({ path }) => path), '0.png']);
    expect([batch.meta.done, batch.rows.every(({ failure }) => failure.status === 'damaged')]).toEqual([6, true]);
    expect([...store.kept.values()].map(({ line }) => line.status)).toEqual(Array(6).fill('damaged'));
    expect([batch.attach(sources(6)), batch.canGoOn]).toEqual([{ found: 6, changed: 0 }, false]);
  });

  test('a database that goes once all is done is a fault too', async () => {
    const gone = new DOMException('the database is closing', 'InvalidStateError');
    const { batch } = batchOf((what) => { if (what === 'find') throw gone; });
    await batch.run(model, new AbortController().signal);
    expect(batch.fault).toBe(null);
    await jsonLines(batch);
    expect(batch.fault).toBe(gone);
  });
});
