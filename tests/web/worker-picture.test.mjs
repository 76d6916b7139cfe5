// What a header says of its size before the browser is let decode it.
import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { announcedSizes, prepareFrame } from '../../web/classifier/worker-picture.js';

const golden = (name) => new Uint8Array(readFileSync(new URL(`../golden/${name}`, import.meta.url)));

test.each(['scene.gif', 'scene.bmp', 'scene.avif', 'turned.avif'])('%s says 61 x 45, before it is turned', (name) => {
  expect(announcedSizes(golden(name))).toEqual([[61, 45]]);
});

test('a BMP whose rows run downwards has a negative height', () => {
  const bytes = golden('scene.bmp');
  new DataView(bytes.buffer).setInt32(22, -45, true);
  expect(announcedSizes(bytes)).toEqual([[61, 45]]);
});

test('other files say nothing, and no end of a file is read beyond', () => {
  for (const name of ['rgb8.png', 'baseline.jpg', 'lossy.webp']) expect(announcedSizes(golden(name))).toEqual([]);
  for (const name of ['scene.gif', 'scene.bmp', 'scene.avif']) {
    const bytes = golden(name);
    for (let length = 0; length < 400; ++length) {
      expect(announcedSizes(bytes.slice(0, length)).length).toBeLessThanOrEqual(1);
    }
  }
});

test('a live view where there is no canvas to read it by is refused, no crash, and its bitmap is closed', () => {
  expect(typeof OffscreenCanvas).toBe('undefined'); // as in browsers that have none
  let is_closed = false;
  expect(() => prepareFrame(null, { width: 1, height: 1, close: () => { is_closed = true; } }, { width: 1, height: 1 }))
    .toThrow(expect.objectContaining({ name: 'InsituError', status: 'unsupported' }));
  expect(is_closed).toBe(true);
});
