// What the browser's history must do when a check comes to another view; and
// how long a download will take still.
import { describe, expect, test } from '@jest/globals';
import { Pace } from '../../web/lib/pace.js';
import { step } from '../../web/screens/check/trail.js';

describe('the trail of a check', () => {
  test.each([
    ['a photo is chosen', ['start'], 'working', { push: ['start', 'working'] }],
    ['and has its square', ['start', 'working'], 'frame', { replace: ['start', 'frame'] }],
    ['it is drawn anew', ['start', 'frame'], 'frame', null],
    ['it is answered', ['start', 'frame'], 'result', { push: ['start', 'frame', 'result'] }],
    ['another photo is wanted', ['start', 'frame', 'result'], 'start', { back: 2 }],
    ['the square is moved again', ['start', 'frame', 'result'], 'frame', { back: 1 }],
    ['it was answered without a square', ['start'], 'result', { push: ['start', 'result'] }],
    ['whose square is moved then', ['start', 'result'], 'frame', { replace: ['start', 'frame'] }],
    ['another is to come from the camera', ['start', 'camera', 'frame'], 'camera', { back: 1 }],
    ['a failure is left', ['start', 'failure'], 'start', { back: 1 }],
  ])('%s', (_, trail, view, wanted) => expect(step(trail, view)).toEqual(wanted));
});

describe('what is left of a download', () => {
  test('is not known at first, then told by its speed', () => {
    const pace = new Pace();
    expect([pace.left(0, 4000, 0), pace.left(100, 4000, 500)]).toEqual([null, null]);
    expect(pace.left(1000, 4000, 2000)).toBe(6);
  });
  test('what was at hand says nothing of the speed', () => {
    const pace = new Pace();
    pace.left(2000, 4000, 0);
    expect([pace.left(2000, 4000, 5000), pace.left(2500, 4000, 10_000)]).toEqual([null, 30]);
  });
});
