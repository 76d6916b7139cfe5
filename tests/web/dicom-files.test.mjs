// What a DICOM file says of its values, from its bytes to grey: files that are
// written here, an element at a time, drawn on a canvas that only keeps what is put.
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import {readablePicture} from '../../web/classifier/intake.js';
import {ascii, BIG, element, elementsOf, LITTLE, LONG, RUNS, u16, u32, withHead} from './dicom-writer.mjs';

let drawn;
const before = {document: globalThis.document, ImageData: globalThis.ImageData, createImageBitmap: globalThis.createImageBitmap};
beforeAll(() => {
  globalThis.ImageData = class { constructor(data) { this.data = data; } };
  const context = {putImageData: ({data}) => { drawn = data; }, getImageData: () => ({data: null})};
  globalThis.document = {createElement: () => ({getContext: () => context, toBlob: (give) => give(new Blob(['png'], {type: 'image/png'}))})};
  globalThis.createImageBitmap = () => Promise.reject(new Error('no such JPEG'));
});
afterAll(() => Object.assign(globalThis, before));

const JPEG = '1.2.840.10008.1.2.4.51';

async function pixels(bytes) {
  drawn = null;
  const picture = await readablePicture(new Blob([Uint8Array.from(bytes)]));
  return {type: picture.type, drawn: drawn && [...drawn]};
}
async function greys(more, values, options) {
  const {type, drawn: rgba} = await pixels(withHead(elementsOf(more, values, options), options?.syntax));
  expect(type).toBe('image/png');
  return rgba.filter((_, index) => index % 4 === 0);
}
const table = (first, bits, entries, vr = 'US') => [[0x00283002, vr, [entries.length, first, bits]], [0x00283006, 'OW', entries.flatMap((one) => u16(one))]];

describe('greys', () => {
  test('a table stands for a window, the ends for what is beyond them; it comes before a window beside it', async () => {
    const voi = [0x00283010, 'SQ', table(10, 8, [255, 51, 0])];
    expect(await greys([voi], [0, 10, 11, 99])).toEqual([255, 255, 51, 0]);
    expect(await greys([voi, [0x00281050, 'DS', '11'], [0x00281051, 'DS', '2']], [0, 10, 11, 99])).toEqual([255, 255, 51, 0]);
    // Looked up by Hounsfield units, whose first is -2.
    expect(await greys([[0x00281052, 'DS', '-5'], [0x00281053, 'DS', '1'], [0x00283010, 'SQ', table(0xfffe, 12, [0, 819, 4095], 'SS')]], [0, 3, 4, 5])).toEqual([0, 0, 51, 255]);
  });
  test('a table stands for the rescale', async () => {
    const modality = [0x00283000, 'SQ', table(0, 16, [1000, 0, 500])];
    expect(await greys([modality], [0, 1, 2, 3])).toEqual([255, 0, 128, 128]);
    expect(await greys([modality, [0x00281050, 'DS', '500'], [0x00281051, 'DS', '400'], [0x00281056, 'CS', 'LINEAR_EXACT']], [0, 1, 2, 2])).toEqual([255, 0, 128, 128]);
  });
  test('a table that is not whole is refused', async () => {
    const short = [[0x00283002, 'US', [9, 0, 8]], [0x00283006, 'OW', u16(1)]];
    await expect(greys([[0x00283010, 'SQ', short]], [0, 1, 2, 3])).rejects.toMatchObject({status: 'damaged', message: expect.stringContaining('table of greys')});
  });
  test('a table that has nothing in it is none', async () => {
    const nothing = [[0x00283002, 'US', []], [0x00283006, 'OW', []]];
    expect(await greys([[0x00283000, 'SQ', nothing], [0x00283010, 'SQ', nothing], [0x00281050, 'DS', ''], [0x00281051, 'DS', '']], [0, 51, 102, 255])).toEqual([0, 51, 102, 255]);
  });
  test.each([0x52009229, 0x52009230])('window and rescale of an enhanced file lie in its groups (%i)', async (groups) => {
    const group = [[0x00289132, 'SQ', [[0x00281050, 'DS', '20.5'], [0x00281051, 'DS', '21']]], [0x00289145, 'SQ', [[0x00281052, 'DS', '-10'], [0x00281053, 'DS', '2']]]];
    expect(await greys([[groups, 'SQ', group]], [5, 10, 15, 30])).toEqual([0, 0, 128, 255]);
  });
  test('a table in a group of an enhanced file is looked up by what the group’s rescale gives', async () => {
    const group = [[0x00289132, 'SQ', [[0x00283010, 'SQ', table(0xfffe, 12, [0, 819, 4095], 'SS')]]], [0x00289145, 'SQ', [[0x00281052, 'DS', '-5'], [0x00281053, 'DS', '1']]]];
    expect(await greys([[0x52009229, 'SQ', group]], [0, 3, 4, 5])).toEqual([0, 0, 51, 255]);
  });
  test('padding is from one value to another', async () => {
    expect(await greys([[0x00280120, 'US', 4095], [0x00280121, 'US', 4000]], [0, 50, 100, 4050])).toEqual([0, 128, 255, 255]);
    expect(await greys([[0x00280120, 'US', 4000]], [0, 50, 100, 4000])).toEqual([0, 128, 255, 255]);
  });
  test('a window may be narrower than one where it is exact', async () => {
    const exact = [[0x00281050, 'DS', '0.02'], [0x00281051, 'DS', '0.02'], [0x00281053, 'DS', '0.001'], [0x00281056, 'CS', 'LINEAR_EXACT']];
    expect(await greys(exact, [0, 15, 20, 40])).toEqual([0, 64, 128, 255]);
  });
  test('bytes in big-endian words', async () => {
    expect(await greys([], [102, 0, 255, 153], {syntax: BIG, vr: 'OW', bits: 8, stored: 8})).toEqual([0, 102, 153, 255]);
    expect(await greys([], [0, 102, 153, 255], {syntax: BIG, vr: 'OB', bits: 8, stored: 8})).toEqual([0, 102, 153, 255]);
  });
});

