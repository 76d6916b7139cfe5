/* picture.js: an answer drawn as one picture, for whoever it is shown to: what
 * to do, what it looks like, the judged square, the largest shares, by which
 * model, and that it is no diagnosis. In the page's light colours, as on paper. */

import { placeLines } from './lines.js';

const WIDTH = 1080;
const MARGIN = 64;
const SQUARE = 320;
const MOST_SHARES = 5;
const COLOURS = Object.freeze({
  ground: '#f6f7f5', surface: '#ffffff', text: '#172022', muted: '#4c585a', accent: '#0b5f66', bar: '#9aa8a8', sunken: '#eceeeb',
  soon: ['#fbeceb', '#7d1f18'], show: ['#fbf3df', '#4d3a08'], watch: ['#ffffff', '#172022'],
});
const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif';

/** @typedef {{text: import('../../lib/text.js').Text, task: import('../engine-packs.js').Pack['task'], words: import('../../lib/pack-text.js').PackWords,
 *   result: import('../protocol.js').Result, square: import('../protocol.js').Square, action: {label: string, text: string} | null,
 *   eyebrow: string, names: string[], notes: string[], classes: import('../protocol.js').Result['classes']}} Shown
 *   action, eyebrow, names: the page's headings, in words. notes: why it is not sure, or not judged. classes: whose shares are shown */

/** Draws downwards; right to left where the words are. */
class Sheet {
  /** @param {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D} context @param {'ltr' | 'rtl'} direction @param {boolean} isMeasured nothing is drawn yet */
  constructor(context, direction, isMeasured) {
    this.context = context;
    this.is_rtl = direction === 'rtl';
    this.is_measured = isMeasured;
    this.y = MARGIN;
  }

  /** @param {number} start from the side where lines begin @param {number} width @returns {number} its left side */
  left(start, width) { return this.is_rtl ? WIDTH - start - width : start; }

  /** @param {string} words @param {{size: number, weight?: number, colour?: string, start?: number, width?: number, gap?: number}} how */
  write(words, { size, weight = 400, colour = COLOURS.text, start = MARGIN, width = WIDTH - 2 * MARGIN, gap = 0 }) {
    const { context } = this;
    context.font = `${weight} ${size}px ${FONT}`;
    context.direction = this.is_rtl ? 'rtl' : 'ltr';
    context.textAlign = 'start';
    context.textBaseline = 'alphabetic';
    context.fillStyle = colour;
    for (const line of placeLines(words, width, (part) => context.measureText(part).width)) {
      this.y += size * 1.3;
      if (!this.is_measured) context.fillText(line, this.is_rtl ? WIDTH - start : start, this.y - size * 0.3);
    }
    this.y += gap;
  }

  /** @param {number} start @param {number} top @param {number} width @param {number} height @param {string} colour @param {number} [radius] */
  box(start, top, width, height, colour, radius = 16) {
    if (this.is_measured) return;
    this.context.fillStyle = colour;
    this.context.beginPath();
    this.context.roundRect(this.left(start, width), top, width, height, radius);
    this.context.fill();
  }
}

/** @param {Sheet} sheet @param {Shown} shown @param {CanvasImageSource | null} judged */
function draw(sheet, { text, words, task, result, square, action, eyebrow, names, notes, classes }, judged) {
  const named = task === 'multilabel' ? result.set ?? [] : [result.top?.id];
  const urgency = result.action;
  if (action && urgency) {
    const [ground = '', ink = ''] = COLOURS[urgency];
    const top = sheet.y;
    const inner = { start: MARGIN + 32, width: WIDTH - 2 * MARGIN - 64, colour: ink };
    const measured = new Sheet(sheet.context, sheet.is_rtl ? 'rtl' : 'ltr', true);
    const body = (/** @type {Sheet} */ one) => {
      one.y += 24;
      one.write(`${text.get('result_action')} · ${text.get(`urgency_${urgency}`)}`, { ...inner, size: 28, weight: 600 });
      one.write(action.label, { ...inner, size: 40, weight: 680, gap: action.text ? 8 : 28 });
      if (action.text) one.write(action.text, { ...inner, size: 28, gap: 28 });
    };
    measured.y = top;
    body(measured);
    sheet.box(MARGIN, top, WIDTH - 2 * MARGIN, measured.y - top, ground, 24);
    body(sheet);
    sheet.y += 40;
  }
  const top = sheet.y;
  const scale = SQUARE / Math.max(square.width, square.height); // not every model reads a square
  const width = square.width * scale;
  const height = square.height * scale;
  const beside = { start: MARGIN + width + 40, width: WIDTH - 2 * MARGIN - width - 40 };
  if (!sheet.is_measured && judged) sheet.context.drawImage(judged, sheet.left(MARGIN, width), top, width, height);
  if (eyebrow) sheet.write(eyebrow, { ...beside, size: 28, weight: 600, colour: COLOURS.muted });
  for (const name of names) sheet.write(name, { ...beside, size: 40, weight: 680, gap: 4 });
  sheet.y += 8;
  for (const note of notes) sheet.write(note, { ...beside, size: 28, colour: COLOURS.muted, gap: 8 });
  sheet.y = Math.max(sheet.y, top + height) + 48;
  for (const { id, p } of classes.slice(0, MOST_SHARES)) {
    sheet.write(`${words.classOf(id).label}  ${text.percent(p)}`, { size: 30, gap: 8 });
    sheet.box(MARGIN, sheet.y, WIDTH - 2 * MARGIN, 12, COLOURS.sunken, 6);
    sheet.box(MARGIN, sheet.y, Math.max(8, (WIDTH - 2 * MARGIN) * p), 12, named.includes(id) ? COLOURS.accent : COLOURS.bar, 6);
    sheet.y += 28;
  }
  if (classes.length > 0) sheet.y += 24;
  sheet.write(text.get('result_not_diagnosis'), { size: 30, weight: 600, gap: 8 });
  const date = new Intl.DateTimeFormat(`${text.language}-u-nu-latn`, { dateStyle: 'long' }).format(new Date());
  const { id, version, variant } = result.model;
  sheet.write(text.get('share_made', { date, id: id ?? '–', version: version ?? '–', variant: variant ?? '–' }), { size: 24, colour: COLOURS.muted });
  if (words.isImported) sheet.write(text.get('imported_notice'), { size: 24, colour: COLOURS.muted });
  sheet.y += MARGIN;
}

/** @param {import('../protocol.js').Square} square */
function judgedPicture({ width, height, rgb }) {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const pixels = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let pixel = 0; pixel < width * height; pixel++) pixels.set(rgb.subarray(pixel * 3, pixel * 3 + 3), pixel * 4);
  canvas.getContext('2d')?.putImageData(new ImageData(pixels, width, height), 0, 0);
  return canvas;
}

/** @param {Shown} shown @returns {Promise<Blob>} PNG */
export function drawAnswer(shown) {
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d');
  if (!context) return Promise.reject(new Error('this browser gives no canvas'));
  const { direction } = shown.text;
  const measured = new Sheet(context, direction, true);
  draw(measured, shown, null);
  canvas.width = WIDTH;
  canvas.height = Math.ceil(measured.y);
  context.fillStyle = COLOURS.ground;
  context.fillRect(0, 0, canvas.width, canvas.height);
  draw(new Sheet(context, direction, false), shown, judgedPicture(shown.square));
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no picture could be made'))), 'image/png'));
}
