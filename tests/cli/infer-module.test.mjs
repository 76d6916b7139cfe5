// The infer module's ABI, as src/wasm/infer_module.c documents it, without a
// page: what the worker may rely on.
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {beforeAll, describe, expect, test} from '@jest/globals';
import {expectSpots, ROOT, SPOTS} from './command.mjs';

const GLUE = join(ROOT, 'build/web/wasm/infer-simd.mjs');
const packJson = readFileSync(join(SPOTS, 'pack.json'));

describe('infer module', () => {
  let module;
  const put = (bytes) => {
    const address = module._infer_alloc(bytes.length);
    expect(address).not.toBe(0);
    module.HEAPU8.set(bytes, address);
    return address;
  };
  const text = (string) => put(Buffer.from(`${string}\0`));
  const read = (address) => {
    if (address === 0) return null;
    const end = module.HEAPU8.indexOf(0, address);
    return new TextDecoder().decode(module.HEAPU8.slice(address, end));
  };
  const lastError = () => JSON.parse(read(module._infer_last_error_json(text('f'))));
  const openPack = () => module._infer_pack_open(put(packJson), packJson.length);
  const openClassifier = (name, change = (bytes) => bytes, verified = 0) => {
    const {file} = JSON.parse(read(module._infer_variant_json(text(name))));
    const model = change(readFileSync(join(SPOTS, file)));
    return module._infer_classifier_open(text(name), put(model), model.length, 1, verified);
  };
  const plain = (pixel) => put(Uint8Array.from({length: 16 * 16 * 3}, (_, index) => pixel[index % 3]));

  beforeAll(async () => {
    globalThis.self = {location: {href: `file://${GLUE}`}}; // the glue is made for a worker
    const {default: create} = await import(GLUE);
    module = await create({wasmBinary: readFileSync(GLUE.replace('.mjs', '.wasm'))});
  });

  test('nothing answers before a pack is open', () => {
    module._infer_close();
    expect(module._infer_input_width()).toBe(0);
    expect(module._infer_variant_json(0)).toBe(0);
    expect(lastError()).toMatchObject({file: 'f', ok: false, status: 'invalid-argument'});
    expect(module._infer_classify(plain([1, 2, 3]), 0, 0, 0, 0, 0)).not.toBe(0);
    expect(module._infer_answer_json(text('f'))).toBe(0);
  });

  test('a pack describes its input and variants', () => {
    expect(openPack()).toBe(0);
    expect([module._infer_input_width(), module._infer_input_height(), module._infer_input_crop_fraction()])
      .toEqual([16, 16, 1]);
    const {variants} = JSON.parse(packJson);
    for (const {name, file, bytes, sha256} of variants) {
      expect(JSON.parse(read(module._infer_variant_json(text(name))))).toEqual({name, file, bytes, sha256});
    }
    expect(JSON.parse(read(module._infer_variant_json(0))).name).toBe('float32');
    expect(module._infer_variant_json(text('int4'))).toBe(0);
  });

  test.each([[0, 'training'], [1, 'training'], [2, 'uniform']])('classifies under prior %d', (number, prior) => {
    expect(openPack()).toBe(0);
    expect(openClassifier('float32')).toBe(0);
    const pixel = [200, 90, 140];
    expect(module._infer_classify(plain(pixel), 0, 0, number, 0, 0)).toBe(0);
    const line = JSON.parse(read(module._infer_answer_json(text('a.jpg'))));
    expect(line).toMatchObject({file: 'a.jpg', ok: true, decision: expect.any(String), model: {variant: 'float32'}});
    const expected = expectSpots([pixel], {prior});
    line.classes.forEach(({id, p}) => expect(p).toBeCloseTo(expected[['red', 'green', 'blue'].indexOf(id)], 6));
  });

  test('a live view may do with fewer views than the pack names, and gets what a pack of so few would give', () => {
    const folder = join(ROOT, 'models/skin');
    const pack = JSON.parse(readFileSync(join(folder, 'pack.json'), 'utf8'));
    const {file, name} = pack.variants[0];
    const {width, height} = pack.input;
    // Its four quarters are unlike each other, so that each view is another picture.
    const rgb = Uint8Array.from({length: width * height * 3}, (_, at) => (at * 7 + (at % (width * 3) > width ? 90 : 0) + (at > width * height ? 60 : 0)) % 256);
    const classify = (views, most) => {
      const json = Buffer.from(JSON.stringify({...pack, input: {...pack.input, views}}));
      expect(module._infer_pack_open(put(json), json.length)).toBe(0);
      const model = readFileSync(join(folder, file));
      expect(module._infer_classifier_open(text(name), put(model), model.length, 1, 1)).toBe(0);
      if (module._infer_classify(put(rgb), 0, 0, 0, 0, most) !== 0) return lastError().message;
      return JSON.parse(read(module._infer_answer_json(text('a')))).classes.map(({id, score}) => [id, score]).sort();
    };
    expect(pack.input.views).toBe(4);
    const [whole, one, two] = [classify(4, 0), classify(1, 0), classify(2, 0)];
    expect(one).not.toEqual(whole);
    expect([classify(4, 1), classify(4, 2), classify(4, 4), classify(1, 4)]).toEqual([one, two, whole, one]);
    expect(classify(4, 3)).toBe('most_views is 3; it must be 1, 2 or 4, or 0 for the pack\'s own');
  });

  test('a model that is not the pack\'s is refused, and the classifier before it is closed', () => {
    expect(openPack()).toBe(0);
    expect(openClassifier('int8')).toBe(0);
    expect(openClassifier('float32', (bytes) => bytes.subarray(1))).not.toBe(0);
    expect(lastError().status).toBe('digest-mismatch');
    expect(module._infer_classify(plain([0, 0, 0]), 0, 0, 0, 0, 0)).not.toBe(0);
    expect(openClassifier('float32', (bytes) => { bytes[bytes.length - 1] ^= 1; return bytes; })).not.toBe(0);
    expect(lastError().message).toContain('SHA-256');
  });

  const openBare = (name, {labels = null, output = 0, width = 0, height = 0, low = 0, high = 0} = {}) => {
    const model = readFileSync(join(ROOT, `tests/golden/bare/${name}.tflite`));
    return module._infer_bare_open(put(model), model.length, text(`${name}.tflite`), labels === null ? 0 : text(labels), output, width, height, low, high, 1);
  };

  test('a model without a pack is opened as the command opens it, and says how', () => {
    expect(openBare('softmax', {labels: 'a\nb\nc', low: -1, high: 1})).toBe(0);
    const told = JSON.parse(read(module._infer_bare_json()));
    expect(told.classes.map(({label}) => label)).toEqual(['a', 'b', 'c']);
    expect(told.read_as).toMatchObject({pixels: '-1..1', pixels_from: 'asked for', labels_from: 'asked for'});
    expect([module._infer_input_width(), module._infer_input_height()]).toEqual([told.width, told.height]);
    expect(module._infer_classify(put(new Uint8Array(told.width * told.height * 3).fill(90)), 0, 0, 0, 0, 0)).toBe(0);
    expect(JSON.parse(read(module._infer_answer_json(text('a')))).read_as).toEqual(told.read_as);
    expect(openBare('open_size', {width: 48, height: 32})).toBe(0);
    expect(module._infer_input_width()).toBe(48);
  });

  test('a model without a pack that leaves something open, or is none, closes what was open', () => {
    expect(openBare('softmax')).toBe(0);
    expect(openBare('open_size')).not.toBe(0);
    expect(lastError()).toMatchObject({status: 'invalid-argument', message: expect.stringContaining('leaves the size open')});
    expect(module._infer_bare_json()).toBe(0);
    expect(module._infer_input_width()).toBe(0);
    expect(openBare('softmax', {labels: 'a\nb'})).not.toBe(0);
    expect(lastError().message).toContain('2 labels, but the model has 3 outputs');
    expect(openBare('softmax', {labels: Array.from({length: 3000}, () => 'x').join('\n')})).not.toBe(0);
    expect(lastError().message).toContain('1025 labels');
    expect(openPack()).toBe(0);
    expect(module._infer_bare_json()).toBe(0);
    expect(lastError().message).toContain('is not of a bare model');
  });

  test('a broken pack closes the one before', () => {
    expect(openPack()).toBe(0);
    expect(module._infer_pack_open(text('{'), 1)).not.toBe(0);
    expect(lastError().status).toBe('invalid-pack');
    expect(module._infer_input_width()).toBe(0);
  });

  test('opening and closing many times takes no more memory', () => {
    for (let i = 0; i < 20; ++i) { openPack(); openClassifier('float32'); module._infer_close(); }
    const before = module.HEAPU8.length;
    for (let i = 0; i < 500; ++i) {
      const json = put(packJson);
      expect(module._infer_pack_open(json, packJson.length)).toBe(0);
      module._infer_free(json);
      const model = readFileSync(join(SPOTS, 'spots-float32.tflite'));
      expect(module._infer_classifier_open(0, put(model), model.length, 1, 1)).toBe(0);
      module._infer_close();
    }
    expect(module.HEAPU8.length).toBe(before);
  });
});
