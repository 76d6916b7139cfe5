// A page that begins where nobody sees it, as in a tab behind, must not miss what happens meanwhile: timers wait there.
import { afterEach, expect, jest, test } from '@jest/globals';
import { nextTask } from '../../web/shared/next-task.js';

afterEach(() => {
  jest.restoreAllMocks();
  delete globalThis.scheduler;
});

test('without the browser\'s own way it comes after what is under way, and waits for no timer', async () => {
  const order = [];
  const timer = jest.spyOn(globalThis, 'setTimeout');
  const next = nextTask().then(() => order.push('next'));
  await Promise.resolve().then(() => order.push('this one'));
  await next;
  expect([order, timer.mock.calls.length]).toEqual([['this one', 'next'], 0]);
});

test('with it, that is asked', async () => {
  globalThis.scheduler = { yield: async () => 'asked' };
  expect(await nextTask()).toBe('asked');
});
