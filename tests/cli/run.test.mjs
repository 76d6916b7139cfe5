import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, describe, expect, test} from '@jest/globals';
import {forms, insitu, ROOT, scratchFolder, slopes, SPOTS} from './command.mjs';

const folder = scratchFolder(afterAll);
const FLOAT32 = join(SPOTS, 'spots-float32.tflite');
const INT8 = join(SPOTS, 'spots-int8.tflite');

// A .npy file as NumPy writes it.
function npy(descr, shape, data, {version = 1, order = 'False'} = {}) {
  const lengthBytes = version === 1 ? 2 : 4;
  let header = `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': (${shape.join(', ')}${shape.length === 1 ? ',' : ''}), }`;
  header = header.padEnd(Math.ceil((8 + lengthBytes + header.length + 1) / 64) * 64 - 8 - lengthBytes - 1) + '\n';
  const length = Buffer.alloc(lengthBytes);
  length.writeUIntLE(header.length, 0, lengthBytes);
  return Buffer.concat([Buffer.from(`\x93NUMPY${String.fromCharCode(version, 0)}`, 'latin1'), length,
    Buffer.from(header, 'latin1'), Buffer.from(data.buffer, data.byteOffset, data.byteLength)]);
}

// -> {descr, shape, data: Buffer}
function readNpy(bytes) {
  expect(bytes.subarray(0, 8).toString('latin1')).toBe('\x93NUMPY\x01\x00');
  const length = bytes.readUInt16LE(8);
  expect((10 + length) % 64).toBe(0);
  const header = bytes.subarray(10, 10 + length).toString('latin1');
  expect(header.endsWith('\n')).toBe(true);
  const [, descr, shape] = /'descr': '(.+?)', 'fortran_order': False, 'shape': \((.+?)\)/.exec(header);
  return {descr, shape: shape.split(',').map(Number), data: bytes.subarray(10 + length)};
}

const pixels = Float32Array.from(slopes.flat(), (value) => (value / 255 - 0.5) / 0.25);
const means = [0, 1, 2].map((channel) =>
  pixels.filter((_, index) => index % 3 === channel).reduce((a, b) => a + b) / 256);
const all = (means[0] + means[1] + means[2]) / 4;
const logits = [means[0] - all + 0.125, means[1] - all, means[2] - all - 0.125];

