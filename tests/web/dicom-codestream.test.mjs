// JPEG 2000 and JPEG-LS in DICOM files, by the libraries themselves: frames of
// 4 x 2 pixels that OpenJPEG and CharLS wrote, and what is wrong with others.
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
    expect([decoded.bytes, words(decoded)]).toEqual([2, GREYS]);
  });
  test.each([['JPEG 2000', J2K_COLOURS], ['JPEG-LS', LS_COLOURS]])('of three colours, pixel after pixel (%s)', (coding, stream) => {
    const {samples, ...rest} = decode(coding, stream, {...SIZE, samplesPerPixel: 3});
    expect([[...samples], rest]).toEqual([COLOURS, {bytes: 1, isPlanar: false}]);
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
    [(worker) => worker.onmessage({data: {failure: 'is cut off or damaged'}}), {status: 'damaged', message: 'the DICOM picture\'s JPEG 2000 is cut off or damaged'}],
    [(worker) => worker.onmessage({data: {missing: 'no network'}}), {status: 'io', message: 'the reader for JPEG 2000 could not be fetched: no network'}],
    [(worker) => worker.onerror({}), {status: 'io', message: 'the reader for JPEG 2000 could not be started'}],
    [() => {}, {status: 'too-large', message: expect.stringContaining('was not read within 0.02 s')}],
  ])('which fails, or never answers, is ended too (%#)', async (answer, error) => {
    startWorker(answer);
    await expect(decodedCodestream('JPEG 2000', J2K, SIZE, {patience_ms: 20})).rejects.toMatchObject(error);
    expect(last().is_ended).toBe(true);
  });
});
