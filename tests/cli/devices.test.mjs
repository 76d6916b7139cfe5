// A pack that has learnt pictures of two devices, one with limits of its own:
// which limits and which prior each picture gets, in answers and in evaluate.
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import {byId, forms, insitu, lines, scratchFolder} from './command.mjs';
import {putTwoDevices} from './two-devices.mjs';

const folder = scratchFolder(afterAll);
const PACK = join(folder, 'stripes');
const names = ['standing', 'lying', 'checked'];
const pictures = names.map((name) => join(PACK, 'selftest', `${name}.png`));
const table = join(folder, 'labels.csv');
let expected;

beforeAll(() => {
  const pack = putTwoDevices(PACK);
  writeFileSync(table, `image,label\n${names.map((name) => `${name}.png,${name}\n`).join('')}`);
  expected = (name, prior) => {
    const found = pack.selftest.find((entry) => entry.file.includes(name) && entry.prior === prior);
    return found.expected.float32;
  };
});

describe.each(forms)('%s: a pack of two devices', (form) => {
  const classified = (...options) => lines(insitu(form, ['classify', '--pack', PACK, ...options, ...pictures]).out);
  const evaluated = (...options) =>
    insitu(form, ['evaluate', '--pack', PACK, '--labels', table, '--images', join(PACK, 'selftest'), ...options]).out;
  const shown = (line) => names.map((name) => byId(line)[name]);

  test('each picture goes by the limits of its device, and is shown under their prior', () => {
    const found = classified();
    expect(found.map((line) => [line.taken_with, line.model.prior, line.groups[0].limit]))
      .toEqual([['pen', 'training', 0.1], ['brush', 'uniform', 0.3], ['brush', 'uniform', 0.3]]);
    found.forEach((line, index) => {
      expected(names[index], line.model.prior).forEach((p, c) => expect(shown(line)[c]).toBeCloseTo(p, 5));
      expect(line.groups[0].p).toBeCloseTo(byId(line).checked, 9);
    });
    // 0.9890, 0.0094 and 0.0016 under the uniform prior
    expect(found[2].set).toEqual(['checked', 'lying', 'standing']);
    expect(found[2].decision).toBe('unsure');
  });

  test.each(['training', 'uniform'])('the prior that was asked for is shown, and changes no limit: %s', (prior) => {
    const own = classified(), asked = classified('--prior', prior);
    asked.forEach((line, index) => {
      expect(line.model.prior).toBe(prior);
      expected(names[index], prior).forEach((p, c) => expect(shown(line)[c]).toBeCloseTo(p, 5));
      expect(line).toMatchObject({decision: own[index].decision, set: own[index].set, groups: own[index].groups});
    });
  });

  test('evaluate says by which limits pictures were decided', () => {
    const scores = join(folder, `${form}.csv`);
    const report = JSON.parse(evaluated('--json', '--scores', scores));
    const figures = {rejected: 0, others_rejected: 0};
    expect(report.prior).toBe('mixed');
    expect(report.limits).toEqual([
      {taken_with: null, prior: 'training', n: 1,
        groups: [{id: 'crossing', limit: 0.1, n: 0, others: 1, sensitivity: null, specificity: 1, ...figures}]},
      {taken_with: 'brush', prior: 'uniform', n: 2,
        groups: [{id: 'crossing', limit: 0.3, n: 1, others: 1, sensitivity: 1, specificity: 1, ...figures}]},
    ]);
    expect(report.groups[0]).toMatchObject({limit: null, n: 1, others: 2, sensitivity: 1, specificity: 1});
    const [header, ...rows] = readFileSync(scores, 'utf8').trimEnd().split('\n').map((line) => line.split(','));
    expect(header.slice(-3)).toEqual(['prior', 'limits_of', 'group_limits']);
    expect(rows.map((row) => row.slice(-3)))
      .toEqual([['training', '', 'crossing:0.1'], ['uniform', 'brush', 'crossing:0.3'], ['uniform', 'brush', 'crossing:0.3']]);
    expect(JSON.parse(evaluated('--json', '--prior', 'training')).prior).toBe('training');
  });

  test('tables for people, and inspect, name both', () => {
    const tables = evaluated();
    expect(tables).toMatch(/prior mixed/);
    expect(tables).toMatch(/^1 decided by the limits of the pack, prior training\ncrossing +0 +1 +0\.1000/m);
    expect(tables).toMatch(/^2 decided by the limits of brush, prior uniform\ncrossing +1 +1 +0\.3000 +1\.0000/m);
    expect(insitu(form, ['inspect', PACK]).out).toMatch(/^ {2}brush +by sets of coverage 0\.9; an answer from 0\.985; crossing from 0\.3; prior uniform$/m);
  });
});
