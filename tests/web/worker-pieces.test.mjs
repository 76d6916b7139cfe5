// A model on its way, as the worker takes it.
import { expect, test } from '@jest/globals';
import { Pieces } from '../../web/classifier/worker-pieces.js';

const piece = (stream, ...bytes) => ({ type: 'piece', stream, bytes: new Uint8Array(bytes) });

test('pieces that came before are given in order, and the next is waited for', async () => {
  const pieces = new Pieces();
  pieces.push(piece(1, 1));
  pieces.push(piece(1, 2));
  expect(await pieces.next(1)).toEqual(new Uint8Array([1]));
  expect(await pieces.next(1)).toEqual(new Uint8Array([2]));
  const next = pieces.next(1);
  pieces.push(piece(2, 9));
  pieces.push(piece(1, 3));
  expect(await next).toEqual(new Uint8Array([3]));
  expect(await pieces.next(2)).toEqual(new Uint8Array([9]));
});

test('a failure comes after the pieces before it', async () => {
  const pieces = new Pieces();
  pieces.push(piece(1, 1));
  pieces.push({ type: 'piece', stream: 1, failure: { status: 'io', message: 'cut off' } });
  await pieces.next(1);
  await expect(pieces.next(1)).rejects.toMatchObject({ status: 'io', message: 'cut off' });
});

test('what is left of a stream that ended is dropped, and so is what still comes', async () => {
  const pieces = new Pieces();
  pieces.push(piece(1, 1));
  pieces.end(1);
  pieces.push(piece(1, 2));
  pieces.push(piece(2, 3));
  expect(pieces.waiting).toEqual([piece(2, 3)]);
  await expect(pieces.next(1)).rejects.toMatchObject({ status: 'internal' }); // and not waited for
});
