/* bare-form.js: asks how a .tflite file without a pack is to be read: what the
 * core made of it, and a choice wherever the file leaves something open. Ids:
 * #bare, #bare-heading, #bare-name, #bare-labels, #bare-range, #bare-output,
 * #bare-width, #bare-height, #bare-problem,
 * #bare-keep, #bare-cancel. */

import { h } from '../../lib/dom.js';
import { isRangeOpen, isSizeOpen, labelsOf, openPoints, OUTPUTS, plainOptions, RANGES, withoutOptions } from './bare.js';
import { readAs } from './read-as.js';

/** @typedef {import('./import.js').BareOptions} BareOptions */
/** @typedef {import('./import.js').BareReading} BareReading */

/** The side that a size left open is offered with. */
const USUAL_SIDE_PX = 224;

/**
 * @param {{words: import('./words.js').ModelsWords, file: string, read: (options: BareOptions) => Promise<BareReading>,
 *   place: HTMLElement, refusal: (error: unknown) => HTMLElement[], onShown: () => void}} told place: where the form goes. refusal: of the core's, in words
 * @returns {Promise<{name: string, options: BareOptions, reading: BareReading} | null>} null: given up
 */
export async function askAboutBare({ words, file, read, place, refusal, onShown }) {
  const plain = plainOptions(file);
  /** @type {BareReading | null} */
  let reading = null;
  let problem = '';
  const refused = (/** @type {unknown} */ error) => {
    const { status, message } = /** @type {{status?: string, message: string}} */ (error);
    return refusal({ status, message: withoutOptions(message) });
  };
  /** @type {HTMLElement[]} */
  let shown = [];
  try {
    reading = await read(plain);
  } catch (error) {
    problem = /** @type {Error} */ (error).message;
    if (!isSizeOpen(problem) && !isRangeOpen(problem)) throw error;
    if (isRangeOpen(problem)) shown = refused(error);
  }
  return new Promise((resolve) => {
    const form = new BareForm(words, file, reading, isSizeOpen(problem), async (options, name) => {
      try {
        const found = await read(options);
        place.replaceChildren();
        resolve({ name, options, reading: found });
      } catch (error) {
        form.problem.replaceChildren(...refused(error));
      }
    }, () => {
      place.replaceChildren();
      resolve(null);
    });
    place.replaceChildren(form.node);
    form.problem.replaceChildren(...shown);
    onShown();
    form.heading.focus();
  });
}

class BareForm {
  /**
   * @param {import('./words.js').ModelsWords} words @param {string} file @param {BareReading | null} reading null: something must be said first
   * @param {boolean} is_size_open @param {(options: BareOptions, name: string) => Promise<void>} onKeep @param {() => void} onCancel
   */
  constructor(words, file, reading, is_size_open, onKeep, onCancel) {
    const open = reading ? openPoints(reading) : { pixels: true, labels: true };
    this.heading = h('h2', { id: 'bare-heading', tabindex: -1 }, words.get('bare_heading', { name: file }));
    this.name = h('input', { id: 'bare-name', type: 'text', required: true, maxlength: 128, value: file.replace(/\.[^.]*$/, '') });
    this.labels = h('textarea', { id: 'bare-labels', rows: Math.min(8, Math.max(3, reading?.classes.length ?? 3)), dir: 'auto', spellcheck: 'false' },
      open.labels ? '' : reading?.classes.map(({ label }) => label).join('\n') ?? '');
    this.range = select('bare-range', Object.keys(RANGES), (name) => words.get(`range_${/** @type {keyof typeof RANGES} */ (name)}`));
    this.output = select('bare-output', Object.keys(OUTPUTS), (name) => words.get(`output_${/** @type {keyof typeof OUTPUTS} */ (name)}`));
    const side = (/** @type {string} */ id) => h('input', { id, type: 'number', min: 16, max: 1024, step: 1, required: true, value: USUAL_SIDE_PX });
    this.width = side('bare-width');
    this.height = side('bare-height');
    this.problem = h('div', { id: 'bare-problem', role: 'alert' });
    this.keep = h('button', { type: 'submit', id: 'bare-keep', class: 'primary' }, words.get('bare_keep'));
    this.file = file;
    this.is_size_open = is_size_open;
    this.is_own = !open.labels;
    const field = (/** @type {string} */ label, /** @type {HTMLElement} */ input, /** @type {string | false} */ hint = false) => h('p', { class: 'field' },
      h('label', { for: input.id }, label), input, hint && h('span', { class: 'small muted' }, hint));
    const pixels = field(words.get('bare_range'), this.range, open.pixels && words.get('bare_range_open'));
    const output = field(words.get('bare_output'), this.output);
    const labels = field(words.get('bare_labels'), this.labels, open.labels && words.get('bare_labels_open', { n: reading?.classes.length ?? '?' }));
    this.node = h('form', {
      id: 'bare', class: 'plain-notice bare', 'aria-labelledby': 'bare-heading',
      onsubmit: async (/** @type {Event} */ event) => {
        event.preventDefault();
        this.keep.disabled = true;
        this.problem.replaceChildren();
        await onKeep(this.options(), this.name.value.trim() || file);
        this.keep.disabled = false;
      },
    },
    this.heading,
    h('p', {}, words.get('bare_lead')),
    reading && readAs(words, reading),
    field(words.get('bare_name'), this.name),
    this.is_size_open && h('div', { class: 'bare-size' },
      h('p', { class: 'small' }, words.get('bare_size_open')),
      h('div', { class: 'row' }, field(words.get('bare_width'), this.width), field(words.get('bare_height'), this.height))),
    open.labels && labels, open.pixels && pixels,
    h('details', {}, h('summary', {}, words.get('bare_more')), !open.labels && labels, !open.pixels && pixels, output),
    this.problem,
    h('div', { class: 'row' }, this.keep, h('button', { type: 'button', id: 'bare-cancel', onclick: onCancel }, words.text.get('cancel'))));
    /** What the labels were at first: unchanged, they stay the file's own. @private */ this.own_labels = this.labels.value;
  }

  /** @returns {BareOptions} */
  options() {
    const labels = this.labels.value === this.own_labels ? [] : labelsOf(this.labels.value);
    const [low = 0, high = 0] = RANGES[/** @type {keyof typeof RANGES} */ (this.range.value)];
    const size = (/** @type {HTMLInputElement} */ input) => (this.is_size_open ? Number(input.value) : 0);
    return {
      id: this.file, labels: labels.length > 0 ? labels.join('\n') : null, output: OUTPUTS[/** @type {keyof typeof OUTPUTS} */ (this.output.value)],
      width: size(this.width), height: size(this.height), low, high,
    };
  }
}

/** @param {string} id @param {string[]} values @param {(value: string) => string} nameOf */
const select = (id, values, nameOf) => h('select', { id }, values.map((value) => h('option', { value }, nameOf(value))));
