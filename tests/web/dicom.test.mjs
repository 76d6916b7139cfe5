// DICOM's arithmetic, by the standard's own formulas and examples of its own.
import { describe, expect, test } from '@jest/globals';
import { colourPixels, palettePixels, unpackSegments } from '../../web/classifier/dicom/colour.js';
import { samplesOf, unpackRuns } from '../../web/classifier/dicom/frame.js';
import { greyPixels, storedValue, wholeWindow, windowed } from '../../web/classifier/dicom/grey.js';

const greys = (pixels) => Array.from(pixels).filter((_, index) => index % 4 === 0);
const options = (more = {}) => ({ rescale: { slope: 1, intercept: 0 }, window: null, padding: null, isInverted: false, ...more });

describe('stored values', () => {
  test.each([
    [{ bitsAllocated: 16, bitsStored: 12, highBit: 11, isSigned: false }, 0xf123, 0x123],
    [{ bitsAllocated: 16, bitsStored: 12, highBit: 11, isSigned: true }, 0x0fff, -1],
    [{ bitsAllocated: 16, bitsStored: 12, highBit: 15, isSigned: false }, 0x1230, 0x123],
    [{ bitsAllocated: 16, bitsStored: 16, highBit: 15, isSigned: true }, 0x8000, -32768],
    [{ bitsAllocated: 8, bitsStored: 8, highBit: 7, isSigned: false }, 200, 200],
  ])('%j of %d are %d', (format, raw, value) => expect(storedValue(format)(raw)).toBe(value));
});

describe('windows', () => {
  test('LINEAR, by PS3.3 C.11.2.1.2.1: a CT window of 40 and 400 in Hounsfield units', () => {
    // 1,024 is 0 HU: 255 × ((0 − 39.5) / 399 + 0.5)
    expect(greys(greyPixels([1024, 824, 1264, 0, 3000], options({ rescale: { slope: 1, intercept: -1024 }, window: { center: 40, width: 400, shape: 'LINEAR' } }))))
      .toEqual([102, 0, 255, 0, 255]);
  });
  test('LINEAR_EXACT and SIGMOID, and a width of 1 is a threshold', () => {
    expect(windowed({ center: 50, width: 100, shape: 'LINEAR_EXACT' })(75)).toBe(0.75);
    expect(windowed({ center: 50, width: 100, shape: 'SIGMOID' })(50)).toBe(0.5);
    expect([99, 100].map(windowed({ center: 100, width: 1, shape: 'LINEAR' }))).toEqual([0, 1]);
  });
  test('without one all that there is, padding aside; MONOCHROME1 is white at the low end', () => {
    expect(wholeWindow([-2000, 10, 110], (index) => index === 0)).toEqual({ center: 60, width: 100, shape: 'LINEAR_EXACT' });
    expect(greys(greyPixels([0, 50, 100], options()))).toEqual([0, 128, 255]);
    expect(greys(greyPixels([0, 50, 100], options({ isInverted: true })))).toEqual([255, 128, 0]);
    expect(greys(greyPixels([7, 7], options()))).toHaveLength(2);
  });
});

test('a table of greys that names more than its bits hold is white there, or black inverted', () => {
  const window = { first: 0, entries: [0, 255, 400], bits: 8 };
  expect(greys(greyPixels([0, 1, 2], options({ window })))).toEqual([0, 255, 255]);
  expect(greys(greyPixels([0, 1, 2], options({ window, isInverted: true })))).toEqual([255, 0, 0]);
});

test('what is shown is worked out once for each value that occurs, not for each pixel', () => {
  let num_asked = 0;
  const entries = new Proxy([0, 100, 200, 300], { get: (target, key) => { num_asked += key === '1' || key === '3'; return target[key]; } });
  const shown = greys(greyPixels(Array.from({ length: 1000 }, (_, index) => (index % 2 ? 3 : 1)), options({ rescale: { first: 0, entries, bits: 16 } })));
  expect([shown.length, shown[0], shown[999], num_asked]).toEqual([1000, 0, 255, 2]);
});

