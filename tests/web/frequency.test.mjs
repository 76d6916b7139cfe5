// What such answers turned out to be is shown for those answers alone that were counted.
import { describe, expect, test } from '@jest/globals';
import { frequencyOf } from '../../web/classifier/engine-packs.js';

const part = { k: 40, low: 0.5, high: 0.8 };
const counted = { split: 'side=test', n: 300, prior: 'training', answers: { a: { n: 60, right: part } }, unsure: { n: 90, right: part } };
const pack = {
  format: 2, variants: [
    { name: 'int8', frequencies: counted, decision: { taken_with: { phone: {} } } },
    { name: 'float32' },
  ],
};
const answer = { decision: 'answer', top: { id: 'a', label: 'A', p: 0.9 }, model: { variant: 'int8', prior: 'training' } };

describe('the frequency of an answer', () => {
  test('is that of the class that it names, or of all that were unsure', () => {
    expect(frequencyOf(pack, answer)).toEqual({ n: 60, right: part, split: 'side=test', of: 300, is_of_all: false });
    expect(frequencyOf(pack, { ...answer, decision: 'unsure', top: { id: 'z' } })).toEqual({ n: 90, right: part, split: 'side=test', of: 300, is_of_all: false });
    expect(frequencyOf(pack, { ...answer, taken_with: 'dermatoscope' })).not.toBe(null);
  });

  test('is that of all that were answered where the pack counted them together, but not for what was unsure', () => {
    const together = { ...counted, answers: {}, answered: { n: 200, right: part }, unsure: undefined };
    const few = { ...pack, variants: [{ name: 'int8', frequencies: together }] };
    expect(frequencyOf(few, answer)).toEqual({ n: 200, right: part, split: 'side=test', of: 300, is_of_all: true });
    expect(frequencyOf(few, { ...answer, decision: 'unsure' })).toBe(null);
  });

  test.each([
    ['a class that was not counted', { top: { id: 'b' } }],
    ['a name of every object', { top: { id: 'constructor' } }],
    ['another prior', { model: { variant: 'int8', prior: 'uniform' } }],
    ['another variant', { model: { variant: 'float32', prior: 'training' } }],
    ['a device that has limits of its own', { taken_with: 'phone' }],
    ['a picture that is not judged', { decision: 'reject', top: undefined }],
  ])('is not there for %s', (_, change) => expect(frequencyOf(pack, { ...answer, ...change })).toBe(null));

  test.each([
    ['no answers', { answers: undefined }],
    ['nothing of the right ones', { answers: { a: { n: 60, right: null } } }],
    ['words for numbers', { answers: { a: { n: 'many', right: part } } }],
  ])('is not there where a person\'s own pack has %s', (_, change) => {
    expect(frequencyOf({ ...pack, variants: [{ name: 'int8', frequencies: { ...counted, ...change } }] }, answer)).toBe(null);
  });

  test('names the groups that the pack has', () => {
    const answers = { a: { n: 60, right: part, groups: { g: part, strange: part, empty: null } } };
    expect(frequencyOf({ ...pack, groups: [{ id: 'g' }, { id: 'empty' }], variants: [{ name: 'int8', frequencies: { ...counted, answers } }] }, answer).groups).toEqual({ g: part });
  });

  test('is not there where a pack has none, or is of format 1', () => {
    expect(frequencyOf({ ...pack, format: 1 }, answer)).toBe(null);
    expect(frequencyOf({ format: 2, variants: [{ name: 'int8' }] }, answer)).toBe(null);
    expect(frequencyOf({ ...pack, variants: [{ name: 'int8', frequencies: { ...counted, unsure: undefined } }] }, { ...answer, decision: 'unsure' })).toBe(null);
  });
});
