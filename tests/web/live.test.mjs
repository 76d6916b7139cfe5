// The pure parts of a live reading: what is shown of the last second, which
// picture the shutter takes, and where the square lies.
import { describe, expect, test } from '@jest/globals';
import { SIDE, isSmallIn } from '../../web/classifier/camera/fill.js';
import { guideIn, partOf } from '../../web/classifier/camera/guide.js';
import { Shots } from '../../web/classifier/camera/shots.js';
import { Steady } from '../../web/lib/steady.js';

const record = (a, change = {}) => ({ model: { prior: 'training' }, decision: 'answer', reasons: [], set: ['a'], action: 'watch',
  classes: [{ id: 'a', p: a }, { id: 'b', p: 1 - a }], ...change });
const reject = (...ids) => record(0, { decision: 'reject', action: undefined, set: undefined, reasons: ids.map((id) => ({ id })) });

describe('a steadied reading', () => {
  test('is the mean of the last second, and of no more', () => {
    const steady = new Steady();
    steady.add(record(0.1), 0);
    steady.add(record(0.8), 600);
    expect(steady.add(record(0.6), 1000).classes).toEqual([{ id: 'a', p: expect.closeTo(0.7) }, { id: 'b', p: expect.closeTo(0.3) }]);
  });
  test('names another class only once it leads by a margin', () => {
    const steady = new Steady();
    const first = (a, now_ms) => steady.add(record(a), now_ms).classes[0].id;
    expect([first(0.6, 0), first(0.36, 100), first(0.3, 200)]).toEqual(['a', 'a', 'b']); // means 0.6, 0.48, 0.42
    expect(first(0.8, 300)).toBe('b'); // 0.515 against 0.485: not clear enough to go back
  });
  test('is decided as most of them are, with the reasons that most have; a picture that is not judged has no class', () => {
    const steady = new Steady();
    steady.add(record(0.9), 0);
    steady.add(reject('glare'), 100);
    const { decision, classes, reasons, share, action } = steady.add(reject('glare', 'too-small'), 200);
    expect({ decision, classes, reasons, share, action }).toEqual({
      decision: 'reject', classes: [], reasons: ['glare', 'too-small'], share: 2 / 3, action: null });
  });
  test('a picture that was refused does not weigh on the mean of those that were judged', () => {
    const steady = new Steady();
    steady.add(record(0.9), 0);
    steady.add(reject('glare'), 100);
    expect(steady.add(record(0.7), 200).classes[0].p).toBeCloseTo(0.8);
  });
  test('pictures under another prior do not weigh on the mean', () => {
    const steady = new Steady();
    steady.add(record(0.9), 0);
    expect(steady.add(record(0.5, { model: { prior: 'uniform' } }), 100).classes[0].p).toBeCloseTo(0.5);
  });
  test('of two actions that come equally often it is the more urgent one', () => {
    const steady = new Steady();
    steady.add(record(0.9, { action: 'soon' }), 0);
    expect(steady.add(record(0.9), 100).action).toBe('soon');
  });
  test('tells a hand that moves by the sharpness that it takes away', () => {
    const steady = new Steady();
    const shaken = (sharpness, now_ms) => steady.add(record(0.9, { quality: { sharpness } }), now_ms).isShaken;
    expect([shaken(4, 0), shaken(3, 100), shaken(1.9, 200), shaken(2.1, 300), shaken(1, 1500)]).toEqual([false, false, true, false, false]);
    expect(steady.add(record(0.9), 3000).isShaken).toBe(false); // it is not measured
  });
  test('what was seen beside the record is among the reasons, once half of the pictures show it', () => {
    const steady = new Steady();
    const reasons = (result, now_ms, hints) => steady.add(result, now_ms, hints).reasons;
    expect([reasons(reject('glare'), 0, []), reasons(reject('glare'), 100, ['closer']), reasons(reject('glare'), 200), reasons(record(0.9), 300, ['closer'])])
      .toEqual([['glare'], ['glare', 'closer'], ['glare'], ['glare']]);
    steady.clear();
    for (let i = 0; i < 4; i++) reasons(i < 3 ? reject('glare') : reject(), i * 50, ['closer']);
    expect(reasons(reject('glare'), 300, ['closer'])).toEqual(['glare', 'closer']); // however often it was seen
  });
  test('in doubt it is what half of them name', () => {
    const steady = new Steady();
    const unsure = (...set) => record(0.5, { decision: 'unsure', set });
    steady.add(unsure('a', 'b'), 0);
    steady.add(unsure('a', 'c'), 100);
    expect(steady.add(unsure('a', 'b'), 200).set).toEqual(['a', 'b']);
  });
  test('begun anew it knows nothing of before', () => {
    const steady = new Steady();
    steady.add(record(0.9), 0);
    steady.clear();
    expect(steady.add(record(0.2), 10).classes[0]).toEqual({ id: 'b', p: expect.closeTo(0.8) });
  });
});

