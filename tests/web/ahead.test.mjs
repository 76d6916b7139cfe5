// What is worked out before it is asked for: one at a time, the last that was
// wanted, and given to whoever asks for just that.
import {expect, test} from '@jest/globals';
import {Ahead} from '../../web/classifier/element-ahead.js';

const LEFT = {x: 0, y: 0, width: 0.5, height: 0.5};
const RIGHT = {...LEFT, x: 0.5};
const asked = (crop, more = {}) => ({name: 'a.jpg', prior: 'default', crop, ...more});
const turn = () => new Promise((resolve) => setTimeout(resolve));

// A model whose answers come when they are let go.
function model() {
  const calls = [];
  const classify = (options) => new Promise((resolve, reject) => {
    calls.push({options, resolve: (what = `answer ${calls.length}`) => resolve(what), reject});
    options.signal.addEventListener('abort', () => reject(options.signal.reason));
  });
  return {calls, classify};
}

test('what was worked out is given to whoever asks for that square, prior and name', async () => {
  const {calls, classify} = model();
  const ahead = new Ahead();
  ahead.begin(classify, asked(LEFT));
  calls[0].resolve('left');
  expect(await ahead.take(asked({...LEFT}))).toBe('left');
  expect(await ahead.take(asked(RIGHT))).toBeNull();
  expect(await ahead.take(asked(null))).toBeNull();
  expect(await ahead.take(asked(LEFT, {prior: 'uniform'}))).toBeNull();
  expect(await ahead.take(asked(LEFT, {name: 'b.jpg'}))).toBeNull();
  expect(calls.length).toBe(1);
});

test('one at a time, and after it only the last that was wanted', async () => {
  const {calls, classify} = model();
  const ahead = new Ahead();
  for (const crop of [null, LEFT, RIGHT]) ahead.begin(classify, asked(crop));
  expect(calls.map(({options}) => options.crop)).toEqual([null]);
  calls[0].resolve();
  await turn();
  expect(calls.map(({options}) => options.crop)).toEqual([null, RIGHT]);
  calls[1].resolve('right');
  expect(await ahead.take(asked(RIGHT))).toBe('right');
});

test('a square that is back where it was is not worked on twice', async () => {
  const {calls, classify} = model();
  const ahead = new Ahead();
  for (const crop of [null, LEFT, null]) ahead.begin(classify, asked(crop));
  calls[0].resolve('whole');
  await turn();
  expect(calls.length).toBe(1);
  expect(await ahead.take(asked(null))).toBe('whole');
});

test('whoever asks while it runs hears of its stages, and may end it', async () => {
  const {calls, classify} = model();
  const ahead = new Ahead();
  ahead.begin(classify, asked(null));
  calls[0].options.onStage('decode');
  const stop = new AbortController();
  const stages = [];
  const taken = ahead.take(asked(null, {signal: stop.signal, onStage: (stage) => stages.push(stage)}));
  calls[0].options.onStage('infer');
  expect(stages).toEqual(['decode', 'infer']);
  stop.abort(new Error('cancelled'));
  expect(await taken).toBeNull();
  expect(calls[0].options.signal.aborted).toBe(true);
});

test('what failed is nobody’s answer, and is worked on anew', async () => {
  const {calls, classify} = model();
  const ahead = new Ahead();
  ahead.begin(classify, asked(null));
  calls[0].reject(new Error('the worker ended'));
  expect(await ahead.take(asked(null))).toBeNull();
  ahead.begin(classify, asked(null));
  calls[1].resolve('second');
  expect(await ahead.take(asked(null))).toBe('second');
});

test('of a photo that has gone nothing is given and nothing more begun; what runs ends by itself, and the next photo waits for nothing', async () => {
  const {calls, classify} = model();
  const ahead = new Ahead();
  ahead.begin(classify, asked(null));
  ahead.begin(classify, asked(LEFT));
  ahead.drop();
  expect(await ahead.take(asked(null))).toBeNull();
  ahead.begin(classify, asked(null, {name: 'b.jpg'}));
  calls[0].resolve('left');
  calls[1].resolve('next');
  await turn();
  expect(calls.map(({options}) => [options.name, options.crop, options.signal.aborted])).toEqual([['a.jpg', null, false], ['b.jpg', null, false]]);
  expect(await ahead.take(asked(null, {name: 'b.jpg'}))).toBe('next');
});
