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

test('a drawn photo is decoded a few times', async () => {
  const decode = jest.fn(async () => {});
  await warmUp(decode, inTurn, () => false);
  expect(decode).toHaveBeenCalledTimes(4);
  const [photo] = decode.mock.calls[0];
  expect(photo.type).toBe('image/jpeg');
  expect(await photo.text()).toBe('640 x 480');
  expect(marks()).toBe(1);
});

test('whoever asks waits for no round but the one that runs', async () => {
  let is_asked = false;
  const decode = jest.fn(async () => { is_asked = true; });
  await warmUp(decode, inTurn, () => is_asked);
  expect(decode).toHaveBeenCalledTimes(1);
  expect(marks()).toBe(0);
});

test('asked while a round waits for its turn, it is not run', async () => {
  let is_asked = false;
  const decode = jest.fn(async () => {});
  await warmUp(decode, (step) => {
    is_asked = true;
    return step();
  }, () => is_asked);
  expect(decode).toHaveBeenCalledTimes(0);
});

test.each([
  ['a decoder that fails', async () => { throw new Error('no memory'); }, 1],
  ['a browser that draws nothing', async () => {}, 0],
])('%s: nobody is told', async (what, decoding, count) => {
  if (count === 0) OffscreenCanvas.prototype.getContext = () => null;
  const decode = jest.fn(decoding);
  await warmUp(decode, inTurn, () => false);
  expect(decode).toHaveBeenCalledTimes(count);
  expect(marks()).toBe(0);
});
