// What may be brought from a file, by names and words alone, before anything is unpacked or kept.
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, describe, expect, test} from '@jest/globals';
import {importedCache} from '../../web/classifier/client-imported.js';
import {filesOfPack, MAX_FILES, MAX_PACK_BYTES, requireFiles, staysInside, wantedOf} from '../../web/screens/models/archive.js';
import {idOf, labelsOf, openPoints, packOfBare} from '../../web/screens/models/bare.js';
import {requireTexts} from '../../web/screens/models/texts.js';

const ROOT = join(import.meta.dirname, '../..');
const STRIPES = join(ROOT, 'tests/packs/stripes');
const pack = JSON.parse(readFileSync(join(STRIPES, 'pack.json'), 'utf8'));
const texts = JSON.parse(readFileSync(join(STRIPES, 'texts/en.json'), 'utf8'));
const entries = (...paths) => paths.map((path) => ({path, size: 10}));
const reasonOf = (run) => {
  try {
    run();
  } catch (error) {
    return [error.reason, error.values];
  }
  return null;
};

describe('an archive', () => {
  test.each(['../a', 'a/../../b', '/a', '\\a', 'a\\..\\b', 'C:/a', './a', 'a//b', 'a/', '', 'a\0b', '..'])('%j lies outside', (path) => {
    expect(staysInside(path)).toBe(false);
    if (path !== '') expect(reasonOf(() => filesOfPack(entries('pack.json', path)))).toEqual(['import_outside', {name: path}]);
  });
  test.each(['a', 'a/b.txt', 'pack.json', '.hidden', 'a..b', '...'])('%j stays inside', (path) => expect(staysInside(path)).toBe(true));

  test('is a pack by itself or in its only folder; what other programs left behind is no pack', () => {
    expect([...filesOfPack(entries('pack.json', 'texts/en.json')).keys()]).toEqual(['pack.json', 'texts/en.json']);
    expect([...filesOfPack(entries('x/pack.json', 'x/card.md', '__MACOSX/pack.json', 'other.txt')).keys()]).toEqual(['pack.json', 'card.md']);
    expect(reasonOf(() => filesOfPack(entries('a/b/pack.json')))).toEqual(['import_no_pack', {}]);
    expect(reasonOf(() => filesOfPack(entries('a/pack.json', 'b/pack.json')))).toEqual(['import_packs', {names: 'a/pack.json, b/pack.json'}]);
    expect(reasonOf(() => filesOfPack(entries('pack.json', 'a', 'a')))).toEqual(['import_twice', {name: 'a'}]);
    expect(reasonOf(() => filesOfPack(entries('pack.json', ...Array.from({length: MAX_FILES}, (_, n) => `f${n}`))))).toEqual(['import_too_many', {most: MAX_FILES}]);
  });

  test('has all that its pack.json names, none larger than said, none named twice', () => {
    const wanted = wantedOf(pack);
    expect(wanted.map(({path}) => path)).toEqual(['pack.json', 'texts/en.json', 'texts/ar.json', 'card.md', 'stripes-float32.tflite']);
    const files = new Map(wanted.map(({path, most_bytes}) => [path, {path, size: Math.min(most_bytes, 100)}]));
    expect(requireFiles(files, wanted)).toBe(500);
    const model = 'stripes-float32.tflite';
    const {bytes} = pack.variants[0];
    expect(reasonOf(() => requireFiles(new Map([...files].filter(([path]) => path !== 'card.md')), wanted))).toEqual(['import_lacks', {name: 'card.md'}]);
    expect(reasonOf(() => requireFiles(new Map([...files, [model, {path: model, size: bytes + 1}]]), wanted)))
      .toEqual(['import_large', {name: model, bytes: bytes + 1, most: bytes}]);
    expect(reasonOf(() => wantedOf({...pack, card: model}))).toEqual(['import_twice', {name: model}]);
    expect(reasonOf(() => wantedOf({...pack, card: 'pack.json'}))).toEqual(['import_twice', {name: 'pack.json'}]);
    const large = Array.from({length: 3}, (_, n) => ({...pack.variants[0], name: `v${n}`, file: `v${n}.tflite`, bytes: MAX_PACK_BYTES / 2}));
    const many = wantedOf({...pack, variants: large});
    expect(reasonOf(() => requireFiles(new Map(many.map(({path, most_bytes}) => [path, {path, size: most_bytes}])), many))[0]).toBe('import_large');
  });
});