describe('a codestream knows better than the file how many bits its samples have, and which is their sign', () => {
  const {Worker: worker} = globalThis;
  afterAll(() => { globalThis.Worker = worker; });
  const J2K = '1.2.840.10008.1.2.4.90';
  let order;
  const read = (samples, bits, {syntax = J2K, frame = [0], ...options}) => {
    globalThis.Worker = class {
      postMessage(message) {
        order = message;
        queueMicrotask(() => this.onmessage({data: {decoded: {samples: Uint8Array.from(samples), bits, isPlanar: false}}}));
      }

      terminate() {}
    };
    return pixels(withHead(elementsOf([], frame, {syntax, ...options}), syntax)).then(({drawn: rgba}) => rgba.filter((_, index) => index % 4 !== 3));
  };
  const values = (drawnPixels) => drawnPixels.filter((_, index) => index % 3 === 0);

  test.each([
    ['eight bits with a sign', [0x80, 0xff, 0, 0x7f], 8, {stored: 16, signed: 1}],
    ['twelve bits without a sign, whose file says that they have one', [0, 8, 0xf8, 0xf, 0, 0, 0xf8, 7], 12, {stored: 16, signed: 1}],
    ['twelve bits with a sign, whose file says that they have none', [0, 0xf8, 0xf8, 0xff, 0, 0, 0xf8, 7], 12, {stored: 16, signed: 0}],
  ])('%s in sixteen', async (_, samples, bits, options) => {
    expect(values(await read(samples, bits, options))).toEqual(options.signed ? [0, 127, 128, 255] : [128, 255, 0, 127]);
  });
  test.each([
    [0, [0, 0, 0, 2, 0xff, 3, 0, 4], [0, 128, 255, 255]], // one more than 1,023, which a lossy coding may make of it, is no zero
    [1, [0, 0, 0xff, 1, 0, 2, 0xff, 3], [128, 255, 0, 127]],
  ])('twelve bits of a JPEG, of which the file stores ten (sign: %i)', async (signed, samples, wanted) => {
    expect(values(await read(samples, 12, {syntax: JPEG, frame: jpegOf(0xc1, 12), stored: 10, signed}))).toEqual(wanted);
    expect([order.coding, order.glue, order.wasm]).toEqual(['JPEG', undefined, undefined]);
  });
  test.each(['90', '91', '201', '202', '203'])('JPEG 2000 with blocks of either kind is read by one library (%s)', async (last) => {
    expect(values(await read([0, 0, 85, 0, 170, 0, 255, 0], 12, {syntax: `1.2.840.10008.1.2.4.${last}`}))).toEqual([0, 85, 170, 255]);
    expect([order.coding, order.glue]).toEqual(['JPEG 2000', expect.stringMatching(/wasm\/openjpeg\.mjs$/)]);
  });
  test.each([[12, 16], [12, 12], [16, 12], [16, 16]])('of colours of %i bits, of which the file stores %i, the highest eight are shown', async (bits, stored) => {
    const colours = [0, 0x1000, 0xf0, 0x80, 0xfff, 1, 0x7ff, 0x10, 0xf, 0x800, 0x123, 0x456].map((value) => value % 2 ** Math.min(bits, stored));
    const wanted = colours.map((value) => value >> (Math.min(bits, stored) - 8)); // as pydicom's, shifted
    expect(await read(colours.flatMap((one) => u16(one)), bits, {photometric: 'YBR_RCT', samples: 3, stored})).toEqual(wanted);
  });
  test('colours of eight bits in sixteen', async () => {
    const colours = [10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120];
    expect(await read(colours, 8, {photometric: 'RGB', samples: 3, stored: 16})).toEqual(colours);
  });
});