describe('bytes', () => {
  test('16 bits in either order', () => {
    expect([...samplesOf(Uint8Array.of(1, 2), 16, false), ...samplesOf(Uint8Array.of(1, 2), 16, true)]).toEqual([0x201, 0x102]);
  });
  // Header of 64 bytes: the number of segments, and where each begins.
  const runs = (...segments) => {
    const header = new Uint32Array(16);
    header[0] = segments.length;
    let at = 64;
    for (const [index, segment] of segments.entries()) {
      header[index + 1] = at;
      at += segment.length;
    }
    return Uint8Array.of(...new Uint8Array(header.buffer), ...segments.flat());
  };
  test('runs: literal, repeated, and a byte that means nothing', () => {
    expect([...unpackRuns(runs([1, 10, 20, 0x80, 254, 30]), 5, 1, 8)]).toEqual([10, 20, 30, 30, 30]);
  });
  test('runs of 16 bits: the high bytes come first', () => {
    expect([...new Uint16Array(unpackRuns(runs([1, 1, 2], [1, 3, 4]), 2, 1, 16).buffer)]).toEqual([0x103, 0x204]);
  });
  test('runs that end too early, and of another number of segments, are refused', () => {
    expect(() => unpackRuns(runs([1, 10, 20]), 5, 1, 8)).toThrow(expect.objectContaining({ status: 'truncated' }));
    expect(() => unpackRuns(runs([1, 10, 20]), 2, 3, 8)).toThrow(expect.objectContaining({ status: 'damaged' }));
  });
});

describe('colours', () => {
  test('interleaved and plane after plane are the same', () => {
    const wanted = [1, 2, 3, 255, 4, 5, 6, 255];
    expect([...colourPixels(Uint8Array.of(1, 2, 3, 4, 5, 6), 2, { photometric: 'RGB', isPlanar: false })]).toEqual(wanted);
    expect([...colourPixels(Uint8Array.of(1, 4, 2, 5, 3, 6), 2, { photometric: 'RGB', isPlanar: true })]).toEqual(wanted);
  });
  test('YBR_FULL and YBR_FULL_422', () => {
    expect([...colourPixels(Uint8Array.of(76, 85, 255), 1, { photometric: 'YBR_FULL', isPlanar: false })]).toEqual([254, 0, 0, 255]);
    expect([...colourPixels(Uint8Array.of(100, 50, 128, 128), 2, { photometric: 'YBR_FULL_422', isPlanar: false })]).toEqual([100, 100, 100, 255, 50, 50, 50, 255]);
  });
  test('a palette in segments: values, a line to one, and earlier segments again', () => {
    // Bytes: an offset has four of them. From 3: the line starts at the last value then.
    expect(unpackSegments(Uint8Array.of(0, 1, 5, 1, 4, 9, 2, 1, 3, 0, 0, 0), 9)).toEqual([5, 6, 7, 8, 9, 9, 9, 9, 9]);
    expect(unpackSegments(Uint8Array.of(0, 2, 5, 250, 2, 1, 0, 0, 0, 0), 4)).toEqual([5, 250, 5, 250]);
    // Words: two of them, and they count bytes. A line goes down, too, and is rounded.
    expect(unpackSegments(Uint16Array.of(0, 1, 60000, 1, 3, 59998, 2, 2, 0, 0), 8)).toEqual([60000, 59999, 59999, 59998, 60000, 59999, 59999, 59998]);
    expect(unpackSegments(Uint16Array.of(0, 2, 7, 8, 2, 1, 0, 0), 3)).toEqual([7, 8, 7]); // no more than asked for
  });
  test('a palette in segments that are not whole, or lead nowhere, has fewer entries', () => {
    for (const words of [[], [0], [0, 3, 1], [7, 1, 1], [2, 1, 0, 0], [0, 1, 5, 2, 65535, 6, 0], [1, 65535]]) {
      expect(unpackSegments(Uint16Array.from(words), 300).length).toBeLessThan(300);
    }
  });
  test('empty segments that are named again and again take no time', () => {
    const words = new Uint16Array(4000).fill(0); // behind the first 500, which name the rest, 65,535 at a time
    for (let i = 0; i < 500; i++) words.set([2, 65535, 4000, 0], 4 * i);
    let num_read = 0;
    const { subarray } = words;
    words.subarray = (...range) => {
      num_read++;
      return subarray.apply(words, range);
    };
    expect([unpackSegments(words, 256).length, num_read < 2000]).toEqual([0, true]);
  });
  test('a palette\'s ends stand for what is beyond them', () => {
    const channel = Uint8Array.of(9, 8);
    expect([...palettePixels([0, 5, 6, 100], { first: 5, channels: [channel, channel, channel] })].filter((_, index) => index % 4 === 0)).toEqual([9, 9, 8, 8]);
  });
});
