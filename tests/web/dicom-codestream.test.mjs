// JPEG 2000 and JPEG-LS in DICOM files, by the libraries themselves: frames of
// mostly 4 x 2 pixels that OpenJPEG, OpenJPH and CharLS wrote, and what is wrong with
// others. JPEG of twelve bits by our own reader.
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
const J2K_COLOURS_OF_16 = bytes('ff4fff51002f0000000000040000000200000000000000000000000400000002000000000000000000030f01010f01010f0101ff52000c00000001010004040001ff5c00044080ff640025000143726561746564206279204f70656e4a5045472076657273696f6e20322e352e34ff90000a00000000003d0001ff93cffc303c0640c3c50d19485c2d245fc31bf017c1fe028001d8800403780026f08fc1fe02800890940403780026f08fffd9');
const HT_COLOURS_OF_16 = bytes('ff4fff51002f4000000000040000000200000000000000000000000400000002000000000000000000030f01010f01010f0101ff50000800020000000bff52000c00020001010504044001ff5c00132090989898989898989898989898909090ff64001700014f70656e4a50482056657220302e32362e332eff90000a0000000000590001ff93c00013000bfd03877400c0001300def503877400c0001300dff503877400000000000000000000c0000980a693050774000000c00013400015209ec1012134007e06fd0cfe016234000000ffd9');
const LS_PLANES = bytes('ffd8fff70011050010001003011100021100031100ffda0008010100000000003bff7dff7fff78ffda0008010200000000000aff7f7fff7ffcffda00080103000000002bff7dff7fff78ffd9'); // 16 x 16 times 10, 20 and 30
const HT = bytes('ff4fff5100294000000000040000000200000000000000000000000400000002000000000000000000010f0101ff50000800020000000aff52000c00020001000504044001ff5c00132088909090909090909090909090888888ff64001700014f70656e4a50482056657220302e32362e332eff90000a0000000000450001ff93c0002605f605077400000000c00013000dfc02877400c0002780005440002a00ff070700c23400fe37f1fe00e23400fd2f09fe00e23400ffd9');
const HT_COLOURS = bytes('ff4fff51002f400000000004000000020000000000000000000000040000000200000000000000000003070101070101070101ff500008000200000003ff52000c00020001010504044001ff5c00132050585858585858585858585858505050ff64001700014f70656e4a50482056657220302e32362e332eff90000a00000000004b0001ff93c01280ef00077400c01280f200c77400c01280f300c77400000000000000000000c0094086010774000000c012c01300fa00013400eeee004234000000ffd9');
const SIZE = {width: 4, height: 2, samplesPerPixel: 1};

let openjpeg, charls;
beforeAll(async () => {
  const quiet = () => ({print() {}, printErr() {}});
  openjpeg = await require('@cornerstonejs/codec-openjpeg/decodewasmjs')(quiet());
  charls = await require('@cornerstonejs/codec-charls/decodewasmjs')(quiet());
});
const libraryOf = (coding) => ({'JPEG-LS': charls, 'JPEG 2000': openjpeg})[coding] ?? null;
const decode = (coding, stream, expected = SIZE) => decodeCodestream(libraryOf(coding), coding, stream, expected);

