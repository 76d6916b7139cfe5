// What evaluate says of decisions, sets, groups and certainty, against the lines
// that classify prints of the same pictures, counted here by other means.
import {cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import {forms, GOLDEN, insitu, lines, ROOT, scratchFolder, SPOTS} from './command.mjs';

const folder = scratchFolder(afterAll);
const PACK = join(ROOT, 'tests/packs/stripes');
const pack = JSON.parse(readFileSync(join(PACK, 'pack.json'), 'utf8'));
const ids = pack.classes.map(({id}) => id);
const images = join(folder, 'images');
const table = join(folder, 'labels.csv');
let rows;

// Drawings, colour ramps, plain grey: enough that each decision occurs. Labels
// that have little to do with the answers, so that there is something to count.
beforeAll(() => {
  mkdirSync(images);
  const names = readdirSync(GOLDEN).filter((name) => /\.(png|jpg)$/.test(name));
  for (const name of names) cpSync(join(GOLDEN, name), join(images, name));
  for (const name of ['checked.png', 'lying.png', 'standing.png']) cpSync(join(PACK, 'selftest', name), join(images, name));
  rows = readdirSync(images).sort().map((image, index) =>
    ({image, label: ids.includes(image.split('.')[0]) ? image.split('.')[0] : ids[index % 3]}));
  writeFileSync(table, `image;label\n${rows.map(({image, label}) => `${image};${label}\n`).join('')}`);
});

const mean = (values) => (values.length ? values.reduce((a, b) => a + Number(b), 0) / values.length : null);

// Error among the k surest, ties shared: the expectation over all orders of equals.
function errorOfSurest(pictures, k) {
  const worth = pictures.map(({top, wrong}) => {
    const surer = pictures.filter((other) => other.top > top).length;
    const equal = pictures.filter((other) => other.top === top).length;
    return {wrong, weight: Math.min(Math.max((k - surer) / equal, 0), 1)};
  });
  return worth.reduce((sum, {wrong, weight}) => sum + wrong * weight, 0) / k;
}

describe.each(forms)('%s: insitu evaluate', (form) => {
  let report, pictures, scores, tables;
  beforeAll(() => {
    const answers = new Map(lines(insitu(form, ['classify', '--pack', PACK, ...rows.map(({image}) => join(images, image))]).out)
      .map((line) => [line.file.split('/').at(-1), line]));
    const file = join(folder, `${form}.csv`);
    report = JSON.parse(insitu(form, ['evaluate', '--pack', PACK, '--labels', table, '--images', images, '--scores', file, '--json']).out);
    tables = insitu(form, ['evaluate', '--pack', PACK, '--labels', table, '--images', images]).out;
    const [header, ...written] = readFileSync(file, 'utf8').trimEnd().split('\n').map((line) => line.split(','));
    scores = written.map((fields) => Object.fromEntries(header.map((name, index) => [name, fields[index]])));
    pictures = rows.map(({image, label}, index) => ({label, line: answers.get(image), score: scores[index]}))
      .filter(({line}) => line.ok).map(({label, line, score}) => {
        const ps = ids.map((id) => Number(score[id]));
        return {label, line, score, ps, top: Math.max(...ps), wrong: ids[ps.indexOf(Math.max(...ps))] !== label};
      });
  });

  test('there is something to count', () => {
    const kinds = new Set(pictures.map(({line}) => line.decision));
    expect([...kinds].sort()).toContain('reject');
    expect(kinds.size).toBeGreaterThan(1);
    expect(pictures.some(({wrong}) => wrong)).toBe(true);
  });

  test('shares of the decisions, and the error of each', () => {
    for (const kind of ['answer', 'unsure', 'reject']) {
      const of = pictures.filter(({line}) => line.decision === kind);
      const error = mean(of.map(({wrong}) => wrong));
      expect(report.decisions[kind]).toEqual({n: of.length, share: expect.closeTo(of.length / pictures.length, 9),
        wrong: of.filter(({wrong}) => wrong).length, error: error === null ? null : expect.closeTo(error, 9)});
    }
  });

  test('reasons, each with the decision that it led to', () => {
    const counted = {};
    for (const {line} of pictures) for (const {id} of line.reasons) counted[`${line.decision} ${id}`] = (counted[`${line.decision} ${id}`] ?? 0) + 1;
    expect(Object.fromEntries(report.reasons.map(({id, decision, n}) => [`${decision} ${id}`, n]))).toEqual(counted);
    expect(report.reasons.length).toBeGreaterThan(0);
    for (const {share, n, error} of report.reasons) {
      expect(share).toBeCloseTo(n / pictures.length, 9);
      expect(error).not.toBeNull();
    }
  });

  test('coverage and size of the sets, overall and by class', () => {
    const having = pictures.filter(({line}) => line.set);
    expect(having.length).toBeGreaterThan(0);
    const figures = (of) => ({n: of.length, coverage: mean(of.map(({line, label}) => line.set.includes(label))),
      mean_size: mean(of.map(({line}) => line.set.length))});
    const {per_class: perClass, ...all} = report.sets;
    const near = (object) => Object.fromEntries(Object.entries(object).map(([key, value]) => [key, value === null ? null : expect.closeTo(value, 9)]));
    expect(all).toEqual(near(figures(having)));
    perClass.forEach(({id, ...rest}, index) => {
      expect(id).toBe(ids[index]);
      expect(rest).toEqual(near(figures(having.filter(({label}) => label === id))));
    });
  });

  test('error against coverage, the surest first', () => {
    expect(report.selective.error_at.map(({coverage}) => coverage)).toEqual([1, 0.9, 0.8, 0.75, 0.7, 0.5]);
    for (const {coverage, error} of report.selective.error_at) {
      expect(error).toBeCloseTo(errorOfSurest(pictures, Math.ceil(coverage * pictures.length - 1e-9)), 9);
    }
    expect(report.selective.error_at[0].error).toBeCloseTo(1 - report.accuracy, 9);
    expect(report.selective.area).toBeCloseTo(mean(pictures.map((_, index) => errorOfSurest(pictures, index + 1))), 9);
  });

  test('a group\'s sensitivity and specificity at its limit, and what was rejected of it', () => {
    const [{id, classes}] = pack.groups;
    const judged = pictures.filter(({line}) => line.groups);
    const reached = ({line}) => line.groups[0].reached;
    const own = judged.filter(({label}) => classes.includes(label));
    const others = judged.filter(({label}) => !classes.includes(label));
    const group = report.groups[0];
    expect(group).toMatchObject({id, limit: judged[0].line.groups[0].limit, n: own.length, others: others.length,
      rejected: pictures.filter(({line, label}) => !line.groups && classes.includes(label)).length});
    const {auc: _, label: __, ...alike} = group;
    expect(report.limits).toEqual([{taken_with: null, prior: 'training', n: pictures.length, groups: [alike]}]);
    expect(group.sensitivity).toBeCloseTo(mean(own.map(reached)), 9);
    expect(group.specificity).toBeCloseTo(mean(others.map((picture) => !reached(picture))), 9);
    const sum = ({ps}) => classes.reduce((all, name) => all + ps[ids.indexOf(name)], 0);
    let above = 0, pairs = 0;
    for (const one of pictures.filter(({label}) => classes.includes(label))) {
      for (const other of pictures.filter(({label}) => !classes.includes(label))) {
        ++pairs;
        above += sum(one) > sum(other) ? 1 : sum(one) === sum(other) ? 0.5 : 0;
      }
    }
    expect(group.auc).toBeCloseTo(above / pairs, 9);
  });

  test('--scores ends in what was decided, and by what', () => {
    expect(Object.keys(scores[0])).toEqual(['image', 'label', ...ids, 'decision', 'typicality', 'reasons', 'prior', 'limits_of', 'group_limits']);
    for (const {line, score} of pictures) {
      expect(score).toMatchObject({decision: line.decision, reasons: line.reasons.map(({id}) => id).join(' ')});
      expect(score).toMatchObject({prior: line.model.prior, limits_of: '', group_limits: (line.groups ?? []).map(({id, limit}) => `${id}:${limit}`).join(' ')});
      if (line.typicality === undefined) expect(score.typicality).toBe('');
      else expect(Number(score.typicality)).toBeCloseTo(line.typicality, 4);
    }
  });

  test('tables for people name the same', () => {
    for (const words of [/^answer +\d+/m, /^reject +\d+/m, /^ {2}[a-z-]+ +\d+/m, /^sets .*coverage/m, /^kept, surest +100%/m, /^group .*sensitivity/m]) {
      expect(tables).toMatch(words);
    }
  });

  test('--explain: the map\'s curves beside random ones', () => {
    const some = join(folder, `${form}-three.csv`);
    writeFileSync(some, 'image,label\nchecked.png,checked\nlying.png,lying\nstanding.png,standing\n');
    const {code, out} = insitu(form, ['evaluate', '--pack', PACK, '--labels', some, '--images', images, '--explain', '--json']);
    expect(code).toBe(0);
    const {explain} = JSON.parse(out);
    expect(explain.n).toBe(3);
    for (const key of ['deletion', 'random_deletion', 'insertion', 'random_insertion', 'better_deletions', 'better_insertions']) {
      expect(explain[key]).toBeGreaterThanOrEqual(0);
      expect(explain[key]).toBeLessThanOrEqual(1);
    }
    expect(report.explain).toBeUndefined();
  });

  test('a pack without decisions has no sets or groups', () => {
    const plain = join(folder, `${form}-plain.csv`);
    writeFileSync(plain, 'image,label\nrgb8.png,red\n');
    const {decisions, sets, groups, reasons} = JSON.parse(insitu(form,
      ['evaluate', '--pack', SPOTS, '--labels', plain, '--images', images, '--json']).out);
    expect(decisions.answer.n).toBe(1);
    expect({sets, groups, reasons}).toEqual({sets: null, groups: [], reasons: []});
  });
});
