// Waits that end otherwise than by their own promise.
import { expect, jest, test } from '@jest/globals';
import { Latest, untilAborted } from '../../web/lib/abort.js';

const later = () => {
  let end;
  const promise = new Promise((resolve, reject) => { end = { resolve, reject }; });
  return { promise, ...end };
};

test('a wait ends with the signal, and leaves no listener on it', async () => {
  const abort = new AbortController();
  const remove = jest.spyOn(abort.signal, 'removeEventListener');
  await expect(untilAborted(Promise.resolve(1), abort.signal)).resolves.toBe(1);
  expect(remove).toHaveBeenCalledTimes(1);
  const waits = untilAborted(later().promise, abort.signal);
  abort.abort(new Error('left'));
  await expect(waits).rejects.toThrow('left');
  await expect(untilAborted(Promise.resolve(1), abort.signal)).rejects.toThrow('left');
});

test('of two waits the one begun last counts, though the first ends last', async () => {
  const latest = new Latest();
  const [slow, quick] = [later(), later()];
  const both = [latest.take(slow.promise), latest.take(quick.promise)];
  quick.resolve('quick');
  slow.resolve('slow');
  expect(await Promise.all(both)).toEqual([null, { value: 'quick' }]);
});
