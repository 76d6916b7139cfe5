import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import {byId, forms, GOLDEN, insitu, lines, scratchFolder, SPOTS} from './command.mjs';

const folder = scratchFolder(afterAll);
const ids = ['red', 'green', 'blue'];
const pictures = readdirSync(GOLDEN).filter((name) => /\.(png|jpg)$/.test(name)).sort();

// Labels that have nothing to do with the answers, "blue" never among them, so
// that one class has no recall. Many pictures are one drawing, so that scores tie.
const rows = pictures.map((image, index) =>
  ({image, label: index % 3 === 0 ? 'green' : 'red', part: index % 5 === 0 ? 'a, "b"' : 'c'}));
const table = join(folder, 'labels.csv');
writeFileSync(table, '\uFEFFpart,image,label\r\n' +
  rows.map(({part, image, label}) => `"${part.replaceAll('"', '""')}",${image},${label}\r\n`).join('') + '\r\n');

// The figures by other means than the command's: pairs, not ranks.
function figures(answers) {
  const named = answers.map(({p}) => p.indexOf(Math.max(...p)));
  const truths = answers.map(({label}) => ids.indexOf(label));
  const hits = named.map((name, index) => name === truths[index]);
  const mean = (values) => values.reduce((a, b) => a + Number(b), 0) / values.length;
  const perClass = ids.map((_, c) => {
    const of = hits.filter((_, index) => truths[index] === c);
    const asNamed = hits.filter((_, index) => named[index] === c);
    let above = 0, pairs = 0;
    answers.forEach((positive, i) => answers.forEach((negative, j) => {
      if (truths[i] !== c || truths[j] === c) return;
      ++pairs;
      above += positive.p[c] > negative.p[c] ? 1 : positive.p[c] === negative.p[c] ? 0.5 : 0;
    }));
    return {n: of.length, recall: of.length ? mean(of) : null, precision: asNamed.length ? mean(asNamed) : null,
      auc: pairs ? above / pairs : null};
  });
  const defined = (key) => mean(perClass.map((figure) => figure[key]).filter((value) => value !== null));
  let ece = 0;
  for (let bin = 0; bin < 15; ++bin) {
    const inside = answers.map(({p}, index) => ({top: Math.max(...p), hit: hits[index]}))
      .filter(({top}) => top >= bin / 15 && (bin === 14 || top < (bin + 1) / 15));
    if (inside.length) {
      ece += inside.length / answers.length *
        Math.abs(mean(inside.map(({hit}) => hit)) - mean(inside.map(({top}) => top)));
    }
  }
  const confusion = ids.map((_, truth) => ids.map((_, name) =>
    named.filter((other, index) => other === name && truths[index] === truth).length));
  return {accuracy: mean(hits), balanced: defined('recall'), macroAuc: defined('auc'), ece, perClass, confusion};
}

