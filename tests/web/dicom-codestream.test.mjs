// JPEG 2000 and JPEG-LS in DICOM files, by the libraries themselves: frames of
// mostly 4 x 2 pixels that OpenJPEG and CharLS wrote, and what is wrong with others.
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import {createRequire} from 'node:module';
import {decodeCodestream} from '../../web/classifier/dicom/codestream.js';
import {decodedCodestream} from '../../web/classifier/dicom/codestreams.js';

const require = createRequire(import.meta.url);
const bytes = (hex) => Uint8Array.from(Buffer.from(hex, 'hex'));
const words = ({samples}) => [...new Uint16Array(samples.buffer)];

const GREYS = [0, 1000, 2000, 4095, 4095, 10, 20, 30];
const COLOURS = Array.from({length: 24}, (_, index) => 10 * index);
const J2K = bytes('ff4fff5100290000000000040000000200000000000000000000000400000002000000000000000000010f0101ff52000c00000001000004040001ff5c00044080ff640025000143726561746564206279204f70656e4a5045472076657273696f6e20322e352e34ff90000a0000000000220001ff93dff8908007ab3b956dda82ba1f7aa16a6cc40121ffd9');
const J2K_BOXED = bytes(`0000000c6a5020200d0a870a00000014667479706a703220000000006a7032200000002d6a7032680000001669686472000000020000000400010f0700000000000f636f6c7201000000000011000000946a703263${Buffer.from(J2K).toString('hex')}`);
const J2K_COLOURS = bytes('ff4fff51002f000000000004000000020000000000000000000000040000000200000000000000000003070101070101070101ff52000c00000001010004040001ff5c00044040ff640025000143726561746564206279204f70656e4a5045472076657273696f6e20322e352e34ff90000a00000000002a0001ff93cfb424064bf0827d48f205b4c1f20501d8800403c1f2050890940403ffd9');
const LS = bytes('ffd8fff7000b100002000401011100fff8000d01ffff0012004301140040ffda00080101000000009f3df3c22d80ff601fa5eec22480ffd9');
const LS_COLOURS = bytes('ffd8fff70011080002000403011100021100031100ffda000c0301000200030000020040020400008000772000772ddab362000003de000003de3700008e9c3668c8000474e0ffd9');
const J2K_SIGNED = bytes('ff4fff510029000000000004000000020000000000000000000000040000000200000000000000000001870101ff52000c00000001000004040001ff5c00044040ff640025000143726561746564206279204f70656e4a5045472076657273696f6e20322e352e34ff90000a0000000000190001ff93df804007c2140c67439441ffd9');
const J2K_SIGNED_OF_4 = bytes('ff4fff510029000000000004000000020000000000000000000000040000000200000000000000000001830101ff52000c00000001000004040001ff5c00044020ff640025000143726561746564206279204f70656e4a5045472076657273696f6e20322e352e34ff90000a0000000000170001ff93df206007f46ed9d317ffd9');
const J2K_COLOURS_OF_12 = bytes('ff4fff51002f0000000000040000000200000000000000000000000400000002000000000000000000030b01010b01010b0101ff52000c00000001000004040001ff5c00044060ff640025000143726561746564206279204f70656e4a5045472076657273696f6e20322e352e34ff90000a00000000003e0001ff93dfe03407c7036e23adbca7edb976d28dcfe434064c3b18f519333a1870a3c983cfe434064c389b9ddf550a357c49e6bfffd9');
const LS_PLANES = bytes('ffd8fff70011050010001003011100021100031100ffda0008010100000000003bff7dff7fff78ffda0008010200000000000aff7f7fff7ffcffda00080103000000002bff7dff7fff78ffd9'); // 16 x 16 times 10, 20 and 30
const SIZE = {width: 4, height: 2, samplesPerPixel: 1};

let openjpeg, charls;
beforeAll(async () => {
  const quiet = () => ({print() {}, printErr() {}});
  openjpeg = await require('@cornerstonejs/codec-openjpeg/decodewasmjs')(quiet());
  charls = await require('@cornerstonejs/codec-charls/decodewasmjs')(quiet());
});
const libraryOf = (coding) => (coding === 'JPEG-LS' ? charls : openjpeg);
const decode = (coding, stream, expected = SIZE) => decodeCodestream(libraryOf(coding), coding, stream, expected);

describe('samples', () => {
  test.each([['JPEG 2000', J2K], ['JPEG 2000', J2K_BOXED], ['JPEG-LS', LS]])('of sixteen bits (%s)', (coding, stream) => {
    const decoded = decode(coding, stream);
    expect([decoded.bits, words(decoded)]).toEqual([16, GREYS]);
  });
  test.each([
    [8, J2K_SIGNED, [-128, -100, -1, 0, 1, 100, 127, -5]],
    [4, J2K_SIGNED_OF_4, [-8, -3, -1, 0, 1, 3, 7, -5]],
  ])('of %i bits with a sign, which is not lost (JPEG 2000)', (bits, stream, values) => {
    const before = stream.slice();
    expect(decode('JPEG 2000', stream)).toEqual({samples: Uint8ClampedArray.from(values, (value) => value & (2 ** bits - 1)), bits, isPlanar: false});
    expect(stream).toEqual(before);
  });
  test('of three colours, one after the other (JPEG-LS)', () => {
    const {samples, ...rest} = decode('JPEG-LS', LS_PLANES, {width: 16, height: 16, samplesPerPixel: 3});
    expect([[0, 1, 2].map((plane) => new Set(samples.slice(256 * plane, 256 * (plane + 1)))), rest]).toEqual([[10, 20, 30].map((value) => new Set([value])), {bits: 5, isPlanar: true}]);
  });
  test.each([['JPEG 2000', J2K_COLOURS], ['JPEG-LS', LS_COLOURS]])('of three colours, pixel after pixel (%s)', (coding, stream) => {
    const {samples, ...rest} = decode(coding, stream, {...SIZE, samplesPerPixel: 3});
    expect([[...samples], rest]).toEqual([COLOURS, {bits: 8, isPlanar: false}]);
  });
});

