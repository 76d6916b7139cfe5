/* bare.js: what is made of a .tflite file that comes without a pack: how it is
 * to be read, and the pack.json that stands for it on this device. Pure. */

import { MODEL_FILE } from '../../classifier/engine-imports.js';

/** @typedef {import('../../classifier/engine-imports.js').BareOptions} BareOptions */
/** @typedef {import('../../classifier/engine-imports.js').BareReading} BareReading */

/** What pixels a network wants, as exporters say it: the command's --range. */
export const RANGES = Object.freeze({ file: [0, 0], unit: [0, 1], signed: [-1, 1], bytes: [0, 255] });
/** Numbers of insitu_output: the command's --output. */
export const OUTPUTS = Object.freeze({ file: 0, probabilities: 1, logits: 2, sigmoid: 3 });

/** Of a file about which nothing has been chosen. @param {string} name @returns {BareOptions} */
export const plainOptions = (name) => ({ id: name, labels: null, output: 0, width: 0, height: 0, low: 0, high: 0 });

/** A file's name less its ending, as an id may be. @param {string} file */
export const idOf = (file) => file.replace(/\.[^.]*$/, '').normalize('NFKD').toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 48) || 'model';

/** A line that is one field in quotes is what they hold. @param {string} line */
const unquoted = (line) => (/^"(?:[^"]|"")*"$/.test(line) ? line.slice(1, -1).replaceAll('""', '"') : line);

/** One label a line, blank ones at the end left out; "0 cat" as Teachable Machine writes them and "0;cat" as spreadsheets do
 *  lose their numbers, and lines in quotes these, as in the command. @param {string} text @returns {string[]} none: the file's own */
export function labelsOf(text) {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/).map((line) => line.trim());
  while (lines.length > 0 && lines.at(-1) === '') lines.pop();
  const parts = lines.map((line) => /^(\d+)(?:[ \t]*(?:;|,(?!\d))|[ \t])[ \t]*(.+)/.exec(line));
  const is_numbered = parts.every((part, index) => part?.[1] === String(index));
  return lines.map((line, index) => unquoted(is_numbered ? parts[index]?.[2] ?? line : line));
}

/** The core says it so. @param {string} message @returns {boolean} the file leaves the size of its pictures open */
export const isSizeOpen = (message) => /leaves the size open/.test(message);

/** Where the file says it in a way that cannot be, the core names the command's option for it, which nobody has here. */
const OF_RANGE = /; --range says it instead$/;

/** @param {string} message of the core @returns {boolean} what black and white are must be said */
export const isRangeOpen = (message) => OF_RANGE.test(message);

/** @param {string} message of the core @returns {string} without the command's options */
export const withoutOptions = (message) => message.replace(OF_RANGE, '');

/** What the file itself does not settle, so that somebody should look at it. @param {BareReading} reading */
export const openPoints = ({ read_as }) => ({
  pixels: /^assumed/.test(read_as.pixels_from ?? ''),
  labels: /^the outputs' numbers/.test(read_as.labels_from ?? ''),
});

/** @param {{id: string, name: string, file: string, bytes: number, sha256: string, reading: BareReading}} model
 *  @returns {import('../../pack').Pack1} the page's view of it; the core reads the file itself */
export function packOfBare({ id, name, file, bytes, sha256, reading }) {
  const { task, width, height, classes } = reading;
  return {
    format: 1, id, version: `sha256-${sha256.slice(0, 8)}`, task, output: 'probabilities',
    licence: { weights: '–', data: '–', source: file }, card: '',
    input: { width, height, crop_fraction: 1, mean: [0, 0, 0], std: [1, 1, 1] },
    calibration: { temperature: 1 }, default_variant: 'file',
    variants: [{ name: 'file', precision: 'file', file: MODEL_FILE, bytes, sha256 }], selftest: [],
    name, intended_use: '', not_for: '', notices: [],
    classes: /** @type {import('../../pack').Pack1['classes']} */ (/** @type {unknown} */ (classes.map(({ id: one, label }) => ({ id: one, label, text: '', advice: '' })))),
  };
}
