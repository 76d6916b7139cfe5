// The pure parts of a live reading: what is shown of the last second, which
// picture the shutter takes, and where the square lies.
import { describe, expect, test } from '@jest/globals';
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
