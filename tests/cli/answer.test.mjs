// The whole record of an answer, and the options that change what of it is printed.
import {cpSync, existsSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {deflateSync, inflateSync} from 'node:zlib';
import {afterAll, describe, expect, test} from '@jest/globals';
import {forms, insitu, lines, ROOT, scratchFolder, SPOTS} from './command.mjs';

const folder = scratchFolder(afterAll);
const PACK = join(ROOT, 'tests/packs/stripes');
const CHECKED = join(PACK, 'selftest/checked.png');
const LYING = join(PACK, 'selftest/lying.png');
// 32 x 32 black pixels, which the pack refuses as too dark.
const OTHER = join(folder, 'black.png');
writeFileSync(OTHER, Buffer.from('iVBORw0KGgoAAAANSUhEUgAAACAAAAAgCAAAAABWESUoAAAAEklEQVR42mNgGAWjYBSMAuwAAAQgAAF8we+4AAAAAElFTkSuQmCC', 'base64'));

// Width, height and the pixels' bytes of a PNG with filter 0 alone, each CRC left to the core's decoder.
function readPng(bytes) {
  const data = [];
  for (let at = 8; at < bytes.length; at += 12 + bytes.readUInt32BE(at)) {
    if (bytes.toString('latin1', at + 4, at + 8) === 'IDAT') data.push(bytes.subarray(at + 8, at + 8 + bytes.readUInt32BE(at)));
  }
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  const rows = inflateSync(Buffer.concat(data));
  const pixels = [];
  for (let y = 0; y < height; ++y) pixels.push(...rows.subarray(y * (1 + 3 * width) + 1, (y + 1) * (1 + 3 * width)));
  return {width, height, pixels};
}

// CRC-32 as PNG has it (ISO 3309), bit by bit.
const crc = (bytes) => ~bytes.reduce((sum, byte) => {
  let rest = sum ^ byte;
  for (let bit = 0; bit < 8; ++bit) rest = (rest >>> 1) ^ (rest & 1 ? 0xedb88320 : 0);
  return rest;
}, -1) >>> 0;

// A grey PNG of side x side pixels. value: (x, y) -> 0..255
function greyPng(side, value) {
  const rows = Array.from({length: side}, (_, y) => [0, ...Array.from({length: side}, (__, x) => value(x, y))]);
  const chunk = (type, data) => {
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    const named = Buffer.concat([Buffer.from(type), data]);
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc(named));
    return Buffer.concat([length, named, sum]);
  };
  const header = Buffer.from([0, 0, 0, side, 0, 0, 0, side, 8, 0, 0, 0, 0]);
  return Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.from(rows.flat()))), chunk('IEND', Buffer.alloc(0))]);
}