describe('samples', () => {
  test.each([['JPEG 2000', J2K], ['JPEG 2000', J2K_BOXED], ['JPEG 2000', HT], ['JPEG-LS', LS]])('of sixteen bits (%s)', (coding, stream) => {
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
  test.each([['JPEG 2000', J2K_COLOURS], ['JPEG 2000', HT_COLOURS], ['JPEG-LS', LS_COLOURS]])('of three colours, pixel after pixel (%s)', (coding, stream) => {
    const {samples, ...rest} = decode(coding, stream, {...SIZE, samplesPerPixel: 3});
    expect([[...samples], rest]).toEqual([COLOURS, {bits: 8, isPlanar: false}]);
  });
  test.each([[12, 150, J2K_COLOURS_OF_12], [16, 2800, J2K_COLOURS_OF_16], [16, 2800, HT_COLOURS_OF_16]])('of three colours of %i bits, as pydicom reads them (JPEG 2000)', (bits, step, stream) => {
    const {samples, ...rest} = decode('JPEG 2000', stream, {...SIZE, samplesPerPixel: 3});
    expect([words({samples}), rest]).toEqual([COLOURS.map((_, index) => step * index), {bits, isPlanar: false}]);
  });
});

describe('is refused', () => {
  test.each([['JPEG 2000', J2K], ['JPEG-LS', LS]])('before it is decoded where it has another size (%s)', (coding, stream) => {
    const none = {J2KDecoder: class { constructor() { throw new Error('it was asked to decode'); } }};
    for (const expected of [{...SIZE, width: 8}, {...SIZE, height: 1}, {...SIZE, samplesPerPixel: 3}]) {
      expect(() => decodeCodestream(none, coding, stream, expected)).toThrow(/^has 4 x 2 pixels of 1 samples, where the file says/);
    }
  });
  test.each([['JPEG 2000', J2K], ['JPEG 2000', HT], ['JPEG-LS', LS]])('where it is cut anywhere (%s)', (coding, stream) => {
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
  test('in a sentence, too, where the library traps', () => {
    const trapping = {J2KDecoder: class {
      getEncodedBuffer(length) { return new Uint8Array(length); }

      decode() { throw new WebAssembly.RuntimeError('memory access out of bounds'); }

      delete() { throw new WebAssembly.RuntimeError('table index is out of bounds'); }
    }};
    expect(() => decodeCodestream(trapping, 'JPEG 2000', J2K, SIZE)).toThrow(expect.objectContaining({status: 'damaged', message: 'cannot be read: memory access out of bounds'}));
  });
  test.each(['JPEG 2000', 'JPEG-LS', 'JPEG'])('where it is something else (%s)', (coding) => {
    expect(() => decode(coding, bytes('ffd8ffdb004300'))).toThrow('is cut off or damaged');
    expect(() => decode(coding, new Uint8Array(1000))).toThrow('is cut off or damaged');
  });
  test('and the library reads the next one', () => {
    expect(words(decode('JPEG-LS', LS))).toEqual(GREYS);
    expect(words(decode('JPEG 2000', J2K))).toEqual(GREYS);
  });
});

// What libjpeg-turbo 3.1.3 wrote, and what it reads.
const JPEG = bytes('ffd8ffe000104a46494600010100000100010000ffdb0043000d090a0b0a080d0b0a0b0e0e0d0f13201513121213271c1e17202e2931302e292d2c333a4a3e333646372c2d405741464c4e525352323e5a615a50604a51524fffc1000b0c000d000b01011100ffc400150001010000000000000000000000000000090affc40026100001020502060300000000000000000001020304050608110731000912212241146191ffda0008010100003f00696c7f9c8e975b1d9931a25514fa1d99c352ef88947584952c23a012a1dc03dce5270939041383c04971f4ac4ead5c0569a852988887206a198aa3195a169502952523208c83b7a3f9b71335cdb2ecb5874e399a3f4bd3353c4c349d73e75a4c3a5c5f886d65007512490480ac7d60e7715b76412293d59673a633e9e4bda889846ca02de7081e4438b48dc1f4071fffd9');
const JPEG_SIZE = {width: 11, height: 13, samplesPerPixel: 1};
const JPEG_GREYS = [2060, 2668, 3220, 3584, 3857, 3881, 3780, 3505, 2886, 2287, 1699, 2051, 2662, 3116, 3615, 3896, 3786, 3684, 3273, 2827, 2203, 1673, 1968, 2621, 3085, 3438, 3500, 3652, 3574, 3272, 2717, 2240, 1668, 1991, 2571, 2837, 3189, 3503, 3398, 3293, 3063, 2689, 2177, 1790, 2129, 2296, 2766, 2914, 2995, 3188, 3040, 2688, 2525, 2242, 1833, 2083, 2213, 2446, 2654, 2565, 2655, 2582, 2493, 2257, 2055, 1934, 2114, 2162, 2056, 2108, 2217, 2078, 2104, 2152, 2177, 2147, 1988, 2024, 1913, 1923, 1757, 1694, 1727, 1744, 1782, 1824, 1985, 2089, 2099, 1847, 1562, 1415, 1265, 1312, 1337, 1508, 1612, 1931, 2112, 1928, 1628, 1249, 1056, 1021, 848, 900, 1206, 1521, 1902, 2229, 2116, 1574, 1028, 780, 554, 445, 683, 877, 1409, 1851, 2349, 1986, 1498, 844, 467, 373, 173, 515, 688, 1277, 1761, 2405, 2051, 1326, 967, 574, 187, 193, 307, 613, 1259, 1738, 2418];

// A row of blocks of one grey each, every value quantised by 8, its table in words: a coefficient is a level then. Codes of
// five bits for the differences' sizes; one of one bit behind each, which ends the block.
function flatJpeg(greys, {interval = 0, markOf = (index) => 0xd0 + (index & 7), end = 0, more = '', bits = 12, num_codes = 16} = {}) {
  const u16 = (value) => [value >> 8, value & 255];
  const scan = [];
  let row = '';
  let before = 0;
  const flush = () => {
    scan.push(...(row.match(/.{1,8}/g) ?? []).map((byte) => parseInt(byte.padEnd(8, '1'), 2)).flatMap((byte) => (byte === 255 ? [255, 0] : [byte])));
    [row, before] = ['', 0];
  };
  for (const [index, grey] of greys.entries()) {
    if (interval && index && index % interval === 0) {
      flush();
      scan.push(0xff, markOf(index / interval - 1));
    }
    const difference = grey - 2048 - before;
    before = grey - 2048;
    const size = difference === 0 ? 0 : Math.floor(Math.log2(Math.abs(difference))) + 1;
    row += size.toString(2).padStart(5, '0') + (size ? (difference < 0 ? difference + 2 ** size - 1 : difference).toString(2).padStart(size, '0') : '') + '0' + more;
  }
  flush();
  return Uint8Array.from([0xff, 0xd8, 0xff, 0xdb, 0, 131, 0x10, ...new Array(64).fill([0, 8]).flat(),
    0xff, 0xc4, 0, 19 + num_codes + 18, 0, 0, 0, 0, 0, num_codes, ...new Array(11).fill(0), ...new Array(num_codes).keys(), 0x10, 1, ...new Array(15).fill(0), end,
    ...(interval ? [0xff, 0xdd, 0, 4, ...u16(interval)] : []), 0xff, 0xc1, 0, 11, bits, 0, 8, ...u16(8 * greys.length), 1, 1, 0x11, 0,
    0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, ...scan, 0xff, 0xd9]);
}

describe('JPEG of twelve bits', () => {
  const FLAT = [0, 4095, 2048, 2047, 100, 4000, 1, 2, 3, 4000];
  const FLAT_SIZE = {width: 80, height: 8, samplesPerPixel: 1};
  const row = (stream) => words12(decode('JPEG', stream, FLAT_SIZE)).filter((_, index) => index < 80 && index % 8 === 5);
  const words12 = ({samples}) => [...new Uint16Array(samples.buffer)];

  test('is within one of what libjpeg-turbo makes of it, whose transform rounds on its way', () => {
    const decoded = decode('JPEG', JPEG, JPEG_SIZE);
    expect([decoded.bits, decoded.isPlanar, decoded.samples.length]).toEqual([12, false, 2 * JPEG_GREYS.length]);
    expect(Math.max(...words12(decoded).map((grey, index) => Math.abs(grey - JPEG_GREYS[index])))).toBeLessThanOrEqual(1);
  });
  test.each([0, 1, 3])('starts again every so many blocks (%i; 0: never)', (interval) => expect(row(flatJpeg(FLAT, {interval}))).toEqual(FLAT));
  test('ends at black and at white', () => expect(row(flatJpeg([-3, 5000, ...FLAT.slice(2)]))).toEqual([0, 4095, ...FLAT.slice(2)]));
  test.each([
    ['of another size', JPEG, {...JPEG_SIZE, width: 12}, /^has 11 x 13 pixels of 1 samples, where/],
    ['of colours, which the file does not say', JPEG.with(JPEG.indexOf(0xc1) + 8, 3), JPEG_SIZE, /^has 11 x 13 pixels of 3 samples/],
    ['of other bits', flatJpeg(FLAT, {bits: 8}), FLAT_SIZE, /^is cut off or damaged$/],
    ['that does not start again where it should', flatJpeg(FLAT, {interval: 4, markOf: () => 0xd1}), FLAT_SIZE, /^has no mark to start again at block 4$/],
    ['with more codes than there can be', flatJpeg(FLAT, {num_codes: 33}), FLAT_SIZE, /^is cut off or damaged$/],
    ['with a code that is none', flatJpeg(FLAT, {more: '11111'}), FLAT_SIZE, /^has a code that stands for nothing$/],
    ['with a difference of eighteen bits', flatJpeg([2 ** 17, ...FLAT.slice(1)], {num_codes: 20}), FLAT_SIZE, /^has a code that stands for nothing$/],
    ['with too many coefficients', flatJpeg(FLAT, {end: 0xf1, more: '1010101010'}), FLAT_SIZE, /^has a block of more than 64 coefficients$/],
  ])('is refused %s', (_, stream, expected, message) => {
    expect(() => decode('JPEG', stream, expected)).toThrow(expect.objectContaining({status: 'damaged', message: expect.stringMatching(message)}));
  });
  test.each([['of libjpeg-turbo', JPEG, JPEG_SIZE], ['that starts again', flatJpeg(FLAT, {interval: 2}), FLAT_SIZE]])('is refused where it is cut anywhere (%s), but for its end mark', (_, stream, expected) => {
    for (let length = 0; length < stream.length - 2; length++) {
      expect(() => decode('JPEG', stream.slice(0, length), expected)).toThrow(/^(is cut off or damaged|ends before its picture|has no mark to start again at block \d+)$/);
    }
    expect(words12(decode('JPEG', stream.slice(0, -2), expected))).toEqual(words12(decode('JPEG', stream, expected)));
  });
});

test.each([['JPEG', JPEG, JPEG_SIZE], ['JPEG 2000', HT, SIZE]])('whatever is changed, there are as many samples as there should be, or a sentence (%s)', async (coding, stream, expected) => {
  const library = coding === 'JPEG' ? null : await require('@cornerstonejs/codec-openjpeg/decodewasmjs')({print() {}, printErr() {}});
  let state = 1;
  const below = (end) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) % end;
  };
  const seen = new Set();
  for (let round = 0; round < 600; round++) {
    const changed = Array.from({length: 1 + below(3)}).reduce((all) => all.with(below(all.length), below(256)), stream);
    try {
      const {samples, bits} = decodeCodestream(library, coding, changed, expected);
      seen.add('samples');
      expect(samples.length).toBeGreaterThanOrEqual(expected.width * expected.height * (bits > 8 ? 2 : 1));
    } catch ({status, message}) {
      seen.add('refusals');
      expect([status, message]).toEqual([expect.stringMatching(/^(damaged|truncated|unsupported)$/), expect.stringMatching(/^(is|has|ends|cannot) \w/)]);
    }
  }
  expect(seen.size).toBe(2);
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