test.each([0, 2, 4])('%i samples a pixel are refused', async (samples) => {
  await expect(greys([], [0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3], {samples})).rejects.toMatchObject({status: 'unsupported', message: expect.stringContaining('samples a pixel')});
});

test('runs that are labelled YBR_FULL_422 hold three samples for each pixel', async () => {
  const header = new Uint32Array(16);
  header.set([3, 64, 70, 76]);
  const planes = [[3, 76, 76, 76, 76, 0x80], [253, 85, 0x80, 0x80, 0x80, 0x80], [253, 255, 0x80, 0x80, 0x80, 0x80]];
  const {drawn: rgba} = await pixels(withHead(elementsOf([], [...new Uint8Array(header.buffer), ...planes.flat()], {syntax: RUNS, samples: 3, photometric: 'YBR_FULL_422', bits: 8, stored: 8}), RUNS));
  expect(rgba).toEqual(new Array(4).fill([254, 0, 0, 255]).flat());
});

describe('colours', () => {
  const rgba = async (more, values, options) => (await pixels(withHead(elementsOf(more, values, options), options.syntax))).drawn;
  test.each([LITTLE, BIG])('of 16 bits show the highest eight that are stored (%s)', async (syntax) => {
    const colours = [0xf000, 0x0fff, 0x0800, 0x0010, 0x000f, 0, 0, 0, 0, 0xff0, 0xff0, 0xff0];
    expect(await rgba([], colours, {syntax, samples: 3, photometric: 'RGB'})).toEqual([0, 255, 128, 255, 1, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255, 255]);
    expect((await rgba([], colours, {syntax, samples: 3, photometric: 'RGB', stored: 16})).slice(0, 4)).toEqual([240, 15, 8, 255]);
  });
  const palette = (bits, segments) => [[0x00281101, 'US', [4, 0, bits]], ...[0x00281221, 0x00281222, 0x00281223].map((tag, index) => [tag, 'OW', segments[index]])];
  test('of a palette in segments', async () => {
    const options = {photometric: 'PALETTE COLOR', bits: 8, stored: 8};
    const words = [[0, 1, 0x1000, 1, 3, 0x4000], [0, 4, 0xff00, 0x100, 0x200, 0x300], [0, 1, 0, 1, 3, 0]].map((list) => list.flatMap((one) => u16(one)));
    const wanted = [16, 255, 0, 255, 32, 1, 0, 255, 48, 2, 0, 255, 64, 3, 0, 255];
    expect(await rgba(palette(16, words), [0, 1, 2, 3], options)).toEqual(wanted);
    expect(await rgba(palette(8, [[0, 1, 16, 1, 3, 64], [0, 4, 255, 1, 2, 3], [0, 1, 0, 1, 3, 0]]), [0, 1, 2, 3], options)).toEqual(wanted);
    await expect(rgba(palette(16, [words[0], [], words[2]]), [0, 1, 2, 3], options)).rejects.toMatchObject({status: 'damaged', message: expect.stringContaining('palette')});
  });
});

