// Models without a pack: the rules of docs/COMMAND.md, and real .tflite files
// on everyday photos where INSITU_DATA or ../shared/data has them.
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, describe, expect, test} from '@jest/globals';
import {byId, expectSpots, forms, insitu, lines, ROOT, scratchFolder, slopes, SLOPES, SPOTS} from './command.mjs';

const folder = scratchFolder(afterAll);
const FLOAT32 = join(SPOTS, 'spots-float32.tflite');
const data = process.env.INSITU_DATA ?? join(ROOT, '../shared/data');
const labelsFile = join(data, 'tflite/imagenet_labels.txt');
const hasData = existsSync(labelsFile) && existsSync(join(data, 'everyday/images'));

// A photo each that leaves no doubt, and what its top labels must speak of.
const PHOTOS = {'000000000034.jpg': /zebra/};
const MODELS = ['mobilenet_v1_0.25_128_quant.tflite', 'mobilenet_v2_1.0_224_quant.tflite',
  'tf2_mobilenet_v2_1.0_224_ptq.tflite'];

describe.each(forms)('%s: insitu classify --model', (form) => {
  const classify = (...args) => insitu(form, ['classify', '--model', ...args]);

  test('pixels are 0..1, ids are indices, scores get a softmax', () => {
    const {code, out} = classify(FLOAT32, SLOPES);
    expect(code).toBe(0);
    const [line] = lines(out);
    expect(line.model).toEqual({id: 'spots-float32.tflite', version: null, variant: null, prior: null});
    const expected = expectSpots(slopes, {mean: 0, std: 1, temperature: 1, prior: 'uniform'});
    expected.forEach((p, index) => expect(byId(line)[index]).toBeCloseTo(p, 6));
  });

  test.each([['0.5', '0.25'], ['0.5,0.5,0.5', '0.25,0.25,0.25']])('--mean %s --std %s override', (mean, std) => {
    const [line] = lines(classify(FLOAT32, '--mean', mean, '--std', std, SLOPES).out);
    const expected = expectSpots(slopes, {temperature: 1, prior: 'uniform'});
    expected.forEach((p, index) => expect(byId(line)[index]).toBeCloseTo(p, 6));
  });

  test('--labels names the outputs, one a line', () => {
    const labels = join(folder, `${form}-labels.txt`);
    writeFileSync(labels, 'rot\r\ngrün\r\nblau');
    const {out} = classify(FLOAT32, '--labels', labels, SLOPES);
    expect(new Map(lines(out)[0].classes.map(({id, label}) => [id, label])))
      .toEqual(new Map([['0', 'rot'], ['1', 'grün'], ['2', 'blau']]));
    writeFileSync(labels, 'rot\ngrün\n');
    expect(lines(classify(FLOAT32, '--labels', labels, SLOPES).out)[0])
      .toMatchObject({ok: false, status: 'invalid-argument', message: expect.stringContaining('2 labels')});
  });

  test.each(['0.5,0.5', 'a', '1e99', '0.5,', ''])('--mean \'%s\' is wrong usage', (mean) => {
    expect(classify(FLOAT32, '--mean', mean, SLOPES)).toMatchObject({code: 2, out: ''});
  });

  test.each([['--std', '0'], ['--std', '1,-1,1']])('%s %s is wrong usage', (...option) => {
    expect(classify(FLOAT32, ...option, SLOPES)).toMatchObject({code: 2, out: '', err: expect.stringContaining('above 0')});
  });

  test('a prior cannot be chosen: the file states none', () => {
    expect(classify(FLOAT32, '--prior', 'uniform', SLOPES))
      .toMatchObject({code: 2, out: '', err: expect.stringContaining('--prior is of a pack')});
  });

  test('a language cannot be chosen: the file has no texts', () => {
    expect(classify(FLOAT32, '--language', 'en', SLOPES))
      .toMatchObject({code: 2, out: '', err: expect.stringContaining('--language is of a pack')});
  });

  (hasData ? test.each(MODELS) : test.skip.each(MODELS))(`%s on a photo${hasData ? '' : ` (no ${data})`}`, (model) => {
    const photos = Object.keys(PHOTOS).map((name) => join(data, 'everyday/images', name));
    const {code, out} = classify(join(data, 'tflite', model), '--labels', labelsFile, ...photos);
    expect(code).toBe(0);
    lines(out).forEach((line, index) => {
      expect(line.classes).toHaveLength(readFileSync(labelsFile, 'utf8').trimEnd().split('\n').length);
      expect(line.top.label).toMatch(Object.values(PHOTOS)[index]);
      expect(line.classes.reduce((sum, {p}) => sum + p, 0)).toBeGreaterThan(0.5);
    });
  });
});
