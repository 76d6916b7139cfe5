// A map's few cells as pixels and as words.
import { describe, expect, test } from '@jest/globals';
import { colourOf, heatAt, heatPixels, placeOf } from '../../web/lib/heat.js';

const map = { width: 2, height: 2, values: [0, 1, 0.5, 0.5] };

test('between the cells\' middles it is bilinear, beyond them it stays', () => {
  expect([heatAt(map, 0.25, 0.25), heatAt(map, 0.75, 0.25), heatAt(map, 0, 0), heatAt(map, 1, 0)]).toEqual([0, 1, 0, 1]);
  expect(heatAt(map, 0.5, 0.25)).toBeCloseTo(0.5, 9);
  expect(heatAt(map, 0.5, 0.5)).toBeCloseTo(0.5, 9);
  expect(heatAt(map, 0.25, 0.5)).toBeCloseTo(0.25, 9);
  expect(heatAt({ width: 1, height: 1, values: [0.3] }, 0.9, 0.1)).toBe(0.3);
});

test('the colours rise in lightness, and what is out of range is clamped', () => {
  const lightness = (heat) => colourOf(heat).reduce((sum, value, channel) => sum + value * [0.2126, 0.7152, 0.0722][channel], 0);
  const steps = Array.from({ length: 11 }, (_, index) => lightness(index / 10));
  for (let i = 1; i < steps.length; i++) expect(steps[i]).toBeGreaterThan(steps[i - 1]);
  expect([colourOf(-1), colourOf(2)]).toEqual([colourOf(0), colourOf(1)]);
});

test('pixels are row by row and opaque', () => {
  const pixels = heatPixels(map, 4, 2);
  expect(pixels).toHaveLength(4 * 2 * 4);
  expect([...pixels.subarray(12, 16)]).toEqual([...colourOf(1), 255]);
});

describe('in words', () => {
  const hot = (at) => ({ width: 6, height: 6, values: Array.from({ length: 36 }, (_, index) => (index === at ? 1 : 0.1)) });
  test.each([[0, 'top_left'], [5, 'top_right'], [14, 'middle_middle'], [30, 'bottom_left'], [33, 'bottom_middle'], [12, 'middle_left']])(
    'cell %d of six by six is %s', (at, place) => expect(placeOf(hot(at))).toBe(place));
  test('what stands out nowhere is spread', () => {
    expect(placeOf({ width: 2, height: 2, values: [1, 0.9, 1, 0.8] })).toBe('spread');
    expect(placeOf({ width: 2, height: 2, values: [0, 0, 0, 0] })).toBe('spread');
  });
});