describe('a browser that gives the page no cache', () => {
  afterEach(() => { delete globalThis.isSecureContext; });

  test('is said to lack it, but not where the page came unencrypted: then no other browser helps', async () => {
    expect(globalThis.caches).toBe(undefined);
    globalThis.isSecureContext = true;
    await expect(importedCache()).rejects.toMatchObject({status: 'unsupported', lacks: 'Cache API'});
    globalThis.isSecureContext = false;
    await expect(importedCache()).rejects.toMatchObject({status: 'unsupported', lacks: '', message: expect.stringMatching(/https/)});
  });
});

describe('words from elsewhere', () => {
  test('those of every pack here can be shown', () => {
    for (const id of ['skin', 'skin-phone', 'apple-leaf']) {
      for (const language of JSON.parse(readFileSync(join(ROOT, 'models', id, 'pack.json'), 'utf8')).languages) {
        requireTexts(readFileSync(join(ROOT, 'models', id, `texts/${language}.json`), 'utf8'), language);
      }
    }
    requireTexts(JSON.stringify(texts), 'en');
  });
  test.each([
    ['name', {name: 3}], ['name', {name: ''}], ['name', {name: 'x'.repeat(9000)}], ['notices', {notices: {}}], ['notices', {notices: [1]}], ['tips', {tips: 'x'}],
    ['classes', {classes: {a: 'x'}}], ['classes', {classes: {a: {label: 'a', text: 'a'}}}], ['groups', {groups: []}], ['reasons', {reasons: {glare: {text: 'a', advice: 1}}}],
    ['evidence', {evidence: null}], ['intended_use', {intended_use: undefined}],
  ])('%s: %j is refused', (field, change) => {
    const [reason, values] = reasonOf(() => requireTexts(JSON.stringify({...texts, ...change}), 'texts/en.json'));
    expect([reason, values.name]).toEqual(['import_texts', 'texts/en.json']);
    expect(values.message).toContain(`"${field}"`);
  });
  test.each(['{', '[]', 'null', '3'])('%s is refused', (json) => expect(reasonOf(() => requireTexts(json, 'a'))[0]).toBe('import_texts'));
});

describe('a bare model', () => {
  test('labels are lines, with or without their numbers', () => {
    expect(labelsOf('a\r\nb\n c \n\n')).toEqual(['a', 'b', 'c']);
    expect(labelsOf('\uFEFF0 cat\n1 dog')).toEqual(['cat', 'dog']);
    expect(labelsOf('0\tcat\n1  dog')).toEqual(['cat', 'dog']);
    expect(labelsOf('0;red\r\n1;"green; dark"\r\n2; blue\r\n')).toEqual(['red', 'green; dark', 'blue']); // as spreadsheets save them
    expect(labelsOf('0,red\n1,"green, ""dark"""')).toEqual(['red', 'green, "dark"']);
    expect(labelsOf('0,5 mg\n1,5 mg')).toEqual(['0,5 mg', '1,5 mg']);
    expect(labelsOf('"red" one\n"green"dark"\n"')).toEqual(['"red" one', '"green"dark"', '"']);
    expect(labelsOf('0 cat\n2 dog')).toEqual(['0 cat', '2 dog']);
    expect(labelsOf('  \n')).toEqual([]);
  });
  test('an id is plain, whatever the file is called', () => {
    expect([idOf('My Model (1).tflite'), idOf('Ärzte.tflite'), idOf('模型.tflite'), idOf('../x/y.tflite')]).toEqual(['my-model-1', 'a-rzte', 'model', 'x-y']);
  });
  const reading = {
    task: 'multiclass', width: 48, height: 32, classes: [{id: '0', label: 'a'}, {id: '1', label: 'b'}],
    read_as: {output: 'logits of classes', output_from: 'x', pixels: '0..1', pixels_from: 'assumed, since the file does not say', labels_from: "the outputs' numbers"},
  };
  test('what its file leaves open is known by the core\'s own words', () => {
    expect(openPoints(reading)).toEqual({pixels: true, labels: true});
    expect(openPoints({...reading, read_as: {...reading.read_as, pixels_from: "the file's metadata", labels_from: "the file's metadata"}})).toEqual({pixels: false, labels: false});
  });
  test('what stands for its pack says no more than the file does', () => {
    const made = packOfBare({id: 'm', name: 'M', file: 'm.tflite', bytes: 9, sha256: 'ab'.repeat(32), reading});
    expect([made.licence.weights, made.intended_use, made.version, made.variants[0].metrics]).toEqual(['–', '', 'sha256-abababab', undefined]);
    expect(made.input).toMatchObject({width: 48, height: 32});
  });
});
