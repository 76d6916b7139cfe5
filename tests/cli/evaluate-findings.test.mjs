import {mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import {forms, GOLDEN, insitu, scratchFolder} from './command.mjs';
import {putFindings, THRESHOLDS} from './findings-pack.mjs';

const folder = scratchFolder(afterAll);
const ids = ['standing', 'lying', 'checked'];
const PACK = join(folder, 'stripes');
mkdirSync(PACK);
putFindings(PACK);

// Labels that have nothing to do with the answers: two, one or none; nobody is checked, so that one finding has no AUC.
const pictures = readdirSync(GOLDEN).filter((name) => /\.(png|jpg)$/.test(name)).sort();
const rows = pictures.map((image, index) => ({image, label: ['standing|lying', '', 'lying', 'standing'][index % 4], part: index % 5 ? 'b' : 'a'}));
const table = join(folder, 'labels.csv');
writeFileSync(table, 'part,image,label\n' + rows.map(({part, image, label}) => `${part},${image},${label}\n`).join(''));

const mean = (values) => values.length ? values.reduce((a, b) => a + Number(b), 0) / values.length : null;

// The figures by other means than the command's: pairs, not ranks.
function figures(answers, c) {
  const has = ({label}) => label.split('|').includes(ids[c]);
  const judged = answers.filter(({decision}) => decision !== 'reject');
  const names = ({p}) => p[c] >= THRESHOLDS[c];
  const [positives, negatives] = [answers.filter(has), answers.filter((answer) => !has(answer))];
  const above = positives.flatMap((a) => negatives.map((b) => a.p[c] > b.p[c] ? 1 : a.p[c] === b.p[c] ? 0.5 : 0));
  return {n: positives.length, auc: mean(above), brier: mean(answers.map((answer) => (answer.p[c] - (has(answer) ? 1 : 0)) ** 2)),
    sensitivity: mean(judged.filter(has).map(names)), specificity: mean(judged.filter((answer) => !has(answer)).map((answer) => !names(answer))),
    precision: mean(judged.filter(names).map(has))};
}

describe.each(forms)('%s: insitu evaluate of findings', (form) => {
  const evaluate = (labels, ...args) => insitu(form, ['evaluate', '--pack', PACK, '--labels', labels, '--images', GOLDEN, ...args]);
  let header, answers, written;
  beforeAll(() => {
    const scores = join(folder, `${form}-scores.csv`);
    evaluate(table, '--scores', scores);
    [header, ...written] = readFileSync(scores, 'utf8').trimEnd().split('\n').map((line) => line.split(','));
    answers = written.filter((fields) => fields[2] !== '').map(([image, label, ...rest], index) =>
      ({image, label, p: rest.slice(0, 3).map(Number), decision: rest[3], part: rows[index].part}));
  });

  test('--scores keeps labels as the table has them, and each finding\'s own probability', () => {
    expect(header.slice(0, 6)).toEqual(['image', 'label', ...ids, 'decision']);
    expect(written.map(([image, label]) => ({image, label}))).toEqual(rows.map(({image, label}) => ({image, label})));
    expect(new Set(answers.map(({decision}) => decision)).has('reject')).toBe(true); // or rejected pictures are not tried here
    expect(answers.filter(({decision}) => decision !== 'reject').length).toBeGreaterThan(3);
    expect(answers.some(({p}) => Math.abs(p[0] + p[1] + p[2] - 1) > 0.05)).toBe(true);
  });

  test('figures are those of the definitions, rejected pictures neither found nor missed', () => {
    const {code, out} = evaluate(table, '--json');
    const report = JSON.parse(out);
    const rejected = answers.filter(({decision}) => decision === 'reject').length;
    expect(report).toMatchObject({model: {id: 'stripes', variant: 'float32'}, prior: 'none', n: answers.length, failed: rows.length - answers.length, rejected});
    expect(code).toBe(report.failed ? 1 : 0);
    expect(report).not.toHaveProperty('accuracy');
    const wanted = ids.map((_, c) => figures(answers, c));
    report.per_finding.forEach(({id, n, label: _, ...rest}, c) => {
      expect({id, n}).toEqual({id: ids[c], n: wanted[c].n});
      for (const [name, value] of Object.entries(rest)) {
        if (wanted[c][name] === null) expect([name, value]).toEqual([name, null]);
        else expect([name, Math.abs(value - wanted[c][name]) < 1e-9]).toEqual([name, true]);
      }
      expect(Object.keys(rest).sort()).toEqual(['auc', 'brier', 'precision', 'sensitivity', 'specificity']);
    });
    expect(report.per_finding[2]).toMatchObject({n: 0, auc: null, sensitivity: null});
    expect(report.macro_auc).toBeCloseTo((wanted[0].auc + wanted[1].auc) / 2, 9); // of those that have one
  });

  test('tables for people name the same figures', () => {
    const {out} = evaluate(table);
    for (const word of ['rejected', 'macro AUC', 'finding', 'sensitivity', 'specificity', 'precision', 'Brier', ...ids]) expect(out).toContain(word);
    expect(out).not.toContain('confusion');
  });

  test('a picture named twice counts once, also with its findings in another order, and with others it is refused', () => {
    const twice = join(folder, `${form}-twice.csv`);
    writeFileSync(twice, 'image,label\nrgb8.png,lying|standing\nrgb8.png,standing|lying\n');
    expect(JSON.parse(evaluate(twice, '--json').out)).toMatchObject({n: 1, repeated: 1});
    writeFileSync(twice, 'image,label\nrgb8.png,lying|standing\nrgb8.png,lying\n');
    expect(evaluate(twice, '--json')).toMatchObject({code: 1, out: '',
      err: expect.stringMatching(/line 2 labels rgb8.png 'lying\|standing', but line 3 labels it 'lying'/)});
  });

  test('where no picture is answered nothing is measured', () => {
    const none = join(folder, `${form}-none.csv`);
    writeFileSync(none, 'image,label\nnone.png,\n');
    expect(JSON.parse(evaluate(none, '--json').out)).toMatchObject({n: 0, failed: 1, rejected: null, macro_auc: null, per_finding: null});
  });

  test.each([['lying|crossed', /line 2 \(rgb8.png\) has the label 'lying\|crossed', where 'crossed' is no finding of the pack 'stripes': between findings must be a \|/],
    ['lying|', /'lying\|', where '' is no finding/], ['ly', /where 'ly' is no finding/], ['lying;standing', /where 'lying;standing' is no finding/],
  ])('refuses the label %s', (label, message) => {
    const broken = join(folder, `${form}-broken.csv`);
    writeFileSync(broken, `image,label\nrgb8.png,${label}\n`);
    expect(evaluate(broken, '--json')).toMatchObject({code: 1, out: '', err: expect.stringMatching(message)});
  });
});
