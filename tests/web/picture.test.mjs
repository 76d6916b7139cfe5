// What stands in the picture that an answer is handed on as, and the judged rectangle's shape, there and in a batch's table.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { standInDocument } from './dom.mjs';

const text = { language: 'en', direction: 'ltr', get: (key) => key, has: () => true, percent: (p) => `${Math.round(100 * p)} %`, count: (key, n) => `${key} ${n}` };
const words = { lang: 'en', dir: 'ltr', actionOf: () => null, reasonOf: () => null, groupOf: () => ({}), classOf: (id) => ({ label: `class ${id.toUpperCase()}`, text: '' }) };
const square = (width, height) => ({ width, height, rgb: new Uint8Array(width * height * 3) });
const result = (shares, change = {}) => ({
  decision: 'unsure', reasons: [], set: ['a', 'b'], classes: Object.entries(shares).map(([id, p]) => ({ id, p })), top: { id: 'a', p: shares.a }, model: {}, ...change,
});

/** Every canvas, with what was written and drawn on it. */
let canvases;
const before = { document: globalThis.document, ImageData: globalThis.ImageData, addEventListener: globalThis.addEventListener };
beforeAll(() => {
  const plain = standInDocument();
  globalThis.ImageData = class {
    constructor(...of) { this.data = typeof of[0] === 'number' ? new Uint8ClampedArray(4 * of[0] * of[1]) : of[0]; }
  };
  globalThis.addEventListener = () => {};
  globalThis.document = { ...plain, createElement: (tag) => (tag === 'canvas' ? canvasIn(plain) : plain.createElement(tag)) };
});
afterAll(() => Object.assign(globalThis, before));
beforeEach(() => { canvases = []; });

function canvasIn(plain) {
  const canvas = plain.createElement('canvas');
  const context = {
    written: [], drawn: [], measureText: (part) => ({ width: 10 * part.length }), fillText(line) { this.written.push(`${this.font.split(' ')[1]} ${line}`); },
    drawImage(image, ...where) { this.drawn.push(where); }, beginPath() {}, roundRect() {}, fill() {}, fillRect() {}, putImageData() {},
  };
  Object.assign(canvas, { classList: { toggle() {} }, getContext: () => context, toBlob: (take) => take(new Blob(['png'])), context });
  canvases.push(canvas);
  return canvas;
}

describe('an answer as a picture', () => {
  async function sheet(of, judged = square(4, 4)) {
    const [{ answerHead }, { smallOf }, { drawAnswer }] = await Promise.all(['screens/result-heads.js', 'screens/result-figures.js', 'share/picture.js']
      .map((name) => import(`../../web/classifier/${name}`)));
    const { eyebrow, names } = answerHead({ text, words, task: 'multiclass', result: of });
    const small = smallOf(of);
    canvases = [];
    await drawAnswer({ text, words, task: 'multiclass', result: of, square: judged, action: null, eyebrow, names, notes: [], classes: of.classes.filter((one) => !small.includes(one)) });
    return canvases.find(({ width }) => width === 1080).context;
  }

  test('names in large letters what it could be, without shares; these stand in the rows', async () => {
    const { written } = await sheet(result({ a: 0.6, b: 0.4 }));
    expect(written.filter((line) => line.startsWith('40px'))).toEqual(['40px class A', '40px class B']);
    expect(written.filter((line) => line.includes('%'))).toEqual(['30px class A 60 %', '30px class B 40 %']);
  });
  test('has no rows of those that the page folds away', async () => {
    const rows = async (shares) => (await sheet(result(shares))).written.filter((line) => line.includes('%')).map((line) => line.slice(11, 12));
    expect(await rows({ a: 0.6, b: 0.39, c: 0.006, d: 0.004 })).toEqual(['A', 'B']);
    expect(await rows({ a: 0.6, c: 0.387, d: 0.009, b: 0.004 })).toEqual(['A', 'C', 'D', 'B']); // named, and one alone
  });
  test.each([[4, 4, 320, 320], [120, 90, 320, 240], [90, 120, 240, 320]])('keeps the shape of %d x %d', async (width, height, drawn_width, drawn_height) => {
    expect((await sheet(result({ a: 0.6, b: 0.4 }), square(width, height))).drawn.map((where) => where.slice(2))).toEqual([[drawn_width, drawn_height]]);
  });
});

test.each([[4, 4, 80, 80], [120, 90, 80, 60], [90, 120, 60, 80]])('a thumbnail keeps the shape of %d x %d', async (width, height, drawn_width, drawn_height) => {
  canvases = [];
  const { thumbOf } = await import(`../../web/screens/batch/thumb.js?${width}x${height}`); // its canvases are its own
  await thumbOf(square(width, height));
  const small = canvases.find(({ context }) => context.drawn.length > 0);
  expect([small.width, small.height, small.context.drawn]).toEqual([drawn_width, drawn_height, [[0, 0, width, height, 0, 0, drawn_width, drawn_height]]]);
});
