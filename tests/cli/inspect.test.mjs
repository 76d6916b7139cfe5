import {cpSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, describe, expect, test} from '@jest/globals';
import {forms, insitu, ROOT, scratchFolder, SLOPES, SPOTS} from './command.mjs';

const folder = scratchFolder(afterAll);
const FLOAT32 = join(SPOTS, 'spots-float32.tflite');
const STRIPES = join(ROOT, 'tests/packs/stripes');
const INT8 = join(SPOTS, 'spots-int8.tflite');

describe.each(forms)('%s: insitu inspect', (form) => {
  const inspect = (...args) => insitu(form, ['inspect', ...args]);

  test('a float32 model', () => {
    const {code, out, err} = inspect(FLOAT32, '--json');
    expect({code, err}).toEqual({code: 0, err: ''});
    expect(JSON.parse(out)).toMatchObject({
      bytes: statSync(FLOAT32).size, precision: 'float32', parameters: 3 * 3 + 3, supported: true, unsupported: [],
      inputs: [{name: 'image', dtype: 'float32', shape: [1, 16, 16, 3]}],
      outputs: [{name: 'logits', dtype: 'float32', shape: [1, 3]}],
      operators: [{name: 'MEAN', count: 1}, {name: 'FULLY_CONNECTED', count: 1}],
    });
    expect(JSON.parse(out).macs).toBeGreaterThanOrEqual(9);
  });

  test('an int8 model, with its scales', () => {
    const {code, out} = inspect('--json', INT8);
    expect(code).toBe(0);
    const report = JSON.parse(out);
    expect(report).toMatchObject({precision: 'int8', parameters: 12, inputs: [{dtype: 'int8', zero_point: 0}]});
    expect(report.inputs[0].scale).toBeCloseTo(4 / 255, 7);
    expect(report.outputs[0].scale).toBeCloseTo(5 / 255, 7);
  });

  test('a pack: pack.json, and for each variant whether it can be used', () => {
    const {code, out} = inspect(SPOTS, '--json');
    expect(code).toBe(0);
    const report = JSON.parse(out);
    expect(report).toMatchObject({id: 'spots', version: '1.0.0'});
    expect(report.variants.map(({name, usable, model}) => ({name, usable, precision: model.precision})))
      .toEqual([{name: 'float32', usable: true, precision: 'float32'}, {name: 'int8', usable: true, precision: 'int8'}]);
  });

  test('a pack with a missing and another file', () => {
    const copy = join(folder, form);
    cpSync(SPOTS, copy, {recursive: true});
    rmSync(join(copy, 'spots-float32.tflite'));
    const bytes = readFileSync(INT8);
    bytes[bytes.length - 1] ^= 1;
    writeFileSync(join(copy, 'spots-int8.tflite'), bytes);
    const {code, out} = inspect(copy, '--json');
    expect(code).toBe(1);
    expect(JSON.parse(out).variants.map(({usable, status}) => ({usable, status})))
      .toEqual([{usable: false, status: 'io'}, {usable: false, status: 'digest-mismatch'}]);
    expect(inspect(copy).out).toMatch(/usable +no: .*SHA-256/);
  });

  test('tables for people say the same', () => {
    const model = inspect(INT8).out;
    for (const words of [/precision +int8/, /parameters +12/, /input +int8 \[1,16,16,3\]/, /operator +1 x MEAN/, /supported +yes/]) {
      expect(model).toMatch(words);
    }
    const pack = inspect(SPOTS).out;
    for (const words of [/^id +spots/m, /class +red: Red/, /variant +int8 \(spots-int8\.tflite\)/, /usable +yes/]) {
      expect(pack).toMatch(words);
    }
  });

  test('a pack of format 2: labels of its first language, and what each language lacks', () => {
    const {code, out} = inspect(STRIPES, '--json');
    expect(code).toBe(0);
    const report = JSON.parse(out);
    expect(report).toMatchObject({format: 2, name: 'Stripes', texts: [{language: 'en', usable: true}, {language: 'ar', usable: true}]});
    expect(report.classes.map(({label}) => label)).toEqual(['Standing stripes', 'Lying stripes', 'Checks']);
    expect(report.groups[0].label).toBe('Stripes that cross');
    const table = inspect(STRIPES).out;
    for (const words of [/^languages +en, ar/m, /^domain +drawing/m, /^class +checked: Checks \(soon\)/m, /^group +crossing: /m, /decides by +sets of coverage 0\.9; .*dark above 0\.9; typicality/]) {
      expect(table).toMatch(words);
    }
    const copy = join(folder, `${form}-stripes`);
    cpSync(STRIPES, copy, {recursive: true});
    rmSync(join(copy, 'texts/ar.json'));
    expect(inspect(copy)).toMatchObject({code: 1, out: expect.stringMatching(/^texts +ar cannot be used: cannot open/m)});
    const {classes: {lying: _, ...rest}, ...texts} = JSON.parse(readFileSync(join(copy, 'texts/en.json'), 'utf8'));
    writeFileSync(join(copy, 'texts/en.json'), JSON.stringify({...texts, classes: rest}));
    const broken = inspect(copy, '--json');
    expect(broken.code).toBe(1);
    expect(JSON.parse(broken.out).texts.map(({usable, status}) => ({usable, status})))
      .toEqual([{usable: false, status: 'invalid-pack'}, {usable: false, status: 'io'}]);
  });

  test('what is no model is a failure', () => {
    const {code, out, err} = inspect(SLOPES, '--json');
    expect({code, out}).toEqual({code: 1, out: ''});
    expect(err).toContain(SLOPES);
    expect(inspect(join(folder, 'none')).code).toBe(1);
    expect(inspect().code).toBe(2);
    expect(inspect(FLOAT32, INT8).code).toBe(2);
  });
});
