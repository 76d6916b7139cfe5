// The rectangle that will be judged: its shape, its bounds, its keys.
import { describe, expect, test } from '@jest/globals';
import { centreCrop, cropForKey, cropScale, largestCrop, MIN_SCALE, moveCrop, scaleCrop } from '../../web/lib/crop.js';

const SQUARE = { width: 192, height: 192 };
const pixels = (crop, picture) => (crop.width * picture.width) / (crop.height * picture.height);

describe.each([
  ['wide', { width: 4000, height: 3000 }],
  ['tall', { width: 3000, height: 4000 }],
  ['square', { width: 500, height: 500 }],
])('in a %s picture', (_, picture) => {
  test.each([[SQUARE], [{ width: 120, height: 90 }], [{ width: 90, height: 120 }]])('the largest keeps %p and fits', (input) => {
    const largest = largestCrop(picture, input);
    expect(pixels(largest, picture)).toBeCloseTo(input.width / input.height, 9);
    expect(Math.max(largest.width, largest.height)).toBe(1);
  });

  test('the centre crop lies in the middle', () => {
    const crop = centreCrop(picture, SQUARE, 0.8);
    expect(crop.x + crop.width / 2).toBeCloseTo(0.5, 9);
    expect(crop.y + crop.height / 2).toBeCloseTo(0.5, 9);
    expect(cropScale(crop, largestCrop(picture, SQUARE))).toBeCloseTo(0.8, 9);
  });

  test('no move and no scale leaves the picture or bends the shape', () => {
    const largest = largestCrop(picture, SQUARE);
    let crop = centreCrop(picture, SQUARE, 1);
    const keys = ['-', '-', '-', 'ArrowLeft', 'ArrowUp', '+', '+', '+', '+', 'ArrowDown', '-', 'ArrowRight'];
    for (let round = 0; round < 40; round++) {
      crop = cropForKey(crop, largest, keys[(round * 7) % keys.length], round % 3 === 0) ?? crop;
      expect(crop.x).toBeGreaterThanOrEqual(0);
      expect(crop.y).toBeGreaterThanOrEqual(0);
      expect(crop.x + crop.width).toBeLessThanOrEqual(1 + 1e-12);
      expect(crop.y + crop.height).toBeLessThanOrEqual(1 + 1e-12);
      expect(pixels(crop, picture)).toBeCloseTo(1, 9);
    }
  });
});

test('scaling is clamped at both ends', () => {
  const largest = largestCrop({ width: 100, height: 100 }, SQUARE);
  const crop = centreCrop({ width: 100, height: 100 }, SQUARE, 1);
  expect(cropScale(scaleCrop(crop, largest, 0), largest)).toBeCloseTo(MIN_SCALE, 9);
  expect(scaleCrop(crop, largest, 9)).toEqual({ x: 0, y: 0, width: 1, height: 1 });
});

test('moving stops at the edges', () => {
  expect(moveCrop({ x: 0.4, y: 0.4, width: 0.5, height: 0.5 }, 3, -3)).toEqual({ x: 0.5, y: 0, width: 0.5, height: 0.5 });
});

test('other keys are left to the browser', () => {
  const crop = { x: 0, y: 0, width: 0.5, height: 0.5 };
  for (const key of ['Tab', 'Enter', 'a', 'PageDown']) expect(cropForKey(crop, { width: 1, height: 1 }, key, false)).toBeNull();
});
