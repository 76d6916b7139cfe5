/* choose.js: measures a pack's variants for a few hundred milliseconds each and
 * writes down the fastest within the pack's stated loss. Fetches what is not
 * here only where nobody pays for it. */

import { engine } from '../../classifier/engine.js';
import { buildsHere, measure } from '../../classifier/engine-bench.js';
import { rememberChoice } from '../../lib/measured.js';
import { keptPaths } from '../models/kept.js';
import { adviceOf, figuresOf } from './figures.js';
import { testPicture } from './picture.js';

/** For each variant. */
const RUNS_MS = 400;
const FEWEST_RUNS = 4;
/** What is fetched for it at most, together. */
const MOST_FETCHED_BYTES = 32_000_000;

/** @typedef {{saveData?: boolean, type?: string, effectiveType?: string}} Connection Chromium's NetworkInformation */

/** Without a word of the browser's a page cannot know what its network costs: then only a desk's is taken for free. @returns {boolean} */
export function isNetworkFree() {
  const { connection } = /** @type {{connection?: Connection}} */ (/** @type {unknown} */ (navigator));
  if (!navigator.onLine || connection?.saveData) return false;
  if (connection?.type !== undefined) return ['wifi', 'ethernet'].includes(connection.type);
  return (connection?.effectiveType ?? '4g') === '4g' && matchMedia('(pointer: fine)').matches;
}

/** @param {import('../../classifier/engine-packs.js').OpenedPack} opened
 *  @returns {Promise<{here: import('../../pack').Variant[], left_out: string[]}>} */
async function measurable({ folder, pack, imported }) {
  const kept = await keptPaths();
  const isHere = (/** @type {import('../../pack').Variant} */ { file }) => imported !== null || kept.has(new URL(file, folder).pathname);
  const missing = pack.variants.filter((variant) => !isHere(variant));
  const bytes = missing.reduce((sum, variant) => sum + variant.bytes, 0);
  const is_fetched = bytes > 0 && bytes <= MOST_FETCHED_BYTES && isNetworkFree();
  return is_fetched ? { here: pack.variants, left_out: [] } : { here: pack.variants.filter(isHere), left_out: missing.map(({ name }) => name) };
}

/**
 * @param {import('../../classifier/engine-packs.js').OpenedPack} opened @param {string} key to write it down under
 * @param {AbortSignal} signal
 */
export async function chooseVariant(opened, key, signal) {
  const { chosen } = buildsHere();
  const { here, left_out } = await measurable(opened);
  if (!chosen || here.length < 2) return;
  const picture = await testPicture();
  const rows = [];
  for (const { name } of here) {
    signal.throwIfAborted();
    rows.push(figuresOf(await measure(engine.packs, opened, { variant: name, ...chosen }, { picture, signal, runs_ms: RUNS_MS, fewest_runs: FEWEST_RUNS })));
  }
  signal.throwIfAborted();
  const advice = adviceOf(rows, here, chosen);
  if (!advice || advice.reason === 'advice_alone') return;
  rememberChoice({
    key, variant: advice.variant, is_default: advice.variant === opened.pack.default_variant, reason: advice.reason, when: Date.now(), left_out,
    rows: rows.map(({ variant, median_ms, num_runs }) => ({ variant, median_ms, num_runs })),
  });
}
