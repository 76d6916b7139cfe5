// What was measured on a device: figures, files, and which variant they speak for.
import { describe, expect, test } from '@jest/globals';
import { measure } from '../../web/classifier/engine-bench.js';
import { allBuilds, chooseBuild } from '../../web/classifier/client-features.js';
import { readCsv } from '../../web/lib/csv.js';
import { answers, FakeWorker, FOLDER, serve } from './stand-in.mjs';
import { adviceOf, COLUMNS, csvOf, figuresOf, rowOf } from '../../web/screens/device/figures.js';

const measured = (more = {}) => ({
  variant: 'int8', build: 'infer-simd', threads: 1, bytes: 4e6, load_ms: 100, first: { decode: 5, prepare: 1, infer: 60 }, memory_bytes: 2e7,
  runs: [{ decode: 3, prepare: 1, infer: 20 }, { decode: 4, prepare: 1, infer: 40 }, { decode: 9, prepare: 2, infer: 10 }, { decode: 3, prepare: 1, infer: 30 }], ...more,
});

test('figures are medians of their own; frames need no decoding', () => {
  expect(figuresOf(measured())).toEqual({
    variant: 'int8', build: 'infer-simd', threads: 1, bytes: 4e6, load_ms: 100, first_ms: 66, median_ms: 29, min_ms: 21,
    decode_ms: 3.5, prepare_ms: 1, infer_ms: 25, frames_per_second: 1000 / 26, memory_bytes: 2e7, num_runs: 4,
  });
});

test('the table is a table', () => {
  const variants = [{ name: 'float32', metrics: { balanced_accuracy: { value: 0.9 } } }, { name: 'int8', metrics: { balanced_accuracy: { value: 0.76543 } } }];
  const { header, rows } = readCsv(csvOf([rowOf(figuresOf(measured()), variants), rowOf(figuresOf(measured()), [{ name: 'int8' }])]));
  expect(header).toEqual(COLUMNS);
  const figures = ['100', '66', '29', '21', '3.5', '1', '25', '38.462', '20000000', '4'];
  expect(rows).toEqual([['int8', 'infer-simd', '1', '4000000', '0.7654', ...figures], ['int8', 'infer-simd', '1', '4000000', '', ...figures]]);
});

describe('what befalls a worker is no fact of the variant', () => {
  const measuredWhere = async (isLost) => {
    const site = serve();
    const ms = { decode: 1, prepare: 1, infer: 2 };
    globalThis.Worker = class extends FakeWorker {
      constructor(_, options) {
        super((request, worker) => (request.type === 'load' && isLost(FakeWorker.made.indexOf(worker)) ? 'crash' : request.type === 'memory' ? { type: 'memory', bytes: 5 }
          : request.type === 'classify' ? { type: 'result', result: { ms } } : answers(request, worker)));
        expect(options.type).toBe('module');
      }
    };
    try {
      return await measure({ textsJson: async () => null }, { folder: FOLDER, json: JSON.stringify(site.pack), pack: site.pack },
        { variant: 'int8', build: 'infer-simd-mt', threads: 2 }, { picture: new Blob([]), signal: new AbortController().signal, runs_ms: 1, fewest_runs: 2 });
    } finally {
      delete globalThis.Worker;
      site.stop();
    }
  };

  test('it is measured anew, by the same build', async () => {
    const { build, threads, first, memory_bytes } = await measuredWhere((index) => index < 2);
    expect({ build, threads, first, memory_bytes }).toEqual({ build: 'infer-simd-mt', threads: 2, first: { decode: 1, prepare: 1, infer: 2 }, memory_bytes: 5 });
    expect(FakeWorker.made.map(({ requests: [start] }) => start.infer.glue.split('/').at(-1))).toEqual(Array(3).fill('infer-simd-mt.mjs'));
  });

  test('but not for ever', async () => {
    await expect(measuredWhere(() => true)).rejects.toMatchObject({ message: expect.stringMatching(/out of memory/) });
    expect(FakeWorker.made).toHaveLength(3);
  });
});

describe('builds', () => {
  test.each([
    [{ simd: false, relaxed: false, shared: true, cores: 8 }, 0],
    [{ simd: true, relaxed: false, shared: false, cores: 8 }, 1],
    [{ simd: true, relaxed: true, shared: false, cores: 8 }, 2],
    [{ simd: true, relaxed: true, shared: true, cores: 1 }, 2],
    [{ simd: true, relaxed: true, shared: true, cores: 8 }, 8],
  ])('%j: %d, the chosen one among them', (features, count) => {
    const builds = allBuilds(features);
    expect(builds.length).toBe(count);
    const chosen = chooseBuild(features);
    if (chosen) expect(builds).toContainEqual(chosen);
    else expect(count).toBe(0);
  });
});

describe('advice', () => {
  const chosen = { build: 'infer-simd', threads: 1 };
  const variant = (name, value, low = value - 0.02) => ({ name, metrics: { balanced_accuracy: { value, low, high: value + 0.02 } } });
  const row = (name, infer, more = {}) => figuresOf(measured({ variant: name, runs: [{ decode: 0, prepare: 0, infer }], ...more }));

  test('the fastest that is no worse than the best is known to be', () => {
    const variants = [variant('int8', 0.74), variant('float32', 0.75)];
    expect(adviceOf([row('int8', 10), row('float32', 20)], variants, chosen)).toEqual({ variant: 'int8', reason: 'advice_same' });
    expect(adviceOf([row('int8', 30), row('float32', 20)], variants, chosen)).toEqual({ variant: 'float32', reason: 'advice_same' });
  });
  test('a fast one that is worse is not advised', () => {
    expect(adviceOf([row('int8', 10), row('float32', 20)], [variant('int8', 0.7), variant('float32', 0.75)], chosen).variant).toBe('float32');
  });
  test('nothing is advised before all variants were measured by the build that the page takes', () => {
    const variants = [variant('int8', 0.74), variant('float32', 0.75)];
    expect(adviceOf([row('int8', 10)], variants, chosen)).toBe(null);
    expect(adviceOf([row('int8', 10), row('float32', 20, { threads: 2 })], variants, chosen)).toBe(null);
  });
  test('a pack without figures, or with one variant, says so', () => {
    expect(adviceOf([row('a', 10), row('b', 5)], [{ name: 'a' }, { name: 'b' }], chosen)).toEqual({ variant: 'b', reason: 'advice_unmeasured' });
    expect(adviceOf([row('a', 10)], [{ name: 'a' }], chosen)).toEqual({ variant: 'a', reason: 'advice_alone' });
  });
});