describe.each(forms)('%s: insitu run', (form) => {
  const paths = (name) => [join(folder, `${form}-${name}-in.npy`), join(folder, `${form}-${name}-out.npy`)];
  const run = (model, name, bytes) => {
    const [input, output] = paths(name);
    writeFileSync(input, bytes);
    return {...insitu(form, ['run', model, '--in', input, '--out', output]), output};
  };

  test.each([1, 2])('float32 through .npy version %d', (version) => {
    const {code, err, output} = run(FLOAT32, `v${version}`, npy('<f4', [1, 16, 16, 3], pixels, {version}));
    expect({code, err}).toEqual({code: 0, err: ''});
    const {descr, shape, data} = readNpy(readFileSync(output));
    expect({descr, shape}).toEqual({descr: '<f4', shape: [1, 3]});
    logits.forEach((logit, index) => expect(data.readFloatLE(4 * index)).toBeCloseTo(logit, 5));
  });

  test.each([[NaN, 'nan'], [Infinity, 'inf']])('an input that holds %p is refused', (value, shown) => {
    const {code, err} = run(FLOAT32, 'not-finite', npy('<f4', [1, 16, 16, 3], pixels.with(5, value)));
    expect(code).toBe(1);
    expect(err).toMatch(new RegExp(`value 5 is -?${shown}, but a model's input must be finite`));
  });

  // The best two of three classes, with their numbers.
  test('a network that picks gives what it picked', () => {
    const [input, output] = paths('picked');
    const indices = output.replace('-out', '-indices');
    writeFileSync(input, npy('<f4', [1, 16, 16, 3], pixels));
    const model = join(ROOT, 'tests/golden/bare/picked_best.tflite');
    const {code, err} = insitu(form, ['run', model, '--in', input, '--out', output, '--out', indices]);
    expect({code, err}).toEqual({code: 0, err: ''});
    const [best, picked] = [output, indices].map((path) => readNpy(readFileSync(path)));
    expect([best.descr, best.shape, picked.descr, picked.shape]).toEqual(['<f4', [1, 2], '<i4', [1, 2]]);
    const scores = [2 * means[0] - means[1], 2 * means[1] - means[0] + means[2] / 2, means[2] - means[1] / 2].map(Math.exp);
    const order = [0, 1, 2].sort((a, b) => scores[b] - scores[a]);
    for (const rank of [0, 1]) {
      expect(picked.data.readInt32LE(4 * rank)).toBe(order[rank]);
      expect(best.data.readFloatLE(4 * rank)).toBeCloseTo(scores[order[rank]] / (scores[0] + scores[1] + scores[2]), 5);
    }
  });

  test('int8 stays int8', () => {
    const quantised = Int8Array.from(pixels, (value) => Math.max(-128, Math.min(127, Math.round(value / (4 / 255)))));
    const {code, output} = run(INT8, 'int8', npy('|i1', [1, 16, 16, 3], quantised));
    expect(code).toBe(0);
    const {descr, data} = readNpy(readFileSync(output));
    expect(descr).toBe('|i1');
    logits.forEach((logit, index) => expect(Math.abs(data.readInt8(index) * 5 / 255 - logit)).toBeLessThan(0.03));
  });

  test.each([
    ['another shape', npy('<f4', [1, 16, 48], pixels), /\(1, 16, 48\).+\(1, 16, 16, 3\)/],
    ['another type', npy('|u1', [1, 16, 16, 3], new Uint8Array(768)), /uint8.+float32/],
    ['float64', npy('<f8', [1, 16, 16, 3], new Float64Array(768)), /type is '<f8', but/],
    ['Fortran order', npy('<f4', [1, 16, 16, 3], pixels, {order: 'True'}), /Fortran/],
    ['too few elements', npy('<f4', [1, 16, 16, 3], pixels.subarray(1)), /needs 3072 bytes.+has 3068/],
    ['too many elements', npy('<f4', [1, 16, 16, 2], pixels), /needs 2048 bytes.+has 3072/],
    ['a shape that overflows', npy('<f4', Array(6).fill(999999999), pixels), /overflow|needs/],
    ['seven dimensions', npy('<f4', Array(7).fill(1), pixels), /at most 6/],
    ['version 3', npy('<f4', [1, 16, 16, 3], pixels, {version: 3}), /version 3/],
    ['a cut header', npy('<f4', [1, 16, 16, 3], pixels).subarray(0, 40), /header/],
    ['no array', Buffer.from('hello world!'), /not a \.npy/],
    ['an empty file', Buffer.alloc(0), /not a \.npy/],
  ])('refuses %s', (name, bytes, message) => {
    const {code, err} = run(FLOAT32, name.replaceAll(' ', '-'), bytes);
    expect(code).toBe(1);
    expect(err).toMatch(message);
  });

  test('wrong usage: no --out, no model, too many inputs', () => {
    const [input, output] = paths('usage');
    writeFileSync(input, npy('<f4', [1, 16, 16, 3], pixels));
    expect(insitu(form, ['run', FLOAT32, '--in', input]).code).toBe(2);
    expect(insitu(form, ['run', '--in', input, '--out', output]).code).toBe(2);
    const {code, err} = insitu(form, ['run', FLOAT32, '--in', input, '--in', input, '--out', output]);
    expect(code).toBe(2);
    expect(err).toContain('1 inputs and 1 outputs');
  });

  test('an output that cannot be written is a failure', () => {
    const [input] = paths('unwritable');
    writeFileSync(input, npy('<f4', [1, 16, 16, 3], pixels));
    const {code, err} = insitu(form, ['run', FLOAT32, '--in', input, '--out', join(folder, 'none', 'out.npy')]);
    expect(code).toBe(1);
    expect(err).toContain('cannot create');
  });
});