describe.each(forms)('%s: insitu classify', (form) => {
  const classify = (...args) => {
    const {code, out, err} = insitu(form, ['classify', '--pack', PACK, ...args]);
    return {code, err, found: lines(out), line: lines(out)[0]};
  };

  test('an answer: decision, action, set, groups, scores, typicality, quality and the picture\'s facts', () => {
    const {code, line} = classify(CHECKED);
    expect(code).toBe(0);
    expect(Object.keys(line)).toEqual(['file', 'ok', 'decision', 'action', 'reasons', 'top', 'set', 'groups', 'classes',
      'typicality', 'quality', 'picture', 'model', 'ms']);
    expect(line).toMatchObject({decision: 'answer', action: 'soon', reasons: [], top: {id: 'checked', label: 'Checks'}, set: ['checked'],
      groups: [{id: 'crossing', label: 'Stripes that cross', limit: 0.1, reached: true}],
      picture: {format: 'png', decoder: 'insitu', width: 32, height: 32, orientation: 1}});
    expect(line.groups[0].p).toBeCloseTo(line.top.p, 6);
  });

  test('a picture that the pack refuses is rejected: no top, set, action or groups', () => {
    const {code, line} = classify(OTHER);
    expect(code).toBe(0); // it was looked at, and that is what there is to say
    expect(line).toMatchObject({ok: true, decision: 'reject'});
    expect(line.reasons).toContainEqual({id: 'too-dark', value: 1, limit: 0.9});
    for (const key of ['top', 'set', 'action', 'groups']) expect(line).not.toHaveProperty(key);
    expect(line.classes.map(({id}) => id)).toEqual(['standing', 'lying', 'checked']);
  });

  test('--plain: the line of version 0.1, and a reject fails', () => {
    const {code, found} = classify('--plain', CHECKED, OTHER);
    expect(code).toBe(1);
    expect(Object.keys(found[0])).toEqual(['file', 'ok', 'top', 'classes', 'model', 'ms']);
    expect(Object.keys(found[0].classes[0])).toEqual(['id', 'label', 'p']);
    expect(Object.keys(found[0].model)).toEqual(['id', 'version', 'variant']);
    expect(found[1]).toMatchObject({file: OTHER, ok: false, status: 'rejected'});
    expect(found[1]).not.toHaveProperty('top');
  });

  test('--language: labels of the pack\'s texts', () => {
    const labels = JSON.parse(readFileSync(join(PACK, 'texts/ar.json'), 'utf8')).classes;
    expect(classify('--language', 'ar', CHECKED).line.top.label).toBe(labels.checked.label);
    expect(classify('--language', 'xx', CHECKED)).toMatchObject({code: 1, line: {ok: false, message: expect.stringContaining('but in: en, ar')}});
    expect(lines(insitu(form, ['classify', '--pack', SPOTS, '--language', 'en', CHECKED]).out)[0])
      .toMatchObject({ok: false, status: 'invalid-argument', message: expect.stringContaining('format is 1')});
  });

  test('texts with a byte order mark are read', () => {
    const copy = join(folder, `${form}-marked`);
    cpSync(PACK, copy, {recursive: true});
    writeFileSync(join(copy, 'texts/en.json'), `\uFEFF${readFileSync(join(PACK, 'texts/en.json'), 'utf8')}`);
    expect(lines(insitu(form, ['classify', '--pack', copy, CHECKED]).out)[0].top.label).toBe('Checks');
  });

  test('--map draws over the judged square, warm where the class is seen', () => {
    const file = join(folder, `${form} map.png`);
    const {code, line} = classify('--map', file, LYING);
    expect({code, ok: line.ok}).toEqual({code: 0, ok: true});
    const {width, height, pixels} = readPng(readFileSync(file));
    expect([width, height]).toEqual([32, 32]);
    expect(pixels.some((value, index) => index % 3 === 0 && value > pixels[index + 2] + 40)).toBe(true);
    expect(classify(file).line.ok).toBe(true); // each chunk's CRC is right
  });

  // With views turned otherwise than the picture lies, a picture's map and its mirror image's would be one.
  test.each([[2, 'mirrored', (x, y) => [31 - x, y]], [4, 'upside down', (x, y) => [x, 31 - y]]])(
    'the map of %d views lies as the picture does: %s, so is the map', (views, name, turn) => {
      const copy = join(folder, `${form}-${views}-views`);
      cpSync(PACK, copy, {recursive: true});
      const pack = JSON.parse(readFileSync(join(PACK, 'pack.json'), 'utf8'));
      writeFileSync(join(copy, 'pack.json'), JSON.stringify({...pack, input: {...pack.input, views}}));
      // Edges in one corner alone.
      const value = (x, y) => (x < 12 && y < 10 ? 128 + 100 * Math.sin(x + y / 4) : 120);
      const mapOf = (file, at) => {
        writeFileSync(join(folder, file), greyPng(32, (x, y) => Math.round(value(...at(x, y)))));
        const {map, ok} = lines(insitu(form, ['classify', '--pack', copy, '--map', join(folder, `${file}.map.png`), join(folder, file)]).out)[0];
        expect(ok).toBe(true);
        return (x, y) => map.values[y * map.width + x];
      };
      const [upright, turned] = [mapOf(`${form}-upright.png`, (x, y) => [x, y]), mapOf(`${form}-turned.png`, turn)];
      const places = Array.from({length: 15 * 15}, (_, index) => [index % 15, Math.floor(index / 15)]);
      const back = ([x, y]) => (name === 'mirrored' ? [14 - x, y] : [x, 14 - y]);
      for (const place of places) expect([place, turned(...back(place))]).toEqual([place, expect.closeTo(upright(...place), 2)]);
      expect(Math.max(...places.map((place) => Math.abs(turned(...place) - upright(...place))))).toBeGreaterThan(0.5);
    });

  test('--map of a rejected picture answers, says so and writes nothing', () => {
    const file = join(folder, `${form}-none.png`);
    const {code, err, line} = classify('--map', file, OTHER);
    expect([code, line.decision, 'map' in line]).toEqual([0, 'reject', false]);
    expect(err).toContain('was rejected');
    expect(existsSync(file)).toBe(false);
    expect(classify('--map', file, CHECKED, LYING)).toMatchObject({code: 2, found: []});
    expect(classify('--map', join(folder, 'none/a.png'), CHECKED)).toMatchObject({code: 1, line: {status: 'io'}});
    // A network whose last feature map is its input has none to draw; the answer itself does not need one.
    const bare = ['--model', 'tests/cli/spots/spots-float32.tflite'];
    expect(lines(insitu(form, ['classify', ...bare, '--map', file, CHECKED]).out)[0])
      .toMatchObject({ok: false, status: 'unsupported', message: expect.stringContaining('there is no map')});
    expect(lines(insitu(form, ['classify', ...bare, CHECKED]).out)[0]).toMatchObject({ok: true});
  });
});
