/* result.js: an answer as a person may read it: the likeliest kind or the
 * doubt, the whole ranking, what to do next, and what to keep in mind. It
 * never says that something is harmless. Ids: #top, #top-p, #ranking (items
 * carry data-class and data-p), #advice, #judged, #another, #adjust, #save,
 * #copy, #copied. */

import { h, icon } from '../../lib/dom.js';
import { readScores } from '../../lib/reading.js';
import { cssPercent, notices } from './screen.js';

/** @typedef {import('../protocol.js').Result} Result */
/** @typedef {import('../../lib/pack-text.js').PackWords} Words */
/** @typedef {import('../../lib/text.js').Text} Text */

/**
 * @param {{text: Text, words: Words, task: 'multiclass' | 'multilabel', result: Result,
 *   square: import('../protocol.js').Square,
 *   onAnother: () => void, onAdjust: (() => void) | null}} context
 * @returns {import('./screen.js').Screen & {summary: string}}
 */
export function resultScreen({ text, words, task, result, square, onAnother, onAdjust }) {
  const reading = readScores(result.classes, task);
  const { heading, share, about, summary } = head(text, words, reading.kind, result);
  return {
    name: 'result',
    heading,
    summary,
    node: h('section', { 'aria-labelledby': 'heading' },
      h('div', { class: 'answer', 'data-reading': reading.kind },
        h('figure', {}, judged(text, square), h('figcaption', { class: 'small muted' }, text.get('result_square'))),
        h('div', { class: 'title' }, heading, share),
        h('div', { class: 'about' }, about, h('p', { class: 'small muted' }, text.get('result_not_diagnosis')))),
      h('div', { class: 'group' },
        h('h3', {}, text.get('result_ranking')),
        ranking(text, words, result),
        h('p', { class: 'small muted' },
          text.get(task === 'multilabel' ? 'result_ranking_hint_multilabel' : 'result_ranking_hint'))),
      advice(text, words, reading.noteworthy),
      notices(text, words, true),
      details(text, result),
      h('div', { class: 'actions', part: 'actions' },
        h('div', { class: 'buttons' },
          h('button', { id: 'another', type: 'button', class: 'primary', onclick: onAnother }, text.get('another_photo')),
          onAdjust && h('button', { id: 'adjust', type: 'button', onclick: onAdjust }, text.get('adjust'))))),
  };
}

/**
 * @param {Text} text @param {Words} words
 * @param {'clear' | 'unclear' | 'found' | 'none'} kind @param {Result} result
 */
function head(text, words, kind, result) {
  const [first, second] = result.classes;
  if (!first || !second) throw new RangeError('an answer has two classes or more');
  const label = words.classOf(first.id).label;
  const heading = h('h2', { id: 'heading', tabindex: -1 });
  if (kind === 'clear' || kind === 'found') {
    const before = text.get(kind === 'clear' ? 'result_clear' : 'result_found');
    heading.append(h('span', { class: 'eyebrow' }, before), ' ',
      h('span', { id: 'top', lang: words.lang, dir: words.dir, 'data-class': first.id }, label));
    const share = h('p', { id: 'top-p', class: 'share' }, text.percent(first.p));
    const about = h('p', { lang: words.lang, dir: words.dir }, words.classOf(first.id).text);
    return { heading, share, about, summary: `${before} ${label}, ${text.percent(first.p)}.` };
  }
  const title = text.get(kind === 'unclear' ? 'result_unclear' : 'result_none');
  const sentence = text.get(kind === 'unclear' ? 'result_unclear_text' : 'result_none_text', {
    first: label, first_p: text.percent(first.p),
    second: words.classOf(second.id).label, second_p: text.percent(second.p),
  });
  heading.append(h('span', { id: 'top', 'data-class': first.id }, title));
  return { heading, share: null, about: h('p', {}, sentence), summary: `${title}. ${sentence}` };
}

/** @param {Text} text @param {import('../protocol.js').Square} square */
function judged(text, { width, height, rgb }) {
  const canvas = h('canvas', {
    id: 'judged', width, height, role: 'img', 'aria-label': text.get('result_square_alt', { width, height }),
  });
  const context = canvas.getContext('2d');
  if (context) {
    const image = context.createImageData(width, height);
    for (let pixel = 0; pixel < width * height; pixel++) {
      image.data.set(rgb.subarray(pixel * 3, pixel * 3 + 3), pixel * 4);
      image.data[pixel * 4 + 3] = 255;
    }
    context.putImageData(image, 0, 0);
  }
  return canvas;
}

/** Every class, each opening to what it is. @param {Text} text @param {Words} words @param {Result} result */
function ranking(text, words, result) {
  return h('ol', { id: 'ranking', class: 'ranking', part: 'ranking' }, result.classes.map(({ id, p }) => {
    const bar = h('span', { class: 'fill' });
    bar.style.inlineSize = cssPercent(p);
    const { label, text: about } = words.classOf(id);
    return h('li', { 'data-class': id, 'data-p': p },
      h('details', {},
        h('summary', {},
          h('span', { class: 'label', lang: words.lang, dir: words.dir }, label),
          h('span', { class: 'value' }, text.percent(p)),
          h('span', { class: 'bar', 'aria-hidden': 'true' }, bar)),
        h('p', { lang: words.lang, dir: words.dir }, about)));
  }));
}

/** @param {Text} text @param {Words} words @param {{id: string, p: number}[]} noteworthy */
function advice(text, words, noteworthy) {
  return h('div', { id: 'advice', class: 'card next', part: 'advice' },
    h('h3', {}, icon('next'), text.get('result_next')),
    h('dl', {}, noteworthy.flatMap(({ id, p }) => {
      const { label, advice: sentence } = words.classOf(id);
      return [
        h('dt', {}, text.get('result_next_class', { label, p: text.percent(p) })),
        h('dd', { lang: words.lang, dir: words.dir }, sentence),
      ];
    })));
}

/** @param {Text} text @param {Result} result */
function details(text, result) {
  const json = JSON.stringify(result);
  const copied = h('span', { id: 'copied', role: 'status', class: 'small' });
  const { model, ms } = result;
  return h('details', { class: 'details', id: 'details' },
    h('summary', {}, text.get('result_details')),
    h('p', { class: 'small muted' }, text.get('result_model', {
      id: model.id, version: model.version, variant: model.variant, decode: text.number(ms.decode), prepare: text.number(ms.prepare), infer: text.number(ms.infer),
    })),
    h('div', { class: 'buttons' },
      h('button', { id: 'save', type: 'button', onclick: () => save(json, result.file) }, text.get('save_json')),
      h('button', { id: 'copy', type: 'button', onclick: async () => {
        copied.textContent = text.get(await copy(json) ? 'copied' : 'copy_failed');
      } }, text.get('copy_json'))),
    copied);
}

/** @param {string} json @returns {Promise<boolean>} */
async function copy(json) {
  try {
    await navigator.clipboard.writeText(json);
    return true;
  } catch {
    return false; // refused, or not a secure context: the page says so
  }
}

/** @param {string} json @param {string} file */
function save(json, file) {
  const url = URL.createObjectURL(new Blob([`${json}\n`], { type: 'application/json' }));
  h('a', { href: url, download: `${file.replace(/\.[^.]*$/, '') || 'photo'}.insitu.json` }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