describe('is refused', () => {
  test.each([['JPEG 2000', J2K], ['JPEG-LS', LS]])('before it is decoded where it has another size (%s)', (coding, stream) => {
    const none = {J2KDecoder: class { constructor() { throw new Error('it was asked to decode'); } }};
    for (const expected of [{...SIZE, width: 8}, {...SIZE, height: 1}, {...SIZE, samplesPerPixel: 3}]) {
      expect(() => decodeCodestream(none, coding, stream, expected)).toThrow(/^has 4 x 2 pixels of 1 samples, where the file says/);
    }
  });
  test.each([['JPEG 2000', J2K], ['JPEG-LS', LS]])('where it is cut anywhere (%s)', (coding, stream) => {
    for (let length = 0; length < stream.length; length++) {
      expect(() => decode(coding, stream.slice(0, length))).toThrow(/^(is cut off or damaged|cannot be read: .*\w)/);
    }
  });
  const COLOURED = {...SIZE, samplesPerPixel: 3};
  const changed = (...changes) => changes.reduce((stream, [at, value]) => stream.with(at, value), J2K_COLOURS);
  test.each([
    ['smaller second and third components', changed([46, 2], [47, 2], [49, 2], [50, 2])],
    ['a third component of another width', changed([49, 255])],
    ['a first component of another height', changed([44, 2])],
    ['a second component of more bits', changed([45, 15])],
    ['a third component with a sign', changed([48, 0x87])],
    ['an offset', changed([23, 1])],
  ])('before it is decoded where it has %s', (_, stream) => {
    const none = {J2KDecoder: class { constructor() { throw new Error('it was asked to decode'); } }};
    expect(() => decodeCodestream(none, 'JPEG 2000', stream, COLOURED)).toThrow(expect.objectContaining({status: 'unsupported', message: expect.stringContaining('different sizes or depths')}));
  });
  test('where it has colours of more than eight bits, which OpenJPEG as it is built here leaves black', () => {
    expect(() => decode('JPEG 2000', J2K_COLOURS_OF_12, COLOURED)).toThrow(expect.objectContaining({status: 'unsupported', message: 'has colours of 12 bits a sample; 8 are read'}));
  });
  test('in a sentence, too, where the library traps', () => {
    const trapping = {J2KDecoder: class {
      getEncodedBuffer(length) { return new Uint8Array(length); }

      decode() { throw new WebAssembly.RuntimeError('memory access out of bounds'); }

      delete() { throw new WebAssembly.RuntimeError('table index is out of bounds'); }
    }};
    expect(() => decodeCodestream(trapping, 'JPEG 2000', J2K, SIZE)).toThrow(expect.objectContaining({status: 'damaged', message: 'cannot be read: memory access out of bounds'}));
  });
  test.each(['JPEG 2000', 'JPEG-LS'])('where it is something else (%s)', (coding) => {
    expect(() => decode(coding, bytes('ffd8ffdb004300'))).toThrow('is cut off or damaged');
    expect(() => decode(coding, new Uint8Array(1000))).toThrow('is cut off or damaged');
  });
  test('and the library reads the next one', () => {
    expect(words(decode('JPEG-LS', LS))).toEqual(GREYS);
    expect(words(decode('JPEG 2000', J2K))).toEqual(GREYS);
  });
});

describe('by a worker', () => {
  const {Worker: before} = globalThis;
  afterAll(() => { globalThis.Worker = before; });
  const started = [];
  const startWorker = (answer) => {
    globalThis.Worker = class {
      constructor(url) { started.push(this); this.url = String(url); }
      postMessage(order) { this.order = order; queueMicrotask(() => answer(this, order)); }
      terminate() { this.is_ended = true; }
    };
  };
  const last = () => started.at(-1);

  test('which is told where its library lies, and is ended', async () => {
    startWorker((worker, {coding, bytes: stream, expected}) => worker.onmessage({data: {decoded: decode(coding, stream, expected)}}));
    expect(words(await decodedCodestream('JPEG-LS', LS, SIZE))).toEqual(GREYS);
    expect([last().url, last().order.glue, last().order.wasm].map((url) => url.replace(/.*\/(?=\w+\/[\w./-]+$)/, ''))).toEqual(
      [expect.stringContaining('codestream-worker.js'), 'wasm/charls.mjs', 'wasm/charls.wasm']);
    expect(last().is_ended).toBe(true);
  });
  test.each([
    [(worker) => worker.onmessage({data: {failure: 'is cut off or damaged', status: 'damaged'}}), {status: 'damaged', message: 'the DICOM picture\'s JPEG 2000 is cut off or damaged'}],
    [(worker) => worker.onmessage({data: {missing: 'no network'}}), {status: 'io', message: 'the reader for JPEG 2000 could not be fetched: no network'}],
    [(worker) => worker.onerror({}), {status: 'io', message: 'the reader for JPEG 2000 could not be started'}],
    [() => {}, {status: 'too-large', message: expect.stringContaining('was not read within 0.02 s')}],
  ])('which fails, or never answers, is ended too (%#)', async (answer, error) => {
    startWorker(answer);
    await expect(decodedCodestream('JPEG 2000', J2K, SIZE, {patience_ms: 20})).rejects.toMatchObject(error);
    expect(last().is_ended).toBe(true);
  });
});
