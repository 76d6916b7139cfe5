// A first photo's code is made ready while nobody asks.
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { warmUp } from '../../web/classifier/worker-warm.js';

beforeEach(() => {
  globalThis.OffscreenCanvas = class {
    constructor(width, height) { Object.assign(this, { width, height }); }
    getContext() { return { createImageData: () => ({ data: new Uint8ClampedArray(16) }), putImageData() {} }; }
    async convertToBlob({ type }) { return new Blob([`${this.width} x ${this.height}`], { type }); }
  };
  performance.clearMarks();
});
afterEach(() => { delete globalThis.OffscreenCanvas; });

const inTurn = (step) => step();
const marks = () => performance.getEntriesByName('insitu-warm').length;

test('a drawn photo is judged a few times', async () => {
  const judge = jest.fn(async () => {});
  await warmUp(judge, inTurn, () => false);
  expect(judge).toHaveBeenCalledTimes(4);
  const [photo] = judge.mock.calls[0];
  expect(photo.type).toBe('image/jpeg');
  expect(await photo.text()).toBe('640 x 480');
  expect(marks()).toBe(1);
});

test('whoever asks waits for no round but the one that runs', async () => {
  let is_asked = false;
  const judge = jest.fn(async () => { is_asked = true; });
  await warmUp(judge, inTurn, () => is_asked);
  expect(judge).toHaveBeenCalledTimes(1);
});

test('asked while a round waits for its turn, it is not run', async () => {
  let is_asked = false;
  const judge = jest.fn(async () => {});
  await warmUp(judge, (step) => {
    is_asked = true;
    return step();
  }, () => is_asked);
  expect(judge).toHaveBeenCalledTimes(0);
});

test('a model that takes long is run once', async () => {
  const judge = jest.fn(() => new Promise((resolve) => { setTimeout(resolve, 300); }));
  await warmUp(judge, inTurn, () => false);
  expect(judge).toHaveBeenCalledTimes(1);
});

test.each([
  ['a model that fails', async () => { throw new Error('no memory'); }, 1],
  ['a browser that draws nothing', async () => {}, 0],
])('%s: nobody is told', async (what, judging, count) => {
  if (count === 0) OffscreenCanvas.prototype.getContext = () => null;
  const judge = jest.fn(judging);
  await warmUp(judge, inTurn, () => false);
  expect(judge).toHaveBeenCalledTimes(count);
  expect(marks()).toBe(0);
});
