// What is said of an answer: a clear lead, or the doubt.
import { expect, test } from '@jest/globals';
import { readScores } from '../../web/lib/reading.js';

const scores = (...ps) => ps.map((p, rank) => ({ id: `c${rank}`, label: `C${rank}`, p }));

test.each([
  [[0.8, 0.1, 0.1], 'clear'],
  [[0.5, 0.25, 0.25], 'clear'],
  [[0.5, 0.26, 0.24], 'unclear'],
  [[0.49, 0.2, 0.31], 'unclear'],
  [[0.34, 0.33, 0.33], 'unclear'],
])('one of: %p is %s', (ps, kind) => {
  expect(readScores(scores(...ps), 'multiclass').kind).toBe(kind);
});

test.each([[[0.5, 0.5], 'found'], [[0.49, 0.1], 'none']])('each by itself: %p is %s', (ps, kind) => {
  expect(readScores(scores(...ps), 'multilabel').kind).toBe(kind);
});

test('the top class and each at one in twenty or more get advice', () => {
  expect(readScores(scores(0.9, 0.05, 0.049), 'multiclass').noteworthy.map(({ id }) => id)).toEqual(['c0', 'c1']);
  expect(readScores(scores(0.01, 0.005), 'multilabel').noteworthy.map(({ id }) => id)).toEqual(['c0']);
});

test('fewer than two classes are no answer', () => {
  expect(() => readScores(scores(1), 'multiclass')).toThrow(/two classes or more, not 1/);
});
