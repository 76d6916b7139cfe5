/* figures.js: what was measured on this device as rows of figures, as files,
 * and which variant that speaks for. Pure. */

import { csvLine } from '../../lib/csv.js';

/** @typedef {import('../../classifier/engine-bench.js').Measured} Measured */
/** Times in milliseconds: median and min of decode, prepare and infer together; frames a second of pixels that need no
 * decoding: prepare and infer.
 * @typedef {{variant: string, build: string, threads: number, bytes: number, load_ms: number, first_ms: number, median_ms: number,
 *   min_ms: number, decode_ms: number, prepare_ms: number, infer_ms: number, frames_per_second: number, memory_bytes: number,
 *   num_runs: number}} Figures
 * accuracy: balanced, by the pack's own evaluation elsewhere; null: it states none.
 * @typedef {Figures & {accuracy: number | null}} Row */

/** @param {number[]} values at least one */
function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? Number(sorted[middle]) : (Number(sorted[middle - 1]) + Number(sorted[middle])) / 2;
}

/** @param {import('../../classifier/engine-bench.js').Run} run */
const sum = ({ decode, prepare, infer }) => decode + prepare + infer;

/** @param {Measured} measured @returns {Figures} */
export function figuresOf({ variant, build, threads, bytes, load_ms, first, runs, memory_bytes }) {
  const of = (/** @type {(run: import('../../classifier/engine-bench.js').Run) => number} */ pick) => median(runs.map(pick));
  return {
    variant, build, threads, bytes, load_ms, first_ms: sum(first), median_ms: of(sum), min_ms: Math.min(...runs.map(sum)),
    decode_ms: of(({ decode }) => decode), prepare_ms: of(({ prepare }) => prepare), infer_ms: of(({ infer }) => infer),
    frames_per_second: 1000 / Math.max(0.001, of(({ prepare, infer }) => prepare + infer)), memory_bytes, num_runs: runs.length,
  };
}

/** @param {Figures} figures @param {import('../../classifier/engine-packs.js').Variant[]} variants @returns {Row} */
export const rowOf = (figures, variants) =>
  ({ ...figures, accuracy: variants.find(({ name }) => name === figures.variant)?.metrics?.balanced_accuracy.value ?? null });

/** @type {(keyof Row)[]} */
export const COLUMNS = ['variant', 'build', 'threads', 'bytes', 'accuracy', 'load_ms', 'first_ms', 'median_ms', 'min_ms', 'decode_ms', 'prepare_ms', 'infer_ms',
  'frames_per_second', 'memory_bytes', 'num_runs'];

/** @param {Row[]} rows @returns {string} */
export const csvOf = (rows) => [COLUMNS, ...rows.map((row) => COLUMNS.map((name) => {
  const value = row[name];
  return typeof value === 'number' ? Number(value.toFixed(name === 'accuracy' ? 4 : 3)) : value;
}))].map(csvLine).join('');

/**
 * The fastest variant whose measured balanced accuracy is not below the interval of the best one, by the build and threads
 * that the page takes by itself.
 * @param {Figures[]} rows @param {import('../../classifier/engine-packs.js').Variant[]} variants
 * @param {{build: string, threads: number} | null} chosen
 * @returns {{variant: string, reason: 'advice_alone' | 'advice_same' | 'advice_unmeasured'} | null} null: too little was measured
 */
export function adviceOf(rows, variants, chosen) {
  const fits = rows.filter(({ build, threads }) => build === chosen?.build && threads === chosen.threads);
  if (fits.length < variants.length || fits.length === 0) return null;
  const by_speed = fits.toSorted((a, b) => a.infer_ms - b.infer_ms);
  if (variants.length === 1) return { variant: String(by_speed[0]?.variant), reason: 'advice_alone' };
  const accuracies = new Map(variants.map(({ name, metrics }) => [name, metrics?.balanced_accuracy]));
  const known = [...accuracies.values()].filter((figure) => figure !== undefined);
  if (known.length < variants.length) return { variant: String(by_speed[0]?.variant), reason: 'advice_unmeasured' };
  const best = known.reduce((a, b) => (a.value >= b.value ? a : b));
  const fastest = by_speed.find(({ variant }) => Number(accuracies.get(variant)?.value) >= best.low);
  return fastest ? { variant: fastest.variant, reason: 'advice_same' } : null;
}
