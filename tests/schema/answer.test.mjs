// docs/answer.schema.json is the norm of the line that both commands print, and
// refuses lines that say what must not be said together.
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, describe, expect, test} from '@jest/globals';
import {forms, insitu, lines, ROOT, scratchFolder, SLOPES, SPOTS} from '../cli/command.mjs';
import {answerProblems, changed} from './schemas.mjs';

const STRIPES = join(ROOT, 'tests/packs/stripes');
const picture = (name) => join(STRIPES, 'selftest', `${name}.png`);
const folder = scratchFolder(afterAll);
const model = join(SPOTS, 'spots-float32.tflite');

// 32 x 32 black pixels, which the pack refuses.
const black = join(folder, 'black.png');
writeFileSync(black, Buffer.from('iVBORw0KGgoAAAANSUhEUgAAACAAAAAgCAAAAABWESUoAAAAEklEQVR42mNgGAWjYBSMAuwAAAQgAAF8we+4AAAAAElFTkSuQmCC', 'base64'));

describe.each(forms)('%s: insitu classify', (form) => {
  const classify = (...args) => lines(insitu(form, ['classify', ...args]).out);
  const expectValid = (answers, ...decisions) => {
    expect(answers.map((line) => [line.file, answerProblems(line)])).toEqual(answers.map(({file}) => [file, []]));
    expect(answers.map(({ok, decision}) => (ok ? decision : 'failed'))).toEqual(decisions);
  };

  test('answers, rejects and fails by the schema', () => {
    const none = join(folder, 'none.png');
    expectValid(classify('--pack', STRIPES, picture('standing'), picture('checked'), black, none), 'answer', 'answer', 'reject', 'failed');
  });

  test('is by the schema with a prior, the first class alone and another language', () => {
    const answers = classify('--pack', STRIPES, '--prior', 'uniform', '--top', '1', '--language', 'ar', picture('lying'));
    expectValid(answers, 'answer');
    expect(answers[0].classes).toHaveLength(1);
    expect(answers[0].model.prior).toBe('uniform');
  });

  test('is by the schema with a map, and where it is unsure', () => {
    const mapped = classify('--pack', STRIPES, '--map', join(folder, `${form}.png`), picture('lying'));
    expectValid(mapped, 'answer');
    expect(mapped[0].map.class).toBe('lying');
    const unsure = classify('--pack', SPOTS, join(ROOT, 'tests/golden/chart.png'));
    expectValid(unsure, 'unsure');
    expect(unsure[0].reasons).not.toEqual([]);
  });

  test('is by the schema for a pack of format 1 and for a bare model', () => {
    const labels = join(folder, 'labels.txt');
    writeFileSync(labels, 'a\nb\nc\n');
    for (const args of [['--pack', SPOTS], ['--model', model], ['--model', model, '--labels', labels]]) {
      const [line] = classify(...args, SLOPES);
      expect([args, answerProblems(line)]).toEqual([args, []]);
      expect(line.ok).toBe(true);
      expect(['answer', 'unsure']).toContain(line.decision);
    }
  });
});

describe('the schema', () => {
  const [answer, reject] = lines(insitu('native', ['classify', '--pack', STRIPES, picture('checked'), black]).out);
  const failure = {file: 'a.png', ok: false, status: 'io', message: 'cannot open'};

  test.each([
    ['a decision of another name', {at: 'decision', value: 'perhaps'}],
    ['an answer without its top class', {at: 'top'}],
    ['an answer with a reason against it', {at: 'reasons', value: [{id: 'not-sure', value: 0.1, limit: 0.5}]}],
    ['an unsure without a reason', {at: 'decision', value: 'unsure'}],
    ['a reason of another name', {at: 'reasons', value: [{id: 'ugly', value: 0, limit: 1}]}],
    ['a probability above 1', {at: 'top/p', value: 1.5}],
    ['an action of another name', {at: 'action', value: 'now'}],
    ['a class without its score', {at: 'classes/0/score'}],
    ['a measure that there is not', {at: 'quality/smell', value: 1}],
    ['a field that it does not know', {at: 'diagnosis', value: 'mel'}],
    ['no model', {at: 'model'}],
    ['an orientation that EXIF does not know', {at: 'picture/orientation', value: 9}],
  ])('refuses %s', (_, change) => {
    expect(answerProblems(answer)).toEqual([]);
    expect(answerProblems(changed(answer, change))).not.toEqual([]);
  });

  test.each([
    ['a top class', {at: 'top', value: {id: 'checked', label: 'Checks', p: 0.9}}],
    ['a set', {at: 'set', value: ['checked']}],
    ['groups', {at: 'groups', value: [{id: 'crossing', label: 'x', p: 1, limit: 0.1, reached: true}]}],
    ['an action', {at: 'action', value: 'soon'}],
    ['no reason', {at: 'reasons', value: []}],
  ])('refuses a reject with %s', (_, change) => {
    expect(answerProblems(reject)).toEqual([]);
    expect(answerProblems(changed(reject, change))).not.toEqual([]);
  });

  test('takes a map and null where a group has no limit', () => {
    const map = {class: 'checked', width: 2, height: 1, values: [0, 1]};
    expect(answerProblems({...answer, map})).toEqual([]);
    expect(answerProblems({...answer, map: {...map, values: [2]}})).not.toEqual([]);
    expect(answerProblems(changed(answer, {at: 'groups/0/limit', value: null}))).toEqual([]);
  });

  test('knows failures', () => {
    expect(answerProblems(failure)).toEqual([]);
    for (const at of ['file', 'status', 'message', 'ok']) expect(answerProblems(changed(failure, {at}))).not.toEqual([]);
    expect(answerProblems({...failure, top: {id: 'a', label: 'a', p: 1}})).not.toEqual([]);
  });
});
