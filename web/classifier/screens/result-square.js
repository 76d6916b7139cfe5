/* result-square.js: the judged square as the model saw it, and over it, when
 * it is asked for, where the model looked, with words for the same. */

import { h } from '../../lib/dom.js';

/** @typedef {import('../protocol.js').HeatMap} HeatMap */

/** How strong the colours are to begin with, in per cent. */
const STRENGTH = 60;

/**
 * @param {{text: import('../../lib/text.js').Text, words: import('../../lib/pack-text.js').PackWords,
 *   result: import('../protocol.js').Result, square: import('../protocol.js').Square,
 *   onMap: ((signal: AbortSignal) => Promise<HeatMap | null>) | null}} context onMap null: no map is offered
 * @returns {{figure: HTMLElement, choice?: HTMLElement, shown?: HTMLElement, destroy: () => void}} choice: of the map, then what is told of it
 */
export function judgedSquare({ text, words, result, square, onMap }) {
  const { width, height } = square;
  const photo = h('canvas', {
    id: 'judged', width, height, role: 'img', 'aria-label': text.get('result_square_alt', { width, height }),
  });
  paint(photo, opaque(square));
  const caption = h('figcaption', { class: 'small muted' }, text.get('result_square'));
  if (!onMap) return { figure: h('figure', {}, h('div', { class: 'layers' }, photo), caption), destroy() {} };

  const left = new AbortController();
  const heat = h('canvas', { class: 'heat', width, height, hidden: true, 'aria-hidden': 'true' });
  const strength = h('input', { id: 'map-strength', type: 'range', min: 0, max: 100, value: STRENGTH, 'aria-label': text.get('map_strength') });
  const sentence = h('p', { id: 'map-words', class: 'small', role: 'status' });
  const figure = h('figure', {}, h('div', { class: 'layers' }, photo, heat), caption);
  const shown = h('div', { class: 'map', hidden: true }, strength, sentence);
  const choice = h('input', { id: 'map', type: 'checkbox', role: 'switch' });
  let map = result.map ?? null;

  const fade = () => { heat.style.opacity = String(Number(strength.value) / 100); };
  strength.addEventListener('input', fade);
  choice.addEventListener('change', async () => {
    heat.hidden = true;
    shown.hidden = !choice.checked;
    figure.classList.toggle('large', choice.checked);
    if (!choice.checked) return;
    strength.hidden = true;
    sentence.textContent = text.get('map_waiting');
    let heats = null;
    try {
      map ??= await onMap(left.signal);
      heats = await import('../../lib/heat.js'); // most answers are read without it
    } catch (error) {
      if (left.signal.aborted) return;
      console.warn('there is no map:', error); // the person is told below
    }
    if (!choice.checked) return;
    setTimeout(() => shown.scrollIntoView({ block: 'nearest' })); // the picture has grown, and moved it
    sentence.replaceChildren(...(map && heats ? mapWords(text, words, map, heats.placeOf(map)) : [text.get('map_none')]));
    if (!map || !heats) return;
    paint(heat, heats.heatPixels(map, width, height));
    fade();
    heat.hidden = strength.hidden = false;
  });
  return {
    figure,
    choice: h('label', { class: 'switch' }, choice, text.get('map_show')),
    shown,
    destroy: () => left.abort(new DOMException('the answer was left', 'AbortError')),
  };
}

/** @param {import('../../lib/text.js').Text} text @param {import('../../lib/pack-text.js').PackWords} words @param {HeatMap} map
 *  @param {ReturnType<typeof import('../../lib/heat.js').placeOf>} place */
function mapWords(text, words, map, place) {
  const [before = '', after = ''] = text.get('map_legend').split('{label}');
  return [
    h('span', { class: 'ramp', 'aria-hidden': 'true' }),
    before, h('span', { lang: words.lang, dir: words.dir }, words.classOf(map.class).label), after, ' ',
    text.get(`map_${place}`),
  ];
}

/** @param {import('../protocol.js').Square} square */
function opaque({ width, height, rgb }) {
  const pixels = new Uint8ClampedArray(width * height * 4);
  for (let pixel = 0; pixel < width * height; pixel++) {
    pixels.set(rgb.subarray(pixel * 3, pixel * 3 + 3), pixel * 4);
    pixels[pixel * 4 + 3] = 255;
  }
  return pixels;
}

/** @param {HTMLCanvasElement} canvas @param {Uint8ClampedArray<ArrayBuffer>} pixels */
function paint(canvas, pixels) {
  canvas.getContext('2d')?.putImageData(new ImageData(pixels, canvas.width, canvas.height), 0, 0);
}