describe('the last pictures', () => {
  const bitmap = (name, closed) => ({ name, close: () => closed.push(name) });
  const filled = (...shots) => {
    const closed = [];
    const kept = new Shots();
    shots.forEach(([name, sharpness, now_ms]) => kept.add(bitmap(name, closed), sharpness, now_ms));
    return { kept, closed };
  };
  test('the shutter takes the sharpest, and the others are closed', () => {
    const { kept, closed } = filled(['shaken', 1, 0], ['sharp', 9, 100], ['pressed', 2, 200]);
    expect(kept.take(210).name).toBe('sharp');
    expect(closed.sort()).toEqual(['pressed', 'shaken']);
    expect(kept.take(220)).toBe(null);
  });
  test('none that is old', () => {
    const { kept } = filled(['old', 9, 0], ['new', 1, 650]);
    expect(kept.take(750).name).toBe('new');
  });
  test('few are held, however many come', () => {
    const { kept, closed } = filled(...Array.from({ length: 12 }, (_, index) => [String(index), 100 - index, index * 10]));
    expect(closed).toHaveLength(9);
    expect(kept.take(120).name).toBe('0');
    expect(closed).toHaveLength(11);
  });
});

describe('what lies in the square', () => {
  const GROUND = [217, 163, 140];
  const SPOT = [110, 70, 60];
  // An even ground with a camera's noise; paint(x, y) gives another colour, of places in shares of the side from the middle on.
  function drawn(paint, {slope = 0, noise = 4} = {}) {
    let seed = 1;
    const random = () => (seed = (seed * 48271) % 0x7fffffff) / 0x7fffffff - 0.5;
    return Uint8ClampedArray.from({ length: SIDE * SIDE * 4 }, (_, index) => {
      const place = index >> 2;
      const [x, y] = [(place % SIDE + 0.5) / SIDE - 0.5, (Math.floor(place / SIDE) + 0.5) / SIDE - 0.5];
      return ((paint(x, y) ?? GROUND)[index % 4] ?? 255) + slope * x + noise * random();
    });
  }
  const spot = (across, [x0, y0] = [0, 0], colour = SPOT) => (x, y) => (Math.hypot(x - x0, y - y0) <= across / 2 ? colour : null);
  const first = (...paints) => (x, y) => paints.reduce((found, paint) => found ?? paint(x, y), null);

  test.each([
    ['a spot of a tenth of the side', drawn(spot(0.1))],
    ['of a fifth', drawn(spot(0.2))],
    ['a little aside', drawn(spot(0.15, [0.1, -0.12]))],
    ['where light falls off to a side', drawn(spot(0.1), { slope: 70 })],
    ['brighter than its ground', drawn(spot(0.15, [0, 0], [255, 230, 220]))],
  ])('is small: %s', (_, pixels) => { expect(isSmallIn(pixels)).toBe(true); });

  test.each([
    ['a spot that fills the square', drawn(spot(0.8))],
    ['one that runs over its edges', drawn(spot(1.5))],
    ['one of half the side', drawn(spot(0.5))],
    ['one whose dark middle alone is small', drawn(first(spot(0.15), spot(0.6, [0, 0], [165, 118, 100])))],
    ['nothing but ground', drawn(() => null)],
    ['nothing but ground where light falls off', drawn(() => null, { slope: 70 })],
    ['a texture without a spot', drawn((x, y) => ((Math.floor(x * 16) + Math.floor(y * 16)) % 2 ? SPOT : null))],
    ['grain without a spot', drawn(() => null, { noise: 120 })],
    ['two small spots', drawn(first(spot(0.1, [-0.2, 0]), spot(0.1, [0.2, 0])))],
    ['a spot under a hair that lies across', drawn(first(spot(0.1), (x, y) => (Math.abs(x - y) < 0.03 ? [40, 30, 30] : null)))],
  ])('is not called small: %s', (_, pixels) => { expect(isSmallIn(pixels)).toBe(false); });
});

describe('the square on the view', () => {
  test.each([[390, 844], [844, 390], [1280, 800]])('is a square in the free room of %d x %d', (width, height) => {
    const guide = guideIn({ width, height }, { top: 60, bottom: 160 }, { width: 192, height: 192 });
    expect(guide.width * width).toBeCloseTo(guide.height * height);
    expect(guide.y * height).toBeGreaterThanOrEqual(60);
    expect((guide.y + guide.height) * height).toBeLessThanOrEqual(height - 160 + 1e-9);
    expect(guide.x + guide.width / 2).toBeCloseTo(0.5);
  });
  test.each([[1920, 1080], [1080, 1920], [640, 480]])('is a square of the picture of %d x %d too, in it', (width, height) => {
    const view = { width: 390, height: 844 };
    const part = partOf(guideIn(view, { top: 60, bottom: 160 }, { width: 1, height: 1 }), view, { width, height });
    expect(part.width * width).toBeCloseTo(part.height * height);
    for (const [start, length] of [[part.x, part.width], [part.y, part.height]]) {
      expect(start).toBeGreaterThanOrEqual(0);
      expect(start + length).toBeLessThanOrEqual(1);
    }
  });
  test('is what lies under it: in a picture of the view\'s own shape the same shares', () => {
    const guide = { x: 0.1, y: 0.2, width: 0.3, height: 0.4 };
    const part = partOf(guide, { width: 100, height: 50 }, { width: 1000, height: 500 });
    for (const name of Object.keys(guide)) expect(part[name]).toBeCloseTo(guide[name]);
  });
});