describe.each(forms)('%s: insitu evaluate', (form) => {
  const evaluate = (args, options) =>
    insitu(form, ['evaluate', '--pack', SPOTS, '--labels', table, '--images', GOLDEN, ...args], options);
  // The unrounded probabilities, null where the picture failed; a test below
  // compares them with what classify prints.
  let header, written, answered;
  beforeAll(() => {
    const scores = join(folder, `${form}-scores.csv`);
    evaluate(['--prior', 'uniform', '--scores', scores]);
    [header, ...written] = readFileSync(scores, 'utf8').trimEnd().split('\n').map((line) => line.split(','));
    answered = new Map(written.map(([image, , ...ps]) => [image, ps[0] === '' ? null : ps.slice(0, ids.length).map(Number)]));
  });

  test.each([['all rows', undefined, () => true], ['a split', 'part=a, "b"', ({part}) => part !== 'c']])(
    'figures of %s are those of the definitions', (_, split, chosen) => {
      const {code, out} = evaluate(['--json', '--prior', 'uniform', ...(split ? ['--split', split] : [])]);
      const report = JSON.parse(out);
      const wanted = rows.filter(chosen);
      const answers = wanted.filter(({image}) => answered.get(image)).map((row) => ({...row, p: answered.get(row.image)}));
      const expected = figures(answers);
      expect(report).toMatchObject({model: {id: 'spots', version: '1.0.0', variant: 'float32'}, prior: 'uniform', n: answers.length,
        failed: wanted.length - answers.length, ece_bins: 15, confusion: expected.confusion});
      expect(code).toBe(report.failed ? 1 : 0);
      expect(report.accuracy).toBeCloseTo(expected.accuracy, 9);
      expect(report.balanced_accuracy).toBeCloseTo(expected.balanced, 9);
      expect(report.macro_auc).toBeCloseTo(expected.macroAuc, 9);
      expect(report.ece).toBeCloseTo(expected.ece, 9);
      report.per_class.forEach(({id, n, recall, precision, auc}, index) => {
        const figure = expected.perClass[index];
        expect({id, n}).toEqual({id: ids[index], n: figure.n});
        for (const [got, want] of [[recall, figure.recall], [precision, figure.precision], [auc, figure.auc]]) {
          if (want === null) expect(got).toBeNull();
          else expect(got).toBeCloseTo(want, 9);
        }
      });
    });

  test('--scores keeps every picture\'s probabilities, also of those that failed', () => {
    expect(header).toEqual(['image', 'label', ...ids, 'decision', 'typicality', 'reasons', 'prior', 'limits_of', 'group_limits']);
    expect(written.map(([image, label]) => ({image, label}))).toEqual(rows.map(({image, label}) => ({image, label})));
    const classified = lines(insitu(form, ['classify', '--pack', SPOTS, '--prior', 'uniform',
      ...pictures.map((name) => join(GOLDEN, name))]).out);
    classified.forEach((line, index) => {
      const ps = answered.get(pictures[index]);
      expect(ps !== null).toBe(line.ok);
      if (line.ok) ids.forEach((id, c) => expect(ps[c]).toBeCloseTo(byId(line)[id], 7));
    });
    expect([...answered.values()].filter(Boolean).length).toBeGreaterThan(20);
  });

  test('pictures that fail are counted and listed', () => {
    const some = join(folder, `${form}-some.csv`);
    writeFileSync(some, 'image,label\nrgb8.png,red\nnone.png,red\n');
    const {code, out} = insitu(form, ['evaluate', '--pack', SPOTS, '--labels', some, '--images', GOLDEN, '--json']);
    expect(code).toBe(1);
    const report = JSON.parse(out);
    expect(report).toMatchObject({n: 1, failed: 1, failures: [{file: 'none.png', ok: false, status: 'io'}]});
  });

  test('where no picture is answered nothing is measured', () => {
    const none = join(folder, `${form}-none.csv`);
    writeFileSync(none, 'image,label\nnone.png,red\n');
    const {code, out} = insitu(form, ['evaluate', '--pack', SPOTS, '--labels', none, '--images', GOLDEN, '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({n: 0, failed: 1, prior: 'training',
      accuracy: null, balanced_accuracy: null, macro_auc: null, ece: null, per_class: null, confusion: null});
  });

  test('tables for people name the same figures', () => {
    const {out} = evaluate([]);
    for (const word of ['accuracy', 'balanced accuracy', 'macro AUC', 'ECE (15 bins)', 'confusion', ...ids]) {
      expect(out).toContain(word);
    }
  });

  test('progress goes to standard error, and only where asked for or on a terminal', () => {
    expect(evaluate(['--json']).err).toBe('');
    expect(evaluate(['--json', '--progress']).err).toMatch(/pictures, [\d.]+ a second/);
  });

  test.each([
    ['a label that is no class', 'image,label\nrgb8.png,purple\n', [], 1, new RegExp(`purple.*'[^']+': ${ids.join(', ')}`)],
    ['no label column', 'image,class\nrgb8.png,red\n', [], 1, /'image' and 'label'/],
    ['a row of another length', 'image,label\nrgb8.png\n', [], 1, /line 2 \(record 1\) has 1 columns/],
    ['an open quote', 'image,label\n"rgb8.png,red\n', [], 1, /quote/],
    ['an empty table', '', [], 1, /empty/],
    ['a split that is no column', 'image,label\nrgb8.png,red\n', ['--split', 'part=test'], 2, /no column 'part'/],
    ['a split without a value', 'image,label\nrgb8.png,red\n', ['--split', 'part'], 2, /COLUMN=VALUE/],
    ['a split that chooses nothing', 'image,label\nrgb8.png,red\n', ['--split', 'label=blue'], 1, /no row/],
  ])('refuses %s', (name, text, args, status, message) => {
    const broken = join(folder, `${form}-broken.csv`);
    writeFileSync(broken, text);
    const {code, out, err} = insitu(form,
      ['evaluate', '--pack', SPOTS, '--labels', broken, '--images', GOLDEN, '--json', ...args]);
    expect(code).toBe(status);
    expect(out).toBe('');
    expect(err).toMatch(message);
  });
});