// Eight bits, 8 x 8, each sample the one before it plus a difference of one bit, by T.81 H.1.
function losslessJpeg(num_rows) {
  const bits = '0' + '11'.repeat(63); // category 0 for the first, then category 1, +1
  const padded = bits.slice(0, 1 + 2 * (8 * num_rows - 1)).padEnd(8 * Math.ceil((1 + 2 * (8 * num_rows - 1)) / 8), '1');
  const data = padded.match(/.{8}/g).map((byte) => parseInt(byte, 2)).flatMap((byte) => (byte === 255 ? [255, 0] : [byte]));
  return [0xff, 0xd8, 0xff, 0xc4, 0, 21, 0, 2, ...new Array(15).fill(0), 0, 1, 0xff, 0xc3, 0, 11, 8, 0, 8, 0, 8, 1, 1, 0x11, 0, 0xff, 0xda, 0, 8, 1, 1, 0, 1, 0, 0, ...data];
}
test('a lossless JPEG that ends too early is no half picture', async () => {
  const LOSSLESS = '1.2.840.10008.1.2.4.70';
  const file = (jpeg) => withHead(elementsOf([], jpeg, {syntax: LOSSLESS, bits: 8, stored: 8, width: 8, height: 8}), LOSSLESS);
  const whole = [...losslessJpeg(8), 0xff, 0xd9];
  const {drawn: rgba} = await pixels(file(whole));
  expect(rgba.filter((_, index) => index % 4 === 0)[63]).toBe(255);
  expect((await pixels(file(losslessJpeg(8)))).drawn).toEqual(rgba); // without its end mark
  for (const cut of [losslessJpeg(4), [...losslessJpeg(4), 0xff, 0xd9]]) {
    await expect(pixels(file(cut))).rejects.toMatchObject({status: 'truncated', message: expect.stringContaining('ends before its picture')});
  }
});

test('how a JPEG is coded, its own header says, whatever the file does', async () => {
  const file = (jpeg, syntax) => withHead(elementsOf([], jpeg, {syntax, bits: 8, stored: 8, width: 8, height: 8}), syntax);
  const levels = (await pixels(file([...losslessJpeg(8), 0xff, 0xd9], JPEG))).drawn.filter((_, index) => index % 4 === 0);
  expect([levels[0], levels[63]]).toEqual([0, 255]);
  for (const process of ['50', '55', '57', '70']) { // the browser is asked
    const baseline = [0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 1, 0xff, 0xc0, 0, 11, 8, 0, 8, 0, 8, 1, 1, 0x11, 0];
    await expect(pixels(file(baseline, `1.2.840.10008.1.2.4.${process}`))).rejects.toMatchObject({status: 'damaged', message: expect.stringContaining('no such JPEG')});
  }
});

const jpegOf = (coding, bits) => [0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 1, 0xff, coding, 0, 11, bits, 0, 1, 0, 4, 1, 1, 0x11, 0];
test.each([
  ['of twelve bits in several passes', jpegOf(0xc2, 12), {}], ['of twelve bits in colours', jpegOf(0xc1, 12), {samples: 3, photometric: 'RGB'}], ['of ten', jpegOf(0xc1, 10), {}],
])('a JPEG %s is not said to be damaged', async (_, jpeg, options) => {
  const bytes = withHead(elementsOf([], jpeg, {syntax: JPEG, ...options}), JPEG);
  await expect(pixels(bytes)).rejects.toMatchObject({status: 'unsupported', message: expect.stringMatching(/1[02] bits.*12 of grey in one pass: save it/)});
});

test('several frames are refused, and what to do is said', async () => {
  await expect(greys([[0x00280008, 'IS', '2']], [0, 1, 2, 3])).rejects.toMatchObject({status: 'several-frames', message: expect.stringMatching(/holds 2 frames.*save the one that you mean/)});
});

describe('what stands before the first element', () => {
  const elements = elementsOf([], [0, 51, 102, 255]);
  const levels = async (bytes) => (await pixels(bytes)).drawn?.filter((_, index) => index % 4 === 0);
  test('may be left out', async () => {
    expect(await levels(withHead(elements))).toEqual([0, 51, 102, 255]);
    const meta = [...element([0x00020000, 'UL', u32(28)]), ...element([0x00020010, 'UI', LITTLE])];
    expect(await levels([...meta, ...elements])).toEqual([0, 51, 102, 255]);
    expect(await levels([...element([0x00020010, 'UI', LITTLE]), ...elements])).toEqual([0, 51, 102, 255]); // no length of the group
    expect(await levels(elements)).toEqual([0, 51, 102, 255]);
    // The same without representations.
    const implicit = [];
    for (let at = 0; at < elements.length;) {
      const is_long = LONG.test(String.fromCharCode(elements[at + 4], elements[at + 5]));
      const length = is_long ? elements[at + 8] : elements[at + 6];
      const value = at + (is_long ? 12 : 8);
      implicit.push(...elements.slice(at, at + 4), ...u32(length), ...elements.slice(value, value + length));
      at = value + length;
    }
    expect(await levels(implicit)).toEqual([0, 51, 102, 255]);
  });
  test('other files stay as they are', async () => {
    for (const bytes of [[], [8], ascii('\x08\0\0\0hello, world'), ascii('\x89PNG\r\n\x1a\n'), new Array(500).fill(8)]) {
      const blob = new Blob([Uint8Array.from(bytes)]);
      expect(await readablePicture(blob)).toBe(blob);
    }
  });
});
