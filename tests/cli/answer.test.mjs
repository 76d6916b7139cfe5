// The whole record of an answer, and the options that change what of it is printed.
import {cpSync, existsSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {inflateSync} from 'node:zlib';
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

  test('--map of a rejected picture is an error, and writes nothing', () => {
    const file = join(folder, `${form}-none.png`);
    const {code, line} = classify('--map', file, OTHER);
    expect(code).toBe(1);
    expect(line).toMatchObject({ok: false, status: 'unsupported', message: expect.stringContaining('rejected')});
    expect(existsSync(file)).toBe(false);
    expect(classify('--map', file, CHECKED, LYING)).toMatchObject({code: 2, found: []});
    expect(classify('--map', join(folder, 'none/a.png'), CHECKED)).toMatchObject({code: 1, line: {status: 'io'}});
  });
});
