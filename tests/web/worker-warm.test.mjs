// A first photo's code is made ready while nobody asks.
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { WarmUp } from '../../web/classifier/worker-warm.js';

beforeEach(() => {
  jest.useFakeTimers();
  globalThis.OffscreenCanvas = class {
    constructor(width, height) { Object.assign(this, { width, height }); }
    getContext() { return { createImageData: () => ({ data: new Uint8ClampedArray(16) }), putImageData() {} }; }
    async convertToBlob({ type }) { return new Blob([`${this.width} x ${this.height}`], { type }); }
  };
});
afterEach(() => {
  delete globalThis.OffscreenCanvas;
  jest.useRealTimers();
});

const inTurn = (step) => step();
const wait = (ms) => jest.advanceTimersByTimeAsync(ms);

test('a drawn photo is judged a few times, once nobody has asked for half a second', async () => {
  const judge = jest.fn(async () => {});
  new WarmUp(inTurn).begin(judge);
  await wait(400);
  expect(judge).toHaveBeenCalledTimes(0);
  await wait(200);
  expect(judge).toHaveBeenCalledTimes(4);
  const [photo] = judge.mock.calls[0];
  expect(photo.type).toBe('image/jpeg');
  expect(await photo.text()).toBe('640 x 480');
});

test('whoever asks waits for no round but the one that runs', async () => {
  const warm_up = new WarmUp(inTurn);
  const judge = jest.fn(async () => warm_up.stop());
  warm_up.begin(judge);
  await wait(600);
  expect(judge).toHaveBeenCalledTimes(1);
  warm_up.begin(judge); // another variant: what is asked has warmed it
  await wait(600);
  expect(judge).toHaveBeenCalledTimes(1);
});

test('asked before it began, it does not begin; a second model begins the wait anew', async () => {
  const asked = jest.fn(async () => {});
  const warm_up = new WarmUp(inTurn);
  warm_up.begin(asked);
  warm_up.stop();
  await wait(600);
  expect(asked).toHaveBeenCalledTimes(0);
  const loaded = jest.fn(async () => {});
  const again = new WarmUp(inTurn);
  again.begin(loaded);
  await wait(400);
  again.begin(loaded);
  await wait(400);
  expect(loaded).toHaveBeenCalledTimes(0);
  await wait(200);
  expect(loaded).toHaveBeenCalledTimes(4);
});

test('a model that takes long is run once', async () => {
  const judge = jest.fn(() => wait(300));
  new WarmUp(inTurn).begin(judge);
  await wait(1000);
  expect(judge).toHaveBeenCalledTimes(1);
});

test.each([
  ['a model that fails', async () => { throw new Error('no memory'); }, 1],
  ['a browser that draws nothing', async () => {}, 0],
])('%s: nobody is told', async (what, judging, count) => {
  if (count === 0) OffscreenCanvas.prototype.getContext = () => null;
  const judge = jest.fn(judging);
  new WarmUp(inTurn).begin(judge);
  await wait(1000);
  expect(judge).toHaveBeenCalledTimes(count);
});
