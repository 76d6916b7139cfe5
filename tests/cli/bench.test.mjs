import {cpSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {availableParallelism} from 'node:os';
import {join} from 'node:path';
import {afterAll, describe, expect, test} from '@jest/globals';
import {forms, insitu, insituAtTerminal, noTerminal, ROOT, scratchFolder, SLOPES, SPOTS} from './command.mjs';

const folder = scratchFolder(afterAll);
const MODEL = join(SPOTS, 'spots-float32.tflite');

// MODEL's, as XNNPACK runs them.
const PROFILED = ['Mean (ND) Mean', 'Fully Connected (NC, F32) GEMM'];
const SHAPES = ['1,3', '1,3'];

describe.each(forms)('%s: insitu bench and selftest', (form) => {
  test('times are ordered and counted', () => {
    const {code, out, err} = insitu(form, ['bench', '--model', MODEL, '--runs', '20', '--threads', '1', '--json']);
    expect({code, err}).toEqual({code: 0, err: ''});
    const report = JSON.parse(out);
    expect(report).toMatchObject({model: MODEL, model_bytes: statSync(MODEL).size, runs: 20, threads: 1});
    for (const key of ['load_ms', 'first_ms', 'steady_ms']) {
      const {median, min, max} = report[key];
      expect(min).toBeGreaterThanOrEqual(0);
      expect(median).toBeGreaterThanOrEqual(min);
      expect(max).toBeGreaterThanOrEqual(median);
    }
    expect(report.load_ms.max).toBeGreaterThan(0);
    expect(report.peak_bytes).toBeGreaterThan(1 << 20);
  });

  test('a table for people', () => {
    expect(insitu(form, ['bench', '--model', MODEL, '--runs', '3']).out).toMatch(/steady .+ of 3\npeak memory [\d.]+ MB\n$/);
  });

  test('--profile adds the time of each operator', () => {
    const {code, out, err} = insitu(form, ['bench', '--model', MODEL, '--runs', '20', '--profile', '--json']);
    expect({code, err}).toEqual({code: 0, err: ''});
    const {operators, steady_ms: steady} = JSON.parse(out);
    expect(operators.map(({name}) => name)).toEqual(PROFILED);
    expect(operators.map(({output}) => output.join())).toEqual(SHAPES);
    for (const {median_ms: median, min_ms: min} of operators) {
      expect(min).toBeGreaterThanOrEqual(0);
      expect(median).toBeGreaterThanOrEqual(min);
    }
    const sum = operators.reduce((total, {min_ms: min}) => total + min, 0);
    expect(sum).toBeGreaterThan(0);
    expect(sum).toBeLessThanOrEqual(steady.max);
  });

  test('without --profile no operator is timed', () => {
    expect(JSON.parse(insitu(form, ['bench', '--model', MODEL, '--runs', '3', '--json']).out)).not.toHaveProperty('operators');
  });

  test('the profile as a table: each operator, then the sums by kind, which add up', () => {
    const {out} = insitu(form, ['bench', '--model', MODEL, '--runs', '20', '--profile']);
    const rows = [...out.matchAll(/^ *([\d.]+) +([\d.]+) +[\d.]+ % {2}(.+ \[[\d,]+\])$/gm)];
    expect(rows.map(([, , , what]) => what)).toEqual(PROFILED.map((name, i) => `${name} [${SHAPES[i]}]`));
    const kinds = [...out.matchAll(/^ *([\d.]+) +[\d.]+ % {2}(\d+) of (.+)$/gm)];
    expect(kinds.map(([, , count, name]) => [name, Number(count)])).toEqual(
      [...new Set(PROFILED)].map((name) => [name, PROFILED.filter((other) => other === name).length]));
    const [, sum] = out.match(/^ *([\d.]+) {2}the sum\n$/m);
    expect(Math.abs(kinds.reduce((total, [, ms]) => total + Number(ms), 0) - Number(sum))).toBeLessThan(0.001 * (kinds.length + 1));
  });

  test.each([
    ['no model', [], 2],
    ['no runs', ['--model', MODEL, '--runs', '0'], 2],
    ['an operand', ['--model', MODEL, 'more'], 2],
    ['what is no model', ['--model', SLOPES], 1],
    ['a missing file', ['--model', 'none.tflite'], 1],
  ])('bench refuses %s', (_, args, status) => {
    expect(insitu(form, ['bench', ...args]).code).toBe(status);
  });

  // More threads than processors would wait for each other: 64 took a minute once.
  test('no more threads run than there are processors', () => {
    const {code, out} = insitu(form, ['bench', '--model', MODEL, '--runs', '3', '--threads', '64', '--json']);
    const {threads} = JSON.parse(out);
    expect(code).toBe(0);
    expect(threads).toBeGreaterThanOrEqual(1);
    expect(threads).toBeLessThanOrEqual(Math.min(64, availableParallelism()));
  });

  // The skin model, since runs that are over within a fifth of a second count unseen.
  (noTerminal ? test.skip : test)(`at a terminal the runs are counted on standard error, and standard output is the report alone${noTerminal && `: ${noTerminal}`}`, () => {
    const {code, out, err} = insituAtTerminal(form, ['bench', '--model', join(ROOT, 'models/skin/skin-float32.tflite'), '--runs', '200', '--json']);
    expect({code, report: JSON.parse(out)}).toMatchObject({code: 0, report: {runs: 200}});
    expect(err).toMatch(/\r(?!200 )\d+ of 200 runs, [\d.]+ a second, \d+ s left/);
    expect(err).toMatch(/\r200 of 200 runs, [\d.]+ a second, 0 s left\s+$/);
  });

  test('selftest compares every variant with what the pack expects', () => {
    const {code, out} = insitu(form, ['selftest', SPOTS]);
    expect(code).toBe(0);
    expect(out.match(/^ok (float32|int8) selftest\/slopes\.png: largest difference/gm)).toHaveLength(4);
  });

  // The spots pack with other words in pack.json.
  function changedPack(name, change) {
    const copy = join(folder, `${form}-${name}`);
    cpSync(SPOTS, copy, {recursive: true});
    const pack = JSON.parse(readFileSync(join(SPOTS, 'pack.json'), 'utf8'));
    writeFileSync(join(copy, 'pack.json'), JSON.stringify(change(pack)));
    return copy;
  }

  test('selftest names what differs by more than the tolerance, and fails', () => {
    const {code, out} = insitu(form, ['selftest', changedPack('differs', (pack) => {
      pack.selftest[1].expected.int8 = [0.385632, 0.171118, 0.443251];
      return pack;
    })]);
    expect(code).toBe(1);
    expect(out.match(/^ok /gm)).toHaveLength(3);
    expect(out).toMatch(/^FAIL int8 selftest\/slopes\.png: largest difference 0\.\d+ \((green|blue)\), allowed 0\.02; unsure$/m);
  });

  // Names differ by case: what the pack's reader checked is what is compared.
  test('selftest takes no key for another one in capitals', () => {
    const {code, out, err} = insitu(form, ['selftest', changedPack('capitals', ({selftest, ...pack}) => ({
      ...pack, Selftest: [], selftest: selftest.map((one) => ({
        File: 'selftest/none.png', Prior: 'none', Tolerance: 'none', Expected: {}, ...one,
      })),
    }))]);
    expect({code, err}).toEqual({code: 0, err: ''});
    expect(out.match(/^ok (float32|int8) selftest\/slopes\.png: largest difference/gm)).toHaveLength(4);
  });

  test('selftest of a pack that has none is a failure', () => {
    const {code, err} = insitu(form, ['selftest', changedPack('none', (pack) => ({...pack, selftest: []}))]);
    expect(code).toBe(1);
    expect(err).toContain('no self-test');
  });

  test('selftest of what is no pack is a failure', () => {
    expect(insitu(form, ['selftest', join(SPOTS, 'selftest')]).code).toBe(1);
  });
});
