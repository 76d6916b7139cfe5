// What is said of findings, each with a limit of its own: those of the answer's set, which need not have its likeliest.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { answerHead } from '../../web/classifier/screens/result-heads.js';
import { frequencyOf } from '../../web/classifier/engine-packs.js';
import { ranking } from '../../web/classifier/screens/result-figures.js';
import { advice } from '../../web/classifier/screens/result.js';
import { saidOf } from '../../web/screens/batch/table.js';
import { standInDocument } from './dom.mjs';

const text = { language: 'en', get: (key) => key, percent: (p) => `${Math.round(100 * p)} %`, count: (key, n) => `${key} ${n}` };
const words = { lang: 'en', dir: 'ltr', classOf: (id) => ({ label: id.toUpperCase(), text: `of ${id}` }) };
const classes = [{ id: 'a', p: 0.4 }, { id: 'b', p: 0.2 }, { id: 'c', p: 0.1 }];
const result = (set, decision = 'answer') => ({ decision, top: classes[0], set, classes, reasons: [] });

beforeAll(() => { globalThis.document = standInDocument(); });
afterAll(() => { delete globalThis.document; });

describe('the head of an answer', () => {
  const head = (task, ...of) => answerHead({ text, words, task, result: result(...of) });
  const named = ({ heading }) => heading.withAttribute('data-class').map(({ attributes }) => attributes['data-class']);

  test.each(['answer', 'unsure'])('a set of one finding shows that one, with its own share, where the decision is %s', (decision) => {
    const shown = head('multilabel', ['b'], decision);
    expect(named(shown)).toEqual(['b']);
    expect([shown.share.textContent, shown.about.textContent]).toEqual(['20 %', 'of b']);
    expect(shown.summary).toMatch(/ B, 20 %\.$/);
  });
  test('several are all named, none is none', () => {
    expect(named(head('multilabel', ['c', 'b']))).toEqual(['b', 'c']);
    expect(head('multilabel', []).summary).toMatch(/^result_none\./);
  });
  test('of one class out of several it is the likeliest', () => {
    expect([named(head('multiclass', ['a'])), head('multiclass', undefined).share.textContent]).toEqual([['a'], '40 %']);
    expect(named(head('multiclass', ['a', 'b']))).toEqual(['a']); // it is answered
  });
});

describe('the shares', () => {
  const marked = (task, set, all = classes) => ranking({ text, words, task, result: { ...result(set), classes: all } })
    .flatMap((node) => (node ? node.withAttribute('class') : [])).filter(({ attributes }) => attributes.class === 'named').map(({ attributes }) => attributes['data-class']);
  test('mark the findings, and of one class out of several the likeliest alone', () => {
    expect(marked('multilabel', ['c', 'b'])).toEqual(['b', 'c']);
    expect(marked('multilabel', [])).toEqual([]);
    // not the first of those that are folded away
    expect(marked('multiclass', ['a'], [{ id: 'a', p: 0.99 }, { id: 'b', p: 0.006 }, { id: 'c', p: 0.004 }])).toEqual(['a']);
  });
});

describe('what to do next', () => {
  const advised = (task, set, groups = []) => {
    const spoken = { ...words, classOf: (id) => ({ label: id.toUpperCase(), text: '', advice: `do ${id}` }) };
    const card = advice({ text: { ...text, get: (key, { label } = {}) => (label ? `${label}:` : key) }, words: spoken, task, result: { ...result(set), groups } }, [{ id: 'g', classes: ['b', 'c'] }], new Map());
    return card?.textContent.match(/do \w/g) ?? null;
  };
  test('is told of the findings alone, of one class out of several also of the likeliest', () => {
    expect(advised('multilabel', ['b'])).toEqual(['do b']);
    expect(advised('multilabel', [])).toBe(null);
    expect(advised('multilabel', [], [{ id: 'g', reached: true }])).toEqual(['do b']);
    expect(advised('multiclass', undefined)).toEqual(['do a']);
  });
  test('no frequency of one class is shown of findings', () => {
    const counted = { split: 's', n: 9, prior: null, answers: { a: { n: 60, right: { k: 40, low: 0.5, high: 0.8 } } } };
    const of = (task) => frequencyOf({ format: 2, task, variants: [{ name: 'v', frequencies: counted }] }, { ...result([]), model: { variant: 'v', prior: null } });
    expect([of('multilabel'), of('multiclass')?.n]).toEqual([null, 60]);
  });
});

describe('a row of several pictures', () => {
  const batch = { text };
  const labelOf = (index) => ({ label: ['A', 'B', 'C'][index], lang: 'en', dir: 'ltr' });
  const said = (is_findings, set, decision = 'answer') => {
    const { label, before, share } = saidOf({ brief: { decision, top: 0, set, p: [0.4, 0.2, 0.1] } }, batch, labelOf, is_findings);
    return [label, before, share];
  };

  test('names the findings of the set; one has its own share', () => {
    expect(said(true, [1])).toEqual(['B', null, '20 %']);
    expect(said(true, [1, 2])).toEqual(['B, C', null, null]);
    expect(said(true, [])).toEqual(['result_none', null, null]);
    expect(said(true, [1, 2], 'unsure')).toEqual(['B, C', 'result_could_be', null]);
  });
  test('names the likeliest class, and of an unsure one the set', () => {
    expect(said(false, [0, 1])).toEqual(['A', null, '40 %']);
    expect(said(false, [0, 1], 'unsure')).toEqual(['A, B', 'result_could_be', null]);
    expect(said(false, null, 'unsure')).toEqual(['A', 'result_could_be', null]);
  });
});
