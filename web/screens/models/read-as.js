/* read-as.js: how the core reads a bare file, as a list. */

import { h } from '../../lib/dom.js';
import { openPoints } from './bare.js';

/** @typedef {import('../../classifier/engine-imports.js').BareReading} BareReading */
/** In the core's own words, which are English; but what the file leaves open in the page's, as the core names the command's
 *  option for it. @param {import('./words.js').ModelsWords} words @param {BareReading} reading */
export function readAs(words, reading) {
  const { read_as, width, height } = reading;
  const { output, output_from, pixels, pixels_from, labels_from } = read_as;
  const row = (/** @type {string} */ name, /** @type {string} */ value) => [h('dt', {}, name), h('dd', { lang: 'en', dir: 'ltr' }, value)];
  return h('dl', { class: 'small bare-read' },
    row(words.get('read_size'), `${width} × ${height}`),
    row(words.get('read_output'), `${output} (${output_from})`),
    openPoints(reading).pixels
      ? [h('dt', {}, words.get('read_pixels')), h('dd', {}, words.get('read_pixels_open', { range: `\u2066${pixels}\u2069` }))]
      : row(words.get('read_pixels'), `${pixels} (${pixels_from})`),
    row(words.get('read_labels'), labels_from ?? ''));
}
