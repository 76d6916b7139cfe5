// A batch whose answers the browser does not keep, or keeps no more: the work goes on, and it is known.
import { describe, expect, jest, test } from '@jest/globals';
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

  begin(meta, waiting) { return this.does('begin', () => super.begin(meta, waiting)); }

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

  test('after a reload each of its files is its own, all that are left, a part of them or all once more, and it ends; of others it is asked, and they count too', async () => {
    const kept = meta();
    const store = new FailingStore();
    store.begin = async (_, waiting) => { for (const one of waiting) store.kept.set(one.path, one); }; // as the device does
    const stop = new AbortController();
    store.keep = async (...told) => {
      await FailingStore.prototype.keep.apply(store, told);
      stop.abort();
    };
    const before = new Batch(kept, ['a', 'b'], store);
    const [first, ...rest] = sources(3);
    const others = sources(5).slice(3);
    before.attach([first, ...rest]);
    await before.run(model, stop.signal);
    store.keep = FailingStore.prototype.keep;
    const reopened = async () => {
      const batch = new Batch({ ...kept }, ['a', 'b'], store);
      await batch.restore();
      return batch;
    };
    const attach = (batch, ...files) => {
      batch.attach(files);
      return [batch.meta.done, batch.meta.total, batch.rows.length, batch.canGoOn];
    };
    const batch = await reopened();
    expect([batch.meta.done, batch.meta.total, batch.canGoOn, batch.rows.map(({ path, state }) => [path, state])])
      .toEqual([1, 3, false, [['0.png', 'failed'], ['1.png', 'waiting'], ['2.png', 'waiting']]]);
    expect([rest, [first, ...rest], [first], [rest[0]], [first, rest[1]], others, [...rest, ...others], [{ ...rest[0], size: 4 }]].map((files) => batch.owns(files)))
      .toEqual([true, true, true, true, true, false, false, false]);
    expect(attach(await reopened(), ...rest)).toEqual([1, 3, 3, true]);
    expect(attach(await reopened(), first, ...rest)).toEqual([1, 3, 3, true]);
    expect(attach(batch, ...others)).toEqual([1, 5, 5, true]);
    expect(attach(batch, first, ...rest)).toEqual([1, 5, 5, true]);
    for (const [files, done, judged] of [[[rest[0]], 2, 1], [[first, rest[0]], 2, 0], [rest, 3, 1]]) { // each once, however often it is chosen
      const part = await reopened();
      const again = jest.fn(model.classify);
      part.attach(files);
      await part.run({ classify: again }, new AbortController().signal);
      expect([part.meta.done, part.meta.total, part.canGoOn, again.mock.calls.length]).toEqual([done, 3, false, judged]);
    }
    expect([...store.kept.values()].map(({ path, line }) => [path, line?.status])).toEqual(sources(3).map(({ path }) => [path, 'damaged']));
  });

  test('what is to be judged is in the store before it is, a thousand at once, also what is added later', async () => {
    const { batch, store } = batchOf(() => {});
    const listed = [];
    store.begin = async (told, waiting) => { listed.push([told.total, ...waiting.map(({ path, line }) => `${path} ${line}`)]); };
    const stop = new AbortController();
    await batch.run({ classify: async (_, { name }) => {
      if (name === '2.png') batch.attach(sources(1500));
      if (name === '6.png') stop.abort();
      expect(listed.flat()).toContain(`${name} null`);
      return model.classify();
    } }, stop.signal);
    const lines = sources(1500).map(({ path }) => `${path} null`);
    expect(listed).toEqual([[6, ...lines.slice(0, 6)], [1500, ...lines.slice(6, 1006)], [1500, ...lines.slice(1006)]]);
  });

  test('another picture under the name of one that was answered waits in the store too: after a reload its old answer is not shown', async () => {
    const { batch, store } = batchOf(() => {});
    const judges = { classify: async (_, { name }) => { throw new InsituError('damaged', `${name} is damaged`); } };
    await batch.run(judges, new AbortController().signal);
    const listed = [];
    store.begin = async (_, waiting) => { listed.push(...waiting.map(({ path, size, line }) => [path, size, line])); };
    const [changed, ...same] = sources(6);
    expect(batch.attach([{ ...changed, size: 99 }, ...same])).toEqual({ found: 5, changed: 1 });
    const stop = new AbortController();
    await batch.run({ classify: async () => {
      expect(listed).toEqual([['0.png', 99, null]]);
      stop.abort();
      throw stop.signal.reason;
    } }, stop.signal);
    expect([batch.meta.done, batch.canGoOn, listed.length]).toEqual([5, true, 1]);
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
